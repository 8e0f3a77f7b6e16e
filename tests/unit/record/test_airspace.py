"""The airspace is what stands: of each party's notices and sites the latest versions; and what lies near is found."""

from itertools import permutations
from typing import Any

import pytest

from comity.errors import NOT_STIX, RemoteError
from comity.model import content
from comity.model.content import parse
from comity.model.fingerprint import Fingerprint
from comity.model.notice import Notice
from comity.proof.envelope import StatementId
from comity.record import airspace
from comity.record.airspace import Airspace, Entry, Said, fold
from comity.space import instant
from comity.space.index_box import boxes
from comity.space.instant import Instant
from comity.space.volume import Volume
from unit.model.test_content import UUID

AT = instant.parse("2026-11-26T10:00:00Z")
FR, RU = Fingerprint("aa" * 32), Fingerprint("bb" * 32)
POINT = {"type": "Point", "coordinates": [36.25, 35.9]}
FAR = {"type": "Point", "coordinates": [-70.0, -35.0]}
TIMES = {"from": "2026-11-26T12:00:00Z", "until": "2026-11-26T12:40:00Z"}
UNTIL = instant.parse(TIMES["until"])


def volume(**changed: Any) -> dict[str, Any]:
    return {"area": POINT, **TIMES} | changed


def a_notice(number: int, *volumes: Any, by: Fingerprint = FR, at: int = 0, uuid: str = UUID, **changed: Any) -> Said:
    """A notice as it was said in a statement of that number, a version so many milliseconds after the first."""
    given = {"state": "planned", "volumes": list(volumes) or [volume()]} | changed
    raw = content.write(f"notice--{uuid}", Instant(AT + at), given.items(), created=AT)
    return by, StatementId(bytes([number]) * 32), parse(raw)


def a_site(number: int, *, by: Fingerprint = FR, at: int = 0, **changed: Any) -> Said:
    given = {"function": "hospital", "area": POINT, "precision": "exact"} | changed
    raw = content.write(f"protected-site--{UUID}", Instant(AT + at), given.items(), created=AT)
    return by, StatementId(bytes([number]) * 32), parse(raw)


def numbers(found: Airspace) -> list[int]:
    return sorted(entry.statement[0] for entry in found.entries)


# -- versions


def test_a_later_version_takes_the_place_of_an_earlier_one_in_whatever_order_they_come() -> None:
    versions = [a_notice(1), a_notice(2, at=1), a_notice(3, volume(area=FAR), volume(), at=2)]
    for order in permutations(versions):
        assert numbers(fold(order)) == [3, 3]


def test_a_version_takes_the_place_of_nobody_elses() -> None:
    assert numbers(fold([a_notice(1, by=FR), a_notice(2, by=RU, at=5)])) == [1, 2]


def test_a_notice_and_a_site_with_one_uuid_are_two_things() -> None:
    assert numbers(fold([a_notice(1), a_site(2, at=5)])) == [1, 2]


def test_of_two_versions_with_one_time_both_stand() -> None:
    """NOTICE-14: else whoever says two could choose which of them is seen where."""
    for order in permutations([a_notice(1, at=1), a_notice(2, at=1, kind="else"), a_notice(3)]):
        assert numbers(fold(order)) == [1, 2]


def test_one_of_two_versions_with_one_time_takes_nothing_out_alone() -> None:
    for order in permutations([a_site(1, at=1), a_site(2, at=1, revoked=True)]):
        assert numbers(fold(order)) == [1]


def test_what_was_told_twice_stands_once() -> None:
    assert numbers(fold([a_notice(1), a_notice(1)])) == [1]


@pytest.mark.parametrize("changed", [{"state": "ended"}, {"state": "cancelled"}, {"revoked": True}])
def test_what_is_over_is_out_with_all_its_versions(changed: dict[str, Any]) -> None:
    for order in permutations([a_notice(1), a_notice(2, at=1, **changed)]):
        assert numbers(fold(order)) == []


def test_a_notice_that_goes_on_after_it_was_ended_stands_again() -> None:
    assert numbers(fold([a_notice(1, state="ended"), a_notice(2, at=1, state="active")])) == [2]


def test_a_version_that_cannot_be_read_takes_the_place_of_nothing_and_is_told() -> None:
    for order in permutations([a_site(1), a_site(2, at=1, function="a lighthouse"), a_notice(3, volumes=[])]):
        found = fold(order)
        assert numbers(found) == [1]
        assert sorted((each.statement[0], each.error.place) for each in found.unread) == [
            (2, "/function"),
            (3, "/volumes"),
        ]
        assert {each.by for each in found.unread} == {FR}


def test_other_objects_are_not_in_the_airspace() -> None:
    other = parse(content.write(f"position--{UUID}", AT, [("area", POINT)], created=AT))
    assert numbers(fold([(FR, StatementId(bytes(32)), other)])) == []


# -- time


def only(said: Said) -> Entry:
    [entry] = fold([said]).entries
    return entry


@pytest.mark.parametrize(("now", "stands"), [(AT, True), (UNTIL - 1, True), (UNTIL, False)])
def test_a_notice_stands_until_its_time_is_over(now: int, stands: bool) -> None:
    """NOTICE-15; it ends before `until`, and one of no length is that moment."""
    assert only(a_notice(1)).stands(Instant(now)) is stands


def test_a_notice_of_one_moment_stands_in_that_moment() -> None:
    entry = only(a_notice(1, volume(**{"from": TIMES["until"]})))
    assert [entry.stands(Instant(UNTIL + more)) for more in (0, 1)] == [True, False]


def test_each_volume_of_a_notice_is_over_in_its_own_time() -> None:
    later = volume(until="2026-11-26T14:00:00Z")
    standing = [entry.stands(Instant(UNTIL + 1)) for entry in fold([a_notice(1, volume(), later)]).entries]
    assert standing == [False, True]


def test_a_site_stands_whatever_the_date_at_which_it_was_to_be_verified() -> None:
    entry = only(a_site(1, reverify_by="2001-01-01T00:00:00Z"))
    assert entry.stands(AT)
    assert entry.stands(instant.parse("9999-01-01T00:00:00Z"))


def test_an_entry_of_what_is_over_does_not_stand() -> None:
    """Whoever keeps entries in an index may ask before the index was told."""
    [entry] = airspace.entries(*a_notice(1, state="cancelled"))
    assert not entry.stands(AT)


# -- near


def near(found: Airspace, drawn: dict[str, Any], **changed: Any) -> list[int]:
    [entry] = airspace.entries(*a_notice(99, volume(area=drawn, **changed)))
    return sorted(each.statement[0] for each in found.candidates(entry.boxes))


def test_what_lies_near_in_every_dimension_is_a_candidate_and_what_lies_far_in_one_is_not() -> None:
    found = fold([a_notice(1, volume(floor="1000 m W84", ceiling="2000 m W84")), a_site(2)])
    assert near(found, POINT) == [1, 2]
    assert near(found, FAR) == []
    assert near(found, POINT, floor="2001 m W84") == [2]
    assert near(found, POINT, ceiling="999 m W84") == [2]
    assert near(found, POINT, **{"from": "2026-11-26T12:42:00Z", "until": "2026-11-26T13:00:00Z"}) == [2]
    assert near(found, POINT, **{"from": "2026-11-26T11:00:00Z", "until": "2026-11-26T11:58:00Z"}) == [2]


def test_each_entry_is_a_candidate_once_however_many_boxes_meet() -> None:
    seam = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [180, 0]}, "properties": {"radius_m": 5000}}
    found = fold([a_notice(1, volume(area=seam))])
    assert [len(entry.boxes) for entry in found.entries] == [2]
    assert near(found, seam) == [1]


def test_nothing_is_near_no_box() -> None:
    assert list(fold([a_site(1)]).candidates([])) == []


# -- entries and subjects


def test_entries_hold_what_they_are_of_and_one_volume_each() -> None:
    by, statement, found = a_notice(7, volume(), volume(area=FAR))
    both = airspace.entries(by, statement, found)
    assert [(entry.by, entry.statement, type(entry.matter)) for entry in both] == [(FR, statement, Notice)] * 2
    assert tuple(entry.volume for entry in both) == both[0].matter.volumes
    assert [entry.boxes for entry in both] == [boxes(entry.volume) for entry in both]


def test_entries_of_what_cannot_be_read_are_refused() -> None:
    with pytest.raises(RemoteError) as caught:
        airspace.entries(*a_site(1, area=None))
    assert caught.value.code == NOT_STIX


def test_the_entries_of_a_notice_are_a_subject_with_its_id() -> None:
    subject = airspace.subject_of(airspace.entries(*a_notice(1, volume(), volume(area=FAR))))
    assert (subject.by, subject.id) == (FR, f"notice--{UUID}")
    assert [type(each) for each in subject.volumes] == [Volume, Volume]
