"""Parties that are renamed, removed and taken up again: nothing that they said is lost, and nothing that they protect."""

import asyncio

import pytest

from comity.errors import (
    BAD_ARGUMENT,
    EXISTS,
    NAME_TAKEN,
    SECOND_DESCRIPTOR,
    STORAGE,
    UNAUTHENTICATED,
    UNKNOWN_PARTY,
    LocalError,
    RemoteError,
)
from comity.exchange import say
from comity.exchange.check import check
from comity.exchange.verify import verify
from comity.model.marking import Terms
from comity.model.objection import Rule
from comity.node import evidence
from comity.node.node import pack
from comity.node.sync import Round
from comity.proof.envelope import StatementId
from comity.record.airspace import Subject
from comity.record.standing import Facts
from comity.space.instant import Instant
from unit.node.between import running
from unit.node.faulty import faulty
from unit.node.matters import a_notice, a_site
from unit.node.rows import everything
from world import START, MemoryWire, Party, parties, report, run


def code(action: object) -> str:
    with pytest.raises(LocalError) as caught:
        action()  # type: ignore[operator]
    return caught.value.code


def names(party: Party) -> list[str]:
    return [peer.petname for peer in party.node.peers]


def add(party: Party, other: Party, petname: str | None = None) -> None:
    party.node.add_peer(pack(other.node.descriptor.signed), other.fingerprint, petname)


def fr_told(fr: Party, id: StatementId) -> list[tuple[str, Facts]]:
    return [(name, standing.facts) for name, standing in evidence.told(fr.node, id)]


# -- names


def test_a_party_is_renamed_for_good_and_only_here() -> None:
    fr, ru, _ = parties("fr", "ru", "us")
    said = run(lambda: ru.say(report(), fr))
    run(lambda: fr.syncs(ru))
    fr.node.parties.rename("ru", "moscow")
    fr.start()
    assert names(fr) == ["moscow", "us"]
    row = fr.store.received_statement(said.id)
    assert row is not None
    assert fr.node.party_name(row.teller) == "moscow"
    assert [peer.petname for peer in fr.node.named(["moscow"])] == ["moscow"]
    assert code(lambda: fr.node.named(["ru"])) == UNKNOWN_PARTY


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("ru", "us", NAME_TAKEN),
        ("ru", "fr", NAME_TAKEN),
        ("ru", "all", BAD_ARGUMENT),
        ("ru", "R U", BAD_ARGUMENT),
        ("xx", "yy", UNKNOWN_PARTY),
        ("all", "yy", BAD_ARGUMENT),
    ],
)
def test_a_name_that_cannot_be_had_is_refused_and_nothing_changes(old: str, new: str, wanted: str) -> None:
    fr, _, _ = parties("fr", "ru", "us")
    assert code(lambda: fr.node.parties.rename(old, new)) == wanted
    assert names(fr) == ["ru", "us"]


def test_the_name_of_a_party_that_was_removed_goes_to_nobody_else_until_it_is_renamed() -> None:
    fr, ru = parties("fr", "ru")
    other = Party("ru", MemoryWire(), seed="other")
    fr.node.parties.remove("ru", Instant(START))
    assert code(lambda: add(fr, other)) == NAME_TAKEN
    fr.node.parties.rename("ru", "ru-old")
    add(fr, other)
    assert (names(fr), fr.node.party_name(ru.fingerprint)) == (["ru"], "ru-old (removed)")


def test_what_the_disk_does_not_take_is_not_so_here() -> None:
    fr, faults = faulty()
    ru = Party("ru", fr.wire)
    fr.meets(ru)
    faults.failing = ("change_peer", "before")
    assert code(lambda: fr.node.parties.remove("ru", Instant(START))) == STORAGE
    assert code(lambda: fr.node.parties.rename("ru", "moscow")) == STORAGE
    assert names(fr) == ["ru"]


# -- removed


def test_a_party_that_was_removed_is_neither_asked_nor_answered_nor_told() -> None:
    fr, ru, us = parties("fr", "ru", "us")
    run(lambda: fr.say(report(), ru))
    fr.node.parties.remove("ru", Instant(START))
    assert names(fr) == ["us"]
    assert code(lambda: fr.node.named(["ru"])) == UNKNOWN_PARTY
    assert [peer.petname for peer in fr.node.named(["all"])] == ["us"]
    done = run(lambda: ru.syncs(fr))[0]
    assert (done.received, {error["code"] for error in done.errors}) == (0, {UNAUTHENTICATED})
    assert list(ru.store.received()) == []
    assert us.fingerprint in {peer.fingerprint for peer in fr.node.peers}


def test_a_pull_that_waits_is_not_answered_once_its_party_was_removed() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        waiting = asyncio.ensure_future(ru.sync.pull(ru.peer(fr), 20, Round("fr")))
        await asyncio.sleep(1)
        peer = fr.peer(ru)
        fr.node.parties.remove("ru", Instant(START))
        await fr.node.say(say.say(report()), [peer], Terms())
        with pytest.raises(RemoteError):
            await waiting

    run(story)
    assert list(ru.store.received()) == []


def test_the_loops_end_with_a_party_that_is_removed_and_begin_with_it_again() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        task = asyncio.ensure_future(running(120, fr, ru))
        await asyncio.sleep(5)
        fr.node.parties.remove("ru", Instant(START))
        said = await ru.say(report(), fr)
        await asyncio.sleep(30)
        assert list(fr.store.received()) == []
        add(fr, ru)
        await asyncio.sleep(60)
        assert [row.statement for row in fr.store.received()] == [said.id]
        await task
        assert len(asyncio.all_tasks()) == 1

    run(story)


def test_what_a_removed_party_said_is_still_here_and_still_proved_and_survives_a_rebuild() -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> tuple[StatementId, StatementId]:
        theirs = await ru.say(report(number=1), fr)
        ours = await fr.say(report(number=2), ru)
        for _ in range(2):
            await fr.syncs(ru, us)
            await ru.syncs(fr, us)
        return theirs.id, ours.id

    theirs, ours = run(story)
    before, ladder = everything(fr.store), fr_told(fr, ours)
    for party in ("ru", "us"):
        fr.node.parties.remove(party, Instant(START))
    fr.node.rebuild()
    fr.start()
    after = everything(fr.store)
    assert {name: value for name, value in after.items() if name != "peers"} == {
        name: value for name, value in before.items() if name != "peers"
    }
    assert fr.store.received_statement(theirs) is not None
    assert fr_told(fr, ours) == [("ru (removed)", facts) for _, facts in ladder]
    assert ladder[0][1].proved_by is not None
    verdict = verify(evidence.prove_telling(fr.node, ours, fr.node.named(["ru"], removed=True)[0]))
    assert verdict.valid
    assert verdict.held_by == "ru"
    assert verdict.proved_by is not None


def test_a_site_of_a_removed_party_goes_on_objecting_marked_and_so_does_the_age_of_its_picture() -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> list[tuple[Rule, str]]:
        await ru.say(a_site(1), fr)
        await fr.syncs(ru, us)
        fr.node.parties.remove("ru", Instant(START))
        fr.node.parties.remove("us", Instant(START))
        await asyncio.sleep(3600)
        mine = await fr.say(a_notice(2))
        picture = fr.sync.watch.picture
        volumes = tuple(entry.volume for entry in picture.entries(fr.fingerprint, mine.id))
        found = check(
            Subject(fr.fingerprint, volumes),
            picture.for_us(),
            as_of=picture.as_of(),
            now=fr.clock.now(),
            names=picture.names(),
        )
        return [(one.rule, picture.names()[one.by]) for one in found.objections]

    assert sorted(run(story)) == [(Rule.PROTECTED, "ru (removed)"), (Rule.STALE, "ru (removed)")]


def test_adding_it_again_restores_it_by_its_name_or_by_a_new_one() -> None:
    fr, ru = parties("fr", "ru")
    fr.node.parties.rename("ru", "moscow")
    assert code(lambda: add(fr, ru)) == EXISTS
    fr.node.parties.remove("moscow", Instant(START))
    fr.start()
    add(fr, ru)
    assert names(fr) == ["moscow"]
    fr.node.parties.remove("moscow", Instant(START))
    add(fr, ru, "ru")
    fr.start()
    assert names(fr) == ["ru"]
    run(lambda: fr.say(report(), ru))
    assert run(lambda: ru.syncs(fr))[0].received == 1


def test_removing_twice_keeps_the_first_time() -> None:
    fr, _ = parties("fr", "ru")
    fr.node.parties.remove("ru", Instant(START))
    assert fr.node.parties.remove("ru", Instant(START + 5)).removed_at == START


def test_another_descriptor_of_the_same_fingerprint_does_not_take_the_place_of_the_one_pinned() -> None:
    fr, ru = parties("fr", "ru")
    again = Party("ru", MemoryWire())
    assert again.fingerprint == ru.fingerprint
    again.address = "http://elsewhere.example"
    other = again._descriptor(bytes(32))
    fr.node.parties.remove("ru", Instant(START))
    assert code(lambda: fr.node.add_peer(pack(other), ru.fingerprint)) == SECOND_DESCRIPTOR
    assert names(fr) == []
