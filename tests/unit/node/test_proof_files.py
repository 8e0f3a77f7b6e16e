"""What the node puts into a proof file: only what is used, the cheapest where there is a choice, and no liar's lines."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from comity.exchange import acknowledge, prove
from comity.exchange.verify import verify
from comity.exchange.witness import Shown
from comity.model.statement import Logged
from comity.node import evidence, teller
from comity.proof.checkpoint import add_lines, parse_checkpoint
from comity.proof.note import COSIGNATURE, PLAIN, NoteKey
from unit.node.test_evidence import HOME, proved, rungs, told
from world import START, Party, parties, report, run


def names_in(fr: Party, data: bytes) -> tuple[list[str], list[str], list[str]]:
    """Who is described, who cosigned the teller's head, and who the hearer's."""
    found = prove.decode(data)
    assert found.held is not None
    cosigned = [parse_checkpoint(note).note.signatures[1:] for note in (found.note, found.held.note)]
    known = {one.witness_name: one.party for one in [fr.node.descriptor, *(p.descriptor for p in fr.node.peers)]}
    teller, hearer = ([known[line.name] for line in lines] for lines in cosigned)
    return sorted(verify(data).fingerprints), teller, hearer


async def around(said: Logged, fr: Party, ru: Party, *others: Party) -> bytes:
    """Have the others cosign what ru holds, and prove it."""
    await ru.syncs(*others)
    await fr.syncs(ru)
    return evidence.prove_telling(fr.node, said.id, fr.peer(ru))


def test_under_each_head_stand_only_the_lines_that_are_used() -> None:
    fr, ru, us, de, cn = parties("fr", "ru", "us", "de", "cn")

    async def story() -> bytes:
        said = await fr.say(report(), ru)
        await ru.syncs(fr)
        await fr.syncs(us, de, ru, cn)
        return await around(said, fr, ru, us, de, cn)

    described, teller, hearer = names_in(fr, run(story))
    assert (described, teller) == (["cn", "de", "fr", "ru", "us"], ["fr", "us"])
    assert sorted(hearer) == ["cn", "de", "us"]


def test_of_those_who_cosigned_the_tellers_head_one_is_shown_who_is_described_anyway() -> None:
    fr, ru, us, de, cn = parties("fr", "ru", "us", "de", "cn")

    async def story() -> bytes:
        said = await fr.say(report(), ru)
        await ru.syncs(fr)
        for other in (de, cn, us):
            await fr.syncs(other)
            await asyncio.sleep(10)
            await fr.say(report(number=2))
        return await around(said, fr, ru, us, cn)

    data = run(story)
    assert names_in(fr, data)[:2] == (["cn", "fr", "ru", "us"], ["fr", "cn"])
    [witnessed] = [rung for rung in verify(data).ladder if rung.name == "witnessed"]
    assert START + 10_000 <= witnessed.at < START + 12_000


def test_where_nobody_else_did_the_hearers_own_cosignature_of_the_tellers_head_is_shown() -> None:
    fr, ru, us, de = parties("fr", "ru", "us", "de")

    async def story() -> bytes:
        said = await fr.say(report(), ru)
        await ru.syncs(fr)
        await fr.syncs(de, ru)
        return await around(said, fr, ru, us)

    assert names_in(fr, run(story))[:2] == (["fr", "ru", "us"], ["fr", "ru"])


def test_where_no_one_described_cosigned_the_tellers_head_the_earliest_of_all_is_shown() -> None:
    fr, ru, _, de, cn = parties("fr", "ru", "us", "de", "cn")

    async def story() -> bytes:
        said = await fr.say(report(), ru)
        await ru.syncs(fr)
        for other in (de, cn):
            await fr.syncs(other)
            await asyncio.sleep(10)
        return evidence.prove_telling(fr.node, said.id, fr.peer(ru))

    assert names_in(fr, run(story)) == (["de", "fr", "ru"], ["fr", "de"], [])


@pytest.mark.parametrize("names", [("fr", "ru", "us"), ("fr", "ru", "us", "de", "cn", "uk", "jp")])
def test_a_telling_between_small_logs_takes_at_most_six_thousand_bytes_and_a_kilobyte_per_further_party(
    names: tuple[str, ...],
) -> None:
    fr, ru, *others = parties(*names)

    async def story() -> bytes:
        said = await fr.say(report(), ru)
        await ru.syncs(fr, fr)
        await fr.syncs(*others, ru)
        return await around(said, fr, ru, *others)

    data = run(story)
    assert [rung.name for rung in verify(data).ladder] == [*HOME, "witnessed", "released", "fetched", "held"]
    assert len(data) - len(report()) <= 6000 + 1150 * (len(others) - 1)


@pytest.mark.parametrize("lie", ["another key of us", "a false line of us", "another key of the log"])
def test_no_line_that_a_hearer_adds_to_its_head_keeps_its_answer_from_being_shown(
    lie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fr, ru, us = parties("fr", "ru", "us")
    name, origin, stray = us.node.descriptor.witness_name, ru.node.descriptor.origin, ru.keys.witness.public
    key = {
        "another key of us": NoteKey(name, COSIGNATURE, stray),
        "a false line of us": NoteKey(name, COSIGNATURE, us.keys.witness.public),
        "another key of the log": NoteKey(origin, PLAIN, stray),
    }[lie]
    honest = acknowledge.encode_answer

    def lying(signed: Any, tellings: Any, index: int, path: Any, head: Shown) -> bytes:
        note = add_lines(head.note, [key.line(bytes(7) + b"\1" + bytes(64))])
        return honest(signed, tellings, index, path, replace(head, note=note))

    async def story() -> Logged:
        said = await fr.say(report(), ru)
        with monkeypatch.context() as patch:
            patch.setattr(acknowledge, "encode_answer", lying)
            await ru.syncs(fr)
        return said

    said = run(story)
    assert rungs(told(fr, said, ru)) == [*HOME, "released", "held"]
    assert told(fr, said, ru).facts.proofs == 0
    assert proved(fr, said, ru)[0].held_by == "ru"


def test_in_which_order_the_hearer_sends_its_lines_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """A note has its lines in any order; whoever sent an odd one could else keep us from proving what stands under it."""
    fr, ru, us, de = parties("fr", "ru", "us", "de")
    sent: list[bytes] = []

    def turned(node: Any, *rest: Any) -> tuple[int, bytes]:
        size, note = evidence.own_head(node, *rest)
        if node is ru.node:
            text, _, lines = note.rpartition(b"\n\n")
            note = text + b"\n\n" + b"".join(reversed(lines.splitlines(keepends=True)))
            sent.append(note)
        return size, note

    monkeypatch.setattr(teller, "own_head", turned)

    async def story() -> Logged:
        said = await fr.say(report(), ru)
        for _ in range(2):
            await ru.syncs(fr, us, de)
            await fr.syncs(ru, us, de)
        return said

    said = run(story)
    assert any(parse_checkpoint(note).note.signatures[0].name != ru.node.descriptor.origin for note in sent)
    verdict = verify(evidence.prove_telling(fr.node, said.id, fr.peer(ru)))
    assert (verdict.valid, verdict.held_by) == (True, "ru")
    assert {one["party"] for one in verdict.witnesses} >= {"us", "de"}
