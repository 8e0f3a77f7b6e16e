"""Time intervals: from an instant until an instant, which is outside.

The rule: an interval is half-open. One that ends at 10:00 does not meet one that begins at 10:00. Where from and until are
one, it is that instant (a half-open interval of zero length would be empty and meet nothing): it meets what begins at it,
and not what ends at it. An open start or end, None, reaches back or on without limit.

Instants are whole milliseconds: a start is cut and an end rounded up to one, so that nothing is lost between them.
There is no clock here: whether an interval is past is for its reader to say.
"""

from dataclasses import dataclass

from comity.errors import MALFORMED, RemoteError
from comity.space import instant
from comity.space.instant import Instant

_FIRST, _LAST = float("-inf"), float("inf")


@dataclass(frozen=True, slots=True)
class Interval:
    """From `start` until `end`, which is outside unless it is the start; None is without limit.

    Raises:
        RemoteError: `malformed`: the end is before the start.
    """

    start: Instant | None = None
    end: Instant | None = None

    def __post_init__(self) -> None:
        _in_order(self.start, self.end, "")

    def overlap(self, other: "Interval") -> "Interval | None":
        """What the two have in common; None where they do not meet.

        >>> Interval(Instant(0), Instant(5)).overlap(Interval(Instant(3), None))
        Interval(start=3, end=5)
        """
        start = _later(self.start, other.start)
        end = _earlier(self.end, other.end)
        if start is None or end is None or start < end:
            return Interval(start, end)
        return Interval(start, end) if start == end and self.holds(start) and other.holds(start) else None

    def holds(self, at: Instant) -> bool:
        """Say whether an instant is inside."""
        return (self.start is None or self.start <= at) and not self.is_over(at)

    def is_over(self, at: Instant) -> bool:
        """Say whether it has ended by then: at its end already, but for an instant, which is over only after it."""
        if self.end is None:
            return False
        return self.end < at or (self.end == at and self.start != at)


def parse(start: str | None, end: str | None, *, places: tuple[str, str] = ("/start", "/end")) -> Interval:
    """Read an interval from two times of RFC 3339; None is without limit.

    Args:
        places: where the two texts stand in the input, for errors.

    Raises:
        RemoteError: `malformed`: not a time, or the end is before the start.
    """
    first = None if start is None else instant.parse(start, place=places[0])
    last = None if end is None else instant.parse(end, place=places[1], up=True)
    _in_order(first, last, places[1])
    return Interval(first, last)


def read(start: str | None, end: str | None, *, places: tuple[str, str] = ("/start", "/end")) -> Interval:
    """Read an interval from two times as people write them (`instant.read`); else as `parse`."""
    first = None if start is None else instant.read(start, place=places[0])
    last = None if end is None else instant.read(end, place=places[1], up=True)
    _in_order(first, last, places[1])
    return Interval(first, last)


def _in_order(start: Instant | None, end: Instant | None, place: str) -> None:
    if start is not None and end is not None and end < start:
        raise RemoteError(MALFORMED, "an interval must not end before it starts", place=place)


def _later(one: Instant | None, other: Instant | None) -> Instant | None:
    return max(one, other, key=lambda at: _FIRST if at is None else at)


def _earlier(one: Instant | None, other: Instant | None) -> Instant | None:
    return min(one, other, key=lambda at: _LAST if at is None else at)


ALWAYS = Interval()
