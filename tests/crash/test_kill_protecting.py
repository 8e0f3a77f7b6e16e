"""kill -9 while protecting: an exact site and what others are told of it are there both, or neither is."""

import json
import multiprocessing
import os
import random
import time
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from comity.model import site
from comity.model.site import Precision
from comity.node.clock import SystemClock, SystemRandomness
from comity.node.directory import Directory, create
from comity.node.node import Node
from crash.protecting import protect_for_ever

KILLS = 8
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["crash.protecting"])


def kill_while_protecting(folder: Path, after: float) -> list[Any]:
    """Start a child, let it protect for a time, kill it, and return what it was answered."""
    ours, childs = _PROCESSES.Pipe(duplex=False)
    child = _PROCESSES.Process(target=protect_for_ever, args=(str(folder), os.environ["COMITY_STATE"], childs))
    child.start()
    childs.close()
    assert ours.recv_bytes() == b"open"
    time.sleep(after)
    child.kill()
    child.join()
    return list(_answers(ours))


def _answers(line: Connection) -> list[Any]:
    found = []
    try:
        while True:
            found.append(json.loads(line.recv_bytes()))
    except (EOFError, OSError, ValueError):  # one that was cut off was not given
        line.close()
    return found


def forms(node: Node) -> Counter[tuple[str | None, Precision]]:
    """How often each place stands in each form."""
    said = (node.at(index).signed.object for index in range(1, node.journal.tree.size))
    sites = (site.read(object) for object in said if object.type == "protected-site")
    return Counter((one.name, one.precision) for one in sites)


@pytest.mark.parametrize("number", range(KILLS))
def test_a_place_that_was_to_be_told_less_exactly_never_stands_in_one_form_alone(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMITY_STATE", str(tmp_path / "state"))
    clock, randomness = SystemClock(), SystemRandomness()
    create(tmp_path / "fr", name="fr", display="F", addresses=[], clock=clock, randomness=randomness)
    answers = kill_while_protecting(tmp_path / "fr", random.Random(number).uniform(0.05, 0.3))
    with Directory(tmp_path / "fr") as held:
        node = held.open(clock, randomness)
        found = forms(node)
        names = {name for name, _ in found}
        assert found == Counter({(name, one): 1 for name in names for one in (Precision.EXACT, Precision.WIDENED)})
        assert {one["exact"] for one in answers} <= {node.at(at).id.hex() for at in range(node.journal.tree.size)}
        assert len(names) >= len(answers)
        assert node.verify_log() == []
