"""The picture: candidates from the index, statements read once, what is for us, and how old what we know of others is."""

import asyncio
from dataclasses import replace

import pytest

from comity.errors import DAMAGED, LocalError
from comity.exchange.deliver import PageEnd
from comity.model.site import Function
from comity.node import picture as pictures
from comity.node.sync import Round
from comity.space import instant
from comity.space.index_box import boxes
from comity.space.volume import Volume
from unit.node.between import running
from unit.node.liar import Page, counted, lying
from unit.node.matters import ELSEWHERE, a_notice, a_site, hears
from world import START, Party, parties, report, run


def ids(party: Party, asked: Volume, *, ours: bool = False) -> list[str]:
    picture = party.sync.watch.picture
    found = (picture.for_us() if ours else picture).candidates(boxes(asked))
    return [entry.statement.hex() for entry in found]


async def volume_of(party: Party, raw: bytes, *to: Party) -> tuple[str, Volume]:
    said = await party.say(raw, *to)
    [entry] = party.sync.watch.picture.entries(party.fingerprint, said.id)
    return said.id.hex(), entry.volume


# -- candidates


def test_candidates_are_ours_and_those_told_to_us_that_lie_near_once_each() -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> None:
        mine, volume = await volume_of(fr, a_notice(1))
        told = await ru.say(a_site(2), fr)
        await us.say(a_site(3))
        await us.say(a_site(4, ELSEWHERE), fr)
        await us.say(report(), fr)
        await hears(fr, ru, us)
        assert sorted(ids(fr, volume)) == sorted([mine, told.id.hex()])

    run(story)


def test_a_statement_is_read_once_however_often_it_is_near(monkeypatch: pytest.MonkeyPatch) -> None:
    [fr] = parties("fr")

    async def story() -> None:
        _, volume = await volume_of(fr, a_notice(1))
        picture = fr.sync.watch.picture
        first = list(picture.candidates(boxes(volume)))
        assert all(one is other for one, other in zip(first, picture.candidates(boxes(volume)), strict=True))
        assert list(picture.for_us().candidates(boxes(volume))) == []
        monkeypatch.setattr(pictures, "_REMEMBERED", 1)
        again = await fr.say(a_site(2))
        picture.entries(fr.fingerprint, again.id)  # as much as may be remembered: what was is let go
        assert not any(one is other for one, other in zip(first, picture.candidates(boxes(volume)), strict=False))

    run(story)


def test_an_index_that_names_what_is_not_here_is_damaged() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        said = await ru.say(a_site(), fr)
        with pytest.raises(LocalError) as caught:
            fr.sync.watch.picture.object(said.id)
        assert caught.value.code == DAMAGED

    run(story)


# -- for our own operators


def test_for_us_our_own_notices_and_what_others_are_told_of_our_exact_sites_are_left_out() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        _, volume = await volume_of(fr, a_notice(1))
        exact = await fr.say(a_site(2))
        await fr.say(a_site(3, precision="widened:20"), ru)
        await fr.say(a_site(4, precision="call"), ru)
        theirs = [await ru.say(raw, fr) for raw in (a_notice(5), a_site(6, precision="widened:20"))]
        await hears(fr, ru)
        assert len(ids(fr, volume)) == 6
        assert sorted(ids(fr, volume, ours=True)) == sorted(one.id.hex() for one in (exact, *theirs))

    run(story)


@pytest.mark.parametrize(
    ("exact", "left_out"),
    [
        (a_site(2), True),
        (a_site(2, ELSEWHERE), False),
        (a_site(2, function=Function.SCHOOL), False),
        (a_site(2, precision="widened:20"), False),
        (a_notice(2), False),
        (None, False),
    ],
)
def test_a_widened_site_of_ours_is_left_out_only_where_an_exact_one_of_its_function_lies_in_it(
    exact: bytes | None, left_out: bool
) -> None:
    [fr] = parties("fr")

    async def story() -> None:
        if exact is not None:
            await fr.say(exact)
        circle, volume = await volume_of(fr, a_site(3, precision="widened:20"))
        assert (circle not in ids(fr, volume, ours=True)) == left_out

    run(story)


def test_an_exact_site_of_another_party_in_it_leaves_ours_in() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await ru.say(a_site(2), fr)
        await hears(fr, ru)
        circle, volume = await volume_of(fr, a_site(3, precision="widened:20"))
        assert circle in ids(fr, volume, ours=True)

    run(story)


# -- as of


def as_of(party: Party, other: Party) -> str | None:
    at = party.sync.watch.picture.as_of()[other.fingerprint]
    return None if at is None else instant.text(at)


def test_a_party_was_heard_from_when_it_has_signed_that_this_is_all_also_where_that_is_nothing() -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> None:
        assert as_of(fr, ru) is None
        await asyncio.sleep(7)
        await fr.syncs(ru)
        await asyncio.sleep(7)
        assert (as_of(fr, ru), as_of(fr, us)) == ("2026-11-26T10:00:07.000Z", None)
        await fr.syncs(ru)
        assert as_of(fr, ru) == "2026-11-26T10:00:14.000Z"

    run(story)
    fr.start()
    assert as_of(fr, ru) == "2026-11-26T10:00:14.000Z"
    fr.node.rebuild()
    assert as_of(fr, ru) == "2026-11-26T10:00:14.000Z"


def test_while_both_serve_a_picture_is_never_half_a_minute_old_and_without_the_other_it_ages() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        task = asyncio.ensure_future(running(200, fr, ru))
        ages = []
        for second in range(199):
            await asyncio.sleep(1)
            if second == 100:
                fr.wire.cut.add("ru.example")
            at = fr.sync.watch.picture.as_of()[ru.fingerprint]
            assert at is not None
            ages.append((fr.clock.now() - at) / 1000)
        assert max(ages[:100]) < 30
        assert ages[-1] > 90
        await task

    run(story)


def first_item_alone(page: Page, end: PageEnd) -> tuple[Page, PageEnd]:
    """As a teller does whose page is full."""
    items = page.items[:1]
    return counted(replace(page, items=items), replace(end, next=items[0].release_index + 1))


def test_a_page_that_is_not_the_last_says_nothing_of_how_fresh_the_picture_is() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        for number in range(3):
            await ru.say(report(number=number), fr)

        teller = lying(ru)
        teller.lie = first_item_alone
        assert await fr.sync.pull(fr.peer(ru), 0, Round("ru"))
        teller.lie = None
        assert as_of(fr, ru) is None
        await fr.syncs(ru)
        assert as_of(fr, ru) is not None

    run(story)


@pytest.mark.parametrize(("ahead_s", "told"), [(86_400, START), (-3_600, START - 3_600_000)])
def test_a_teller_whose_page_bears_a_time_to_come_was_heard_from_now_and_an_old_time_stays_old(
    ahead_s: int, told: int
) -> None:
    fr, ru = parties("fr", "ru")

    lying(ru).lie = lambda page, end: (page, replace(end, at=end.at + ahead_s))
    run(lambda: fr.syncs(ru))
    assert fr.sync.watch.picture.as_of()[ru.fingerprint] == pytest.approx(told, abs=1000)
