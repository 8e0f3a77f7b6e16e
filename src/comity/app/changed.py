"""Changed: the words in which people are told what a new version changes, and what is to be looked at."""

import json
from collections.abc import Mapping
from typing import Any

from comity.app.layout import Own
from comity.app.render import lines, own, word
from comity.model import site
from comity.space import area, instant

_TIMES = frozenset({"from", "until", "reverify_by"})


def in_words(told: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in an answer of a new version, as facts."""
    return {
        "changed": lines(*(_line(one["field"], one["from"], one["to"]) for one in told.get("changed", []))),
        "moved": lines(*(own("{}, told to {}", word(one["object"]), _told(one)) for one in told.get("moved", []))),
        "questioned": lines(*map(_questioned, told.get("questioned", []))),
        "pointed_out": lines(*map(own, told.get("pointed_out", []))),
    }


def _told(one: Mapping[str, Any]) -> object:
    return [word(each) for each in one["released_to"]] or own("nobody")


def _questioned(one: Mapping[str, Any]) -> Own:
    if one["name"] is None:
        return own("{} ({}): {}", word(one["statement"]), word(one["precision"]), own(one["why"]))
    return own("{} ({}, {}): {}", word(one["statement"]), word(one["precision"]), one["name"], own(one["why"]))


def _line(field: str, before: Any, after: Any) -> Own:
    if field == "revoked":
        return own("it is taken back")
    of, _, name = field.rpartition("/")
    which = own("{} of volume {}", word(name), int(of.removeprefix("volumes/")) + 1) if of else word(name)
    old, new = _words(name, before), _words(name, after)
    if name in _TIMES and str(old)[:11] == str(new)[:11]:
        new = own(str(new)[11:])  # the date, once
    return own("{}: {} -> {}", which, old, new)


def _words(name: str, value: Any) -> object:
    if value is None:
        return own("none")
    if name == "area":
        return own(site.echo(area.parse(value)))
    if name in _TIMES:
        return own(_moment(value))
    if name == "names":
        return [each["text"] for each in value]
    return value if isinstance(value, str | int | float) else json.dumps(value, ensure_ascii=False)


def _moment(text: str) -> str:
    written = instant.text(instant.parse(text))
    time = written[11:-1].removesuffix(".000").removesuffix(":00")
    return f"{written[:10]} {time}Z"
