"""Naming: which statement a person means by what was typed.

    1f3a5c              the first digits of its id, six at least, in small letters or capitals
    report--6f1f3a52-…  its object's STIX id: of that object the newest version
    @Kunduz clinic      its object's name, whatever the case of its letters: of that object the newest version

Rule 1: nothing is guessed. What fits several statements is refused, and they are listed: another party can give its object
any name and any STIX id. Rule 2: where only one of our own can be meant, others' do not count beside ours. Rule 3: what
cannot fit is passed over by its bytes, before anything is parsed.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from comity import foreign
from comity.errors import AMBIGUOUS, BAD_ARGUMENT, UNKNOWN_STATEMENT, LocalError
from comity.model.content import StixObject
from comity.model.fingerprint import Fingerprint
from comity.model.statement import Unverified
from comity.model.title import title
from comity.node import recorded
from comity.node.ports import Store
from comity.proof import cbor
from comity.proof.envelope import StatementId
from comity.space import instant

LEAST_DIGITS = 6
_ALL_DIGITS = 64
_LISTED = 8
_SHORT = 12
_PAGE = 1000

_HEX = re.compile(r"[0-9A-Fa-f]+", re.ASCII)
_STIX_ID = re.compile(r"[a-z0-9][a-z0-9-]*--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_HOW = "write its id (six digits or more), its object's STIX id, or @ and its object's name"
_LIST = "comity statements lists them, and comity inbox what others told us"


@dataclass(frozen=True, slots=True)
class Said:
    """One statement that is here.

    Attributes:
        iat: when it was said, in seconds, as its author says.
        ours: it stands in our own log.
    """

    id: StatementId
    by: Fingerprint
    iat: int
    object: StixObject
    ours: bool


class Naming:
    """Finds statements in one node's store.

    Args:
        store: of our own log and of what was told to us.
        me: whose log it is.
        party_name: what a party is called here.
    """

    def __init__(self, store: Store, me: Fingerprint, party_name: Callable[[Fingerprint], str]) -> None:
        self._store, self._me, self._party_name = store, me, party_name

    def resolve(self, text: str, *, place: str = "STATEMENT", ours: bool = False) -> StatementId:
        """The statement that is meant.

        Args:
            text: as it was typed.
            place: where it was typed.
            ours: only a statement of our own can be meant: another's counts only where none of ours fits.

        Raises:
            LocalError: `bad-argument`: it names no statement at all; `unknown-statement`: none here fits; `ambiguous`:
                several do, and the evidence lists them.
        """
        given = text.strip()
        if given.startswith("@"):  # a name may end in dots of its own
            return self._one(self._named(given[1:].strip(), place), f"{_quoted(given)} is the name", place, ours)
        given = given.rstrip("….")
        if _HEX.fullmatch(given):
            return self._beginning(given.lower(), place, ours)
        if _STIX_ID.fullmatch(given.lower()):
            wanted = given.lower()
            return self._one(self._newest({wanted}), f"{wanted} is the STIX id", place, ours)
        if "--" in given:
            raise LocalError(BAD_ARGUMENT, f"a STIX id is written in full; or {_HOW}", place=place)
        raise LocalError(BAD_ARGUMENT, f"no statement is named so: {_HOW}", place=place)

    # -- by digits

    def _beginning(self, digits: str, place: str, ours: bool) -> StatementId:
        if len(digits) > _ALL_DIGITS:
            raise LocalError(BAD_ARGUMENT, f"an id has {_ALL_DIGITS} digits, this has {len(digits)}", place=place)
        if len(digits) == _ALL_DIGITS:
            return StatementId(bytes.fromhex(digits))
        if len(digits) < LEAST_DIGITS:
            message = f"{digits} is too short: write {LEAST_DIGITS} of an id's digits at least, or @ and a name"
            raise LocalError(BAD_ARGUMENT, message, place=place)
        records = [id for id in recorded.ids(self._store, self._me) if id.hex().startswith(digits)]
        ids = sorted({*self._store.beginning(digits, _LISTED + 1), *records})[: _LISTED + 1]
        mine = [id for id in ids if self._store.find(id) is not None] if ours else []
        left = mine or ids
        if len(left) == 1:
            return left[0]
        if not left:
            raise LocalError(UNKNOWN_STATEMENT, f"no statement here begins with {digits}; {_LIST}", place=place)
        raise self._several([self._said(id) for id in left], f"{digits} begins the id", place, len(digits))

    # -- by the object

    def _named(self, name: str, place: str) -> Sequence[Said]:
        """The newest version of each object that has a name."""
        wanted = _folded(name)
        if not wanted:
            raise LocalError(BAD_ARGUMENT, "@ is followed by an object's name", place=place)
        found = [one for one in self._holding([wanted], _folded_text) if wanted in _names(one.object)]
        return [one for one in self._newest({one.object.id for one in found}) if wanted in _names(one.object)]

    def _newest(self, stix_ids: set[str]) -> Sequence[Said]:
        """The newest version of each of these objects, of each party that has said one; several if it said two contents."""
        newest: dict[tuple[Fingerprint, str], list[Said]] = {}
        for one in self._holding(stix_ids, _text) if stix_ids else ():
            if one.object.id in stix_ids:
                key = (one.by, one.object.id)
                newest[key] = _later(newest.get(key, []), one)
        return [one for versions in newest.values() for one in versions]

    def _holding(self, wanted: Iterable[str], read: Callable[[bytes], str]) -> Iterable[Said]:
        """Statements in whose bytes one of some texts stands, or may stand escaped; each once, ours first."""
        seen: set[StatementId] = set()
        texts = tuple(wanted)
        for id, raw in self._contents():
            if id not in seen and (b"\\" in raw or any(map(read(raw).__contains__, texts))):
                seen.add(id)
                yield self._said(id)

    def _contents(self) -> Iterator[tuple[StatementId, bytes]]:
        first = 0
        while page := self._store.contents(first, _PAGE):
            yield from page
            first += len(page)
        for record in recorded.recorded(self._store, self._me):
            yield record.id, record.object.raw
        for row in self._store.received():
            if row.statement is not None and row.refused is None:
                yield row.statement, cbor.decode(row.item, place="item")[0][2]

    def _said(self, id: StatementId) -> Said:
        row = self._store.find(id)
        if row is not None:
            own = Unverified.read(list(row.triple))
            return Said(id, self._me, own.envelope.iat, own.object, ours=True)
        record = recorded.find(self._store, self._me, id)
        if record is not None:
            return Said(id, self._me, record.envelope.iat, record.object, ours=True)
        heard = self._store.received_statement(id)
        if heard is None:
            raise LocalError(UNKNOWN_STATEMENT, f"no statement {id.hex()} here")
        told = Unverified.read(cbor.decode(heard.item, place="item")[0])
        return Said(id, heard.teller, told.envelope.iat, told.object, ours=False)

    # -- one, or why not

    def _one(self, found: Sequence[Said], what: str, place: str, ours: bool) -> StatementId:
        mine = [one for one in found if one.ours] if ours else []
        left = mine or found
        if len(left) == 1:
            return left[0].id
        if not left:
            raise LocalError(UNKNOWN_STATEMENT, f"{what} of no object here; {_LIST}", place=place)
        raise self._several(left, what, place, 0)

    def _several(self, found: Sequence[Said], what: str, place: str, digits: int) -> LocalError:
        """The refusal that lists what fits; nothing of it is another party's text but a type."""
        short = max(_SHORT, digits + LEAST_DIGITS)
        told = [self._candidate(one, short) for one in found[:_LISTED]]
        words = "; ".join(f"{one['id']} ({one['by']}, {one['type']}, said {one['said_at']})" for one in told)
        more = " and more" if len(found) > _LISTED else ""
        message = f"{what} of several: {words}{more}: write one of these"
        return LocalError(AMBIGUOUS, message, place=place, evidence={"candidates": told})

    def _candidate(self, one: Said, short: int) -> dict[str, str]:
        kind, precision = one.object.type, one.object.properties.get("precision")
        return {
            "id": one.id.hex()[:short],
            "statement": one.id.hex(),
            "by": self._party_name(one.by),
            "type": f"{kind} {precision}" if precision in ("exact", "widened", "call") else kind,
            "said_at": instant.to_second(instant.from_seconds(one.iat)),
        }


def _later(known: list[Said], one: Said) -> list[Said]:
    """The newest of one party's versions of one object; both where they have one time and are not the same."""
    if not known:
        return [one]
    before, now = known[0].object.modified or 0, one.object.modified or 0
    if now != before:
        return [one] if now > before else known
    return [other for other in known if other.object.raw != one.object.raw] + [one]


def _names(found: StixObject) -> set[str]:
    """What an object is called: its name and other names; where it has none, what lists show instead."""
    others = found.properties.get("names")
    more = [one.get("text") for one in others if isinstance(one, dict)] if isinstance(others, list) else []
    given = [name for name in (found.properties.get("name"), *more) if isinstance(name, str) and name]
    return {_folded(name) for name in given or [title(found)]}


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text.casefold()).strip()


def _folded_text(raw: bytes) -> str:
    return unicodedata.normalize("NFC", _text(raw).casefold())


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _quoted(given: str) -> str:
    return foreign.quoted(given[1:].strip())
