"""Protected: the subject's volumes meet a protected site, at whatever altitude and time."""

from comity.checks._meetings import meetings
from comity.checks.found import Found
from comity.model.objection import Rule
from comity.model.site import Site
from comity.record.airspace import Picture, Subject
from comity.space.instant import Instant


def find(subject: Subject, picture: Picture, *, now: Instant, margin_m: float = 0.0) -> tuple[Found, ...]:
    """One finding for each site in force that the subject meets.

    A date of re-verification that is past lowers nothing, and neither do the times of a movement: outside them it objects
    as before, and the finding is marked. A site of the subject's own party that the subject serves does not object to it.

    Args:
        margin_m: how far apart areas may be and still count as meeting.

    Raises:
        LocalError: `bad-argument`: no such margin.
        RemoteError: `too-large`: a time of the subject that no index counts.
    """
    return meetings(subject, picture, Site, Rule.PROTECTED, now=now, margin_m=margin_m)
