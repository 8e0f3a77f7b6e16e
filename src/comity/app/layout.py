"""Layout: lines that fit a width in cells: folded at blanks, cut, set in columns. It prints nothing.

A cell says of what kind it is, and that decides what becomes of it where it is too long:

    Own      words of this node: folded at blanks; the lines that follow are set in, so that none looks like a new one
    Word     a name, time or number in one word: bare if it is one, else it is quoted like any text
    Id       64 digits: whole, or the first of them where they do not fit; never on two lines
    str      anybody's text: one line; bare if it is one word, else in quotation marks; cut, and its length is said
    Groups   a fingerprint's digits: broken between the groups
    Lines    several cells below one another

Numbers, booleans, None and lists of all these are told as people write them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len

from comity import foreign

# Digits of an id that stand for it in a column that is too narrow: whoever must be exact reads `--json` or `show`.
ID_DIGITS = 12
GAP = 2
# A column is not narrower than this, nor than a time or a code that stands in it.
_LEAST_COLUMN, _TIME = 8, 24
_WORD = re.compile(r"[/.~_-]*[A-Za-z0-9*][A-Za-z0-9:._/+@%*~=-]*", re.ASCII)
# Places that are no word: in a text, or in a drawing, with its feature's name.
_PLACE = re.compile(r"line [0-9]+ column [0-9]+|(byte|leaf) [0-9]+|feature [0-9]+(, “[^“”\n]{0,70}”)?")
_ID = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Own(str):
    """Words of this node, made by `render.own`: what is foreign in them is quoted already."""

    __slots__ = ()


class Word(str):
    """One word that is no free text: a petname, a time, a code."""

    __slots__ = ()


class Quoted(str):
    """A text that somebody wrote: in quotation marks even where it is one word."""

    __slots__ = ()


class Groups(str):
    """Groups of digits with hyphens between them: broken after a hyphen alone, and never cut."""

    __slots__ = ()


class Lines(tuple[object, ...]):
    """Cells of one place, below one another."""

    __slots__ = ()


def bare(text: str) -> str:
    """A text as one word if it is one, else in quotation marks."""
    known = _WORD.fullmatch(text) or _PLACE.fullmatch(text)
    return foreign.line(text) if known else foreign.quoted(text)


def fold(text: str, width: int, indent: str = "  ") -> list[str]:
    """Break a text of ours at its blanks; a word that is longer than a line stands whole on one of its own.

    >>> fold("said by ru to fr at noon", 12)
    ['said by ru', '  to fr at', '  noon']
    """
    lead = text[: len(text) - len(text.lstrip(" "))]
    found, fresh = [lead], True
    for word in text[len(lead) :].split(" "):
        joined = found[-1] + word if fresh else f"{found[-1]} {word}"
        if fresh or cell_len(joined) <= width:
            found[-1] = joined
        else:
            found.append(lead + indent + word)
        fresh = False
    return found


def lines_of(cell: object, width: int, digits: int = ID_DIGITS) -> list[str]:
    """The lines of a cell, each of at most `width` cells; an id that does not fit is told by its first `digits`."""
    match cell:
        case Lines():
            return [line for one in cell for line in lines_of(one, width, digits)]
        case Own():
            return [piece for line in fold(foreign.line(cell), width) for piece in _broken(line, width)]
        case Groups():
            return _groups(cell.split("-"), width)
        case str():
            return [_line_of(cell, width, digits)]
        case list() | tuple() | set() | frozenset():
            return _list(list(cell), width)
        case dict():
            named = [Own(f"{bare(str(name))}: {_plain(value)}") for name, value in cell.items()]
            return lines_of(Lines(named), width)
    return [foreign.line(_plain(cell), width)]


def _groups(found: list[str], width: int) -> list[str]:
    size = max(width // (len(found[0]) + 1), 1) if len("-".join(found)) > width else len(found)
    rows = [found[start : start + size] for start in range(0, len(found), size)]
    return [*("-".join(row) + "-" for row in rows[:-1]), "-".join(rows[-1])]


def _digits(rows: list[list[object]]) -> int:
    """How many digits tell the ids of a table apart, and name no other of them: twelve, unless somebody has tried."""
    ids, digits = {one for row in rows for cell in row for one in _ids(cell)}, ID_DIGITS
    while len({one[:digits] for one in ids}) < len(ids):
        digits += 1
    return digits


def _ids(cell: object) -> Iterator[str]:
    if isinstance(cell, Lines):
        for one in cell:
            yield from _ids(one)
    elif isinstance(cell, str) and _ID.fullmatch(cell):
        yield str(cell)


def _line_of(text: str, width: int, digits: int) -> str:
    if _ID.fullmatch(text):
        return text if len(text) <= width else text[: min(digits, width)]
    free = isinstance(text, Quoted) or not _WORD.fullmatch(text)
    return foreign.quoted(text, width) if free else foreign.line(text, width)


def _list(found: list[object], width: int) -> list[str]:
    if all(isinstance(one, str) and _WORD.fullmatch(one) and not isinstance(one, Quoted) for one in found):
        return lines_of(Own(", ".join(map(str, found)) or "-"), width)
    return lines_of(Lines(found), width)


def _plain(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value)) or "-"
    return bare(value) if isinstance(value, str) and not isinstance(value, Own) else str(value)


def _broken(line: str, width: int) -> list[str]:
    """A line in pieces of at most `width` cells, where one word is longer than that."""
    found = [""]
    for char in line:
        if cell_len(found[-1] + char) > width:
            found.append("  ")
        found[-1] += char
    return found


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], width: int) -> list[str]:
    """A header, a rule, and the rows, each line of at most `width` cells; for no row an empty list."""
    cells = [list(row) for row in rows]
    if not cells:
        return []
    digits = _digits(cells)
    widths = _widths(columns, cells, width, digits)
    header = [lines_of(Own(column), wide) for column, wide in zip(columns, widths, strict=True)]
    found = [_joined(header, widths), ["─" * (sum(widths) + GAP * (len(widths) - 1))]]
    told = ([lines_of(cell, wide, digits) for cell, wide in zip(row, widths, strict=True)] for row in cells)
    found += [_joined(row, widths) for row in told]
    return [line.rstrip() for lines in found for line in lines]


def names_and_values(values: Iterable[tuple[str, object]], width: int) -> list[str]:
    """Names, and beside each its value."""
    named = [(foreign.line(name, width // 2), value) for name, value in values]
    wide = max((cell_len(name) for name, _ in named), default=0)
    room = max(width - wide - GAP, _LEAST_COLUMN)
    found = [_joined([[name], lines_of(value, room)], [wide, room]) for name, value in named]
    return [line.rstrip() for lines in found for line in lines]


def _widths(columns: Sequence[str], rows: list[list[object]], width: int, digits: int) -> list[int]:
    """How wide each column is: as it would be if that fits, else the widest give way."""
    wanted, least = [], []
    for index, column in enumerate(columns):
        told = [column, *(line for row in rows for line in lines_of(row[index], width, digits))]
        wanted.append(max(map(cell_len, told)))
        least.append(max([_LEAST_COLUMN, *(len(one) for one in told if _WORD.fullmatch(one) and len(one) <= _TIME)]))
    room, found = width - GAP * (len(columns) - 1), dict.fromkeys(range(len(columns)), 0)
    for left, index in enumerate(sorted(found, key=wanted.__getitem__)):
        share = (room - sum(found.values())) // (len(columns) - left)
        found[index] = min(wanted[index], max(share, least[index]))
    while sum(found.values()) > room:
        found[max(found, key=found.__getitem__)] -= 1
    return list(found.values())


def _joined(cells: Sequence[list[str]], widths: Sequence[int]) -> list[str]:
    """Cells side by side; the shorter ones are filled up."""
    height = max(1, *map(len, cells))
    filled = [[*cell, *[""] * (height - len(cell))] for cell in cells]
    pad = [[line + " " * (wide - cell_len(line)) for line in cell] for cell, wide in zip(filled, widths, strict=True)]
    return [(" " * GAP).join(line) for line in zip(*pad, strict=True)]
