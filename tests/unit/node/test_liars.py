"""A teller that lies in its pages: each lie has its own code, is kept, and keeps nothing else from getting through."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from comity.errors import (
    BAD_SIGNATURE,
    CONTENT_MISMATCH,
    HEAD_FORK,
    HEAD_ROLLBACK,
    MALFORMED,
    NOT_CONSISTENT,
    NOT_FOUND,
    NOT_INCLUDED,
    PAGE_INCOMPLETE,
    UNKNOWN_KEY,
    WRONG_ADDRESSEE,
    WRONG_ISSUER,
)
from comity.exchange import acknowledge, deliver, sign
from comity.exchange.deliver import Item, PageEnd
from comity.exchange.verify import verify
from comity.exchange.witness import Shown
from comity.model.statement import Draft
from comity.node import evidence, fold, hearing
from comity.node.sync import Round
from comity.proof import cbor
from comity.proof.checkpoint import parse_checkpoint
from comity.proof.envelope import StatementId
from comity.record import airspace
from unit.node.liar import (
    LyingTeller,
    Page,
    PageLie,
    altered_content,
    counted,
    forked,
    items_of,
    lying,
    with_item,
    without_item,
)
from unit.node.rows import EVERYWHERE
from world import Party, parties, report, run


def kept(hearer: Party, liar: Party) -> list[str]:
    """The codes under which the hearer has kept evidence."""
    return [cbor.decode(one.data)["code"] for one in hearer.store.kept("evidence", liar.fingerprint)]


def world() -> tuple[Party, Party, Party, LyingTeller]:
    liar, ru, us = parties("liar", "ru", "us")
    return liar, ru, us, lying(liar)


def item_of(page: Page) -> Item:
    return page.items[0]


# -- items: refused one by one


def item_lies() -> dict[str, tuple[str, PageLie]]:
    """Name -> the code of its refusal, and the lie about the first of two items."""

    def statement(page: Page, data: bytes | None = None, salt: bytes | None = None) -> PageLie:
        said = item_of(page).statement
        assert said is not None
        return with_item(0, statement=(data or said[0], salt or said[1], said[2]))

    def forged(page: Page, end: PageEnd) -> tuple[Page, PageEnd]:
        said = item_of(page).statement
        assert said is not None
        return statement(page, data=said[0][:-1] + bytes([said[0][-1] ^ 1]))(page, end)

    def salted(page: Page, end: PageEnd) -> tuple[Page, PageEnd]:
        return statement(page, salt=bytes(16))(page, end)

    def swapped(page: Page, end: PageEnd) -> tuple[Page, PageEnd]:
        return with_item(0, statement=page.items[1].statement)(page, end)

    def nonsense(page: Page, end: PageEnd) -> tuple[Page, PageEnd]:
        return with_item(0, release=(b"\x00", b"", b""))(page, end)

    return {
        "a forged signature": (BAD_SIGNATURE, forged),
        "another salt": (CONTENT_MISMATCH, salted),
        "the release of another statement": (CONTENT_MISMATCH, swapped),
        "bytes that are no statement": (MALFORMED, nonsense),
    }


@pytest.mark.parametrize("lie", item_lies())
def test_one_bad_item_is_refused_by_a_signed_statement_and_the_rest_goes_on(lie: str) -> None:
    liar, ru, _, teller = world()
    code, teller.lie = item_lies()[lie]

    async def story() -> Round:
        await liar.say(report(number=1), ru)
        await liar.say(report(number=2), ru)
        return (await ru.syncs(liar))[0]

    round = run(story)
    assert (round.refused, round.received) == (1, 1)
    [bad] = [row for row in ru.store.received() if row.refused]
    assert bad.refused == code
    said = ru.node.own(bad.answer).signed.object
    assert (said.type, said.properties["disposition"], said.properties["reason"]) == (
        "acknowledgement",
        "refused",
        code,
    )
    assert deliver.decode_item(cbor.decode(bad.item), "item").telling.release == bad.release


@pytest.mark.parametrize("error", [ValueError("x"), RecursionError(), ZeroDivisionError()])
def test_an_item_that_breaks_the_code_that_reads_it_is_refused_and_the_rest_goes_on(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    liar, ru, _, _ = world()
    honest = acknowledge._read

    def breaks(item: Item) -> Any:
        if b"report 1" in (item.statement or (b"", b"", b""))[2]:
            raise error
        return honest(item)

    monkeypatch.setattr(acknowledge, "_read", breaks)

    async def story() -> Round:
        await liar.say(report("report 1", number=1), ru)
        await liar.say(report("report 2", number=2), ru)
        return (await ru.syncs(liar))[0]

    round = run(story)
    assert (round.refused, round.received, round.errors) == (1, 1, [])
    assert [row.refused for row in ru.store.received()] == [None, MALFORMED]


def test_content_that_breaks_its_reader_is_held_and_lies_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    liar, ru, _, _ = world()

    def breaks(*args: object) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(airspace, "entries", breaks)
    run(lambda: liar.say(report(), ru))
    assert run(lambda: ru.syncs(liar))[0].received == 1
    assert list(ru.store.airspace.near(EVERYWHERE)) == []


def test_a_page_of_bad_items_costs_one_entry_for_each_reason_and_each_item_is_answered() -> None:
    liar, ru, _, teller = world()

    def rubbish(page: Page, end: PageEnd) -> tuple[Page, PageEnd]:
        """Of four items one is good, one has another signature, and two have other content."""
        items = list(page.items)
        for number, item in enumerate(items):
            assert item.statement is not None
            data, salt, raw = item.statement
            if number % 4 == 1:
                items[number] = replace(item, statement=(data[:-1] + bytes([data[-1] ^ 1]), salt, raw))
            elif number % 4 > 1:
                items[number] = replace(item, statement=(data, salt, raw.replace(b"report", b"REPORT", 1)))
        return counted(replace(page, items=tuple(items)), end)

    async def story() -> list[StatementId]:
        said = [(await liar.say(report(number=number), ru)).id for number in range(40)]
        teller.lie, before = rubbish, ru.store.size()
        [round] = await ru.syncs(liar)
        assert (round.received, round.refused, round.answers_sent) == (10, 30, 2)
        # The liar's own node has no use for an answer about a statement that it never said.
        assert [error["code"] for error in round.errors] == [NOT_FOUND]
        assert ru.store.size() == before + 3
        return said

    for number, id in enumerate(run(story)):
        [row] = liar.store.releases_of(id)
        # What was refused is not what its log holds: the file of that shows no refusal of it, but that something else came.
        answer = next(iter(liar.store.answers_to(row.id)), None)
        verdict = verify(evidence.prove_telling(liar.node, id, liar.peer(ru)))
        assert (verdict.problems, verdict.refused) == ([], None)
        if number % 4 == 0:
            assert answer is not None
            assert (answer.ours, answer.reason, verdict.other, verdict.held_by) == (True, None, None, "ru")
        elif number % 4 == 1:
            assert answer is None  # it speaks of a statement that the liar's log has not
            assert (verdict.other, verdict.held_by) == (None, None)
        else:
            assert answer is not None
            assert (answer.ours, answer.reason) == (False, CONTENT_MISMATCH)
            assert (verdict.other, verdict.held_by, verdict.proved_by) == ("refused", None, None)


def test_an_item_that_was_refused_is_not_refused_again() -> None:
    liar, ru, _, teller = world()
    teller.lie = altered_content

    async def story() -> None:
        await liar.say(report(), ru)
        await ru.syncs(liar)
        size = ru.store.size()
        for _ in range(3):
            await ru.syncs(liar)
        assert ru.store.size() == size

    run(story)


def test_a_release_to_another_party_presented_as_mine_is_refused() -> None:
    liar, ru, us, teller = world()

    async def story() -> Round:
        await liar.say(report(number=1), us)
        for_us = await items_of(us, liar)
        await liar.say(report(number=2), ru)
        teller.lie = lambda page, end: counted(replace(page, items=(*proved(liar, for_us), *page.items)), end)
        return (await ru.syncs(liar))[0]

    round = run(story)
    assert (round.refused, round.received) == (1, 1)
    assert [row.refused for row in ru.store.received()] == [None, WRONG_ADDRESSEE]


def proved(teller: Party, items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The items with paths into the teller's present head."""
    prove, size = teller.node.journal.prover, teller.node.journal.tree.size
    return tuple(
        replace(
            item,
            statement_path=tuple(prove.inclusion(item.statement_index, size)),
            release_path=tuple(prove.inclusion(item.release_index, size)),
        )
        for item in items
    )


def test_a_release_of_another_party_shown_beforehand_is_still_held_when_that_party_tells_it() -> None:
    liar, ru, us, teller = world()

    async def story() -> None:
        said = await us.say(report(number=1), ru)
        stolen = await items_of(ru, us)
        await liar.say(report(number=2), ru)
        teller.lie = lambda page, end: counted(replace(page, items=(*stolen, *page.items)), end)
        [of_liar, of_us] = await ru.syncs(liar, us)
        assert (of_liar.refused, of_liar.received, of_us.received, of_us.answers_sent) == (1, 1, 1, 1)
        [row] = us.store.releases_of(said.id)
        [answer] = us.store.answers_to(row.id)
        assert answer.disposition == "held"
        held = ru.store.received_statement(said.id)
        assert held is not None
        assert held.teller == us.fingerprint

    run(story)
    assert [row.refused for row in ru.store.received()] == [None, WRONG_ISSUER, None]


def test_a_statement_of_another_party_passed_off_as_ones_own_is_refused() -> None:
    liar, ru, us, teller = world()

    async def story() -> Round:
        theirs = await us.say(report(number=1))
        await liar.say(report(number=2), ru)
        teller.lie = with_item(0, statement=theirs.signed.triple)
        return (await ru.syncs(liar))[0]

    assert run(story).refused == 1
    assert [row.refused for row in ru.store.received()] == [WRONG_ISSUER]


def test_a_statement_under_ones_own_name_with_another_key_is_refused() -> None:
    liar, ru, us, teller = world()

    async def story() -> Round:
        await liar.say(report(), ru)
        said = liar.node.at(1).signed
        forged = sign.sign(
            Draft(said.object),
            origin=liar.node.descriptor.origin,
            now=liar.clock.now(),
            random=bytes(32),
            signer=us.keys.statement,
        )
        teller.lie = with_item(0, statement=forged.triple)
        return (await ru.syncs(liar))[0]

    assert run(story).refused == 1
    assert [row.refused for row in ru.store.received()] == [UNKNOWN_KEY]


# -- pages: refused as a whole, and asked for again


def root_of(note: bytes) -> tuple[str, int, bytes]:
    """What a checkpoint says: origin, size, root."""
    found = parse_checkpoint(note).checkpoint
    return found.origin, found.size, found.root


def page_lies(liar: Party) -> dict[str, tuple[str, PageLie]]:
    """Name -> the code, and the lie; each leaves evidence that carries the liar's signature."""
    now = liar.node.journal.tree.size

    def head(note: bytes, path: tuple[bytes, ...] | None = None) -> PageLie:
        def lie(page: Page, end: PageEnd) -> tuple[Page, PageEnd]:
            _, size, root = root_of(note)
            shown = Shown(note, page.head.old, page.head.path if path is None else path)
            return replace(page, items=(), head=shown), counted(
                replace(page, items=()), replace(end, size=size, log_root=root, next=size)
            )[1]

        return lie

    return {
        "an item left out": (PAGE_INCOMPLETE, lambda page, end: (replace(page, items=page.items[1:]), end)),
        "a range that starts elsewhere": (PAGE_INCOMPLETE, lambda page, end: (page, replace(end, start=end.start + 1))),
        "a range beyond its log": (PAGE_INCOMPLETE, lambda page, end: (page, replace(end, next=end.size + 1))),
        "a page made out to another": (WRONG_ADDRESSEE, lambda page, end: (page, replace(end, to=liar.fingerprint))),
        "two heads of one size": (HEAD_FORK, head(forked(liar, 2))),
        "another log": (NOT_CONSISTENT, head(forked(liar, now + 5), (bytes(32), bytes(32)))),
    }


@pytest.mark.parametrize(
    "lie",
    [
        "an item left out",
        "a range that starts elsewhere",
        "a range beyond its log",
        "a page made out to another",
        "two heads of one size",
        "another log",
    ],
)
def test_a_false_page_is_evidence_and_changes_nothing_and_the_true_one_is_taken_afterwards(lie: str) -> None:
    liar, ru, _, teller = world()

    async def story() -> None:
        await liar.say(report(number=1))
        liar.sync.publish()
        await ru.syncs(liar)  # ru knows the head of 2
        head, cursor = ru.store.head(liar.fingerprint), ru.store.cursor(liar.fingerprint)
        said = await liar.say(report(number=2), ru)
        code, teller.lie = page_lies(liar)[lie]
        for _ in range(2):
            [round] = await ru.syncs(liar)
            assert (round.errors[0]["code"], round.received) == (code, 0)
        assert kept(ru, liar)[0] == code
        assert (ru.store.head(liar.fingerprint), ru.store.cursor(liar.fingerprint)) == (head, cursor)
        assert list(ru.store.received()) == []
        teller.lie = None
        [round] = await ru.syncs(liar)
        assert (round.errors, round.received) == ([], 1)
        assert ru.store.received_statement(said.id) is not None

    run(story)


def test_a_head_that_shrinks_is_evidence() -> None:
    liar, ru, _, teller = world()

    async def story() -> None:
        old = liar.node.journal.note or b""
        await liar.say(report(number=1))
        liar.sync.publish()
        await ru.syncs(liar)
        shown = Shown(old, 2, ())
        _, size, root = root_of(old)
        teller.lie = lambda page, end: (
            replace(page, head=shown),
            replace(end, start=0, next=size, size=size, log_root=root),
        )
        ru.store.refold([])  # so that it asks from the start, as after a loss of its cursor
        [round] = await ru.syncs(liar)
        assert round.errors[0]["code"] == HEAD_ROLLBACK

    run(story)
    assert kept(ru, liar) == [HEAD_ROLLBACK]


def test_an_old_page_played_again_is_not_taken() -> None:
    liar, ru, _, teller = world()

    async def story() -> None:
        await liar.say(report(number=1), ru)
        old = list[tuple[Page, PageEnd]]()

        def remembered(page: Page, end: PageEnd) -> tuple[Page, PageEnd]:
            old.append((page, end))
            return page, end

        teller.lie = remembered
        await ru.syncs(liar)
        await liar.say(report(number=2), ru)
        teller.lie = lambda page, end: old[0]
        [round] = await ru.syncs(liar)
        assert (round.errors[0]["code"], round.received) == (PAGE_INCOMPLETE, 0)

    run(story)
    assert kept(ru, liar) == [PAGE_INCOMPLETE]


# -- omissions


def test_an_item_that_a_signed_end_left_out_is_held_when_it_comes_and_the_omission_is_kept() -> None:
    liar, ru, _, teller = world()

    async def story() -> None:
        first = await liar.say(report(number=1), ru)
        left_out = await items_of(ru, liar)
        teller.lie = without_item(0)
        [round] = await ru.syncs(liar)
        assert (round.errors, round.received) == ([], 0)
        await liar.say(report(number=2), ru)
        teller.lie = lambda page, end: counted(replace(page, items=(*proved(liar, left_out), *page.items)), end)
        [round] = await ru.syncs(liar)
        assert (round.errors, round.received) == ([], 2)
        assert ru.store.received_statement(first.id) is not None

    run(story)
    [evidence] = ru.store.kept("evidence", liar.fingerprint)
    found = cbor.decode(evidence.data)
    index = found["evidence"]["index"]
    assert found["code"] == "page-omission"
    ends = [
        deliver.read_page_end(fold.decode_end(one.data)[0], liar.node.descriptor)
        for one in ru.store.kept("page-end", liar.fingerprint)
    ]
    assert [end.count for end in ends if end.start <= index < end.next] == [0]


def test_a_teller_without_end_does_not_hold_up_a_round() -> None:
    liar, ru, _, teller = world()
    teller.lie = lambda page, end: (
        replace(page, items=()),
        counted(replace(page, items=()), replace(end, next=end.start))[1],
    )

    async def story() -> None:
        await liar.say(report(), ru)
        [round] = await ru.syncs(liar)
        assert (round.errors, round.received) == ([], 0)
        assert len(liar.wire.sent) < 10

    run(story)


# -- items that are not as they were offered, or not where they stand


def test_bytes_that_lack_the_hash_that_was_asked_for_are_dropped_asked_for_again_and_never_refused() -> None:
    liar, ru, _, teller = world()

    def other(item: Item) -> Item:
        assert item.statement is not None
        data, salt, raw = item.statement
        return replace(item, statement=(data, salt, raw + b" "))

    async def story() -> None:
        said = await liar.say(report(number=1), ru)
        await liar.say(report(number=2), ru)
        teller.swap = other
        size = ru.store.size()
        for _ in range(5):
            [round] = await ru.syncs(liar)
            assert (round.received, round.refused) == (0, 0)
            await asyncio.sleep(20)
        assert (ru.store.size(), list(ru.store.received())) == (size, [])
        assert len(ru.store.pending(liar.fingerprint)) == 2
        assert ru.store.heard(liar.fingerprint) is None  # nobody says that all of its word is here
        teller.swap = None
        await asyncio.sleep(600)
        [round] = await ru.syncs(liar)
        assert (round.received, round.refused, round.errors) == (2, 0, [])
        assert ru.store.pending(liar.fingerprint) == []
        assert ru.store.heard(liar.fingerprint) is not None
        assert ru.store.received_statement(said.id) is not None

    run(story)


@pytest.mark.parametrize(
    "moved",
    [
        lambda item: replace(item, statement_path=item.statement_path[:-1]),
        lambda item: replace(item, release_index=item.release_index + 1),
        lambda item: replace(item, release_path=()),
        lambda item: replace(item, statement_index=0),
    ],
)
def test_a_good_item_in_a_wrong_place_refuses_nothing_is_kept_as_evidence_and_held_when_it_is_shown_right(
    moved: Callable[[Item], Item],
) -> None:
    liar, ru, _, teller = world()

    async def story() -> None:
        await liar.say(report(number=1), ru)
        teller.swap = moved
        [round] = await ru.syncs(liar)
        assert (round.received, round.refused) == (0, 0)
        assert kept(ru, liar) in ([NOT_INCLUDED], [MALFORMED])
        teller.swap = None
        await asyncio.sleep(10)
        [round] = await ru.syncs(liar)
        assert (round.received, round.refused, round.errors) == (1, 0, [])

    run(story)


def test_a_good_copy_of_what_was_refused_is_held_when_it_is_offered_and_no_more_than_three_are_judged() -> None:
    liar, ru, _, teller = world()

    def broken(number: int) -> PageLie:
        def lie(page: Page, end: PageEnd) -> tuple[Page, PageEnd]:
            said = page.items[-1].statement
            assert said is not None
            bad = replace(page.items[-1], statement=(said[0], said[1], said[2] + b" " * number))
            return counted(replace(page, items=(bad,)), end)

        return lie

    async def story() -> None:
        said = await liar.say(report(number=1), ru)
        teller.lie = broken(1)
        [round] = await ru.syncs(liar)
        assert (round.received, round.refused) == (0, 1)
        teller.lie = None
        ru.store.refold([])  # so that it is offered again
        [round] = await ru.syncs(liar)
        assert (round.received, round.refused) == (1, 0)
        assert [row.refused for row in ru.store.received()] == [CONTENT_MISMATCH, None]
        [row] = liar.store.releases_of(said.id)
        answers = liar.store.answers_to(row.id)
        assert [(one.ours, one.disposition) for one in answers] == [(True, "held"), (False, "refused")]
        verdict = verify(evidence.prove_telling(liar.node, said.id, liar.peer(ru)))
        assert (verdict.held_by, verdict.refused, verdict.other) == ("ru", None, None)
        await liar.say(report(number=2), ru)
        for number in range(1, 6):
            teller.lie = broken(number)
            ru.store.refold([])
            await ru.syncs(liar)
        assert [row.refused for row in ru.store.received()][2:] == [CONTENT_MISMATCH] * 3

    run(story)


def test_a_teller_that_frames_its_hearer_has_a_file_that_says_something_else_was_sent() -> None:
    """What it could show before: a flawless warning, and beside it, valid and trusted, the hearer's signed refusal."""
    liar, ru, us, teller = world()
    teller.lie = altered_content

    async def story() -> bytes:
        said = await liar.say(report(), ru)
        for _ in range(3):
            await ru.syncs(liar, us)
            await us.syncs(ru)
            await liar.syncs(ru)
        return evidence.prove_telling(liar.node, said.id, liar.peer(ru))

    trust = {one.name: one.fingerprint for one in (liar, ru, us)}
    verdict = verify(run(story), trust)
    assert (verdict.valid, verdict.trusted, verdict.other) == (True, True, "refused")
    assert (verdict.refused, verdict.held_by, verdict.proved_by) == (None, None, None)
    assert not {"refused", "held", "fetched"} & {rung.name for rung in verdict.ladder}


def test_who_offers_without_end_and_gives_nothing_stops_nobody_but_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    liar, ru, us, teller = world()
    monkeypatch.setattr(hearing, "MAX_PENDING", 5)
    teller.swap = lambda item: None

    async def story() -> None:
        for number in range(12):
            await liar.say(report(number=number), ru)
            await ru.syncs(liar)
        assert len(ru.store.pending(liar.fingerprint)) == 5
        said = await us.say(report(), ru)
        [round] = await ru.syncs(us)
        assert (round.received, round.errors) == (1, [])
        assert ru.store.received_statement(said.id) is not None

    run(story)
