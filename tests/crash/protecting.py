"""A child that protects sites, each exactly for itself and widened for others, until it is killed."""

import asyncio
import itertools
import json
import os
from multiprocessing.connection import Connection
from pathlib import Path

from comity.app.operations import perform
from comity.gateways.peer import PeerClient
from comity.node.clock import SystemClock, SystemRandomness
from comity.node.directory import Directory
from comity.node.node import Node
from comity.node.sync import Sync
from comity.node.teller import Teller
from world import MemoryWire


def protect_for_ever(folder: str, state: str, parent: Connection) -> None:
    """Protect one place after the other, and tell the parent of each that was answered."""
    os.environ["COMITY_STATE"] = state
    with Directory(Path(folder)) as held:
        node = held.open(SystemClock(), SystemRandomness())
        client = PeerClient(MemoryWire(), node.keys, node.descriptor, node.clock, node.randomness)
        sync = Sync(node, Teller(node), client)
        parent.send_bytes(b"open")
        asyncio.run(_protect(node, sync, parent))


async def _protect(node: Node, sync: Sync, parent: Connection) -> None:
    for number in itertools.count():
        point = json.dumps({"type": "Point", "coordinates": [number % 179, 10]})
        args = {"geojson": point, "function": "hospital", "name": f"number {number}", "precision": "widened:5"}
        answer = await perform(node, sync, "protect", args)
        parent.send_bytes(json.dumps(answer["ok"]).encode())
