"""The watch: what comes of what it finds, by whose notice and whose matter it is, and what was released to whom.

Every row of the table in `node.watch` stands here: fr looks, ru is the other party, us a third.
"""

import asyncio
from dataclasses import dataclass

import pytest

from comity.model import content, objection
from comity.model.statement import Logged
from comity.node.watch import ALERT, OWN, SAID
from comity.proof import cbor
from unit.node.between import running
from unit.node.matters import ELSEWHERE, HERE, a_notice, a_site, fates, found, hears, logged_types, said_to
from world import Party, parties, run

# -- the table


@dataclass(frozen=True)
class Row:
    """Whose notice, whose matter, whether the one of ours was released to the other; what is to come of it."""

    operator: str
    owner: str
    released: bool
    kind: str
    fate: str | None
    logged: bool = False


TABLE = [
    Row("fr", "fr", False, "site", OWN, logged=True),
    Row("fr", "fr", False, "notice", None),
    *(Row("fr", "ru", True, kind, OWN, logged=True) for kind in ("site", "notice")),
    *(Row("fr", "ru", False, kind, OWN) for kind in ("site", "notice")),
    *(Row("ru", "fr", True, kind, SAID, logged=True) for kind in ("site", "notice")),
    *(Row("ru", "fr", False, kind, ALERT) for kind in ("site", "notice")),
    *(Row("ru", "us", False, kind, ALERT) for kind in ("site", "notice")),
    *(Row("ru", "ru", False, kind, None) for kind in ("site", "notice")),
]


async def said(row: Row, who: str, all: dict[str, Party], raw: bytes) -> Logged:
    """Say something at whoever has it; what is not fr's is told to fr, what is fr's to the other, if to anybody."""
    party, other = all[who], all[row.owner if who == row.operator else row.operator]
    if who != "fr":
        return await party.say(raw, all["fr"])
    return await party.say(raw, *([other] if row.released else []))


@pytest.mark.parametrize("order", ["notice first", "matter first", "together"])
@pytest.mark.parametrize(
    "row", TABLE, ids=lambda row: f"{row.operator}-{row.owner}-{row.kind}-{'told' if row.released else 'untold'}"
)
def test_what_comes_of_a_finding_is_what_the_table_says(row: Row, order: str) -> None:
    all = dict(zip(("fr", "ru", "us"), parties("fr", "ru", "us"), strict=True))
    fr = all["fr"]
    things = [(row.operator, a_notice()), (row.owner, a_site() if row.kind == "site" else a_notice(2))]

    async def story() -> None:
        for who, raw in reversed(things) if order == "matter first" else things:
            await said(row, who, all, raw)
            if order != "together":
                await hears(fr, all["ru"], all["us"])
        size = fr.node.journal.tree.size
        await hears(fr, all["ru"], all["us"])
        if order == "together" and row.operator == "fr" and row.owner == "fr":
            assert fr.node.journal.tree.size == size + row.logged  # nothing was heard, and so nothing acknowledged

    run(story)
    rule = "protected" if row.kind == "site" else "overlap"
    mine = [one for one in found(fr) if fr.node.party_name(one.operator) == row.operator and one.rule == rule]
    mine = [one for one in mine if fr.node.party_name(one.by) == row.owner]
    assert [(one.fate, one.objection is not None) for one in mine] == (
        [] if row.fate is None else [(row.fate, row.logged)]
    )
    assert logged_types(fr).count("objection") == sum(one.objection is not None for one in found(fr))
    for one in found(fr):
        if one.objection is not None:
            heard = [fr.node.party_name(given.to) for given in fr.store.releases_of(one.objection)]
            assert heard == (["ru"] if one.fate == SAID else [])


def test_two_notices_that_meet_are_found_from_both_sides_and_a_site_is_never_spoken_against() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await fr.say(a_notice(1), ru)
        await fr.say(a_site(2), ru)
        await ru.say(a_notice(3), fr)
        await ru.say(a_site(4), fr)
        await hears(fr, ru)

    run(story)
    names = [(row.rule, fr.node.party_name(row.operator), fr.node.party_name(row.by), row.fate) for row in found(fr)]
    assert sorted(names) == [
        ("overlap", "fr", "ru", OWN),
        ("overlap", "ru", "fr", SAID),
        ("protected", "fr", "fr", OWN),
        ("protected", "fr", "ru", OWN),
        ("protected", "ru", "fr", SAID),
    ]


@pytest.mark.parametrize(
    "raw", [a_notice(2, ELSEWHERE), a_notice(2, times=("2026-11-26T14:00:01Z", "2026-11-26T15:00:00Z"))]
)
def test_notices_elsewhere_or_later_are_not_found(raw: bytes) -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        await fr.say(a_notice(1), ru)
        await ru.say(raw, fr)
        await hears(fr, ru)

    run(story)
    assert found(fr) == []


def test_what_is_found_across_the_antimeridian_is_found_as_anywhere() -> None:
    fr, ru = parties("fr", "ru")
    halves = [
        [[(179.5, -17.0), (180.0, -17.0), (180.0, -16.0), (179.5, -16.0), (179.5, -17.0)]],
        [[(-180.0, -17.0), (-179.5, -17.0), (-179.5, -16.0), (-180.0, -16.0), (-180.0, -17.0)]],
    ]
    both = content.dump({"type": "MultiPolygon", "coordinates": halves})

    async def story() -> None:
        await fr.say(a_site(drawing=both), ru)
        await ru.say(a_notice(1, (-179.6, -16.5)), fr)
        await ru.say(a_notice(3, (179.6, -16.5)), fr)
        await ru.say(a_notice(4, (0.0, -16.5)), fr)
        await hears(fr, ru)

    run(story)
    assert fates(fr) == [("protected", SAID, True)] * 2


# -- an objection said


def test_an_objection_is_said_about_the_two_statements_and_arrives_at_the_operator_alone() -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> None:
        place = await fr.say(a_site(name="City hospital"), ru, us)
        flight = await ru.say(a_notice(), fr)
        await hears(fr, ru)
        await hears(ru, fr)
        await hears(us, fr, ru)
        [row] = [row for row in ru.store.received() if row.statement and b'"objection"' in row.item]
        [mine] = found(fr)
        assert row.statement == mine.objection
        heard = objection.read(content.parse(cbor.decode(row.item)[0][2]))
        assert (heard.against, heard.finding.because, heard.finding.by) == (flight.id, place.id, fr.fingerprint)
        assert (heard.text, b"hospital" in row.item) == (None, False)
        assert heard.finding.witness is not None
        assert heard.finding.witness.point == pytest.approx((*HERE, 0.0))
        assert said_to(fr, us) == ["protected-site"]

    run(story)


def test_with_the_loops_running_it_arrives_within_two_seconds_and_no_more_is_said() -> None:
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        task = asyncio.ensure_future(running(60, fr, ru))
        await fr.say(a_site(), ru)
        await asyncio.sleep(5)
        await ru.say(a_notice(), fr)
        await asyncio.sleep(2)
        assert [row.refused for row in ru.store.received() if b'"objection"' in row.item] == [None]
        await task

    run(story)
    # Its own node found the same, for it had been told of the site; an objection is no matter to object to.
    assert (fates(fr), fates(ru)) == ([("protected", SAID, True)], [("protected", OWN, True)])


# -- what a notice serves


@pytest.mark.parametrize("precision", ["exact", "widened:5"])
def test_our_own_notice_is_not_held_against_our_site_that_it_serves_nor_against_what_others_are_told_of_it(
    precision: str,
) -> None:
    """OBJECTION-24."""
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        served, other = a_site(2), a_site(5)
        await fr.say(served)
        if precision != "exact":
            await fr.say(a_site(3, precision=precision), ru)
        relief = content.dump({**content.read_json(a_notice(1)), "serves": [content.parse(served).id]})
        await fr.say(relief, ru)
        await fr.sync.look()
        assert found(fr) == []
        await fr.say(other)
        await fr.sync.look()
        assert fates(fr) == [("protected", OWN, True)]

    run(story)


def test_a_notice_that_names_a_site_of_ours_as_served_is_objected_to_as_any_other() -> None:
    """OBJECTION-24: a forged `serves`."""
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        site = a_site(2)
        await fr.say(site, ru)
        await ru.say(content.dump({**content.read_json(a_notice(1)), "serves": [content.parse(site).id]}), fr)
        await hears(fr, ru)
        await hears(ru, fr)

    run(story)
    assert (fates(fr), fates(ru)) == ([("protected", SAID, True)], [("protected", OWN, True)])
