"""A proof file that lies is not valid: each lie has its code and its part of the file, and nothing of it is shown."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from comity.errors import (
    BAD_SIGNATURE,
    CONTENT_MISMATCH,
    MALFORMED,
    NOT_INCLUDED,
    NOT_STIX,
    UNKNOWN_KEY,
    WRONG_ADDRESSEE,
    WRONG_ISSUER,
)
from comity.exchange import deliver, prove, release
from comity.exchange.prove import Held, Later, Place, ProofFile
from comity.exchange.verify import Verdict, verify
from comity.model import acknowledgement
from comity.model.acknowledgement import HELD, Acknowledgement, Telling, root_over
from comity.model.content import parse
from comity.model.marking import Terms
from comity.model.release import read as read_release
from comity.model.statement import Draft, Logged, Triple
from comity.proof import cbor
from comity.proof.envelope import StatementId
from comity.proof.keys import Signer
from unit.exchange.speaker import REPORT, Speaker, Story, at


@pytest.fixture
def story() -> Story:
    return Story.make()


def refused(file: ProofFile | bytes) -> tuple[str, str]:
    verdict = verify(file if isinstance(file, bytes) else prove.encode(file))
    assert verdict == Verdict(problems=verdict.problems)
    (problem,) = verdict.problems
    return problem["code"], problem.get("place", "")


def test_the_file_from_which_all_lies_are_made_is_valid(story: Story) -> None:
    assert verify(prove.encode(story.file())).valid


def forge(triple: Triple) -> Triple:
    return triple[0][:-1] + bytes([triple[0][-1] ^ 1]), triple[1], triple[2]


def salted(triple: Triple) -> Triple:
    return triple[0], bytes(16), triple[2]


def reworded(triple: Triple) -> Triple:
    return triple[0], triple[1], triple[2].replace(b'"20', b'"19')


# -- forged, altered: each of the five kinds of statement


@pytest.mark.parametrize(
    ("change", "code"),
    [(forge, BAD_SIGNATURE), (salted, CONTENT_MISMATCH), (reworded, CONTENT_MISMATCH)],
    ids=["forged signature", "altered salt", "altered content"],
)
@pytest.mark.parametrize("part", ["statement", "release", "held", "silence", "parties"])
def test_what_was_forged_or_altered_is_found_in_its_part(
    part: str, change: Callable[[Triple], Triple], code: str
) -> None:
    file = Story.make(answer_by=6).file()
    held, silence = file.held, file.silence
    assert held is not None
    assert silence is not None
    first, *rest = file.parties
    altered = {
        "statement": replace(file, statement=change(file.statement)),
        "release": replace(file, release=change(file.release)),
        "held": replace(file, held=replace(held, statement=change(held.statement))),
        "silence": replace(file, silence=replace(silence, statement=change(silence.statement))),
        "parties": replace(file, parties=tuple(sorted([change(first), *rest]))),
    }
    assert refused(altered[part]) == (code, part)


def test_forged_heads_and_pulls_are_found(story: Story) -> None:
    file = story.file()
    size = f"\n{story.fr.tree.size}\n".encode()
    assert refused(replace(file, note=file.note.replace(size, b"\n99\n"))) == (BAD_SIGNATURE, "log")
    assert file.pull is not None
    assert refused(replace(file, pull=file.pull[:-1] + bytes([file.pull[-1] ^ 1]))) == (BAD_SIGNATURE, "pull")


# -- whose words these are


def test_a_statement_of_another_party_is_not_the_tellers(story: Story) -> None:
    foreign = story.us.say()
    file = replace(story.file(), statement=foreign.signed.triple)
    assert refused(file) == (WRONG_ISSUER, "release")
    assert refused(replace(file, statement=Speaker("un").say().signed.triple)) == (UNKNOWN_KEY, "parties")


@pytest.mark.parametrize("key", ["root", "log", "witness", "transport"])
def test_a_statement_under_another_key_of_the_teller_is_not_taken(story: Story, key: str) -> None:
    signer: Signer = getattr(story.fr, key)
    said = story.fr.append(story.fr.sign(Draft(parse(REPORT)), signer=signer))[0]
    given = story.fr.release(said, story.ru)
    assert refused(replace(story, said=said, given=given).file(answered=False)) == (UNKNOWN_KEY, "statement")


def test_teller_and_hearer_cannot_be_swapped(story: Story) -> None:
    file = story.file()
    held = file.held
    assert held is not None
    swapped = [
        (replace(file, statement=file.release, release=file.statement), (MALFORMED, "statement")),
        (replace(file, statement=held.statement), (MALFORMED, "statement")),
        (replace(file, release=held.statement), (WRONG_ISSUER, "release")),
        (replace(file, note=held.note), (WRONG_ISSUER, "log")),
        (replace(file, held=replace(held, note=file.note)), (WRONG_ISSUER, "held")),
        (replace(file, held=replace(held, statement=file.release)), (WRONG_ISSUER, "held")),
        (replace(file, statement_place=file.release_place), (NOT_INCLUDED, "log")),
        (replace(file, held=replace(held, receipt=held.telling, telling=held.receipt)), (NOT_INCLUDED, "held")),
    ]
    for lie, answer in swapped:
        assert refused(lie) == answer


def test_a_release_to_another_party_does_not_show_a_telling_to_this_one(story: Story) -> None:
    given = story.fr.release(story.said, story.us)
    # The acknowledgement that the file still holds is ru's: it is not us who said it.
    assert refused(replace(story, given=given).file(pulled=False)) == (WRONG_ISSUER, "held")
    alone = replace(story, given=given).file(pulled=False, answered=False, told_heads=[])
    assert refused(alone) == (UNKNOWN_KEY, "parties")


def test_a_release_of_another_statement_or_a_withdrawal_is_no_release_of_this_one(story: Story) -> None:
    other = story.fr.release(story.fr.say(), story.ru)
    assert refused(replace(story, given=other).file()) == (CONTENT_MISMATCH, "release")
    assert refused(replace(story, given=story.fr.withdraw(story.given)).file()) == (CONTENT_MISMATCH, "release")


def test_what_only_a_node_makes_was_never_told(story: Story) -> None:
    given = story.fr.release(story.given, story.ru)
    assert refused(replace(story, said=story.given, given=given).file()) == (MALFORMED, "statement")


def test_another_object_is_no_release_no_acknowledgement_and_no_silence(story: Story) -> None:
    other = story.fr.say()
    assert refused(replace(story, given=other).file()) == (NOT_STIX, "release/type")
    assert refused(replace(story, answer=story.ru.say()).file()) == (NOT_STIX, "held/type")
    assert refused(replace(story, silence=other).file()) == (NOT_STIX, "silence/type")


# -- in whose log


def test_what_is_not_in_the_tellers_log_was_not_logged(story: Story) -> None:
    stray = Logged(story.fr.sign(Draft(parse(REPORT))), story.said.index)
    given = story.fr.release(stray, story.ru)
    assert refused(replace(story, said=stray, given=given).file()) == (NOT_INCLUDED, "log")


def test_a_release_that_was_logged_before_its_statement_is_none(story: Story) -> None:
    fr, signed = story.fr, story.fr.sign(Draft(parse(REPORT)))
    draft = release.release(signed, to=story.ru.fingerprint, terms=Terms(), now=at(2), uuid=fr.uuid())
    given, said = fr.append(fr.sign(draft), signed)
    assert refused(replace(story, said=said, given=given).file()) == (MALFORMED, "log")


@pytest.mark.parametrize("change", [{"index": 3}, {"index": 10**6}, {"path": ()}, {"path": (bytes(32),) * 4}])
def test_another_place_is_found_in_each_part(change: dict[str, Any]) -> None:
    file = Story.make(answer_by=6).file()
    held, silence = file.held, file.silence
    assert held is not None
    assert silence is not None

    def moved(place: Place) -> Place:
        return replace(place, **change)

    assert refused(replace(file, statement_place=moved(file.statement_place))) == (NOT_INCLUDED, "log")
    assert refused(replace(file, release_place=moved(file.release_place))) == (NOT_INCLUDED, "log")
    assert refused(replace(file, held=replace(held, telling=moved(held.telling)))) == (NOT_INCLUDED, "held")
    assert refused(replace(file, silence=replace(silence, receipt=moved(silence.receipt)))) == (NOT_INCLUDED, "silence")
    elsewhere = replace(held, receipt=Place(1, held.receipt.path))
    assert refused(replace(file, held=elsewhere)) == (NOT_INCLUDED, "held")


# -- what was fetched


def pulled(story: Story, signer: Signer | None = None, **changes: Any) -> ProofFile:
    pull = replace(story.ru.pull(story.fr, story.fr.tree.size), **changes)
    return replace(story.file(), pull=deliver.sign_pull(pull, signer or story.ru.statement))


def test_a_pull_that_stops_before_the_release_fetched_nothing(story: Story) -> None:
    assert refused(pulled(story, cursor=story.given.index)) == (CONTENT_MISMATCH, "pull")
    assert verify(prove.encode(pulled(story, cursor=story.given.index + 1))).valid


def test_a_pull_from_another_teller_or_by_another_hearer_fetched_nothing(story: Story) -> None:
    assert refused(pulled(story, to=story.us.fingerprint)) == (CONTENT_MISMATCH, "pull")
    assert refused(pulled(story, by=story.us.fingerprint)) == (WRONG_ADDRESSEE, "pull")
    assert refused(pulled(story, story.us.statement, by=story.us.fingerprint)) == (UNKNOWN_KEY, deliver.PULL_TYPE)


def test_a_page_end_is_no_pull(story: Story) -> None:
    end = story.ru.page(story.fr.pull(story.ru), []).end
    assert refused(replace(story.file(), pull=end)) == (MALFORMED, deliver.PULL_TYPE)


# -- what was held


def acknowledged(story: Story, tellings: list[Telling], position: int = 0, **changes: Any) -> ProofFile:
    """A file with another acknowledgement that ru signed and logged."""
    said = Acknowledgement(
        f"acknowledgement--{story.ru.uuid()}",
        story.fr.fingerprint,
        root_over(tellings),
        len(tellings),
        HELD,
        at(7),
        None,
    )
    raw = acknowledgement.write(replace(said, **changes), at(7))
    entry = story.ru.append(story.ru.sign(Draft(parse(raw))))[0]
    note = story.ru.note(8, cosigned=[(story.us, 9)], own=False)
    held = Held(entry.signed.triple, Place(position, ()), story.ru.place(entry), note)
    return replace(story.file(held_heads=[(story.us, 9)]), held=held)


def test_an_acknowledgement_of_another_telling_is_none_of_this_one(story: Story) -> None:
    own = Telling(story.said.id, story.given.id)
    assert verify(prove.encode(acknowledged(story, [own]))).valid
    for other in (
        story.others[0],
        Telling(own.statement, story.others[0].release),
        Telling(story.others[0].statement, own.release),
        Telling(own.release, own.statement),
    ):
        assert refused(acknowledged(story, [other])) == (NOT_INCLUDED, "held")


def test_an_acknowledgement_to_another_party_is_none_to_this_one(story: Story) -> None:
    own = Telling(story.said.id, story.given.id)
    assert refused(acknowledged(story, [own], to=story.us.fingerprint)) == (WRONG_ADDRESSEE, "held")


def test_an_acknowledgement_with_another_count_or_root_shows_nothing(story: Story) -> None:
    own = Telling(story.said.id, story.given.id)
    assert refused(acknowledged(story, [own], count=2)) == (NOT_INCLUDED, "held")
    assert refused(acknowledged(story, [own], root=bytes(32))) == (NOT_INCLUDED, "held")


def test_an_acknowledgement_that_a_third_party_made_is_not_the_hearers(story: Story) -> None:
    answer = story.us.holds(story.fr, story.tellings)
    assert refused(replace(story, answer=answer).file()) == (WRONG_ISSUER, "held")


# -- silence


def test_a_silence_that_was_said_too_early_shows_nothing() -> None:
    story = Story.make(answer_by=6)
    early = story.fr.append(story.fr.silent(story.given, story.ru, 6, 5))[0]
    assert refused(replace(story, silence=early).file()) == (CONTENT_MISMATCH, "silence")
    in_time = story.fr.append(story.fr.silent(story.given, story.ru, 6, 6))[0]
    assert verify(prove.encode(replace(story, silence=in_time).file())).valid


def test_a_silence_about_another_release_deadline_or_party_shows_nothing() -> None:
    story = Story.make(answer_by=6)
    other = story.fr.release(story.said, story.ru, Terms(answer_by=at(6)))
    for signed in (
        story.fr.silent(other, story.ru, 6, 7),
        story.fr.silent(story.given, story.us, 6, 7),
        story.fr.silent(story.given, story.ru, 5, 7),
    ):
        entry = story.fr.append(signed)[0]
        assert refused(replace(story, silence=entry).file()) == (CONTENT_MISMATCH, "silence")


def test_there_is_no_silence_where_no_answer_was_asked_for(story: Story) -> None:
    entry = story.fr.append(story.fr.silent(story.given, story.ru, 6, 7))[0]
    assert refused(replace(story, silence=entry).file()) == (CONTENT_MISMATCH, "silence")


# -- withdrawal


def test_a_withdrawal_of_another_release_or_of_none_shows_nothing() -> None:
    story = Story.make(withdrawn=20)
    again = story.fr.release(story.said, story.ru)
    for entry in (story.fr.withdraw(again, 21), again, story.given):
        assert refused(replace(story, withdrawal=entry).file()) == (CONTENT_MISMATCH, "withdrawal")
    assert verify(prove.encode(replace(story, withdrawal=story.fr.withdraw(story.given, 22)).file())).valid


def test_a_withdrawal_from_before_the_release_shows_nothing() -> None:
    story = Story.make()
    early = story.fr.withdraw(story.given, 1)
    assert refused(replace(story, withdrawal=early).file()) == (CONTENT_MISMATCH, "withdrawal")
    file = replace(story, withdrawal=story.fr.withdraw(story.given, 20)).file()
    assert file.withdrawal is not None
    first = replace(file.withdrawal, receipt=replace(file.withdrawal.receipt, index=story.given.index))
    assert refused(replace(file, withdrawal=first)) == (CONTENT_MISMATCH, "withdrawal")


def test_nobody_but_the_teller_withdraws(story: Story) -> None:
    draft = release.withdraw(read_release(story.given.signed.object), now=at(20))
    entry = story.ru.append(story.ru.sign(draft, 20))[0]
    withdrawal = Later(entry.signed.triple, Place(99, ()))
    assert refused(replace(story.file(), withdrawal=withdrawal)) == (WRONG_ISSUER, "withdrawal")


def test_a_silence_that_a_third_party_noted_is_not_the_tellers() -> None:
    story = Story.make(answer_by=6)
    entry = story.us.append(story.us.silent(story.given, story.ru, 6, 7))[0]
    file = story.file()
    silence = Later(entry.signed.triple, Place(0, ()))
    assert refused(replace(file, silence=silence)) == (WRONG_ISSUER, "silence")


# -- what stands around the file


@pytest.mark.parametrize(
    "data", [b"", b"\0", b"{}", bytes(9999), b"\x9f" * 5000, b"\x81" * 100_000, cbor.encode({}), REPORT]
)
def test_whatever_is_no_proof_file_is_malformed_and_raises_nothing(data: bytes) -> None:
    (problem,) = verify(data).problems
    assert problem["code"] == MALFORMED


def test_a_statement_without_an_id_of_its_own_proves_nothing(story: Story) -> None:
    """The zeros that stand for the statement in a notice of withdrawal are no statement."""
    nothing = Telling(StatementId(bytes(32)), story.given.id)
    assert refused(acknowledged(story, [nothing])) == (NOT_INCLUDED, "held")
