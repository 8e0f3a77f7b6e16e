"""A file of what a hearer refused shows that: these bytes were offered and refused, and whether they bear it out."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.errors import (
    BAD_SIGNATURE,
    CONTENT_MISMATCH,
    MALFORMED,
    MARKING,
    NOT_CONSISTENT,
    NOT_INCLUDED,
    NOT_JSON,
    NOT_STIX,
    TOO_LARGE,
    UNKNOWN_ALGORITHM,
    UNKNOWN_KEY,
    WRONG_ADDRESSEE,
    WRONG_ISSUER,
)
from comity.exchange import deliver, prove
from comity.exchange.acknowledge import OF_THE_BYTES
from comity.exchange.prove import Held, Place, ProofFile
from comity.exchange.verify import Verdict, verify
from comity.model import content
from comity.model.acknowledgement import Telling
from comity.model.content import MAX_CONTENT
from comity.model.statement import Draft, Signed, Triple
from comity.proof.keys import Signer
from unit.exchange.speaker import REPORT, Speaker, Story, at
from unit.exchange.test_verify import UNREADABLE
from unit.exchange.test_verify_liars import forge, refused, reworded

Pair = tuple[Triple | None, Triple]


@pytest.fixture
def story() -> Story:
    return Story.make()


def good(story: Story) -> Pair:
    return story.said.signed.triple, story.given.signed.triple


def judged(file: ProofFile, **reader: Any) -> Verdict:
    verdict = verify(prove.encode(file), **reader)
    assert (verdict.valid, verdict.problems) == (True, [])
    return verdict


# -- bytes with each of the faults for which they can be refused


def raw(fr: Speaker, data: bytes, signer: Signer | None = None) -> Signed:
    """A statement with some content, be it none that anybody says."""
    return fr.sign(Draft(replace(content.parse(REPORT), raw=data)), signer=signer)


def told(story: Story, said: Signed, to: Speaker | None = None) -> Pair:
    logged = story.fr.append(said)[0]
    return said.triple, story.fr.release(logged, to or story.ru).signed.triple


def another_algorithm(triple: Triple) -> Triple:
    """The protected header says another one; the signature is the old one."""
    return triple[0].replace(b"\x01\x27", b"\x01\x28", 1), triple[1], triple[2]


def faulty(story: Story, reason: str) -> Pair:
    """An item with just this fault."""
    said, given = good(story)
    assert said is not None
    fr = story.fr
    match reason:
        case "bad-signature":
            return said, forge(given)
        case "content-mismatch":
            return reworded(said), given
        case "malformed":
            return (b"\xff", said[1], said[2]), given
        case "not-json":
            return told(story, raw(fr, b"{"))
        case "not-stix":
            return told(story, raw(fr, UNREADABLE))
        case "too-large":
            return told(story, raw(fr, b" " * (MAX_CONTENT + 1)))
        case "unknown-algorithm":
            return another_algorithm(said), given
        case "unknown-key":
            return told(story, raw(fr, REPORT, fr.log))
        case "wrong-addressee":
            return said, fr.release(story.said, story.us).signed.triple
        case _:
            return story.us.say().signed.triple, given


def test_every_reason_that_bytes_bear_out_is_made_here() -> None:
    assert {
        BAD_SIGNATURE,
        CONTENT_MISMATCH,
        MALFORMED,
        NOT_JSON,
        NOT_STIX,
        TOO_LARGE,
        UNKNOWN_ALGORITHM,
        UNKNOWN_KEY,
        WRONG_ADDRESSEE,
        WRONG_ISSUER,
    } == OF_THE_BYTES


@pytest.mark.parametrize("fault", sorted(OF_THE_BYTES))
def test_bytes_bear_out_the_reason_that_is_theirs_and_no_other(fault: str) -> None:
    for reason in sorted(OF_THE_BYTES):
        story = Story.make()
        said, given = faulty(story, fault)
        verdict = judged(story.refusal(reason, statement=said, release=given))
        assert (verdict.refused, verdict.borne_out) == (reason, reason == fault)


@pytest.mark.parametrize("fault", sorted(OF_THE_BYTES))
def test_a_reason_of_the_hearers_own_is_its_word_whatever_the_bytes_are(fault: str) -> None:
    story = Story.make()
    said, given = faulty(story, fault)
    verdict = judged(story.refusal(MARKING, statement=said, release=given))
    assert (verdict.refused, verdict.borne_out) == (MARKING, None)


@pytest.mark.parametrize("reason", sorted(OF_THE_BYTES))
def test_good_bytes_bear_out_nothing(story: Story, reason: str) -> None:
    """Whoever refuses a flawless warning is contradicted by it, in its own file as in the teller's."""
    said, given = good(story)
    assert judged(story.refusal(reason, statement=said, release=given)).borne_out is False


def test_such_a_file_shows_who_offered_whom_and_no_more_of_what_was_offered(story: Story) -> None:
    said, given = good(story)
    verdict = judged(story.refusal(MARKING, statement=said, release=given))
    assert [(rung.name, rung.by, rung.at) for rung in verdict.ladder] == [
        ("offered", "fr", at(6)),
        ("refused", "ru", at(7)),
    ]
    assert (verdict.told_by, verdict.told_to, verdict.teller) == ("fr", "ru", story.fr.fingerprint)
    nothing = (verdict.said_by, verdict.statement, verdict.object, verdict.type, verdict.content, verdict.said_at)
    assert set(nothing) == {None}
    assert (verdict.offered_at, verdict.refused_at, verdict.proved_by) == (at(6), at(7), at(10))
    assert verdict.item == story.fr.telling(story.said, story.given).item.hex()
    assert (verdict.held_by, verdict.released_at, verdict.other) == (None, None, None)


def test_the_refusal_of_a_withdrawal_has_no_statement(story: Story) -> None:
    taken = story.fr.withdraw(story.given)
    file = story.refusal(NOT_STIX, statement=None, release=taken.signed.triple)
    assert judged(file).borne_out is False
    assert judged(story.refusal(BAD_SIGNATURE, statement=None, release=forge(taken.signed.triple))).borne_out is True
    # A release that carries no statement is none.
    alone = story.refusal(CONTENT_MISMATCH, statement=None, release=story.given.signed.triple)
    assert judged(alone).borne_out is True


def test_times_trust_and_third_parties_are_as_in_any_file(story: Story) -> None:
    said, given = good(story)
    file = story.refusal(MARKING, statement=said, release=given, told_heads=[(story.us, 8), (story.ru, 8)])
    verdict = judged(file, trust=story.trust, quorum=2)
    assert (verdict.trusted, verdict.proved_by) == (True, at(12))
    assert [one.party for one in verdict.behind_teller] == ["us"]
    early = story.refusal(MARKING, statement=said, release=given, held_heads=[(story.us, 7 - 301)])
    assert (judged(early).sound, judged(early).proved_by) == (False, None)
    just = story.refusal(MARKING, statement=said, release=given, held_heads=[(story.us, 7 - 300)])
    assert judged(just).sound


def test_an_offer_of_after_the_refusal_is_no_contradiction(story: Story) -> None:
    """The teller may offer it again, and the time of a page end is the teller's word as of then."""
    said, given = good(story)
    file = story.refusal(MARKING, statement=said, release=given)
    assert file.ended is not None
    end = replace(story.fr.offers(story.ru, [file.telling]), at=int(at(9000)) // 1000)
    # The answer that stands in the log by now is no matter of the teller's head.
    again = replace(file, ended=replace(file.ended, end=deliver.sign_page_end(end, story.fr.statement)))
    assert judged(again).sound


# -- of the file's very bytes


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["statement", "release"]), st.integers(0, 2), st.data())
def test_whatever_bit_of_the_bytes_is_another_nothing_is_shown_of_them(
    part: str, index: int, data: st.DataObject
) -> None:
    story = Story.make()
    said, given = good(story)
    file = story.refusal(MARKING, statement=said, release=given)
    triple: list[bytes] = list(getattr(file, part))
    spot = data.draw(st.integers(0, len(triple[index]) - 1))
    bit = 1 << data.draw(st.integers(0, 7))
    triple[index] = triple[index][:spot] + bytes([triple[index][spot] ^ bit]) + triple[index][spot + 1 :]
    change: dict[str, Any] = {part: tuple(triple)}
    assert refused(replace(file, **change)) == (NOT_INCLUDED, "end")


def test_neither_an_offer_nor_a_refusal_of_other_bytes_shows_anything_of_these(story: Story) -> None:
    said, given = good(story)
    own, other = story.fr.telling(story.said, story.given), story.others[0]
    assert refused(story.refusal(MARKING, statement=said, release=given, signed=other)) == (NOT_INCLUDED, "end")
    file = story.refusal(MARKING, statement=said, release=given)
    assert file.held is not None
    assert refused(replace(file, held=answer(story, [other]))) == (NOT_INCLUDED, "held")
    assert refused(replace(file, held=answer(story, [replace(own, item=other.item)]))) == (NOT_INCLUDED, "held")
    assert judged(replace(file, held=answer(story, [own]))).refused == MARKING


def answer(story: Story, tellings: list[Telling], reason: str | None = MARKING, by: Speaker | None = None) -> Held:
    """What ru or another answers about tellings of fr, with the place of the first of them."""
    hearer = by or story.ru
    said = hearer.holds(story.fr, tellings) if reason is None else hearer.refuses(story.fr, tellings, reason)
    note = prove.in_order(hearer.note(8, cosigned=[(story.us, 9), (story.cn, 11)], own=False))
    return Held(said.signed.triple, None, Place(0, ()), hearer.place(said), note, hearer.path(0), ())


def test_what_was_held_is_shown_with_its_places_or_not_at_all(story: Story) -> None:
    """Else a hearer could show that it was told, with no log of the teller's that holds it."""
    said, given = good(story)
    file = story.refusal(MARKING, statement=said, release=given)
    held = answer(story, [story.fr.telling(story.said, story.given)], None)
    assert refused(replace(file, held=held)) == (MALFORMED, "held")


def test_a_page_end_of_another_or_to_another_offered_nothing_to_this_hearer(story: Story) -> None:
    said, given = good(story)
    file = story.refusal(MARKING, statement=said, release=given)
    assert file.ended is not None

    def ended(signer: Speaker, whom: Speaker, **lies: Any) -> ProofFile:
        assert file.ended is not None
        signed = deliver.sign_page_end(replace(story.fr.offers(whom, [file.telling]), **lies), signer.statement)
        return replace(file, ended=replace(file.ended, end=signed))

    assert judged(ended(story.fr, story.ru)).refused == MARKING
    kind = deliver.PAGE_END_TYPE
    assert refused(ended(story.fr, story.us)) == (WRONG_ADDRESSEE, "end")
    assert refused(ended(story.us, story.ru)) == (UNKNOWN_KEY, kind)
    assert refused(ended(story.fr, story.ru, by=story.us.fingerprint)) == (WRONG_ADDRESSEE, "end")
    for lie in ({"count": 2}, {"count": 0}, {"root": bytes(32)}):
        assert refused(ended(story.fr, story.ru, **lie)) == (NOT_INCLUDED, "end")
    for lie in ({"size": 99}, {"log_root": bytes(32)}, {"size": 1}):
        assert refused(ended(story.fr, story.ru, **lie)) == (NOT_CONSISTENT, "end")
    assert refused(ended(story.fr, story.ru, at=2**62)) == (MALFORMED, kind)
    want = deliver.sign_want(story.want, story.ru.statement)
    assert refused(replace(file, ended=replace(file.ended, end=want))) == (MALFORMED, kind)


def test_a_party_never_refuses_what_it_was_told_by_itself(story: Story) -> None:
    """PROOF-FILE-31."""
    said, given = good(story)
    alone = replace(story, ru=story.fr)
    assert refused(alone.refusal(MARKING, statement=said, release=given)) == (MALFORMED, "held")


def test_a_refusal_that_another_signed_is_that_ones(story: Story) -> None:
    said, given = good(story)
    file = story.refusal(MARKING, statement=said, release=given)
    theirs = answer(story, [file.telling], by=story.us)
    assert refused(replace(file, held=theirs)) == (WRONG_ADDRESSEE, "end")
    unknown = answer(story, [file.telling], by=Speaker("un"))
    assert refused(replace(file, held=unknown)) == (UNKNOWN_KEY, "parties")


def test_it_begins_with_both_logs_as_any_file_does(story: Story) -> None:
    said, given = good(story)
    file = story.refusal(MARKING, statement=said, release=given)
    assert file.held is not None
    assert refused(replace(file, genesis=())) == (NOT_INCLUDED, "log")
    assert refused(replace(file, held=replace(file.held, genesis=()))) == (NOT_INCLUDED, "held")
    assert refused(replace(file, held=replace(file.held, join=(bytes(32),)))) == (NOT_CONSISTENT, "held")
    forged = replace(file.held, statement=forge(file.held.statement))
    assert refused(replace(file, held=forged)) == (BAD_SIGNATURE, "held")
    noted = replace(file.held, statement=story.ru.say().signed.triple)
    assert refused(replace(file, held=noted)) == (NOT_STIX, "held/type")
    more = tuple(sorted([*file.parties, Speaker("un").descriptor.signed.triple]))
    assert refused(replace(file, parties=more)) == (MALFORMED, "parties")


def test_a_reconstruction_is_one_in_a_refusal_too() -> None:
    story = Story.make(played=["ru"])
    said, given = good(story)
    assert judged(story.refusal(MARKING, statement=said, release=given)).reconstruction
