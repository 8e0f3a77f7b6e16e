"""Operations: every command as one function from JSON values to JSON values, on an open node.

The command line calls them in its own process or, when a server holds the directory, through its control socket: the
same function, the same answer. Results are documented in docs/commands.md.
"""

import base64
from collections.abc import Awaitable, Callable, Sequence
from enum import Enum
from functools import partial
from typing import Any, TypeVar

from comity.app import (
    caveats,
    checking,
    forms,
    notices,
    objections,
    positions,
    reading,
    sites,
    status,
    updates,
    versions,
)
from comity.app.creators import Creators
from comity.app.forms import Moved
from comity.app.updates import Update
from comity.errors import BAD_ARGUMENT, READ_ONLY, UNKNOWN_STATEMENT, ComityError, LocalError
from comity.exchange import say
from comity.exchange.release import preview
from comity.model import content, notice, site
from comity.model.content import StixObject
from comity.model.fingerprint import words
from comity.model.marking import Onward, Terms, Tlp, most_restrictive
from comity.model.party import armour
from comity.model.release import read as read_release
from comity.model.statement import Unverified
from comity.node import evidence, recorded
from comity.node.node import Node, Saying, pack, read_fingerprint
from comity.node.parties import Peer
from comity.node.ports import ReceivedRow
from comity.node.sync import Sync
from comity.proof import cbor
from comity.proof.envelope import StatementId
from comity.space import instant

Args = dict[str, Any]
Choice = TypeVar("Choice", bound=Enum)
Operation = Callable[[Node, Sync, Args], Awaitable[Any]]


async def say_object(node: Node, sync: Sync, args: Args) -> Any:
    """Say one STIX object: {raw: base64, to: [name], own, tlp, onward, answer_by, accept: [name], dry_run}."""
    saying = _saying(node, args)
    before = node.versions.said_already(saying.draft.object)
    if before is not None:
        return await _said_already(node, sync, before, saying, bool(args.get("dry_run")))
    return (await _say_together(node, sync, [args]))[0]


async def _say_together(node: Node, sync: Sync, each: Sequence[Args]) -> list[Args]:
    """Say several objects, each as by `say_object`; all of them are logged together, or none."""
    sayings = [_saying(node, args) for args in each]
    told = [_told(node, saying) for saying in sayings]
    heads = await _commit(node, sync, sayings, any(args.get("dry_run") for args in each))
    return [head | one for head, one in zip(heads, told, strict=True)]


async def _commit(node: Node, sync: Sync, sayings: Sequence[Saying], dry_run: bool) -> list[Args]:
    """Log all of them together, or none, and check what is new."""
    for saying in sayings:
        node.versions.check(saying.draft.object)
    if dry_run:
        return [{"dry_run": True} for _ in sayings]
    logged = await node.say_together(sayings)
    await sync.look()
    return [{"statement": said.id.hex(), "index": said.index} for said, _ in logged]


def _saying(node: Node, args: Args) -> Saying:
    draft = say.say(base64.b64decode(args["raw"]))
    positions.check(node, draft.object, "SUBJECT" if args.get("subject") else "/subject")
    return Saying(draft, _audience(node, args), _terms(node, args, draft.object))


def _told(node: Node, saying: Saying) -> Args:
    """To whom it goes, on what terms, and from whom it is withheld."""
    to, known = ([peer.petname for peer in peers] for peers in (saying.to, node.peers))
    said, terms = saying.draft.object, _most_restrictive(saying)
    _, withheld = preview(said, terms, to, known)
    return {
        "object": said.id,
        "by": node.descriptor.party,
        "created_by": Creators(node).of(node.descriptor.fingerprint, said),
        "released_to": to,
        **caveats.terms_told(said, terms),
        "withheld_from": [{"party": one.party, "reason": one.reason} for one in withheld],
    }


def _most_restrictive(saying: Saying) -> Terms:
    """The terms on which it is told, where they differ the most restrictive of them."""
    each = [saying.terms_for(peer.fingerprint) for peer in saying.to] or [saying.terms]
    onward = max((one.onward for one in each), key=_ONWARD.index)
    accepted = set(each[0].accepted).intersection(*(one.accepted for one in each))
    return Terms(most_restrictive(one.tlp for one in each), onward, accepted=tuple(sorted(accepted)))


# From the most open to the most restrictive.
_ONWARD = (Onward.MAY, Onward.MUST, Onward.ASK, Onward.NEVER)


async def _said_already(node: Node, sync: Sync, before: StatementId, saying: Saying, dry_run: bool) -> Args:
    """The same object again: nothing is said twice, and who has it not yet is given it."""
    found = {"statement": before.hex(), "already": True, **_told(node, saying)}
    if dry_run:
        return {"dry_run": True, **found}
    await node.release(before, saying.to, saying.terms)
    await sync.look()
    return {**found, "index": node.own(before).index}


async def say_position(node: Node, sync: Sync, args: Args) -> Any:
    """Say our position on a subject, or withdraw it: {subject, stance, basis, revoke, own}, and the terms of `say`."""
    return await say_object(node, sync, positions.drafted(node, args))


async def say_notice(node: Node, sync: Sync, args: Args) -> Any:
    """Say a notice for each place, and check it against all that is in force: {geojson, from, until, ..., replaces}."""
    each, not_used = reading.places(args, extent=True)
    picture = sync.watch.picture
    if args.get("replaces") is not None:
        update = notices.notice_updated(node, picture, each[0])
        return reading.answer([await _say_update(node, sync, each[0], update)], not_used)
    drafted = [reading.of_feature(one, partial(notices.notice_drafted, node, picture, one)) for one in each]
    return reading.answer(await _say_places(node, sync, each, [[one] for one in drafted]), not_used)


async def say_site(node: Node, sync: Sync, args: Args) -> Any:
    """Say a protected site for each place, and check it against all notices: {geojson, function, precision, ...}."""
    each, not_used = reading.places(args, extent=False)
    picture = sync.watch.picture
    if args.get("replaces") is not None:
        update = sites.site_updated(node, picture, each[0])
        return reading.answer([await _say_update(node, sync, each[0], update)], not_used)
    drafted = [reading.of_feature(one, partial(sites.site_drafted, node, picture, one)) for one in each]
    found = await _say_places(node, sync, each, drafted)
    return reading.answer([{**one, "precision": args.get("precision") or "exact"} for one in found], not_used)


async def _say_places(node: Node, sync: Sync, each: Sequence[Args], drafted: Sequence[Sequence[Args]]) -> list[Args]:
    """Say what was drafted of each place, all of it together; of a place the last is what others are told."""
    now = node.journal.now()
    objects = [[content.parse(base64.b64decode(one["raw"])) for one in said] for said in drafted]
    for one, found in zip(each, objects, strict=True):
        reading.refuse_slips(found[-1], one, now)
    together = iter(await _say_together(node, sync, [one for said in drafted for one in said]))
    answers = []
    for one, said, found in zip(each, drafted, objects, strict=True):
        told = [next(together) for _ in said]
        exact = {"exact": told[0].get("statement")} if len(told) > 1 else {}
        more = {
            "understood_as": reading.understood_as(found[0], now, one),
            **_pointed_out(node, _saying(node, said[-1])),
        }
        answers.append(_with_objections(node, sync, {**(one.get("feature") or {}), **told[-1], **exact, **more}))
    return answers


async def _say_update(node: Node, sync: Sync, args: Args, update: Update) -> Args:
    """Say a new version, and what others are told less exactly of the same place, where that moves; nothing if it is the same."""
    peers, has = (
        updates.audience(node, args, update.replaces),
        updates.terms_of(node, update.replaces, node.clock.now()),
    )
    draft, now = say.say(update.raw), node.journal.now()
    reading.refuse_slips(draft.object, args, now)
    saying = Saying(draft, peers, *updates.kept(has, _terms(node, args, draft.object), args))
    followed = forms.followed(node, sync.watch.picture, update)
    told = {**_told(node, saying), "replaces": update.replaces.hex(), "changed": updates.as_dicts(update.changed)}
    notes = [*_pointed_out(node, saying, update).get("pointed_out", []), *followed.notes]
    told |= {"pointed_out": notes} if notes else {}
    told |= {"understood_as": reading.understood_as(draft.object, now, args)}
    if draft.object.type == "protected-site":
        told |= {"precision": draft.object.properties["precision"]}
    if not update.changed:
        return await _unchanged(node, sync, saying, told, bool(args.get("dry_run")))
    moves = [_move(node, one) for one in followed.moved]
    if followed.moved or followed.questioned:
        told["questioned"] = [forms.as_dict(one) for one in followed.questioned]
    said, *moved = await _commit(node, sync, [saying, *moves], bool(args.get("dry_run")))
    told |= {"moved": [one | _told(node, move) for one, move in zip(moved, moves, strict=True)]} if moves else {}
    return _with_objections(node, sync, {**said, **told})


async def _unchanged(node: Node, sync: Sync, saying: Saying, told: Args, dry_run: bool) -> Args:
    """There is no new version that says the same: who has the one that stands not yet is given that."""
    if dry_run:
        return {"dry_run": True, **told}
    id = bytes.fromhex(told["replaces"])
    await node.release(StatementId(id), saying.to, saying.terms)
    await sync.look()
    return {"statement": told["replaces"], **told}


def _move(node: Node, moved: Moved) -> Saying:
    """A form is told anew to those who have it, on the terms on which they have it."""
    has = updates.terms_of(node, moved.replaces, node.clock.now())
    return Saying(say.say(moved.raw), updates.told_to(node, moved.replaces), *updates.kept(has, Terms(), {}))


def _pointed_out(node: Node, saying: Saying, update: Update | None = None) -> Args:
    """What is to be pointed out to whoever says this, if anything is."""
    found = saying.draft.object
    if found.type == "notice":
        notes = forms.not_told_exactly(node, notice.read(found).serves, saying.to)
    else:
        notes = sites.notes(node.clock.now(), found, update)
        notes += forms.not_told_exactly(node, site.read(found).serves, saying.to)
    return {"pointed_out": notes} if notes else {}


def _with_objections(node: Node, sync: Sync, told: Args) -> Args:
    """What came of it at once: the objections that name the new statement."""
    if "statement" not in told:
        return told
    new = [told[name] for name in ("exact", "statement") if told.get(name)]
    return {**told, "objections": objections.objections_about(node, sync.watch.picture, new)}


async def check_area(node: Node, sync: Sync, args: Args) -> Any:
    """Check an operation: {geojson, from, until, floor, ceiling, margin_km, record}."""
    told, record = checking.checked(node, sync.watch.picture, args)
    if record is not None:
        told["record"] = node.record(record).id.hex()
    return told


async def list_objections(node: Node, sync: Sync, args: Args) -> Any:
    """What stands against whose notices, as far as their operators may know: {all}. Looking says nothing: the watch does."""
    return objections.objections(node, sync.watch.picture, bool(args.get("all")))


async def list_alerts(node: Node, sync: Sync, args: Args) -> Any:
    """What meets matter that its operator was not told of: {all}. Looking says nothing: the watch does."""
    return objections.alerts(node, sync.watch.picture, bool(args.get("all")))


async def list_statements(node: Node, sync: Sync, args: Args) -> Any:
    """What is said here, version by version: {type}."""
    return versions.known(node, args.get("type"))


async def list_positions(node: Node, sync: Sync, args: Args) -> Any:
    """The positions known here, each its author's: {subject}."""
    return positions.known(node, args.get("subject"))


async def release_statement(node: Node, sync: Sync, args: Args) -> Any:
    """Release a statement to further parties: {statement, to, tlp, onward, answer_by, accept: [name]}."""
    id, to = node.resolve(args["statement"], ours=True), _audience(node, args)
    if not to:
        raise LocalError(BAD_ARGUMENT, "name at least one party", place="--to")
    found = node.own(id).signed.object
    terms = _terms(node, args, found)
    given = await node.release(id, to, terms)
    await sync.look()
    fresh = {read_release(one.signed.object).to for one in given}
    return {
        "statement": id.hex(),
        "released_to": [p.petname for p in to if p.fingerprint in fresh],
        "already": [p.petname for p in to if p.fingerprint not in fresh],
        **caveats.terms_told(found, terms),
    }


async def withdraw_statement(node: Node, sync: Sync, args: Args) -> Any:
    """Withdraw a statement's releases: {statement, from: [name]}."""
    id, of = node.resolve(args["statement"], ours=True), node.named(args["from"], removed=True)
    await node.withdraw(id, of)
    return {"statement": id.hex(), "withdrawn_from": [peer.petname for peer in of]}


async def sync_peers(node: Node, sync: Sync, args: Args) -> Any:
    """One round with every peer: pages, acknowledgements, cosignatures, receipts."""
    await sync.deadlines()
    rounds = [await sync.once(peer) for peer in node.peers]
    await sync.look()
    return [
        {
            "peer": done.peer,
            "received": done.received,
            "refused": done.refused,
            "answers_sent": done.answers_sent,
            "cosigned": done.cosigned,
            "receipts": done.receipts,
            "errors": done.errors,
        }
        for done in rounds
    ]


async def inbox(node: Node, sync: Sync, args: Args) -> Any:
    """What other parties told us and was not refused, in the order of arrival."""
    creators = Creators(node)
    rows = [row for row in node.store.received() if row.statement is not None and not row.refused]
    return [_inbox_row(node, creators, row) for row in rows]


def _inbox_row(node: Node, creators: Creators, row: ReceivedRow) -> Any:
    item = cbor.decode(row.item, place="item")
    shown = Unverified.read(item[0])
    outgoing = node.store.outgoing_answer(row.answer)
    delivered = outgoing.delivered_at if outgoing else None
    return {
        "statement": shown.envelope.id.hex(),
        "from": node.party_name(row.teller),
        "object": shown.object.id,
        "type": shown.object.type,
        "name": shown.object.name,
        "created_by": creators.of(row.teller, shown.object),
        **caveats.terms_told(shown.object, read_release(content.parse(item[3][2])).terms),
        "received_at": instant.text(row.received_at),
        "acknowledged": None if delivered is None else instant.text(delivered),
        "withdrawn": row.withdrawn,
        "state": versions.state_of(node, row.teller, shown.envelope.id, shown.object),
    }


async def quarantine(node: Node, sync: Sync, args: Args) -> Any:
    """What other parties told us and we refused, with the reason that we signed."""
    return [
        {
            "release": row.release.hex(),
            "from": node.party_name(row.teller),
            "reason": row.refused,
            "received_at": instant.text(row.received_at),
        }
        for row in node.store.received()
        if row.refused
    ]


async def show(node: Node, sync: Sync, args: Args) -> Any:
    """One statement, ours or received: {statement}."""
    id = node.resolve(args["statement"])
    row = node.store.find(id)
    if row is not None:
        logged = node.own(id)
        at = instant.from_seconds(logged.signed.envelope.iat)
        found = logged.signed.object
        told = {"statement": id.hex(), "by": node.descriptor.party, "said_at": instant.text(at), "index": logged.index}
        told |= versions.shown(node, node.descriptor.fingerprint, id, found)
        told |= versions.borne(Creators(node), node.descriptor.fingerprint, found)
        return {**told, **_content(node, found)}
    record = recorded.find(node.store, node.descriptor.fingerprint, id)
    if record is not None:
        at = instant.from_seconds(record.envelope.iat)
        told = {"statement": id.hex(), "by": node.descriptor.party, "said_at": instant.text(at), "index": None}
        told |= versions.shown(node, node.descriptor.fingerprint, id, record.object)
        told |= versions.borne(Creators(node), node.descriptor.fingerprint, record.object)
        return {**told, **_content(node, record.object)}
    received = node.store.received_statement(id)
    if received is None:
        raise LocalError(UNKNOWN_STATEMENT, f"no statement {id.hex()} here")
    shown, item = _shown(received), cbor.decode(received.item)
    terms = read_release(content.parse(item[3][2])).terms
    return {
        "statement": id.hex(),
        "by": node.party_name(received.teller),
        "created_by": Creators(node).of(received.teller, shown.object),
        "said_at": instant.text(instant.from_seconds(shown.envelope.iat)),
        "received_at": instant.text(received.received_at),
        **caveats.terms_told(shown.object, terms),
        "withdrawn": received.withdrawn,
        **versions.shown(node, received.teller, id, shown.object),
        **_content(node, shown.object),
    }


async def told(node: Node, sync: Sync, args: Args) -> Any:
    """Per party, the rungs that a statement of ours has reached: {statement}."""
    id = node.resolve(args["statement"], ours=True)
    parties = {name: standing.as_dict() for name, standing in evidence.told(node, id)}
    known = [peer.petname for peer in node.peers]
    return {
        "statement": id.hex(),
        "home": evidence.said_standing(node, id).as_dict()["rungs"],
        "parties": parties,
        "not_released_to": [name for name in known if name not in parties],
    }


async def prove(node: Node, sync: Sync, args: Args) -> Any:
    """The proof file of one telling: {statement, to}."""
    id = node.resolve(args["statement"], ours=True)
    data = evidence.prove_telling(node, id, node.named([args["to"]], removed=True)[0])
    at = evidence.shows_withdrawal(data)
    told = {"size": len(data), "withdrawn_at": None if at is None else instant.to_second(at)}
    return {"statement": id.hex(), "to": args["to"], **told, "proof": base64.b64encode(data).decode()}


async def descriptor(node: Node, sync: Sync, args: Args) -> Any:
    """This party's signed descriptor, to be handed to others."""
    me = node.descriptor
    return {
        "party": me.party,
        "name": me.name,
        "fingerprint": me.fingerprint,
        "fingerprint_words": words(me.fingerprint),
        "addresses": list(me.addresses),
        "reconstruction": me.reconstruction,
        "descriptor": armour(pack(me.signed)),
    }


async def peer_add(node: Node, sync: Sync, args: Args) -> Any:
    """Pin a party: {descriptor: base64, fingerprint, as}."""
    name = args.get("as")
    peer = node.add_peer(base64.b64decode(args["descriptor"]), read_fingerprint(args["fingerprint"]), name)
    return _peer(node, peer)


async def peer_rename(node: Node, sync: Sync, args: Args) -> Any:
    """Give a party another petname: {old, new}."""
    return {"was": args["old"], **_peer(node, node.parties.rename(args["old"], args["new"]))}


async def peer_remove(node: Node, sync: Sync, args: Args) -> Any:
    """Neither ask nor answer a party any more; what it said stays: {party}."""
    return _peer(node, node.parties.remove(args["party"], node.clock.now()))


async def peer_list(node: Node, sync: Sync, args: Args) -> Any:
    """The parties known here: {all: with those that were removed}."""
    return [_peer(node, peer) for peer in (node.parties.everybody if args.get("all") else node.peers)]


def _peer(node: Node, peer: Peer) -> Any:
    found, head = peer.descriptor, node.store.head(peer.fingerprint)
    return {
        "party": peer.petname,
        "name": found.name,
        "fingerprint": found.fingerprint,
        "fingerprint_words": words(found.fingerprint),
        "addresses": list(found.addresses),
        "reconstruction": found.reconstruction,
        "log_size": head[0] if head else None,
        "removed": None if peer.removed_at is None else instant.text(peer.removed_at),
    }


async def log_verify(node: Node, sync: Sync, args: Args) -> Any:
    """Compute the whole log again from its leaves."""
    faults = node.verify_log()
    return {
        "valid": not faults,
        "size": node.journal.tree.size,
        "root": node.journal.tree.root().hex(),
        "faults": faults,
    }


async def log_adopt(node: Node, sync: Sync, args: Args) -> Any:
    """After a restore: ask every peer for the last head of ours that it holds, and sign again if none is ahead."""
    if node.journal.read_only is None:
        return {"adopted": False, "size": node.journal.tree.size, "reason": "nothing to adopt: the lock is in place"}
    asked = [(peer.petname, await sync.agrees(peer)) for peer in node.peers]
    if not any(agreed for _, agreed in asked) and not args.get("alone"):
        raise LocalError(READ_ONLY, "no peer could be asked which head of ours it holds; --alone signs on your word")
    node.journal.adopt()
    return {"adopted": True, "size": node.journal.tree.size, "agreed": [name for name, agreed in asked if agreed]}


async def rebuild(node: Node, sync: Sync, args: Args) -> Any:
    """Fold everything again from what is true."""
    node.rebuild()
    return {"rebuilt": True, "size": node.journal.tree.size}


OPERATIONS: dict[str, Operation] = {
    "say": say_object,
    "position": say_position,
    "positions": list_positions,
    "notice": say_notice,
    "protect": say_site,
    "check": check_area,
    "objections": list_objections,
    "alerts": list_alerts,
    "statements": list_statements,
    "release": release_statement,
    "withdraw": withdraw_statement,
    "sync": sync_peers,
    "status": status.status,
    "inbox": inbox,
    "quarantine": quarantine,
    "show": show,
    "told": told,
    "prove": prove,
    "descriptor": descriptor,
    "peer-add": peer_add,
    "peer-rename": peer_rename,
    "peer-remove": peer_remove,
    "peer-list": peer_list,
    "log-verify": log_verify,
    "log-adopt": log_adopt,
    "rebuild": rebuild,
}


async def perform(node: Node, sync: Sync, name: str, args: Args) -> dict[str, Any]:
    """Run one operation; its answer or its error as JSON values: {"ok": ...} or {"error": {...}}."""
    try:
        if name not in OPERATIONS:
            raise LocalError(
                BAD_ARGUMENT, "no such operation; if Comity was changed since the server was started, restart it"
            )
        return {"ok": await OPERATIONS[name](node, sync, args)}
    except ComityError as error:
        return {"error": error.as_dict()}


def _audience(node: Node, args: Args) -> list[Peer]:
    return node.named(args.get("to") or [])


def _terms(node: Node, args: Args, found: StixObject) -> Terms:
    answer_by = args.get("answer_by")
    tlp = _one_of(Tlp, args.get("tlp") or "amber", "--tlp")
    onward = _one_of(Onward, args.get("onward") or "never", "--onward")
    try:
        by = None if answer_by is None else instant.read(answer_by)
    except ComityError as error:
        raise LocalError(BAD_ARGUMENT, error.message, place="--answer-by") from None
    if by is not None and by <= node.clock.now():
        raise LocalError(BAD_ARGUMENT, "the time to answer by has passed already", place="--answer-by")
    return Terms(tlp, onward, by, accepted=caveats.accepted(args, found))


def _one_of(kind: type[Choice], given: str, place: str) -> Choice:
    try:
        return kind(given)
    except ValueError:
        known = ", ".join(one.value for one in kind)
        raise LocalError(BAD_ARGUMENT, f"must be one of {known}", place=place) from None


def _shown(row: ReceivedRow) -> Unverified:
    return Unverified.read(cbor.decode(row.item, place="item")[0])


def _content(node: Node, found: StixObject) -> Args:
    """The content as JSON and byte for byte as it was said; of a notice or site also how it is read here."""
    read = reading.understood_as(found, node.journal.now(), {})
    shown = {} if read is None else {"understood_as": read}
    return {**shown, "content": content.read_json(found.raw), "bytes": base64.b64encode(found.raw).decode()}
