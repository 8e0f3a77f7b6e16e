"""Several hands do what one does, in the same order, whatever goes wrong with one piece of the work."""

import gc
import threading
import time
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.exchange import acknowledge, say, sign
from comity.exchange.deliver import Item
from comity.node.hands import LEAST, PIECE, ManyHands
from comity.proof.hands import Hands, OneHand
from comity.proof.merkle import PathMemo
from unit.exchange.speaker import REPORT, Speaker, at

FR, RU = Speaker("fr"), Speaker("ru")
TOLD = 40


def _items() -> list[Item]:
    said = [FR.say() for _ in range(TOLD)]
    return list(FR.items(*[(one, FR.release(one, RU)) for one in said]))


ITEMS = _items()


@pytest.fixture(params=[1, 2, 3, 5])
def hands(request: pytest.FixtureRequest) -> Iterator[Hands]:
    made = ManyHands(request.param)
    yield made
    made.close()


def test_what_comes_out_stands_in_the_order_of_what_went_in(hands: Hands) -> None:
    for count in (0, 1, LEAST - 1, LEAST, LEAST + 1, LEAST + PIECE - 1, 1000):
        items = list(range(count))
        assert hands.each(lambda item: item * 3, items) == OneHand().each(lambda item: item * 3, items)


def test_the_work_is_done_by_several_at_the_same_time() -> None:
    """Nobody passes the barrier alone: were it done in a row, it would break after its ten seconds."""
    hands, barrier = ManyHands(3), threading.Barrier(3, timeout=10)
    met: set[int] = set()

    def work(item: int) -> int:
        who = threading.get_ident()
        if who not in met:
            met.add(who)
            barrier.wait()
        return item

    assert hands.each(work, range(LEAST)) == list(range(LEAST))
    assert len(met) == 3
    hands.close()


def test_a_handful_is_done_by_the_one_who_asks() -> None:
    hands = ManyHands(4)
    assert set(hands.each(lambda _: threading.current_thread(), range(LEAST - 1))) == {threading.current_thread()}
    assert not hands._threads
    hands.close()


@pytest.mark.parametrize("bad", [0, LEAST // 2, LEAST * 4 - 1])
def test_what_the_work_raises_is_raised_and_the_hands_work_on(hands: Hands, bad: int) -> None:
    def work(item: int) -> int:
        if item == bad:
            raise ValueError(f"not {item}")
        return item

    with pytest.raises(ValueError, match=f"not {bad}"):
        hands.each(work, range(LEAST * 4))
    assert hands.each(work, range(bad + 1, bad + 1 + LEAST)) == list(range(bad + 1, bad + 1 + LEAST))


def test_whoever_asks_goes_on_only_when_nobody_works_for_him_any_more(hands: Hands) -> None:
    """Also after a fault: nothing may still read keys or items when the caller has gone on."""
    working, lock = [0], threading.Lock()

    def work(item: int) -> int:
        with lock:
            working[0] += 1
        try:
            if item % 7 == 3:
                raise KeyError(item)
            return item
        finally:
            with lock:
                working[0] -= 1

    for _ in range(50):
        with pytest.raises(KeyError):
            hands.each(work, range(LEAST * 2))
        assert working == [0]


@pytest.mark.parametrize("count", [2, 4])
def test_of_several_faults_the_first_is_raised_also_if_it_comes_later(count: int) -> None:
    later = threading.Event()

    def work(item: int) -> int:
        if item == PIECE - 1:
            assert later.wait(10)
            raise ValueError("the first")
        if item == PIECE:
            later.set()
            raise ValueError("the second")
        return item

    hands = ManyHands(count)
    with pytest.raises(ValueError, match="the first"):
        hands.each(work, range(LEAST * 4))
    hands.close()


def test_where_no_thread_can_be_had_the_caller_does_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    hands, real, left = ManyHands(4), threading.Thread.start, [1]

    def start(thread: threading.Thread) -> None:
        if not left[0]:
            raise RuntimeError("can't start new thread")
        left[0] -= 1
        real(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    for _ in range(2):
        assert hands.each(str, range(LEAST)) == [str(item) for item in range(LEAST)]
        assert len(hands._threads) == 1
    hands.close()
    assert hands.each(str, range(LEAST)) == [str(item) for item in range(LEAST)]
    hands.close()


def test_idle_hands_hold_on_to_nothing() -> None:
    class Thing:
        pass

    hands, things = ManyHands(3), tuple(Thing() for _ in range(LEAST))
    watched = [weakref.ref(thing) for thing in things]
    assert len(hands.each(id, things)) == LEAST
    del things
    deadline = time.monotonic() + 10
    while any(ref() for ref in watched) and time.monotonic() < deadline:
        gc.collect()
    assert not any(ref() for ref in watched)
    hands.close()


def test_hands_that_were_let_go_come_back_when_there_is_work() -> None:
    hands = ManyHands(2)
    for _ in range(3):
        assert hands.each(str, range(LEAST)) == [str(item) for item in range(LEAST)]
        assert len(hands._threads) == 1
        hands.close()
        assert not hands._threads


@settings(max_examples=30, deadline=None)
@given(st.sets(st.integers(0, TOLD - 1), max_size=8), st.integers(2, 4))
def test_a_page_is_judged_the_same_by_one_hand_and_by_several(broken: set[int], count: int) -> None:
    page = [_broken(item) if number in broken else item for number, item in enumerate(ITEMS)]
    ranges, memo = [(0, FR.tree.size)] * len(page), PathMemo(FR.tree.size, FR.tree.root())

    def judged(hands: Hands) -> Sequence[acknowledge.Told | acknowledge.Refused | acknowledge.Misplaced]:
        return acknowledge.examine(page, ranges, by=FR.descriptor, to=RU.fingerprint, memo=memo, hands=hands)

    several = ManyHands(count)
    found = judged(several)
    several.close()
    assert found == judged(OneHand())
    assert [isinstance(one, acknowledge.Refused) for one in found] == [number in broken for number in range(len(page))]


def _broken(item: Item) -> Item:
    """The item with one bit of its statement's signature flipped."""
    assert item.statement is not None
    envelope, salt, raw = item.statement
    return replace(item, statement=(envelope[:-1] + bytes((envelope[-1] ^ 1,)), salt, raw))


def test_statements_signed_by_several_are_those_that_one_signs() -> None:
    drafts = [say.say(REPORT) for _ in range(LEAST + 3)]
    random = b"".join(sha256(bytes((number,))).digest() for number in range(len(drafts)))
    terms = {"origin": FR.origin, "now": at(1), "signer": FR.statement}
    several = ManyHands(3)
    signed = sign.sign_all(drafts, random=random, hands=several, **terms)  # type: ignore[arg-type]
    several.close()
    for number, one in enumerate(signed):
        drawn = random[number * sign.RANDOM_BYTES :]
        assert one == sign.sign(drafts[number], random=drawn, **terms)  # type: ignore[arg-type]
