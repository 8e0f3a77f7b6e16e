"""A teller and a hearer on disk, of which the process is killed at one place while the hearer takes in what it is told."""

import os
import signal
from pathlib import Path
from typing import Any

from comity.node.keyring import FileKeyring
from comity.node.sqlite import SqliteStore
from comity.proof.keys import SigningKey
from world import START, MemoryLock, MemoryWire, Party, SeededRandomness, WorldClock, report, run

USES = ("statement", "log", "witness", "transport")
SAID = 5
# Between the page that is kept and the want; the items that came and their keeping; that, and the answer on its way.
PLACES = ("items", "write", "acknowledge")


class Again(Party):
    """A party that was there before: its store is opened, with the keys that it had."""

    def __init__(self, name: str, wire: MemoryWire, store: SqliteStore) -> None:
        self.name, self.wire, self.store = name, wire, store
        self.clock, self.randomness, self.lock = WorldClock(), SeededRandomness(f"comity/{name}"), MemoryLock()
        keys = {use: SigningKey(self.randomness.draw(32)) for use in ("root", "next", *USES)}
        self.root, self.keys = keys["root"], FileKeyring(**{use: keys[use] for use in USES})
        self.randomness = SeededRandomness(f"again/{name}")
        self.lock.note, self.clock.fixed = store.note(), START + 3_600_000
        self.address = f"http://{name}.example"
        self.reports = []
        self.start()


def store_of(folder: Path, name: str) -> SqliteStore:
    return SqliteStore(str(folder / f"{name}.db"))


def hear_until(folder: str, place: str) -> None:
    """Tell and hear, and die at one place."""
    wire = MemoryWire()
    fr, ru = (Party(name, wire, store=store_of(Path(folder), name)) for name in ("fr", "ru"))
    fr.meets(ru)
    ru.meets(fr)
    at: Any = {"items": ru.client, "acknowledge": ru.client, "write": ru.node.journal}[place]
    setattr(at, place, _dying)

    async def story() -> None:
        for number in range(SAID):
            await fr.say(report(number=number), ru)
        await ru.syncs(fr)

    run(story)


def _dying(*args: object, **named: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
