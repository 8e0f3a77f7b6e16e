"""A hand between a party and its peers, and the loops of parties let run for a time."""

import asyncio
from collections.abc import Callable
from typing import Any

from comity.model.party import Descriptor
from comity.node.ports import Peers
from comity.node.sync import Sync
from world import Party


class Between:
    """The `Peers` port of a party, with something between: it sees each call, and may answer in the peer's place.

    Attributes:
        calls: (method, name of the peer).
        answers: method -> what is said in the peer's place; it may raise.
    """

    def __init__(self, party: Party, only: Party | None = None) -> None:
        self._through: Peers = party.client
        self._only = None if only is None else only.fingerprint
        self.calls: list[tuple[str, str]] = []
        self.answers: dict[str, Callable[[], Any]] = {}
        party.sync = Sync(party.node, party.teller, self, party.reports.append)

    def _says(self, method: str, peer: Descriptor) -> Callable[[], Any] | None:
        self.calls.append((method, peer.party))
        return self.answers.get(method) if self._only in (None, peer.fingerprint) else None

    async def pull(self, peer: Descriptor, body: bytes, *, wait: float) -> bytes:
        says = self._says("pull", peer)
        return says() if says else await self._through.pull(peer, body, wait=wait)

    async def items(self, peer: Descriptor, body: bytes) -> bytes:
        says = self._says("items", peer)
        return says() if says else await self._through.items(peer, body)

    async def acknowledge(self, peer: Descriptor, body: bytes) -> None:
        says = self._says("acknowledge", peer)
        await self._through.acknowledge(peer, body) if says is None else says()

    async def descriptor(self, peer: Descriptor) -> bytes:
        return await self._through.descriptor(peer)

    async def add_checkpoint(self, peer: Descriptor, body: bytes) -> str:
        says = self._says("add_checkpoint", peer)
        return says() if says else await self._through.add_checkpoint(peer, body)

    async def receipts(self, peer: Descriptor, body: bytes) -> bytes:
        says = self._says("receipts", peer)
        return says() if says else await self._through.receipts(peer, body)


def raising(error: BaseException) -> Callable[[], Any]:
    def raise_it() -> Any:
        raise error

    return raise_it


async def running(seconds: float, *those: Party) -> None:
    """Let the loops of these parties run for a time."""
    tasks = [asyncio.ensure_future(party.sync.run()) for party in those]
    await asyncio.sleep(seconds)
    assert [task for task in tasks if task.done()] == []
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
