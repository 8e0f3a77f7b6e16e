"""Views: what a command found, laid out for people; the demo shows the same."""

from typing import Any

from comity.app import render

_AT_HOME = ("said", "logged", "witnessed")
_BASIS = {"fetched": "inferred: it has asked for what follows"}
RECONSTRUCTION = "a reconstruction, of a demo or an exercise; its times are not of the real clock"


def inbox(found: list[dict[str, Any]]) -> None:
    """What others told us."""
    cells = [(one["from"], f"{one['name']}\n{one['statement']}\n{_fate(one)}") for one in found]
    render.rows("told to us", ("from", "what, statement, when"), cells, empty="nothing was told to us yet")


def _fate(one: dict[str, Any]) -> str:
    answer = f"acknowledged {one['acknowledged']}" if one["acknowledged"] else "acknowledgement not delivered yet"
    state = "withdrawn by its author" if one["withdrawn"] else one["state"]
    return f"{one['type']} received {one['received_at']}: {state}\n{answer}"


def told(found: dict[str, Any]) -> None:
    """How far a statement has come with each party."""
    render.facts("at home", found["home"])
    columns = ("party", "rung", "time", "")
    cells = [row for name, one in found["parties"].items() for row in _rungs(name, one)]
    render.rows("told", columns, cells, empty="released to nobody")
    if found["not_released_to"]:
        render.block("not released to: " + ", ".join(found["not_released_to"]))


def _rungs(name: str, one: dict[str, Any]) -> list[tuple[str, str, str | None, str]]:
    found = [(name, rung, at, _BASIS.get(rung, "")) for rung, at in one["rungs"].items() if rung not in _AT_HOME]
    if one["refused"]:
        found.append((name, "refused", None, one["refused"]))
    if one["proved_at"]:
        found.append(
            (name, "held, proved by", one["proved_at"], f"cosignatures of third parties: {one['third_parties']}")
        )
    if one["unacknowledged"]:
        found.append((name, "unacknowledged", one["answer_by"], "no answer came in time"))
    if one["withdrawn"]:
        found.append((name, "withdrawn", None, ""))
    return found


def verdict(told: dict[str, Any]) -> None:
    """What a proof file shows."""
    for problem in told["problems"]:
        render.block(f"NOT VALID: {problem['code']} at {problem.get('place') or 'the file'}: {problem['message']}")
    if told["problems"]:
        return
    if told.get("reconstruction"):
        render.block(f"parties in this file: {RECONSTRUCTION}")
    names = ("said_by", "told_to", "held_by", "object", "statement", "said_at", "held_at", "refused", "proved_at")
    whom = "teller and hearer have the fingerprints given" if told["trusted"] else "no: compare the fingerprints below"
    render.facts("valid: consistent in itself", {"trusted": whom, **{name: told[name] for name in names}})
    columns = ("rung", "time", "on whose word", "")
    render.rows("ladder", columns, [(r["rung"], r["at"], r["by"], r["basis"]) for r in told["ladder"]], empty="none")
    counted = [(w["party"], w["at"]) for w in told["witnesses"]]
    render.rows(
        "cosignatures of third parties", ("party", "time"), counted, empty="no third party's cosignature counted"
    )
    render.facts("fingerprints in the file", dict(sorted(told["fingerprints"].items())))


def objections(found: list[dict[str, Any]]) -> None:
    """What stands against whose notices."""
    _standing(found, "objections", "no objection known; this is not a clearance")


def alerts(found: list[dict[str, Any]]) -> None:
    """What meets matter that its operator was not told of."""
    _standing(found, "for this party alone", "no alert")


def _standing(found: list[dict[str, Any]], title: str, empty: str) -> None:
    cells = [(one["operator"], one["rule"], f"{one['text']}\n{_by(one)} {one['at']}") for one in found]
    render.rows(title, ("to", "rule", "what is known"), cells, empty=empty)


def _by(one: dict[str, Any]) -> str:
    return f"said by {one['said_by']} to {one['said_to']}" if one["said_to"] else f"found by {one['said_by']}"


def statements(found: list[dict[str, Any]]) -> None:
    """What was said, version by version."""
    cells = [(one["by"], f"{one['name']}\n{one['statement']}\n{_version(one)}") for one in found]
    render.rows("statements", ("by", "what, statement, version"), cells, empty="nothing of the kind is known here")


def _version(one: dict[str, Any]) -> str:
    precision = f" ({one['precision']})" if one["precision"] else ""
    lines = [f"{one['type']}{precision} said {one['said_at']}: {one['state']}"]
    for words, parties in (("released to", "released_to"), ("withdrawn from", "withdrawn_from")):
        if one["audience"][parties]:
            lines.append(f"{words} {', '.join(one['audience'][parties])}")
    return "\n".join(lines)
