"""Inclusion and consistency proofs from a long log's tiles; against naive reading of the same tiles, and pymerkle."""

import random
import runpy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from pymerkle import InmemoryTree  # type: ignore[import-untyped]

from bench.figures import Figure, at_least, ratio
from bench.nodes import Party, entries
from bench.race import Entrant, race
from bench.scale import Scale
from comity.proof.tree import Prover, ReadTile, Tree

LEAVES = 1_000_000
# pymerkle gets as many of the entries as it takes in within so many seconds.
PATIENCE = 40.0
PATIENCE_STEP = 10_000
QUERIES = 400
NAIVE_QUERIES = 40

# By path, as the tests take it: the definitions, written down without a line of Comity's.
NAIVE = runpy.run_path(str(Path(__file__).resolve().parents[1] / "tests/unit/proof/naive.py"))

# kind of proof -> index of a leaf -> its inclusion, or the consistency of the tree that ends with it
Proofs = Mapping[str, Callable[[int], object]]


@dataclass(frozen=True)
class _Draw:
    """Random leaves of a log, others each time."""

    size: int
    count: int

    def __call__(self) -> list[int]:
        return [random.randrange(self.size) for _ in range(self.count)]

    def entrant(self, prove: Callable[[int], object]) -> Entrant:
        def work(leaves: list[int]) -> None:
            for leaf in leaves:
                prove(leaf)

        return Entrant(work, self.count, self)


def run(room: Path, scale: Scale) -> Iterator[Figure]:
    before = entries(scale.of(LEAVES, least=1000) - 2)
    party = Party(room, "proofs", before)
    store, size = party.node.store, party.node.journal.tree.size
    repetitions = scale.of(11, least=3)
    many, few = scale.of(QUERIES, least=20), scale.of(NAIVE_QUERIES, least=5)
    prover, naive = Prover(store.tile), _naive(store.tile, size)
    _touch_all(prover, size)
    for kind, prove in _ours(prover, size).items():
        _compare(prove, naive[kind], _Draw(size, few))
        entrants = {"naive": _Draw(size, few).entrant(naive[kind]), "ours": _Draw(size, many).entrant(prove)}
        took = race(entrants, repetitions)
        yield ratio(f"{kind} at {size:,} leaves / naive reading", took["naive"], took["ours"], at_least(10))
    took = race(
        {"naive": _Draw(size, few).entrant(naive["inclusion"]), "ours": _cold(store.tile, size, few)}, repetitions
    )
    yield ratio(f"the first {few} inclusions after a start / naive", took["naive"], took["ours"], None)
    first, last = (store.leaf_data(at, 1)[0][1] for at in (0, size - 1))
    theirs, taken, note = _pymerkle([first, *before, last], store.tile)
    for kind, prove in _ours(prover, taken).items():
        draw = _Draw(taken, many)
        took = race({"pymerkle": draw.entrant(theirs[kind]), "ours": draw.entrant(prove)}, repetitions)
        yield ratio(f"{kind} at {taken:,} leaves / pymerkle", took["pymerkle"], took["ours"], at_least(2), note)
    party.close()


def _ours(prover: Prover, size: int) -> Proofs:
    return {
        "inclusion": lambda leaf: prover.inclusion(leaf, size),
        "consistency": lambda leaf: prover.consistency(leaf + 1, size),
    }


def _naive(read_tile: ReadTile, size: int) -> Proofs:
    inclusion, consistency = NAIVE["naive_inclusion"], NAIVE["naive_consistency"]
    return {
        "inclusion": lambda leaf: inclusion(leaf, size, read_tile),
        "consistency": lambda leaf: consistency(leaf + 1, size, read_tile),
    }


def _compare(ours: Callable[[int], object], definition: Callable[[int], object], draw: _Draw) -> None:
    for leaf in draw():
        if ours(leaf) != definition(leaf):
            raise AssertionError(f"another proof than by the definition, at {leaf} of {draw.size}")


def _touch_all(prover: Prover, size: int) -> None:
    """Have every tile read once: a node that serves proofs keeps them."""
    for index in range(0, size, 256):
        prover.inclusion(index, size)


def _cold(read_tile: ReadTile, size: int, count: int) -> Entrant:
    """Nothing is kept from before: what the first proofs after a start cost."""

    def work(leaves: list[int]) -> None:
        prover = Prover(read_tile)
        for leaf in leaves:
            prover.inclusion(leaf, size)

    return Entrant(work, count, _Draw(size, count))


def _pymerkle(log: list[bytes], read_tile: ReadTile) -> tuple[Proofs, int, str]:
    """Fill a pymerkle tree with as much of the log as it takes in 40 s.

    Returns:
        Its proofs, how many entries it holds, and a note on both.
    """
    tree: Any = InmemoryTree()
    start, taken = perf_counter(), 0
    while taken < len(log) and perf_counter() - start < PATIENCE:
        tree.append_entries(log[taken : taken + PATIENCE_STEP])
        taken = tree.get_size()
    if tree.get_root() != Tree.load(taken, read_tile).root():
        raise AssertionError("another root than pymerkle's")
    proofs: Proofs = {
        "inclusion": lambda leaf: tree.prove_inclusion(leaf + 1, taken),
        "consistency": lambda leaf: tree.prove_consistency(leaf + 1, taken),
    }
    return proofs, taken, f"pymerkle took in {taken:,} of {len(log):,} entries in {perf_counter() - start:.0f} s"
