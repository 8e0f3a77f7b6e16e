"""Times contradict one another only where the later could not have been made without the earlier, just beyond the slack."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.exchange import acknowledge
from comity.exchange.times import BEFORE_COSIGNATURE, BETWEEN_CLAIMS, Claim, Timeline, of_an_answer, slack
from comity.exchange.verify import verify
from comity.model.fingerprint import Fingerprint
from comity.space import instant
from unit.exchange.speaker import Story, at
from unit.exchange.test_verify import judged

FR, RU, US = (Fingerprint(digit * 64) for digit in "012")
SECONDS = st.integers(0, 4_000_000_000)


def claim(by: Fingerprint, second: int, *, cosigned: bool = False) -> Claim:
    return Claim("did", by, by[:1], instant.from_seconds(second), cosigned)


@given(SECONDS, st.integers(-5, 5), st.sampled_from([(FR, FR, 0), (FR, RU, BETWEEN_CLAIMS)]))
def test_claims_contradict_one_another_beyond_ten_minutes_and_those_of_one_party_at_once(
    first: int, off: int, who: tuple[Fingerprint, Fingerprint, int]
) -> None:
    one, other, allowed = who
    second = first + allowed + 5
    line = Timeline()
    line.then(claim(one, second))
    line.then(claim(other, second - allowed + off))
    assert bool(line.contradictions) is (off < 0)


@given(SECONDS, st.integers(-5, 5), st.booleans())
def test_a_claim_and_a_counted_cosignature_contradict_one_another_beyond_five_minutes(
    first: int, off: int, beside: bool
) -> None:
    second = first + BEFORE_COSIGNATURE + 5
    line, said = Timeline(), claim(FR, second)
    if not beside:
        line.then(said)
    found = line.cosigned(claim(US, second - BEFORE_COSIGNATURE + off, cosigned=True), FR, [said] if beside else [])
    assert found is bool(line.contradictions) is (off < 0)


def test_what_does_not_count_is_a_claim_as_others_are() -> None:
    assert slack(claim(FR, 0), claim(RU, 0)) == BETWEEN_CLAIMS == 600
    assert slack(claim(FR, 0), claim(US, 0, cosigned=True)) == BEFORE_COSIGNATURE == 300
    assert slack(claim(FR, 0), claim(FR, 0)) == 0


def test_of_each_party_that_is_said_to_come_after_the_furthest_is_named() -> None:
    line = Timeline()
    for by, second in ((FR, 5000), (FR, 9000), (RU, 9000), (RU, 9500)):
        line.then(claim(by, second))
    assert not line.contradictions
    assert line.cosigned(claim(US, 0, cosigned=True), RU)
    assert [(one.earlier.by, one.earlier.second) for one in line.contradictions] == [(FR, 9000), (RU, 9500)]


def test_another_takes_nothing_from_a_cosignature_that_it_contradicts() -> None:
    line = Timeline()
    line.then(claim(FR, 9000))
    assert not line.cosigned(claim(US, 0, cosigned=True), RU)
    assert [one.earlier.by for one in line.contradictions] == [FR]


def test_nothing_has_to_come_after_what_stands_beside() -> None:
    line = Timeline()
    line.then(claim(FR, 10_000))
    assert line.beside(claim(FR, 20_000)).second == 20_000
    line.then(claim(RU, 10_000))
    assert not line.contradictions
    line.beside(claim(FR, 9_999))
    assert len(line.contradictions) == 1


NEAR = st.sampled_from([-601, -600, -599, -1, 0, 1, 599, 600, 601])


@given(st.integers(2000, 4_000_000_000), st.integers(0, 3), NEAR, NEAR)
def test_a_teller_finds_wrong_in_an_answer_what_a_file_would_name_and_what_lies_in_time_to_come(
    released: int, passed: int, received: int, answered: int
) -> None:
    line = Timeline()
    for by, second in ((FR, 0), (RU, received), (RU, answered)):
        line.then(claim(by, released + second))
    found = of_an_answer(released + received, released + answered, released=released, now=released + passed)
    assert (found is None) is (not line.contradictions and max(received, answered) <= passed + 600)


@pytest.mark.parametrize(
    ("received", "answered", "wrong"),
    [
        (-601, 5, "before it was released (received at 1970-01-12T13:36:39Z"),
        (5, 701, "in time to come"),
        (6, 5, "answered before it was received"),
    ],
)
def test_what_is_wrong_in_an_answer_is_said_with_the_times(received: int, answered: int, wrong: str) -> None:
    found = of_an_answer(10**6 + received, 10**6 + answered, released=10**6, now=10**6 + 100)
    assert wrong in (found or "")


# -- in files


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["fr", "ru", "us", "cn"]), st.integers(-1500, 1500)),
    st.booleans(),
    st.booleans(),
)
def test_no_two_clocks_that_go_alike_are_said_to_contradict_one_another(
    clocks: dict[str, float], offered: bool, own: bool
) -> None:
    """Everything happens here in its order; only clocks are wrong. Each contradiction is between two that are far apart."""
    story = Story.make(clocks=clocks, answer_by=6, withdrawn=20)
    verdict = judged(story, offered=offered, own=own, told_heads=[(story.us, 30), (story.ru, 31)])
    for one in verdict.contradictions:
        early, late = (clocks.get(claim.label, 0) for claim in (one.earlier, one.later))
        assert early - late > slack(one.earlier, one.later)
    ahead = [clocks.get(who, 0) for who in ("fr", "ru", "us", "cn")]
    if max(ahead) - min(ahead) <= 300:
        assert verdict.sound
        assert verdict.proved_by is not None


def test_an_offer_or_a_want_of_after_the_answer_is_no_contradiction() -> None:
    """A teller offers again what was answered, where a page holds something else that was not; and a hearer has asked twice."""
    story = Story.make()
    later = Story.make()
    later.offer = later.fr.offers(later.ru, later.tellings, when=90_000)
    later.want = later.ru.want(later.fr, later.tellings, when=90_000)
    for one in (story, later):
        verdict = judged(one, offered=True)
        assert verdict.sound
        assert [rung.name for rung in verdict.ladder][-3:] == ["offered", "fetched", "held"]


def test_an_offer_or_a_want_of_before_the_release_is_a_contradiction() -> None:
    story = Story.make()
    story.offer = story.fr.offers(story.ru, story.tellings, when=1)
    story.want = story.ru.want(story.fr, story.tellings, when=2 - 601)
    verdict = judged(story, offered=True)
    assert [(one.earlier.what, one.later.what) for one in verdict.contradictions] == [
        ("released it", "offered it"),
        ("released it", "asked for it"),
    ]
    assert (verdict.valid, verdict.sound) == (True, False)


def test_a_release_that_was_withdrawn_before_it_was_received_is_no_contradiction() -> None:
    assert judged(Story.make(withdrawn=3)).sound


# -- times that liars gave to valid, trusted files


def test_a_silence_in_a_head_that_was_cosigned_before_it_was_said_is_a_contradiction() -> None:
    """A3. Said to have been signed at 10:20, it stands in a head that a third party cosigned at 10:05."""
    story = Story.make(answer_by=1199)
    verdict = judged(story, told_heads=[(story.us, 300)], headed=1200)
    (one,) = verdict.contradictions
    assert one.as_dict() == {
        "earlier": {"what": "said that no answer had reached it", "by": "fr", "at": "2026-11-26T10:20:00Z"},
        "later": {"what": "cosigned the log that holds it", "by": "us", "at": "2026-11-26T10:05:00Z"},
    }
    assert [(one.party, one.contradicted) for one in verdict.behind_teller] == [("us", True)]
    assert "witnessed" not in [rung.name for rung in verdict.ladder]
    assert (verdict.valid, verdict.sound, verdict.held_by) == (True, False, "ru")


@pytest.mark.parametrize(("second", "sound"), [(900, True), (899, False)])
def test_what_stands_beside_is_compared_with_cosignatures_to_the_second(second: int, sound: bool) -> None:
    silent = Story.make(answer_by=1199)
    taken = Story.make(withdrawn=1200)
    for story in (silent, taken):
        assert judged(story, told_heads=[(story.us, second)], headed=1200).sound is sound


def test_a_silence_beside_an_answer_that_was_proved_before_is_shown_and_accuses_nobody() -> None:
    """A3b. The answer had not reached the teller: when it was given is another matter."""
    story = Story.make(answer_by=1200)
    verdict = judged(story, told_heads=[(story.us, 1300)], held_heads=[(story.us, 360)])
    assert (verdict.held_by, verdict.proved_by, verdict.unacknowledged_at) == ("ru", at(361), at(1200))
    assert (verdict.sound, verdict.contradictions, verdict.notes) == (True, [], [])


YEAR = 31_557_600


def test_what_was_said_in_2031_contradicts_all_that_was_done_with_it_in_2026() -> None:
    """A4. That the hearer had it by then is proved all the same: only the teller dates it otherwise."""
    story = Story.make(clocks={"fr": 5 * YEAR})
    verdict = judged(story)
    assert (verdict.valid, verdict.sound) == (True, False)
    assert {one.contradicted for one in verdict.behind_teller} == {True}
    assert {one.contradicted for one in verdict.behind_hearer} == {False}
    assert verdict.proved_by is not None
    assert "witnessed" not in [rung.name for rung in verdict.ladder]
    assert {one.later.by for one in verdict.contradictions} == {
        one.fingerprint for one in (story.ru, story.us, story.cn)
    }


@pytest.mark.parametrize("refused", [None, "my-own"])
def test_what_was_answered_in_1999_contradicts_the_release(refused: str | None) -> None:
    """A5. The third parties' word stands as it was: it is a bound, and holds whatever the hearer says."""
    verdict = judged(Story.make(clocks={"ru": -27 * YEAR}, refused=refused), wanted=False)
    assert (verdict.valid, verdict.sound, verdict.proved_by) == (True, False, at(10))
    assert [(one.earlier.label, one.later.what) for one in verdict.contradictions] == [
        ("fr", "received it"),
        ("fr", "answered"),
    ]


@pytest.mark.parametrize(("quorum", "proved"), [(1, 12), (2, None)])
def test_a_witness_of_1970_counts_for_nothing(quorum: int, proved: int | None) -> None:
    """P. The one that tells the truth counts by itself."""
    story = Story.make()
    epoch = 1 - at(0) // 1000
    heads = [(story.us, epoch), (story.cn, 11)]
    verdict = judged(story, quorum=quorum, told_heads=heads, held_heads=heads)
    assert verdict.proved_by == (None if proved is None else at(proved))
    assert [rung.at for rung in verdict.ladder if rung.name == "witnessed"] == ([] if proved is None else [at(proved)])
    for behind in (verdict.behind_teller, verdict.behind_hearer):
        assert [(one.party, one.contradicted) for one in behind] == [("us", True), ("cn", False)]
    assert {one.later.label for one in verdict.contradictions} == {"us"}
    assert not verdict.sound


def test_a_reader_who_does_not_know_the_lying_witness_is_not_troubled_by_it() -> None:
    story = Story.make()
    heads = [(story.us, -1_000_000), (story.cn, 11)]
    trust = {name: given for name, given in story.trust.items() if name != "us"}
    verdict = judged(story, trust, told_heads=heads, held_heads=heads)
    assert (verdict.sound, verdict.proved_by) == (True, at(12))


@pytest.mark.parametrize(("second", "named"), [(2, []), (3, [("said it", "released it")])])
def test_what_was_said_after_it_was_released_is_a_contradiction_at_once(
    second: int, named: list[tuple[str, str]]
) -> None:
    """The release names it, so that it was there before."""
    story = Story.make()
    story.said = story.fr.say(when=second)
    story.given, story.others = story.fr.release(story.said, story.ru, when=2), []
    verdict = judged(story, answered=False, wanted=False)
    assert [(one.earlier.what, one.later.what) for one in verdict.contradictions] == named


def answered_at(second: int) -> Story:
    """ru received it at the seventh second, and signed its answer at another."""
    story = Story.make()
    draft = acknowledge.held(story.tellings, of=story.fr.teller_head(), now=at(7), uuid=story.ru.uuid())
    story.answer = story.ru.append(story.ru.sign(draft, second))[0]
    return story


@pytest.mark.parametrize(("second", "sound"), [(7, True), (6, False)])
def test_what_was_answered_before_it_was_received_is_a_contradiction_at_once(second: int, sound: bool) -> None:
    verdict = judged(answered_at(second))
    assert [(one.earlier.what, one.later.what) for one in verdict.contradictions] == (
        [] if sound else [("received it", "answered")]
    )


@pytest.mark.parametrize(("second", "proved"), [(309, 10), (310, 12), (311, 12), (312, None)])
def test_an_answer_is_compared_with_cosignatures_by_when_it_was_signed(second: int, proved: int | None) -> None:
    """Whatever it says of when it was received."""
    verdict = judged(answered_at(second))
    assert verdict.proved_by == (None if proved is None else at(proved))
    assert {one.earlier.what for one in verdict.contradictions} == (set() if second == 309 else {"answered"})


@pytest.mark.parametrize(("headed", "sound"), [(2, True), (1, False)])
def test_a_tellers_own_cosignature_of_before_what_it_holds_is_a_contradiction_at_once(headed: int, sound: bool) -> None:
    verdict = judged(headed=headed)
    assert verdict.sound is sound
    assert [(one.earlier.what, one.later.by) for one in verdict.contradictions] == (
        [] if sound else [("released it", verdict.teller)]
    )


@pytest.mark.parametrize(("second", "sound"), [(2 - 600, True), (2 - 601, False)])
def test_a_hearers_cosignature_of_the_tellers_head_is_its_claim(second: int, sound: bool) -> None:
    story = Story.make()
    verdict = judged(story, told_heads=[(story.ru, second)])
    assert verdict.sound is sound
    assert ("witnessed" in [rung.name for rung in verdict.ladder]) is sound
    assert verdict.behind_teller == []


def test_a_hearers_cosignature_is_compared_even_where_third_parties_suffice() -> None:
    story = Story.make()
    verdict = judged(story, told_heads=[(story.us, 8), (story.ru, -601)])
    assert [(rung.by, rung.at) for rung in verdict.ladder if rung.name == "witnessed"] == [("us", at(9))]
    assert [one.later.label for one in verdict.contradictions] == ["ru"]


@pytest.mark.parametrize(("withdrawn", "sound"), [(2, True), (1, False)])
def test_a_withdrawal_said_to_be_of_before_the_release_is_a_contradiction_at_once(withdrawn: int, sound: bool) -> None:
    """By its place in the log it came after; a clock that was set back must not make the file not valid."""
    verdict = judged(Story.make(withdrawn=withdrawn))
    assert (verdict.valid, verdict.sound, verdict.withdrawn_at) == (True, sound, at(withdrawn))


def test_contradictions_stand_in_the_verdict_as_values() -> None:
    told = judged(Story.make(withdrawn=1)).as_dict()
    assert told["contradictions"] == [
        {
            "earlier": {"what": "released it", "by": "fr", "at": "2026-11-26T10:00:02Z"},
            "later": {"what": "withdrew it", "by": "fr", "at": "2026-11-26T10:00:01Z"},
        }
    ]
    assert verify(b"").as_dict()["contradictions"] == []
