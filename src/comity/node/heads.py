"""Heads: how our own log's head is published, shown to a peer from the size that it holds, and cosigned.

A peer that shows a head which we signed and do not have stops our signing: we have lost a part of our log, as after the
restore of a backup. Its word alone stops nobody.
"""

from collections.abc import Awaitable, Callable

from comity.errors import (
    DAMAGED,
    MALFORMED,
    READ_ONLY,
    STALE_HEAD,
    ComityError,
    LocalError,
    RemoteError,
    TransportError,
)
from comity.exchange import witness
from comity.exchange.witness import AddCheckpoint, Head, Shown
from comity.model.fingerprint import Fingerprint
from comity.node.node import Node
from comity.node.parties import Peer
from comity.node.ports import Peers
from comity.space import instant

# Each page that a peer pulls moves the head that it holds: among busy parties one try in three comes too late.
TRIES = 8


class Heads:
    """The head of one node's log, as others come to know it."""

    def __init__(self, node: Node, peers: Peers) -> None:
        self._node, self._peers = node, peers
        # The size that each peer was last shown, or said it holds.
        self._held: dict[Fingerprint, int] = {}

    def publish(self) -> None:
        """Publish the newest head."""
        journal = self._node.journal
        if journal.note is None:
            raise LocalError(DAMAGED, "the log has no head")
        self._node.store.publish(journal.tree.size, journal.note)

    async def push(self, peer: Peer) -> bool:
        """Have a peer cosign the newest published head; False if it has done so already.

        Raises:
            TransportError: `unreachable`.
            RemoteError: what the peer has against it; `clock-skew`: its cosignature bears a time that is not now.
            LocalError: `read-only`: as `show`.
        """
        size, note = self._node.store.last_published() or (0, b"")
        if not size or peer.fingerprint in {by for by, _, _ in self._node.store.cosignatures(size)}:
            return False

        async def send(shown: Shown) -> None:
            line = await self._peers.add_checkpoint(peer.descriptor, AddCheckpoint(shown).encode())
            head = self._read(shown.note)
            at = witness.cosigned_at(head, line, peer.descriptor)
            witness.timely(at, self._node.clock.now())
            self._node.store.publish(head.size, shown.note)
            self._node.store.add_cosignature(head.size, peer.fingerprint, line, instant.from_seconds(at))

        await self.show(peer, note, send)
        return True

    async def agrees(self, peer: Peer) -> bool:
        """Ask a peer whether our log goes on from the head of ours that it holds; False if it does not say so.

        Raises:
            LocalError: `read-only`: it shows a head that we signed and do not have.
        """

        async def send(shown: Shown) -> None:
            await self._peers.add_checkpoint(peer.descriptor, AddCheckpoint(shown).encode())

        try:
            await self.show(peer, self._node.journal.note or b"", send)
        except (TransportError, RemoteError):
            return False
        return True

    async def show(self, peer: Peer, note: bytes, send: Callable[[Shown], Awaitable[None]]) -> None:
        """Show a head, or a newer one, from the size that the peer holds, which it may have to tell us first.

        Raises:
            RemoteError: what the peer has against it.
            LocalError: `read-only`: it shows a head that we signed and do not have.
        """
        for tries_left in reversed(range(TRIES)):
            size = self._read(note).size
            old = min(self._held.get(peer.fingerprint, 0), size)
            path = self._node.journal.prover.consistency(old, size) if 0 < old < size else []
            self._node.shown.remember(peer.fingerprint, size, note)
            try:
                await send(Shown(note, old, tuple(path)))
            except RemoteError as error:
                self._heed(peer, error)
                if error.code != STALE_HEAD or not tries_left:
                    raise
                note = self._from(peer, error, note)
            else:
                # Another sending may have shown it more meanwhile.
                self._held[peer.fingerprint] = max(size, self._held.get(peer.fingerprint, 0))
                return

    def _from(self, peer: Peer, error: RemoteError, note: bytes) -> bytes:
        """Note the size that a peer says it holds; returns a head of ours that is as large."""
        held = error.evidence.get("size")
        if type(held) is not int or not 0 <= held <= self._node.journal.tree.size:
            raise RemoteError(MALFORMED, "it says that it holds a larger head of ours, and shows none")
        self._held[peer.fingerprint] = held
        return note if held <= self._read(note).size else self._node.journal.note or note

    def _heed(self, peer: Peer, error: RemoteError) -> None:
        try:
            head = self._read(str(error.evidence.get("known", "")).encode()).signed.checkpoint
        except (ComityError, UnicodeEncodeError):
            return
        if not self._node.journal.extends(head):
            message = f"{peer.petname} holds a head of {head.size} leaves that we signed and do not have"
            self._node.journal.read_only = message
            raise LocalError(READ_ONLY, message)

    def _read(self, note: bytes) -> Head:
        return witness.read_head(note, self._node.descriptor)
