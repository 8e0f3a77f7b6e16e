"""Vectors of spec/descriptor.md: parties, their keys and the armoured form."""

import base64
import json
from typing import Any

from comity.model import party
from comity.model.party import UNPLACED, Keys
from comity.proof import cbor, envelope
from comity.proof.keys import Signer, SigningKey
from conformance.vectors.cast import (
    START,
    Actor,
    Vector,
    actor,
    bad,
    descriptor_content,
    flip,
    good,
    raw_sign1,
    seed,
    uuid,
)
from conformance.vectors.shared import repeated
from world import keys_of

_SALT = seed("random/descriptor")[:16]


def described(raw: bytes, signer: Signer | None = None, **changed: Any) -> bytes:
    """A packed descriptor with this content, signed by fr's root key."""
    fr = actor("fr")
    key = signer or fr.root
    claims = {1: changed.get("iss", fr.origin), 2: uuid("descriptor"), 6: START // 1000}
    header = {1: -8, 4: key.public.id[:8], 15: claims, 258: -16, 259: "application/comity+cbor"}
    data = raw_sign1(cbor.encode(header), envelope.commit(_SALT, raw), key)
    return cbor.encode([data, _SALT, raw])


def _keys(of: Actor) -> Keys:
    return keys_of(of.descriptor)


def _content(**changed: Any) -> bytes:
    """The content of fr's descriptor with some properties changed, or left out as None."""
    value = json.loads(descriptor_content("fr", _keys(actor("fr")))) | changed
    value = {name: item for name, item in value.items() if item is not None}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def vectors() -> list[Vector]:
    return [*_accepted(), *_signed(), *_keys_wrong(), *_properties(), *_packing(), *_armoured()]


def _shown(packed: bytes, **more: Any) -> dict[str, Any]:
    return {"read": "descriptor", "hex": packed.hex(), **more}


def _accepted() -> list[Vector]:
    told = []
    for name, desc in (("fr", "a party with Ed25519 keys"), ("de", "a party whose statement key is P-256")):
        one = actor(name)
        output = {
            "fingerprint": one.fingerprint,
            "origin": f"comity/{one.fingerprint[:32]}",
            "witness": f"comity/{one.fingerprint[:32]}/w",
            "party": name,
            "name": {"fr": "France", "de": "Deutschland"}[name],
            "addresses": [f"https://{name}.example"],
            "next_root": SigningKey(seed(f"{name}/next")).public.id.hex(),
            "reconstruction": False,
            "keys": {role: one.descriptor.key(role, UNPLACED).raw.hex() for role in party.ROLES},
        }
        given = _shown(one.packed, fingerprint=one.fingerprint)
        told.append(good(f"accepted-{name}", "DESCRIPTOR-1", desc, given, output))
    marked = _shown(described(_content(reconstruction=True)))
    fr = told[0].output | {"reconstruction": True}
    places = [
        "https://fr.example:8443/comity/v.1",
        "http://[2001:db8::1]:8001",
        "http://192.0.2.1",
        "https://xn--bcher-kva.example",
        "http://fr_node-1:443",
    ]
    many = _shown(described(_content(addresses=places)))
    return [
        *told,
        good("reconstruction", "DESCRIPTOR-16", "a party that exists in a demo alone", marked, fr),
        good(
            "formats",
            "DESCRIPTOR-21",
            "a party that says what it reads, among it what nobody knows",
            _shown(described(_content(formats=_FORMATS))),
            told[0].output | {"formats": _FORMATS},
        ),
        good("addresses", "DESCRIPTOR-12", "addresses of all kinds", many, told[0].output | {"addresses": places}),
    ]


_FORMATS = {"page": [1, 2], "proof-file": [3], "something-new": [1]}


def _signed() -> list[Vector]:
    fr, ru, plain = actor("fr"), actor("ru"), _content()
    flipped = cbor.decode(described(plain))
    flipped[0] = flip(flipped[0], -1)
    return [
        bad(
            "signed-by-statement-key",
            "DESCRIPTOR-2",
            "unknown-key",
            "signed by the statement key in place of the root",
            _shown(described(plain, fr.statement)),
        ),
        bad(
            "signature-flipped",
            "DESCRIPTOR-2",
            "bad-signature",
            "one bit of the root's signature",
            _shown(cbor.encode(flipped)),
        ),
        bad(
            "signed-by-another-root",
            "DESCRIPTOR-2",
            "unknown-key",
            "another root signs fr's keys",
            _shown(described(plain, ru.root)),
        ),
        bad("iss-of-another", "DESCRIPTOR-3", "wrong-issuer", "issued by ru", _shown(described(plain, iss=ru.origin))),
        bad(
            "another-fingerprint",
            "DESCRIPTOR-4",
            "fingerprint-mismatch",
            "fr's descriptor where ru's is expected",
            _shown(described(plain), fingerprint=ru.fingerprint),
        ),
    ]


def _keys_wrong() -> list[Vector]:
    fr, de = actor("fr"), actor("de")
    plain: dict[str, str] = json.loads(_content())["keys"]
    point = json.loads(descriptor_content("de", _keys(de)))["keys"]["statement"]
    missing = {role: key for role, key in plain.items() if role != "witness"}
    made: list[tuple[str, str, str, Any]] = [
        ("key-missing", "DESCRIPTOR-5", "no witness key", missing),
        ("key-extra", "DESCRIPTOR-5", "a sixth key", plain | {"backup": plain["log"]}),
        ("keys-list", "DESCRIPTOR-5", "keys as a list", list(plain.values())),
        ("key-padded", "DESCRIPTOR-5", "base64url with padding", plain | {"log": plain["log"] + "="}),
        ("key-hex", "DESCRIPTOR-5", "a key in hexadecimal", plain | {"log": fr.log.public.raw.hex()}),
        ("key-stray-bits", "DESCRIPTOR-5", "stray bits in the last character", plain | {"log": _stray(plain["log"])}),
        ("key-short", "DESCRIPTOR-5", "a key of 31 bytes", plain | {"log": _b64(fr.log.public.raw[:31])}),
        ("keys-shared", "DESCRIPTOR-6", "one key for log and witness", plain | {"witness": plain["log"]}),
        ("log-key-p256", "DESCRIPTOR-7", "a log key of P-256", plain | {"log": point}),
        ("transport-key-p256", "DESCRIPTOR-7", "a transport key of P-256", plain | {"transport": point}),
        (
            "key-small-order",
            "DESCRIPTOR-8",
            "a point of order 1, which signs anything",
            plain | {"log": _b64(b"\x01" + bytes(31))},
        ),
        ("key-not-canonical", "DESCRIPTOR-8", "y = p + 3", plain | {"log": _b64((2**255 - 16).to_bytes(32, "little"))}),
        ("key-off-curve", "DESCRIPTOR-8", "no point of P-256", plain | {"statement": _b64(b"\x04" + bytes(64))}),
    ]
    return [
        bad(name, rule, "not-stix", desc, _shown(described(_content(keys=keys)))) for name, rule, desc, keys in made
    ]


def _stray(text: str) -> str:
    """The same bytes with a bit set that no byte holds."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + letters[letters.index(text[-1]) + 1]


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _properties() -> list[Vector]:
    following = SigningKey(seed("fr/next")).public.id.hex()
    made: list[tuple[str, str, str, dict[str, Any]]] = [
        ("formats-list", "DESCRIPTOR-21", "names without versions", {"formats": ["page"]}),
        ("formats-number", "DESCRIPTOR-21", "one version that is no list", {"formats": {"page": 1}}),
        ("formats-no-version", "DESCRIPTOR-21", "no version", {"formats": {"page": []}}),
        ("formats-zero", "DESCRIPTOR-21", "version 0", {"formats": {"page": [0, 1]}}),
        ("formats-true", "DESCRIPTOR-21", "a version that is true", {"formats": {"page": [True]}}),
        ("formats-falling", "DESCRIPTOR-21", "versions in falling order", {"formats": {"page": [2, 1]}}),
        ("formats-twice", "DESCRIPTOR-21", "a version twice", {"formats": {"page": [1, 1]}}),
        ("formats-17", "DESCRIPTOR-21", "17 versions", {"formats": {"page": [*range(1, 18)]}}),
        ("formats-name", "DESCRIPTOR-21", "a name in capitals", {"formats": {"Page": [1]}}),
        (
            "formats-65",
            "DESCRIPTOR-21",
            "65 names",
            {
                "formats": {f"f{'-' * number}": [1] for number in range(32)}
                | {f"g{'-' * number}": [1] for number in range(32)}
                | {"h": [1]}
            },
        ),
        ("next-root-missing", "DESCRIPTOR-9", "no digest of the next root", {"next_root": None}),
        ("next-root-upper-case", "DESCRIPTOR-9", "the digest in capitals", {"next_root": following.upper()}),
        ("next-root-short", "DESCRIPTOR-9", "31 bytes", {"next_root": following[:62]}),
        ("party-upper-case", "DESCRIPTOR-10", "a short name in capitals", {"party": "FR"}),
        ("party-all", "DESCRIPTOR-10", "the name that stands for everybody", {"party": "all"}),
        ("party-long", "DESCRIPTOR-10", "33 characters", {"party": "f" * 33}),
        ("party-cyrillic", "DESCRIPTOR-10", "a name that looks like another", {"party": "\u0430b"}),
        ("name-empty", "DESCRIPTOR-11", "an empty display name", {"name": ""}),
        ("name-newline", "DESCRIPTOR-11", "a display name of two lines", {"name": "France\nclear"}),
        ("name-long", "DESCRIPTOR-11", "201 characters", {"name": "F" * 201}),
        ("addresses-text", "DESCRIPTOR-12", "one address that is no list", {"addresses": "https://fr.example"}),
        ("addresses-nine", "DESCRIPTOR-12", "nine addresses", {"addresses": ["https://fr.example"] * 9}),
        ("address-ftp", "DESCRIPTOR-12", "another scheme", {"addresses": ["ftp://fr.example"]}),
        ("address-user", "DESCRIPTOR-12", "a user before the host", {"addresses": ["https://ru.example@fr.example"]}),
        ("address-query", "DESCRIPTOR-12", "a query", {"addresses": ["https://fr.example/?to="]}),
        ("address-no-host", "DESCRIPTOR-12", "no host", {"addresses": ["https://"]}),
        *(
            (f"address-{name}", "DESCRIPTOR-12", desc, {"addresses": [f"{url}"]})
            for name, desc, url in (
                ("port-alone", "a port and no host", "http://:80"),
                ("path-alone", "a path and no host", "http:///comity"),
                ("bracket", "a bracket that is not closed", "http://["),
                ("zone", "an IPv6 address with a zone", "http://[fe80::1%25eth0]"),
                ("mapped", "an IPv4 address in IPv6 form", "http://[::ffff:192.0.2.1]"),
                ("ipv6-long", "an IPv6 address that is not in its shortest form", "http://[2001:db8:0:0::1]"),
                ("ipv4-short", "an IPv4 address of three numbers", "http://192.0.513"),
                ("ipv4-octal", "an IPv4 address with a leading zero", "http://192.0.2.010"),
                ("script", "a host that is not ASCII", "https://b\u00fccher.example"),
                ("label-empty", "two dots side by side", "https://fr..example"),
                ("percent", "a host with a percent-encoding", "https://fr%2eexample"),
                ("port-text", "a port that is no number", "https://fr.example:b"),
                ("port-empty", "a colon and no port", "https://fr.example:"),
                ("port-0", "port 0", "https://fr.example:0"),
                ("port-large", "port 99999", "http://fr.example:99999"),
                ("port-default", "the default port", "https://fr.example:443"),
                ("host-capitals", "a host in capitals", "https://FR.example"),
                ("scheme-capitals", "a scheme in capitals", "HTTPS://fr.example"),
                ("slash", "a slash at the end", "https://fr.example/"),
                ("dots", "a path that goes up", "https://fr.example/a/../b"),
                ("fragment", "a fragment", "https://fr.example#a"),
                ("long", "501 characters", "https://fr.example/" + "a" * 482),
            )
        ),
        ("reconstruction-false", "DESCRIPTOR-16", "a mark that marks nothing", {"reconstruction": False}),
        ("reconstruction-text", "DESCRIPTOR-16", "a mark that is a text", {"reconstruction": "true"}),
        ("reconstruction-one", "DESCRIPTOR-16", "a mark that is a number", {"reconstruction": 1}),
    ]
    return [
        bad(name, rule, "not-stix", desc, _shown(described(_content(**changed)))) for name, rule, desc, changed in made
    ]


def _packing() -> list[Vector]:
    packed = actor("fr").packed
    long_name = described(_content(x_padding="x" * (1 << 16)))
    large = {"read": "descriptor", **repeated(long_name, b"x", 1 << 16)}
    salted = cbor.decode(packed)
    salted[1] = flip(salted[1], 0)
    return [
        bad("trailing-byte", "DESCRIPTOR-1", "malformed", "one byte more after the end", _shown(packed + b"\x00")),
        bad("salt-changed", "DESCRIPTOR-1", "content-mismatch", "one bit of the salt", _shown(cbor.encode(salted))),
        bad("too-large", "DESCRIPTOR-1", "too-large", "more than 64 KiB", large),
        bad(
            "another-type",
            "DESCRIPTOR-1",
            "not-stix",
            "a note in place of a descriptor",
            _shown(
                described(
                    _content(type="note", content="x", object_refs=[f"note--{uuid('n')}"], id=f"note--{uuid('n')}")
                )
            ),
        ),
    ]


def _armoured() -> list[Vector]:
    packed = actor("fr").packed
    text = party.armour(packed)
    lines = text.splitlines()
    made = [
        ("armour-no-begin", "the first line is missing", "\n".join(lines[1:])),
        ("armour-no-end", "the last line is missing", "\n".join(lines[:-1])),
        ("armour-empty", "nothing between the marks", "\n".join([lines[0], lines[-1]])),
        ("armour-url-alphabet", "a character of another alphabet", text.replace(lines[1][:8], "____----")),
        ("armour-pem", "a certificate", text.replace("COMITY DESCRIPTOR", "CERTIFICATE")),
    ]
    return [
        good(
            "armour",
            "DESCRIPTOR-13",
            "the form for mail and paper",
            {"read": "armour", "text": text},
            {"descriptor": packed.hex()},
        ),
        *(
            bad(name, "DESCRIPTOR-13", "bad-argument", desc, {"read": "armour", "text": wrong})
            for name, desc, wrong in made
        ),
    ]
