"""Boxes for an index: what a volume takes up in whole numbers, never less than it does.

    longitude, latitude   1e-7 degrees, 1.1 cm or less
    time                  minutes since 1970
    altitude              decimetres above the WGS84 ellipsoid, widened as `altitude` has it

The rule: whatever meets by `volume.intersects` has boxes that meet. Everything is rounded outwards; what has no limit is
`LEAST` or `MOST`, the least and the greatest that 32 bits hold (SQLite's `rtree_i32`); a number beyond these is refused.
Boxes that meet say nothing: who found some asks `volume.intersects`.

A volume has one box, or two where it lies on both sides of the antimeridian. Near a pole a box goes all the way round.
"""

from collections.abc import Iterable
from math import ceil, cos, degrees, floor, isinf, radians
from typing import NamedTuple

from comity.errors import BAD_ARGUMENT, TOO_LARGE, LocalError, RemoteError
from comity.space.area import Area, Circle, Part
from comity.space.geodesic import SMALLEST_RADIUS, A
from comity.space.instant import Instant
from comity.space.volume import MAX_MARGIN_M, Volume

LEAST, MOST = -(2**31), 2**31 - 1

_DEGREE = 10_000_000
_HALF, _TURN, _POLE = 180 * _DEGREE, 360 * _DEGREE, 90 * _DEGREE
_MINUTE = 60_000
# `meeting` and `altitude` may say that there is a meeting where there is none by a hair; these are longer than that hair.
# The share is for circles and margins: together below 11,000 km they are never found to reach 0.4 % further than they do.
_SLACK, _SLACK_M = 1.005, 1.0
_SLACK_UP_M = 0.02

_Span = tuple[int, int]


class IndexBox(NamedTuple):
    """From and to in each dimension, both included, in the order of an R*Tree's columns."""

    west: int
    east: int
    south: int
    north: int
    first: int
    last: int
    lowest: int
    highest: int

    def meets(self, other: "IndexBox") -> bool:
        """Say whether the two share a point."""
        return (
            self.west <= other.east
            and other.west <= self.east
            and self.south <= other.north
            and other.south <= self.north
            and self.first <= other.last
            and other.first <= self.last
            and self.lowest <= other.highest
            and other.lowest <= self.highest
        )


def boxes(volume: Volume, margin_m: float = 0.0) -> tuple[IndexBox, ...]:
    """The box of a volume, or the two on both sides of the antimeridian.

    Args:
        margin_m: how far around it to look; for the one of two volumes that is asked about, not for both.

    Raises:
        LocalError: `bad-argument`: the margin is not a number from 0 to `MAX_MARGIN_M`.
        RemoteError: `too-large`: a time that does not fit.
    """
    if not 0.0 <= margin_m <= MAX_MARGIN_M:
        raise LocalError(BAD_ARGUMENT, f"a margin is a number of metres from 0 to {MAX_MARGIN_M:.0f}")
    band, during = volume.band, volume.during
    first = LEAST if during.start is None else minute(during.start)
    last = MOST if during.end is None else minute(during.end, up=True)
    up = (_decimetres(band.lowest, -1), _decimetres(band.highest, 1))
    south, north, arcs = _ground(volume.area, margin_m)
    return tuple(IndexBox(west, east, south, north, first, last, *up) for west, east in arcs)


def minute(at: Instant, *, up: bool = False, place: str = "") -> int:
    """The full minute at or before an instant, or with `up` at or after it.

    Raises:
        RemoteError: `too-large`: it is after the year 6053.
    """
    found = -(-at // _MINUTE) if up else at // _MINUTE
    if found >= MOST:
        raise RemoteError(
            TOO_LARGE, "a time after the year 6053 is further than the index of volumes counts", place=place
        )
    return found


def _decimetres(metres: float, outwards: int) -> int:
    if isinf(metres):
        return LEAST if metres < 0 else MOST
    tenths = (metres + outwards * _SLACK_UP_M) * 10
    # An altitude lies within 110 km of the ellipsoid, so this always fits.
    return floor(tenths) if outwards < 0 else ceil(tenths)


# -- on the ground


def _ground(area: Area, margin_m: float) -> tuple[int, int, tuple[_Span, ...]]:
    """South, north, and the one or two spans of longitude."""
    grown = [_grown(part, margin_m) for part in area.parts]
    south, north = min(box[1] for box in grown), max(box[3] for box in grown)
    arcs = _arc((_floor(west), _ceil(east)) for west, _, east, _ in grown)
    return max(_floor(south), -_POLE), min(_ceil(north), _POLE), arcs


def _grown(part: Part, margin_m: float) -> tuple[float, float, float, float]:
    """West, south, east and north of all within the margin of a part; beyond 180 and 90 degrees where it goes there.

    No way of s metres changes the latitude by more than s over the smallest radius of curvature of a meridian, nor the
    longitude by more than s over the radius of the smallest parallel that it can come to, at least A cos(latitude).
    """
    if isinstance(part, Circle):
        (west, south), (east, north), radius_m = (part.lon, part.lat), (part.lon, part.lat), part.radius_m
    else:
        (west, south, east, north), radius_m = part.bounds, 0.0
    reach = (radius_m + margin_m) * _SLACK + _SLACK_M
    up = degrees(reach / SMALLEST_RADIUS)
    south, north = south - up, north + up
    if south <= -90.0 or north >= 90.0:
        # Whoever reaches a pole is within reach of every longitude.
        return -180.0, south, 180.0, north
    wide = min(degrees(reach / (A * cos(radians(max(abs(south), abs(north)))))), 360.0)
    return west - wide, south, east + wide, north


def _floor(angle: float) -> int:
    return floor(angle * _DEGREE)


def _ceil(angle: float) -> int:
    return ceil(angle * _DEGREE)


def _arc(spans: Iterable[_Span]) -> tuple[_Span, ...]:
    """All spans as one arc, the shortest there is, cut at the antimeridian."""
    ordered = sorted(piece for span in spans for piece in _cut(span))
    reach, gaps = ordered[0][1], []
    for west, east in ordered[1:]:
        gaps.append((west - reach, west))
        reach = max(reach, east)
    gap, west = max([*gaps, (ordered[0][0] + _TURN - reach, ordered[0][0])])
    return _cut((west, west + _TURN - gap)) if gap > 0 else ((-_HALF, _HALF),)


def _cut(span: _Span) -> tuple[_Span, ...]:
    """A span as one or two within -180 and 180 degrees."""
    wide = span[1] - span[0]
    if wide >= _TURN:
        return ((-_HALF, _HALF),)
    west = (span[0] + _HALF) % _TURN - _HALF
    return ((west, west + wide),) if west + wide <= _HALF else ((west, _HALF), (-_HALF, west + wide - _TURN))
