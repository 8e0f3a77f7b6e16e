"""Content: one STIX 2.1 object, kept byte for byte as it was said.

It is parsed once and strictly (RFC 8259; no duplicate keys, NaN, infinities or lone surrogates), and never written
again: unknown properties survive because the bytes do. Types that STIX does not have must declare an extension
(STIX 2.1 section 7.3). References to other objects are not followed.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from comity.errors import NOT_JSON, NOT_STIX, TOO_LARGE, ComityError, RemoteError
from comity.model.extension import COMITY_TYPES
from comity.space import instant
from comity.space.instant import Instant

MAX_CONTENT = 1 << 20
MAX_DEPTH = 32

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_TYPE = re.compile(r"[a-z0-9][a-z0-9-]{1,248}[a-z0-9]", re.ASCII)
_ID = re.compile(rf"([a-z0-9][a-z0-9-]*[a-z0-9])--({_UUID})", re.ASCII)
_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", re.ASCII)

# STIX 2.1 sections 4 and 5: each domain and relationship object with the properties it must have.
_REQUIRED: dict[str, tuple[str, ...]] = {
    "attack-pattern": ("name",),
    "campaign": ("name",),
    "course-of-action": ("name",),
    "grouping": ("context", "object_refs"),
    "identity": ("name",),
    "incident": ("name",),
    "indicator": ("pattern", "pattern_type", "valid_from"),
    "infrastructure": ("name",),
    "intrusion-set": ("name",),
    "location": (),
    "malware": ("is_family",),
    "malware-analysis": ("product",),
    "note": ("content", "object_refs"),
    "observed-data": ("first_observed", "last_observed", "number_observed"),
    "opinion": ("opinion", "object_refs"),
    "report": ("name", "published", "object_refs"),
    "threat-actor": ("name",),
    "tool": ("name",),
    "vulnerability": ("name",),
    "relationship": ("relationship_type", "source_ref", "target_ref"),
    "sighting": ("sighting_of_ref",),
    "language-content": ("object_ref", "contents"),
    "extension-definition": ("name", "schema", "version", "extension_types"),
}
# Section 6: cyber-observables carry neither created nor modified.
_OBSERVABLES = frozenset(
    "artifact autonomous-system directory domain-name email-addr email-message file ipv4-addr ipv6-addr mac-addr mutex "
    "network-traffic process software url user-account windows-registry-key x509-certificate".split()
)
_TIMES = frozenset(
    "created modified published valid_from valid_until first_seen last_seen first_observed last_observed "
    "start_time stop_time submitted analysis_started analysis_ended".split()
)
_TEXTS = frozenset("name description pattern content context relationship_type".split())


@dataclass(frozen=True, slots=True)
class StixObject:
    """One STIX object: its bytes and the few properties that Comity itself reads.

    Attributes:
        raw: the bytes as they came.
        properties: all of them, parsed; for reading only.
        modified: which version this is; None for a cyber-observable.
    """

    raw: bytes
    properties: Mapping[str, Any]
    type: str
    id: str
    modified: Instant | None
    revoked: bool
    marking_refs: tuple[str, ...]

    @property
    def name(self) -> str:
        """A name for people: the object's `name`, else its id."""
        given = self.properties.get("name")
        return given if isinstance(given, str) and given else self.id


def parse(raw: bytes) -> StixObject:
    """Read one STIX 2.1 object.

    Raises:
        RemoteError: `too-large`, `not-json` or `not-stix`, naming the place and the rule.
    """
    if len(raw) > MAX_CONTENT:
        raise RemoteError(TOO_LARGE, f"{len(raw)} bytes; one object has at most {MAX_CONTENT}")
    value = read_json(raw)
    if type(value) is not dict:
        _stix("", "the content must be one STIX object, a JSON object (STIX 2.1 section 3)")
    return _object(raw, value)


def read_json(raw: bytes) -> Any:
    """Read JSON strictly.

    Raises:
        RemoteError: `not-json`.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RemoteError(NOT_JSON, "not UTF-8 (RFC 8259 section 8.1)", place=f"byte {error.start}") from None
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        raise RemoteError(NOT_JSON, f"{error.msg} (RFC 8259)", place=place) from None
    except RecursionError:
        raise RemoteError(NOT_JSON, f"nested deeper than {MAX_DEPTH}") from None
    except ValueError as error:
        raise RemoteError(NOT_JSON, str(error) if isinstance(error, _RefusedError) else "a number too long") from None
    # Bounds that a cheap count of the bytes proves need no walk through the value.
    if raw.count(b"{") + raw.count(b"[") > MAX_DEPTH or b"\\u" in raw:
        _walk(value, "", 0)
    return value


class _RefusedError(ValueError):
    pass


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _RefusedError(f"the key {twice[:64]!a} stands twice in one object (RFC 8259 section 4)")
    return found


def _no_constant(name: str) -> NoReturn:
    raise _RefusedError(f"{name} is not JSON (RFC 8259 section 6)")


def _finite(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise _RefusedError(f"{digits[:32]} is too large for a number (RFC 8259 section 6)")
    return value


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_no_constant, parse_float=_finite)


def _walk(value: Any, place: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise RemoteError(NOT_JSON, f"nested deeper than {MAX_DEPTH}", place=place[:128])
    if type(value) is dict:
        for key, item in value.items():
            _surrogates(key, place)
            _walk(item, f"{place}/{key}", depth + 1)
    elif type(value) is list:
        for number, item in enumerate(value):
            _walk(item, f"{place}/{number}", depth + 1)
    elif type(value) is str:
        _surrogates(value, place)


def _surrogates(text: str, place: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise RemoteError(NOT_JSON, "a lone surrogate is no character (RFC 8259 section 8.2)", place=place) from None


def _stix(place: str, message: str) -> NoReturn:
    raise RemoteError(NOT_STIX, message, place=place)


def _object(raw: bytes, value: dict[str, Any]) -> StixObject:
    kind = value.get("type")
    if type(kind) is not str or not _TYPE.fullmatch(kind):
        _stix("/type", "a STIX type name is required (STIX 2.1 section 2.16)")
    if kind == "bundle":
        _stix("/type", "a bundle is a parcel of objects, not one: say its objects one by one")
    _known(kind, value)
    identifier = value.get("id")
    found = _ID.fullmatch(identifier) if type(identifier) is str else None
    if found is None or found[1] != kind:
        _stix("/id", f"the id must be {kind}--UUID (STIX 2.1 section 2.9)")
    if type(value.get("revoked", False)) is not bool:
        _stix("/revoked", "revoked is true or false (STIX 2.1 section 3.2)")
    for name in value.keys() & _TIMES:
        _time(name, value[name])
    for name in value.keys() & _TEXTS:
        if type(value[name]) is not str:
            _stix(f"/{name}", "must be a string")
    modified = _versioned(kind, value)
    return StixObject(
        raw, value, kind, str(identifier), modified, value.get("revoked", False), _refs(value, "object_marking_refs")
    )


def _known(kind: str, value: dict[str, Any]) -> None:
    required = _REQUIRED.get(kind)
    if required is not None:
        for name in required:
            if name not in value:
                _stix(f"/{name}", f"a {kind} must have {name} (STIX 2.1 sections 4 and 5)")
    elif kind in COMITY_TYPES:
        if COMITY_TYPES[kind] not in _extensions(value):
            _stix("/extensions", f"a {kind} must declare {COMITY_TYPES[kind]} (spec/extensions.md)")
    elif kind not in _OBSERVABLES and kind != "marking-definition" and not kind.startswith("x-"):
        declared = [e for e in _extensions(value).values() if isinstance(e, dict)]
        if not any(str(e.get("extension_type", "")).startswith("new-") for e in declared):
            _stix("/type", "neither a STIX 2.1 type nor declared by an extension (STIX 2.1 section 7.3)")


def _extensions(value: dict[str, Any]) -> dict[str, Any]:
    found = value.get("extensions", {})
    if type(found) is not dict:
        _stix("/extensions", "extensions is an object (STIX 2.1 section 3.2)")
    return found


def _versioned(kind: str, value: dict[str, Any]) -> Instant | None:
    if kind in _OBSERVABLES:
        return None
    if value.get("spec_version") != "2.1":
        _stix("/spec_version", "must be the string 2.1 (STIX 2.1 section 3.2)")
    wanted = ("created",) if kind == "marking-definition" else ("created", "modified")
    for name in wanted:
        if name not in value:
            _stix(f"/{name}", f"{name} is required (STIX 2.1 section 3.2)")
    created = instant.parse(value["created"])
    modified = instant.parse(value.get("modified", value["created"]))
    if modified < created:
        _stix("/modified", "modified is before created (STIX 2.1 section 3.2)")
    return modified


def _time(name: str, value: Any) -> None:
    if type(value) is not str or not _UTC.fullmatch(value):
        _stix(f"/{name}", "must be a time of RFC 3339 in UTC, ending in Z (STIX 2.1 section 2.18)")
    try:
        instant.parse(value)
    except ComityError as error:
        _stix(f"/{name}", error.message)


def _refs(value: dict[str, Any], name: str) -> tuple[str, ...]:
    found = value.get(name, ())
    if name in value and (type(found) is not list or not found):
        _stix(f"/{name}", "a list of at least one id (STIX 2.1 section 2.11)")
    for number, item in enumerate(found):
        if type(item) is not str or not _ID.fullmatch(item):
            _stix(f"/{name}/{number}", "not a STIX id")
    return tuple(found)


def write(identifier: str, at: Instant, properties: Iterable[tuple[str, Any]], *, created: Instant) -> bytes:
    """The bytes of an object of one of Comity's own types.

    Args:
        identifier: the STIX id; its type is the object's.
        at: the time of this version; `created` that of the first.
        properties: in the order in which they are to stand; None is left out.
    """
    kind = identifier.partition("--")[0]
    head = {"type": kind, "spec_version": "2.1", "id": identifier}
    times = {"created": instant.text(created), "modified": instant.text(at)}
    body = {name: value for name, value in properties if value is not None}
    tail = {"extensions": {COMITY_TYPES[kind]: {"extension_type": "new-sdo"}}}
    return dump(head | times | body | tail)


def dump(value: Any) -> bytes:
    """JSON values as compact UTF-8 JSON; for what we say ourselves."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
