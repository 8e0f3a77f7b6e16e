"""Objections: what a check finds against an operation. A check can find nothing else.

    {"type": "objection", ..., "rule": "overlap", "because": "<statement id>", "against": "<statement id>",
     "by": "<fingerprint>", "text": "ru: notice 'patrol' meets this volume ...",
     "witness": {"lon": 36.2, "lat": 35.9, "gap_m": 0, "lowest_m": 5400, "highest_m": 6000, "from": "...", "until": "..."}}

That there is no objection permits nothing; the responsibility stays with the party that operates. spec/objection.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, inf, isfinite
from typing import Any

from comity.errors import NOT_STIX, RemoteError
from comity.model import content, fingerprint
from comity.model._places import line
from comity.model.content import StixObject
from comity.model.fingerprint import Fingerprint
from comity.model.properties import expect, member, statement_id, take, take_from, take_optional
from comity.proof.envelope import StatementId
from comity.space import instant
from comity.space.instant import Instant
from comity.space.interval import Interval
from comity.space.volume import Witness

MAX_TEXT = 2_000


class Rule(StrEnum):
    """Why a check objects."""

    OVERLAP = "overlap"
    PROTECTED = "protected"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found against a subject.

    Attributes:
        by: the party whose matter stands against it; for `stale` the party that was not heard from in time.
        because: the statement that stands against it; None for `stale`.
        text: for people.
        witness: where and when; None for `stale`.
    """

    rule: Rule
    by: Fingerprint
    because: StatementId | None
    text: str
    witness: Witness | None


@dataclass(frozen=True, slots=True)
class Objection:
    """A parsed objection: a finding, and the statement that it is against."""

    id: str
    against: StatementId
    finding: Finding
    withdrawn: bool


def read(found: StixObject) -> Objection:
    """Take an object as an objection.

    Raises:
        RemoteError: `not-stix`, naming the place and the rule.
    """
    expect(found, "objection")
    rule = take(found, "rule", member(Rule))
    because = take_optional(found, "because", statement_id)
    if because is None and rule is not Rule.STALE:
        raise RemoteError(NOT_STIX, "the statement that stands against it is required", place="/because")
    by, text = take(found, "by", fingerprint.read), take(found, "text", line(MAX_TEXT))
    witness = read_witness(found.properties["witness"]) if "witness" in found.properties else None
    against = take(found, "against", statement_id)
    return Objection(found.id, against, Finding(rule, by, because, text, witness), found.revoked)


def write(said: Objection, at: Instant, *, created: Instant) -> bytes:
    """The content of an objection, or with `withdrawn` of its withdrawal."""
    found = said.finding
    return content.write(
        said.id,
        at,
        [
            ("revoked", True if said.withdrawn else None),
            ("rule", found.rule.value),
            ("because", None if found.because is None else found.because.hex()),
            ("against", said.against.hex()),
            ("by", found.by),
            ("text", found.text),
            ("witness", None if found.witness is None else write_witness(found.witness)),
        ],
        created=created,
    )


# -- where and when


def write_witness(witness: Witness) -> dict[str, Any]:
    """A witness as JSON values: 7 decimals of a degree, centimetres; what has no limit is left out."""
    told = {
        "lon": round(witness.lon, 7),
        "lat": round(witness.lat, 7),
        # Upwards: areas that lie apart are not said to touch.
        "gap_m": ceil(witness.gap_m * 100) / 100,
        "lowest_m": round(witness.lowest_m, 2) if isfinite(witness.lowest_m) else None,
        "highest_m": round(witness.highest_m, 2) if isfinite(witness.highest_m) else None,
        "from": None if witness.during.start is None else instant.text(witness.during.start),
        "until": None if witness.during.end is None else instant.text(witness.during.end),
    }
    return {name: value for name, value in told.items() if value is not None}


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
    lowest, highest = _number(given, "lowest_m", place, absent=-inf), _number(given, "highest_m", place, absent=inf)
    if highest < lowest:
        raise RemoteError(NOT_STIX, "must not be below lowest_m", place=f"{place}/highest_m")
    return Witness(
        _number(given, "lon", place, least=-180, most=180),
        _number(given, "lat", place, least=-90, most=90),
        _number(given, "gap_m", place, least=0),
        lowest,
        highest,
        Interval(start, end),
    )


def _time(given: Mapping[str, Any], name: str, place: str) -> Instant | None:
    return take_from(given, name, instant.parse, inside=place) if name in given else None


def _number(
    given: Mapping[str, Any],
    name: str,
    place: str,
    *,
    least: float = -1e9,
    most: float = 1e9,
    absent: float | None = None,
) -> float:
    if absent is not None and name not in given:
        return absent
    value: Any = given.get(name)
    # NaN compares false.
    if type(value) not in (int, float) or not least <= value <= most:
        raise RemoteError(NOT_STIX, f"a number from {least:g} to {most:g} is required", place=f"{place}/{name}")
    return float(value)
