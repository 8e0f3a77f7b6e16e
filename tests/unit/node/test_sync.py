"""Sync: what one node asks of others, once and for ever; one peer's faults stop nothing that is done with another."""

import asyncio
import itertools
from collections.abc import Callable
from typing import Any

import pytest

from comity.errors import (
    CLOCK_SKEW,
    MALFORMED,
    NOT_FOUND,
    STALE_HEAD,
    STORAGE,
    UNREACHABLE,
    ComityError,
    RemoteError,
    TransportError,
)
from comity.model.marking import Terms
from comity.model.party import Descriptor
from comity.node import evidence
from comity.node.ports import Peers
from comity.node.sync import Round, Sync
from comity.proof.envelope import StatementId
from comity.space.instant import Instant
from unit.node.faulty import faulty
from world import START, Party, parties, report, run

METHODS = ("pull", "acknowledge", "add_checkpoint", "receipts")


class Between:
    """The `Peers` port of a party, with something between: it sees each call, and may answer in the peer's place.

    Attributes:
        calls: (method, name of the peer).
        answers: method -> what is said in the peer's place; it may raise.
    """

    def __init__(self, party: Party, only: Party | None = None) -> None:
        self._through: Peers = party.client
        self._only = None if only is None else only.fingerprint
        self.calls: list[tuple[str, str]] = []
        self.answers: dict[str, Callable[[], Any]] = {}
        party.sync = Sync(party.node, party.teller, self, party.reports.append)

    def _says(self, method: str, peer: Descriptor) -> Callable[[], Any] | None:
        self.calls.append((method, peer.party))
        return self.answers.get(method) if self._only in (None, peer.fingerprint) else None

    async def pull(self, peer: Descriptor, body: bytes, *, wait: float) -> bytes:
        says = self._says("pull", peer)
        return says() if says else await self._through.pull(peer, body, wait=wait)

    async def acknowledge(self, peer: Descriptor, body: bytes) -> None:
        says = self._says("acknowledge", peer)
        await self._through.acknowledge(peer, body) if says is None else says()

    async def add_checkpoint(self, peer: Descriptor, body: bytes) -> str:
        says = self._says("add_checkpoint", peer)
        return says() if says else await self._through.add_checkpoint(peer, body)

    async def receipts(self, peer: Descriptor, body: bytes) -> bytes:
        says = self._says("receipts", peer)
        return says() if says else await self._through.receipts(peer, body)


def raising(error: BaseException) -> Callable[[], Any]:
    def raise_it() -> Any:
        raise error

    return raise_it


async def running(seconds: float, *those: Party) -> None:
    """Let the loops of these parties run for a time."""
    tasks = [asyncio.ensure_future(party.sync.run()) for party in those]
    await asyncio.sleep(seconds)
    assert [task for task in tasks if task.done()] == []
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def answered(teller: Party, id: StatementId) -> list[bool]:
    return [teller.store.answers_to(row.id) is not None for row in teller.store.releases_of(id)]


def codes(round: Round) -> list[object]:
    return [error["code"] for error in round.errors]


# -- one round


def test_a_round_brings_what_was_told_and_answers_it() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        said = await fr.say(report(), ru)
        [round] = await ru.syncs(fr)
        assert (round.received, round.refused, round.answers_sent, round.cosigned, round.errors) == (1, 0, 1, True, [])
        assert answered(fr, said.id) == [True]

    run(story)


def test_a_second_round_brings_nothing_again() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await fr.say(report(), ru)
        await ru.syncs(fr)
        size = ru.store.size()
        [round] = await ru.syncs(fr)
        assert (round.received, round.answers_sent, ru.store.size()) == (0, 0, size)

    run(story)


def test_two_rounds_at_the_same_time_take_each_telling_once_and_accuse_nobody() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        said = [await fr.say(report(number=number), ru) for number in range(5)]
        rounds = await asyncio.gather(*(ru.sync.once(ru.peer(fr)) for _ in range(3)))
        assert sum(round.received for round in rounds) == 5
        assert [round.errors for round in rounds] == [[], [], []]
        assert [row.statement for row in ru.store.received()] == [one.id for one in said]
        assert ru.store.kept("evidence", fr.fingerprint) == []
        assert len(fr.store.answers_of(ru.fingerprint)) == 1

    run(story)


def test_a_peer_that_cannot_be_reached_is_told_once() -> None:
    fr, ru = parties("fr", "ru")
    fr.wire.cut.add("ru.example")
    [round] = run(lambda: fr.syncs(ru))
    assert codes(round) == [UNREACHABLE]


def test_a_page_end_is_kept_also_when_it_says_that_there_was_nothing() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await fr.say(report())
        await ru.syncs(fr)
        await ru.syncs(fr)  # nothing new is said, and no more is kept

    run(story)
    assert len(ru.store.kept("page-end", fr.fingerprint)) == 1


@pytest.mark.parametrize("method", METHODS)
def test_a_step_that_fails_is_told_and_the_others_are_still_tried(method: str) -> None:
    fr, ru, _ = parties("fr", "ru", "us")
    between = Between(ru)
    between.answers[method] = raising(RemoteError(MALFORMED, "nonsense"))

    async def story() -> Round:
        await ru.say(report(number=1), fr)
        await fr.syncs(ru)  # so that there is a receipt to ask for
        await fr.say(report(number=2), ru)
        return (await ru.syncs(fr))[0]

    round = run(story)
    assert codes(round) == [MALFORMED]
    assert {called for called, _ in between.calls} == set(METHODS) - ({"acknowledge"} if method == "pull" else set())


@pytest.mark.parametrize(
    ("method", "error"),
    [
        ("pull", ValueError("x")),
        ("acknowledge", KeyError("x")),
        ("add_checkpoint", TypeError()),
        ("receipts", RecursionError()),
    ],
)
def test_an_error_that_nobody_foresaw_is_told_as_malformed(method: str, error: Exception) -> None:
    fr, ru, _ = parties("fr", "ru", "us")
    between = Between(ru)
    between.answers[method] = raising(error)

    async def story() -> Round:
        await ru.say(report(number=1), fr)
        await fr.syncs(ru)
        await fr.say(report(number=2), ru)
        return (await ru.syncs(fr))[0]

    round = run(story)
    if method == "acknowledge":
        assert len(ru.store.outgoing(fr.fingerprint)) == 1
    assert codes(round) == [MALFORMED]
    assert type(error).__name__ in str(round.errors[0]["message"])


# -- answers


@pytest.mark.parametrize(
    "error",
    [
        RemoteError(CLOCK_SKEW, "an hour apart"),
        RemoteError("bad-signature", "the response was changed on its way"),
        RemoteError("unauthenticated", "not known yet"),
        TransportError(UNREACHABLE, "no"),
        TransportError(STORAGE, "the peer's disk is full"),
    ],
)
def test_an_answer_that_is_not_taken_is_offered_again_until_it_is(error: ComityError) -> None:
    fr, ru = parties("fr", "ru")
    between = Between(ru)
    between.answers["acknowledge"] = raising(error)

    async def story() -> None:
        said = await fr.say(report(), ru)
        for _ in range(3):
            [round] = await ru.syncs(fr)
            assert (round.answers_sent, codes(round)) == (0, [error.code])
        [outgoing] = ru.store.outgoing(fr.fingerprint)
        assert outgoing.delivered_at is None
        del between.answers["acknowledge"]
        [round] = await ru.syncs(fr)
        assert (round.answers_sent, answered(fr, said.id)) == (1, [True])
        assert list(ru.store.outgoing(fr.fingerprint)) == []

    run(story)


def test_a_teller_that_always_says_stale_has_not_taken_an_answer() -> None:
    fr, ru = parties("fr", "ru")
    between = Between(ru)
    between.answers["acknowledge"] = raising(RemoteError(STALE_HEAD, "no", evidence={"size": 1}))

    async def story() -> None:
        await fr.say(report(), ru)
        [round] = await ru.syncs(fr)
        assert (round.answers_sent, codes(round)) == (0, [STALE_HEAD])

    run(story)
    assert len(ru.store.outgoing(fr.fingerprint)) == 1


def test_an_answer_that_the_teller_knows_nothing_of_is_never_shown_as_delivered_nor_offered_for_ever() -> None:
    fr, ru = parties("fr", "ru")
    between = Between(ru)
    between.answers["acknowledge"] = raising(RemoteError(NOT_FOUND, "not told to you"))

    async def story() -> None:
        await fr.say(report(), ru)
        for _ in range(3):
            await ru.syncs(fr)

    run(story)
    [outgoing] = ru.store.outgoing(fr.fingerprint)
    assert outgoing.delivered_at is None
    assert [called for called, _ in between.calls].count("acknowledge") == 1


def test_one_answer_that_is_not_taken_holds_up_neither_the_others_nor_the_next_page() -> None:
    fr, ru = parties("fr", "ru")
    between = Between(ru)

    async def story() -> None:
        first = await fr.say(report(number=1), ru)
        await ru.sync.pull(ru.peer(fr), 0, Round("fr"))
        [bad] = ru.store.outgoing(fr.fingerprint)
        times = iter([raising(RemoteError("content-mismatch", "no"))])
        between.answers["acknowledge"] = lambda: next(times)()
        task = asyncio.ensure_future(running(3, fr, ru))
        await asyncio.sleep(1)
        del between.answers["acknowledge"]
        second = await fr.say(report(number=2), ru)
        await task
        assert answered(fr, second.id) == [True]
        assert answered(fr, first.id) == [True]
        assert bad.delivered_at is None

    run(story)


# -- for ever


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
    run(lambda: running(60, ru))
    assert [called for called, _ in between.calls].count("pull") < 60 / 0.2 + 2


def test_a_peer_that_cannot_be_reached_is_asked_ever_less_often() -> None:
    fr, _ = parties("fr", "ru")
    between = Between(fr)
    fr.wire.cut.add("ru.example")
    run(lambda: running(600, fr))
    assert 60 <= [called for called, _ in between.calls].count("pull") <= 70
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


# -- clocks


def test_thirty_seconds_apart_harm_nothing() -> None:
    fr, ru = parties("fr", "ru")
    ru.clock.skew = 30_000

    async def story() -> None:
        said = await fr.say(report(), ru)
        [round] = await ru.syncs(fr)
        assert (round.errors, answered(fr, said.id)) == ([], [True])

    run(story)


@pytest.mark.parametrize("hours", [1, -1])
def test_an_hour_apart_is_told_with_both_times_and_nothing_is_lost(hours: int) -> None:
    fr, ru = parties("fr", "ru")
    ru.clock.skew = hours * 3_600_000

    async def story() -> Round:
        await fr.say(report(), ru)
        return (await ru.syncs(fr))[0]

    round = run(story)
    assert set(codes(round)) == {CLOCK_SKEW}
    times, message = round.errors[0]["evidence"], str(round.errors[0]["message"])
    assert isinstance(times, dict)
    assert {str(time)[:16] for time in times.values()} == {"2026-11-26T10:00", f"2026-11-26T{10 + hours:02d}:00"}
    assert all(time in message for time in times.values())
    ru.clock.skew = 0
    ru.start()
    [round] = run(lambda: ru.syncs(fr))
    assert round.received == 1
