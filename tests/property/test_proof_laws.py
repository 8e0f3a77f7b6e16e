"""Laws of the formats: what is written is read as it was, and what is read is only what would be written."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import cbor2
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from comity.errors import CONTENT_MISMATCH, RemoteError
from comity.proof import cbor, cose, envelope
from comity.proof.checkpoint import Checkpoint, cosign, parse_checkpoint, sign_checkpoint, verify_cosignature
from comity.proof.keys import P256SigningKey, Signer, SigningKey
from comity.proof.merkle import EMPTY_ROOT, MAX_SIZE, inclusion_path, leaf_hash, root_of
from comity.proof.note import PLAIN, NoteKey, from_base64, is_name, parse_note, sign_note, to_base64
from comity.proof.receipt import Receipt, encode_tlog_proof, parse_cose_receipt, parse_tlog_proof, sign_cose_receipt
from comity.space import instant
from comity.space.instant import Instant

ED, WITNESS, P256 = SigningKey(bytes(range(32))), SigningKey(bytes(32)), P256SigningKey(0xC0FFEE)
quick = settings(deadline=None, max_examples=150)

# -- what may be said

ints = st.one_of(
    st.integers(-30, 300),
    st.sampled_from([23, 24, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, 2**64 - 1, -(2**64), -(2**32) - 1]),
    st.integers(-(2**64), 2**64 - 1),
)
keys: st.SearchStrategy[Any] = st.one_of(ints, st.text(max_size=30), st.binary(max_size=30))
values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(ints, st.text(max_size=30), st.binary(max_size=300), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=6), st.dictionaries(keys, inner, max_size=6)),
    max_leaves=20,
)
names = st.text(min_size=1, max_size=20).filter(is_name)
texts = st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20), min_size=1, max_size=5).map(
    lambda lines: "".join(f"{line}\n" for line in lines)
)
hashes = st.binary(min_size=32, max_size=32)
times = st.integers(0, 253402300799999).map(Instant)


@st.composite
def altered(draw: st.DrawFn, whole: st.SearchStrategy[bytes]) -> tuple[bytes, bytes]:
    """Bytes, and the same with one byte changed, put in or taken out."""
    data = draw(whole)
    assume(data)
    at = draw(st.integers(0, len(data) - 1))
    byte = draw(st.binary(min_size=1, max_size=1))
    start, end = draw(st.sampled_from([(at, at + 1), (at, at), (at, len(data))]))
    changed = data[:start] + byte + data[end:] if draw(st.booleans()) else data[:at] + data[at + 1 :]
    assume(changed != data)
    return data, changed


# -- CBOR


@quick
@given(values)
def test_what_is_encoded_is_decoded_as_it_was(value: Any) -> None:
    again = cbor.decode(cbor.encode(value))
    assert again == value
    # 1 == True in Python; their encodings differ.
    assert cbor.encode(again) == cbor.encode(value)


@quick
@given(values)
def test_another_decoder_reads_the_same(value: Any) -> None:
    assert cbor2.loads(cbor.encode(value)) == value


@quick
@given(st.lists(st.tuples(keys, ints), max_size=8, unique_by=lambda pair: (type(pair[0]), pair[0])), st.randoms())
def test_the_order_in_which_a_map_was_made_is_not_seen(pairs: list[tuple[Any, int]], random: Any) -> None:
    shuffled = pairs[:]
    random.shuffle(shuffled)
    assert cbor.encode(dict(pairs)) == cbor.encode(dict(shuffled))


def head(draw: st.DrawFn, major: int, number: int) -> bytes:
    """A head as anybody might write it, mostly not in its shortest form."""
    least = 0 if number < 24 else 1 if number < 1 << 8 else 2 if number < 1 << 16 else 4 if number < 1 << 32 else 8
    width = draw(
        st.sampled_from([w for w in (0, 1, 2, 4, 8) if w >= least]) if draw(st.integers(0, 9)) == 0 else st.just(least)
    )
    info = number if width == 0 else {1: 24, 2: 25, 4: 26, 8: 27}[width]
    return bytes((major << 5 | info,)) + (number.to_bytes(width) if width else b"")


def sloppy(draw: st.DrawFn, value: Any) -> bytes:
    """CBOR of the value by RFC 8949, but not always by its section 4.2.1."""
    if value is None or isinstance(value, bool):
        return {None: b"\xf6", True: b"\xf5", False: b"\xf4"}[value]
    if isinstance(value, int):
        return head(draw, 0, value) if value >= 0 else head(draw, 1, -1 - value)
    if isinstance(value, bytes):
        return head(draw, 2, len(value)) + value
    if isinstance(value, str):
        return head(draw, 3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        inner = b"".join(sloppy(draw, item) for item in value)
        return b"\x9f" + inner + b"\xff" if draw(st.integers(0, 9)) == 0 else head(draw, 4, len(value)) + inner
    items = (
        draw(st.permutations(list(value.items())))
        if draw(st.booleans())
        else list(cbor.decode(cbor.encode(value)).items())
    )
    return head(draw, 5, len(value)) + b"".join(sloppy(draw, key) + sloppy(draw, item) for key, item in items)


@st.composite
def sloppily_written(draw: st.DrawFn) -> tuple[Any, bytes]:
    value = draw(values)
    return value, sloppy(draw, value)


@quick
@given(sloppily_written())
def test_a_value_is_decoded_from_its_one_encoding_only(written: tuple[Any, bytes]) -> None:
    value, data = written
    if data == cbor.encode(value):
        assert cbor.decode(data) == value
    else:
        with pytest.raises(RemoteError):
            cbor.decode(data)


def by_encoding_again(data: bytes) -> bool:
    """Say by another decoder whether the bytes are deterministic CBOR: it reads them, and they are written the same."""
    with suppress(Exception):
        value = cbor2.loads(data, max_depth=cbor.MAX_DEPTH, allow_indefinite=False, allow_duplicate_keys=False)
        return cbor.encode(value) == data
    return False


@quick
@given(st.one_of(st.binary(max_size=40), altered(values.map(cbor.encode)).map(lambda pair: pair[1])))
def test_decoding_accepts_what_encoding_gives_and_nothing_else(data: bytes) -> None:
    accepted = by_encoding_again(data)
    if accepted:
        assert cbor.encode(cbor.decode(data)) == data
    else:
        with pytest.raises(RemoteError):
            cbor.decode(data)


# -- signed messages


signers = st.sampled_from([ED, P256])


@quick
@given(
    signers, st.dictionaries(st.integers(5, 500), values, max_size=4), st.binary(max_size=300), st.binary(max_size=20)
)
def test_what_is_signed_is_read_and_verified(signer: Signer, header: Any, payload: bytes, aad: bytes) -> None:
    protected = {cose.ALG: cose.algorithm_of(signer.public)} | header
    message = cose.parse_sign1(cose.sign1(protected, {}, payload, signer, aad))
    assert (message.protected, message.unprotected, message.payload) == (protected, {}, payload)
    message.verify(signer.public, external_aad=aad)


def is_refused(data: bytes, signer: Signer) -> bool:
    try:
        envelope.parse(data).verify(signer.public)
    except RemoteError:
        return True
    return False


sealed = st.builds(
    lambda iss, sub, iat, salt, content: (
        envelope.seal(iss=iss, sub=str(sub), iat=iat, commitment=envelope.commit(salt, content), signer=ED).data
    ),
    st.from_regex(r"[a-z0-9/._-]{1,128}", fullmatch=True),
    st.uuids(version=4),
    st.integers(0, 253402300799),
    st.binary(min_size=16, max_size=16),
    st.binary(max_size=50),
)


@quick
@given(altered(sealed))
def test_a_statement_is_read_as_it_was_sealed_and_no_alteration_of_it_is(pair: tuple[bytes, bytes]) -> None:
    data, changed = pair
    assert not is_refused(data, ED)
    assert is_refused(changed, ED)


@quick
@given(
    st.binary(min_size=16, max_size=16),
    st.binary(max_size=50),
    st.binary(min_size=16, max_size=16),
    st.binary(max_size=50),
)
def test_a_commitment_is_opened_by_one_salt_and_content(
    salt: bytes, content: bytes, salt2: bytes, content2: bytes
) -> None:
    made = envelope.seal(
        iss="a", sub="00000000-0000-4000-8000-000000000000", iat=0, commitment=envelope.commit(salt, content), signer=ED
    )
    made.opens(salt, content)
    if (salt, content) != (salt2, content2):
        with pytest.raises(RemoteError) as caught:
            made.opens(salt2, content2)
        assert caught.value.code == CONTENT_MISMATCH


# -- notes and checkpoints


@quick
@given(texts, st.lists(names, min_size=1, max_size=4, unique=True))
def test_a_note_is_parsed_as_it_was_written(text: str, signers: list[str]) -> None:
    data = sign_note(text, [(name, ED) for name in signers])
    note = parse_note(data)
    assert (note.data, note.text) == (data, text)
    assert [line.name for line in note.signatures] == signers
    for name in signers:
        note.verify(NoteKey(name, PLAIN, ED.public))


@quick
@given(altered(st.builds(lambda text, name: sign_note(text, [(name, ED)]), texts, names)))
def test_a_note_that_is_parsed_could_have_been_written(pair: tuple[bytes, bytes]) -> None:
    with suppress(RemoteError):
        note = parse_note(pair[1])
        lines = [f"— {line.name} {to_base64(line.key_id + line.signature)}\n" for line in note.signatures]
        assert lines == [line.line for line in note.signatures]
        assert (note.text + "\n" + "".join(lines)).encode() == pair[1]
        assert note.text.endswith("\n")


@quick
@given(texts, names)
def test_every_altered_note_is_refused_by_its_key(text: str, name: str) -> None:
    data = sign_note(text, [(name, ED)])
    key = NoteKey(name, PLAIN, ED.public)
    for at in range(0, len(data), 7):
        changed = data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :]
        with pytest.raises(RemoteError):
            parse_note(changed).verify(key)


@quick
@given(names, st.sampled_from([1, 4]), st.binary(min_size=32, max_size=32))
def test_a_keys_word_is_read_as_it_was_written(name: str, kind: int, seed: bytes) -> None:
    key = NoteKey(name, kind, SigningKey(seed).public)
    assert NoteKey.from_vkey(key.vkey) == key


@quick
@given(st.one_of(st.text("AQgw/+019=", max_size=12), st.text(max_size=8)))
def test_base64_is_read_only_as_it_is_written(text: str) -> None:
    with suppress(RemoteError):
        assert to_base64(from_base64(text, "here")) == text


@quick
@given(st.binary(max_size=40))
def test_base64_is_written_as_it_is_read(data: bytes) -> None:
    assert from_base64(to_base64(data), "here") == data


checkpoints = st.builds(
    lambda origin, size, root: Checkpoint(origin, size, root if size else EMPTY_ROOT),
    names,
    st.one_of(st.integers(0, 20), st.integers(0, MAX_SIZE)),
    hashes,
)


@quick
@given(checkpoints, names, st.integers(1, 2**63 - 1))
def test_a_checkpoint_is_parsed_as_it_was_signed_and_cosigned(head: Checkpoint, witness: str, time: int) -> None:
    assert parse_checkpoint(sign_checkpoint(head, head.origin, ED)).checkpoint == head
    line = cosign(head, witness, WITNESS, time)
    assert verify_cosignature(line, head, witness, WITNESS.public) == time


@quick
@given(altered(checkpoints.map(lambda head: sign_checkpoint(head, head.origin, ED))))
def test_a_checkpoint_that_is_parsed_could_have_been_signed(pair: tuple[bytes, bytes]) -> None:
    with suppress(RemoteError):
        signed = parse_checkpoint(pair[1])
        assert signed.checkpoint.body() == signed.note.text


# -- receipts


@st.composite
def receipts(draw: st.DrawFn) -> tuple[Receipt, bytes]:
    """A right receipt, and its leaf."""
    leaves = [leaf_hash(bytes((index,))) for index in range(draw(st.integers(2, 40)))]
    index = draw(st.integers(0, len(leaves) - 1))
    note = sign_checkpoint(Checkpoint("log", len(leaves), root_of(leaves)), "log", ED)
    return Receipt(index, tuple(inclusion_path(leaves, index)), note), leaves[index]


@quick
@given(receipts(), st.text(max_size=40), st.integers(0, 253402300799))
def test_a_receipt_is_the_same_in_both_encodings(made: tuple[Receipt, bytes], sub: str, iat: int) -> None:
    receipt, leaf = made
    assert parse_tlog_proof(encode_tlog_proof(receipt)) == receipt
    read = parse_cose_receipt(sign_cose_receipt(receipt, sub=sub, iat=iat, signer=ED))
    assert read.verify(leaf, receipt.checkpoint_note, origin="log", sub=sub, key=ED.public) == receipt


@quick
@given(altered(receipts().map(lambda made: encode_tlog_proof(made[0]))))
def test_a_receipts_text_that_is_parsed_could_have_been_written(pair: tuple[bytes, bytes]) -> None:
    with suppress(RemoteError):
        assert encode_tlog_proof(parse_tlog_proof(pair[1])) == pair[1]


# -- instants


@quick
@given(times)
def test_an_instant_is_read_as_it_is_written(at: Instant) -> None:
    assert instant.parse(instant.text(at)) == at


@quick
@given(times, times)
def test_instants_are_ordered_as_their_texts(one: Instant, other: Instant) -> None:
    assert (one < other) == (instant.text(one) < instant.text(other))


@quick
@given(times.filter(lambda at: 86_400_000 < at < 253402214400000), st.integers(-1439, 1439))
def test_an_instant_is_the_same_in_every_zone(at: Instant, minutes: int) -> None:
    zone = timezone(timedelta(minutes=minutes))
    moved = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)).astimezone(zone)
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    assert instant.parse(f"{moved:%Y-%m-%dT%H:%M:%S}.{at % 1000:03d}{sign}{hours:02d}:{rest:02d}") == at


@quick
@given(altered(times.map(lambda at: instant.text(at).encode())))
def test_a_text_near_to_a_time_is_a_time_or_malformed(pair: tuple[bytes, bytes]) -> None:
    with suppress(RemoteError):
        at = instant.parse(pair[1].decode("latin-1"))
        assert instant.parse(instant.text(at)) == at
