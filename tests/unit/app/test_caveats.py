"""What is not understood, and whom an object names, is shown to people at both ends (RELEASE-19)."""

import base64
from typing import Any

import pytest

from comity.app import beside, views
from comity.app.operations import perform
from comity.model import content
from unit.app.places import notified, object_of
from unit.model.test_content import an_object
from world import Party, parties, run

CREATOR = "identity--5d2a5d3e-8f2b-4c6e-9d1a-2b3c4d5e6f70"
CAVEATS = {"labels": ["malware", "PAP:RED"], "x_opencti_granted_refs": ["a"]}
NAMED = [
    {"name": "PAP:RED", "place": "/labels/1"},
    {"name": "x_opencti_granted_refs", "place": "/x_opencti_granted_refs"},
]


async def does(party: Party, name: str, **args: Any) -> Any:
    answer = await perform(party.node, party.sync, name, args)
    return answer.get("ok", answer.get("error"))


def raw(**properties: Any) -> str:
    return base64.b64encode(content.dump(an_object("threat-actor", name="n", **properties))).decode()


OPEN = {"to": ["ru"], "tlp": "clear", "onward": "may"}


async def said_and_heard(accept: list[str], **properties: Any) -> tuple[Any, dict[str, Any]]:
    fr, ru = parties("fr", "ru")
    said = await does(fr, "say", raw=raw(**properties), accept=accept, **OPEN)
    if "statement" not in said:
        return said, {}
    await ru.syncs(fr)
    heard = {
        "inbox": (await does(ru, "inbox"))[0],
        "show": await does(ru, "show", statement=said["statement"]),
        "statements": (await does(ru, "statements"))[-1],
        "own": await does(fr, "show", statement=said["statement"]),
        "again": await does(fr, "release", statement=said["statement"], accept=accept, **OPEN),
    }
    return said, heard


def test_both_sides_name_what_is_not_understood_and_count_it_as_amber_strict_and_never() -> None:
    said, heard = run(lambda: said_and_heard([], **CAVEATS))
    for told in (said, *heard.values()):
        assert told["not_understood"] == NAMED
    for told in (heard["statements"], heard["own"]):
        assert beside.caveats(told)[0].startswith("not understood: “PAP:RED” at /labels/1, “x_op")
    for told in (said, heard["inbox"], heard["show"], heard["again"]):
        assert (told["tlp"], told["onward"], told["accepted"]) == ("amber+strict", "never", [])
        [words] = beside.caveats(told)
        assert words.startswith(
            "not understood, so amber+strict at least and onward never: “PAP:RED” at /labels/1, “x_op"
        )


def test_what_the_operator_accepts_by_name_is_still_named_on_both_sides_and_restricts_no_more() -> None:
    names = [one["name"] for one in NAMED]
    said, heard = run(lambda: said_and_heard(names[::-1], **CAVEATS))
    for told in (said, heard["inbox"], heard["show"], heard["again"]):
        assert (told["tlp"], told["onward"], told["accepted"]) == ("clear", "may", names)
        assert told["not_understood"] == NAMED
        assert "accepted by its author: “PAP:RED”" in beside.caveats(told)[0]
    said, heard = run(lambda: said_and_heard(names[:1], **CAVEATS))
    assert (heard["show"]["tlp"], heard["show"]["onward"]) == ("amber+strict", "never")


@pytest.mark.parametrize("name", ["PAP:AMBER", "pap:red", "", "malware", "all"])
def test_a_name_that_is_not_there_is_refused_with_those_that_are(name: str) -> None:
    told, _ = run(lambda: said_and_heard([name], **CAVEATS))
    assert (told["code"], told["place"]) == ("bad-argument", "--accept-marking")
    assert "'PAP:RED', 'x_opencti_granted_refs'" in told["message"]
    told, _ = run(lambda: said_and_heard([name]))
    assert told["message"].endswith("not understood here: nothing")


def test_a_new_version_of_a_notice_that_bears_a_caveat_is_told_as_openly_as_its_operator_accepts() -> None:
    fr, _ru = parties("fr", "ru")

    async def story() -> None:
        said = await notified(fr, to=["ru"])
        plain = content.read_json(object_of(fr, said["statement"]).raw)
        changed = {**plain, **CAVEATS, "modified": "2026-11-26T10:00:30.000Z"}
        marked = await does(fr, "say", raw=base64.b64encode(content.dump(changed)).decode(), to=["ru"])
        assert marked["tlp"] == "amber+strict"
        names = [one["name"] for one in marked["not_understood"]]
        slip = {"replaces": marked["statement"], "until": "2026-11-26T15:00:00Z"}
        held = await does(fr, "notice", **slip, dry_run=True)
        assert (held["tlp"], held["accepted"]) == ("amber+strict", [])
        told = await does(fr, "notice", **slip, tlp="amber", accept=names)
        assert (told["tlp"], told["accepted"]) == ("amber", sorted(names))
        wrong = await does(fr, "notice", replaces=told["statement"], until="2026-11-26T16:00:00Z", accept=["PAP:GREEN"])
        assert wrong["place"] == "--accept-marking"

    run(story)


def test_a_dry_run_names_them_and_says_nothing() -> None:
    fr, _ = parties("fr", "ru")
    told = run(lambda: does(fr, "say", raw=raw(**CAVEATS), dry_run=True, **OPEN))
    assert (told["tlp"], told["onward"], told["not_understood"]) == ("amber+strict", "never", NAMED)
    assert fr.node.journal.tree.size == 1


def test_more_than_a_release_can_carry_is_refused_and_many_are_cut_in_words_and_not_in_json() -> None:
    labels = [f"PAP:{at}" for at in range(101)]
    told, _ = run(lambda: said_and_heard(labels, labels=labels))
    assert (told["code"], told["message"]) == ("bad-argument", "at most 100 names")
    said, _ = run(lambda: said_and_heard([], labels=labels))
    assert len(said["not_understood"]) == 101
    assert beside.caveats(said)[0].endswith("and 95 more")


async def with_creator(*tellers: str, same_party: bool = True) -> tuple[Any, Any, Any, Any]:
    fr, ru, us = parties("fr", "ru", "us")
    identity = content.dump(an_object("identity", id=CREATOR, name="ACME"))
    await (fr if same_party else us).say(identity, ru)
    said = await does(fr, "say", raw=raw(created_by_ref=CREATOR), to=["ru"])
    await ru.syncs(fr)
    await ru.syncs(us)
    found = [one for one in await does(ru, "inbox") if one["statement"] == said["statement"]]
    listed = [one for one in await does(ru, "statements") if one["statement"] == said["statement"]]
    return said, found[0], await does(ru, "show", statement=said["statement"]), listed[0]


def test_the_author_is_the_party_and_beside_it_stands_the_identity_that_the_object_names() -> None:
    said, found, shown, listed = run(with_creator)
    for told in (said, found, shown, listed):
        assert told["created_by"] == {"id": CREATOR, "name": "ACME"}
    assert said["by"] == found["from"] == shown["by"] == listed["by"] == "fr"
    assert beside.creator("fr", found) == [
        f"said by fr; the object names {CREATOR} as its creator, which fr calls “ACME”"
    ]


def test_a_name_is_only_taken_from_the_party_that_names_the_identity() -> None:
    said, found, shown, listed = run(lambda: with_creator(same_party=False))
    for told in (said, found, shown, listed):
        assert told["created_by"] == {"id": CREATOR, "name": None}
    assert beside.creator("fr", found) == [f"said by fr; the object names {CREATOR} as its creator"]


@pytest.mark.parametrize("properties", [{}, {"created_by_ref": None}, {"created_by_ref": 5}])
def test_an_object_that_names_no_creator_shows_none(properties: dict[str, Any]) -> None:
    said, heard = run(lambda: said_and_heard([], **properties))
    assert said["created_by"] is heard["inbox"]["created_by"] is heard["show"]["created_by"] is None
    assert list(views.beside("fr", heard["inbox"])) == []


def test_the_newest_name_of_an_identity_counts_also_of_our_own() -> None:
    async def story() -> Any:
        fr, ru = parties("fr", "ru")
        for name, at in (("new", "2026-11-26T11:00:00.000Z"), ("old", "2026-11-26T10:30:00.000Z")):
            await fr.say(content.dump(an_object("identity", id=CREATOR, name=name, modified=at)), ru)
        return await does(fr, "say", raw=raw(created_by_ref=CREATOR), dry_run=True)

    assert run(story)["created_by"] == {"id": CREATOR, "name": "new"}


def test_a_foreign_name_stands_on_one_line() -> None:
    one = {
        "created_by": {"id": CREATOR, "name": "A\nstatement 00"},
        "not_understood": [{"name": "PAP:\nX", "place": "/x\n"}],
    }
    told = list(views.beside("fr", one))
    assert len(told) == 2
    assert not any("\n" in str(line) for line in told)
