"""Sign: a draft becomes a signed statement of one party. Time, salt and the random UUID are handed in."""

from collections.abc import Sequence

from comity.model.statement import Draft, Signed
from comity.proof import envelope
from comity.proof.envelope import SALT_LENGTH
from comity.proof.hands import Hands, OneHand
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
    return sign_all([draft], origin=origin, now=now, random=random, signer=signer, hands=OneHand())[0]


def sign_all(
    drafts: Sequence[Draft], *, origin: str, now: Instant, random: bytes, signer: Signer, hands: Hands
) -> list[Signed]:
    """Sign many drafts, each as by `sign`.

    Args:
        drafts: what is said.
        origin, now, signer: the same for all.
        random: 32 fresh random bytes for each.
        hands: who makes the signatures.
    """
    starts = range(0, RANDOM_BYTES * len(drafts), RANDOM_BYTES)
    salts = [random[at : at + SALT_LENGTH] for at in starts]
    parts = [
        (uuid_of(random[at + SALT_LENGTH : at + RANDOM_BYTES]), envelope.commit(salt, draft.object.raw))
        for at, salt, draft in zip(starts, salts, drafts, strict=True)
    ]
    sealed = envelope.seal_all(parts, iss=origin, iat=now // 1000, signer=signer, hands=hands)
    return [Signed(one, salt, draft.object) for one, salt, draft in zip(sealed, salts, drafts, strict=True)]


def uuid_of(random: bytes) -> str:
    """A version 4 UUID (RFC 9562) of 16 random bytes."""
    if len(random) != 16:
        raise ValueError("a UUID takes 16 random bytes")
    digits = random.hex()
    variant = "89ab"[random[8] >> 4 & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
