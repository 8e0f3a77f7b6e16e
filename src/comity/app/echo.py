"""Echo: what was read, told to people before anything is done with it, so that they can compare it with what they meant."""

from typing import Any

from comity.app import render
from comity.app.layout import Lines, Own
from comity.app.render import own, word


def read(found: dict[str, Any]) -> None:
    """What was read of a file and what is not used of it, on standard error."""
    answers = found.get("statements")
    if answers is None:
        understood(found)
        _told_as(found)
    else:
        render.note("{} places, read as", len(answers))
        for one in answers:
            render.note("  {}  {}: {}", one["number"], _name(one), _area(one))
        for line in _shared(answers[0]):
            render.note("  {}", line)
        _told_as(answers[0], own(" of each"))
    not_used(found)


def understood(found: dict[str, Any]) -> None:
    """How one thing was read, on standard error."""
    if found.get("understood_as"):
        render.note("read as")
        for line in _lines(found):
            render.note("  {}", line)


def _told_as(found: dict[str, Any], of: Own | None = None) -> None:
    """What others are told, where that is less than what was read."""
    if found.get("told_as"):
        render.note("  others are told{}: {}", of or own(""), own(found["told_as"]))


def lines_of(found: dict[str, Any]) -> Lines | None:
    """How one thing was read, as a cell of a table; None where it is no place."""
    return render.lines(*_lines(found)) if found.get("understood_as") else None


def not_used(found: dict[str, Any]) -> None:
    """What stands in a file and is not used, on standard error."""
    for one in found.get("not_used") or []:
        render.note("note: {}", own(one))


def places(found: dict[str, Any]) -> None:
    """What was said of each place of a file, or would be."""
    each = found["statements"]
    cells = [(one["number"], render.lines(*_place(one))) for one in each]
    head = "nothing was said: this is what would be" if found.get("dry_run") else f"{found['count']} said, together"
    render.rows(head, ("", "name, statement, read as"), cells, empty="nothing was said")
    to = each[0]["released_to"] or own("nobody: own party only")
    told = {"precision": each[0].get("precision")} if "precision" in each[0] else {}
    render.facts("", {"released_to": to, **told, "tlp": word(each[0]["tlp"]), "onward": word(each[0]["onward"])})
    for one in each:
        for objection in one.get("objections", []):
            render.say("{}: {}", one["number"], own(objection["text"]))


def _place(one: dict[str, Any]) -> list[object]:
    """One place of a file, its statement, and what others are told of it where that is less."""
    said = [one["statement"]] if "statement" in one else []
    return [_name(one), *said, _area(one), *([own("told as {}", own(one["told_as"]))] if one.get("told_as") else [])]


def _name(one: dict[str, Any]) -> object:
    return own("without a name") if one["name"] is None else render.quoted(one["name"])


def _lines(one: dict[str, Any]) -> list[Own]:
    text: str = one["understood_as"]["text"]
    return [own(line) for line in text.splitlines()]


def _area(one: dict[str, Any]) -> Own:
    text: str = one["understood_as"]["text"]
    first = next(line for line in text.splitlines() if line.startswith("area: "))
    return own(first.removeprefix("area: "))


def _shared(one: dict[str, Any]) -> list[Own]:
    """What is the same for all places of one file: altitudes and times."""
    return [line for line in _lines(one) if not line.startswith(("area: ", "  "))]
