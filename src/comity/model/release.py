"""Releases: a party's statement that one addressee may have one of its statements, and on what terms.

    {"type": "release", ..., "leaf": "<statement id, hex>", "to": "<fingerprint>", "tlp": "amber", "onward": "never",
     "precision": "exact", "answer_by": "2026-11-26T12:00:00.000Z"}

One per addressee, so that co-recipients stay unseen. A withdrawal is a later version with `revoked: true`.
"""

from dataclasses import dataclass

from comity.model import content, fingerprint
from comity.model.content import StixObject
from comity.model.fingerprint import Fingerprint
from comity.model.marking import Onward, Terms, Tlp
from comity.model.properties import expect, member, one_of, statement_id, take, take_optional, timestamp
from comity.proof.envelope import StatementId
from comity.space import instant
from comity.space.instant import Instant


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
        RemoteError: `not-stix`: it is none.
    """
    expect(found, "release")
    terms = Terms(
        take(found, "tlp", _TLP),
        take(found, "onward", _ONWARD),
        take_optional(found, "answer_by", timestamp),
        take(found, "precision", _PRECISION),
    )
    return Release(
        found.id,
        take(found, "leaf", statement_id),
        take(found, "to", fingerprint.read),
        terms,
        take(found, "created", timestamp),
        found.revoked,
    )


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
        ],
        created=release.created,
    )
