"""kill -9 while saying: what was acknowledged is there, the log is unbroken, and nothing is a fork of what was shown."""

import multiprocessing
import os
import random
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from comity.node.clock import SystemClock, SystemRandomness
from comity.node.directory import Directory, create, lock_path
from comity.node.lock import FileLock
from comity.node.node import Node
from comity.proof.checkpoint import parse_checkpoint
from comity.proof.envelope import StatementId
from crash.saying import HEAD, IDS, OPEN, say_for_ever

DIRECTORIES, KILLS_EACH = 10, 5
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["crash.saying"])


@dataclass
class Acknowledged:
    """All that the child told its parent, in this life and the ones before."""

    ids: list[StatementId] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)
    opened: bool = False

    def take(self, message: bytes) -> None:
        kind, rest = message[:1], message[1:]
        if kind == OPEN:
            self.opened = True
        elif kind == IDS:
            self.ids += [StatementId(rest[at : at + 32]) for at in range(0, len(rest), 32)]
        elif kind == HEAD:
            self.heads.append(rest)


def kill_while_saying(folder: Path, group: int, after: float, told: Acknowledged) -> None:
    """Start a child, let it speak for a time, kill it, and read what it had told."""
    ours, childs = _PROCESSES.Pipe(duplex=False)
    child = _PROCESSES.Process(target=say_for_ever, args=(str(folder), os.environ["COMITY_STATE"], childs, group))
    child.start()
    childs.close()
    told.take(ours.recv_bytes())
    end = time.monotonic() + after
    while ours.poll(max(0, end - time.monotonic())):
        told.take(ours.recv_bytes())
        if time.monotonic() > end:
            break
    child.kill()
    child.join()
    _drain(ours, told)


def _drain(line: Connection, told: Acknowledged) -> None:
    try:
        while True:
            told.take(line.recv_bytes())
    except (EOFError, OSError):  # a message that was cut off was not told
        line.close()


def check(node: Node, told: Acknowledged) -> None:
    assert node.journal.read_only is None
    assert [id.hex() for id in told.ids if node.store.find(id) is None] == []
    assert node.verify_log() == []
    assert all(node.journal.extends(parse_checkpoint(note).checkpoint) for note in told.heads)
    lock = FileLock(lock_path(node.descriptor.fingerprint))
    assert lock.read() == node.journal.note == node.store.note()
    lock.close()


@pytest.mark.parametrize("number", range(DIRECTORIES))
def test_nothing_acknowledged_is_lost_and_nothing_is_a_fork(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMITY_STATE", str(tmp_path / "state"))
    clock, randomness, draw = SystemClock(), SystemRandomness(), random.Random(number)
    create(tmp_path / "fr", name="fr", display="F", addresses=[], clock=clock, randomness=randomness)
    told = Acknowledged()
    for _ in range(KILLS_EACH):
        kill_while_saying(tmp_path / "fr", draw.randrange(1, 8), draw.uniform(0.06, 0.12), told)
        with Directory(tmp_path / "fr") as held:
            check(held.open(clock, randomness), told)
    assert told.ids
    assert told.opened
