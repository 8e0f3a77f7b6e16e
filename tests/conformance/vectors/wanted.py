"""Vectors of spec/page.md: the signed want, what stands beside it, and the hash by which an item is named."""

from hashlib import sha256
from typing import Any

from comity.exchange import deliver
from comity.exchange.deliver import PULL_TYPE, WANT_TYPE
from comity.model.acknowledgement import root_over
from comity.proof import cbor
from conformance.vectors.cast import Vector, actor, at, bad, flip, good
from conformance.vectors.items import note_item, report_item
from conformance.vectors.page import NO_TIME, of_version, sealed
from conformance.vectors.shared import in_pieces
from conformance.vectors.story import TOLD, root_of, story, want


def vectors() -> list[Vector]:
    return [*_wants(), *_hashes()]


def _asked(data: bytes, named: bytes | None = None, by: str = "ru", to: str = "fr") -> dict[str, Any]:
    beside = story().telling.data if named is None else named
    return {"read": "want", "by": by, "to": to, "hex": data.hex(), "tellings": beside.hex()}


def _wants() -> list[Vector]:
    fr, ru, us, told = actor("fr"), actor("ru"), actor("us"), story()
    by, to, root = bytes.fromhex(ru.fingerprint), bytes.fromhex(fr.fingerprint), root_of(told.fr, TOLD)
    fields: list[Any] = [by, to, TOLD, root, 1, root_over([told.telling]), at(4.5) // 1000]
    key, whole, one = ru.statement, want(), told.telling.data
    other = note_item().telling
    output = {
        "by": ru.fingerprint,
        "to": fr.fingerprint,
        "size": TOLD,
        "log_root": root.hex(),
        "count": 1,
        "root": root_over([told.telling]).hex(),
        "at": at(4.5) // 1000,
    }
    rows: list[tuple[str, str, str, dict[str, Any]]] = [
        ("want-untagged", "malformed", "without its tag", _asked(whole[1:])),
        ("want-is-pull", "malformed", "a pull in place of a want", _asked(sealed(PULL_TYPE, fields, key))),
        ("want-version-2", "unknown-version", "a later version", _asked(sealed(of_version(WANT_TYPE), fields, key))),
        ("want-header-extra", "malformed", "a header more", _asked(sealed(WANT_TYPE, fields, key, h15={}))),
        ("want-six-fields", "malformed", "no time", _asked(sealed(WANT_TYPE, fields[:6], key))),
        ("want-in-year-10000", "malformed", "a time that no calendar has", _asked(want(at=NO_TIME))),
        (
            "want-no-log-root",
            "malformed",
            "the size of a log without its root",
            _asked(sealed(WANT_TYPE, [*fields[:3], *fields[4:]], key)),
        ),
        (
            "want-log-root-short",
            "malformed",
            "a root of 31 bytes",
            _asked(sealed(WANT_TYPE, [*fields[:3], root[:31], *fields[4:]], key)),
        ),
        (
            "want-size-negative",
            "malformed",
            "a log of fewer than no leaves",
            _asked(sealed(WANT_TYPE, [*fields[:2], -1, *fields[3:]], key)),
        ),
        (
            "want-count-true",
            "malformed",
            "a count that is true",
            _asked(sealed(WANT_TYPE, [*fields[:4], True, *fields[5:]], key)),
        ),
        ("want-tellings-half", "malformed", "half a telling beside it", _asked(whole, one[:64])),
        ("want-of-nothing", "malformed", "no telling beside it", _asked(want(count=0, root=root_over([])), b"")),
        ("want-flipped", "bad-signature", "one bit of the signature", _asked(flip(whole, -1))),
        ("want-by-log-key", "unknown-key", "signed by the log key", _asked(sealed(WANT_TYPE, fields, ru.log))),
        ("want-for-another", "wrong-addressee", "ru signs in the name of us", _asked(want(by=us.fingerprint))),
        ("want-by-another", "unknown-key", "ru's want as us's", _asked(whole, by="us")),
        ("want-to-another", "wrong-addressee", "ru's want to fr, shown to us", _asked(whole, to="us")),
        ("want-other-telling", "content-mismatch", "another telling beside it", _asked(whole, other.data)),
        ("want-other-item", "content-mismatch", "the same ids and another item hash", _asked(whole, flip(one, 64))),
        ("want-other-reading", "content-mismatch", "another reading hash", _asked(whole, flip(one, 127))),
        ("want-telling-twice", "content-mismatch", "a telling more than its count", _asked(whole, one * 2)),
        ("want-telling-left-out", "content-mismatch", "one of two tellings", _asked(want(told.telling, other))),
        (
            "want-in-another-order",
            "content-mismatch",
            "two tellings in another order than its root is over",
            _asked(want(told.telling, other), other.data + one),
        ),
    ]
    return [
        good("want", "PAGE-18", "ru asks for the report that fr offered", _asked(whole), output),
        *(bad(name, "PAGE-18", code, desc, given) for name, code, desc, given in rows),
    ]


# -- the item hash, put together here as RFC 9162 2.1.1 has it


def _leaf(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _parts(triple: list[bytes]) -> list[bytes]:
    """Envelope and CBOR [salt, content]: a list of two byte strings, each with a head of one, two or three bytes."""
    salt, raw = triple[1:]
    return [triple[0], b"\x82" + _bstr(salt) + _bstr(raw)]


def _bstr(data: bytes) -> bytes:
    if len(data) < 24:
        return bytes([0x40 + len(data)]) + data
    if len(data) < 256:
        return bytes([0x58, len(data)]) + data
    return bytes([0x59, *len(data).to_bytes(2)]) + data


def _named(item: list[Any]) -> dict[str, Any]:
    given = _parts(item[3])
    said = [] if item[0] is None else _parts(item[0])
    hashes = [_leaf(part) for part in (*said, *given)]
    pairs = [_node(*hashes[place : place + 2]) for place in range(0, len(hashes), 2)]
    return {
        "statement": (bytes(32) if item[0] is None else _leaf(item[0][0])).hex(),
        "release": _leaf(item[3][0]).hex(),
        "item": (pairs[0] if len(pairs) == 1 else _node(*pairs)).hex(),
        "size": sum(map(len, (*said, *given))),
    }


def _hashed(item: list[Any]) -> dict[str, Any]:
    return {"read": "item-hash", **in_pieces(cbor.encode(item))}


def _hashes() -> list[Vector]:
    told = story()
    one = deliver.encode_item(report_item())
    (data, salt, raw), given = told.report.triple, list(told.to_ru.triple)
    taken_back = list(told.withdrawal.triple)
    moved = [data, salt + raw[:1], raw[1:]]
    rows: list[tuple[str, str, list[Any]]] = [
        ("item-hash", "the report, as released to ru", one),
        ("item-hash-withdrawal", "a notice of withdrawal: its two leaves alone", [None, 0, b"", taken_back, 6, b""]),
        (
            "item-hash-elsewhere",
            "at other places, by other paths: the same hash",
            [one[0], 7, b"", given, 9, bytes(32)],
        ),
        ("item-hash-envelope", "one bit of the statement's signature", [[flip(data, -1), salt, raw], *one[1:]]),
        ("item-hash-salt", "one bit of the salt", [[data, flip(salt, 0), raw], *one[1:]]),
        ("item-hash-content", "one bit of the content", [[data, salt, flip(raw, 0)], *one[1:]]),
        ("item-hash-moved", "the content's first byte as the last one of the salt", [moved, *one[1:]]),
        (
            "item-hash-release",
            "one bit of the release's salt",
            [*one[:3], [given[0], flip(given[1], 0), given[2]], *one[4:]],
        ),
        ("item-hash-release-content", "one bit of the release", [*one[:3], [*given[:2], flip(given[2], 9)], *one[4:]]),
        (
            "item-hash-exchanged",
            "statement and release in each other's place",
            [given, 2, b"", [data, salt, raw], 1, b""],
        ),
        ("item-hash-without-statement", "the release without its statement", [None, 0, b"", given, 2, b""]),
        (
            "item-hash-empty",
            "nothing but empty strings: it has a hash, however broken it is",
            [None, 0, b"", [b"", b"", b""], 0, b""],
        ),
    ]
    broken: list[tuple[str, str, list[Any]]] = [
        ("item-hash-two-parts", "a statement without its content", [[data, salt], *one[1:]]),
        ("item-hash-text", "content as a text string", [[data, salt, raw.decode()], *one[1:]]),
        ("item-hash-no-release", "no release", [*one[:3], None, *one[4:]]),
    ]
    return [
        *(good(name, "PAGE-19", desc, _hashed(item), _named(item)) for name, desc, item in rows),
        *(bad(name, "PAGE-5", "malformed", desc, _hashed(item)) for name, desc, item in broken),
    ]
