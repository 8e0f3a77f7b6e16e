"""The node: who is known under which name, what may be released to whom, and what is ours."""

import asyncio

import pytest

from comity.errors import (
    BAD_ARGUMENT,
    DAMAGED,
    EXISTS,
    FINGERPRINT_MISMATCH,
    NAME_TAKEN,
    NOT_A_NODE,
    NOT_OURS,
    UNKNOWN_PARTY,
    UNKNOWN_STATEMENT,
    LocalError,
)
from comity.exchange import say
from comity.model.fingerprint import Fingerprint
from comity.model.marking import Onward, Terms, Tlp
from comity.model.release import read
from comity.node.node import Node, Saying, genesis, pack, read_fingerprint
from comity.node.sqlite import SqliteStore
from comity.proof.checkpoint import parse_checkpoint
from comity.proof.envelope import StatementId
from unit.node.between import running
from unit.node.faulty import faulty
from world import MemoryLock, MemoryWire, Party, parties, report, run


def code(action: object) -> str:
    with pytest.raises(LocalError) as caught:
        action()  # type: ignore[operator]
    return caught.value.code


def alone(name: str, seed: str = "comity") -> Party:
    return Party(name, MemoryWire(), seed=seed)


# -- parties


def test_a_party_is_known_by_the_name_it_suggests_or_by_the_one_given_here() -> None:
    fr, ru, us = alone("fr"), alone("ru"), alone("us")
    fr.meets(ru)
    fr.node.add_peer(pack(us.node.descriptor.signed), us.fingerprint, "allies")
    assert [peer.petname for peer in fr.node.peers] == ["allies", "ru"]
    fr.start()
    assert [peer.petname for peer in fr.node.peers] == ["allies", "ru"]
    assert (fr.node.party_name(us.fingerprint), fr.node.party_name(fr.fingerprint)) == ("allies", "fr")
    assert fr.node.party_name(Fingerprint("a" * 64)) == "a" * 16


def test_a_name_stands_for_one_party() -> None:
    fr, ru, other = alone("fr"), alone("ru"), alone("ru", seed="other")
    fr.meets(ru)
    assert code(lambda: fr.meets(other)) == NAME_TAKEN
    assert code(lambda: fr.node.add_peer(pack(other.node.descriptor.signed), other.fingerprint, "fr")) == NAME_TAKEN
    fr.node.add_peer(pack(other.node.descriptor.signed), other.fingerprint, "ru-2")
    assert len(fr.node.peers) == 2


@pytest.mark.parametrize("name", ["all", "own", "A", "a b", "-a", "a" * 33])
def test_a_petname_is_a_name(name: str) -> None:
    fr, ru = alone("fr"), alone("ru")
    assert code(lambda: fr.node.add_peer(pack(ru.node.descriptor.signed), ru.fingerprint, name)) == BAD_ARGUMENT
    assert fr.node.peers == []


def test_a_party_is_added_once_and_never_oneself() -> None:
    fr, ru = alone("fr"), alone("ru")
    fr.meets(ru)
    assert code(lambda: fr.meets(ru)) == EXISTS
    assert code(lambda: fr.node.add_peer(pack(ru.node.descriptor.signed), ru.fingerprint, "other")) == EXISTS
    assert code(lambda: fr.meets(fr)) == BAD_ARGUMENT


def test_the_fingerprint_decides_and_not_the_descriptor() -> None:
    fr, ru, us = alone("fr"), alone("ru"), alone("us")
    assert code(lambda: fr.node.add_peer(pack(ru.node.descriptor.signed), us.fingerprint)) == FINGERPRINT_MISMATCH
    for broken in (b"", b"\x80", pack(ru.node.descriptor.signed)[:-1]):
        assert code(lambda broken=broken: fr.node.add_peer(broken, ru.fingerprint)) == BAD_ARGUMENT
    assert fr.node.peers == []


def test_all_is_every_party_and_an_unknown_name_is_refused() -> None:
    fr, _, _ = parties("fr", "ru", "us")
    assert [peer.petname for peer in fr.node.named(["all"])] == ["ru", "us"]
    assert [peer.petname for peer in fr.node.named(["us", "us", "ru"])] == ["ru", "us"]
    assert fr.node.named([]) == []
    with pytest.raises(LocalError, match="only ru, us") as caught:
        fr.node.named(["ru", "xx"])
    assert caught.value.code == UNKNOWN_PARTY


@pytest.mark.parametrize("text", ["AB" * 32, ":".join(["ab"] * 32), " ".join(["abab"] * 16)])
def test_a_fingerprint_is_read_as_people_write_it(text: str) -> None:
    assert read_fingerprint(text) == "ab" * 32


@pytest.mark.parametrize("text", ["", "ab" * 31, "g" * 64, "ab" * 33])
def test_what_is_no_fingerprint_is_refused(text: str) -> None:
    assert code(lambda: read_fingerprint(text)) == BAD_ARGUMENT


# -- releasing


def test_by_default_what_is_said_is_released_to_nobody() -> None:
    fr, ru = parties("fr", "ru")
    said = run(lambda: fr.say(report()))
    assert (fr.store.releases_of(said.id), fr.store.size()) == ([], 2)
    assert run(lambda: ru.syncs(fr))[0].received == 0


def test_what_is_said_together_is_said_as_one_by_one_under_one_head() -> None:
    fr, ru, us = parties("fr", "ru", "us")
    drafts = [say.say(report(number=number)) for number in range(3)]
    told = run(lambda: fr.node.say_all(drafts, [fr.peer(ru), fr.peer(us)], Terms(Tlp.GREEN)))
    assert [said.signed.object for said, _ in told] == [draft.object for draft in drafts]
    assert len({said.signed.salt for said, _ in told}) == 3
    for said, given in told:
        assert {row.to for row in fr.store.releases_of(said.id)} == {ru.fingerprint, us.fingerprint}
        assert {read(one.signed.object).leaf for one in given} == {said.id}
    assert fr.node.verify_log() == []
    assert parse_checkpoint(fr.lock.read() or b"").checkpoint.size == fr.store.size() == 10
    assert run(lambda: ru.syncs(fr))[0].received == 3
    assert run(lambda: fr.node.say_all([], [fr.peer(ru)], Terms())) == []


def test_of_what_is_said_together_each_thing_has_its_own_addressees_and_terms() -> None:
    fr, ru, us = parties("fr", "ru", "us")
    given = [([fr.peer(ru)], Terms(Tlp.RED)), ([], Terms()), ([fr.peer(ru), fr.peer(us)], Terms(Tlp.GREEN))]
    sayings = [Saying(say.say(report(number=number)), to, terms) for number, (to, terms) in enumerate(given)]
    told = run(lambda: fr.node.say_together(sayings))
    assert [said.signed.object for said, _ in told] == [one.draft.object for one in sayings]
    assert [said.index for said, _ in told] == [1, 3, 4]
    for (said, releases), (to, terms) in zip(told, given, strict=True):
        found = [read(one.signed.object) for one in releases]
        assert {one.to for one in found} == {peer.fingerprint for peer in to}
        assert {(one.leaf, one.terms) for one in found} <= {(said.id, terms)}
    assert run(lambda: us.syncs(fr))[0].received == 1


def test_what_is_said_together_is_logged_whole_or_not_at_all() -> None:
    fr, faults = faulty()
    size = fr.store.size()
    faults.failing = ("commit", "before")
    with pytest.raises(LocalError):
        run(lambda: fr.node.say_all([say.say(report(number=number)) for number in range(3)], [], Terms()))
    assert (fr.store.size(), fr.node.journal.tree.size) == (size, size)


def test_a_release_carries_its_terms_to_the_addressee() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await fr.say(report(), ru, terms=Terms(Tlp.RED, Onward.MAY))
        await ru.syncs(fr)

    run(story)
    [row] = fr.store.releases_to(ru.fingerprint, 0, 10)
    terms = read(fr.node.at(row.index).signed.object).terms
    assert (terms.tlp, terms.onward) == (Tlp.RED, Onward.NEVER)


def test_whoever_has_a_release_gets_no_second_one() -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> list[int]:
        said = await fr.say(report(), ru)
        again = await fr.node.release(said.id, [fr.peer(ru)], Terms())
        more = await fr.node.release(said.id, [fr.peer(ru), fr.peer(us)], Terms())
        return [len(again), len(more)]

    assert run(story) == [0, 1]


def test_what_was_not_released_to_a_party_cannot_be_withdrawn_from_it() -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> None:
        said = await fr.say(report(), ru)
        with pytest.raises(LocalError, match="not released to us") as caught:
            await fr.node.withdraw(said.id, [fr.peer(ru), fr.peer(us)])
        assert caught.value.code == BAD_ARGUMENT
        assert [row.withdrawn for row in fr.store.releases_of(said.id)] == [False]
        await fr.node.withdraw(said.id, [fr.peer(ru)])
        with pytest.raises(LocalError, match="not released to ru"):
            await fr.node.withdraw(said.id, [fr.peer(ru)])

    run(story)


@pytest.mark.parametrize("index", [0, 2, 3])
def test_what_a_node_makes_by_itself_is_never_released(index: int) -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await fr.say(report(number=1), ru)  # 1 and its release, 2
        await ru.say(report(number=2), fr)
        await fr.syncs(ru)  # the acknowledgement, 3
        with pytest.raises(LocalError) as caught:
            await fr.node.release(fr.node.at(index).id, [fr.peer(ru)], Terms())
        assert caught.value.code == NOT_OURS

    run(story)


def test_another_partys_statement_is_neither_released_nor_withdrawn() -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> None:
        said = await fr.say(report(), ru)
        await ru.syncs(fr)
        for action in (ru.node.release(said.id, [ru.peer(us)], Terms()), ru.node.withdraw(said.id, [ru.peer(us)])):
            with pytest.raises(LocalError) as caught:
                await action
            assert caught.value.code == NOT_OURS

    run(story)
    assert ru.store.size() == 2


def test_an_unknown_statement_is_neither_released_nor_withdrawn() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        for action in (
            fr.node.release(StatementId(bytes(32)), [fr.peer(ru)], Terms()),
            fr.node.withdraw(StatementId(bytes(32)), [fr.peer(ru)]),
        ):
            with pytest.raises(LocalError) as caught:
                await action
            assert caught.value.code == UNKNOWN_STATEMENT

    run(story)


@pytest.mark.parametrize("text", ["", "ab", "g" * 64, "ab" * 33, "report--00000000"])
def test_a_statement_is_named_by_the_digits_of_its_id(text: str) -> None:
    [fr] = parties("fr")
    assert fr.node.resolve("ab" * 32) == b"\xab" * 32
    assert code(lambda: fr.node.resolve(text)) == BAD_ARGUMENT


# -- opening


def test_a_log_begins_once() -> None:
    [fr] = parties("fr")
    descriptor = fr.node.descriptor.signed
    assert code(lambda: genesis(fr.store, MemoryLock(), fr.keys, descriptor, fr.clock)) == EXISTS
    assert code(lambda: genesis(SqliteStore(":memory:"), fr.lock, fr.keys, descriptor, fr.clock)) == EXISTS


def test_an_empty_store_is_no_node() -> None:
    [fr] = parties("fr")
    empty = SqliteStore(":memory:")
    assert code(lambda: Node.open(empty, MemoryLock(), fr.keys, fr.clock, fr.randomness)) == NOT_A_NODE


def test_a_node_opens_with_its_own_keys_alone() -> None:
    fr, ru = parties("fr", "ru")
    assert code(lambda: Node.open(fr.store, fr.lock, ru.keys, fr.clock, fr.randomness)) == DAMAGED


def test_a_first_leaf_that_is_damaged_is_told() -> None:
    [fr] = parties("fr")
    assert isinstance(fr.store, SqliteStore)
    fr.store._db.execute("UPDATE bodies SET content = content || ' ' WHERE at = 0")
    with pytest.raises(LocalError) as caught:
        fr.start()
    assert (caught.value.code, caught.value.place) == (DAMAGED, "leaf 0")


def test_what_was_said_and_heard_is_there_when_it_is_opened_again() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        task = asyncio.ensure_future(running(2, fr, ru))
        said = await fr.say(report(), ru)
        await task
        for party in (fr, ru):
            party.start()
        assert fr.node.own(said.id) == said
        assert ru.store.received_statement(said.id) is not None
        second = await fr.say(report(number=2), ru)
        await running(2, fr, ru)
        assert ru.store.received_statement(second.id) is not None

    run(story)
