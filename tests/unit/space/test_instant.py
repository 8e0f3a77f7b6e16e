"""Instants: RFC 3339 times as milliseconds since 1970, and the many texts and numbers that are none."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.errors import MALFORMED, RemoteError
from comity.space import instant
from comity.space.instant import Instant, calendar, check, from_seconds, parse, text

LAST = 253402300799999


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(RemoteError) as caught:
        call()
    assert caught.value.code == MALFORMED
    return caught.value.message


# -- times


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.001Z", 1),
        ("2015-11-26T10:00:00Z", 1448532000000),
        ("2015-11-26T10:00:00.5Z", 1448532000500),
        ("2015-11-26T10:00:00.05Z", 1448532000050),
        ("2015-11-26T10:00:00.005Z", 1448532000005),
        ("2000-02-29T23:59:59Z", 951868799000),
        ("2038-01-19T03:14:08Z", 2147483648000),
        ("9999-12-31T23:59:59.999Z", LAST),
    ],
)
def test_a_time_is_read_to_the_millisecond(written: str, at: int) -> None:
    assert parse(written) == at


@pytest.mark.parametrize(
    "same",
    [
        "2015-11-26T10:00:00+00:00",
        "2015-11-26T10:00:00-00:00",
        "2015-11-26T13:00:00+03:00",
        "2015-11-26T05:00:00-05:00",
        "2015-11-26T15:30:00+05:30",
        "2015-11-26T15:45:00+05:45",
        "2015-11-26T06:30:00-03:30",
        "2015-11-27T09:59:00+23:59",
        "2015-11-25T10:01:00-23:59",
    ],
)
def test_an_offset_is_taken_into_account(same: str) -> None:
    """RFC 3339 4.3: -00:00 says that the place is unknown, not the time."""
    assert parse(same) == parse("2015-11-26T10:00:00Z")


@pytest.mark.parametrize(
    "fraction", [".9", ".99", ".999", ".9999", ".999999", ".999999999", ".9999999999", ".0000000001"]
)
def test_digits_past_milliseconds_are_cut_and_not_rounded(fraction: str) -> None:
    """Rounded, a time could come after what followed it."""
    assert parse(f"2015-11-26T10:00:00{fraction}Z") == 1448532000000 + int(fraction[1:4].ljust(3, "0"))


@pytest.mark.parametrize(
    ("fraction", "more"),
    [("", 0), (".5", 500), (".123", 123), (".1230", 123), (".1230000001", 124), (".9999", 1000), ("." + "0" * 20, 0)],
)
def test_the_end_of_something_is_rounded_up_and_never_down(fraction: str, more: int) -> None:
    assert parse(f"2015-11-26T10:00:00{fraction}Z", up=True) == 1448532000000 + more


def test_an_offset_may_reach_over_the_ends() -> None:
    assert parse("1970-01-01T05:30:00+05:30") == 0
    assert parse("9999-12-31T22:59:59.999-01:00") == LAST
    refused(lambda: parse("1970-01-01T05:29:59.999+05:30"))
    refused(lambda: parse("9999-12-31T23:59:59-00:01"))


# -- what is none


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "now",
        "1448532000",
        "2015",
        "2015-11-26",
        "2015-11-26T10:00",
        "2015-11-26T10:00Z",
        "2015-11-26T10:00:00",
        "2015-11-26 10:00:00Z",
        "2015-11-26t10:00:00z",
        "2015-11-26T10:00:00z",
        "20151126T100000Z",
        "2015-W48-4T10:00:00Z",
        "2015-330T10:00:00Z",
        "15-11-26T10:00:00Z",
        "+2015-11-26T10:00:00Z",
        "-0001-11-26T10:00:00Z",
        "12015-11-26T10:00:00Z",
        "2015-1-26T10:00:00Z",
        "2015-11-26T1:00:00Z",
        "2015-11-26T10:00:00.Z",
        "2015-11-26T10:00:00,5Z",
        "2015-11-26T10:00:00+03",
        "2015-11-26T10:00:00+0300",
        "2015-11-26T10:00:00+3:00",
        "2015-11-26T10:00:00+03:00:00",
        "2015-11-26T10:00:00 +03:00",
        "2015-11-26T10:00:00+03:00Z",
        "2015-11-26T10:00:00UTC",
        "2015-11-26T10:00:00[UTC]",
        "2015-11-26T10:00:00Z\n",
        " 2015-11-26T10:00:00Z",
        "2015-11-26T10:00:00Z ",
        "2015-11-26T10:00:00Z2015-11-26T10:00:00Z",
        "٢٠١٥-11-26T10:00:00Z",
        "2015-11-26T10:00:00.５Z",
        "2015‐11‐26T10:00:00Z",
        "2015-11-26T10:00:00−03:00",
        "2015-11-26T10:00:00.123456789+03:00" + " " * 10,
        "2015-11-26T10:00:00." + "0" * 100_000 + "Z",
    ],
)
def test_what_is_not_of_the_form_is_refused(written: str) -> None:
    assert "not a time of RFC 3339" in refused(lambda: parse(written))


@pytest.mark.parametrize(
    "written",
    [
        "2015-00-26T10:00:00Z",
        "2015-13-26T10:00:00Z",
        "2015-11-00T10:00:00Z",
        "2015-11-31T10:00:00Z",
        "2015-02-29T10:00:00Z",
        "1900-02-29T10:00:00Z",
        "2100-02-29T10:00:00Z",
        "2015-11-26T10:60:00Z",
        "2015-11-26T10:00:61Z",
        "2015-11-26T10:00:99Z",
        "0000-01-01T00:00:00Z",
    ],
)
def test_a_day_or_a_minute_that_no_calendar_has_is_refused(written: str) -> None:
    assert "no calendar has" in refused(lambda: parse(written))


@pytest.mark.parametrize("zone", ["Z", "+00:00", "+08:00"])
def test_a_leap_second_has_no_instant_and_is_refused(zone: str) -> None:
    """2016-12-31T23:59:60Z was a second. To take it for another would be to repair what was said."""
    hour = "23:59" if zone != "+08:00" else "07:59"
    day = "2016-12-31" if zone != "+08:00" else "2017-01-01"
    assert "a leap second (:60)" in refused(lambda: parse(f"{day}T{hour}:60{zone}"))
    assert parse(f"{day}T{hour}:59{zone}") == 1483228799000


@pytest.mark.parametrize(
    "written", ["2015-11-26T24:00:00Z", "2015-11-26T24:00:01Z", "2015-11-26T25:00:00Z", "2015-11-26T99:00:00Z"]
)
def test_a_day_has_hours_0_to_23(written: str) -> None:
    """RFC 3339 5.6; ISO 8601 and some Pythons take 24:00:00 for the next day's first second."""
    assert "not a time of RFC 3339" in refused(lambda: parse(written))


@pytest.mark.parametrize("zone", ["+24:00", "-24:00", "+05:60", "-05:99", "+99:99", "+23:60"])
def test_an_offset_is_below_a_day_and_its_minutes_below_an_hour(zone: str) -> None:
    """Python reads +05:60 as +06:00: one instant for two texts, and the second is nobody's."""
    refused(lambda: parse(f"2015-11-26T10:00:00{zone}"))


@pytest.mark.parametrize(
    "written", ["1969-12-31T23:59:59Z", "1969-12-31T23:59:59.999Z", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59"]
)
def test_a_time_before_1970_is_refused(written: str) -> None:
    assert "before 1970" in refused(lambda: parse(written))


@pytest.mark.parametrize("written", ["9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59.999-00:01"])
def test_a_time_after_9999_is_refused(written: str) -> None:
    assert "after 9999" in refused(lambda: parse(written))


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("1969-12-31T23:59:59.999Z", -1),
        ("1964-05-27T00:00:00Z", -176688000000),
        ("0001-01-01T00:00:00Z", -62135596800000),
        ("0999-12-31T23:59:59Z", -30610224001000),
        ("2015-11-26T10:00:00Z", 1448532000000),
        ("9999-12-31T23:59:59.999Z", LAST),
    ],
)
def test_a_time_of_any_year_of_the_calendar_is_read_where_one_is_told_of(written: str, at: int) -> None:
    assert calendar(written) == at
    assert text(calendar(written))[:19] == written[:19]


@pytest.mark.parametrize(
    "written", ["0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00Z", "1964-05-27"]
)
def test_what_lies_outside_of_the_calendar_is_refused_there_too(written: str) -> None:
    with pytest.raises(RemoteError) as caught:
        calendar(written, place="/first_seen")
    assert caught.value.place == "/first_seen"


# -- numbers


@pytest.mark.parametrize("at", [0, 1, 1448532000000, LAST])
def test_a_count_of_milliseconds_from_1970_to_9999_is_an_instant(at: int) -> None:
    assert check(at) == at


@pytest.mark.parametrize("at", [-1, LAST + 1, -(1 << 63), 1 << 63, 1 << 200])
def test_any_other_count_is_none(at: int) -> None:
    refused(lambda: check(at))
    refused(lambda: from_seconds(at))


def test_seconds_are_whole() -> None:
    assert from_seconds(1448532000) == 1448532000000
    assert from_seconds(LAST // 1000) == LAST - 999
    refused(lambda: from_seconds(LAST // 1000 + 1))


def test_a_refusal_names_the_place() -> None:
    calls: list[Callable[[], Instant]] = [
        lambda: parse("x", place="/created"),
        lambda: parse("2015-02-30T00:00:00Z", place="/created"),
        lambda: parse("1969-01-01T00:00:00Z", place="/created"),
        lambda: check(-1, place="/created"),
        lambda: from_seconds(-1, place="/created"),
    ]
    for call in calls:
        with pytest.raises(RemoteError) as caught:
            call()
        assert caught.value.place == "/created"


# -- text


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1, "1970-01-01T00:00:00.001Z"),
        (999, "1970-01-01T00:00:00.999Z"),
        (1448532000050, "2015-11-26T10:00:00.050Z"),
        (LAST, "9999-12-31T23:59:59.999Z"),
    ],
)
def test_a_text_has_three_digits_and_a_z(at: int, written: str) -> None:
    assert text(Instant(at)) == written
    assert parse(written) == at


def test_texts_sort_as_their_times_do() -> None:
    times = [Instant(at) for at in (0, 999, 1000, 999_999_999_999, 1_000_000_000_000, LAST)]
    assert sorted(map(text, times)) == [text(at) for at in times]


def test_a_text_does_not_hang_on_the_zone_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "XYZ-13")
    time.tzset()
    try:
        assert text(parse("2026-07-01T00:00:00Z")) == "2026-07-01T00:00:00.000Z"
    finally:
        monkeypatch.undo()
        time.tzset()


# -- the short way and the long one


def outcome(read: Callable[[str], object], written: str) -> object:
    try:
        return read(written)
    except RemoteError as error:
        return error.code, error.message


DAYS = ["2015-11-26", "2016-02-30", "1969-12-31", "9999-12-31", "2015-W48-4"]
MINUTES = ["T10:00:", "T24:00:", "T10:60:", "t10:00:", " 10:00:"]
SECONDS = ["00", "59", "60", "\u0660\u0660"]
ENDS = ["Z", "z", ".5Z", ".123Z", ".1234Z", ".12\u0663Z", "+00:00", "+05:30", ""]
PIECES = st.sampled_from([*DAYS, *MINUTES, *SECONDS, *ENDS])


@given(st.lists(PIECES, max_size=5).map("".join) | st.text(max_size=26))
def test_any_text_has_one_outcome(written: str) -> None:
    assert outcome(parse, written) == outcome(lambda given: instant._parse(given, ""), written)


@given(st.integers(0, LAST), st.booleans())
def test_every_millisecond_is_read_as_the_long_way_reads_it(at: int, whole: bool) -> None:
    at -= at % 1000 if whole else 0
    written = text(Instant(at))
    for one in (written, written.replace(".000Z", "Z")):
        assert parse(one) == instant._parse(one, "") == at
