"""Acknowledgements: the receiving party's statement that it holds what it was told, or refuses it and why.

    {"type": "acknowledgement", ..., "to": "<the teller's fingerprint>", "root": "<hex>", "count": 2,
     "disposition": "held", "received_at": "2026-11-26T10:00:01.250Z"}

`root` is the RFC 9162 tree hash over the tellings it speaks of, each the 64 bytes statement id || release id in the order
of the page, so that a proof shows one telling and not the others. An acknowledgement is never acknowledged.
`unacknowledged` is the teller's statement, to itself, that nothing came before `answer_by`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from comity.errors import NOT_STIX, RemoteError
from comity.model import content, fingerprint
from comity.model.content import StixObject
from comity.model.fingerprint import Fingerprint
from comity.model.properties import count, expect, hash32, one_of, statement_id, take, take_optional, timestamp
from comity.proof import merkle
from comity.proof.envelope import StatementId
from comity.space import instant
from comity.space.instant import Instant
from comity.values import value

HELD, REFUSED = "held", "refused"
MAX_TELLINGS = 1000


@value
class Telling:
    """One statement as told by one release.

    Attributes:
        statement: zero bytes where a notice of withdrawal carries none.
    """

    statement: StatementId
    release: StatementId

    @property
    def leaf(self) -> bytes:
        """The RFC 9162 leaf hash of the pair."""
        return merkle.leaf_hash(self.statement + self.release)


NO_STATEMENT = StatementId(bytes(32))


def root_over(tellings: Sequence[Telling]) -> bytes:
    """The RFC 9162 tree hash over the tellings in their order."""
    return merkle.root_of([telling.leaf for telling in tellings])


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A parsed acknowledgement.

    Attributes:
        to: the teller.
        received_at: by the hearer's own clock: a claim.
        reason: an error code, with `refused` and only with it.
    """

    id: str
    to: Fingerprint
    root: bytes
    count: int
    disposition: str
    received_at: Instant
    reason: str | None


def read(found: StixObject) -> Acknowledgement:
    """Take an object as an acknowledgement.

    Raises:
        RemoteError: `not-stix`.
    """
    expect(found, "acknowledgement")
    disposition, reason = take(found, "disposition", one_of(HELD, REFUSED)), take_optional(found, "reason", _reason)
    if (disposition == REFUSED) != (reason is not None):
        raise RemoteError(NOT_STIX, "stands with refused, and only with it", place="/reason")
    return Acknowledgement(
        found.id,
        take(found, "to", fingerprint.read),
        take(found, "root", hash32),
        count(found, "count"),
        disposition,
        take(found, "received_at", timestamp),
        reason,
    )


_CODE = re.compile(r"[a-z][a-z0-9-]{0,63}", re.ASCII)


def _reason(text: str) -> str:
    # It is shown to people and stands in proofs: a code, maybe one of a later version, but no text.
    if not _CODE.fullmatch(text):
        raise ValueError("a reason is an error code")
    return text


def write(said: Acknowledgement, at: Instant) -> bytes:
    """The content of an acknowledgement."""
    return content.write(
        said.id,
        at,
        [
            ("to", said.to),
            ("root", said.root.hex()),
            ("count", said.count),
            ("disposition", said.disposition),
            ("received_at", instant.text(said.received_at)),
            ("reason", said.reason),
        ],
        created=at,
    )


@dataclass(frozen=True, slots=True)
class Unacknowledged:
    """What the teller logs when `answer_by` passes in silence."""

    id: str
    release: StatementId
    to: Fingerprint
    answer_by: Instant


def read_unacknowledged(found: StixObject) -> Unacknowledged:
    """Take an object as `unacknowledged`.

    Raises:
        RemoteError: `not-stix`.
    """
    expect(found, "unacknowledged")
    return Unacknowledged(
        found.id,
        take(found, "release", statement_id),
        take(found, "to", fingerprint.read),
        take(found, "answer_by", timestamp),
    )


def write_unacknowledged(said: Unacknowledged, at: Instant) -> bytes:
    """The content of `unacknowledged`."""
    properties = [("release", said.release.hex()), ("to", said.to), ("answer_by", instant.text(said.answer_by))]
    return content.write(said.id, at, properties, created=at)
