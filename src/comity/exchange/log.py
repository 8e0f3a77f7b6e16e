"""Log: signed statements get their place in the party's tree, and the tree its signed head.

One RFC 9162 tree per party; leaf 0 is the party's descriptor. A head is a C2SP tlog-checkpoint with the log's signature
and the party's own cosignature, which gives it its time. Nothing is stored here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from comity.model.fingerprint import witness_of
from comity.model.statement import Index, Logged, Signed
from comity.proof.checkpoint import Checkpoint, cosign, sign_checkpoint
from comity.proof.keys import Signer
from comity.proof.tree import Tree
from comity.space.instant import Instant


@dataclass(frozen=True, slots=True)
class Appended:
    """What an append gives: the grown tree, the new entries and every tile that changed (whole bytes)."""

    tree: Tree
    logged: list[Logged]
    tiles: dict[tuple[int, int], bytes]


def append(tree: Tree, signed: Sequence[Signed]) -> Appended:
    """Append statements in their order."""
    grown, tiles = tree.append([item.id for item in signed])
    logged = [Logged(item, Index(tree.size + number)) for number, item in enumerate(signed)]
    return Appended(grown, logged, tiles)


def head(tree: Tree, *, origin: str, log: Signer, witness: Signer, now: Instant) -> bytes:
    """Sign the tree's head: the checkpoint note, cosigned by its own party."""
    checkpoint = Checkpoint(origin, tree.size, tree.root())
    cosignature = cosign(checkpoint, witness_of(origin), witness, now // 1000)
    return sign_checkpoint(checkpoint, origin, log) + cosignature.encode()
