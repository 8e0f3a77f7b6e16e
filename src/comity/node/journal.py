"""The journal: the one writer of a party's log, with group commit.

Whoever has something to write proposes it and waits. What is proposed at the same time is written together: one tree
append, one signed head, one transaction, one swap of the lock; only then are the waiters told and the head shown.

Rule 1: commit, then compare-and-swap, then publish; never another order. Rule 2: if the commit fails, nothing of it is
seen, and the tree in memory stays what it was. Rule 3: if the swap fails, what was committed is not shown, and nothing
more is signed until the log is opened again, which heals it or finds that another process has signed. Rule 4: a log
behind its lock signs nothing.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from comity.errors import CLOCK_SKEW, DAMAGED, READ_ONLY, LocalError, RemoteError
from comity.exchange import log
from comity.exchange.log import Appended
from comity.model.fingerprint import Fingerprint, origin_of
from comity.model.statement import Logged, Signed
from comity.node import fold
from comity.node.ports import Batch, CheckpointLock, Clock, Keyring, LeafRow, Store
from comity.proof.checkpoint import Checkpoint, parse_checkpoint
from comity.proof.envelope import StatementId
from comity.proof.tree import Prover, Tree
from comity.space.instant import Instant

GROUP = 100
MAX_STEP_BACK = 5 * 60 * 1000


@dataclass(slots=True)
class Proposal:
    """What somebody wants written: statements for the log and rows that go with them."""

    signed: list[Signed] = field(default_factory=list)
    batch: Batch = field(default_factory=Batch)


_Waiter = tuple[Proposal, "asyncio.Future[list[Logged]]"]


class Journal:
    """The writer of one log. Make it with `Journal.open`.

    Attributes:
        tree, note: the log as it may be shown: committed, and locked.
        read_only: why nothing is signed; None while all is well.
        stepped_back: when the clock was seen to be set back, and by how many milliseconds, at most so far.
        released: is called with the parties that something was released to, once it may be shown.
    """

    def __init__(self, store: Store, lock: CheckpointLock, keys: Keyring, clock: Clock, party: Fingerprint) -> None:
        self._store, self._lock, self._keys, self._clock = store, lock, keys, clock
        self._origin, self._party = origin_of(party), party
        self._waiting: list[_Waiter] = []
        self._last = Instant(0)
        self.stepped_back: tuple[Instant, int] | None = None
        self.tree = Tree.empty()
        self.note: bytes | None = None
        self.read_only: str | None = None
        self.prover = Prover(store.tile)
        self.released: Callable[[Sequence[Fingerprint]], None] = lambda _: None

    @classmethod
    def open(cls, store: Store, lock: CheckpointLock, keys: Keyring, clock: Clock, party: Fingerprint) -> "Journal":
        """Read the log's edge and compare it with its newest head and with the lock.

        Raises:
            LocalError: `damaged`: the stored tree has not the root that was signed.
        """
        journal = cls(store, lock, keys, clock, party)
        journal._load()
        return journal

    def _load(self) -> None:
        self.note, size = self._store.note(), self._store.size()
        self.tree = Tree.load(size, self._store.tile)
        if self.note is not None:
            head = _read_own(self.note, "head")
            if (head.size, head.root) != (size, self.tree.root()):
                raise LocalError(DAMAGED, "the stored tree has not the root of its signed head; see log verify")
        elif size:
            raise LocalError(DAMAGED, "the log has entries and no head")
        locked = self._lock.read()
        if locked == self.note:
            return
        if locked is None:
            self.read_only = "the checkpoint lock is missing: restored from a backup? See comity log adopt --help"
        elif not self.extends(_read_own(locked, "checkpoint lock")):
            self.read_only = "the log is behind the last head that it signed: an old backup was restored"
        elif self.note is not None:
            # A crash between commit and swap: what is committed extends what was locked, so the lock may follow.
            self._lock.replace(locked, self.note)

    def extends(self, head: Checkpoint) -> bool:
        """Say whether this log goes on from a head of it, or is that head."""
        return head.size <= self.tree.size and (head.size == 0 or self.root_at(head.size) == head.root)

    def root_at(self, size: int) -> bytes:
        """The root over the first leaves of this log, as many as it has at the most."""
        return self.tree.root() if size == self.tree.size else Tree.load(size, self._store.tile).root()

    def adopt(self) -> None:
        """Take the stored head as the last one signed, where the lock was lost. Only after the peers were asked.

        Raises:
            LocalError: `read-only`: the lock holds a head, which decides.
        """
        if self.note is None or self._lock.read() is not None:
            raise LocalError(READ_ONLY, self.read_only or "the lock is in place: there is nothing to adopt")
        self._lock.replace(None, self.note)
        self.read_only = None

    async def commit(self, proposal: Proposal) -> list[Logged]:
        """Write a proposal, together with what others propose at this moment.

        Whoever is cancelled while waiting takes no other with him: his own proposal is written, or dropped if its turn
        had not come.

        Returns:
            Its statements at their places in the log.

        Raises:
            LocalError: `storage`, `read-only`, `clock-skew`.
        """
        if len(proposal.signed) >= GROUP and not self._waiting:
            # A group by itself: nobody has to join it. But others have their turn before the next.
            logged = self.write([proposal])[0]
            await asyncio.sleep(0)
            return logged
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[list[Logged]] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._flush)  # those who are ready run before it, and join the group
        self._waiting.append((proposal, waiter))
        return await waiter

    def _flush(self) -> None:
        waiting, self._waiting = [one for one in self._waiting if not one[1].done()], []
        for at in range(0, len(waiting), GROUP):
            self._write(waiting[at : at + GROUP])

    def _write(self, group: list[_Waiter]) -> None:
        proposals = [proposal for proposal, _ in group]
        try:
            appended, batch = self._commit(proposals)
        except Exception as error:
            if len(group) == 1:
                group[0][1].set_exception(error)
            else:  # one that cannot be written must not fail its neighbours
                for one in group:
                    self._write([one])
            return
        try:
            self._show(appended, batch)
        except Exception as error:
            for _, waiter in group:
                waiter.set_exception(error)
            return
        for (_, waiter), entries in zip(group, _shares(proposals, appended.logged), strict=True):
            waiter.set_result(entries)

    def write(self, proposals: list[Proposal]) -> list[list[Logged]]:
        """Write proposals as one group, at once.

        Raises:
            LocalError: as `commit`.
        """
        appended, batch = self._commit(proposals)
        self._show(appended, batch)
        return _shares(proposals, appended.logged)

    def _commit(self, proposals: list[Proposal]) -> tuple[Appended, Batch]:
        """Sign and commit (1): all of it or nothing."""
        signed = [item for proposal in proposals for item in proposal.signed]
        appended = log.append(self.tree, signed)
        batch = fold.leaf_rows(appended.logged, self._places(signed), self._party)
        batch.leaves = [LeafRow(entry.index, entry.id, entry.signed.triple) for entry in appended.logged]
        batch.tiles, batch.note = appended.tiles, self._head(appended.tree) if signed else None
        for proposal in proposals:
            batch.add(proposal.batch)
        self._store.commit(batch)
        return appended, batch

    def _show(self, appended: Appended, batch: Batch) -> None:
        """Swap (2) and publish (3) what was committed."""
        if batch.note is not None:
            try:
                self._lock.replace(self.note, batch.note)
            except Exception as error:
                self.read_only = f"the checkpoint lock was not moved, open the log again: {error}"
                raise
            self.tree, self.note = appended.tree, batch.note
        self.released(list(dict.fromkeys(row.to for row in batch.releases)))

    def _head(self, tree: Tree) -> bytes:
        if self.read_only:
            raise LocalError(READ_ONLY, self.read_only)
        return log.head(tree, origin=self._origin, log=self._keys.log, witness=self._keys.witness, now=self.now())

    def now(self) -> Instant:
        """The time, never earlier than told before.

        Raises:
            LocalError: `clock-skew`: the clock was set back by more than five minutes.
        """
        now = self._clock.now()
        if now < self._last and (self.stepped_back is None or self._last - now > self.stepped_back[1]):
            self.stepped_back = (now, self._last - now)
        if now + MAX_STEP_BACK < self._last:
            raise LocalError(CLOCK_SKEW, "the clock was set back by more than five minutes: nothing is signed")
        self._last = max(self._last, now)
        return self._last

    def _places(self, signed: Iterable[Signed]) -> dict[StatementId, int]:
        here = {item.id for item in signed}
        named = [item.object.properties["leaf"] for item in signed if item.object.type == "release"]
        places: dict[StatementId, int] = {}
        for text in named:
            id = StatementId(bytes.fromhex(text))
            if id not in here and id not in places:
                found = self._store.find(id)
                if found is not None:
                    places[id] = found.index
        return places


def _read_own(note: bytes, place: str) -> Checkpoint:
    try:
        return parse_checkpoint(note).checkpoint
    except RemoteError as error:
        raise LocalError(DAMAGED, f"a head of our own cannot be read: {error.message}", place=place) from None


def _shares(proposals: list[Proposal], logged: list[Logged]) -> list[list[Logged]]:
    shares, at = [], 0
    for proposal in proposals:
        shares.append(logged[at : at + len(proposal.signed)])
        at += len(proposal.signed)
    return shares
