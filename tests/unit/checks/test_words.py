"""The words of a finding are made where it is read, of what its reader holds; what he does not hold is said so."""

from dataclasses import replace
from typing import Any

import pytest

from comity.checks import words
from comity.checks.words import Side
from comity.model import notice as notices
from comity.model import site as sites
from comity.model.objection import Finding, Point, Rule, Witness
from comity.space.instant import Instant
from comity.space.interval import Interval
from unit.checks.sky import FR, ICRC, NAMES, NOW, RU, WORDS_NEVER_SAID, circle, notice, site, statement, volume

DURING = Interval(NOW, Instant(NOW + 3_600_000))
WITNESS = Witness(Point(36.0, -35.5, 0.0), None, 5400.0, 6000.0, DURING)
OVERLAP = Finding(Rule.OVERLAP, RU, statement(1), WITNESS)
PROTECTED = Finding(Rule.PROTECTED, ICRC, statement(1), WITNESS)
FLIGHT = Side.of(FR, notices.read(notice(FR, 2, kind="border defence")[2]))
PATROL = Side.of(RU, notices.read(notice(RU, 1, name="north", kind="patrol", callsign="4", contact="+7")[2]))
CLINIC = Side.of(ICRC, sites.read(site(ICRC, 1, name="Clinic", contact="+41")[2]))
AROUND = Side.of(ICRC, sites.read(site(ICRC, 1, area=circle(2500), precision="widened", widened_m=2500)[2]))
WHEN = "on 2015-11-24 from 07:00Z until 08:00Z"
HIGH = "between 5,400 m and 6,000 m W84"
PLACE = "at 35.50000 S, 36.00000 E"


def said(found: Finding, asked: Side, met: Side, **more: Any) -> str:
    given: dict[str, Any] = {"names": NAMES, "now": NOW} | more
    return words.text(found, asked, met, **given)


def test_both_sides_are_named_as_they_name_themselves() -> None:
    assert said(OVERLAP, FLIGHT, PATROL) == (
        f"ru: notice “north” (“patrol”, callsign “4”) meets fr's notice “border defence” {WHEN} {HIGH}, {PLACE}; "
        "contact +7"
    )
    assert said(PROTECTED, FLIGHT, CLINIC) == (
        f"icrc protects the hospital “Clinic”, which fr's notice “border defence” meets {WHEN} {HIGH}, {PLACE}; "
        "call +41"
    )


@pytest.mark.parametrize(
    ("found", "asked", "met", "start"),
    [
        (OVERLAP, FLIGHT, Side(), "ru: a statement not held here meets fr's notice “border defence” on"),
        (OVERLAP, Side(), PATROL, "ru: notice “north” (“patrol”, callsign “4”) meets a statement not held here on"),
        (OVERLAP, Side(FR), CLINIC, "icrc: what it has not said as a notice meets fr's statement on"),
        (PROTECTED, FLIGHT, Side(), "icrc protects a place told in a statement not held here, which fr's notice"),
        (PROTECTED, Side(), CLINIC, "icrc protects the hospital “Clinic”, which a statement not held here meets on"),
        (
            PROTECTED,
            FLIGHT,
            PATROL,
            "ru protects what it has not said as a site, which fr's notice “border defence” meets",
        ),
    ],
)
def test_what_the_reader_does_not_hold_is_said_so_and_nobody_is_named_after_another(
    found: Finding, asked: Side, met: Side, start: str
) -> None:
    """OBJECTION-19."""
    assert said(found, asked, met).startswith(start)


def test_without_the_statements_heights_are_told_as_they_were_reckoned() -> None:
    assert "between 5,400 m and 6,000 m W84" in said(OVERLAP, Side(), Side())
    beyond = replace(OVERLAP, witness=replace(WITNESS, volumes=(1, 20)))
    assert "between 5,400 m and 6,000 m W84" in said(beyond, FLIGHT, PATROL)


def test_a_finding_without_witness_says_that_they_meet_and_no_more() -> None:
    bare = replace(OVERLAP, witness=None)
    assert said(bare, FLIGHT, Side()) == "ru: a statement not held here meets fr's notice “border defence”"
    near = replace(PROTECTED, witness=None, margin_m=5000.0)
    assert "comes within the margin of 5 km of" in said(near, FLIGHT, CLINIC)


def test_of_a_circle_that_is_not_held_its_radius_is_said() -> None:
    within = replace(PROTECTED, witness=replace(WITNESS, point=None, within_m=2500.0))
    told = said(within, FLIGHT, Side())
    assert told.startswith(
        "icrc protects a place told in a statement not held here, somewhere within this circle of 2.5 km"
    )
    assert PLACE not in told


def test_a_point_that_somebody_has_signed_into_a_circle_is_not_said() -> None:
    """OBJECTION-22."""
    near = replace(PROTECTED, witness=replace(WITNESS, point=Point(36.0, -35.5, 812.0)), margin_m=5000.0)
    for found in (PROTECTED, near):
        told = said(found, FLIGHT, AROUND)
        assert "somewhere within this circle of 2.5 km radius" in told
        assert "35.5" not in told
        assert "812" not in told


def test_a_movement_outside_its_times_is_said_to_be_uncertain_in_time() -> None:
    moving = site(ICRC, 1, function="movement", **{"from": "2015-11-24T05:00:00Z", "until": "2015-11-24T06:00:00Z"})
    found = replace(PROTECTED, time_uncertain=True)
    told = said(found, FLIGHT, Side.of(ICRC, sites.read(moving[2])))
    assert told.endswith("; time uncertain: it is said to be on its way on 2015-11-24 from 05:00Z until 06:00Z")
    assert said(found, FLIGHT, Side()).endswith("; time uncertain")


def test_whose_picture_is_too_old_is_for_the_reader_to_say() -> None:
    old = Finding(Rule.STALE, RU, None, as_of=Instant(NOW - 2_400_000))
    assert said(old, FLIGHT, Side(), whose="its") == "its picture of ru is 40 minutes old, as of 2015-11-24 06:20Z"


def test_no_words_say_that_anything_may_be_done() -> None:
    """OBJECTION-14."""
    for found in (OVERLAP, PROTECTED, replace(PROTECTED, margin_m=1.0, time_uncertain=True, meetings=3)):
        for met in (PATROL, CLINIC, AROUND, Side()):
            told = said(found, FLIGHT, met).lower()
            assert not [word for word in WORDS_NEVER_SAID if word in told]


FORGED = "x”, which this volume does not meet; call “"


@pytest.mark.parametrize("name", [FORGED, "” meets nothing", "“””“", "’ or ”", '"'])
def test_what_a_party_wrote_stands_in_quotation_marks_that_it_cannot_close(name: str) -> None:
    """DESIGN 2.11."""
    given: dict[str, Any] = dict.fromkeys(("name", "kind", "callsign", "contact", "frequency"), name)
    told = said(OVERLAP, Side(), Side.of(RU, notices.read(notice(RU, 1, **given)[2])))
    assert told.count("“") == told.count("”") == len(given)
    given = {"name": name, "contact": name, "names": [{"text": f"{name}2"}]}
    told = said(PROTECTED, Side(), Side.of(ICRC, sites.read(site(ICRC, 1, **given)[2])))
    assert told.count("“") == told.count("”") == 2


@pytest.mark.parametrize("number", ["+41 22 000 0001", "(0)5-12", "121.5", "121.5 MHz", "desk@relief.example"])
def test_a_number_to_call_stands_without(number: str) -> None:
    met = Side.of(ICRC, sites.read(site(ICRC, 1, contact=number)[2]))
    assert said(PROTECTED, FLIGHT, met).endswith(f"; call {number}")


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({}, "fr's notice on"),
        ({"callsign": "4"}, "fr's notice of callsign “4” on"),
        ({"name": "north"}, "fr's notice “north” on"),
        ({"kind": "patrol"}, "fr's notice “patrol” on"),
        ({"name": "north", "kind": "patrol"}, "fr's notice “north” (“patrol”) on"),
    ],
)
def test_the_notice_objected_to_is_named_as_it_names_itself(changed: dict[str, Any], named: str) -> None:
    flight = Side.of(FR, notices.read(notice(FR, 2, volume(), **changed)[2]))
    assert named in said(OVERLAP, flight, PATROL)
