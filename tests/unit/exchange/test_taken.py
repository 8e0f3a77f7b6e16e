"""What is read here is in one list, each format once; and what a page does not hold under a wrong start is not taken."""

from dataclasses import replace
from typing import Any

import pytest

from comity.errors import MALFORMED, NOT_INCLUDED, UNKNOWN_VERSION, RemoteError
from comity.exchange import requests, taken
from comity.exchange.deliver import Given, check_given
from comity.exchange.labels import alike
from comity.formats import Format
from unit.exchange.speaker import Speaker


def test_each_format_is_listed_once_in_the_order_of_its_name_with_a_version() -> None:
    listed = taken.formats()
    assert [name for name, _ in listed] == sorted({table.name for table in taken.tables()})
    assert len(listed) == len(list(taken.tables()))
    assert all(versions for _, versions in listed)
    asked = (requests.PULLING, requests.WANTING, requests.RECEIPTS)
    assert not {table.name for table in asked} & {name for name, _ in listed}


def test_what_a_party_lacks_is_what_neither_could_read_of_the_other() -> None:
    fr = Speaker("fr").descriptor
    assert taken.missing(replace(fr, formats=None)) == []
    assert taken.missing(replace(fr, formats=taken.formats())) == []
    assert taken.missing(replace(fr, formats=())) == [name for name, _ in taken.formats()]
    later = tuple((name, (2**30,)) if name == "page" else (name, versions) for name, versions in taken.formats())
    assert taken.missing(replace(fr, formats=later)) == ["page"]


@pytest.mark.parametrize(
    ("table", "fields"),
    [
        (requests.PULLING, {"v": 1, "pull": b"", "limit": 1, "wait": 0}),
        (requests.WANTING, {"v": 1, "want": b"", "tellings": b""}),
        (requests.RECEIPTS, {"v": 1, "ids": b"", "have": 0}),
        (requests.GIVEN_RECEIPTS, {"v": 1, "receipts": [], "told": []}),
    ],
)
def test_a_request_is_read_by_its_version_and_with_its_own_fields_alone(
    table: Format[Any], fields: dict[str, Any]
) -> None:
    assert table.of_map(fields) == fields
    for lie, code in (
        (fields | {"v": 2}, UNKNOWN_VERSION),
        (fields | {"more": 1}, MALFORMED),
        ({name: value for name, value in fields.items() if name in ("v", "have", "limit")}, MALFORMED),
    ):
        with pytest.raises(RemoteError) as caught:
            table.of_map(lie)
        assert caught.value.code == code


def test_names_are_alike_as_labels_have_them() -> None:
    assert alike("oslo", "0s1o")
    assert not alike("oslo", "osla")


def test_items_that_come_under_a_log_of_another_start_are_not_taken() -> None:
    fr, ru = Speaker("fr"), Speaker("ru")
    fr.fill(3)
    head = fr.head()
    check_given(Given((None, None), fr.path(0)), count=2, by=fr.descriptor, head=head)
    with pytest.raises(RemoteError) as caught:
        check_given(Given((None,), fr.path(0)), count=2, by=fr.descriptor, head=head)
    assert (caught.value.code, caught.value.place) == (MALFORMED, "items")
    for given, by in ((Given((), fr.path(1)), fr), (Given((), ()), fr), (Given((), fr.path(0)), ru)):
        with pytest.raises(RemoteError) as caught:
            check_given(given, count=0, by=by.descriptor, head=head)
        assert (caught.value.code, caught.value.place) == (NOT_INCLUDED, "genesis")
        assert caught.value.evidence == {"note": head.note.decode(), "genesis": b"".join(given.genesis).hex()}
