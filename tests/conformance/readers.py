"""Readers: what each `read` of a vector means, as calls of the code that is judged (spec/README.md has the table).

A reader returns the JSON values that stand as `output`, or raises with the code that stands as `wantErr`.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from comity.errors import RemoteError
from comity.exchange import acknowledge, deliver, say, witness
from comity.exchange import release as gate
from comity.exchange import verify as verifying
from comity.exchange.acknowledge import Misplaced, Refused, Told
from comity.exchange.deliver import Item, Pull
from comity.exchange.witness import Head
from comity.gateways import httpsig
from comity.gateways.peer import PHRASES, PeerServer, route_for
from comity.model import acknowledgement, content, party, position, release
from comity.model.acknowledgement import Telling, read_tellings
from comity.model.marking import Onward, Terms, Tlp
from comity.model.party import UNPLACED, Descriptor
from comity.model.statement import Index, Logged, Unverified
from comity.node.node import Node, genesis
from comity.node.parties import unpack
from comity.node.ports import Request, Response
from comity.node.sqlite import SqliteStore
from comity.node.teller import Teller
from comity.proof import cbor, merkle, receipt, tree
from comity.proof.hands import OneHand
from comity.proof.merkle import PathMemo
from comity.proof.note import NoteKey
from comity.space import instant
from conformance.vectors import cast, places
from world import MemoryLock, SeededRandomness, WorldClock, run

SPEC = Path(__file__).resolve().parents[2] / "spec"
PARTIES = json.loads((SPEC / "vectors" / "parties.json").read_bytes())
STATEMENTS = json.loads((SPEC / "vectors" / "statements.json").read_bytes())
SHARED = {name: one["descriptor"] for name, one in PARTIES.items()} | STATEMENTS

Given = dict[str, Any]


def described(name: str) -> Descriptor:
    """A party of the cast as its descriptor in parties.json has it."""
    return unpack(bytes.fromhex(PARTIES[name]["descriptor"]))


def raw_of(given: Given) -> bytes:
    """Bytes as `text`, as `hex`, or in `pieces`: hex, [hex, how often], or the @name of something shared."""
    if "text" in given:
        return bytes(given["text"].encode())
    if "hex" in given:
        return bytes.fromhex(given["hex"])
    return b"".join(map(_piece, given["pieces"]))


def _piece(piece: Any) -> bytes:
    if type(piece) is list:
        return bytes.fromhex(piece[0]) * int(piece[1])
    return bytes.fromhex(SHARED[piece[1:]] if piece.startswith("@") else piece)


def triple_of(shown: Given) -> list[bytes]:
    raw = bytes.fromhex(shown["content_hex"]) if "content_hex" in shown else shown["content"].encode()
    return [bytes.fromhex(shown["envelope"]), bytes.fromhex(shown["salt"]), raw]


def hashes_of(given: list[str]) -> list[bytes]:
    return [bytes.fromhex(each) for each in given]


def head_of(note: str | None, name: str) -> Head | None:
    return None if note is None else witness.read_head(note.encode(), described(name))


# -- statement, extensions, descriptor, release


def read_statement(given: Given) -> Any:
    packed = given.get("packed")
    value = triple_of(given["statement"]) if packed is None else cbor.decode(bytes.fromhex(packed))
    signed = described(given["by"]).vouch(Unverified.read(value), UNPLACED)
    return {
        "id": signed.id.hex(),
        "iss": signed.envelope.iss,
        "sub": signed.envelope.sub,
        "iat": signed.envelope.iat,
        "type": signed.object.type,
        "object": signed.object.id,
        "content": signed.object.raw.decode(),
    }


def read_content(given: Given) -> Any:
    found = content.parse(raw_of(given))
    modified = None if found.modified is None else instant.text(found.modified)
    return {"type": found.type, "id": found.id, "modified": modified, "revoked": found.revoked}


def read_said(given: Given) -> Any:
    return {"type": say.say(raw_of(given)).object.type}


def read_descriptor(given: Given) -> Any:
    found = unpack(raw_of(given), given.get("fingerprint"))
    return {
        "fingerprint": found.fingerprint,
        "origin": found.origin,
        "witness": found.witness_name,
        "party": found.party,
        "name": found.name,
        "addresses": list(found.addresses),
        "next_root": found.next_root.hex(),
        "reconstruction": found.reconstruction,
        "keys": {role: found.key(role, UNPLACED).raw.hex() for role in party.ROLES},
        **({} if found.formats is None else {"formats": {name: [*versions] for name, versions in found.formats}}),
    }


def read_armour(given: Given) -> Any:
    return {"descriptor": party.unarmour(given["text"]).hex()}


def read_position(given: Given) -> Any:
    found = position.read(content.parse(raw_of(given)))
    return {
        "subject": found.subject,
        "stance": found.stance.value,
        "basis": found.basis,
        "modified": instant.text(found.modified),
        "withdrawn": found.withdrawn,
        "listed": position.listed(found),
    }


def read_position_to_say(given: Given) -> Any:
    """What may be said of it; whether it names a statement that is at the node is not in the file."""
    found = content.parse(raw_of(given))
    position.check_sayable(found)
    return {"subject": position.read(found).subject}


def read_release(given: Given) -> Any:
    found = release.read(content.parse(raw_of(given)))
    terms = found.terms
    return {
        "leaf": found.leaf.hex(),
        "to": found.to,
        "tlp": terms.tlp.value,
        "onward": terms.onward.value,
        "accepted": list(terms.accepted),
        "answer_by": None if terms.answer_by is None else instant.text(terms.answer_by),
        "withdrawn": found.withdrawn,
    }


def read_terms(given: Given) -> Any:
    found = content.parse(raw_of(given["object"])).markings
    terms = Terms(Tlp(given["tlp"]), Onward(given["onward"]), accepted=tuple(given["accepted"])).effective(found)
    named = [{"name": one.name, "place": one.place} for one in found.not_understood]
    return {"tlp": terms.tlp.value, "onward": terms.onward.value, "not_understood": named}


def read_released(given: Given) -> Any:
    """The gate of a node: what it would deliver of two entries of its own log."""
    by = described(given["by"])
    said = None if given["statement"] is None else _logged(given["statement"], by, 1)
    terms = gate.released(said, _logged(given["release"], by, 2)).terms
    return {"to": terms.to, "tlp": terms.terms.tlp.value, "withdrawn": terms.withdrawn}


def _logged(packed: Given, by: Descriptor, index: int) -> Logged:
    return Logged(by.vouch(Unverified.read(cbor.decode(raw_of(packed))), Index(index)), Index(index))


# -- log, receipt


def read_checkpoint(given: Given) -> Any:
    head = witness.read_head(raw_of(given), described(given["of"]))
    return {"origin": head.signed.checkpoint.origin, "size": head.size, "root": head.root.hex()}


def read_cosignature(given: Given) -> Any:
    head = head_of(given["note"], given["of"])
    assert head is not None
    at = witness.cosigned_at(head, given["line"], described(given["by"]))
    if "now" in given:
        witness.timely(at, instant.parse(given["now"]))
    return {"time": at}


def read_outside(given: Given) -> Any:
    head = head_of(given["note"], given["of"])
    assert head is not None
    line, at = witness.outside_line(head, given["answer"], NoteKey.from_vkey(given["vkey"]))
    witness.timely(at, instant.parse(given["now"]))
    return {"line": line, "time": at}


def read_next_head(given: Given) -> Any:
    shown = head_of(given["shown"], given["of"])
    assert shown is not None
    return {"size": witness.advance(head_of(given["known"], given["of"]), shown, hashes_of(given["path"])).size}


def read_inclusion(given: Given) -> Any:
    leaf, root, path = bytes.fromhex(given["leaf"]), bytes.fromhex(given["root"]), hashes_of(given["path"])
    merkle.verify_inclusion(leaf, given["index"], given["size"], path, root)
    return {"included": True}


def read_tile_path(given: Given) -> Any:
    level, number, width = tree.parse_tile_path(given["text"])
    return {"level": level, "number": number, "width": width}


def read_receipt(given: Given) -> Any:
    data, of = raw_of(given), described(given["of"])
    found = receipt.parse_tlog_proof(data)
    signed = found.verify(bytes.fromhex(given["leaf"]), origin=of.origin, key=of.key("log", UNPLACED))
    assert receipt.encode_tlog_proof(found) == data
    return {"index": found.index, "size": signed.checkpoint.size}


def read_cose_receipt(given: Given) -> Any:
    of = described(given["of"])
    found = receipt.parse_cose_receipt(raw_of(given))
    leaf, note = bytes.fromhex(given["leaf"]), given["note"].encode()
    found.verify(leaf, note, origin=of.origin, sub=given["sub"], key=of.key("log", UNPLACED))
    return {"index": found.index, "size": found.size, "iat": found.iat}


# -- page, acknowledgement, proof file


def read_pull(given: Given) -> Any:
    found = deliver.read_pull(raw_of(given), described(given["by"]))
    fields = {"by": found.by, "to": found.to, "cursor": found.cursor, "have": found.have}
    return {**fields, "root": found.root.hex(), "at": found.at}


def read_page(given: Given) -> Any:
    teller = described(given["by"])
    asked, known = given["pull"], head_of(given["known"], given["by"])
    root = merkle.EMPTY_ROOT if known is None else known.root
    pull = Pull(described(asked["by"]).fingerprint, teller.fingerprint, asked["cursor"], asked["have"], root, 0)
    page = deliver.decode_page(raw_of(given))
    _, end = deliver.check_page(page, by=teller, pull=pull, known=known)
    offers = [{**_ids(one.telling), "size": one.size} for one in page.offers]
    return {"offers": offers, "next": end.next, "size": end.size}


def _ids(telling: Telling) -> dict[str, str]:
    return {"statement": telling.statement.hex(), "release": telling.release.hex(), "item": telling.item.hex()}


def read_want(given: Given) -> Any:
    tellings = read_tellings(bytes.fromhex(given["tellings"]))
    by, to = described(given["by"]), described(given["to"])
    found = deliver.check_want(raw_of(given), tellings, by=by, to=to.fingerprint)
    head = {"size": found.size, "log_root": found.log_root.hex()}
    return {"by": found.by, "to": found.to, **head, "count": found.count, "root": found.root.hex(), "at": found.at}


def read_item_hash(given: Given) -> Any:
    item = deliver.decode_item(cbor.decode(raw_of(given)), "item")
    return {**_ids(item.telling), "size": item.offer.size}


def _examined(given: Given, items: list[Item]) -> list[Told | Refused | Misplaced]:
    """Judge items that were asked for and came."""
    teller, hearer = described(given["by"]), described(given["to"])
    head = head_of(given["note"], given["by"])
    assert head is not None
    ranges = [(given["range"][0], given["range"][1])] * len(items)
    memo = PathMemo(head.size, head.root)
    return acknowledge.examine(items, ranges, by=teller, to=hearer.fingerprint, memo=memo, hands=OneHand())


def read_item(given: Given) -> Any:
    found = _examined(given, [deliver.decode_item(cbor.decode(raw_of(given)), "item")])[0]
    if isinstance(found, Refused):
        raise RemoteError(found.code, found.message)
    said = None if found.item.statement is None else found.telling.statement.hex()
    misplaced = found.code if isinstance(found, Misplaced) else None
    omitted = isinstance(found, Told) and found.omitted
    return {"statement": said, "release": found.telling.release.hex(), "omitted": omitted, "misplaced": misplaced}


def read_items(given: Given) -> Any:
    """What came for what was asked for: null where it is not given, or is no item for want of the hash (PAGE-19)."""
    asked, came = read_tellings(bytes.fromhex(given["tellings"])), deliver.decode_items(raw_of(given))
    head = head_of(given["note"], given["by"])
    assert head is not None
    deliver.check_given(came, count=len(asked), by=described(given["by"]), head=head)
    taken = [
        item if item is not None and item.telling == telling else None
        for item, telling in zip(came.items, asked, strict=True)
    ]
    found = iter(_examined(given, [item for item in taken if item is not None]))
    return {"items": [None if item is None else _judged(next(found)) for item in taken]}


def _judged(found: Told | Refused | Misplaced) -> dict[str, str | None]:
    return {
        "item": found.telling.item.hex(),
        "refused": found.code if isinstance(found, Refused) else None,
        "misplaced": found.code if isinstance(found, Misplaced) else None,
    }


def read_answer(given: Given) -> Any:
    answer = acknowledge.decode_answer(raw_of(given))
    known = head_of(given["known"], given["by"])
    hearer, teller = described(given["by"]), described(given["teller"])
    found = acknowledge.check_answer(answer, by=hearer, teller=teller.fingerprint, known=known)
    return {
        "disposition": found.said.disposition,
        "reason": found.said.reason,
        "received_at": instant.text(found.said.received_at),
        "tellings": [_ids(one) for one in found.tellings],
        "index": found.place.index,
        "size": found.head.size,
    }


def read_acknowledgement(given: Given) -> Any:
    found = acknowledgement.read(content.parse(raw_of(given)))
    of = {"to": found.to, "log_size": found.log_size, "log_root": found.log_root.hex(), "root": found.root.hex()}
    return {**of, "count": found.count, "disposition": found.disposition, "reason": found.reason}


def read_unacknowledged(given: Given) -> Any:
    found = acknowledgement.read_unacknowledged(content.parse(raw_of(given)))
    return {"release": found.release.hex(), "to": found.to, "answer_by": instant.text(found.answer_by)}


def read_proof(given: Given) -> Any:
    verdict = verifying.verify(raw_of(given), given["trust"], given["quorum"])
    told = verdict.as_dict()
    if not verdict.valid:
        # Of a file that is not valid nothing is shown but what is wrong with it (PROOF-FILE-18).
        assert told == verifying.Verdict(problems=told["problems"]).as_dict()
        raise RemoteError(told["problems"][0]["code"], "refused")
    return {name: value for name, value in told.items() if name != "problems"}


# -- node API


def request_of(given: Given) -> Request:
    return Request(given["method"], given["url"], given["headers"], raw_of(given["body"]))


def read_response(given: Given) -> Any:
    shown, by = given["response"], described(given["by"])
    response = Response(shown["status"], shown["headers"], bytes.fromhex(shown["body"]))
    now = instant.parse(given["now"])
    httpsig.verify_response(
        response, request_of(given["request"]), by=by.fingerprint, key=by.key("transport", UNPLACED), now=now
    )
    return {"status": response.status}


def read_call(given: Given) -> Any:
    """Put requests to a fresh node whose log holds its descriptor alone; the last one is judged."""
    server = server_of(given["me"], given["known"], instant.parse(given["now"]))
    for each in given["requests"]:
        request = request_of(each)
        route, rest = route_for(request.method, request.url.removeprefix(described(given["me"]).addresses[0]))

        async def call(request: Request = request, route: Any = route, rest: str = rest) -> Response:
            return await server.handle(request, route, rest)

        answer = run(call)
    if answer.status != 200:
        told = json.loads(answer.body)
        # NODE-API-16: whatever is wrong is told as problem JSON.
        assert (told["type"], told["status"], told["title"], answer.headers["content-type"]) == (
            "about:blank",
            answer.status,
            PHRASES[answer.status],
            "application/problem+json",
        )
        raise RemoteError(told["code"], told["message"])
    return {"status": answer.status, "type": answer.headers["content-type"]}


def server_of(name: str, known: list[str], now: int = cast.START) -> PeerServer:
    """A node of one of the cast, which knows some of the others."""
    me, lock = cast.actor(name), MemoryLock()
    store, clock = SqliteStore(":memory:"), WorldClock()
    clock.fixed = now
    genesis(store, lock, me.ring, me.described, clock)
    node = Node.open(store, lock, me.ring, clock, SeededRandomness(name))
    for other in known:
        node.add_peer(bytes.fromhex(PARTIES[other]["descriptor"]), described(other).fingerprint)
    return PeerServer(node, Teller(node))


READERS: dict[str, Callable[[Given], Any]] = {
    "statement": read_statement,
    "content": read_content,
    "said": read_said,
    "position": read_position,
    "position_to_say": read_position_to_say,
    **places.READERS,
    "descriptor": read_descriptor,
    "armour": read_armour,
    "release": read_release,
    "terms": read_terms,
    "released": read_released,
    "checkpoint": read_checkpoint,
    "cosignature": read_cosignature,
    "outside": read_outside,
    "next-head": read_next_head,
    "inclusion": read_inclusion,
    "tile-path": read_tile_path,
    "receipt": read_receipt,
    "cose-receipt": read_cose_receipt,
    "pull": read_pull,
    "page": read_page,
    "want": read_want,
    "item-hash": read_item_hash,
    "item": read_item,
    "items": read_items,
    "answer": read_answer,
    "acknowledgement": read_acknowledgement,
    "unacknowledged": read_unacknowledged,
    "proof": read_proof,
    "response": read_response,
    "call": read_call,
}
