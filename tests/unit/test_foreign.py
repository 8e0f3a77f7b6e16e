"""What another party wrote stands on one line, shows all that it has, keeps to its width, and cannot close its quotation."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from comity import foreign

# Every kind of character that hides, breaks, turns, steers or piles up, among letters of many scripts.
HOSTILE = [
    *"\n\r\t\x00\x07\x1b\x7f\x85\x9b\xa0\xad",
    *"\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b\u180e\u180f\u200b\u200c\u200d\u200e\u200f",
    *"\u2028\u2029\u202a\u202e\u202f\u2060\u2065\u2066\u2069\u206f\u2800\u3000\u3164\ufe0f\ufeff\uffa0\ufff9\ufffe",
    *"\ud800\udfff\ue000\U000e0001\U000e0041\U000e007f\U000e0100\U000e01ef\U000f0000\U0001d173\U0001bca0",
    *"\u0301\u0300\u20dd\u0e38\u05b0\u093f\u1161\u11a8\u302e\U0001f3fb\U0001f468\u2603",
]
# Marks that would end a quotation.
QUOTES = '\u201c\u201d\u201e\u201f\u275d\u275e\u301d\u301e\u301f\uff02"'
PIECES = [*HOSTILE, *QUOTES, *"aя检ש '<>", "comity: ", "\n" * 3, "\u0301" * 12, " " * 9]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=60).map("".join) | st.text(max_size=60)


def steers(shown: str) -> list[str]:
    """The characters of a text that a reader could not see, or that would do something."""
    unseen = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
    return [
        char
        for char in shown
        if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
        or char in unseen
        or 0xFE00 <= ord(char) <= 0xFE0F
        or 0xE0000 <= ord(char) <= 0xE0FFF
    ]


def longest_run_of_marks(shown: str) -> int:
    longest = run = 0
    for char in shown:
        run = run + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        longest = max(longest, run)
    return longest


@given(TEXTS, st.integers(14, 200))
@example("a" * 100_000, 30)
@example("e" + "\u0301" * 10_000, 30)
@example("\u202e\u2066" * 5_000, 14)
@example("检查站" * 1000, 21)
def test_any_text_is_shown_on_one_line_of_its_width_with_nothing_hidden(text: str, most: int) -> None:
    for shown in (foreign.line(text, most), foreign.quoted(text, most)):
        assert steers(shown) == []
        assert shown.isprintable()
        assert len(shown.splitlines()) <= 1
        assert foreign.cells(shown) <= most
        assert longest_run_of_marks(shown) <= foreign.MOST_MARKS


@given(TEXTS)
def test_a_quoted_text_cannot_close_its_quotation(text: str) -> None:
    shown = foreign.quoted(text, 10_000)
    assert (shown[0], shown[-1]) == ("“", "”")
    assert not set(QUOTES[:-1]) & set(shown[1:-1])


@pytest.mark.parametrize("mark", QUOTES)
def test_each_mark_of_speech_is_a_plain_one_within(mark: str) -> None:
    assert foreign.quoted(f"a{mark}b") == '“a"b”'


def test_no_character_of_unicode_hides_or_steers() -> None:
    """All of them, so that no sample need be lucky: what is not shown as a sign shows as itself."""
    steering = [char for char in map(chr, range(0x110000)) if not foreign.hidden(char) and steers(char)]
    assert steering == []
    assert steers("".join(map(foreign.line, HOSTILE))) == []


def test_many_blanks_are_counted_so_that_what_follows_them_is_no_next_column() -> None:
    assert foreign.quoted("Bulletin" + " " * 70 + "acknowledged") == "“Bulletin <70 blanks> acknowledged”"
    assert foreign.quoted("a    b \u3000") == "“a    b  ”"


@given(st.text(st.characters(codec="ascii", min_codepoint=0x20, max_codepoint=0x7E)))
def test_what_has_nothing_to_show_as_a_sign_is_shown_as_it_is(text: str) -> None:
    assert foreign.line(text, 10_000) == text


@given(TEXTS)
def test_two_texts_that_differ_in_what_is_hidden_are_not_shown_alike(text: str) -> None:
    assert foreign.line(f"x{text}y", 10_000) != foreign.line(f"x{text}\u200by", 10_000)


@pytest.mark.parametrize(
    "text", ["Россия", "تنظيم الدولة الإسلامية", "达伊沙", "Île-de-France", "हिन्दी", "שלום", "ไทย"]
)
def test_words_of_any_script_are_shown_as_they_are(text: str) -> None:
    assert foreign.line(text) == text


def test_a_long_text_is_cut_and_its_length_said() -> None:
    assert foreign.line("а" * 4_102, 60) == "а" * 38 + "... (4,102 characters)"
    assert foreign.quoted("a" * 4_102, 60) == "“" + "a" * 36 + "...” (4,102 characters)"
    assert foreign.line("a" * 4_102, 20) == "aaaaaaaaa... (4,102)"


def test_joiners_have_signs_that_do_not_turn_the_word_around() -> None:
    """A sign with Latin letters in it would set the second half of a right-to-left word before the first."""
    shown = foreign.line("می\u200cخواهم \U0001f468\u200d\U0001f469")
    assert shown == "می¦خواهم \U0001f468⊕\U0001f469"
    assert {unicodedata.bidirectional(sign) for sign in "¦⊕"} == {"ON"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\r\nb", "a␍⏎b"),
        ("a\u2028b\u0085c", "a<U+2028>b<U+0085>c"),
        ("\x1b]0;title\x07", "␛]0;title␇"),
        ("\U000e0041\U000e007f", "<U+E0041><U+E007F>"),
        ("a\u00a0b\u3000c", "a b c"),
        ("\u0301x", "◌\u0301x"),
        ("a\n\u0301", "a⏎◌\u0301"),
        ("e" + "\u0301" * 10, "e" + "\u0301" * 8 + "<2 marks>"),
        ("\ud83d", "<U+D83D>"),
    ],
)
def test_each_kind_has_its_sign(text: str, shown: str) -> None:
    assert foreign.line(text) == shown
