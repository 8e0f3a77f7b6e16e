"""A network that loses, delays, doubles and parts; it carries requests between real nodes and keeps a trace of them."""

import asyncio
import hashlib
import random
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from comity.errors import UNREACHABLE, TransportError
from comity.gateways.peer import PREFIX, route_for
from comity.model import content
from comity.node.ports import Request, Response
from world import MemoryWire, Party

_KEYID = re.compile(r'keyid="([0-9a-f]{64})"')
REPLAYED_AFTER = 60.0


@dataclass(frozen=True)
class Weather:
    """How bad the network is.

    Attributes:
        loss: of a request, and again of its answer.
        doubled: how often a request is delivered a second time, up to a minute later.
        slowest: seconds that one way may take.
    """

    loss: float = 0.0
    doubled: float = 0.0
    slowest: float = 0.02


FAIR, FOUL = Weather(), Weather(loss=0.05, doubled=0.1, slowest=2.0)


class Network(MemoryWire):
    """The `Wire` of a whole world.

    Attributes:
        parted: pairs (from, to) between which nothing gets through.
        second: for each request that came twice, the code that its second coming was answered with.
        leaks: what somebody was sent and should not have been.
    """

    def __init__(self, draw: random.Random, weather: Weather) -> None:
        super().__init__()
        self.draw, self.weather = draw, weather
        self.parted: set[tuple[str, str]] = set()
        self.second: list[str] = []
        self.leaks: list[str] = []
        self.secrets: dict[bytes, set[str]] = {}
        self._names: dict[str, str] = {}
        self._handling: dict[str, dict[asyncio.Task[Response], None]] = {}
        self._later: set[asyncio.Task[None]] = set()
        self._trace = hashlib.sha256()

    def join(self, party: Party) -> None:
        """Learn a party's name."""
        self._names[party.fingerprint] = party.name

    def trace(self, *words: object) -> None:
        """Add something to the trace."""
        now = round(asyncio.get_running_loop().time(), 6)
        self._trace.update(repr((now, *words)).encode())

    def digest(self) -> str:
        """The trace so far."""
        return self._trace.hexdigest()

    def crash(self, party: Party) -> None:
        """Let a party's process die: what it was answering is never answered."""
        self.servers.pop(party.address, None)
        for task in self._handling.pop(party.name, {}):
            task.cancel()

    async def send(self, request: Request, *, timeout: float) -> Response:
        found = _KEYID.search(request.headers.get("signature-input", ""))
        by, to = self._names[found[1]] if found else "", urlsplit(request.url).netloc.removesuffix(".example")
        self.trace("send", by, to, urlsplit(request.url).path, hashlib.sha256(request.body).hexdigest())
        try:
            async with asyncio.timeout(timeout):
                await self._way(by, to)
                response = await self._handle(request, by, to)
                await self._way(to, by)
        except TimeoutError:
            raise TransportError(UNREACHABLE, f"{to} did not answer in time") from None
        self._watch(request, response, by)
        self.trace("answer", by, to, response.status, hashlib.sha256(response.body).hexdigest())
        return response

    async def _way(self, by: str, to: str) -> None:
        await asyncio.sleep(self.draw.uniform(0.001, self.weather.slowest))
        if (by, to) in self.parted or self.draw.random() < self.weather.loss:
            await asyncio.sleep(10**6)  # nobody is told that it is lost

    async def _handle(self, request: Request, by: str, to: str) -> Response:
        response = await self._at(request, to)
        if self.draw.random() < self.weather.doubled:
            later = asyncio.ensure_future(self._again(request, by, to))
            self._later.add(later)
            later.add_done_callback(self._later.discard)
        return response

    async def _at(self, request: Request, to: str) -> Response:
        server = self.servers.get(f"http://{to}.example")
        if server is None:
            raise TransportError(UNREACHABLE, f"{to} is down")
        route, rest = route_for(request.method, urlsplit(request.url).path)
        task = asyncio.ensure_future(server.handle(request, route, rest))
        mine = self._handling.setdefault(to, {})
        mine[task] = None
        task.add_done_callback(lambda done: mine.pop(done, None))
        await asyncio.wait([task])
        if task.cancelled():
            raise TransportError(UNREACHABLE, f"{to} went down")
        return self.tamper(request, task.result())

    async def _again(self, request: Request, by: str, to: str) -> None:
        await asyncio.sleep(self.draw.uniform(0.0, REPLAYED_AFTER))
        try:
            response = await self._at(request, to)
        except TransportError:
            return
        if request.url.endswith(f"{PREFIX}/descriptor"):
            return  # a descriptor is for anybody, and as often as it is asked for
        self.second.append(content.read_json(response.body)["code"] if response.status != 200 else "answered")

    def _watch(self, request: Request, response: Response, by: str) -> None:
        # Content leaves on one route alone, to those who may read it: a page names what it offers, and shows none of it.
        given = request.url.endswith(f"{PREFIX}/items")
        for secret, readers in self.secrets.items():
            if secret in response.body and not (given and by in readers):
                self.leaks.append(f"{by} was sent {secret.decode()} by {urlsplit(request.url).path}")
