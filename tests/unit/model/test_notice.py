"""A notice says where and when a party will operate; what cannot be read is refused with its place and rule."""

import json
import time
from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from comity.errors import BAD_ARGUMENT, MALFORMED, NOT_JSON, NOT_STIX, TOO_LARGE, LocalError, RemoteError
from comity.model import content, notice
from comity.model.content import MAX_CONTENT, StixObject, parse
from comity.model.drawing import read as read_drawing
from comity.model.notice import State
from comity.space import area, instant
from comity.space.altitude import Reference
from comity.space.area import Circle
from comity.space.instant import Instant
from unit.model.served import served_wrongly
from unit.model.test_content import UUID

T = TypeVar("T")

AT = instant.parse("2026-11-26T10:00:00Z")
ID = f"notice--{UUID}"
RING = [[36.1, 35.8], [36.4, 35.8], [36.4, 36.0], [36.1, 35.8]]
POLYGON: dict[str, Any] = {"type": "Polygon", "coordinates": [RING]}
POINT = {"type": "Point", "coordinates": [36.25, 35.9]}
TIMES = {"from": "2026-11-26T12:00:00Z", "until": "2026-11-26T12:40:00Z"}


def a_volume(**changed: Any) -> dict[str, Any]:
    given = {"area": POLYGON, "floor": "3000 m", "ceiling": "FL200", **TIMES} | changed
    return {name: value for name, value in given.items() if value is not None}


def an_object(*volumes: Any, **changed: Any) -> StixObject:
    given = {"state": "planned", "volumes": list(volumes) or [a_volume()]} | changed
    return parse(content.write(ID, AT, given.items(), created=AT))


def refused(found: StixObject) -> tuple[str, str]:
    """The place and the rule."""
    with pytest.raises(RemoteError) as caught:
        notice.read(found)
    assert caught.value.code == NOT_STIX
    return caught.value.place, caught.value.message


# -- reading


def test_a_volume_is_read_with_its_area_its_altitudes_as_stated_and_its_times() -> None:
    [volume] = notice.read(an_object()).volumes
    assert volume.area == area.parse(POLYGON)
    assert (str(volume.band.floor), str(volume.band.ceiling)) == ("3000 m", "FL200")
    assert volume.during.start == instant.parse(TIMES["from"])
    assert volume.during.end == instant.parse(TIMES["until"])


def test_volumes_stay_apart_and_in_their_order() -> None:
    found = notice.read(an_object(a_volume(floor="1 m"), a_volume(area=POINT, ceiling=None), a_volume(floor="2 m")))
    assert [type(each.area.parts[0]) is Circle for each in found.volumes] == [False, True, False]
    assert [str(each.band.floor) for each in found.volumes] == ["1 m", "3000 m", "2 m"]
    assert found.volumes[1].band.ceiling is None


SERVED = "protected-site--0d9b1c27-6f0a-4d52-9a3e-0f4a0f6d8b61"


def test_a_notice_may_have_a_name_and_say_whom_it_serves() -> None:
    found = notice.read(an_object(name="عبور القافلة", serves=[SERVED]))
    assert (found.name, found.serves) == ("عبور القافلة", (SERVED,))
    assert (notice.read(an_object()).name, notice.read(an_object()).serves) == (None, ())


@pytest.mark.parametrize(("serves", "place"), served_wrongly())
def test_whom_it_serves_is_a_list_of_sites_each_once(serves: Any, place: str) -> None:
    """NOTICE-18."""
    assert refused(an_object(serves=serves))[0] == place


def test_no_floor_and_no_ceiling_are_no_limits() -> None:
    [volume] = notice.read(an_object(a_volume(floor=None, ceiling=None))).volumes
    assert (volume.band.lowest, volume.band.highest) == (float("-inf"), float("inf"))


@pytest.mark.parametrize(
    ("state", "revoked", "is_over"),
    [
        ("planned", False, False),
        ("active", False, False),
        ("ended", False, True),
        ("cancelled", False, True),
        ("planned", True, True),
    ],
)
def test_ended_cancelled_and_taken_back_is_over(state: str, revoked: bool, is_over: bool) -> None:
    found = notice.read(an_object(state=state, revoked=revoked))
    assert (found.state, found.withdrawn, found.is_over) == (State(state), revoked, is_over)


# -- refusing


@pytest.mark.parametrize(
    ("volume", "place", "rule"),
    [
        ("text", "/volumes/0", "object"),
        (a_volume(area=None), "/volumes/0/area", "type"),
        (a_volume(area={**POLYGON, "coordinates": [RING[:-1]]}), "/volumes/0/area/coordinates/0", "four positions"),
        (a_volume(area={"type": "Point", "coordinates": [0, 91]}), "/volumes/0/area/coordinates/1", "latitude"),
        (a_volume(floor=3000), "/volumes/0/floor", "string"),
        (a_volume(floor="3000"), "/volumes/0/floor", "not an altitude"),
        (a_volume(ceiling="high"), "/volumes/0/ceiling", "not an altitude"),
        (a_volume(floor="3001 m", ceiling="3000 m"), "/volumes/0/floor", "above the ceiling"),
        (a_volume(**{"from": None}), "/volumes/0/from", "missing"),
        (a_volume(until="noon"), "/volumes/0/until", "RFC 3339"),
        (a_volume(until="2026-11-26T11:59:59.999Z"), "/volumes/0/until", "end before it begins"),
        (a_volume(until="9999-12-31T00:00:00Z"), "/volumes/0/until", "6053"),
    ],
)
def test_a_volume_that_cannot_be_read_is_refused_at_its_place(volume: Any, place: str, rule: str) -> None:
    found = refused(an_object(volume))
    assert found[0] == place
    assert rule in found[1]


def test_the_place_names_the_volume() -> None:
    assert refused(an_object(a_volume(), a_volume(), a_volume(floor="-")))[0] == "/volumes/2/floor"


@pytest.mark.parametrize("volumes", [None, [], {}, "all", [a_volume()] * 21])
def test_a_notice_has_1_to_20_volumes(volumes: Any) -> None:
    assert refused(an_object(volumes=volumes))[0] == "/volumes"


@pytest.mark.parametrize("state", [None, "", "approved", "PLANNED", 1, True])
def test_a_notice_has_a_state_of_the_four(state: Any) -> None:
    assert refused(an_object(state=state))[0] == "/state"


@pytest.mark.parametrize("name", ["kind", "callsign", "transponder", "contact", "frequency"])
@pytest.mark.parametrize("value", ["", " ", "a\nb", "a\x1b[2J", "a\u202eb", "a" * 201, 7, ["a"]])
def test_words_that_do_not_print_in_one_line_are_refused(name: str, value: Any) -> None:
    assert refused(an_object(**{name: value}))[0] == f"/{name}"


@pytest.mark.parametrize("kind", ["Су-24", "می\u200cخواهم", "बादल क्षि\u200dति", "偵察", "a" * 200])
def test_words_in_any_script_are_kept(kind: str) -> None:
    assert notice.read(an_object(kind=kind)).kind == kind


def test_another_object_is_no_notice() -> None:
    with pytest.raises(RemoteError, match="not of type notice"):
        notice.read(parse(content.write(f"position--{UUID}", AT, [("state", "planned")], created=AT)))


# -- bombs


def quickest(work: Callable[[], T]) -> tuple[float, T]:
    """The least of three times, as the machine may be busy with something else."""
    took = []
    for _ in range(3):
        start = time.perf_counter()
        found = work()
        took.append(time.perf_counter() - start)
    return min(took), found


def nested(depth: int) -> dict[str, Any]:
    inner: dict[str, Any] = {"type": "GeometryCollection", "geometries": []}
    for _ in range(depth):
        inner = {"type": "GeometryCollection", "geometries": [inner]}
    return inner


def star(count: int) -> list[list[float]]:
    """A ring that crosses itself at nearly every edge."""
    return [[36 + (k * 7919 % count) / count, 35 + (k * 104729 % count) / count] for k in range(count)]


BOMBS = {
    "100,000 vertices": lambda: {"type": "Polygon", "coordinates": [[[1, 2]] * 100_000]},
    "100,000 rings": lambda: {"type": "Polygon", "coordinates": [[]] * 100_000},
    "100,000 polygons": lambda: {"type": "MultiPolygon", "coordinates": [[]] * 100_000},
    "100,000 features": lambda: {"type": "FeatureCollection", "features": [{}] * 100_000},
    "a ring that crosses itself a thousand times": lambda: {
        "type": "Polygon",
        "coordinates": [[*star(999), star(999)[0]]],
    },
    "collections in collections": lambda: nested(12),
    "a longitude that is no number": lambda: {"type": "Point", "coordinates": [float("nan"), 35]},
    "an infinite latitude": lambda: {"type": "Point", "coordinates": [36, float("inf")]},
    "a number beyond any float": lambda: {"type": "Point", "coordinates": [10**400, 35]},
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=list(BOMBS))
def test_a_bomb_is_refused_within_50_ms_with_place_and_rule(bomb: Callable[[], Any]) -> None:
    notice.read(an_object())  # which loads the geometry
    found = an_object()
    found.properties["volumes"][0]["area"] = bomb()
    took, (place, rule) = quickest(lambda: refused(found))
    assert place.startswith("/volumes/0/area")
    assert len(rule) > 20
    assert took < 0.05


def comb(vertices: int) -> dict[str, Any]:
    top = [[round(36 + k / vertices, 6), 36.0 + k % 2 / 10] for k in range(vertices - 2)]
    return {"type": "Polygon", "coordinates": [[[36, 35], *top, [37, 35], [36, 35]]]}


def test_a_notice_has_at_most_5000_vertices_in_all_its_volumes() -> None:
    assert len(notice.read(an_object(*[a_volume(area=comb(1000))] * 5)).volumes) == 5
    more = refused(an_object(*[a_volume(area=comb(1000))] * 5, a_volume(), a_volume()))
    assert more == ("/volumes/5/area", "a notice has at most 5000 vertices")


# -- writing


def drawing(value: Any) -> bytes:
    return json.dumps(value).encode()


def a_stated(value: Any = POLYGON, **changed: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"start": TIMES["from"], "until": TIMES["until"], "floor": "3000 m", "ceiling": "FL200"}
    return notice.volume(read_drawing(drawing(value)).area, **(given | changed))


def written(**more: Any) -> StixObject:
    return parse(notice.write(ID, AT, created=AT, volumes=[a_stated()], **more))


def test_what_is_written_is_read_as_it_was_meant() -> None:
    words = {"kind": "patrol", "callsign": "Сокол", "transponder": "4217", "contact": "+7 1", "frequency": "121.5 MHz"}
    words |= {"name": "first wave"}
    found = notice.read(written(state=State.ACTIVE, serves=[SERVED], **words))
    assert found.serves == (SERVED,)
    assert {name: getattr(found, name) for name in words} == words
    assert (found.id, found.modified, found.state) == (ID, AT, State.ACTIVE)
    assert found.volumes == notice.read(an_object()).volumes


SHAPES: dict[str, Any] = {
    "polygon": POLYGON,
    "point": POINT,
    "circle": {"type": "Feature", "geometry": POINT, "properties": {"radius_m": 5000}},
    "two polygons": {"type": "MultiPolygon", "coordinates": [[RING], [RING]]},
    "a hole": {"type": "Polygon", "coordinates": [RING, [[36.3, 35.85], [36.35, 35.85], [36.35, 35.9], [36.3, 35.85]]]},
    "all sorts": {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": POLYGON, "properties": None},
            {"type": "Feature", "geometry": POINT, "properties": {"radius_m": 50}},
            {"type": "Feature", "geometry": POINT, "properties": {}},
        ],
    },
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))
def test_an_area_from_a_file_stands_in_the_notice_as_the_same_area(shape: Any) -> None:
    assert area.parse(a_stated(shape)["area"]) == area.parse(shape)


def test_nothing_of_a_file_but_places_comes_into_the_notice() -> None:
    feature = {
        "type": "Feature",
        "id": "secret",
        "geometry": {**POLYGON, "x": "secret"},
        "properties": {"who": "secret"},
    }
    assert "secret" not in json.dumps(a_stated({"type": "FeatureCollection", "features": [feature], "x": "secret"}))


def test_altitudes_are_written_as_they_were_stated_and_times_in_utc() -> None:
    stated = a_stated(floor="9000 ft", ceiling=None, start="2026-11-26T15:00:00+03:00")
    assert (stated["floor"], "ceiling" in stated) == ("9000 ft", False)
    assert (stated["from"], stated["until"]) == ("2026-11-26T12:00:00.000Z", "2026-11-26T12:40:00.000Z")
    floor = notice.read(parse(notice.write(ID, AT, created=AT, volumes=[stated]))).volumes[0].band.floor
    assert floor is not None
    assert floor.reference is Reference.MSL


@pytest.mark.parametrize(
    ("changed", "code", "place"),
    [
        ({"start": "noon"}, MALFORMED, "/from"),
        ({"until": "2026-11-26T11:00:00Z"}, MALFORMED, "/until"),
        ({"floor": "3 km"}, MALFORMED, "/floor"),
        ({"floor": "9 km", "ceiling": "1 m"}, MALFORMED, "/floor"),
        ({"ceiling": "FL1000"}, MALFORMED, "/ceiling"),
    ],
)
def test_what_a_person_states_wrongly_is_refused_by_its_name(changed: dict[str, str], code: str, place: str) -> None:
    with pytest.raises(LocalError) as caught:
        a_stated(**changed)
    assert (caught.value.code, caught.value.place) == (code, place)


@pytest.mark.parametrize(
    ("file", "code", "place"),
    [
        (b"", NOT_JSON, "line 1 column 1"),
        (b"\xff", NOT_JSON, "byte 0"),
        (b'{"type":"Point","coordinates":[NaN,1]}', NOT_JSON, "/coordinates/0"),
        (drawing({"type": "Point", "coordinates": [36, 91]}), MALFORMED, "/coordinates/1"),
        (drawing({"type": "Polygon", "coordinates": [[[1, 2]] * 1003]}), TOO_LARGE, ""),
        (b" " * (MAX_CONTENT + 1), TOO_LARGE, ""),
    ],
    ids=["empty", "not UTF-8", "NaN", "lat 91", "1,002 vertices", "large"],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_place(file: bytes, code: str, place: str) -> None:
    with pytest.raises(LocalError) as caught:
        notice.volume(read_drawing(file).area, start=TIMES["from"], until=TIMES["until"])
    assert (caught.value.code, caught.value.place) == (code, place)


def test_a_file_of_100000_vertices_is_refused_within_50_ms_before_it_is_read() -> None:
    file = drawing({"type": "Polygon", "coordinates": [[[1, 2]] * 100_000]})

    def refuse() -> str:
        with pytest.raises(LocalError) as caught:
            notice.volume(read_drawing(file).area, start=TIMES["from"], until=TIMES["until"])
        return caught.value.place

    took, place = quickest(refuse)
    assert place.startswith("byte ")
    assert took < 0.05


def test_what_could_not_be_read_again_is_not_written() -> None:
    with pytest.raises(LocalError) as caught:
        written(kind="a\nb")
    assert (caught.value.code, caught.value.place) == (NOT_STIX, "/kind")
    with pytest.raises(LocalError) as caught:
        notice.write(ID, AT, created=AT, volumes=[a_stated(until="9999-12-31T00:00:00Z")])
    assert (caught.value.code, caught.value.place) == (NOT_STIX, "/volumes/0/until")


# -- later versions

LATER = Instant(AT + 1)


def test_a_later_version_in_another_state_is_the_same_notice_and_keeps_what_nobody_knows() -> None:
    first = an_object(x_else={"kept": [1, None]})
    second = parse(notice.restate(first, LATER, State.ENDED))
    assert (second.id, second.modified, notice.read(second).state) == (first.id, LATER, State.ENDED)
    same = {name: value for name, value in second.properties.items() if name not in ("state", "modified")}
    assert same.items() <= first.properties.items()


def test_a_notice_is_taken_back_by_a_later_version() -> None:
    assert notice.read(parse(notice.withdraw(an_object(), LATER))).withdrawn


@pytest.mark.parametrize("at", [AT, Instant(AT - 1)])
def test_a_version_that_is_not_later_is_not_written(at: Instant) -> None:
    with pytest.raises(LocalError) as caught:
        notice.withdraw(an_object(), at)
    assert caught.value.code == BAD_ARGUMENT
    with pytest.raises(LocalError) as caught:
        notice.restate(an_object(), at, State.ACTIVE)
    assert caught.value.code == BAD_ARGUMENT
