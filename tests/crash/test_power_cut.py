"""Power cuts at every write and sync of a script of commits: nothing acknowledged is lost, and the log verifies."""

import itertools
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.errors import STORAGE, LocalError
from comity.exchange import say
from comity.node import sqlite_places
from comity.node.journal import Proposal
from comity.node.lock import FileLock
from comity.node.node import Node, genesis
from comity.node.ports import Batch
from comity.node.sqlite import SqliteStore
from comity.proof.envelope import StatementId
from crash import disk
from crash.disk import Disk, Event, Survival
from world import Party, SeededRandomness, WorldClock, parties, report

DATABASE, LOCK = "node.db", "lock.db"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in memory where there is one: it is the noted syncs that count here, not the machine's."""
    memory = "/dev/shm"
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as made:
        yield Path(made)


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids go to their index every few statements, so that cuts fall into that as well."""
    monkeypatch.setattr(sqlite_places, "_LEAST", 3)


class Machine:
    """One party's store and lock in a folder, on a disk that is noted, or on the machine's own."""

    def __init__(self, folder: Path, who: Party, vfs: str | None = None) -> None:
        self.who = who
        self.store = SqliteStore(str(folder / DATABASE), vfs)
        self.lock = FileLock(folder / LOCK, vfs)

    def open(self) -> Node:
        return Node.open(self.store, self.lock, self.who.keys, WorldClock(), SeededRandomness("open"))

    def begin(self) -> None:
        genesis(self.store, self.lock, self.who.keys, self.who.node.descriptor.signed, WorldClock())

    def close(self) -> None:
        self.store.close()
        self.lock.close()


def say_group(node: Node, first: int, count: int, length: int = 10) -> list[bytes]:
    """Say so many things as one group; returns their ids."""
    raws = [report(name="x" * length, number=number) for number in range(first, first + count)]
    proposals = [Proposal([node.sign(say.say(raw))]) for raw in raws]
    return [logged.id for [logged] in node.journal.write(proposals)]


def script(folder: Path, who: Party, noted: Disk) -> None:
    """Begin a log, say in groups small and large, close and open, fold again, publish; note what was acknowledged."""

    def acknowledge(ids: list[bytes]) -> None:
        noted.events.extend(Event("ack", data=id) for id in ids)

    machine = Machine(folder, who, noted.name)
    machine.begin()
    acknowledge([who.node.descriptor.signed.id])
    node = machine.open()
    acknowledge(say_group(node, 1, 1))
    acknowledge(say_group(node, 2, 3))
    machine.close()  # the write-ahead log goes into the database
    machine = Machine(folder, who, noted.name)
    node = machine.open()
    acknowledge(say_group(node, 5, 2, length=20_000))
    node.rebuild()
    node.store.publish(node.journal.tree.size, node.journal.note or b"")
    acknowledge(say_group(node, 7, 1))
    machine.close()


def check_after(folder: Path, who: Party, acknowledged: list[bytes]) -> None:
    """Open what a cut has left: all that was acknowledged is there, on a log that verifies and goes on."""
    machine = Machine(folder, who)
    try:
        assert machine.store.check() == []
        if machine.lock.read() is None:
            assert acknowledged == []
            return
        node = machine.open()
        assert node.journal.read_only is None
        assert [id for id in acknowledged if node.store.find(StatementId(id)) is None] == []
        assert node.verify_log() == []
        assert machine.lock.read() == node.journal.note
        size = node.journal.tree.size
        say_group(node, 100, 1)
        assert (node.journal.tree.size, machine.lock.read()) == (size + 1, node.journal.note)
    finally:
        machine.close()


@pytest.mark.parametrize("survive", [disk.nothing, disk.prefix, disk.torn])
def test_a_cut_at_any_write_or_sync_loses_nothing_acknowledged(folder: Path, tmp_path: Path, survive: Survival) -> None:
    [who] = parties("fr")
    noted = Disk(f"cut-{survive.__name__}")
    script(tmp_path, who, noted)
    tried: set[int] = set()
    for files, acknowledged in disk.cuts(noted.events, survive, seed=1):
        state = hash((tuple(sorted(files.items())), len(acknowledged)))
        if state not in tried:
            tried.add(state)
            disk.restore(folder, files)
            check_after(folder, who, acknowledged)
    assert len(tried) > 40


def test_the_disk_of_these_tests_does_forget_what_was_not_synced(folder: Path, tmp_path: Path) -> None:
    """Without the syncs of the write-ahead log, acknowledged statements are lost: so the tests above can fail."""
    [who] = parties("fr")
    noted = Disk("forgetful")
    script(tmp_path, who, noted)
    unsynced = [event for event in noted.events if (event.kind, event.file) != ("sync", f"{DATABASE}-wal")]
    lost = 0
    for files, acknowledged in itertools.islice(disk.cuts(unsynced, disk.nothing, seed=1), 0, None, 25):
        disk.restore(folder, files)
        machine = Machine(folder, who)
        lost += any(machine.store.find(StatementId(id)) is None for id in acknowledged)
        machine.close()
    assert lost > 0


# -- a disk that fails and goes on


@pytest.mark.parametrize("then", [False, True])
def test_a_disk_that_fails_at_any_operation_keeps_what_was_acknowledged(folder: Path, then: bool) -> None:
    [who] = parties("fr")
    noted = Disk(f"failing-{then}")
    machine = Machine(folder, who, noted.name)
    machine.begin()
    node, acknowledged = machine.open(), list[bytes]()
    for fails_at in itertools.count(1):
        before = node.journal.note
        noted.fail(fails_at, then=then)
        try:
            acknowledged += say_group(node, fails_at, 1)
        except LocalError as error:
            assert (error.code, node.journal.note) == (STORAGE, before)
        noted.work()
        machine.close()
        machine = Machine(folder, who, noted.name)
        node = machine.open()
        assert node.journal.read_only is None
        assert [id for id in acknowledged if node.store.find(StatementId(id)) is None] == []
        if not noted.failed:
            break
    assert (node.verify_log(), fails_at > 5) == ([], True)
    machine.close()


def test_a_commit_that_failed_is_not_seen_and_the_next_one_is_taken(folder: Path) -> None:
    [who] = parties("fr")
    noted = Disk("failing-once")
    machine = Machine(folder, who, noted.name)
    machine.begin()
    store, me = machine.store, who.fingerprint
    for fails_at in itertools.count(1):
        noted.fail(fails_at)
        try:
            store.commit(Batch(cursors={me: fails_at}))
        except LocalError as error:
            assert (error.code, store.cursor(me)) == (STORAGE, fails_at - 1)
            noted.work()  # the disk is well again
            store.commit(Batch(cursors={me: fails_at}))
        noted.work()
        assert store.cursor(me) == fails_at
        if not noted.failed:
            break
    assert fails_at > 2
    machine.close()
