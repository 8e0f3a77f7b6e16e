"""Vectors of spec/notice.md: notices, and the areas, altitudes and times in them."""

from typing import Any

from comity.model import content
from conformance.vectors.cast import Vector, bad, good, uuid
from conformance.vectors.extensions import plain, shown

TRIANGLE = [[36.1, 35.8], [36.4, 35.8], [36.4, 36.0], [36.1, 35.8]]
POLYGON: dict[str, Any] = {"type": "Polygon", "coordinates": [TRIANGLE]}
CIRCLE: dict[str, Any] = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [36.25, 35.9]},
    "properties": {"radius_m": 5000},
}
FROM, UNTIL = "2026-11-26T12:00:00Z", "2026-11-26T12:40:00Z"
TAKEN = "NOTICE-4"
SERVED = f"protected-site--{uuid('served')}"


def served_wrongly() -> list[tuple[str, str, Any]]:
    """Lists of whom something serves that nobody may have said."""
    return [
        ("empty", "for nobody", []),
        ("text", "for a site, in no list", SERVED),
        ("name", "for a site by its name", ["City hospital"]),
        ("notice", "for a notice", [f"notice--{uuid('served')}"]),
        ("capitals", "an id in capitals", [SERVED.upper()]),
        ("twice", "for one site twice", [SERVED, SERVED]),
        ("number", "for a number", [SERVED, 2]),
        ("21", "for 21 sites", [f"protected-site--{uuid(f'served {number}')}" for number in range(21)]),
    ]


def volume(**changed: Any) -> dict[str, Any]:
    """A volume with some members changed, or left out as None."""
    given = {"area": POLYGON, "floor": "3000 m", "ceiling": "FL200", "from": FROM, "until": UNTIL} | changed
    return {name: value for name, value in given.items() if value is not None}


def notice(*volumes: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """A notice with some properties changed, or left out as None."""
    given = plain("notice", state="planned", volumes=list(volumes) or [volume()]) | changed
    return {name: value for name, value in given.items() if value is not None}


def example() -> dict[str, Any]:
    """The one that the page shows."""
    second = volume(area=CIRCLE, floor="SFC", ceiling="1200 m AGL", **{"from": UNTIL, "until": "2026-11-26T13:10:00Z"})
    said = {"kind": "reconnaissance flight", "callsign": "Сокол 4", "transponder": "4217", "contact": "+7 495 000 0001"}
    return notice(volume(), second, **said, frequency="121.5 MHz")


def output(**changed: Any) -> dict[str, Any]:
    """What a reader gets of `notice()`."""
    of: dict[str, Any] = {
        "state": "planned",
        "name": None,
        "kind": None,
        "callsign": None,
        "serves": [],
        "withdrawn": False,
    }
    of |= {"volumes": [out_volume()]}
    return of | changed


def out_volume(**changed: Any) -> dict[str, Any]:
    given = {
        "parts": ["polygon"],
        "floor": "3000 m",
        "ceiling": "FL200",
        "from": "2026-11-26T12:00:00.000Z",
        "until": "2026-11-26T12:40:00.000Z",
    }
    return given | changed


def vectors() -> list[Vector]:
    return [*_accepted(), *_refused(), *_areas(), *_sizes(), *_altitudes(), *_times()]


def _given(value: Any) -> dict[str, Any]:
    return shown(value, "notice")


def _accepted() -> list[Vector]:
    second = out_volume(
        parts=["circle"],
        floor="0 m AGL",
        ceiling="1200 m AGL",
        **{"from": "2026-11-26T12:40:00.000Z", "until": "2026-11-26T13:10:00.000Z"},
    )
    whole = output(kind="reconnaissance flight", callsign="Сокол 4", volumes=[out_volume(), second])
    joined = "می\u200cخواهم"
    made: list[tuple[str, str, str, dict[str, Any], dict[str, Any]]] = [
        ("accepted", "NOTICE-1", "a notice of two volumes", example(), whole),
        ("least", "NOTICE-3", "nothing but what is required", notice(), output()),
        ("cancelled", "NOTICE-2", "a cancelled one", notice(state="cancelled"), output(state="cancelled")),
        ("revoked", "NOTICE-1", "a version that takes it back", notice(revoked=True), output(withdrawn=True)),
        ("unknown", "NOTICE-12", "properties that nobody knows", notice(volume(x_a=1), x_b=[1]), output()),
        ("name", "NOTICE-11", "with a name of its own", notice(name="Сокол 4"), output(name="Сокол 4")),
        ("serves", "NOTICE-18", "for a site", notice(serves=[SERVED]), output(serves=[SERVED])),
        ("joiners", "NOTICE-11", "a kind in Persian, with its joiner", notice(kind=joined), output(kind=joined)),
    ]
    return [good(name, rule, desc, _given(value), out) for name, rule, desc, value, out in made]


def _refused() -> list[Vector]:
    made: list[tuple[str, str, str, dict[str, Any]]] = [
        ("another-type", "NOTICE-1", "a site with a notice's properties", _as_site()),
        ("state-missing", "NOTICE-2", "no state", notice(state=None)),
        ("state-capital", "NOTICE-2", "a state in capitals", notice(state="PLANNED")),
        ("state-cleared", "NOTICE-2", "a state that no notice has", notice(state="accepted")),
        ("volumes-missing", "NOTICE-3", "no volumes", notice(volumes=None)),
        ("volumes-empty", "NOTICE-3", "an empty list of volumes", notice(volumes=[])),
        ("volumes-21", "NOTICE-3", "21 volumes", notice(*[volume()] * 21)),
        ("volumes-object", "NOTICE-3", "one volume that is no list", notice(volumes=volume())),
        ("volume-text", "NOTICE-3", "a volume that is a text", notice(volumes=["everywhere"])),
        ("kind-empty", "NOTICE-11", "an empty kind", notice(kind="")),
        ("kind-lines", "NOTICE-11", "a kind of two lines", notice(kind="a\nb")),
        ("kind-long", "NOTICE-11", "a kind of 201 characters", notice(kind="a" * 201)),
        ("callsign-number", "NOTICE-11", "a callsign that is a number", notice(callsign=4)),
        ("contact-turned", "NOTICE-11", "a contact that turns the direction", notice(contact="+41\u202e12")),
        ("frequency-null", "NOTICE-11", "a frequency that is null", _null("frequency")),
        ("name-long", "NOTICE-11", "a name of 201 characters", notice(name="a" * 201)),
        *((f"serves-{name}", "NOTICE-18", desc, notice(serves=serves)) for name, desc, serves in served_wrongly()),
        ("serves-null", "NOTICE-18", "for null", _null("serves")),
        ("transponder-bell", "NOTICE-11", "a transponder with a bell", notice(transponder="42\x0717")),
    ]
    return [bad(name, rule, "not-stix", desc, _given(value)) for name, rule, desc, value in made]


def _as_site() -> dict[str, Any]:
    return plain("protected-site", state="planned", volumes=[volume()])


def _null(name: str) -> dict[str, Any]:
    return {**notice(), name: None}


def _feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _ring(*positions: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [list(positions)]}


def _areas() -> list[Vector]:
    point = {"type": "Point", "coordinates": [36.25, 35.9]}
    both = {"type": "FeatureCollection", "features": [_feature(POLYGON), CIRCLE]}
    seam = [[[[179, 1], [180, 1], [180, 2], [179, 1]]], [[[-180, 1], [-179, 1], [-180, 2], [-180, 1]]]]
    over = [[179, 1], [-179, 1], [-179, 2], [179, 2], [179, 1]]
    cap = [[-180, 89], [0, 89], [180, 89], [180, 90], [-180, 90], [-180, 89]]
    taken: list[tuple[str, str, str, Any, list[str]]] = [
        ("area-point", TAKEN, "a point", point, ["circle"]),
        ("area-collection", TAKEN, "an outline and a circle", both, ["polygon", "circle"]),
        (
            "area-seam",
            "NOTICE-7",
            "cut at the antimeridian",
            {"type": "MultiPolygon", "coordinates": seam},
            ["polygon"] * 2,
        ),
        ("area-pole", "NOTICE-7", "around the north pole", _ring(*cap), ["polygon"]),
        ("area-hole", "NOTICE-6", "with a hole", {"type": "Polygon", "coordinates": [TRIANGLE, _HOLE]}, ["polygon"]),
    ]
    crossing = [[36, 35], [37, 36], [37, 35], [36, 36], [36, 35]]
    refused: list[tuple[str, str, str, Any]] = [
        ("area-missing", TAKEN, "no area", None),
        ("area-line", TAKEN, "a line", {"type": "LineString", "coordinates": TRIANGLE}),
        (
            "area-geometries",
            TAKEN,
            "a collection of geometries",
            {"type": "GeometryCollection", "geometries": [POLYGON]},
        ),
        ("area-nested", TAKEN, "a collection in a collection", {"type": "FeatureCollection", "features": [both]}),
        ("area-empty", TAKEN, "a collection of nothing", {"type": "FeatureCollection", "features": []}),
        ("area-crs", TAKEN, "another reference system", {**POLYGON, "crs": {"type": "name"}}),
        ("ring-open", "NOTICE-6", "a ring that does not close", _ring(*TRIANGLE[:3], [36.2, 35.9])),
        ("ring-three", "NOTICE-6", "a ring of three positions", _ring(*TRIANGLE[:2], TRIANGLE[0])),
        ("ring-crosses", "NOTICE-6", "a ring that crosses itself", _ring(*crossing)),
        ("hole-outside", "NOTICE-6", "a hole beside", {"type": "Polygon", "coordinates": [TRIANGLE, _BESIDE]}),
        ("lat-91", "NOTICE-5", "latitude 91", _ring(TRIANGLE[0], TRIANGLE[1], [36.4, 91], TRIANGLE[0])),
        ("lon-181", "NOTICE-5", "longitude 181", {"type": "Point", "coordinates": [181, 0]}),
        ("lon-text", "NOTICE-5", "a longitude that is a text", {"type": "Point", "coordinates": ["36", 35]}),
        ("lon-true", "NOTICE-5", "a longitude that is true", {"type": "Point", "coordinates": [True, 35]}),
        ("height", "NOTICE-5", "a position with a height", {"type": "Point", "coordinates": [36, 35, 3000]}),
        ("edge-round", "NOTICE-7", "an edge the long way round", _ring(*over)),
        ("radius-negative", "NOTICE-8", "a radius below 0", _feature(point, radius_m=-1)),
        ("radius-text", "NOTICE-8", "a radius with its unit", _feature(point, radius_m="5 km")),
        ("radius-other", "NOTICE-8", "a radius in another unit", _feature(point, radius_km=5)),
        ("radius-polygon", "NOTICE-8", "an outline with a radius", _feature(POLYGON, radius_m=5)),
        ("radius-large", "NOTICE-8", "more than 5,000 km", _feature(point, radius_m=5_000_001)),
    ]
    good_ones = [
        good(name, rule, desc, _given(notice(volume(area=area))), output(volumes=[out_volume(parts=parts)]))
        for name, rule, desc, area, parts in taken
    ]
    bad_ones = [
        bad(name, rule, "not-stix", desc, _given(notice(volume(area=area)))) for name, rule, desc, area in refused
    ]
    # JSON has no NaN, so that this is none.
    nan = (
        content.dump(notice(volume(area={"type": "Point", "coordinates": [0.123, 35]})))
        .decode()
        .replace("0.123", "NaN")
    )
    return [*good_ones, *bad_ones, bad("lon-nan", "NOTICE-5", "not-json", "NaN", {"read": "notice", "text": nan})]


_BESIDE = [[40, 40], [41, 40], [41, 41], [40, 40]]
_HOLE = [[36.3, 35.85], [36.35, 35.85], [36.35, 35.9], [36.3, 35.85]]


def _zigzag(count: int) -> list[list[float]]:
    """A ring of so many vertices along a comb."""
    top = [[round(36 + k / count, 6), 36.0 + k % 2 / 10] for k in range(count - 2)]
    return [[36, 35], *top, [37, 35], [36, 35]]


def _sizes() -> list[Vector]:
    full, more = _ring(*_zigzag(1000)), _ring(*_zigzag(1001))
    quarter = volume(area=_ring(*_zigzag(250)))
    parts = {"type": "FeatureCollection", "features": [CIRCLE] * 101}
    out = [out_volume()] * 20
    return [
        good("vertices-1000", "NOTICE-9", "1,000 vertices", _given(notice(volume(area=full))), output()),
        bad("vertices-1001", "NOTICE-9", "not-stix", "1,001 vertices", _given(notice(volume(area=more)))),
        good("vertices-5000", "NOTICE-9", "5,000 in all", _given(notice(*[quarter] * 20)), output(volumes=out)),
        bad(
            "vertices-5001",
            "NOTICE-9",
            "not-stix",
            "5,001 in all",
            _given(notice(*[quarter] * 19, volume(area=_ring(*_zigzag(251))))),
        ),
        bad("parts-101", "NOTICE-9", "not-stix", "101 circles", _given(notice(volume(area=parts)))),
    ]


def _altitudes() -> list[Vector]:
    taken: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
        ("no-altitudes", "no limit", {"floor": None, "ceiling": None}, {"floor": None, "ceiling": None}),
        ("unlimited", "no limit, in words", {"ceiling": "UNL"}, {"ceiling": None}),
        ("feet", "feet are above the sea", {"floor": "9000 ft"}, {"floor": "9000 ft MSL"}),
        ("level", "floor and ceiling are one", {"floor": "3000 m", "ceiling": "3000 m"}, {"ceiling": "3000 m"}),
        ("ellipsoid", "metres above the ellipsoid", {"floor": "3000 m W84"}, {"floor": "3000 m W84"}),
        ("mixed", "what may be in order is", _MIXED, _MIXED),
    ]
    refused: list[tuple[str, str, dict[str, Any]]] = [
        ("floor-number", "a number", {"floor": 3000}),
        ("floor-null", "null", {}),
        ("floor-bare", "no unit", {"floor": "3000"}),
        ("floor-miles", "another unit", {"floor": "3 km"}),
        ("ceiling-nan", "NaN", {"ceiling": "NaN m"}),
        ("ceiling-high", "more than 100 km", {"ceiling": "100001 m"}),
        ("floor-above", "above the ceiling", {"floor": "3001 m", "ceiling": "3000 m"}),
        ("floor-far-above", "above, whatever is meant", {"floor": "FL400", "ceiling": "1000 m"}),
    ]
    nulled = notice({**volume(), "floor": None})
    return [
        *(
            good(name, "NOTICE-10", desc, _given(notice(volume(**given))), output(volumes=[out_volume(**out)]))
            for name, desc, given, out in taken
        ),
        *(
            bad(name, "NOTICE-10", "not-stix", desc, _given(notice(volume(**given)) if given else nulled))
            for name, desc, given in refused
        ),
    ]


# The ground may lie below the ellipsoid, and a flight level above its nominal height.
_MIXED = {"floor": "3000 m AGL", "ceiling": "FL100"}


def _times() -> list[Vector]:
    zone, moment = {"from": "2026-11-26T15:00:00+03:00"}, {"from": FROM, "until": FROM}
    at = {"until": "2026-11-26T12:00:00.000Z"}
    refused: list[tuple[str, str, dict[str, Any]]] = [
        ("from-missing", "no start", {"from": None}),
        ("until-missing", "no end", {"until": None}),
        ("from-local", "a time without a zone", {"from": "2026-11-26T12:00:00"}),
        ("until-day", "a date", {"until": "2026-11-27"}),
        ("until-number", "seconds", {"until": 1795694400}),
        ("reversed", "ends before it begins", {"from": UNTIL, "until": FROM}),
        ("leap-second", "a leap second", {"until": "2026-12-31T23:59:60Z"}),
        ("day-30-february", "a day that is none", {"until": "2026-02-30T12:00:00Z"}),
        ("after-6053", "further than an index counts", {"until": "6053-01-23T02:08:00Z"}),
    ]
    return [
        good("zone", "NOTICE-13", "another zone", _given(notice(volume(**zone))), output()),
        good("moment", "NOTICE-13", "no length", _given(notice(volume(**moment))), output(volumes=[out_volume(**at)])),
        *(bad(name, "NOTICE-13", "not-stix", desc, _given(notice(volume(**given)))) for name, desc, given in refused),
    ]


def identifier(label: str) -> str:
    """The id of a notice."""
    return f"notice--{uuid(label)}"
