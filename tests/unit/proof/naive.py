"""Proofs from tiles as the definitions have them: each node of a path is hashed from its tile anew, nothing is kept.

What `comity.proof.tree.Prover` is compared with, for its results by the tests and for its speed by the bench. It
imports nothing of Comity, so that a mistake there is not a mistake here.
"""

from collections.abc import Callable
from hashlib import sha256

ReadTile = Callable[[int, int], bytes]


def naive_root(size: int, read_tile: ReadTile) -> bytes:
    """Compute MTH(D[0:size]), RFC 9162 2.1.1."""
    return _mth(0, size, read_tile) if size else sha256(b"").digest()


def naive_inclusion(index: int, size: int, read_tile: ReadTile) -> list[bytes]:
    """Compute PATH(index, D[0:size]), RFC 9162 2.1.3.1."""
    return _path(index, 0, size, read_tile)


def naive_consistency(old: int, new: int, read_tile: ReadTile) -> list[bytes]:
    """Compute PROOF(old, D[0:new]), RFC 9162 2.1.4.1."""
    return _subproof(old, 0, new, True, read_tile)


def _path(index: int, start: int, end: int, read_tile: ReadTile) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(index, start, middle, read_tile), _mth(middle, end, read_tile)]
    return [*_path(index, middle, end, read_tile), _mth(start, middle, read_tile)]


def _subproof(old: int, start: int, end: int, whole: bool, read_tile: ReadTile) -> list[bytes]:
    if old == end:
        return [] if whole else [_mth(start, end, read_tile)]
    middle = start + _split(end - start)
    if old <= middle:
        return [*_subproof(old, start, middle, whole, read_tile), _mth(middle, end, read_tile)]
    return [*_subproof(old, middle, end, False, read_tile), _mth(start, middle, read_tile)]


def _mth(start: int, end: int, read_tile: ReadTile) -> bytes:
    width = end - start
    if width & (width - 1):
        middle = start + _split(width)
        return _node(_mth(start, middle, read_tile), _mth(middle, end, read_tile))
    height = width.bit_length() - 1
    level, inner = divmod(height, 8)
    number, first = divmod(start >> 8 * level, 256)
    tile = read_tile(level, number)
    row = [tile[32 * at : 32 * at + 32] for at in range(first, first + (1 << inner))]
    while len(row) > 1:
        row = [_node(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def _split(width: int) -> int:
    """The largest power of two below the width."""
    return 1 << (width - 1).bit_length() - 1


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
