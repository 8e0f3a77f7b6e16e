"""Upkeep: what is stored is computed again from the leaves up, and each fault is told with its place.

It needs the store alone, so that it also works on a node that is too damaged to be opened. It mends nothing.
"""

from collections.abc import Callable
from typing import NamedTuple

from comity.errors import CONTENT_MISMATCH, MALFORMED, UNKNOWN_KEY, ComityError, RemoteError
from comity.exchange import witness
from comity.exchange.witness import Head
from comity.model import party
from comity.model.party import Descriptor
from comity.model.statement import Index, Unverified
from comity.node import recorded
from comity.node.ports import LeafRow, Store
from comity.proof import envelope
from comity.proof.checkpoint import parse_checkpoint
from comity.proof.envelope import Envelope
from comity.proof.merkle import HASH_SIZE, leaf_hash
from comity.proof.tree import TILE_WIDTH, Tree, tile_path

_GROUP = 1024

Progress = Callable[[int, int], None]


class Fault(NamedTuple):
    """Something stored that is not what was signed.

    Attributes:
        place: database, leaf N, body N, tile/L/N, head for the newest one or head N for a published one; record ID.
    """

    place: str
    message: str


def verify_log(store: Store, progress: Progress = lambda done, of: None) -> list[Fault]:
    """Compute everything again: ids, bodies, signatures, tiles, roots, the signatures of heads, and of records beside the log.

    Returns:
        The faults found; none if the log is whole. Each is told where it lies, and not again for all that stands on it.
    """
    try:
        found = [Fault("database", text) for text in store.check()]
        return found + _Walk(store).walk(progress)
    except ComityError as error:
        return [Fault("database", error.message)]


class _Walk:
    """One walk along the log. The tree grows from leaf to leaf, and stops at every published head."""

    def __init__(self, store: Store) -> None:
        self._store, self._faults = store, dict[str, str]()
        self._me = _descriptor(store)
        self._tree = Tree.empty()

    def walk(self, progress: Progress) -> list[Fault]:
        size = self._store.size()
        while self._tree.size < size:
            ahead = dict(self._store.published_after(self._tree.size, 1))
            self._grow(min([self._tree.size + _GROUP, size, *ahead]))
            if self._tree.size in ahead:
                self._head(f"head {self._tree.size}", ahead[self._tree.size])
            progress(self._tree.size, size)
        self._head("head", self._store.note() or b"")
        if self._me is not None:
            self._faults |= dict(recorded.faults(self._store, self._me))
        return [Fault(place, message) for place, message in self._faults.items()]

    def _grow(self, until: int) -> None:
        self._tree, tiles = self._tree.append([self._leaf(index) for index in range(self._tree.size, until)])
        for (level, number), expected in tiles.items():
            if not self._store.tile(level, number).startswith(expected):
                self._faults.setdefault(tile_path(level, number), "it has not the hashes of the leaves below it")

    def _leaf(self, index: int) -> bytes:
        """Check a leaf and its body; returns its hash. A bad leaf's is taken from its tile, so that it is told once."""
        row = self._store.leaf(index)
        try:
            if row is None:
                raise RemoteError(MALFORMED, "it is missing, or its body is")
            parsed = self._signed(row)
        except ComityError as error:
            self._faults[f"leaf {index}"] = error.message
            return self._in_tile(index)
        try:
            parsed.opens(*row.triple[1:])
        except ComityError as error:
            self._faults[f"body {index}"] = error.message
        return row.id

    def _signed(self, row: LeafRow) -> Envelope:
        data = row.triple[0]
        if leaf_hash(data) != row.id:
            raise RemoteError(CONTENT_MISMATCH, "stored under another id than its bytes have")
        parsed = envelope.parse(data)
        if self._me is not None:
            parsed.verify(self._me.key("statement" if row.index else "root", Index(row.index)))
        return parsed

    def _in_tile(self, index: int) -> bytes:
        number, at = divmod(index, TILE_WIDTH)
        return self._store.tile(0, number)[at * HASH_SIZE :][:HASH_SIZE].ljust(HASH_SIZE, b"\0")

    def _head(self, place: str, note: bytes) -> None:
        try:
            checkpoint = parse_checkpoint(note).checkpoint
            if self._me is not None:
                _cosigned(witness.read_head(note, self._me), self._me)
        except ComityError as error:
            self._faults[place] = error.message
            return
        if (checkpoint.size, checkpoint.root) != (self._tree.size, self._tree.root()):
            self._faults[place] = f"it is not the head of the {self._tree.size} leaves that are stored"


def _descriptor(store: Store) -> Descriptor | None:
    """This party as leaf 0 has it; None where that is damaged, which is told as its fault."""
    row = store.leaf(0)
    try:
        return None if row is None else party.read(Unverified.read(list(row.triple)))
    except ComityError:
        return None


def _cosigned(head: Head, me: Descriptor) -> None:
    lines = [one for one in head.signed.note.signatures if one.name == me.witness_name]
    if not lines:
        raise RemoteError(UNKNOWN_KEY, "it does not bear its own party's cosignature")
    for one in lines:
        witness.cosigned_at(head, one.line, me)
