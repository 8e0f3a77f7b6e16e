"""What goes wrong outside of anybody's rules: each case in its own words, always exit 2, never a traceback and never exit 1."""

import base64
import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from comity.app import call, cli, proof_files
from comity.errors import INTERNAL, NO_PROOF, UNAUTHENTICATED
from comity.exchange import prove
from unit.exchange.speaker import Story
from world import MemoryWire, Party, report, run

PROOF = Story.make().bytes()
COMMANDS = [["inbox"], ["told", "0" * 64], ["status"], ["log", "verify"], ["peer", "list"], ["statements"], ["rebuild"]]


def ran(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[object, str, str]:
    """Exit code, standard output and standard error of a command in this process."""
    mask = os.umask(0)
    try:
        with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as left:
            patch.setattr("sys.argv", ["comity", *words])
            patch.setattr("sys.stdout.reconfigure", lambda **_: None, raising=False)
            patch.setattr("sys.stderr.reconfigure", lambda **_: None, raising=False)
            cli.main()
    finally:
        os.umask(mask)
    told = capsys.readouterr()
    return left.value.code, told.out, told.err


# -- what nobody expected


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    "found", [KeyError("rungs"), IndexError(), ZeroDivisionError("x\ncomity: told"), RuntimeError()]
)
def test_whatever_breaks_inside_a_command_exits_2_with_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str], found: Exception
) -> None:
    def breaks(*_: object) -> Any:
        raise found

    monkeypatch.setattr(call, "call", breaks)
    monkeypatch.delenv("COMITY_TRACE", raising=False)
    code, out, err = ran(capsys, *words)
    assert (code, out, err.count("\n"), "Traceback" in err) == (2, "", 1, False)
    assert err.startswith(f"comity: {INTERNAL}: this is a fault of Comity")
    code, out, _ = ran(capsys, *words, "--json")
    assert (code, json.loads(out)["error"]["code"]) == (2, INTERNAL)


@pytest.mark.parametrize("answer", [{}, [], {"parties": {}}, None, "told", {"home": {"said": "now"}}])
def test_an_answer_of_another_form_than_the_command_knows_exits_2(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, answer: object
) -> None:
    """As a server of another version would give it, if it did not say which one it is."""
    monkeypatch.setattr(call, "call", lambda *_: answer)
    for words in (["told", "0" * 64], ["log", "verify"], ["prove", "0" * 64, "--to", "ru", "-o", "/nowhere/at/all"]):
        code, _, err = ran(capsys, *words)
        assert (code, "Traceback" in err) == (2, False)


def test_where_it_happened_is_shown_to_whoever_asks_for_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> Any:
        raise KeyError("rungs")

    monkeypatch.setattr(call, "call", breaks)
    monkeypatch.setenv("COMITY_TRACE", "1")
    code, _, err = ran(capsys, "told", "0" * 64)
    assert code == 2
    assert "test_faults.py" in err


# -- what is no proof file

STIX = report()
NONE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "an empty file"),
    "blanks": (b" \n\n", "a file of blanks"),
    "a text": ("Сказано в 10:00\n".encode(), "a text"),
    "a text of UTF-16": ("told at ten".encode("utf-16"), "a file of another kind"),
    "a STIX object": (STIX, "a STIX object of the type “report”"),
    "after a byte order mark": (b"\xef\xbb\xbf" + STIX, "a STIX object of the type “report”"),
    "a bundle": (b'{"type": "bundle", "id": "bundle--1", "objects": []}', "a STIX bundle"),
    "a drawing": (b'{"type": "Point", "coordinates": [1, 2]}', "a drawing (GeoJSON)"),
    "a verdict": (b'{"valid": true, "ladder": []}', "what comity has printed"),
    "other JSON": (b"[1, 2]", "JSON"),
    "a descriptor": (b"-----BEGIN COMITY DESCRIPTOR-----\nhEOh\n-----END", "a party's descriptor"),
    "a descriptor in a mail": (b"Dear all,\n\n-----BEGIN COMITY DESCRIPTOR-----\nhEOh", "a party's descriptor"),
    "a checkpoint": (b"comity/00\n3\nAAAA\n", "a checkpoint"),
    "base64 of a proof": (base64.encodebytes(PROOF), "a proof file in base64"),
    "base64 of another thing": (base64.b64encode(bytes(60)), "something in base64"),
    "broken base64": (b"A" * 65, "a text"),
    "gzip": (gzip.compress(PROOF, mtime=0), "a compressed file (gzip)"),
    "zip": (b"PK\x03\x04....", "an archive (zip)"),
    "PDF": (b"%PDF-1.7\n", "a PDF"),
    "a picture": (b"\x89PNG\r\n", "a picture"),
    "a photograph": (b"\xff\xd8\xff\xe0", "a picture"),
    "a page": (b"<!doctype html><title>told</title>", "a web page"),
    "a database": (b"SQLite format 3\0", "a database"),
    "bytes": (bytes(range(0x80, 0xA0)), "a file of another kind"),
}


@pytest.mark.parametrize(("raw", "what"), NONE.values(), ids=NONE)
def test_a_file_that_is_no_proof_is_named_by_what_it_looks_like(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, raw: bytes, what: str
) -> None:
    file = tmp_path / "given"
    file.write_bytes(raw)
    code, out, err = ran(capsys, "verify", str(file))
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"comity: {NO_PROOF} at {file}: no proof file: this looks like {what}")
    code, out, _ = ran(capsys, "verify", str(file), "--json")
    assert (code, json.loads(out)["error"]["code"]) == (2, NO_PROOF)


@given(st.integers(20, len(PROOF) - 1))
@example(20)
def test_a_proof_file_that_was_cut_off_anywhere_is_one_and_not_valid(length: int) -> None:
    proof_files.check(PROOF[:length], "")
    (problem,) = cli_verdict(PROOF[:length])["problems"]
    assert problem["code"] == "malformed"
    assert "cut off" in problem["message"]


@given(st.integers(13, len(PROOF) - 1), st.integers(0, 7))
def test_a_proof_file_in_which_a_bit_fell_over_is_one_and_not_valid(at: int, bit: int) -> None:
    raw = bytearray(PROOF)
    raw[at] ^= 1 << bit
    proof_files.check(bytes(raw), "")
    assert not cli_verdict(bytes(raw))["valid"]


def cli_verdict(raw: bytes) -> dict[str, Any]:
    from comity.exchange.verify import verify

    return verify(raw).as_dict()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode) | st.binary(max_size=40).map(base64.b64encode))
def test_any_bytes_at_all_are_judged_or_named_and_nothing_breaks(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, raw: bytes
) -> None:
    file = tmp_path / "given"
    file.write_bytes(raw)
    code, out, err = ran(capsys, "verify", str(file))
    assert (code, "NOT VALID" in out) in ((1, True), (2, False))
    assert "Traceback" not in err
    assert INTERNAL not in err


def test_more_than_a_proof_file_may_have_is_judged_too_large(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "given"
    file.write_bytes(PROOF + bytes(prove.MAX_PROOF))
    code, out, _ = ran(capsys, "verify", str(file))
    assert (code, "too-large" in out) == (1, True)


def test_a_file_that_is_not_there_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, err = ran(capsys, "verify", str(tmp_path / "none"))
    assert (code, "No such file" in err) == (2, True)


# -- fingerprints that are typed


FINGERPRINTS = Story.make().trust


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (["france={fr}", "ru={ru}"], 0),
        (["{fr}", "{ru}"], 0),
        (["={fr}", "ru={ru}"], 0),
        (["{fr}", "{fr}"], 0),
        (["{fr}"], 0),
        (["fr={ru}", "ru={fr}"], 0),
        (["{us}"], 1),
        (["{fr}", "{us}"], 1),
        (["france={fr}", "france={ru}"], 2),
        (["fr=", "ru={ru}"], 2),
        (["fr"], 2),
        ([""], 2),
    ],
)
def test_trust_goes_by_fingerprint_whatever_the_reader_calls_whom(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, given: list[str], code: int
) -> None:
    file = tmp_path / "told.comity-proof"
    file.write_bytes(PROOF)
    words = [word for one in given for word in ("--trust", one.format_map(FINGERPRINTS))]
    assert ran(capsys, "verify", str(file), *words)[0] == code


# -- a party that does not know us


def test_a_party_that_does_not_know_us_is_named_with_what_to_do() -> None:
    wire = MemoryWire()
    fr, ru = Party("fr", wire), Party("ru", wire)
    fr.meets(ru)
    [done] = run(lambda: fr.syncs(ru))
    unknown = [one for one in done.errors if one["code"] == UNAUTHENTICATED]
    assert unknown
    for one in unknown:
        assert str(one["message"]).startswith("ru does not know this party yet: hand it our descriptor")
