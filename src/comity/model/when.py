"""When: stretches of time in words, with weekdays and how far from now; and which of them look like a slip of the pen.

There is no clock here: now is handed in. Times are UTC.
"""

from collections.abc import Iterable

from comity.space import instant
from comity.space.instant import Instant
from comity.space.interval import Interval

_MINUTE = 60_000
_HOUR, _DAY = 60 * _MINUTE, 24 * 60 * _MINUTE
# Beyond a leap year nobody plans to the hour: it is the wrong year more often than the right one.
FAR_MS, LONG_MS = 366 * _DAY, 30 * _DAY
# The clocks of two parties may differ by so many milliseconds: what either says of times is taken as if they did not.
MAX_APART = 5 * _MINUTE
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def moment(at: Instant) -> str:
    """An instant with its weekday.

    >>> moment(Instant(1448349600000)), moment(Instant(1448349845500))
    ('Tuesday 2015-11-24 07:20Z', 'Tuesday 2015-11-24 07:24:05.500Z')
    """
    day = _WEEKDAYS[(at // _DAY + 3) % 7]
    return f"{day} {instant.text(at)[:10]} {_clock(at)}"


def span(milliseconds: int) -> str:
    """How long something is, cut to what matters.

    >>> [span(each) for each in (1000, 90 * 60_000, 3_600_000, 2_500_000_000, 1_100_000_000_000)]
    ['1 s', '1 h 30 min', '1 h', '28 days', '34 years']
    """
    days, hours, minutes = milliseconds // _DAY, milliseconds // _HOUR, milliseconds // _MINUTE
    if days >= 730:
        return f"{int(days / 365.2425)} years"
    if days >= 3:
        return f"{days} days"
    if hours:
        return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"
    return f"{minutes} min" if minutes else f"{milliseconds // 1000} s"


def apart(theirs: Instant, ours: Instant) -> str:
    """How far another's clock is from ours, to the minute, where it shows one time when ours shows another.

    >>> apart(Instant(720_000), Instant(0)), apart(Instant(0), Instant(5_400_000))
    ('12 min ahead of ours', '1 h 30 min behind ours')
    """
    minutes = (abs(theirs - ours) + _MINUTE // 2) // _MINUTE
    return f"{span(minutes * _MINUTE)} {'ahead of' if theirs > ours else 'behind'} ours"


def words(during: Interval, now: Instant | None) -> str:
    """A stretch of time, how far away it is and how long it lasts.

    Args:
        now: None where there is no clock: how far away it is, is then not said.
    """
    start, end = during.start, during.end
    if start is None or end is None:
        return _open(start, end)
    away = "" if now is None else f", {_distance(start, end, now)}"
    if start == end:
        return f"{moment(start)}{away}; one moment"
    until = _clock(end) if start // _DAY == end // _DAY else moment(end)
    long = f", more than {span(LONG_MS)}" if is_long(during) else ""
    return f"{moment(start)} until {until}{away}; lasts {span(end - start)}{long}"


def is_far(during: Interval, now: Instant) -> bool:
    """Say whether it begins in more than `FAR_MS`."""
    return during.start is not None and during.start - now > FAR_MS


def is_long(during: Interval) -> bool:
    """Say whether it lasts for more than `LONG_MS`."""
    return during.start is not None and during.end is not None and during.end - during.start > LONG_MS


def warnings(each: Iterable[Interval], now: Instant) -> tuple[str, ...]:
    """What is to be said of times before anything else, once each."""
    found: dict[str, None] = {}
    for during in each:
        if during.is_over(now) and during.end is not None:
            found[f"is past: it ended on {moment(during.end)}, {span(now - during.end)} ago"] = None
        if is_far(during, now) and during.start is not None:
            found[f"is far away: it begins on {moment(during.start)}, in {span(during.start - now)}"] = None
        if is_long(during) and during.start is not None and during.end is not None:
            found[f"is long: it lasts {span(during.end - during.start)}, more than {span(LONG_MS)}"] = None
    return tuple(found)


def _open(start: Instant | None, end: Instant | None) -> str:
    if start is not None:
        return f"from {moment(start)} on"
    return "all" if end is None else f"until {moment(end)}"


def _distance(start: Instant, end: Instant, now: Instant) -> str:
    if now < start:
        return f"in {span(start - now)}"
    if Interval(start, end).is_over(now):
        return f"ended {span(now - end)} ago"
    return f"began {span(now - start)} ago" if start < now else "now"


def _clock(at: Instant) -> str:
    text = instant.text(at)[11:-1]
    return text.removesuffix(".000").removesuffix(":00") + "Z"
