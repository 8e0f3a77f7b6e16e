"""Verdicts on proof files, written down by hand: what the vectors of spec/proof-file.md expect."""

from typing import Any

from conformance.vectors.cast import actor
from conformance.vectors.story import story

Row = tuple[str, str, str, dict[str, Any], dict[str, Any]]


def rung(name: str, minute: str | None, by: str, basis: str = "claimed") -> dict[str, Any]:
    """A bound is the end of the second that a cosignature bears; what a party says of itself may be finer than a second."""
    fine = ".000" if name in ("held", "refused", "unacknowledged") else ""
    when = None if minute is None else f"2026-11-26T10:{minute}{fine}Z"
    return {"rung": name, "at": when, "bound": name in ("logged", "witnessed"), "by": by, "basis": basis}


_NOT_SHOWN = [
    "that anybody read it, understood it, or agrees with it",
    "that what it says is true",
    "that nothing of it happened earlier: a time after “by” is the latest possible, by the clock named; any other is a claim",
    "that a third party knows or confirms what was told: who cosigns a log sees nothing of what is in it",
    "whether it was replaced, or withdrawn later than the ladder shows",
    "what else was told, or to whom: only what stands in this file",
]
SAID, LOGGED = rung("said", "01:00", "fr"), rung("logged", "03:01", "fr")
WITNESSED, RELEASED = rung("witnessed", "03:31", "us", "cosigned"), rung("released", "01:30", "fr")
OFFERED, FETCHED = rung("offered", "04:00", "fr"), rung("fetched", "04:30", "ru")
HELD, REFUSED = rung("held", "05:00", "ru"), rung("refused", "05:00", "ru")
LADDER = [SAID, LOGGED, WITNESSED, RELEASED, FETCHED, HELD]
TOLD_ALONE = [SAID, LOGGED, RELEASED]


def cosigner(party: str, minute: str, *, contradicted: bool = False) -> dict[str, Any]:
    return {"party": party, "at": f"2026-11-26T10:{minute}Z", "bound": True, "contradicted": contradicted}


US_BEHIND_FR, US_BEHIND_RU, DE_BEHIND_RU = (
    cosigner("us", "03:31"),
    cosigner("us", "06:01"),
    cosigner("de", "07:01"),
)
BEHIND = {"teller": [US_BEHIND_FR], "hearer": [US_BEHIND_RU, DE_BEHIND_RU]}


def party_in(
    name: str, *, label: str = "", calls: str = "", known: bool = False, clashes: bool = False
) -> dict[str, Any]:
    return {
        "fingerprint": actor(name).fingerprint,
        "label": label or name,
        "calls_itself": calls or name,
        "known": known,
        "clashes": clashes,
    }


def parties_in(*names: str, known: str = "", **other: dict[str, Any]) -> dict[str, Any]:
    """The parties of a file in the order of their descriptors' bytes, and what they are called."""
    ordered = sorted(names, key=lambda name: actor(name).described.triple)
    made = [other.get(name) or party_in(name, known=name in known.split()) for name in ordered]
    return {"parties": made, "fingerprints": {one["label"]: one["fingerprint"] for one in made}}


def verdict(*names: str, **more: Any) -> dict[str, Any]:
    told = story()
    plain = {
        "valid": True,
        "trusted": False,
        "teller": actor("fr").fingerprint,
        "hearer": actor("ru").fingerprint,
        "told_by": "fr",
        "said_by": "fr",
        "told_to": "ru",
        "held_by": "ru",
        "object": told.report.object.id,
        "type": "report",
        "statement": told.report.id.hex(),
        "item": told.telling.item.hex(),
        "omitted": False,
        "said_at": "2026-11-26T10:01:00Z",
        "released_at": "2026-11-26T10:01:30Z",
        "offered_at": None,
        "held_at": "2026-11-26T10:05:00.000Z",
        "refused_at": None,
        "refused": None,
        "borne_out": None,
        "other_bytes": None,
        "unacknowledged_at": None,
        "proved_by": "2026-11-26T10:06:01Z",
        "withdrawn_at": None,
        "quorum": 1,
        "third_parties": BEHIND,
        **parties_in(*names),
        "ladder": LADDER,
        "reconstruction": False,
        "contradictions": [],
        "notes": [],
        "not_shown": _NOT_SHOWN,
    }
    return plain | more


EVERY = ("fr", "ru", "us", "de")
NOTHING_HELD = {"held_by": None, "held_at": None}
NO_ANSWER: dict[str, Any] = NOTHING_HELD | {
    "proved_by": None,
    "third_parties": {"teller": [], "hearer": []},
    "ladder": TOLD_ALONE,
}


def unsure(name: str) -> str:
    return f"nothing in the file shows that {name} is described here as in its own log"


def alone(**more: Any) -> dict[str, Any]:
    """The verdict on a file of fr and ru without an answer."""
    return verdict("fr", "ru") | NO_ANSWER | {"notes": [unsure("ru")]} | more


def behind(teller: list[dict[str, Any]], hearer: list[dict[str, Any]]) -> dict[str, Any]:
    return {"third_parties": {"teller": teller, "hearer": hearer}}
