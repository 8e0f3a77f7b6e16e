"""A notice said at A until B is shown what it meets there: two `comity serve` processes on loopback, nothing left out."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

from bench.figures import Figure, at_most
from bench.scale import Scale
from bench.told import LOOK_EVERY, PATIENCE, WARM_UP, serving
from comity.app.call import call

TIMES = 100
HOSPITAL = {"type": "Point", "coordinates": [36.16, 36.2]}
AREA = {"type": "Polygon", "coordinates": [[[36.1, 36.1], [36.2, 36.1], [36.2, 36.3], [36.1, 36.3], [36.1, 36.1]]]}
WHEN = {"from": "2099-11-24T07:00:00Z", "until": "2099-11-24T09:00:00Z", "far": True}


def run(room: Path, scale: Scale) -> Iterator[Figure]:
    with serving(room, "a", "b") as (a, b):
        call(b, "protect", {"geojson": json.dumps(HOSPITAL), "function": "hospital", "to": ["a"]})
        for _ in range(WARM_UP):
            _notify(a, b)
        seconds = sorted(_notify(a, b) for _ in range(scale.of(TIMES, least=5)))
    cuts = quantiles(seconds, n=20, method="inclusive")
    note = f"{len(seconds)} notices over one hospital, one after the other"
    yield Figure("said at A until objected at B, p50", 1000 * cuts[9], "ms", at_most(90), None, note)
    yield Figure("said at A until objected at B, p95", 1000 * cuts[18], "ms")


def _notify(operator: Path, other: Path) -> float:
    """Say one notice to b and look until b lists an objection against it; seconds on the wall clock."""
    start = time.perf_counter()
    statement = call(operator, "notice", {"geojson": json.dumps(AREA), "to": ["b"], **WHEN})["statement"]
    while all(one["against"] != statement for one in call(other, "objections", {})):
        if time.perf_counter() - start > PATIENCE:
            raise AssertionError(f"no objection within {PATIENCE:.0f} s")
        time.sleep(LOOK_EVERY)
    return time.perf_counter() - start
