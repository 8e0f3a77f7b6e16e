"""Shown: which head of our log each member may know: one that was published, or that came with something for that member.

A head of the moment tells that the log has grown, and so that somebody was told something. So a member to whom nothing
was told sees the heads of the beat alone, and cannot ask from a size that it was not shown: the answer would tell it
whether the log is as large. Nothing of this is kept: what a node had when it was opened counts as known to everybody.
"""

from comity.model.fingerprint import Fingerprint
from comity.node.journal import Journal
from comity.node.ports import Store

Sized = tuple[int, bytes]


class Shown:
    """The heads that members may know, each (size, note)."""

    def __init__(self, store: Store, journal: Journal) -> None:
        self._store, self._journal = store, journal
        self._opened: Sized = (journal.tree.size, journal.note or b"")
        self._each: dict[Fingerprint, Sized] = {}

    def remember(self, member: Fingerprint, size: int, note: bytes) -> None:
        """Note that a head goes out to a member."""
        if size > self._each.get(member, self._opened)[0]:
            self._each[member] = (size, note)

    def known(self, member: Fingerprint) -> Sized:
        """The newest head that a member may know already."""
        heads = (self._opened, self._store.last_published() or self._opened, self._each.get(member, self._opened))
        return max(heads, key=lambda head: head[0])

    def holding(self, member: Fingerprint, after: int) -> Sized:
        """A head that holds all below `after`: one that the member may know, else the newest, which it knows from now on."""
        head = self.known(member)
        if head[0] < after:
            head = (self._journal.tree.size, self._journal.note or b"")
            self.remember(member, *head)
        return head
