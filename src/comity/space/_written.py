"""What people's spellings of times and altitudes have in common: signs that look alike, and blanks.

Only spelling is evened out here; what a text means is for `_time_forms` and `_altitude_forms`.
"""

import unicodedata

# Hyphens, dashes and the minus; primes and curly quotes.
_ALIKE = {ord(mark): "-" for mark in "\u2010\u2011\u2012\u2013\u2014\u2212"} | {
    ord(mark): "'" for mark in "\u2018\u2019\u2032\u02b9"
}
_MOST = 80


def evened(text: str) -> str:
    """In capitals, with plain digits and dashes, one blank where there are some, and none at the ends.

    >>> evened(" 2000\N{NO-BREAK SPACE}  ft ")
    '2000 FT'
    """
    plain = unicodedata.normalize("NFKC", text[: _MOST + 1]).translate(_ALIKE)
    return " ".join("".join(map(_digit, plain)).split()).upper()


def is_long(text: str) -> bool:
    """Say whether it is longer than anything that people write for a time or an altitude."""
    return len(text) > _MOST


def _digit(mark: str) -> str:
    return str(unicodedata.decimal(mark)) if mark.isdecimal() else mark
