"""RFC 9162 section 2.1: what is proved is accepted, and nothing else."""

import json
from base64 import b64decode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from comity.errors import BAD_ARGUMENT, NOT_CONSISTENT, NOT_INCLUDED, LocalError, RemoteError
from comity.proof import merkle
from comity.proof.merkle import (
    EMPTY_ROOT,
    MAX_SIZE,
    PathMemo,
    inclusion_path,
    leaf_hash,
    node_hash,
    root_from_path,
    root_of,
    verify_consistency,
    verify_inclusion,
)

VECTORS = Path(__file__).resolve().parents[3] / "../shared/vectors/merkle/testdata"

# The eight entries of the Certificate Transparency reference code and the roots of their first 0 to 8.
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]


def refused_inclusion(*arguments: Any) -> bool:
    try:
        verify_inclusion(*arguments)
    except RemoteError as error:
        assert error.code == NOT_INCLUDED
        return True
    return False


def refused_consistency(*arguments: Any) -> bool:
    try:
        verify_consistency(*arguments)
    except RemoteError as error:
        assert error.code == NOT_CONSISTENT
        return True
    return False


# -- vectors


def answer(vector: dict[str, Any]) -> bool:
    """Say whether the vector's proof is refused."""
    path = [b64decode(element) for element in vector["proof"] or []]
    if "leafIdx" in vector:
        leaf, root = b64decode(vector["leafHash"]), b64decode(vector["root"])
        return refused_inclusion(leaf, vector["leafIdx"], vector["treeSize"], path, root)
    old_root, new_root = b64decode(vector["root1"]), b64decode(vector["root2"])
    return refused_consistency(vector["size1"], old_root, vector["size2"], new_root, path)


@pytest.mark.skipif(not VECTORS.is_dir(), reason="the vectors of transparency-dev/merkle are not beside the repository")
def test_all_196_vectors_are_answered_as_they_say() -> None:
    ran = {"inclusion": 0, "consistency": 0}
    otherwise = []
    for file in sorted(VECTORS.rglob("*.json")):
        name = file.relative_to(VECTORS).as_posix()
        vector = json.loads(file.read_text())
        if answer(vector) != vector["wantErr"]:
            otherwise.append(name)
        ran[name.split("/")[0]] += 1
    assert ran == {"inclusion": 98, "consistency": 98}
    assert sum(ran.values()) == 196
    assert otherwise == []


# -- roots and paths of lists


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_those_of_the_reference_code(size: int) -> None:
    assert root_of(LEAVES[:size]).hex() == ROOTS[size]


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert root_of([]) == EMPTY_ROOT == sha256(b"").digest()


def test_an_entry_that_holds_two_hashes_does_not_pass_for_their_node() -> None:
    assert leaf_hash(LEAVES[0] + LEAVES[1]) != node_hash(LEAVES[0], LEAVES[1])


@pytest.mark.parametrize("size", [*range(1, 9), 255, 256, 257, 1000])
def test_every_leaf_of_a_list_is_included_at_its_index_and_no_other(size: int) -> None:
    leaves = [leaf_hash(b"%d" % index) for index in range(size)]
    root = root_of(leaves)
    for index in range(0, size, 1 + size // 50):
        path = inclusion_path(leaves, index)
        assert root_from_path(leaves[index], index, size, path) == root
        for elsewhere in {0, index - 1, index + 1, size - 1} - {index}:
            assert refused_inclusion(leaves[index], elsewhere, size, path, root)


@pytest.mark.parametrize("index", [-1, 8, 2**63])
def test_a_path_to_a_leaf_that_is_not_there_is_our_own_fault(index: int) -> None:
    with pytest.raises(LocalError) as caught:
        inclusion_path(LEAVES, index)
    assert caught.value.code == BAD_ARGUMENT


def test_lists_of_what_are_no_hashes_have_no_root() -> None:
    """Else two lists that join to the same bytes had one root: here 31 and 33 bytes against 32 and 32."""
    both = LEAVES[0] + LEAVES[1]
    for make in (root_of, lambda leaves: inclusion_path(leaves, 0)):
        with pytest.raises(LocalError):
            make([both[:31], both[31:]])


# -- inclusion


@pytest.mark.parametrize("size", [0, -1, MAX_SIZE + 1, 2**63, 2**64])
def test_no_tree_has_fewer_than_one_leaf_or_more_than_an_int64_counts(size: int) -> None:
    for index in (0, size - 1):
        assert refused_inclusion(LEAVES[0], index, size, [], LEAVES[0])


def test_the_largest_tree_takes_63_hashes_and_neither_62_nor_64() -> None:
    path = [leaf_hash(b"%d" % height) for height in range(63)]
    root = root_from_path(LEAVES[0], 0, MAX_SIZE, path)
    assert not refused_inclusion(LEAVES[0], 0, MAX_SIZE, path, root)
    assert refused_inclusion(LEAVES[0], 0, MAX_SIZE, path[:62], root)
    assert refused_inclusion(LEAVES[0], 0, MAX_SIZE, [*path, root], root)
    # The same path has the right form for one leaf more, which no int64 counts.
    assert refused_inclusion(LEAVES[0], 0, MAX_SIZE + 1, path, root)


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_leaf_a_root_or_a_path_of_another_length_than_32_bytes_is_refused(length: int) -> None:
    text = b"x" * length
    assert refused_inclusion(text, 0, 1, [], text)
    assert refused_inclusion(LEAVES[0], 0, 1, [], text)
    assert refused_inclusion(LEAVES[0], 0, 2, [text], sha256(b"\x01" + LEAVES[0] + text).digest())


def test_hashes_that_are_cut_elsewhere_but_join_to_the_same_node_are_refused() -> None:
    both = LEAVES[0] + LEAVES[1]
    assert not refused_inclusion(both[:32], 0, 2, [both[32:]], root_of(LEAVES[:2]))
    assert refused_inclusion(both[:31], 0, 2, [both[31:]], root_of(LEAVES[:2]))


def test_a_path_alone_does_not_tell_the_size_of_the_tree() -> None:
    """Rule 4, and why a proof is never checked against a size that no signed head gives."""
    leaves = [leaf_hash(b"%d" % index) for index in range(514)]
    assert not refused_inclusion(leaves[0], 0, 513, inclusion_path(leaves, 0), root_of(leaves))


def test_a_refusal_names_leaf_size_and_root_as_evidence() -> None:
    with pytest.raises(RemoteError) as caught:
        verify_inclusion(LEAVES[0], 0, 1, [], LEAVES[1])
    assert caught.value.evidence == {"index": 0, "size": 1, "root": LEAVES[1].hex()}


# -- consistency


def consistency_path(leaves: list[bytes], old: int, whole: bool = True) -> list[bytes]:
    """Compute SUBPROOF of RFC 9162 2.1.4.1 as it is written."""
    if old == len(leaves):
        return [] if whole else [root_of(leaves)]
    middle = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = leaves[:middle], leaves[middle:]
    if old <= middle:
        return [*consistency_path(left, old, whole), root_of(right)]
    return [*consistency_path(right, old - middle, False), root_of(left)]


def test_every_tree_of_up_to_40_leaves_goes_on_from_every_smaller_one() -> None:
    leaves = [leaf_hash(b"%d" % index) for index in range(40)]
    for new in range(1, 41):
        for old in range(1, new + 1):
            path = consistency_path(leaves[:new], old)
            sizes_and_roots = old, root_of(leaves[:old]), new, root_of(leaves[:new])
            assert not refused_consistency(*sizes_and_roots, path)
            assert refused_consistency(*sizes_and_roots, [*path, path[-1] if path else LEAVES[0]])
            assert old == new or refused_consistency(*sizes_and_roots, path[:-1])


def test_a_tree_that_changed_one_old_leaf_does_not_go_on_from_the_old_one() -> None:
    leaves = [leaf_hash(b"%d" % index) for index in range(20)]
    for changed in range(13):
        forged = [*leaves[:changed], leaf_hash(b"forged"), *leaves[changed + 1 :]]
        for path in (consistency_path(leaves, 13), consistency_path(forged, 13)):
            assert refused_consistency(13, root_of(leaves[:13]), 20, root_of(forged), path)


def test_nothing_is_consistent_with_the_empty_tree() -> None:
    assert refused_consistency(0, EMPTY_ROOT, 8, root_of(LEAVES), [])
    assert refused_consistency(0, EMPTY_ROOT, 0, EMPTY_ROOT, [])


@pytest.mark.parametrize(("old", "new"), [(-1, 8), (9, 8), (1, MAX_SIZE + 1), (2**63, 2**63), (2**64, 2**65)])
def test_sizes_out_of_order_or_beyond_an_int64_are_refused(old: int, new: int) -> None:
    assert refused_consistency(old, LEAVES[0], new, LEAVES[0], [])


def test_one_size_has_one_root_and_needs_no_hash_to_say_so() -> None:
    assert not refused_consistency(6, LEAVES[0], 6, LEAVES[0], [])
    assert refused_consistency(6, LEAVES[0], 6, LEAVES[1], [])
    assert refused_consistency(6, LEAVES[0], 6, LEAVES[0], [LEAVES[0]])


@pytest.mark.parametrize("at", range(3))
def test_a_consistency_proof_with_a_hash_of_31_bytes_is_refused(at: int) -> None:
    path = consistency_path(LEAVES, 6)
    hashes = [root_of(LEAVES[:6]), root_of(LEAVES), path[0]]
    hashes[at] = hashes[at][:31]
    assert refused_consistency(6, hashes[0], 8, hashes[1], [hashes[2], *path[1:]])


def test_a_fork_is_refused_with_both_heads_as_evidence() -> None:
    with pytest.raises(RemoteError) as caught:
        verify_consistency(6, LEAVES[0], 6, LEAVES[1], [])
    told = {"old_size": 6, "old_root": LEAVES[0].hex(), "new_size": 6, "new_root": LEAVES[1].hex()}
    assert caught.value.evidence == told


# -- many paths into one tree


def accepts(memo: PathMemo, leaf: bytes, index: int, path: list[bytes]) -> bool:
    try:
        memo.verify(leaf, index, path)
    except RemoteError as error:
        assert error.code == NOT_INCLUDED
        return False
    return True


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 8, 11, 21])
def test_any_leaf_may_follow_any_other_and_is_checked_to_the_last_hash(size: int) -> None:
    leaves = [leaf_hash(b"%d" % index) for index in range(size)]
    root = root_of(leaves)
    paths = [inclusion_path(leaves, index) for index in range(size)]
    for first in range(size):
        for second in range(size):
            memo = PathMemo(size, root)
            memo.verify(leaves[first], first, paths[first])
            leaf, path = leaves[second], paths[second]
            assert not accepts(memo, leaf_hash(b"forged"), second, path)
            assert not accepts(memo, leaf, second, [*path, root])
            for at in range(len(path)):
                assert not accepts(memo, leaf, second, [*path[:at], leaf_hash(b"forged"), *path[at + 1 :]])
                assert not accepts(memo, leaf, second, path[:at] + path[at + 1 :])
                assert not accepts(memo, leaf, second, [*path[:at], path[at][:31], *path[at + 1 :]])
            assert accepts(memo, leaf, second, path)


def test_a_first_path_that_leads_elsewhere_is_refused_and_not_remembered() -> None:
    memo = PathMemo(8, root_of(LEAVES))
    forged = [leaf_hash(b"forged"), *LEAVES[1:]]
    assert not accepts(memo, forged[0], 0, inclusion_path(forged, 0))
    assert not accepts(memo, forged[0], 0, inclusion_path(forged, 0))
    assert accepts(memo, LEAVES[1], 1, inclusion_path(LEAVES, 1))


def test_changing_a_path_after_it_was_verified_changes_nothing() -> None:
    memo = PathMemo(8, root_of(LEAVES))
    path = inclusion_path(LEAVES, 0)
    memo.verify(LEAVES[0], 0, path)
    path[2] = LEAVES[0]
    assert not accepts(memo, LEAVES[0], 0, path)
    assert accepts(memo, LEAVES[1], 1, inclusion_path(LEAVES, 1))


def test_neighbours_are_verified_with_one_hash_each_on_average(monkeypatch: pytest.MonkeyPatch) -> None:
    leaves = [leaf_hash(b"%d" % index) for index in range(1000)]
    paths = [inclusion_path(leaves, index) for index in range(200, 600)]
    memo = PathMemo(1000, root_of(leaves))
    hashed: list[bytes] = []

    def counting(data: bytes) -> Any:
        hashed.append(data)
        return sha256(data)

    monkeypatch.setattr(merkle, "sha256", counting)
    for index, path in enumerate(paths, 200):
        memo.verify(leaves[index], index, path)
    assert len(hashed) <= 400 + 10
