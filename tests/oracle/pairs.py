"""Pairs of volumes made to be hard, from a seed: shapes, places and ways of touching in all combinations.

Lengths are in degrees or metres, positions in whole billionths of a degree as `slow` has them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from math import asin, cos, degrees, pi, radians, sin
from random import Random
from typing import TypeAlias

from oracle.slow import DEGREE, POLE, TURN, Shape, Shapes, Whole, distance_of, outline_distance

Corners: TypeAlias = list[tuple[float, float]]

METRES_A_DEGREE = 111_320.0
HALF = TURN // 2


class Dice(Random):
    """Chance from a seed; `greatest` is the power of ten of the greatest half width in metres."""

    def __init__(self, seed: int, greatest: float = 4.4) -> None:
        super().__init__(seed)
        self.greatest = greatest


@dataclass(frozen=True)
class Case:
    """Two areas with their bands (metres) and intervals (milliseconds), a margin, and what they are."""

    a: Shapes
    b: Shapes
    bands: tuple[tuple[int, int], tuple[int, int]]
    intervals: tuple[tuple[int, int], tuple[int, int]]
    margin: float
    kind: str


def case(dice: Dice) -> Case:
    """One pair."""
    make = dice.choices(_MAKERS, _WEIGHTS)[0]
    a, b, margin = make(dice)
    if dice.random() < 0.5:
        a, b = b, a
    bands = _spans(dice, -400, 3000)
    return Case(a, b, bands, _spans(dice, 0, 10**9), margin, make.__name__)


def _spans(dice: Dice, least: int, most: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Two spans that mostly meet: they overlap, touch at an end, have no length, or lie apart by one."""
    low, high = sorted((dice.randint(least, most), dice.randint(least, most)))
    middle = dice.randint(low, high)
    other = dice.choice([(middle, high + 1), (low, low), (high, high + 5), (low - 5, low), (high + 1, high + 9)])
    return ((low, high), other) if dice.random() < 0.95 else ((low, low), (low, low))


# -- places: a longitude (beyond 180 where a shape shall cross the antimeridian), a latitude


def _anywhere(dice: Dice) -> tuple[float, float]:
    return dice.uniform(-179, 179), degrees(asin(dice.uniform(-1, 1)))


def _at_antimeridian(dice: Dice) -> tuple[float, float]:
    return 180.0 + dice.uniform(-0.2, 0.2), dice.uniform(-85, 85)


def _at_pole(dice: Dice) -> tuple[float, float]:
    return dice.uniform(-120, 120), dice.choice([-1, 1]) * (90 - dice.choice([0, 1e-4, 0.01, 0.3, 1.0]))


def _at_equator(dice: Dice) -> tuple[float, float]:
    return dice.choice([0.0, dice.uniform(-179, 179)]), dice.uniform(-0.1, 0.1)


def _place(dice: Dice) -> tuple[float, float]:
    return dice.choice([_anywhere, _anywhere, _at_antimeridian, _at_antimeridian, _at_pole, _at_equator])(dice)


def _size(dice: Dice) -> float:
    """Half a width in metres, from 10."""
    return float(10 ** dice.uniform(1.0, dice.greatest))


# -- shapes around (0, 0), about 1 wide on each side


def _star(dice: Dice) -> Corners:
    # No two corners are half a turn apart, so that the ring goes around the middle and cannot cross itself.
    count = dice.randint(4, 9)
    turns = [(k + dice.uniform(0, 0.9)) * 2 * pi / count for k in range(count)]
    lengths = [dice.uniform(0.3, 1.0) for _ in range(count)]
    return [(r * cos(turn), r * sin(turn)) for r, turn in zip(lengths, turns, strict=True)]


def _regular(dice: Dice) -> Corners:
    count, first = dice.randint(3, 8), dice.uniform(0, 2 * pi)
    return [(cos(first + 2 * pi * k / count), sin(first + 2 * pi * k / count)) for k in range(count)]


def _sliver(dice: Dice) -> Corners:
    thin, turn = 10 ** dice.uniform(-5, -1), dice.choice([0.0, pi / 2, dice.uniform(0, pi)])
    corners = [(-1.0, -thin), (1.0, -thin), (1.0, thin), (-1.0, thin)]
    return [(x * cos(turn) - y * sin(turn), x * sin(turn) + y * cos(turn)) for x, y in corners]


def _box(dice: Dice) -> Corners:
    wide, high = dice.uniform(0.1, 1), dice.uniform(0.1, 1)
    return [(-wide, -high), (wide, -high), (wide, high), (-wide, high)]


def _comb(dice: Dice) -> Corners:
    teeth = dice.randint(2, 4)
    corners: Corners = [(1.0, -1.0), (-1.0, -1.0)]
    for k in range(teeth):
        left, right = 2 * k / teeth - 1, 2 * (k + 0.5) / teeth - 1
        corners += [(left, 0.8), (right, 0.8), (right, -0.5), (left + 2 / teeth - 1e-3, -0.5)]
    return corners[:-1]


_CONVEX = (_regular, _sliver, _box)
_CORNERS = (*_CONVEX, _star, _comb)


# -- from corners to shapes on the Earth


def _ring(corners: Corners, at: tuple[float, float], metres: float) -> tuple[Whole, ...]:
    """The corners around a place, as whole numbers; at a pole the degrees of longitude grow long, but no more than 80."""
    wide = min(metres / (METRES_A_DEGREE * max(cos(radians(at[1])), 1e-9)), 80.0)
    high = metres / METRES_A_DEGREE
    whole = [(round((at[0] + x * wide) * DEGREE), round((at[1] + y * high) * DEGREE)) for x, y in corners]
    # What would reach beyond a pole is moved to end there, and what would begin before -180 degrees to end after 180.
    north = min(0, POLE - max(lat for _, lat in whole)) + max(0, -POLE - min(lat for _, lat in whole))
    east = TURN if min(lon for lon, _ in whole) < -HALF else 0
    whole = [(lon + east, lat + north) for lon, lat in whole]
    return (*whole, whole[0])


def _polygon(dice: Dice, at: tuple[float, float], metres: float) -> Shapes:
    crosses = abs(abs(at[0]) - 180) * METRES_A_DEGREE * cos(radians(at[1])) < 1.5 * metres
    corners = dice.choice(_CONVEX if crosses or abs(at[1]) > 88 else _CORNERS)(dice)
    ring = _ring(corners, at, metres)
    if not crosses and abs(at[1]) < 88 and dice.random() < 0.2:
        there = ((at[0] + 180) % 360 - 180, at[1])
        return (Shape((_ring(_regular(dice), there, metres), _ring(_regular(dice), there, metres / 4))),)
    return tuple(Shape((part,)) for part in _cut(ring)) or (_point(ring[0]),)


def _point(at: Whole) -> Shape:
    return Shape(centre=((at[0] + HALF) % TURN - HALF, at[1]))


def _cut(ring: tuple[Whole, ...]) -> list[tuple[Whole, ...]]:
    """Cut a convex ring at the antimeridian; what has no width is left out."""
    west = _clipped(ring, lambda lon: lon <= HALF, HALF)
    east = _clipped(ring, lambda lon: lon >= HALF, HALF)
    moved = tuple((lon - TURN, lat) for lon, lat in east)
    return [part for part in (west, moved) if _has_width(part)]


def _clipped(ring: tuple[Whole, ...], keeps: Callable[[int], bool], lon: int) -> tuple[Whole, ...]:
    kept: list[Whole] = []
    for start, end in pairwise(ring):
        if keeps(start[0]):
            kept.append(start)
        if keeps(start[0]) != keeps(end[0]) and lon not in (start[0], end[0]):
            kept.append((lon, start[1] + round((end[1] - start[1]) * (lon - start[0]) / (end[0] - start[0]))))
    return (*kept, kept[0]) if kept else ()


def _has_width(ring: tuple[Whole, ...]) -> bool:
    doubled = sum(p[0] * q[1] - q[0] * p[1] for p, q in pairwise(ring))
    return len(set(ring)) >= 3 and doubled != 0


def _cap(dice: Dice, side: int) -> Shapes:
    """An area around a pole."""
    high = 10 ** dice.uniform(-3, -0.6)
    # The position half way keeps every edge below 180 degrees.
    lons = sorted({-180, 0, 180, *dice.sample(range(-170, 171, 10), dice.randint(2, 8))})
    lats = [round((90 - high * dice.uniform(0.5, 1)) * DEGREE) * side for _ in lons]
    lats[-1] = lats[0]
    rim = [(lon * DEGREE, lat) for lon, lat in zip(lons, lats, strict=True)]
    pole = [(HALF, POLE * side), (-HALF, POLE * side)]
    return (Shape(((*rim, *pole, rim[0]),)),)


def _cap_or_polygon(dice: Dice, at: tuple[float, float], metres: float) -> Shapes:
    if abs(at[1]) > 89.5 and dice.random() < 0.5:
        return _cap(dice, 1 if at[1] > 0 else -1)
    return _polygon(dice, at, metres)


# -- pairs


def _beside(dice: Dice, at: tuple[float, float], metres: float) -> tuple[float, float]:
    """A place so many metres off, roughly; over a pole it comes down on the other side."""
    turn = dice.uniform(0, 2 * pi)
    lat = at[1] + metres * sin(turn) / METRES_A_DEGREE
    lon = at[0] + metres * cos(turn) / (METRES_A_DEGREE * max(cos(radians(at[1])), 1e-3))
    if abs(lat) > 90:
        lon, lat = lon + 180, (180 - abs(lat)) * (1 if lat > 0 else -1)
    return (lon + 540) % 360 - 180, lat


def polygons(dice: Dice) -> tuple[Shapes, Shapes, float]:
    """Two outlines near one another."""
    at, size, other = _place(dice), _size(dice), _size(dice)
    a = _cap_or_polygon(dice, at, size)
    return a, _polygon(dice, _beside(dice, at, dice.uniform(0, 1.3) * (size + other)), other), 0.0


def touching(dice: Dice) -> tuple[Shapes, Shapes, float]:
    """Two outlines that share a corner, a part of an edge, the antimeridian or a pole, or miss it by a hair."""
    return dice.choice([_at_corner, _on_edge, _over_seam, _over_pole])(dice)


def _at_corner(dice: Dice) -> tuple[Shapes, Shapes, float]:
    at = (dice.uniform(-170, 170), dice.uniform(-80, 80))
    a = _polygon(dice, at, _size(dice))
    corner = dice.choice(dice.choice(a).rings[0])
    ring = _ring(dice.choice(_CORNERS)(dice), at, _size(dice))
    east, north = corner[0] - ring[0][0], corner[1] - ring[0][1]
    return a, (Shape((tuple((lon + east, lat + north) for lon, lat in ring),)),), 0.0


def _on_edge(dice: Dice) -> tuple[Shapes, Shapes, float]:
    """A corner on an edge: its step is a whole number, taken a whole number of times."""
    step = (dice.randint(-(10**6), 10**6), dice.randint(1, 10**6))
    count, on = dice.randint(2, 100), 0
    on = dice.randint(0, count)
    start = (round(dice.uniform(-170, 170) * DEGREE), round(dice.uniform(-80, 80) * DEGREE))
    end = (start[0] + count * step[0], start[1] + count * step[1])
    corner = (start[0] + on * step[0], start[1] + on * step[1])
    # To the left and to the right of the edge.
    left = (start[0] - 50 * step[1], start[1] + 50 * step[0])
    right = (corner[0] + 70 * step[1], corner[1] - 70 * step[0])
    far = (right[0] + 10 * step[0], right[1] + 10 * step[1])
    return (Shape(((start, end, left, start),)),), (Shape(((corner, right, far, corner),)),), 0.0


def _over_seam(dice: Dice) -> tuple[Shapes, Shapes, float]:
    low, high, wide = dice.randint(-50, 50), dice.randint(1, 9), dice.randint(1, 10**8)
    off = dice.choice([0, high, high + 1, -high, dice.randint(-20, 20)])
    west = Shape((_rectangle(HALF - wide, HALF, low * 10**7, (low + high) * 10**7),))
    east = Shape((_rectangle(-HALF, wide - HALF, (low + off) * 10**7, (low + off + high) * 10**7),))
    return (west,), (dice.choice([east, _point((-HALF, (low + off) * 10**7))]),), 0.0


def _over_pole(dice: Dice) -> tuple[Shapes, Shapes, float]:
    side = dice.choice([-1, 1])
    lons = dice.sample(range(-179, 170), 2)
    shapes = []
    for lon in lons:
        top = (lon * DEGREE, (POLE - dice.choice([0, 0, 0, 1000])) * side)
        low = (POLE - dice.randint(10**6, 10**8)) * side
        shapes.append(Shape(((top, (lon * DEGREE, low), ((lon + 9) * DEGREE, low), top),)))
    return (shapes[0],), (dice.choice([shapes[1], _point((0, POLE * side))]),), 0.0


def _rectangle(west: int, east: int, south: int, north: int) -> tuple[Whole, ...]:
    return (west, south), (east, south), (east, north), (west, north), (west, south)


def circles(dice: Dice) -> tuple[Shapes, Shapes, float]:
    """Two circles whose radii together are their distance, or a little more or less."""
    at, near = _place(dice), _size(dice) * dice.choice([0.0, 1.0, 2.0])
    a, b = _centre(at), _centre(_beside(dice, at, near))
    radius = max(0.0, outline_distance(a, b) + _off(dice))
    share = dice.choice([0.0, dice.random()])
    a, b = replace(a, radius=radius * share), replace(b, radius=radius * (1 - share))
    return (a,), (b,), 0.0


def circle_and_polygon(dice: Dice) -> tuple[Shapes, Shapes, float]:
    """An outline, and a circle that reaches it, or by a little does not; part of the radius may be a margin."""
    at, size = _place(dice), _size(dice)
    a = _cap_or_polygon(dice, at, size)
    b = _centre(_beside(dice, at, dice.uniform(0.2, 2.5) * size))
    radius = max(0.0, distance_of(a, (b,)) + _off(dice))
    margin = dice.choice([0.0, 0.0, radius * dice.random()])
    return a, (replace(b, radius=radius - margin),), margin


def polygons_with_margin(dice: Dice) -> tuple[Shapes, Shapes, float]:
    """Two outlines whose distance is the margin, or a little more or less."""
    a, b, _ = polygons(dice)
    margin = max(0.0, distance_of(a, b) + _off(dice))
    return a, b, margin if margin < 1_000_000 else 1_000.0


def _centre(at: tuple[float, float]) -> Shape:
    return _point((round(at[0] * DEGREE), round(at[1] * DEGREE)))


def _off(dice: Dice) -> float:
    return dice.choice([0.0, 0.0, 1e-3, 0.5, -0.1, -0.2, -0.3, -1.1, -2.0, dice.uniform(-300, 300)])


_MAKERS = (polygons, touching, circles, circle_and_polygon, polygons_with_margin)
_WEIGHTS = (42, 18, 12, 25, 3)
