"""Deliver: what travels from teller to hearer.

A hearer asks with a signed `Pull`; the teller answers with a `Page`: what it offers of the items released to that hearer whose
release stands in its log at an index in [start, next), each by ids, hash and size, and a signed end that says how many
these are, so that an omission is evidence. The hearer then asks for items by their hashes with a signed `Want`, and the
items come as they are: what has not the hash that was asked for is no item. The forms stand in spec/page.md. Nothing here
waits, sends or stores.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from comity import formats
from comity.errors import (
    CONTENT_MISMATCH,
    MALFORMED,
    NOT_INCLUDED,
    PAGE_INCOMPLETE,
    UNKNOWN_KEY,
    WRONG_ADDRESSEE,
    RemoteError,
)
from comity.exchange.shapes import Path, decode_shown, encode_shown, fields_of, is_size, path_of
from comity.exchange.witness import Head, Shown, advance, read_head
from comity.formats import Format
from comity.model.acknowledgement import MAX_TELLINGS, NO_STATEMENT, Telling, read_tellings, root_over
from comity.model.fingerprint import Fingerprint
from comity.model.party import UNPLACED, Descriptor
from comity.model.statement import ItemHash, Released, Triple, item_hash, item_size
from comity.proof import cbor, cose, merkle
from comity.proof.envelope import StatementId
from comity.proof.keys import Signer
from comity.proof.merkle import leaf_hash
from comity.space import instant

PULL_TYPE = "application/comity-pull+cbor"
PAGE_END_TYPE = "application/comity-page-end+cbor"
WANT_TYPE = "application/comity-want+cbor"
# 1,000 offers have 110 kB, and a head with its proof some 70.
MAX_PAGE = 1 << 20
# A hearer asks for 8 MiB at one time, or for one item; paths and heads of 1,000 items come to some 4 MiB.
MAX_WANTED = 8 << 20
MAX_ITEMS = 16 << 20

M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Pull:
    """A hearer's request, signed and kept by the teller: it has all that was released to it below `cursor`.

    Attributes:
        have, root: the teller's head that the hearer holds, 0 leaves for none: a pull fits one log and no copy of it.
        at: seconds since 1970 by the hearer's clock.
    """

    by: Fingerprint
    to: Fingerprint
    cursor: int
    have: int
    root: bytes
    at: int


@dataclass(frozen=True, slots=True)
class PageEnd:
    """The teller's signed word on a page: `count` items in [start, next) of its log of `size` leaves.

    Attributes:
        log_root: the root of that log's head.
        root: the RFC 9162 tree hash over the tellings that are offered, in their order.
        at: seconds since 1970 by the teller's clock.
    """

    by: Fingerprint
    to: Fingerprint
    start: int
    next: int
    size: int
    log_root: bytes
    count: int
    root: bytes
    at: int


@dataclass(frozen=True, slots=True)
class Offer:
    """One item as a page names it: whoever wants it asks for these very bytes.

    Attributes:
        size: how many bytes its hash is over.
    """

    telling: Telling
    size: int


@dataclass(frozen=True, slots=True)
class Want:
    """A hearer's signed request for items by their hashes, kept by the teller: `count` of what a page has offered.

    Attributes:
        size, log_root: the teller's head under which the places of these items are to be shown.
        root: the RFC 9162 tree hash over the tellings that are wanted: a proof shows one and not the others.
        at: seconds since 1970 by the hearer's clock.
    """

    by: Fingerprint
    to: Fingerprint
    size: int
    log_root: bytes
    count: int
    root: bytes
    at: int


@dataclass(frozen=True, slots=True)
class Item:
    """One telling as it travels; nothing in it is verified.

    Attributes:
        statement: [envelope, salt, content]; None in a notice of withdrawal.
        statement_index: its place in the teller's log, 0 where there is none.
    """

    statement: Triple | None
    statement_index: int
    statement_path: Path
    release: Triple
    release_index: int
    release_path: Path

    @property
    def telling(self) -> Telling:
        """Ids and hash, taken from the bytes as they are, however broken these may be."""
        said = NO_STATEMENT if self.statement is None else StatementId(leaf_hash(self.statement[0]))
        return Telling(said, StatementId(leaf_hash(self.release[0])), self.hash)

    @property
    def hash(self) -> ItemHash:
        """By what its bytes are named."""
        return item_hash(self.statement, self.release)

    @property
    def offer(self) -> Offer:
        """What a page says of it."""
        return Offer(self.telling, item_size(self.statement, self.release))


@dataclass(frozen=True, slots=True)
class Given:
    """What came for a want.

    Attributes:
        items: in the order of the want; None for what is not given.
        genesis: the path of the teller's descriptor, leaf 0, under the head that the want names.
    """

    items: tuple[Item | None, ...]
    genesis: Path


@dataclass(frozen=True, slots=True)
class Page:
    """A page: what is offered, the head that it is proved against, and the signed end."""

    offers: tuple[Offer, ...]
    head: Shown
    end: bytes


def sign_pull(pull: Pull, signer: Signer) -> bytes:
    """Sign a pull with the hearer's statement key."""
    return _seal(PULL_TYPE, [*_parties(pull.by, pull.to), pull.cursor, pull.have, pull.root, pull.at], signer)


def read_pull(data: bytes, by: Descriptor) -> Pull:
    """Read a pull and check its signature.

    Raises:
        RemoteError: `malformed`, `bad-signature`, `unknown-key`, `wrong-addressee`: not signed as who it says.
    """
    return _unseal(PULL, PULL_TYPE, data, by)


def sign_want(want: Want, signer: Signer) -> bytes:
    """Sign a want with the hearer's statement key."""
    fields = [*_parties(want.by, want.to), want.size, want.log_root, want.count, want.root, want.at]
    return _seal(WANT_TYPE, fields, signer)


def read_want(data: bytes, by: Descriptor) -> Want:
    """Read a want and check its signature.

    Raises:
        RemoteError: `malformed`, `bad-signature`, `unknown-key`, `wrong-addressee`: not signed as who it says.
    """
    return _unseal(WANT, WANT_TYPE, data, by)


def check_want(data: bytes, tellings: Sequence[Telling], *, by: Descriptor, to: Fingerprint) -> Want:
    """Read a want with the tellings beside it, which are those that it names.

    Raises:
        RemoteError: as `read_want`; `content-mismatch`: the tellings are others; `wrong-addressee`.
    """
    want = read_want(data, by)
    if want.to != to:
        raise RemoteError(WRONG_ADDRESSEE, "a want meant for another party")
    if want.count != len(tellings) or want.root != root_over(tellings):
        raise RemoteError(CONTENT_MISMATCH, "the want's root is not that of its tellings", place="tellings")
    return want


def sign_page_end(end: PageEnd, signer: Signer) -> bytes:
    """Sign a page's end with the teller's statement key."""
    fields = [*_parties(end.by, end.to), end.start, end.next, end.size, end.log_root, end.count, end.root, end.at]
    return _seal(PAGE_END_TYPE, fields, signer)


def read_page_end(data: bytes, by: Descriptor) -> PageEnd:
    """Read a page's end and check its signature.

    Raises:
        RemoteError: `malformed`, `bad-signature`, `unknown-key`, `wrong-addressee`.
    """
    return _unseal(PAGE_END, PAGE_END_TYPE, data, by)


def pack(released: Sequence[Released], prove: Callable[[int], Sequence[bytes]]) -> tuple[Item, ...]:
    """Make items of what was released: the one way in which content leaves.

    Args:
        released: made by `exchange.release`, in the order of their releases' indices.
        prove: index -> inclusion path in the head that the page will show.
    """
    return tuple(_item(one, prove) for one in released)


def _item(one: Released, prove: Callable[[int], Sequence[bytes]]) -> Item:
    said, release = one.statement, one.release
    release_path = tuple(prove(release.index))
    if said is None:
        return Item(None, 0, (), release.signed.triple, release.index, release_path)
    path = tuple(prove(said.index))
    return Item(said.signed.triple, said.index, path, release.signed.triple, release.index, release_path)


def encode_page(page: Page) -> bytes:
    """The page's bytes (spec/page.md)."""
    tellings = b"".join(offer.telling.data for offer in page.offers)
    sizes = [offer.size for offer in page.offers]
    return cbor.encode({"v": 1, "tellings": tellings, "sizes": sizes, "head": encode_shown(page.head), "end": page.end})


def encode_items(given: Given) -> bytes:
    """The bytes of what was asked for, nil in the place of what is not given (spec/page.md)."""
    items = [None if item is None else encode_item(item) for item in given.items]
    return cbor.encode({"v": 1, "items": items, "genesis": b"".join(given.genesis)})


def decode_items(data: bytes) -> Given:
    """Read the form of items as they come; nothing in them is verified.

    Raises:
        RemoteError: `malformed`, `unknown-version`, `too-large`.
    """
    return ITEMS.of_map(cbor.decode(data, place="items", limit=MAX_ITEMS))


def _items_1(value: object) -> Given:
    found = fields_of(value, {"v": int, "items": list, "genesis": bytes})
    if len(found["items"]) > MAX_TELLINGS:
        raise RemoteError(MALFORMED, f"at most {MAX_TELLINGS} items", place="items")
    items = tuple(
        None if item is None else decode_item(item, f"item {number}") for number, item in enumerate(found["items"])
    )
    return Given(items, path_of(found["genesis"], "genesis"))


ITEMS = Format("items", {1: _items_1})


def check_given(given: Given, *, count: int, by: Descriptor, head: Head) -> None:
    """Check what came for a want, but for the items, each of which is judged by itself.

    Args:
        given: as decoded.
        count: how many items were wanted.
        by: the teller, as its descriptor is pinned here.
        head: that the want names.

    Raises:
        RemoteError: `malformed`: another number of items; `not-included`: the log begins with something else than that
            descriptor, which is then the evidence.
    """
    if len(given.items) != count:
        raise RemoteError(MALFORMED, f"{count} items were asked for, and {len(given.items)} came", place="items")
    try:
        merkle.verify_inclusion(by.signed.id, 0, head.size, given.genesis, head.root)
    except RemoteError as error:
        evidence = {"note": head.note.decode(), "genesis": b"".join(given.genesis).hex()}
        message = f"its log is not shown to begin with the descriptor that is known here: {error.message}"
        raise RemoteError(NOT_INCLUDED, message, place="genesis", evidence=evidence) from None


def encode_item(item: Item) -> list[Any]:
    """An item as it travels and is kept."""
    return [
        None if item.statement is None else list(item.statement),
        item.statement_index,
        b"".join(item.statement_path),
        list(item.release),
        item.release_index,
        b"".join(item.release_path),
    ]


def decode_item(value: object, place: str) -> Item:
    """Read an item's form; nothing in it is verified.

    Raises:
        RemoteError: `malformed`.
    """
    if type(value) is not list or len(value) != 6 or not is_size(value[1]) or not is_size(value[4]):
        raise RemoteError(MALFORMED, "an item is a list of six", place=place)
    said = None if value[0] is None else _triple(value[0], place)
    return Item(said, value[1], path_of(value[2], place), _triple(value[3], place), value[4], path_of(value[5], place))


def decode_page(data: bytes) -> Page:
    """Read a page's form.

    Raises:
        RemoteError: `malformed`, `unknown-version`, `too-large`.
    """
    return PAGE.of_map(cbor.decode(data, place="page", limit=MAX_PAGE))


def _page_1(value: object) -> Page:
    found = fields_of(value, {"v": int, "tellings": bytes, "sizes": list, "head": list, "end": bytes})
    tellings = read_tellings(found["tellings"]) if found["tellings"] else ()
    if len(found["sizes"]) != len(tellings) or not all(map(is_size, found["sizes"])):
        raise RemoteError(MALFORMED, "a page says the size of each item that it offers", place="sizes")
    offers = tuple(map(Offer, tellings, found["sizes"]))
    return Page(offers, decode_shown(found["head"]), found["end"])


PAGE = Format("page", {1: _page_1})


def check_page(page: Page, *, by: Descriptor, pull: Pull, known: Head | None) -> tuple[Head, PageEnd]:
    """Check a page: what it offers, and that it offers all that its end says.

    Args:
        page: as decoded.
        by: the teller.
        pull: what was asked.
        known: the teller's head that was held when it was asked.

    Returns:
        The teller's head, advanced, and the signed end.

    Raises:
        RemoteError: `page-incomplete`, `wrong-addressee`; `malformed`: one release twice, or a head shown from another
            size than asked; `head-rollback`, `head-fork`, `not-consistent`, ...
    """
    # (1) the end is the teller's, meant for us, and about what we asked
    end = read_page_end(page.end, by)
    if end.to != pull.by:
        raise RemoteError(WRONG_ADDRESSEE, "a page meant for another party", evidence={"end": page.end.hex()})
    # (2) it says as much as the page holds
    tellings = [offer.telling for offer in page.offers]
    whole = end.start == pull.cursor <= end.next <= end.size and end.count == len(tellings)
    if not whole or end.root != root_over(tellings):
        message = f"the signed end says {end.count} items of [{end.start}, {end.next}); the page offers {len(tellings)}"
        raise RemoteError(PAGE_INCOMPLETE, message, evidence={"end": page.end.hex()})
    # What is offered stands below `next`, and what stands below `start` was offered before: one range, one end.
    if tellings and end.start == end.next:
        raise RemoteError(MALFORMED, "items are offered of a range that holds none", place="page")
    # One of the two could be good and the other bad: the hearer would say both "held" and "refused" of one telling.
    if len({telling.release for telling in tellings}) != len(tellings):
        raise RemoteError(MALFORMED, "one release stands twice in a page", place="page")
    # (3) the head follows from the one we hold, by a proof from there
    if page.head.old != pull.have:
        raise RemoteError(
            MALFORMED, "the head is shown from another size than the one that was asked from", place="head"
        )
    shown = read_head(page.head.note, by)
    if (shown.size, shown.root) != (end.size, end.log_root):
        evidence = {"end": page.end.hex(), "note": page.head.note.decode()}
        raise RemoteError(PAGE_INCOMPLETE, "the signed end names another head than the one shown", evidence=evidence)
    return advance(known, shown, page.head.path), end


def _triple(value: object, place: str) -> Triple:
    if type(value) is not list or [*map(type, value)] != [bytes, bytes, bytes]:
        raise RemoteError(MALFORMED, "a statement travels as [envelope, salt, content]", place=place)
    return value[0], value[1], value[2]


class _Root(bytes):
    """The type of a field that is a hash of 32 bytes."""


class _Second(int):
    """The type of a field that is a time, in whole seconds: one that a proof file can show."""


def _is(kind: type, field: object) -> bool:
    if kind is int:
        return is_size(field)
    if kind is _Second:
        return type(field) is int and 0 <= field <= instant.LAST_SECOND
    if kind is _Root:
        return type(field) is bytes and len(field) == 32
    return type(field) is kind


def _seal(kind: str, fields: list[Any], signer: Signer) -> bytes:
    protected = {1: cose.algorithm_of(signer.public), 3: kind, 4: signer.public.id[:8]}
    return cose.sign1(protected, {}, cbor.encode(fields), signer)


def _parties(by: Fingerprint, to: Fingerprint) -> list[bytes]:
    return [bytes.fromhex(by), bytes.fromhex(to)]


def _unseal(of: Format[M], kind: str, data: bytes, by: Descriptor) -> M:
    """Read a message that a party has signed: in which version stands in its content type."""
    message, key = cose.parse_sign1(data, place=kind), by.key("statement", UNPLACED)
    version = formats.version_of(message.protected.get(3), kind)
    reader = None if version is None else of.reader(version)
    if reader is None or message.protected.keys() != {1, 3, 4} or message.unprotected:
        raise RemoteError(MALFORMED, f"not a signed {kind}", place=kind)
    if message.protected[4] != key.id[:8]:
        raise RemoteError(UNKNOWN_KEY, "not signed by the statement key of its party's descriptor", place=kind)
    message.verify(key)
    return reader(cbor.decode(message.payload or b"", place=kind), by)


def _fields(kind: str, fields: Any, by: Descriptor, types: tuple[type, ...]) -> list[Any]:
    """The fields of such a message: its maker's own fingerprint, that of another, and fields of these types."""
    types = (bytes, bytes, *types)
    good = type(fields) is list and len(fields) == len(types)
    if not good or not all(_is(kind, field) for kind, field in zip(types, fields, strict=True)):
        raise RemoteError(MALFORMED, f"not the fields of a {kind}", place=kind)
    if len(fields[0]) != 32 or len(fields[1]) != 32:
        raise RemoteError(MALFORMED, "a fingerprint has 32 bytes", place=kind)
    said, to = Fingerprint(fields[0].hex()), Fingerprint(fields[1].hex())
    if said != by.fingerprint:
        raise RemoteError(WRONG_ADDRESSEE, f"signed by {by.fingerprint[:16]}, but speaks for {said[:16]}")
    return [said, to, *fields[2:]]


def _pull_1(fields: object, by: Descriptor) -> Pull:
    return Pull(*_fields(PULL_TYPE, fields, by, (int, int, _Root, _Second)))


def _want_1(fields: object, by: Descriptor) -> Want:
    return Want(*_fields(WANT_TYPE, fields, by, (int, _Root, int, _Root, _Second)))


def _page_end_1(fields: object, by: Descriptor) -> PageEnd:
    return PageEnd(*_fields(PAGE_END_TYPE, fields, by, (int, int, int, _Root, int, _Root, _Second)))


PULL = Format("pull", {1: _pull_1})
WANT = Format("want", {1: _want_1})
PAGE_END = Format("page-end", {1: _page_end_1})
