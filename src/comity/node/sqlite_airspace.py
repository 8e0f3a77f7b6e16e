"""The airspace in SQLite: an R*Tree of boxes of notices and sites, and what the watch found. See `ports.AirspaceIndex`.

Only notices and protected sites come here; no room joins names with places. One entry per box; the box is found on whole
numbers rounded outwards (`space.index_box`), what really meets is for `space.volume`.
"""

from collections.abc import Sequence
from typing import Any

import apsw

from comity.model.fingerprint import Fingerprint
from comity.node._guard import guarded
from comity.node.ports import FindingRow, MatterRow
from comity.proof.envelope import StatementId
from comity.space.index_box import IndexBox

SCHEMA = """
CREATE TABLE IF NOT EXISTS matters (seq INTEGER PRIMARY KEY, author TEXT NOT NULL, stix_id TEXT NOT NULL,
    statement BLOB NOT NULL UNIQUE, modified INTEGER NOT NULL, checked INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS matters_stix ON matters (author, stix_id);
CREATE INDEX IF NOT EXISTS matters_unchecked ON matters (seq) WHERE NOT checked;
CREATE VIRTUAL TABLE IF NOT EXISTS boxes USING rtree_i32(
    id, west, east, south, north, first, last, lowest, highest, +author TEXT, +statement BLOB);
CREATE TABLE IF NOT EXISTS findings (seq INTEGER PRIMARY KEY, rule TEXT NOT NULL, against BLOB NOT NULL, because BLOB NOT NULL,
    operator TEXT NOT NULL, by TEXT NOT NULL, text TEXT NOT NULL, witness TEXT NOT NULL, fate TEXT NOT NULL, objection BLOB,
    at INTEGER NOT NULL, UNIQUE (rule, against, because));
"""
PROJECTIONS = ("matters", "boxes")

_FINDING = "rule, against, because, operator, by, text, witness, fate, objection, at"


class SqliteAirspace:
    """The `AirspaceIndex` port on the store's own connection; `keep` and `fold` run within its transactions."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    # -- within a commit

    def keep(self, findings: Sequence[FindingRow]) -> None:
        """Write what was found."""
        rows = [
            (f.rule, f.against, f.because, f.operator, f.by, f.text, f.witness, f.fate, f.objection, f.at)
            for f in findings
        ]
        self._db.executemany(f"INSERT OR REPLACE INTO findings ({_FINDING}) VALUES (?,?,?,?,?,?,?,?,?,?)", rows)

    def fold(self, matters: Sequence[MatterRow], released: Sequence[StatementId]) -> None:
        """Take in new versions; and look again at what was released just now, which may be told from here on."""
        for row in matters:
            if self._is_newest(row):
                self._add(row)
        again = [(statement,) for statement in released]
        self._db.executemany("UPDATE matters SET checked = 0 WHERE statement = ?", again)

    def _is_newest(self, row: MatterRow) -> bool:
        """Let earlier versions go; False if a later one is there already. Of two with one time both stand."""
        of = (row.author, row.stix_id)
        found = self._db.execute("SELECT max(modified) FROM matters WHERE author = ? AND stix_id = ?", of).fetchone()
        newest = found[0] if found else None
        if newest is not None and newest > row.modified:
            return False
        if newest is not None and newest < row.modified:
            old = "SELECT statement FROM matters WHERE author = ? AND stix_id = ?"
            for (statement,) in self._db.execute(old, of).fetchall():
                self._db.execute("DELETE FROM boxes WHERE statement = ?", (statement,))
            self._db.execute("DELETE FROM matters WHERE author = ? AND stix_id = ?", of)
        return True

    def _add(self, row: MatterRow) -> None:
        into = "INSERT OR IGNORE INTO matters (author, stix_id, statement, modified, checked) VALUES (?, ?, ?, ?, 0)"
        self._db.execute(into, (row.author, row.stix_id, row.statement, row.modified))
        if self._db.changes():
            boxes = [(*box, row.author, row.statement) for box in row.boxes]
            self._db.executemany("INSERT INTO boxes VALUES (NULL, ?,?,?,?,?,?,?,?, ?,?)", boxes)

    # -- asking

    @guarded
    def near(self, box: IndexBox) -> Sequence[tuple[Fingerprint, StatementId]]:
        """Whose statements have a box that meets this one."""
        west, east, south, north, first, last, lowest, highest = box
        sql = (
            "SELECT DISTINCT author, statement FROM boxes WHERE west <= ? AND east >= ? AND south <= ? AND north >= ? "
            "AND first <= ? AND last >= ? AND lowest <= ? AND highest >= ?"
        )
        return self._rows(sql, (east, west, north, south, last, first, highest, lowest))

    @guarded
    def unchecked(self, limit: int) -> Sequence[tuple[Fingerprint, StatementId]]:
        """Statements that the watch has not looked at, the oldest first."""
        sql = "SELECT author, statement FROM matters WHERE NOT checked ORDER BY seq LIMIT ?"
        return self._rows(sql, (limit,))

    @guarded
    def mark_checked(self, statements: Sequence[StatementId]) -> None:
        """Note that the watch has looked at them."""
        with self._db as db:
            db.executemany("UPDATE matters SET checked = 1 WHERE statement = ?", [(one,) for one in statements])

    @guarded
    def finding(self, rule: str, against: StatementId, because: StatementId) -> FindingRow | None:
        """What was found of these before."""
        sql = f"SELECT {_FINDING} FROM findings WHERE rule = ? AND against = ? AND because = ?"
        return next((FindingRow(*row) for row in self._rows(sql, (rule, against, because))), None)

    @guarded
    def findings(self, *fates: str) -> Sequence[FindingRow]:
        """What was found with these fates, the oldest first."""
        marks = ", ".join("?" * len(fates))
        sql = f"SELECT {_FINDING} FROM findings WHERE fate IN ({marks}) ORDER BY seq"
        return [FindingRow(*row) for row in self._rows(sql, fates)]

    def _rows(self, sql: str, values: tuple[Any, ...]) -> list[Any]:
        return self._db.execute(sql, values).fetchall()
