"""Altitudes are kept as stated; only their comparison widens them, and never so that bands which meet are parted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.errors import MALFORMED, RemoteError
from comity.space import altitude
from comity.space.altitude import ALL_ALTITUDES, HIGHEST_M, LOWEST_M, Altitude, Band, Reference, Unit


def alt(text: str) -> Altitude:
    found = altitude.parse(text)
    assert found is not None
    return found


def band(floor: str | None, ceiling: str | None) -> Band:
    return altitude.parse_band(floor, ceiling)


# -- texts


@pytest.mark.parametrize(
    ("text", "value", "unit", "reference"),
    [
        ("3000 m", 3000, Unit.M, Reference.UNSTATED),
        ("3000m", 3000, Unit.M, Reference.UNSTATED),
        ("-12.5 m W84", -12.5, Unit.M, Reference.W84),
        ("9000 ft", 9000, Unit.FT, Reference.MSL),
        ("9000 ft W84", 9000, Unit.FT, Reference.W84),
        ("19000 ft MSL", 19000, Unit.FT, Reference.MSL),
        ("19000 FT msl", 19000, Unit.FT, Reference.MSL),
        ("1200 m AGL", 1200, Unit.M, Reference.AGL),
        ("FL200", 200, Unit.FL, Reference.FL),
        ("fl 95", 95, Unit.FL, Reference.FL),
        ("SFC", 0, Unit.M, Reference.AGL),
        ("gnd", 0, Unit.M, Reference.AGL),
    ],
)
def test_a_text_is_read_as_it_is_meant(text: str, value: float, unit: Unit, reference: Reference) -> None:
    assert altitude.parse(text) == Altitude(value, unit, reference)


@pytest.mark.parametrize("text", ["unlimited", "UNL", "Unlimited"])
def test_unlimited_is_no_altitude(text: str) -> None:
    assert altitude.parse(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3000",
        "m",
        "3000 km",
        "3,000 m",
        "3000,5 m",
        "1e3 m",
        "+3000 m",
        " 3000 m",
        "3000 m ",
        "3000  m",
        "3000 m QNH",
        "3000 m FL",
        "FL-10",
        "FL2000",
        "FL20.5",
        "FL",
        "FL200 MSL",
        "nan m",
        "inf m",
        "infinity",
        "３０００ m",
        "100001 m",
        "-8001 m",
        "999999 ft",
        "0" * 1000 + " m",
        "9000 ft\n",
    ],
)
def test_what_is_no_altitude_is_refused_at_its_place(text: str) -> None:
    with pytest.raises(RemoteError) as caught:
        altitude.parse(text, place="/ceiling")
    assert (caught.value.code, caught.value.place) == (MALFORMED, "/ceiling")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("3000m", "3000 m"),
        ("3000m w84", "3000 m W84"),
        ("9000.25ft", "9000.25 ft MSL"),
        ("fl 5", "FL005"),
        ("SFC", "0 m AGL"),
    ],
)
def test_what_is_written_says_its_reference_where_it_has_one_and_reads_back(text: str, written: str) -> None:
    assert str(alt(text)) == written
    assert altitude.parse(written) == alt(text)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), HIGHEST_M + 1, LOWEST_M - 1])
def test_no_altitude_can_be_made_of_what_is_no_height(value: float) -> None:
    with pytest.raises(RemoteError, match="lies between"):
        Altitude(value, Unit.M, Reference.W84)


@pytest.mark.parametrize(
    ("unit", "reference"), [(Unit.FL, Reference.MSL), (Unit.M, Reference.FL), (Unit.FT, Reference.FL)]
)
def test_a_flight_level_goes_with_nothing_else(unit: Unit, reference: Reference) -> None:
    with pytest.raises(RemoteError, match="flight level"):
        Altitude(100.0, unit, reference)


@pytest.mark.parametrize("unit", [Unit.FT, Unit.FL])
def test_only_metres_leave_their_reference_open(unit: Unit) -> None:
    with pytest.raises(RemoteError):
        Altitude(100.0, unit, Reference.UNSTATED)


@given(st.integers(-8_000, 99_000), st.sampled_from([Reference.W84, Reference.MSL]))
def test_metres_without_a_reference_can_be_whatever_either_can_be(metres: int, reference: Reference) -> None:
    bare, stated = alt(f"{metres} m"), Altitude(float(metres), Unit.M, reference)
    assert bare.lowest <= stated.lowest
    assert stated.highest <= bare.highest


# -- what they can mean


@pytest.mark.parametrize(
    ("text", "lowest", "highest"),
    [
        ("3000 m W84", 3000, 3000),
        ("3000 m", 2890, 3090),
        ("1000 ft W84", 304.8, 304.8),
        ("3000 m MSL", 2890, 3090),
        ("1200 m AGL", 650, 10200),
        ("FL100", 0.94 * 3048 - 1410, 1.05 * 3048 + 690),
    ],
)
def test_an_altitude_means_no_more_and_no_less_than_is_stated(text: str, lowest: float, highest: float) -> None:
    assert (alt(text).lowest, alt(text).highest) == pytest.approx((lowest, highest))


@pytest.mark.parametrize(
    ("pascals", "metres"),
    # Heights of pressures as they were and can be: at sea level in the deepest typhoon (870 hPa) and the strongest
    # anticyclone (1085 hPa), and at 500 and 300 hPa from the coldest to the hottest columns of air.
    [(87_000, -110), (108_500, 90), (50_000, 4_600), (50_000, 6_050), (30_000, 7_900), (30_000, 9_850)],
)
def test_a_flight_level_can_mean_every_height_its_pressure_has_been_seen_at(pascals: float, metres: float) -> None:
    standard_metres = 44_330.77 * (1 - (pascals / 101_325) ** 0.190_263)
    level = Altitude(max(standard_metres / 30.48, 0.0), Unit.FL, Reference.FL)
    assert level.lowest <= metres <= level.highest


# -- bands


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("1000 m", "2000 m"), ("2000 m", "3000 m")),
        (("1000 m", "1000 m"), ("1000 m", "1000 m")),
        (("3000 ft MSL", "4000 ft MSL"), ("500 m MSL", "914.4 m MSL")),
        ((None, "0 m"), ("0 m", None)),
        ((None, None), ("FL100", "FL200")),
        # Metres alone may be either, on each side.
        (("1000 m", "2000 m"), ("2200 m", "3000 m")),
        (("1000 m", "2000 m"), ("2090 m W84", "3000 m W84")),
        (("1000 m W84", "2000 m W84"), ("2110 m", "3000 m")),
        (("1000 m", "2000 m"), ("2200 m MSL", "3000 m MSL")),
        # Of different references: what can meet does.
        (("FL100", "FL150"), ("4000 m", "4100 m")),
        (("2000 m", "2100 m"), ("1200 m MSL", "1920 m MSL")),
        (("SFC", "120 m AGL"), ("8000 m", "9000 m")),
        (("SFC", "120 m AGL"), ("-430 m MSL", "-400 m MSL")),
        (("FL200", "FL300"), ("15000 ft MSL", "16000 ft MSL")),
    ],
)
def test_bands_that_can_meet_do(one: tuple[str | None, str | None], other: tuple[str | None, str | None]) -> None:
    a, b = band(*one), band(*other)
    heights = a.overlap(b)
    assert heights is not None
    assert heights == b.overlap(a)
    assert heights[0] <= heights[1]
    assert max(a.lowest, b.lowest) == heights[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("1000 m W84", "2000 m W84"), ("2000.02 m W84", "3000 m W84")),
        # Of one reference: as stated, however wide each may be in W84.
        (("FL100", "FL150"), ("FL151", "FL200")),
        (("SFC", "120 m AGL"), ("121 m AGL", "500 m AGL")),
        (("1000 m MSL", "1100 m MSL"), ("1101 m MSL", None)),
        # Of different references: only what cannot meet anywhere.
        (("2091 m W84", "2200 m W84"), ("1000 m MSL", "2000 m MSL")),
        # Metres alone: only what cannot meet whichever of the two each is.
        (("1000 m", "2000 m"), ("2201 m", "3000 m")),
        (("1000 m", "2000 m"), ("2091 m W84", "3000 m W84")),
        (("1000 m W84", "2000 m W84"), ("2111 m", "3000 m")),
        (("1000 m", "2000 m"), ("2201 m MSL", "3000 m MSL")),
        (("SFC", "120 m AGL"), ("FL400", "FL450")),
        (("FL300", None), ("SFC", "3000 m")),
    ],
)
def test_bands_that_cannot_meet_do_not(
    one: tuple[str | None, str | None], other: tuple[str | None, str | None]
) -> None:
    assert band(*one).overlap(band(*other)) is None
    assert band(*other).overlap(band(*one)) is None


def test_no_altitudes_given_is_all_altitudes() -> None:
    assert band(None, None) == ALL_ALTITUDES == band("unlimited", "UNL")
    assert (ALL_ALTITUDES.lowest, ALL_ALTITUDES.highest) == (float("-inf"), float("inf"))


@pytest.mark.parametrize(
    ("floor", "ceiling"),
    [("3000 m", "2999 m"), ("FL200", "FL199"), ("10 m AGL", "SFC"), ("FL300", "3000 m"), ("2000 m W84", "5000 ft MSL")],
)
def test_a_floor_above_its_ceiling_is_refused_at_the_floor(floor: str, ceiling: str) -> None:
    with pytest.raises(RemoteError, match="above the ceiling") as caught:
        altitude.parse_band(floor, ceiling, places=("/low", "/high"))
    assert (caught.value.code, caught.value.place) == (MALFORMED, "/low")
    with pytest.raises(RemoteError):
        Band(alt(floor), alt(ceiling))


def test_a_floor_that_may_lie_below_its_ceiling_is_taken() -> None:
    assert band("1000 m AGL", "900 m").floor == alt("1000 m AGL")


def test_an_altitude_that_is_none_is_refused_at_its_own_place() -> None:
    with pytest.raises(RemoteError) as caught:
        altitude.parse_band("3000 m", "high", places=("/low", "/high"))
    assert caught.value.place == "/high"
