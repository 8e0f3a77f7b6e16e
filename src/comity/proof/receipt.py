"""Receipts: the log's proof that it holds an entry, in the two encodings that others read.

Text (C2SP tlog-proof) holds all that a verifier needs but the keys:

    c2sp.org/tlog-proof@v1
    index 2                                          <- the entry's place
    gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=     <- its path, from the sibling up
    B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=
                                                     <- an empty line, and the checkpoint as it is
    log.example/a
    ...

A COSE Receipt (RFC 9942) is a COSE_Sign1 of the log over the root alone:

    18([ protected {1: -8,                           alg
                    4: h'...8 bytes',                kid: the first bytes of the log key's id
                    15: {1: "log.example/a",         CWT claims: iss = the log's origin,
                         2: "0b8e...-...",                       sub = the entry's subject,
                         6: 1448532000},                         iat = seconds since 1970
                    395: 1},                         vds: RFC9162_SHA256
         unprotected {396: {-1: [<<[size, index, [path]]>>]}},
         payload  nil,                               the root, which the path leads to
         signature ])

Rule 1: what a COSE Receipt's signature covers is the root and not the size, so it is never judged without the checkpoint
that says the size. Rule 2: one entry, one path; `extra` lines and further proofs are refused, for nobody signed them.
Rule 3: a tree of one leaf has no COSE Receipt (RFC 9942 wants a path of one hash at least), but it has a text.
"""

import re
from dataclasses import dataclass

from comity.errors import (
    BAD_ARGUMENT,
    MALFORMED,
    NOT_INCLUDED,
    TOO_LARGE,
    UNKNOWN_KEY,
    WRONG_ISSUER,
    LocalError,
    RemoteError,
)
from comity.proof import cbor, cose
from comity.proof.checkpoint import SignedCheckpoint, parse_checkpoint, verify_log_signature
from comity.proof.keys import Signer, VerifyingKey
from comity.proof.merkle import HASH_SIZE, MAX_SIZE, verify_inclusion
from comity.proof.note import MAX_NOTE, from_base64, to_base64

MAX_PATH = 63
MAX_RECEIPT = MAX_NOTE + 4096

_FIRST_LINE = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")

_CWT_CLAIMS, _VDS, _VDP = 15, 395, 396
_ISS, _SUB, _IAT = 1, 2, 6
_RFC9162_SHA256 = 1
_INCLUSION = -1
_HEADERS = {cose.ALG, cose.KID, _CWT_CLAIMS, _VDS}
_CLAIMS = {_ISS: str, _SUB: str, _IAT: int}
_MAX_TIME = 253402300799


@dataclass(frozen=True, slots=True)
class Receipt:
    """An entry's place in a log, under a checkpoint that is kept as it came; nothing is verified before `verify`."""

    index: int
    path: tuple[bytes, ...]
    checkpoint_note: bytes

    def verify(self, leaf: bytes, *, origin: str, key: VerifyingKey) -> SignedCheckpoint:
        """Check that the log holds the entry.

        Args:
            leaf: the entry's leaf hash.
            origin: the log that it should be in.
            key: that log's key.

        Returns:
            The checkpoint; the cosignatures on it are the caller's to judge.

        Raises:
            RemoteError: `malformed`, `wrong-issuer`, `unknown-key`, `bad-signature`, `not-included`.

        """
        # (1) the checkpoint is that log's
        signed = parse_checkpoint(self.checkpoint_note)
        head = signed.checkpoint
        if head.origin != origin:
            raise RemoteError(WRONG_ISSUER, f"a receipt of {head.origin}, not of {origin}", place="receipt")
        # (2) the log signed it
        verify_log_signature(signed, key)
        # (3) the path leads from the leaf to its root, in a tree of its size
        verify_inclusion(leaf, self.index, head.size, self.path, head.root)
        return signed


@dataclass(frozen=True, slots=True)
class CoseReceipt:
    """A parsed COSE Receipt; nothing is verified before `verify`.

    Attributes:
        size: what the unprotected header says; no signature covers it.
        iss: the log's origin.
        sub: the entry's subject.
        iat: seconds since 1970.
        kid: the first 8 bytes of the log key's id.

    """

    size: int
    index: int
    path: tuple[bytes, ...]
    iss: str
    sub: str
    iat: int
    kid: bytes
    message: cose.Sign1

    def verify(self, leaf: bytes, checkpoint_note: bytes, *, origin: str, sub: str, key: VerifyingKey) -> Receipt:
        """Check that the log holds the entry, by this receipt and by the checkpoint of the same size.

        Args:
            leaf: the entry's leaf hash.
            checkpoint_note: the log's signed head that the receipt was made for.
            origin: the log that it should be in.
            sub: the subject that the entry says of itself.
            key: that log's key.

        Returns:
            The same proof with its checkpoint.

        Raises:
            RemoteError: as `Receipt.verify`, and for each claim of the receipt that is not what was expected.

        """
        # (1) the claims are about this entry of this log, by this key
        if self.iss != origin:
            raise RemoteError(WRONG_ISSUER, f"a receipt of {self.iss}, not of {origin}", place="receipt")
        if self.sub != sub:
            raise RemoteError(NOT_INCLUDED, "a receipt of another subject", place="receipt")
        if self.kid != key.id[:8]:
            raise RemoteError(UNKNOWN_KEY, "the receipt names another key than the log's", place="receipt")
        # (2) the checkpoint is the log's and holds the leaf
        whole = Receipt(self.index, self.path, checkpoint_note)
        head = whole.verify(leaf, origin=origin, key=key).checkpoint
        # (3) the size is the one that the log signed: the receipt's own signature leaves it open
        if self.size != head.size:
            evidence = {"receipt": self.size, "checkpoint": head.size}
            raise RemoteError(NOT_INCLUDED, "the receipt is of another size", place="receipt", evidence=evidence)
        # (4) the log signed the root as this receipt's
        self.message.verify(key, payload=head.root)
        return whole


def encode_tlog_proof(receipt: Receipt) -> bytes:
    """Write a receipt as text (C2SP tlog-proof)."""
    lines = [_FIRST_LINE, f"index {receipt.index}", *map(to_base64, receipt.path), ""]
    return ("\n".join(lines) + "\n").encode() + receipt.checkpoint_note


def parse_tlog_proof(data: bytes) -> Receipt:
    """Read a receipt's text strictly; nothing is verified here, and encoding it again gives the same bytes.

    Raises:
        RemoteError: `malformed` or `too-large`.

    """
    if len(data) > MAX_RECEIPT:
        raise RemoteError(TOO_LARGE, f"a receipt has at most {MAX_RECEIPT} bytes", place="receipt")
    head, parting, note = data.partition(b"\n\n")
    first, _, rest = head.decode("ascii", "replace").partition("\n")
    index, *path = rest.split("\n")
    found = _INDEX.fullmatch(index)
    if first != _FIRST_LINE or not parting or found is None:
        why = "extra data is not signed and not taken" if index.startswith("extra ") else "it begins with two lines"
        raise RemoteError(MALFORMED, f"not a tlog-proof as spec/receipt.md has it: {why}", place="receipt")
    hashes = tuple(from_base64(line, "receipt") for line in path)
    parse_checkpoint(note)
    return Receipt(_place_in(int(found[1]), MAX_SIZE), _checked(hashes), note)


def sign_cose_receipt(receipt: Receipt, *, sub: str, iat: int, signer: Signer) -> bytes:
    """Sign a receipt as COSE; its checkpoint is the log's own.

    Args:
        receipt: the place and the checkpoint.
        sub: the entry's subject.
        iat: seconds since 1970.
        signer: the log's key.

    Raises:
        LocalError: `bad-argument`: the tree has one leaf.

    """
    if not receipt.path:
        raise LocalError(BAD_ARGUMENT, "a tree of one leaf has no COSE Receipt (RFC 9942)")
    head = parse_checkpoint(receipt.checkpoint_note).checkpoint
    protected = {
        cose.ALG: cose.algorithm_of(signer.public),
        cose.KID: signer.public.id[:8],
        _CWT_CLAIMS: {_ISS: head.origin, _SUB: sub, _IAT: iat},
        _VDS: _RFC9162_SHA256,
    }
    proof = cbor.encode([head.size, receipt.index, list(receipt.path)])
    return cose.sign1(protected, {_VDP: {_INCLUSION: [proof]}}, None, signer, detached=head.root)


def parse_cose_receipt(data: bytes) -> CoseReceipt:
    """Read a COSE Receipt strictly; the signature is not checked here.

    Raises:
        RemoteError: `malformed`, `too-large`, `unknown-algorithm`.

    """
    if len(data) > MAX_RECEIPT:
        raise RemoteError(TOO_LARGE, f"a receipt has at most {MAX_RECEIPT} bytes", place="receipt")
    message = cose.parse_sign1(data, place="receipt")
    header = message.protected
    if header.keys() != _HEADERS or message.payload is not None:
        raise _malformed("its header is not that of a receipt, or its payload is attached")
    kid, claims, vds = header[cose.KID], header[_CWT_CLAIMS], header[_VDS]
    if type(vds) is not int or vds != _RFC9162_SHA256:
        raise _malformed("its tree is not RFC9162_SHA256")
    if type(kid) is not bytes or len(kid) != 8 or type(claims) is not dict:
        raise _malformed("a kid of 8 bytes and CWT claims stand in its header")
    if {label: type(claim) for label, claim in claims.items()} != _CLAIMS or not 0 <= claims[_IAT] <= _MAX_TIME:
        raise _malformed("its claims are iss, sub and iat")
    size, index, path = _inclusion(message.unprotected)
    return CoseReceipt(size, index, path, claims[_ISS], claims[_SUB], claims[_IAT], kid, message)


def _inclusion(unprotected: cose.Header) -> tuple[int, int, tuple[bytes, ...]]:
    match unprotected:
        case {396: {-1: [bytes(proof)]}} if unprotected == {_VDP: {_INCLUSION: [proof]}}:
            fields = cbor.decode(proof, place="receipt")
        case _:
            raise _malformed("exactly one inclusion proof stands in its unprotected header")
    match fields:
        case [int(size), int(index), [_, *_] as path] if type(size) is int and type(index) is int:
            return _place_in(size, MAX_SIZE + 1), _place_in(index, size), _checked(tuple(path))
        case _:
            raise _malformed("an inclusion proof is [size, index, [hash, ...]]")


def _place_in(number: int, bound: int) -> int:
    if not 0 <= number < bound:
        raise _malformed(f"{number} is not below {bound}")
    return number


def _checked(path: tuple[bytes, ...]) -> tuple[bytes, ...]:
    if len(path) > MAX_PATH or any(type(each) is not bytes or len(each) != HASH_SIZE for each in path):
        raise _malformed(f"a path is at most {MAX_PATH} hashes of {HASH_SIZE} bytes")
    return path


def _malformed(why: str) -> RemoteError:
    return RemoteError(MALFORMED, f"not a receipt as spec/receipt.md has it: {why}", place="receipt")
