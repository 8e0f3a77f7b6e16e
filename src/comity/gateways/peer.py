"""The node API: what nodes say to each other over HTTP (spec/node-api.md), both sides of it.

The routes are one table: the router, the authorisation tests and the specification's list are made from it. Identity is
the signature's (see `httpsig`); an error's code becomes a status in one other table. Nothing here waits or stores.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from comity import errors
from comity.errors import CODES, NOT_FOUND, REPLAYED, TOO_LARGE, ComityError, LocalError, RemoteError, TransportError
from comity.gateways import httpsig
from comity.model import content
from comity.model.fingerprint import Fingerprint
from comity.model.party import Descriptor
from comity.model.properties import statement_id
from comity.node.access import Caller, authorise
from comity.node.node import Node, pack
from comity.node.ports import Clock, Keyring, Randomness, Request, Response, Wire
from comity.node.teller import Teller
from comity.space.instant import Instant

PREFIX = "/comity/v1"
MAX_REQUEST = 1 << 20
CBOR, TEXT, PROBLEM = "application/cbor", "text/plain; charset=utf-8", "application/problem+json"


@dataclass(frozen=True, slots=True)
class Route:
    """One route: who may call it, and what goes in and out (names of spec pages)."""

    method: str
    path: str
    caller: Caller
    takes: str
    gives: str


DESCRIPTOR = Route("GET", "/descriptor", Caller.ANYONE, "-", "descriptor")
PULL = Route("POST", "/pull", Caller.MEMBER, "pull", "page")
ACKNOWLEDGE = Route("POST", "/acknowledge", Caller.MEMBER, "acknowledgement", "-")
ADD_CHECKPOINT = Route("POST", "/add-checkpoint", Caller.MEMBER, "tlog-witness request", "cosignature line")
RECEIPTS = Route("POST", "/receipts", Caller.MEMBER, "receipts request", "receipts")
CHECKPOINT = Route("GET", "/checkpoint", Caller.MEMBER, "-", "checkpoint")
TILE = Route("GET", "/tile/{rest}", Caller.MEMBER, "-", "tile of hashes")
STATEMENT = Route("GET", "/statements/{rest}", Caller.ADDRESSEE, "-", "item")
ROUTES = (DESCRIPTOR, PULL, ACKNOWLEDGE, ADD_CHECKPOINT, RECEIPTS, CHECKPOINT, TILE, STATEMENT)


def route_for(method: str, path: str) -> tuple[Route | None, str]:
    """Find the row of the table that a request is for, and what stands in the place of its `{rest}`.

    >>> route_for("GET", "/comity/v1/tile/0/000")[1]
    '0/000'
    >>> route_for("DELETE", "/comity/v1/checkpoint")
    (None, '')
    """
    for route in ROUTES:
        fixed, mark, _ = (PREFIX + route.path).partition("{rest}")
        if method == route.method and (path.startswith(fixed) if mark else path == fixed):
            return route, path[len(fixed) :]
    return None, ""


STATUS: dict[str, int] = {
    errors.UNAUTHENTICATED: 401,
    errors.CLOCK_SKEW: 401,
    errors.REPLAYED: 401,
    errors.WRONG_ADDRESSEE: 403,
    errors.FORBIDDEN: 403,
    errors.NOT_FOUND: 404,
    errors.STALE_HEAD: 409,
    errors.TOO_LARGE: 413,
    errors.HEAD_FORK: 422,
    errors.HEAD_ROLLBACK: 422,
    errors.NOT_CONSISTENT: 422,
    errors.READ_ONLY: 503,
    errors.STORAGE: 503,
}


class PeerServer:
    """Answers the node API for one node."""

    def __init__(self, node: Node, teller: Teller) -> None:
        self._node, self._teller = node, teller
        self._answers: dict[Route, Callable[[Fingerprint, Request, str], Awaitable[tuple[str, bytes]]]] = {
            PULL: self._pull,
            ACKNOWLEDGE: self._acknowledge,
            ADD_CHECKPOINT: self._add_checkpoint,
            RECEIPTS: self._receipts,
            CHECKPOINT: self._checkpoint,
            TILE: self._tile,
            STATEMENT: self._statement,
        }

    async def handle(self, request: Request, route: Route | None, rest: str = "") -> Response:
        """Answer one request; never raises for anything that a caller sent.

        Args:
            request: as it came.
            route: the row of the table that matched; None if none did.
            rest: what stands in the place of `{rest}`.
        """
        try:
            kind, body = await self._answer(request, route, rest)
            response = Response(200, {"content-type": kind}, body)
        except ComityError as error:
            response = problem(error)
        me = self._node
        return httpsig.sign_response(
            response, request, signer=me.keys.transport, me=me.descriptor.fingerprint, now=me.clock.now()
        )

    async def _answer(self, request: Request, route: Route | None, rest: str) -> tuple[str, bytes]:
        if route is None:
            raise RemoteError(NOT_FOUND, "no such route")
        if len(request.body) > MAX_REQUEST:
            raise RemoteError(TOO_LARGE, f"a request has at most {MAX_REQUEST} bytes")
        if route is DESCRIPTOR:
            return CBOR, pack(self._node.descriptor.signed)
        caller = self._caller(request)
        if route.caller is not Caller.ADDRESSEE:
            authorise(route.caller, caller)
        elif caller is None:
            authorise(Caller.MEMBER, caller)
        assert caller is not None
        return await self._answers[route](caller, request, rest)

    def _caller(self, request: Request) -> Fingerprint | None:
        now = self._node.clock.now()
        me = self._node.descriptor.fingerprint
        found = httpsig.verify_request(request, me=me, key_of=self._transport_key, now=now)
        if found is None:
            return None
        until = Instant(found.created + 2 * httpsig.MAX_SKEW)
        if not self._node.store.remember_nonce(found.fingerprint, found.nonce, until, now):
            raise RemoteError(REPLAYED, "a request with this nonce was answered before")
        return found.fingerprint

    def _transport_key(self, who: Fingerprint) -> Any:
        peer = self._node.peer(who)
        return None if peer is None else peer.descriptor.keys.transport

    async def _pull(self, caller: Fingerprint, request: Request, rest: str) -> tuple[str, bytes]:
        return CBOR, await self._teller.pull(caller, request.body)

    async def _acknowledge(self, caller: Fingerprint, request: Request, rest: str) -> tuple[str, bytes]:
        return CBOR, await self._teller.acknowledge(caller, request.body)

    async def _add_checkpoint(self, caller: Fingerprint, request: Request, rest: str) -> tuple[str, bytes]:
        return TEXT, self._teller.add_checkpoint(caller, request.body).encode()

    async def _receipts(self, caller: Fingerprint, request: Request, rest: str) -> tuple[str, bytes]:
        return CBOR, self._teller.receipts(caller, request.body)

    async def _checkpoint(self, caller: Fingerprint, request: Request, rest: str) -> tuple[str, bytes]:
        return TEXT, self._teller.checkpoint()

    async def _tile(self, caller: Fingerprint, request: Request, rest: str) -> tuple[str, bytes]:
        return "application/octet-stream", self._teller.tile(f"tile/{rest}")

    async def _statement(self, caller: Fingerprint, request: Request, rest: str) -> tuple[str, bytes]:
        try:
            id = statement_id(rest)
        except ValueError:
            raise RemoteError(NOT_FOUND, "unknown, or not released to you") from None
        return CBOR, self._teller.statement(caller, id)


def problem(error: ComityError) -> Response:
    """An error as an HTTP response (RFC 9457). What is wrong here, not there, is told by its code alone."""
    status = STATUS.get(error.code, 400 if isinstance(error, RemoteError) else 500)
    told = error.as_dict() if isinstance(error, RemoteError) else {"code": error.code, "message": CODES[error.code]}
    body = {"type": "about:blank", "status": status, "title": CODES[error.code], **told}
    return Response(status, {"content-type": PROBLEM}, content.dump(body))


class PeerClient:
    """Asks other nodes over a wire; the `Peers` port."""

    def __init__(self, wire: Wire, keys: Keyring, me: Descriptor, clock: Clock, randomness: Randomness) -> None:
        self._wire, self._keys, self._me, self._clock, self._randomness = wire, keys, me, clock, randomness

    async def pull(self, peer: Descriptor, body: bytes, *, wait: float) -> bytes:
        """Ask for a page."""
        return await self._ask(peer, PULL, body, timeout=wait + 10)

    async def acknowledge(self, peer: Descriptor, body: bytes) -> None:
        """Hand over an acknowledgement."""
        await self._ask(peer, ACKNOWLEDGE, body)

    async def add_checkpoint(self, peer: Descriptor, body: bytes) -> str:
        """Show our head; returns the cosignature line."""
        line = await self._ask(peer, ADD_CHECKPOINT, body)
        try:
            return line.decode()
        except UnicodeDecodeError:
            raise RemoteError(errors.MALFORMED, "a cosignature line is UTF-8") from None

    async def receipts(self, peer: Descriptor, body: bytes) -> bytes:
        """Ask for fresh receipts."""
        return await self._ask(peer, RECEIPTS, body)

    async def get(self, peer: Descriptor, route: Route, rest: str = "") -> bytes:
        """Read a route that takes no body: a checkpoint, a tile, a statement."""
        return await self._ask(peer, route, b"", rest=rest)

    async def _ask(self, peer: Descriptor, route: Route, body: bytes, *, rest: str = "", timeout: float = 10) -> bytes:
        """Sign a request, send it to the peer's addresses in turn, check that the answer is the peer's to it.

        Raises:
            TransportError: `unreachable`.
            RemoteError: what the peer answered, or `bad-signature` where it was not the peer.
        """
        failed = TransportError(errors.UNREACHABLE, f"{peer.party} has told no address")
        for base in peer.addresses:
            request = self._signed(peer, route, base + PREFIX + route.path.replace("{rest}", rest), body)
            try:
                response = await self._wire.send(request, timeout=timeout)
            except TransportError as error:
                failed = error
                continue
            if response.status >= 500 and "signature" not in response.headers:
                failed = TransportError(errors.UNREACHABLE, f"something before {peer.party} answered {response.status}")
                continue
            key, now = peer.keys.transport, self._clock.now()
            httpsig.verify_response(response, request, by=peer.fingerprint, key=key, now=now)
            if response.status != 200:
                raise _refusal(response)
            return response.body
        raise failed

    def _signed(self, peer: Descriptor, route: Route, url: str, body: bytes) -> Request:
        return httpsig.sign_request(
            Request(route.method, url, {"content-type": CBOR}, body),
            signer=self._keys.transport,
            me=self._me.fingerprint,
            to=peer.fingerprint,
            nonce=self._randomness.draw(16),
            now=self._clock.now(),
        )


async def fetch_descriptor(wire: Wire, base: str) -> bytes:
    """Read a node's packed descriptor from an address that a person gave; its fingerprint decides what it is worth.

    Raises:
        TransportError: `unreachable`.
        LocalError: `bad-argument`: no node answers there.
    """
    response = await wire.send(Request("GET", base + PREFIX + DESCRIPTOR.path, {}, b""), timeout=10)
    if response.status != 200 or len(response.body) > 1 << 16:
        raise LocalError(errors.BAD_ARGUMENT, f"no Comity node answers at {base}")
    return response.body


def _refusal(response: Response) -> ComityError:
    """What a peer's error response says, as an error here; a code that we do not know is malformed."""
    try:
        told = content.read_json(response.body)
        code, message = told["code"], told["message"]
        evidence = told.get("evidence") or {}
    except (RemoteError, KeyError, TypeError, AttributeError):
        return RemoteError(errors.MALFORMED, f"answered {response.status} without saying why")
    if code not in CODES or type(message) is not str or type(evidence) is not dict:
        return RemoteError(errors.MALFORMED, f"answered {response.status} with an unknown code")
    if response.status >= 500:
        return TransportError(code, f"the peer cannot answer now: {message[:200]}")
    return RemoteError(code, message[:500], evidence=evidence)
