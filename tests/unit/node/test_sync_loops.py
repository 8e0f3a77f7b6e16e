"""The loops: what a node does for ever. One peer's faults, silence or absence stop nothing that is done with another."""

import asyncio
import itertools
from collections.abc import Callable
from typing import Any

import pytest

from comity.errors import (
    MALFORMED,
    STORAGE,
    RemoteError,
)
from comity.model.marking import Terms
from comity.node import evidence
from comity.proof.envelope import StatementId
from comity.space.instant import Instant
from unit.node.between import Between, raising, running
from unit.node.faulty import faulty
from world import START, Party, parties, report, run

METHODS = ("pull", "acknowledge", "add_checkpoint", "receipts")


def answered(teller: Party, id: StatementId) -> list[bool]:
    return [bool(teller.store.answers_to(row.id)) for row in teller.store.releases_of(id)]


def test_what_is_said_is_held_acknowledged_and_proved_without_any_command() -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> StatementId:
        task = asyncio.ensure_future(running(30, fr, ru, us))
        await asyncio.sleep(5)
        said = await fr.say(report(), ru)
        await asyncio.sleep(0.1)
        assert answered(fr, said.id) == [True]
        await task
        return said.id

    [(name, standing)] = evidence.told(fr.node, run(story))
    assert (name, standing.highest, standing.facts.proofs) == ("ru", "held", 1)


NONSENSE: list[Callable[[], Any]] = [
    raising(ValueError("x")),
    raising(RecursionError()),
    raising(AssertionError()),
    raising(RemoteError(MALFORMED, "x")),
    lambda: b"",
    lambda: b"\xa0",
    lambda: None,
    lambda: "— x",
    lambda: 7,
]


@pytest.mark.parametrize("method", METHODS)
def test_whatever_one_peer_answers_nothing_stops_with_another(method: str) -> None:
    fr, ru, bad = parties("fr", "ru", "bad")
    between, nonsense = Between(fr, only=bad), itertools.cycle(NONSENSE)
    between.answers[method] = lambda: next(nonsense)()

    async def story() -> None:
        task = asyncio.ensure_future(running(40, fr, ru, bad))
        await bad.say(report(number=1), fr)
        await fr.say(report(number=2), bad)
        for second in range(1, 4):
            await asyncio.sleep(10)
            to_ru, to_fr = await fr.say(report(number=second), ru), await ru.say(report(number=second), fr)
            await asyncio.sleep(1)
            assert (answered(fr, to_ru.id), answered(ru, to_fr.id)) == ([True], [True])
        await task

    run(story)
    head = fr.store.last_published()
    assert head is not None
    assert ru.fingerprint in {by for by, _, _ in fr.store.cosignatures(head[0])}


@pytest.mark.parametrize("method", METHODS)
def test_a_peer_that_recovers_is_served_again(method: str) -> None:
    fr, bad, us = parties("fr", "bad", "us")
    between = Between(fr, only=bad)
    between.answers[method] = raising(ValueError("x"))

    async def story() -> None:
        task = asyncio.ensure_future(running(60, fr, bad, us))
        await bad.say(report(number=1), fr)
        await fr.say(report(number=2), bad)
        await asyncio.sleep(20)
        del between.answers[method]
        said = await bad.say(report(number=3), fr)
        await asyncio.sleep(25)
        assert answered(bad, said.id) == [True]
        await task

    run(story)
    head = fr.store.last_published()
    assert head is not None
    assert bad.fingerprint in {by for by, _, _ in fr.store.cosignatures(head[0])}


def test_a_peer_that_never_answers_delays_nobody_else() -> None:
    fr, ru, hole = parties("fr", "ru", "hole")
    fr.wire.delay = lambda: 0.001
    slow = fr.wire.servers[hole.address]

    class BlackHole:
        async def handle(self, *args: object) -> Any:
            await asyncio.sleep(10**6)

    fr.wire.servers[hole.address] = BlackHole()  # type: ignore[assignment]

    async def story() -> None:
        task = asyncio.ensure_future(running(30, fr, ru))
        await asyncio.sleep(15)
        await fr.say(report(number=1))
        await asyncio.sleep(2.5)
        assert fr.store.last_published() == (2, fr.node.journal.note)
        assert [by for by, _, _ in fr.store.cosignatures(2)] == [ru.fingerprint]
        await task

    run(story)
    fr.wire.servers[hole.address] = slow


def test_a_peer_that_answers_empty_pages_at_once_does_not_keep_us_busy() -> None:
    fr, ru = parties("fr", "ru")
    between = Between(ru)
    fr.teller.close()
    run(lambda: running(10, ru))
    assert [called for called, _ in between.calls].count("pull") < 10 / 0.2 + 2


def test_a_peer_that_cannot_be_reached_is_asked_ever_less_often() -> None:
    fr, _ = parties("fr", "ru")
    between = Between(fr)
    fr.wire.cut.add("ru.example")
    run(lambda: running(300, fr))
    assert 30 <= [called for called, _ in between.calls].count("pull") <= 40
    assert fr.reports == []


def test_peers_that_are_added_while_it_runs_are_taken_up() -> None:
    fr, ru = Party("fr", (wire := parties("x")[0].wire)), Party("ru", wire)

    async def story() -> None:
        task = asyncio.ensure_future(running(10, fr, ru))
        await asyncio.sleep(3)
        fr.meets(ru)
        ru.meets(fr)
        said = await fr.say(report(), ru)
        await asyncio.sleep(3)
        assert answered(fr, said.id) == [True]
        await task

    run(story)


def test_when_the_time_to_answer_has_passed_the_silence_is_logged_by_itself() -> None:
    fr, ru = parties("fr", "ru")
    fr.wire.cut.add("ru.example")
    fr.wire.cut.add("fr.example")

    async def story() -> StatementId:
        task = asyncio.ensure_future(running(20, fr, ru))
        said = await fr.say(report(), ru, terms=Terms(answer_by=Instant(START + 10_000)))
        await asyncio.sleep(9)
        assert not evidence.told(fr.node, said.id)[0][1].facts.unacknowledged
        await task
        return said.id

    id = run(story)
    assert evidence.told(fr.node, id)[0][1].facts.unacknowledged
    assert fr.store.size() == 4


def test_a_disk_that_fails_is_reported_and_the_loops_go_on_when_it_is_mended() -> None:
    fr, faults = faulty()
    ru = Party("ru", fr.wire)
    fr.meets(ru)
    ru.meets(fr)

    async def story() -> None:
        task = asyncio.ensure_future(running(60, fr, ru))
        await asyncio.sleep(1)
        faults.failing = ("commit", "before")
        said = await ru.say(report(), fr)
        await asyncio.sleep(10)
        assert answered(ru, said.id) == [False]
        faults.failing = None
        await asyncio.sleep(15)
        assert answered(ru, said.id) == [True]
        await task

    run(story)
    assert any(STORAGE in line for line in fr.reports)


def test_a_node_that_may_not_sign_goes_on_asking_and_answers_when_it_may() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        ru.node.journal.read_only = "for this test"
        task = asyncio.ensure_future(running(60, fr, ru))
        said = await fr.say(report(), ru)
        await asyncio.sleep(20)
        assert (answered(fr, said.id), list(ru.store.received())) == ([False], [])
        ru.node.journal.read_only = None
        await asyncio.sleep(15)
        assert answered(fr, said.id) == [True]
        await task

    run(story)


def test_who_ends_the_loops_leaves_nothing_running() -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> int:
        await running(5, fr, ru, us)
        return len(asyncio.all_tasks())

    assert run(story) == 1
