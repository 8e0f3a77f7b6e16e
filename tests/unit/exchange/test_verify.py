"""What an honest proof file shows: rungs on their own evidence, times on their own basis, and nothing above them."""

import json
from typing import Any

import pytest

from comity.errors import BAD_ARGUMENT, BAD_SIGNATURE, FINGERPRINT_MISMATCH, LocalError
from comity.exchange import prove
from comity.exchange.verify import Verdict, verify
from comity.model.fingerprint import Fingerprint
from comity.proof.keys import P256SigningKey
from unit.exchange.speaker import Speaker, Story, at

STORY = Story.make()


def judged(story: Story = STORY, trust: dict[str, Fingerprint] | None = None, quorum: int = 1, **parts: Any) -> Verdict:
    verdict = verify(prove.encode(story.file(**parts)), trust, quorum)
    assert (verdict.valid, verdict.problems) == (True, [])
    return verdict


def trusting(*names: str) -> dict[str, Fingerprint]:
    return {name: STORY.trust[name] for name in names}


def rungs(verdict: Verdict) -> list[tuple[str, int, str, str]]:
    return [(rung.name, (rung.at - at(0)) // 1000, rung.by, rung.basis) for rung in verdict.ladder]


def test_a_whole_file_shows_who_told_whom_what_and_when() -> None:
    verdict = judged()
    assert (verdict.said_by, verdict.told_to, verdict.held_by) == ("fr", "ru", "ru")
    assert (verdict.statement, verdict.type) == (STORY.said.id.hex(), "report")
    assert verdict.object == STORY.said.signed.object.id
    assert verdict.content == STORY.said.signed.object.raw
    assert (verdict.said_at, verdict.held_at) == (at(1), at(7))
    assert verdict.fingerprints == STORY.trust
    assert verdict.refused is None


def test_each_rung_stands_on_its_own_evidence_and_says_on_whose_word_its_time_is() -> None:
    assert rungs(judged()) == [
        ("said", 1, "fr", "claimed"),
        ("logged", 5, "fr", "claimed"),
        ("witnessed", 8, "us", "cosigned"),
        ("released", 2, "fr", "claimed"),
        ("fetched", 10, "ru", "inferred"),
        ("held", 7, "ru", "claimed"),
    ]


@pytest.mark.parametrize(
    ("parts", "names"),
    [
        ({"answered": False}, ["said", "logged", "witnessed", "released", "fetched"]),
        ({"answered": False, "pulled": False}, ["said", "logged", "witnessed", "released"]),
        ({"answered": False, "pulled": False, "told_heads": []}, ["said", "logged", "released"]),
        ({"pulled": False, "told_heads": []}, ["said", "logged", "released", "held"]),
    ],
)
def test_a_rung_without_evidence_is_left_out_and_never_inferred_from_a_higher_one(
    parts: dict[str, Any], names: list[str]
) -> None:
    verdict = judged(**parts)
    assert [name for name, *_ in rungs(verdict)] == names
    if "held" not in names:
        assert (verdict.held_by, verdict.held_at, verdict.proved_at) == (None, None, None)
        assert (verdict.told_to, verdict.witnesses) == ("ru", [])


@pytest.mark.parametrize("name", ["ru", "us"])
def test_the_one_who_cosigned_the_tellers_head_dates_the_rung_be_it_the_hearer(name: str) -> None:
    heads = [(getattr(STORY, name), 12)]
    assert ("witnessed", 12, name, "cosigned") in rungs(judged(told_heads=heads))


# -- proved time


@pytest.mark.parametrize(("quorum", "proved"), [(1, at(9)), (2, at(11)), (3, None), (64, None)])
def test_the_proved_time_is_the_k_th_earliest_cosignature_of_third_parties(quorum: int, proved: int | None) -> None:
    verdict = judged(quorum=quorum)
    assert verdict.proved_at == proved
    assert verdict.witnesses == [
        {"party": "us", "at": "2026-11-26T10:00:09.000Z"},
        {"party": "cn", "at": "2026-11-26T10:00:11.000Z"},
    ]


def test_where_no_third_party_cosigned_no_time_is_proved() -> None:
    verdict = judged(held_heads=[], told_heads=[])
    assert (verdict.proved_at, verdict.witnesses) == (None, [])


def test_with_fingerprints_given_only_parties_among_them_prove_a_time() -> None:
    assert judged(trust=trusting("fr", "ru", "cn")).proved_at == at(11)
    assert judged(trust=trusting("fr", "ru", "cn"), quorum=2).proved_at is None
    assert judged(trust=trusting("fr", "ru", "us", "cn"), quorum=2).proved_at == at(11)
    nobody = judged(trust=trusting("fr", "ru"))
    assert (nobody.proved_at, nobody.witnesses, nobody.trusted) == (None, [], True)


def test_a_made_up_witness_dates_nothing_for_a_reader_who_has_fingerprints() -> None:
    made_up = Speaker("un")
    verdict = judged(
        trust=trusting("fr", "ru", "us"),
        told_heads=[(made_up, -10_000_000)],
        held_heads=[(made_up, -10_000_000), (STORY.us, 9)],
    )
    assert "witnessed" not in [name for name, *_ in rungs(verdict)]
    assert verdict.proved_at == at(9)


@pytest.mark.parametrize("quorum", [0, -1])
def test_a_quorum_of_none_is_refused_for_it_would_prove_any_time(quorum: int) -> None:
    with pytest.raises(LocalError) as caught:
        verify(STORY.bytes(), None, quorum)
    assert caught.value.code == BAD_ARGUMENT


# -- trust


def test_a_file_is_valid_without_trust_and_says_so() -> None:
    assert not judged().trusted
    assert not judged(trust={}).trusted


def test_a_file_is_trusted_if_tellers_and_hearers_fingerprints_are_those_given() -> None:
    assert judged(trust=trusting("fr", "ru")).trusted
    assert not judged(trust=trusting("fr")).trusted
    assert not judged(trust=trusting("ru")).trusted
    assert not judged(trust=trusting("us", "cn")).trusted
    assert judged(trust=trusting("fr", "ru") | {"de": STORY.us.fingerprint}).trusted


@pytest.mark.parametrize("name", ["fr", "ru", "us", "cn"])
def test_a_name_given_with_another_fingerprint_makes_the_file_not_valid(name: str) -> None:
    trust = STORY.trust | {name: Fingerprint("0" * 64)}
    verdict = verify(STORY.bytes(), trust)
    assert not verdict.valid
    assert not verdict.trusted
    assert [(one["code"], one["place"]) for one in verdict.problems] == [(FINGERPRINT_MISMATCH, "parties")]
    assert verdict.problems[0]["evidence"] == {"expected": "0" * 64, "found": STORY.trust[name]}


# -- refusal and silence


def test_a_refusal_is_shown_as_one_and_not_as_held() -> None:
    verdict = judged(Story.make(refused=BAD_SIGNATURE))
    assert verdict.refused == BAD_SIGNATURE
    assert (verdict.held_by, verdict.held_at) == (None, None)
    assert rungs(verdict)[-1] == ("refused", 7, "ru", "claimed")
    assert verdict.proved_at == at(9)


def test_a_silence_is_shown_as_the_tellers_word_with_the_time_that_passed() -> None:
    verdict = judged(Story.make(answer_by=6), answered=False)
    assert rungs(verdict)[-1] == ("unacknowledged", 6, "fr", "claimed")
    assert verdict.held_by is None


def test_an_answer_that_came_too_late_stands_beside_the_silence() -> None:
    names = [name for name, *_ in rungs(judged(Story.make(answer_by=6)))]
    assert names[-2:] == ["held", "unacknowledged"]


# -- exercises


def test_a_file_with_a_party_of_an_exercise_in_it_says_that_none_of_it_has_happened() -> None:
    assert not judged().reconstruction
    assert judged().as_dict()["reconstruction"] is False
    played = Speaker("un", played=True)
    verdict = judged(held_heads=[(STORY.us, 9), (played, 10)])
    assert verdict.reconstruction
    assert verdict.as_dict()["reconstruction"] is True


# -- forms


def test_a_teller_may_sign_with_p256() -> None:
    assert judged(Story.make(statement=P256SigningKey(77))).said_by == "fr"


def test_a_verdict_is_told_in_plain_values_with_times_in_utc() -> None:
    told = judged(trust=STORY.trust).as_dict()
    assert json.loads(json.dumps(told)) == told
    assert (told["said_at"], told["proved_at"]) == ("2026-11-26T10:00:01.000Z", "2026-11-26T10:00:09.000Z")
    assert told["ladder"][0] == {"rung": "said", "at": "2026-11-26T10:00:01.000Z", "by": "fr", "basis": "claimed"}
    assert "content" not in told


def test_a_file_that_is_not_valid_shows_nothing_but_what_is_wrong_with_it() -> None:
    told = verify(STORY.bytes()[:-1], STORY.trust).as_dict()
    assert [problem["code"] for problem in told.pop("problems")] == ["malformed"]
    assert not any(told.values())


def test_judging_says_nothing_that_could_be_taken_for_a_clearance() -> None:
    words = json.dumps([judged().as_dict(), verify(b"").as_dict()]).lower()
    assert not any(word in words for word in ("clear", "approved", "safe"))
