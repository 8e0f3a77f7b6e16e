"""How volumes were read: the same for the same volumes, to the digit; and in words, for whoever compares them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.model import understood
from comity.space import altitude, area, instant, interval
from comity.space.area import Area, Circle, circle, polygon
from comity.space.interval import ALWAYS
from comity.space.volume import Volume

NOW = instant.parse("2026-11-28T11:00:00Z")
HOUR = interval.parse("2026-12-26T12:00:00Z", "2026-12-26T13:00:00Z")
BOX = area.area(polygon([[[36.1, 35.8], [36.4, 35.8], [36.4, 36.0], [36.1, 36.0], [36.1, 35.8]]]))


def words(drawn: Area = BOX, floor: str | None = None, ceiling: str | None = None) -> str:
    volume = Volume(drawn, altitude.parse_band(floor, ceiling), HOUR)
    return understood.words(understood.read([volume]), NOW)


circles = st.builds(
    circle, st.floats(-180, 180), st.floats(-90, 90), st.one_of(st.just(0.0), st.floats(0.001, 5_000_000))
)
drawings = st.lists(circles, min_size=1, max_size=4).map(lambda parts: Area(tuple(parts)))


@given(drawings)
def test_the_same_volumes_are_understood_the_same_and_told_as_json(drawn: Area) -> None:
    """UNDERSTOOD-AS-1: there is nothing but the volumes to go by, and what is told survives JSON to the digit."""
    found = understood.read([Volume(drawn, during=HOUR)]).as_dict()
    again = understood.read([Volume(Area(tuple(drawn.parts)), during=HOUR)]).as_dict()
    assert json.dumps(found, allow_nan=False) == json.dumps(again, allow_nan=False)
    assert json.loads(json.dumps(found)) == found


def sides(found: dict[str, Any]) -> tuple[float, float, float, float]:
    return found["west"], found["south"], found["east"], found["north"]


@given(drawings)
def test_no_part_lies_outside_the_bounds_that_are_told(drawn: Area) -> None:
    told = understood.read([Volume(drawn)]).as_dict()["volumes"][0]["area"]
    west, south, east, north = sides(told)
    for part in told["parts"]:
        at_west, at_south, at_east, at_north = sides(part)
        assert south <= at_south <= at_north <= north
        if (west, east) != (-180.0, 180.0):
            wide = (east - west) % 360
            reach = (at_west - west) % 360 + (at_east - at_west) % 360
            assert reach <= wide + 1e-6


@given(drawings)
def test_every_part_is_told_in_its_place_and_each_has_four_digits(drawn: Area) -> None:
    """UNDERSTOOD-AS-7."""
    told = understood.read([Volume(drawn)]).as_dict()["volumes"][0]["area"]
    for part, shown in zip(drawn.parts, told["parts"], strict=True):
        assert isinstance(part, Circle)
        assert shown["shape"] == ("circle" if part.radius_m else "point")
        assert abs(shown["lat"] - part.lat) <= 0.51e-7
        assert abs(shown["lon"] - part.lon) <= 0.51e-7
        assert shown["km2"] == float(f"{shown['km2']:.3e}")


def test_a_window_is_told_beside_a_site_that_is_protected_always() -> None:
    found = understood.read([Volume(BOX)], HOUR)
    told = found.as_dict()
    assert told["window"] == {"from": "2026-12-26T12:00:00.000Z", "until": "2026-12-26T13:00:00.000Z"}
    assert told["volumes"][0]["from"] is told["volumes"][0]["until"] is None
    assert understood.words(found, NOW).splitlines()[-1] == (
        "on its way: Saturday 2026-12-26 12:00Z until 13:00Z, in 28 days; lasts 1 h; protected at all other times too"
    )


@given(circles)
def test_what_is_told_of_a_place_that_is_not_exact_has_no_centre(around: Circle) -> None:
    """UNDERSTOOD-AS-13: neither as a number nor in the words; what is read is a circle in which it lies somewhere."""
    found = understood.read([Volume(Area((around,)))], somewhere=True)
    [told] = found.as_dict()["volumes"]
    [part] = told["area"]["parts"]
    assert (told["area"]["centre"], part["shape"]) == (None, "somewhere-within")
    assert not {"lat", "lon"} & part.keys()
    said = understood.words(found, NOW)
    assert "somewhere within a circle of radius" in said
    assert "centre" not in said
    assert " around " not in said


# -- in words


def test_an_area_is_said_with_its_sides_size_and_middle_and_times_with_weekday_and_distance() -> None:
    assert words() == (
        "area: an outline of 4 corners from 35.8000 N to 36.0000 N and from 36.1000 E to 36.4000 E; 601 km2; "
        "centre 35.9000 N, 36.2500 E\n"
        "altitudes: all\n"
        "times: Saturday 2026-12-26 12:00Z until 13:00Z, in 28 days; lasts 1 h"
    )


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        (area.area(circle(36.28, -35.92)), "a point at 35.9200 S, 36.2800 E, of no extent"),
        (area.area(circle(-179.99, 10, 5000)), "a circle of radius 5,000 m around 10.0000 N, 179.9900 W, from "),
        (area.area(circle(-179.99, 10, 5000)), "from 179.9643959 E to 179.9443959 W over the antimeridian; 78.54 km2"),
        (area.area(circle(0, 90, 100)), "from 89.9991047 N to 90.0000 N at all longitudes; 0.03142 km2"),
        (area.area(circle(0, 0, 10)), "; 314 m2"),
        (area.area(circle(0, 0, 0.1)), "; 0.0314 m2"),
    ],
)
def test_places_in_all_quarters_of_the_earth_are_said(drawn: Area, expected: str) -> None:
    assert expected in words(drawn).splitlines()[0]


def test_of_many_parts_the_first_ten_are_said_and_the_rest_is_counted() -> None:
    many = area.area(*(circle(lon, 1) for lon in range(13)))
    lines = words(many).splitlines()
    assert lines[0].startswith("area: 13 parts from 1.0000 N to 1.0000 N and from 0.0000 E to 12.0000 E")
    assert lines[10:12] == ["  part 10: a point at 1.0000 N, 9.0000 E, of no extent", "  and 3 more"]


def test_a_hole_is_said() -> None:
    outer, hole = [[0, 0], [9, 0], [9, 9], [0, 0]], [[4, 2], [5, 2], [5, 3], [4, 2]]
    assert "an outline of 3 corners with 1 hole from " in words(area.area(polygon([outer, hole])))


@pytest.mark.parametrize(
    ("floor", "ceiling", "expected"),
    [
        (None, "3000 m W84", "no floor, to 3000 m W84"),
        ("9000 ft W84", None, "from 9000 ft W84 (2,743 to 2,744 m W84), no ceiling"),
        ("9000 ft", "FL200", "from 9000 ft MSL (2,633 to 2,834 m W84), to FL200 (4,320 to 7,091 m W84)"),
        ("SFC", None, "from 0 m AGL, terrain unknown (-550 to 9,000 m W84), no ceiling"),
    ],
)
def test_a_band_is_said_as_stated_with_the_reference_taken_and_what_was_reckoned(
    floor: str | None, ceiling: str | None, expected: str
) -> None:
    assert words(floor=floor, ceiling=ceiling).splitlines()[1] == f"altitudes: {expected}"


def test_several_volumes_are_numbered() -> None:
    found = understood.read([Volume(BOX, during=HOUR), Volume(BOX)])
    lines = understood.words(found, NOW).splitlines()
    assert (lines[0], lines[4], lines[-1]) == ("volume 1 of 2", "volume 2 of 2", "times: all")
    assert found.volumes[1][0].during == ALWAYS
