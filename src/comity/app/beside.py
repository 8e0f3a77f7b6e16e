"""Beside: words for what stands beside a statement: whom the object names as its creator, and what is not understood.

It knows no node, so that what prints starts fast.
"""

from typing import Any

from comity.app.layout import Own
from comity.app.render import own, word

Args = dict[str, Any]

_NAMED = 6


def creator(by: str, one: Args) -> list[Own]:
    """A line for people: who said it, and whom the object names; none where it names nobody."""
    named = one.get("created_by")
    if named is None:
        return []
    if named["name"] is None:
        return [own("said by {}; the object names {} as its creator", word(by), word(named["id"]))]
    told = "said by {}; the object names {} as its creator, which {} calls {}"
    return [own(told, word(by), word(named["id"]), word(by), named["name"])]


def caveats(one: Args) -> list[Own]:
    """Lines for people of what is not understood; none where nothing is.

    Without `accepted` no release is spoken of, and so nothing of what follows from it.
    """
    if "accepted" not in one:
        return [own("not understood: {}", _named(one["not_understood"]))] if one["not_understood"] else []
    taken = set(one["accepted"])
    open_ones = [each for each in one["not_understood"] if each["name"] not in taken]
    closed = [each for each in one["not_understood"] if each["name"] in taken]
    told = []
    if open_ones:
        told.append(own("not understood, so amber+strict at least and onward never: {}", _named(open_ones)))
    if closed:
        told.append(own("not understood, and accepted by its author: {}", _named(closed)))
    return told


def _named(found: list[Args]) -> Own:
    named = [own("{} at {}", one["name"], word(one["place"])) for one in found[:_NAMED]]
    more = len(found) - _NAMED
    return own("{}, and {} more", named, more) if more > 0 else own("{}", named)
