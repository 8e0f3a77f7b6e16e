"""Vectors of spec/page.md, and of spec/release.md, that are about items as they come: one by one, and as many as were wanted."""

from dataclasses import replace
from typing import Any

from comity.exchange import deliver
from comity.exchange.deliver import Item
from comity.model import content
from comity.model.acknowledgement import Telling
from comity.model.statement import Signed, Unverified
from comity.proof import cbor, envelope
from conformance.vectors.cast import NOTE, Log, Vector, actor, at, bad, flip, good, raw_sign1, seed
from conformance.vectors.extensions import plain as bare
from conformance.vectors.shared import in_pieces, repeated
from conformance.vectors.statement import SALT, header
from conformance.vectors.story import ALL, TOLD, release_of, story


def vectors() -> list[Vector]:
    return [*_items(), *_misplaced(), *_withdrawals(), *_forms(), *_together()]


def item_of(said: Signed | None, index: int, given: Signed, place: int, log: Log, size: int = TOLD) -> Item:
    path = () if said is None else tuple(log.path(index, size))
    return Item(None if said is None else said.triple, index, path, given.triple, place, tuple(log.path(place, size)))


def report_item() -> Item:
    told = story()
    return item_of(told.report, 1, told.to_ru, 2, told.fr)


def note_item() -> Item:
    """What was released to us, and not to ru."""
    told = story()
    return item_of(told.note, 3, told.to_us, 4, told.fr)


def examined(
    item: list[Any], *, to: str = "ru", first: int = 0, after: int = TOLD, note: bytes | None = None
) -> dict[str, Any]:
    head = note or story().fr.note(TOLD, when=at(3))
    span = [first, after]
    return {"read": "item", "by": "fr", "to": to, "range": span, "note": head.decode(), **in_pieces(cbor.encode(item))}


def _items() -> list[Vector]:
    ru, told = actor("ru"), story()
    one = deliver.encode_item(report_item())
    forged = ru.says(told.report.object.raw, "forged", at(1))
    output = {"statement": told.report.id.hex(), "release": told.to_ru.id.hex(), "omitted": False, "misplaced": None}
    salted = [told.report.triple[0], flip(told.report.salt, 0), told.report.triple[2]]
    flipped = [flip(told.to_ru.triple[0], -1), *told.to_ru.triple[1:]]
    foreign = release_of(told.report, "ru", answer_by=None, label="by ru", by="ru")
    not_json = fr_says_no_json()
    rows: list[tuple[str, str, str, str, dict[str, Any]]] = [
        (
            "release-flipped",
            "PAGE-13",
            "bad-signature",
            "one bit of the release's signature",
            examined([*one[:3], flipped, *one[4:]]),
        ),
        (
            "release-by-another",
            "PAGE-13",
            "wrong-issuer",
            "a release by ru itself",
            examined([*one[:3], list(foreign.triple), *one[4:]]),
        ),
        (
            "release-is-note",
            "PAGE-13",
            "not-stix",
            "a note in place of the release",
            examined([*one[:3], list(told.note.triple), *one[4:]]),
        ),
        (
            "to-another",
            "RELEASE-8",
            "wrong-addressee",
            "us's release, shown to ru",
            examined(deliver.encode_item(note_item())),
        ),
        (
            "statement-by-another",
            "PAGE-13",
            "wrong-issuer",
            "ru's statement under fr's release",
            examined([list(forged.triple), *one[1:]]),
        ),
        (
            "another-statement",
            "RELEASE-11",
            "content-mismatch",
            "another statement than was released",
            examined([list(told.note.triple), 3, *one[2:]]),
        ),
        ("statement-salt", "PAGE-13", "content-mismatch", "one bit of the salt", examined([salted, *one[1:]])),
        (
            "no-statement",
            "RELEASE-10",
            "content-mismatch",
            "a release that stands, without its statement",
            examined([None, 0, b"", *one[3:]]),
        ),
        (
            "garbage",
            "PAGE-13",
            "malformed",
            "a release of random bytes",
            examined([*one[:3], [seed("garbage"), b"", b""], *one[4:]]),
        ),
        ("content-no-json", "PAGE-13", "not-json", "well signed content that is no JSON", not_json),
        (
            "node-type",
            "RELEASE-13",
            "not-stix",
            "a release of a type that is never released",
            _released_node_type("recall"),
        ),
        (
            "acknowledgement",
            "ACKNOWLEDGEMENT-12",
            "not-stix",
            "a release of an acknowledgement",
            _released_node_type("acknowledgement"),
        ),
    ]
    omitted = output | {"omitted": True}
    desc = "a release that stands before the range: an earlier page had left it out"
    return [
        good("item", "PAGE-13", "the report, as released to ru", examined(one), output),
        good("omitted", "PAGE-15", desc, examined(one, first=3), omitted),
        *(bad(name, rule, code, desc, given) for name, rule, code, desc, given in rows),
    ]


def _misplaced() -> list[Vector]:
    """Good in its bytes and shown where it does not stand: that refuses nothing."""
    told, one = story(), deliver.encode_item(report_item())
    elsewhere = Log(actor("fr"), told.to_ru, told.report).note(when=at(3))
    rows: list[tuple[str, str, str, str, dict[str, Any]]] = [
        ("index-beyond-range", "PAGE-14", "malformed", "an index after the page's range", examined(one, after=2)),
        ("before-statement", "RELEASE-12", "malformed", "shown before its statement", examined([one[0], 2, *one[2:]])),
        (
            "statement-index",
            "PAGE-14",
            "not-included",
            "the statement at another place",
            examined([one[0], 0, *one[2:]]),
        ),
        ("release-index", "PAGE-14", "not-included", "the release at another place", examined([*one[:4], 3, one[5]])),
        (
            "statement-path",
            "PAGE-14",
            "not-included",
            "one bit of the statement's path",
            examined([*one[:2], flip(one[2], 0), *one[3:]]),
        ),
        ("release-path", "PAGE-14", "not-included", "a path one hash short", examined([*one[:5], one[5][32:]])),
        ("item-no-paths", "PAGE-14", "not-included", "no paths at all", examined([*one[:2], b"", *one[3:5], b""])),
        (
            "item-another-head",
            "PAGE-14",
            "not-included",
            "under another head than it stands in",
            examined(one, note=elsewhere),
        ),
    ]
    plain = {"statement": told.report.id.hex(), "release": told.to_ru.id.hex(), "omitted": False}
    return [good(name, rule, desc, given, plain | {"misplaced": code}) for name, rule, code, desc, given in rows]


def _logged(said: Signed, given: Signed) -> dict[str, Any]:
    log = Log(actor("fr"), said, given)
    return examined(deliver.encode_item(item_of(said, 1, given, 2, log, 3)), after=3, note=log.note(when=at(3)))


def fr_says_no_json() -> dict[str, Any]:
    """fr signs and releases content that no honest node would."""
    raw = NOTE[:-1]
    data = raw_sign1(cbor.encode(header()), envelope.commit(SALT, raw), actor("fr").statement)
    shown = Unverified.read([data, SALT, raw])
    said = Signed(shown.envelope, SALT, story().note.object)
    given = release_of(said, "ru", answer_by=None, label="no json")
    log = Log(actor("fr"), said, given)
    item = deliver.encode_item(item_of(said, 1, given, 2, log, 3))
    item[0][2] = raw
    return examined(item, after=3, note=log.note(when=at(3)))


def _released_node_type(kind: str) -> dict[str, Any]:
    said = actor("fr").says(content.dump(bare(kind)), kind, at(1))
    return _logged(said, release_of(said, "ru", answer_by=None, label=f"{kind} released"))


def _withdrawals() -> list[Vector]:
    told = story()
    note = told.fr.note(ALL, when=at(41))
    item = deliver.encode_item(item_of(None, 0, told.withdrawal, 6, told.fr, ALL))
    with_content = [list(told.report.triple), 1, b"".join(told.fr.path(1, ALL)), *item[3:]]
    output = {"statement": None, "release": told.withdrawal.id.hex(), "omitted": False, "misplaced": None}
    span: dict[str, Any] = {"first": TOLD, "after": ALL, "note": note}
    return [
        good(
            "withdrawal",
            "RELEASE-10",
            "a notice that the report is withdrawn; it carries no content",
            examined(item, **span),
            output,
        ),
        bad(
            "withdrawal-with-content",
            "RELEASE-10",
            "content-mismatch",
            "a withdrawal that brings the report along",
            examined(with_content, **span),
        ),
        good(
            "withdrawal-with-index",
            "PAGE-14",
            "a place for a statement that is not there",
            examined([None, 1, *item[2:]], **span),
            output | {"misplaced": "malformed"},
        ),
    ]


# -- as many as were wanted


def _came(data: dict[str, Any], *asked: Telling) -> dict[str, Any]:
    """Items as they came, what was asked for, and the range of the page that had offered it."""
    note = story().fr.note(TOLD, when=at(3)).decode()
    named = b"".join(one.data for one in asked or (story().telling,)).hex()
    return {"read": "items", "by": "fr", "to": "ru", "range": [0, TOLD], "note": note, "tellings": named, **data}


def genesis() -> bytes:
    """The path of fr's descriptor under the head that is asked for."""
    return b"".join(story().fr.path(0, TOLD))


def items(*given: Any, **changed: Any) -> bytes:
    """The map of items, with some of its parts changed, or left out as None."""
    parts = {"v": 1, "items": list(given), "genesis": genesis()} | changed
    return cbor.encode({name: part for name, part in parts.items() if part is not None})


def _forms() -> list[Vector]:
    one = deliver.encode_item(report_item())
    rows: list[tuple[str, str, str, bytes]] = [
        ("items-no-v", "PAGE-5", "no version", items(one, v=None)),
        ("items-missing", "PAGE-5", "no items", items(items=None)),
        ("items-key-extra", "PAGE-5", "a key that the form does not have", items(one, head=b"")),
        ("items-map", "PAGE-5", "items as a map", items(items={0: one})),
        ("items-trailing", "PAGE-5", "one byte more after the end", items(one) + b"\x00"),
        ("items-genesis-none", "PAGE-5", "nothing of how the log begins", items(one, genesis=None)),
        (
            "items-genesis-33-bytes",
            "PAGE-6",
            "a path of some hashes and a byte",
            items(one, genesis=genesis() + b"\x00"),
        ),
        ("items-genesis-65-hashes", "PAGE-6", "65 hashes", items(one, genesis=bytes(32) * 65)),
        ("items-false", "PAGE-5", "false in place of nil", items(False)),
        ("item-five-parts", "PAGE-5", "an item of five parts", items(one[:5])),
        ("item-index-negative", "PAGE-5", "an index below 0", items([one[0], -1, *one[2:]])),
        ("item-index-large", "PAGE-5", "an index of 2^63", items([*one[:4], 2**63, one[5]])),
        ("item-release-none", "PAGE-5", "no release", items([*one[:3], None, *one[4:]])),
        ("item-content-text", "PAGE-5", "content as a text string", items([[*one[0][:2], "{}"], *one[1:]])),
        ("path-33-bytes", "PAGE-6", "a path of some hashes and a byte", items([*one[:2], one[2] + b"\x00", *one[3:]])),
        ("path-65-hashes", "PAGE-6", "65 hashes", items([*one[:2], bytes(32) * 65, *one[3:]])),
    ]
    nil = cbor.encode(None)
    begins: list[tuple[str, str, bytes]] = [
        ("items-genesis-empty", "a log of five leaves shown as if it had one", items(one, genesis=b"")),
        ("items-genesis-flipped", "one bit of the path", items(one, genesis=flip(genesis(), 0))),
        ("items-genesis-short", "a path one hash short", items(one, genesis=genesis()[32:])),
        ("items-genesis-another", "the path of another leaf", items(one, genesis=one[2])),
    ]
    return [
        *(bad(name, "PAGE-23", "not-included", desc, _came(in_pieces(data))) for name, desc, data in begins),
        *(bad(name, rule, "malformed", desc, _came(in_pieces(data))) for name, rule, desc, data in rows),
        bad("items-version", "PAGE-5", "unknown-version", "a later version", _came(in_pieces(items(one, v=2)))),
        bad("items-1001", "PAGE-5", "malformed", "1,001 items", _came(repeated(items(*[None] * 1001), nil, 1001))),
        bad("items-too-large", "PAGE-5", "too-large", "more than 16 MiB", _came({"pieces": [["00", (16 << 20) + 1]]})),
    ]


def _judged(item: Item, *, refused: str | None = None, misplaced: str | None = None) -> dict[str, Any]:
    """What a hearer finds of one item that came as it was asked for."""
    return {"item": item.hash.hex(), "refused": refused, "misplaced": misplaced}


def _together() -> list[Vector]:
    told, whole = story(), report_item()
    one = deliver.encode_item(whole)
    other = item_of(told.note, 3, told.to_us, 4, told.fr)
    flipped = [flip(told.to_ru.triple[0], -1), *told.to_ru.triple[1:]]
    broken = deliver.decode_item([*one[:3], flipped, *one[4:]], "item")
    salted = [[one[0][0], flip(one[0][1], 0), one[0][2]], *one[1:]]
    astray = deliver.encode_item(other)
    rows: list[tuple[str, str, str, dict[str, Any], list[Any]]] = [
        ("items", "PAGE-5", "what ru asked for", _came(in_pieces(items(one))), [_judged(whole)]),
        ("items-nil", "PAGE-22", "it is not given, and nothing says why", _came(in_pieces(items(None))), [None]),
        (
            "items-one-bad",
            "PAGE-12",
            "one that is bad in the bytes that were offered is refused, and the rest stands",
            _came(in_pieces(items(one, astray)), whole.telling, other.telling),
            [_judged(whole), _judged(other, refused="wrong-addressee")],
        ),
        (
            "items-broken-as-offered",
            "PAGE-12",
            "the release was broken when its hash was offered: refused in those bytes",
            _came(in_pieces(items(deliver.encode_item(broken))), broken.telling),
            [_judged(broken, refused="bad-signature")],
        ),
        (
            "items-broken-on-the-way",
            "PAGE-19",
            "one bit of the salt is another than in what was asked for: no item, and refused by nobody",
            _came(in_pieces(items(salted))),
            [None],
        ),
        (
            "items-another",
            "PAGE-19",
            "another item than was asked for, though a good one",
            _came(in_pieces(items(astray))),
            [None],
        ),
        (
            "items-turned",
            "PAGE-19",
            "both items, each in the place of the other",
            _came(in_pieces(items(astray, one)), whole.telling, other.telling),
            [None, None],
        ),
        (
            "items-another-reading",
            "PAGE-19",
            "asked for with the hash of a reading that it has not",
            _came(in_pieces(items(one)), replace(whole.telling, reading=seed("reading"))),
            [None],
        ),
        (
            "items-misplaced",
            "PAGE-14",
            "good bytes at another place: neither held nor refused",
            _came(in_pieces(items([*one[:4], 3, one[5]]))),
            [_judged(whole, misplaced="not-included")],
        ),
    ]
    return [good(name, rule, desc, given, {"items": found}) for name, rule, desc, given, found in rows]
