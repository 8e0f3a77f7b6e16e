"""Which place in the own log an id has, in SQLite.

Ids are hashes: in an index each new one belongs on another page, and a page of 4 KiB would be written for nearly every
statement. So new ids wait in memory and go to the index together, sorted, once they are a thirty-second of the log; then
a statement costs a third of a page, however long the log is. What waits is read again from the leaves when it is first
asked for after a start: all of this follows from the leaves.
"""

from collections.abc import Mapping, Sequence

import apsw

from comity.errors import STORAGE, LocalError
from comity.proof.envelope import StatementId

SCHEMA = """
CREATE TABLE IF NOT EXISTS places (id BLOB PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS placed (one INTEGER PRIMARY KEY CHECK (one = 1), until INTEGER NOT NULL);
"""

_LEAST = 1024
_SHARE = 32
_AT_ONCE = 1000


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

    def between(self, least: bytes, most: bytes, limit: int) -> list[StatementId]:
        """The first ids from one to another, both included."""
        sql = "SELECT id FROM places WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?"
        placed = [StatementId(row[0]) for row in self._db.execute(sql, (least, most, limit))]
        waiting = [id for id in self._waiting if least <= id <= most]
        return sorted([*placed, *waiting])[:limit]

    def write(self, fresh: Mapping[StatementId, int]) -> bool:
        """Within the transaction that writes leaves, and before it writes them: take in their places.

        Returns:
            Whether all that waited went to the index, for `committed`.

        Raises:
            LocalError: `storage`: an id has a place already.
        """
        waiting, last = self._waiting, max(fresh.values())
        if not waiting.keys().isdisjoint(fresh) or self._is_any_placed(list(fresh)):
            raise LocalError(STORAGE, "a statement stands in the log already")
        if len(waiting) + len(fresh) < max(_LEAST, last // _SHARE):
            return False
        self._db.executemany("INSERT INTO places VALUES (?, ?)", sorted([*waiting.items(), *fresh.items()]))
        self._db.execute("INSERT OR REPLACE INTO placed VALUES (1, ?)", (last + 1,))
        return True

    def _is_any_placed(self, ids: Sequence[StatementId]) -> bool:
        for at in range(0, len(ids), _AT_ONCE):
            some = ids[at : at + _AT_ONCE]
            marks = ", ".join("?" * len(some))
            if self._db.execute(f"SELECT 1 FROM places WHERE id IN ({marks}) LIMIT 1", some).fetchone():
                return True
        return False

    def committed(self, fresh: Mapping[StatementId, int], *, moved: bool) -> None:
        """After that transaction."""
        if moved:
            self._waiting.clear()
        else:
            self._waiting.update(fresh)

    def check(self) -> list[str]:
        """What is wrong with the index, or nothing."""
        lost = (
            "SELECT l.at FROM leaves AS l LEFT JOIN places AS p ON p.id = l.id "
            "WHERE l.at < (SELECT until FROM placed) AND p.at IS NOT l.at ORDER BY l.at LIMIT 1"
        )
        row = self._db.execute(lost).fetchone()
        return [] if row is None else [f"leaf {row[0]} is not found by its id; comity rebuild makes the index anew"]

    def write_again(self) -> None:
        """Within a transaction: make the index anew, of all leaves."""
        self._db.execute("DELETE FROM places")
        self._db.execute("INSERT OR IGNORE INTO places SELECT id, at FROM leaves ORDER BY id, at")
        self._db.execute("INSERT OR REPLACE INTO placed SELECT 1, coalesce(max(at) + 1, 0) FROM leaves")
        self._known = None
