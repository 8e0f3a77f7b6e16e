"""Instants: points in time, UTC, as whole milliseconds since 1970-01-01T00:00:00Z.

There is no clock here: an instant is read from a text or handed in. Text is RFC 3339; leap seconds (`:60`) have no
instant of their own and are refused.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NewType

from comity.errors import MALFORMED, RemoteError

Instant = NewType("Instant", int)

# The hours, and a zone's minutes, stand here: some Pythons read 24:00, and all of them +05:60.
_RFC3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)", re.ASCII
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
# Year 1970 to 9999: what a CWT `iat` (RFC 8392) and RFC 3339 can both say.
_LAST = 253402300799999


def parse(text: str, *, place: str = "") -> Instant:
    """Read an RFC 3339 time (section 5.6); a zone offset is taken into account, digits past milliseconds are cut.

    Raises:
        RemoteError: `malformed`: not of the form, or no such day or hour.
    """
    try:
        return Instant(_midnight(text[:10]) + _MINUTES[text[10:17]] + _SECONDS[text[17:19]] + _ENDS[text[19:]])
    except (KeyError, RemoteError):
        return _parse(text, place)


# A time as it is mostly written is looked up, part by part: reading its digits takes three times as long.
_MINUTES = {f"T{hour:02}:{minute:02}:": (hour * 60 + minute) * 60_000 for hour in range(24) for minute in range(60)}
_SECONDS = {f"{second:02}": second * 1000 for second in range(60)}
_ENDS = {"Z": 0} | {f".{millisecond:03}Z": millisecond for millisecond in range(1000)}


@lru_cache(maxsize=1024)
def _midnight(day: str) -> Instant:
    return _parse(f"{day}T00:00:00Z", "")


def _parse(text: str, place: str) -> Instant:
    if len(text) > 40 or not _RFC3339.fullmatch(text):
        raise RemoteError(MALFORMED, "not a time of RFC 3339, such as 2015-11-26T10:00:00Z", place=place)
    try:
        return check((datetime.fromisoformat(text) - _EPOCH) // _MILLISECOND, place=place)
    except (ValueError, OverflowError):
        raise RemoteError(MALFORMED, "a time of RFC 3339's form that no calendar has", place=place) from None


def read(text: str, *, place: str = "") -> Instant:
    """Read a time as people write it: every form that has one meaning.

    Raises:
        RemoteError: `malformed`: it has no meaning or more than one; the message says what to write.
    """
    return parse(text.strip(), place=place)


def check(milliseconds: int, *, place: str = "") -> Instant:
    """Take a count of milliseconds as an instant.

    Raises:
        RemoteError: `malformed`: before 1970 or after 9999.
    """
    if not 0 <= milliseconds <= _LAST:
        raise RemoteError(MALFORMED, "a time before 1970 or after 9999", place=place)
    return Instant(milliseconds)


def from_seconds(seconds: int, *, place: str = "") -> Instant:
    """Take whole seconds since 1970 (a CWT NumericDate, a cosignature's timestamp) as an instant."""
    return check(seconds * 1000, place=place)


def text(at: Instant) -> str:
    """The instant as RFC 3339 in UTC with three digits of fraction, as STIX 2.1 section 3.2 wants it.

    >>> text(Instant(1448532000000))
    '2015-11-26T10:00:00.000Z'
    """
    return (_EPOCH + timedelta(milliseconds=at)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
