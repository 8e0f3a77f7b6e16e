"""What was said, as it is listed and shown: its state at both ends, whom it reaches, and nothing said twice as two things."""

import asyncio
import base64
import json
from typing import Any

import pytest

from comity.exchange import say
from comity.model import content, objection
from comity.model.marking import Terms
from comity.model.objection import Finding, Objection, Rule
from comity.model.statement import Logged
from comity.node.journal import Proposal
from comity.proof.envelope import StatementId
from comity.space.instant import Instant
from unit.app.places import AREA, TIMES, asked, notified, protected, refused
from unit.node.matters import a_notice, a_site
from world import START, Party, parties, report, run

UUID = "00000000-0000-4000-8000-000000000001"
NOW_PAST = 5 * 3600


async def said(party: Party, raw: bytes, **args: Any) -> Any:
    return await asked(party, "say", raw=base64.b64encode(raw).decode(), **args)


async def states(party: Party, **args: Any) -> list[str]:
    return [one["state"] for one in await asked(party, "statements", **args)]


async def lied(party: Party, to: Party, raw: bytes) -> Logged:
    """Say something as a node of another make would: nobody looks at what was said before."""
    signed = party.node.sign(say.say(raw))
    given = party.node.sign_releases([signed], [to.fingerprint], Terms())
    return party.node.journal.write([Proposal([signed, *given])])[0][0]


# -- two contents of one id and one time


def changed(raw: bytes, **properties: Any) -> bytes:
    return content.dump({**content.read_json(raw), **properties})


@pytest.mark.parametrize("first", [report(), a_notice(), a_site()], ids=["report", "notice", "site"])
@pytest.mark.parametrize("dry_run", [False, True])
def test_another_content_with_the_same_id_and_time_is_refused_and_the_earlier_statement_named(
    first: bytes, dry_run: bool
) -> None:
    [fr] = parties("fr")

    async def story() -> None:
        told = await said(fr, first)
        other = base64.b64encode(changed(first, x_note="another")).decode()
        code, place, message = await refused(fr, "say", raw=other, dry_run=dry_run)
        assert (code, place) == ("exists", "/modified")
        assert told["statement"] in message

    run(story)


def test_a_later_version_and_another_id_are_said_as_before() -> None:
    [fr] = parties("fr")

    async def story() -> None:
        await said(fr, a_notice(1))
        for raw in (a_notice(1, version=1), a_notice(2)):
            assert "already" not in await said(fr, raw)
        assert await states(fr) == ["replaced", "in force", "in force"]

    run(story)


def test_two_contents_said_at_one_moment_are_refused_too() -> None:
    """Both commands look before either has written."""
    [fr] = parties("fr")

    async def story() -> None:
        drafts = [say.say(report()), say.say(changed(report(), x_note="another"))]
        done = await asyncio.gather(*(fr.node.say(each, [], Terms()) for each in drafts), return_exceptions=True)
        assert [getattr(each, "code", None) for each in done] == [None, "exists"]
        assert await states(fr) == ["in force"]

    run(story)


@pytest.mark.parametrize("first", [report(), a_notice(), a_site()], ids=["report", "notice", "site"])
def test_two_contents_that_were_heard_both_stand_as_a_conflict(first: bytes) -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        one, other = await lied(ru, fr, first), await lied(ru, fr, changed(first, x_note="another"))
        await fr.syncs(ru)
        assert await states(fr) == ["conflicting", "conflicting"]
        assert [each["state"] for each in await asked(fr, "inbox")] == ["conflicting", "conflicting"]
        for each in (one, other):
            assert (await asked(fr, "show", statement=each.id.hex()))["state"] == "conflicting"
        if b'"report"' not in first:
            found = await asked(fr, "check", geojson=AREA, **TIMES)
            assert {each["because"] for each in found["objections"]} == {one.id.hex(), other.id.hex()}

    run(story)


# -- the same object again


def test_the_same_object_again_is_told_so_and_written_nowhere() -> None:
    fr, _ = parties("fr", "ru")

    async def story() -> None:
        first = await said(fr, report(), to=["ru"])
        size = fr.node.journal.tree.size
        again = await said(fr, report(), to=["ru"])
        assert (again["already"], again["statement"], again["index"]) == (True, first["statement"], first["index"])
        assert (await said(fr, report(), to=["ru"], dry_run=True))["already"] is True
        assert fr.node.journal.tree.size == size

    run(story)


def test_the_same_object_to_a_further_party_is_released_to_it_and_not_said_again() -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> None:
        await said(fr, report(), to=["ru"])
        size = fr.node.journal.tree.size
        again = await said(fr, report(), to=["ru", "us"])
        assert (again["already"], fr.node.journal.tree.size) == (True, size + 1)
        for party in (ru, us):
            await party.syncs(fr)
            assert [one["statement"] for one in await asked(party, "inbox")] == [again["statement"]]

    run(story)


# -- state, precision and audience at both ends


def test_what_is_cancelled_ended_taken_back_or_over_reads_so_at_both_ends() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        first = await notified(fr, to=["ru"])
        for state in ("active", "cancelled", "ended"):
            first = await notified(fr, geojson=None, state=state, replaces=first["statement"], **dict.fromkeys(TIMES))
            await ru.syncs(fr)
            for party in (fr, ru):
                assert (await states(party, type="notice"))[-1] == ("in force" if state == "active" else state)
                shown = await asked(party, "show", statement=first["statement"])
                assert shown["state"] == ("in force" if state == "active" else state)
        await notified(fr, to=["ru"])
        await ru.syncs(fr)
        assert [(await states(party, type="notice"))[-1] for party in (fr, ru)] == ["in force"] * 2
        await asyncio.sleep(NOW_PAST)
        assert [(await states(party, type="notice"))[-1] for party in (fr, ru)] == ["over"] * 2

    run(story)


def test_a_release_that_was_taken_back_reads_so_at_both_ends_and_the_site_still_objects() -> None:
    """DESIGN 2.3: a withdrawal never lowers anybody's protection."""
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        site = await protected(fr, to=["ru"])
        await ru.syncs(fr)
        await asked(fr, "withdraw", **{"statement": site["statement"], "from": ["ru"]})
        await ru.syncs(fr)
        for party in (fr, ru):
            [one] = await asked(party, "statements")
            assert (one["state"], one["audience"]) == ("withdrawn", {"released_to": [], "withdrawn_from": ["ru"]})
            found = await asked(party, "check", geojson=AREA, **TIMES)
            assert [each["because"] for each in found["objections"]] == [site["statement"]]
        await asked(fr, "release", statement=site["statement"], to=["ru"])
        await ru.syncs(fr)
        assert [await states(party) for party in (fr, ru)] == [["in force"]] * 2

    run(story)


def test_statements_say_how_exactly_a_site_is_told_and_to_whom() -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> None:
        await protected(fr, precision="widened:5", to=["ru", "us"])
        told = {one["precision"]: one["audience"] for one in await asked(fr, "statements")}
        assert told == {
            "exact": {"released_to": [], "withdrawn_from": []},
            "widened": {"released_to": ["ru", "us"], "withdrawn_from": []},
        }
        await ru.syncs(fr)
        [one] = await asked(ru, "statements")
        assert (one["precision"], one["audience"]) == ("widened", {"released_to": ["ru"], "withdrawn_from": []})
        await said(fr, report())
        assert [one["precision"] for one in await asked(fr, "statements", type="report")] == [None]
        assert json.dumps(await asked(us, "statements")) == "[]"

    run(story)


def test_what_was_withdrawn_says_whether_it_still_objects_as_a_check_does() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        site, gone = [await protected(ru, function=one, to=["fr"]) for one in ("hospital", "school")]
        flight = await notified(ru, to=["fr"])
        position = await asked(ru, "position", subject="A", stance="silent", to=["fr"])
        every = [one["statement"] for one in (site, gone, flight, position)]
        await fr.syncs(ru)
        for one in every:
            await asked(ru, "withdraw", **{"statement": one, "from": ["fr"]})
        await asked(ru, "protect", replaces=every[1], withdraw=True, to=["fr"])
        await fr.syncs(ru)
        for operation in ("statements", "inbox"):
            rows = {one["statement"]: one["still_objects"] for one in await asked(fr, operation)}
            assert [rows[one] for one in every] == [True, False, True, False]
        shown = [(await asked(fr, "show", statement=one))["still_objects"] for one in every]
        assert shown == [True, False, True, False]
        found = await asked(fr, "check", geojson=AREA, **TIMES)
        assert {one["because"] for one in found["objections"]} == {every[0], every[2]}
        ours = {one["statement"]: one["still_objects"] for one in await asked(ru, "statements")}
        assert (ours[every[0]], ours[every[2]]) == (True, False)

    run(story)


# -- what is called how, everywhere alike


def test_what_has_no_name_is_called_alike_in_the_inbox_in_statements_beside_objections_and_after_an_at() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        site = await protected(ru, to=["fr"])
        await asked(fr, "sync")
        patrol = await notified(fr, kind="patrol", to=["ru"])
        await asked(ru, "sync")
        await asked(ru, "objections")
        await asked(fr, "sync")
        for party, statement, name in ((ru, patrol["statement"], "patrol"), (fr, site["statement"], "hospital")):
            told = [*(await asked(party, "inbox")), *(await asked(party, "statements"))]
            assert {one["name"] for one in told if one["statement"] == statement} == {name}
            [conflict] = await asked(party, "objections")
            assert name in {side["name"] for side in conflict["sides"].values()}
            assert (await asked(party, "show", statement=f"@{name}"))["statement"] == statement

        objections = await asked(fr, "statements", type="objection")
        assert {one["name"] for one in objections} == {"protected: against notice “patrol”"}
        assert {one["by"] for one in objections} == {"fr", "ru"}
        assert [one["name"] for one in await asked(fr, "inbox") if one["type"] == "objection"] == [
            objections[0]["name"]
        ]

    run(story)


def test_an_objection_against_what_is_not_held_here_is_called_so() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        finding = Finding(Rule.PROTECTED, ru.fingerprint, StatementId(bytes(32)))
        said = Objection(f"objection--{UUID}", StatementId(bytes(32)), finding, withdrawn=False)
        await lied(ru, fr, objection.write(said, Instant(START), created=Instant(START)))
        await asked(fr, "sync")
        [one] = await asked(fr, "inbox")
        assert one["name"] == "protected: against a statement not held here"

    run(story)


def test_no_time_that_a_statement_carries_is_told_with_a_fraction_that_it_has_not() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        said = await protected(ru, to=["fr"])
        await asked(ru, "position", subject="A", stance="supports", to=["fr"])
        await asked(fr, "sync")
        for party in (fr, ru):
            listed = await asked(party, "statements")
            shown = await asked(party, "show", statement=said["statement"])
            held = (await asked(party, "positions"))[0]["positions"]
            times = [one["said_at"] for one in (*listed, shown, *held)]
            assert times
            assert not any("." in at for at in times)

    run(story)
