"""Rows for store tests, each made from a number; and everything that a store answers, for comparing before and after."""

from hashlib import sha256
from typing import Any

from comity.model.acknowledgement import Telling
from comity.model.fingerprint import Fingerprint
from comity.model.statement import ItemHash
from comity.node.ports import (
    AnswerRow,
    FetchRow,
    FindingRow,
    Kept,
    LeafRow,
    MatterRow,
    OutgoingAnswer,
    PeerRow,
    PendingRow,
    ReceivedRow,
    ReleaseRow,
    Store,
    VersionRow,
)
from comity.proof.envelope import StatementId
from comity.space.index_box import LEAST, MOST, IndexBox
from comity.space.instant import Instant

RU, US, FR = (Fingerprint(sha256(name).hexdigest()) for name in (b"ru", b"us", b"fr"))


def id_of(number: int) -> StatementId:
    return StatementId(sha256(number.to_bytes(4)).digest())


def leaf(index: int) -> LeafRow:
    return LeafRow(index, id_of(index), (b"envelope %d" % index, b"salt", b"content %d" % index))


def release(index: int, to: Fingerprint = RU, *, of: int = 0, answer_by: int | None = None) -> ReleaseRow:
    by = None if answer_by is None else Instant(answer_by)
    return ReleaseRow(index, id_of(index), f"release--{index}", to, id_of(of), of, by)


def withdrawal(index: int, of: ReleaseRow) -> ReleaseRow:
    return ReleaseRow(index, id_of(index), of.stix_id, of.to, None, 0, None, withdrawn=True)


ITEM, OTHER = ItemHash(bytes([1]) * 32), ItemHash(bytes([2]) * 32)


def answer(
    to: ReleaseRow,
    number: int,
    *,
    at: int = 0,
    disposition: str = "held",
    item: ItemHash = ITEM,
    own: bool = False,
) -> AnswerRow:
    reason = None if disposition == "held" else "a-rule-of-ours" if own else "malformed"
    ours = item == ITEM
    return AnswerRow(to.id, item, ours, id_of(number), 0, disposition, reason, Instant(at), Instant(at), own)


def received(number: int, teller: Fingerprint = RU, **changed: Any) -> ReceivedRow:
    fields: dict[str, Any] = {
        "release": id_of(number),
        "stix_id": f"release--{number}",
        "teller": teller,
        "statement": id_of(number + 1000),
        "hash": ITEM,
        "page": (number + 1).to_bytes(8),
        "item": b"item %d" % number,
        "size": number + 1,
        "received_at": Instant(number),
        "answer": id_of(number + 2000),
    }
    return ReceivedRow(**(fields | changed))


def pending(number: int, teller: Fingerprint = RU, *, due: int = 0, item: ItemHash = ITEM) -> PendingRow:
    telling = Telling(id_of(number + 1000), id_of(number), item)
    return PendingRow(teller, telling, 100 + number, number, number + 1, 1, Instant(due))


def fetch(to: ReleaseRow, number: int, *, at: int = 0) -> FetchRow:
    return FetchRow(to.id, id_of(number), 0, Instant(at))


def outgoing(number: int, to: Fingerprint = RU) -> OutgoingAnswer:
    return OutgoingAnswer(id_of(number), to, bytes(128))


def kept(kind: str, subject: int, data: bytes = b"", peer: Fingerprint = RU) -> Kept:
    return Kept(kind, peer, subject.to_bytes(8), data, Instant(subject))


def peer(name: str) -> PeerRow:
    return PeerRow(name, name.encode(), Fingerprint(sha256(name.encode()).hexdigest()))


def box(**changed: Any) -> IndexBox:
    """A box around 1,000 in each dimension, or another."""
    fields: dict[str, Any] = dict.fromkeys(("west", "south", "first", "lowest"), 900)
    fields |= dict.fromkeys(("east", "north", "last", "highest"), 1100)
    return IndexBox(**(fields | changed))


def matter(number: int, author: Fingerprint = RU, **changed: Any) -> MatterRow:
    fields: dict[str, Any] = {
        "author": author,
        "stix_id": f"notice--{number}",
        "statement": id_of(number),
        "modified": Instant(number),
        "boxes": (box(),),
    }
    return MatterRow(**(fields | changed))


def version(number: int, author: Fingerprint = RU, **changed: Any) -> VersionRow:
    fields: dict[str, Any] = {"author": author, "stix_id": f"report--{number}", "statement": id_of(number)}
    return VersionRow(**(fields | {"modified": Instant(number)} | changed))


def finding(number: int, **changed: Any) -> FindingRow:
    fields: dict[str, Any] = {
        "rule": "overlap",
        "against": id_of(number),
        "because": id_of(number + 1),
        "operator": RU,
        "by": US,
        "found": f"finding {number}",
        "fate": "own",
        "objection": None,
        "at": Instant(number),
    }
    return FindingRow(**(fields | changed))


EVERYWHERE = IndexBox(LEAST, MOST, LEAST, MOST, LEAST, MOST, LEAST, MOST)

_KINDS = ("page-end", "pull", "want", "head", "answer", "receipt", "evidence")


def everything(store: Store, tiles: int = 3) -> dict[str, Any]:
    """All that a store answers about the parties it knows and about every id in its own log."""
    parties = [row.fingerprint for row in store.peers()] or [RU, US]
    leaves = [store.leaf(index) for index in range(store.size())]
    ids = [row.id for row in leaves if row is not None]
    answered = [store.answers_to(id) for id in ids]
    return {
        "log": (store.size(), store.note(), leaves),
        "tiles": [store.tile(level, number) for level in range(2) for number in range(tiles)],
        "published": store.published_after(-1, 100),
        "cosignatures": [store.cosignatures(size) for size, _ in store.published_after(-1, 100)],
        "releases": [store.release(id) for id in ids],
        "by statement": [store.releases_of(id) for id in ids],
        "by party": [store.releases_to(who, 0, 1000) for who in parties],
        "answers": answered,
        "fetches": [store.fetch_of(id) for id in ids],
        "pending": [store.pending(who) for who in parties],
        "answers of": [sorted(store.answers_of(who)) for who in parties],
        "silences": [store.silence(id) for id in ids],
        "overdue": store.overdue(Instant(1 << 50)),
        "received": list(store.received()),
        "outgoing": [store.outgoing(who) for who in parties],
        "cursors": [store.cursor(who) for who in parties],
        "heads": [store.head(who) for who in parties],
        "kept": [store.kept(kind, who) for kind in _KINDS for who in parties],
        "peers": store.peers(),
        "heard": [store.heard(who) for who in parties],
        "airspace": sorted(store.airspace.near(EVERYWHERE)),
        "findings": store.airspace.findings("own", "said", "alert"),
    }
