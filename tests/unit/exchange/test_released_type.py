"""Nothing but `Released` can be packed for delivery: mypy says so, and only the gate makes one."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SOURCES = ROOT / "src/comity"

# One function per way of calling; the comment says what mypy must answer for the line.
CALLS = """
from collections.abc import Sequence

from comity.exchange import deliver
from comity.model.statement import Draft, Logged, Released, Signed, Unverified, Withheld

def prove(index: int) -> Sequence[bytes]:
    return ()

def released(one: Released) -> None:
    deliver.pack([one], prove)

def draft(one: Draft) -> None:
    deliver.pack([one], prove)

def unverified(one: Unverified) -> None:
    deliver.pack([one], prove)

def signed(one: Signed) -> None:
    deliver.pack([one], prove)

def logged(one: Logged) -> None:
    deliver.pack([one], prove)

def withheld(one: Withheld) -> None:
    deliver.pack([one], prove)

def mixed(one: Released, other: Logged) -> None:
    deliver.pack([one, other], prove)

def either(one: Released | Withheld) -> None:
    deliver.pack([one], prove)

def dressed(one: Signed) -> None:
    deliver.pack([Released(one, one, one)], prove)
"""


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """By function of the snippet, what mypy has to say against it under the project's own settings and cache."""
    snippet = tmp_path_factory.mktemp("types") / "calls.py"
    snippet.write_text(CALLS)
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "--follow-imports=silent", str(snippet)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    found: dict[str, list[str]] = {one.name: [] for one in FUNCTIONS}
    for answer in done.stdout.splitlines():
        where, _, message = answer.partition(": error: ")
        found[function_at(int(where.rpartition(":")[2]))].append(message)
    return found


FUNCTIONS = [node for node in ast.parse(CALLS).body if isinstance(node, ast.FunctionDef)]


def function_at(line: int) -> str:
    return next(one.name for one in FUNCTIONS if one.lineno <= line <= (one.end_lineno or 0))


def test_what_was_released_can_be_packed(complaints: dict[str, list[str]]) -> None:
    assert complaints["released"] == []
    assert complaints["prove"] == []


@pytest.mark.parametrize("step", ["draft", "unverified", "signed", "logged", "withheld", "mixed", "either"])
def test_what_has_not_walked_so_far_does_not_type_check(complaints: dict[str, list[str]], step: str) -> None:
    assert len(complaints[step]) == 1
    assert '"Released"' in complaints[step][0]
    assert "[list-item]" in complaints[step][0]


def test_a_signed_statement_cannot_be_dressed_up_as_released(complaints: dict[str, list[str]]) -> None:
    assert len(complaints["dressed"]) == 3


def makers(name: str) -> set[str]:
    """The files in which something of this name is called."""
    return {
        path.relative_to(SOURCES).as_posix()
        for path in SOURCES.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
    }


def test_only_the_gate_makes_what_can_be_packed() -> None:
    assert makers("Released") == {"exchange/release.py"}
