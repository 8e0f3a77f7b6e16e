"""Views: what a command found, laid out for people; the demo shows the same."""

from collections.abc import Iterator
from typing import Any

from comity.app import beside as beside_words
from comity.app import echo, render
from comity.app.layout import Groups, Lines, Own
from comity.app.render import lines, own, quoted, word
from comity.errors import CODES
from comity.model.fingerprint import Fingerprint, groups, words

_SHORT = 12
_AT_HOME = ("said", "logged", "witnessed")
BASIS = {
    "fetched": own("it has asked for these very bytes; that they came is not shown by this"),
    "unacknowledged": own("no answer had reached it by then, which accuses nobody"),
}
RECONSTRUCTION = own("a reconstruction, of a demo or an exercise; its times are not of the real clock")


def inbox(found: list[dict[str, Any]]) -> None:
    """What others told us."""
    cells = [
        (one["from"], lines(_title(one), one["statement"], *_fate(one), _terms(one), *beside(one["from"], one)))
        for one in found
    ]
    render.rows("told to us", ("from", "what, statement, when"), cells, empty="nothing was told to us yet")


def _title(one: dict[str, Any]) -> object:
    """What a statement is called: by its author, but of an objection by this node."""
    return own("{}", own(one["name"])) if one["type"] == "objection" else quoted(one["name"])


def beside(by: str, one: dict[str, Any]) -> Lines:
    """What stands beside a statement: whom the object names as its creator, and what of it is not understood."""
    return lines(*beside_words.creator(by, one), *beside_words.caveats(one))


def in_words(by: str, told: dict[str, Any]) -> dict[str, Any]:
    """An answer about one statement, as facts: what stands beside it in words."""
    created_by, not_understood = lines(*beside_words.creator(by, told)), lines(*beside_words.caveats(told))
    shown: dict[str, object] = {"created_by": created_by, "not_understood": not_understood, "accepted": None}
    if "state" in told:
        shown |= {
            "state": _state(told, told["state"]),
            "still_objects": None,
            "audience": lines(*_audience(told["audience"])),
        }
    return {**told, **shown}


def _terms(one: dict[str, Any]) -> Own:
    return own("tlp {}, onward {}", own(one["tlp"]), own(one["onward"]))


def _fate(one: dict[str, Any]) -> Lines:
    at = one["acknowledged"]
    answer = own("acknowledged {}", word(at)) if at else own("acknowledgement not delivered yet")
    state = _state(one, "withdrawn by its author" if one["withdrawn"] else one["state"])
    return lines(own("{} received {}: {}", word(one["type"]), word(one["received_at"]), state), answer)


def _state(one: dict[str, Any], state: str) -> Own:
    """What has become of a statement; that a release was withdrawn ends no protection."""
    return own("{}, and still objects here" if one.get("still_objects") else "{}", own(state))


def leaves(count: int) -> Own:
    """So many leaves, in words."""
    return own("1 leaf") if count == 1 else own("{} leaves", Own(f"{count:,}"))


def asked(one: dict[str, Any]) -> object:
    """Who was asked in a round: a peer, or a witness that is no party."""
    return word(one["peer"]) if "peer" in one else own("outside witness {}", word(one["witness"]))


def proved(found: dict[str, Any]) -> dict[str, Any]:
    """A proof file that was written: what it is of, and what its reader will see."""
    behind = found["third_parties"]
    wrong = [own("{} at {} by {}, before {} at {} by {}", *map(word, _times(one))) for one in found["contradictions"]]
    return {
        **found,
        "content": own("yes" if found["content"] else "left out"),
        "reader_sees": lines(*map(own, found["reader_sees"])),
        "third_parties": own("{} behind the teller's log, {} behind the hearer's", behind["teller"], behind["hearer"]),
        "contradictions": lines(*wrong) if wrong else None,
    }


def _times(contradiction: dict[str, Any]) -> list[str]:
    return [contradiction[side][name] for side in ("earlier", "later") for name in ("what", "at", "by")]


def told(found: dict[str, Any]) -> None:
    """How far a statement has come with each party."""
    render.facts("at home", {rung: when(one) for rung, one in found["home"].items()})
    columns = ("party", "rung", "time", "")
    cells = [row for name, one in found["parties"].items() for row in _rungs(name, one)]
    render.rows("told", columns, cells, empty="released to nobody")
    if found["not_released_to"]:
        render.say("not released to: {}", [word(party) for party in found["not_released_to"]])


def _rungs(name: str, one: dict[str, Any]) -> list[tuple[object, ...]]:
    rungs = [(rung, at) for rung, at in one["rungs"].items() if rung not in _AT_HOME]
    found: list[tuple[object, ...]] = [(name, rung, when(at), BASIS.get(rung, own(""))) for rung, at in rungs]
    if one["refused"]:
        found.append(
            (name, "refused", None, word(one["refused"]) if one["refused"] in CODES else quoted(one["refused"]))
        )
    if one["answered_other_bytes"]:
        answer = own("{}, but other bytes", word(one["answered_other_bytes"]))
        found.append((name, answer, None, own("says that something else was sent")))
    if one["proved_by"]:
        basis = own("cosignatures of third parties: {}", one["third_parties"])
        found.append((name, own("{}, proved", word(one["disposition"])), no_later(one["proved_by"]), basis))
    if one["unacknowledged"]:
        found.append((name, "unacknowledged", one["answer_by"], own("no answer had reached us by then")))
    if one["withdrawn"]:
        found.append((name, "withdrawn", one["withdrawn_at"], own("what was held before stays held")))
    return found


def when(rung: dict[str, Any]) -> Own:
    """A time, or of what is a bound that it is one."""
    if rung["at"] is None:
        return own("not shown")
    return no_later(rung["at"]) if rung["bound"] else own("{}", word(rung["at"]))


def no_later(at: str) -> Own:
    """A time that is a bound."""
    return own("by {}", word(at))


def basis(rung: dict[str, Any]) -> Own:
    """On whose word a rung stands, and of one that is easily taken for more what it is."""
    more = BASIS.get(rung["rung"])
    return own("{}", word(rung["basis"])) if more is None else own("{}: {}", word(rung["basis"]), more)


def checked(found: dict[str, Any]) -> None:
    """What a check knows; before all else, how its times look, and then how it was read."""
    told = found["text"].split("\n")
    if found.get("time_warning"):
        render.say("{}", own(told.pop(0)))
    echo.understood(found)
    if found.get("serves"):
        render.say("it is for these sites of ours, which do not object: {}", [word(one) for one in found["serves"]])
    for line in told:
        render.say("{}", own(line))
    if found.get("record"):
        render.say("recorded as {}, beside the log, where no other party can see or count it", word(found["record"]))


def objections(found: list[dict[str, Any]]) -> None:
    """What stands against whose notices."""
    _standing(found, "objections", "no objection known; this is not a clearance")


def alerts(found: list[dict[str, Any]]) -> None:
    """What meets matter that its operator was not told of."""
    _standing(found, "for this party alone", "no alert")


def _standing(found: list[dict[str, Any]], title: str, empty: str) -> None:
    cells = [(one["operator"], one["rule"], lines(*_conflict(one))) for one in found]
    render.rows(title, ("to", "rule", "what is known"), cells, empty=empty)


def _conflict(one: dict[str, Any]) -> Iterator[Own]:
    """What is known, both sides, who said so, and what has become of it."""
    yield own(one["text"])
    for role, side in one["sides"].items():
        if side is not None:
            yield _side(role, side)
    for said in one["said"]:
        yield _said(said)
        if said["wrote"]:
            yield own("{} wrote: {}", word(said["said_by"]), said["wrote"])
    if one["state"] != "in force":
        yield own("no more in force: {}", word(one["state"]))


def _side(role: str, side: dict[str, Any]) -> Own:
    short = word(side["statement"][:_SHORT])
    if side["by"] is None:
        return own("{} {}, a statement not held here", word(role), short)
    known = [word(side[name]) for name in ("by", "type")]
    return own("{} {}: {} {} {}, {}", word(role), *known, side["name"], short, own(side["state"]))


def _said(said: dict[str, Any]) -> Own:
    by, to, at = word(said["said_by"]), said["said_to"], word(said["at"])
    if not to:
        return own("found by {} {}", by, at)
    return own("said by {} to {} {}{}", by, word(to), at, own(", and taken back" if said["withdrawn"] else ""))


def statements(found: list[dict[str, Any]]) -> None:
    """What was said, version by version."""
    cells = [(one["by"], lines(_title(one), one["statement"], _version(one), *beside(one["by"], one))) for one in found]
    render.rows("statements", ("by", "what, statement, version"), cells, empty="nothing of the kind is known here")


def _version(one: dict[str, Any]) -> Lines:
    precision = own(" ({})", word(one["precision"])) if one["precision"] else own("")
    said = own("{}{} said {}: {}", word(one["type"]), precision, word(one["said_at"]), _state(one, one["state"]))
    return lines(said, *_audience(one["audience"]))


def _audience(told: dict[str, list[str]]) -> Iterator[Own]:
    for sentence, parties in (("released to {}", "released_to"), ("withdrawn from {}", "withdrawn_from")):
        if told[parties]:
            yield own(sentence, [word(party) for party in told[parties]])


def peers(found: list[dict[str, Any]]) -> None:
    """The parties known here."""
    cells = [(one["party"], _peer(one)) for one in found]
    render.rows("", ("party", "name, fingerprint, addresses"), cells, empty="no party is known here: comity peer add")


def _peer(one: dict[str, Any]) -> Lines:
    made_up = [RECONSTRUCTION] if one["reconstruction"] else []
    apart = (
        [own("reads no version of {} that we do", _names(one["no_common_version"]))] if one["no_common_version"] else []
    )
    gone = [own("removed {}: neither asked nor answered", word(one["removed"]))] if one["removed"] else []
    return lines(
        quoted(one["name"]),
        *(own("calls itself {}", name) for name in _called(one)),
        known_by(one["fingerprint"]),
        *one["addresses"],
        *made_up,
        *apart,
        *gone,
    )


def _called(one: dict[str, Any]) -> list[Own]:
    """What a party calls itself, where that is not its name here, or is another's too."""
    name = word(one["calls_itself"])
    if one["namesakes"]:
        return [own("{}: do not take it for {}", name, _names(one["namesakes"]))]
    return [own("{}", name)] if one["calls_itself"] != one["party"] else []


def _names(given: list[str]) -> Own:
    return own(", ".join(["{}"] * len(given)), *map(word, given))


def identity(told: dict[str, Any]) -> dict[str, Any]:
    """What is shown of a party: its fingerprint as people compare it, and without its descriptor."""
    shown = {**told, "fingerprint": known_by(told["fingerprint"])}
    if "calls_itself" in told:
        shown["calls_itself"] = next(iter(_called(told)), None)
    return {name: value for name, value in shown.items() if name not in _PACKED}


_PACKED = ("fingerprint_words", "descriptor", "namesakes")


def own_fingerprint(told: dict[str, Any]) -> None:
    """The fingerprint of this party, beside its descriptor: it goes to others by another way."""
    render.note("{}, {}: its fingerprint, to be told to others by another way:", word(told["party"]), told["name"])
    render.note("  {}", word(groups(told["fingerprint"])))
    said = words(told["fingerprint"]).split(" ")
    for start in range(0, len(said), _A_LINE):
        render.note("  {}", own(" ".join(said[start : start + _A_LINE])))
    if told["reconstruction"]:
        render.note("{}: {}", word(told["party"]), RECONSTRUCTION)


_A_LINE = 8


def known_by(digits: Fingerprint) -> Lines:
    """A fingerprint as people compare it."""
    return lines(Groups(groups(digits)), own(words(digits)))
