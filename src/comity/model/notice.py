"""Notices: where and when a party will operate, as it says itself.

    {"type": "notice", ..., "state": "planned", "name": "...", "kind": "SU-24 patrol", "callsign": "...", "transponder": "...",
     "contact": "...", "frequency": "...", "serves": ["protected-site--..."],
     "volumes": [{"area": <GeoJSON>, "floor": "3000 m", "ceiling": "FL200", "from": "...", "until": "..."}]}

Volumes of one notice stand each for itself: they are never joined. A later version replaces an earlier one. That a
notice is ended, cancelled, over or withdrawn says nothing about anybody's protection. spec/notice.md.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from comity.errors import NOT_STIX, RemoteError
from comity.formats import Format
from comity.model import content
from comity.model._places import again, geojson, line, local, read_area, read_back, read_serves, vertices_of
from comity.model.content import StixObject
from comity.model.properties import by_version, member, take, take_from, take_optional
from comity.space import altitude, index_box, instant, interval
from comity.space.altitude import Band
from comity.space.area import Area
from comity.space.instant import Instant
from comity.space.interval import Interval
from comity.space.volume import Volume

MAX_VOLUMES = 20
MAX_VERTICES = 5_000


class State(StrEnum):
    """What its party says of the operation; `ended` and `cancelled` take the notice out of force."""

    PLANNED = "planned"
    ACTIVE = "active"
    ENDED = "ended"
    CANCELLED = "cancelled"


_OVER = frozenset({State.ENDED, State.CANCELLED})
_text = line(200)


@dataclass(frozen=True, slots=True)
class Notice:
    """A parsed notice.

    Attributes:
        id: its STIX id, the same for all its versions; `modified` tells these apart.
        name, kind, callsign, transponder, contact, frequency: words for people; None where nothing was said.
        serves: ids of sites that the operation is for: those of its own party do not object to it.
        volumes: each with a start and an end.
        withdrawn: this version takes the notice back.
    """

    id: str
    modified: Instant
    state: State
    name: str | None
    kind: str | None
    callsign: str | None
    transponder: str | None
    contact: str | None
    frequency: str | None
    serves: tuple[str, ...]
    volumes: tuple[Volume, ...]
    withdrawn: bool

    @property
    def is_over(self) -> bool:
        """Say whether its party has ended, cancelled or withdrawn it, whatever its times are."""
        return self.withdrawn or self.state in _OVER


def read(found: StixObject) -> Notice:
    """Take an object as a notice.

    Raises:
        RemoteError: `not-stix`, naming the place and the rule; `unknown-version`.
    """
    return by_version(NOTICE, found)


def _read_1(found: StixObject) -> Notice:
    return Notice(
        found.id,
        take(found, "modified", instant.parse),
        take(found, "state", member(State)),
        take_optional(found, "name", _text),
        take_optional(found, "kind", _text),
        take_optional(found, "callsign", _text),
        take_optional(found, "transponder", _text),
        take_optional(found, "contact", _text),
        take_optional(found, "frequency", _text),
        read_serves(found),
        _volumes(found),
        found.revoked,
    )


NOTICE = Format("notice", {1: _read_1})


def read_state(found: StixObject) -> State:
    """What the party of a notice says of it; the rest of it is not read.

    Raises:
        RemoteError: `not-stix`.
    """
    return take(found, "state", member(State))


def read_times(found: StixObject) -> tuple[Interval, ...]:
    """When each volume of a notice lasts; where and how high is not read, which would cost far more.

    Raises:
        RemoteError: `not-stix`.
    """
    places = ((each, f"/volumes/{number}") for number, each in enumerate(_listed(found)))
    return tuple(_during(_stated(each, place), place) for each, place in places)


def _volumes(found: StixObject) -> tuple[Volume, ...]:
    volumes, vertices = [], 0
    for number, each in enumerate(_listed(found)):
        place = f"/volumes/{number}"
        volumes.append(_volume(each, place))
        vertices += vertices_of(volumes[-1].area)
        if vertices > MAX_VERTICES:
            raise RemoteError(NOT_STIX, f"a notice has at most {MAX_VERTICES} vertices", place=f"{place}/area")
    return tuple(volumes)


def _listed(found: StixObject) -> list[Any]:
    given = found.properties.get("volumes")
    if type(given) is not list or not 1 <= len(given) <= MAX_VOLUMES:
        raise RemoteError(NOT_STIX, f"must be a list of 1 to {MAX_VOLUMES} volumes", place="/volumes")
    return given


def _stated(given: Any, place: str) -> dict[str, Any]:
    if type(given) is not dict:
        raise RemoteError(NOT_STIX, "a volume is an object with area, from and until", place=place)
    return given


def _volume(stated: Any, place: str) -> Volume:
    given = _stated(stated, place)
    # What costs least comes first.
    during, band = _during(given, place), _band(given, place)
    return Volume(read_area(given.get("area"), f"{place}/area"), band, during)


def _during(given: Mapping[str, Any], place: str) -> Interval:
    start = take_from(given, "from", _indexed(up=False), inside=place)
    until = take_from(given, "until", _indexed(up=True), inside=place)
    if until < start:
        raise RemoteError(NOT_STIX, "a volume must not end before it begins", place=f"{place}/until")
    return Interval(start, until)


def _indexed(*, up: bool) -> Callable[[str], Instant]:
    """A reader of times that fit in an index."""

    def reader(text: str) -> Instant:
        at = instant.parse(text, up=up)
        index_box.minute(at, up=True)
        return at

    return reader


def _band(given: Mapping[str, Any], place: str) -> Band:
    for name in ("floor", "ceiling"):
        if name in given:
            take_from(given, name, altitude.parse, inside=place)
    try:
        return altitude.parse_band(
            given.get("floor"), given.get("ceiling"), places=(f"{place}/floor", f"{place}/ceiling")
        )
    except RemoteError as error:
        raise RemoteError(NOT_STIX, error.message, place=error.place) from None


# -- writing


def volume(
    place: Area, *, start: str, until: str, floor: str | None = None, ceiling: str | None = None
) -> dict[str, Any]:
    """One volume as it stands in a notice's `volumes`.

    Args:
        start, until: times as people write them; they stand in the volume as RFC 3339.
        floor, ceiling: altitudes as people write them, kept as they were stated; None is without limit.

    Raises:
        LocalError: naming `/from`, `/until`, `/floor` or `/ceiling`, and the rule.
    """
    try:
        during = interval.read(start, until, places=("/from", "/until"))
        floor = None if floor is None else altitude.read(floor, place="/floor")
        ceiling = None if ceiling is None else altitude.read(ceiling, place="/ceiling")
        altitude.parse_band(floor, ceiling)
    except RemoteError as error:
        raise local(error) from None
    stated = {"area": geojson(place), "floor": floor, "ceiling": ceiling}
    times = {"from": during.start, "until": during.end}
    written = {name: None if at is None else instant.text(at) for name, at in times.items()}
    return {name: value for name, value in (stated | written).items() if value is not None}


def write(
    identifier: str,
    at: Instant,
    *,
    created: Instant,
    volumes: Iterable[Mapping[str, Any]],
    state: State = State.PLANNED,
    name: str | None = None,
    kind: str | None = None,
    callsign: str | None = None,
    transponder: str | None = None,
    contact: str | None = None,
    frequency: str | None = None,
    serves: Sequence[str] = (),
) -> bytes:
    """The content of a notice.

    Args:
        identifier: `notice--UUID`; that of an earlier version to replace it.
        at: the time of this version; `created` that of the first.
        volumes: as `volume` makes them.
        serves: ids of protected sites, each as this party itself knows it, never one that only others are told.

    Raises:
        LocalError: `not-stix`: it could not be read again.
    """
    properties = [
        ("state", state.value),
        ("name", name),
        ("kind", kind),
        ("callsign", callsign),
        ("transponder", transponder),
        ("contact", contact),
        ("frequency", frequency),
        ("serves", list(serves) or None),
        ("volumes", list(volumes)),
    ]
    return read_back(content.write(identifier, at, properties, created=created), read)


def restate(found: StixObject, at: Instant, state: State) -> bytes:
    """A later version of a notice that differs in nothing but its state.

    Raises:
        LocalError: `bad-argument`: it would not be later.
    """
    return again(found, at, [("state", state.value)])


def withdraw(found: StixObject, at: Instant) -> bytes:
    """A later version that takes the notice back.

    Raises:
        LocalError: `bad-argument`: it would not be later.
    """
    return again(found, at, [("revoked", True)])
