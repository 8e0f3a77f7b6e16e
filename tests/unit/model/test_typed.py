"""Objects of Comity's own types are read strictly at both ends: what nobody could check against is neither said nor held."""

import pytest

from comity.errors import NOT_STIX, LocalError, RemoteError
from comity.exchange import say
from comity.formats import Format
from comity.model import content, typed
from comity.model.extension import COMITY_TYPES
from comity.model.marking import Terms
from comity.model.statement import Draft
from unit.node.matters import a_notice, a_site
from world import parties, report, run


def changed(raw: bytes, **properties: object) -> bytes:
    return content.dump({**content.parse(raw).properties, **properties})


def by_hand(kind: str, **properties: object) -> bytes:
    head = {"type": kind, "spec_version": "2.1", "id": f"{kind}--00000000-0000-4000-8000-000000000009"}
    times = {"created": "2026-11-26T09:00:00.000Z", "modified": "2026-11-26T09:00:00.000Z"}
    return content.dump(
        {**head, **times, "extensions": {COMITY_TYPES[kind]: {"extension_type": "new-sdo"}}, **properties}
    )


UNREADABLE = {
    "notice": (changed(a_notice(), state="ready"), "/state"),
    "protected-site": (changed(a_site(), precision="vague"), "/precision"),
    "position": (by_hand("position", subject="A", stance="nominates"), "/stance"),
    "objection": (by_hand("objection", rule="overlap", text="-"), "/because"),
}


def test_each_type_that_people_say_and_code_reads_has_an_example_here() -> None:
    assert UNREADABLE.keys() == typed.READERS.keys()


@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_cannot_be_read_is_refused_when_it_is_said_with_its_place(kind: str) -> None:
    raw, place = UNREADABLE[kind]
    with pytest.raises(LocalError) as caught:
        say.say(raw)
    assert (caught.value.code, caught.value.place) == (NOT_STIX, place)


@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_cannot_be_read_is_refused_by_a_signed_statement_when_it_is_heard_and_the_rest_is_held(kind: str) -> None:
    raw, _ = UNREADABLE[kind]
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        bad, _ = await fr.node.say(Draft(content.parse(raw)), [fr.peer(ru)], Terms())
        good = await fr.say(report(), ru)
        await ru.syncs(fr)
        answers = [fr.store.answers_to(fr.store.releases_of(one.id)[0].id) for one in (bad, good)]
        told = [[(one.ours, one.disposition, one.reason) for one in of] for of in answers]
        assert told == [[(True, "refused", NOT_STIX)], [(True, "held", None)]]
        await ru.sync.look()
        assert list(ru.store.airspace.unchecked(10)) == []

    run(story)


@pytest.mark.parametrize("raw", [a_notice(), a_site(), report(), by_hand("track"), by_hand("claim", text="as it was")])
def test_what_can_be_read_and_what_has_no_reader_here_passes(raw: bytes) -> None:
    typed.check(content.parse(raw))


@pytest.mark.parametrize("table", typed.READERS.values(), ids=typed.READERS)
def test_a_reader_takes_its_own_type_alone(table: Format[object]) -> None:
    for version in table.versions:
        with pytest.raises(RemoteError):
            table.reader(version)(content.parse(report()))
