"""What a command hands out is written whole, for its owner alone, and never over what is there without a wish by name."""

import os
from pathlib import Path

import pytest

from comity.app import files
from comity.errors import BAD_ARGUMENT, EXISTS, LocalError


def refused(action: object) -> str:
    with pytest.raises(LocalError) as caught:
        action()  # type: ignore[operator]
    return caught.value.code


def test_a_file_is_written_for_its_owner_alone_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "الدليل.comity-proof"
    files.write(file, b"proof", force=False)
    assert (file.read_bytes(), file.stat().st_mode & 0o777, os.listdir(tmp_path)) == (b"proof", 0o600, [file.name])


def test_what_is_there_stays_unless_force_is_given(tmp_path: Path) -> None:
    file = tmp_path / "told.comity-proof"
    file.write_bytes(b"evidence")
    assert refused(lambda: files.may_write(file, force=False)) == EXISTS
    assert refused(lambda: files.write(file, b"other", force=False)) == EXISTS
    assert (file.read_bytes(), os.listdir(tmp_path)) == (b"evidence", [file.name])
    files.may_write(file, force=True)
    files.write(file, b"other", force=True)
    assert (file.read_bytes(), os.listdir(tmp_path)) == (b"other", [file.name])


def test_a_link_that_leads_nowhere_is_there_too(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    assert refused(lambda: files.may_write(link, force=False)) == EXISTS
    assert refused(lambda: files.write(link, b"", force=False)) == EXISTS


@pytest.mark.parametrize("where", [".", "missing/told"])
def test_a_place_that_cannot_be_written_is_said_so(where: str, tmp_path: Path) -> None:
    def write() -> None:
        files.may_write(tmp_path / where, force=False)
        files.write(tmp_path / where, b"", force=False)

    assert refused(write) == BAD_ARGUMENT


def test_a_disk_that_is_full_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.write(tmp_path / "told", b"proof", force=False)
    assert os.listdir(tmp_path) == []
    (tmp_path / "told").write_bytes(b"evidence")
    with pytest.raises(OSError, match="No space"):
        files.write(tmp_path / "told", b"proof", force=True)
    assert (tmp_path / "told").read_bytes() == b"evidence"
