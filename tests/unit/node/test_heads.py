"""Heads: who may stop our signing, and who may not; and when a lost lock may be adopted."""

import pytest

from comity.errors import MALFORMED, READ_ONLY, STALE_HEAD, UNREACHABLE, LocalError, RemoteError
from comity.exchange.witness import Shown
from comity.node.heads import TRIES, Heads
from unit.node.between import Between, raising, running
from unit.node.faulty import backup, restore
from world import MemoryLock, Party, parties, report, run


def stale(**evidence: object) -> RemoteError:
    return RemoteError(STALE_HEAD, "a proof that does not start here", evidence=evidence)


def rolled_back() -> tuple[Party, Party]:
    """fr on a machine put back as a whole, store and lock, after ru had seen more of its log."""
    fr, ru = parties("fr", "ru")
    run(lambda: fr.say(report(number=1)))
    copy, lock = backup(fr), fr.lock.note
    run(lambda: fr.say(report(number=2)))
    fr.sync.publish()
    run(lambda: ru.syncs(fr))
    fr.lock = MemoryLock()
    fr.lock.note = lock
    restore(fr, copy)
    return fr, ru


def answering(error: Exception) -> tuple[Party, Party]:
    """fr, and a peer that says this to every head it is shown."""
    fr, ru = parties("fr", "ru")
    Between(fr).answers["add_checkpoint"] = raising(error)
    return fr, ru


# -- in the ordinary run


@pytest.mark.parametrize("size", [10**9, -1, "7", None, True, 2.5, [1]])
def test_a_peers_word_alone_that_it_holds_more_of_our_log_stops_nobody(size: object) -> None:
    fr, ru = answering(stale(size=size))
    [round] = run(lambda: fr.syncs(ru))
    assert [error["code"] for error in round.errors] == [MALFORMED]
    assert fr.node.journal.read_only is None


def test_a_head_that_another_signed_stops_nobody() -> None:
    fr, ru = parties("fr", "ru")
    run(lambda: ru.say(report()))
    Between(fr).answers["add_checkpoint"] = raising(stale(size=2, known=(ru.node.journal.note or b"").decode()))
    run(lambda: fr.syncs(ru))
    assert fr.node.journal.read_only is None


@pytest.mark.parametrize("known", ["", "nonsense", 7, "\ud800", None])
def test_what_is_no_head_stops_nobody(known: object) -> None:
    fr, ru = answering(stale(size=10**9, known=known))
    run(lambda: fr.syncs(ru))
    assert fr.node.journal.read_only is None


def test_an_older_head_of_ours_stops_nobody() -> None:
    fr, ru = parties("fr", "ru")
    old = (fr.node.journal.note or b"").decode()
    run(lambda: fr.say(report()))
    Between(fr).answers["add_checkpoint"] = raising(RemoteError("head-fork", "you lie", evidence={"known": old}))
    run(lambda: fr.syncs(ru))
    assert fr.node.journal.read_only is None


def test_a_head_that_we_signed_and_do_not_have_stops_our_signing() -> None:
    fr, ru = rolled_back()
    assert fr.node.journal.read_only is None
    [round] = run(lambda: fr.syncs(ru))
    assert READ_ONLY in [error["code"] for error in round.errors]
    assert "ru holds a head of 3 leaves" in (fr.node.journal.read_only or "")
    with pytest.raises(LocalError):
        run(lambda: fr.say(report(number=3)))


def test_a_fork_that_we_signed_is_noticed_from_the_first_peer_that_knows_better() -> None:
    fr, ru = rolled_back()
    run(lambda: fr.say(report(number=3)))  # nobody had told us
    run(lambda: fr.syncs(ru))
    assert fr.node.journal.read_only is not None
    assert len(ru.store.kept("evidence", fr.fingerprint)) == 1


def test_the_loops_stop_the_signing_within_a_beat_or_two() -> None:
    fr, ru = rolled_back()
    run(lambda: running(3, fr, ru))
    assert fr.node.journal.read_only is not None


def test_a_head_is_cosigned_once_and_then_left_alone() -> None:
    fr, ru = parties("fr", "ru")
    between = Between(fr)

    async def story() -> None:
        await fr.syncs(ru)
        await fr.syncs(ru)
        assert [called for called, _ in between.calls].count("add_checkpoint") == 1

    run(story)


def test_the_size_that_a_peer_holds_is_asked_for_only_when_it_is_not_known() -> None:
    fr, ru = parties("fr", "ru")
    between = Between(fr)

    async def story() -> int:
        for number in range(3):
            await fr.say(report(number=number))
            await fr.syncs(ru)
        return [called for called, _ in between.calls].count("add_checkpoint")

    assert run(story) == 3
    fr.start()
    between = Between(fr)
    assert run(story) == 4  # a new process has to be told once


def test_what_a_peer_was_shown_is_not_forgotten_for_what_it_was_shown_more_slowly() -> None:
    fr, ru = parties("fr", "ru")
    heads, first, starts = Heads(fr.node, fr.client), fr.node.journal.note or b"", list[int]()
    run(lambda: fr.say(report()))

    async def quick(shown: Shown) -> None:
        starts.append(shown.old)

    async def slow(shown: Shown) -> None:
        await heads.show(fr.peer(ru), fr.node.journal.note or b"", quick)

    async def story() -> None:
        await heads.show(fr.peer(ru), first, slow)
        await heads.show(fr.peer(ru), fr.node.journal.note or b"", quick)

    run(story)
    assert starts == [0, 2]


def moving(times: int) -> tuple[Party, Party, Between]:
    """fr with a log of some length, and a peer that holds one leaf more of it at each of so many tries."""
    fr, ru = parties("fr", "ru")
    for number in range(TRIES + 2):
        run(lambda number=number: fr.say(report(number=number)))  # type: ignore[misc]
    between, tried = Between(fr), [0]

    def says() -> str:
        tried[0] += 1
        if tried[0] == times:
            del between.answers["add_checkpoint"]
        raise stale(size=tried[0])

    between.answers["add_checkpoint"] = says
    return fr, ru, between


def test_a_peer_whose_head_of_us_moves_on_meanwhile_is_caught_up_with() -> None:
    fr, ru, between = moving(TRIES - 2)
    [round] = run(lambda: fr.syncs(ru))
    assert (round.errors, round.cosigned) == ([], True)
    assert [called for called, _ in between.calls].count("add_checkpoint") == TRIES


def test_a_peer_whose_head_of_us_never_stands_still_is_left_until_the_next_time() -> None:
    fr, ru, between = moving(10**9)
    [round] = run(lambda: fr.syncs(ru))
    assert [error["code"] for error in round.errors] == [STALE_HEAD]
    assert [called for called, _ in between.calls].count("add_checkpoint") == TRIES


def test_a_cosignature_by_another_key_is_not_taken() -> None:
    fr, ru, us = parties("fr", "ru", "us")
    line = us.teller.add_checkpoint(fr.fingerprint, b"old 0\n\n" + (fr.node.journal.note or b""))
    Between(fr, only=ru).answers["add_checkpoint"] = lambda: line
    [round] = run(lambda: fr.syncs(ru))
    assert (round.cosigned, [error["code"] for error in round.errors]) == (False, ["unknown-key"])
    assert fr.store.cosignatures(1) == []


# -- adopting


def lost_lock() -> tuple[Party, Party]:
    fr, ru = parties("fr", "ru")
    run(lambda: fr.say(report()))
    run(lambda: fr.syncs(ru))
    fr.lock.note = None
    fr.start()
    assert fr.node.journal.read_only is not None
    return fr, ru


def test_a_peer_that_holds_what_we_have_agrees() -> None:
    fr, ru = lost_lock()
    assert run(lambda: fr.sync.agrees(fr.peer(ru)))
    fr.node.journal.adopt()
    assert run(lambda: fr.say(report(number=2))).index == 2


def test_a_peer_that_shows_more_forbids_it() -> None:
    fr, ru = rolled_back()
    fr.lock.note = None
    fr.start()
    with pytest.raises(LocalError) as caught:
        run(lambda: fr.sync.agrees(fr.peer(ru)))
    assert caught.value.code == READ_ONLY


@pytest.mark.parametrize(
    "error",
    [stale(size=10**9), stale(size=0), RemoteError("unauthenticated", "who?"), RemoteError("head-fork", "a lie")],
)
def test_a_peer_that_says_nothing_we_can_check_neither_agrees_nor_forbids(error: RemoteError) -> None:
    fr, ru = answering(error)
    assert not run(lambda: fr.sync.agrees(fr.peer(ru)))


def test_a_peer_out_of_reach_does_not_agree() -> None:
    fr, ru = lost_lock()
    fr.wire.cut.add("ru.example")
    assert not run(lambda: fr.sync.agrees(fr.peer(ru)))
    assert UNREACHABLE in {error["code"] for error in run(lambda: fr.syncs(ru))[0].errors}


def test_a_log_without_a_head_publishes_nothing() -> None:
    [fr] = parties("fr")
    fr.node.journal.note = None
    with pytest.raises(LocalError):
        Heads(fr.node, fr.client).publish()
