"""Overlap: the subject's volumes meet another notice's. It objects alike from both sides."""

from comity.checks import _words
from comity.checks._meetings import Meeting, meetings
from comity.checks._words import Names
from comity.model.notice import Notice
from comity.model.objection import Finding, Rule
from comity.record.airspace import Picture, Subject
from comity.space.instant import Instant


def find(
    subject: Subject, picture: Picture, *, now: Instant, names: Names, margin_m: float = 0.0
) -> tuple[Finding, ...]:
    """One finding for each notice in force that the subject meets.

    Args:
        names: what the parties are called in the texts.
        margin_m: how far apart areas may be and still count as meeting.

    Raises:
        LocalError: `bad-argument`: no such margin.
        RemoteError: `too-large`: a time of the subject that no index counts.
    """
    met = meetings(subject, picture, Notice, now=now, margin_m=margin_m)
    return tuple(Finding(Rule.OVERLAP, each.by, each.statement, _text(each, names), each.witness) for each in met)


def _text(met: Meeting[Notice], names: Names) -> str:
    by, notice, meets = _words.party(names, met.by), met.matter, _words.meets(met.witness)
    ways = {"contact": notice.contact, "frequency": notice.frequency}
    reach = "".join(f"; {way} {said}" for way, said in ways.items() if said)
    return f"{by}: {_words.notice(notice)} {meets} this volume {_words.where(met.witness, met.count)}{reach}"
