"""Where a conflict is: in the asker's own area, of what is told exactly; of a circle nothing but that it lies within."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from comity.checks import overlap, protected
from comity.checks.found import Found
from comity.model import objection
from comity.model.objection import Point
from comity.record.airspace import Airspace, Said, Subject
from comity.space import geodesic
from comity.space.meeting import meet
from unit.checks.sky import FR, ICRC, NOW, RU, circle, notice, picture, point, site, subject, volume, words_of

HALF = 0.05


def square(lon: float, lat: float, half: float = HALF) -> dict[str, Any]:
    west, east = max(-180.0, lon - half), min(180.0, lon + half)
    ring = [[west, lat - half], [east, lat - half], [east, lat + half], [west, lat + half], [west, lat - half]]
    return {"type": "Polygon", "coordinates": [ring]}


def place_of(found: Found) -> Point:
    witness = found.finding.witness
    assert witness is not None
    assert witness.point is not None
    return witness.point


def lies_in(at: Point, asked: Subject) -> bool:
    around = subject(volume(circle(0.5, at.lon, at.lat))).volumes[0]
    return any(meet(around.area, each.area) is not None for each in asked.volumes)


# -- what is told exactly

spots = st.sampled_from([(36.0, 36.0), (-70.0, -33.4), (179.95, 10.0), (-179.98, -10.0), (20.0, 69.0)])
steps = st.floats(-0.12, 0.12)
shapes = st.sampled_from(["square", "circle", "point"])


def shape(kind: str, at: tuple[float, float], size: float) -> dict[str, Any]:
    lon, lat = (at[0] + 540) % 360 - 180, at[1]
    if kind == "square":
        return square(lon, lat, size / 111_000)
    return circle(size, lon, lat) if kind == "circle" else point(lon, lat)


@settings(deadline=None, max_examples=150)
@given(
    spots,
    shapes,
    shapes,
    steps,
    steps,
    st.floats(50, 8000),
    st.floats(50, 8000),
    st.sampled_from([0.0, 2000.0, 20_000.0]),
)
def test_the_place_lies_in_the_askers_own_area_however_near_the_two_are(
    spot: Any, ours: str, theirs: str, east: float, north: float, size: float, other: float, margin_m: float
) -> None:
    """OBJECTION-21."""
    asked = subject(volume(shape(ours, spot, size)))
    known = picture(site(ICRC, 1, area=shape(theirs, (spot[0] + east, spot[1] + north), other)))
    for found in protected.find(asked, known, now=NOW, margin_m=margin_m):
        at = place_of(found)
        assert lies_in(at, asked)
        assert (at.gap_m > 0) is (found.finding.margin_m is not None)
        assert at.gap_m <= margin_m + 2


@settings(deadline=None, max_examples=100)
@given(spots, steps, steps, st.floats(0, 4000), st.floats(0, 4000))
def test_what_is_near_by_a_margin_is_told_from_the_nearest_point_of_the_asker(
    spot: Any, east: float, north: float, ours: float, theirs: float
) -> None:
    """Of two circles it lies on the way from centre to centre; how far it is, is true to a metre or a thousandth."""
    lon = (spot[0] + east + 540) % 360 - 180
    p, q = spot, (lon, spot[1] + north)
    apart = geodesic.distance(p, q) - ours - theirs
    assume(apart > 1)
    known = picture(notice(RU, 1, volume(circle(theirs, *q))))
    [found] = overlap.find(subject(volume(circle(ours, *p))), known, now=NOW, margin_m=50_000.0)
    at = place_of(found)
    assert at.gap_m == pytest.approx(apart, abs=1.0)
    assert geodesic.distance(p, (at.lon, at.lat)) == pytest.approx(ours, abs=0.1)
    assert geodesic.distance(q, (at.lon, at.lat)) == pytest.approx(apart + theirs, abs=1.0)


@pytest.mark.parametrize(
    ("east", "north", "gap_m"), [(0.2, 0.0, 9_007), (0.0, 0.2, 11_097), (0.2, 0.2, 14_292), (-0.2, 0.0, 9_007)]
)
def test_of_outlines_the_nearest_corner_or_edge_is_told(east: float, north: float, gap_m: float) -> None:
    known = picture(notice(RU, 1, volume(square(36.0 + east, 36.0 + north))))
    [found] = overlap.find(subject(volume(square(36.0, 36.0))), known, now=NOW, margin_m=100_000.0)
    at = place_of(found)
    assert at.gap_m == pytest.approx(gap_m, rel=0.002)
    if east:
        assert at.lon == pytest.approx(36.0 + (HALF if east > 0 else -HALF), abs=1e-4)
    if north:
        assert at.lat == pytest.approx(36.0 + HALF, abs=1e-4)


def test_of_a_circle_that_is_told_exactly_no_centre_outside_the_askers_area_is_told() -> None:
    known, asked = picture(site(ICRC, 1, area=circle(9000, 36.12, 36.0))), subject(volume(square(36.0, 36.0)))
    [found] = protected.find(asked, known, now=NOW)
    assert lies_in(place_of(found), asked)


# -- what is told as a circle


def told(found: Found, asked: Subject) -> str:
    """All that is told of a finding, in words and as JSON."""
    return words_of(found, asked) + json.dumps(objection.write_finding(found.finding))


@settings(deadline=None, max_examples=150)
@given(
    spots,
    shapes,
    steps,
    steps,
    st.floats(50, 8000),
    st.floats(500, 20_000),
    st.sampled_from(["widened", "call"]),
    st.sampled_from([0.0, 5000.0, 50_000.0]),
)
def test_of_a_circle_neither_centre_nor_distance_is_told_whatever_is_asked(
    spot: Any, kind: str, east: float, north: float, size: float, radius_m: float, precision: str, margin_m: float
) -> None:
    """OBJECTION-22."""
    lon, lat = (spot[0] + east + 540) % 360 - 180, spot[1] + north
    asked = subject(volume(shape(kind, spot, size)))
    [found] = protected.find(asked, around(lon, lat, radius_m, precision), now=NOW, margin_m=margin_m) or [None]
    if found is None:
        return
    witness = objection.write_finding(found.finding)["witness"]
    assert set(witness) <= {"volumes", "within_m", "from", "until", "lowest_m", "highest_m"}
    assert witness["within_m"] == radius_m
    text = words_of(found, asked)
    assert "somewhere within this circle of" in text
    assert " N, " not in text
    assert " S, " not in text
    assert ("the margin of" in text) is (found.finding.margin_m is not None)


def around(lon: float, lat: float, radius_m: float, precision: str = "widened") -> Airspace:
    more = {"function": "undisclosed", "contact": "+41"} if precision == "call" else {}
    return picture(site(ICRC, 1, area=circle(radius_m, lon, lat), precision=precision, widened_m=radius_m, **more))


@settings(deadline=None, max_examples=80)
@given(spots, shapes, st.floats(50, 8000), steps, steps, st.sampled_from([0.0, 50_000.0]))
def test_two_circles_of_one_size_that_are_met_alike_are_told_alike(
    spot: Any, kind: str, size: float, east: float, north: float, margin_m: float
) -> None:
    """So nothing of where the circle lies is told, and nothing that lies in it."""
    asked = subject(volume(shape(kind, spot, size)))
    known = [around(spot[0], spot[1], 20_000.0), around((spot[0] + east + 540) % 360 - 180, spot[1] + north, 20_000.0)]
    found = [protected.find(asked, each, now=NOW, margin_m=margin_m) for each in known]
    assume(all(found))
    first, second = (each[0] for each in found)
    assume(first.finding.margin_m == second.finding.margin_m)
    assert told(first, asked) == told(second, asked)


# -- which of several meetings, and movements


def moving(number: int = 1, **changed: Any) -> Said:
    times = {"from": "2015-11-24T07:30:00Z", "until": "2015-11-24T08:00:00Z"}
    return site(ICRC, number, function="movement", **(times | changed))


@pytest.mark.parametrize(
    ("start", "until", "uncertain"),
    [
        ("07:00", "08:00", False),
        ("07:00", "07:30", True),
        ("07:00", "07:31", False),
        ("08:00", "09:00", True),
        ("07:30", "07:30", False),
    ],
)
def test_a_movement_objects_at_any_time_and_outside_its_own_is_marked(start: str, until: str, uncertain: bool) -> None:
    """OBJECTION-25."""
    asked = subject(volume(start=start, until=until))
    [found] = protected.find(asked, picture(moving()), now=NOW)
    assert found.finding.time_uncertain is uncertain
    assert ("time uncertain" in words_of(found, asked)) is uncertain


def test_a_meeting_within_the_times_of_a_movement_is_told_before_an_earlier_one_outside() -> None:
    asked = subject(volume(start="05:00", until="06:00"), volume(start="07:40", until="07:50"))
    [found] = protected.find(asked, picture(moving()), now=NOW)
    assert (found.finding.time_uncertain, found.finding.meetings) == (False, 2)
    assert found.finding.witness is not None
    assert found.finding.witness.volumes == (2, 1)


def test_which_volumes_meet_is_told_as_they_are_counted_in_their_own_statements() -> None:
    """Also where those before are over, or lie elsewhere."""
    elsewhere = volume(point(0, 0))
    known = picture(notice(RU, 1, volume(start="05:00", until="06:00"), volume(point(10, 10)), volume()))
    [found] = overlap.find(subject(elsewhere, volume()), known, now=NOW)
    assert found.finding.witness is not None
    assert found.finding.witness.volumes == (2, 3)


# -- serving


def serving(*ids: str, by: Any = FR) -> Subject:
    return replace(subject(by=by), serves=ids)


def test_a_site_that_the_notice_serves_does_not_object_if_it_is_its_partys_own() -> None:
    """OBJECTION-24."""
    own, other = site(FR, 1), site(FR, 2)
    id = own[2].id
    assert [each.finding.because for each in protected.find(serving(id), picture(own, other), now=NOW)] == [other[1]]
    assert len(protected.find(serving(), picture(own, other), now=NOW)) == 2


def test_a_movement_that_is_escorted_does_not_object_to_its_escort() -> None:
    escorted = moving()
    mine = (FR, *escorted[1:])
    assert protected.find(serving(mine[2].id), picture(mine), now=NOW) == ()


@pytest.mark.parametrize("by", [RU, ICRC])
def test_naming_another_partys_site_changes_nothing(by: Any) -> None:
    """A forged `serves`; also where the other party uses the id of a site of our own."""
    ours, theirs = site(FR, 1), (by, *site(by, 1)[1:])
    found = protected.find(serving(ours[2].id), picture(theirs), now=NOW)
    assert [each.finding.by for each in found] == [by]


def test_a_notice_that_is_served_still_objects() -> None:
    """Only sites of the own party are left out: notices are no places to be served."""
    known = notice(RU, 1)
    assert len(overlap.find(serving(known[2].id), picture(known), now=NOW)) == 1


def test_between_long_edges_far_in_the_north_the_nearest_place_is_found_and_not_only_a_near_one() -> None:
    """Edges that are straight in longitude and latitude stray far from straight there."""
    asked, known = subject(volume(square(10.0, 75.0, 4.0))), picture(notice(RU, 1, volume(square(18.19, 74.434, 4.0))))
    [found] = overlap.find(asked, known, now=NOW, margin_m=400_000.0)
    at = place_of(found)
    assert lies_in(at, asked)
    # The two edges are parallel meridians: nearest at the northern end of what they share, 78.434 degrees.
    assert at.gap_m == pytest.approx(geodesic.distance((14.0, 78.434), (14.19, 78.434)), rel=0.002)
