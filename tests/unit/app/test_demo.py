"""The scenarios are played with real nodes, and what they tell is what their commands answer."""

import contextlib
import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from comity import foreign
from comity.app import demo
from comity.errors import LocalError
from world import report


def shown(name: str, monkeypatch: pytest.MonkeyPatch, columns: int, *, keep: bool = False) -> list[str]:
    monkeypatch.setenv("COLUMNS", str(columns))
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        demo.play(name, keep=keep)
    return out.getvalue().splitlines()


def played(name: str, monkeypatch: pytest.MonkeyPatch) -> str:
    return " ".join(" ".join(shown(name, monkeypatch, 200)).split())


def test_told_shows_what_is_held_withheld_proved_and_spoilt(monkeypatch: pytest.MonkeyPatch) -> None:
    told = played("told", monkeypatch)
    assert "تنظيم الدولة الإسلامية" in told
    assert "nothing was told to us yet" in told
    assert "1-report-fr-ru.comity-proof: valid, trusted, a reconstruction" in told
    assert "fr released it to ru at 2015-11-26 18:40:0" in told
    assert "ru answered that it holds just these bytes; they came at 2015-11-26 18:40:0" in told
    assert ", by the clock of us, this answer stood in the log of ru." in told
    assert "one bit changed: NOT VALID" in told


def test_hospital_shows_a_protected_site_a_stale_picture_and_a_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    told = played("hospital", monkeypatch)
    assert "objection: relief protects the hospital “Hospital da Esperança / مستشفى الأمل”" in told
    assert "not re-verified since 2026-03-01 00:00Z; still protected" in told
    assert "south checks: relief protects a place that it does not name" in told
    assert "south checks: no objection known as of" in told
    assert "this is not a clearance" in told
    assert "your picture of relief is 40 minutes old" in told
    assert "replaced" in told
    asked_by_south = told.split("south checks:")[1]
    assert "Esperança" not in asked_by_south


@pytest.mark.slow
def test_hatay_2015_shows_both_days(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = time.monotonic()
    lines = shown("hatay-2015", monkeypatch, 100)
    assert len(lines) <= 120
    assert [line for line in lines if foreign.cells(line) > 100] == []
    told = " ".join(" ".join(lines).split())
    first, _, second = told.partition("VI. The same day with the notice withheld")
    assert "(contested)" in first
    assert first.count("notice “flight” (callsign “RU 83”) meets tr's notice") == 1
    assert first.count("notice “border defence” meets ru's notice") == 1
    assert "fire from the ground.”" in first
    assert "replaced" in first
    assert first.count("yes") >= 2
    assert "never told: not in the logs disclosed to this reader" in first
    assert "tr checks: no objection known as of" in second
    assert "no objection known; this is not a clearance" in second
    assert second.count("valid, trusted, a reconstruction") == 2
    assert second.count("answered that it holds just these bytes") == 2
    assert "not proved" not in first
    assert time.monotonic() - begun < 90, "the goal is 45 s on a machine that does nothing else"


def test_no_scenario_leaves_anything_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    played("told", monkeypatch)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("columns", [60, 100])
def test_no_line_is_wider_than_the_terminal(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown("told", monkeypatch, columns)
    assert [line for line in lines if foreign.cells(line) > columns] == []
    assert len(lines) < 60


def test_where_there_is_no_terminal_the_demo_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """As `make demo </dev/null` does, which waited for a signal that never came."""
    with open("/dev/null", encoding="utf-8") as nothing:
        monkeypatch.setattr("sys.stdin", nothing)
        lines = shown("told", monkeypatch, 100, keep=True)
    assert "There is no terminal here" in lines[-1]
    monkeypatch.setattr("sys.stdin", None)
    assert "There is no terminal here" in shown("told", monkeypatch, 100, keep=True)[-1]


TWICE = {
    "title": "Two days",
    "parties": {"a": "A", "b": "B"},
    "clock": "2026-03-02T05:00:00Z",
    "objects": {"first": json.loads(report()), "second": json.loads(report(number=2))},
    "script": [
        {"by": "a", "do": "say", "object": "first", "to": ["b"], "as": "first"},
        {"until": "held", "of": "first", "at": "a", "with": "b"},
        {"prove": "first", "at": "a", "with": "b"},
        {"again": "2026-03-02T05:00:00Z"},
        {"by": "a", "do": "say", "object": "second", "to": ["b"], "as": "second"},
        {"until": "held", "of": "second", "at": "a", "with": "b"},
    ],
}


def test_the_commands_to_look_around_run_as_they_are_printed(tmp_path: Path) -> None:
    """Also those about what was before `again`: its nodes and its proof, under the fingerprints that it had."""
    (tmp_path / "scenario.json").write_text(json.dumps(TWICE))
    command = [sys.executable, "-m", "comity.app.cli", "demo", "--scenario", str(tmp_path / "scenario.json")]
    master, terminal = os.openpty()
    environment = {**os.environ, "COLUMNS": "60", "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, stdin=terminal, stdout=subprocess.PIPE, env=environment, text=True) as playing:
        assert playing.stdout is not None
        lines: list[str] = []
        while not (line := playing.stdout.readline()).startswith("Enter or Ctrl-C"):
            assert line, lines
            lines.append(line)
        printed = "".join(lines[lines.index("  " + next(one for one in lines if one.startswith("  cd "))[2:]) :])
        # Where Comity is not installed with its script, its module stands for it.
        stand_in = f'comity() {{ "{sys.executable}" -m comity.app.cli "$@"; }}\n'
        done = subprocess.run(
            ["sh", "-ec", stand_in + printed], capture_output=True, text=True, timeout=60, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), printed
        os.write(master, b"\n")
        assert playing.wait(30) == 0
    for handle in (master, terminal):
        os.close(handle)
    told = " ".join(done.stdout.split())
    assert "This file is valid" in told
    assert "b answered that it holds just these bytes" in told
    assert "trusted yes" in told
    assert [path for path in tmp_path.iterdir() if path.name.startswith("comity-demo-")] == []


@pytest.mark.parametrize(
    ("scenario", "place"),
    [
        ({"title": "t"}, "scenario"),
        ({"title": "t", "parties": {"a": "A"}, "clock": "2026-01-01T00:00:00Z", "script": [{"nod": 1}]}, "script"),
        ({"title": "t", "parties": {"a": "A"}, "clock": "yesterday", "script": []}, ""),
    ],
)
def test_a_scenario_that_cannot_be_played_is_refused(
    scenario: object, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "scenario.json"
    file.write_text(json.dumps(scenario))
    with pytest.raises(Exception, match=r"malformed|bad-argument"):
        played(str(file), monkeypatch)


def test_a_scenario_that_is_none_is_refused_with_those_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LocalError, match="hatay-2015, hospital, told"):
        played("nothing", monkeypatch)
