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
    ]
    return [good(name, rule, desc, _shown(written(**given)), plain | out) for name, rule, desc, given, out in made]


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
        ("revoked-text", "RELEASE-10", "revoked as a text", {"revoked": "yes"}),
    ]
    return [bad(name, rule, "not-stix", desc, _shown(written(**changed))) for name, rule, desc, changed in made]


def _gate() -> list[Vector]:
    fr, told = actor("fr"), story()
    red = json.loads(NOTE) | {"object_marking_refs": [_RED]}
    said = fr.says(content.dump(red), "red note", at(2))
    amber = fr.says(written(leaf=said.id.hex(), answer_by=None), "too open", at(2))
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


def _narrowed() -> list[Vector]:
    made: list[tuple[str, str, str, str, list[str], str, str]] = [
        ("terms-unmarked", "no marking: the terms as given", "green", "may", [], "green", "may"),
        (
            "terms-narrowed",
            "a red object released as green is red, and goes no further",
            "green",
            "may",
            [_RED],
            "red",
            "never",
        ),
        ("terms-not-opened", "a green object released as amber stays amber", "amber", "ask", [_GREEN], "amber", "ask"),
        (
            "terms-many",
            "of three markings the most restrictive",
            "clear",
            "must",
            [_GREEN, _AMBER_1, _WHITE_1],
            "amber",
            "must",
        ),
        ("terms-tlp-1", "a TLP 1 marking counts as the level of its name", "clear", "may", [_AMBER_1], "amber", "may"),
        (
            "terms-other-marking",
            "a marking of another kind opens nothing",
            "amber",
            "never",
            [_OTHER],
            "amber",
            "never",
        ),
        ("terms-red-may", "red and may do not go together: never", "red", "may", [], "red", "never"),
    ]
    return [
        good(
            name,
            "RELEASE-9",
            desc,
            {"read": "terms", "tlp": tlp, "onward": onward, "object_marking_refs": refs},
            {"tlp": level, "onward": rule},
        )
        for name, desc, tlp, onward, refs, level, rule in made
    ]
