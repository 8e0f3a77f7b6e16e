"""A value compares and hashes by what it holds; that nobody changes one is for the type checker to say."""

import subprocess
import sys
from pathlib import Path

import pytest

from comity.values import value

ROOT = Path(__file__).resolve().parents[2]

CHANGES = """
from comity.model.statement import Signed
from comity.proof.envelope import Envelope

def change(signed: Signed, envelope: Envelope) -> None:
    signed.salt = b""
    envelope.iss = ""

def make() -> Envelope:
    return Envelope(b"")
"""


@value
class Pair:
    left: int
    right: str


def test_values_that_hold_the_same_are_the_same() -> None:
    assert Pair(1, "a") == Pair(1, "a") != Pair(1, "b")
    assert {Pair(1, "a"), Pair(1, "a"), Pair(2, "a")} == {Pair(1, "a"), Pair(2, "a")}
    assert repr(Pair(1, "a")) == "Pair(left=1, right='a')"


def test_a_value_has_no_attribute_that_is_not_its_own() -> None:
    with pytest.raises(AttributeError):
        Pair(1, "a").middle = 2  # type: ignore[attr-defined]


def test_changing_a_value_does_not_type_check(tmp_path: Path) -> None:
    snippet = tmp_path / "changes.py"
    snippet.write_text(CHANGES)
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "--follow-imports=silent", str(snippet)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    told = [line.partition(": error: ")[2] for line in done.stdout.splitlines()]
    assert [line for line in told if "read-only" in line] == [
        'Property "salt" defined in "Signed" is read-only  [misc]',
        'Property "iss" defined in "Envelope" is read-only  [misc]',
    ]
    assert any("Missing positional arguments" in line for line in told)
