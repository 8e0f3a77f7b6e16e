"""Caveats: what an object says of how far it may go: the TLP levels that it bears, and all else that may restrict.

    {"object_marking_refs": ["marking-definition--7e9c..."], "labels": ["tlp:red", "PAP:AMBER"], "x_opencti_granted_refs": [...]}
    -> levels red; not understood: marking-definition--7e9c..., PAP:AMBER, x_opencti_granted_refs

Rule 1: nothing that may restrict is dropped because it was not understood: it is named, with its place. Rule 2: what is
understood counts as its level and is not named. Spec: spec/release.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from comity.model._caveat_words import Meaning, in_text, is_caveat, level, levels_within, meaning
from comity.model.extension import COMITY_TYPES, NODE_TYPES
from comity.model.marking import MARKING_IDS, Caveat, Kind, Markings, Tlp

MAX_NAME = 200
NONE = Markings()
TLP_2_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
# OpenCTI and its ATT&CK importer wrap everyday properties in these: what they hold is read like any other property.
_WRAPPERS = frozenset(
    {
        "extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba",
        "extension-definition--f93e2c80-4231-4f9a-af8b-95c9bd566a82",
        "extension-definition--322b8f77-262a-4cb8-a915-1e441e00329b",
    }
)
# STIX 2.1 section 6: the predefined extensions of cyber-observables.
_PREDEFINED = frozenset(
    "archive-ext ntfs-ext pdf-ext raster-image-ext windows-pebinary-ext http-request-ext icmp-ext socket-ext tcp-ext "
    "windows-process-ext windows-service-ext unix-account-ext".split()
)
_KNOWN = _WRAPPERS | _PREDEFINED | frozenset(COMITY_TYPES.values()) | {TLP_2_EXTENSION}
# They hold nothing but what STIX says they do.
_PLAIN = frozenset(
    "type spec_version id created modified created_by_ref revoked confidence lang pattern pattern_type valid_from "
    "valid_until source_ref target_ref relationship_type object_refs published first_seen last_seen "
    "object_marking_refs granular_markings extensions".split()
)
_NOTHING: tuple[object, ...] = ("", [], {})
_OF_A_DEFINITION = frozenset(
    "definition definition_type name x_opencti_definition x_opencti_definition_type x_opencti_color".split()
)


@dataclass(slots=True)
class _Found:
    levels: list[Tlp] = field(default_factory=list)
    caveats: list[Caveat] = field(default_factory=list)

    def name(self, name: str, place: str, kind: Kind, at_least: Tlp = Tlp.AMBER_STRICT) -> None:
        self.caveats.append(Caveat(name[:MAX_NAME], place, kind, at_least))


def read(properties: Mapping[str, Any]) -> Markings:
    """Read an object's markings out of its properties, parsed by `content.parse`."""
    kind = properties.get("type")
    if kind in NODE_TYPES:
        return NONE
    found = _Found()
    _refs(found, properties.get("object_marking_refs"), "/object_marking_refs")
    _granular(found, properties.get("granular_markings"))
    _extensions(found, properties.get("extensions"))
    skipped = _PLAIN
    if kind == "marking-definition":
        _definition(found, properties)
        skipped = _PLAIN | _OF_A_DEFINITION
    for name, value in properties.items():
        if not (name in skipped or _is_everyday(name, value)):
            _property(found, name, value, "", named=False)
    return Markings(tuple(found.levels), tuple(found.caveats)) if found.levels or found.caveats else NONE


def _is_everyday(name: str, value: Any) -> bool:
    """What most properties are: a text, by a name that says nothing of markings, in which none stands."""
    return type(value) is str and meaning(name) is Meaning.EVERYDAY and not in_text(value)


def _refs(found: _Found, refs: Any, place: str) -> None:
    for at, ref in enumerate(refs or ()):
        _ref(found, ref, f"{place}/{at}")


def _ref(found: _Found, ref: str, place: str) -> None:
    known = MARKING_IDS.get(ref.lower())
    if known is None:
        found.name(ref, place, Kind.MARKING)
    else:
        found.levels.append(known)


def _granular(found: _Found, items: Any) -> None:
    for at, item in enumerate(items or ()):
        if "marking_ref" in item:
            _ref(found, item["marking_ref"], f"/granular_markings/{at}/marking_ref")


def _extensions(found: _Found, extensions: Any) -> None:
    for id, value in extensions.items() if extensions else ():
        place = _step("/extensions", id)
        if id == TLP_2_EXTENSION and isinstance(value, dict):
            _tlp(found, "tlp_2_0", value.get("tlp_2_0"), f"{place}/tlp_2_0", named=False)
            continue
        if id not in _KNOWN:
            found.name(id, place, Kind.EXTENSION)
        _inside(found, value, place, Meaning.EVERYDAY, named=False)


def _definition(found: _Found, properties: Mapping[str, Any]) -> None:
    """A marking's own definition restricts, unless it is one of TLP: that may be told like any other word."""
    if str(properties.get("id")).lower() in MARKING_IDS or TLP_2_EXTENSION in (properties.get("extensions") or {}):
        return
    definition = properties.get("definition")
    values = list(definition.values()) if isinstance(definition, dict) else [definition]
    kind = str(properties.get("definition_type"))
    if meaning(kind) is Meaning.TLP and values and all(type(v) is str and level(v, bare=True) for v in values):
        return
    place = "/definition" if "definition" in properties else "/definition_type"
    if "definition" in properties or "definition_type" in properties:
        named = properties.get("name")
        found.name(named if type(named) is str and named else kind, place, Kind.MARKING)


def _property(found: _Found, name: str, value: Any, inside: str, *, named: bool) -> None:
    """Read one property; `named` where it stands in one that is named already, and only levels are left to be found."""
    means = meaning(name)
    if means is Meaning.POINTER or value is None or value in _NOTHING:
        return
    place = _step(inside, name)
    if means is Meaning.TLP:
        _tlp(found, name, value, place, named=named)
        return
    if means is Meaning.RESTRICTS or (means is Meaning.MARKING and not _all_texts(value)):
        if not named:
            found.name(name, place, Kind.PROPERTY)
        named = True
    _inside(found, value, place, means, named=named)


def _step(place: str, name: str) -> str:
    """One step down a JSON pointer (RFC 6901)."""
    return f"{place}/{name[:MAX_NAME].replace('~', '~0').replace('/', '~1')}"


def _all_texts(value: Any) -> bool:
    return type(value) is str or (type(value) is list and all(type(one) is str for one in value))


def _tlp(found: _Found, name: str, value: Any, place: str, *, named: bool) -> None:
    given = value if isinstance(value, list) else [value]
    levels = [level(one, bare=True) if type(one) is str else None for one in given]
    found.levels += [Tlp(one) for one in levels if one is not None]
    if None in levels and not named:
        found.name(name, place, Kind.PROPERTY)


def _inside(found: _Found, value: Any, place: str, means: Meaning, *, named: bool) -> None:
    kind = type(value)
    if kind is str:
        if means is Meaning.EVERYDAY and (named or not in_text(value)):
            return
        _text(found, value, place, means, named=named)
    elif kind is dict:
        for name, item in value.items():
            # A tag may be an object that has its text as its name or value.
            under = means if means is Meaning.LABELS and name in ("name", "value") else None
            if under is None:
                _property(found, name, item, place, named=named)
            else:
                _inside(found, item, f"{place}/{name}", under, named=named)
    elif kind is list:
        for at, item in enumerate(value):
            if type(item) in (str, dict, list):
                _inside(found, item, f"{place}/{at}", means, named=named)


def _text(found: _Found, text: str, place: str, means: Meaning, *, named: bool) -> None:
    if means is Meaning.EVERYDAY:
        for said in in_text(text):
            _said(found, said, place)
        return
    spelled = level(text)
    known = MARKING_IDS.get(text.lower()) if spelled is None else Tlp(spelled)
    if known is not None:
        found.levels.append(known)
        return
    # TLP:RED//NOFORN is red, and something more that is not understood.
    found.levels += [Tlp(one) for one in levels_within(text)]
    if not named and (means is Meaning.MARKING or is_caveat(text)):
        found.name(text, place, Kind.LABEL)


def _said(found: _Found, said: str, place: str) -> None:
    """A marking in free text: a level up to amber counts; what is more closed is named, for it may be only spoken of."""
    known = level(said)
    if known is None:
        found.name(said, place, Kind.TEXT)
    elif Tlp(known) in (Tlp.AMBER_STRICT, Tlp.RED):
        found.name(said, place, Kind.TEXT, Tlp(known))
    else:
        found.levels.append(Tlp(known))
