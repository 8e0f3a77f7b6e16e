"""The log's tree kept as tiles of 256 hashes (C2SP tlog-tiles): it grows, gives its root, and proofs are read from it.

No I/O: a changed tile is handed out as bytes, a needed one is asked for by level and number. Nothing is signed here and
no tile's hashes are checked against those above it; who loads a tree compares its root with the head it has signed.

Rule 1: a tile of level L holds hashes of perfect subtrees of 256**L leaves and only ever grows at its end.
Rule 2: a tile may hold more than the size in question needs (it grew since); only its first hashes are looked at.

The tree itself is that of RFC 9162 section 2.1.1, the proofs those of 2.1.3.1 and 2.1.4.1.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Self

from comity.errors import BAD_ARGUMENT, DAMAGED, MALFORMED, LocalError, RemoteError
from comity.proof.merkle import EMPTY_ROOT, HASH_SIZE, MAX_SIZE, are_hashes, hash_pairs, node_hash

# A tile's level and number within the level.
TileKey = tuple[int, int]
# The bytes of a tile, of which there may be more than needed; b"" if there is none.
ReadTile = Callable[[int, int], bytes]

# A tile's hashes and the seven rows of inner nodes above them, each row as bytes; a row holds perfect subtrees only.
Rows = tuple[bytes, ...]

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
_TILE_SIZE = TILE_WIDTH * HASH_SIZE
_LEVELS = 64
_NO_ROWS: Rows = (b"",) * TILE_HEIGHT


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree as what is needed to go on with it: its size and its right edge.

    Args:
        size: the number of leaves.
        edge: by tile level, the partial tile at the right end, b"" where the last tile is full.
        peaks: by height, the root of the perfect subtree that ends the tree there, b"" where its size has no such bit.
            They follow from the edge and are kept so that a root costs one hash per set bit of the size, not one per
            hash on the edge.

    """

    size: int
    edge: tuple[bytes, ...] = field(repr=False)
    peaks: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def empty(cls) -> Self:
        """Begin a log."""
        return cls(0, (), ())

    @classmethod
    def load(cls, size: int, read_tile: ReadTile) -> Self:
        """Rebuild the edge of a stored tree from one tile of each level.

        Raises:
            LocalError: `damaged`: a tile is missing or too short. That its hashes are the right ones shows only when
                the root is compared with a signed one.

        """
        if not 0 <= size <= MAX_SIZE:
            raise LocalError(BAD_ARGUMENT, f"no tree has {size} leaves")
        edge: list[bytes] = []
        peaks: list[bytes] = []
        while count := size >> TILE_HEIGHT * len(edge):
            number, width = divmod(count, TILE_WIDTH)
            tile = _read(read_tile, len(edge), number, width)[: width * HASH_SIZE] if width else b""
            edge.append(tile)
            # A row of odd width ends in a subtree that has no sibling yet: a peak.
            rows = _grow(_NO_ROWS, tile)
            peaks += [row[-HASH_SIZE:] if width >> height & 1 else b"" for height, row in enumerate(rows)]
        return cls(size, tuple(edge), tuple(peaks[: size.bit_length()]))

    def append(self, leaf_hashes: Sequence[bytes]) -> tuple[Self, dict[TileKey, bytes]]:
        """Add leaves at the end; this tree stays as it is.

        Returns:
            The tree that has grown, and all that has to be stored for it: every tile that changed, whole.

        """
        if not are_hashes(leaf_hashes):
            raise LocalError(BAD_ARGUMENT, "a leaf hash is 32 bytes long")
        size = self.size + len(leaf_hashes)
        if size > MAX_SIZE:
            raise LocalError(BAD_ARGUMENT, f"a log ends at {MAX_SIZE} leaves")
        edge, peaks, changed = list(self.edge), list(self.peaks), dict[TileKey, bytes]()
        # Height by height for the whole group, so that a tile is copied once per group and not once per leaf.
        row, start, height = list(leaf_hashes), self.size, 0
        while row:
            if height % TILE_HEIGHT == 0:
                _fill(edge, changed, height // TILE_HEIGHT, start, row)
            if height == len(peaks):
                peaks.append(b"")
            if start & 1:
                row.insert(0, peaks[height])
            peaks[height] = row[-1] if len(row) & 1 else b""
            row = hash_pairs(row)
            start >>= 1
            height += 1
        return type(self)(size, tuple(edge), tuple(peaks)), changed

    def root(self) -> bytes:
        """Compute the root from the peaks: fewer hashes than the size has bits."""
        root = b""
        for peak in self.peaks:
            if peak:
                root = node_hash(peak, root) if root else peak
        return root or EMPTY_ROOT


def _fill(edge: list[bytes], changed: dict[TileKey, bytes], level: int, start: int, row: list[bytes]) -> None:
    """Put new subtree hashes, the first of which has the index `start` in its level, into the level's last tiles."""
    if level == len(edge):
        edge.append(b"")
    hashes = edge[level] + b"".join(row)
    for number, at in enumerate(range(0, len(hashes), _TILE_SIZE), start // TILE_WIDTH):
        changed[level, number] = hashes[at : at + _TILE_SIZE]
    edge[level] = hashes[len(hashes) // _TILE_SIZE * _TILE_SIZE :]


class Prover:
    """Make proofs from stored tiles, and keep the inner nodes of the tiles touched last.

    A proof for any size that the tiles reach is right, also while the log grows: a kept tile that is too short for a
    size is read again and only its new nodes are hashed, so nobody has to say which tiles changed. For this the tiles
    that `read_tile` shows must be committed ones. If a group that was never committed was read through it, a tile is
    found not to begin with what it held before, and the proof is refused as damage.

    Not for several threads at once.

    Args:
        read_tile: called with level and number, for tiles that exist at the size in question only.
        tiles: how many tiles are kept, at most 16 KiB each. A proof needs one per level, most of them shared.

    """

    def __init__(self, read_tile: ReadTile, tiles: int = 4096) -> None:
        self._read_tile = read_tile
        self._room = tiles
        self._rows: OrderedDict[TileKey, Rows] = OrderedDict()
        # The right border of the size asked for last: nearly all proofs are for the newest head.
        self._border: tuple[int, list[bytes]] = (0, [])

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """Make PATH(index, D[0:size]) of RFC 9162 2.1.3.1.

        Raises:
            LocalError: `bad-argument`: the tree of that size has no such leaf. `damaged`: a tile is missing or wrong.

        """
        if not 0 <= index < size <= MAX_SIZE:
            raise LocalError(BAD_ARGUMENT, f"no leaf {index} in a tree of {size}")
        return self._climb(0, index, size)

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Make PROOF(old, D[0:new]) of RFC 9162 2.1.4.1, which is not defined for an empty old tree.

        Raises:
            LocalError: `bad-argument`: not 1 <= old <= new. `damaged`: a tile is missing or wrong.

        """
        if not 1 <= old <= new <= MAX_SIZE:
            raise LocalError(BAD_ARGUMENT, f"no consistency from {old} to {new} leaves can be proved")
        if old == new:
            return []
        height = (old & -old).bit_length() - 1
        index = (old >> height) - 1
        # A perfect old tree is a node of the new one, and the verifier has it: it is the old root.
        seed = [self._node(height, index, new)] if index else []
        return seed + self._climb(height, index, new)

    def _climb(self, height: int, index: int, size: int) -> list[bytes]:
        """List the siblings on the way from a perfect node to the root."""
        path = []
        last = (size - 1) >> height
        while last:
            sibling = index ^ 1
            if sibling < last:
                path.append(self._node(height, sibling, size))
            elif sibling == last:
                path.append(self._border_of(size)[height])
            height, index, last = height + 1, index >> 1, last >> 1
        return path

    def _border_of(self, size: int) -> list[bytes]:
        """List by height the last node, be its subtree full or not."""
        if self._border[0] != size:
            last = size - 1
            nodes = [self._node(0, last, size)]
            for height in range(last.bit_length()):
                index = last >> height
                nodes.append(node_hash(self._node(height, index - 1, size), nodes[-1]) if index & 1 else nodes[-1])
            self._border = size, nodes
        return self._border[1]

    def _node(self, height: int, index: int, size: int) -> bytes:
        """Look up the root of a perfect subtree."""
        level, row = divmod(height, TILE_HEIGHT)
        number, at = divmod(index, TILE_WIDTH >> row)
        width = min((size >> TILE_HEIGHT * level) - number * TILE_WIDTH, TILE_WIDTH)
        return self._tile(level, number, width)[row][at * HASH_SIZE : (at + 1) * HASH_SIZE]

    def _tile(self, level: int, number: int, width: int) -> Rows:
        key = level, number
        rows = self._rows.get(key, _NO_ROWS)
        if len(rows[0]) < width * HASH_SIZE:
            tile = _read(self._read_tile, level, number, width)
            if not tile.startswith(rows[0]):
                raise LocalError(DAMAGED, "a tile does not begin with what it held before", place=tile_path(*key))
            self._rows[key] = rows = _grow(rows, tile)
        self._rows.move_to_end(key)
        if len(self._rows) > self._room:
            self._rows.popitem(last=False)
        return rows


def _read(read_tile: ReadTile, level: int, number: int, width: int) -> bytes:
    tile = read_tile(level, number)
    if not width * HASH_SIZE <= len(tile) <= _TILE_SIZE or len(tile) % HASH_SIZE:
        message = f"a tile of {len(tile)} bytes where at least {width} hashes of 32 bytes should be"
        raise LocalError(DAMAGED, message, place=tile_path(level, number))
    return tile


def _grow(rows: Rows, tile: bytes) -> Rows:
    """Hash the inner nodes of a tile, less those known from when it was shorter."""
    grown = [tile]
    for known in rows[1:]:
        below = grown[-1]
        pairs = range(2 * len(known), len(below) - HASH_SIZE, 2 * HASH_SIZE)
        fresh = [sha256(b"\x01" + below[at : at + 2 * HASH_SIZE]).digest() for at in pairs]
        grown.append(known + b"".join(fresh))
    return tuple(grown)


# -- where tiles are found


_PATH = re.compile(r"tile/(0|[1-9]\d?)/((?:x\d{3}/){0,6}\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII)


def tile_path(level: int, number: int, width: int | None = None) -> str:
    """Write the path of a tile, `tile/<L>/<N>[.p/<W>]`; only a partial tile has a width.

    >>> tile_path(0, 1234067, 128)
    'tile/0/x001/x234/067.p/128'

    Raises:
        LocalError: `bad-argument`: there is no such tile.

    """
    if not (0 <= level < _LEVELS and 0 <= number <= MAX_SIZE and (width is None or 0 < width < TILE_WIDTH)):
        raise LocalError(BAD_ARGUMENT, f"no tile has level {level}, number {number} and width {width}")
    path = f"{number % 1000:03d}"
    while number := number // 1000:
        path = f"x{number % 1000:03d}/{path}"
    return f"tile/{level}/{path}" + (f".p/{width}" if width else "")


def parse_tile_path(text: str) -> tuple[int, int, int | None]:
    """Read the path of a tile as level, number and width; the width is None for a full tile.

    >>> parse_tile_path("tile/0/x001/x234/067.p/128")
    (0, 1234067, 128)

    Raises:
        RemoteError: `malformed`: any text that `tile_path` does not write, also with leading zeros.

    """
    found = _PATH.fullmatch(text)
    if found is None:
        raise RemoteError(MALFORMED, "not the path of a tile, such as tile/0/x001/x234/067.p/128")
    level, number = int(found[1]), int(found[2].replace("/", "").replace("x", ""))
    width = int(found[3]) if found[3] else None
    # Two paths for one tile would be two cache entries, and a way around a rule that is written for one of them.
    if level >= _LEVELS or number > MAX_SIZE or found[2].startswith("x000") or (width or 0) >= TILE_WIDTH:
        raise RemoteError(MALFORMED, "a tile path with a level, number or width that no tile has")
    return level, number, width
