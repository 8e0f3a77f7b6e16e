"""Heads move on a beat: whoever was told nothing cannot see that a log grew before it does, however it asks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from comity.errors import ComityError
from comity.exchange import deliver
from comity.exchange.deliver import Pull
from comity.gateways.peer import CHECKPOINT, TILE
from comity.model.acknowledgement import NO_STATEMENT, Telling
from comity.model.statement import ItemHash
from comity.proof import cbor
from comity.proof.envelope import StatementId
from unit.node.liar import wants
from world import Party, parties, report, run

BEAT = 5.0


@asynccontextmanager
async def serving(*those: Party) -> AsyncIterator[None]:
    """Let these parties run, a little after one of their beats."""
    tasks = [asyncio.ensure_future(party.sync.run(beat=BEAT)) for party in those]
    await asyncio.sleep(1)
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def answer(by: Party, to: Party, what: str, body: bytes = b"", rest: str = "") -> str:
    """What a node answers, but for the times and nonces that are in every answer."""
    try:
        if what == "pull":
            page = deliver.decode_page(await by.client.pull(to.node.descriptor, body, wait=0))
            end = deliver.read_page_end(page.end, to.node.descriptor)
            return f"{end.start} {end.next} {end.size} {end.count} {page.head.note.decode()}"
        if what == "receipts":
            return (await by.client.receipts(to.node.descriptor, body)).hex()
        if what == "items":
            return (await by.client.items(to.node.descriptor, body)).hex()
        route = {"checkpoint": CHECKPOINT, "tile": TILE}[what]
        return (await by.client.get(to.node.descriptor, route, rest)).hex()
    except ComityError as error:
        return str(error)


def asking(by: Party, to: Party, cursor: int, have: int) -> bytes:
    journal = to.node.journal
    root = journal.root_at(have) if have <= journal.tree.size else bytes(32)
    pull = Pull(by.fingerprint, to.fingerprint, cursor, have, root, by.clock.now() // 1000)
    signed = deliver.sign_pull(pull, by.keys.statement)
    return cbor.encode({"v": 1, "pull": signed, "limit": 1000, "wait": 0})


NOTHING = Telling(NO_STATEMENT, StatementId(bytes(32)), ItemHash(bytes(32)))


async def look(by: Party, at: Party, most: int = 12) -> dict[str, str]:
    """Ask a node all that could tell how large its log is."""
    seen = {}
    for size in range(most):
        seen[f"cursor {size}"] = await answer(by, at, "pull", asking(by, at, size, 0))
        seen[f"have {size}"] = await answer(by, at, "pull", asking(by, at, 0, size))
        seen[f"both {size}"] = await answer(by, at, "pull", asking(by, at, size, size))
        body = cbor.encode({"v": 1, "ids": b"", "have": size})
        seen[f"receipts {size}"] = await answer(by, at, "receipts", body)
        seen[f"items {size}"] = await answer(by, at, "items", wants(by, at, [NOTHING], size))
        seen[f"tile {size}"] = await answer(by, at, "tile", rest=f"0/000.p/{size or 1}")
    seen["checkpoint"] = await answer(by, at, "checkpoint")
    return seen


def test_a_member_to_whom_nothing_is_released_sees_a_log_grow_on_the_beat_alone() -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> None:
        async with serving(fr, ru, us):
            before = await look(us, fr)
            said = await fr.say(report(), ru)
            await asyncio.sleep(1)
            assert ru.store.received_statement(said.id) is not None
            assert fr.node.journal.tree.size == 3
            assert await look(us, fr) == before
            await asyncio.sleep(BEAT)
            after = await look(us, fr)
            assert after != before
            assert " 3 0 comity/" in after["cursor 0"]

    run(story)


def test_who_has_been_told_something_sees_no_more_of_what_others_are_told() -> None:
    """Nor who told us something, and got with our answer the head of that moment."""
    fr, ru, us, de = parties("fr", "ru", "us", "de")

    async def story() -> None:
        async with serving(fr, ru, us, de):
            known = await fr.say(report(number=1), ru)
            await us.say(report(number=2), fr)
            await asyncio.sleep(1)
            before = [await look(one, fr) for one in (ru, us)]
            telling = fr.node.offers.of(fr.store.releases_of(known.id)[0]).telling
            item = await answer(ru, fr, "items", wants(ru, fr, [telling], 3))
            assert before[0]["cursor 0"].startswith("0 3 3 1 ")
            await fr.say(report(number=3), de)
            await asyncio.sleep(1)
            assert fr.node.journal.tree.size == 6
            assert [await look(one, fr) for one in (ru, us)] == before
            assert await answer(ru, fr, "items", wants(ru, fr, [telling], 3)) == item
            await asyncio.sleep(BEAT)
            assert [await look(one, fr) for one in (ru, us)] != before

    run(story)


def test_a_node_that_starts_again_knows_no_more_than_that_all_may_know_what_it_had() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await fr.say(report(), ru)
        [done] = await ru.syncs(fr)
        assert done.errors == []
        fr.start()
        await ru.syncs(fr)
        [done] = await ru.syncs(fr)
        assert done.errors == []
        assert fr.store.head(ru.fingerprint) is not None

    run(story)
