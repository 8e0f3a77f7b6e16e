"""Distances between outlines as chords: straight lines through the Earth between points of the WGS84 ellipsoid.

In three dimensions there are no seams: no antimeridian, no poles, no projection that is good near one place only.
Three facts carry it (docs/geometry.md proves them).

Fact 1: points whose geodesic is s metres long have a chord of at most 2R sin(s/2R), R = a*a/b = 6399.6 km being the
largest radius of curvature that the ellipsoid has anywhere. So who looks for all within s may look within that chord.
Fact 2: the chord is at least 2r sin(s/2r), r = b*b/a = 6335.4 km being the smallest. So such a look finds nothing that
is more than 0.6 m too far for s = 300 km, 21 m for 1,000 km.
Fact 3: a piece of an edge that is straight in longitude and latitude stays within its sag of the straight line between
its ends; `_sags` bounds it from above.

`closest` therefore takes the straight lines, allows for their sags, throws away all pairs that are too far apart even
so, and halves what remains until the sags do not matter. Whatever it cannot tell apart counts as near.
"""

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from comity.space.geodesic import E2, LARGEST_RADIUS, A, Position

Array: TypeAlias = NDArray[np.float64]
Rows: TypeAlias = NDArray[np.intp]

# Two sags below this together are not looked into any further; what the arithmetic may lose; metres.
_FINE_M = 0.1
_ROUNDING_M = 1e-3
# How many pairs are looked at in one go, and how many may be left before a halving; more count as near.
_AT_ONCE = 15_000
# Fewer pairs than this are cheaper compared than sorted out.
_FEW = 1_000
_MOST = 200_000


class Near(NamedTuple):
    """A position on each side, and how far around each its part of the area reaches, in metres."""

    ours: Position
    theirs: Position
    our_reach: float
    their_reach: float


@dataclass(frozen=True, slots=True)
class Lines:
    """Edges that are straight in longitude and latitude, or parts of edges; a point is an edge whose ends are one.

    Attributes:
        ends: per row longitude and latitude of the one end and of the other, in degrees.
        reach: in metres, how far around each the area reaches.
        start, along: the same as straight lines in space, in metres.
        sag: in metres, how far at most the edge strays from that straight line.
    """

    ends: Array
    reach: Array
    start: Array
    along: Array
    sag: Array

    @classmethod
    def of(cls, ends: Array, reach: Array) -> "Lines":
        lon, lat = np.radians(ends[:, 0::2]), np.radians(ends[:, 1::2])
        sines, cosines = np.sin(lat), np.cos(lat)
        normal = A / np.sqrt(1 - E2 * sines * sines)
        flat = normal * cosines
        space = np.stack([flat * np.cos(lon), flat * np.sin(lon), normal * (1 - E2) * sines], axis=-1)
        return cls(ends, reach, space[:, 0], space[:, 1] - space[:, 0], _sags(lon, lat, sines, cosines))

    def __len__(self) -> int:
        return len(self.ends)

    def take(self, rows: Rows | NDArray[np.bool_]) -> "Lines":
        return Lines(self.ends[rows], self.reach[rows], self.start[rows], self.along[rows], self.sag[rows])

    def box(self) -> tuple[Array, Array]:
        """The corners of a box around each."""
        end, sag = self.start + self.along, self.sag[:, None]
        return np.minimum(self.start, end) - sag, np.maximum(self.start, end) + sag

    def position(self, row: int, share: float) -> Position:
        """Where one is after that share of an edge."""
        lon, lat, to_lon, to_lat = self.ends[row].tolist()
        return lon + share * (to_lon - lon), lat + share * (to_lat - lat)


def closest(ours: Lines, theirs: Lines, margin_m: float) -> Near | None:
    """Two positions, one on each side, no further apart than their reaches and the margin together.

    It misses none; how much too far apart two found positions may be stands above.
    """
    if len(ours) * len(theirs) > _FEW:
        most = _chords(ours.reach.max() + theirs.reach.max() + margin_m)
        ours, theirs = _beside(ours, theirs, most), _beside(theirs, ours, most)
    step = max(1, _AT_ONCE // max(1, len(theirs)))
    for first in range(0, len(ours), step):
        some = ours.take(np.arange(first, min(first + step, len(ours))))
        rows, columns = _pairs(some, theirs, margin_m)
        if found := _search(some.take(rows), theirs.take(columns), margin_m):
            return found
    return None


def _beside(some: Lines, others: Lines, most: Array) -> Lines:
    """Leave out what is too far from the box around all the others."""
    low, high = some.box()
    their_low, their_high = others.box()
    near = (low <= their_high.max(axis=0) + most) & (their_low.min(axis=0) - most <= high)
    return some.take(near.all(axis=1))


def _pairs(some: Lines, others: Lines, margin_m: float) -> tuple[Rows, Rows]:
    """Which of some to compare with which of the others: all that no plane tells apart."""
    near = np.ones((len(some), len(others)), dtype=bool)
    if near.size > _FEW:
        within = _chords(some.reach[:, None] + others.reach + margin_m) + some.sag[:, None] + others.sag
        for one, other, most in ((some, others, within), (others, some, within.T)):
            for axis in (np.cross(one.along, one.start), one.along):
                apart = _apart(one, other, axis) > most
                near &= ~(apart if one is some else apart.T)
                if np.count_nonzero(near) <= _FEW:
                    break
    rows, columns = np.nonzero(near)
    return rows, columns


def _apart(some: Lines, others: Lines, axis: Array) -> Array:
    """How far apart two straight lines are along an axis of the first: never more than they are in space."""
    length = np.sqrt(_dot(axis, axis))[:, None]
    unit = np.divide(axis, length, out=np.zeros_like(axis), where=length > 0)
    # Measured from near by, so that little is lost to rounding.
    near_by = others.start[0]
    start, end = _dot(unit, some.start - near_by), _dot(unit, some.start + some.along - near_by)
    low, high = np.minimum(start, end)[:, None], np.maximum(start, end)[:, None]
    their_start = _projected(unit, others.start - near_by)
    their_end = _projected(unit, others.start + others.along - near_by)
    gap: Array = np.maximum(np.minimum(their_start, their_end) - high, low - np.maximum(their_start, their_end))
    return gap


def _search(one: Lines, other: Lines, margin_m: float) -> Near | None:
    """Look through pairs, row by row, of lines."""
    while len(one):
        gap, share, other_share = _gaps(one, other)
        over = gap - _chords(one.reach + other.reach + margin_m)
        sag = one.sag + other.sag
        near = over <= sag
        sure = near & ((over <= -sag) | (sag <= _FINE_M))
        if sure.any() or np.count_nonzero(near) > _MOST:
            row = int(np.argmin(np.where(sure if sure.any() else near, over, np.inf)))
            ours, theirs = one.position(row, share[row]), other.position(row, other_share[row])
            return Near(ours, theirs, float(one.reach[row]), float(other.reach[row]))
        if not near.any():
            return None
        one, other = _halved(one.take(near), other.take(near))
    return None


def _chords(geodesic_m: Array) -> Array:
    """The longest chords that points so far apart can have (fact 1)."""
    angle = np.minimum(geodesic_m / (2 * LARGEST_RADIUS), np.pi / 2)
    longest: Array = 2 * LARGEST_RADIUS * np.sin(angle) + _ROUNDING_M
    return longest


def _halved(one: Lines, other: Lines) -> tuple[Lines, Lines]:
    """Halve the one of each pair that sags more."""
    halve_one = (one.sag >= other.sag)[:, None]
    first, second = _halves(one.ends, halve_one)
    other_first, other_second = _halves(other.ends, ~halve_one)
    both = Lines.of(np.concatenate([first, second]), np.tile(one.reach, 2))
    return both, Lines.of(np.concatenate([other_first, other_second]), np.tile(other.reach, 2))


def _halves(ends: Array, which: NDArray[np.bool_]) -> tuple[Array, Array]:
    middle = (ends[:, :2] + ends[:, 2:]) / 2
    first = np.hstack([ends[:, :2], np.where(which, middle, ends[:, 2:])])
    return first, np.hstack([np.where(which, middle, ends[:, :2]), ends[:, 2:]])


def _sags(lon: Array, lat: Array, sines: Array, cosines: Array) -> Array:
    """Bound how far edges stray from the straight lines between their ends (fact 3)."""
    east, north = np.abs(lon[:, 1] - lon[:, 0]), np.abs(lat[:, 1] - lat[:, 0])
    over_equator = sines[:, 0] * sines[:, 1] < 0
    widest = np.where(over_equator, 1.0, cosines.max(axis=1))
    steepest = np.abs(sines).max(axis=1)
    bend = north * north + widest * east * east + 2 * steepest * north * east
    # 1.001: M' is below 0.0101 M, so the first term may be 1.00005 times as large; the rest is for rounding.
    sag: Array = 1.001 / 8 * LARGEST_RADIUS * bend
    return sag


def _gaps(one: Lines, other: Lines) -> tuple[Array, Array, Array]:
    """Per row the distance between two straight lines in space, and how far along each it is the least.

    The least is between an end of one and the other line, four candidates, or between the insides of both, the fifth.
    Each candidate is a distance that exists. So where two lines are so nearly parallel that the fifth is lost to
    rounding, the result is too great by no more than the lines' length times the angle between them.
    """
    apart = one.start - other.start
    a, e = _dot(one.along, one.along), _dot(other.along, other.along)
    b, c, f = _dot(one.along, other.along), _dot(one.along, apart), _dot(other.along, apart)
    zero, unit = np.zeros_like(a), np.ones_like(a)
    inside = a * e - b * b
    s = np.stack([zero, unit, _share(-c, a), _share(b - c, a), _share(b * f - c * e, inside)])
    t = np.stack([_share(f, e), _share(b + f, e), zero, unit, _share(a * f - b * c, inside)])
    lines = apart + s[..., None] * one.along - t[..., None] * other.along
    squares = _dot(lines, lines)
    best = np.argmin(squares, axis=0)
    rows = np.arange(len(a))
    return np.sqrt(squares[best, rows]), s[best, rows], t[best, rows]


def _share(part: Array, whole: Array) -> Array:
    """Part of a whole, held between 0 and 1; 0 of nothing."""
    quotient: Array = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
    return np.clip(quotient, 0.0, 1.0)


def _dot(one: Array, other: Array) -> Array:
    product: Array = np.einsum("...k,...k->...", one, other)
    return product


def _projected(axes: Array, points: Array) -> Array:
    """Every point on every axis; by einsum, for matrix products start threads."""
    product: Array = np.einsum("ik,jk->ij", axes, points)
    return product
