"""Taken: which formats are read here, and in which versions; a party's descriptor lists its own, so that both sides know."""

from collections.abc import Iterator
from typing import Any

from comity.exchange import acknowledge, deliver, prove, requests
from comity.formats import Format
from comity.model import release, typed
from comity.model.party import Descriptor, Formats
from comity.proof import envelope


def tables() -> Iterator[Format[Any]]:
    """The table of each format that a descriptor lists."""
    yield from (envelope.STATEMENT, release.RELEASE)
    yield from (deliver.PULL, deliver.WANT, deliver.PAGE_END, deliver.PAGE, deliver.ITEMS)
    yield from (acknowledge.ANSWER, prove.PROOF, requests.GIVEN_RECEIPTS)
    yield from typed.READERS.values()


def formats() -> Formats:
    """What a descriptor says of it: each name with its versions, in the order of the names."""
    return tuple(sorted((table.name, table.versions) for table in tables()))


def missing(of: Descriptor) -> list[str]:
    """The formats in none of whose versions another party and we can read one another."""
    return [name for name, versions in formats() if not set(of.takes(name)) & set(versions)]
