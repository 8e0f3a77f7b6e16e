"""Vectors of spec/protected-site.md: sites, exact and not, and circles that are drawn around a place."""

from typing import Any

from conformance.vectors.cast import Vector, bad, good, seed, uuid
from conformance.vectors.extensions import plain, shown
from conformance.vectors.notice import POLYGON, SERVED, served_wrongly

POINT = {"type": "Point", "coordinates": [37.15, 36.2]}
NAMES = [{"text": "المستشفى", "lang": "ar"}, {"text": "Больница"}]


def circle(radius_m: float = 5000, at: tuple[float, float] = (37.17, 36.19)) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": list(at)}
    return {"type": "Feature", "geometry": point, "properties": {"radius_m": radius_m}}


def site(**changed: Any) -> dict[str, Any]:
    """A site with some properties changed, or left out as None."""
    return plain("protected-site", **({"function": "hospital", "area": POINT, "precision": "exact"} | changed))


def widened(**changed: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"area": circle(), "precision": "widened", "widened_m": 5000}
    return site(**(given | changed))


def call(**changed: Any) -> dict[str, Any]:
    given = {"function": "undisclosed", "precision": "call", "contact": "+41 22 000 0001"}
    return site(**({"area": circle(25000), "widened_m": 25000} | given | changed))


WINDOW = {"from": "2026-11-26T12:00:00Z", "until": "2026-11-26T14:30:00Z"}
_OUT_WINDOW = ["2026-11-26T12:00:00.000Z", "2026-11-26T14:30:00.000Z"]


def movement(**changed: Any) -> dict[str, Any]:
    """A movement along a corridor."""
    return site(**({"function": "movement", "area": POLYGON} | WINDOW | changed))


def examples() -> list[dict[str, Any]]:
    """The three that the page shows: exact, widened, somebody to call."""
    known = {"name": "City hospital", "names": NAMES, "contact": "+41 22 000 0001"}
    times = {"reverify_by": "2026-12-26T00:00:00.000Z"}
    exact, wide, whom = (f"protected-site--{id}" for id in _IDS)
    at, later = "2026-11-26T10:14:07.310Z", "2026-11-26T16:52:45.902Z"
    return [
        site(id=exact, **known, **times, as_received="36°12'N 37°09'E"),
        widened(id=wide, created=at, modified=at, **known, **times),
        call(id=whom, created=later, modified=later, area=circle(25000, (37.041, 36.308)), **times),
    ]


# Each is another object: neither an id nor a time joins them.
_IDS = (
    "5e0d1c27-6f0a-4d52-9a3e-0f4a0f6d8b61",
    "c2b7a6f9-1d1e-4c0b-8e57-7a9d3b1f2c44",
    "91f3e5d8-7b6a-4e29-a1c0-d4f8b2e6a733",
)


def output(**changed: Any) -> dict[str, Any]:
    """What a reader gets of `site()`."""
    of: dict[str, Any] = {"function": "hospital", "precision": "exact", "widened_m": None, "parts": ["circle"]}
    of |= {"names": [], "contact": None, "reverify_by": None, "as_received": None, "withdrawn": False}
    of |= {"window": None, "serves": []}
    return of | changed


def vectors() -> list[Vector]:
    return [*_accepted(), *_refused(), *_no_more(), *_moving(), *_serving(), *_circles()]


def _given(value: Any) -> dict[str, Any]:
    return shown(value, "protected-site")


def _accepted() -> list[Vector]:
    exact, wide, whom = examples()
    told: dict[str, Any] = {"names": ["City hospital", "المستشفى", "Больница"], "contact": "+41 22 000 0001"}
    told |= {"reverify_by": "2026-12-26T00:00:00.000Z"}
    out_call = output(function="undisclosed", precision="call", widened_m=25000, **(told | {"names": []}))
    outline = site(area=POLYGON, function="force")
    made: list[tuple[str, str, str, dict[str, Any], dict[str, Any]]] = [
        ("exact", "PROTECTED-SITE-1", "an exact site", exact, output(**told, as_received="36°12'N 37°09'E")),
        ("widened", "PROTECTED-SITE-5", "widened to 5 km", wide, output(**told, precision="widened", widened_m=5000)),
        ("call", "PROTECTED-SITE-7", "somebody to call", whom, out_call),
        ("least", "PROTECTED-SITE-1", "nothing but what is required", site(), output()),
        ("force", "PROTECTED-SITE-2", "a force", outline, output(parts=["polygon"], function="force")),
        ("revoked", "PROTECTED-SITE-1", "taken back", site(revoked=True), output(withdrawn=True)),
        ("unknown", "PROTECTED-SITE-11", "properties that nobody knows", site(x_a=[1]), output()),
        ("ceiling", "PROTECTED-SITE-11", "a ceiling, which no site has", site(ceiling="100 m"), output()),
        ("long-past", "PROTECTED-SITE-9", "long past its date", site(reverify_by=_PAST), output(reverify_by=_PAST)),
    ]
    return [good(name, rule, desc, _given(value), out) for name, rule, desc, value, out in made]


_PAST = "2001-01-01T00:00:00.000Z"


def _refused() -> list[Vector]:
    made: list[tuple[str, str, str, dict[str, Any]]] = [
        ("another-type", "PROTECTED-SITE-1", "a notice's type", _as_notice()),
        ("function-missing", "PROTECTED-SITE-2", "no function", site(function=None)),
        ("function-other", "PROTECTED-SITE-2", "a function that is none of the list", site(function="clinic")),
        ("function-capital", "PROTECTED-SITE-2", "in capitals", site(function="Hospital")),
        ("area-missing", "PROTECTED-SITE-3", "no area", site(area=None)),
        ("area-line", "PROTECTED-SITE-3", "a line", site(area={"type": "LineString", "coordinates": [[1, 2], [3, 4]]})),
        ("area-lat-91", "PROTECTED-SITE-3", "latitude 91", site(area={"type": "Point", "coordinates": [0, 91]})),
        ("precision-missing", "PROTECTED-SITE-4", "no precision", site(precision=None)),
        ("precision-km", "PROTECTED-SITE-4", "as people write it", site(precision="widened:5")),
        ("name-lines", "PROTECTED-SITE-8", "a name of two lines", site(name="a\u2028b")),
        ("names-empty", "PROTECTED-SITE-8", "an empty list of names", site(names=[])),
        ("names-text", "PROTECTED-SITE-8", "names that are texts", site(names=["Hospital"])),
        ("names-21", "PROTECTED-SITE-8", "21 names", site(names=[{"text": "a"}] * 21)),
        ("names-no-text", "PROTECTED-SITE-8", "a name without its text", site(names=[{"lang": "ar"}])),
        ("lang-word", "PROTECTED-SITE-8", "a language by its name", site(names=[{"text": "a", "lang": "in Arabic"}])),
        ("reverify-date", "PROTECTED-SITE-9", "a date", site(reverify_by="2026-12-26")),
        ("received-number", "PROTECTED-SITE-10", "as received, a list", site(as_received=[36.2, 37.15])),
        ("received-empty", "PROTECTED-SITE-10", "as received, nothing", site(as_received=" ")),
        ("contact-turned", "PROTECTED-SITE-8", "a contact that turns", site(contact="\u202e1234")),
    ]
    return [bad(name, rule, "not-stix", desc, _given(value)) for name, rule, desc, value in made]


def _as_notice() -> dict[str, Any]:
    return plain("notice", function="hospital", area=POINT, precision="exact")


def _no_more() -> list[Vector]:
    """What would give away beside an area that is not exact what it is not to tell."""
    two = {"type": "FeatureCollection", "features": [circle(), circle()]}
    made: list[tuple[str, str, str, dict[str, Any]]] = [
        ("exact-widened", "PROTECTED-SITE-5", "exact, and widened", site(widened_m=5000)),
        ("widened-no-radius", "PROTECTED-SITE-5", "widened, by nobody knows how much", widened(widened_m=None)),
        ("widened-zero", "PROTECTED-SITE-5", "widened by nothing", widened(area=POINT, widened_m=0)),
        ("widened-other", "PROTECTED-SITE-5", "not the circle's radius", widened(widened_m=4000)),
        ("widened-text", "PROTECTED-SITE-5", "a radius with its unit", widened(widened_m="5 km")),
        ("widened-outline", "PROTECTED-SITE-5", "an outline", widened(area=POLYGON)),
        ("widened-two", "PROTECTED-SITE-5", "two circles", widened(area=two)),
        ("widened-received", "PROTECTED-SITE-6", "the coordinate beside it", widened(as_received="36.2 37.15")),
        ("call-received", "PROTECTED-SITE-6", "the coordinate beside it", call(as_received="36.2 37.15")),
        ("call-hospital", "PROTECTED-SITE-7", "says what it is", call(function="hospital")),
        ("undisclosed-exact", "PROTECTED-SITE-7", "does not say what", site(function="undisclosed")),
        ("undisclosed-widened", "PROTECTED-SITE-7", "does not say what", widened(function="undisclosed")),
        ("call-name", "PROTECTED-SITE-7", "with its name", call(name="City hospital")),
        ("call-names", "PROTECTED-SITE-7", "with its names", call(names=NAMES)),
        ("call-nobody", "PROTECTED-SITE-7", "nobody to call", call(contact=None)),
        ("call-exact-area", "PROTECTED-SITE-5", "its outline", call(area=POLYGON)),
    ]
    return [bad(name, rule, "not-stix", desc, _given(value)) for name, rule, desc, value in made]


def _moving() -> list[Vector]:
    on_its_way = output(function="movement", parts=["polygon"], window=_OUT_WINDOW)
    wide = widened(function="movement", **WINDOW)
    out_wide = output(function="movement", precision="widened", widened_m=5000, window=_OUT_WINDOW)
    out_convoy = output(function="convoy", parts=["polygon"])
    moment = movement(until=WINDOW["from"])
    taken: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
        ("movement", "a movement in its window", movement(serves=[SERVED]), on_its_way | {"serves": [SERVED]}),
        ("movement-widened", "told less exactly, with its window", wide, out_wide),
        ("movement-moment", "at one moment", moment, on_its_way | {"window": [_OUT_WINDOW[0]] * 2}),
        ("convoy-window", "a convoy in its window", movement(function="convoy"), out_convoy | {"window": _OUT_WINDOW}),
        ("convoy-always", "a convoy at any time", movement(function="convoy", **_NO_WINDOW), out_convoy),
    ]
    refused: list[tuple[str, str, dict[str, Any]]] = [
        ("movement-always", "a movement at any time", movement(**_NO_WINDOW)),
        ("movement-no-until", "without an end", movement(until=None)),
        ("movement-backwards", "over before it begins", movement(until="2026-11-26T11:59:59Z")),
        ("movement-zone", "a time without its zone", movement(until="2026-11-26T14:30:00")),
        ("convoy-no-from", "a convoy without its start", movement(function="convoy", **{"from": None})),
        ("hospital-window", "a hospital for two hours", movement(function="hospital")),
        ("hospital-until", "a hospital until then", movement(function="hospital", **{"from": None})),
        ("call-window", "whom to call, and when", call(**WINDOW)),
    ]
    return [
        *(good(name, "PROTECTED-SITE-18", desc, _given(value), out) for name, desc, value, out in taken),
        *(bad(name, "PROTECTED-SITE-18", "not-stix", desc, _given(value)) for name, desc, value in refused),
    ]


_NO_WINDOW: dict[str, Any] = {"from": None, "until": None}


def _serving() -> list[Vector]:
    itself = f"protected-site--{uuid('protected-site')}"
    refused: list[tuple[str, str, dict[str, Any]]] = [
        *((f"serves-{name}", desc, site(serves=serves)) for name, desc, serves in served_wrongly()),
        ("serves-itself", "for itself", site(serves=[itself])),
        ("serves-widened", "for an exact site, beside a circle", widened(serves=[SERVED])),
        ("serves-call", "for an exact site, beside whom to call", call(serves=[SERVED])),
    ]
    ambulance = site(function="ambulance", serves=[SERVED])
    out = output(function="ambulance", serves=[SERVED])
    return [
        good("serves", "PROTECTED-SITE-19", "an ambulance for a hospital", _given(ambulance), out),
        *(bad(name, "PROTECTED-SITE-19", "not-stix", desc, _given(value)) for name, desc, value in refused),
    ]


def _drawn(place: Any, precision: str, random: bytes) -> dict[str, Any]:
    return {"read": "widened", "place": place, "precision": precision, "random": random.hex()}


def _circles() -> list[Vector]:
    """Where the centre comes to lie can be said beforehand for some random bytes."""
    least, quarter, half, most = bytes(8), (2**62).to_bytes(8), (2**63).to_bytes(8), (2**64 - 1).to_bytes(8)
    footprint = {"type": "Feature", "geometry": POINT, "properties": {"radius_m": 2000}}
    pole, seam = {"type": "Point", "coordinates": [0, 90]}, {"type": "Point", "coordinates": [180, 0]}
    # A quarter of a disc lies within half of its radius.
    taken: list[tuple[str, str, Any, bytes, int]] = [
        ("least", "the least random number: no displacement", POINT, least * 3, 0),
        ("quarter", "a quarter", POINT, quarter + half + most, 2500),
        ("most", "nearly all of it", POINT, most + half + most, 5000),
        ("pole", "at a pole", pole, quarter + half + half, 2500),
        ("seam", "at the antimeridian", seam, quarter + half + half, 2500),
        ("footprint", "a footprint of 2 km leaves 3 km", footprint, quarter + half + most, 1500),
    ]
    random = seed("circle")[:24]
    refused: list[tuple[str, str, str, Any, str, bytes]] = [
        ("small", "PROTECTED-SITE-13", "a circle that shows a large footprint", footprint, "widened:4", random),
        ("large", "PROTECTED-SITE-13", "more than 500 km", POINT, "widened:501", random),
        ("tiny", "PROTECTED-SITE-13", "less than 500 m", POINT, "widened:0.4", random),
        ("unit", "PROTECTED-SITE-13", "with its unit", POINT, "widened:5km", random),
        ("few", "PROTECTED-SITE-12", "8 random bytes", POINT, "widened:5", bytes(8)),
    ]
    out = {"radius_m": 5000, "holds": True}
    return [
        *(
            good(
                f"circle-{name}",
                "PROTECTED-SITE-12",
                desc,
                _drawn(place, "widened:5", given),
                out | {"displaced_m": metres},
            )
            for name, desc, place, given, metres in taken
        ),
        *(
            bad(f"circle-{name}", rule, "bad-argument", desc, _drawn(place, precision, given))
            for name, rule, desc, place, precision, given in refused
        ),
    ]
