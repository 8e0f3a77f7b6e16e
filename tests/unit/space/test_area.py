"""Areas are read from GeoJSON as RFC 7946 has it; what is not of it is refused with its place, and fast."""

import copy
import json
import random
import subprocess
import sys
from collections.abc import Callable
from time import process_time
from typing import Any

import pytest

from comity.errors import MALFORMED, TOO_LARGE, RemoteError
from comity.space import area
from comity.space.area import MAX_PARTS, MAX_RADIUS_M, MAX_VERTICES, Area, Circle, Polygon

SQUARE = [[36.0, 35.0], [37.0, 35.0], [37.0, 36.0], [36.0, 36.0], [36.0, 35.0]]
HOLE = [[36.2, 35.2], [36.4, 35.2], [36.4, 35.4], [36.2, 35.4], [36.2, 35.2]]


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def collection(*features: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def point(lon: Any = 36.0, lat: Any = 35.0) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


def moved(ring: list[list[float]], east: float) -> list[list[float]]:
    return [[lon + east, lat] for lon, lat in ring]


def refusal(value: Any) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        area.parse(value, place="")
    return caught.value


# -- what is taken


def test_a_polygon_keeps_its_positions_and_knows_its_bounds() -> None:
    (part,) = area.parse(polygon(SQUARE, HOLE)).parts
    assert isinstance(part, Polygon)
    assert part.rings == tuple(tuple(map(tuple, ring)) for ring in (SQUARE, HOLE))
    assert part.bounds == (36.0, 35.0, 37.0, 36.0)


def test_either_way_round_is_taken() -> None:
    assert area.parse(polygon(SQUARE[::-1])) != area.parse(polygon(SQUARE))


def test_a_multipolygon_is_all_its_polygons_and_they_may_overlap() -> None:
    both = {"type": "MultiPolygon", "coordinates": [[SQUARE], [moved(SQUARE, 0.5)]]}
    assert len(area.parse(both).parts) == 2


def test_a_point_is_a_circle_of_no_size_and_with_a_radius_a_circle() -> None:
    assert area.parse(point()) == Area((Circle(36.0, 35.0, 0.0),))
    assert area.parse(feature(point(), radius_m=5000, name="هاتاي")) == Area((Circle(36.0, 35.0, 5000.0),))
    assert area.parse({"type": "Feature", "geometry": point(), "properties": None}) == area.parse(point())


def test_a_collection_is_all_its_features() -> None:
    found = area.parse(collection(feature(polygon(SQUARE)), feature(point(), radius_m=0.5)))
    assert [type(part) for part in found.parts] == [Polygon, Circle]


@pytest.mark.parametrize(
    "ring",
    [
        # Down to a latitude all around a pole, with a position half way; at the pole itself an edge has no length.
        [[-180, 80], [0, 80], [180, 80], [180, 90], [-180, 90], [-180, 80]],
        [[-180, -90], [180, -90], [180, -80], [0, -80], [-180, -80], [-180, -90]],
        [[-90, 0], [90, 0], [90, 10], [-90, 10], [-90, 0]],
        [[179, -17], [180, -17], [180, -16], [179, -16], [179, -17]],
        [[0, 0], [0, 0], [1, 0], [1, 1], [0, 0]],
    ],
)
def test_what_lies_at_a_pole_or_a_seam_is_taken_as_it_is_drawn(ring: list[list[float]]) -> None:
    (part,) = area.parse(polygon(ring)).parts
    assert isinstance(part, Polygon)
    assert [list(at) for at in part.rings[0]] == ring


def test_a_thousand_vertices_are_taken_and_one_more_is_not() -> None:
    def ring(vertices: int) -> list[list[float]]:
        upper = [[k * 1e-3, 1.0] for k in range(vertices // 2)]
        lower = [[k * 1e-3, 0.0] for k in reversed(range(vertices - vertices // 2))]
        return [*upper, *lower, upper[0]]

    area.parse(polygon(ring(MAX_VERTICES)))
    assert refusal(polygon(ring(MAX_VERTICES + 1))).code == TOO_LARGE
    both = {"type": "MultiPolygon", "coordinates": [[ring(500)], [ring(501)]]}
    assert refusal(both).code == TOO_LARGE


def test_parts_can_be_put_together_by_hand_within_the_same_limits() -> None:
    square, dot = area.polygon([SQUARE]), area.circle(1, 2)
    assert area.area(square, dot) == Area((square, dot))
    assert area.polygon([[tuple(at) for at in SQUARE]]) == square
    with pytest.raises(RemoteError, match="one part or more"):
        area.area()
    with pytest.raises(RemoteError) as caught:
        area.area(*[dot] * (MAX_PARTS + 1))
    assert caught.value.code == TOO_LARGE
    with pytest.raises(RemoteError) as caught:
        area.area(*[area.polygon([[[0, 0], *[[k / 100, k * k / 1e5] for k in range(1, 99)], [0, 0]]])] * 11)
    assert caught.value.code == TOO_LARGE


def test_areas_are_equal_when_their_positions_are() -> None:
    assert area.parse(polygon(SQUARE)) == area.parse(copy.deepcopy(polygon(SQUARE)))
    assert hash(area.parse(polygon(SQUARE))) == hash(area.parse(copy.deepcopy(polygon(SQUARE))))
    assert area.parse(polygon(SQUARE)).order < area.parse(polygon(moved(SQUARE, 1))).order


# -- what is refused, where and why

CROSSING: list[list[float]] = [[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]

REFUSED: list[tuple[Any, str, str]] = [
    # not GeoJSON
    (None, "", "section 3"),
    ([], "", "section 3"),
    ("POLYGON((0 0, 1 0, 1 1, 0 0))", "", "section 3"),
    ({"type": 5}, "", "section 3"),
    ({"coordinates": SQUARE}, "", "section 3"),
    ({"type": "LineString", "coordinates": SQUARE}, "/type", "an area is"),
    ({"type": "MultiPoint", "coordinates": SQUARE}, "/type", "an area is"),
    ({"type": "polygon", "coordinates": [SQUARE]}, "/type", "an area is"),
    ({"type": "GeometryCollection", "geometries": [polygon(SQUARE)]}, "/geometries", "7.1"),
    ({"type": "GeometryCollection"}, "/type", "an area is"),
    (polygon(SQUARE) | {"crs": {"type": "name", "properties": {"name": "EPSG:3857"}}}, "/crs", "WGS84"),
    (polygon(SQUARE) | {"properties": {}}, "/properties", "7.1"),
    # Features and collections
    (feature(None), "/geometry", "section 3"),
    (feature(feature(point())), "/geometry/type", "an area is"),
    ({"type": "Feature", "geometry": point()}, "/properties", "3.2"),
    ({"type": "Feature", "geometry": point(), "properties": []}, "/properties", "3.2"),
    (feature(point()) | {"features": []}, "/features", "7.1"),
    (feature(point() | {"crs": None}), "/geometry/crs", "WGS84"),
    (collection(), "/features", "no area"),
    ({"type": "FeatureCollection"}, "/features", "a list of features"),
    ({"type": "FeatureCollection", "features": {}}, "/features", "a list of features"),
    (collection(point()), "/features/0/type", "3.3"),
    (collection(feature(point()), collection(feature(point()))), "/features/1/type", "3.3"),
    (collection(feature({"type": "GeometryCollection"})), "/features/0/geometry/type", "an area is"),
    # radii
    (feature(point(), radius=5000), "/properties/radius", "radius_m"),
    (feature(point(), radius_km=5), "/properties/radius_km", "radius_m"),
    (feature(point(), Radius_m=5), "/properties/Radius_m", "radius_m"),
    (feature(polygon(SQUARE), radius_m=5), "/properties/radius_m", "a Point's radius_m"),
    (feature(point(), radius_m=-1), "/properties/radius_m", "0 or more"),
    (feature(point(), radius_m=float("nan")), "/properties/radius_m", "0 or more"),
    (feature(point(), radius_m="5000"), "/properties/radius_m", "0 or more"),
    (feature(point(), radius_m=True), "/properties/radius_m", "0 or more"),
    (feature(point(), radius_m=None), "/properties/radius_m", "0 or more"),
    # positions
    (point(36.0, 91), "/coordinates/1", "latitude"),
    (point(36.0, -90.000001), "/coordinates/1", "latitude"),
    (point(181, 35.0), "/coordinates/0", "longitude"),
    (point(10**400, 35.0), "/coordinates/0", "longitude"),
    (point(float("nan"), 35.0), "/coordinates/0", "longitude"),
    (point(36.0, float("inf")), "/coordinates/1", "latitude"),
    (point("36", 35.0), "/coordinates/0", "longitude"),
    (point(True, 35.0), "/coordinates/0", "longitude"),
    (point(None, 35.0), "/coordinates/0", "longitude"),
    ({"type": "Point", "coordinates": []}, "/coordinates", "a position here"),
    ({"type": "Point", "coordinates": [36.0, 35.0, 100.0]}, "/coordinates", "floor and ceiling"),
    ({"type": "Point", "coordinates": "36"}, "/coordinates", "a list of numbers"),
    ({"type": "Point"}, "/coordinates", "a list of numbers"),
    (polygon([*SQUARE[:2], [37.0, 95.0], *SQUARE[3:]]), "/coordinates/0/2/1", "latitude"),
    (polygon([*SQUARE[:2], [37.0, 36.0, 0.0], *SQUARE[3:]]), "/coordinates/0/2", "floor and ceiling"),
    (polygon([*SQUARE[:2], 37.0, *SQUARE[3:]]), "/coordinates/0/2", "a list of numbers"),
    # rings
    (polygon(), "/coordinates", "an outer ring"),
    (polygon([]), "/coordinates/0", "four positions"),
    (polygon([SQUARE[0], SQUARE[1], SQUARE[0]]), "/coordinates/0", "four positions"),
    (polygon(SQUARE[:4]), "/coordinates/0/3", "ends where it begins"),
    (polygon(SQUARE, HOLE[:4]), "/coordinates/1/3", "ends where it begins"),
    (polygon({"0": SQUARE}), "/coordinates/0", "a list of positions"),
    ({"type": "Polygon", "coordinates": {}}, "/coordinates", "a list of rings"),
    ({"type": "Polygon", "coordinates": SQUARE}, "/coordinates/0/0", "a list of numbers"),
    ({"type": "MultiPolygon", "coordinates": []}, "/coordinates", "no area"),
    ({"type": "MultiPolygon", "coordinates": [SQUARE]}, "/coordinates/0/0/0", "a list of numbers"),
    (polygon(CROSSING), "/coordinates/0", "cross or touch itself"),
    (polygon(SQUARE, moved(CROSSING, 36)), "/coordinates/1", "cross or touch itself"),
    (polygon([[0, 0], [1, 0], [2, 0], [0, 0]]), "/coordinates/0", "cross or touch itself"),
    (polygon([[0, 0], [0, 0], [0, 0], [0, 0]]), "/coordinates/0", "cross or touch itself"),
    (polygon([[0, 0], [2, 0], [1, 1], [2, 2], [0, 2], [1, 1], [0, 0]]), "/coordinates/0", "cross or touch itself"),
    (polygon([[0, 0], [2, 0], [2, 2], [2, 3], [2, 2], [0, 2], [0, 0]]), "/coordinates/0", "cross or touch itself"),
    # holes
    (polygon(SQUARE, moved(HOLE, 5)), "/coordinates/1", "inside the outer ring"),
    (polygon(SQUARE, HOLE, moved(HOLE, 0.7)), "/coordinates/2", "inside the outer ring"),
    (polygon(SQUARE, SQUARE), "/coordinates/1", "inside the outer ring"),
    (polygon(HOLE, SQUARE), "/coordinates/1", "inside the outer ring"),
    (polygon(SQUARE, HOLE, moved(HOLE, 0.1)), "/coordinates", "holes must not cross"),
    (polygon(SQUARE, HOLE, HOLE), "/coordinates", "holes must not cross"),
    # seams
    (polygon([[179, 0], [-179, 0], [-179, 1], [179, 1], [179, 0]]), "/coordinates/0/1", "antimeridian"),
    (polygon([[0, 87], [90, 87], [180, 87], [-90, 87], [0, 87]]), "/coordinates/0/3", "antimeridian"),
    (polygon([[-180, 10], [180, 10], [180, 20], [-180, 20], [-180, 10]]), "/coordinates/0/1", "antimeridian"),
    (polygon([[-180, 90], [180, -90], [180, 90], [-180, 90]]), "/coordinates/0/1", "antimeridian"),
]


@pytest.mark.parametrize(("value", "place", "rule"), REFUSED)
def test_what_is_not_an_area_is_refused_with_its_place_and_the_rule(value: Any, place: str, rule: str) -> None:
    error = refusal(value)
    assert (error.code, error.place) == (MALFORMED, place)
    assert rule in error.message


def test_the_place_is_counted_from_where_the_object_stands() -> None:
    with pytest.raises(RemoteError) as caught:
        area.parse(collection(feature(point()), feature(polygon(SQUARE[:4]))), place="/area")
    assert caught.value.place == "/area/features/1/geometry/coordinates/0/3"


def test_each_polygon_of_many_is_looked_at() -> None:
    both = {"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE, moved(HOLE, 5)]]}
    assert refusal(both).place == "/coordinates/1/1"


def test_a_radius_beyond_the_limit_is_too_large_and_one_at_it_is_not() -> None:
    area.parse(feature(point(), radius_m=MAX_RADIUS_M))
    for radius in (MAX_RADIUS_M + 1, float("inf"), 10**400):
        assert refusal(feature(point(), radius_m=radius)).code == TOO_LARGE


def test_nothing_but_our_own_errors_comes_out_of_damaged_json() -> None:
    whole = json.dumps(collection(feature(polygon(SQUARE, HOLE), name="x"), feature(point(), radius_m=5)))
    chance = random.Random(5)
    junk: list[Any] = [None, True, -1, 1e308, "x", [], {}, [[]], [[[]]], {"type": "Polygon"}, float("nan")]

    def spoil(value: Any) -> Any:
        if chance.random() < 0.06:
            return chance.choice(junk)
        if isinstance(value, list):
            return [spoil(each) for each in value if chance.random() > 0.01]
        if isinstance(value, dict):
            return {key: spoil(each) for key, each in value.items() if chance.random() > 0.01}
        return value

    outcomes = set()
    for _ in range(3_000):
        try:
            area.parse(spoil(json.loads(whole)))
            outcomes.add("taken")
        except RemoteError as error:
            outcomes.add(error.code)
            assert error.message
    assert outcomes == {"taken", MALFORMED}


# -- bombs


def spiral(vertices: int) -> list[list[float]]:
    chance = random.Random(1)
    ring = [[chance.uniform(-90, 90), chance.uniform(-80, 80)] for _ in range(vertices)]
    return [*ring, ring[0]]


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


LONG = [[0.0, 0.0]] * 100_001
BOMBS: list[tuple[str, Callable[[], Any], str]] = [
    ("a ring of 100,000 vertices", lambda: polygon(LONG), TOO_LARGE),
    ("a hole of 100,000 vertices", lambda: polygon(SQUARE, LONG), TOO_LARGE),
    ("100,000 rings", lambda: polygon(*[SQUARE] * 100_000), TOO_LARGE),
    ("100,000 polygons", lambda: {"type": "MultiPolygon", "coordinates": [[SQUARE]] * 100_000}, TOO_LARGE),
    ("100,000 features", lambda: collection(*[feature(point())] * 100_000), TOO_LARGE),
    ("101 features of 100 polygons", lambda: collection(*[feature(many(100))] * 101), TOO_LARGE),
    ("polygons of 1,000 rings each", lambda: {"type": "MultiPolygon", "coordinates": [[[]] * 1000] * 100}, TOO_LARGE),
    ("empty rings to make room", lambda: polygon(*[[]] * 900, [*SQUARE[:4]] * 400 + [SQUARE[4]]), TOO_LARGE),
    ("a list 900 deep", lambda: polygon(nested(900)), MALFORMED),
    ("a ring that crosses itself a thousand times", lambda: polygon(spiral(1000)), MALFORMED),
    ("250 holes, one of them outside", lambda: polygon(*many_holes()), MALFORMED),
    ("a name of a million letters", lambda: feature(point(), **{"radius" + "x" * 10**6: 1}), MALFORMED),
]


def many(count: int) -> dict[str, Any]:
    return {"type": "MultiPolygon", "coordinates": [[SQUARE]] * count}


def many_holes() -> list[Any]:
    small = [[0.001, 0.001], [0.002, 0.001], [0.001, 0.002], [0.001, 0.001]]
    holes = [[[lon + k % 16 / 20, lat + k // 16 / 20] for lon, lat in small] for k in range(248)]
    return [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]], *holes, moved(small, 3)]


@pytest.mark.parametrize(("bomb", "code"), [pytest.param(make, code, id=name) for name, make, code in BOMBS])
def test_a_bomb_is_refused_within_50_milliseconds(bomb: Callable[[], Any], code: str) -> None:
    value = bomb()
    area.parse(polygon(SQUARE))  # what is loaded once is loaded now
    taken = []
    for _ in range(3):
        start = process_time()
        error = refusal(value)
        taken.append(process_time() - start)
        assert error.code == code
        assert len(str(error)) < 400
    assert min(taken) < 0.05


# -- what is loaded


def test_importing_places_and_volumes_loads_no_geometry_library() -> None:
    code = (
        "import sys; from comity.space import altitude, area, geodesic, interval, volume; area.circle(1, 2, 3);"
        "print(sorted({'numpy', 'shapely', 'pyproj'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
