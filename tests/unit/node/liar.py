"""Parties that lie: they have good keys and a real node, and change what it says on its way out."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from comity.exchange import deliver, log
from comity.exchange.deliver import Page, PageEnd, Pull
from comity.gateways.peer import PeerServer
from comity.model.acknowledgement import root_over
from comity.node.ports import ReleaseRow
from comity.node.teller import Teller
from comity.proof import merkle
from comity.proof.tree import Tree
from world import Party

PageLie = Callable[[Page, PageEnd], tuple[Page, PageEnd]]


class LyingTeller(Teller):
    """A teller whose pages are changed before they are signed anew.

    Attributes:
        lie: takes the honest page and its end; None tells the truth.
    """

    lie: PageLie | None = None

    def _page(self, pull: Pull, rows: list[ReleaseRow], limit: int) -> bytes:
        honest = super()._page(pull, rows, limit)
        if self.lie is None:
            return honest
        page = deliver.decode_page(honest)
        page, end = self.lie(page, deliver.read_page_end(page.end, self._node.descriptor))
        return deliver.encode_page(replace(page, end=deliver.sign_page_end(end, self._node.keys.statement)))


def lying(party: Party) -> LyingTeller:
    """Let a party answer through a teller that can be told to lie."""
    teller = LyingTeller(party.node)
    party.teller, party.server = teller, PeerServer(party.node, teller)
    party.wire.servers[party.address] = party.server
    return teller


def counted(page: Page, end: PageEnd) -> tuple[Page, PageEnd]:
    """The end that fits the items, as a careful liar makes it."""
    tellings = [item.telling for item in page.items]
    return page, replace(end, count=len(tellings), root=root_over(tellings))


def with_item(number: int, **changed: Any) -> PageLie:
    """Change fields of one item; the end fits what is shown."""

    def lie(page: Page, end: PageEnd) -> tuple[Page, PageEnd]:
        if not page.items:
            return page, end
        items = list(page.items)
        items[number] = replace(items[number], **changed)
        return counted(replace(page, items=tuple(items)), end)

    return lie


def without_item(number: int) -> PageLie:
    """Leave out one item, and let the signed end say that there was none."""

    def lie(page: Page, end: PageEnd) -> tuple[Page, PageEnd]:
        items = page.items[:number] + page.items[number + 1 :]
        return counted(replace(page, items=items), end)

    return lie


def altered_content(page: Page, end: PageEnd) -> tuple[Page, PageEnd]:
    """Send other content than was signed."""
    items = []
    for item in page.items:
        assert item.statement is not None
        data, salt, raw = item.statement
        items.append(replace(item, statement=(data, salt, raw.replace(b"report", b"REPORT", 1))))
    return replace(page, items=tuple(items)), end


def forked(party: Party, size: int) -> bytes:
    """A head of another log of the same party."""
    tree, _ = Tree.empty().append([merkle.leaf_hash(b"%d" % number) for number in range(size)])
    now = party.clock.now()
    return log.head(tree, origin=party.node.descriptor.origin, log=party.keys.log, witness=party.keys.witness, now=now)
