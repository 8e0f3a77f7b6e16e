"""The journal: commit, then swap, then publish; whatever fails, all of it is there or nothing, and never two logs."""

import asyncio

import pytest

from comity.errors import CLOCK_SKEW, DAMAGED, READ_ONLY, STORAGE, LocalError
from comity.exchange import say
from comity.model.marking import Terms
from comity.model.statement import Logged
from comity.node.journal import GROUP, MAX_STEP_BACK, Proposal
from comity.node.ports import Batch
from comity.proof.checkpoint import parse_checkpoint
from unit.node.faulty import Lock, backup, faulty, reopen, restore
from unit.node.rows import RU, kept
from world import Party, parties, report, run

STEPS = [("commit", "before"), ("commit", "after"), ("swap", "before"), ("swap", "after"), ("publish", "before")]


def size_and_root(note: bytes | None) -> tuple[int, bytes]:
    assert note is not None
    head = parse_checkpoint(note).checkpoint
    return head.size, head.root


def code_of(caught: pytest.ExceptionInfo[LocalError]) -> str:
    return caught.value.code


async def together(party: Party, count: int) -> list[Logged]:
    return await asyncio.gather(*(party.say(report(number=number)) for number in range(count)))


async def outcomes(party: Party, *to: Party, count: int = 1) -> list[str]:
    """Say so many things at once. For each that waited: written, or the code that it was told."""
    told = await asyncio.gather(*(party.say(report(number=n), *to) for n in range(count)), return_exceptions=True)
    return [one.code if isinstance(one, LocalError) else "written" for one in told]


# -- the order, and groups


def test_a_commit_is_followed_by_the_swap_and_that_by_publishing() -> None:
    fr, faults = faulty()
    run(lambda: fr.say(report()))
    assert faults.events == ["commit", "swap", "publish"]


def test_what_is_said_at_the_same_time_is_one_commit_and_one_swap() -> None:
    fr, faults = faulty()
    logged = run(lambda: together(fr, GROUP))
    assert faults.events == ["commit", "swap", "publish"]
    assert [entry.index for entry in logged] == list(range(1, GROUP + 1))
    assert all(fr.node.own(entry.id) == entry for entry in logged)


def test_more_than_a_group_takes_more_than_one_commit() -> None:
    fr, faults = faulty()
    run(lambda: together(fr, GROUP + 1))
    assert faults.events == ["commit", "swap", "publish"] * 2


def test_a_whole_group_from_one_caller_is_written_at_once_and_before_what_comes_later() -> None:
    fr, faults = faulty()
    drafts = [say.say(report(number=number)) for number in range(GROUP)]

    async def story() -> tuple[list[tuple[Logged, list[Logged]]], list[Logged]]:
        many = asyncio.create_task(fr.node.say_all(drafts, [], Terms()))
        few = asyncio.create_task(together(fr, 2))
        return await many, await few

    many, few = run(story)
    assert faults.events == ["commit", "swap", "publish"] * 2
    assert [said.index for said, _ in many] == list(range(1, GROUP + 1))
    assert [one.index for one in few] == [GROUP + 1, GROUP + 2]


def test_a_whole_group_that_comes_while_others_wait_is_written_with_them() -> None:
    fr, faults = faulty()
    drafts = [say.say(report(number=number)) for number in range(GROUP)]

    async def story() -> tuple[list[Logged], list[tuple[Logged, list[Logged]]]]:
        few = [asyncio.create_task(fr.say(report())) for _ in range(2)]
        many = asyncio.create_task(fr.node.say_all(drafts, [], Terms()))
        return await asyncio.gather(*few), await many

    few, many = run(story)
    assert faults.events == ["commit", "swap", "publish"]
    assert sorted(one.index for one in [*few, *(said for said, _ in many)]) == list(range(1, GROUP + 3))


def test_whoever_says_group_after_group_lets_others_have_their_turn() -> None:
    fr, _ = faulty()
    turns, drafts = [0], [say.say(report(number=number)) for number in range(GROUP)]

    async def others() -> None:
        while True:
            turns[0] += 1
            await asyncio.sleep(0)

    async def story() -> int:
        beside = asyncio.create_task(others())
        for _ in range(5):
            await fr.node.say_all(drafts, [], Terms())
        beside.cancel()
        return turns[0]

    assert run(story) >= 5


def test_a_whole_group_that_cannot_be_written_is_refused_whole() -> None:
    fr, faults = faulty()
    drafts = [say.say(report(number=number)) for number in range(GROUP)]
    faults.failing = ("commit", "before")
    with pytest.raises(LocalError) as caught:
        run(lambda: fr.node.say_all(drafts, [], Terms()))
    assert (code_of(caught), fr.store.size(), fr.node.journal.tree.size) == (STORAGE, 1, 1)


def test_rows_alone_are_committed_without_a_new_head() -> None:
    fr, faults = faulty()
    run(lambda: fr.node.journal.commit(Proposal(batch=Batch(cursors={RU: 4}))))
    assert faults.events == ["commit", "publish"]
    assert (fr.store.cursor(RU), fr.node.journal.tree.size) == (4, 1)


def test_a_statement_and_its_release_stand_side_by_side_however_many_speak() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> list[Logged]:
        return await asyncio.gather(*(fr.say(report(number=number), ru) for number in range(5)))

    for said in run(story):
        assert [row.index for row in fr.store.releases_of(said.id)] == [said.index + 1]


# -- failing steps


def test_a_commit_that_fails_leaves_nothing_in_the_store_in_the_lock_or_in_memory() -> None:
    fr, faults = faulty()
    journal = fr.node.journal
    before = (fr.store.size(), fr.store.note(), fr.lock.note, journal.note, journal.tree)
    faults.failing = ("commit", "before")
    with pytest.raises(LocalError) as caught:
        run(lambda: fr.say(report()))
    assert (code_of(caught), faults.events) == (STORAGE, [])
    assert (fr.store.size(), fr.store.note(), fr.lock.note, journal.note, journal.tree) == before
    faults.failing = None
    assert run(lambda: fr.say(report())).index == 1


def test_one_that_cannot_be_written_does_not_fail_its_neighbours() -> None:
    fr, _ = faulty()

    async def story() -> list[str]:
        bad = fr.node.journal.commit(Proposal(batch=Batch(kept=[kept("pull", 1, data=None)])))  # type: ignore[arg-type]
        told = await asyncio.gather(fr.say(report(number=1)), bad, fr.say(report(number=2)), return_exceptions=True)
        return [type(one).__name__ for one in told]

    assert run(story) == ["Logged", "LocalError", "Logged"]
    assert fr.store.size() == 3


@pytest.mark.parametrize("step", STEPS)
def test_after_a_failure_at_any_step_all_or_nothing_is_there_once_it_is_opened_again(step: tuple[str, str]) -> None:
    fr, faults = faulty()
    faults.failing = step
    told = run(lambda: outcomes(fr, count=3))
    node, expected = reopen(fr, faults), 1 if step == ("commit", "before") else 4
    assert told == [STORAGE] * 3
    assert node.journal.tree.size == expected
    assert node.journal.read_only is None
    assert node.verify_log() == []
    assert fr.lock.note == node.journal.note == fr.store.note()
    assert run(lambda: fr.say(report(number=9))).index == expected


@pytest.mark.parametrize("step", STEPS)
def test_no_failure_makes_two_heads_of_one_size(step: tuple[str, str]) -> None:
    fr, faults = faulty()
    ru = Party("ru", fr.wire)
    fr.meets(ru)
    ru.meets(fr)
    shown: set[tuple[int, bytes]] = set()

    async def story() -> None:
        for number in range(4):
            faults.failing = step if number == 1 else faults.failing
            await outcomes(fr, ru)
            shown.add(size_and_root(fr.node.journal.note))
            await ru.syncs(fr)
            if number == 2:
                reopen(fr, faults)
        await ru.syncs(fr)

    run(story)
    assert isinstance(fr.lock, Lock)
    shown |= {size_and_root(note) for note in fr.lock.held}
    head = ru.store.head(fr.fingerprint)
    assert head is not None
    shown.add(size_and_root(head[1]))
    assert len({size for size, _ in shown}) == len(shown)
    assert ru.store.kept("evidence", fr.fingerprint) == []


def test_what_was_committed_but_not_locked_is_shown_to_nobody() -> None:
    fr, faults = faulty()
    ru = Party("ru", fr.wire)
    fr.meets(ru)
    ru.meets(fr)
    before = fr.node.journal.note
    faults.failing = ("swap", "before")

    assert run(lambda: outcomes(fr, ru)) == [STORAGE]
    [round] = run(lambda: ru.syncs(fr))
    assert (round.received, list(ru.store.received())) == (0, [])
    assert fr.node.journal.note == before == fr.lock.note
    assert ru.store.head(fr.fingerprint) == (1, before)
    assert fr.store.size() == 3
    reopen(fr, faults)
    [round] = run(lambda: ru.syncs(fr))
    assert round.received == 1


def test_after_a_failed_swap_nothing_more_is_signed_until_it_is_opened_again() -> None:
    fr, faults = faulty()
    faults.failing = ("swap", "before")
    run(lambda: outcomes(fr))
    assert fr.node.journal.read_only is not None
    with pytest.raises(LocalError) as caught:
        run(lambda: fr.say(report()))
    assert code_of(caught) == READ_ONLY
    reopen(fr, faults)
    assert run(lambda: fr.say(report())).index == 2


def test_rows_in_a_group_whose_swap_fails_are_written_once() -> None:
    fr, faults = faulty()
    faults.failing = ("swap", "before")

    async def story() -> None:
        rows = fr.node.journal.commit(Proposal(batch=Batch(kept=[kept("pull", 1)])))
        await asyncio.gather(fr.say(report()), rows, return_exceptions=True)

    run(story)
    assert len(fr.store.kept("pull", RU)) == 1


# -- the lock


def test_a_restored_backup_signs_nothing_and_so_never_a_fork() -> None:
    [fr] = parties("fr")
    run(lambda: fr.say(report(number=1)))
    copy = backup(fr)
    run(lambda: fr.say(report(number=2)))
    locked = fr.lock.note
    restore(fr, copy)
    for _ in range(2):
        with pytest.raises(LocalError, match="behind the last head") as caught:
            run(lambda: fr.say(report(number=3)))
        assert code_of(caught) == READ_ONLY
    with pytest.raises(LocalError) as caught:
        fr.node.journal.adopt()
    assert (code_of(caught), fr.lock.note, fr.store.size()) == (READ_ONLY, locked, 2)


def test_a_lock_that_holds_another_log_of_the_same_size_is_not_followed() -> None:
    [fr] = parties("fr")
    run(lambda: fr.say(report(number=1)))
    copy, old = backup(fr), fr.lock.note
    run(lambda: fr.say(report(number=2)))
    locked, fr.lock.note = fr.lock.note, old
    restore(fr, copy)
    run(lambda: fr.say(report(number=3)))
    fr.lock.note = locked
    fr.start()
    assert fr.node.journal.read_only is not None
    assert fr.lock.note == locked


def test_a_missing_lock_is_read_only_until_the_head_is_adopted() -> None:
    [fr] = parties("fr")
    run(lambda: fr.say(report(number=1)))
    fr.lock.note = None
    fr.start()
    with pytest.raises(LocalError, match="adopt") as caught:
        run(lambda: fr.say(report(number=2)))
    assert code_of(caught) == READ_ONLY
    fr.node.journal.adopt()
    assert fr.lock.note == fr.store.note()
    assert run(lambda: fr.say(report(number=2))).index == 2
    with pytest.raises(LocalError, match="nothing to adopt"):
        fr.node.journal.adopt()


def test_a_crash_between_commit_and_swap_is_healed_when_opened() -> None:
    [fr] = parties("fr")
    before = fr.lock.note
    said = run(lambda: fr.say(report()))
    fr.lock.note = before
    fr.start()
    assert (fr.node.journal.read_only, fr.lock.note) == (None, fr.store.note())
    assert fr.node.own(said.id) == said


def test_another_process_that_signs_stops_this_one() -> None:
    [fr] = parties("fr")
    other = fr.lock.note
    fr.lock.note = b"what another process has signed"
    with pytest.raises(LocalError, match="another process"):
        run(lambda: fr.say(report()))
    assert fr.lock.note == b"what another process has signed"
    fr.lock.note = other
    fr.start()
    assert fr.node.journal.read_only is None


def test_a_lock_that_cannot_be_read_as_a_head_is_damage() -> None:
    [fr] = parties("fr")
    fr.lock.note = b"not a note"
    with pytest.raises(LocalError) as caught:
        fr.start()
    assert (code_of(caught), caught.value.place) == (DAMAGED, "checkpoint lock")


def test_a_node_that_may_not_sign_still_keeps_what_others_send() -> None:
    fr, ru = parties("fr", "ru")
    said = run(lambda: fr.say(report(), ru))
    run(lambda: ru.syncs(fr))
    fr.node.journal.read_only = "for this test"
    run(lambda: ru.syncs(fr))
    [row] = fr.store.releases_of(said.id)
    assert fr.store.answers_to(row.id)


# -- the clock


def test_a_clock_set_back_by_more_than_five_minutes_stops_the_signing() -> None:
    [fr] = parties("fr")
    run(lambda: fr.say(report(number=1)))
    fr.clock.skew = -MAX_STEP_BACK - 1
    with pytest.raises(LocalError) as caught:
        run(lambda: fr.say(report(number=2)))
    assert (code_of(caught), fr.store.size()) == (CLOCK_SKEW, 2)
    fr.clock.skew = 0
    assert run(lambda: fr.say(report(number=2))).index == 2


def test_a_clock_set_back_by_less_never_makes_a_statement_older_than_the_one_before() -> None:
    [fr] = parties("fr")
    first = run(lambda: fr.say(report(number=1)))
    fr.clock.skew = -MAX_STEP_BACK
    second = run(lambda: fr.say(report(number=2)))
    assert first.signed.envelope.iat == second.signed.envelope.iat


# -- cancelled waiters


def test_a_cancelled_waiter_takes_no_other_with_him() -> None:
    fr, _ = faulty()

    async def story() -> list[str]:
        tasks = [asyncio.ensure_future(fr.say(report(number=number))) for number in range(3)]
        await asyncio.sleep(0)  # all have proposed
        tasks[0].cancel()
        told = await asyncio.gather(*tasks, return_exceptions=True)
        return [type(one).__name__ for one in told]

    assert run(story) == ["CancelledError", "Logged", "Logged"]
    assert (fr.store.size(), fr.node.verify_log()) == (3, [])


def test_all_waiters_cancelled_write_nothing_and_the_next_is_written() -> None:
    fr, faults = faulty()

    async def story() -> Logged:
        tasks = [asyncio.ensure_future(fr.say(report(number=number))) for number in range(3)]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return await fr.say(report(number=9))

    assert run(story).index == 1
    assert faults.events == ["commit", "swap", "publish"]


def test_who_is_cancelled_after_his_turn_has_said_it_all_the_same() -> None:
    fr, _ = faulty()

    async def story() -> None:
        task = asyncio.ensure_future(fr.say(report()))
        while fr.store.size() == 1:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(story)
    assert fr.store.size() == 2


# -- damage


def test_a_store_whose_edge_is_not_that_of_its_head_is_not_opened() -> None:
    [fr] = parties("fr")
    run(lambda: fr.say(report()))
    fr.store.commit(Batch(tiles={(0, 0): bytes(64)}))
    with pytest.raises(LocalError) as caught:
        fr.start()
    assert code_of(caught) == DAMAGED


def test_a_store_whose_head_cannot_be_read_is_not_opened() -> None:
    [fr] = parties("fr")
    fr.store.commit(Batch(note=b"not a note"))
    with pytest.raises(LocalError) as caught:
        fr.start()
    assert (code_of(caught), caught.value.place) == (DAMAGED, "head")
