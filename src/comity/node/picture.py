"""The picture: what this node knows of the airspace, out of its own log and of what was told to it."""

from collections.abc import Iterator, Mapping, Sequence

from comity.errors import DAMAGED, LocalError
from comity.model import content
from comity.model.content import StixObject
from comity.model.fingerprint import Fingerprint
from comity.model.notice import Notice
from comity.model.site import Function, Site
from comity.node.node import Node
from comity.proof import cbor
from comity.proof.envelope import StatementId
from comity.record import airspace
from comity.record.airspace import Entry, Picture
from comity.space.index_box import IndexBox
from comity.space.instant import Instant
from comity.space.volume import intersects

# Bytes of content of which the entries are remembered; in memory they take some ten times as much.
_REMEMBERED = 8 << 20


class StoredPicture:
    """The `Picture` that checks are made on: the store's index, and the statements themselves."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._entries: dict[StatementId, tuple[Entry, ...]] = {}
        self._remembered = 0

    def candidates(self, boxes: Sequence[IndexBox], *, without: Fingerprint | None = None) -> Iterator[Entry]:
        """Every entry that has a box which meets one of these, once; `without` leaves those of one party out."""
        near = {statement: author for box in boxes for author, statement in self._node.store.airspace.near(box)}
        for statement, author in sorted(near.items()):
            for entry in self.entries(author, statement) if author != without else ():
                if any(ours.meets(box) for ours in entry.boxes for box in boxes):
                    yield entry

    def beside(self, new: Sequence[Entry]) -> "Picture":
        """What something new is to be checked against: not what it and its own party's matters may meet as they like.

        This comes before any geometry, or many notices of one party in one place would take the square of their number.
        """
        return _Beside(self, new[0])

    def for_us(self) -> "OwnPicture":
        """The same for our own operators."""
        return OwnPicture(self)

    def entries(self, author: Fingerprint, statement: StatementId) -> tuple[Entry, ...]:
        """The entries of one statement, remembered: a statement never changes."""
        known = self._entries.get(statement)
        if known is None:
            found = self.object(statement)
            if self._remembered + len(found.raw) > _REMEMBERED:
                self._entries.clear()
                self._remembered = 0
            known = self._entries[statement] = airspace.entries(author, statement, found)
            self._remembered += len(found.raw)
        return known

    def is_our_notice(self, entry: Entry) -> bool:
        """Say whether it is a notice of our own."""
        return self.is_ours(entry) and isinstance(entry.matter, Notice)

    def is_for_others(self, entry: Entry) -> bool:
        """Say whether it is a site of ours as others are told it, less exactly than it stands here.

        Where no exact one stands here, that other one is all that protects the place, for us too.
        """
        matter = entry.matter
        if not self.is_ours(entry) or not isinstance(matter, Site) or matter.is_exact:
            return False
        return any(self.may_be_the_place(entry, other) for other in self.candidates(entry.boxes))

    def may_be_the_place(self, around: Entry, other: Entry) -> bool:
        """Say whether a site may be the exact one of ours for which another stands, that others are told."""
        told, exact = around.matter, other.matter
        if not self.is_ours(other) or not isinstance(told, Site) or not isinstance(exact, Site) or not exact.is_exact:
            return False
        alike = told.function in (exact.function, Function.UNDISCLOSED)
        return alike and intersects(around.volume, other.volume) is not None

    def is_ours(self, entry: Entry) -> bool:
        """Say whether it is a matter of our own."""
        return entry.by == self._node.descriptor.fingerprint

    def object(self, statement: StatementId) -> StixObject:
        """The content of a statement, ours or told to us.

        Raises:
            LocalError: `damaged`: the index names a statement that is not here.
        """
        own = self._node.store.find(statement)
        if own is not None:
            return content.parse(own.triple[2])
        received = self._node.store.received_statement(statement)
        if received is None:
            raise LocalError(DAMAGED, f"the index of volumes names a statement that is not here: {statement.hex()}")
        return content.parse(cbor.decode(received.item, place="item")[0][2])

    def as_of(self) -> Mapping[Fingerprint, Instant | None]:
        """Of each other party, as of when we have all that it says it has told us.

        Of a party that was removed while a site of it stands here, the picture only grows older, and that objects as before.
        """
        store, everybody = self._node.store, self._node.parties.everybody
        asked = [p.fingerprint for p in everybody if p.removed_at is None or store.airspace.protects(p.fingerprint)]
        return {who: store.heard(who) for who in asked}

    def names(self) -> Mapping[Fingerprint, str]:
        """What the parties are called here."""
        me = self._node.descriptor
        return {peer.fingerprint: peer.shown for peer in self._node.parties.everybody} | {me.fingerprint: me.party}


class _Beside:
    def __init__(self, of: StoredPicture, new: Entry) -> None:
        self._of, self._new = of, new

    def candidates(self, boxes: Sequence[IndexBox]) -> Iterator[Entry]:
        if not self._of.is_ours(self._new):
            yield from self._of.candidates(boxes, without=self._new.by)
            return
        for entry in self._of.candidates(boxes):
            if not self._of.is_ours(entry) or type(entry.matter) is not type(self._new.matter):
                yield entry


class OwnPicture:
    """A picture for our own operators: without our own notices, and with our sites as we know them ourselves."""

    def __init__(self, of: StoredPicture) -> None:
        self._of = of

    def candidates(self, boxes: Sequence[IndexBox]) -> Iterator[Entry]:
        """Every entry that has a box which meets one of these and says something to us, once."""
        for entry in self._of.candidates(boxes):
            if not self._of.is_our_notice(entry) and not self._of.is_for_others(entry):
                yield entry
