"""Volumes: an area, a band of altitudes and an interval of time; and where and when two of them meet.

Two volumes meet when their areas, bands and intervals all do. Rims and altitudes that touch meet; times that touch do
not, as an interval ends before its end (`area`, `altitude`, `interval` have the units, the datum and the rules). The
answer is for objections: what meets is always found, and what just misses may be found too, within the bounds that
`meeting` and `altitude` state. That none is found is not a clearance: it says only that these two volumes do not meet as
they were stated.
"""

from dataclasses import dataclass
from math import isfinite

from comity.errors import BAD_ARGUMENT, LocalError
from comity.space.altitude import ALL_ALTITUDES, Band
from comity.space.area import Area
from comity.space.instant import Instant
from comity.space.interval import ALWAYS, Interval

MAX_MARGIN_M = 1_000_000.0


@dataclass(frozen=True, slots=True)
class Volume:
    """An area with its altitudes and times: all of them where none are given."""

    area: Area
    band: Band = ALL_ALTITUDES
    during: Interval = ALWAYS


@dataclass(frozen=True, slots=True)
class Witness:
    """A place and time at which two volumes meet, for people to look at.

    Attributes:
        lon, lat: a point of both areas, in degrees; where `gap_m` is not 0, a point between them.
        gap_m: how far apart the areas are: more than 0 only for volumes that meet by the margin alone.
        lowest_m, highest_m: the W84 heights between which they can meet; may be infinite.
        during: when they meet.
    """

    lon: float
    lat: float
    gap_m: float
    lowest_m: float
    highest_m: float
    during: Interval

    @property
    def altitude_m(self) -> float | None:
        """One W84 height at which they can meet: the lowest that has a number; None where all do."""
        return next((height for height in (self.lowest_m, self.highest_m) if isfinite(height)), None)

    @property
    def at(self) -> Instant | None:
        """One instant at which they meet: the first, or the last where there is no first; None where they always do."""
        start, end = self.during.start, self.during.end
        return start if start is not None or end is None else Instant(end - 1)


def intersects(a: Volume, b: Volume, margin_m: float = 0.0) -> Witness | None:
    """Where and when two volumes meet, the same whichever is named first; None where they do not.

    Args:
        margin_m: how far, along the ground, apart they may be and still count as meeting.

    Raises:
        LocalError: `bad-argument`: the margin is not a number from 0 to `MAX_MARGIN_M`.
    """
    if not 0.0 <= margin_m <= MAX_MARGIN_M:
        raise LocalError(BAD_ARGUMENT, f"a margin is a number of metres from 0 to {MAX_MARGIN_M:.0f}")
    during, heights = a.during.overlap(b.during), a.band.overlap(b.band)
    if during is None or heights is None:
        return None
    # The geometry is loaded by who gets this far, which most commands do not.
    from comity.space import meeting

    contact = meeting.meet(a.area, b.area, margin_m)
    return Witness(*contact, *heights, during) if contact else None


def nearest(a: Area, b: Area, gap_m: float) -> tuple[float, float, float]:
    """The point of the first area that lies nearest to the second, and how far from it in metres.

    Args:
        gap_m: how far apart the two lie, or a little more, as `intersects` has found it.
    """
    from comity.space import meeting

    return meeting.nearest(a, b, gap_m)
