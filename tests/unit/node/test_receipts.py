"""Receipts: better ones are asked for ever less often, taken only where they fit, and a fork in them is evidence."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from comity.errors import HEAD_FORK, MALFORMED, NOT_CONSISTENT, NOT_INCLUDED
from comity.model.statement import Logged
from comity.node import evidence, receipts
from comity.proof import cbor
from unit.node.between import Between, running
from unit.node.liar import forked
from world import Party, parties, report, run


def proofs(fr: Party, said: Logged) -> int:
    return evidence.told(fr.node, said.id)[0][1].facts.proofs


async def told_and_cosigned(fr: Party, ru: Party, us: Party) -> Logged:
    """fr told ru, ru answered, and us has cosigned ru's head that holds the answer."""
    said = await fr.say(report(), ru)
    await ru.syncs(fr, us)
    return said


def changed(fr: Party, ru: Party, change: Callable[[list[Any]], object]) -> tuple[list[object], int]:
    """What fr makes of a receipt of ru's that was changed on its way: codes of errors, receipts taken."""
    between = Between(fr)
    known = ru.store.outgoing_answer(fr.store.answers_of(ru.fingerprint)[0])
    assert known is not None
    held = fr.store.head(ru.fingerprint)
    honest = ru.teller.receipts(fr.fingerprint, cbor.encode({"v": 1, "ids": known.id, "have": held[0] if held else 0}))

    def answer() -> bytes:
        fields = cbor.decode(honest)
        fields["receipts"] = [change(one) for one in fields["receipts"]]
        return cbor.encode(fields)

    between.answers["receipts"] = answer
    [round] = run(lambda: fr.syncs(ru))
    return [error["code"] for error in round.errors], round.receipts


def test_a_receipt_that_a_third_party_cosigned_is_taken_once() -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> None:
        said = await told_and_cosigned(fr, ru, us)
        assert proofs(fr, said) == 0
        assert [(await fr.syncs(ru))[0].receipts for _ in range(3)] == [1, 0, 0]
        assert proofs(fr, said) == 1

    run(story)


def test_with_all_third_parties_on_it_nothing_more_is_asked() -> None:
    fr, ru, us = parties("fr", "ru", "us")
    between = Between(fr)

    async def story() -> None:
        await told_and_cosigned(fr, ru, us)
        for _ in range(3):
            await fr.syncs(ru)

    run(story)
    assert [called for called, _ in between.calls].count("receipts") == 1


def test_while_a_third_party_is_away_receipts_are_asked_ever_less_often() -> None:
    fr, ru, us = parties("fr", "ru", "us")
    between = Between(fr, only=us)
    fr.wire.cut.add("us.example")

    async def story() -> Logged:
        task = asyncio.ensure_future(running(200, fr, ru))
        said = await fr.say(report(), ru)
        await task
        return said

    said = run(story)
    assert 5 <= between.calls.count(("receipts", "ru")) <= 9
    assert proofs(fr, said) == 0


def test_once_the_third_party_is_back_the_proof_comes_by_itself() -> None:
    fr, ru, us = parties("fr", "ru", "us")
    fr.wire.cut.add("us.example")

    async def story() -> Logged:
        task = asyncio.ensure_future(running(100, fr, ru, us))
        said = await fr.say(report(), ru)
        await asyncio.sleep(20)
        fr.wire.cut.clear()
        await task
        return said

    assert proofs(fr, run(story)) == 1


def test_an_answer_that_comes_later_is_asked_about_soon() -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> None:
        task = asyncio.ensure_future(running(100, fr, ru, us))
        for number in range(3):
            said = await fr.say(report(number=number), ru)
            await asyncio.sleep(10)
            assert proofs(fr, said) == 1
        await task

    run(story)


def test_of_many_open_answers_the_newest_are_asked_first_and_all_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipts, "MAX_ASKED", 5)
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> None:
        said = []
        for number in range(7):
            said.append(await fr.say(report(number=number), ru))
            await ru.sync.once(ru.peer(fr))
        await ru.syncs(us)
        [first] = await fr.syncs(ru)
        assert first.receipts == 5
        assert (proofs(fr, said[0]), proofs(fr, said[-1])) == (0, 1)
        [second] = await fr.syncs(ru)
        assert (second.receipts, proofs(fr, said[0])) == (2, 1)

    run(story)


def test_a_party_that_is_added_counts_for_what_was_answered_before() -> None:
    fr, ru, us = Party("fr", parties("x")[0].wire), *parties("ru", "us")
    for one in (ru, us):
        one.wire = fr.wire
        one.start()
        fr.wire.servers[one.address] = one.server
    fr.meets(ru)
    ru.meets(fr)

    async def story() -> None:
        said = await fr.say(report(), ru)
        await ru.syncs(fr)
        await fr.syncs(ru)
        fr.meets(us)
        await ru.syncs(us)
        assert (await fr.syncs(ru))[0].receipts == 1
        assert proofs(fr, said) == 1

    run(story)


# -- what does not fit


@pytest.fixture
def three() -> list[Party]:
    fr, ru, us = parties("fr", "ru", "us")
    run(lambda: told_and_cosigned(fr, ru, us))
    return [fr, ru, us]


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one[:6],
        lambda one: [*one, 0],
        lambda one: [bytes(32), *one[1:]],
        lambda one: [one[0], "1", *one[2:]],
        lambda one: [*one[:2], b"x", *one[3:]],
        lambda one: 7,
    ],
)
def test_a_receipt_not_of_the_form_or_not_asked_for_is_malformed(three: list[Party], change: Any) -> None:
    assert changed(three[0], three[1], change) == ([MALFORMED], 0)


def test_a_receipt_with_a_path_that_does_not_lead_to_its_head_is_not_taken(three: list[Party]) -> None:
    turned = lambda one: [one[0], one[1], bytes(len(one[2])), *one[3:]]  # noqa: E731
    assert changed(three[0], three[1], turned) == ([NOT_INCLUDED], 0)


def test_a_receipt_of_a_log_that_begins_with_another_descriptor_is_not_taken(three: list[Party]) -> None:
    turned = lambda one: [*one[:3], bytes(len(one[3])), *one[4:]]  # noqa: E731
    assert changed(three[0], three[1], turned) == ([NOT_INCLUDED], 0)


def test_a_receipt_under_a_second_head_of_the_same_size_is_evidence(three: list[Party]) -> None:
    fr, ru, _ = three
    assert changed(fr, ru, lambda one: [*one[:4], forked(ru, 2), *one[5:]]) == ([HEAD_FORK], 0)
    [kept] = fr.store.kept("evidence", ru.fingerprint)
    assert kept.subject == HEAD_FORK.encode()


def test_a_receipt_under_a_head_of_another_log_is_evidence(three: list[Party]) -> None:
    fr, ru, _ = three
    assert changed(fr, ru, lambda one: [*one[:4], forked(ru, 9), 2, bytes(64)]) == ([NOT_CONSISTENT], 0)
    [kept] = fr.store.kept("evidence", ru.fingerprint)
    assert kept.subject == NOT_CONSISTENT.encode()


def test_a_receipt_that_is_no_better_than_the_one_held_is_not_kept(three: list[Party]) -> None:
    fr, ru, _ = three
    stripped = lambda one: [*one[:4], b"".join(one[4].splitlines(keepends=True)[:6]), *one[5:]]  # noqa: E731
    assert changed(fr, ru, stripped) == ([], 0)
    assert fr.store.kept("receipt", ru.fingerprint) == []
