"""Evidence: what this node's records show of a telling, as a ladder for its operator and as a proof file for anybody."""

from collections.abc import Iterable
from dataclasses import dataclass

from comity.errors import BAD_ARGUMENT, LocalError
from comity.exchange import prove, witness
from comity.exchange.acknowledge import Answer, decode_answer
from comity.exchange.deliver import Path, path_of, read_pull
from comity.exchange.prove import Held, Place, ProofFile, Silence
from comity.exchange.witness import Head
from comity.model.acknowledgement import Telling
from comity.model.fingerprint import Fingerprint
from comity.model.party import Descriptor
from comity.model.statement import Logged
from comity.node.node import Node, Peer
from comity.node.ports import ReleaseRow
from comity.proof import cbor, merkle
from comity.proof.checkpoint import add_lines
from comity.proof.envelope import StatementId
from comity.record.standing import Facts, Standing, stand
from comity.space import instant
from comity.space.instant import Instant

_HEADS_LOOKED_AT = 64


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A head with the cosignatures that known parties made on it: (party, time), its own party's apart."""

    head: Head
    own: Instant | None
    others: tuple[tuple[Descriptor, Instant], ...]

    def apart_from(self, *these: Fingerprint) -> list[tuple[Instant, Descriptor]]:
        """The others' cosignatures without some parties', the earliest first."""
        kept = [(at, by) for by, at in self.others if by.fingerprint not in these]
        return sorted(kept, key=lambda pair: (pair[0], pair[1].fingerprint))


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where an acknowledgement stands in the hearer's log, under a head that may be cosigned."""

    index: int
    path: Path
    cosigned: Cosigned


def encode_receipt(index: int, path: Iterable[bytes], note: bytes) -> bytes:
    """A receipt as it is kept: CBOR [index, path, note]."""
    return cbor.encode([index, b"".join(path), note])


def read_cosigned(node: Node, note: bytes, of: Descriptor) -> Cosigned:
    """Read a note of a party's log with all its lines by parties known here; lines of strangers are dropped.

    Raises:
        RemoteError: `malformed`, `bad-signature`, `wrong-issuer`.
    """
    head = witness.read_head(note, of)
    known = {p.descriptor.witness_name: p.descriptor for p in node.peers}
    known[node.descriptor.witness_name] = node.descriptor
    own: Instant | None = None
    others: list[tuple[Descriptor, Instant]] = []
    for signature in head.signed.note.signatures:
        by = known.get(signature.name)
        if by is None:
            continue
        at = instant.from_seconds(witness.cosigned_at(head, signature.line, by))
        if by.fingerprint == of.fingerprint:
            own = at
        else:
            others.append((by, at))
    return Cosigned(head, own, tuple(others))


def own_head(node: Node, index: int, excluding: Fingerprint | None = None) -> Cosigned:
    """The head of our log that shows a leaf best: most cosignatures by others, and of these the earliest."""
    me = node.descriptor
    skip = (me.fingerprint,) if excluding is None else (me.fingerprint, excluding)
    found: list[Cosigned] = []
    for size, note in node.store.published_after(index, _HEADS_LOOKED_AT):
        lines = [line for _, line, _ in node.store.cosignatures(size)]
        found.append(read_cosigned(node, add_lines(note, lines), me))
    if not found:
        found = [read_cosigned(node, node.journal.note or b"", me)]
    return min(found, key=lambda c: (-len(c.apart_from(*skip)), c.head.size))


def told(node: Node, id: StatementId) -> list[tuple[str, Standing]]:
    """How far a statement of ours has come with each party that it was released to."""
    said = node.own(id)
    return [(node.party_name(row.to), _standing(node, said, row)) for row in node.store.releases_of(id)]


def said_standing(node: Node, id: StatementId) -> Standing:
    """How far a statement of ours has come at home."""
    return stand(_home(node, node.own(id)))


def _home(node: Node, said: Logged) -> Facts:
    shown = own_head(node, said.index)
    others = shown.apart_from(node.descriptor.fingerprint)
    return Facts(
        said_at=instant.from_seconds(said.signed.envelope.iat),
        logged_at=shown.own,
        witnessed_at=others[0][0] if others else None,
    )


def _standing(node: Node, said: Logged, row: ReleaseRow) -> Standing:
    home = _home(node, said)
    answer = node.store.answers_to(row.id)
    pull = node.store.kept_after("pull", row.to, _subject(row.index))
    proofs = _counted(node, row.to, answer.answer) if answer else []
    peer = node.peer(row.to)
    fetched = read_pull(pull.data, peer.descriptor).at if pull and peer else None
    return stand(
        Facts(
            home.said_at,
            home.logged_at,
            home.witnessed_at,
            released_at=instant.from_seconds(node.own(row.id).signed.envelope.iat),
            fetched_at=None if fetched is None else instant.from_seconds(fetched),
            disposition=answer.disposition if answer else None,
            reason=answer.reason if answer else None,
            answered_at=answer.claimed_at if answer else None,
            proved_at=proofs[0][0] if proofs else None,
            proofs=len(proofs),
            unacknowledged=node.store.silence(row.id) is not None,
            answer_by=row.answer_by,
            withdrawn=row.withdrawn,
        )
    )


def _counted(node: Node, hearer: Fingerprint, answer: StatementId) -> list[tuple[Instant, Descriptor]]:
    peer = node.peer(hearer)
    best = best_receipt(node, peer, answer) if peer else None
    return best.cosigned.apart_from(node.descriptor.fingerprint, hearer) if best else []


def best_receipt(node: Node, hearer: Peer, answer: StatementId) -> Receipt | None:
    """The receipt of a hearer's answer with the most cosignatures by third parties."""
    found = [
        _receipt(node, kept.data, hearer.descriptor) for kept in node.store.kept("receipt", hearer.fingerprint, answer)
    ]
    first = kept_answer(node, hearer, answer)
    if first is not None:
        cosigned = read_cosigned(node, first.head.note, hearer.descriptor)
        found.append(Receipt(first.index, first.path, cosigned))
    ours = (node.descriptor.fingerprint, hearer.fingerprint)
    return min(found, key=lambda r: (-len(r.cosigned.apart_from(*ours)), r.cosigned.head.size), default=None)


def _receipt(node: Node, data: bytes, of: Descriptor) -> Receipt:
    index, path, note = cbor.decode(data, place="receipt")
    return Receipt(index, path_of(path, "receipt"), read_cosigned(node, note, of))


def kept_answer(node: Node, hearer: Peer, answer: StatementId) -> Answer | None:
    """A hearer's answer as it was kept."""
    kept = node.store.kept("answer", hearer.fingerprint, answer)
    return decode_answer(kept[0].data) if kept else None


def prove_telling(node: Node, id: StatementId, hearer: Peer) -> bytes:
    """Make the proof file of one statement as told to one party, as far as the records go.

    Raises:
        LocalError: `unknown-statement`, `not-ours`, or `bad-argument`: it was never released to that party.
    """
    said = node.own(id)
    row = next((r for r in node.store.releases_of(id) if r.to == hearer.fingerprint), None)
    if row is None:
        message = f"it was never released to {hearer.petname}: there is no telling to prove"
        raise LocalError(BAD_ARGUMENT, message, place="--to")
    silence_at = node.store.silence(row.id)
    shown = own_head(node, max(row.index, silence_at or 0))
    size = shown.head.size
    pull = node.store.kept_after("pull", row.to, _subject(row.index))
    held = _held(node, hearer, Telling(id, row.id))
    parties: dict[Fingerprint, Descriptor] = {d.fingerprint: d for d in (node.descriptor, hearer.descriptor)}
    note, used = _trim(shown)
    if held is not None:
        parties |= {d.fingerprint: d for d in held[1]}
    parties |= {d.fingerprint: d for d in used}
    proof = ProofFile(
        said.signed.triple,
        node.own(row.id).signed.triple,
        _place(node, said.index, size),
        _place(node, row.index, size),
        note,
        pull.data if pull else None,
        held[0] if held else None,
        _silence(node, silence_at, size),
        tuple(sorted(d.signed.triple for d in parties.values())),
    )
    return prove.encode(proof)


def _silence(node: Node, at: int | None, size: int) -> Silence | None:
    if at is None:
        return None
    return Silence(node.at(at).signed.triple, _place(node, at, size))


def _held(node: Node, hearer: Peer, telling: Telling) -> tuple[Held, list[Descriptor]] | None:
    row = node.store.answers_to(telling.release)
    answer = kept_answer(node, hearer, row.answer) if row else None
    if row is None or answer is None:
        return None
    receipt = best_receipt(node, hearer, row.answer)
    if receipt is None:  # pragma: no cover - an answer that is kept is itself a receipt
        return None
    leaves = [one.leaf for one in answer.tellings]
    inside = Place(row.position, tuple(merkle.inclusion_path(leaves, row.position)))
    note, used = _trim(receipt.cosigned)
    shown = answer.statement
    triple = (shown.envelope.data, shown.salt, shown.content)
    return Held(triple, inside, Place(receipt.index, receipt.path), note), used


def _trim(cosigned: Cosigned) -> tuple[bytes, list[Descriptor]]:
    """A note with the lines of known parties alone, and whose these are."""
    note = cosigned.head.signed.note
    names = {by.witness_name for by, _ in cosigned.others}
    origin = cosigned.head.signed.checkpoint.origin
    kept = [s.line for s in note.signatures if s.name in names or s.name in (origin, f"{origin}/w")]
    return (note.text + "\n" + "".join(kept)).encode(), [by for by, _ in cosigned.others]


def _place(node: Node, index: int, size: int) -> Place:
    return Place(index, tuple(node.journal.prover.inclusion(index, size)))


def _subject(index: int) -> bytes:
    return index.to_bytes(8)
