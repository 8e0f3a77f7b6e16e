"""Checks at real nodes: what objects and what does not, how old the picture is, what is recorded; objections and alerts."""

import asyncio
import json
from typing import Any

import pytest

from comity.model import content, objection
from comity.model.marking import Terms
from comity.model.objection import Finding, Rule
from comity.model.statement import Draft
from comity.proof.envelope import StatementId
from comity.space.instant import Instant
from unit.app.places import AREA, NEAR, TIMES, asked, notified, protected, record_of, refused, spot
from world import START, Party, parties, run

NONE = "no objection known as of 2026-11-26T10:00:00Z; this is not a clearance"


async def checked(party: Party, **args: Any) -> Any:
    return await asked(party, "check", **{"geojson": AREA, **TIMES, **args})


def rules(found: Any) -> list[tuple[str, str]]:
    return [(one["rule"], one["by"]) for one in found["objections"]]


# -- what objects


def test_a_check_objects_with_rule_party_statement_words_and_a_witness() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        said = await protected(ru, name="City hospital", contact="+7 495", to=["fr"])
        flight = await notified(
            ru, kind="patrol", floor="3000 m W84", ceiling="6000 m W84", frequency="121.5", to=["fr"]
        )
        await fr.syncs(ru)
        found = await checked(fr, floor="5000 m W84", ceiling="9000 m W84")
        assert [(one["rule"], one["by"], one["because"]) for one in found["objections"]] == [
            ("protected", "ru", said["statement"]),
            ("overlap", "ru", flight["statement"]),
        ]
        site, overlap = found["objections"]
        assert site["text"] == (
            "ru protects the hospital “City hospital”, which this volume meets on 2026-11-26 from 12:00Z until 14:00Z "
            "between 5,000 m and 9,000 m W84, at 35.00000 N, 36.00000 E; call +7 495"
        )
        assert site["sides"] == {
            "against": {"statement": None, "by": "fr", "name": None, "type": None, "state": None},
            "because": {
                "statement": said["statement"],
                "by": "ru",
                "name": "City hospital",
                "type": "protected-site",
                "state": "in force",
            },
        }
        assert site["witness"] == {
            "volumes": [1, 1],
            "lon": 36.0,
            "lat": 35.0,
            "gap_m": 0,
            "lowest_m": 5000.0,
            "highest_m": 9000.0,
            "from": "2026-11-26T12:00:00.000Z",
            "until": "2026-11-26T14:00:00.000Z",
        }
        assert (overlap["witness"]["lowest_m"], overlap["witness"]["highest_m"]) == (5000.0, 6000.0)
        assert overlap["text"].startswith("ru: notice “patrol” meets this volume on 2026-11-26")
        assert found["text"] == f"{site['text']}\n{overlap['text']}"
        assert (found["as_of"], found["not_heard_from"], found["unread"]) == (
            {"ru": "2026-11-26T10:00:00Z"},
            [],
            [],
        )
        assert "record" not in found

    run(story)


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"geojson": spot(36.3, 35.0)},
        {"from": "2026-11-26T14:00:00.001Z", "until": "2026-11-26T15:00:00Z"},
        {"floor": "6001 m W84"},
        {"ceiling": "2999 m W84"},
    ],
    ids=["elsewhere", "later", "above", "below"],
)
def test_elsewhere_later_above_or_below_a_notice_no_objection_is_known_and_that_is_no_clearance(
    elsewhere: dict[str, Any],
) -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await notified(ru, floor="3000 m W84", ceiling="6000 m W84", to=["fr"])
        await fr.syncs(ru)
        assert rules(await checked(fr)) == [("overlap", "ru")]
        found = await checked(fr, **elsewhere)
        assert (found["objections"], found["text"]) == ([], NONE)

    run(story)


def test_a_site_objects_at_every_altitude_and_time() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await protected(ru, to=["fr"])
        await fr.syncs(ru)
        for times in (TIMES, {"from": "1975-01-01T00:00:00Z", "until": "1975-01-02T00:00:00Z"}):
            for heights in ({}, {"floor": "90000 m"}, {"ceiling": "0 m AGL"}):
                assert rules(await checked(fr, **times, **heights)) == [("protected", "ru")]

    run(story)


def test_a_margin_objects_to_what_only_comes_near_and_says_how_near() -> None:
    fr, ru = parties("fr", "ru")
    beside = spot(36.0, 35.02)

    async def story() -> None:
        await protected(ru, to=["fr"])
        await fr.syncs(ru)
        assert rules(await checked(fr, geojson=beside)) == []
        found = await checked(fr, geojson=beside, margin_km=2.5)
        assert rules(found) == [("protected", "ru")]
        assert "which this volume comes within 2.3 km of" in found["text"]

    run(story)


@pytest.mark.parametrize("margin", [-1, 1000.1, float("nan"), float("inf")])
def test_a_margin_is_a_number_of_kilometres(margin: float) -> None:
    [fr] = parties("fr")
    found = run(lambda: refused(fr, "check", geojson=AREA, **TIMES, margin_km=margin))
    assert found[:2] == ("bad-argument", "--margin")


def test_our_own_notices_do_not_object_to_what_we_check_and_our_own_sites_do() -> None:
    [fr] = parties("fr")

    async def story() -> None:
        await notified(fr)
        assert (await checked(fr))["objections"] == []
        await protected(fr)
        assert rules(await checked(fr)) == [("protected", "fr")]

    run(story)


def test_a_check_says_for_which_of_our_sites_it_is_and_only_these_do_not_object() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        clinic = await protected(fr, name="Clinic", precision="widened:5", to=["ru"])
        school = await protected(fr, function="school", geojson=NEAR)
        theirs = await protected(ru, to=["fr"])
        await fr.syncs(ru)
        before = [clinic["exact"], school["statement"], theirs["statement"]]
        assert sorted(one["because"] for one in (await checked(fr))["objections"]) == sorted(before)
        for named in ("@Clinic", clinic["exact"], clinic["statement"]):
            found = await checked(fr, serves=[named], record=True)
            assert {one["because"] for one in found["objections"]} == set(before[1:])
            assert found["serves"] == [content.parse(fr.node.own(fr.node.resolve(before[0])).signed.object.raw).id]
            assert record_of(fr, found["record"]).properties["serves"] == found["serves"]
        assert (await refused(fr, "check", geojson=AREA, **TIMES, serves=[before[2]]))[0] == "not-ours"

    run(story)


def test_a_check_sees_what_is_known_at_that_moment_without_a_look_before() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await protected(ru, to=["fr"])
        await fr.sync.once(fr.peer(ru))
        assert len(fr.store.airspace.unchecked(10)) == 1
        assert rules(await checked(fr)) == [("protected", "ru")]

    run(story)


def test_a_node_that_may_not_sign_still_checks_and_cannot_record() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await notified(fr, to=["ru"])
        await protected(ru, to=["fr"])
        await fr.syncs(ru)
        fr.node.journal.read_only = "an old backup was restored"
        assert rules(await checked(fr)) == [("protected", "ru")]
        assert (await refused(fr, "check", geojson=AREA, **TIMES, record=True))[0] == "read-only"

    run(story)


# -- how old the picture is


def test_a_party_never_heard_from_is_named_and_one_heard_from_has_its_time() -> None:
    fr, ru, _ = parties("fr", "ru", "us")

    async def story() -> None:
        found = await checked(fr)
        assert (found["as_of"], sorted(found["not_heard_from"])) == ({}, ["ru", "us"])
        assert found["text"] == f"{NONE}\nnot heard from: {', '.join(found['not_heard_from'])}"
        await fr.syncs(ru)
        found = await checked(fr)
        assert (found["as_of"], found["not_heard_from"]) == ({"ru": "2026-11-26T10:00:00Z"}, ["us"])

    run(story)


def test_a_party_not_heard_from_in_fifteen_minutes_is_an_objection_until_it_is_heard_again() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await fr.syncs(ru)
        fr.wire.cut.add("ru.example")
        await asyncio.sleep(15 * 60 - 1)
        await fr.syncs(ru)
        assert (await checked(fr))["objections"] == []
        await asyncio.sleep(2)
        [stale] = (await checked(fr))["objections"]
        assert (stale["rule"], stale["by"], stale["because"], stale["witness"]) == ("stale", "ru", None, None)
        assert stale["text"] == "your picture of ru is 15 minutes old, as of 2026-11-26 10:00Z"
        fr.wire.cut.clear()
        await fr.syncs(ru)
        assert (await checked(fr))["objections"] == []

    run(story)


def test_after_which_time_a_picture_is_stale_is_for_the_asker_to_say() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await fr.syncs(ru)
        await asyncio.sleep(3 * 60)
        assert rules(await checked(fr, stale_after_min=2)) == [("stale", "ru")]
        assert rules(await checked(fr, stale_after_min=4)) == []
        for minutes in (-1, 0, 7 * 24 * 60 + 1):
            found = await refused(fr, "check", geojson=AREA, **TIMES, stale_after_min=minutes)
            assert found[:2] == ("bad-argument", "--stale-after")

    run(story)


def test_the_time_of_no_objection_known_is_that_of_the_oldest_picture() -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> None:
        await fr.syncs(ru)
        await asyncio.sleep(100)
        await fr.syncs(us)
        assert (await checked(fr))["text"] == NONE

    run(story)


# -- the record of a check


def test_a_record_holds_what_was_asked_and_answered_and_goes_to_nobody() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await protected(ru, to=["fr"])
        await fr.syncs(ru)
        size = fr.node.journal.tree.size
        found = await checked(fr, floor="3000 m", margin_km=2, record=True)
        assert fr.node.journal.tree.size == size
        record = record_of(fr, found.pop("record"))
        assert record.type == "check"
        assert record.properties["result"] == found
        assert (record.properties["margin_km"], record.properties["stale_after_min"]) == (2, 15)
        [volume] = record.properties["volumes"]
        assert (volume["floor"], volume["area"]) == ("3000 m", json.loads(AREA))
        [listed] = await asked(fr, "statements", type="check")
        assert listed["object"] == record.id
        await ru.syncs(fr)
        assert list(ru.store.received()) == []

    run(story)


def test_without_a_record_a_check_writes_nothing() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await protected(ru, to=["fr"])
        await fr.syncs(ru)
        size = fr.node.journal.tree.size
        await checked(fr)
        assert fr.node.journal.tree.size == size

    run(story)


# -- objections and alerts


def test_objections_are_listed_at_both_ends_and_alerts_at_ours_alone() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        shown = await protected(fr, name="shown", to=["ru"])
        hidden = await protected(fr, name="hidden")
        flight = await notified(ru, to=["fr"])
        await fr.syncs(ru)
        [mine] = await asked(fr, "objections")
        [alert] = await asked(fr, "alerts")
        plain = {name: mine[name] for name in ("rule", "operator", "by", "against", "because", "state")}
        assert plain == {
            "rule": "protected",
            "operator": "ru",
            "by": "fr",
            "against": flight["statement"],
            "because": shown["statement"],
            "state": "in force",
        }
        assert [(one["said_by"], one["said_to"], one["withdrawn"]) for one in mine["said"]] == [("fr", "ru", False)]
        assert (alert["because"], alert["operator"]) == (hidden["statement"], "ru")
        assert [(one["said_by"], one["said_to"], one["statement"]) for one in alert["said"]] == [("fr", None, None)]
        await ru.syncs(fr)
        [theirs] = await asked(ru, "objections")
        assert {name: theirs[name] for name in plain} == plain
        assert theirs["sides"] == mine["sides"]
        assert (theirs["text"], theirs["witness"]) == (mine["text"], mine["witness"])
        assert sorted((one["said_by"], one["said_to"]) for one in theirs["said"] if one["said_to"]) == [("fr", "ru")]
        assert await asked(ru, "alerts") == []

    run(story)


async def objected(party: Party, against: StatementId, *to: Party, revoked: bool = False, at: int = 0) -> str:
    """An objection that a person says by hand."""
    why, id = Finding(Rule.OVERLAP, party.fingerprint, StatementId(bytes(32))), "00000000-0000-4000-8000-000000000001"
    said = objection.Objection(f"objection--{id}", against, why, withdrawn=revoked, text="by hand")
    raw = objection.write(said, Instant(START + at), created=START)
    logged, _ = await party.node.say(Draft(content.parse(raw)), [party.peer(one) for one in to], Terms())
    return logged.id.hex()


def test_an_objection_that_was_taken_back_says_so_and_a_version_that_it_replaces_is_listed_no_more() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        flight = await notified(fr, to=["ru"])
        against = fr.node.resolve(flight["statement"])
        first = await objected(ru, against, fr)
        await fr.syncs(ru)
        [heard] = await asked(fr, "objections")
        assert (heard["operator"], heard["state"]) == ("fr", "in force")
        assert [(one["statement"], one["withdrawn"]) for one in heard["said"]] == [(first, False)]
        second = await objected(ru, against, fr, revoked=True, at=1000)
        await fr.syncs(ru)
        assert await asked(fr, "objections") == []
        [heard] = await asked(fr, "objections", all=True)
        assert heard["state"] == "withdrawn"
        assert [(one["statement"], one["withdrawn"]) for one in heard["said"]] == [(second, True)]

    run(story)


def test_an_objection_whose_release_was_withdrawn_says_so() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        flight = await notified(fr, to=["ru"])
        said = await objected(ru, fr.node.resolve(flight["statement"]), fr)
        await fr.syncs(ru)
        await asked(ru, "withdraw", **{"statement": said, "from": ["fr"]})
        await fr.syncs(ru)
        assert await asked(fr, "objections") == []
        assert [one["state"] for one in await asked(fr, "objections", all=True)] == ["withdrawn"]

    run(story)


def test_an_objection_against_what_is_not_ours_does_not_say_that_it_is() -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> None:
        theirs = await notified(us, to=["fr"])
        await fr.syncs(us)
        await objected(ru, fr.node.resolve(theirs["statement"]), fr)
        await fr.syncs(ru)
        [heard] = await asked(fr, "objections")
        assert (heard["operator"], heard["sides"]["because"]["by"]) == ("us", None)
        assert heard["text"] == "ru says: ru: a statement not held here meets us's notice"
        assert [one["wrote"] for one in heard["said"]] == ["by hand"]
        await objected(ru, StatementId(bytes(32)), fr, at=1000)
        await fr.syncs(ru)
        assert [one["operator"] for one in await asked(fr, "objections")] == [None]

    run(story)


def test_looking_by_hand_is_part_of_a_round_and_of_a_release() -> None:
    """Without a server: `sync --once` at the one, then at the other, brings the objection."""
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        place = await protected(fr)
        await notified(ru, to=["fr"])
        await asked(fr, "sync")
        assert len(fr.store.airspace.findings("alert")) == 1
        await asked(fr, "release", statement=place["statement"], to=["ru"])
        assert len(fr.store.airspace.findings("said")) == 1
        await asked(ru, "sync")
        assert "fr" in [said["said_by"] for one in await asked(ru, "objections") for said in one["said"]]

    run(story)
