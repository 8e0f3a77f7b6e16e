"""Understood: how volumes were read here, to be compared with how they were meant.

    {"volumes": [{"area": {"north": 36.0, "east": 36.4, "south": 35.8, "west": 36.1, "km2": 601.0,
                           "centre": {"lat": 35.9, "lon": 36.25}, "parts": [{"shape": "outline", "corners": 4, ...}]},
                  "band": {"floor": {"stated": "9000 ft MSL", "reference": "MSL", "lowest_m": 2633.2, "highest_m": 2833.2},
                           "ceiling": null, "lowest_m": 2633.2, "highest_m": null},
                  "from": "2026-12-26T12:00:00.000Z", "until": "2026-12-26T13:00:00.000Z"}]}

A function of the volumes alone, the same for who says them and who hears them; `words` adds for people what only a clock
can tell. Nothing here decides anything: what is checked are the volumes. spec/understood-as.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from math import isfinite
from typing import Any

from comity.model import _place_words, when
from comity.space import extent, instant
from comity.space.altitude import Altitude, Band
from comity.space.area import Area, Circle, Part
from comity.space.extent import DEGREE, Bounds
from comity.space.instant import Instant
from comity.space.interval import Interval
from comity.space.volume import Volume

_MOST_PARTS = 10


class Shape(StrEnum):
    """What a part of an area was read as."""

    POINT = "point"
    CIRCLE = "circle"
    SOMEWHERE = "somewhere-within"
    OUTLINE = "outline"


@dataclass(frozen=True, slots=True)
class PartRead:
    """One part of an area: its bounds in units of 1e-7 degrees, its size in km2, and what it was drawn as.

    Attributes:
        centre: longitude and latitude of a point or circle.
        radius_m: of a circle, and of one in which a place lies somewhere: that one has no centre here, for it is none.
        corners, holes: of an outline.
    """

    shape: Shape
    bounds: Bounds
    km2: float
    centre: tuple[int, int] | None = None
    radius_m: float | None = None
    corners: int | None = None
    holes: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """As JSON values; degrees and metres."""
        told: dict[str, Any] = {"shape": self.shape.value, **_bounds(self.bounds), "km2": self.km2}
        if self.centre is not None:
            told |= _centre(self.centre)
        more = {"radius_m": self.radius_m, "corners": self.corners, "holes": self.holes}
        return told | {name: value for name, value in more.items() if value is not None}


@dataclass(frozen=True, slots=True)
class AreaRead:
    """An area: its bounds and middle in units of 1e-7 degrees, and its size in km2, the sum of its parts' sizes."""

    bounds: Bounds
    centre: tuple[int, int] | None
    km2: float
    parts: tuple[PartRead, ...]

    def as_dict(self) -> dict[str, Any]:
        """As JSON values; degrees."""
        centre = None if self.centre is None else _centre(self.centre)
        parts = [part.as_dict() for part in self.parts]
        return {**_bounds(self.bounds), "km2": self.km2, "centre": centre, "parts": parts}


@dataclass(frozen=True, slots=True)
class Understood:
    """How volumes were read.

    Attributes:
        volumes: each with its area as it was read.
        window: when a movement is on its way; it is protected at all times.
    """

    volumes: tuple[tuple[Volume, AreaRead], ...]
    window: Interval | None = None

    def as_dict(self) -> dict[str, Any]:
        """As JSON values: what spec/understood-as.md describes."""
        told: dict[str, Any] = {"volumes": [_volume(*each) for each in self.volumes]}
        return told if self.window is None else told | {"window": _times(self.window)}


def read(volumes: Iterable[Volume], window: Interval | None = None, *, somewhere: bool = False) -> Understood:
    """Say how volumes were read.

    Args:
        volumes: of a notice, a site or an operation.
        window: of a movement.
        somewhere: the area is that of a site which is not exact: a circle in which it lies, and not around which.
    """
    found = ((each, _area(each.area)) for each in volumes)
    return Understood(tuple((each, _somewhere(area) if somewhere else area) for each, area in found), window)


def words(found: Understood, now: Instant | None) -> str:
    """The same for people, one thing a line, with weekdays and how far away the times are, where there is a clock."""
    many = len(found.volumes) > 1
    lines: list[str] = []
    for number, (volume, area) in enumerate(found.volumes, 1):
        lines += [f"volume {number} of {len(found.volumes)}"] if many else []
        lines += _volume_words(volume, area, now)
    if found.window is not None:
        lines.append(f"on its way: {when.words(found.window, now)}; protected at all other times too")
    return "\n".join(lines)


def told_words(found: Understood, *, is_drawn: bool) -> str:
    """What those learn who are told a circle in which a place lies.

    Args:
        is_drawn: it is the circle that they are told; else another of its size is drawn when it is said.
    """
    [(_, area)] = found.volumes
    if is_drawn:
        return _part_words(area.parts[0])
    radius = _place_words.metres(area.parts[0].radius_m or 0.0)
    return f"somewhere within a circle of radius {radius}, which is drawn when it is said"


# -- reading


def _area(area: Area) -> AreaRead:
    parts = tuple(_part(part) for part in area.parts)
    bounds = extent.bounds(part.bounds for part in parts)
    size = sum(extent.square_metres(part) for part in area.parts)
    return AreaRead(bounds, extent.middle_of(area, bounds), _km2(size), parts)


def _somewhere(found: AreaRead) -> AreaRead:
    """The same of a place that is told as a circle: what is at the centre is not the place, and would be taken for it."""
    parts = tuple(replace(part, shape=Shape.SOMEWHERE, centre=None) for part in found.parts)
    return replace(found, centre=None, parts=parts)


def _part(part: Part) -> PartRead:
    bounds, km2 = extent.bounds_of(part), _km2(extent.square_metres(part))
    if not isinstance(part, Circle):
        corners, holes = len(part.rings[0]) - 1, len(part.rings) - 1
        return PartRead(Shape.OUTLINE, bounds, km2, corners=corners, holes=holes)
    centre = extent.middle_of(Area((part,)), bounds)
    if not part.radius_m:
        return PartRead(Shape.POINT, bounds, km2, centre)
    return PartRead(Shape.CIRCLE, bounds, km2, centre, radius_m=round(part.radius_m, 3))


def _km2(square_metres: float) -> float:
    """Four digits, wherever the point stands."""
    return float(f"{square_metres / 1e6:.3e}")


# -- as JSON values


def _bounds(found: Bounds) -> dict[str, float]:
    sides = ("north", "east", "south", "west")
    return {side: getattr(found, side) / DEGREE for side in sides}


def _centre(at: tuple[int, int]) -> dict[str, float]:
    return {"lat": at[1] / DEGREE, "lon": at[0] / DEGREE}


def _volume(volume: Volume, area: AreaRead) -> dict[str, Any]:
    return {"area": area.as_dict(), "band": _band(volume.band), **_times(volume.during)}


def _band(band: Band) -> dict[str, Any]:
    ends = {"floor": _altitude(band.floor), "ceiling": _altitude(band.ceiling)}
    return {**ends, "lowest_m": _metres(band.lowest), "highest_m": _metres(band.highest)}


def _altitude(stated: Altitude | None) -> dict[str, Any] | None:
    if stated is None:
        return None
    heights = {"lowest_m": _metres(stated.lowest), "highest_m": _metres(stated.highest)}
    return {"stated": str(stated), "reference": stated.reference.value, **heights}


def _metres(height: float) -> float | None:
    return round(height, 2) if isfinite(height) else None


def _times(during: Interval) -> dict[str, str | None]:
    ends = {"from": during.start, "until": during.end}
    return {name: None if at is None else instant.text(at) for name, at in ends.items()}


# -- for people


def _volume_words(volume: Volume, area: AreaRead, now: Instant | None) -> list[str]:
    altitudes = _place_words.band(volume.band)
    times = when.words(volume.during, now)
    return [*_area_words(area), f"altitudes: {altitudes}", f"times: {times}"]


def _area_words(area: AreaRead) -> list[str]:
    if len(area.parts) == 1:
        return [f"area: {_part_words(area.parts[0], area.centre)}"]
    size = f"{_place_words.size(area.km2)} in all, what overlaps counted for each"
    first = f"area: {len(area.parts)} parts {_place_words.reach(area.bounds)}; {size}{_around(area.centre)}"
    shown = [f"  part {number}: {_part_words(part)}" for number, part in enumerate(area.parts[:_MOST_PARTS], 1)]
    left = len(area.parts) - len(shown)
    return [first, *shown, *([f"  and {left} more"] if left else [])]


def _part_words(part: PartRead, middle: tuple[int, int] | None = None) -> str:
    if part.centre is not None and part.radius_m is None:
        return f"a point at {_place_words.position(*part.centre)}, of no extent"
    size = f"{_place_words.reach(part.bounds)}; {_place_words.size(part.km2)}"
    if part.centre is not None and part.radius_m is not None:
        radius = _place_words.metres(part.radius_m)
        return f"a circle of radius {radius} around {_place_words.position(*part.centre)}, {size}"
    if part.shape is Shape.SOMEWHERE:
        return f"somewhere within a circle of radius {_place_words.metres(part.radius_m or 0.0)} {size}"
    holes = f" with {part.holes} {'hole' if part.holes == 1 else 'holes'}" if part.holes else ""
    return f"an outline of {part.corners} corners{holes} {size}{_around(middle)}"


def _around(middle: tuple[int, int] | None) -> str:
    return "" if middle is None else f"; centre {_place_words.position(*middle)}"
