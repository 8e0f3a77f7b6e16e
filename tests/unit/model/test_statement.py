"""A statement from outside is parsed and its commitment opened; only then may anybody look at its content."""

import pytest

from comity.errors import CONTENT_MISMATCH, MALFORMED, NOT_JSON, RemoteError
from comity.model.content import parse
from comity.model.statement import Draft, Unverified
from comity.proof import cbor, envelope
from comity.proof.merkle import leaf_hash
from unit.exchange.speaker import REPORT, Speaker

FR = Speaker("fr")
SIGNED = FR.sign(Draft(parse(REPORT)))
DATA, SALT, RAW = SIGNED.triple


def refusal(triple: object) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        Unverified.read(triple, place="here")
    return caught.value


def test_a_statement_is_read_as_it_was_signed() -> None:
    found = Unverified.read([DATA, SALT, RAW])
    assert (found.envelope.data, found.salt, found.content) == SIGNED.triple
    assert found.object == SIGNED.object
    assert found.envelope.id == SIGNED.id == leaf_hash(DATA)


def test_it_travels_as_a_list_of_three_byte_strings() -> None:
    assert Unverified.read(cbor.decode(cbor.encode(list(SIGNED.triple)))).envelope.id == SIGNED.id


@pytest.mark.parametrize(
    "triple",
    [
        None,
        b"",
        {},
        [],
        [DATA, SALT],
        [DATA, SALT, RAW, b""],
        [DATA, SALT, RAW.decode()],
        [DATA, None, RAW],
        (DATA, SALT, RAW),
    ],
    ids=["nil", "bytes", "map", "empty", "two", "four", "text", "a nil", "no list"],
)
def test_another_shape_is_malformed(triple: object) -> None:
    error = refusal(triple)
    assert (error.code, error.place) == (MALFORMED, "here")


@pytest.mark.parametrize(
    "triple",
    [
        [DATA, SALT, RAW + b" "],
        [DATA, SALT, RAW.replace(b"checkpoint", b"Checkpoint")],
        [DATA, SALT, b""],
        [DATA, bytes(16), RAW],
        [DATA, SALT[:-1], RAW],
        [DATA, b"", RAW],
        [DATA, SALT + b"\0", RAW],
        [DATA, RAW, SALT],
    ],
    ids=["a space more", "a letter", "no content", "another salt", "short salt", "no salt", "long salt", "swapped"],
)
def test_altered_content_or_salt_does_not_open_the_commitment(triple: list[bytes]) -> None:
    assert refusal(triple).code == CONTENT_MISMATCH


@pytest.mark.parametrize("data", [b"", b"\xd2", DATA[:-1], DATA + b"\0", DATA[1:], bytes(2000)])
def test_an_envelope_that_is_none_is_malformed(data: bytes) -> None:
    assert refusal([data, SALT, RAW]).code == MALFORMED


def test_content_is_judged_when_it_is_looked_at() -> None:
    raw, salt = b"not json", bytes(16)
    sealed = envelope.seal(
        iss=FR.origin, sub=FR.uuid(), iat=0, commitment=envelope.commit(salt, raw), signer=FR.statement
    )
    shown = Unverified.read([sealed.data, salt, raw])
    with pytest.raises(RemoteError) as caught:
        _ = shown.object
    assert caught.value.code == NOT_JSON


def test_ids_of_one_content_said_twice_differ() -> None:
    assert FR.sign(Draft(parse(REPORT))).id != FR.sign(Draft(parse(REPORT))).id


def test_an_entry_of_a_log_has_the_id_of_its_statement() -> None:
    said = FR.say()
    assert said.id == said.signed.id == FR.entries[said.index].id
