"""Laws of volumes: symmetry, growth, parts, turning the Earth; and the three facts that distances rest on, measured."""

from collections.abc import Callable
from math import asin, cos, degrees, radians, sin
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from comity.errors import RemoteError
from comity.space import altitude, area, geodesic
from comity.space._chords import Array, Lines, _gaps
from comity.space.altitude import HIGHEST_M, LOWEST_M, Altitude, Band, Reference, Unit
from comity.space.area import Area, Circle, Part, Polygon
from comity.space.geodesic import LARGEST_RADIUS, SMALLEST_RADIUS
from comity.space.instant import Instant
from comity.space.interval import Interval
from comity.space.volume import Volume, intersects

T = TypeVar("T")
Made = TypeVar("Made")

quick = settings(deadline=None, max_examples=60)

# -- volumes in one small part of the Earth, so that they often meet


def near(place: tuple[float, float]) -> st.SearchStrategy[tuple[float, float]]:
    """Positions within some 11 km of a place and within its side of the antimeridian, on a grid so that they coincide."""
    step = st.integers(-10, 10).map(lambda k: k / 100)
    wide = 1 / max(cos(radians(place[1])), 0.02)
    return st.builds(
        lambda east, north: (min(max(place[0] + east * wide, -180.0), 180.0), min(max(place[1] + north, -90.0), 90.0)),
        step,
        step,
    )


def triangles(place: tuple[float, float]) -> st.SearchStrategy[Polygon]:
    return st.tuples(near(place), near(place), near(place)).filter(has_width).map(lambda c: area.polygon([[*c, c[0]]]))


def has_width(c: tuple[tuple[float, float], ...]) -> bool:
    return abs((c[1][0] - c[0][0]) * (c[2][1] - c[0][1]) - (c[2][0] - c[0][0]) * (c[1][1] - c[0][1])) > 1e-7


def circles(place: tuple[float, float]) -> st.SearchStrategy[Circle]:
    radii = st.one_of(st.just(0.0), st.floats(0.0, 20_000.0))
    return st.builds(lambda at, radius: area.circle(at[0], at[1], radius), near(place), radii)


def areas(place: tuple[float, float]) -> st.SearchStrategy[Area]:
    part: st.SearchStrategy[Part] = st.one_of(triangles(place), circles(place))
    return st.lists(part, min_size=1, max_size=3).map(lambda parts: area.area(*parts))


altitudes = st.one_of(
    st.none(),
    st.builds(
        Altitude,
        st.integers(0, 9_000).map(float),
        st.sampled_from([Unit.M, Unit.FT]),
        st.sampled_from([Reference.W84, Reference.MSL, Reference.AGL]),
    ),
    st.builds(Altitude, st.integers(0, 9_000).map(float), st.just(Unit.M), st.just(Reference.UNSTATED)),
    st.builds(Altitude, st.integers(0, 400).map(float), st.just(Unit.FL), st.just(Reference.FL)),
)


def either_way(make: Callable[[T, T], Made], one: T, other: T) -> Made:
    """What is made of two that may stand the wrong way round."""
    try:
        return make(one, other)
    except RemoteError:
        return make(other, one)


bands = st.builds(lambda one, other: either_way(Band, one, other), altitudes, altitudes)
times = st.one_of(st.none(), st.integers(0, 12).map(Instant))
intervals = st.builds(lambda one, other: either_way(Interval, one, other), times, times)
places = st.sampled_from([(36.2, 36.0), (180.0, -16.5), (-180.0, 0.0), (-70.0, 89.95), (20.0, -90.0), (0.0, 0.0)])
pairs = places.flatmap(lambda at: st.tuples(areas(at), areas(said_otherwise(at))))
margins = st.one_of(st.just(0.0), st.floats(0.0, 20_000.0))


def said_otherwise(place: tuple[float, float]) -> tuple[float, float]:
    """The same place, said otherwise where there is another way: from the other side of the antimeridian or a pole."""
    if abs(place[0]) == 180.0:
        return -place[0], place[1]
    return (place[0] + 90.0, place[1]) if abs(place[1]) > 89 else place


def volumes(of: Area) -> st.SearchStrategy[Volume]:
    return st.builds(lambda band, during: Volume(of, band, during), bands, intervals)


@quick
@given(pairs, margins, st.data())
def test_a_meets_b_as_b_meets_a_to_the_last_bit(pair: tuple[Area, Area], margin: float, data: st.DataObject) -> None:
    a, b = (data.draw(volumes(each)) for each in pair)
    assert intersects(a, b, margin) == intersects(b, a, margin)
    assert intersects(Volume(a.area), Volume(b.area), margin) == intersects(Volume(b.area), Volume(a.area), margin)


@quick
@given(places.flatmap(areas), st.data())
def test_a_volume_meets_itself(of: Area, data: st.DataObject) -> None:
    volume = data.draw(volumes(of))
    assert intersects(volume, volume) is not None


@quick
@given(pairs, margins, st.floats(0.0, 5_000.0))
def test_what_meets_still_meets_when_it_grows(pair: tuple[Area, Area], margin: float, more: float) -> None:
    a, b = map(Volume, pair)
    found = intersects(a, b, margin)
    assume(found is not None)
    assert intersects(a, b, margin + more) is not None
    grown = area.area(*(Circle(p.lon, p.lat, p.radius_m + more) if isinstance(p, Circle) else p for p in a.area.parts))
    assert intersects(Volume(grown), b, margin) is not None


@quick
@given(pairs, margins)
def test_an_area_is_met_where_one_of_its_parts_is(pair: tuple[Area, Area], margin: float) -> None:
    a, b = pair
    some = [intersects(Volume(area.area(part)), Volume(b), margin) is not None for part in a.parts]
    assert (intersects(Volume(a), Volume(b), margin) is not None) == any(some)


@quick
@given(places.flatmap(lambda at: st.tuples(circles(at), areas(said_otherwise(at)))))
def test_a_margin_is_what_circles_are_grown_by(pair: tuple[Circle, Area]) -> None:
    part, other = pair
    one, grown = (Volume(area.area(area.circle(part.lon, part.lat, part.radius_m + more))) for more in (0.0, 3_000.0))
    assert (intersects(one, Volume(other), 3_000.0) is None) == (intersects(grown, Volume(other)) is None)


def mirrored(of: Area, east: int, north: int) -> Area:
    def mirror(part: Part) -> Part:
        if isinstance(part, Circle):
            return area.circle(part.lon * east, part.lat * north, part.radius_m)
        return area.polygon([[(lon * east, lat * north) for lon, lat in ring] for ring in part.rings])

    return area.area(*map(mirror, of.parts))


@quick
@given(pairs, margins, st.sampled_from([(1, -1), (-1, 1), (-1, -1)]))
def test_all_hemispheres_are_alike(pair: tuple[Area, Area], margin: float, signs: tuple[int, int]) -> None:
    a, b = pair
    assume(intersects(Volume(a), Volume(b), margin) is not None)
    # A metre for what lies within the tolerance, and may be found on one side and not on the other.
    assert intersects(Volume(mirrored(a, *signs)), Volume(mirrored(b, *signs)), margin + 1.0) is not None


@quick
@given(
    st.tuples(st.floats(-179, 179), st.floats(-89, 89)),
    st.floats(0.1, 300_000.0),
    st.floats(0.0, 360.0),
    st.floats(-180.0, 180.0),
)
def test_turning_the_earth_changes_nothing(at: tuple[float, float], radius: float, turn: float, east: float) -> None:
    lat = at[1] + degrees(radius * sin(radians(turn)) / SMALLEST_RADIUS)
    assume(abs(lat) < 89)
    other = ((at[0] + radius * cos(radians(turn)) / 111_000 / cos(radians(lat)) + 540) % 360 - 180, lat)
    reach = geodesic.distance(at, other)
    for over, meets in ((1e-4, True), (-0.01, False)):
        if reach + over <= 0:
            continue
        for turned in (0.0, east):
            p, q = (((lon + turned + 540) % 360 - 180, lat) for lon, lat in (at, other))
            a, b = area.circle(*p, (reach + over) / 3), area.circle(*q, 2 * (reach + over) / 3)
            assert (intersects(Volume(area.area(a)), Volume(area.area(b))) is not None) is meets


# -- altitudes


@quick
@given(altitudes)
def test_what_an_altitude_is_written_as_reads_back(level: Altitude | None) -> None:
    assert level is None or altitude.parse(str(level)) == level


@settings(deadline=None, max_examples=400)
@given(
    bands,
    bands,
    st.floats(-107.0, 86.0),
    st.floats(-430.0, 8_849.0),
    st.floats(0.94, 1.05),
    st.floats(-1_300.0, 600.0),
    st.tuples(st.booleans(), st.booleans()),
)
def test_bands_that_meet_in_any_world_are_found(
    a: Band, b: Band, geoid: float, ground: float, stretch: float, shift: float, seas: tuple[bool, bool]
) -> None:
    """A world is a geoid, a ground and an air at one place and time; there every altitude is one height.

    Bare metres are above the sea to the author of one band, and above the ellipsoid to that of another.
    """

    def height(level: Altitude | None, none: float, sea: bool) -> float:
        if level is None:
            return none
        above = {
            Reference.W84: level.metres,
            Reference.MSL: level.metres + geoid,
            Reference.AGL: level.metres + ground + geoid,
            Reference.FL: level.metres * stretch + shift + geoid,
            Reference.UNSTATED: level.metres + (geoid if sea else 0.0),
        }
        return above[level.reference]

    spans = [
        (height(band.floor, -1e9, sea), height(band.ceiling, 1e9, sea)) for band, sea in zip((a, b), seas, strict=True)
    ]
    assume(spans[0][0] <= spans[1][1] and spans[1][0] <= spans[0][1])
    found = a.overlap(b)
    assert found is not None
    low, high = max(spans[0][0], spans[1][0]), min(spans[0][1], spans[1][1])
    if low <= high:
        assert found[0] <= low + 1e-6
        assert found[1] >= high - 1e-6 or low > high


@quick
@given(st.floats(LOWEST_M, HIGHEST_M), st.sampled_from(list(Reference)))
def test_an_altitude_means_a_range_that_has_a_lower_and_an_upper_end(metres: float, reference: Reference) -> None:
    level = reference is Reference.FL
    stated = Altitude(abs(metres) / 30.48 if level else metres, Unit.FL if level else Unit.M, reference)
    assert stated.lowest <= stated.highest


# -- the three facts of docs/geometry.md


def anywhere(count: int) -> tuple[Array, Array]:
    chance = np.random.default_rng(3)
    return chance.uniform(-180, 180, count), np.degrees(np.arcsin(chance.uniform(-1, 1, count)))


@pytest.mark.parametrize("degrees_apart", [1e-4, 0.1, 1.0, 10.0, 60.0, 120.0])
def test_facts_1_and_2_chords_lie_between_those_of_two_spheres(degrees_apart: float) -> None:
    lons, lats = anywhere(400)
    bearings = np.linspace(0, 2 * np.pi, 400)
    for lon, lat, bearing in zip(lons.tolist(), lats.tolist(), bearings.tolist(), strict=True):
        to = lat + degrees_apart * sin(bearing)
        across = degrees_apart * cos(bearing)
        other = ((lon + across + 540) % 360 - 180, to) if abs(to) <= 90 else (lon, lat / 2)
        length = geodesic.distance((lon, lat), other)
        least = geodesic.at_least((lon, lat), other)
        chord = 2 * LARGEST_RADIUS * sin(least / 2 / LARGEST_RADIUS)
        assert least <= length * (1 + 1e-12) + 1e-8
        if chord < 2 * SMALLEST_RADIUS and length < 19_000_000:
            assert length <= 2 * SMALLEST_RADIUS * asin(chord / 2 / SMALLEST_RADIUS) * (1 + 1e-12) + 1e-8


def test_facts_1_and_2_leave_less_than_stated_between_them() -> None:
    for length, most in ((300_000, 0.6), (1_000_000, 21.0), (5_000_000, 2_800.0)):
        chord = 2 * SMALLEST_RADIUS * sin(length / 2 / SMALLEST_RADIUS)
        assert 0 < length - 2 * LARGEST_RADIUS * asin(chord / 2 / LARGEST_RADIUS) < most


@settings(deadline=None, max_examples=300)
@given(
    st.floats(-180, 180),
    st.floats(-90, 90),
    st.one_of(st.floats(-180, 180), st.floats(-0.5, 0.5)),
    st.one_of(st.floats(-180, 180), st.floats(-0.5, 0.5)),
)
def test_fact_3_no_edge_strays_further_than_its_sag(lon: float, lat: float, east: float, north: float) -> None:
    to = min(max(lat + north, -90.0), 90.0)
    share = np.linspace(0, 1, 101)
    on_edge = np.stack([lon + share * east, lat + share * (to - lat)], axis=1)
    line = Lines.of(np.array([[lon, lat, lon + east, to]]), np.zeros(1))
    points = Lines.of(np.hstack([on_edge, on_edge]), np.zeros(101)).start
    strays = np.linalg.norm(points - (line.start + share[:, None] * line.along), axis=1)
    assert strays.max() <= line.sag[0] + 1e-6


def test_the_gap_of_two_straight_lines_is_the_least_that_can_be_found_along_them() -> None:
    chance = np.random.default_rng(11)
    count = 300
    lines = [Lines.of(np.zeros((count, 4)), np.zeros(count)) for _ in range(2)]
    for line in lines:
        line.start[:], line.along[:] = chance.normal(size=(2, count, 3))
        # Some are points, some are parallel, some cross.
        line.along[:20] = 0.0
    lines[1].along[10:40] = lines[0].along[10:40] * -0.7
    middle = lines[0].start[40:80] + lines[0].along[40:80] / 3
    lines[1].start[40:80] = middle - lines[1].along[40:80] / 2
    gaps, s, t = _gaps(*lines)
    ticks = np.linspace(0, 1, 201)
    for row in range(count):
        on_one, on_other = (line.start[row] + ticks[:, None] * line.along[row] for line in lines)
        least = np.linalg.norm(on_one[:, None] - on_other, axis=2).min()
        at_one, at_other = (line.start[row] + k[row] * line.along[row] for line, k in zip(lines, (s, t), strict=True))
        assert gaps[row] == pytest.approx(np.linalg.norm(at_one - at_other), abs=1e-9)
        assert least - 0.02 <= gaps[row] <= least + 1e-9
