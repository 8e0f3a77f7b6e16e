"""Protected sites: places that a party states must not be harmed.

    {"type": "protected-site", ..., "name": "...", "names": [{"text": "المستشفى", "lang": "ar"}], "function": "hospital",
     "area": <GeoJSON>, "precision": "exact", "contact": "...", "reverify_by": "...", "as_received": "36°12'N 37°09'E",
     "from": "...", "until": "...", "serves": ["protected-site--..."]}

A site has no altitudes and no times: it is protected at all of them. That a movement says when it is on its way lowers
nothing outside that window: plans slip. A site that was not verified again in time is protected as before. A list of
sites must not become a list for harming them, so each object states how exactly it tells its place, and one that tells
less is another object, which no id joins to the exact one. spec/protected-site.md.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from typing import Any

from comity.errors import BAD_ARGUMENT, NOT_STIX, LocalError, RemoteError
from comity.formats import Format
from comity.model import _widen, content
from comity.model._places import again, geojson, line, read_area, read_back, read_serves
from comity.model.content import StixObject
from comity.model.properties import by_version, member, take, take_from, take_optional
from comity.space import instant
from comity.space.area import Area, Circle, Part
from comity.space.instant import Instant
from comity.space.interval import Interval
from comity.space.volume import Volume

MAX_NAMES = 20
LEAST_KM, MOST_KM = 0.5, _widen.MOST_M / 1000
CALL_KM = 25.0
RANDOM_BYTES = _widen.RANDOM_BYTES


class Precision(StrEnum):
    """How exactly an object tells its place."""

    EXACT = "exact"
    WIDENED = "widened"
    CALL = "call"


class Function(StrEnum):
    """What a protected place is for."""

    HOSPITAL = "hospital"
    AMBULANCE = "ambulance"
    SCHOOL = "school"
    SHELTER = "shelter"
    CAMP = "camp"
    HUMANITARIAN = "humanitarian"
    FOOD = "food"
    WATER = "water"
    POWER = "power"
    WORSHIP = "worship"
    CULTURAL = "cultural"
    DANGEROUS = "dangerous"
    HOUSING = "housing"
    MEDIA = "media"
    DIPLOMATIC = "diplomatic"
    DETENTION = "detention"
    CROSSING = "crossing"
    CONVOY = "convoy"
    MOVEMENT = "movement"
    FORCE = "force"
    OTHER = "other"
    UNDISCLOSED = "undisclosed"


@dataclass(frozen=True, slots=True)
class Name:
    """A name in one language (`lang` is a tag of BCP 47) and script."""

    text: str
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """A parsed protected site.

    Attributes:
        id: its STIX id, the same for all its versions; `modified` tells these apart.
        area: the footprint; not exact, a single circle in which it lies.
        widened_m: that circle's radius; None where the area is exact.
        reverify_by: after it the site is protected as before, and this is said with it.
        as_received: the coordinate in the words in which it was given; only with an exact area.
        window: when a movement is on its way, as planned; it is protected at all times. None where nothing was said.
        serves: ids of sites that it is for: those of its own party do not object to it; only with an exact area.
        withdrawn: this version takes the site back.
    """

    id: str
    modified: Instant
    name: str | None
    names: tuple[Name, ...]
    function: Function
    area: Area
    precision: Precision
    widened_m: float | None
    contact: str | None
    reverify_by: Instant | None
    as_received: str | None
    window: Interval | None
    serves: tuple[str, ...]
    withdrawn: bool

    @property
    def volumes(self) -> tuple[Volume, ...]:
        """All altitudes above the area, always."""
        return (Volume(self.area),)

    @property
    def is_exact(self) -> bool:
        """Say whether its area is the place itself."""
        return self.precision is Precision.EXACT

    @property
    def is_over(self) -> bool:
        """Say whether its party has withdrawn it."""
        return self.withdrawn


def read(found: StixObject) -> Site:
    """Take an object as a protected site.

    Raises:
        RemoteError: `not-stix`, naming the place and the rule; `unknown-version`.
    """
    return by_version(SITE, found)


def _read_1(found: StixObject) -> Site:
    precision, function = take(found, "precision", member(Precision)), take(found, "function", member(Function))
    site = Site(
        found.id,
        take(found, "modified", instant.parse),
        take_optional(found, "name", line(200)),
        _names(found),
        function,
        read_area(found.properties.get("area"), "/area"),
        precision,
        _widened(found, precision),
        take_optional(found, "contact", line(200)),
        take_optional(found, "reverify_by", instant.parse),
        take_optional(found, "as_received", line(500)),
        _window(found, function),
        read_serves(found),
        found.revoked,
    )
    _says_no_more(site)
    return site


SITE = Format("protected-site", {1: _read_1})


def _names(found: StixObject) -> tuple[Name, ...]:
    given = found.properties.get("names", [])
    if type(given) is not list or len(given) > MAX_NAMES or ("names" in found.properties and not given):
        raise RemoteError(NOT_STIX, f"must be a list of 1 to {MAX_NAMES} names", place="/names")
    return tuple(_name(each, f"/names/{number}") for number, each in enumerate(given))


def _name(given: Any, place: str) -> Name:
    if type(given) is not dict:
        raise RemoteError(NOT_STIX, "a name is an object with its text", place=place)
    lang = take_from(given, "lang", _lang, inside=place) if "lang" in given else None
    return Name(take_from(given, "text", line(200), inside=place), lang)


_LANG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,5}", re.ASCII)


def _lang(text: str) -> str:
    if not _LANG.fullmatch(text):
        raise ValueError("a language tag of BCP 47, such as ar or zh-Hans")
    return text


def _widened(found: StixObject, precision: Precision) -> float | None:
    given: Any = found.properties.get("widened_m")
    if precision is Precision.EXACT:
        if "widened_m" in found.properties:
            raise RemoteError(NOT_STIX, "an exact area is not widened", place="/widened_m")
        return None
    if type(given) not in (int, float) or not given > 0:
        raise RemoteError(
            NOT_STIX, "an area that is not exact says the radius of its circle, in metres", place="/widened_m"
        )
    return float(given)


_MOVING = frozenset({Function.MOVEMENT, Function.CONVOY})


def _window(found: StixObject, function: Function) -> Interval | None:
    stated = [name for name in ("from", "until") if name in found.properties]
    if function not in _MOVING and stated:
        raise RemoteError(NOT_STIX, "only a movement or a convoy says when it is on its way", place=f"/{stated[0]}")
    if function is not Function.MOVEMENT and not stated:
        return None
    start, until = (take(found, name, instant.parse) for name in ("from", "until"))
    if until < start:
        raise RemoteError(NOT_STIX, "a movement must not end before it begins", place="/until")
    return Interval(start, until)


def _says_no_more(site: Site) -> None:
    """Refuse what would give away, beside an area that is not exact, what that area is not to tell."""
    if site.precision is not Precision.EXACT:
        if len(site.area.parts) != 1 or not isinstance(circle := site.area.parts[0], Circle):
            raise RemoteError(NOT_STIX, "an area that is not exact is one circle", place="/area")
        if circle.radius_m != site.widened_m:
            raise RemoteError(NOT_STIX, "not the radius of the circle", place="/widened_m")
        if site.as_received is not None:
            raise RemoteError(NOT_STIX, "stands only with an exact area", place="/as_received")
        if site.serves:
            raise RemoteError(NOT_STIX, "stands only with an exact area", place="/serves")
    if (site.precision is Precision.CALL) != (site.function is Function.UNDISCLOSED):
        raise RemoteError(NOT_STIX, "is undisclosed with the precision call, and only with it", place="/function")
    if site.precision is Precision.CALL:
        if site.name is not None or site.names:
            raise RemoteError(
                NOT_STIX, "a site of the precision call has none", place="/name" if site.name else "/names"
            )
        if site.contact is None:
            raise RemoteError(NOT_STIX, "a site of the precision call says whom to call", place="/contact")


# -- writing


@dataclass(frozen=True, slots=True)
class Wanted:
    """A precision as people state it: `exact`, `widened:KM` or `call`."""

    precision: Precision
    radius_m: float = 0.0

    @classmethod
    def parse(cls, text: str) -> "Wanted":
        """Read a precision.

        Raises:
            LocalError: `bad-argument`.
        """
        if text in (Precision.EXACT, Precision.CALL):
            return cls(Precision(text), 0.0 if text == Precision.EXACT else CALL_KM * 1000)
        found = re.fullmatch(r"widened:(\d{1,3}(?:\.\d{1,3})?)", text, re.ASCII)
        if found is None or not LEAST_KM <= float(found[1]) <= MOST_KM:
            rule = f"a precision is exact, widened:KM with {LEAST_KM:g} to {MOST_KM:g} km, or call"
            raise LocalError(BAD_ARGUMENT, rule)
        return cls(Precision.WIDENED, float(found[1]) * 1000)


def write(
    identifier: str,
    at: Instant,
    *,
    created: Instant,
    place: Area,
    function: Function,
    wanted: Wanted,
    random: bytes = b"",
    name: str | None = None,
    names: Sequence[Name] = (),
    contact: str | None = None,
    reverify_by: Instant | None = None,
    as_received: str | None = None,
    window: Interval | None = None,
    serves: Sequence[str] = (),
) -> bytes:
    """The content of a protected site, told as exactly as wanted and no more.

    What the precision does not allow is left out: `as_received` and `serves` where the area is not exact; names, function
    and window too where somebody is to be called.

    Args:
        identifier: `protected-site--UUID`: a fresh one for each precision of a place, which no id may join.
        at: the time of this version; `created` that of the first.
        place: the exact footprint.
        random: `RANDOM_BYTES`, where the precision is not exact.
        window: with both its ends; when a movement or convoy is on its way.
        serves: ids of sites as this party itself knows them, none of the same place.

    Raises:
        LocalError: the place is too large to be hidden in such a circle, or the rest is `not-stix`.
    """
    told, radius_m, calls = place, None, wanted.precision is Precision.CALL
    during = Interval() if calls or window is None else window
    if wanted.precision is not Precision.EXACT:
        around = circle(place, wanted, random)
        told, radius_m, as_received, serves = Area((around,)), around.radius_m, None, ()
    properties: list[tuple[str, Any]] = [
        ("name", None if calls else name),
        ("names", None if calls else [written(each) for each in names] or None),
        ("function", Function.UNDISCLOSED.value if calls else function.value),
        ("area", geojson(told)),
        ("from", _time(during.start)),
        ("until", _time(during.end)),
        ("precision", wanted.precision.value),
        ("widened_m", radius_m),
        ("contact", contact),
        ("reverify_by", _time(reverify_by)),
        ("as_received", as_received),
        ("serves", list(serves) or None),
    ]
    return read_back(content.write(identifier, at, properties, created=created), read)


def _time(at: Instant | None) -> str | None:
    return None if at is None else instant.text(at)


def holds(told: Site, place: Area) -> bool:
    """Say whether a site that is not exact tells of a circle that holds all of a place for certain."""
    around = told.area.parts[0]
    return isinstance(around, Circle) and not told.is_exact and _widen.holds(around, place)


def circle(place: Area, wanted: Wanted, random: bytes) -> Circle:
    """A circle that others are told, drawn by `RANDOM_BYTES`.

    Raises:
        LocalError: `bad-argument`: the place is too large to be hidden in it.
    """
    radius_m = wanted.radius_m
    if wanted.precision is Precision.CALL:
        # In whole steps, so that the radius tells little about the size of what lies inside.
        radius_m *= max(1, ceil(_widen.least_radius(place) / radius_m))
    return _widen.widen(place, radius_m, random)


def written(name: Name) -> Mapping[str, str]:
    """A name as a JSON value."""
    return {"text": name.text} if name.lang is None else {"text": name.text, "lang": name.lang}


def withdraw(found: StixObject, at: Instant) -> bytes:
    """A later version that takes the site back.

    Raises:
        LocalError: `bad-argument`: it would not be later.
    """
    return again(found, at, [("revoked", True)])


def echo(area: Area) -> str:
    """How a place was understood, for the one who gave its coordinates to compare.

    >>> from comity.space.area import area, circle
    >>> echo(area(circle(37.15, -36.2)))
    'a point at 36.2000000 S, 37.1500000 E'
    """
    return "; ".join(_echo(part) for part in area.parts)


def _echo(part: Part) -> str:
    if isinstance(part, Circle):
        at = _degrees(part.lon, part.lat)
        return f"a circle of {part.radius_m:g} m around {at}" if part.radius_m else f"a point at {at}"
    west, south, east, north = part.bounds
    corners = len(part.rings[0]) - 1
    return f"an outline of {corners} corners from {_degrees(west, south)} to {_degrees(east, north)}"


def _degrees(lon: float, lat: float) -> str:
    return f"{abs(lat):.7f} {'S' if lat < 0 else 'N'}, {abs(lon):.7f} {'W' if lon < 0 else 'E'}"
