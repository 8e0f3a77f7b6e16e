"""The control socket: whole commands, whole answers, and an error document for whatever is neither."""

import asyncio
import base64
import contextlib
import json
import os
import socket
import stat
import threading
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import world
from comity import __version__
from comity.app import call, control, operations
from comity.app.control import MAX_COMMAND, NAME, Control, ask
from comity.app.nodes import create_node
from comity.errors import (
    BAD_ARGUMENT,
    IN_USE,
    INTERNAL,
    NOT_A_NODE,
    NOT_JSON,
    OTHER_VERSION,
    TOO_LARGE,
    UNREACHABLE,
    ComityError,
)
from comity.model.content import MAX_CONTENT
from comity.node.directory import Directory


@contextlib.asynccontextmanager
async def listening(folder: Path) -> AsyncIterator[world.Party]:
    """A party whose control socket is open in a folder."""
    [fr] = world.parties("fr")
    async with Control(folder, fr.node, fr.sync):
        yield fr


async def asked(folder: Path, name: str, args: dict[str, Any]) -> dict[str, Any] | None:
    return await asyncio.to_thread(ask, folder, name, args)


async def sent(folder: Path, data: bytes, *, end: bool = True) -> bytes:
    """What the socket answers to these bytes."""
    with control._address(folder) as address:
        reader, writer = await asyncio.open_unix_connection(address)
    writer.write(data)
    if end:
        writer.write_eof()
    with contextlib.closing(writer):
        return await reader.read()


# -- the socket


def test_a_command_has_the_answer_of_the_operation_itself(tmp_path: Path) -> None:
    async def run() -> None:
        async with listening(tmp_path) as fr:
            told = await asked(tmp_path, "descriptor", {})
            assert told == await operations.perform(fr.node, fr.sync, "descriptor", {})
            raw = base64.b64encode(world.report()).decode()
            said = await asked(tmp_path, "say", {"raw": raw})
            assert said is not None
            assert fr.node.own(fr.node.resolve(said["ok"]["statement"])).signed.object.raw == world.report()
            refused = await asked(tmp_path, "show", {"statement": "0" * 64})
            assert refused is not None
            assert refused["error"]["code"] == "unknown-statement"

    asyncio.run(run())


def test_only_its_owner_may_use_the_socket(tmp_path: Path) -> None:
    async def run() -> None:
        kept = os.umask(0)
        try:
            async with listening(tmp_path):
                found = (tmp_path / NAME).stat()
                assert stat.S_ISSOCK(found.st_mode)
                assert stat.S_IMODE(found.st_mode) == 0o600
                assert os.umask(0) == 0  # and other files are made with the rights that they were made with before
        finally:
            os.umask(kept)

    asyncio.run(run())


def test_the_socket_is_gone_when_the_server_is(tmp_path: Path) -> None:
    async def run() -> None:
        async with listening(tmp_path):
            assert (tmp_path / NAME).exists()

    asyncio.run(run())
    assert not (tmp_path / NAME).exists()
    assert ask(tmp_path, "inbox", {}) is None


def test_a_socket_that_a_killed_server_left_is_nobodys_and_is_replaced(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / NAME))
    assert ask(tmp_path, "inbox", {}) is None

    async def run() -> None:
        async with listening(tmp_path):
            assert await asked(tmp_path, "inbox", {}) == {"ok": []}

    asyncio.run(run())


def test_a_path_that_is_too_long_for_a_socket_is_no_hindrance(tmp_path: Path) -> None:
    folder = tmp_path / ("d" * 100) / ("ж" * 60)
    folder.mkdir(parents=True)
    assert len(os.fsencode(folder)) > 108
    assert ask(folder, "inbox", {}) is None

    async def run() -> None:
        async with listening(folder):
            assert stat.S_IMODE((folder / NAME).stat().st_mode) == 0o600
            assert await asked(folder, "inbox", {}) == {"ok": []}

    asyncio.run(run())
    assert not (folder / NAME).exists()


# -- versions


@contextlib.asynccontextmanager
async def answering(folder: Path, answer: bytes) -> AsyncIterator[list[bytes]]:
    """Something else that listens in the place of a server, and answers everything with the same bytes."""
    heard: list[bytes] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read())
        writer.write(answer)
        writer.close()

    async with await asyncio.start_unix_server(take, str(folder / NAME)):
        yield heard


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=12).filter(lambda text: text != __version__) | st.none() | st.integers() | st.just([]))
def test_an_answer_of_any_other_version_is_no_answer(tmp_path: Path, version: object) -> None:
    """Whatever came with it: what an older server means by its words is not known. It says to restart the server."""
    told = {"version": version, "ok": []} if version is not None else {"ok": []}

    async def run() -> None:
        (tmp_path / NAME).unlink(missing_ok=True)
        async with answering(tmp_path, json.dumps(told).encode()):
            with pytest.raises(ComityError) as caught:
                await asked(tmp_path, "inbox", {})
        assert (caught.value.code, caught.value.place) == (OTHER_VERSION, str(tmp_path))
        assert "restart the server" in caught.value.message

    asyncio.run(run())


def test_a_server_that_was_started_before_versions_does_nothing_and_is_named() -> None:
    """It took {"op", "args"}: a command of today is none for it, so that nothing is done twice."""
    assert b'"op"' not in command("say", {})


def test_what_breaks_in_the_server_is_told_there_and_answered_here(
    talk: Control, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("of a kind that nobody has thought of")

    monkeypatch.setitem(operations.OPERATIONS, "inbox", broken)
    told = world.run(partial(talk._perform, command("inbox", {})))
    assert (told["error"]["code"], "RuntimeError" in told["error"]["message"]) == (INTERNAL, True)
    assert "Traceback" in capsys.readouterr().err


# -- what is sent to it


def command(name: object, args: object, *, version: object = __version__) -> bytes:
    return json.dumps({"version": version, "do": name, "args": args}).encode()


GARBAGE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", NOT_JSON),
    "no JSON": (b"inbox\n", NOT_JSON),
    "no UTF-8": (b"\xff\xfe", NOT_JSON),
    "half a command": (b'{"do": "inbox", "ar', NOT_JSON),
    "two commands": (b'{"do":"inbox","args":{}}{"do":"inbox","args":{}}', NOT_JSON),
    "deep": (b"[" * 100_000, NOT_JSON),
    "a lone surrogate": (b'{"do":"\\ud800","args":{}}', NOT_JSON),
    "a list": (b'["inbox", {}]', BAD_ARGUMENT),
    "no arguments": (command("inbox", None), BAD_ARGUMENT),
    "arguments in a list": (command("inbox", []), BAD_ARGUMENT),
    "an operation that is a number": (command(1, {}), BAD_ARGUMENT),
    "no such operation": (command("nominate", {}), BAD_ARGUMENT),
    "no version": (b'{"do": "inbox", "args": {}}', BAD_ARGUMENT),
    "a version that is a number": (command("inbox", {}, version=1), BAD_ARGUMENT),
    "as commands once were": (b'{"op": "inbox", "args": {}}', BAD_ARGUMENT),
    "an older version": (command("inbox", {}, version="0.0.9"), OTHER_VERSION),
    "a later version": (command("inbox", {}, version="1.0.0"), OTHER_VERSION),
    "an HTTP request": (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", NOT_JSON),
    "too much": (b" " * (MAX_COMMAND + 1), TOO_LARGE),
    "far too much": (b" " * (4 * MAX_COMMAND), TOO_LARGE),
}


@pytest.mark.parametrize(("data", "code"), GARBAGE.values(), ids=GARBAGE)
def test_what_is_no_command_is_answered_with_an_error(tmp_path: Path, data: bytes, code: str) -> None:
    async def run() -> None:
        async with listening(tmp_path):
            told = json.loads(await _sent_in_thread(tmp_path, data))
            assert told["error"]["code"] == code
            assert await asked(tmp_path, "inbox", {}) == {"ok": []}

    asyncio.run(run())


async def _sent_in_thread(folder: Path, data: bytes) -> bytes:
    """As a program sends it that takes no notice of what the other side does."""

    def send() -> bytes:
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(folder / NAME))
            with contextlib.suppress(OSError):
                line.sendall(data)
                line.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: line.recv(1 << 16), b""))

    return await asyncio.to_thread(send)


_ANY = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text(), max_size=2)
_ARGUMENTS = st.dictionaries(
    st.sampled_from(
        ["raw", "to", "from", "statement", "tlp", "onward", "answer_by", "descriptor", "fingerprint", "as"]
    ),
    _ANY,
    max_size=6,
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(operations.OPERATIONS)), args=_ARGUMENTS)
def test_arguments_of_any_kind_have_an_answer(
    talk: Control, capsys: pytest.CaptureFixture[str], name: str, args: dict[str, Any]
) -> None:
    """The place of a fault that would be ours is shown to the operator, and not to the one who sent it."""
    told = world.run(partial(talk._perform, command(name, args)))
    assert told.keys() == {"ok"} or told["error"]["code"]
    assert ("Traceback" in capsys.readouterr().err) == ("arguments that this command" in json.dumps(told))


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Control:
    [fr] = world.parties("fr")
    return Control(tmp_path_factory.mktemp("fr"), fr.node, fr.sync)


def test_an_object_of_the_largest_size_is_read_whole(tmp_path: Path) -> None:
    """It does not come in one piece."""
    fields = json.loads(world.report())
    raw = json.dumps({**fields, "description": "x" * (MAX_CONTENT - 1000)}).encode()

    async def run() -> None:
        async with listening(tmp_path) as fr:
            said = await asked(tmp_path, "say", {"raw": base64.b64encode(raw).decode()})
            assert said is not None
            assert fr.node.own(fr.node.resolve(said["ok"]["statement"])).signed.object.raw == raw
            shown = await asked(tmp_path, "show", {"statement": said["ok"]["statement"]})
            assert shown is not None
            assert base64.b64decode(shown["ok"]["bytes"]) == raw

    asyncio.run(run())


def test_whoever_sends_half_a_command_or_goes_away_keeps_nobody_waiting(tmp_path: Path) -> None:
    async def run() -> None:
        async with listening(tmp_path):
            halves = [asyncio.create_task(sent(tmp_path, b'{"do":', end=False)) for _ in range(20)]
            for data in (b"", command("descriptor", {})):
                _, writer = await asyncio.open_unix_connection(str(tmp_path / NAME))
                writer.write(data)
                writer.close()
            assert await asked(tmp_path, "inbox", {}) == {"ok": []}
        assert await asyncio.gather(*halves) == [b""] * 20  # the server has left, and holds no line open

    asyncio.run(run())


def test_a_command_at_work_is_finished_when_the_server_leaves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    async def slow(node: object, sync: object, args: object) -> str:
        begun.set()
        await go.wait()
        return "done"

    async def never(node: object, sync: object, args: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setitem(operations.OPERATIONS, "slow", slow)
    monkeypatch.setitem(operations.OPERATIONS, "never", never)

    async def run() -> None:
        async with listening(tmp_path):
            finished = asyncio.create_task(sent(tmp_path, command("slow", {})))
            broken = asyncio.create_task(sent(tmp_path, command("never", {})))
            await begun.wait()
            asyncio.get_running_loop().call_later(0.1, go.set)
        assert json.loads(await finished) == {"version": __version__, "ok": "done"}
        assert await broken == b""

    asyncio.run(run())


# -- the asking side


@pytest.mark.parametrize("answer", [b"", b'{"ok": [', b"\xff"], ids=["none", "half of one", "bytes that are none"])
def test_a_server_that_goes_away_leaves_it_open_whether_it_did_the_work(tmp_path: Path, answer: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / NAME))
        server.listen()

        def die() -> None:
            line, _ = server.accept()
            with line:
                line.recv(1)
                line.sendall(answer)

        dying = threading.Thread(target=die)
        dying.start()
        with pytest.raises(ComityError) as caught:
            ask(tmp_path, "say", {"raw": "x" * (2 << 20)})
        dying.join()
    assert caught.value.code == UNREACHABLE
    assert "look before you try again" in caught.value.message


def test_a_socket_that_may_not_be_used_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("not a socket")
    assert ask(tmp_path, "inbox", {}) is None
    (tmp_path / NAME).unlink()
    (tmp_path / NAME).symlink_to(NAME)  # a circle
    with pytest.raises(ComityError) as caught:
        ask(tmp_path, "inbox", {})
    assert caught.value.code == UNREACHABLE


def test_where_there_is_no_directory_nobody_listens(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert ask(tmp_path / "nothing", "inbox", {}) is None
    assert ask(tmp_path / "file", "inbox", {}) is None


# -- call: through the server where there is one, else here


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMITY_STATE", str(tmp_path / "state"))
    create_node(tmp_path / "fr", "fr", "France", [])
    return tmp_path / "fr"


def test_a_command_is_run_here_where_nobody_serves(node: Path) -> None:
    said = call.call(node, "say", {"raw": base64.b64encode(world.report()).decode()})
    assert said["index"] == 1
    assert call.call(node, "log-verify", {})["valid"]


def test_an_error_is_raised_as_the_operation_raised_it(node: Path) -> None:
    with pytest.raises(ComityError) as caught:
        call.call(node, "say", {"raw": base64.b64encode(b'{"type":"report"}').decode()})
    assert (caught.value.code, caught.value.place) == ("not-stix", "/name")


def test_a_directory_that_is_none_holds_no_node(tmp_path: Path) -> None:
    for folder in (tmp_path / "nothing", tmp_path):
        with pytest.raises(ComityError) as caught:
            call.call(folder, "inbox", {})
        assert caught.value.code == NOT_A_NODE


def test_a_directory_that_another_process_holds_without_a_socket_is_in_use(
    node: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call, "PATIENCE", 0.1)
    with Directory(node), pytest.raises(ComityError) as caught:
        call.call(node, "inbox", {})
    assert caught.value.code == IN_USE


def test_a_command_waits_for_another_that_holds_the_directory_for_a_moment(node: Path) -> None:
    held = Directory(node)
    letting_go = threading.Timer(0.2, held.close)
    letting_go.start()
    assert call.call(node, "inbox", {}) == []
    letting_go.join()


def test_a_command_reaches_a_server_that_is_just_starting(node: Path) -> None:
    async def run() -> None:
        with Directory(node):
            waiting = asyncio.create_task(asyncio.to_thread(call.call, node, "descriptor", {}))
            await asyncio.to_thread(threading.Event().wait, 0.1)
            async with listening(node) as fr:
                assert (await waiting)["fingerprint"] == fr.fingerprint

    asyncio.run(run())
