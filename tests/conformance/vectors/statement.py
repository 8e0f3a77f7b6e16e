"""Vectors of spec/statement.md: envelopes, commitments, content."""

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from comity.proof import cbor, envelope
from comity.proof.keys import Signer
from conformance.vectors.cast import (
    REPORT,
    START,
    Vector,
    actor,
    bad,
    bstr,
    flip,
    good,
    raw_sign1,
    seed,
    triple,
    uuid,
)

SALT = seed("random/statement")[:16]
SUB = uuid("subject")
IAT = START // 1000


def header(**changed: Any) -> dict[Any, Any]:
    """The protected header of a statement of fr; a label given as `h4=...` is changed, as None left out."""
    claims = {1: actor("fr").origin, 2: SUB, 6: IAT}
    plain = {1: -8, 4: actor("fr").statement.public.id[:8], 15: claims, 258: -16, 259: "application/comity+cbor"}
    plain |= {int(label[1:]): value for label, value in changed.items()}
    return {label: value for label, value in plain.items() if value is not None}


def claims(**changed: Any) -> dict[Any, Any]:
    plain: dict[Any, Any] = {1: actor("fr").origin, 2: SUB, 6: IAT}
    plain |= {int(label[1:]): value for label, value in changed.items()}
    return {label: value for label, value in plain.items() if value is not None}


def sealed(protected: dict[Any, Any] | bytes, key: Signer | None = None, **how: Any) -> tuple[bytes, bytes, bytes]:
    """A statement of the report with this protected header, well signed."""
    written = protected if type(protected) is bytes else cbor.encode(protected)
    payload = how.pop("payload", envelope.commit(SALT, REPORT))
    return raw_sign1(written, payload, key or actor("fr").statement, **how), SALT, REPORT


def reading(parts: tuple[bytes, bytes, bytes], by: str = "fr") -> dict[str, Any]:
    return {"read": "statement", "by": by, "statement": triple(parts)}


def read_as(parts: tuple[bytes, bytes, bytes], iss: str, kind: str, id: str) -> dict[str, Any]:
    """What a reader gets, worked out from the bytes alone."""
    return {
        "id": sha256(b"\x00" + parts[0]).hexdigest(),
        "iss": iss,
        "sub": SUB,
        "iat": IAT,
        "type": kind,
        "object": id,
        "content": parts[2].decode(),
    }


def _report(parts: tuple[bytes, bytes, bytes], iss: str) -> dict[str, Any]:
    return read_as(parts, iss, "report", json.loads(REPORT)["id"])


def vectors() -> list[Vector]:
    return [*_accepted(), *_encodings(), *_headers(), *_signatures(), *_commitments(), *_json(), *_stix()]


def _accepted() -> list[Vector]:
    fr, de = actor("fr"), actor("de")
    plain, named = sealed(header()), sealed(header(h1=-19))
    es256 = header(h1=-7, h4=de.statement.public.id[:8], h15=claims(c1=de.origin))
    esp256 = es256 | {1: -9}
    made = [
        ("accepted", "STATEMENT-1", "a report, signed with Ed25519 under its old name", plain, "fr"),
        ("accepted-alg-19", "STATEMENT-5", "the same, signed with Ed25519 under its new name", named, "fr"),
        ("accepted-es256", "STATEMENT-5", "a P-256 statement key, ES256", sealed(es256, de.statement), "de"),
        ("accepted-esp256", "STATEMENT-5", "a P-256 statement key, ESP256", sealed(esp256, de.statement), "de"),
    ]
    told = [
        good(name, rule, desc, reading(parts, by), _report(parts, actor(by).origin))
        for name, rule, desc, parts, by in made
    ]
    spaced = json.dumps(json.loads(REPORT), indent=1, ensure_ascii=True).encode()
    parts = (raw_sign1(cbor.encode(header()), envelope.commit(SALT, spaced), fr.statement), SALT, spaced)
    desc = "white space, escapes and unknown properties are kept to the byte"
    return [*told, good("content-kept", "STATEMENT-20", desc, reading(parts), _report(parts, fr.origin))]


def _encodings() -> list[Vector]:
    data = sealed(header())[0]
    rest = (SALT, REPORT)
    split = [(cbor.encode(label), cbor.encode(value)) for label, value in header().items()]
    backwards = b"\xa5" + b"".join(label + value for label, value in reversed(split))
    twice = b"\xa6" + b"".join(label + value for label, value in [split[0], *split])
    long_alg = b"\xa5" + b"\x01\x38\x07" + b"".join(label + value for label, value in split[1:])
    endless = b"\xbf" + b"".join(label + value for label, value in split) + b"\xff"
    floating = cbor.encode(header()).replace(cbor.encode(IAT), b"\xfb" + bytes.fromhex("41dac1d2a8000000"))
    spread = b"\xd2\x9f" + data[2:] + b"\xff"
    first, second, code = "STATEMENT-1", "STATEMENT-2", "malformed"
    made: list[tuple[str, str, str, bytes]] = [
        ("untagged", first, "the COSE_Sign1 without its tag", data[1:]),
        ("tag-98", first, "tagged as a COSE_Sign", b"\xd8\x62" + data[1:]),
        ("tag-18-long", first, "tag 18 in two bytes", b"\xd8\x12" + data[1:]),
        ("five-parts", first, "a list of five", b"\xd2\x85" + data[2:] + b"\x40"),
        ("empty", first, "no bytes at all", b""),
        ("trailing-byte", second, "one byte more after the end", data + b"\x00"),
        ("truncated", second, "the last byte is missing", data[:-1]),
        ("indefinite-list", second, "the outer list in indefinite length", spread),
        ("indefinite-map", second, "the protected header in indefinite length", sealed(endless)[0]),
        ("keys-unsorted", second, "the protected header's keys not in bytewise order", sealed(backwards)[0]),
        ("keys-twice", second, "label 1 stands twice in the protected header", sealed(twice)[0]),
        ("integer-long", second, "alg -8 in two bytes where one does", sealed(long_alg)[0]),
        ("float-time", second, "iat as a floating point number", sealed(floating)[0]),
        ("too-long", "STATEMENT-15", "an envelope of more than 1,024 bytes", sealed(header(h259="x" * 1024))[0]),
    ]
    told = [bad(name, rule, code, desc, reading((data, *rest))) for name, rule, desc, data in made]
    listed: list[tuple[str, str, Any]] = [
        ("two-parts", "a list of envelope and salt alone", [data, SALT]),
        ("content-as-text", "the content as a text string", [data, SALT, REPORT.decode()]),
        ("as-map", "a map in place of the list", {"envelope": data}),
    ]
    for name, desc, value in listed:
        given = {"read": "statement", "by": "fr", "packed": cbor.encode(value).hex()}
        told.append(bad(name, "STATEMENT-16", code, desc, given))
    return told


def _headers() -> list[Vector]:
    fr, ru = actor("fr"), actor("ru")
    outside = cbor.encode({4: b"12345678"})
    made: list[tuple[str, str, str, str, tuple[bytes, bytes, bytes]]] = [
        (
            "unprotected",
            "STATEMENT-3",
            "malformed",
            "a header that nobody signed",
            sealed(header(), unprotected=outside),
        ),
        ("label-259-missing", "STATEMENT-4", "malformed", "no content type of the preimage", sealed(header(h259=None))),
        (
            "label-3",
            "STATEMENT-4",
            "malformed",
            "label 3 beside 259, against RFC 9995",
            sealed(header(h3="text/plain")),
        ),
        (
            "label-260",
            "STATEMENT-4",
            "malformed",
            "a location of the content",
            sealed(header(h260="https://fr.example")),
        ),
        ("crit", "STATEMENT-4", "malformed", "a critical header", sealed(header(h2=[258]))),
        ("alg-es384", "STATEMENT-5", "unknown-algorithm", "ES384", sealed(header(h1=-35))),
        ("alg-ml-dsa-44", "STATEMENT-5", "unknown-algorithm", "ML-DSA-44", sealed(header(h1=-48))),
        ("alg-hs256", "STATEMENT-5", "unknown-algorithm", "a symmetric algorithm", sealed(header(h1=5))),
        ("alg-text", "STATEMENT-5", "unknown-algorithm", "an algorithm by its name", sealed(header(h1="EdDSA"))),
        ("alg-of-other-kind", "STATEMENT-6", "unknown-algorithm", "ES256 over an Ed25519 key", sealed(header(h1=-7))),
        ("kid-short", "STATEMENT-7", "malformed", "a kid of 7 bytes", sealed(header(h4=fr.statement.public.id[:7]))),
        (
            "kid-of-another-key",
            "STATEMENT-7",
            "unknown-key",
            "signed by the party's log key, which signs no statements",
            sealed(header(h4=fr.log.public.id[:8]), fr.log),
        ),
        ("claim-extra", "STATEMENT-8", "malformed", "a claim exp", sealed(header(h15=claims(c4=IAT + 60)))),
        ("claim-missing", "STATEMENT-8", "malformed", "no iat", sealed(header(h15=claims(c6=None)))),
        ("claims-as-list", "STATEMENT-8", "malformed", "claims as a list", sealed(header(h15=[fr.origin, SUB, IAT]))),
        (
            "iss-of-another",
            "STATEMENT-9",
            "wrong-issuer",
            "fr signs in the name of ru",
            sealed(header(h15=claims(c1=ru.origin))),
        ),
        (
            "iss-upper-case",
            "STATEMENT-9",
            "malformed",
            "an issuer in capitals",
            sealed(header(h15=claims(c1="COMITY"))),
        ),
        (
            "sub-stix-id",
            "STATEMENT-10",
            "malformed",
            "the STIX id as subject",
            sealed(header(h15=claims(c2="report--x"))),
        ),
        (
            "sub-version-1",
            "STATEMENT-10",
            "malformed",
            "a UUID of version 1",
            sealed(header(h15=claims(c2=_VERSION_1))),
        ),
        (
            "sub-upper-case",
            "STATEMENT-10",
            "malformed",
            "a UUID in capitals",
            sealed(header(h15=claims(c2=SUB.upper()))),
        ),
        ("iat-negative", "STATEMENT-11", "malformed", "before 1970", sealed(header(h15=claims(c6=-1)))),
        ("iat-year-10000", "STATEMENT-11", "malformed", "after 9999", sealed(header(h15=claims(c6=253402300800)))),
        ("iat-text", "STATEMENT-11", "malformed", "a time as text", sealed(header(h15=claims(c6="2026-11-26")))),
        ("hash-sha512", "STATEMENT-12", "malformed", "another hash is named", sealed(header(h258=-44))),
        (
            "version-2",
            "STATEMENT-12",
            "unknown-version",
            "a later version",
            sealed(header(h259="application/comity.2+cbor")),
        ),
        (
            "version-01",
            "STATEMENT-12",
            "malformed",
            "a zero before it",
            sealed(header(h259="application/comity.01+cbor")),
        ),
        ("content-type", "STATEMENT-12", "malformed", "another preimage type", sealed(header(h259="application/json"))),
        ("payload-short", "STATEMENT-12", "malformed", "a commitment of 31 bytes", sealed(header(), payload=bytes(31))),
        (
            "payload-detached",
            "STATEMENT-12",
            "malformed",
            "a commitment that travels elsewhere",
            sealed(header(), payload=None, detached=bytes(32)),
        ),
    ]
    return [bad(name, rule, code, desc, reading(parts)) for name, rule, code, desc, parts in made]


_VERSION_1 = "2f4c0c9e-7d5a-11ef-9b7e-0242ac120002"


def _signatures() -> list[Vector]:
    whole, ru = sealed(header()), actor("ru")
    claimed_late = sealed(header(h15=claims(c6=IAT + 1)))[0]
    changed: list[tuple[str, str, bytes]] = [
        ("signature-flipped", "one bit of the signature is another", flip(whole[0], -1)),
        ("signature-short", "a signature of 63 bytes", whole[0][:-66] + bstr(whole[0][-64:-1])),
        ("signed-by-another", "ru signs with fr's kid", sealed(header(), ru.statement)[0]),
        ("header-changed", "signed for one time, shown with another", claimed_late[:-64] + whole[0][-64:]),
    ]
    told = [
        bad(name, "STATEMENT-13", "bad-signature", desc, reading((data, SALT, REPORT))) for name, desc, data in changed
    ]
    de = actor("de")
    es256 = header(h1=-7, h4=de.statement.public.id[:8], h15=claims(c1=de.origin))
    shown = (flip(sealed(es256, de.statement)[0], -1), SALT, REPORT)
    return [
        *told,
        bad("es256-flipped", "STATEMENT-13", "bad-signature", "one bit of an ES256 signature", reading(shown, "de")),
    ]


def _commitments() -> list[Vector]:
    data = sealed(header())[0]
    naked = sealed(header(), payload=sha256(REPORT).digest())[0]
    changed: list[tuple[str, str, bytes, bytes, bytes]] = [
        ("content-changed", "one letter of the content is another", data, SALT, REPORT.replace(b"check", b"Check")),
        ("content-respaced", "the same JSON with a space more", data, SALT, REPORT.replace(b",", b", ", 1)),
        ("salt-changed", "one bit of the salt is another", data, flip(SALT, 0), REPORT),
        ("salt-short", "a salt of 15 bytes", data, SALT[:15], REPORT),
        ("salt-empty", "no salt", data, b"", REPORT),
        ("unsalted", "a commitment to the content alone, which could be guessed", naked, SALT, REPORT),
    ]
    for name, salt in (("salt-short-committed", SALT[:15]), ("salt-long-committed", SALT + b"\x00")):
        opened = sealed(header(), payload=envelope.commit(salt, REPORT))[0]
        changed.append((name, f"a commitment that a salt of {len(salt)} bytes opens", opened, salt, REPORT))
    rule, code = "STATEMENT-14", "content-mismatch"
    return [bad(name, rule, code, desc, reading((shown, salt, raw))) for name, desc, shown, salt, raw in changed]


def _json() -> list[Vector]:
    made: list[tuple[str, str, bytes]] = [
        ("json-not-utf-8", "Latin-1 in a name", REPORT.replace(b"checkpoint", b"check\xe9")),
        ("json-bom", "a byte order mark", b"\xef\xbb\xbf" + REPORT),
        ("json-twice", "two values", REPORT + REPORT),
        ("json-key-twice", "a key that stands twice", REPORT.replace(b'{"type"', b'{"type":"note","type"')),
        (
            "json-inner-key-twice",
            "a key that stands twice deeper down",
            REPORT.replace(b'"kept":', b'"kept":0,"kept":'),
        ),
        ("json-nan", "NaN", REPORT.replace(b"null", b"NaN")),
        ("json-infinity", "a number that overflows to infinity", REPORT.replace(b"null", b"1e999")),
        ("json-surrogate", "a lone surrogate", REPORT.replace(b"checkpoint", b"\\ud800")),
        ("json-comment", "a comment", REPORT.replace(b",", b",/* no */", 1)),
        ("json-control", "a bare control character in a string", REPORT.replace(b"checkpoint", b"check\tpoint")),
        ("json-empty", "nothing", b""),
    ]
    told = [bad(name, "STATEMENT-17", "not-json", desc, {"read": "content", **_shown(raw)}) for name, desc, raw in made]
    deep = {"read": "content", "pieces": [["5b", 100_000]]}
    nested = {"read": "content", "pieces": [["5b", 34], ["5d", 34]]}
    large = {"read": "content", "pieces": [REPORT.hex(), ["20", 1 << 20]]}
    return [
        *told,
        bad("json-depth-bomb", "STATEMENT-18", "too-large", "100,000 opening brackets", deep),
        bad("json-depth-34", "STATEMENT-17", "not-json", "34 lists in one another", nested),
        bad("content-large", "STATEMENT-18", "too-large", "a report with a mebibyte of spaces after it", large),
    ]


def _shown(raw: bytes) -> dict[str, str]:
    try:
        return {"text": raw.decode()}
    except UnicodeDecodeError:
        return {"hex": raw.hex()}


def _stix() -> list[Vector]:
    changes: list[tuple[str, str, Callable[[dict[str, Any]], Any]]] = [
        ("stix-list", "a list of objects", lambda o: [o]),
        ("stix-bundle", "a bundle", lambda o: {"type": "bundle", "id": f"bundle--{uuid('bundle')}", "objects": [o]}),
        ("stix-no-type", "no type", lambda o: _without(o, "type")),
        ("stix-no-id", "no id", lambda o: _without(o, "id")),
        ("stix-id-of-other-type", "a note's id on a report", lambda o: o | {"id": f"note--{uuid('note')}"}),
        ("stix-id-no-uuid", "an id without a UUID", lambda o: o | {"id": "report--1"}),
        ("stix-version", "STIX 2.0", lambda o: o | {"spec_version": "2.0"}),
        ("stix-no-modified", "no modified", lambda o: _without(o, "modified")),
        ("stix-modified-early", "modified before created", lambda o: o | {"modified": "2026-11-26T09:29:59.999Z"}),
        ("stix-time-offset", "a time with an offset", lambda o: o | {"published": "2026-11-26T10:30:00+01:00"}),
        ("stix-time-no-day", "a day that no calendar has", lambda o: o | {"published": "2026-02-30T10:30:00Z"}),
        ("stix-created-1969", "created before 1970", lambda o: o | {"created": "1969-12-31T23:59:59Z"}),
        ("stix-leap-second", "a leap second", lambda o: o | {"published": "2016-12-31T23:59:60Z"}),
        ("stix-year-0", "the year 0", lambda o: o | {"published": "0000-12-31T00:00:00Z"}),
        ("stix-required-missing", "a report without object_refs", lambda o: _without(o, "object_refs")),
        ("stix-name-number", "a name that is a number", lambda o: o | {"name": 7}),
        ("stix-marking-no-id", "a marking that is no id", lambda o: o | {"object_marking_refs": ["TLP:RED"]}),
    ]
    plain = json.loads(REPORT)
    told = [
        bad(
            name,
            "STATEMENT-19",
            "not-stix",
            desc,
            {"read": "content", "text": json.dumps(change(plain), ensure_ascii=False)},
        )
        for name, desc, change in changes
    ]
    red = plain | {"object_marking_refs": ["marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"]}
    output = {"type": "report", "id": plain["id"], "modified": plain["modified"], "revoked": False}
    taken: list[tuple[str, str, dict[str, Any]]] = [
        ("stix-marked", "a report with a marking", red),
        ("stix-published-1964", "a time before 1970", plain | {"published": "1964-05-27T00:00:00Z"}),
        ("stix-published-year-1", "a time in the year 1", plain | {"published": "0001-01-01T00:00:00Z"}),
        ("stix-ten-digits", "ten digits of a second", plain | {"published": "2026-11-26T09:30:00.0000000001Z"}),
        ("stix-id-capitals", "an id in capitals", plain | {"id": _in_capitals(plain["id"])}),
    ]
    accepted = [
        good(name, "STATEMENT-19", desc, {"read": "content", "text": json.dumps(given, ensure_ascii=False)}, output)
        for name, desc, given in taken
    ]
    return [*told, *accepted]


def _in_capitals(identifier: str) -> str:
    kind, _, uuid = identifier.partition("--")
    return f"{kind}--{uuid.upper()}"


def _without(value: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: item for key, item in value.items() if key != name}
