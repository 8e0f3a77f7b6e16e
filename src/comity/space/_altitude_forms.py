"""The forms in which people write altitudes, turned into the one that travels. It reads texts; `altitude` has the values.

    10,000 ft    2000FT AMSL    3000 metres above ellipsoid    500 ft above ground    flight level 95    SURFACE    UNLTD

The rule: a form is read if it has one meaning everywhere. A bare number, a comma before other than three digits, and what
an altimeter shows have several or none; what is refused is told how to write it. Metres without a reference stay without.
"""

import re
from decimal import Decimal
from typing import NoReturn

from comity.errors import MALFORMED, RemoteError
from comity.space._written import evened, is_long

_NO_LIMIT = frozenset({"UNL", "UNLTD", "UNLIM", "UNLIMITED", "NO LIMIT"})
_GROUND = frozenset({"SFC", "SURFACE", "GND", "GROUND", "GROUND LEVEL", "THE GROUND", "THE SURFACE"})
_SEA = frozenset({"SEA LEVEL", "MEAN SEA LEVEL"})
_LEVEL = r"(?:FL|FLIGHT LEVEL)[ -]?(\d{1,3})|F ?(\d{3})"
_UNITS = {
    "M": "m metre metres meter meters mtr mtrs mt mts m\u00e8tre m\u00e8tres metro metros metri \u043c",
    "FT": "ft ft. feet foot pied pieds pies piedi fuss '",
    "KM": "km kilometre kilometres kilometer kilometers",
}
_REFERENCES = {
    "W84": "w84|wgs84|wgs 84|wgs-84|hae|ellipsoid|ellipsoidal|above ellipsoid|above the ellipsoid|above wgs84|above wgs 84",
    "MSL": "msl|amsl|asl|a.m.s.l.|above msl|above sea level|above mean sea level|above the sea|above geoid|above the geoid",
    "AGL": "agl|asfc|sfc|gnd|a.g.l.|above ground|above the ground|above ground level|above surface|above the surface",
}
# What looks like a reference and is none.
_ALTIMETERS = {
    "QNH": "what an altimeter shows on QNH may be hundreds of metres wrong: write MSL with a band wide enough, or a flight level",
    "QFE": "QFE and AAL are above an aerodrome that is not named: write MSL or AGL",
    "AAL": "QFE and AAL are above an aerodrome that is not named: write MSL or AGL",
    "QNE": "a pressure altitude is a flight level: write it in hundreds of feet, such as FL200",
    "STD": "a pressure altitude is a flight level: write it in hundreds of feet, such as FL200",
    "GPS": "receivers show heights above the ellipsoid or above the sea: write W84 or MSL",
}
_NUMBER = r"[+-]?[\d.,' ]*\d"
_SPLIT = rf"(?P<number>{_NUMBER}) ?(?P<unit>[^\d ,]+?)(?: (?P<reference>\D.*))?"

EXAMPLES = "3000 m MSL, 3000 m W84, 9000 ft MSL, 1200 m AGL, FL200, SFC or unlimited"


def wire(written: str) -> str:
    """Turn an altitude as people write it into the form that travels; that it is in range is not looked at.

    Raises:
        RemoteError: `malformed`, saying what to write.
    """
    said = "?" if is_long(written) else " ".join(re.sub("[()]", " ", evened(written)).split())
    # A sentence's end, but not that of an abbreviation.
    said = re.sub(r"^([A-Z ]*|FL ?\d+)\.$", r"\1", said)
    if said in _NO_LIMIT:
        return "UNL"
    if said in _GROUND:
        return "SFC"
    if said in _SEA:
        return "0 m MSL"
    if level := re.fullmatch(_LEVEL, said):
        return f"FL{int(level[1] or level[2]):03}"
    return _height(said)


def _height(said: str) -> str:
    found = re.fullmatch(_SPLIT, _reference_last(said))
    unit = _unit(found["unit"]) if found else None
    if found is None or unit is None:
        _refuse(_why(said))
    reference = _reference(found["reference"] or "")
    number = _number(found["number"], found["unit"].lower())
    if unit == "KM":
        metres = f"{_plain(Decimal(number) * 1000)} m"
        _refuse(f"altitudes are in metres, feet or flight levels: write {metres} MSL or {metres} W84")
    return f"{number} {unit.lower()}{f' {reference}' if reference else ''}"


def _reference_last(said: str) -> str:
    """`AMSL 2000 ft` as `2000 ft AMSL`, and a unit that is joined to its reference apart from it."""
    first = re.fullmatch(rf"([A-Z][A-Z .\d-]*?) (?=[+-]?\d)({_NUMBER} ?[^\d ]+)", said)
    if first and _known(first[1]):
        said = f"{first[2]} {first[1]}"
    joined = re.fullmatch(rf"({_NUMBER} ?)(M|FT|')(W84|WGS84|HAE|MSL|AMSL|AGL|ASFC)", said)
    return f"{joined[1]}{joined[2]} {joined[3]}" if joined else said


def _known(words: str) -> str | None:
    return next((name for name, all in _REFERENCES.items() if words.lower() in all.split("|")), None)


def _reference(words: str) -> str:
    if re.search(r"\d ?(?:M|FT|FEET|FOOT|METRES|METERS)\b", words):
        _refuse("an altitude is said once: leave out what stands beside it in another unit")
    if words in _ALTIMETERS:
        _refuse(_ALTIMETERS[words])
    found = _known(words) if words else ""
    if found is None:
        _refuse(f"{words[:32]!a} is no reference that is known here: write {EXAMPLES}")
    return found


def _unit(word: str) -> str | None:
    return next((unit for unit, all in _UNITS.items() if word.lower() in all.split()), None)


def _number(text: str, unit: str) -> str:
    """A number with thousands set apart or not, as digits with a point where there is one."""
    sign, digits = "-" if text.startswith("-") else "", text.lstrip("+-").strip()
    if re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?|[1-9]\d{0,2}(?:[ ']\d{3})+", digits):
        digits = re.sub("[ ,']", "", digits)
    elif re.fullmatch(r"\d+,\d+", digits):
        _refuse(
            f"{digits}: a comma sets thousands apart here, three digits each; write {digits.replace(',', '.')} {unit}"
        )
    elif is_point_for_thousands(digits):
        whole, plain = digits.replace(".", ""), _plain(Decimal(digits))
        clearly = f"{plain}0" if is_point_for_thousands(plain) else plain
        _refuse(f"{digits} may be {whole} or {plain}: write {whole} {unit} or {clearly} {unit}")
    if not re.fullmatch(r"\d+(?:\.\d+)?", digits):
        _refuse(f"{digits[:32]!a} is no number: write it in plain digits, such as 10000 ft MSL or 3000.5 m MSL")
    plain = _plain(Decimal(digits))
    if len(plain.partition(".")[0]) > 6:
        _refuse(f"{plain} {unit} is higher than any altitude here, which is 100000 m at most")
    if re.search(r"\.\d{4}", plain):
        _refuse(f"{plain}: an altitude has at most three decimals")
    return sign + plain


def is_point_for_thousands(number: str) -> bool:
    """Say whether a point may set thousands apart: 10.000 ft is ten feet to some and ten thousand to others.

    0.500 can be only half, and 300.000 m would be higher than any altitude.
    """
    return re.fullmatch(r"[1-9]\d?\.\d{3}", number) is not None


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _why(said: str) -> str:
    if not said:
        return f"an altitude is missing: write {EXAMPLES}"
    if re.fullmatch(_NUMBER, said):
        return _of_what(said)
    if plan := re.fullmatch(r"A(\d{3})|M(\d{4})|S(\d{4})", said):
        return _of_a_flight_plan(plan)
    if (named := re.fullmatch(rf"({_NUMBER}) ?([A-Z][A-Z .\d]*)", said)) and _known(named[2]):
        return f"{named[1]} of what? write {named[1]} ft {_known(named[2])} or {named[1]} m {_known(named[2])}"
    if re.fullmatch(r"FL.*\d.*", said) and not re.search(r"\d ?(?:-|TO|/)", said):
        return "a flight level is three digits, hundreds of feet: FL200 is 20,000 ft"
    if re.search(r"\d.* ?(?:-|TO|/) ?(?:FL)?\d", said):
        return "two altitudes are a floor and a ceiling: say each by itself"
    return f"not an altitude, such as {EXAMPLES}"


def _of_what(number: str) -> str:
    if re.fullmatch(r"[+-]?0+", number):
        return "0 of what? write SFC for the ground or 0 m MSL for the sea"
    level = f"FL{number}, if it is of a NOTAM's Q line, or " if re.fullmatch(r"\d{3}", number) else ""
    return f"{number} of what? write {level}{EXAMPLES}"


def _of_a_flight_plan(plan: re.Match[str]) -> str:
    """ICAO's flight plan has A045 and M0140 for altitudes by an altimeter, S1130 for levels in tens of metres."""
    if plan[3]:
        return f"{plan[0]} is a level in tens of metres (S), by a standard altimeter: write it as a flight level"
    clear = f"{int(plan[1]) * 100} ft MSL" if plan[1] else f"{int(plan[2]) * 10} m MSL"
    return f"{plan[0]} is a flight plan's altitude, by an altimeter: write {clear} with a band wide enough"


def _refuse(message: str) -> NoReturn:
    raise RemoteError(MALFORMED, message)
