"""Foreign: what another party wrote, made harmless for the one line on which people read it. Every room may use it.

What one party wrote must never look like what this node says, steer the terminal, or flood it (DESIGN 2, point 11):

- a character that does not show as itself is shown as a sign: a line break as ⏎, other controls as their pictures (␛),
  and whatever else is invisible, turns the direction of text, or has no form (all of Cf, the default-ignorable, private
  and unassigned ones) as its number, <U+202E>. Any blank is shown as a blank.
- The joiners belong to the spelling of Persian and Indic words and of emoji, and hide differences between names all the
  same: they have the short signs ¦ (non-joiner) and ⊕ (joiner), which do not turn the order of right-to-left words.
- A letter carries eight combining marks at most; the others are counted. A mark without a letter gets ◌ to stand on.
- What is longer than its place is cut, and its length is said.

Nothing is lost by it: `show` and --json have every character, escaped. This module does not know who wrote what: in a
sentence of ours it is `quoted` that keeps the two apart; it also counts blanks of which there are many.
"""

import re
import unicodedata
from collections.abc import Iterator

# Cells: what a sentence of ours spares for a text in it, and the most that one line of anything takes.
SHORT, LONG = 60, 2000
MOST_MARKS = 8
_LEAST = 12

_SIGNS = {"\n": "⏎", "\x7f": "␡", "\u200c": "¦", "\u200d": "⊕"}
# Default-ignorable or blank, but neither Cf nor unassigned: str.isprintable takes them for characters that show.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
# Whatever looks like a double quotation mark.
_MARKS_OF_SPEECH = "\u201c\u201d\u201e\u201f\u275d\u275e\u2760\u301d\u301e\u301f\uff02\U0001f676\U0001f677\U0001f678"
_AS_PLAIN = dict.fromkeys(map(ord, _MARKS_OF_SPEECH), '"')

# So many blanks that what follows them would look like the next column, or the next line.
_BLANKS = re.compile("[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]{5,}")


def line(text: str, most: int = LONG) -> str:
    r"""Show a text on one line of at most `most` cells.

    >>> line("a\nb\x1b[2J\u202ec")
    'a⏎b␛[2J<U+202E>c'
    >>> line("a text that is long\n" * 100, 40)
    'a text that is lon... (2,000 characters)'
    """
    shown, note = _cut(text, most, len(text))
    return shown + note


def quoted(text: str, most: int = SHORT) -> str:
    r"""Show a text in quotation marks, which it cannot close: its own are shown as plain ones.

    >>> quoted("told\u201d says this node")
    '“told" says this node”'
    >>> quoted("long " * 1000, 40)
    '“long long long ...” (5,000 characters)'
    """
    inside = _BLANKS.sub(lambda found: f" <{len(found[0]):,} blanks> ", text.translate(_AS_PLAIN))
    shown, note = _cut(inside, max(most - 2, 1), len(text))
    return f"“{shown}...”{note.removeprefix('...')}" if note else f"“{shown}”"


def hidden(char: str) -> bool:
    r"""Say whether a character does not show as itself; blanks of all kinds do.

    >>> [hidden(char) for char in "a\u3000\u0301"], [hidden(char) for char in "\n\u200d\u3164\ufe0f\ue000\ud800"]
    ([False, False, False], [True, True, True, True, True, True])
    """
    if char.isprintable():
        return _UNSEEN.match(char) is not None
    return unicodedata.category(char) != "Zs"


def is_mark(char: str) -> bool:
    """Say whether a character stands on the one before it and takes no cell."""
    return unicodedata.category(char) in ("Mn", "Me")


def cells(text: str) -> int:
    """How many cells of a terminal a text takes that has nothing hidden in it; rather one too many than too few.

    >>> cells("abc"), cells("检查站"), cells("é"), cells("e\u0301")
    (3, 6, 1, 1)
    """
    return len(text) if text.isascii() else sum(map(_cells, text))


# Wide since Unicode 16, which Python does not know yet.
_WIDE = re.compile("[\u2630-\u2637\u268a-\u268f\u4dc0-\u4dff\U0001d300-\U0001d376]")


def _cells(char: str) -> int:
    if char.isascii():
        return 1
    wide = unicodedata.east_asian_width(char) in "WF" or _WIDE.match(char) is not None
    return 0 if is_mark(char) else 1 + wide


def _cut(text: str, most: int, length: int) -> tuple[str, str]:
    """What is shown of a text, and what is said of its length if that is not all of it."""
    if len(text) <= most and text.isascii() and text.isprintable():
        return text, ""
    pieces, used = _taken(text, most)
    if used <= most:
        return "".join(pieces), ""
    note = f"... ({length:,} characters)"
    if len(note) + _LEAST > most:
        note = f"... ({length:,})"
    if len(note) + 1 > most:
        note = "..."[:most]
    while pieces and used > most - len(note):
        used -= cells(pieces.pop())
    return "".join(pieces), note


def _taken(text: str, most: int) -> tuple[list[str], int]:
    """As much of a text as takes just more than `most` cells, or all of it; and how many it takes."""
    found, used = [], 0
    for piece in _pieces(text):
        found.append(piece)
        used += cells(piece)
        if used > most:
            break
    return found, used


def _pieces(text: str) -> Iterator[str]:
    """What is shown for each character, and for each run of marks."""
    index, letter = 0, False
    while index < len(text):
        char = text[index]
        if hidden(char):
            yield _sign(char)
            index, letter = index + 1, False
        elif is_mark(char):
            end = _end_of_marks(text, index)
            yield _marks(text[index:end], letter)
            index, letter = end, False
        else:
            yield " " if char.isspace() else char
            index, letter = index + 1, not char.isspace()


def _sign(char: str) -> str:
    code = ord(char)
    if code < 0x20 and char != "\n":
        return chr(0x2400 + code)
    return _SIGNS.get(char) or f"<U+{code:04X}>"


def _end_of_marks(text: str, index: int) -> int:
    while index < len(text) and is_mark(text[index]) and not hidden(text[index]):
        index += 1
    return index


def _marks(run: str, letter: bool) -> str:
    shown = run[:MOST_MARKS] if letter else "◌" + run[:MOST_MARKS]
    return shown if len(run) <= MOST_MARKS else f"{shown}<{len(run) - MOST_MARKS:,} marks>"
