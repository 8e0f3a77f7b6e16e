"""Versions: what is said here, by this party and to it, version by version; what was replaced stays visible."""

from collections.abc import Iterator
from typing import Any

from comity import foreign
from comity.app import caveats
from comity.app.creators import Creators
from comity.checks.words import NOT_HELD
from comity.model import objection
from comity.model.content import StixObject
from comity.model.extension import NODE_TYPES
from comity.model.fingerprint import Fingerprint
from comity.model.statement import Unverified
from comity.model.title import title
from comity.node import recorded
from comity.node.node import Node
from comity.proof import cbor
from comity.proof.envelope import Envelope, StatementId
from comity.record.state import STANDING, State
from comity.space import instant

Args = dict[str, Any]
_NO_SIDE: Args = dict.fromkeys(("statement", "by", "name", "type", "state"))
Said = tuple[Fingerprint, Envelope, StixObject]


def state_of(node: Node, by: Fingerprint, statement: StatementId, said: StixObject) -> str:
    """What has become of a statement of a party, now."""
    return node.versions.state(by, statement, said, node.journal.now()).value


def side(node: Node, statement: StatementId) -> Args:
    """One side of a conflict: whose it is, what it is called, and what has become of it; null where it is not here."""
    said, by = node.versions.object(statement), node.versions.author(statement)
    if said is None or by is None:
        return _NO_SIDE | {"statement": statement.hex()}
    state = state_of(node, by, statement, said)
    told = {"by": node.party_name(by), "name": title_of(node, said), "type": said.type, "state": state}
    return {"statement": statement.hex(), **told}


def with_sides(node: Node, checked: Args) -> Args:
    """What a check has found, with both sides of each objection: the operation that was asked about, and what stands there."""
    for one in checked["objections"]:
        because = one["because"]
        one["sides"] = {
            "against": _NO_SIDE | {"by": node.descriptor.party},
            "because": None if because is None else side(node, StatementId(bytes.fromhex(because))),
        }
    return checked


def shown(node: Node, by: Fingerprint, statement: StatementId, said: StixObject) -> Args:
    """What is to be known of a statement beside its content: its state, how exactly it tells a place, who was told."""
    state = state_of(node, by, statement, said)
    return {
        "state": state,
        "still_objects": state == State.WITHDRAWN and still_objects(node, by, statement, said),
        "precision": said.properties.get("precision") if said.type == "protected-site" else None,
        "audience": _audience(node, by, statement),
    }


def still_objects(node: Node, by: Fingerprint, statement: StatementId, said: StixObject) -> bool:
    """Say whether a site, or another's notice, of which the release was withdrawn goes on objecting here."""
    counts = said.type == "protected-site" or (said.type == "notice" and by != node.descriptor.fingerprint)
    return counts and node.versions.objecting(statement, node.journal.now()) in STANDING


def borne(creators: Creators, by: Fingerprint, said: StixObject) -> Args:
    """What an object bears that a reader must not miss: whom it names as its creator, and what is not understood."""
    return {"created_by": creators.of(by, said), "not_understood": caveats.told(said)}


def _audience(node: Node, by: Fingerprint, statement: StatementId) -> Args:
    """To whom it is released, and from whom that was withdrawn, as far as this node can know."""
    if by == node.descriptor.fingerprint:
        told = {row.to for row in node.store.releases_of(statement) if not row.withdrawn}
        taken = {row.to for row in node.store.releases_of(statement)} - told
    else:
        row, us = node.store.received_statement(statement), {node.descriptor.fingerprint}
        told, taken = (set(), us) if row is not None and row.withdrawn else (us, set())
    return {"released_to": _names(node, told), "withdrawn_from": _names(node, taken)}


def _names(node: Node, parties: set[Fingerprint]) -> list[str]:
    return sorted(map(node.party_name, parties))


def known(node: Node, kind: str | None) -> list[Args]:
    """All statements known here, of one type or of all that people say; oldest first."""
    found = [one for one in _all(node) if (one[2].type == kind if kind else one[2].type not in NODE_TYPES)]
    found.sort(key=lambda one: (one[1].iat, one[2].modified or 0, one[1].id))
    creators = Creators(node)
    return [{**_as_dict(node, *one), **borne(creators, one[0], one[2])} for one in found]


def _all(node: Node) -> Iterator[Said]:
    me = node.descriptor.fingerprint
    for index in range(1, node.journal.tree.size):
        signed = node.at(index).signed
        yield me, signed.envelope, signed.object
    for record in recorded.recorded(node.store, me):
        yield me, record.envelope, record.object
    seen = set()
    for row in node.store.received():
        if row.statement is not None and not row.refused and row.statement not in seen:
            seen.add(row.statement)
            shown = Unverified.read(cbor.decode(row.item, place="item")[0])
            yield row.teller, shown.envelope, shown.object


def _as_dict(node: Node, by: Fingerprint, envelope: Envelope, said: StixObject) -> Args:
    return {
        "statement": envelope.id.hex(),
        "by": node.party_name(by),
        "object": said.id,
        "type": said.type,
        "name": title_of(node, said),
        "said_at": instant.to_second(instant.from_seconds(envelope.iat)),
        "modified": None if said.modified is None else instant.text(said.modified),
        **shown(node, by, envelope.id, said),
    }


def title_of(node: Node, said: StixObject) -> str:
    """What to call it; an objection, which nobody names, by its rule and by what it is against."""
    if said.type != "objection":
        return title(said)
    found = objection.read(said)
    against = node.versions.object(found.against)
    what = NOT_HELD if against is None else f"{against.type} {foreign.quoted(title(against))}"
    return f"{found.finding.rule.value}: against {what}"
