"""Intervals end before their end, may be open-ended or of no length, and never run backwards."""

from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.errors import MALFORMED, RemoteError
from comity.space import interval
from comity.space.instant import Instant
from comity.space.interval import ALWAYS, Interval

Ends: TypeAlias = tuple[int | None, int | None]

NOON = Instant(1_448_452_800_000)


def of(start: int | None, end: int | None) -> Interval:
    return Interval(None if start is None else Instant(start), None if end is None else Instant(end))


@pytest.mark.parametrize(
    ("one", "other", "common"),
    [
        ((0, 5), (5, 9), None),
        ((0, 6), (5, 9), (5, 6)),
        ((0, 5), (6, 9), None),
        ((5, 5), (5, 9), (5, 5)),
        ((0, 5), (5, 5), None),
        ((None, 5), (5, 5), None),
        ((5, 5), (5, None), (5, 5)),
        ((5, 5), (None, None), (5, 5)),
        ((0, 9), (2, 3), (2, 3)),
        ((4, 4), (4, 4), (4, 4)),
        ((4, 4), (0, 9), (4, 4)),
        ((4, 4), (5, 9), None),
        ((None, 5), (5, None), None),
        ((None, 6), (5, None), (5, 6)),
        ((None, 5), (6, None), None),
        ((None, None), (3, 4), (3, 4)),
        ((None, 5), (None, 7), (None, 5)),
        ((5, None), (7, None), (7, None)),
        ((None, None), (None, None), (None, None)),
    ],
)
def test_two_intervals_have_in_common_what_lies_in_both_until_being_outside(
    one: Ends, other: Ends, common: Ends | None
) -> None:
    expected = None if common is None else of(*common)
    assert of(*one).overlap(of(*other)) == expected
    assert of(*other).overlap(of(*one)) == expected


def test_no_times_given_is_always() -> None:
    assert interval.parse(None, None) == ALWAYS == Interval()


def test_texts_are_read_and_zones_taken_into_account() -> None:
    read = interval.parse("2015-11-25T12:00:00Z", "2015-11-25T14:00:00+02:00")
    assert read == Interval(NOON, NOON)


@pytest.mark.parametrize(
    ("start", "end", "at", "over", "holds"),
    [
        (0, 5, 4, False, True),
        (0, 5, 5, True, False),
        (0, 5, 6, True, False),
        (0, 5, -1, False, False),
        (5, 5, 5, False, True),
        (5, 5, 6, True, False),
        (None, 5, 5, True, False),
        (None, 5, -(10**13), False, True),
        (5, None, 10**13, False, True),
        (None, None, 0, False, True),
    ],
)
def test_an_interval_is_over_at_its_end_and_an_instant_only_after_it(
    start: int | None, end: int | None, at: int, over: bool, holds: bool
) -> None:
    assert of(start, end).is_over(Instant(at)) is over
    assert of(start, end).holds(Instant(at)) is holds


def test_what_is_less_than_a_millisecond_is_never_lost_at_an_end() -> None:
    short = interval.parse("2015-11-25T12:00:00.0001Z", "2015-11-25T12:00:00.0009Z")
    assert short == Interval(NOON, Instant(NOON + 1))
    assert short.overlap(interval.parse("2015-11-25T12:00:00.0008Z", None)) is not None
    assert interval.parse(None, "2015-11-25T12:00:00.0000Z") == Interval(None, NOON)


ends = st.one_of(st.none(), st.integers(-3, 6))
intervals = st.tuples(ends, ends).filter(lambda span: _runs(*span)).map(lambda span: of(*span))


def _runs(start: int | None, end: int | None) -> bool:
    return start is None or end is None or start <= end


@given(intervals, intervals)
def test_two_intervals_share_exactly_the_instants_that_both_hold(one: Interval, other: Interval) -> None:
    common = one.overlap(other)
    assert common == other.overlap(one)
    for at in map(Instant, range(-6, 10)):
        both = one.holds(at) and other.holds(at)
        assert both is (common is not None and common.holds(at))


def test_an_interval_that_ends_before_it_starts_is_refused_at_its_end() -> None:
    with pytest.raises(RemoteError) as caught:
        interval.parse("2015-11-25T12:00:00.001Z", "2015-11-25T12:00:00Z", places=("/from", "/until"))
    assert (caught.value.code, caught.value.place) == (MALFORMED, "/until")
    with pytest.raises(RemoteError):
        Interval(Instant(1), Instant(0))


@pytest.mark.parametrize(("start", "end", "place"), [("noon", None, "/start"), (None, "2015-02-30T00:00:00Z", "/end")])
def test_what_is_no_time_is_refused_at_its_place(start: str | None, end: str | None, place: str) -> None:
    with pytest.raises(RemoteError) as caught:
        interval.parse(start, end)
    assert (caught.value.code, caught.value.place) == (MALFORMED, place)
