"""Positions: what each party holds about a subject now, side by side; where they differ, that is shown and not settled.

Rule 1: a position is always its author's, with the statement that says it and the time at which it was said. Rule 2:
nothing is merged: subjects are one only where they are the same text. Rule 3: of one author and subject the latest
version counts; what it has withdrawn is shown as withdrawn. Rule 4: the order in which things were heard decides nothing. Rule 5:
what tells a place stands in no list, and what it replaced does not come back.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from comity.model.fingerprint import Fingerprint
from comity.model.position import Position, Stance, Subject, listed
from comity.proof.envelope import StatementId
from comity.space.instant import Instant


@dataclass(frozen=True, slots=True)
class Said:
    """A position as one party has said it.

    Attributes:
        said_at: as the author claims.
        shown: False where its author has withdrawn the release of it to us, or its subject names a statement here that
            tells a place: it is not listed, but what it replaced does not come back.
    """

    author: Fingerprint
    statement: StatementId
    said_at: Instant
    position: Position
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Uncontested:
    """The positions on a subject of which nobody's stance differs from another's: it need not be true for that."""

    subject: Subject
    positions: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Contested:
    """The positions on a subject about which parties differ. A value: nobody is asked to settle it."""

    subject: Subject
    positions: tuple[Said, ...]


def fold(said: Iterable[Said]) -> list[Contested | Uncontested]:
    """Set out per subject what each party holds, by subject and author.

    Silence takes no side, and a withdrawn position none any more: neither contests anything.
    """
    found: dict[Subject, list[Said]] = {}
    for one in _latest_of_each_author(_latest_of_each_object(said)):
        if one.shown and listed(one.position):
            found.setdefault(one.position.subject, []).append(one)
    return [_side_by_side(subject, found[subject]) for subject in sorted(found)]


def _latest_of_each_object(said: Iterable[Said]) -> Iterable[Said]:
    latest: dict[tuple[Fingerprint, str], Said] = {}
    for one in said:
        key = (one.author, one.position.id)
        # STIX 2.1 section 3.2: a withdrawal is for ever, whatever is said of the object after it.
        latest[key] = max(one, latest.get(key, one), key=lambda each: (each.position.withdrawn, *_version(each)))
    return latest.values()


def _latest_of_each_author(said: Iterable[Said]) -> Iterable[Said]:
    latest: dict[tuple[Fingerprint, Subject], Said] = {}
    for one in said:
        key = (one.author, one.position.subject)
        # An author may speak of one subject by two objects: the withdrawal of one leaves the other as it is.
        latest[key] = max(one, latest.get(key, one), key=lambda each: (not each.position.withdrawn, *_version(each)))
    return latest.values()


def _version(said: Said) -> tuple[Instant, Instant, StatementId, bool]:
    return said.position.modified, said.said_at, said.statement, said.shown


def _side_by_side(subject: Subject, found: list[Said]) -> Contested | Uncontested:
    positions = tuple(sorted(found, key=lambda one: one.author))
    stances = {one.position.stance for one in positions if not one.position.withdrawn}
    return (Contested if len(stances - {Stance.SILENT}) > 1 else Uncontested)(subject, positions)
