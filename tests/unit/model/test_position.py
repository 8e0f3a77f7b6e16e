"""A position is its author's word about one subject: what can be said of it, and when two subjects are one."""

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.errors import NOT_STIX, RemoteError
from comity.model import content, position
from comity.model.content import parse
from comity.model.position import MAX_BASIS, MAX_SUBJECT, Position, Stance, Subject
from comity.space import instant
from comity.space.instant import Instant
from unit.model.test_content import UUID

AT = instant.parse("2026-11-26T10:00:00Z")
SAID = Position(
    f"position--{UUID}",
    Subject("داعش"),
    Stance.DESIGNATES,
    "resolution 2249 (2015)",
    AT,
    Instant(AT + 5),
    withdrawn=False,
)


def read(**changed: Any) -> Position:
    """The position with other properties; None leaves one out."""
    whole = {**parse(position.write(SAID)).properties, **changed}
    return position.read(parse(content.dump({name: value for name, value in whole.items() if value is not None})))


def refused(**changed: Any) -> tuple[str, str]:
    with pytest.raises(RemoteError) as caught:
        read(**changed)
    return caught.value.code, caught.value.place


@pytest.mark.parametrize("stance", Stance)
@pytest.mark.parametrize("basis", ["Décret n° 2015-1475", "决议", None])
@pytest.mark.parametrize("withdrawn", [False, True])
def test_a_position_is_read_as_it_was_written(stance: Stance, basis: str | None, withdrawn: bool) -> None:
    basis = basis or (SAID.basis if stance is Stance.DESIGNATES else None)
    said = replace(SAID, stance=stance, basis=basis, withdrawn=withdrawn)
    assert position.read(parse(position.write(said))) == said


def test_a_withdrawal_is_a_revoked_version_of_the_same_object() -> None:
    found = parse(position.write(replace(SAID, withdrawn=True)))
    assert (found.id, found.revoked, found.modified) == (SAID.id, True, Instant(AT + 5))


def test_another_object_is_no_position() -> None:
    with pytest.raises(RemoteError) as caught:
        position.read(parse(content.write(f"notice--{UUID}", AT, [], created=AT)))
    assert (caught.value.code, caught.value.place) == (NOT_STIX, "/type")


# -- stance and basis


@pytest.mark.parametrize("stance", ["", "DESIGNATES", "nominates", "designates ", 1, None, ["rejects"]])
def test_a_stance_that_is_none_of_the_six_is_refused(stance: Any) -> None:
    assert refused(stance=stance) == (NOT_STIX, "/stance")


def test_a_designation_without_a_basis_is_none() -> None:
    assert refused(basis=None) == (NOT_STIX, "/basis")
    assert refused(basis=None, revoked=True) == (NOT_STIX, "/basis")


@pytest.mark.parametrize("stance", [one for one in Stance if one is not Stance.DESIGNATES])
def test_every_other_stance_may_stand_without_a_basis(stance: Stance) -> None:
    assert read(stance=stance.value, basis=None).basis is None


@pytest.mark.parametrize("basis", ["", "  ", "a\nb", "\u202eb", "x" * (MAX_BASIS + 1), 2249, ["a"]])
def test_a_basis_of_another_form_is_refused_with_every_stance(basis: Any) -> None:
    assert refused(basis=basis) == (NOT_STIX, "/basis")
    assert refused(basis=basis, stance="silent") == (NOT_STIX, "/basis")


def test_a_basis_is_kept_as_it_was_said_and_not_normalised() -> None:
    assert read(basis="de\u0301cret").basis == "de\u0301cret"


# -- subjects


@pytest.mark.parametrize(
    "name",
    [
        "Daesh",
        "داعش",
        "ИГИЛ",
        "达伊沙",
        "국가",
        "Ἰσλαμικὸν Κράτος",
        "می\u200cخواهم",
        "राष्ट्रपति",
        "ന്\u200d",
        f"identity--{UUID}",
        "x" * MAX_SUBJECT,
    ],
)
def test_a_name_in_any_script_is_a_subject(name: str) -> None:
    assert read(subject=name).subject == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        " Daesh",
        "Daesh ",
        "Islamic  State",
        "Islamic\tState",
        "Islamic\nState",
        "Islamic\u00a0State",
        "Islamic\u3000State",
        "Dae\u200bsh",
        "Dae\u00adsh",
        "\u202ehseaD",
        "Daesh\u200e",
        "\ufeffDaesh",
        "\u200dDaesh",
        "\u200c",
        "Daesh\ue000",
        "Daesh\U0010ffff",
        "Dae\x00sh",
        "x" * (MAX_SUBJECT + 1),
        "e\u0301" * (MAX_SUBJECT // 2 + 1),
        "\ufb2c" * (MAX_SUBJECT // 3 + 1),
        None,
        7,
        ["Daesh"],
    ],
)
def test_a_subject_that_hides_something_is_refused(name: Any) -> None:
    assert refused(subject=name) == (NOT_STIX, "/subject")


@pytest.mark.parametrize(
    ("said", "same"),
    [("Pre\u0301sident", "Pr\u00e9sident"), ("\u1112\u1161\u11ab", "\ud55c"), ("a\u0327\u0301", "\u00e1\u0327")],
)
def test_two_ways_to_write_one_character_are_one_subject(said: str, same: str) -> None:
    """POSITION-7."""
    assert said != same
    assert read(subject=said).subject == read(subject=same).subject


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Daesh", "DAESH"),
        ("Daesh", "Da'esh"),
        ("داعش", "Daesh"),
        ("\ufb01le", "file"),
        ("دا\u0640عش", "داعش"),
        ("Асад", "Acaд"),
        ("ي", "ی"),
        ("Bashar al-Assad", "Bashar al Assad"),
        ("می\u200cخواهم", "میخواهم"),
        ("1", "١"),
    ],
)
def test_what_only_means_or_looks_the_same_is_two_subjects(one: str, other: str) -> None:
    """POSITION-7: nothing is folded: case, compatibility, script, spelling."""
    assert read(subject=one).subject != read(subject=other).subject


@given(st.text(max_size=MAX_SUBJECT + 3))
@settings(max_examples=300)
def test_a_subject_is_in_nfc_and_reading_it_again_changes_nothing(text: str) -> None:
    try:
        found = position.subject(text)
    except ValueError:
        return
    assert unicodedata.is_normalized("NFC", found)
    assert position.subject(found) == found
    apart = unicodedata.normalize("NFD", found)
    assert len(apart) > MAX_SUBJECT or position.subject(apart) == found


def test_many_marks_in_the_wrong_order_are_refused_before_they_cost_anything() -> None:
    """To sort them takes time that grows with the square of their number."""
    with pytest.raises(ValueError, match="300"):
        position.subject("a" + "\u0327\u0301" * 200_000)


SITE = f"protected-site--{UUID}"


@pytest.mark.parametrize("stance", Stance)
@pytest.mark.parametrize(
    "text", ["37SBA 12345 67890", "36.2021, 36.16", "the depot at 36°12'N 36°09'E", "٣٦٫٢٠٢١ ٣٦٫١٦٠٠"]
)
def test_no_position_of_any_stance_is_about_coordinates(stance: Stance, text: str) -> None:
    """POSITION-12."""
    assert position.place_told(text, stance) is not None
    assert not position.listed(replace(SAID, subject=Subject(text), stance=stance))
    assert not_sayable(subject=text, stance=stance.value) == "/subject"


def to_say(**changed: Any) -> content.StixObject:
    return parse(content.dump({**parse(position.write(SAID)).properties, **changed}))


def not_sayable(**changed: Any) -> str:
    with pytest.raises(RemoteError) as caught:
        position.check_sayable(to_say(**changed))
    assert caught.value.code == NOT_STIX
    assert "never about a place" in caught.value.message
    return caught.value.place


@pytest.mark.parametrize("kind", sorted(position.PLACE_TYPES))
@pytest.mark.parametrize("form", ["{}", "see {} there", "@{}", "({})", "STIX:{}"])
@pytest.mark.parametrize(
    "change", [str, str.upper, str.title, lambda one: one.replace("-", "\u2010"), lambda one: one.replace("--", " -- ")]
)
def test_a_designation_names_no_object_that_tells_a_place_in_any_case_and_inside_any_text(
    kind: str, form: str, change: Callable[[str], str]
) -> None:
    """POSITION-13."""
    subject = form.format(change(f"{kind}--{UUID}"))
    assert position.place_told(subject, Stance.DESIGNATES) == f"the id of a {kind}"
    assert not position.listed(replace(SAID, subject=Subject(subject)))
    assert not_sayable(subject=subject) == "/subject"
    for stance in set(Stance) - {Stance.DESIGNATES}:
        assert position.listed(replace(SAID, subject=Subject(subject), stance=stance))
        position.check_sayable(to_say(subject=subject, stance=stance.value))


@pytest.mark.parametrize(
    "kind", ["threat-actor", "identity", "malware", "intrusion-set", "campaign", "relocation", "x-track-record"]
)
def test_the_id_of_somebody_is_a_subject(kind: str) -> None:
    position.check_sayable(to_say(subject=f"{kind}--{UUID}"))
    assert position.listed(replace(SAID, subject=Subject(f"{kind}--{UUID}")))


BESIDE = [
    {"basis": "seen at 36.2021, 36.16"},
    {"basis": f"see {SITE}"},
    {"x_seen": [36.2021, 36.16]},
    {"x_seen": [[36.2021, 36.16, 100]]},
    {"x_seen": {"latitude": 36.2021}},
    {"x_seen": {"deep": [{"lat": 36}]}},
    {"x_seen": "x" * 5000 + " 37SBA 12345 67890"},
    {"x_seen": "x" * 1990 + " 37SBA 12345 67890"},
    {"x_refs": [SITE.upper()]},
    {"created_by_ref": f"location--{UUID}"},
    {f"track--{UUID}": 1},
]


@pytest.mark.parametrize("beside", BESIDE)
def test_a_designation_tells_no_place_beside_its_subject_either(beside: dict[str, Any]) -> None:
    [name] = beside
    if name.startswith("track"):
        beside = {"x_seen": beside}
        name = "x_seen"
    assert not_sayable(**beside) == f"/{name}"
    if name != "basis":
        position.check_sayable(to_say(**beside, stance="protects"))


@pytest.mark.parametrize(
    "basis", ["Décret n° 2015-1475", "UN Security Council resolution 2249 (2015)", "69 FR 61292", "x" * 2000]
)
def test_a_basis_of_numbers_is_no_place(basis: str) -> None:
    position.check_sayable(to_say(basis=basis, x_more={"numbers": [1, 2, 3, 4], "one": 1, "seen": True, "none": None}))
    assert position.listed(replace(SAID, basis=basis))


def test_a_basis_with_a_place_keeps_a_designation_out_of_lists_and_no_other_stance() -> None:
    told = replace(SAID, basis="seen at 37SBA 12345 67890")
    assert not position.listed(told)
    assert position.listed(replace(told, stance=Stance.REJECTS))
    assert position.listed(replace(SAID, basis=None, stance=Stance.SILENT))
