"""Second descriptors: what a party signs as its descriptor beside the one that is pinned here is a fault, and is kept.

A party has one descriptor, leaf 0 of its log. Whoever holds its root key can sign others, with other keys, another name, or
without the mark of a reconstruction. Rule 1: the one that is pinned stays in force; nothing that came later takes its place.
Rule 2: both are kept as evidence, whoever showed the second: each is signed by the root.
"""

from comity.errors import SECOND_DESCRIPTOR, RemoteError
from comity.model import party
from comity.model.fingerprint import Fingerprint
from comity.model.party import Descriptor
from comity.model.statement import Unverified
from comity.node.ports import Batch, Kept, Store
from comity.proof import cbor
from comity.space.instant import Instant

MAX_KEPT = 8
_SUBJECT = SECOND_DESCRIPTOR.encode()


def compare(store: Store, pinned: Descriptor, shown: Descriptor, now: Instant) -> None:
    """Compare a descriptor that came from anywhere with the one that is pinned for the same fingerprint.

    Raises:
        RemoteError: `second-descriptor`: it is another one; both are kept then, or were kept before.
    """
    if shown.signed.id == pinned.signed.id:
        return
    data = cbor.encode([list(pinned.signed.triple), list(shown.signed.triple)])
    have = [kept.data for kept in store.kept("evidence", pinned.fingerprint, _SUBJECT)]
    if data not in have and len(have) < MAX_KEPT:
        store.commit(Batch(kept=[Kept("evidence", pinned.fingerprint, _SUBJECT, data, now)]))
    message = (
        "its root key has signed another descriptor than the one that is pinned, which stays in force; both are kept"
    )
    raise RemoteError(SECOND_DESCRIPTOR, message)


def known(store: Store, who: Fingerprint) -> list[tuple[Descriptor, Instant]]:
    """The second descriptors of a party that were seen here, and when, in the order in which they came."""
    return [(_second(kept), kept.at) for kept in store.kept("evidence", who, _SUBJECT)]


def _second(kept: Kept) -> Descriptor:
    return party.read(Unverified.read(cbor.decode(kept.data, place="evidence")[1]), kept.peer)
