"""Laws of the tree: whatever the size and however it grew, roots and proofs are those of RFC 9162's definitions."""

import random
from functools import cache
from hashlib import sha256
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.errors import RemoteError
from comity.proof.merkle import (
    PathMemo,
    inclusion_path,
    root_from_path,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from comity.proof.tree import Prover, Tree, parse_tile_path, tile_path

MOST = 66_000
LEAVES = [sha256(b"\x00%d" % index).digest() for index in range(MOST)]
Tiles = dict[tuple[int, int], bytes]

# The widths at which a tile, and a tile of tiles, is just not full, full, and begun anew.
BORDERS = [1, 2, 4, 128, 255, 256, 257, 512, 65_280, 65_535, 65_536, 65_537, 65_792, MOST]
sizes = st.one_of(
    st.integers(1, 600),
    st.builds(lambda border, off: min(max(border + off, 1), MOST), st.sampled_from(BORDERS), st.integers(-3, 3)),
    st.integers(1, MOST),
)
quick = settings(deadline=None, max_examples=150)


# -- the definitions, as they stand in the RFC


@cache
def mth(start: int, end: int) -> bytes:
    if end - start <= 1:
        return LEAVES[start] if start < end else sha256(b"").digest()
    middle = start + largest_power_of_two_below(end - start)
    return sha256(b"\x01" + mth(start, middle) + mth(middle, end)).digest()


def path_of(index: int, start: int, end: int) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + largest_power_of_two_below(end - start)
    if index < middle:
        return [*path_of(index, start, middle), mth(middle, end)]
    return [*path_of(index, middle, end), mth(start, middle)]


def proof_of(old: int, start: int, end: int, whole: bool = True) -> list[bytes]:
    if old == end:
        return [] if whole else [mth(start, end)]
    middle = start + largest_power_of_two_below(end - start)
    if old <= middle:
        return [*proof_of(old, start, middle, whole), mth(middle, end)]
    return [*proof_of(old, middle, end, False), mth(start, middle)]


def largest_power_of_two_below(width: int) -> int:
    power = 1
    while power * 2 < width:
        power *= 2
    return power


# -- one log, which holds every smaller one


LOG, TILES = Tree.empty().append(LEAVES)


def read(level: int, number: int) -> bytes:
    return TILES[level, number]


PROVER = Prover(read)


@quick
@given(sizes)
def test_the_root_is_mth(size: int) -> None:
    assert Tree.load(size, read).root() == mth(0, size)


@quick
@given(st.integers(0, 2000))
def test_the_root_of_a_list_is_mth(size: int) -> None:
    assert root_of(LEAVES[:size]) == mth(0, size)


@quick
@given(sizes, st.data())
def test_an_inclusion_proof_is_path_and_is_accepted(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = PROVER.inclusion(index, size)
    assert path == path_of(index, 0, size)
    verify_inclusion(LEAVES[index], index, size, path, mth(0, size))
    assert size > 600 or path == inclusion_path(LEAVES[:size], index)


@quick
@given(sizes, sizes)
def test_a_consistency_proof_is_proof_and_is_accepted(one: int, other: int) -> None:
    old, new = sorted((one, other))
    path = PROVER.consistency(old, new)
    assert path == proof_of(old, 0, new)
    verify_consistency(old, mth(0, old), new, mth(0, new), path)


@quick
@given(sizes, sizes, st.data())
def test_a_consistency_proof_with_its_path_or_a_root_changed_is_refused(
    one: int, other: int, data: st.DataObject
) -> None:
    """Not so a size: where two sizes give a path one shape it proves as much for both, and only a signed head tells."""
    old, new = sorted((one, other))
    path = proof_of(old, 0, new)
    stranger = mth(0, old // 2)
    old_root, new_root, path = data.draw(
        st.sampled_from(
            [
                (stranger, mth(0, new), path),
                (mth(0, old), stranger, path),
                (mth(0, old), mth(0, new), data.draw(mutations(path))),
            ]
        )
    )
    assert not accepted(verify_consistency, old, old_root, new, new_root, path)


# -- growing


@quick
@given(st.sampled_from([0, 1, 250, 500, 65_000, 65_530]), st.lists(st.integers(0, 300), max_size=5))
def test_appending_in_groups_is_appending_one_by_one(start: int, groups: list[int]) -> None:
    grouped = singly = Tree.load(start, read)
    grouped_tiles, single_tiles = Tiles(), Tiles()
    for group in groups:
        fresh = LEAVES[grouped.size : grouped.size + group]
        grouped, changed = grouped.append(fresh)
        grouped_tiles |= changed
        for leaf in fresh:
            singly, changed = singly.append([leaf])
            single_tiles |= changed
    assert grouped == singly
    assert grouped_tiles == single_tiles
    assert grouped == Tree.load(grouped.size, read)
    assert grouped.root() == mth(0, grouped.size)


@quick
@given(st.sampled_from(sorted(TILES)), st.integers(0, 255))
def test_every_hash_in_a_tile_is_mth_of_its_range(key: tuple[int, int], at: int) -> None:
    level, number = key
    at %= len(TILES[key]) // 32
    span = 256**level
    first = (number * 256 + at) * span
    assert TILES[key][at * 32 : at * 32 + 32] == mth(first, first + span)


@quick
@given(st.lists(sizes, min_size=1, max_size=12), st.integers(0, 6), st.randoms(use_true_random=False))
def test_one_prover_asked_for_many_sizes_of_a_growing_log_is_right_each_time(
    asked: list[int], room: int, chance: random.Random
) -> None:
    """A tile is shown as wide as it was when the log had the largest size asked for so far."""
    now = 0

    def then(level: int, number: int) -> bytes:
        return TILES[level, number][: 32 * ((now >> 8 * level) - 256 * number)]

    prover = Prover(then, tiles=room)
    for size in asked:
        now = max(now, size)
        index = chance.randrange(size)
        assert prover.inclusion(index, size) == path_of(index, 0, size)
        assert prover.consistency(index + 1, size) == proof_of(index + 1, 0, size)


# -- lying


@st.composite
def mutations(draw: st.DrawFn, path: list[bytes]) -> list[bytes]:
    """Change a path in one of the ways of a liar or of a broken transport."""
    stranger = LEAVES[draw(st.integers(0, MOST - 1))]
    at = draw(st.integers(0, max(len(path) - 1, 0)))
    if not path:
        return [stranger]
    before, element, after = path[:at], path[at], path[at + 1 :]
    bit = draw(st.integers(0, 255))
    flipped = (int.from_bytes(element) ^ 1 << bit).to_bytes(32)
    changed = draw(
        st.sampled_from(
            [
                [*before, flipped, *after],
                [*before, *after],
                [*before, element, element, *after],
                [*before, stranger, element, *after],
                [*path, stranger],
                [*before, element[:31], *after],
                [*before, element + b"\x00", *after],
                [*before, b"", *after],
                [*before, stranger, *after],
                path[::-1],
                [*path[1:], path[0]],
                [],
            ]
        )
    )
    return changed if changed != path else [*path, stranger]


def accepted(verify: object, *arguments: object) -> bool:
    try:
        verify(*arguments)  # type: ignore[operator]
    except RemoteError:
        return False
    return True


@quick
@given(sizes, st.data())
def test_an_inclusion_proof_with_anything_changed_is_refused(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = path_of(index, 0, size)
    root = mth(0, size)
    assert not accepted(verify_inclusion, LEAVES[index], index, size, data.draw(mutations(path)), root)
    assert not accepted(verify_inclusion, LEAVES[index - 1] if size > 1 else root[::-1], index, size, path, root)
    elsewhere = data.draw(st.integers(-2, size + 2).filter(lambda other: other != index))
    assert not accepted(verify_inclusion, LEAVES[index], elsewhere, size, path, root)


@quick
@given(sizes, st.integers(0, MOST), st.data())
def test_a_memo_answers_each_of_a_row_of_paths_as_verify_inclusion_does(
    size: int, start: int, data: st.DataObject
) -> None:
    root = mth(0, size)
    memo = PathMemo(size, root)
    near = st.integers(-4, 20).map(lambda off: (start + off) % size)
    for _ in range(data.draw(st.integers(1, 12))):
        index = data.draw(st.one_of(near, st.integers(0, size - 1)))
        leaf, path = LEAVES[index], path_of(index, 0, size)
        match data.draw(st.sampled_from(["honest", "honest", "path", "leaf", "index", "neighbour"])):
            case "path":
                path = data.draw(mutations(path))
            case "leaf":
                leaf = data.draw(st.sampled_from([LEAVES[index - 1], leaf[:31], leaf + b"\x00", b"", root]))
            case "index":
                index = data.draw(st.one_of(near, st.integers(-1, size + 1), st.just(2**63)))
            case "neighbour":
                path = path_of((index + 1) % size, 0, size)
        assert accepted(memo.verify, leaf, index, path) == accepted(verify_inclusion, leaf, index, size, path, root)


@quick
@given(st.integers(1, 2**63 - 1), st.data())
def test_in_trees_too_big_to_hold_a_path_is_accepted_at_its_own_length_only(size: int, data: st.DataObject) -> None:
    """There is no such tree; any path of the right length defines the root of one."""
    index = data.draw(st.integers(0, size - 1))
    length = sum(1 for height in range(63) if (index >> height ^ 1) <= (size - 1) >> height)
    path = LEAVES[:length]
    root = root_from_path(LEAVES[100], index, size, path)
    assert accepted(PathMemo(size, root).verify, LEAVES[100], index, path)
    for wrong in {length - 1, length + 1} - {-1}:
        assert not accepted(root_from_path, LEAVES[100], index, size, LEAVES[:wrong])


# -- paths of tiles


@quick
@given(st.integers(0, 63), st.integers(0, 2**63 - 1), st.one_of(st.none(), st.integers(1, 255)))
def test_a_tile_path_is_read_as_it_was_written(level: int, number: int, width: int | None) -> None:
    assert parse_tile_path(tile_path(level, number, width)) == (level, number, width)


@quick
@given(st.from_regex(r"tile/[0-9]{1,2}/(x?[0-9]{3}/){0,3}x?[0-9]{2,4}(\.p/[0-9]{1,3})?"))
def test_a_text_is_refused_or_is_the_only_path_of_its_tile(text: str) -> None:
    try:
        key = parse_tile_path(text)
    except RemoteError:
        return
    assert tile_path(*key) == text


# -- a second opinion


@pytest.fixture(scope="module")
def pymerkle() -> ModuleType:
    found: ModuleType = pytest.importorskip("pymerkle", reason="pymerkle (GPL, for tests only) is not installed")
    return found


@pytest.mark.parametrize("size", [1, 2, 3, 255, 256, 257, 1000, 3000])
def test_pymerkle_has_the_same_roots_and_proofs(pymerkle: ModuleType, size: int) -> None:
    theirs = pymerkle.InmemoryTree(algorithm="sha256")
    theirs.append_entries([b"%d" % index for index in range(3000)])
    assert theirs.get_root(size) == mth(0, size) == Tree.load(size, read).root()
    chance = random.Random(size)
    for _ in range(40):
        index = chance.randrange(size)
        # Their path begins with the leaf itself.
        assert theirs.prove_inclusion(index + 1, size).path[1:] == PROVER.inclusion(index, size)
        # Their consistency proofs are of a form of their own: they can judge ours by the roots only.
        path = PROVER.consistency(index + 1, size)
        verify_consistency(index + 1, theirs.get_root(index + 1), size, theirs.get_root(size), path)
