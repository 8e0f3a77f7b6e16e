"""What travels has a fingerprint in one form only; people may write and say it in several, and none is mistaken for another."""

import hashlib
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from comity.model import fingerprint
from comity.model.fingerprint import Fingerprint, from_people
from comity.model.pgp_words import THREE_SYLLABLES, TWO_SYLLABLES

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


# -- as people write and say it

ANY = st.binary(min_size=32, max_size=32).map(lambda raw: Fingerprint(raw.hex()))
LIST = "3e090850023f09a3bff58dbc9926ee0840dd829fa8198af8ceffd1b2280a7096"
# Of PGPfone's list, with bytes that its users publish as examples: e5 82 94 f2, 82 e5, and both ends.
KNOWN = {"e58294f2": "topmost Istanbul Pluto vagabond", "82e5": "miser travesty", "00ff": "aardvark Yucatan"}


def test_the_list_has_512_words_which_all_differ_and_cannot_be_taken_for_digits() -> None:
    assert (len(TWO_SYLLABLES), len(THREE_SYLLABLES)) == (256, 256)
    assert len({word.lower() for word in (*TWO_SYLLABLES, *THREE_SYLLABLES)}) == 512
    for word in (*TWO_SYLLABLES, *THREE_SYLLABLES):
        assert re.fullmatch("[A-Za-z]{4,11}", word)
        assert not re.fullmatch("[a-f]+", word.lower())


def test_the_list_is_the_one_that_two_others_hold() -> None:
    """The digest was made of the lists of two other programs, which agree in every word."""
    words = " ".join((*TWO_SYLLABLES, *THREE_SYLLABLES))
    assert hashlib.sha256(words.encode()).hexdigest() == LIST


@pytest.mark.parametrize(("digits", "words"), KNOWN.items())
def test_the_words_are_those_that_others_make_of_these_digits(digits: str, words: str) -> None:
    assert fingerprint.words(Fingerprint(digits)) == words


@given(
    ANY, st.sampled_from([" ", "-", ":", ", ", "\n", "  ", " - "]), st.sampled_from([str.lower, str.upper, str.title])
)
def test_words_in_any_case_and_with_anything_between_them_are_read(
    known: Fingerprint, between: str, case: object
) -> None:
    assert callable(case)
    assert from_people(case(fingerprint.words(known).replace(" ", between))) == known


@given(ANY, st.integers(1, 64), st.sampled_from([" ", "-", ":", "\n", "\u2011", "."]), st.booleans())
def test_digits_in_groups_of_any_size_are_read(known: Fingerprint, size: int, between: str, capitals: bool) -> None:
    said = between.join(known[start : start + size] for start in range(0, 64, size))
    assert from_people(f" {said.upper() if capitals else said}\n") == known
    assert from_people(fingerprint.groups(known)) == known


@given(ANY, st.integers(0, 30))
def test_two_words_that_are_swapped_are_noticed(known: Fingerprint, place: int) -> None:
    words = fingerprint.words(known).split()
    words[place], words[place + 1] = words[place + 1], words[place]
    with pytest.raises(ValueError, match=f"word {place + 1}, .* left out, said twice or swapped"):
        from_people(" ".join(words))


@given(ANY, st.integers(0, 31), st.booleans())
def test_a_word_that_is_left_out_or_said_twice_is_noticed(known: Fingerprint, place: int, twice: bool) -> None:
    words = fingerprint.words(known).split()
    words[place : place + 1] = [words[place]] * 2 if twice else []
    with pytest.raises(ValueError, match=r"word|digits"):
        from_people(" ".join(words))


@given(ANY, st.integers(0, 31), st.sampled_from(["aardvarck", "adviser!", "clear\u202e", "ff", "\u0430ardvark"]))
def test_a_word_that_is_none_is_named_by_its_place(known: Fingerprint, place: int, wrong: str) -> None:
    words = fingerprint.words(known).split()
    words[place] = wrong
    with pytest.raises(ValueError, match=f"word {place + 1}, ") as caught:
        from_people(" ".join(words))
    assert caught.value.args[0].isprintable()


@given(st.text())
def test_no_other_text_is_a_fingerprint(text: str) -> None:
    assume(len(text) < 64)
    with pytest.raises(ValueError, match=r"a fingerprint has|PGP word list"):
        from_people(text)
