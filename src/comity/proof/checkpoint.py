"""Checkpoints: a log's signed head, and the cosignatures of those who saw it (C2SP tlog-checkpoint, tlog-cosignature).

Rule 1: a checkpoint has three lines and no extension: what no monitor can audit is not signed. Rule 2: the log's key
bears the log's origin as its name. Rule 3: a cosignature is of type 4 and has a time; a log's own signature has none.

Whether one head follows from another is for `merkle` and `exchange.witness`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from comity.errors import BAD_ARGUMENT, EXISTS, MALFORMED, UNKNOWN_KEY, LocalError, RemoteError
from comity.proof.keys import Signer, VerifyingKey
from comity.proof.merkle import EMPTY_ROOT, HASH_SIZE, MAX_SIZE
from comity.proof.note import (
    COSIGNATURE,
    PLAIN,
    Note,
    NoteKey,
    NoteSignature,
    from_base64,
    is_name,
    parse_line,
    parse_note,
    sign_note,
    to_base64,
)

MAX_TIME = 2**63 - 1

_TIME_SIZE = 8
_COSIGNATURE_SIZE = _TIME_SIZE + 64
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's head: so many leaves have this root.

        example.com/log42                                <- origin: which log
        20852163                                         <- size: decimal, no leading zero
        CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=     <- root: base64 of 32 bytes

    Raises:
        RemoteError: `malformed`: an origin that is no name for a key (rule 2), a size out of range, a root of another
            length, or an empty tree with a root of its own.

    """

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not is_name(self.origin):
            raise RemoteError(MALFORMED, "a log's origin has no space, control or plus in it", place="origin")
        if not 0 <= self.size <= MAX_SIZE:
            raise RemoteError(MALFORMED, f"a tree has from 0 to {MAX_SIZE} leaves", place="size")
        if len(self.root) != HASH_SIZE or (self.size == 0 and self.root != EMPTY_ROOT):
            raise RemoteError(MALFORMED, "a root has 32 bytes; that of no leaves is SHA-256 of nothing", place="root")

    def body(self) -> str:
        """Write the three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n"


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint and the note it came in; nothing is verified."""

    checkpoint: Checkpoint
    note: Note


def sign_checkpoint(checkpoint: Checkpoint, log_name: str, log_signer: Signer) -> bytes:
    """Sign a head as the log; the name is the origin, or readers will not find the key.

    Raises:
        LocalError: `bad-argument`.

    """
    if log_name != checkpoint.origin:
        raise LocalError(BAD_ARGUMENT, "a log signs under its origin (C2SP tlog-checkpoint)")
    return sign_note(checkpoint.body(), [(log_name, log_signer)])


def parse_checkpoint(data: bytes | str) -> SignedCheckpoint:
    """Read a checkpoint note strictly; no signature is checked here.

    Raises:
        RemoteError: `malformed` or `too-large`.

    """
    note = parse_note(data)
    lines = note.text.split("\n")
    if len(lines) != 4:
        raise RemoteError(MALFORMED, "a checkpoint has three lines: origin, size, root", place="note")
    origin, size, root, _ = lines
    if not _SIZE.fullmatch(size):
        raise RemoteError(MALFORMED, "a size is decimal without a leading zero", place="size")
    return SignedCheckpoint(Checkpoint(origin, int(size), from_base64(root, "root")), note)


def verify_log_signature(signed: SignedCheckpoint, key: VerifyingKey) -> None:
    """Check that the log's key signed the checkpoint under its origin.

    Raises:
        RemoteError: `unknown-key` or `bad-signature`.

    """
    signed.note.verify(NoteKey(signed.checkpoint.origin, PLAIN, key))


def cosign(checkpoint: Checkpoint, name: str, signer: Signer, timestamp: int) -> str:
    """Cosign a head: one signature line, newline included.

    Args:
        checkpoint: the largest head of its log that the signer has seen and found consistent.
        name: the cosigner's.
        signer: a key that cosigns and does nothing else.
        timestamp: seconds since 1970.

    Raises:
        LocalError: `bad-argument`.

    """
    if not 0 < timestamp <= MAX_TIME:
        raise LocalError(BAD_ARGUMENT, "a cosignature's time is seconds since 1970, and not 0")
    signature = signer.sign(_cosigned(checkpoint, timestamp))
    return NoteKey(name, COSIGNATURE, signer.public).line(timestamp.to_bytes(_TIME_SIZE) + signature)


def verify_cosignature(line: str | NoteSignature, checkpoint: Checkpoint, name: str, key: VerifyingKey) -> int:
    """Check one cosignature.

        cosignature/v1                                   <- what is signed: this line,
        time 1679315147                                     the time, decimal,
        example.com/log42                                   and the checkpoint's body
        20852163
        CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    Returns:
        Its time, seconds since 1970.

    Raises:
        RemoteError: `malformed`, `unknown-key` if the line names another key, `bad-signature`.

    """
    found = parse_line(line) if isinstance(line, str) else line
    if not found.is_by(NoteKey(name, COSIGNATURE, key)):
        raise RemoteError(UNKNOWN_KEY, f"not a cosignature by {name}'s key", place="note")
    timestamp = int.from_bytes(found.signature[:_TIME_SIZE])
    if len(found.signature) != _COSIGNATURE_SIZE or not 0 < timestamp <= MAX_TIME:
        raise RemoteError(MALFORMED, "a cosignature is 8 bytes of time, not 0, and 64 of signature", place="note")
    key.verify(found.signature[_TIME_SIZE:], _cosigned(checkpoint, timestamp))
    return timestamp


def add_lines(note: bytes, lines: Sequence[str]) -> bytes:
    """Append signature lines to a note, in their order.

    Raises:
        RemoteError: `malformed` or `too-large`: a line, or the note with them.
        LocalError: `exists`: a line of a key that has signed the note already.

    """
    keys = [(line.name, line.key_id) for line in (*parse_note(note).signatures, *map(parse_line, lines))]
    if len(set(keys)) != len(keys):
        raise LocalError(EXISTS, "the note bears a signature of that key already")
    return parse_note(note + "".join(lines).encode("utf-8", "surrogatepass")).data


def _cosigned(checkpoint: Checkpoint, timestamp: int) -> bytes:
    return f"cosignature/v1\ntime {timestamp}\n{checkpoint.body()}".encode()
