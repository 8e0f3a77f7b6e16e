"""Stale: what is known of a party is too old to go by, or bears a time that has not come."""

from collections.abc import Mapping

from comity.checks.found import Found
from comity.model.fingerprint import Fingerprint
from comity.model.objection import Finding, Rule
from comity.space.instant import Instant

AFTER_S = 900
# As far as the times of two parties may differ (spec/node-api.md); a clock that is further ahead tells no age.
_AHEAD_S = 300


def find(as_of: Mapping[Fingerprint, Instant | None], *, now: Instant, after_s: int = AFTER_S) -> tuple[Found, ...]:
    """One finding for each party whose picture is too old; a party never heard from has no picture that could be.

    Args:
        as_of: of each party the time of the newest page end that it signed for us.
        after_s: from which age on, in seconds, a picture is too old.
    """
    heard = sorted((by, at) for by, at in as_of.items() if at is not None)
    return tuple(
        Found(Finding(Rule.STALE, by, None, as_of=at), None) for by, at in heard if _is_too_old(at, now, after_s)
    )


def _is_too_old(at: Instant, now: Instant, after_s: int) -> bool:
    return now - at > after_s * 1000 or at - now > _AHEAD_S * 1000
