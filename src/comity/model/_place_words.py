"""Words for places and altitudes: degrees, sizes and bands as people compare them. Nothing is decided here."""

from math import ceil, floor

from comity.space.altitude import Altitude, Band, Reference
from comity.space.extent import DEGREE, Bounds


def position(lon: int, lat: int) -> str:
    """A place, from units of 1e-7 degrees.

    >>> position(371500000, -362000001)
    '36.2000001 S, 37.1500 E'
    """
    return f"{_lat(lat)}, {_lon(lon)}"


def reach(found: Bounds) -> str:
    """How far something reaches to each side."""
    lats = f"from {_lat(found.south)} to {_lat(found.north)}"
    if found.goes_round:
        return f"{lats} at all longitudes"
    over = " over the antimeridian" if found.west > found.east else ""
    return f"{lats} and from {_lon(found.west)} to {_lon(found.east)}{over}"


def size(km2: float) -> str:
    """A size; what is small in square metres.

    >>> size(601.0), size(12345.0), size(0.0007854)
    ('601 km2', '12,345 km2', '785 m2')
    """
    if km2 >= 0.01:
        return f"{km2:,.0f} km2" if km2 >= 1_000 else f"{km2:.4g} km2"
    return f"{km2 * 1e6:,.0f} m2" if km2 >= 1e-5 else f"{km2 * 1e6:.3g} m2"


def metres(length: float) -> str:
    """A length to the millimetre.

    >>> metres(9260.0), metres(0.5)
    ('9,260 m', '0.5 m')
    """
    return f"{length:,.3f}".rstrip("0").rstrip(".") + " m"


def band(found: Band) -> str:
    """A band as it was stated, with the references taken and what was reckoned from them."""
    if found.floor is None and found.ceiling is None:
        return "all"
    low = "no floor" if found.floor is None else f"from {_altitude(found.floor)}"
    high = "no ceiling" if found.ceiling is None else f"to {_altitude(found.ceiling)}"
    return f"{low}, {high}"


def _altitude(stated: Altitude) -> str:
    low, high = floor(stated.lowest), ceil(stated.highest)
    reckoned = f"{low:,} m W84" if low == high else f"{low:,} to {high:,} m W84"
    taken = _TAKEN.get(stated.reference.value, "")
    if stated.reference is Reference.W84 and not taken:
        return str(stated) if stated.unit.value == "m" else f"{stated} ({reckoned})"
    return f"{stated}{taken} ({reckoned})"


# What is to be said of a reference, beside its name.
_TAKEN = {"AGL": ", terrain unknown", Reference.UNSTATED.value: ", W84 or MSL not said, both are checked"}


def _lat(units: int) -> str:
    return f"{_degrees(units)} {'S' if units < 0 else 'N'}"


def _lon(units: int) -> str:
    return f"{_degrees(units)} {'W' if units < 0 else 'E'}"


def _degrees(units: int) -> str:
    """Four decimals, and more where there are more."""
    whole, rest = divmod(abs(units), DEGREE)
    digits = f"{rest:07}"
    return f"{whole}.{digits[:4]}{digits[4:].rstrip('0')}"
