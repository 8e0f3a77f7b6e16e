r"""Render: what a command found, for people or for programs. Nothing is computed here.

For programs: one JSON document on standard output. For people: rich tables. What other parties wrote is never taken as
markup, and characters that steer a terminal or turn the direction of text are shown as U+FFFD or as \u escapes.
"""

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from comity.errors import ComityError

# Joiners belong to the spelling of Persian and Indic words; everything else that does not print may deceive.
_JOINERS = "\u200c\u200d"
_STEERING = re.compile("[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def document(value: object) -> None:
    """Print one JSON document."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    print(_STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text))  # noqa: T201


def error(found: ComityError, *, as_json: bool) -> None:
    """Tell an error: on standard error for people, and as the one JSON document where one was asked for."""
    if as_json:
        document({"error": found.as_dict()})
    print(f"comity: {clean(str(found))}", file=sys.stderr)  # noqa: T201


def note(text: str) -> None:
    """Tell people something beside the answer, on standard error."""
    print(clean(text), file=sys.stderr, flush=True)  # noqa: T201


def clean(text: str) -> str:
    r"""Replace what does not print.

    >>> ascii(clean("a\x1b[2Jb\u202ec"))
    "'a\\ufffd[2Jb\\ufffdc'"
    """
    return "".join(c if c.isprintable() or c in "\n" or c in _JOINERS else "\ufffd" for c in text)


def heading(title: str, note: str) -> None:
    """Print a title with a line under it."""
    from rich.panel import Panel

    _print(Panel(_text(note), title=_text(title), title_align="left"))


def facts(title: str, values: Mapping[str, object]) -> None:
    """Print names and values, one a line; what has no value is left out."""
    from rich.table import Table

    table = Table(title=title, title_justify="left", show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in values.items():
        if value not in (None, "", [], False):
            table.add_row(_text(name), _text(value))
    _print(table)


def rows(title: str, columns: Sequence[str], found: Iterable[Sequence[object]], *, empty: str) -> None:
    """Print a table, or one line where it has no rows."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in found:
        table.add_row(*map(_text, row))
    _print(table if table.row_count else _text(empty))


def block(text: str) -> None:
    """Print text as it is, cleaned: a file's content, a descriptor."""
    print(clean(text))  # noqa: T201


def _text(value: object) -> Any:
    from rich.text import Text

    if isinstance(value, list | tuple):
        value = ", ".join(str(item) for item in value)
    if isinstance(value, bool):
        value = "yes" if value else "no"
    return Text(clean("-" if value is None else str(value)))


def _print(found: object) -> None:
    from rich.console import Console

    Console(soft_wrap=False, highlight=False, markup=False, emoji=False).print(found)
