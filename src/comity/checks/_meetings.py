"""Where a subject meets what stands in a picture: exactly, and one meeting for each statement."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Generic, TypeVar

from comity.model.fingerprint import Fingerprint
from comity.model.notice import Notice
from comity.model.site import Site
from comity.proof.envelope import StatementId
from comity.record.airspace import Picture, Subject
from comity.space.index_box import boxes
from comity.space.instant import Instant
from comity.space.volume import Witness, intersects

M = TypeVar("M", Notice, Site)
_Key = tuple[Fingerprint, StatementId]


@dataclass(frozen=True, slots=True)
class Meeting(Generic[M]):
    """One statement that a subject meets.

    Attributes:
        witness: of the first meeting, by time; one by the margin alone comes after all others.
        count: how many pairs of volumes meet.
    """

    by: Fingerprint
    statement: StatementId
    matter: M
    witness: Witness
    count: int


def meetings(subject: Subject, picture: Picture, kind: type[M], *, now: Instant, margin_m: float) -> list[Meeting[M]]:
    """What a subject meets of one kind, in the order of party and statement; other versions of itself left out."""
    matters: dict[_Key, M] = {}
    witnesses: dict[_Key, list[Witness]] = {}
    for key, matter, witness in _pairs(subject, picture, kind, now, margin_m):
        matters[key] = matter
        witnesses.setdefault(key, []).append(witness)
    return [
        Meeting(*key, matters[key], min(witnesses[key], key=_first), len(witnesses[key])) for key in sorted(witnesses)
    ]


def _pairs(
    subject: Subject, picture: Picture, kind: type[M], now: Instant, margin_m: float
) -> Iterator[tuple[_Key, M, Witness]]:
    for volume in subject.volumes:
        for entry in picture.candidates(boxes(volume, margin_m)):
            matter = entry.matter
            if isinstance(matter, kind) and (entry.by, matter.id) != (subject.by, subject.id) and entry.stands(now):
                witness = intersects(volume, entry.volume, margin_m)
                if witness is not None:
                    yield (entry.by, entry.statement), matter, witness


def _first(witness: Witness) -> tuple[float, ...]:
    start = -1 if witness.during.start is None else witness.during.start
    end = inf if witness.during.end is None else witness.during.end
    where = (witness.lowest_m, witness.lon, witness.lat, witness.highest_m)
    # Whole, so that both sides of a meeting choose the same of those that are alike but for their ends.
    return (witness.gap_m > 0, start, *where, end, witness.gap_m)
