"""The artefacts: made by the command line of three parties with real nodes, as an outsider would be given them."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from unit.app.test_stories import run
from world import report

_PATIENCE = 30


class Parties:
    """Three parties, each with a directory of its own, of which two are served."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = dict(zip(("fr", "ru", "un"), _free_ports(3), strict=True))
        self._environment = {**os.environ, "COMITY_STATE": str(folder / "state")}
        self._servers: list[subprocess.Popen[bytes]] = []

    def comity(self, *args: object) -> Any:
        """Run a command to its end; returns its JSON document."""
        return self._run(0, *args)

    def refused(self, *args: object) -> Any:
        """Run a command that ends with an error; returns its JSON document."""
        return self._run(2, *args)

    def _run(self, code: int, *args: object) -> Any:
        state = {"COMITY_STATE": self._environment["COMITY_STATE"]}
        with contextlib.chdir(self.folder), mock.patch.dict(os.environ, state):
            out, errors, ended = run([*map(str, args), "--json"])
        assert ended == code, (args, out, errors)
        return json.loads(out)

    def meet(self) -> None:
        """Make the parties, and pin each at the others."""
        known = {}
        for name, port in self.ports.items():
            made = self.comity("init", name, "--party", name, "--url", f"http://127.0.0.1:{port}")
            (self.folder / f"{name}.descriptor").write_text(made["descriptor"])
            known[name] = made["fingerprint"]
        for name in known:
            for other in known.keys() - {name}:
                self.comity("-C", name, "peer", "add", f"{other}.descriptor", "--fingerprint", known[other])

    def serve(self, name: str) -> None:
        """Start a party's server and wait until it listens."""
        command = [sys.executable, "-m", "comity.app.cli", "-C", name, "serve"]
        quiet = subprocess.DEVNULL
        server = subprocess.Popen(command, cwd=self.folder, env=self._environment, stdout=quiet, stderr=quiet)
        self._servers.append(server)
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.ports[name]), 1):
                return
            time.sleep(0.05)
        raise AssertionError(f"{name} does not listen")

    def stop(self) -> None:
        """End the servers."""
        for server in self._servers:
            server.terminate()
        for server in self._servers:
            server.wait(_PATIENCE)


@contextlib.contextmanager
def parties(folder: Path) -> Iterator[Parties]:
    """Three parties who know one another; ru and un are served."""
    made = Parties(folder)
    try:
        made.meet()
        made.serve("ru")
        made.serve("un")
        yield made
    finally:
        made.stop()


def made_in(folder: Path) -> Path:
    """Have fr say things and have its heads cosigned by ru and un; returns the folder of what it exports.

    In it `older` is a head of before, and `another` what ru exports of its own log.
    """
    with parties(folder) as those:
        said = [_say(those, number, "ru") for number in range(3)]
        those.comity("-C", "fr", "sync", "--once")
        older = those.comity("-C", "fr", "log", "export", "-o", "older")
        for number in range(3, 8):
            _say(those, number, "un")
        those.comity("-C", "fr", "sync", "--once")
        another = those.comity("-C", "ru", "say", folder / "report-0.json", "--to", "fr")["statement"]
        those.comity("-C", "ru", "sync", "--once")
        those.comity("-C", "ru", "log", "export", another, "-o", "another")
        exported = those.comity("-C", "fr", "log", "export", said[1], "-o", "out", "--since", older["size"])
    assert len(exported["cosigned_by"]) == 2
    out = folder / "out"
    shutil.copyfile(folder / "older/checkpoint", out / "older")
    shutil.copytree(folder / "another", out / "another")
    return out


def _say(those: Parties, number: int, to: str) -> str:
    file = those.folder / f"report-{number}.json"
    file.write_bytes(report(number=number))
    return str(those.comity("-C", "fr", "say", file, "--to", to)["statement"])


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
