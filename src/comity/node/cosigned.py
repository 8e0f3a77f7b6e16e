"""Cosigned: a log's head with the cosignatures of parties known here, and which of them a proof file shows."""

from collections.abc import Iterable
from dataclasses import dataclass

from comity.errors import BAD_ARGUMENT, LocalError, RemoteError
from comity.exchange import prove, witness
from comity.exchange.witness import Head
from comity.model.fingerprint import Fingerprint
from comity.model.party import UNPLACED, Descriptor
from comity.model.statement import Triple
from comity.model.when import MAX_APART
from comity.node.node import Node
from comity.node.parties import Peer
from comity.node.ports import Store
from comity.proof.checkpoint import add_lines
from comity.proof.note import COSIGNATURE, PLAIN, NoteKey
from comity.space import instant
from comity.space.instant import Instant

_HEADS_AFTER = 16
# A note has at most 64 lines; two are the log's own.
_LINES = 62
MAX_PARTIES_LINES, MAX_OUTSIDE_LINES = 54, 8
# Of third parties in one file: it describes 64 parties, and a descriptor may be large.
MAX_THIRD_PARTIES, MAX_DESCRIBED = 62, 1 << 20


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

    def is_by(self, party: Descriptor) -> bool:
        """Say whether another party has cosigned it."""
        return any(by.fingerprint == party.fingerprint for by, _ in self.others)

    def apart_from(self, *these: Fingerprint) -> list[tuple[Instant, Descriptor]]:
        """The others' cosignatures without some parties', the earliest first."""
        kept = [(at, by) for by, at in self.others if by.fingerprint not in these]
        return sorted(kept, key=lambda pair: (pair[0], pair[1].fingerprint))


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
    known = {_key_of(by): by for by in node.parties.cosigners}
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
    key = NoteKey(witness.witness_name, COSIGNATURE, witness.key("witness", UNPLACED))
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
    store, others = node.store, witnesses(node, excluding)
    firsts = [first[0] for by in others if (first := store.first_cosigned(by, index))]
    heads = dict(store.published_after(index, 1))
    for size in firsts:
        heads |= dict(store.published_after(size - 1, 1))
    if firsts:
        heads |= dict(store.published_after(max(firsts) - 1, _HEADS_AFTER))
    best, most = (node.journal.tree.size, node.journal.note or b"", list[str]()), -1
    for size, note in sorted(heads.items()):
        lines = {by: line for by, line, _ in store.cosignatures(size)[:_LINES]}
        counted = len(lines.keys() & others)
        if counted > most:
            best, most = (size, note, list(lines.values())), counted
    size, note, found = best
    return size, add_lines(note, found)


def witnesses(node: Node, excluding: Fingerprint | None = None) -> set[Fingerprint]:
    """Who may cosign: everybody known here but one."""
    return {peer.fingerprint for peer in node.parties.everybody if peer.fingerprint != excluding}


# -- whose cosignatures a file shows


def require_own_keys(peer: Peer, me: Descriptor, place: str) -> None:
    """Require that a party has no key of ours: what one has signed would pass for the word of both.

    Raises:
        LocalError: `bad-argument`.
    """
    if not _fits(peer.descriptor, [me]):
        message = f"{peer.petname} has a key of ours: a file in which two parties share one proves nothing"
        raise LocalError(BAD_ARGUMENT, message, place=place)


def third_parties(teller: Descriptor, hearer: Descriptor, *heads: Cosigned) -> list[Descriptor]:
    """Whose cosignatures a file of these two shows, of those on these heads: all third parties that can stand in it.

    Who has a key in common with another is left out, and so is what no file has room for.
    """
    found: dict[Fingerprint, Descriptor] = {}
    room = MAX_DESCRIBED
    for head in heads:
        for _, by in head.apart_from(teller.fingerprint, hearer.fingerprint):
            size = sum(map(len, by.signed.triple))
            fits = by.fingerprint not in found and _fits(by, [teller, hearer, *found.values()])
            if fits and size <= room and len(found) < MAX_THIRD_PARTIES:
                found[by.fingerprint] = by
                room -= size
    return list(found.values())


def described(*those: Descriptor) -> tuple[Triple, ...]:
    """Descriptors as a file has them."""
    return tuple(sorted({one.signed.triple for one in those}))


def note_with(cosigned: Cosigned, of: Descriptor, others: Iterable[Descriptor], *, own: bool = True) -> bytes:
    """A head's note as a file has it: with its log's line, that log's own cosignature, and those of some other parties."""
    names = [_key_of(by) for by in others if cosigned.is_by(by)]
    if own and cosigned.own is not None:
        names.append(_key_of(of))
    log = NoteKey(of.origin, PLAIN, of.key("log", UNPLACED))
    used, note = {(log.name, log.id), *names}, cosigned.head.signed.note
    kept = [line.line for line in note.signatures if (line.name, line.key_id) in used]
    return prove.in_order((note.text + "\n" + "".join(kept)).encode())


def _fits(one: Descriptor, others: Iterable[Descriptor]) -> bool:
    """Say whether a party can stand beside others in a file: no key is of two (spec/proof-file.md)."""
    return all(one.every_key.isdisjoint(other.every_key) for other in others)


def told_head(node: Node, index: int, hearer: Fingerprint) -> Cosigned:
    """The head of our log under which a file shows what we told: that with most third parties; without any, the hearer's."""
    found = read_cosigned(node, own_head(node, index, hearer)[1], node.descriptor)
    first = node.store.first_cosigned(hearer, index)
    if found.apart_from(hearer) or first is None:
        return found
    size, note = next(iter(node.store.published_after(first[0] - 1, 1)))
    lines = [line for by, line, _ in node.store.cosignatures(size) if by == hearer]
    return read_cosigned(node, add_lines(note, lines), node.descriptor)


def with_lines(store: Store, size: int, note: bytes) -> bytes:
    """A published head with the lines of parties and, after them, of outside witnesses: for those who judge it by themselves."""
    parties = [line for _, line, _ in store.cosignatures(size)[:MAX_PARTIES_LINES]]
    outside = [one.line for one in store.outside.lines(size)[:MAX_OUTSIDE_LINES]]
    return add_lines(note, parties + outside)
