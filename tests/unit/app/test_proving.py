"""Proving from the command's side: which file is made of what, and that it says what its reader will see."""

import base64
from typing import Any

import pytest

from comity.errors import AMBIGUOUS, BAD_ARGUMENT, UNKNOWN_STATEMENT
from comity.exchange.verify import Verdict, verify
from comity.model import content
from unit.app.places import TIMES, asked, notified, protected, refused
from unit.node.liar import lying, with_item
from unit.node.matters import a_site
from world import Party, parties, report, run


def judged(told: Any) -> Verdict:
    verdict = verify(base64.b64decode(told["proof"]))
    assert verdict.problems == []
    return verdict


def both(fr: Party, ru: Party, statement: str, **args: Any) -> list[Any]:
    """The teller's file and the hearer's."""
    return [
        run(lambda: asked(fr, "prove", statement=statement, to="ru", **args)),
        run(lambda: asked(ru, "prove", statement=statement, **{"from": "fr"}, **args)),
    ]


def a_report_told(fr: Party, ru: Party) -> str:
    async def story() -> str:
        said = await fr.say(report(), ru)
        await ru.syncs(fr)
        return said.id.hex()

    return run(story)


def test_a_report_is_proved_with_its_content_from_both_sides_unless_it_is_left_out() -> None:
    fr, ru = parties("fr", "ru")
    statement = a_report_told(fr, ru)
    for told in both(fr, ru, statement):
        assert (judged(told).content, told["content"]) == (report(), True)
        assert "the content, whole" in told["reader_sees"][0]
        assert "检查站" in told["reader_sees"][0]
    for told in both(fr, ru, statement, content=False):
        assert (judged(told).omitted, told["content"]) == (True, False)
        assert report() not in base64.b64decode(told["proof"])
        assert "检查站" not in str(told["reader_sees"])


@pytest.mark.parametrize("kind", ["site", "notice", "movement"])
def test_of_a_place_the_content_is_left_out_from_both_sides_until_it_is_asked_for(kind: str) -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> str:
        if kind == "notice":
            told = await notified(fr, to=["ru"])
        elif kind == "site":
            told = await protected(fr, to=["ru"])
        else:
            told = await protected(fr, to=["ru"], function="movement", **TIMES)
        await ru.syncs(fr)
        return str(told["statement"])

    statement = run(story)
    raw = base64.b64decode(run(lambda: asked(ru, "show", statement=statement))["bytes"])
    for told in both(fr, ru, statement):
        verdict = judged(told)
        assert (verdict.omitted, verdict.content, verdict.type) == (True, None, None)
        assert raw not in base64.b64decode(told["proof"])
        assert "not the content" in told["reader_sees"][0]
        assert (verdict.held_by, verdict.statement) == ("ru", statement)
    for told in both(fr, ru, statement, content=True):
        assert judged(told).content == raw
        assert "with its places and times" in told["reader_sees"][0]


def test_who_can_open_what_is_left_out_is_named() -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> str:
        told = await protected(fr, to=["ru", "us"])
        for one in (ru, us):
            await one.syncs(fr)
        return str(told["statement"])

    ours, theirs = both(fr, ru, run(story))
    assert all(name in ours["reader_sees"][0] for name in ("this party", "ru", "us"))
    assert "fr, this party, whomever else fr told it" in theirs["reader_sees"][0]


def test_what_was_withdrawn_is_said_not_to_be_shown_by_the_hearers_file() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> str:
        said = await fr.say(report(), ru)
        await ru.syncs(fr)
        await fr.node.withdraw(said.id, [fr.peer(ru)])
        await ru.syncs(fr)
        return said.id.hex()

    ours, theirs = both(fr, ru, run(story))
    assert ours["withdrawn_at"] is not None
    assert theirs["withdrawn_at"] is None
    assert "withdrawn it since" in theirs["reader_sees"][1]


@pytest.mark.parametrize(
    "args",
    [
        {},
        {"to": "ru", "from": "ru"},
        {"to": "ru", "refused": True},
        {"refused": True},
        {"from": "all"},
        {"from": "ru"},
        {"from": "ru", "refused": True, "content": False},
    ],
)
def test_a_file_is_about_one_party_and_one_way(args: dict[str, Any]) -> None:
    fr, ru = parties("fr", "ru")
    statement = a_report_told(fr, ru)
    code, *_ = run(lambda: refused(fr, "prove", statement=statement, **args))
    assert code in {BAD_ARGUMENT, UNKNOWN_STATEMENT}


# -- what was refused


def proof_of_refusal(ru: Party, item: str, **args: Any) -> Any:
    return run(lambda: asked(ru, "prove", statement=item, refused=True, **{"from": "fr"}, **args))


def proof_refused(ru: Party, item: str) -> tuple[str, str, str]:
    return run(lambda: refused(ru, "prove", statement=item, refused=True, **{"from": "fr"}))


def a_blank_more(page: Any, end: Any) -> Any:
    data, salt, raw = page.items[0].statement
    return with_item(0, statement=(data, salt, raw + b" "))(page, end)


def a_refusal(raw: bytes, lie: Any = a_blank_more) -> tuple[Party, Party, Any]:
    fr, ru = parties("fr", "ru")
    lying(fr).lie = lie

    async def story() -> Any:
        await fr.say(raw, ru)
        await ru.syncs(fr)
        return await asked(ru, "quarantine")

    return fr, ru, run(story)[0]


@pytest.mark.parametrize("name", ["statement", "release", "item"])
def test_what_was_refused_is_named_as_it_is_listed_by_its_first_digits(name: str) -> None:
    _, ru, listed = a_refusal(report())
    given = listed[name][:9].upper() + "…"
    told = run(lambda: asked(ru, "prove", statement=given, refused=True, **{"from": "fr"}))
    verdict = judged(told)
    assert (verdict.refused, verdict.borne_out, told["refused"]) == (listed["reason"], True, listed["reason"])
    assert "検" not in str(told["reader_sees"])
    assert "the bytes that were refused, whole" in told["reader_sees"][0]


@pytest.mark.parametrize(
    ("given", "code"), [("abcde", BAD_ARGUMENT), ("@name", BAD_ARGUMENT), ("f" * 64, UNKNOWN_STATEMENT)]
)
def test_what_names_nothing_that_was_refused_is_refused(given: str, code: str) -> None:
    _, ru, _ = a_refusal(report())
    found, place, _ = run(lambda: refused(ru, "prove", statement=given, refused=True, **{"from": "fr"}))
    assert (found, place) == (code, "STATEMENT")


def test_of_several_items_of_one_release_one_is_to_be_named() -> None:
    fr, ru = parties("fr", "ru")
    teller = lying(fr)

    async def story() -> list[Any]:
        await fr.say(report(), ru)
        for number in (1, 2):
            teller.lie = with_item(0, release=(b"%d" % number, b"", b""))
            ru.store.refold([])
            await ru.syncs(fr)
        return list(await asked(ru, "quarantine"))

    listed = run(story)
    assert len({one["item"] for one in listed}) == 2
    common = listed[0]["statement"]
    code, _, message = run(lambda: refused(ru, "prove", statement=common, refused=True, **{"from": "fr"}))
    assert code == AMBIGUOUS
    assert all(one["item"][:12] in message for one in listed)
    for one in listed:
        assert judged(proof_of_refusal(ru, one["item"], content=True)).borne_out is True


def test_refused_bytes_that_are_or_may_be_about_a_place_are_shown_only_where_that_is_asked_for() -> None:
    def broken(page: Any, end: Any) -> Any:
        item = page.items[0]
        return with_item(0, statement=(*item.statement[:2], b"\xff" + item.statement[2]))(page, end)

    site = a_site()
    other = content.dump({**content.read_json(site), "x_more": 1})

    def longer(page: Any, end: Any) -> Any:
        return with_item(0, statement=(*page.items[0].statement[:2], other))(page, end)

    for raw, lie in ((site, longer), (report(), broken)):
        _, ru, listed = a_refusal(raw, lie)
        code, place, _ = proof_refused(ru, listed["item"])
        assert (code, place) == (BAD_ARGUMENT, "--content")
        assert judged(proof_of_refusal(ru, listed["item"], content=True)).refused == listed["reason"]
