"""Call: run one operation on a node's directory, through its server where one runs, else in this process."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from comity.app import control, render
from comity.app.operations import Args, perform
from comity.errors import DAMAGED, IN_USE, ComityError, LocalError
from comity.gateways.peer import PeerClient
from comity.gateways.tlog_witness import WitnessClient
from comity.node.clock import SystemClock, SystemRandomness
from comity.node.directory import Directory, none_at
from comity.node.node import Node
from comity.node.sync import Sync
from comity.node.teller import Teller
from comity.node.wire import HttpWire

# Another command may hold the directory for a moment; a server answers on its socket within this time.
PATIENCE = 5.0
_STEP = 0.05
_AGAIN = 600.0
_REMEMBERED = 1000


def call(folder: Path, name: str, args: Args) -> Any:
    """Run an operation and return its answer.

    Raises:
        ComityError: as the operation raised it, here or in the server.
    """
    if not folder.is_dir():
        raise none_at(folder)
    answer = control.ask(folder, name, args)
    if answer is None:
        answer = asyncio.run(_here(folder, name, args))
    if "error" in answer:
        told = answer["error"]
        raise ComityError(told["code"], told["message"], place=told.get("place", ""), evidence=told.get("evidence"))
    return answer["ok"]


async def _here(folder: Path, name: str, args: Args) -> dict[str, Any]:
    for _ in range(int(PATIENCE / _STEP)):
        try:
            held = Directory(folder)
        except LocalError as error:
            if error.code != IN_USE:
                raise
            answer = control.ask(folder, name, args)
            if answer is not None:
                return answer
            await asyncio.sleep(_STEP)
            continue
        with held:
            try:
                node = held.open(SystemClock(), SystemRandomness())
            except LocalError as error:
                if name == "log-verify" and error.code == DAMAGED:
                    return {"ok": _too_damaged(held, error)}
                raise
            async with HttpWire() as wire:
                return await perform(node, sync_of(node, wire), name, args)
    raise LocalError(IN_USE, "another process works on this directory and takes no commands", place=str(folder))


def _too_damaged(held: Directory, error: LocalError) -> Args:
    """What `log verify` says of a log that cannot even be opened."""
    faults = [{"place": fault.place, "message": fault.message} for fault in held.verify()]
    return {
        "valid": False,
        "size": None,
        "root": None,
        "faults": faults or [{"place": "log", "message": error.message}],
    }


def sync_of(
    node: Node, wire: HttpWire, teller: Teller | None = None, report: Callable[[str], None] | None = None
) -> Sync:
    """Join a node with the network; what is worth telling goes to standard error, or where `report` takes it."""
    client = PeerClient(wire, node.keys, node.descriptor, node.clock, node.randomness)
    return Sync(node, teller or Teller(node), client, report or Report(), WitnessClient(wire))


class Report:
    """Tells the operator what is worth telling, on standard error; the same line once in ten minutes."""

    def __init__(self) -> None:
        self._told: dict[str, float] = {}

    def __call__(self, line: str) -> None:
        """Tell one line."""
        now = time.monotonic()
        if now - self._told.get(line, -_AGAIN) >= _AGAIN:
            if len(self._told) >= _REMEMBERED:
                self._told.clear()
            self._told[line] = now
            render.note("{}", render.own(line))
