"""Heights are answered as they were stated: levels in levels, feet in feet, and what is reckoned from them beside it."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.checks import overlap
from comity.space import altitude
from comity.space.altitude import Band
from unit.checks.sky import NOW, RU, notice, picture, subject, volume, words_of


def said(asked: dict[str, str], known: dict[str, str]) -> str:
    of = subject(volume(**asked))
    [found] = overlap.find(of, picture(notice(RU, 1, volume(**known))), now=NOW)
    return words_of(found, of)


@pytest.mark.parametrize(
    ("asked", "known", "words"),
    [
        (
            {"floor": "FL080", "ceiling": "FL120"},
            {"floor": "FL100", "ceiling": "FL200"},
            "between FL100 and FL120, reckoned 1,455 to 4,531 m W84",
        ),
        ({"floor": "FL100"}, {}, "above FL100, reckoned above 1,455 m W84"),
        ({}, {"ceiling": "FL100"}, "below FL100, reckoned below 3,891 m W84"),
        ({"floor": "FL100"}, {"ceiling": "FL100"}, "at FL100, reckoned 1,455 to 3,891 m W84"),
        (
            {"floor": "9000 ft MSL"},
            {"floor": "1000 ft", "ceiling": "12500 ft"},
            "between 9,000 ft MSL and 12,500 ft MSL, reckoned 2,633 to 3,900 m W84",
        ),
        (
            {"floor": "9000 ft MSL", "ceiling": "12000 ft MSL"},
            {"floor": "3000 m MSL"},
            "between 3,000 m MSL and 12,000 ft MSL, reckoned 2,890 to 3,748 m W84",
        ),
        (
            {},
            {"floor": "3000 m W84", "ceiling": "FL200"},
            (
                "at heights stated as all altitudes on the one side and 3,000 m W84 to FL200 on the other, "
                "reckoned 3,000 to 7,091 m W84"
            ),
        ),
        ({"floor": "1000 ft W84"}, {}, "above 1,000 ft W84, reckoned above 304 m W84"),
        ({"floor": "3000 m W84"}, {"ceiling": "5000.5 m W84"}, "between 3,000 m and 5,001 m W84"),
        (
            {"floor": "FL100", "ceiling": "FL200"},
            {"floor": "3000 m W84"},
            (
                "at heights stated as FL100 to FL200 on the one side and above 3,000 m W84 on the other, "
                "reckoned 3,000 to 7,091 m W84"
            ),
        ),
        (
            {"floor": "FL100", "ceiling": "5000 m W84"},
            {},
            (
                "at heights stated as FL100 to 5,000 m W84 on the one side and all altitudes on the other, "
                "reckoned 1,455 to 5,000 m W84"
            ),
        ),
        (
            {"ceiling": "400 ft AGL"},
            {"ceiling": "1000 ft AGL"},
            "below 400 ft AGL, terrain unknown, reckoned below 9,122 m W84",
        ),
        (
            {"ceiling": "120 m AGL"},
            {"floor": "3000 m W84"},
            (
                "at heights stated as below 120 m AGL on the one side and above 3,000 m W84 on the other, "
                "terrain unknown, reckoned 3,000 to 9,120 m W84"
            ),
        ),
        (
            {"floor": "3000 m", "ceiling": "5000 m"},
            {},
            "between 3,000 m (W84 or MSL not said) and 5,000 m (W84 or MSL not said), reckoned 2,890 to 5,090 m W84",
        ),
        (
            {"floor": "3000 m"},
            {"ceiling": "3100 m"},
            (
                "at heights stated as above 3,000 m (W84 or MSL not said) on the one side and below 3,100 m "
                "(W84 or MSL not said) on the other, reckoned 2,890 to 3,190 m W84"
            ),
        ),
        ({}, {}, "at all altitudes"),
    ],
)
def test_the_common_part_is_said_in_the_reference_that_both_have_and_else_both_as_stated(
    asked: dict[str, str], known: dict[str, str], words: str
) -> None:
    """OBJECTION-23."""
    assert f" {words}, at 36.00000 N" in said(asked, known)


levels = st.integers(0, 600).map(lambda level: f"FL{level:03}")
feet = st.integers(-1000, 60_000).map(lambda value: f"{value} ft MSL")
metres = st.integers(-400, 20_000).map(lambda value: f"{value} m W84")
ground = st.integers(0, 9_000).map(lambda value: f"{value} m AGL")


@st.composite
def bands(draw: Any) -> tuple[dict[str, str], Band]:
    kind = draw(st.sampled_from([levels, feet, metres, ground]))
    low, high = sorted((draw(kind), draw(kind)), key=lambda text: altitude.parse(text).metres)  # type: ignore[union-attr]
    given = {"floor": low, "ceiling": high}
    kept = {name: text for name, text in given.items() if draw(st.booleans())}
    return kept, altitude.parse_band(kept.get("floor"), kept.get("ceiling"))


@settings(deadline=None, max_examples=60)
@given(bands(), bands())
def test_what_is_said_of_heights_names_only_what_was_stated_or_reckoned_outwards(a: Any, b: Any) -> None:
    (asked, one), (known, other) = a, b
    shared = one.overlap(other)
    if shared is None:
        return
    told = said(asked, known)
    stated = {text for each in (asked, known) for text in each.values()}
    references = {text.rpartition(" ")[2] if " " in text else "FL" for text in stated}
    for level in re.findall(r"FL\d+", told):
        assert level in stated
    assert ("reckoned" in told) is bool(references - {"W84"})
    assert ("terrain unknown" in told) is ("AGL" in references)
    for number in re.findall(r"(-?[\d,]+) (?:ft MSL|m AGL)", told):
        assert any(text.startswith(number.replace(",", "") + " ") for text in stated)
