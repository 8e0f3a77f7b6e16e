"""The directory: one holder, one party, keys that only their owner reads; what is half made leaves nothing."""

import os
import shutil
import stat
from pathlib import Path

import pytest

from comity.errors import BAD_ARGUMENT, DAMAGED, EXISTS, IN_USE, NOT_A_NODE, READ_ONLY, STORAGE, LocalError
from comity.exchange import say
from comity.model.fingerprint import Fingerprint
from comity.model.marking import Terms
from comity.node import directory, keyring
from comity.node.directory import Directory, create, lock_path
from comity.node.lock import FileLock
from comity.node.node import Node
from comity.node.ports import Batch
from comity.node.sqlite import SqliteStore
from world import SeededRandomness, WorldClock, report, run


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMITY_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


def make(path: Path, name: str = "fr", seed: str = "fr") -> Fingerprint:
    randomness = SeededRandomness(seed)
    return create(path, name=name, display="France", addresses=[], clock=WorldClock(), randomness=randomness)


def opened(held: Directory) -> Node:
    return held.open(WorldClock(), SeededRandomness("open"))


def say_one(node: Node, number: int = 1) -> None:
    run(lambda: node.say(say.say(report(number=number)), [], Terms()))


def code(action: object) -> str:
    with pytest.raises(LocalError) as caught:
        action()  # type: ignore[operator]
    return caught.value.code


def names(path: Path) -> list[str]:
    return sorted(found.relative_to(path).as_posix() for found in path.rglob("*"))


# -- making


def test_a_new_node_opens_as_the_party_that_was_made(tmp_path: Path) -> None:
    me = make(tmp_path / "fr")
    with Directory(tmp_path / "fr") as held:
        node = opened(held)
        assert (node.descriptor.fingerprint, node.descriptor.party) == (me, "fr")
        assert node.verify_log() == []


@pytest.mark.parametrize("reconstruction", [True, False])
def test_a_party_is_made_a_reconstruction_once_and_for_ever_or_not_at_all(tmp_path: Path, reconstruction: bool) -> None:
    folder, randomness = tmp_path / "fr", SeededRandomness("fr")
    create(
        folder,
        name="fr",
        display="F",
        addresses=[],
        clock=WorldClock(),
        randomness=randomness,
        reconstruction=reconstruction,
    )
    with Directory(folder) as held:
        assert opened(held).descriptor.reconstruction is reconstruction
        assert opened(held).verify_log() == []


def test_a_party_is_no_reconstruction_unless_told(tmp_path: Path) -> None:
    make(tmp_path / "fr")
    with Directory(tmp_path / "fr") as held:
        assert opened(held).descriptor.reconstruction is False


def test_keys_folder_and_directory_are_open_to_their_owner_alone(tmp_path: Path) -> None:
    make(tmp_path / "fr")
    for path in [tmp_path / "fr", *(tmp_path / "fr" / "keys").rglob("*"), tmp_path / "fr" / "keys"]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


@pytest.mark.parametrize("name", ["", "FR", "all", "own", "a b", "-fr", "x" * 33])
def test_a_name_that_is_none_makes_nothing(tmp_path: Path, name: str) -> None:
    assert code(lambda: make(tmp_path / "fr", name)) == BAD_ARGUMENT
    assert names(tmp_path) == []


def test_a_folder_that_is_not_empty_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "fr"
    folder.mkdir()
    (folder / "letter.txt").write_text("mine")
    assert code(lambda: make(folder)) == EXISTS
    assert names(folder) == ["letter.txt"]


def test_a_node_is_not_made_over_a_node(tmp_path: Path) -> None:
    me = make(tmp_path / "fr")
    before = names(tmp_path / "fr")
    assert code(lambda: make(tmp_path / "fr", seed="another")) == EXISTS
    assert names(tmp_path / "fr") == before
    with Directory(tmp_path / "fr") as held:
        assert opened(held).descriptor.fingerprint == me


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "fr").write_text("a file")
    assert code(lambda: make(tmp_path / "fr")) == BAD_ARGUMENT


class Failing(SeededRandomness):
    """Runs out of random bytes at the n-th draw."""

    def __init__(self, at: int) -> None:
        super().__init__("fr")
        self.left = at

    def draw(self, count: int) -> bytes:
        self.left -= 1
        if self.left < 0:
            raise OSError("no more randomness")
        return super().draw(count)


@pytest.mark.parametrize("draws", range(8))
def test_what_is_half_made_leaves_nothing(tmp_path: Path, draws: int) -> None:
    folder, there = tmp_path / "fr", draws % 2
    if there:
        folder.mkdir()
    with pytest.raises(OSError, match="randomness"):
        create(folder, name="fr", display="F", addresses=[], clock=WorldClock(), randomness=Failing(draws))
    assert names(tmp_path) == (["fr"] if there else [])
    make(folder)


def test_without_a_place_for_the_lock_nothing_is_made(tmp_path: Path, state: Path) -> None:
    state.write_text("a file in the way")
    assert code(lambda: make(tmp_path / "fr")) == STORAGE
    assert names(tmp_path) == ["state"]


def test_a_party_whose_log_has_begun_elsewhere_is_not_begun_again_and_keeps_its_lock(tmp_path: Path) -> None:
    me = make(tmp_path / "fr")
    assert code(lambda: make(tmp_path / "again")) == EXISTS
    assert not (tmp_path / "again").exists()
    assert lock_size(me) == 1


def test_two_makers_at_once_make_one_party_and_harm_no_key(tmp_path: Path) -> None:
    folder = tmp_path / "fr"
    folder.mkdir()
    first = directory._hold(folder)
    assert code(lambda: make(folder)) == IN_USE
    os.close(first)
    make(folder)


# -- holding


def test_a_second_holder_is_refused_until_the_first_lets_go(tmp_path: Path) -> None:
    make(tmp_path / "fr")
    with Directory(tmp_path / "fr"):
        assert code(lambda: Directory(tmp_path / "fr")) == IN_USE
    Directory(tmp_path / "fr").close()


def test_a_second_holder_reads_nothing_and_writes_nothing(tmp_path: Path) -> None:
    make(tmp_path / "fr")
    with Directory(tmp_path / "fr") as held:
        say_one(opened(held))
        assert code(lambda: Directory(tmp_path / "fr")) == IN_USE
    with Directory(tmp_path / "fr") as held:
        assert opened(held).store.size() == 2


def test_a_folder_without_a_node_is_none(tmp_path: Path) -> None:
    assert code(lambda: Directory(tmp_path)) == NOT_A_NODE
    assert names(tmp_path) == []


def test_a_database_whose_log_never_began_is_no_node(tmp_path: Path) -> None:
    make(tmp_path / "fr")
    (tmp_path / "fr" / "node.db").unlink()
    SqliteStore(str(tmp_path / "fr" / "node.db")).close()
    with Directory(tmp_path / "fr") as held:
        assert code(lambda: opened(held)) == NOT_A_NODE


# -- keys


@pytest.mark.parametrize(("use", "mode"), list(zip(keyring.USES, (0o640, 0o604, 0o620, 0o601), strict=True)))
def test_a_key_that_others_may_touch_is_not_used(tmp_path: Path, use: str, mode: int) -> None:
    make(tmp_path / "fr")
    (tmp_path / "fr" / "keys" / f"{use}.pem").chmod(mode)
    with Directory(tmp_path / "fr") as held, pytest.raises(LocalError, match="chmod 600") as caught:
        opened(held)
    assert (caught.value.code, caught.value.place) == (DAMAGED, f"{use}.pem")


def test_the_root_keys_may_be_moved_offline(tmp_path: Path) -> None:
    make(tmp_path / "fr")
    for name in ("root.pem", "next-root.pem"):
        (tmp_path / "fr" / "keys" / name).unlink()
    with Directory(tmp_path / "fr") as held:
        say_one(opened(held))


@pytest.mark.parametrize("damage", ["gone", "empty", "text"])
def test_a_key_that_cannot_be_read_is_damage_and_its_bytes_are_not_told(tmp_path: Path, damage: str) -> None:
    make(tmp_path / "fr")
    path = tmp_path / "fr" / "keys" / "log.pem"
    secret = path.read_text().splitlines()[1]
    if damage == "gone":
        path.unlink()
    else:
        path.write_text({"empty": "", "text": secret}[damage])
    with Directory(tmp_path / "fr") as held, pytest.raises(LocalError) as caught:
        opened(held)
    assert caught.value.code == DAMAGED
    assert secret not in str(caught.value)


def test_keys_of_another_party_are_not_signed_with(tmp_path: Path) -> None:
    make(tmp_path / "fr")
    make(tmp_path / "ru", "ru", seed="ru")
    shutil.copy(tmp_path / "ru" / "keys" / "log.pem", tmp_path / "fr" / "keys" / "log.pem")
    with Directory(tmp_path / "fr") as held, pytest.raises(LocalError, match="the log key") as caught:
        opened(held)
    assert caught.value.code == DAMAGED


# -- the checkpoint lock


def test_the_lock_stands_outside_the_directory(tmp_path: Path, state: Path) -> None:
    me = make(tmp_path / "fr")
    assert lock_path(me).is_file()
    assert lock_path(me).is_relative_to(state)
    assert not lock_path(me).is_relative_to(tmp_path / "fr")


def test_without_a_state_of_its_own_the_lock_stands_in_the_owners(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMITY_STATE")
    monkeypatch.setenv("XDG_STATE_HOME", "/var/state")
    assert lock_path(Fingerprint("f")) == Path("/var/state/comity/locks/f.db")
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", "/home/anna")
    assert lock_path(Fingerprint("f")) == Path("/home/anna/.local/state/comity/locks/f.db")


def test_a_directory_put_back_from_a_backup_signs_no_fork(tmp_path: Path) -> None:
    folder, saved = tmp_path / "fr", tmp_path / "backup"
    me = make(folder)
    with Directory(folder) as held:
        say_one(opened(held), 1)
    shutil.copytree(folder, saved)
    with Directory(folder) as held:
        say_one(opened(held), 2)
    shutil.rmtree(folder)
    shutil.copytree(saved, folder)
    with Directory(folder) as held:
        node = opened(held)
        assert code(lambda: say_one(node, 3)) == READ_ONLY
        assert (node.store.size(), lock_size(me)) == (2, 3)


def lock_size(me: Fingerprint) -> int:
    lock = FileLock(lock_path(me))
    note = lock.read()
    lock.close()
    assert note is not None
    return int(note.splitlines()[1])


def test_a_directory_moved_to_a_machine_without_its_lock_asks_to_adopt(tmp_path: Path, state: Path) -> None:
    make(tmp_path / "fr")
    shutil.rmtree(state)
    with Directory(tmp_path / "fr") as held:
        node = opened(held)
        assert code(lambda: say_one(node)) == READ_ONLY
        node.journal.adopt()
        say_one(node)
    with Directory(tmp_path / "fr") as held:
        assert opened(held).journal.read_only is None


# -- damage


def test_a_node_too_damaged_to_open_can_still_be_verified(tmp_path: Path) -> None:
    make(tmp_path / "fr")
    with Directory(tmp_path / "fr") as held:
        node = opened(held)
        say_one(node)
        node.store.commit(Batch(tiles={(0, 0): bytes(64)}))
    with Directory(tmp_path / "fr") as held:
        assert code(lambda: opened(held)) == DAMAGED
        assert [fault.place for fault in held.verify()] == ["tile/0/000"]
