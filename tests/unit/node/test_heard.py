"""The hearer's own proof: what it was told or refused, in which bytes, made and judged with no help of the teller."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from comity.errors import (
    CLOCK_SKEW,
    HEAD_FORK,
    MALFORMED,
    NOT_CONSISTENT,
    NOT_INCLUDED,
    UNREACHABLE,
    TransportError,
)
from comity.exchange import prove, witness
from comity.exchange.verify import Verdict, verify
from comity.model.statement import Logged
from comity.node import heard
from comity.node.ports import Batch, ReceivedRow
from comity.node.sync import Round
from comity.proof import cbor
from comity.space.instant import Instant
from unit.node.between import Between, raising
from unit.node.liar import altered_content, forked, lying
from world import START, Party, parties, report, run


def row_of(hearer: Party, teller: Party, said: Logged) -> ReceivedRow:
    return hearer.store.heard_tellings(teller.fingerprint, said.id)[-1]


def alone(hearer: Party, teller: Party) -> None:
    """From now on the teller is gone, and answers nobody."""
    hearer.wire.cut.add(f"{teller.name}.example")
    hearer.wire.servers.pop(teller.address)


def judged(data: bytes, *known: Party) -> Verdict:
    """What a stranger finds who has these fingerprints."""
    verdict = verify(data, unnamed=[one.fingerprint for one in known])
    assert verdict.problems == []
    return verdict


def ladder(verdict: Verdict) -> list[str]:
    return [rung.name for rung in verdict.ladder]


def test_with_the_teller_gone_the_file_of_what_was_told_is_made_and_judged_by_a_stranger() -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> Logged:
        said = await fr.say(report(), ru)
        await ru.syncs(fr)
        alone(ru, fr)
        await ru.syncs(us)
        return said

    said = run(story)
    verdict = judged(heard.prove_heard(ru.node, ru.peer(fr), row_of(ru, fr, said)), fr, ru, us)
    assert (verdict.trusted, verdict.said_by, verdict.held_by) == (True, "fr", "ru")
    assert ladder(verdict) == ["said", "logged", "released", "offered", "held"]
    assert (verdict.content, verdict.contradictions) == (report(), [])
    assert verdict.proved_by is not None
    assert ([one.party for one in verdict.behind_hearer], verdict.behind_teller) == (["us"], [])


@pytest.mark.parametrize("times", [1, 2])
def test_of_several_things_in_several_pages_each_has_its_file(times: int) -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> list[Logged]:
        said = []
        for number in range(7):
            said.append(await fr.say(report(number=number), ru))
            await fr.say(report(number=100 + number), us)
            if number % (2 * times) == 0:
                await ru.syncs(fr)
        await ru.syncs(fr)
        return said

    for said in run(story):
        verdict = judged(heard.prove_heard(ru.node, ru.peer(fr), row_of(ru, fr, said)), fr, ru)
        assert (verdict.statement, verdict.held_by) == (said.id.hex(), "ru")


def test_where_the_teller_shows_a_head_that_third_parties_cosigned_the_file_has_that_one() -> None:
    fr, ru, us, de = parties("fr", "ru", "us", "de")

    async def story() -> Logged:
        said = await fr.say(report(), ru)
        await ru.syncs(fr)
        await fr.say(report(number=2))
        await fr.syncs(us)
        [round] = await ru.syncs(fr)
        assert (round.errors, round.receipts) == ([], 1)
        await fr.say(report(number=3))
        await fr.syncs(us, de)
        [round] = await ru.syncs(fr)
        assert (round.errors, round.receipts) == ([], 1)
        alone(ru, fr)
        return said

    said = run(story)
    data = heard.prove_heard(ru.node, ru.peer(fr), row_of(ru, fr, said))
    verdict = judged(data, fr, ru, us, de)
    assert ladder(verdict) == ["said", "logged", "witnessed", "released", "offered", "held"]
    assert sorted(one.party for one in verdict.behind_teller) == ["de", "us"]
    found = prove.decode(data)
    assert found.held is not None
    assert found.ended is not None
    assert found.held.join == found.ended.join != ()


def test_better_places_are_asked_for_by_themselves_and_ever_less_often() -> None:
    fr, ru, us = parties("fr", "ru", "us")
    between = Between(ru, only=us)

    async def story() -> Logged:
        tasks = [asyncio.ensure_future(one.sync.run()) for one in (fr, ru, us)]
        said = await fr.say(report(), ru)
        await asyncio.sleep(60)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return said

    said = run(story)
    alone(ru, fr)
    verdict = judged(heard.prove_heard(ru.node, ru.peer(fr), row_of(ru, fr, said)), fr, ru, us)
    assert [one.party for one in verdict.behind_teller] == ["us"]
    assert 1 <= between.calls.count(("receipts", "fr")) <= 4


def test_after_a_crash_between_the_page_and_its_items_the_file_can_be_made() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> list[Logged]:
        said = [await fr.say(report(number=number), ru) for number in range(3)]
        between = Between(ru)
        between.answers["items"] = raising(TransportError(UNREACHABLE, "cut"))
        with contextlib.suppress(TransportError):
            await ru.syncs(fr)
        assert len(ru.store.pending(fr.fingerprint)) == 3
        ru.start()
        # its log goes on, and others see newer heads, before the items come
        for number in range(5):
            await fr.say(report(number=50 + number))
        fr.sync.publish()
        await ru.syncs(fr)
        alone(ru, fr)
        return said

    for said in run(story):
        data = heard.prove_heard(ru.node, ru.peer(fr), row_of(ru, fr, said))
        verdict = judged(data, fr, ru)
        assert verdict.held_by == "ru"
        found = prove.decode(data)
        assert found.held is not None
        assert found.ended is not None
        assert (found.held.join, found.ended.join) == ((), ())


def test_what_is_asked_for_again_is_asked_for_under_the_head_of_its_own_page() -> None:
    fr, ru = parties("fr", "ru")
    teller = lying(fr)
    teller.swap = lambda item: None

    async def story() -> None:
        for number in range(3):
            await fr.say(report(number=number), ru)
            await ru.syncs(fr)
        teller.swap = None
        await asyncio.sleep(600)
        await ru.syncs(fr)

    run(story)
    rows = list(ru.store.received())
    assert [row.size for row in rows] == [3, 5, 7]
    for row in rows:
        assert judged(heard.prove_heard(ru.node, ru.peer(fr), row), fr, ru).held_by == "ru"


# -- what was refused


def test_the_file_of_a_refusal_shows_what_the_teller_offered_and_that_the_bytes_bear_it_out() -> None:
    fr, ru, us = parties("fr", "ru", "us")
    lying(fr).lie = altered_content

    async def story() -> Logged:
        said = await fr.say(report(), ru)
        await ru.syncs(fr)
        await fr.syncs(us)
        await ru.syncs(fr, us)
        alone(ru, fr)
        return said

    run(story)
    [row] = ru.store.refused_of(fr.fingerprint)
    verdict = judged(heard.prove_heard(ru.node, ru.peer(fr), row), fr, ru, us)
    assert (verdict.refused, verdict.borne_out, verdict.held_by) == ("content-mismatch", True, None)
    assert ladder(verdict) == ["offered", "refused"]
    assert ([one.party for one in verdict.behind_teller], verdict.trusted) == (["us"], True)


# -- how the teller's log begins


@pytest.mark.parametrize(
    "false",
    [lambda path: (), lambda path: path[1:], lambda path: (*path, bytes(32)), lambda path: (bytes(32), *path[1:])],
)
def test_items_of_a_log_that_is_not_shown_to_begin_with_the_pinned_descriptor_are_not_taken_and_that_is_evidence(
    false: Callable[[tuple[bytes, ...]], tuple[bytes, ...]],
) -> None:
    """PAGE-23."""
    fr, ru = parties("fr", "ru")
    teller = lying(fr)
    teller.genesis = false

    async def story() -> Logged:
        said = await fr.say(report(), ru)
        [round] = await ru.syncs(fr)
        assert ([one["code"] for one in round.errors], round.received) == ([NOT_INCLUDED], 0)
        assert [one.subject for one in ru.store.kept("evidence", fr.fingerprint)] == [NOT_INCLUDED.encode()]
        [open] = ru.store.pending(fr.fingerprint)
        assert open.tries == 1
        teller.genesis = lambda path: path
        await asyncio.sleep(60)
        [round] = await ru.syncs(fr)
        assert (round.errors, round.received) == ([], 1)
        return said

    said = run(story)
    assert judged(heard.prove_heard(ru.node, ru.peer(fr), row_of(ru, fr, said)), fr, ru).held_by == "ru"


# -- third parties behind the teller's head


def changed(ru: Party, fr: Party, change: Callable[[list[Any]], object]) -> tuple[list[object], int]:
    """What ru makes of where something stands, changed on its way: codes of errors, better places taken."""
    between = Between(ru)
    row, *_ = ru.store.received()
    known = ru.store.head(fr.fingerprint)
    ask = {"v": 1, "ids": b"", "have": known[0] if known else 0, "told": row.release + row.size.to_bytes(8)}
    fields = cbor.decode(fr.teller.receipts(ru.fingerprint, cbor.encode(ask)))
    between.answers["receipts"] = lambda: cbor.encode({**fields, "told": [change(one) for one in fields["told"]]})
    [round] = run(lambda: ru.syncs(fr))
    return [error["code"] for error in round.errors], round.receipts


@pytest.fixture
def three() -> list[Party]:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> None:
        await fr.say(report(), ru)
        await ru.syncs(fr)
        await fr.say(report(number=2))
        await fr.syncs(us)
        await fr.say(report(number=3), ru)
        await ru.sync.pull(ru.peer(fr), 0, Round("fr"))

    run(story)
    return [fr, ru, us]


def test_where_something_stands_is_taken_once(three: list[Party]) -> None:
    fr, ru, _ = three
    assert changed(ru, fr, lambda one: one) == ([], 1)
    Between(ru)
    [round] = run(lambda: ru.syncs(fr))
    assert (round.errors, round.receipts) == ([], 0)


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one[:9],
        lambda one: [*one, 0],
        lambda one: 7,
        lambda one: [bytes(32), *one[1:]],
        lambda one: [one[0], "1", *one[2:]],
        lambda one: [*one[:2], b"x", *one[3:]],
        lambda one: [*one[:9], b"x"],
        lambda one: [*one[:4], bytes(33), *one[5:]],
    ],
)
def test_what_is_not_of_the_form_or_was_not_asked_about_is_malformed(three: list[Party], change: Any) -> None:
    assert changed(three[1], three[0], change) == ([MALFORMED], 0)
    assert three[1].store.kept("told", three[0].fingerprint) == []


@pytest.mark.parametrize("at", [1000, START - 302_000, START + 10**9])
def test_a_cosignature_whose_time_cannot_be_true_stands_behind_nothing(three: list[Party], at: int) -> None:
    fr, ru, us = three

    def turned(one: list[Any]) -> list[Any]:
        head = witness.read_head(one[6], fr.node.descriptor)
        line = witness.cosign(
            head, witness_name=us.node.descriptor.witness_name, signer=us.keys.witness, now=Instant(at)
        )
        kept = [
            each for each in one[6].splitlines(keepends=True) if us.node.descriptor.witness_name.encode() not in each
        ]
        return [*one[:6], b"".join(kept) + line.encode(), *one[7:]]

    assert changed(ru, fr, turned) == ([CLOCK_SKEW], 0)
    row, *_ = ru.store.received()
    verdict = judged(heard.prove_heard(ru.node, ru.peer(fr), row), fr, ru, us)
    assert (verdict.behind_teller, verdict.contradictions) == ([], [])


@pytest.mark.parametrize("at", [1, 2, 3, 4, 5])
def test_a_place_that_does_not_lead_to_the_head_is_not_taken(three: list[Party], at: int) -> None:
    turned = lambda one: [*one[:at], one[at] + 1 if at in (1, 3) else bytes(len(one[at])), *one[at + 1 :]]  # noqa: E731
    assert changed(three[1], three[0], turned) == ([NOT_INCLUDED], 0)
    assert three[1].store.kept("told", three[0].fingerprint) == []


@pytest.mark.parametrize("at", [8, 9])
def test_a_head_that_does_not_follow_from_the_one_it_came_under_and_the_one_that_is_known_is_evidence(
    three: list[Party], at: int
) -> None:
    fr, ru, _ = three
    assert changed(ru, fr, lambda one: [*one[:at], bytes(len(one[at])), *one[at + 1 :]]) == ([NOT_CONSISTENT], 0)
    [kept] = ru.store.kept("evidence", fr.fingerprint)
    assert kept.subject == NOT_CONSISTENT.encode()


def test_a_better_head_of_a_copy_of_the_log_is_evidence_of_it(three: list[Party]) -> None:
    fr, ru, _ = three
    known = ru.store.head(fr.fingerprint)
    assert known is not None
    assert changed(ru, fr, lambda one: [*one[:6], forked(fr, known[0]), known[0], b"", b""]) == ([HEAD_FORK], 0)
    assert [one.subject for one in ru.store.kept("evidence", fr.fingerprint)] == [HEAD_FORK.encode()]


def test_nobody_learns_by_it_where_something_stands_that_was_told_to_another() -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> Logged:
        said = await fr.say(report(), ru)
        await ru.syncs(fr)
        await fr.syncs(us, ru)
        return said

    said = run(story)
    [row] = fr.store.releases_of(said.id)
    size = fr.node.shown.known(us.fingerprint)[0]
    for release in (row.id, said.id, bytes(32)):
        ask = cbor.encode({"v": 1, "ids": b"", "have": 0, "told": release + size.to_bytes(8)})
        assert cbor.decode(fr.teller.receipts(us.fingerprint, ask)) == {"v": 1, "receipts": [], "told": []}


def test_of_what_nobody_else_has_cosigned_nothing_better_is_given() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> list[int]:
        await fr.say(report(), ru)
        return [(await ru.syncs(fr))[0].receipts + (await fr.syncs(ru))[0].receipts for _ in range(3)]

    assert run(story) == [0, 0, 0]
    assert ru.store.kept("told", fr.fingerprint) == []


def test_places_that_nobody_looked_at_while_it_was_refused_are_not_shown_once_it_is_held(three: list[Party]) -> None:
    fr, ru, us = three
    row, *_ = ru.store.received()
    assert changed(ru, fr, lambda one: one) == ([], 1)
    [good] = ru.store.kept("told", fr.fingerprint, row.release)
    size, at, path, *rest = cbor.decode(good.data)
    bad = cbor.encode([size, at + 1, path, *rest])
    ru.store.commit(Batch(kept=[replace(good, data=bad)]))
    assert [one.places[0].index for one in heard.stands(ru.node, ru.peer(fr), row)] == [at]
    refused = replace(row, refused="a-rule-of-ours")
    assert [one.places[0].index for one in heard.stands(ru.node, ru.peer(fr), refused)] == [at, at + 1]
    verdict = judged(heard.prove_heard(ru.node, ru.peer(fr), row), fr, ru, us)
    assert [one.party for one in verdict.behind_teller] == ["us"]
