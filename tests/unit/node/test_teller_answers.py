"""What a teller takes as an answer, and what it keeps: the first that counts, of what it told, under heads of its own log."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.errors import (
    CLOCK_SKEW,
    HEAD_FORK,
    MALFORMED,
    NOT_CONSISTENT,
    NOT_FOUND,
    NOT_INCLUDED,
    RemoteError,
)
from comity.exchange import acknowledge
from comity.exchange.acknowledge import TellerHead
from comity.exchange.verify import verify
from comity.exchange.witness import Shown
from comity.model.acknowledgement import Telling, read_tellings
from comity.model.statement import Draft, ItemHash
from comity.node import evidence
from comity.node.journal import Proposal
from comity.node.sync import Round
from comity.proof import cbor
from comity.proof.envelope import StatementId
from comity.space.instant import Instant
from unit.node import liar
from world import Party, parties, report, run

# -- acknowledgements


def code(action: Callable[[], Coroutine[Any, Any, object]]) -> str:
    with pytest.raises(RemoteError) as caught:
        run(action)
    return caught.value.code


async def answer_of(hearer: Party, teller: Party, **changed: Any) -> bytes:
    """The hearer's answer as it would send it, without sending it."""
    await hearer.sync.pull(hearer.peer(teller), 0, Round(teller.name))
    [outgoing] = hearer.store.outgoing(teller.fingerprint)
    logged, journal = hearer.node.own(outgoing.id), hearer.node.journal
    known = teller.store.head(hearer.fingerprint)
    old = known[0] if known else 0
    path = journal.prover.consistency(old, journal.tree.size) if old else ()
    tellings = read_tellings(outgoing.tellings)
    fields: dict[str, Any] = {
        "signed": logged.signed,
        "tellings": tellings,
        "place": hearer.place(logged.index),
        "head": Shown(journal.note or b"", old, tuple(path)),
    }
    return acknowledge.encode_answer(**(fields | changed))


def with_head(ru: Party, body: bytes, head: Shown) -> bytes:
    answer = acknowledge.decode_answer(body)
    signed = ru.node.own(answer.statement.envelope.id).signed
    return acknowledge.encode_answer(signed, answer.tellings, answer.place, head)


def test_an_answer_that_comes_again_changes_nothing() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await fr.say(report(), ru)
        await ru.syncs(fr)
        await ru.say(report(number=2))
        first, evidence = fr.store.answers_of(ru.fingerprint), fr.store.kept("answer", ru.fingerprint)
        body = evidence[0].data
        size = fr.store.head(ru.fingerprint)
        assert size is not None
        again = with_head(ru, body, Shown(acknowledge.decode_answer(body).head.note, size[0], ()))
        await fr.teller.acknowledge(ru.fingerprint, again)
        assert (fr.store.answers_of(ru.fingerprint), fr.store.kept("answer", ru.fingerprint)) == (first, evidence)

    run(story)


async def answers(hearer: Party, teller: Party, draft: Draft, *tellings: Telling) -> None:
    """The hearer logs an answer and hands it over."""
    [[logged]] = hearer.node.journal.write([Proposal([hearer.node.sign(draft)])])
    journal, known = hearer.node.journal, teller.store.head(hearer.fingerprint)
    old = known[0] if known else 0
    head = Shown(journal.note or b"", old, tuple(journal.prover.consistency(old, journal.tree.size) if old else ()))
    body = acknowledge.encode_answer(logged.signed, tellings, hearer.place(logged.index), head)
    assert await teller.teller.acknowledge(hearer.fingerprint, body) == b""


async def released(fr: Party, ru: Party, number: int) -> Telling:
    said = await fr.say(report(number=number), ru)
    [row] = fr.store.releases_of(said.id)
    return fr.node.offers.of(row).telling


def holding(ru: Party, fr: Party, *tellings: Telling) -> Draft:
    return acknowledge.held(tellings, of=fr.head(), now=ru.clock.now(), uuid=ru.node.uuid())


def test_of_many_answers_to_one_telling_the_first_is_kept_and_stands() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        telling = await released(fr, ru, 1)
        for _ in range(20):
            await answers(ru, fr, holding(ru, fr, telling), telling)
        now, uuid = ru.clock.now(), ru.node.uuid()
        refusal = acknowledge.refuse([telling], MALFORMED, of=fr.head(), now=now, uuid=uuid)
        await answers(ru, fr, refusal, telling)
        [kept] = fr.store.kept("answer", ru.fingerprint)
        [answer] = fr.store.answers_to(telling.release)
        assert (answer.answer, answer.disposition) == (kept.subject, "held")
        assert fr.store.head(ru.fingerprint) == (ru.store.size(), ru.node.journal.note)

    run(story)


def test_an_answer_to_something_new_beside_something_old_is_kept() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        old, new = await released(fr, ru, 1), await released(fr, ru, 2)
        await answers(ru, fr, holding(ru, fr, old), old)
        await answers(ru, fr, holding(ru, fr, old, new), old, new)
        [to_old], [to_new] = (fr.store.answers_to(telling.release) for telling in (old, new))
        first, second = fr.store.kept("answer", ru.fingerprint)
        assert (to_old.answer, to_new.answer) == (first.subject, second.subject)

    run(story)


def test_an_answer_to_what_was_told_to_another_is_refused() -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> bytes:
        said = await fr.say(report(number=1), us)
        await fr.say(report(number=2), ru)
        [row] = fr.store.releases_of(said.id)
        await ru.sync.pull(ru.peer(fr), 0, Round("fr"))
        stolen = fr.node.offers.of(row).telling
        draft = acknowledge.held([stolen], of=fr.head(), now=ru.clock.now(), uuid=ru.node.uuid())
        [[logged]] = ru.node.journal.write([Proposal([ru.node.sign(draft)])])
        journal = ru.node.journal
        place = ru.place(logged.index)
        return acknowledge.encode_answer(logged.signed, [stolen], place, Shown(journal.note or b"", 0, ()))

    body = run(story)
    assert code(lambda: fr.teller.acknowledge(ru.fingerprint, body)) == NOT_FOUND
    assert fr.store.kept("answer", ru.fingerprint) == []


def test_an_answer_on_a_head_that_does_not_follow_is_evidence() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> bytes:
        await ru.say(report(number=1))
        await ru.syncs(fr)  # fr knows the head of 2
        await fr.say(report(number=2), ru)
        honest = await answer_of(ru, fr)
        await ru.say(report(number=3))
        broken = acknowledge.decode_answer(honest).head
        return with_head(ru, honest, Shown(broken.note, broken.old, (bytes(32),) * len(broken.path)))

    body = run(story)
    assert code(lambda: fr.teller.acknowledge(ru.fingerprint, body)) == NOT_CONSISTENT
    [kept] = fr.store.kept("evidence", ru.fingerprint)
    assert cbor.decode(kept.data)["evidence"].keys() == {"known", "shown"}


# -- what a file of it would need is required at the door


def naming(hearer: Party, of: TellerHead, *tellings: Telling) -> Draft:
    return acknowledge.held(tellings, of=of, now=hearer.clock.now(), uuid=hearer.node.uuid())


def refused_at_the_door(fr: Party, ru: Party, draft: Draft, *tellings: Telling) -> str:
    found = code(lambda: answers(ru, fr, draft, *tellings))
    assert fr.store.kept("answer", ru.fingerprint) == []
    return found


def test_an_answer_that_names_a_head_which_does_not_hold_the_release_is_refused() -> None:
    """ACKNOWLEDGEMENT-16."""
    fr, ru = parties("fr", "ru")
    before = fr.head()
    telling = run(lambda: released(fr, ru, 1))
    assert refused_at_the_door(fr, ru, naming(ru, before, telling), telling) == NOT_INCLUDED


@pytest.mark.parametrize("size", [1, 3, 4, 1000, 2**40])
def test_an_answer_that_names_a_head_of_another_log_is_refused(size: int) -> None:
    fr, ru = parties("fr", "ru")
    telling = run(lambda: released(fr, ru, 1))
    of = TellerHead(fr.fingerprint, size, bytes(32))
    assert refused_at_the_door(fr, ru, naming(ru, of, telling), telling) == HEAD_FORK


@pytest.mark.parametrize("field", ["statement", "release", "reading"])
def test_an_answer_with_a_telling_that_is_not_ours_is_refused_beside_one_that_is(field: str) -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> tuple[Telling, Telling]:
        return await released(fr, ru, 1), await released(fr, ru, 2)

    good, other = run(story)
    changed: dict[str, Any] = {field: bytes([7] * 32)}
    bad = replace(other, **changed)
    wanted = MALFORMED if field == "reading" else NOT_FOUND
    assert refused_at_the_door(fr, ru, naming(ru, fr.head(), good, bad), good, bad) == wanted


@given(
    said=st.sampled_from([0, 1, 2, 3, 4, 5, 9]),
    root=st.sampled_from(["right", "false", "of another size"]),
    shift=st.integers(-(10**6), 10**6),
    item=st.booleans(),
    refused=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_whatever_answer_is_taken_the_file_of_the_telling_is_valid(
    said: int, root: str, shift: int, item: bool, refused: bool
) -> None:
    """A hearer signs what it likes: either it is refused when it comes, or the file that holds it can be judged."""
    fr, ru = parties("fr", "ru")

    async def story() -> StatementId:
        telling = await released(fr, ru, 1)
        await fr.say(report(number=9))
        given = replace(telling, item=ItemHash(bytes([9] * 32))) if item else telling
        size = said or fr.node.journal.tree.size
        shown = size - 1 if root == "of another size" else size
        known = fr.node.journal.root_at(shown) if 0 < shown <= fr.node.journal.tree.size else bytes(32)
        of = TellerHead(fr.fingerprint, size, bytes(32) if root == "false" else known)
        now, uuid = Instant(ru.clock.now() + shift * 1000), ru.node.uuid()
        draft = (
            acknowledge.refuse([given], MALFORMED, of=of, now=now, uuid=uuid)
            if refused
            else acknowledge.held([given], of=of, now=now, uuid=uuid)
        )
        with contextlib.suppress(RemoteError):
            await answers(ru, fr, draft, given)
        return telling.statement

    id = run(story)
    verdict = verify(evidence.prove_telling(fr.node, id, fr.peer(ru)))
    assert verdict.problems == []
    if fr.store.kept("answer", ru.fingerprint):
        assert (verdict.other is not None) is item
        apart = shift > 0 or shift < -600  # received after it was answered, or well before it was released
        assert bool(verdict.contradictions) is (apart and not item)
        assert ("times" in fr.sync.contacts.of(ru.fingerprint).troubles) is apart


@given(st.lists(st.sampled_from([0, 1, 2, 3, 4]), min_size=1, max_size=5, unique=True), st.integers(1, 12))
@settings(max_examples=40, deadline=None)
def test_whatever_is_wanted_the_file_of_each_telling_is_valid_and_shows_it_as_asked_for_only_where_it_was(
    wanted: list[int], size: int
) -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> list[Telling]:
        return [await released(fr, ru, number) for number in range(5)]

    tellings = run(story)
    size = min(size, fr.node.journal.tree.size)
    fr.node.shown.remember(ru.fingerprint, fr.node.journal.tree.size, b"")
    given = liar.given(ru, fr, [tellings[number] for number in wanted], size)
    came = {number for number, item in zip(wanted, given, strict=True) if item is not None}
    for number, telling in enumerate(tellings):
        verdict = verify(evidence.prove_telling(fr.node, telling.statement, fr.peer(ru)))
        assert verdict.problems == []
        assert ("fetched" in [rung.name for rung in verdict.ladder]) is (number in came)


def test_a_want_whose_time_is_off_our_clock_is_refused_and_shows_nothing() -> None:
    """PAGE-18."""
    fr, ru = parties("fr", "ru")
    telling = run(lambda: released(fr, ru, 1))
    fr.node.shown.remember(ru.fingerprint, fr.node.journal.tree.size, b"")
    for off in (-301, 301, 10**9):
        at = fr.clock.now() // 1000 + off
        with pytest.raises(RemoteError) as caught:
            fr.teller.items(ru.fingerprint, liar.wants(ru, fr, [telling], fr.node.journal.tree.size, at=at))
        assert caught.value.code == CLOCK_SKEW
    assert fr.store.fetch_of(telling.release) is None


@pytest.mark.parametrize("shift", [-601, 601])
def test_times_of_an_answer_that_cannot_be_true_beside_ours_are_told_to_the_operator_and_the_answer_counts(
    shift: int,
) -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        telling, good = await released(fr, ru, 1), await released(fr, ru, 2)
        now, uuid = Instant(ru.clock.now() + shift * 1000), ru.node.uuid()
        await answers(ru, fr, acknowledge.held([telling], of=fr.head(), now=now, uuid=uuid), telling)
        assert [one.disposition for one in fr.store.answers_to(telling.release)] == ["held"]
        assert fr.sync.contacts.of(ru.fingerprint).troubles["times"].error.code == CLOCK_SKEW
        assert [line for line in fr.reports if "contradiction" in line]
        await answers(ru, fr, holding(ru, fr, good), good)
        assert "times" not in fr.sync.contacts.of(ru.fingerprint).troubles

    run(story)


def test_an_answer_that_comes_hours_after_it_was_made_is_no_trouble() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        telling = await released(fr, ru, 1)
        draft = holding(ru, fr, telling)
        await asyncio.sleep(3 * 3600)
        await answers(ru, fr, draft, telling)
        assert "times" not in fr.sync.contacts.of(ru.fingerprint).troubles

    run(story)


# -- a hearer that changes its mind


def refusing(ru: Party, fr: Party, reason: str, *tellings: Telling) -> Draft:
    return acknowledge.refuse(tellings, reason, of=fr.head(), now=ru.clock.now(), uuid=ru.node.uuid())


@pytest.mark.parametrize(("reason", "counts"), [("unknown-version", "held"), (MALFORMED, "refused")])
def test_what_was_refused_for_reasons_of_its_own_may_be_held_later_and_what_the_bytes_were_refused_for_may_not(
    reason: str, counts: str
) -> None:
    """ACKNOWLEDGEMENT-17."""
    fr, ru = parties("fr", "ru")

    async def story() -> Telling:
        telling = await released(fr, ru, 1)
        await answers(ru, fr, refusing(ru, fr, reason, telling), telling)
        for _ in range(3):
            await answers(ru, fr, holding(ru, fr, telling), telling)
        await answers(ru, fr, refusing(ru, fr, "unknown-version", telling), telling)
        return telling

    telling = run(story)
    for _ in range(2):
        [answer] = fr.store.answers_to(telling.release)
        assert answer.disposition == counts
        verdict = verify(evidence.prove_telling(fr.node, telling.statement, fr.peer(ru)))
        assert (verdict.held_by is not None, verdict.refused is not None) == (counts == "held", counts == "refused")
        fr.node.rebuild()
    assert len(fr.store.kept("answer", ru.fingerprint)) == (2 if counts == "held" else 1)
