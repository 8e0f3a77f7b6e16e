"""Corridors: all within the length of a line is in the area, and little else; anywhere on the Earth, measured by pyproj."""

from itertools import pairwise
from math import cos, radians, sin

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyproj import Geod

from comity.errors import LocalError, RemoteError
from comity.space import area, corridor
from comity.space.area import MAX_PARTS, MAX_VERTICES, Area, Circle, Position
from comity.space.meeting import meet

WGS84 = Geod(ellps="WGS84")
Line = tuple[Position, ...]


def within(lon: float) -> float:
    return (lon + 540.0) % 360.0 - 180.0


places = st.sampled_from(
    [
        (36.2, 36.0),
        (-70.0, -33.0),
        (179.9, -16.5),
        (-179.95, 65.0),
        (0.0, 0.0),
        (25.0, 84.0),
        (10.0, 89.2),
        (-120.0, -89.6),
    ]
)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    """Lines near a place, of few or many metres, on its side of the antimeridian."""
    lon, lat = draw(places)
    size = draw(st.sampled_from([0.002, 0.05, 1.0, 15.0]))
    wide = min(size / max(cos(radians(lat)), 0.02), 60.0)
    count = draw(st.integers(2, 6))
    steps = st.tuples(st.floats(-1, 1), st.floats(-1, 1))
    found = [draw(steps) for _ in range(count)]
    return tuple(
        (min(max(lon + east * wide, -180.0), 180.0), min(max(lat + north * size, -90.0), 90.0)) for east, north in found
    )


lengths = st.sampled_from([10.0, 500.0, 5_000.0, 100_000.0])


def on_line(line: Line, share: float) -> Position:
    number = min(int(share * (len(line) - 1)), len(line) - 2)
    part = share * (len(line) - 1) - number
    (a, b), (c, d) = line[number], line[number + 1]
    return a + part * (c - a), b + part * (d - b)


def around(line: Line, length_m: float) -> Area:
    try:
        return area.area(*corridor.around([line], length_m))
    except RemoteError as error:
        # Close to a pole, and around it, more parts may be needed than an area has.
        assert max(abs(lat) for _, lat in line) > 80
        assert "too many bends" in error.message
        assume(False)
        raise


def holds(found: Area, at: Position) -> bool:
    return meet(found, area.area(area.circle(within(at[0]), at[1]))) is not None


@settings(deadline=None, max_examples=150)
@given(
    lines(),
    lengths,
    st.lists(st.tuples(st.floats(0, 1), st.floats(-180, 180), st.floats(0, 1)), min_size=5, max_size=15),
)
def test_whatever_is_within_the_length_of_a_line_is_in_its_area(
    line: Line, length_m: float, looks: list[tuple[float, float, float]]
) -> None:
    found = around(line, length_m)
    assert len(found.parts) <= MAX_PARTS
    for share, azimuth, far in looks:
        for reach in (far, 1.0):
            lon, lat, _ = WGS84.fwd(*on_line(line, share), azimuth, length_m * reach)
            assert holds(found, (lon, lat)), (share, azimuth, reach)


@settings(deadline=None, max_examples=80)
@given(lines(), lengths, st.floats(0, 1), st.floats(-180, 180), st.floats(1.05, 3.0))
def test_what_is_a_few_per_cent_further_off_is_not(
    line: Line, length_m: float, share: float, azimuth: float, far: float
) -> None:
    lon, lat, _ = WGS84.fwd(*on_line(line, share), azimuth, length_m * far)
    nearest = min(distance_to_edge(edge, (lon, lat), length_m) for edge in pairwise(line))
    assume(nearest > 1.05 * length_m)
    assert not holds(around(line, length_m), (lon, lat))


def distance_to_edge(edge: tuple[Position, Position], at: Position, fine_m: float) -> float:
    """Looked up at so many places that none is further from the next than a hundredth of the length, but for 2,000."""
    (a, b), (c, d) = edge
    long = WGS84.inv(a, b, c, d)[2] * 3
    count = int(min(max(long / (fine_m / 100), 50), 2_000))
    shares = [k / count for k in range(count + 1)]
    _, _, far = WGS84.inv(
        [a + k * (c - a) for k in shares],
        [b + k * (d - b) for k in shares],
        [at[0]] * len(shares),
        [at[1]] * len(shares),
    )
    nearest: float = min(far) - long / count / 2
    return nearest


@settings(deadline=None, max_examples=25)
@given(st.integers(60, 3_000), st.sampled_from([(36.2, 36.0), (-70.0, -33.0)]), st.data())
def test_a_track_of_many_positions_is_told_by_fewer_and_loses_nothing(
    count: int, place: tuple[float, float], data: st.DataObject
) -> None:
    track = tuple((place[0] + k / count, place[1] + 0.2 * sin(5 * k / count)) for k in range(count))
    found = around(track, 500.0)
    for share, azimuth in data.draw(
        st.lists(st.tuples(st.floats(0, 1), st.floats(-180, 180)), min_size=5, max_size=20)
    ):
        lon, lat, _ = WGS84.fwd(*on_line(track, share), azimuth, 500.0)
        assert holds(found, (lon, lat))
        lon, lat, _ = WGS84.fwd(*on_line(track, share), azimuth, 530.0)
        if min(distance_to_edge(edge, (lon, lat), 500.0) for edge in pairwise(track[:: max(1, count // 200)])) > 528:
            assert not holds(found, (lon, lat))


@pytest.mark.parametrize("turn", [4.0, 12.0, 19.9])
@pytest.mark.parametrize("radius", [0.3, 0.9, 1.1, 2.0, 20.0])
@pytest.mark.parametrize("place", [(36.2, 36.0), (-70.0, -52.0), (179.999, 10.0)])
def test_nothing_is_lost_on_either_side_of_a_gentle_bend(turn: float, radius: float, place: Position) -> None:
    """Edges that go on around a bend of so many lengths, first to the left and then to the right."""
    length_m, heading, line = 200.0, 10.0, [place]
    for number in range(14):
        line.append(WGS84.fwd(*line[-1], heading, 2 * radius * length_m * sin(radians(turn / 2)))[:2])
        heading += turn if number < 7 else -turn
    if place[0] > 179:
        # What would go on beyond the antimeridian goes along it.
        line = [(min(lon % 360.0, 180.0), lat) for lon, lat in line]
    found = area.area(*corridor.around([line], length_m))
    for share in range(0, 141, 2):
        for azimuth in range(0, 360, 12):
            lon, lat, _ = WGS84.fwd(*on_line(tuple(line), share / 140), azimuth, length_m * 0.9999)
            assert holds(found, (lon, lat)), (share, azimuth)


def test_a_line_with_too_many_bends_is_refused_with_how_to_go_on() -> None:
    zigzag = tuple((36.0 + k / 100, 35.0 + k % 2 / 10) for k in range(200))
    with pytest.raises(RemoteError, match="fewer positions, cut it into Features, or say a wider buffer") as caught:
        corridor.around([zigzag], 100.0, place="/geometry/coordinates")
    assert caught.value.place == "/geometry/coordinates"


def test_a_route_over_the_antimeridian_is_whole_on_both_sides() -> None:
    parts = corridor.around([((179.5, -17.0), (180.0, -17.0)), ((-180.0, -17.0), (-179.5, -17.0))], 2_000.0)
    found = area.area(*parts)
    for lon in (179.5, 179.99, 180.0, -180.0, -179.99, -179.5):
        assert holds(found, (lon, -17.0))
    assert not holds(found, (0.0, -17.0))
    assert sum(len(part.rings[0]) for part in parts if not isinstance(part, Circle)) < MAX_VERTICES


def test_a_route_over_a_pole_is_whole_and_stays_near_it() -> None:
    over = ((30.0, 89.0), (30.0, 90.0), (-150.0, 90.0), (-150.0, 89.0))
    found = area.area(*corridor.around([over], 10_000.0))
    for lon in range(-180, 181, 30):
        assert holds(found, (float(lon), 89.95))
    assert holds(found, (30.0, 89.3))
    assert not holds(found, (120.0, 89.3))


@pytest.mark.parametrize("length_m", [0.0, -1.0, float("nan"), 100_001.0])
def test_a_length_out_of_range_is_refused(length_m: float) -> None:
    with pytest.raises(LocalError, match="at most 100 km"):
        corridor.around([((0.0, 0.0), (1.0, 1.0))], length_m)
