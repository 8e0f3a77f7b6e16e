"""Whoever signs a head is described in the file, once, by keys of its own; nobody counts twice and nobody stands idle."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from comity.errors import BAD_SIGNATURE, MALFORMED, NAME_TAKEN, UNKNOWN_KEY, WRONG_ISSUER
from comity.exchange import prove
from comity.exchange.prove import ProofFile
from comity.exchange.verify import verify
from comity.model.statement import Signed
from comity.proof import cbor
from comity.proof.note import PLAIN, NoteKey, parse_line
from unit.exchange.speaker import Speaker, Story
from unit.exchange.test_verify_liars import refused


@pytest.fixture
def story() -> Story:
    return Story.make()


Line = list[bytes]


def relined(story: Story, change: Callable[[list[Line]], list[Line]], where: str = "log") -> bytes:
    """The file with other lines under the teller's or the hearer's head."""
    fields: dict[str, Any] = cbor.decode(prove.encode(story.file()))
    at = {"log": 0, "held": 5}[where]
    size, root, *found = fields[where][at]
    first, rest = (changed := change(found))[:1], changed[1:]
    fields[where][at] = [size, root, *first, *sorted(rest)]
    return cbor.encode(fields)


def packed(line: str) -> Line:
    """A line of a note as it stands in a file."""
    found = parse_line(line)
    half = bytes.fromhex(found.name.removeprefix("comity/").removesuffix("/w"))
    return [half, found.key_id + found.signature]


@pytest.mark.parametrize("where", ["log", "held"])
def test_a_head_carries_its_logs_signature(story: Story, where: str) -> None:
    assert refused(relined(story, lambda found: found[1:], where)) == (MALFORMED, where)
    assert refused(relined(story, lambda _: [], where)) == (MALFORMED, where)


@pytest.mark.parametrize("where", ["log", "held"])
def test_a_head_that_another_log_signed_is_anothers(story: Story, where: str) -> None:
    stranger = packed(NoteKey(story.cn.origin, PLAIN, story.cn.log.public).line(bytes(64)))
    assert refused(relined(story, lambda found: [stranger, *found[1:]], where)) == (WRONG_ISSUER, where)
    assert refused(relined(story, lambda found: [stranger, *found], where)) == (WRONG_ISSUER, where)


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
    stranger = NoteKey(story.fr.origin, PLAIN, story.cn.log.public).line(bytes(64))
    assert refused(relined(story, lambda found: [*found, packed(stranger)])) == (MALFORMED, "log")
    assert refused(relined(story, lambda found: [packed(stranger), *found])) == (MALFORMED, "log")


def test_one_witness_has_one_time(story: Story) -> None:
    other = packed(story.us.cosign(story.fr, story.fr.note(5), 99))
    code, _ = refused(relined(story, lambda found: [*found, other]))
    assert code == MALFORMED


def test_a_line_of_a_party_that_the_file_does_not_describe_is_not_ignored(story: Story) -> None:
    stranger = packed(Speaker("un").cosign(story.fr, story.fr.note(5), 9))
    assert refused(relined(story, lambda found: [*found, stranger])) == (UNKNOWN_KEY, "parties")


def test_a_cosignature_of_another_head_does_not_count(story: Story) -> None:
    story.fr.fill(1)
    later = packed(story.cn.cosign(story.fr, story.fr.note(5), 9))
    story = Story.make()
    assert refused(relined(story, lambda found: [*found, later])) == (BAD_SIGNATURE, "log")


def test_a_cosignature_under_anothers_name_does_not_count(story: Story) -> None:
    line = packed(story.us.cosign(story.fr, story.fr.note(5), 9).replace(story.us.origin, story.cn.origin))
    assert refused(relined(story, lambda found: [*found, line])) == (UNKNOWN_KEY, "note")
    half, signed = packed(story.cn.cosign(story.fr, story.fr.note(5), 9))
    bare = [half, signed[:4] + signed[12:]]  # without its time it passes for a line of cn's log
    assert refused(relined(story, lambda found: [*found, bare])) == (UNKNOWN_KEY, "note")


def test_a_checkpoint_that_the_log_signed_is_no_cosignature(story: Story) -> None:
    """A log's own kind of signature has no time, so it proves none."""
    half, signed = packed(story.cn.cosign(story.fr, story.fr.note(5), 9))

    def borrowed(found: list[Line]) -> Line:
        own = found[0][1]
        return [half, own[:4] + signed[4:12] + own[4:]]  # with a time, so that it has a witness's length

    assert refused(relined(story, lambda found: [*found, borrowed(found)])) == (UNKNOWN_KEY, "note")
    assert refused(relined(story, lambda found: [*found, [half, found[0][1]]])) == (UNKNOWN_KEY, "note")


# -- descriptors


def described(file: ProofFile, *more: Signed) -> ProofFile:
    return replace(file, parties=tuple(sorted([*file.parties, *(one.triple for one in more)])))


def test_a_descriptor_that_nothing_needs_makes_the_file_not_valid(story: Story) -> None:
    assert refused(described(story.file(), Speaker("un").descriptor.signed)) == (MALFORMED, "parties")


def test_a_witness_whose_line_was_taken_out_is_no_longer_needed(story: Story) -> None:
    file = story.file(told_heads=[])
    assert file.held is not None
    found = file.held.note.splitlines(keepends=True)
    held = replace(file.held, note=b"".join(line for line in found if f"{story.cn.origin}/w".encode() not in line))
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
    held = replace(file.held, note=prove.in_order(file.held.note + borrowed))
    assert refused(described(replace(file, held=held), echo.descriptor.signed)) == (MALFORMED, "parties")


def test_whose_a_line_is_is_not_quoted_whole(story: Story) -> None:
    verdict = verify(relined(story, lambda found: [*found, [b"\x9b" * 50_000, bytes(76)]]))
    (problem,) = verdict.problems
    assert problem["code"] == MALFORMED
    assert len(problem["message"]) < 200
    assert problem["message"].isascii()
