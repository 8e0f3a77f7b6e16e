"""The teller: what a node answers to other nodes. Each method takes the caller's fingerprint, which `access` has checked.

A page is the only way in which content leaves, and `deliver.pack` takes nothing but `Released`. The forms stand in
spec/node-api.md.
"""

import asyncio
import base64
import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from comity.errors import BAD_ARGUMENT, MALFORMED, NOT_FOUND, STALE_HEAD, WRONG_ADDRESSEE, RemoteError
from comity.exchange import acknowledge, deliver, witness
from comity.exchange.acknowledge import Answer
from comity.exchange.deliver import Page, PageEnd, Pull
from comity.exchange.witness import Head, Shown
from comity.model.acknowledgement import root_over
from comity.model.fingerprint import Fingerprint
from comity.model.statement import Released
from comity.node import fold
from comity.node.access import Caller, authorise
from comity.node.evidence import own_head
from comity.node.node import Node
from comity.node.parties import Peer
from comity.node.ports import Batch, Kept, ReleaseRow, Store
from comity.proof import cbor
from comity.proof.checkpoint import add_lines
from comity.proof.envelope import StatementId
from comity.proof.merkle import MAX_SIZE
from comity.proof.tree import parse_tile_path
from comity.space.instant import Instant

MAX_WAIT = 25
MAX_ITEMS = 1000
MAX_PAGE_BYTES = 8 << 20
MAX_RECEIPTS = 100
MAX_EVIDENCE = 100
# A note has at most 64 lines; two are the log's own.
MAX_PARTIES_LINES, MAX_OUTSIDE_LINES = 54, 8

# A size as a checkpoint has it: no leading zero, 2^63 - 1 at most.
_OLD = re.compile(rb"old (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A C2SP tlog-witness request: `old <size>`, a proof of one base64 hash a line, an empty line, the checkpoint."""

    shown: Shown

    def encode(self) -> bytes:
        """The request's body."""
        proof = "".join(base64.b64encode(node).decode() + "\n" for node in self.shown.path)
        return f"old {self.shown.old}\n{proof}\n".encode() + self.shown.note

    @classmethod
    def decode(cls, body: bytes) -> "AddCheckpoint":
        """Read a request's body strictly.

        Raises:
            RemoteError: `malformed`.
        """
        head, blank, note = body.partition(b"\n\n")
        first, *hashes = head.split(b"\n")
        old = _OLD.fullmatch(first)
        if not blank or old is None or int(old[1]) > MAX_SIZE or len(hashes) > 63:
            raise RemoteError(MALFORMED, "an add-checkpoint request starts with: old <size> (C2SP tlog-witness)")
        path = []
        for line in hashes:
            try:
                node = base64.b64decode(line, validate=True)
            except ValueError:
                node = b""
            if len(node) != 32 or base64.b64encode(node) != line:
                raise RemoteError(MALFORMED, "a proof line is the base64 of 32 bytes")
            path.append(node)
        return cls(Shown(note, int(old[1]), tuple(path)))


class Teller:
    """Answers other nodes for one node.

    Attributes:
        asked: when each member last asked something, since this node was opened.
        answered: is called with the hearer and the id of each answer that is new.
    """

    def __init__(self, node: Node) -> None:
        self._node = node
        self._waiting: dict[Fingerprint, list[asyncio.Event]] = {}
        self._closing = False
        self.asked: dict[Fingerprint, Instant] = {}
        self.answered: Callable[[Fingerprint, StatementId], None] = lambda hearer, answer: None
        node.journal.released = self._wake

    # -- pulls

    async def pull(self, caller: Fingerprint, body: bytes) -> bytes:
        """Answer a pull with a page, waiting for news if there is none yet.

        Raises:
            RemoteError: `malformed`, `wrong-addressee`, `bad-argument`, ...
        """
        peer = self._peer(caller)
        fields = deliver.fields_of(
            cbor.decode(body, place="pull"), {"v": int, "pull": bytes, "limit": int, "wait": int}
        )
        pull = deliver.read_pull(fields["pull"], peer.descriptor)
        if pull.to != self._node.descriptor.fingerprint:
            raise RemoteError(WRONG_ADDRESSEE, "a pull meant for another party")
        if max(pull.cursor, pull.have) > self._node.shown.known(caller)[0]:
            raise RemoteError(BAD_ARGUMENT, "beyond any head of this log that was shown to you", place="pull")
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
        released = _within(MAX_PAGE_BYTES, map(node.released, rows))
        size, note = node.shown.holding(pull.by, released[-1].release.index + 1 if released else 0)
        whole = len(rows) < limit and len(released) == len(rows)
        items = deliver.pack(released, lambda index: journal.prover.inclusion(index, size))
        end = PageEnd(
            node.descriptor.fingerprint,
            pull.by,
            pull.cursor,
            size if whole else released[-1].release.index + 1,
            size,
            len(items),
            root_over([item.telling for item in items]),
            journal.now() // 1000,
        )
        path = tuple(journal.prover.consistency(pull.have, size)) if 0 < pull.have < size else ()
        page = Page(items, Shown(note, pull.have, path), deliver.sign_page_end(end, node.keys.statement))
        return deliver.encode_page(page)

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

    # -- one statement

    def statement(self, caller: Fingerprint, id: StatementId) -> bytes:
        """Answer for one statement: its item, with the head it is proved against.

        Raises:
            RemoteError: `not-found`: unknown, not released to the caller, or withdrawn: the three answer alike.
        """
        rows = [row for row in self._node.store.releases_of(id, caller) if not row.withdrawn and self._shown(row)]
        authorise(Caller.ADDRESSEE, caller, rows[-1] if rows else None)
        released = self._node.released(rows[-1])
        size, note = self._node.shown.holding(caller, rows[-1].index + 1)
        items = deliver.pack([released], lambda index: self._node.journal.prover.inclusion(index, size))
        return cbor.encode({"v": 1, "item": deliver.encode_item(items[0]), "note": note})

    # -- acknowledgements

    async def acknowledge(self, caller: Fingerprint, body: bytes) -> bytes:
        """Take an acknowledgement of what the caller was told; one that answers nothing new is not kept.

        Raises:
            RemoteError: `stale-head`, `not-found`: of something never told to the caller; or a fault of the answer.
        """
        peer = self._peer(caller)
        answer = acknowledge.decode_answer(body)
        known = self._fresh(peer, answer.head)
        with self.blaming(caller):
            checked = acknowledge.check_answer(
                answer, by=peer.descriptor, teller=self._node.descriptor.fingerprint, known=known
            )
        self._ours(caller, answer)
        id, new = checked.signed.id, Batch(heads={caller: (checked.head.size, checked.head.note)})
        # A member may sign any number of answers to one telling; the first stands, and the others must not fill the disk.
        fresh = any(self._node.store.answers_to(telling.release) is None for telling in checked.tellings)
        if fresh:
            kept = Kept("answer", caller, id, body, self._node.clock.now())
            new.kept, new.answers = [kept], fold.answer_rows(kept)
        # Written at once: what was checked against a head is kept before another head is looked at.
        self._node.store.commit(new)
        if fresh:
            self.answered(caller, id)
        return b""

    def _ours(self, caller: Fingerprint, answer: Answer) -> None:
        for telling in answer.tellings:
            row = self._node.store.release(telling.release)
            if row is None or row.to != caller or (row.statement or bytes(32)) != telling.statement:
                raise RemoteError(NOT_FOUND, "an acknowledgement of something that was not told to you")

    # -- witnessing

    def add_checkpoint(self, caller: Fingerprint, body: bytes) -> str:
        """Cosign the caller's head, if it follows from the one known here (C2SP tlog-witness).

        Returns:
            The cosignature line; the head is durably kept before it is made.

        Raises:
            RemoteError: `stale-head`, `head-rollback`, `head-fork`, `not-consistent`, ...
        """
        peer = self._peer(caller)
        request = AddCheckpoint.decode(body)
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
        code = error.code.encode()
        data = cbor.encode({"code": error.code, "message": error.message, "evidence": error.evidence})
        have = self._node.store.kept("evidence", about, code)
        # The same lie told again proves nothing more, and must not fill the disk.
        if len(have) < MAX_EVIDENCE and data not in {kept.data for kept in have}:
            kept = Kept("evidence", about, code, data, self._node.clock.now())
            self._node.store.commit(Batch(kept=[kept]))

    # -- heads, tiles, receipts

    def checkpoint(self) -> bytes:
        """The newest published head, with its cosignatures, those of outside witnesses last.

        Raises:
            RemoteError: `not-found`: none was published yet.
        """
        last = self._node.store.last_published()
        if last is None:
            raise RemoteError(NOT_FOUND, "no head was published yet")
        return cosigned(self._node.store, *last)

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
        """Fresh receipts of acknowledgements that we made to the caller, under the best cosigned head that holds each.

        Returns:
            CBOR {"v", "receipts": [[id, index, path, note, old, consistency] ...]}: `old` is the caller's size or,
            where our head is older than that, its own, and the path joins the two.
        """
        fields = deliver.fields_of(cbor.decode(body, place="receipts"), {"v": int, "ids": bytes, "have": int})
        given, have = fields["ids"], fields["have"]
        if len(given) % 32 or len(given) > 32 * MAX_RECEIPTS or have > self._node.shown.known(caller)[0]:
            message = f"ids are 32 bytes each, {MAX_RECEIPTS} at most; have is the size of a head that was shown to you"
            raise RemoteError(MALFORMED, message, place="ids")
        ids = [StatementId(given[at : at + 32]) for at in range(0, len(given), 32)]
        if len(set(ids)) != len(ids):
            raise RemoteError(MALFORMED, "one id stands twice", place="ids")
        found = []
        for id in ids:
            row = self._node.store.outgoing_answer(id)
            if row is not None and row.to == caller:
                found.append(self._receipt(row.id, caller, have))
        return cbor.encode({"v": 1, "receipts": found})

    def _receipt(self, id: StatementId, caller: Fingerprint, have: int) -> list[object]:
        index = self._node.own(id).index
        size, note = own_head(self._node, index, caller)
        prover = self._node.journal.prover
        small, large = min(size, have), max(size, have)
        path = prover.consistency(small, large) if 0 < small < large else []
        return [id, index, b"".join(prover.inclusion(index, size)), note, small, b"".join(path)]

    def _peer(self, caller: Fingerprint) -> Peer:
        peer = self._node.peer(caller)
        if peer is None:
            raise RemoteError(NOT_FOUND, "not a party known here")
        self.asked[caller] = self._node.clock.now()
        return peer


def cosigned(store: Store, size: int, note: bytes) -> bytes:
    """A published head with the lines of parties and, after them, of outside witnesses: for those who judge it by themselves."""
    parties = [line for _, line, _ in store.cosignatures(size)[:MAX_PARTIES_LINES]]
    outside = [one.line for one in store.outside.lines(size)[:MAX_OUTSIDE_LINES]]
    return add_lines(note, parties + outside)


def _within(limit: int, released: Iterable[Released]) -> list[Released]:
    """As many from the start as have this much content together, or one; what comes after the next is not read."""
    total = 0
    kept: list[Released] = []
    for one in released:
        total += len(one.statement.signed.object.raw) if one.statement else 0
        if kept and total > limit:
            break
        kept.append(one)
    return kept
