"""A protected site tells its place as exactly as was chosen and no more, and is protected at all altitudes and times."""

import json
from hashlib import sha256
from math import atan2, cos, pi, radians, sin
from typing import Any

import pytest

from comity.errors import BAD_ARGUMENT, NOT_STIX, LocalError, RemoteError
from comity.model import content, site
from comity.model.content import StixObject, parse
from comity.model.drawing import read as read_drawing
from comity.model.site import CALL_KM, RANDOM_BYTES, Function, Name, Precision, Wanted
from comity.space import area, geodesic, instant
from comity.space.area import Area, Circle, Polygon
from comity.space.instant import Instant
from comity.space.interval import Interval
from unit.model.served import served_wrongly
from unit.model.test_content import UUID

AT = instant.parse("2026-11-26T10:00:00Z")
LATER = Instant(AT + 1)
ID = f"protected-site--{UUID}"
WINDOW = {"from": "2026-11-26T12:00:00Z", "until": "2026-11-26T14:00:00Z"}
POINT: dict[str, Any] = {"type": "Point", "coordinates": [37.15, 36.2]}
RING = [[37.14, 36.19], [37.16, 36.19], [37.16, 36.21], [37.14, 36.21], [37.14, 36.19]]
POLYGON: dict[str, Any] = {"type": "Polygon", "coordinates": [RING]}
AROUND: dict[str, Any] = {"type": "Feature", "geometry": POINT, "properties": {"radius_m": 5000}}


def an_object(**changed: Any) -> StixObject:
    given = {"function": "hospital", "area": POINT, "precision": "exact"} | changed
    return parse(content.write(ID, AT, given.items(), created=AT))


def a_widened(**changed: Any) -> StixObject:
    return an_object(**({"area": AROUND, "precision": "widened", "widened_m": 5000} | changed))


def a_call(**changed: Any) -> StixObject:
    return a_widened(**({"precision": "call", "function": "undisclosed", "contact": "+41 22"} | changed))


def refused(found: StixObject) -> str:
    with pytest.raises(RemoteError) as caught:
        site.read(found)
    assert caught.value.code == NOT_STIX
    assert len(caught.value.message) > 5
    return caught.value.place


# -- reading


def test_a_site_is_protected_at_all_altitudes_and_times() -> None:
    [volume] = site.read(an_object(ceiling="100 m", x_until="2026-11-27T00:00:00Z")).volumes
    assert volume.area == area.parse(POINT)
    assert (volume.band.lowest, volume.band.highest) == (float("-inf"), float("inf"))
    assert (volume.during.start, volume.during.end) == (None, None)


def test_names_are_read_in_all_their_scripts() -> None:
    names = [{"text": "المستشفى", "lang": "ar"}, {"text": "Больница"}, {"text": "医院", "lang": "zh-Hans"}]
    found = site.read(an_object(name="Hospital", names=names))
    assert found.name == "Hospital"
    assert found.names == (Name("المستشفى", "ar"), Name("Больница"), Name("医院", "zh-Hans"))


def test_a_site_past_its_date_is_not_over_and_one_taken_back_is() -> None:
    past = site.read(an_object(reverify_by="2001-01-01T00:00:00Z"))
    assert (past.is_over, past.reverify_by) == (False, instant.parse("2001-01-01T00:00:00Z"))
    assert site.read(an_object(revoked=True)).is_over


@pytest.mark.parametrize("function", sorted(set(Function) - {Function.UNDISCLOSED}))
@pytest.mark.parametrize("make", [an_object, a_widened])
def test_every_function_is_protected_forces_too(function: Function, make: Any) -> None:
    window = WINDOW if function is Function.MOVEMENT else {}
    assert site.read(make(function=function.value, **window)).function is function


@pytest.mark.parametrize("make", [an_object, a_widened])
@pytest.mark.parametrize("function", ["movement", "convoy"])
def test_a_movement_says_when_it_is_on_its_way_and_is_protected_at_all_times(make: Any, function: str) -> None:
    """PROTECTED-SITE-20: outside its window, and after it, it stands."""
    found = site.read(make(function=function, **WINDOW))
    assert found.window == Interval(instant.parse(WINDOW["from"]), instant.parse(WINDOW["until"]))
    assert (found.volumes[0].during, found.is_over) == (Interval(), False)


def test_a_convoy_may_say_when_and_another_place_has_no_window() -> None:
    assert site.read(an_object(function="convoy")).window is None
    assert site.read(an_object()).window is None


@pytest.mark.parametrize("function", sorted(set(Function) - {Function.MOVEMENT, Function.CONVOY, Function.UNDISCLOSED}))
@pytest.mark.parametrize("name", ["from", "until"])
def test_what_does_not_move_has_no_window(function: Function, name: str) -> None:
    """PROTECTED-SITE-18: a hospital that says until when it is one would look as if it were none afterwards."""
    assert refused(an_object(function=function.value, **{name: WINDOW[name]})) == f"/{name}"


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"from": None}, "/from"),
        ({"until": None}, "/until"),
        ({"until": "2026-11-26T11:59:59Z"}, "/until"),
        ({"from": "2026-11-26"}, "/from"),
        ({"until": 1}, "/until"),
    ],
)
@pytest.mark.parametrize("function", ["movement", "convoy"])
def test_a_window_has_both_its_ends_in_their_order(function: str, changed: dict[str, Any], place: str) -> None:
    assert refused(an_object(function=function, **(WINDOW | changed))) == place


def test_a_window_of_one_moment_is_that_moment() -> None:
    at = {"from": WINDOW["from"], "until": WINDOW["from"]}
    assert site.read(an_object(function="movement", **at)).window == Interval(*[instant.parse(WINDOW["from"])] * 2)


SERVED = "protected-site--0d9b1c27-6f0a-4d52-9a3e-0f4a0f6d8b61"


def test_whom_it_serves_is_read_of_an_exact_site_alone() -> None:
    """PROTECTED-SITE-19: beside a widened area, the id of another exact place would say where to look."""
    assert site.read(an_object(serves=[SERVED])).serves == (SERVED,)
    assert site.read(an_object()).serves == ()
    assert refused(a_widened(serves=[SERVED])) == "/serves"
    assert refused(a_call(serves=[SERVED])) == "/serves"


@pytest.mark.parametrize(("serves", "place"), served_wrongly())
def test_whom_it_serves_is_a_list_of_sites_each_once_and_not_itself(serves: Any, place: str) -> None:
    assert refused(an_object(serves=serves)) == place
    assert refused(an_object(serves=[ID])) == "/serves/0"


# -- refusing


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("function", None),
        ("function", "clinic"),
        ("function", "undisclosed"),
        ("area", None),
        ("area", "here"),
        ("precision", None),
        ("precision", "vague"),
        ("precision", "widened:5"),
        ("widened_m", 5000),
        ("name", ""),
        ("name", "a\u202eb"),
        ("names", []),
        ("names", "Hospital"),
        ("names", [{"text": "a"}] * 21),
        ("contact", "+41\n22"),
        ("reverify_by", "tomorrow"),
        ("as_received", "x" * 501),
        ("as_received", 36.2),
    ],
)
def test_a_site_that_cannot_be_read_is_refused_at_its_place(name: str, value: Any) -> None:
    assert refused(an_object(**{name: value})) == f"/{name}"


@pytest.mark.parametrize(
    ("names", "place"),
    [
        (["Hospital"], "/names/0"),
        ([{"text": "a"}, {"lang": "ar"}], "/names/1/text"),
        ([{"text": "a\tb"}], "/names/0/text"),
        ([{"text": "a", "lang": "in Arabic"}], "/names/0/lang"),
        ([{"text": "a", "lang": None}], "/names/0/lang"),
    ],
)
def test_a_name_that_cannot_be_read_is_refused_at_its_place(names: Any, place: str) -> None:
    assert refused(an_object(names=names)) == place


def test_a_place_within_the_area_is_named() -> None:
    assert refused(an_object(area={"type": "Point", "coordinates": [37, 91]})) == "/area/coordinates/1"


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"area": POLYGON}, "/area"),
        ({"area": {"type": "FeatureCollection", "features": [AROUND, AROUND]}}, "/area"),
        ({"widened_m": None}, "/widened_m"),
        ({"widened_m": 4999}, "/widened_m"),
        ({"widened_m": True}, "/widened_m"),
        ({"area": POINT, "widened_m": 0}, "/widened_m"),
        ({"as_received": "36.2 37.15"}, "/as_received"),
    ],
)
@pytest.mark.parametrize("make", [a_widened, a_call])
def test_an_area_that_is_not_exact_is_one_circle_and_nothing_beside_it_tells_more(
    make: Any, changed: dict[str, Any], place: str
) -> None:
    assert refused(make(**changed)) == place


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"function": "hospital"}, "/function"),
        ({"name": "Hospital"}, "/name"),
        ({"names": [{"text": "Hospital"}]}, "/names"),
        ({"contact": None}, "/contact"),
    ],
)
def test_a_site_to_call_about_says_whom_to_call_and_nothing_else(changed: dict[str, Any], place: str) -> None:
    assert refused(a_call(**changed)) == place


def test_what_is_undisclosed_is_to_be_called_about() -> None:
    assert refused(a_widened(function="undisclosed")) == "/function"


# -- precisions as people state them


@pytest.mark.parametrize(
    ("text", "precision", "metres"),
    [
        ("exact", Precision.EXACT, 0),
        ("call", Precision.CALL, 25_000),
        ("widened:5", Precision.WIDENED, 5_000),
        ("widened:0.5", Precision.WIDENED, 500),
        ("widened:500", Precision.WIDENED, 500_000),
    ],
)
def test_a_precision_is_read_with_its_kilometres(text: str, precision: Precision, metres: float) -> None:
    assert Wanted.parse(text) == Wanted(precision, metres)


@pytest.mark.parametrize(
    "text", ["", "widened", "widened:", "widened:0.4", "widened:501", "widened:5km", "widened:-5", "Exact"]
)
def test_another_precision_is_refused(text: str) -> None:
    with pytest.raises(LocalError) as caught:
        Wanted.parse(text)
    assert caught.value.code == BAD_ARGUMENT


# -- writing


def seeded(number: int) -> bytes:
    return sha256(b"%d" % number).digest()[:RANDOM_BYTES]


def written(precision: str = "exact", drawing: Any = POINT, random: bytes = seeded(0), **more: Any) -> StixObject:
    given: dict[str, Any] = {"function": Function.HOSPITAL} | more
    place = read_drawing(json.dumps(drawing).encode()).area
    return parse(site.write(ID, AT, created=AT, place=place, wanted=Wanted.parse(precision), random=random, **given))


KNOWN: dict[str, Any] = {
    "name": "City hospital",
    "names": [Name("المستشفى", "ar"), Name("Больница")],
    "contact": "+41 22 1",
    "reverify_by": LATER,
    "as_received": "36°12'N 37°09'E",
    "serves": [SERVED],
}


def test_an_exact_site_is_read_as_it_was_meant() -> None:
    found = site.read(written(drawing=POLYGON, **KNOWN))
    expected = KNOWN | {"names": tuple(KNOWN["names"]), "serves": (SERVED,)}
    assert {name: getattr(found, name) for name in KNOWN} == expected
    assert found.area == area.parse(POLYGON)
    assert (found.precision, found.widened_m, found.is_exact) == (Precision.EXACT, None, True)


def test_a_widened_site_keeps_its_names_and_loses_the_coordinate() -> None:
    object = written("widened:5", **KNOWN)
    found = site.read(object)
    assert (found.name, found.widened_m, found.as_received, found.serves) == ("City hospital", 5000, None, ())
    assert not found.is_exact
    assert "36°12'".encode() not in object.raw
    assert SERVED.encode() not in object.raw


def test_a_movement_told_less_exactly_says_when_and_one_to_call_about_not_even_that() -> None:
    window = Interval(instant.parse(WINDOW["from"]), instant.parse(WINDOW["until"]))
    known = KNOWN | {"function": Function.MOVEMENT, "window": window}
    assert site.read(written(**known)).window == window
    assert site.read(written("widened:5", **known)).window == window
    call = written("call", **known)
    assert site.read(call).window is None
    assert b"2026-11-26T12:00" not in call.raw


def test_a_movement_without_its_times_is_not_written() -> None:
    with pytest.raises(LocalError) as caught:
        written(function=Function.MOVEMENT)
    assert caught.value.place == "/from"


def test_a_site_to_call_about_keeps_nothing_but_whom_to_call_and_until_when() -> None:
    object = written("call", **KNOWN)
    found = site.read(object)
    assert (found.contact, found.reverify_by, found.function) == ("+41 22 1", LATER, Function.UNDISCLOSED)
    assert (found.name, found.names, found.as_received, found.serves) == (None, (), None, ())
    for word in (SERVED, "hospital", "المستشفى", "Больница", "36°12'"):
        assert word.encode() not in object.raw


def test_a_site_to_call_about_that_nobody_can_call_about_is_not_written() -> None:
    with pytest.raises(LocalError) as caught:
        written("call")
    assert caught.value.place == "/contact"


def test_nothing_of_a_file_but_places_comes_into_the_site() -> None:
    feature = {"type": "Feature", "id": "secret", "geometry": POINT, "properties": {"ward": "secret"}}
    assert b"secret" not in written(drawing=feature).raw


# -- circles


def circle_of(found: StixObject) -> Circle:
    [part] = site.read(found).area.parts
    assert isinstance(part, Circle)
    return part


def rim(place: Area, pieces: int = 40) -> list[tuple[float, float]]:
    """Points along the outline of an area, and on its circles."""
    points = []
    for part in place.parts:
        if isinstance(part, Polygon):
            for start, end in zip(part.rings[0], part.rings[0][1:], strict=False):
                shares = [k / pieces for k in range(pieces)]
                points += [(start[0] + s * (end[0] - start[0]), start[1] + s * (end[1] - start[1])) for s in shares]
        else:
            centre = (part.lon, part.lat)
            around = [(part.lon + 90 * k / pieces, 0.0) for k in range(pieces)] if part.radius_m else []
            points += [centre, *(geodesic.on_the_way(centre, towards, part.radius_m) for towards in around)]
    return points


def cap(side: int) -> dict[str, Any]:
    """An outline around a pole."""
    low, pole = side * 89.99, side * 90
    return {
        "type": "Polygon",
        "coordinates": [[[-180, low], [-60, low], [60, low], [180, low], [180, pole], [-180, pole], [-180, low]]],
    }


SEAM = [
    [[[179.99, 10], [180, 10], [180, 10.01], [179.99, 10.01], [179.99, 10]]],
    [[[-180, 10], [-179.99, 10], [-179.99, 10.01], [-180, 10.01], [-180, 10]]],
]
FOOTPRINTS: dict[str, Any] = {
    "a point": POINT,
    "an outline": POLYGON,
    "a circle": {"type": "Feature", "geometry": POINT, "properties": {"radius_m": 1800}},
    "the north pole": {"type": "Point", "coordinates": [12, 90]},
    "the south pole": {"type": "Point", "coordinates": [0, -90]},
    "around the north pole": cap(1),
    "around the south pole": cap(-1),
    "at the antimeridian": {"type": "Point", "coordinates": [-180, -17]},
    "over the antimeridian": {"type": "MultiPolygon", "coordinates": SEAM},
    "two circles": {
        "type": "FeatureCollection",
        "features": [AROUND | {"properties": {"radius_m": 500}}, AROUND | {"properties": {"radius_m": 900}}],
    },
}


@pytest.mark.parametrize("footprint", FOOTPRINTS.values(), ids=list(FOOTPRINTS))
def test_the_whole_footprint_is_inside_whatever_the_chance(footprint: Any) -> None:
    """PROTECTED-SITE-12."""
    points = rim(area.parse(footprint))
    for number in range(150):
        around = circle_of(written("widened:5", footprint, seeded(number)))
        farthest = max(geodesic.distance((around.lon, around.lat), at) for at in points[:: max(1, len(points) // 40)])
        assert farthest <= around.radius_m


EXTREMES = [bytes([a] * 8 + [b] * 8 + [c] * 8) for a in (0, 255) for b in (0, 128, 255) for c in (0, 128, 255)]


@pytest.mark.parametrize("footprint", FOOTPRINTS.values(), ids=list(FOOTPRINTS))
@pytest.mark.parametrize("random", EXTREMES, ids=lambda random: random.hex()[::8])
def test_the_whole_footprint_is_inside_at_the_extremes_of_chance(footprint: Any, random: bytes) -> None:
    around = circle_of(written("widened:5", footprint, random))
    assert all(geodesic.distance((around.lon, around.lat), at) <= 5000 for at in rim(area.parse(footprint)))


@pytest.mark.parametrize("place", [(37.15, 36.2), (37.15, -75.0), (180.0, 0.0), (0.0, 90.0)])
def test_the_centre_is_spread_evenly_so_that_it_tells_nothing(place: tuple[float, float]) -> None:
    """Seen from the centre, the site is as likely here as there: by distance, as areas go, and in all directions."""
    footprint = {"type": "Point", "coordinates": list(place)}
    count = 600
    shares, turns = [], []
    for number in range(count):
        around = circle_of(written("widened:5", footprint, seeded(number)))
        shares.append((geodesic.distance(place, (around.lon, around.lat)) / 5000) ** 2)
        turns.append(direction(place, around))
    for each in (shares, turns):
        tenths = [sum(k / 10 <= value < (k + 1) / 10 for value in each) for k in range(10)]
        # 60 are expected in each; five standard deviations are 37.
        assert all(23 < tenth < 97 for tenth in tenths), tenths
        assert sum(tenths) == count


def direction(place: tuple[float, float], to: Circle) -> float:
    """The direction of a short way as a share of a turn, on a plane that touches the Earth at the place."""
    lon, lat = radians(to.lon - place[0]), radians(to.lat)
    south = radians(place[1])
    east = cos(lat) * sin(lon)
    north = cos(south) * sin(lat) - sin(south) * cos(lat) * cos(lon)
    return (atan2(east, north) / (2 * pi)) % 1.0


def test_the_same_chance_draws_the_same_circle_and_another_another() -> None:
    first, again, other = (circle_of(written("widened:5", random=seeded(number))) for number in (1, 1, 2))
    assert first == again != other


@pytest.mark.parametrize("random", [b"", bytes(23), bytes(25)])
@pytest.mark.parametrize("precision", ["widened:5", "call"])
def test_no_circle_is_drawn_without_chance(precision: str, random: bytes) -> None:
    with pytest.raises(LocalError) as caught:
        written(precision, random=random, contact="+41")
    assert caught.value.code == BAD_ARGUMENT


def test_an_exact_site_takes_no_chance() -> None:
    assert written(random=b"").raw == written(random=seeded(1)).raw


@pytest.mark.parametrize("radius_m", [2600, 5000, 100_000])
def test_a_circle_that_shows_its_footprint_is_not_drawn(radius_m: float) -> None:
    """PROTECTED-SITE-13: one must know less after it than before."""
    footprint = {"type": "Feature", "geometry": POINT, "properties": {"radius_m": radius_m}}
    with pytest.raises(LocalError, match=r"take .* km") as caught:
        written("widened:5", footprint)
    assert caught.value.code == BAD_ARGUMENT


def test_a_circle_is_drawn_that_leaves_the_place_twice_as_much_room() -> None:
    footprint = {"type": "Feature", "geometry": POINT, "properties": {"radius_m": 2499}}
    assert circle_of(written("widened:5", footprint)).radius_m == 5000


@pytest.mark.parametrize(("radius_m", "km"), [(0, 25), (12_499, 25), (13_000, 50), (30_000, 75), (249_000, 500)])
def test_a_circle_to_call_about_grows_in_whole_steps(radius_m: float, km: float) -> None:
    footprint = {"type": "Feature", "geometry": POINT, "properties": {"radius_m": radius_m}}
    assert circle_of(written("call", footprint, contact="+41")).radius_m == km * 1000
    assert km % CALL_KM == 0


def test_a_place_that_no_circle_hides_is_refused() -> None:
    whole = {
        "type": "Polygon",
        "coordinates": [[[-180, -90], [0, -90], [180, -90], [180, 90], [0, 90], [-180, 90], [-180, -90]]],
    }
    for precision in ("widened:500", "call"):
        with pytest.raises(LocalError) as caught:
            written(precision, whole, contact="+41")
        assert caught.value.code == BAD_ARGUMENT


# -- later versions


def test_the_precisions_of_one_place_are_objects_that_no_id_joins() -> None:
    """PROTECTED-SITE-14: the id is handed in fresh, and no other stands in the content."""
    for precision in ("exact", "widened:5", "call"):
        properties = written(precision, **KNOWN).properties
        assert [name for name, value in properties.items() if isinstance(value, str) and "--" in value] == ["id"]


def test_a_site_is_taken_back_by_a_later_version_with_the_same_id() -> None:
    back = parse(site.withdraw(an_object(x_else=1), LATER))
    assert (back.id, back.modified, site.read(back).withdrawn, back.properties["x_else"]) == (ID, LATER, True, 1)
    with pytest.raises(LocalError):
        site.withdraw(back, LATER)


# -- the echo


@pytest.mark.parametrize(
    ("drawing", "text"),
    [
        (POINT, "a point at 36.2000000 N, 37.1500000 E"),
        ({"type": "Point", "coordinates": [-0.5, -1.25]}, "a point at 1.2500000 S, 0.5000000 W"),
        (AROUND, "a circle of 5000 m around 36.2000000 N, 37.1500000 E"),
        (POLYGON, "an outline of 4 corners from 36.1900000 N, 37.1400000 E to 36.2100000 N, 37.1600000 E"),
    ],
)
def test_a_place_is_echoed_as_it_was_understood(drawing: Any, text: str) -> None:
    """A slip, such as latitude and longitude exchanged, is seen by the one who gave it."""
    assert site.echo(area.parse(drawing)) == text


def test_all_parts_are_echoed() -> None:
    assert site.echo(area.parse({"type": "MultiPolygon", "coordinates": SEAM})).count("an outline of 4 corners") == 2
