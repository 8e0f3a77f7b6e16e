"""The contract of the airspace index, for every store there is: what lies near is found, in its newest version, once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comity.node.ports import Batch, MatterRow, Store
from comity.space.index_box import LEAST, MOST
from comity.space.instant import Instant
from unit.node.rows import EVERYWHERE, RU, US, box, finding, id_of, matter, release
from unit.node.stores import STORES

DIMENSIONS = [("west", "east"), ("south", "north"), ("first", "last"), ("lowest", "highest")]


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made = STORES[request.param](tmp_path)
    yield made
    made.close()


def near(store: Store) -> list[int]:
    """The numbers of the matters that lie near `box()`."""
    found = {statement for _, statement in store.airspace.near(box())}
    return [number for number in range(20) if id_of(number) in found]


@pytest.mark.parametrize(("low", "high"), DIMENSIONS)
def test_boxes_that_touch_are_near_and_boxes_that_miss_by_one_are_not(store: Store, low: str, high: str) -> None:
    around = {
        1: box(**{low: 500, high: 900}),
        2: box(**{low: 1100, high: 1500}),
        3: box(**{low: 1000, high: 1000}),
        4: box(**{low: LEAST, high: MOST}),
        5: box(**{low: 500, high: 899}),
        6: box(**{low: 1101, high: 1500}),
    }
    store.commit(Batch(matters=[matter(number, boxes=(one,)) for number, one in around.items()]))
    assert near(store) == [1, 2, 3, 4]


def test_what_is_near_is_told_once_and_with_its_author(store: Store) -> None:
    store.commit(Batch(matters=[matter(1, RU, boxes=(box(), box(west=1000))), matter(2, US)]))
    assert sorted(store.airspace.near(box())) == sorted([(RU, id_of(1)), (US, id_of(2))])


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_of_two_versions_the_later_stands_whichever_came_first(
    store: Store, order: tuple[int, int], together: bool
) -> None:
    versions = [matter(number, stix_id="notice--a") for number in order]
    for batch in [versions] if together else [[one] for one in versions]:
        store.commit(Batch(matters=batch))
    assert near(store) == [2]


def test_of_two_versions_with_one_time_both_stand(store: Store) -> None:
    store.commit(Batch(matters=[matter(number, stix_id="notice--a", modified=Instant(5)) for number in (1, 2)]))
    assert near(store) == [1, 2]


def test_a_version_takes_the_place_of_its_own_authors_alone(store: Store) -> None:
    store.commit(Batch(matters=[matter(1, RU, stix_id="notice--a"), matter(2, US, stix_id="notice--a")]))
    assert near(store) == [1, 2]


def test_a_version_that_is_over_takes_the_place_of_the_one_before_and_lies_nowhere(store: Store) -> None:
    store.commit(Batch(matters=[matter(1, stix_id="notice--a")]))
    store.commit(Batch(matters=[matter(2, stix_id="notice--a", boxes=())]))
    assert list(store.airspace.near(EVERYWHERE)) == []
    store.commit(Batch(matters=[matter(1, stix_id="notice--a")]))
    assert list(store.airspace.near(EVERYWHERE)) == []


def test_what_comes_again_changes_nothing(store: Store) -> None:
    for _ in range(2):
        store.commit(Batch(matters=[matter(1)]))
    assert list(store.airspace.near(box())) == [(RU, id_of(1))]
    assert list(store.airspace.unchecked(10)) == [(RU, id_of(1))]


def test_what_is_new_is_to_be_checked_the_oldest_first_until_it_was(store: Store) -> None:
    store.commit(Batch(matters=[matter(number) for number in (3, 1, 2)]))
    assert list(store.airspace.unchecked(2)) == [(RU, id_of(3)), (RU, id_of(1))]
    store.commit(Batch(checked=[id_of(3), id_of(2)]))
    assert list(store.airspace.unchecked(10)) == [(RU, id_of(1))]


def test_what_is_released_is_to_be_checked_again(store: Store) -> None:
    store.commit(Batch(matters=[matter(1), matter(2)]))
    store.commit(Batch(checked=[id_of(1), id_of(2)]))
    store.commit(Batch(releases=[release(7, of=2)]))
    assert list(store.airspace.unchecked(10)) == [(RU, id_of(2))]


def test_what_was_replaced_before_it_was_checked_is_to_be_checked_no_more(store: Store) -> None:
    store.commit(Batch(matters=[matter(1, stix_id="notice--a"), matter(2, stix_id="notice--a", boxes=())]))
    assert list(store.airspace.unchecked(10)) == [(RU, id_of(2))]


def test_the_newest_version_is_known_by_its_author_and_id_also_when_it_is_over(store: Store) -> None:
    store.commit(Batch(matters=[matter(1, stix_id="notice--a"), matter(3, stix_id="notice--b")]))
    assert list(store.airspace.latest(RU, "notice--a")) == [id_of(1)]
    store.commit(Batch(matters=[matter(2, stix_id="notice--a", boxes=())]))
    assert list(store.airspace.latest(RU, "notice--a")) == [id_of(2)]
    assert list(store.airspace.latest(US, "notice--a")) == []


def test_a_new_version_takes_away_the_boxes_of_the_one_before_and_no_others(store: Store) -> None:
    many = tuple(box(west=at, east=at) for at in range(900, 940))
    store.commit(Batch(matters=[matter(number, stix_id=f"notice--{number}", boxes=many) for number in (1, 2, 3)]))
    store.commit(Batch(matters=[matter(4, stix_id="notice--2", boxes=many[:1])]))
    assert near(store) == [1, 3, 4]
    assert [len(store.airspace.near(box(west=at, east=at))) for at in (900, 901, 939, 940)] == [3, 2, 2, 0]


def test_findings_about_a_statement_are_those_in_which_it_stands_on_either_side(store: Store) -> None:
    found = [finding(1), finding(2, fate="alert"), finding(3)]
    store.commit(Batch(findings=found))
    assert list(store.airspace.findings("own", "alert", about=id_of(2))) == found[:2]
    assert list(store.airspace.findings("own", about=id_of(2))) == found[:1]
    assert list(store.airspace.findings("own", about=id_of(9))) == []


def test_a_finding_is_found_by_its_rule_and_its_two_statements(store: Store) -> None:
    store.commit(Batch(findings=[finding(1), finding(2, fate="said", objection=id_of(9))]))
    assert store.airspace.finding("overlap", id_of(1), id_of(2)) == finding(1)
    assert store.airspace.finding("protected", id_of(1), id_of(2)) is None
    assert store.airspace.finding("overlap", id_of(2), id_of(1)) is None


def test_findings_are_told_by_their_fates_the_oldest_first(store: Store) -> None:
    found = [finding(1, fate="alert"), finding(2, fate="own"), finding(3, fate="said"), finding(4, fate="own")]
    store.commit(Batch(findings=found))
    assert list(store.airspace.findings("own", "alert")) == [found[0], found[1], found[3]]
    assert list(store.airspace.findings("said")) == [found[2]]
    assert list(store.airspace.findings("other")) == []


def test_a_later_finding_of_the_same_takes_the_place_of_the_earlier(store: Store) -> None:
    later = finding(1, fate="said", objection=id_of(9), at=Instant(50))
    store.commit(Batch(findings=[finding(1, fate="alert")]))
    store.commit(Batch(findings=[later]))
    assert list(store.airspace.findings("alert", "said")) == [later]


def test_a_party_protects_as_long_as_a_site_of_it_is_in_force(store: Store) -> None:
    def site(number: int, **changed: Any) -> MatterRow:
        return matter(number, stix_id=f"protected-site--{number % 10}", **changed)

    store.commit(Batch(matters=[matter(1, RU), site(2, author=US), site(12, author=US)]))
    assert (store.airspace.protects(RU), store.airspace.protects(US)) == (False, True)
    [(first, one)] = store.airspace.sites(US, 0, 9)
    assert (one, store.airspace.sites(US, first, 9), store.airspace.sites(RU, 0, 9)) == (id_of(12), [], [])
    store.commit(Batch(matters=[site(22, author=US, boxes=())]))
    assert not store.airspace.protects(US)
