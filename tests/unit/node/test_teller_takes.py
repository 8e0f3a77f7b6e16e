"""What a teller takes from others besides answers: heads to cosign, requests for receipts; and what it keeps of their faults."""

from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from comity.errors import (
    HEAD_FORK,
    MALFORMED,
    STALE_HEAD,
    RemoteError,
)
from comity.exchange.witness import AddCheckpoint, Shown
from comity.node.receipts import MAX_ASKED
from comity.node.teller import MAX_EVIDENCE
from comity.proof import cbor
from comity.proof.envelope import StatementId
from comity.proof.keys import VerifyingKey
from unit.node.liar import forked
from world import Party, parties, report, run


def code(action: Callable[[], Coroutine[Any, Any, object]]) -> str:
    with pytest.raises(RemoteError) as caught:
        run(action)
    return caught.value.code


# -- witnessing


def add(party: Party, to: Party, note: bytes, old: int, path: tuple[bytes, ...] = ()) -> str:
    return to.teller.add_checkpoint(party.fingerprint, AddCheckpoint(Shown(note, old, path)).encode())


def test_a_head_that_does_not_start_where_we_stand_is_stale_and_we_show_where_we_stand() -> None:
    fr, ru = parties("fr", "ru")
    run(lambda: fr.say(report()))
    note = fr.node.journal.note or b""
    assert add(fr, ru, note, 0).startswith("— ")
    with pytest.raises(RemoteError) as caught:
        add(fr, ru, note, 1)
    assert (caught.value.code, caught.value.evidence) == (STALE_HEAD, {"size": 2, "known": note.decode()})


def test_a_stranger_to_us_is_told_that_we_hold_nothing() -> None:
    fr, ru = parties("fr", "ru")
    with pytest.raises(RemoteError) as caught:
        add(fr, ru, fr.node.journal.note or b"", 1)
    assert (caught.value.code, caught.value.evidence) == (STALE_HEAD, {"size": 0})


@pytest.mark.parametrize("old", [0, 1])
def test_two_heads_of_one_size_are_a_fork_whatever_size_they_start_from(old: int) -> None:
    fr, ru = parties("fr", "ru")
    known = fr.node.journal.note or b""
    add(fr, ru, known, 0)
    other = forked(fr, 1)
    with pytest.raises(RemoteError) as caught:
        add(fr, ru, other, old)
    assert caught.value.code == HEAD_FORK
    [kept] = ru.store.kept("evidence", fr.fingerprint)
    assert cbor.decode(kept.data)["evidence"] == {"known": known.decode(), "shown": other.decode()}
    assert ru.store.head(fr.fingerprint) == (1, known)


def test_the_same_lie_is_kept_once_and_many_lies_do_not_fill_the_disk() -> None:
    fr, ru = parties("fr", "ru")
    add(fr, ru, fr.node.journal.note or b"", 0)
    for number in range(MAX_EVIDENCE + 20):
        fr.clock.skew = number // 2 * 1000  # every lie is told twice
        with pytest.raises(RemoteError):
            add(fr, ru, forked(fr, 1), 1)
    assert len(ru.store.kept("evidence", fr.fingerprint)) == (MAX_EVIDENCE + 20) // 2
    for number in range(MAX_EVIDENCE):
        fr.clock.skew = 10**6 + number * 1000
        with pytest.raises(RemoteError):
            add(fr, ru, forked(fr, 1), 1)
    assert len(ru.store.kept("evidence", fr.fingerprint)) == MAX_EVIDENCE


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old",
        b"old 1",
        b"old 01\n\n",
        b"old -1\n\n",
        b"new 1\n\n",
        b"old 1\nAAAA\n\n",
        b"old 1\n!\n\n",
        b"old x\n\n",
    ],
)
def test_a_request_to_cosign_that_is_not_of_the_form_is_malformed(body: bytes) -> None:
    fr, ru = parties("fr", "ru")
    with pytest.raises(RemoteError) as caught:
        ru.teller.add_checkpoint(
            fr.fingerprint, body + (fr.node.journal.note or b"" if body.endswith(b"\n\n") else b"")
        )
    assert caught.value.code == MALFORMED


# -- receipts


def test_receipts_are_given_to_the_one_who_was_answered_and_to_nobody_else() -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> StatementId:
        await fr.say(report(), ru)
        await ru.syncs(fr)
        [answer] = fr.store.answers_of(ru.fingerprint)
        return answer

    id = run(story)
    ask = cbor.encode({"v": 1, "ids": id, "have": 0})
    assert len(cbor.decode(ru.teller.receipts(fr.fingerprint, ask))["receipts"]) == 1
    assert cbor.decode(ru.teller.receipts(us.fingerprint, ask))["receipts"] == []


def test_the_cosignatures_on_our_own_heads_are_not_verified_again_for_each_receipt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> None:
        await fr.say(report(), ru)
        await ru.syncs(fr, us)

    run(story)
    verified: list[bytes] = []
    really = VerifyingKey.verify

    def counting(key: VerifyingKey, signature: bytes, data: bytes) -> None:
        verified.append(data)
        really(key, signature, data)

    monkeypatch.setattr(VerifyingKey, "verify", counting)
    ask = cbor.encode({"v": 1, "ids": fr.store.answers_of(ru.fingerprint)[0], "have": 0})
    [given] = cbor.decode(ru.teller.receipts(fr.fingerprint, ask))["receipts"]
    assert verified == []
    assert f"— {us.node.descriptor.witness_name} " in given[4].decode()


def test_as_many_receipts_are_given_at_once_as_a_node_asks_for_and_no_more() -> None:
    fr, ru = parties("fr", "ru")
    ids = [number.to_bytes(32) for number in range(MAX_ASKED + 1)]
    assert cbor.decode(ru.teller.receipts(fr.fingerprint, request_for(*ids[1:]))) == {
        "v": 1,
        "receipts": [],
        "told": [],
    }
    with pytest.raises(RemoteError, match="100 at most") as caught:
        ru.teller.receipts(fr.fingerprint, request_for(*ids))
    assert caught.value.code == MALFORMED


def test_one_answer_is_not_proved_twice_in_one_go() -> None:
    fr, ru = parties("fr", "ru")
    with pytest.raises(RemoteError, match="twice") as caught:
        ru.teller.receipts(fr.fingerprint, request_for(bytes(32), bytes([1]) * 32, bytes(32)))
    assert caught.value.code == MALFORMED


def request_for(*ids: bytes) -> bytes:
    return cbor.encode({"v": 1, "ids": b"".join(ids), "have": 0})


@pytest.mark.parametrize(("ids", "have"), [(b"x", 0), (bytes(33), 0), (b"", 99)])
def test_a_request_for_receipts_that_is_not_of_the_form_is_malformed(ids: bytes, have: int) -> None:
    fr, ru = parties("fr", "ru")
    with pytest.raises(RemoteError) as caught:
        ru.teller.receipts(fr.fingerprint, cbor.encode({"v": 1, "ids": ids, "have": have}))
    assert caught.value.code == MALFORMED
