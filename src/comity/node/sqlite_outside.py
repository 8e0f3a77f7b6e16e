"""Outside witnesses in SQLite: which are asked, and the lines that they gave. See `ports.OutsideIndex`.

Both are true and never folded: an administrator named the ones, and the others cannot be made again.
"""

from collections.abc import Sequence

import apsw

from comity.node._guard import guarded
from comity.node.ports import OutsideLine, OutsideRow
from comity.space.instant import Instant

SCHEMA = """
CREATE TABLE IF NOT EXISTS outside (name TEXT PRIMARY KEY, url TEXT NOT NULL, vkey TEXT NOT NULL UNIQUE) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outside_lines (size INTEGER, vkey TEXT, line TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (size, vkey)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS outside_lines_by ON outside_lines (vkey, size);
"""


class SqliteOutside:
    """The `OutsideIndex` port on the store's own connection."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    @guarded
    def add(self, row: OutsideRow) -> None:
        """Name one more."""
        with self._db as db:
            db.execute("INSERT INTO outside VALUES (?, ?, ?)", (row.name, row.url, row.vkey))

    @guarded
    def remove(self, name: str) -> None:
        """Ask one no more; its lines stay."""
        with self._db as db:
            db.execute("DELETE FROM outside WHERE name = ?", (name,))

    @guarded
    def all(self) -> Sequence[OutsideRow]:
        """Those that are asked, by name."""
        return [OutsideRow(*row) for row in self._db.execute("SELECT name, url, vkey FROM outside ORDER BY name")]

    @guarded
    def keep(self, line: OutsideLine) -> None:
        """Keep the first line of one key on a published head."""
        with self._db as db:
            row = (line.size, line.vkey, line.line, line.at)
            db.execute("INSERT OR IGNORE INTO outside_lines VALUES (?, ?, ?, ?)", row)

    @guarded
    def lines(self, size: int) -> Sequence[OutsideLine]:
        """The lines on a published head, the earliest first."""
        sql = "SELECT size, vkey, line, at FROM outside_lines WHERE size = ? ORDER BY at, vkey"
        return [_line(row) for row in self._db.execute(sql, (size,))]

    @guarded
    def last(self, vkey: str) -> OutsideLine | None:
        """The line of one key on the largest head."""
        sql = "SELECT size, vkey, line, at FROM outside_lines WHERE vkey = ? ORDER BY size DESC LIMIT 1"
        row = self._db.execute(sql, (vkey,)).fetchone()
        return None if row is None else _line(row)


def _line(row: tuple[int, str, str, int]) -> OutsideLine:
    return OutsideLine(row[0], row[1], row[2], Instant(row[3]))
