"""Outside witnesses: asked where an administrator said, believed in nothing that their pinned key did not sign just now."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.errors import (
    BAD_ARGUMENT,
    BAD_SIGNATURE,
    CLOCK_SKEW,
    EXISTS,
    HEAD_ROLLBACK,
    MALFORMED,
    NOT_CONSISTENT,
    NOT_FOUND,
    STALE_HEAD,
    UNKNOWN_KEY,
    UNREACHABLE,
    LocalError,
)
from comity.exchange import witness
from comity.exchange.verify import verify
from comity.gateways.peer import CHECKPOINT
from comity.model.fingerprint import Fingerprint
from comity.model.statement import Logged
from comity.node import evidence, exports, outside
from comity.node.cosigned import own_head
from comity.node.outside import MOST, TRIES
from comity.proof.checkpoint import parse_checkpoint, verify_cosignature
from comity.proof.note import NoteKey
from comity.proof.receipt import parse_tlog_proof
from conformance.peers.tlog_witness import Answer, Head, Witness
from unit.node.between import running
from unit.node.witnessing import BASE, over_http, says, witness_for
from world import Party, parties, report, run

MINUTE = 60_000


async def asks(fr: Party) -> list[str]:
    """Ask the witness once; returns the codes of what did not go well."""
    assert fr.sync.outside is not None
    fr.sync.publish()
    [asked] = await fr.sync.outside.once()
    return [str(error["code"]) for error in asked.errors]


def ask(fr: Party) -> list[str]:
    return run(lambda: asks(fr))


def kept(fr: Party) -> list[int]:
    """The sizes at which its line is kept."""
    return [size for size in range(fr.store.size() + 1) if fr.store.outside.lines(size)]


def say(fr: Party, number: int, *to: Party) -> Logged:
    return run(lambda: fr.say(report(number=number), *to))


# -- in the ordinary run


def test_each_head_that_is_published_is_cosigned_once_from_the_size_that_the_witness_holds() -> None:
    [fr] = parties("fr")
    one = witness_for(fr)
    for number in range(4):
        say(fr, number)
        assert (ask(fr), ask(fr)) == ([], [])
    assert kept(fr) == [2, 3, 4, 5]
    assert [body.split(b"\n")[0] for body in one.asked] == [b"old 0", b"old 2", b"old 3", b"old 4"]


def test_the_line_verifies_by_the_pinned_key_and_bears_the_witnesss_time() -> None:
    [fr] = parties("fr")
    one = witness_for(fr)
    say(fr, 1)
    assert ask(fr) == []
    [found] = fr.store.outside.lines(2)
    key, head = NoteKey.from_vkey(one.vkey), parse_checkpoint(fr.node.journal.note or b"").checkpoint
    assert verify_cosignature(found.line, head, key.name, key.key) * 1000 == found.at


def test_a_node_that_starts_again_goes_on_from_what_the_witness_cosigned_last() -> None:
    [fr] = parties("fr")
    one = witness_for(fr)
    say(fr, 1)
    assert ask(fr) == []
    fr.start()
    say(fr, 2)
    assert ask(fr) == []
    assert [body.split(b"\n")[0] for body in one.asked] == [b"old 0", b"old 2"]


def test_a_witness_that_holds_more_than_we_know_says_so_and_is_asked_from_there() -> None:
    """409: our line was lost on the way."""
    [fr] = parties("fr")
    one = witness_for(fr)
    say(fr, 1)
    fr.wire.others[BASE] = over_http(lambda body: replace(one.add_checkpoint(body), status=503))
    assert ask(fr) == [UNREACHABLE]
    fr.start()
    fr.wire.others[BASE] = over_http(one.add_checkpoint)
    say(fr, 2)
    assert ask(fr) == []
    assert [body.split(b"\n")[0] for body in one.asked] == [b"old 0", b"old 0", b"old 2"]
    assert kept(fr) == [3]


def test_a_witness_that_has_forgotten_us_begins_anew() -> None:
    [fr] = parties("fr")
    one = witness_for(fr)
    say(fr, 1)
    assert ask(fr) == []
    one.held.clear()
    say(fr, 2)
    assert (ask(fr), kept(fr)) == ([], [2, 3])


def test_a_head_whose_line_was_lost_is_cosigned_again_at_the_same_size() -> None:
    [fr] = parties("fr")
    one = witness_for(fr)
    say(fr, 1)
    fr.wire.others[BASE] = over_http(lambda body: replace(one.add_checkpoint(body), body=b""))
    assert ask(fr) == [MALFORMED]
    fr.wire.others[BASE] = over_http(one.add_checkpoint)
    assert (ask(fr), kept(fr)) == ([], [2])


# -- what a witness may have against it, and what may be wrong with its answer


def test_a_witness_that_does_not_know_the_log_says_so_until_it_does() -> None:
    [fr] = parties("fr")
    one = witness_for(fr, knows=False)
    assert ask(fr) == [NOT_FOUND]
    one.take(exports.log_key(fr.node))
    assert ask(fr) == []


def test_a_witness_that_knows_another_key_for_the_log_says_so() -> None:
    fr, ru = parties("fr", "ru")
    one = witness_for(fr, knows=False)
    one.take(NoteKey(fr.node.descriptor.origin, 1, ru.keys.log.public).vkey)
    assert ask(fr) == [UNKNOWN_KEY]


def test_a_witness_that_knows_another_history_says_so_and_stops_nobody() -> None:
    [fr] = parties("fr")
    one = witness_for(fr)
    origin = fr.node.descriptor.origin
    one.held[origin] = Head(origin, 1, bytes(32), "")
    say(fr, 1)
    assert ask(fr) == [NOT_CONSISTENT]
    assert fr.node.journal.read_only is None
    assert kept(fr) == []


@pytest.mark.parametrize("size", [3, 4, 2**62])
def test_a_witness_that_says_it_cosigned_more_than_we_published_is_told_of_and_stops_nobody(size: int) -> None:
    [fr] = parties("fr")
    witness_for(fr)
    says(fr, Answer(409, f"{size}\n".encode(), "text/x.tlog.size"))
    say(fr, 1)
    assert ask(fr) == [HEAD_ROLLBACK]
    assert fr.node.journal.read_only is None
    assert say(fr, 2).index == 2


@pytest.mark.parametrize("size", [0, 1, 2])
def test_a_witness_that_answers_409_for_ever_is_asked_a_few_times(size: int) -> None:
    [fr] = parties("fr")
    witness_for(fr)
    say(fr, 1)
    says(fr, Answer(409, f"{size}\n".encode(), "text/x.tlog.size"))
    before = len(fr.wire.sent)
    assert ask(fr) == [STALE_HEAD]
    assert len(fr.wire.sent) - before == TRIES


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(400), MALFORMED),
        (Answer(401), MALFORMED),
        (Answer(302), MALFORMED),
        (Answer(204), MALFORMED),
        (Answer(408), UNREACHABLE),
        (Answer(429), UNREACHABLE),
        (Answer(500), UNREACHABLE),
        (Answer(503), UNREACHABLE),
        (Answer(409, b"2\n"), MALFORMED),
        (Answer(409, b"2", "text/x.tlog.size"), MALFORMED),
        (Answer(409, b"02\n", "text/x.tlog.size"), MALFORMED),
        (Answer(409, b"-1\n", "text/x.tlog.size"), MALFORMED),
        (Answer(409, b"two\n", "text/x.tlog.size"), MALFORMED),
        (Answer(409, b"9" * 20 + b"\n", "text/x.tlog.size"), MALFORMED),
        (Answer(409, "\u0662\n".encode(), "text/x.tlog.size"), MALFORMED),
        (Answer(200), MALFORMED),
        (Answer(200, b"\n"), MALFORMED),
        (Answer(200, b"\xff\n"), MALFORMED),
        (Answer(200, b"<html>\n"), MALFORMED),
        (Answer(200, b"\xe2\x80\x94 w AAAA\n"), MALFORMED),
        (Answer(200, b"\xe2\x80\x94 w AAAAAAA=\n"), UNKNOWN_KEY),
    ],
)
def test_what_is_no_answer_of_a_witness_is_refused(answer: Answer, code: str) -> None:
    [fr] = parties("fr")
    witness_for(fr)
    says(fr, answer)
    assert (ask(fr), kept(fr)) == ([code], [])


def cosigned(fr: Party, one: Witness, *, off: int = 0) -> str:
    """The witness's line on fr's newest head, some milliseconds off."""
    head = parse_checkpoint(fr.node.journal.note or b"")
    shown = Head(head.checkpoint.origin, head.checkpoint.size, head.checkpoint.root, head.note.text)
    return one.cosigned(shown, (fr.clock.now() + off) // 1000)


@settings(max_examples=100)
@given(st.data())
def test_no_changed_byte_of_an_answer_is_kept(data: st.DataObject) -> None:
    [fr] = parties("fr")
    good = cosigned(fr, witness_for(fr)).encode()
    at, other = data.draw(st.integers(0, len(good) - 1)), data.draw(st.integers(0, 255))
    changed = good[:at] + bytes((other,)) + good[at + 1 :]
    says(fr, Answer(200, changed))
    codes = ask(fr)
    if changed == good:
        assert (codes, kept(fr)) == ([], [1])
    else:
        assert len(codes) == 1
        assert codes[0] in (MALFORMED, UNKNOWN_KEY, BAD_SIGNATURE)
        assert kept(fr) == []


@settings(max_examples=100)
@given(st.binary(max_size=400), st.sampled_from([200, 400, 404, 409, 422, 500, 777]), st.text(max_size=20))
def test_no_answer_breaks_the_asking(body: bytes, status: int, kind: str) -> None:
    [fr] = parties("fr")
    witness_for(fr)
    says(fr, Answer(status, body, kind))
    assert (len(ask(fr)), kept(fr)) == (1, [])


def test_of_several_lines_the_one_by_the_pinned_key_is_kept_and_the_others_are_passed_over() -> None:
    """LOG-18."""
    [fr] = parties("fr")
    one = witness_for(fr)
    other, large = (
        Witness("witness.example/w2", bytes(31) + b"x", one.clock),
        "\u2014 witness.example/w1 " + "QUFB" * 811,
    )
    lines = [cosigned(fr, other), f"{large}\n", cosigned(fr, one), cosigned(fr, other)]
    says(fr, Answer(200, "".join(lines).encode()))
    assert ask(fr) == []
    assert [line.line for line in fr.store.outside.lines(1)] == [lines[2]]


def test_two_lines_by_the_pinned_key_are_refused() -> None:
    [fr] = parties("fr")
    one = witness_for(fr)
    says(fr, Answer(200, (cosigned(fr, one) + cosigned(fr, one, off=1000)).encode()))
    assert (ask(fr), kept(fr)) == ([MALFORMED], [])


def test_a_line_on_another_head_is_refused() -> None:
    [fr] = parties("fr")
    one = witness_for(fr)
    before = cosigned(fr, one)
    says(fr, Answer(200, before.encode()))
    say(fr, 1)
    assert (ask(fr), kept(fr)) == ([BAD_SIGNATURE], [])


@pytest.mark.parametrize(
    ("off", "codes"),
    [(0, []), (5 * MINUTE, []), (-4 * MINUTE, []), (6 * MINUTE, [CLOCK_SKEW]), (-6 * MINUTE, [CLOCK_SKEW])],
)
def test_a_line_more_than_five_minutes_off_our_clock_is_not_kept(off: int, codes: list[str]) -> None:
    [fr] = parties("fr")
    one = witness_for(fr)
    says(fr, Answer(200, cosigned(fr, one, off=off).encode()))
    assert (ask(fr), kept(fr)) == (codes, [] if codes else [1])


# -- where its line is shown, and where it is not


def witnessed() -> tuple[Party, Party, Party, Logged, str]:
    """fr tells ru; ru answers; un cosigns both; an outside witness cosigns fr's and ru's logs."""
    fr, ru, un = parties("fr", "ru", "un")
    one = witness_for(fr)
    one.take(exports.log_key(ru.node))
    outside.add(ru.node, "w", f"{BASE}/w", one.vkey)

    async def story() -> Logged:
        said = await fr.say(report(), ru)
        for _ in range(2):
            for party in (fr, ru, un):
                await party.syncs(*(other for other in (fr, ru, un) if other is not party))
            assert (await asks(fr), await asks(ru)) == ([], [])
        return said

    return fr, ru, un, run(story), one.name


def test_the_line_stands_in_what_anybody_may_judge_by_himself() -> None:
    """The checkpoint that members are given, and what is exported: heads, tlog-proof, keys."""
    fr, ru, _, said, name = witnessed()
    given = run(lambda: ru.client.get(fr.node.descriptor, CHECKPOINT))
    assert given.decode().splitlines()[-1].startswith(f"\u2014 {name} ")
    found = exports.export(fr.node, said.id, None)
    assert name in found.cosigned_by
    receipt = parse_tlog_proof(found.files["statement.tlog-proof"])
    assert name in receipt.checkpoint_note.decode()
    assert f"{name}+" in found.files["witnesses.vkeys"].decode()


def test_it_is_counted_in_no_proof_file_and_stands_in_none() -> None:
    """LOG-19: it has no descriptor: in a proof file it would be somebody whom the file itself makes up."""
    fr, ru, un, said, name = witnessed()
    data = evidence.prove_telling(fr.node, said.id, fr.peer(ru))
    assert name.encode() not in data
    verdict = verify(data, {one.name: one.fingerprint for one in (fr, ru, un)})
    assert (verdict.valid, verdict.problems) == (True, [])
    assert dict(evidence.told(fr.node, said.id))["ru"].facts.proofs == 1


def test_it_alone_proves_no_time() -> None:
    fr, ru = parties("fr", "ru")
    one = witness_for(fr)
    one.take(exports.log_key(ru.node))
    outside.add(ru.node, "w", f"{BASE}/w", one.vkey)

    async def story() -> Logged:
        said = await fr.say(report(), ru)
        for _ in range(2):
            await ru.syncs(fr)
            await fr.syncs(ru)
            assert (await asks(fr), await asks(ru)) == ([], [])
        return said

    said = run(story)
    assert dict(evidence.told(fr.node, said.id))["ru"].facts.proofs == 0


def test_it_stands_in_no_proof_file_although_the_hearer_sends_its_line_with_a_receipt() -> None:
    fr, ru, un = parties("fr", "ru", "un")
    one = witness_for(ru)

    async def story() -> Logged:
        said = await fr.say(report(), ru)
        await ru.syncs(fr)
        assert await asks(ru) == []
        size = ru.store.size()
        [line] = ru.store.outside.lines(size)
        ru.store.add_cosignature(size, Fingerprint("f" * 64), line.line, line.at)  # as if a party had made it
        await ru.syncs(un)
        await fr.syncs(ru)
        return said

    said = run(story)
    name = one.name.encode()
    assert any(name in kept.data for kept in fr.store.kept("receipt", ru.fingerprint))
    assert dict(evidence.told(fr.node, said.id))["ru"].facts.proofs == 1
    data = evidence.prove_telling(fr.node, said.id, fr.peer(ru))
    assert name not in data
    assert verify(data, {each.name: each.fingerprint for each in (fr, ru, un)}).valid


def test_a_peer_is_given_no_line_of_it_with_a_receipt() -> None:
    _, ru, _, _, name = witnessed()
    for size in range(1, ru.store.size() + 1):
        note = own_head(ru.node, size - 1)[1]
        assert name not in note.decode()


# -- on the beat


def test_on_the_beat_it_is_shown_new_heads_and_one_that_fails_is_left_alone_for_longer_and_longer() -> None:
    [fr] = parties("fr")
    one = witness_for(fr)

    async def story() -> None:
        task = asyncio.ensure_future(running(10_000, fr))
        await asyncio.sleep(2)
        await fr.say(report(number=1))
        await asyncio.sleep(2)
        assert kept(fr) == [1, 2]
        says(fr, Answer(500))
        await fr.say(report(number=2))
        before = len(fr.wire.sent)
        await asyncio.sleep(3600)
        assert 10 <= len(fr.wire.sent) - before <= 20
        fr.wire.others[BASE] = over_http(one.add_checkpoint)
        await asyncio.sleep(601)
        assert kept(fr) == [1, 2, 3]
        await task

    run(story)
    assert fr.reports == []


def test_what_is_wrong_with_it_is_told_once_and_once_it_is_over() -> None:
    [fr] = parties("fr")
    one = witness_for(fr, knows=False)

    async def story() -> None:
        task = asyncio.ensure_future(running(3000, fr))
        await asyncio.sleep(1500)
        one.take(exports.log_key(fr.node))
        await task

    run(story)
    begun, over = fr.reports
    assert begun.startswith("outside witness w: not-found: it does not know this log")
    assert over.startswith("outside witness w: not-found: ")
    assert over.endswith("that is over")


def test_one_that_is_added_is_asked_from_the_next_beat_on_and_one_that_is_removed_no_more() -> None:
    [fr] = parties("fr")
    one = witness_for(fr)
    outside.remove(fr.node, "w")

    async def story() -> None:
        task = asyncio.ensure_future(running(60, fr))
        await asyncio.sleep(10)
        assert one.asked == []
        outside.add(fr.node, "w", f"{BASE}/w", one.vkey)
        await asyncio.sleep(3)
        assert len(one.asked) == 1
        outside.remove(fr.node, "w")
        await asyncio.sleep(3)
        await fr.say(report())
        await asyncio.sleep(10)
        assert len(one.asked) == 1
        await task

    run(story)
    assert kept(fr) == [1]


def test_one_that_does_not_answer_keeps_nobody_from_another() -> None:
    [fr] = parties("fr")
    witness_for(fr)
    good = Witness("other.example/w", bytes(31) + b"y", lambda: fr.clock.now() // 1000)
    good.take(exports.log_key(fr.node))
    fr.wire.cut.add("witness.example")
    fr.wire.others["https://other.example"] = lambda request: over(good, request)
    outside.add(fr.node, "good", "https://other.example", good.vkey)
    run(lambda: running(5, fr))
    assert [line.vkey for line in fr.store.outside.lines(1)] == [good.vkey]


def over(one: Witness, request: Any) -> Any:
    return over_http(one.add_checkpoint)(replace(request, url=f"{BASE}/w/add-checkpoint"))


# -- who is asked


def refusal(fr: Party, name: str = "v", url: str = f"{BASE}/v", vkey: str | None = None) -> tuple[str, str]:
    vkey = Witness("v.example/w", bytes(31) + b"v", lambda: 1).vkey if vkey is None else vkey
    with pytest.raises(LocalError) as caught:
        outside.add(fr.node, name, url, vkey)
    return caught.value.code, caught.value.place


@pytest.mark.parametrize(
    "url",
    [
        "http://witness.example/w",
        "http://10.0.0.1/w",
        "http://127.0.0.1.example/w",
        "http://localhost.example/w",
        "http://[::2]/w",
        "http://0.0.0.0/w",
        "ftp://witness.example",
        "file:///etc/passwd",
        "https://user@witness.example",
        "https://witness.example/w?x=1",
        "https://witness.example/../w",
        "witness.example",
        "",
    ],
)
def test_it_is_asked_over_https_or_on_this_machine_alone(url: str) -> None:
    """LOG-20."""
    [fr] = parties("fr")
    assert refusal(fr, url=url) == (BAD_ARGUMENT, "URL")
    assert outside.configured(fr.node) == []


@pytest.mark.parametrize(
    "url",
    [
        "https://witness.example/a/b/",
        "http://127.0.0.1:8080",
        "http://127.8.9.1/w",
        "http://[::1]:9/w",
        "http://localhost",
    ],
)
def test_other_addresses_are_taken(url: str) -> None:
    [fr] = parties("fr")
    outside.add(fr.node, "v", url, Witness("v.example/w", bytes(32), lambda: 1).vkey)
    assert [one.url for one in outside.configured(fr.node)] == [url.removesuffix("/")]


@pytest.mark.parametrize("vkey", ["", "a+b+c", "v.example/w+00000000+BA==", "x" * 5000, "v.example/w+zz+é"])
def test_what_is_no_key_is_refused(vkey: str) -> None:
    [fr] = parties("fr")
    assert refusal(fr, vkey=vkey) == (BAD_ARGUMENT, "VKEY")


def test_a_logs_key_and_those_of_parties_are_no_outside_witnesss() -> None:
    """A party's cosignatures are counted: it must come with its descriptor, and not as somebody whom nobody knows."""
    fr, ru = parties("fr", "ru")
    keys = [
        NoteKey("v.example/w", 1, ru.keys.log.public),
        NoteKey(ru.node.descriptor.witness_name, 4, ru.keys.witness.public),
        NoteKey("v.example/w", 4, ru.keys.witness.public),
        NoteKey("v.example/w", 4, fr.keys.witness.public),
        NoteKey("comity/somebody/w", 4, ru.keys.log.public),
    ]
    for key in keys:
        assert refusal(fr, vkey=key.vkey) == (BAD_ARGUMENT, "VKEY"), key.vkey


def test_one_name_and_one_key_stand_for_one_witness_and_there_are_few() -> None:
    [fr] = parties("fr")
    one = witness_for(fr)
    assert refusal(fr, name="w") == (EXISTS, "")
    assert refusal(fr, vkey=one.vkey) == (EXISTS, "VKEY")
    assert refusal(fr, vkey=Witness("another.example", bytes(32), lambda: 1).vkey) == (EXISTS, "VKEY")
    for number in range(1, MOST):
        outside.add(fr.node, f"w{number}", BASE, Witness("w", bytes(31) + bytes([number]), lambda: 1).vkey)
    assert refusal(fr) == (BAD_ARGUMENT, "NAME")


@pytest.mark.parametrize("name", ["", "W", "a b", "x" * 33, "ё", "all"])
def test_a_name_is_a_short_word(name: str) -> None:
    [fr] = parties("fr")
    assert refusal(fr, name=name) == (BAD_ARGUMENT, "NAME")


def test_nobody_is_removed_who_is_not_there() -> None:
    [fr] = parties("fr")
    with pytest.raises(LocalError) as caught:
        outside.remove(fr.node, "w")
    assert caught.value.code == BAD_ARGUMENT


def test_no_more_than_its_answers_are_asked_for() -> None:
    """The request says how large an answer may be."""
    [fr] = parties("fr")
    witness_for(fr)
    ask(fr)
    assert fr.wire.sent[-1].most == 128 << 10
    assert set(fr.wire.sent[-1].headers) == {"content-type"}


def test_the_lines_of_many_parties_and_witnesses_fit_on_one_head() -> None:
    [fr] = parties("fr")
    witness_for(fr)
    assert ask(fr) == []
    assert witness.read_head(fr.teller.checkpoint(), fr.node.descriptor).size == 1
