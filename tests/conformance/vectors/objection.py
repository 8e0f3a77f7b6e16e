"""Vectors of spec/objection.md: objections, and what a check finds in what was said."""

from typing import Any

from comity.model import content
from conformance.vectors.cast import Vector, actor, at, bad, good, seed, uuid
from conformance.vectors.extensions import plain, shown
from conformance.vectors.notice import CIRCLE, notice, volume
from conformance.vectors.protected_site import call, circle, site, widened

WITNESS = {
    "volumes": [1, 1],
    "lon": 36.25,
    "lat": 35.9,
    "gap_m": 0,
    "lowest_m": 5400,
    "highest_m": 6000,
    "from": "2026-11-26T12:20:00.000Z",
    "until": "2026-11-26T12:40:00.000Z",
}


def objection(**changed: Any) -> dict[str, Any]:
    """An objection with some properties changed, or left out as None."""
    base: dict[str, Any] = {"rule": "overlap", "because": seed("flight").hex(), "against": seed("border").hex()}
    base |= {"by": actor("ru").fingerprint, "meetings": 1, "witness": WITNESS}
    return plain("objection", **(base | changed))


def stale(**changed: Any) -> dict[str, Any]:
    given = {"rule": "stale", "because": None, "meetings": None, "as_of": "2026-11-26T09:20:00.000Z", "witness": None}
    given |= {"id": f"objection--{uuid('stale')}"}
    return objection(**(given | changed))


def output(**changed: Any) -> dict[str, Any]:
    of = {"rule": "overlap", "because": seed("flight").hex(), "against": seed("border").hex()}
    plainly = {"text": None, "meetings": 1, "margin_m": None, "time_uncertain": False, "as_of": None}
    return {**of, "by": actor("ru").fingerprint, **plainly, "witness": WITNESS, "withdrawn": False} | changed


def vectors() -> list[Vector]:
    return [
        *_accepted(),
        *_refused(),
        *_witnesses(),
        *_found(),
        *_told(),
        *_serving(),
        *_silent(),
        *_versions(),
        *_stale(),
    ]


def _given(value: Any) -> dict[str, Any]:
    return shown(value, "objection")


def _accepted() -> list[Vector]:
    old = stale()
    out_old = output(rule="stale", because=None, as_of="2026-11-26T09:20:00.000Z", witness=None)
    around = {name: value for name, value in WITNESS.items() if name not in ("lon", "lat", "gap_m")} | {
        "within_m": 2500
    }
    slipped = {"rule": "protected", "time_uncertain": True}
    near = {**WITNESS, "gap_m": 1200.5}
    open_end = {name: value for name, value in WITNESS.items() if name not in ("highest_m", "until")}
    made: list[tuple[str, str, str, dict[str, Any], dict[str, Any]]] = [
        ("accepted", "OBJECTION-1", "two notices meet", objection(), output()),
        ("stale", "OBJECTION-3", "a picture that is too old", old, out_old),
        ("protected", "OBJECTION-2", "a site", objection(rule="protected"), output(rule="protected")),
        ("revoked", "OBJECTION-1", "taken back", objection(revoked=True), output(withdrawn=True)),
        ("no-witness", "OBJECTION-7", "without where and when", objection(witness=None), output(witness=None)),
        (
            "text",
            "OBJECTION-20",
            "words that its author signed",
            objection(text="à vérifier"),
            output(text="à vérifier"),
        ),
        ("within", "OBJECTION-22", "somewhere in a circle", objection(witness=around), output(witness=around)),
        ("meetings", "OBJECTION-15", "twenty by twenty", objection(meetings=400), output(meetings=400)),
        (
            "margin",
            "OBJECTION-16",
            "near",
            objection(margin_m=2000, witness=near),
            output(margin_m=2000.0, witness=near),
        ),
        ("time-uncertain", "OBJECTION-17", "a movement, later", objection(**slipped), output(**slipped)),
        ("no-limits", "OBJECTION-7", "no upper limits", objection(witness=open_end), output(witness=open_end)),
    ]
    return [good(name, rule, desc, _given(value), out) for name, rule, desc, value, out in made]


def _refused() -> list[Vector]:
    made: list[tuple[str, str, str, dict[str, Any]]] = [
        ("another-type", "OBJECTION-1", "a claim's type", plain("claim", rule="stale")),
        ("rule-missing", "OBJECTION-2", "no rule", objection(rule=None)),
        ("rule-cleared", "OBJECTION-2", "what no check finds", objection(rule="none")),
        ("because-missing", "OBJECTION-3", "an overlap with nothing", objection(because=None)),
        ("because-null", "OBJECTION-3", "null", {**stale(), "because": None}),
        ("protected-missing", "OBJECTION-3", "protects nothing", objection(rule="protected", because=None)),
        ("because-stix-id", "OBJECTION-3", "a STIX id", objection(because=f"notice--{uuid('notice')}")),
        ("against-missing", "OBJECTION-4", "against nothing", objection(against=None)),
        ("against-short", "OBJECTION-4", "62 digits", objection(against=seed("border").hex()[:62])),
        ("by-petname", "OBJECTION-5", "a petname", objection(by="ru")),
        ("by-missing", "OBJECTION-5", "by nobody", objection(by=None)),
        ("text-lines", "OBJECTION-6", "two lines", objection(text="a\nb")),
        ("text-long", "OBJECTION-6", "2,001 characters", objection(text="a" * 2001)),
        ("text-empty", "OBJECTION-6", "no characters", objection(text="")),
        ("meetings-0", "OBJECTION-15", "no meeting", objection(meetings=0)),
        ("meetings-401", "OBJECTION-15", "more than there are pairs", objection(meetings=401)),
        ("meetings-true", "OBJECTION-15", "true", objection(meetings=True)),
        ("margin-below", "OBJECTION-16", "below 0", objection(margin_m=-1)),
        ("margin-text", "OBJECTION-16", "a text", objection(margin_m="5 km")),
        ("margin-far", "OBJECTION-16", "more than 1,000 km", objection(margin_m=1_000_001)),
        ("time-uncertain-false", "OBJECTION-17", "false", objection(rule="protected", time_uncertain=False)),
        ("time-uncertain-overlap", "OBJECTION-17", "of a notice", objection(time_uncertain=True)),
        ("as-of-missing", "OBJECTION-18", "as of no time", stale(as_of=None)),
        ("as-of-overlap", "OBJECTION-18", "with another rule", objection(as_of="2026-11-26T09:20:00.000Z")),
        ("as-of-noon", "OBJECTION-18", "no time of RFC 3339", stale(as_of="noon")),
    ]
    return [bad(name, rule, "not-stix", desc, _given(value)) for name, rule, desc, value in made]


def _witnesses() -> list[Vector]:
    made: list[tuple[str, str, Any]] = [
        ("witness-list", "a list", [36.25, 35.9]),
        ("witness-no-lon", "no longitude", {**WITNESS, "lon": None}),
        ("witness-lat-91", "latitude 91", {**WITNESS, "lat": 91}),
        ("witness-true", "a latitude that is true", {**WITNESS, "lat": True}),
        ("witness-gap", "a gap below 0", {**WITNESS, "gap_m": -1}),
        ("witness-heights", "from above to below", {**WITNESS, "lowest_m": 6001}),
        ("witness-times", "ends before it begins", {**WITNESS, "until": "2026-11-26T12:19:00Z"}),
        ("witness-date", "a date", {**WITNESS, "from": "2026-11-26"}),
        ("witness-high", "beyond the sky", {**WITNESS, "highest_m": 1e7}),
        ("witness-volumes", "no volumes", {**WITNESS, "volumes": None}),
        ("witness-volume-0", "the volume before the first", {**WITNESS, "volumes": [0, 1]}),
        ("witness-volume-21", "more than a notice has", {**WITNESS, "volumes": [1, 21]}),
    ]
    within: list[tuple[str, str, Any]] = [
        ("within-and-point", "a circle and its centre", {**WITNESS, "within_m": 2500}),
        ("within-and-gap", "a circle and a distance", {"volumes": [1, 1], "within_m": 2500, "gap_m": 0}),
        ("within-below", "a radius below 0", {"volumes": [1, 1], "within_m": -1}),
    ]
    named = [("OBJECTION-7", one) for one in made] + [("OBJECTION-22", one) for one in within]
    return [bad(name, rule, "not-stix", desc, _given(objection(witness=value))) for rule, (name, desc, value) in named]


# -- what a check finds

NOW = at(60)
FLIGHT = volume(area=CIRCLE, floor="5400 m W84", ceiling="6000 m W84")


def said(by: str, value: dict[str, Any], label: str) -> dict[str, str]:
    """A statement as a check is handed it."""
    return {"by": by, "statement": seed(label).hex(), "content": content.dump(value).decode()}


def _check(*known: dict[str, str], subject: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    asked = said("fr", subject or notice(FLIGHT), "subject")
    base = {"read": "check", "subject": asked, "said": list(known), "now": "2026-11-26T11:00:00Z", "as_of": {}}
    return base | more


def _result(
    *objections: tuple[str, str, str | None], not_heard_from: tuple[str, ...] = (), more: dict[str, Any] | None = None
) -> dict[str, Any]:
    named = [
        {"rule": rule, "by": by, "because": None if label is None else seed(label).hex(), **(more or {})}
        for rule, by, label in objections
    ]
    return {"objections": named, "not_heard_from": list(not_heard_from)}


def _other(**changed: Any) -> dict[str, Any]:
    """Another party's notice that meets `FLIGHT`."""
    return notice(volume(**({"floor": "5000 m", "ceiling": None} | changed)), id=f"notice--{uuid('other')}")


def _found() -> list[Vector]:
    here, point = (
        {"type": "Point", "coordinates": [36.25, 35.9]},
        site(area={"type": "Point", "coordinates": [36.25, 35.9]}),
    )
    near = {"type": "Point", "coordinates": [36.25, 35.96]}
    overlap, protected = _result(("overlap", "ru", "other")), _result(("protected", "us", "site"))
    east = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [-179.99, 10]},
        "properties": {"radius_m": 5000},
    }
    west = volume(area={"type": "Point", "coordinates": [179.99, 10]})
    polar = volume(
        area={
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [0, 89.99]},
            "properties": {"radius_m": 5000},
        }
    )
    made: list[tuple[str, str, str, dict[str, Any], dict[str, Any]]] = [
        ("overlap", "OBJECTION-8", "two notices", _check(said("ru", _other(), "other")), overlap),
        (
            "overlap-back",
            "OBJECTION-8",
            "the same the other way round",
            _check(said("ru", notice(FLIGHT), "other"), subject=_other()),
            overlap,
        ),
        (
            "overlap-own",
            "OBJECTION-8",
            "another notice of one's own",
            _check(said("fr", _other(), "other")),
            _result(("overlap", "fr", "other")),
        ),
        (
            "overlap-level",
            "OBJECTION-8",
            "altitudes that touch",
            _check(said("ru", _other(floor="6000 m W84"), "other")),
            overlap,
        ),
        (
            "overlap-widened",
            "OBJECTION-8",
            "FL200 may be so low",
            _check(said("ru", _other(floor="FL200"), "other")),
            overlap,
        ),
        (
            "overlap-moment",
            "OBJECTION-8",
            "from and until one moment",
            _check(said("ru", _other(**{"from": "2026-11-26T12:10:00Z", "until": "2026-11-26T12:10:00Z"}), "other")),
            overlap,
        ),
        (
            "overlap-seam",
            "OBJECTION-8",
            "over the antimeridian",
            _check(said("ru", _other(area=east, floor=None), "other"), subject=notice(west)),
            overlap,
        ),
        (
            "overlap-pole",
            "OBJECTION-8",
            "over a pole",
            _check(
                said("ru", _other(area={"type": "Point", "coordinates": [180, 89.99]}, floor=None), "other"),
                subject=notice(polar),
            ),
            overlap,
        ),
        ("protected-site", "OBJECTION-9", "a site below", _check(said("us", point, "site")), protected),
        (
            "protected-ceiling",
            "OBJECTION-9",
            "no altitude limits a site",
            _check(said("us", {**point, "ceiling": "10 m"}, "site")),
            protected,
        ),
        (
            "protected-late",
            "OBJECTION-10",
            "not verified again since long",
            _check(said("us", {**point, "reverify_by": "2001-01-01T00:00:00Z"}, "site")),
            protected,
        ),
        (
            "protected-widened",
            "OBJECTION-9",
            "a circle in which a site lies",
            _check(said("us", widened(area={**circle(), "geometry": near}), "site")),
            protected,
        ),
        (
            "protected-call",
            "OBJECTION-9",
            "a circle with somebody to call",
            _check(said("us", call(area={**circle(25000), "geometry": near}), "site")),
            protected,
        ),
        (
            "protected-own",
            "OBJECTION-9",
            "one's own",
            _check(said("fr", site(area=here), "site")),
            _result(("protected", "fr", "site")),
        ),
        (
            "margin",
            "OBJECTION-9",
            "2 km from it, 3 asked for",
            _check(said("us", site(area=near), "site"), margin_m=3000),
            protected,
        ),
        (
            "two",
            "OBJECTION-9",
            "a site and a notice",
            _check(said("ru", _other(), "other"), said("us", point, "site")),
            _result(("protected", "us", "site"), ("overlap", "ru", "other")),
        ),
    ]
    return [good(f"check-{name}", rule, desc, given, out) for name, rule, desc, given, out in made]


def _told() -> list[Vector]:
    """What is told of a meeting: where and how near only of what is told exactly, and whether the time is certain."""
    at = {"type": "Point", "coordinates": [36.25, 35.9]}
    wide = said("us", widened(area={**circle(), "geometry": {**at, "coordinates": [36.25, 35.91]}}), "site")
    moving = site(area=at, function="movement", **{"from": "2026-11-26T10:00:00Z", "until": "2026-11-26T12:00:00Z"})
    flight = notice(volume(area=CIRCLE, floor="5400 m W84", ceiling="6000 m W84"))
    seen = {"volumes": [1, 1], "lowest_m": 5400.0, "highest_m": 6000.0}
    seen |= {"from": "2026-11-26T12:00:00.000Z", "until": "2026-11-26T12:40:00.000Z"}
    exact = {**seen, "lon": 36.25, "lat": 35.9, "gap_m": 0.0}
    made: list[tuple[str, str, str, dict[str, str], dict[str, Any]]] = [
        (
            "exact",
            "OBJECTION-21",
            "a point in the flight's area",
            said("us", site(area=at), "site"),
            {"witness": exact},
        ),
        ("within", "OBJECTION-22", "a circle alone", wide, {"witness": {**seen, "within_m": 5000.0}}),
        ("slipped", "OBJECTION-25", "a movement, later", said("us", moving, "site"), {"time_uncertain": True}),
    ]
    return [
        good(
            f"told-{name}",
            rule,
            desc,
            _check(known, subject=flight, shown=sorted(more)),
            _result(("protected", "us", "site"), more=more),
        )
        for name, rule, desc, known, more in made
    ]


def _serving() -> list[Vector]:
    """A notice that serves a site: its own party's does not object, any other does."""
    ours = site(area={"type": "Point", "coordinates": [36.25, 35.9]})
    flight = {**notice(FLIGHT), "serves": [ours["id"]]}
    made: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
        ("own", "its own party's", _check(said("fr", ours, "site"), subject=flight), _result()),
        (
            "anothers",
            "another party's, with the same id",
            _check(said("us", ours, "site"), subject=flight),
            _result(("protected", "us", "site")),
        ),
        (
            "another-place",
            "another place of its own party",
            _check(said("fr", {**ours, "id": f"protected-site--{uuid('elsewhere')}"}, "site"), subject=flight),
            _result(("protected", "fr", "site")),
        ),
    ]
    return [good(f"check-serves-{name}", "OBJECTION-24", desc, given, out) for name, desc, given, out in made]


def _silent() -> list[Vector]:
    near = {"type": "Point", "coordinates": [36.25, 35.96]}
    later = {"from": "2026-11-26T12:40:00Z", "until": "2026-11-26T13:00:00Z"}
    made: list[tuple[str, str, str, dict[str, Any]]] = [
        ("nothing", "OBJECTION-11", "nothing was said", _check()),
        ("above", "OBJECTION-8", "a metre above", _check(said("ru", _other(floor="6001 m W84"), "other"))),
        ("later", "OBJECTION-8", "it begins as the other ends", _check(said("ru", _other(**later), "other"))),
        ("elsewhere", "OBJECTION-8", "elsewhere", _check(said("ru", _other(area=near), "other"))),
        (
            "margin-short",
            "OBJECTION-9",
            "2 km from it, 1 asked for",
            _check(said("us", site(area=near), "site"), margin_m=1000),
        ),
        (
            "over",
            "NOTICE-15",
            "a notice that is over",
            _check(said("ru", _other(), "other"), now="2026-11-26T12:40:00Z"),
        ),
        ("itself", "OBJECTION-8", "another version of itself", _check(said("fr", notice(FLIGHT), "other"))),
    ]
    for state in ("ended", "cancelled"):
        given = _check(said("ru", {**_other(), "state": state}, "other"))
        made.append((state, "NOTICE-15", f"a notice that is {state}", given))
    return [good(f"check-{name}", rule, desc, given, _result()) for name, rule, desc, given in made]


def _versions() -> list[Vector]:
    first, point = said("ru", _other(), "other"), site(area={"type": "Point", "coordinates": [36.25, 35.9]})
    newer = {"modified": "2026-11-26T10:30:00.000Z"}
    moved = {**_other(area={"type": "Point", "coordinates": [0, 0]}), **newer}
    gone, broken = {**_other(), **newer, "revoked": True}, {**_other(), **newer, "volumes": []}
    overlap = _result(("overlap", "ru", "other"))
    here = said("us", point, "site")
    made: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
        ("replaced", "a later version elsewhere", _check(first, said("ru", moved, "later")), _result()),
        ("replaced-before", "the later version came first", _check(said("ru", moved, "later"), first), _result()),
        ("revoked", "taken back", _check(first, said("ru", gone, "later")), _result()),
        (
            "revoked-site",
            "a site taken back",
            _check(here, said("us", {**point, **newer, "revoked": True}, "later")),
            _result(),
        ),
        ("revoked-by-another", "taken back by another", _check(first, said("us", gone, "later")), overlap),
        ("unreadable", "a later version that cannot be read", _check(first, said("ru", broken, "later")), overlap),
        (
            "two-of-one-time",
            "two versions with one time",
            _check(first, said("ru", {**gone, **_FIRST}, "later")),
            overlap,
        ),
    ]
    return [good(f"check-{name}", "NOTICE-14", desc, given, out) for name, desc, given, out in made]


_FIRST = {"modified": "2026-11-26T10:00:00.000Z"}


def _stale() -> list[Vector]:
    """It is eleven."""
    made: list[tuple[str, str, str, dict[str, str | None], dict[str, Any]]] = [
        ("fresh", "OBJECTION-11", "15 minutes", {"ru": "2026-11-26T10:45:00Z"}, _result()),
        (
            "stale",
            "OBJECTION-11",
            "15 minutes and a millisecond",
            {"ru": "2026-11-26T10:44:59.999Z"},
            _result(("stale", "ru", None)),
        ),
        (
            "ahead",
            "OBJECTION-11",
            "a clock more than 5 minutes ahead",
            {"ru": "2026-11-26T11:05:00.001Z"},
            _result(("stale", "ru", None)),
        ),
        (
            "never",
            "OBJECTION-12",
            "never heard from",
            {"ru": None, "us": "2026-11-26T10:59:00Z"},
            _result(not_heard_from=("ru",)),
        ),
    ]
    return [good(f"check-{name}", rule, desc, _check(as_of=given), out) for name, rule, desc, given, out in made]
