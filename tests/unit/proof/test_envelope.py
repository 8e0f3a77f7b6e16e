"""The signed statement: what it commits to, that nothing in it can be changed, and that it has one form."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from comity.errors import (
    BAD_SIGNATURE,
    CONTENT_MISMATCH,
    MALFORMED,
    UNKNOWN_ALGORITHM,
    RemoteError,
)
from comity.proof import cbor, cose, envelope
from comity.proof.envelope import CONTENT_TYPE, MAX_ENVELOPE, Envelope, commit, parse, seal, seal_all
from comity.proof.hands import OneHand
from comity.proof.keys import P256SigningKey, Signer, SigningKey

ED = SigningKey(bytes(range(32)))
P256 = P256SigningKey(0xC0FFEE)
SALT, CONTENT = bytes(range(16)), b'{"type": "report"}'
ISS, SUB, IAT = "comity/5f0c", "0b8e1c4e-5f1a-4d3b-9a2e-1f2e3d4c5b6a", 1448532000
LAST_SECOND_OF_9999 = 253402300799


def sealed(signer: Signer = ED) -> Envelope:
    return seal(iss=ISS, sub=SUB, iat=IAT, commitment=commit(SALT, CONTENT), signer=signer)


def header(**changes: Any) -> dict[Any, Any]:
    """A header by label, with some labels changed; None takes one out."""
    right = {1: -8, 4: ED.public.id[:8], 15: {1: ISS, 2: SUB, 6: IAT}, 258: -16, 259: CONTENT_TYPE}
    changed = right | {int(label[1:]): value for label, value in changes.items()}
    return {label: value for label, value in changed.items() if value is not None}


def signed(
    protected: dict[Any, Any], unprotected: dict[Any, Any] | None = None, payload: bytes | None = bytes(32)
) -> bytes:
    """Any COSE_Sign1 with a good signature."""
    detached = None if payload is not None else bytes(32)
    return cose.sign1(protected, unprotected or {}, payload, ED, detached=detached)


def refusal(call: Callable[[], object], code: str = MALFORMED) -> str:
    with pytest.raises(RemoteError) as caught:
        call()
    assert caught.value.code == code
    return caught.value.message


# -- what it is


@pytest.mark.parametrize("signer", [ED, P256])
def test_what_was_sealed_is_read_verified_and_opened(signer: Signer) -> None:
    made = sealed(signer)
    read = parse(made.data)
    assert read == made
    assert (read.iss, read.sub, read.iat, read.kid) == (ISS, SUB, IAT, signer.public.id[:8])
    read.verify(signer.public)
    read.opens(SALT, CONTENT)


def test_its_bytes_are_those_of_the_specifications() -> None:
    """Put together from RFC 9052's Sig_structure, RFC 9597's claims and RFC 9995's headers, without our own writer."""
    protected = cbor.encode({1: -8, 4: ED.public.id[:8], 15: {1: ISS, 2: SUB, 6: IAT}, 258: -16, 259: CONTENT_TYPE})
    commitment = sha256(cbor.encode([SALT, CONTENT])).digest()
    signature = ED.sign(cbor.encode(["Signature1", protected, b"", commitment]))
    assert sealed().data == b"\xd2" + cbor.encode([protected, {}, commitment, signature])


def test_its_id_is_its_leaf_hash() -> None:
    assert sealed().id == sha256(b"\x00" + sealed().data).digest()


def test_content_and_salt_are_not_in_it() -> None:
    data = sealed().data
    assert SALT not in data
    assert b"report" not in data


def test_es256_statements_of_one_content_have_two_ids() -> None:
    """ECDSA draws a nonce; the commitment is the same."""
    one, other = sealed(P256), sealed(P256)
    assert one.id != other.id
    assert one.commitment == other.commitment


@pytest.mark.parametrize("name", [-8, -19])
def test_both_names_of_ed25519_are_accepted(name: int) -> None:
    parse(signed(header(_1=name))).verify(ED.public)


# -- what it commits to


@pytest.mark.parametrize("size", [0, 1, 23, 24, 255, 256, 65_535, 65_536])
def test_the_commitment_is_the_hash_of_the_deterministic_pair(size: int) -> None:
    content = bytes(size)
    assert commit(SALT, content) == sha256(cbor.encode([SALT, content])).digest()


@pytest.mark.parametrize(
    ("salt", "content"),
    [
        (SALT, CONTENT + b" "),
        (SALT, CONTENT[:-1]),
        (SALT, b""),
        (bytes(16), CONTENT),
        (SALT[::-1], CONTENT),
        (SALT[:-1], SALT[-1:] + CONTENT),
        (b"", SALT + CONTENT),
        (SALT + CONTENT[:1], CONTENT[1:]),
    ],
)
def test_other_content_or_salt_does_not_open_it(salt: bytes, content: bytes) -> None:
    refusal(lambda: sealed().opens(salt, content), CONTENT_MISMATCH)


@pytest.mark.parametrize("length", [0, 15, 17, 32])
def test_a_salt_has_16_bytes_even_where_the_hash_would_fit(length: int) -> None:
    """A salt of none would let a guessed content be confirmed."""
    made = seal(iss=ISS, sub=SUB, iat=IAT, commitment=commit(bytes(length), CONTENT), signer=ED)
    refusal(lambda: made.opens(bytes(length), CONTENT), CONTENT_MISMATCH)


# -- liars


@pytest.mark.parametrize("signer", [ED, P256])
def test_every_flipped_bit_is_refused(signer: Signer) -> None:
    data = sealed(signer).data
    for bit in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(RemoteError) as caught:
            parse(bytes(flipped)).verify(signer.public)
        assert caught.value.code in {MALFORMED, BAD_SIGNATURE, UNKNOWN_ALGORITHM}


@pytest.mark.parametrize("signer", [ED, P256])
def test_every_cut_and_every_byte_more_is_refused(signer: Signer) -> None:
    data = sealed(signer).data
    for end in range(len(data)):
        refusal(lambda end=end: parse(data[:end]))  # type: ignore[misc]
    refusal(lambda: parse(data + b"\x00"))


def test_another_key_does_not_verify_it() -> None:
    refusal(lambda: sealed().verify(SigningKey(bytes(32)).public), BAD_SIGNATURE)
    refusal(lambda: sealed(P256).verify(P256SigningKey(1).public), BAD_SIGNATURE)
    refusal(lambda: sealed().verify(P256.public), UNKNOWN_ALGORITHM)


def test_a_signature_made_for_another_statement_does_not_verify() -> None:
    one = cbor.decode(sealed().data[1:])
    other = cbor.decode(seal(iss=ISS, sub=SUB, iat=IAT + 1, commitment=commit(SALT, CONTENT), signer=ED).data[1:])
    refusal(lambda: parse(b"\xd2" + cbor.encode([*one[:3], other[3]])).verify(ED.public), BAD_SIGNATURE)


# -- one form and no other


CLAIMS = {1: ISS, 2: SUB, 6: IAT}


@pytest.mark.parametrize(
    "protected",
    [
        header(_4=None),
        header(_15=None),
        header(_258=None),
        header(_259=None),
        header(_260="https://example.com/content"),
        header(_2=[1]),
        header(_3=0),
        header(_15=[1, 2, 6]),
        header(_15=b""),
        header(_15={}),
        header(_15={1: ISS, 2: SUB}),
        header(_15={2: SUB, 6: IAT}),
        header(_15=CLAIMS | {4: IAT}),
        header(_15={"1": ISS, "2": SUB, "6": IAT}),
        header() | {"more": 1},
    ],
)
def test_a_header_has_its_five_labels_and_three_claims(protected: dict[Any, Any]) -> None:
    assert "not the header of a signed statement" in refusal(lambda: parse(signed(protected)))


@pytest.mark.parametrize("unprotected", [{5: 1}, {394: []}, {"x": 1}])
def test_nothing_stands_in_the_unprotected_header(unprotected: dict[Any, Any]) -> None:
    assert "not the header of a signed statement" in refusal(lambda: parse(signed(header(), unprotected)))


def test_the_algorithm_stands_in_the_protected_header() -> None:
    assert "not the header of a signed statement" in refusal(lambda: parse(signed(header(_1=None), {1: -8})))


@pytest.mark.parametrize(
    "iss", ["", "Comity", "comity 5f0c", "comity\n", "comité", "comity+1", "a" * 129, 5, b"comity", None, ["comity"]]
)
def test_an_issuer_is_an_origin(iss: object) -> None:
    assert "wrong form" in refusal(lambda: parse(signed(header(_15=CLAIMS | {1: iss}))))


@pytest.mark.parametrize(
    "sub",
    [
        "",
        SUB.upper(),
        SUB.replace("-", ""),
        SUB + "\n",
        "urn:uuid:" + SUB,
        "report--" + SUB,
        SUB[:14] + "1" + SUB[15:],
        SUB[:19] + "c" + SUB[20:],
        SUB[:-1],
        SUB[:-1] + "٣",
        7,
        SUB.encode(),
        None,
    ],
)
def test_a_subject_is_a_random_uuid_in_its_one_form(sub: object) -> None:
    """Version 4 only: an id made of the content or of a clock says something about it."""
    assert "wrong form" in refusal(lambda: parse(signed(header(_15=CLAIMS | {2: sub}))))


@pytest.mark.parametrize("iat", [-1, LAST_SECOND_OF_9999 + 1, 1 << 63, "1448532000", b"", None, True, False])
def test_a_time_is_a_number_of_seconds_up_to_the_year_9999(iat: object) -> None:
    assert "wrong form" in refusal(lambda: parse(signed(header(_15=CLAIMS | {6: iat}))))


@pytest.mark.parametrize("iat", [0, LAST_SECOND_OF_9999])
def test_the_first_and_the_last_second_are_times(iat: int) -> None:
    assert parse(signed(header(_15=CLAIMS | {6: iat}))).iat == iat


def test_a_time_with_fractions_is_refused() -> None:
    """RFC 8392 lets a NumericDate be a float; deterministic CBOR without floats does not."""
    data = signed(header(_15={1: ISS, 2: SUB, 6: 0}))
    protected = data.replace(b"\x06\x00\x19\x01\x02", b"\x06\xf9\x3c\x00\x19\x01\x02")
    assert protected != data
    refusal(lambda: parse(protected))


@pytest.mark.parametrize("kid", [b"", bytes(7), bytes(9), bytes(32), "8 chars.", 8, None])
def test_a_key_id_has_8_bytes(kid: object) -> None:
    wanted = "not the header" if kid is None else "wrong form"
    assert wanted in refusal(lambda: parse(signed(header(_4=kid))))


@pytest.mark.parametrize("hash_algorithm", [-15, -17, -43, 16, "SHA-256", [-16]])
def test_the_payload_is_hashed_with_sha_256(hash_algorithm: object) -> None:
    assert "wrong form" in refusal(lambda: parse(signed(header(_258=hash_algorithm))))


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/stix+json;version=2.1", CONTENT_TYPE + " ", 0, b""]
)
def test_the_content_type_tells_nothing(content_type: object) -> None:
    """It is one constant for all: the log's readers do not learn who says reports and who says notices."""
    assert "wrong form" in refusal(lambda: parse(signed(header(_259=content_type))))


@pytest.mark.parametrize("payload", [None, b"", bytes(31), bytes(33), bytes(64)])
def test_the_payload_is_one_hash(payload: bytes | None) -> None:
    assert "wrong form" in refusal(lambda: parse(signed(header(), payload=payload)))


def test_a_statement_is_small() -> None:
    made = sealed()
    assert len(made.data) < 300
    largest = made.data + bytes(MAX_ENVELOPE - len(made.data))
    assert "at most" not in refusal(lambda: parse(largest))
    assert "at most 1024 bytes" in refusal(lambda: parse(largest + b"\x00"))


def test_a_refusal_names_the_place() -> None:
    for data in (b"", bytes(MAX_ENVELOPE + 1), signed(header(_4=None)), signed(header(_258=0)), sealed().data[:-1]):
        with pytest.raises(RemoteError) as caught:
            envelope.parse(data, place="leaf 7")
        assert caught.value.place == "leaf 7"


def test_nothing_is_sealed_that_would_not_be_read() -> None:
    for changed in ({"iss": "A B"}, {"sub": "x"}, {"iat": -1}, {"commitment": bytes(31)}):
        fields: dict[str, Any] = {"iss": ISS, "sub": SUB, "iat": IAT, "commitment": bytes(32)} | changed
        refusal(lambda fields=fields: seal(**fields, signer=ED))  # type: ignore[misc]


class Counting:
    """A signer that counts."""

    public = ED.public

    def __init__(self) -> None:
        self.signed = 0

    def sign(self, message: bytes) -> bytes:
        self.signed += 1
        return ED.sign(message)


def test_many_are_sealed_as_each_would_be() -> None:
    parts = [(f"0b8e1c4e-5f1a-4d3b-9a2e-{number:012x}", sha256(bytes((number,))).digest()) for number in range(3)]
    made = seal_all(parts, iss=ISS, iat=IAT, signer=ED, hands=OneHand())
    assert made == [seal(iss=ISS, sub=sub, iat=IAT, commitment=commitment, signer=ED) for sub, commitment in parts]
    assert made == [parse(one.data) for one in made]
    assert seal_all([], iss=ISS, iat=IAT, signer=ED, hands=OneHand()) == []


def test_where_one_could_not_be_read_none_is_signed() -> None:
    signer = Counting()
    refusal(lambda: seal_all([(SUB, bytes(32)), (SUB, bytes(31))], iss=ISS, iat=IAT, signer=signer, hands=OneHand()))
    assert signer.signed == 0
