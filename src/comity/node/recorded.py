"""Recorded: the records of checks, each signed by its own party and kept in its store; none of them is in the log.

A leaf can be counted by every member, and who must fear that looking is seen does not look. So a record has no place, no
head and no witness: it proves that this party's statement key signed it, and nothing of when, or of what else was looked at.
"""

from collections.abc import Iterator

from comity.errors import CONTENT_MISMATCH, DAMAGED, ComityError, LocalError, RemoteError
from comity.model.fingerprint import Fingerprint
from comity.model.party import UNPLACED, Descriptor
from comity.model.statement import Signed, Unverified
from comity.node.ports import Batch, Kept, Store
from comity.proof import cbor
from comity.proof.envelope import StatementId
from comity.space.instant import Instant

RECORD = "check"


def keep(store: Store, me: Fingerprint, signed: Signed, now: Instant) -> None:
    """Keep a record; nothing that others may ask for changes by it.

    Raises:
        LocalError: `storage`.
    """
    store.commit(Batch(kept=[Kept(RECORD, me, signed.id, cbor.encode(list(signed.triple)), now)]))


def recorded(store: Store, me: Fingerprint) -> Iterator[Signed]:
    """All records, the oldest first.

    Raises:
        LocalError: `damaged`.
    """
    return map(_recall, store.kept(RECORD, me))


def ids(store: Store, me: Fingerprint) -> Iterator[StatementId]:
    """The ids of all records, the oldest first."""
    return (StatementId(kept.subject) for kept in store.kept(RECORD, me))


def find(store: Store, me: Fingerprint, id: StatementId) -> Signed | None:
    """A record by its id.

    Raises:
        LocalError: `damaged`.
    """
    return next(map(_recall, store.kept(RECORD, me, id)), None)


def faults(store: Store, me: Descriptor) -> Iterator[tuple[str, str]]:
    """Check every record's bytes, id and signature; gives the place and the message of each that is not as it was signed."""
    for kept in store.kept(RECORD, me.fingerprint):
        try:
            me.vouch(_read(kept), UNPLACED)
        except ComityError as error:
            yield _place(kept), error.message


def _read(kept: Kept) -> Unverified:
    shown = Unverified.read(cbor.decode(kept.data, place="record"))
    if shown.envelope.id != kept.subject:
        raise RemoteError(CONTENT_MISMATCH, "stored under another id than its bytes have")
    return shown


def _recall(kept: Kept) -> Signed:
    try:
        shown = _read(kept)
        return Signed(shown.envelope, shown.salt, shown.object)
    except RemoteError as error:
        raise LocalError(DAMAGED, f"{error.message}; see log verify", place=_place(kept)) from None


def _place(kept: Kept) -> str:
    return f"record {kept.subject.hex()}"
