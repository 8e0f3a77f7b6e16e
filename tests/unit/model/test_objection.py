"""An objection says what was found against which statement, and of what; it can say nothing else."""

from dataclasses import replace
from math import inf
from typing import Any

import pytest

from comity.errors import NOT_STIX, RemoteError
from comity.model import content, objection
from comity.model.content import parse
from comity.model.fingerprint import Fingerprint
from comity.model.objection import Finding, Objection, Point, Rule, Witness
from comity.proof.envelope import StatementId
from comity.space import instant
from comity.space.instant import Instant
from comity.space.interval import ALWAYS, Interval
from unit.model.test_content import UUID

AT = instant.parse("2026-11-26T10:00:00Z")
PLACE = Point(36.25, 35.9, 0.0)
WITNESS = Witness(PLACE, None, 5400.0, 6000.0, Interval(AT, Instant(AT + 60_000)), (2, 3))
FINDING = Finding(Rule.OVERLAP, Fingerprint("ab" * 32), StatementId(bytes([1]) * 32), WITNESS)
SAID = Objection(f"objection--{UUID}", StatementId(bytes([2]) * 32), FINDING, withdrawn=False)
STALE = replace(SAID, finding=Finding(Rule.STALE, FINDING.by, None, as_of=AT))
SITE = replace(FINDING, rule=Rule.PROTECTED, time_uncertain=True, meetings=400, margin_m=1500.5)


def written(said: Objection = SAID, **changed: Any) -> content.StixObject:
    whole = {**parse(objection.write(said, AT, created=AT)).properties, **changed}
    return parse(content.dump({name: value for name, value in whole.items() if value is not None}))


def refused(said: Objection = SAID, **changed: Any) -> str:
    with pytest.raises(RemoteError) as caught:
        objection.read(written(said, **changed))
    assert caught.value.code == NOT_STIX
    return caught.value.place


@pytest.mark.parametrize(
    "said",
    [
        SAID,
        STALE,
        replace(SAID, withdrawn=True),
        replace(SAID, finding=SITE),
        replace(SAID, finding=replace(FINDING, witness=replace(WITNESS, point=None, within_m=2500.0))),
        replace(SAID, finding=replace(FINDING, witness=None)),
        replace(SAID, text="by hand"),
    ],
)
def test_an_objection_is_read_as_it_was_written(said: Objection) -> None:
    assert objection.read(written(said)) == said


def test_a_withdrawal_is_a_later_version_that_is_revoked() -> None:
    found = parse(objection.write(replace(SAID, withdrawn=True), Instant(AT + 1), created=AT))
    assert (found.id, found.revoked, found.modified) == (SAID.id, True, AT + 1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rule", None),
        ("rule", "clear"),
        ("because", None),
        ("because", "00"),
        ("against", None),
        ("against", f"notice--{UUID}"),
        ("by", None),
        ("by", "ru"),
        ("text", ""),
        ("text", "a\nb"),
        ("text", "x" * 2001),
        ("witness", []),
        ("witness", "here"),
        ("meetings", 0),
        ("meetings", 401),
        ("meetings", True),
        ("meetings", 1.0),
        ("margin_m", -1),
        ("margin_m", 1e6 + 1),
        ("margin_m", "5 km"),
        ("time_uncertain", False),
        ("time_uncertain", True),
        ("time_uncertain", "yes"),
        ("as_of", "2026-11-26T10:00:00Z"),
    ],
)
def test_an_objection_that_cannot_be_read_is_refused_at_its_place(name: str, value: Any) -> None:
    assert refused(**{name: value}) == f"/{name}"


def test_an_objection_of_ours_has_no_words() -> None:
    """OBJECTION-19."""
    assert "text" not in written().properties


def test_how_new_a_picture_is_stands_with_that_rule_alone_and_must() -> None:
    assert refused(STALE, as_of=None) == "/as_of"
    assert refused(STALE, as_of="noon") == "/as_of"
    assert refused(STALE, time_uncertain=True) == "/time_uncertain"


def test_only_a_picture_that_is_too_old_stands_without_a_statement() -> None:
    assert refused(STALE, rule="protected", as_of=None) == "/because"
    assert objection.read(written(STALE)).finding.because is None


TOLD = objection.write_witness(WITNESS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lon", None),
        ("lon", 180.1),
        ("lat", -90.1),
        ("lat", "35.9"),
        ("gap_m", None),
        ("gap_m", -0.1),
        ("gap_m", 1e6 + 1),
        ("lowest_m", -1e7),
        ("volumes", None),
        ("volumes", [1]),
        ("volumes", [1, 21]),
        ("volumes", [0, 1]),
        ("volumes", [True, 1]),
        ("volumes", "1,1"),
        ("within_m", 2500),
        ("gap_m", True),
        ("lowest_m", 10**400),
        ("highest_m", 5399.9),
        ("from", "noon"),
        ("until", "2026-11-26T09:59:59Z"),
        ("until", 5),
    ],
)
def test_a_witness_that_cannot_be_read_is_refused_at_its_place(name: str, value: Any) -> None:
    given = {key: item for key, item in (TOLD | {name: value}).items() if item is not None}
    with pytest.raises(RemoteError) as caught:
        objection.read_witness(given)
    place = "lon" if name == "within_m" else name
    assert (caught.value.code, caught.value.place) == (NOT_STIX, f"/witness/{place}")


@pytest.mark.parametrize("told", ["lon", "lat", "gap_m"])
def test_somewhere_within_a_circle_there_is_no_point_to_tell(told: str) -> None:
    """OBJECTION-22."""
    with pytest.raises(RemoteError) as caught:
        objection.read_witness({"volumes": [1, 1], "within_m": 2500, told: 0})
    assert caught.value.place == f"/witness/{told}"


@pytest.mark.parametrize("bad", [float("nan"), inf])
def test_a_witness_is_no_place_without_numbers(bad: float) -> None:
    for name in ("lon", "lat", "gap_m", "lowest_m"):
        with pytest.raises(RemoteError):
            objection.read_witness(TOLD | {name: bad})


def test_what_has_no_limit_is_left_out_and_comes_back_so() -> None:
    always = Witness(Point(36.25, 35.9, 12.5), None, -inf, inf, ALWAYS)
    told = objection.write_witness(always)
    assert told == {"volumes": [1, 1], "lon": 36.25, "lat": 35.9, "gap_m": 12.5}
    assert objection.read_witness(told) == always


def test_a_witness_is_told_to_centimetres_and_a_gap_is_never_told_as_none() -> None:
    told = objection.write_witness(replace(WITNESS, point=Point(36.123456789, 35.9, 0.0001), lowest_m=1.23456))
    assert (told["lon"], told["gap_m"], told["lowest_m"]) == (36.1234568, 0.01, 1.23)
