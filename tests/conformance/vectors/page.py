"""Vectors of spec/page.md: pulls, pages of offers, their ends. Wants and items stand in `wanted` and `items`."""

from dataclasses import replace
from typing import Any

from comity.exchange.deliver import PAGE_END_TYPE, PULL_TYPE, WANT_TYPE, Offer
from comity.model.acknowledgement import root_over
from comity.proof import cbor
from comity.proof.keys import Signer
from conformance.vectors.cast import Log, Vector, actor, at, bad, flip, good, raw_sign1, seed
from conformance.vectors.items import note_item, report_item
from conformance.vectors.shared import in_pieces, repeated
from conformance.vectors.story import ALL, TOLD, pull, root_of, story


def vectors() -> list[Vector]:
    return [*_pulls(), *_pages(), *_ends()]


# The first second of the year 10000.
NO_TIME = 253_402_300_800


# -- pulls


def _pulled(data: bytes, by: str = "ru") -> dict[str, Any]:
    return {"read": "pull", "by": by, "hex": data.hex()}


def of_version(kind: str, version: int = 2) -> str:
    """The content type of another version of a signed message."""
    return kind.replace("+cbor", f".{version}+cbor")


def sealed(kind: str, fields: Any, key: Signer, **header: Any) -> bytes:
    """A signed message of ru or fr with something in its header or payload changed."""
    protected = {1: -8, 3: kind, 4: key.public.id[:8]} | {int(label[1:]): value for label, value in header.items()}
    protected = {label: value for label, value in protected.items() if value is not None}
    return raw_sign1(cbor.encode(protected), cbor.encode(fields), key)


def _pulls() -> list[Vector]:
    fr, ru = actor("fr"), actor("ru")
    whole = pull()
    by, to = bytes.fromhex(ru.fingerprint), bytes.fromhex(fr.fingerprint)
    root = root_of(story().fr, TOLD)
    fields: list[Any] = [by, to, TOLD, TOLD, root, at(8) // 1000]
    output = {"by": ru.fingerprint, "to": fr.fingerprint, "cursor": TOLD, "have": TOLD, "root": root.hex()}
    output |= {"at": fields[5]}
    key = ru.statement
    made: list[tuple[str, str, str, str, bytes]] = [
        ("pull-version-2", "PAGE-1", "unknown-version", "a later version", sealed(of_version(PULL_TYPE), fields, key)),
        (
            "pull-version-1",
            "PAGE-1",
            "malformed",
            "version 1 in its long form",
            sealed(of_version(PULL_TYPE, 1), fields, key),
        ),
        ("pull-untagged", "PAGE-1", "malformed", "without its tag", whole[1:]),
        ("pull-page-end", "PAGE-1", "malformed", "a page end in place of a pull", sealed(PAGE_END_TYPE, fields, key)),
        ("pull-want", "PAGE-1", "malformed", "a want in place of a pull", sealed(WANT_TYPE, fields, key)),
        ("pull-no-type", "PAGE-1", "malformed", "no content type", sealed(PULL_TYPE, fields, key, h3=None)),
        ("pull-header-extra", "PAGE-1", "malformed", "a header more", sealed(PULL_TYPE, fields, key, h15={})),
        ("pull-alg", "PAGE-1", "unknown-algorithm", "ES512", sealed(PULL_TYPE, fields, key, h1=-36)),
        (
            "pull-by-transport-key",
            "PAGE-2",
            "unknown-key",
            "signed by the transport key",
            sealed(PULL_TYPE, fields, ru.transport),
        ),
        ("pull-flipped", "PAGE-2", "bad-signature", "one bit of the signature", flip(whole, -1)),
        (
            "pull-for-another",
            "PAGE-2",
            "wrong-addressee",
            "ru signs in the name of us",
            pull(by=actor("us").fingerprint),
        ),
        ("pull-five-fields", "PAGE-3", "malformed", "no time", sealed(PULL_TYPE, fields[:5], key)),
        (
            "pull-in-year-10000",
            "PAGE-3",
            "malformed",
            "a time that no calendar has",
            sealed(PULL_TYPE, [*fields[:5], NO_TIME], key),
        ),
        (
            "pull-no-root",
            "PAGE-3",
            "malformed",
            "no root of the head that ru knows",
            sealed(PULL_TYPE, [*fields[:4], fields[5]], key),
        ),
        (
            "pull-root-31-bytes",
            "PAGE-3",
            "malformed",
            "a root of 31 bytes",
            sealed(PULL_TYPE, [*fields[:4], root[:31], fields[5]], key),
        ),
        (
            "pull-root-hexadecimal",
            "PAGE-3",
            "malformed",
            "a root in hexadecimal digits",
            sealed(PULL_TYPE, [*fields[:4], root.hex(), fields[5]], key),
        ),
        (
            "pull-cursor-negative",
            "PAGE-3",
            "malformed",
            "a cursor below 0",
            sealed(PULL_TYPE, [*fields[:2], -1, *fields[3:]], key),
        ),
        (
            "pull-cursor-large",
            "PAGE-3",
            "malformed",
            "a cursor of 2^63",
            sealed(PULL_TYPE, [*fields[:2], 2**63, *fields[3:]], key),
        ),
        (
            "pull-cursor-true",
            "PAGE-3",
            "malformed",
            "a cursor that is true",
            sealed(PULL_TYPE, [*fields[:2], True, *fields[3:]], key),
        ),
        (
            "pull-by-hexadecimal",
            "PAGE-3",
            "malformed",
            "a fingerprint in hexadecimal digits",
            sealed(PULL_TYPE, [ru.fingerprint, to, *fields[2:]], key),
        ),
        (
            "pull-to-31-bytes",
            "PAGE-3",
            "malformed",
            "a fingerprint of 31 bytes",
            sealed(PULL_TYPE, [by, to[:-1], *fields[2:]], key),
        ),
        ("pull-as-map", "PAGE-3", "malformed", "a map in place of the list", sealed(PULL_TYPE, {1: fields}, key)),
    ]
    return [
        good("pull", "PAGE-1", "ru has all below 5 and asks for more", _pulled(whole), output),
        *(bad(name, rule, code, desc, _pulled(data)) for name, rule, code, desc, data in made),
    ]


# -- pages


def _head(old: int = 0, path: list[bytes] | None = None, note: bytes | None = None) -> list[Any]:
    return [note or story().fr.note(TOLD, when=at(3)), old, b"".join(path or [])]


def made(*offers: Offer, **changed: Any) -> bytes:
    """ru's first page, or one of other offers, with some of its parts changed, or left out as None."""
    offered = offers or (report_item().offer,)
    parts = {
        "v": 1,
        "tellings": _named(*offered),
        "sizes": [one.size for one in offered],
        "head": _head(),
        "end": story().page_end(),
    }
    parts |= changed
    return cbor.encode({name: part for name, part in parts.items() if part is not None})


def nothing(**changed: Any) -> bytes:
    """A page that offers nothing."""
    return made(**({"tellings": b"", "sizes": []} | changed))


def _named(*offers: Offer) -> bytes:
    return b"".join(one.telling.data for one in offers)


def _shown(
    data: bytes, *, cursor: int = 0, have: int = 0, known: bytes | None = None, by: str = "ru"
) -> dict[str, Any]:
    asked = {"by": by, "cursor": cursor, "have": have}
    before = None if known is None else known.decode()
    return {"read": "page", "by": "fr", "pull": asked, "known": before, **in_pieces(data)}


def _offered(offer: Offer) -> dict[str, Any]:
    telling = offer.telling
    ids = {"statement": telling.statement.hex(), "release": telling.release.hex()}
    return {**ids, "item": telling.item.hex(), "size": offer.size}


def _pages() -> list[Vector]:
    one = report_item().offer
    output = {"offers": [_offered(one)], "next": TOLD, "size": TOLD}
    telling = one.telling.data
    form: list[tuple[str, str, str, bytes]] = [
        ("page-v-text", "PAGE-4", "a version as text", made(v="1")),
        ("page-no-end", "PAGE-4", "no signed end", made(end=None)),
        ("page-key-extra", "PAGE-4", "a key that the form does not have", made(more=True)),
        ("page-with-items", "PAGE-4", "an item in the page: content that nobody asked for", made(items=[])),
        ("page-tellings-list", "PAGE-4", "tellings as a list", made(tellings=[telling])),
        ("page-telling-half", "PAGE-4", "half a telling more", made(tellings=telling + telling[:64])),
        ("page-telling-ids", "PAGE-4", "the ids alone, no hash", made(tellings=telling[:64])),
        ("page-no-sizes", "PAGE-4", "no sizes", made(sizes=None)),
        ("page-size-missing", "PAGE-4", "a telling without its size", made(sizes=[])),
        ("page-size-extra", "PAGE-4", "a size without its telling", made(sizes=[one.size] * 2)),
        ("page-size-negative", "PAGE-4", "a size below 0", made(sizes=[-1])),
        ("page-size-true", "PAGE-4", "a size that is true", made(sizes=[True])),
        ("page-trailing", "PAGE-4", "one byte more after the end", made() + b"\x00"),
        ("head-path-odd", "PAGE-6", "a consistency path of 31 bytes", made(head=[_head()[0], 0, bytes(31)])),
        ("head-path-65", "PAGE-6", "a consistency path of 65 hashes", made(head=[_head()[0], 0, bytes(32) * 65])),
        ("head-two-parts", "PAGE-6", "a head without its path", made(head=_head()[:2])),
        ("head-old-negative", "PAGE-6", "an old size below 0", made(head=[_head()[0], -1, b""])),
    ]
    large = _pieces(["00", (1 << 20) + 1])
    many = made(*[one] * 1001)
    return [
        good("page", "PAGE-4", "ru's first page: the report, released to it, is offered", _shown(made()), output),
        *(bad(name, rule, "malformed", desc, _shown(data)) for name, rule, desc, data in form),
        bad("page-version", "PAGE-4", "unknown-version", "a later version", _shown(made(v=2))),
        bad(
            "page-1001-tellings",
            "PAGE-4",
            "malformed",
            "1,001 tellings",
            _pieces(*repeated(many, telling, 1001)["pieces"]),
        ),
        bad("page-too-large", "PAGE-4", "too-large", "more than 1 MiB", large),
    ]


def _pieces(*pieces: Any) -> dict[str, Any]:
    given = _shown(b"") | {"pieces": list(pieces)}
    return {name: part for name, part in given.items() if name != "hex"}


def _ends() -> list[Vector]:
    fr, us, told = actor("fr"), actor("us"), story()
    end = told.page_end()
    key = fr.statement
    fields: list[Any] = [
        bytes.fromhex(fr.fingerprint),
        bytes.fromhex(actor("ru").fingerprint),
        0,
        TOLD,
        TOLD,
        root_of(told.fr, TOLD),
        1,
        root_over([told.telling]),
        at(4) // 1000,
    ]
    offer, other = report_item().offer, note_item().offer
    changed = replace(offer, telling=replace(offer.telling, item=other.telling.item))
    twice = [offer, offer]
    both = root_over([offer.telling, changed.telling])
    double = told.page_end(count=2, root=root_over([told.telling] * 2))
    forked = Log(fr, *told.fr.entries[1:4], told.silence)
    late, later = told.fr.note(ALL, when=at(41)), told.page_end(next=ALL, size=ALL, log_root=root_of(told.fr, ALL))
    other_head, small = _head(TOLD, note=forked.note(when=at(3))), told.fr.note(3, when=at(2))
    made_up: list[tuple[str, str, str, str, dict[str, Any]]] = [
        (
            "end-version-2",
            "PAGE-7",
            "unknown-version",
            "an end of a later version",
            _shown(made(end=sealed(of_version(PAGE_END_TYPE), fields, key))),
        ),
        (
            "end-is-pull",
            "PAGE-7",
            "malformed",
            "a signed pull as end",
            _shown(made(end=sealed(PULL_TYPE, fields, key))),
        ),
        (
            "end-by-log-key",
            "PAGE-7",
            "unknown-key",
            "signed by the log key",
            _shown(made(end=sealed(PAGE_END_TYPE, fields, fr.log))),
        ),
        ("end-flipped", "PAGE-7", "bad-signature", "one bit of the end's signature", _shown(made(end=flip(end, -1)))),
        (
            "end-eight-fields",
            "PAGE-7",
            "malformed",
            "no time",
            _shown(made(end=sealed(PAGE_END_TYPE, fields[:8], key))),
        ),
        (
            "end-in-year-10000",
            "PAGE-7",
            "malformed",
            "a time that no calendar has, and no proof file could show",
            _shown(made(end=told.page_end(at=NO_TIME))),
        ),
        (
            "end-of-an-empty-range",
            "PAGE-26",
            "malformed",
            "the report offered in a range that holds no place",
            _shown(made(end=told.page_end(next=0))),
        ),
        (
            "end-no-log-root",
            "PAGE-7",
            "malformed",
            "the size of a log without its root",
            _shown(made(end=sealed(PAGE_END_TYPE, [*fields[:5], *fields[6:]], key))),
        ),
        (
            "end-log-root-33-bytes",
            "PAGE-7",
            "malformed",
            "a root of 33 bytes",
            _shown(made(end=sealed(PAGE_END_TYPE, [*fields[:5], fields[5] + b"\x00", *fields[6:]], key))),
        ),
        (
            "end-to-33-bytes",
            "PAGE-7",
            "malformed",
            "a fingerprint of 33 bytes",
            _shown(made(end=sealed(PAGE_END_TYPE, [fields[0], fields[1] + b"\x00", *fields[2:]], key))),
        ),
        (
            "end-by-another",
            "PAGE-7",
            "wrong-addressee",
            "fr signs in the name of us",
            _shown(made(end=told.page_end(by=us.fingerprint))),
        ),
        (
            "end-to-another",
            "PAGE-8",
            "wrong-addressee",
            "us's page, sent to ru",
            _shown(made(end=told.page_end(to=us.fingerprint))),
        ),
        (
            "omission",
            "PAGE-9",
            "page-incomplete",
            "the end counts an item that the page does not offer",
            _shown(nothing()),
        ),
        (
            "addition",
            "PAGE-9",
            "page-incomplete",
            "the page offers an item that the end does not count",
            _shown(made(offer, other)),
        ),
        (
            "exchange",
            "PAGE-9",
            "page-incomplete",
            "another item than the end's root is over",
            _shown(made(other)),
        ),
        (
            "item-hash-changed",
            "PAGE-9",
            "page-incomplete",
            "the same ids, and another item hash than the end's root is over",
            _shown(made(changed)),
        ),
        (
            "reading-changed",
            "PAGE-9",
            "page-incomplete",
            "the hash of a reading that nobody has read back",
            _shown(made(replace(offer, telling=replace(offer.telling, reading=seed("reading"))))),
        ),
        ("start-moved", "PAGE-9", "page-incomplete", "an end for another cursor", _shown(made(), cursor=1)),
        (
            "next-before-start",
            "PAGE-9",
            "page-incomplete",
            "an end that goes backwards",
            _shown(made(end=told.page_end(start=4, next=3)), cursor=4),
        ),
        (
            "next-beyond-size",
            "PAGE-9",
            "page-incomplete",
            "an end beyond the log",
            _shown(made(end=told.page_end(next=6))),
        ),
        ("release-twice", "PAGE-10", "malformed", "one release twice", _shown(made(*twice, end=double))),
        (
            "release-in-two-items",
            "PAGE-10",
            "malformed",
            "one release twice, in two items of different bytes",
            _shown(made(offer, changed, end=told.page_end(count=2, root=both))),
        ),
        (
            "size-not-shown",
            "PAGE-11",
            "page-incomplete",
            "the end names another size than the head",
            _shown(made(end=told.page_end(next=4, size=4))),
        ),
        (
            "root-not-shown",
            "PAGE-11",
            "page-incomplete",
            "the end names another root than the head",
            _shown(made(end=told.page_end(log_root=root_of(forked, TOLD)))),
        ),
        (
            "head-of-another",
            "PAGE-11",
            "wrong-issuer",
            "ru's head",
            _shown(made(head=_head(note=told.ru.note(when=at(3))))),
        ),
        (
            "head-shrunk",
            "PAGE-11",
            "head-rollback",
            "a smaller head than ru holds",
            _shown(made(head=_head(ALL)), have=ALL, known=late),
        ),
        (
            "head-forked",
            "PAGE-11",
            "head-fork",
            "another head of the same size",
            _shown(
                made(head=other_head, end=told.page_end(log_root=root_of(forked, TOLD))),
                have=TOLD,
                known=told.fr.note(TOLD, when=at(3)),
            ),
        ),
        (
            "head-not-joined",
            "PAGE-11",
            "not-consistent",
            "no proof from the head that ru holds",
            _shown(made(head=_head(3)), have=3, known=small),
        ),
        (
            "head-proof-not-due",
            "PAGE-11",
            "not-consistent",
            "a proof, though ru holds no head",
            _shown(made(head=_head(0, told.fr.join(3, TOLD)))),
        ),
        (
            "head-from-elsewhere",
            "PAGE-11",
            "malformed",
            "ru holds a head of 3 leaves; the head is shown from none",
            _shown(made(head=_head(0, told.fr.join(3, TOLD))), have=3, known=small),
        ),
    ]
    grown = made(head=_head(TOLD, told.fr.join(TOLD, ALL), late), end=later)
    none = told.page_end(start=TOLD, count=0, root=root_over([]))
    empty = nothing(head=_head(TOLD), end=none)
    return [
        *(bad(name, rule, code, desc, given) for name, rule, code, desc, given in made_up),
        good(
            "grown",
            "PAGE-11",
            "a larger head, joined to the one that ru holds",
            _shown(grown, have=TOLD, known=told.fr.note(TOLD, when=at(3))),
            {"offers": [_offered(offer)], "next": ALL, "size": ALL},
        ),
        good(
            "empty",
            "PAGE-9",
            "nothing new: an end that offers nothing",
            _shown(empty, cursor=TOLD, have=TOLD, known=told.fr.note(TOLD, when=at(3))),
            {"offers": [], "next": TOLD, "size": TOLD},
        ),
    ]
