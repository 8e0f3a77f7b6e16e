"""Access: the one function that says who may do what. Deny by default; unknown and not released answer alike."""

import enum

from comity.errors import FORBIDDEN, NOT_FOUND, UNAUTHENTICATED, RemoteError
from comity.model.fingerprint import Fingerprint
from comity.node.ports import ReleaseRow


class Caller(enum.Enum):
    """Who may call a route."""

    ANYONE = "anyone"
    MEMBER = "member"  # a party whose descriptor is pinned here
    ADDRESSEE = "addressee"  # a member to whom the object was released, and not withdrawn


def authorise(needed: Caller, caller: Fingerprint | None, subject: ReleaseRow | None = None) -> None:
    """Let a call pass or refuse it.

    Args:
        needed: as the route table says.
        caller: the member whose signature the request carries; None if there is none.
        subject: for ADDRESSEE, the release under which the object would leave; None where there is no such object.

    Raises:
        RemoteError: `unauthenticated`, `not-found`, `forbidden`.
    """
    if needed is Caller.ANYONE:
        return
    if caller is None:
        raise RemoteError(UNAUTHENTICATED, "the request carries no valid signature of a party known here")
    if needed is Caller.MEMBER:
        return
    if needed is Caller.ADDRESSEE:
        if subject is None or subject.to != caller or subject.withdrawn:
            raise RemoteError(NOT_FOUND, "unknown, or not released to you")
        return
    raise RemoteError(
        FORBIDDEN, "nobody may do this"
    )  # pragma: no cover - a new kind of caller is denied until written
