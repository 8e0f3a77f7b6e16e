"""The words of findings: plain sentences that say what is known, and never that something may be done (DESIGN 2)."""

from collections.abc import Mapping
from math import ceil, floor, isinf

from comity.model.fingerprint import Fingerprint
from comity.model.notice import Notice
from comity.model.site import Function, Site
from comity.space import instant
from comity.space.instant import Instant
from comity.space.interval import Interval
from comity.space.volume import Witness

# How each party is called here.
Names = Mapping[Fingerprint, str]


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
        return f"on {_date(start)} from {_clock(start)} to {_clock(end)}"
    return f"from {moment(start)} to {moment(end)}"


def _half_open(start: Instant | None, end: Instant | None) -> str:
    if start is not None:
        return f"from {moment(start)} on"
    return "at all times" if end is None else f"until {moment(end)}"


def _date(at: Instant) -> str:
    return instant.text(at)[:10]


def _clock(at: Instant) -> str:
    text = instant.text(at)[11:-1]
    return text.removesuffix(".000").removesuffix(":00") + "Z"


def heights(lowest: float, highest: float) -> str:
    """A range of heights above the WGS84 ellipsoid, in whole metres, outwards."""
    if isinf(lowest) and isinf(highest):
        return "at all altitudes"
    if isinf(highest):
        return f"above {floor(lowest):,} m W84"
    if isinf(lowest):
        return f"below {ceil(highest):,} m W84"
    low, high = floor(lowest), ceil(highest)
    return f"at {low:,} m W84" if low == high else f"between {low:,} m and {high:,} m W84"


def length(metres: float) -> str:
    """A length, never too short.

    >>> length(849.2), length(25_000.0), length(12_340.0)
    ('850 m', '25 km', '12.4 km')
    """
    return f"{ceil(metres):,} m" if metres < 1_000 else f"{ceil(metres / 100) / 10:,g} km"


def meets(witness: Witness) -> str:
    """Whether it meets, or only comes near."""
    return "meets" if witness.gap_m == 0 else f"comes within {length(witness.gap_m)} of"


def where(witness: Witness, count: int) -> str:
    """When, how high, and how often."""
    often = "" if count == 1 else f", the first of {count} such meetings"
    return f"{when(witness.during)} {heights(witness.lowest_m, witness.highest_m)}{often}"


def notice(of: Notice) -> str:
    """A notice by what it says of itself."""
    callsign = None if of.callsign is None else f"callsign '{of.callsign}'"
    if of.kind is None:
        return "a notice" if callsign is None else f"the notice of {callsign}"
    return f"notice '{of.kind}'" if callsign is None else f"notice '{of.kind}' ({callsign})"


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
    named = f" '{' / '.join(names)}'" if names else ""
    around = "" if of.widened_m is None else f", somewhere in a circle of {length(of.widened_m)} radius"
    return f"{_FUNCTIONS[of.function]}{named}{around}"


def reverify(of: Site, now: Instant) -> str:
    """What is to be said of a site that was to be verified again before now."""
    by = of.reverify_by
    return "" if by is None or now <= by else f"; not re-verified since {moment(by)}; still protected"
