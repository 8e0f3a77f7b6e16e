"""Parties: who speaks, by what keys and where, as the party's own signed descriptor says it.

    {"type": "descriptor", ..., "party": "fr", "name": "France",
     "keys": {"root": "...", "statement": "...", "log": "...", "witness": "...", "transport": "..."},
     "next_root": "<SHA-256 of the next root key, hex>", "addresses": ["http://127.0.0.1:8001"]}

Keys are base64url without padding of the raw public bytes. The root signs the descriptor and nothing else; the five keys
are distinct; the root key's SHA-256 is the fingerprint. Leaf 0 of a party's log is its descriptor. One with
`"reconstruction": true` is of a party that exists in a demo or an exercise alone, and whose clock is not the real one.
"""

import base64
import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

from comity.errors import (
    BAD_ARGUMENT,
    FINGERPRINT_MISMATCH,
    NOT_STIX,
    UNKNOWN_KEY,
    WRONG_ISSUER,
    LocalError,
    RemoteError,
)
from comity.formats import Format, is_version
from comity.model import content, fingerprint
from comity.model.content import StixObject
from comity.model.fingerprint import Fingerprint, origin_of, witness_of
from comity.model.properties import hash32, reader_of, take, take_from
from comity.model.statement import Index, Signed, Unverified
from comity.proof.envelope import Envelope
from comity.proof.keys import Kind, VerifyingKey
from comity.space.instant import Instant

Use = Literal["root", "statement", "log", "witness", "transport"]
# Of each format its versions, in the order of the names.
Formats = tuple[tuple[str, tuple[int, ...]], ...]
ROLES: tuple[Use, ...] = ("root", "statement", "log", "witness", "transport")
# A log's, a witness's and a transport key are Ed25519 (C2SP tlog-checkpoint, tlog-cosignature; RFC 9421).
_ANY_KIND = frozenset({"statement"})


class Unplaced(Enum):
    """Of a signature that stands at no known index of its party's log."""

    UNPLACED = "unplaced"


# A message, a cosignature, or bytes that are judged wherever they stand: the key in force now is meant.
UNPLACED = Unplaced.UNPLACED
AtIndex = Index | Literal[Unplaced.UNPLACED]


@dataclass(frozen=True, slots=True)
class Keys:
    """A party's public keys, one per use."""

    root: VerifyingKey
    statement: VerifyingKey
    log: VerifyingKey
    witness: VerifyingKey
    transport: VerifyingKey


@dataclass(frozen=True, slots=True)
class Descriptor:
    """A party as it describes itself, its root's signature checked.

    Attributes:
        party: the short name it suggests for itself; a petname decides.
        next_root: SHA-256 of the root key that will follow this one.
        addresses: base URLs of its node; may be empty.
        reconstruction: it exists in a demo or an exercise alone; its times are not of the real clock.
        formats: which it reads, as it said when its log began; None where it says nothing: each in version 1.
    """

    signed: Signed
    fingerprint: Fingerprint
    party: str
    name: str
    _keys: Keys
    next_root: bytes
    addresses: tuple[str, ...]
    reconstruction: bool
    formats: Formats | None

    @property
    def origin(self) -> str:
        """The origin of its log and the issuer of its statements."""
        return origin_of(self.fingerprint)

    @property
    def witness_name(self) -> str:
        """The name under which it cosigns heads."""
        return witness_of(self.origin)

    def key(self, use: Use, at_index: AtIndex) -> VerifyingKey:
        """The key that is good for a use: the one way to a party's keys.

        Args:
            use: what it signs.
            at_index: the leaf of this party's log at which the signature stands; of a head, its last leaf. As long as keys
                do not change it is the descriptor's wherever that is.
        """
        key: VerifyingKey = getattr(self._keys, use)
        return key

    @property
    def every_key(self) -> frozenset[bytes]:
        """All its public keys, raw, whatever they are for: what no other party may have."""
        return frozenset(getattr(self._keys, role).raw for role in ROLES)

    def takes(self, name: str) -> tuple[int, ...]:
        """In which versions it reads a format."""
        return (1,) if self.formats is None else dict(self.formats).get(name, ())

    def vouch(self, shown: Unverified, at_index: AtIndex) -> Signed:
        """Take a statement as this party's, at its place in this party's log.

        Raises:
            RemoteError: as `check`, or the content's own faults.
        """
        self.check(shown.envelope, at_index)
        return Signed(shown.envelope, shown.salt, shown.object)

    def check(self, envelope: Envelope, at_index: AtIndex) -> None:
        """Check that a statement is this party's, whatever its content is.

        Raises:
            RemoteError: `wrong-issuer`, `unknown-key`, `bad-signature`.
        """
        if envelope.iss != self.origin:
            raise RemoteError(WRONG_ISSUER, f"issued by {envelope.iss}, not by {self.origin}")
        key = self.key("statement", at_index)
        if envelope.kid != key.id[:8]:
            raise RemoteError(UNKNOWN_KEY, "not signed by the statement key of its party's descriptor")
        envelope.verify(key)


def read(shown: Unverified, expected: Fingerprint | None = None) -> Descriptor:
    """Take a statement as a descriptor.

    Args:
        shown: the descriptor's statement.
        expected: the fingerprint it must have, where one is known.

    Raises:
        RemoteError: `fingerprint-mismatch`, `bad-signature`, `wrong-issuer`, `unknown-key`, `not-stix`, `unknown-version`.
    """
    return reader_of(DESCRIPTOR, shown.object)(shown, expected)


def _read_1(shown: Unverified, expected: Fingerprint | None) -> Descriptor:
    found = shown.object
    keys = _keys(found.properties.get("keys"))
    own = Fingerprint(keys.root.id.hex())
    if expected is not None and own != expected:
        evidence = {"expected": expected, "found": own}
        raise RemoteError(FINGERPRINT_MISMATCH, "the descriptor is another party's", evidence=evidence)
    if shown.envelope.kid != keys.root.id[:8]:
        raise RemoteError(UNKNOWN_KEY, "a descriptor is signed by its root key")
    shown.envelope.verify(keys.root)
    if shown.envelope.iss != origin_of(own):
        raise RemoteError(WRONG_ISSUER, "a descriptor is issued by the party that it describes")
    signed = Signed(shown.envelope, shown.salt, found)
    next_root = take(found, "next_root", hash32)
    party, name = take(found, "party", fingerprint.party_name), take(found, "name", _name)
    made_up, formats = _reconstruction(found), _formats(found)
    return Descriptor(signed, own, party, name, keys, next_root, _addresses(found), made_up, formats)


DESCRIPTOR = Format("descriptor", {1: _read_1})


def write(
    identifier: str,
    at: Instant,
    *,
    party: str,
    name: str,
    keys: Keys,
    next_root: bytes,
    addresses: Sequence[str],
    reconstruction: bool = False,
    formats: Formats | None = None,
) -> bytes:
    """The content of a descriptor."""
    return content.write(
        identifier,
        at,
        [
            ("party", party),
            ("name", name),
            ("keys", {role: _b64(getattr(keys, role).raw) for role in ROLES}),
            ("next_root", next_root.hex()),
            ("addresses", list(addresses)),
            ("reconstruction", True if reconstruction else None),
            ("formats", None if formats is None else {name: list(versions) for name, versions in formats}),
        ],
        created=at,
    )


# RFC 3986: scheme, host, perhaps a port and a path. A user, query or fragment has no place, nor any percent-encoding:
# of each address there is one spelling.
_ADDRESS = re.compile(r"([a-z]+)://(\[[^\[\]]*\]|[^\[\]/:]*)(:[^/]*)?(/.*)?", re.IGNORECASE | re.DOTALL)
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_SEGMENT = re.compile(r"[A-Za-z0-9._~-]+")
_DEFAULT_PORT = {"http": 80, "https": 443}
_MAX_ADDRESS = 500


def address(text: str) -> str:
    """Take a text that a person has typed as a node's base URL.

    Returns:
        Its canonical form: scheme and host in small letters, no default port, no slash at the end.

    Raises:
        ValueError: it is none, and why.
    """
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("an address is plain ASCII; a name in another script stands in it in its xn-- form")
    parts = _ADDRESS.fullmatch(text)
    if parts is None or parts[1].lower() not in _DEFAULT_PORT or len(text) > _MAX_ADDRESS:
        raise ValueError("an address is http:// or https://, a host (IPv6 in brackets), perhaps a port and a path")
    if any(mark in text for mark in "@?#"):
        raise ValueError("an address has no user, query or fragment")
    scheme, path = parts[1].lower(), (parts[4] or "").removesuffix("/")
    return f"{scheme}://{_host(parts[2].lower())}{_port(scheme, parts[3])}{_path(path)}"


def _host(text: str) -> str:
    if text.startswith("["):
        return f"[{_ipv6(text[1:-1])}]"
    labels = text.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        try:
            return str(ipaddress.IPv4Address(text))
        except ValueError:
            raise ValueError("a host that ends in a number is an IPv4 address of four numbers") from None
    if not text or len(text) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise ValueError("a host is a name of letters, digits and hyphens between dots, or an IP address")
    return text


def _ipv6(text: str) -> str:
    try:
        found = ipaddress.IPv6Address(text)
    except ValueError:
        found = None
    # Of an IPv4 address in IPv6 form there are two spellings, and Pythons differ in which they write.
    if found is None or found.scope_id is not None or found.ipv4_mapped is not None:
        raise ValueError("in brackets stands an IPv6 address, without a zone, and none that stands for an IPv4 address")
    return str(found)


def _port(scheme: str, text: str | None) -> str:
    if text is None:
        return ""
    if not _PORT.fullmatch(text[1:]) or int(text[1:]) > 65535:
        raise ValueError("a port is a number from 1 to 65535")
    return "" if int(text[1:]) == _DEFAULT_PORT[scheme] else text


def _path(text: str) -> str:
    for segment in text.split("/")[1:]:
        if not _SEGMENT.fullmatch(segment) or segment in (".", ".."):
            raise ValueError(
                "a path has letters, digits and -._~ between slashes, none of its parts being empty or dots"
            )
    return text


def _canonical(text: str) -> str:
    if address(text) != text:
        raise ValueError("not in its canonical form: small letters, no default port, no slash at the end")
    return text


def _keys(given: Any) -> Keys:
    if type(given) is not dict or given.keys() != set(ROLES):
        raise RemoteError(NOT_STIX, "must be an object with " + ", ".join(ROLES), place="/keys")
    found = {role: take_from(given, role, _key, inside="/keys") for role in ROLES}
    for role, key in found.items():
        if key.kind is not Kind.ED25519 and role not in _ANY_KIND:
            raise RemoteError(NOT_STIX, f"the {role} key must be Ed25519", place=f"/keys/{role}")
    if len({key.raw for key in found.values()}) != len(found):
        raise RemoteError(NOT_STIX, "each use must have a key of its own", place="/keys")
    return Keys(**found)


def _key(text: str) -> VerifyingKey:
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)) if len(text) < 100 else b""
    if _b64(raw) != text:
        raise ValueError("not canonical base64url without padding")
    return VerifyingKey(raw, Kind.ED25519 if len(raw) == 32 else Kind.P256)


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _name(text: str) -> str:
    if not 1 <= len(text) <= 200 or not text.isprintable():
        raise ValueError("a name has 1 to 200 printable characters")
    return text


def _addresses(found: StixObject) -> tuple[str, ...]:
    given = found.properties.get("addresses")
    if type(given) is not list or len(given) > 8:
        raise RemoteError(NOT_STIX, "must be a list of at most 8 URLs", place="/addresses")
    numbered = {str(number): item for number, item in enumerate(given)}
    return tuple(take_from(numbered, number, _canonical, inside="/addresses") for number in numbered)


def _reconstruction(found: StixObject) -> bool:
    if found.properties.get("reconstruction", True) is not True:
        raise RemoteError(NOT_STIX, "must be true where it stands", place="/reconstruction")
    return "reconstruction" in found.properties


_FORMAT = re.compile(r"[a-z][a-z-]{0,31}")


def _formats(found: StixObject) -> Formats | None:
    if "formats" not in found.properties:
        return None
    given = found.properties["formats"]
    if type(given) is not dict or len(given) > _MAX_FORMATS or not all(map(_FORMAT.fullmatch, given)):
        message = f"must be an object of at most {_MAX_FORMATS} formats, each by its name"
        raise RemoteError(NOT_STIX, message, place="/formats")
    for name, versions in given.items():
        if not _are_versions(versions):
            message = "versions are 1 to 16 whole numbers from 1, each larger than the one before"
            raise RemoteError(NOT_STIX, message, place=f"/formats/{name}")
    return tuple(sorted((name, tuple(versions)) for name, versions in given.items()))


_MAX_FORMATS = 64


def _are_versions(given: object) -> bool:
    if type(given) is not list or not 1 <= len(given) <= 16:
        return False
    return all(map(is_version, given)) and given == sorted(set(given))


# -- the armoured form, for handing a descriptor to others by mail or on paper

_BEGIN, _END = "-----BEGIN COMITY DESCRIPTOR-----", "-----END COMITY DESCRIPTOR-----"


def armour(packed: bytes) -> str:
    """The text form of a packed descriptor: base64 in lines of 64 between two marks."""
    body = base64.b64encode(packed).decode()
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    return "\n".join([_BEGIN, *lines, _END]) + "\n"


# Some mail programs make dashes longer, and each answer sets a mark before every line that it quotes.
_DASHES = "[-\u2010-\u2015\u2212]+"
_ARMOURED = (
    rf"{_DASHES} ?BEGIN COMITY DESCRIPTOR ?{_DASHES}(?P<body>[^-\u2010-\u2015\u2212]*)"
    rf"(?P<end>{_DASHES} ?END COMITY DESCRIPTOR)?"
)
_QUOTED = r"(?m)^[ \t>|]+"


# What mails and web pages set into a text: tags, entities, signs that do not show, and an equals sign in
# quoted-printable (RFC 2045), after which a line may go on.
_SET_IN = r"<[^<>]*>|&(?:gt|nbsp|#160|#62);|[\u00ad\u200b-\u200f\u2060\ufeff]"


def _bare(body: str) -> str:
    if "=3D" in body:
        body = re.sub(r"=[ \t]*\r?\n", "", body).replace("=3D", "=")
    return "".join(re.sub(_QUOTED, "", re.sub(_SET_IN, "", body)).split())


def unarmour(text: str) -> bytes:
    """Read the text form, wherever it stands: in a file of its own or within a mail, quoted, with lines of any length.

    Raises:
        LocalError: `bad-argument`: there is none, it is cut off or damaged, or there are several.
    """
    found = list(re.finditer(_ARMOURED, text))
    if not found:
        raise LocalError(BAD_ARGUMENT, f"not a descriptor: it starts with {_BEGIN} and ends with {_END}")
    if not all(one["end"] for one in found):
        raise LocalError(BAD_ARGUMENT, f"the descriptor is cut off or damaged: it ends with {_END}")
    bodies = {_bare(one["body"]) for one in found}
    if len(bodies) > 1:
        raise LocalError(BAD_ARGUMENT, f"there are {len(bodies)} descriptors in this text: keep the one that is meant")
    body = bodies.pop()
    try:
        packed = base64.b64decode(body, validate=True)
    except ValueError:
        packed = b""
    if not packed or base64.b64encode(packed).decode() != body:
        raise LocalError(BAD_ARGUMENT, "the descriptor's base64 is damaged")
    return packed
