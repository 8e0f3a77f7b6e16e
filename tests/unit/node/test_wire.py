"""The real wire, against a server of a few lines: what it follows, what it bounds, and what it says of failures."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable

import pytest

from comity.errors import TOO_LARGE, UNREACHABLE, RemoteError, TransportError
from comity.exchange import deliver
from comity.node import wire
from comity.node.ports import Request, Response
from comity.node.wire import HttpWire

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def saying(answer: bytes, heard: list[bytes] | None = None) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if heard is not None:
            heard.append(head)
        writer.write(answer)
        await writer.drain()

    return serve


def asked(serve: Serve, *, timeout: float = 5, most: int | None = None) -> Response:
    serving: list[asyncio.Task[None]] = []

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append(asyncio.current_task())  # type: ignore[arg-type]
        try:
            await serve(reader, writer)
        finally:
            writer.close()
            await writer.wait_closed()

    async def story() -> Response:
        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        request = Request("GET", f"http://127.0.0.1:{port}/comity/v1/checkpoint", {"x-test": "1"}, b"", most)
        async with server:
            try:
                async with HttpWire() as line:
                    return await line.send(request, timeout=timeout)
            finally:
                await asyncio.gather(*serving, return_exceptions=True)

    return asyncio.run(story())


def failing(serve: Serve, *, timeout: float = 5) -> tuple[str, str]:
    with pytest.raises((TransportError, RemoteError)) as caught:
        asked(serve, timeout=timeout)
    return caught.value.code, caught.value.message


def test_a_request_goes_out_as_it_was_signed_and_the_answer_comes_back_as_it_is() -> None:
    heard: list[bytes] = []
    answer = asked(saying(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nX-Kind: a\r\n\r\nno", heard))
    assert (answer.status, answer.headers["x-kind"], answer.body) == (404, "a", b"no")
    assert heard[0].startswith(b"GET /comity/v1/checkpoint HTTP/1.1\r\n")
    assert b"x-test: 1\r\n" in heard[0]


def test_a_redirection_is_an_answer_and_is_not_followed() -> None:
    heard: list[bytes] = []
    answer = asked(saying(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", heard))
    assert (answer.status, len(heard)) == (302, 1)


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert asked(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")).status == 200


def test_an_answer_that_is_too_large_is_refused_before_it_is_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MAX_RESPONSE", 1000)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n"
    assert failing(saying(head + bytes(1001)))[0] == TOO_LARGE


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"])
def test_an_answer_that_is_cut_off_or_no_http_is_unreachable(answer: bytes) -> None:
    assert failing(saying(answer))[0] == UNREACHABLE


def test_who_accepts_and_says_nothing_is_unreachable_in_time() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # until the other side gives up

    assert failing(serve, timeout=0.1)[0] == UNREACHABLE


def test_who_answers_byte_by_byte_is_unreachable_once_the_time_has_passed_in_all() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not reader.at_eof():  # until the other side gives up
            writer.write(b".")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(reader.read(), 0.05)

    started = time.monotonic()
    assert failing(serve, timeout=0.3)[0] == UNREACHABLE
    assert time.monotonic() - started < 10  # of the 50 s that the answer takes


def test_the_largest_page_is_the_largest_answer() -> None:
    assert wire.MAX_RESPONSE == deliver.MAX_PAGE


def test_a_closed_port_is_unreachable_and_the_message_names_the_place_alone() -> None:
    async def story() -> None:
        async with HttpWire() as line:
            await line.send(Request("POST", "http://127.0.0.1:1/comity/v1/pull?secret", {}, b"secret"), timeout=5)

    with pytest.raises(TransportError) as caught:
        asyncio.run(story())
    assert caught.value.code == UNREACHABLE
    assert "http://127.0.0.1:1 " in caught.value.message
    assert "secret" not in caught.value.message


@pytest.mark.parametrize(
    "url", ["http://", "http://a b/", "http://[::1/", "ftp://127.0.0.1/", "http://127.0.0.1:99999/"]
)
def test_an_address_that_is_none_is_unreachable(url: str) -> None:
    async def story() -> None:
        async with HttpWire() as line:
            await line.send(Request("GET", url, {}, b""), timeout=5)

    with pytest.raises(TransportError) as caught:
        asyncio.run(story())
    assert caught.value.code == UNREACHABLE


def test_an_answer_may_be_as_large_as_its_request_says_and_no_larger() -> None:
    body = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + bytes(1000)
    assert len(asked(saying(body), most=1000).body) == 1000
    with pytest.raises(RemoteError) as caught:
        asked(saying(body), most=999)
    assert caught.value.code == TOO_LARGE
