"""Positions: what a party holds about somebody or something, as its own word and never as a fact (spec/position.md).

    {"type": "position", ..., "subject": "داعش", "stance": "designates", "basis": "UN Security Council resolution 2249 (2015)"}

A subject is compared exactly as it was said: a STIX id, or a name in Unicode NFC. Names that differ in one character are
two subjects; nothing is matched or merged here. A later version of the object replaces it; `revoked: true` takes it back.

The subject is somebody or something, and never a place: `place_told` decides. What tells one is not said here; when another
party has said it, it is kept as it was said and stands in no list of positions.
"""

import enum
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NewType

from comity.errors import NOT_STIX, RemoteError
from comity.formats import Format
from comity.model import content, coordinates
from comity.model.content import StixObject
from comity.model.properties import by_version, member, take, take_optional
from comity.space import instant
from comity.space.instant import Instant

Subject = NewType("Subject", str)

MAX_SUBJECT, MAX_BASIS = 300, 2000
# Objects that tell a place: no designation is of one, or names one.
PLACE_TYPES = frozenset({"boundary", "incident", "location", "movement", "notice", "protected-site", "track"})
_PLACE_ID = re.compile(
    rf"(?<![A-Z0-9])({'|'.join(sorted(PLACE_TYPES)).upper().replace('-', '[-_ ]?')}) ?- ?- ?(?=[0-9A-F]{{4}})"
)
_PLAIN = frozenset("type spec_version id created modified revoked stance extensions".split())
_PIECE, _LAP = 2000, 200
# They belong to the spelling of Persian and Indic words.
_JOINERS = "\u200c\u200d"


class Stance(enum.Enum):
    """What a party holds about a subject."""

    DESIGNATES = "designates"
    PROTECTS = "protects"
    SUPPORTS = "supports"
    RECOGNISES = "recognises"
    REJECTS = "rejects"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Position:
    """A parsed position.

    Attributes:
        id: its STIX id, the same for all its versions.
        subject: in Unicode NFC, as subjects are compared.
        basis: on what it rests, in its author's words; a designation always has one.
        modified: which version this is.
        withdrawn: this version takes the position back, for ever.
    """

    id: str
    subject: Subject
    stance: Stance
    basis: str | None
    created: Instant
    modified: Instant
    withdrawn: bool


def read(found: StixObject) -> Position:
    """Take an object as a position.

    Raises:
        RemoteError: `not-stix`: it is none; `unknown-version`.
    """
    return by_version(POSITION, found)


def _read_1(found: StixObject) -> Position:
    stance, rests_on = take(found, "stance", member(Stance)), take_optional(found, "basis", basis)
    if stance is Stance.DESIGNATES and rests_on is None:
        raise RemoteError(NOT_STIX, "a designation says its basis", place="/basis")
    return Position(
        found.id,
        take(found, "subject", subject),
        stance,
        rests_on,
        take(found, "created", instant.parse),
        take(found, "modified", instant.parse),
        found.revoked,
    )


POSITION = Format("position", {1: _read_1})


def place_told(text: str, stance: Stance) -> str | None:
    """Say what place a text of a position tells, such as `MGRS` or `the id of a notice`; None where it tells none.

    No position holds coordinates in any spelling; a designation does not hold the id of an object that tells a place either.
    """
    spelling = coordinates.spelling(text)
    if spelling is not None:
        return f"coordinates ({spelling})"
    named = _PLACE_ID.search(coordinates.plain(text)) if stance is Stance.DESIGNATES else None
    return None if named is None else f"the id of a {named[1].lower()}"


def listed(position: Position) -> bool:
    """Whether a position may stand in a list: no place is told by its subject, nor, where it designates, by its basis."""
    if place_told(position.subject, position.stance) is not None:
        return False
    designates = position.stance is Stance.DESIGNATES
    return not (designates and position.basis is not None and place_told(position.basis, position.stance))


def check_sayable(found: StixObject) -> None:
    """Require of a position that is to be said that it tells no place, by whichever of its properties.

    Raises:
        RemoteError: `not-stix`, naming the property.
    """
    stance = read(found).stance
    for name, value in found.properties.items():
        if name == "subject" or (stance is Stance.DESIGNATES and name not in _PLAIN):
            for text in _texts(value):
                told = place_told(text, stance)
                if told is not None:
                    raise RemoteError(
                        NOT_STIX, f"{told}: a position is about somebody, never about a place", place=f"/{name}"
                    )


def _texts(value: Any) -> Iterator[str]:
    """All texts in a value, and each pair of numbers that stand together, in pieces of bounded length."""
    if type(value) is str:
        for at in range(0, max(len(value), 1), _PIECE - _LAP):
            yield value[at : at + _PIECE]
    elif type(value) is dict:
        for name, item in value.items():
            yield f"{name}: {item}" if type(item) in (int, float) else name
            yield from _texts(item)
    elif type(value) is list:
        numbers = [str(item) for item in value if type(item) in (int, float)]
        if len(numbers) in (2, 3) and len(numbers) == len(value):
            yield " ".join(numbers[:2])
        for item in value:
            yield from _texts(item)


def write(position: Position) -> bytes:
    """The content of a position, or with `withdrawn` of its withdrawal."""
    return content.write(
        position.id,
        position.modified,
        [
            ("revoked", True if position.withdrawn else None),
            ("subject", position.subject),
            ("stance", position.stance.value),
            ("basis", position.basis),
        ],
        created=position.created,
    )


def subject(text: str) -> Subject:
    """Take a text as a subject: one line without spaces at its ends or two in a row, in NFC.

    What does not show is refused, so that two subjects that look alike are not two by that alone. Characters that this
    version of Unicode does not have are refused too: what their NFC is, is not settled.

    Raises:
        ValueError: it is none.
    """
    # The bound holds before, for what NFC costs, and after, for it may be longer.
    normal = unicodedata.normalize("NFC", text) if len(text) <= MAX_SUBJECT else ""
    if not _printable(normal, MAX_SUBJECT) or normal != " ".join(normal.split()) or normal[0] in _JOINERS:
        raise ValueError(f"a subject has 1 to {MAX_SUBJECT} printable characters, with single spaces between words")
    return Subject(normal)


def basis(text: str) -> str:
    """Take a text as a basis.

    Raises:
        ValueError: it is none.
    """
    if not _printable(text, MAX_BASIS) or text.isspace():
        raise ValueError(f"a basis has 1 to {MAX_BASIS} printable characters")
    return text


def _printable(text: str, most: int) -> bool:
    return 1 <= len(text) <= most and all(c.isprintable() or c in _JOINERS for c in text)
