"""Waiting: asking again how far a telling has come, until it is there, cannot come there, or the time is over."""

import time
from collections.abc import Callable
from typing import Any

from comity.errors import BAD_ARGUMENT, NOT_YET, LocalError
from comity.record.standing import LADDER

PROVED = "proved"
RUNGS = (*LADDER[LADDER.index("released") : LADDER.index("opened")], PROVED)
_STEP = 0.25

Told = dict[str, Any]


def until(ask: Callable[[], Told], rung: str, party: str | None, seconds: float) -> Told:
    """Ask until a statement has reached a rung with a party, or with all to whom it is released.

    Args:
        ask: has `told` done.
        rung: one of `RUNGS`; `proved` is that third parties prove when it was held.
        party: with whom; None for all.
        seconds: how long at most.

    Returns:
        The answer that shows it.

    Raises:
        LocalError: `bad-argument`: there is no such rung, or it was released to no such party; `not-yet`: the time is over, or
            it was refused or withdrawn, so that it will not come to that.
    """
    if rung not in RUNGS:
        raise LocalError(BAD_ARGUMENT, f"must be one of {', '.join(RUNGS)}", place="--wait")
    end = time.monotonic() + seconds
    while True:
        told = ask()
        behind = [name for name, one in _those(told, party).items() if not _reached(one, rung)]
        if not behind:
            return told
        _hopeless(told, behind, rung)
        if time.monotonic() >= end:
            what = f"not {rung} with {', '.join(behind)} within {seconds:g} s; is a server up? see: comity status"
            raise LocalError(NOT_YET, what, place="--wait", evidence={"parties": told["parties"]})
        time.sleep(min(_STEP, max(end - time.monotonic(), 0)))


def _those(told: Told, party: str | None) -> Told:
    parties: Told = told["parties"]
    if not parties:
        raise LocalError(BAD_ARGUMENT, "it is released to nobody: comity release STATEMENT --to PARTY", place="--wait")
    if party is not None and party not in parties:
        message = f"it is not released to {party[:40]!a}, only to {', '.join(parties)}"
        raise LocalError(BAD_ARGUMENT, message, place="--with")
    return parties if party is None else {party: parties[party]}


def _reached(one: Told, rung: str) -> bool:
    return one["proved_by"] is not None if rung == PROVED else rung in one["rungs"]


def _hopeless(told: Told, behind: list[str], rung: str) -> None:
    for name in behind:
        one = told["parties"][name]
        why = (
            "refused it" if one["refused"] else "is not told it any more: it was withdrawn" if one["withdrawn"] else ""
        )
        if why and not (rung == PROVED and "held" in one["rungs"]):
            raise LocalError(NOT_YET, f"{name} {why}", place="--wait", evidence={"parties": told["parties"]})
