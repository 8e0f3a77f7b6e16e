"""What people have on the screen on an ordinary day, through the real commands: as plain, or refused with what to do.

Each kind was reported by users of other tools in public; the inputs are made here. Beside each stand generated siblings.
"""

import gzip
import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.app.operations import perform
from unit.app.places import TIMES, asked, protected
from unit.app.test_stories import run
from world import Party, parties
from world import run as run_virtual

SQUARE = [[36.1, 35.8], [36.4, 35.8], [36.4, 36.0], [36.1, 36.0], [36.1, 35.8]]
TRIANGLE = [[36.5, 35.8], [36.6, 35.8], [36.6, 35.9], [36.5, 35.8]]
SITE = {"type": "Point", "coordinates": [36.28, 35.92]}
PLAIN: dict[str, Any] = {"type": "Polygon", "coordinates": [SQUARE]}


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features: Any, **members: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features), **members}


def crs(name: str) -> dict[str, Any]:
    return {"type": "name", "properties": {"name": name}}


def polygon(ring: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [ring]}


AS_PLAIN: dict[str, Any] = {
    "plain": PLAIN,
    "as-meant": feature({"type": "Point", "coordinates": [36.25, 35.9]}, radius_m=9260),
    "crs84": collection(feature(PLAIN, fid=1), name="ops_area", crs=crs("urn:ogc:def:crs:OGC:1.3:CRS84")),
    "z-zero": feature(polygon([[*at, 0] for at in SQUARE]), Name="box A", description=None),
    "radius-on-polygon": feature(PLAIN, mode="circle", radiusKilometers=9.26),
    "bom": b"\xef\xbb\xbf" + json.dumps(PLAIN).encode(),
    "geometry-collection": collection(
        feature({"type": "GeometryCollection", "geometries": [PLAIN, polygon(TRIANGLE)]}, name="two parts")
    ),
    "bare-collection": {"type": "GeometryCollection", "geometries": [PLAIN]},
}
NOTED = {"z-zero": "heights", "radius-on-polygon": "radiusKilometers", "bom": "byte order mark"}
REFUSED: dict[str, tuple[Any, list[str]]] = {
    "lost-circle": (
        feature({"type": "Point", "coordinates": [36.25, 35.9]}),
        ["a Point has no extent: say radius_m in metres; 0 for the point itself", "feature 1"],
    ),
    "lost-circles": (
        {"type": "MultiPoint", "coordinates": [[36.25, 35.9], [36.3, 35.9]]},
        ["no extent: say radius_m in metres; 0 for the point itself"],
    ),
    "web-mercator": (
        collection(feature(polygon([[100 * x, 100 * y] for x, y in SQUARE])), crs=crs("urn:ogc:def:crs:EPSG::3857")),
        ["EPSG:3857", "export it again in EPSG:4326"],
    ),
    "pacific": (
        polygon([[179.8, -18.6], [180.2, -18.6], [180.2, -18.4], [179.8, -18.4], [179.8, -18.6]]),
        ["180.2 is -179.8", "cut it at the antimeridian (RFC 7946 section 3.1.9)"],
    ),
    "radius-in-km": (
        feature({"type": "Point", "coordinates": [36.25, 35.9]}, radiusKilometers=9.26),
        ["radius_m", "9260"],
    ),
    "gzip": (gzip.compress(json.dumps(PLAIN).encode(), mtime=0), ["gzip"]),
    "utf-16": (json.dumps(PLAIN).encode("utf-16"), ["UTF-16"]),
}


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A party in a folder of its own, which protects one clinic."""
    folder = tmp_path_factory.mktemp("field")
    with ExitStack() as held:
        patch = held.enter_context(pytest.MonkeyPatch.context())
        patch.chdir(folder)
        patch.setenv("COMITY_STATE", str(folder / "state"))
        patch.setenv("COLUMNS", "200")
        assert run(["init", "fr", "--party", "fr"])[2] == 0
        write("site", SITE)
        write("plain", PLAIN)
        assert run(["-C", "fr", "protect", "site.geojson", "--function", "hospital", "--name", "Clinic"])[2] == 0
        yield folder


def write(name: str, file: Any) -> str:
    path = Path(f"{name}.geojson")
    path.write_bytes(file if isinstance(file, bytes) else json.dumps(file, ensure_ascii=False).encode())
    return str(path)


def soon() -> list[str]:
    from datetime import UTC, datetime, timedelta

    day = datetime.now(UTC) + timedelta(days=28)
    return ["--from", f"{day:%Y-%m-%d}T12:00:00Z", "--until", f"{day:%Y-%m-%d}T13:00:00Z"]


def check(file: str, *options: str) -> tuple[dict[str, Any], str, int]:
    out, errors, code = run(["-C", "fr", "check", file, *(options or soon()), "--json"])
    return json.loads(out), errors, code


@pytest.mark.parametrize("name", AS_PLAIN)
def test_a_form_with_one_meaning_is_read_as_plain(node: Path, name: str) -> None:
    found, errors, code = check(write(name, AS_PLAIN[name]))
    assert code == 1
    assert [(one["rule"], one["by"]) for one in found["objections"]] == [("protected", "fr")]
    assert errors.count("note: ") == len(found["not_used"]) == (name in NOTED)
    if name in NOTED:
        assert NOTED[name] in errors
        assert NOTED[name] in found["not_used"][0]
    plain, _, _ = check("plain.geojson")
    if name not in ("as-meant", "geometry-collection"):
        assert found["understood_as"]["volumes"] == plain["understood_as"]["volumes"]


@pytest.mark.parametrize("command", ["check", "notice"])
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_says_the_true_reason_and_how_to_go_on(node: Path, name: str, command: str) -> None:
    file, words = REFUSED[name]
    out, errors, code = run(["-C", "fr", command, write(name, file), *soon()])
    assert (code, out) == (2, "")
    assert [word for word in words if word not in errors] == []
    assert "Traceback" not in errors


def test_a_site_takes_a_bare_point_as_before(node: Path) -> None:
    bare = write("bare", REFUSED["lost-circle"][0])
    out, errors, code = run(["-C", "fr", "protect", bare, "--function", "hospital", "--dry-run"])
    assert code == 0, out + errors
    assert "a point at 35.9000 N, 36.2500 E, of no extent" in errors


def test_a_feature_without_a_place_is_named_by_its_number_and_name(node: Path) -> None:
    file = write("null", collection(feature(SITE, name="Clinic 1"), feature(None, name="Clinic 2")))
    _, errors, code = run(["-C", "fr", "protect", file, "--function", "hospital", "--dry-run"])
    assert code == 2
    assert "feature 2, “Clinic 2”" in errors
    assert "no place" in errors


YEARS = {
    "past": ["--from", "2025-12-26T12:00:00Z", "--until", "2025-12-26T13:00:00Z"],
    "far": ["--from", "2062-12-26T12:00:00Z", "--until", "2062-12-26T13:00:00Z"],
}


@pytest.mark.parametrize(("flag", "times"), YEARS.items())
def test_a_time_that_is_past_or_years_away_is_not_taken_in_silence(node: Path, flag: str, times: list[str]) -> None:
    _, errors, code = run(["-C", "fr", "notice", "plain.geojson", *times, "--dry-run"])
    assert code == 2
    assert "did you mean" in errors
    assert f"--{flag}" in errors
    assert run(["-C", "fr", "notice", "plain.geojson", *times, "--dry-run", f"--{flag}"])[2] == 0
    found, _, code = check("plain.geojson", *times)
    assert code == 1
    assert found["time_warning"].endswith("for then what others plan cannot be known")
    out, _, code = run(["-C", "fr", "check", "plain.geojson", *times])
    assert code == 1
    assert out.startswith("the time asked about is ")


def test_a_check_that_knows_nothing_against_a_past_time_ends_with_3_and_says_so_first(node: Path) -> None:
    far_off = write("far-off", polygon([[x - 90, y] for x, y in SQUARE]))
    out, _, code = run(["-C", "fr", "check", far_off, *YEARS["past"]])
    assert code == 3
    assert out.startswith("the time asked about is past")
    assert "this is not a clearance" in out


def test_altitudes_and_times_as_people_write_them_are_read_and_said_back(node: Path) -> None:
    start, until = (time.replace(":00Z", "Z") for time in soon()[1::2])
    band = ["--floor", "2000FT AMSL", "--ceiling", "3000M AMSL"]
    found, errors, code = check("plain.geojson", "--from", start, "--until", until, *band)
    assert code == 1
    [volume] = found["understood_as"]["volumes"]
    assert [volume["band"][end]["stated"] for end in ("floor", "ceiling")] == ["2000 ft MSL", "3000 m MSL"]
    assert volume["from"].endswith("T12:00:00.000Z")
    assert errors == ""


# -- siblings, at a node in virtual time


def judged(fr: Party, file: bytes) -> dict[str, Any]:
    """The answer of a check, or of its refusal."""

    async def story() -> Any:
        return await perform(fr.node, fr.sync, "check", {"geojson": file.decode("utf-8", "replace"), **TIMES})

    found: dict[str, Any] = run_virtual(story)
    return found


@pytest.fixture(scope="module")
def fr() -> Party:
    [fr] = parties("fr")

    async def story() -> None:
        await protected(fr, geojson=json.dumps(SITE))

    run_virtual(story)
    return fr


squares = st.tuples(st.floats(35, 36.27), st.floats(35, 35.91), st.floats(0.3, 2), st.floats(0.3, 2)).map(
    lambda at: [
        [at[0], at[1]], [at[0] + at[2], at[1]], [at[0] + at[2], at[1] + at[3]], [at[0], at[1] + at[3]], [at[0], at[1]],
    ]
)  # fmt: skip
numbers = st.floats(-500, 9_000).map(lambda z: round(z, 2))


def with_height(ring: list[list[float]], z: Any) -> Any:
    return polygon([[*at, z] for at in ring])


SIBLINGS = {
    "crs84": st.builds(
        lambda ring, name: collection(feature(polygon(ring)), crs=crs(name)),
        squares,
        st.sampled_from(
            ["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326"]
        ),
    ),
    "null-crs": st.builds(lambda ring: {**polygon(ring), "crs": None}, squares),
    "z": st.builds(with_height, squares, numbers),
    "radius-on-polygon": st.builds(
        lambda ring, name, value: feature(polygon(ring), **{name: value}),
        squares,
        st.sampled_from(["radiusKilometers", "radius", "RADIUS", "radius_km", "radius_m"]),
        st.floats(0.1, 9_000),
    ),
    "flat-collection": st.builds(
        lambda rings: {"type": "GeometryCollection", "geometries": list(map(polygon, rings))},
        st.lists(squares, min_size=1, max_size=4),
    ),
}


@pytest.mark.parametrize("kind", SIBLINGS)
def test_every_sibling_of_a_form_with_one_meaning_is_read_as_its_plain_form(fr: Party, kind: str) -> None:
    @given(SIBLINGS[kind])
    @settings(max_examples=40)
    def holds(file: Any) -> None:
        found = judged(fr, json.dumps(file).encode())["ok"]
        rings = [each["coordinates"][0] for each in polygons(file)]
        parts = collection(*(feature(polygon([at[:2] for at in ring])) for ring in rings))
        plain = judged(fr, json.dumps(parts).encode())["ok"]
        assert found["understood_as"]["volumes"] == plain["understood_as"]["volumes"]
        assert [one["rule"] for one in found["objections"]] == [one["rule"] for one in plain["objections"]]

    holds()


def polygons(value: Any) -> Iterator[Any]:
    """Every Polygon in a GeoJSON object."""
    if value["type"] == "Polygon":
        yield value
    for each in value.get("features", value.get("geometries", [])):
        yield from polygons(each)
    if value["type"] == "Feature":
        yield from polygons(value["geometry"])


@given(st.floats(180, 360, exclude_min=True), st.floats(-80, 80), st.booleans())
@settings(max_examples=40)
def test_every_outline_drawn_across_180_degrees_is_refused_with_the_cut(
    east: float, lat: float, west_side: bool
) -> None:
    [node] = parties("fr")
    ring = [[179.0, lat], [east, lat], [east, lat + 1], [179.0, lat + 1], [179.0, lat]]
    drawn = [[-lon, lat] for lon, lat in ring] if west_side else ring
    error = judged(node, json.dumps(polygon(drawn)).encode())["error"]
    assert error["code"] == "malformed"
    assert "antimeridian" in error["message"]


@given(
    st.sampled_from(["Point", "MultiPoint"]),
    st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1, max_size=5),
    st.booleans(),
)
@settings(max_examples=40)
def test_no_point_is_ever_an_operation_of_no_extent_in_silence(
    kind: str, places: list[tuple[float, float]], bare: bool
) -> None:
    [node] = parties("fr")
    drawn = {"type": kind, "coordinates": places[0] if kind == "Point" else places}
    error = judged(node, json.dumps(drawn if bare else feature(drawn, name="drawn")).encode())["error"]
    assert "no extent" in error["message"]


@given(st.integers(1, 8), st.integers(0, 7))
@settings(max_examples=30)
def test_no_site_vanishes_from_a_file_because_it_has_no_place(count: int, missing: int) -> None:
    [node] = parties("fr")
    missing %= count
    sites = [feature(SITE if number != missing else None, name=f"Clinic {number}") for number in range(count)]

    async def story() -> None:
        size = node.node.journal.tree.size
        args = {"geojson": json.dumps(collection(*sites)), "function": "hospital"}
        error = (await perform(node.node, node.sync, "protect", args))["error"]
        assert f"feature {missing + 1}, “Clinic {missing}”" in error["message"]
        assert node.node.journal.tree.size == size
        assert (await asked(node, "statements")) == []

    run_virtual(story)
