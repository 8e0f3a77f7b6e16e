"""State: what has become of a version of an object, and of what was found between two of them.

    in force      the newest that its party has said, and nothing has ended it
    replaced      its party has said a later version
    conflicting   its party has said another content with the same id and the same `modified`: both stand
    withdrawn     its party has taken the object back, or the release by which it is held here
    cancelled     the notice is, as its party says
    ended         the notice is, as its party says
    over          the times of the notice have passed

The first that is true is told, in the order replaced, conflicting, withdrawn, cancelled, ended, over. What is said here is
for people: whether something objects is for `airspace`, and no state of a release lowers that.

Pure: it is handed what was said, and the time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from comity.errors import RemoteError
from comity.model import notice
from comity.model.content import StixObject
from comity.space.instant import Instant


class State(StrEnum):
    """What has become of a version."""

    IN_FORCE = "in force"
    REPLACED = "replaced"
    CONFLICTING = "conflicting"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    ENDED = "ended"
    OVER = "over"


# As these a version may still object.
STANDING = frozenset({State.IN_FORCE, State.CONFLICTING})


@dataclass(frozen=True, slots=True)
class Version:
    """A statement of an object, as it is known here.

    Attributes:
        taken_back: its party has withdrawn every release of it that is known here.
    """

    said: StixObject
    taken_back: bool = False


def state(of: Version, versions: Iterable[StixObject], now: Instant) -> State:
    """What has become of a version.

    Args:
        versions: what its party has said with this id, this version among it or not; in any order.
        now: by which times have passed, or have not.
    """
    others = [each for each in versions if each.raw != of.said.raw]
    if any(_is_later(each, of.said) for each in others):
        return State.REPLACED
    if of.said.modified is not None and any(each.modified == of.said.modified for each in others):
        return State.CONFLICTING
    if of.said.revoked or of.taken_back:
        return State.WITHDRAWN
    return _of_notice(of.said, now) if of.said.type == "notice" else State.IN_FORCE


def between(one: State, other: State) -> State:
    """What has become of what was found between two: in force as long as both may object."""
    return next((each for each in (one, other) if each not in STANDING), State.IN_FORCE)


def _is_later(one: StixObject, than: StixObject) -> bool:
    return one.modified is not None and than.modified is not None and one.modified > than.modified


def _of_notice(said: StixObject, now: Instant) -> State:
    try:
        stated, times = notice.read_state(said), notice.read_times(said)
    except RemoteError:
        return State.IN_FORCE
    if stated in (notice.State.CANCELLED, notice.State.ENDED):
        return State(stated.value)
    return State.OVER if all(each.is_over(now) for each in times) else State.IN_FORCE
