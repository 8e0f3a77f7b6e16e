"""Later: what a teller said in its log about a release after it had made it: a silence, or that it takes it back.

Both are the teller's own word, about itself and what had reached it, and about nobody else. Each is shown as one claim.
"""

from dataclasses import dataclass

from comity.errors import CONTENT_MISMATCH, RemoteError
from comity.exchange import under
from comity.exchange.parts import part
from comity.exchange.prove import Later
from comity.exchange.witness import Head
from comity.model import acknowledgement, release
from comity.model.party import Descriptor
from comity.model.release import Release
from comity.model.statement import Index, Unverified
from comity.proof.envelope import StatementId
from comity.space.instant import Instant


@dataclass(frozen=True, slots=True)
class Given:
    """A release, as far as what was said later is about it.

    Attributes:
        index: its place in the teller's log.
        head: the head of that log under which all is shown.
    """

    by: Descriptor
    id: StatementId
    terms: Release
    index: int
    head: Head


@part("silence")
def silence(shown: Later, given: Given) -> tuple[int, Instant]:
    """Read that no answer had reached the teller in time.

    Returns:
        When it said so, in seconds since 1970, and by when nothing had reached it.

    Raises:
        RemoteError: `not-stix`, `content-mismatch`, `not-included`; and whose statement it is not.
    """
    signed = given.by.vouch(Unverified.read(list(shown.statement)), Index(shown.receipt.index))
    said, terms = acknowledgement.read_unacknowledged(signed.object), given.terms
    if (said.release, said.to, said.answer_by) != (given.id, terms.to, terms.terms.answer_by):
        raise RemoteError(CONTENT_MISMATCH, "the silence is about another release")
    if signed.envelope.iat < said.answer_by // 1000:
        raise RemoteError(CONTENT_MISMATCH, "said before the time for an answer was over")
    under.stands(signed.id, shown.receipt, given.head)
    return signed.envelope.iat, said.answer_by


@part("withdrawal")
def withdrawal(shown: Later, given: Given) -> int:
    """Read that the teller took this very release back, and logged that after it.

    Returns:
        When it said so, in seconds since 1970.

    Raises:
        RemoteError: `not-stix`, `content-mismatch`, `not-included`; and whose statement it is not.
    """
    signed = given.by.vouch(Unverified.read(list(shown.statement)), Index(shown.receipt.index))
    said, terms = release.read(signed.object), given.terms
    if not said.withdrawn or (said.id, said.leaf, said.to) != (terms.id, terms.leaf, terms.to):
        raise RemoteError(CONTENT_MISMATCH, "the withdrawal is of another release")
    if shown.receipt.index <= given.index:
        raise RemoteError(CONTENT_MISMATCH, "withdrawn before it was released")
    under.stands(signed.id, shown.receipt, given.head)
    return signed.envelope.iat
