"""Waiting ends: when the rung is there, when it cannot come any more, and when the time is over."""

import time
from typing import Any

import pytest

from comity.app import waiting
from comity.errors import BAD_ARGUMENT, NOT_YET, LocalError


def told(**parties: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {"rungs": {"released": {}}, "proved_by": None, "refused": None, "withdrawn": False}
    return {"parties": {name: plain | one for name, one in parties.items()}}


HELD: dict[str, Any] = {"rungs": {"released": {}, "held": {}}}


def refusal(answer: dict[str, Any], rung: str, party: str | None = None, seconds: float = 0) -> LocalError:
    with pytest.raises(LocalError) as caught:
        waiting.until(lambda: answer, rung, party, seconds)
    return caught.value


def test_it_asks_until_all_or_the_one_that_is_named_have_come_that_far() -> None:
    answers = [told(ru={}, us={}), told(ru=HELD, us={}), told(ru=HELD, us=HELD)]
    left = iter(answers)
    assert waiting.until(lambda: next(left), "held", None, 5) == answers[2]
    left = iter(answers)
    assert waiting.until(lambda: next(left), "held", "ru", 5) == answers[1]


def test_proved_is_more_than_held() -> None:
    assert refusal(told(ru=HELD), "proved").code == NOT_YET
    proved = told(ru={**HELD, "proved_by": "2026-11-26T10:00:01Z"})
    assert waiting.until(lambda: proved, "proved", "ru", 0) == proved


def test_the_time_that_was_given_is_kept_and_who_is_behind_is_named() -> None:
    begun = time.monotonic()
    error = refusal(told(ru=HELD, us={}), "held", seconds=0.3)
    assert 0.3 <= time.monotonic() - begun < 3
    assert (error.code, "with us within" in error.message) == (NOT_YET, True)


@pytest.mark.parametrize("fate", [{"refused": "malformed"}, {"withdrawn": True}])
def test_what_cannot_come_any_more_is_not_waited_for(fate: dict[str, Any]) -> None:
    begun = time.monotonic()
    assert refusal(told(ru=fate), "held", seconds=60).code == NOT_YET
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize(
    ("answer", "rung", "party"),
    [(told(ru={}), "opened", None), (told(ru={}), "said", None), (told(), "held", None), (told(ru={}), "held", "us")],
)
def test_what_cannot_be_waited_for_is_refused(answer: dict[str, Any], rung: str, party: str | None) -> None:
    assert refusal(answer, rung, party).code == BAD_ARGUMENT
