r"""Render: what a command found, for people or for programs. Nothing is computed here.

For programs: one JSON document on standard output. For people: sentences, names with values, tables, of lines that fit
the terminal, or 80 cells where there is none.

What another party wrote cannot look like what this node says: every value is taken for a foreign text, which stands on
one line, cut to its place, with what does not show as itself shown as a sign (see `comity.foreign`). Words of ours are
literals: `own("{} said by {}", text, word(petname))` puts foreign values into them in quotation marks. What stands on
several lines is `lines(...)`, never a text with line breaks in it.
"""

import json
import os
import re
import shutil
import sys
import traceback
from collections.abc import Iterable, Mapping, Sequence

from comity import foreign
from comity.app import layout
from comity.app.layout import Lines, Own, Quoted, Word
from comity.errors import ComityError

_NARROWEST = 40
_NOT_ASCII = re.compile("[^\x00-\x7e]+")
_ERROR = 1000


def own(words: str, *values: object) -> Own:
    r"""Make a sentence of this node: its words are a literal, with {} in the place of each value.

    >>> print(own("{} says {} at {}", word("ru"), "no\ncomity: told", 3))
    ru says “no⏎comity: told” at 3
    """
    return Own(words.format(*map(_in_sentence, values)) if values else words)


def _in_sentence(value: object) -> str:
    match value:
        case Own():
            return str(value)
        case Word():
            return layout.bare(value)
        case str():
            return foreign.quoted(value)
        case list() | tuple():
            return ", ".join(map(_in_sentence, value))
        case None:
            return "-"
    return foreign.line(str(value), foreign.SHORT)


def word(text: object) -> Word:
    """A petname, a code, a time, an id, a path: it stands bare in a sentence if it is one word, else it is quoted."""
    return Word(text)


def quoted(text: object) -> Quoted:
    """A text that somebody wrote: in quotation marks, also where it stands alone."""
    return Quoted(text)


def lines(*cells: object) -> Lines:
    """A cell of several lines."""
    return Lines(cells)


def document(value: object) -> None:
    """Print one JSON document, of which no character steers a terminal or hides in it: these are written as escapes."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    print(_NOT_ASCII.sub(_escaped, text).replace("\x7f", "\\u007f"))  # noqa: T201


def _escaped(found: re.Match[str]) -> str:
    shown, marks = [], foreign.MOST_MARKS
    for char in found[0]:
        marks = marks + 1 if foreign.is_mark(char) else 0
        seen = marks <= foreign.MOST_MARKS and not foreign.hidden(char)
        shown.append(char if seen else json.dumps(char)[1:-1])
    return "".join(shown)


def error(found: ComityError, *, as_json: bool) -> None:
    """Tell an error: on standard error for people, and as the one JSON document where one was asked for."""
    if as_json:
        document({"error": found.as_dict()})
    where = f" at {layout.bare(found.place)}" if found.place else ""
    _to_stderr(f"comity: {found.code}{where}: {foreign.line(found.message, _ERROR)}")


def note(words: str, *values: object) -> None:
    """Tell people something beside the answer, on standard error: a sentence as `own` makes it."""
    _to_stderr(foreign.line(own(words, *values)))


def fault(words: str, error: BaseException) -> None:
    """Tell a fault of ours with its traceback, on standard error; what the exception says may be anybody's words."""
    note("{}. Traceback, the last call at its end:", own(words))
    for entry in traceback.extract_tb(error.__traceback__):
        note("  {}:{} in {}", word(entry.filename), entry.lineno, word(entry.name))
    note("  {}: {}", word(type(error).__name__), str(error))


def say(words: str, *values: object) -> None:
    """Print a sentence as `own` makes it."""
    _to_stdout(layout.fold(foreign.line(own(words, *values)), width()))


def prose(text: str) -> None:
    """Print a paragraph of a script that whoever started us has chosen; no other party's."""
    _to_stdout(layout.fold(foreign.line(text), width(), indent=""))


def block(text: str) -> None:
    """Print text of ours on several lines as it is: a descriptor's armour, a page of help."""
    _to_stdout([foreign.line(one) for one in text.split("\n")])


def paragraph(title: str, told: Iterable[Own]) -> None:
    """Print sentences below their title, each beginning a line, and an empty line after them."""
    folded = (f"  {line}" for one in told for line in layout.lines_of(one, width() - 2))
    _to_stdout([_bold(foreign.line(title, width())), *folded, ""])


def heading(title: str, note: str) -> None:
    """Print a title with a text below it."""
    rule = "─" * width()
    _to_stdout([rule, *layout.fold(foreign.line(title), width()), *layout.fold(foreign.line(note), width(), ""), rule])


def facts(title: str, values: Mapping[str, object]) -> None:
    """Print names and values, one a line; what has no value is left out."""
    told = [(name, value) for name, value in values.items() if value not in (None, "", [], False, ())]
    _to_stdout([*([_bold(foreign.line(title, width()))] if title else []), *layout.names_and_values(told, width())])


def rows(title: str, columns: Sequence[str], found: Iterable[Sequence[object]], *, empty: str) -> None:
    """Print a table, or one line where it has no rows."""
    told = layout.table(columns, found, width())
    if not told:
        say(empty)
        return
    _to_stdout([*([_bold(foreign.line(title, width()))] if title else []), _bold(told[0]), *told[1:]])


def width() -> int:
    """How many cells a line has: those of the terminal, or of COLUMNS, or 80; never less than 40."""
    return max(shutil.get_terminal_size((80, 24)).columns, _NARROWEST)


def _bold(text: str) -> str:
    plain = not sys.stdout.isatty() or "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    return text if plain else f"\x1b[1m{text}\x1b[0m"


def _to_stdout(told: Iterable[str]) -> None:
    for one in told:
        print(one)  # noqa: T201


def _to_stderr(text: str) -> None:
    """Print one line; on a terminal it is folded, so that no part of a text in it begins a line."""
    told = layout.fold(text, width()) if sys.stderr.isatty() else [text]
    for one in told:
        print(one, file=sys.stderr, flush=True)  # noqa: T201
