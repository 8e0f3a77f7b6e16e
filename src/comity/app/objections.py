"""Objections: what stands between whose notices and sites, found here and said to us; and alerts.

One row for each conflict, whoever found it and from whichever side. The words are made here, of the statements that this
node holds. What another party has objected is told as that party's, and words that it signed as its own, quoted.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from comity.app import versions
from comity.app._drafting import Args
from comity.checks import words
from comity.checks.words import Side
from comity.errors import RemoteError
from comity.model import objection
from comity.model.content import StixObject
from comity.model.objection import Finding, Rule
from comity.model.site import Site
from comity.node.node import Node
from comity.node.picture import StoredPicture
from comity.node.ports import FindingRow, ReceivedRow
from comity.node.watch import ALERT, OWN, SAID
from comity.proof.envelope import StatementId
from comity.record import state
from comity.record.state import State
from comity.space import instant
from comity.space.instant import Instant


@dataclass(frozen=True, slots=True)
class _Saying:
    """One time that something was objected.

    Attributes:
        by, to: names; `to` is None for what this node has found and told nobody else.
        statement: the objection; None where it is not logged.
        made: by which its words are made: a picture was so old when that was said, and a site is late as of now.
        text: what its author wrote beside it.
    """

    finding: Finding
    against: StatementId
    by: str
    to: str | None
    statement: StatementId | None
    at: Instant
    made: Instant
    found_here: bool = False
    withdrawn: bool = False
    text: str | None = None


def objections(node: Node, picture: StoredPicture, every: bool) -> list[Args]:
    """What this node objects to its own operators, what it has said to others, and what others have said to us."""
    found = [_finding(node, row) for row in node.store.airspace.findings(OWN, SAID)]
    return _conflicts(node, picture, [*found, *_heard(node, picture)], every)


def objections_about(node: Node, picture: StoredPicture, statements: Iterable[str]) -> list[Args]:
    """What this node has found where one of these statements stands on either side."""
    about = (node.store.airspace.findings(OWN, SAID, about=node.resolve(one)) for one in statements)
    return _conflicts(node, picture, [_finding(node, row) for rows in about for row in rows], every=False)


def alerts(node: Node, picture: StoredPicture, every: bool) -> list[Args]:
    """What meets matter that its operator was not told of: for this party's own officer, who may call."""
    return _conflicts(node, picture, [_finding(node, row) for row in node.store.airspace.findings(ALERT)], every)


# -- what was objected


def _finding(node: Node, row: FindingRow) -> _Saying:
    to = node.party_name(row.operator) if row.fate == SAID else None
    finding = objection.read_finding(json.loads(row.found))
    me, now = node.descriptor.party, node.journal.now()
    return _Saying(finding, row.against, me, to, row.objection, row.at, now, found_here=True)


def _heard(node: Node, picture: StoredPicture) -> Iterator[_Saying]:
    """The newest version of each objection that was said to us."""
    newest: dict[tuple[str, str], tuple[ReceivedRow, StixObject]] = {}
    for row in node.store.received():
        if row.statement is None or row.refused or not (b"objection" in row.item or b"\\u" in row.item):
            continue
        said = picture.object(row.statement)
        if said.type == "objection":
            before = newest.get((row.teller, said.id))
            if before is None or (before[1].modified or 0) <= (said.modified or 0):
                newest[row.teller, said.id] = (row, said)
    return (_told(node, row, said) for row, said in newest.values())


def _told(node: Node, row: ReceivedRow, said: StixObject) -> _Saying:
    found = objection.read(said)
    return _Saying(
        found.finding,
        found.against,
        node.party_name(row.teller),
        node.descriptor.party,
        row.statement,
        row.received_at,
        said.modified or row.received_at if found.finding.rule is Rule.STALE else node.journal.now(),
        withdrawn=found.withdrawn or row.withdrawn,
        text=found.text,
    )


# -- one row for each conflict


class _Sides:
    """What stands on the sides of the conflicts of one listing, each looked up once: one site may stand against hundreds."""

    def __init__(self, node: Node, picture: StoredPicture) -> None:
        self.node, self.picture, self.names, self.now = node, picture, picture.names(), node.journal.now()
        self.told = cache(lambda statement: versions.side(node, statement))
        self.state = cache(lambda statement: node.versions.objecting(statement, self.now) or State.IN_FORCE)
        self.side = cache(lambda statement: _side(node, picture, statement))


def _conflicts(node: Node, picture: StoredPicture, sayings: Iterable[_Saying], every: bool) -> list[Args]:
    groups: dict[tuple[object, ...], list[_Saying]] = {}
    for one in sayings:
        groups.setdefault(_key(node, one), []).append(one)
    sides = _Sides(node, picture)
    found = [_conflict(sides, group) for group in groups.values()]
    return sorted((one for one in found if every or one["state"] == State.IN_FORCE), key=lambda one: str(one["at"]))


def _key(node: Node, one: _Saying) -> tuple[object, ...]:
    """What is the same for both directions of one conflict, and for one content that was said twice."""
    because = one.finding.because
    if because is None:
        return (one.finding.rule, one.by, one.statement)
    return (one.finding.rule, *sorted(_content(node, each) for each in (one.against, because)))


def _content(node: Node, statement: StatementId) -> bytes:
    found = node.versions.object(statement)
    return statement if found is None else found.raw


def _conflict(sides: _Sides, group: list[_Saying]) -> Args:
    node, first = sides.node, min(group, key=lambda one: _rank(sides.node, one))
    finding, because = first.finding, first.finding.because
    asked, met = sides.side(first.against), Side() if because is None else sides.side(because)
    return {
        "rule": finding.rule.value,
        "state": _state(sides, group, first).value,
        "operator": None if asked.by is None else node.party_name(asked.by),
        "by": node.party_name(finding.by if met.by is None else met.by),
        "against": first.against.hex(),
        "because": because.hex() if because else None,
        "sides": {
            "against": sides.told(first.against),
            "because": sides.told(because) if because else None,
        },
        "text": _text(first, asked, met, sides),
        "meetings": finding.meetings,
        "margin_m": finding.margin_m,
        "time_uncertain": finding.time_uncertain,
        "witness": _witness(finding, met),
        "said": [_as_dict(one) for one in sorted(group, key=lambda one: one.at)],
        "at": instant.text(min(one.at for one in group)),
    }


def _rank(node: Node, one: _Saying) -> tuple[bool, bool, bool, Instant]:
    """What was found here comes first, and then what is against a notice of ours."""
    return (not one.found_here, one.withdrawn, node.store.find(one.against) is None, one.at)


def _state(sides: _Sides, group: list[_Saying], first: _Saying) -> State:
    if all(one.withdrawn for one in group):
        return State.WITHDRAWN
    against, because = first.against, first.finding.because or first.against
    return state.between(sides.state(against), sides.state(because))


def _side(node: Node, picture: StoredPicture, statement: StatementId) -> Side:
    by = node.versions.author(statement)
    if by is None:
        return Side()
    try:
        entries = picture.entries(by, statement)
    except RemoteError:
        return Side(by)
    return Side.of(by, entries[0].matter) if entries else Side(by)


def _text(one: _Saying, asked: Side, met: Side, sides: _Sides) -> str:
    whose = "your" if one.found_here else "its"
    text = words.text(one.finding, asked, met, names=sides.names, now=one.made, whose=whose)
    return text if one.found_here else f"{one.by} says: {text}"


def _witness(finding: Finding, met: Side) -> Args | None:
    """Where they meet: never more exactly than the site is told, whatever its objector has signed."""
    if finding.witness is None:
        return None
    shown = finding.witness
    if isinstance(met.matter, Site) and met.matter.widened_m is not None:
        shown = replace(shown, point=None, within_m=met.matter.widened_m)
    return objection.write_witness(shown)


def _as_dict(one: _Saying) -> Args:
    return {
        "said_by": one.by,
        "said_to": one.to,
        "statement": one.statement.hex() if one.statement else None,
        "at": instant.text(one.at),
        "withdrawn": one.withdrawn,
        "wrote": one.text,
    }
