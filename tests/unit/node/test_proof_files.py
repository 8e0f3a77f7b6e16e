"""What the node puts into a proof file: all third parties, only what is used, and no liar's lines."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from comity.exchange import acknowledge, prove
from comity.exchange.verify import verify
from comity.exchange.witness import Shown
from comity.model.statement import Logged
from comity.node import cosigned, evidence, heard, stands
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


def test_under_each_head_stand_the_lines_of_all_third_parties_and_of_nobody_else() -> None:
    fr, ru, us, de, cn = parties("fr", "ru", "us", "de", "cn")

    async def story() -> bytes:
        said = await fr.say(report(), ru)
        await ru.syncs(fr)
        await fr.syncs(us, de, ru, cn)
        return await around(said, fr, ru, us, de, cn)

    described, teller, hearer = names_in(fr, run(story))
    assert (described, teller[0], sorted(teller[1:])) == (["cn", "de", "fr", "ru", "us"], "fr", ["cn", "de", "us"])
    assert sorted(hearer) == ["cn", "de", "us"]


def test_of_the_tellers_heads_the_one_that_most_third_parties_cosigned_is_shown() -> None:
    fr, ru, us, de, cn = parties("fr", "ru", "us", "de", "cn")

    async def story() -> bytes:
        said = await fr.say(report(), ru)
        await ru.syncs(fr)
        await fr.syncs(ru, de)
        await asyncio.sleep(10)
        await fr.say(report(number=2))
        await fr.syncs(cn, us)
        return await around(said, fr, ru)

    data = run(story)
    described, teller, _ = names_in(fr, data)
    assert (described, teller[0], sorted(teller[1:])) == (["cn", "fr", "ru", "us"], "fr", ["cn", "us"])
    verdict = verify(data)
    assert sorted(one.party for one in verdict.behind_teller) == ["cn", "us"]
    [witnessed] = [rung for rung in verdict.ladder if rung.name == "witnessed"]
    assert witnessed.at is not None
    assert START + 10_000 <= witnessed.at < START + 12_000


def test_without_a_third_party_the_hearers_own_cosignature_of_the_tellers_head_is_shown_and_counts_for_none() -> None:
    fr, ru, us, _ = parties("fr", "ru", "us", "de")

    async def story() -> bytes:
        said = await fr.say(report(), ru)
        await ru.syncs(fr)
        await fr.syncs(ru)
        return await around(said, fr, ru, us)

    data = run(story)
    assert names_in(fr, data)[:2] == (["fr", "ru", "us"], ["fr", "ru"])
    assert verify(data).behind_teller == []


def test_with_a_third_party_the_hearers_line_is_left_out() -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> bytes:
        said = await fr.say(report(), ru)
        await ru.syncs(fr)
        await fr.syncs(ru, us)
        return await around(said, fr, ru)

    assert names_in(fr, run(story))[:2] == (["fr", "ru", "us"], ["fr", "us"])


def test_a_cosigner_whose_descriptor_has_no_room_is_left_out_and_the_others_are_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fr, ru, us, de, cn = parties("fr", "ru", "us", "de", "cn")
    size = max(len(part) for one in (us, de, cn) for part in one.node.descriptor.signed.triple)
    monkeypatch.setattr(cosigned, "MAX_DESCRIBED", 3 * size)

    async def story() -> bytes:
        said = await fr.say(report(), ru)
        await ru.syncs(fr)
        await fr.syncs(us, de, cn)
        return await around(said, fr, ru, us, de, cn)

    data = run(story)
    _, teller, hearer = names_in(fr, data)
    assert verify(data).valid
    assert 0 < len(hearer) < 3
    assert sorted(hearer) == sorted(teller[1:])


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

    def lying(signed: Any, tellings: Any, place: Any, head: Shown) -> bytes:
        note = add_lines(head.note, [key.line(bytes(7) + b"\1" + bytes(64))])
        return honest(signed, tellings, place, replace(head, note=note))

    async def story() -> Logged:
        said = await fr.say(report(), ru)
        with monkeypatch.context() as patch:
            patch.setattr(acknowledge, "encode_answer", lying)
            await ru.syncs(fr)
        return said

    said = run(story)
    assert rungs(told(fr, said, ru)) == [*HOME, "released", "fetched", "held"]
    assert told(fr, said, ru).facts.proofs == 0
    assert proved(fr, said, ru)[0].held_by == "ru"


def test_in_which_order_the_hearer_sends_its_lines_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """A note has its lines in any order; whoever sent an odd one could else keep us from proving what stands under it."""
    fr, ru, us, de = parties("fr", "ru", "us", "de")
    sent: list[bytes] = []

    def turned(node: Any, *rest: Any) -> tuple[int, bytes]:
        size, note = cosigned.own_head(node, *rest)
        if node is ru.node:
            text, _, lines = note.rpartition(b"\n\n")
            note = text + b"\n\n" + b"".join(reversed(lines.splitlines(keepends=True)))
            sent.append(note)
        return size, note

    monkeypatch.setattr(stands, "own_head", turned)

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
    assert {one.party for one in verdict.behind_hearer} >= {"us", "de"}


def test_a_file_of_either_side_holds_nothing_of_what_else_was_told_but_ids_of_entries_beside_its_own_or_last() -> None:
    """What SECURITY.md lists is all: no other content, release, item or salt, and of ids those beside its places, or last."""
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> list[Logged]:
        said = []
        for number in range(6):
            said.append(await fr.say(report(number=number), ru))
            await fr.say(report(f"to us {number}", 100 + number), us)
            await ru.say(report(f"by ru {number}", 200 + number), us)
        for _ in range(2):
            await ru.syncs(fr, us)
            await us.syncs(fr, ru)
            await fr.syncs(ru, us)
        return said

    said = run(story)
    for one in said:
        [row] = ru.store.heard_tellings(fr.fingerprint, one.id)
        for data in (
            evidence.prove_telling(fr.node, one.id, fr.peer(ru)),
            heard.prove_heard(ru.node, ru.peer(fr), row),
        ):
            found = prove.decode(data)
            assert found.places is not None
            assert found.held is not None
            assert verify(data).valid
            sizes = [parse_checkpoint(note).checkpoint.size for note in (found.note, found.held.note)]
            own = {
                fr.node: [0, *(place.index for place in found.places), sizes[0] - 1, row.size - 1],
                ru.node: [0, found.held.receipt.index, sizes[1] - 1],
            }
            for node, indices in own.items():
                beside = {index ^ 1 for index in indices} | set(indices)
                others = [node.at(index) for index in range(node.journal.tree.size) if index not in beside]
                assert [each.index for each in others if bytes(each.id) in data] == []
                assert [each.index for each in others if each.signed.salt in data] == []
                assert [each.index for each in others if each.signed.object.id.encode() in data] == []
            others_told = [ru.store.heard_tellings(fr.fingerprint, other.id)[0] for other in said if other is not one]
            assert [each.hash for each in others_told if bytes(each.hash) in data] == []
            assert fr.store.last_kept("pull", ru.fingerprint) is not None
