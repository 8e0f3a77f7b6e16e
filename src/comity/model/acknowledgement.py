"""Acknowledgements: the receiving party's statement that it holds what it was told, or refuses it and why.

    {"type": "acknowledgement", ..., "to": "<the teller's fingerprint>", "log_size": 5, "log_root": "<hex>",
     "root": "<hex>", "count": 2, "disposition": "held", "received_at": "2026-11-26T10:00:01.250Z"}

`root` is the RFC 9162 tree hash over the tellings it speaks of, each the 128 bytes statement id || release id || item hash
|| reading hash in the order in which they were asked for, so that a proof shows one telling and not the others, and a verdict
is on the very bytes that came. `log_size` and `log_root` are the teller's head under which they were shown. An
acknowledgement is never acknowledged.
`unacknowledged` is the teller's statement, to itself, that nothing came before `answer_by`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from comity.errors import MALFORMED, NOT_STIX, RemoteError
from comity.formats import Format
from comity.model import content, fingerprint
from comity.model.content import StixObject
from comity.model.fingerprint import Fingerprint
from comity.model.properties import by_version, count, hash32, one_of, statement_id, take, take_optional, timestamp
from comity.model.statement import ItemHash
from comity.proof import merkle
from comity.proof.envelope import StatementId
from comity.space import instant
from comity.space.instant import Instant
from comity.values import value

HELD, REFUSED = "held", "refused"
MAX_TELLINGS = 1000


NO_STATEMENT = StatementId(bytes(32))
# What stands for the reading of an item that nobody has read back.
NO_READING = bytes(32)
TELLING_BYTES = 128


@value
class Telling:
    """One statement as told by one release, in just these bytes.

    Attributes:
        statement: zero bytes where a notice of withdrawal carries none.
        item: the hash of the item that came, or was offered (`model.statement.item_hash`).
        reading: the hash of what the hearer read in it; zero bytes so far.
    """

    statement: StatementId
    release: StatementId
    item: ItemHash
    reading: bytes = NO_READING

    @property
    def data(self) -> bytes:
        """The 128 bytes as which it travels."""
        return self.statement + self.release + self.item + self.reading

    @property
    def leaf(self) -> bytes:
        """The RFC 9162 leaf hash of its bytes."""
        return merkle.leaf_hash(self.data)


def read_tellings(data: bytes) -> tuple[Telling, ...]:
    """Read tellings that stand one after the other, 1 to `MAX_TELLINGS`.

    Raises:
        RemoteError: `malformed`.
    """
    if len(data) % TELLING_BYTES or not TELLING_BYTES <= len(data) <= TELLING_BYTES * MAX_TELLINGS:
        raise RemoteError(
            MALFORMED, f"tellings have {TELLING_BYTES} bytes each, and are 1 to {MAX_TELLINGS:,}", place="tellings"
        )
    return tuple(_telling(data[at : at + TELLING_BYTES]) for at in range(0, len(data), TELLING_BYTES))


def _telling(data: bytes) -> Telling:
    said, release, item, reading = (data[at : at + 32] for at in range(0, TELLING_BYTES, 32))
    return Telling(StatementId(said), StatementId(release), ItemHash(item), reading)


def root_over(tellings: Sequence[Telling]) -> bytes:
    """The RFC 9162 tree hash over the tellings in their order."""
    return merkle.root_of([telling.leaf for telling in tellings])


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A parsed acknowledgement.

    Attributes:
        to: the teller.
        log_size, log_root: the teller's head under which these tellings were shown.
        received_at: by the hearer's own clock: a claim.
        reason: an error code, with `refused` and only with it.
    """

    id: str
    to: Fingerprint
    log_size: int
    log_root: bytes
    root: bytes
    count: int
    disposition: str
    received_at: Instant
    reason: str | None


def read(found: StixObject) -> Acknowledgement:
    """Take an object as an acknowledgement.

    Raises:
        RemoteError: `not-stix`, `unknown-version`.
    """
    return by_version(ACKNOWLEDGEMENT, found)


def _read_1(found: StixObject) -> Acknowledgement:
    disposition, reason = take(found, "disposition", one_of(HELD, REFUSED)), take_optional(found, "reason", _reason)
    if (disposition == REFUSED) != (reason is not None):
        raise RemoteError(NOT_STIX, "stands with refused, and only with it", place="/reason")
    return Acknowledgement(
        found.id,
        take(found, "to", fingerprint.read),
        count(found, "log_size"),
        take(found, "log_root", hash32),
        take(found, "root", hash32),
        count(found, "count"),
        disposition,
        take(found, "received_at", timestamp),
        reason,
    )


ACKNOWLEDGEMENT = Format("acknowledgement", {1: _read_1})
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
            ("log_size", said.log_size),
            ("log_root", said.log_root.hex()),
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
        RemoteError: `not-stix`, `unknown-version`.
    """
    return by_version(UNACKNOWLEDGED, found)


def _read_unacknowledged_1(found: StixObject) -> Unacknowledged:
    return Unacknowledged(
        found.id,
        take(found, "release", statement_id),
        take(found, "to", fingerprint.read),
        take(found, "answer_by", timestamp),
    )


UNACKNOWLEDGED = Format("unacknowledged", {1: _read_unacknowledged_1})


def write_unacknowledged(said: Unacknowledged, at: Instant) -> bytes:
    """The content of `unacknowledged`."""
    properties = [("release", said.release.hex()), ("to", said.to), ("answer_by", instant.text(said.answer_by))]
    return content.write(said.id, at, properties, created=at)
