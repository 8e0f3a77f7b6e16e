"""Protected: the subject's volumes meet a protected site, at whatever altitude and time."""

from comity.checks import _words
from comity.checks._meetings import Meeting, meetings
from comity.checks._words import Names
from comity.model.objection import Finding, Rule
from comity.model.site import Site
from comity.record.airspace import Picture, Subject
from comity.space.instant import Instant


def find(
    subject: Subject, picture: Picture, *, now: Instant, names: Names, margin_m: float = 0.0
) -> tuple[Finding, ...]:
    """One finding for each site in force that the subject meets; a date of re-verification that is past lowers nothing.

    Args:
        names: what the parties are called in the texts.
        margin_m: how far apart areas may be and still count as meeting.

    Raises:
        LocalError: `bad-argument`: no such margin.
        RemoteError: `too-large`: a time of the subject that no index counts.
    """
    met = meetings(subject, picture, Site, now=now, margin_m=margin_m)
    return tuple(
        Finding(Rule.PROTECTED, each.by, each.statement, _text(each, names, now), each.witness) for each in met
    )


def _text(met: Meeting[Site], names: Names, now: Instant) -> str:
    by, site, where = _words.party(names, met.by), met.matter, _words.where(met.witness, met.count)
    call = f"; call {site.contact}" if site.contact else ""
    meets = f"which this volume {_words.meets(met.witness)} {where}"
    return f"{by} protects {_words.site(site)}, {meets}{call}{_words.reverify(site, now)}"
