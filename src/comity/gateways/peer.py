"""The node API: what nodes say to each other over HTTP (spec/node-api.md), both sides of it.

The routes are one table: the router, the authorisation tests and the specification's list are made from it. Identity is
the signature's (see `httpsig`); an error's code becomes a status in one other table. Nothing here waits or stores.
"""

import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

from comity import errors, foreign
from comity.errors import CODES, NOT_FOUND, REPLAYED, TOO_LARGE, ComityError, LocalError, RemoteError, TransportError
from comity.gateways import httpsig
from comity.model import content
from comity.model.fingerprint import Fingerprint
from comity.model.party import UNPLACED, Descriptor
from comity.node.access import Caller, authorise
from comity.node.node import Node, pack
from comity.node.ports import Clock, Keyring, Randomness, Request, Response, Wire
from comity.node.teller import Teller
from comity.proof.tree import parse_tile_path
from comity.space.instant import Instant

PREFIX = "/comity/v1"
MAX_REQUEST = 1 << 20
# A member's requests that are at work at one time. A node asks for three things at once at most.
MAX_AT_ONCE = 16
# Seconds until a node that was asked counts as unreachable; a page may be large, and the line slow.
SHORT, LONG = 10.0, 40.0
# The evidence in a problem may be two notes of 64 KiB.
_MAX_PROBLEM = 256 << 10
# Cells of what a peer says that are shown of its problem.
_SAID = 300
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
ITEMS = Route("POST", "/items", Caller.MEMBER, "items request", "items")
ACKNOWLEDGE = Route("POST", "/acknowledge", Caller.MEMBER, "acknowledgement", "-")
ADD_CHECKPOINT = Route("POST", "/add-checkpoint", Caller.MEMBER, "tlog-witness request", "cosignature line")
RECEIPTS = Route("POST", "/receipts", Caller.MEMBER, "receipts request", "receipts")
CHECKPOINT = Route("GET", "/checkpoint", Caller.MEMBER, "-", "checkpoint")
TILE = Route("GET", "/tile/{rest}", Caller.MEMBER, "-", "tile of hashes")
ROUTES = (DESCRIPTOR, PULL, ITEMS, ACKNOWLEDGE, ADD_CHECKPOINT, RECEIPTS, CHECKPOINT, TILE)


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


# What a fault of the caller's is in HTTP; one of our own is 500, or 503 where trying again may help.
STATUS: dict[str, int] = {
    errors.MALFORMED: 400,
    errors.UNKNOWN_VERSION: 400,
    errors.BAD_SIGNATURE: 400,
    errors.UNKNOWN_ALGORITHM: 400,
    errors.UNKNOWN_KEY: 400,
    errors.WRONG_ISSUER: 400,
    errors.NOT_INCLUDED: 400,
    errors.CONTENT_MISMATCH: 400,
    errors.NOT_JSON: 400,
    errors.NOT_STIX: 400,
    errors.BAD_ARGUMENT: 400,
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
    errors.PAGE_INCOMPLETE: 422,
    errors.PAGE_OMISSION: 422,
    errors.BUSY: 429,
}
# What each status is called (RFC 9110 section 15; Python's own table has the names of RFC 7231 for some).
PHRASES: dict[int, str] = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    413: "Content Too Large",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
_TRY_AGAIN = frozenset({errors.READ_ONLY, errors.STORAGE, errors.UNREACHABLE})

ReadBody = Callable[[], Awaitable[bytes]]


class PeerServer:
    """Answers the node API for one node."""

    def __init__(self, node: Node, teller: Teller) -> None:
        self._node, self._teller = node, teller
        self._at_work: Counter[Fingerprint] = Counter()
        self._answers: dict[Route, Callable[[Fingerprint, bytes, str], Awaitable[tuple[str, bytes]]]] = {
            PULL: self._pull,
            ITEMS: self._items,
            ACKNOWLEDGE: self._acknowledge,
            ADD_CHECKPOINT: self._add_checkpoint,
            RECEIPTS: self._receipts,
            CHECKPOINT: self._checkpoint,
            TILE: self._tile,
        }

    async def handle(
        self, request: Request, route: Route | None, rest: str = "", read: ReadBody | None = None
    ) -> Response:
        """Answer one request; never raises for anything that a caller sent, but what `read` raises.

        Args:
            request: as it came.
            route: the row of the table that matched; None if none did.
            rest: what stands in the place of `{rest}`.
            read: reads the body, up to one byte more than `MAX_REQUEST`; it is called once the head is known to be a
                member's, so that a stranger's costs nothing. None where `request` holds the body.
        """
        try:
            kind, body = await self._answer(request, route, rest, read)
            response = Response(200, {"content-type": kind}, body)
        except ComityError as error:
            response = problem(error)
        me = self._node
        return httpsig.sign_response(
            response, request, signer=me.keys.transport, me=me.descriptor.fingerprint, now=me.clock.now()
        )

    async def _answer(
        self, request: Request, route: Route | None, rest: str, read: ReadBody | None
    ) -> tuple[str, bytes]:
        if route is None:
            raise RemoteError(NOT_FOUND, "no such route")
        if route is DESCRIPTOR:
            return CBOR, pack(self._node.descriptor.signed)
        # (1) who asks, by the head alone
        me, now = self._node.descriptor.fingerprint, self._node.clock.now()
        caller = httpsig.verify_request(request, me=me, key_of=self._transport_key, now=now)
        # (2) may they
        authorise(route.caller, None if caller is None else caller.fingerprint)
        assert caller is not None
        with self._place(caller.fingerprint):
            # (3) what they ask, and that they asked it once
            body = request.body if read is None else await read()
            self._admit(caller, body)
            return await self._answers[route](caller.fingerprint, body, rest)

    @contextlib.contextmanager
    def _place(self, caller: Fingerprint) -> Iterator[None]:
        """Hold one of a member's places at work, so that one member's requests cannot take all connections."""
        if self._at_work[caller] >= MAX_AT_ONCE:
            raise RemoteError(errors.BUSY, f"{MAX_AT_ONCE} requests of yours are at work already; try again")
        self._at_work[caller] += 1
        try:
            yield
        finally:
            self._at_work[caller] -= 1

    def _admit(self, caller: httpsig.Caller, body: bytes) -> None:
        if len(body) > MAX_REQUEST:
            raise RemoteError(TOO_LARGE, f"a request has at most {MAX_REQUEST} bytes")
        httpsig.verify_body(caller, body)
        # Twice as long as it is good for: the clock may be set back a little.
        until, now = Instant(caller.created + 2 * httpsig.MAX_SKEW), self._node.clock.now()
        if not self._node.store.remember_nonce(caller.fingerprint, caller.nonce, until, now):
            raise RemoteError(REPLAYED, "a request with this nonce was answered before")

    def _transport_key(self, who: Fingerprint) -> Any:
        peer = self._node.peer(who)
        return None if peer is None else peer.descriptor.key("transport", UNPLACED)

    async def _pull(self, caller: Fingerprint, body: bytes, rest: str) -> tuple[str, bytes]:
        return CBOR, await self._teller.pull(caller, body)

    async def _items(self, caller: Fingerprint, body: bytes, rest: str) -> tuple[str, bytes]:
        return CBOR, self._teller.items(caller, body)

    async def _acknowledge(self, caller: Fingerprint, body: bytes, rest: str) -> tuple[str, bytes]:
        return CBOR, await self._teller.acknowledge(caller, body)

    async def _add_checkpoint(self, caller: Fingerprint, body: bytes, rest: str) -> tuple[str, bytes]:
        return TEXT, self._teller.add_checkpoint(caller, body).encode()

    async def _receipts(self, caller: Fingerprint, body: bytes, rest: str) -> tuple[str, bytes]:
        return CBOR, self._teller.receipts(caller, body)

    async def _checkpoint(self, caller: Fingerprint, body: bytes, rest: str) -> tuple[str, bytes]:
        return TEXT, self._teller.checkpoint()

    async def _tile(self, caller: Fingerprint, body: bytes, rest: str) -> tuple[str, bytes]:
        path = f"tile/{rest}"
        try:
            parse_tile_path(path)
        except RemoteError:
            raise RemoteError(NOT_FOUND, "no such tile") from None
        return "application/octet-stream", self._teller.tile(path)


def problem(error: ComityError) -> Response:
    """An error as an HTTP response (RFC 9457). What is wrong here, not there, is told by its code alone."""
    told: dict[str, Any] = {"code": error.code, "message": CODES[error.code]}
    if isinstance(error, RemoteError):
        status, told = STATUS.get(error.code, 400), error.as_dict()
    else:
        status = 503 if error.code in _TRY_AGAIN else 500
    # Of the type about:blank the title is the status's own (RFC 9457 section 4.2.1): what the code means stands elsewhere.
    body = {"type": "about:blank", "status": status, "title": PHRASES[status], **told}
    return Response(status, {"content-type": PROBLEM}, content.dump(body))


class PeerClient:
    """Asks other nodes over a wire; the `Peers` port."""

    def __init__(self, wire: Wire, keys: Keyring, me: Descriptor, clock: Clock, randomness: Randomness) -> None:
        self._wire, self._keys, self._me, self._clock, self._randomness = wire, keys, me, clock, randomness

    async def pull(self, peer: Descriptor, body: bytes, *, wait: float) -> bytes:
        """Ask for a page."""
        return await self._ask(peer, PULL, body, timeout=wait + LONG)

    async def items(self, peer: Descriptor, body: bytes) -> bytes:
        """Ask for items by their hashes."""
        return await self._ask(peer, ITEMS, body, timeout=LONG)

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

    async def descriptor(self, peer: Descriptor) -> bytes:
        """Ask for its descriptor."""
        return await self._ask(peer, DESCRIPTOR, b"")

    async def receipts(self, peer: Descriptor, body: bytes) -> bytes:
        """Ask for fresh receipts."""
        return await self._ask(peer, RECEIPTS, body, timeout=LONG)

    async def get(self, peer: Descriptor, route: Route, rest: str = "") -> bytes:
        """Read a route that takes no body: a checkpoint, a tile, a statement."""
        return await self._ask(peer, route, b"", rest=rest)

    async def _ask(
        self, peer: Descriptor, route: Route, body: bytes, *, rest: str = "", timeout: float = SHORT
    ) -> bytes:
        """Sign a request, send it to the peer's addresses in turn, check that the answer is the peer's to it.

        Whoever answers at one address and is not the peer does not keep us from the next.

        Raises:
            TransportError: `unreachable`.
            RemoteError: what the peer answered, or `bad-signature` where it was not the peer.
            LocalError: `bad-argument`: an address that is none.
        """
        failed: ComityError = TransportError(errors.UNREACHABLE, "it has told no address")
        for base in peer.addresses:
            try:
                request = self._signed(peer, route, base + PREFIX + route.path.replace("{rest}", rest), body)
                response = await self._wire.send(request, timeout=timeout)
                self._check(peer, request, response)
            except ComityError as error:
                failed = error
                continue
            if response.status != 200:
                raise _refusal(response)
            return response.body
        raise failed

    def _check(self, peer: Descriptor, request: Request, response: Response) -> None:
        if "signature" not in response.headers and (response.status >= 500 or response.status in _NO_ROOM):
            raise TransportError(errors.UNREACHABLE, f"something before it answered {response.status}")
        key, now = peer.key("transport", UNPLACED), self._clock.now()
        httpsig.verify_response(response, request, by=peer.fingerprint, key=key, now=now)

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
    response = await wire.send(Request("GET", base + PREFIX + DESCRIPTOR.path, {}, b""), timeout=SHORT)
    if response.status != 200 or len(response.body) > 1 << 16:
        raise LocalError(errors.BAD_ARGUMENT, f"no Comity node answers at {base}")
    return response.body


# Too slow, too many: what a proxy or the HTTP server itself says for want of time or room, unsigned.
_NO_ROOM = (408, 429)


def _refusal(response: Response) -> ComityError:
    """What a peer's error response says, as an error here; what is not of the form, or not a code, is malformed.

    Its message is the peer's own words: it is quoted on one line and cut, and the petname is set before it by who asked.
    """
    try:
        told = content.read_json(response.body) if len(response.body) <= _MAX_PROBLEM else None
    except RemoteError:
        told = None
    match told:
        case {"code": str(code), "message": str(message), **more} if code in CODES:
            evidence = more.get("evidence", {})
        case _:
            return RemoteError(errors.MALFORMED, f"answered {response.status} without saying why")
    if type(evidence) is not dict:
        return RemoteError(errors.MALFORMED, f"answered {response.status} with evidence that is none")
    if response.status >= 500 or code == errors.BUSY:
        return TransportError(code, f"it cannot answer now, and says {foreign.quoted(message, _SAID)}")
    return RemoteError(code, f"it says {foreign.quoted(message, _SAID)}", evidence=evidence)
