"""Check: everything that is known to stand against an operation, gathered; and objections drafted.

A check can only object (DESIGN 2). Where it knows nothing to object it says that, with what it does not know: which
picture it looked at, who was not heard from, what could not be read. Nothing here is a clearance, and nothing here says
anything to anybody: who hears of an objection is decided by its caller.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from comity.checks import overlap, protected, stale, words
from comity.checks.found import Found
from comity.checks.words import Names, Side
from comity.model import objection
from comity.model.content import parse
from comity.model.fingerprint import Fingerprint
from comity.model.notice import Notice
from comity.model.objection import Finding, Objection
from comity.model.statement import Draft
from comity.proof.envelope import StatementId
from comity.record.airspace import Airspace, Entry, Picture, Subject, Unread, subject_of
from comity.space import instant
from comity.space.index_box import boxes
from comity.space.instant import Instant


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found.

    Attributes:
        asked: the operation.
        found: each objection with the matter that stands there.
        as_of: how fresh the picture of each party that was heard from is.
        not_heard_from: the parties of which there is no picture.
        unread: notices and sites that nothing could be checked against.
        at: when it was checked.
    """

    asked: Subject
    found: tuple[Found, ...]
    as_of: Mapping[Fingerprint, Instant]
    not_heard_from: tuple[Fingerprint, ...]
    unread: tuple[Unread, ...]
    at: Instant
    names: Names

    @property
    def objections(self) -> tuple[Finding, ...]:
        """What was found."""
        return tuple(each.finding for each in self.found)

    @property
    def text(self) -> str:
        """What was found, one sentence a line, for people."""
        oldest = min([self.at, *self.as_of.values()])
        none = f"no objection known as of {instant.to_second(oldest)}; this is not a clearance"
        lines = [self._text(each) for each in self.found] or [none]
        if self.not_heard_from:
            lines.append(f"not heard from: {', '.join(map(self._name, self.not_heard_from))}")
        lines += [f"{self._name(each.by)} said what cannot be read: {each.statement.hex()}" for each in self.unread]
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """As JSON values; times are RFC 3339, parties have the names that they have here."""
        return {
            "objections": [self._told(each) for each in self.found],
            "as_of": {self._name(by): instant.to_second(at) for by, at in self.as_of.items()},
            "not_heard_from": [self._name(by) for by in self.not_heard_from],
            "unread": [{"by": self._name(each.by), "statement": each.statement.hex()} for each in self.unread],
            "text": self.text,
        }

    def _told(self, found: Found) -> dict[str, Any]:
        finding = found.finding
        return {
            "rule": finding.rule.value,
            "by": self._name(finding.by),
            "because": None if finding.because is None else finding.because.hex(),
            "text": self._text(found),
            "meetings": finding.meetings,
            "margin_m": finding.margin_m,
            "time_uncertain": finding.time_uncertain,
            "witness": None if finding.witness is None else objection.write_witness(finding.witness),
        }

    def _text(self, found: Found) -> str:
        asked = Side(self.asked.by, None, self.asked.volumes, is_asked=True)
        met = Side() if found.matter is None else Side.of(found.finding.by, found.matter)
        return words.text(found.finding, asked, met, names=self.names, now=self.at)

    def _name(self, by: Fingerprint) -> str:
        return self.names.get(by, by[:8])


def check(
    subject: Subject,
    picture: Picture,
    *,
    as_of: Mapping[Fingerprint, Instant | None],
    now: Instant,
    names: Names,
    margin_m: float = 0.0,
    stale_after_s: int = stale.AFTER_S,
    unread: Sequence[Unread] = (),
) -> Checked:
    """Run every rule on what a party is about to do.

    Args:
        subject: the volumes in which it will operate.
        picture: what is in force here.
        as_of: of each other party the time of the newest page end that it signed for us; None where there is none.
        names: what the parties are called here.
        margin_m: how far apart areas may be and still count as meeting.
        unread: what the picture could not take.

    Raises:
        LocalError: `bad-argument`: no such margin.
        RemoteError: `too-large`: a time of the subject that no index counts.
    """
    found = (
        *protected.find(subject, picture, now=now, margin_m=margin_m),
        *overlap.find(subject, picture, now=now, margin_m=margin_m),
        *stale.find(as_of, now=now, after_s=stale_after_s),
    )
    heard = {by: at for by, at in sorted(as_of.items()) if at is not None}
    silent = tuple(sorted(by for by, at in as_of.items() if at is None))
    return Checked(subject, found, heard, silent, tuple(unread), now, names)


# -- a new notice or site


@dataclass(frozen=True, slots=True)
class Against:
    """A finding, the statement that it is against, and whose that is."""

    subject: StatementId
    by: Fingerprint
    finding: Finding


def arrived(new: Sequence[Entry], picture: Picture, *, now: Instant, margin_m: float = 0.0) -> tuple[Against, ...]:
    """What a new notice or site changes: what stands against it, and against which notices it stands.

    A site is never a subject: nothing speaks against a place that is protected.

    Args:
        new: the entries of one statement; whether the picture has them already makes no difference.
    """
    standing = [entry for entry in new if entry.stands(now)]
    found = []
    if standing and isinstance(standing[0].matter, Notice):
        found += _against(standing, picture, now, margin_m)
    for notice in _notices_near(standing, picture, now, margin_m):
        found += _against(notice, Airspace(standing), now, margin_m)
    return tuple(found)


def _against(notice: Sequence[Entry], picture: Picture, now: Instant, margin_m: float) -> list[Against]:
    first, subject = notice[0], subject_of(notice)
    rules = (protected.find, overlap.find)
    found = (each for find in rules for each in find(subject, picture, now=now, margin_m=margin_m))
    return [Against(first.statement, first.by, each.finding) for each in found]


def _notices_near(new: Sequence[Entry], picture: Picture, now: Instant, margin_m: float) -> Iterable[Sequence[Entry]]:
    """The notices of which a volume may meet one of the new volumes."""
    near: dict[StatementId, list[Entry]] = {}
    for entry in picture.candidates([box for each in new for box in boxes(each.volume, margin_m)]):
        if isinstance(entry.matter, Notice) and entry.stands(now):
            near.setdefault(entry.statement, []).append(entry)
    return near.values()


def draft(finding: Finding, *, against: StatementId, now: Instant, uuid: str) -> Draft:
    """Draft an objection against a statement: the rule and its parameters, and no words, which its reader makes."""
    said = Objection(f"objection--{uuid}", against, finding, withdrawn=False)
    return Draft(parse(objection.write(said, now, created=now)))
