"""Said at A until A holds B's acknowledgement: two `comity serve` processes on loopback, nothing left out."""

import base64
import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

from bench.figures import Figure, at_most
from bench.nodes import report
from bench.scale import Scale
from comity.app.call import call
from comity.app.nodes import create_node
from comity.model.party import unarmour

TIMES = 200
WARM_UP = 5
PATIENCE = 20.0
LOOK_EVERY = 0.01


def run(room: Path, scale: Scale) -> Iterator[Figure]:
    with serving(room, "a", "b") as (a, b):
        del b
        for _ in range(WARM_UP):
            _tell(a)
        seconds = sorted(_tell(a) for _ in range(scale.of(TIMES, least=5)))
        looks = median(_look(a) for _ in range(20))
    cuts = quantiles(seconds, n=20, method="inclusive")
    note = f"{len(seconds)} times, one after the other; a look whether it is there takes {1000 * looks:.1f} ms of it"
    yield Figure("said until acknowledged, p50", 1000 * cuts[9], "ms", at_most(50), None, note)
    yield Figure("said until acknowledged, p95", 1000 * cuts[18], "ms")


def _tell(teller: Path) -> float:
    """Say one report to b and look until b's acknowledgement is there; seconds on the wall clock."""
    raw = base64.b64encode(report()).decode()
    start = time.perf_counter()
    statement = call(teller, "say", {"raw": raw, "to": ["b"]})["statement"]
    while "held" not in call(teller, "told", {"statement": statement})["parties"]["b"]["rungs"]:
        if time.perf_counter() - start > PATIENCE:
            raise AssertionError(f"not acknowledged within {PATIENCE:.0f} s")
        time.sleep(LOOK_EVERY)
    return time.perf_counter() - start


def _look(teller: Path) -> float:
    start = time.perf_counter()
    call(teller, "peer-list", {})
    return time.perf_counter() - start


@contextlib.contextmanager
def serving(room: Path, *names: str) -> Iterator[list[Path]]:
    """Make parties that know one another, and serve each in a process of its own."""
    folders = [room / name for name in names]
    with contextlib.ExitStack() as held:
        lines = [held.enter_context(socket.socket()) for _ in names]
        for line in lines:
            line.bind(("127.0.0.1", 0))
        urls = [f"http://127.0.0.1:{line.getsockname()[1]}" for line in lines]
    made = [create_node(f, name, name.upper(), [url]) for f, name, url in zip(folders, names, urls, strict=True)]
    for folder, one in zip(folders, made, strict=True):
        for other in made:
            if other is not one:
                packed = base64.b64encode(unarmour(other["descriptor"])).decode()
                call(folder, "peer-add", {"descriptor": packed, "fingerprint": other["fingerprint"]})
    with contextlib.ExitStack() as running:
        for folder in folders:
            running.enter_context(_server(folder))
        yield folders


@contextlib.contextmanager
def _server(folder: Path) -> Iterator[None]:
    words = [sys.executable, "-m", "comity.app.cli", "-C", str(folder), "serve", "--json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            if not process.stdout.readline():
                raise AssertionError(f"no server came up in {folder.name}")
            yield
        finally:
            process.terminate()
