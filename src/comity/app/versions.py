"""Versions: what is said here, by this party and to it, version by version; what was replaced stays visible."""

from collections.abc import Iterator
from typing import Any

from comity.model.content import StixObject
from comity.model.extension import NODE_TYPES
from comity.model.fingerprint import Fingerprint
from comity.model.statement import Unverified
from comity.node.node import Node
from comity.proof import cbor
from comity.proof.envelope import Envelope
from comity.space import instant

Args = dict[str, Any]
Said = tuple[Fingerprint, Envelope, StixObject]


def known(node: Node, kind: str | None) -> list[Args]:
    """All statements known here, of one type or of all that people say; oldest first."""
    found = [one for one in _all(node) if (one[2].type == kind if kind else one[2].type not in NODE_TYPES)]
    newest: dict[tuple[Fingerprint, str], int] = {}
    for by, _, said in found:
        key = (by, said.id)
        newest[key] = max(newest.get(key, 0), said.modified or 0)
    found.sort(key=lambda one: (one[1].iat, one[2].modified or 0, one[1].id))
    return [_as_dict(node, *one, newest[one[0], one[2].id]) for one in found]


def _all(node: Node) -> Iterator[Said]:
    me = node.descriptor.fingerprint
    for index in range(1, node.journal.tree.size):
        signed = node.at(index).signed
        yield me, signed.envelope, signed.object
    for row in node.store.received():
        if row.statement is not None and not row.refused:
            shown = Unverified.read(cbor.decode(row.item, place="item")[0])
            yield row.teller, shown.envelope, shown.object


def _as_dict(node: Node, by: Fingerprint, envelope: Envelope, said: StixObject, newest: int) -> Args:
    replaced = said.modified is not None and said.modified < newest
    return {
        "statement": envelope.id.hex(),
        "by": node.party_name(by),
        "object": said.id,
        "type": said.type,
        "name": _name(said),
        "said_at": instant.text(instant.from_seconds(envelope.iat)),
        "modified": None if said.modified is None else instant.text(said.modified),
        "state": "replaced" if replaced else "withdrawn" if said.revoked else "stands",
    }


def _name(said: StixObject) -> str:
    """What to call it: its name, or the first of the texts that such objects have instead."""
    texts = (said.properties.get(name) for name in ("name", "text", "subject", "kind", "content"))
    return next((text for text in texts if isinstance(text, str) and text), said.id)
