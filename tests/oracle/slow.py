"""Do two areas meet, by other means than Comity's: whole numbers, Vincenty's formulae, and looking everywhere.

It imports nothing of Comity, shapely or pyproj, so that a mistake there is not a mistake here. Coordinates are whole
billionths of a degree, so that touching is exact. Outlines are compared by the signs of whole-number cross products and
by counting crossings; distances are those of T. Vincenty, Survey Review XXIII (176), 1975, on points along the edges.
A distance found here is that of two points which do lie on the outlines, so it is never too small.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = tuple[int, int]
Rings: TypeAlias = tuple[tuple[Whole, ...], ...]

DEGREE = 10**9
TURN, POLE = 360 * DEGREE, 90 * DEGREE
# How fine the pieces are at last, in metres, and how many are followed.
FINE, MOST = 1.0, 60


@dataclass(frozen=True)
class Shape:
    """Closed rings of positions, the outer one first; or, without rings, a circle."""

    rings: Rings = ()
    centre: Whole = (0, 0)
    radius: float = 0.0

    def edges(self) -> Iterator[tuple[Whole, Whole]]:
        for ring in self.rings:
            yield from pairwise(ring)
        if not self.rings:
            yield self.centre, self.centre


Shapes: TypeAlias = tuple[Shape, ...]


def meet(a: Shapes, b: Shapes, margin: float) -> bool:
    """Say whether two areas, one grown by a margin, share a point."""
    return any(_meet(one, other, margin) for one in a for other in b)


def _meet(one: Shape, other: Shape, margin: float) -> bool:
    if share_a_point(one, other):
        return True
    reach = one.radius + other.radius + margin
    return reach > 0 and outline_distance(one, other) <= reach


def distance_of(a: Shapes, b: Shapes) -> float:
    """How far apart two areas are, in metres; less than 0 for circles that reach into one another."""
    return min(_distance(one, other) for one in a for other in b)


def _distance(one: Shape, other: Shape) -> float:
    if share_a_point(one, other):
        return 0.0
    return outline_distance(one, other) - one.radius - other.radius


# -- in whole numbers


def share_a_point(one: Shape, other: Shape) -> bool:
    """Say whether outlines, or centres, share a point; over the antimeridian and at the poles too."""
    if any(_share(one, _moved(other, turn)) for turn in (-TURN, 0, TURN)):
        return True
    return any(_has_latitude(one, pole) and _has_latitude(other, pole) for pole in (-POLE, POLE))


def _has_latitude(shape: Shape, lat: int) -> bool:
    return any(start[1] == lat for start, _ in shape.edges())


def _moved(shape: Shape, east: int) -> Shape:
    rings = tuple(tuple((lon + east, lat) for lon, lat in ring) for ring in shape.rings)
    return Shape(rings, (shape.centre[0] + east, shape.centre[1]), shape.radius)


def _share(one: Shape, other: Shape) -> bool:
    ours, theirs = list(one.edges()), list(other.edges())
    if _holds(one, theirs[0][0]) or _holds(other, ours[0][0]):
        return True
    return any(_cross(p, q, r, s) for p, q in ours for r, s in theirs)


def _holds(shape: Shape, at: Whole) -> bool:
    inside = False
    for start, end in shape.edges():
        turn = _turn(start, end, at)
        if turn == 0 and _between(start, end, at):
            return True
        if (start[1] > at[1]) != (end[1] > at[1]) and (turn > 0) == (end[1] > start[1]):
            inside = not inside
    return inside


def _cross(p: Whole, q: Whole, r: Whole, s: Whole) -> bool:
    for k in (0, 1):
        if max(p[k], q[k]) < min(r[k], s[k]) or max(r[k], s[k]) < min(p[k], q[k]):
            return False
    return _turn(p, q, r) * _turn(p, q, s) <= 0 and _turn(r, s, p) * _turn(r, s, q) <= 0


def _turn(p: Whole, q: Whole, r: Whole) -> int:
    return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])


def _between(p: Whole, q: Whole, r: Whole) -> bool:
    return min(p[0], q[0]) <= r[0] <= max(p[0], q[0]) and min(p[1], q[1]) <= r[1] <= max(p[1], q[1])


# -- along the ellipsoid


def outline_distance(one: Shape, other: Shape) -> float:
    """The distance between two outlines, or centres, that share no point."""
    return _zoom_in(*sorted(((one.rings, one.centre), (other.rings, other.centre))))


@lru_cache(maxsize=64)
def _zoom_in(one: tuple[Rings, Whole], other: tuple[Rings, Whole]) -> float:
    """Quarter all pairs of edges again and again, and drop what cannot hold the least distance.

    Along a pair of pieces no distance is less than that of their middles by more than half their lengths.
    """
    p, q = _ends(Shape(*one)), _ends(Shape(*other))
    i, j = (each.ravel() for each in np.indices((len(p), len(q))))
    p, q = p[i], q[j]
    best = np.inf
    while True:
        found = vincenty(*_middle(p), *_middle(q))
        half = (_metres(p) + _metres(q)) / 2
        best = min(best, float(found.min()))
        near = np.flatnonzero(found - half < best)
        if half[near].max(initial=0.0) < FINE:
            return best
        # Of edges that run side by side all pieces are as near; some of them will do.
        near = near[np.argsort(found[near] - half[near])[:MOST]]
        p, q = _quartered(p[near], q[near])


def _ends(shape: Shape) -> Array:
    return np.array([(*start, *end) for start, end in shape.edges()]) / DEGREE


def _middle(ends: Array) -> tuple[Array, Array]:
    return (ends[:, 0] + ends[:, 2]) / 2, (ends[:, 1] + ends[:, 3]) / 2


def _metres(ends: Array) -> Array:
    """More than the lengths of some edges: a degree is at most 111.7 km long, of longitude less away from the equator."""
    least = np.where(ends[:, 1] * ends[:, 3] < 0, 0.0, np.minimum(np.abs(ends[:, 1]), np.abs(ends[:, 3])))
    metres: Array = 111_700 * np.hypot((ends[:, 2] - ends[:, 0]) * np.cos(np.radians(least)), ends[:, 3] - ends[:, 1])
    return metres


def _quartered(p: Array, q: Array) -> tuple[Array, Array]:
    """Each piece of a pair in four, with each quarter of the other; a point stays as it is."""
    ours, theirs = (np.arange(4) if np.any(each[:, :2] != each[:, 2:]) else np.arange(1) for each in (p, q))
    i, j = (each.ravel() for each in np.meshgrid(ours, theirs))
    p, q = _quarter(p, i, len(ours)), _quarter(q, j, len(theirs))
    return p, q


def _quarter(ends: Array, which: NDArray[np.intp], count: int) -> Array:
    start, step = ends[:, None, :2], (ends[:, 2:] - ends[:, :2])[:, None] / count
    first = start + step * which[None, :, None]
    return np.concatenate([first, first + step], axis=2).reshape(-1, 4)


def vincenty(lon1: Array, lat1: Array, lon2: Array, lat2: Array) -> Array:
    """Metres between positions in degrees, to half a millimetre; not for nearly opposite ones."""
    a, f = 6378137.0, 1 / 298.257223563
    b = a * (1 - f)
    u1, u2 = (np.arctan((1 - f) * np.tan(np.radians(lat))) for lat in (lat1, lat2))
    difference = np.radians((lon2 - lon1 + 180.0) % 360.0 - 180.0)
    sines, cosines = np.sin(u1) * np.sin(u2), np.cos(u1) * np.cos(u2)
    lam = difference
    for _ in range(50):
        east = np.cos(u2) * np.sin(lam)
        north = np.cos(u1) * np.sin(u2) - np.sin(u1) * np.cos(u2) * np.cos(lam)
        sin_sigma = np.hypot(east, north)
        cos_sigma = sines + cosines * np.cos(lam)
        sigma = np.arctan2(sin_sigma, cos_sigma)
        sin_alpha = np.divide(cosines * np.sin(lam), sin_sigma, out=np.zeros_like(sigma), where=sin_sigma > 0)
        cos2_alpha = 1 - sin_alpha**2
        cos_2m = cos_sigma - np.divide(2 * sines, cos2_alpha, out=np.zeros_like(sigma), where=cos2_alpha > 1e-15)
        c = f / 16 * cos2_alpha * (4 + f * (4 - 3 * cos2_alpha))
        inner = cos_2m + c * cos_sigma * (2 * cos_2m**2 - 1)
        before, lam = lam, difference + (1 - c) * f * sin_alpha * (sigma + c * sin_sigma * inner)
        if np.abs(lam - before).max() < 1e-11:
            break
    k = cos2_alpha * (a * a - b * b) / (b * b)
    big_a = 1 + k / 16384 * (4096 + k * (-768 + k * (320 - 175 * k)))
    big_b = k / 1024 * (256 + k * (-128 + k * (74 - 47 * k)))
    last = big_b / 6 * cos_2m * (4 * sin_sigma**2 - 3) * (4 * cos_2m**2 - 3)
    delta = big_b * sin_sigma * (cos_2m + big_b / 4 * (cos_sigma * (2 * cos_2m**2 - 1) - last))
    metres: Array = b * big_a * (sigma - delta)
    return metres
