"""Content: one STIX 2.1 object, kept byte for byte as it was said.

It is parsed once and strictly (RFC 8259; no duplicate keys, NaN, infinities or lone surrogates), and never written
again: unknown properties survive because the bytes do. Types that STIX does not have must declare an extension
(STIX 2.1 section 7.3). References to other objects are not followed.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, NoReturn

from comity import formats
from comity.errors import NOT_JSON, NOT_STIX, TOO_LARGE, ComityError, RemoteError
from comity.model import caveats, recognise
from comity.model.extension import COMITY_TYPES
from comity.model.marking import Markings
from comity.space import instant
from comity.space.instant import Instant
from comity.values import value

MAX_CONTENT = 1 << 20
MAX_CONTAINERS = 25_000
MAX_DEPTH = 32

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_AFTER_TYPE = re.compile(rf"--{_UUID}", re.ASCII)
_TYPE = re.compile(r"[a-z0-9][a-z0-9-]{1,248}[a-z0-9]", re.ASCII)
_ID = re.compile(rf"[a-z0-9][a-z0-9-]*[a-z0-9]--{_UUID}", re.ASCII)

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
_BARE = _OBSERVABLES | {"marking-definition"}
_TIMES = frozenset(
    "created modified published valid_from valid_until first_seen last_seen first_observed last_observed "
    "start_time stop_time submitted analysis_started analysis_ended".split()
)

_TEXTS = frozenset("name description pattern content context relationship_type".split())


@value
class StixObject:
    """One STIX object: its bytes and the few properties that Comity itself reads.

    Attributes:
        raw: the bytes as they came.
        properties: all of them, parsed; for reading only.
        id: in small letters, however it came.
        modified: which version this is; None for a cyber-observable.
    """

    raw: bytes
    properties: Mapping[str, Any]
    type: str
    id: str
    modified: Instant | None
    revoked: bool

    @property
    def version(self) -> int:
        """In which version of its type it is written, where that is one of Comity's; else 1."""
        return _version(self.type, self.properties) if self.type in COMITY_TYPES else 1

    @property
    def markings(self) -> Markings:
        """What it says of how far it may go; read anew each time."""
        return caveats.read(self.properties)

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
    # Counted before anything is read: a megabyte of positions takes a second to read and milliseconds to refuse.
    containers = raw.count(b"[") + raw.count(b"{")
    if containers > MAX_CONTAINERS:
        raise RemoteError(TOO_LARGE, f"more than {MAX_CONTAINERS} lists and objects in one object")
    value = _read(raw, containers)
    if type(value) is not dict:
        instead = recognise.kind_of(value) or "a number, true, false or null"
        _stix("", f"the content must be one STIX object, a JSON object (STIX 2.1 section 3); this is {instead}")
    return _object(raw, value)


def read_json(raw: bytes) -> Any:
    """Read JSON strictly.

    Raises:
        RemoteError: `not-json`.
    """
    return _read(raw, raw.count(b"[") + raw.count(b"{"))


def _read(raw: bytes, containers: int) -> Any:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RemoteError(NOT_JSON, "not UTF-8 (RFC 8259 section 8.1)", place=f"byte {error.start}") from None
    try:
        value = _decode(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        raise RemoteError(NOT_JSON, _syntax(error, text), place=place) from None
    except RecursionError:
        raise RemoteError(NOT_JSON, f"nested deeper than {MAX_DEPTH}") from None
    # Bounds that a cheap count of the bytes proves need no walk through the value.
    if containers > MAX_DEPTH or b"\\u" in raw:
        _walk(value, None, 0)
    return value


def _syntax(error: json.JSONDecodeError, text: str) -> str:
    if error.msg == "Extra data" and recognise.begins_another(text[error.pos :]):
        return f"after one JSON value comes another, as in JSON lines: {recognise.ONE} (RFC 8259)"
    return f"{error.msg} (RFC 8259)"


# As many as a double can have before its point: a longer integer is an infinity to many readers.
_MAX_DIGITS = 308


class _RefusedError(Exception):
    """Something that the library's decoder takes and RFC 8259 does not."""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _RefusedError
    return found


def _constant(name: str) -> NoReturn:
    raise _RefusedError


def _fraction(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise _RefusedError
    return value


def _integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise _RefusedError
    return int(digits)


_STRICT = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_constant=_constant, parse_float=_fraction, parse_int=_integer
)

_SPACE = " \t\n\r"


def _decode(text: str) -> Any:
    start = len(text) - len(text.lstrip(_SPACE))
    try:
        value, end = _STRICT.raw_decode(text, start)
    except _RefusedError:
        # Read again, at leisure, to say why and where; what is no JSON at all is said first.
        reader = _Reader()
        value = reader.decoder.decode(text)
        message, what = reader.refused[0]
        raise RemoteError(NOT_JSON, f"{message} (RFC 8259)", place=_find(what, value, None, 0) or "") from None
    if rest := text[end:].lstrip(_SPACE):
        raise json.JSONDecodeError("Extra data", text, len(text) - len(rest))
    return value


class _Reader:
    """One reading by the library's decoder, which takes more than RFC 8259 does.

    Attributes:
        refused: (why, what stands in the value where it was refused), in the order of reading.
    """

    def __init__(self) -> None:
        self.refused: list[tuple[str, object]] = []
        self.decoder = json.JSONDecoder(
            object_pairs_hook=self._pairs,
            parse_constant=self._constant,
            parse_float=self._fraction,
            parse_int=self._integer,
        )

    def _pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            self.refused.append((f"the key {_twice(pairs)[:64]!a} stands twice in one object", found))
        return found

    def _constant(self, name: str) -> object:
        return self._refuse(f"{name} is not JSON")

    def _fraction(self, digits: str) -> object:
        value = float(digits)
        return self._refuse("too large for a number") if math.isinf(value) else value

    def _integer(self, digits: str) -> object:
        return int(digits) if len(digits) <= _MAX_DIGITS else self._refuse("too large for a number")

    def _refuse(self, why: str) -> object:
        mark = object()
        self.refused.append((why, mark))
        return mark


def _twice(pairs: list[tuple[str, Any]]) -> str:
    seen: set[str] = set()
    for name, _ in pairs:  # pragma: no branch - called when there is one
        if name in seen:
            break
        seen.add(name)
    return name


# -- places in a value


class _Trail(NamedTuple):
    """A way down into a value, from its end; it is written out only if something is wrong there."""

    before: "_Trail | None"
    key: str | int


def _place(trail: _Trail | None) -> str:
    """Write a way down; keys are another's words, so what is long is cut and what cannot be shown is not."""
    steps: list[str] = []
    while trail is not None:
        steps.append("".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(trail.key)[:64]))
        trail = trail.before
    return ("/" + "/".join(reversed(steps)))[:_MAX_PLACE]


_MAX_PLACE = 200


def _members(value: Any, trail: _Trail | None) -> Iterable[tuple[Any, _Trail]]:
    members = value.items() if type(value) is dict else enumerate(value) if type(value) is list else ()
    return ((item, _Trail(trail, key)) for key, item in members)


def _find(what: object, value: Any, trail: _Trail | None, depth: int) -> str | None:
    if value is what:
        return _place(trail)
    if depth == MAX_DEPTH:
        return None
    found = (_find(what, item, way, depth + 1) for item, way in _members(value, trail))
    return next((place for place in found if place), None)


def _walk(value: Any, trail: _Trail | None, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise RemoteError(NOT_JSON, f"nested deeper than {MAX_DEPTH}", place=_place(trail))
    if type(value) is str:
        _characters(value, trail)
    for item, way in _members(value, trail):
        if type(way.key) is str:
            _characters(way.key, trail)
        _walk(item, way, depth + 1)


def _characters(text: str, trail: _Trail | None) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        message = "a lone surrogate is no character (RFC 8259 section 8.2)"
        raise RemoteError(NOT_JSON, message, place=_place(trail)) from None


def _stix(place: str, message: str) -> NoReturn:
    raise RemoteError(NOT_STIX, message, place=place)


def _object(raw: bytes, value: dict[str, Any]) -> StixObject:
    kind = value.get("type")
    if type(kind) is not str or not _TYPE.fullmatch(kind):
        known = recognise.kind_of(value)
        instead = f"; this is {known}" if known else ""
        _stix("/type", f"a STIX type name is required (STIX 2.1 section 3.1){instead}")
    if kind == "bundle":
        _stix("/type", "a bundle is a parcel of objects, not one: say its objects one by one")
    declared = _extensions(value)
    _known(kind, value, declared)
    # Of a UUID there are two spellings, in capitals and not (RFC 4122 section 3), and one meaning: ours is small.
    identifier = value.get("id")
    identifier = identifier.lower() if type(identifier) is str else None
    # The type has the form of one, and a UUID holds no "--": the id is the type and what comes after it, or is none.
    if identifier is None or not identifier.startswith(kind) or not _AFTER_TYPE.fullmatch(identifier, len(kind)):
        _stix("/id", f"the id must be {kind}--UUID (STIX 2.1 section 2.9)")
    if type(value.get("revoked", False)) is not bool:
        _stix("/revoked", "revoked is true or false (STIX 2.1 section 3.2)")
    times: dict[str, Instant] = {}
    for name, given in value.items():
        if name in _TIMES:
            times[name] = _time(name, given)
        elif name in _TEXTS and type(given) is not str:
            _stix(f"/{name}", "must be a string")
    modified = _versioned(kind, value, declared, times)
    _markings(value)
    return StixObject(raw, value, kind, identifier, modified, value.get("revoked", False))


def _known(kind: str, value: dict[str, Any], declared: dict[str, str]) -> None:
    required = _REQUIRED.get(kind)
    if required is not None:
        for name in required:
            if name not in value:
                _stix(f"/{name}", f"a {kind} must have {name} (STIX 2.1 sections 4 and 5)")
    elif kind in COMITY_TYPES:
        if declared.get(COMITY_TYPES[kind]) != "new-sdo":
            _stix("/extensions", f"a {kind} must declare {COMITY_TYPES[kind]} as new-sdo (spec/extensions.md)")
        if not formats.is_version(_version(kind, value)):
            _stix(f"/extensions/{COMITY_TYPES[kind]}/v", "a version is a whole number from 1")
    elif not (kind in _BARE or kind.startswith("x-") or _NEW_TYPES & set(declared.values())):
        _stix("/type", "neither a STIX 2.1 type nor declared by an extension (STIX 2.1 section 7.3)")


def _version(kind: str, value: Mapping[str, Any]) -> Any:
    return value["extensions"][COMITY_TYPES[kind]].get("v", 1)


_NEW_TYPES = frozenset({"new-sdo", "new-sco", "new-sro"})


def _extensions(value: dict[str, Any]) -> dict[str, str]:
    """What is declared, by extension id: its `extension_type`, empty where it has none."""
    if "extensions" not in value:
        return {}
    found = value["extensions"]
    if type(found) is not dict:
        _stix("/extensions", "extensions is an object (STIX 2.1 section 3.2)")
    kinds = {id: item.get("extension_type") for id, item in found.items() if type(item) is dict}
    return {id: kind for id, kind in kinds.items() if type(kind) is str}


def _versioned(kind: str, value: dict[str, Any], declared: dict[str, str], times: dict[str, Instant]) -> Instant | None:
    if kind in _OBSERVABLES or ("created" not in value and "new-sco" in declared.values()):
        return None
    if value.get("spec_version") != "2.1":
        _stix("/spec_version", "must be the string 2.1 (STIX 2.1 section 3.2)")
    wanted = ("created",) if kind == "marking-definition" else ("created", "modified")
    for name in wanted:
        if name not in value:
            _stix(f"/{name}", f"{name} is required (STIX 2.1 section 3.2)")
    created = times["created"]
    modified = times.get("modified", created)
    if modified < created:
        _stix("/modified", "modified is before created (STIX 2.1 section 3.2)")
    return modified


def _time(name: str, value: Any) -> Instant:
    if type(value) is not str or not value.endswith("Z"):
        _stix(f"/{name}", "must be a time of RFC 3339 in UTC, ending in Z (STIX 2.1 section 2.16)")
    # Versions are told apart by these two, which therefore have the bounds of our own times; the rest may be long ago.
    read = instant.parse if name in ("created", "modified") else instant.calendar
    try:
        return read(value)
    except ComityError as error:
        _stix(f"/{name}", error.message)


def _markings(value: dict[str, Any]) -> None:
    """Require that markings have their form, those of single properties too; what they mean is read by `caveats`."""
    if "object_marking_refs" not in value and "granular_markings" not in value:
        return
    refs = [(f"/object_marking_refs/{at}", ref) for at, ref in enumerate(_list(value, "object_marking_refs"))]
    for at, item in enumerate(_list(value, "granular_markings")):
        place = f"/granular_markings/{at}"
        if type(item) is not dict or ("marking_ref" in item) == ("lang" in item):
            _stix(place, "has either a marking_ref or a lang (STIX 2.1 section 7.2.3)")
        refs += [(f"{place}/marking_ref", item["marking_ref"])] if "marking_ref" in item else []
    for place, ref in refs:
        if type(ref) is not str or not _ID.fullmatch(ref.lower()):
            _stix(place, "not a STIX id (STIX 2.1 section 2.9)")


def _list(value: dict[str, Any], name: str) -> list[Any]:
    found = value.get(name, ())
    if name in value and (type(found) is not list or not found):
        _stix(f"/{name}", "a list of at least one (STIX 2.1 section 2.12)")
    return list(found)


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
