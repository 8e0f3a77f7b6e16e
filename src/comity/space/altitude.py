"""Altitudes as they were stated, and the bands between a floor and a ceiling.

    3000 m             metres with no reference: above the WGS84 ellipsoid or above mean sea level, and both are meant
    3000 m W84         metres above the WGS84 ellipsoid
    9000 ft            feet with no reference are above mean sea level, as aviation has it
    19000 ft MSL       height above mean sea level
    1200 m AGL         height above the ground below (or the sea)
    FL200              flight level: pressure altitude in hundreds of feet, altimeter at 1013.25 hPa
    SFC, GND           0 m AGL
    UNL, unlimited     no limit

Rule 1: what was stated is kept; nothing is ever turned from one reference into another.
Rule 2: two altitudes of one stated reference are compared as stated. Where two volumes meet they have one ground, one sea
level and one air pressure between them, so the order is the same whatever these are.
Rule 3: altitudes of different references, or of none, are compared by the widest range of W84 that each can mean. There is
no geoid, terrain or weather here that could narrow it; so this objects too often, never too seldom.

    reference   W84 metres for a stated h metres     because
    W84         h                                    it is the reference
    MSL         h - 110 .. h + 90                    the geoid lies between -107 and +86 m of the ellipsoid
    none, metres  the same                           it may be MSL, which has room for W84 in it
    AGL         h - 550 .. h + 9000                  the ground lies between the Dead Sea's shore (-430 m MSL) and Everest (8849)
    FL          0.94 h - 1410 .. 1.05 h + 690        sea level pressures of 870 to 1085 hPa, the lowest and highest recorded, the
                                                     coldest and warmest air above them, and the geoid

What travels is read by `parse`; what people type may have other forms, which `read` turns into it.
MSL is a length, as charts, GNSS receivers and drones give it. What an altimeter shows is not: in very cold air it reads
several hundred metres too high. Who flies by one says FL, or a band wide enough.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from comity.errors import MALFORMED, RemoteError
from comity.space import _altitude_forms

# Floors and ceilings this close count as touching; it also covers what converting feet into metres rounds.
TOUCH_M = 0.01
# The range of F3548's Altitude, in metres; more is a slip of the pen.
LOWEST_M, HIGHEST_M = -8_000.0, 100_000.0

_UNLIMITED = float("inf")


class Reference(StrEnum):
    """What an altitude is measured from; metres may leave open which of the first two it is."""

    W84 = "W84"
    MSL = "MSL"
    AGL = "AGL"
    FL = "FL"
    UNSTATED = "W84 or MSL"


class Unit(StrEnum):
    """What an altitude is counted in; a flight level is both its unit and its reference."""

    M = "m"
    FT = "ft"
    FL = "FL"


_METRES = {Unit.M: 1.0, Unit.FT: 0.3048, Unit.FL: 30.48}
# (factor, metres) for the lower, (factor, metres) for the upper bound in W84.
_WIDENED = {
    Reference.W84: ((1.0, 0.0), (1.0, 0.0)),
    Reference.MSL: ((1.0, -110.0), (1.0, 90.0)),
    Reference.AGL: ((1.0, -550.0), (1.0, 9_000.0)),
    Reference.FL: ((0.94, -1_410.0), (1.05, 690.0)),
    Reference.UNSTATED: ((1.0, -110.0), (1.0, 90.0)),
}
_STATED = re.compile(r"(-?\d{1,6}(?:\.\d{1,3})?) ?(m|ft)(?: (w84|msl|agl))?", re.ASCII)
_LEVEL = re.compile(r"fl ?(\d{1,3})", re.ASCII)
_WORD = re.compile("unl|unlimited|sfc|gnd")
_NO_LIMIT = frozenset({"unl", "unlimited"})
_GROUND = frozenset({"sfc", "gnd"})


@dataclass(frozen=True, slots=True)
class Altitude:
    """One altitude as it was stated.

    Raises:
        RemoteError: `malformed`: not a number, out of range, or a unit that the reference does not have.
    """

    value: float
    unit: Unit
    reference: Reference

    def __post_init__(self) -> None:
        if (self.unit is Unit.FL) is not (self.reference is Reference.FL):
            raise RemoteError(MALFORMED, "a flight level has no other unit and no other reference")
        if self.reference is Reference.UNSTATED and self.unit is not Unit.M:
            raise RemoteError(MALFORMED, "only metres go without a reference")
        lowest = 0.0 if self.unit is Unit.FL else LOWEST_M
        # NaN compares false and is refused too.
        if not lowest <= self.metres <= HIGHEST_M:
            raise RemoteError(MALFORMED, f"an altitude lies between {lowest:.0f} and {HIGHEST_M:.0f} m")

    @property
    def metres(self) -> float:
        """The stated value in metres, above its own reference."""
        return self.value * _METRES[self.unit]

    @property
    def lowest(self) -> float:
        """The lowest height above the WGS84 ellipsoid that it can mean, in metres."""
        factor, metres = _WIDENED[self.reference][0]
        return factor * self.metres + metres

    @property
    def highest(self) -> float:
        """The greatest height above the WGS84 ellipsoid that it can mean, in metres."""
        factor, metres = _WIDENED[self.reference][1]
        return factor * self.metres + metres

    def __str__(self) -> str:
        """As it is written, the reference said if it was stated or can be one alone.

        >>> str(parse("3000m")), str(parse("9000 ft")), str(parse("fl 95"))
        ('3000 m', '9000 ft MSL', 'FL095')
        """
        if self.unit is Unit.FL:
            return f"FL{self.value:03.0f}"
        number = f"{self.value:.3f}".rstrip("0").rstrip(".")
        return f"{number} {self.unit}" + ("" if self.reference is Reference.UNSTATED else f" {self.reference}")


@dataclass(frozen=True, slots=True)
class Band:
    """From a floor up to a ceiling, both included; None is without limit.

    Raises:
        RemoteError: `malformed`: the floor is above the ceiling, whatever their references may mean; one band that states
            none for either has one for both.
    """

    floor: Altitude | None = None
    ceiling: Altitude | None = None

    def __post_init__(self) -> None:
        _in_order(self.floor, self.ceiling, "")

    @property
    def lowest(self) -> float:
        """The lowest W84 height it can reach, in metres; -inf without a floor."""
        return -_UNLIMITED if self.floor is None else self.floor.lowest

    @property
    def highest(self) -> float:
        """The greatest W84 height it can reach, in metres; inf without a ceiling."""
        return _UNLIMITED if self.ceiling is None else self.ceiling.highest

    def overlap(self, other: "Band") -> tuple[float, float] | None:
        """The W84 heights, from and to, between which the two can meet; None where they cannot."""
        if not (_reaches(self.floor, other.ceiling) and _reaches(other.floor, self.ceiling)):
            return None
        lowest, highest = max(self.lowest, other.lowest), min(self.highest, other.highest)
        # Only bands that touch by less than TOUCH_M have these the other way round.
        return lowest, max(lowest, highest)


def parse(text: str, *, place: str = "") -> Altitude | None:
    """Read one altitude, in capitals or not; None is what `unlimited` means.

    Raises:
        RemoteError: `malformed`.
    """
    said = text.lower() if len(text) <= 32 else ""
    if said in _NO_LIMIT:
        return None
    if said in _GROUND:
        return Altitude(0.0, Unit.M, Reference.AGL)
    try:
        return _altitude(said)
    except RemoteError as error:
        raise RemoteError(error.code, error.message, place=place) from None


def read(text: str, *, place: str = "") -> str:
    """Turn an altitude as people write it into a text that travels; one that does already is kept as it is.

    Raises:
        RemoteError: `malformed`: it has no meaning or more than one; the message says what to write.

    >>> read("10,000 feet AMSL"), read("fl 95"), read("SURFACE")
    ('10000 ft MSL', 'fl 95', 'SFC')
    """
    said = text.strip()
    try:
        # What means one thing where it travels may mean two where it is typed.
        wire = said if _travels(said) else _altitude_forms.wire(said)
        parse(wire)
    except RemoteError as error:
        raise RemoteError(error.code, error.message, place=place) from None
    return wire


def _travels(said: str) -> bool:
    number = re.match(r"-?([\d.]*)", said, re.ASCII)
    if number and _altitude_forms.is_point_for_thousands(number[1]):
        return False
    return any(form.fullmatch(said.lower()) for form in (_STATED, _LEVEL, _WORD))


def read_band(floor: str | None, ceiling: str | None, *, places: tuple[str, str] = ("/floor", "/ceiling")) -> Band:
    """Read a band from texts as people write them; else as `parse_band`."""
    low = None if floor is None else read(floor, place=places[0])
    high = None if ceiling is None else read(ceiling, place=places[1])
    return parse_band(low, high, places=places)


def parse_band(floor: str | None, ceiling: str | None, *, places: tuple[str, str] = ("/floor", "/ceiling")) -> Band:
    """Read a band from the texts of its floor and ceiling; None is without limit.

    Args:
        places: where the two texts stand in the input, for errors.

    Raises:
        RemoteError: `malformed`.
    """
    low = None if floor is None else parse(floor, place=places[0])
    high = None if ceiling is None else parse(ceiling, place=places[1])
    _in_order(low, high, places[0])
    return Band(low, high)


def _altitude(said: str) -> Altitude:
    level = _LEVEL.fullmatch(said)
    if level is not None:
        return Altitude(float(level[1]), Unit.FL, Reference.FL)
    stated = _STATED.fullmatch(said)
    if stated is None:
        raise RemoteError(MALFORMED, "not an altitude, such as 3000 m, 9000 ft MSL, 1200 m AGL, FL200 or unlimited")
    value, unit, reference = stated.groups()
    bare = Reference.UNSTATED if unit == "m" else Reference.MSL
    return Altitude(float(value), Unit(unit), Reference(reference.upper()) if reference else bare)


def _in_order(floor: Altitude | None, ceiling: Altitude | None, place: str) -> None:
    if floor is None or ceiling is None:
        return
    # Whoever states none for the two of one band has one in mind.
    in_order = _at_most if floor.reference is ceiling.reference else _reaches
    if not in_order(floor, ceiling):
        raise RemoteError(MALFORMED, f"the floor, {floor}, is above the ceiling, {ceiling}", place=place)


def _reaches(floor: Altitude | None, ceiling: Altitude | None) -> bool:
    """Say whether the floor can lie at or below the ceiling, where both are at one place and time."""
    if floor is None or ceiling is None:
        return True
    if floor.reference is ceiling.reference and floor.reference is not Reference.UNSTATED:
        return _at_most(floor, ceiling)
    return floor.lowest <= ceiling.highest + TOUCH_M


def _at_most(floor: Altitude, ceiling: Altitude) -> bool:
    return floor.metres <= ceiling.metres + TOUCH_M


ALL_ALTITUDES = Band()
