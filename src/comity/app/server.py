"""The server: one node, its node API over HTTP, its control socket and its loops, on one event loop.

It binds to loopback unless told otherwise. HTTP is served by uvicorn; what a request may do is decided in
`gateways.peer` and `node.access`, never here.

Rule 1: a request is what it is byte for byte: nothing is decoded, joined or resolved on the way to the route table, and a
query belongs to no route. Rule 2: time is bounded for whoever has not said who it is, and for whoever does not read.
"""

import asyncio
import contextlib
import errno
import logging
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import uvicorn
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response as HttpResponse
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from comity import foreign
from comity.app import control, render
from comity.app.call import PATIENCE, sync_of
from comity.app.control import Control
from comity.app.layout import Own
from comity.app.render import word
from comity.errors import BAD_ARGUMENT, IN_USE, LocalError
from comity.gateways.peer import MAX_REQUEST, PREFIX, PeerServer, route_for
from comity.model.party import Descriptor
from comity.node.clock import SystemClock, SystemRandomness
from comity.node.directory import Directory
from comity.node.node import Node
from comity.node.ports import Clock, Request
from comity.node.sync import Sync
from comity.node.teller import Teller
from comity.node.wire import HttpWire

DEFAULT_PORT = 8411
HEAD_SECONDS = 10
BODY_SECONDS = 30
STALL_SECONDS = 30
MAX_CONNECTIONS = 512
_BACKLOG = 128
_STEP = 0.05
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class _UnreadError(Exception):
    """A body did not come in time, or not to its end."""


class NodeApi:
    """The node API as an ASGI application."""

    def __init__(self, server: PeerServer, me: Descriptor, *, body_seconds: float = BODY_SECONDS) -> None:
        self._server, self._body_seconds = server, body_seconds
        self._bases = [urlsplit(base) for base in me.addresses]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = _headers(scope)
        target, path = self._target(scope, headers.get("host", ""))
        route, rest = (None, "") if scope["query_string"] else route_for(scope["method"], path)

        async def read() -> bytes:
            return await self._read(HttpRequest(scope, receive))

        try:
            answer = await self._server.handle(Request(scope["method"], target, headers, b""), route, rest, read)
        except _UnreadError:
            await HttpResponse(status_code=408, headers={"connection": "close"})(scope, receive, send)
            return
        await HttpResponse(answer.body, answer.status, dict(answer.headers))(scope, receive, send)

    def _target(self, scope: Scope, host: str) -> tuple[str, str]:
        """Say which address the caller meant, as our descriptor writes it, for that is signed; and the path within it."""
        path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
        whole = f"{path}?{query}" if query else path
        ours = [base for base in self._bases if _is_at(base, host)]
        for base in ours:
            if path.startswith(base.path + PREFIX):
                return f"{base.scheme}://{base.netloc}{whole}", path[len(base.path) :]
        if ours:  # a proxy has taken the address's path away
            return ours[0].geturl() + whole, path
        return f"http://{host}{whole}", path

    async def _read(self, came: HttpRequest) -> bytes:
        """Read a body up to one byte more than may be; `PeerServer` refuses what is too large, signed."""
        body = bytearray()
        try:
            async with asyncio.timeout(self._body_seconds):
                async for chunk in came.stream():
                    body += chunk
                    if len(body) > MAX_REQUEST:
                        break
        except (TimeoutError, ClientDisconnect):
            raise _UnreadError from None
        return bytes(body[: MAX_REQUEST + 1])


def _headers(scope: Scope) -> dict[str, str]:
    """Headers by their names in lower case; lines of one name are one list (RFC 9110 5.3), so that none hides another."""
    found: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _is_at(base: SplitResult, host: str) -> bool:
    """Say whether a Host header names an address: case and a default port make no difference (RFC 9110 4.2.3)."""
    port = _DEFAULT_PORTS[base.scheme]
    return host.lower().removesuffix(port) == base.netloc.lower().removesuffix(port)


class _Connection(H11Protocol):
    """One connection of uvicorn's, which by itself would wait for ever for a head to come or an answer to be read."""

    _head: asyncio.TimerHandle | None = None
    _stall: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def _watch(self) -> None:
        """Run the clock while no request is being answered, whatever trickles in."""
        if self.cycle is not None and not self.cycle.response_complete:
            self._rest()
        elif self._head is None:
            self._head = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _rest(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def pause_writing(self) -> None:
        super().pause_writing()
        self._expect_less_than(self.transport.get_write_buffer_size())

    def _expect_less_than(self, size: int) -> None:
        self._stall = self.loop.call_later(STALL_SECONDS, self._look, size)

    def _look(self, size: int) -> None:
        left = self.transport.get_write_buffer_size()
        if left < size:
            self._expect_less_than(left)
        else:
            self.transport.abort()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stall is not None:
            self._stall.cancel()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._rest()
        if self._stall is not None:
            self._stall.cancel()


class _Server(uvicorn.Server):
    """uvicorn, less its handling of signals: we end in order, and leave by returning."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def stop(self) -> None:
        """Take nothing new, finish what is at work, and leave."""
        self.should_exit = True


class Told(logging.Handler):
    """Tells what libraries log, on standard error, a line each: in a message or an exception may be anybody's words."""

    def emit(self, record: logging.LogRecord) -> None:
        """Tell one record."""
        render.note("{}: {}", word(record.name), Own(foreign.quoted(record.getMessage(), _LOGGED)))
        if record.exc_info and record.exc_info[1] is not None:
            render.fault("That was a fault", record.exc_info[1])


# Cells of what a library logs.
_LOGGED = 500


def http_server(api: NodeApi) -> _Server:
    """Set uvicorn up to serve the node API and nothing else."""
    return _Server(
        uvicorn.Config(
            api,
            http=_Connection,
            ws="none",
            lifespan="off",
            proxy_headers=False,
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            limit_concurrency=MAX_CONNECTIONS,
            timeout_graceful_shutdown=1,
        )
    )


@dataclass(frozen=True)
class Running:
    """A node that is up: it answers others, asks them, and takes commands.

    Attributes:
        told: {party, fingerprint, url, directory}, for whoever wants to know where it is.
        done: ends when the server does.
    """

    node: Node
    sync: Sync
    told: dict[str, object]
    done: asyncio.Task[None]
    stop: Callable[[], None]


@contextlib.asynccontextmanager
async def running(
    folder: Path,
    host: str,
    port: int | None,
    *,
    clock: Clock | None = None,
    report: Callable[[str], None] | None = None,
) -> AsyncIterator[Running]:
    """Hold a node up for as long as the block runs.

    Args:
        folder: the node's directory; nobody else may hold it.
        host: the address to listen at.
        port: None for that of the node's own address, 0 for any free one.
        clock: the machine's, but in a scenario.
        report: where the loops tell what is worth telling; standard error by default.

    Raises:
        LocalError: `in-use`, `not-a-node`, `bad-argument`: the port cannot be had; and as `Directory.open`.
    """
    with await _hold(folder) as held:
        logging.basicConfig(handlers=[Told()], level=logging.WARNING)
        node = held.open(clock or SystemClock(), SystemRandomness())
        teller = Teller(node)
        with _listen(host, _port_of(node.descriptor) if port is None else port) as listening:
            async with HttpWire() as wire:
                sync = sync_of(node, wire, teller, report)
                async with Control(folder, node, sync), _syncing(sync):
                    server = http_server(NodeApi(PeerServer(node, teller), node.descriptor))

                    def stop() -> None:
                        server.stop()
                        teller.close()

                    done = asyncio.create_task(server.serve(sockets=[listening]))
                    try:
                        yield Running(node, sync, _told(node, listening, folder), done, stop)
                    finally:
                        stop()
                        await done


async def _hold(folder: Path) -> Directory:
    """Take hold of a directory; a command that works on it for a moment is waited for, another server is not."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return Directory(folder)
        except LocalError as error:
            if error.code != IN_USE or time.monotonic() > end:
                raise
            if control.is_served(folder):
                message = "a server holds this directory already: comity status shows how it is"
                raise LocalError(IN_USE, message, place=str(folder)) from None
        await asyncio.sleep(_STEP)


async def serve(folder: Path, host: str, port: int | None, announce: Callable[[dict[str, object]], None]) -> None:
    """Serve a node until a signal ends it.

    Args:
        folder, host, port: as `running` takes them.
        announce: called once all is listening: {party, fingerprint, url, directory}.

    Raises:
        LocalError: as `running`.
    """
    async with running(folder, host, port) as up:
        _end_on_signals(up.stop)
        announce(up.told)
        await up.done


def _end_on_signals(*ends: Callable[[], None]) -> None:
    def end() -> None:
        for one in ends:
            one()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end)


@contextlib.asynccontextmanager
async def _syncing(sync: Sync) -> AsyncIterator[None]:
    """Run the loops in the background; a fault of ours in them is told and does not end them."""

    async def for_ever() -> None:
        while True:
            try:
                await sync.run()
            except Exception as error:  # the node must go on answering and asking
                render.fault("a fault in Comity, please report it: the loops broke off", error)
            await asyncio.sleep(1)

    loops = asyncio.create_task(for_ever())
    try:
        yield
    finally:
        loops.cancel()
        await asyncio.gather(loops, return_exceptions=True)


def _told(node: Node, listening: socket.socket, folder: Path) -> dict[str, object]:
    me, bound = node.descriptor, listening.getsockname()
    name = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
    return {
        "party": me.party,
        "fingerprint": me.fingerprint,
        "url": f"http://{name}:{bound[1]}",
        "directory": str(folder),
    }


def _port_of(me: Descriptor) -> int:
    for address in me.addresses:
        try:
            parts = urlsplit(address)
            return parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            raise LocalError(BAD_ARGUMENT, f"the node's own address has no port: {address}", place="--port") from None
    return DEFAULT_PORT


def _listen(host: str, port: int) -> socket.socket:
    """Listen at once, so that whoever reads the announcement can connect."""
    listening = None
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        # Named, or asyncio does not know it for TCP and leaves Nagle on: 40 ms for many an answer.
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except (OSError, OverflowError, UnicodeError) as error:
        if listening is not None:
            listening.close()
        why = getattr(error, "strerror", None) or str(error)
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            why = (
                "something listens there already: end it, or name another port with --port, to which others must be led"
            )
        raise LocalError(BAD_ARGUMENT, f"cannot listen at {host} port {port}: {why}", place="--port") from None
    return listening
