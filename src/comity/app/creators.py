"""Creators: the identity that an object names as its creator (`created_by_ref`): its author's word, never its author.

Who said something is the party whose signature it bears. Whom the object names beside that is shown beside it.
"""

import re
from collections.abc import Iterator
from typing import Any

from comity.model.content import StixObject
from comity.model.fingerprint import Fingerprint
from comity.model.statement import Unverified
from comity.node.node import Node
from comity.proof import cbor

Args = dict[str, Any]

_IDENTITY = re.compile(rb'"type"\s*:\s*"identity"|\\u')


class Creators:
    """Looks up the names of identities; what is held here is read once, and only if an object names a creator."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._names: dict[tuple[Fingerprint, str], str] | None = None

    def of(self, by: Fingerprint, found: StixObject) -> Args | None:
        """The identity that a party's object names: {id, name}; the name is that of the party's own identity object."""
        id = found.properties.get("created_by_ref")
        if type(id) is not str:
            return None
        if self._names is None:
            self._names = _names(self._node)
        return {"id": id, "name": self._names.get((by, id.lower()))}


def _names(node: Node) -> dict[tuple[Fingerprint, str], str]:
    latest: dict[tuple[Fingerprint, str], tuple[int, str]] = {}
    for by, found in _identities(node):
        version = (found.modified or 0, found.name)
        latest[by, found.id] = max(version, latest.get((by, found.id), version))
    return {key: name for key, (_, name) in latest.items()}


def _identities(node: Node) -> Iterator[tuple[Fingerprint, StixObject]]:
    for index in range(1, node.journal.tree.size):
        row = node.store.leaf(index)
        if row is None or _IDENTITY.search(row.triple[2]):
            found = node.at(index).signed.object
            if found.type == "identity":
                yield node.descriptor.fingerprint, found
    for received in node.store.received():
        if received.statement is not None and not received.refused and _IDENTITY.search(received.item):
            told = Unverified.read(cbor.decode(received.item, place="item")[0]).object
            if told.type == "identity":
                yield received.teller, told
