"""A new version keeps what is not repeated - properties, audience, terms, precision - and says what it changes."""

import asyncio
import base64
import json
from typing import Any

import pytest

from comity.app.changed import in_words
from comity.app.operations import perform
from comity.model import content, release, site
from comity.model.marking import Onward, Terms, Tlp
from comity.space import instant
from conformance.vectors import notice as notices
from conformance.vectors import protected_site as sites
from conformance.vectors.cast import uuid
from unit.app.places import AREA, NEAR, POINT, TIMES, asked, heard_by, notified, object_of, protected, refused
from world import Party, parties, run

LATE = {"from": "2026-11-26T13:00:00Z", "until": "2026-11-26T15:00:00Z"}
WORDS = {"name": "N", "kind": "K", "callsign": "C", "transponder": "T", "contact": "+1", "frequency": "121.5"}
SITE: dict[str, Any] = {"name": "N", "names": ["ar=المستشفى"], "contact": "+1", "as_received": "35 N 36 E"}
SITE |= {"reverify_by": "2027-01-01T00:00:00Z"}


TWO = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"name": str(lon), "radius_m": 500}, "geometry": json.loads(point)}
            for lon, point in enumerate((POINT, NEAR))
        ],
    }
)


def fields(said: Any) -> list[str]:
    return [one["field"] for one in said["changed"]]


def terms_by(party: Party, statement: str) -> dict[str, Terms]:
    node = party.node
    rows = [row for row in node.store.releases_of(node.resolve(statement)) if not row.withdrawn]
    return {node.party_name(row.to): release.read(node.at(row.index).signed.object).terms for row in rows}


# -- notices


def test_a_time_slip_needs_no_file_and_keeps_every_word() -> None:
    fr, _ru = parties("fr", "ru")

    async def story() -> None:
        first = await notified(fr, floor="100 m MSL", ceiling="FL200", to=["ru"], state="active", **WORDS)
        second = await asked(fr, "notice", replaces=first["statement"], **LATE)
        old, new = (object_of(fr, one["statement"]) for one in (first, second))
        written = {name: instant.text(instant.parse(at)) for name, at in LATE.items()}
        assert new.properties == {
            **old.properties,
            "modified": new.properties["modified"],
            "volumes": [{**old.properties["volumes"][0], **written}],
        }
        assert second["changed"] == [
            {"field": "from", "from": "2026-11-26T12:00:00.000Z", "to": "2026-11-26T13:00:00.000Z"},
            {"field": "until", "from": "2026-11-26T14:00:00.000Z", "to": "2026-11-26T15:00:00.000Z"},
        ]
        assert (second["replaces"], second["released_to"]) == (first["statement"], ["ru"])

    run(story)


@pytest.mark.parametrize(
    ("given", "changed"),
    [
        *(({name: "other"}, [name]) for name in WORDS),
        ({"state": "ended"}, ["state"]),
        ({"floor": "200 m MSL"}, ["floor"]),
        ({"ceiling": "FL210"}, ["ceiling"]),
        ({"until": "2026-11-26T14:30:00Z"}, ["until"]),
        ({"geojson": NEAR.replace("Point", "Point")}, ["area"]),
        *(({"empty": [name]}, [name]) for name in (*WORDS, "floor", "ceiling", "serves")),
        ({"empty": ["floor"], "kind": "other"}, ["floor", "kind"]),
    ],
)
def test_what_is_given_changes_and_nothing_else(given: dict[str, Any], changed: list[str]) -> None:
    [fr] = parties("fr")
    if "geojson" in given:
        given = {
            "geojson": json.dumps({"type": "Feature", "geometry": json.loads(POINT), "properties": {"radius_m": 900}})
        }

    async def story() -> None:
        base = await protected(fr)
        first = await notified(fr, floor="100 m MSL", ceiling="FL200", serves=[base["statement"]], **WORDS)
        second = await asked(fr, "notice", replaces=first["statement"], **given)
        assert sorted(fields(second)) == sorted(changed)
        assert object_of(fr, second["statement"]).id == object_of(fr, first["statement"]).id

    run(story)


@pytest.mark.parametrize("name", ["state", "from", "until", "volumes", "area", "id", "created", "revoked", "nothing"])
def test_a_required_field_is_not_emptied(name: str) -> None:
    [fr] = parties("fr")

    async def story() -> None:
        first = await notified(fr, **WORDS)
        code, place, message = await refused(fr, "notice", replaces=first["statement"], empty=[name])
        assert (code, place) == ("bad-argument", "--clear")
        assert message.startswith("what may be emptied is callsign, ceiling, contact")

    run(story)


def test_a_field_is_not_given_and_emptied_at_once() -> None:
    [fr] = parties("fr")

    async def story() -> None:
        first = await notified(fr)
        found = await refused(fr, "notice", replaces=first["statement"], empty=["kind"], kind="x")
        assert found == ("bad-argument", "--clear", "kind is given a value as well")
        assert (await refused(fr, "notice", geojson=AREA, **TIMES, empty=["kind"]))[1] == "--clear"
        assert (await refused(fr, "protect", geojson=POINT, function="food", empty=["name"]))[1] == "--clear"

    run(story)


def test_where_nothing_changes_nothing_is_said_and_who_has_it_not_yet_is_given_what_stands() -> None:
    fr, _ru, _us = parties("fr", "ru", "us")

    async def story() -> None:
        first = await notified(fr, kind="patrol", to=["ru"])
        size = fr.node.journal.tree.size
        for args in ({}, {"kind": "patrol"}, {"geojson": AREA, **TIMES}, {"state": "planned"}, {"empty": ["contact"]}):
            again = await asked(fr, "notice", replaces=first["statement"], **args)
            assert (again["statement"], again["changed"]) == (first["statement"], [])
        assert fr.node.journal.tree.size == size
        again = await asked(fr, "notice", replaces=first["statement"], to=["us"], dry_run=True)
        assert (fr.node.journal.tree.size, "statement" in again) == (size, False)
        await asked(fr, "notice", replaces=first["statement"], to=["us"])
        assert heard_by(fr, first["statement"]) == ["ru", "us"]

    run(story)


def test_a_dry_run_of_a_new_version_says_what_would_change_and_writes_nothing() -> None:
    fr, _ru = parties("fr", "ru")

    async def story() -> None:
        first = await notified(fr, to=["ru"])
        size = fr.node.journal.tree.size
        shown = await asked(fr, "notice", replaces=first["statement"], kind="x", dry_run=True)
        assert (shown["dry_run"], fields(shown), shown["released_to"]) == (True, ["kind"], ["ru"])
        assert ("statement" in shown, fr.node.journal.tree.size) == (False, size)

    run(story)


def test_what_was_taken_back_has_no_later_version() -> None:
    [fr] = parties("fr")

    async def story() -> None:
        first = await protected(fr)
        gone = await asked(fr, "protect", replaces=first["statement"], withdraw=True)
        for args in ({"name": "x"}, {"withdraw": True}):
            code, place, message = await refused(fr, "protect", replaces=gone["statement"], **args)
            assert (code, place) == ("bad-argument", "--replaces")
            assert "say it anew" in message

    run(story)


@pytest.mark.parametrize(
    ("operation", "args", "place"),
    [
        ("protect", {"also": True}, "--also"),
        ("protect", {"withdraw": True, "name": "x"}, "--withdraw"),
        ("protect", {"withdraw": True, "geojson": POINT}, "--withdraw"),
        ("protect", {"geojson": TWO}, "--replaces"),
        ("notice", {"geojson": TWO}, "--replaces"),
    ],
)
def test_what_a_version_of_one_place_cannot_be_told_is_refused_and_not_passed_over(
    operation: str, args: dict[str, Any], place: str
) -> None:
    [fr] = parties("fr")

    async def story() -> None:
        first = await (protected(fr) if operation == "protect" else notified(fr))
        found = await refused(fr, operation, replaces=first["statement"], **args)
        assert found[:2] == ("bad-argument", place)

    run(story)


@pytest.mark.parametrize("operation", ["protect", "notice"])
def test_times_that_are_over_are_moved_to_only_if_that_is_meant(operation: str) -> None:
    [fr] = parties("fr")
    over = {"from": "2025-11-26T12:00:00Z", "until": "2025-11-26T14:00:00Z"}

    async def story() -> None:
        first = await (
            protected(fr, geojson=AREA, function="movement", **TIMES) if operation == "protect" else notified(fr)
        )
        code, place, message = await refused(fr, operation, replaces=first["statement"], **over)
        assert (code, place) == ("bad-argument", "--until")
        assert "--past" in message
        second = await asked(fr, operation, replaces=first["statement"], past=True, **over)
        # What is over may be named or ended: its times are not stated again.
        third = await asked(fr, operation, replaces=second["statement"], name="over")
        assert fields(third) == ["name"]

    run(story)


def test_the_words_for_people_name_each_field_with_what_it_was() -> None:
    changed = [
        {"field": "until", "from": "2026-11-26T13:00:00.000Z", "to": "2026-11-26T14:00:00.000Z"},
        {"field": "from", "from": "2026-11-26T13:00:00Z", "to": "2026-11-27T13:00:05Z"},
        {"field": "volumes/1/floor", "from": "100 m MSL", "to": None},
        {"field": "kind", "from": None, "to": "two\nlines -> none"},
        {"field": "area", "from": json.loads(POINT), "to": json.loads(NEAR)},
        {"field": "names", "from": None, "to": [{"text": "المستشفى", "lang": "ar"}]},
        {"field": "x_else", "from": {"a": [1]}, "to": 2},
    ]
    assert [str(line) for line in in_words({"changed": changed})["changed"]] == [
        "until: 2026-11-26 13:00Z -> 14:00Z",
        "from: 2026-11-26 13:00Z -> 2026-11-27 13:00:05Z",
        "floor of volume 2: “100 m MSL” -> none",
        "kind: none -> “two⏎lines -> none”",
        "area: a point at 35.0000000 N, 36.0000000 E -> a point at 35.0000000 N, 36.0010000 E",
        "names: none -> “المستشفى”",
        'x_else: “{"a": [1]}” -> 2',
    ]


# -- terms


def test_a_new_version_goes_on_the_terms_of_the_old_one_to_each_who_had_it() -> None:
    """TLP:RED would otherwise become amber by a slip of half an hour."""
    fr, _ru, _us, _un = parties("fr", "ru", "us", "un")

    async def story() -> None:
        first = await notified(fr, to=["ru"], tlp="red")
        await asked(fr, "release", statement=first["statement"], to=["us"], tlp="green", onward="may")
        second = await asked(fr, "notice", replaces=first["statement"], **LATE)
        kept = {"ru": Terms(Tlp.RED), "us": Terms(Tlp.GREEN, Onward.MAY)}
        assert terms_by(fr, second["statement"]) == kept
        assert (second["tlp"], second["onward"]) == ("red", "never")
        # Who is new gets it on the most restrictive terms; what is given holds for all.
        third = await asked(fr, "notice", replaces=second["statement"], kind="x", to=["un"])
        assert terms_by(fr, third["statement"]) == {**kept, "un": Terms(Tlp.RED)}
        fourth = await asked(fr, "notice", replaces=third["statement"], kind="y", tlp="amber+strict")
        assert terms_by(fr, fourth["statement"]) == {
            "ru": Terms(Tlp.AMBER_STRICT),
            "us": Terms(Tlp.AMBER_STRICT, Onward.MAY),
            "un": Terms(Tlp.AMBER_STRICT),
        }

    run(story)


def test_a_time_to_answer_by_is_kept_until_it_is_past() -> None:
    fr, _ru = parties("fr", "ru")

    async def story() -> None:
        by = "2026-11-26T10:30:00Z"
        first = await notified(fr, to=["ru"], answer_by=by)
        second = await asked(fr, "notice", replaces=first["statement"], kind="x")
        assert terms_by(fr, second["statement"])["ru"].answer_by == instant.parse(by)
        await asyncio.sleep(3600)
        third = await asked(fr, "notice", replaces=second["statement"], kind="y")
        assert terms_by(fr, third["statement"])["ru"].answer_by is None

    run(story)


# -- sites


@pytest.mark.parametrize("precision", ["exact", "widened:5"])
@pytest.mark.parametrize(
    ("given", "changed"),
    [
        ({"name": "other"}, ["name"]),
        ({"names": ["Больница"]}, ["names"]),
        ({"contact": "+2"}, ["contact"]),
        ({"function": "school"}, ["function"]),
        ({"reverify_by": "2028-01-01T00:00:00Z"}, ["reverify_by"]),
        *(({"empty": [name]}, [name.replace("-", "_")]) for name in ("name", "contact", "reverify-by")),
        ({"empty": ["also-named"]}, ["names"]),
    ],
)
def test_a_site_keeps_what_is_not_given_at_each_precision(
    given: dict[str, Any], changed: list[str], precision: str
) -> None:
    """PROTECTED-SITE-22."""
    fr, _ru = parties("fr", "ru")

    async def story() -> None:
        first = await protected(fr, precision=precision, to=["ru"], **SITE)
        second = await asked(fr, "protect", replaces=first["statement"], **given)
        assert fields(second) == changed
        old, new = (object_of(fr, one["statement"]).properties for one in (first, second))
        kept = {name: value for name, value in old.items() if name not in (*changed, "modified")}
        assert kept == {name: value for name, value in new.items() if name not in (*changed, "modified")}
        assert (second["precision"], second["released_to"]) == (old["precision"], ["ru"])

    run(story)


@pytest.mark.parametrize("name", ["function", "area", "precision", "widened_m", "id", "from_whom"])
def test_what_a_site_must_have_is_not_emptied(name: str) -> None:
    [fr] = parties("fr")

    async def story() -> None:
        first = await protected(fr, **SITE)
        assert (await refused(fr, "protect", replaces=first["statement"], empty=[name]))[:2] == (
            "bad-argument",
            "--clear",
        )

    run(story)


def test_the_contact_of_an_area_to_call_about_is_not_emptied_nor_is_it_given_a_name() -> None:
    [fr] = parties("fr")

    async def story() -> None:
        first = await protected(fr, precision="call", **SITE)
        for given, place in (
            ({"empty": ["contact"]}, "--contact"),
            ({"name": "N"}, "--name"),
            ({"function": "food"}, "--function"),
        ):
            assert (await refused(fr, "protect", replaces=first["statement"], **given))[:2] == ("not-stix", place)

    run(story)


def test_a_movement_is_said_with_its_window_slips_and_is_served_by_no_window_elsewhere() -> None:
    [fr] = parties("fr")

    async def story() -> None:
        first = await protected(fr, geojson=AREA, function="movement", **TIMES)
        window = site.read(object_of(fr, first["statement"])).window
        assert window is not None
        assert (window.start, window.end) == tuple(instant.parse(at) for at in TIMES.values())
        second = await asked(fr, "protect", replaces=first["statement"], until=LATE["until"])
        assert fields(second) == ["until"]
        assert (await refused(fr, "protect", geojson=AREA, function="movement"))[:2] == ("not-stix", "--from")
        assert (await refused(fr, "protect", geojson=POINT, function="hospital", **TIMES))[:2] == ("not-stix", "--from")
        found = await refused(fr, "protect", replaces=second["statement"], empty=["until"])
        assert found[:2] == ("not-stix", "--until")
        third = await asked(fr, "protect", replaces=second["statement"], function="convoy", empty=["from", "until"])
        assert sorted(fields(third)) == ["from", "function", "until"]

    run(story)


def test_a_date_of_verification_that_is_past_is_pointed_out_and_lowers_nothing() -> None:
    fr, _ru = parties("fr", "ru")

    async def story() -> None:
        first = await protected(fr, reverify_by="2001-01-01T00:00:00Z", to=["ru"])
        assert "is past" in first["pointed_out"][0]
        second = await asked(fr, "protect", replaces=first["statement"], name="N")
        assert "pointed_out" not in second
        assert "pointed_out" not in await protected(fr, reverify_by="2031-01-01T00:00:00Z")

    run(story)


def test_a_coordinate_as_received_that_stands_beside_another_place_is_pointed_out() -> None:
    [fr] = parties("fr")

    async def story() -> None:
        first = await protected(fr, **SITE)
        second = await asked(fr, "protect", replaces=first["statement"], geojson=NEAR)
        assert "as_received is still '35 N 36 E'" in second["pointed_out"][0]
        third = await asked(fr, "protect", replaces=second["statement"], geojson=POINT, as_received="35 N 36 E or so")
        assert "pointed_out" not in third

    run(story)


# -- whom it serves


def test_a_site_that_is_served_is_named_by_any_of_its_statements_and_by_its_exact_id_alone() -> None:
    """NOTICE-19, PROTECTED-SITE-21."""
    fr, _ru = parties("fr", "ru")

    async def story() -> None:
        said = await protected(fr, precision="widened:5", name="Clinic", to=["ru"])
        call = await protected(fr, precision="call", contact="+41", also=True, to=["ru"])
        exact = object_of(fr, said["exact"]).id
        forms = [said["statement"], call["statement"], said["exact"]]
        for name in (*forms, "@Clinic", exact):
            flight = await notified(fr, serves=[name])
            assert object_of(fr, flight["statement"]).properties["serves"] == [exact]
        flight = await notified(fr, serves=forms)
        assert object_of(fr, flight["statement"]).properties["serves"] == [exact]
        convoy = await protected(
            fr, geojson=AREA, function="convoy", serves=[call["statement"]], precision="widened:50"
        )
        assert object_of(fr, convoy["exact"]).properties["serves"] == [exact]
        assert exact.encode() not in object_of(fr, convoy["statement"]).raw

    run(story)


def test_of_a_place_that_stands_in_no_exact_form_only_one_form_is_named() -> None:
    """The liar: both ids in one object would tell that the two circles are of one place, and the place lies in both."""
    [fr] = parties("fr")

    async def story() -> None:
        said = await protected(fr, precision="widened:5")
        call = await protected(fr, precision="call", contact="+41", also=True)
        await asked(fr, "protect", replaces=said["exact"], withdraw=True)
        both = [said["statement"], call["statement"]]
        assert (await refused(fr, "notice", geojson=AREA, **TIMES, serves=both))[:2] == ("bad-argument", "--serves")
        one = await notified(fr, serves=both[:1])
        assert object_of(fr, one["statement"]).properties["serves"] == [object_of(fr, both[0]).id]

    run(story)


def test_a_form_that_may_stand_for_two_places_serves_neither_until_one_is_named() -> None:
    [fr] = parties("fr")

    async def story() -> None:
        said = await protected(fr, precision="widened:5")
        other = await protected(fr, geojson=NEAR)
        code, place, message = await refused(fr, "notice", geojson=AREA, **TIMES, serves=[said["statement"]])
        assert (code, place) == ("ambiguous", "--serves")
        assert said["exact"][:12] in message
        assert other["statement"][:12] in message
        # A name that two places share names neither.
        for at in (POINT, json.dumps({"type": "Point", "coordinates": [50.0, 35.0]})):
            await protected(fr, geojson=at, name="Post", function="food")
        assert (await refused(fr, "notice", geojson=AREA, **TIMES, serves=["@Post"]))[:2] == ("ambiguous", "--serves")

    run(story)


def test_what_is_no_site_of_ours_in_force_is_not_served() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        theirs = await protected(ru, to=["fr"])
        await fr.syncs(ru)
        flight = await notified(fr)
        gone = await protected(fr)
        await asked(fr, "protect", replaces=gone["statement"], withdraw=True)
        wrong = {
            theirs["statement"]: "not-ours",
            flight["statement"]: "bad-argument",
            gone["statement"]: "bad-argument",
        }
        for name, code in wrong.items():
            assert (await refused(fr, "notice", geojson=AREA, **TIMES, serves=[name]))[:2] == (code, "--serves")
        slip = await refused(fr, "protect", replaces=theirs["statement"], name="N")
        assert slip[:2] == ("not-ours", "--replaces")
        own = await protected(fr)
        assert (await refused(fr, "protect", replaces=own["statement"], serves=[own["statement"]]))[1] == "--serves"

    run(story)


def test_who_is_told_an_id_of_a_site_that_he_was_not_told_is_pointed_out() -> None:
    fr, _ru, _us = parties("fr", "ru", "us")

    async def story() -> None:
        said = await protected(fr, precision="widened:5", to=["ru"])
        await asked(fr, "release", statement=said["exact"], to=["us"])
        told = await notified(fr, serves=[said["exact"]], to=["ru", "us"])
        [note] = told["pointed_out"]
        assert note.startswith("ru was not told protected-site--")
        shown = await notified(fr, serves=[said["exact"]], to=["ru"], dry_run=True)
        assert len(shown["pointed_out"]) == 1
        assert "pointed_out" not in await notified(fr, serves=[said["exact"]], to=["us"])

    run(story)


def test_it_is_pointed_out_once_and_again_when_somebody_else_is_told() -> None:
    fr, _ru, _us = parties("fr", "ru", "us")

    async def story() -> None:
        said = await protected(fr, precision="widened:5")
        first = await notified(fr, serves=[said["exact"]], to=["ru"])
        second = await asked(fr, "notice", replaces=first["statement"], kind="x")
        assert ("pointed_out" in first, "pointed_out" in second) == (True, False)
        given = await asked(fr, "release", statement=second["statement"], to=["us"])
        assert given["pointed_out"][0].startswith("us was not told protected-site--")
        third = await asked(fr, "notice", replaces=second["statement"], kind="y")
        assert "pointed_out" not in third

    run(story)


@pytest.mark.parametrize("kind", ["notice", "protected-site"])
def test_an_object_said_as_it_is_does_not_join_forms_of_one_place_either(kind: str) -> None:
    """NOTICE-19, PROTECTED-SITE-21: the liar writes the file himself."""
    [fr] = parties("fr")

    async def story() -> None:
        said = await protected(fr, precision="widened:5")
        call = await protected(fr, precision="call", contact="+41", also=True)
        exact, form, other = (object_of(fr, one).id for one in (said["exact"], said["statement"], call["statement"]))
        make = notices.notice if kind == "notice" else sites.site
        for serves, place in (([exact, form], "/serves/1"), ([form], "/serves/0"), ([other], "/serves/0")):
            raw = base64.b64encode(content.dump(make(serves=serves))).decode()
            assert (await refused(fr, "say", raw=raw))[:2] == ("bad-argument", place)
        await asked(fr, "protect", replaces=said["exact"], withdraw=True)
        raw = base64.b64encode(content.dump(make(serves=[form, other]))).decode()
        assert (await refused(fr, "say", raw=raw))[:2] == ("bad-argument", "/serves/0")
        for serves in ([form], [exact]):
            raw = base64.b64encode(content.dump(make(serves=serves, id=f"{kind}--{uuid(serves[0])}"))).decode()
            assert "statement" in await asked(fr, "say", raw=raw)

    run(story)


def test_a_new_version_is_not_said_without_a_node_that_can_write() -> None:
    """Nothing of a version and of what follows it is said if it cannot be logged."""
    [fr] = parties("fr")

    async def story() -> None:
        first = await notified(fr)
        fr.node.journal.read_only = "for a test"
        answer = await perform(fr.node, fr.sync, "notice", {"replaces": first["statement"], "kind": "x"})
        assert answer["error"]["code"] == "read-only"

    run(story)
