"""Vectors of spec/understood-as.md: what is said back of volumes. Sizes were reckoned by other programs than Comity's."""

from typing import Any

from conformance.vectors.cast import Vector, good
from conformance.vectors.notice import CIRCLE, FROM, UNTIL

Value = dict[str, Any]


def rectangle(west: float, south: float, east: float, north: float) -> Value:
    return {"type": "Polygon", "coordinates": [ring(west, south, east, north)]}


def ring(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


BOX = rectangle(36.1, 35.8, 36.4, 36.0)
TIMES = {"from": "2026-11-26T12:00:00.000Z", "until": "2026-11-26T12:40:00.000Z"}
NO_BAND = {"floor": None, "ceiling": None, "lowest_m": None, "highest_m": None}


def bounds(north: float, east: float, south: float, west: float, km2: float) -> Value:
    return {"north": north, "east": east, "south": south, "west": west, "km2": km2}


def outline(reach: Value, corners: int = 4, holes: int = 0) -> Value:
    return {"shape": "outline", **reach, "corners": corners, "holes": holes}


def point(lon: float, lat: float) -> Value:
    return {"shape": "point", **bounds(lat, lon, lat, lon, 0.0), "lat": lat, "lon": lon}


def whole(reach: Value, centre: tuple[float, float] | None, *parts: Value) -> Value:
    at = None if centre is None else {"lon": centre[0], "lat": centre[1]}
    return {**reach, "centre": at, "parts": list(parts)}


def altitude(stated: str, reference: str, lowest_m: float, highest_m: float) -> Value:
    return {"stated": stated, "reference": reference, "lowest_m": lowest_m, "highest_m": highest_m}


def vectors() -> list[Vector]:
    return [*_areas(), _somewhere(), *_bands(), *_times()]


def _given(**volume: Any) -> Value:
    given = {"area": BOX, "from": FROM, "until": UNTIL} | volume
    return {"read": "understood-as", "volumes": [{name: each for name, each in given.items() if each is not None}]}


BOX_REACH = bounds(36.0, 36.4, 35.8, 36.1, 601.0)
BOX_AREA = whole(BOX_REACH, (36.25, 35.9), outline(BOX_REACH))


def _out(area: Value = BOX_AREA, band: Value = NO_BAND, times: Value = TIMES) -> Value:
    return {"volumes": [{"area": area, "band": band, **times}]}


def _somewhere() -> Vector:
    around = bounds(35.9450623, 36.3053849, 35.8549374, 36.1946151, 78.54)
    part = {"shape": "somewhere-within", **around, "radius_m": 5000.0}
    given = _given(area=CIRCLE) | {"precision": "widened"}
    return good("somewhere", "UNDERSTOOD-AS-13", "a site that is not exact", given, _out(whole(around, None, part)))


def _areas() -> list[Vector]:
    around = bounds(35.9450623, 36.3053849, 35.8549374, 36.1946151, 78.54)
    circle = {"shape": "circle", **around, "lat": 35.9, "lon": 36.25, "radius_m": 5000.0}
    fine = {"type": "Point", "coordinates": [-0.123456789, -35.00000004]}
    at, box = (-0.1234568, -35.0), outline(BOX_REACH)
    there = bounds(at[1], at[0], at[1], at[0], 0.0)
    tiny, disc = (
        {**CIRCLE, "properties": {"radius_m": 0.0996}},
        bounds(35.9000009, 36.2500011, 35.8999991, 36.2499989, 3.117e-08),
    )
    small = {"shape": "circle", **disc, "lat": 35.9, "lon": 36.25, "radius_m": 0.1}
    west, east = bounds(-16.4, 180.0, -16.6, 179.9, 236.3), bounds(-16.4, -179.9, -16.6, -180.0, 236.3)
    seam = {
        "type": "MultiPolygon",
        "coordinates": [[ring(179.9, -16.6, 180, -16.4)], [ring(-180, -16.6, -179.9, -16.4)]],
    }
    over = bounds(-16.4, -179.9, -16.6, 179.9, 472.6)
    polar = {**CIRCLE, "geometry": {"type": "Point", "coordinates": [25, 90]}}
    cap = bounds(90.0, 180.0, 89.9552348, -180.0, 78.54)
    pole = {"shape": "circle", **cap, "lat": 90.0, "lon": 25.0, "radius_m": 5000.0}
    sides = {"type": "MultiPolygon", "coordinates": [[ring(-180, 10, 0, 20)], [ring(0, 10, 180, 20)]]}
    half, belt = bounds(20.0, 0.0, 10.0, -180.0, 21390000.0), bounds(20.0, 180.0, 10.0, -180.0, 42790000.0)
    other = bounds(20.0, 180.0, 10.0, 0.0, 21390000.0)
    tops = {"type": "MultiPolygon", "coordinates": [[ring(-180, -90, 0, -80)], [ring(0, -90, 180, -80)]]}
    low, lower = bounds(-80.0, 0.0, -90.0, -180.0, 1954000.0), bounds(-80.0, 180.0, -90.0, 0.0, 1954000.0)
    south = bounds(-80.0, 180.0, -90.0, -180.0, 3909000.0)
    twice = {"type": "MultiPolygon", "coordinates": [BOX["coordinates"]] * 2}
    double = bounds(36.0, 36.4, 35.8, 36.1, 1202.0)
    holed = {"type": "Polygon", "coordinates": [ring(36.1, 35.8, 36.4, 36.0), ring(36.2, 35.85, 36.3, 35.95)]}
    left = bounds(36.0, 36.4, 35.8, 36.1, 500.8)
    points = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [lon, 1]}}
        for lon in (-90, 90)
    ]
    opposite = bounds(1.0, 90.0, 1.0, -90.0, 0.0)
    made: list[tuple[str, str, str, Value, Value]] = [
        ("circle", "UNDERSTOOD-AS-5", "a circle", CIRCLE, whole(around, (36.25, 35.9), circle)),
        ("digits", "UNDERSTOOD-AS-2", "more decimals than are told", fine, whole(there, at, point(*at))),
        ("radius", "UNDERSTOOD-AS-10", "a radius of parts of a millimetre", tiny, whole(disc, (36.25, 35.9), small)),
        ("seam", "UNDERSTOOD-AS-3", "both sides of 180 degrees", seam, whole(over, (180.0, -16.5), outline(west), outline(east))),
        ("pole", "UNDERSTOOD-AS-3", "a circle around a pole", polar, whole(cap, (25.0, 90.0), pole)),
        ("belt", "UNDERSTOOD-AS-6", "all the way round, no pole", sides, whole(belt, None, outline(half), outline(other))),
        ("south", "UNDERSTOOD-AS-6", "outlines around a pole", tops, whole(south, (0.0, -90.0), outline(low), outline(lower))),
        ("twice", "UNDERSTOOD-AS-5", "one part over another", twice, whole(double, (36.25, 35.9), box, box)),
        ("hole", "UNDERSTOOD-AS-7", "a hole", holed, whole(left, (36.25, 35.9), outline(left, holes=1))),
        (
            "opposite",
            "UNDERSTOOD-AS-4",
            "two stretches of one length",
            {"type": "FeatureCollection", "features": points},
            whole(opposite, (0.0, 1.0), point(-90.0, 1.0), point(90.0, 1.0)),
        ),
    ]  # fmt: skip
    return [good(name, rule, desc, _given(area=value), _out(out)) for name, rule, desc, value, out in made]


def _bands() -> list[Vector]:
    feet, level = altitude("9000 ft MSL", "MSL", 2633.2, 2833.2), altitude("FL200", "FL", 4320.24, 7090.8)
    ground, above = altitude("0 m AGL", "AGL", -550.0, 9000.0), altitude("1200 m AGL", "AGL", 650.0, 10200.0)
    made: list[tuple[str, str, Value, Value]] = [
        ("box", "feet and a flight level", {"floor": "9000 ft", "ceiling": "FL200"},
         {"floor": feet, "ceiling": level, "lowest_m": 2633.2, "highest_m": 7090.8}),
        ("ground", "above a ground that nobody knows here", {"floor": "SFC", "ceiling": "1200 m AGL"},
         {"floor": ground, "ceiling": above, "lowest_m": -550.0, "highest_m": 10200.0}),
        ("ellipsoid", "above the ellipsoid", {"floor": "3000.125 m W84"},
         {"floor": altitude("3000.125 m W84", "W84", 3000.12, 3000.12), "ceiling": None, "lowest_m": 3000.12, "highest_m": None}),
    ]  # fmt: skip
    return [good(name, "UNDERSTOOD-AS-8", desc, _given(**given), _out(band=out)) for name, desc, given, out in made]


def _times() -> list[Vector]:
    zone = _given(**{"from": "2026-11-26T14:00:00.0009+02:00", "until": "2026-11-26T12:40:00Z"})
    window = {**_given(**{"from": None, "until": None}), "window": {"from": FROM, "until": UNTIL}}
    always = {"from": None, "until": None}
    two = {**_given(), "volumes": _given()["volumes"] * 2}
    return [
        good("zone", "UNDERSTOOD-AS-9", "another zone", zone, _out()),
        good("window", "UNDERSTOOD-AS-9", "a movement's window", window, {**_out(times=always), "window": TIMES}),
        good("two", "UNDERSTOOD-AS-7", "two volumes", two, {"volumes": _out()["volumes"] * 2}),
    ]
