"""Places: whether a text names a statement here that tells a place, by its id, its object's UUID or its object's name.

Only that is asked: no place is read, and nothing is joined with it.
"""

import re

from comity.errors import ComityError
from comity.model.coordinates import plain
from comity.model.position import PLACE_TYPES
from comity.model.statement import Unverified
from comity.node.naming import LEAST_DIGITS
from comity.node.node import Node
from comity.proof import cbor
from comity.proof.envelope import StatementId

_DIGITS = re.compile(rf"(?<![0-9A-Z])[0-9A-F]{{{LEAST_DIGITS},64}}(?![0-9A-Z])")
_UUID = re.compile(r"[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}")
# So many of the words of a text are looked up, and so many statements that begin with one.
_LOOKED_UP = 20


def named(node: Node, text: str) -> str | None:
    """The type of a place-telling object here that a text names; None where it names none."""
    shown = plain(text)
    for digits in _DIGITS.findall(shown)[:_LOOKED_UP]:
        for id in node.store.beginning(digits.lower(), _LOOKED_UP):
            kind = _type(node, id)
            if kind in PLACE_TYPES:
                return kind
    typed = [f"{kind}--{uuid.lower()}" for uuid in _UUID.findall(shown)[:_LOOKED_UP] for kind in sorted(PLACE_TYPES)]
    if text.startswith("@"):
        typed.append(text)
    return next((kind for one in typed if (kind := _named(node, one)) in PLACE_TYPES), None)


def _named(node: Node, text: str) -> str | None:
    try:
        return _type(node, node.resolve(text))
    except ComityError as error:
        several = (error.evidence or {}).get("candidates", [])
        return next(
            (one["type"].partition(" ")[0] for one in several if one["type"].partition(" ")[0] in PLACE_TYPES), None
        )


def _type(node: Node, id: StatementId) -> str | None:
    row = node.store.find(id)
    if row is not None:
        return Unverified.read(list(row.triple)).object.type
    heard = node.store.received_statement(id)
    return None if heard is None else Unverified.read(cbor.decode(heard.item, place="item")[0]).object.type
