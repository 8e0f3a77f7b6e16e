"""Receipts: an answer that a hearer gave is worth more under a head of its log that third parties have cosigned.

Such receipts are asked of the hearer until all third parties that are known stand under one head, each time after a
longer wait: a third party may be away for days. What a teller told us is worth more, too, under a head of its log that third
parties have cosigned: likewise it is asked where that stands. Whatever comes must be of the log that is known.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from comity.errors import CLOCK_SKEW, MALFORMED, RemoteError
from comity.exchange import prove, requests, shapes, witness
from comity.exchange.acknowledge import Place
from comity.exchange.shapes import Path, path_of
from comity.exchange.witness import Head
from comity.model.fingerprint import Fingerprint
from comity.node.cosigned import Cosigned, read_cosigned
from comity.node.evidence import best_receipt, encode_receipt, told_at
from comity.node.heard import Offered, encode_stand, released_at, require_places, stands
from comity.node.node import Node
from comity.node.parties import Peer
from comity.node.ports import Batch, Kept, Peers, ReceivedRow, Store
from comity.node.stands import MAX_TOLD
from comity.node.teller import Teller
from comity.proof import cbor, merkle
from comity.proof.envelope import StatementId
from comity.space import instant
from comity.space.instant import Instant

MAX_ASKED = 100
# Of what one teller has told us, as many are asked about, the newest.
MOST_TOLD = 1000
# Bytes; and milliseconds.
MAX_ANSWER = 4 << 20
FIRST_WAIT, LAST_WAIT = 1_000, 10 * 60_000
NOW = Instant(0)
_NOT_ASKED = "where something stands that was not asked about, or not in the form of that"


@dataclass(slots=True)
class _Open:
    """An answer that is not yet cosigned by all: when to ask again, and how long to wait after that."""

    due: Instant = NOW
    wait: int = FIRST_WAIT


Opens = dict[Fingerprint, dict[StatementId, _Open]]


class Receipts:
    """What one node still wants from those who answered it, and from those who told it something."""

    def __init__(self, node: Node, teller: Teller, peers: Peers) -> None:
        self._node, self._teller, self._peers = node, teller, peers
        # Answers of each hearer, and releases of each teller.
        self._open: Opens = {}
        self._told: Opens = {}
        self._most = 0
        teller.answered = self._add

    def heard(self, teller: Fingerprint, release: StatementId) -> None:
        """Note that something was told to us, or refused, of which the teller is to be asked where it stands."""
        these = self._told.get(teller)
        if these is None:
            return
        these[release] = _Open()
        while len(these) > MOST_TOLD:
            del these[next(iter(these))]  # the oldest: else whoever tells much, or rubbish, would have us ask for ever

    async def fetch(self, peer: Peer, *, now: bool) -> int:
        """Ask a peer for what is due, with `now` for all; returns how many better receipts came.

        Raises:
            TransportError: `unreachable`.
            RemoteError: `malformed`, `not-included`, `head-fork`, `not-consistent`: of a log that is not the one known;
                `clock-skew`: third parties' cosignatures whose times cannot be true; all else was taken.
        """
        if self._most != len(self._node.peers) - 1:
            self._open, self._told, self._most = {}, {}, len(self._node.peers) - 1
        wanted, known, rows = self._wanted(peer, now), self._teller.known_head(peer), self._asked_about(peer, now)
        if not wanted and not rows:
            return 0
        told = b"".join(row.release + row.size.to_bytes(8) for row in rows.values())
        body = cbor.encode({"v": 1, "ids": b"".join(wanted), "have": known.size if known else 0, "told": told})
        answer = await self._peers.receipts(peer.descriptor, body)
        fields = requests.GIVEN_RECEIPTS.of_map(cbor.decode(answer, place="receipts", limit=MAX_ANSWER))
        untimely: dict[Fingerprint, Instant] = {}
        better = sum(self._take(peer, known, one, wanted, untimely) for one in fields["receipts"])
        better += sum(self._take_stand(peer, known, one, rows, untimely) for one in fields["told"])
        if untimely:
            raise self._not_relied_on(untimely)
        return better

    def _add(self, hearer: Fingerprint, answer: StatementId) -> None:
        if hearer in self._open:
            self._open[hearer][answer] = _Open()

    def _wanted(self, peer: Peer, now: bool) -> list[StatementId]:
        who = peer.fingerprint
        if now or who not in self._open:
            self._open[who] = {id: _Open() for id in reversed(self._node.store.answers_of(who))}
        return self._due(self._open[who], lambda answer: self._proofs(peer, answer), now, MAX_ASKED)

    def _asked_about(self, peer: Peer, now: bool) -> dict[StatementId, ReceivedRow]:
        """What this peer has told us and is to be asked about: by its release, as it was received."""
        who, store = peer.fingerprint, self._node.store
        if now or who not in self._told:
            self._told[who] = {id: _Open() for id in reversed(store.heard_releases(who, MOST_TOLD))}
        due = self._due(self._told[who], lambda told: self._behind(peer, _settled(store, who, told)), now, MAX_TOLD)
        return {id: row for id in due if (row := _settled(store, who, id))}

    def _due(
        self, these: dict[StatementId, _Open], proofs: Callable[[StatementId], int], now: bool, most: int
    ) -> list[StatementId]:
        """Of what is open what to ask for now, the newest first; what has all third parties behind it is open no more."""
        time = self._node.clock.now()
        due = [id for id, one in reversed(these.items()) if one.due <= time]
        found: list[StatementId] = []
        for id in due if now else due[:most]:
            if proofs(id) >= self._most:
                del these[id]
            elif len(found) < most:
                one = these[id]
                one.due, one.wait = Instant(time + one.wait), min(one.wait * 2, LAST_WAIT)
                found.append(id)
        return found

    def _proofs(self, peer: Peer, id: StatementId) -> int:
        best = best_receipt(self._node, peer, id)
        return self._most if best is None else self._count(peer, best.cosigned)

    def _behind(self, peer: Peer, row: ReceivedRow | None) -> int:
        if row is None:
            return self._most
        return max((self._count(peer, one.cosigned) for one in stands(self._node, peer, row)), default=0)

    def _count(self, peer: Peer, cosigned: Cosigned) -> int:
        return len(cosigned.apart_from(self._node.descriptor.fingerprint, peer.fingerprint))

    def _take(
        self,
        peer: Peer,
        known: Head | None,
        one: object,
        wanted: list[StatementId],
        untimely: dict[Fingerprint, Instant],
    ) -> bool:
        match one:
            case [bytes(id), int(index), bytes(path), bytes(first), bytes(note), int(), bytes(joining)] if id in wanted:
                place = Place(int(index), shapes.path_of(path, "receipts"), shapes.path_of(first, "receipts"))
            case _:
                raise RemoteError(MALFORMED, "a receipt that was not asked for", place="receipts")
        since = told_at(self._node, peer, StatementId(id))
        cosigned = self._joined(peer, known, (note, joining, place.genesis), since, untimely)
        head = cosigned.head
        merkle.verify_inclusion(id, place.index, head.size, place.path, head.root)
        if self._count(peer, cosigned) <= self._proofs(peer, StatementId(id)):
            return False
        self._keep("receipt", peer, id, encode_receipt(place, note))
        return True

    def _joined(
        self,
        peer: Peer,
        known: Head | None,
        shown: tuple[bytes, bytes, Path],
        since: Instant | None,
        untimely: dict[Fingerprint, Instant],
    ) -> Cosigned:
        """Read a head of the log that is known, and of no copy of it: what proves another is kept.

        Args:
            shown: the note, the path that joins it with the head that is known, and that of the descriptor.
            since: when what it holds cannot have been there yet.
            untimely: gets those whose cosignatures bear times that cannot be true.
        """
        note, path, genesis = shown
        cosigned = read_cosigned(self._node, note, peer.descriptor, since)
        untimely |= {by.fingerprint: at for by, at in cosigned.untimely}
        head = cosigned.head
        with self._teller.blaming(peer.fingerprint):
            witness.reconcile(known, head, shapes.path_of(path, "receipts"))
        merkle.verify_inclusion(peer.descriptor.signed.id, 0, head.size, genesis, head.root)
        return cosigned

    def _take_stand(
        self,
        peer: Peer,
        known: Head | None,
        one: object,
        rows: Mapping[StatementId, ReceivedRow],
        untimely: dict[Fingerprint, Instant],
    ) -> bool:
        """Take where a telling stands under a better head: in the log that is known, and in that which it came from."""
        match one:
            case [bytes(id), int(at), bytes(said), int(index), bytes(given), *rest] if id in rows:
                row, places = rows[StatementId(id)], (_place(int(at), said), _place(int(index), given))
            case _:
                raise RemoteError(MALFORMED, _NOT_ASKED, place="told")
        match rest:
            case [bytes(first), bytes(note), int(), bytes(joining), bytes(join)]:
                pass
            case _:
                raise RemoteError(MALFORMED, _NOT_ASKED, place="told")
        genesis, path = path_of(first, "told"), path_of(join, "told")
        cosigned = self._joined(peer, known, (note, joining, genesis), released_at(row), untimely)
        head = cosigned.head
        with self._teller.blaming(peer.fingerprint):
            witness.reconcile(Offered(self._node.store, peer).head(row.size), head, path)
        require_places(row, places, head)
        if self._count(peer, cosigned) <= self._behind(peer, row):
            return False
        self._keep("told", peer, id, encode_stand(row.size, places, genesis, note, path))
        return True

    def _not_relied_on(self, untimely: dict[Fingerprint, Instant]) -> RemoteError:
        """Whose cosignatures count nowhere because of their times."""
        now = instant.text(self._node.clock.now())
        each = [
            f"{self._node.party_name(by)} cosigned its head at {instant.to_second(at)}" for by, at in untimely.items()
        ]
        message = (
            f"{', '.join(each)}, which cannot be: after now, {now}, or before it could hold what it holds; not counted"
        )
        return RemoteError(CLOCK_SKEW, message)

    def _keep(self, kind: str, peer: Peer, subject: bytes, data: bytes) -> None:
        kept = Kept(kind, peer.fingerprint, subject, data, self._node.clock.now())
        self._node.store.commit(Batch(kept=[kept]))


def _place(index: int, path: bytes) -> prove.Place:
    return prove.Place(index, path_of(path, "told"))


def _settled(store: Store, teller: Fingerprint, release: StatementId) -> ReceivedRow | None:
    """What was taken of a release: that which is held, else the newest that was refused."""
    rows = store.received_release(teller, release)
    held = [row for row in rows if row.refused is None]
    return next(iter([*held, *reversed(rows)]), None)
