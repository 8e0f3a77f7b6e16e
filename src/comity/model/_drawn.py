"""What stands in a drawing: shapes, reference systems, and what of it is not used.

Shapes are brought into the form that travels and read by `space.area`, so that there is one judge of what an area is.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from comity.errors import MALFORMED, RemoteError
from comity.space import area
from comity.space.area import Circle, Part, Ring

# How deep in its coordinates a geometry's positions stand.
DEPTHS = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
_POINTS = frozenset({"Point", "MultiPoint"})
_LINES = frozenset({"LineString", "MultiLineString"})
HEIGHTS = "heights in the file are not used: say --floor and --ceiling"


# -- shapes


@dataclass(frozen=True, slots=True)
class Shape:
    """One geometry, its positions brought down to longitude and latitude.

    Attributes:
        has_heights: its positions had further numbers.
    """

    type: str
    coordinates: Any
    place: str
    has_heights: bool

    @property
    def is_points(self) -> bool:
        """Say whether it is one point or several."""
        return self.type in _POINTS


def shape(kind: str, coordinates: Any, place: str) -> Shape:
    """Take a geometry's coordinates, whatever they are: what is wrong in them is found when parts are made of them."""
    flat, had_heights = _flat(coordinates, DEPTHS[kind])
    return Shape(kind, flat, place, had_heights)


def _flat(value: Any, depth: int) -> tuple[Any, bool]:
    if type(value) is not list:
        return value, False
    if depth:
        found = [_flat(each, depth - 1) for each in value]
        return [each for each, _ in found], any(had for _, had in found)
    # RFC 7946 section 3.1.1: longitude, latitude, height; and some write a measure after these.
    further = value[2:]
    if len(further) in (1, 2) and all(each is None or type(each) in (int, float) for each in further):
        return value[:2], further[0] is not None
    return value, False


def parts(drawn: Shape, radius_m: float, buffer_m: float | None) -> list[Part]:
    """The parts of an area that a shape is.

    Args:
        radius_m: of its points.
        buffer_m: how far around it the area reaches; None is not at all, and a line is no area then.

    Raises:
        RemoteError: `malformed` or `too-large`.
    """
    if drawn.coordinates in ([], [[]], [[[]]]):
        _refuse(
            f"this {drawn.type} is empty, and so no place (RFC 7946 section 3.1): give it one or take it out",
            drawn.place,
        )
    if drawn.type in _LINES and buffer_m is None:
        _refuse("a line has no extent: say how far around it counts, such as --buffer 500m", drawn.place)
    try:
        if drawn.type in _LINES:
            return _corridor(_lines(drawn), buffer_m or 0.0, drawn.place)
        if drawn.type == "Point":
            return [_circle(drawn.coordinates, radius_m + (buffer_m or 0.0), drawn.place)]
        if drawn.type == "MultiPoint":
            return [
                _circle(each, radius_m + (buffer_m or 0.0), f"{drawn.place}/{number}")
                for number, each in enumerate(_several(drawn))
            ]
        outside = drawn.place.removesuffix("/coordinates")
        outlines = area.parse({"type": drawn.type, "coordinates": drawn.coordinates}, place=outside).parts
        if buffer_m is None:
            return list(outlines)
        rims = [ring for part in outlines if not isinstance(part, Circle) for ring in part.rings]
        return [*outlines, *_corridor(rims, buffer_m, drawn.place)]
    except RemoteError as error:
        raise _diagnosed(error, drawn) from None


def _lines(drawn: Shape) -> list[Ring]:
    if drawn.type == "LineString":
        return [area.line(drawn.coordinates, place=drawn.place)]
    return [area.line(each, place=f"{drawn.place}/{number}") for number, each in enumerate(_several(drawn))]


def _corridor(lines: list[Ring], buffer_m: float, place: str) -> list[Part]:
    # Loaded when a line is drawn, which is seldom.
    from comity.space import corridor

    return list(corridor.around(lines, buffer_m, place=place))


def _several(drawn: Shape) -> list[Any]:
    if type(drawn.coordinates) is not list or not drawn.coordinates:
        _refuse(f"a {drawn.type} has a list of coordinates", drawn.place)
    found: list[Any] = drawn.coordinates
    return found


def _circle(position: Any, radius_m: float, place: str) -> Circle:
    try:
        [found] = area.parse({"type": "Point", "coordinates": position}).parts
    except RemoteError as error:
        raise RemoteError(error.code, error.message, place=place + error.place.removeprefix("/coordinates")) from None
    assert isinstance(found, Circle)
    return area.circle(found.lon, found.lat, radius_m, place=place)


# -- numbers that are no degrees


def _diagnosed(error: RemoteError, drawn: Shape) -> RemoteError:
    """The same fault; where a number is out of range, with what it looks like and how to go on."""
    if not re.search(r"a (longitude|latitude) is a number", error.message):
        return error
    found = [at for at in _positions(drawn.coordinates) if all(type(each) in (int, float) for each in at)]
    wrong = next((at for at in found if not (abs(at[0]) <= 180 and abs(at[1]) <= 90)), None)
    if wrong is None:
        text = (
            "; write it without quotation marks"
            if any(type(each) is str for each in _numbers(drawn.coordinates))
            else ""
        )
        return RemoteError(error.code, f"{error.message}{text}", place=error.place)
    return RemoteError(error.code, f"{error.message}: {_meant(wrong, found)}", place=error.place)


def _meant(wrong: list[Any], found: list[list[Any]]) -> str:
    most = max(abs(each) for at in found for each in at)
    if most > 20_100_000:
        return "these look like degrees times ten million: write degrees"
    if most > 1_000:
        return "these look like metres, as EPSG:3857 (web mercator) has them: export it again in EPSG:4326 (WGS 84)"
    # A hair beyond the pole is no swap.
    if abs(wrong[0]) <= 90 and 90.5 < abs(wrong[1]) <= 180:
        return "latitude and longitude look swapped: the longitude comes first (RFC 7946 section 3.1.1)"
    lons = [at[0] for at in found]
    if max(map(abs, lons)) <= 180 or max(map(abs, lons)) > 540:
        return "positions are longitude and latitude in degrees (RFC 7946 section 3.1.1)"
    west, east = min(lons), max(lons)
    if west == east or (abs(west) > 180 and abs(east) > 180):
        return f"{_said(west, east)}; write that"
    first, last = (west, _within(east)) if east > 180 else (_within(west), east)
    return (
        f"{_said(west, east)}; cut it at the antimeridian (RFC 7946 section 3.1.9), into one part from {first:.10g} to 180 and "
        f"one from -180 to {last:.10g}"
    )


def _said(west: float, east: float) -> str:
    """What longitudes beyond 180 degrees are within them: 180.2 is -179.8."""
    beyond = [lon for lon in dict.fromkeys((west, east)) if abs(lon) > 180]
    return " and ".join(f"{lon:.10g} is {_within(lon):.10g}" for lon in beyond)


def _within(lon: float) -> float:
    return round((lon + 180.0) % 360.0 - 180.0, 9)


def _positions(value: Any) -> Iterator[list[Any]]:
    if type(value) is list:
        if len(value) == 2 and not any(type(each) is list for each in value):
            yield value
        else:
            for each in value:
                yield from _positions(each)


def _numbers(value: Any) -> Iterator[Any]:
    if type(value) is list:
        for each in value:
            yield from _numbers(each)
    else:
        yield value


# -- reference systems

# Patterns are compiled when a drawing is read, which most commands do not.
_WGS84 = (
    r"(?i)(urn:(x-)?ogc:def:crs:|https?://www\.opengis\.net/def/crs/)?"
    r"(ogc[:/]([\d.]*[:/])?(crs:?)?84h?|crs:?84h?|epsg[:/]([\d.]*[:/])?(4326|4979)|(gcs_)?wgs[ _-]?(19)?84|"
    r"world geodetic system 1984)"
)
_EPSG = (
    r"(?i)(?:.*[^a-z])?epsg(?:\.xml)?[^\da-z]{0,2}(?:[\d.]*[:/])?(\d{4,6})"
    r"(?:[)\]]|/(?:ogcwkt|proj4|esriwkt|prettywkt|json|gml)?/?)?|(\d{4,6})"
)
_CODE = r"(?i)(?:epsg|esri)\D{1,2}(?:[\d.]*[:/])?(\d{4,6})$|[#:/](\d{4,6})$"
_CODES = frozenset({"4326", "4979"})
_MERCATOR = frozenset({"3857", "900913", "3785", "102100", "102113", "3395"})
_NAMES = {
    "4258": "ETRS89",
    "4269": "NAD83",
    "4267": "NAD27",
    "4284": "Pulkovo 1942",
    "4490": "CGCS2000",
    "4230": "ED50",
}
_AGAIN = "export it again in EPSG:4326 (WGS 84)"
# Members by which others than the old GeoJSON name one: OGC's JSON-FG, Esri, GML, PostGIS.
_MEMBERS = (
    "crs",
    "coordRefSys",
    "spatialReference",
    "coordinateReferenceSystem",
    "srs",
    "srsName",
    "srid",
    "epsg",
    "datum",
)


def check_systems(object: Mapping[str, Any], place: str) -> None:
    """Refuse an object of GeoJSON that names a reference system other than WGS 84 in degrees, by whatever member.

    Raises:
        RemoteError: `malformed`.
    """
    for member in _MEMBERS:
        if member in object:
            check_crs(object[member], f"{place}/{member}")


def check_crs(given: Any, place: str) -> None:
    """Refuse a reference system that is not WGS 84 in degrees, by its name.

    Raises:
        RemoteError: `malformed`.
    """
    if given is None:
        return
    name = _crs_name(given)
    if name is None or not name.strip():
        _refuse(
            f"{place.rpartition('/')[2]} does not name a reference system: take it out if the positions are WGS 84, "
            f"else {_AGAIN}",
            place,
        )
    if not re.fullmatch(_WGS84, name.strip()) and _epsg(name) not in _CODES:
        _refuse(
            f"coordinates are WGS 84 in degrees (RFC 7946 section 4), and this says {_system(name)}: {_AGAIN}", place
        )


def _crs_name(given: Any, depth: int = 0) -> str | None:
    if type(given) is str:
        return given
    if type(given) is int:
        return f"EPSG:{given}"
    if type(given) is not dict or depth > 2:
        return None
    # Esri's latestWkid is the EPSG's number where its own wkid is not.
    for member in ("properties", "name", "code", "latestWkid", "wkid", "href"):
        inside = given.get(member)
        if inside is not None:
            return f"EPSG:{inside}" if type(inside) is str and inside.isdigit() else _crs_name(inside, depth + 1)
    return None


def _epsg(name: str) -> str | None:
    """The number of EPSG that a text is, whatever stands around it."""
    found = re.fullmatch(_EPSG, name.strip())
    return (found[1] or found[2]) if found else None


def _system(name: str) -> str:
    found = re.search(_CODE, name)
    code = _epsg(name) or (found and (found[1] or found[2]))
    if code is None:
        return f"{name[:64]!a}"
    if code in _MERCATOR:
        return (
            "EPSG:3857 (web mercator, metres)" if code == "3857" else f"EPSG:{code} (mercator, metres, as EPSG:3857 is)"
        )
    if re.fullmatch(r"32[67]\d\d", code) and 1 <= int(code[3:]) <= 60:
        return f"EPSG:{code} (UTM zone {int(code[3:])}{'N' if code[2] == '6' else 'S'}, metres)"
    return f"EPSG:{code}" + (f" ({_NAMES[code]})" if code in _NAMES else "")


# -- what is not used

_SAID_OTHERWISE = {
    "altitudes are said with --floor and --ceiling": (
        "floor ceiling lower upper lower_limit upper_limit lowerlimit upperlimit altitude alt elevation height min_alt max_alt "
        "minalt maxalt altitude_min altitude_max min_altitude max_altitude base top alt_min alt_max"
    ),
    "times are said with --from and --until": (
        "from until start end begin start_time end_time starttime endtime valid_from valid_until valid_to time_start time_end "
        "timestamp when date time starts ends"
    ),
}


# The same in names of several words, such as max_altitude_ft or LOWER_VAL: one of the first and one of the second.
_IN_WORDS = (
    ("altitudes", "altitude alt elevation elev ceiling height hgt agl amsl msl", ""),
    ("altitudes", "lower upper floor top base", "limit val value bound alt altitude m ft fl uom ref"),
    ("times", "start begin end stop valid effective from until to", "date time datetime timestamp utc from until to"),
)
_NO_ALTITUDES = frozenset({"mode", "count", "number", "of"})


def unused(properties: Mapping[str, Any]) -> Iterator[str]:
    """Say of what could have mattered that it is not used."""
    for name, given in properties.items():
        if given not in (None, "", [], {}) and (how := _how_to_say(name)):
            yield f"the property {name} is not used: {how}"


def _how_to_say(name: str) -> str | None:
    for how, names in _SAID_OTHERWISE.items():
        if name.lower() in names.split():
            return how
    words = [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)]
    if len(words) < 2 or _NO_ALTITUDES & set(words):
        return None
    for what, first, second in _IN_WORDS:
        if any(
            word in first.split() and (not second or set(second.split()) & set(words[:at] + words[at + 1 :]))
            for at, word in enumerate(words)
        ):
            return next(how for how in _SAID_OTHERWISE if how.startswith(what))
    return None


def _refuse(message: str, place: str) -> NoReturn:
    raise RemoteError(MALFORMED, message, place=place)
