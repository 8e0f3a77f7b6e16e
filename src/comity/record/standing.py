"""Standing: how far a statement has come with each party, as a ladder on which no rung is shown as a higher one.

    said -> logged -> witnessed -> released -> fetched -> held -> opened -> loaded
                                        '-> refused, unacknowledged, withdrawn: said beside the ladder

A rung carries a time and on whose word it stands. `opened` and `loaded` are said by operators and systems of the hearer;
nothing makes them yet. "Not told" always means: not in the logs that this reader has.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from comity.space import instant
from comity.space.instant import Instant

LADDER = ("said", "logged", "witnessed", "released", "fetched", "held", "opened", "loaded")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a teller's records hold about one telling; None where they hold nothing.

    Attributes:
        said_at, released_at: the statements' `iat`.
        logged_at: our own cosignature on the first published head that holds the statement.
        witnessed_at: another's earliest cosignature on such a head.
        fetched_at: of the hearer's signed pull for what follows: inferred, for it would have asked so, too, if this item had
            been left out of its page.
        answered_at: as the hearer claims in its acknowledgement.
        proved_at: the earliest cosignature by a third party on the hearer's head that holds the acknowledgement.
        proofs: how many third parties cosigned that head.
    """

    said_at: Instant
    logged_at: Instant | None = None
    witnessed_at: Instant | None = None
    released_at: Instant | None = None
    fetched_at: Instant | None = None
    disposition: str | None = None
    reason: str | None = None
    answered_at: Instant | None = None
    proved_at: Instant | None = None
    proofs: int = 0
    unacknowledged: bool = False
    answer_by: Instant | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How one telling stands: (rung, time) from the lowest to the highest reached."""

    rungs: tuple[tuple[str, Instant], ...]
    facts: Facts

    @property
    def highest(self) -> str:
        """The highest rung reached."""
        return self.rungs[-1][0]

    def as_dict(self) -> dict[str, object]:
        """As JSON values; times are RFC 3339."""
        facts = self.facts
        return {
            "reached": self.highest,
            "rungs": {name: instant.text(at) for name, at in self.rungs},
            "proved_at": _text(facts.proved_at),
            "third_parties": facts.proofs,
            "refused": facts.reason if facts.disposition == "refused" else None,
            "answer_by": _text(facts.answer_by),
            "unacknowledged": facts.unacknowledged,
            "withdrawn": facts.withdrawn,
        }


def stand(facts: Facts) -> Standing:
    """Set out the rungs that the facts carry; a rung without a fact of its own is left out, never inferred."""
    held_at = facts.answered_at if facts.disposition == "held" else None
    times: Sequence[Instant | None] = (
        facts.said_at,
        facts.logged_at,
        facts.witnessed_at,
        facts.released_at,
        facts.fetched_at,
        held_at,
    )
    rungs = tuple((name, at) for name, at in zip(LADDER, times, strict=False) if at is not None)
    return Standing(rungs, facts)


def _text(at: Instant | None) -> str | None:
    return None if at is None else instant.text(at)
