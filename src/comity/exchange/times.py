"""Times: whether what a file says of times can be true all together.

Every time in a proof file is somebody's word: a party's own claim, or a third party's cosignature. Of some of them it is known
which came first, because the later one could not have been made without the earlier: what was said was said before it was
released, and that before it was offered, asked for and received; it was received before it was answered, and what stands in a
log stood there before anybody cosigned that log's head. Where the times run the other way, a clock is wrong or somebody lies: a
contradiction. It accuses nobody by itself.

What can be told is no more than that. A page that offered it, or a want of it, may have come after the answer: a teller offers
again what was answered, and a hearer has asked twice. Nor does an answer come before or after a silence, or a withdrawal.

Clocks of two parties differ, so that their claims contradict one another only beyond ten minutes, and a claim and a counted
cosignature beyond five (a node takes no cosignature that is further off its own clock). One party's claims have one clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from comity.model.fingerprint import Fingerprint
from comity.space import instant
from comity.space.instant import Instant

# Seconds.
BETWEEN_CLAIMS = 600
BEFORE_COSIGNATURE = 300


@dataclass(frozen=True, slots=True)
class Claim:
    """That something happened, when, and on whose word.

    Attributes:
        what: in a word or two, as "released".
        at: to the second; a finer time is cut.
        cosigned: it is a third party's cosignature that counts.
    """

    what: str
    by: Fingerprint
    label: str
    at: Instant
    cosigned: bool = False

    @property
    def second(self) -> int:
        """Seconds since 1970."""
        return self.at // 1000

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {"what": self.what, "by": self.label, "at": instant.to_second(self.at)}


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two times of which the first cannot be after the second, and is."""

    earlier: Claim
    later: Claim

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {"earlier": self.earlier.as_dict(), "later": self.later.as_dict()}


def slack(earlier: Claim, later: Claim) -> int:
    """By how many seconds the earlier may be said to be after the later, clocks being what they are."""
    if earlier.by == later.by:
        return 0
    return BEFORE_COSIGNATURE if later.cosigned else BETWEEN_CLAIMS


def of_an_answer(received: int, answered: int, *, released: int, now: int) -> str | None:
    """Say what is wrong with a hearer's times, as they stand beside the teller's; None where all can be true.

    Args:
        received, answered: seconds since 1970, as the hearer says.
        released, now: likewise, by the teller's clock.
    """
    if min(received, answered) < released - BETWEEN_CLAIMS:
        wrong = "before it was released"
    elif max(received, answered) > now + BETWEEN_CLAIMS:
        wrong = "in time to come"
    elif answered < received:
        wrong = "answered before it was received"
    else:
        return None
    times = ", ".join(
        f"{what} at {instant.to_second(instant.from_seconds(at))}"
        for what, at in (("received", received), ("answered", answered), ("released", released))
    )
    return (
        f"the times of its answer cannot be true beside ours: {wrong} ({times}); a proof file names the contradiction"
    )


class Timeline:
    """All times in one file, in the order in which they must have come; it finds those that cannot be true together."""

    def __init__(self) -> None:
        # What must have come one after the other, and before all that is still to be taken.
        self._chain: list[Claim] = []
        self.contradictions: list[Contradiction] = []

    def then(self, claim: Claim) -> None:
        """Take a claim of what came after all that was taken so, and before all that is still to be taken."""
        self._compare(claim, self._chain)
        self._chain.append(claim)

    def beside(self, claim: Claim) -> Claim:
        """Take a claim of what came after that, too, and after which nothing has to come."""
        self._compare(claim, self._chain)
        return claim

    def cosigned(self, claim: Claim, log: Fingerprint, beside: Iterable[Claim] = ()) -> bool:
        """Take a cosignature; True if it contradicts what the party whose log it is on says of its own times.

        What another says contradicts it, too, and takes nothing from it: a teller that dates its word in time to come would
        else take from its hearer's answer what third parties have seen of that.

        Args:
            claim: the cosignature.
            log: whose log's head it is on.
            beside: what that head holds besides what was taken by `then`.
        """
        return log in self._compare(claim, [*self._chain, *beside])

    def _compare(self, later: Claim, before: Iterable[Claim]) -> set[Fingerprint]:
        """Find what must have come before and is said to have come after: of each party what is furthest off."""
        worst: dict[Fingerprint, Claim] = {}
        for one in before:
            known = worst.get(one.by)
            if one.second > later.second + slack(one, later) and (known is None or known.second < one.second):
                worst[one.by] = one
        self.contradictions += [Contradiction(one, later) for one in worst.values()]
        return set(worst)
