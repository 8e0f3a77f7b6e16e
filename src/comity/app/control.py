"""The control socket: how other commands reach the server that holds a directory, through `DIR/control.sock` (0600).

    -> {"version": "0.1.0", "do": "say", "args": {...}}        one JSON document, then the sender closes its side
    <- {"version": "0.1.0", "ok": ...} or {..., "error": {}}   one JSON document, then the server closes

A server does nothing for a command of another version than its own: what the one sends and the other makes of it need not be
the same.

Whoever may write to the socket acts as the party's operator: the file's rights and the directory's (0700) guard it.
"""

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from comity import __version__
from comity.app import render
from comity.app.operations import Args, perform
from comity.errors import (
    BAD_ARGUMENT,
    INTERNAL,
    OTHER_VERSION,
    TOO_LARGE,
    UNREACHABLE,
    ComityError,
    LocalError,
    TransportError,
)
from comity.model import content
from comity.node.node import Node
from comity.node.sync import Sync

NAME = "control.sock"
MAX_COMMAND = 8 << 20
# Seconds that commands at work are given when the server leaves.
_FINISH = 0.5
_OLDER = "; if Comity was changed since the server was started, restart it"
# What sun_path holds on every system (108 bytes on Linux, 104 elsewhere), less the closing zero.
_MAX_PATH = 103


class Control:
    """Listens on the socket for as long as the server holds the directory."""

    def __init__(self, folder: Path, node: Node, sync: Sync) -> None:
        self._folder, self._node, self._sync = folder, node, sync
        self._at_work: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        with _address(self._folder) as address:
            # A socket that is there was left by a server that was killed: we hold the directory, so nobody uses it.
            with contextlib.suppress(FileNotFoundError):
                os.unlink(address)
            before = os.umask(0o177)
            try:
                self._server = await asyncio.start_unix_server(self._take, address)
            finally:
                os.umask(before)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._folder / NAME)
        if self._at_work:
            await asyncio.wait(self._at_work, timeout=_FINISH)
        for task in self._at_work:
            task.cancel()
        await asyncio.gather(*self._at_work, return_exceptions=True)

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._answer(reader, writer))
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Whoever has gone away in between has no need of an answer.
        with contextlib.closing(writer), contextlib.suppress(ConnectionError):
            writer.write(content.dump({"version": __version__, **await self._perform(await _read(reader))}))
            writer.write_eof()
            await writer.drain()

    async def _perform(self, data: bytes) -> dict[str, Any]:
        try:
            if len(data) > MAX_COMMAND:
                raise LocalError(TOO_LARGE, f"a command has at most {MAX_COMMAND} bytes")
            match content.read_json(data):
                case {"version": str(version), "do": str(name), "args": dict(args)}:
                    if version != __version__:
                        raise LocalError(
                            OTHER_VERSION, f"this server is of version {__version__}: restart it, or use its own"
                        )
                    return await perform(self._node, self._sync, name, args)
            raise LocalError(BAD_ARGUMENT, "not a command")
        except ComityError as error:
            return {"error": error.as_dict()}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            # The command line sends none such: another program does. Where it is our own fault, this shows where.
            render.fault("a command's arguments broke it", error)
            fault = LocalError(
                BAD_ARGUMENT, f"arguments that this command does not take ({type(error).__name__}){_OLDER}"
            )
            return {"error": fault.as_dict()}
        except Exception as error:
            render.fault("a command broke", error)
            message = (
                f"the server met a fault of its own ({type(error).__name__}), which it tells on its standard error"
            )
            return {"error": LocalError(INTERNAL, message).as_dict()}


async def _read(reader: asyncio.StreamReader) -> bytes:
    """Read to the end that the sender makes, or to one byte more than may be."""
    data = bytearray()
    while len(data) <= MAX_COMMAND and (chunk := await reader.read(1 << 16)):
        data += chunk
    return bytes(data)


def ask(folder: Path, name: str, args: Args) -> dict[str, Any] | None:
    """Have the server of a directory run an operation.

    Returns:
        Its answer, or None where no server listens.

    Raises:
        TransportError: `unreachable`: it went away before it answered; whether it did the work is not known.
        LocalError: `other-version`: the server is of another version; nothing was done.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        try:
            with _address(folder) as address:
                line.connect(address)
        except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
            return None
        except OSError as error:
            raise TransportError(UNREACHABLE, f"the control socket cannot be used ({error.strerror})") from None
        answer = b""
        with contextlib.suppress(OSError):
            line.sendall(json.dumps({"version": __version__, "do": name, "args": args}).encode())
            line.shutdown(socket.SHUT_WR)
        with contextlib.suppress(OSError):
            answer = b"".join(iter(lambda: line.recv(1 << 16), b""))
    try:
        told = json.loads(answer)
    except ValueError:  # nothing, or not all of it
        message = "the server went away before it answered; look before you try again"
        raise TransportError(UNREACHABLE, message) from None
    return _of_this_version(folder, told)


def _of_this_version(folder: Path, told: object) -> dict[str, Any]:
    """The answer of a server of this version, without the version."""
    version = told.pop("version", None) if isinstance(told, dict) else None
    if not isinstance(told, dict) or version != __version__:
        named = f"another version ({version})" if isinstance(version, str) else "an older version"
        message = f"the server that holds it is of {named}, this command of {__version__}: restart the server; nothing was done"
        raise LocalError(OTHER_VERSION, message, place=str(folder))
    return told


def is_served(folder: Path) -> bool:
    """Whether a server listens on a directory's socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        try:
            with _address(folder) as address:
                line.connect(address)
        except OSError:
            return False
    return True


@contextlib.contextmanager
def _address(folder: Path) -> Iterator[str]:
    """Give the socket's path in a form that is short enough for the system's address of a socket."""
    path = str(folder / NAME)
    if len(os.fsencode(path)) <= _MAX_PATH:
        yield path
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{handle}/{NAME}"
    finally:
        os.close(handle)
