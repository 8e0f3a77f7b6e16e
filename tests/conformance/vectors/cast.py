"""The cast of the vectors: four parties with keys from fixed seeds, their statements, logs and heads.

Made with the pure functions alone, so that a vector changes only when a format does. What must be refused is put
together by hand here, since no function of Comity would make it. The keys are published and good for nothing else.
"""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from comity.exchange import log as logs
from comity.exchange import sign as signing
from comity.model import content, party
from comity.model.fingerprint import Fingerprint, origin_of
from comity.model.party import Descriptor, Keys
from comity.model.statement import Draft, Signed, Unverified
from comity.node.keyring import FileKeyring
from comity.proof import cbor, merkle
from comity.proof.checkpoint import add_lines, cosign, parse_checkpoint
from comity.proof.keys import P256SigningKey, Signer, SigningKey
from comity.proof.tree import Tree
from comity.space import instant
from comity.space.instant import Instant

NAMES = ("fr", "ru", "us", "de")
START = instant.parse("2026-11-26T10:00:00Z")
_CURVE_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True)
class Vector:
    """One vector: what goes in, and what a reader gets or with which code it refuses."""

    name: str
    desc: str
    rule: str
    input: dict[str, Any]
    output: Any
    want_err: str | bool

    def as_dict(self) -> dict[str, Any]:
        told = {"desc": self.desc, "rule": self.rule, "input": self.input, "output": self.output}
        return {**told, "wantErr": self.want_err}


def good(name: str, rule: str, desc: str, given: dict[str, Any], output: Any) -> Vector:
    return Vector(name, desc, rule, given, output, False)


def bad(name: str, rule: str, code: str, desc: str, given: dict[str, Any]) -> Vector:
    return Vector(name, desc, rule, given, None, code)


def seed(label: str) -> bytes:
    """32 bytes that everybody knows."""
    return sha256(f"comity/spec/vectors/{label}".encode()).digest()


def uuid(label: str) -> str:
    return signing.uuid_of(seed(f"uuid/{label}")[:16])


def at(minutes: float) -> Instant:
    return Instant(START + int(minutes * 60_000))


class RepeatableP256(P256SigningKey):
    """Signs with the nonce of RFC 6979, so that a vector can be made again."""

    def __init__(self, secret: int) -> None:
        super().__init__(secret)
        self._repeatable = ec.derive_private_key(secret, ec.SECP256R1())

    def sign(self, message: bytes) -> bytes:
        made = self._repeatable.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        r, s = decode_dss_signature(made)
        return r.to_bytes(32) + s.to_bytes(32)


@dataclass(frozen=True)
class Actor:
    """A party with all its keys."""

    name: str
    root: SigningKey
    statement: Signer
    log: SigningKey
    witness: SigningKey
    transport: SigningKey
    descriptor: Descriptor

    @property
    def fingerprint(self) -> Fingerprint:
        return self.descriptor.fingerprint

    @property
    def origin(self) -> str:
        return self.descriptor.origin

    @property
    def described(self) -> Signed:
        return self.descriptor.signed

    @property
    def packed(self) -> bytes:
        return pack(self.described)

    @property
    def ring(self) -> FileKeyring:
        assert isinstance(self.statement, SigningKey)
        return FileKeyring(self.statement, self.log, self.witness, self.transport)

    def says(self, raw: bytes, label: str, when: Instant, *, by: Signer | None = None) -> Signed:
        """Sign content with salt and subject from a label."""
        draft = Draft(content.parse(raw))
        signer = by or self.statement
        return signing.sign(draft, origin=self.origin, now=when, random=seed(f"random/{label}"), signer=signer)


@cache
def actor(name: str) -> Actor:
    keys = {use: SigningKey(seed(f"{name}/{use}")) for use in ("root", "log", "witness", "transport")}
    statement: Signer = SigningKey(seed(f"{name}/statement"))
    if name == "de":  # the one whose hardware has no Ed25519
        statement = RepeatableP256(p256_secret(name))
    public = Keys(statement=statement.public, **{use: key.public for use, key in keys.items()})
    raw = descriptor_content(name, public)
    own = Fingerprint(public.root.id.hex())
    random = seed(f"random/{name}/descriptor")
    made = signing.sign(Draft(content.parse(raw)), origin=origin_of(own), now=START, random=random, signer=keys["root"])
    found = party.read(Unverified.read(list(made.triple)))
    return Actor(name, statement=statement, descriptor=found, **keys)


def p256_secret(name: str) -> int:
    return int.from_bytes(seed(f"{name}/statement")) % _CURVE_ORDER


def descriptor_content(name: str, keys: Keys, **changed: Any) -> bytes:
    given = {"party": name, "name": _TITLES[name], "addresses": [f"https://{name}.example"]} | changed
    following = SigningKey(seed(f"{name}/next")).public.id
    return party.write(f"descriptor--{uuid(name)}", START, keys=keys, next_root=following, **given)


_TITLES = {"fr": "France", "ru": "Россия", "us": "United States", "de": "Deutschland"}

REPORT = content.dump(
    {
        "type": "report",
        "spec_version": "2.1",
        "id": "report--5a4f0c1e-7a55-4a3e-9a39-3c0c7a2b9d10",
        "created": "2026-11-26T09:30:00.000Z",
        "modified": "2026-11-26T09:30:00.000Z",
        "name": "نقطة تفتيش / Контрольный пункт / 检查站 / checkpoint",
        "published": "2026-11-26T09:30:00Z",
        "object_refs": ["location--2a4b8c6d-0e1f-4a2b-8c3d-4e5f60718293"],
        "x_unknown": {"kept": ["as", 1, None]},
    }
)
NOTE = content.dump(
    {
        "type": "note",
        "spec_version": "2.1",
        "id": "note--1c9a3b52-0b7e-4f63-8a4d-5d5e8f3c2b11",
        "created": "2026-11-26T09:40:00.000Z",
        "modified": "2026-11-26T09:40:00.000Z",
        "content": "the crossing is closed until noon",
        "object_refs": ["location--2a4b8c6d-0e1f-4a2b-8c3d-4e5f60718293"],
    }
)


class Log:
    """A party's log as a list of statements; leaf 0 is its descriptor."""

    def __init__(self, of: Actor, *entries: Signed) -> None:
        self.of, self.entries = of, [of.described, *entries]

    @property
    def ids(self) -> list[bytes]:
        return [entry.id for entry in self.entries]

    def path(self, index: int, size: int | None = None) -> list[bytes]:
        return merkle.inclusion_path(self.ids[:size], index)

    def join(self, old: int, new: int) -> list[bytes]:
        return join(self.ids[:new], old)

    def note(self, size: int | None = None, *, when: Instant, witnesses: dict[str, Instant] | None = None) -> bytes:
        """The signed head, cosigned by its own party and by others at their times."""
        tree, _ = Tree.empty().append(self.ids[:size])
        me = self.of
        made = logs.head(tree, origin=me.origin, log=me.log, witness=me.witness, now=when)
        return cosigned(made, witnesses or {})


def join(leaves: list[bytes], old: int, whole: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 9162 2.1.4.1 as it is written."""
    if old == len(leaves):
        return [] if whole else [merkle.root_of(leaves)]
    middle = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = leaves[:middle], leaves[middle:]
    if old <= middle:
        return [*join(left, old, whole), merkle.root_of(right)]
    return [*join(right, old - middle, False), merkle.root_of(left)]


def cosigned(note: bytes, witnesses: dict[str, Instant]) -> bytes:
    head = parse_checkpoint(note).checkpoint
    made = [(actor(name), when) for name, when in witnesses.items()]
    return add_lines(note, [cosign(head, by.descriptor.witness_name, by.witness, t // 1000) for by, t in made])


# -- what no function of Comity would make


def pack(signed: Signed) -> bytes:
    return cbor.encode(list(signed.triple))


def bstr(data: bytes) -> bytes:
    return cbor.bstr_head(len(data)) + data


def raw_sign1(
    protected: bytes,
    payload: bytes | None,
    key: Signer,
    *,
    unprotected: bytes = b"\xa0",
    detached: bytes | None = None,
    first: bytes = b"\xd2\x84",
) -> bytes:
    """A COSE_Sign1 put together byte by byte, its signature good for whatever stands in it."""
    signed = cbor.encode(["Signature1", protected, b"", payload if detached is None else detached])
    middle = b"\xf6" if payload is None else bstr(payload)
    return first + bstr(protected) + unprotected + middle + bstr(key.sign(signed))


def flip(data: bytes, place: int, mask: int = 1) -> bytes:
    changed = bytearray(data)
    changed[place] ^= mask
    return bytes(changed)


# -- how things stand in a vector


def triple(parts: tuple[bytes, bytes, bytes]) -> dict[str, str]:
    envelope, salt, raw = parts
    try:
        shown = {"content": raw.decode()}
    except UnicodeDecodeError:
        shown = {"content_hex": raw.hex()}
    return {"envelope": envelope.hex(), "salt": salt.hex(), **shown}


def parties() -> dict[str, Any]:
    """The cast as spec/vectors/parties.json shows it, seeds included."""
    told = {}
    for name in NAMES:
        one = actor(name)
        seeds = {use: seed(f"{name}/{use}").hex() for use in ("root", "next", "log", "witness", "transport")}
        if name == "de":
            seeds["statement (a P-256 scalar)"] = p256_secret(name).to_bytes(32).hex()
        else:
            seeds["statement"] = seed(f"{name}/statement").hex()
        told[name] = {
            "fingerprint": one.fingerprint,
            "origin": one.origin,
            "descriptor": one.packed.hex(),
            "private": seeds,
        }
    return told
