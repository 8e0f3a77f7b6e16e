"""Bombs on the command line: drawings and options that are made to exhaust or to confuse are refused at once, in words.

Exit 2 within a second, the place and the rule, and nothing is written.
"""

import json
import math
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from unit.app.test_stories import run

SECOND = 1.0
SOON = f"{datetime.now(UTC) + timedelta(days=28):%Y-%m-%d}"
TIMES = ["--from", f"{SOON}T00:00:00Z", "--until", f"{SOON}T01:00:00Z"]
SQUARE = [[36.0, 35.0], [36.1, 35.0], [36.1, 35.1], [36.0, 35.1], [36.0, 35.0]]


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def star(count: int) -> list[list[float]]:
    """A ring of many corners, valid."""
    corners = [
        [36 + 0.1 * math.cos(a), 35 + 0.1 * math.sin(a)] for a in (2 * math.pi * n / count for n in range(count))
    ]
    return [*corners, corners[0]]


def feature(geometry: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {}, "geometry": geometry}


def nested(depth: int) -> str:
    start = '{"type":"GeometryCollection","geometries":['
    return start * depth + '{"type":"Point","coordinates":[36,35]}' + "]}" * depth


DRAWINGS: dict[str, tuple[str, str, str]] = {
    "100,000 vertices": (json.dumps(polygon(star(100_000))), "too-large", "1048576 bytes"),
    "100,000 short vertices": (
        json.dumps(polygon([[1, 2]] * 100_000)).replace(" ", ""),
        "too-large",
        "1000 vertices|50000 positions",
    ),
    "1,001 vertices": (json.dumps(polygon(star(1_001))), "too-large", "at most 1000"),
    "1,000 holes": (json.dumps(polygon(*[SQUARE] * 1_001)), "too-large", "at most 1000"),
    "101 parts": (
        json.dumps({"type": "MultiPolygon", "coordinates": [[SQUARE]] * 101}),
        "too-large at /coordinates",
        "at most 100",
    ),
    "crossing itself": (
        json.dumps(polygon([[36, 35], [37, 36], [37, 35], [36, 36], [36, 35]])),
        "malformed at /coordinates",
        "RFC 7946",
    ),
    "a comb that crosses itself": (
        json.dumps(polygon([*([36 + n / 1000, 35 + n % 2] for n in range(998)), [36.5, 34], [36, 35]])),
        "malformed at /coordinates",
        "RFC 7946",
    ),
    "a collection in a collection": (nested(2), "malformed at /geometries/0/type", "split it into Features"),
    "collections in collections": (nested(15), "malformed at /geometries/0/type", "RFC 7946 section 3.1.8"),
    "1,000 collections in collections": (nested(1_000), "not-json", "nested deeper"),
    "a megabyte of brackets": ("[" * (1 << 20), "too-large at byte", "1000 vertices|50000 positions"),
    "features in features": (
        json.dumps({"type": "FeatureCollection", "features": [{"type": "FeatureCollection", "features": []}]}),
        "malformed at /features/0",
        "RFC 7946 section 3.3|FeatureCollection",
    ),
    "NaN": ('{"type":"Point","coordinates":[NaN,35]}', "not-json at /coordinates/0", "NaN is not JSON"),
    "infinity": ('{"type":"Point","coordinates":[1e999,35]}', "not-json", "too large for a number"),
    "4,300 digits": ('{"type":"Point","coordinates":[' + "9" * 4_300 + ",35]}", "not-json", "too large for a number"),
    "latitude 91": ('{"type":"Point","coordinates":[36,91]}', "malformed at /coordinates/1", "from -90 to 90"),
    "longitude 181": (
        json.dumps(feature({"type": "Point", "coordinates": [181, 0]})),
        "/geometry/coordinates/0",
        "180",
    ),
    "over the antimeridian": (
        json.dumps(polygon([[179, 0], [-179, 0], [-179, 1], [179, 1], [179, 0]])),
        "malformed at /coordinates/0/1",
        "cut what crosses the antimeridian",
    ),
    "a radius in kilometres": (
        json.dumps({**feature({"type": "Point", "coordinates": [36, 35]}), "properties": {"radius_km": 5}}),
        "malformed at /properties/radius_km",
        "radius_m, in metres",
    ),
    "a radius of the world": (
        json.dumps({**feature({"type": "Point", "coordinates": [36, 35]}), "properties": {"radius_m": 1e8}}),
        "too-large at /properties/radius_m",
        "at most 5000000",
    ),
    "a string of a megabyte": (json.dumps({"type": "x" * (1 << 20)}), "too-large", "1048576 bytes"),
    "not text": ("\udcff", "not-json at byte 0", "not UTF-8"),
    "nothing": ("", "not-json", "RFC 8259"),
}
OPTIONS: dict[str, tuple[list[str], str, str]] = {
    "times reversed": (["--from", TIMES[3], "--until", TIMES[1]], "malformed at --until", "must not end before"),
    "a day that no calendar has": (
        ["--from", "2035-02-30T00:00:00Z", "--until", TIMES[3]],
        "malformed at --from",
        "time",
    ),
    "after the last time": (["--from", "9999-01-01T00:00:00Z", "--until", "9999-01-02T00:00:00Z"], "at --from", "6053"),
    "floor above ceiling": ([*TIMES, "--floor", "6000 m", "--ceiling", "3000 m"], "malformed at --floor", "ceiling"),
    "floor above ceiling, whatever they mean": (
        [*TIMES, "--floor", "FL600", "--ceiling", "SFC"],
        "at --floor",
        "ceiling",
    ),
    "an altitude that is none": ([*TIMES, "--floor", "nan m"], "malformed at --floor", "altitude"),
    "an altitude of the moon": ([*TIMES, "--ceiling", "384400000 m"], "malformed at --ceiling", "altitude"),
}


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMITY_STATE", str(tmp_path / "state"))
    assert run(["init", "fr", "--party", "fr"])[2] == 0
    # What is loaded once in a process is no part of what a bomb costs.
    Path("good.geojson").write_text(json.dumps(polygon(SQUARE)))
    assert run(["-C", "fr", "notice", "good.geojson", *TIMES])[2] == 0
    return tmp_path


def refused(words: list[str]) -> str:
    """What is said when it is refused, in good time and with nothing written."""
    before = json.loads(run(["-C", "fr", "log", "verify", "--json"])[0])
    begun = time.process_time()
    out, errors, code = run(["-C", "fr", *words])
    assert time.process_time() - begun < SECOND
    assert (code, out) == (2, "")
    assert json.loads(run(["-C", "fr", "log", "verify", "--json"])[0]) == before
    return errors


@pytest.mark.parametrize("bomb", DRAWINGS)
def test_a_drawing_that_is_a_bomb_is_refused_at_once_with_place_and_rule(node: Path, bomb: str) -> None:
    drawing, where, rule = DRAWINGS[bomb]
    (node / "bomb.geojson").write_bytes(drawing.encode("utf-8", "surrogateescape"))
    for words in (["notice", *TIMES], ["check", *TIMES], ["protect", "--function", "hospital"]):
        told = refused([words[0], "bomb.geojson", *words[1:]])
        assert where in told
        assert re.search(rule, told)
        assert len(told) < 500


@pytest.mark.parametrize("bomb", OPTIONS)
def test_an_option_that_cannot_be_meant_is_refused_at_once_with_place_and_rule(node: Path, bomb: str) -> None:
    options, where, rule = OPTIONS[bomb]
    for command in ("notice", "check"):
        told = refused([command, "good.geojson", *options])
        assert where in told
        assert rule in told
