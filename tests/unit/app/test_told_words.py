"""What was said is told back as its type is read, by its author's word; a place in a position is never told back."""

import json
from typing import Any

import pytest
from hypothesis import given, settings

from comity.app.layout import Word
from comity.app.told_words import told
from comity.model import content
from comity.model.extension import COMITY_TYPES
from unit.test_foreign import TEXTS, steers

AREA = {"type": "Polygon", "coordinates": [[[35.9, 34.9], [36.1, 34.9], [36.1, 35.1], [35.9, 35.1], [35.9, 34.9]]]}

DURING = {"from": "2026-12-01T12:00:00Z", "until": "2026-12-01T14:00:00Z"}
KINDS: dict[str, dict[str, Any]] = {
    "notice": {"state": "planned", "kind": "patrol", "volumes": [{"area": AREA, "floor": "3000 m", **DURING}]},
    "protected-site": {"function": "hospital", "precision": "exact", "area": AREA, "contact": "+963"},
    "position": {"subject": "داعش", "stance": "designates", "basis": "resolution 2249"},
    "objection": {"rule": "overlap", "because": "ab" * 32, "against": "cd" * 32, "by": "ef" * 32, "text": "look"},
}


def lines(kind: str, /, **changed: Any) -> list[str]:
    fields = {
        "type": kind,
        "spec_version": "2.1",
        "id": f"{kind}--00000000-0000-4000-8000-000000000001",
        "created": "2026-11-26T09:00:00.000Z",
        "modified": "2026-11-26T09:00:00.000Z",
        **({"extensions": {COMITY_TYPES[kind]: {"extension_type": "new-sdo"}}} if kind in COMITY_TYPES else {}),
        **KINDS.get(kind, {}),
        **changed,
    }
    raw = json.dumps({name: value for name, value in fields.items() if value is not None}).encode()
    found = told(content.parse(raw), Word("fr"))
    assert {one.code for one in found} <= {"content"}
    return [one.text for one in found]


def test_a_notice_is_told_with_its_times_and_without_how_far_away_they_are() -> None:
    found = lines("notice")
    assert found[:2] == ["where and when fr operates, as it says; state: planned", "kind: “patrol”"]
    assert "times: Tuesday 2026-12-01 12:00Z until 14:00Z; lasts 2 h" in found
    assert lines("notice", revoked=True)[1] == "this version takes the notice back"


def test_a_site_is_told_as_what_its_author_says_must_not_be_harmed() -> None:
    found = lines("protected-site", reverify_by="2027-01-01T00:00:00Z", names=[{"text": "医院", "lang": "zh"}])
    assert found[0] == "fr says that this must not be harmed: hospital; how exactly it is told: exact"
    assert "also named: “医院”" in found
    assert "to be verified again by 2027-01-01 00:00:00Z; protected as before after that" in found
    assert "this version takes the site back" in lines("protected-site", revoked=True)


def test_a_position_is_its_authors_and_no_fact() -> None:
    assert lines("position") == [
        "what fr holds about “داعش”: designates",
        "basis: “resolution 2249”",
        "That is the position of fr, and never a fact.",
    ]
    assert lines("position", revoked=True)[0] == "fr takes back what it held about “داعش”"


@pytest.mark.parametrize("told_in", ["subject", "basis"])
def test_a_place_in_a_position_is_not_told_back(told_in: str) -> None:
    found = " ".join(lines("position", **{told_in: "the depot at 36.2021 N 37.1343 E"}))
    assert "36.2021" not in found
    assert "depot" not in found
    assert "it stands in no list" in found


def test_an_objection_is_told_with_what_it_is_against_and_its_authors_words_as_these() -> None:
    assert lines("objection") == [
        f"fr objects to the statement {'cd' * 32}, by the rule overlap",
        f"because of the statement {'ab' * 32}",
        "fr wrote: “look”",
    ]
    assert lines("objection", revoked=True)[0].startswith("fr takes back its objection to the statement")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_what_its_type_says_is_said_so(kind: str) -> None:
    absent = dict.fromkeys(KINDS[kind])
    assert lines(kind, **absent)[0].startswith("It cannot be read here as what its type says: “/")


def test_of_any_other_object_its_description_its_creator_and_what_is_not_understood_are_told() -> None:
    found = lines(
        "tool",
        name="x",
        description="what it is",
        created_by_ref="identity--00000000-0000-4000-8000-00000000000a",
        granted_refs=["identity--00000000-0000-4000-8000-00000000000b"],
    )
    assert found[0] == "description: “what it is”"
    assert found[1] == "the object names “identity--00000000-0000-4000-8000-00000000000a” as its creator"
    assert found[2].startswith("not understood here: “")
    assert lines("tool", name="x", description=" ") == []


@given(TEXTS, TEXTS)
@settings(max_examples=40, deadline=None)
def test_nothing_that_others_wrote_hides_in_a_line_or_breaks_it(text: str, other: str) -> None:
    one, two = (each.encode("utf-8", "replace").decode() for each in (text, other))
    for shown in lines("tool", name="x", description=one) + lines("notice", x_other=two, kind=two):
        assert steers(shown) == []
        assert shown.isprintable()
