"""Checkpoints and cosignatures, C2SP tlog-checkpoint and tlog-cosignature: others' heads verify, and none can be altered."""

from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256

import pytest

from comity.errors import (
    BAD_ARGUMENT,
    BAD_SIGNATURE,
    EXISTS,
    MALFORMED,
    TOO_LARGE,
    UNKNOWN_KEY,
    LocalError,
    RemoteError,
)
from comity.proof.checkpoint import (
    MAX_TIME,
    Checkpoint,
    SignedCheckpoint,
    add_lines,
    cosign,
    parse_checkpoint,
    sign_checkpoint,
    verify_cosignature,
    verify_log_signature,
)
from comity.proof.keys import P256SigningKey, SigningKey, VerifyingKey
from comity.proof.merkle import EMPTY_ROOT, MAX_SIZE, leaf_hash, root_of
from comity.proof.note import COSIGNATURE, MAX_SIGNATURES, PLAIN, NoteKey, parse_line, sign_note, to_base64

LOG, WITNESS, THIRD = (SigningKey(bytes((number,)) * 32) for number in (1, 2, 3))
ORIGIN, NAME = "comity/5f0c", "comity/77aa/w"
ROOT = sha256(b"root").digest()
HEAD = Checkpoint(ORIGIN, 42, ROOT)
NOTE = sign_checkpoint(HEAD, ORIGIN, LOG)
TIME = 1679315147

# Heads of the example log of transparency-dev/tessera, whose entries are one, two, three, four and five.
TESSERA = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
TESSERA_0 = """\
example.com/log/testdata
0
47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=

— example.com/log/testdata M9e0lhxJACzE1KoUdqKuPa+9p6R7dSW8BlEvrg/noo8FkGg6PbJoRNOcdjqjOq89wVvTA60eubCc4oufo5BvIVEgtQc=
"""
TESSERA_5 = """\
example.com/log/testdata
5
gy5gl3aksFyiCO95a/1vLXz88A3dRq+0l9Sxte8ZqZQ=

— example.com/log/testdata M9e0lmn5eDHyHP10zJObZdFAX2y1V8fdDKBi4IiHbDYf1TCUBwxZOhqwv2QZCqrdda2zTRTrmnwjwscN5RBTEmZUYAs=
"""
# C2SP tlog-cosignature's example; its key is not told.
COSIGNED = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""


def refusal(call: Callable[[], object], code: str = MALFORMED) -> str:
    with pytest.raises(RemoteError) as caught:
        call()
    assert caught.value.code == code
    return caught.value.message


# -- others' heads


@pytest.mark.parametrize(
    ("note", "entries"), [(TESSERA_0, []), (TESSERA_5, [b"one", b"two", b"three", b"four", b"five"])]
)
def test_a_foreign_logs_head_verifies_and_has_the_root_that_we_compute(note: str, entries: list[bytes]) -> None:
    signed = parse_checkpoint(note)
    verify_log_signature(signed, NoteKey.from_vkey(TESSERA).key)
    assert signed.checkpoint == Checkpoint(
        "example.com/log/testdata", len(entries), root_of([*map(leaf_hash, entries)])
    )
    assert signed.note.data == note.encode()


@pytest.mark.parametrize("note", [TESSERA_0, TESSERA_5, NOTE.decode()])
def test_every_flipped_bit_of_a_head_is_refused(note: str) -> None:
    data, key = note.encode(), NoteKey.from_vkey(TESSERA).key if "testdata" in note else LOG.public
    for bit in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(RemoteError) as caught:
            verify_log_signature(parse_checkpoint(bytes(flipped)), key)
        assert caught.value.code in {MALFORMED, BAD_SIGNATURE, UNKNOWN_KEY}


def test_the_example_of_tlog_cosignature_is_read_with_its_time() -> None:
    signed = parse_checkpoint(COSIGNED)
    assert signed.checkpoint.size == 20852163
    cosignature = signed.note.signatures[1]
    assert int.from_bytes(cosignature.signature[:8]) == TIME
    assert len(cosignature.signature) == 72


# -- our heads


def test_a_head_is_three_lines_and_a_signature() -> None:
    root = b64encode(ROOT).decode()
    key_id = sha256(b"comity/5f0c\n\x01" + LOG.public.raw).digest()[:4]
    body = f"comity/5f0c\n42\n{root}\n"
    signature = b64encode(key_id + LOG.sign(body.encode())).decode()
    assert HEAD.body() == body
    assert NOTE.decode() == f"{body}\n— comity/5f0c {signature}\n"
    signed = parse_checkpoint(NOTE)
    assert signed.checkpoint == HEAD
    verify_log_signature(signed, LOG.public)


@pytest.mark.parametrize("size", [1, 9, 10, 2**32, MAX_SIZE])
def test_a_head_of_any_size_is_read_as_it_was_signed(size: int) -> None:
    head = Checkpoint(ORIGIN, size, ROOT)
    assert parse_checkpoint(sign_checkpoint(head, ORIGIN, LOG)).checkpoint == head


def test_a_log_signs_under_its_own_name() -> None:
    with pytest.raises(LocalError) as caught:
        sign_checkpoint(HEAD, "another", LOG)
    assert caught.value.code == BAD_ARGUMENT


def test_a_signature_under_another_name_or_type_or_key_is_not_the_logs() -> None:
    """Also by the log's own key: a witness's name does not turn into the origin."""
    for name, signer in ((NAME, LOG), (ORIGIN, WITNESS)):
        signed = parse_checkpoint(sign_note(HEAD.body(), [(name, signer)]))
        refusal(lambda signed=signed: verify_log_signature(signed, LOG.public), UNKNOWN_KEY)  # type: ignore[misc]
    cosigned = parse_checkpoint(f"{HEAD.body()}\n{cosign(HEAD, ORIGIN, LOG, TIME)}")
    refusal(lambda: verify_log_signature(cosigned, LOG.public), UNKNOWN_KEY)


# -- one form and no other

SIZES = [
    "",
    " 42",
    "42 ",
    "042",
    "00",
    "+42",
    "-1",
    "-0",
    "4_2",
    "0x2a",
    "4.2",
    "4e1",
    "٤٢",
    "４２",
    str(MAX_SIZE + 1),
    "9" * 19,
    "9" * 20,
]


@pytest.mark.parametrize("size", SIZES)
def test_a_size_is_decimal_without_a_leading_zero_and_below_2_to_the_63(size: str) -> None:
    data = sign_note(f"{ORIGIN}\n{size}\n{to_base64(ROOT)}\n", [(ORIGIN, LOG)])
    refusal(lambda: parse_checkpoint(data))


@pytest.mark.parametrize("root", [b"", bytes(31), bytes(33), bytes(64)])
def test_a_root_has_32_bytes(root: bytes) -> None:
    refusal(lambda: Checkpoint(ORIGIN, 1, root))
    refusal(lambda: parse_checkpoint(sign_note(f"{ORIGIN}\n1\n{to_base64(root)}\n", [(ORIGIN, LOG)])))


@pytest.mark.parametrize("end", ["", "=", "==", "B=", "A=\u00a0", "A= "])
def test_a_root_is_canonical_base64(end: str) -> None:
    parse_checkpoint(sign_note(f"{ORIGIN}\n1\n{'A' * 43}=\n", [(ORIGIN, LOG)]))
    refusal(lambda: parse_checkpoint(sign_note(f"{ORIGIN}\n1\n{'A' * 42}{end}\n", [(ORIGIN, LOG)])))


def test_no_leaves_have_the_root_of_nothing() -> None:
    assert parse_checkpoint(sign_checkpoint(Checkpoint(ORIGIN, 0, EMPTY_ROOT), ORIGIN, LOG)).checkpoint.size == 0
    refusal(lambda: Checkpoint(ORIGIN, 0, ROOT))


@pytest.mark.parametrize("size", [-1, MAX_SIZE + 1, 1 << 70])
def test_a_size_is_a_signed_64_bit_number(size: int) -> None:
    refusal(lambda: Checkpoint(ORIGIN, size, ROOT))


@pytest.mark.parametrize("origin", ["", "go.sum database tree", "a+b", "a\tb", "a\nb", "a\u00a0b", "\ud800"])
def test_an_origin_is_a_name_that_a_key_can_bear(origin: str) -> None:
    """C2SP lets an origin have spaces; then no key could sign under it."""
    refusal(lambda: Checkpoint(origin, 42, ROOT))


BODY = HEAD.body()


@pytest.mark.parametrize(
    "text",
    [
        BODY + "an extension\n",
        BODY + "\n",
        "\n" + BODY,
        BODY.replace("\n42", "\n\n42"),
        "".join(BODY.splitlines(keepends=True)[:2]),
        "".join(BODY.splitlines(keepends=True)[1:]),
        ORIGIN + "\n",
        "\n",
        BODY.replace("\n42\n", "42\n"),
        "42\n" + BODY,
    ],
)
def test_a_head_has_three_lines(text: str) -> None:
    """Extension lines too are refused: nobody can audit them."""
    refusal(lambda: parse_checkpoint(sign_note(text, [(ORIGIN, LOG)])))


# -- cosignatures


def test_a_cosignature_is_made_as_the_specification_says() -> None:
    message = f"cosignature/v1\ntime {TIME}\n{ORIGIN}\n42\n{b64encode(ROOT).decode()}\n"
    key_id = sha256(b"comity/77aa/w\n\x04" + WITNESS.public.raw).digest()[:4]
    signature = b64encode(key_id + TIME.to_bytes(8) + WITNESS.sign(message.encode())).decode()
    line = cosign(HEAD, NAME, WITNESS, TIME)
    assert line == f"— comity/77aa/w {signature}\n"
    assert verify_cosignature(line, HEAD, NAME, WITNESS.public) == TIME
    assert verify_cosignature(parse_line(line), HEAD, NAME, WITNESS.public) == TIME


@pytest.mark.parametrize("time", [1, TIME, MAX_TIME])
def test_any_time_that_can_be_said_is_given_back(time: int) -> None:
    assert verify_cosignature(cosign(HEAD, NAME, WITNESS, time), HEAD, NAME, WITNESS.public) == time


@pytest.mark.parametrize("time", [0, -1, MAX_TIME + 1, 2**64])
def test_no_time_at_all_is_cosigned_under_no_time(time: int) -> None:
    """0 stands for `no statement about time` in a later version of the format."""
    with pytest.raises(LocalError) as caught:
        cosign(HEAD, NAME, WITNESS, time)
    assert caught.value.code == BAD_ARGUMENT


@pytest.mark.parametrize("time", [0, MAX_TIME + 1, 2**64 - 1])
def test_a_cosignature_with_such_a_time_is_refused_though_it_is_signed(time: int) -> None:
    signature = WITNESS.sign(f"cosignature/v1\ntime {time}\n{BODY}".encode())
    line = NoteKey(NAME, COSIGNATURE, WITNESS.public).line(time.to_bytes(8) + signature)
    refusal(lambda: verify_cosignature(line, HEAD, NAME, WITNESS.public))


@pytest.mark.parametrize("size", [1, 7, 8, 64, 71, 73, 2428])
def test_a_cosignature_has_72_bytes(size: int) -> None:
    line = NoteKey(NAME, COSIGNATURE, WITNESS.public).line(b"\x01" * size)
    refusal(lambda: verify_cosignature(line, HEAD, NAME, WITNESS.public))


def test_every_flipped_bit_of_a_cosignature_is_refused() -> None:
    """The time's bits among them: it cannot be moved by anyone."""
    data = cosign(HEAD, NAME, WITNESS, TIME).encode()
    for bit in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises((RemoteError, UnicodeDecodeError)) as caught:
            verify_cosignature(flipped.decode(), HEAD, NAME, WITNESS.public)
        assert not isinstance(caught.value, RemoteError) or caught.value.code in {MALFORMED, BAD_SIGNATURE, UNKNOWN_KEY}


@pytest.mark.parametrize(
    "head", [Checkpoint(ORIGIN, 43, ROOT), Checkpoint(ORIGIN, 42, EMPTY_ROOT), Checkpoint("comity/5f0d", 42, ROOT)]
)
def test_a_cosignature_is_of_one_head_only(head: Checkpoint) -> None:
    refusal(lambda: verify_cosignature(cosign(HEAD, NAME, WITNESS, TIME), head, NAME, WITNESS.public), BAD_SIGNATURE)


@pytest.mark.parametrize(
    ("name", "key"), [(NAME, THIRD.public), ("comity/88bb/w", WITNESS.public), (ORIGIN, WITNESS.public)]
)
def test_a_cosignature_is_by_one_witness_only(name: str, key: VerifyingKey) -> None:
    refusal(lambda: verify_cosignature(cosign(HEAD, NAME, WITNESS, TIME), HEAD, name, key), UNKNOWN_KEY)


def test_a_plain_signature_is_no_cosignature_though_the_key_is_the_same() -> None:
    plain = NoteKey(NAME, PLAIN, WITNESS.public).line(WITNESS.sign(BODY.encode()))
    refusal(lambda: verify_cosignature(plain, HEAD, NAME, WITNESS.public), UNKNOWN_KEY)
    disguised = NoteKey(NAME, COSIGNATURE, WITNESS.public).line(bytes(7) + b"\x01" + WITNESS.sign(BODY.encode()))
    refusal(lambda: verify_cosignature(disguised, HEAD, NAME, WITNESS.public), BAD_SIGNATURE)


def test_heads_are_not_cosigned_with_p256() -> None:
    with pytest.raises(LocalError) as caught:
        cosign(HEAD, NAME, P256SigningKey(1), TIME)
    assert caught.value.code == BAD_ARGUMENT


# -- many lines on one head


def test_added_lines_stand_after_those_that_were_there_and_change_nothing_else() -> None:
    lines = [cosign(HEAD, NAME, WITNESS, TIME), cosign(HEAD, "comity/88bb/w", THIRD, TIME)]
    data = add_lines(NOTE, lines)
    assert data == NOTE + "".join(lines).encode()
    assert add_lines(NOTE, []) == NOTE
    signed = parse_checkpoint(data)
    verify_log_signature(signed, LOG.public)
    assert verify_cosignature(signed.note.signatures[2], signed.checkpoint, "comity/88bb/w", THIRD.public) == TIME


def test_every_flipped_bit_of_a_cosigned_head_is_refused_by_one_of_its_keys() -> None:
    data = add_lines(NOTE, [cosign(HEAD, NAME, WITNESS, TIME)])

    def verify(signed: SignedCheckpoint) -> None:
        verify_log_signature(signed, LOG.public)
        assert len(signed.note.signatures) == 2
        verify_cosignature(signed.note.signatures[1], signed.checkpoint, NAME, WITNESS.public)

    verify(parse_checkpoint(data))
    for bit in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(RemoteError):
            verify(parse_checkpoint(bytes(flipped)))


def test_a_line_of_a_key_that_signed_already_is_not_added() -> None:
    own = NOTE.decode().splitlines(keepends=True)[-1]
    one, later = cosign(HEAD, NAME, WITNESS, TIME), cosign(HEAD, NAME, WITNESS, TIME + 1)
    for note, lines in ((NOTE, [own]), (NOTE, [one, later]), (add_lines(NOTE, [one]), [later])):
        with pytest.raises(LocalError) as caught:
            add_lines(note, lines)
        assert caught.value.code == EXISTS


def test_a_head_that_came_with_two_times_of_one_witness_is_refused() -> None:
    """Or one witness would make a quorum of two."""
    twice = NOTE.decode() + cosign(HEAD, NAME, WITNESS, TIME) + cosign(HEAD, NAME, WITNESS, TIME + 1)
    assert "twice" in refusal(lambda: parse_checkpoint(twice))


@pytest.mark.parametrize(
    "line", ["", "\n", "x\n", "— a b\n", f"— {NAME} {to_base64(bytes(76))}", f"— a\ud800 {to_base64(bytes(76))}\n"]
)
def test_what_is_no_line_is_not_added(line: str) -> None:
    refusal(lambda: add_lines(NOTE, [line]))


def test_no_more_lines_are_added_than_a_note_may_have() -> None:
    lines = [f"— w{index} {to_base64(bytes(76))}\n" for index in range(MAX_SIGNATURES)]
    assert len(parse_checkpoint(add_lines(NOTE, lines[1:])).note.signatures) == MAX_SIGNATURES
    refusal(lambda: add_lines(NOTE, lines), TOO_LARGE)
