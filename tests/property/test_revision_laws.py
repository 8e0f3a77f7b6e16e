"""Laws of new versions: what is given changes and nothing else, whatever else stands there; and circles that move."""

import json
from hashlib import sha256
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from comity.errors import LocalError
from comity.model import content, notice, site
from comity.model.content import StixObject
from comity.model.revision import changes, revise_notice, revise_site
from comity.model.site import RANDOM_BYTES, Precision, Wanted
from comity.space import area, geodesic, instant
from comity.space.area import Circle
from comity.space.instant import Instant
from conformance.vectors import notice as notices
from conformance.vectors import protected_site as sites
from conformance.vectors.cast import uuid

NOW = instant.parse("2026-11-27T10:00:00Z")

# -- any object: each property there or not, and properties that nobody knows

letters = st.characters(categories=("L", "N", "P", "S"))
text = st.text(letters, min_size=1, max_size=12)
ids = st.lists(st.integers(0, 9), min_size=1, max_size=3, unique=True).map(
    lambda numbers: [f"protected-site--{uuid(f'law {number}')}" for number in numbers]
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | text, lambda inner: st.lists(inner, max_size=3), max_leaves=4
)
unknown = st.dictionaries(st.sampled_from(["x_a", "x_opencti_id", "lang", "confidence"]), json_values, max_size=3)
times = st.integers(0, 48).map(lambda hours: instant.text(Instant(NOW + hours * 3_600_000)))

WORDS: dict[str, Any] = dict.fromkeys(("name", "kind", "callsign", "transponder", "contact", "frequency"), text)
NOTICE = {**WORDS, "serves": ids, "state": st.sampled_from(["planned", "active", "ended", "cancelled"])}
SITE: dict[str, Any] = {"name": text, "contact": text, "as_received": text, "reverify_by": times, "serves": ids}
SITE["function"] = st.sampled_from(["hospital", "school", "force", "other"])
SITE["names"] = st.lists(text.map(lambda name: {"text": name}), min_size=1, max_size=3)
BANDS = {"floor": st.sampled_from(["SFC", "100 m MSL"]), "ceiling": st.sampled_from(["FL200", "UNL", "9000 ft MSL"])}


def optional(of: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=of)


@st.composite
def a_notice(draw: Any) -> StixObject:
    bands = draw(st.lists(optional(BANDS), min_size=1, max_size=3))
    volumes = [notices.volume(**{"floor": None, "ceiling": None, **band, "x_in": draw(json_values)}) for band in bands]
    return content.parse(content.dump({**notices.notice(*volumes), **draw(optional(NOTICE)), **draw(unknown)}))


@st.composite
def a_site(draw: Any) -> StixObject:
    return content.parse(content.dump({**sites.site(), **draw(optional(SITE)), **draw(unknown)}))


def asked(of: dict[str, Any], required: frozenset[str]) -> st.SearchStrategy[dict[str, Any]]:
    """What a person may give: some fields, with values or to be emptied."""
    return optional({name: each if name in required else each | st.none() for name, each in of.items()})


def expected(old: StixObject, said: dict[str, Any]) -> dict[str, Any]:
    new = {**old.properties, "modified": instant.text(NOW), **said}
    return {name: value for name, value in new.items() if name not in said or value is not None}


@given(a_notice(), asked(NOTICE, frozenset({"state"})))
def test_a_notice_changes_in_what_is_given_and_in_nothing_else(old: StixObject, said: dict[str, Any]) -> None:
    """NOTICE-20."""
    new = content.parse(revise_notice(old, NOW, said, {}))
    assert new.properties == expected(old, said)
    differing = {name for name, value in said.items() if old.properties.get(name) != value}
    assert {each.field for each in changes(old, new)} == differing


@given(a_site(), asked(SITE, frozenset({"function"})))
def test_a_site_changes_in_what_is_given_and_in_nothing_else(old: StixObject, said: dict[str, Any]) -> None:
    """PROTECTED-SITE-22."""
    new = content.parse(revise_site(old, NOW, said))
    assert new.properties == expected(old, said)
    differing = {name for name, value in said.items() if old.properties.get(name) != value}
    assert {each.field for each in changes(old, new)} == differing


@given(a_notice(), optional(BANDS), st.booleans(), st.data())
def test_volumes_change_alike_where_they_are_alike_or_not_at_all(
    old: StixObject, band: dict[str, Any], slips: bool, data: Any
) -> None:
    late = {"from": "2026-11-26T13:00:00.000Z", "until": "2026-11-26T14:00:00.000Z"} if slips else {}
    given_ = {**band, **late}
    before = old.properties["volumes"]
    alike = not band or all((each.get("floor"), each.get("ceiling")) == _band(before[0]) for each in before)
    try:
        new = content.parse(revise_notice(old, NOW, {}, given_))
    except LocalError as error:
        assert not alike
        assert error.place in ("/volumes/0/floor", "/volumes/0/ceiling")
        return
    assert alike
    assert new.properties["volumes"] == [{**each, **given_} for each in before]
    assert {name: value for name, value in new.properties.items() if name not in ("volumes", "modified")} == {
        name: value for name, value in old.properties.items() if name not in ("volumes", "modified")
    }


def _band(volume: dict[str, Any]) -> tuple[Any, Any]:
    return volume.get("floor"), volume.get("ceiling")


@given(a_notice(), asked(NOTICE, frozenset({"state"})))
def test_a_version_that_takes_all_of_it_back_differs_in_nothing(old: StixObject, said: dict[str, Any]) -> None:
    new = content.parse(revise_notice(old, NOW, said, {}))
    undone = {each.field: each.before for each in changes(old, new)}
    back = content.parse(revise_notice(new, Instant(NOW + 1), undone, {}))
    assert changes(old, back) == ()
    assert notice.read(back).volumes == notice.read(old).volumes


# -- circles, anywhere

longitudes = st.floats(-180, 180) | st.sampled_from([-180.0, 180.0, 179.9999, -179.9999, 0.0])
latitudes = st.floats(-90, 90) | st.sampled_from([-90.0, 90.0, 0.0, 89.9999])
places = st.tuples(longitudes, latitudes).map(lambda at: (round(at[0], 7), round(at[1], 7)))
randoms = st.integers(0, 1 << 32).map(lambda number: sha256(b"%d" % number).digest()[:RANDOM_BYTES])


@settings(max_examples=150)
@given(
    places,
    st.sampled_from(["widened:0.5", "widened:5", "widened:300", "call"]),
    places,
    st.floats(0, 3),
    randoms,
    randoms,
)
def test_a_circle_holds_the_place_that_moved_and_is_the_same_wherever_that_is_possible(
    at: tuple[float, float],
    precision: str,
    towards: tuple[float, float],
    times_radius: float,
    first: bytes,
    second: bytes,
) -> None:
    """PROTECTED-SITE-15: whoever has the circle learns of a move only if it would not hold the place otherwise."""
    old = content.parse(
        site.write(
            f"protected-site--{uuid('law')}",
            Instant(NOW - 1),
            created=Instant(NOW - 1),
            place=area.area(area.circle(*at)),
            function=site.Function.HOSPITAL,
            wanted=Wanted.parse(precision),
            random=first,
            contact="+41",
        )
    )
    before = site.read(old)
    around = before.area.parts[0]
    assert isinstance(around, Circle)
    lon, lat = geodesic.on_the_way((around.lon, around.lat), towards, times_radius * around.radius_m)
    assume(abs(lat) <= 90 and abs(lon) <= 180)
    place = area.area(area.circle(lon, lat))
    new = content.parse(revise_site(old, NOW, {}, place=place, random=second))
    after = site.read(new)
    assert site.holds(after, place)
    assert (after.widened_m, after.precision, after.contact) == (before.widened_m, before.precision, before.contact)
    moved = {each.field for each in changes(old, new)}
    assert moved == (set() if site.holds(before, place) else {"area"})
    assert before.precision is not Precision.EXACT
    assert json.dumps([lon, lat])[1:-1] not in new.raw.decode() or first == second
