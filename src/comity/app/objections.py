"""Objections: what stands against whose notices, as this node found it and as others said it to us; and alerts."""

import json
from collections.abc import Iterator

from comity.app._drafting import Args
from comity.model import objection
from comity.model.content import StixObject
from comity.node.node import Node
from comity.node.picture import StoredPicture
from comity.node.ports import FindingRow, ReceivedRow
from comity.node.watch import ALERT, OWN, SAID
from comity.proof.envelope import StatementId
from comity.space import instant


def objections(node: Node, picture: StoredPicture) -> list[Args]:
    """What this node objects to its own operators, what it has said to others, and what others have said to us."""
    found = [_finding(node, row) for row in node.store.airspace.findings(OWN, SAID)]
    return sorted([*found, *_heard(node, picture)], key=lambda one: str(one["at"]))


def objections_about(node: Node, statements: list[str]) -> list[Args]:
    """What this node has found where one of these statements stands on either side."""
    about = (node.store.airspace.findings(OWN, SAID, about=node.resolve(one)) for one in statements)
    return [_finding(node, row) for rows in about for row in rows]


def alerts(node: Node) -> list[Args]:
    """What meets matter that its operator was not told of: for this party's own officer, who may call."""
    return [_finding(node, row) for row in node.store.airspace.findings(ALERT)]


def _finding(node: Node, row: FindingRow) -> Args:
    return {
        "rule": row.rule,
        "operator": node.party_name(row.operator),
        "by": node.party_name(row.by),
        "against": row.against.hex(),
        "because": row.because.hex(),
        "text": row.text,
        "witness": json.loads(row.witness) if row.witness else None,
        "said_by": node.descriptor.party,
        "said_to": node.party_name(row.operator) if row.fate == SAID else None,
        "statement": row.objection.hex() if row.objection else None,
        "at": instant.text(row.at),
        "withdrawn": False,
    }


def _heard(node: Node, picture: StoredPicture) -> Iterator[Args]:
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


def _told(node: Node, row: ReceivedRow, said: StixObject) -> Args:
    found = objection.read(said)
    why = found.finding
    return {
        "rule": why.rule.value,
        "operator": _operator(node, found.against),
        "by": node.party_name(why.by),
        "against": found.against.hex(),
        "because": why.because.hex() if why.because else None,
        "text": why.text,
        "witness": objection.write_witness(why.witness) if why.witness else None,
        "said_by": node.party_name(row.teller),
        "said_to": node.descriptor.party,
        "statement": row.statement.hex() if row.statement else None,
        "at": instant.text(row.received_at),
        "withdrawn": found.withdrawn or row.withdrawn,
    }


def _operator(node: Node, against: StatementId) -> str | None:
    """Whose the notice is, as far as it is known here; an objection only claims to be against it."""
    if node.store.find(against) is not None:
        return node.descriptor.party
    row = node.store.received_statement(against)
    return None if row is None else node.party_name(row.teller)
