"""Versions: what was said of one object here, ours and told to us, and what has become of each; and what is being said.

Nobody says two contents with one id and one `modified`: who hears both could not tell which one holds. Where another party
has, both stand and are shown so (`record.state`).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from comity.errors import DAMAGED, EXISTS, LocalError
from comity.model import content, objection
from comity.model.content import StixObject
from comity.model.fingerprint import Fingerprint
from comity.model.objection import Objection
from comity.node.ports import Store
from comity.proof import cbor
from comity.proof.envelope import StatementId
from comity.record import state
from comity.record.state import STANDING, State, Version
from comity.space.instant import Instant

_Key = tuple[str, Instant | None]
# Bytes of content of which the parsed form is remembered; in memory it takes some ten times as much.
_MOST_REMEMBERED = 4 << 20


class Versions:
    """The versions of every object that the store knows."""

    def __init__(self, store: Store, me: Fingerprint) -> None:
        self._store, self._me = store, me
        self._known: dict[StatementId, tuple[Fingerprint, StixObject]] = {}
        self._remembered = 0
        self._being_said: dict[_Key, bytes] = {}

    def object(self, statement: StatementId) -> StixObject | None:
        """The content of a statement, ours or told to us; None where it is not here."""
        found = self._found(statement)
        return None if found is None else found[1]

    def author(self, statement: StatementId) -> Fingerprint | None:
        """Whose a statement is; None where it is not here."""
        found = self._found(statement)
        return None if found is None else found[0]

    def _found(self, statement: StatementId) -> tuple[Fingerprint, StixObject] | None:
        """Whose a statement is, and what it says; remembered, for neither ever changes, and a listing asks many times."""
        known = self._known.get(statement)
        if known is None:
            known = self._looked_up(statement)
            if known is not None:
                self._remember(statement, known)
        return known

    def _looked_up(self, statement: StatementId) -> tuple[Fingerprint, StixObject] | None:
        own = self._store.find(statement)
        if own is not None:
            return self._me, content.parse(own.triple[2])
        row = self._store.received_statement(statement)
        return None if row is None else (row.teller, content.parse(cbor.decode(row.item, place="item")[0][2]))

    def _remember(self, statement: StatementId, known: tuple[Fingerprint, StixObject]) -> None:
        self._remembered += len(known[1].raw)
        if self._remembered > _MOST_REMEMBERED:
            self._known, self._remembered = {}, len(known[1].raw)
        self._known[statement] = known

    def state(self, by: Fingerprint, statement: StatementId, said: StixObject, now: Instant) -> State:
        """What has become of a statement of a party; an objection is as what it stands between."""
        found = self._state(by, statement, said, now, self._is_taken_back(by, statement))
        if said.type != "objection" or found is not State.IN_FORCE:
            return found
        return self.between(objection.read(said), now)

    def between(self, said: Objection, now: Instant) -> State:
        """What has become of what an objection stands between, as far as it is known here."""
        sides = [said.against] if said.finding.because is None else [said.against, said.finding.because]
        states = [self.objecting(each, now) or State.IN_FORCE for each in sides]
        return state.between(states[0], states[-1])

    def objecting(self, statement: StatementId, now: Instant) -> State | None:
        """What has become of a statement, whatever became of its releases: they lower nothing. None: it is not here.

        What was replaced by a version that is cancelled, ended or taken back is as that version.
        """
        said, by = self.object(statement), self.author(statement)
        if said is None or by is None:
            return None
        found = self._state(by, statement, said, now, taken_back=False)
        return self._end_of(by, said, now) if found is State.REPLACED else found

    def _end_of(self, by: Fingerprint, replaced: StixObject, now: Instant) -> State:
        newest = max(self._store.versions([replaced.id], by), key=lambda row: row.modified or 0).statement
        found = self._state(by, newest, self._here(newest), now, taken_back=False)
        return State.REPLACED if found in STANDING or found is State.OVER else found

    def _state(
        self, by: Fingerprint, statement: StatementId, said: StixObject, now: Instant, taken_back: bool
    ) -> State:
        others = [row.statement for row in self._store.versions([said.id], by) if row.statement != statement]
        return state.state(Version(said, taken_back), map(self._here, others), now)

    def _is_taken_back(self, by: Fingerprint, statement: StatementId) -> bool:
        if by != self._me:
            row = self._store.received_statement(statement)
            return row is not None and row.withdrawn
        releases = self._store.releases_of(statement)
        return bool(releases) and all(row.withdrawn for row in releases)

    def _here(self, statement: StatementId) -> StixObject:
        found = self.object(statement)
        if found is None:
            raise LocalError(DAMAGED, f"the index of versions names a statement that is not here: {statement.hex()}")
        return found

    # -- saying

    def said_already(self, said: StixObject) -> StatementId | None:
        """Our statement of this very object, the first if there are more; None where it was not said yet."""
        return next((id for id, raw in self._contents(said) if raw == said.raw), None)

    @contextmanager
    def saying(self, objects: Sequence[StixObject]) -> Iterator[None]:
        """Hold these contents while they are being said.

        Raises:
            LocalError: `exists`: another content of one of them, with its `modified`, is said already, or just now.
        """
        rows = self._store.versions([said.id for said in objects], self._me)
        known = {(row.stix_id, row.modified) for row in rows}
        being_said = self._being_said
        held: list[_Key] = []
        try:
            for said in objects:
                key = (said.id, said.modified)
                if key in known or key in being_said:
                    self.check(said)
                if key not in being_said:
                    held.append(key)
                    being_said[key] = said.raw
            yield
        finally:
            for key in held:
                del being_said[key]

    def check(self, said: StixObject) -> None:
        """Require that no other content with this id and this `modified` was said.

        Raises:
            LocalError: `exists`, naming the earlier statement.
        """
        if said.modified is None:
            return
        earlier = next((id for id, raw in self._contents(said) if raw != said.raw), None)
        if earlier is not None:
            message = f"another content with this id and this modified was said already as {earlier.hex()}"
        elif self._being_said.get((said.id, said.modified), said.raw) != said.raw:
            message = "another content with this id and this modified is being said at this moment"
        else:
            return
        raise LocalError(EXISTS, f"{message}: give a new version a later modified", place="/modified")

    def _contents(self, said: StixObject) -> Iterator[tuple[StatementId, bytes]]:
        """Our statements with the id and the `modified` of an object."""
        for row in self._store.versions([said.id], self._me):
            if row.modified == said.modified:
                yield row.statement, self._here(row.statement).raw
