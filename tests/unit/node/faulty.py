"""Ports that note what they are asked and fail when told to: a disk and a checkpoint lock.

A fault comes before or after the work is done: after a power cut nobody can tell the two apart.
"""

from collections.abc import Callable

from comity.errors import STORAGE, LocalError
from comity.model.fingerprint import Fingerprint
from comity.node.node import Node
from comity.node.ports import Batch
from comity.node.sqlite import SqliteStore
from comity.space.instant import Instant
from world import MemoryLock, MemoryWire, Party


class Faults:
    """What happened, in its order, and what is to fail next.

    Attributes:
        events: commit, swap, publish, each once it was done.
        failing: (event, when) that fails, until the node is opened again.
    """

    def __init__(self) -> None:
        self.events: list[str] = []
        self.failing: tuple[str, str] | None = None

    def around(self, event: str, work: Callable[[], None]) -> None:
        self.fail(event, "before")
        work()
        self.events.append(event)
        self.fail(event, "after")

    def fail(self, event: str, when: str) -> None:
        if self.failing == (event, when):
            raise LocalError(STORAGE, f"{when} the {event}")


class Disk(SqliteStore):
    def __init__(self, faults: Faults) -> None:
        super().__init__(":memory:")
        self.faults = faults

    def commit(self, batch: Batch) -> None:
        self.faults.around("commit", lambda: super(Disk, self).commit(batch))

    def change_peer(self, peer: Fingerprint, petname: str, removed_at: Instant | None) -> None:
        self.faults.around("change_peer", lambda: super(Disk, self).change_peer(peer, petname, removed_at))


class Lock(MemoryLock):
    """Keeps every note that it ever held."""

    def __init__(self, faults: Faults, note: bytes | None) -> None:
        super().__init__()
        self.faults, self.note, self.held = faults, note, [note]

    def replace(self, old: bytes | None, new: bytes) -> None:
        self.faults.around("swap", lambda: super(Lock, self).replace(old, new))
        self.held.append(new)


def faulty(name: str = "fr", wire: MemoryWire | None = None) -> tuple[Party, Faults]:
    """A party on such ports, its log begun."""
    faults = Faults()
    party = Party(name, wire or MemoryWire(), store=Disk(faults))
    party.lock = Lock(faults, party.lock.note)
    reopen(party, faults)
    return party, faults


def reopen(party: Party, faults: Faults) -> Node:
    """Open the node as a new process does."""
    faults.failing = None
    party.start()
    woken = party.node.journal.released
    party.node.journal.released = lambda who: faults.around("publish", lambda: woken(who))
    faults.events.clear()
    return party.node


def backup(party: Party) -> bytes:
    """A copy of the database, as a backup would hold it."""
    assert isinstance(party.store, SqliteStore)
    return party.store._db.serialize("main")


def restore(party: Party, copy: bytes) -> Node:
    """Open the node on a copy of its database; the lock stays as it is."""
    store = SqliteStore(":memory:")
    store._db.deserialize("main", copy)
    party.store = store
    party.start()
    return party.node
