"""Verdict: what a proof file shows, as a value and as JSON values. Judging stands in `verify`.

Rule: every verdict ends with what no file shows, whatever is in it.
"""

from dataclasses import dataclass, field
from typing import Any

from comity.model.fingerprint import Fingerprint
from comity.record import standing
from comity.space import instant
from comity.space.instant import Instant

# What no proof file shows, whatever is in it.
NOT_SHOWN = (
    "that anybody read it, or understood it",
    "that what it says is true",
    "whether it was replaced, or withdrawn later than the ladder shows",
    "what else was told, or to whom: only what stands in this file",
)


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the ladder: what is shown, since when, and on whose word that time is; see `standing.BOUNDS`."""

    name: str
    at: Instant
    by: str
    basis: str

    def as_dict(self) -> dict[str, Any]:
        """As JSON values: a bound is the time by which it had happened."""
        bound = self.name in standing.BOUNDS
        return {
            "rung": self.name,
            "at": standing.shown(self.name, self.at),
            "bound": bound,
            "by": self.by,
            "basis": self.basis,
        }


@dataclass
class Verdict:
    """What a proof file shows.

    Attributes:
        held_at: as the hearer claims.
        proved_by: a bound; None where fewer than `quorum` independent cosignatures stand on the hearer's checkpoint.
        withdrawn_at: when the teller took the release back, as it says; None where the file does not show it.
        witnesses: names and bounds of the cosignatures that were counted.
        reconstruction: a party in it exists in a demo or an exercise alone: none of this has happened.
        notes: what a reader should know about names and clocks.
        problems: why it is not valid.
    """

    valid: bool = False
    trusted: bool = False
    said_by: str | None = None
    held_by: str | None = None
    told_to: str | None = None
    object: str | None = None
    type: str | None = None
    statement: str | None = None
    said_at: Instant | None = None
    held_at: Instant | None = None
    refused: str | None = None
    proved_by: Instant | None = None
    withdrawn_at: Instant | None = None
    witnesses: list[dict[str, Any]] = field(default_factory=list)
    fingerprints: dict[str, Fingerprint] = field(default_factory=dict)
    ladder: list[Rung] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)
    content: bytes | None = None
    reconstruction: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The verdict as JSON values; times are RFC 3339."""
        return {
            "valid": self.valid,
            "trusted": self.trusted,
            "said_by": self.said_by,
            "told_to": self.told_to,
            "held_by": self.held_by,
            "object": self.object,
            "type": self.type,
            "statement": self.statement,
            "said_at": _to_second(self.said_at),
            "held_at": _text(self.held_at),
            "refused": self.refused,
            "proved_by": _to_second(self.proved_by),
            "withdrawn_at": _to_second(self.withdrawn_at),
            "witnesses": self.witnesses,
            "fingerprints": self.fingerprints,
            "ladder": [rung.as_dict() for rung in self.ladder],
            "reconstruction": self.reconstruction,
            "notes": self.notes,
            "problems": self.problems,
            "not_shown": list(NOT_SHOWN),
        }


def _text(at: Instant | None) -> str | None:
    return None if at is None else instant.text(at)


def _to_second(at: Instant | None) -> str | None:
    return None if at is None else instant.to_second(at)
