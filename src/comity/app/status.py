"""Status: how the node is, for its operator alone: what is known here, and what a person should look at.

Nothing of it is asked of others or told to them, and it asks nobody: who is out of reach was found out by the loops of the
server. Without a server there is nothing to tell of contacts, and that is said.
"""

import asyncio
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from comity import foreign
from comity.app import render
from comity.app._drafting import Args
from comity.app.layout import Own
from comity.app.render import lines, own, quoted, word
from comity.app.views import leaves
from comity.errors import CLOCK_SKEW
from comity.exchange import taken
from comity.model import site
from comity.model.statement import Index
from comity.node import outside, second
from comity.node.contacts import REACH, Trouble
from comity.node.node import Node
from comity.node.outside import Witness
from comity.node.parties import Peer
from comity.node.sync import Sync
from comity.space import instant
from comity.space.instant import Instant

LITTLE_FREE = 1 << 30
_LISTED = 100
_PAGE = 100
_MESSAGE = 300
# How the refusal begins that says whose clock it is (exchange.witness, gateways.httpsig).
_ITS_CLOCK = "its clock is "


async def status(node: Node, sync: Sync, args: Args) -> Any:
    """How the node is, as far as it knows itself: {}."""
    troubles = sync.contacts.of(None).troubles.values()
    return {
        "party": node.descriptor.party,
        "fingerprint": node.descriptor.fingerprint,
        "now": instant.text(node.clock.now()),
        "served_since": _text(sync.running_since),
        "here": list(map(_trouble, troubles)),
        "clock": _clock(node, sync),
        "log": _log(node),
        "peers": [_peer(node, sync, peer) for peer in node.peers],
        "outside": [_outside(node, sync, one) for one in outside.configured(node)],
        "overdue": _overdue(node),
        "to_reverify": await _to_reverify(node),
        "refused": node.store.refused(),
        "unchecked": len(node.store.airspace.unchecked(1000)),
    }


def _clock(node: Node, sync: Sync) -> Args:
    back = node.journal.stepped_back
    found = ((peer, one) for peer in node.peers for one in sync.contacts.of(peer.fingerprint).troubles.values())
    return {
        "set_back": None if back is None else {"at": instant.text(back[0]), "by_s": back[1] / 1000},
        "differs": [{"party": peer.petname, **_trouble(one)} for peer, one in found if one.error.code == CLOCK_SKEW],
    }


def _log(node: Node) -> Args:
    published = node.store.last_published()
    cosigned = ((peer.petname, node.store.last_cosigned(peer.fingerprint)) for peer in node.parties.everybody)
    return {
        "size": node.journal.tree.size,
        "read_only": node.journal.read_only,
        "published": published[0] if published else None,
        "cosigned": [
            {"by": name, "size": of[0], "at": instant.to_second(of[1])} for name, of in cosigned if of is not None
        ],
    }


def _peer(node: Node, sync: Sync, peer: Peer) -> Args:
    contact, heard = sync.contacts.of(peer.fingerprint), node.store.heard(peer.fingerprint)
    return {
        "party": peer.petname,
        "addresses": list(peer.descriptor.addresses),
        "reached_at": _text(contact.reached_at),
        "asked_at": _text(sync.asked_at(peer)),
        "as_of": None if heard is None else instant.to_second(heard),
        "no_common_version": taken.missing(peer.descriptor),
        "second_descriptors": [instant.text(at) for _, at in second.known(node.store, peer.fingerprint)],
        "undelivered": len(node.store.outgoing(peer.fingerprint)),
        "errors": [_trouble(one, what) for what, one in contact.troubles.items()],
    }


def _outside(node: Node, sync: Sync, one: Witness) -> Args:
    contact = sync.contacts.of(one.who)
    return {
        "witness": one.name,
        "url": one.url,
        "cosigned": cosigned(node, one),
        "reached_at": _text(contact.reached_at),
        "errors": [_trouble(trouble, what) for what, trouble in contact.troubles.items()],
    }


def cosigned(node: Node, by: Witness) -> Args | None:
    """The largest head that an outside witness cosigned, and when."""
    last = node.store.outside.last(by.key.vkey)
    return None if last is None else {"size": last.size, "at": instant.to_second(last.at)}


def _trouble(of: Trouble, what: str = "") -> Args:
    told = {"code": of.error.code, "message": of.error.message, "since": instant.text(of.since)}
    return {**told, "out_of_reach": what == REACH} if what else told


def _overdue(node: Node) -> list[Args]:
    rows = node.store.unanswered(node.clock.now(), _LISTED)
    return [
        {
            "party": node.party_name(row.to),
            "statement": row.statement.hex() if row.statement else None,
            "type": node.at(Index(row.statement_index)).signed.object.type,
            "answer_by": _text(row.answer_by),
        }
        for row in rows
    ]


async def _to_reverify(node: Node) -> list[Args]:
    """Own sites that were to be verified again by now; they protect as before."""
    found: list[Args] = []
    now, after = node.clock.now(), 0
    while page := node.store.airspace.sites(node.descriptor.fingerprint, after, _PAGE):
        after = page[-1][0]
        for _, statement in page:
            row = node.store.find(statement)
            if row is None or not (b"reverify_by" in row.triple[2] or b"\\" in row.triple[2]):
                continue
            said = node.own(statement).signed.object
            by = site.read(said).reverify_by
            if by is not None and by < now and len(found) < _LISTED:
                found.append({"statement": statement.hex(), "name": said.name, "reverify_by": instant.text(by)})
        await asyncio.sleep(0)  # others are answered in between
    return sorted(found, key=lambda one: str(one["reverify_by"]))


def _text(at: Instant | None) -> str | None:
    return None if at is None else instant.text(at)


# -- for the person at this machine


def whole(told: Args, folder: Path) -> Args:
    """The answer with the disk that it lies on, and with what is not well in words."""
    usage = shutil.disk_usage(folder)
    used = sum(one.stat().st_size for one in _files(folder))
    told = {**told, "disk": {"directory": str(folder.resolve()), "size": used, "free": usage.free}}
    return {**told, "not_well": list(map(str, _concerns(told)))}


def _files(folder: Path) -> Iterator[Path]:
    for above, _, names in os.walk(folder):
        yield from (path for path in (Path(above, name) for name in names) if path.is_file())


def show(told: Args) -> None:
    """What is not well, each once, and then what is known."""
    concerns, party = list(_concerns(told)), word(told["party"])
    count = len(concerns)
    render.say("{}: all is well", party) if not count else render.say("{}: look at {}", party, own(_counted(count)))
    for one in concerns:
        render.say("- {}", one)
    render.facts("", _facts(told))
    cells = [(word(one["party"]), _contact(one, served=told["served_since"] is not None)) for one in told["peers"]]
    render.rows(
        "", ("party", "contact"), cells, empty="no party is known here: comity peer add FILE|URL --fingerprint HEX"
    )


def _counted(count: int) -> str:
    return "one thing" if count == 1 else f"{count} things"


def _facts(told: Args) -> Args:
    log, disk = told["log"], told["disk"]
    cosigned = [own("{} at {} {}", word(one["by"]), leaves(one["size"]), word(one["at"])) for one in log["cosigned"]]
    size, free = (own("{} MiB", Own(f"{disk[name] / (1 << 20):,.1f}")) for name in ("size", "free"))
    return {
        "served": own("since {}", word(told["served_since"])) if told["served_since"] else own("no"),
        "log": own("{}, published at {}", leaves(log["size"]), leaves(log["published"] or 0)),
        "cosigned by": lines(*(cosigned or [own("nobody yet")])),
        "outside witnesses": lines(*map(_outside_line, told["outside"])) if told["outside"] else None,
        "disk": own("{} in {}, {} free", size, word(disk["directory"]), free),
        "refused": own("{}: comity quarantine lists them", told["refused"]) if told["refused"] else None,
        "not checked yet": told["unchecked"] or None,
    }


def _outside_line(one: Args) -> Own:
    name, last = word(one["witness"]), one["cosigned"]
    if last is None:
        return own("{}: nothing cosigned yet", name)
    return own("{} at {} {}", name, leaves(last["size"]), word(last["at"]))


def _contact(one: Args, *, served: bool) -> Any:
    found = [own("we reached it {}", word(one["reached_at"]))] if one["reached_at"] else []
    found += [own("it asked us {}", word(one["asked_at"]))] if one["asked_at"] else []
    if served and not found:
        found = [own("none since this node is served")]
    if one["as_of"]:
        found.append(own("told us all until {}", word(one["as_of"])))
    if one["undelivered"]:
        found.append(own("{} acknowledgements not delivered yet", one["undelivered"]))
    return lines(*(found or [own("never yet")]))


def _concerns(told: Args) -> Iterator[Own]:
    """What a person should look at, each once, the worst first."""
    log, disk, back = told["log"], told["disk"], told["clock"]["set_back"]
    if log["read_only"]:
        yield own("nothing is signed: {}", own(log["read_only"]))
    for one in told["here"]:
        yield own("since {} here: {}", word(one["since"]), _in_full(one))
    if disk["free"] < LITTLE_FREE:
        yield own("the disk is nearly full: {} MiB free", disk["free"] >> 20)
    if back:
        yield own("the clock was set back by {} s at {}", back["by_s"], word(back["at"]))
    if not told["served_since"]:
        yield own("it is not served, so it asks nobody and answers nobody: comity -C {} serve", word(disk["directory"]))
    for peer in told["peers"]:
        yield from _two_descriptors(peer)
        if peer["no_common_version"]:
            formats = own(", ".join(peer["no_common_version"]))
            yield own(
                "{} reads no version of {} that we do: one of the two is to be upgraded", word(peer["party"]), formats
            )
        yield from _of_peer(word(peer["party"]), peer["errors"])
    for one in told["outside"]:
        yield from _of_peer(own("outside witness {}", word(one["witness"])), one["errors"])
    yield from _late(told)


def _two_descriptors(peer: Args) -> Iterator[Own]:
    if seen := peer["second_descriptors"]:
        yield own(
            "{} has signed a second descriptor, seen {}: the first stays, both are kept",
            word(peer["party"]),
            word(seen[0]),
        )


def _of_peer(name: object, errors: list[Args]) -> Iterator[Own]:
    for one in errors:
        if one["code"] == CLOCK_SKEW and one["message"].startswith(_ITS_CLOCK):
            # Our own words: of what a peer says, it is said that it says so.
            yield own("{}'s {} (since {})", name, own(one["message"].removeprefix("its ")), word(one["since"]))
        elif one["out_of_reach"]:
            yield own("{} is out of reach since {}: {}", name, word(one["since"]), _in_full(one))
        else:
            yield own("{} since {}: {}: {}", name, word(one["since"]), word(one["code"]), _in_full(one))


def _in_full(trouble: Args) -> Own:
    """What an error says, which may be a peer's words, in quotation marks and to its end."""
    return Own(foreign.quoted(trouble["message"], _MESSAGE))


def _late(told: Args) -> Iterator[Own]:
    late: dict[str, list[Args]] = {}
    for one in told["overdue"]:
        late.setdefault(one["party"], []).append(one)
    for party, those in late.items():
        first = those[0]
        what = own("{} ({}) by {}", word(first["statement"]), word(first["type"]), word(first["answer_by"]))
        if len(those) == 1:
            yield own("{} did not answer in time: {}", word(party), what)
        else:
            yield own("{} did not answer {} statements in time, first {}", word(party), len(those), what)
    for one in told["to_reverify"]:
        yield own(
            "to be verified again since {}: {}; it stays protected", word(one["reverify_by"]), quoted(one["name"])
        )
