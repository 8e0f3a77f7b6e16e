"""`comity serve` as a whole: it takes its port, holds its directory, ends in order, and gets up again after it was killed."""

import asyncio
import base64
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

import world
from comity.app import call, control, server
from comity.app.nodes import create_node
from comity.errors import BAD_ARGUMENT, IN_USE, ComityError


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return _make("fr", tmp_path, monkeypatch)


def _make(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, urls: tuple[str, ...] = ()) -> Path:
    monkeypatch.setenv("COMITY_STATE", str(folder / f"state-{name}"))
    create_node(folder / name, name, name.upper(), list(urls))
    return folder / name


# -- the port


@pytest.mark.parametrize(("host", "port"), [("256.1.1.1", 0), ("127.0.0.1", 70000), ("192.0.2.1", 0), ("x" * 70, 0)])
def test_a_port_that_cannot_be_had_is_said_so(node: Path, host: str, port: int) -> None:
    with pytest.raises(ComityError) as caught:
        asyncio.run(server.serve(node, host, port, lambda told: None))
    assert (caught.value.code, caught.value.place) == (BAD_ARGUMENT, "--port")


def test_a_port_that_another_has_is_said_so(node: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ComityError) as caught:
        asyncio.run(server.serve(node, "127.0.0.1", taken.getsockname()[1], lambda told: None))
    assert caught.value.code == BAD_ARGUMENT
    assert not (node / control.NAME).exists()
    assert call.call(node, "inbox", {}) == []  # and the directory is free again


@pytest.mark.parametrize(
    ("addresses", "port"),
    [
        ((), 8411),
        (("http://a:1",), 1),
        (("http://a",), 80),
        (("https://a/x", "http://b:2"), 443),
        (("http://[::1]:3",), 3),
    ],
)
def test_the_port_is_that_of_the_nodes_first_address(addresses: tuple[str, ...], port: int) -> None:
    [fr] = world.parties("fr")
    object.__setattr__(fr.node.descriptor, "addresses", addresses)
    assert server._port_of(fr.node.descriptor) == port


@pytest.mark.parametrize("address", ["http://a:99999", "http://a:x", "http://["])
def test_an_address_without_a_port_that_can_be_is_said_so(address: str) -> None:
    [fr] = world.parties("fr")
    object.__setattr__(fr.node.descriptor, "addresses", (address,))
    with pytest.raises(ComityError) as caught:
        server._port_of(fr.node.descriptor)
    assert caught.value.code == BAD_ARGUMENT


def test_whoever_reads_the_announcement_can_connect(node: Path) -> None:
    """Also before the event loop has come to accept anybody."""

    def connect(told: dict[str, object]) -> None:
        port = int(str(told["url"]).rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=2):
            os.kill(os.getpid(), signal.SIGTERM)

    asyncio.run(server.serve(node, "127.0.0.1", 0, connect))


# -- whole processes


class Process:
    """`comity serve` as a process of its own."""

    def __init__(self, folder: Path, *words: str) -> None:
        command = [sys.executable, "-m", "comity.app.cli", "-C", str(folder), "serve", "--json", *words]
        self.folder, self.state = folder, folder.parent / f"state-{folder.name}"
        self.running = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "COMITY_STATE": str(self.state)},
        )

    def told(self) -> dict[str, Any]:
        """What it announces: one JSON document, over several lines."""
        assert self.running.stdout is not None
        text = b""
        while not text.rstrip().endswith(b"}"):
            line = self.running.stdout.readline()
            assert line, self.running.communicate()[1].decode()
            text += line
        found: dict[str, Any] = json.loads(text)
        return found

    def ask(self, name: str, **args: Any) -> Any:
        answer = control.ask(self.folder, name, args)
        assert answer is not None
        return answer["ok"]

    def until(self, name: str, what: Callable[[Any], bool], **args: Any) -> None:
        """Ask again until it is so, for twenty seconds at most."""
        end = time.monotonic() + 20
        while not what(found := self.ask(name, **args)):
            assert time.monotonic() < end, found
            time.sleep(0.02)

    def ends(self, number: int) -> tuple[int, float, str]:
        """Send a signal; returns the exit code, how long it took, and what was told on standard error."""
        begun = time.monotonic()
        self.running.send_signal(number)
        _, told = self.running.communicate(timeout=10)
        return self.running.returncode, time.monotonic() - begun, told.decode()


@pytest.fixture
def start() -> Iterator[Callable[..., Process]]:
    """Start servers; those that are left are killed at the end."""
    begun: list[Process] = []

    def one(folder: Path, *words: str) -> Process:
        begun.append(Process(folder, *words))
        return begun[-1]

    yield one
    for process in begun:
        if process.running.poll() is None:
            process.running.kill()
        process.running.communicate()


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Two nodes that know each other, each with an address of its own."""
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        ports = [line.getsockname()[1] for line in (one, two)]
    folders = [
        _make(name, tmp_path, monkeypatch, (f"http://127.0.0.1:{port}",))
        for name, port in zip(("fr", "ru"), ports, strict=True)
    ]
    shown = []
    for folder in folders:
        monkeypatch.setenv("COMITY_STATE", str(folder.parent / f"state-{folder.name}"))
        shown.append(call.call(folder, "descriptor", {}))
    for folder, other in zip(folders, reversed(shown), strict=True):
        monkeypatch.setenv("COMITY_STATE", str(folder.parent / f"state-{folder.name}"))
        lines = other["descriptor"].splitlines()[1:-1]
        call.call(folder, "peer-add", {"descriptor": "".join(lines), "fingerprint": other["fingerprint"]})
    return cast("tuple[Path, Path]", tuple(folders))


def _said(process: Process, number: int, to: str) -> str:
    raw_object = base64.b64encode(world.report(number=number)).decode()
    return str(process.ask("say", raw=raw_object, to=[to])["statement"])


def test_a_directory_is_served_once(node: Path, start: Callable[..., Process]) -> None:
    first = start(node, "--port", "0")
    told = first.told()
    second = start(node, "--port", "0")
    out, _ = second.running.communicate(timeout=20)
    assert second.running.returncode == 2
    assert json.loads(out)["error"]["code"] == IN_USE
    assert first.ask("descriptor")["fingerprint"] == told["fingerprint"]
    assert (node / control.NAME).stat().st_mode & 0o777 == 0o600
    assert first.ends(signal.SIGTERM)[0] == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_server_while_others_wait_for_its_news(
    pair: tuple[Path, Path], start: Callable[..., Process], number: int
) -> None:
    """ru's long poll at fr is answered at once; a head that does not come and a command without end are not waited for."""
    fr, ru = (start(folder) for folder in pair)
    port = int(fr.told()["url"].rpartition(":")[2])
    ru.told()
    id = _said(fr, 1, "ru")
    fr.until("told", lambda told: "held" in json.dumps(told["parties"]), statement=id)
    with socket.create_connection(("127.0.0.1", port)) as half, socket.socket(socket.AF_UNIX) as command:
        half.sendall(b"POST /comity/v1/pull HTTP/1.1\r\nHost:")
        command.connect(str(pair[0] / control.NAME))
        command.sendall(b'{"op":')
        code, seconds, told = fr.ends(number)
    assert (code, told) == (0, "")
    assert seconds < 3
    assert not (pair[0] / control.NAME).exists()
    assert ru.ends(number)[:1] == (0,)


def test_a_server_that_was_killed_starts_again_and_tells_what_it_owes(
    pair: tuple[Path, Path], start: Callable[..., Process]
) -> None:
    fr, ru = (start(folder) for folder in pair)
    fr.told(), ru.told()
    before = _said(fr, 1, "ru")
    fr.until("told", lambda told: "held" in json.dumps(told["parties"]), statement=before)
    # The hearer is killed; what is said meanwhile waits for it.
    assert ru.ends(signal.SIGKILL)[0] == -signal.SIGKILL
    meanwhile = _said(fr, 2, "ru")
    assert (pair[1] / control.NAME).exists()
    # The teller too, with its word logged and not told.
    assert fr.ends(signal.SIGKILL)[0] == -signal.SIGKILL
    fr, ru = (start(folder) for folder in pair)
    fr.told(), ru.told()
    ru.until("inbox", lambda rows: [row["statement"] for row in rows] == [before, meanwhile])
    fr.until("told", lambda told: "held" in json.dumps(told["parties"]), statement=meanwhile)
    for process in (fr, ru):
        assert process.ask("log-verify")["valid"]
        assert process.ends(signal.SIGTERM)[0] == 0


def test_a_directory_with_a_long_path_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: Callable[..., Process]
) -> None:
    folder = tmp_path / ("d" * 120)
    folder.mkdir()
    process = start(_make("fr", folder, monkeypatch), "--port", "0")
    process.told()
    assert process.ask("inbox") == []
    assert process.ends(signal.SIGTERM)[0] == 0
    assert not (folder / "fr" / control.NAME).exists()
