"""The teller: what a node answers to other nodes. Each method takes the caller's fingerprint, which `access` has checked.

Content leaves in one way alone: against a signed want, which is kept before anything is given, and by `deliver.pack`, which
takes nothing but `Released`. The forms stand in spec/node-api.md.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from comity.errors import (
    BAD_ARGUMENT,
    CLOCK_SKEW,
    HEAD_FORK,
    MALFORMED,
    NOT_FOUND,
    NOT_INCLUDED,
    STALE_HEAD,
    WRONG_ADDRESSEE,
    RemoteError,
)
from comity.exchange import acknowledge, deliver, requests, times, witness
from comity.exchange.acknowledge import Acknowledged
from comity.exchange.deliver import Given, Item, Offer, Page, PageEnd, Pull
from comity.exchange.witness import Head, Shown
from comity.model.acknowledgement import HELD, NO_READING, NO_STATEMENT, Telling, read_tellings, root_over
from comity.model.fingerprint import Fingerprint
from comity.model.when import MAX_APART
from comity.node import fold, stands
from comity.node.access import is_addressee
from comity.node.cosigned import with_lines
from comity.node.fold import encode_want, want_key
from comity.node.node import Node
from comity.node.parties import Peer
from comity.node.ports import MAX_JUDGED, Batch, Kept, ReleaseRow
from comity.proof import cbor
from comity.proof.envelope import StatementId
from comity.proof.tree import parse_tile_path
from comity.space.instant import Instant

# Seconds.
MAX_WAIT = 25
# Offers of one page.
MAX_ITEMS = 1000
# Of what one page offers, which a hearer then asks for at one time; no more than the next after it is read.
MAX_PAGE_BYTES = deliver.MAX_WANTED
MAX_EVIDENCE = 100


class Teller:
    """Answers other nodes for one node.

    Attributes:
        asked: when each member last asked something, since this node was opened.
        answered: is called with the hearer and the id of each answer that is new.
        timed: is called with the hearer of each answer, and what is wrong with its times, if anything is.
    """

    def __init__(self, node: Node) -> None:
        self._node = node
        self._waiting: dict[Fingerprint, list[asyncio.Event]] = {}
        self._closing = False
        # Whose faults of which kind are no longer kept: there are enough.
        self._enough: set[tuple[Fingerprint, str]] = set()
        self.asked: dict[Fingerprint, Instant] = {}
        self.answered: Callable[[Fingerprint, StatementId], None] = lambda hearer, answer: None
        self.timed: Callable[[Fingerprint, RemoteError | None], None] = lambda hearer, error: None
        node.journal.released = self._wake

    # -- pulls

    async def pull(self, caller: Fingerprint, body: bytes) -> bytes:
        """Answer a pull with a page, waiting for news if there is none yet.

        Raises:
            RemoteError: `malformed`, `wrong-addressee`, `bad-argument`, ...
        """
        peer = self._peer(caller)
        fields = requests.PULLING.of_map(cbor.decode(body, place="pull"))
        pull = deliver.read_pull(fields["pull"], peer.descriptor)
        if pull.to != self._node.descriptor.fingerprint:
            raise RemoteError(WRONG_ADDRESSEE, "a pull meant for another party")
        if max(pull.cursor, pull.have) > self._node.shown.known(caller)[0]:
            raise RemoteError(BAD_ARGUMENT, "beyond any head of this log that was shown to you", place="pull")
        self._of_this_log(pull.have, pull.root)
        self._keep(pull, fields["pull"])
        rows = self._rows(pull, fields["limit"])
        if not rows and fields["wait"]:
            await self._wait(caller, min(fields["wait"], MAX_WAIT))
            self._peer(caller)  # it may have been removed meanwhile
            rows = self._rows(pull, fields["limit"])
        return self._page(pull, rows, min(max(fields["limit"], 1), MAX_ITEMS))

    def _keep(self, pull: Pull, signed: bytes) -> None:
        last = self._node.store.last_kept("pull", pull.by)
        subject = pull.cursor.to_bytes(8)
        if last is None or last.subject < subject:
            kept = Kept("pull", pull.by, subject, signed, self._node.clock.now())
            self._node.store.commit(Batch(kept=[kept]))

    def _rows(self, pull: Pull, limit: int) -> list[ReleaseRow]:
        rows = self._node.store.releases_to(pull.by, pull.cursor, min(max(limit, 1), MAX_ITEMS))
        return [row for row in rows if self._shown(row)]

    def _shown(self, row: ReleaseRow) -> bool:
        """Say whether a release may be shown: what was committed, but not locked, may not."""
        return row.index < self._node.journal.tree.size

    def _page(self, pull: Pull, rows: list[ReleaseRow], limit: int) -> bytes:
        node, journal = self._node, self._node.journal
        offers = tuple(_within(MAX_PAGE_BYTES, map(node.offers.of, rows)))
        whole = len(rows) < limit and len(offers) == len(rows)
        rows = rows[: len(offers)]
        size, note = node.shown.holding(pull.by, rows[-1].index + 1 if rows else 0)
        end = PageEnd(
            node.descriptor.fingerprint,
            pull.by,
            pull.cursor,
            size if whole else rows[-1].index + 1,
            size,
            journal.root_at(size),
            len(offers),
            root_over([offer.telling for offer in offers]),
            journal.now() // 1000,
        )
        path = tuple(journal.prover.consistency(pull.have, size)) if 0 < pull.have < size else ()
        page = Page(offers, Shown(note, pull.have, path), deliver.sign_page_end(end, node.keys.statement))
        return deliver.encode_page(page)

    def _of_this_log(self, size: int, root: bytes) -> None:
        """Require that a head is one of this log: a message that names another fits a copy of it, and not this one."""
        if size > self._node.journal.tree.size or self._node.journal.root_at(size) != root:
            raise RemoteError(HEAD_FORK, f"you hold another head of {size} leaves than this log has")

    def close(self) -> None:
        """Answer every waiting pull now, and let none wait any more: the server is about to leave."""
        self._closing = True
        self._wake(list(self._waiting))

    async def _wait(self, caller: Fingerprint, seconds: float) -> None:
        if self._closing:
            return
        # Each wait has an event of its own, which it takes away with it however it ends: an event that outlived its wait
        # would belong to a loop that is gone, and break the next wait of the same caller.
        event, events = asyncio.Event(), self._waiting.setdefault(caller, [])
        events.append(event)
        try:
            await asyncio.wait_for(event.wait(), seconds)
        except TimeoutError:
            pass
        finally:
            events.remove(event)
            if not events and self._waiting.get(caller) is events:
                del self._waiting[caller]

    def _wake(self, parties: Sequence[Fingerprint]) -> None:
        for party in parties:
            for event in self._waiting.pop(party, ()):
                event.set()

    # -- items

    def items(self, caller: Fingerprint, body: bytes) -> bytes:
        """Give the items that the caller wants, by their hashes, once its signed want is kept.

        Returns:
            `deliver.encode_items`, in the order of the want: nil for what is unknown, not released to the caller, withdrawn,
            of another hash, or more than one answer has room for: these answer alike.

        Raises:
            RemoteError: `malformed`, `wrong-addressee`, `content-mismatch`, `bad-argument`, `head-fork`, ...
        """
        peer = self._peer(caller)
        fields = requests.WANTING.of_map(cbor.decode(body, place="items request"))
        tellings = read_tellings(fields["tellings"])
        me = self._node.descriptor.fingerprint
        want = deliver.check_want(fields["want"], tellings, by=peer.descriptor, to=me)
        if abs(want.at - self._node.clock.now() // 1000) > MAX_APART // 1000:
            raise RemoteError(CLOCK_SKEW, "the time of the want is more than five minutes off our clock", place="want")
        if not 0 < want.size <= self._node.shown.known(caller)[0]:
            raise RemoteError(BAD_ARGUMENT, "beyond any head of this log that was shown to you", place="want")
        self._of_this_log(want.size, want.log_root)
        rows = list(self._wanted(caller, tellings, want.size))
        self._keep_want(peer, fields["want"], tellings, rows)
        items = tuple(self._item(row, want.size) for row in rows)
        return deliver.encode_items(Given(items, tuple(self._node.journal.prover.inclusion(0, want.size))))

    def _wanted(self, caller: Fingerprint, tellings: Sequence[Telling], size: int) -> Iterator[ReleaseRow | None]:
        """The release of each telling that is wanted and may be given, as far as one answer has room."""
        room, seen = deliver.MAX_WANTED, set[StatementId]()
        # Each is looked for once: who asks for one a thousand times must not find by the time whether it is there.
        found = {id: self._node.store.release(id, caller) for id in dict.fromkeys(one.release for one in tellings)}
        for telling in tellings:
            row = found[telling.release]
            known = row is not None and row.index < size and is_addressee(caller, row) and row.id not in seen
            offer = self._node.offers.of(row) if row is not None and known else None
            if row is None or offer is None or offer.telling != telling or (offer.size > room and seen):
                yield None
                continue
            seen.add(row.id)
            room -= offer.size
            yield row

    def _item(self, row: ReleaseRow | None, size: int) -> Item | None:
        if row is None:
            return None
        prover = self._node.journal.prover
        return deliver.pack([self._node.released(row)], lambda index: prover.inclusion(index, size))[0]

    def _keep_want(
        self, peer: Peer, signed: bytes, tellings: Sequence[Telling], rows: Sequence[ReleaseRow | None]
    ) -> None:
        """Keep a want before anything is given for it; one that asks for nothing new shows nothing more, and is not kept."""
        if not any(row is not None and self._node.store.fetch_of(row.id) is None for row in rows):
            return
        data = encode_want(signed, tellings)
        kept = Kept("want", peer.fingerprint, want_key(data), data, self._node.clock.now())
        fetches = fold.fetch_rows(kept, peer.descriptor, self._node.offered)
        self._node.store.commit(Batch(kept=[kept], fetches=fetches))

    # -- acknowledgements

    async def acknowledge(self, caller: Fingerprint, body: bytes) -> bytes:
        """Take an acknowledgement of what the caller was told; one that answers nothing new is not kept.

        Raises:
            RemoteError: `stale-head`, `not-found`: of something never told to the caller; `head-fork`, `not-included`: of a
                head that is not one of this log, or does not hold it; or a fault of the answer.
        """
        peer = self._peer(caller)
        answer = acknowledge.decode_answer(body)
        known = self._fresh(peer, answer.head)
        with self.blaming(caller):
            checked = acknowledge.check_answer(
                answer, by=peer.descriptor, teller=self._node.descriptor.fingerprint, known=known
            )
        self._look_at_times(checked, self._ours(caller, checked))
        id, new = checked.signed.id, Batch(heads={caller: (checked.head.size, checked.head.note)})
        # A member may sign any number of answers to one telling; the first stands, and the others must not fill the disk.
        fresh = any(self._is_new(telling, checked.said.disposition) for telling in checked.tellings)
        if fresh:
            kept = Kept("answer", caller, id, body, self._node.clock.now())
            new.kept, new.answers = [kept], fold.answer_rows(kept, self._node.offered)
        # Written at once: what was checked against a head is kept before another head is looked at.
        self._node.store.commit(new)
        if fresh:
            self.answered(caller, id)
        return b""

    def _is_new(self, telling: Telling, disposition: str) -> bool:
        """Say whether an answer is the first about these bytes, or holds what was refused for the hearer's own reasons."""
        rows = {one.item: one for one in self._node.store.answers_to(telling.release)}
        known = rows.get(telling.item)
        if known is None:
            return len(rows) < MAX_JUDGED
        return known.is_own and disposition == HELD

    def _ours(self, caller: Fingerprint, answer: Acknowledged) -> ReleaseRow:
        """Require all of an answer that a proof file of it needs: else a hearer could keep us from showing anything.

        Returns:
            The last of the releases that it answers.
        """
        said = answer.said
        last = max((self._told(caller, telling) for telling in answer.tellings), key=lambda row: row.index)
        self._of_this_log(said.log_size, said.log_root)
        if said.log_size <= last.index:
            raise RemoteError(
                NOT_INCLUDED, f"it names a head of {said.log_size} leaves, which does not hold the release"
            )
        return last

    def _told(self, caller: Fingerprint, telling: Telling) -> ReleaseRow:
        row = self._node.store.release(telling.release, caller)
        if row is None or (row.statement or NO_STATEMENT) != telling.statement:
            raise RemoteError(NOT_FOUND, "an acknowledgement of something that was not told to you")
        if telling.reading != NO_READING:
            raise RemoteError(
                MALFORMED, "nobody reads back yet: the hash of a reading is 32 zero bytes", place="tellings"
            )
        return row

    def _look_at_times(self, answer: Acknowledged, row: ReleaseRow) -> None:
        """Tell the operator of times that cannot be true beside ours: the answer counts, and a proof file names them."""
        received, answered = answer.said.received_at // 1000, answer.signed.envelope.iat
        released, now = self._node.at(row.index).signed.envelope.iat, self._node.clock.now() // 1000
        wrong = times.of_an_answer(received, answered, released=released, now=now)
        self.timed(answer.by.fingerprint, None if wrong is None else RemoteError(CLOCK_SKEW, wrong))

    # -- witnessing

    def add_checkpoint(self, caller: Fingerprint, body: bytes) -> str:
        """Cosign the caller's head, if it follows from the one known here (C2SP tlog-witness).

        Returns:
            The cosignature line; the head is durably kept before it is made.

        Raises:
            RemoteError: `stale-head`, `head-rollback`, `head-fork`, `not-consistent`, ...
        """
        peer = self._peer(caller)
        request = witness.AddCheckpoint.decode(body)
        known = self._fresh(peer, request.shown)
        shown = witness.read_head(request.shown.note, peer.descriptor)
        with self.blaming(caller):
            head = witness.advance(known, shown, request.shown.path)
        self._node.store.commit(Batch(heads={caller: (head.size, head.note)}))
        me = self._node
        return witness.cosign(
            head, witness_name=me.descriptor.witness_name, signer=me.keys.witness, now=me.journal.now()
        )

    def _fresh(self, peer: Peer, shown: Shown) -> Head | None:
        known = self.known_head(peer)
        size = known.size if known else 0
        if shown.old == size:
            return known
        new = witness.read_head(shown.note, peer.descriptor)
        if known is not None and new.size == known.size and new.root != known.root:
            with self.blaming(peer.fingerprint):  # two heads of one size need no proof to be told apart
                witness.advance(known, new, ())
        message = f"the proof starts at {shown.old}, the head known here has {size} leaves"
        evidence = {"size": size, "known": known.note.decode()} if known else {"size": size}
        raise RemoteError(STALE_HEAD, message, evidence=evidence)

    def known_head(self, peer: Peer) -> Head | None:
        """The newest head of a peer's log that was taken here."""
        row = self._node.store.head(peer.fingerprint)
        return None if row is None else witness.read_head(row[1], peer.descriptor)

    @contextlib.contextmanager
    def blaming(self, about: Fingerprint) -> Iterator[None]:
        """Keep what proves a fault of another party that comes to light in here; the fault is still raised."""
        try:
            yield
        except RemoteError as error:
            if error.evidence:
                self._keep_evidence(about, error)
            raise

    def _keep_evidence(self, about: Fingerprint, error: RemoteError) -> None:
        told = {"code": error.code, "message": error.message, "evidence": error.evidence}
        kept = self.evidence(about, error.code, told)
        if kept:
            self._node.store.commit(Batch(kept=kept))

    def evidence(self, about: Fingerprint, code: str, *told: Mapping[str, object]) -> list[Kept]:
        """What is to be kept of faults of one kind: nothing where the same, or enough of that kind, is kept already."""
        if not told or (about, code) in self._enough:
            return []
        have = {kept.data for kept in self._node.store.kept("evidence", about, code.encode())}
        # The same lie told again proves nothing more, and must not fill the disk, nor be looked for among all others.
        new = [data for data in dict.fromkeys(cbor.encode(dict(one)) for one in told) if data not in have]
        if len(have) >= MAX_EVIDENCE:
            self._enough.add((about, code))
        now = self._node.clock.now()
        return [Kept("evidence", about, code.encode(), data, now) for data in new[: max(MAX_EVIDENCE - len(have), 0)]]

    # -- heads, tiles, receipts

    def checkpoint(self) -> bytes:
        """The newest published head, with its cosignatures, those of outside witnesses last.

        Raises:
            RemoteError: `not-found`: none was published yet.
        """
        last = self._node.store.last_published()
        if last is None:
            raise RemoteError(NOT_FOUND, "no head was published yet")
        return with_lines(self._node.store, *last)

    def tile(self, path: str) -> bytes:
        """A tile of hashes below the published head (C2SP tlog-tiles). Entry bundles are never served.

        Raises:
            RemoteError: `malformed`, `not-found`.
        """
        level, number, width = parse_tile_path(path)
        last = self._node.store.last_published()
        filled = 0 if last is None else min(256, (last[0] >> (8 * level)) - number * 256)
        wanted = 256 if width is None else width
        if filled < wanted:
            raise RemoteError(NOT_FOUND, "no such tile below the published head")
        return self._node.store.tile(level, number)[: wanted * 32]

    def receipts(self, caller: Fingerprint, body: bytes) -> bytes:
        """Fresh receipts of what we answered and told to the caller: see `stands`.

        Raises:
            RemoteError: `malformed`.
        """
        return stands.receipts(self._node, caller, body)

    def _peer(self, caller: Fingerprint) -> Peer:
        peer = self._node.peer(caller)
        if peer is None:
            raise RemoteError(NOT_FOUND, "not a party known here")
        self.asked[caller] = self._node.clock.now()
        return peer


def _within(limit: int, offers: Iterable[Offer]) -> Iterator[Offer]:
    """As many from the start as come to this many bytes together, or one."""
    total = 0
    for offer in offers:
        total += offer.size
        if total > limit and total > offer.size:
            return
        yield offer
