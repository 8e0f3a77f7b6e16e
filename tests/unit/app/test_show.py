"""`show`: what binds the one who holds a statement, whichever of release and object is the stricter."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from comity.app.operations import perform
from comity.exchange import say
from comity.exchange.deliver import Item, PageEnd, Pull
from comity.gateways.peer import PeerServer
from comity.model import content
from comity.model.acknowledgement import Telling
from comity.model.fingerprint import Fingerprint
from comity.model.marking import MARKING_IDS, Onward, Terms, Tlp
from comity.model.release import Release, write
from comity.model.statement import Draft
from comity.node.journal import Proposal
from comity.node.ports import ReleaseRow
from unit.node.liar import LyingTeller, Page, counted
from world import Party, parties, report, run

ID_OF = {level: id for id, level in MARKING_IDS.items()}


def marked(level: Tlp | None) -> bytes:
    found = content.read_json(report())
    return content.dump(found if level is None else {**found, "object_marking_refs": [ID_OF[level]]})


class LooseTeller(LyingTeller):
    """A teller that shows what its lie adds, and nothing else: no honest one shows a release that is too open."""

    def _rows(self, pull: Pull, limit: int) -> list[ReleaseRow]:
        return []

    def _wanted(self, caller: Fingerprint, tellings: Sequence[Telling], size: int) -> Iterator[ReleaseRow | None]:
        yield from [None] * len(tellings)


async def shown(party: Party, statement: bytes) -> dict[str, Any]:
    answer = await perform(party.node, party.sync, "show", {"statement": statement.hex()})
    told: dict[str, Any] = answer["ok"]
    return told


async def told_loosely(fr: Party, ru: Party, raw: bytes, terms: Terms) -> dict[str, Any]:
    """What ru is shown of a statement that fr has released on just these terms."""
    said, now = fr.node.sign(say.say(raw)), fr.clock.now()
    release = Release(f"release--{fr.node.uuid()}", said.id, ru.fingerprint, terms, now, withdrawn=False)
    given = fr.node.sign(Draft(content.parse(write(release, now))))
    [[at, after]] = fr.node.journal.write([Proposal([said, given])])
    teller = LooseTeller(fr.node)
    fr.wire.servers[fr.address] = PeerServer(fr.node, teller)

    def prove(index: int) -> tuple[bytes, ...]:
        return tuple(fr.node.journal.prover.inclusion(index, fr.node.journal.tree.size))

    def add(page: Page, end: PageEnd) -> tuple[Page, PageEnd]:
        item = Item(said.triple, at.index, prove(at.index), given.triple, after.index, prove(after.index))
        return counted(replace(page, items=(item,)), end)

    fr.sync.publish()
    teller.lie = add
    [round] = await ru.syncs(fr)
    assert (round.received, round.errors) == (1, [])
    return await shown(ru, said.id)


@pytest.mark.parametrize(
    ("own", "given", "tlp", "onward"),
    [
        (Tlp.RED, Terms(Tlp.CLEAR, Onward.MAY), "red", "never"),
        (Tlp.AMBER_STRICT, Terms(Tlp.GREEN, Onward.ASK), "amber+strict", "ask"),
        (Tlp.GREEN, Terms(Tlp.AMBER, Onward.MAY), "amber", "may"),
        (None, Terms(Tlp.GREEN, Onward.MUST), "green", "must"),
    ],
)
def test_the_stricter_of_what_object_and_release_say_is_shown(
    own: Tlp | None, given: Terms, tlp: str, onward: str
) -> None:
    fr, ru = parties("fr", "ru")
    told = run(lambda: told_loosely(fr, ru, marked(own), given))
    assert (told["tlp"], told["onward"]) == (tlp, onward)


def test_the_author_is_shown_no_terms_which_differ_from_one_addressee_to_the_other() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> dict[str, Any]:
        said = await fr.say(marked(Tlp.RED), ru)
        return await shown(fr, said.id)

    assert {"tlp", "onward"}.isdisjoint(run(story))
