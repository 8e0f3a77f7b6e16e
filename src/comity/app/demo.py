"""The demo: three parties on this machine, each a node and a process of its own; every line that is shown was run.

It makes throw-away nodes in a temporary folder, with their checkpoint locks in there too, and removes it at the end.
Nothing of it is shared with nodes that exist.
"""

import base64
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from comity.app import render
from comity.app.call import call
from comity.app.nodes import create_node
from comity.errors import BAD_ARGUMENT, ComityError, LocalError
from comity.model.party import unarmour

PARTIES = {"fr": "France", "ru": "Россия", "us": "United States"}
REPORT = Path(__file__).with_name("scenarios") / "report.json"
_COMITY = (sys.executable, "-m", "comity.app.cli")
_PATIENCE = 15.0


@dataclass
class Stage:
    """Where the demo plays: a folder, the nodes' addresses and their processes."""

    folder: Path
    ports: dict[str, int] = field(default_factory=dict)
    nodes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def run(self, *words: str, fails: int = 0) -> str:
        """Run one command in the open: the line, then what it prints."""
        line = f"comity {' '.join(words)}"
        _say(f"$ {line}")
        done = subprocess.run(  # noqa: S603
            [*_COMITY, *words], cwd=self.folder, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        printed = done.stdout.decode().rstrip()
        render.block(printed)
        if done.returncode != fails:
            raise LocalError(BAD_ARGUMENT, f"exit {done.returncode} instead of {fails}", place=line)
        return printed

    def ask(self, party: str, operation: str, **args: Any) -> Any:
        """Have a node do something behind the scenes: the same operation, without a process for it."""
        return call(self.folder / party, operation, args)


def play(*, keep: bool) -> None:
    """Tell the story; with `keep` the nodes stay up until Enter or Ctrl-C."""
    begun = time.monotonic()
    with _stage() as stage:
        _prologue(stage)
        statement = _tell(stage)
        _withhold(stage, statement)
        _prove(stage, statement)
        _say(f"That took {time.monotonic() - begun:.1f} s.")
        if keep:
            _look_around(stage, statement)


def _prologue(stage: Stage) -> None:
    _say("Three parties. Each has a node of its own: its keys, its log, its database. Nobody else can sign for it.")
    made = {}
    for name, display in PARTIES.items():
        url = f"http://127.0.0.1:{stage.ports[name]}"
        made[name] = create_node(stage.folder / name, name, display, [url])
        (stage.folder / f"{name}.descriptor").write_text(made[name]["descriptor"])
    render.rows(
        "", ("party", "name", "fingerprint"), [(n, m["name"], m["fingerprint"]) for n, m in made.items()], empty=""
    )
    _say(
        "They learn one another's fingerprints by another way than this one: in person, by telephone. Then they pin them."
    )
    for one in PARTIES:
        for other in PARTIES:
            if one != other:
                packed = base64.b64encode(unarmour(made[other]["descriptor"])).decode()
                stage.ask(one, "peer-add", descriptor=packed, fingerprint=made[other]["fingerprint"])
    for name in PARTIES:
        stage.nodes.append(_serve(stage, name))


def _tell(stage: Stage) -> str:
    _say("France says one STIX report, with names in four scripts, to Russia alone. First, who would see it?")
    shutil.copy(REPORT, stage.folder / "report.json")
    stage.run("-C", "fr", "say", "report.json", "--to", "ru", "--dry-run")
    printed = stage.run("-C", "fr", "say", "report.json", "--to", "ru", "--json")
    statement = str(json.loads(printed)["statement"])
    _await(stage, statement, "held")
    _say("Russia's node fetched it, holds it, and has said so in its own signed log; France has that acknowledgement.")
    stage.run("-C", "ru", "inbox")
    return statement


def _withhold(stage: Stage, statement: str) -> None:
    _say("The United States was not told. Its inbox is empty, and its node knows no such statement:")
    stage.run("-C", "us", "inbox")
    stage.run("-C", "us", "show", statement, fails=2)


def _prove(stage: Stage, statement: str) -> None:
    _say("It did cosign the heads of both logs, blind to what is in them: so a third party vouches for the time.")
    _await(stage, statement, "proved")
    stage.run("-C", "fr", "told", statement)
    stage.run("-C", "fr", "prove", statement, "--to", "ru", "-o", "told.comity-proof")
    trust = [word for name in PARTIES for word in ("--trust", f"{name}={_fingerprint(stage, name)}")]
    _say(
        "Anybody can judge the file: no node, no network. The fingerprints are those that the judge knows from elsewhere."
    )
    stage.run("verify", "told.comity-proof", *trust)
    data = bytearray((stage.folder / "told.comity-proof").read_bytes())
    data[len(data) // 2] ^= 1
    (stage.folder / "altered.comity-proof").write_bytes(data)
    _say("One bit changed, and it proves nothing:")
    stage.run("verify", "altered.comity-proof", fails=1)


def _look_around(stage: Stage, statement: str) -> None:
    comity = Path(sys.executable).with_name("comity")
    render.block(
        f"\nThe nodes stay up. Look around from another terminal:\n\n"
        f"  cd {stage.folder}\n"
        f"  export COMITY_STATE={stage.folder / 'state'}\n"
        f"  {comity} -C ru show {statement}\n"
        f"  {comity} -C fr say report.json --to all\n"
        f"  {comity} -C us inbox\n\n"
        f"Enter or Ctrl-C ends the demo and removes its folder."
    )
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        if not sys.stdin.readline():
            # No terminal: stay until a signal comes.
            stage.nodes[0].wait()


@contextlib.contextmanager
def _stage() -> Iterator[Stage]:
    folder = Path(tempfile.mkdtemp(prefix="comity-demo-"))
    os.environ["COMITY_STATE"] = str(folder / "state")
    os.environ.setdefault("COLUMNS", "110")
    stage = Stage(folder, dict(zip(PARTIES, _free_ports(len(PARTIES)), strict=True)))
    try:
        yield stage
    finally:
        for node in stage.nodes:
            node.terminate()
        for node in stage.nodes:
            node.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _serve(stage: Stage, name: str) -> subprocess.Popen[bytes]:
    node = subprocess.Popen(  # noqa: S603
        [*_COMITY, "-C", name, "serve", "--json"], cwd=stage.folder, stdout=subprocess.PIPE
    )
    assert node.stdout is not None
    if not node.stdout.readline():
        raise LocalError(BAD_ARGUMENT, f"the node of {name} did not start")
    return node


def _free_ports(count: int) -> Sequence[int]:
    with contextlib.ExitStack() as held:
        lines = [held.enter_context(socket.socket()) for _ in range(count)]
        for line in lines:
            line.bind(("127.0.0.1", 0))
        return [line.getsockname()[1] for line in lines]


def _await(stage: Stage, statement: str, rung: str) -> None:
    """Ask until the telling to ru has come as far as `rung`."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(ComityError):
            standing = stage.ask("fr", "told", statement=statement)["parties"]["ru"]
            if standing["proved_at"] if rung == "proved" else rung in standing["rungs"]:
                return
            time.sleep(0.05)
    raise LocalError(BAD_ARGUMENT, f"not {rung} within {_PATIENCE:.0f} s")


def _fingerprint(stage: Stage, name: str) -> str:
    return str(stage.ask(name, "descriptor")["fingerprint"])


def _say(line: str) -> None:
    render.block(f"\n{line}")
    sys.stdout.flush()
