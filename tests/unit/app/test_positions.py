"""Saying, withdrawing and listing positions at real nodes: versions, audiences, and what is no position to anybody."""

import base64
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from comity.app import positions
from comity.app.operations import perform
from comity.exchange.deliver import PageEnd
from comity.model import content
from comity.model.extension import COMITY_TYPES
from comity.model.marking import Terms
from comity.model.statement import Draft
from unit.node.liar import Page, PageLie, counted, lying, with_item
from world import Party, parties, run


async def asked(party: Party, operation: str, **args: Any) -> Any:
    answer = await perform(party.node, party.sync, operation, args)
    assert "ok" in answer, answer
    return answer["ok"]


async def refused(party: Party, **args: Any) -> tuple[str, str]:
    size = party.node.journal.tree.size
    answer = await perform(party.node, party.sync, "position", args)
    assert party.node.journal.tree.size == size
    return answer["error"]["code"], answer["error"]["place"]


async def listed(party: Party, subject: str | None = None) -> list[tuple[str, bool, list[tuple[str, str]]]]:
    found = await asked(party, "positions", subject=subject)
    return [(one["subject"], one["contested"], [(p["party"], p["stance"]) for p in one["positions"]]) for one in found]


def by_hand(**properties: Any) -> bytes:
    """A position as somebody may say it with `say`, readable or not."""
    head = {"type": "position", "spec_version": "2.1", "id": "position--00000000-0000-4000-8000-000000000001"}
    times = {"created": "2026-11-26T09:00:00.000Z", "modified": "2026-11-26T09:00:00.000Z"}
    extensions = {COMITY_TYPES["position"]: {"extension_type": "new-sdo"}}
    return content.dump({**head, **times, "extensions": extensions, **properties})


def altered(page: Page, end: PageEnd) -> tuple[Page, PageEnd]:
    """The item's statement with another stance than was signed."""
    items = []
    for item in page.items:
        assert item.statement is not None
        data, salt, raw = item.statement
        items.append(replace(item, statement=(data, salt, raw.replace(b"rejects", b"protects"))))
    return counted(replace(page, items=tuple(items)), end)


def told(*names: str, story: Callable[..., Awaitable[Any]]) -> Any:
    return run(lambda: story(*parties(*names)))  # type: ignore[arg-type, return-value]


# -- saying


def test_a_position_is_for_its_own_party_until_somebody_is_named() -> None:
    async def story(fr: Party, ru: Party) -> None:
        said = await asked(fr, "position", subject="داعش", stance="designates", basis="décret")
        assert said["released_to"] == []
        await ru.syncs(fr)
        assert await listed(ru) == []
        assert await listed(fr) == [("داعش", False, [("fr", "designates")])]

    told("fr", "ru", story=story)


def test_a_position_is_listed_with_its_author_basis_time_and_statement() -> None:
    """POSITION-8."""

    async def story(fr: Party, ru: Party) -> None:
        said = await asked(fr, "position", subject="داعش", stance="designates", basis="décret", to=["ru"])
        await ru.syncs(fr)
        [found] = await asked(ru, "positions")
        [held] = found["positions"]
        assert held == {
            "party": "fr",
            "stance": "designates",
            "basis": "décret",
            "said_at": "2026-11-26T10:00:00Z",
            "statement": said["statement"],
        }

    told("fr", "ru", story=story)


def test_a_dry_run_says_nothing_and_shows_who_would_see_it() -> None:
    async def story(fr: Party, ru: Party, us: Party) -> None:
        shown = await asked(fr, "position", subject="A", stance="rejects", to=["ru"], dry_run=True)
        assert (shown["released_to"], [one["party"] for one in shown["withheld_from"]]) == (["ru"], ["us"])
        assert fr.node.journal.tree.size == 1
        assert await listed(fr) == []

    told("fr", "ru", "us", story=story)


def test_the_same_subject_again_is_a_new_version_of_the_same_object() -> None:
    async def story(fr: Party, ru: Party) -> None:
        first = await asked(fr, "position", subject="pre\u0301sident", stance="rejects", to=["ru"])
        second = await asked(fr, "position", subject="pr\u00e9sident", stance="silent", to=["ru"])
        other = await asked(fr, "position", subject="president", stance="silent")
        assert first["object"] == second["object"] != other["object"]
        await ru.syncs(fr)
        assert await listed(ru) == [("pr\u00e9sident", False, [("fr", "silent")])]

    told("fr", "ru", story=story)


def test_a_new_version_goes_on_the_terms_of_the_one_before_and_names_whom_it_leaves_behind() -> None:
    async def story(fr: Party, ru: Party, us: Party) -> None:
        await asked(fr, "position", subject="A", stance="rejects", to=["ru", "us"], tlp="green", onward="ask")
        second = await asked(fr, "position", subject="A", stance="silent", to=["ru"])
        assert (second["tlp"], second["onward"]) == ("green", "ask")
        assert second["pointed_out"] == ["us was told the version before, and is not told this one"]
        shown = await asked(fr, "position", subject="A", stance="supports", to=["us"], onward="never", dry_run=True)
        assert (shown["tlp"], shown["onward"]) == ("green", "never")
        assert shown["pointed_out"] == ["ru was told the version before, and is not told this one"]
        third = await asked(fr, "position", subject="A", revoke=True)
        assert (third["released_to"], third["tlp"], third["onward"]) == (["ru", "us"], "green", "ask")
        assert "pointed_out" not in third
        assert (await asked(fr, "position", subject="B", stance="silent", to=["ru"]))["tlp"] == "amber"

    told("fr", "ru", "us", story=story)


def test_a_version_is_later_than_the_one_before_also_where_the_clock_is_not() -> None:
    async def story(fr: Party) -> None:
        ahead = by_hand(subject="A", stance="rejects", modified="2030-01-01T00:00:00.000Z")
        await asked(fr, "say", raw=base64.b64encode(ahead).decode())
        said = await asked(fr, "position", subject="A", stance="supports")
        shown = await asked(fr, "show", statement=said["statement"])
        assert shown["content"]["modified"] == "2030-01-01T00:00:00.001Z"
        assert await listed(fr) == [("A", False, [("fr", "supports")])]

    told("fr", story=story)


@pytest.mark.parametrize(
    ("args", "place"),
    [
        ({"subject": " A", "stance": "rejects"}, "SUBJECT"),
        ({"subject": "", "stance": "rejects"}, "SUBJECT"),
        ({"subject": "A", "stance": "nominates"}, "STANCE"),
        ({"subject": "A"}, "STANCE"),
        ({"subject": "A", "stance": "designates"}, "--basis"),
        ({"subject": "A", "stance": "designates", "basis": ""}, "--basis"),
        ({"subject": "A", "stance": "rejects", "basis": "a\nb"}, "--basis"),
        ({"subject": "A", "stance": "rejects", "revoke": True}, "--revoke"),
        ({"subject": "A", "basis": "b", "revoke": True}, "--revoke"),
        ({"subject": "A", "revoke": True}, "SUBJECT"),
        ({"subject": "A", "stance": "rejects", "tlp": "white"}, "--tlp"),
    ],
)
def test_what_cannot_be_said_is_refused_at_its_place_and_nothing_is_written(args: dict[str, Any], place: str) -> None:
    async def story(fr: Party) -> None:
        assert await refused(fr, **args) == ("bad-argument", place)

    told("fr", story=story)


# -- withdrawing


def test_a_withdrawal_goes_to_all_who_were_told_a_version_and_to_nobody_else() -> None:
    async def story(fr: Party, ru: Party, us: Party, de: Party) -> None:
        await asked(fr, "position", subject="A", stance="rejects", to=["ru"])
        await asked(fr, "position", subject="A", stance="silent", to=["us"])
        await asked(fr, "position", subject="B", stance="rejects", to=["de"])
        taken = await asked(fr, "position", subject="A", revoke=True)
        assert taken["released_to"] == ["ru", "us"]
        for hearer in (ru, us, de):
            await hearer.syncs(fr)
        for hearer in (ru, us):
            [found] = await asked(hearer, "positions")
            assert [one["withdrawn"] for one in found["positions"]] == [True]
        assert await listed(de) == [("B", False, [("fr", "rejects")])]

    told("fr", "ru", "us", "de", story=story)


def test_whoever_had_its_release_withdrawn_is_not_told_any_more() -> None:
    async def story(fr: Party, ru: Party, us: Party) -> None:
        said = await asked(fr, "position", subject="A", stance="rejects", to=["ru", "us"])
        await asked(fr, "withdraw", **{"statement": said["statement"], "from": ["us"]})
        assert (await asked(fr, "position", subject="A", revoke=True))["released_to"] == ["ru"]

    told("fr", "ru", "us", story=story)


def test_the_operator_may_say_who_is_told_of_a_withdrawal() -> None:
    async def story(fr: Party, ru: Party, us: Party) -> None:
        await asked(fr, "position", subject="A", stance="rejects", to=["ru", "us"])
        assert (await asked(fr, "position", subject="A", revoke=True, own=True, dry_run=True))["released_to"] == []
        assert (await asked(fr, "position", subject="A", revoke=True, to=["us"]))["released_to"] == ["us"]

    told("fr", "ru", "us", story=story)


def test_after_a_withdrawal_there_is_nothing_to_withdraw_and_a_new_position_is_a_new_object() -> None:
    async def story(fr: Party, ru: Party) -> None:
        first = await asked(fr, "position", subject="A", stance="rejects", to=["ru"])
        await asked(fr, "position", subject="A", revoke=True)
        assert await refused(fr, subject="A", revoke=True) == ("bad-argument", "SUBJECT")
        again = await asked(fr, "position", subject="A", stance="supports", to=["ru"])
        assert again["object"] != first["object"]
        await ru.syncs(fr)
        assert await listed(ru) == [("A", False, [("fr", "supports")])]

    told("fr", "ru", story=story)


def test_nobody_withdraws_the_position_of_another() -> None:
    async def story(fr: Party, ru: Party) -> None:
        await asked(fr, "position", subject="A", stance="rejects", to=["ru"])
        await ru.syncs(fr)
        assert await refused(ru, subject="A", revoke=True) == ("bad-argument", "SUBJECT")

    told("fr", "ru", story=story)


# -- listing


def test_parties_that_differ_are_listed_side_by_side_by_their_names_here() -> None:
    """POSITION-10."""

    async def story(us: Party, fr: Party, ru: Party) -> None:
        await asked(ru, "position", subject="A", stance="supports", to=["us"])
        await asked(fr, "position", subject="A", stance="rejects", to=["us"])
        await us.syncs(fr, ru)
        assert await listed(us) == [("A", True, [("fr", "rejects"), ("ru", "supports")])]
        await asked(us, "position", subject="A", stance="silent")
        assert await listed(us) == [("A", True, [("fr", "rejects"), ("ru", "supports"), ("us", "silent")])]

    told("us", "fr", "ru", story=story)


def test_the_subject_asked_for_is_taken_exactly_as_it_was_said_or_in_another_form_of_the_same_characters() -> None:
    async def story(fr: Party) -> None:
        for subject in ("président", "President", "داعش"):
            await asked(fr, "position", subject=subject, stance="rejects")
        assert [one[0] for one in await listed(fr, "pre\u0301sident")] == ["président"]
        assert await listed(fr, "president") == []
        answer = await perform(fr.node, fr.sync, "positions", {"subject": "two  spaces"})
        assert (answer["error"]["code"], answer["error"]["place"]) == ("bad-argument", "SUBJECT")

    told("fr", story=story)


@pytest.mark.parametrize(
    "properties",
    [
        {},
        {"subject": "A", "stance": "nominates"},
        {"subject": "A", "stance": "designates"},
        {"subject": " A", "stance": "rejects"},
    ],
)
def test_what_cannot_be_read_as_a_position_is_none_and_hides_no_other(properties: dict[str, Any]) -> None:
    """Whoever wrote it: an earlier version, or a party that does not mind the rules."""

    async def story(fr: Party, ru: Party) -> None:
        await fr.node.say(Draft(content.parse(by_hand(**properties))), [fr.peer(ru)], Terms())
        await asked(fr, "position", subject="B", stance="rejects", to=["ru"])
        await ru.syncs(fr)
        for party in (fr, ru):
            assert await listed(party) == [("B", False, [("fr", "rejects")])]

    told("fr", "ru", story=story)


def test_a_position_written_with_escapes_is_one() -> None:
    async def story(fr: Party, ru: Party) -> None:
        raw = by_hand(subject="A", stance="rejects").replace(b"position", b"\\u0070osition")
        assert b"position" not in raw
        await fr.say(raw, ru)
        await ru.syncs(fr)
        for party in (fr, ru):
            assert await listed(party) == [("A", False, [("fr", "rejects")])]

    told("fr", "ru", story=story)


def test_a_release_that_was_withdrawn_takes_the_position_away_and_brings_no_older_one_back() -> None:
    """POSITION-9."""

    async def story(fr: Party, ru: Party) -> None:
        await asked(fr, "position", subject="A", stance="supports", to=["ru"])
        later = await asked(fr, "position", subject="A", stance="rejects", to=["ru"])
        await ru.syncs(fr)
        await asked(fr, "withdraw", **{"statement": later["statement"], "from": ["ru"]})
        await ru.syncs(fr)
        assert await listed(ru) == []
        await asked(fr, "release", statement=later["statement"], to=["ru"])
        await ru.syncs(fr)
        assert await listed(ru) == [("A", False, [("fr", "rejects")])]

    told("fr", "ru", story=story)


@pytest.mark.parametrize(("lie", "refusals"), [(with_item(0, statement_path=(b"?" * 32,)), 0), (altered, 1)])
def test_what_was_refused_or_stands_nowhere_is_nobodys_position_here(lie: PageLie, refusals: int) -> None:
    async def story(fr: Party, ru: Party) -> None:
        lying(fr).lie = lie
        await asked(fr, "position", subject="A", stance="rejects", to=["ru"])
        [done] = await ru.syncs(fr)
        assert (done.received, done.refused) == (0, refusals)
        assert await listed(ru) == []

    told("fr", "ru", story=story)


# -- showing


def shown(found: list[dict[str, Any]], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COLUMNS", "160")
    positions.show(found)
    return capsys.readouterr().out


def held(party: str, stance: str, **more: Any) -> dict[str, Any]:
    return {"party": party, "stance": stance, "basis": None, "said_at": "2026-11-26T10:00:00Z", **more}


def test_on_each_line_stands_whose_word_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    both = [held("fr", "rejects", basis="communiqué"), held("ru", "silent"), held("us", "designates", withdrawn=True)]
    text = shown([{"subject": "президент", "contested": True, "positions": both}], capsys, monkeypatch)
    assert "by its author's word alone" in text
    [(fr, below)] = [pair for pair in pairwise(text.splitlines()) if "fr rejects" in pair[0]]
    assert "президент" in fr
    assert "“communiqué”" in below
    assert "2026-11-26T10:00:00Z" in fr
    [(_, below)] = [pair for pair in pairwise(text.splitlines()) if "ru is silent" in pair[0]]
    assert "none given" in below
    assert "(contested)" in text
    assert text.count("(withdrawn)") == 1


def test_what_steers_a_terminal_is_not_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = shown(
        [{"subject": "A", "contested": False, "positions": [held("fr", "rejects", basis="\x1b[2J[red]x")]}],
        capsys,
        monkeypatch,
    )
    assert "\x1b[2J" not in text
    assert "[red]x" in text
    assert "contested" not in text


def test_nothing_known_is_said_plainly(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown([], capsys, monkeypatch) == "no position is known here\n"


# -- places

CLINIC = content.dump({"type": "Point", "coordinates": [36.16, 36.2]}).decode()


async def protected(fr: Party, **more: Any) -> dict[str, Any]:
    return dict(await asked(fr, "protect", geojson=CLINIC, function="hospital", name="Clinic", **more))


def test_a_designation_of_a_place_is_refused_by_command_and_by_hand_and_nothing_is_logged() -> None:
    """POSITION-12 and 13, at the node that says it."""

    async def story(fr: Party, ru: Party) -> None:
        site = await protected(ru, to=["fr"])
        own = await protected(fr)
        await fr.syncs(ru)
        named = [one[name] for one in (site, own) for name in ("object", "statement")]
        uuids = [one["object"].partition("--")[2] for one in (site, own)]
        digits = [one["statement"][:6].upper() for one in (site, own)]
        texts = ["37SBA 12345 67890", *named, *uuids, *digits, "@clinic", f"see {named[1][:12]} there"]
        for text in texts:
            given = {"subject": text, "stance": "designates", "basis": "b", "to": ["ru"]}
            assert await refused(fr, **given) == ("bad-argument", "SUBJECT"), text
            raw = base64.b64encode(by_hand(subject=text, stance="designates", basis="b")).decode()
            size = fr.node.journal.tree.size
            answer = await perform(fr.node, fr.sync, "say", {"raw": raw})
            assert answer["error"]["place"] == "/subject", text
            assert fr.node.journal.tree.size == size
        assert await refused(fr, subject="A", stance="designates", basis="at 36.2, 36.16") == (
            "bad-argument",
            "--basis",
        )
        assert await refused(fr, subject="A", stance="designates", basis=named[1]) == ("bad-argument", "SUBJECT")

    told("fr", "ru", story=story)


def test_who_protects_a_site_may_name_it_and_digits_that_name_nothing_here_are_a_name() -> None:
    async def story(fr: Party) -> None:
        site = await protected(fr)
        notes = await asked(fr, "position", subject="A", stance="silent")
        await asked(fr, "position", subject=site["object"], stance="protects")
        for text in (notes["statement"], "abcdef", "facade group", "@nobody", "61398 000000"):
            await asked(fr, "position", subject=text, stance="designates", basis="b")

    told("fr", story=story)


def test_what_another_party_said_of_a_place_is_held_and_shown_as_said_and_listed_nowhere() -> None:
    """POSITION-14."""

    async def story(fr: Party, ru: Party) -> None:
        site = await protected(ru)
        texts = ["37SBA 12345 67890", site["object"].upper(), site["statement"][:12], "A"]
        for at, text in enumerate(texts):
            raw = by_hand(
                subject=text, stance="designates", basis="b", id=f"position--00000000-0000-4000-8000-00000000000{at}"
            )
            await fr.node.say(Draft(content.parse(raw)), [fr.peer(ru)], Terms())
        [round] = await ru.syncs(fr)
        assert (round.received, round.refused) == (4, 0)
        assert await asked(ru, "quarantine") == []
        assert await listed(ru) == [("A", False, [("fr", "designates")])]
        for one in await asked(ru, "inbox"):
            shown = await asked(ru, "show", statement=one["statement"])
            assert shown["content"]["subject"] in texts
            why: dict[str, str | None] = {texts[0]: "coordinates (MGRS)", texts[1]: "the id of a protected-site"}
            why |= {texts[2]: "a protected-site that is here", "A": None}
            told_why = why[shown["content"]["subject"]]
            assert ("not_listed" in shown) is (told_why is not None)
            assert told_why is None or f"in no list of positions, for it names {told_why}: " in shown["not_listed"]
            assert one["acknowledged"] is not None
        rows = [row for row in await asked(ru, "statements") if row["type"] == "position"]
        assert "A" in [row["name"] for row in rows]
        assert not any(text in row["name"] for row in rows for text in texts[:2])

    told("fr", "ru", story=story)
