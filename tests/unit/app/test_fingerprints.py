"""A fingerprint is shown as people compare and say it, and is taken back in each of these forms."""

import json
from pathlib import Path

import pytest

from comity.model import fingerprint
from comity.model.fingerprint import Fingerprint
from unit.app.test_stories import run


@pytest.fixture
def parties(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMITY_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("fr", "ru"):
        run(["init", name, "--party", name])
    Path("ru.descriptor").write_text(run(["-C", "ru", "descriptor"])[0])
    return tmp_path


def known(directory: str) -> Fingerprint:
    told = json.loads(run(["-C", directory, "descriptor", "--json"])[0])
    assert told["fingerprint_words"] == fingerprint.words(told["fingerprint"])
    return Fingerprint(told["fingerprint"])


def test_descriptor_peer_add_and_peer_list_show_groups_and_words(parties: Path) -> None:
    ru = known("ru")
    added = run(["-C", "fr", "peer", "add", "ru.descriptor", "--fingerprint", ru])
    for out in (run(["-C", "ru", "descriptor"])[1], added[0], run(["-C", "fr", "peer", "list"])[0]):
        assert fingerprint.groups(ru) in "".join(out.split())
        assert "".join(fingerprint.words(ru).split()) in "".join(out.split())
        assert all(len(line) <= 80 for line in out.splitlines())


@pytest.mark.parametrize(
    "form", [fingerprint.words, fingerprint.groups, str.upper, lambda one: f"{one[:32]} {one[32:]}"]
)
def test_peer_add_takes_each_form(parties: Path, form: object) -> None:
    assert callable(form)
    _, errors, code = run(["-C", "fr", "peer", "add", "ru.descriptor", "--fingerprint", form(known("ru"))])
    assert (errors, code) == ("", 0)


def test_words_of_another_party_are_a_mismatch_and_a_wrong_word_is_named(parties: Path) -> None:
    words = fingerprint.words(known("fr"))
    _, errors, code = run(["-C", "fr", "peer", "add", "ru.descriptor", "--fingerprint", words])
    assert (code, "fingerprint-mismatch" in errors) == (2, True)
    wrong = " ".join(["aardwolf", *words.split()[1:]])
    _, errors, code = run(["-C", "fr", "peer", "add", "ru.descriptor", "--fingerprint", wrong])
    assert code == 2
    assert errors.startswith(
        "comity: bad-argument at --fingerprint: word 1, “aardwolf”, is no word of the PGP word list"
    )


def test_trust_takes_words(parties: Path) -> None:
    Path("none").write_bytes(b"\xa5\x61v\x01")  # a proof file that was cut off: judged, and not valid
    _, errors, code = run(["verify", "none", "--trust", f"ru={fingerprint.words(known('ru'))}"])
    assert "comity:" not in errors
    assert code == 1
    _, errors, code = run(["verify", "none", "--trust", f"ru={fingerprint.words(known('ru'))[:-3]}"])
    assert errors.startswith("comity: bad-argument at --trust: NAME=FINGERPRINT, or a fingerprint alone: word 32")
    assert code == 2
