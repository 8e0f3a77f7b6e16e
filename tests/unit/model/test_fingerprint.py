"""Fingerprints and names are taken in one form only."""

import pytest

from comity.model import fingerprint

DIGITS = "0123456789abcdef" * 4


def test_a_fingerprint_is_sixty_four_lower_case_digits() -> None:
    assert fingerprint.read(DIGITS) == DIGITS


@pytest.mark.parametrize(
    "text", ["", DIGITS[:-1], DIGITS + "0", DIGITS.upper(), f" {DIGITS[1:]}", f"{DIGITS}\n", "g" * 64]
)
def test_anything_else_is_no_fingerprint(text: str) -> None:
    with pytest.raises(ValueError, match="64 lower-case hexadecimal digits"):
        fingerprint.read(text)


def test_digits_of_other_scripts_are_no_hexadecimal_digits() -> None:
    with pytest.raises(ValueError, match="64 lower-case"):
        fingerprint.read("٠" * 64)


def test_an_origin_is_made_of_the_first_half_of_the_digits() -> None:
    assert fingerprint.origin_of(fingerprint.read(DIGITS)) == "comity/0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("name", ["fr", "a", "0", "un-ocha", "a" * 32])
def test_a_party_may_be_called(name: str) -> None:
    assert fingerprint.party_name(name) == name


@pytest.mark.parametrize("name", ["", "-fr", "FR", "f r", "f_r", "a" * 33, "фр", "fr\n", "all", "own"])
def test_a_party_may_not_be_called(name: str) -> None:
    with pytest.raises(ValueError, match="a party's name"):
        fingerprint.party_name(name)
