"""Lengths as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.errors import RemoteError
from comity.space import length


@pytest.mark.parametrize(
    ("written", "metres"),
    [
        ("500m", 500.0),
        ("500 m", 500.0),
        ("0.5 km", 500.0),
        ("2 nm", 3704.0),
        ("1 NM", 1852.0),
        ("1.5 nmi", 2778.0),
        ("3 nautical miles", 5556.0),
        ("1500 ft", 457.2),
        ("1,500 feet", 457.2),
        ("1 mile", 1609.344),
        ("500 Metres", 500.0),
        (" 500\N{NO-BREAK SPACE}m ", 500.0),
    ],
)
def test_a_length_is_read_in_metres(written: str, metres: float) -> None:
    assert length.read(written) == metres


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("500", "500 of what? write 500m"),
        ("", "not a length, such as 500m"),
        ("m", "not a length"),
        ("-5 m", "not a length"),
        ("0 m", "more than 0"),
        ("0,5 km", "not a length"),
        ("5 parsecs", "not a length"),
        ("1e3 m", "not a length"),
        ("nan m", "not a length"),
        ("5" * 100_000 + "m", "not a length"),
    ],
)
def test_what_is_no_length_is_told_how_one_is_written(written: str, words: str) -> None:
    with pytest.raises(RemoteError) as caught:
        length.read(written, place="--buffer")
    assert words in caught.value.message
    assert caught.value.place == "--buffer"


@given(st.text(max_size=20))
def test_any_text_is_a_length_or_is_refused(written: str) -> None:
    try:
        assert length.read(written) > 0
    except RemoteError as error:
        assert error.message
