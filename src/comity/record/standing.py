"""Standing: how far a statement has come with each party, as a ladder on which no rung is shown as a higher one.

    said -> logged -> witnessed -> released -> fetched -> held -> opened -> loaded
                                        '-> refused, unacknowledged, withdrawn: said beside the ladder

A rung carries a time and on whose word it stands. The time of a cosignature is a bound: it was cut to a whole second T, so
that the signature was made before T + 1 s, which is what is shown: rounded outwards, a bound never precedes what it bounds.
`opened` and `loaded` are said by operators and systems of the hearer; nothing makes them yet. "Not told" always means: not in
the logs that this reader has.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from comity.space import instant
from comity.space.instant import Instant

# Rungs whose time is a bound, and those whose time is known to the second: nothing finer is shown of them.
BOUNDS = frozenset({"logged", "witnessed"})
_TO_SECOND = BOUNDS | {"said", "released", "offered", "fetched", "withdrawn"}

LADDER = ("said", "logged", "witnessed", "released", "fetched", "held", "opened", "loaded")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a teller's records hold about one telling; None where they hold nothing.

    Attributes:
        said_at, released_at: the statements' `iat`.
        logged_by: the bound of our own cosignature on the first published head that holds the statement.
        witnessed_by: that of another's earliest cosignature on such a head.
        fetched_at: of the hearer's signed want of these very bytes; that they came is shown by its answer alone.
        other: `held` or `refused`, where the hearer's answer is about other bytes than those that it was given.
        answered_at: as the hearer claims in its acknowledgement.
        proved_by: the bound of the earliest cosignature by a third party on the hearer's head that holds the acknowledgement.
        proofs: how many third parties cosigned that head.
        withdrawn_at: when the release was taken back, by the withdrawal's `iat`; None where it stands.
    """

    said_at: Instant
    logged_by: Instant | None = None
    witnessed_by: Instant | None = None
    released_at: Instant | None = None
    fetched_at: Instant | None = None
    disposition: str | None = None
    reason: str | None = None
    answered_at: Instant | None = None
    proved_by: Instant | None = None
    proofs: int = 0
    other: str | None = None
    unacknowledged: bool = False
    answer_by: Instant | None = None
    withdrawn_at: Instant | None = None


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
            "rungs": {name: {"at": shown(name, at), "bound": name in BOUNDS} for name, at in self.rungs},
            "proved_by": None if facts.proved_by is None else instant.to_second(facts.proved_by),
            "third_parties": facts.proofs,
            "disposition": facts.disposition,
            "refused": facts.reason if facts.disposition == "refused" else None,
            "answered_other_bytes": facts.other,
            "answer_by": _text(facts.answer_by),
            "unacknowledged": facts.unacknowledged,
            "withdrawn": facts.withdrawn_at is not None,
            "withdrawn_at": None if facts.withdrawn_at is None else shown("withdrawn", facts.withdrawn_at),
        }


def stand(facts: Facts) -> Standing:
    """Set out the rungs that the facts carry; a rung without a fact of its own is left out, never inferred."""
    held_at = facts.answered_at if facts.disposition == "held" else None
    times: Sequence[Instant | None] = (
        facts.said_at,
        facts.logged_by,
        facts.witnessed_by,
        facts.released_at,
        facts.fetched_at,
        held_at,
    )
    rungs = tuple((name, at) for name, at in zip(LADDER, times, strict=False) if at is not None)
    return Standing(rungs, facts)


def shown(rung: str, at: Instant) -> str:
    """The time of a rung, as finely as its evidence has it."""
    return instant.to_second(at) if rung in _TO_SECOND else instant.text(at)


def _text(at: Instant | None) -> str | None:
    return None if at is None else instant.text(at)
