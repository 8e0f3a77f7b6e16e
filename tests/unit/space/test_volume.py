"""Two volumes meet where their areas, altitudes and times all do: over seams, at poles, at any size, and not elsewhere."""

import math
from itertools import pairwise
from time import process_time

import pytest

from comity.errors import BAD_ARGUMENT, LocalError
from comity.space import altitude, area, geodesic, interval
from comity.space.area import Area
from comity.space.instant import Instant
from comity.space.interval import Interval
from comity.space.volume import MAX_MARGIN_M, Volume, Witness, intersects

DAY = ("2015-11-24T06:00:00Z", "2015-11-24T18:00:00Z")


def box(west: float, south: float, east: float, north: float) -> Area:
    return area.area(box_part(west, south, east, north))


def box_part(west: float, south: float, east: float, north: float) -> area.Polygon:
    return area.polygon([[(west, south), (east, south), (east, north), (west, north), (west, south)]])


def circle(lon: float, lat: float, radius_m: float = 0.0) -> Area:
    return area.area(area.circle(lon, lat, radius_m))


def cap(lat: float) -> Area:
    """All that is nearer to a pole than a latitude."""
    pole = math.copysign(90.0, lat)
    return area.area(area.polygon([[(-180, lat), (0, lat), (180, lat), (180, pole), (-180, pole), (-180, lat)]]))


def meet(a: Area, b: Area, margin_m: float = 0.0) -> Witness | None:
    """The witness, which must be the same whichever area is named first."""
    found = intersects(Volume(a), Volume(b), margin_m)
    assert found == intersects(Volume(b), Volume(a), margin_m)
    return found


def witness(a: Volume, b: Volume) -> Witness:
    found = intersects(a, b)
    assert found is not None
    return found


# -- areas

FIJI = area.area(box_part(179, -17, 180, -16), box_part(-180, -17, -179, -16))
RING = area.area(
    area.polygon(
        [
            [(36, 35), (37, 35), (37, 36), (36, 36), (36, 35)],
            [(36.2, 35.2), (36.8, 35.2), (36.8, 35.8), (36.2, 35.8), (36.2, 35.2)],
        ]
    )
)

MEETING: list[tuple[str, Area, Area]] = [
    ("an area and itself", box(36, 35, 37, 36), box(36, 35, 37, 36)),
    ("one inside the other", box(36, 35, 37, 36), box(36.4, 35.4, 36.5, 35.5)),
    ("a common edge", box(36, 35, 37, 36), box(37, 35, 38, 36)),
    ("a common corner", box(36, 35, 37, 36), box(37, 36, 38, 37)),
    ("a corner on an edge, in decimals that no float has", box(0.1, 0.1, 0.3, 0.3), box(0.3, 0.2, 0.4, 0.7)),
    ("a point on an edge", box(36, 35, 37, 36), circle(36.1, 35)),
    ("a point inside", box(36, 35, 37, 36), circle(36.5, 35.5)),
    ("two points that are one", circle(36, 35), circle(36, 35)),
    ("the inside of a hole's rim", RING, box(36.3, 35.3, 36.8, 35.4)),
    ("a circle in a hole that reaches its rim", RING, circle(36.5, 35.5, 27_300)),
    ("a circle that holds an area", box(36, 35, 36.01, 35.01), circle(36.3, 35.3, 60_000)),
    ("a circle in an area", box(36, 35, 37, 36), circle(36.5, 35.5, 10)),
    ("a site in an area over the antimeridian, east", FIJI, circle(179.9, -16.5)),
    ("the same, west", FIJI, circle(-179.9, -16.5)),
    ("a point at 180 and one at -180", circle(180, 10), circle(-180, 10)),
    ("an edge at 180 and one at -180", box(179, 10, 180, 11), box(-180, 11, -179, 12)),
    ("a point at -180 on an edge at 180", box(179, 10, 180, 11), circle(-180, 10.5)),
    ("circles over the antimeridian", circle(179.9, 0, 12_000), circle(-179.9, 0, 12_000)),
    ("a circle over the antimeridian and an area", circle(179.9, 0, 12_000), box(-180, -1, -179.99, 1)),
    ("a site near the pole in a cap", cap(87.3), circle(10, 89.9)),
    ("a pole, whatever its longitude", circle(10, 90), circle(-120, 90)),
    ("a corner at the pole and another there", box(10, 89, 11, 90), box(-100, 89.5, -90, 90)),
    ("a pole in a cap", cap(-80), circle(77, -90)),
    ("circles over a pole", circle(0, 89.9, 12_000), circle(180, 89.9, 12_000)),
    ("a circle over a pole and an area beyond", circle(0, 89.9, 30_000), box(170, 89, 180, 89.85)),
    ("two caps that meet nowhere but at the equator", cap(0.0), area.area(box_part(-10, -5, 10, 0))),
    ("areas of a continent's size", box(-120, -60, 50, 70), box(49, 69, 179, 89)),
    ("a second part", area.area(area.circle(0, 0), box_part(36, 35, 37, 36)), circle(36.5, 35.5)),
]
APART: list[tuple[str, Area, Area]] = [
    ("areas a little apart", box(36, 35, 37, 36), box(37.000001, 35, 38, 36)),
    (
        "boxes that overlap, not the areas",
        area.area(area.polygon([[(0, 0), (1, 0), (0, 1), (0, 0)]])),
        box(0.51, 0.51, 1, 1),
    ),
    ("two points", circle(36, 35), circle(36, 35.0001)),
    ("inside a hole", RING, box(36.3, 35.3, 36.7, 35.4)),
    ("a circle in a hole that does not reach its rim", RING, circle(36.5, 35.5, 27_150)),
    ("half round the world from an area over the antimeridian", FIJI, circle(0, -16.5)),
    ("the other side of the antimeridian", box(178, 10, 179.9, 11), box(-179.9, 10, -178, 11)),
    ("circles not quite over the antimeridian", circle(179.9, 0, 11_000), circle(-179.9, 0, 11_000)),
    ("a site just outside a cap", cap(87.3), circle(10, 87.2999)),
    ("the other pole", cap(87.3), circle(10, -89.9)),
    ("circles not quite over a pole", circle(0, 89.9, 11_000), circle(180, 89.9, 11_000)),
    ("corners a metre short of a pole", box(10, 89, 11, 89.99999), box(-100, 89, -90, 89.99999)),
    ("caps of both poles", cap(0.1), cap(-0.1)),
    ("none of many parts", area.area(*[area.circle(k, 0, 900) for k in range(90)]), area.area(box_part(0, 1, 89, 2))),
]


@pytest.mark.parametrize(("a", "b"), [pytest.param(a, b, id=name) for name, a, b in MEETING])
def test_what_meets_is_found(a: Area, b: Area) -> None:
    found = meet(a, b)
    assert found is not None
    assert found.gap_m == 0.0
    # The point is one of both: a circle of a millimetre around it meets each.
    for side in (a, b):
        assert meet(circle(found.lon, found.lat, 1e-3), side)


@pytest.mark.parametrize(("a", "b"), [pytest.param(a, b, id=name) for name, a, b in APART])
def test_what_does_not_meet_is_not_found(a: Area, b: Area) -> None:
    assert meet(a, b) is None


def test_edges_are_straight_in_longitude_and_latitude_not_geodesics() -> None:
    # Along the 60th parallel the geodesic between these ends runs up to 0.85 degrees further north.
    band = box(0, 59, 30, 60)
    assert meet(band, circle(15, 60))
    assert meet(band, circle(15, 60.001)) is None
    assert geodesic.on_the_way((0, 60), (30, 60), geodesic.distance((0, 60), (30, 60)) / 2)[1] > 60.85


def test_a_ten_kilometre_circle_at_60_degrees_north_reaches_ten_kilometres_east() -> None:
    edge = geodesic.on_the_way((0, 60), (1, 60), 9_999)
    beyond = geodesic.on_the_way((0, 60), (1, 60), 10_002)
    assert meet(circle(0, 60, 10_000), circle(*edge))
    assert meet(circle(0, 60, 10_000), circle(*beyond)) is None
    assert meet(circle(0, 60, 10_000), box(edge[0], 59.9, edge[0] + 1, 60.1))
    assert meet(circle(0, 60, 10_000), box(beyond[0], 59.9, beyond[0] + 1, 60.1)) is None


@pytest.mark.parametrize("radius", [1.0, 1e3, 1e5, 1e6, 5e6])
def test_circles_of_every_size_meet_to_the_millimetre(radius: float) -> None:
    far = geodesic.on_the_way((20, 10), (60, 40), 2 * radius)
    assert meet(circle(20, 10, radius), circle(*far, radius))
    assert meet(circle(20, 10, radius), circle(*far, radius - 0.005)) is None


@pytest.mark.parametrize(("radius", "too_far"), [(1e3, 0.3), (1e5, 0.4), (3e5, 1.0), (1e6, 21.0), (5e6, 2_600.0)])
def test_a_circle_reaches_an_outline_that_is_in_reach_and_none_much_further(radius: float, too_far: float) -> None:
    for lon, lat, azimuth in ((0.0, 0.0, 90.0), (170.0, 40.0, 90.0), (-60.0, -35.0, 0.0)):
        to = (lon + 1, lat) if azimuth else (lon, lat + 1)
        rim, beyond = (geodesic.on_the_way((lon, lat), to, radius + off) for off in (0.0, too_far))
        for at, expected in ((rim, True), (beyond, False)):
            # A very small outline behind the rim.
            lons = sorted((at[0], at[0] + 1e-9)) if azimuth else (at[0], at[0] + 1e-9)
            shape = box(min(lons[0], 179.99), at[1], min(lons[1], 179.99) + 1e-9, at[1] + 1e-9)
            assert (meet(circle(lon, lat, radius), shape) is not None) is expected


# -- margins


def test_a_margin_is_metres_along_the_ground() -> None:
    a, b = box(36, 35, 37, 36), box(37.1, 35, 38, 36)
    # The nearest way between the edges lies where the parallels are shortest.
    width = geodesic.distance((37, 36), (37.1, 36))
    found = meet(a, b, width)
    assert found is not None
    assert found.gap_m == pytest.approx(width, abs=0.3)
    assert (round(found.lon, 6), round(found.lat, 4)) == (37.05, 36.0)
    assert meet(a, b, width - 1.0) is None
    assert meet(a, b) is None


def test_a_margin_widens_circles_points_and_outlines_alike() -> None:
    far = geodesic.on_the_way((36, 35), (37, 35), 3_000)
    assert meet(circle(36, 35, 1_000), circle(*far, 1_000)) is None
    assert meet(circle(36, 35, 1_000), circle(*far, 1_000), 999) is None
    assert meet(circle(36, 35, 1_000), circle(*far, 1_000), 1_000)
    assert meet(circle(36, 35), circle(*far), 3_000)
    assert meet(circle(36, 35, 500), box(*far, 37, 36), 2_500)
    assert meet(circle(36, 35, 500), box(*far, 37, 36), 2_499) is None


def test_a_margin_reaches_over_the_antimeridian_and_the_pole() -> None:
    assert meet(box(178, 10, 179.9, 11), box(-179.9, 10, -178, 11), 22_000)
    assert meet(box(178, 10, 179.9, 11), box(-179.9, 10, -178, 11), 21_000) is None
    assert meet(box(0, 89, 1, 89.9), box(180 - 1, 89, 180, 89.9), 22_400)
    assert meet(box(0, 89, 1, 89.9), box(180 - 1, 89, 180, 89.9), 22_000) is None


@pytest.mark.parametrize("margin", [-1.0, float("nan"), float("inf"), MAX_MARGIN_M + 1])
def test_a_margin_that_is_no_length_is_refused(margin: float) -> None:
    a = Volume(circle(0, 0))
    with pytest.raises(LocalError) as caught:
        intersects(a, a, margin)
    assert caught.value.code == BAD_ARGUMENT


# -- altitudes and times


def flight(where: Area, floor: str | None, ceiling: str | None, start: str | None, end: str | None) -> Volume:
    return Volume(where, altitude.parse_band(floor, ceiling), interval.parse(start, end))


PATROL = flight(box(36, 35.8, 36.4, 36.1), "5000 m W84", "6500 m W84", *DAY)


def test_a_volume_with_no_altitude_and_no_time_is_at_all_of_them() -> None:
    hospital = Volume(circle(36.2, 36.0))
    found = witness(PATROL, hospital)
    assert (found.lon, found.lat, found.gap_m) == (36.2, 36.0, 0.0)
    assert (found.lowest_m, found.highest_m, found.altitude_m) == (5000.0, 6500.0, 5000.0)
    assert found.during == PATROL.during
    assert found.at == PATROL.during.start


@pytest.mark.parametrize(
    ("floor", "ceiling", "start", "end", "meets"),
    [
        ("6500 m W84", "7000 m W84", "2015-11-24T07:00:00Z", "2015-11-24T08:00:00Z", True),
        ("6501 m W84", "7000 m W84", "2015-11-24T07:00:00Z", "2015-11-24T08:00:00Z", False),
        ("19000 ft MSL", "19000 ft MSL", "2015-11-24T07:24:05Z", "2015-11-24T07:24:05Z", True),
        ("5000 m W84", "6000 m W84", "2015-11-24T17:59:59.999Z", "2015-11-24T19:00:00Z", True),
        ("5000 m W84", "6000 m W84", "2015-11-24T18:00:00Z", "2015-11-24T19:00:00Z", False),
        ("5000 m W84", "6000 m W84", "2015-11-24T18:00:00Z", "2015-11-24T18:00:00Z", False),
        ("5000 m W84", "6000 m W84", "2015-11-24T06:00:00Z", "2015-11-24T06:00:00Z", True),
        ("5000 m W84", "6000 m W84", "2015-11-24T05:00:00Z", "2015-11-24T06:00:00Z", False),
        ("FL350", None, None, None, False),
        ("SFC", "FL100", None, None, False),
        ("SFC", "FL180", None, None, True),
        (None, None, None, "2015-11-24T05:59:59.999Z", False),
    ],
)
def test_all_three_must_meet_and_touching_is_enough_but_for_times(
    floor: str | None, ceiling: str | None, start: str | None, end: str | None, meets: bool
) -> None:
    other = flight(circle(36.4, 36.0, 5_000), floor, ceiling, start, end)
    assert (intersects(PATROL, other) is not None) is meets
    assert intersects(PATROL, other) == intersects(other, PATROL)
    # And never where the areas do not.
    assert intersects(PATROL, flight(circle(38, 36), floor, ceiling, start, end)) is None


def test_a_witness_says_one_altitude_and_one_instant_where_there_is_any() -> None:
    here = circle(36, 35)
    low = flight(here, None, "100 m W84", None, "2015-11-24T18:00:00Z")
    found = witness(low, Volume(here))
    assert found.at is not None
    assert (found.altitude_m, found.at + 1) == (100.0, low.during.end)
    assert low.during.holds(found.at)
    found = witness(Volume(here), Volume(here))
    assert (found.altitude_m, found.at, found.during) == (None, None, Interval())
    at = Interval(Instant(5), Instant(5))
    assert witness(Volume(here, during=at), Volume(here)).at == 5


# -- what it costs


def comb(turn: int) -> Area:
    """A slanting comb of 248 teeth a hundred times as long as they are apart; two with the turns 1 and -1 interlock."""
    teeth = [at for k in range(248) for at in ((k, 0.0), (k + 1e-3, 100.0), (k + 0.3, 100.0), (k + 0.301, 0.0))]
    outline = [*teeth, (248.0, -1.0), (0.0, -1.0)]
    if turn < 0:
        outline = [(x + 0.5, 105.0 - y) for x, y in outline]
    slanting = [(36 + (x - y) * 1e-3, 36 + (x + y) * 1e-3) for x, y in (*outline, outline[0])]
    return area.area(area.polygon([slanting]))


def test_no_pair_of_areas_takes_long_however_they_are_made() -> None:
    a, b = comb(1), comb(-1)
    taken = []
    for margin, meets in ((0.0, False), (5.0, False), (24.0, False), (40.0, True)):
        start = process_time()
        assert (intersects(Volume(a), Volume(b), margin) is not None) is meets
        taken.append(process_time() - start)
    assert max(taken) < 1.0


def test_long_edges_of_areas_with_many_vertices_are_where_they_are_and_not_where_chords_run() -> None:
    # The straight line between the ends of the long edge runs 110 km below its middle.
    rim = [(30 - k / 2, 55 - (k % 2)) for k in range(61)]
    long = area.area(area.polygon([[(0, 60), (30, 60), *rim, (0, 60)]]))
    turns = [2 * math.pi * k / 60 for k in range(60)]
    disc = [(15 + 0.02 * math.cos(turn), 60.03 + 0.01 * math.sin(turn)) for turn in turns]
    small = area.area(area.polygon([[*disc, disc[0]]]))
    between = geodesic.distance((15, 60), (15, 60.02))
    assert meet(long, small, between + 0.1)
    assert meet(long, small, between - 1.0) is None


def test_pairs_that_cannot_be_told_apart_in_time_count_as_meeting(monkeypatch: pytest.MonkeyPatch) -> None:
    from comity.space import _chords

    monkeypatch.setattr(_chords, "_MOST", 0)
    arc = [(36 + k / 10, 35.0) for k in range(11)]
    a = area.area(area.polygon([[*arc, (37, 34.9), (36, 34.9), arc[0]]]))
    b = area.area(area.polygon([[(36, 35.1), (37, 35.1), (37, 35.2), (36, 35.2), (36, 35.1)]]))
    gap = min(geodesic.distance(p, (p[0], 35.1)) for p, _ in pairwise(arc))
    assert meet(a, b, gap - 10.0)
    assert meet(a, b, gap - 9_000.0) is None
