"""The watch at a start, a rebuild and a fault: what was not looked at is looked at, once, and nothing waits for it."""

import asyncio
from collections.abc import Iterator, Sequence
from itertools import pairwise

import pytest

from comity.model.fingerprint import Fingerprint
from comity.node.picture import StoredPicture
from comity.node.sync import LOOK_REST
from comity.node.watch import ALERT, SAID
from comity.record.airspace import Entry
from comity.space.index_box import IndexBox
from unit.node.between import running
from unit.node.faulty import Faults, faulty
from unit.node.matters import ELSEWHERE, HERE, a_notice, a_site, ended, fates, found, hears, said_to
from unit.node.rows import everything
from world import MemoryWire, Party, parties, report, run


def test_a_restart_finishes_what_was_not_looked_at() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await fr.say(a_site(), ru)
        await ru.say(a_notice(), fr)
        await fr.syncs(ru)
        fr.start()
        await fr.sync.look()

    run(story)
    assert fates(fr) == [("protected", SAID, True)]
    assert list(fr.store.airspace.unchecked(10)) == []


def test_a_rebuild_gives_the_same_also_of_what_was_told_to_us() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await fr.say(a_site(2), ru)
        await fr.say(a_notice(5, ELSEWHERE))
        for version in (0, 2, 1):
            await ru.say(a_notice(1, version=version), fr)
        await ru.say(ended(a_notice(3)), fr)
        await ru.say(report(), fr)
        await hears(fr, ru)
        before = everything(fr.store)
        assert len(before["airspace"]) == 3
        fr.node.rebuild()
        assert everything(fr.store) == before

    run(story)


def test_many_are_checked_a_few_at_a_time_and_others_are_served_in_between() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await fr.say(a_site())
        for number in range(50):
            await ru.say(a_notice(100 + number), fr)
        await fr.syncs(ru)
        left: list[int] = []
        while fr.sync.watch.step(20):
            left.append(len(fr.store.airspace.unchecked(1000)))
        assert left == [31, 11, 0]

    run(story)
    assert fates(fr) == [("protected", ALERT, False)] * 50


def test_a_look_lets_others_work_between_its_steps() -> None:
    fr, ru = parties("fr", "ru")
    served: list[int] = []

    async def story() -> None:
        for number in range(50):
            await ru.say(a_notice(100 + number), fr)
        await fr.syncs(ru)

        async def serve() -> None:
            while True:
                served.append(len(fr.store.airspace.unchecked(1000)))
                await asyncio.sleep(0)

        task = asyncio.ensure_future(serve())
        await fr.sync.look()
        task.cancel()

    run(story)
    assert sorted(set(served), reverse=True) == [30, 10, 0]


class PictureWithAHole(StoredPicture):
    """A picture that cannot be looked at in one place."""

    def candidates(self, boxes: Sequence[IndexBox], *, without: Fingerprint | None = None) -> Iterator[Entry]:
        if any(box.south < 0 for box in boxes):
            raise ZeroDivisionError
        return super().candidates(boxes, without=without)


def test_a_serving_node_looks_one_by_one_with_rests_in_which_it_answers() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await fr.say(a_site())
        task = asyncio.ensure_future(running(20, fr, ru))
        await asyncio.sleep(5)
        for number in range(50):
            await ru.say(a_notice(100 + number), fr)
        left: list[int] = []
        for _ in range(400):
            await asyncio.sleep(LOOK_REST / 4)
            left.append(len(fr.store.airspace.unchecked(1000)))
        assert max(before - after for before, after in pairwise(left)) == 1
        assert len([now for now in left if now]) >= 48 * 4  # a rest after each
        assert left[-1] == 0
        await task

    run(story)
    assert fates(fr) == [("protected", ALERT, False)] * 50


def test_one_that_cannot_be_checked_is_reported_and_keeps_no_other_from_it() -> None:
    fr, ru = parties("fr", "ru")
    fr.sync.watch.picture = PictureWithAHole(fr.node)

    async def story() -> None:
        await fr.say(a_site(), ru)
        bad = await ru.say(a_notice(1, ELSEWHERE), fr)
        await ru.say(a_notice(3), fr)
        await hears(fr, ru)
        assert fr.reports == [f"ru: {bad.id.hex()} cannot be checked (ZeroDivisionError): look at it yourself"]

    run(story)
    assert fates(fr) == [("protected", SAID, True)]
    assert list(fr.store.airspace.unchecked(10)) == []


def on_a_faulty_disk() -> tuple[Party, Party, Faults]:
    wire = MemoryWire()
    fr, faults = faulty("fr", wire)
    ru = Party("ru", wire)
    fr.meets(ru)
    ru.meets(fr)
    return fr, ru, faults


@pytest.mark.parametrize("where", [HERE, ELSEWHERE], ids=["an alert", "nothing"])
def test_a_step_ends_in_one_write_whatever_it_has_found(where: tuple[float, float]) -> None:
    fr, ru, faults = on_a_faulty_disk()

    async def story() -> None:
        await fr.say(a_site(2, where))
        await fr.sync.look()
        for number in range(5):
            await ru.say(a_notice(10 + number), fr)
        await fr.syncs(ru)
        faults.events.clear()
        await fr.sync.look()
        assert faults.events == ["commit", "publish"]

    run(story)
    assert fates(fr) == ([("protected", ALERT, False)] * 5 if where == HERE else [])


@pytest.mark.parametrize("when", ["before", "after"])
def test_what_the_disk_did_not_take_is_reported_and_looked_at_again(when: str) -> None:
    fr, ru, faults = on_a_faulty_disk()

    async def story() -> None:
        await fr.say(a_site(), ru)
        await ru.say(a_notice(), fr)
        await fr.syncs(ru)
        faults.failing = ("commit", when)
        await fr.sync.look()
        assert fr.reports == [f"what is new was not checked: storage: {when} the commit"]
        faults.failing = None
        fr.start()
        await fr.sync.look()

    run(story)
    assert fates(fr) == [("protected", SAID, True)]
    assert (said_to(fr, ru).count("objection"), list(fr.store.airspace.unchecked(10))) == (1, [])


def test_a_node_that_may_not_sign_says_nothing_and_goes_on_once_it_may() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await fr.say(a_site(), ru)
        await ru.say(a_notice(), fr)
        await fr.syncs(ru)
        fr.node.journal.read_only = "an old backup was restored"
        await fr.sync.look()
        assert fr.reports == ["what is new was not checked: read-only: an old backup was restored"]
        assert found(fr) == []
        fr.start()
        await fr.sync.look()

    run(story)
    assert fates(fr) == [("protected", SAID, True)]


def test_a_matter_that_is_not_here_any_more_is_told_and_nothing_is_marked_as_checked() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await ru.say(a_notice(), fr)
        await fr.syncs(ru)
        fr.store._db.execute("DELETE FROM received")  # type: ignore[attr-defined]
        await fr.sync.look()
        assert fr.reports[0].startswith("what is new was not checked: damaged: the index of volumes names a statement")
        assert len(fr.store.airspace.unchecked(10)) == 1

    run(story)
