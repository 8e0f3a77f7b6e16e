"""The server: one node, its node API over HTTP, its control socket and its loops, on one event loop.

It binds to loopback unless told otherwise. HTTP is served by uvicorn; what a request may do is decided in
`gateways.peer` and `node.access`, never here.
"""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response as HttpResponse
from starlette.types import Receive, Scope, Send

from comity.app.call import sync_of
from comity.app.control import Control
from comity.errors import BAD_ARGUMENT, LocalError
from comity.gateways.peer import MAX_REQUEST, PeerServer, route_for
from comity.model.party import Descriptor
from comity.node.clock import SystemClock, SystemRandomness
from comity.node.directory import Directory
from comity.node.ports import Request
from comity.node.teller import Teller
from comity.node.wire import HttpWire

DEFAULT_PORT = 8411
BODY_SECONDS = 30
MAX_CONNECTIONS = 512


class NodeApi:
    """The node API as an ASGI application."""

    def __init__(self, server: PeerServer, me: Descriptor) -> None:
        self._server = server
        self._bases = {urlsplit(base).netloc: base for base in me.addresses}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        came = HttpRequest(scope, receive)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _body(came)
        except (TimeoutError, ClientDisconnect):
            await HttpResponse(status_code=408)(scope, receive, send)
            return
        headers = {name.lower(): value for name, value in came.headers.items()}
        request = Request(came.method, self._target(came), headers, body)
        route, rest = route_for(came.method, came.url.path)
        answer = await self._server.handle(request, route, rest)
        await HttpResponse(answer.body, answer.status, dict(answer.headers))(scope, receive, send)

    def _target(self, came: HttpRequest) -> str:
        """Say which address the caller meant: what it signed is the address that our descriptor gives."""
        host = came.headers.get("host", "")
        base = urlsplit(self._bases.get(host, f"http://{host}"))
        query = f"?{came.url.query}" if came.url.query else ""
        return f"{base.scheme}://{host}{came.scope['raw_path'].decode('latin-1')}{query}"


async def _body(came: HttpRequest) -> bytes:
    """Read a body up to one byte more than may be; `PeerServer` refuses what is too large, signed."""
    body = bytearray()
    async for chunk in came.stream():
        body += chunk
        if len(body) > MAX_REQUEST:
            break
    return bytes(body[: MAX_REQUEST + 1])


class _Server(uvicorn.Server):
    """uvicorn, less its handling of signals: we end in order, and leave by returning."""

    def __init__(self, config: uvicorn.Config, closing: Callable[[], None]) -> None:
        super().__init__(config)
        self._closing = closing

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop)
        yield

    def _stop(self) -> None:
        self.should_exit = True
        self._closing()


async def serve(folder: Path, host: str, port: int | None, announce: Callable[[dict[str, object]], None]) -> None:
    """Serve a node until a signal ends it.

    Args:
        folder: the node's directory; nobody else may hold it.
        host: the address to listen at.
        port: None for that of the node's own address, 0 for any free one.
        announce: called once all is listening: {party, fingerprint, url, directory}.

    Raises:
        LocalError: `in-use`, `not-a-node`, `bad-argument`: the port cannot be had; and as `Directory.open`.
    """
    with Directory(folder) as held:
        node = held.open(SystemClock(), SystemRandomness())
        listening = _listen(host, _port_of(node.descriptor) if port is None else port)
        teller = Teller(node)
        async with HttpWire() as wire:
            sync = sync_of(node, wire, teller)
            config = uvicorn.Config(
                NodeApi(PeerServer(node, teller), node.descriptor),
                log_level="warning",
                access_log=False,
                lifespan="off",
                server_header=False,
                date_header=False,
                limit_concurrency=MAX_CONNECTIONS,
                timeout_graceful_shutdown=1,
            )
            async with Control(folder, node, sync):
                loops = asyncio.create_task(sync.run())
                bound = listening.getsockname()
                name = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
                me = node.descriptor
                announce(
                    {
                        "party": me.party,
                        "fingerprint": me.fingerprint,
                        "url": f"http://{name}:{bound[1]}",
                        "directory": str(folder),
                    }
                )
                try:
                    await _Server(config, teller.close).serve(sockets=[listening])
                finally:
                    loops.cancel()
                    await asyncio.gather(loops, return_exceptions=True)


def _port_of(me: Descriptor) -> int:
    for address in me.addresses:
        parts = urlsplit(address)
        return parts.port or (443 if parts.scheme == "https" else 80)
    return DEFAULT_PORT


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise LocalError(BAD_ARGUMENT, f"cannot listen at {host} port {port}: {why}", place="--port") from None
    return listening
