"""The words of findings: plain sentences that say what is known, and never that something may be done (DESIGN 2).

They are made where they are read, of the finding's parameters and of the statements that the reader holds; what he does
not hold is said so. Who sends a finding sends no words with it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from comity.checks import _heights
from comity.foreign import quoted
from comity.model.fingerprint import Fingerprint
from comity.model.notice import Notice
from comity.model.objection import Finding, Point, Rule, Witness
from comity.model.site import Function, Site
from comity.record.airspace import Matter
from comity.space import instant
from comity.space.instant import Instant
from comity.space.interval import Interval
from comity.space.volume import Volume

# How each party is called here.
Names = Mapping[Fingerprint, str]
NOT_HELD = "a statement not held here"


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a finding, as its reader knows it.

    Attributes:
        by: whose it is; None where its statement is not held here.
        matter: None where it is not held here, cannot be read, or is an operation that was only asked about.
        volumes: all of them, in their order.
        is_asked: it is such an operation, which nobody has said.
    """

    by: Fingerprint | None = None
    matter: Matter | None = None
    volumes: tuple[Volume, ...] = ()
    is_asked: bool = False

    @classmethod
    def of(cls, by: Fingerprint, matter: Matter) -> "Side":
        """A notice or site that is held here."""
        return cls(by, matter, matter.volumes)


def text(found: Finding, asked: Side, met: Side, *, names: Names, now: Instant, whose: str = "your") -> str:
    """A finding in one sentence.

    Args:
        asked: the operation that it is against.
        met: what stands against it.
        names: what the parties are called here.
        now: by which it is told whether a site was to be verified again.
        whose: picture it is that is too old.
    """
    if found.as_of is not None:
        return _stale(party(names, found.by), found.as_of, now, whose)
    by = party(names, found.by if met.by is None else met.by)
    operation, meets, where = _operation(asked, names), _meets(found, met), _where(found, asked, met)
    if found.rule is Rule.OVERLAP:
        return f"{by}: {_met_notice(met)} {meets} {operation}{where}{_reach(met.matter)}"
    protects = f"{by} protects {_met_site(met, found)}"
    return f"{protects}, which {operation} {meets}{where}{_rest(found, met.matter, now)}"


def _operation(asked: Side, names: Names) -> str:
    if asked.is_asked or asked.by is None:
        return "this volume" if asked.is_asked else NOT_HELD
    return f"{party(names, asked.by)}'s {_named(asked.matter) if isinstance(asked.matter, Notice) else 'statement'}"


def _met_notice(met: Side) -> str:
    if isinstance(met.matter, Notice):
        return notice(met.matter)
    return NOT_HELD if met.matter is None else "what it has not said as a notice"


def _met_site(met: Side, found: Finding) -> str:
    if isinstance(met.matter, Site):
        return site(met.matter)
    within_m = None if found.witness is None else found.witness.within_m
    around = "" if within_m is None else _within(within_m)
    return f"a place told in {NOT_HELD}{around}" if met.matter is None else "what it has not said as a site"


def _where(found: Finding, asked: Side, met: Side) -> str:
    """When, how high, where and how often."""
    witness = found.witness
    if witness is None:
        return ""
    often = "" if found.meetings == 1 else f", the first of {found.meetings} such meetings"
    return f" {when(witness.during)} {_high(witness, asked, met)}{_at(_point(found, met))}{often}"


def _high(witness: Witness, asked: Side, met: Side) -> str:
    volumes = [side.volumes[number - 1 : number] for side, number in zip((asked, met), witness.volumes, strict=True)]
    if not all(volumes):
        return _heights.w84(witness.lowest_m, witness.highest_m)
    (one,), (other,) = volumes
    return _heights.shared(one.band, other.band, witness.lowest_m, witness.highest_m)


def _point(found: Finding, met: Side) -> Point | None:
    """The place to look at; none where what is met is told as a circle, whatever somebody has signed."""
    if found.witness is None or (isinstance(met.matter, Site) and not met.matter.is_exact):
        return None
    return found.witness.point


def _at(point: Point | None) -> str:
    if point is None:
        return ""
    north, east = "S" if point.lat < 0 else "N", "W" if point.lon < 0 else "E"
    return f", at {abs(point.lat):.5f} {north}, {abs(point.lon):.5f} {east}"


def _meets(found: Finding, met: Side) -> str:
    """Whether it meets, or only comes near: how near only where there is a place to be near to."""
    if found.margin_m is None:
        return "meets"
    point = _point(found, met)
    near = f"the margin of {length(found.margin_m)}" if point is None else length(point.gap_m)
    return f"comes within {near} of"


def _reach(of: Matter | None) -> str:
    ways = {} if not isinstance(of, Notice) else {"contact": of.contact, "frequency": of.frequency}
    return "".join(f"; {way} {_number(said)}" for way, said in ways.items() if said)


def _rest(found: Finding, of: Matter | None, now: Instant) -> str:
    """Whom to call, and what is not certain."""
    if not isinstance(of, Site):
        return "; time uncertain" if found.time_uncertain else ""
    call = f"; call {_number(of.contact)}" if of.contact else ""
    window = "" if of.window is None else f": it is said to be on its way {when(of.window)}"
    uncertain = f"; time uncertain{window}" if found.time_uncertain else ""
    return f"{call}{uncertain}{reverify(of, now)}"


# -- a picture that is too old


def _stale(name: str, at: Instant, now: Instant, whose: str) -> str:
    age = now - at
    if age >= 0:
        return f"{whose} picture of {name} is {_age(age)} old, as of {moment(at)}"
    return f"the clock of {name} is {_age(-age)} ahead: how old {whose} picture of it is, nobody can tell"


def _age(milliseconds: int) -> str:
    seconds = milliseconds // 1000
    count, unit = (seconds, "second") if seconds < 60 else (seconds // 60, "minute")
    return f"{count:,} {unit}{'' if count == 1 else 's'}"


# -- who, when, what


def party(names: Names, by: Fingerprint) -> str:
    """A party's petname, or the start of its fingerprint."""
    return names.get(by, by[:8])


def moment(at: Instant) -> str:
    """An instant.

    >>> moment(Instant(1448349600000)), moment(Instant(1448349845500))
    ('2015-11-24 07:20Z', '2015-11-24 07:24:05.500Z')
    """
    return f"{_date(at)} {_clock(at)}"


def when(during: Interval) -> str:
    """An interval of time."""
    start, end = during.start, during.end
    if start is None or end is None:
        return _half_open(start, end)
    if start == end:
        return f"on {_date(start)} at {_clock(start)}"
    if _date(start) == _date(end):
        return f"on {_date(start)} from {_clock(start)} until {_clock(end)}"
    return f"from {moment(start)} until {moment(end)}"


def _half_open(start: Instant | None, end: Instant | None) -> str:
    if start is not None:
        return f"from {moment(start)} on"
    return "at all times" if end is None else f"until {moment(end)}"


def _date(at: Instant) -> str:
    return instant.text(at)[:10]


def _clock(at: Instant) -> str:
    text = instant.text(at)[11:-1]
    return text.removesuffix(".000").removesuffix(":00") + "Z"


def length(metres: float) -> str:
    """A length, never too short.

    >>> length(849.2), length(25_000.0), length(12_340.0)
    ('850 m', '25 km', '12.4 km')
    """
    return f"{ceil(metres):,} m" if metres < 1_000 else f"{ceil(metres / 100) / 10:,g} km"


def notice(of: Notice) -> str:
    """A notice by what it says of itself."""
    named = _named(of)
    return "a notice" if named == "notice" else named if named.startswith("notice “") else f"the {named}"


def _named(of: Notice) -> str:
    """A notice without an article: by its name or else its kind, and its callsign."""
    callsign = None if of.callsign is None else f"callsign {quoted(of.callsign)}"
    title = of.name or of.kind
    if title is None:
        return "notice" if callsign is None else f"notice of {callsign}"
    kind = quoted(of.kind) if of.name and of.kind else None
    more = ", ".join(each for each in (kind, callsign) if each)
    return f"notice {quoted(title)} ({more})" if more else f"notice {quoted(title)}"


# Telephones, frequencies, addresses of mail: all else that a party gives as one stands in quotation marks.
_NUMBER = re.compile(r"[0-9+(][0-9 ()./+-]*(?: ?[kM]Hz)?|[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+", re.ASCII)

_MOST_DIGITS = 40


def _number(text: str) -> str:
    return text if len(text) <= _MOST_DIGITS and _NUMBER.fullmatch(text) else quoted(text)


_FUNCTIONS = {
    Function.HOSPITAL: "the hospital",
    Function.AMBULANCE: "the ambulance",
    Function.SCHOOL: "the school",
    Function.SHELTER: "the shelter",
    Function.CAMP: "the camp",
    Function.HUMANITARIAN: "the humanitarian site",
    Function.FOOD: "the food supply",
    Function.WATER: "the water supply",
    Function.POWER: "the power supply",
    Function.WORSHIP: "the place of worship",
    Function.CULTURAL: "the cultural property",
    Function.DANGEROUS: "the installation that holds dangerous forces",
    Function.HOUSING: "the housing",
    Function.MEDIA: "the media office",
    Function.DIPLOMATIC: "the diplomatic mission",
    Function.DETENTION: "the place of detention",
    Function.CROSSING: "the crossing",
    Function.CONVOY: "the convoy",
    Function.MOVEMENT: "the movement",
    Function.FORCE: "the force",
    Function.OTHER: "the place",
    Function.UNDISCLOSED: "a place that it does not name",
}
_MOST_NAMES = 3


def site(of: Site) -> str:
    """A site by its function and names, and how exactly its place is known."""
    given = [] if of.name is None else [of.name]
    names = list(dict.fromkeys([*given, *(name.text for name in of.names)]))[:_MOST_NAMES]
    named = f" {quoted(' / '.join(names))}" if names else ""
    around = "" if of.widened_m is None else _within(of.widened_m)
    return f"{_FUNCTIONS[of.function]}{named}{around}"


def _within(radius_m: float) -> str:
    return f", somewhere within this circle of {length(radius_m)} radius"


def reverify(of: Site, now: Instant) -> str:
    """What is to be said of a site that was to be verified again before now."""
    by = of.reverify_by
    return "" if by is None or now <= by else f"; not re-verified since {moment(by)}; still protected"
