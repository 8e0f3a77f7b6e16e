"""Heard: what this node's records show of what was told to it, as a proof file for anybody, with no help of the teller.

Such a file has the teller's statement and release under a head of the teller's log, its signed page end that offered just
these bytes, and our answer under a head of our own log. The teller's head is that under which the item came; where the teller
has shown since that third parties stand behind another head that holds it (`receipts`), it is that one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from comity.errors import DAMAGED, NOT_INCLUDED, TOO_LARGE, LocalError, RemoteError
from comity.exchange import deliver, prove, witness
from comity.exchange.deliver import Item
from comity.exchange.prove import MAX_PROOF, Ended, Held, Place, ProofFile
from comity.exchange.shapes import Path, path_of
from comity.exchange.witness import Head
from comity.model.acknowledgement import Telling, read_tellings
from comity.model.party import Descriptor
from comity.model.statement import Logged, Unverified, close
from comity.model.when import MAX_APART
from comity.node import fold
from comity.node.cosigned import (
    Cosigned,
    described,
    note_with,
    own_head,
    read_cosigned,
    require_own_keys,
    third_parties,
)
from comity.node.node import Node
from comity.node.parties import Peer
from comity.node.ports import ReceivedRow, Store
from comity.proof import cbor, merkle
from comity.space import instant
from comity.space.instant import Instant


@dataclass(frozen=True, slots=True)
class End:
    """A page end as it is kept: what the teller has signed, the size of the head that it names, and what it offered.

    Attributes:
        found: the same tellings, to be looked for: of a thousand that are owed each is.
    """

    signed: bytes
    size: int
    tellings: tuple[Telling, ...]
    found: frozenset[Telling]


class Offered:
    """What one teller has offered here, by its page ends as they are kept."""

    def __init__(self, store: Store, teller: Peer) -> None:
        self._store, self._teller = store, teller
        self._ends: dict[bytes, list[End]] = {}

    def end(self, telling: Telling, page: bytes, size: int | None = None) -> End | None:
        """The newest page end that offered a telling.

        Args:
            telling: in these very bytes.
            page: by what the page end is kept: its `next`, 8 bytes.
            size: of the head that it has to name; None for any.
        """
        for end in reversed(self._kept(page)):
            if telling in end.found and size in (None, end.size):
                return end
        return None

    def _kept(self, page: bytes) -> list[End]:
        if page not in self._ends:
            kept = self._store.kept("page-end", self._teller.fingerprint, page)
            self._ends[page] = [self._read(one.data) for one in kept]
        return self._ends[page]

    def _read(self, data: bytes) -> End:
        signed, tellings = fold.decode_end(data)
        size = deliver.read_page_end(signed, self._teller.descriptor).size
        return End(signed, size, tellings, frozenset(tellings))

    def head(self, size: int) -> Head:
        """The head of the teller's log under which a page came.

        Raises:
            LocalError: `damaged`.
        """
        kept = self._store.kept("head", self._teller.fingerprint, size.to_bytes(8))
        if not kept:
            raise LocalError(
                DAMAGED, f"the head of {size} leaves under which a page of {self._teller.petname} came is missing"
            )
        return witness.read_head(kept[0].data, self._teller.descriptor)


@dataclass(frozen=True, slots=True)
class Stand:
    """Where what was told to us stands in the teller's log, under one head of it.

    Attributes:
        size: of the head under which the item came.
        places: of statement and release; those of a withdrawal or of what was refused may be any.
        genesis: the path of the teller's descriptor, leaf 0.
        join: the consistency path between the head under which it came and this one.
    """

    size: int
    cosigned: Cosigned
    places: tuple[Place, Place]
    genesis: Path
    join: Path

    def third_parties(self, teller: Peer, node: Node) -> int:
        """How many third parties have cosigned the head."""
        return len(self.cosigned.apart_from(teller.fingerprint, node.descriptor.fingerprint))


def encode_stand(size: int, places: tuple[Place, Place], genesis: Path, note: bytes, join: Path) -> bytes:
    """As it is kept: CBOR [size, index, path, index, path, genesis, note, join]."""
    where = [part for place in places for part in (place.index, b"".join(place.path))]
    return cbor.encode([size, *where, b"".join(genesis), note, b"".join(join)])


def released_at(row: ReceivedRow) -> Instant | None:
    """When its teller released it, as it says: no head that holds it can be older.

    None of what was refused, and where our own clock refutes the teller's word, for we had it before: else a teller could
    by a time to come have us count no cosignature, and blame those who made them.
    """
    if row.refused is not None:
        return None
    said = instant.from_seconds(Unverified.read(list(item_of(row).release)).envelope.iat)
    return said if said <= row.received_at + MAX_APART else None


def _read_stand(node: Node, teller: Peer, data: bytes, since: Instant | None) -> Stand:
    size, at, path, index, release, genesis, note, join = cbor.decode(data, place="told")
    places = Place(at, path_of(path, "told")), Place(index, path_of(release, "told"))
    cosigned = read_cosigned(node, note, teller.descriptor, since)
    return Stand(size, cosigned, places, path_of(genesis, "told"), path_of(join, "told"))


def stands(node: Node, teller: Peer, row: ReceivedRow) -> list[Stand]:
    """What the teller has shown of where an item stands, since it came.

    Of what was refused nobody looks at the places; so they are looked at here, where it was held after all.
    """
    kept, since = node.store.kept("told", teller.fingerprint, row.release), released_at(row)
    found = (_read_stand(node, teller, each.data, since) for each in kept)
    return [one for one in found if one.size == row.size and _holds(one, row)]


def _holds(stand: Stand, row: ReceivedRow) -> bool:
    """Say whether the head holds statement and release where it says; of what was refused that does not matter."""
    try:
        require_places(row, stand.places, stand.cosigned.head)
    except RemoteError:
        return False
    return True


def require_places(row: ReceivedRow, places: tuple[Place, Place], head: Head) -> None:
    """Require that statement and release, where they are held, stand under a head, and where they stood when they came.

    A liar's log can hold one leaf twice: at its second place it may not stand under the head that the page end names.

    Raises:
        RemoteError: `not-included`.
    """
    if row.refused is not None:
        return
    item = item_of(row)
    came = item.statement_index, item.release_index
    for leaf, place, index in zip((row.statement, row.release), places, came, strict=True):
        if leaf is not None:
            if place.index != index:
                raise RemoteError(NOT_INCLUDED, "it is shown at another place than it came with", place="told")
            merkle.verify_inclusion(leaf, place.index, head.size, place.path, head.root)


def best_stand(node: Node, teller: Peer, row: ReceivedRow) -> Stand:
    """Of what the teller has shown of where an item stands, that with most third parties behind its head.

    Raises:
        LocalError: `damaged`.
    """
    found = [_as_it_came(node, teller, row), *stands(node, teller, row)]
    return min(found, key=lambda one: (-one.third_parties(teller, node), one.cosigned.head.size))


def _as_it_came(node: Node, teller: Peer, row: ReceivedRow) -> Stand:
    kept = node.store.kept("genesis", teller.fingerprint, row.size.to_bytes(8))
    if not kept:
        raise LocalError(DAMAGED, f"what shows how the log of {teller.petname} begins is missing")
    item, head = item_of(row), Offered(node.store, teller).head(row.size)
    places = Place(item.statement_index, item.statement_path), Place(item.release_index, item.release_path)
    cosigned = read_cosigned(node, head.note, teller.descriptor, released_at(row))
    return Stand(row.size, cosigned, places, path_of(kept[0].data, "genesis"), ())


def item_of(row: ReceivedRow) -> Item:
    """An item as it came."""
    return deliver.decode_item(cbor.decode(row.item, place="item", limit=deliver.MAX_ITEMS), "item")


def prove_heard(node: Node, teller: Peer, row: ReceivedRow, *, closed: bool = False) -> bytes:
    """Make the proof file of what a party told us, or of what we refused of it.

    Args:
        node: the hearer's.
        teller: who told it.
        row: as it was received.
        closed: leave the content out, of what is held.

    Raises:
        LocalError: `bad-argument`: that party has a key of ours; `too-large`: refused bytes that no file has room for.
    """
    me, item = node.descriptor, item_of(row)
    require_own_keys(teller, me, "--from")
    stand = best_stand(node, teller, row)
    logged = node.own(row.answer)
    ours = read_cosigned(node, own_head(node, logged.index, teller.fingerprint)[1], me)
    others = third_parties(teller.descriptor, me, ours, stand.cosigned)
    said = close(item.statement) if closed and row.refused is None and item.statement else item.statement
    proof = ProofFile(
        said,
        item.release,
        stand.places if row.refused is None else None,
        note_with(stand.cosigned, teller.descriptor, others),
        stand.genesis,
        _ended(node, teller, row, stand),
        None,
        _held(node, row, logged, ours, others, stand.join),
        None,
        None,
        described(teller.descriptor, me, *others),
    )
    data = prove.encode(proof)
    if len(data) > MAX_PROOF:
        raise LocalError(TOO_LARGE, f"{len(data):,} bytes: what was refused is larger than a proof file may be")
    return data


def _held(
    node: Node, row: ReceivedRow, logged: Logged, ours: Cosigned, others: Sequence[Descriptor], join: Path
) -> Held:
    """Our answer, under a head of our log."""
    inclusion, size = node.journal.prover.inclusion, ours.head.size
    return Held(
        logged.signed.triple,
        None,
        _answered(node, row, item_of(row).telling),
        Place(logged.index, tuple(inclusion(logged.index, size))),
        note_with(ours, node.descriptor, others, own=False),
        tuple(inclusion(0, size)),
        join,
    )


def _answered(node: Node, row: ReceivedRow, telling: Telling) -> Place:
    """The place of a telling among those that our answer speaks of."""
    outgoing = node.store.outgoing_answer(row.answer)
    tellings = read_tellings(outgoing.tellings) if outgoing else ()
    return _place(telling, tellings)


def _ended(node: Node, teller: Peer, row: ReceivedRow, stand: Stand) -> Ended:
    telling = item_of(row).telling
    end = Offered(node.store, teller).end(telling, row.page, row.size)
    if end is None:
        raise LocalError(DAMAGED, f"the page end of {teller.petname} that offered it is missing")
    return Ended(end.signed, _place(telling, end.tellings), stand.join)


def _place(telling: Telling, tellings: tuple[Telling, ...]) -> Place:
    if telling not in tellings:
        raise LocalError(DAMAGED, "it is not among the tellings that are kept beside what was signed")
    at = tellings.index(telling)
    return Place(at, tuple(merkle.inclusion_path([one.leaf for one in tellings], at)))
