"""Signed notes: a text for people and programs, and lines that sign it (C2SP signed-note v1.0.0).

    example.com/log42                                                <- the text: these lines,
    20852163                                                            each with its newline
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
                                                                     <- the last empty line parts them
    — example.com/log42 Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp...=       <- name, base64 of key id (4 bytes) and signature

Rule 1: a note is kept as it came, and what is signed is its text to the byte. Rule 2: a line of a key that we do not
know is none of our business; a line of a key that we know must verify, or the whole note is refused. Rule 3: a key is
known by name and id together; the id is four bytes and proves nothing. Rule 4: a key has one line in a note, so that
nobody is counted twice.

It knows what a text says as little as what a name stands for.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from comity.errors import BAD_ARGUMENT, MALFORMED, TOO_LARGE, UNKNOWN_KEY, LocalError, RemoteError
from comity.proof.keys import Kind, Signer, VerifyingKey

# The types of signature that we write and read: a plain one, and C2SP tlog-cosignature/v1.
PLAIN = 0x01
COSIGNATURE = 0x04

# 16 lines with post-quantum signatures of 5 kB, which C2SP has us let pass, and room for the text.
MAX_NOTE = 128 << 10
MAX_SIGNATURES = 64
_KEY_ID = 4

_DASH = "\N{EM DASH}"
# Controls, and half characters that UTF-8 has no bytes for.
_UNFIT = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]")
_VKEY = re.compile(r"([^+]+)\+([0-9a-f]{8})\+(\S+)")


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A public key under the name and for the type of signature that it signs notes with.

    Raises:
        LocalError: `bad-argument`: not a name that a note can bear, or not an Ed25519 key.

    """

    name: str
    type: int
    key: VerifyingKey

    def __post_init__(self) -> None:
        if not is_name(self.name):
            raise LocalError(BAD_ARGUMENT, "a note's key name is not empty and has no space, control or plus in it")
        if self.key.kind is not Kind.ED25519 or self.type not in (PLAIN, COSIGNATURE):
            raise LocalError(BAD_ARGUMENT, "notes are signed with Ed25519, type 1 or 4")

    @property
    def id(self) -> bytes:
        """SHA-256(name || newline || type || public key)[:4]."""
        return sha256(self.name.encode() + b"\n" + bytes((self.type,)) + self.key.raw).digest()[:_KEY_ID]

    @property
    def vkey(self) -> str:
        """The key as one word, `name+id+base64(type || key)`, as other verifiers want to be given it."""
        return f"{self.name}+{self.id.hex()}+{to_base64(bytes((self.type,)) + self.key.raw)}"

    @classmethod
    def from_vkey(cls, vkey: str) -> "NoteKey":
        """Read such a word.

        Raises:
            RemoteError: `malformed`.
            LocalError: `bad-argument`: a type of signature that is not read here.

        """
        parts = _VKEY.fullmatch(vkey)
        if parts is None or not is_name(parts[1]) or len(material := from_base64(parts[3], "vkey")) != 33:
            raise RemoteError(MALFORMED, "not the vkey of an Ed25519 key (C2SP signed-note)", place="vkey")
        found = cls(parts[1], material[0], VerifyingKey(material[1:]))
        if found.id.hex() != parts[2]:
            raise RemoteError(MALFORMED, "the key's id is not that of its name and bytes", place="vkey")
        return found

    def line(self, signature: bytes) -> str:
        """Write the line of a signature made with this key, newline included."""
        return write_line(self.name, self.id + signature)


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line; nothing about it is verified.

    Attributes:
        signature: what follows the key id.
        line: the line as it came, with its newline.

    """

    name: str
    key_id: bytes
    signature: bytes
    line: str

    def is_by(self, key: NoteKey) -> bool:
        """Say whether the line names this key."""
        return self.name == key.name and self.key_id == key.id


@dataclass(frozen=True, slots=True)
class Note:
    """A parsed note.

    Attributes:
        data: the bytes as they came.
        text: what is signed, with its last newline.

    """

    data: bytes
    text: str
    signatures: tuple[NoteSignature, ...]

    def verify(self, key: NoteKey) -> None:
        """Check that a plain key signed the text.

        Raises:
            RemoteError: `unknown-key` if no line names the key, `bad-signature` if one does and does not verify.

        """
        lines = [line for line in self.signatures if line.is_by(key)]
        if not lines:
            raise RemoteError(UNKNOWN_KEY, f"the note bears no signature of {key.name}'s key {key.id.hex()}")
        for line in lines:
            key.key.verify(line.signature, self.text.encode())


def sign_note(text: str, signers: Sequence[tuple[str, Signer]]) -> bytes:
    """Sign a text under one or more names.

    Raises:
        LocalError: `bad-argument`: a text or name that a note cannot hold, no signer, or one twice.

    """
    if not text.endswith("\n") or _UNFIT.search(text):
        raise LocalError(BAD_ARGUMENT, "a note is a text of whole lines without controls")
    keys = [NoteKey(name, PLAIN, signer.public) for name, signer in signers]
    if not keys or len(set(keys)) != len(keys):
        raise LocalError(BAD_ARGUMENT, "a note bears at least one signature, and one of each key")
    lines = [key.line(signer.sign(text.encode())) for key, (_, signer) in zip(keys, signers, strict=True)]
    return (text + "\n" + "".join(lines)).encode()


def parse_note(data: bytes | str) -> Note:
    """Read a note strictly; no signature is checked here.

    Raises:
        RemoteError: `malformed` or `too-large`.

    """
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    text = _decoded(raw)
    # The text may hold empty lines of its own: the last one parts it from the signatures.
    body, parting, tail = text.rpartition("\n\n")
    if not parting or not tail.endswith("\n"):
        raise RemoteError(MALFORMED, "a note is a text, an empty line and signature lines", place="note")
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise RemoteError(TOO_LARGE, f"a note has at most {MAX_SIGNATURES} signatures", place="note")
    signatures = tuple(parse_line(line + "\n") for line in lines)
    if len({(line.name, line.key_id) for line in signatures}) != len(signatures):
        raise RemoteError(MALFORMED, "one key signed a note twice", place="note")
    return Note(raw, body + "\n", signatures)


def parse_line(line: str) -> NoteSignature:
    """Read one signature line with its newline.

    Raises:
        RemoteError: `malformed`.

    """
    parts = line.removesuffix("\n").split(" ")
    if not line.endswith("\n") or len(parts) != 3 or parts[0] != _DASH or not is_name(parts[1]):
        raise RemoteError(MALFORMED, "a signature line is: em dash, name, base64, newline", place="note")
    signed = from_base64(parts[2], "note")
    if len(signed) <= _KEY_ID:
        raise RemoteError(MALFORMED, "a signature line holds a key id of 4 bytes and a signature", place="note")
    return NoteSignature(parts[1], signed[:_KEY_ID], signed[_KEY_ID:], line)


def write_line(name: str, signed: bytes) -> str:
    """Write a signature line of its name and of key id and signature together, newline included."""
    return f"{_DASH} {name} {to_base64(signed)}\n"


def is_name(name: str) -> bool:
    """Say whether a key may bear the name: not empty, no Unicode space, no control, no plus."""
    return bool(name) and "+" not in name and not _UNFIT.search(name) and not any(map(str.isspace, name))


def to_base64(data: bytes) -> str:
    """Write base 64 (RFC 4648 section 4), padded."""
    return b64encode(data).decode()


def from_base64(text: str, place: str) -> bytes:
    """Read base 64 in its one canonical form.

    Raises:
        RemoteError: `malformed`: foreign characters, missing padding, or stray bits in the last character.

    """
    try:
        data = b64decode(text, validate=True)
    except ValueError:
        data = b""
    if to_base64(data) != text:
        raise RemoteError(MALFORMED, "not base 64, or not in its canonical form (RFC 4648 3.5)", place=place)
    return data


def _decoded(raw: bytes) -> str:
    if len(raw) > MAX_NOTE:
        raise RemoteError(TOO_LARGE, f"a note has at most {MAX_NOTE} bytes", place="note")
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise RemoteError(MALFORMED, "a note is UTF-8", place="note") from None
    if _UNFIT.search(text):
        raise RemoteError(MALFORMED, "a note has no control characters other than newline", place="note")
    return text
