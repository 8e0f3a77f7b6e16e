"""The teller: what other nodes are answered, what they are not, and what is kept of their faults."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.errors import (
    BAD_ARGUMENT,
    CONTENT_MISMATCH,
    HEAD_FORK,
    NOT_FOUND,
    STORAGE,
    UNKNOWN_KEY,
    WRONG_ADDRESSEE,
    LocalError,
    RemoteError,
)
from comity.exchange import deliver
from comity.exchange.deliver import Page, Pull
from comity.model.acknowledgement import Telling
from comity.model.marking import Terms
from comity.model.statement import ItemHash
from comity.node import fold, teller
from comity.node.ports import Batch, LeafRow
from comity.node.sqlite import SqliteStore
from comity.proof import cbor
from comity.proof.envelope import StatementId
from unit.node.liar import given as items_given
from unit.node.liar import items_of, wants
from unit.node.rows import everything
from world import MemoryWire, Party, parties, report, run


def code(action: Callable[[], Coroutine[Any, Any, object]]) -> str:
    with pytest.raises(RemoteError) as caught:
        run(action)
    return caught.value.code


def body(by: Party, to: Party, *, cursor: int = 0, have: int = 0, limit: int = 1000, wait: int = 0) -> bytes:
    """The body of a signed pull."""
    held = have if have <= to.node.journal.tree.size else 0
    pull = Pull(by.fingerprint, to.fingerprint, cursor, have, to.node.journal.root_at(held), by.clock.now() // 1000)
    signed = deliver.sign_pull(pull, by.keys.statement)
    return cbor.encode({"v": 1, "pull": signed, "limit": limit, "wait": wait})


async def page(by: Party, to: Party, **fields: int) -> Page:
    return deliver.decode_page(await to.teller.pull(by.fingerprint, body(by, to, **fields)))


def end_of(found: Page, by: Party) -> tuple[int, int, int, int]:
    end = deliver.read_page_end(found.end, by.node.descriptor)
    return end.start, end.next, end.size, end.count


# -- pages


def test_a_page_holds_what_was_released_to_the_one_who_asks_and_nothing_else() -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> None:
        said = [await fr.say(report(number=1), ru), await fr.say(report(number=2), us), await fr.say(report(number=3))]
        found = await page(ru, fr)
        assert [offer.telling.statement for offer in found.offers] == [said[0].id]
        assert [item.statement for item in await items_of(ru, fr)] == [said[0].signed.triple]
        assert said[1].signed.object.raw not in deliver.encode_page(found)

    run(story)


def test_a_page_goes_on_from_its_cursor_and_says_where_it_ends() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        for number in range(3):
            await fr.say(report(number=number), ru)
        first = await page(ru, fr, limit=2)
        assert end_of(first, fr) == (0, 5, 7, 2)
        rest = await page(ru, fr, cursor=5, limit=2)
        assert end_of(rest, fr) == (5, 7, 7, 1)
        assert end_of(await page(ru, fr, cursor=7), fr) == (7, 7, 7, 0)

    run(story)


class CountingStore(SqliteStore):
    """A store that counts the entries that are read from it."""

    read = 0

    def leaf(self, index: int) -> LeafRow | None:
        self.read += 1
        return super().leaf(index)


def test_of_what_does_not_fit_into_a_page_no_more_than_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    store = CountingStore(":memory:")
    fr, ru = Party("fr", MemoryWire(), store=store), Party("ru", MemoryWire())
    fr.meets(ru)

    async def story() -> None:
        for number in range(40):
            await fr.say(report(number=number), ru)
        [first] = fr.store.releases_to(ru.fingerprint, 0, 1)
        monkeypatch.setattr(teller, "MAX_PAGE_BYTES", 3 * fr.node.offers.of(first).size)
        store.read = 0
        found = await page(ru, fr)
        assert (len(found.offers), store.read) == (3, 6)  # a statement and its release each
        assert end_of(found, fr) == (0, 7, 81, 3)

    run(story)


def test_what_is_larger_than_a_page_alone_is_a_page_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        for number in range(2):
            await fr.say(report(number=number), ru)
        monkeypatch.setattr(teller, "MAX_PAGE_BYTES", 1)
        assert [len((await page(ru, fr, cursor=cursor)).offers) for cursor in (0, 3, 5)] == [1, 1, 0]

    run(story)


@pytest.mark.parametrize(("cursor", "have"), [(4, 0), (0, 4), (2**62, 0)])
def test_a_cursor_or_head_beyond_the_log_is_refused(cursor: int, have: int) -> None:
    fr, ru = parties("fr", "ru")
    run(lambda: fr.say(report(), ru))
    assert code(lambda: page(ru, fr, cursor=cursor, have=have)) == BAD_ARGUMENT


def test_a_pull_made_out_to_another_party_is_refused() -> None:
    fr, ru, us = parties("fr", "ru", "us")
    assert code(lambda: fr.teller.pull(ru.fingerprint, body(ru, us))) == WRONG_ADDRESSEE


def test_a_pull_signed_by_another_party_is_refused() -> None:
    fr, ru, us = parties("fr", "ru", "us")
    assert code(lambda: fr.teller.pull(ru.fingerprint, body(us, fr))) == UNKNOWN_KEY


def test_who_waits_is_answered_as_soon_as_something_is_released_to_him() -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> None:
        time = asyncio.get_running_loop().time
        for_ru, for_us = (asyncio.ensure_future(page(one, fr, cursor=1, wait=20)) for one in (ru, us))
        await asyncio.sleep(5)
        await fr.say(report(), ru)
        assert len((await for_ru).offers) == 1
        assert time() == 5
        assert (await for_us).offers == ()
        assert time() == 20

    run(story)


def test_a_wait_that_has_ended_leaves_nothing_to_the_next_on_another_loop() -> None:
    """A node outlives its event loops: whatever ended a wait, who waits later is answered on the loop of that day."""
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        time = asyncio.get_running_loop().time
        begun = time()
        waiting = asyncio.ensure_future(page(ru, fr, cursor=1, wait=20))
        await asyncio.sleep(5)
        await fr.say(report(number=next(numbers)), ru)
        assert (await waiting).offers
        assert time() == begun + 5

    numbers = iter(range(3))
    endings: list[Callable[[], Coroutine[Any, Any, object]]] = [
        lambda: page(ru, fr, cursor=1, wait=1),
        lambda: asyncio.wait_for(page(ru, fr, cursor=1, wait=20), 1),
        lambda: _left_waiting(page(ru, fr, cursor=1, wait=20)),
    ]
    for ending in endings:
        fr, ru = parties("fr", "ru")
        with contextlib.suppress(TimeoutError):
            run(ending)
        run(story)


async def _left_waiting(waits: Coroutine[Any, Any, object]) -> None:
    """End the loop while somebody still waits."""
    _KEPT.append(asyncio.ensure_future(waits))
    await asyncio.sleep(1)


_KEPT: list[asyncio.Future[object]] = []


@settings(max_examples=20)
@given(st.lists(st.tuples(st.sampled_from(["ru", "us"]), st.integers(1, 9), st.integers(1, 9)), max_size=6))
def test_however_waits_overlap_and_end_each_is_answered_in_its_time(waits: list[tuple[str, int, int]]) -> None:
    """Of several waits of one party each has its own end: one that is cancelled or over wakes no other, nor forgets it."""
    fr, ru, us = parties("fr", "ru", "us")
    by = {"ru": ru, "us": us}

    async def story() -> None:
        time = asyncio.get_running_loop().time
        tasks = [asyncio.ensure_future(_ends(page(by[name], fr, cursor=1, wait=wait))) for name, wait, _ in waits]
        for task, (_, _, cancelled) in zip(tasks, waits, strict=True):
            asyncio.get_running_loop().call_later(cancelled + 0.5, task.cancel)
        await asyncio.sleep(5.25)
        await fr.say(report(), ru)
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        for (name, wait, cancelled), end in zip(waits, ends, strict=True):
            if min(wait, cancelled + 0.5, 5.25 if name == "ru" else 99) == cancelled + 0.5:
                assert isinstance(end, asyncio.CancelledError)
            else:
                assert end == min(wait, 5.25 if name == "ru" else 99)
        assert time() >= 5.25
        assert not fr.teller._waiting

    run(story)


async def _ends(waits: Coroutine[Any, Any, object]) -> float:
    await waits
    return asyncio.get_running_loop().time()


def test_nobody_is_kept_waiting_for_longer_than_a_while() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await page(ru, fr, cursor=1, wait=10**9)
        assert asyncio.get_running_loop().time() == 25

    run(story)


def test_a_closing_teller_answers_those_who_wait_and_lets_none_wait() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        waiting = asyncio.ensure_future(page(ru, fr, cursor=1, wait=20))
        await asyncio.sleep(1)
        fr.teller.close()
        assert (await waiting).offers == (await page(ru, fr, cursor=1, wait=20)).offers == ()
        assert asyncio.get_running_loop().time() == 1

    run(story)


def test_of_the_signed_pulls_the_first_at_each_new_cursor_is_kept() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await fr.say(report(), ru)
        for cursor in (0, 3, 0, 3, 2):
            await page(ru, fr, cursor=cursor)

    run(story)
    pulls = [deliver.read_pull(one.data, ru.node.descriptor) for one in fr.store.kept("pull", ru.fingerprint)]
    assert [pull.cursor for pull in pulls] == [0, 3]


# -- withdrawal


def test_what_is_withdrawn_is_not_pulled_and_whoever_pulls_is_told() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        said = await fr.say(report(), ru)
        await fr.node.withdraw(said.id, [fr.peer(ru)])
        [notice] = await items_of(ru, fr)
        assert notice.statement is None

    run(story)


def test_the_holder_is_told_of_a_withdrawal_and_keeps_what_it_holds() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> StatementId:
        said = await fr.say(report(), ru)
        await ru.syncs(fr)
        await fr.node.withdraw(said.id, [fr.peer(ru)])
        [round] = await ru.syncs(fr)
        assert (round.received, round.answers_sent) == (1, 1)
        return said.id

    id = run(story)
    held = ru.store.received_statement(id)
    assert held is not None
    assert held.withdrawn
    [withdrawn] = [row for row in fr.store.releases_to(ru.fingerprint, 0, 10) if row.statement is None]
    assert fr.store.answers_to(withdrawn.id)


def test_what_was_withdrawn_and_released_again_is_pulled_again() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> StatementId:
        said = await fr.say(report(), ru)
        await fr.node.withdraw(said.id, [fr.peer(ru)])
        await ru.syncs(fr)
        assert ru.store.received_statement(said.id) is None
        await fr.node.release(said.id, [fr.peer(ru)], Terms())
        await ru.syncs(fr)
        return said.id

    id = run(story)
    held = ru.store.received_statement(id)
    assert held is not None
    assert not held.withdrawn


def test_two_releases_to_one_party_are_withdrawn_together() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> StatementId:
        said = await fr.say(report())
        await asyncio.gather(*(fr.node.release(said.id, [fr.peer(ru)], Terms()) for _ in range(2)))
        assert len(fr.store.releases_of(said.id)) == 2
        await fr.node.withdraw(said.id, [fr.peer(ru)])
        return said.id

    id = run(story)
    assert all(row.withdrawn for row in fr.store.releases_of(id))
    assert [item.statement for item in run(lambda: items_of(ru, fr))] == [None, None]


# -- items


def test_unknown_withheld_withdrawn_and_other_bytes_are_answered_alike() -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> list[Telling]:
        said = [await fr.say(report(number=number), us if number == 0 else ru) for number in range(3)]
        rows = [fr.store.releases_of(one.id)[0] for one in said]
        [withheld, withdrawn, good] = [fr.node.offers.of(row).telling for row in rows]
        await fr.node.withdraw(said[1].id, [fr.peer(ru)])
        unknown = replace(good, release=StatementId(bytes(32)))
        other, misnamed = replace(good, item=ItemHash(bytes(32))), replace(good, statement=withheld.statement)
        return [withheld, withdrawn, unknown, other, misnamed, replace(good, reading=bytes([1]) * 32), good]

    tellings, size = run(story), fr.node.journal.tree.size
    fr.node.shown.remember(ru.fingerprint, size, fr.node.journal.note or b"")
    found = items_given(ru, fr, tellings, size)
    assert found[:-1] == (None,) * (len(tellings) - 1)
    assert found[-1] is not None
    assert found[-1].telling == tellings[-1]
    assert items_given(ru, fr, tellings[:-1], size) == (None,) * (len(tellings) - 1)


def told(fr: Party, ru: Party) -> Telling:
    """Something that fr has told ru, and the head with it shown to ru."""
    said = run(lambda: fr.say(report(), ru))
    fr.node.shown.remember(ru.fingerprint, fr.node.journal.tree.size, fr.node.journal.note or b"")
    return fr.node.offers.of(fr.store.releases_of(said.id)[0]).telling


def test_a_want_is_kept_before_anything_is_given_and_one_that_asks_for_nothing_new_is_not() -> None:
    fr, ru = parties("fr", "ru")
    telling, size = told(fr, ru), fr.node.journal.tree.size
    assert fr.store.fetch_of(telling.release) is None
    for _ in range(3):
        items_given(ru, fr, [telling], size)
    [kept] = fr.store.kept("want", ru.fingerprint)
    fetch = fr.store.fetch_of(telling.release)
    assert fetch is not None
    assert (fetch.want, fetch.position) == (kept.subject, 0)
    signed, tellings = fold.decode_want(kept.data)
    assert deliver.check_want(signed, tellings, by=ru.node.descriptor, to=fr.fingerprint).size == size
    before = everything(fr.store)
    fr.node.rebuild()
    assert everything(fr.store) == before


def test_what_cannot_be_kept_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    fr, ru = parties("fr", "ru")
    telling = told(fr, ru)

    def full(batch: Batch) -> None:
        raise LocalError(STORAGE, "no room")

    monkeypatch.setattr(fr.store, "commit", full)
    with pytest.raises(LocalError):
        items_given(ru, fr, [telling], fr.node.journal.tree.size)


WANTS: dict[str, tuple[str, dict[str, object]]] = {
    "of another log": (HEAD_FORK, {"log_root": bytes(32)}),
    "beyond what was shown": (BAD_ARGUMENT, {"size": 4}),
    "of no head": (BAD_ARGUMENT, {"size": 0}),
    "of other tellings": (CONTENT_MISMATCH, {"root": bytes(32)}),
    "of more tellings": (CONTENT_MISMATCH, {"count": 2}),
}


@pytest.mark.parametrize("kind", WANTS)
def test_a_want_that_is_none_of_this_log_and_of_these_tellings_is_refused_and_not_kept(kind: str) -> None:
    fr, ru = parties("fr", "ru")
    telling = told(fr, ru)
    expected, lie = WANTS[kind]
    with pytest.raises(RemoteError) as caught:
        fr.teller.items(ru.fingerprint, wants(ru, fr, [telling], 3, **lie))
    assert caught.value.code == expected
    assert list(fr.store.kept("want", ru.fingerprint)) == []


def test_a_want_by_another_or_to_another_is_refused() -> None:
    fr, ru, us = parties("fr", "ru", "us")
    telling = told(fr, ru)
    for body, expected in (
        (wants(us, fr, [telling], 3), UNKNOWN_KEY),
        (wants(ru, fr, [telling], 3, to=us.fingerprint), WRONG_ADDRESSEE),
    ):
        with pytest.raises(RemoteError) as caught:
            fr.teller.items(ru.fingerprint, body)
        assert caught.value.code == expected


def test_a_pull_that_names_another_head_of_this_size_is_refused() -> None:
    fr, ru = parties("fr", "ru")
    run(lambda: fr.say(report(), ru))
    pull = Pull(ru.fingerprint, fr.fingerprint, 0, 1, bytes(32), 0)
    signed = deliver.sign_pull(pull, ru.keys.statement)
    asked = cbor.encode({"v": 1, "pull": signed, "limit": 1, "wait": 0})
    assert code(lambda: fr.teller.pull(ru.fingerprint, asked)) == HEAD_FORK


# -- heads and tiles


def test_a_head_is_shown_only_once_it_is_published() -> None:
    [fr] = parties("fr")
    with pytest.raises(RemoteError) as caught:
        fr.teller.checkpoint()
    assert caught.value.code == NOT_FOUND
    fr.sync.publish()
    run(lambda: fr.say(report()))
    assert fr.teller.checkpoint().splitlines()[1] == b"1"


def test_a_published_head_carries_the_cosignatures_made_on_it() -> None:
    fr, ru = parties("fr", "ru")
    run(lambda: fr.syncs(ru))
    assert f"— {ru.node.descriptor.witness_name} " in fr.teller.checkpoint().decode()


def test_tiles_are_served_below_the_published_head_and_no_further() -> None:
    fr, _ = parties("fr", "ru")

    async def story() -> None:
        for number in range(3):
            await fr.say(report(number=number))
        fr.sync.publish()
        await fr.say(report(number=9))

    run(story)
    assert len(fr.teller.tile("tile/0/000.p/4")) == 4 * 32
    for path in ("tile/0/000.p/5", "tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"):
        with pytest.raises(RemoteError) as caught:
            fr.teller.tile(path)
        assert caught.value.code == NOT_FOUND, path
