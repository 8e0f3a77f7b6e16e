"""Cosignatures of clocks that are wrong, and of liars: none is kept or counted, whose clock it is is told, and others go on."""

import asyncio
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.app import status
from comity.errors import CLOCK_SKEW
from comity.exchange import prove, witness
from comity.model.statement import Logged
from comity.node import evidence
from comity.node.sync import Round
from comity.proof.checkpoint import add_lines, parse_checkpoint
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


# -- what third parties cosigned, on heads of the hearer that come with its receipts


class Told(NamedTuple):
    """Who told whom, who cosigned, what was said, and what did not go well when fr asked for receipts."""

    fr: Party
    ru: Party
    un: Party
    said: Logged
    errors: list[dict[str, object]]


def told_with(off: int, *, away: float = 0.0) -> Told:
    """fr tells ru, which has its head cosigned by un, so many milliseconds off, and keeps that whatever it is.

    fr asks ru for receipts that many seconds later.
    """
    fr, ru, un = parties("fr", "ru", "un")

    async def story() -> Logged:
        said = await fr.say(report(), ru)
        await ru.syncs(fr)
        size = ru.store.size()
        ru.store.add_cosignature(size, un.fingerprint, line(ru, un, off), Instant(ru.clock.now() + off))
        await asyncio.sleep(away)
        errors.extend((await fr.syncs(ru))[0].errors)
        return said

    errors: list[dict[str, object]] = []
    return Told(fr, ru, un, run(story), errors)


def proofs(fr: Party, said: Logged) -> int:
    return dict(evidence.told(fr.node, said.id))["ru"].facts.proofs


def cosigners(fr: Party, ru: Party, said: Logged) -> set[str]:
    """Whose cosignatures stand on the hearer's head in the proof file."""
    held = prove.decode(evidence.prove_telling(fr.node, said.id, fr.peer(ru))).held
    assert held is not None
    return {one.name for one in parse_checkpoint(held.note).note.signatures} - {ru.node.descriptor.origin}


@settings(max_examples=25)
@given(
    st.one_of(st.integers(FIVE + 10_000, 2**40), st.integers(-1_700_000_000_000, -FIVE - 10_000)),
)
def test_a_third_partys_cosignature_from_before_it_was_told_or_from_the_future_counts_nowhere(off: int) -> None:
    """LOG-21: one lying witness made the honest parties' file say "proved 1970"."""
    fr, ru, un, said, [error] = told_with(off)
    assert proofs(fr, said) == 0
    assert un.node.descriptor.witness_name not in cosigners(fr, ru, said)
    assert error["code"] == CLOCK_SKEW
    assert str(error["message"]).startswith("un cosigned its head at ")


@settings(max_examples=25)
@given(st.integers(-FIVE + 2_000, FIVE), st.sampled_from([0.0, 3 * 86400.0]))
def test_a_third_partys_honest_cosignature_counts_however_late_its_receipt_comes(off: int, away: float) -> None:
    fr, ru, un, said, errors = told_with(off, away=away)
    assert errors == []
    assert proofs(fr, said) == 1
    assert un.node.descriptor.witness_name in cosigners(fr, ru, said)


def test_beside_one_that_lies_the_others_count_and_it_is_told_whose_word_is_not_relied_on() -> None:
    fr, ru, un, de = parties("fr", "ru", "un", "de")

    async def story() -> Logged:
        said = await fr.say(report(), ru)
        await ru.syncs(fr)
        ru.store.add_cosignature(ru.store.size(), un.fingerprint, line(ru, un, -(10**12)), Instant(0))
        await ru.syncs(de)
        await fr.syncs(ru)
        return said

    said = run(story)
    assert proofs(fr, said) == 1
    assert cosigners(fr, ru, said) == {de.node.descriptor.witness_name}
    [trouble] = fr.sync.contacts.of(ru.fingerprint).troubles.values()
    assert (trouble.error.code, trouble.error.message[:24]) == (CLOCK_SKEW, "un cosigned its head at ")


@pytest.mark.parametrize(("off", "counted"), [(0, 1), (12 * MINUTE, 0), (-12 * MINUTE, 0), (-(10**12), 0)])
def test_a_cosignature_that_comes_with_the_acknowledgement_itself_is_judged_alike(off: int, counted: int) -> None:
    fr, ru, un = parties("fr", "ru", "un")

    async def story() -> Logged:
        said = await fr.say(report(), ru)
        await ru.sync.pull(ru.peer(fr), 0, Round("fr"))
        ru.node.journal.note = add_lines(ru.node.journal.note or b"", [line(ru, un, off)])
        await ru.syncs(fr)
        return said

    said = run(story)
    assert proofs(fr, said) == counted
    assert (un.node.descriptor.witness_name in cosigners(fr, ru, said)) == bool(counted)
