"""Deliver: what travels from teller to hearer, in both directions of one pull.

A hearer asks with a signed `Pull`; the teller answers with a `Page`: the items released to that hearer whose release
stands in its log at an index in [start, next), and a signed end that says how many these are, so that an omission is
evidence. The forms stand in spec/page.md. Nothing here waits, sends or stores.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from comity.errors import MALFORMED, PAGE_INCOMPLETE, UNKNOWN_KEY, WRONG_ADDRESSEE, RemoteError
from comity.exchange.witness import Head, Shown, advance, read_head
from comity.model.acknowledgement import MAX_TELLINGS, NO_STATEMENT, Telling, root_over
from comity.model.fingerprint import Fingerprint
from comity.model.party import Descriptor
from comity.model.statement import Released, Triple
from comity.proof import cbor, cose
from comity.proof.envelope import StatementId
from comity.proof.keys import Signer
from comity.proof.merkle import leaf_hash

PULL_TYPE = "application/comity-pull+cbor"
PAGE_END_TYPE = "application/comity-page-end+cbor"
# A teller stops at 8 MiB of content; 1,000 items have some 6 MiB of envelopes, releases and paths at the most.
MAX_PAGE = 16 << 20

Path = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Pull:
    """A hearer's request, signed and kept by the teller: it has all that was released to it below `cursor`.

    Attributes:
        have: the size of the teller's head that the hearer holds, 0 for none.
        at: seconds since 1970 by the hearer's clock.
    """

    by: Fingerprint
    to: Fingerprint
    cursor: int
    have: int
    at: int


@dataclass(frozen=True, slots=True)
class PageEnd:
    """The teller's signed word on a page: `count` items in [start, next) of its log of `size` leaves.

    Attributes:
        root: the RFC 9162 tree hash over the tellings, in their order.
        at: seconds since 1970 by the teller's clock.
    """

    by: Fingerprint
    to: Fingerprint
    start: int
    next: int
    size: int
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
        """The pair of ids, taken from the bytes as they are, however broken these may be."""
        said = NO_STATEMENT if self.statement is None else StatementId(leaf_hash(self.statement[0]))
        return Telling(said, StatementId(leaf_hash(self.release[0])))


@dataclass(frozen=True, slots=True)
class Page:
    """A page: items, the head that they are proved against, and the signed end."""

    items: tuple[Item, ...]
    head: Shown
    end: bytes


def sign_pull(pull: Pull, signer: Signer) -> bytes:
    """Sign a pull with the hearer's statement key."""
    return _seal(PULL_TYPE, [*_parties(pull.by, pull.to), pull.cursor, pull.have, pull.at], signer)


def read_pull(data: bytes, by: Descriptor) -> Pull:
    """Read a pull and check its signature.

    Raises:
        RemoteError: `malformed`, `bad-signature`, `unknown-key`, `wrong-addressee`: not signed as who it says.
    """
    return Pull(*_unseal(PULL_TYPE, data, by, (int, int, int)))


def sign_page_end(end: PageEnd, signer: Signer) -> bytes:
    """Sign a page's end with the teller's statement key."""
    fields = [*_parties(end.by, end.to), end.start, end.next, end.size, end.count, end.root, end.at]
    return _seal(PAGE_END_TYPE, fields, signer)


def read_page_end(data: bytes, by: Descriptor) -> PageEnd:
    """Read a page's end and check its signature.

    Raises:
        RemoteError: `malformed`, `bad-signature`, `unknown-key`, `wrong-addressee`.
    """
    return PageEnd(*_unseal(PAGE_END_TYPE, data, by, (int, int, int, int, bytes, int)))


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
    items = [encode_item(item) for item in page.items]
    return cbor.encode({"v": 1, "items": items, "head": encode_shown(page.head), "end": page.end})


def encode_item(item: Item) -> list[Any]:
    """An item as it stands in a page."""
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
    if type(value) is not list or len(value) != 6 or not _size(value[1]) or not _size(value[4]):
        raise RemoteError(MALFORMED, "an item is a list of six", place=place)
    said = None if value[0] is None else _triple(value[0], place)
    return Item(said, value[1], path_of(value[2], place), _triple(value[3], place), value[4], path_of(value[5], place))


def decode_page(data: bytes) -> Page:
    """Read a page's form; items are not verified.

    Raises:
        RemoteError: `malformed`, `too-large`.
    """
    found = fields_of(
        cbor.decode(data, place="page", limit=MAX_PAGE), {"v": int, "items": list, "head": list, "end": bytes}
    )
    if len(found["items"]) > MAX_TELLINGS:
        raise RemoteError(MALFORMED, f"a page has at most {MAX_TELLINGS} items", place="page")
    items = tuple(decode_item(item, f"item {number}") for number, item in enumerate(found["items"]))
    return Page(items, decode_shown(found["head"]), found["end"])


def check_page(page: Page, *, by: Descriptor, pull: Pull, known: Head | None) -> tuple[Head, PageEnd]:
    """Check all of a page but its items.

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
    tellings = [item.telling for item in page.items]
    whole = end.start == pull.cursor <= end.next <= end.size and end.count == len(tellings)
    if not whole or end.root != root_over(tellings):
        message = f"the signed end says {end.count} items of [{end.start}, {end.next}); the page holds {len(tellings)}"
        raise RemoteError(PAGE_INCOMPLETE, message, evidence={"end": page.end.hex()})
    # One of the two could be good and the other bad: the hearer would say both "held" and "refused" of one telling.
    if len({telling.release for telling in tellings}) != len(tellings):
        raise RemoteError(MALFORMED, "one release stands twice in a page", place="page")
    # (3) the head follows from the one we hold, by a proof from there
    if page.head.old != pull.have:
        raise RemoteError(
            MALFORMED, "the head is shown from another size than the one that was asked from", place="head"
        )
    shown = read_head(page.head.note, by)
    if shown.size != end.size:
        evidence = {"end": page.end.hex(), "note": page.head.note.decode()}
        raise RemoteError(PAGE_INCOMPLETE, "the signed end names another size than the head shown", evidence=evidence)
    return advance(known, shown, page.head.path), end


def encode_shown(shown: Shown) -> list[Any]:
    """A head as it stands in a message: [note, old size, consistency path]."""
    return [shown.note, shown.old, b"".join(shown.path)]


def decode_shown(value: object) -> Shown:
    """Read a head's form.

    Raises:
        RemoteError: `malformed`.
    """
    if type(value) is not list or len(value) != 3 or type(value[0]) is not bytes or not _size(value[1]):
        raise RemoteError(MALFORMED, "a head is shown as [note, old size, path]", place="head")
    return Shown(value[0], value[1], path_of(value[2], "head"))


def path_of(value: object, place: str) -> Path:
    """Read a path: 32-byte hashes, one after the other, at most 64.

    Raises:
        RemoteError: `malformed`.
    """
    if type(value) is not bytes or len(value) % 32 or len(value) > 64 * 32:
        raise RemoteError(MALFORMED, "a path is a string of at most 64 hashes of 32 bytes", place=place)
    return tuple(value[at : at + 32] for at in range(0, len(value), 32))


def fields_of(value: object, wanted: dict[str, type], optional: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Read a message's map: just these keys, of these types, in version 1.

    Raises:
        RemoteError: `malformed`.
    """
    if type(value) is not dict or not wanted.keys() - optional <= value.keys() <= wanted.keys():
        raise RemoteError(MALFORMED, "expected a map with " + ", ".join(sorted(wanted)))
    for name, item in value.items():
        if type(item) is not wanted[name] or (type(item) is int and not _size(item)):
            raise RemoteError(MALFORMED, f"{name} has the wrong type", place=name)
    if value.get("v", 1) != 1:
        raise RemoteError(MALFORMED, f"version {value['v']}, only 1 is known", place="v")
    return value


def _size(value: object) -> bool:
    return type(value) is int and 0 <= value < 2**63


def _triple(value: object, place: str) -> Triple:
    if type(value) is not list or [*map(type, value)] != [bytes, bytes, bytes]:
        raise RemoteError(MALFORMED, "a statement travels as [envelope, salt, content]", place=place)
    return value[0], value[1], value[2]


def _seal(kind: str, fields: list[Any], signer: Signer) -> bytes:
    protected = {1: cose.algorithm_of(signer.public), 3: kind, 4: signer.public.id[:8]}
    return cose.sign1(protected, {}, cbor.encode(fields), signer)


def _parties(by: Fingerprint, to: Fingerprint) -> list[bytes]:
    return [bytes.fromhex(by), bytes.fromhex(to)]


def _unseal(kind: str, data: bytes, by: Descriptor, types: tuple[type, ...]) -> list[Any]:
    """The fields of a message that a party has signed: its own fingerprint, that of another, and fields of these types."""
    message, key = cose.parse_sign1(data, place=kind), by.keys.statement
    if message.protected.keys() != {1, 3, 4} or message.unprotected or message.protected[3] != kind:
        raise RemoteError(MALFORMED, f"not a signed {kind}", place=kind)
    if message.protected[4] != key.id[:8]:
        raise RemoteError(UNKNOWN_KEY, "not signed by the statement key of its party's descriptor", place=kind)
    message.verify(key)
    fields, types = cbor.decode(message.payload or b"", place=kind), (bytes, bytes, *types)
    good = type(fields) is list and len(fields) == len(types)
    if not good or any(type(f) is not t or (t is int and not _size(f)) for f, t in zip(fields, types, strict=True)):
        raise RemoteError(MALFORMED, f"not the fields of a {kind}", place=kind)
    if len(fields[0]) != 32 or len(fields[1]) != 32:
        raise RemoteError(MALFORMED, "a fingerprint has 32 bytes", place=kind)
    said, to = Fingerprint(fields[0].hex()), Fingerprint(fields[1].hex())
    if said != by.fingerprint:
        raise RemoteError(WRONG_ADDRESSEE, f"signed by {by.fingerprint[:16]}, but speaks for {said[:16]}")
    return [said, to, *fields[2:]]
