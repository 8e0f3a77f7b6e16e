"""Statements: what a party has said, with types that tell how far it has walked.

    Draft -sign-> Signed -log-> Logged -release-> Released          (ours)
    Unverified -verify-> Signed                                     (somebody's, read from outside)

A `Signed` opens its commitment and carries a good signature of its party: it is made only by `exchange.sign`.
On the wire each is the list [envelope, salt, content].
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NewType

from comity.errors import MALFORMED, RemoteError
from comity.model import content
from comity.model.content import StixObject
from comity.model.release import Release
from comity.proof import cbor, envelope, merkle
from comity.proof.envelope import Envelope, StatementId
from comity.values import value

Index = NewType("Index", int)
ItemHash = NewType("ItemHash", bytes)
Triple = tuple[bytes, bytes, bytes]


@value
class Draft:
    """Content that may be said; nobody has signed it."""

    object: StixObject


@dataclass(frozen=True)
class Unverified:
    """A statement as it was shown to us: parsed, its commitment opened, its signature not checked."""

    envelope: Envelope
    salt: bytes
    content: bytes

    @classmethod
    def read(cls, triple: object, *, place: str = "") -> "Unverified":
        """Read the list [envelope, salt, content].

        Raises:
            RemoteError: `malformed`, `content-mismatch`.
        """
        if type(triple) is not list or [*map(type, triple)] != [bytes, bytes, bytes]:
            raise RemoteError(MALFORMED, "a statement travels as [envelope, salt, content]", place=place)
        data, salt, raw = triple
        parsed = envelope.parse(data, place=place)
        parsed.opens(salt, raw)
        return cls(parsed, salt, raw)

    @cached_property
    def object(self) -> StixObject:
        """The content, parsed.

        Raises:
            RemoteError: `not-json`, `not-stix`, `too-large`.
        """
        return content.parse(self.content)


@value
class Signed:
    """A statement with its party's good signature, and the content and salt that open it."""

    envelope: Envelope
    salt: bytes
    object: StixObject

    @property
    def id(self) -> StatementId:
        """The leaf hash."""
        return self.envelope.id

    @property
    def triple(self) -> Triple:
        """The form in which it travels and is stored."""
        return (self.envelope.data, self.salt, self.object.raw)


@value
class Logged:
    """A signed statement at its place in its party's log."""

    signed: Signed
    index: Index

    @property
    def id(self) -> StatementId:
        """The leaf hash."""
        return self.signed.envelope.id


@dataclass(frozen=True, slots=True)
class Released:
    """A logged statement together with the logged release of it to one addressee. Made only by `exchange.release`.

    Attributes:
        statement: None in a notice of withdrawal, which carries no content.
    """

    statement: Logged | None
    release: Logged
    terms: Release


@value
class Closed:
    """A statement that is shown without its content.

    Attributes:
        inside: the RFC 9162 leaf hash of CBOR [salt, content], by which whoever has these two finds them again.
    """

    envelope: bytes
    inside: bytes


def close(statement: Triple) -> Closed:
    """Leave a statement's content out."""
    data, inside = _parts(statement)
    return Closed(data, merkle.leaf_hash(inside))


def item_hash(statement: Triple | Closed | None, release: Triple) -> ItemHash:
    """By what an item is named: the RFC 9162 tree hash over what makes it up, and over nothing that tells its place.

    The leaves are the statement's envelope, CBOR [salt, content] of it, and the same two of the release; of a withdrawal
    these last two alone. Whoever has changed one bit of any of them has made another item.

    Args:
        statement: [envelope, salt, content], however broken, or closed; None in a notice of withdrawal.
        release: likewise.
    """
    return ItemHash(merkle.root_of([leaf for part in (statement, release) for leaf in _leaves(part)]))


def item_size(statement: Triple | None, release: Triple) -> int:
    """How many bytes the hash of an item is over: what it costs to carry, within some ten bytes."""
    return sum(len(part) for triple in (statement, release) if triple is not None for part in _parts(triple))


def _leaves(part: Triple | Closed | None) -> tuple[bytes, ...]:
    if part is None:
        return ()
    if isinstance(part, Closed):
        return merkle.leaf_hash(part.envelope), part.inside
    return tuple(map(merkle.leaf_hash, _parts(part)))


def _parts(triple: Triple) -> tuple[bytes, bytes]:
    data, salt, raw = triple
    return data, cbor.encode([salt, raw])


@dataclass(frozen=True, slots=True)
class Withheld:
    """What a party will not see, and why: a value, not an error."""

    party: str
    reason: str
