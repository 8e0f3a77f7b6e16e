"""Sync: what one node asks of another in a round, and how it goes on with what did not get through."""

import asyncio

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
from comity.node.sync import Round
from comity.proof.envelope import StatementId
from unit.node.between import Between, raising, running
from world import Party, parties, report, run

METHODS = ("pull", "items", "acknowledge", "add_checkpoint", "receipts")


def answered(teller: Party, id: StatementId) -> list[bool]:
    return [bool(teller.store.answers_to(row.id)) for row in teller.store.releases_of(id)]


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
    skipped = {"pull": {"items", "acknowledge"}, "items": {"acknowledge"}}.get(method, set())
    assert {called for called, _ in between.calls} == set(METHODS) - skipped


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
