"""Offers: what this node offers under each of its releases: the hash of the item and its size, remembered.

An item never changes, but making its hash reads both statements: a page of a thousand takes some milliseconds of that.
"""

from collections.abc import Callable

from comity.exchange.deliver import Offer
from comity.model.acknowledgement import NO_STATEMENT, Telling
from comity.model.statement import Logged, Released, item_hash, item_size
from comity.node.ports import ReleaseRow
from comity.proof.envelope import StatementId

_REMEMBERED = 10_000


class Offers:
    """The offers of one node."""

    def __init__(self, released: Callable[[ReleaseRow], Released], at: Callable[[int], Logged]) -> None:
        self._released, self._at = released, at
        self._known: dict[StatementId, Offer] = {}

    def of(self, row: ReleaseRow) -> Offer:
        """What is offered under a release."""
        known = self._known.get(row.id)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[row.id] = self._made(row)
        return known

    def telling(self, row: ReleaseRow) -> Telling:
        """The telling, also of what the rules of today would offer to nobody: what was answered is kept."""
        known = self._known.get(row.id)
        if known is not None:
            return known.telling
        said = None if row.statement is None else self._at(row.statement_index).signed.triple
        return Telling(row.statement or NO_STATEMENT, row.id, item_hash(said, self._at(row.index).signed.triple))

    def _made(self, row: ReleaseRow) -> Offer:
        released = self._released(row)
        said = None if released.statement is None else released.statement.signed.triple
        release = released.release.signed.triple
        telling = Telling(row.statement or NO_STATEMENT, row.id, item_hash(said, release))
        return Offer(telling, item_size(said, release))
