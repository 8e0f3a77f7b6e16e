"""Clocks that are wrong while the loops run: half a minute harms nothing, an hour is told with both times."""

import asyncio
import re

import pytest

from comity.model.statement import Logged
from comity.node import evidence
from unit.node.between import running
from world import Party, parties, report, run

HOUR = 3_600_000


def highest(teller: Party, said: Logged) -> str:
    return evidence.told(teller.node, said.id)[0][1].highest


@pytest.mark.parametrize("skew", [30_000, -30_000])
def test_half_a_minute_harms_nothing(skew: int) -> None:
    fr, ru, us = parties("fr", "ru", "us")
    ru.clock.skew, us.clock.skew = skew, -skew

    async def story() -> None:
        task = asyncio.ensure_future(running(20, fr, ru, us))
        await asyncio.sleep(2)
        to_ru, to_fr = await fr.say(report(number=1), ru), await ru.say(report(number=2), fr, us)
        await asyncio.sleep(1)
        assert (highest(fr, to_ru), highest(ru, to_fr)) == ("held", "held")
        await task

    run(story)
    assert [party.reports for party in (fr, ru, us)] == [[], [], []]


@pytest.mark.parametrize("skew", [HOUR, -HOUR])
def test_an_hour_is_told_to_both_with_both_times_and_the_others_go_on(skew: int) -> None:
    fr, ru, us = parties("fr", "ru", "us")
    us.clock.skew = skew

    async def story() -> Logged:
        task = asyncio.ensure_future(running(20, fr, ru, us))
        to_us = await fr.say(report(number=1), us)
        to_ru = await fr.say(report(number=2), ru)
        await asyncio.sleep(1)
        assert (highest(fr, to_ru), highest(fr, to_us)) == ("held", "released")
        await task
        return to_us

    said = run(story)
    hours = {"10", f"{10 + skew // HOUR:02d}"}
    for party in (fr, us):
        lines = [line for line in party.reports if "clock-skew" in line]
        assert lines
        assert all(set(re.findall(r"2026-11-26T(\d\d):", line)) == hours for line in lines)
    assert list(us.store.received()) == []

    us.clock.skew = 0
    us.start()

    async def mended() -> None:
        await running(30, fr, ru, us)
        assert highest(fr, said) == "held"

    run(mended)


def test_a_clock_set_back_by_an_hour_while_it_runs_stops_the_signing_until_it_is_right_again() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        task = asyncio.ensure_future(running(60, fr, ru))
        await asyncio.sleep(5)
        size = ru.store.size()
        ru.clock.skew = -HOUR
        said = await fr.say(report(), ru)
        await asyncio.sleep(10)
        assert (ru.store.size(), highest(fr, said)) == (size, "released")
        assert any("set back" in line or "clock-skew" in line for line in ru.reports)
        ru.clock.skew = 0
        await asyncio.sleep(25)
        assert highest(fr, said) == "held"
        await task

    run(story)
