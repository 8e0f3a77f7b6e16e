"""Corridors: all that lies within a length of a line, as an area that is never smaller and at most 4 % wider.

A line's edges are straight in longitude and latitude, as outlines are. Along edges that bend little there is a strip: an
outline through points on both sides of them, so many that the straight lines between these stay outside of the length. At
its ends, and so wherever the line bends more, there are circles, and circles alone where it is close to a pole. Strips are
cut at the antimeridian. A line of more positions than one area has room for is first told by fewer, and the length grows by
as much as these stray from it. No overlay is made of what came from outside: all shapes here are our own.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import atan2, ceil, cos, degrees, hypot, inf, radians, sin, sqrt, tan
from typing import TypeAlias

from comity.errors import BAD_ARGUMENT, TOO_LARGE, LocalError, RemoteError
from comity.space import area, geodesic
from comity.space.area import MAX_PARTS, MAX_VERTICES, Part, Position
from comity.space.geodesic import E2, LARGEST_RADIUS, A

MAX_LENGTH_M = 100_000.0

Line: TypeAlias = Sequence[Position]
_Sample: TypeAlias = tuple[Position, Position, Position]

# By how much more than the length strips and circles reach, and how far a strip's sides may stray from where they should be.
_STRIP, _CIRCLE, _STRAY = 1.015, 1.005, 0.004
# How far fewer positions may stray from a line, as a share of the length; and how many they may be.
_FEWER, _FEW = 0.015, 250
# Up to so many degrees a bend is part of a strip: its corner reaches 1.5 % further than the strip's side.
_BEND = 20.0
# Nearer to a pole than so many lengths there are circles, so many lengths apart.
_POLAR, _STEP = 1.5, 0.06
_DEEPEST = 12


def around(lines: Iterable[Line], length_m: float, *, place: str = "") -> tuple[Part, ...]:
    """The parts of the area of all within a length of some lines.

    Args:
        lines: as `area.line` makes them.
        length_m: more than 0, at most `MAX_LENGTH_M`.
        place: where the lines stand, for errors.

    Raises:
        LocalError: `bad-argument`: the length is out of range.
        RemoteError: `too-large`: one area has no room for it.
    """
    if not 0.0 < length_m <= MAX_LENGTH_M:
        raise LocalError(
            BAD_ARGUMENT, f"a corridor reaches more than 0 and at most {MAX_LENGTH_M / 1000:g} km to each side"
        )
    given = list(lines)
    if (found := _parts(given, length_m)) is not None:
        return found
    fewer = [_fewer(line, length_m * _FEWER) for line in given]
    if (found := _parts([line for line in fewer if line], length_m * (1.0 + _FEWER))) is not None and all(fewer):
        return found
    message = "too many bends for one area: give the line fewer positions, cut it into Features, or say a wider buffer"
    raise RemoteError(TOO_LARGE, message, place=place)


def _parts(lines: Sequence[Line], length_m: float) -> tuple[Part, ...] | None:
    """All parts; None if they are more than one area has."""
    parts: dict[Part, None] = {}
    vertices = 0
    for line in lines:
        for part in _along(line, length_m):
            parts[part] = None
            vertices += 0 if isinstance(part, area.Circle) else len(part.rings[0]) - 1
            if len(parts) > MAX_PARTS or vertices > MAX_VERTICES:
                return None
    return tuple(parts)


def _along(line: Line, length_m: float) -> Iterator[Part]:
    bare = [at for number, at in enumerate(line) if number == 0 or at != line[number - 1]]
    for run in _runs(bare, length_m):
        yield from (area.circle(*at, length_m * _CIRCLE) for at in (run[0], run[-1]))
        if len(run) > 2:
            yield from _outlines(list(_joined(run, length_m)))
        elif len(run) == 2 and not run[0][1] == run[1][1] in (-90.0, 90.0):
            yield from _edge(run[0], run[1], length_m)


def _edge(start: Position, end: Position, length_m: float) -> Iterator[Part]:
    """Along one edge: strips, and circles where it is close to a pole."""
    polar = _polar(length_m)
    shares = sorted(
        {0.0, 1.0, *_crossings(start[1], end[1], 90.0 - polar), *_crossings(start[1], end[1], polar - 90.0)}
    )
    for first, last in pairwise(shares):
        a, b = _on(start, end, first), _on(start, end, last)
        if abs(_on(a, b, 0.5)[1]) > 90.0 - polar:
            yield from _circles(a, b, length_m)
        else:
            yield from _outlines([_sample(a, b, share, length_m) for share in _shares(a, b, length_m)])


def _polar(length_m: float) -> float:
    return degrees(_POLAR * length_m / LARGEST_RADIUS * 1.01)


# -- edges that go on in nearly the same direction


def _runs(line: Line, length_m: float) -> Iterator[Line]:
    """A line cut where it bends too much, or is too close to a pole, to be one strip."""
    first = 0
    for number in range(1, len(line) - 1):
        if not _goes_on(line[number - 1], line[number], line[number + 1], length_m):
            yield line[first : number + 1]
            first = number
    yield line[first:]


def _goes_on(before: Position, at: Position, after: Position, length_m: float) -> bool:
    if max(abs(lat) for _, lat in (before, at, after)) > 90.0 - _polar(length_m):
        return False
    turn = _turn(before, at, after)
    # On its inner side a bend takes something away from both edges: as long as they have it, nothing is lost.
    taken = 2.0 * _STRIP * length_m * tan(radians(abs(turn) / 2)) if abs(turn) <= _BEND else inf
    return min(geodesic.distance(before, at), geodesic.distance(at, after)) >= taken


def _turn(before: Position, at: Position, after: Position) -> float:
    return (_heading(at, after, 0.0) - _heading(before, at, 1.0) + 540.0) % 360.0 - 180.0


def _joined(run: Line, length_m: float) -> Iterator[_Sample]:
    """The samples of a run: at each bend the two sides are those of both edges, where they cross."""
    yield _sample(run[0], run[1], 0.0, length_m)
    for number, (start, end) in enumerate(pairwise(run), 1):
        yield from (_sample(start, end, share, length_m) for share in _shares(start, end, length_m)[1:-1])
        if number < len(run) - 1:
            turn = _turn(start, end, run[number + 1])
            reach_m = _STRIP * length_m / cos(radians(turn / 2))
            yield _sides(end, _heading(start, end, 1.0) + turn / 2, reach_m)
        else:
            yield _sample(start, end, 1.0, length_m)


def _crossings(south: float, north: float, at: float) -> list[float]:
    share = (at - south) / (north - south) if north != south else 0.0
    return [share] if 0.0 < share < 1.0 else []


def _circles(start: Position, end: Position, length_m: float) -> Iterator[Part]:
    """Circles along an edge, so close that whatever is within the length of it is in one of them."""
    count = ceil(_at_most(start, end) / (_STEP * length_m)) or 1
    for number in range(min(count, MAX_PARTS) + 1):
        yield area.circle(*_on(start, end, number / count), length_m * (1.0 + _STEP / 2))


# -- strips


def _outlines(samples: Sequence[_Sample]) -> Iterator[Part]:
    """A strip as one outline, or as several where it crosses itself or the antimeridian."""
    lefts, rights = [left for _, left, _ in samples], [right for *_, right in reversed(samples)]
    ring = [samples[0][0], *lefts, samples[-1][0], *rights]
    turn = next((turn for turn in (0.0, 360.0, -360.0) if all(abs(lon + turn) <= 180.0 for lon, _ in ring)), None)
    if turn is not None and (whole := _outline([(lon + turn, lat) for lon, lat in ring])) is not None:
        yield whole
    elif len(samples) > 2:
        half = len(samples) // 2
        yield from _outlines(samples[: half + 1])
        yield from _outlines(samples[half:])
    else:
        # Each side by itself, so that both are convex, or nearly.
        (at, left, right), (to, to_left, to_right) = samples
        yield from _cut([at, left, to_left, to])
        yield from _cut([at, right, to_right, to])


def _outline(ring: Sequence[Position]) -> Part | None:
    try:
        return area.polygon([[*ring, ring[0]]])
    except RemoteError:
        return None


def _shares(start: Position, end: Position, length_m: float) -> list[float]:
    """Where along an edge its sides are looked up: so often that straight lines between them stray no further."""
    found, open_pieces = [0.0], [(0.0, 1.0, 0)]
    while open_pieces:
        first, last, depth = open_pieces.pop()
        if depth < _DEEPEST and _strays(start, end, first, last, length_m) > _STRAY * length_m:
            middle = (first + last) / 2
            open_pieces += [(middle, last, depth + 1), (first, middle, depth + 1)]
        else:
            found.append(last)
    return found


def _strays(start: Position, end: Position, first: float, last: float, length_m: float) -> float:
    """How far the straight sides of a piece are from where they should be, at three places."""
    one, other = (_sample(start, end, share, length_m) for share in (first, last))
    most = 0.0
    for part in (0.25, 0.5, 0.75):
        there = _sample(start, end, first + part * (last - first), length_m)
        for side in (1, 2):
            most = max(most, geodesic.distance(_whole(_on(one[side], other[side], part)), _whole(there[side])))
    return most


def _sample(start: Position, end: Position, share: float, length_m: float) -> _Sample:
    """A position on an edge, and those at right angles to the left and right of it."""
    return _sides(_on(start, end, share), _heading(start, end, share), _STRIP * length_m)


def _sides(at: Position, heading: float, reach_m: float) -> _Sample:
    """A position and those to the left and right of a direction; longitudes may go on beyond 180."""
    left, right = (geodesic.towards(at, heading + turn, reach_m) for turn in (-90.0, 90.0))
    return at, _beside(at, left), _beside(at, right)


def _heading(start: Position, end: Position, share: float) -> float:
    """The direction of an edge at a position on it, in degrees clockwise from north."""
    lat = radians(_on(start, end, share)[1])
    sine = sin(lat)
    # How long a degree is to the east and to the north, but for a factor that both have.
    east = cos(lat) * (end[0] - start[0])
    north = (1 - E2) / (1 - E2 * sine * sine) * (end[1] - start[1])
    return degrees(atan2(east, north))


def _beside(at: Position, other: Position) -> Position:
    return at[0] + (other[0] - at[0] + 540.0) % 360.0 - 180.0, other[1]


def _whole(at: Position) -> Position:
    return (at[0] + 540.0) % 360.0 - 180.0, at[1]


def _cut(ring: Sequence[Position]) -> Iterator[Part]:
    """A convex ring as the outlines on this side of the antimeridian and beyond it."""
    for turn in (0.0, 360.0, -360.0):
        inside = _clipped(_clipped([(lon + turn, lat) for lon, lat in ring], 180.0, 1), -180.0, -1)
        corners = [at for number, at in enumerate(inside) if at != inside[number - 1]]
        if _has_width(corners):
            yield area.polygon([[*corners, corners[0]]])


def _clipped(ring: Sequence[Position], most: float, sign: int) -> list[Position]:
    """What of a convex ring is on one side of a meridian (Sutherland and Hodgman)."""
    kept: list[Position] = []
    for number, end in enumerate(ring):
        start = ring[number - 1]
        if (sign * start[0] <= sign * most) != (sign * end[0] <= sign * most):
            share = (most - start[0]) / (end[0] - start[0])
            kept.append((most, start[1] + share * (end[1] - start[1])))
        if sign * end[0] <= sign * most:
            kept.append(end)
    return kept


def _has_width(ring: Sequence[Position]) -> bool:
    doubled = sum(ring[n - 1][0] * ring[n][1] - ring[n][0] * ring[n - 1][1] for n in range(len(ring)))
    return len(ring) >= 3 and abs(doubled) > 1e-16


# -- lines by fewer positions


def _fewer(line: Line, stray_m: float) -> Line:
    """A line by fewer of its positions (Ramer, Douglas and Peucker), none of it further off; empty if these are too many."""
    kept, open_pieces = {0, len(line) - 1}, [(0, len(line) - 1)]
    while open_pieces:
        first, last = open_pieces.pop()
        at, far = _furthest(line, first, last)
        if far > stray_m:
            kept.add(at)
            open_pieces += [(first, at), (at, last)]
        if len(kept) > _FEW:
            return ()
    return [line[number] for number in sorted(kept)]


def _furthest(line: Line, first: int, last: int) -> tuple[int, float]:
    """The position that is furthest from the edge between two others, and a bound of how far that is in metres.

    In a plane in which no length is too short a distance from an edge is greatest at an end of what lies between.
    """
    lats = [lat for _, lat in line[first : last + 1]]
    wide = 1.0 if min(lats) < 0.0 < max(lats) else max(cos(radians(lat)) for lat in lats)
    (x, y), (u, v) = ((lon * wide, lat) for lon, lat in (line[first], line[last]))
    squared = (u - x) ** 2 + (v - y) ** 2
    most, at = -1.0, first
    for number in range(first + 1, last):
        p, q = line[number][0] * wide, line[number][1]
        share = min(max(((p - x) * (u - x) + (q - y) * (v - y)) / squared, 0.0), 1.0) if squared else 0.0
        far = (p - x - share * (u - x)) ** 2 + (q - y - share * (v - y)) ** 2
        most, at = max((most, at), (far, number))
    return at, radians(sqrt(max(most, 0.0))) * LARGEST_RADIUS


def _on(start: Position, end: Position, share: float) -> Position:
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def _at_most(start: Position, end: Position) -> float:
    """An upper bound of an edge's length."""
    lowest = 0.0 if start[1] * end[1] < 0 else min(abs(start[1]), abs(end[1]))
    east, north = radians(end[0] - start[0]), radians(end[1] - start[1])
    # No parallel is longer than with the radius A cos(latitude) / sqrt(1 - E2).
    return hypot(LARGEST_RADIUS * north, A / sqrt(1 - E2) * east * cos(radians(lowest)))
