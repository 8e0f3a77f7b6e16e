"""The WGS84 ellipsoid and its geodesics, the shortest ways along it; metres and degrees.

Distances lie on the ellipsoid itself; heights do not change them. pyproj (Karney's algorithms, exact to nanometres)
enters Comity here and nowhere else, and only when a geodesic is asked for.
"""

from functools import cache
from math import asin, cos, dist, radians, sin, sqrt
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


@cache
def _wgs84() -> "Geod":
    # Half of the time that Comity's geometry takes to load is pyproj's.
    from pyproj import Geod

    return Geod(a=A, rf=1 / F)


def _in_space(lon: float, lat: float) -> tuple[float, float, float]:
    east, north = radians(lon), radians(lat)
    normal = A / sqrt(1 - E2 * sin(north) ** 2)
    return normal * cos(north) * cos(east), normal * cos(north) * sin(east), normal * (1 - E2) * sin(north)
