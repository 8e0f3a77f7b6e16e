"""Which place in the own log an id has, in SQLite.

Ids are hashes: in an index each new one belongs on another page, and a page of 4 KiB would be written for nearly every
statement. So new ids wait in memory and go to the index together, sorted, once they are a thirty-second of the log; then
a statement costs a third of a page, however long the log is. What waits is read again from the leaves when it is first
asked for after a start: all of this follows from the leaves.
"""

from collections.abc import Mapping

import apsw

from comity.errors import STORAGE, LocalError
from comity.proof.envelope import StatementId

SCHEMA = """
CREATE TABLE IF NOT EXISTS places (id BLOB PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS placed (one INTEGER PRIMARY KEY CHECK (one = 1), until INTEGER NOT NULL);
"""

_LEAST = 1024
_SHARE = 32


class SqlitePlaces:
    """The places, on the store's own connection."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db
        self._known: dict[StatementId, int] | None = None

    @property
    def _waiting(self) -> dict[StatementId, int]:
        if self._known is None:
            row = self._db.execute("SELECT until FROM placed").fetchone()
            rows = self._db.execute("SELECT id, at FROM leaves WHERE at >= ?", (row[0] if row else 0,))
            self._known = {StatementId(id): int(at) for id, at in rows}
        return self._known

    def of(self, id: StatementId) -> int | None:
        """The place of an id."""
        at = self._waiting.get(id)
        if at is None:
            row = self._db.execute("SELECT at FROM places WHERE id = ?", (id,)).fetchone()
            at = None if row is None else int(row[0])
        return at

    def write(self, fresh: Mapping[StatementId, int]) -> bool:
        """Within the transaction that writes leaves, and before it writes them: take in their places.

        Returns:
            Whether all that waited went to the index, for `committed`.

        Raises:
            LocalError: `storage`: an id that waits has a place already. One that is in the index keeps its first.
        """
        waiting, last = self._waiting, max(fresh.values())
        if not waiting.keys().isdisjoint(fresh):
            raise LocalError(STORAGE, "a statement stands in the log already")
        if len(waiting) + len(fresh) < max(_LEAST, last // _SHARE):
            return False
        self._db.executemany("INSERT OR IGNORE INTO places VALUES (?, ?)", sorted([*waiting.items(), *fresh.items()]))
        self._db.execute("INSERT OR REPLACE INTO placed VALUES (1, ?)", (last + 1,))
        return True

    def committed(self, fresh: Mapping[StatementId, int], *, moved: bool) -> None:
        """After that transaction."""
        if moved:
            self._waiting.clear()
        else:
            self._waiting.update(fresh)

    def write_again(self) -> None:
        """Within a transaction: make the index anew, of all leaves."""
        self._db.execute("DELETE FROM places")
        self._db.execute("INSERT OR IGNORE INTO places SELECT id, at FROM leaves ORDER BY id")
        self._db.execute("INSERT OR REPLACE INTO placed SELECT 1, coalesce(max(at) + 1, 0) FROM leaves")
        self._known = None
