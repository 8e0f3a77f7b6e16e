"""Overlap: the subject's volumes meet another notice's. It objects alike from both sides."""

from comity.checks._meetings import meetings
from comity.checks.found import Found
from comity.model.notice import Notice
from comity.model.objection import Rule
from comity.record.airspace import Picture, Subject
from comity.space.instant import Instant


def find(subject: Subject, picture: Picture, *, now: Instant, margin_m: float = 0.0) -> tuple[Found, ...]:
    """One finding for each notice in force that the subject meets.

    Args:
        margin_m: how far apart areas may be and still count as meeting.

    Raises:
        LocalError: `bad-argument`: no such margin.
        RemoteError: `too-large`: a time of the subject that no index counts.
    """
    return meetings(subject, picture, Notice, Rule.OVERLAP, now=now, margin_m=margin_m)
