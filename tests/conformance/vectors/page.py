"""Vectors of spec/page.md: pulls, pages, their ends, single items."""

from typing import Any

from comity.exchange import deliver
from comity.exchange.deliver import PAGE_END_TYPE, PULL_TYPE
from comity.model.acknowledgement import root_over
from comity.proof import cbor
from comity.proof.keys import Signer
from conformance.vectors.cast import Log, Vector, actor, at, bad, flip, good, raw_sign1
from conformance.vectors.items import item_of, note_item, report_item
from conformance.vectors.shared import in_pieces, repeated
from conformance.vectors.story import ALL, TOLD, pull, story


def vectors() -> list[Vector]:
    return [*_pulls(), *_pages(), *_ends()]


# -- pulls


def _pulled(data: bytes, by: str = "ru") -> dict[str, Any]:
    return {"read": "pull", "by": by, "hex": data.hex()}


def sealed(kind: str, fields: Any, key: Signer, **header: Any) -> bytes:
    """A signed message of ru or fr with something in its header or payload changed."""
    protected = {1: -8, 3: kind, 4: key.public.id[:8]} | {int(label[1:]): value for label, value in header.items()}
    protected = {label: value for label, value in protected.items() if value is not None}
    return raw_sign1(cbor.encode(protected), cbor.encode(fields), key)


def _pulls() -> list[Vector]:
    fr, ru = actor("fr"), actor("ru")
    whole = pull()
    by, to = bytes.fromhex(ru.fingerprint), bytes.fromhex(fr.fingerprint)
    fields: list[Any] = [by, to, TOLD, TOLD, at(8) // 1000]
    output = {"by": ru.fingerprint, "to": fr.fingerprint, "cursor": TOLD, "have": TOLD, "at": fields[4]}
    key = ru.statement
    made: list[tuple[str, str, str, str, bytes]] = [
        ("pull-untagged", "PAGE-1", "malformed", "without its tag", whole[1:]),
        ("pull-page-end", "PAGE-1", "malformed", "a page end in place of a pull", sealed(PAGE_END_TYPE, fields, key)),
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
        ("pull-four-fields", "PAGE-3", "malformed", "no time", sealed(PULL_TYPE, fields[:4], key)),
        (
            "pull-cursor-negative",
            "PAGE-3",
            "malformed",
            "a cursor below 0",
            sealed(PULL_TYPE, [*fields[:2], -1, 0, 0], key),
        ),
        (
            "pull-cursor-large",
            "PAGE-3",
            "malformed",
            "a cursor of 2^63",
            sealed(PULL_TYPE, [*fields[:2], 2**63, 0, 0], key),
        ),
        (
            "pull-cursor-true",
            "PAGE-3",
            "malformed",
            "a cursor that is true",
            sealed(PULL_TYPE, [*fields[:2], True, 0, 0], key),
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


def made(**changed: Any) -> bytes:
    """ru's first page, with some of its parts changed, or left out as None."""
    parts = {"v": 1, "items": [deliver.encode_item(report_item())], "head": _head(), "end": story().page_end()}
    parts |= changed
    return cbor.encode({name: part for name, part in parts.items() if part is not None})


def _shown(
    data: bytes, *, cursor: int = 0, have: int = 0, known: bytes | None = None, by: str = "ru"
) -> dict[str, Any]:
    asked = {"by": by, "cursor": cursor, "have": have}
    before = None if known is None else known.decode()
    return {"read": "page", "by": "fr", "pull": asked, "known": before, **in_pieces(data)}


def _pages() -> list[Vector]:
    told = story()
    one = deliver.encode_item(report_item())
    first = {"release": told.to_ru.id.hex(), "refused": None}
    output = {"items": [first], "next": TOLD, "size": TOLD}
    form: list[tuple[str, str, bytes]] = [
        ("page-version", "PAGE-4", made(v=2)),
        ("page-no-end", "PAGE-4", made(end=None)),
        ("page-key-extra", "PAGE-4", made(more=True)),
        ("page-items-map", "PAGE-4", made(items={0: one})),
        ("page-trailing", "PAGE-4", made() + b"\x00"),
        ("item-five-parts", "PAGE-5", made(items=[one[:5]])),
        ("item-index-negative", "PAGE-5", made(items=[[one[0], -1, *one[2:]]])),
        ("item-release-none", "PAGE-5", made(items=[[*one[:3], None, *one[4:]]])),
        ("item-content-text", "PAGE-5", made(items=[[[*one[0][:2], "{}"], *one[1:]]])),
        ("path-33-bytes", "PAGE-6", made(items=[[*one[:2], one[2] + b"\x00", *one[3:]]])),
        ("path-65-hashes", "PAGE-6", made(items=[[*one[:2], bytes(32) * 65, *one[3:]]])),
        ("head-path-odd", "PAGE-6", made(head=[_head()[0], 0, bytes(31)])),
        ("head-two-parts", "PAGE-6", made(head=_head()[:2])),
    ]
    descs = {
        "page-version": "a later version",
        "page-no-end": "no signed end",
        "page-key-extra": "a key that the form does not have",
        "page-items-map": "items as a map",
        "page-trailing": "one byte more after the end",
        "item-five-parts": "an item of five parts",
        "item-index-negative": "an index below 0",
        "item-release-none": "no release",
        "item-content-text": "content as a text string",
        "path-33-bytes": "a path of some hashes and a byte",
        "path-65-hashes": "65 hashes",
        "head-path-odd": "a consistency path of 31 bytes",
        "head-two-parts": "a head without its path",
    }
    large = _pieces(["00", (16 << 20) + 1])
    return [
        good("page", "PAGE-4", "ru's first page: the report, released to it", _shown(made()), output),
        *(bad(name, rule, "malformed", descs[name], _shown(data)) for name, rule, data in form),
        bad("page-1001-items", "PAGE-4", "malformed", "1,001 items", _many()),
        bad("page-too-large", "PAGE-4", "too-large", "more than 16 MiB", large),
    ]


def _pieces(*pieces: Any) -> dict[str, Any]:
    given = _shown(b"") | {"pieces": list(pieces)}
    return {name: part for name, part in given.items() if name != "hex"}


def _many() -> dict[str, Any]:
    item = [None, 0, b"", [b"", b"", b""], 0, b""]
    return _pieces(*repeated(made(items=[item] * 1001), cbor.encode(item), 1001)["pieces"])


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
        1,
        root_over([told.telling]),
        at(4) // 1000,
    ]
    twice = [deliver.encode_item(report_item())] * 2
    double = told.page_end(count=2, root=root_over([told.telling] * 2))
    forked = Log(fr, *told.fr.entries[1:4], told.silence)
    late, later = told.fr.note(ALL, when=at(41)), told.page_end(next=ALL, size=ALL)
    other_head, small = _head(TOLD, note=forked.note(when=at(3))), told.fr.note(3, when=at(2))
    made_up: list[tuple[str, str, str, str, dict[str, Any]]] = [
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
            "end-seven-fields",
            "PAGE-7",
            "malformed",
            "no time",
            _shown(made(end=sealed(PAGE_END_TYPE, fields[:7], key))),
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
            "the end counts an item that the page does not hold",
            _shown(made(items=[])),
        ),
        (
            "addition",
            "PAGE-9",
            "page-incomplete",
            "the page holds an item that the end does not count",
            _shown(made(items=twice)),
        ),
        (
            "exchange",
            "PAGE-9",
            "page-incomplete",
            "another item than the end's root is over",
            _shown(made(items=[note_item()])),
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
        ("release-twice", "PAGE-10", "malformed", "one release twice", _shown(made(items=twice, end=double))),
        (
            "size-not-shown",
            "PAGE-11",
            "page-incomplete",
            "the end names another size than the head",
            _shown(made(end=told.page_end(next=4, size=4))),
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
            _shown(made(head=other_head), have=TOLD, known=told.fr.note(TOLD, when=at(3))),
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
    grown = made(
        head=_head(TOLD, told.fr.join(TOLD, ALL), late),
        end=later,
        items=[deliver.encode_item(item_of(told.report, 1, told.to_ru, 2, told.fr, ALL))],
    )
    one = {"release": told.to_ru.id.hex(), "refused": None}
    empty = made(items=[], head=_head(TOLD), end=told.page_end(start=TOLD, count=0, root=root_over([])))
    return [
        *(bad(name, rule, code, desc, given) for name, rule, code, desc, given in made_up),
        good(
            "grown",
            "PAGE-11",
            "a larger head, joined to the one that ru holds",
            _shown(grown, have=TOLD, known=told.fr.note(TOLD, when=at(3))),
            {"items": [one], "next": ALL, "size": ALL},
        ),
        good(
            "empty",
            "PAGE-9",
            "nothing new: an end with no item",
            _shown(empty, cursor=TOLD, have=TOLD, known=told.fr.note(TOLD, when=at(3))),
            {"items": [], "next": TOLD, "size": TOLD},
        ),
        good(
            "bad-item",
            "PAGE-12",
            "one bad item is refused and the rest stands",
            _shown(_with_bad_item()),
            {
                "items": [one, {"release": told.to_us.id.hex(), "refused": "wrong-addressee"}],
                "next": TOLD,
                "size": TOLD,
            },
        ),
    ]


def _with_bad_item() -> bytes:
    told = story()
    other = item_of(told.note, 3, told.to_us, 4, told.fr)
    end = told.page_end(count=2, root=root_over([told.telling, other.telling]))
    return made(items=[deliver.encode_item(report_item()), deliver.encode_item(other)], end=end)
