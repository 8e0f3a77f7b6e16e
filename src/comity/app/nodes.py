"""Nodes: making one, serving one, and reading the descriptors of others: commands that are no operation on an open node."""

import asyncio
import contextlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from comity.app import call, server
from comity.errors import BAD_ARGUMENT, LocalError
from comity.gateways.peer import fetch_descriptor
from comity.model.fingerprint import words
from comity.model.party import address, armour, unarmour
from comity.node.clock import SystemClock, SystemRandomness
from comity.node.directory import Directory, create
from comity.node.node import pack
from comity.node.wire import HttpWire

# A mail in which one stands may be longer than the descriptor.
_MAX_DESCRIPTOR = 1 << 18


def create_node(folder: Path, party: str, name: str, urls: list[str]) -> dict[str, Any]:
    """Make a new party.

    Raises:
        LocalError: `exists`, `bad-argument`.
    """
    clock, randomness = SystemClock(), SystemRandomness()
    create(folder, name=party, display=name, addresses=urls, clock=clock, randomness=randomness)
    with Directory(folder) as held:
        me = held.open(clock, randomness).descriptor
    return {
        "party": me.party,
        "name": me.name,
        "fingerprint": me.fingerprint,
        "fingerprint_words": words(me.fingerprint),
        "addresses": list(me.addresses),
        "directory": str(folder),
        "descriptor": armour(pack(me.signed)),
    }


def serve_node(folder: Path, host: str, port: int | None, announce: Callable[[dict[str, object]], None]) -> None:
    """Serve a node until a signal ends it."""
    asyncio.run(server.serve(folder, host, port, announce))


def sync_for_ever(folder: Path) -> None:
    """Ask others for as long as it is not interrupted, without answering them."""

    async def loops() -> None:
        with Directory(folder) as held:
            node = held.open(SystemClock(), SystemRandomness())
            async with HttpWire() as wire:
                await call.sync_of(node, wire).run()

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(loops())


def read_descriptor(source: str) -> bytes:
    """Read a packed descriptor: from a node's URL, or from a file in which it stands.

    Raises:
        LocalError: `bad-argument`.
        TransportError: `unreachable`.
    """
    if source.startswith(("http://", "https://")):
        return asyncio.run(_fetch(source))
    if source == "-":
        text = _text(sys.stdin.buffer.read(_MAX_DESCRIPTOR))
    else:
        with open(source, "rb") as opened:
            text = _text(opened.read(_MAX_DESCRIPTOR))
    if text.lstrip().startswith("{"):
        try:
            text = json.loads(text)["descriptor"]
        except (ValueError, KeyError, TypeError):
            text = ""
    return unarmour(text if isinstance(text, str) else "")


def _text(raw: bytes) -> str:
    """What a file says: mostly UTF-8, and what PowerShell writes into one is UTF-16."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace")
    return raw.decode("utf-8", "replace").removeprefix("\ufeff")


async def _fetch(url: str) -> bytes:
    try:
        base = address(url)
    except ValueError as error:
        raise LocalError(BAD_ARGUMENT, str(error), place="URL") from None
    async with HttpWire() as wire:
        return await fetch_descriptor(wire, base)
