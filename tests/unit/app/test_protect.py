"""Saying protected sites at real nodes: how exactly, to whom, versions, what they meet, and what is refused."""

import base64
from typing import Any

import pytest

from comity.app.operations import perform
from comity.model import content, site
from comity.model.site import Function, Precision
from comity.space.area import Circle
from unit.app.places import (
    AREA,
    NEAR,
    POINT,
    TIMES,
    asked,
    heard_by,
    notified,
    object_of,
    protected,
    record_of,
    refused,
)
from unit.node.faulty import faulty, reopen
from world import MemoryWire, Party, parties, run

SITE = {"geojson": POINT, "function": "hospital"}


def test_an_exact_site_is_one_statement_and_echoes_the_place_as_it_was_understood() -> None:
    fr, _ru = parties("fr", "ru")

    async def story() -> None:
        said = await protected(
            fr,
            name="City hospital",
            names=["ar=المستشفى", "Больница"],
            contact="+41 22",
            reverify_by="2026-12-26T00:00:00Z",
            as_received="35 N 36 E",
            to=["ru"],
        )
        found = site.read(object_of(fr, said["statement"]))
        assert said["understood_as"]["text"].startswith("area: a point at 35.0000 N, 36.0000 E")
        assert (said["precision"], "exact" in said) == ("exact", False)
        assert [(one.text, one.lang) for one in found.names] == [("المستشفى", "ar"), ("Больница", None)]
        assert (found.name, found.contact, found.as_received) == ("City hospital", "+41 22", "35 N 36 E")
        assert fr.node.journal.tree.size == 3

    run(story)


@pytest.mark.parametrize(("precision", "radius_m"), [("widened:5", 5_000), ("call", 25_000)])
def test_a_site_told_less_exactly_is_logged_exactly_for_its_own_party(precision: str, radius_m: int) -> None:
    """PROTECTED-SITE-14: two objects, which nothing in them joins."""
    fr, _ = parties("fr", "ru")

    async def story() -> None:
        said = await protected(fr, precision=precision, name="N", contact="+41", as_received="35 N 36 E", to=["ru"])
        exact, told = (object_of(fr, said[name]) for name in ("exact", "statement"))
        assert (heard_by(fr, said["exact"]), heard_by(fr, said["statement"])) == ([], ["ru"])
        assert site.read(exact).is_exact
        less = site.read(told)
        [circle] = less.area.parts
        assert isinstance(circle, Circle)
        assert (circle.radius_m, less.as_received, exact.id != told.id) == (radius_m, None, True)
        assert exact.id.encode() not in told.raw
        assert (less.function is Function.UNDISCLOSED, less.name is None) == ((precision == "call"),) * 2
        assert said["understood_as"]["text"].startswith("area: a point at 35.0000 N, 36.0000 E")

    run(story)


@pytest.mark.parametrize(
    ("event", "when", "there"), [("commit", "before", 0), ("commit", "after", 2), ("swap", "before", 2)]
)
def test_a_site_told_less_exactly_is_logged_in_both_forms_or_in_none(event: str, when: str, there: int) -> None:
    """A node that stops in between never has an exact place alone that others were to be told of, nor a circle alone."""
    wire = MemoryWire()
    fr, faults = faulty("fr", wire)
    ru = Party("ru", wire)
    fr.meets(ru)
    faults.failing = (event, when)
    answer = run(lambda: perform(fr.node, fr.sync, "protect", {**SITE, "precision": "widened:5", "to": ["ru"]}))
    assert "error" in answer
    reopen(fr, faults)
    said = [one for one in run(lambda: asked(fr, "statements")) if one["type"] == "protected-site"]
    assert len(said) == there
    assert [heard_by(fr, one["statement"]) for one in said] == [[], ["ru"]][:there]


def test_a_further_precision_of_a_site_does_not_log_the_exact_one_again() -> None:
    fr, _ru, _us = parties("fr", "ru", "us")

    async def story() -> None:
        await protected(fr, precision="widened:5", to=["ru"])
        said = await protected(fr, precision="call", contact="+41", also=True, to=["us"])
        assert "exact" not in said
        kinds = [site.read(object_of(fr, one["statement"])).precision for one in await asked(fr, "statements")]
        assert sorted(kinds) == [Precision.CALL, Precision.EXACT, Precision.WIDENED]

    run(story)


@pytest.mark.parametrize(
    ("changed", "code", "place"),
    [
        ({"function": ""}, "bad-argument", "--function"),
        ({"function": "target"}, "bad-argument", "--function"),
        ({"precision": "vague"}, "bad-argument", "--precision"),
        ({"precision": "widened:900"}, "bad-argument", "--precision"),
        ({"precision": "call"}, "not-stix", "--contact"),
        ({"function": "undisclosed"}, "not-stix", "--function"),
        ({"name": "two\nlines"}, "not-stix", "--name"),
        ({"names": ["ar="]}, "not-stix", "--also-named"),
        ({"names": ["??=x"]}, "not-stix", "--also-named"),
        ({"as_received": "x" * 501}, "not-stix", "--as-received"),
        ({"reverify_by": "soon"}, "bad-argument", "--reverify-by"),
        ({"withdraw": True}, "bad-argument", "--withdraw"),
        ({"geojson": ""}, "not-json", "line 1 column 1"),
        ({"precision": "widened:5", "to": ["nobody"]}, "unknown-party", "--to"),
        ({"precision": "widened:5", "to": ["ru"], "tlp": "purple"}, "bad-argument", "--tlp"),
        ({"precision": "widened:5", "answer_by": "2001-01-01T00:00:00Z"}, "bad-argument", "--answer-by"),
    ],
)
def test_a_site_is_refused_with_the_place_as_it_was_typed_and_not_even_the_exact_one_is_logged(
    changed: dict[str, Any], code: str, place: str
) -> None:
    fr, _ = parties("fr", "ru")
    found = run(lambda: refused(fr, "protect", **{"geojson": POINT, "function": "hospital", **changed}))
    assert found[:2] == (code, place)


def test_a_new_version_of_a_widened_site_keeps_its_circle_and_its_precision() -> None:
    """PROTECTED-SITE-15."""
    fr, _ = parties("fr", "ru")

    async def story() -> None:
        first = await protected(fr, precision="widened:20", to=["ru"])
        second = await protected(fr, geojson=NEAR, precision="widened:20", replaces=first["statement"])
        one, other = (site.read(object_of(fr, said["statement"])) for said in (first, second))
        assert (one.id, one.area) == (other.id, other.area)
        assert "exact" not in second
        code, place, _ = await refused(
            fr, "protect", geojson=POINT, function="hospital", replaces=second["statement"], precision="widened:5:0"
        )
        assert (code, place) == ("bad-argument", "--precision")
        # The drawing lies in the circle that was told already: nothing changes, and nothing is said.
        assert (second["statement"], second["changed"]) == (first["statement"], [])
        for precision in ("exact", "call", "widened:19", "widened:21"):
            code, place, message = await refused(fr, "protect", replaces=first["statement"], precision=precision)
            assert (code, place) == ("bad-argument", "--precision")
            assert message.startswith("a new version has the precision of the one that it replaces, widened:20; ")
            assert f"--precision {precision} --also" in message

    run(story)


def test_a_site_is_withdrawn_from_all_who_were_told_and_objects_no_more() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        first = await protected(fr, name="N", to=["ru"])
        gone = await asked(fr, "protect", withdraw=True, replaces=first["statement"])
        assert gone["released_to"] == ["ru"]
        assert gone["understood_as"] == first["understood_as"]
        found = object_of(fr, gone["statement"])
        assert (found.revoked, site.read(found).name) == (True, "N")
        await ru.syncs(fr)
        assert (await notified(ru, to=["fr"]))["objections"] == []
        listed = await asked(ru, "statements", type="protected-site")
        assert [one["state"] for one in listed] == ["replaced", "withdrawn"]

    run(story)


def test_what_a_notice_or_a_site_meets_is_told_with_the_answer_that_it_was_said() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        exact = await protected(fr)
        flight = await notified(fr)
        [mine] = flight["objections"]
        assert (mine["rule"], mine["against"], mine["because"]) == (
            "protected",
            flight["statement"],
            exact["statement"],
        )
        await ru.syncs(fr)
        theirs = await notified(ru, to=["fr"])
        await fr.syncs(ru)
        # The exact site, which is not told to anybody, and what ru is told: the answer is about both.
        said = await protected(fr, precision="widened:5", to=["ru"])
        told = {(one["because"], one["operator"]) for one in said["objections"]}
        assert told == {(said["exact"], "fr"), (said["statement"], "ru")}
        assert {one["against"] for one in said["objections"]} == {flight["statement"], theirs["statement"]}

    run(story)


@pytest.mark.parametrize("statement", ["objection", "check"])
def test_nobody_releases_by_hand_what_may_tell_of_others_matter(statement: str) -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> None:
        await protected(ru, to=["fr"])
        await fr.syncs(ru)
        flight = await notified(fr, to=["ru"])
        checked = await asked(fr, "check", geojson=AREA, **TIMES, record=True)
        id = flight["objections"][0]["said"][0]["statement"] if statement == "objection" else checked["record"]
        code, _, message = await refused(fr, "release", statement=id, to=["us"])
        never = {
            "objection": "a statement of the type objection is never released by hand",
            "check": "the record of a check stands beside the log and is told to nobody",
        }
        assert (code, message) == ("not-ours", never[statement])
        await us.syncs(fr)
        assert list(us.store.received()) == []

    run(story)


def test_a_record_of_a_check_is_not_said_by_hand() -> None:
    [fr] = parties("fr")

    async def story() -> None:
        checked = await asked(fr, "check", geojson=AREA, **TIMES, record=True)
        raw = content.dump(record_of(fr, checked["record"]).properties)
        code, _, _ = await refused(fr, "say", raw=base64.b64encode(raw).decode())
        assert code == "bad-argument"

    run(story)
