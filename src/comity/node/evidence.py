"""Evidence: what this node's records show of a telling, as a ladder for its operator and as a proof file for anybody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from comity.errors import BAD_ARGUMENT, NAME_TAKEN, LocalError, RemoteError
from comity.exchange import prove, witness
from comity.exchange.acknowledge import Answer, decode_answer
from comity.exchange.deliver import Path, Pull, path_of, read_pull
from comity.exchange.prove import Held, Later, Place, ProofFile
from comity.exchange.witness import Head
from comity.model.acknowledgement import HELD, Telling
from comity.model.fingerprint import Fingerprint
from comity.model.party import ROLES, Descriptor
from comity.model.statement import Logged, Unverified
from comity.model.when import MAX_APART
from comity.node.node import Node
from comity.node.parties import Peer
from comity.node.ports import ReleaseRow
from comity.proof import cbor, merkle
from comity.proof.checkpoint import add_lines
from comity.proof.envelope import StatementId
from comity.proof.note import COSIGNATURE, PLAIN, NoteKey
from comity.record.standing import Facts, Standing, stand
from comity.space import instant
from comity.space.instant import Instant

_HEADS_AFTER = 16
# A note has at most 64 lines; two are the log's own.
_LINES = 62


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A head with the cosignatures that known parties made on it: (party, bound of its time), its own party's apart.

    Attributes:
        untimely: those whose time cannot be true; they count nowhere.
    """

    head: Head
    own: Instant | None
    others: tuple[tuple[Descriptor, Instant], ...]
    untimely: tuple[tuple[Descriptor, Instant], ...] = ()

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


def read_cosigned(node: Node, note: bytes, of: Descriptor, since: Instant | None = None) -> Cosigned:
    """Read a note of a party's log with the cosignatures by parties known here.

    Lines of other keys are passed over, whatever their names, and so are lines that do not verify: whoever sends us a note
    could else keep us for ever from showing what stands under it. One whose time is more than five minutes after now by our
    clock, or before `since`, when what the head holds was not there yet, counts nowhere: one lying witness could else have
    our own proof say any time it likes.

    Raises:
        RemoteError: `malformed`, `bad-signature`, `wrong-issuer`.
    """
    head = witness.read_head(note, of)
    known = {_key_of(by): by for by in (node.descriptor, *(peer.descriptor for peer in node.parties.everybody))}
    own: Instant | None = None
    others: list[tuple[Descriptor, Instant]] = []
    untimely: list[tuple[Descriptor, Instant]] = []
    for line in head.signed.note.signatures:
        by = known.get((line.name, line.key_id))
        at = None if by is None else _cosigned_at(head, line.line, by)
        if by is None or at is None:
            continue
        if by.fingerprint == of.fingerprint:
            own = at
        elif _is_timely(at, node.clock.now(), since):
            others.append((by, at))
        else:
            untimely.append((by, at))
    return Cosigned(head, own, tuple(others), tuple(untimely))


def _key_of(witness: Descriptor) -> tuple[str, bytes]:
    """By which name and id a line names a party's witness key."""
    key = NoteKey(witness.witness_name, COSIGNATURE, witness.keys.witness)
    return key.name, key.id


def _is_timely(bound: Instant, now: Instant, since: Instant | None) -> bool:
    """Say whether a cosignature can have been made in the second that ends at its bound, clocks being five minutes off."""
    return bound - 1000 - MAX_APART <= now and (since is None or bound + MAX_APART >= since)


def _cosigned_at(head: Head, line: str, by: Descriptor) -> Instant | None:
    try:
        return instant.end_of_second(witness.cosigned_at(head, line, by))
    except RemoteError:
        return None


def own_head(node: Node, index: int, excluding: Fingerprint | None = None) -> tuple[int, bytes]:
    """The head of our log that shows a leaf best, its size and note: most cosignatures by others, of these the earliest.

    Looked at are the first head that holds the leaf, the first of these that each witness cosigned, and a few heads
    after the last of them, which all witnesses may have cosigned: a witness may have been away for thousands of heads.
    Each line was verified when it came, and is not verified again.
    """
    store, witnesses = node.store, _witnesses(node, excluding)
    firsts = [first[0] for by in witnesses if (first := store.first_cosigned(by, index))]
    heads = dict(store.published_after(index, 1))
    for size in firsts:
        heads |= dict(store.published_after(size - 1, 1))
    if firsts:
        heads |= dict(store.published_after(max(firsts) - 1, _HEADS_AFTER))
    best, most = (node.journal.tree.size, node.journal.note or b"", list[str]()), -1
    for size, note in sorted(heads.items()):
        lines = {by: line for by, line, _ in store.cosignatures(size)[:_LINES]}
        counted = len(lines.keys() & witnesses)
        if counted > most:
            best, most = (size, note, list(lines.values())), counted
    size, note, found = best
    return size, add_lines(note, found)


def _witnesses(node: Node, excluding: Fingerprint | None = None) -> set[Fingerprint]:
    return {peer.fingerprint for peer in node.parties.everybody if peer.fingerprint != excluding}


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
    seen = [found[1] for by in _witnesses(node) if (found := node.store.first_cosigned(by, said.index))]
    return Facts(
        said_at=instant.from_seconds(said.signed.envelope.iat),
        logged_by=read_cosigned(node, note, node.descriptor).own,
        witnessed_by=min(map(_bound, seen), default=None),
    )


def _standing(node: Node, home: Facts, row: ReleaseRow) -> Standing:
    answer = node.store.answers_to(row.id)
    pull = _pull(node, row)
    proofs = _counted(node, row.to, answer.answer) if answer else []
    return stand(
        replace(
            home,
            released_at=instant.from_seconds(node.own(row.id).signed.envelope.iat),
            fetched_at=None if pull is None else instant.from_seconds(pull[1].at),
            disposition=answer.disposition if answer else None,
            reason=answer.reason if answer else None,
            answered_at=answer.claimed_at if answer else None,
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


def _pull(node: Node, row: ReleaseRow) -> tuple[bytes, Pull] | None:
    """The hearer's first signed pull that reaches past a release.

    Whoever asks for what comes after has all that he was shown of what was released to him before: that this was among it
    is inferred. What was withdrawn meanwhile was perhaps never given to him, so that only his answer shows that he had it.
    """
    kept, peer = node.store.kept_after("pull", row.to, _subject(row.index)), node.parties.known(row.to)
    if kept is None or peer is None or (row.withdrawn and node.store.answers_to(row.id) is None):
        return None
    return kept.data, read_pull(kept.data, peer.descriptor)


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
        found.append(Receipt(first.index, first.path, cosigned))
    ours = (node.descriptor.fingerprint, hearer.fingerprint)
    return min(found, key=lambda r: (-len(r.cosigned.apart_from(*ours)), r.cosigned.head.size), default=None)


def told_at(node: Node, hearer: Peer, answer: StatementId) -> Instant | None:
    """When, by our own clock, we released the last of what a hearer answered: its answer cannot be older."""
    first = kept_answer(node, hearer, answer)
    row = None if first is None else node.store.release(first.tellings[-1].release)
    return None if row is None else instant.from_seconds(node.own(row.id).signed.envelope.iat)


def _receipt(node: Node, data: bytes, of: Descriptor, since: Instant | None) -> Receipt:
    index, path, note = cbor.decode(data, place="receipt")
    return Receipt(index, path_of(path, "receipt"), read_cosigned(node, note, of, since))


def kept_answer(node: Node, hearer: Peer, answer: StatementId) -> Answer | None:
    """A hearer's answer as it was kept."""
    kept = node.store.kept("answer", hearer.fingerprint, answer)
    return decode_answer(kept[0].data) if kept else None


def prove_telling(node: Node, id: StatementId, hearer: Peer) -> bytes:
    """Make the proof file of one statement as told to one party, as far as the records go.

    What a party calls itself is for that party alone to say: a cosigner that cannot stand beside the others in one file,
    because it bears the name or a key of one of them, is left out.

    Raises:
        LocalError: `unknown-statement`, `not-ours`; `bad-argument`: it was never released to that party; `name-taken`: the
            two cannot stand in one file.
    """
    said = node.own(id)
    row = _best_release(node, id, hearer)
    if not _fits(hearer.descriptor, [node.descriptor]):
        message = f"{hearer.petname} calls itself {hearer.descriptor.party}, or has a key of ours: a file of both proves nothing"
        raise LocalError(NAME_TAKEN, message, place="--to")
    silence_at = node.store.silence(row.id)
    withdrawn_at = node.store.withdrawal(row) if row.withdrawn else None
    pull = _pull(node, row)
    held = _held(node, hearer, Telling(id, row.id))
    described = [node.descriptor, hearer.descriptor, *(held[1] if held else [])]
    head, by = _told_head(node, max(row.index, silence_at or 0, withdrawn_at or 0), described)
    proof = ProofFile(
        said.signed.triple,
        node.own(row.id).signed.triple,
        _place(node, said.index, head.size),
        _place(node, row.index, head.size),
        prove.in_order(head.note),
        pull[0] if pull else None,
        held[0] if held else None,
        _later(node, silence_at, head.size),
        _later(node, withdrawn_at, head.size),
        tuple(sorted({one.signed.triple for one in (*described, by) if one is not None})),
    )
    return prove.encode(proof)


def shows_withdrawal(proof: bytes) -> Instant | None:
    """When a telling was withdrawn, as the proof file of it that was made here shows."""
    taken = prove.decode(proof).withdrawal
    return None if taken is None else instant.from_seconds(Unverified.read(list(taken.statement)).envelope.iat)


def _fits(one: Descriptor, others: Iterable[Descriptor]) -> bool:
    """Say whether a party can stand beside others in a file: no two of one name, and no key of two (spec/proof-file.md)."""
    return all(one.party != other.party and _raw_keys(one).isdisjoint(_raw_keys(other)) for other in others)


def _raw_keys(of: Descriptor) -> set[bytes]:
    return {getattr(of.keys, role).raw for role in ROLES}


def _told_head(node: Node, index: int, described: Sequence[Descriptor]) -> tuple[Head, Descriptor | None]:
    """The head of our log that a proof file shows, with one cosignature by another party, and whose that is.

    It is the earliest by a party whose descriptor stands in the file anyway, else the earliest of all: a descriptor is
    by far the largest thing that a cosignature costs.
    """
    store = node.store
    there = {one.fingerprint for one in described}
    fit = {p.fingerprint for p in node.parties.everybody if p.fingerprint in there or _fits(p.descriptor, described)}
    firsts = {by: first for by in fit if (first := store.first_cosigned(by, index))}
    whose = min(firsts.keys() & there or firsts, key=lambda by: (firsts[by][1], by), default=None)
    after = index if whose is None else firsts[whose][0] - 1
    size, note = next(iter(store.published_after(after, 1)), (0, node.journal.note or b""))
    lines = [line for by, line, _ in store.cosignatures(size) if by == whose]
    peer = None if whose is None else node.parties.known(whose)
    return witness.read_head(add_lines(note, lines), node.descriptor), peer.descriptor if peer else None


def _best_release(node: Node, id: StatementId, hearer: Peer) -> ReleaseRow:
    """Of the releases to a party the newest that it holds; else the newest."""
    rows = node.store.releases_of(id, hearer.fingerprint)
    if not rows:
        message = f"it was never released to {hearer.petname}: there is no telling to prove"
        raise LocalError(BAD_ARGUMENT, message, place="--to")
    held = [row for row in rows if (answer := node.store.answers_to(row.id)) and answer.disposition == HELD]
    return (held or rows)[-1]


def _later(node: Node, at: int | None, size: int) -> Later | None:
    if at is None:
        return None
    return Later(node.at(at).signed.triple, _place(node, at, size))


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
    note, used = _third_parties(node, receipt.cosigned, hearer.descriptor)
    shown = answer.statement
    triple = (shown.envelope.data, shown.salt, shown.content)
    return Held(triple, inside, Place(receipt.index, receipt.path), note), used


def _third_parties(node: Node, cosigned: Cosigned, hearer: Descriptor) -> tuple[bytes, list[Descriptor]]:
    """A hearer's note with its log's own line and those of third parties alone, and whose these are.

    Of two that do not fit into one file the one stays that is known here by the name which it gives itself.
    """
    note, me = cosigned.head.signed.note, node.descriptor
    found = [by for _, by in cosigned.apart_from(me.fingerprint, hearer.fingerprint)]
    others: list[Descriptor] = []
    for by in sorted(found, key=lambda by: node.party_name(by.fingerprint) != by.party):
        if _fits(by, [me, hearer, *others]):
            others.append(by)
    log = NoteKey(hearer.origin, PLAIN, hearer.keys.log)
    used = {(log.name, log.id), *map(_key_of, others)}
    kept = [line.line for line in note.signatures if (line.name, line.key_id) in used]
    return prove.in_order((note.text + "\n" + "".join(kept)).encode()), others


def _place(node: Node, index: int, size: int) -> Place:
    return Place(index, tuple(node.journal.prover.inclusion(index, size)))


def _subject(index: int) -> bytes:
    return index.to_bytes(8)
