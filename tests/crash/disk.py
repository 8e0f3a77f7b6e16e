"""A disk that can be cut: an SQLite VFS that notes every write, truncation and sync, and can fail at any of them.

What was synced is there after a power cut; what was written since may be there, wholly, in part or not at all. Deletions
count as durable at once; lost directory entries are not modelled.
"""

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512
_KEPT = apsw.SQLITE_OPEN_MAIN_DB | apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_MAIN_JOURNAL


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a file, or, with `kind` ack, something that was acknowledged to the world.

    Attributes:
        kind: write, truncate, sync, delete, ack.
        at: the offset of a write, the new size of a truncation.
    """

    kind: str
    file: str = ""
    at: int = 0
    data: bytes = b""


class Disk(apsw.VFS):
    """The recording VFS, under a name of its own.

    Attributes:
        events: all that happened, in its order.
        failed: how many operations have failed.
    """

    def __init__(self, name: str) -> None:
        self.name, self.events = name, list[Event]()
        self.failed, self._failing = 0, iter(list[bool]())
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        return _File(self, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        self.events.append(Event("delete", os.path.basename(filename)))
        super().xDelete(filename, syncdir)

    def fail(self, at: int, *, then: bool = False) -> None:
        """Let the write, truncation or sync with this number (from 1, from now) fail, and perhaps all that follow."""
        self.failed, self._failing = 0, chain(repeat(False, at - 1), [True], repeat(True) if then else ())

    def work(self) -> None:
        """Fail no more."""
        self._failing = iter([])

    def note(self, event: Event) -> None:
        if next(self._failing, False):
            self.failed += 1
            raise apsw.IOError("the disk fails")
        self.events.append(event)


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._disk, self._name = disk, os.path.basename(path) if path and flags[0] & _KEPT else None

    def _note(self, kind: str, at: int = 0, data: bytes = b"") -> None:
        if self._name is not None:
            self._disk.note(Event(kind, self._name, at, data))

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._note("write", offset, bytes(data))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        self._note("truncate", newsize)
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._note("sync")
        super().xSync(flags)


@dataclass
class _Kept:
    """A file on the disk: as it was last synced, and what was done to it since."""

    synced: bytes = b""
    since: list[Event] = field(default_factory=list)


def nothing(since: list[Event], draw: random.Random) -> list[Event]:
    """None of the unsynced writes reached the disk."""
    return []


def prefix(since: list[Event], draw: random.Random) -> list[Event]:
    """Only the first of them did."""
    return since[: draw.randint(0, len(since))]


def torn(since: list[Event], draw: random.Random) -> list[Event]:
    """Half of them did, in no order of time, and some of these in part: a whole number of sectors."""
    chosen = [event for event in since if draw.random() < 0.5]
    return [
        Event(event.kind, event.file, event.at, event.data[: draw.randrange(0, len(event.data), SECTOR)])
        if len(event.data) > SECTOR and draw.random() < 0.5
        else event
        for event in chosen
    ]


Survival = Callable[[list[Event], random.Random], list[Event]]


def cuts(events: list[Event], survive: Survival, seed: int) -> Iterator[tuple[dict[str, bytes], list[bytes]]]:
    """Cut the power after each event: what each file then holds, and what had been acknowledged by then."""
    files: dict[str, _Kept] = {}
    acknowledged: list[bytes] = []
    draw = random.Random(seed)
    for event in events:
        if event.kind == "ack":
            acknowledged.append(event.data)
            continue
        if event.kind == "delete":
            files.pop(event.file, None)
        else:
            kept = files.setdefault(event.file, _Kept())
            kept.since.append(event)
            if event.kind == "sync":
                files[event.file] = _Kept(_after(kept.synced, kept.since))
        yield {name: _after(kept.synced, survive(kept.since, draw)) for name, kept in files.items()}, list(acknowledged)


def _after(content: bytes, events: list[Event]) -> bytes:
    held = bytearray(content)
    for event in events:
        if event.kind == "truncate":
            del held[event.at :]
        elif event.kind == "write":
            if len(held) < event.at:
                held.extend(bytes(event.at - len(held)))
            held[event.at : event.at + len(event.data)] = event.data
    return bytes(held)


def restore(folder: Path, files: dict[str, bytes]) -> None:
    """Put files where a process may open them after the power is back."""
    for old in folder.iterdir():
        old.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
