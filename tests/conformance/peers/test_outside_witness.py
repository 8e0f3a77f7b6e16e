"""Our nodes against a witness that was written from the standards' text alone: first the witness, then both over real HTTP."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.peers.artefacts import Parties
from conformance.peers.judges import JUDGES
from conformance.peers.tampered import base64_bit, bit, in_note, line, number, of_lines, signature
from conformance.peers.tlog_witness import Witness, served
from unit.node.witnessing import witness_for
from world import parties, report, run

PATIENCE = 20
SEED = bytes(range(32))


# -- the witness itself


def grown() -> tuple[Witness, bytes]:
    """A witness that holds 4 leaves of a log, and the request by which it would take 6."""
    [fr] = parties("fr")
    one = witness_for(fr)
    assert fr.sync.outside is not None
    for size in (4, 6):
        for count in range(size - fr.store.size()):
            run(lambda count=count, size=size: fr.say(report(number=10 * size + count)))  # type: ignore[misc]
        fr.sync.publish()
        held = dict(one.held)
        run(fr.sync.outside.once)
    one.held = held
    return one, one.asked[-1]


def test_it_takes_the_request_that_our_node_makes() -> None:
    one, body = grown()
    answer = one.add_checkpoint(body)
    assert (answer.status, body.split(b"\n")[0]) == (200, b"old 4")
    assert answer.body.startswith("\u2014 witness.example/w1 ".encode())


REFUSED = {
    "not a number": (line(0, lambda text: "old four"), 400),
    "a leading zero": (line(0, lambda text: "old 04"), 400),
    "no old": (line(0, lambda text: "4"), 400),
    "an old size above the checkpoint's": (line(0, number(3)), 400),
    "a hash of 31 bytes": (line(1, lambda text: "AAAA"), 400),
    "64 lines of proof": (of_lines(lambda lines: [lines[0], *([lines[1]] * 64)]), 400),
    "no checkpoint": (lambda data: data.partition(b"\n\n")[0], 400),
    "another origin": (in_note(line(0, lambda text: text + "x")), 404),
    "another size": (in_note(line(1, number(1))), 403),
    "another root": (in_note(line(2, base64_bit(3))), 403),
    "another signature": (in_note(signature(0, 9)), 403),
    "a signature by an unknown key alone": (in_note(signature(0, 0)), 403),
    "another old size": (line(0, number(-1)), 409),
    "from the beginning, with a proof": (line(0, lambda text: "old 0"), 409),
    "another proof": (line(1, base64_bit(3)), 422),
    "a hash left out": (of_lines(lambda lines: lines[:-1]), 422),
    "a hash more": (of_lines(lambda lines: [*lines, lines[-1]]), 422),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_refuses_what_the_standard_has_it_refuse_and_keeps_what_it_holds(name: str) -> None:
    one, body = grown()
    change, status = REFUSED[name]
    held = dict(one.held)
    answer = one.add_checkpoint(change(body))
    assert (answer.status, one.held) == (status, held)
    if status == 409:
        assert (answer.type, answer.body) == ("text/x.tlog.size", b"4\n")


def test_it_refuses_a_proof_where_it_holds_nothing() -> None:
    one, body = grown()
    one.held.clear()
    assert one.add_checkpoint(line(0, lambda text: "old 0")(body)).status == 422


def test_no_changed_bit_of_the_request_is_cosigned() -> None:
    one, body = grown()
    held = dict(one.held)
    own_lines = body.rindex("\u2014".encode())  # our own cosignature, which it does not know
    for at in range(own_lines):
        assert one.add_checkpoint(bit(at)(body)).status != 200, at
    assert one.held == held


# -- both, over real HTTP


def until(asked: Any, found: Any) -> Any:
    """Ask again until it is found."""
    end = time.monotonic() + PATIENCE
    while not found(answer := asked()):
        assert time.monotonic() < end, answer
        time.sleep(0.1)
    return answer


def test_a_node_is_cosigned_by_a_witness_over_http_from_the_moment_it_is_known_there(tmp_path: Path) -> None:
    those = Parties(tmp_path)
    one = Witness("witness.example/w1", SEED, lambda: int(time.time()))
    try:
        with served(one) as url:
            those.comity("init", "fr", "--party", "fr", "--url", f"http://127.0.0.1:{those.ports['fr']}")
            (tmp_path / "report.json").write_bytes(report())
            added = those.comity("-C", "fr", "witness", "add", "w", url, one.vkey)
            assert (added["vkey"], added["cosigned"]) == (one.vkey, None)
            those.serve("fr")
            shown = until(
                lambda: those.comity("-C", "fr", "status")["outside"][0],
                lambda found: found["errors"],
            )
            assert [error["code"] for error in shown["errors"]] == ["not-found"]
            those.comity("-C", "fr", "log", "export", "-o", "key")
            one.take((tmp_path / "key/log.vkey").read_text())
            said = those.comity("-C", "fr", "say", "report.json")["statement"]
            shown = until(
                lambda: those.comity("-C", "fr", "status")["outside"][0],
                lambda found: found["cosigned"] and found["cosigned"]["size"] == 2,
            )
            assert shown["errors"] == []
            exported = those.comity("-C", "fr", "log", "export", said, "-o", "out")
            assert exported["cosigned_by"] == ["witness.example/w1"]
            assert "witness.example/w1" in (tmp_path / "out/statement.tlog-proof").read_text()
    finally:
        those.stop()
    [go] = [judge for judge in JUDGES if judge.name == "Go x/mod"]
    if not go.missing():
        verdict = go.judge("cosignatures", tmp_path / "out")
        assert verdict.holds, verdict.words


def test_a_node_that_was_put_back_is_told_by_the_witness_that_it_held_more(tmp_path: Path) -> None:
    those = Parties(tmp_path)
    one = Witness("witness.example/w1", SEED, lambda: int(time.time()))
    with served(one) as url:
        those.comity("init", "fr", "--party", "fr")
        (tmp_path / "report.json").write_bytes(report())
        those.comity("-C", "fr", "say", "report.json")
        those.comity("-C", "fr", "sync", "--once")
        those.comity("-C", "fr", "log", "export", "-o", "key")
        one.take((tmp_path / "key/log.vkey").read_text())
        those.comity("-C", "fr", "witness", "add", "w", url, one.vkey)
        [asked] = those.comity("-C", "fr", "sync", "--once")
        assert asked == {"witness": "w", "cosigned": True, "errors": []}
        [origin] = one.held
        one.held[origin] = replace(one.held[origin], size=1000)
        (tmp_path / "report.json").write_bytes(report(number=2))
        those.comity("-C", "fr", "say", "report.json")
        found = those.refused("-C", "fr", "sync", "--once")
    assert [error["code"] for error in found[0]["errors"]] == ["head-rollback"]
