"""Do two areas meet? Exactly, at any size, over the antimeridian and at the poles; touching counts as meeting.

    outlines        share a point in the plane of longitude and latitude (`_plane`): touching is within 0.12 mm
    circles         the geodesic between their centres is no longer than their radii together: within 1 mm
    outline, circle the centre is inside, or a chord from it to the outline is short enough (`_chords`): within 1 m as
                    long as radius and margin together are below 300 km, 21 m at 1,000 km
    with a margin   as if each area were grown by half of it; the same as growing one by all of it

What is within the stated length of meeting may be said to meet; what meets is never said not to. The answer does not
depend on which area is named first, to the last bit. docs/geometry.md has the proofs.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from comity.space import _plane, geodesic
from comity.space._chords import Array, Lines, Near, closest
from comity.space._plane import TOUCH_DEG, Outline
from comity.space.area import Area, Bounds, Circle, Part, Polygon, Position

_ROUNDING_M = 1e-3


class Contact(NamedTuple):
    """Where two areas meet.

    Attributes:
        lon, lat: a point of both; with a gap, a point between them.
        gap_m: how far apart the areas are; 0 but for areas that meet only by the margin.
    """

    lon: float
    lat: float
    gap_m: float


def meet(a: Area, b: Area, margin_m: float = 0.0) -> Contact | None:
    """A point where two areas, grown by a margin, meet; None where they do not."""
    one, other = sorted((a, b), key=lambda area: area.order)
    return _outlines(one, other) or _circles(one, other, margin_m) or _chords(one, other, margin_m)


def nearest(one: Area, other: Area, gap_m: float) -> Contact:
    """The point of the first area that lies nearest to the second, and how far from it, to a metre or a thousandth.

    Args:
        gap_m: how far apart the two lie, or a little more; they do not meet.
    """
    best = _apart(one, other, gap_m + _ROUNDING_M)
    if best is None:
        raise ValueError("the areas lie further apart")
    low, high = 0.0, best.gap_m
    while high - low > max(1.0, high / 1000):
        middle = (low + high) / 2
        found = _apart(one, other, middle)
        if found is None:
            low = middle
        else:
            high, best = middle, min(best, found, key=lambda contact: contact.gap_m)
    return best


def _apart(one: Area, other: Area, within_m: float) -> Contact | None:
    """A point of the first area that is so near to the second."""
    pairs = [Near((p.lon, p.lat), (q.lon, q.lat), p.radius_m, q.radius_m) for p, q in _both_circles(one, other)]
    found = min(map(_edge_of, pairs), key=lambda contact: contact.gap_m, default=None)
    if found is not None and found.gap_m <= within_m:
        return found
    for ours, theirs in _with_polygons(one, other):
        if near := closest(_lines(ours), _lines(theirs), within_m):
            return _edge_of(near)
    return None


def _edge_of(near: Near) -> Contact:
    """Where the first reach ends on the geodesic towards the second, and what is left of it."""
    length = geodesic.distance(near.ours, near.theirs)
    gap = max(0.0, length - near.our_reach - near.their_reach)
    return Contact(*geodesic.on_the_way(near.ours, near.theirs, near.our_reach), gap)


# -- in the plane


def _outlines(one: Area, other: Area) -> Contact | None:
    """Where two outlines share a point, or one holds a circle's centre."""
    for ours in one.parts:
        for theirs in other.parts:
            if at := _common_point(ours, theirs):
                return Contact(*at, 0.0)
    return None


def _common_point(ours: Part, theirs: Part) -> Position | None:
    if isinstance(ours, Circle) and isinstance(theirs, Circle):
        return None
    a, b = _bounds(ours), _bounds(theirs)
    for east in (0.0, 360.0, -360.0):
        if _bounds_touch(a, b, east) and (at := _plane.common_point(_outline(ours), _outline(theirs), east)):
            return at
    for pole, side in ((90.0, 3), (-90.0, 1)):
        if max(abs(a[side] - pole), abs(b[side] - pole)) <= TOUCH_DEG:
            return 0.0, pole
    return None


def _outline(part: Part) -> Outline:
    return _plane.point(part.lon, part.lat) if isinstance(part, Circle) else part.outline


def _bounds(part: Part) -> Bounds:
    return (part.lon, part.lat, part.lon, part.lat) if isinstance(part, Circle) else part.bounds


def _bounds_touch(a: Bounds, b: Bounds, east: float) -> bool:
    """Say whether the boxes touch when the second is moved so many degrees east."""
    return (
        a[0] <= b[2] + east + TOUCH_DEG
        and b[0] + east <= a[2] + TOUCH_DEG
        and a[1] <= b[3] + TOUCH_DEG
        and b[1] <= a[3] + TOUCH_DEG
    )


# -- by distance


def _circles(one: Area, other: Area, margin_m: float) -> Contact | None:
    for ours, theirs in _both_circles(one, other):
        p, q = (ours.lon, ours.lat), (theirs.lon, theirs.lat)
        most = ours.radius_m + theirs.radius_m + margin_m + _ROUNDING_M
        if geodesic.at_least(p, q) <= most and geodesic.distance(p, q) <= most:
            return _between(p, q, ours.radius_m, theirs.radius_m)
    return None


def _chords(one: Area, other: Area, margin_m: float) -> Contact | None:
    for some, others in _with_polygons(one, other):
        if max(_reach(part) for part in (*some, *others)) + margin_m == 0.0:
            continue
        if near := closest(_lines(some), _lines(others), margin_m):
            return _between(*near)
    return None


def _both_circles(one: Area, other: Area) -> Iterable[tuple[Circle, Circle]]:
    return ((ours, theirs) for ours in _only_circles(one) for theirs in _only_circles(other))


def _with_polygons(one: Area, other: Area) -> Iterable[tuple[Sequence[Part], Sequence[Part]]]:
    """All pairs of parts of which one or both are outlines, as two lists at a time."""
    polygons, circles, theirs = list(_only_polygons(one)), list(_only_circles(one)), list(_only_polygons(other))
    if polygons:
        yield polygons, other.parts
    if circles and theirs:
        yield circles, theirs


def _between(p: Position, q: Position, our_reach: float, their_reach: float) -> Contact:
    """The middle of what the two reaches share on the geodesic from p to q, or of the gap that they leave."""
    length = geodesic.distance(p, q)
    gap = max(0.0, length - our_reach - their_reach)
    first, last = max(0.0, length - their_reach), min(length, our_reach)
    return Contact(*geodesic.on_the_way(p, q, (first + last) / 2), gap)


def _lines(parts: Iterable[Part]) -> Lines:
    each = [(_edges(part), _reach(part)) for part in parts]
    ends, reach = np.concatenate([ends for ends, _ in each]), [np.full(len(ends), reach) for ends, reach in each]
    return Lines.of(ends, np.concatenate(reach))


def _edges(part: Part) -> Array:
    if isinstance(part, Circle):
        return np.array([[part.lon, part.lat, part.lon, part.lat]])
    rings = [np.array(ring) for ring in part.rings]
    return np.concatenate([np.hstack([at[:-1], at[1:]]) for at in rings])


def _reach(part: Part) -> float:
    return part.radius_m if isinstance(part, Circle) else 0.0


def _only_circles(area: Area) -> Iterable[Circle]:
    return (part for part in area.parts if isinstance(part, Circle))


def _only_polygons(area: Area) -> Iterable[Polygon]:
    return (part for part in area.parts if isinstance(part, Polygon))
