"""Scenes: what a command found, in the few lines that a scenario has for it; the commands themselves show more."""

from collections.abc import Collection, Iterator
from typing import Any

from comity import foreign
from comity.app import render, verdict_words
from comity.app.layout import Own
from comity.app.render import lines, own, quoted, word
from comity.exchange.verify import Verdict

_WHOLE = 400
Args = dict[str, Any]


def told(found: Args) -> None:
    """How far a statement has come, a line for each party."""
    for name, one in found["parties"].items():
        rungs = [own("{} {}", word(rung), _time(at)) for rung, at in one["rungs"].items() if rung in _SHOWN]
        if one["proved_by"]:
            count = one["third_parties"]
            rungs.append(own("proved by {} by third parties ({})", own(_clock(one["proved_by"])), count))
        render.say("{}: {}", word(name), rungs)
    if found["not_released_to"]:
        render.say("not released to: {}", [word(party) for party in found["not_released_to"]])


_SHOWN = ("released", "held")


def positions(found: list[Args]) -> None:
    """What each party holds, by its own word, side by side."""
    cells = [(_subject(one), lines(*_held(one))) for one in found]
    render.rows("", ("subject", "by its author's word alone"), cells, empty="no position is known here")


def _subject(one: Args) -> object:
    return lines(quoted(one["subject"]), *([own("(contested)")] if one["contested"] else []))


def _held(one: Args) -> Iterator[Own]:
    for held in one["positions"]:
        basis = _whole(held["basis"]) if held["basis"] else own("no basis given")
        withdrawn = own(" (withdrawn)" if held.get("withdrawn") else "")
        yield own("{} {}{}: {}", word(held["party"]), own(held["stance"]), withdrawn, basis)


def objections(found: list[Args]) -> None:
    """What stands against what, each once, with who said it to whom."""
    for one in found:
        said = [_said(said) for said in one["said"]]
        over = own("") if one["state"] == "in force" else own(" (no more in force: {})", own(one["state"]))
        render.say("to {}: {} ({}){}", word(one["operator"]), own(one["text"]), said, over)
    if not found:
        render.say("no objection known; this is not a clearance")


def _said(said: Args) -> Own:
    if not said["said_to"]:
        return own("found by {} {}", word(said["said_by"]), own(_clock(said["at"])))
    return own("said by {} to {} {}", word(said["said_by"]), word(said["said_to"]), own(_clock(said["at"])))


def statements(found: list[Args]) -> None:
    """What was said, in whole, and what has become of it."""
    cells = [(one["by"], own(_clock(one["said_at"])), _whole(one["name"]), own(one["state"])) for one in found]
    render.rows("", ("by", "said", "what", "state"), cells, empty="nothing of the kind is known here")


# What a scenario tells of a proof file: how it was answered, or also who told whom what.
ANSWERED = ("contradiction", "held", "refused", "other-bytes", "no-answer", "proved-by", "no-third-parties-hearer")
TOLD = ("said", "told", *ANSWERED)


def shown(verdict: Verdict, codes: Collection[str]) -> None:
    """What a proof file shows, in the sentences that `comity verify` has for it, as far as a scenario tells that."""
    for one in verdict_words.sentences(verdict):
        if one.code in codes:
            render.say("    {}", own(one.text))


def _whole(text: str) -> Own:
    return Own(foreign.quoted(text, _WHOLE))


def _time(rung: Args) -> Own:
    return own("{}{}", own("by " if rung["bound"] else ""), own(_clock(rung["at"])))


def _clock(at: str) -> str:
    """The time of day, to the second."""
    return f"{at[11:19]}Z"
