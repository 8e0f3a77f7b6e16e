"""Who is meant, and of which log: a descriptor is the first leaf of its log, and what a hearer signed names a head of it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.errors import MALFORMED, NOT_CONSISTENT, NOT_INCLUDED, UNKNOWN_KEY
from comity.exchange import prove
from comity.exchange.prove import ProofFile
from comity.exchange.shapes import Path
from comity.exchange.verify import verify
from comity.model.statement import Signed
from comity.proof.keys import SigningKey
from comity.proof.merkle import EMPTY_ROOT
from unit.exchange.speaker import Speaker, Story
from unit.exchange.test_verify_liars import acknowledged, asked, refused


@pytest.fixture
def story() -> Story:
    return Story.make()


# -- who is meant: the first descriptor of a log, and no second one


def renamed(file: ProofFile, one: Speaker, second: Signed) -> ProofFile:
    """The file with another descriptor of one party in the place of its first."""
    parties = [triple for triple in file.parties if triple != one.descriptor.signed.triple]
    return replace(file, parties=tuple(sorted([*parties, second.triple])))


@pytest.mark.parametrize("change", [{}, {"name": "de"}, {"played": True}], ids=["the same", "renamed", "an exercise"])
@pytest.mark.parametrize(("name", "place"), [("fr", "log"), ("ru", "held")])
def test_a_second_descriptor_of_one_root_with_the_same_keys_does_not_fit(
    story: Story, name: str, place: str, change: dict[str, Any]
) -> None:
    """PROOF-FILE-30. The root has signed it, and the log's key is that of the first."""
    one: Speaker = getattr(story, name)
    assert refused(renamed(story.file(), one, one.describe(**change))) == (NOT_INCLUDED, place)


def test_a_party_of_an_exercise_cannot_take_that_off() -> None:
    story = Story.make()
    story.fr = played = Speaker("fr", played=True)
    story.said = played.say()
    story.given = played.release(story.said, story.ru)
    story.want = story.ru.want(played, story.tellings)
    file = story.file(answered=False)
    assert verify(prove.encode(file)).reconstruction
    assert refused(renamed(file, played, played.describe(played=False))) == (NOT_INCLUDED, "log")


@pytest.mark.parametrize(("name", "place"), [("fr", "log"), ("ru", "held")])
@pytest.mark.parametrize("kind", ["the teller's", "the hearer's", "what was refused", "without content"])
def test_no_file_of_any_kind_takes_the_mark_of_an_exercise_off(kind: str, name: str, place: str) -> None:
    """Same fingerprints, logs and cosignatures, and no reconstruction any more."""
    story = Story.make(played=[name])
    said, given_to_ru = story.said.signed.triple, story.given.signed.triple
    file = {
        "the teller's": story.file(),
        "the hearer's": story.mine(),
        "what was refused": story.refusal("marking", statement=said, release=given_to_ru),
        "without content": story.file(content=False),
    }[kind]
    assert verify(prove.encode(file)).reconstruction
    one: Speaker = getattr(story, name)
    assert refused(renamed(file, one, one.describe(played=False))) == (NOT_INCLUDED, place)


def test_a_key_that_nobody_pinned_is_not_made_good_by_a_second_descriptor() -> None:
    """The hearer must refuse what is signed with it, and would then be shown as who refused a warning."""
    story, unseen = Story.make(), SigningKey(bytes(range(32)))
    fr, known = story.fr, story.fr.statement
    fr.statement = unseen
    second, said = fr.describe(), fr.say()
    given_to_ru = fr.release(said, story.ru)
    fr.statement = known
    told = replace(story, said=said, given=given_to_ru, others=[]).file(answered=False, wanted=False)
    assert refused(told) == (UNKNOWN_KEY, "statement")
    assert refused(renamed(told, fr, second)) == (NOT_INCLUDED, "log")
    file = story.refusal("unknown-key", statement=said.signed.triple, release=given_to_ru.signed.triple)
    assert verify(prove.encode(file)).borne_out is True
    assert refused(renamed(file, fr, second)) == (NOT_INCLUDED, "log")


@pytest.mark.parametrize(("name", "place"), [("fr", "log"), ("ru", "held")])
def test_a_second_descriptor_that_was_logged_later_does_not_fit_by_its_own_place(
    story: Story, name: str, place: str
) -> None:
    one: Speaker = getattr(story, name)
    second = one.append(one.describe(name="de"))[0]
    file = renamed(story.file(), one, second.signed)
    assert refused(file) == (NOT_INCLUDED, place)
    assert file.held is not None
    path = one.path(second.index)
    own = replace(file, genesis=path) if place == "log" else replace(file, held=replace(file.held, genesis=path))
    assert refused(own) == (NOT_INCLUDED, place)


@pytest.mark.parametrize("path", [(), (bytes(32),) * 4, (bytes(32),)])
def test_a_file_that_does_not_show_the_start_of_a_log_is_not_valid(story: Story, path: tuple[bytes, ...]) -> None:
    file = story.file()
    assert file.held is not None
    assert refused(replace(file, genesis=path)) == (NOT_INCLUDED, "log")
    assert refused(replace(file, held=replace(file.held, genesis=path))) == (NOT_INCLUDED, "held")
    assert refused(replace(file, genesis=file.held.genesis)) == (NOT_INCLUDED, "log")


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(["fr", "de"]), st.booleans(), st.integers(0, 9), st.integers(0, 9), st.booleans())
def test_no_second_log_under_the_same_keys_takes_what_a_hearer_signed_for_the_first(
    name: str, played: bool, before: int, after: int, wanted: bool
) -> None:
    """A teller signs whatever it likes: a second descriptor, and a second log that begins with it and has the same items.

    Nothing in such a file is forged; but want and acknowledgement name the head of the log that the hearer saw.
    """
    story = Story.make()
    twin = Speaker(name, seed="fr", played=played)
    if twin.descriptor.signed.id == story.fr.descriptor.signed.id:
        twin.draw()
        twin.fill(1)  # the same start, and another log from there on
    twin.fill(before)
    said, given_again = twin.append(story.said.signed, story.given.signed)
    twin.fill(after)
    lie = replace(story, fr=twin, said=said, given=given_again)
    assert verify(prove.encode(lie.file(answered=False, wanted=False))).valid
    file = lie.file(wanted=wanted)
    assert file.held is not None
    # No path that the teller has leads from the one log to the other.
    for join in ((), twin.join(story.want.size), story.fr.join(twin.tree.size)):
        if file.wanted is not None:
            assert refused(replace(file, wanted=replace(file.wanted, join=join))) == (NOT_CONSISTENT, "want")
        alone = replace(file, wanted=None, held=replace(file.held, join=join))
        assert refused(alone) == (NOT_CONSISTENT, "held")


# -- of which log, by the head that want and acknowledgement name


def named(story: Story, size: int, root: bytes, join: Path, where: str) -> ProofFile:
    """A file whose want or acknowledgement names some head of the teller's."""
    if where == "want":
        return asked(story, size=size, log_root=root, join=join)
    file = acknowledged(story, story.tellings, log_size=size, log_root=root, join=join)
    # Beside a want that names the same head, an answer has no path of its own: here it shall be judged by its own.
    return replace(file, wanted=None) if (size, root) == (story.want.size, story.want.log_root) else file


@pytest.mark.parametrize("where", ["want", "held"])
def test_what_names_a_head_of_another_log_is_not_of_this_one(story: Story, where: str) -> None:
    size, root = story.want.size, story.want.log_root
    assert verify(prove.encode(named(story, size, root, (), where))).valid
    story.us.fill(20)
    for lie in (
        named(story, size, bytes(32), (), where),
        named(story, size, root, (bytes(32),), where),
        named(story, size - 1, root, (), where),
        named(story, size - 1, story.us.root_at(size - 1), story.fr.join(size - 1), where),
        named(story, size, story.us.root_at(size), (), where),
        named(story, size + 1, story.us.root_at(size + 1), (), where),
        named(story, 2**53 - 1, root, (), where),
    ):
        assert refused(lie) == (NOT_CONSISTENT, where)


def test_the_head_of_no_leaves_which_every_log_has_names_none(story: Story) -> None:
    assert refused(asked(story, size=0, log_root=EMPTY_ROOT)) == (NOT_CONSISTENT, "want")


def test_an_acknowledgement_names_a_head_itself_whatever_the_want_named(story: Story) -> None:
    """One that names the want's head needs no path of its own; one that names another has to show it."""
    story.fr.fill(3)
    assert story.want.size < story.fr.tree.size

    def naming(size: int, join: Path) -> ProofFile:
        return named(story, size, story.fr.root_at(size), join, "held")

    own, newest = naming(story.want.size, ()), naming(story.fr.tree.size, ())
    assert refused(own) == (NOT_CONSISTENT, "held")
    assert verify(prove.encode(replace(own, wanted=story.wanted()))).valid
    assert verify(prove.encode(newest)).valid
    joined = naming(story.want.size, story.fr.join(story.want.size))
    assert verify(prove.encode(joined)).valid
    assert refused(replace(joined, wanted=story.wanted())) == (MALFORMED, "held")
    between = story.want.size + 1
    assert refused(naming(between, ())) == (NOT_CONSISTENT, "held")
    assert verify(prove.encode(naming(between, story.fr.join(between)))).valid


@pytest.mark.parametrize("where", ["want", "held"])
def test_a_head_of_before_the_release_is_none_under_which_it_was_asked_for_or_answered(
    story: Story, where: str
) -> None:
    """It is one of this log, and does not hold what was told."""
    for size in range(1, story.given.index + 1):
        assert refused(named(story, size, story.fr.root_at(size), story.fr.join(size), where)) == (NOT_INCLUDED, where)
    size = story.given.index + 1
    assert verify(prove.encode(named(story, size, story.fr.root_at(size), story.fr.join(size), where))).valid


@settings(max_examples=40, deadline=None)
@given(st.data(), st.sampled_from(["want", "held"]), st.integers(0, 12))
def test_a_head_older_or_newer_than_the_files_is_joined_by_its_own_path_and_no_other(
    data: st.DataObject, where: str, after: int
) -> None:
    story = Story.make()
    story.fr.fill(after)
    size = story.fr.tree.size
    older = data.draw(st.integers(story.given.index + 1, size), label="the head that is named")
    join = story.fr.join(older)
    assert verify(prove.encode(named(story, older, story.fr.root_at(older), join, where))).valid
    broken = [(*join, bytes(32)), *(join[:at] + join[at + 1 :] for at in range(len(join)))]
    for path in broken:
        assert refused(named(story, older, story.fr.root_at(older), path, where)) == (NOT_CONSISTENT, where)
    # A checkpoint of before: the file is as it was, and what names a head that came later is joined to it.
    file = named(story, size, story.fr.tree.root(), (), where)
    more = data.draw(st.integers(1, 12), label="leaves that came later")
    story.fr.fill(more)
    newer = named(story, size + more, story.fr.tree.root(), story.fr.join(size), where)
    whole = replace(file, wanted=newer.wanted) if where == "want" else replace(file, held=newer.held)
    assert verify(prove.encode(whole)).valid
    false_root = named(story, size + more, bytes(32), story.fr.join(size), where)
    lie = replace(file, wanted=false_root.wanted) if where == "want" else replace(file, held=false_root.held)
    assert refused(lie) == (NOT_CONSISTENT, where)
