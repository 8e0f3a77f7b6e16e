"""The bench: it runs from end to end at tiny sizes, sets ratios beside goals, and calls a miss a miss."""

import json
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
# By path: the repository's root need not be importable for the tests.
FIGURES = runpy.run_path(str(ROOT / "bench/figures.py"))
RACE = runpy.run_path(str(ROOT / "bench/race.py"))
Run = tuple[str, dict[str, list[dict[str, Any]]]]
ratio, at_least, at_most, Figure = (FIGURES[name] for name in ("ratio", "at_least", "at_most", "Figure"))


def bench(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench", "--scale", "0.003", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """What one run of all benches, named in another order than theirs, printed and wrote."""
    written = tmp_path_factory.mktemp("bench") / "figures.json"
    chosen = [
        word for name in ("ingest", "append", "proofs", "proof-file", "told", "objected") for word in ("--only", name)
    ]
    done = bench(*chosen, "--json", str(written))
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout, json.loads(written.read_text())["figures"]


@pytest.mark.parametrize(("name", "goals"), [("append", 2), ("ingest", 1), ("proofs", 4)])
def test_comity_is_set_beside_something_else_as_a_ratio_with_a_goal(run: Run, name: str, goals: int) -> None:
    ratios = [one for one in run[1][name] if one["unit"] == "x" and one["goal"]]
    assert len(ratios) == goals
    for one in ratios:
        low, high = one["spread"]
        assert 0 < low <= one["value"] <= high
        assert "/s against " in one["note"]


def test_the_proof_file_and_the_way_of_a_telling_are_measured(run: Run) -> None:
    assert [(one["unit"], one["goal"]) for one in run[1]["proof-file"] if one["goal"]] == [
        ("bytes", "<= 9000"),
        ("ms", "<= 5"),
        ("s", "<= 0.4"),
    ]
    for name, goal in (("told", "<= 50"), ("objected", "<= 90")):
        assert [(one["unit"], one["goal"]) for one in run[1][name]] == [("ms", goal), ("ms", None)]


def test_people_are_shown_what_programs_are_given(run: Run) -> None:
    shown, figures = run
    assert list(figures) == ["ingest", "append", "proofs", "proof-file", "told", "objected"]
    for one in (one for each in figures.values() for one in each):
        assert one["name"] in shown
        assert one["note"] in shown


def test_sizes_below_the_full_ones_judge_no_goal(run: Run) -> None:
    shown, figures = run
    assert {one["met"] for each in figures.values() for one in each} == {None}
    assert "small" in shown
    assert "PASS" not in shown
    assert "MISS" not in shown


def test_only_what_is_asked_for_is_run() -> None:
    shown = bench("--only", "append").stdout
    assert "raw Ed25519 signing" in shown
    assert "verifying" not in shown


def test_an_unknown_bench_is_refused() -> None:
    done = bench("--only", "everything")
    assert done.returncode == 2
    assert "proof-file" in done.stderr


def test_a_ratio_is_the_median_over_repetitions_not_over_the_run() -> None:
    # The machine was ten times slower in the second repetition, for both: that must not show.
    found = ratio("x", [1.0, 20.0, 4.0], [1.0, 10.0, 1.0], at_least(2))
    assert (found.value, found.spread) == (2.0, (1.5, 3.0))


def test_what_is_just_below_its_goal_is_a_miss_and_what_reaches_it_is_none() -> None:
    below, at = (Figure("x", value, "x", at_least(5)) for value in (4.999, 5.0))
    assert "MISS" in below.lines(full=True)[0]
    assert below.as_dict(full=True)["met"] is False
    assert "PASS" in at.lines(full=True)[0]
    above = Figure("x", 100.1, "ms", at_most(100))
    assert "MISS" in above.lines(full=True)[0]


def test_entrants_take_turns_and_the_first_round_is_not_counted() -> None:
    seen: list[str] = []
    entrants = {name: RACE["Entrant"](lambda _, name=name: seen.append(name), 1) for name in "ab"}
    took = RACE["race"](entrants, 3)
    assert "".join(seen) == "abbaabba"
    assert {name: len(each) for name, each in took.items()} == {"a": 3, "b": 3}


def test_input_is_made_off_the_clock() -> None:
    taken: list[object] = []
    RACE["timed"](RACE["Entrant"](taken.append, 1, lambda: "fresh"))
    assert taken == ["fresh"]
