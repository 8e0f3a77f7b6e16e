"""What a lying teller or prober may choose: times, places, repetitions. None of it takes from an honest party what is its own.

Not its own proof of what it was told, nor its room, nor its time, nor a good name, nor what it withholds.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from comity.errors import MALFORMED, NOT_INCLUDED, TOO_LARGE, RemoteError
from comity.exchange import acknowledge, log, witness
from comity.exchange.deliver import Item, PageEnd
from comity.exchange.verify import verify
from comity.exchange.witness import Shown
from comity.model import content
from comity.model.acknowledgement import Telling
from comity.model.fingerprint import Fingerprint
from comity.model.statement import Draft, ItemHash, Logged, Unverified
from comity.node import evidence, heard, receipts, teller
from comity.node.journal import Proposal
from comity.node.ports import ReceivedRow, ReleaseRow
from comity.node.sync import Round
from comity.proof import cbor
from comity.proof.envelope import StatementId
from comity.proof.tree import Prover, Tree
from comity.space.instant import LAST_SECOND, Instant
from unit.node.between import Between, running
from unit.node.liar import LyingTeller, Page, PageLie, counted, lying, wants
from world import START, Party, parties, report, run


def row_of(hearer: Party, teller: Party, said: Logged) -> ReceivedRow:
    return hearer.store.heard_tellings(teller.fingerprint, said.id)[-1]


async def pulls(ru: Party, fr: Party, times: int = 1) -> list[str]:
    """Pull some times, whatever comes of it; the codes of what went wrong."""
    codes = []
    for _ in range(times):
        try:
            await ru.sync.pull(ru.peer(fr), 0, Round("fr"))
        except RemoteError as error:
            codes.append(error.code)
    return codes


# -- its own proof


@pytest.mark.parametrize("at", [LAST_SECOND, LAST_SECOND + 1, 2**62])
def test_whatever_time_a_page_end_bears_what_is_held_of_it_can_be_proved(at: int) -> None:
    fr, ru, us = parties("fr", "ru", "us")
    lying(fr).lie = lambda page, end: (page, replace(end, at=at))

    async def story() -> Logged:
        said = await fr.say(report(), ru)
        await ru.syncs(fr, us)
        return said

    said = run(story)
    held = ru.store.heard_tellings(fr.fingerprint, said.id)
    assert len(held) == (at == LAST_SECOND)
    for row in held:
        verdict = verify(heard.prove_heard(ru.node, ru.peer(fr), row))
        assert (verdict.problems, verdict.held_by) == ([], "ru")
        assert [one.earlier.what for one in verdict.contradictions] == []


def twice(fr: Party, us: Party, *again: StatementId) -> tuple[bytes, list[StatementId]]:
    """A head of a liar's log with some leaves once more at its end, cosigned by an honest witness; and all its leaves."""
    leaves = [*(fr.node.at(number).id for number in range(fr.node.journal.tree.size)), *again]
    tree, _ = Tree.empty().append(leaves)
    keys, me = fr.keys, fr.node.descriptor
    note = log.head(tree, origin=me.origin, log=keys.log, witness=keys.witness, now=fr.clock.now())
    name, head = us.node.descriptor.witness_name, witness.read_head(note, me)
    line = witness.cosign(head, witness_name=name, signer=us.keys.witness, now=us.clock.now())
    return note + line.encode(), leaves


@pytest.mark.parametrize(
    ("statement", "release", "taken"), [(0, 0, 1), (0, 1, 0), (1, 0, 0), (1, 1, 0)], ids=["same", "r", "s", "both"]
)
def test_one_leaf_twice_in_a_liars_log_does_not_take_its_hearers_proof(
    statement: int, release: int, taken: int
) -> None:
    """NODE-API-21."""
    fr, ru, us = parties("fr", "ru", "us")
    between = Between(ru, only=fr)

    async def story() -> tuple[Logged, Round]:
        said = await fr.say(report(), ru)
        await pulls(ru, fr)
        row, known = row_of(ru, fr, said), ru.store.head(fr.fingerprint)
        assert known is not None
        note, leaves = twice(fr, us, said.id, row.release)
        between.answers["receipts"] = lambda: cbor.encode({"v": 1, "receipts": [], "told": [stand]})
        stand = stands(row, leaves, note, known[0], (statement, release))
        [round] = await ru.syncs(fr)
        return said, round

    said, round = run(story)
    assert (round.receipts, [one["code"] for one in round.errors]) == (taken, [] if taken else [NOT_INCLUDED])
    verdict = verify(heard.prove_heard(ru.node, ru.peer(fr), row_of(ru, fr, said)))
    assert (verdict.problems, verdict.held_by, len(verdict.behind_teller)) == ([], "ru", taken)


def stands(
    row: ReceivedRow, leaves: Sequence[StatementId], note: bytes, known: int, again: tuple[int, int]
) -> list[Any]:
    """Where a telling is said to stand, at its own places or at those where its leaves stand again."""
    size, item = len(leaves), heard.item_of(row)
    _, tiles = Tree.empty().append(leaves)
    prover = Prover(lambda level, number: tiles.get((level, number), b""))
    at = size - 2 if again[0] else item.statement_index, size - 1 if again[1] else item.release_index
    said, given, first = (b"".join(prover.inclusion(index, size)) for index in (*at, 0))
    joining, join = (b"".join(prover.consistency(small, size)) for small in (known, row.size))
    return [row.release, at[0], said, at[1], given, first, note, known, joining, join]


# -- its good name


def test_a_release_in_time_to_come_discounts_no_honest_witness_and_blames_none(monkeypatch: pytest.MonkeyPatch) -> None:
    fr, ru, us = parties("fr", "ru", "us")
    honest = fr.node.journal.now

    async def story() -> tuple[Logged, list[Round]]:
        monkeypatch.setattr(fr.node.journal, "now", lambda: Instant(START + 200 * 86_400_000))
        said = await fr.say(report(), ru)
        monkeypatch.setattr(fr.node.journal, "now", honest)
        await ru.syncs(fr)
        await fr.say(report(number=2))
        await fr.syncs(us)
        return said, await ru.syncs(fr)

    said, [round] = run(story)
    row = row_of(ru, fr, said)
    assert Unverified.read(list(heard.item_of(row).release)).envelope.iat > START // 1000 + 86_400
    assert (round.errors, round.receipts) == ([], 1)
    verdict = verify(heard.prove_heard(ru.node, ru.peer(fr), row))
    assert [one.party for one in verdict.behind_teller] == ["us"]


@pytest.mark.parametrize("turned", [False, True])
def test_in_whatever_order_a_hearer_answers_a_false_cosignature_does_not_make_its_tellers_file_contradict_itself(
    turned: bool,
) -> None:
    """The false time lies between the two releases that are answered at once."""
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> bytes:
        said = [await fr.say(report(number=1), ru)]
        await asyncio.sleep(3600)
        said.append(await fr.say(report(number=2), ru))
        rows = [fr.store.releases_of(one.id)[0] for one in said]
        tellings = [fr.node.offers.of(row).telling for row in (reversed(rows) if turned else rows)]
        draft = acknowledge.held(tellings, of=fr.head(), now=ru.clock.now(), uuid=ru.node.uuid())
        [[logged]] = ru.node.journal.write([Proposal([ru.node.sign(draft)])])
        note, name = ru.node.journal.note or b"", us.node.descriptor.witness_name
        head = witness.read_head(note, ru.node.descriptor)
        line = witness.cosign(head, witness_name=name, signer=us.keys.witness, now=Instant(START + 1_800_000))
        shown = Shown(note + line.encode(), 0, ())
        await fr.teller.acknowledge(
            ru.fingerprint, acknowledge.encode_answer(logged.signed, tellings, ru.place(logged.index), shown)
        )
        return evidence.prove_telling(fr.node, said[1].id, fr.peer(ru))

    verdict = verify(run(story))
    assert (verdict.held_by, verdict.contradictions, verdict.behind_hearer) == ("ru", [], [])


# -- its room and time


def again(liar: LyingTeller, rows: Sequence[ReleaseRow]) -> PageLie:
    """Offer all of these, in each page, by an end that fits."""

    def lie(page: Page, end: PageEnd) -> tuple[Page, PageEnd]:
        items = tuple(item for row in rows if (item := liar._item(row, end.size)))
        return counted(replace(page, items=items), end)

    return lie


@pytest.mark.parametrize("moves", [False, True])
def test_what_was_offered_before_fills_nothing_when_it_is_offered_again(moves: bool) -> None:
    """PAGE-26."""
    fr, ru = parties("fr", "ru")
    liar = lying(fr)

    async def story() -> tuple[list[str], int, int]:
        for number in range(5):
            await fr.say(report(number=number), ru)
        await pulls(ru, fr)
        before = len(ru.store.kept("page-end", fr.fingerprint))
        liar.lie = again(liar, fr.store.releases_to(ru.fingerprint, 0, 1000))
        codes = []
        for number in range(5):
            if moves:
                await fr.say(report(number=10 + number))
            codes += await pulls(ru, fr)
        return codes, before, len(ru.store.kept("page-end", fr.fingerprint))

    codes, before, after = run(story)
    assert (codes, after) == ([MALFORMED] * 5, before)


def test_what_is_offered_and_not_given_is_kept_once_however_often_it_is_offered() -> None:
    fr, ru = parties("fr", "ru")
    liar = lying(fr)
    liar.swap = lambda item: None

    async def story() -> tuple[int, int]:
        for number in range(5):
            await fr.say(report(number=number), ru)
        liar.lie = again(liar, fr.store.releases_to(ru.fingerprint, 0, 1000))
        for number in range(5):
            await fr.say(report(number=10 + number))
            await pulls(ru, fr)
        return len(ru.store.pending(fr.fingerprint)), len(ru.store.kept("page-end", fr.fingerprint))

    assert run(story) == (5, 1)


def test_once_it_offers_what_is_new_again_a_teller_is_heard() -> None:
    fr, ru = parties("fr", "ru")
    liar = lying(fr)

    async def story() -> list[list[str]]:
        codes: list[list[str]] = []
        for lies in (False, True, False):
            await fr.say(report(number=len(codes)), ru)
            liar.lie = again(liar, fr.store.releases_to(ru.fingerprint, 0, 1)) if lies else None
            codes.append(await pulls(ru, fr))
        return codes

    assert run(story) == [[], [MALFORMED], []]
    assert [row.refused for row in ru.store.received()] == [None] * 3


def test_who_answers_with_empty_pages_that_are_not_the_last_is_not_asked_at_once_again() -> None:
    fr, ru = parties("fr", "ru")
    between = Between(ru)
    liar = lying(fr)

    def lie(page: Page, end: PageEnd) -> tuple[Page, PageEnd]:
        return counted(replace(page, items=()), replace(end, next=min(end.start + 1, end.size)))

    liar.lie = lie

    async def story() -> None:
        for number in range(50):
            await fr.say(report(number=number), ru)
        await ru.syncs(fr)

    run(story)
    assert [method for method, _ in between.calls].count("pull") == 1


def test_of_however_many_misplaced_items_as_many_are_kept_as_evidence_as_may_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(teller, "MAX_EVIDENCE", 10)
    fr, ru = parties("fr", "ru")
    read: list[str] = []
    honest = ru.store.kept

    def misplaced(item: Item) -> Item:
        return replace(item, release_path=tuple(bytes(32) for _ in item.release_path))

    def kept(kind: str, *args: Any) -> Any:
        read.append(kind)
        return honest(kind, *args)

    lying(fr).swap = misplaced

    async def story() -> None:
        for number in range(30):
            await fr.say(report(number=number), ru)
        monkeypatch.setattr(ru.store, "kept", kept)
        for _ in range(5):
            await pulls(ru, fr)
            ru.clock.fixed += 60_000
            fr.clock.fixed += 60_000

    run(story)
    assert len(honest("evidence", fr.fingerprint)) == 10
    assert read.count("evidence") == 2


def test_of_whatever_a_teller_tells_no_more_is_asked_about_than_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipts, "MOST_TOLD", 5)
    fr, ru, us = parties("fr", "ru", "us")
    fr.wire.cut.add("us.example")
    asked: list[int] = []
    honest = fr.teller.receipts

    def counted(caller: Fingerprint, body: bytes) -> bytes:
        asked.append(len(cbor.decode(body)["told"]) // 40)
        return honest(caller, body)

    monkeypatch.setattr(fr.teller, "receipts", counted)

    async def story() -> None:
        task = asyncio.ensure_future(running(30, fr, ru))
        for number in range(12):
            await fr.say(report(number=number), ru)
            await asyncio.sleep(0.2)
        await task

    run(story)
    assert len([*ru.store.received()]) == 12
    assert max(asked) <= 5
    assert [*us.store.received()] == []


@pytest.mark.parametrize(("padding", "kept"), [(1_000, 1), (16_000, 0), (900_000, 0)])
def test_an_answer_that_is_padded_fills_nothing(padding: int, kept: int) -> None:
    """ACKNOWLEDGEMENT-4: its teller would keep it for ever, and have it in each file of that telling."""
    fr, ru = parties("fr", "ru")

    async def story() -> None:
        said = await fr.say(report(), ru)
        [row] = fr.store.releases_of(said.id)
        telling = fr.node.offers.of(row).telling
        plain = acknowledge.held([telling], of=fr.head(), now=ru.clock.now(), uuid=ru.node.uuid()).object.raw
        draft = Draft(content.parse(plain[:-1] + b',"x_more":"' + b"x" * padding + b'"}'))
        [[logged]] = ru.node.journal.write([Proposal([ru.node.sign(draft)])])
        head = Shown(ru.node.journal.note or b"", 0, ())
        body = acknowledge.encode_answer(logged.signed, [telling], ru.place(logged.index), head)
        try:
            await fr.teller.acknowledge(ru.fingerprint, body)
        except RemoteError as error:
            assert error.code == TOO_LARGE

    run(story)
    assert len(fr.store.kept("answer", ru.fingerprint)) == kept


# -- what it withholds


def test_a_want_looks_once_for_each_release_and_for_those_to_its_sender_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """PAGE-22: by a thousand times one leaf of the log one would else measure whether it releases something to another."""
    fr, ru, us = parties("fr", "ru", "us")
    run(lambda: fr.say(report(), us))
    run(lambda: ru.syncs(fr))
    [row] = fr.store.releases_to(us.fingerprint, 0, 10)
    honest, looked = fr.store.release, list[tuple[StatementId, Fingerprint | None]]()

    def release(id: StatementId, to: Fingerprint | None = None) -> ReleaseRow | None:
        looked.append((id, to))
        return honest(id, to)

    monkeypatch.setattr(fr.store, "release", release)
    telling = Telling(row.statement or StatementId(bytes(32)), row.id, ItemHash(bytes(32)))
    fr.teller.items(ru.fingerprint, wants(ru, fr, [telling] * 1000, fr.node.shown.known(ru.fingerprint)[0]))
    assert looked == [(row.id, ru.fingerprint)]
    assert (honest(row.id, us.fingerprint), honest(row.id, ru.fingerprint)) == (row, None)
