"""Reconstructions: what only code can make says of itself, wherever a person or a program looks, that it is one."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from comity.app import cli, nodes
from comity.app.call import call
from comity.node.directory import create
from unit.app.test_stories import run
from world import SeededRandomness, WorldClock

LINE = "reconstruction, of a demo or an exercise; its times are not of the real clock"


@pytest.fixture
def party(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMITY_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "160")

    def make(name: str, *, reconstruction: bool) -> Path:
        folder = tmp_path / name
        create(
            folder,
            name=name,
            display=name.upper(),
            addresses=[],
            clock=WorldClock(),
            randomness=SeededRandomness(name),
            reconstruction=reconstruction,
        )
        return folder

    return make


def told(*words: object) -> tuple[Any, str]:
    """A command's JSON, and what it prints for people."""
    as_json, errors, code = run([*map(str, words), "--json"])
    assert code == 0, errors
    out, errors, code = run([*map(str, words)])
    assert code == 0, errors
    return json.loads(as_json), out + errors


def introduced(here: Path, other: Path) -> None:
    found = call(other, "descriptor", {})
    file = here.parent / f"{found['party']}.txt"
    file.write_text(found["descriptor"])
    assert run(["-C", str(here), "peer", "add", str(file), "--fingerprint", found["fingerprint"]])[2] == 0


@pytest.mark.parametrize("reconstruction", [True, False])
def test_a_descriptor_is_shown_with_the_mark_or_without_it(party: Callable[..., Path], reconstruction: bool) -> None:
    """DESCRIPTOR-17."""
    found, text = told("-C", party("fr", reconstruction=reconstruction), "descriptor")
    assert found["reconstruction"] is reconstruction
    assert (LINE in text) == reconstruction


def test_the_list_of_parties_marks_those_that_are_reconstructions_and_no_other(party: Callable[..., Path]) -> None:
    """DESCRIPTOR-17."""
    here = party("fr", reconstruction=False)
    introduced(here, party("ru", reconstruction=True))
    introduced(here, party("us", reconstruction=False))
    found, text = told("-C", here, "peer", "list")
    assert [(one["party"], one["reconstruction"]) for one in found] == [("ru", True), ("us", False)]
    assert text.count(LINE) == 1


def proof(party: Callable[..., Path], *marked: str) -> Path:
    fr, ru = (party(name, reconstruction=name in marked) for name in ("fr", "ru"))
    introduced(fr, ru)
    said = call(fr, "position", {"subject": "A", "stance": "silent", "to": ["ru"]})
    file = fr.parent / "told.comity-proof"
    assert run(["-C", str(fr), "prove", said["statement"], "--to", "ru", "-o", str(file)])[2] == 0
    return file


@pytest.mark.parametrize("marked", [("fr", "ru"), ("fr",), ("ru",)])
def test_a_proof_file_with_any_reconstruction_in_it_is_shown_as_one(
    party: Callable[..., Path], marked: tuple[str, ...]
) -> None:
    """DESCRIPTOR-17: valid it may be; it proves nothing of the world."""
    found, text = told("verify", proof(party, *marked))
    assert (found["valid"], found["reconstruction"]) == (True, True)
    assert LINE in text


def test_a_proof_file_of_real_parties_is_not(party: Callable[..., Path]) -> None:
    found, text = told("verify", proof(party))
    assert found["valid"]
    assert not found.get("reconstruction")
    assert "reconstruction" not in text


def test_a_file_that_is_not_valid_is_not_shown_as_anything_else(party: Callable[..., Path]) -> None:
    file = proof(party, "fr", "ru")
    file.write_bytes(file.read_bytes()[:-1])
    out, errors, code = run(["verify", str(file)])
    assert code == 1
    assert "reconstruction" not in out + errors


def test_no_command_makes_a_reconstruction(party: Callable[..., Path], tmp_path: Path) -> None:
    """The mark is set by code: nobody is to pass real words off as an exercise, or the other way round, by an option."""
    init = typer.main.get_command(cli.app).commands["init"]  # type: ignore[attr-defined]
    assert not [one for parameter in init.params for one in parameter.opts if "reconstruction" in one]
    nodes.create_node(tmp_path / "de", "de", "Deutschland", [])
    assert call(tmp_path / "de", "descriptor", {})["reconstruction"] is False
