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
from comity.proof import envelope
from comity.proof.envelope import Envelope, StatementId
from comity.values import value

Index = NewType("Index", int)
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


@dataclass(frozen=True, slots=True)
class Withheld:
    """What a party will not see, and why: a value, not an error."""

    party: str
    reason: str
