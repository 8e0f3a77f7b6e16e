"""The forms in which people write times, turned into that of RFC 3339. It reads texts; `instant` makes instants of them.

    2026-11-28 12:00Z    2026-11-28t12:00:00,5z    20261128T1200Z    28 Nov 2026 12:00 UTC    281200ZNOV26    28 1200C NOV 26

The rule: a form is read if it has one meaning everywhere. A time without a zone, a day without a time of day, days and
months as bare numbers, and names of zones other than UTC have several; what is refused is told how to write it.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import NoReturn

from comity.errors import MALFORMED, RemoteError
from comity.space._written import evened, is_long

_MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
_MONTH = "(?P<month>JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)"
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d+))?)?"
_BARE_CLOCK = r"(?P<hour>\d{2})(?P<minute>\d{2})(?:(?P<second>\d{2})(?:[.,](?P<fraction>\d+))?)?"
_ZONE = r"(?: ?(?P<zone>(?:Z|ZULU|UTC|GMT)|(?:UTC|GMT)?(?:[+-]\d{1,2}(?::?\d{2})?)))?"
_DAY = r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})"
_BARE_DAY = r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
_WEEKDAY = r"(?:(?:MON|TUE|WED|THU|FRI|SAT|SUN)[A-Z]*,? )?"
# ISO 8601 in its long and short form, and as mails have it (RFC 5322).
_CIVIL = (
    rf"{_DAY} ?[T ] ?{_CLOCK}{_ZONE}",
    rf"{_DAY} ?[T ] ?{_BARE_CLOCK}{_ZONE}",
    rf"{_BARE_DAY}T{_BARE_CLOCK}{_ZONE}",
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})[ -]{_MONTH}[A-Z]*[ -](?P<year>\d{{4}}),? {_CLOCK}{_ZONE}",
)
# ACP 121 (military date-time groups): day, hours and minutes, zone letter, month, year.
_GROUP = (
    r"(?:DTG:? ?)?(?P<day>\d{2}) ?(?P<hour>\d{2})(?P<minute>\d{2}) ?(?P<zone>[A-Z])?"
    rf"(?: ?{_MONTH}(?: ?(?P<year>\d{{4}}|\d{{2}}))?)?"
)

EXAMPLE = "2026-11-28T12:00Z or 281200ZNOV26"


def rfc3339(written: str) -> str:
    """Turn a time as people write it into one of RFC 3339; that there is such a day and hour is not looked at.

    Raises:
        RemoteError: `malformed`, saying what to write.
    """
    said = "?" if is_long(written) else evened(written)
    for form in _CIVIL:
        if found := re.fullmatch(form, said):
            return _civil(found)
    if found := re.fullmatch(_GROUP, said):
        return _group(found)
    for sign, why in _OTHERS:
        if found := re.fullmatch(sign, said):
            _refuse(why(found))
    raise RemoteError(MALFORMED, f"not a time, such as {EXAMPLE}")


def _civil(found: re.Match[str]) -> str:
    part = found.groupdict()
    number = _MONTHS.index(part["month"]) + 1 if part["month"] in _MONTHS else int(part["month"])
    day = f"{part['year']}-{number:02}-{int(part['day']):02}"
    clock = f"{int(part['hour']):02}:{part['minute']}"
    if part["zone"] is None:
        _refuse(f"a time without a zone: say Z for UTC ({day}T{clock}Z) or an offset ({day}T{clock}+03:00)")
    return _joined(day, clock, part["second"], part["fraction"], _offset(part["zone"]))


def _offset(zone: str) -> str:
    found = re.fullmatch(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?", zone)
    return "Z" if found is None else f"{found[1]}{int(found[2]):02}:{found[3] or '00'}"


def _group(found: re.Match[str]) -> str:
    part = found.groupdict()
    clock = f"{part['hour']}:{part['minute']}"
    if part["month"] is None or part["year"] is None:
        lacks = "the year" if part["month"] else "the month and the year"
        _refuse(f"a date-time group without {lacks}: write all of it, as in 281200ZNOV26")
    if part["zone"] is None:
        _refuse("a date-time group without its zone letter: Z is UTC, as in 281200ZNOV26")
    if part["zone"] == "J":
        _refuse("the zone letter J is local time, which others cannot know: say Z, another letter or an offset")
    year = part["year"] if len(part["year"]) == 4 else f"20{part['year']}"
    day = f"{year}-{_MONTHS.index(part['month']) + 1:02}-{part['day']}"
    return _joined(day, clock, None, None, _lettered(part["zone"]))


def _lettered(letter: str) -> str:
    """The offset of a zone's letter: A to M without J are 1 to 12 hours east, N to Y as many west, Z is UTC."""
    if letter == "Z":
        return "Z"
    east, west = "ABCDEFGHIKLM", "NOPQRSTUVWXY"
    return f"+{east.index(letter) + 1:02}:00" if letter in east else f"-{west.index(letter) + 1:02}:00"


def _joined(day: str, clock: str, second: str | None, fraction: str | None, zone: str) -> str:
    if clock.startswith("24"):
        _refuse(f"24:00 is 00:00 of the next day: write {_next(day)}T00:00{zone}")
    if second == "60":
        _refuse(leap_second(f"{day}T{clock}"))
    return f"{day}T{clock}:{second or '00'}{f'.{fraction}' if fraction else ''}{zone}"


def leap_second(until_minute: str) -> str:
    """Why a second with the number 60 is refused."""
    return (
        "a leap second (:60) has no instant of its own, as no two systems count it alike: "
        f"write {until_minute}:59 or the next minute"
    )


def _next(day: str) -> str:
    try:
        return str(date.fromisoformat(day) + timedelta(days=1))
    except (ValueError, OverflowError):
        return "the next day, "


def _notam(found: re.Match[str]) -> str:
    year, month, day, hour, minute = (found[0][at : at + 2] for at in range(0, 10, 2))
    return (
        "ten digits may be a NOTAM's time or seconds since 1970: "
        f"if the first, write 20{year}-{month}-{day}T{hour}:{minute}Z"
    )


# What is seen often and has several meanings or none: how it looks, and what to say of it.
_OTHERS: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    ("", lambda found: f"a time is missing: write one such as {EXAMPLE}"),
    (
        rf"{_DAY}|\d{{1,2}} ?[A-Z]{{3,9}} ?\d{{4}}",
        lambda found: "a day without a time of day: say it with its hour and zone, such as 2026-11-28T00:00Z",
    ),
    (
        rf"{_DAY} ?[T ] ?.*\d ?[AP]\.?M\.?.*",
        lambda found: "hours go from 00 to 23: say 13:00 and not 1 PM, with Z or an offset",
    ),
    (
        rf"{_DAY} ?[T ] ?{_CLOCK} ?\(?[A-Z][A-Z/_]+\)?",
        lambda found: "the name of a zone means several offsets: say Z for UTC or an offset such as +03:00",
    ),
    (
        r"\d{1,2}([-/.])\d{1,2}\1(?:\d{4}|\d{2})(?:\D.*)?",
        lambda found: "nobody can tell day and month apart: write the year first, such as 2026-11-28T12:00Z",
    ),
    (r"\d{2}:\d{2}.*", lambda found: f"a time without a day: write one such as {EXAMPLE}"),
    (r"\d{10}", _notam),
    (r"-?\d+(?:\.\d+)?", lambda found: f"a bare number is no time: write one such as {EXAMPLE}"),
)


def _refuse(message: str) -> NoReturn:
    raise RemoteError(MALFORMED, message)
