"""The log as C2SP tiles: it grows without changing, and its proofs are the right ones for every size it had."""

import runpy
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest

from comity.errors import BAD_ARGUMENT, DAMAGED, MALFORMED, LocalError, RemoteError
from comity.proof import merkle, tree
from comity.proof.merkle import EMPTY_ROOT, MAX_SIZE, leaf_hash, node_hash, root_of, verify_consistency
from comity.proof.tree import Prover, ReadTile, TileKey, Tree, parse_tile_path, tile_path

# By path, not by import: whatever import mode pytest runs in, this is the file that stands beside the test.
NAIVE = runpy.run_path(str(Path(__file__).with_name("naive.py")))

LEAVES = [leaf_hash(b"%d" % index) for index in range(70_000)]
Tiles = dict[tuple[int, int], bytes]


def grown(size: int, group: int = 1000) -> tuple[Tree, Tiles]:
    log, tiles = Tree.empty(), Tiles()
    for start in range(0, size, group):
        log, changed = log.append(LEAVES[start : min(start + group, size)])
        tiles |= changed
    return log, tiles


LOG, TILES = grown(70_000)


def read(level: int, number: int) -> bytes:
    return TILES.get((level, number), b"")


def watched(reading: ReadTile) -> tuple[list[TileKey], ReadTile]:
    """Return the list of what will be asked for, and a reader that fills it."""
    asked: list[TileKey] = []

    def ask(level: int, number: int) -> bytes:
        asked.append((level, number))
        return reading(level, number)

    return asked, ask


# -- growing


def test_a_tree_of_70000_has_the_tiles_that_the_specification_counts() -> None:
    """C2SP tlog-tiles, "Partial Tiles": 273 full and one of 112, one full and one of 17, one of 1."""
    by_level = [sorted((len(tile) // 32 for (at, _), tile in TILES.items() if at == level)) for level in range(3)]
    assert by_level == [[112, *[256] * 273], [17, 256], [1]]
    assert len(TILES) == 277


def test_a_tree_of_256_has_a_full_tile_and_one_hash_above_it() -> None:
    log, tiles = grown(256)
    assert tiles == {(0, 0): b"".join(LEAVES[:256]), (1, 0): root_of(LEAVES[:256])}
    assert log.edge == (b"", log.root())


def test_each_hash_above_the_leaves_is_that_of_a_full_tile_below() -> None:
    for (level, number), tile in TILES.items():
        for at in range(len(tile) // 32 if level else 0):
            below = TILES[level - 1, number * 256 + at]
            hashes = [below[start : start + 32] for start in range(0, len(below), 32)]
            assert len(hashes) == 256
            assert tile[at * 32 : at * 32 + 32] == root_of(hashes)


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, 513, 1000, 65_535, 65_536, 65_537, 65_792, 70_000])
def test_the_root_is_that_of_the_leaves(size: int) -> None:
    assert grown(size)[0].root() == root_of(LEAVES[:size])


def test_appending_leaves_the_old_tree_as_it_was() -> None:
    old, _ = grown(300)
    root = old.root()
    one, _ = old.append(LEAVES[300:400])
    other, _ = old.append(LEAVES[400:500])
    assert (old.size, old.root()) == (300, root)
    assert one.root() == root_of(LEAVES[:400])
    assert other.root() == root_of(LEAVES[:300] + LEAVES[400:500])


def test_appending_nothing_changes_nothing() -> None:
    assert LOG.append([]) == (LOG, {})
    assert Tree.empty().append([]) == (Tree.empty(), {})
    assert Tree.empty().root() == EMPTY_ROOT


def test_only_tiles_that_changed_are_handed_out_and_these_whole() -> None:
    log, tiles = grown(65_530)
    _, changed = log.append(LEAVES[65_530:65_540])
    assert {key: len(tile) // 32 for key, tile in changed.items()} == {
        (0, 255): 256,
        (0, 256): 4,
        (1, 0): 256,
        (2, 0): 1,
    }
    assert changed[0, 255].startswith(tiles[0, 255])
    _, changed = LOG.append(LEAVES[:1])
    assert changed == {(0, 273): TILES[0, 273] + LEAVES[0]}


@pytest.mark.parametrize("leaf", [b"", LEAVES[0][:31], LEAVES[0] + b"x"])
def test_a_leaf_hash_of_another_length_than_32_bytes_is_not_appended(leaf: bytes) -> None:
    with pytest.raises(LocalError) as caught:
        LOG.append([LEAVES[0], leaf])
    assert caught.value.code == BAD_ARGUMENT


def test_a_log_ends_where_an_int64_does() -> None:
    """The hashes of such a tree are made up: only its size matters here."""
    tile = b"x" * 255 * 32
    log = Tree.load(MAX_SIZE - 1, lambda level, number: tile)
    last, _ = log.append(LEAVES[:1])
    assert last.size == MAX_SIZE
    with pytest.raises(LocalError) as caught:
        log.append(LEAVES[:2])
    assert caught.value.code == BAD_ARGUMENT


def test_a_root_after_each_leaf_hashes_a_dozen_nodes_and_not_a_tile(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed = Counter[str]()

    def counting(data: bytes) -> object:
        hashed["all"] += 1
        return sha256(data)

    monkeypatch.setattr(merkle, "sha256", counting)
    monkeypatch.setattr(tree, "sha256", counting)
    log = LOG
    for leaf in LEAVES[:1000]:
        log, _ = log.append([leaf])
        log.root()
    # On average one node per leaf to append it, and half of the size's 17 bits for the root.
    assert hashed["all"] <= 1000 * 12


# -- loading


@pytest.mark.parametrize("size", [0, 1, 2, 3, 255, 256, 257, 1000, 65_535, 65_536, 65_537, 65_792, 69_999, 70_000])
def test_a_loaded_tree_equals_the_one_that_grew_also_from_tiles_that_grew_since(size: int) -> None:
    assert Tree.load(size, read) == grown(size)[0]


def test_loading_reads_one_tile_per_level_and_none_that_would_be_empty() -> None:
    asked, reading = watched(read)
    Tree.load(65_536 + 3, reading)
    assert asked == [(0, 256), (2, 0)]


@pytest.mark.parametrize("tile", [b"", b"x" * 32 * 111, b"x" * (32 * 112 + 1), b"x" * 32 * 257])
def test_a_tree_does_not_load_from_a_tile_of_another_length(tile: bytes) -> None:
    with pytest.raises(LocalError) as caught:
        Tree.load(70_000, lambda level, number: tile if level == 0 else read(level, number))
    assert (caught.value.code, caught.value.place) == (DAMAGED, "tile/0/273")


@pytest.mark.parametrize("size", [-1, MAX_SIZE + 1])
def test_no_tree_of_an_impossible_size_is_loaded(size: int) -> None:
    with pytest.raises(LocalError) as caught:
        Tree.load(size, read)
    assert caught.value.code == BAD_ARGUMENT


def test_a_bit_flipped_in_the_edge_shows_in_the_root() -> None:
    for level, number in ((0, 273), (1, 1), (2, 0)):
        tile = TILES[level, number]
        flipped = bytes([tile[0] ^ 1]) + tile[1:]
        damaged = {**TILES, (level, number): flipped}
        assert Tree.load(70_000, lambda *key, tiles=damaged: tiles[key]).root() != LOG.root()


# -- proving


@pytest.mark.parametrize("size", [1, 2, 3, 256, 257, 512, 1000, 65_536, 65_537, 65_793, 70_000])
def test_proofs_are_those_of_naive_reading(size: int) -> None:
    prover = Prover(read)
    for index in sorted(
        {0, 1, 2, 254, 255, 256, 257, size // 2, size - 2, size - 1, 65_535, 65_536} & set(range(size))
    ):
        assert prover.inclusion(index, size) == NAIVE["naive_inclusion"](index, size, read)
        assert prover.consistency(index + 1, size) == NAIVE["naive_consistency"](index + 1, size, read)


def test_the_naive_root_is_the_root() -> None:
    assert NAIVE["naive_root"](70_000, read) == LOG.root()
    assert NAIVE["naive_root"](0, read) == EMPTY_ROOT


def test_a_prover_follows_a_growing_log_without_being_told() -> None:
    log, tiles = Tree.empty(), Tiles()
    prover = Prover(lambda level, number: tiles[level, number])
    roots = [log.root()]
    for size, leaf in enumerate(LEAVES[:600], 1):
        log, changed = log.append([leaf])
        tiles |= changed
        roots.append(log.root())
        assert prover.inclusion(size // 3, size) == NAIVE["naive_inclusion"](size // 3, size, read)
        old = size // 2 + 1
        verify_consistency(old, roots[old], size, roots[size], prover.consistency(old, size))
    # And for a size that the tiles have long outgrown.
    assert prover.inclusion(100, 300) == NAIVE["naive_inclusion"](100, 300, read)


def test_only_tiles_that_exist_at_the_size_are_read() -> None:
    for size in (1, 255, 256, 257, 65_536, 65_537):
        _, tiles = grown(size)
        prover = Prover(lambda *key, tiles=tiles: tiles[key])
        for index in {0, size // 2, size - 1}:
            prover.inclusion(index, size)
            prover.consistency(index + 1, size)


def test_a_kept_tile_is_not_read_again_until_it_is_too_short() -> None:
    asked = Counter[tuple[int, int]]()
    tiles = grown(300)[1]

    def counting(level: int, number: int) -> bytes:
        asked[level, number] += 1
        return tiles[level, number]

    prover = Prover(counting)
    for index in range(300):
        prover.inclusion(index, 300)
        prover.inclusion(index // 2, 290)
    assert asked == {(0, 0): 1, (0, 1): 1, (1, 0): 1}
    tiles |= grown(301)[1]
    prover.inclusion(0, 301)
    assert asked == {(0, 0): 1, (0, 1): 2, (1, 0): 1}


def test_the_tiles_kept_are_the_last_ones_touched_and_no_more_than_allowed() -> None:
    asked, reading = watched(read)
    prover = Prover(reading, tiles=3)
    # A path at this size takes the leaf's tile and the one above; the first also takes tile 255 for the right border.
    for index in (0, 256, 512, 256, 768, 256):
        prover.inclusion(index, 65_536)
    assert asked == [(0, 0), (1, 0), (0, 255), (0, 1), (0, 2), (0, 3)]
    for index in (512, 0):
        prover.inclusion(index, 65_536)
    assert asked[6:] == [(0, 2), (0, 0)]


def test_a_prover_with_no_room_is_slow_and_right() -> None:
    prover = Prover(read, tiles=0)
    assert prover.inclusion(12_345, 70_000) == NAIVE["naive_inclusion"](12_345, 70_000, read)


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0), (0, MAX_SIZE + 1)])
def test_no_proof_is_made_for_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(LocalError) as caught:
        Prover(read).inclusion(index, size)
    assert caught.value.code == BAD_ARGUMENT


@pytest.mark.parametrize(("old", "new"), [(0, 5), (-1, 5), (6, 5), (0, 0), (1, MAX_SIZE + 1)])
def test_no_consistency_is_proved_from_the_empty_tree_or_backwards(old: int, new: int) -> None:
    with pytest.raises(LocalError) as caught:
        Prover(read).consistency(old, new)
    assert caught.value.code == BAD_ARGUMENT


def test_a_size_that_the_tiles_do_not_reach_is_found_to_be_damage() -> None:
    with pytest.raises(LocalError) as caught:
        Prover(read).inclusion(0, 70_001)
    assert (caught.value.code, caught.value.place) == (DAMAGED, "tile/0/273")


def test_a_tile_that_grew_from_another_beginning_is_found_to_be_damage() -> None:
    """So it would be after a proof over a group that was never committed."""
    tiles = grown(10)[1]
    prover = Prover(lambda level, number: tiles[level, number])
    prover.inclusion(0, 10)
    tiles[0, 0] = b"".join([*LEAVES[:9], *LEAVES[20:30]])
    with pytest.raises(LocalError) as caught:
        prover.inclusion(0, 11)
    assert (caught.value.code, caught.value.place) == (DAMAGED, "tile/0/000")


def test_proving_again_hashes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    prover = Prover(read)
    first = [prover.inclusion(index, 70_000) for index in range(0, 70_000, 97)]
    monkeypatch.setattr(merkle, "sha256", node_hash)
    monkeypatch.setattr(tree, "sha256", node_hash)
    assert [prover.inclusion(index, 70_000) for index in range(0, 70_000, 97)] == first


# -- paths of tiles


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ((0, 0, None), "tile/0/000"),
        ((0, 999, 1), "tile/0/999.p/1"),
        ((1, 1000, 255), "tile/1/x001/000.p/255"),
        ((0, 1_234_067, None), "tile/0/x001/x234/067"),
        ((63, 5, 10), "tile/63/005.p/10"),
        ((0, MAX_SIZE, None), "tile/0/x009/x223/x372/x036/x854/x775/807"),
    ],
)
def test_a_path_is_written_and_read_as_the_specification_shows(key: tuple[int, int, int | None], path: str) -> None:
    assert tile_path(*key) == path
    assert parse_tile_path(path) == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tile/0",
        "tile/0/",
        "/tile/0/000",
        "tile/0/000/",
        "tile/0/000\n",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/001/234",
        "tile/0/x001",
        "tile/0/x001/x234",
        "tile/0/X001/234",
        "tile/0/x000/001",
        "tile/0/x000/x001/234",
        "tile/0/x1/234",
        "tile/0/-01",
        "tile/0/٠٠١",
        "tile/00/000",
        "tile/01/000",
        "tile/-1/000",
        "tile/64/000",
        "tile/100/000",
        "tile/entries/000",
        "tile/0/000.p/0",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/1000",
        "tile/0/000.p/1/",
        "tile/0/000.p/-1",
        "tile/0/../000",
        "tile/0/x009/x223/x372/x036/x854/x775/808",
        "tile/0/x001/x000/x000/x000/x000/x000/x000/000",
        "tile/0/" + "x001/" * 10_000 + "000",
    ],
)
def test_any_other_text_is_no_path_of_a_tile(text: str) -> None:
    with pytest.raises(RemoteError) as caught:
        parse_tile_path(text)
    assert caught.value.code == MALFORMED


@pytest.mark.parametrize(
    "key", [(-1, 0, None), (64, 0, None), (0, -1, None), (0, MAX_SIZE + 1, None), (0, 0, 0), (0, 0, 256)]
)
def test_no_path_is_written_for_a_tile_that_cannot_be(key: tuple[int, int, int | None]) -> None:
    with pytest.raises(LocalError) as caught:
        tile_path(*key)
    assert caught.value.code == BAD_ARGUMENT
