"""The COSE working group's vectors for COSE_Sign1 and EdDSA: each is answered as it says."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from comity.errors import BAD_SIGNATURE, MALFORMED, UNKNOWN_ALGORITHM, RemoteError
from comity.proof.cose import Header, parse_sign1, sign1
from comity.proof.keys import Kind, P256SigningKey, Signer, SigningKey, VerifyingKey

VECTORS = Path(__file__).resolve().parents[3] / "../shared/vectors/cose"
pytestmark = pytest.mark.skipif(not VECTORS.is_dir(), reason="the COSE vectors are not beside the repository")

EDDSA, ES256 = -8, -7


def refusal(call: Callable[[], object], code: str = MALFORMED) -> str:
    with pytest.raises(RemoteError) as caught:
        call()
    assert caught.value.code == code
    return caught.value.message


def key_of(given: dict[str, str]) -> VerifyingKey:
    if given["crv"] == "P-256":
        x, y = (urlsafe_b64decode(given[axis] + "=") for axis in "xy")
        return VerifyingKey(b"\x04" + x + y, Kind.P256)
    return VerifyingKey(bytes.fromhex(given["x_hex"]))


def answer(vector: dict[str, Any]) -> None:
    """Read and verify as the vector says it; sign-pass-03 is the one that took the tag off."""
    given = vector["input"]["sign0"]
    untagged = "RemoveCBORTag" in vector["input"].get("failures", {})
    message = parse_sign1(bytes.fromhex(vector["output"]["cbor"]), tagged=not untagged)
    message.verify(key_of(given["key"]), external_aad=bytes.fromhex(given.get("external", "")))
    assert message.payload == vector["input"]["plaintext"].encode()


# Why each vector that must fail does.
FAILS = {
    "sign-fail-01": (MALFORMED, "begins with tag 18"),
    "sign-fail-02": (BAD_SIGNATURE, "does not verify"),
    "sign-fail-03": (UNKNOWN_ALGORITHM, "the algorithm -999 is not taken"),
    "sign-fail-04": (UNKNOWN_ALGORITHM, "one that is not a number"),
    "sign-fail-06": (BAD_SIGNATURE, "does not verify"),
    "sign-fail-07": (BAD_SIGNATURE, "does not verify"),
}


def test_all_nine_sign1_vectors_are_answered_as_they_say() -> None:
    passed, failed = [], {}
    for file in sorted((VECTORS / "sign1-tests").glob("*.json")):
        vector = json.loads(file.read_text())
        try:
            answer(vector)
        except RemoteError as error:
            assert vector["fail"]
            failed[file.stem] = (error.code, error.message)
        else:
            assert not vector.get("fail")
            passed.append(file.stem)
    assert passed == ["sign-pass-01", "sign-pass-02", "sign-pass-03"]
    assert failed.keys() == FAILS.keys()
    for name, (code, why) in FAILS.items():
        assert failed[name][0] == code
        assert why in failed[name][1]


def test_what_the_vectors_sign_is_put_together_here_to_the_byte() -> None:
    for name in ("sign1-tests/sign-pass-01", "sign1-tests/sign-pass-02", "eddsa-examples/eddsa-sig-01"):
        vector = json.loads((VECTORS / f"{name}.json").read_text())
        given, due = vector["input"]["sign0"], bytes.fromhex(vector["intermediates"]["ToBeSign_hex"])
        found: list[bytes] = []
        unprotected = vector["input"].get("failures", {}).get("ChangeProtected") == "a0"
        alg = {"ES256": ES256, "EdDSA": EDDSA}[given["alg"]]
        header: Header = {} if unprotected else {1: alg} | ({3: 0} if "ctyp" in given["protected"] else {})
        signer = Listening(P256SigningKey(1) if alg == ES256 else SigningKey(bytes(32)), found)
        aad = bytes.fromhex(given.get("external", ""))
        sign1(header, {1: alg} if unprotected else {}, b"This is the content.", signer, aad)
        assert found == [due]


class Listening:
    """A signer that keeps what it was given to sign."""

    def __init__(self, signer: Signer, heard: list[bytes]) -> None:
        self.public, self._signer, self._heard = signer.public, signer, heard

    def sign(self, message: bytes) -> bytes:
        self._heard.append(message)
        return self._signer.sign(message)


def test_the_ed25519_vector_verifies_and_is_what_we_would_have_signed() -> None:
    """Ed25519 is deterministic, so the whole message can be compared."""
    vector = json.loads((VECTORS / "eddsa-examples/eddsa-sig-01.json").read_text())
    answer(vector)
    signer = SigningKey(bytes.fromhex(vector["input"]["sign0"]["key"]["d_hex"]))
    ours = sign1({1: EDDSA, 3: 0}, {4: b"11"}, b"This is the content.", signer)
    assert ours.hex().upper() == vector["output"]["cbor"]


def test_the_ed448_vector_is_refused_by_name() -> None:
    vector = json.loads((VECTORS / "eddsa-examples/eddsa-sig-02.json").read_text())
    message = parse_sign1(bytes.fromhex(vector["output"]["cbor"]))
    assert message.algorithm == EDDSA
    assert "Ed448 is not taken" in refusal(lambda: message.verify(SigningKey(bytes(32)).public), UNKNOWN_ALGORITHM)
    assert "Ed25519 keys have 32 bytes" in refusal(lambda: key_of(vector["input"]["sign0"]["key"]))


@pytest.mark.parametrize("name", ["eddsa-01", "eddsa-02"])
def test_the_vectors_with_several_signers_are_refused_by_name(name: str) -> None:
    vector = json.loads((VECTORS / f"eddsa-examples/{name}.json").read_text())
    assert "COSE_Sign (tag 98)" in refusal(lambda: parse_sign1(bytes.fromhex(vector["output"]["cbor"])))


@pytest.mark.parametrize("name", ["sign1-tests/sign-pass-02", "eddsa-examples/eddsa-sig-01"])
def test_every_flipped_bit_of_a_vector_is_refused_but_in_its_unprotected_header(name: str) -> None:
    """RFC 9052 section 3: nobody signs the unprotected header, so a kid in it may be turned into another."""
    vector = json.loads((VECTORS / f"{name}.json").read_text())
    whole = vector["output"]["cbor"]
    kid = bytes.fromhex(whole).index(b"\xa1\x04\x42\x31\x31")
    for bit in range(len(whole) * 4):
        if kid + 1 <= bit // 8 < kid + 5:
            continue
        data = bytearray.fromhex(whole)
        data[bit // 8] ^= 1 << bit % 8
        vector["output"]["cbor"] = data.hex()
        with pytest.raises(RemoteError):
            answer(vector)
