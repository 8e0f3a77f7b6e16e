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
from comity.exchange.prove import Held, Later, Place, ProofFile, Wanted
from comity.exchange.shapes import Path
from comity.exchange.verify import Verdict, verify
from comity.model import acknowledgement
from comity.model.acknowledgement import HELD, NO_STATEMENT, Acknowledgement, Telling, root_over
from comity.model.content import parse
from comity.model.marking import Terms
from comity.model.release import read as read_release
from comity.model.statement import Closed, Draft, ItemHash, Logged, Triple, item_hash
from comity.proof import cbor, merkle
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


def whole(statement: Triple | Closed | None) -> Triple:
    """A statement with its content."""
    assert isinstance(statement, tuple)
    return statement


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
    statement = whole(file.statement)
    altered = {
        "statement": replace(file, statement=change(statement)),
        "release": replace(file, release=change(file.release)),
        "held": replace(file, held=replace(held, statement=change(held.statement))),
        "silence": replace(file, silence=replace(silence, statement=change(silence.statement))),
        "parties": replace(file, parties=tuple(sorted([change(first), *rest]))),
    }
    assert refused(altered[part]) == (code, part)


def test_forged_heads_and_wants_are_found(story: Story) -> None:
    file = story.file()
    size = f"\n{story.fr.tree.size}\n".encode()
    assert refused(replace(file, note=file.note.replace(size, b"\n99\n"))) == (BAD_SIGNATURE, "log")
    assert file.wanted is not None
    want = file.wanted.want[:-1] + bytes([file.wanted.want[-1] ^ 1])
    assert refused(replace(file, wanted=replace(file.wanted, want=want))) == (BAD_SIGNATURE, "want")


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
    held, places = file.held, file.places
    assert held is not None
    assert places is not None
    swapped = [
        (replace(file, statement=file.release, release=whole(file.statement)), (MALFORMED, "statement")),
        (replace(file, statement=held.statement), (MALFORMED, "statement")),
        (replace(file, release=held.statement), (WRONG_ISSUER, "release")),
        (replace(file, note=held.note), (WRONG_ISSUER, "log")),
        (replace(file, held=replace(held, note=file.note)), (WRONG_ISSUER, "held")),
        (replace(file, held=replace(held, statement=file.release)), (WRONG_ISSUER, "held")),
        (replace(file, places=(places[1], places[1])), (NOT_INCLUDED, "log")),
        (replace(file, held=replace(held, receipt=held.telling, telling=held.receipt)), (NOT_INCLUDED, "held")),
    ]
    for lie, answer in swapped:
        assert refused(lie) == answer


def test_a_release_to_another_party_does_not_show_a_telling_to_this_one(story: Story) -> None:
    given = story.fr.release(story.said, story.us)
    # The acknowledgement that the file still holds is ru's: it is not us who said it.
    assert refused(replace(story, given=given).file(wanted=False)) == (WRONG_ISSUER, "held")
    # Nor is it us who asked for it.
    assert refused(replace(story, given=given).file(answered=False)) == (UNKNOWN_KEY, deliver.WANT_TYPE)
    alone = replace(story, given=given).file(wanted=False, answered=False, told_heads=[])
    assert refused(alone) == (UNKNOWN_KEY, "parties")


def test_a_party_is_never_told_by_itself(story: Story) -> None:
    """PROOF-FILE-31. It would be its own hearer, and would hold whatever it says."""
    given = story.fr.release(story.said, story.fr)
    told = replace(story, given=given)
    for file in (told.file(), told.file(wanted=False), told.file(wanted=False, answered=False)):
        assert refused(file) == (MALFORMED, "release")
    alone = replace(story, ru=story.fr, given=given).file(wanted=False, answered=False)
    assert refused(alone) == (MALFORMED, "release")


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
    held, silence, places = file.held, file.silence, file.places
    assert held is not None
    assert silence is not None
    assert places is not None

    def moved(place: Place) -> Place:
        return replace(place, **change)

    assert refused(replace(file, places=(moved(places[0]), places[1]))) == (NOT_INCLUDED, "log")
    assert refused(replace(file, places=(places[0], moved(places[1])))) == (NOT_INCLUDED, "log")
    assert refused(replace(file, held=replace(held, telling=moved(held.telling)))) == (NOT_INCLUDED, "held")
    assert refused(replace(file, silence=replace(silence, receipt=moved(silence.receipt)))) == (NOT_INCLUDED, "silence")
    elsewhere = replace(held, receipt=Place(1, held.receipt.path))
    assert refused(replace(file, held=elsewhere)) == (NOT_INCLUDED, "held")
    assert file.wanted is not None
    wanted = replace(file.wanted, telling=moved(file.wanted.telling))
    assert refused(replace(file, wanted=wanted)) == (NOT_INCLUDED, "want")


# -- what was asked for


def asked(story: Story, signer: Signer | None = None, *, join: Path = (), **changes: Any) -> ProofFile:
    """A file with another want that ru signed, and no answer."""
    want = deliver.sign_want(replace(story.want, **changes), signer or story.ru.statement)
    return replace(story.file(answered=False), wanted=Wanted(want, story.inside, join))


def only(story: Story, telling: Telling) -> ProofFile:
    """A file with a want of one telling alone."""
    want = story.ru.want(story.fr, [telling])
    return replace(
        story.file(answered=False),
        wanted=Wanted(deliver.sign_want(want, story.ru.statement), Place(0, ()), ()),
    )


def strangers(story: Story) -> list[Telling]:
    """Tellings that have some part of this one, and are others."""
    own, other = story.fr.telling(story.said, story.given), story.others[0]
    return [
        other,
        replace(own, statement=other.statement),
        replace(own, statement=NO_STATEMENT),
        replace(own, release=other.release),
        replace(own, item=other.item),
        replace(own, item=ItemHash(bytes(32))),
        replace(own, reading=bytes([1]) * 32),
        Telling(own.release, own.statement, own.item),
    ]


def test_a_want_of_other_tellings_or_of_other_bytes_asked_for_none_of_these(story: Story) -> None:
    """PROOF-FILE-11. *Fetched* is shown of the very bytes in the file."""
    assert verify(prove.encode(only(story, story.fr.telling(story.said, story.given)))).valid
    for other in strangers(story):
        assert refused(only(story, other)) == (NOT_INCLUDED, "want")


def test_a_want_with_another_count_or_root_asked_for_nothing(story: Story) -> None:
    assert verify(prove.encode(asked(story))).valid
    for change in ({"count": 2}, {"count": 1}, {"count": 0}, {"count": 2**63 - 1}, {"root": bytes(32)}):
        assert refused(asked(story, **change)) == (NOT_INCLUDED, "want")


@pytest.mark.parametrize("second", [253_402_300_800, 2**40, 2**63 - 1])
def test_a_want_of_no_time_that_a_calendar_has_asked_for_nothing(story: Story, second: int) -> None:
    assert refused(asked(story, at=second)) == (MALFORMED, deliver.WANT_TYPE)


def test_a_want_to_another_teller_or_by_another_hearer_asked_for_nothing(story: Story) -> None:
    assert refused(asked(story, to=story.us.fingerprint)) == (WRONG_ADDRESSEE, "want")
    assert refused(asked(story, to=story.ru.fingerprint)) == (WRONG_ADDRESSEE, "want")
    assert refused(asked(story, by=story.us.fingerprint)) == (WRONG_ADDRESSEE, "want")
    assert refused(asked(story, story.us.statement, by=story.us.fingerprint)) == (UNKNOWN_KEY, deliver.WANT_TYPE)
    assert refused(asked(story, story.ru.log)) == (UNKNOWN_KEY, deliver.WANT_TYPE)


def test_neither_a_pull_nor_a_page_end_is_a_want(story: Story) -> None:
    file, pull = story.file(), story.fr.pull(story.ru)
    assert file.wanted is not None
    for other in (
        deliver.sign_pull(story.ru.pull(story.fr, story.fr.tree.size), story.ru.statement),
        story.ru.page(pull, []).end,
    ):
        assert refused(replace(file, wanted=replace(file.wanted, want=other))) == (MALFORMED, deliver.WANT_TYPE)


# -- what was held


def acknowledged(
    story: Story, tellings: list[Telling], position: int | None = None, *, join: Path = (), **changes: Any
) -> ProofFile:
    """A file with another acknowledgement that ru signed and logged; it speaks of the middle one."""
    said = Acknowledgement(
        f"acknowledgement--{story.ru.uuid()}",
        story.fr.fingerprint,
        story.want.size,
        story.want.log_root,
        root_over(tellings),
        len(tellings),
        HELD,
        at(7),
        None,
    )
    raw = acknowledgement.write(replace(said, **changes), at(7))
    entry = story.ru.append(story.ru.sign(Draft(parse(raw)), 7))[0]
    note = story.ru.note(8, cosigned=[(story.us, 9)], own=False)
    middle = len(tellings) // 2 if position is None else position
    inside = Place(middle, tuple(merkle.inclusion_path([telling.leaf for telling in tellings], middle)))
    held = Held(entry.signed.triple, None, inside, story.ru.place(entry), note, story.ru.path(0), join)
    return replace(story.file(held_heads=[(story.us, 9)]), held=held)


def test_an_acknowledgement_of_another_telling_is_none_of_this_one(story: Story) -> None:
    own = story.fr.telling(story.said, story.given)
    assert verify(prove.encode(acknowledged(story, [own]))).valid
    for other in strangers(story):
        assert refused(acknowledged(story, [other])) == (NOT_INCLUDED, "held")
        assert refused(acknowledged(story, [own, other], 1)) == (NOT_INCLUDED, "held")


def test_an_answer_about_other_bytes_is_not_shown_as_one_about_those_that_it_did_not_name(story: Story) -> None:
    """PROOF-FILE-32. Whoever makes the file names just the item for which the hearer signed, or the file is not valid."""
    own, other = story.fr.telling(story.said, story.given), ItemHash(bytes(32))
    answer = acknowledged(story, [replace(own, item=other)])
    assert answer.held is not None
    named_rightly = replace(answer, held=replace(answer.held, item=other))
    assert verify(prove.encode(named_rightly)).other == HELD
    for item in (None, ItemHash(bytes([1]) * 32)):
        assert refused(replace(answer, held=replace(answer.held, item=item))) == (NOT_INCLUDED, "held")
    about_these = acknowledged(story, [own])
    assert about_these.held is not None
    passed_off = replace(about_these, held=replace(about_these.held, item=other))
    assert refused(passed_off) == (NOT_INCLUDED, "held")


def test_an_answer_about_other_bytes_is_judged_as_any_other(story: Story) -> None:
    """It shows nothing of these bytes; but what stands in the file is not false."""
    own, other = story.fr.telling(story.said, story.given), ItemHash(bytes(32))
    answer = acknowledged(story, [replace(own, item=other)])
    assert answer.held is not None
    held = replace(answer.held, item=other)
    for lie, found in (
        (replace(held, genesis=()), NOT_INCLUDED),
        (replace(held, receipt=Place(1, held.receipt.path)), NOT_INCLUDED),
        (replace(held, statement=forge(held.statement)), BAD_SIGNATURE),
        (replace(held, join=(bytes(32),)), MALFORMED),
        (replace(held, note=story.held([(story.us, 9), (story.fr, 9)]).note), MALFORMED),
    ):
        assert refused(replace(answer, held=lie)) == (found, "held")


def test_an_acknowledgement_to_another_party_is_none_to_this_one(story: Story) -> None:
    own = story.fr.telling(story.said, story.given)
    assert refused(acknowledged(story, [own], to=story.us.fingerprint)) == (WRONG_ADDRESSEE, "held")


def test_an_acknowledgement_with_another_count_or_root_shows_nothing(story: Story) -> None:
    own = story.fr.telling(story.said, story.given)
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
    # A release of something else that bears the same id is another release.
    known = read_release(story.given.signed.object)
    alike = release.withdraw(replace(known, leaf=story.others[0].statement), now=at(21))
    other = story.fr.append(story.fr.sign(alike, 21))[0]
    to_us = story.fr.append(story.fr.sign(release.withdraw(replace(known, to=story.us.fingerprint), now=at(21)), 21))[0]
    for entry in (story.fr.withdraw(again, 21), again, story.given, other, to_us):
        assert refused(replace(story, withdrawal=entry).file()) == (CONTENT_MISMATCH, "withdrawal")
    assert verify(prove.encode(replace(story, withdrawal=story.fr.withdraw(story.given, 22)).file())).valid


def test_a_withdrawal_from_before_the_release_shows_nothing() -> None:
    """Before it in the log: its place is a fact, as the time that it names is not."""
    story = Story.make()
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
    nothing = replace(story.fr.telling(story.said, story.given), statement=NO_STATEMENT)
    notice = replace(nothing, item=item_hash(None, story.given.signed.triple))
    for telling in (nothing, notice):
        assert refused(acknowledged(story, [telling])) == (NOT_INCLUDED, "held")
        assert refused(only(story, telling)) == (NOT_INCLUDED, "want")
