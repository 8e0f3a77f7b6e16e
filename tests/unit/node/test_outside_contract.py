"""The contract of the `OutsideIndex` port, for every store there is: who is asked, and what they cosigned."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from comity.errors import STORAGE, LocalError
from comity.node.ports import (
    OutsideLine,
    OutsideRow,
    Store,
)
from comity.space.instant import Instant
from unit.node.stores import STORES


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made = STORES[request.param](tmp_path)
    yield made
    made.close()


def refused(action: Callable[[], object]) -> bool:
    with pytest.raises(LocalError) as caught:
        action()
    return caught.value.code == STORAGE


FIRST, SECOND = OutsideRow("b", "https://b.example", "b+1+k"), OutsideRow("a", "https://a.example", "a+2+k")


def test_outside_witnesses_are_listed_by_name_until_they_are_removed(store: Store) -> None:
    assert list(store.outside.all()) == []
    store.outside.add(FIRST)
    store.outside.add(SECOND)
    assert list(store.outside.all()) == [SECOND, FIRST]
    store.outside.remove("b")
    store.outside.remove("nobody")
    assert list(store.outside.all()) == [SECOND]


@pytest.mark.parametrize(
    "other", [OutsideRow("b", "https://c.example", "c+3+k"), OutsideRow("c", "https://c.example", "b+1+k")]
)
def test_two_outside_witnesses_of_one_name_or_key_are_refused(store: Store, other: OutsideRow) -> None:
    store.outside.add(FIRST)
    assert refused(lambda: store.outside.add(other))
    assert list(store.outside.all()) == [FIRST]


def test_the_first_line_of_a_key_on_a_head_stays_whoever_is_removed_or_folded_again(store: Store) -> None:
    line = OutsideLine(3, "b+1+k", "line", Instant(20))
    store.outside.add(FIRST)
    store.outside.keep(line)
    store.outside.keep(OutsideLine(3, "b+1+k", "another", Instant(1)))
    store.outside.keep(OutsideLine(3, "a+2+k", "earlier", Instant(10)))
    store.outside.keep(OutsideLine(9, "b+1+k", "later", Instant(30)))
    store.outside.remove("b")
    store.refold([])
    assert [one.line for one in store.outside.lines(3)] == ["earlier", "line"]
    assert store.outside.lines(3)[1] == line
    last = store.outside.last("b+1+k")
    assert (last.size if last else 0, store.outside.last("c"), list(store.outside.lines(4))) == (9, None, [])


def test_the_lines_of_outside_witnesses_are_no_cosignatures_of_parties(store: Store) -> None:
    store.outside.keep(OutsideLine(3, "b+1+k", "line", Instant(20)))
    assert list(store.cosignatures(3)) == []
