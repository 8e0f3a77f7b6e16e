"""The signed statement: a COSE_Sign1 that commits to content without holding it (RFC 9943, RFC 9052, RFC 9995).

    18([ protected {1: -8,                          alg: Ed25519 (-19 and ES256, -7, are accepted)
                    4: h'...8 bytes',               kid: the first bytes of the signing key's id
                    15: {1: "comity/5f0c...",       CWT claims (RFC 9597): iss = the party's origin,
                         2: "0b8e...-...",                sub = a random UUID, never the STIX id,
                         6: 1448532000},                  iat = seconds since 1970
                    258: -16,                       payload hash algorithm: SHA-256
                    259: "application/comity+cbor"},preimage content type, one constant for all
         unprotected {},
         payload  SHA-256 of deterministic CBOR [bstr16 salt, bstr content],
         signature ])

Rule 1: a statement's id is SHA-256(0x00 || these bytes), its leaf hash in the log. Rule 2: content and salt travel
beside it, so that erasing them never touches a leaf. It does not know what the content says.
"""

import re
from collections.abc import Sequence
from hashlib import sha256
from typing import NewType

from comity import formats
from comity.errors import CONTENT_MISMATCH, MALFORMED, RemoteError
from comity.formats import Format
from comity.proof import cbor, cose
from comity.proof.cose import Sign1
from comity.proof.hands import Hands, OneHand
from comity.proof.keys import Signer, VerifyingKey
from comity.proof.merkle import HASH_SIZE, are_hashes, leaf_hash
from comity.values import value

StatementId = NewType("StatementId", bytes)

CONTENT_TYPE = "application/comity+cbor"
SALT_LENGTH = 16
MAX_ENVELOPE = 1024

_ISS = re.compile(r"[a-z0-9/._-]{1,128}", re.ASCII)
_SUB = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII)
_HEADERS = {1, 4, 15, 258, 259}
_HEADER_END = b"\x19\x01\x02\x2f\x19\x01\x03\x77" + CONTENT_TYPE.encode()
_CLAIMS = {1, 2, 6}

# What Comity itself writes, in all its bytes: nearly every statement is read by this. It takes a part of what the rules
# below take, and gives the same; a statement of another form is read by those.
_USUAL = re.compile(
    rb"\xd2\x84\x58\x85(\xa5"
    rb"\x01([\x26-\x28\x32])"
    rb"\x04\x48(.{8})"
    rb"\x0f\xa3\x01\x78\x27(comity/[0-9a-f]{32})"
    rb"\x02\x78\x24([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})"
    rb"\x06\x1a([\x01-\xff].{3})"
    rb"\x19\x01\x02\x2f\x19\x01\x03\x77application/comity\+cbor)"
    rb"\xa0\x58\x20(.{32})\x58\x40(.{64})",
    re.DOTALL,
)


@value
class Envelope:
    """A parsed signed statement; its signature is checked by `verify`, its content by `opens`.

    Attributes:
        data: the bytes as they came: the log's leaf.
        id: the leaf hash, 32 bytes.
        iss: the issuer's log origin.
        sub: a random UUID.
        iat: seconds since 1970, UTC.
        kid: the first 8 bytes of the signing key's id.
    """

    data: bytes
    id: StatementId
    iss: str
    sub: str
    iat: int
    kid: bytes
    commitment: bytes
    _algorithm: int
    _header: bytes
    _signature: bytes

    def verify(self, key: VerifyingKey) -> None:
        """Check the signature.

        Raises:
            RemoteError: `bad-signature`, or `unknown-algorithm` if the algorithm does not fit the key.
        """
        cose.verify(self._algorithm, self._header, self.commitment, self._signature, key)

    def opens(self, salt: bytes, content: bytes) -> None:
        """Check that salt and content are what was committed to.

        Raises:
            RemoteError: `content-mismatch`.
        """
        if len(salt) != SALT_LENGTH or commit(salt, content) != self.commitment:
            raise RemoteError(CONTENT_MISMATCH, "content and salt do not open the statement (RFC 9995)")


def commit(salt: bytes, content: bytes) -> bytes:
    """SHA-256 of deterministic CBOR [salt, content]; the salt keeps a guessed content from being confirmed."""
    return sha256(b"\x82" + cbor.bstr(salt) + cbor.bstr(content)).digest()


def seal(*, iss: str, sub: str, iat: int, commitment: bytes, signer: Signer) -> Envelope:
    """Sign a commitment; returns the parsed form of what was signed."""
    return seal_all([(sub, commitment)], iss=iss, iat=iat, signer=signer, hands=OneHand())[0]


def seal_all(parts: Sequence[tuple[str, bytes]], *, iss: str, iat: int, signer: Signer, hands: Hands) -> list[Envelope]:
    """Sign many commitments at once, each with its own subject; returns the parsed forms in their order.

    Args:
        parts: of each its `sub` and its commitment.
        iss, iat, signer: the same for all.
        hands: who makes the signatures.

    Raises:
        RemoteError: `malformed`: what would be sealed could not be read.
    """
    subs, commitments = [sub for sub, _ in parts], [commitment for _, commitment in parts]
    if not (_are_claims(iss, iat) and all(map(_SUB.fullmatch, subs)) and are_hashes(commitments)):
        raise RemoteError(MALFORMED, _WRONG)
    # The protected header in deterministic CBOR, put together by hand: but for the subject it is one for all.
    alg, kid = cose.algorithm_of(signer.public), signer.public.id[:8]
    before = b"".join((b"\xa5\x01", cbor.integer(alg), b"\x04\x48", kid, b"\x0f\xa3\x01", cbor.tstr(iss), b"\x02"))
    after = b"\x06" + cbor.integer(iat) + _HEADER_END
    headers = [b"".join((before, cbor.tstr(sub), after)) for sub in subs]
    sealed = cose.sign1_all(headers, commitments, signer, hands)
    return [
        Envelope(data, StatementId(leaf_hash(data)), iss, sub, iat, kid, commitment, alg, header, signature)
        for sub, commitment, header, (data, signature) in zip(subs, commitments, headers, sealed, strict=True)
    ]


def parse(data: bytes, *, place: str = "") -> Envelope:
    """Read a signed statement strictly; the signature is not checked here.

    Raises:
        RemoteError: `malformed`, `unknown-version` or `unknown-algorithm`.
    """
    usual = _USUAL.fullmatch(data)
    if usual is None:
        return _parse(data, place)
    header, algorithm, kid, iss, sub, iat, commitment, signature = usual.groups()
    # A negative number n of CBOR stands in one byte as 31 - n.
    read = iss.decode(), sub.decode(), int.from_bytes(iat), kid, commitment, 31 - algorithm[0], header, signature
    return Envelope(data, StatementId(leaf_hash(data)), *read)


def _parse(data: bytes, place: str) -> Envelope:
    if len(data) > MAX_ENVELOPE:
        raise RemoteError(MALFORMED, f"a signed statement has at most {MAX_ENVELOPE} bytes", place=place)
    message = cose.parse_sign1(data, place=place)
    version = formats.version_of(message.protected.get(259), CONTENT_TYPE)
    if version is None:
        raise RemoteError(MALFORMED, _WRONG if 259 in message.protected else _NOT_ONE, place=place)
    return STATEMENT.reader(version)(message, data, place)


_NOT_ONE = "not the header of a signed statement (spec/statement.md)"


def _parse_1(message: Sign1, data: bytes, place: str) -> Envelope:
    header = message.protected
    claims = header.get(15)
    if header.keys() != _HEADERS or message.unprotected or type(claims) is not dict or claims.keys() != _CLAIMS:
        raise RemoteError(MALFORMED, _NOT_ONE, place=place)
    iss, sub, iat, kid, commitment = claims[1], claims[2], claims[6], header[4], message.payload
    if not (
        _are_claims(iss, iat)
        and _is_part(sub, commitment)
        and commitment is not None
        and type(kid) is bytes
        and len(kid) == 8
        and header[258] == -16
    ):
        raise RemoteError(MALFORMED, _WRONG, place=place)
    parts = message.algorithm, message.protected_bytes, message.signature
    return Envelope(data, StatementId(leaf_hash(data)), iss, sub, iat, kid, commitment, *parts)


STATEMENT = Format("statement", {1: _parse_1})

_WRONG = "a claim or header of a signed statement has the wrong form"


def _are_claims(iss: object, iat: object) -> bool:
    return type(iss) is str and bool(_ISS.fullmatch(iss)) and type(iat) is int and 0 <= iat <= 253402300799


def _is_part(sub: object, commitment: object) -> bool:
    return type(sub) is str and bool(_SUB.fullmatch(sub)) and type(commitment) is bytes and len(commitment) == HASH_SIZE
