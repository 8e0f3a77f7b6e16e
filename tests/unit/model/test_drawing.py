"""Drawings: files as people draw them, read feature by feature; what is not used is said, and nothing vanishes."""

import base64
import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from comity.errors import LocalError
from comity.model import drawing
from comity.model.drawing import Drawing, Feature
from comity.space.area import Circle
from comity.space.meeting import meet

SQUARE = [[36.1, 35.8], [36.4, 35.8], [36.4, 36.0], [36.1, 36.0], [36.1, 35.8]]
POLYGON = {"type": "Polygon", "coordinates": [SQUARE]}
POINT = {"type": "Point", "coordinates": [36.25, 35.9]}


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def read(value: Any, buffer_m: float | None = None) -> Drawing:
    return drawing.read(json.dumps(value).encode(), buffer_m=buffer_m)


def test_each_feature_of_a_file_is_one_with_its_number_and_name() -> None:
    found = read(collection(feature(POINT, name="Clinic 1"), feature(POLYGON, name="Приют"), feature(POINT)))
    assert [(each.number, each.name) for each in found.features] == [(1, "Clinic 1"), (2, "Приют"), (3, None)]
    assert len(found.area.parts) == 3


@pytest.mark.parametrize(
    ("value", "has_extent"),
    [
        (POINT, False),
        (feature(POINT), False),
        (feature(POINT, radius_m=0), True),
        (feature(POINT, radius_m=9260), True),
        (POLYGON, True),
        (collection(feature(POLYGON), feature(POINT)), False),
    ],
)
def test_a_bare_point_has_no_extent_and_one_that_says_its_radius_has(value: Any, has_extent: bool) -> None:
    assert read(value).has_extent is has_extent


def test_a_thousand_features_are_a_drawing_and_one_more_are_refused() -> None:
    assert len(read(collection(*[feature(POINT)] * 1000)).features) == 1000
    with pytest.raises(LocalError, match="at most 1000 features"):
        read(collection(*[feature(POINT)] * 1001))


# -- forms with one meaning


@pytest.mark.parametrize(
    "name",
    [
        "urn:ogc:def:crs:OGC:1.3:CRS84",
        "urn:ogc:def:crs:OGC::CRS84",
        "URN:OGC:DEF:CRS:OGC:1.3:CRS84",
        "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        "https://www.opengis.net/def/crs/OGC/1.3/CRS84",
        "OGC:CRS84",
        "CRS84",
        "EPSG:4326",
        "epsg:4326",
        "urn:ogc:def:crs:EPSG::4326",
        "urn:ogc:def:crs:EPSG:9.6:4326",
        "http://www.opengis.net/def/crs/EPSG/0/4326",
        "WGS 84",
    ],
)
def test_the_reference_system_that_geojson_has_may_be_named(name: str) -> None:
    plain = read(POLYGON)
    for crs in ({"type": "name", "properties": {"name": name}}, name):
        for value in ({**POLYGON, "crs": crs}, {**collection(feature(POLYGON)), "crs": crs}):
            assert read(value).area == plain.area
            assert read(value).notes == ()


@pytest.mark.parametrize(
    ("crs", "words"),
    [
        ("urn:ogc:def:crs:EPSG::3857", "EPSG:3857 (web mercator, metres): export it again in EPSG:4326 (WGS 84)"),
        ("EPSG:900913", "as EPSG:3857 is"),
        ("EPSG:32637", "UTM zone 37N"),
        ("urn:ogc:def:crs:EPSG::32721", "UTM zone 21S"),
        ("EPSG:4269", "NAD83"),
        ("EPSG:28404", "EPSG:28404: export it again"),
        ("urn:ogc:def:crs:OGC:1.3:CRS83", "CRS83"),
        ("xEPSG:4326", "export it again"),
        ("FOO:4326", "EPSG:4326 (WGS 84)"),
        (5, "EPSG:5"),
        (3857, "EPSG:3857 (web mercator, metres)"),
        ([], "does not name a reference system"),
        ({"type": "link", "properties": {"href": "https://example.org/crs"}}, "https://example.org/crs"),
    ],
)
def test_any_other_reference_system_is_refused_by_its_name_with_how_to_go_on(crs: Any, words: str) -> None:
    given = {"type": "name", "properties": {"name": crs}} if type(crs) is str else crs
    message = refused({**POLYGON, "crs": given}, place="/crs")
    assert words in message
    assert "EPSG:4326" in message


SYSTEMS = ["crs", "coordRefSys", "spatialReference", "coordinateReferenceSystem", "srs", "srsName", "srid", "datum"]
WGS84 = [4326, "4326", "[EPSG:4326]", "EPSG 4326", "WGS 84 (EPSG:4326)", "https://www.opengis.net/def/crs/EPSG/0/4326"]
OTHERS = [3857, "3857", "[EPSG:3857]", "NAD27", "EPSG:4267", "https://www.opengis.net/def/crs/EPSG/0/3857", "x.prj"]


@given(
    st.sampled_from(SYSTEMS),
    st.sampled_from([*WGS84, *OTHERS]),
    st.sampled_from(
        [
            lambda system: system,
            lambda system: {"type": "name", "properties": {"name": system}},
            lambda system: {"wkid": system},
            lambda system: {"type": "link", "properties": {"href": system}},
        ]
    ),
    st.sampled_from(["collection", "feature", "geometry"]),
)
def test_a_reference_system_is_read_or_refused_under_whatever_name_and_wherever_it_stands(
    member: str, system: Any, shape: Callable[[Any], Any], where: str
) -> None:
    said = {member: shape(system)}
    geometry = {**POLYGON, **(said if where == "geometry" else {})}
    one = {"type": "Feature", "properties": {}, "geometry": geometry, **(said if where == "feature" else {})}
    whole = {**collection(one), **(said if where == "collection" else {})}
    if system in WGS84:
        assert read(whole).area == read(POLYGON).area
    else:
        assert "export it again in EPSG:4326 (WGS 84)" in refused(whole)


@pytest.mark.parametrize("crs", [None, {"type": "EPSG", "properties": {"code": 4326}}])
def test_no_reference_system_or_its_bare_code_is_as_none(crs: Any) -> None:
    assert read({**POLYGON, "crs": crs}) == read(POLYGON)


heights = st.none() | st.integers(-400, 9000) | st.floats(-400, 9000)


@given(st.lists(heights, min_size=5, max_size=5), st.booleans())
def test_a_third_number_is_a_height_which_is_not_used_and_said_once(found: list[Any], measured: bool) -> None:
    ring = [[*at, height, *([7] if measured else [])] for at, height in zip(SQUARE, found, strict=True)]
    drawn = read(collection(feature({"type": "Polygon", "coordinates": [ring]}), feature(POINT)))
    assert drawn.features[0].area == read(POLYGON).area
    said = ("heights in the file are not used: say --floor and --ceiling",)
    assert drawn.notes == (said if any(height is not None for height in found) else ())


@pytest.mark.parametrize("marks", [1, 2])
def test_a_byte_order_mark_is_not_used_and_said_once(marks: int) -> None:
    """RFC 8259 8.1 lets a reader ignore it."""
    drawn = drawing.read(b"\xef\xbb\xbf" * marks + json.dumps(POLYGON).encode())
    assert drawn.area == read(POLYGON).area
    assert drawn.notes == ("the byte order mark at the beginning of the file is not used",)


def wrapped(geometry: Any, how: str) -> Any:
    return {
        "bare": geometry,
        "feature": feature(geometry),
        "collection": collection(feature(geometry)),
    }[how]


@pytest.mark.parametrize("how", ["bare", "feature", "collection"])
@given(st.lists(st.sampled_from([POINT, POLYGON]), min_size=1, max_size=8))
def test_the_parts_of_a_flat_collection_are_taken_together(how: str, parts: list[Any]) -> None:
    drawn = read(wrapped({"type": "GeometryCollection", "geometries": parts}, how))
    assert drawn.area == read(collection(*map(feature, parts))).area
    assert len(drawn.features) == 1
    assert drawn.has_extent is (POLYGON in parts)


def test_a_collection_in_a_collection_is_refused_with_a_true_reason() -> None:
    inner = {"type": "GeometryCollection", "geometries": [POINT]}
    message = refused({"type": "GeometryCollection", "geometries": [inner]}, place="/geometries/0/type")
    assert "split it into Features" in message
    assert "without geometries" in refused({"type": "GeometryCollection", "geometries": []}, place="/geometries")


def test_several_points_are_one_feature_of_as_many_parts() -> None:
    several = {"type": "MultiPoint", "coordinates": [[36.25, 35.9], [-70.5, -33.0]]}
    drawn = read(feature(several, name="posts"))
    assert [(part.lon, part.lat, part.radius_m) for part in drawn.area.parts if isinstance(part, Circle)] == [
        (36.25, 35.9, 0.0),
        (-70.5, -33.0, 0.0),
    ]
    assert not drawn.has_extent
    assert read(feature(several, radius_m=500)).has_extent
    assert refused({"type": "MultiPoint", "coordinates": [[0, 0], [0, "1"]]}, place="/coordinates/1/1")


# -- radii


@pytest.mark.parametrize(
    "beside", [{"radius": 9260}, {"radiusKilometers": 9.26}, {"radius_m": 9260}, {"Radius_NM": 5}, {"range": "5 km"}]
)
def test_a_radius_beside_an_outline_is_not_used_and_said(beside: dict[str, Any]) -> None:
    drawn = read(feature(POLYGON, **beside))
    assert drawn.area == read(POLYGON).area
    [note] = drawn.notes
    assert note.startswith(f"{next(iter(beside))} is not used")


@pytest.mark.parametrize(
    "nothing", [{"radius_m": None}, {"radius": None}, {"radius": 0}, {"radius": ""}, {"radiusUnits": "km"}]
)
def test_a_radius_of_nothing_is_none(nothing: dict[str, Any]) -> None:
    assert read(feature(POINT, **nothing)) == Drawing((with_properties(nothing),))


def with_properties(properties: dict[str, Any]) -> Feature:
    [bare] = read(feature(POINT)).features
    return replace(bare, properties=properties)


UNITS = {
    "m": 1.0,
    "meters": 1.0,
    "metres": 1.0,
    "km": 1000.0,
    "kilometers": 1000.0,
    "Kilometres": 1000.0,
    "nm": 1852.0,
    "NauticalMiles": 1852.0,
    "ft": 0.3048,
    "miles": 1609.344,
}


@given(
    st.sampled_from(["radius", "Radius", "range", "circle_radius"]),
    st.sampled_from(sorted(UNITS)),
    st.integers(1, 900),
    st.sampled_from(["_", "camel", "beside", "text"]),
)
def test_a_radius_of_a_point_under_another_name_is_refused_with_what_to_write(
    name: str, unit: str, number: int, how: str
) -> None:
    ways: dict[str, dict[str, Any]] = {
        "_": {f"{name}_{unit}": number},
        "camel": {f"{name}{unit[0].upper()}{unit[1:]}" if len(unit) > 2 else f"{name}_{unit}": number},
        "beside": {name: number, "units": unit},
        "text": {name: f"{number} {unit}"},
    }
    properties = ways[how]
    assume("radius_m" not in properties)
    message = refused(feature(POINT, **properties), place=f"/properties/{next(iter(properties))}")
    assert f'"radius_m": {number * UNITS[unit]:.10g}' in message


@given(
    st.sampled_from(["radius", "Radius", "buffer", "rayon", "circleRadius", "radius_m"]),
    st.one_of(
        st.integers(1, 10**6),
        st.integers(1, 999).map(lambda number: f"about {number} km"),
        st.integers(1, 999).map(lambda number: [number]),
        st.integers(1, 999).map(lambda number: {"value": number, "unit": "NM"}),
    ),
    st.sampled_from(["property", "nested", "feature", "geometry", "inner"]),
)
def test_no_point_grows_smaller_whatever_its_radius_looks_like_and_wherever_it_stands(
    name: str, value: Any, where: str
) -> None:
    assume(not (name == "radius_m" and where == "property"))
    said = {name: value}
    point = {**POINT, **(said if where in ("geometry", "inner") else {})}
    drawn = {"type": "GeometryCollection", "geometries": [point]} if where == "inner" else point
    properties = {"property": said, "nested": {"circle": said}}.get(where, {})
    value = {"type": "Feature", "properties": properties, "geometry": drawn, **(said if where == "feature" else {})}
    assert "radius_m" in refused(value)


@pytest.mark.parametrize("says", [{"shape": "Circle"}, {"subType": "circle"}, {"isCircle": True}, {"mode": "circle"}])
def test_a_point_that_says_it_is_a_circle_is_refused_until_it_says_how_large(says: dict[str, Any]) -> None:
    assert "0 for the point itself" in refused(feature(POINT, **says))
    assert read(feature(POINT, radius_m=0, **says)).has_extent
    assert read(feature(POLYGON, **says)).notes == ()
    assert read(feature(POINT, **{"marker-symbol": "circle"})).area == read(feature(POINT)).area


def test_a_radius_without_a_unit_is_not_guessed() -> None:
    message = refused(feature(POINT, radius=9260), place="/properties/radius")
    assert 'if 9260 is in metres, write "radius_m": 9260' in message
    assert "without quotation marks" in refused(feature(POINT, radius_m="5000"), place="/properties/radius_m")


# -- what no degrees are


@given(
    st.floats(0.01, 5.0).map(lambda by: round(by, 3)),
    st.floats(0.01, 5.0).map(lambda by: round(by, 3)),
    st.sampled_from([1, -1]),
    st.floats(-80, 80),
)
def test_an_outline_drawn_across_180_degrees_is_told_which_longitudes_were_meant(
    before: float, after: float, side: int, lat: float
) -> None:
    west, east = side * (180 - before), side * (180 + after)
    ring = [[west, lat], [east, lat], [east, lat + 1], [west, lat + 1], [west, lat]]
    message = refused({"type": "Polygon", "coordinates": [ring]})
    assert f"{east:.10g} is {side * (after - 180):.10g}" in message
    assert "cut it at the antimeridian (RFC 7946 section 3.1.9)" in message
    assert f"{west:.10g}" in message


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"type": "Polygon", "coordinates": [[[4018635.7, 4272410.1], [4052031.6, 4272410], [4e6, 4e6]]]}, "EPSG:3857"),
        ({"type": "Point", "coordinates": [-7800000.5, -4100000.5]}, "EPSG:3857"),
        ({"type": "Point", "coordinates": [361000000, 359000000]}, "ten million"),
        ({"type": "Point", "coordinates": [36, 137]}, "look swapped"),
        ({"type": "Polygon", "coordinates": [[[-33, -170], [-33, -171], [-34, -171], [-33, -170]]]}, "look swapped"),
        ({"type": "Point", "coordinates": [181, 0]}, "181 is -179"),
        ({"type": "Polygon", "coordinates": [[[190, 1], [195, 1], [195, 2], [190, 1]]]}, "190 is -170 and 195 is -165"),
        ({"type": "Point", "coordinates": ["36.1", "35.9"]}, "without quotation marks"),
    ],
)  # fmt: skip
def test_what_no_degrees_are_is_told_what_it_looks_like(value: Any, words: str) -> None:
    assert words in refused(value)


# -- nothing vanishes


@pytest.mark.parametrize("geometry", [None, "missing"])
def test_a_feature_without_a_place_is_refused_by_number_and_name(geometry: Any) -> None:
    lost = feature(geometry, name="Clinic 2")
    if geometry:
        del lost["geometry"]
    message = refused(collection(feature(POINT, name="Clinic 1"), lost), place="/features/1/geometry")
    assert message.startswith("feature 2, “Clinic 2”: this Feature has no place")


@given(st.integers(0, 6), st.text(max_size=100))
def test_a_fault_in_one_of_several_is_told_with_its_number_as_people_count(before: int, name: str) -> None:
    broken = feature({"type": "Point", "coordinates": [36, 91]}, name=name)
    message = refused(
        collection(*[feature(POINT)] * before, broken), place=f"/features/{before}/geometry/coordinates/1"
    )
    assert message.startswith(f"feature {before + 1}")
    assert message.isprintable()


@pytest.mark.parametrize(
    ("properties", "notes"),
    [
        ({"floor": "FL100", "Ceiling": "FL200"}, ["floor", "Ceiling"]),
        ({"from": "2026-11-28T12:00Z", "until": None}, ["from"]),
        ({"fid": 1, "name": "box A", "description": "x", "timestamp": None, "begin": ""}, []),
    ],
)
def test_properties_that_could_matter_are_said_not_to_be_used(properties: dict[str, Any], notes: list[str]) -> None:
    for value in (feature(POLYGON, **properties), collection(*[feature(POLYGON, **properties)] * 3)):
        said = read(value).notes
        assert [note.split()[2] for note in said] == notes
        assert all("is not used" in note and "are said with --" in note for note in said)


def refused(value: Any, place: str | None = None) -> str:
    with pytest.raises(LocalError) as caught:
        read(value)
    if place is not None:
        assert caught.value.place == place
    return caught.value.message


# -- what is something else

RAW = json.dumps(POLYGON)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "the file is empty"),
        (b" \r\n", "the file is empty"),
        (b"\x00" * 8, "the file is empty"),
        (gzip.compress(RAW.encode(), mtime=0), "this is gzip: unpack it first"),
        (b"PK\x03\x04rest", "a zip archive, as KMZ files"),
        (b"\x00\x00\x27\x0a" + bytes(96), "an Esri shapefile"),
        (b"SQLite format 3\x00", "GeoPackage"),
        (base64.b64encode(RAW.encode()), "base64 of JSON"),
        (base64.encodebytes(RAW.encode()), "base64 of JSON"),
        (base64.b64encode(gzip.compress(RAW.encode(), mtime=0)), "base64 of gzip"),
        (RAW.encode("utf-16"), "UTF-16"),
        (RAW.encode("utf-16-le"), "UTF-16"),
        (RAW.encode("utf-16-be"), "UTF-16"),
        (RAW.encode("utf-32"), "UTF-32"),
        (RAW.encode("utf-32-be"), "UTF-32"),
        ('{"type": "Feature", "name": "Clínica"}'.encode("latin-1"), "Latin-1"),
        (b'<?xml version="1.0"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">', "this is KML"),
        (b'<gpx version="1.1">', "this is GPX"),
        (b"<!DOCTYPE html>\n<html>", "a web page"),
        (b"<?xml version='1.0'?><x/>", "XML"),
        (b"POLYGON((30 10, 40 40, 20 40, 30 10))", "well-known text"),
        (b"SRID=4326;POINT Z (30 10 5)", "well-known text"),
        (b"name,lat,lon\nClinic,36.2,37.1\n", "a table (CSV)"),
        (b"name;lat;lon\r\nClinic;36,2;37,1\r\n", "a table (CSV)"),
        (f"{RAW}\n{RAW}\n".encode(), "JSON lines"),
        (f"\x1e{RAW}\n\x1e{RAW}\n".encode(), "a JSON text sequence (RFC 8142)"),
        (b"-----BEGIN COMITY DESCRIPTOR-----\nabc\n", "`comity peer add` takes it"),
        (b"-----BEGIN PGP MESSAGE-----\n\nabc\n", "an armoured text"),
        (f"var area = {RAW}".encode(), "JavaScript"),
        (json.dumps(RAW).encode(), "JSON within a JSON string"),
        (json.dumps([feature(POINT)]).encode(), "put Features into one FeatureCollection"),
        (b'{"rings": [], "spatialReference": {"wkid": 4326}}', "Esri JSON"),
        (b'{"geometryType": "esriGeometryPoint", "features": []}', "Esri JSON"),
        (b'{"features": [{"attributes": {}}]}', "Esri JSON"),
        (b'{"version": 0.6, "generator": "Overpass API", "elements": []}', "Overpass JSON"),
        (b'{"type": "Topology", "objects": {}, "arcs": []}', "TopoJSON"),
        (b'{"type": "bundle", "id": "bundle--7f6b4b9e-1c9a-4f0e-8c4e-0a2b3c4d0001"}', "a STIX bundle"),
        (b'{"type": "indicator", "id": "indicator--7f6b4b9e-1c9a-4f0e-8c4e-0a2b3c4d0001"}', "a STIX object"),
        (b'{"type": "polygon", "coordinates": []}', "GeoJSON writes this type Polygon"),
        (b'{"type": "Circle", "coordinates": [1, 2], "radius": 5}', "GeoJSON has no Circle"),
        (b"A1234/26 NOTAMN\nQ) OSTT/QRTCA/IV/BO/W/000/095/3554N03615E005\nF) SFC, G) FL095\n, x", "a NOTAM"),
        (b"Q) OSTT/QRTCA/IV/BO/W/000/095/3554N03615E005", "a NOTAM"),
        (b"* comment\nAC R\nAN TEST\nAH FL100\n", "OpenAir"),
        (b"37SBA 12345 67890", "a coordinate or grid reference"),
        (b"35.9, 36.25", "a coordinate or grid reference"),
        (b"geo:35.9,36.25", "a coordinate or grid reference"),
        (b"https://example.org/area.geojson", "a link"),
        (b"// area\n{}", "comments"),
        (b"{'type': 'Point'}", "double quotes"),
        (b"type: Point\n", "YAML"),
        (b'<gml:Point xmlns:gml="http://www.opengis.net/gml"/>', "GML (XML)"),
        ("\u00ef\u00bb\u00bf{}".encode(), "a byte order mark that was saved as text"),
        (b'{"type": "Feature", "properties": {}, "geometry": {}}', "has no place (its geometry is empty)"),
        (b'{"type": "FeatureCollection", "features": [null]}', "feature 1: this is nothing"),
        (b'{"type": "MultiPolygon", "coordinates": []}', "this MultiPolygon is empty, and so no place"),
        (b'{"type": "Point", "coordinates": [1, 90.0001]}', "positions are longitude and latitude in degrees"),
    ],
)
def test_what_is_something_else_is_refused_by_its_name(raw: bytes, words: str) -> None:
    with pytest.raises(LocalError) as caught:
        drawing.read(raw)
    assert words in caught.value.message


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_drawing_or_are_refused(raw: bytes) -> None:
    try:
        drawing.read(raw)
    except LocalError as error:
        assert error.message


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-200, 200) | st.floats(-200, 200) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
TYPES = [
    "Point",
    "MultiPoint",
    "LineString",
    "Polygon",
    "MultiPolygon",
    "GeometryCollection",
    "Feature",
    "FeatureCollection",
]


@given(
    st.fixed_dictionaries(
        {"type": st.sampled_from(TYPES)},
        optional={
            "coordinates": json_values,
            "geometries": json_values,
            "geometry": json_values
            | st.fixed_dictionaries({"type": st.sampled_from(TYPES), "coordinates": json_values}),
            "properties": json_values,
            "features": json_values,
            "crs": json_values,
        },
    )
)
def test_any_geojson_is_a_drawing_or_is_refused(value: Any) -> None:
    try:
        read(value)
    except LocalError as error:
        assert error.message


# -- lines, and how far around what is drawn

ROUTE = {"type": "LineString", "coordinates": [[36.1, 35.9], [36.3, 35.95], [36.4, 35.9]]}


@pytest.mark.parametrize("how", ["bare", "feature", "collection"])
def test_a_line_is_an_area_with_a_buffer_and_refused_without_one(how: str) -> None:
    drawn = read(wrapped(ROUTE, how), buffer_m=500)
    assert drawn.has_extent
    for at in ([36.1, 35.9], [36.2, 35.925], [36.2, 35.929]):
        assert meet(drawn.area, read({"type": "Point", "coordinates": at}).area) is not None
    assert meet(drawn.area, read({"type": "Point", "coordinates": [36.2, 35.935]}).area) is None
    assert "--buffer 500m" in refused(wrapped(ROUTE, how))


def test_a_buffer_grows_whatever_is_drawn_and_never_leaves_any_of_it_out() -> None:
    value = collection(feature(POINT), feature(POINT, radius_m=1000), feature(POLYGON), feature(ROUTE))
    point, circle, outline, _ = read(value, buffer_m=500).features
    assert [part.radius_m for each in (point, circle) for part in each.area.parts if isinstance(part, Circle)] == [
        500,
        1500,
    ]
    assert point.has_extent
    for lon, lat, inside in ((36.25, 35.9, True), (36.25, 36.004, True), (36.25, 36.006, False)):
        there = read({"type": "Point", "coordinates": [lon, lat]}).area
        assert (meet(outline.area, there) is not None) is inside


@pytest.mark.parametrize(
    ("value", "place", "words"),
    [
        ({"type": "LineString", "coordinates": [[36, 35]]}, "/coordinates", "two positions or more"),
        ({"type": "LineString", "coordinates": 5}, "/coordinates", "list of positions"),
        ({"type": "LineString", "coordinates": [[36, 35], [36, "35"]]}, "/coordinates/1/1", "a latitude is a number"),
        (
            {"type": "LineString", "coordinates": [[179.9, 0], [180.1, 0]]},
            "/coordinates/1/0",
            "180.1 is -179.9; cut it",
        ),
        ({"type": "LineString", "coordinates": [[179.9, 0], [-179.9, 0]]}, "/coordinates/1", "cut what crosses"),
        ({"type": "MultiLineString", "coordinates": []}, "/coordinates", "is empty, and so no place"),
        ({"type": "MultiLineString", "coordinates": [[[36, 35], [36, 91]]]}, "/coordinates/0/1/1", "look swapped"),
        ({"type": "LineString", "coordinates": [[36, 35]] * 5001}, "/coordinates", "5001 positions"),
    ],
)
def test_a_line_that_is_none_is_refused_at_its_place(value: Any, place: str, words: str) -> None:
    with pytest.raises(LocalError) as caught:
        read(value, buffer_m=500)
    assert caught.value.place == place
    assert words in caught.value.message


@given(
    st.sampled_from(
        "max_altitude_ft minAltitude altFt LOWER_VAL upper-limit height_m ceilingAmsl start_date endTime VALID_FROM".split()
    ),
    st.sampled_from(["properties", "feature"]),
)
def test_an_altitude_or_time_in_the_file_is_said_not_to_be_used_whatever_it_is_called(name: str, where: str) -> None:
    inside = {name: 120} if where == "properties" else {}
    value = {"type": "Feature", "properties": inside, "geometry": POLYGON, **({} if inside else {name: 120})}
    [note] = read(value).notes
    assert note.startswith(f"the property {name} is not used: ")


@pytest.mark.parametrize(
    "name", "altitudeMode floors floor_count end_user name_from high_street Name description".split()
)
def test_what_says_no_altitude_and_no_time_goes_without_a_note(name: str) -> None:
    assert read(feature(POLYGON, **{name: "x"})).notes == ()
