"""Acknowledge: the hearer examines each item, says what it holds and what it refuses; the teller checks that.

An item is either taken whole or refused whole, and one bad item never blocks the rest. What the hearer says is a signed
statement in its own log, sent to the teller with its receipt.

A verdict is on bytes, and is signed over their hash. So what is no matter of the bytes refuses nothing: an item that is shown
at a place where it does not stand is `Misplaced`, asked for again, and kept as evidence.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from comity.errors import (
    BAD_SIGNATURE,
    CONTENT_MISMATCH,
    MALFORMED,
    NOT_JSON,
    NOT_STIX,
    TOO_LARGE,
    UNKNOWN_ALGORITHM,
    UNKNOWN_KEY,
    WRONG_ADDRESSEE,
    WRONG_ISSUER,
    RemoteError,
)
from comity.exchange.deliver import Item
from comity.exchange.shapes import Path, decode_shown, encode_shown, fields_of, path_of
from comity.exchange.witness import Head, Shown, advance, read_head
from comity.formats import Format
from comity.model import acknowledgement, release, typed
from comity.model.acknowledgement import (
    HELD,
    MAX_TELLINGS,
    REFUSED,
    TELLING_BYTES,
    Acknowledgement,
    Telling,
    Unacknowledged,
    read_tellings,
    root_over,
)
from comity.model.content import parse
from comity.model.extension import NODE_TYPES
from comity.model.fingerprint import Fingerprint
from comity.model.party import UNPLACED, Descriptor
from comity.model.release import Release
from comity.model.statement import Draft, Index, Signed, Unverified
from comity.proof import cbor, merkle
from comity.proof.envelope import StatementId
from comity.proof.hands import Hands
from comity.proof.merkle import PathMemo
from comity.space.instant import Instant
from comity.values import value

# What a refusal may be for that anybody finds in the bytes. Any other reason is the hearer's own: its rules, its version.
OF_THE_BYTES = frozenset(
    {
        BAD_SIGNATURE,
        CONTENT_MISMATCH,
        MALFORMED,
        NOT_JSON,
        NOT_STIX,
        TOO_LARGE,
        UNKNOWN_ALGORITHM,
        UNKNOWN_KEY,
        WRONG_ADDRESSEE,
        WRONG_ISSUER,
    }
)

# What an answer needs besides its tellings is some 8 KiB; its teller keeps it for ever, up to three for each release.
MAX_BESIDE = 16 << 10
MAX_ANSWER = MAX_BESIDE + TELLING_BYTES * MAX_TELLINGS

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


@dataclass(frozen=True, slots=True)
class Misplaced:
    """An item that is good in its bytes and is shown where it does not stand: in a wrong place, or under a wrong head."""

    item: Item
    telling: Telling
    code: str
    message: str


Range = tuple[int, int]
_Shown = tuple[Unverified, Release, Unverified | None]
_Vouched = tuple[StatementId, Release, Signed | None]


def examine(
    items: Sequence[Item],
    ranges: Sequence[Range],
    *,
    by: Descriptor,
    to: Fingerprint,
    memo: PathMemo,
    hands: Hands,
) -> list[Told | Refused | Misplaced]:
    """Judge items that came as they were asked for; each is taken or refused by itself.

    A step is taken with all items before the next one, so that the signatures can be verified by several hands.

    Args:
        items: as they came, each with the hash that was asked for.
        ranges: of each the [start, next) of the page that offered it.
        by: the teller.
        to: the hearer, us.
        memo: the head that was asked for, against which both inclusion paths must verify.
        hands: who verifies the signatures.
    """
    # (1) release and statement have their form, open their commitments and hold what they should
    shown = _each(items, items, lambda item, _: _read(item))
    # (2) both are the teller's
    vouched = hands.each(
        lambda pair: _step(*pair, lambda _, one: _vouch(by, one)), list(zip(items, shown, strict=True))
    )
    # (3) they belong together and are for us: here ends what hangs on the bytes alone
    good = _each(items, vouched, lambda _, one: _belong(one, to))
    # (4) they stand in the teller's log where it says
    return [_place(item, one, within, memo) for item, one, within in zip(items, good, ranges, strict=True)]


def judge(item: Item, *, by: Descriptor, to: Fingerprint) -> Refused | None:
    """Judge an item by its bytes alone, as `examine` does: what a hearer can refuse that has them, or None.

    Whoever has the bytes finds the same, so that a refusal is borne out by them, or refuted.
    """
    shown = _step(item, item, lambda item, _: _read(item))
    vouched = _step(item, shown, lambda _, one: _vouch(by, one))
    good = _step(item, vouched, lambda _, one: _belong(one, to))
    return good if isinstance(good, Refused) else None


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
    # A verdict is on bytes: whether the key was good at a place is no matter of theirs.
    by.check(given.envelope, UNPLACED)
    return given.envelope.id, terms, None if said is None else by.vouch(said, UNPLACED)


def _belong(vouched: _Vouched, to: Fingerprint) -> _Vouched:
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
    return given, terms, said


def _place(item: Item, good: _Vouched | Refused, within: Range, memo: PathMemo) -> Told | Refused | Misplaced:
    if isinstance(good, Refused):
        return good
    given, terms, said = good
    try:
        _stands(item, given, said, within, memo)
    except RemoteError as error:
        return Misplaced(item, item.telling, error.code, str(error))
    return Told(item, item.telling, said, terms, omitted=item.release_index < within[0])


def _stands(item: Item, given: StatementId, said: Signed | None, within: Range, memo: PathMemo) -> None:
    if item.release_index >= within[1] or (said is not None and item.statement_index >= item.release_index):
        raise RemoteError(MALFORMED, "an index outside the page's range")
    memo.verify(given, item.release_index, item.release_path)
    if said is not None:
        memo.verify(said.id, item.statement_index, item.statement_path)
    elif item.statement_index or item.statement_path:
        raise RemoteError(MALFORMED, "a place for a statement that is not there")


@dataclass(frozen=True, slots=True)
class TellerHead:
    """The teller, and the head of its log under which tellings were shown."""

    party: Fingerprint
    size: int
    root: bytes


def held(tellings: Sequence[Telling], *, of: TellerHead, now: Instant, uuid: str) -> Draft:
    """Draft the acknowledgement that these tellings are held."""
    return _draft(tellings, of, now, uuid, HELD, None)


def refuse(tellings: Sequence[Telling], reason: str, *, of: TellerHead, now: Instant, uuid: str) -> Draft:
    """Draft the refusal of these tellings, all for one reason: a code."""
    return _draft(tellings, of, now, uuid, REFUSED, reason)


def _draft(
    tellings: Sequence[Telling], of: TellerHead, now: Instant, uuid: str, disposition: str, reason: str | None
) -> Draft:
    said = Acknowledgement(
        f"acknowledgement--{uuid}",
        of.party,
        of.size,
        of.root,
        root_over(tellings),
        len(tellings),
        disposition,
        now,
        reason,
    )
    return Draft(parse(acknowledgement.write(said, now)))


def unacknowledged(release_id: StatementId, *, to: Fingerprint, answer_by: Instant, now: Instant, uuid: str) -> Draft:
    """Draft the statement that nothing came before `answer_by`."""
    said = Unacknowledged(f"unacknowledged--{uuid}", release_id, to, answer_by)
    return Draft(parse(acknowledgement.write_unacknowledged(said, now)))


@dataclass(frozen=True, slots=True)
class Place:
    """Where an acknowledgement stands in its log, under one head.

    Attributes:
        genesis: the path of the hearer's descriptor, leaf 0, under the same head: it has no other one there.
    """

    index: int
    path: Path
    genesis: Path


@dataclass(frozen=True, slots=True)
class Answer:
    """An acknowledgement as it travels to the teller: the statement, its tellings, its place and the head."""

    statement: Unverified
    tellings: tuple[Telling, ...]
    place: Place
    head: Shown


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """An answer that the teller has checked: the hearer said so, in its log, under this head of it."""

    by: Descriptor
    signed: Signed
    said: Acknowledgement
    tellings: tuple[Telling, ...]
    place: Place
    head: Head


def encode_answer(signed: Signed, tellings: Sequence[Telling], place: Place, head: Shown) -> bytes:
    """The bytes of an answer (spec/acknowledgement.md)."""
    return cbor.encode(
        {
            "v": 1,
            "statement": list(signed.triple),
            "tellings": b"".join(telling.data for telling in tellings),
            "index": place.index,
            "path": b"".join(place.path),
            "genesis": b"".join(place.genesis),
            "head": encode_shown(head),
        }
    )


_ANSWER: dict[str, type] = {
    "v": int,
    "statement": list,
    "tellings": bytes,
    "index": int,
    "path": bytes,
    "genesis": bytes,
    "head": list,
}


def decode_answer(data: bytes) -> Answer:
    """Read an answer's form.

    Raises:
        RemoteError: `malformed`, `unknown-version`, `content-mismatch`, `too-large`.
    """
    return ANSWER.of_map(cbor.decode(data, place="acknowledgement", limit=MAX_ANSWER))


def _answer_1(value: object) -> Answer:
    found = fields_of(value, _ANSWER)
    beside = len(cbor.encode(found | {"tellings": b""}))
    if beside > MAX_BESIDE:
        message = f"{beside:,} bytes besides its tellings; an answer has {MAX_BESIDE:,} at most"
        raise RemoteError(TOO_LARGE, message, place="acknowledgement")
    told, shown = read_tellings(found["tellings"]), Unverified.read(found["statement"])
    place = Place(found["index"], path_of(found["path"], "path"), path_of(found["genesis"], "genesis"))
    return Answer(shown, told, place, decode_shown(found["head"]))


ANSWER = Format("acknowledgement", {1: _answer_1})


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
    signed = by.vouch(answer.statement, Index(answer.place.index))
    said = acknowledgement.read(signed.object)
    if said.to != teller:
        raise RemoteError(WRONG_ADDRESSEE, "an acknowledgement made to another party")
    # (2) of these tellings
    if said.count != len(answer.tellings) or said.root != root_over(answer.tellings):
        raise RemoteError(CONTENT_MISMATCH, "the acknowledgement's root is not that of its tellings")
    # (3) in its log, which begins with the descriptor that we know
    head = read_head(answer.head.note, by)
    merkle.verify_inclusion(signed.id, answer.place.index, head.size, answer.place.path, head.root)
    merkle.verify_inclusion(by.signed.id, 0, head.size, answer.place.genesis, head.root)
    # (4) which has only grown since we last saw it
    advance(known, head, answer.head.path)
    return Acknowledged(by, signed, said, answer.tellings, answer.place, head)
