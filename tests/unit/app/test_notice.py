"""Saying notices at real nodes: what is written, to whom it goes, versions, and what is refused."""

import json
from typing import Any

import pytest

from comity.model import notice
from unit.app.places import AREA, TIMES, asked, heard_by, notified, object_of, protected, refused
from world import parties, run


def test_a_notice_keeps_what_was_stated_as_it_was_stated() -> None:
    """NOTICE-16."""
    fr, _ru = parties("fr", "ru")

    async def story() -> None:
        words = {"kind": "patrol", "callsign": "Сокол 4", "transponder": "4217", "contact": "+7", "frequency": "121.5"}
        said = await notified(fr, floor="9000 ft MSL", ceiling="FL200", state="active", to=["ru"], **words)
        found = object_of(fr, said["statement"])
        [volume] = found.properties["volumes"]
        assert (volume["floor"], volume["ceiling"]) == ("9000 ft MSL", "FL200")
        assert (volume["from"], volume["until"]) == ("2026-11-26T12:00:00.000Z", "2026-11-26T14:00:00.000Z")
        assert volume["area"] == json.loads(AREA)
        assert {name: found.properties[name] for name in words} == words
        assert notice.read(found).state is notice.State.ACTIVE
        assert (said["released_to"], said["objections"]) == (["ru"], [])

    run(story)


def test_a_notice_with_no_altitudes_has_none_and_is_planned() -> None:
    [fr] = parties("fr")

    async def story() -> None:
        found = object_of(fr, (await notified(fr))["statement"])
        assert found.properties["volumes"][0].keys() == {"area", "from", "until"}
        assert found.properties["state"] == "planned"

    run(story)


def test_a_dry_run_of_a_notice_or_a_site_writes_nothing() -> None:
    fr, _ = parties("fr", "ru")

    async def story() -> None:
        shown = [
            await notified(fr, to=["ru"], dry_run=True),
            await protected(fr, to=["ru"], precision="widened:5", dry_run=True),
        ]
        assert [(one["dry_run"], one["released_to"]) for one in shown] == [(True, ["ru"])] * 2
        assert fr.node.journal.tree.size == 1

    run(story)


@pytest.mark.parametrize(
    ("changed", "code", "place"),
    [
        ({"from": None}, "bad-argument", "--from"),
        ({"until": None}, "bad-argument", "--until"),
        ({"from": "tomorrow"}, "malformed", "--from"),
        ({"until": "2026-11-26T11:59:59Z"}, "malformed", "--until"),
        ({"from": "6053-02-01T00:00:00Z", "until": "6053-02-02T00:00:00Z"}, "not-stix", "--from"),
        ({"floor": "high"}, "malformed", "--floor"),
        ({"ceiling": "10 km"}, "malformed", "--ceiling"),
        ({"floor": "FL200", "ceiling": "3000 m"}, "malformed", "--floor"),
        ({"kind": "two\nlines"}, "not-stix", "--kind"),
        ({"callsign": "x" * 201}, "not-stix", "--callsign"),
        ({"state": "ready"}, "bad-argument", "--state"),
        ({"to": ["nobody"]}, "unknown-party", "--to"),
        ({"tlp": "purple"}, "bad-argument", "--tlp"),
        ({"geojson": None}, "bad-argument", ""),
        ({"geojson": "{"}, "not-json", "line 1 column 2"),
        ({"geojson": '{"type":"Point","coordinates":[36.0,91]}'}, "malformed", "/coordinates/1"),
        ({"geojson": '{"type":"Point","coordinates":[NaN,35]}'}, "not-json", "/coordinates/0"),
    ],
)
def test_a_notice_is_refused_with_the_place_as_it_was_typed(changed: dict[str, Any], code: str, place: str) -> None:
    [fr] = parties("fr")
    found = run(lambda: refused(fr, "notice", **{"geojson": AREA, **TIMES, **changed}))
    assert found[:2] == (code, place)


# -- versions


def test_a_new_version_keeps_the_id_and_the_first_date_and_is_later() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        first = await notified(fr, kind="patrol", to=["ru"])
        second = await notified(fr, kind="patrol, moved", replaces=first["statement"])
        third = await notified(fr, geojson=None, state="ended", replaces=second["statement"], **dict.fromkeys(TIMES))
        objects = [object_of(fr, said["statement"]) for said in (first, second, third)]
        assert len({one.id for one in objects}) == 1
        assert len({one.properties["created"] for one in objects}) == 1
        assert objects[0].modified < objects[1].modified < objects[2].modified  # type: ignore[operator]
        assert [one.properties["state"] for one in objects] == ["planned", "planned", "ended"]
        assert objects[2].properties["volumes"] == objects[1].properties["volumes"]
        listed = await asked(fr, "statements", type="notice")
        assert [one["state"] for one in listed] == ["replaced", "replaced", "ended"]
        await ru.syncs(fr)
        assert [one["state"] for one in await asked(ru, "statements", type="notice")] == [
            "replaced",
            "replaced",
            "ended",
        ]

    run(story)


def test_a_new_version_goes_to_whoever_was_told_the_one_before_and_to_those_named() -> None:
    fr, ru, _us = parties("fr", "ru", "us")

    async def story() -> None:
        first = await notified(fr, to=["ru"])
        second = await notified(fr, replaces=first["statement"], kind="second")
        third = await notified(fr, replaces=second["statement"], kind="third", to=["us"])
        assert [heard_by(fr, one["statement"]) for one in (first, second, third)] == [["ru"], ["ru"], ["ru", "us"]]
        await fr.node.withdraw(fr.node.resolve(third["statement"]), [fr.peer(ru)])
        fourth = await notified(fr, replaces=third["statement"], kind="fourth")
        assert heard_by(fr, fourth["statement"]) == ["us"]

    run(story)


def test_a_new_version_is_not_kept_from_those_who_have_the_old_one() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        first = await notified(fr, to=["ru"])
        code, place, message = await refused(fr, "notice", geojson=AREA, **TIMES, replaces=first["statement"], own=True)
        assert (code, place) == ("bad-argument", "--own")
        assert "was told to ru: withdraw it from them first" in message
        await fr.node.withdraw(fr.node.resolve(first["statement"]), [fr.peer(ru)])
        assert (await notified(fr, replaces=first["statement"], own=True))["released_to"] == []

    run(story)


def test_only_the_newest_version_is_replaced() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        first = await notified(fr)
        second = await notified(fr, replaces=first["statement"], kind="second")
        for operation, args in (("notice", {"state": "ended"}), ("notice", {"geojson": AREA, **TIMES})):
            code, place, message = await refused(fr, operation, replaces=first["statement"], **args)
            assert (code, place, message) == (
                "bad-argument",
                "--replaces",
                f"a later version stands: {second['statement']}",
            )
        theirs = await notified(ru, to=["fr"])
        await fr.syncs(ru)
        wrong = {
            "x": "bad-argument",
            "0" * 64: "unknown-statement",
            theirs["statement"]: "not-ours",
            (await protected(fr))["statement"]: "bad-argument",
        }
        for statement, code in wrong.items():
            assert (await refused(fr, "notice", replaces=statement, state="ended"))[0] == code

    run(story)
