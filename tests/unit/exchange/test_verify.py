"""What an honest proof file shows: rungs on their own evidence, times on their own basis, and nothing above them."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.errors import (
    BAD_ARGUMENT,
    BAD_SIGNATURE,
    MARKING,
    NAME_TAKEN,
    NOT_STIX,
    LocalError,
)
from comity.exchange import prove
from comity.exchange.acknowledge import OF_THE_BYTES
from comity.exchange.verify import Verdict, verify
from comity.model import content
from comity.model.acknowledgement import HELD, REFUSED
from comity.model.fingerprint import Fingerprint
from comity.model.statement import ItemHash
from comity.proof.keys import P256SigningKey
from unit.exchange.speaker import REPORT, Speaker, Story, at

STORY = Story.make()


def judged(story: Story = STORY, trust: dict[str, Fingerprint] | None = None, quorum: int = 1, **parts: Any) -> Verdict:
    verdict = verify(prove.encode(story.file(**parts)), trust, quorum)
    assert (verdict.valid, verdict.problems) == (True, [])
    return verdict


def trusting(*names: str) -> dict[str, Fingerprint]:
    return {name: STORY.trust[name] for name in names}


def rungs(verdict: Verdict) -> list[tuple[str, int, str, str]]:
    return [
        (rung.name, -1 if rung.at is None else (rung.at - at(0)) // 1000, rung.by, rung.basis)
        for rung in verdict.ladder
    ]


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
        ("logged", 6, "fr", "claimed"),
        ("witnessed", 9, "us", "cosigned"),
        ("released", 2, "fr", "claimed"),
        ("fetched", 6, "ru", "claimed"),
        ("held", 7, "ru", "claimed"),
    ]


@pytest.mark.parametrize(
    ("parts", "names"),
    [
        ({"answered": False}, ["said", "logged", "witnessed", "released", "fetched"]),
        ({"answered": False, "wanted": False}, ["said", "logged", "witnessed", "released"]),
        ({"answered": False, "wanted": False, "told_heads": []}, ["said", "logged", "released"]),
        ({"wanted": False, "told_heads": []}, ["said", "logged", "released", "held"]),
    ],
)
def test_a_rung_without_evidence_is_left_out_and_never_inferred_from_a_higher_one(
    parts: dict[str, Any], names: list[str]
) -> None:
    verdict = judged(**parts)
    assert [name for name, *_ in rungs(verdict)] == names
    if "held" not in names:
        assert (verdict.held_by, verdict.held_at, verdict.proved_by) == (None, None, None)
        assert (verdict.told_to, verdict.behind_hearer) == ("ru", [])


def test_who_asked_for_these_bytes_and_does_not_answer_is_shown_as_nothing_else() -> None:
    """That they came is shown by an answer alone."""
    verdict = judged(answered=False)
    assert rungs(verdict)[-1] == ("fetched", 6, "ru", "claimed")
    assert (verdict.held_by, verdict.refused, verdict.borne_out, verdict.other) == (None, None, None, None)
    assert verdict.proved_by is None


@pytest.mark.parametrize("name", ["ru", "us"])
def test_the_one_who_cosigned_the_tellers_head_dates_the_rung_be_it_the_hearer(name: str) -> None:
    heads = [(getattr(STORY, name), 12)]
    assert ("witnessed", 13, name, "cosigned") in rungs(judged(told_heads=heads))


# -- proved time


@pytest.mark.parametrize(("quorum", "proved"), [(1, at(10)), (2, at(12)), (3, None), (64, None)])
def test_the_proved_time_is_the_k_th_earliest_cosignature_of_third_parties(quorum: int, proved: int | None) -> None:
    verdict = judged(quorum=quorum)
    assert verdict.proved_by == proved
    assert verdict.as_dict()["third_parties"]["hearer"] == [
        {"party": "us", "at": "2026-11-26T10:00:10Z", "bound": True, "contradicted": False},
        {"party": "cn", "at": "2026-11-26T10:00:12Z", "bound": True, "contradicted": False},
    ]


def test_where_no_third_party_cosigned_no_time_is_proved() -> None:
    verdict = judged(held_heads=[], told_heads=[])
    assert (verdict.proved_by, verdict.behind_hearer) == (None, [])


def test_with_fingerprints_given_only_parties_among_them_prove_a_time() -> None:
    assert judged(trust=trusting("fr", "ru", "cn")).proved_by == at(12)
    assert judged(trust=trusting("fr", "ru", "cn"), quorum=2).proved_by is None
    assert judged(trust=trusting("fr", "ru", "us", "cn"), quorum=2).proved_by == at(12)
    nobody = judged(trust=trusting("fr", "ru"))
    assert (nobody.proved_by, nobody.behind_hearer, nobody.trusted) == (None, [], True)


def test_a_made_up_witness_dates_nothing_for_a_reader_who_has_fingerprints() -> None:
    made_up = Speaker("un")
    verdict = judged(
        trust=trusting("fr", "ru", "us"),
        told_heads=[(made_up, -10_000_000)],
        held_heads=[(made_up, -10_000_000), (STORY.us, 9)],
    )
    assert "witnessed" not in [name for name, *_ in rungs(verdict)]
    assert verdict.proved_by == at(10)


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
    assert not judged(trust=trusting("fr", "us")).trusted
    assert not judged(trust=trusting("ru", "us")).trusted
    assert not judged(trust=trusting("us", "cn")).trusted
    assert judged(trust=trusting("fr", "ru") | {"de": STORY.us.fingerprint}).trusted


@pytest.mark.parametrize(("name", "trusted"), [("fr", True), ("ru", True), ("us", False), ("cn", False), ("oz", False)])
def test_who_gives_one_fingerprint_asks_about_that_one_party(name: str, trusted: bool) -> None:
    given = STORY.trust.get(name, Fingerprint("0" * 64))
    assert judged(trust={name: given}).trusted is trusted
    assert verify(STORY.bytes(), unnamed=[given]).trusted is trusted
    assert verify(STORY.bytes(), {name: given}, unnamed=[given]).trusted is trusted


@pytest.mark.parametrize("name", ["fr", "ru", "us", "cn"])
def test_a_name_given_with_another_fingerprint_is_the_readers_for_another_party(name: str) -> None:
    """The file is as valid as before; who goes by that name in it is told apart from whom the reader calls so."""
    verdict = judged(trust=STORY.trust | {name: Fingerprint("0" * 64)})
    assert verdict.trusted is (name in ("us", "cn"))
    (marked,) = [one for one in verdict.parties if one.clashes]
    assert (marked.text, marked.calls_itself) == (f"{name} ({STORY.trust[name][:8]})", name)
    assert (marked.fingerprint, marked.known) == (STORY.trust[name], False)


def test_trust_goes_by_fingerprint_and_a_name_is_the_readers_own() -> None:
    """A name here is not the name there: `--trust france=FP` where the file calls that party fr."""
    verdict = judged(trust={"france": STORY.fr.fingerprint, "ru": STORY.ru.fingerprint})
    assert verdict.trusted
    assert verdict.notes == ["france calls itself fr in the file"]
    strange = judged(trust=trusting("fr", "ru") | {"oz": Fingerprint("0" * 64)})
    assert (strange.trusted, strange.notes) == (True, ["no party in the file has the fingerprint given for oz"])


def test_fingerprints_alone_suffice_and_count_witnesses_too() -> None:
    verdict = verify(STORY.bytes(), unnamed=[STORY.fr.fingerprint, STORY.ru.fingerprint])
    assert (verdict.trusted, verdict.proved_by, verdict.notes) == (True, None, [])
    assert verify(STORY.bytes(), unnamed=list(STORY.trust.values())).proved_by == at(10)


@given(
    st.permutations(["fr", "ru", "us", "cn"]),
    st.lists(st.sampled_from(["fr", "ru", "us", "cn", "oz"]), min_size=4, max_size=4),
)
def test_whatever_a_reader_calls_whom_the_file_is_valid_and_trust_goes_by_fingerprint(
    order: list[str], labels: list[str]
) -> None:
    trust = {label: STORY.trust[name] for label, name in zip(labels, order, strict=True)}
    verdict = judged(trust=trust)
    asked = {STORY.fr.fingerprint, STORY.ru.fingerprint} & set(trust.values())
    assert verdict.trusted == (len(asked) == (1 if len(trust) == 1 else 2))
    called = {one.fingerprint: one.text for one in verdict.parties}
    assert all(called[given] in [name for name, one in trust.items() if one == given] for given in trust.values())
    assert len(set(called.values())) == len(called)


# -- bounds


@settings(max_examples=25)
@given(st.integers(0, 3_999), st.lists(st.integers(0, 9_999), min_size=1, max_size=4), st.integers(1, 4))
def test_no_bound_precedes_what_it_bounds_at_whatever_millisecond_it_happened(
    received: int, later: list[int], quorum: int
) -> None:
    """PROOF-FILE-17. All clocks go right here: ru holds it at some millisecond, and others cosign at it or after."""
    story = Story.make(held_after_ms=received)
    heads = [(Speaker(f"w{number}"), (7_000 + received + ms) / 1000) for number, ms in enumerate(later)]
    verdict = judged(story, quorum=quorum, held_heads=heads)
    assert verdict.held_at == at(7) + received
    assert verdict.notes == []
    if quorum <= len(later):
        assert verdict.proved_by is not None
        true = sorted(at(7) + received + ms for ms in later)[quorum - 1]
        assert 0 < verdict.proved_by - true <= 1000
        assert verdict.as_dict()["proved_by"] > verdict.as_dict()["held_at"]
        assert "." not in verdict.as_dict()["proved_by"]


@pytest.mark.parametrize(("second", "contradicted"), [(7, False), (7 - 300, False), (7 - 301, True)])
def test_a_cosignature_of_before_what_it_holds_is_a_contradiction_beyond_five_minutes(
    second: int, contradicted: bool
) -> None:
    verdict = judged(held_heads=[(STORY.us, second)])
    assert bool(verdict.contradictions) is contradicted
    assert verdict.proved_by == (None if contradicted else at(second + 1))


# -- what is not shown


@pytest.mark.parametrize("data", [STORY.bytes(), STORY.bytes()[:-9], b"", b"{}"])
def test_every_verdict_ends_with_what_no_file_shows(data: bytes) -> None:
    """PROOF-FILE-28."""
    told = verify(data).as_dict()
    assert list(told)[-1] == "not_shown"
    words = " ".join(told["not_shown"])
    assert all(word in words for word in ("read", "understood", "true", "replaced", "withdrawn later"))


# -- refusal and silence


def test_a_refusal_is_shown_as_one_and_not_as_held() -> None:
    verdict = judged(Story.make(refused=BAD_SIGNATURE))
    assert verdict.refused == BAD_SIGNATURE
    assert (verdict.held_by, verdict.held_at) == (None, None)
    assert rungs(verdict)[-1] == ("refused", 7, "ru", "claimed")
    assert verdict.proved_by == at(10)


# A position that takes no position: its author may sign it and never says it by a node that goes right.
UNREADABLE = content.write("position--00000000-0000-4000-8000-000000000002", at(0), [], created=at(0))


@pytest.mark.parametrize("reason", sorted(OF_THE_BYTES))
def test_a_refusal_for_what_the_bytes_have_not_is_shown_as_not_borne_out(reason: str) -> None:
    """PROOF-FILE-33. The file's bytes are good: whoever refused them for a fault of theirs is contradicted by them."""
    verdict = judged(Story.make(refused=reason))
    assert (verdict.refused, verdict.borne_out) == (reason, False)
    assert verdict.as_dict()["borne_out"] is False


def test_a_refusal_for_what_the_bytes_do_have_is_shown_as_borne_out() -> None:
    verdict = judged(Story.make(raw=UNREADABLE, refused=NOT_STIX))
    assert (verdict.refused, verdict.borne_out) == (NOT_STIX, True)
    assert judged(Story.make(raw=UNREADABLE, refused=BAD_SIGNATURE)).borne_out is False


@pytest.mark.parametrize("raw", [REPORT, UNREADABLE], ids=["good", "bad"])
@pytest.mark.parametrize("reason", [MARKING, NAME_TAKEN, "of-a-later-version"])
def test_a_refusal_for_a_reason_of_the_hearers_own_is_its_word_whatever_the_bytes_are(reason: str, raw: bytes) -> None:
    verdict = judged(Story.make(raw=raw, refused=reason))
    assert (verdict.refused, verdict.borne_out) == (reason, None)


def test_where_nothing_was_refused_nothing_is_borne_out_or_not() -> None:
    for verdict in (judged(), judged(Story.make(raw=UNREADABLE)), judged(answered=False)):
        assert (verdict.refused, verdict.borne_out, verdict.other) == (None, None, None)


# -- an answer about other bytes

OTHER = ItemHash(bytes(32))


@pytest.mark.parametrize(("refused", "other"), [(None, HELD), (BAD_SIGNATURE, REFUSED), ("my-own", REFUSED)])
def test_an_answer_about_other_bytes_shows_of_these_neither_that_they_were_held_nor_refused(
    refused: str | None, other: str
) -> None:
    """PROOF-FILE-32."""
    verdict = judged(Story.make(refused=refused, item=OTHER))
    assert (verdict.other, verdict.as_dict()["other_bytes"]) == (other, other)
    assert (verdict.held_by, verdict.held_at, verdict.refused, verdict.borne_out) == (None, None, None, None)
    assert (verdict.proved_by, verdict.behind_hearer) == (None, [])
    assert [name for name, *_ in rungs(verdict)] == ["said", "logged", "witnessed", "released", "fetched"]


@given(st.binary(min_size=32, max_size=32), st.sampled_from([None, BAD_SIGNATURE, NOT_STIX, "my-own"]), st.booleans())
@settings(max_examples=25, deadline=None)
def test_whatever_other_bytes_an_answer_is_about_nothing_of_it_is_a_rung(
    item: bytes, refused: str | None, wanted: bool
) -> None:
    story = Story.make(refused=refused, item=ItemHash(item), answer_by=6, withdrawn=20)
    verdict = judged(story, wanted=wanted, trust=story.trust, quorum=2)
    assert verdict.other == (HELD if refused is None else REFUSED)
    assert not {"held", "refused"} & {name for name, *_ in rungs(verdict)}
    assert (verdict.proved_by, verdict.held_by, verdict.refused) == (None, None, None)


def test_a_silence_is_shown_as_the_tellers_word_with_the_time_that_passed() -> None:
    verdict = judged(Story.make(answer_by=6), answered=False)
    assert rungs(verdict)[-1] == ("unacknowledged", 6, "fr", "claimed")
    assert verdict.held_by is None


def test_an_answer_that_came_too_late_stands_beside_the_silence() -> None:
    names = [name for name, *_ in rungs(judged(Story.make(answer_by=6)))]
    assert names[-2:] == ["held", "unacknowledged"]


# -- withdrawal


def test_a_withdrawal_is_shown_with_its_time_and_takes_nothing_from_what_was_held() -> None:
    verdict = judged(Story.make(withdrawn=20))
    assert (verdict.withdrawn_at, verdict.held_by, verdict.held_at) == (at(20), "ru", at(7))
    assert rungs(verdict)[-2:] == [("held", 7, "ru", "claimed"), ("withdrawn", 20, "fr", "claimed")]
    assert verdict.as_dict()["withdrawn_at"] == "2026-11-26T10:00:20Z"
    assert judged().as_dict()["withdrawn_at"] is None


# -- exercises


def test_a_file_with_a_party_of_an_exercise_in_it_says_that_none_of_it_has_happened() -> None:
    assert not judged().reconstruction
    assert judged().as_dict()["reconstruction"] is False
    played = Speaker("un", played=True)
    verdict = judged(held_heads=[(STORY.us, 9), (played, 10)])
    assert verdict.reconstruction
    assert verdict.as_dict()["reconstruction"] is True


def test_a_stranger_of_an_exercise_that_cosigns_makes_no_exercise_of_what_is_real() -> None:
    """PROOF-FILE-24. Anybody can cosign any checkpoint; whose cosignatures do not count takes nothing from the rest."""
    heads = [(STORY.us, 9), (Speaker("un", played=True), 10)]
    file = prove.encode(STORY.file(held_heads=heads))
    known = {one.name: one.fingerprint for one in (STORY.fr, STORY.ru, STORY.us)}
    assert not verify(file, known).reconstruction
    assert verify(file, {**known, "un": heads[1][0].fingerprint}).reconstruction
    assert verify(file).reconstruction


# -- forms


def test_a_teller_may_sign_with_p256() -> None:
    assert judged(Story.make(statement=P256SigningKey(77))).said_by == "fr"


def test_a_verdict_is_told_in_plain_values_with_times_in_utc() -> None:
    told = judged(trust=STORY.trust).as_dict()
    assert json.loads(json.dumps(told)) == told
    assert (told["said_at"], told["proved_by"]) == ("2026-11-26T10:00:01Z", "2026-11-26T10:00:10Z")
    assert told["ladder"][0] == {
        "rung": "said",
        "at": "2026-11-26T10:00:01Z",
        "bound": False,
        "by": "fr",
        "basis": "claimed",
    }
    assert "content" not in told


def test_a_file_that_is_not_valid_shows_nothing_but_what_is_wrong_with_it() -> None:
    told = verify(STORY.bytes()[:-1], STORY.trust).as_dict()
    assert [problem["code"] for problem in told.pop("problems")] == ["malformed"]
    assert told.pop("not_shown")
    assert (told.pop("quorum"), told.pop("third_parties")) == (1, {"teller": [], "hearer": []})
    assert not any(told.values())


def test_judging_says_nothing_that_could_be_taken_for_a_clearance() -> None:
    words = json.dumps([judged().as_dict(), verify(b"").as_dict()]).lower()
    assert not any(word in words for word in ("clear", "approved", "safe"))
