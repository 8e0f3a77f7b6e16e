"""The watch over time: releases that come later or go, new versions, what is over, and sites told less exactly."""

import asyncio
import json
from collections.abc import Callable

import pytest

from comity.model import content, site
from comity.model.marking import Terms
from comity.node.watch import ALERT, OWN, SAID
from comity.space import instant
from unit.node.matters import (
    ELSEWHERE,
    HERE,
    a_notice,
    a_site,
    cancelled,
    ended,
    fates,
    found,
    hears,
    logged_types,
    said_to,
    taken_back,
)
from world import START, parties, run

# -- never twice


@pytest.mark.parametrize("told", [True, False])
def test_the_same_three_are_found_once_however_often_it_looks(told: bool) -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await fr.say(a_site(), *([ru] if told else []))
        await ru.say(a_notice(), fr)
        await hears(fr, ru)
        before, size = found(fr), fr.node.journal.tree.size
        await asyncio.sleep(60)
        fr.node.rebuild()  # so that everything is new to the watch
        await hears(fr, ru)
        assert (found(fr), fr.node.journal.tree.size) == (before, size)

    run(story)


def test_two_new_ones_that_meet_are_found_once_in_one_step() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await fr.say(a_notice(1), ru)
        await ru.say(a_notice(2), fr)
        await fr.syncs(ru)
        assert len(fr.store.airspace.unchecked(10)) == 2
        assert fr.sync.watch.step(10)
        assert not fr.sync.watch.step(10)

    run(story)
    assert sorted(fates(fr)) == [("overlap", OWN, True), ("overlap", SAID, True)]
    assert logged_types(fr).count("objection") == 2


# -- releases that come later, or go


def test_a_matter_released_later_turns_the_alert_into_an_objection_said() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        place = await fr.say(a_site())
        await ru.say(a_notice(), fr)
        await hears(fr, ru)
        assert fates(fr) == [("protected", ALERT, False)]
        await fr.node.release(place.id, [fr.peer(ru)], Terms())
        await fr.sync.look()
        assert fates(fr) == [("protected", SAID, True)]
        await hears(ru, fr)
        assert said_to(fr, ru) == ["protected-site", "objection"]

    run(story)


def test_a_release_to_another_party_leaves_the_alert_an_alert() -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> None:
        place = await fr.say(a_site())
        await ru.say(a_notice(), fr)
        await hears(fr, ru)
        await fr.node.release(place.id, [fr.peer(us)], Terms())
        await fr.sync.look()

    run(story)
    assert fates(fr) == [("protected", ALERT, False)]
    assert logged_types(fr).count("objection") == 0


def test_our_notice_released_later_has_what_stands_against_it_logged_and_others_objected_to() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        flight = await fr.say(a_notice(1))
        await ru.say(a_notice(2), fr)
        await hears(fr, ru)
        assert sorted(fates(fr)) == [("overlap", ALERT, False), ("overlap", OWN, False)]
        await fr.node.release(flight.id, [fr.peer(ru)], Terms())
        await fr.sync.look()

    run(story)
    assert sorted(fates(fr)) == [("overlap", OWN, True), ("overlap", SAID, True)]
    assert said_to(fr, ru) == ["notice", "objection"]


def test_once_its_release_is_withdrawn_a_matter_is_withheld_again() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        place = await fr.say(a_site(), ru)
        await fr.node.withdraw(place.id, [fr.peer(ru)])
        await ru.say(a_notice(), fr)
        await hears(fr, ru)
        assert fates(fr) == [("protected", ALERT, False)]
        assert said_to(fr, ru) == []

    run(story)


def test_what_was_said_once_is_not_said_again_when_its_matter_is_withdrawn_and_released_once_more() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        place = await fr.say(a_site(), ru)
        await ru.say(a_notice(), fr)
        await hears(fr, ru)
        await fr.node.withdraw(place.id, [fr.peer(ru)])
        await fr.node.release(place.id, [fr.peer(ru)], Terms())
        await fr.sync.look()

    run(story)
    assert logged_types(fr).count("objection") == 1


def test_a_site_whose_release_to_us_was_withdrawn_protects_as_before() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        place = await ru.say(a_site(), fr)
        await hears(fr, ru)
        await ru.node.withdraw(place.id, [ru.peer(fr)])
        await hears(fr, ru)
        await fr.say(a_notice(), ru)
        await fr.sync.look()

    run(story)
    assert fates(fr) == [("protected", OWN, True)]


# -- versions, and what is over


def test_a_new_version_takes_the_place_of_the_one_before_on_either_side() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await fr.say(a_site(2), ru)
        await fr.say(a_site(2, ELSEWHERE, version=1), ru)
        await ru.say(a_notice(1), fr)
        await hears(fr, ru)
        assert found(fr) == []  # the site is elsewhere now
        moved = await ru.say(a_notice(1, ELSEWHERE, version=1), fr)
        await hears(fr, ru)
        assert [row.against for row in found(fr)] == [moved.id]
        back = await ru.say(a_notice(1, ELSEWHERE, version=2, kind="the same, once more"), fr)
        await hears(fr, ru)
        assert [row.against for row in found(fr)] == [moved.id, back.id]  # each version is a statement of its own

    run(story)


def test_a_version_that_comes_late_takes_the_place_of_nothing() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await fr.say(a_site(2), ru)
        await ru.say(a_notice(1, ELSEWHERE, version=5), fr)
        await ru.say(a_notice(1, HERE, version=3), fr)
        await hears(fr, ru)

    run(story)
    assert found(fr) == []


@pytest.mark.parametrize("over", [ended, cancelled, taken_back])
def test_what_is_ended_cancelled_or_withdrawn_objects_no_more_and_is_objected_to_no_more(
    over: Callable[[bytes], bytes],
) -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await ru.say(a_notice(1), fr)
        await ru.say(over(a_notice(1)), fr)
        await fr.say(a_site(3), ru)
        await fr.say(a_notice(2), ru)
        await hears(fr, ru)

    run(story)
    assert fates(fr) == [("protected", OWN, True)]  # our own flight and our own site, and nothing of ru's


def test_a_site_that_was_withdrawn_objects_no_more() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await fr.say(a_site(2), ru)
        await fr.say(site.withdraw(content.parse(a_site(2)), instant.check(START + 1000)), ru)
        await ru.say(a_notice(1), fr)
        await hears(fr, ru)

    run(story)
    assert found(fr) == []


def test_a_notice_whose_times_are_over_is_found_no_more_and_a_site_past_its_date_is_and_says_so() -> None:
    fr, ru = parties("fr", "ru")
    past = ("2026-11-26T08:00:00Z", "2026-11-26T09:59:59Z")

    async def story() -> None:
        await fr.say(a_site(2, reverify_by=instant.parse("2026-11-01T00:00:00Z")), ru)
        await ru.say(a_notice(1, times=past), fr)
        await hears(fr, ru)
        assert found(fr) == []
        await ru.say(a_notice(3), fr)
        await hears(fr, ru)

    run(story)
    [row] = found(fr)
    assert (row.fate, json.loads(row.found)["meetings"]) == (SAID, 1)


# -- a site that others are told less exactly


def test_our_own_flight_is_held_against_the_exact_site_and_not_against_what_others_are_told() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        exact = await fr.say(a_site(2))
        circle = await fr.say(a_site(3, precision="widened:20"), ru)
        await fr.say(a_notice(1, (HERE[0] + 0.16, HERE[1])))  # in the circle, and not over the place
        await fr.sync.look()
        assert found(fr) == []
        await fr.say(a_notice(4))
        await fr.sync.look()
        assert [row.because for row in found(fr)] == [exact.id]
        await ru.say(a_notice(5), fr)
        await hears(fr, ru)
        theirs = {
            row.because: row.fate for row in found(fr) if (row.rule, row.operator) == ("protected", ru.fingerprint)
        }
        assert theirs == {exact.id: ALERT, circle.id: SAID}

    run(story)


@pytest.mark.parametrize("exact", [None, a_site(2, ELSEWHERE), a_site(2, function=site.Function.SCHOOL)])
def test_a_widened_site_with_no_exact_one_in_it_is_held_against_our_own_flight_as_it_is(exact: bytes | None) -> None:
    """Else nothing would stand for the place: it may have been said by hand, or the exact one taken back."""
    [fr] = parties("fr")

    async def story() -> None:
        if exact is not None:
            await fr.say(exact)
        circle = await fr.say(a_site(3, precision="widened:20"))
        await fr.say(a_notice(1, (HERE[0] + 0.16, HERE[1])))
        await fr.sync.look()
        assert [row.because for row in found(fr)] == [circle.id]

    run(story)
