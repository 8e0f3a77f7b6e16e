"""Airspace: of each party's notices and protected sites the latest versions, as far as they are in force.

Rule 1: a version takes the place of an earlier one of the same id by the same party, and of nobody else's.
Rule 2: what cannot be read takes the place of nothing; and of two versions with one time both stand.
Rule 3: ended, cancelled or withdrawn is out; a notice whose times are over objects no more. A site past the date at which
        it was to be verified again is in.

Pure: it is handed what was said, and the time.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, cast

from comity.errors import RemoteError
from comity.model import typed
from comity.model.content import StixObject
from comity.model.fingerprint import Fingerprint
from comity.model.notice import Notice
from comity.model.site import Site
from comity.proof.envelope import StatementId
from comity.space import index_box
from comity.space.index_box import IndexBox
from comity.space.instant import Instant
from comity.space.volume import Volume

Matter: TypeAlias = Notice | Site
Said: TypeAlias = tuple[Fingerprint, StatementId, StixObject]


@dataclass(frozen=True, slots=True)
class Entry:
    """One volume of a notice or site, with what it is of, whose that is, and its boxes in an index.

    Attributes:
        number: of the volume in its matter, from 1.
    """

    by: Fingerprint
    statement: StatementId
    matter: Matter
    volume: Volume
    boxes: tuple[IndexBox, ...]
    number: int = 1

    def stands(self, now: Instant) -> bool:
        """Say whether it is in force: neither taken back nor over."""
        return not self.matter.is_over and not self.volume.during.is_over(now)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a check is asked about: volumes in which a party will operate.

    Attributes:
        id: the STIX id of the notice, whose other versions do not stand against it; None before there is one.
        numbers: of these volumes in their notice, from 1; none where they are all of them.
        serves: ids of sites that it is for: those of its own party do not stand against it.
    """

    by: Fingerprint
    volumes: tuple[Volume, ...]
    id: str | None = None
    serves: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Unread:
    """A notice or site that cannot be read, and why: nothing is checked against it, and that is said."""

    by: Fingerprint
    statement: StatementId
    error: RemoteError


class Picture(Protocol):
    """What is known of the airspace, to be asked for what lies near some boxes."""

    def candidates(self, boxes: Sequence[IndexBox]) -> Iterable[Entry]:
        """Every entry that has a box which meets one of these, once; others may be among them."""


class Airspace:
    """A picture of entries in memory.

    Attributes:
        entries: one a volume.
        unread: what could not be read.
    """

    def __init__(self, entries: Iterable[Entry], unread: Iterable[Unread] = ()) -> None:
        self.entries = tuple(entries)
        self.unread = tuple(unread)

    def candidates(self, boxes: Sequence[IndexBox]) -> Iterator[Entry]:
        """Look through all entries."""
        wanted = [tuple(box) for box in boxes]
        for entry in self.entries:
            for west, east, south, north, first, last, lowest, highest in entry.boxes:
                if any(
                    west <= e
                    and w <= east
                    and south <= n
                    and s <= north
                    and first <= z
                    and a <= last
                    and lowest <= h
                    and g <= highest
                    for w, e, s, n, a, z, g, h in wanted
                ):
                    yield entry
                    break


TYPES = frozenset({"notice", "protected-site"})


def entries(by: Fingerprint, statement: StatementId, found: StixObject) -> tuple[Entry, ...]:
    """The entries of a notice or site; none of another object.

    Raises:
        RemoteError: `not-stix`, `unknown-version`, or `too-large`: it does not fit in an index.
    """
    if found.type not in TYPES:
        return ()
    return entries_of(by, statement, cast(Matter, typed.read(found)))


def entries_of(by: Fingerprint, statement: StatementId, matter: Matter) -> tuple[Entry, ...]:
    """One entry for each volume."""
    numbered = enumerate(matter.volumes, 1)
    return tuple(Entry(by, statement, matter, each, index_box.boxes(each), number) for number, each in numbered)


def fold(said: Iterable[Said]) -> Airspace:
    """Fold what was said, in any order, to what stands."""
    latest: dict[tuple[Fingerprint, str], dict[StatementId, tuple[Entry, ...]]] = {}
    unread: dict[StatementId, Unread] = {}
    for by, statement, found in said:
        try:
            new = entries(by, statement, found)
        except RemoteError as error:
            unread[statement] = Unread(by, statement, error)
            continue
        if new:
            versions = latest.setdefault((by, found.id), {})
            known = next(iter(versions.values()), new)
            if new[0].matter.modified > known[0].matter.modified:
                versions.clear()
            if new[0].matter.modified >= known[0].matter.modified:
                versions[statement] = new
    standing = (each for versions in latest.values() for version in versions.values() for each in version)
    return Airspace((entry for entry in standing if not entry.matter.is_over), unread.values())


def subject_of(entries: Sequence[Entry]) -> Subject:
    """The entries of one notice as what a check is asked about."""
    matter, volumes = entries[0].matter, tuple(entry.volume for entry in entries)
    numbers = tuple(entry.number for entry in entries)
    return Subject(entries[0].by, volumes, matter.id, matter.serves, numbers)
