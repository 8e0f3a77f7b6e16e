"""Parties that lie: they have good keys and a real node, and change what it says on its way out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from comity.exchange import deliver, log
from comity.exchange.deliver import Given, Item, Offer, PageEnd, Pull, Want
from comity.exchange.shapes import Path
from comity.exchange.witness import Shown
from comity.gateways.peer import PeerServer
from comity.model.acknowledgement import Telling, read_tellings, root_over
from comity.model.fingerprint import Fingerprint
from comity.node.ports import ReleaseRow
from comity.node.teller import Teller
from comity.proof import cbor, merkle
from comity.proof.merkle import EMPTY_ROOT
from comity.proof.tree import Tree
from world import Party


@dataclass(frozen=True)
class Page:
    """A page together with the items that it offers, so that both can be lied about alike."""

    items: tuple[Item, ...]
    head: Shown
    end: bytes


PageLie = Callable[[Page, PageEnd], tuple[Page, PageEnd]]


class LyingTeller(Teller):
    """A teller whose pages are changed before they are signed anew, and who gives what they offer.

    Attributes:
        lie: takes the honest page, its items and its end; None tells the truth.
        swap: changes an item as it is given, and not as it was offered.
        genesis: changes the path of its descriptor.
        size: what it says of how large an item is.
    """

    lie: PageLie | None = None
    swap: Callable[[Item], Item | None] | None = None
    genesis: Callable[[Path], Path] = staticmethod(lambda path: path)
    size: Callable[[int], int] = staticmethod(lambda size: size)
    _false: Mapping[Telling, Item] = MappingProxyType({})

    def _page(self, pull: Pull, rows: list[ReleaseRow], limit: int) -> bytes:
        honest = super()._page(pull, rows, limit)
        self._false = {}
        if self.lie is None:
            return honest
        page = deliver.decode_page(honest)
        end = deliver.read_page_end(page.end, self._node.descriptor)
        items = tuple(item for row in rows[: len(page.offers)] if (item := self._item(row, end.size)))
        told, end = self.lie(Page(items, page.head, page.end), end)
        self._false = {item.telling: item for item in told.items}
        offers = tuple(Offer(item.telling, self.size(item.offer.size)) for item in told.items)
        signed = deliver.sign_page_end(end, self._node.keys.statement)
        return deliver.encode_page(deliver.Page(offers, told.head, signed))

    def items(self, caller: Fingerprint, body: bytes) -> bytes:
        wanted = read_tellings(cbor.decode(body)["tellings"])
        honest = deliver.decode_items(super().items(caller, body))
        given = [self._false.get(telling, item) for telling, item in zip(wanted, honest.items, strict=True)]
        items = tuple(self.swap(item) if item and self.swap else item for item in given)
        return deliver.encode_items(Given(items, self.genesis(honest.genesis)))


async def items_of(hearer: Party, teller: Party) -> tuple[Item, ...]:
    """All that a teller gives a hearer who asks it from the start, and keeps nothing of it."""
    pull = Pull(hearer.fingerprint, teller.fingerprint, 0, 0, EMPTY_ROOT, hearer.clock.now() // 1000)
    signed = deliver.sign_pull(pull, hearer.keys.statement)
    body = cbor.encode({"v": 1, "pull": signed, "limit": 1000, "wait": 0})
    page = deliver.decode_page(await teller.teller.pull(hearer.fingerprint, body))
    end = deliver.read_page_end(page.end, teller.node.descriptor)
    tellings = [offer.telling for offer in page.offers]
    return tuple(item for item in given(hearer, teller, tellings, end.size) if item)


def given(hearer: Party, teller: Party, tellings: Sequence[Telling], size: int) -> Sequence[Item | None]:
    """What a teller gives a hearer for a want."""
    body = wants(hearer, teller, tellings, size)
    return deliver.decode_items(teller.teller.items(hearer.fingerprint, body)).items


def wants(hearer: Party, teller: Party, tellings: Sequence[Telling], size: int, /, **lies: Any) -> bytes:
    """The body of a signed want."""
    want = Want(
        hearer.fingerprint,
        teller.fingerprint,
        size,
        teller.node.journal.root_at(size) if size <= teller.node.journal.tree.size else bytes(32),
        len(tellings),
        root_over(tellings),
        hearer.clock.now() // 1000,
    )
    signed = deliver.sign_want(replace(want, **lies), hearer.keys.statement)
    return cbor.encode({"v": 1, "want": signed, "tellings": b"".join(one.data for one in tellings)})


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
    return counted(replace(page, items=tuple(items)), end)


def forked(party: Party, size: int) -> bytes:
    """A head of another log of the same party."""
    tree, _ = Tree.empty().append([merkle.leaf_hash(b"%d" % number) for number in range(size)])
    now = party.clock.now()
    return log.head(tree, origin=party.node.descriptor.origin, log=party.keys.log, witness=party.keys.witness, now=now)
