"""Stale objects where a picture is too old to go by, and where nobody can tell how old it is."""

from typing import Any

import pytest

from comity.checks import stale
from comity.checks.found import Found
from comity.model.objection import Finding, Rule
from comity.space.instant import Instant
from unit.checks.sky import FR, ICRC, NOW, RU, TR, WORDS_NEVER_SAID, subject, words_of


def found(seconds: float, **more: Any) -> tuple[Finding, ...]:
    """What is found of a picture of ru that is so many seconds old."""
    heard = {RU: Instant(NOW - int(seconds * 1000))}
    return tuple(each.finding for each in stale.find(heard, now=NOW, **more))


def text(seconds: float, **more: Any) -> str:
    [finding] = found(seconds, **more)
    return words_of(Found(finding, None), subject())


def test_a_picture_of_40_minutes_is_too_old() -> None:
    [finding] = found(2400)
    assert finding == Finding(Rule.STALE, RU, None, as_of=Instant(NOW - 2_400_000))
    assert text(2400) == "your picture of ru is 40 minutes old, as of 2015-11-24 06:20Z"


@pytest.mark.parametrize(("seconds", "objects"), [(0, False), (899.999, False), (900, False), (900.001, True)])
def test_fifteen_minutes_are_the_limit(seconds: float, objects: bool) -> None:
    """OBJECTION-11."""
    assert bool(found(seconds)) is objects


@pytest.mark.parametrize(("seconds", "words"), [(61, "1 minute old"), (59, "59 seconds old"), (1, "1 second old")])
def test_another_limit_may_be_asked_for(seconds: float, words: str) -> None:
    assert words in text(seconds, after_s=0)
    assert found(seconds, after_s=61) == ()


def test_days_are_told_in_minutes() -> None:
    assert "is 4,320 minutes old, as of 2015-11-21 07:00Z" in text(3 * 86_400)


@pytest.mark.parametrize(("ahead", "objects"), [(1, False), (300, False), (300.001, True)])
def test_a_time_that_has_not_come_tells_no_age(ahead: float, objects: bool) -> None:
    """Else a party whose clock is wrong would always look fresh."""
    assert bool(found(-ahead)) is objects


def test_a_wrong_clock_is_told_as_that() -> None:
    assert text(-3600).startswith("the clock of ru is 60 minutes ahead: how old your picture of it is, nobody can tell")


def test_each_party_that_is_too_old_has_one_finding_in_their_order() -> None:
    as_of = {TR: Instant(0), ICRC: NOW, FR: None, RU: Instant(0)}
    assert [each.finding.by for each in stale.find(as_of, now=NOW)] == [RU, TR]


def test_a_party_that_was_never_heard_from_has_no_picture_to_be_old() -> None:
    assert stale.find({RU: None}, now=NOW) == ()


def test_no_text_says_that_anything_may_be_done() -> None:
    """OBJECTION-14."""
    for told in (text(2400), text(-3600)):
        assert not [word for word in WORDS_NEVER_SAID if word in told.lower()]
