"""What is printed keeps to its width, puts foreign texts where they cannot be taken for ours, and is JSON that steers nothing."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from comity import foreign
from comity.app import layout, render
from comity.errors import BAD_ARGUMENT, LocalError
from unit.test_foreign import HOSTILE, TEXTS, longest_run_of_marks, steers

ID = "0123456789abcdef" * 4
FORGED = f"Bulletin\n{ID}\nindicator received 2026-11-01T00:00:00.000Z\nacknowledged 2026-11-01T00:00:00.000Z"
CELLS = st.one_of(
    TEXTS,
    st.just(ID),
    st.just(FORGED),
    st.none(),
    st.booleans(),
    st.integers(),
    TEXTS.map(render.quoted),
    TEXTS.map(lambda text: render.own("found by {}: {} and so on, at length, in our words", render.word("ru"), text)),
    st.lists(TEXTS, max_size=3),
    st.lists(TEXTS, max_size=3).map(lambda texts: render.lines(*texts)),
    st.dictionaries(TEXTS, TEXTS, max_size=2),
)
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=4)
_FIXTURE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(ROWS, st.integers(40, 200))
def test_a_table_keeps_to_its_width_whatever_stands_in_it(rows: list[tuple[object, ...]], width: int) -> None:
    for line in layout.table(("who", "what", "when"), rows, width):
        assert cell_len(line) <= width
        assert steers(line) == []


@given(st.dictionaries(TEXTS, CELLS, max_size=5), st.integers(40, 200))
def test_names_and_values_keep_to_their_width(values: dict[str, object], width: int) -> None:
    for line in layout.names_and_values(values.items(), width):
        assert cell_len(line) <= width
        assert steers(line) == []


@given(TEXTS, st.integers(40, 200))
def test_a_text_takes_one_line_of_a_table(text: str, width: int) -> None:
    assert len(layout.table(("who", "what"), [("ru", text)], width)) == 3


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_name_that_holds_lines_like_ours_is_no_line_of_ours(width: int) -> None:
    cell = render.lines(render.quoted(FORGED), ID, render.own("acknowledged {}", render.word("2026-11-28T00:00:00Z")))
    told = [line.split("  ", 1)[-1].strip() for line in layout.table(("from", "what"), [("fr", cell)], width)][2:]
    assert told[0].startswith("“Bulletin⏎")
    assert told[1:] == [ID if width > 70 else ID[:12], "acknowledged 2026-11-28T00:00:00Z"]


@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_an_id_is_whole_or_its_first_digits_and_never_on_two_lines(width: int) -> None:
    [_, _, *told] = layout.table(("by", "what"), [("ru", render.lines(ID, render.quoted("x")))], width)
    assert told[0].split()[-1] in (ID, ID[:12])
    assert len(told) == 2


def test_two_ids_of_one_table_are_told_apart() -> None:
    rows = [("ru", render.lines(render.quoted("x"), ID[:20] + digit * 44)) for digit in "5f"]
    told = "\n".join(layout.table(("by", "what"), rows, 50))
    assert all(f"  {ID[:20]}{digit}\n" in told + "\n" for digit in "5f")


def test_wide_and_right_to_left_texts_leave_the_next_column_where_it_is() -> None:
    rows = [("fr", render.quoted(text), "end") for text in ("检查站", "שלום", "abc", "e\u0301")]
    told = layout.table(("by", "what", "then"), rows, 80)[2:]
    assert len({cell_len(line) for line in told}) == 1


def test_times_stand_whole_beside_long_texts() -> None:
    rows = [("subject " * 9, "ru recognises", "basis " * 20, "2015-11-23T07:50:00.000Z")]
    assert all("2015-11-23T07:50:00.000Z" in "".join(layout.table("abcd", rows, width)) for width in (60, 80, 100))


def test_lines_of_ours_that_are_folded_are_set_in() -> None:
    folded = layout.lines_of(render.own("words of ours " * 20), 40)
    assert len(folded) > 1
    assert all(line.startswith("  ") for line in folded[1:])


def test_a_sentence_quotes_what_is_not_one_word() -> None:
    assert render.own("{} of {}", render.word("ru\nfr"), "clinic") == "“ru⏎fr” of “clinic”"
    assert render.own("a place {braces} without values") == "a place {braces} without values"


@given(TEXTS)
@_FIXTURE
def test_an_error_is_one_line_whatever_its_place_and_message(capsys: pytest.CaptureFixture[str], text: str) -> None:
    render.error(LocalError(BAD_ARGUMENT, text, place=text), as_json=False)
    told = capsys.readouterr().err
    assert told.startswith("comity: bad-argument")
    assert told.count("\n") == 1
    assert steers(told[:-1]) == []
    assert foreign.cells(told) < 1_200


@given(TEXTS)
@_FIXTURE
def test_a_note_is_one_line(capsys: pytest.CaptureFixture[str], text: str) -> None:
    render.note("{}: {}", render.word(text), text)
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert steers(told[:-1]) == []


JSON = st.recursive(
    TEXTS, lambda one: st.lists(one, max_size=3) | st.dictionaries(TEXTS, one, max_size=3), max_leaves=6
)


@given(JSON)
@_FIXTURE
def test_json_is_equal_in_value_and_hides_nothing(capsys: pytest.CaptureFixture[str], value: Any) -> None:
    render.document(value)
    told = capsys.readouterr().out
    assert json.loads(told) == value
    assert steers(told.replace("\n", "")) == []
    assert longest_run_of_marks(told) <= foreign.MOST_MARKS


def test_every_hostile_character_is_an_escape_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    render.document("".join(HOSTILE))
    assert r"\u202e" in capsys.readouterr().out


def test_a_fault_of_ours_is_told_with_its_place_and_its_words_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise ValueError(FORGED)
    except ValueError as error:
        render.fault("it broke", error)
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "it broke. Traceback, the last call at its end:"
    assert told[1].endswith("in test_a_fault_of_ours_is_told_with_its_place_and_its_words_on_one_line")
    assert told[2].startswith("  ValueError: “Bulletin⏎")
    assert len(told) == 3


# -- how it is used

SENTENCES = {"own", "note", "say", "fault"}
APP = sorted(Path(render.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("file", [one for one in APP if one.stem not in ("render", "layout")], ids=lambda one: one.stem)
def test_no_sentence_is_made_by_setting_values_into_it(file: Path) -> None:
    """Values go beside the words, where they are quoted: an f-string or a sum would take them in as ours."""
    made = [
        ast.unparse(call)
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and call.args and _name(call.func) in SENTENCES
        if any(isinstance(part, ast.JoinedStr | ast.BinOp) for part in ast.walk(call.args[0]))
        and not _is_made(call.args[0])
    ]
    assert made == []


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _is_made(words: ast.expr) -> bool:
    """Say whether the words are themselves a call of these functions."""
    return isinstance(words, ast.Call)
