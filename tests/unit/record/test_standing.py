"""Standing is a ladder: each rung stands on a fact of its own, and none is ever shown as a higher one."""

from dataclasses import fields

import pytest

from comity.record.standing import LADDER, Facts, stand
from comity.space.instant import Instant

AT = Instant(1_795_687_200_000)
TIMES = {
    "said": "said_at",
    "logged": "logged_by",
    "witnessed": "witnessed_by",
    "released": "released_at",
    "fetched": "fetched_at",
}


def facts(**known: object) -> Facts:
    return Facts(AT, **known)  # type: ignore[arg-type]


def rungs(given: Facts) -> list[str]:
    return [name for name, _ in stand(given).rungs]


def test_a_statement_of_which_nothing_more_is_known_was_said() -> None:
    assert rungs(facts()) == ["said"]
    assert stand(facts()).highest == "said"


@pytest.mark.parametrize("rung", list(TIMES)[1:])
def test_a_fact_carries_its_own_rung_and_no_other(rung: str) -> None:
    assert rungs(facts(**{TIMES[rung]: Instant(AT + 5)})) == ["said", rung]


def test_rungs_stand_in_the_order_of_the_ladder_with_their_own_times() -> None:
    whole = facts(
        logged_by=Instant(AT + 9),
        witnessed_by=Instant(AT + 8),
        released_at=Instant(AT + 7),
        fetched_at=Instant(AT + 6),
        disposition="held",
        answered_at=Instant(AT + 5),
    )
    assert rungs(whole) == list(LADDER[:6])
    assert [at - AT for _, at in stand(whole).rungs] == [0, 9, 8, 7, 6, 5]
    assert stand(whole).highest == "held"


def test_what_was_refused_is_not_held() -> None:
    refused = facts(disposition="refused", reason="bad-signature", answered_at=AT, fetched_at=AT)
    assert rungs(refused) == ["said", "fetched"]
    assert stand(refused).as_dict()["refused"] == "bad-signature"


def test_a_reason_without_a_refusal_is_not_shown() -> None:
    assert stand(facts(disposition="held", reason="odd", answered_at=AT)).as_dict()["refused"] is None


@pytest.mark.parametrize(
    "given", [{"unacknowledged": True}, {"withdrawn_at": AT}, {"answer_by": AT}, {"proved_by": AT}]
)
def test_what_is_said_beside_the_ladder_is_no_rung(given: dict[str, object]) -> None:
    assert rungs(facts(**given)) == ["said"]


def test_nobody_but_people_and_systems_of_the_hearer_can_say_opened_and_loaded() -> None:
    assert LADDER[6:] == ("opened", "loaded")
    every = facts(
        **{one.name: AT for one in fields(Facts) if one.name.endswith(("_at", "_by")) and one.name != "said_at"}
    )
    assert not {"held", "opened", "loaded"} & set(rungs(every))


def test_a_standing_is_told_in_plain_values_with_times_in_utc() -> None:
    told = stand(
        facts(
            disposition="held",
            answered_at=Instant(AT + 250),
            logged_by=Instant(AT + 1000),
            proved_by=Instant(AT + 1000),
            proofs=2,
            answer_by=AT,
        )
    ).as_dict()
    assert told == {
        "reached": "held",
        "rungs": {
            "said": {"at": "2026-11-26T10:00:00Z", "bound": False},
            "logged": {"at": "2026-11-26T10:00:01Z", "bound": True},
            "held": {"at": "2026-11-26T10:00:00.250Z", "bound": False},
        },
        "proved_by": "2026-11-26T10:00:01Z",
        "third_parties": 2,
        "disposition": "held",
        "refused": None,
        "answered_other_bytes": None,
        "answer_by": "2026-11-26T10:00:00.000Z",
        "unacknowledged": False,
        "withdrawn": False,
        "withdrawn_at": None,
    }


def test_what_is_not_known_is_told_as_null() -> None:
    told = stand(facts()).as_dict()
    assert (told["proved_by"], told["answer_by"], told["third_parties"]) == (None, None, 0)
