r"""Sentences: what is said to people, with a code by which a program knows what is said.

A sentence keeps words of ours and those of others apart until it is shown: on a terminal, in JSON or on a page. Nothing is
decided here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from comity import foreign
from comity.app import layout
from comity.app.layout import Own, Word

_MOST = 200


@dataclass(frozen=True, slots=True)
class Foreign:
    """What another party wrote: in quotation marks, cut to its place.

    Attributes:
        lang: in which language, a tag of BCP 47, as its author says; empty where nobody says.
    """

    text: str
    lang: str = ""
    most: int = _MOST

    @property
    def shown(self) -> str:
        """It on one line, with nothing hidden in it."""
        return foreign.quoted(self.text, self.most)


Part = Own | Word | Foreign
Value = Part | Sequence[Part]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence.

    Attributes:
        code: what it says, whatever the words.
        parts: words of ours, single words, and texts of others, in their order.
    """

    code: str
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """It on one line, with nothing hidden in it."""
        return "".join(map(shown, self.parts))

    def as_dict(self) -> dict[str, str]:
        """As JSON values."""
        return {"code": self.code, "text": self.text}


def shown(part: Part) -> str:
    """One part of a sentence as it stands in a line."""
    match part:
        case Foreign():
            return part.shown
        case Word():
            return layout.bare(part)
    return foreign.line(part)


def sentence(code: str, words: str, *values: Value) -> Sentence:
    """Make a sentence: its words are a literal, with {} in the place of each value.

    >>> sentence("said", "{} said {}.", Word("fr"), Foreign("all")).text
    'fr said “all”.'
    """
    between, parts = words.split("{}"), list[Part]()
    if len(between) != len(values) + 1:
        raise ValueError("as many values as places")
    for own, value in zip(between, (*values, Own("")), strict=True):
        parts.append(Own(own))
        parts += _listed(value)
    return Sentence(code, tuple(part for part in parts if part != ""))


def _listed(value: Value) -> Iterator[Part]:
    """One value, or several as people list them."""
    if isinstance(value, (str, Foreign)):
        yield value
        return
    for index, one in enumerate(value):
        if index:
            yield Own(" and " if index == len(value) - 1 else ", ")
        yield one
