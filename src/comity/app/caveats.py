"""Caveats: what may restrict and is not understood here, named to people; and what their operator accepts by its name."""

from typing import Any

from comity import foreign
from comity.app.layout import Own
from comity.app.render import own, word
from comity.errors import BAD_ARGUMENT, LocalError
from comity.model.content import StixObject
from comity.model.marking import Terms
from comity.model.release import MAX_ACCEPTED

Args = dict[str, Any]

_NAMED = 6


def told(found: StixObject) -> list[Args]:
    """What of an object may restrict and is not understood: [{name, place}]."""
    return [{"name": one.name, "place": one.place} for one in found.markings.not_understood]


def terms_told(found: StixObject, terms: Terms) -> Args:
    """On what terms an object goes, its own markings counted, and what of these is not understood."""
    narrowed = terms.effective(found.markings)
    return {
        "tlp": narrowed.tlp.value,
        "onward": narrowed.onward.value,
        "not_understood": told(found),
        "accepted": list(narrowed.accepted),
    }


def accepted(args: Args, found: StixObject) -> tuple[str, ...]:
    """The names that the operator accepts, {accept: [name]}, as a release has them.

    Raises:
        LocalError: `bad-argument`: the object has nothing of that name which is not understood.
    """
    given, present = args.get("accept") or [], found.markings.names
    for name in given:
        if name not in present:
            known = ", ".join(ascii(one[:80]) for one in present[:_NAMED]) or "nothing"
            message = f"{foreign.quoted(name, 80)} is not among what is not understood here: {known}"
            raise LocalError(BAD_ARGUMENT, message, place="--accept-marking")
    if len(set(given)) > MAX_ACCEPTED:
        raise LocalError(BAD_ARGUMENT, f"at most {MAX_ACCEPTED} names", place="--accept-marking")
    return tuple(sorted(set(given)))


def words(one: Args) -> list[Own]:
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
