r"""Coordinates: whether a text holds a place on the earth, in whatever spelling; so that no subject is ever one.

It only says yes or no, with the name of the spelling. It reads no place, and it errs, where it must, on the side of a name
that people give: `Unit 61398`, `17 November`, `Brigade 93` and `1988-2011` are none. Spec: spec/position.md.

>>> spelling("37SBA 12345 67890"), spelling("36°12'N, 36°09'E"), spelling("APT 41")
('MGRS', 'degrees', None)
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from html import unescape
from urllib.parse import unquote

from comity.model._coordinate_forms import FORMS, SIGNS

_LONGEST = 2000


def plain(text: str) -> str:
    """A text as it is meant: one form of each sign and digit, in capitals, without what does not show."""
    text = unicodedata.normalize("NFKC", text[:_LONGEST].translate(SIGNS)).translate(SIGNS).replace("''", '"')
    if "%" in text or "&" in text:
        text = unescape(unquote(text)).translate(SIGNS)
    shown = (c for c in text if unicodedata.category(c) not in ("Cf", "Mn") and not "\ufe00" <= c <= "\ufe0f")
    return " ".join("".join(map(_digit, shown)).upper().split())


def _digit(char: str) -> str:
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)


def _pair(found: re.Match[str]) -> bool:
    """Whether two numbers can be a latitude and a longitude, in either order."""
    a, b = (abs(float(one)) for one in found.groups()[:2])
    return (a <= 90 and b <= 180) or (a <= 180 and b <= 90)


def _angles(found: re.Match[str]) -> bool:
    return all(int(digits) <= 180 for digits in re.findall(r"(?<![\d.,])\d{1,3}", found[0]))


def _packed(found: re.Match[str]) -> bool:
    a, b = found["lat"], found["lon"]
    return int(a[:2]) <= 90 and int(b[:3]) <= 180 and all(int(each) < 60 for each in (a[2:4] or "0", b[3:5] or "0"))


# -- grids


def _mgrs(found: re.Match[str]) -> bool:
    zone, digits = int(found["zone"]), re.sub(r"\D", "", found["digits"])
    if not 1 <= zone <= 60 or len(digits) % 2:
        return False
    groups = [len(one) for one in re.findall(r"\d+", found["digits"])]
    if len(groups) == 2 and groups[0] != groups[1]:
        return False
    # A word after a number, and a year: "10 The 2015".
    word = found["first"] and not found["second"] and not found["third"]
    if len(digits) <= 4 and word:
        return False
    return len(digits) > 2 or found["square"][0] in _COLUMNS[zone % 3]


# The 100 km squares of a zone have one of three sets of letters for their columns.
_COLUMNS = ("STUVWXYZ", "ABCDEFGH", "JKLMNPQR")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def _square(found: re.Match[str]) -> bool:
    zone = int(found["zone"])
    return 1 <= zone <= 60 and found["square"][0] in _COLUMNS[zone % 3] and found[0][-3:] not in _MONTHS


def _not_years(found: re.Match[str]) -> bool:
    groups = re.findall(r"\d+", found[0])
    return not all(len(one) == 4 and one[:2] in ("19", "20") for one in groups)


def _even(found: re.Match[str]) -> bool:
    groups = re.findall(r"\d+", found[0])
    same = len(groups) == 1 or len(groups[0]) == len(groups[1])
    return same and len("".join(groups)) % 2 == 0 and _not_years(found)


def _georef(found: re.Match[str]) -> bool:
    digits = found["digits"]
    half = len(digits) // 2
    good = len(digits) % 2 == 0 and int(digits[:2]) < 60 and int(digits[half : half + 2]) < 60
    return good and not (len(digits) == 4 and digits[:2] in ("19", "20"))


def _gars(found: re.Match[str]) -> bool:
    return 1 <= int(found[1]) <= 720


# -- a text of numbers alone


def _bare(found: re.Match[str]) -> bool:
    """Whether a text of nothing but numbers is one: a pair of degrees, of minutes and seconds too, or of metres."""
    groups = re.findall(r"[-+]?\d+(?:\.\d+)?", re.sub(r"(?<=\d)-", " ", found[0].replace("'", "")))
    if len(groups) == 2:
        metres = all(6 <= len(one.lstrip("-+").partition(".")[0]) <= 8 for one in groups)
        return metres or (_degrees(*groups) and not _is_day(found[0], *groups))
    numbers = [abs(float(one)) for one in groups]
    if len(numbers) not in (4, 6):
        return False
    half = len(numbers) // 2
    heads, rest = (numbers[0], numbers[half]), numbers[1:half] + numbers[half + 1 :]
    return min(heads) <= 90 and max(heads) <= 180 and all(one < 60 for one in rest)


def _degrees(a: str, b: str) -> bool:
    one, other = abs(float(a)), abs(float(b))
    return min(one, other) <= 90 and max(one, other) <= 180


def _is_day(text: str, a: str, b: str) -> bool:
    """9/11, 17-11, 30.9: a day that people call something after."""
    if "." in a + b or not re.fullmatch(r"\d+[/-]\d+", text):
        return False
    return min(int(a), int(b)) <= 12 and max(int(a), int(b)) <= 31


_CHECKS: dict[str, Callable[[re.Match[str]], bool]] = {
    "": lambda found: True,
    "angles": _angles,
    "bare": _bare,
    "even": _even,
    "gars": _gars,
    "georef": _georef,
    "mgrs": _mgrs,
    "not_years": _not_years,
    "packed": _packed,
    "pair": _pair,
    "square": _square,
}
_COMPILED = tuple((name, re.compile(form), _CHECKS[check]) for name, form, check in FORMS)
_WITHOUT_DIGITS = tuple(one for one in _COMPILED if one[0] in ("map address", "plus code", "what3words"))
_MIXED_LOCATOR = re.compile(r"(?<![^\W_])[A-R]{2}\d{2}[a-x]{2}(?![^\W_])")


@lru_cache(maxsize=1 << 14)
def spelling(text: str) -> str | None:
    """The name of the spelling in which a text holds a place; None where it holds none.

    Its cost grows with the text alone: what comes after 2,000 characters is not looked at.
    """
    # Only in its own case is a short locator certain: FN31pr.
    if _MIXED_LOCATOR.search(text):
        return "Maidenhead"
    shown = plain(text)
    if not any(char.isdigit() for char in shown):
        return next((name for name, form, _ in _WITHOUT_DIGITS if form.search(shown)), None)
    for each in dict.fromkeys((shown, _closed(shown))):
        for name, form, check in _COMPILED:
            if any(map(check, form.finditer(each))):
                return name
    return None


def _closed(shown: str) -> str:
    """The same without blanks about its points and signs: 36 . 2 , 36 . 1."""
    return re.sub(r"(?<=\d) ?\. ?(?=\d)", ".", re.sub(r" ?([°'\"]) ?", r"\1", shown))
