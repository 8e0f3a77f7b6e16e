"""COSE Receipts, RFC 9942: the same proof comes back, they have one form, and what no signature covers is compared."""

from collections.abc import Callable
from typing import Any

import pytest

from comity.errors import (
    BAD_ARGUMENT,
    BAD_SIGNATURE,
    MALFORMED,
    NOT_INCLUDED,
    UNKNOWN_ALGORITHM,
    UNKNOWN_KEY,
    WRONG_ISSUER,
    LocalError,
    RemoteError,
)
from comity.proof import cbor, cose
from comity.proof.checkpoint import Checkpoint, sign_checkpoint
from comity.proof.keys import P256SigningKey, Signer, SigningKey
from comity.proof.merkle import MAX_SIZE, inclusion_path, leaf_hash, root_of
from comity.proof.receipt import MAX_PATH, CoseReceipt, Receipt, parse_cose_receipt, sign_cose_receipt

LOG, OTHER = SigningKey(bytes(range(32))), SigningKey(bytes(32))
ORIGIN, ANOTHER = "comity/5f0c", "comity/77aa"
SUB, IAT = "0b8e1c4e-5f1a-4d3b-9a2e-1f2e3d4c5b6a", 1448532000
LEAVES = [leaf_hash(b"entry %d" % index) for index in range(11)]


def note_of(size: int, origin: str = ORIGIN, signer: Signer = LOG) -> bytes:
    return sign_checkpoint(Checkpoint(origin, size, root_of(LEAVES[:size])), origin, signer)


def receipt_of(index: int, size: int) -> Receipt:
    return Receipt(index, tuple(inclusion_path(LEAVES[:size], index)), note_of(size))


PLACES = [(index, size) for size in range(1, 12) for index in range(size)]
SHOWN = receipt_of(4, 11)
MADE = sign_cose_receipt(SHOWN, sub=SUB, iat=IAT, signer=LOG)


CODES = {MALFORMED, NOT_INCLUDED, BAD_SIGNATURE, UNKNOWN_KEY, UNKNOWN_ALGORITHM, WRONG_ISSUER}


def refusal(call: Callable[[], object], code: str = MALFORMED) -> str:
    with pytest.raises(RemoteError) as caught:
        call()
    assert caught.value.code == code
    return caught.value.message


def verify_cose(data: bytes, leaf: bytes = LEAVES[4], note: bytes = SHOWN.checkpoint_note, **changed: Any) -> Receipt:
    given: dict[str, Any] = {"origin": ORIGIN, "sub": SUB, "key": LOG.public} | changed
    return parse_cose_receipt(data).verify(leaf, note, **given)


# -- the COSE Receipt


@pytest.mark.parametrize(("index", "size"), [place for place in PLACES if place[1] > 1])
def test_a_cose_receipt_proves_its_leaf_and_gives_the_text_back(index: int, size: int) -> None:
    receipt = receipt_of(index, size)
    data = sign_cose_receipt(receipt, sub=SUB, iat=IAT, signer=LOG)
    read = parse_cose_receipt(data)
    assert (read.size, read.index, read.path) == (size, index, receipt.path)
    assert (read.iss, read.sub, read.iat, read.kid) == (ORIGIN, SUB, IAT, LOG.public.id[:8])
    assert verify_cose(data, LEAVES[index], receipt.checkpoint_note) == receipt


def test_a_cose_receipt_is_written_as_the_specification_says() -> None:
    """RFC 9942: 395 is the tree, 396 the proofs, -1 those of inclusion; signed is the root, which is not in it."""
    protected = cbor.encode({1: -8, 4: LOG.public.id[:8], 15: {1: ORIGIN, 2: SUB, 6: IAT}, 395: 1})
    proof = cbor.encode([11, 4, inclusion_path(LEAVES, 4)])
    signature = LOG.sign(cbor.encode(["Signature1", protected, b"", root_of(LEAVES)]))
    assert b"\xd2" + cbor.encode([protected, {396: {-1: [proof]}}, None, signature]) == MADE
    assert root_of(LEAVES) not in MADE


def test_every_flipped_bit_of_a_cose_receipt_is_refused() -> None:
    """Those of the unprotected proof too, though no signature covers them."""
    for bit in range(len(MADE) * 8):
        flipped = bytearray(MADE)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(RemoteError) as caught:
            verify_cose(bytes(flipped))
        assert caught.value.code in CODES


def test_every_cut_of_a_cose_receipt_is_refused() -> None:
    for end in range(len(MADE)):
        with pytest.raises(RemoteError):
            verify_cose(MADE[:end])
    with pytest.raises(RemoteError):
        verify_cose(MADE + b"\x00")


def test_a_tree_of_one_leaf_has_no_cose_receipt() -> None:
    with pytest.raises(LocalError) as caught:
        sign_cose_receipt(receipt_of(0, 1), sub=SUB, iat=IAT, signer=LOG)
    assert caught.value.code == BAD_ARGUMENT


def cose_receipt(
    proof: object = None,
    *,
    unprotected: dict[Any, Any] | None = None,
    payload: bytes | None = None,
    without: int = 0,
    signer: Signer = LOG,
    **changes: object,
) -> bytes:
    """A receipt with a good signature and something else wrong; `_395=2` changes that label."""
    right: dict[Any, Any] = {
        1: cose.algorithm_of(signer.public),
        4: LOG.public.id[:8],
        15: {1: ORIGIN, 2: SUB, 6: IAT},
        395: 1,
    }
    protected = right | {int(label[1:]): value for label, value in changes.items()}
    protected = {label: value for label, value in protected.items() if label != without}
    proof = [11, 4, list(SHOWN.path)] if proof is None else proof
    proofs = {396: {-1: [cbor.encode(proof)]}} if unprotected is None else unprotected
    detached = root_of(LEAVES) if payload is None else None
    return cose.sign1(protected, proofs, payload, signer, detached=detached)


def test_the_maker_of_wrong_receipts_makes_a_right_one_if_nothing_is_wrong() -> None:
    assert cose_receipt() == MADE


@pytest.mark.parametrize(
    "data",
    [
        cose_receipt(payload=root_of(LEAVES)),
        cose_receipt(without=4),
        cose_receipt(without=15),
        cose_receipt(without=395),
        cose_receipt(_3=0),
        cose_receipt(_2=[1]),
        cose_receipt(_396={}, unprotected={}),
        cose_receipt(_4=bytes(7)),
        cose_receipt(_4="8 chars."),
        cose_receipt(_15=[]),
        cose_receipt(_15={}),
        cose_receipt(_15={1: ORIGIN, 2: SUB}),
        cose_receipt(_15={1: ORIGIN, 2: SUB, 6: IAT, 4: IAT}),
        cose_receipt(_15={1: ORIGIN.encode(), 2: SUB, 6: IAT}),
        cose_receipt(_15={1: ORIGIN, 2: None, 6: IAT}),
        cose_receipt(_15={1: ORIGIN, 2: SUB, 6: "1448532000"}),
        cose_receipt(_15={1: ORIGIN, 2: SUB, 6: True}),
        cose_receipt(_15={1: ORIGIN, 2: SUB, 6: -1}),
        cose_receipt(_15={1: ORIGIN, 2: SUB, 6: 253402300800}),
        cose_receipt(_395=2),
        cose_receipt(_395=True),
        cose_receipt(_395="RFC9162_SHA256"),
        cose_receipt(_395=[1]),
    ],
)
def test_a_cose_receipt_has_its_headers_and_claims_and_no_others(data: bytes) -> None:
    assert "not a receipt as spec/receipt.md has it" in refusal(lambda: parse_cose_receipt(data))


PROOF = cbor.encode([11, 4, list(SHOWN.path)])


@pytest.mark.parametrize(
    "unprotected",
    [
        {},
        {396: {}},
        {396: PROOF},
        {396: [PROOF]},
        {396: {-1: PROOF}},
        {396: {-1: []}},
        {396: {-1: [PROOF, PROOF]}},
        {396: {-1: [[11, 4, list(SHOWN.path)]]}},
        {396: {-1: [None]}},
        {396: {-2: [PROOF]}},
        {396: {-1: [PROOF], -2: [PROOF]}},
        {396: {-1: [PROOF]}, 5: 1},
        {397: {-1: [PROOF]}},
    ],
)
def test_exactly_one_inclusion_proof_stands_in_it(unprotected: dict[Any, Any]) -> None:
    assert "exactly one inclusion proof" in refusal(lambda: parse_cose_receipt(cose_receipt(unprotected=unprotected)))


@pytest.mark.parametrize(
    "proof",
    [
        [],
        {},
        0,
        [11, 4],
        [11, 4, []],
        [11, 4, {}],
        [11, 4, b"".join(SHOWN.path)],
        [11, 4, list(SHOWN.path), 0],
        ["11", 4, list(SHOWN.path)],
        [11, "4", list(SHOWN.path)],
        [True, 0, list(SHOWN.path)],
        [11, True, list(SHOWN.path)],
        [11, None, list(SHOWN.path)],
        [0, 0, list(SHOWN.path)],
        [-1, -2, list(SHOWN.path)],
        [11, -1, list(SHOWN.path)],
        [11, 11, list(SHOWN.path)],
        [4, 11, list(SHOWN.path)],
        [MAX_SIZE + 1, 4, list(SHOWN.path)],
        [11, 4, [bytes(31)]],
        [11, 4, [bytes(33)]],
        [11, 4, [*SHOWN.path[:-1], "a text of thirty-two characters."]],
        [11, 4, [*SHOWN.path[:-1], None]],
        [11, 4, [bytes(32)] * (MAX_PATH + 1)],
    ],
)
def test_an_inclusion_proof_is_a_size_an_index_and_a_path(proof: object) -> None:
    assert "not a receipt" in refusal(lambda: parse_cose_receipt(cose_receipt(proof)))


def test_the_inner_proof_is_deterministic_too() -> None:
    for proof in (
        PROOF + b"\x00",
        PROOF[:-1],
        PROOF.replace(b"\x83\x0b", b"\x83\x18\x0b", 1),
        b"\x9f" + PROOF[1:] + b"\xff",
    ):
        refusal(lambda proof=proof: parse_cose_receipt(cose_receipt(unprotected={396: {-1: [proof]}})))  # type: ignore[misc]


# -- lies that only a COSE Receipt could tell


def test_a_size_that_the_signature_leaves_open_is_compared_with_the_head() -> None:
    """Leaf 4 has the same path to the same root in trees of 11 and of 12 leaves as far as a path can tell."""
    for size in (9, 10, 12, 16):
        data = cose_receipt([size, 4, list(SHOWN.path)])
        with pytest.raises(RemoteError) as caught:
            verify_cose(data)
        assert caught.value.code == NOT_INCLUDED
        assert caught.value.evidence == {"receipt": size, "checkpoint": 11}


def test_a_receipt_of_another_subject_is_not_this_entrys() -> None:
    assert "subject" in refusal(lambda: verify_cose(MADE, sub=SUB.replace("0b8e", "0b8f")), NOT_INCLUDED)


def test_a_receipt_says_the_log_that_made_it() -> None:
    refusal(lambda: verify_cose(cose_receipt(_15={1: ANOTHER, 2: SUB, 6: IAT})), WRONG_ISSUER)


def test_a_receipt_names_the_logs_key() -> None:
    refusal(lambda: verify_cose(cose_receipt(_4=OTHER.public.id[:8])), UNKNOWN_KEY)


def test_a_receipt_signed_by_another_key_under_the_logs_name_is_refused() -> None:
    refusal(lambda: verify_cose(cose_receipt(signer=OTHER)), BAD_SIGNATURE)
    refusal(lambda: verify_cose(cose_receipt(signer=P256SigningKey(1))), UNKNOWN_ALGORITHM)


def test_a_receipt_whose_root_another_receipt_signed_is_refused() -> None:
    fields = cbor.decode(MADE[1:])
    other = cbor.decode(sign_cose_receipt(receipt_of(4, 10), sub=SUB, iat=IAT, signer=LOG)[1:])
    refusal(lambda: verify_cose(b"\xd2" + cbor.encode([*fields[:3], other[3]])), BAD_SIGNATURE)


def test_nothing_is_believed_before_it_is_verified() -> None:
    """Reading alone takes a receipt whose signature is none."""
    fields = cbor.decode(MADE[1:])
    read = parse_cose_receipt(b"\xd2" + cbor.encode([*fields[:3], bytes(64)]))
    assert isinstance(read, CoseReceipt)
    refusal(
        lambda: read.verify(LEAVES[4], SHOWN.checkpoint_note, origin=ORIGIN, sub=SUB, key=LOG.public), BAD_SIGNATURE
    )
