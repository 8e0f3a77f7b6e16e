"""Programs of others take what our nodes export, and refuse it when a bit of it is changed.

What is judged is made by the command line of real nodes. A judge that is not here is skipped and says how it is got; with
COMITY_JUDGES=required, as in CI once they are installed, that is a failure.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.peers import artefacts
from conformance.peers.judges import FOLDER, JUDGES, REQUIRED, Judge
from conformance.peers.tampered import TAMPERED, Change

_MADE: list[Path] = []

CASES = [(judge, kind) for judge in JUDGES for kind in judge.judges]


def ids(case: object) -> str:
    return case.name if isinstance(case, Judge) else str(case)


@pytest.fixture
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What fr exports; made once in a process."""
    if not _MADE:
        _MADE.append(artefacts.made_in(tmp_path_factory.mktemp("parties")))
    return _MADE[0]


def sit(judge: Judge) -> None:
    """Skip what a judge that is not here would judge; where all must be here, fail."""
    missing = judge.missing()
    if missing and REQUIRED:
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)


@pytest.fixture
def judging(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A copy of what fr exports, which may be changed; asked for once it is known that the judge is here."""
    sit(request.getfixturevalue("judge"))
    copy = tmp_path / "artefacts"
    shutil.copytree(request.getfixturevalue("exported"), copy)
    yield copy
    shutil.rmtree(copy)


def tamper(folder: Path, file: str, change: Change) -> None:
    before = (folder / file).read_bytes()
    after = change(before)
    assert after != before
    (folder / file).write_bytes(after)


@pytest.mark.parametrize(("judge", "kind"), CASES, ids=ids)
def test_a_judge_takes_what_a_node_exports_and_refuses_every_change_to_it(
    judge: Judge, kind: str, judging: Path
) -> None:
    verdict = judge.judge(kind, judging)
    assert verdict.holds, verdict.words
    taken = []
    for name, (file, change) in TAMPERED[kind].items():
        original = (judging / file).read_bytes()
        tamper(judging, file, change)
        if judge.judge(kind, judging).holds:
            taken.append(name)
        (judging / file).write_bytes(original)
    assert taken == []
    assert judge.judge(kind, judging).holds


@pytest.mark.parametrize(("judge", "kind"), CASES, ids=ids)
def test_a_judge_refuses_what_another_key_than_the_one_it_was_given_signed(
    judge: Judge, kind: str, judging: Path
) -> None:
    for file in ("log.vkey", "log.pem", "statement.pem"):
        (judging / file).write_bytes((judging / "another" / file).read_bytes())
    assert not judge.judge(kind, judging).holds


@pytest.mark.parametrize("judge", [judge for judge in JUDGES if "inclusion" in judge.judges], ids=ids)
def test_a_judge_refuses_a_path_under_another_head_that_the_log_signed_as_well(judge: Judge, judging: Path) -> None:
    path, parting, _ = (judging / "statement.tlog-proof").read_bytes().partition(b"\n\n")
    (judging / "statement.tlog-proof").write_bytes(path + parting + (judging / "older").read_bytes())
    assert not judge.judge("inclusion", judging).holds


@pytest.mark.parametrize("judge", [judge for judge in JUDGES if "consistency" in judge.judges], ids=ids)
def test_a_judge_refuses_to_join_a_head_with_one_that_is_not_the_head_before(judge: Judge, judging: Path) -> None:
    (judging / "older").write_bytes((judging / "checkpoint").read_bytes())
    assert not judge.judge("consistency", judging).holds


def test_each_kind_is_tampered_with_in_many_ways_and_judged_by_somebody() -> None:
    assert {kind for _, kind in CASES} == set(TAMPERED)
    assert min(len(changes) for changes in TAMPERED.values()) >= 10


def test_a_judge_that_is_not_here_says_what_is_missing_and_how_it_is_got() -> None:
    absent = Judge("nobody", (), lambda kind, folder: [], (FOLDER / "nothing-of-that-name",))
    assert absent.missing() == "nobody does not judge here: no judges/nothing-of-that-name; get it with: make judges"


def test_a_judge_that_breaks_has_not_refused(tmp_path: Path) -> None:
    broken = Judge("broken", (), lambda kind, folder: ["sh", "-c", "exit 3"], ())
    with pytest.raises(RuntimeError):
        broken.judge("checkpoint", tmp_path)


def test_nothing_of_what_was_said_is_in_what_is_exported(exported: Path) -> None:
    together = b"".join(path.read_bytes() for path in exported.rglob("*") if path.is_file())
    assert b"report--" not in together
    assert "检查站".encode() not in together
