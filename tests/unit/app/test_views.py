"""What people are shown of a telling: no rung without what it rests on."""

import asyncio
from typing import Any

import pytest

from comity.app import operations, verdicts, views
from comity.app.verdict_words import sentences
from comity.exchange.verify import verify
from comity.model import content
from comity.model.statement import ItemHash
from unit.exchange.speaker import START, Story
from unit.node.liar import altered_content, lying
from world import Party, parties, report, run


async def told(teller: Party, statement: bytes) -> Any:
    answer = await operations.perform(teller.node, teller.sync, "told", {"statement": statement.hex()})
    return answer["ok"]


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")


def lines_of(found: Any, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """What is shown of ru: rung -> what stands behind it."""
    views.told(found)
    rows = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    return {rest.split("  ")[0]: " ".join(rest.split()[1:]) for who, rest in (row for row in rows if row[:1] == ["ru"])}


def test_fetched_is_shown_as_asked_for_and_not_as_having_come(capsys: pytest.CaptureFixture[str]) -> None:
    fr, ru = parties("fr", "ru")
    teller = lying(fr)

    async def story() -> tuple[Any, Any]:
        said = await fr.say(report(), ru)
        teller.swap = lambda item: None  # it was asked for, and gives nothing
        await ru.syncs(fr)
        before = await told(fr, said.id)
        teller.swap = None
        await asyncio.sleep(5)
        await ru.syncs(fr)
        return before, await told(fr, said.id)

    for found, rungs in zip(run(story), (["released", "fetched"], ["released", "fetched", "held"]), strict=True):
        shown = lines_of(found, capsys)
        assert list(shown) == rungs
        asked = {rung for rung, basis in shown.items() if "asked for these very bytes" in basis}
        assert asked == {"fetched"}
        assert "that they came is not shown by this" in shown["fetched"]


def test_an_answer_about_other_bytes_is_shown_as_that_and_as_no_refusal_of_ours(
    capsys: pytest.CaptureFixture[str],
) -> None:
    fr, ru = parties("fr", "ru")
    lying(fr).lie = altered_content

    async def story() -> Any:
        said = await fr.say(report(), ru)
        await ru.syncs(fr)
        return await told(fr, said.id)

    found = run(story)
    assert (found["parties"]["ru"]["refused"], found["parties"]["ru"]["answered_other_bytes"]) == (None, "refused")
    shown = lines_of(found, capsys)
    assert list(shown) == ["released", "refused, but other bytes"]
    assert shown["refused, but other bytes"].endswith("says that something else was sent")


# -- proof files


def judged(capsys: pytest.CaptureFixture[str], **story: Any) -> str:
    verdict = verify(Story.make(**story).bytes())
    said = sentences(verdict)
    verdicts.show(verdicts.with_words(verdict.as_dict(), said), said)
    return " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("bad-signature", "The bytes in this file do not bear that out: they do not have this fault."),
        ("forbidden", "That is no fault of bytes, which others could look for: it is the word of “ru” alone."),
    ],
)
def test_a_refusal_is_shown_with_whether_the_file_bears_it_out(
    reason: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = judged(capsys, refused=reason)
    assert f"for the reason {reason} (" in found
    assert words in found


@pytest.mark.parametrize("reason", ["all-clear", "approved", "safe-to-go"])
def test_a_reason_that_is_no_code_of_ours_stands_in_quotation_marks(
    reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is a word of the hearer's, and never one that this program says."""
    assert f"for the reason “{reason}”." in judged(capsys, refused=reason)
    one: dict[str, Any] = {
        "rungs": {},
        "refused": reason,
        **dict.fromkeys(("answered_other_bytes", "proved_by", "unacknowledged", "withdrawn")),
    }
    views.told({"home": {}, "parties": {"ru": one}, "not_released_to": []})
    assert f"“{reason}”" in capsys.readouterr().out


def test_a_refusal_for_what_the_bytes_do_have_is_shown_as_borne_out(capsys: pytest.CaptureFixture[str]) -> None:
    raw = content.write("position--00000000-0000-4000-8000-000000000002", START, [], created=START)
    assert "The bytes in this file bear that out: they have this fault." in judged(capsys, refused="not-stix", raw=raw)


def test_what_is_answered_about_other_bytes_is_shown_as_nothing_of_these(capsys: pytest.CaptureFixture[str]) -> None:
    other = ItemHash(bytes(32))
    for found in (judged(capsys, item=other), judged(capsys, item=other, refused="bad-signature")):
        assert "of other bytes than these: something else was sent, or is said to have been" in found
        assert "that shows nothing" in found
        assert "bad-signature" not in found
    assert "answered held of other bytes" in judged(capsys, item=other)


def test_a_file_shows_of_fetched_that_it_was_asked_for_and_not_that_it_came(capsys: pytest.CaptureFixture[str]) -> None:
    found = judged(capsys)
    assert "claimed: it has asked for these very bytes; that they came is not shown by this" in found
    assert "inferred" not in found
