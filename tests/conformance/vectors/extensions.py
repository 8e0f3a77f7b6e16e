"""Vectors of spec/extensions.md: the types that Comity adds to STIX."""

import json
from typing import Any

from comity.model import content
from comity.model.extension import COMITY_TYPES
from conformance.vectors.cast import NOTE, Vector, bad, good, uuid

_CREATED = "2026-11-26T10:00:00.000Z"


def plain(kind: str, **changed: Any) -> dict[str, Any]:
    """An object of one of Comity's types with nothing but what every one of them has."""
    head = {"type": kind, "spec_version": "2.1", "id": f"{kind}--{uuid(kind)}", "created": _CREATED}
    declared = {COMITY_TYPES[kind]: {"extension_type": "new-sdo"}}
    value = {**head, "modified": _CREATED, "extensions": declared} | changed
    return {name: item for name, item in value.items() if item is not None}


def shown(value: Any, read: str = "content") -> dict[str, Any]:
    return {"read": read, "text": content.dump(value).decode()}


def vectors() -> list[Vector]:
    return [*_declared(), *_objects(), *_foreign(), *_versions(), *_said()]


def _declared() -> list[Vector]:
    told = []
    for kind in COMITY_TYPES:
        output = {"type": kind, "id": f"{kind}--{uuid(kind)}", "modified": _CREATED, "revoked": False}
        desc = f"a {kind} that declares its extension"
        told.append(good(f"declared-{kind}", "EXTENSIONS-1", desc, shown(plain(kind)), output))
    other = {COMITY_TYPES["notice"]: {"extension_type": "new-sdo"}}
    made: list[tuple[str, str, Any]] = [
        ("no-extensions", "a notice that declares nothing", plain("notice", extensions=None)),
        ("another-extension", "a position that declares the notice's extension", plain("position", extensions=other)),
        ("empty-extensions", "a claim with an empty extensions", plain("claim", extensions={})),
        ("extensions-list", "extensions as a list of ids", plain("track", extensions=list(other))),
    ]
    return [*told, *(bad(name, "EXTENSIONS-1", "not-stix", desc, shown(value)) for name, desc, value in made)]


def _objects() -> list[Vector]:
    made: list[tuple[str, str, Any]] = [
        ("no-version", "no spec_version", plain("notice", spec_version=None)),
        ("id-of-another-type", "a site's id on a notice", plain("notice", id=f"protected-site--{uuid('site')}")),
        ("no-created", "no created", plain("position", created=None)),
        ("no-modified", "no modified", plain("objection", modified=None)),
        ("revoked-text", "revoked as a text", plain("claim", revoked="true")),
        ("modified-before", "a version older than the first", plain("track", modified="2026-11-26T09:59:59.999Z")),
    ]
    told = [bad(name, "EXTENSIONS-2", "not-stix", desc, shown(value)) for name, desc, value in made]
    kept = plain("notice", x_else={"nobody": "knows this"}, revoked=True)
    output = {"type": "notice", "id": f"notice--{uuid('notice')}", "modified": _CREATED, "revoked": True}
    desc = "a property that this version of Comity does not know is no fault"
    return [*told, good("unknown-property", "EXTENSIONS-3", desc, shown(kept), output), _check()]


def _check() -> Vector:
    none = "no objection known as of 2026-11-26T09:59:48Z; this is not a clearance\nnot heard from: us"
    times = {"from": "2026-11-26T12:00:00.000Z", "until": "2026-11-26T12:40:00.000Z"}
    as_of = {"ru": "2026-11-26T09:59:48Z"}
    record = plain(
        "check",
        id="check--51cb9d30-6a4a-4f6e-8d27-0ef2b3a1c9d5",
        volumes=[{"area": {"type": "Point", "coordinates": [36.25, 35.9]}, "floor": "3000 m", **times}],
        margin_km=2.0,
        stale_after_min=15,
        result={"objections": [], "as_of": as_of, "not_heard_from": ["us"], "unread": [], "text": none},
    )
    output = {"type": "check", "id": record["id"], "modified": _CREATED, "revoked": False}
    return good("check-record", "EXTENSIONS-2", "the record of a check", shown(record), output)


def _foreign() -> list[Vector]:
    declared = {"extension-definition--9c59fd79-4215-4ba2-920d-3e4f320e1e62": {"extension_type": "new-sdo"}}
    property_only = {
        "extension-definition--9c59fd79-4215-4ba2-920d-3e4f320e1e62": {"extension_type": "property-extension"}
    }
    base = plain("notice", type="unit-of-somebody", id=f"unit-of-somebody--{uuid('unit')}", extensions=declared)
    output = {"type": base["type"], "id": base["id"], "modified": _CREATED, "revoked": False}
    made: list[tuple[str, str, Any]] = [
        ("undeclared", "a type that nobody declares", base | {"extensions": {}}),
        ("property-extension", "a new type declared as mere properties", base | {"extensions": property_only}),
        ("type-one-letter", "a type name of two letters", base | {"type": "ab", "id": f"ab--{uuid('unit')}"}),
        ("type-upper-case", "a type name in capitals", base | {"type": "Unit", "id": f"Unit--{uuid('unit')}"}),
    ]
    desc = "another's new type, declared by another's extension"
    return [
        good("foreign-type", "EXTENSIONS-4", desc, shown(base), output),
        *(bad(name, "EXTENSIONS-4", "not-stix", desc, shown(value)) for name, desc, value in made),
    ]


def _versions() -> list[Vector]:
    def of(version: Any) -> dict[str, Any]:
        return plain("claim", extensions={COMITY_TYPES["claim"]: {"extension_type": "new-sdo", "v": version}})

    output = {"type": "claim", "id": f"claim--{uuid('claim')}", "modified": _CREATED, "revoked": False}
    forms = [("zero", 0), ("text", "2"), ("true", True), ("fraction", 1.5)]
    notice = plain("notice", extensions={COMITY_TYPES["notice"]: {"extension_type": "new-sdo", "v": 2}})
    return [
        good(
            "version-later", "EXTENSIONS-7", "a later version of a type that has no reader here", shown(of(2)), output
        ),
        *(bad(f"version-{name}", "EXTENSIONS-7", "not-stix", "no version", shown(of(value))) for name, value in forms),
        bad("version-unknown", "EXTENSIONS-8", "unknown-version", "a notice of a later version", shown(notice, "said")),
    ]


def _said() -> list[Vector]:
    by_node = "release acknowledgement unacknowledged check recall redaction descriptor key-event equivocation".split()
    told = [
        bad(f"said-{kind}", "EXTENSIONS-5", "bad-argument", f"a {kind} said by hand", shown(plain(kind), "said"))
        for kind in by_node
    ]
    return [
        *told,
        good("said-note", "EXTENSIONS-5", "a note said by hand", shown(json.loads(NOTE), "said"), {"type": "note"}),
    ]
