"""A race: entrants take turns in one run, so that each repetition sees the machine as it was at that moment.

A shared machine is now fast, now slow. What stands is the ratio of two entrants of the same repetition, and the median
of these over many; absolute times are told only to show what the ratio is made of.
"""

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any


@dataclass(frozen=True, slots=True)
class Entrant:
    """What is timed.

    Attributes:
        work: takes what `prepare` made; only this is on the clock.
        units: how many of the counted things (statements, signatures, proofs) one call does.
        prepare: makes fresh input, off the clock.
    """

    work: Callable[[Any], object]
    units: int
    prepare: Callable[[], Any] = lambda: None


def race(entrants: Mapping[str, Entrant], repetitions: int) -> dict[str, list[float]]:
    """Run all entrants in turn; the first repetition warms up and is not counted, the order turns by one each time.

    Returns:
        Per entrant and repetition, seconds of wall time per unit.
    """
    names = list(entrants)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for repetition in range(repetitions + 1):
        turn = repetition % len(names)
        for name in names[turn:] + names[:turn]:
            took = timed(entrants[name])
            if repetition:
                seconds[name].append(took)
    return seconds


def timed(entrant: Entrant) -> float:
    """Seconds of wall time per unit. The collector runs as in life, but not over what stood there before."""
    prepared = entrant.prepare()
    gc.collect()
    gc.freeze()
    start = perf_counter()
    entrant.work(prepared)
    return (perf_counter() - start) / entrant.units
