"""Times in words: weekdays, how far away, how long; and which look like a slip of the pen."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.model import when
from comity.space import instant, interval
from comity.space.instant import Instant
from comity.space.interval import Interval

NOW = instant.parse("2026-11-28T11:00:00Z")
DAY = 86_400_000
times = st.integers(0, 253402300799999).map(Instant)


def between(start: str | None, until: str | None) -> Interval:
    return interval.parse(start, until)


@given(times)
def test_the_weekday_is_that_of_the_calendar(at: Instant) -> None:
    expected = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)
    assert when.moment(at).split()[0] == expected.strftime("%A")


@pytest.mark.parametrize(
    ("start", "until", "expected"),
    [
        ("2026-12-26T12:00:00Z", "2026-12-26T13:00:00Z", "Saturday 2026-12-26 12:00Z until 13:00Z, in 28 days; lasts 1 h"),
        ("2026-11-28T10:00:00Z", "2026-11-29T00:30:00Z",
         "Saturday 2026-11-28 10:00Z until Sunday 2026-11-29 00:30Z, began 1 h ago; lasts 14 h 30 min"),
        ("2026-11-28T11:00:00Z", "2026-11-28T11:05:00Z", "Saturday 2026-11-28 11:00Z until 11:05Z, now; lasts 5 min"),
        ("2025-12-26T12:00:00Z", "2025-12-26T12:00:00.500Z",
         "Friday 2025-12-26 12:00Z until 12:00:00.500Z, ended 336 days ago; lasts 0 s"),
        ("2026-11-28T11:00:10Z", "2026-11-28T11:00:10Z", "Saturday 2026-11-28 11:00:10Z, in 10 s; one moment"),
        ("2027-01-01T00:00:00Z", "2027-02-15T00:00:00Z",
         "Friday 2027-01-01 00:00Z until Monday 2027-02-15 00:00Z, in 33 days; lasts 45 days, more than 30 days"),
        (None, None, "all"),
        ("2027-01-01T00:00:00Z", None, "from Friday 2027-01-01 00:00Z on"),
        (None, "2027-01-01T00:00:00Z", "until Friday 2027-01-01 00:00Z"),
    ],
)  # fmt: skip
def test_a_stretch_of_time_is_said_with_weekday_distance_and_length(
    start: str | None, until: str | None, expected: str
) -> None:
    assert when.words(between(start, until), NOW) == expected


def test_what_ends_now_is_over_and_what_begins_in_366_days_is_not_far() -> None:
    assert len(when.warnings([Interval(None, NOW)], NOW)) == 1
    assert when.warnings([Interval(None, Instant(NOW + 1)), Interval(NOW, NOW)], NOW) == ()
    assert not when.is_far(Interval(Instant(NOW + 366 * DAY)), NOW)
    assert when.is_far(Interval(Instant(NOW + 366 * DAY + 1)), NOW)
    assert not when.is_long(Interval(NOW, Instant(NOW + 30 * DAY)))
    assert when.is_long(Interval(NOW, Instant(NOW + 30 * DAY + 1)))


@given(times, times, times)
def test_what_is_told_of_times_is_what_they_are(one: Instant, other: Instant, now: Instant) -> None:
    during = Interval(min(one, other), max(one, other))
    told = when.warnings([during, during], now)
    kinds = [during.is_over(now), when.is_far(during, now), when.is_long(during)]
    assert len(told) == sum(kinds)
    words = ["is past", "is far away", "is long"]
    assert [any(each.startswith(word) for each in told) for word in words] == kinds


def test_the_warnings_say_the_date_that_was_read() -> None:
    far, past = between("2062-12-26T12:00:00Z", "2062-12-26T13:00:00Z"), between(None, "2025-12-26T13:00:00Z")
    assert when.warnings([far, past], NOW) == (
        "is far away: it begins on Tuesday 2062-12-26 12:00Z, in 36 years",
        "is past: it ended on Friday 2025-12-26 13:00Z, 336 days ago",
    )
