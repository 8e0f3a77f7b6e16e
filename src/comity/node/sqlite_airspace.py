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
    statement BLOB NOT NULL UNIQUE, modified INTEGER NOT NULL, boxes INTEGER NOT NULL, checked INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS matters_stix ON matters (author, stix_id);
CREATE INDEX IF NOT EXISTS matters_unchecked ON matters (seq) WHERE NOT checked;
CREATE VIRTUAL TABLE IF NOT EXISTS boxes USING rtree_i32(id, west, east, south, north, first, last, lowest, highest);
CREATE TABLE IF NOT EXISTS findings (seq INTEGER PRIMARY KEY, rule TEXT NOT NULL, against BLOB NOT NULL, because BLOB NOT NULL,
    operator TEXT NOT NULL, by TEXT NOT NULL, found TEXT NOT NULL, fate TEXT NOT NULL, objection BLOB,
    at INTEGER NOT NULL, UNIQUE (against, because, rule));
CREATE INDEX IF NOT EXISTS findings_because ON findings (because);
"""
PROJECTIONS = ("matters", "boxes")

# A box's id tells whose it is: the matter's seq times this, and its number. A tree finds an id at once, and a statement not.
_MOST_BOXES = 1024
_FINDING = "rule, against, because, operator, by, found, fate, objection, at"


class SqliteAirspace:
    """The `AirspaceIndex` port on the store's own connection; `keep` and `fold` run within its transactions."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    # -- within a commit

    def keep(self, findings: Sequence[FindingRow]) -> None:
        """Write what was found."""
        rows = [(f.rule, f.against, f.because, f.operator, f.by, f.found, f.fate, f.objection, f.at) for f in findings]
        self._db.executemany(f"INSERT OR REPLACE INTO findings ({_FINDING}) VALUES (?,?,?,?,?,?,?,?,?)", rows)

    def fold(
        self, matters: Sequence[MatterRow], released: Sequence[StatementId], checked: Sequence[StatementId]
    ) -> None:
        """Take in new versions and what was checked; what was released just now may be told from here on: look again."""
        for row in matters:
            if self._is_newest(row):
                self._add(row)
        for value, statements in ((0, released), (1, checked)):
            rows = [(value, statement) for statement in statements]
            self._db.executemany("UPDATE matters SET checked = ? WHERE statement = ?", rows)

    def _is_newest(self, row: MatterRow) -> bool:
        """Let earlier versions go; False if a later one is there already. Of two with one time both stand."""
        found = "SELECT seq, modified, boxes FROM matters WHERE author = ? AND stix_id = ?"
        known = self._rows(found, (row.author, row.stix_id))
        newest = max((modified for _, modified, _ in known), default=row.modified)
        if newest < row.modified:
            for seq, _, count in known:
                self._db.executemany("DELETE FROM boxes WHERE id = ?", [(id,) for id in _ids(seq, count)])
                self._db.execute("DELETE FROM matters WHERE seq = ?", (seq,))
        return newest <= row.modified

    def _add(self, row: MatterRow) -> None:
        into = (
            "INSERT OR IGNORE INTO matters (author, stix_id, statement, modified, boxes, checked) "
            "VALUES (?, ?, ?, ?, ?, 0)"
        )
        self._db.execute(into, (row.author, row.stix_id, row.statement, row.modified, len(row.boxes)))
        if self._db.changes():
            ids = _ids(self._db.last_insert_rowid(), len(row.boxes))
            boxes = [(id, *box) for id, box in zip(ids, row.boxes, strict=True)]
            self._db.executemany("INSERT INTO boxes VALUES (?, ?,?,?,?,?,?,?,?)", boxes)

    # -- asking

    @guarded
    def near(self, box: IndexBox) -> Sequence[tuple[Fingerprint, StatementId]]:
        """Whose statements have a box that meets this one."""
        west, east, south, north, first, last, lowest, highest = box
        sql = (
            f"SELECT DISTINCT author, statement FROM boxes CROSS JOIN matters ON seq = id / {_MOST_BOXES} "
            "WHERE west <= ? AND east >= ? AND south <= ? AND north >= ? "
            "AND first <= ? AND last >= ? AND lowest <= ? AND highest >= ?"
        )
        return self._rows(sql, (east, west, north, south, last, first, highest, lowest))

    @guarded
    def latest(self, author: Fingerprint, stix_id: str) -> Sequence[StatementId]:
        """The statements of the newest version of a notice or site."""
        sql = "SELECT statement FROM matters WHERE author = ? AND stix_id = ? ORDER BY seq"
        return [StatementId(row[0]) for row in self._rows(sql, (author, stix_id))]

    @guarded
    def unchecked(self, limit: int) -> Sequence[tuple[Fingerprint, StatementId]]:
        """Statements that the watch has not looked at, the oldest first."""
        sql = "SELECT author, statement FROM matters WHERE NOT checked ORDER BY seq LIMIT ?"
        return self._rows(sql, (limit,))

    @guarded
    def protects(self, author: Fingerprint) -> bool:
        """Whether a site of this party is in force."""
        return bool(self.sites(author, 0, 1))

    @guarded
    def sites(self, author: Fingerprint, after: int, limit: int) -> Sequence[tuple[int, StatementId]]:
        """A party's sites that are in force, each with a number by which the next are asked for."""
        of = "author = ? AND stix_id GLOB 'protected-site--*' AND boxes > 0 AND seq > ?"
        rows = self._rows(f"SELECT seq, statement FROM matters WHERE {of} ORDER BY seq LIMIT ?", (author, after, limit))
        return [(seq, StatementId(statement)) for seq, statement in rows]

    @guarded
    def finding(self, rule: str, against: StatementId, because: StatementId) -> FindingRow | None:
        """What was found of these before."""
        sql = f"SELECT {_FINDING} FROM findings WHERE rule = ? AND against = ? AND because = ?"
        return next((FindingRow(*row) for row in self._rows(sql, (rule, against, because))), None)

    @guarded
    def findings(self, *fates: str, about: StatementId | None = None) -> Sequence[FindingRow]:
        """What was found with these fates, the oldest first; of one statement, on either side, if given."""
        marks = ", ".join("?" * len(fates))
        of = "" if about is None else "AND (against = ? OR because = ?)"
        sql = f"SELECT {_FINDING} FROM findings WHERE fate IN ({marks}) {of} ORDER BY seq"
        return [FindingRow(*row) for row in self._rows(sql, (*fates, *(() if about is None else (about, about))))]

    def _rows(self, sql: str, values: tuple[Any, ...]) -> list[Any]:
        return self._db.execute(sql, values).fetchall()


def _ids(seq: int, count: int) -> range:
    if count > _MOST_BOXES:
        raise ValueError(f"a statement has at most {_MOST_BOXES} boxes")
    return range(seq * _MOST_BOXES, seq * _MOST_BOXES + count)
