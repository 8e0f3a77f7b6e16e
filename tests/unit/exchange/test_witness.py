"""A log that a witness has seen only ever grows; whatever else is shown is refused by its name, with both heads kept."""

from collections.abc import Callable

import pytest

from comity.errors import (
    BAD_SIGNATURE,
    CLOCK_SKEW,
    HEAD_FORK,
    HEAD_ROLLBACK,
    MALFORMED,
    NOT_CONSISTENT,
    UNKNOWN_KEY,
    WRONG_ISSUER,
    RemoteError,
)
from comity.exchange import witness
from comity.exchange.witness import Head
from comity.model.content import parse
from comity.model.statement import Draft
from comity.proof.checkpoint import Checkpoint, cosign, sign_checkpoint
from comity.proof.merkle import EMPTY_ROOT
from comity.proof.note import COSIGNATURE, NoteKey
from comity.space import instant
from comity.space.instant import Instant
from unit.exchange.speaker import REPORT, Speaker, at

US = Speaker("us")


def grown(size: int, *, then: str = "") -> Speaker:
    """fr with a log of that size; `then` names another way in which its log could have gone on from the fourth leaf."""
    fr = Speaker("fr")
    fr.fill(min(size, 4) - 1)
    if then:
        fr.append(fr.sign(Draft(parse(REPORT.replace(b"checkpoint", then.encode())))))
    fr.fill(size - fr.tree.size)
    return fr


def empty(fr: Speaker) -> Head:
    note = sign_checkpoint(Checkpoint(fr.origin, 0, EMPTY_ROOT), fr.origin, fr.log)
    return witness.read_head(note, fr.descriptor)


def refused(known: Head | None, new: Head, path: tuple[bytes, ...] = ()) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        witness.advance(known, new, path)
    return caught.value


def test_the_first_head_of_a_log_is_taken_as_it_is() -> None:
    fr = grown(7)
    assert witness.advance(None, fr.head(), ()) == fr.head()
    assert witness.advance(empty(fr), fr.head(), ()) == fr.head()


@pytest.mark.parametrize("old", range(1, 9))
@pytest.mark.parametrize("more", [1, 2, 5, 300])
def test_a_head_that_goes_on_from_the_known_one_is_taken(old: int, more: int) -> None:
    fr = grown(old)
    known = fr.head()
    fr.fill(more)
    assert witness.advance(known, fr.head(), fr.shown(old).path) == fr.head()


def test_the_same_head_again_changes_nothing() -> None:
    fr = grown(5)
    known, again = fr.head(), witness.read_head(fr.note(99), fr.descriptor)
    assert witness.advance(known, again, ()) is known


def test_a_proof_where_none_is_due_is_refused_and_accuses_nobody() -> None:
    """LOG-14: before the first head and between two of one size there is nothing to prove."""
    fr = grown(5)
    path = fr.shown(3).path
    for known in (None, empty(fr), fr.head()):
        error = refused(known, fr.head(), path)
        assert (error.code, error.evidence) == (NOT_CONSISTENT, {})


def test_a_head_that_shrinks_is_refused_as_a_rollback() -> None:
    fr = grown(4)
    small = fr.head()
    fr.fill(3)
    error = refused(fr.head(), small)
    assert error.code == HEAD_ROLLBACK
    assert error.evidence == {"known": fr.note().decode(), "shown": small.note.decode()}
    assert refused(fr.head(), empty(fr)).code == HEAD_ROLLBACK


def test_two_heads_of_one_size_are_refused_as_a_fork_and_prove_it_by_themselves() -> None:
    one, other = grown(6, then="one"), grown(6, then="other")
    error = refused(one.head(), other.head(), other.shown(4).path)
    assert error.code == HEAD_FORK
    heads = [witness.read_head(error.evidence[name].encode(), one.descriptor) for name in ("known", "shown")]
    assert heads[0].size == heads[1].size
    assert heads[0].root != heads[1].root


def test_a_larger_head_of_a_fork_cannot_be_joined_by_any_proof_it_has() -> None:
    one, other = grown(6, then="one"), grown(9, then="other")
    for old in range(1, 9):
        error = refused(one.head(), other.head(), other.shown(old).path)
        assert error.code == NOT_CONSISTENT
        assert error.evidence.keys() == {"known", "shown"}


def test_a_head_without_its_proof_is_not_taken() -> None:
    fr = grown(3)
    known = fr.head()
    fr.fill(4)
    path = fr.shown(3).path
    for broken in ((), path[:-1], (*path, bytes(32)), path[::-1], (bytes(32), *path[1:])):
        assert refused(known, fr.head(), broken).code == NOT_CONSISTENT


def test_an_older_head_of_the_same_log_can_be_reconciled_with_the_known_one() -> None:
    fr = grown(3)
    older = fr.head()
    fr.fill(6)
    witness.reconcile(fr.head(), older, fr.shown(3).path)
    witness.reconcile(None, older, ())
    witness.reconcile(older, fr.head(), fr.shown(3).path)


def test_an_older_head_of_a_fork_cannot_be_reconciled() -> None:
    one, other = grown(9, then="one"), grown(6, then="other")
    with pytest.raises(RemoteError) as caught:
        witness.reconcile(one.head(), other.head(), one.shown(6).path)
    assert caught.value.code == NOT_CONSISTENT
    with pytest.raises(RemoteError) as caught:
        witness.reconcile(one.head(), grown(9, then="other").head(), ())
    assert caught.value.code == HEAD_FORK


# -- whose head it is


def read_refused(note: bytes, of: Speaker) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        witness.read_head(note, of.descriptor)
    return caught.value


def test_the_head_of_another_log_is_refused() -> None:
    assert read_refused(US.note(), grown(3)).code == WRONG_ISSUER


def test_a_long_origin_of_anothers_is_not_quoted_whole() -> None:
    origin = "x" * 60_000 + "\u009b2J"
    note = sign_checkpoint(Checkpoint(origin, 0, EMPTY_ROOT), origin, US.log)
    message = read_refused(note, grown(3)).message
    assert len(message) < 250
    assert message.isascii()


def test_a_head_is_signed_with_the_logs_key_and_no_other() -> None:
    fr = grown(3)
    head = Checkpoint(fr.origin, 3, fr.tree.root())
    for key in (fr.statement, fr.witness, US.log):
        assert read_refused(sign_checkpoint(head, fr.origin, key), fr).code == UNKNOWN_KEY
    forged = fr.note().replace(f"\n{fr.tree.size}\n".encode(), b"\n4\n")
    assert read_refused(forged, fr).code == BAD_SIGNATURE


def test_a_head_without_signatures_is_malformed() -> None:
    fr = grown(3)
    assert read_refused(fr.note().split(b"\n\n")[0] + b"\n", fr).code == MALFORMED


# -- cosigning


def test_a_cosignature_binds_the_witness_to_head_and_time() -> None:
    fr = grown(4)
    line = US.cosign(fr, fr.note(), 77)
    assert witness.cosigned_at(fr.head(), line, US.descriptor) == at(77) // 1000
    fr.fill(1)
    with pytest.raises(RemoteError) as caught:
        witness.cosigned_at(fr.head(), line, US.descriptor)
    assert caught.value.code == BAD_SIGNATURE


def test_a_cosignature_does_not_pass_for_anothers() -> None:
    fr = grown(4)
    line = US.cosign(fr, fr.note(), 77)
    with pytest.raises(RemoteError) as caught:
        witness.cosigned_at(fr.head(), line, Speaker("cn").descriptor)
    assert caught.value.code == UNKNOWN_KEY


# -- the time of a cosignature that was made just now

MINUTE = 60_000


@pytest.mark.parametrize("off", [0, 1, -1, 299_999, 300_000, -300_000])
def test_a_clock_may_be_five_minutes_off(off: int) -> None:
    witness.timely(at(0) // 1000, Instant(at(0) - off))


@pytest.mark.parametrize(
    ("off", "words"),
    [
        (300_001, "5 min ahead of ours"),
        (-300_001, "5 min behind ours"),
        (12 * MINUTE, "12 min ahead of ours"),
        (-90 * MINUTE, "1 h 30 min behind ours"),
        (10 * 365 * 24 * 60 * MINUTE, "9 years ahead of ours"),
    ],
)
def test_beyond_that_it_is_said_whose_clock_it_is_and_how_far_off(off: int, words: str) -> None:
    now = Instant(at(0) - off)
    with pytest.raises(RemoteError) as caught:
        witness.timely(at(0) // 1000, now)
    assert caught.value.code == CLOCK_SKEW
    assert caught.value.message.startswith(f"its clock is {words}: it cosigned our head at {instant.text(at(0))}")
    assert caught.value.evidence == {"theirs": instant.text(at(0)), "ours": instant.text(now)}


@pytest.mark.parametrize("seconds", [1, 253402300799, 253402300800, 2**63 - 1])
def test_a_time_that_no_calendar_has_is_refused_like_any_other(seconds: int) -> None:
    with pytest.raises(RemoteError) as caught:
        witness.timely(seconds, at(0))
    assert caught.value.code == CLOCK_SKEW


# -- what an outside witness answers


def line_of(fr: Speaker, by: Speaker = US, seconds: int = 1_795_687_200) -> str:
    return cosign(fr.head().signed.checkpoint, by.descriptor.witness_name, by.witness, seconds)


KEY = NoteKey(US.descriptor.witness_name, COSIGNATURE, US.witness.public)


def test_the_line_of_the_pinned_key_is_taken_and_those_of_others_are_passed_over() -> None:
    fr, other = grown(3), Speaker("de")
    mine, theirs = line_of(fr), line_of(fr, other)
    assert witness.outside_line(fr.head(), mine, KEY) == (mine, 1_795_687_200)
    assert witness.outside_line(fr.head(), theirs + mine + theirs, KEY) == (mine, 1_795_687_200)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (lambda fr: "", MALFORMED),
        (lambda fr: line_of(fr)[:-1], MALFORMED),
        (lambda fr: line_of(fr) + "\n", MALFORMED),
        (lambda fr: line_of(fr) + "more\n", MALFORMED),
        (lambda fr: line_of(fr).replace("\n", "\r\n"), MALFORMED),
        (lambda fr: line_of(fr) + line_of(fr, seconds=5), MALFORMED),
        (lambda fr: line_of(fr) * 2, MALFORMED),
        (lambda fr: line_of(fr, Speaker("de")), UNKNOWN_KEY),
        (lambda fr: line_of(grown(2)), BAD_SIGNATURE),
    ],
)
def test_another_answer_is_refused(answer: Callable[[Speaker], str], code: str) -> None:
    fr = grown(3)
    with pytest.raises(RemoteError) as caught:
        witness.outside_line(fr.head(), answer(fr), KEY)
    assert caught.value.code == code
