"""Nodes for the bench: real directories, keys, SQLite files and checkpoint locks; only HTTP is left out.

`COMITY_STATE` must point into the room before the first node is made (`__main__` does it), or the locks of throw-away
parties would stand beside those of real ones.
"""

import os
import random
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from comity.exchange import log, say, sign
from comity.model import content
from comity.model.fingerprint import Fingerprint, origin_of
from comity.model.party import Descriptor
from comity.node.clock import SystemClock, SystemRandomness
from comity.node.directory import Directory, create, lock_path
from comity.node.keyring import FileKeyring
from comity.node.lock import FileLock
from comity.node.node import Node, pack
from comity.node.parties import Peer
from comity.node.ports import Batch, LeafRow
from comity.node.sqlite import SqliteStore
from comity.node.sync import Sync
from comity.node.teller import Teller
from comity.proof import cbor
from comity.proof.hands import OneHand
from comity.proof.merkle import leaf_hash
from comity.proof.tree import Tree
from comity.space import instant
from comity.space.instant import Instant

CLOCK, RANDOMNESS = SystemClock(), SystemRandomness()

_TEXT = "Four vehicles at the eastern checkpoint; the crossing stays closed to heavy traffic until further notice. "


def report() -> bytes:
    """A STIX report of about 600 bytes: another id and other times each time."""
    said, seen = (instant.text(Instant(CLOCK.now() - random.randrange(1 << 34))) for _ in range(2))
    return content.dump(
        {
            "type": "report",
            "spec_version": "2.1",
            "id": f"report--{uuid.UUID(bytes=os.urandom(16), version=4)}",
            "created": said,
            "modified": said,
            "name": "نقطة تفتيش / Контрольный пункт / 检查站 / checkpoint",
            "description": _TEXT * 2,
            "published": seen,
            "object_refs": ["location--2a4b8c6d-0e1f-4a2b-8c3d-4e5f60718293"],
        }
    )


def entries(count: int) -> list[bytes]:
    """Entries of a log that nobody will read: random bytes."""
    drawn = os.urandom(32 * count)
    return [drawn[at : at + 32] for at in range(0, len(drawn), 32)]


@contextmanager
def one_hand(node: Node) -> Iterator[None]:
    """Let a node sign and verify in a row, as on a machine with one core."""
    usual, node.hands = node.hands, OneHand()
    try:
        yield
    finally:
        node.hands = usual


class Direct:
    """The `Peers` port without a wire: asks the other node's teller in the same process."""

    def __init__(self, me: Fingerprint, tellers: dict[Fingerprint, Teller]) -> None:
        self._me, self._tellers = me, tellers

    async def pull(self, peer: Descriptor, body: bytes, *, wait: float) -> bytes:
        return await self._tellers[peer.fingerprint].pull(self._me, body)

    async def items(self, peer: Descriptor, body: bytes) -> bytes:
        return self._tellers[peer.fingerprint].items(self._me, body)

    async def acknowledge(self, peer: Descriptor, body: bytes) -> None:
        await self._tellers[peer.fingerprint].acknowledge(self._me, body)

    async def add_checkpoint(self, peer: Descriptor, body: bytes) -> str:
        return self._tellers[peer.fingerprint].add_checkpoint(self._me, body)

    async def descriptor(self, peer: Descriptor) -> bytes:
        return cbor.encode(list(peer.signed.triple))

    async def receipts(self, peer: Descriptor, body: bytes) -> bytes:
        return self._tellers[peer.fingerprint].receipts(self._me, body)


class Party:
    """One party with its node open.

    Args:
        room: where its directory is made.
        name: its name.
        before: entries that its log holds before the node opens, after the descriptor. They stand in the tiles and
            nowhere else: what was said in them cannot be read any more, but all proofs run over them.
    """

    def __init__(self, room: Path, name: str, before: Sequence[bytes] = ()) -> None:
        path = room / name
        me = create(path, name=name, display=name.upper(), addresses=[], clock=CLOCK, randomness=RANDOMNESS)
        if before:
            _lengthen(path, me, before)
        self._directory = Directory(path)
        self.node = self._directory.open(CLOCK, RANDOMNESS)
        self.teller = Teller(self.node)
        self.tellers: dict[Fingerprint, Teller] = {}
        self.sync = Sync(self.node, self.teller, Direct(me, self.tellers))

    @property
    def fingerprint(self) -> Fingerprint:
        return self.node.descriptor.fingerprint

    def meets(self, other: "Party") -> None:
        self.node.add_peer(pack(other.node.descriptor.signed), other.fingerprint)
        self.tellers[other.fingerprint] = other.teller

    def peer(self, other: "Party") -> Peer:
        found = self.node.peer(other.fingerprint)
        assert found is not None
        return found

    def close(self) -> None:
        self._directory.close()


def acquaint(*parties: Party) -> None:
    """Let all parties know one another."""
    for one in parties:
        for other in parties:
            if one is not other:
                one.meets(other)


def _lengthen(path: Path, me: Fingerprint, before: Sequence[bytes]) -> None:
    store, lock, keys = SqliteStore(str(path / "node.db")), FileLock(lock_path(me)), FileKeyring.load(path / "keys")
    now, origin = CLOCK.now(), origin_of(me)
    drawn = RANDOMNESS.draw(sign.RANDOM_BYTES)
    last = sign.sign(say.say(report()), origin=origin, now=now, random=drawn, signer=keys.statement)
    tree, tiles = Tree.load(1, store.tile).append([*map(leaf_hash, before), last.id])
    note = log.head(tree, origin=origin, log=keys.log, witness=keys.witness, now=now)
    # The last entry has a row, from which the store tells the size.
    store.commit(Batch(leaves=[LeafRow(tree.size - 1, last.id, last.triple)], tiles=tiles, note=note))
    lock.replace(lock.read(), note)
    store.close()
    lock.close()
