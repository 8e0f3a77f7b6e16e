"""Upkeep: each kind of stored damage is told with its place, and what was folded can be folded again."""

import asyncio

import pytest

from comity.errors import DAMAGED, LocalError
from comity.model import content
from comity.model.marking import Terms
from comity.node.sqlite import SqliteStore
from comity.node.upkeep import verify_log
from comity.space.instant import Instant
from unit.checks import sky
from unit.node.rows import everything
from world import START, Party, parties, report, run

LEAVES = 300


def long_log() -> Party:
    """A party whose log has a full tile, a partial one and a tile above them, and a published head amid it."""
    [fr] = parties("fr")

    async def story() -> None:
        await asyncio.gather(*(fr.say(report(number=number)) for number in range(100)))
        fr.sync.publish()
        await asyncio.gather(*(fr.say(report(number=number)) for number in range(100, LEAVES - 1)))
        fr.sync.publish()

    run(story)
    assert (fr.node.journal.tree.size, fr.node.verify_log()) == (LEAVES, [])
    return fr


@pytest.fixture(scope="module")
def whole() -> bytes:
    """The database of such a party, to be damaged in copies."""
    fr = long_log()
    assert isinstance(fr.store, SqliteStore)
    return fr.store._db.serialize("main")


def copied(whole: bytes) -> SqliteStore:
    store = SqliteStore(":memory:")
    store._db.deserialize("main", whole)
    return store


def flipped(whole: bytes, table: str, column: str, where: str, byte: int) -> SqliteStore:
    """A copy with one bit of one value turned."""
    store = copied(whole)
    [(value,)] = store._db.execute(f"SELECT {column} FROM {table} WHERE {where}").fetchall()
    assert isinstance(value, bytes)
    changed = bytearray(value)
    changed[byte] ^= 1
    store._db.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (bytes(changed),))
    return store


def places(store: SqliteStore) -> list[str]:
    return [fault.place for fault in verify_log(store)]


# -- damage


def test_a_whole_log_has_no_faults(whole: bytes) -> None:
    assert places(copied(whole)) == []


@pytest.mark.parametrize(("index", "byte"), [(0, 0), (1, 40), (255, 100), (256, -1), (LEAVES - 1, 0), (0, -1)])
def test_a_bit_turned_in_a_leaf_is_told_as_that_leaf_and_nothing_else(whole: bytes, index: int, byte: int) -> None:
    assert places(flipped(whole, "leaves", "data", f"at = {index}", byte)) == [f"leaf {index}"]


@pytest.mark.parametrize("index", [0, 7, LEAVES - 1])
def test_a_bit_turned_in_a_leafs_id_is_told_as_that_leaf(whole: bytes, index: int) -> None:
    assert places(flipped(whole, "leaves", "id", f"at = {index}", 5)) == [f"leaf {index}"]


@pytest.mark.parametrize(
    ("index", "column", "byte"),
    [(0, "salt", 0), (1, "salt", 15), (0, "content", 0), (256, "content", 100), (LEAVES - 1, "content", -1)],
)
def test_a_bit_turned_in_a_body_is_told_as_that_body(whole: bytes, index: int, column: str, byte: int) -> None:
    assert places(flipped(whole, "bodies", column, f"at = {index}", byte)) == [f"body {index}"]


@pytest.mark.parametrize(("level", "number", "byte"), [(0, 0, 0), (0, 0, 8191), (0, 1, 3), (1, 0, 31)])
def test_a_bit_turned_in_a_tile_is_told_as_that_tile(whole: bytes, level: int, number: int, byte: int) -> None:
    store = flipped(whole, "tiles", "hashes", f"level = {level} AND number = {number}", byte)
    assert places(store) == [f"tile/{level}/{number:03d}"]


def test_a_bit_turned_anywhere_in_the_head_is_told_as_the_head(whole: bytes) -> None:
    length = len(copied(whole).note() or b"")
    for byte in range(0, length, 37):
        assert places(flipped(whole, "latest", "note", "one = 1", byte)) == ["head"], byte


@pytest.mark.parametrize("byte", [3, 60, 90, -3])
def test_a_bit_turned_in_a_published_head_is_told_by_its_size(whole: bytes, byte: int) -> None:
    assert places(flipped(whole, "published", "note", "size = 101", byte)) == ["head 101"]


@pytest.mark.parametrize("table", ["leaves", "bodies"])
def test_an_entry_that_is_missing_is_told(whole: bytes, table: str) -> None:
    store = copied(whole)
    store._db.execute(f"DELETE FROM {table} WHERE at = 42")
    assert places(store) == ["leaf 42"]


def test_a_tile_that_is_missing_is_told(whole: bytes) -> None:
    store = copied(whole)
    store._db.execute("DELETE FROM tiles WHERE level = 0 AND number = 0")
    assert places(store) == ["tile/0/000"]


def test_a_log_cut_short_is_told_by_its_head(whole: bytes) -> None:
    store = copied(whole)
    store._db.execute("DELETE FROM leaves WHERE at >= 290")
    assert places(store) == ["head"]


def test_a_head_without_its_own_partys_cosignature_is_told(whole: bytes) -> None:
    store = copied(whole)
    lines = (store.note() or b"").splitlines(keepends=True)
    store._db.execute("UPDATE latest SET note = ?", (b"".join(lines[:-1]),))
    assert places(store) == ["head"]


def test_two_faults_are_both_told(whole: bytes) -> None:
    store = flipped(whole, "bodies", "content", "at = 9", 5)
    store._db.execute("DELETE FROM tiles WHERE level = 1")
    assert sorted(places(store)) == ["body 9", "tile/1/000"]


def test_entries_that_changed_places_are_told_by_the_tree(whole: bytes) -> None:
    store = copied(whole)
    for table in ("leaves", "bodies"):
        for old, new in ((7, -1), (8, 7), (-1, 8)):
            store._db.execute(f"UPDATE {table} SET at = ? WHERE at = ?", (new, old))
    assert sorted(places(store)) == ["head", "head 101", "head 300", "tile/0/000", "tile/1/000"]


def test_a_fault_of_the_database_itself_is_told(whole: bytes) -> None:
    store = copied(whole)
    store._db.execute("PRAGMA writable_schema = ON")
    [(root,)] = store._db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'outgoing_open'").fetchall()
    store._db.execute("UPDATE sqlite_schema SET rootpage = ? WHERE name = 'published'", (root,))
    broken = copied(store._db.serialize("main"))
    assert places(broken)[0] == "database"


def test_progress_reaches_the_size_of_the_log(whole: bytes) -> None:
    seen: list[tuple[int, int]] = []
    verify_log(copied(whole), lambda done, of: seen.append((done, of)))
    assert seen == [(101, LEAVES), (LEAVES, LEAVES)]


def test_an_empty_store_has_no_head(whole: bytes) -> None:
    assert places(SqliteStore(":memory:")) == ["head"]


def test_a_damaged_entry_is_told_to_nobody() -> None:
    fr, ru = parties("fr", "ru")
    said = run(lambda: fr.say(report(), ru))
    assert isinstance(fr.store, SqliteStore)
    fr.store._db.execute("UPDATE bodies SET content = content || ' ' WHERE at = ?", (said.index,))
    [round] = run(lambda: ru.syncs(fr))
    assert round.received == round.refused == 0
    assert list(ru.store.received()) == []
    with pytest.raises(LocalError) as caught:
        fr.node.own(said.id)
    assert (caught.value.code, caught.value.place) == (DAMAGED, f"leaf {said.index}")


# -- folding again


def notice(version: int) -> bytes:
    """A version of one notice, later than those with smaller numbers."""
    given = [("state", "planned"), ("volumes", [sky.volume()])]
    return content.write(f"notice--{sky.uuid(1)}", Instant(START + version), given, created=START)


async def busy(fr: Party, ru: Party, us: Party) -> None:
    """Say, withdraw, release again, fall silent, answer and refuse: a little of all that is folded."""
    terms = Terms(answer_by=Instant(START + 1000))
    first = await fr.say(report(number=1), ru, us, terms=terms)
    await ru.syncs(fr)
    second = await fr.say(report(number=2), ru, us)
    await fr.node.withdraw(second.id, [fr.peer(us)])
    await asyncio.sleep(5)
    await fr.sync.deadlines()
    await us.syncs(fr, ru)
    await fr.node.withdraw(first.id, [fr.peer(ru)])
    await fr.node.release(first.id, [fr.peer(ru)], Terms())
    await ru.say(report(number=3), fr)
    for version in (1, 2):
        await ru.say(notice(version), fr, us)
    await ru.syncs(fr, us)
    await us.say(report(number=4))  # moves the head, and brings nobody anything
    await fr.syncs(ru, us)


@pytest.fixture
def three() -> list[Party]:
    fr, ru, us = parties("fr", "ru", "us")
    run(lambda: busy(fr, ru, us))
    return [fr, ru, us]


def test_a_rebuilt_store_equals_the_one_that_was(three: list[Party]) -> None:
    for party in three:
        before = everything(party.store)
        party.node.rebuild()
        assert everything(party.store) == before


@pytest.mark.parametrize("table", ["releases", "answers", "silences", "cursors", "matters", "boxes"])
def test_rebuild_makes_a_projection_again_that_was_lost(three: list[Party], table: str) -> None:
    for party in three:
        before = everything(party.store)
        assert isinstance(party.store, SqliteStore)
        party.store._db.execute(f"DELETE FROM {table}")
        party.node.rebuild()
        assert everything(party.store) == before


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE releases SET withdrawn = NOT withdrawn",
        "UPDATE releases SET hearer = 'somebody'",
        "UPDATE releases SET answer_by = 0",
        "UPDATE answers SET disposition = 'refused'",
        "UPDATE cursors SET next = 9999",
        "UPDATE silences SET leaf = 0",
    ],
)
def test_rebuild_mends_a_projection_that_was_spoilt(three: list[Party], spoil: str) -> None:
    fr = three[0]
    before = everything(fr.store)
    assert isinstance(fr.store, SqliteStore)
    fr.store._db.execute(spoil)
    assert everything(fr.store) != before
    fr.node.rebuild()
    assert everything(fr.store) == before


def test_a_withdrawn_release_stays_withdrawn_when_it_is_folded_again(three: list[Party]) -> None:
    fr, ru, us = three
    fr.node.rebuild()
    told = [row for who in (ru, us) for row in fr.store.releases_to(who.fingerprint, 0, 100)]
    assert {row.withdrawn for row in told} == {False}
    assert sum(row.statement is None for row in told) == 2


def test_rebuild_on_a_damaged_log_leaves_everything_as_it_was(three: list[Party]) -> None:
    fr = three[0]
    assert isinstance(fr.store, SqliteStore)
    fr.store._db.execute("UPDATE bodies SET content = content || ' ' WHERE at = 3")
    before = {name: value for name, value in everything(fr.store).items() if name != "log"}
    with pytest.raises(LocalError) as caught:
        fr.node.rebuild()
    assert (caught.value.code, caught.value.place) == (DAMAGED, "leaf 3")
    assert {name: value for name, value in everything(fr.store).items() if name != "log"} == before


def test_rebuild_says_when_kept_evidence_is_damaged(three: list[Party]) -> None:
    fr = three[0]
    assert isinstance(fr.store, SqliteStore)
    fr.store._db.execute("UPDATE kept SET data = x'00' WHERE kind = 'answer'")
    before = everything(fr.store)
    with pytest.raises(LocalError, match="kept evidence") as caught:
        fr.node.rebuild()
    assert (caught.value.code, everything(fr.store)) == (DAMAGED, before)
