"""Title: what an object is called, in lists, beside a conflict, and by whoever names it with `@`: one function for all."""

from comity.errors import RemoteError
from comity.model import position
from comity.model.content import StixObject

# The first of these that it has: its name, or what such objects have instead of one.
_TITLES = ("name", "text", "subject", "kind", "callsign", "content", "function")


def title(found: StixObject) -> str:
    """What an object is called: its name, or what it has instead of one, else its id; of a place no position is called."""
    if found.type == "objection" or (found.type == "position" and not _is_listed(found)):
        return found.id
    texts = (found.properties.get(name) for name in _TITLES)
    return next((text for text in texts if isinstance(text, str) and text.strip()), found.id)


def _is_listed(found: StixObject) -> bool:
    try:
        return position.listed(position.read(found))
    except RemoteError:
        return False
