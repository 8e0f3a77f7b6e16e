"""Pages and items on the wire, between real nodes: what is changed on the way, and pages with several bad items.

Every answer is signed by the transport key over its body and over the request that it answers (spec/node-api.md): so
whatever is changed, cut, made up or played again on the way is no answer of the teller's. It is dropped with no trace at all of
the teller's or the hearer's, and asked for again. What the teller itself breaks comes signed, and is judged item by item;
one bad item in every way it can be bad stands in unit/node/test_one_bad_item.py.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.errors import RemoteError
from comity.exchange import deliver, sign
from comity.exchange.acknowledge import OF_THE_BYTES
from comity.exchange.deliver import Item, PageEnd
from comity.exchange.verify import Verdict, verify
from comity.model.statement import Draft, Logged, Signed
from comity.node import evidence, heard
from comity.node.ports import Request, Response
from comity.space.instant import Instant
from unit.node.liar import LyingTeller, Page, PageLie, counted, lying
from world import Party, parties, report, run

GOOD = 3
Change = Callable[[Response], Response]


# -- what happens


async def rounds(teller: Party, hearer: Party, third: Party, count: int = 2) -> None:
    for _ in range(count):
        await hearer.syncs(teller, third)
        await teller.syncs(hearer, third)
        await asyncio.sleep(1200)


def both_files(teller: Party, hearer: Party, said: Logged) -> tuple[Verdict, Verdict]:
    """What the teller's file and the hearer's show of one telling."""
    [row] = hearer.store.heard_tellings(teller.fingerprint, said.id)
    return (
        verify(evidence.prove_telling(teller.node, said.id, teller.peer(hearer))),
        verify(heard.prove_heard(hearer.node, hearer.peer(teller), row)),
    )


def all_is_held(teller: Party, hearer: Party, said: Sequence[Logged]) -> None:
    for one in said:
        for verdict in both_files(teller, hearer, one):
            assert (verdict.held_by, verdict.refused, verdict.other) == (hearer.name, None, None)
            assert verdict.sound, verdict.problems or verdict.contradictions
            assert verdict.proved_by is not None


def later(*those: Party) -> None:
    """Let clocks stand where they stood at the end of a loop, or after: each loop begins its time anew."""
    for one in those:
        one.clock.fixed += 10**8


def nobody_is_blamed(*those: Party) -> None:
    for one in those:
        assert [row.refused for row in one.store.received() if row.refused] == []
        for other in those:
            assert one.store.kept("evidence", other.fingerprint) == []


# -- on the way


def flipped(at: int) -> Change:
    def change(found: Response) -> Response:
        place = at % max(len(found.body), 1)
        return replace(found, body=found.body[:place] + bytes([found.body[place] ^ 1]) + found.body[place + 1 :])

    return change


def cut(at: int) -> Change:
    return lambda found: replace(found, body=found.body[: at % max(len(found.body), 1)])


def unsigned(status: int) -> Change:
    return lambda found: Response(status, {}, found.body)


def with_page(change: Callable[[deliver.Page], deliver.Page]) -> Change:
    """Change a page in its fields, so that it has its form; what is no page is left as it is."""

    def anew(found: Response) -> Response:
        try:
            page = deliver.decode_page(found.body)
        except RemoteError:
            return found
        return replace(found, body=deliver.encode_page(change(page)))

    return anew


def with_given(change: Callable[[deliver.Given], deliver.Given]) -> Change:
    """Likewise with what came for a want."""

    def anew(found: Response) -> Response:
        try:
            given = deliver.decode_items(found.body)
        except RemoteError:
            return found
        return replace(found, body=deliver.encode_items(change(given)))

    return anew


def with_items(change: Callable[[list[Item | None]], list[Item | None]]) -> Change:
    return with_given(lambda given: replace(given, items=tuple(change(list(given.items)))))


def reworded(items: list[Item | None]) -> list[Item | None]:
    def change(item: Item | None) -> Item | None:
        if item is None or item.statement is None:
            return item
        data, salt, raw = item.statement
        return replace(item, statement=(data, salt, raw.replace(b"report", b"REPORT", 1)))

    return [change(items[0]), *items[1:]] if items else items


def moved(items: list[Item | None]) -> list[Item | None]:
    return [item and replace(item, release_index=item.release_index + 1) for item in items]


ON_THE_WAY: dict[str, Change] = {
    "an offer left out": with_page(lambda page: replace(page, offers=page.offers[1:])),
    "an offer twice": with_page(lambda page: replace(page, offers=page.offers[:1] + page.offers)),
    "offers in another order": with_page(lambda page: replace(page, offers=page.offers[::-1])),
    "another size": with_page(lambda page: replace(page, offers=tuple(replace(one, size=1) for one in page.offers))),
    "another end": with_page(lambda page: replace(page, end=page.end[:-1] + bytes([page.end[-1] ^ 1]))),
    "an item reworded": with_items(reworded),
    "an item left out": with_items(lambda items: [None, *items[1:]]),
    "an item twice": with_items(lambda items: items[:1] * len(items)),
    "items in another order": with_items(lambda items: items[::-1]),
    "items elsewhere": with_items(moved),
    "fewer items": with_items(lambda items: items[1:]),
    "another genesis": with_given(lambda given: replace(given, genesis=(*given.genesis, bytes(32)))),
    "nothing": lambda found: replace(found, body=b""),
    "an unsigned error": unsigned(500),
    "an unsigned answer": unsigned(200),
}


class OnTheWay:
    """Changes the answers that a hearer gets, while it is there; keeps them for playing again."""

    def __init__(self, change: Change) -> None:
        self._change, self.changed, self.there = change, 0, True
        self.seen: list[Response] = []

    def __call__(self, request: Request, response: Response) -> Response:
        self.seen.append(response)
        told = ("/pull", "/items")
        if not self.there or response.status != 200 or not any(part in request.url for part in told):
            return response
        found = self._change(response)
        self.changed += found != response
        return found


def on_the_way(change: Change) -> None:
    fr, ru, us = parties("fr", "ru", "us")
    between = OnTheWay(change)
    ru.wire.tamper = between

    async def first() -> list[Logged]:
        said = [await fr.say(report(number=number), ru) for number in range(GOOD)]
        await rounds(fr, ru, us)
        return said

    said = run(first)
    assert between.changed
    nobody_is_blamed(fr, ru, us)
    between.there = False
    later(fr, ru, us)
    run(lambda: rounds(fr, ru, us))
    nobody_is_blamed(fr, ru, us)
    all_is_held(fr, ru, said)


@pytest.mark.parametrize("way", ON_THE_WAY)
def test_what_is_changed_on_the_way_blames_nobody_and_all_is_held_when_it_comes_whole(way: str) -> None:
    on_the_way(ON_THE_WAY[way])


@given(st.integers(0, 10**5), st.sampled_from([flipped, cut]))
@settings(max_examples=15)
def test_whatever_byte_is_changed_or_missing_on_the_way_blames_nobody(at: int, how: Callable[[int], Change]) -> None:
    on_the_way(how(at))


def test_an_answer_that_is_played_again_or_is_another_members_blames_nobody() -> None:
    """An answer is signed over its request: that of another time, or to another, is none."""
    fr, ru, us = parties("fr", "ru", "us")
    kept: list[Response] = []

    def tamper(request: Request, response: Response) -> Response:
        kept.append(response)
        old = [one for one in kept[:-1] if one.status == 200]
        return old[len(kept) % len(old)] if old and len(kept) % 2 and "/pull" in request.url else response

    ru.wire.tamper = tamper

    async def story() -> list[Logged]:
        said = []
        for number in range(GOOD):
            said.append(await fr.say(report(number=number), ru))
            await rounds(fr, ru, us, 3)
        ru.wire.tamper = lambda request, response: response
        await rounds(fr, ru, us)
        return said

    said = run(story)
    later(fr, ru, us)
    nobody_is_blamed(fr, ru, us)
    all_is_held(fr, ru, said)


# -- from the teller: several bad items in one page


def altered(item: Item) -> Item:
    assert item.statement is not None
    data, salt, raw = item.statement
    return replace(item, statement=(data, salt, raw + b" "))


def salted(item: Item) -> Item:
    assert item.statement is not None
    return replace(item, statement=(item.statement[0], bytes(16), item.statement[2]))


def forged(item: Item) -> Item:
    assert item.statement is not None
    data, salt, raw = item.statement
    return replace(item, statement=(data[:-1] + bytes([data[-1] ^ 1]), salt, raw))


def crossed(item: Item) -> Item:
    assert item.statement is not None
    return replace(item, statement=item.release)


def stripped(item: Item) -> Item:
    return replace(item, statement=None, statement_index=0, statement_path=())


def widened(item: Item) -> Item:
    data, salt, raw = item.release
    return replace(item, release=(data, salt, raw.replace(b"amber", b"clear")))


def lost(item: Item) -> Item:
    return replace(item, release=(b"", b"", b""))


BENT = [None, altered, salted, forged, crossed, stripped, widened, lost]


@given(st.lists(st.sampled_from(BENT), min_size=2, max_size=6))
@settings(max_examples=20)
def test_of_whatever_items_of_a_page_are_bad_the_others_are_held(bent: list[Callable[[Item], Item] | None]) -> None:
    if bent.count(lost) > 1:
        bent = [one for one in bent if one is not lost]  # two of one id: see below
    fr, ru, us = parties("fr", "ru", "us")
    teller = lying(fr)

    def lie(page: Page, end: PageEnd) -> tuple[Page, PageEnd]:
        items = [item if how is None else how(item) for item, how in zip(page.items, bent, strict=False)]
        return counted(replace(page, items=tuple(items)), end)

    async def story() -> list[Logged]:
        said = [await fr.say(report(number=number), ru) for number in range(len(bent))]
        teller.lie = lie
        await rounds(fr, ru, us)
        return said

    said = run(story)
    later(fr, ru, us)
    all_is_held(fr, ru, [one for one, how in zip(said, bent, strict=True) if how is None])
    refused = [row for row in ru.store.received() if row.refused]
    assert len(refused) == sum(how is not None for how in bent)
    for row in refused:
        verdict = verify(heard.prove_heard(ru.node, ru.peer(fr), row))
        assert (verdict.valid, verdict.refused, verdict.borne_out) == (True, row.refused, True)
        assert row.refused in OF_THE_BYTES
    # Whatever the liar makes of what it really signed: no flawless item of it is shown as refused.
    for one, how in zip(said, bent, strict=True):
        shown = verify(evidence.prove_telling(fr.node, one.id, fr.peer(ru)))
        assert shown.valid
        assert shown.refused is None
        assert (shown.held_by is not None) == (how is None)


def twice(page: Page, end: PageEnd) -> tuple[Page, PageEnd]:
    return counted(replace(page, items=page.items[:1] + page.items), end)


def in_two_forms(page: Page, end: PageEnd) -> tuple[Page, PageEnd]:
    return counted(replace(page, items=(*page.items, altered(page.items[0]))), end)


@pytest.mark.parametrize("lie", [twice, in_two_forms])
def test_a_page_that_offers_one_release_twice_is_no_page_and_the_next_good_one_is_held(lie: PageLie) -> None:
    """Which of the two the teller means nobody can tell; it has given nothing, and is asked again."""
    fr, ru, us = parties("fr", "ru", "us")
    teller: LyingTeller = lying(fr)

    async def story() -> list[Logged]:
        said = [await fr.say(report(number=number), ru) for number in range(GOOD)]
        teller.lie = lie
        await rounds(fr, ru, us)
        assert list(ru.store.received()) == []
        teller.lie = None
        await rounds(fr, ru, us)
        return said

    said = run(story)
    later(fr, ru, us)
    all_is_held(fr, ru, said)
    assert [row.refused for row in ru.store.received()] == [None] * GOOD


# -- times

DAY = 86_400_000


def test_a_teller_that_dates_its_word_in_time_to_come_does_not_take_the_time_from_its_hearers_proof() -> None:
    """What the hearer holds, third parties have seen: that is proved, whatever the teller says of its own clock."""
    fr, ru, us = parties("fr", "ru", "us")

    origin, signer = fr.node.descriptor.origin, fr.keys.statement

    def dated(drafts: Sequence[Draft]) -> list[Signed]:
        now, random = Instant(fr.clock.now() + DAY), fr.randomness.draw(32 * len(drafts))
        return sign.sign_all(drafts, origin=origin, now=now, random=random, signer=signer, hands=fr.node.hands)

    async def story() -> list[Logged]:
        fr.node.sign_all = dated  # type: ignore[method-assign]
        said = [await fr.say(report(), ru)]
        await rounds(fr, ru, us)
        return said

    [said] = run(story)
    later(fr, ru, us)
    for row in ru.store.heard_tellings(fr.fingerprint, said.id):
        verdict = verify(heard.prove_heard(ru.node, ru.peer(fr), row))
        assert verdict.valid
        assert verdict.proved_by is not None
