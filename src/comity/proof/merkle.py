"""The mathematics of a Merkle tree of hashes: roots, inclusion and consistency, RFC 9162 section 2.1 with SHA-256.

No tiles, no storage, no signatures, no I/O: a caller that was handed a root knows for itself who signed it.

Rule 1: a verifier answers by returning or by raising; no proof is ever "partly right" or repaired.
Rule 2: every hash is exactly 32 bytes. A node is the hash of two hashes joined without a separator, so of two elements
of 31 and 33 bytes an attacker could make the same node as of two of 32.
Rule 3: a path holds exactly as many hashes as index and size demand, which is known before the first one is read.
Rule 4: sizes come from a signed head. A root does not tell its size, and a path tells it only as far as its own shape
depends on it: leaf 0 has the same path to the same root whether a tree is said to have 513 leaves or 514.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from comity.errors import BAD_ARGUMENT, NOT_CONSISTENT, NOT_INCLUDED, LocalError, RemoteError

HASH_SIZE = 32
# What a signed 64 bit integer holds: the most that Go's readers of checkpoints and an SQLite column can say.
MAX_SIZE = 2**63 - 1
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Hash one entry; the prefix 0x00 keeps an entry from passing for a node."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two hashes into their parent."""
    return sha256(b"\x01" + left + right).digest()


def are_hashes(hashes: Sequence[bytes]) -> bool:
    """Say whether each is 32 bytes long."""
    return set(map(len, hashes)) <= {HASH_SIZE}


def hash_pairs(hashes: Sequence[bytes]) -> list[bytes]:
    """Hash neighbours into parents, one level up; an odd last one is left out."""
    # Nearly all time of an append is spent here: zip over one iterator makes the pairs without slices or indices.
    each = iter(hashes)
    return [sha256(b"\x01" + left + right).digest() for left, right in zip(each, each, strict=False)]


# -- a tree that is held in memory


def root_of(leaf_hashes: Sequence[bytes]) -> bytes:
    """Compute MTH (RFC 9162 2.1.1) of some leaf hashes.

    >>> root_of([]).hex()[:8], root_of([leaf_hash(b"a"), leaf_hash(b"b")]).hex()[:8]
    ('e3b0c442', 'b137985f')
    """
    level = _our_hashes(leaf_hashes)
    while len(level) > 1:
        level = _parents(level)
    return level[0] if level else EMPTY_ROOT


def inclusion_path(leaf_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """Compute PATH (RFC 9162 2.1.3.1) by hashing the whole tree: for lists, not for logs.

    Raises:
        LocalError: `bad-argument`: no leaf of that index.

    """
    level = _our_hashes(leaf_hashes)
    if not 0 <= index < len(level):
        raise LocalError(BAD_ARGUMENT, f"no leaf {index} in a tree of {len(level)}")
    path = []
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        level = _parents(level)
        index >>= 1
    return path


def _our_hashes(leaf_hashes: Sequence[bytes]) -> list[bytes]:
    if not are_hashes(leaf_hashes):
        raise LocalError(BAD_ARGUMENT, "a leaf hash is 32 bytes long")
    return list(leaf_hashes)


def _parents(level: list[bytes]) -> list[bytes]:
    # RFC 9162 splits at the largest power of two; seen from below, an odd last node rises unhashed.
    return hash_pairs(level) + level[len(level) & ~1 :]


# -- what others show us


def root_from_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Climb from a leaf to the root that the path leads to (RFC 9162 2.1.3.2, all steps but the last).

    Raises:
        RemoteError: `not-included`: index, size, the path's length or a hash's length is wrong.

    """
    inner = _check_path(leaf, index, size, path)
    return _climb(leaf, index, inner, path)[-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Check that the leaf stands at the index in the tree of that size and root (RFC 9162 2.1.3.2).

    Raises:
        RemoteError: `not-included`.

    """
    _check_root(root_from_path(leaf, index, size, path), index, size, root)


def verify_consistency(old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]) -> None:
    """Check that the new tree begins with all leaves of the old one (RFC 9162 2.1.4.2).

    An old size of 0 is refused: any tree goes on from the empty one, so there is nothing that such a proof could say,
    and who takes it for an assurance is deceived. Callers that allow a first contact allow it before they come here.

    Raises:
        RemoteError: `not-consistent`.

    """
    if not 1 <= old_size <= new_size <= MAX_SIZE:
        raise RemoteError(NOT_CONSISTENT, f"no tree of {new_size} leaves goes on from one of {old_size}")
    if old_size == new_size:
        # Nothing is hashed, so rule 2 has nothing to guard: two roots of one tree are the same bytes, whatever they are.
        if path:
            raise RemoteError(NOT_CONSISTENT, f"{len(path)} hashes where two heads of one size take none")
        joined = old_root == new_root
    else:
        if not are_hashes([old_root, new_root, *path]):
            raise RemoteError(NOT_CONSISTENT, "a hash in a consistency proof is not 32 bytes long")
        joined = _roots_from_path(old_size, old_root, new_size, path) == (old_root, new_root)
    if not joined:
        evidence = {"old_size": old_size, "old_root": old_root.hex(), "new_size": new_size, "new_root": new_root.hex()}
        raise RemoteError(NOT_CONSISTENT, "the proof does not lead to both roots", evidence=evidence)


def _roots_from_path(old_size: int, old_root: bytes, new_size: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    # The path begins at the last perfect subtree of the old tree and climbs from there in the new one. Where that
    # subtree is the whole old tree the verifier has its hash already, and the path leaves it out.
    height = (old_size & -old_size).bit_length() - 1
    index = (old_size >> height) - 1
    inner, border = _path_shape(index, (new_size - 1) >> height)
    whole = index == 0
    due = inner + border + (0 if whole else 1)
    if len(path) != due:
        raise RemoteError(NOT_CONSISTENT, f"{len(path)} hashes where {old_size} to {new_size} leaves take {due}")
    start, rest = (old_root, path) if whole else (path[0], path[1:])
    old = start
    for step, sibling in enumerate(rest):
        # Only what stands to the left was part of the old tree.
        if step >= inner or index >> step & 1:
            old = node_hash(sibling, old)
    return old, _climb(start, index, inner, rest)[-1]


class PathMemo:
    """Verify many inclusion paths into one tree, and hash only what the last path has not shown already.

    It remembers the last path that was found right, with the nodes that were computed along it. The next leaf shares
    with it all nodes above the point where the two ways meet. At that point the new leaf's own climb must arrive at a
    hash that is already known to be right; from there up the path is compared instead of hashed. Neighbours meet after
    one hash on average instead of one per level.

    This is exactly as strict as `verify_inclusion`: two different ways into one node would be a collision of SHA-256,
    so a path that differs from the remembered one at the meeting point or above cannot lead to the root. It is
    compared to its last hash, never taken on trust because the way up is known.

    One path is enough: among leaves that come in order none meets the new one lower than the last. Leaves in no order
    cost what `verify_inclusion` costs, and a peer that sends millions of them cannot fill our memory.
    """

    __slots__ = ("_index", "_nodes", "_path", "root", "size")

    def __init__(self, size: int, root: bytes) -> None:
        self.size: Final = size
        self.root: Final = root
        self._index = 0
        self._path: list[bytes] = []
        # _nodes[k] is what the leaf and the first k hashes of _path give; the last is the root.
        self._nodes: list[bytes] = []

    def verify(self, leaf: bytes, index: int, path: Sequence[bytes]) -> None:
        """Check that the leaf stands at the index; what was remembered survives a refusal.

        Raises:
            RemoteError: `not-included`, for every path that `verify_inclusion` refuses and for no other.

        """
        inner = _check_path(leaf, index, self.size, path)
        path = list(path)
        if self._nodes:
            nodes = self._join(leaf, index, inner, path)
        else:
            nodes = _climb(leaf, index, inner, path)
            _check_root(nodes[-1], index, self.size, self.root)
        self._index, self._path, self._nodes = index, path, nodes

    def _join(self, leaf: bytes, index: int, inner: int, path: list[bytes]) -> list[bytes]:
        # The two ways meet in the node at height `meet`; both enter it from a child that has a sibling, so each path
        # has an element for it. `ours` and `theirs` count the elements up to and including that one.
        meet = (index ^ self._index).bit_length()
        ours = len(path) - self._above(index, inner, meet)
        theirs = len(self._path) - (len(path) - ours)
        if meet == 0:
            nodes = [leaf]
            met = leaf == self._nodes[0]
        else:
            nodes = _climb(leaf, index, inner, path[: ours - 1])
            # The last path's sibling at the meeting point is our node there, and the other way round.
            met = nodes[-1] == self._path[theirs - 1] and path[ours - 1] == self._nodes[theirs - 1]
        if not met or path[ours:] != self._path[theirs:]:
            raise _not_included(index, self.size, self.root)
        return nodes + self._nodes[theirs + (meet == 0) :]

    @staticmethod
    def _above(index: int, inner: int, height: int) -> int:
        """Count the elements of a path that stand at that height or above."""
        return max(inner - height, 0) + (index >> max(inner, height)).bit_count()


def _path_shape(index: int, last: int) -> tuple[int, int]:
    # Up to the height where the ways of this node and of the last node meet, each level has a sibling, to the left or
    # right as the index's bit says. Above, the node is the last of its level: only left siblings, one per set bit.
    inner = (index ^ last).bit_length()
    return inner, (index >> inner).bit_count()


def _check_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> int:
    if not 0 <= index < size <= MAX_SIZE:
        raise RemoteError(NOT_INCLUDED, f"no leaf {index} in a tree of {size}")
    inner, border = _path_shape(index, size - 1)
    if len(path) != inner + border:
        raise RemoteError(NOT_INCLUDED, f"{len(path)} hashes where leaf {index} of {size} takes {inner + border}")
    if len(leaf) != HASH_SIZE or not are_hashes(path):
        raise RemoteError(NOT_INCLUDED, "a hash in an inclusion proof is not 32 bytes long")
    return inner


def _climb(node: bytes, index: int, inner: int, path: Sequence[bytes]) -> list[bytes]:
    """List the nodes from the one given up to where the path ends; its first `inner` elements may stand right."""
    nodes = [node]
    for sibling in path[:inner]:
        pair = sibling + node if index & 1 else node + sibling
        node = sha256(b"\x01" + pair).digest()
        nodes.append(node)
        index >>= 1
    for sibling in path[inner:]:
        node = sha256(b"\x01" + sibling + node).digest()
        nodes.append(node)
    return nodes


def _check_root(found: bytes, index: int, size: int, root: bytes) -> None:
    if found != root:
        raise _not_included(index, size, root)


def _not_included(index: int, size: int, root: bytes) -> RemoteError:
    evidence = {"index": index, "size": size, "root": root.hex()}
    return RemoteError(NOT_INCLUDED, f"the path of leaf {index} does not lead to the root of {size}", evidence=evidence)
