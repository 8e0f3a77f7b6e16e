"""Operations: every command as one function from JSON values to JSON values, on an open node.

The command line calls them in its own process or, when a server holds the directory, through its control socket: the
same function, the same answer. Results are documented in docs/commands.md.
"""

import base64
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from comity.app import (
    caveats,
    checking,
    notices,
    objections,
    positions,
    proving,
    reading,
    saying,
    sites,
    status,
    versions,
)
from comity.app.creators import Creators
from comity.errors import BAD_ARGUMENT, READ_ONLY, UNKNOWN_STATEMENT, ComityError, LocalError
from comity.exchange import taken
from comity.model import content
from comity.model.content import StixObject
from comity.model.fingerprint import words
from comity.model.party import armour
from comity.model.release import read as read_release
from comity.model.statement import Unverified
from comity.node import evidence, exports, outside, recorded
from comity.node.node import Node, pack, read_fingerprint
from comity.node.parties import Peer
from comity.node.ports import ReceivedRow
from comity.node.sync import Sync
from comity.proof import cbor
from comity.space import instant

Args = dict[str, Any]
Operation = Callable[[Node, Sync, Args], Awaitable[Any]]


async def say_position(node: Node, sync: Sync, args: Args) -> Any:
    """Say our position on a subject, or withdraw it: {subject, stance, basis, revoke, own}, and the terms of `say`."""
    drafted = positions.drafted(node, args)
    notes = positions.left_behind(node, drafted)
    told = await saying.say_object(node, sync, drafted)
    return {**told, "pointed_out": notes} if notes else told


async def say_notice(node: Node, sync: Sync, args: Args) -> Any:
    """Say a notice for each place, and check it against all that is in force: {geojson, from, until, ..., replaces}."""
    each, not_used = reading.places(args, extent=True)
    picture = sync.watch.picture
    if args.get("replaces") is not None:
        update = notices.notice_updated(node, picture, each[0])
        return reading.answer([await saying.say_update(node, sync, each[0], update)], not_used)
    drafted = [reading.of_feature(one, partial(notices.notice_drafted, node, picture, one)) for one in each]
    return reading.answer(await saying.say_places(node, sync, each, [[one] for one in drafted]), not_used)


async def say_site(node: Node, sync: Sync, args: Args) -> Any:
    """Say a protected site for each place, and check it against all notices: {geojson, function, precision, ...}."""
    each, not_used = reading.places(args, extent=False)
    picture = sync.watch.picture
    if args.get("replaces") is not None:
        update = sites.site_updated(node, picture, each[0])
        return reading.answer([await saying.say_update(node, sync, each[0], update)], not_used)
    drafted = [reading.of_feature(one, partial(sites.site_drafted, node, picture, one)) for one in each]
    found = await saying.say_places(node, sync, each, drafted)
    return reading.answer([{**one, "precision": args.get("precision") or "exact"} for one in found], not_used)


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
    id, to = node.resolve(args["statement"], ours=True), saying.audience(node, args)
    if not to:
        raise LocalError(BAD_ARGUMENT, "name at least one party", place="--to")
    found = node.own(id).signed.object
    terms = saying.terms_given(node, args, found)
    given = await node.release(id, to, terms)
    await sync.look()
    fresh = {read_release(one.signed.object).to for one in given}
    return {
        "statement": id.hex(),
        "released_to": [p.petname for p in to if p.fingerprint in fresh],
        "already": [p.petname for p in to if p.fingerprint not in fresh],
        **caveats.terms_told(found, terms),
        **saying.pointed_out(node, found, to),
    }


async def withdraw_statement(node: Node, sync: Sync, args: Args) -> Any:
    """Withdraw a statement's releases: {statement, from: [name]}."""
    id, of = node.resolve(args["statement"], ours=True), node.named(args["from"], removed=True)
    await node.withdraw(id, of)
    return {"statement": id.hex(), "withdrawn_from": [peer.petname for peer in of]}


async def sync_peers(node: Node, sync: Sync, args: Args) -> Any:
    """One round with every peer: pages, acknowledgements, cosignatures, receipts; and every outside witness asked once."""
    await sync.deadlines()
    sync.publish()  # also where there is no peer to show it to
    rounds = [await sync.once(peer) for peer in node.peers]
    asked = await sync.outside.once() if sync.outside else []
    await sync.look()
    found: list[Args] = [
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
    return found + [{"witness": one.witness, "cosigned": one.cosigned, "errors": one.errors} for one in asked]


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
        "name": versions.title_of(node, shown.object),
        "created_by": creators.of(row.teller, shown.object),
        **caveats.terms_told(shown.object, read_release(content.parse(item[3][2])).terms),
        "received_at": instant.text(row.received_at),
        "acknowledged": None if delivered is None else instant.text(delivered),
        "withdrawn": row.withdrawn,
        "state": versions.state_of(node, row.teller, shown.envelope.id, shown.object),
        "still_objects": row.withdrawn and versions.still_objects(node, row.teller, shown.envelope.id, shown.object),
    }


async def quarantine(node: Node, sync: Sync, args: Args) -> Any:
    """What other parties told us and we refused, with the reason that we signed."""
    return [
        {
            "statement": None if row.statement is None else row.statement.hex(),
            "release": row.release.hex(),
            "item": row.hash.hex(),
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
        told = {
            "statement": id.hex(),
            "by": node.descriptor.party,
            "said_at": instant.to_second(at),
            "index": logged.index,
        }
        told |= versions.shown(node, node.descriptor.fingerprint, id, found) | positions.listing(
            node, found, heard=False
        )
        told |= versions.borne(Creators(node), node.descriptor.fingerprint, found)
        return {**told, **_content(node, found)}
    record = recorded.find(node.store, node.descriptor.fingerprint, id)
    if record is not None:
        at = instant.from_seconds(record.envelope.iat)
        told = {"statement": id.hex(), "by": node.descriptor.party, "said_at": instant.to_second(at), "index": None}
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
        "said_at": instant.to_second(instant.from_seconds(shown.envelope.iat)),
        "received_at": instant.text(received.received_at),
        **caveats.terms_told(shown.object, terms),
        "withdrawn": received.withdrawn,
        **versions.shown(node, received.teller, id, shown.object),
        **positions.listing(node, shown.object, heard=True),
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
    peer = node.parties.remove(args["party"], node.clock.now())
    node.journal.released([peer.fingerprint])  # if it waits for news, it is told at once that there is none for it
    return _peer(node, peer)


async def peer_list(node: Node, sync: Sync, args: Args) -> Any:
    """The parties known here: {all: with those that were removed}."""
    return [_peer(node, peer) for peer in (node.parties.everybody if args.get("all") else node.peers)]


def _peer(node: Node, peer: Peer) -> Any:
    found, head = peer.descriptor, node.store.head(peer.fingerprint)
    return {
        "party": peer.petname,
        "calls_itself": found.party,
        "namesakes": node.parties.namesakes(found),
        "name": found.name,
        "fingerprint": found.fingerprint,
        "fingerprint_words": words(found.fingerprint),
        "addresses": list(found.addresses),
        "reconstruction": found.reconstruction,
        "no_common_version": taken.missing(found),
        "log_size": head[0] if head else None,
        "removed": None if peer.removed_at is None else instant.text(peer.removed_at),
    }


async def witness_add(node: Node, sync: Sync, args: Args) -> Any:
    """Have an outside witness cosign our heads: {name, url, vkey}."""
    return _witness(node, outside.add(node, args["name"], args["url"], args["vkey"]))


async def witness_list(node: Node, sync: Sync, args: Args) -> Any:
    """The outside witnesses that are asked."""
    return [_witness(node, one) for one in outside.configured(node)]


async def witness_remove(node: Node, sync: Sync, args: Args) -> Any:
    """Ask an outside witness no more: {name}."""
    return _witness(node, outside.remove(node, args["name"]))


def _witness(node: Node, one: outside.Witness) -> Any:
    return {"witness": one.name, "url": one.url, "vkey": one.key.vkey, "cosigned": status.cosigned(node, one)}


async def log_verify(node: Node, sync: Sync, args: Args) -> Any:
    """Compute the whole log again from its leaves."""
    faults = node.verify_log()
    return {
        "valid": not faults,
        "size": node.journal.tree.size,
        "root": node.journal.tree.root().hex(),
        "faults": faults,
    }


async def log_export(node: Node, sync: Sync, args: Args) -> Any:
    """Our head, keys, receipts and proofs for others' verifiers, as files in base64: {statement, since}."""
    given = args.get("statement")
    id = None if given is None else node.resolve(given, ours=True)
    found = exports.export(node, id, args.get("since"))
    files = {name: base64.b64encode(data).decode() for name, data in found.files.items()}
    about = {"statement": None if id is None else id.hex(), "size": found.size}
    return {**about, "cosigned_by": list(found.cosigned_by), "files": files}


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
    "say": saying.say_object,
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
    "prove": proving.prove,
    "descriptor": descriptor,
    "peer-add": peer_add,
    "peer-rename": peer_rename,
    "peer-remove": peer_remove,
    "peer-list": peer_list,
    "witness-add": witness_add,
    "witness-list": witness_list,
    "witness-remove": witness_remove,
    "log-verify": log_verify,
    "log-export": log_export,
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


def _shown(row: ReceivedRow) -> Unverified:
    return Unverified.read(cbor.decode(row.item, place="item")[0])


def _content(node: Node, found: StixObject) -> Args:
    """The content as JSON and byte for byte as it was said; of a notice or site also how it is read here."""
    read = reading.understood_as(found, node.journal.now(), {})
    shown = {} if read is None else {"understood_as": read}
    return {**shown, "content": content.read_json(found.raw), "bytes": base64.b64encode(found.raw).decode()}
