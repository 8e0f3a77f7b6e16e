"""Naming: what a person types means one statement, or is refused with those that it may mean."""

import json
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.errors import AMBIGUOUS, BAD_ARGUMENT, UNKNOWN_STATEMENT, LocalError
from comity.exchange import say as saying
from comity.node.journal import Proposal
from comity.node.ports import LeafRow
from comity.proof.envelope import StatementId
from unit.node.matters import a_site
from world import Party, parties, report, run

UUID = "00000000-0000-4000-8000-{:012x}"


def thing(name: str, number: int = 1, *, day: int = 26, **more: Any) -> bytes:
    """A STIX identity of a name; a later day is a later version."""
    fields = {
        "type": "identity",
        "spec_version": "2.1",
        "id": f"identity--{UUID.format(number)}",
        "created": "2026-11-01T09:00:00.000Z",
        "modified": f"2026-11-{day:02}T09:00:00.000Z",
        "name": name,
    }
    return json.dumps(fields | more, ensure_ascii=bool(more.pop("escaped", False))).encode()


def say(by: Party, raw: bytes, *to: Party) -> StatementId:
    said = run(lambda: by.say(raw, *to)).id
    for other in to:
        run(partial(other.syncs, by))
    return said


def refusal(by: Party, text: str, **how: Any) -> LocalError:
    with pytest.raises(LocalError) as caught:
        by.node.resolve(text, **how)
    return caught.value


# -- by digits


@pytest.mark.parametrize("count", [6, 7, 12, 63, 64])
def test_the_first_digits_of_an_id_name_it_in_small_letters_and_capitals(count: int) -> None:
    fr, ru = parties("fr", "ru")
    said = say(fr, report(), ru)
    for party in (fr, ru):
        for text in (said.hex()[:count], said.hex()[:count].upper(), f" {said.hex()[:count]}… "):
            assert party.node.resolve(text) == said


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("1f3a5", BAD_ARGUMENT, "too short: write 6"),
        ("a" * 65, BAD_ARGUMENT, "has 64 digits, this has 65"),
        ("000000", UNKNOWN_STATEMENT, "no statement here begins with 000000"),
        ("", BAD_ARGUMENT, "write its id"),
        ("xyzxyz", BAD_ARGUMENT, "write its id"),
        ("１２３４５６", BAD_ARGUMENT, "write its id"),
        ("report--6f1f3a52", BAD_ARGUMENT, "written in full"),
        (f"report--{UUID.format(9)}", UNKNOWN_STATEMENT, "of no object here"),
        ("@", BAD_ARGUMENT, "followed by"),
        ("@nobody", UNKNOWN_STATEMENT, "“nobody” is the name of no object here"),
    ],
)
def test_what_names_nothing_is_refused_in_words_of_its_own(text: str, code: str, words: str) -> None:
    [fr] = parties("fr")
    error = refusal(fr, text, place="--replaces")
    assert (error.code, error.place) == (code, "--replaces")
    assert words in error.message


def test_digits_that_begin_several_ids_are_refused_with_longer_ones_that_name_each() -> None:
    fr, ru = parties("fr", "ru")
    said = say(fr, report(), ru)
    near = StatementId(said[:4] + bytes(28))
    fr.store.beginning = lambda digits, limit: [near, said]  # type: ignore[method-assign]
    fr.node.resolve(said.hex())
    find = fr.store.find
    fr.store.find = lambda one: find(said) if one == near else find(one)  # type: ignore[assignment, method-assign]
    error = refusal(fr, said.hex()[:8])
    assert error.code == AMBIGUOUS
    assert [one["by"] for one in error.evidence["candidates"]] == ["fr", "fr"]
    assert all(len(one["id"]) == 14 and one["id"] in error.message for one in error.evidence["candidates"])


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=80))
def test_whatever_is_typed_is_a_statement_or_one_of_our_own_errors(text: str) -> None:
    [fr] = PARTY
    error = refusal(fr, text)
    assert error.code in (BAD_ARGUMENT, UNKNOWN_STATEMENT)
    assert error.message.isprintable()


PARTY = parties("fr")


# -- by the object


def test_a_stix_id_names_the_newest_version_wherever_it_was_said() -> None:
    fr, ru = parties("fr", "ru")
    say(fr, thing("old", day=1), ru)
    newest = say(fr, thing("new", day=3), ru)
    say(fr, thing("between", day=2), ru)
    say(fr, thing("other", 2), ru)
    for party in (fr, ru):
        assert party.node.resolve(f"identity--{UUID.format(1)}") == newest
        assert party.node.resolve(f"IDENTITY--{UUID.format(1)}".upper()) == newest


def test_a_stix_id_that_two_parties_use_is_refused_with_both() -> None:
    fr, ru, us = parties("fr", "ru", "us")
    ours, theirs = say(fr, thing("a"), ru, us), say(ru, thing("b"), fr, us)
    error = refusal(us, f"identity--{UUID.format(1)}")
    assert error.code == AMBIGUOUS
    assert {(one["by"], one["statement"]) for one in error.evidence["candidates"]} == {
        ("fr", ours.hex()),
        ("ru", theirs.hex()),
    }
    assert all(words in error.message for words in ("fr", "ru", ours.hex()[:12], theirs.hex()[:12], "identity"))
    # Where only our own can be meant, it is ours.
    assert fr.node.resolve(f"identity--{UUID.format(1)}", ours=True) == ours
    assert ru.node.resolve("@b", ours=True) == theirs


def test_two_contents_of_one_version_are_both_listed_and_the_same_said_twice_is_one() -> None:
    [fr] = parties("fr")

    def log(raw: bytes) -> StatementId:
        """As a node did that did not yet look for it."""
        signed = fr.node.sign(saying.say(raw))
        fr.node.journal.write([Proposal([signed])])
        return signed.id

    log(thing("Clinic"))
    again = log(thing("Clinic"))
    assert fr.node.resolve("@clinic") == again
    other = log(thing("Clinic", x_other=1))
    error = refusal(fr, "@clinic")
    assert error.code == AMBIGUOUS
    assert {one["statement"] for one in error.evidence["candidates"]} == {again.hex(), other.hex()}


NAMES = [
    "Clinic",
    "Больница № 3",
    "مستشفى الأمل",
    "喀布尔医院",
    "Straße",
    "Cafe\u0301 Kabul",
    'a "quoted" \\ name',
    "İstanbul",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("escaped", [False, True])
def test_a_name_in_any_script_names_its_object_whatever_its_case(name: str, escaped: bool) -> None:
    fr, ru = parties("fr", "ru")
    fields = json.loads(thing(name))
    said = say(fr, json.dumps(fields, ensure_ascii=escaped).encode(), ru)
    for text in (name, name.upper(), name.casefold(), f" {name} "):
        assert fr.node.resolve(f"@{text}") == ru.node.resolve(f"@{text}") == said


@settings(max_examples=30, deadline=None)
@given(st.text(min_size=1, max_size=40).filter(str.strip), st.booleans())
def test_every_name_that_can_be_said_can_be_typed(name: str, escaped: bool) -> None:
    [fr] = parties("fr")
    fields = json.loads(thing(name))
    try:
        raw = json.dumps(fields, ensure_ascii=escaped).encode()
    except UnicodeEncodeError:
        return
    said = say(fr, raw)
    assert fr.node.resolve(f"@{name}") == said


@pytest.mark.parametrize("name", ["0.", "0.\r", "St. Mary's Hosp.", "and so on…", "..."])
def test_a_name_that_ends_in_dots_is_not_taken_for_one_that_was_cut(name: str) -> None:
    [fr] = parties("fr")
    said = say(fr, thing(name))
    assert fr.node.resolve(f"@{name}") == said


def test_a_name_that_only_an_older_version_had_names_nothing() -> None:
    [fr] = parties("fr")
    say(fr, thing("Kunduz", day=1))
    newest = say(fr, thing("Kunduz Trauma Centre", day=2))
    assert refusal(fr, "@Kunduz").code == UNKNOWN_STATEMENT
    assert fr.node.resolve("@kunduz trauma centre") == newest


def test_a_name_that_stands_elsewhere_in_an_object_is_not_its_name() -> None:
    [fr] = parties("fr")
    say(fr, thing("other", description="Clinic", labels=["clinic"]))
    assert refusal(fr, "@Clinic").code == UNKNOWN_STATEMENT


def test_another_partys_object_of_the_same_name_cannot_take_the_place_of_ours() -> None:
    fr, ru = parties("fr", "ru")
    ours = say(fr, thing("Clinic", 1))
    say(ru, thing("CLINIC", 2), fr)
    assert refusal(fr, "@clinic").code == AMBIGUOUS
    assert fr.node.resolve("@clinic", ours=True) == ours


def test_many_that_fit_are_listed_up_to_a_bound() -> None:
    [fr] = parties("fr")
    for number in range(20):
        say(fr, thing("same", number))
    error = refusal(fr, "@same")
    assert len(error.evidence["candidates"]) == 8
    assert "and more" in error.message


def test_what_cannot_fit_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    [fr] = parties("fr")
    for number in range(30):
        say(fr, thing(f"thing {number}", number))
    read: list[StatementId] = []
    find = fr.store.find

    def noted(one: StatementId) -> LeafRow | None:
        read.append(one)
        return find(one)

    monkeypatch.setattr(fr.store, "find", noted)
    fr.node.resolve("@thing 7")
    assert len(read) <= 4


def test_a_site_that_is_told_less_exactly_is_told_apart_from_the_exact_one_of_the_same_name() -> None:
    [fr] = parties("fr")
    exact = say(fr, a_site(1, name="Clinic"))
    widened = say(fr, a_site(2, name="Clinic", precision="widened:3"))
    error = refusal(fr, "@clinic", ours=True)
    kinds = {one["statement"]: one["type"] for one in error.evidence["candidates"]}
    assert kinds == {exact.hex(): "protected-site exact", widened.hex(): "protected-site widened"}


def test_a_statement_of_a_party_that_was_removed_is_named_as_before() -> None:
    fr, ru = parties("fr", "ru")
    theirs = say(ru, thing("Clinic"), fr)
    fr.node.parties.remove("ru", fr.clock.now())
    for text in (theirs.hex()[:8], "@clinic", f"identity--{UUID.format(1)}"):
        assert fr.node.resolve(text) == theirs
