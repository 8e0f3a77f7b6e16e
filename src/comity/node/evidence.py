"""Evidence: what this node's records show of a telling, as a ladder for its operator and as a proof file for anybody."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from comity.errors import BAD_ARGUMENT, LocalError
from comity.exchange import acknowledge, deliver, prove
from comity.exchange.acknowledge import Answer, decode_answer
from comity.exchange.deliver import Want
from comity.exchange.prove import Held, Later, Place, ProofFile, Wanted
from comity.exchange.shapes import Path, path_of
from comity.exchange.witness import Head
from comity.model import acknowledgement
from comity.model.acknowledgement import HELD
from comity.model.fingerprint import Fingerprint
from comity.model.party import Descriptor
from comity.model.statement import Logged, Unverified, close
from comity.node import fold
from comity.node.cosigned import (
    Cosigned,
    described,
    note_with,
    read_cosigned,
    require_own_keys,
    third_parties,
    told_head,
    witnesses,
)
from comity.node.node import Node
from comity.node.parties import Peer
from comity.node.ports import AnswerRow, ReleaseRow
from comity.proof import cbor, merkle
from comity.proof.envelope import StatementId
from comity.record.standing import Facts, Standing, stand
from comity.space import instant
from comity.space.instant import Instant


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where an acknowledgement stands in the hearer's log, under a head that may be cosigned."""

    place: acknowledge.Place
    cosigned: Cosigned


def encode_receipt(place: acknowledge.Place, note: bytes) -> bytes:
    """A receipt as it is kept: CBOR [index, path, genesis, note]."""
    return cbor.encode([place.index, b"".join(place.path), b"".join(place.genesis), note])


def told(node: Node, id: StatementId) -> list[tuple[str, Standing]]:
    """How far a statement of ours has come under each release of it, in the order of the releases."""
    home = _home(node, node.own(id))
    return [(node.party_name(row.to), _standing(node, home, row)) for row in node.store.releases_of(id)]


def said_standing(node: Node, id: StatementId) -> Standing:
    """How far a statement of ours has come at home."""
    return stand(_home(node, node.own(id)))


def _home(node: Node, said: Logged) -> Facts:
    first = next(iter(node.store.published_after(said.index, 1)), None)
    note = first[1] if first else node.journal.note or b""
    seen = [found[1] for by in witnesses(node) if (found := node.store.first_cosigned(by, said.index))]
    return Facts(
        said_at=instant.from_seconds(said.signed.envelope.iat),
        logged_by=read_cosigned(node, note, node.descriptor).own,
        witnessed_by=min(map(_bound, seen), default=None),
    )


def _standing(node: Node, home: Facts, row: ReleaseRow) -> Standing:
    answer, fetch = _answered(node, row), node.store.fetch_of(row.id)
    proofs = _counted(node, row.to, answer.answer) if answer and answer.ours else []
    return stand(
        replace(
            home,
            released_at=instant.from_seconds(node.own(row.id).signed.envelope.iat),
            fetched_at=None if fetch is None else fetch.at,
            disposition=answer.disposition if answer and answer.ours else None,
            reason=answer.reason if answer and answer.ours else None,
            answered_at=answer.claimed_at if answer and answer.ours else None,
            other=answer.disposition if answer and not answer.ours else None,
            proved_by=proofs[0][0] if proofs else None,
            proofs=len(proofs),
            unacknowledged=node.store.silence(row.id) is not None,
            answer_by=row.answer_by,
            withdrawn_at=_withdrawn_at(node, row),
        )
    )


def _bound(cosigned: Instant) -> Instant:
    """The end of the second that a cosignature bears."""
    return instant.end_of_second(cosigned // 1000)


def _withdrawn_at(node: Node, row: ReleaseRow) -> Instant | None:
    """When a release was taken back, by the withdrawal's own time."""
    index = node.store.withdrawal(row) if row.withdrawn else None
    return None if index is None else instant.from_seconds(node.at(index).signed.envelope.iat)


def _answered(node: Node, row: ReleaseRow) -> AnswerRow | None:
    """What a hearer has answered: about the bytes that we gave, if it has; else about others that it says came."""
    return next(iter(node.store.answers_to(row.id)), None)


def _wanted(node: Node, row: ReleaseRow, head: Head) -> tuple[Wanted, Want] | None:
    """The hearer's first signed want of an item, with its place among what it wanted, for a proof file of this head."""
    fetch, peer = node.store.fetch_of(row.id), node.parties.known(row.to)
    if fetch is None or peer is None:
        return None
    signed, tellings = fold.decode_want(node.store.kept("want", row.to, fetch.want)[0].data)
    want = deliver.read_want(signed, peer.descriptor)
    path = merkle.inclusion_path([one.leaf for one in tellings], fetch.position)
    place = Place(fetch.position, tuple(path))
    return Wanted(signed, place, _join(node, want.size, head.size)), want


def _join(node: Node, one: int, other: int) -> Path:
    small, large = min(one, other), max(one, other)
    return tuple(node.journal.prover.consistency(small, large)) if small < large else ()


def _counted(node: Node, hearer: Fingerprint, answer: StatementId) -> list[tuple[Instant, Descriptor]]:
    peer = node.parties.known(hearer)
    best = best_receipt(node, peer, answer) if peer else None
    return best.cosigned.apart_from(node.descriptor.fingerprint, hearer) if best else []


def best_receipt(node: Node, hearer: Peer, answer: StatementId) -> Receipt | None:
    """The receipt of a hearer's answer with the most cosignatures by third parties."""
    first, since = kept_answer(node, hearer, answer), told_at(node, hearer, answer)
    found = [
        _receipt(node, kept.data, hearer.descriptor, since)
        for kept in node.store.kept("receipt", hearer.fingerprint, answer)
    ]
    if first is not None:
        cosigned = read_cosigned(node, first.head.note, hearer.descriptor, since)
        found.append(Receipt(first.place, cosigned))
    ours = (node.descriptor.fingerprint, hearer.fingerprint)
    return min(found, key=lambda r: (-len(r.cosigned.apart_from(*ours)), r.cosigned.head.size), default=None)


def told_at(node: Node, hearer: Peer, answer: StatementId) -> Instant | None:
    """When, by our own clock, we released the last of what a hearer answered: its answer cannot be older.

    In which order it names them is its own choice.
    """
    last = node.store.last_answered(hearer.fingerprint, answer)
    return None if last is None else instant.from_seconds(node.at(last).signed.envelope.iat)


def _receipt(node: Node, data: bytes, of: Descriptor, since: Instant | None) -> Receipt:
    index, path, genesis, note = cbor.decode(data, place="receipt")
    place = acknowledge.Place(index, path_of(path, "receipt"), path_of(genesis, "receipt"))
    return Receipt(place, read_cosigned(node, note, of, since))


def kept_answer(node: Node, hearer: Peer, answer: StatementId) -> Answer | None:
    """A hearer's answer as it was kept."""
    kept = node.store.kept("answer", hearer.fingerprint, answer)
    return decode_answer(kept[0].data) if kept else None


def prove_telling(node: Node, id: StatementId, hearer: Peer, *, closed: bool = False) -> bytes:
    """Make the proof file of one statement as told to one party, as far as the records go.

    Args:
        node: the teller's.
        id: of the statement.
        hearer: who was told.
        closed: leave the content out.

    Raises:
        LocalError: `unknown-statement`, `not-ours`; `bad-argument`: it was never released to that party, or that party has a
            key of ours.
    """
    said = node.own(id)
    row, me = _best_release(node, id, hearer), node.descriptor
    require_own_keys(hearer, me, "--to")
    silence_at = node.store.silence(row.id)
    withdrawn_at = node.store.withdrawal(row) if row.withdrawn else None
    log = told_head(node, max(row.index, silence_at or 0, withdrawn_at or 0), hearer.fingerprint)
    answer = _answered(node, row)
    receipt = None if answer is None else best_receipt(node, hearer, answer.answer)
    heads = [log] if receipt is None else [receipt.cosigned, log]
    others = third_parties(me, hearer.descriptor, *heads)
    size = log.head.size
    wanted = _wanted(node, row, log.head)
    held = _held(node, hearer, answer, receipt, others) if answer and receipt else None
    proof = ProofFile(
        close(said.signed.triple) if closed else said.signed.triple,
        node.own(row.id).signed.triple,
        (_place(node, said.index, size), _place(node, row.index, size)),
        note_with(log, me, [by for by in others if log.is_by(by)] or [hearer.descriptor]),
        _genesis(node, size),
        None,
        wanted[0] if wanted else None,
        _joined(node, held, wanted[1] if wanted else None, log.head) if held else None,
        _later(node, silence_at, size),
        _later(node, withdrawn_at, size),
        described(me, hearer.descriptor, *others),
    )
    return prove.encode(proof)


# -- the teller's file, part by part


def _best_release(node: Node, id: StatementId, hearer: Peer) -> ReleaseRow:
    """Of the releases to a party the newest that it holds; else the newest."""
    rows = node.store.releases_of(id, hearer.fingerprint)
    if not rows:
        message = f"it was never released to {hearer.petname}: there is no telling to prove"
        raise LocalError(BAD_ARGUMENT, message, place="--to")
    answers = {row.id: _answered(node, row) for row in rows}
    held = [row for row in rows if (answer := answers[row.id]) and answer.ours and answer.disposition == HELD]
    return (held or rows)[-1]


def _later(node: Node, at: int | None, size: int) -> Later | None:
    if at is None:
        return None
    return Later(node.at(at).signed.triple, _place(node, at, size))


def _genesis(node: Node, size: int) -> Path:
    return tuple(node.journal.prover.inclusion(0, size))


def _joined(node: Node, held: Held, want: Want | None, head: Head) -> Held:
    """Join the head of ours that an acknowledgement names with the one in the file, unless the want names the same."""
    said = acknowledgement.read(Unverified.read(list(held.statement)).object)
    if want is not None and (want.size, want.log_root) == (said.log_size, said.log_root):
        return held
    return replace(held, join=_join(node, said.log_size, head.size))


def _held(node: Node, hearer: Peer, row: AnswerRow, receipt: Receipt, others: Iterable[Descriptor]) -> Held | None:
    answer = kept_answer(node, hearer, row.answer)
    if answer is None:  # pragma: no cover - what has a row is kept
        return None
    leaves = [one.leaf for one in answer.tellings]
    inside = Place(row.position, tuple(merkle.inclusion_path(leaves, row.position)))
    note = note_with(receipt.cosigned, hearer.descriptor, others, own=False)
    shown = answer.statement
    triple = (shown.envelope.data, shown.salt, shown.content)
    item = None if row.ours else row.item
    place = Place(receipt.place.index, receipt.place.path)
    return Held(triple, item, inside, place, note, receipt.place.genesis, ())


def _place(node: Node, index: int, size: int) -> Place:
    return Place(index, tuple(node.journal.prover.inclusion(index, size)))
