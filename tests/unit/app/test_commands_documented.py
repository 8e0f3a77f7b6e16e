"""Every command has help, speaks JSON and is documented; and the README's own lines are commands that exist."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer

from comity.app import cli

ROOT = Path(__file__).parents[3]
DOCUMENTED = (ROOT / "docs/commands.md").read_text(encoding="utf-8")


def commands(group: Any, *path: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, one in group.commands.items():
        found |= commands(one, *path, name) if hasattr(one, "commands") else {" ".join((*path, name)): one}
    return found


COMMANDS = commands(typer.main.get_command(cli.app))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_has_help_json_and_a_place_in_the_documentation(name: str) -> None:
    command = COMMANDS[name]
    assert command.help
    options = {option for parameter in command.params for option in parameter.opts}
    assert ("--json" in options) == (name != "demo")
    line = next((line for line in DOCUMENTED.splitlines() if re.match(rf"    comity (-C DIR )?{name}\b", line)), None)
    assert line is not None, f"docs/commands.md has no line for {name}"
    heading = rf"^### .*\b{name}\b" if name not in ("demo",) else r"^## demo"
    assert re.search(heading, DOCUMENTED, re.MULTILINE)
    for option in options - {"--json", "--help"}:
        assert not option.startswith("--") or option in DOCUMENTED, f"docs/commands.md does not name {option}"


@pytest.mark.parametrize("file", ["README.md", "docs/commands.md"])
def test_every_command_line_shown_is_one_that_exists(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    shown = re.findall(
        r"^ {4}comity (?:-C \S+ )?([a-z]+(?: (?:add|list|rename|remove|verify|adopt|export))?)\b", text, re.MULTILINE
    )
    assert shown
    unknown = {one for one in shown if one not in COMMANDS and one.split(" ")[0] not in COMMANDS}
    assert unknown == set()


def test_the_first_screen_of_the_readme_is_short() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    first, _, _ = text.partition("## By hand")
    assert len(first.splitlines()) <= 24
    assert "make demo" in first
    assert "make test" in first
