"""A later version keeps what it is not told to change, and says what it changes."""

import json
from hashlib import sha256
from typing import Any

import pytest

from comity.errors import BAD_ARGUMENT, NOT_STIX, LocalError
from comity.model import site
from comity.model.content import StixObject, dump, parse
from comity.model.revision import Change, changes, revise_notice, revise_site
from comity.model.site import RANDOM_BYTES
from comity.space import area, geodesic, instant
from comity.space.area import Area, Circle, circle
from comity.space.instant import Instant
from conformance.vectors import notice as notices
from conformance.vectors import protected_site as sites
from conformance.vectors.cast import uuid

NOW = instant.parse("2026-11-27T10:00:00Z")
LATE = {"from": "2026-11-26T13:00:00.000Z", "until": "2026-11-26T14:00:00.000Z"}
SQUARE: dict[str, Any] = {"type": "Polygon", "coordinates": [[[1, 2], [3, 2], [3, 4], [1, 4], [1, 2]]]}


def a_notice(*volumes: dict[str, Any], **changed: Any) -> StixObject:
    return parse(dump(notices.notice(*volumes, x_else=[1, None], **changed)))


def seeded(number: int) -> bytes:
    return sha256(b"%d" % number).digest()[:RANDOM_BYTES]


def revised(found: StixObject, said: dict[str, Any], **volume: Any) -> StixObject:
    place = volume.pop("area", None)
    return parse(revise_notice(found, NOW, said, volume, place=None if place is None else area.parse(place)))


def refused(found: StixObject, said: dict[str, Any], **volume: Any) -> tuple[str, str, str]:
    with pytest.raises(LocalError) as caught:
        revised(found, said, **volume)
    return caught.value.code, caught.value.place, caught.value.message


# -- notices


def test_a_version_that_is_told_one_word_keeps_all_else_in_its_order() -> None:
    """NOTICE-20."""
    first = a_notice(**{name: name for name in ("name", "kind", "callsign", "transponder", "contact", "frequency")})
    second = revised(first, {"kind": "other"})
    assert list(second.properties) == list(first.properties)
    assert second.properties == {**first.properties, "kind": "other", "modified": instant.text(NOW)}


def test_a_time_slip_of_one_volume_needs_no_area_and_keeps_what_nobody_knows_in_it() -> None:
    first = a_notice(notices.volume(x_in={"kept": 1}))
    second = revised(first, {}, **LATE)
    assert second.properties["volumes"] == [{**first.properties["volumes"][0], **LATE}]


def test_volumes_that_share_their_times_slip_together_and_those_that_do_not_are_refused() -> None:
    """Which of two times was meant cannot be known, and nothing may slide in time unseen."""
    alike = a_notice(notices.volume(), notices.volume(floor="SFC"))
    assert [each["until"] for each in revised(alike, {}, **LATE).properties["volumes"]] == [LATE["until"]] * 2
    other = a_notice(notices.volume(), notices.volume(until="2026-11-26T12:50:00Z"))
    code, place, message = refused(other, {}, until=LATE["until"])
    assert (code, place) == (BAD_ARGUMENT, "/volumes/0/until")
    assert message.startswith("its 2 volumes differ in until")
    # What they share may change although they differ elsewhere.
    same_band = revised(other, {}, floor="1 m")
    assert [each["floor"] for each in same_band.properties["volumes"]] == ["1 m", "1 m"]


@pytest.mark.parametrize(("name", "value"), [("floor", "100 m"), ("ceiling", "FL300"), ("floor", None)])
def test_altitudes_change_alone_and_may_be_taken_away(name: str, value: str | None) -> None:
    first = a_notice()
    [volume] = revised(first, {}, **{name: value}).properties["volumes"]
    expected = {**first.properties["volumes"][0], name: value}
    assert volume == {key: each for key, each in expected.items() if each is not None}


def test_another_area_keeps_times_and_altitudes_and_takes_the_place_of_all_volumes_that_are_alike() -> None:
    alike = a_notice(notices.volume(), notices.volume(area=notices.CIRCLE))
    [volume] = revised(alike, {}, area=SQUARE).properties["volumes"]
    assert volume == {**alike.properties["volumes"][0], "area": SQUARE}


def test_another_area_for_volumes_that_differ_is_refused_unless_what_differs_is_given() -> None:
    differing = a_notice(notices.volume(), notices.volume(**LATE))
    assert refused(differing, {}, area=SQUARE)[:2] == (BAD_ARGUMENT, "/volumes/0/from")
    assert len(revised(differing, {}, area=SQUARE, **LATE).properties["volumes"]) == 1
    unknown = a_notice(notices.volume(x_in=1), notices.volume())
    assert refused(unknown, {}, area=SQUARE)[:2] == (BAD_ARGUMENT, "/volumes/0/x_in")


@pytest.mark.parametrize(
    ("said", "volume", "place"),
    [
        ({"kind": ""}, {}, "/kind"),
        ({"kind": "a\nb"}, {}, "/kind"),
        ({"state": None}, {}, "/state"),
        ({}, {"until": "2026-11-26T11:00:00Z"}, "/volumes/0/until"),
        ({}, {"from": None}, "/volumes/0/from"),
        ({}, {"floor": "FL400", "ceiling": "1000 m"}, "/volumes/0/floor"),
        ({"serves": []}, {}, "/serves"),
    ],
)
def test_what_could_not_be_read_again_is_not_written(said: Any, volume: Any, place: str) -> None:
    assert refused(a_notice(), said, **volume)[:2] == (NOT_STIX, place)


# -- sites


HERE = (37.15, 36.2)
# Both hemispheres, the antimeridian and the poles.
PLACES = [HERE, (-70.0, -33.4), (179.999, -16.5), (-179.999, 65.0), (12.0, 90.0), (0.0, -90.0)]


def a_point(lon: float, lat: float) -> Area:
    return area.area(circle(lon, lat))


def away(at: tuple[float, float], metres: float) -> tuple[float, float]:
    lon, lat = geodesic.on_the_way(at, (at[0] + 90.0, 0.0), metres)
    return round(lon, 7), round(lat, 7)


def a_widened(at: tuple[float, float], precision: str = "widened:5") -> StixObject:
    raw = site.write(
        f"protected-site--{uuid('revised')}",
        Instant(NOW - 1000),
        created=Instant(NOW - 1000),
        place=a_point(*at),
        function=site.Function.HOSPITAL,
        wanted=site.Wanted.parse(precision),
        random=seeded(1),
        contact="+41",
    )
    return parse(dump({**json.loads(raw), "x_else": 1}))


def circle_of(found: StixObject) -> Circle:
    [part] = site.read(found).area.parts
    assert isinstance(part, Circle)
    return part


@pytest.mark.parametrize("precision", ["widened:5", "call"])
@pytest.mark.parametrize("at", PLACES)
def test_a_circle_that_still_holds_the_place_is_kept_whatever_the_chance(
    at: tuple[float, float], precision: str
) -> None:
    """PROTECTED-SITE-15: two circles say more than one, so the one who has it learns nothing of a small move."""
    first = a_widened(at, precision)
    around = circle_of(first)
    near = a_point(*away((around.lon, around.lat), around.radius_m * 0.9))
    for number in range(5):
        second = parse(revise_site(first, NOW, {}, place=near, random=seeded(number)))
        assert changes(first, second) == ()


@pytest.mark.parametrize("precision", ["widened:5", "call"])
@pytest.mark.parametrize("at", PLACES)
def test_a_circle_that_does_not_hold_the_new_place_is_drawn_anew_around_it_and_nothing_else_changes(
    at: tuple[float, float], precision: str
) -> None:
    """PROTECTED-SITE-22."""
    first = a_widened(at, precision)
    far = a_point(*away(at, 3 * circle_of(first).radius_m))
    for number in range(5):
        second = parse(revise_site(first, NOW, {}, place=far, random=seeded(number)))
        assert [each.field for each in changes(first, second)] == ["area"]
        assert site.holds(site.read(second), far)
        assert circle_of(second).radius_m == circle_of(first).radius_m


def test_a_call_circle_that_was_wide_for_a_wide_place_is_not_narrowed_for_a_small_one() -> None:
    wide = area.area(circle(*HERE, 20_000.0))
    raw = site.write(
        f"protected-site--{uuid('revised')}",
        NOW,
        created=NOW,
        place=wide,
        function=site.Function.OTHER,
        wanted=site.Wanted.parse("call"),
        random=seeded(1),
        contact="+41",
    )
    second = parse(revise_site(parse(raw), Instant(NOW + 1), {}, place=a_point(*HERE), random=seeded(2)))
    assert circle_of(second) == circle_of(parse(raw))


def test_a_place_that_the_circle_cannot_hide_is_refused() -> None:
    huge = area.area(circle(*away(HERE, 100_000), 4_000.0))
    with pytest.raises(LocalError) as caught:
        revise_site(a_widened(HERE), NOW, {}, place=huge, random=seeded(1))
    assert caught.value.code == BAD_ARGUMENT


def test_an_exact_site_takes_another_place_and_the_same_place_is_no_change() -> None:
    first = parse(dump(sites.site(area={"type": "Feature", "geometry": sites.POINT, "properties": {"x": 1}}, x_else=1)))
    same = parse(revise_site(first, NOW, {}, place=a_point(37.15, 36.2)))
    assert changes(first, same) == ()
    moved = parse(revise_site(first, NOW, {}, place=a_point(37.2, 36.2)))
    assert [each.field for each in changes(first, moved)] == ["area"]
    assert site.read(moved).area == a_point(37.2, 36.2)


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"function": None}, "/function"),
        ({"function": "undisclosed"}, "/function"),
        ({"from": LATE["from"]}, "/from"),
        ({"precision": "widened"}, "/widened_m"),
        ({"area": None}, "/area"),
    ],
)
def test_a_site_that_could_not_be_read_again_is_not_written(said: dict[str, Any], place: str) -> None:
    with pytest.raises(LocalError) as caught:
        revise_site(parse(dump(sites.site())), NOW, said)
    assert (caught.value.code, caught.value.place) == (NOT_STIX, place)


@pytest.mark.parametrize("name", ["as_received", "serves"])
def test_what_stands_with_an_exact_area_alone_is_not_given_to_a_widened_one(name: str) -> None:
    value = "36.2 37.15" if name == "as_received" else [notices.SERVED]
    with pytest.raises(LocalError) as caught:
        revise_site(a_widened(HERE), NOW, {name: value})
    assert caught.value.place == f"/{name}"


# -- what it changes


def test_changes_name_what_was_changed_and_nothing_else() -> None:
    first = a_notice(kind="patrol")
    second = revised(first, {"kind": None, "callsign": "Сокол"}, until=LATE["until"])
    found = set(changes(first, second))
    assert found == {
        Change("kind", "patrol", None),
        Change("callsign", None, "Сокол"),
        Change("until", "2026-11-26T12:40:00Z", LATE["until"]),
    }
    assert changes(first, first) == ()


def test_changes_of_one_volume_among_others_say_which() -> None:
    first = a_notice(notices.volume(), notices.volume())
    raised = [notices.volume(), notices.volume(floor="1 m")]
    second = a_notice(*raised)
    found = changes(first, second)
    assert found == (Change("volumes/1/floor", "3000 m", "1 m"),)
    assert [each.field for each in changes(second, a_notice(raised[1]))] == ["volumes/0/floor", "volumes/1/floor"]
