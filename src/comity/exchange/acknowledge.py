"""Acknowledge: the hearer examines each item, says what it holds and what it refuses; the teller checks that.

An item is either taken whole or refused whole, and one bad item never blocks the rest. What the hearer says is a signed
statement in its own log, sent to the teller with its receipt.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from comity.errors import CONTENT_MISMATCH, MALFORMED, NOT_STIX, WRONG_ADDRESSEE, RemoteError
from comity.exchange.deliver import Item, PageEnd, Path, decode_shown, encode_shown, fields_of, path_of
from comity.exchange.witness import Head, Shown, advance, read_head
from comity.model import acknowledgement, release, typed
from comity.model.acknowledgement import (
    HELD,
    NO_STATEMENT,
    REFUSED,
    Acknowledgement,
    Telling,
    Unacknowledged,
    root_over,
)
from comity.model.content import parse
from comity.model.extension import NODE_TYPES
from comity.model.fingerprint import Fingerprint
from comity.model.party import Descriptor
from comity.model.release import Release
from comity.model.statement import Draft, Signed, Unverified
from comity.proof import cbor, merkle
from comity.proof.envelope import StatementId
from comity.proof.hands import Hands
from comity.proof.merkle import PathMemo
from comity.space.instant import Instant
from comity.values import value

S = TypeVar("S")
T = TypeVar("T")


@value
class Told:
    """An item that was found good: the hearer holds it.

    Attributes:
        terms: as the release has them, narrowed by the object's own markings: the most restrictive wins.
        omitted: its release stands before this page's range: an earlier signed page end had left it out.
    """

    item: Item
    telling: Telling
    statement: Signed | None
    terms: Release
    omitted: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """An item that was found bad, with the code and the sentence that say why."""

    item: Item
    telling: Telling
    code: str
    message: str


_Shown = tuple[Unverified, Release, Unverified | None]
_Vouched = tuple[StatementId, Release, Signed | None]


def examine(
    items: Sequence[Item], *, by: Descriptor, to: Fingerprint, end: PageEnd, memo: PathMemo, hands: Hands
) -> list[Told | Refused]:
    """Check the items of a page whose end and head were checked; each is taken or refused by itself.

    A step is taken with all items before the next one, so that the signatures can be verified by several hands.

    Args:
        items: as they came.
        by: the teller.
        to: the hearer, us.
        end: the page's signed end.
        memo: the page's head, against which both inclusion paths must verify.
        hands: who verifies the signatures.
    """
    # (1) release and statement have their form, open their commitments and hold what they should
    shown = _each(items, items, lambda item, _: _read(item))
    # (2) both are the teller's
    vouched = hands.each(
        lambda pair: _step(*pair, lambda _, one: _vouch(by, one)), list(zip(items, shown, strict=True))
    )
    # (3) they belong together, are for us, and stand in the teller's log
    return _each(items, vouched, lambda item, one: _judge(item, one, to, end, memo))


def _each(items: Sequence[Item], before: Sequence[S | Refused], step: Callable[[Item, S], T]) -> list[T | Refused]:
    """Take a step with every item that none before has refused."""
    return [_step(item, one, step) for item, one in zip(items, before, strict=True)]


def _step(item: Item, before: S | Refused, step: Callable[[Item, S], T]) -> T | Refused:
    if isinstance(before, Refused):
        return before
    try:
        return step(item, before)
    except RemoteError as error:
        return Refused(item, item.telling, error.code, str(error))
    except Exception as error:
        # Whatever an item makes of the code that reads it, it must not keep the others from being held.
        return Refused(item, item.telling, MALFORMED, f"it could not be read ({type(error).__name__})")


def _read(item: Item) -> _Shown:
    given = Unverified.read(list(item.release))
    said = None if item.statement is None else Unverified.read(list(item.statement))
    _ = said and said.object  # parsed here, so that step 2 does nothing but verify
    return given, release.parse(given.content), said


def _vouch(by: Descriptor, shown: _Shown) -> _Vouched:
    given, terms, said = shown
    by.check(given)
    return given.envelope.id, terms, None if said is None else by.vouch(said)


def _judge(item: Item, vouched: _Vouched, to: Fingerprint, end: PageEnd, memo: PathMemo) -> Told:
    given, terms, said = vouched
    if terms.to != to:
        raise RemoteError(WRONG_ADDRESSEE, "a release made out to another party")
    if terms.withdrawn != (said is None):
        raise RemoteError(CONTENT_MISMATCH, "a withdrawal carries no statement, a release carries one")
    if said is not None:
        if said.id != terms.leaf:
            raise RemoteError(CONTENT_MISMATCH, "the release is of another statement")
        if said.object.type in NODE_TYPES:
            raise RemoteError(NOT_STIX, f"a {said.object.type} is never released", place="/type")
        typed.check(said.object)
        narrowed = terms.terms.effective(said.object.markings)
        terms = terms if narrowed is terms.terms else replace(terms, terms=narrowed)
    if item.release_index >= end.next or (said is not None and item.statement_index >= item.release_index):
        raise RemoteError(MALFORMED, "an index outside the page's range")
    memo.verify(given, item.release_index, item.release_path)
    if said is not None:
        memo.verify(said.id, item.statement_index, item.statement_path)
    elif item.statement_index or item.statement_path:
        raise RemoteError(MALFORMED, "a place for a statement that is not there")
    telling = Telling(NO_STATEMENT if said is None else said.id, given)
    return Told(item, telling, said, terms, omitted=item.release_index < end.start)


def held(tellings: Sequence[Telling], *, teller: Fingerprint, now: Instant, uuid: str) -> Draft:
    """Draft the acknowledgement that these tellings are held."""
    return _draft(tellings, teller, now, uuid, HELD, None)


def refuse(tellings: Sequence[Telling], reason: str, *, teller: Fingerprint, now: Instant, uuid: str) -> Draft:
    """Draft the refusal of these tellings, all for one reason: a code."""
    return _draft(tellings, teller, now, uuid, REFUSED, reason)


def _draft(
    tellings: Sequence[Telling], teller: Fingerprint, now: Instant, uuid: str, disposition: str, reason: str | None
) -> Draft:
    root = root_over(tellings)
    said = Acknowledgement(f"acknowledgement--{uuid}", teller, root, len(tellings), disposition, now, reason)
    return Draft(parse(acknowledgement.write(said, now)))


def unacknowledged(release_id: StatementId, *, to: Fingerprint, answer_by: Instant, now: Instant, uuid: str) -> Draft:
    """Draft the statement that nothing came before `answer_by`."""
    said = Unacknowledged(f"unacknowledged--{uuid}", release_id, to, answer_by)
    return Draft(parse(acknowledgement.write_unacknowledged(said, now)))


@dataclass(frozen=True, slots=True)
class Answer:
    """An acknowledgement as it travels to the teller: the statement, its tellings, its receipt and the head."""

    statement: Unverified
    tellings: tuple[Telling, ...]
    index: int
    path: Path
    head: Shown


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """An answer that the teller has checked: the hearer said so, in its log, under this head of it."""

    by: Descriptor
    signed: Signed
    said: Acknowledgement
    tellings: tuple[Telling, ...]
    index: int
    path: Path
    head: Head


def encode_answer(signed: Signed, tellings: Sequence[Telling], index: int, path: Sequence[bytes], head: Shown) -> bytes:
    """The bytes of an answer (spec/acknowledgement.md)."""
    return cbor.encode(
        {
            "v": 1,
            "statement": list(signed.triple),
            "tellings": b"".join(t.statement + t.release for t in tellings),
            "index": index,
            "path": b"".join(path),
            "head": encode_shown(head),
        }
    )


_ANSWER: dict[str, type] = {"v": int, "statement": list, "tellings": bytes, "index": int, "path": bytes, "head": list}


def decode_answer(data: bytes) -> Answer:
    """Read an answer's form.

    Raises:
        RemoteError: `malformed`, `content-mismatch`.
    """
    found = fields_of(cbor.decode(data, place="acknowledgement", limit=1 << 20), _ANSWER)
    pairs = found["tellings"]
    if len(pairs) % 64 or not 64 <= len(pairs) <= 64 * acknowledgement.MAX_TELLINGS:
        raise RemoteError(MALFORMED, "tellings are pairs of 32 byte ids, 1 to 1,000", place="tellings")
    told = tuple(_telling(pairs[at : at + 64]) for at in range(0, len(pairs), 64))
    shown = Unverified.read(found["statement"])
    return Answer(shown, told, found["index"], path_of(found["path"], "path"), decode_shown(found["head"]))


def _telling(pair: bytes) -> Telling:
    return Telling(StatementId(pair[:32]), StatementId(pair[32:]))


def check_answer(answer: Answer, *, by: Descriptor, teller: Fingerprint, known: Head | None) -> Acknowledged:
    """Check an acknowledgement; whether the tellings are ours is for the caller to look up.

    Args:
        answer: as decoded.
        by: the hearer.
        teller: us.
        known: the hearer's head that we hold.

    Raises:
        RemoteError: `wrong-issuer`, `bad-signature`, `wrong-addressee`, `content-mismatch`, `not-included`, or what
            `witness.advance` raises.
    """
    # (1) the hearer said it, to us
    signed = by.vouch(answer.statement)
    said = acknowledgement.read(signed.object)
    if said.to != teller:
        raise RemoteError(WRONG_ADDRESSEE, "an acknowledgement made to another party")
    # (2) of these tellings
    if said.count != len(answer.tellings) or said.root != root_over(answer.tellings):
        raise RemoteError(CONTENT_MISMATCH, "the acknowledgement's root is not that of its tellings")
    # (3) in its log
    head = read_head(answer.head.note, by)
    merkle.verify_inclusion(signed.id, answer.index, head.size, answer.path, head.root)
    # (4) which has only grown since we last saw it
    advance(known, head, answer.head.path)
    return Acknowledged(by, signed, said, answer.tellings, answer.index, answer.path, head)
