"""The README's "By hand" runs as it is printed, by paste, twice, in an empty folder; only the ports are others (PORT)."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BASH = shutil.which("bash")


def by_hand() -> str:
    """The block under "By hand", without what sets it off."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    _, _, after = text.partition("## By hand\n")
    section, _, _ = after.partition("\n## ")
    return "\n".join(line[4:] for line in section.splitlines() if line.startswith("    ") or not line)


def three_free_ports() -> int:
    """The first of three neighbouring ports that nobody listens at."""
    for first in range(20000 + os.getpid() % 10000, 60000, 3):
        with contextlib.suppress(OSError), contextlib.ExitStack() as held:
            for port in range(first, first + 3):
                held.enter_context(socket.create_server(("127.0.0.1", port)))
            return first
    raise AssertionError("no three free ports")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """An empty folder but for what the block takes from a clone: the environment and the examples."""
    bin_ = tmp_path / ".venv/bin"
    bin_.mkdir(parents=True)
    (bin_ / "activate").write_text(f'export PATH="{bin_}:$PATH"\n')
    (bin_ / "comity").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m comity.app.cli "$@"\n')
    (bin_ / "comity").chmod(0o755)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "tmp").mkdir()
    return tmp_path


def pasted(clone: Path, script: str) -> tuple[int, str]:
    environment = {**os.environ, "PORT": str(three_free_ports()), "TMPDIR": str(clone / "tmp"), "COLUMNS": "120"}
    done = subprocess.run(
        [str(BASH), "-c", script],
        cwd=clone,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=180,
        check=False,
    )
    return done.returncode, done.stdout.decode()


@pytest.mark.skipif(BASH is None, reason="there is no bash here, and the block is for a shell like it")
@pytest.mark.slow
def test_by_hand_runs_as_printed_and_twice(clone: Path) -> None:
    """Also the second time, in the same shell; and it leaves nothing running."""
    code, told = pasted(clone, f"{by_hand()}\n{by_hand()}\necho left: $(jobs -r | wc -l) in $PWD")
    assert "comity: " not in told, told
    assert code == 0
    for line, count in (("valid", 2), ("exit 1", 2), ("held, proved", 2), ("all is well", 2)):
        assert len(re.findall(rf"^.*{line}", told, re.MULTILINE)) >= count, told
    assert "Блокпост" in told
    assert told.rstrip().endswith(f"left: 0 in {clone}")
    proofs = list((clone / "tmp").glob("*/told.comity-proof"))
    assert len(proofs) == 2
    assert sorted(path.name for path in clone.iterdir()) == [".venv", "examples", "tmp"]


def test_every_value_in_the_block_was_set_by_a_command_before_it() -> None:
    """No placeholder is left to be filled in by hand."""
    block = by_hand()
    assert "<" not in re.sub(r"<<|2>", "", block)
    known = {"PWD", "OLDPWD", "PORT"}
    for line in block.splitlines():
        if line.startswith("#"):
            continue
        for name, start in re.findall(r"\$\{?([A-Z][A-Z0-9]*)|\b([A-Z][A-Z0-9]*)=", line):
            assert not name or name in known or f"{name}=" in line or f"for {name} " in line, line
            known.add(start)
        known.update(re.findall(r"\b([A-Z][A-Z0-9]*)=", line))


@pytest.mark.parametrize("file", sorted(path.name for path in (ROOT / "examples").iterdir()))
def test_every_example_is_named_where_it_is_explained(file: str) -> None:
    assert file == "README.md" or f"]({file})" in (ROOT / "examples/README.md").read_text(encoding="utf-8")
