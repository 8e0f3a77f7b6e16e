"""Proof files as a person names them: what is no proof file at all is refused by what it looks like, before anything is judged.

A proof file that was cut off or changed is still one: judging it says that it is not valid. What is written about it is never
written over it.
"""

import base64
import binascii
import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from comity import foreign
from comity.app import files
from comity.app.command import read
from comity.errors import BAD_ARGUMENT, NO_PROOF, ComityError, LocalError
from comity.exchange.prove import MAX_PROOF
from comity.exchange.verify import Verdict, verify
from comity.model import content
from comity.model.fingerprint import Fingerprint
from comity.space import instant
from comity.space.instant import Instant

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


@dataclass(frozen=True, slots=True)
class Judged:
    """A proof file, and what it shows.

    Attributes:
        name: the file's, without its folders.
        digest: its SHA-256, in hexadecimal digits.
        size: in bytes.
        at: when it was judged, by the clock of this machine.
        named, alone: the fingerprints that the reader gave.
    """

    verdict: Verdict
    name: str
    digest: str
    size: int
    at: Instant
    named: Mapping[str, Fingerprint]
    alone: Sequence[Fingerprint]


def judge(file: str, named: Mapping[str, Fingerprint], alone: Sequence[Fingerprint], quorum: int) -> Judged:
    """Judge a proof file; `-` is standard input.

    Raises:
        LocalError: `no-proof`.
        OSError: it cannot be read.
    """
    raw = read(file, MAX_PROOF + 1)
    check(raw, file)
    name = "standard input" if file == "-" else Path(file).name
    now = instant.from_seconds(int(time.time()))
    verdict = verify(raw, named, quorum, unnamed=alone)
    return Judged(verdict, name, sha256(raw).hexdigest(), len(raw), now, named, alone)


def may_write(file: str, outputs: Sequence[Path], *, force: bool) -> None:
    """Refuse, before anything is judged, to write over what is there; over the proof file itself, and two in one, always.

    Raises:
        LocalError: `exists`, `bad-argument`.
    """
    taken = [] if file == "-" else [os.path.realpath(file)]
    for output in outputs:
        if os.path.realpath(output) in taken:
            raise LocalError(BAD_ARGUMENT, "give a file of its own: this one is named already", place=str(output))
        taken.append(os.path.realpath(output))
        files.may_write(output, force=force)


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
