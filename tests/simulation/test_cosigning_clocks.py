"""Cosignatures of clocks that are wrong, and of liars: none is kept, whose clock it is is told, and others go on."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.app import status
from comity.errors import CLOCK_SKEW
from comity.exchange import witness
from comity.node.sync import Round
from comity.space import instant
from comity.space.instant import Instant
from unit.node.between import Between
from world import Party, parties, report, run

MINUTE = 60_000
FIVE = 5 * MINUTE


def cosigning(fr: Party, ru: Party, off: int) -> None:
    """Let ru, whose messages bear the right time, cosign fr's heads with a time that is so many milliseconds off."""
    Between(fr, only=ru).answers["add_checkpoint"] = lambda: line(fr, ru, off)


def line(fr: Party, ru: Party, off: int) -> str:
    """ru's cosignature of fr's newest head, with a time that is so many milliseconds off."""
    head = witness.read_head(fr.node.journal.note or b"", fr.node.descriptor)
    name, at = ru.node.descriptor.witness_name, Instant(fr.clock.now() + off)
    return witness.cosign(head, witness_name=name, signer=ru.keys.witness, now=at)


def one_round(off: int) -> tuple[Party, Party, Round]:
    fr, ru = parties("fr", "ru")
    cosigning(fr, ru, off)
    run(lambda: fr.say(report()))
    return fr, ru, run(lambda: fr.syncs(ru))[0]


@settings(max_examples=50)
@given(st.one_of(st.integers(-FIVE + 1000, FIVE), st.sampled_from([-FIVE + 1000, -1, 0, 1, FIVE])))
def test_a_cosignature_within_five_minutes_is_kept(off: int) -> None:
    fr, ru, done = one_round(off)
    assert (done.cosigned, done.errors) == (True, [])
    assert [by for by, _, _ in fr.store.cosignatures(2)] == [ru.fingerprint]


@settings(max_examples=50)
@given(
    st.one_of(
        st.integers(FIVE + 1000, 2**40),
        st.integers(-1_700_000_000_000, -FIVE - 1000),
        st.sampled_from([FIVE + 1000, -FIVE - 1000]),
    )
)
def test_a_cosignature_further_off_is_not_kept_and_the_refusal_says_whose_clock_is_how_far_off(off: int) -> None:
    fr, _, done = one_round(off)
    assert (done.cosigned, [error["code"] for error in done.errors]) == (False, [CLOCK_SKEW])
    assert fr.store.cosignatures(2) == []
    way = "ahead of" if off > 0 else "behind"
    message = str(done.errors[0]["message"])
    assert message.startswith("its clock is ")
    assert f" {way} ours: " in message
    assert f"and here it is {instant.text(fr.clock.now())[:-4]}" in message


@pytest.mark.parametrize(
    ("off", "words"), [(12 * MINUTE, "12 min ahead of ours"), (-90 * MINUTE, "1 h 30 min behind ours")]
)
def test_while_the_loops_run_it_is_told_once_and_the_others_cosign(off: int, words: str, tmp_path: Path) -> None:
    fr, ru, un = parties("fr", "ru", "un")
    cosigning(fr, ru, off)

    async def story() -> dict[str, Any]:
        tasks = [asyncio.ensure_future(party.sync.run(beat=1.0)) for party in (fr, ru, un)]
        await asyncio.sleep(1)
        await fr.say(report(), ru)
        await asyncio.sleep(20)
        found: dict[str, Any] = await status.status(fr.node, fr.sync, {})
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return found

    told = run(story)
    size = fr.node.journal.tree.size
    assert {by for by, _, _ in fr.store.cosignatures(size)} == {un.fingerprint}
    [told_once] = [each for each in fr.reports if "clock" in each]
    assert f"ru: clock-skew: its clock is {words}: " in told_once
    concerns = status.whole(told, tmp_path)["not_well"]
    assert any(one.startswith(f"ru's clock is {words}: it cosigned our head at ") for one in concerns)
    [differs] = told["clock"]["differs"]
    assert differs["party"] == "ru"
    assert f"its clock is {words}" in differs["message"]


def test_once_the_clock_is_right_the_next_head_is_cosigned_and_it_is_over() -> None:
    fr, ru = parties("fr", "ru")
    between = Between(fr, only=ru)

    async def story() -> None:
        between.answers["add_checkpoint"] = lambda: line(fr, ru, 12 * MINUTE)
        await fr.syncs(ru)
        assert fr.sync.contacts.of(ru.fingerprint).troubles != {}
        del between.answers["add_checkpoint"]
        [done] = await fr.syncs(ru)
        assert (done.cosigned, done.errors) == (True, [])
        assert fr.sync.contacts.of(ru.fingerprint).troubles == {}

    run(story)
