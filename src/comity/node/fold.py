"""Fold: what is true (leaves, received items, kept evidence) becomes the rows that answer questions quickly.

The same functions run at each commit and in `rebuild`, so that a rebuilt store equals one that was never lost.
"""

from collections.abc import Callable, Iterable, Iterator

from comity.exchange.acknowledge import OF_THE_BYTES, decode_answer
from comity.exchange.deliver import Page, read_page_end, read_want
from comity.model import acknowledgement, content, release
from comity.model.acknowledgement import REFUSED, Telling, read_tellings
from comity.model.content import StixObject
from comity.model.extension import NODE_TYPES
from comity.model.fingerprint import Fingerprint
from comity.model.party import Descriptor
from comity.model.statement import Logged
from comity.node.ports import AnswerRow, Batch, FetchRow, Kept, MatterRow, ReceivedRow, ReleaseRow, Store, VersionRow
from comity.proof import cbor
from comity.proof.envelope import StatementId
from comity.proof.merkle import leaf_hash
from comity.record import airspace
from comity.space import instant


def leaf_rows(logged: Iterable[Logged], place_of: dict[StatementId, int], author: Fingerprint) -> Batch:
    """The rows of new entries of the own log.

    Args:
        logged: the entries, in their order.
        place_of: id -> index of the statements that these releases name, as far as they stand earlier in the log.
        author: whose log it is.
    """
    batch = Batch()
    places = place_of
    for entry in logged:
        kind = entry.signed.object.type
        places[entry.id] = entry.index
        if kind not in NODE_TYPES:
            batch.versions.append(_version_row(author, entry.id, entry.signed.object))
        if kind == "release":
            batch.releases.append(_release_row(entry, places))
        elif kind == "unacknowledged":
            said = acknowledgement.read_unacknowledged(entry.signed.object)
            batch.silences.append((said.release, entry.index))
        elif kind in airspace.TYPES:
            batch.matters += matter_rows(author, entry.id, entry.signed.object)
    return batch


def version_rows(author: Fingerprint, statement: StatementId, found: StixObject) -> list[VersionRow]:
    """The row of an object that somebody has said; none of what a node says by itself."""
    return [] if found.type in NODE_TYPES else [_version_row(author, statement, found)]


def _version_row(author: Fingerprint, statement: StatementId, found: StixObject) -> VersionRow:
    return VersionRow(author, found.id, statement, found.modified)


def matter_rows(author: Fingerprint, statement: StatementId, found: StixObject) -> list[MatterRow]:
    """The row of a notice or protected site; none of any other object, and none of one that cannot be read."""
    try:
        entries = airspace.entries(author, statement, found)
    except Exception:  # whatever another party's content makes of its reader, the page it came in is taken
        return []
    if not entries:
        return []
    matter = entries[0].matter
    boxes = () if matter.is_over else tuple(box for entry in entries for box in entry.boxes)
    return [MatterRow(author, found.id, statement, matter.modified, boxes)]


def received_rows(rows: Iterable[ReceivedRow]) -> Batch:
    """The rows of what was told to us and held."""
    batch = Batch()
    for row in rows:
        if row.statement is not None and row.refused is None:
            said = cbor.decode(row.item, place="item")[0]
            found = content.parse(said[2])
            batch.versions += version_rows(row.teller, row.statement, found)
            batch.matters += matter_rows(row.teller, row.statement, found)
    return batch


def _release_row(entry: Logged, places: dict[StatementId, int]) -> ReleaseRow:
    found = release.read(entry.signed.object)
    if found.withdrawn:
        return ReleaseRow(entry.index, entry.id, found.id, found.to, None, 0, None, withdrawn=True)
    at = places[found.leaf]
    return ReleaseRow(entry.index, entry.id, found.id, found.to, found.leaf, at, found.terms.answer_by)


def encode_want(signed: bytes, tellings: Iterable[Telling]) -> bytes:
    """A want as it is kept, with the tellings that it names: CBOR [want, tellings]."""
    return cbor.encode([signed, b"".join(telling.data for telling in tellings)])


def want_key(data: bytes) -> bytes:
    """By what a kept want is found."""
    return leaf_hash(data)


def decode_want(data: bytes) -> tuple[bytes, tuple[Telling, ...]]:
    """Read a want as it is kept."""
    signed, tellings = cbor.decode(data, place="want")
    return signed, read_tellings(tellings)


def encode_end(page: Page) -> bytes:
    """A page's end as it is kept, with the tellings that it speaks of: CBOR [end, tellings]."""
    return cbor.encode([page.end, b"".join(offer.telling.data for offer in page.offers)])


def decode_end(data: bytes) -> tuple[bytes, tuple[Telling, ...]]:
    """Read a page's end as it is kept."""
    signed, tellings = cbor.decode(data, place="page-end")
    return signed, read_tellings(tellings) if tellings else ()


# The index of a release to a party, and the telling that it offers; None where it is none of its releases.
Offered = Callable[[Fingerprint, StatementId], tuple[int, Telling] | None]


def fetch_rows(kept: Kept, hearer: Descriptor, offered: Offered) -> list[FetchRow]:
    """The rows of one kept want, whose checks were made before it was kept: of what the head that it names holds."""
    signed, tellings = decode_want(kept.data)
    want = read_want(signed, hearer)
    at, rows = instant.from_seconds(want.at), []
    for number, telling in enumerate(tellings):
        index, ours = offered(kept.peer, telling.release) or (want.size, None)
        if telling == ours and index < want.size:
            rows.append(FetchRow(telling.release, kept.subject, number, at))
    return rows


def answer_rows(kept: Kept, offered: Offered) -> list[AnswerRow]:
    """The rows of one kept acknowledgement, whose checks were made before it was kept."""
    answer = decode_answer(kept.data)
    said = acknowledgement.read(answer.statement.object)
    id = answer.statement.envelope.id
    rows = []
    for number, one in enumerate(answer.tellings):
        _, given = offered(kept.peer, one.release) or (0, None)
        own = said.disposition == REFUSED and said.reason not in OF_THE_BYTES
        rows.append(
            AnswerRow(
                one.release,
                one.item,
                one == given,
                id,
                number,
                said.disposition,
                said.reason,
                said.received_at,
                kept.at,
                own,
            )
        )
    return rows


def refold(
    store: Store,
    me: Fingerprint,
    parties: Iterable[Descriptor],
    entries: Iterable[list[Logged]],
    offered: Offered,
) -> Iterator[Batch]:
    """Everything that can be folded, from the start: entries in groups, then evidence party by party."""
    places: dict[StatementId, int] = {}
    for group in entries:
        yield leaf_rows(group, places, me)
    yield received_rows(store.received())
    for party in parties:
        batch = Batch()
        for kept in store.kept("answer", party.fingerprint):
            batch.answers += answer_rows(kept, offered)
        for kept in store.kept("want", party.fingerprint):
            batch.fetches += fetch_rows(kept, party, offered)
        for kept in store.kept("page-end", party.fingerprint):
            end = read_page_end(decode_end(kept.data)[0], party)
            batch.cursors[party.fingerprint] = max(end.next, batch.cursors.get(party.fingerprint, 0))
        yield batch
