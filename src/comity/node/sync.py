"""Sync: what a node asks of others: pages of what was released to it, cosignatures of its head, fresh receipts.

`once` does one round with one peer; `run` does it for ever: a long poll per peer, and a beat on which heads move, so
that the time at which a head moves tells less. Everything is idempotent; what did not get through is tried again. What
one peer does, or answers, stops nothing that is done with another.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from comity.errors import (
    DAMAGED,
    FINGERPRINT_MISMATCH,
    MALFORMED,
    NOT_FOUND,
    UNAUTHENTICATED,
    ComityError,
    LocalError,
    RemoteError,
    TransportError,
)
from comity.exchange import acknowledge, witness
from comity.exchange.witness import Shown
from comity.model.acknowledgement import read_tellings
from comity.model.fingerprint import Fingerprint
from comity.node.again import Again
from comity.node.contacts import REACH, Contacts, Noting
from comity.node.heads import Heads
from comity.node.hearing import Hearing, Taken
from comity.node.journal import Proposal
from comity.node.node import Node
from comity.node.outside import Outside
from comity.node.parties import Peer, unpack
from comity.node.ports import OutgoingAnswer, OutsideWitnesses, Peers
from comity.node.receipts import Receipts
from comity.node.teller import Teller
from comity.node.watch import Watch
from comity.proof.envelope import StatementId
from comity.space.instant import Instant

MAX_PAGES = 1000
LOOK_AT_ONCE = 20
# Seconds.
LONG_POLL = 20
BEAT = 1.0
LOOK_REST = 0.02
RETRY_FIRST, RETRY_LAST = 0.2, 10.0


@dataclass(slots=True)
class Round:
    """What one round with one peer brought."""

    peer: str
    received: int = 0
    refused: int = 0
    answers_sent: int = 0
    cosigned: bool = False
    receipts: int = 0
    told: bool = False
    errors: list[dict[str, object]] = field(default_factory=list)


Step = Callable[[Peer, Round], Awaitable[None]]


class Sync:
    """The asking side of one node."""

    def __init__(
        self,
        node: Node,
        teller: Teller,
        peers: Peers,
        report: Callable[[str], None] = lambda _: None,
        witnesses: OutsideWitnesses | None = None,
    ) -> None:
        self._node, self._teller = node, teller
        self.contacts = Contacts(node.clock, report)
        self._peers = Noting(peers, self.contacts)
        self.watch = Watch(node, report)
        self._heads, self._receipts = Heads(node, self._peers), Receipts(node, teller, self._peers)
        self._hearing = Hearing(node, teller, self._peers)
        self._again = Again(node, self._hearing)
        self.outside = None if witnesses is None else Outside(node, witnesses, self.contacts)
        teller.timed, self._hearing.judged = self._timed, self._receipts.heard
        # Answers that their teller says it has no use for; not offered again before the next start.
        self._unwanted: set[StatementId] = set()
        self._news = asyncio.Event()
        self.running_since: Instant | None = None

    def asked_at(self, peer: Peer) -> Instant | None:
        """When a peer last asked something of us, since this node was opened."""
        return self._teller.asked.get(peer.fingerprint)

    def _timed(self, hearer: Fingerprint, error: RemoteError | None) -> None:
        """Note what is wrong with the times of a hearer's answer, or that nothing is."""
        name = self._node.party_name(hearer)
        if error is None:
            self.contacts.well(hearer, "times", name)
        else:
            self.contacts.failed(hearer, "times", error, f"{name}: {error}")

    async def once(self, peer: Peer) -> Round:
        """One whole round with one peer; a step that fails is told in `errors`, and the others are still tried."""
        done = Round(peer.petname)

        async def push_newest(peer: Peer, done: Round) -> None:
            self.publish()
            await self._push_head(peer, done)

        async def all_receipts(peer: Peer, done: Round) -> None:
            done.receipts += await self._receipts.fetch(peer, now=True)

        self.look_again()
        done.told = True  # by whoever asked for this round: in its errors
        steps = self._pull_all, self._send_answers, push_newest, all_receipts, self.compare_descriptor
        await self._attempt(peer, done, *steps)
        return done

    async def _attempt(self, peer: Peer, done: Round, *steps: Step) -> bool:
        """Take steps with a peer, whatever comes of each; a peer that is out of reach ends them. True if all went well."""
        well = True
        for step in steps:
            faults, what = len(done.errors), _what(step)
            try:
                await step(peer, done)
            except TransportError as error:
                done.errors.append(error.as_dict())
                self.contacts.failed(peer.fingerprint, REACH, error)
                return False
            except Exception as error:
                well = False
                self._trouble(peer, done, error, what)
            if len(done.errors) == faults:
                self.contacts.well(peer.fingerprint, what, peer.petname)
        return well

    def _trouble(self, peer: Peer, done: Round, error: Exception, what: str) -> None:
        if not isinstance(error, ComityError):
            # Whatever a peer sends, it must not end what is done with the others.
            error = RemoteError(
                MALFORMED, f"what it sent could not be taken in ({type(error).__name__}: {_where(error)})"
            )
        if error.code == UNAUTHENTICATED:
            error = _unknown_here(peer, error)
        done.errors.append(error.as_dict())
        self.contacts.failed(peer.fingerprint, what, error, "" if done.told else f"{peer.petname}: {error}")

    async def deadlines(self) -> int:
        """Log `unacknowledged` for every release whose `answer_by` has passed in silence; returns how many."""
        now = self._node.clock.now()
        drafts = [
            acknowledge.unacknowledged(
                row.id, to=row.to, answer_by=row.answer_by or now, now=now, uuid=self._node.uuid()
            )
            for row in self._node.store.overdue(now)
        ]
        if drafts:
            self._node.journal.write([Proposal(self._node.sign_all(drafts))])
        return len(drafts)

    # -- pulling

    async def _pull_all(self, peer: Peer, done: Round) -> None:
        await self._pull_pages(peer, 0, done)

    async def _pull_waiting(self, peer: Peer, done: Round) -> None:
        await self._pull_pages(peer, LONG_POLL, done)

    async def _pull_pages(self, peer: Peer, wait: int, done: Round) -> None:
        for _ in range(MAX_PAGES):
            if not await self.pull(peer, wait, done):
                return

    async def pull(self, peer: Peer, wait: int, done: Round) -> bool:
        """Ask for one page and its items, and take them in; True if there may be more."""
        taken = Taken()
        try:
            await self._hearing.pull(peer, wait, taken)
        finally:
            done.received += taken.held
            done.refused += taken.refused
            if taken.held:
                self._news.set()  # what came is looked at while the answer is on its way
        return taken.more

    # -- answering

    async def _send_answers(self, peer: Peer, done: Round) -> None:
        """Hand over all answers; one that is not taken stops neither the others nor what comes after."""
        for answer in self._node.store.outgoing(peer.fingerprint):
            if answer.id in self._unwanted:
                continue
            try:
                await self._send_answer(peer, answer)
                done.answers_sent += 1
            except RemoteError as error:
                self._trouble(peer, done, error, _what(self._send_answers))
                if error.code == NOT_FOUND:
                    self._unwanted.add(answer.id)

    async def _send_answer(self, peer: Peer, answer: OutgoingAnswer) -> None:
        node = self._node
        logged = node.own(answer.id)
        tellings = read_tellings(answer.tellings)

        async def send(shown: Shown) -> None:
            size = witness.read_head(shown.note, node.descriptor).size
            prove = node.journal.prover.inclusion
            place = acknowledge.Place(logged.index, tuple(prove(logged.index, size)), tuple(prove(0, size)))
            body = acknowledge.encode_answer(logged.signed, tellings, place, shown)
            await self._peers.acknowledge(peer.descriptor, body)

        await self._heads.show(peer, node.journal.note or b"", send)
        node.store.mark_delivered(answer.id, node.clock.now())

    # -- heads

    def publish(self) -> None:
        """Publish the newest head."""
        self._heads.publish()

    async def _push_head(self, peer: Peer, done: Round) -> None:
        done.cosigned |= await self._heads.push(peer)

    async def agrees(self, peer: Peer) -> bool:
        """Ask a peer whether our log goes on from the head of ours that it holds; False if it does not say so.

        Raises:
            LocalError: `read-only`: it shows a head that we signed and do not have.
        """
        return await self._heads.agrees(peer)

    async def compare_descriptor(self, peer: Peer, done: Round) -> None:
        """Ask a peer for its descriptor, which is the one that is pinned.

        Raises:
            RemoteError: `second-descriptor`: it shows another one, which is kept and not taken.
        """
        shown = unpack(await self._peers.descriptor(peer.descriptor))
        if shown.fingerprint != peer.fingerprint:
            raise RemoteError(FINGERPRINT_MISMATCH, "it shows another party's descriptor as its own")
        self._node.parties.compare(shown, self._node.clock.now())

    async def _due_receipts(self, peer: Peer, done: Round) -> None:
        done.receipts += await self._receipts.fetch(peer, now=False)

    # -- for ever

    async def run(self, *, beat: float = BEAT) -> None:
        """Pull from every peer and move heads on a beat until cancelled, whoever is added or removed meanwhile."""
        self._news = asyncio.Event()
        self.running_since = self._node.clock.now()
        ours = [asyncio.create_task(self._look_for_ever(beat))]
        if self.outside is not None:
            ours.append(asyncio.create_task(self.outside.run(beat)))
        loops: dict[Fingerprint, list[asyncio.Task[None]]] = {}
        try:
            while True:
                await self._upkeep()
                await self._take_up(loops, beat)
                await asyncio.sleep(beat)
        finally:
            await _end([*ours, *(task for tasks in loops.values() for task in tasks)])

    async def _take_up(self, loops: dict[Fingerprint, list[asyncio.Task[None]]], beat: float) -> None:
        """Start with parties that were added, and end with those that were removed."""
        # In the order of their names: a set has another in each process.
        peers = [peer.fingerprint for peer in self._node.peers if peer.descriptor.addresses]
        for gone in [who for who in loops if who not in peers]:
            await _end(loops.pop(gone))
            self.contacts.forget(gone)
        for new in [who for who in peers if who not in loops]:
            ways = [self._pull_for_ever(new), self._beat_for_ever(new, beat)]
            loops[new] = list(map(asyncio.create_task, ways))

    def look_again(self) -> None:
        """Look again at some of what was of a version that was unknown, where this node has learnt to read more."""
        if self._again.step():
            self._news.set()

    async def _upkeep(self) -> None:
        try:
            self.look_again()
            self.publish()
            await self.deadlines()
        except LocalError as error:
            self.contacts.failed(None, "publish", error, str(error))
        else:
            self.contacts.well(None, "publish")

    async def look(self, *, most: int = LOOK_AT_ONCE, pause: float = 0.0) -> None:
        """Check what is new against what is in force, a few at a time: in between, others are answered."""
        try:
            while self.watch.step(most):
                await asyncio.sleep(pause)
        except Exception as error:
            # Whatever is wrong with it, it must not end what is done with the peers.
            told = str(error) if isinstance(error, ComityError) else f"{type(error).__name__}: {_where(error)}"
            fault = LocalError(DAMAGED, f"what is new was not checked: {told}")
            self.contacts.failed(None, "check", fault, fault.message)
        else:
            self.contacts.well(None, "check")

    async def _look_for_ever(self, beat: float) -> None:
        """Look at what is new one by one, with rests: a peer whose request comes in between cannot time what was found."""
        while True:
            self._news.clear()
            await self.look(most=1, pause=LOOK_REST)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), beat)

    async def _beat_for_ever(self, who: Fingerprint, beat: float) -> None:
        while peer := self._node.peer(who):
            await self._attempt(peer, Round(peer.petname), self._push_head, self._due_receipts)
            await asyncio.sleep(beat)

    async def _pull_for_ever(self, who: Fingerprint) -> None:
        wait, pull, compared = RETRY_FIRST, self._pull_all, False
        while peer := self._node.peer(who):
            done = Round(peer.petname)
            well = await self._attempt(peer, done, self._send_answers, pull, self._send_answers)
            if well and not compared:
                compared = True  # once, when it is first reached: what it shows may have changed while we were away
                await self._attempt(peer, done, self.compare_descriptor)
            # After a silence the first page is asked for at once: until it is here, nobody knows how old the picture is.
            pull = self._pull_waiting if well else self._pull_all
            if well:
                wait = RETRY_FIRST
                self._news.set()
                if done.received or done.refused:
                    continue  # at once; who answers an empty page before its time must not keep us busy
            await asyncio.sleep(wait)
            wait = min(wait * 2, RETRY_LAST)


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _what(step: Step) -> str:
    """What a step tries, by one name for each of its forms."""
    name = str(getattr(step, "__name__", ""))
    return next((what for what in ("pull", "answers", "receipts", "descriptor") if what in name), "head")


def _unknown_here(peer: Peer, error: ComityError) -> RemoteError:
    """What it mostly is that a peer takes no request of ours; it does not say more, to anybody."""
    message = (
        f"{peer.petname} does not know this party yet: hand it our descriptor (comity descriptor), and our fingerprint by "
        f"another way; if it does know us, something on the way changes our requests; {error.message}"
    )
    return RemoteError(error.code, message, place=error.place, evidence=error.evidence)


def _where(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "?" if trace is None else f"{trace.tb_frame.f_code.co_name} line {trace.tb_lineno}"
