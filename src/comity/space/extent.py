"""Extents: how far an area reaches to each side, how large it is, and where its middle lies.

This is for people, who compare it with what they meant. Nothing is decided by it: `meeting` and `index_box` have their own
bounds, which are rounded outwards.

Bounds, in whole units of 1e-7 degrees (1.1 cm or less), to the nearest: of outlines exactly those of their corners; of
circles the rim's, 1e-4 degrees or 0.2 m off at most. West lies east of east where an area lies on both sides of the
antimeridian. Of several parts the bounds are the shortest stretch of longitude that holds all of them. An area that holds a
pole, or goes all the way round, reaches from -180 to 180 degrees.
Sizes, in square metres on the ellipsoid: of an outline the integral under its edges, which are straight in longitude and
latitude (no chords, no projection; 1e-9 of it off at most, or 1 square millimetre for each kilometre of its width); of a
circle the true geodesic cap. Of several parts the sum: where they overlap, that is more than the ground has.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import fsum, radians

from comity.space import geodesic
from comity.space.area import Area, Circle, Part, Polygon, Position, Ring

DEGREE = 10_000_000
_HALF, _TURN, _POLE = 180 * DEGREE, 360 * DEGREE, 90 * DEGREE

_Arc = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far something reaches, in units of 1e-7 degrees; `west` is more than `east` over the antimeridian."""

    north: int
    east: int
    south: int
    west: int

    @property
    def goes_round(self) -> bool:
        """Say whether it reaches all the way round the Earth."""
        return (self.west, self.east) == (-_HALF, _HALF)

    @property
    def middle(self) -> tuple[int, int] | None:
        """Longitude and latitude in the middle; a pole where it goes round one; None where it goes round both or none."""
        if not self.goes_round:
            wide = (self.east - self.west) % _TURN
            lon = self.west + wide // 2
            return lon - _TURN if lon > _HALF else lon, (self.north + self.south) // 2
        poles = [at for at in (self.north, self.south) if abs(at) == _POLE]
        return (0, poles[0]) if len(poles) == 1 else None


def bounds_of(part: Part) -> Bounds:
    """How far one part reaches."""
    if isinstance(part, Circle):
        return _circle(part)
    west, south, east, north = map(_units, part.bounds)
    return Bounds(north, east, south, west)


def bounds(each: Iterable[Bounds]) -> Bounds:
    """How far several parts reach together."""
    found = list(each)
    west, east = _arc([(one.west, one.east) for one in found])
    return Bounds(max(one.north for one in found), east, min(one.south for one in found), west)


def middle_of(area: Area, reach: Bounds) -> tuple[int, int] | None:
    """Longitude and latitude in units of 1e-7 degrees: a single circle's centre, else the middle of the bounds."""
    first = area.parts[0]
    if len(area.parts) == 1 and isinstance(first, Circle):
        return _units(first.lon), _units(first.lat)
    return reach.middle


def square_metres(part: Part) -> float:
    """How large one part is."""
    if not isinstance(part, Circle):
        return _polygon_m2(part)
    return geodesic.cap_m2((part.lon, part.lat), part.radius_m) if part.radius_m else 0.0


# -- bounds


def _units(degrees: float) -> int:
    # `round` looks at the decimal digits of the very number, so this is exact; multiplying first would not be.
    return round(round(degrees, 7) * DEGREE)


def _circle(part: Circle) -> Bounds:
    centre, radius_m = (part.lon, part.lat), part.radius_m
    lat = _units(part.lat)
    if not radius_m:
        return Bounds(lat, _units(part.lon), lat, _units(part.lon))
    (_, north), (_, south) = geodesic.rim(centre, radius_m, (0.0, 180.0))
    holds_north, holds_south = (geodesic.distance(centre, (part.lon, pole)) <= radius_m for pole in (90.0, -90.0))
    low = -_POLE if holds_south else _units(south)
    high = _POLE if holds_north else _units(north)
    if holds_north or holds_south:
        return Bounds(high, _HALF, low, -_HALF)
    wide = _half_width(centre, radius_m)
    return Bounds(high, _around(part.lon + wide), low, _around(part.lon - wide))


def _around(lon: float) -> int:
    found = _units(lon)
    return found - _TURN if found > _HALF else found + _TURN if found < -_HALF else found


def _half_width(centre: Position, radius_m: float) -> float:
    """By how many degrees of longitude the rim strays from its centre, which holds no pole, at most."""
    azimuths = [float(each) for each in range(181)]
    found = (0.0, 90.0)
    for step in (0.1, 0.01, 0.001, 0.0):
        rim = geodesic.rim(centre, radius_m, azimuths)
        found = max(((lon - centre[0]) % 360.0, at) for (lon, _), at in zip(rim, azimuths, strict=True) if 0 < at < 180)
        azimuths = [found[1] + step * number for number in range(-10, 11)]
    return found[0]


def _arc(spans: list[_Arc]) -> _Arc:
    """The shortest arc that holds all spans; of several the one that begins furthest west."""
    if (-_HALF, _HALF) in spans:
        return -_HALF, _HALF
    # Each from its west on; the longest gap between them is what is left out.
    ordered = sorted((west, west + (east - west) % _TURN) for west, east in spans)
    # What lies over the antimeridian reaches into the beginning.
    reach, gaps = max(ordered[0][1], max(east for _, east in ordered) - _TURN), []
    for west, east in ordered[1:]:
        gaps.append((west - reach, -west, reach))
        reach = max(reach, east)
    gaps.append((ordered[0][0] + _TURN - reach, -ordered[0][0], reach))
    gap, west, east = max(gaps)
    if gap <= 0:
        return -_HALF, _HALF
    return -west, east - _TURN if east > _HALF else east


# -- sizes

# Nodes and weights of Gauss and Legendre for 12 points on -1 to 1: an edge over all latitudes is exact to 1e-11.
_GAUSS = (
    (0.1252334085114689, 0.2491470458134028),
    (0.3678314989981802, 0.2334925365383548),
    (0.5873179542866175, 0.2031674267230659),
    (0.7699026741943047, 0.1600783285433462),
    (0.9041172563704749, 0.1069393259953184),
    (0.9815606342467193, 0.0471753363865118),
)


def _polygon_m2(part: Polygon) -> float:
    outer, *holes = (abs(_ring_m2(ring)) for ring in part.rings)
    return outer - sum(holes)


def _ring_m2(ring: Ring) -> float:
    # Counted from a parallel of its own, so that a small ring is not the difference of two large numbers.
    level = geodesic.zone_m2(ring[0][1])
    return fsum(radians(end[0] - start[0]) * (_mean_zone(start[1], end[1]) - level) for start, end in pairwise(ring))


def _mean_zone(start: float, end: float) -> float:
    """The mean of `zone_m2` along an edge, on which latitude grows evenly with longitude."""
    if start == end:
        return geodesic.zone_m2(start)
    middle, half = (start + end) / 2, (end - start) / 2
    both = ((geodesic.zone_m2(middle - half * x) + geodesic.zone_m2(middle + half * x)) * w for x, w in _GAUSS)
    return fsum(both) / 2
