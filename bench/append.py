"""Append as a whole: content is parsed, signed, appended, committed, locked and published; against raw signing."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.figures import Figure, at_least, ratio
from bench.nodes import Party, one_hand, report
from bench.race import Entrant, race
from bench.scale import Scale
from comity.exchange import say
from comity.model.marking import Terms
from comity.node.node import Node

GROUP = 100
# What Ed25519 signs for one statement: the Sig_structure around the header and the commitment.
SIGNED_BYTES = 182


def run(room: Path, scale: Scale) -> Iterator[Figure]:
    party = Party(room, "append")
    groups, ones = scale.of(3), scale.of(30)
    with asyncio.Runner() as runner:
        entrants = {
            "raw": raw_signing(groups * GROUP),
            "group": Entrant(
                lambda raws: runner.run(_say_groups(party.node, raws)), groups * GROUP, lambda: _reports(groups, GROUP)
            ),
            "one hand": Entrant(
                lambda raws: runner.run(_say_groups_alone(party.node, raws)),
                groups * GROUP,
                lambda: _reports(groups, GROUP),
            ),
            "callers": Entrant(
                lambda raws: runner.run(_say_at_once(party.node, raws)), groups * GROUP, lambda: _reports(groups, GROUP)
            ),
            "single": Entrant(lambda raws: runner.run(_say_groups(party.node, raws)), ones, lambda: _reports(ones, 1)),
        }
        took = race(entrants, scale.of(21, least=3))
    party.close()
    yield ratio(f"groups of {GROUP} / raw Ed25519 signing", took["raw"], took["group"], at_least(0.5))
    yield ratio("  the same by one hand / raw Ed25519 signing", took["raw"], took["one hand"], None)
    yield ratio(f"groups of {GROUP} / groups of 1", took["single"], took["group"], at_least(5))
    yield ratio(f"{GROUP} callers at once / raw Ed25519 signing", took["raw"], took["callers"], None)


def _reports(groups: int, size: int) -> list[list[bytes]]:
    return [[report() for _ in range(size)] for _ in range(groups)]


async def _say_groups(node: Node, groups: list[list[bytes]]) -> None:
    """Say group after group, each handed over as one."""
    for raws in groups:
        await node.say_all([say.say(raw) for raw in raws], [], Terms())


async def _say_groups_alone(node: Node, groups: list[list[bytes]]) -> None:
    with one_hand(node):
        await _say_groups(node, groups)


async def _say_at_once(node: Node, groups: list[list[bytes]]) -> None:
    """Say each group's contents at the same time, as callers do who do not know of one another."""
    for raws in groups:
        await asyncio.gather(*(node.say(say.say(raw), [], Terms()) for raw in raws))


def raw_signing(count: int) -> Entrant:
    """The signing of as many messages of the same size, and nothing else."""
    key = Ed25519PrivateKey.generate()

    def work(messages: list[bytes]) -> None:
        for message in messages:
            key.sign(message)

    return Entrant(work, count, lambda: [os.urandom(SIGNED_BYTES) for _ in range(count)])
