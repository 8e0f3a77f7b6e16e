"""Receipts as text, C2SP tlog-proof: the same proof comes back; and the lies that neither encoding lets pass."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from comity.errors import (
    BAD_SIGNATURE,
    MALFORMED,
    NOT_INCLUDED,
    TOO_LARGE,
    UNKNOWN_KEY,
    WRONG_ISSUER,
    RemoteError,
)
from comity.proof.checkpoint import Checkpoint, add_lines, cosign, sign_checkpoint
from comity.proof.keys import Signer, SigningKey
from comity.proof.merkle import MAX_SIZE, inclusion_path, leaf_hash, node_hash, root_of
from comity.proof.receipt import (
    MAX_PATH,
    MAX_RECEIPT,
    Receipt,
    encode_tlog_proof,
    parse_cose_receipt,
    parse_tlog_proof,
    sign_cose_receipt,
)

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
TEXT = encode_tlog_proof(SHOWN)


def refusal(call: Callable[[], object], code: str = MALFORMED) -> str:
    with pytest.raises(RemoteError) as caught:
        call()
    assert caught.value.code == code
    return caught.value.message


def verify_text(data: bytes, leaf: bytes = LEAVES[4], **changed: Any) -> None:
    given: dict[str, Any] = {"origin": ORIGIN, "key": LOG.public} | changed
    parse_tlog_proof(data).verify(leaf, **given)


def verify_cose(data: bytes, leaf: bytes = LEAVES[4], note: bytes = SHOWN.checkpoint_note, **changed: Any) -> Receipt:
    given: dict[str, Any] = {"origin": ORIGIN, "sub": SUB, "key": LOG.public} | changed
    return parse_cose_receipt(data).verify(leaf, note, **given)


# -- the text


@pytest.mark.parametrize(("index", "size"), PLACES)
def test_a_text_proves_its_leaf_and_comes_back_the_same(index: int, size: int) -> None:
    receipt = receipt_of(index, size)
    data = encode_tlog_proof(receipt)
    read = parse_tlog_proof(data)
    assert read == receipt
    assert encode_tlog_proof(read) == data
    assert read.verify(LEAVES[index], origin=ORIGIN, key=LOG.public).checkpoint.size == size


def test_a_text_is_written_as_the_specification_says() -> None:
    hashes = "".join(f"{b64encode(each).decode()}\n" for each in inclusion_path(LEAVES, 4))
    assert TEXT.decode() == f"c2sp.org/tlog-proof@v1\nindex 4\n{hashes}\n{note_of(11).decode()}"


def test_every_flipped_bit_of_a_text_is_refused() -> None:
    for bit in range(len(TEXT) * 8):
        flipped = bytearray(TEXT)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(RemoteError) as caught:
            verify_text(bytes(flipped))
        assert caught.value.code in {MALFORMED, NOT_INCLUDED, BAD_SIGNATURE, UNKNOWN_KEY, WRONG_ISSUER}


def test_every_cut_of_a_text_is_refused() -> None:
    for end in range(len(TEXT)):
        with pytest.raises(RemoteError):
            verify_text(TEXT[:end])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"c2sp.org/tlog-proof@v1", b"c2sp.org/tlog-proof@v2"),
        (b"c2sp.org/tlog-proof@v1\n", b""),
        (b"c2sp.org/tlog-proof@v1\n", b"c2sp.org/tlog-proof@v1\n\n"),
        (b"c2sp.org/tlog-proof@v1\n", b"c2sp.org/tlog-proof@v1\r\n"),
        (b"c2sp.org/tlog-proof@v1\n", b"c2sp.org/tlog-proof@v1 \n"),
        (b"c2sp.org/tlog-proof@v1\n", b"\nc2sp.org/tlog-proof@v1\n"),
        (b"index 4\n", b""),
        (b"index 4\n", b"index 4\nindex 4\n"),
        (b"index 4\n", b"index 04\n"),
        (b"index 4\n", b"index +4\n"),
        (b"index 4\n", b"index -4\n"),
        (b"index 4\n", b"index  4\n"),
        (b"index 4\n", b"index 4 \n"),
        (b"index 4\n", b"index\n"),
        (b"index 4\n", b"index \n"),
        (b"index 4\n", b"Index 4\n"),
        (b"index 4\n", "index ٤\n".encode()),
        (b"index 4\n", b"index 4\n\n"),
        (b"index 4\n", b"index %d\n" % MAX_SIZE),
        (b"index 4\n", b"index 9999999999999999999\n"),
        (b"index 4\n", b"index 10000000000000000000\n"),
        (b"\n\ncomity", b"\ncomity"),
        (b"\n\ncomity", b"\n\n\ncomity"),
        (b"=\n\ncomity", b"= \n\ncomity"),
        (b"=\n\ncomity", b"\n\ncomity"),
        (b"=\n\ncomity", b"=\nAAAA\n\ncomity"),
        (b"=\n\ncomity", "=\né\n\ncomity".encode()),
    ],
)
def test_a_text_of_another_form_is_refused(old: bytes, new: bytes) -> None:
    assert old in TEXT
    refusal(lambda: parse_tlog_proof(TEXT.replace(old, new, 1)))


@pytest.mark.parametrize(
    "data", [b"", b"\n", b"\n\n", b"c2sp.org/tlog-proof@v1\n\nx", b"\xff\n\n\xff", TEXT.partition(b"\n\n")[0]]
)
def test_what_is_no_text_at_all_is_refused(data: bytes) -> None:
    refusal(lambda: parse_tlog_proof(data))


def test_extra_data_is_refused_because_nobody_signed_it() -> None:
    data = TEXT.replace(b"index", b"extra aGVsbG8=\nindex", 1)
    assert "extra data is not signed" in refusal(lambda: parse_tlog_proof(data))


def test_a_path_has_at_most_63_hashes() -> None:
    longest = replace(SHOWN, path=(bytes(32),) * MAX_PATH)
    assert parse_tlog_proof(encode_tlog_proof(longest)) == longest
    refusal(lambda: parse_tlog_proof(encode_tlog_proof(replace(SHOWN, path=(bytes(32),) * (MAX_PATH + 1)))))


@pytest.mark.parametrize("size", [1, 31, 33, 64])
def test_each_hash_of_a_path_has_32_bytes(size: int) -> None:
    refusal(lambda: parse_tlog_proof(encode_tlog_proof(replace(SHOWN, path=(bytes(size),)))))


def test_cosignatures_travel_in_the_text() -> None:
    note = add_lines(SHOWN.checkpoint_note, [cosign(Checkpoint(ORIGIN, 11, root_of(LEAVES)), "w", OTHER, 1)])
    receipt = replace(SHOWN, checkpoint_note=note)
    signed = parse_tlog_proof(encode_tlog_proof(receipt)).verify(LEAVES[4], origin=ORIGIN, key=LOG.public)
    assert [line.name for line in signed.note.signatures] == [ORIGIN, "w"]


# -- lies that both encodings could tell

BOTH: list[Callable[[Receipt], Callable[..., object]]] = [
    lambda receipt: lambda **given: verify_text(encode_tlog_proof(receipt), **given),
    lambda receipt: (
        lambda **given: verify_cose(
            sign_cose_receipt(receipt, sub=SUB, iat=IAT, signer=LOG), note=receipt.checkpoint_note, **given
        )
    ),
]
both = pytest.mark.parametrize("encoded", BOTH, ids=["text", "cose"])


@both
def test_another_leaf_is_not_proved(encoded: Callable[[Receipt], Callable[..., object]]) -> None:
    encoded(SHOWN)()
    for leaf in (
        LEAVES[3],
        LEAVES[5],
        leaf_hash(b"never logged"),
        b"",
        LEAVES[4][:-1],
        node_hash(LEAVES[4], LEAVES[5]),
    ):
        refusal(lambda leaf=leaf: encoded(SHOWN)(leaf=leaf), NOT_INCLUDED)  # type: ignore[misc]


@both
@pytest.mark.parametrize("index", [0, 3, 5, 8, 10])
def test_another_index_is_not_proved(encoded: Callable[[Receipt], Callable[..., object]], index: int) -> None:
    refusal(encoded(replace(SHOWN, index=index)), NOT_INCLUDED)


@both
def test_an_index_past_the_end_is_not_proved(encoded: Callable[[Receipt], Callable[..., object]]) -> None:
    """The COSE Receipt says its size, so it is malformed already when it is read."""
    refusal(encoded(replace(SHOWN, index=11)), NOT_INCLUDED if encoded is BOTH[0] else MALFORMED)


@both
@pytest.mark.parametrize(
    "path",
    [
        SHOWN.path[:-1],
        SHOWN.path[1:],
        SHOWN.path[::-1],
        (*SHOWN.path, bytes(32)),
        (LEAVES[4], *SHOWN.path),
        (SHOWN.path[0],) * len(SHOWN.path),
        (sha256(b"").digest(), *SHOWN.path[1:]),
    ],
    ids="cut-above cut-below turned longer longer-below repeated forged".split(),
)
def test_another_path_is_not_proved(
    encoded: Callable[[Receipt], Callable[..., object]], path: tuple[bytes, ...]
) -> None:
    refusal(encoded(replace(SHOWN, path=path)), NOT_INCLUDED)


@both
def test_another_head_of_the_same_log_is_not_this_receipts(encoded: Callable[[Receipt], Callable[..., object]]) -> None:
    for size in (5, 10):
        refusal(encoded(replace(SHOWN, checkpoint_note=note_of(size))), NOT_INCLUDED)


@both
def test_another_log_is_not_this_one(encoded: Callable[[Receipt], Callable[..., object]]) -> None:
    refusal(lambda: encoded(SHOWN)(origin=ANOTHER), WRONG_ISSUER)
    refusal(encoded(replace(SHOWN, checkpoint_note=note_of(11, ANOTHER))), WRONG_ISSUER)


@both
def test_a_head_signed_by_another_key_is_not_the_logs(encoded: Callable[[Receipt], Callable[..., object]]) -> None:
    refusal(lambda: encoded(SHOWN)(key=OTHER.public), UNKNOWN_KEY)
    refusal(encoded(replace(SHOWN, checkpoint_note=note_of(11, signer=OTHER))), UNKNOWN_KEY)


@both
def test_a_head_whose_root_was_changed_is_refused(encoded: Callable[[Receipt], Callable[..., object]]) -> None:
    forged = Checkpoint(ORIGIN, 11, node_hash(LEAVES[0], LEAVES[1])).body().encode()
    note = forged + SHOWN.checkpoint_note.partition(b"\n\n")[1][1:] + SHOWN.checkpoint_note.partition(b"\n\n")[2]
    refusal(encoded(replace(SHOWN, checkpoint_note=note)), BAD_SIGNATURE)


@pytest.mark.parametrize("read", [parse_tlog_proof, parse_cose_receipt])
def test_a_receipt_has_a_largest_size(read: Callable[[bytes], object]) -> None:
    refusal(lambda: read(bytes(MAX_RECEIPT)))
    refusal(lambda: read(bytes(MAX_RECEIPT + 1)), TOO_LARGE)
