"""Keys and raw signatures: the RFCs' own examples, keys under which nothing would be proved, and key files."""

from base64 import encodebytes
from collections.abc import Callable
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, x25519
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from comity.errors import BAD_ARGUMENT, BAD_SIGNATURE, DAMAGED, MALFORMED, LocalError, RemoteError
from comity.proof.keys import Kind, P256SigningKey, Signer, SigningKey, VerifyingKey

ED = SigningKey(bytes(range(32)))
P256 = P256SigningKey(0xC0FFEE)
# The order of P-256, and of the large part of Ed25519's group.
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
LARGE_ORDER = 2**252 + 27742317777372353535851937790883648493


def refused(call: Callable[[], object], code: str) -> None:
    with pytest.raises(RemoteError) as caught:
        call()
    assert caught.value.code == code


# -- the RFCs' examples

# RFC 8032 section 7.1, TEST 1 to 3: seed, public key, message, and the two halves of the signature.
ED25519 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155",
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da",
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac",
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("seed", "public", "message", "r", "s"), ED25519)
def test_ed25519_signs_and_verifies_as_rfc_8032_has_it(seed: str, public: str, message: str, r: str, s: str) -> None:
    key = SigningKey(bytes.fromhex(seed))
    assert key.public == VerifyingKey(bytes.fromhex(public))
    assert key.sign(bytes.fromhex(message)).hex() == r + s
    key.public.verify(bytes.fromhex(r + s), bytes.fromhex(message))


def test_p256_verifies_as_rfc_6979_has_it() -> None:
    """Appendix A.2.5, SHA-256, message "sample". Its secret is taken too, and gives its point."""
    key = P256SigningKey(0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721)
    x = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    y = "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
    assert key.public.raw.hex() == "04" + x + y
    r = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
    s = "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
    key.public.verify(bytes.fromhex(r + s), b"sample")
    refused(lambda: key.public.verify(bytes.fromhex(r + s), b"Sample"), BAD_SIGNATURE)


# -- signatures


@pytest.mark.parametrize("signer", [ED, P256])
def test_a_signature_verifies_for_its_message_and_key_only(signer: Signer) -> None:
    signature = signer.sign(b"said")
    assert len(signature) == 64
    signer.public.verify(signature, b"said")
    other = SigningKey(bytes(32)) if signer is ED else P256SigningKey(1)
    refused(lambda: signer.public.verify(signature, b"Said"), BAD_SIGNATURE)
    refused(lambda: other.public.verify(signature, b"said"), BAD_SIGNATURE)


@pytest.mark.parametrize("signer", [ED, P256])
def test_every_flipped_bit_of_a_signature_is_refused(signer: Signer) -> None:
    signature = signer.sign(b"said")
    for bit in range(512):
        flipped = bytearray(signature)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(RemoteError, match=BAD_SIGNATURE):
            signer.public.verify(bytes(flipped), b"said")


@pytest.mark.parametrize("signer", [ED, P256])
@pytest.mark.parametrize("length", [0, 1, 32, 63, 65, 96, 128])
def test_a_signature_has_64_bytes(signer: Signer, length: int) -> None:
    refused(lambda: signer.public.verify((signer.sign(b"said") * 2)[:length], b"said"), BAD_SIGNATURE)


def test_a_p256_number_has_32_bytes_also_where_its_value_is_the_same() -> None:
    """A zero put before s, or taken away from it, would be a second signature of the same message."""
    signature = P256.sign(b"said")
    refused(lambda: P256.public.verify(signature[:32] + b"\x00" + signature[32:], b"said"), BAD_SIGNATURE)
    small = next(found for found in (P256.sign(b"said") for _ in range(100_000)) if found[32] == 0)
    P256.public.verify(small, b"said")
    refused(lambda: P256.public.verify(small[:32] + small[33:], b"said"), BAD_SIGNATURE)


def test_a_p256_signature_in_der_is_refused() -> None:
    private = ec.derive_private_key(0xC0FFEE, ec.SECP256R1())
    signature = private.sign(b"said", ec.ECDSA(hashes.SHA256()))
    refused(lambda: P256.public.verify(signature, b"said"), BAD_SIGNATURE)


@pytest.mark.parametrize(("r", "s"), [(0, 0), (0, 1), (1, 0), (ORDER, 1), (1, ORDER), (2**256 - 1, 2**256 - 1)])
def test_p256_numbers_out_of_range_are_refused(r: int, s: int) -> None:
    refused(lambda: P256.public.verify(r.to_bytes(32) + s.to_bytes(32), b"said"), BAD_SIGNATURE)


def test_an_ed25519_signature_cannot_be_turned_into_another() -> None:
    """s + L satisfies the equation too; RFC 8032 5.1.7 has s below L."""
    signature = ED.sign(b"said")
    turned = int.from_bytes(signature[32:], "little") + LARGE_ORDER
    refused(lambda: ED.public.verify(signature[:32] + turned.to_bytes(32, "little"), b"said"), BAD_SIGNATURE)


# -- public keys


def test_a_key_id_is_the_hash_of_its_raw_bytes() -> None:
    for signer in (ED, P256):
        assert signer.public.id == sha256(signer.public.raw).digest()
    assert len(ED.public.raw) == 32
    assert len(P256.public.raw) == 65


@pytest.mark.parametrize("length", [0, 31, 33, 57, 64, 65])
def test_an_ed25519_key_has_32_bytes(length: int) -> None:
    refused(lambda: VerifyingKey(b"\x02" * length), MALFORMED)


# The curve -x^2 + y^2 = 1 + d x^2 y^2 over the integers modulo P.
P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def add(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    (x1, y1), (x2, y2) = one, other
    both = D * x1 * x2 * y1 * y2 % P
    return (x1 * y2 + x2 * y1) * pow(1 + both, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - both, -1, P) % P


def multiply(times: int, point: tuple[int, int]) -> tuple[int, int]:
    found = 0, 1
    for bit in f"{times:b}":
        found = add(found, found)
        found = add(found, point) if bit == "1" else found
    return found


def small_order_points() -> list[tuple[int, int]]:
    """The eight points of order 1, 2, 4 and 8: multiples of a point with its part of large order taken away."""
    square = (9 - 1) * pow(9 * D + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * ROOT_OF_MINUS_ONE % P
    assert x * x % P == square
    eighth = multiply(LARGE_ORDER, (x, 3))
    return [multiply(times, eighth) for times in range(8)]


SMALL = small_order_points()


def encoded(y: int, sign: int) -> bytes:
    return (y | sign << 255).to_bytes(32, "little")


def test_there_are_eight_points_of_small_order_with_five_heights() -> None:
    assert len(set(SMALL)) == 8
    assert len({y for _, y in SMALL}) == 5


@pytest.mark.parametrize("y", sorted({y for _, y in SMALL}))
@pytest.mark.parametrize("sign", [0, 1])
def test_a_key_of_small_order_is_refused(y: int, sign: int) -> None:
    refused(lambda: VerifyingKey(encoded(y, sign)), MALFORMED)


@pytest.mark.parametrize("message", [b"said", b"never said"])
def test_a_key_of_small_order_would_have_signed_everything(message: bytes) -> None:
    """Why: the library takes the key, and R = the neutral point with s = 0 for any message at all."""
    neutral = encoded(1, 0)
    Ed25519PublicKey.from_public_bytes(neutral).verify(neutral + bytes(32), message)
    refused(lambda: ED.public.verify(neutral + bytes(32), message), BAD_SIGNATURE)


@pytest.mark.parametrize("y", [P, P + 1, P + 3, 2**255 - 1])
@pytest.mark.parametrize("sign", [0, 1])
def test_a_second_encoding_of_a_point_is_refused(y: int, sign: int) -> None:
    """A key has one id, so it has one encoding."""
    refused(lambda: VerifyingKey(encoded(y, sign)), MALFORMED)


def test_a_string_that_is_no_point_verifies_nothing() -> None:
    key = VerifyingKey(encoded(2, 0))
    refused(lambda: key.verify(ED.sign(b"said"), b"said"), BAD_SIGNATURE)
    refused(lambda: key.verify(bytes(64), b"said"), BAD_SIGNATURE)


@pytest.mark.parametrize(
    "form", ["compressed", "hybrid", "raw", "off the curve", "infinity", "long", "past the prime", "zero"]
)
def test_a_p256_key_is_an_uncompressed_point(form: str) -> None:
    raw = P256.public.raw
    forms = {
        "compressed": bytes((2 + raw[-1] % 2,)) + raw[1:33],
        "hybrid": bytes((6 + raw[-1] % 2,)) + raw[1:],
        "raw": raw[1:],
        "off the curve": raw[:-1] + bytes((raw[-1] ^ 1,)),
        "infinity": b"\x00",
        "long": raw + b"\x00",
        "past the prime": b"\x04" + b"\xff" * 64,
        "zero": b"\x04" + bytes(64),
    }
    refused(lambda: VerifyingKey(forms[form], Kind.P256), MALFORMED)


@pytest.mark.parametrize("signer", [ED, P256])
def test_a_public_key_is_written_as_others_read_it(signer: Signer) -> None:
    key = serialization.load_pem_public_key(signer.public.to_pem())
    assert isinstance(key, Ed25519PublicKey | ec.EllipticCurvePublicKey)
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    assert der.endswith(signer.public.raw)


def test_keys_are_equal_by_their_bytes_and_kind() -> None:
    assert VerifyingKey(ED.public.raw) == ED.public
    assert len({ED.public, VerifyingKey(ED.public.raw), P256.public}) == 2


# -- private keys


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_seed_has_32_bytes(length: int) -> None:
    with pytest.raises(LocalError) as caught:
        SigningKey(bytes(length))
    assert caught.value.code == BAD_ARGUMENT


@pytest.mark.parametrize("secret", [0, -1, ORDER, ORDER + 1, 2**256, 2**300])
def test_a_p256_secret_lies_in_the_order_of_the_curve(secret: int) -> None:
    with pytest.raises(LocalError) as caught:
        P256SigningKey(secret)
    assert caught.value.code == BAD_ARGUMENT
    assert P256SigningKey(ORDER - 1).public != P256.public


def test_a_key_file_gives_the_key_back() -> None:
    pem = ED.to_pem()
    again = SigningKey.from_pem(pem)
    assert again.public == ED.public
    assert again.to_pem() == pem
    assert pem.startswith(b"-----BEGIN PRIVATE KEY-----\n")


def pem_of(der: str) -> bytes:
    return b"-----BEGIN PRIVATE KEY-----\n" + encodebytes(bytes.fromhex(der)) + b"-----END PRIVATE KEY-----\n"


def private_pem(
    key: Ed25519PrivateKey | ed448.Ed448PrivateKey | x25519.X25519PrivateKey | ec.EllipticCurvePrivateKey,
) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def locked_pem() -> bytes:
    lock = serialization.BestAvailableEncryption(b"word")
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"not a key",
        b"\xff\xfe",
        ED.to_pem()[:-40],
        ED.to_pem().replace(b"PRIVATE", b"PUBLIC"),
        ED.public.to_pem(),
        locked_pem(),
        private_pem(x25519.X25519PrivateKey.from_private_bytes(bytes(range(32)))),
        private_pem(ed448.Ed448PrivateKey.from_private_bytes(bytes(range(57)))),
        private_pem(ec.derive_private_key(1, ec.SECP256R1())),
        pem_of("302e020100300506032b657f04220420" + bytes(range(32)).hex()),
        pem_of("302d020100300506032b65700421041f" + bytes(range(31)).hex()),
        pem_of("302f020100300506032b657004230421" + bytes(range(33)).hex()),
        pem_of("302e020101300506032b657004220420" + bytes(range(32)).hex())[:60],
    ],
    ids="empty text bytes cut mislabelled public locked x25519 ed448 p256 unknown-kind short long broken".split(),
)
def test_a_key_file_that_is_none_is_damaged_and_not_quoted(pem: bytes) -> None:
    with pytest.raises(LocalError) as caught:
        SigningKey.from_pem(pem)
    assert caught.value.code == DAMAGED
    assert caught.value.evidence == {}
    assert caught.value.__cause__ is None
