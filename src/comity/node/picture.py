"""The picture: what this node knows of the airspace, out of its own log and of what was told to it."""

from collections.abc import Iterator, Mapping, Sequence

from comity.errors import DAMAGED, LocalError
from comity.model import content
from comity.model.content import StixObject
from comity.model.fingerprint import Fingerprint
from comity.model.site import Site
from comity.node.node import Node
from comity.proof import cbor
from comity.proof.envelope import StatementId
from comity.record import airspace
from comity.record.airspace import Entry
from comity.space.index_box import IndexBox
from comity.space.instant import Instant

_REMEMBERED = 4096


class StoredPicture:
    """The `Picture` that checks are made on: the store's index, and the statements themselves."""

    def __init__(self, node: Node, *, widened: bool = True) -> None:
        self._node, self._widened = node, widened
        self._entries: dict[StatementId, tuple[Entry, ...]] = {}

    def candidates(self, boxes: Sequence[IndexBox]) -> Iterator[Entry]:
        """Every entry that has a box which meets one of these, once."""
        near = {statement: author for box in boxes for author, statement in self._node.store.airspace.near(box)}
        for statement, author in sorted(near.items()):
            for entry in self.entries(author, statement):
                if not self._widened and self.is_widened_by_us(entry):
                    continue
                if any(ours.meets(box) for ours in entry.boxes for box in boxes):
                    yield entry

    def for_us(self) -> "StoredPicture":
        """The same for our own operators, who have our sites exactly and not also as others are told them."""
        ours = StoredPicture(self._node, widened=False)
        ours._entries = self._entries
        return ours

    def entries(self, author: Fingerprint, statement: StatementId) -> tuple[Entry, ...]:
        """The entries of one statement, remembered: a statement never changes."""
        known = self._entries.get(statement)
        if known is None:
            if len(self._entries) >= _REMEMBERED:
                self._entries.clear()
            known = self._entries[statement] = airspace.entries(author, statement, self.object(statement))
        return known

    def is_widened_by_us(self, entry: Entry) -> bool:
        """Say whether it is a site of ours told less exactly than we know it."""
        matter = entry.matter
        return entry.by == self._node.descriptor.fingerprint and isinstance(matter, Site) and not matter.is_exact

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
        """Of each other party, as of when we have all that it says it has told us."""
        return {peer.fingerprint: self._node.store.heard(peer.fingerprint) for peer in self._node.peers}

    def names(self) -> Mapping[Fingerprint, str]:
        """What the parties are called here."""
        me = self._node.descriptor
        return {peer.fingerprint: peer.petname for peer in self._node.peers} | {me.fingerprint: me.party}
