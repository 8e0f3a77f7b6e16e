"""What notices and protected sites share: areas from files and into content, lines of text, whom they serve, versions."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from comity.errors import BAD_ARGUMENT, NOT_STIX, LocalError, RemoteError
from comity.model import content
from comity.model.content import StixObject
from comity.space import area, instant
from comity.space.area import Area, Circle, Part
from comity.space.instant import Instant

# They belong to the spelling of Persian and Indic words; everything else that does not print may deceive.
_JOINERS = "\u200c\u200d"


def line(most: int) -> Callable[[str], str]:
    """A reader of one line of text for people, in any script."""

    def reader(text: str) -> str:
        if not 1 <= len(text) <= most or text.isspace() or not all(c.isprintable() or c in _JOINERS for c in text):
            raise ValueError(f"1 to {most} characters that print, in one line")
        return text

    return reader


MAX_SERVES = 20
_SITE = re.compile(r"protected-site--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


def read_serves(found: StixObject) -> tuple[str, ...]:
    """The ids of the protected sites that an object says it serves; none where it does not say.

    Raises:
        RemoteError: `not-stix`.
    """
    given = found.properties.get("serves", [])
    if type(given) is not list or len(given) > MAX_SERVES or ("serves" in found.properties and not given):
        raise RemoteError(NOT_STIX, f"must be a list of 1 to {MAX_SERVES} ids of protected sites", place="/serves")
    for number, each in enumerate(given):
        place = f"/serves/{number}"
        if type(each) is not str or not _SITE.fullmatch(each):
            raise RemoteError(NOT_STIX, "must be protected-site--UUID", place=place)
        if each == found.id or each in given[:number]:
            raise RemoteError(NOT_STIX, "stands twice, or is the site itself", place=place)
    return tuple(given)


# -- areas


def read_area(value: Any, place: str) -> Area:
    """Read an area that stands in an object.

    Raises:
        RemoteError: `not-stix`.
    """
    try:
        return area.parse(value, place=place)
    except RemoteError as error:
        raise RemoteError(NOT_STIX, error.message, place=error.place) from None


def vertices_of(drawn: Area) -> int:
    """How many vertices its polygons have."""
    return sum(len(ring) - 1 for part in drawn.parts if not isinstance(part, Circle) for ring in part.rings)


def geojson(drawn: Area) -> dict[str, Any]:
    """An area as GeoJSON with nothing but places: whatever else stood in a file stays there."""
    parts = [_polygon_or_circle(part) for part in drawn.parts]
    if len(parts) == 1:
        return parts[0]
    if all(part["type"] == "Polygon" for part in parts):
        return {"type": "MultiPolygon", "coordinates": [part["coordinates"] for part in parts]}
    features = (part if part["type"] == "Feature" else _feature(part, {}) for part in parts)
    return {"type": "FeatureCollection", "features": list(features)}


def _polygon_or_circle(part: Part) -> dict[str, Any]:
    if not isinstance(part, Circle):
        return {"type": "Polygon", "coordinates": [[list(at) for at in ring] for ring in part.rings]}
    point = {"type": "Point", "coordinates": [part.lon, part.lat]}
    return _feature(point, {"radius_m": part.radius_m}) if part.radius_m else point


def _feature(geometry: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


# -- writing


def local(error: RemoteError) -> LocalError:
    """The same fault, found in what a person here has given."""
    return LocalError(error.code, error.message, place=error.place)


def read_back(raw: bytes, reader: Callable[[StixObject], object]) -> bytes:
    """Return content that was written here, if it can be read.

    Raises:
        LocalError: as the reader says.
    """
    try:
        reader(content.parse(raw))
    except RemoteError as error:
        raise local(error) from None
    return raw


def again(found: StixObject, at: Instant, changes: Iterable[tuple[str, Any]]) -> bytes:
    """A later version of an object: all of it, unknown properties too, but for the changes; None takes one away.

    Raises:
        LocalError: `bad-argument`: it would not be later.
    """
    if found.modified is not None and at <= found.modified:
        raise LocalError(BAD_ARGUMENT, f"there is a version of {instant.text(found.modified)}: a new one is later")
    changed = dict(changes)
    gone = {name for name, value in changed.items() if value is None}
    new = {**found.properties, "modified": instant.text(at), **changed}
    return content.dump({name: value for name, value in new.items() if name not in gone})
