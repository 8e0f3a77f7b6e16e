"""Instants: points in time, UTC, as whole milliseconds since 1970-01-01T00:00:00Z; before it they are negative.

There is no clock here: an instant is read from a text or handed in. What travels is RFC 3339 (`parse`); what people type
may have other forms (`read`). Leap seconds (`:60`) have no instant of their own and are refused.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NewType

from comity.errors import MALFORMED, RemoteError
from comity.space import _time_forms

Instant = NewType("Instant", int)

# The hours, and a zone's minutes, stand here: some Pythons read 24:00, and all of them +05:60.
_RFC3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):\d{2}:(\d{2})(?:\.\d{3}(\d*)|\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
_MOST_LETTERS = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
# Year 1970 to 9999: what a CWT `iat` (RFC 8392) and RFC 3339 can both say.
_LAST = 253402300799999
LAST_SECOND = _LAST // 1000
# The first of year 1: what RFC 3339 and every calendar here can say.
_FIRST = -62135596800000


def parse(text: str, *, place: str = "", up: bool = False) -> Instant:
    """Read an RFC 3339 time (section 5.6) from 1970 on; a zone offset is taken into account.

    Args:
        up: digits past milliseconds are rounded up, for the end of something; else they are cut.

    Raises:
        RemoteError: `malformed`: not of the form, no such day or hour, or before 1970.
    """
    try:
        return Instant(_midnight(text[:10]) + _MINUTES[text[10:17]] + _SECONDS[text[17:19]] + _ENDS[text[19:]])
    except (KeyError, RemoteError):
        return _parse(text, place, up)


# A time as it is mostly written is looked up, part by part: reading its digits takes three times as long.
_MINUTES = {f"T{hour:02}:{minute:02}:": (hour * 60 + minute) * 60_000 for hour in range(24) for minute in range(60)}
_SECONDS = {f"{second:02}": second * 1000 for second in range(60)}
_ENDS = {"Z": 0} | {f".{millisecond:03}Z": millisecond for millisecond in range(1000)}


@lru_cache(maxsize=1024)
def _midnight(day: str) -> Instant:
    return _parse(f"{day}T00:00:00Z", "")


def _parse(text: str, place: str, up: bool = False) -> Instant:
    return check(_count(text, place, up), place=place)


def _count(text: str, place: str, up: bool = False) -> int:
    found = _RFC3339.fullmatch(text) if len(text) <= _MOST_LETTERS else None
    if found is None:
        raise RemoteError(MALFORMED, f"not a time of RFC 3339, such as 2015-11-26T10:00:00Z{_why(text)}", place=place)
    if found[1] == "60":
        raise RemoteError(MALFORMED, _time_forms.leap_second(text[:16]), place=place)
    try:
        at = (datetime.fromisoformat(text) - _EPOCH) // _MILLISECOND
    except (ValueError, OverflowError):
        raise RemoteError(MALFORMED, "a time of RFC 3339's form that no calendar has", place=place) from None
    return at + 1 if up and found[2] and found[2].strip("0") else at


def _why(text: str) -> str:
    return "; 24:00 is 00:00 of the next day" if text[10:16] == "T24:00" and len(text) <= _MOST_LETTERS else ""


def calendar(text: str, *, place: str = "") -> Instant:
    """Read an RFC 3339 time of any year from 1 to 9999, for what was or is said to be long ago.

    Raises:
        RemoteError: `malformed`: not of the form, or no such day or hour.
    """
    try:
        return parse(text)
    except RemoteError:
        at = _count(text, place)
    if not _FIRST <= at <= _LAST:
        raise RemoteError(MALFORMED, "a time before the year 1 or after 9999", place=place)
    return Instant(at)


def read(text: str, *, place: str = "", up: bool = False) -> Instant:
    """Read a time from 1970 on as people write it: every form that has one meaning (`_time_forms` has them).

    Args:
        up: as `parse` has it.

    Raises:
        RemoteError: `malformed`: it has no meaning or more than one; the message says what to write.

    >>> read("281200CNOV26") == read("2026-11-28 09:00Z") == parse("2026-11-28T09:00:00Z")
    True
    """
    try:
        return parse(text, up=up)
    except RemoteError:
        pass
    try:
        return parse(_time_forms.rfc3339(text), up=up)
    except RemoteError as error:
        raise RemoteError(error.code, error.message, place=place) from None


def check(milliseconds: int, *, place: str = "") -> Instant:
    """Take a count of milliseconds as an instant from 1970 on.

    Raises:
        RemoteError: `malformed`: before 1970 or after 9999.
    """
    if not 0 <= milliseconds <= _LAST:
        raise RemoteError(MALFORMED, "a time before 1970 or after 9999", place=place)
    return Instant(milliseconds)


def from_seconds(seconds: int, *, place: str = "") -> Instant:
    """Take whole seconds since 1970 (a CWT NumericDate, a cosignature's timestamp) as an instant."""
    return check(seconds * 1000, place=place)


def end_of_second(seconds: int, *, place: str = "") -> Instant:
    """The end of a whole second since 1970: what bears that second was made before its end, and perhaps just before.

    >>> to_second(end_of_second(1448532000))
    '2015-11-26T10:00:01Z'
    """
    return from_seconds(seconds + 1, place=place)


def to_second(at: Instant) -> str:
    """The instant as RFC 3339 in UTC without a fraction: for what is known to the second, so that nothing is made up."""
    return f"{text(at)[:19]}Z"


def text(at: Instant) -> str:
    """The instant as RFC 3339 in UTC with three digits of fraction, as STIX 2.1 section 3.2 wants it.

    >>> text(Instant(1448532000000)), text(Instant(-1))
    ('2015-11-26T10:00:00.000Z', '1969-12-31T23:59:59.999Z')
    """
    return (_EPOCH + timedelta(milliseconds=at)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
