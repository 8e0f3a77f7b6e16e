"""Boxes in whole numbers hold all of a volume: rounded outwards, over the antimeridian, at the poles, without limits."""

from collections import Counter
from math import inf

import pytest

from comity.errors import BAD_ARGUMENT, TOO_LARGE, LocalError, RemoteError
from comity.space import instant
from comity.space.altitude import Altitude, Band, Reference, Unit, parse_band
from comity.space.area import Area, Part, area, circle, parse, polygon
from comity.space.geodesic import on_the_way
from comity.space.index_box import LEAST, MOST, IndexBox, boxes, minute
from comity.space.instant import Instant
from comity.space.interval import Interval
from comity.space.volume import MAX_MARGIN_M, Volume, intersects
from oracle.pairs import Case, Dice, case
from oracle.slow import DEGREE, Shape, Shapes

DEGREE_7 = 10_000_000
# How far a box reaches beyond a point: a metre of slack, in 1e-7 degrees of latitude.
SLACK = 92


def box(found: Area, margin_m: float = 0.0) -> IndexBox:
    [only] = boxes(Volume(found), margin_m)
    return only


def point(lon: float, lat: float, radius_m: float = 0.0) -> Area:
    return area(circle(lon, lat, radius_m))


# -- on the ground


def test_a_box_is_a_little_larger_than_its_outline_on_every_side() -> None:
    found = box(area(polygon([[(36.1, 35.9), (36.4, 35.9), (36.4, 36.1), (36.1, 35.9)]])))
    assert 0 < 359_000_000 - found.south < SLACK
    assert 0 < found.north - 361_000_000 < SLACK
    assert 0 < 361_000_000 - found.west < SLACK * 1.3
    assert 0 < found.east - 364_000_000 < SLACK * 1.3


@pytest.mark.parametrize("lat", [0.0, 36.0, -75.0, 89.0])
def test_a_box_of_a_circle_reaches_its_rim_in_all_directions(lat: float) -> None:
    found = box(point(10, lat, 50_000))
    for towards in [(10 + k * 7.3, -lat / 2 + k) for k in range(-24, 24)]:
        lon, north = on_the_way((10, lat), towards, 50_000)
        assert found.west <= lon * DEGREE_7 <= found.east
        assert found.south <= north * DEGREE_7 <= found.north


def test_a_box_of_a_circle_is_not_much_larger_than_the_circle() -> None:
    found = box(point(36, 36, 5000))
    assert (found.north - found.south) / DEGREE_7 * 110_958 < 2 * 5000 * 1.01
    assert (found.east - found.west) / DEGREE_7 * 90_164 < 2 * 5000 * 1.02


def test_a_margin_grows_a_box_as_a_radius_does() -> None:
    assert box(point(36, 36), 5000) == box(point(36, 36, 5000))
    assert box(point(36, 36, 2000), 3000) == box(point(36, 36, 5000))


@pytest.mark.parametrize("margin_m", [-1.0, inf, float("nan"), MAX_MARGIN_M + 1])
def test_a_margin_that_is_none_is_refused(margin_m: float) -> None:
    with pytest.raises(LocalError) as caught:
        boxes(Volume(point(0, 0)), margin_m)
    assert caught.value.code == BAD_ARGUMENT


# -- seams


@pytest.mark.parametrize("lon", [180.0, -180.0, 179.99, -179.99])
def test_what_reaches_over_the_antimeridian_has_a_box_on_either_side(lon: float) -> None:
    west, east = sorted(boxes(Volume(point(lon, 10, 5000))), key=lambda each: -each.west)
    assert (west.east, east.west) == (180 * DEGREE_7, -180 * DEGREE_7)
    assert west.west > 179 * DEGREE_7
    assert east.east < -179 * DEGREE_7
    assert west[2:] == east[2:]


def test_what_is_cut_at_the_antimeridian_has_two_narrow_boxes_and_not_one_round_the_earth() -> None:
    parts = [[[[179, 1], [180, 1], [180, 2], [179, 1]]], [[[-180, 1], [-179, 1], [-180, 2], [-180, 1]]]]
    found = boxes(Volume(parse({"type": "MultiPolygon", "coordinates": parts})))
    assert len(found) == 2
    assert sum(each.east - each.west for each in found) < 2.001 * DEGREE_7


@pytest.mark.parametrize("side", [1, -1])
def test_what_reaches_a_pole_goes_all_the_way_round(side: int) -> None:
    for at in (point(12, side * 90), point(12, side * 89.99, 5000), point(12, side * 89.999_999)):
        found = box(at)
        assert (found.west, found.east) == (-180 * DEGREE_7, 180 * DEGREE_7)
        assert (found.north if side > 0 else -found.south) == 90 * DEGREE_7


def test_close_to_a_pole_a_wide_box_goes_round_before_it_reaches_it() -> None:
    found = box(point(12, 89.0, 110_000))
    assert (found.west, found.east) == (-180 * DEGREE_7, 180 * DEGREE_7)
    assert found.north < 90 * DEGREE_7


def test_parts_far_apart_have_the_shortest_arc_that_holds_them() -> None:
    both = boxes(Volume(area(circle(-170, 0), circle(170, 5))))
    assert sum(each.east - each.west for each in both) < 20.001 * DEGREE_7
    assert box(area(circle(-10, 0), circle(0, 0), circle(10, 5))).east < 10.001 * DEGREE_7


def test_a_part_over_the_antimeridian_is_not_cut_short_by_another_on_its_far_side() -> None:
    found = boxes(Volume(area(circle(179.5, 0, 500_000), circle(-179.9, 0), circle(170.0, 0))))
    assert [each for each in found if each.west <= -176 * DEGREE_7 <= each.east]
    assert [each for each in found if each.west <= 170 * DEGREE_7 <= each.east]


def test_parts_all_the_way_round_have_one_box_all_the_way_round() -> None:
    ring = [circle(lon, 0, 3_000_000) for lon in range(-180, 180, 40)]
    assert box(area(*ring))[:2] == (-180 * DEGREE_7, 180 * DEGREE_7)
    world = [(-180, -10), (0, -10), (180, -10), (180, 10), (0, 10), (-180, 10), (-180, -10)]
    assert box(area(polygon([world])))[:2] == (-180 * DEGREE_7, 180 * DEGREE_7)


def test_the_largest_circle_has_a_box() -> None:
    assert len(boxes(Volume(point(0, 0, 5_000_000)), MAX_MARGIN_M)) == 1
    assert all(LEAST < each < MOST for each in box(point(0, 0, 5_000_000))[:4])


# -- times


def during(start: str | None, end: str | None) -> tuple[int, int]:
    times = [None if text is None else instant.parse(text) for text in (start, end)]
    [found] = boxes(Volume(point(0, 0), during=Interval(*times)))
    return found.first, found.last


def test_times_are_minutes_rounded_outwards() -> None:
    assert during("1970-01-01T00:01:59.999Z", "1970-01-01T00:02:00.001Z") == (1, 3)
    assert during("1970-01-01T00:02:00Z", "1970-01-01T00:02:00Z") == (2, 2)


def test_times_after_2038_count_on() -> None:
    assert during("2038-01-19T03:14:08Z", "2106-02-07T06:28:16Z") == (35_791_394, 71_582_789)


def test_a_time_without_limit_is_the_extreme() -> None:
    assert during(None, None) == (LEAST, MOST)
    assert during(None, "1970-01-01T00:00:00Z") == (LEAST, 0)


@pytest.mark.parametrize(
    ("text", "up"),
    [("6053-01-23T02:07:00Z", False), ("6053-01-23T02:06:00.001Z", True), ("9999-12-31T23:59:59Z", True)],
)
def test_a_time_that_does_not_fit_is_refused(text: str, up: bool) -> None:
    with pytest.raises(RemoteError) as caught:
        minute(instant.parse(text), up=up, place="/until")
    assert (caught.value.code, caught.value.place) == (TOO_LARGE, "/until")


def test_the_last_minute_that_fits_is_none_of_the_extremes() -> None:
    assert minute(instant.parse("6053-01-23T02:06:00Z"), up=True) == MOST - 1
    with pytest.raises(RemoteError):
        during("6053-01-23T02:06:59Z", "6053-01-23T02:06:59Z")


# -- altitudes


def test_altitudes_are_decimetres_rounded_outwards_and_widened() -> None:
    band = parse_band("1000 m W84", "2000 m MSL")
    [found] = boxes(Volume(point(0, 0), band))
    assert (found.lowest, found.highest) == (9_999, 20_901)
    [found] = boxes(Volume(point(0, 0), parse_band("1000 m", "2000 m")))
    assert (found.lowest, found.highest) == (8_899, 20_901)


def test_an_altitude_without_limit_is_the_extreme() -> None:
    assert box(point(0, 0))[6:] == (LEAST, MOST)


def test_the_highest_and_the_lowest_altitude_fit() -> None:
    ends = [Altitude(value, Unit.M, Reference.AGL) for value in (-8_000.0, 100_000.0)]
    [found] = boxes(Volume(point(0, 0), Band(*ends)))
    assert LEAST < found.lowest < found.highest < MOST


def test_bands_that_touch_by_less_than_a_centimetre_have_boxes_that_meet() -> None:
    for reference in ("W84", "MSL", "AGL"):
        low = Volume(point(0, 0), parse_band(None, f"1000.091 m {reference}"))
        high = Volume(point(0, 0), parse_band(f"1000.1 m {reference}", None))
        assert intersects(low, high)
        assert boxes(low)[0].meets(boxes(high)[0])


# -- the law


def area_of(shapes: Shapes) -> Area:
    return area(*map(part_of, shapes))


def part_of(shape: Shape) -> Part:
    if shape.rings:
        return polygon([[(lon / DEGREE, lat / DEGREE) for lon, lat in ring] for ring in shape.rings])
    return circle(shape.centre[0] / DEGREE, shape.centre[1] / DEGREE, shape.radius)


def volumes(pair: Case) -> tuple[Volume, Volume]:
    bands = [Band(*(Altitude(float(m), Unit.M, Reference.W84) for m in span)) for span in pair.bands]
    times = [Interval(*map(Instant, span)) for span in pair.intervals]
    return Volume(area_of(pair.a), bands[0], times[0]), Volume(area_of(pair.b), bands[1], times[1])


def near(a: Volume, b: Volume, margin_m: float) -> bool:
    """As an index asks: the margin is looked for around one of the two alone."""
    return any(ours.meets(theirs) for ours in boxes(a, margin_m) for theirs in boxes(b))


@pytest.mark.parametrize("seed", range(3))
def test_whatever_meets_has_boxes_that_meet_whichever_is_asked_about(seed: int) -> None:
    dice, counts = Dice(1000 + seed), Counter[str]()
    for _ in range(1_000):
        pair = case(dice)
        a, b = volumes(pair)
        for one, other in ((a, b), (Volume(a.area), Volume(b.area))):
            meet = intersects(one, other, pair.margin) is not None
            boxed = near(one, other, pair.margin)
            assert boxed == near(other, one, pair.margin) or not meet
            assert boxed or not meet, pair
            counts["meet" if meet else "boxed" if boxed else "apart"] += 1
    # Boxes that said yes to everything would pass, and be of no use.
    assert counts["meet"] > 400
    assert counts["apart"] > 150


@pytest.mark.parametrize(("radius_m", "margin_m"), [(1_000_000, 0), (5_000_000, 0), (4_000_000, 1_000_000)])
def test_large_circles_that_may_be_found_to_meet_have_boxes_that_meet(radius_m: float, margin_m: float) -> None:
    """Where chords are long, a meeting is found some kilometres too early; the boxes' slack must be longer."""
    reach, found = radius_m + margin_m, 0
    for share in (k / 20_000 for k in range(-20, 100)):
        # To the east along the equator, and over the equator to the north, where the Earth is bent most.
        lon, half = reach / 111_319.5 * (1 + share), reach / 110_600 / 2
        lat = half * (1 + share)
        east, north = (
            [(lon, -1), (lon + 1, -1), (lon + 1, 1), (lon, 1)],
            [(-1, lat), (1, lat), (1, lat + 1), (-1, lat + 1)],
        )
        for start, ring in ((point(0, 0, radius_m), east), (point(0, -half, radius_m), north)):
            a, b = Volume(start), Volume(area(polygon([[*ring, ring[0]]])))
            if intersects(a, b, margin_m):
                found += 1
                assert near(a, b, margin_m)
                assert near(b, a, margin_m)
    assert 20 < found < 200
