"""A world in one process: parties with real nodes, an in-memory wire, virtual time. For unit tests and simulations.

The nodes, the gateway and the SQLite store are the real ones; only the ports are ours. Everything random comes from one
seed, so a run can be repeated byte for byte. See ../docs for how to write a simulation.
"""

import asyncio
import random
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar
from urllib.parse import urlsplit

from comity.errors import READ_ONLY, UNREACHABLE, LocalError, TransportError
from comity.exchange import say, sign
from comity.exchange.acknowledge import Place, TellerHead
from comity.gateways.peer import PeerClient, PeerServer, route_for
from comity.gateways.tlog_witness import WitnessClient
from comity.model import content, party
from comity.model.fingerprint import Fingerprint, origin_of
from comity.model.marking import Terms
from comity.model.party import ROLES, UNPLACED, Descriptor, Keys
from comity.model.statement import Draft, Logged
from comity.node.keyring import FileKeyring, public_keys
from comity.node.node import Node, genesis, pack
from comity.node.parties import Peer
from comity.node.ports import Request, Response, Store
from comity.node.sqlite import SqliteStore
from comity.node.sync import Round, Sync
from comity.node.teller import Teller
from comity.proof.keys import SigningKey
from comity.space import instant
from comity.space.instant import Instant

T = TypeVar("T")

START = instant.parse("2026-11-26T10:00:00Z")


def keys_of(party: Descriptor) -> Keys:
    """The keys of a party, all together, as a descriptor is written with them."""
    return Keys(**{role: party.key(role, UNPLACED) for role in ROLES})


class _NeverBlocking(selectors.SelectSelector):
    """Waits for nothing: what would be waited for is added to virtual time."""

    def __init__(self) -> None:
        super().__init__()
        self.elapsed = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("deadlock: nothing is scheduled")
        self.elapsed += max(timeout, 0)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop on which an hour takes no time; threads and sockets have no place on it."""

    def __init__(self) -> None:
        self.virtual = _NeverBlocking()
        super().__init__(self.virtual)
        self._clock_resolution = 1e-9

    def time(self) -> float:
        return self.virtual.elapsed


def run(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine on a fresh virtual loop."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main())


class SeededRandomness:
    """The `Randomness` port from a seed."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def draw(self, count: int) -> bytes:
        return self._random.randbytes(count)


class WorldClock:
    """The `Clock` port: the world's time and this party's own error.

    Attributes:
        skew: milliseconds that this party's clock is ahead.
        fixed: the time at which it stands still outside a virtual loop.
    """

    def __init__(self, skew: int = 0) -> None:
        self.skew = skew
        self.fixed: int = START

    def now(self) -> Instant:
        try:
            elapsed = int(asyncio.get_running_loop().time() * 1000)
        except RuntimeError:
            elapsed = 0
        return Instant(self.fixed + elapsed + self.skew)


class MemoryLock:
    """The `CheckpointLock` port."""

    def __init__(self) -> None:
        self.note: bytes | None = None

    def read(self) -> bytes | None:
        return self.note

    def replace(self, old: bytes | None, new: bytes) -> None:
        if self.note != old:
            raise LocalError(READ_ONLY, "another process has signed a head of this log")
        self.note = new


class MemoryWire:
    """The `Wire` port: hands requests to the node that has the address; `delay` and `lose` make it worse.

    Attributes:
        others: what is at an address where no node is: it answers by itself.
        tamper: sees each response on its way, and may change it: the place for liars.
        sent: every request that was sent, for replays.
    """

    def __init__(self) -> None:
        self.servers: dict[str, PeerServer] = {}
        self.others: dict[str, Callable[[Request], Response]] = {}
        self.cut: set[str] = set()
        self.delay: Callable[[], float] = lambda: 0.001
        self.lose: Callable[[], bool] = lambda: False
        self.tamper: Callable[[Request, Response], Response] = lambda request, response: response
        self.sent: list[Request] = []

    async def send(self, request: Request, *, timeout: float) -> Response:
        self.sent.append(request)
        parts = urlsplit(request.url)
        server = self.servers.get(f"{parts.scheme}://{parts.netloc}")
        await asyncio.sleep(self.delay())
        other = self.others.get(f"{parts.scheme}://{parts.netloc}")
        if other is not None and parts.netloc not in self.cut:
            return self.tamper(request, other(request))
        if server is None or parts.netloc in self.cut or self.lose():
            raise TransportError(UNREACHABLE, f"{parts.netloc} cannot be reached")
        route, rest = route_for(request.method, parts.path)
        try:
            response = await asyncio.wait_for(server.handle(request, route, rest), timeout)
        except TimeoutError:
            raise TransportError(UNREACHABLE, f"{parts.netloc} did not answer in time") from None
        await asyncio.sleep(self.delay())
        if self.lose():
            raise TransportError(UNREACHABLE, f"the answer of {parts.netloc} was lost")
        return self.tamper(request, response)


class Party:
    """One party with all its parts; `restart` opens the node again on what its store kept."""

    def __init__(self, name: str, wire: MemoryWire, *, seed: str = "comity", store: Store | None = None) -> None:
        self.name, self.wire = name, wire
        self.clock, self.randomness, self.lock = WorldClock(), SeededRandomness(f"{seed}/{name}"), MemoryLock()
        keys = {use: SigningKey(self.randomness.draw(32)) for use in ("root", "next", *_USES)}
        self.root = keys["root"]
        self.keys = FileKeyring(**{use: keys[use] for use in _USES})
        self.store: Store = store or SqliteStore(":memory:")
        self.address = f"http://{name}.example"
        genesis(self.store, self.lock, self.keys, self._descriptor(keys["next"].public.id), self.clock)
        self.reports: list[str] = []
        self.start()

    def _descriptor(self, next_root: bytes) -> Any:
        now = self.clock.now()
        raw = party.write(
            f"descriptor--{sign.uuid_of(self.randomness.draw(16))}",
            now,
            party=self.name,
            name=self.name.upper(),
            keys=public_keys(self.root, self.keys),
            next_root=next_root,
            addresses=[self.address],
        )
        origin = origin_of(Fingerprint(self.root.public.id.hex()))
        random = self.randomness.draw(sign.RANDOM_BYTES)
        return sign.sign(Draft(content.parse(raw)), origin=origin, now=now, random=random, signer=self.root)

    def start(self) -> None:
        """Open the node on the store, as a process does when it starts."""
        self.node = Node.open(self.store, self.lock, self.keys, self.clock, self.randomness)
        self.teller = Teller(self.node)
        self.client = PeerClient(self.wire, self.keys, self.node.descriptor, self.clock, self.randomness)
        self.sync = Sync(self.node, self.teller, self.client, self.reports.append, WitnessClient(self.wire))
        self.server = PeerServer(self.node, self.teller)
        self.wire.servers[self.address] = self.server

    @property
    def fingerprint(self) -> Fingerprint:
        return self.node.descriptor.fingerprint

    def head(self) -> TellerHead:
        """The head of this party's log, as a hearer names it in an answer."""
        tree = self.node.journal.tree
        return TellerHead(self.fingerprint, tree.size, tree.root())

    def place(self, index: int) -> Place:
        """Where an answer of this party's stands in its log."""
        prove, size = self.node.journal.prover.inclusion, self.node.journal.tree.size
        return Place(index, tuple(prove(index, size)), tuple(prove(0, size)))

    def meets(self, other: "Party") -> None:
        self.node.add_peer(pack(other.node.descriptor.signed), other.fingerprint)

    def peer(self, other: "Party") -> Peer:
        found = self.node.peer(other.fingerprint)
        assert found is not None
        return found

    async def say(self, raw: bytes, *to: "Party", terms: Terms | None = None) -> Logged:
        """Say something and release it to these parties."""
        logged, _ = await self.node.say(say.say(raw), [self.peer(one) for one in to], terms or Terms())
        return logged

    async def syncs(self, *others: "Party") -> list[Round]:
        """One round with each of these parties, in their order."""
        return [await self.sync.once(self.peer(other)) for other in others]


_USES = ("statement", "log", "witness", "transport")


def parties(*names: str, seed: str = "comity") -> list[Party]:
    """Make parties that all know one another, on one wire."""
    wire = MemoryWire()
    made = [Party(name, wire, seed=seed) for name in names]
    for one in made:
        for other in made:
            if one is not other:
                one.meets(other)
    return made


def report(name: str = "نقطة تفتيش / Контрольный пункт / 检查站 / checkpoint", number: int = 1) -> bytes:
    """A STIX report as content."""
    return content.dump(
        {
            "type": "report",
            "spec_version": "2.1",
            "id": f"report--00000000-0000-4000-8000-{number:012x}",
            "created": "2026-11-26T09:00:00.000Z",
            "modified": "2026-11-26T09:00:00.000Z",
            "name": name,
            "published": "2026-11-26T09:00:00Z",
            "object_refs": ["location--2a4b8c6d-0e1f-4a2b-8c3d-4e5f60718293"],
        }
    )
