"""Caveats: what may restrict and is not understood here; and what its operator accepts by its name."""

from typing import Any

from comity import foreign
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
