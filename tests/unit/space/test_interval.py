"""Intervals are closed, may be open-ended or of no length, and never run backwards."""

from typing import TypeAlias

import pytest

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
        ((0, 5), (5, 9), (5, 5)),
        ((0, 5), (6, 9), None),
        ((0, 9), (2, 3), (2, 3)),
        ((4, 4), (4, 4), (4, 4)),
        ((4, 4), (0, 9), (4, 4)),
        ((4, 4), (5, 9), None),
        ((None, 5), (5, None), (5, 5)),
        ((None, 5), (6, None), None),
        ((None, None), (3, 4), (3, 4)),
        ((None, 5), (None, 7), (None, 5)),
        ((5, None), (7, None), (7, None)),
        ((None, None), (None, None), (None, None)),
    ],
)
def test_two_intervals_have_in_common_what_lies_in_both_ends_included(
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


def test_what_is_cut_from_times_never_parts_intervals_that_touch() -> None:
    early = interval.parse(None, "2015-11-25T12:00:00.0009Z")
    late = interval.parse("2015-11-25T12:00:00.0008Z", None)
    assert early.overlap(late) is not None


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
