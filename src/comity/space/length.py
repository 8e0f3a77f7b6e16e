"""Lengths as people write them, in metres: `500m`, `0.5 km`, `2 nm`, `1500 ft`.

A bare number has no meaning; a nautical mile is `nm` or `NM` (a nanometre is no length on the ground).
"""

import re

from comity.errors import MALFORMED, RemoteError
from comity.space._written import evened, is_long

_METRES = {
    "M METRE METRES METER METERS": 1.0,
    "KM KMS KILOMETRE KILOMETRES KILOMETER KILOMETERS": 1000.0,
    "NM NMI NAUTICALMILE NAUTICALMILES NAUTICALMI": 1852.0,
    "FT FEET FOOT": 0.3048,
    "MI MILE MILES": 1609.344,
    "YD YARD YARDS": 0.9144,
}
EXAMPLES = "500m, 0.5km, 2nm or 1500ft"


def read(text: str, *, place: str = "") -> float:
    """Read a length.

    Returns:
        Metres, more than 0.

    Raises:
        RemoteError: `malformed`, saying what to write.

    >>> read("0.5 km"), read("2 NM"), read("1,500 ft")
    (500.0, 3704.0, 457.2)
    """
    said = "?" if is_long(text) else evened(text)
    found = re.fullmatch(r"(\d+(?:\.\d+)?|[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?) ?([A-Z. ]+)", said)
    factor = found and metres_of(found[2])
    if found is None or factor is None:
        bare = re.fullmatch(r"[\d.,]+", said)
        what = f"{said} of what? write" if bare else "not a length, such as"
        raise RemoteError(MALFORMED, f"{what} {EXAMPLES}", place=place)
    metres = round(float(found[1].replace(",", "")) * factor, 6)
    if not metres:
        raise RemoteError(MALFORMED, f"a length is more than 0, such as {EXAMPLES}", place=place)
    return metres


def metres_of(unit: str) -> float | None:
    """How many metres a unit has, by any of its names; None if it is none that is known here."""
    name = re.sub("[^A-Z]", "", unit.upper())
    return next((metres for names, metres in _METRES.items() if name in names.split()), None)
