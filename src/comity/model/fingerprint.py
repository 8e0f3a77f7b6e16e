"""Fingerprints: who a party is, as the SHA-256 of its 32-byte Ed25519 root key, in 64 lower-case hexadecimal digits.

Names are petnames of the one who uses them; a fingerprint is the same for everybody. A party's log origin, which is also
the issuer of its statements, is `comity/` and the first 32 of these digits.
"""

import re
from typing import NewType

Fingerprint = NewType("Fingerprint", str)

_HEX = re.compile(r"[0-9a-f]{64}", re.ASCII)
_PARTY = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)


def read(text: str) -> Fingerprint:
    """Take a text as a fingerprint.

    Raises:
        ValueError: it is none.
    """
    if not _HEX.fullmatch(text):
        raise ValueError("a fingerprint has 64 lower-case hexadecimal digits")
    return Fingerprint(text)


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
