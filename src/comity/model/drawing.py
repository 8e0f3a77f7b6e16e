"""Drawings: the files in which people draw places, read into areas.

    {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "Clinic 1"}, "geometry": ...}]}

What travels is read by `space.area`, strictly and in one form. What people draw is read here: every form that has one
meaning, one `Feature` each; nothing is guessed, nothing of a place grows smaller, and no Feature vanishes. What stands in a
file and is not used is said in `notes`, each once. docs/geometry.md has the forms.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from comity import foreign
from comity.errors import MALFORMED, TOO_LARGE, LocalError, RemoteError
from comity.model import _drawn, _drawn_radius, content, recognise
from comity.model._places import geojson
from comity.model.content import MAX_CONTENT
from comity.space import area
from comity.space.area import MAX_PARTS, MAX_VERTICES, Area, Part

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
        'feature 2, “Clinic 2”'
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
        buffer_m: how far around what is drawn the area reaches, in metres; a line needs one.

    Raises:
        LocalError: `too-large`, `not-json` or `malformed`, with the place in the file, the rule and how to go on.
    """
    try:
        value, notes = _json(raw)
        return _Reader(buffer_m, notes).drawing(value)
    except RemoteError as error:
        raise LocalError(error.code, error.message, place=error.place) from None


def _json(raw: bytes) -> tuple[Any, Sequence[str]]:
    if len(raw) > MAX_CONTENT:
        raise RemoteError(TOO_LARGE, f"{len(raw)} bytes; a file has at most {MAX_CONTENT}")
    # Counted before anything is read, which would take half a second at this size.
    *_, rest = raw.split(b"[", _MOST_LISTS)
    if b"[" in rest:
        place = f"byte {len(raw) - len(rest)}"
        raise RemoteError(
            TOO_LARGE,
            f"a file has at most {_MOST_LISTS} lists, and an area at most {MAX_VERTICES} vertices",
            place=place,
        )
    bare, notes = recognise.json_text(raw)
    return content.read_json(bare), notes


# RFC 7946 section 7.1: what would give an object the look of another type.
_FOREIGN = {
    "FeatureCollection": ("geometry", "properties", "coordinates", "geometries"),
    "Feature": ("features", "coordinates", "geometries"),
    "GeometryCollection": ("geometry", "properties", "features", "coordinates"),
}
_FOREIGN_GEOMETRY = ("geometry", "properties", "features", "geometries")
_GEOMETRIES = (*_drawn.DEPTHS, "GeometryCollection")
_TYPES = ("FeatureCollection", "Feature", *_GEOMETRIES)


def write(found: Area) -> bytes:
    """An area as a file that draws it and nothing else."""
    return content.dump(geojson(found))


class _Reader:
    """One reading of one file."""

    def __init__(self, buffer_m: float | None, notes: Sequence[str]) -> None:
        self.buffer_m = buffer_m
        self.notes = dict.fromkeys(notes)

    def drawing(self, value: Any) -> Drawing:
        kind = self._type(value, "", _TYPES)
        if kind != "FeatureCollection":
            return self._drawing([self._feature(1, value, "", kind)])
        given = _list(value.get("features"), "features", "/features")
        if not given:
            _refuse("a FeatureCollection without Features is no area", "/features")
        if len(given) > MAX_FEATURES:
            _refuse(f"{len(given)} features; a file has at most {MAX_FEATURES} features", "/features", TOO_LARGE)
        return self._drawing([self._numbered(number, each) for number, each in enumerate(given, 1)])

    def _drawing(self, features: list[Feature]) -> Drawing:
        return Drawing(tuple(features), tuple(self.notes))

    def _numbered(self, number: int, value: Any) -> Feature:
        """A Feature of several; a fault in it is told with its number and name."""
        place = f"/features/{number - 1}"
        name = _name(value["properties"]) if type(value) is dict and type(value.get("properties")) is dict else None
        try:
            if value is None or value == {}:
                _refuse("this is nothing, where a Feature is to stand: take it out", place)
            if type(value) is dict and value.get("type") in _GEOMETRIES:
                _refuse("a FeatureCollection holds Features and nothing else (RFC 7946 section 3.3)", f"{place}/type")
            return self._feature(number, value, place, self._type(value, place, ("Feature",)))
        except RemoteError as error:
            message = f"{_title(number, name)}: {error.message}"
            raise RemoteError(error.code, message, place=error.place) from None

    def _feature(self, number: int, value: Any, place: str, kind: str) -> Feature:
        if kind != "Feature":
            return self._made(number, {}, value, place, {})
        properties = value.get("properties")
        if properties is not None and type(properties) is not dict:
            _refuse("a Feature's properties are an object or null (RFC 7946 section 3.2)", f"{place}/properties")
        geometry = value.get("geometry")
        if geometry in (None, {}, [], ""):
            what = "(null, RFC 7946 section 3.2)" if "geometry" in value else "(it says no geometry)"
            what = what if geometry is None else "(its geometry is empty)"
            _refuse(f"this Feature has no place {what}: give it one or take it out", f"{place}/geometry")
        return self._made(number, properties or {}, geometry, f"{place}/geometry", value)

    def _made(
        self, number: int, properties: dict[str, Any], geometry: Any, place: str, feature: Mapping[str, Any]
    ) -> Feature:
        shapes = list(self._shapes(geometry, place))
        outside = place.removesuffix("/geometry")
        members = [(feature, outside), *_geometries(geometry, place)]
        has_points = any(each.is_points for each in shapes)
        said = _drawn_radius.radius(properties, f"{outside}/properties", has_points=has_points, members=members)
        parts: list[Part] = []
        for each in shapes:
            parts += _drawn.parts(each, said.metres or 0.0, self.buffer_m)
            if len(parts) > MAX_PARTS:
                _refuse(f"more than {MAX_PARTS} parts in one: split it into Features", place, TOO_LARGE)
        self.notes |= dict.fromkeys((*said.notes, *_drawn.unused({**feature, **properties})))
        self.notes |= dict.fromkeys(_drawn.HEIGHTS for each in shapes if each.has_heights)
        bare = self.buffer_m is None and said.metres is None and all(each.is_points for each in shapes)
        return Feature(number, area.area(*parts), _name(properties), properties, not bare)

    def _shapes(self, value: Any, place: str) -> Iterator["_drawn.Shape"]:
        kind = self._type(value, place, _GEOMETRIES)
        if kind != "GeometryCollection":
            yield _drawn.shape(kind, value.get("coordinates"), f"{place}/coordinates")
            return
        given = _list(value.get("geometries"), "geometries", f"{place}/geometries")
        if not given:
            _refuse("a GeometryCollection without geometries is no area", f"{place}/geometries")
        if len(given) > MAX_PARTS:
            _refuse(
                f"{len(given)} geometries; one area has at most {MAX_PARTS} parts", f"{place}/geometries", TOO_LARGE
            )
        for number, each in enumerate(given):
            inside = f"{place}/geometries/{number}"
            if self._type(each, inside, _GEOMETRIES) == "GeometryCollection":
                message = "a GeometryCollection in another is not read (RFC 7946 section 3.1.8): split it into Features"
                _refuse(message, f"{inside}/type")
            yield _drawn.shape(each["type"], each.get("coordinates"), f"{inside}/coordinates")

    def _type(self, value: Any, place: str, wanted: Sequence[str]) -> str:
        """The type of an object, which is one of those wanted; its reference system is one that is known."""
        if type(value) is not dict or value.get("type") not in wanted:
            _refuse(_not_wanted(value, wanted), f"{place}/type" if type(value) is dict and "type" in value else place)
        kind: str = value["type"]
        _drawn.check_systems(value, place)
        for name in _FOREIGN.get(kind, _FOREIGN_GEOMETRY):
            if name in value:
                _refuse(f"a {kind} must not have {name} (RFC 7946 section 7.1)", f"{place}/{name}")
        return kind


def _geometries(geometry: dict[str, Any], place: str) -> list[tuple[Mapping[str, Any], str]]:
    """A geometry and those in it, each with its place."""
    inside = geometry.get("geometries") or []
    return [(geometry, place), *((each, f"{place}/geometries/{number}") for number, each in enumerate(inside))]


def _not_wanted(value: Any, wanted: Sequence[str]) -> str:
    """What an object is instead, and how to go on."""
    kind = value.get("type") if type(value) is dict else None
    if kind in _TYPES:
        if wanted == ("Feature",):
            return "a FeatureCollection holds Features and nothing else (RFC 7946 section 3.3)"
        return f"an area is a {', '.join(_GEOMETRIES)}, not a {kind}"
    if type(kind) is str:
        for name in _TYPES:
            if kind.lower() == name.lower():
                return f"GeoJSON writes this type {name} (RFC 7946 section 1.4)"
        if kind.lower() == "circle":
            return "GeoJSON has no Circle: write a Feature whose geometry is a Point, with its radius_m in metres"
    return f"{_instead(value)}a GeoJSON object with its type is required (RFC 7946 section 3)"


_GO_ON = {
    "Esri JSON": "export it as GeoJSON (f=geojson)",
    "Overpass JSON": "export it as GeoJSON",
    "OpenStreetMap JSON": "export it as GeoJSON",
    "TopoJSON": "export it as GeoJSON",
    "JSON within a JSON string": "take it out of the string",
    "a STIX object": "`comity say` takes it, but it draws no place",
    "a STIX bundle": "`comity say` takes its objects one by one, but it draws no place",
}


def _instead(value: Any) -> str:
    kind = recognise.kind_of(value)
    if kind is None:
        return ""
    if kind.startswith("a list"):
        return f"this is {kind}: put Features into one FeatureCollection; "
    return f"this is {kind}: {_GO_ON.get(kind, 'it draws no place')}; "


def _name(properties: Mapping[str, Any]) -> str | None:
    for key, given in properties.items():
        if key.lower() == "name" and type(given) is str and given.strip():
            return given
    return None


def _title(number: int, name: str | None) -> str:
    return f"feature {number}" if name is None else f"feature {number}, {foreign.quoted(name)}"


def _list(value: Any, what: str, place: str) -> list[Any]:
    if type(value) is not list:
        _refuse(f"a list of {what} is required (RFC 7946 section 3)", place)
    found: list[Any] = value
    return found


def _refuse(message: str, place: str, code: str = MALFORMED) -> NoReturn:
    raise RemoteError(code, message, place=place)
