"""Stands: where what we answered, and what we told, stands in our log, under the head that most others have cosigned.

Whoever has an answer of ours, or was told something, can show it to anybody the better, the more third parties stand behind
that head. Nobody learns by it where anything stands that was told to another. The forms stand in spec/node-api.md.
"""

from comity.errors import MALFORMED, RemoteError
from comity.exchange import requests
from comity.model.fingerprint import Fingerprint
from comity.node.cosigned import own_head
from comity.node.node import Node
from comity.proof import cbor
from comity.proof.envelope import StatementId

MAX_RECEIPTS = 100
# Of tellings of which a hearer asks at one time where they stand: five proofs each.
MAX_TOLD = 32
# Bytes of each: the id of the release and a size.
_TOLD = 40


def receipts(node: Node, caller: Fingerprint, body: bytes) -> bytes:
    """Fresh receipts of what we answered and told to the caller, under the best cosigned head that holds each.

    Returns:
        CBOR {"v", "receipts": [[id, index, path, genesis, note, old, consistency] ...], "told": [...]} (spec/node-api.md):
        `old` is the caller's size or, where our head is older than that, its own, and the path joins the two.
    """
    fields = requests.RECEIPTS.of_map(cbor.decode(body, place="receipts"))
    given, have, known = fields["ids"], fields["have"], node.shown.known(caller)[0]
    if len(given) % 32 or len(given) > 32 * MAX_RECEIPTS or have > known:
        message = f"ids are 32 bytes each, {MAX_RECEIPTS} at most; have is the size of a head that was shown to you"
        raise RemoteError(MALFORMED, message, place="ids")
    told = _read_told(fields.get("told", b""), known)
    ids = [StatementId(given[at : at + 32]) for at in range(0, len(given), 32)]
    if len(set(ids)) != len(ids):
        raise RemoteError(MALFORMED, "one id stands twice", place="ids")
    found = []
    for id in ids:
        row = node.store.outgoing_answer(id)
        if row is not None and row.to == caller:
            found.append(_receipt(node, row.id, caller, have))
    stands = [one for release, size in told if (one := _stand(node, release, size, caller, have))]
    return cbor.encode({"v": 1, "receipts": found, "told": stands})


def _receipt(node: Node, id: StatementId, caller: Fingerprint, have: int) -> list[object]:
    index = node.own(id).index
    size, note = own_head(node, index, caller)
    prover = node.journal.prover
    small, large = min(size, have), max(size, have)
    path = prover.consistency(small, large) if 0 < small < large else []
    places = [b"".join(prover.inclusion(at, size)) for at in (index, 0)]
    return [id, index, *places, note, small, b"".join(path)]


def _stand(node: Node, release: StatementId, came: int, caller: Fingerprint, have: int) -> list[object] | None:
    """Where a telling stands under the head that most third parties have cosigned; None where none has."""
    row = node.store.release(release, caller)
    if row is None or row.index >= came:
        return None
    size, note = own_head(node, row.index, caller)
    if all(by == caller for by, _, _ in node.store.cosignatures(size)):
        return None
    prover = node.journal.prover
    said = [] if row.statement is None else prover.inclusion(row.statement_index, size)
    paths = [b"".join(path) for path in (said, prover.inclusion(row.index, size), prover.inclusion(0, size))]
    small, large = min(size, have), max(size, have)
    path = prover.consistency(small, large) if 0 < small < large else []
    join = prover.consistency(min(came, size), max(came, size)) if came != size else []
    index = 0 if row.statement is None else row.statement_index
    return [release, index, paths[0], row.index, paths[1], paths[2], note, small, b"".join(path), b"".join(join)]


def _read_told(data: bytes, known: int) -> list[tuple[StatementId, int]]:
    """Releases that a hearer asks about, each with the size of the head under which the item came."""
    if len(data) % _TOLD or len(data) > _TOLD * MAX_TOLD:
        message = f"a telling is asked about by release and size, {_TOLD} bytes, {MAX_TOLD} at most"
        raise RemoteError(MALFORMED, message, place="told")
    parts = [data[at : at + _TOLD] for at in range(0, len(data), _TOLD)]
    found = [(StatementId(part[:32]), int.from_bytes(part[32:])) for part in parts]
    if len({release for release, _ in found}) != len(found) or not all(0 < size <= known for _, size in found):
        raise RemoteError(MALFORMED, "one release twice, or the size of a head that was not shown to you", place="told")
    return found
