"""Fingerprints: who a party is, as the SHA-256 of its 32-byte Ed25519 root key, in 64 lower-case hexadecimal digits.

Names are petnames of the one who uses them; a fingerprint is the same for everybody. A party's log origin, which is also
the issuer of its statements, is `comity/` and the first 32 of these digits.
"""

import re
from typing import NewType

from comity import foreign
from comity.model.pgp_words import THREE_SYLLABLES, TWO_SYLLABLES

Fingerprint = NewType("Fingerprint", str)

_HEX = re.compile(r"[0-9a-f]{64}", re.ASCII)
_BYTES, _GROUP = 32, 8
_BETWEEN = re.compile(r"[\s:,;.\-\u2010-\u2015]+")
_DIGITS = re.compile(r"[0-9a-f]+", re.ASCII)
_LISTS = (TWO_SYLLABLES, THREE_SYLLABLES)
_BYTE_OF = tuple({word.lower(): byte for byte, word in enumerate(words)} for words in _LISTS)
_PARTY = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)


def read(text: str) -> Fingerprint:
    """Take a text as a fingerprint.

    Raises:
        ValueError: it is none.
    """
    if not _HEX.fullmatch(text):
        raise ValueError("a fingerprint has 64 lower-case hexadecimal digits")
    return Fingerprint(text)


def groups(fingerprint: Fingerprint) -> str:
    """A fingerprint as people compare it: eight groups of eight digits; one word for a shell.

    >>> groups(Fingerprint("0123456789abcdef" * 4))[:26]
    '01234567-89abcdef-01234567'
    """
    return "-".join(fingerprint[start : start + _GROUP] for start in range(0, len(fingerprint), _GROUP))


def words(fingerprint: Fingerprint) -> str:
    """A fingerprint as people say it on the telephone: 32 words of the PGP word list, with blanks between them.

    >>> words(Fingerprint("e58294f2" + "00" * 28))[:40]
    'topmost Istanbul Pluto vagabond aardvark'
    """
    return " ".join(_LISTS[place % 2][byte] for place, byte in enumerate(bytes.fromhex(fingerprint)))


def from_people(text: str) -> Fingerprint:
    """Take a fingerprint as a person types, pastes or was told it: digits in any groups and case, or its words.

    Raises:
        ValueError: it is none; which word is wrong, and how.
    """
    parts = [part for part in _BETWEEN.split(text.lower()) if part]
    digits = "".join(parts)
    if _HEX.fullmatch(digits):
        return Fingerprint(digits)
    if not parts or _DIGITS.fullmatch(digits):
        raise ValueError(f"a fingerprint has 64 hexadecimal digits, or 32 words; there are {len(digits)} digits")
    found = bytes(_byte(place, word) for place, word in enumerate(parts[:_BYTES]))
    if len(parts) != _BYTES:
        raise ValueError(f"a fingerprint has 32 words, or 64 hexadecimal digits; there are {len(parts)} words")
    return Fingerprint(found.hex())


def _byte(place: int, word: str) -> int:
    byte, other = _BYTE_OF[place % 2].get(word), _BYTE_OF[1 - place % 2].get(word)
    if byte is not None:
        return byte
    said = f"word {place + 1}, {foreign.quoted(word, 24)},"
    if other is None:
        raise ValueError(f"{said} is no word of the PGP word list, and no hexadecimal digits")
    raise ValueError(f"{said} cannot follow the one before it: a word was left out, said twice or swapped")


ORIGINS, WITNESS = "comity/", "/w"


def origin_of(fingerprint: Fingerprint) -> str:
    """The origin of the party's log (C2SP tlog-checkpoint) and the `iss` of its statements."""
    return f"{ORIGINS}{fingerprint[:32]}"


def witness_of(origin: str) -> str:
    """The name under which the party of a log cosigns (C2SP tlog-cosignature)."""
    return f"{origin}{WITNESS}"


def party_name(text: str) -> str:
    """Take a text as a party's short name: lower-case letters, digits and hyphens, at most 32.

    Raises:
        ValueError: it is none.
    """
    if not _PARTY.fullmatch(text) or text in ("all", "own"):
        raise ValueError("a party's name has 1 to 32 of a-z, 0-9 and -, and is neither all nor own")
    return text
