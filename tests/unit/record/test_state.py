"""State: what is replaced, taken back, cancelled, ended, over or said twice differently never reads as in force."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.model import content
from comity.model.content import StixObject
from comity.record import state
from comity.record.state import STANDING, State, Version
from comity.space import instant
from comity.space.instant import Instant
from unit.checks.sky import FR, NOW, notice, site, volume


def a_notice(**changed: Any) -> StixObject:
    return notice(FR, 1, **changed)[2]


def changed(of: StixObject, **properties: Any) -> StixObject:
    return content.parse(content.dump({**of.properties, **properties}))


def later(of: StixObject, seconds: int = 1, **properties: Any) -> StixObject:
    assert of.modified is not None
    return changed(of, modified=instant.text(Instant(of.modified + seconds * 1000)), **properties)


def read(of: StixObject, *others: StixObject, now: int = NOW, taken_back: bool = False) -> State:
    return state.state(Version(of, taken_back), others, Instant(now))


HOUR = 3_600_000


@pytest.mark.parametrize(
    ("of", "now", "found"),
    [
        (a_notice(), NOW, State.IN_FORCE),
        (a_notice(state="active"), NOW, State.IN_FORCE),
        (a_notice(state="cancelled"), NOW, State.CANCELLED),
        (a_notice(state="ended"), NOW, State.ENDED),
        (a_notice(revoked=True), NOW, State.WITHDRAWN),
        (a_notice(), NOW + HOUR - 1, State.IN_FORCE),
        (a_notice(), NOW + HOUR, State.OVER),
        (notice(FR, 1, volume(), volume(start="12:00", until="13:00"))[2], NOW + HOUR, State.IN_FORCE),
        (site(FR, 1)[2], NOW + 10**12, State.IN_FORCE),
        (site(FR, 1, reverify_by="1971-01-01T00:00:00Z")[2], NOW, State.IN_FORCE),
        (site(FR, 1, revoked=True)[2], NOW, State.WITHDRAWN),
    ],
)
def test_a_version_alone_is_what_its_party_and_the_time_have_made_of_it(of: StixObject, now: int, found: State) -> None:
    assert read(of, now=now) is found


def test_a_later_version_replaces_whatever_it_says_and_whatever_was_said_before() -> None:
    for first in (a_notice(), a_notice(state="ended"), a_notice(revoked=True), site(FR, 1)[2]):
        for next in (later(first), later(first, revoked=True)):
            assert read(first, first, next) is State.REPLACED
    assert read(later(a_notice()), a_notice()) is State.IN_FORCE


def test_two_contents_of_one_id_and_one_time_are_in_conflict_until_both_are_replaced() -> None:
    one, other = a_notice(), a_notice(state="cancelled")
    assert (read(one, one, other), read(other, one, other)) == (State.CONFLICTING, State.CONFLICTING)
    third = later(one, state="planned")
    assert [read(each, one, other, third) for each in (one, other, third)] == [
        State.REPLACED,
        State.REPLACED,
        State.IN_FORCE,
    ]


def test_the_same_bytes_again_are_no_conflict() -> None:
    assert read(a_notice(), a_notice(), a_notice()) is State.IN_FORCE


def test_what_has_no_versions_is_never_replaced_and_never_in_conflict() -> None:
    one, other = (
        content.parse(
            content.dump(
                {"type": "ipv4-addr", "id": "ipv4-addr--00000000-0000-4000-8000-000000000001", "value": "192.0.2.1"}
                | more
            )
        )
        for more in ({}, {"defanged": True})
    )
    assert read(one, other) is State.IN_FORCE


def test_a_release_that_was_taken_back_is_told_and_hides_no_later_version() -> None:
    one = a_notice()
    assert read(one, taken_back=True) is State.WITHDRAWN
    assert read(one, later(one), taken_back=True) is State.REPLACED


def test_a_notice_that_cannot_be_read_is_not_told_as_over() -> None:
    for broken in (
        a_notice(volumes=[]),
        a_notice(volumes=[5]),
        a_notice(volumes=[{"from": "noon"}]),
        a_notice(state=5),
    ):
        assert read(broken, now=NOW + 10**12) is State.IN_FORCE


@pytest.mark.parametrize("one", list(State))
@pytest.mark.parametrize("other", list(State))
def test_what_was_found_between_two_is_in_force_only_as_long_as_both_may_object(one: State, other: State) -> None:
    found = state.between(one, other)
    assert (found is State.IN_FORCE) is ({one, other} <= STANDING)
    assert found in (State.IN_FORCE, one, other)


versions = st.lists(
    st.builds(
        lambda seconds, state, revoked: later(a_notice(), seconds, state=state, revoked=revoked),
        st.integers(0, 2),
        st.sampled_from(["planned", "active", "ended", "cancelled"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
)


@settings(deadline=None, max_examples=80)
@given(versions, st.integers(-HOUR, 2 * HOUR))
def test_in_force_is_only_what_is_newest_alone_not_taken_back_and_not_over(said: list[Any], after: int) -> None:
    newest = max(each.modified for each in said)
    for order in list(permutations(said))[:4]:
        for each in said:
            found = read(each, *order, now=NOW + after)
            alone = len({other.raw for other in said if other.modified == newest}) == 1
            stands = each.modified == newest and alone and not each.revoked
            stands = stands and each.properties["state"] in ("planned", "active") and after < HOUR
            assert (found is State.IN_FORCE) is stands
            assert (found is State.REPLACED) is (each.modified < newest)
