"""Vectors of spec/release.md: releases, their terms, withdrawals."""

import json
from typing import Any

from comity.model import content, release
from comity.model.fingerprint import Fingerprint
from comity.model.marking import Onward, Terms, Tlp
from comity.model.release import Release
from comity.model.statement import Signed
from comity.proof.envelope import StatementId
from conformance.vectors.cast import NOTE, START, Vector, actor, at, bad, good, pack, seed, uuid
from conformance.vectors.extensions import plain as bare
from conformance.vectors.shared import in_pieces
from conformance.vectors.story import release_of, story

LEAF = StatementId(seed("some leaf"))


def written(**changed: Any) -> bytes:
    """The content of a release to ru with some properties changed, or left out as None."""
    terms = Terms(Tlp.AMBER, Onward.NEVER, at(120))
    to = Fingerprint(actor("ru").fingerprint)
    plain = Release(f"release--{uuid('release')}", LEAF, to, terms, START, withdrawn=False)
    value = json.loads(release.write(plain, START)) | changed
    value = {name: item for name, item in value.items() if item is not None}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _shown(raw: bytes) -> dict[str, Any]:
    return {"read": "release", "text": raw.decode()}


def vectors() -> list[Vector]:
    return [*_accepted(), *_refused(), *_narrowed(), *_gate()]


def _accepted() -> list[Vector]:
    plain = {
        "leaf": LEAF.hex(),
        "to": actor("ru").fingerprint,
        "tlp": "amber",
        "onward": "never",
        "accepted": [],
        "answer_by": "2026-11-26T12:00:00.000Z",
        "withdrawn": False,
    }
    later = {"revoked": True, "modified": "2026-11-26T11:00:00.000Z"}
    made: list[tuple[str, str, str, dict[str, Any], dict[str, Any]]] = [
        ("accepted", "RELEASE-1", "a release to ru, answer wanted within two hours", {}, {}),
        ("no-answer-by", "RELEASE-7", "no answer is waited for", {"answer_by": None}, {"answer_by": None}),
        ("unknown-property", "RELEASE-1", "a property of a later version", {"x_later": 1}, {}),
        ("withdrawn", "RELEASE-10", "a later version of it, revoked: the withdrawal", later, {"withdrawn": True}),
        ("strict", "RELEASE-4", "TLP:AMBER+STRICT, ask first", _STRICT, _STRICT),
        ("accepts", "RELEASE-17", "two markings accepted by their names", _ACCEPTS, _ACCEPTS),
    ]
    return [good(name, rule, desc, _shown(written(**given)), plain | out) for name, rule, desc, given, out in made]


_ACCEPTS = {"accepted": ["PAP:RED", "x_opencti_granted_refs"]}
_STRICT = {"tlp": "amber+strict", "onward": "ask"}


def _refused() -> list[Vector]:
    ru = actor("ru").fingerprint
    note = {"type": "note", "id": f"note--{uuid('n')}", "content": "x", "object_refs": [f"note--{uuid('n')}"]}
    made: list[tuple[str, str, str, dict[str, Any]]] = [
        ("another-type", "RELEASE-1", "a note with a release's properties", note),
        ("undeclared", "RELEASE-1", "no extension", {"extensions": {}}),
        ("leaf-missing", "RELEASE-2", "of no statement", {"leaf": None}),
        ("leaf-stix-id", "RELEASE-2", "of a STIX id", {"leaf": f"report--{uuid('r')}"}),
        ("leaf-upper-case", "RELEASE-2", "a leaf in capitals", {"leaf": LEAF.hex().upper()}),
        ("leaf-short", "RELEASE-2", "62 digits", {"leaf": LEAF.hex()[:62]}),
        ("leaf-spaced", "RELEASE-2", "digits with spaces between", {"leaf": LEAF.hex(" ")}),
        ("to-missing", "RELEASE-3", "to nobody", {"to": None}),
        ("to-petname", "RELEASE-3", "to a petname", {"to": "ru"}),
        ("to-list", "RELEASE-3", "to two parties at once", {"to": [ru, actor("us").fingerprint]}),
        ("to-upper-case", "RELEASE-3", "a fingerprint in capitals", {"to": ru.upper()}),
        ("tlp-missing", "RELEASE-4", "no level", {"tlp": None}),
        ("tlp-white", "RELEASE-4", "a level of TLP 1", {"tlp": "white"}),
        ("tlp-prefixed", "RELEASE-4", "a level as people write it", {"tlp": "TLP:RED"}),
        ("onward-missing", "RELEASE-5", "no onward rule", {"onward": None}),
        ("onward-yes", "RELEASE-5", "an onward rule that is none", {"onward": "yes"}),
        ("precision-wide", "RELEASE-6", "a precision of a later version", {"precision": "widened"}),
        ("precision-missing", "RELEASE-6", "no precision", {"precision": None}),
        ("answer-by-date", "RELEASE-7", "a date without a time", {"answer_by": "2026-11-26"}),
        ("answer-by-number", "RELEASE-7", "seconds", {"answer_by": 1795694400}),
        (
            "created-nanoseconds",
            "RELEASE-7",
            "created, with nine digits",
            {"created": "2026-11-26T10:01:30.000000001Z"},
        ),
        ("answer-by-zone", "RELEASE-7", "a zone's offset", {"answer_by": "2026-11-26T13:00:00.000+01:00"}),
        ("answer-by-zero-zone", "RELEASE-7", "UTC as an offset", {"answer_by": "2026-11-26T12:00:00.000+00:00"}),
        ("answer-by-nanoseconds", "RELEASE-7", "nine digits", {"answer_by": "2026-11-26T12:00:00.000000001Z"}),
        ("answer-by-seconds", "RELEASE-7", "no digits", {"answer_by": "2026-11-26T12:00:00Z"}),
        ("answer-by-leap", "RELEASE-7", "a leap second", {"answer_by": "2026-12-31T23:59:60Z"}),
        ("accepted-empty", "RELEASE-17", "a list of no names", {"accepted": []}),
        ("accepted-text", "RELEASE-17", "a name that is in no list", {"accepted": "PAP:RED"}),
        ("accepted-number", "RELEASE-17", "a number for a name", {"accepted": [5]}),
        ("accepted-empty-name", "RELEASE-17", "a name of no characters", {"accepted": [""]}),
        ("accepted-long", "RELEASE-17", "a name of 201 characters", {"accepted": ["x" * 201]}),
        ("accepted-twice", "RELEASE-17", "a name twice", {"accepted": ["PAP:RED", "PAP:RED"]}),
        ("accepted-unsorted", "RELEASE-17", "names in another order", {"accepted": ["b", "a"]}),
        ("accepted-many", "RELEASE-17", "101 names", {"accepted": [f"{at:03}" for at in range(101)]}),
        ("revoked-text", "RELEASE-10", "revoked as a text", {"revoked": "yes"}),
    ]
    return [bad(name, rule, "not-stix", desc, _shown(written(**changed))) for name, rule, desc, changed in made]


def _gate() -> list[Vector]:
    fr, told = actor("fr"), story()
    red = json.loads(NOTE) | {"object_marking_refs": [_RED]}
    said = fr.says(content.dump(red), "red note", at(2))
    amber = fr.says(written(leaf=said.id.hex(), answer_by=None), "too open", at(2))
    pap = fr.says(content.dump(json.loads(NOTE) | {"labels": ["PAP:RED"]}), "note with a caveat", at(2))
    loose = fr.says(written(leaf=pap.id.hex(), answer_by=None), "open for a caveat", at(2))
    taken = fr.says(written(leaf=pap.id.hex(), answer_by=None, accepted=["PAP:RED"]), "caveat accepted", at(2))
    recall = fr.says(content.dump(bare("recall")), "recall", at(1))
    of_recall = release_of(recall, "ru", answer_by=None, label="recall released")

    def given(statement: Signed | None, release: Signed) -> dict[str, Any]:
        shown = None if statement is None else in_pieces(pack(statement))
        return {"read": "released", "by": "fr", "statement": shown, "release": in_pieces(pack(release))}

    to = actor("ru").fingerprint
    return [
        good(
            "gate",
            "RELEASE-14",
            "the report and its release",
            given(told.report, told.to_ru),
            {"to": to, "tlp": "amber", "withdrawn": False},
        ),
        good(
            "gate-withdrawal",
            "RELEASE-10",
            "a withdrawal goes alone",
            given(None, told.withdrawal),
            {"to": to, "tlp": "amber", "withdrawn": True},
        ),
        bad("gate-caveat", "RELEASE-14", "marking", "a note marked PAP:RED under an amber release", given(pap, loose)),
        good(
            "gate-caveat-accepted",
            "RELEASE-17",
            "the same, accepted by its name",
            given(pap, taken),
            {"to": to, "tlp": "amber", "withdrawn": False},
        ),
        bad("gate-too-open", "RELEASE-14", "marking", "a red note under an amber release", given(said, amber)),
        bad(
            "gate-other", "RELEASE-14", "not-stix", "another statement than was released", given(told.note, told.to_ru)
        ),
        bad("gate-alone", "RELEASE-14", "not-stix", "a release without its statement", given(None, told.to_ru)),
        bad(
            "gate-withdrawn",
            "RELEASE-14",
            "not-stix",
            "a withdrawal with its statement",
            given(told.report, told.withdrawal),
        ),
        bad("gate-node-type", "RELEASE-13", "not-stix", "a type that is never released", given(recall, of_recall)),
    ]


_RED = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
_GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
_WHITE_1 = "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"
_AMBER_1 = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"
_OTHER = "marking-definition--7e9c2d1a-3b4c-4d5e-8f60-718293a4b5c6"


_STRICT_2 = "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"
_STRICT_OPENCTI = "marking-definition--826578e1-40ad-459f-bc73-ede076f81f37"
_EXTENSION = "extension-definition--0b0a1c2d-3e4f-4a5b-8c6d-7e8f90a1b2c3"
_PAP = {"labels": ["PAP:RED"]}


def _narrowed() -> list[Vector]:
    def refs(*ids: str) -> dict[str, Any]:
        return {"object_marking_refs": list(ids)}

    def label(text: str) -> dict[str, Any]:
        return {"labels": ["test", text]}

    many = refs(_GREEN, _AMBER_1, _WHITE_1)
    known: list[tuple[str, str, str, str, dict[str, Any], str, str]] = [
        ("terms-unmarked", "no marking: the terms as given", "green", "may", {}, "green", "may"),
        (
            "terms-narrowed",
            "a red object released as green is red: never onward",
            "green",
            "may",
            refs(_RED),
            "red",
            "never",
        ),
        (
            "terms-not-opened",
            "a green object released as amber stays amber",
            "amber",
            "ask",
            refs(_GREEN),
            "amber",
            "ask",
        ),
        ("terms-many", "of three markings the most restrictive", "clear", "must", many, "amber", "must"),
        ("terms-tlp-1", "a TLP 1 marking counts as its level", "clear", "may", refs(_AMBER_1), "amber", "may"),
        ("terms-strict", "TLP 2.0's own id", "clear", "may", refs(_STRICT_2), "amber+strict", "may"),
        ("terms-opencti", "the id that OpenCTI uses", "clear", "may", refs(_STRICT_OPENCTI), "amber+strict", "may"),
        ("terms-red-may", "red and may do not go together: never", "red", "may", {}, "red", "never"),
        ("terms-label", "a level as a label", "clear", "may", label("tlp:red"), "red", "never"),
        ("terms-label-strict", "another spelling", "clear", "may", label("TLP AMBER_strict"), "amber+strict", "may"),
        ("terms-label-white", "TLP 1's white as a label", "clear", "may", label("TLP:WHITE"), "clear", "may"),
        ("terms-label-wide", "full-width letters", "clear", "may", label("ＴＬＰ：ＧＲＥＥＮ"), "green", "may"),
        ("terms-property", "a level as a vendor's property", "clear", "may", {"x_tlp": "RED"}, "red", "never"),
        (
            "terms-predefined",
            "STIX's own extensions say nothing",
            "clear",
            "may",
            {"extensions": {"ntfs-ext": {"sid": "1"}}},
            "clear",
            "may",
        ),
        (
            "terms-everyday",
            "a tag of MISP that restricts nothing",
            "clear",
            "may",
            label('misp:type="url"'),
            "clear",
            "may",
        ),
    ]
    deep = {"x_about": [{"handling": "to be read in the vault"}]}
    granular = {"granular_markings": [{"selectors": ["content"], "marking_ref": _OTHER}]}
    extended = {"extensions": {_EXTENSION: {"extension_type": "property-extension", "some": 1}}}
    unknown: list[tuple[str, str, str, dict[str, Any], str, str]] = [
        ("other-marking", "a marking of another kind", "amber", refs(_OTHER), _OTHER, "/object_marking_refs/0"),
        ("granular", "of one property alone", "clear", granular, _OTHER, "/granular_markings/0/marking_ref"),
        ("pap", "another protocol as a label", "clear", _PAP, "PAP:RED", "/labels/0"),
        ("tlp-unknown", "no level of TLP", "clear", label("tlp:ex:chr"), "tlp:ex:chr", "/labels/1"),
        ("noforn", "a banner", "clear", label("SECRET//NOFORN"), "SECRET//NOFORN", "/labels/1"),
        (
            "vendor",
            "a vendor's list",
            "clear",
            {"x_opencti_granted_refs": ["a"]},
            "x_opencti_granted_refs",
            "/x_opencti_granted_refs",
        ),
        ("deep", "a caveat at some depth", "clear", deep, "handling", "/x_about/0/handling"),
        ("extension", "an extension", "clear", extended, _EXTENSION, f"/extensions/{_EXTENSION}"),
        ("text", "in the words of the object", "clear", {"abstract": "NOFORN"}, "NOFORN", "/abstract"),
    ]
    return [
        *(
            _terms(name, "RELEASE-9", desc, (tlp, onward), borne, (level, rule))
            for name, desc, tlp, onward, borne, level, rule in known
        ),
        *(
            _terms(f"terms-{name}", "RELEASE-18", desc, (tlp, "may"), borne, ("amber+strict", "never"), (what, place))
            for name, desc, tlp, borne, what, place in unknown
        ),
        _terms(
            "terms-red-caveat",
            "RELEASE-18",
            "red is more than amber+strict",
            ("red", "may"),
            _PAP,
            ("red", "never"),
            ("PAP:RED", "/labels/0"),
        ),
        _terms(
            "terms-accepted",
            "RELEASE-17",
            "accepted by its name: named, and as given",
            ("clear", "may"),
            _PAP,
            ("clear", "may"),
            ("PAP:RED", "/labels/0"),
            accepted="PAP:RED",
        ),
        _terms(
            "terms-accepted-other",
            "RELEASE-17",
            "another name accepted",
            ("clear", "may"),
            _PAP,
            ("amber+strict", "never"),
            ("PAP:RED", "/labels/0"),
            accepted="PAP:AMBER",
        ),
    ]


def _terms(
    name: str,
    rule: str,
    desc: str,
    given: tuple[str, str],
    borne: dict[str, Any],
    out: tuple[str, str],
    named: tuple[str, str] | None = None,
    *,
    accepted: str | None = None,
) -> Vector:
    object = {"text": content.dump(json.loads(NOTE) | borne).decode()}
    terms = {"tlp": given[0], "onward": given[1], "accepted": [] if accepted is None else [accepted]}
    not_understood = [] if named is None else [{"name": named[0], "place": named[1]}]
    output = {"tlp": out[0], "onward": out[1], "not_understood": not_understood}
    return good(name, rule, desc, {"read": "terms", **terms, "object": object}, output)
