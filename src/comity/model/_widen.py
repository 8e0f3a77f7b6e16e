"""Widening: a circle that holds a place and does not show where in it the place lies.

The rule: all of the place is inside, and of all such circles of this radius each is as likely as any other. So whoever
has the circle knows that the place is within it, and no more: above all, it is not at the centre. That holds for one
circle. Two that were drawn for one place by different random bytes say more together than each alone (spec/protected-site.md).
"""

from collections.abc import Iterator
from itertools import pairwise
from math import asin, atan2, cos, degrees, hypot, radians, sin, sqrt

from comity.errors import BAD_ARGUMENT, LocalError
from comity.space import geodesic
from comity.space.area import Area, Circle, Ring, circle
from comity.space.geodesic import LARGEST_RADIUS, Position

RANDOM_BYTES = 24
MOST_M = 500_000.0
# For what is rounded: the centre has 7 decimals (RFC 7946 section 11.2), which are 8 mm.
_ROUNDING_M = 1.0
# Into how many pieces an outline is cut beside its own edges: the more, the closer `reach_of` comes.
_PIECES = 256


def widen(place: Area, radius_m: float, random: bytes) -> Circle:
    """A circle around a place, not centred on it.

    Args:
        place: the exact footprint.
        radius_m: the circle's, at least twice the reach of the place from its own middle.
        random: `RANDOM_BYTES` that nobody else knows.

    Raises:
        LocalError: `bad-argument`: the place takes up too much of such a circle to be hidden in it.
    """
    if len(random) != RANDOM_BYTES:
        raise LocalError(BAD_ARGUMENT, f"widening takes {RANDOM_BYTES} random bytes")
    if radius_m > MOST_M:
        raise LocalError(
            BAD_ARGUMENT, f"a circle has at most {MOST_M / 1000:g} km, and this place would need more to be hidden"
        )
    if radius_m < (least := least_radius(place)):
        raise LocalError(
            BAD_ARGUMENT, f"a circle of {radius_m / 1000:g} km does not hide this place: take {least / 1000:.1f} km"
        )
    middle, reach = _middle(place), reach_of(place)
    far, east, north = (int.from_bytes(random[at : at + 8]) / 2**64 for at in (0, 8, 16))
    # Uniform over the disc in which the centre may lie; the way there leads towards a point anywhere on the Earth.
    towards = (360.0 * east - 180.0, degrees(asin(2.0 * north - 1.0)))
    lon, lat = geodesic.on_the_way(middle, towards, sqrt(far) * (radius_m - reach - _ROUNDING_M))
    return circle(round(lon, 7), round(lat, 7), radius_m)


def holds(around: Circle, place: Area) -> bool:
    """Say whether all of a place is inside a circle for certain."""
    return _reach(place, (around.lon, around.lat)) <= around.radius_m


def least_radius(place: Area) -> float:
    """The radius of the smallest circle in which a place counts as hidden."""
    return 2 * reach_of(place) + _ROUNDING_M


def reach_of(place: Area) -> float:
    """How far, at most, a place reaches from its own middle."""
    return _reach(place, _middle(place))


def _reach(place: Area, centre: Position) -> float:
    """How far, at most, a place reaches: where its outline is near, its inside is."""
    longest = sum(_at_most(*edge) for line in _lines(place) for edge in pairwise(line)) / _PIECES
    circles = (part for part in place.parts if isinstance(part, Circle))
    reach = max((geodesic.distance(centre, (one.lon, one.lat)) + one.radius_m for one in circles), default=0.0)
    return max(reach, max(_reach_of_line(line, centre, longest) for line in _lines(place)))


def _reach_of_line(line: Ring, centre: Position, longest: float) -> float:
    """A point of a piece is no further than the further end and half of the piece."""
    reach = geodesic.distance(centre, line[0])
    for start, end in pairwise(line):
        length = _at_most(start, end)
        count = int(length / longest) + 1
        for number in range(1, count + 1):
            share = number / count
            at = (start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1]))
            reach = max(reach, geodesic.distance(centre, at) + length / count / 2)
    return reach


def _lines(place: Area) -> Iterator[Ring]:
    for part in place.parts:
        yield ((part.lon, part.lat),) if isinstance(part, Circle) else part.rings[0]


def _at_most(start: Position, end: Position) -> float:
    """An upper bound of the length of an edge that is straight in longitude and latitude."""
    lowest = 0.0 if start[1] * end[1] < 0 else min(abs(start[1]), abs(end[1]))
    east, north = radians(end[0] - start[0]), radians(end[1] - start[1])
    return LARGEST_RADIUS * hypot(north, east * cos(radians(lowest)))


def _middle(place: Area) -> Position:
    directions = [_direction(at) for line in _lines(place) for at in line]
    x, y, z = (sum(each) for each in zip(*directions, strict=True))
    return degrees(atan2(y, x)), degrees(atan2(z, hypot(x, y)))


def _direction(at: Position) -> tuple[float, float, float]:
    lon, lat = radians(at[0]), radians(at[1])
    return cos(lat) * cos(lon), cos(lat) * sin(lon), sin(lat)
