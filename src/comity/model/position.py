"""Positions: what a party holds about somebody or something, as its own word and never as a fact (spec/position.md).

    {"type": "position", ..., "subject": "داعش", "stance": "designates", "basis": "UN Security Council resolution 2249 (2015)"}

A subject is compared exactly as it was said: a STIX id, or a name in Unicode NFC. Names that differ in one character are
two subjects; nothing is matched or merged here. A later version of the object replaces it; `revoked: true` takes it back.
"""

import enum
import unicodedata
from dataclasses import dataclass
from typing import NewType

from comity.errors import NOT_STIX, RemoteError
from comity.model import content
from comity.model.content import StixObject
from comity.model.properties import expect, member, take, take_optional
from comity.space import instant
from comity.space.instant import Instant

Subject = NewType("Subject", str)

MAX_SUBJECT, MAX_BASIS = 300, 2000
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
        RemoteError: `not-stix`: it is none.
    """
    expect(found, "position")
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
