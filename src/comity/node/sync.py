"""Sync: what a node asks of others: pages of what was released to it, cosignatures of its head, fresh receipts.

`once` does one round with one peer; `Loops` does it for ever: a long poll per peer, and a beat on which heads move, so
that the time at which a head moves tells less. Everything is idempotent; what did not get through is tried again.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from comity.errors import STALE_HEAD, ComityError, LocalError, RemoteError, TransportError
from comity.exchange import acknowledge, deliver, witness
from comity.exchange.acknowledge import Refused, Told
from comity.exchange.deliver import Page, PageEnd, Pull
from comity.exchange.witness import Head, Shown
from comity.model.acknowledgement import Telling
from comity.model.fingerprint import Fingerprint
from comity.model.statement import Signed
from comity.node.evidence import best_receipt, encode_receipt, read_cosigned
from comity.node.journal import Proposal
from comity.node.node import Node, Peer
from comity.node.ports import Batch, Kept, OutgoingAnswer, Peers, ReceivedRow
from comity.node.teller import AddCheckpoint, Teller
from comity.proof import cbor, merkle
from comity.proof.envelope import StatementId
from comity.proof.merkle import PathMemo
from comity.space import instant
from comity.space.instant import Instant

PAGE_ITEMS = 1000
LONG_POLL = 20
BEAT = 1.0
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
    errors: list[dict[str, object]] = field(default_factory=list)


class Sync:
    """The asking side of one node."""

    def __init__(
        self, node: Node, teller: Teller, peers: Peers, report: Callable[[str], None] = lambda _: None
    ) -> None:
        self._node, self._teller, self._peers, self._report = node, teller, peers, report
        self._shown: dict[Fingerprint, int] = {}

    async def once(self, peer: Peer) -> Round:
        """One whole round with one peer; a step that fails is told in `errors` and the others are still tried."""
        done = Round(peer.petname)
        for step in (self._pull_all, self._send_answers, self._push_head, self._fetch_receipts):
            try:
                await step(peer, done)
            except ComityError as error:
                done.errors.append(error.as_dict())
        return done

    async def deadlines(self) -> int:
        """Log `unacknowledged` for every release whose `answer_by` has passed in silence; returns how many."""
        now = self._node.clock.now()
        overdue = self._node.store.overdue(now)
        signed = []
        for row in overdue:
            by = row.answer_by or now
            draft = acknowledge.unacknowledged(row.id, to=row.to, answer_by=by, now=now, uuid=self._node.uuid())
            signed.append(self._node.sign(draft))
        if signed:
            await self._node.journal.commit(Proposal(signed))
        return len(signed)

    # -- pulling

    async def _pull_all(self, peer: Peer, done: Round) -> None:
        while await self.pull(peer, 0, done):
            pass

    async def pull(self, peer: Peer, wait: int, done: Round) -> bool:
        """Ask for one page and take it in; True if there may be more."""
        cursor, known = self._node.store.cursor(peer.fingerprint), self._teller.known_head(peer)
        me = self._node.descriptor.fingerprint
        have = known.size if known else 0
        pull = Pull(me, peer.fingerprint, cursor, have, self._node.journal.now() // 1000)
        signed = deliver.sign_pull(pull, self._node.keys.statement)
        body = cbor.encode({"v": 1, "pull": signed, "limit": PAGE_ITEMS, "wait": wait})
        answer = await self._peers.pull(peer.descriptor, body, wait=wait)
        try:
            page = deliver.decode_page(answer)
            now_known = self._teller.known_head(peer)
            if (now_known.size if now_known else 0) != have:
                return True  # its head moved here while we waited: ask again, from the newer one
            head, end = deliver.check_page(page, by=peer.descriptor, pull=pull, known=known)
        except RemoteError as error:
            self._teller.keep_evidence(peer.fingerprint, error)
            raise
        await self._take(peer, page, head, end, done)
        return end.next < end.size

    async def _take(self, peer: Peer, page: Page, head: Head, end: PageEnd, done: Round) -> None:
        node, now = self._node, self._node.journal.now()
        memo = PathMemo(head.size, head.root)
        me = node.descriptor.fingerprint
        found = [acknowledge.examine(item, by=peer.descriptor, to=me, end=end, memo=memo) for item in page.items]
        fresh = [one for one in found if node.store.received_release(one.telling.release) is None]
        told = [one for one in fresh if isinstance(one, Told)]
        refused = [one for one in fresh if isinstance(one, Refused)]
        proposal = Proposal()
        if told:
            tellings = [one.telling for one in told]
            draft = acknowledge.held(tellings, teller=peer.fingerprint, now=now, uuid=node.uuid())
            answer = self._answer(proposal, peer, node.sign(draft), b"".join(t.statement + t.release for t in tellings))
            proposal.batch.received += [_held_row(one, peer, head.size, now, answer) for one in told]
        for bad in refused:
            draft = acknowledge.refuse(bad, teller=peer.fingerprint, now=now, uuid=node.uuid())
            pair = bad.telling.statement + bad.telling.release
            answer = self._answer(proposal, peer, node.sign(draft), pair)
            proposal.batch.received.append(_refused_row(bad, peer, head.size, now, answer))
        self._keep_page(proposal.batch, peer, page, head, end, told, now)
        await node.journal.commit(proposal)
        done.received += len(told)
        done.refused += len(refused)

    def _answer(self, proposal: Proposal, peer: Peer, signed: Signed, tellings: bytes) -> StatementId:
        proposal.signed.append(signed)
        proposal.batch.outgoing.append(OutgoingAnswer(signed.id, peer.fingerprint, tellings))
        return signed.id

    def _keep_page(
        self, batch: Batch, peer: Peer, page: Page, head: Head, end: PageEnd, told: list[Told], now: Instant
    ) -> None:
        who = peer.fingerprint
        batch.heads = {who: (head.size, head.note)}
        batch.cursors = {who: end.next}
        if page.items:
            batch.kept.append(Kept("page-end", who, end.next.to_bytes(8), page.end, now))
            batch.kept.append(Kept("head", who, head.size.to_bytes(8), head.note, now))
        for one in told:
            if one.omitted:
                evidence = {"release": one.telling.release.hex(), "index": one.item.release_index, "start": end.start}
                data = cbor.encode(
                    {"code": "page-omission", "evidence": evidence, "item": deliver.encode_item(one.item)}
                )
                batch.kept.append(Kept("evidence", who, b"page-omission", data, now))

    # -- answering

    async def _send_answers(self, peer: Peer, done: Round) -> None:
        for answer in self._node.store.outgoing(peer.fingerprint):
            await self._send_answer(peer, answer)
            done.answers_sent += 1

    async def _send_answer(self, peer: Peer, answer: OutgoingAnswer) -> None:
        node = self._node
        logged = node.own(answer.id)
        pairs = answer.tellings
        tellings = [
            Telling(StatementId(pairs[at : at + 32]), StatementId(pairs[at + 32 : at + 64]))
            for at in range(0, len(pairs), 64)
        ]

        async def send(shown: Shown) -> None:
            size = witness.read_head(shown.note, node.descriptor).size
            path = node.journal.prover.inclusion(logged.index, size)
            body = acknowledge.encode_answer(logged.signed, tellings, logged.index, path, shown)
            await self._peers.acknowledge(peer.descriptor, body)

        try:
            await self._show(peer, node.journal.note or b"", send)
        except RemoteError as error:
            # The teller will not have it: say so, and do not offer it for ever.
            self._report(f"{peer.petname} refused an acknowledgement: {error}")
        node.store.mark_delivered(answer.id, node.clock.now())

    async def _show(self, peer: Peer, note: bytes, send: Callable[[Shown], Awaitable[None]]) -> None:
        """Show our head to a peer from the size that it holds; it may tell us that size first."""
        for _ in range(3):
            size = witness.read_head(note, self._node.descriptor).size
            old = min(self._shown.get(peer.fingerprint, 0), size)
            path = self._node.journal.prover.consistency(old, size) if 0 < old < size else []
            try:
                await send(Shown(note, old, tuple(path)))
                self._shown[peer.fingerprint] = size
                return
            except RemoteError as error:
                if error.code != STALE_HEAD:
                    raise
                held = int(error.evidence.get("size", 0))
                self._shown[peer.fingerprint] = held
                note = self._at_least(peer, held, note)

    def _at_least(self, peer: Peer, size: int, note: bytes) -> bytes:
        if size > self._node.journal.tree.size:
            self._node.journal.read_only = f"{peer.petname} holds a head of ours with {size} leaves, we have fewer"
            raise LocalError("read-only", self._node.journal.read_only)
        if size > witness.read_head(note, self._node.descriptor).size:
            return self._node.journal.note or note
        return note

    # -- heads

    def publish(self) -> bytes:
        """Publish the newest head; returns its note."""
        journal = self._node.journal
        if journal.note is None:
            raise LocalError("damaged", "the log has no head")
        self._node.store.publish(journal.tree.size, journal.note)
        return journal.note

    async def _push_head(self, peer: Peer, done: Round) -> None:
        note = self.publish()
        head = witness.read_head(note, self._node.descriptor)
        if peer.fingerprint in {by for by, _, _ in self._node.store.cosignatures(head.size)}:
            return

        async def send(shown: Shown) -> None:
            line = await self._peers.add_checkpoint(peer.descriptor, AddCheckpoint(shown).encode())
            head = witness.read_head(shown.note, self._node.descriptor)
            at = witness.cosigned_at(head, line, peer.descriptor)
            self._node.store.publish(head.size, shown.note)
            self._node.store.add_cosignature(head.size, peer.fingerprint, line, instant.from_seconds(at))
            done.cosigned = True

        await self._show(peer, note, send)

    async def agrees(self, peer: Peer) -> bool:
        """Ask a peer which head of ours it holds; False if it cannot be reached.

        Raises:
            LocalError: `read-only`: it holds a larger one than we do.
            RemoteError: `head-fork`, `not-consistent`: it holds another one.
        """

        async def send(shown: Shown) -> None:
            await self._peers.add_checkpoint(peer.descriptor, AddCheckpoint(shown).encode())

        try:
            await self._show(peer, self._node.journal.note or b"", send)
        except TransportError:
            return False
        return True

    # -- receipts

    async def _fetch_receipts(self, peer: Peer, done: Round) -> None:
        wanted = self._unproved(peer)
        if not wanted:
            return
        known = self._teller.known_head(peer)
        body = cbor.encode({"v": 1, "ids": b"".join(wanted), "have": known.size if known else 0})
        answer = deliver.fields_of(
            cbor.decode(await self._peers.receipts(peer.descriptor, body), place="receipts"),
            {"v": int, "receipts": list},
        )
        for one in answer["receipts"]:
            done.receipts += self._take_receipt(peer, known, one, set(wanted))

    def _unproved(self, peer: Peer) -> list[StatementId]:
        """Answers that fewer third parties have cosigned than there are."""
        me = self._node.descriptor.fingerprint
        most = len(self._node.peers) - 1
        wanted = []
        for id in self._node.store.answers_of(peer.fingerprint) if most else []:
            best = best_receipt(self._node, peer, id)
            if best is not None and len(best.cosigned.apart_from(me, peer.fingerprint)) < most:
                wanted.append(id)
        return wanted[:100]

    def _take_receipt(self, peer: Peer, known: Head | None, one: object, wanted: set[StatementId]) -> int:
        match one:
            case [bytes(id), int(index), bytes(path), bytes(note), int(), bytes(joining)] if id in wanted:
                pass
            case _:
                raise RemoteError("malformed", "a receipt that was not asked for", place="receipts")
        cosigned = read_cosigned(self._node, note, peer.descriptor)
        head = cosigned.head
        witness.reconcile(known, head, deliver.path_of(joining, "receipts"))
        merkle.verify_inclusion(id, index, head.size, deliver.path_of(path, "receipts"), head.root)
        who = peer.fingerprint
        best = best_receipt(self._node, peer, StatementId(id))
        count = len(cosigned.apart_from(self._node.descriptor.fingerprint, who))
        if best is not None and count <= len(best.cosigned.apart_from(self._node.descriptor.fingerprint, who)):
            return 0
        data = encode_receipt(index, deliver.path_of(path, "receipts"), note)
        self._node.store.commit(Batch(kept=[Kept("receipt", who, id, data, self._node.clock.now())]))
        return 1

    # -- for ever

    async def run(self, *, beat: float = BEAT) -> None:
        """Pull from every peer and move heads on a beat until cancelled; peers added later are taken up."""
        pulling: dict[Fingerprint, asyncio.Task[None]] = {}
        try:
            while True:
                for peer in self._node.peers:
                    if peer.descriptor.addresses and peer.fingerprint not in pulling:
                        pulling[peer.fingerprint] = asyncio.create_task(self._pull_for_ever(peer))
                await self._beat()
                await asyncio.sleep(beat)
        finally:
            for task in pulling.values():
                task.cancel()
            await asyncio.gather(*pulling.values(), return_exceptions=True)

    async def _beat(self) -> None:
        with contextlib.suppress(LocalError):
            await self.deadlines()
            self.publish()
        reachable = [peer for peer in self._node.peers if peer.descriptor.addresses]
        await asyncio.gather(*(self._beat_with(peer) for peer in reachable))

    async def _beat_with(self, peer: Peer) -> None:
        done = Round(peer.petname)
        for step in (self._push_head, self._fetch_receipts):
            try:
                await step(peer, done)
            except TransportError:
                return
            except ComityError as error:
                self._report(f"{peer.petname}: {error}")

    async def _pull_for_ever(self, peer: Peer) -> None:
        wait = RETRY_FIRST
        while True:
            done = Round(peer.petname)
            try:
                await self._send_answers(peer, done)
                while await self.pull(peer, LONG_POLL, done):
                    pass
                await self._send_answers(peer, done)
                wait = RETRY_FIRST
            except ComityError as error:
                if not isinstance(error, TransportError):
                    self._report(f"{peer.petname}: {error}")
                await asyncio.sleep(wait)
                wait = min(wait * 2, RETRY_LAST)


def _held_row(one: Told, peer: Peer, size: int, now: Instant, answer: StatementId) -> ReceivedRow:
    said = None if one.statement is None else one.telling.statement
    return ReceivedRow(
        one.telling.release,
        one.terms.id,
        peer.fingerprint,
        said,
        cbor.encode(deliver.encode_item(one.item)),
        size,
        now,
        answer,
        withdrawn=one.terms.withdrawn,
    )


def _refused_row(one: Refused, peer: Peer, size: int, now: Instant, answer: StatementId) -> ReceivedRow:
    said = None if one.item.statement is None else one.telling.statement
    return ReceivedRow(
        one.telling.release,
        "",
        peer.fingerprint,
        said,
        cbor.encode(deliver.encode_item(one.item)),
        size,
        now,
        answer,
        one.code,
    )
