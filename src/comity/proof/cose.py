"""COSE_Sign1: one signature over one payload (RFC 9052 sections 4.2 and 4.4, RFC 9053 section 2, RFC 9864).

    18([ protected   bstr of a map: what is signed beside the payload; {1: -8} names the algorithm Ed25519,
         unprotected map: what is not signed,
         payload     bstr, or nil where it travels elsewhere,
         signature   bstr ])

It emits -8 (EdDSA) for Ed25519 and -7 (ES256) for P-256; it takes their fully specified names -19 and -9 as well.

Rule 1: what is read is kept as it came and verified over those bytes; nothing is encoded again. Rule 2: all of it is
deterministic CBOR without tags or floats, what foreigners sign included: no vector of the working group needs more.
Rule 3: an empty protected header is signed as the empty string whether it came as `40` or as `41 a0` (RFC 9052 4.4).

This layer takes the algorithm from the unprotected header where the protected one has none, as RFC 9052 section 3 says;
the formats above it allow no unprotected header at all. It knows no claim and no party.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from comity.errors import BAD_ARGUMENT, MALFORMED, UNKNOWN_ALGORITHM, LocalError, RemoteError
from comity.proof import cbor
from comity.proof.hands import Hands
from comity.proof.keys import Kind, Signer, VerifyingKey

Header = dict[Any, Any]

ALG, CRIT, CONTENT_TYPE, KID = 1, 2, 3, 4

# The kind of key that each algorithm takes, and its name at IANA.
_ACCEPTED = {
    -8: (Kind.ED25519, "EdDSA"),
    -19: (Kind.ED25519, "Ed25519"),
    -7: (Kind.P256, "ES256"),
    -9: (Kind.P256, "ESP256"),
}
_EMITTED = {Kind.ED25519: -8, Kind.P256: -7}

# https://www.iana.org/assignments/cose: only so that a refusal can say what it refuses.
_REFUSED = {
    -35: "ES384",
    -36: "ES512",
    -37: "PS256",
    -38: "PS384",
    -39: "PS512",
    -46: "HSS-LMS",
    -47: "ES256K",
    -48: "ML-DSA-44",
    -49: "ML-DSA-65",
    -50: "ML-DSA-87",
    -51: "ESP384",
    -52: "ESP512",
    -53: "Ed448",
    -257: "RS256",
    -258: "RS384",
    -259: "RS512",
    -260: "WalnutDSA",
    -265: "ESB256",
    -266: "ESB320",
    -267: "ESB384",
    -268: "ESB512",
    -65535: "RS1",
    4: "HS256/64",
    5: "HS256",
    6: "HS384",
    7: "HS512",
}
_ED448_SIGNATURE = 114

# The labels that this layer acts on or that ask for nothing; any other in `crit` is one we would have to understand.
_UNDERSTOOD = frozenset({ALG, CONTENT_TYPE, KID})

_TAG_SIGN1 = 0xD2
_SIG_STRUCTURE = b"\x84\x6aSignature1"


@dataclass(frozen=True, slots=True)
class Sign1:
    """A parsed COSE_Sign1; nothing in it is to be believed before `verify`.

    Attributes:
        protected_bytes: the protected header as it came, `a0` included.
        payload: None where it is detached.

    """

    protected_bytes: bytes
    protected: Header
    unprotected: Header
    payload: bytes | None
    signature: bytes

    @property
    def algorithm(self) -> int:
        """The COSE algorithm; one of those accepted."""
        found: int = self.protected.get(ALG) or self.unprotected[ALG]
        return found

    def verify(self, key: VerifyingKey, *, payload: bytes | None = None, external_aad: bytes = b"") -> None:
        """Check the signature.

        Args:
            key: of the kind that the algorithm takes.
            payload: the bytes that are signed, where the message does not hold them.
            external_aad: what is signed with them and known to both sides.

        Raises:
            RemoteError: `bad-signature`, `unknown-algorithm` if the algorithm does not fit the key, `malformed` if the
                payload is neither here nor given, or both.

        """
        signed = _one_of(self.payload, payload)
        if signed is None:
            raise RemoteError(MALFORMED, "the payload is either in the message or detached from it (RFC 9052 4.1)")
        header = self.protected_bytes if self.protected else b""
        verify(self.algorithm, header, signed, self.signature, key, external_aad)


def verify(
    algorithm: int, header: bytes, payload: bytes, signature: bytes, key: VerifyingKey, external_aad: bytes = b""
) -> None:
    """Check the signature of a message by its parts.

    Args:
        algorithm: one of those accepted.
        header: the protected header as it came; empty where it says nothing.
        payload: the bytes that are signed.
        signature: as it came.
        key: of the kind that the algorithm takes.
        external_aad: what is signed with them and known to both sides.

    Raises:
        RemoteError: `bad-signature`, or `unknown-algorithm` if the algorithm does not fit the key.

    """
    kind, name = _ACCEPTED[algorithm]
    if kind is not key.kind:
        raise RemoteError(UNKNOWN_ALGORITHM, f"{name} does not fit a {key.kind.value} key")
    if kind is Kind.ED25519 and len(signature) == _ED448_SIGNATURE:
        raise RemoteError(UNKNOWN_ALGORITHM, "Ed448 is not taken; EdDSA stands for Ed25519 here")
    key.verify(signature, _to_be_signed(header, external_aad, payload))


def algorithm_of(key: VerifyingKey) -> int:
    """Name the algorithm that we emit for a key.

    RFC 9864 deprecates these names for -19 and -9, which three of four foreign verifiers do not know yet.
    """
    return _EMITTED[key.kind]


def sign1(
    protected: Header,
    unprotected: Header,
    payload: bytes | None,
    signer: Signer,
    external_aad: bytes = b"",
    *,
    detached: bytes | None = None,
) -> bytes:
    """Sign a payload; the result bears tag 18.

    Args:
        protected: signed; names the algorithm under label 1, see `algorithm_of`.
        unprotected: not signed.
        payload: None where it is detached.
        signer: a key of the kind that the algorithm takes.
        external_aad: signed, not carried.
        detached: the bytes to sign where `payload` is None.

    Raises:
        LocalError: `bad-argument`: the algorithm does not fit the signer, or there is not exactly one payload.

    """
    named = _ACCEPTED.get(protected.get(ALG) or unprotected.get(ALG, 0))
    if named is None or named[0] is not signer.public.kind:
        raise LocalError(BAD_ARGUMENT, f"no algorithm for a {signer.public.kind.value} key is named in the header")
    signed = _one_of(payload, detached)
    if signed is None:
        raise LocalError(BAD_ARGUMENT, "the payload is either in the message or detached from it")
    header = cbor.encode(protected) if protected else b""
    signature = signer.sign(_to_be_signed(header, external_aad, signed))
    return b"".join(
        (
            b"\xd2\x84",
            cbor.bstr(header),
            cbor.encode(unprotected) if unprotected else b"\xa0",
            b"\xf6" if payload is None else cbor.bstr(payload),
            cbor.bstr(signature),
        )
    )


def sign1_all(
    headers: Sequence[bytes], payloads: Sequence[bytes], signer: Signer, hands: Hands
) -> list[tuple[bytes, bytes]]:
    """Sign many at once.

    Args:
        headers: of each its protected header, encoded already and naming the signer's algorithm.
        payloads: what each signs.
        signer: of all of them.
        hands: who makes the signatures.

    Returns:
        Of each the whole message and its signature.
    """
    signatures = hands.each(
        signer.sign, [_to_be_signed(header, b"", payload) for header, payload in zip(headers, payloads, strict=True)]
    )
    bstr = cbor.bstr
    return [
        (b"".join((b"\xd2\x84", bstr(header), b"\xa0", bstr(payload), bstr(signature))), signature)
        for header, payload, signature in zip(headers, payloads, signatures, strict=True)
    ]


def parse_sign1(data: bytes, *, tagged: bool = True, place: str = "") -> Sign1:
    """Read a COSE_Sign1 strictly; the signature is not checked here.

    Args:
        data: the whole message.
        tagged: whether it bears tag 18, which must then be there, or must not.
        place: what this is, for the error.

    Raises:
        RemoteError: `malformed`, `too-large`, or `unknown-algorithm`.

    """
    fields = cbor.decode(_untagged(data, place) if tagged else data, place=place)
    if type(fields) is not list or tuple(map(type, fields)) not in _SHAPES:
        raise RemoteError(MALFORMED, "not a COSE_Sign1: [bstr, map, bstr or nil, bstr] (RFC 9052 4.2)", place=place)
    protected_bytes, unprotected, payload, signature = fields
    protected = cbor.decode(protected_bytes, place=place) if protected_bytes else {}
    _check_headers(protected, unprotected, place)
    return Sign1(protected_bytes, protected, unprotected, payload, signature)


_SHAPES = frozenset({(bytes, dict, bytes, bytes), (bytes, dict, type(None), bytes)})


def _untagged(data: bytes, place: str) -> bytes:
    if data[:1] != bytes((_TAG_SIGN1,)):
        kind = "COSE_Sign (tag 98)" if data[:2] == b"\xd8\x62" else "something else"
        raise RemoteError(MALFORMED, f"a COSE_Sign1 begins with tag 18; this is {kind}", place=place)
    return data[1:]


def _check_headers(protected: object, unprotected: Header, place: str) -> None:
    if type(protected) is not dict or bytes in map(type, protected) or bytes in map(type, unprotected):
        raise RemoteError(MALFORMED, "a header is a map of labels, numbers or texts (RFC 9052 3)", place=place)
    if unprotected and not protected.keys().isdisjoint(unprotected):
        raise RemoteError(MALFORMED, "one label in both headers (RFC 9052 3)", place=place)
    named = protected.get(ALG)
    if named is None:
        named = unprotected.get(ALG)
    if type(named) is not int or named not in _ACCEPTED:
        raise _refused(named, place)
    if CRIT in protected or CRIT in unprotected:
        _check_critical(protected, place)


def _check_critical(protected: Header, place: str) -> None:
    labels = protected.get(CRIT)
    # A list in a list would make the set below unhashable, so the types come first.
    if type(labels) is not list or not labels or not set(map(type, labels)) <= {int, str}:
        raise RemoteError(MALFORMED, "crit lists labels, in the protected header (RFC 9052 3.1)", place=place)
    if not _UNDERSTOOD.issuperset(labels) or not protected.keys() >= set(labels):
        raise RemoteError(MALFORMED, "crit names a header that is not there or not understood here", place=place)


def _refused(named: object, place: str) -> RemoteError:
    if named is None:
        return RemoteError(MALFORMED, "no algorithm is named (RFC 9052 3.1)", place=place)
    name = _REFUSED.get(named, str(named)) if type(named) is int else "one that is not a number"
    return RemoteError(UNKNOWN_ALGORITHM, f"the algorithm {name} is not taken", place=place)


def _one_of(attached: bytes | None, detached: bytes | None) -> bytes | None:
    if attached is None:
        return detached
    return attached if detached is None else None


def _to_be_signed(protected: bytes, external_aad: bytes, payload: bytes) -> bytes:
    """Put together the Sig_structure (RFC 9052 4.4) by hand: it is made once per statement that goes in or out."""
    return b"".join((_SIG_STRUCTURE, cbor.bstr(protected), cbor.bstr(external_aad), cbor.bstr(payload)))
