"""Access: the one function that says who may do what. Deny by default; unknown and not released answer alike."""

import enum

from comity.errors import FORBIDDEN, UNAUTHENTICATED, RemoteError
from comity.model.fingerprint import Fingerprint
from comity.node.ports import ReleaseRow


class Caller(enum.Enum):
    """Who may call a route."""

    ANYONE = "anyone"
    MEMBER = "member"  # a party whose descriptor is pinned here


def authorise(needed: Caller, caller: Fingerprint | None) -> None:
    """Let a call pass or refuse it.

    Args:
        needed: as the route table says.
        caller: the member whose signature the request carries; None if there is none.

    Raises:
        RemoteError: `unauthenticated`, `forbidden`.
    """
    if needed is Caller.ANYONE:
        return
    if caller is None:
        raise RemoteError(UNAUTHENTICATED, "the request carries no valid signature of a party known here")
    if needed is Caller.MEMBER:
        return
    raise RemoteError(
        FORBIDDEN, "nobody may do this"
    )  # pragma: no cover - a new kind of caller is denied until written


def is_addressee(caller: Fingerprint, subject: ReleaseRow) -> bool:
    """Say whether something may leave to a member under a release: it is made out to that member, and not withdrawn."""
    return subject.to == caller and not subject.withdrawn
