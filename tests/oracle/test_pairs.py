"""Comity's geometry against the slow oracle beside it, on pairs of volumes made to be hard.

What the oracle finds to meet, Comity must find; what is further apart than the stated tolerance it must not.
"""

from collections import Counter
from collections.abc import Iterable
from itertools import islice

import numpy as np
import pytest

from comity.space import _chords, geodesic
from comity.space.altitude import Altitude, Band, Reference, Unit
from comity.space.area import MAX_RADIUS_M, Area, Part, area, circle, polygon
from comity.space.instant import Instant
from comity.space.interval import Interval
from comity.space.volume import MAX_MARGIN_M, Volume, Witness, intersects
from oracle.pairs import Case, Dice, case
from oracle.slow import DEGREE, Shape, Shapes, distance_of, meet, vincenty

# docs/geometry.md: what is less than this apart may be found to meet.
TOLERANCE_M = 1.0


def area_of(shapes: Shapes) -> Area:
    return area(*map(part_of, shapes))


def part_of(shape: Shape) -> Part:
    if shape.rings:
        return polygon([[(lon / DEGREE, lat / DEGREE) for lon, lat in ring] for ring in shape.rings])
    return circle(shape.centre[0] / DEGREE, shape.centre[1] / DEGREE, shape.radius)


def volumes(pair: Case) -> tuple[Volume, Volume]:
    bands = [Band(*(Altitude(float(m), Unit.M, Reference.W84) for m in span)) for span in pair.bands]
    times = [Interval(*map(Instant, span)) for span in pair.intervals]
    return Volume(area_of(pair.a), bands[0], times[0]), Volume(area_of(pair.b), bands[1], times[1])


def spans_meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def times_meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether an instant lies in both: their ends are outside, but where start and end are one."""
    (start, end), (other_start, other_end) = one, other
    last, other_last = max(start, end - 1), max(other_start, other_end - 1)
    return start <= other_last and other_start <= last


def found(pair: Case) -> Witness | None:
    """What Comity finds of two areas; of the volumes, named the other way round, it must find the same place."""
    a, b = volumes(pair)
    witness = intersects(Volume(a.area), Volume(b.area), pair.margin)
    other = intersects(b, a, pair.margin)
    together = witness is not None and spans_meet(*pair.bands) and times_meet(*pair.intervals)
    assert (other is not None) == together
    assert other is None or witness is None or (other.lon, other.lat, other.gap_m) == witness_place(witness)
    return witness


def witness_place(witness: Witness) -> tuple[float, float, float]:
    return witness.lon, witness.lat, witness.gap_m


def tally(pairs: Iterable[Case], tolerance: float) -> tuple[Counter[str], list[tuple[str, Case]]]:
    """Count what was compared, and list where Comity is wrong."""
    counts: Counter[str] = Counter()
    wrong: list[tuple[str, Case]] = []
    for pair in pairs:
        witness, expected = found(pair), meet(pair.a, pair.b, pair.margin)
        counts[f"{pair.kind} {'meet' if expected else 'apart'}"] += 1
        if expected and witness is None:
            wrong.append(("missed", pair))
        if witness is not None and not expected and distance_of(pair.a, pair.b) > pair.margin + tolerance:
            wrong.append(("too far", pair))
    return counts, wrong


@pytest.mark.parametrize("seed", range(4))
def test_of_5000_pairs_none_that_meets_is_missed_and_none_a_metre_apart_is_found(seed: int) -> None:
    dice = Dice(seed)
    counts, wrong = tally((case(dice) for _ in range(5_000)), TOLERANCE_M)
    assert wrong == []
    assert counts.total() == 5_000
    # Each kind was there in numbers, with both answers.
    assert len(counts) == 10
    assert min(counts.values()) >= 20


def test_of_600_pairs_up_to_thousands_of_kilometres_none_is_missed() -> None:
    dice = Dice(99, greatest=6.3)
    pairs = islice(filter(within_limits, iter(lambda: case(dice), None)), 600)
    counts, wrong = tally(pairs, tolerance=10_000.0)
    assert wrong == []
    assert counts.total() == 600


def within_limits(pair: Case) -> bool:
    """Whether Comity takes them at all; Vincenty's formulae end far beyond that, at places nearly opposite."""
    return pair.margin <= MAX_MARGIN_M and all(shape.radius <= MAX_RADIUS_M for shape in (*pair.a, *pair.b))


@pytest.mark.parametrize("greatest", [4.4, 6.3])
def test_what_is_sorted_out_before_pairs_are_looked_at_never_meets(
    greatest: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    # With few vertices nothing is sorted out; here it is, in chunks of one row.
    monkeypatch.setattr(_chords, "_FEW", 0)
    monkeypatch.setattr(_chords, "_AT_ONCE", 1)
    dice = Dice(17, greatest)
    pairs = islice(filter(within_limits, iter(lambda: case(dice), None)), 600)
    assert tally(pairs, TOLERANCE_M if greatest < 5 else 10_000.0)[1] == []


def test_a_witness_lies_in_both_areas() -> None:
    dice = Dice(7)
    looked_at = 0
    for pair in (case(dice) for _ in range(600)):
        witness = found(pair)
        if witness is None:
            continue
        at = (Shape(centre=(round(witness.lon * DEGREE), round(witness.lat * DEGREE))),)
        for side in (pair.a, pair.b):
            assert distance_of(at, side) <= witness.gap_m / 2 + TOLERANCE_M, pair
        assert witness.gap_m <= pair.margin + TOLERANCE_M
        looked_at += 1
    assert looked_at > 200


def test_the_two_ways_to_measure_a_geodesic_agree_to_a_tenth_of_a_millimetre() -> None:
    chance = np.random.default_rng(1)
    lon, lat = chance.uniform(-180, 180, 500), np.degrees(np.arcsin(chance.uniform(-1, 1, 500)))
    lat[:50] = 90.0
    lon2, lat2 = lon + chance.uniform(-20, 20, 500), np.clip(lat + chance.uniform(-10, 10, 500), -90, 90)
    slow = vincenty(lon, lat, lon2, lat2)
    ours = [geodesic.distance((a, b), (c, d)) for a, b, c, d in zip(lon, lat, lon2, lat2, strict=True)]
    assert np.abs(slow - ours).max() < 1e-4
