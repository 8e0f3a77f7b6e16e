"""Times as people write them: every form with one meaning is read, and the others are told how to be written."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.errors import RemoteError
from comity.space.instant import Instant, parse, read

NOON = parse("2026-11-28T12:00:00Z")


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-28T12:00Z",
        "2026-11-28 12:00Z",
        "2026-11-28 12:00 Z",
        "2026-11-28t12:00:00z",
        "2026-11-28  12:00:00 z",
        " 2026-11-28T12:00:00Z\n",
        "2026-11-28T12:00:00.0000000000Z",
        "2026-11-28T12:00:00,000Z",
        "2026-11-28T1200Z",
        "2026-11-28 1200 UTC",
        "20261128T120000Z",
        "20261128T1200Z",
        "20261128 1200Z",
        "20261128T12:00Z",
        "202611281200Z",
        "20261128120000Z",
        "2026-11-28T12Z",
        "2026-11-28 15+03",
        "20261128T12Z",
        "2026-11-28_12:00Z",
        "2026-11-28T12h00Z",
        "2026-W48-6T12:00Z",
        "2026W486T1200Z",
        "2026-332T12:00Z",
        "Nov 28 2026 12:00Z",
        "November 28, 2026 12:00 UTC",
        "28NOV2026 1200Z",
        "281200ZNOVEMBER2026",
        "2026/11/28 12:00Z",
        "2026.11.28 12:00Z",
        "2026-11-28 12:00 UTC",
        "2026-11-28 12:00 gmt",
        "2026-11-28 12:00 Zulu",
        "2026-11-28 15:00 UTC+3",
        "2026-11-28 15:00 +0300",
        "2026-11-28T15:00+03",
        "2026-11-28T09:00\N{MINUS SIGN}03:00",
        "2026\N{NON-BREAKING HYPHEN}11\N{NON-BREAKING HYPHEN}28T12:00Z",
        "\uff12\uff10\uff12\uff16-11-28T12:00Z",
        "٢٠٢٦-١١-٢٨ ١٢:٠٠Z",
        "28 Nov 2026 12:00 UTC",
        "28 November 2026 12:00:00Z",
        "Sat, 28 Nov 2026 14:00:00 +0200",
        "28-Nov-2026 12:00Z",
        "281200ZNOV26",
        "281200Znov26",
        "281200Z NOV 26",
        "28 1200Z NOV 26",
        "28 1200 Z NOV 2026",
        "DTG 281200ZNOV26",
        "281300ANOV26",
        "281500CNOV26",
        "282200KNOV26",
        "290000MNOV26",
        "280700RNOV26",
        "280000YNOV26",
    ],
)
def test_each_of_these_is_noon_of_one_day(written: str) -> None:
    assert read(written) == NOON


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("", "a time is missing"),
        ("  ", "a time is missing"),
        ("noon", "not a time, such as 2026-11-28T12:00Z or 281200ZNOV26"),
        ("2026-11-28", "a day without a time of day"),
        ("28 Nov 2026", "a day without a time of day"),
        ("12:00Z", "a time without a day"),
        ("2026-11-28T12:00", "a time without a zone: say Z for UTC (2026-11-28T12:00Z)"),
        ("28 Nov 2026 12:00", "a time without a zone"),
        ("2026-11-28 12:00 CET", "the name of a zone means several offsets"),
        ("2026-11-28 12:00 Europe/Moscow", "the name of a zone"),
        ("2026-11-28 12:00 PM UTC", "hours go from 00 to 23"),
        ("28/11/2026 12:00Z", "day and month apart"),
        ("11/28/26", "day and month apart"),
        ("05.06.2026 12:00Z", "day and month apart"),
        ("2026-11-28T24:00Z", "write 2026-11-29T00:00Z"),
        ("2026-12-31 24:00Z", "write 2027-01-01T00:00Z"),
        ("282400ZNOV26", "write 2026-11-29T00:00Z"),
        ("2026-12-31T23:59:60Z", "a leap second (:60)"),
        ("2026-12-31 23:59:60 UTC", "write 2026-12-31T23:59:59"),
        ("281200JNOV26", "J is local time"),
        ("281200NOV26", "without its zone letter"),
        ("281200ZNOV", "without the year"),
        ("281200Z", "without the month and the year"),
        ("2611281200", "write 2026-11-28T12:00Z"),
        ("1795867200", "a count of seconds since 1970 is not read: it would be 2026-11-28T12:00:00Z"),
        ("1795867200.5", "it would be 2026-11-28T12:00:00Z"),
        ("@1795867200", "it would be 2026-11-28T12:00:00Z"),
        ("1795867200000", "a count of milliseconds since 1970 is not read: it would be 2026-11-28T12:00:00Z"),
        ("2611281200Z", "write 2026-11-28T12:00Z"),
        ("17958672000", "a bare number"),
        ("2611281200EST", "an end that is estimated or open"),
        ("PERM", "say until when at most"),
        ("tomorrow", "a time is said in full"),
        ("+1h", "a time is said in full"),
        ("2026-11-28T15:00:00+03:00[Europe/Moscow]", "(RFC 9557) is not read"),
        ("10000-01-01T00:00:00Z", "a year has four digits"),
        ("2026-11-28T12", "a time without a zone: say Z for UTC (2026-11-28T12:00Z)"),
        ("202611281200", "a time without a zone: say Z for UTC (2026-11-28T12:00Z)"),
        ("2026-W54-6T12:00Z", "the year 2026 has no such week or day"),
        ("2026-366T12:00Z", "the year 2026 has no such week or day"),
        ("2026-000T12:00Z", "the year 2026 has no such week or day"),
        ("2026-02-30T12:00Z", "no calendar has"),
        ("301200ZFEB26", "no calendar has"),
        ("2026-11-28T12:60Z", "minutes and seconds from 00 to 59"),
        ("2026-11-28T25:00Z", "hours go from 00 to 23"),
        ("1964-05-27T12:00Z", "before 1970"),
        ("2026-11-28T12:00Z" + " " * 100_000, "not a time"),
        ("9" * 1_000_000, "not a time"),
    ],
)
def test_what_has_no_meaning_or_several_is_told_how_it_is_written(written: str, words: str) -> None:
    with pytest.raises(RemoteError) as caught:
        read(written, place="--from")
    assert words in caught.value.message
    assert caught.value.place == "--from"


MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
LETTERS = {letter: hours for hours, letter in enumerate("ABCDEFGHIKLM", 1)} | {
    letter: -hours for hours, letter in enumerate("NOPQRSTUVWXY", 1)
}
LETTERS["Z"] = 0
moments = st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda at: at.replace(second=0, microsecond=0)
)
blanks = st.sampled_from(["", " "])


@given(moments, st.sampled_from(sorted(LETTERS)), blanks, blanks, blanks, blanks, st.booleans())
def test_a_date_time_group_of_any_zone_and_spacing_is_its_moment(
    at: datetime, letter: str, a: str, b: str, c: str, d: str, small: bool
) -> None:
    there = at.astimezone(timezone(timedelta(hours=LETTERS[letter])))
    written = f"{there:%d}{a}{there:%H%M}{b}{letter}{c}{MONTHS[there.month - 1]}{d}{there:%y}"
    assert read(written.lower() if small else written) == Instant(int(at.timestamp()) * 1000)


@given(
    moments,
    st.sampled_from(["T", "t", " ", "  "]),
    st.sampled_from(["%H:%M", "%H:%M:%S", "%H:%M:%S.0", "%H:%M:%S.0000000000000"]),
    st.integers(-23, 23),
    st.sampled_from(["{sign}{hours:02}:00", " {sign}{hours:02}:00", "{sign}{hours:02}", "{sign}{hours:02}00"]),
)
def test_a_civil_time_with_an_offset_is_its_moment_however_it_is_spaced(
    at: datetime, between: str, clock: str, hours: int, zone: str
) -> None:
    there = at.astimezone(timezone(timedelta(hours=hours)))
    offset = zone.format(sign="+" if hours >= 0 else "-", hours=abs(hours))
    assert read(f"{there:%Y-%m-%d}{between}{there.strftime(clock)}{offset}") == Instant(int(at.timestamp()) * 1000)


@given(st.text(max_size=30) | st.text(alphabet="0123456789:-/. TZtzAPMJNOV+", max_size=30))
def test_any_text_is_a_time_or_is_refused(written: str) -> None:
    try:
        assert read(written) >= 0
    except RemoteError as error:
        assert error.message


@given(st.integers(1, 8_000 * 365), st.integers(0, 1439), st.integers(-12, 12))
def test_a_day_by_its_number_in_the_year_or_its_week_is_the_day_of_the_calendar(
    day: int, minute: int, hours: int
) -> None:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day, minutes=minute)
    clock = f"T{at:%H:%M}{hours:+03}"
    year, week, weekday = at.isocalendar()
    said = read(f"{at:%Y-%m-%d}{clock}")
    assert read(f"{at:%Y}-{at.timetuple().tm_yday:03}{clock}") == said
    assert read(f"{year:04}-W{week:02}-{weekday}{clock}") == said
    assert read(f"{at:%Y%m%d%H%M}{hours:+03}00") == said
