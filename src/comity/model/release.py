"""Releases: a party's statement that one addressee may have one of its statements, and on what terms.

    {"type": "release", ..., "leaf": "<statement id, hex>", "to": "<fingerprint>", "tlp": "amber", "onward": "never",
     "precision": "exact", "answer_by": "2026-11-26T12:00:00.000Z", "accepted": ["PAP:RED"]}

One per addressee, so that co-recipients stay unseen. A withdrawal is a later version with `revoked: true`.
"""

import re
from dataclasses import dataclass

from comity.errors import NOT_STIX, RemoteError
from comity.formats import Format
from comity.model import caveats, content, fingerprint
from comity.model.content import StixObject
from comity.model.extension import COMITY_TYPES
from comity.model.fingerprint import Fingerprint
from comity.model.marking import Onward, Terms, Tlp
from comity.model.properties import by_version, member, one_of, statement_id, take, take_optional, timestamp
from comity.proof.envelope import StatementId
from comity.space import instant
from comity.space.instant import Instant

MAX_ACCEPTED = 100


@dataclass(frozen=True, slots=True)
class Release:
    """A parsed release.

    Attributes:
        id: its STIX id, the same for all its versions.
        leaf: the statement that is released.
        withdrawn: this version takes the release back.
    """

    id: str
    leaf: StatementId
    to: Fingerprint
    terms: Terms
    created: Instant
    withdrawn: bool


_TLP, _ONWARD, _PRECISION = member(Tlp), member(Onward), one_of("exact")


def read(found: StixObject) -> Release:
    """Take an object as a release.

    Raises:
        RemoteError: `not-stix`: it is none; `unknown-version`.
    """
    return by_version(RELEASE, found)


def _read_1(found: StixObject) -> Release:
    terms = Terms(
        take(found, "tlp", _TLP),
        take(found, "onward", _ONWARD),
        take_optional(found, "answer_by", timestamp),
        take(found, "precision", _PRECISION),
        _accepted(found),
    )
    return Release(
        found.id,
        take(found, "leaf", statement_id),
        take(found, "to", fingerprint.read),
        terms,
        take(found, "created", timestamp),
        found.revoked,
    )


RELEASE = Format("release", {1: _read_1})


def _accepted(found: StixObject) -> tuple[str, ...]:
    """The names of caveats that the releasing party takes upon itself; each once, in the order of their code points."""
    names = found.properties.get("accepted", [])
    if "accepted" in found.properties and not (type(names) is list and 1 <= len(names) <= MAX_ACCEPTED):
        raise RemoteError(NOT_STIX, f"a list of 1 to {MAX_ACCEPTED} names", place="/accepted")
    for at, name in enumerate(names):
        if type(name) is not str or not 1 <= len(name) <= caveats.MAX_NAME:
            raise RemoteError(NOT_STIX, f"a name has 1 to {caveats.MAX_NAME} characters", place=f"/accepted/{at}")
    if names != sorted(set(names)):
        raise RemoteError(NOT_STIX, "each name once, in the order of code points", place="/accepted")
    return tuple(names)


# What `write` writes for most releases, in all its bytes: a page has a thousand of them.
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
_USUAL = re.compile(
    (
        rf'{{"type":"release","spec_version":"2\.1","id":"(release--{_UUID})","created":"({_TIME})","modified":"({_TIME})",'
        r'"leaf":"([0-9a-f]{64})","to":"([0-9a-f]{64})","tlp":"([a-z+]+)","onward":"([a-z]+)","precision":"(exact)",'
        rf'"extensions":{{"{COMITY_TYPES["release"]}":{{"extension_type":"new-sdo"}}}}}}'
    ).encode()
)


def parse(raw: bytes) -> Release:
    """Read a release from its content.

    Raises:
        RemoteError: `not-stix`, `not-json`, `too-large`.
    """
    usual = _USUAL.fullmatch(raw)
    try:
        found = None if usual is None else _usual(*map(bytes.decode, usual.groups()))
    except (ValueError, RemoteError):
        found = None  # the rules tell what is wrong with it, and where
    return read(content.parse(raw)) if found is None else found


def _usual(
    id: str, created: str, modified: str, leaf: str, to: str, tlp: str, onward: str, precision: str
) -> Release | None:
    first, last = instant.parse(created), instant.parse(modified)
    terms = Terms(_TLP(tlp), _ONWARD(onward), None, precision)
    return Release(id, statement_id(leaf), Fingerprint(to), terms, first, withdrawn=False) if first <= last else None


def write(release: Release, at: Instant) -> bytes:
    """The content of a release, or with `withdrawn` of its withdrawal."""
    terms = release.terms
    return content.write(
        release.id,
        at,
        [
            ("revoked", True if release.withdrawn else None),
            ("leaf", release.leaf.hex()),
            ("to", release.to),
            ("tlp", terms.tlp.value),
            ("onward", terms.onward.value),
            ("precision", terms.precision),
            ("answer_by", None if terms.answer_by is None else instant.text(terms.answer_by)),
            ("accepted", list(terms.accepted) or None),
        ],
        created=release.created,
    )
