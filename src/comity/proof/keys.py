"""Keys and raw signatures: Ed25519 (RFC 8032) and ECDSA with P-256 and SHA-256 (FIPS 186-5). No envelope, no party.

A key's id is the SHA-256 of its public bytes: 32 bytes for Ed25519, the 65 byte uncompressed point for P-256.
The library `cryptography` enters Comity here and nowhere else.
"""

import enum
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InternalError, InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from comity.errors import BAD_ARGUMENT, BAD_SIGNATURE, DAMAGED, MALFORMED, LocalError, RemoteError


class Kind(enum.Enum):
    """The two kinds of key."""

    ED25519 = "Ed25519"
    P256 = "P-256"


_RAW_LENGTH = {Kind.ED25519: 32, Kind.P256: 65}

# Ed25519: y of the eight points whose order is 1, 2, 4 or 8. Under such a key one signature fits many messages that
# nobody signed (under y = 1 all of them), so its owner could deny everything. The library takes them.
_P = 2**255 - 19
_ORDER_8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_WEAK = frozenset({0, 1, _P - 1, _ORDER_8, _P - _ORDER_8})


@dataclass(frozen=True)
class VerifyingKey:
    """A public key by its raw bytes.

    A P-256 signature can be turned by anyone into a second one of the same message; an Ed25519 signature cannot.

    Raises:
        RemoteError: `malformed`: wrong in length, no point of P-256, or an Ed25519 point that is of small order or not in
            its canonical form. Other strings of 32 bytes that are no point are taken, and verify nothing.

    """

    raw: bytes
    kind: Kind = Kind.ED25519

    def __post_init__(self) -> None:
        if len(self.raw) != _RAW_LENGTH[self.kind]:
            raise RemoteError(MALFORMED, f"{self.kind.value} keys have {_RAW_LENGTH[self.kind]} bytes")
        if self.kind is Kind.P256:
            _ = self._p256
        elif (y := int.from_bytes(self.raw, "little") & (1 << 255) - 1) >= _P or y in _WEAK:
            raise RemoteError(MALFORMED, "not the canonical form of an Ed25519 point of large order (RFC 8032 5.1.3)")

    @cached_property
    def id(self) -> bytes:
        """SHA-256 of the public bytes."""
        return sha256(self.raw).digest()

    @cached_property
    def _ed25519(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.raw)

    @cached_property
    def _p256(self) -> ec.EllipticCurvePublicKey:
        try:
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), self.raw)
        except ValueError:
            raise RemoteError(MALFORMED, "not an uncompressed point of P-256") from None

    def to_pem(self) -> bytes:
        """Write the key as SubjectPublicKeyInfo PEM (RFC 5280)."""
        key = self._ed25519 if self.kind is Kind.ED25519 else self._p256
        return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def verify(self, signature: bytes, message: bytes) -> None:
        """Check a raw signature (64 bytes: for P-256 r || s).

        Raises:
            RemoteError: `bad-signature`.

        """
        try:
            if self.kind is Kind.ED25519:
                self._ed25519.verify(signature, message)
            else:
                self._verify_p256(signature, message)
        except (InvalidSignature, ValueError):
            raise RemoteError(BAD_SIGNATURE, f"the {self.kind.value} signature does not verify") from None

    def _verify_p256(self, signature: bytes, message: bytes) -> None:
        if len(signature) != 64:
            raise InvalidSignature
        r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
        self._p256.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))


class Signer(Protocol):
    """The port to a private key, wherever it is kept."""

    @property
    def public(self) -> VerifyingKey:
        """The key that verifies what this one signs."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Make a raw signature of 64 bytes."""
        ...


class SigningKey:
    """An Ed25519 private key in memory; made of a 32 byte seed that the caller drew."""

    def __init__(self, seed: bytes) -> None:
        if len(seed) != 32:
            raise LocalError(BAD_ARGUMENT, "an Ed25519 seed has 32 bytes")
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self._public = VerifyingKey(self._private.public_key().public_bytes_raw())

    @property
    def public(self) -> VerifyingKey:
        """The key that verifies what this one signs."""
        return self._public

    def sign(self, message: bytes) -> bytes:
        """Make a raw Ed25519 signature, 64 bytes."""
        return self._private.sign(message)

    def to_pem(self) -> bytes:
        """Write the private key as unencrypted PKCS #8 PEM (RFC 5958)."""
        return self._private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    @classmethod
    def from_pem(cls, pem: bytes) -> "SigningKey":
        """Read a PKCS #8 PEM.

        Raises:
            LocalError: `damaged`; the key's bytes are not told.

        """
        try:
            private = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm, InternalError):
            # The last is what OpenSSL makes of a seed that is too short.
            raise LocalError(DAMAGED, "not a readable private key in PEM") from None
        if not isinstance(private, Ed25519PrivateKey):
            raise LocalError(DAMAGED, "a private key, but not Ed25519")
        return cls(private.private_bytes_raw())


class P256SigningKey:
    """A P-256 private key in memory, for parties whose hardware has no Ed25519."""

    def __init__(self, secret: int) -> None:
        try:
            self._private = ec.derive_private_key(secret, ec.SECP256R1())
        except ValueError:
            raise LocalError(BAD_ARGUMENT, "a P-256 secret is from 1 to the order of the curve less 1") from None
        point = self._private.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        self._public = VerifyingKey(point, Kind.P256)

    @property
    def public(self) -> VerifyingKey:
        """The key that verifies what this one signs."""
        return self._public

    def sign(self, message: bytes) -> bytes:
        """Make a raw signature, r || s, 64 bytes (RFC 9053 section 2.1)."""
        r, s = decode_dss_signature(self._private.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)
