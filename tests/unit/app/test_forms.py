"""What others are told of a place follows the exact site that this party knows: kept, moved with it, or questioned."""

import json
from typing import Any

import pytest

from comity.app.operations import perform
from comity.model import site
from comity.model.site import Site
from comity.space import area, geodesic
from comity.space.area import Circle
from unit.app.places import asked, heard_by, object_of, protected
from unit.app.test_updates import terms_by
from unit.node.faulty import faulty, reopen
from world import MemoryWire, Party, parties, run

# Both hemispheres, the antimeridian, a pole.
PLACES = [(36.0, 35.0), (-70.0, -33.4), (179.9999, -16.5), (-179.9999, 65.0), (10.0, 89.99)]


def point(lon: float, lat: float) -> str:
    return json.dumps({"type": "Point", "coordinates": [round(lon, 7), round(lat, 7)]})


def away(at: tuple[float, float], metres: float) -> tuple[float, float]:
    lon, lat = geodesic.on_the_way(at, (at[0] + 90.0, 0.0), metres)
    return (lon + 180.0) % 360.0 - 180.0, lat


def read(party: Party, statement: str) -> Site:
    return site.read(object_of(party, statement))


def circle_of(party: Party, statement: str) -> Circle:
    [part] = read(party, statement).area.parts
    assert isinstance(part, Circle)
    return part


def newest(party: Party, of: str) -> str:
    [id] = party.store.airspace.latest(party.fingerprint, object_of(party, of).id)
    return id.hex()


async def told(party: Party, at: tuple[float, float], precision: str, **args: Any) -> tuple[str, str]:
    """The statements of the exact site and of what others are told."""
    said = await protected(party, geojson=point(*at), precision=precision, contact="+41", **args)
    return said["exact"], said["statement"]


@pytest.mark.parametrize("precision", ["widened:5", "call"])
@pytest.mark.parametrize("at", PLACES)
def test_a_circle_that_still_holds_the_place_stays_and_nobody_hears_of_the_move(
    at: tuple[float, float], precision: str
) -> None:
    """PROTECTED-SITE-23."""
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        exact, form = await told(fr, at, precision, to=["ru"])
        await ru.syncs(fr)
        around = circle_of(fr, form)
        near = away((around.lon, around.lat), around.radius_m * 0.9)
        said = await asked(fr, "protect", replaces=exact, geojson=point(*near))
        assert [one["field"] for one in said["changed"]] == ["area"]
        assert ("moved" in said, "questioned" in said, newest(fr, form)) == (False, False, form)
        assert (await ru.syncs(fr))[0].received == 0

    run(story)


@pytest.mark.parametrize("precision", ["widened:5", "call"])
@pytest.mark.parametrize("at", PLACES)
def test_a_circle_that_holds_the_place_no_more_is_told_anew_to_those_who_have_it(
    at: tuple[float, float], precision: str
) -> None:
    fr, _ru, _us = parties("fr", "ru", "us")

    async def story() -> None:
        exact, form = await told(fr, at, precision, to=["ru"], tlp="red", name="N")
        far = away(at, 4 * circle_of(fr, form).radius_m)
        said = await asked(fr, "protect", replaces=exact, geojson=point(*far))
        [moved] = said["moved"]
        assert (moved["statement"], said["questioned"]) == (newest(fr, form), [])
        assert (moved["released_to"], moved["tlp"], moved["object"]) == (["ru"], "red", object_of(fr, form).id)
        assert (heard_by(fr, said["statement"]), heard_by(fr, moved["statement"])) == ([], ["ru"])
        assert terms_by(fr, moved["statement"]) == terms_by(fr, form)
        old, new = read(fr, form), read(fr, moved["statement"])
        assert site.holds(new, area.parse(json.loads(point(*far))))
        assert (new.widened_m, new.name, new.contact, new.precision) == (
            old.widened_m,
            old.name,
            old.contact,
            old.precision,
        )
        exact_id = object_of(fr, exact).id
        assert exact_id.encode() not in object_of(fr, moved["statement"]).raw

    run(story)


@pytest.mark.parametrize("precision", ["widened:5", "call"])
@pytest.mark.parametrize("at", PLACES)
def test_a_place_that_comes_back_is_told_in_the_circle_that_was_told_of_it_before(
    at: tuple[float, float], precision: str
) -> None:
    """PROTECTED-SITE-15: the liar waits; two circles around one place say that it lies in both, three say more."""
    fr, _ru = parties("fr", "ru")

    async def story() -> None:
        exact, form = await told(fr, at, precision, to=["ru"])
        first = circle_of(fr, form)
        far = away(at, 4 * first.radius_m)
        circles = []
        for place in (far, at, far, at):
            said = await asked(fr, "protect", replaces=newest(fr, exact), geojson=point(*place))
            circles.append(circle_of(fr, said["moved"][0]["statement"]))
        assert circles == [circles[0], first, circles[0], first]
        # The same where it is moved by hand.
        for place, around in ((far, circles[0]), (at, first)):
            await asked(fr, "protect", replaces=newest(fr, form), geojson=point(*place))
            assert circle_of(fr, newest(fr, form)) == around

    run(story)


def test_a_circle_that_may_stand_for_two_places_is_not_moved_but_questioned() -> None:
    """Which of the two it was told for is known to nobody here: a wrong guess would leave one of them unprotected."""
    fr, _ru = parties("fr", "ru")

    async def story() -> None:
        exact, form = await told(fr, (36.0, 35.0), "widened:20", to=["ru"])
        other = await protected(fr, geojson=point(36.001, 35.0))
        said = await asked(fr, "protect", replaces=exact, geojson=point(40.0, 35.0))
        assert "moved" not in said
        [question] = said["questioned"]
        assert (question["statement"], question["object"], question["precision"]) == (
            form,
            object_of(fr, form).id,
            "widened",
        )
        assert other["statement"][:12] in question["why"]
        assert newest(fr, form) == form

    run(story)


def test_a_site_of_another_function_stands_not_in_the_way_of_a_widened_one_but_of_one_to_call_about() -> None:
    fr, _ru = parties("fr", "ru")

    async def story() -> None:
        exact, form = await told(fr, (36.0, 35.0), "widened:20", to=["ru"])
        call = await protected(fr, geojson=point(36.0, 35.0), precision="call", contact="+41", also=True, to=["ru"])
        await protected(fr, geojson=point(36.001, 35.0), function="school")
        said = await asked(fr, "protect", replaces=exact, geojson=point(40.0, 35.0))
        assert [one["object"] for one in said["moved"]] == [object_of(fr, form).id]
        assert [one["statement"] for one in said["questioned"]] == [call["statement"]]

    run(story)


def test_a_place_too_large_for_the_circle_questions_it() -> None:
    [fr] = parties("fr")

    async def story() -> None:
        exact, form = await told(fr, (36.0, 35.0), "widened:5")
        large = {"type": "Feature", "properties": {"radius_m": 4000}, "geometry": json.loads(point(40.0, 35.0))}
        said = await asked(fr, "protect", replaces=exact, geojson=json.dumps(large))
        assert [one["statement"] for one in said["questioned"]] == [form]
        assert "none like it can be drawn" in said["questioned"][0]["why"]
        assert "moved" not in said

    run(story)


def test_the_exact_site_taken_back_questions_all_that_may_stand_for_it_and_takes_back_nothing_else() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        exact, form = await told(fr, (36.0, 35.0), "widened:20", to=["ru"])
        call = await protected(fr, geojson=point(36.0, 35.0), precision="call", contact="+41", also=True, to=["ru"])
        await ru.syncs(fr)
        said = await asked(fr, "protect", replaces=exact, withdraw=True)
        assert {one["statement"] for one in said["questioned"]} == {form, call["statement"]}
        assert "moved" not in said
        assert (await ru.syncs(fr))[0].received == 0
        assert not object_of(fr, newest(fr, form)).revoked

    run(story)


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"contact": "+42"}, "contact"),
        ({"function": "school"}, "function"),
        ({"name": "M"}, "name"),
        ({"as_received": "x"}, ""),
    ],
)
def test_what_a_form_repeats_and_is_so_no_more_questions_it(given: dict[str, Any], names: str) -> None:
    fr, _ru = parties("fr", "ru")

    async def story() -> None:
        exact, form = await told(fr, (36.0, 35.0), "widened:20", name="N", to=["ru"])
        said = await asked(fr, "protect", replaces=exact, **given)
        questioned = [(one["statement"], one["why"]) for one in said.get("questioned", [])]
        assert questioned == ([(form, f"it still has the old {names}")] if names else [])

    run(story)


def test_a_widened_site_that_is_replaced_moves_nothing_else() -> None:
    fr, _ru = parties("fr", "ru")

    async def story() -> None:
        exact, form = await told(fr, (36.0, 35.0), "widened:20", to=["ru"])
        call = await protected(fr, geojson=point(36.0, 35.0), precision="call", contact="+41", also=True, to=["ru"])
        said = await asked(fr, "protect", replaces=form, geojson=point(40.0, 35.0))
        assert ("moved" in said, "questioned" in said) == (False, False)
        assert [newest(fr, one) for one in (exact, call["statement"])] == [exact, call["statement"]]
        # But that others are told of the exact place no more is pointed out.
        assert exact[:12] in said["pointed_out"][0]

    run(story)


@pytest.mark.parametrize(("event", "when", "moved"), [("commit", "before", False), ("commit", "after", True)])
def test_an_exact_site_and_what_follows_it_move_together_or_not_at_all(event: str, when: str, moved: bool) -> None:
    wire = MemoryWire()
    fr, faults = faulty("fr", wire)
    ru = Party("ru", wire)
    fr.meets(ru)

    async def story() -> None:
        exact, form = await told(fr, (36.0, 35.0), "widened:20", to=["ru"])
        faults.failing = (event, when)
        answer = await perform(fr.node, fr.sync, "protect", {"replaces": exact, "geojson": point(40.0, 35.0)})
        assert "error" in answer
        reopen(fr, faults)
        assert [newest(fr, one) != one for one in (exact, form)] == [moved, moved]

    run(story)


def test_a_dry_run_shows_what_would_move_and_writes_nothing() -> None:
    fr, _ru = parties("fr", "ru")

    async def story() -> None:
        exact, _form = await told(fr, (36.0, 35.0), "widened:20", to=["ru"])
        size = fr.node.journal.tree.size
        said = await asked(fr, "protect", replaces=exact, geojson=point(40.0, 35.0), dry_run=True)
        [moved] = said["moved"]
        assert (moved["released_to"], "statement" in moved, fr.node.journal.tree.size) == (["ru"], False, size)

    run(story)
