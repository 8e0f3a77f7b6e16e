"""Drawings: the files in which people draw places, read into areas.

    {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "Clinic 1"}, "geometry": ...}]}

What travels is read by `space.area`, strictly and in one form. What people draw is read here: every form that has one
meaning, one `Feature` each; nothing is guessed, nothing of a place grows smaller, and no Feature vanishes. What stands in a
file and is not used is said in `notes`, each once. docs/geometry.md has the forms.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from comity import foreign
from comity.errors import MALFORMED, TOO_LARGE, LocalError, RemoteError
from comity.model import content
from comity.model.content import MAX_CONTENT
from comity.space import area
from comity.space.area import Area, Part

MAX_FEATURES = 1_000
# Each position, ring, polygon and Feature may be a list, and properties may have some.
_MOST_LISTS = 50_000


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing that was drawn.

    Attributes:
        number: its place in the file, from 1, as people count.
        area: in degrees on WGS84.
        name: its property `name`; None where it has none.
        properties: all of them, as JSON values; for reading only.
        has_extent: False where it is bare points and no radius was said, not even 0.
    """

    number: int
    area: Area
    name: str | None
    properties: Mapping[str, Any]
    has_extent: bool

    @property
    def title(self) -> str:
        """What a person finds it by in the file.

        >>> Feature(2, Area(()), "Clinic 2", {}, False).title
        "feature 2, “Clinic 2”"
        """
        return _title(self.number, self.name)


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a file draws: one Feature or more, and what of the file is not used."""

    features: tuple[Feature, ...]
    notes: tuple[str, ...] = ()

    @property
    def area(self) -> Area:
        """All Features together.

        Raises:
            LocalError: `too-large`: more than one area may have.
        """
        try:
            return area.area(*(part for feature in self.features for part in feature.area.parts))
        except RemoteError as error:
            raise LocalError(error.code, error.message, place=error.place) from None

    @property
    def has_extent(self) -> bool:
        """Say whether every Feature has an extent, or said that it has none."""
        return all(feature.has_extent for feature in self.features)


def read(raw: bytes, *, buffer_m: float | None = None) -> Drawing:
    """Read a drawing from the bytes of a file.

    Args:
        raw: GeoJSON (RFC 7946).
        buffer_m: how far around lines, outlines and points the area reaches, in metres.

    Raises:
        LocalError: `too-large`, `not-json` or `malformed`, with the place in the file, the rule and how to go on.
    """
    try:
        return _Reader(buffer_m).drawing(_json(raw))
    except RemoteError as error:
        raise LocalError(error.code, error.message, place=error.place) from None


def _json(raw: bytes) -> Any:
    if len(raw) > MAX_CONTENT:
        raise RemoteError(TOO_LARGE, f"{len(raw)} bytes; a file has at most {MAX_CONTENT}")
    # Counted before anything is read, which would take half a second at this size.
    *_, rest = raw.split(b"[", _MOST_LISTS)
    if b"[" in rest:
        place = f"byte {len(raw) - len(rest)}"
        raise RemoteError(TOO_LARGE, f"a drawing has at most {_MOST_LISTS} positions and other lists", place=place)
    return content.read_json(raw)


class _Reader:
    """One reading of one file."""

    def __init__(self, buffer_m: float | None) -> None:
        self.buffer_m = buffer_m
        self.notes: dict[str, None] = {}

    def drawing(self, value: Any) -> Drawing:
        features = tuple(self._feature(number, *each) for number, each in enumerate(_features(value), 1))
        return Drawing(features, tuple(self.notes))

    def _feature(self, number: int, value: Any, place: str) -> Feature:
        properties = value.get("properties") or {} if value.get("type") == "Feature" else {}
        name = properties.get("name")
        name = name if isinstance(name, str) and name else None
        found = area.parse(value, place=place)
        has_extent = "radius_m" in properties or not all(_is_point(part) for part in found.parts)
        return Feature(number, found, name, properties, has_extent)


def _features(value: Any) -> Iterator[tuple[Any, str]]:
    if type(value) is dict and value.get("type") == "FeatureCollection" and type(value.get("features")) is list:
        if len(value["features"]) > MAX_FEATURES:
            _refuse(f"a drawing has at most {MAX_FEATURES} features", "/features", TOO_LARGE)
        if not value["features"]:
            _refuse("a FeatureCollection without Features is no area", "/features")
        for number, each in enumerate(value["features"]):
            yield each, f"/features/{number}"
    else:
        yield value, ""


def _is_point(part: Part) -> bool:
    return isinstance(part, area.Circle) and part.radius_m == 0.0


def _title(number: int, name: str | None) -> str:
    return f"feature {number}" if name is None else f"feature {number}, {foreign.quoted(name)}"


def _refuse(message: str, place: str, code: str = MALFORMED) -> NoReturn:
    raise RemoteError(code, message, place=place)
