"""Every store there is, each made in a folder: all of them keep the one contract."""

from collections.abc import Callable
from pathlib import Path

from comity.node.ports import Store
from comity.node.sqlite import SqliteStore

STORES: dict[str, Callable[[Path], Store]] = {
    "a SQLite file": lambda folder: SqliteStore(str(folder / "node.db")),
    "SQLite in memory": lambda folder: SqliteStore(":memory:"),
}
