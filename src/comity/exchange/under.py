"""Under: what stands under which head of a log, as a proof file shows it."""

from comity.errors import NOT_CONSISTENT, RemoteError
from comity.exchange.prove import Place
from comity.exchange.shapes import Path
from comity.exchange.witness import Head
from comity.model.party import Descriptor
from comity.proof import merkle
from comity.proof.envelope import StatementId


def stands(id: StatementId, place: Place, head: Head) -> None:
    """Require that a statement stands at its place.

    Raises:
        RemoteError: `not-included`.
    """
    merkle.verify_inclusion(id, place.index, head.size, place.path, head.root)


def is_first(party: Descriptor, path: Path, head: Head) -> None:
    """Require that a descriptor is leaf 0 of its party's log: the party has no second one there.

    Raises:
        RemoteError: `not-included`.
    """
    stands(party.signed.id, Place(0, path), head)


def joined(size: int, root: bytes, path: Path, head: Head) -> None:
    """Require that a head which a message names, older or newer, is one of the log whose checkpoint is in the file.

    Raises:
        RemoteError: `not-consistent`.
    """
    if size == head.size:
        if path or root != head.root:
            raise RemoteError(NOT_CONSISTENT, f"it names another head of {size} leaves")
        return
    small, large = sorted([(size, root), (head.size, head.root)])
    merkle.verify_consistency(*small, *large, path)
