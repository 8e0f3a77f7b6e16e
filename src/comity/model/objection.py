"""Objections: what a check finds against an operation. A check can find nothing else.

    {"type": "objection", ..., "rule": "overlap", "because": "<statement id>", "against": "<statement id>",
     "by": "<fingerprint>", "meetings": 1,
     "witness": {"volumes": [1, 1], "lon": 36.2, "lat": 35.9, "gap_m": 0, "lowest_m": 5400, "highest_m": 6000,
                 "from": "...", "until": "..."}}

It carries the rule and its parameters and no words of ours: who reads it makes these from the statements that he holds.
That there is no objection permits nothing; the responsibility stays with the party that operates. spec/objection.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, inf, isfinite
from typing import Any, NamedTuple

from comity.errors import NOT_STIX, RemoteError
from comity.formats import Format
from comity.model import content, fingerprint
from comity.model._places import line
from comity.model.content import StixObject
from comity.model.fingerprint import Fingerprint
from comity.model.notice import MAX_VOLUMES
from comity.model.properties import (
    by_version,
    count_up_to,
    member,
    number,
    statement_id,
    take,
    take_from,
    take_optional,
)
from comity.proof.envelope import StatementId
from comity.space import instant
from comity.space.area import MAX_RADIUS_M
from comity.space.instant import Instant
from comity.space.interval import Interval
from comity.space.volume import MAX_MARGIN_M

MAX_TEXT = 2_000
# Every volume of one notice with every volume of another.
MAX_MEETINGS = MAX_VOLUMES * MAX_VOLUMES


class Rule(StrEnum):
    """Why a check objects."""

    OVERLAP = "overlap"
    PROTECTED = "protected"
    STALE = "stale"


class Point(NamedTuple):
    """A place to look at, in degrees, in the area of the notice that is objected to.

    Attributes:
        gap_m: how far it lies from what is met; 0 but for what is near by a margin alone.
    """

    lon: float
    lat: float
    gap_m: float


@dataclass(frozen=True, slots=True)
class Witness:
    """Where, how high and when two matters meet, as far as it may be told.

    Attributes:
        point: None where what is met is told as a circle: it lies somewhere within.
        within_m: that circle's radius; None where there is a point.
        lowest_m, highest_m: the W84 heights between which they can meet; may be infinite.
        volumes: which volume of the notice objected to, and which of what is met, counted from 1.
    """

    point: Point | None
    within_m: float | None
    lowest_m: float
    highest_m: float
    during: Interval
    volumes: tuple[int, int] = (1, 1)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found against a subject.

    Attributes:
        by: the party whose matter stands against it; for `stale` the party that was not heard from in time.
        because: the statement that stands against it; None for `stale`.
        witness: of the first meeting; None for `stale`.
        meetings: how many pairs of volumes meet.
        margin_m: the margin by which alone they are near; None where they meet.
        time_uncertain: a movement is met, and at no time for which it was said.
        as_of: how new the picture of the party is; for `stale`, and only for it.
    """

    rule: Rule
    by: Fingerprint
    because: StatementId | None
    witness: Witness | None = None
    meetings: int = 1
    margin_m: float | None = None
    time_uncertain: bool = False
    as_of: Instant | None = None


@dataclass(frozen=True, slots=True)
class Objection:
    """A parsed objection: a finding, and the statement that it is against.

    Attributes:
        text: words that its author signed, to be shown as the author's; a node of ours signs none.
    """

    id: str
    against: StatementId
    finding: Finding
    withdrawn: bool
    text: str | None = None


def read(found: StixObject) -> Objection:
    """Take an object as an objection.

    Raises:
        RemoteError: `not-stix`, naming the place and the rule; `unknown-version`.
    """
    return by_version(OBJECTION, found)


def _read_1(found: StixObject) -> Objection:
    finding = read_finding(found.properties)
    against, text = take(found, "against", statement_id), take_optional(found, "text", line(MAX_TEXT))
    return Objection(found.id, against, finding, found.revoked, text)


OBJECTION = Format("objection", {1: _read_1})


def write(said: Objection, at: Instant, *, created: Instant) -> bytes:
    """The content of an objection, or with `withdrawn` of its withdrawal."""
    told = {"revoked": True if said.withdrawn else None, "against": said.against.hex(), "text": said.text}
    return content.write(said.id, at, [*told.items(), *write_finding(said.finding).items()], created=created)


# -- findings


def write_finding(found: Finding) -> dict[str, Any]:
    """A finding as JSON values; what does not apply is left out."""
    told: dict[str, Any] = {
        "rule": found.rule.value,
        "because": None if found.because is None else found.because.hex(),
        "by": found.by,
        "meetings": None if found.rule is Rule.STALE else found.meetings,
        "margin_m": found.margin_m,
        "time_uncertain": True if found.time_uncertain else None,
        "as_of": None if found.as_of is None else instant.text(found.as_of),
        "witness": None if found.witness is None else write_witness(found.witness),
    }
    return {name: value for name, value in told.items() if value is not None}


def read_finding(given: Mapping[str, Any]) -> Finding:
    """Read a finding.

    Raises:
        RemoteError: `not-stix`.
    """
    rule = take_from(given, "rule", member(Rule))
    because = take_from(given, "because", statement_id) if "because" in given else None
    if because is None and rule is not Rule.STALE:
        raise RemoteError(NOT_STIX, "the statement that stands against it is required", place="/because")
    return Finding(
        rule,
        take_from(given, "by", fingerprint.read),
        because,
        read_witness(given["witness"]) if "witness" in given else None,
        count_up_to(given, "meetings", MAX_MEETINGS) if "meetings" in given else 1,
        number(given, "margin_m", least=0, most=MAX_MARGIN_M) if "margin_m" in given else None,
        _uncertain(given, rule),
        _as_of(given, rule),
    )


def _uncertain(given: Mapping[str, Any], rule: Rule) -> bool:
    if "time_uncertain" in given and (given["time_uncertain"] is not True or rule is not Rule.PROTECTED):
        raise RemoteError(
            NOT_STIX, "is true and stands with the rule protected, or is not there", place="/time_uncertain"
        )
    return "time_uncertain" in given


def _as_of(given: Mapping[str, Any], rule: Rule) -> Instant | None:
    if ("as_of" in given) is not (rule is Rule.STALE):
        raise RemoteError(NOT_STIX, "stands with the rule stale, and with no other", place="/as_of")
    return take_from(given, "as_of", instant.parse) if "as_of" in given else None


# -- where and when


def write_witness(witness: Witness) -> dict[str, Any]:
    """A witness as JSON values: 7 decimals of a degree, centimetres; what has no limit is left out."""
    start, end = witness.during.start, witness.during.end
    told = {
        "volumes": list(witness.volumes),
        **_place(witness),
        "lowest_m": round(witness.lowest_m, 2) if isfinite(witness.lowest_m) else None,
        "highest_m": round(witness.highest_m, 2) if isfinite(witness.highest_m) else None,
        "from": None if start is None else instant.text(start),
        "until": None if end is None else instant.text(end),
    }
    return {name: value for name, value in told.items() if value is not None}


def _place(witness: Witness) -> dict[str, Any]:
    if witness.point is None:
        return {"within_m": witness.within_m}
    lon, lat, gap_m = witness.point
    # Upwards: areas that lie apart are not said to touch.
    return {"lon": round(lon, 7), "lat": round(lat, 7), "gap_m": ceil(gap_m * 100) / 100}


def read_witness(given: Any, place: str = "/witness") -> Witness:
    """Read a witness.

    Raises:
        RemoteError: `not-stix`.
    """
    if type(given) is not dict:
        raise RemoteError(NOT_STIX, "must be an object", place=place)
    start, end = (_time(given, name, place) for name in ("from", "until"))
    if start is not None and end is not None and end < start:
        raise RemoteError(NOT_STIX, "must not end before it begins", place=f"{place}/until")
    lowest, highest = _height(given, "lowest_m", place, -inf), _height(given, "highest_m", place, inf)
    if highest < lowest:
        raise RemoteError(NOT_STIX, "must not be below lowest_m", place=f"{place}/highest_m")
    point, within_m = _read_place(given, place)
    return Witness(point, within_m, lowest, highest, Interval(start, end), _read_volumes(given, place))


def _read_place(given: Mapping[str, Any], place: str) -> tuple[Point | None, float | None]:
    """A point, or the radius of a circle in which there is none to be told."""
    if "within_m" in given:
        told = next((name for name in ("lon", "lat", "gap_m") if name in given), None)
        if told is not None:
            raise RemoteError(NOT_STIX, "somewhere within a circle there is no point to tell", place=f"{place}/{told}")
        return None, number(given, "within_m", least=0, most=MAX_RADIUS_M, inside=place)
    lon = number(given, "lon", least=-180, most=180, inside=place)
    lat = number(given, "lat", least=-90, most=90, inside=place)
    return Point(lon, lat, number(given, "gap_m", least=0, most=MAX_MARGIN_M, inside=place)), None


def _read_volumes(given: Mapping[str, Any], place: str) -> tuple[int, int]:
    volumes = given.get("volumes")
    numbers = volumes if type(volumes) is list else []
    if len(numbers) != 2 or not all(type(each) is int and 1 <= each <= MAX_VOLUMES for each in numbers):
        raise RemoteError(
            NOT_STIX, f"two numbers of volumes are required, 1 to {MAX_VOLUMES}", place=f"{place}/volumes"
        )
    return numbers[0], numbers[1]


def _time(given: Mapping[str, Any], name: str, place: str) -> Instant | None:
    return take_from(given, name, instant.parse, inside=place) if name in given else None


def _height(given: Mapping[str, Any], name: str, place: str, absent: float) -> float:
    return number(given, name, least=-1e6, most=1e6, inside=place) if name in given else absent
