"""What people are shown of a telling: no rung without what it rests on."""

from typing import Any

import pytest

from comity.app import operations, views
from comity.node.sync import Round
from world import parties, report, run


def test_fetched_is_shown_as_inferred_and_held_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> tuple[Any, Any]:
        said = await fr.say(report(), ru)
        for _ in range(2):
            await ru.sync.pull(ru.peer(fr), 0, Round("fr"))
        asked = {"statement": said.id.hex()}
        before = await operations.perform(fr.node, fr.sync, "told", asked)
        await ru.syncs(fr)
        return before["ok"], (await operations.perform(fr.node, fr.sync, "told", asked))["ok"]

    for found, rungs in zip(run(story), (["released", "fetched"], ["released", "fetched", "held"]), strict=True):
        views.told(found)
        lines = [line.split() for line in capsys.readouterr().out.splitlines()]
        shown = {line[1]: line[3:] for line in lines if line[:1] == ["ru"]}
        assert list(shown) == rungs
        assert {rung for rung, basis in shown.items() if basis[:1] == ["inferred:"]} == {"fetched"}
