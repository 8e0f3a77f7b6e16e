"""A child that says things in groups and tells its parent what is durable, until it is killed."""

import asyncio
import itertools
import os
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path

from comity.exchange import say
from comity.model.marking import Terms
from comity.model.statement import Logged
from comity.node import sqlite_places
from comity.node.clock import SystemClock, SystemRandomness
from comity.node.directory import Directory
from comity.node.node import Node
from world import report

IDS, HEAD, OPEN = b"i", b"h", b"o"


def say_for_ever(folder: str, state: str, parent: Connection, group: int) -> None:
    """Say, and after each commit send what was acknowledged: the ids, and the head that holds them."""
    os.environ["COMITY_STATE"] = state
    sqlite_places._LEAST = 20  # ids go to their index every few groups, so that kills fall into that as well
    with Directory(Path(folder)) as held:
        node = held.open(SystemClock(), SystemRandomness())
        parent.send_bytes(OPEN)
        asyncio.run(_say(node, parent, group))


async def _say(node: Node, parent: Connection, group: int) -> None:
    for number in itertools.count():
        raw = report(number=number)
        said: Sequence[tuple[Logged, list[Logged]]] = await asyncio.gather(
            *(node.say(say.say(raw), [], Terms()) for _ in range(group))
        )
        parent.send_bytes(IDS + b"".join(logged.id for logged, _ in said))
        parent.send_bytes(HEAD + (node.journal.note or b""))
