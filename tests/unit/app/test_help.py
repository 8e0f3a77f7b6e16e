"""The help fits a screen of 80 columns, and shows every command once, in the order in which they are used."""

import pytest

from comity.app import help as sections
from unit.app.test_commands_documented import COMMANDS
from unit.app.test_stories import run


@pytest.fixture(autouse=True)
def eighty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_every_command_stands_in_one_section() -> None:
    told = [name for section in sections.SECTIONS.values() for name in section]
    assert sorted(told) == sorted(COMMANDS)


def test_the_first_screen_has_the_sections_in_order_and_each_command_on_one_line() -> None:
    out, errors, code = run(["--help"])
    lines = out.splitlines()
    titles = [lines.index(f"{title}:") for title in sections.SECTIONS]
    assert titles == sorted(titles)
    for name, line in (pair for section in sections.SECTIONS.values() for pair in section.items()):
        assert lines.count(f"  {name.ljust(14)}  {line}") == 1
    assert "..." not in "".join(lines[lines.index("A first look:") :])
    assert "Further commands:" not in lines
    assert (errors, code) == ("", 0)


@pytest.mark.parametrize("name", ["", "peer", "log", *sorted(COMMANDS)])
def test_no_line_of_help_is_longer_than_the_screen(name: str) -> None:
    out, _, code = run([*name.split(), "--help"])
    assert code == 0
    assert [line for line in out.splitlines() if len(line) > 80] == []


def test_a_command_that_is_in_no_section_is_shown_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sections.SECTIONS, "Proof", {})
    lines = run(["--help"])[0].splitlines()
    assert "Proof:" not in lines
    [rest] = [lines[index + 1 : index + 3] for index, line in enumerate(lines) if line == "Further commands:"]
    assert [line.split()[0] for line in rest] == ["prove", "verify"]
