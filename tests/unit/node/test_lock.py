"""The checkpoint lock on a file: it is swapped by whoever saw what it holds, and by nobody else."""

from pathlib import Path

import pytest

from comity.errors import READ_ONLY, STORAGE, LocalError
from comity.node.lock import FileLock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "locks" / "fr.db"


def test_a_new_lock_holds_nothing_and_takes_the_first_note(path: Path) -> None:
    lock = FileLock(path)
    assert lock.read() is None
    lock.replace(None, b"first")
    assert lock.read() == b"first"
    lock.close()


def test_the_note_is_there_after_closing(path: Path) -> None:
    lock = FileLock(path)
    lock.replace(None, b"first")
    lock.replace(b"first", b"second")
    lock.close()
    lock = FileLock(path)
    assert lock.read() == b"second"
    lock.close()


@pytest.mark.parametrize("old", [None, b"", b"firs", b"second"])
def test_who_saw_another_note_swaps_nothing(path: Path, old: bytes | None) -> None:
    lock = FileLock(path)
    lock.replace(None, b"first")
    with pytest.raises(LocalError) as caught:
        lock.replace(old, b"second")
    assert (caught.value.code, lock.read()) == (READ_ONLY, b"first")
    lock.close()


def test_an_empty_lock_is_not_swapped_by_who_saw_a_note(path: Path) -> None:
    lock = FileLock(path)
    with pytest.raises(LocalError):
        lock.replace(b"first", b"second")
    assert lock.read() is None
    lock.close()


def test_of_two_processes_that_saw_the_same_note_one_swaps(path: Path) -> None:
    one, other = FileLock(path), FileLock(path)
    one.replace(None, b"first")
    assert other.read() == b"first"
    other.replace(b"first", b"the other's")
    with pytest.raises(LocalError) as caught:
        one.replace(b"first", b"the one's")
    assert (caught.value.code, one.read()) == (READ_ONLY, b"the other's")
    one.close()
    other.close()


def test_a_place_where_no_file_can_be_made_is_a_fault_of_storage(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(LocalError) as caught:
        FileLock(tmp_path / "file" / "fr.db")
    assert caught.value.code == STORAGE


def test_a_lock_file_that_is_no_database_is_a_fault_of_storage(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database, but long enough" * 40)
    with pytest.raises(LocalError) as caught:
        FileLock(path)
    assert caught.value.code == STORAGE
