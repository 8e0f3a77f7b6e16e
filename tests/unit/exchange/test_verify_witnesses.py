"""Whoever signs a head is described in the file, once, by keys of its own; nobody counts twice and nobody stands idle."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from comity.errors import BAD_SIGNATURE, MALFORMED, NAME_TAKEN, UNKNOWN_KEY
from comity.exchange import prove
from comity.exchange.prove import ProofFile
from comity.exchange.verify import verify
from comity.model.statement import Signed
from comity.proof.note import PLAIN, NoteKey
from unit.exchange.speaker import Speaker, Story
from unit.exchange.test_verify_liars import refused


@pytest.fixture
def story() -> Story:
    return Story.make()


def lines(note: bytes) -> tuple[bytes, list[bytes]]:
    text, _, tail = note.rpartition(b"\n\n")
    return text + b"\n\n", tail.splitlines(keepends=True)


def relined(story: Story, change: Callable[[list[bytes]], list[bytes]], where: str = "log") -> ProofFile:
    """The file with other lines under the teller's or the hearer's head."""
    file = story.file()
    assert file.held is not None
    text, signed = lines(file.note if where == "log" else file.held.note)
    note = text + b"".join(change(signed))
    return replace(file, note=note) if where == "log" else replace(file, held=replace(file.held, note=note))


@pytest.mark.parametrize("where", ["log", "held"])
def test_a_head_carries_its_logs_signature(story: Story, where: str) -> None:
    assert refused(relined(story, lambda found: found[1:], where)) == (UNKNOWN_KEY, where)


def test_the_tellers_head_carries_its_own_cosignature_and_at_most_one_other(story: Story) -> None:
    assert refused(relined(story, lambda found: [found[0], *found[2:]])) == (MALFORMED, "log")
    assert refused(relined(story, lambda found: found[:1])) == (MALFORMED, "log")
    for other in (story.cn, story.ru):
        assert refused(story.file(told_heads=[(story.us, 8), (other, 8)])) == (MALFORMED, "log")


def test_neither_tellers_nor_hearers_cosignature_stands_under_the_hearers_head(story: Story) -> None:
    """They count for nothing, so they would be of no use."""
    for other in (story.fr, story.ru):
        assert refused(story.file(held_heads=[(story.us, 9), (other, 4)])) == (MALFORMED, "held")
        assert refused(story.file(held_heads=[(other, 4)])) == (MALFORMED, "held")


@pytest.mark.parametrize("where", ["log", "held"])
def test_no_line_stands_twice(story: Story, where: str) -> None:
    code, _ = refused(relined(story, lambda found: [*found, found[-1]], where))
    assert code == MALFORMED
    code, _ = refused(relined(story, lambda found: [*found, found[0]], where))
    assert code == MALFORMED


def test_no_second_key_signs_under_the_logs_name(story: Story) -> None:
    stranger = NoteKey(story.fr.origin, PLAIN, story.cn.log.public).line(bytes(64)).encode()
    assert refused(relined(story, lambda found: [*found, stranger])) == (MALFORMED, "log")
    assert refused(relined(story, lambda found: [stranger, *found])) == (MALFORMED, "log")


def test_one_witness_has_one_time(story: Story) -> None:
    other = story.us.cosign(story.fr, story.fr.note(5), 99).encode()
    code, _ = refused(relined(story, lambda found: [*found, other]))
    assert code == MALFORMED


def test_a_line_of_a_party_that_the_file_does_not_describe_is_not_ignored(story: Story) -> None:
    stranger = Speaker("un").cosign(story.fr, story.fr.note(5), 9).encode()
    assert refused(relined(story, lambda found: [*found, stranger])) == (UNKNOWN_KEY, "parties")


def test_a_cosignature_of_another_head_does_not_count(story: Story) -> None:
    story.fr.fill(1)
    later = story.cn.cosign(story.fr, story.fr.note(5), 9).encode()
    story = Story.make()
    assert refused(relined(story, lambda found: [*found, later])) == (BAD_SIGNATURE, "log")


def test_a_cosignature_under_anothers_name_does_not_count(story: Story) -> None:
    line = story.us.cosign(story.fr, story.fr.note(5), 9).replace(story.us.origin, story.cn.origin).encode()
    assert refused(relined(story, lambda found: [*found, line])) == (UNKNOWN_KEY, "note")
    bare = story.cn.cosign(story.fr, story.fr.note(5), 9).replace("/w", "").encode()
    assert refused(relined(story, lambda found: [*found, bare])) == (UNKNOWN_KEY, "note")


def test_a_checkpoint_that_the_log_signed_is_no_cosignature(story: Story) -> None:
    """A log's own kind of signature has no time, so it proves none."""
    file = story.file()
    text, found = lines(file.note)
    renamed = found[0].replace(story.fr.origin.encode(), f"{story.cn.origin}/w".encode())
    assert refused(replace(file, note=text + b"".join([*found, renamed]))) == (UNKNOWN_KEY, "note")


# -- descriptors


def described(file: ProofFile, *more: Signed) -> ProofFile:
    return replace(file, parties=tuple(sorted([*file.parties, *(one.triple for one in more)])))


def test_a_descriptor_that_nothing_needs_makes_the_file_not_valid(story: Story) -> None:
    assert refused(described(story.file(), Speaker("un").descriptor.signed)) == (MALFORMED, "parties")


def test_a_witness_whose_line_was_taken_out_is_no_longer_needed(story: Story) -> None:
    file = story.file(told_heads=[])
    assert file.held is not None
    text, found = lines(file.held.note)
    held = replace(file.held, note=text + b"".join(line for line in found if story.cn.origin.encode() not in line))
    assert refused(replace(file, held=held)) == (MALFORMED, "parties")


@pytest.mark.parametrize("name", ["fr", "ru", "us"])
def test_a_descriptor_that_is_needed_cannot_be_left_out(story: Story, name: str) -> None:
    file = story.file()
    gone = getattr(story, name).descriptor.signed.triple
    left = tuple(one for one in file.parties if one != gone)
    assert refused(replace(file, parties=left)) == (UNKNOWN_KEY, "parties")


def test_a_party_is_described_once(story: Story) -> None:
    assert refused(described(story.file(), story.us.describe())) == (MALFORMED, "parties")


def test_a_descriptor_signed_by_another_root_is_refused(story: Story) -> None:
    assert refused(described(story.file(), Speaker("un").describe(story.us.root))) == (UNKNOWN_KEY, "parties")


def test_two_parties_do_not_go_by_one_name(story: Story) -> None:
    double = Speaker("fr", seed="another")
    assert refused(story.file(told_heads=[(story.us, 8), (double, 8)])) == (NAME_TAKEN, "parties")


@pytest.mark.parametrize("use", ["statement", "log", "witness", "transport"])
def test_two_parties_do_not_share_a_key(story: Story, use: str) -> None:
    """Or what one of them signed would pass for the word of two."""
    echo = Speaker("un", **{use: getattr(story.us, use)})
    assert refused(story.file(held_heads=[(story.us, 9), (echo, 9)])) == (MALFORMED, "parties")


def test_one_cosignature_cannot_be_counted_as_two(story: Story) -> None:
    """A made-up party lists a witness's key as its own and repeats, under its own name, what that witness signed."""
    echo = Speaker("un", witness=story.us.witness)
    file = story.file(held_heads=[(story.us, 9)])
    assert file.held is not None
    borrowed = echo.cosign(story.ru, story.ru.note(8), 9).encode()
    held = replace(file.held, note=file.held.note + borrowed)
    assert refused(described(replace(file, held=held), echo.descriptor.signed)) == (MALFORMED, "parties")


def test_a_long_name_in_a_note_is_not_quoted_whole(story: Story) -> None:
    line = "\N{EM DASH} " + "x" * 50_000 + "\u009b AAAAAAAA\n"
    verdict = verify(prove.encode(relined(story, lambda found: [*found, line.encode()])))
    (problem,) = verdict.problems
    assert problem["code"] == UNKNOWN_KEY
    assert len(problem["message"]) < 200
    assert problem["message"].isascii()
