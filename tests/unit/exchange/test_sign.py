"""Signing commits to content and salt, says who and when, and draws nothing by itself."""

import uuid
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.exchange import say, sign
from comity.model.content import parse
from comity.model.party import UNPLACED
from comity.model.statement import Draft
from comity.proof import cbor
from comity.proof.keys import P256SigningKey
from comity.space.instant import Instant
from unit.exchange.speaker import REPORT, Speaker, at

FR = Speaker("fr")
DRAFT = say.say(REPORT)
RANDOM = bytes(range(32))


def test_what_is_signed_is_the_content_under_the_salt() -> None:
    signed = sign.sign(DRAFT, origin=FR.origin, now=at(1), random=RANDOM, signer=FR.statement)
    assert signed.salt == RANDOM[:16]
    assert signed.envelope.commitment == sha256(cbor.encode([signed.salt, REPORT])).digest()
    assert REPORT not in signed.envelope.data
    assert FR.descriptor.vouch(FR.show(signed), UNPLACED) == signed


def test_the_same_arguments_give_the_same_statement_and_fresh_randomness_another() -> None:
    def sealed(random: bytes) -> bytes:
        return sign.sign(DRAFT, origin=FR.origin, now=at(1), random=random, signer=FR.statement).id

    assert sealed(RANDOM) == sealed(RANDOM) != sealed(RANDOM[::-1])


def test_its_time_is_the_second_in_which_it_was_signed() -> None:
    signed = sign.sign(DRAFT, origin=FR.origin, now=Instant(1999), random=RANDOM, signer=FR.statement)
    assert signed.envelope.iat == 1


def test_its_subject_is_a_random_uuid_and_never_the_stix_id() -> None:
    signed = sign.sign(DRAFT, origin=FR.origin, now=at(1), random=RANDOM, signer=FR.statement)
    assert uuid.UUID(signed.envelope.sub).version == 4
    assert signed.envelope.sub not in DRAFT.object.id


@given(st.binary(min_size=16, max_size=16))
def test_a_uuid_has_the_form_that_the_library_gives_it(random: bytes) -> None:
    assert sign.uuid_of(random) == str(uuid.UUID(bytes=random, version=4))


@pytest.mark.parametrize("length", [0, 16, 31])
def test_less_than_thirty_two_random_bytes_sign_nothing(length: int) -> None:
    with pytest.raises(ValueError, match="16"):
        sign.sign(DRAFT, origin=FR.origin, now=at(1), random=bytes(length), signer=FR.statement)


def test_a_party_may_sign_with_p256() -> None:
    spanish = Speaker("es", statement=P256SigningKey(12345))
    signed = spanish.sign(Draft(parse(REPORT)))
    assert spanish.descriptor.vouch(spanish.show(signed), UNPLACED).id == signed.id
