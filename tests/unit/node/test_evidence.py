"""Evidence: what `told` says and what `prove` proves in every state of a telling, and that no rung is a higher one."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from comity.errors import (
    BAD_ARGUMENT,
    CONTENT_MISMATCH,
    NOT_OURS,
    STORAGE,
    UNKNOWN_STATEMENT,
    UNREACHABLE,
    LocalError,
    TransportError,
)
from comity.exchange import acknowledge
from comity.exchange.verify import Verdict, verify
from comity.model.marking import Terms
from comity.model.statement import Logged
from comity.node import cosigned, evidence
from comity.node.node import pack
from comity.node.ports import PeerRow
from comity.node.sync import Round
from comity.proof.envelope import StatementId
from comity.record.standing import Standing
from comity.space.instant import Instant
from unit.node.between import Between, raising
from unit.node.liar import altered_content, given, lying
from world import START, MemoryWire, Party, parties, report, run

SOON = Terms(answer_by=Instant(START + 60_000))
HOME = ["said", "logged"]


def told(fr: Party, said: Logged, to: Party) -> Standing:
    """How the newest release to a party stands."""
    return [standing for name, standing in evidence.told(fr.node, said.id) if name == to.name][-1]


def rungs(standing: Standing) -> list[str]:
    return [name for name, _ in standing.rungs]


def proved(fr: Party, said: Logged, to: Party) -> tuple[Verdict, list[str]]:
    """The verdict on the proof file, which must be valid, and its ladder."""
    verdict = verify(evidence.prove_telling(fr.node, said.id, fr.peer(to)))
    assert verdict.problems == []
    return verdict, [rung.name for rung in verdict.ladder]


async def pulls(hearer: Party, teller: Party, times: int = 1) -> None:
    """Take pages, and answer nothing."""
    for _ in range(times):
        await hearer.sync.pull(hearer.peer(teller), 0, Round(teller.name))


def in_state(story: Callable[[Party, Party, Party], Awaitable[Logged]]) -> tuple[Party, Party, Party, Logged]:
    fr, ru, us = parties("fr", "ru", "us")
    return fr, ru, us, run(lambda: _await(story(fr, ru, us)))


async def _await(story: Awaitable[Logged]) -> Logged:
    return await story


# -- the rungs, one after the other


def test_said_to_nobody_stands_at_home_alone() -> None:
    fr, ru, _, said = in_state(lambda fr, ru, us: fr.say(report()))
    assert evidence.told(fr.node, said.id) == []
    assert rungs(evidence.said_standing(fr.node, said.id)) == HOME
    with pytest.raises(LocalError, match="never released") as caught:
        evidence.prove_telling(fr.node, said.id, fr.peer(ru))
    assert caught.value.code == BAD_ARGUMENT


def test_released_and_not_fetched() -> None:
    fr, ru, _, said = in_state(lambda fr, ru, us: fr.say(report(), ru))
    assert rungs(told(fr, said, ru)) == [*HOME, "released"]
    verdict, ladder = proved(fr, said, ru)
    assert (ladder, verdict.held_by, verdict.proved_by) == ([*HOME, "released"], None, None)


def test_a_pull_shows_nothing_of_what_was_offered_for_it() -> None:
    async def story(fr: Party, ru: Party, us: Party) -> Logged:
        said = await fr.say(report(), ru)
        between = Between(ru)
        between.answers["items"] = raising(TransportError(UNREACHABLE, "cut"))
        with contextlib.suppress(TransportError):
            await pulls(ru, fr, 2)
        assert fr.store.kept("pull", ru.fingerprint)
        return said

    fr, ru, _, said = in_state(story)
    assert rungs(told(fr, said, ru)) == [*HOME, "released"]


def test_the_want_shows_that_these_very_bytes_were_asked_for() -> None:
    async def story(fr: Party, ru: Party, us: Party) -> Logged:
        said = await fr.say(report(), ru)
        await pulls(ru, fr)
        return said

    fr, ru, _, said = in_state(story)
    assert rungs(told(fr, said, ru)) == proved(fr, said, ru)[1] == [*HOME, "released", "fetched"]


def test_held_says_when_the_hearer_claims_to_have_received_it() -> None:
    async def story(fr: Party, ru: Party, us: Party) -> Logged:
        said = await fr.say(report(), ru)
        ru.clock.skew = 7000
        await ru.syncs(fr)
        return said

    fr, ru, _, said = in_state(story)
    standing = told(fr, said, ru)
    assert rungs(standing) == [*HOME, "released", "fetched", "held"]
    assert START + 7000 <= dict(standing.rungs)["held"] < START + 8000
    verdict, ladder = proved(fr, said, ru)
    assert (ladder, verdict.held_by, verdict.proved_by) == ([*HOME, "released", "fetched", "held"], "ru", None)


def test_witnessed_and_proved_need_a_third_party() -> None:
    async def story(fr: Party, ru: Party, us: Party) -> Logged:
        said = await fr.say(report(), ru)
        for _ in range(2):
            await ru.syncs(fr, us)
            await fr.syncs(ru, us)
        return said

    fr, ru, _, said = in_state(story)
    standing = told(fr, said, ru)
    assert rungs(standing) == [*HOME, "witnessed", "released", "fetched", "held"]
    assert standing.facts.proofs == 1
    verdict, ladder = proved(fr, said, ru)
    assert sorted(ladder) == sorted(rungs(standing))
    assert verdict.proved_by == standing.facts.proved_by is not None
    assert [one.party for one in verdict.behind_hearer] == ["us"]


def test_between_two_parties_alone_nothing_is_proved_of_time() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> Logged:
        said = await fr.say(report(), ru)
        for _ in range(2):
            await ru.syncs(fr)
            await fr.syncs(ru)
        return said

    said = run(story)
    assert (told(fr, said, ru).facts.proofs, proved(fr, said, ru)[0].proved_by) == (0, None)


def test_what_was_refused_in_other_bytes_is_told_as_that_and_as_nothing_of_these() -> None:
    async def story(fr: Party, ru: Party, us: Party) -> Logged:
        lying(fr).lie = altered_content
        said = await fr.say(report(), ru)
        await ru.syncs(fr)
        return said

    fr, ru, _, said = in_state(story)
    standing = told(fr, said, ru)
    assert (rungs(standing), standing.as_dict()["refused"]) == ([*HOME, "released"], None)
    assert standing.as_dict()["answered_other_bytes"] == "refused"
    verdict, ladder = proved(fr, said, ru)
    assert (ladder, verdict.held_by, verdict.refused) == ([*HOME, "released"], None, None)
    assert verdict.other == "refused"


def test_a_refusal_that_the_bytes_refute_is_told_with_that() -> None:
    """The reverse lie: the hearer refuses a flawless warning for a fault that anybody can look for, and nobody finds."""

    async def story(fr: Party, ru: Party, us: Party) -> Logged:
        said = await fr.say(report(), ru)
        with pytest.MonkeyPatch.context() as patch:
            refused = lambda item, before, step: acknowledge.Refused(item, item.telling, CONTENT_MISMATCH, "a lie")  # noqa: E731
            patch.setattr(acknowledge, "_step", refused)
            await ru.syncs(fr)
        return said

    fr, ru, _, said = in_state(story)
    standing = told(fr, said, ru)
    assert (rungs(standing), standing.as_dict()["refused"]) == ([*HOME, "released", "fetched"], CONTENT_MISMATCH)
    verdict, ladder = proved(fr, said, ru)
    assert (ladder, verdict.held_by) == ([*HOME, "released", "fetched", "refused"], None)
    assert (verdict.refused, verdict.borne_out) == (CONTENT_MISMATCH, False)


# -- silence


async def silent(fr: Party, ru: Party) -> Logged:
    said = await fr.say(report(), ru, terms=SOON)
    assert await fr.sync.deadlines() == 0
    await asyncio.sleep(61)
    assert await fr.sync.deadlines() == 1
    assert await fr.sync.deadlines() == 0
    return said


def test_silence_is_logged_once_when_the_time_to_answer_has_passed() -> None:
    fr, ru, _, said = in_state(lambda fr, ru, us: silent(fr, ru))
    standing = told(fr, said, ru)
    assert (rungs(standing), standing.facts.unacknowledged) == ([*HOME, "released"], True)
    assert proved(fr, said, ru)[1] == [*HOME, "released", "unacknowledged"]
    last = fr.node.at(fr.node.journal.tree.size - 1).signed.object
    assert (last.type, last.properties["to"], fr.node.journal.tree.size) == ("unacknowledged", ru.fingerprint, 4)


def test_an_answer_after_the_silence_is_told_beside_it() -> None:
    async def story(fr: Party, ru: Party, us: Party) -> Logged:
        said = await silent(fr, ru)
        await ru.syncs(fr)
        return said

    fr, ru, _, said = in_state(story)
    standing = told(fr, said, ru)
    assert (rungs(standing), standing.facts.unacknowledged) == ([*HOME, "released", "fetched", "held"], True)
    assert proved(fr, said, ru)[1] == [*HOME, "released", "fetched", "held", "unacknowledged"]


def test_who_reads_and_denies_is_shown_to_have_asked_for_these_very_bytes() -> None:
    """It takes what it was told, answers nothing, and the time to answer passes: its own signature says what it asked for."""

    async def story(fr: Party, ru: Party, us: Party) -> Logged:
        said = await fr.say(report(), ru, terms=SOON)
        await pulls(ru, fr)
        assert ru.store.received_statement(said.id) is not None
        await asyncio.sleep(61)
        assert await fr.sync.deadlines() == 1
        return said

    fr, ru, _, said = in_state(story)
    verdict, ladder = proved(fr, said, ru)
    assert ladder == [*HOME, "released", "fetched", "unacknowledged"]
    [fetched] = [rung for rung in verdict.ladder if rung.name == "fetched"]
    assert (fetched.by, verdict.held_by) == ("ru", None)


def test_content_that_no_want_could_be_kept_of_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full: nothing leaves of which no trace stays."""

    async def story(fr: Party, ru: Party, us: Party) -> Logged:
        said = await fr.say(report(), ru)
        [row] = fr.store.releases_of(said.id)
        telling = fr.node.offers.of(row).telling
        size = fr.node.shown.holding(ru.fingerprint, row.index + 1)[0]
        monkeypatch.setattr(fr.store, "commit", lambda batch: raising(LocalError(STORAGE, "the disk is full"))())
        with pytest.raises(LocalError, match="disk is full"):
            given(ru, fr, [telling], size)
        return said

    fr, ru, _, said = in_state(story)
    assert proved(fr, said, ru)[1] == [*HOME, "released"]


@pytest.mark.parametrize("before", ["answered", "withdrawn"])
def test_what_was_answered_or_withdrawn_in_time_is_no_silence(before: str) -> None:
    async def story(fr: Party, ru: Party, us: Party) -> Logged:
        said = await fr.say(report(), ru, terms=SOON)
        if before == "answered":
            await ru.syncs(fr)
        else:
            await fr.node.withdraw(said.id, [fr.peer(ru)])
        await asyncio.sleep(61)
        assert await fr.sync.deadlines() == 0
        return said

    fr, ru, _, said = in_state(story)
    assert not told(fr, said, ru).facts.unacknowledged


# -- withdrawn, and released again


def test_what_was_withdrawn_before_it_was_fetched_is_never_shown_as_fetched() -> None:
    async def story(fr: Party, ru: Party, us: Party) -> Logged:
        said = await fr.say(report(), ru)
        await fr.node.withdraw(said.id, [fr.peer(ru)])
        for _ in range(3):
            await ru.syncs(fr)
        return said

    fr, ru, _, said = in_state(story)
    standing = told(fr, said, ru)
    assert (rungs(standing), standing.facts.withdrawn_at) == ([*HOME, "released"], START)
    assert proved(fr, said, ru)[1] == [*HOME, "released", "withdrawn"]
    assert ru.store.received_statement(said.id) is None


def test_what_was_held_and_then_withdrawn_stays_held() -> None:
    async def story(fr: Party, ru: Party, us: Party) -> Logged:
        said = await fr.say(report(), ru)
        await ru.syncs(fr)
        await fr.node.withdraw(said.id, [fr.peer(ru)])
        await ru.syncs(fr)
        return said

    fr, ru, _, said = in_state(story)
    standing = told(fr, said, ru)
    assert (rungs(standing), standing.facts.withdrawn_at) == ([*HOME, "released", "fetched", "held"], START)
    assert proved(fr, said, ru)[0].held_by == "ru"


def test_a_proof_made_after_a_withdrawal_holds_it_and_one_made_before_says_that_it_cannot_know() -> None:
    """PROOF-FILE-29."""
    before: list[bytes] = []

    async def story(fr: Party, ru: Party, us: Party) -> Logged:
        said = await fr.say(report(), ru)
        for one, other in ((ru, fr), (ru, us), (fr, us)) * 2:
            await one.syncs(other)
        before.append(evidence.prove_telling(fr.node, said.id, fr.peer(ru)))
        await asyncio.sleep(60)
        await fr.node.withdraw(said.id, [fr.peer(ru)])
        for one, other in ((ru, fr), (fr, us)) * 2:
            await one.syncs(other)
        return said

    fr, ru, _, said = in_state(story)
    early, (late, ladder) = verify(before[0]), proved(fr, said, ru)
    assert (early.withdrawn_at, late.withdrawn_at) == (None, told(fr, said, ru).facts.withdrawn_at)
    assert late.withdrawn_at is not None
    assert START + 60_000 <= late.withdrawn_at < START + 61_000
    assert ladder[-1] == "withdrawn"
    assert (late.held_at, late.proved_by) == (early.held_at, early.proved_by)
    assert early.as_dict()["not_shown"] == late.as_dict()["not_shown"]


async def again(fr: Party, ru: Party, answered: bool) -> Logged:
    said = await fr.say(report(), ru)
    await ru.syncs(fr)
    await fr.node.withdraw(said.id, [fr.peer(ru)])
    await fr.node.release(said.id, [fr.peer(ru)], Terms())
    if answered:
        await ru.syncs(fr)
    return said


def test_told_speaks_of_the_newest_release() -> None:
    fr, _, _, said = in_state(lambda fr, ru, us: again(fr, ru, answered=False))
    assert [(rungs(one)[-1], one.facts.withdrawn_at is not None) for _, one in evidence.told(fr.node, said.id)] == [
        ("held", True),
        ("released", False),
    ]


def test_prove_prefers_the_release_that_is_held_and_of_two_the_newest() -> None:
    for answered, number in ((False, 0), (True, 1)):
        fr, ru, _, said = in_state(lambda fr, ru, us, answered=answered: again(fr, ru, answered))  # type: ignore[misc]
        verdict, _ = proved(fr, said, ru)
        assert verdict.held_by == "ru"
        releases = fr.store.releases_of(said.id)
        data = evidence.prove_telling(fr.node, said.id, fr.peer(ru))
        assert fr.node.at(releases[number].index).signed.envelope.data in data


# -- heads


def test_a_witness_that_was_away_for_many_heads_still_proves_what_was_held_before() -> None:
    async def story(fr: Party, ru: Party, us: Party) -> Logged:
        said = await fr.say(report(), ru)
        await ru.syncs(fr)
        for number in range(70):
            await ru.say(report(number=number))
            ru.sync.publish()
            await fr.syncs(ru)
        await us.syncs(ru)
        await ru.syncs(us)
        await fr.syncs(ru)
        return said

    fr, ru, _, said = in_state(story)
    assert told(fr, said, ru).facts.proofs == 1
    assert proved(fr, said, ru)[0].proved_by is not None


def test_logged_tells_the_first_published_head_and_not_a_later_one() -> None:
    async def story(fr: Party, ru: Party, us: Party) -> Logged:
        said = await fr.say(report(), ru)
        fr.sync.publish()
        await asyncio.sleep(3600)
        await fr.say(report(number=2))
        await fr.syncs(us)
        return said

    fr, ru, _, said = in_state(story)
    standing = dict(told(fr, said, ru).rungs)
    assert standing["logged"] < START + 10_000
    assert standing["witnessed"] >= START + 3600_000


# -- parties that call themselves by the name of another


class Imposter(Party):
    """A party that stands in its descriptor under another name than the one it is known by here, or with another's key."""

    def __init__(self, name: str, wire: MemoryWire, *, as_if: str, key_of: Party | None = None) -> None:
        self._as_if, self._key_of = as_if, key_of
        super().__init__(name, wire)

    def _descriptor(self, next_root: bytes) -> Any:
        known_as, self.name = self.name, self._as_if
        if self._key_of is not None:
            self.keys = replace(self.keys, transport=self._key_of.keys.transport)
        try:
            return super()._descriptor(next_root)
        finally:
            self.name = known_as


def with_imposter(as_if: str, *, key: bool = False) -> tuple[Party, Party, Party, Imposter]:
    fr, ru, us = parties("fr", "ru", "us")
    liar = Imposter("liar", fr.wire, as_if=as_if, key_of=us if key else None)
    for one in (fr, ru, us):
        # As if it had been pinned by a node that did not look for keys of others.
        one.store.add_peer(PeerRow("liar", pack(liar.node.descriptor.signed), liar.fingerprint))
        liar.store.add_peer(PeerRow(f"{one.name}-itself", pack(one.node.descriptor.signed), one.fingerprint))
        one.start()
    liar.start()
    return fr, ru, us, liar


async def cosigned_by(fr: Party, ru: Party, *witnesses: Party) -> Logged:
    """Said, held, and both heads cosigned, by the first witness seconds before the next."""
    said = await fr.say(report(), ru)
    await ru.syncs(fr)
    for witness in witnesses:
        await ru.syncs(witness)
        await fr.syncs(witness)
        await asyncio.sleep(5)
    await fr.syncs(ru)
    return said


def test_a_witness_with_a_key_of_another_does_not_stand_beside_it() -> None:
    fr, ru, us, liar = with_imposter("liar", key=True)
    verdict, ladder = proved(fr, run(lambda: cosigned_by(fr, ru, liar, us)), ru)
    assert len(verdict.behind_hearer) == len(verdict.behind_teller) == 1
    assert verdict.proved_by is not None
    assert "witnessed" in ladder


@pytest.mark.parametrize("as_if", ["us", "fr", "ru"])
def test_a_witness_under_the_name_of_another_stands_beside_it_and_they_are_told_apart(as_if: str) -> None:
    fr, ru, us, liar = with_imposter(as_if)
    verdict, _ = proved(fr, run(lambda: cosigned_by(fr, ru, liar, us)), ru)
    assert set(verdict.fingerprints.values()) == {one.fingerprint for one in (fr, ru, us, liar)}
    assert len(verdict.fingerprints) == 4
    assert len(verdict.behind_hearer) == len(verdict.behind_teller) == 2


@pytest.mark.parametrize("answered", [False, True])
def test_a_hearer_that_calls_itself_by_our_name_is_proved_to_have_been_told(answered: bool) -> None:
    fr, _, us, liar = with_imposter("fr")

    async def story() -> Logged:
        said = await fr.say(report(), liar)
        if answered:
            await liar.syncs(fr, us)
            await fr.syncs(us, liar)
        return said

    verdict, ladder = proved(fr, run(story), liar)
    assert (verdict.teller, verdict.hearer) == (fr.fingerprint, liar.fingerprint)
    assert verdict.told_to != verdict.said_by
    assert ("held" in ladder) is answered


def test_a_telling_to_a_party_with_a_key_of_ours_is_not_proved_by_a_file() -> None:
    fr, _, _, us_too = with_imposter("liar", key=True)  # it has a key of us
    us = next(one for one in (fr.node.peers) if one.petname == "us")
    with pytest.raises(LocalError, match="has a key of ours") as caught:
        cosigned.require_own_keys(us, us_too.node.descriptor, "--to")
    assert caught.value.code == BAD_ARGUMENT


# -- whose


def test_of_another_partys_statement_nothing_is_told_or_proved() -> None:
    async def story(fr: Party, ru: Party, us: Party) -> Logged:
        said = await fr.say(report(), ru)
        await ru.syncs(fr)
        return said

    _, ru, us, said = in_state(story)
    for ask in (
        lambda: evidence.told(ru.node, said.id),
        lambda: evidence.said_standing(ru.node, said.id),
        lambda: evidence.prove_telling(ru.node, said.id, ru.peer(us)),
    ):
        with pytest.raises(LocalError) as caught:
            ask()
        assert caught.value.code == NOT_OURS


def test_of_an_unknown_statement_nothing_is_told_or_proved() -> None:
    fr, ru, _, _ = in_state(lambda fr, ru, us: fr.say(report()))
    unknown = StatementId(bytes(32))
    with pytest.raises(LocalError) as caught:
        evidence.told(fr.node, unknown)
    assert caught.value.code == UNKNOWN_STATEMENT
    with pytest.raises(LocalError) as caught:
        evidence.prove_telling(fr.node, unknown, fr.peer(ru))
    assert caught.value.code == UNKNOWN_STATEMENT
