"""Objections and alerts as they are listed: what is in force, one row a conflict, both sides named, nobody's words as ours."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from comity.app import objections, views
from comity.exchange import say
from comity.model import content, objection
from comity.model.marking import Terms
from comity.model.objection import Finding, Objection, Point, Rule, Witness
from comity.model.statement import Draft, Logged
from comity.node.journal import Proposal
from comity.proof.envelope import StatementId
from comity.space.instant import Instant
from comity.space.interval import ALWAYS
from unit.app.places import TIMES, asked, notified, protected
from unit.node.matters import a_notice, a_site
from world import START, Party, parties, run

SIDE = {"statement", "by", "name", "type", "state"}


async def listed(party: Party, what: str = "objections", **args: Any) -> list[Any]:
    found: list[Any] = await asked(party, what, **args)
    return found


async def state(party: Party, what: str = "objections") -> tuple[list[str], list[str]]:
    """The states of what is shown, and of the history."""
    shown, history = await listed(party, what), await listed(party, what, all=True)
    return [one["state"] for one in shown], [one["state"] for one in history]


async def meet(fr: Party, ru: Party, *, told: bool = True) -> tuple[Any, Any]:
    """A notice of each, which meet, and what both say of it to one another."""
    patrol = await notified(ru, kind="patrol", to=["fr"])
    await fr.syncs(ru)
    defence = await notified(fr, kind="defence", to=["ru"] if told else [])
    await around(fr, ru)
    return patrol, defence


async def around(fr: Party, ru: Party) -> None:
    for _ in range(3):
        await ru.syncs(fr)
        await asked(ru, "sync")
        await fr.syncs(ru)
        await asked(fr, "sync")


# -- one row for each conflict


def test_two_notices_that_meet_are_one_row_at_both_ends_with_both_sides_named() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        patrol, defence = await meet(fr, ru)
        sides = {
            ("fr", "defence", defence["statement"], "in force"),
            ("ru", "patrol", patrol["statement"], "in force"),
        }
        for party, mine in ((fr, "fr"), (ru, "ru")):
            [one] = await listed(party)
            assert all(set(side) == SIDE for side in one["sides"].values())
            named = {(side["by"], side["name"], side["statement"], side["state"]) for side in one["sides"].values()}
            assert named == sides
            assert one["sides"]["against"]["by"] == one["operator"] == mine
            assert {said["said_by"] for said in one["said"]} == {"fr", "ru"}
            theirs, ours = ("patrol", "defence") if mine == "fr" else ("defence", "patrol")
            assert f"notice “{theirs}” meets {mine}'s notice “{ours}” on 2026-11-26 from 12:00Z until" in one["text"]

    run(story)


def test_what_is_said_at_once_after_a_notice_is_one_row_too() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        _, defence = await meet(fr, ru)
        again = await notified(fr, kind="escort", to=["ru"])
        assert [one["against"] for one in defence["objections"]] == [defence["statement"]]
        assert [one["against"] for one in again["objections"]] == [again["statement"]]

    run(story)


def test_one_content_that_was_said_twice_is_one_conflict_and_two_contents_are_two() -> None:
    fr, ru = parties("fr", "ru")

    async def said(raw: bytes) -> Logged:
        signed = ru.node.sign(say.say(raw))
        given = ru.node.sign_releases([signed], [fr.fingerprint], Terms())
        return ru.node.journal.write([Proposal([signed, *given])])[0][0]

    async def story() -> None:
        await notified(fr)
        for _ in range(2):
            await said(a_notice(1))
        await asked(fr, "sync")
        assert len(await listed(fr)) == 1
        await said(content.dump({**content.read_json(a_notice(1)), "kind": "another"}))
        await asked(fr, "sync")
        rows = await listed(fr)
        assert [one["sides"]["because"]["state"] for one in rows] == ["conflicting"] * 2

    run(story)


# -- what became of it


def test_a_version_that_was_replaced_is_shown_in_the_history_alone() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        patrol, _ = await meet(fr, ru)
        later = await notified(ru, kind="patrol, later", replaces=patrol["statement"])
        await around(fr, ru)
        for party in (fr, ru):
            [one] = await listed(party)
            assert later["statement"] in (one["against"], one["because"])
            assert sorted((await state(party))[1]) == ["in force", "replaced"]

    run(story)


@pytest.mark.parametrize("end", ["cancelled", "ended"])
@pytest.mark.parametrize("whose", ["fr", "ru"])
def test_what_its_party_has_cancelled_or_ended_stands_no_more(end: str, whose: str) -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        patrol, defence = await meet(fr, ru)
        author, first = (fr, defence) if whose == "fr" else (ru, patrol)
        await notified(author, geojson=None, state=end, replaces=first["statement"], **dict.fromkeys(TIMES))
        await around(fr, ru)
        for party in (fr, ru):
            shown, history = await state(party)
            assert (shown, history) == ([], [end])

    run(story)


def test_what_is_over_stands_no_more() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await meet(fr, ru)
        await asyncio.sleep(5 * 3600)
        assert await state(fr) == ([], ["over"])
        assert await state(ru) == ([], ["over"])

    run(story)


def test_a_site_that_was_taken_back_stands_no_more_and_one_whose_release_was_stands_marked() -> None:
    """DESIGN 2.3: withdrawing a release lowers nobody's protection."""
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await notified(fr, to=["ru"])
        site = await protected(ru, to=["fr"])
        await around(fr, ru)
        await asked(ru, "withdraw", **{"statement": site["statement"], "from": ["fr"]})
        await around(fr, ru)
        for party in (fr, ru):
            [one] = await listed(party)
            assert one["sides"]["because"]["state"] == "withdrawn"
        await asked(ru, "protect", withdraw=True, replaces=site["statement"], to=["fr"])
        await around(fr, ru)
        for party in (fr, ru):
            assert await state(party) == ([], ["withdrawn"])

    run(story)


def test_alerts_are_shown_and_end_as_objections_do() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        patrol, _ = await meet(fr, ru, told=False)
        [one] = await listed(fr, "alerts")
        assert (one["operator"], one["sides"]["because"]["name"]) == ("ru", "defence")
        assert one["text"].startswith("fr: notice “defence” meets ru's notice “patrol” on ")
        await notified(ru, geojson=None, state="ended", replaces=patrol["statement"], **dict.fromkeys(TIMES))
        await around(fr, ru)
        assert await state(fr, "alerts") == ([], ["ended"])

    run(story)


def test_an_objection_to_what_is_over_or_replaced_says_so_wherever_it_is_shown() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        patrol, _ = await meet(fr, ru)
        [said] = [one for one in await asked(ru, "inbox") if one["type"] == "objection"]
        assert said["state"] == "in force"
        await notified(ru, kind="later", replaces=patrol["statement"])
        [said] = [one for one in await asked(ru, "inbox") if one["statement"] == said["statement"]]
        assert said["state"] == "replaced"
        assert (await asked(ru, "show", statement=said["statement"]))["state"] == "replaced"

    run(story)


# -- whose words


async def told(ru: Party, fr: Party, said: Objection) -> None:
    raw = objection.write(said, Instant(START), created=Instant(START))
    await ru.node.say(Draft(content.parse(raw)), [ru.peer(fr)], Terms())
    await fr.syncs(ru)


def lie(against: StatementId, because: StatementId, by: Party, **more: Any) -> Objection:
    number = str(more.pop("number", 1))
    finding = Finding(Rule.PROTECTED, by.fingerprint, because, **more)
    return Objection(f"objection--00000000-0000-4000-8000-{number:0>12}", against, finding, withdrawn=False)


def test_an_objection_that_our_node_says_has_no_words_in_it() -> None:
    """OBJECTION-19."""
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await meet(fr, ru)
        raws = [row.item for row in ru.store.received() if b'"objection"' in row.item]
        assert raws
        for raw in raws:
            assert not [word for word in (b'"text"', b"meets", b"patrol", b"defence") if word in raw]

    run(story)


def test_words_that_its_author_signed_are_quoted_as_its_author_and_never_stand_as_ours(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """OBJECTION-20."""
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        flight = await notified(fr, kind="flight", to=["ru"])
        said = lie(fr.node.resolve(flight["statement"]), StatementId(bytes(32)), ru)
        await told(ru, fr, replace(said, text="comity: nothing is protected there, go on"))
        [one] = await listed(fr)
        assert one["text"] == (
            "ru says: ru protects a place told in a statement not held here, which fr's notice “flight” meets"
        )
        assert [each["wrote"] for each in one["said"]] == ["comity: nothing is protected there, go on"]
        views.objections([one])
        shown = " ".join(capsys.readouterr().out.split())
        assert "ru wrote: “comity: nothing is protected there, go on”" in shown

    run(story)


def test_what_an_objection_says_of_statements_that_are_held_is_told_as_these_are() -> None:
    """A liar names another party, tells a point of what he has as a circle, and gives words to what is no site."""
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> None:
        flight = fr.node.resolve((await notified(fr, kind="flight", to=["ru"]))["statement"])
        wide = await us.say(a_site(3, precision="widened:5", name="clinic"), fr)
        patrol = await us.say(a_notice(4, (100.0, 10.0), kind="patrol"), fr)
        await fr.syncs(us)
        at = Witness(Point(12.345, 67.89, 812.0), None, 0.0, 1.0, ALWAYS)
        await told(ru, fr, lie(flight, wide.id, ru, witness=at, margin_m=5000.0, number=1))
        await told(ru, fr, lie(flight, patrol.id, ru, number=2))
        rows = {one["because"]: one for one in objections.objections(fr.node, fr.sync.watch.picture, every=False)}
        one = rows[wide.id.hex()]
        assert one["text"].startswith("ru says: us protects the hospital “clinic”, somewhere within this circle")
        assert not {"lon", "lat", "gap_m"} & set(one["witness"])
        assert "12.345" not in json.dumps(one)
        other = rows[patrol.id.hex()]
        assert other["by"] == "us"
        assert other["text"].startswith("ru says: us protects what it has not said as a site")

    run(story)


def test_an_objection_of_another_about_what_we_found_ourselves_is_told_in_our_finding() -> None:
    """What was found here comes first, whatever was claimed beside it."""
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        flight = fr.node.resolve((await notified(fr, kind="flight", to=["ru"]))["statement"])
        site = await ru.say(a_site(3, name="clinic"), fr)
        await told(ru, fr, lie(flight, site.id, ru, meetings=400, time_uncertain=True))
        await asked(fr, "sync")
        [one] = await listed(fr)
        assert (one["meetings"], one["time_uncertain"], "says" in one["text"]) == (1, False, False)

    run(story)


def test_a_picture_that_another_calls_old_is_said_to_be_its_own() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        flight = fr.node.resolve((await notified(fr, to=["ru"]))["statement"])
        old = Finding(Rule.STALE, fr.fingerprint, None, as_of=Instant(START - 2_400_000))
        await told(ru, fr, Objection("objection--00000000-0000-4000-8000-000000000001", flight, old, withdrawn=False))
        [one] = await listed(fr)
        assert one["text"] == "ru says: its picture of fr is 40 minutes old, as of 2026-11-26 09:20Z"
        assert one["sides"]["because"] is None

    run(story)
