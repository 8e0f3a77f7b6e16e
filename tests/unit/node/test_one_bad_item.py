"""A page with one bad item among good ones, in every way an item can be bad, from the teller and on the way.

The good ones are held, nobody honest is shown as refusing, and nobody honest is shown as lying.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.exchange import release as gate
from comity.exchange import say
from comity.exchange.acknowledge import OF_THE_BYTES
from comity.exchange.deliver import Item
from comity.exchange.verify import Verdict, verify
from comity.model.marking import Terms
from comity.model.statement import Draft, Logged, Signed
from comity.node import evidence, heard
from comity.proof.cbor import encode
from unit.node.liar import LyingTeller, counted, lying
from world import Party, parties, report, run

GOOD = 4


@dataclass(frozen=True)
class Scene:
    """A liar, an honest hearer, an honest third party, and what the liar may put together."""

    liar: Party
    ru: Party
    us: Party
    teller: LyingTeller


def scene() -> Scene:
    fr, ru, us = parties("fr", "ru", "us")
    return Scene(fr, ru, us, lying(fr))


# -- the ways


@dataclass(frozen=True)
class Way:
    """One way in which an item is bad: what it becomes, and whether that is a matter of its bytes or of its place."""

    name: str
    change: Callable[[Scene, Item], Item]
    of_bytes: bool = True


def _part(name: str, at: int, how: Callable[[bytes], bytes]) -> Callable[[Scene, Item], Item]:
    def change(_: Scene, item: Item) -> Item:
        parts = list(getattr(item, name))
        parts[at] = how(parts[at])
        fields: Any = {name: tuple(parts)}
        return replace(item, **fields)

    return change


def _flip(data: bytes, at: int = 0) -> bytes:
    at %= max(len(data), 1)
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :] if data else b"\0"


def _signed(by: Party, raw: bytes) -> Signed:
    """What a party signs that says anything whatever."""
    good = by.node.sign(drafted(report(number=77)))
    return by.node.sign(replace(drafted(report(number=77)), object=replace(good.object, raw=raw)))


def drafted(raw: bytes) -> Draft:
    return say.say(raw)


def _says(raw: bytes) -> Callable[[Scene, Item], Item]:
    """The teller signs this content, and releases it."""

    def change(at: Scene, item: Item) -> Item:
        said = _signed(at.liar, raw)
        return replace(item, statement=said.triple, release=_release(at.liar, said, at.ru).triple)

    return change


def _release(by: Party, said: Signed, to: Party) -> Signed:
    now, uuid = by.clock.now(), by.node.uuid()
    return by.node.sign(gate.release(said, to=to.fingerprint, terms=Terms(), now=now, uuid=uuid))


def _by_another(at: Scene, item: Item) -> Item:
    return replace(item, statement=at.us.node.sign(drafted(report(number=88))).triple)


def _release_by_another(at: Scene, item: Item) -> Item:
    return replace(item, release=_release(at.us, at.us.node.sign(drafted(report(number=88))), at.ru).triple)


def _to_another(at: Scene, item: Item) -> Item:
    return replace(item, release=_release(at.liar, at.liar.node.sign(drafted(report(number=88))), at.us).triple)


def _of_another(at: Scene, item: Item) -> Item:
    return replace(item, statement=at.liar.node.sign(drafted(report(number=88))).triple)


def _withdrawn(at: Scene, item: Item) -> Item:
    return replace(item, statement=None, statement_index=0, statement_path=())


def _large(at: Scene, item: Item) -> Item:
    return _part("statement", 2, lambda raw: raw + b" " * (1 << 20))(at, item)


_OPERATIONS: dict[str, Callable[[bytes], bytes]] = {
    "flipped": _flip,
    "shorter": lambda data: data[:-1],
    "longer": lambda data: data + b" ",
    "empty": lambda data: b"",
    "something else": lambda data: encode({"v": 1}),
}

BYTES = [
    *(
        Way(f"{name} {what} {how}", _part(name, at, change))
        for name in ("statement", "release")
        for at, what in enumerate(("envelope", "salt", "content"))
        for how, change in _OPERATIONS.items()
    ),
    Way("said by another", _by_another),
    Way("released by another", _release_by_another),
    Way("released to another", _to_another),
    Way("another statement", _of_another),
    Way("without its statement", _withdrawn),
    Way("too large", _large),
    Way("signed and no JSON", _says(b"{")),
    Way("signed and no object", _says(b"[]")),
    Way("signed and no STIX", _says(b'{"type": "report"}')),
    Way("signed, of a type that is never told", _says(report().replace(b'"report"', b'"release"', 1))),
]
PLACES = [
    Way("statement elsewhere", lambda _, item: replace(item, statement_index=item.statement_index + 1), False),
    Way("release elsewhere", lambda _, item: replace(item, release_index=item.release_index + 7), False),
    Way("no paths", lambda _, item: replace(item, statement_path=(), release_path=()), False),
    Way("a path too long", lambda _, item: replace(item, release_path=(*item.release_path, bytes(32))), False),
]


# -- what happens


async def told(at: Scene) -> list[Logged]:
    return [await at.liar.say(report(number=number), at.ru) for number in range(GOOD)]


async def rounds(at: Scene, count: int = 2) -> None:
    for _ in range(count):
        await at.ru.syncs(at.liar, at.us)
        await at.liar.syncs(at.ru, at.us)
        await asyncio.sleep(1200)


def tellers(at: Scene, said: Logged) -> Verdict:
    """What the teller's file shows."""
    verdict = verify(evidence.prove_telling(at.liar.node, said.id, at.liar.peer(at.ru)))
    assert verdict.problems == []
    return verdict


def hearers(at: Scene, said: Logged) -> Verdict:
    """What the hearer's shows."""
    [row] = at.ru.store.heard_tellings(at.liar.fingerprint, said.id)
    verdict = verify(heard.prove_heard(at.ru.node, at.ru.peer(at.liar), row))
    assert verdict.problems == []
    return verdict


def all_held(at: Scene, said: list[Logged]) -> None:
    for one in said:
        for verdict in (tellers(at, one), hearers(at, one)):
            assert (verdict.held_by, verdict.refused, verdict.other) == ("ru", None, None)


def play(way: Way, number: int, *, on_the_way: bool) -> Scene:
    at = scene()

    async def story() -> list[Logged]:
        said = await told(at)
        bad = said[number]

        def turn(item: Item) -> Item:
            its = item.statement is not None and item.statement[0] == bad.signed.envelope.data
            return way.change(at, item) if its else item

        if on_the_way:
            at.teller.swap = turn
        else:
            at.teller.lie = lambda page, end: counted(replace(page, items=tuple(map(turn, page.items))), end)
        await rounds(at)
        return said

    said = run(story)
    bad, good = said[number], said[:number] + said[number + 1 :]
    all_held(at, good)
    refused = at.ru.store.refused_of(at.liar.fingerprint)
    if on_the_way or not way.of_bytes:
        assert refused == []
        assert (tellers(at, bad).held_by, tellers(at, bad).refused, tellers(at, bad).other) == (None, None, None)
        assert len(at.ru.store.pending(at.liar.fingerprint)) == 1
        assert at.ru.store.heard(at.liar.fingerprint) is None
    else:
        [row] = refused
        assert row.refused in OF_THE_BYTES
        verdict = verify(heard.prove_heard(at.ru.node, at.ru.peer(at.liar), row))
        assert (verdict.problems, verdict.refused, verdict.borne_out) == ([], row.refused, True)
        # The framed hearer: whatever the liar makes of what it really signed, it shows no refusal of the flawless one.
        found = tellers(at, bad)
        assert (found.held_by, found.refused) == (None, None)
        assert found.other in (None, "refused")
        assert "fetched" not in [rung.name for rung in found.ladder]
    return at


@pytest.mark.parametrize("way", [*BYTES, *PLACES], ids=lambda way: way.name)
def test_one_bad_item_of_the_tellers_is_refused_in_its_bytes_or_asked_for_again_and_all_others_are_held(
    way: Way,
) -> None:
    play(way, 1, on_the_way=False)


@pytest.mark.parametrize("way", BYTES, ids=lambda way: way.name)
def test_one_item_that_is_broken_on_the_way_is_refused_by_nobody_and_held_when_it_comes_whole(way: Way) -> None:
    at = play(way, 2, on_the_way=True)
    assert at.ru.store.kept("evidence", at.liar.fingerprint) == []
    at.teller.swap = None
    for party in (at.liar, at.ru, at.us):
        party.clock.fixed += 10**7  # each loop begins its time anew
    run(lambda: rounds(at))
    rows = list(at.ru.store.received())
    assert ([row.refused for row in rows], len(rows)) == ([None] * GOOD, GOOD)


@given(st.integers(0, GOOD - 1), st.sampled_from(["statement", "release"]), st.integers(0, 2), st.data())
@settings(max_examples=20, deadline=None)
def test_whatever_bytes_one_item_has_the_others_are_held(number: int, name: str, at: int, data: st.DataObject) -> None:
    how = data.draw(st.sampled_from(["bytes", "flip", "cut"]))
    drawn = data.draw(st.binary(max_size=80)), data.draw(st.integers(0, 10**4))

    def change(part: bytes) -> bytes:
        if how == "bytes":
            return drawn[0] if drawn[0] != part else part + b"x"
        return _flip(part, drawn[1]) if how == "flip" else part[: drawn[1] % max(len(part), 1)]

    play(Way(how, _part(name, at, change)), number, on_the_way=data.draw(st.booleans()))


@pytest.mark.parametrize("size", [0, 1, 2**40, 2**62])
def test_whatever_size_is_offered_the_items_are_held(size: int) -> None:
    at = scene()
    at.teller.lie = lambda page, end: (page, end)
    at.teller.size = lambda _: size

    async def story() -> list[Logged]:
        said = await told(at)
        await rounds(at)
        return said

    all_held(at, run(story))


def test_items_that_are_not_given_at_all_hold_up_no_others() -> None:
    at = scene()
    at.teller.swap = lambda item: item if item.release_index % 4 else None

    async def story() -> list[Logged]:
        said = await told(at)
        await rounds(at)
        return said

    said = run(story)
    came = {row.statement for row in at.ru.store.received()}
    assert 0 < len(came) < GOOD
    all_held(at, [one for one in said if one.id in came])
