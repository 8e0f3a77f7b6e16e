"""The words for heights: in the references in which they were stated, and what was reckoned from them beside it."""

from collections.abc import Iterable
from math import ceil, floor, isinf

from comity.space.altitude import Altitude, Band, Reference, Unit


def shared(one: Band, other: Band, lowest: float, highest: float) -> str:
    """The heights that two bands share: as stated, and the W84 metres between which they can meet, outwards.

    Args:
        lowest, highest: W84 metres, as `Band.overlap` gives them; may be infinite.
    """
    stated = [limit for band in (one, other) for limit in (band.floor, band.ceiling) if limit is not None]
    if _differ(one, other):
        said = f"at heights stated as {_band(one)} on the one side and {_band(other)} on the other"
        return f"{said}{_unknown(stated)}, reckoned {_metres(lowest, highest)}"
    low = max((band.floor for band in (one, other) if band.floor), key=_height, default=None)
    high = min((band.ceiling for band in (one, other) if band.ceiling), key=_height, default=None)
    if all(limit.reference is Reference.W84 and limit.unit is Unit.M for limit in stated):
        return w84(lowest, highest)
    return f"{_between(low, high)}{_unknown(stated)}, reckoned {_metres(lowest, highest)}"


def _differ(one: Band, other: Band) -> bool:
    """Say whether no common part can be named: metres of no stated reference may be of two."""
    limits = [[limit.reference for limit in (band.floor, band.ceiling) if limit is not None] for band in (one, other)]
    references = {reference for each in limits for reference in each}
    return len(references) > 1 or (Reference.UNSTATED in references and all(limits))


def w84(lowest: float, highest: float) -> str:
    """A range of heights above the WGS84 ellipsoid, in whole metres, outwards."""
    if isinf(lowest) and isinf(highest):
        return "at all altitudes"
    if isinf(highest):
        return f"above {floor(lowest):,} m W84"
    if isinf(lowest):
        return f"below {ceil(highest):,} m W84"
    low, high = floor(lowest), ceil(highest)
    return f"at {low:,} m W84" if low == high else f"between {low:,} m and {high:,} m W84"


def _height(stated: Altitude) -> float:
    return stated.metres


def _metres(lowest: float, highest: float) -> str:
    if isinf(lowest) or isinf(highest):
        return w84(lowest, highest)
    return f"{floor(lowest):,} to {ceil(highest):,} m W84"


def _between(low: Altitude | None, high: Altitude | None) -> str:
    if low is not None and high is not None:
        return f"between {_stated(low)} and {_stated(high)}" if _stated(low) != _stated(high) else f"at {_stated(low)}"
    return _band(Band(low, high))


def _band(of: Band) -> str:
    if of.floor is None and of.ceiling is None:
        return "all altitudes"
    if of.floor is None or of.ceiling is None:
        return f"below {_stated(of.ceiling)}" if of.ceiling else f"above {_stated(of.floor)}"
    return f"{_stated(of.floor)} to {_stated(of.ceiling)}"


def _stated(of: Altitude | None) -> str:
    """An altitude as it was stated; where its reference was not said, that."""
    if of is None or of.unit is Unit.FL:
        return str(of)
    value = f"{of.value:,.3f}".rstrip("0").rstrip(".")
    reference = "(W84 or MSL not said)" if of.reference is Reference.UNSTATED else of.reference
    return f"{value} {of.unit} {reference}"


def _unknown(stated: Iterable[Altitude]) -> str:
    """What no height above the ground tells."""
    return ", terrain unknown" if any(limit.reference is Reference.AGL for limit in stated) else ""
