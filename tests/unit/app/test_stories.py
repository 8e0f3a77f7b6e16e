"""Stories: the command line as a person meets it. Each file in tests/stories is one, run in a folder of its own.

file NAME            the lines below it that are indented, as a file
$ comity ...         run; {name} is replaced by what was captured, {port1} to {port3} by free ports, {soon} by a day in
                     four weeks, {soon_day} and {soon_month} by its parts of a date-time group; exit 0 is expected, or
                     the number in `exit N`
& comity ... serve   start a server, a process of its own, and wait until it listens; `stop` ends all of them
exit N               what the command above must exit with
> text               must stand in what the command above printed (standard output and standard error)
not> text            must not
name = path          captured from the command's JSON: `a.0.b`
until> text          run the command above again until it prints the text, for ten seconds at most
"""

import contextlib
import io
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from comity.app import cli

STORIES = sorted((Path(__file__).parents[2] / "stories").glob("*.txt"))


class Story:
    """One story under way."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names = {f"port{number}": str(port) for number, port in enumerate(free_ports(3), 1)}
        soon = datetime.now(UTC) + timedelta(days=28)
        self.names |= {"soon": f"{soon:%Y-%m-%d}", "soon_day": f"{soon:%d}", "soon_month": f"{soon:%b%y}".upper()}
        self.servers: list[subprocess.Popen[bytes]] = []
        self.line, self.output, self.stdout, self.code, self.expected = "", "", "", 0, 0

    def play(self, text: str) -> None:
        lines = iter([*text.splitlines(), "end"])
        file: Path | None = None
        for line in lines:
            if line.startswith("    ") and file is not None:
                with file.open("a", encoding="utf-8") as opened:
                    opened.write(self.filled(line[4:]) + "\n")
            elif line.startswith("file "):
                file = self.folder / line[5:]
                file.write_text("")
            elif line and not line.startswith("#"):
                file = None
                self.step(line)

    def step(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        rest = self.filled(rest)
        match word:
            case "$":
                self.settle()
                self.line, self.expected = rest, 0
                self.run()
            case "&":
                self.settle()
                self.serve(rest)
            case "stop" | "end":
                self.settle()
                self.stop()
            case "exit":
                self.expected = int(rest)
            case ">":
                assert rest in self.output, f"{self.line}\n{self.output}"
            case "not>":
                assert rest not in self.output, f"{self.line}\n{self.output}"
            case "until>":
                self.until(rest)
            case _:
                name, _, path = line.partition(" = ")
                self.names[name] = str(self.found(path))

    def settle(self) -> None:
        """Judge the exit code of the command before, once all that is said of it was read."""
        assert self.code == self.expected, f"{self.line}\nexit {self.code}\n{self.output}"

    def run(self) -> None:
        words = self.line.split(" ")
        assert words.pop(0) == "comity"
        self.stdout, errors, self.code = run(words)
        self.output = self.stdout + errors
        if "--json" in words:
            json.loads(self.stdout)

    def until(self, text: str) -> None:
        end = time.monotonic() + 10
        while text not in self.output:
            assert time.monotonic() < end, f"{self.line}\n{self.output}"
            self.run()

    def serve(self, line: str) -> None:
        words = [sys.executable, "-m", "comity.app.cli", *line.split(" ")[1:], "--json"]
        server = subprocess.Popen(words, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.servers.append(server)
        assert server.stdout is not None
        assert server.stdout.readline(), line

    def stop(self) -> None:
        for server in self.servers:
            server.terminate()
        for server in self.servers:
            assert server.wait(10) == 0
            assert server.stdout is not None
            server.stdout.close()
        self.servers.clear()

    def filled(self, text: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda found: self.names[found[1]], text)

    def found(self, path: str) -> Any:
        value = json.loads(self.stdout)
        for part in path.split("."):
            value = value[int(part)] if isinstance(value, list) else value[part]
        return value


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as held:
        lines = [held.enter_context(socket.socket()) for _ in range(count)]
        for line in lines:
            line.bind(("127.0.0.1", 0))
        return [line.getsockname()[1] for line in lines]


def run(words: list[str]) -> tuple[str, str, int]:
    """Run one command in this process."""
    out, errors = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    kept, sys.argv = sys.argv, ["comity", *words]
    code: Any = 0
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
            cli.main()
    except SystemExit as left:
        code = left.code
    finally:
        sys.argv = kept
    return text_of(out), text_of(errors), int(code or 0)


def text_of(stream: io.TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode()


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Story]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMITY_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "200")
    told = Story(tmp_path)
    try:
        yield told
    finally:
        for server in told.servers:
            server.kill()
            server.wait()
            assert server.stdout is not None
            server.stdout.close()


@pytest.mark.parametrize("file", STORIES, ids=lambda file: file.stem)
def test_the_story_goes_as_told(file: Path, story: Story) -> None:
    story.play(file.read_text(encoding="utf-8"))


def test_a_story_that_expects_something_else_fails(story: Story) -> None:
    """Or none of the above would mean anything."""
    with pytest.raises(AssertionError):
        story.play("$ comity verify nothing\n> valid")
    with pytest.raises(AssertionError):
        story.play("$ comity verify nothing\nexit 0")
