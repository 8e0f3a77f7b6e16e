"""A small sky for the tests of checks: parties, notices and sites near one place, on one day."""

from collections.abc import Mapping
from typing import Any

from comity.checks import words
from comity.checks.found import Found
from comity.checks.words import Side
from comity.model import content
from comity.model.content import parse
from comity.model.fingerprint import Fingerprint
from comity.proof.envelope import StatementId
from comity.record import airspace
from comity.record.airspace import Airspace, Entry, Said, Subject
from comity.space import instant
from comity.space.instant import Instant

FR, RU, TR, ICRC = (Fingerprint(letter * 64) for letter in "1234")
NAMES = {FR: "fr", RU: "ru", TR: "tr", ICRC: "icrc"}
NOW = instant.parse("2015-11-24T07:00:00Z")
WORDS_NEVER_SAID = ("clear", "approve", "safe", "target", "permit", "allow", "recommend", "go ahead", "free to")


def point(lon: float = 36.0, lat: float = 36.0) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


def circle(radius_m: float, lon: float = 36.0, lat: float = 36.0) -> dict[str, Any]:
    return {"type": "Feature", "geometry": point(lon, lat), "properties": {"radius_m": radius_m}}


def volume(area: Any = None, start: str = "07:00", until: str = "08:00", **altitudes: str) -> dict[str, Any]:
    times = {"from": f"2015-11-24T{start}:00Z", "until": f"2015-11-24T{until}:00Z"}
    return {"area": area or circle(5000), **times, **altitudes}


def statement(number: int) -> StatementId:
    return StatementId(bytes([number]) * 32)


def uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def notice(by: Fingerprint, number: int, *volumes: Any, uid: int | None = None, **changed: Any) -> Said:
    given = {"state": "planned", "volumes": list(volumes) or [volume()]} | changed
    raw = content.write(f"notice--{uuid(number if uid is None else uid)}", NOW, given.items(), created=NOW)
    return by, statement(number), parse(raw)


def site(by: Fingerprint, number: int, **changed: Any) -> Said:
    given = {"function": "hospital", "area": point(), "precision": "exact"} | changed
    if given["function"] == "movement":
        given = {"from": "2015-11-24T07:00:00Z", "until": "2015-11-24T08:00:00Z"} | given
    raw = content.write(f"protected-site--{uuid(number)}", NOW, given.items(), created=NOW)
    return by, statement(number), parse(raw)


def picture(*said: Said) -> Airspace:
    found = airspace.fold(said)
    assert found.unread == ()
    return found


def entries(said: Said) -> tuple[Entry, ...]:
    return airspace.entries(*said)


def words_of(found: Found, asked: Subject, names: Mapping[Fingerprint, str] = NAMES, now: Instant = NOW) -> str:
    """A finding as somebody reads it who asked about an operation that nobody has said."""
    met = Side() if found.matter is None else Side.of(found.finding.by, found.matter)
    return words.text(found.finding, Side(asked.by, None, asked.volumes, is_asked=True), met, names=names, now=now)


def subject(*volumes: Any, by: Fingerprint = FR) -> Subject:
    return airspace.subject_of(entries(notice(by, 99, *volumes)))
