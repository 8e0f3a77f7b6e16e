"""Exports: what anybody needs to check this log with a program of others: heads, receipts, proofs and keys as plain files.

Nothing of what was said is in them: of a statement the leaf alone, which commits to content without holding it. Every form
is a public standard's (spec/log.md, spec/receipt.md); what a proof file is for stands in `evidence`.
"""

from dataclasses import dataclass

from comity.errors import BAD_ARGUMENT, NOT_FOUND, READ_ONLY, LocalError
from comity.exchange.witness import AddCheckpoint, Shown
from comity.model.party import UNPLACED
from comity.model.statement import Logged
from comity.node.cosigned import with_lines
from comity.node.node import Node
from comity.proof.checkpoint import parse_checkpoint
from comity.proof.envelope import StatementId
from comity.proof.note import COSIGNATURE, PLAIN, NoteKey
from comity.proof.receipt import Receipt, encode_tlog_proof, sign_cose_receipt

# Heads that are looked at for the one that most have cosigned.
_HEADS = 64


@dataclass(frozen=True, slots=True)
class Export:
    """Files for others' verifiers.

    Attributes:
        size: of the head that all of them are about.
        cosigned_by: the names of the keys, other than this party's own, that cosigned it.
        files: by name, what is in each.
    """

    size: int
    cosigned_by: tuple[str, ...]
    files: dict[str, bytes]


def export(node: Node, id: StatementId | None, since: int | None) -> Export:
    """Make the files about a published head of our log.

    Args:
        node: whose log it is.
        id: a statement of ours of which the receipts are wanted, too; then the head is one that holds it.
        since: a smaller size, from which the proof of consistency is wanted, too.

    Raises:
        LocalError: `unknown-statement`, `not-ours`; `not-found`: no such head was published yet; `bad-argument`: `since` is
            not below the head; `read-only`: nothing may be signed.
    """
    logged = None if id is None else node.own(id)
    size, note = _head(node, logged)
    files = {
        "checkpoint": note,
        "log.vkey": log_key(node).encode(),
        "log.pem": node.descriptor.key("log", UNPLACED).to_pem(),
    }
    cosigned_by = _cosigners(node, size, note, files)
    if since is not None:
        files["consistency"] = _consistency(node, since, size, note)
    if logged is not None:
        files |= _receipts(node, logged, size, note)
    return Export(size, cosigned_by, files)


def _head(node: Node, holding: Logged | None) -> tuple[int, bytes]:
    """Of the newest heads, that hold a statement if one is given, the one with the most cosignatures; of these the newest."""
    store, index = node.store, 0 if holding is None else holding.index
    last = store.last_published()
    if last is None or last[0] <= index:
        what = "no head was" if holding is None else "no head that holds it was"
        place = "" if holding is None else "STATEMENT"
        raise LocalError(NOT_FOUND, f"{what} published yet: serve, or sync --once", place=place)
    first = max(index, last[0] - _HEADS)
    heads = store.published_after(first, _HEADS)
    size, note = max(heads, key=lambda head: (_count(node, head[0]), head[0]))
    return size, with_lines(store, size, note)


def _count(node: Node, size: int) -> int:
    return len(node.store.cosignatures(size)) + len(node.store.outside.lines(size))


def log_key(node: Node) -> str:
    """The log's verifier key, on a line of its own (C2SP signed-note)."""
    return NoteKey(node.descriptor.origin, PLAIN, node.descriptor.key("log", UNPLACED)).vkey + "\n"


def _cosigners(node: Node, size: int, note: bytes, files: dict[str, bytes]) -> tuple[str, ...]:
    """Add the keys of those whose lines a head bears; returns the names of those that are not our own."""
    me = node.descriptor
    known = {(key.name, key.id): key for key in _witness_keys(node, size)}
    lines = parse_checkpoint(note).note.signatures
    found = [known[line.name, line.key_id] for line in lines if (line.name, line.key_id) in known]
    files["witnesses.vkeys"] = "".join(key.vkey + "\n" for key in found).encode()
    return tuple(key.name for key in found if key.name != me.witness_name)


def _witness_keys(node: Node, size: int) -> list[NoteKey]:
    parties = (node.descriptor, *(peer.descriptor for peer in node.parties.everybody))
    outside = [NoteKey.from_vkey(one.vkey) for one in node.store.outside.lines(size)]
    return [*(NoteKey(by.witness_name, COSIGNATURE, by.key("witness", UNPLACED)) for by in parties), *outside]


def _consistency(node: Node, since: int, size: int, note: bytes) -> bytes:
    """The proof from a smaller size in the one form that a standard gives it: the request to a witness."""
    if not 0 < since < size:
        message = f"the head has {size} leaves: the proof of consistency starts at a size from 1 to {size - 1}"
        raise LocalError(BAD_ARGUMENT, message, place="--since")
    path = node.journal.prover.consistency(since, size)
    return AddCheckpoint(Shown(note, since, tuple(path))).encode()


def _receipts(node: Node, logged: Logged, size: int, note: bytes) -> dict[str, bytes]:
    if node.journal.read_only:
        raise LocalError(READ_ONLY, node.journal.read_only)
    receipt = Receipt(logged.index, tuple(node.journal.prover.inclusion(logged.index, size)), note)
    envelope = logged.signed.envelope
    signed_with = node.descriptor.key("statement" if logged.index else "root", logged.index)
    files = {
        "statement.cose": envelope.data,
        "statement.pem": signed_with.to_pem(),
        "statement.tlog-proof": encode_tlog_proof(receipt),
    }
    if receipt.path:
        now = node.journal.now() // 1000
        files["statement.receipt.cose"] = sign_cose_receipt(receipt, sub=envelope.sub, iat=now, signer=node.keys.log)
    return files
