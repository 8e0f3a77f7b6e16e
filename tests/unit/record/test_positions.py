"""Positions stand side by side: the latest of each author, nothing merged, and what differs is contested, as a value."""

import ast
import re
from collections.abc import Sequence
from hashlib import sha256
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.model.fingerprint import Fingerprint
from comity.model.position import Position, Stance, subject
from comity.proof.envelope import StatementId
from comity.record import positions
from comity.record.positions import Contested, Said, Uncontested, fold
from comity.space.instant import Instant

FR, RU, US = (Fingerprint(digit * 64) for digit in "abc")
PRESIDENT = "président"


def said(
    author: Fingerprint,
    stance: str,
    about: str = PRESIDENT,
    *,
    id: int = 1,
    at: int = 0,
    said_at: int | None = None,
    withdrawn: bool = False,
    shown: bool = True,
    statement: int | None = None,
) -> Said:
    """A position; each object, time and stance of an author gives another statement."""
    drawn = sha256(repr((author, stance, about, id, at, withdrawn)).encode()).digest()
    basis = "a basis" if stance == "designates" else None
    held = Position(f"position--{id}", subject(about), Stance(stance), basis, Instant(0), Instant(at), withdrawn)
    return Said(
        author,
        StatementId(drawn if statement is None else statement.to_bytes(32)),
        Instant(at if said_at is None else said_at),
        held,
        shown,
    )


def held(found: Contested | Uncontested) -> list[tuple[Fingerprint, str]]:
    return [(one.author, one.position.stance.value) for one in found.positions]


def alone(*heard: Said) -> Contested | Uncontested:
    [found] = fold(heard)
    return found


# -- side by side


def test_where_nothing_was_said_there_are_no_positions() -> None:
    assert fold([]) == []


def test_stances_that_differ_are_contested_and_both_stay() -> None:
    """POSITION-10."""
    found = alone(said(RU, "supports"), said(FR, "rejects"))
    assert isinstance(found, Contested)
    assert held(found) == [(FR, "rejects"), (RU, "supports")]


def test_what_two_parties_hold_alike_is_not_contested_and_still_the_word_of_each() -> None:
    """POSITION-8: two positions with a basis and a time each, not one fact."""
    first, second = said(FR, "designates", "Daesh", at=3), said(RU, "designates", "Daesh", at=9)
    found = alone(first, second)
    assert isinstance(found, Uncontested)
    assert found.positions == (first, second)


def test_one_party_alone_contests_nothing_not_even_its_own_former_word() -> None:
    found = alone(said(FR, "rejects", at=1), said(FR, "recognises", at=2))
    assert isinstance(found, Uncontested)
    assert held(found) == [(FR, "recognises")]


def test_silence_takes_no_side_and_is_shown() -> None:
    found = alone(said(FR, "silent"), said(RU, "supports"))
    assert isinstance(found, Uncontested)
    assert held(found) == [(FR, "silent"), (RU, "supports")]
    assert isinstance(alone(said(FR, "silent"), said(RU, "supports"), said(US, "rejects")), Contested)


@pytest.mark.parametrize("stance", [one.value for one in Stance if one not in (Stance.SILENT, Stance.DESIGNATES)])
def test_every_other_stance_contests_a_designation(stance: str) -> None:
    assert isinstance(alone(said(FR, "designates"), said(RU, stance)), Contested)


def test_subjects_are_one_only_where_they_are_the_same_text() -> None:
    """POSITION-7: two spellings of one character are, two names of one thing are not."""
    found = fold([said(FR, "designates", "Daesh"), said(RU, "rejects", "داعش"), said(US, "supports", "DAESH")])
    assert [(one.subject, type(one)) for one in found] == [
        ("DAESH", Uncontested),
        ("Daesh", Uncontested),
        ("داعش", Uncontested),
    ]
    assert isinstance(alone(said(FR, "rejects", "pre\u0301sident"), said(RU, "supports", "pr\u00e9sident")), Contested)


# -- the latest


def test_a_later_version_replaces_in_whatever_order_they_are_heard() -> None:
    """POSITION-9."""
    versions = [said(FR, "rejects", at=1), said(FR, "silent", at=2), said(FR, "recognises", at=3)]
    for heard in permutations(versions):
        assert held(alone(*heard)) == [(FR, "recognises")]


def test_a_later_version_about_another_subject_leaves_nothing_with_the_first() -> None:
    assert [one.subject for one in fold([said(FR, "rejects", "A", at=1), said(FR, "rejects", "B", at=2)])] == ["B"]


def test_a_party_that_speaks_of_a_subject_by_two_objects_holds_the_later() -> None:
    for heard in permutations([said(FR, "rejects", id=1, at=1), said(FR, "recognises", id=2, at=2)]):
        assert held(alone(*heard)) == [(FR, "recognises")]


def test_nobody_replaces_the_word_of_another_by_its_id() -> None:
    found = alone(said(FR, "rejects", id=7, at=1), said(RU, "supports", id=7, at=9))
    assert held(found) == [(FR, "rejects"), (RU, "supports")]


def test_of_two_versions_of_one_time_all_hearers_take_the_same() -> None:
    by_time = [
        said(FR, "rejects", at=1, said_at=5, statement=2),
        said(FR, "recognises", at=1, said_at=6, statement=1),
    ]
    by_id = [said(FR, "rejects", at=1, statement=1), said(FR, "recognises", at=1, statement=2)]
    for pair in (by_time, by_id):
        assert held(alone(*pair)) == held(alone(*reversed(pair))) == [(FR, "recognises")]


# -- withdrawn


def test_what_was_withdrawn_is_shown_as_that_and_contests_nothing() -> None:
    found = alone(said(FR, "rejects", at=1), said(FR, "rejects", at=2, withdrawn=True), said(RU, "supports"))
    assert isinstance(found, Uncontested)
    assert [(one.author, one.position.withdrawn) for one in found.positions] == [(FR, True), (RU, False)]


def test_a_withdrawal_is_the_last_version_whatever_comes_after_it() -> None:
    """POSITION-6."""
    versions = [said(FR, "rejects", at=1), said(FR, "rejects", at=2, withdrawn=True), said(FR, "rejects", at=3)]
    for heard in permutations(versions):
        assert [one.position.withdrawn for one in alone(*heard).positions] == [True]


def test_the_withdrawal_of_one_object_leaves_another_of_its_author_as_it_is() -> None:
    first, second = said(FR, "rejects", id=1, at=1), said(FR, "recognises", id=2, at=2)
    for heard in permutations([first, second, said(FR, "rejects", id=1, at=3, withdrawn=True)]):
        assert held(alone(*heard)) == [(FR, "recognises")]


def test_a_version_that_is_no_longer_released_to_us_brings_no_earlier_one_back() -> None:
    """POSITION-9: or a party would be shown with a position that it gave up."""
    assert fold([said(FR, "supports", at=1), said(FR, "rejects", at=2, shown=False)]) == []
    assert fold([said(FR, "supports", id=1, at=1), said(FR, "rejects", id=2, at=2, shown=False)]) == []


def test_what_was_told_twice_is_shown_while_one_of_the_releases_stands() -> None:
    for heard in permutations([said(FR, "rejects", shown=False), said(FR, "rejects")]):
        assert held(alone(*heard)) == [(FR, "rejects")]


def test_the_release_of_an_earlier_version_may_be_withdrawn() -> None:
    assert held(alone(said(FR, "supports", at=1, shown=False), said(FR, "rejects", at=2))) == [(FR, "rejects")]


# -- laws

words = st.builds(
    said,
    st.sampled_from([FR, RU, US]),
    st.sampled_from([one.value for one in Stance]),
    st.sampled_from(["A", "B"]),
    id=st.integers(1, 3),
    at=st.integers(0, 3),
    withdrawn=st.booleans(),
    shown=st.booleans(),
)


@given(st.lists(words, max_size=12), st.randoms())
def test_the_order_and_the_number_of_times_that_things_are_heard_decide_nothing(
    heard: list[Said], random: object
) -> None:
    again = [*heard, *heard]
    random.shuffle(again)  # type: ignore[attr-defined]
    assert fold(again) == fold(heard)


@given(st.lists(words, max_size=12))
def test_each_author_stands_once_with_a_subject_by_something_that_it_said(heard: Sequence[Said]) -> None:
    for one in fold(heard):
        authors = [each.author for each in one.positions]
        assert authors == sorted(set(authors))
        assert all(each in heard and each.shown and each.position.subject == one.subject for each in one.positions)
        stances = {each.position.stance for each in one.positions if not each.position.withdrawn} - {Stance.SILENT}
        assert isinstance(one, Contested) == (len(stances) > 1)


# -- names and places


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_no_room_below_the_app_joins_positions_with_places() -> None:
    """POSITION-11: who knows positions knows of space nothing but times, and nothing that knows more.

    `typed` has a reader for each type beside the others, and nothing of what they read.
    """
    source = Path(str(positions.__file__)).parents[1]
    of_positions = {"comity.model.position", "comity.record.positions"}
    of_places = re.compile(r"comity\.(space\.(?!instant\b)|model\.(notice|site)\b|record\.airspace\b|checks\b)")
    joined = []
    for path in source.rglob("*.py"):
        room, names = path.relative_to(source).parts[0], imports_of(path)
        if room != "app" and path.name != "typed.py" and of_positions & names:
            joined += [f"{path.name}: {name}" for name in names if of_places.match(name)]
    assert joined == []
    assert any(of_positions & imports_of(path) for path in source.rglob("*.py"))


@pytest.mark.parametrize("stance", ["designates", "protects"])
def test_what_is_about_a_place_stands_in_no_list_and_brings_nothing_back(stance: str) -> None:
    """POSITION-14."""
    before, after = said(FR, stance, "a group", at=1), said(FR, stance, "37SBA 12345 67890", at=2)
    assert fold([after]) == []
    for order in permutations([before, after, said(RU, "rejects", "a group")]):
        assert [held(one) for one in fold(order)] == [[(RU, "rejects")]]


def test_positions_are_listed_by_subject_whatever_their_stances_and_whoever_agrees() -> None:
    """POSITION-15."""
    subjects = ["B", "A", "b", "a", "д", "د", "達"]
    for one, other in permutations(["designates", "protects", "supports"], 2):
        heard = [said(FR, one, about, id=at) for at, about in enumerate(subjects)]
        heard += [said(RU, other, about, id=at + 50) for at, about in enumerate(subjects[::2])]
        assert [found.subject for found in fold(heard)] == sorted(subjects)
