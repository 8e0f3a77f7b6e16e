"""The short way of reading a signed statement takes a part of what the long way takes, and gives the same."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from comity.errors import RemoteError
from comity.proof import envelope
from comity.proof.envelope import Envelope, seal
from comity.proof.keys import P256SigningKey, Signer, SigningKey

SIGNERS: list[Signer] = [SigningKey(bytes(range(32))), P256SigningKey(7)]
ORIGINS = st.binary(min_size=16, max_size=16).map(lambda drawn: f"comity/{drawn.hex()}")
SEALED = st.builds(
    seal,
    iss=ORIGINS | st.sampled_from(["a", "example.org/log", "x" * 128]),
    sub=st.uuids(version=4).map(str),
    iat=st.integers(0, 253402300799),
    commitment=st.binary(min_size=32, max_size=32),
    signer=st.sampled_from(SIGNERS),
)


def the_long_way(data: bytes) -> Envelope | str:
    try:
        return envelope._parse(data, "")
    except RemoteError as error:
        return error.code


def outcome(data: bytes) -> Envelope | str:
    try:
        return envelope.parse(data)
    except RemoteError as error:
        return error.code


@given(SEALED)
def test_what_is_sealed_is_read_alike_both_ways(sealed: Envelope) -> None:
    assert envelope.parse(sealed.data) == the_long_way(sealed.data) == sealed


@given(SEALED, st.integers(0, 10**6), st.integers(1, 255))
def test_a_changed_byte_has_one_outcome(sealed: Envelope, at: int, mask: int) -> None:
    data = bytearray(sealed.data)
    data[at % len(data)] ^= mask
    assert outcome(bytes(data)) == the_long_way(bytes(data))


def test_our_own_statements_go_the_short_way() -> None:
    own = seal(
        iss=f"comity/{'0' * 32}",
        sub=str(uuid.UUID(int=0, version=4)),
        iat=1 << 30,
        commitment=bytes(32),
        signer=SIGNERS[0],
    )
    assert envelope._USUAL.fullmatch(own.data)
