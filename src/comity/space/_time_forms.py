"""The forms in which people write times, turned into that of RFC 3339. It reads texts; `instant` makes instants of them.

    2026-11-28 12:00Z    2026-11-28t12:00:00,5z    20261128T1200Z    28 Nov 2026 12:00 UTC    281200ZNOV26    28 1200C NOV 26

The rule: a form is read if it has one meaning everywhere. A time without a zone, a day without a time of day, days and
months as bare numbers, and names of zones other than UTC have several; what is refused is told how to write it.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import NoReturn

from comity.errors import MALFORMED, RemoteError
from comity.space._written import evened, is_long

_MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
_MONTH = "(?P<month>JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)"
_CLOCK = r"(?P<hour>\d{1,2})[:H](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d+))?)?"
_BARE_CLOCK = r"(?P<hour>\d{2})(?P<minute>\d{2})(?:(?P<second>\d{2})(?:[.,](?P<fraction>\d+))?)?"
_ZONE = r"(?: ?(?P<zone>(?:Z|ZULU|UTC|GMT)|(?:UTC|GMT)?(?:[+-]\d{1,2}(?::?\d{2})?)))?"
_DAY = r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})"
_BARE_DAY = r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
# The day of a year, or of a week of it, by number (ISO 8601).
_COUNTED_DAY = r"(?P<year>\d{4})(?:-?W(?P<week>\d{2})-?(?P<weekday>[1-7])|-(?P<ordinal>\d{3}))"
_WEEKDAY = r"(?:(?:MON|TUE|WED|THU|FRI|SAT|SUN)[A-Z]*,? )?"
# ISO 8601 in its long and short form, and as mails have it (RFC 5322).
_CIVIL = (
    rf"{_DAY} ?[T _] ?{_CLOCK}{_ZONE}",
    rf"{_DAY} ?[T _] ?{_BARE_CLOCK}{_ZONE}",
    rf"(?:{_DAY}|{_BARE_DAY.replace('<', '<bare')}) ?[T _] ?(?P<hour>\d{{2}})H?{_ZONE}",
    rf"{_BARE_DAY}[T _]{_CLOCK}{_ZONE}",
    rf"{_BARE_DAY}[T _]?{_BARE_CLOCK}{_ZONE}",
    rf"{_COUNTED_DAY}T(?:{_CLOCK}){_ZONE}",
    rf"{_COUNTED_DAY}T{_BARE_CLOCK}{_ZONE}",
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})[ -]?{_MONTH}[A-Z]*[ -]?(?P<year>\d{{4}}),? {_CLOCK}{_ZONE}",
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})[ -]?{_MONTH}[A-Z]*[ -]?(?P<year>\d{{4}}),? {_BARE_CLOCK}{_ZONE}",
    rf"{_WEEKDAY}{_MONTH}[A-Z]* (?P<day>\d{{1,2}}),? (?P<year>\d{{4}}),? {_CLOCK}{_ZONE}",
)
# ACP 121 (military date-time groups): day, hours and minutes, zone letter, month, year.
_GROUP = (
    r"(?:DTG:? ?)?(?P<day>\d{2}) ?(?P<hour>\d{2})(?P<minute>\d{2}) ?(?P<zone>[A-Z])?"
    rf"(?: ?{_MONTH}[A-Z]*(?: ?(?P<year>\d{{4}}|\d{{2}}))?)?"
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
    part = {name: value for name, value in found.groupdict().items() if value is not None}
    part = {name.removeprefix("bare"): value for name, value in part.items()}
    day, clock = _day(part), f"{int(part['hour']):02}:{part.get('minute', '00')}"
    if "zone" not in part:
        _refuse(f"a time without a zone: say Z for UTC ({day}T{clock}Z) or an offset ({day}T{clock}+03:00)")
    return _joined(day, clock, part.get("second"), part.get("fraction"), _offset(part["zone"]))


def _day(part: dict[str, str]) -> str:
    year = int(part["year"])
    if "month" in part:
        number = _MONTHS.index(part["month"]) + 1 if part["month"] in _MONTHS else int(part["month"])
        return f"{year:04}-{number:02}-{int(part['day']):02}"
    try:
        if "week" in part:
            return str(date.fromisocalendar(year, int(part["week"]), int(part["weekday"])))
        found = date(year, 1, 1) + timedelta(days=int(part["ordinal"]) - 1)
    except (ValueError, OverflowError):
        found = None
    if found is None or found.year != year:
        _refuse(f"the year {year:04} has no such week or day")
    return str(found)


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
    if int(clock[:2]) > 23 or int(clock[3:]) > 59 or int(second or 0) > 60:
        _refuse("hours go from 00 to 23, minutes and seconds from 00 to 59")
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


def _ten_digits(found: re.Match[str]) -> str:
    year, month, day, hour, minute = (found[1][at : at + 2] for at in range(0, 10, 2))
    if int(month) in range(1, 13) and int(day) in range(1, 32) and int(hour) < 24 and int(minute) < 60:
        return (
            "ten digits may be a NOTAM's time or seconds since 1970: "
            f"if the first, write 20{year}-{month}-{day}T{hour}:{minute}Z; if the second, {_counted(int(found[1]))}"
        )
    return f"a count of seconds since 1970 is not read: it would be {_counted(int(found[1]))}, so write that"


def _thirteen_digits(found: re.Match[str]) -> str:
    return (
        f"a count of milliseconds since 1970 is not read: it would be {_counted(int(found[1]) // 1000)}, so write that"
    )


def _counted(seconds: int) -> str:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


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
    (r"@?(\d{10})(?:\.\d+|Z)?", _ten_digits),
    (r"@?(\d{13})", _thirteen_digits),
    (
        r".*\[.*\]",
        lambda found: "a zone's name in brackets (RFC 9557) is not read: leave it out, and keep Z or the offset",
    ),
    (
        r"(?:\d{10} ?)?(?:EST|PERM(?:ANENT)?|UFN)",
        lambda found: (
            "an end that is estimated or open is no time: say until when at most, and replace it when it changes"
        ),
    ),
    (r"[+-]?\d{5,}-.*", lambda found: "a year has four digits, from 1970 to 9999"),
    (
        r"NOW|TODAY.*|TOMORROW.*|YESTERDAY.*|[+-] ?\d+ ?[A-Z]+|IN \d.*",
        lambda found: f"a time is said in full, for it must mean the same later: write one such as {EXAMPLE}",
    ),
    (r"-?\d+(?:\.\d+)?", lambda found: f"a bare number is no time: write one such as {EXAMPLE}"),
)


def _refuse(message: str) -> NoReturn:
    raise RemoteError(MALFORMED, message)
