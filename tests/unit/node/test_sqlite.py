"""The SQLite store on a file: what it refuses to open, and what it says of a disk that fails."""

import itertools
from collections.abc import Callable
from functools import partial
from pathlib import Path

import apsw
import pytest

from comity.errors import DAMAGED, STORAGE, UNKNOWN_VERSION, LocalError
from comity.model.fingerprint import Fingerprint
from comity.node.ports import Batch, LeafRow
from comity.node.sqlite import SqliteStore
from comity.space.instant import Instant
from unit.node.rows import RU, everything, id_of, kept, leaf, release, version


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "node.db")


def opening(path: str) -> str:
    with pytest.raises(LocalError) as caught:
        SqliteStore(path).close()
    return caught.value.code


def test_what_was_committed_is_there_after_closing(path: str) -> None:
    store = SqliteStore(path)
    store.commit(Batch(leaves=[leaf(0)], note=b"head", releases=[release(1)], cursors={RU: 4}, kept=[kept("pull", 1)]))
    store.publish(1, b"head")
    before = everything(store)
    store.close()
    again = SqliteStore(path)
    assert everything(again) == before
    again.close()


@pytest.mark.parametrize("count", [3, 1100])
def test_versions_that_wait_and_those_in_the_index_are_found_after_closing(path: str, count: int) -> None:
    store = SqliteStore(path)
    for first in range(0, count, 100):
        store.commit(Batch(versions=[version(number) for number in range(first, min(first + 100, count))]))
    store.close()
    again = SqliteStore(path)
    for number in (0, count - 1):
        assert again.versions([f"report--{number}"], RU) == [version(number)]
    again.close()


def test_a_remaking_that_fails_at_its_end_leaves_the_versions_found(path: str) -> None:
    store = SqliteStore(path)
    store.commit(Batch(versions=[version(number) for number in range(1100)]))
    assert store.versions(["report--0"], RU) == [version(0)]
    store._db.execute(
        "CREATE TEMP TRIGGER full BEFORE INSERT ON main.version_indexed BEGIN SELECT RAISE(ABORT, 'full'); END"
    )
    with pytest.raises(LocalError):
        store.refold([])
    assert store.versions(["report--0"], RU) == [version(0)]
    store._db.execute("DROP TRIGGER full")
    store.refold([Batch(versions=[version(1)])])
    assert store.versions(["report--0"], RU) == []
    assert store.versions(["report--1"], RU) == [version(1)]
    store.close()


def test_another_connection_sees_a_commit_as_soon_as_it_returns(path: str) -> None:
    store = SqliteStore(path)
    store.commit(Batch(leaves=[leaf(0)]))
    other = apsw.Connection(path, flags=apsw.SQLITE_OPEN_READONLY)
    assert other.execute("SELECT count(*) FROM leaves").get == 1
    assert other.pragma("journal_mode") == "wal"
    other.close()
    store.close()


def test_a_file_that_is_no_database_is_damaged(path: str) -> None:
    Path(path).write_bytes(b"not a database, but long enough to be looked at" * 100)
    assert opening(path) == DAMAGED


def test_a_database_of_a_later_format_is_not_opened(path: str) -> None:
    SqliteStore(path).close()
    later = apsw.Connection(path)
    later.pragma("user_version", 99)
    later.close()
    assert opening(path) == UNKNOWN_VERSION


def test_a_folder_that_is_not_there_is_a_fault_of_storage(tmp_path: Path) -> None:
    assert opening(str(tmp_path / "nowhere" / "node.db")) == STORAGE


def test_a_page_of_the_file_that_was_overwritten_is_found(path: str) -> None:
    store = SqliteStore(path)
    store.commit(Batch(leaves=[leaf(index) for index in range(200)]))
    store.close()
    data = bytearray(Path(path).read_bytes())
    at = data.rfind(b"envelope 150") // 4096 * 4096
    data[at : at + 4096] = b"\xff" * 4096
    Path(path).write_bytes(data)
    store = SqliteStore(path)
    assert store.check() != []
    with pytest.raises(LocalError) as caught:
        [store.leaf(index) for index in range(200)]
    assert caught.value.code == DAMAGED
    store.close()


def steps(store: SqliteStore, action: Callable[[], object]) -> int:
    """How many steps of its virtual machine SQLite takes in an action."""
    taken: list[int] = []
    profile = apsw.SQLITE_TRACE_PROFILE
    store._db.trace_v2(profile, lambda told: taken.append(told["stmt_status"]["SQLITE_STMTSTATUS_VM_STEP"]))
    action()
    store._db.trace_v2(0, None)
    return sum(taken)


def test_a_nonce_is_remembered_as_quickly_among_thousands_as_among_few() -> None:
    store = SqliteStore(":memory:")

    def remember(name: str, now: int = 0) -> int:
        return steps(store, lambda: store.remember_nonce(RU, name, Instant(1000), Instant(now)))

    first = max(remember(f"{number:04}") for number in range(5))
    assert first > 0
    for number in range(5, 3000):
        store.remember_nonce(RU, f"{number:04}", Instant(1000), Instant(0))
    assert remember("last") < first + 20
    assert remember("first of a later time", 1001) > 3000  # all that has passed is forgotten, and that takes time once
    store.close()


def test_that_a_statement_is_released_to_others_takes_no_longer_to_find_than_that_there_is_none() -> None:
    store = SqliteStore(":memory:")
    others = [Fingerprint(f"{number:064x}") for number in range(500)]
    store.commit(Batch(releases=[release(1 + number, one) for number, one in enumerate(others)]))
    there, nowhere = (steps(store, partial(store.releases_of, id_of(number), RU)) for number in (0, 9999))
    assert there == nowhere > 0
    assert steps(store, lambda: store.releases_of(id_of(0))) > 500
    store.close()


def test_a_full_disk_is_a_fault_of_storage_and_nothing_of_the_commit_is_kept(path: str) -> None:
    store = SqliteStore(path)
    store.commit(Batch(leaves=[leaf(0)]))
    limit = apsw.Connection(path)
    store._db.pragma("max_page_count", limit.pragma("page_count"))
    limit.close()
    big = [kept("evidence", number, bytes(4000)) for number in range(100)]
    with pytest.raises(LocalError) as caught:
        store.commit(Batch(leaves=[leaf(1)], kept=big))
    assert caught.value.code == STORAGE
    assert (store.size(), store.find(id_of(1)), list(store.kept("evidence", RU))) == (1, None, [])
    store.close()


# -- the places of ids


def plan(store: SqliteStore) -> tuple[int, int]:
    """How many ids stand in the index, and up to which leaf."""
    placed = store._db.execute("SELECT until FROM placed").get
    return store._db.execute("SELECT count(*) FROM places").get, placed or 0


def fill(store: SqliteStore, until: int, group: int = 100) -> None:
    """Commit leaves in groups up to an index."""
    for at in range(store.size(), until, group):
        store.commit(Batch(leaves=[leaf(index) for index in range(at, min(at + group, until))]))


def found(store: SqliteStore, until: int) -> bool:
    """Whether every leaf below an index is found by its id, and none above."""
    return all(store.find(id_of(index)) == leaf(index) for index in range(until)) and store.find(id_of(until)) is None


def test_a_leaf_is_found_by_its_id_before_and_after_its_id_went_to_the_index(path: str) -> None:
    store = SqliteStore(path)
    for until, placed in ((1, 0), (1000, 0), (1100, 1100), (2123, 1100), (2124, 2124)):
        fill(store, until)
        assert plan(store) == (placed, placed)
        assert found(store, until)
    store.close()


@pytest.mark.parametrize("until", [1, 1000, 1100, 1150])
def test_what_waited_for_the_index_is_found_after_a_start(path: str, until: int) -> None:
    store = SqliteStore(path)
    fill(store, until)
    store.close()
    again = SqliteStore(path)
    assert found(again, until)
    fill(again, 2200)
    assert found(again, 2200)
    assert plan(again)[0] >= 2100
    again.close()


def test_a_commit_that_fails_while_ids_go_to_the_index_leaves_them_waiting(path: str) -> None:
    store = SqliteStore(path)
    fill(store, 1000)
    bad = release(1, RU)
    with pytest.raises(LocalError):
        store.commit(Batch(leaves=[leaf(index) for index in range(1000, 1100)], releases=[bad, bad]))
    assert plan(store) == (0, 0)
    assert found(store, 1000)
    fill(store, 1100)
    assert plan(store) == (1100, 1100)
    assert found(store, 1100)
    store.close()


def test_the_longer_the_log_the_more_ids_go_to_the_index_together() -> None:
    store = SqliteStore(":memory:")
    fill(store, 66_000, 1000)
    moves = []
    for until in range(66_100, 71_000, 100):
        before = plan(store)
        fill(store, until)
        if plan(store) != before:
            moves.append(until)
    steps = [after - before for before, after in itertools.pairwise(moves)]
    assert len(steps) >= 1
    assert all(2_000 <= step <= 2_400 for step in steps)
    store.close()


def test_a_database_that_had_an_index_of_its_own_over_ids_is_taken_over(path: str) -> None:
    """As they were made before ids waited: `leaves` with UNIQUE ids, and no table of places."""
    store = SqliteStore(path)
    fill(store, 1500)
    for table in ("places", "placed", "leaves"):
        store._db.execute(f"CREATE TABLE old_{table} AS SELECT * FROM {table}; DROP TABLE {table}")
    store._db.execute(
        "CREATE TABLE leaves (at INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, data BLOB NOT NULL); "
        "INSERT INTO leaves SELECT * FROM old_leaves"
    )
    store.close()
    again = SqliteStore(path)
    assert found(again, 1500)
    fill(again, 1600)
    assert plan(again) == (1600, 1600)
    assert found(again, 1600)
    again.close()


def test_the_index_is_made_anew_from_the_leaves(path: str) -> None:
    store = SqliteStore(path)
    fill(store, 1150)
    assert store.check() == []
    store._db.execute("DELETE FROM places WHERE at % 2")
    assert store.find(id_of(7)) is None
    assert store.check() == ["leaf 1 is not found by its id; comity rebuild makes the index anew"]
    store.refold([])
    assert plan(store) == (1150, 1150)
    assert found(store, 1150)
    fill(store, 1200)
    assert found(store, 1200)
    store.close()


def test_an_id_that_leads_to_another_leaf_finds_nothing(path: str) -> None:
    store = SqliteStore(path)
    fill(store, 1150)
    store._db.execute("UPDATE places SET at = at + 1")
    assert store.find(id_of(7)) is None
    assert store.check() == ["leaf 0 is not found by its id; comity rebuild makes the index anew"]
    store.close()


@pytest.mark.parametrize("again", [7, 1050, 1149])
def test_an_id_stands_once_in_a_log_wherever_it_is_looked_up(path: str, again: int) -> None:
    store = SqliteStore(path)
    fill(store, 1150)
    for batch in (
        [LeafRow(1150, id_of(again), leaf(1150).triple)],
        [leaf(1150), LeafRow(1151, id_of(1150), (b"", b"", b""))],
    ):
        with pytest.raises(LocalError) as caught:
            store.commit(Batch(leaves=batch))
        assert caught.value.code == STORAGE
    assert store.size() == 1150
    assert found(store, 1150)
    store.close()
