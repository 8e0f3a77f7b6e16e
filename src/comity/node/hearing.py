"""Hearing: how a node takes in what another tells it: a page of offers, then the items by their hashes, each judged.

Rule 1: what is held or refused is named by the hash of its bytes. Bytes that have not the hash that was asked for are no item:
they are dropped, and asked for again. Rule 2: an item that is shown where it does not stand refuses nothing; that is kept as
evidence, and it is asked for again. Rule 3: what is asked for again holds up nothing else, but until it is here nobody says
that all of this teller's word is. Rule 4: of one release at most `MAX_JUDGED` items are judged, and none after one was held.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from comity.errors import MALFORMED, NOT_INCLUDED, PAGE_OMISSION, RemoteError
from comity.exchange import acknowledge, deliver
from comity.exchange.acknowledge import Misplaced, Refused, TellerHead, Told
from comity.exchange.deliver import Given, Item, Offer, Page, PageEnd, Pull, Want
from comity.exchange.witness import Head
from comity.model.acknowledgement import Telling, root_over
from comity.model.fingerprint import Fingerprint
from comity.model.statement import Draft, ItemHash
from comity.node import fold
from comity.node.heard import Offered
from comity.node.journal import Proposal
from comity.node.node import Node
from comity.node.parties import Peer
from comity.node.ports import MAX_JUDGED, Batch, Kept, OutgoingAnswer, Peers, PendingRow, ReceivedRow
from comity.node.teller import Teller
from comity.proof import cbor
from comity.proof.envelope import StatementId
from comity.proof.merkle import EMPTY_ROOT, PathMemo
from comity.space import instant
from comity.space.instant import Instant

# Offers that a page is asked for, and items wanted in one go.
PAGE_ITEMS = 1000
# As many as one teller may have pending here: who offers without giving is asked for no further page.
MAX_PENDING = 1000
# Milliseconds.
AGAIN_FIRST, AGAIN_LAST = 1_000, 10 * 60_000


@dataclass(slots=True)
class Taken:
    """What one page, and what was asked for again, brought.

    Attributes:
        end: of the page; None before it came.
    """

    held: int = 0
    refused: int = 0
    more: bool = False
    end: PageEnd | None = None


class Hearing:
    """The hearing side of one node.

    Attributes:
        judged: is called with the teller and the release of each item that was held or refused.
    """

    def __init__(self, node: Node, teller: Teller, peers: Peers) -> None:
        self._node, self._teller, self._peers = node, teller, peers
        self.judged: Callable[[Fingerprint, StatementId], None] = lambda teller, release: None

    async def pull(self, peer: Peer, wait: int, taken: Taken) -> None:
        """Ask a teller for what it still owes and for one page, and take in what comes.

        Raises:
            TransportError, RemoteError: it did not get through, or what came is no page.
        """
        await self._ask_again(peer, taken)
        pending = self._node.store.pending_count(peer.fingerprint)
        if pending < MAX_PENDING:
            await self._page(peer, min(wait, 1) if pending else wait, taken)

    # -- pages

    async def _page(self, peer: Peer, wait: int, taken: Taken) -> None:
        node, known = self._node, self._teller.known_head(peer)
        have, root = (known.size, known.root) if known else (0, EMPTY_ROOT)
        cursor, me = node.store.cursor(peer.fingerprint), node.descriptor.fingerprint
        pull = Pull(me, peer.fingerprint, cursor, have, root, node.journal.now() // 1000)
        signed = deliver.sign_pull(pull, node.keys.statement)
        body = cbor.encode({"v": 1, "pull": signed, "limit": PAGE_ITEMS, "wait": wait})
        answer = await self._peers.pull(peer.descriptor, body, wait=wait)
        now_known = self._teller.known_head(peer)
        if (now_known.size if now_known else 0) != have:
            taken.more = True  # its head moved here while we waited: ask again, from the newer one
            return
        with self._teller.blaming(peer.fingerprint):
            page = deliver.decode_page(answer)
            head, end = deliver.check_page(page, by=peer.descriptor, pull=pull, known=known)
        wanted, taken.end = self._keep_page(peer, page, head, end), end
        await self._fetch(peer, head, wanted, taken)
        # Only who had no room for all has more: whoever answers with nothing must not keep us busy.
        taken.more = bool(wanted) and end.start < end.next < end.size

    def _keep_page(self, peer: Peer, page: Page, head: Head, end: PageEnd) -> list[PendingRow]:
        """Keep a page, at once: what was checked against a head is kept before another head is looked at.

        What it offers is kept as pending before it is asked for, so that neither a crash nor a silence loses any of it.
        """
        who, now = peer.fingerprint, self._node.journal.now()
        batch, new = Batch(heads={who: (head.size, head.note)}), self._new(peer, page.offers)
        if 2 * len(new) < len(page.offers):
            # Nobody offers again what stands before the cursor: it must not fill our disk. Another round may have taken it.
            self._node.store.commit(batch)
            if self._node.store.cursor(who) > end.start:
                return []
            raise RemoteError(MALFORMED, "most of what the page offers it has offered before", place="tellings")
        batch.cursors[who] = end.next
        if page.offers or end.next > end.start:  # an end says also what was not there
            batch.kept.append(Kept("page-end", who, end.next.to_bytes(8), fold.encode_end(page), now))
            batch.kept.append(Kept("head", who, head.size.to_bytes(8), head.note, now))
        batch.pending = [PendingRow(who, one.telling, one.size, end.start, end.next, 0, now) for one in new]
        if not new:  # else it is said with the last item that comes
            batch.heard = self._heard(peer, end, self._node.store.pending_count(who))
        self._node.store.commit(batch)
        return batch.pending

    def _new(self, peer: Peer, offers: Sequence[Offer]) -> list[Offer]:
        """What of a page is to be asked for: what may still be judged, and is not pending already."""
        already = {row.telling for row in self._node.store.pending(peer.fingerprint)} if offers else set()
        unjudged = self._unjudged(peer, [one.telling for one in offers]) - already
        return [one for one in offers if one.telling in unjudged]

    def _unjudged(self, peer: Peer, tellings: Sequence[Telling]) -> set[Telling]:
        """What may still be judged: what was not yet, of each release not more than may be, and of none that is held."""
        judged: dict[StatementId, set[ItemHash]] = {}
        held: set[StatementId] = set()
        for release, item, is_held in self._node.store.judged(peer.fingerprint, {one.release for one in tellings}):
            judged.setdefault(release, set()).add(item)
            if is_held:
                held.add(release)
        closed = held | {release for release, items in judged.items() if len(items) >= MAX_JUDGED}
        return {
            one
            for one in tellings
            if one.release not in closed and one.item not in judged.get(one.release, frozenset())
        }

    def _heard(self, peer: Peer, end: PageEnd | None, pending: int) -> dict[Fingerprint, Instant]:
        """As of when we have all of a teller's word, by the end of its last page; {} if something is pending, or it is known."""
        if end is None or end.next != end.size or pending:
            return {}
        at = min(instant.from_seconds(end.at), self._node.journal.now())
        known = self._node.store.heard(peer.fingerprint)
        return {peer.fingerprint: at} if known is None or known < at else {}

    # -- items

    async def _ask_again(self, peer: Peer, taken: Taken) -> None:
        """Ask for what is due of what a teller owes, under the head of the page that offered it.

        So a proof file of it needs no word of the teller that joins that head with another.
        """
        now, offered = self._node.journal.now(), Offered(self._node.store, peer)
        due: dict[int, list[PendingRow]] = {}
        for row in self._node.store.pending(peer.fingerprint):
            end = offered.end(row.telling, row.next.to_bytes(8)) if row.due <= now else None
            if end is not None:
                due.setdefault(end.size, []).append(row)
        for size, rows in due.items():
            await self._fetch(peer, offered.head(size), rows, taken)

    async def _fetch(self, peer: Peer, head: Head, wanted: Sequence[PendingRow], taken: Taken) -> None:
        """Ask for items, in as many goes as their sizes need, and take in what comes of each."""
        for go in _goes(wanted):
            given = await self._ask(peer, head, [one.telling for one in go])
            try:
                with self._teller.blaming(peer.fingerprint):
                    deliver.check_given(given, count=len(go), by=peer.descriptor, head=head)
            except RemoteError:
                self._take(peer, head, go, Given((None,) * len(go), ()), taken)
                raise
            self._take(peer, head, go, given, taken)

    async def _ask(self, peer: Peer, head: Head, tellings: Sequence[Telling]) -> Given:
        node = self._node
        want = Want(
            node.descriptor.fingerprint,
            peer.fingerprint,
            head.size,
            head.root,
            len(tellings),
            root_over(tellings),
            node.journal.now() // 1000,
        )
        signed = deliver.sign_want(want, node.keys.statement)
        named = b"".join(one.data for one in tellings)
        answer = await self._peers.items(peer.descriptor, cbor.encode({"v": 1, "want": signed, "tellings": named}))
        return deliver.decode_items(answer)

    def judge_again(self, peer: Peer, rows: Sequence[ReceivedRow]) -> int:
        """Judge what was refused anew, by its bytes as they are kept: what is good now is held; of the rest nothing is said.

        Returns:
            How many are held now.
        """
        good, offered, taken = self._good_now(peer, rows), Offered(self._node.store, peer), Taken()
        for size in dict.fromkeys(row.size for row, _ in good):
            pairs = [(_offered_row(row, item.telling, offered, peer), item) for row, item in good if row.size == size]
            # What shows how the teller's log begins is kept since they were judged first.
            self._judge(peer, offered.head(size), pairs, None, taken)
        return taken.held

    def _good_now(self, peer: Peer, rows: Sequence[ReceivedRow]) -> list[tuple[ReceivedRow, Item]]:
        """Those in which no fault is found any more, one of each release, and none of a release that is held."""
        found: dict[StatementId, tuple[ReceivedRow, Item]] = {}
        for row in rows:
            known = self._node.store.received_release(peer.fingerprint, row.release)
            if any(one.refused is None for one in known):
                continue
            item = deliver.decode_item(cbor.decode(row.item, place="item"), "item")
            if acknowledge.judge(item, by=peer.descriptor, to=self._node.descriptor.fingerprint) is None:
                found.setdefault(row.release, (row, item))
        return list(found.values())

    def _take(self, peer: Peer, head: Head, go: Sequence[PendingRow], given: Given, taken: Taken) -> None:
        """Take in what came of what was asked for; the rest is asked for again later."""
        # Another round may have taken some of these while they were on their way.
        unjudged = self._unjudged(peer, [row.telling for row in go])
        pairs = [(row, item) for row, item in zip(go, given.items, strict=True) if row.telling in unjudged]
        self._judge(peer, head, pairs, given, taken)

    def _judge(
        self,
        peer: Peer,
        head: Head,
        pairs: Sequence[tuple[PendingRow, Item | None]],
        given: Given | None,
        taken: Taken,
    ) -> None:
        """Judge what came as it was asked for, answer it, and keep both, at once; the rest is pending.

        Args:
            pairs: what was asked for, each with what came of it.
            given: as it came; None where it is judged a second time.
        """
        node, now = self._node, self._node.journal.now()
        came = [(row, item) for row, item in pairs if item is not None and item.telling == row.telling]
        found = acknowledge.examine(
            [item for _, item in came],
            [(row.start, row.next) for row, _ in came],
            by=peer.descriptor,
            to=node.descriptor.fingerprint,
            memo=PathMemo(head.size, head.root),
            hands=node.hands,
        )
        offered = {row.telling: row for row, _ in came}
        told = [one for one in found if isinstance(one, Told)]
        refused = [one for one in found if isinstance(one, Refused)]
        of, proposal = TellerHead(peer.fingerprint, head.size, head.root), Proposal()
        self._hold(proposal, of, told, offered)
        self._refuse(proposal, of, refused, offered)
        judged: list[Told | Refused] = [*told, *refused]
        these = {one.telling for one in judged}
        if given is not None:
            proposal.batch.pending = [_later(row, now) for row, _ in pairs if row.telling not in these]
        before = self._node.store.pending(peer.fingerprint)
        proposal.batch.settled = [*_settled(before, judged)]
        proposal.batch.heard = self._heard(peer, taken.end, len(before) - len(proposal.batch.settled))
        proposal.batch.kept += self._faults(peer, found, offered)
        if judged and given is not None:
            proposal.batch.kept += self._beginning(peer, head, given)
        node.journal.write([proposal])
        for one in judged:
            self.judged(peer.fingerprint, one.telling.release)
        taken.held += len(told)
        taken.refused += len(refused)

    def _beginning(self, peer: Peer, head: Head, given: Given) -> Iterator[Kept]:
        """What shows, under this head, that the teller's log begins with its descriptor: kept once."""
        who, subject = peer.fingerprint, head.size.to_bytes(8)
        if not self._node.store.kept("genesis", who, subject):
            yield Kept("genesis", who, subject, b"".join(given.genesis), self._node.journal.now())

    def _hold(
        self, proposal: Proposal, of: TellerHead, told: Sequence[Told], offered: Mapping[Telling, PendingRow]
    ) -> None:
        """Say that all these are held, in one statement, and keep them."""
        if not told:
            return
        batch, now, tellings = proposal.batch, self._node.journal.now(), [one.telling for one in told]
        draft = acknowledge.held(tellings, of=of, now=now, uuid=self._node.uuid())
        answer = self._answer(proposal, of, draft, tellings)
        batch.received += [_held_row(one, offered[one.telling], of.size, now, answer) for one in told]
        for one in told:
            if one.statement is not None:
                id, object = one.statement.id, one.statement.object
                batch.versions += fold.version_rows(of.party, id, object)
                batch.matters += fold.matter_rows(of.party, id, object)

    def _refuse(
        self, proposal: Proposal, of: TellerHead, refused: Sequence[Refused], offered: Mapping[Telling, PendingRow]
    ) -> None:
        """Say that these are refused, in one statement for each reason, and keep them.

        However many items there are: whoever sends rubbish must not grow our log by all of it.
        """
        now = self._node.journal.now()
        for reason in dict.fromkeys(one.code for one in refused):
            bad = [one for one in refused if one.code == reason]
            tellings = [one.telling for one in bad]
            draft = acknowledge.refuse(tellings, reason, of=of, now=now, uuid=self._node.uuid())
            answer = self._answer(proposal, of, draft, tellings)
            proposal.batch.received += [_refused_row(one, offered[one.telling], of.size, now, answer) for one in bad]

    def _answer(self, proposal: Proposal, of: TellerHead, draft: Draft, tellings: Sequence[Telling]) -> StatementId:
        signed, named = self._node.sign(draft), b"".join(one.data for one in tellings)
        proposal.signed.append(signed)
        proposal.batch.outgoing.append(OutgoingAnswer(signed.id, of.party, named))
        return signed.id

    def _faults(
        self, peer: Peer, found: Sequence[Told | Refused | Misplaced], offered: Mapping[Telling, PendingRow]
    ) -> Iterator[Kept]:
        """What proves a fault of the teller's: an item in a wrong place, or one that an earlier page end had left out."""
        misplaced: list[Mapping[str, object]] = []
        omitted: list[Mapping[str, object]] = []
        for one in found:
            evidence = {"release": one.telling.release.hex(), "index": one.item.release_index}
            if isinstance(one, Misplaced):
                misplaced.append({"code": one.code, "evidence": evidence, "item": deliver.encode_item(one.item)})
            elif isinstance(one, Told) and one.omitted:
                evidence["start"] = offered[one.telling].start
                omitted.append({"code": PAGE_OMISSION, "evidence": evidence, "item": deliver.encode_item(one.item)})
        yield from self._teller.evidence(peer.fingerprint, NOT_INCLUDED, *misplaced)
        yield from self._teller.evidence(peer.fingerprint, PAGE_OMISSION, *omitted)


def _settled(pending: Sequence[PendingRow], judged: Sequence[Told | Refused]) -> Iterator[tuple[Fingerprint, Telling]]:
    """What is pending no more: what was judged, other items of a release that is held, and what was withdrawn."""
    held = {one.telling.release for one in judged if isinstance(one, Told)}
    taken_back = {one.terms.leaf for one in judged if isinstance(one, Told) and one.statement is None}
    these = {one.telling for one in judged}
    for row in pending:
        telling = row.telling
        if telling in these or telling.release in held or telling.statement in taken_back:
            yield row.teller, telling


def _goes(wanted: Sequence[PendingRow]) -> Iterator[list[PendingRow]]:
    """Part what is wanted into goes of one answer's room each; what is larger by itself goes alone."""
    go: list[PendingRow] = []
    room = deliver.MAX_WANTED
    for row in wanted:
        if go and (row.size > room or len(go) >= PAGE_ITEMS):
            yield go
            go, room = [], deliver.MAX_WANTED
        go.append(row)
        room -= row.size
    if go:
        yield go


def _offered_row(row: ReceivedRow, telling: Telling, offered: Offered, peer: Peer) -> PendingRow:
    """A telling that was judged before, as its page offered it."""
    end = offered.end(telling, row.page, row.size)
    start = 0 if end is None else deliver.read_page_end(end.signed, peer.descriptor).start
    return PendingRow(row.teller, telling, len(row.item), start, int.from_bytes(row.page), 0, row.received_at)


def _later(row: PendingRow, now: Instant) -> PendingRow:
    """The same to be asked for again, after twice the wait of the last time."""
    wait = min(AGAIN_FIRST << min(row.tries, 16), AGAIN_LAST)  # who gave nothing good is asked ever less often
    return replace(row, tries=row.tries + 1, due=Instant(now + wait))


def _held_row(one: Told, offered: PendingRow, size: int, now: Instant, answer: StatementId) -> ReceivedRow:
    said = None if one.statement is None else one.telling.statement
    row = _row(one, offered, said, size, now, answer)
    return replace(row, stix_id=one.terms.id, withdrawn=one.terms.withdrawn)


def _refused_row(one: Refused, offered: PendingRow, size: int, now: Instant, answer: StatementId) -> ReceivedRow:
    said = None if one.item.statement is None else one.telling.statement
    return replace(_row(one, offered, said, size, now, answer), refused=one.code)


def _row(
    one: Told | Refused, offered: PendingRow, said: StatementId | None, size: int, now: Instant, answer: StatementId
) -> ReceivedRow:
    return ReceivedRow(
        one.telling.release,
        "",
        offered.teller,
        said,
        one.telling.item,
        offered.next.to_bytes(8),
        cbor.encode(deliver.encode_item(one.item)),
        size,
        now,
        answer,
    )
