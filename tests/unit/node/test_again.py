"""What was refused because it was of an unknown version is held once its hearer has learnt that version; nothing else changes.

The later versions here are made up: they stand in the tables for a while.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.errors import CONTENT_MISMATCH, NOT_STIX, UNKNOWN_VERSION
from comity.exchange.verify import verify
from comity.formats import Format
from comity.model import content, notice, release, typed
from comity.model.content import StixObject
from comity.model.extension import COMITY_TYPES
from comity.model.statement import Logged
from comity.node import again, evidence
from comity.node.ports import ReceivedRow
from comity.proof import cbor, envelope
from unit.node.matters import a_notice
from world import Party, parties, report, run


@contextmanager
def knowing(*versions: int, kind: str = "notice") -> Iterator[None]:
    """Read notices of these versions, besides the first."""
    readers = typed.READERS[kind].readers
    before = dict(readers)
    readers.update(dict.fromkeys(versions, _as_the_first))
    try:
        yield
    finally:
        readers.clear()
        readers.update(before)


def _as_the_first(found: StixObject) -> object:
    value = dict(found.properties)
    value["extensions"] = {COMITY_TYPES[found.type]: {"extension_type": "new-sdo"}}
    return notice.read(content.parse(content.dump(value)))


def later(number: int = 1, version: int = 2) -> bytes:
    """A notice of a later version of its type."""
    value = content.read_json(a_notice(number))
    value["extensions"][COMITY_TYPES["notice"]]["v"] = version
    return content.dump(value)


def rows(of: Party, teller: Party) -> list[ReceivedRow]:
    return [row for row in of.store.received() if row.teller == teller.fingerprint]


async def told(fr: Party, ru: Party, *raws: bytes) -> list[Logged]:
    """Said by one that knows the later versions, to one that does not."""
    with knowing(2, 3):
        said = [await fr.say(raw, ru) for raw in raws]
    await ru.syncs(fr)
    return said


def verdict_of(fr: Party, ru: Party, said: Logged) -> Any:
    return verify(evidence.prove_telling(fr.node, said.id, fr.peer(ru)))


def test_what_was_of_an_unknown_version_is_held_after_an_upgrade_on_both_sides() -> None:
    """ACKNOWLEDGEMENT-18."""
    fr, ru = parties("fr", "ru")

    async def story() -> Logged:
        [said] = await told(fr, ru, later())
        [row] = rows(ru, fr)
        assert (row.refused, fr.store.answers_to(row.release)[0].reason) == (UNKNOWN_VERSION, UNKNOWN_VERSION)
        before = verdict_of(fr, ru, said)
        assert (before.refused, before.borne_out, before.held_by) == (UNKNOWN_VERSION, None, None)
        with knowing(2):
            ru.start()
            await ru.syncs(fr)
            await ru.syncs(fr)
        [row] = rows(ru, fr)
        [answer] = fr.store.answers_to(row.release)
        assert (row.refused, answer.disposition) == (None, "held")
        return said

    said = run(story)
    after = verdict_of(fr, ru, said)
    assert (after.valid, after.held_by, after.refused) == (True, "ru", None)
    assert ru.node.verify_log() == []
    for party in (fr, ru):
        party.node.rebuild()
    assert fr.store.answers_to(rows(ru, fr)[0].release)[0].disposition == "held"
    assert ru.store.received_statement(said.id) is not None


def test_what_it_says_of_the_airspace_counts_from_then_on() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        [said] = await told(fr, ru, later())
        assert ru.store.airspace.unchecked(10) == []
        with knowing(2):
            ru.start()
            await ru.syncs(fr)
            assert list(ru.store.airspace.unchecked(10)) == [(fr.fingerprint, said.id)]

    run(story)


JUDGED = [envelope.STATEMENT, release.RELEASE, *typed.READERS.values()]


@pytest.mark.parametrize("table", JUDGED, ids=lambda table: table.name)
def test_whatever_an_item_is_read_by_is_looked_at_again_when_more_of_it_can_be_read(
    table: Format[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = again._now()
    assert not again._grown(known, again._now())
    monkeypatch.setitem(table.readers, 2, lambda value: value)
    assert again._grown(known, again._now())


def test_the_teller_need_not_be_there() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await told(fr, ru, later())
        with knowing(2):
            ru.start()
            ru.sync.look_again()
        assert [row.refused for row in rows(ru, fr)] == [None]
        assert len(ru.store.outgoing(fr.fingerprint)) == 1

    run(story)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from([1, 2, 3]), min_size=1, max_size=5), st.sampled_from([(2,), (3,), (2, 3), ()]))
def test_just_what_can_be_read_now_is_held_and_nothing_is_said_twice(
    versions: list[int], learnt: tuple[int, ...]
) -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        raws = [a_notice(n) if v == 1 else later(n, v) for n, v in enumerate(versions, 1)]
        said = await told(fr, ru, *raws)
        wanted = {one.id: None if v in (1, *learnt) else UNKNOWN_VERSION for one, v in zip(said, versions, strict=True)}
        size = ru.node.journal.tree.size
        with knowing(*learnt):
            for _ in range(3):
                ru.start()
                for _ in range(3):
                    await ru.syncs(fr)
        assert {row.statement: row.refused for row in rows(ru, fr)} == wanted
        # One acknowledgement of all that is held now, and no second refusal.
        assert ru.node.journal.tree.size == size + bool(set(versions) & set(learnt))

    run(story)


def test_a_second_start_without_growth_looks_at_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await told(fr, ru, later())
        ru.start()
        for _ in range(3):  # looked at once more, in vain; that is kept
            await ru.syncs(fr)
        ru.start()
        monkeypatch.setattr(ru.store, "refused_for", lambda *_: pytest.fail("looked again"))
        await ru.syncs(fr)

    run(story)


def test_it_is_done_in_steps_and_goes_on_after_a_stop_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(again, "AT_ONCE", 2)
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await told(fr, ru, *(later(number) for number in range(1, 6)))
        with knowing(2):
            ru.start()
            looking = again.Again(ru.node, ru.sync._hearing)
            assert looking.step(2) == 2
            ru.start()
            looking = again.Again(ru.node, ru.sync._hearing)
            assert [looking.step(2) for _ in range(4)] == [2, 1, 0, 0]
        assert {row.refused for row in rows(ru, fr)} == {None}

    run(story)


def test_what_was_refused_for_its_bytes_stays_refused() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await told(fr, ru, later())
        [row] = rows(ru, fr)
        broken = cbor.decode(row.item)
        broken[0][2] = report()
        bad = replace(row, item=cbor.encode(broken))
        assert ru.sync._hearing.judge_again(ru.peer(fr), [bad]) == 0
        assert [row.refused for row in rows(ru, fr)] == [UNKNOWN_VERSION]
        assert {CONTENT_MISMATCH, NOT_STIX}.isdisjoint({row.refused for row in rows(ru, fr)})

    run(story)


def test_a_read_only_node_looks_at_nothing() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await told(fr, ru, later())
        with knowing(2):
            ru.start()
            ru.node.journal.read_only = "behind"
            ru.sync.look_again()
        assert [row.refused for row in rows(ru, fr)] == [UNKNOWN_VERSION]

    run(story)
