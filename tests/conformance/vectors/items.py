"""Vectors of spec/page.md, and of spec/release.md, that are about one item of a page."""

from typing import Any

from comity.exchange import deliver
from comity.exchange.deliver import Item
from comity.model import content
from comity.model.statement import Signed, Unverified
from comity.proof import cbor, envelope
from conformance.vectors.cast import NOTE, Log, Vector, actor, at, bad, flip, good, raw_sign1, seed
from conformance.vectors.extensions import plain as bare
from conformance.vectors.shared import in_pieces
from conformance.vectors.statement import SALT, header
from conformance.vectors.story import ALL, TOLD, release_of, story


def vectors() -> list[Vector]:
    return [*_items(), *_withdrawals()]


def item_of(said: Signed | None, index: int, given: Signed, place: int, log: Log, size: int = TOLD) -> Item:
    path = () if said is None else tuple(log.path(index, size))
    return Item(None if said is None else said.triple, index, path, given.triple, place, tuple(log.path(place, size)))


def report_item() -> Item:
    told = story()
    return item_of(told.report, 1, told.to_ru, 2, told.fr)


def note_item() -> list[Any]:
    told = story()
    return deliver.encode_item(item_of(told.note, 3, told.to_us, 4, told.fr))


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
    output = {"statement": told.report.id.hex(), "release": told.to_ru.id.hex(), "omitted": False}
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
        ("to-another", "RELEASE-8", "wrong-addressee", "us's release, shown to ru", examined(note_item())),
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
        ("index-beyond-range", "PAGE-14", "malformed", "an index after the page's range", examined(one, after=2)),
        (
            "before-statement",
            "RELEASE-12",
            "malformed",
            "released before it was logged",
            examined([one[0], 2, *one[2:]]),
        ),
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
    output = {"statement": None, "release": told.withdrawal.id.hex(), "omitted": False}
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
        bad(
            "withdrawal-with-index",
            "PAGE-14",
            "malformed",
            "a place for a statement that is not there",
            examined([None, 1, *item[2:]], **span),
        ),
    ]
