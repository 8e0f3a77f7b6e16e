"""Figures: what was measured, beside the goal it is held against; as text for people and as JSON for programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure should be: at least or at most so much."""

    sign: str
    value: float

    def met_by(self, value: float) -> bool:
        return value >= self.value if self.sign == ">=" else value <= self.value


def at_least(value: float) -> Goal:
    return Goal(">=", value)


def at_most(value: float) -> Goal:
    return Goal("<=", value)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Attributes:
        name: what is set against what.
        unit: `x` is a ratio; larger is better.
        goal: None where the figure only helps to read another one.
        spread: the quartiles of the repetitions, between which half of them lie.
        note: the two rates behind a ratio, or what else a reader should know.
    """

    name: str
    value: float
    unit: str
    goal: Goal | None = None
    spread: tuple[float, float] | None = None
    note: str = ""

    def as_dict(self, *, full: bool) -> dict[str, Any]:
        goal = None if self.goal is None else f"{self.goal.sign} {self.goal.value:g}"
        met = self.goal.met_by(self.value) if self.goal and full else None
        spread = None if self.spread is None else list(self.spread)
        told = {"name": self.name, "value": self.value, "unit": self.unit, "goal": goal, "met": met}
        return told | {"spread": spread, "note": self.note}

    def lines(self, *, full: bool) -> list[str]:
        verdict = (
            "" if self.goal is None else "small" if not full else "PASS" if self.goal.met_by(self.value) else "MISS"
        )
        goal = "" if self.goal is None else f"{self.goal.sign} {_text(self.goal.value, self.unit)}"
        spread = "" if self.spread is None else " .. ".join(_text(end, "") for end in self.spread)
        row = f"  {self.name:<58} {_text(self.value, self.unit):>9}  {goal:<10} {verdict:<5} {spread}"
        return [row.rstrip(), *([f"      {self.note}"] if self.note else [])]


def ratio(name: str, theirs: Sequence[float], ours: Sequence[float], goal: Goal | None, note: str = "") -> Figure:
    """Set two entrants of one race against each other, repetition by repetition.

    Args:
        name: as in `Figure`.
        theirs: seconds per unit of what Comity is measured against.
        ours: Comity's, of the same repetitions.
        goal: as in `Figure`.
        note: follows the two rates.
    """
    each = [their / our for their, our in zip(theirs, ours, strict=True)]
    rates = f"{_rate(ours)} against {_rate(theirs)}"
    return Figure(name, median(each), "x", goal, _quartiles(each), f"{rates}{'; ' if note else ''}{note}")


def measured(name: str, values: Sequence[float], unit: str, goal: Goal | None, note: str = "") -> Figure:
    """Take the median of repetitions."""
    return Figure(name, median(values), unit, goal, _quartiles(values), note)


def _quartiles(values: Sequence[float]) -> tuple[float, float]:
    low, _, high = quantiles(values, n=4, method="inclusive")
    return low, high


def _rate(seconds: Sequence[float]) -> str:
    return f"{1 / median(seconds):,.0f}/s"


def _text(value: float, unit: str) -> str:
    if unit == "bytes":
        return f"{value:,.0f} B"
    return f"{value:.{2 if value < 10 else 1}f}{'' if unit in ('', 'x') else ' '}{unit}"
