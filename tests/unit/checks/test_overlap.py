"""Overlap objects with every notice in force that is met, and says who, what, when, how high and how far."""

from typing import Any

import pytest

from comity.checks import overlap
from comity.errors import BAD_ARGUMENT, LocalError
from comity.model.objection import Finding, Rule
from comity.record.airspace import Airspace, Subject
from comity.space.instant import Instant
from unit.checks.sky import (
    FR,
    NAMES,
    NOW,
    RU,
    TR,
    WORDS_NEVER_SAID,
    circle,
    notice,
    picture,
    point,
    site,
    statement,
    subject,
    volume,
    words_of,
)


def found(asked: Subject, known: Airspace, **more: Any) -> tuple[Finding, ...]:
    return tuple(each.finding for each in overlap.find(asked, known, **({"now": NOW} | more)))


def text(asked: Subject, known: Airspace, names: Any = NAMES, **more: Any) -> str:
    [one] = overlap.find(asked, known, **({"now": NOW} | more))
    return words_of(one, asked, names)


PATROL = volume(start="07:20", until="07:40", floor="5400 m W84", ceiling="6000 m W84")


def test_a_notice_that_is_met_is_objected_with_in_one_plain_sentence() -> None:
    asked, known = subject(volume(floor="3000 m W84")), picture(notice(RU, 1, PATROL, kind="SU-24 patrol"))
    [finding] = found(asked, known)
    assert text(asked, known) == (
        "ru: notice “SU-24 patrol” meets this volume on 2015-11-24 from 07:20Z until 07:40Z "
        "between 5,400 m and 6,000 m W84, at 36.00000 N, 36.00000 E"
    )
    assert (finding.rule, finding.by, finding.because) == (Rule.OVERLAP, RU, statement(1))


def test_the_witness_lies_in_both() -> None:
    [finding] = found(subject(volume(circle(5000, 36.05))), picture(notice(RU, 1, PATROL)))
    witness = finding.witness
    assert witness is not None
    assert witness.point is not None
    assert (witness.lowest_m, witness.highest_m, witness.point.gap_m) == (5400, 6000, 0)
    assert (witness.during.start, witness.during.end) == (NOW + 20 * 60_000, NOW + 40 * 60_000)
    assert 36.0 < witness.point.lon < 36.05


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "ru: a notice meets"),
        ({"kind": "patrol"}, "ru: notice “patrol” meets"),
        ({"callsign": "Сокол 4"}, "ru: the notice of callsign “Сокол 4” meets"),
        ({"kind": "دورية", "callsign": "4"}, "ru: notice “دورية” (callsign “4”) meets"),
    ],
)
def test_a_notice_is_named_as_it_names_itself(changed: dict[str, Any], words: str) -> None:
    assert text(subject(), picture(notice(RU, 1, **changed))).startswith(words)


def test_how_its_party_is_reached_is_said_where_it_is_known() -> None:
    whole = picture(notice(RU, 1, contact="+7 1", frequency="121.5 MHz"))
    assert text(subject(), whole).endswith("; contact +7 1; frequency 121.5 MHz")
    assert "contact" not in text(subject(), picture(notice(RU, 1, frequency="121.5 MHz")))
    assert text(subject(), picture(notice(RU, 1, frequency="121.5 MHz"))).endswith("; frequency 121.5 MHz")


@pytest.mark.parametrize(
    ("start", "until", "words"),
    [
        ("07:30", "07:40", "on 2015-11-24 from 07:30Z until 07:40Z"),
        ("06:00", "09:00", "on 2015-11-24 from 07:00Z until 08:00Z"),
        ("07:10", "07:10", "on 2015-11-24 at 07:10Z"),
    ],
)
def test_the_time_that_the_two_share_is_said(start: str, until: str, words: str) -> None:
    assert words in text(subject(), picture(notice(RU, 1, volume(start=start, until=until))))


def test_a_time_over_midnight_is_said_with_both_days_and_seconds_where_there_are_some() -> None:
    long = {**volume(), "until": "2015-11-25T00:10:05.500Z"}
    asked = subject({**volume(start="23:50"), "until": "2015-11-26T00:00:00Z"})
    assert "from 2015-11-24 23:50Z until 2015-11-25 00:10:05.500Z" in text(asked, picture(notice(RU, 1, long)))


@pytest.mark.parametrize(
    ("altitudes", "words"),
    [
        ({}, "at all altitudes"),
        ({"floor": "5400.4 m W84"}, "above 5,400 m W84"),
        ({"ceiling": "5999.1 m W84"}, "below 6,000 m W84"),
        ({"floor": "1000 m W84", "ceiling": "1000 m W84"}, "at 1,000 m W84"),
        (
            {"floor": "1000 ft", "ceiling": "2000 ft"},
            "between 1,000 ft MSL and 2,000 ft MSL, reckoned 194 to 700 m W84",
        ),
    ],
)
def test_the_heights_that_the_two_share_are_said_outwards(altitudes: dict[str, str], words: str) -> None:
    assert words in text(subject(), picture(notice(RU, 1, volume(**altitudes))))


@pytest.mark.parametrize(
    ("metres", "words"), [(899.5, "comes within 900 m of this volume"), (12_345, "comes within 12.4 km of this volume")]
)
def test_what_is_near_by_the_margin_alone_is_said_with_its_distance(metres: float, words: str) -> None:
    degrees = (10_000 + metres) / 110_958  # along the meridian at 36 degrees north
    known = picture(notice(RU, 1, volume(circle(5000, lat=36 + degrees))))
    assert found(subject(), known) == ()
    assert found(subject(), known, margin_m=metres * 0.99) == ()
    assert words in text(subject(), known, margin_m=metres * 1.01)


def test_of_several_meetings_the_first_is_told_and_how_many_there_are() -> None:
    hours = [
        volume(start="07:30", until="07:40"),
        volume(start="07:10", until="07:20"),
        volume(start="07:50", until="07:55"),
    ]
    asked = subject(volume(), volume(start="12:00", until="13:00"))
    told = text(asked, picture(notice(RU, 1, *hours)))
    assert "from 07:10Z until 07:20Z" in told
    assert told.endswith(", the first of 3 such meetings")


def test_a_true_meeting_is_told_before_an_earlier_one_by_the_margin() -> None:
    near = volume(circle(5000, lat=36.1), start="07:00", until="07:10")
    told = text(subject(), picture(notice(RU, 1, near, volume(start="07:30", until="07:40"))), margin_m=2000)
    assert "meets this volume on 2015-11-24 from 07:30Z until 07:40Z" in told


def test_each_notice_has_one_finding_in_the_order_of_party_and_statement() -> None:
    known = picture(notice(TR, 1), notice(RU, 3), notice(RU, 2), notice(RU, 4, volume(point(0, 0))))
    assert [(each.by, each.because) for each in found(subject(), known)] == [
        (RU, statement(2)),
        (RU, statement(3)),
        (TR, statement(1)),
    ]


def test_a_partys_own_notices_stand_against_one_another() -> None:
    assert [each.by for each in found(subject(by=FR), picture(notice(FR, 1)))] == [FR]


def test_a_notice_does_not_stand_against_its_own_versions_but_anothers_with_its_id_does() -> None:
    known = picture(notice(FR, 1, uid=99), notice(RU, 2, uid=99))
    assert [each.by for each in found(subject(by=FR), known)] == [RU]


def test_a_plan_that_has_no_id_yet_is_nobodys_version() -> None:
    asked = Subject(FR, subject().volumes)
    assert [each.by for each in found(asked, picture(notice(FR, 1, uid=99)))] == [FR]


def test_a_notice_whose_time_is_over_does_not_object() -> None:
    """NOTICE-15."""
    known = picture(notice(RU, 1))
    assert len(found(subject(), known, now=Instant(NOW + 3_599_999))) == 1
    assert found(subject(), known, now=Instant(NOW + 3_600_000)) == ()


@pytest.mark.parametrize(("start", "until"), [("06:00", "07:00"), ("08:00", "09:00"), ("08:00", "08:00")])
def test_a_notice_that_ends_as_the_other_begins_does_not_object(start: str, until: str) -> None:
    """NOTICE-13: until is outside."""
    assert found(subject(), picture(notice(RU, 1, volume(start=start, until=until)))) == ()


def test_a_site_is_no_notice() -> None:
    assert found(subject(), picture(site(RU, 1))) == ()


def test_a_party_without_a_name_here_is_named_by_its_fingerprint() -> None:
    assert text(subject(), picture(notice(RU, 1)), names={}).startswith("22222222: ")


@pytest.mark.parametrize("margin_m", [-1.0, float("nan"), 1e7])
def test_a_margin_that_is_none_is_refused(margin_m: float) -> None:
    with pytest.raises(LocalError) as caught:
        found(subject(), picture(notice(RU, 1)), margin_m=margin_m)
    assert caught.value.code == BAD_ARGUMENT


def test_no_text_says_that_anything_may_be_done() -> None:
    """OBJECTION-14."""
    known = picture(notice(RU, 1, kind="patrol", contact="+7"), notice(TR, 2, callsign="x"))
    for each in overlap.find(subject(), known, now=NOW, margin_m=5000.0):
        assert not [word for word in WORDS_NEVER_SAID if word in words_of(each, subject()).lower()]
