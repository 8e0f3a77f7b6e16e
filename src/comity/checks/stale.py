"""Stale: what is known of a party is too old to go by, or bears a time that has not come."""

from collections.abc import Mapping

from comity.checks import _words
from comity.checks._words import Names
from comity.model.fingerprint import Fingerprint
from comity.model.objection import Finding, Rule
from comity.space.instant import Instant

AFTER_S = 900
# As far as the times of two parties may differ (spec/node-api.md); a clock that is further ahead tells no age.
_AHEAD_S = 300


def find(
    as_of: Mapping[Fingerprint, Instant | None], *, now: Instant, names: Names, after_s: int = AFTER_S
) -> tuple[Finding, ...]:
    """One finding for each party whose picture is too old; a party never heard from has no picture that could be.

    Args:
        as_of: of each party the time of the newest page end that it signed for us.
        names: what the parties are called in the texts.
        after_s: from which age on, in seconds, a picture is too old.
    """
    heard = sorted((by, at) for by, at in as_of.items() if at is not None)
    texts = ((by, _text(_words.party(names, by), at, now, after_s)) for by, at in heard)
    return tuple(Finding(Rule.STALE, by, None, text, None) for by, text in texts if text)


def _text(name: str, at: Instant, now: Instant, after_s: int) -> str:
    age = now - at
    if age > after_s * 1000:
        return f"your picture of {name} is {_age(age)} old, as of {_words.moment(at)}"
    if -age > _AHEAD_S * 1000:
        return f"the clock of {name} is {_age(-age)} ahead of yours: how old your picture of it is, nobody can tell"
    return ""


def _age(milliseconds: int) -> str:
    seconds = milliseconds // 1000
    count, unit = (seconds, "second") if seconds < 60 else (seconds // 60, "minute")
    return f"{count:,} {unit}{'' if count == 1 else 's'}"
