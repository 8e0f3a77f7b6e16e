"""Sign: a draft becomes a signed statement of one party. Time, salt and the random UUID are handed in."""

from comity.model.statement import Draft, Signed
from comity.proof import envelope
from comity.proof.envelope import SALT_LENGTH
from comity.proof.keys import Signer
from comity.space.instant import Instant

RANDOM_BYTES = SALT_LENGTH + 16


def sign(draft: Draft, *, origin: str, now: Instant, random: bytes, signer: Signer) -> Signed:
    """Sign a draft.

    Args:
        draft: what is said.
        origin: the party's log origin.
        now: becomes `iat`, in whole seconds.
        random: 32 fresh random bytes: 16 of salt, 16 for the subject's UUID.
        signer: the party's statement key (its root key for a descriptor).
    """
    salt, rest = random[:SALT_LENGTH], random[SALT_LENGTH:RANDOM_BYTES]
    sealed = envelope.seal(
        iss=origin,
        sub=uuid_of(rest),
        iat=now // 1000,
        commitment=envelope.commit(salt, draft.object.raw),
        signer=signer,
    )
    return Signed(sealed, salt, draft.object)


def uuid_of(random: bytes) -> str:
    """A version 4 UUID (RFC 9562) of 16 random bytes."""
    if len(random) != 16:
        raise ValueError("a UUID takes 16 random bytes")
    digits = random.hex()
    variant = "89ab"[random[8] >> 4 & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
