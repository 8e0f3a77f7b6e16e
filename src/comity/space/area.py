"""Areas on the WGS84 ellipsoid: polygons and circles, and reading them from GeoJSON.

    {"type": "Polygon", "coordinates": [[[36.1, 35.9], [36.4, 35.9], [36.4, 36.1], [36.1, 35.9]]]}
    {"type": "Feature", "geometry": {"type": "Point", "coordinates": [36.1, 35.9]}, "properties": {"radius_m": 5000}}

Taken are Point, Polygon, MultiPolygon, a Feature of one of these and a FeatureCollection of such Features; an area of
several parts is all of them together, and they may overlap. A Point is a circle; without `radius_m` its radius is 0.

Units and datum: degrees of longitude (-180 to 180) and latitude (-90 to 90) on WGS84, in this order (RFC 7946 section
3.1.1); metres along the ellipsoid.
Edges: straight in longitude and latitude (RFC 7946 section 3.1.1), so neither geodesics nor straight on the ground.
Circles: all points whose geodesic to the centre is no longer than the radius.
Edges and rims belong to the area; a hole's rim does too, its inside does not.
Antimeridian and poles: a polygon is cut at 180 degrees (RFC 7946 section 3.1.9), and an area around a pole is a
polygon down (or up) to that pole's latitude. An edge over more than 180 degrees of longitude is refused, as nobody can
tell which way round was meant, unless both its ends lie at one pole, where it has no length.

Nothing is repaired. Sizes are looked at before any position is. Importing this loads no geometry library; making a
polygon does, to see that its rings do not cross.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from comity.errors import MALFORMED, TOO_LARGE, RemoteError

if TYPE_CHECKING:
    from comity.space._plane import Outline

MAX_VERTICES = 1_000
MAX_PARTS = 100
MAX_LINE = 5_000
MAX_RADIUS_M = 5_000_000.0

Position: TypeAlias = tuple[float, float]
Ring: TypeAlias = tuple[Position, ...]
Bounds: TypeAlias = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Circle:
    """All points no further than `radius_m` from the centre; made by `circle` or `parse`."""

    lon: float
    lat: float
    radius_m: float

    @property
    def order(self) -> tuple[Any, ...]:
        """A key that sorts parts."""
        return (0, self.lon, self.lat, self.radius_m)


@dataclass(frozen=True, slots=True)
class Polygon:
    """An outer ring and its holes, each closed (its last position is its first); made by `polygon` or `parse`.

    Attributes:
        bounds: west, south, east, north.
        outline: the same in the plane of longitude and latitude, found to be valid.
    """

    rings: tuple[Ring, ...]
    bounds: Bounds = field(compare=False, repr=False)
    outline: "Outline" = field(compare=False, repr=False)

    @property
    def order(self) -> tuple[Any, ...]:
        """A key that sorts parts."""
        return (1, self.rings)


Part: TypeAlias = Circle | Polygon


@dataclass(frozen=True, slots=True)
class Area:
    """One part or more, taken together; made by `area` or `parse`."""

    parts: tuple[Part, ...]

    @property
    def order(self) -> tuple[tuple[Any, ...], ...]:
        """A key that sorts areas: the same for equal areas only."""
        return tuple(part.order for part in self.parts)


def circle(lon: float, lat: float, radius_m: float = 0.0, *, place: str = "") -> Circle:
    """Make a circle, or a point where the radius is 0.

    Raises:
        RemoteError: `malformed`: not a position or not a radius; `too-large`: the radius is above `MAX_RADIUS_M`.
    """
    at = _position((lon, lat), place)
    return Circle(*at, _radius(radius_m, place))


def polygon(rings: Any, *, place: str = "") -> Polygon:
    """Make a polygon of sequences of positions, the outer ring first.

    Args:
        rings: what GeoJSON calls the coordinates of a Polygon; lists or tuples.
        place: the JSON pointer at which they stand, for errors.

    Raises:
        RemoteError: `too-large` or `malformed`, naming the place and the rule.
    """
    _limit(_vertices(rings, place), MAX_VERTICES, "vertices", place)
    return _polygon(rings, place)


def line(positions: Any, *, place: str = "") -> Ring:
    """Make a line of positions: edges that are straight in longitude and latitude; no area by itself (`corridor`).

    Raises:
        RemoteError: `too-large` or `malformed`, naming the place and the rule.
    """
    found = _sequence(positions, place, "positions")
    _limit(len(found), MAX_LINE, "positions", place)
    if len(found) < 2:
        _refuse("a line has two positions or more (RFC 7946 section 3.1.4)", place)
    line = tuple(_position(each, f"{place}/{number}") for number, each in enumerate(found))
    for number in range(1, len(line)):
        _edge(line[number - 1], line[number], f"{place}/{number}")
    return line


def area(*parts: Part) -> Area:
    """Make an area of parts.

    Raises:
        RemoteError: `malformed`: it has none; `too-large`: it has too many, or too many vertices.
    """
    if not parts:
        _refuse("an area has one part or more", "")
    _limit(len(parts), MAX_PARTS, "parts", "")
    rings = (ring for part in parts if isinstance(part, Polygon) for ring in part.rings)
    _limit(sum(len(ring) - 1 for ring in rings), MAX_VERTICES, "vertices", "")
    return Area(parts)


def parse(value: Any, *, place: str = "") -> Area:
    """Read an area from a GeoJSON object, as JSON values.

    Args:
        place: the JSON pointer at which the object stands, for errors.

    Raises:
        RemoteError: `too-large` or `malformed`, naming the place and the rule.
    """
    drawn = [each for shape in _features(value, place) for each in _single(shape)]
    _limit(len(drawn), MAX_PARTS, "parts", place)
    vertices = 0
    for each in drawn:
        vertices += 0 if each.is_point else _vertices(each.coordinates, each.place)
        _limit(vertices, MAX_VERTICES, "vertices", place)
    return Area(tuple(_part(each) for each in drawn))


# -- from GeoJSON's objects to single shapes, with nothing looked at but types and sizes


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A Point's, Polygon's or MultiPolygon's coordinates, where they stand, and a radius with its own place."""

    type: str
    coordinates: Any
    place: str
    radius_m: Any = 0.0
    radius_place: str = ""

    @property
    def is_point(self) -> bool:
        return self.type == "Point"


# RFC 7946 section 7.1: what would give an object the look of another type.
_FOREIGN = {
    "FeatureCollection": ("geometry", "properties", "coordinates", "geometries"),
    "Feature": ("features", "coordinates", "geometries"),
    "geometry": ("geometry", "properties", "features", "geometries"),
}
_GEOMETRIES = ("Point", "Polygon", "MultiPolygon")


def _features(value: Any, place: str) -> list[_Drawn]:
    kind = _type(value, place)
    if kind == "FeatureCollection":
        found = _sequence(value.get("features"), f"{place}/features", "features")
        _limit(len(found), MAX_PARTS, "features", f"{place}/features")
        if not found:
            _refuse("a FeatureCollection without Features is no area", f"{place}/features")
        return [_feature(each, f"{place}/features/{number}") for number, each in enumerate(found)]
    return [_feature(value, place) if kind == "Feature" else _geometry(value, place)]


def _feature(value: Any, place: str) -> _Drawn:
    if _type(value, place) != "Feature":
        _refuse("a FeatureCollection holds Features and nothing else (RFC 7946 section 3.3)", f"{place}/type")
    properties = value.get("properties", "")
    if properties is not None and type(properties) is not dict:
        _refuse("a Feature has properties, an object or null (RFC 7946 section 3.2)", f"{place}/properties")
    found = _geometry(value.get("geometry"), f"{place}/geometry")
    for name in properties or ():
        # A radius under another name, in who knows what unit, would make a circle into a point.
        if name.lower().startswith("radius") and (name != "radius_m" or not found.is_point):
            _refuse("a radius is a Point's radius_m, in metres", f"{place}/properties/{name[:64]}")
    if not properties or "radius_m" not in properties:
        return found
    return _Drawn(found.type, found.coordinates, found.place, properties["radius_m"], f"{place}/properties/radius_m")


def _geometry(value: Any, place: str) -> _Drawn:
    kind = _type(value, place)
    if kind not in _GEOMETRIES:
        _refuse(f"an area is a {', '.join(_GEOMETRIES)}, or Features of these", f"{place}/type")
    return _Drawn(kind, value.get("coordinates"), f"{place}/coordinates")


def _type(value: Any, place: str) -> str:
    if type(value) is not dict or type(value.get("type")) is not str:
        _refuse("a GeoJSON object with its type is required (RFC 7946 section 3)", place)
    kind: str = value["type"]
    if "crs" in value:
        _refuse("crs is not GeoJSON: coordinates are WGS84 (RFC 7946 section 4)", f"{place}/crs")
    for name in _FOREIGN.get(kind, _FOREIGN["geometry"]):
        if name in value:
            _refuse(f"a {kind[:32]} must not have {name} (RFC 7946 section 7.1)", f"{place}/{name}")
    return kind


def _single(drawn: _Drawn) -> list[_Drawn]:
    if drawn.type != "MultiPolygon":
        return [drawn]
    found = _sequence(drawn.coordinates, drawn.place, "polygons")
    _limit(len(found), MAX_PARTS, "parts", drawn.place)
    if not found:
        _refuse("a MultiPolygon without polygons is no area", drawn.place)
    return [_Drawn("Polygon", each, f"{drawn.place}/{number}") for number, each in enumerate(found)]


def _vertices(rings: Any, place: str) -> int:
    """Count a polygon's vertices by the lengths of its lists; the closing positions do not count."""
    found = _sequence(rings, place, "rings")
    _limit(len(found), MAX_VERTICES, "rings", place)
    for number, each in enumerate(found):
        if type(each) not in (list, tuple):
            _sequence(each, f"{place}/{number}", "positions")
    # A ring that is too short, and will be refused, counts for one: it must not make room for another.
    return sum(max(len(each) - 1, 1) for each in found)


# -- from single shapes to parts


def _part(drawn: _Drawn) -> Part:
    if not drawn.is_point:
        return _polygon(drawn.coordinates, drawn.place)
    at = _position(drawn.coordinates, drawn.place)
    return Circle(*at, _radius(drawn.radius_m, drawn.radius_place))


def _polygon(rings: Any, place: str) -> Polygon:
    if not rings:
        _refuse("a polygon has an outer ring (RFC 7946 section 3.1.6)", place)
    found = tuple(_ring(each, f"{place}/{number}") for number, each in enumerate(rings))
    # Loaded when the first polygon is made: most commands make none.
    from comity.space import _plane

    outline = _plane.polygon(found, place)
    lons, lats = zip(*found[0], strict=True)
    return Polygon(found, (min(lons), min(lats), max(lons), max(lats)), outline)


def _ring(value: Any, place: str) -> Ring:
    found = tuple(_position(each, f"{place}/{number}") for number, each in enumerate(value))
    if len(found) < 4:
        _refuse("a ring has four positions or more (RFC 7946 section 3.1.6)", place)
    if found[0] != found[-1]:
        _refuse("a ring ends where it begins (RFC 7946 section 3.1.6)", f"{place}/{len(found) - 1}")
    for number in range(1, len(found)):
        _edge(found[number - 1], found[number], f"{place}/{number}")
    return found


def _edge(start: Position, end: Position, place: str) -> None:
    at_pole = start[1] == end[1] and abs(end[1]) == 90.0
    if abs(end[0] - start[0]) > 180.0 and not at_pole:
        message = (
            "an edge over more than 180 degrees of longitude: cut what crosses the antimeridian (RFC 7946 section 3.1.9), "
            "or give long edges a position on the way"
        )
        _refuse(message, place)


def _position(value: Any, place: str) -> Position:
    found = _sequence(value, place, "numbers")
    if len(found) != 2:
        _refuse("a position here is longitude and latitude; heights are said as floor and ceiling", place)
    return _degrees(found[0], 180, "longitude", f"{place}/0"), _degrees(found[1], 90, "latitude", f"{place}/1")


def _degrees(value: Any, most: int, name: str, place: str) -> float:
    # NaN compares false; an integer beyond any float is compared before it is turned into one.
    if type(value) not in (int, float) or not -most <= value <= most:
        _refuse(f"a {name} is a number from -{most} to {most} (RFC 7946 section 4)", place)
    return float(value)


def _radius(value: Any, place: str) -> float:
    if type(value) not in (int, float) or not value >= 0:
        _refuse("a radius is a number of metres, 0 or more", place)
    if value > MAX_RADIUS_M:
        raise RemoteError(TOO_LARGE, f"a radius is at most {MAX_RADIUS_M:.0f} m", place=place)
    return float(value)


def _sequence(value: Any, place: str, what: str) -> Any:
    if type(value) not in (list, tuple):
        _refuse(f"a list of {what} is required (RFC 7946 section 3.1)", place)
    return value


def _limit(size: int, most: int, what: str, place: str) -> None:
    if size > most:
        raise RemoteError(TOO_LARGE, f"{size} {what} or more; an area has at most {most}", place=place)


def _refuse(message: str, place: str) -> NoReturn:
    raise RemoteError(MALFORMED, message, place=place)
