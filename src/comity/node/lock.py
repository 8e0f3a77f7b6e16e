"""The checkpoint lock: the last head this party signed, compared and swapped outside the node's directory.

It keeps a restored backup from signing a fork: a node whose log is behind its lock is read-only. The idea is Sunlight's
`LockBackend`. One small SQLite file per party, synced before `replace` returns; never put it into a backup.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import apsw

from comity.errors import READ_ONLY, STORAGE, LocalError


class FileLock:
    """The `CheckpointLock` port on a file."""

    def __init__(self, path: Path, vfs: str | None = None) -> None:
        with _guarded():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._db = apsw.Connection(str(path), vfs=vfs)
            self._db.set_busy_timeout(5000)
            self._db.pragma("journal_mode", "wal")
            self._db.pragma("synchronous", "full")
            # One page a swap: a log that is soon written over again in place is synced in two thirds of the time that a
            # growing one takes.
            self._db.pragma("wal_autocheckpoint", 64)
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS lock (one INTEGER PRIMARY KEY CHECK (one = 1), note BLOB NOT NULL)"
            )

    def read(self) -> bytes | None:
        """The note; None before the first."""
        with _guarded():
            row = self._db.execute("SELECT note FROM lock").fetchone()
        return None if row is None else bytes(row[0])

    def replace(self, old: bytes | None, new: bytes) -> None:
        """Compare and swap, durably.

        Raises:
            LocalError: `read-only`: somebody else signed in between; `storage`.
        """
        with _guarded(), self._db as db:
            if old is None:
                db.execute("INSERT OR IGNORE INTO lock VALUES (1, ?)", (new,))
            else:
                db.execute("UPDATE lock SET note = ? WHERE note = ?", (new, old))
            swapped = db.changes() == 1
        if not swapped:
            raise LocalError(READ_ONLY, "another process has signed a head of this log")

    def close(self) -> None:
        """Close the file."""
        self._db.close()


@contextlib.contextmanager
def _guarded() -> Iterator[None]:
    try:
        yield
    except (apsw.Error, OSError) as error:
        raise LocalError(STORAGE, f"the checkpoint lock cannot be used: {error}") from error
