"""Many tapes, played by as many processes as there are cores, each with draws of its own."""

import multiprocessing
import os
import random
from collections.abc import Iterator

from liars.story import Seen, look

TAPE = 400
SHARE = 50  # tapes that a process plays before it says how far it is

Share = tuple[int, int]


def play(share: Share) -> tuple[Seen, str | None]:
    """Play one share of tapes; what was seen, and the story of what is false in it."""
    seed, number = share
    source, seen = random.Random(f"{seed}/{number}"), Seen()
    for _ in range(SHARE):
        tape = source.randbytes(TAPE)
        story = look(tape, seen=seen)
        if story is not None:
            return seen, f"{story}\nTAPE: {tape.hex()}"
    return seen, None


def results(seed: int, count: int) -> Iterator[tuple[Seen, str | None]]:
    """What each share brought, as it comes, from as many processes as there are cores."""
    with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as pool:
        yield from pool.imap_unordered(play, [(seed, number) for number in range(count)])
