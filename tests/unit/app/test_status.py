"""Status: what a person should look at is shown once each, since when, and a fault is told when it begins and when it is over."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from comity.app import status
from comity.errors import CLOCK_SKEW, MALFORMED, RemoteError, TransportError
from comity.model.marking import Terms
from comity.node.contacts import QUIET, Contacts
from comity.node.ports import Batch
from comity.space.instant import Instant
from unit.node.between import Between, raising, running
from unit.node.matters import a_site
from world import START, Party, WorldClock, parties, report, run


async def asked(party: Party, folder: Path) -> dict[str, Any]:
    return status.whole(await status.status(party.node, party.sync, {}), folder)


def test_a_node_that_is_served_and_hears_everybody_is_well(tmp_path: Path) -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> dict[str, Any]:
        task = asyncio.ensure_future(running(60, fr, ru))
        await asyncio.sleep(30)
        told = await asked(fr, tmp_path)
        await task
        return told

    told = run(story)
    assert told["not_well"] == []
    [peer] = told["peers"]
    assert all(peer[name] > "2026-11-26T10:00:00" for name in ("reached_at", "asked_at", "as_of"))
    assert (peer["party"], peer["undelivered"], peer["errors"]) == ("ru", 0, [])
    assert told["log"]["cosigned"][0]["by"] == "ru"
    assert told["served_since"] == "2026-11-26T10:00:00.000Z"


def test_a_node_without_a_server_says_so_and_knows_the_rest(tmp_path: Path) -> None:
    fr, ru = parties("fr", "ru")
    run(lambda: ru.say(report(), fr))
    run(lambda: fr.syncs(ru))
    (tmp_path / "node.db").write_bytes(bytes(1000))
    told = run(lambda: asked(fr, tmp_path))
    assert told["served_since"] is None
    assert told["disk"]["size"] == 1000
    [line] = told["not_well"]
    assert "is not served" in line


def test_what_stands_in_the_way_with_a_peer_is_one_thing_with_the_time_it_began(tmp_path: Path) -> None:
    fr, ru = parties("fr", "ru")
    between = Between(fr)

    async def story() -> tuple[dict[str, Any], dict[str, Any]]:
        task = asyncio.ensure_future(running(2400, fr, ru))
        await asyncio.sleep(600)
        between.answers["pull"] = raising(RemoteError(MALFORMED, "not a page"))
        await asyncio.sleep(600)
        ill = await asked(fr, tmp_path)
        between.answers.clear()
        await asyncio.sleep(600)
        well = await asked(fr, tmp_path)
        await task
        return ill, well

    ill, well = run(story)
    [fault] = ill["peers"][0]["errors"]
    assert (fault["code"], fault["message"], fault["out_of_reach"]) == (MALFORMED, "not a page", False)
    assert fault["since"].startswith("2026-11-26T10:10")
    assert len(ill["not_well"]) == 1
    assert well["not_well"] == []
    assert fr.reports == ["ru: malformed: not a page", "ru: malformed: not a page: that is over"]


def test_a_peer_out_of_reach_is_shown_since_its_first_silence_until_it_answers(tmp_path: Path) -> None:
    fr, ru = parties("fr", "ru")
    between = Between(fr)
    for method in ("pull", "add_checkpoint", "acknowledge", "receipts"):
        between.answers[method] = raising(TransportError("unreachable", "nobody answers"))

    async def story() -> tuple[dict[str, Any], dict[str, Any]]:
        task = asyncio.ensure_future(running(200, fr, ru))
        await asyncio.sleep(100)
        ill = await asked(fr, tmp_path)
        between.answers.clear()
        await asyncio.sleep(50)
        well = await asked(fr, tmp_path)
        await task
        return ill, well

    ill, well = run(story)
    [fault] = ill["peers"][0]["errors"]
    assert fault["out_of_reach"]
    assert fault["since"].startswith("2026-11-26T10:00:0")
    assert [line for line in ill["not_well"] if "out of reach since 2026-11-26T10:00:0" in line] == ill["not_well"]
    assert (well["not_well"], ill["peers"][0]["reached_at"]) == ([], None)


def test_a_clock_that_differs_and_one_that_was_set_back_are_told(tmp_path: Path) -> None:
    fr, _ = parties("fr", "ru")
    between = Between(fr)
    between.answers["pull"] = raising(RemoteError(CLOCK_SKEW, "10:00 here, 10:09 there"))
    run(lambda: fr.sync.once(fr.node.peers[0]))
    fr.node.journal.now()
    fr.clock.skew = -90_000
    fr.node.journal.now()
    told = run(lambda: asked(fr, tmp_path))
    assert told["clock"]["set_back"]["by_s"] == 90
    assert [one["party"] for one in told["clock"]["differs"]] == ["ru"]
    assert any("set back by 90.0 s" in line for line in told["not_well"])


def test_what_is_overdue_and_what_is_to_be_verified_again_is_listed_until_it_is_done(tmp_path: Path) -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> list[dict[str, Any]]:
        said = await fr.say(report(), ru, terms=Terms(answer_by=Instant(START + 10_000)))
        await fr.say(a_site(1, reverify_by=Instant(START + 10_000), name="Clinic"))
        await fr.say(a_site(2, reverify_by=Instant(START + 10_000_000), name="Other"))
        before = await asked(fr, tmp_path)
        await asyncio.sleep(20)
        await fr.sync.deadlines()
        late = await asked(fr, tmp_path)
        await ru.syncs(fr)
        after = await asked(fr, tmp_path)
        assert late["overdue"][0]["statement"] == said.id.hex()
        return [before, late, after]

    before, late, after = run(story)
    assert (before["overdue"], before["to_reverify"]) == ([], [])
    assert [(one["party"], one["type"]) for one in late["overdue"]] == [("ru", "report")]
    assert [one["name"] for one in late["to_reverify"]] == ["Clinic"]
    assert any("“Clinic”" in line and "stays protected" in line for line in late["not_well"])
    assert (after["overdue"], len(after["to_reverify"])) == ([], 1)


def test_a_log_that_may_not_grow_and_a_full_disk_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [fr] = parties("fr")
    fr.node.journal.read_only = "the log is behind"
    monkeypatch.setattr(status, "LITTLE_FREE", 1 << 62)
    told = run(lambda: asked(fr, tmp_path))
    assert [line.split(":")[0] if "disk" in line else line for line in told["not_well"][:2]] == [
        "nothing is signed: the log is behind",
        "the disk is nearly full",
    ]


def test_status_writes_nothing_and_asks_nobody(tmp_path: Path) -> None:
    fr, _ = parties("fr", "ru")
    between = Between(fr)
    commits: list[Batch] = []
    fr.store.commit = commits.append  # type: ignore[assignment, method-assign]
    run(lambda: asked(fr, tmp_path))
    assert (commits, between.calls) == ([], [])


def test_what_a_peer_makes_come_and_go_is_told_once_in_ten_minutes() -> None:
    clock, lines = WorldClock(), list[str]()
    contacts, who = Contacts(clock, lines.append), parties("ru")[0].fingerprint
    for second in range(2 * QUIET // 1000):
        clock.skew = second * 1000
        contacts.failed(who, "pull", RemoteError(MALFORMED, f"fault {second}"), f"ru: fault {second}")
        contacts.well(who, "pull", "ru")
    assert len(lines) == 4
    assert (lines[0], lines[2]) == ("ru: fault 0", "ru: fault 600")


def test_a_clock_that_is_set_back_silences_nothing() -> None:
    clock, lines = WorldClock(), list[str]()
    contacts = Contacts(clock, lines.append)
    for skew in (0, -10_000_000):
        clock.skew = skew
        contacts.failed(None, "publish", RemoteError(MALFORMED, "x"), "x")
        contacts.well(None, "publish")
    assert lines.count("x") == 2
