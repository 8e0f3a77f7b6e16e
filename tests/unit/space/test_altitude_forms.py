"""Altitudes as people write them: every form with one meaning is read, and the others are told how to be written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.errors import RemoteError
from comity.space import altitude
from comity.space.altitude import Altitude, Reference, Unit


@pytest.mark.parametrize(
    ("written", "wire"),
    [
        ("2000FT AMSL", "2000 ft MSL"),
        ("3000M AMSL", "3000 m MSL"),
        ("AMSL 2000 ft", "2000 ft MSL"),
        ("2000FTAMSL", "2000 ft MSL"),
        ("3000 m a.m.s.l.", "3000 m MSL"),
        ("3000 m above mean sea level", "3000 m MSL"),
        ("3000 metres (AMSL)", "3000 m MSL"),
        ("10,000 ft", "10000 ft"),
        ("10 000 ft MSL", "10000 ft MSL"),
        ("10\N{NARROW NO-BREAK SPACE}000 ft", "10000 ft"),
        ("10'000 ft", "10000 ft"),
        ("10,000.5 ft", "10000.5 ft"),
        ("500'", "500 ft"),
        ("500\N{PRIME} AGL", "500 ft AGL"),
        ("9000 feet", "9000 ft"),
        ("1 foot AGL", "1 ft AGL"),
        ("9000 Feet", "9000 ft"),
        ("3000 meters", "3000 m"),
        ("3000 metres WGS84", "3000 m W84"),
        ("3000 m WGS 84", "3000 m W84"),
        ("3000 m HAE", "3000 m W84"),
        ("3000 m above the ellipsoid", "3000 m W84"),
        ("3000 \u043c", "3000 m"),
        ("1200 m ASFC", "1200 m AGL"),
        ("500 ft SFC", "500 ft AGL"),
        ("500 ft GND", "500 ft AGL"),
        ("500 ft above ground level", "500 ft AGL"),
        ("-50 m MSL", "-50 m MSL"),
        ("\N{MINUS SIGN}50 m MSL", "-50 m MSL"),
        ("+50 m MSL", "50 m MSL"),
        ("FL 95", "FL 95"),
        ("FL095", "FL095"),
        ("F095", "FL095"),
        ("F 095", "FL095"),
        ("FL-095", "FL095"),
        ("FL095.", "FL095"),
        ("SFC.", "SFC"),
        ("unl.", "UNL"),
        ("3000 mètres", "3000 m"),
        ("3000MT AMSL", "3000 m MSL"),
        ("9000 pieds", "9000 ft"),
        ("Flight Level 95", "FL095"),
        ("SURFACE", "SFC"),
        ("ground", "SFC"),
        ("SFC", "SFC"),
        ("gnd", "gnd"),
        ("sea level", "0 m MSL"),
        ("UNLTD", "UNL"),
        ("unl", "unl"),
        ("no limit", "UNL"),
        ("  3000   m  ", "3000 m"),
        ("3000m", "3000m"),
        ("\uff13\uff10\uff10\uff10 m", "3000 m"),
        ("٣٠٠٠ m", "3000 m"),
        ("0.500 m", "0.500 m"),
        ("152.400 m", "152.400 m"),
        ("3.5120 m", "3.512 m"),
        ("3.5 m", "3.5 m"),
    ],
)
def test_a_form_with_one_meaning_is_turned_into_what_travels(written: str, wire: str) -> None:
    assert altitude.read(written) == wire
    altitude.parse(wire)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("", "an altitude is missing"),
        ("3000", "3000 of what?"),
        ("10,000", "10,000 of what?"),
        ("0", "write SFC for the ground or 0 m MSL for the sea"),
        ("3,5 m", "write 3.5 m"),
        ("0,500 m", "write 0.500 m"),
        ("3000,5 m", "a comma sets thousands apart"),
        ("1,00,000 ft", "is no number"),
        ("10.000 ft", "10.000 may be 10000 or 10: write 10000 ft or 10 ft"),
        ("3.512 m", "write 3512 m or 3.5120 m"),
        ("1.2345 m", "at most three decimals"),
        ("5000 ft QNH", "what an altimeter shows"),
        ("500 ft QFE", "above an aerodrome"),
        ("20000 ft STD", "such as FL200"),
        ("3000 m GPS", "above the ellipsoid or above the sea"),
        ("3000 m NAVD88", "'NAVD88' is no reference that is known here"),
        ("FL9.5", "a flight level is three digits"),
        ("FL20000", "a flight level is three digits"),
        ("FL095-FL145", "two altitudes are a floor and a ceiling"),
        ("1000 - 2000 ft", "two altitudes"),
        ("SFC/2000 ft", "not an altitude|two altitudes"),
        ("3 km", "write 3000 m MSL or 3000 m W84"),
        ("3000 nm", "not an altitude"),
        ("MSL", "not an altitude"),
        ("high", "not an altitude, such as 3000 m MSL"),
        ("200000 m", "lies between"),
        ("1,000,000 ft", "higher than any altitude here"),
        ("1 000 000 m MSL", "higher than any altitude here"),
        ("1.000,5 m", "write it in plain digits"),
        ("10000 ft AMSL (3048 m)", "an altitude is said once"),
        ("400 AGL", "write 400 ft AGL or 400 m AGL"),
        ("5,000 AMSL", "write 5,000 ft MSL or 5,000 m MSL"),
        ("245", "write FL245, if it is of a NOTAM's Q line, or 3000 m MSL"),
        ("FL195+", "a flight level is three digits"),
        ("FL100 AGL", "a flight level is three digits"),
        ("A045", "write 4500 ft MSL"),
        ("M0840", "write 8400 m MSL"),
        ("S1130", "a level in tens of metres"),
        ("1e3 m", "not an altitude"),
        ("nan m", "not an altitude"),
        ("9" * 1_000_000, "not an altitude"),
    ],
)
def test_what_has_no_meaning_or_several_is_told_how_it_is_written(written: str, words: str) -> None:
    with pytest.raises(RemoteError) as caught:
        altitude.read(written, place="--floor")
    assert any(each in caught.value.message for each in words.split("|")), caught.value.message
    assert caught.value.place == "--floor"


UNITS = {
    "m": Unit.M,
    "M": Unit.M,
    "metres": Unit.M,
    "meters": Unit.M,
    "ft": Unit.FT,
    "FT": Unit.FT,
    "Feet": Unit.FT,
    "'": Unit.FT,
}
REFERENCES = {
    "AMSL": Reference.MSL,
    "msl": Reference.MSL,
    "above mean sea level": Reference.MSL,
    "AGL": Reference.AGL,
    "ASFC": Reference.AGL,
    "above ground": Reference.AGL,
    "WGS84": Reference.W84,
    "HAE": Reference.W84,
    "W84": Reference.W84,
}
NUMBERS = st.sampled_from(["{:d}", "{:,d}", "+{:d}"])


@given(st.integers(0, 30_000), NUMBERS, st.sampled_from(sorted(UNITS)), st.sampled_from(sorted(REFERENCES)), st.data())
def test_a_number_a_unit_and_a_reference_mean_the_same_however_they_are_put_together(
    number: int, form: str, unit: str, reference: str, data: st.DataObject
) -> None:
    blank = data.draw(st.sampled_from(["", " ", "  "]))
    written = f"{form.format(number)}{blank}{unit} {reference}"
    if data.draw(st.booleans()):
        written = written.upper()
    found = altitude.parse(altitude.read(written))
    assert found == Altitude(float(number), UNITS[unit], REFERENCES[reference])


@given(st.text(max_size=30) | st.text(alphabet="0123456789., 'mftFLMSLAGkWunlsc-+", max_size=20))
def test_any_text_is_turned_into_what_travels_or_is_refused(written: str) -> None:
    try:
        altitude.parse(altitude.read(written))
    except RemoteError as error:
        assert error.message


@given(st.integers(0, 999_999), st.integers(0, 99_999))
def test_a_decimal_comma_is_never_guessed(whole: int, part: int) -> None:
    """Only three digits, after one to three that do not begin with 0, are thousands."""
    written = f"{whole},{part}"
    thousands = 1 <= whole <= 999 and len(str(part)) == 3
    try:
        found = altitude.read(f"{written} m")
    except RemoteError:
        assert not thousands or whole * 1000 + part > 100_000
    else:
        assert thousands
        assert found == f"{whole * 1000 + part} m"
