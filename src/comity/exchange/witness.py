"""Witness: what one party has seen of another's log, and that it only ever grows.

A head is taken only with a consistency proof from the head taken before. What cannot be joined is evidence, kept by the
caller: `head-rollback`, `head-fork`, `not-consistent`. This file remembers nothing by itself.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from comity.errors import (
    CLOCK_SKEW,
    HEAD_FORK,
    HEAD_ROLLBACK,
    MALFORMED,
    NOT_CONSISTENT,
    UNKNOWN_KEY,
    WRONG_ISSUER,
    RemoteError,
)
from comity.model import when
from comity.model.party import UNPLACED, Descriptor
from comity.model.statement import Index
from comity.proof import checkpoint as checkpoints
from comity.proof import merkle
from comity.proof.checkpoint import SignedCheckpoint
from comity.proof.keys import Signer
from comity.proof.merkle import MAX_SIZE
from comity.proof.note import NoteKey, parse_line
from comity.space import instant
from comity.space.instant import Instant


@dataclass(frozen=True, slots=True)
class Head:
    """A head of somebody's log whose log signature was checked."""

    signed: SignedCheckpoint

    @property
    def size(self) -> int:
        """The number of leaves it commits to."""
        return self.signed.checkpoint.size

    @property
    def root(self) -> bytes:
        """The tree hash over them."""
        return self.signed.checkpoint.root

    @property
    def note(self) -> bytes:
        """The checkpoint note as it came."""
        return self.signed.note.data


@dataclass(frozen=True, slots=True)
class Shown:
    """A head as one party shows it to another: the note, and the proof from a smaller size that the other holds."""

    note: bytes
    old: int
    path: tuple[bytes, ...]


# A size as a checkpoint has it: no leading zero, 2^63 - 1 at most.
_OLD = re.compile(rb"old (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A C2SP tlog-witness request: `old <size>`, a proof of one base64 hash a line, an empty line, the checkpoint."""

    shown: Shown

    def encode(self) -> bytes:
        """The request's body."""
        proof = "".join(base64.b64encode(node).decode() + "\n" for node in self.shown.path)
        return f"old {self.shown.old}\n{proof}\n".encode() + self.shown.note

    @classmethod
    def decode(cls, body: bytes) -> "AddCheckpoint":
        """Read a request's body strictly.

        Raises:
            RemoteError: `malformed`.
        """
        head, blank, note = body.partition(b"\n\n")
        first, *hashes = head.split(b"\n")
        old = _OLD.fullmatch(first)
        if not blank or old is None or int(old[1]) > MAX_SIZE or len(hashes) > 63:
            raise RemoteError(MALFORMED, "an add-checkpoint request starts with: old <size> (C2SP tlog-witness)")
        path = []
        for line in hashes:
            try:
                node = base64.b64decode(line, validate=True)
            except ValueError:
                node = b""
            if len(node) != 32 or base64.b64encode(node) != line:
                raise RemoteError(MALFORMED, "a proof line is the base64 of 32 bytes")
            path.append(node)
        return cls(Shown(note, int(old[1]), tuple(path)))


def read_head(note: bytes, of: Descriptor) -> Head:
    """Read a party's checkpoint note.

    Raises:
        RemoteError: `malformed`, `bad-signature`, `wrong-issuer`.
    """
    signed = checkpoints.parse_checkpoint(note)
    if signed.checkpoint.origin != of.origin:
        raise RemoteError(WRONG_ISSUER, f"the head of {signed.checkpoint.origin[:64]!a}, not of {of.origin}")
    checkpoints.verify_log_signature(signed, of.key("log", _last_leaf(signed)))
    return Head(signed)


def _last_leaf(signed: SignedCheckpoint) -> Index:
    return Index(max(signed.checkpoint.size - 1, 0))


def advance(known: Head | None, new: Head, path: Sequence[bytes]) -> Head:
    """Take a new head of a log, given the one known before.

    Args:
        known: the last head that was taken; None before the first.
        new: the head now shown.
        path: the RFC 9162 consistency proof from `known` to `new`; empty where none is due, before the first head and
            between two of one size (C2SP tlog-witness).

    Returns:
        The head that is now known.

    Raises:
        RemoteError: `head-rollback`, `head-fork`, `not-consistent`; with both notes as evidence.
    """
    if known is None or known.size == 0:
        _no_proof_due(path)
        return new
    if new.size < known.size:
        message = f"the log showed {new.size} leaves after it had shown {known.size}"
        raise RemoteError(HEAD_ROLLBACK, message, evidence=_evidence(known, new))
    if new.size == known.size:
        if new.root != known.root:
            message = f"two heads of {new.size} leaves with different roots"
            raise RemoteError(HEAD_FORK, message, evidence=_evidence(known, new))
        _no_proof_due(path)
        return known
    _join(known, new, path)
    return new


def _no_proof_due(path: Sequence[bytes]) -> None:
    if path:
        raise RemoteError(NOT_CONSISTENT, f"a proof of {len(path)} hashes where none is due")


def reconcile(known: Head | None, older: Head, path: Sequence[bytes]) -> None:
    """Check that a head, older or newer than the one known, belongs to the same log.

    Raises:
        RemoteError: `head-fork`, `not-consistent`.
    """
    if known is None or older.size >= known.size:
        advance(known, older, path)
    else:
        _join(older, known, path)


def _join(small: Head, large: Head, path: Sequence[bytes]) -> None:
    try:
        merkle.verify_consistency(small.size, small.root, large.size, large.root, path)
    except RemoteError as error:
        raise RemoteError(NOT_CONSISTENT, error.message, evidence=_evidence(small, large)) from None


def _evidence(known: Head, new: Head) -> dict[str, str]:
    return {"known": known.note.decode(), "shown": new.note.decode()}


def cosign(head: Head, *, witness_name: str, signer: Signer, now: Instant) -> str:
    """Cosign a head that `advance` has taken and that is durably kept (C2SP tlog-witness): one signature line."""
    return checkpoints.cosign(head.signed.checkpoint, witness_name, signer, now // 1000)


def cosigned_at(head: Head, line: str, by: Descriptor) -> int:
    """Check a witness's cosignature of a head; returns its time in seconds since 1970.

    Raises:
        RemoteError: `malformed`, `bad-signature`, `unknown-key`.
    """
    return checkpoints.verify_cosignature(line, head.signed.checkpoint, by.witness_name, by.key("witness", UNPLACED))


def timely(at: int, now: Instant) -> None:
    """Check that a cosignature which was made just now bears that time, by the clock of whoever asked for it.

    Args:
        at: its time in seconds since 1970.
        now: by our clock.

    Raises:
        RemoteError: `clock-skew`: more than five minutes off: what it would prove of the time is false. It says whose clock it
            is, and how far off.
    """
    theirs = Instant(at * 1000)
    if abs(theirs - now) <= when.MAX_APART:
        return
    # Another's time may be one that no calendar has.
    shown = instant.text(theirs) if at <= instant.LAST_SECOND else f"second {at} since 1970"
    evidence = {"theirs": shown, "ours": instant.text(now)}
    message = (
        f"its clock is {when.apart(theirs, now)}: it cosigned our head at {shown}, and here it is {evidence['ours']}"
    )
    raise RemoteError(CLOCK_SKEW, message, evidence=evidence)


def outside_line(head: Head, answer: str, key: NoteKey) -> tuple[str, int]:
    """Take from what an outside witness answers (C2SP tlog-witness) the cosignature of a head by the key that is pinned for it.

    Returns:
        The line, and its time in seconds since 1970. Lines of other keys are passed over, as that standard has it.

    Raises:
        RemoteError: `malformed`: not signature lines, or the key has two; `unknown-key`: it has none; `bad-signature`.
    """
    if not answer.endswith("\n"):
        raise RemoteError(MALFORMED, "signature lines end with a newline (C2SP tlog-witness)", place="note")
    parsed = [parse_line(line + "\n") for line in answer[:-1].split("\n")]
    lines = [line for line in parsed if line.is_by(key)]
    if len(lines) > 1:
        raise RemoteError(MALFORMED, "one key cosigned a head twice", place="note")
    if not lines:
        raise RemoteError(UNKNOWN_KEY, f"it answered with no cosignature by {key.name}'s key {key.id.hex()}")
    [line] = lines
    return line.line, checkpoints.verify_cosignature(line, head.signed.checkpoint, key.name, key.key)
