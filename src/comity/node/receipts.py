"""Receipts: an answer that a hearer gave is worth more under a head of its log that third parties have cosigned.

Such receipts are asked of the hearer until all third parties that are known stand under one head, each time after a
longer wait: a third party may be away for days.
"""

from dataclasses import dataclass

from comity.errors import CLOCK_SKEW, MALFORMED, RemoteError
from comity.exchange import deliver, witness
from comity.exchange.witness import Head
from comity.model.fingerprint import Fingerprint
from comity.node.evidence import Cosigned, best_receipt, encode_receipt, read_cosigned, told_at
from comity.node.node import Node
from comity.node.parties import Peer
from comity.node.ports import Batch, Kept, Peers
from comity.node.teller import Teller
from comity.proof import cbor, merkle
from comity.proof.envelope import StatementId
from comity.space import instant
from comity.space.instant import Instant

MAX_ASKED = 100
FIRST_WAIT, LAST_WAIT = 1_000, 10 * 60_000
NOW = Instant(0)


@dataclass(slots=True)
class _Open:
    """An answer that is not yet cosigned by all: when to ask again, and how long to wait after that."""

    due: Instant = NOW
    wait: int = FIRST_WAIT


class Receipts:
    """What one node still wants from those who answered it."""

    def __init__(self, node: Node, teller: Teller, peers: Peers) -> None:
        self._node, self._teller, self._peers = node, teller, peers
        self._open: dict[Fingerprint, dict[StatementId, _Open]] = {}
        self._most = 0
        teller.answered = self._add

    async def fetch(self, peer: Peer, *, now: bool) -> int:
        """Ask a peer for what is due, with `now` for all; returns how many better receipts came.

        Raises:
            TransportError: `unreachable`.
            RemoteError: `malformed`, `not-included`, `head-fork`, `not-consistent`: of a log that is not the one known;
                `clock-skew`: third parties' cosignatures whose times cannot be true; all else was taken.
        """
        wanted, known = self._wanted(peer, now), self._teller.known_head(peer)
        if not wanted:
            return 0
        body = cbor.encode({"v": 1, "ids": b"".join(wanted), "have": known.size if known else 0})
        answer = await self._peers.receipts(peer.descriptor, body)
        fields = deliver.fields_of(cbor.decode(answer, place="receipts"), {"v": int, "receipts": list})
        untimely: dict[Fingerprint, Instant] = {}
        better = sum(self._take(peer, known, one, wanted, untimely) for one in fields["receipts"])
        if untimely:
            raise self._not_relied_on(untimely)
        return better

    def _add(self, hearer: Fingerprint, answer: StatementId) -> None:
        if hearer in self._open:
            self._open[hearer][answer] = _Open()

    def _wanted(self, peer: Peer, now: bool) -> list[StatementId]:
        who, time = peer.fingerprint, self._node.clock.now()
        if self._most != len(self._node.peers) - 1:
            self._open, self._most = {}, len(self._node.peers) - 1
        if now or who not in self._open:
            self._open[who] = {id: _Open() for id in reversed(self._node.store.answers_of(who))}
        due = [id for id, one in reversed(self._open[who].items()) if one.due <= time]  # the newest first
        found: list[StatementId] = []
        for id in due if now else due[:MAX_ASKED]:
            if self._proofs(peer, id) >= self._most:
                del self._open[who][id]
            elif len(found) < MAX_ASKED:
                one = self._open[who][id]
                one.due, one.wait = Instant(time + one.wait), min(one.wait * 2, LAST_WAIT)
                found.append(id)
        return found

    def _proofs(self, peer: Peer, id: StatementId) -> int:
        best = best_receipt(self._node, peer, id)
        return self._most if best is None else self._count(peer, best.cosigned)

    def _count(self, peer: Peer, cosigned: Cosigned) -> int:
        return len(cosigned.apart_from(self._node.descriptor.fingerprint, peer.fingerprint))

    def _take(
        self,
        peer: Peer,
        known: Head | None,
        one: object,
        wanted: list[StatementId],
        untimely: dict[Fingerprint, Instant],
    ) -> bool:
        match one:
            case [bytes(id), int(index), bytes(path), bytes(note), int(), bytes(joining)] if id in wanted:
                index, inclusion = int(index), deliver.path_of(path, "receipts")
            case _:
                raise RemoteError(MALFORMED, "a receipt that was not asked for", place="receipts")
        cosigned = read_cosigned(self._node, note, peer.descriptor, told_at(self._node, peer, StatementId(id)))
        untimely |= {by.fingerprint: at for by, at in cosigned.untimely}
        head = cosigned.head
        with self._teller.blaming(peer.fingerprint):
            witness.reconcile(known, head, deliver.path_of(joining, "receipts"))
        merkle.verify_inclusion(id, index, head.size, inclusion, head.root)
        if self._count(peer, cosigned) <= self._proofs(peer, StatementId(id)):
            return False
        data = encode_receipt(index, inclusion, note)
        kept = Kept("receipt", peer.fingerprint, id, data, self._node.clock.now())
        self._node.store.commit(Batch(kept=[kept]))
        return True

    def _not_relied_on(self, untimely: dict[Fingerprint, Instant]) -> RemoteError:
        """Whose cosignatures count nowhere because of their times."""
        now = instant.text(self._node.clock.now())
        each = [
            f"{self._node.party_name(by)} cosigned its head at {instant.to_second(at)}" for by, at in untimely.items()
        ]
        message = (
            f"{', '.join(each)}, which cannot be: after now, {now}, or before it could hold what it holds; not counted"
        )
        return RemoteError(CLOCK_SKEW, message)
