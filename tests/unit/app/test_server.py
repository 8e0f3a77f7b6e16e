"""The real server on loopback: what comes over the wire is what is answered, byte for byte, and nobody waits without end."""

import asyncio
import contextlib
import itertools
import logging
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

import world
from comity import errors
from comity.app import server
from comity.app.server import NodeApi, Told, http_server
from comity.errors import ComityError
from comity.gateways import peer as peers
from comity.gateways.httpsig import sign_request, verify_response
from comity.gateways.peer import MAX_REQUEST, PREFIX, Route
from comity.model import content
from comity.node.ports import Request, Response
from comity.node.sqlite import SqliteStore

# -- fr on a port, in this process


class Served:
    """fr as the real HTTP server shows it; ru is a member, whom fr has told something."""

    def __init__(self, fr: world.Party, ru: world.Party, us: world.Party, port: int) -> None:
        self.fr, self.ru, self.us, self.port = fr, ru, us, port

    def signed(self, route: Route, rest: str = "", body: bytes = b"", **parts: Any) -> Request:
        """What ru would ask fr; the parts of its signature may be others."""
        url = parts.get("url", parts.get("base", self.fr.address) + PREFIX + route.path.replace("{rest}", rest))
        return sign_request(
            Request(parts.get("method", route.method), url, {}, body),
            signer=self.ru.keys.transport,
            me=self.ru.fingerprint,
            to=parts.get("to", self.fr).fingerprint,
            nonce=self.ru.randomness.draw(16),
            now=self.ru.clock.now(),
        )

    async def ask(self, request: Request, **how: Any) -> Response:
        """Send a request in one piece and read the whole answer."""
        return answer_of(await self.converse(raw(request, **how)))

    async def converse(self, data: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        with contextlib.closing(writer), contextlib.suppress(ConnectionError):
            writer.write(data)
            return await reader.read()
        return b""

    def dump(self) -> list[Any]:
        """All that stands in fr's store."""
        assert isinstance(self.fr.store, SqliteStore)
        database = self.fr.store._db
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return [list(database.execute(f"SELECT * FROM {name}")) for name in tables]


def raw(
    request: Request,
    *,
    host: str | None = None,
    target: str | None = None,
    version: str = "1.1",
    headers: tuple[str, ...] = (),
    length: bool = True,
) -> bytes:
    """A request's bytes; what is not said is taken from its URL."""
    rest = request.url.partition("://")[2]
    names = [f"Host: {rest.partition('/')[0] if host is None else host}"] if host != "" else []
    names += [f"{name}: {value}" for name, value in request.headers.items()]
    names += [f"Content-Length: {len(request.body)}"] if length else []
    lines = [f"{request.method} {target or '/' + rest.partition('/')[2]} HTTP/{version}", *names, *headers]
    return ("\r\n".join([*lines, "Connection: close"]) + "\r\n\r\n").encode("latin-1") + request.body


def answer_of(data: bytes) -> Response:
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return Response(int(first.split(" ")[1]), headers, body)


def code_of(response: Response) -> str:
    return str(content.read_json(response.body)["code"])


@contextlib.asynccontextmanager
async def running(api: Any) -> AsyncIterator[tuple[int, Any]]:
    """An ASGI application on uvicorn as the node has it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        http = http_server(api)
        task = asyncio.create_task(http.serve(sockets=[listening]))
        try:
            yield listening.getsockname()[1], http
        finally:
            http.stop()
            await task


@contextlib.asynccontextmanager
async def serving(*, body_seconds: float = 5, addresses: tuple[str, ...] | None = None) -> AsyncIterator[Served]:
    fr, ru, us = world.parties("fr", "ru", "us")
    if addresses is not None:
        object.__setattr__(fr.node.descriptor, "addresses", addresses)
    await fr.say(world.report(), ru)
    fr.sync.publish()
    async with running(NodeApi(fr.server, fr.node.descriptor, body_seconds=body_seconds)) as (port, _):
        yield Served(fr, ru, us, port)
        fr.teller.close()


def believed(served: Served, request: Request, response: Response) -> bool:
    """Say whether ru takes the answer as fr's to its request."""
    try:
        key = served.fr.keys.transport.public
        verify_response(response, request, by=served.fr.fingerprint, key=key, now=served.ru.clock.now())
    except ComityError:
        return False
    return True


def test_a_request_over_the_wire_has_an_answer_that_is_bound_to_it() -> None:
    async def run() -> None:
        async with serving() as served:
            for route, rest in ((peers.DESCRIPTOR, ""), (peers.CHECKPOINT, ""), (peers.TILE, "0/000.p/1")):
                request = served.signed(route, rest)
                response = await served.ask(request)
                assert response.status == 200
                assert believed(served, request, response)
                assert not believed(served, served.signed(route, rest), response)
            assert "server" not in response.headers

    asyncio.run(run())


def test_a_request_over_the_wire_is_answered_once() -> None:
    async def run() -> None:
        async with serving() as served:
            request = served.signed(peers.CHECKPOINT)
            first, again = await served.ask(request), await served.ask(request)
            assert (first.status, again.status, code_of(again)) == (200, 401, errors.REPLAYED)

    asyncio.run(run())


# -- paths and methods

TRICKS: dict[str, tuple[str, str]] = {
    "two slashes": ("GET", "/comity/v1//checkpoint"),
    "two slashes in front": ("GET", "//comity/v1/checkpoint"),
    "a slash at the end": ("GET", "/comity/v1/checkpoint/"),
    "a dot": ("GET", "/comity/v1/./checkpoint"),
    "two dots": ("GET", "/comity/v1/tile/../checkpoint"),
    "dots in disguise": ("GET", "/comity/v1/tile/%2e%2e/checkpoint"),
    "a letter in disguise": ("GET", "/comity/v1/%63heckpoint"),
    "a slash in disguise": ("GET", "/comity%2fv1/checkpoint"),
    "a question mark in disguise": ("GET", "/comity/v1/checkpoint%3Fx"),
    "a query": ("GET", "/comity/v1/checkpoint?x=1"),
    "a query on what anyone may see": ("GET", "/comity/v1/descriptor?x=1"),
    "a query on a pull": ("POST", "/comity/v1/pull?wait=0"),
    "a tile in disguise": ("GET", "/comity/v1/tile/0%2F000.p%2F1"),
    "a tile's digits in disguise": ("GET", "/comity/v1/tile/0/%30%30%30.p/1"),
    "a tile with a query": ("GET", "/comity/v1/tile/0/000.p/1?x"),
    "a tile of two slashes": ("GET", "/comity/v1/tile//0/000.p/1"),
    "a bundle of entries": ("GET", "/comity/v1/tile/entries/000.p/1"),
    "no tile at all": ("GET", "/comity/v1/tile/"),
    "a semicolon": ("GET", "/comity/v1/checkpoint;x"),
    "another version": ("GET", "/comity/v2/checkpoint"),
    "capitals": ("GET", "/comity/v1/CHECKPOINT"),
    "the root": ("GET", "/"),
    "GET for POST": ("GET", "/comity/v1/pull"),
    "POST for GET": ("POST", "/comity/v1/checkpoint"),
    "HEAD": ("HEAD", "/comity/v1/descriptor"),
    "OPTIONS": ("OPTIONS", "/comity/v1/descriptor"),
    "OPTIONS of all": ("OPTIONS", "*"),
    "PUT": ("PUT", "/comity/v1/acknowledge"),
    "DELETE": ("DELETE", "/comity/v1/checkpoint"),
    "TRACE": ("TRACE", "/comity/v1/descriptor"),
    "no method of the standard": ("PROPFIND", "/comity/v1/descriptor"),
    "a method in small letters": ("get", "/comity/v1/checkpoint"),
    "a path with a host": ("GET", "http://fr.example/comity/v1/checkpoint"),
}


def test_no_trick_with_a_path_or_method_reaches_a_route() -> None:
    """NODE-API-10. Each is a member's, signed for just this target: it is not the signature that saves us."""

    async def run() -> None:
        async with serving() as served:
            answers = {}
            for name, (method, target) in TRICKS.items():
                url = served.fr.address + target if target.startswith("/") else served.fr.address + "/"
                signed = served.signed(peers.PULL, method=method.upper(), url=url)
                request = Request(method, url, signed.headers, b"")
                before = served.dump()
                response = await served.ask(request, target=target)
                assert "signature" in response.headers, name
                answers[name] = response.status
                # What is asked under a route's own prefix is a request that was made, and cannot be made again.
                made = target.startswith("/comity/v1/tile/") and "?" not in target
                assert made or served.dump() == before, name
            assert answers == dict.fromkeys(TRICKS, 404)

    asyncio.run(run())


def test_what_cannot_be_a_path_is_refused_by_the_http_server() -> None:
    async def run() -> None:
        async with serving() as served:
            for target in ("/comity/v1/check\x00point", "/comity/v1/\xff", "", "/a b"):
                data = f"GET {target} HTTP/1.1\r\nHost: fr.example\r\n\r\n".encode("latin-1")
                assert answer_of(await served.converse(data)).status == 400

    asyncio.run(run())


# -- hosts


def test_a_host_that_is_not_ours_makes_a_target_that_nobody_signed() -> None:
    async def run() -> None:
        async with serving() as served:
            before = served.dump()
            for host in (
                "evil.example",
                "us.example",
                "fr.example:81",
                "fr.example/x",
                "ä",
                " ",
                "fr.example?",
            ):
                for route in (peers.CHECKPOINT, peers.PULL):
                    request = served.signed(route)
                    response = await served.ask(request, host=host)
                    assert (response.status, code_of(response)) == (401, errors.UNAUTHENTICATED), host
                    assert not believed(served, request, response)
            assert served.dump() == before

    asyncio.run(run())


def test_a_host_leads_to_no_other_route_than_the_path_does() -> None:
    """A URL put together of both would be read as another path: fr.example/comity/v1/descriptor? and the path behind it."""

    async def run() -> None:
        async with serving() as served:
            for host in (
                "fr.example/comity/v1/descriptor?",
                "fr.example/comity/v1/descriptor#",
                "/comity/v1/descriptor?",
            ):
                response = await served.ask(Request("GET", "http://fr.example/nothing", {}, b""), host=host)
                assert response.status == 404
                stranger = Request("GET", "http://fr.example/comity/v1/checkpoint", {}, b"")
                assert (await served.ask(stranger, host=host)).status == 401

    asyncio.run(run())


def test_a_request_for_another_node_is_refused_under_either_host() -> None:
    """us, who received it, sends it on to fr, whom ru knows as well."""

    async def run() -> None:
        async with serving() as served:
            meant = served.signed(peers.CHECKPOINT, base="http://us.example", to=served.us)
            response = await served.ask(meant)
            assert (response.status, code_of(response)) == (403, errors.WRONG_ADDRESSEE)
            assert (await served.ask(meant, host="fr.example")).status == 401
            lying = served.signed(peers.CHECKPOINT, to=served.us)
            assert code_of(await served.ask(lying)) == errors.WRONG_ADDRESSEE

    asyncio.run(run())


def test_a_request_without_a_host_is_answered_all_the_same() -> None:
    async def run() -> None:
        async with serving() as served:
            nobody = Request("GET", "http://fr.example/comity/v1/descriptor", {}, b"")
            response = await served.ask(nobody, host="", version="1.0")
            assert response.status == 200
            assert "signature" in response.headers
            assert (await served.ask(served.signed(peers.CHECKPOINT), host="", version="1.0")).status == 401
            assert (await served.ask(nobody, host="")).status == 400
            assert (await served.ask(nobody, headers=("Host: fr.example",))).status == 400

    asyncio.run(run())


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("http://fr.example", "FR.Example"),
        ("http://fr.example", "fr.example:80"),
        ("http://FR.example:80", "fr.example"),
        ("https://fr.example", "fr.example:443"),
        ("https://fr.example:443", "fr.example"),
        ("http://[::1]:8001", "[::1]:8001"),
    ],
)
def test_an_address_may_be_spelt_in_more_ways_than_one(address: str, host: str) -> None:
    """What was signed is the address as the descriptor gives it, which is what a proxy that ends TLS cannot see."""

    async def run() -> None:
        async with serving(addresses=("http://other.example", address)) as served:
            request = served.signed(peers.CHECKPOINT, base=address)
            response = await served.ask(request, host=host)
            assert response.status == 200
            assert believed(served, request, response)

    asyncio.run(run())


def test_an_address_may_have_a_path_that_a_proxy_takes_away_or_leaves() -> None:
    async def run() -> None:
        async with serving(addresses=("http://un.example/ru", "http://un.example/fr")) as served:
            for target in ("/fr/comity/v1/checkpoint", "/ru/comity/v1/checkpoint"):
                request = served.signed(peers.CHECKPOINT, url="http://un.example" + target)
                response = await served.ask(request)
                assert response.status == 200
                assert believed(served, request, response)
            request = served.signed(peers.CHECKPOINT, base="http://un.example/ru")
            assert (await served.ask(request, target="/comity/v1/checkpoint")).status == 200
            assert (await served.ask(served.signed(peers.CHECKPOINT, base="http://un.example/us"))).status == 404

    asyncio.run(run())


@pytest.mark.parametrize("name", ["comity-recipient", "content-digest", "signature", "signature-input"])
@pytest.mark.parametrize("first", [True, False])
def test_a_header_that_stands_twice_hides_nothing(name: str, first: bool) -> None:
    async def run() -> None:
        async with serving() as served:
            request = served.signed(peers.CHECKPOINT)
            other = served.signed(peers.CHECKPOINT, to=served.us, body=b"!")
            pair = [f"{name}: {request.headers[name]}", f"{name}: {other.headers[name]}"][:: 1 if first else -1]
            left = {key: value for key, value in request.headers.items() if key != name}
            response = await served.ask(Request(request.method, request.url, left, b""), headers=tuple(pair))
            assert (response.status, code_of(response)) == (401, errors.UNAUTHENTICATED)

    asyncio.run(run())


# -- bodies


def test_a_body_that_does_not_come_in_time_is_given_up() -> None:
    """NODE-API-19."""

    async def run() -> None:
        async with serving(body_seconds=0.2) as served:
            request = served.signed(peers.PULL, body=b"x" * 1000)
            data = raw(request)
            response = answer_of(await served.converse(data[:-1]))
            assert response.status == 408
            assert response.headers["connection"] == "close"
            assert (response.body, "signature" in response.headers) == (b"", False)
            # It was no request: the same one may come again, whole.
            assert (await served.ask(request)).status == 400

    asyncio.run(run())


def test_whoever_goes_away_in_the_middle_of_a_body_leaves_nothing_behind(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        async with serving() as served:
            data = raw(served.signed(peers.PULL, body=b"x" * 1000))
            before = served.dump()
            for length in (len(data) - 1, len(data) - 999, 10):
                _, writer = await asyncio.open_connection("127.0.0.1", served.port)
                writer.write(data[:length])
                await writer.drain()
                writer.close()
            assert (await served.ask(served.signed(peers.DESCRIPTOR))).status == 200
            assert served.dump() == before

    asyncio.run(run())
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_is_too_large_is_refused_and_signed(chunked: bool) -> None:
    async def run() -> None:
        async with serving() as served:
            body = b"x" * (MAX_REQUEST + 1)
            request = served.signed(peers.PULL, body=body)
            if chunked:
                pieces = b"".join(b"10000\r\n" + body[at : at + 65536] + b"\r\n" for at in range(0, MAX_REQUEST, 65536))
                empty = Request(request.method, request.url, request.headers, pieces + b"1\r\nx\r\n0\r\n\r\n")
                response = await served.ask(empty, length=False, headers=("Transfer-Encoding: chunked",))
            else:
                response = await served.ask(request)
            assert (response.status, code_of(response)) == (413, errors.TOO_LARGE)
            assert believed(served, request, response)

    asyncio.run(run())


def test_a_stranger_is_refused_before_it_has_sent_a_body() -> None:
    async def run() -> None:
        async with serving(body_seconds=60) as served:
            nobody = Request("POST", "http://fr.example/comity/v1/pull", {}, b"")
            promised = ("Content-Length: 1000000", "Expect: 100-continue")
            reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
            with contextlib.closing(writer):
                writer.write(raw(nobody, length=False, headers=promised))
                assert await reader.readline() == b"HTTP/1.1 401 Unauthorized\r\n"
            member = served.signed(peers.PULL)
            reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
            with contextlib.closing(writer):
                writer.write(raw(member, length=False, headers=promised))
                assert await reader.readline() == b"HTTP/1.1 100 Continue\r\n"

    asyncio.run(run())


# -- time


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    raise AssertionError("nothing was asked")


@pytest.mark.parametrize(
    "sent", [b"", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: fr"], ids=["nothing", "line", "half"]
)
def test_a_connection_on_which_no_head_comes_is_closed(monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.3)

    async def run() -> None:
        async with running(_nothing) as (port, _):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)

            async def trickle() -> None:
                for number in itertools.count():
                    writer.write(f"X-{number}: 1\r\n".encode() if sent else b"")
                    await asyncio.sleep(0.02)

            dripping = asyncio.create_task(trickle())
            try:
                async with asyncio.timeout(5):
                    with contextlib.suppress(ConnectionError):
                        assert await reader.read() == b""
            finally:
                dripping.cancel()
                writer.close()

    asyncio.run(run())


def test_a_connection_is_kept_for_the_next_request_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.3)

    async def run() -> None:
        async with serving() as served:
            data = b"GET /comity/v1/descriptor HTTP/1.1\r\nHost: fr.example\r\n\r\n"
            reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
            for _ in range(3):
                writer.write(data)
                head = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]))
            async with asyncio.timeout(5):
                assert await reader.read() == b""
            writer.close()

    asyncio.run(run())


def test_a_long_poll_is_not_taken_for_a_connection_without_a_head(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.1)

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(0.4)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"late"})

    async def run() -> None:
        async with running(slow) as (port, _):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert (await reader.read()).endswith(b"late\r\n0\r\n\r\n")
            writer.close()

    asyncio.run(run())


@pytest.mark.parametrize("reads", [False, True])
def test_whoever_does_not_read_its_answer_is_left(monkeypatch: pytest.MonkeyPatch, reads: bool) -> None:
    monkeypatch.setattr(server, "STALL_SECONDS", 0.2)
    size = 32 << 20

    async def much(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % size)]})
        await send({"type": "http.response.body", "body": bytes(size)})

    async def run() -> None:
        async with running(much) as (port, http):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 16)
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            got = len(await reader.readuntil(b"\r\n\r\n"))
            if reads:
                while chunk := await reader.read(1 << 20):
                    got += len(chunk)
                    await asyncio.sleep(0.01)
                assert got > size
            async with asyncio.timeout(5):
                while http.server_state.connections:
                    await asyncio.sleep(0.02)
            writer.close()

    asyncio.run(run())


# -- the loops


def test_loops_that_break_are_told_and_begin_again(capsys: pytest.CaptureFixture[str]) -> None:
    [fr] = world.parties("fr")
    runs: list[int] = []

    async def broken() -> None:
        runs.append(1)
        raise RuntimeError("no reason")

    async def run() -> None:
        fr.sync.run = broken  # type: ignore[method-assign,assignment]
        async with server._syncing(fr.sync):
            await asyncio.sleep(2.5)

    world.run(run)
    assert len(runs) == 3
    assert "RuntimeError: “no reason”" in capsys.readouterr().err


def test_what_libraries_log_is_told_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    told = logging.Logger("uvicorn.error")
    told.addHandler(Told())
    try:
        raise ValueError("no\ncomity: it is held\x1b[2J")
    except ValueError:
        told.exception("it broke\ncomity: all is well \u202e")
    first, *rest = capsys.readouterr().err.splitlines()
    assert first == "uvicorn.error: “it broke⏎comity: all is well <U+202E>”"
    assert rest[0] == "That was a fault. Traceback, the last call at its end:"
    assert rest[-1] == "  ValueError: “no⏎comity: it is held␛[2J”"
    assert len(rest) == 3
