"""Which statements there are of one object, in SQLite.

STIX ids are random: in an index each new one belongs on another page, as in `sqlite_places`, and a page would be written
for nearly every statement. So rows are kept in the order in which they came, and go to the index together, sorted, once those
that wait are a thirty-second of all. What waits is in memory, and is read again when it is first asked for after a start.
All of it is folded, and can be made again.
"""

from collections.abc import Iterable, Sequence

import apsw

from comity.model.fingerprint import Fingerprint
from comity.node.ports import VersionRow

SCHEMA = """
CREATE TABLE IF NOT EXISTS version_rows (seq INTEGER PRIMARY KEY, author TEXT NOT NULL, stix_id TEXT NOT NULL,
    statement BLOB NOT NULL, modified INTEGER);
CREATE TABLE IF NOT EXISTS version_index (stix_id TEXT, seq INTEGER, PRIMARY KEY (stix_id, seq)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS version_indexed (one INTEGER PRIMARY KEY CHECK (one = 1), until INTEGER NOT NULL);
"""
PROJECTIONS = ("version_rows", "version_index", "version_indexed")

_LEAST = 1024
_SHARE = 32
_AT_ONCE = 1000
_COLUMNS = "author, stix_id, statement, modified"
# SQLite counts rows from 1.
_FIRST = 1


class SqliteVersions:
    """The versions, on the store's own connection."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db
        self._known: dict[str, list[VersionRow]] | None = None
        self._count, self._until = 0, _FIRST

    def _waiting(self) -> dict[str, list[VersionRow]]:
        if self._known is None:
            row = self._db.execute("SELECT until FROM version_indexed").fetchone()
            self._known, self._count, self._until = {}, 0, int(row[0]) if row else _FIRST
            sql = f"SELECT {_COLUMNS} FROM version_rows WHERE seq >= ? ORDER BY seq"
            self._remember(VersionRow(*row) for row in self._db.execute(sql, (self._until,)))
        return self._known

    def _remember(self, rows: Iterable[VersionRow]) -> None:
        known = self._waiting()
        for row in rows:
            known.setdefault(row.stix_id, []).append(row)
            self._count += 1

    def _next(self) -> int:
        row = self._db.execute("SELECT max(seq) FROM version_rows").fetchone()
        return _FIRST if row is None or row[0] is None else int(row[0]) + 1

    def of(self, stix_ids: Sequence[str], author: Fingerprint | None) -> list[VersionRow]:
        """The statements of the objects with these ids, once each; of one party, if given."""
        waiting = self._waiting()
        found = [row for id in stix_ids if id in waiting for row in waiting[id]]
        if self._until > _FIRST:
            found += self._indexed(stix_ids)
        if not found:
            return found
        rows = {row for row in found if author in (None, row.author)}
        return sorted(rows, key=lambda row: (row.stix_id, row.author, row.statement))

    def _indexed(self, stix_ids: Sequence[str]) -> list[VersionRow]:
        found: list[VersionRow] = []
        for first in range(0, len(stix_ids), _AT_ONCE):
            some = stix_ids[first : first + _AT_ONCE]
            marks = ", ".join("?" * len(some))
            sql = (
                "SELECT r.author, r.stix_id, r.statement, r.modified FROM version_index AS i "
                f"JOIN version_rows AS r ON r.seq = i.seq WHERE i.stix_id IN ({marks})"
            )
            found += [VersionRow(*row) for row in self._db.execute(sql, tuple(some))]
        return found

    def append(self, rows: Sequence[VersionRow]) -> None:
        """Within a transaction: keep rows, in their order."""
        values = [(row.author, row.stix_id, row.statement, row.modified) for row in rows]
        self._db.executemany(f"INSERT INTO version_rows ({_COLUMNS}) VALUES (?, ?, ?, ?)", values)

    def write(self, rows: Sequence[VersionRow]) -> bool:
        """Within a transaction: keep rows, and once enough wait move all of these to the index.

        Returns:
            Whether they went to the index, for `committed`.
        """
        self._waiting()  # what waits is read before this transaction adds to it
        self.append(rows)
        if self._count + len(rows) < max(_LEAST, self._until // _SHARE):
            return False
        self._move(self._until)
        return True

    def _move(self, first: int) -> None:
        sql = "INSERT OR IGNORE INTO version_index SELECT stix_id, seq FROM version_rows WHERE seq >= ? ORDER BY stix_id, seq"
        self._db.execute(sql, (first,))
        self._db.execute("INSERT OR REPLACE INTO version_indexed VALUES (1, ?)", (self._next(),))

    def committed(self, rows: Sequence[VersionRow], *, moved: bool) -> None:
        """After that transaction."""
        if moved:
            self._known = None
        else:
            self._remember(rows)

    def write_again(self) -> None:
        """Within a transaction in which all rows were appended anew: make the index of them."""
        # What is known is read again whether or not this transaction is committed.
        self._known = None
        self._move(_FIRST)
