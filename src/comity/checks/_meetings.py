"""Where a subject meets what stands in a picture: exactly, and one meeting for each statement.

What is told of a meeting is reckoned from the statement that is met and from nothing behind it: a point in the subject's
own area, and none at all where that statement tells no more than a circle.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf
from typing import TypeVar

from comity.checks.found import Found
from comity.model.fingerprint import Fingerprint
from comity.model.notice import Notice
from comity.model.objection import Finding, Point, Rule, Witness
from comity.model.site import Site
from comity.proof.envelope import StatementId
from comity.record.airspace import Entry, Picture, Subject
from comity.space import volume
from comity.space.index_box import boxes
from comity.space.instant import Instant

M = TypeVar("M", Notice, Site)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A volume of the subject and one of a matter that meet; `numbers` count both from 1."""

    asked: volume.Volume
    entry: Entry
    at: volume.Witness
    numbers: tuple[int, int]

    @property
    def in_time(self) -> bool:
        """Whether it is at a time for which the matter was said; any, where it says none."""
        matter = self.entry.matter
        window = matter.window if isinstance(matter, Site) else None
        return window is None or window.overlap(self.at.during) is not None

    @property
    def order(self) -> tuple[float, ...]:
        """By time; what is near by the margin alone, and then what lies outside the times said, comes after all else."""
        at = self.at
        start = -1 if at.during.start is None else at.during.start
        end = inf if at.during.end is None else at.during.end
        where = (at.lowest_m, at.lon, at.lat, at.highest_m)
        # Whole, so that both sides of a meeting choose the same of those that are alike but for their ends.
        return (at.gap_m > 0, not self.in_time, start, *where, end, at.gap_m)


def meetings(
    subject: Subject, picture: Picture, kind: type[M], rule: Rule, *, now: Instant, margin_m: float
) -> tuple[Found, ...]:
    """What a subject meets of one kind, in the order of party and statement; other versions of itself left out."""
    pairs: dict[tuple[Fingerprint, StatementId], list[_Pair]] = {}
    for pair in _pairs(subject, picture, kind, now, margin_m):
        pairs.setdefault((pair.entry.by, pair.entry.statement), []).append(pair)
    return tuple(_found(rule, pairs[key], margin_m) for key in sorted(pairs))


def _found(rule: Rule, pairs: list[_Pair], margin_m: float) -> Found:
    first = min(pairs, key=lambda pair: pair.order)
    entry, near = first.entry, first.at.gap_m > 0
    finding = Finding(
        rule,
        entry.by,
        entry.statement,
        _witness(first),
        len(pairs),
        margin_m if near else None,
        time_uncertain=not first.in_time,
    )
    return Found(finding, entry.matter)


def _witness(pair: _Pair) -> Witness:
    at, matter = pair.at, pair.entry.matter
    within_m = matter.widened_m if isinstance(matter, Site) else None
    point = _point(pair) if within_m is None else None
    return Witness(point, within_m, at.lowest_m, at.highest_m, at.during, pair.numbers)


def _point(pair: _Pair) -> Point:
    at = pair.at
    if at.gap_m == 0:
        return Point(at.lon, at.lat, 0.0)
    return Point(*volume.nearest(pair.asked.area, pair.entry.volume.area, at.gap_m))


def _pairs(subject: Subject, picture: Picture, kind: type[M], now: Instant, margin_m: float) -> Iterator[_Pair]:
    numbers = subject.numbers or range(1, len(subject.volumes) + 1)
    for number, asked in zip(numbers, subject.volumes, strict=True):
        for entry in _others(subject, picture.candidates(boxes(asked, margin_m)), kind, now):
            at = volume.intersects(asked, entry.volume, margin_m)
            if at is not None:
                yield _Pair(asked, entry, at, (number, entry.number))


def _others(subject: Subject, near: Iterable[Entry], kind: type[M], now: Instant) -> Iterator[Entry]:
    """What stands and may object: neither the subject itself, nor a site of its own party that it serves."""
    for entry in near:
        own = entry.by == subject.by and entry.matter.id in (subject.id, *subject.serves)
        if isinstance(entry.matter, kind) and not own and entry.stands(now):
            yield entry
