"""The plane of longitude and latitude, in degrees: where rings are found valid and outlines are found to meet.

An edge that is straight in longitude and latitude is straight in this plane, so whether two outlines share a point is
asked here exactly, at any size. Lengths have no meaning here, and the plane has seams: the antimeridian stands in it
twice, and each pole is a whole line. Who asks must know (`meeting` does). Only predicates and nearest points are used,
never overlays, and nothing is repaired. shapely enters Comity here and nowhere else.
"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import shapely  # type: ignore[import-untyped]

from comity.errors import MALFORMED, RemoteError

Outline: TypeAlias = shapely.Polygon | shapely.Point
_Ring: TypeAlias = Sequence[tuple[float, float]]

# Closer than this counts as touching: at most 0.12 mm on the ground, and far above what degrees in floats round.
TOUCH_DEG = 1e-9


def point(lon: float, lat: float) -> Outline:
    """A single point."""
    return shapely.Point(lon, lat)


def polygon(rings: Sequence[_Ring], place: str = "") -> Outline:
    """The polygon of some closed rings, the outer one first, if it is valid as OGC 06-103r4 has it.

    Raises:
        RemoteError: `malformed`: a ring crosses or touches itself, or a hole is not inside.
    """
    lines = [shapely.linearrings(ring) for ring in rings]
    found = shapely.polygons(lines[0], lines[1:] or None)
    if not shapely.is_valid(found):
        raise _fault(lines, found, place)
    return found


def common_point(one: Outline, other: Outline, east: float) -> tuple[float, float] | None:
    """A point of the first outline that the second, moved so many degrees east, touches; None where there is none."""
    moved = shapely.transform(other, lambda degrees: np.add(degrees, (east, 0.0))) if east else other
    if not shapely.dwithin(one, moved, TOUCH_DEG):
        return None
    lon, lat = shapely.get_coordinates(shapely.shortest_line(one, moved))[0]
    return float(lon), float(lat)


def _fault(lines: list[shapely.LinearRing], found: Outline, place: str) -> RemoteError:
    for number, line in enumerate(lines):
        alone = shapely.polygons(line)
        if not shapely.is_valid(alone):
            return _invalid(alone, f"{place}/{number}", "a ring must not cross or touch itself")
    for number, line in enumerate(lines[1:], 1):
        with_one = shapely.polygons(lines[0], [line])
        if not shapely.is_valid(with_one):
            return _invalid(with_one, f"{place}/{number}", "a hole lies inside the outer ring")
    return _invalid(found, place, "holes must not cross, hold one another or cut the polygon in two")


def _invalid(shape: Outline, place: str, rule: str) -> RemoteError:
    reason = shapely.is_valid_reason(shape)
    return RemoteError(MALFORMED, f"{rule} (RFC 7946 section 3.1.6): {reason}", place=place)
