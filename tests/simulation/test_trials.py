"""Trials: after loss, doubling, delay, partitions and crashes, everything released has arrived once, and nothing else."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from simulation.network import FAIR
from simulation.trial import Plan, Trial
from world import run

SHORT = Plan(seed=7, storm=30.0, calm=5.0, step=2.0, trouble=12.0)


@cache
def played(plan: Plan) -> Trial:
    trial = Trial(plan)
    run(trial.run)
    return trial


SEEDS = (1, 2, 3)


@pytest.mark.parametrize("seed", SEEDS)
def test_after_the_storm_everything_released_is_held_once_and_nothing_else_is(seed: int) -> None:
    trial = played(Plan(seed))
    trial.check()
    assert len(trial.said) > 15
    assert trial.network.second


def test_parties_have_crashed_in_these_storms() -> None:
    assert sum(played(Plan(seed)).crashes for seed in SEEDS) > 1


def test_in_fair_weather_everything_has_arrived_within_seconds() -> None:
    trial = played(Plan(seed=4, storm=20.0, calm=6.0, step=2.0, trouble=10**6, weather=FAIR))
    trial.check()
    assert trial.crashes == 0


def trace_in_a_new_process(hash_seed: str) -> str:
    root = Path(__file__).resolve().parents[2]
    code = "from simulation.test_trials import SHORT, played; print(played(SHORT).network.digest())"
    paths = os.pathsep.join([str(root / "src"), str(root / "tests")])
    env = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": paths}
    return subprocess.run([sys.executable, "-c", code], env=env, check=True, capture_output=True, text=True).stdout


def test_the_same_seed_gives_the_same_trace_whatever_the_hash_seed() -> None:
    traces = {trace_in_a_new_process(seed) for seed in ("0", "1", "2")}
    assert len(traces) == 1
    assert len(traces.pop().strip()) == 64


def test_another_seed_gives_another_trace() -> None:
    digests = {played(Plan(seed=seed, storm=10.0, calm=1.0, step=3.0)).network.digest() for seed in (8, 9)}
    assert len(digests) == 2
