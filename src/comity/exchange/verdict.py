"""Verdict: what a proof file shows, as a value and as JSON values. Judging stands in `verify`.

Rule: every verdict says what no file shows, whatever is in it.
"""

from dataclasses import dataclass, field
from typing import Any

from comity.exchange.labels import Label
from comity.exchange.times import Contradiction
from comity.model.fingerprint import Fingerprint
from comity.record import standing
from comity.space import instant
from comity.space.instant import Instant

# What no proof file shows, whatever is in it.
NOT_SHOWN = (
    "that anybody read it, understood it, or agrees with it",
    "that what it says is true",
    "that nothing of it happened earlier: a time after “by” is the latest possible, by the clock named; any other is a claim",
    "that a third party knows or confirms what was told: who cosigns a log sees nothing of what is in it",
    "whether it was replaced, or withdrawn later than the ladder shows",
    "what else was told, or to whom: only what stands in this file",
)


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the ladder: what is shown, since when, and on whose word that time is; see `standing.BOUNDS`.

    Attributes:
        at: None of what stands in a log that nobody has cosigned: it is there, and no time of it is shown.
        by: the label of the party whose word it is.
    """

    name: str
    at: Instant | None
    by: str
    basis: str

    def as_dict(self) -> dict[str, Any]:
        """As JSON values: a bound is the time by which it had happened."""
        return {
            "rung": self.name,
            "at": None if self.at is None else standing.shown(self.name, self.at),
            "bound": self.name in standing.BOUNDS,
            "by": self.by,
            "basis": self.basis,
        }


@dataclass(frozen=True, slots=True)
class Cosigner:
    """A third party that cosigned a log's head.

    Attributes:
        at: the bound of its cosignature.
        contradicted: the party whose log it is says that what the head holds came later than this; it then counts for nothing.
    """

    party: str
    at: Instant
    contradicted: bool

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        at = instant.to_second(self.at)
        return {"party": self.party, "at": at, "bound": True, "contradicted": self.contradicted}


@dataclass
class Verdict:
    """What a proof file shows.

    Attributes:
        trusted: teller and hearer have fingerprints that the reader gave; or one of them has, where it gave just one.
        teller, hearer: the fingerprints; `told_by` and `told_to` are the labels.
        said_by, held_by: labels, too. Who told what was refused need not have said it: nobody may have.
        item: the hash of the bytes in the file; None where some are left out, and nothing shows that the hash is theirs.
        omitted: the content is not in the file, so that `object` and `type` are not known.
        held_at: as the hearer claims.
        offered_at: when the teller offered just these bytes, as it says.
        refused: the code for which the hearer refused these very bytes.
        borne_out: whether they have the fault that it names; None where that is no fault of bytes, but the hearer's word.
        other: `held` or `refused`, where the hearer's answer is about bytes that are not in the file: then it shows nothing of
            these. With `omitted` nothing shows whether these are those of the statement.
        unacknowledged_at: by when no answer had reached the teller, as it says.
        proved_by: a bound; None where fewer than `quorum` independent cosignatures stand on the hearer's checkpoint.
        quorum: how many were asked for.
        given: how many fingerprints the reader gave.
        absent: the reader's names of those that no party in the file has.
        withdrawn_at: when the teller took the release back, as it says; None where the file does not show it.
        behind_teller, behind_hearer: the third parties whose cosignatures were looked at, of each log's checkpoint.
        reconstruction: teller, hearer or a third party that counts exists in a demo or an exercise alone: none of this has
            happened.
        contradictions: times in it that cannot all be true.
        notes: what a reader should know about names.
        problems: why it is not valid.
    """

    valid: bool = False
    trusted: bool = False
    teller: Fingerprint | None = None
    hearer: Fingerprint | None = None
    told_by: str | None = None
    said_by: str | None = None
    told_to: str | None = None
    held_by: str | None = None
    object: str | None = None
    type: str | None = None
    statement: str | None = None
    item: str | None = None
    omitted: bool = False
    said_at: Instant | None = None
    released_at: Instant | None = None
    offered_at: Instant | None = None
    held_at: Instant | None = None
    refused_at: Instant | None = None
    refused: str | None = None
    borne_out: bool | None = None
    other: str | None = None
    unacknowledged_at: Instant | None = None
    proved_by: Instant | None = None
    withdrawn_at: Instant | None = None
    quorum: int = 1
    given: int = 0
    absent: list[str] = field(default_factory=list)
    behind_teller: list[Cosigner] = field(default_factory=list)
    behind_hearer: list[Cosigner] = field(default_factory=list)
    parties: list[Label] = field(default_factory=list)
    ladder: list[Rung] = field(default_factory=list)
    contradictions: list[Contradiction] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)
    content: bytes | None = None
    reconstruction: bool = False

    @property
    def fingerprints(self) -> dict[str, Fingerprint]:
        """Label -> fingerprint, of all parties in the file."""
        return {one.text: one.fingerprint for one in self.parties}

    @property
    def sound(self) -> bool:
        """Say whether it is valid, and its times can all be true."""
        return self.valid and not self.contradictions

    def as_dict(self) -> dict[str, Any]:
        """The verdict as JSON values; times are RFC 3339."""
        return {
            "valid": self.valid,
            "trusted": self.trusted,
            "teller": self.teller,
            "hearer": self.hearer,
            "told_by": self.told_by,
            "said_by": self.said_by,
            "told_to": self.told_to,
            "held_by": self.held_by,
            "object": self.object,
            "type": self.type,
            "statement": self.statement,
            "item": self.item,
            "omitted": self.omitted,
            "said_at": _to_second(self.said_at),
            "released_at": _to_second(self.released_at),
            "offered_at": _to_second(self.offered_at),
            "held_at": _text(self.held_at),
            "refused_at": _text(self.refused_at),
            "refused": self.refused,
            "borne_out": self.borne_out,
            "other_bytes": self.other,
            "unacknowledged_at": _text(self.unacknowledged_at),
            "proved_by": _to_second(self.proved_by),
            "withdrawn_at": _to_second(self.withdrawn_at),
            "quorum": self.quorum,
            "third_parties": {
                "teller": [one.as_dict() for one in self.behind_teller],
                "hearer": [one.as_dict() for one in self.behind_hearer],
            },
            "fingerprints": self.fingerprints,
            "parties": [one.as_dict() for one in self.parties],
            "ladder": [rung.as_dict() for rung in self.ladder],
            "reconstruction": self.reconstruction,
            "contradictions": [one.as_dict() for one in self.contradictions],
            "notes": self.notes,
            "problems": self.problems,
            "not_shown": list(NOT_SHOWN),
        }


def _text(at: Instant | None) -> str | None:
    return None if at is None else instant.text(at)


def _to_second(at: Instant | None) -> str | None:
    return None if at is None else instant.to_second(at)
