"""Whoever signs a head is described in the file, once, by keys of its own; nobody counts twice and nobody stands idle."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.errors import BAD_SIGNATURE, MALFORMED, UNKNOWN_KEY, WRONG_ISSUER
from comity.exchange import prove
from comity.exchange.prove import ProofFile
from comity.exchange.verify import verify
from comity.model.statement import Signed
from comity.proof import cbor
from comity.proof.note import PLAIN, NoteKey, parse_line
from unit.exchange.speaker import Speaker, Story, at
from unit.exchange.test_verify_liars import refused


@pytest.fixture
def story() -> Story:
    return Story.make()


Line = list[bytes]


def relined(story: Story, change: Callable[[list[Line]], list[Line]], where: str = "log") -> bytes:
    """The file with other lines under the teller's or the hearer's head."""
    fields: dict[str, Any] = cbor.decode(prove.encode(story.file()))
    at = {"log": 0, "held": 6}[where]
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


def test_the_tellers_head_carries_its_own_cosignature_or_not_and_those_of_others(story: Story) -> None:
    """A hearer may hold it without; who looked at it besides dates nothing by itself unless it is a third party."""
    own = f"{story.fr.origin}/w"

    def without(file: ProofFile) -> ProofFile:
        lines = file.note.splitlines(keepends=True)
        return replace(file, note=b"".join(line for line in lines if own.encode() not in line))

    for heads in ([], [(story.us, 8)], [(story.us, 8), (story.cn, 8), (story.ru, 8)]):
        file = story.file(told_heads=heads)
        for whole, logged in ((file, at(6)), (without(file), None)):
            verdict = verify(prove.encode(whole))
            assert verdict.valid, verdict.problems
            assert [rung.at for rung in verdict.ladder if rung.name == "logged"] == [logged]
            assert [one.party for one in verdict.behind_teller] == sorted(
                (one.name for one, _ in heads if one is not story.ru),
                key=lambda name: story.trust[name],
            )


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


# -- who counts


@pytest.mark.parametrize(("quorum", "witnessed", "proved"), [(1, ("us", 9), 10), (2, ("cn", 11), 13), (3, None, None)])
def test_a_quorum_is_of_both_heads_alike(
    story: Story, quorum: int, witnessed: tuple[str, int] | None, proved: int | None
) -> None:
    told, held = [(story.cn, 10), (story.us, 8)], [(story.cn, 12), (story.us, 9)]
    verdict = verify(prove.encode(story.file(told_heads=told, held_heads=held)), quorum=quorum)
    found = [(rung.by, rung.at) for rung in verdict.ladder if rung.name == "witnessed"]
    assert found == ([] if witnessed is None else [(witnessed[0], at(witnessed[1]))])
    assert verdict.proved_by == (None if proved is None else at(proved))
    assert [one.party for one in verdict.behind_teller] == [one.party for one in verdict.behind_hearer] == ["us", "cn"]
    assert verdict.as_dict()["quorum"] == quorum


def test_neither_teller_nor_hearer_stands_behind_a_log(story: Story) -> None:
    """However many lines of theirs there are: on the teller's head the hearer's is shown where third parties do not suffice."""
    for heads, seen in (
        ([(story.ru, 8)], ("ru", 9)),
        ([(story.ru, 8), (story.us, 9)], ("us", 10)),
        ([], None),
    ):
        verdict = verify(prove.encode(story.file(told_heads=heads, held_heads=[])))
        assert verdict.valid
        assert [one.party for one in verdict.behind_teller] == [one.name for one, _ in heads if one is story.us]
        found = [(rung.by, rung.at) for rung in verdict.ladder if rung.name == "witnessed"]
        assert found == ([] if seen is None else [(seen[0], at(seen[1]))])
        assert (verdict.behind_hearer, verdict.proved_by) == ([], None)
    alone = verify(prove.encode(story.file(told_heads=[(story.ru, 8), (story.us, 9)])), quorum=2)
    assert [(rung.by, rung.at) for rung in alone.ladder if rung.name == "witnessed"] == [("ru", at(9))]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["ru", "us", "cn", "un"]), st.integers(3, 290)), unique_by=lambda one: one[0]),
    st.lists(st.tuples(st.sampled_from(["us", "cn", "un"]), st.integers(8, 290)), unique_by=lambda one: one[0]),
    st.sets(st.sampled_from(["fr", "ru", "us", "cn", "un"])),
    st.integers(1, 4),
)
def test_whoever_cosigned_a_time_is_that_of_the_k_th_third_party_that_the_reader_knows(
    told: list[tuple[str, int]], held: list[tuple[str, int]], known: set[str], quorum: int
) -> None:
    story = Story.make()
    who = {"ru": story.ru, "us": story.us, "cn": story.cn, "un": Speaker("un")}
    parts: dict[str, Any] = {
        "told_heads": [(who[name], second) for name, second in told],
        "held_heads": [(who[name], second) for name, second in held],
    }
    prints = {name: one.fingerprint for name, one in [("fr", story.fr), *who.items()]}
    verdict = verify(prove.encode(story.file(**parts)), {name: prints[name] for name in known}, quorum)
    assert verdict.valid

    def counted(heads: list[tuple[str, int]]) -> list[int]:
        return sorted(second + 1 for name, second in heads if name != "ru" and (name in known or not known))

    times = counted(held)
    assert verdict.proved_by == (at(times[quorum - 1]) if len(times) >= quorum else None)
    assert [one.at for one in verdict.behind_hearer] == [at(one) for one in times]
    times = counted(told)
    assert [one.at for one in verdict.behind_teller] == [at(one) for one in times]
    seen = [at(second + 1) for name, second in told if name == "ru"]
    expected = [at(times[quorum - 1])] if len(times) >= quorum else seen
    assert [rung.at for rung in verdict.ladder if rung.name == "witnessed"] == expected


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


def test_two_parties_that_go_by_one_name_are_told_apart(story: Story) -> None:
    double = Speaker("fr", seed="another")
    verdict = verify(prove.encode(story.file(told_heads=[(story.us, 8), (double, 8)])))
    assert verdict.valid
    assert verdict.said_by == f"fr ({story.fr.fingerprint[:8]})"
    assert f"fr ({double.fingerprint[:8]})" in {one.party for one in verdict.behind_teller}


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
