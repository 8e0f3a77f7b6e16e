"""The stage: the parties of a scenario as real nodes on loopback, in one process, with a clock that only a scenario has.

Keys, logs, databases, HTTP and control sockets are those of any node; what the parties sign says `reconstruction`, in
their descriptors and so in every proof. The nodes stand in the scenario's folder, with their checkpoint locks, and go with it.
"""

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

from comity.app.operations import perform
from comity.app.server import Running, running
from comity.errors import UNREACHABLE, ComityError, TransportError
from comity.model.fingerprint import Fingerprint
from comity.node.clock import SystemRandomness
from comity.node.directory import create
from comity.node.node import pack
from comity.space import instant
from comity.space.instant import Instant

_PATIENCE = 20.0
_STEP = 0.05


class ScenarioClock:
    """The `Clock` port: from a time that the scenario sets it goes on as the real one does."""

    def __init__(self, start: Instant) -> None:
        self.set(start)

    def set(self, at: Instant) -> None:
        """Set the time; only forwards, for no log goes back."""
        self._at, self._since = at, time.monotonic()

    def now(self) -> Instant:
        """The scenario's time."""
        return Instant(self._at + int((time.monotonic() - self._since) * 1000))


class Stage:
    """Parties that are up and know one another."""

    def __init__(self, folder: Path, clock: ScenarioClock, nodes: Mapping[str, Running]) -> None:
        self.folder, self.clock, self.nodes = folder, clock, nodes

    @property
    def trust(self) -> dict[str, Fingerprint]:
        """Every party's fingerprint, as somebody knows it who has learnt it by another way."""
        return {name: one.node.descriptor.fingerprint for name, one in self.nodes.items()}

    async def do(self, party: str, operation: str, **args: Any) -> Any:
        """Have a party's node do what its command would.

        Raises:
            ComityError: as the command would say it.
        """
        up = self.nodes[party]
        answer = await perform(up.node, up.sync, operation, args)
        if "error" in answer:
            told = answer["error"]
            raise ComityError(told["code"], told["message"], place=told.get("place", ""))
        return answer["ok"]

    async def until(self, what: str, reached: Callable[[], Any]) -> None:
        """Wait until something has come about by itself.

        Raises:
            TransportError: `unreachable`: it has not, in good time.
        """
        end = time.monotonic() + _PATIENCE
        while not await reached():
            if time.monotonic() > end:
                raise TransportError(UNREACHABLE, f"the scenario waited {_PATIENCE:.0f} s in vain: {what}")
            await asyncio.sleep(_STEP)

    def set_clock(self, at: Instant) -> None:
        """Go forward in time."""
        self.clock.set(at)


@contextlib.asynccontextmanager
async def stage(parties: Mapping[str, str], start: Instant, above: Path, name: str) -> AsyncIterator[Stage]:
    """Make the parties, have them learn one another's fingerprints, and hold them up for as long as the block runs.

    Args:
        parties: their short names and what they call themselves.
        start: what their clock shows first.
        above: the folder of the whole scenario, which stays when the block ends; `name` is that of these nodes in it.
    """
    folder = above / name
    before = os.environ.get("COMITY_STATE")
    os.environ["COMITY_STATE"] = str(above / "state")
    clock = ScenarioClock(start)
    try:
        async with contextlib.AsyncExitStack() as held:
            ports = dict(zip(parties, _free_ports(len(parties)), strict=True))
            nodes = {
                name: await held.enter_async_context(_node(folder, name, display, ports[name], clock))
                for name, display in parties.items()
            }
            for one in nodes.values():
                for other in nodes.values():
                    if one is not other:
                        theirs = other.node.descriptor
                        one.node.add_peer(pack(theirs.signed), theirs.fingerprint)
            yield Stage(folder, clock, nodes)
    finally:
        if before is None:
            del os.environ["COMITY_STATE"]
        else:
            os.environ["COMITY_STATE"] = before


def _node(
    folder: Path, name: str, display: str, port: int, clock: ScenarioClock
) -> contextlib.AbstractAsyncContextManager[Running]:
    url = f"http://127.0.0.1:{port}"
    create(
        folder / name,
        name=name,
        display=display,
        addresses=[url],
        clock=clock,
        randomness=SystemRandomness(),
        reconstruction=True,
    )
    # What the loops have to tell while the clock leaps is the scenario's own doing.
    return running(folder / name, "127.0.0.1", port, clock=clock, report=lambda _: None)


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as held:
        lines = [held.enter_context(socket.socket()) for _ in range(count)]
        for line in lines:
            line.bind(("127.0.0.1", 0))
        return [line.getsockname()[1] for line in lines]


def at(text: str) -> Instant:
    """A time of a scenario's script."""
    return instant.parse(text, place="script")
