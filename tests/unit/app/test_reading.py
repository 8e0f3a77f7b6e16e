"""What was read is said back; files of many places, names, points without extent, times that look like a slip of the pen."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.app.operations import perform
from comity.model import site
from comity.space.area import Circle
from unit.app.places import AREA, POINT, TIMES, asked, notified, object_of, protected, refused, spot
from unit.node.faulty import faulty
from world import Party, parties, run

PAST = {"from": "2025-11-26T12:00:00Z", "until": "2025-11-26T14:00:00Z"}
FAR = {"from": "2062-12-24T12:00:00Z", "until": "2062-12-24T14:00:00Z"}


def collection(*features: dict[str, Any]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


def place(lon: float, lat: float, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Point", "coordinates": [lon, lat]}}


CLINICS = collection(*(place(32.5 + number / 100, 15.6, name=f"عيادة {number}") for number in range(5)))
FIELDS = collection(*(place(32.5 + number, 15.6, name=f"field {number}", radius_m=500) for number in range(3)))


def said(party: Party) -> int:
    return party.node.journal.tree.size


# -- said back


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_notice_a_site_and_a_check_say_how_they_were_read(dry_run: bool) -> None:
    """UNDERSTOOD-AS-12."""
    [fr] = parties("fr")

    async def story() -> None:
        flight = await notified(fr, floor="9000 ft", dry_run=dry_run)
        checked = await asked(fr, "check", geojson=AREA, **TIMES, floor="9000 ft")
        assert flight["understood_as"] == checked["understood_as"]
        assert flight["understood_as"]["text"].splitlines() == [
            (
                "area: an outline of 3 corners from 34.9000 N to 35.1000 N and from 35.9000 E to 36.1000 E; 202.6 km2; "
                "centre 35.0000 N, 36.0000 E"
            ),
            "altitudes: from 9000 ft MSL (2,633 to 2,834 m W84), no ceiling",
            "times: Thursday 2026-11-26 12:00Z until 14:00Z, in 2 h; lasts 2 h",
        ]
        clinic = await protected(fr, dry_run=dry_run)
        assert clinic["understood_as"]["volumes"][0]["area"]["parts"][0]["shape"] == "point"
        assert (said(fr) == 1) is dry_run

    run(story)


def test_who_hears_of_a_notice_or_site_sees_how_it_is_read_there() -> None:
    """UNDERSTOOD-AS-12: with each that it shows, the same at both ends."""
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        each = [await notified(fr, to=["ru"]), await protected(fr, precision="widened:5", to=["ru"])]
        await ru.syncs(fr)
        for one in each:
            mine, theirs = [await asked(at, "show", statement=one["statement"]) for at in (fr, ru)]
            assert mine["understood_as"]["volumes"] == theirs["understood_as"]["volumes"]
        assert theirs["understood_as"]["volumes"][0]["area"]["parts"][0]["radius_m"] == 5000
        # What is told of a site may be less than what was read of it, and its own party is told what was read.
        assert each[1]["understood_as"]["volumes"][0]["area"]["parts"][0]["shape"] == "point"

    run(story)


def test_what_is_no_place_is_shown_without_a_reading() -> None:
    [fr] = parties("fr")

    async def story() -> None:
        one = await asked(fr, "position", subject="X", stance="supports")
        assert "understood_as" not in await asked(fr, "show", statement=one["statement"])

    run(story)


# -- many places


@pytest.mark.parametrize(("operation", "file"), [("protect", CLINICS), ("notice", FIELDS)])
def test_a_file_of_many_places_is_one_statement_each_with_its_own_name_all_under_one_head(
    operation: str, file: str
) -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        many = json.loads(file)["features"]
        given = {"geojson": file, "to": ["ru"], **({"function": "hospital"} if operation == "protect" else TIMES)}
        foreseen = await asked(fr, operation, **given, dry_run=True)
        assert (said(fr), foreseen["dry_run"], foreseen["count"]) == (1, True, len(many))
        told = await asked(fr, operation, **given)
        assert (told["count"], said(fr)) == (len(many), 1 + 2 * len(many))
        assert set(told) == {"statements", "count", "not_used"}
        for number, (one, drawn) in enumerate(zip(told["statements"], many, strict=True), 1):
            found = object_of(fr, one["statement"])
            assert (one["number"], one["name"]) == (number, drawn["properties"]["name"])
            assert found.properties["name"] == one["name"]
            centre = one["understood_as"]["volumes"][0]["area"]["centre"]
            assert [centre["lon"], centre["lat"]] == drawn["geometry"]["coordinates"]
            assert one["released_to"] == ["ru"]
        await ru.syncs(fr)
        assert len(await asked(ru, "inbox")) == len(many)

    run(story)


def test_many_places_are_logged_together_or_not_at_all() -> None:
    fr, faults = faulty()

    async def story() -> None:
        size = fr.store.size()
        faults.failing = ("commit", "before")
        answer = await perform(fr.node, fr.sync, "protect", {"geojson": CLINICS, "function": "hospital"})
        assert answer["error"]["code"] == "storage"
        assert (fr.store.size(), said(fr)) == (size, size)

    run(story)


def test_one_place_that_cannot_be_said_stops_all_and_is_named() -> None:
    [fr] = parties("fr")
    bad = collection(place(1, 1, name="one"), place(2, 2, name="two\nlines"))

    async def story() -> None:
        code, where, message = await refused(fr, "protect", geojson=bad, function="hospital")
        assert (code, where) == ("not-stix", "--name")
        assert message.startswith("feature 2, “two⏎lines”: ")

    run(story)


@pytest.mark.parametrize(
    ("precision", "radius", "more"),
    [("widened:5", "5,000 m", ""), ("call", "", "; nothing of what it is, but whom to call"), ("exact", None, "")],
)
@pytest.mark.parametrize("file", [POINT, CLINICS])
def test_what_others_are_told_of_a_place_that_is_not_exact_is_said_before_and_after(
    file: str, precision: str, radius: str | None, more: str
) -> None:
    fr, _ = parties("fr", "ru")
    given = {"geojson": file, "function": "hospital", "precision": precision, "contact": "+41", "to": ["ru"]}

    async def story() -> None:
        for dry_run in (True, False):
            told = await asked(fr, "protect", **given, dry_run=dry_run)
            for one in told.get("statements", [told]):
                if radius is None:
                    assert "told_as" not in one
                    continue
                assert one["told_as"].startswith(f"somewhere within a circle of radius {radius}")
                assert one["told_as"].endswith(more)
                assert ("which is drawn when it is said" in one["told_as"]) is dry_run
                if not dry_run:
                    shown = await asked(fr, "show", statement=one["statement"])
                    assert one["told_as"].removesuffix(more) in shown["understood_as"]["text"]

    run(story)


def test_a_new_version_that_keeps_its_circle_says_which_and_one_that_gets_another_does_not_before_it_has_it() -> None:
    fr, _ = parties("fr", "ru")

    async def story() -> None:
        said = await protected(fr, precision="widened:5", to=["ru"])
        more = {"replaces": said["statement"], "dry_run": True}
        assert (await asked(fr, "protect", **more, contact="+41"))["told_as"] == said["told_as"]
        away = json.dumps({"type": "Point", "coordinates": [50.0, 35.0]})
        moved = await asked(fr, "protect", **more, geojson=away)
        assert moved["told_as"] == "somewhere within a circle of radius 5,000 m, which is drawn when it is said"
        assert "told_as" not in await asked(fr, "protect", **more, withdraw=True)

    run(story)


def test_each_of_many_places_gets_its_own_circle() -> None:
    fr, _ = parties("fr", "ru")
    same = collection(*(place(32.5, 15.6, name=f"{number}") for number in range(4)))

    async def story() -> None:
        told = await asked(fr, "protect", geojson=same, function="hospital", precision="widened:10", to=["ru"])
        centres = set()
        for one in told["statements"]:
            [around] = site.read(object_of(fr, one["statement"])).area.parts
            assert isinstance(around, Circle)
            centres.add((around.lon, around.lat))
            assert site.read(object_of(fr, one["exact"])).is_exact
        assert (len(centres), said(fr)) == (4, 1 + 4 * 3)

    run(story)


@given(st.integers(2, 30), st.booleans())
def test_however_many_places_there_are_never_are_two_of_them_one_statement(count: int, widened: bool) -> None:
    [fr] = parties("fr")
    file = collection(*(place(number / 7, 0, name=f"{number}") for number in range(count)))
    given = {"precision": "widened:5"} if widened else {}

    async def story() -> None:
        told = await asked(fr, "protect", geojson=file, function="hospital", **given)
        objects = [one["object"] for one in told["statements"]]
        assert len(set(objects)) == len(objects) == count
        for one in told["statements"]:
            assert len(site.read(object_of(fr, one["statement"])).area.parts) == 1

    run(story)


@pytest.mark.parametrize(
    ("changed", "place_"),
    [
        ({"name": "all of them"}, "--name"),
        ({"names": ["fr=tous"]}, "--also-named"),
        ({"as_received": "32 E"}, "--as-received"),
        ({"replaces": "0" * 64}, "--replaces"),
        ({"name_from": "title"}, "--name-from"),
    ],
)
def test_what_is_of_one_place_is_refused_with_many(changed: dict[str, Any], place_: str) -> None:
    [fr] = parties("fr")
    found = run(lambda: refused(fr, "protect", **{"geojson": CLINICS, "function": "hospital", **changed}))
    assert found[:2] == ("bad-argument", place_)


def test_all_features_of_a_check_are_one_operation() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await protected(ru, to=["fr"])
        await fr.syncs(ru)
        both = collection(place(0, 0, radius_m=10), place(36.0, 35.0, radius_m=10))
        found = await asked(fr, "check", geojson=both, **TIMES)
        assert [one["rule"] for one in found["objections"]] == ["protected"]
        assert len(found["understood_as"]["volumes"][0]["area"]["parts"]) == 2

    run(story)


# -- names

MIXED = collection(
    place(1, 1, NAME="Первая", OSM_ID=7), place(2, 2, NAME=None, OSM_ID=8), place(3, 3, NAME="  ", OSM_ID=9)
)


@pytest.mark.parametrize(
    ("name_from", "names"),
    [("NAME,OSM_ID", ["Первая", "8", "9"]), ("NAME,", ["Первая", None, None]), ("", [None] * 3)],
)
def test_the_property_that_names_each_place_is_asked_for(name_from: str, names: list[str | None]) -> None:
    [fr] = parties("fr")

    async def story() -> None:
        told = await asked(fr, "protect", geojson=MIXED, function="hospital", name_from=name_from)
        assert [one["name"] for one in told["statements"]] == names
        assert [object_of(fr, one["statement"]).properties.get("name") for one in told["statements"]] == names

    run(story)


def test_a_place_without_a_name_among_many_is_named_by_its_number_with_the_properties_that_it_has() -> None:
    [fr] = parties("fr")

    async def story() -> None:
        code, where, message = await refused(fr, "protect", geojson=MIXED, function="hospital", name_from="NAME")
        assert (code, where) == ("bad-argument", "--name-from")
        assert message.startswith(
            "feature 2 has no name in its property “NAME”, nor do 1 more; its properties: “NAME”, “OSM_ID”"
        )
        _, _, message = await refused(fr, "protect", geojson=MIXED, function="hospital")
        assert message.startswith(
            "feature 1 has no name in its property “name”, nor do 2 more; its properties: “NAME”, “OSM_ID”"
        )

    run(story)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({}, "Clinic"),
        ({"name": "Other"}, "Other"),
        ({"name_from": ""}, None),
        ({"name_from": "code"}, "7"),
    ],
)
def test_one_place_takes_its_own_name_and_may_do_without(given: dict[str, Any], name: str | None) -> None:
    [fr] = parties("fr")

    async def story() -> None:
        one = await protected(fr, geojson=json.dumps(place(1, 1, name="Clinic", code=7)), **given)
        assert object_of(fr, one["statement"]).properties.get("name") == name
        assert "number" not in one
        unnamed = await protected(fr)
        assert "name" not in object_of(fr, unnamed["statement"]).properties

    run(story)


# -- points without extent


@pytest.mark.parametrize("operation", ["notice", "check"])
@pytest.mark.parametrize(
    "file", [POINT, json.dumps(place(36, 35)), collection(place(1, 1, radius_m=5), place(36, 35, name="Heliport"))]
)
def test_a_point_without_a_radius_is_no_operation(operation: str, file: str) -> None:
    [fr] = parties("fr")
    code, where, message = run(lambda: refused(fr, operation, geojson=file, **TIMES, name_from=""))
    assert (code, where) == ("bad-argument", "FILE.geojson")
    assert message.endswith("a Point has no extent: say radius_m in metres; 0 for the point itself")
    assert message.startswith("feature 2, “Heliport”" if "Heliport" in file else "feature 1: ")


@given(st.floats(-180, 180), st.floats(-90, 90), st.floats(0, 5_000_000))
def test_a_point_is_an_operation_as_soon_as_its_radius_is_said_even_0(lon: float, lat: float, radius_m: float) -> None:
    [fr] = parties("fr")

    async def story() -> None:
        with_radius, bare = spot(lon, lat, radius_m), json.dumps(place(lon, lat))
        for operation in ("notice", "check"):
            assert "understood_as" in await asked(fr, operation, geojson=with_radius, **TIMES)
            assert (await refused(fr, operation, geojson=bare, **TIMES))[0] == "bad-argument"
        assert "understood_as" in await protected(fr, geojson=bare)

    run(story)


# -- times


def test_a_new_notice_that_is_over_is_refused_with_the_date_that_was_read_unless_it_is_meant() -> None:
    [fr] = parties("fr")

    async def story() -> None:
        assert await refused(fr, "notice", geojson=AREA, **PAST) == (
            "bad-argument",
            "--until",
            (
                "the time read is past: it ended on Wednesday 2025-11-26 14:00Z, 364 days ago: did you mean 2026-11-26? "
                "If not, --past says it all the same"
            ),
        )
        assert "statement" in await notified(fr, **PAST, past=True)
        assert (await refused(fr, "notice", geojson=AREA, **PAST, far=True))[1] == "--until"

    run(story)


def test_a_new_notice_that_is_years_away_is_refused_with_the_date_that_was_read_unless_it_is_meant() -> None:
    [fr] = parties("fr")

    async def story() -> None:
        assert await refused(fr, "notice", geojson=AREA, **FAR) == (
            "bad-argument",
            "--from",
            (
                "the time read is far away: it begins on Sunday 2062-12-24 12:00Z, in 36 years: did you mean 2026-12-24? "
                "If not, --far says it all the same"
            ),
        )
        assert "statement" in await notified(fr, **FAR, far=True)
        assert (await refused(fr, "notice", geojson=AREA, **FAR, past=True))[1] == "--from"

    run(story)


def test_a_notice_whose_times_are_not_stated_again_may_be_over() -> None:
    [fr] = parties("fr")

    async def story() -> None:
        flight = await notified(fr, **PAST, past=True)
        assert "statement" in await asked(fr, "notice", replaces=flight["statement"], state="ended")

    run(story)


@pytest.mark.parametrize(
    ("times", "warning"),
    [
        (TIMES, None),
        (PAST, ("the time asked about is past: it ended on Wednesday 2025-11-26 14:00Z, 364 days ago; for then what others "
         "plan cannot be known")),
        (FAR, ("the time asked about is far away: it begins on Sunday 2062-12-24 12:00Z, in 36 years; for then what others "
         "plan cannot be known")),
        ({**TIMES, "until": "2027-01-26T12:00:00Z"}, "the time asked about is long: it lasts 61 days, more than 30 days"),
    ],
)  # fmt: skip
def test_a_check_says_before_all_else_that_its_time_is_past_or_far_away_or_long(
    times: dict[str, str], warning: str | None
) -> None:
    [fr] = parties("fr")

    async def story() -> None:
        found = await asked(fr, "check", geojson=AREA, **times)
        assert found["time_warning"] == warning
        assert found["text"].splitlines()[0] == (warning or found["text"].splitlines()[0])
        assert "this is not a clearance" in found["text"]
        await protected(fr)
        assert (await asked(fr, "check", geojson=AREA, **times))["objections"] != []

    run(story)


# -- buffers


@pytest.mark.parametrize("buffer", ["500", "m", "0.5 leagues", "-3m", "1e3m", "500m500m"])
def test_a_buffer_is_a_length_with_its_unit(buffer: str) -> None:
    [fr] = parties("fr")
    found = run(lambda: refused(fr, "notice", geojson=AREA, **TIMES, buffer=buffer))
    assert found[:2] == ("bad-argument", "--buffer")


ROUTE = json.dumps({"type": "LineString", "coordinates": [[36.40, 35.08], [36.55, 35.15], [36.612, 35.204]]})


def test_a_movement_says_its_window_and_how_far_around_its_line_it_reaches() -> None:
    """UNDERSTOOD-AS-12."""
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        moving = {"geojson": ROUTE, "function": "movement", "buffer": "500m", "to": ["ru"]}
        assert (await refused(fr, "protect", **moving, **PAST))[1] == "--until"
        assert (await refused(fr, "protect", **moving, **FAR))[1] == "--from"
        told = await asked(fr, "protect", **moving, **TIMES)
        read = told["understood_as"]
        assert read["window"] == {"from": "2026-11-26T12:00:00.000Z", "until": "2026-11-26T14:00:00.000Z"}
        lines = read["text"].splitlines()
        assert "buffer: 500m around what is drawn" in lines
        assert lines[-1] == (
            "on its way: Thursday 2026-11-26 12:00Z until 14:00Z, in 2 h; lasts 2 h; protected at all other times too"
        )
        assert 20 < read["volumes"][0]["area"]["km2"] < 40
        await ru.syncs(fr)
        heard = (await asked(ru, "show", statement=told["statement"]))["understood_as"]
        assert (heard["volumes"], heard["window"]) == (read["volumes"], read["window"])
        checked = await asked(fr, "check", geojson=ROUTE, buffer="500m", **TIMES)
        assert "buffer: 500m around what is drawn" in checked["understood_as"]["text"]

    run(story)
