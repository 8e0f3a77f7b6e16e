"""Extents: bounds to each side, sizes against pyproj's own geodesic polygons, the antimeridian, the poles, many parts."""

from itertools import pairwise
from math import isclose, pi
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from comity.space import area, extent, geodesic
from comity.space.area import Area, Circle, Part, circle, polygon
from comity.space.extent import DEGREE, Bounds

GEOD = Geod(ellps="WGS84")
EARTH_M2 = 510_065_621_724_088.0

lats = st.floats(-89, 89)
lons = st.floats(-180, 180)


def box(west: float, south: float, east: float, north: float) -> Part:
    middle = (west + east) / 2
    low, high = ([[at, lat] for at in (west, middle, east)] for lat in (south, north))
    return polygon([[*low, *high[::-1], low[0]]])


def degrees(found: Bounds) -> tuple[float, float, float, float]:
    """West, south, east, north."""
    return tuple(each / DEGREE for each in (found.west, found.south, found.east, found.north))  # type: ignore[return-value]


def densified_m2(ring: list[list[float]], pieces: int) -> float:
    """The same outline with so many positions on each edge, its pieces then geodesics: another way to the same area."""
    lon, lat = [], []
    for (west, south), (east, north) in pairwise(ring):
        lon += [west + (east - west) * number / pieces for number in range(pieces)]
        lat += [south + (north - south) * number / pieces for number in range(pieces)]
    return abs(float(GEOD.polygon_area_perimeter(lon, lat)[0]))


# -- sizes


def test_two_hemispheres_are_the_whole_earth() -> None:
    halves = [extent.square_metres(box(-90, -90, 90, 90)), extent.square_metres(box(0, -90, 180, 90))]
    assert all(isclose(each, EARTH_M2 / 2, rel_tol=1e-12) for each in halves)
    assert isclose(2 * pi * geodesic.zone_m2(90.0) * 2, EARTH_M2, rel_tol=1e-12)


@pytest.mark.parametrize(
    "ring",
    [
        [[36.1, 35.8], [36.4, 35.8], [36.4, 36.0], [36.1, 36.0], [36.1, 35.8]],
        [[-100, -60], [70, -60], [60, 80], [-90, 10], [-100, -60]],
        [[178.0, -18.0], [180.0, -18.0], [180.0, -17.0], [178.0, -18.0]],
        [[10.0, -70.0], [10.1, -70.0], [10.1, -69.9], [10.0, -70.0]],
        [[-60, 80], [60, 80], [60, 90], [-60, 90], [-60, 80]],
    ],
)
def test_an_outline_has_the_area_under_its_straight_edges(ring: list[list[float]]) -> None:
    assert isclose(extent.square_metres(polygon([ring])), densified_m2(ring, 20_000), rel_tol=2e-8)


def test_which_way_round_an_outline_is_drawn_and_where_it_begins_do_not_matter() -> None:
    ring = [[36.1, 35.8], [36.4, 35.8], [36.3, 36.0], [36.1, 35.8]]
    found = extent.square_metres(polygon([ring]))
    for other in (ring[::-1], [*ring[1:], ring[1]]):
        assert isclose(extent.square_metres(polygon([other])), found, rel_tol=1e-12)


def test_a_hole_is_not_counted() -> None:
    outer = [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]
    hole = [[2, 2], [4, 2], [4, 4], [2, 4], [2, 2]]
    left = extent.square_metres(polygon([outer])) - extent.square_metres(polygon([hole]))
    assert isclose(extent.square_metres(polygon([outer, hole])), left, rel_tol=1e-12)


@given(lons, lats, st.floats(1e-6, 1e-3))
def test_a_small_box_has_the_area_of_a_flat_one(lon: float, lat: float, side: float) -> None:
    """Where the ellipsoid is flat: a side to the east times one to the north."""
    west, south = min(lon, 180 - side), lat
    sides = [geodesic.distance((west, south + side / 2), at) for at in [(west + side, south + side / 2)]]
    sides += [geodesic.distance((west, south), (west, south + side))]
    found = extent.square_metres(box(west, south, west + side, south + side))
    assert isclose(found, sides[0] * sides[1], rel_tol=1e-6)


@given(lons, st.floats(-90, 90), st.floats(1_000, 5_000_000))
def test_a_circle_has_the_area_of_its_geodesic_cap(lon: float, lat: float, radius_m: float) -> None:
    """An inscribed polygon of 2,000 geodesics lacks 1.6e-6 of it, or somewhat more of a large one."""
    around = geodesic.rim((lon, lat), radius_m, [360 * number / 2_000 for number in range(2_000)])
    east, north = zip(*around, strict=True)
    inscribed = abs(float(GEOD.polygon_area_perimeter(east, north)[0]))
    found = extent.square_metres(circle(lon, lat, radius_m))
    assert 5e-7 < found / inscribed - 1 < 1e-5


@given(lons, st.floats(-90, 90), st.floats(0.1, 1_000))
def test_a_small_circle_is_as_large_as_a_disc(lon: float, lat: float, radius_m: float) -> None:
    assert isclose(extent.square_metres(circle(lon, lat, radius_m)), pi * radius_m**2, rel_tol=1e-8)


def test_a_point_has_no_size() -> None:
    assert extent.square_metres(circle(36, 35)) == 0


# -- bounds


def test_an_outline_reaches_to_its_corners_to_the_nearest_ten_millionth() -> None:
    found = extent.bounds_of(box(-0.12345678, -35.00000004, 36.00000005, -34.99999996))
    assert found == Bounds(north=-350_000_000, east=360_000_000, south=-350_000_000, west=-1_234_568)


@given(lons, lats, st.floats(1, 100_000))
def test_a_circle_reaches_as_far_as_its_rim_and_no_further(lon: float, lat: float, radius_m: float) -> None:
    found = extent.bounds_of(circle(lon, lat, radius_m))
    if found.goes_round:
        assert geodesic.distance((lon, lat), (lon, 90.0 if lat > 0 else -90.0)) <= radius_m
        return
    rim = geodesic.rim((lon, lat), radius_m, [number / 10 for number in range(3_600)])
    offsets = [(east - lon + 180) % 360 - 180 for east, _ in rim]
    wide = max(offsets)
    assert isclose(((found.east - found.west) % (360 * DEGREE)) / DEGREE, 2 * wide, abs_tol=1e-3 * wide + 3e-7)
    norths = [north for _, north in rim]
    assert isclose(found.north / DEGREE, max(norths), abs_tol=1e-7)
    assert isclose(found.south / DEGREE, min(norths), abs_tol=1e-7)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (circle(0, 89.99, 5000), (-180, 180)),
        (circle(100, -90, 1), (-180, 180)),
        (circle(179.99, 0, 2226.4), (179.97, -179.99)),
        (circle(-180, 0, 1113.2), (179.99, -179.99)),
        (circle(180, 0, 1113.2), (179.99, -179.99)),
        (circle(180, 20), (180, 180)),
        (box(-180, 80, 180, 90), (-180, 180)),
    ],
)
def test_west_is_east_of_east_over_the_antimeridian_and_all_the_way_at_a_pole(
    part: Part, expected: tuple[float, float]
) -> None:
    west, _, east, _ = degrees(extent.bounds_of(part))
    assert (round(west, 3), round(east, 3)) == expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([box(179.9, -16.6, 180, -16.4), box(-180, -16.6, -179.9, -16.4)], (179.9, -16.6, -179.9, -16.4)),
        ([box(-180, 0, -179, 1), circle(180, 5)], (180, 0, -179, 5)),
        ([box(10, 0, 20, 1), box(-20, 2, -10, 3)], (-20, 0, 20, 3)),
        ([box(100, 0, 110, 1), box(-110, 2, -100, 3)], (100, 0, -100, 3)),
        ([circle(0, 0), circle(90, 0), circle(180, 0), circle(-90, 0)], (-180 + 90, 0, 180, 0)),
        ([box(-180, 0, 0, 1), box(0, 0, 180, 1)], (-180, 0, 180, 1)),
        ([circle(5, 89.9, 50_000), box(10, 0, 20, 1)], (-180, 0, 180, 90)),
    ],
)
def test_several_parts_reach_over_the_shortest_stretch_that_holds_all(
    parts: list[Part], expected: tuple[float, float, float, float]
) -> None:
    assert degrees(extent.bounds(map(extent.bounds_of, parts))) == expected


spans = st.tuples(st.integers(-18, 17), st.integers(0, 35))


@given(st.lists(spans, min_size=1, max_size=5))
def test_no_shorter_stretch_holds_all_parts(found: list[tuple[int, int]]) -> None:
    """Against every stretch of whole tens of degrees there is."""
    tens = 10 * DEGREE
    each = [Bounds(0, ((west + wide + 18) % 36 - 18) * tens, 0, west * tens) for west, wide in found]
    covered = {(west + step) % 36 for west, wide in found for step in range(wide)} | {
        (west + step) % 36 + 0.5 for west, wide in found for step in ([0] if not wide else [])
    }
    together = extent.bounds(each)
    assert extent.bounds(reversed(each)) == together
    wide = 36 if together.goes_round else ((together.east - together.west) % (360 * DEGREE)) // tens
    first = together.west // tens
    if not together.goes_round:
        for west, length in found:
            assert (west - first) % 36 + length <= wide
    shorter = [
        start
        for start in range(-18, 18)
        if all((west - start) % 36 + length <= wide - 1 for west, length in found) and covered
    ]
    assert shorter == []


# -- middles


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        (Area((circle(36.25, 35.9, 9260),)), (36.25, 35.9)),
        (Area((circle(36.25, 89.99, 9260),)), (36.25, 89.99)),
        (Area((box(179.8, -18.6, 180, -18.4), box(-180, -18.6, -179.9, -18.4))), (179.95, -18.5)),
        (Area((box(179.9, -18.6, 180, -18.4), box(-180, -18.6, -179.8, -18.4))), (-179.95, -18.5)),
        (Area((box(-180, 80, 180, 90),)), (0, 90)),
        (Area((box(-180, -90, 180, -80),)), (0, -90)),
    ],
)
def test_the_middle_is_a_circles_centre_or_that_of_the_bounds(drawn: Area, expected: tuple[float, float]) -> None:
    found = extent.middle_of(drawn, extent.bounds(map(extent.bounds_of, drawn.parts)))
    assert found is not None
    assert (found[0] / DEGREE, found[1] / DEGREE) == expected


@pytest.mark.parametrize("ring", [(-180, 10, 180, 20), (-180, -90, 180, 90)])
def test_what_goes_round_with_no_pole_or_with_both_has_no_middle(ring: tuple[int, int, int, int]) -> None:
    drawn = Area((box(*ring),))
    assert extent.middle_of(drawn, extent.bounds(map(extent.bounds_of, drawn.parts))) is None


@given(lons, lats)
def test_a_points_bounds_are_the_point(lon: float, lat: float) -> None:
    found = extent.bounds_of(circle(lon, lat))
    assert degrees(found) == (round(lon, 7), round(lat, 7), round(lon, 7), round(lat, 7))


def test_an_area_read_from_geojson_and_one_made_of_parts_are_of_one_extent() -> None:
    value: dict[str, Any] = {"type": "Point", "coordinates": [36.25, 35.9]}
    given = area.parse({"type": "Feature", "properties": {"radius_m": 9260}, "geometry": value})
    assert isinstance(given.parts[0], Circle)
    assert extent.bounds_of(given.parts[0]) == extent.bounds_of(circle(36.25, 35.9, 9260.0))
