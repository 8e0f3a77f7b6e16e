"""Say: bytes become a draft, or are refused with the place and the rule. Nothing is signed here."""

from comity.errors import BAD_ARGUMENT, LocalError, RemoteError
from comity.model import content, position, typed
from comity.model.extension import NODE_TYPES
from comity.model.statement import Draft


def say(raw: bytes) -> Draft:
    """Take an operator's bytes as content that may be said.

    Raises:
        LocalError: `too-large`, `not-json`, `not-stix`, or `bad-argument`: a type that only a node makes.
    """
    try:
        found = content.parse(raw)
        typed.check(found)
        if found.type == "position":
            position.check_sayable(found)
    except RemoteError as error:
        raise LocalError(error.code, error.message, place=error.place) from None
    if found.type in NODE_TYPES:
        raise LocalError(BAD_ARGUMENT, f"a {found.type} is made by the node itself, never said by hand", place="/type")
    return Draft(found)
