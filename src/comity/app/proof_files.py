"""Proof files as a person names them: what is no proof file at all is refused by what it looks like, before anything is judged.

A proof file that was cut off or changed is still one: judging it says that it is not valid.
"""

import base64
import binascii
import re

from comity import foreign
from comity.errors import NO_PROOF, ComityError, LocalError
from comity.model import content

# How a proof file begins (spec/proof-file.md): a map of a few keys, of which "v" is the first and "log" the second.
_MAPS = frozenset(range(0xA4, 0xB0))
_VERSION, _LOG = b"\x61v", b"\x63log"
_FORMS: tuple[tuple[bytes, str], ...] = (
    (b"-----BEGIN COMITY DESCRIPTOR-----", "a party's descriptor: comity peer add takes it"),
    (b"\x1f\x8b", "a compressed file (gzip): unpack it first"),
    (b"PK\x03\x04", "an archive (zip): unpack it first"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3", "a database: a node's directory is named with -C, and is no proof"),
)
_ARMOUR = re.compile(rb"-----BEGIN COMITY DESCRIPTOR-----")
_BASE64 = re.compile(rb"[A-Za-z0-9+/\s]{64,}={0,2}\s*")


def check(raw: bytes, place: str) -> None:
    """Refuse what is no proof file at all.

    Raises:
        LocalError: `no-proof`: what it looks like, and how to go on.
    """
    if not _is_proof(raw):
        message = f"no proof file: this looks like {_looks(raw)}; ask for the *.comity-proof as a file"
        raise LocalError(NO_PROOF, message, place=place)


def _is_proof(raw: bytes) -> bool:
    return (raw[:1] != b"" and raw[0] in _MAPS) or raw[1:3] == _VERSION or _LOG in raw[:12]


def _looks(raw: bytes) -> str:
    if not raw.strip():
        return "an empty file" if not raw else "a file of blanks"
    for start, what in _FORMS:
        if raw.startswith(start):
            return what
    if _ARMOUR.search(raw):
        return _FORMS[0][1]
    return _decoded(raw) or _json(raw) or _text(raw)


def _decoded(raw: bytes) -> str | None:
    """What is in base64, as mail programs and shells leave it."""
    if not _BASE64.fullmatch(raw):
        return None
    try:
        inside = base64.b64decode(b"".join(raw.split()), validate=True)
    except binascii.Error:
        return None
    return "a proof file in base64: decode it first (base64 -d)" if _is_proof(inside) else "something in base64"


def _json(raw: bytes) -> str | None:
    try:
        found = content.read_json(raw.removeprefix(b"\xef\xbb\xbf"))
    except ComityError:
        return None
    match found:
        case {"valid": _, "ladder": _} | {"error": _}:
            return "what comity has printed, and not the file that it judged"
        case {"type": str(), "features": _} | {"type": str(), "coordinates": _} | {"type": str(), "geometry": _}:
            return "a drawing (GeoJSON)"
        case {"type": "bundle"}:
            return "a STIX bundle"
        case {"type": str(kind), "id": _}:
            return (
                f"a STIX object of the type {foreign.quoted(kind, 40)}: its content alone, which nobody has signed here"
            )
    return "JSON"


def _text(raw: bytes) -> str:
    if raw.startswith(b"comity/"):
        return "a checkpoint or a part of one"
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "a file of another kind"
    if text.lstrip().startswith("<"):
        return "a web page, or XML"
    return "a text" if text.isprintable() or text.strip().replace("\n", "").isprintable() else "a file of another kind"
