"""The WGS84 ellipsoid and its geodesics, the shortest ways along it; metres and degrees.

Distances and areas lie on the ellipsoid itself; heights do not change them. pyproj (Karney's algorithms, exact to nanometres)
enters Comity here and nowhere else, and only when a geodesic is asked for.
"""

from collections.abc import Sequence
from functools import cache
from math import asin, atanh, cos, dist, pi, radians, sin, sqrt
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from pyproj import Geod

Position: TypeAlias = tuple[float, float]

A, F = 6_378_137.0, 1 / 298.257223563
B, E2 = A * (1 - F), F * (2 - F)
# The largest and the smallest radius of curvature that the ellipsoid has: any way at a pole, the meridian at the equator.
LARGEST_RADIUS, SMALLEST_RADIUS = A * A / B, B * B / A


def distance(one: Position, other: Position) -> float:
    """The length of the geodesic between two positions.

    >>> round(distance((36.0, 36.0), (36.0, 36.1)), 3)
    11095.993
    """
    return float(_wgs84().inv(*one, *other)[2])


def at_least(one: Position, other: Position) -> float:
    """A lower bound of `distance` that is cheap: 21 m short for 1,000 km, 0.6 m for 300 km (docs/geometry.md, fact 1)."""
    chord = dist(_in_space(*one), _in_space(*other))
    return 2 * LARGEST_RADIUS * asin(min(chord / (2 * LARGEST_RADIUS), 1.0))


def on_the_way(one: Position, other: Position, metres: float) -> Position:
    """The position that many metres along the geodesic from one to the other."""
    azimuth = _wgs84().inv(*one, *other)[0]
    lon, lat, _ = _wgs84().fwd(*one, azimuth, metres)
    return float(lon), float(lat)


def rim(centre: Position, radius_m: float, azimuths: Sequence[float]) -> list[Position]:
    """Where the geodesics that leave a centre in these directions, degrees from north, are that many metres long."""
    count = len(azimuths)
    lons, lats, _ = _wgs84().fwd([centre[0]] * count, [centre[1]] * count, list(azimuths), [radius_m] * count)
    return list(zip(lons, lats, strict=True))


def cap_m2(centre: Position, radius_m: float) -> float:
    """The area of all that is no further than a radius from a centre, in square metres; 1e-7 of it off at most.

    A small one is a disc that lacks what the curvature at its centre takes. Of a large one inscribed polygons of geodesics
    lack a share that shrinks with the square of their corners, so two of them tell what is left out (Richardson).
    """
    if radius_m <= _SMALL_M:
        flatter = (1 - E2 * sin(radians(centre[1])) ** 2) ** 2
        curvature = flatter / (A * A * (1 - E2))
        return pi * radius_m**2 * (1 - curvature * radius_m**2 / 12)
    rough, fine = (_inscribed_m2(centre, radius_m, count) for count in (_CORNERS, 2 * _CORNERS))
    return fine + (fine - rough) / 3


def zone_m2(lat: float) -> float:
    """The area between the equator and a parallel, per radian of longitude, in square metres; negative in the south."""
    north, e = sin(radians(lat)), sqrt(E2)
    return B * B / 2 * (north / (1 - E2 * north * north) + atanh(e * north) / e)


_SMALL_M = 50_000.0
_CORNERS = 180


def _inscribed_m2(centre: Position, radius_m: float, count: int) -> float:
    corners = rim(centre, radius_m, [360.0 * number / count for number in range(count)])
    lons, lats = zip(*corners, strict=True)
    return abs(float(_wgs84().polygon_area_perimeter(lons, lats)[0]))


def towards(one: Position, azimuth: float, metres: float) -> Position:
    """The position that many metres from one in a direction, in degrees clockwise from north."""
    lon, lat, _ = _wgs84().fwd(*one, azimuth, metres)
    return float(lon), float(lat)


@cache
def _wgs84() -> "Geod":
    # Half of the time that Comity's geometry takes to load is pyproj's.
    from pyproj import Geod

    return Geod(a=A, rf=1 / F)


def _in_space(lon: float, lat: float) -> tuple[float, float, float]:
    east, north = radians(lon), radians(lat)
    normal = A / sqrt(1 - E2 * sin(north) ** 2)
    return normal * cos(north) * cos(east), normal * cos(north) * sin(east), normal * (1 - E2) * sin(north)
