"""Protected objects with every site in force that is met, at whatever altitude and time, late or not."""

from typing import Any

import pytest

from comity.checks import protected
from comity.model.objection import Finding, Rule
from comity.model.site import Function
from comity.record.airspace import Airspace, Said, Subject
from comity.space.instant import Instant
from comity.space.interval import Interval
from comity.space.volume import Volume
from unit.checks.sky import (
    FR,
    ICRC,
    NOW,
    RU,
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

NAMED: dict[str, Any] = {"names": [{"text": "المستشفى", "lang": "ar"}], "contact": "+41 22"}


def found(asked: Subject, known: Airspace, **more: Any) -> tuple[Finding, ...]:
    return tuple(each.finding for each in protected.find(asked, known, **({"now": NOW} | more)))


def text(known: Airspace, asked: Subject | None = None, now: Instant = NOW, **more: Any) -> str:
    [one] = protected.find(asked or subject(), known, now=now, **more)
    return words_of(one, asked or subject(), now=now)


def test_a_site_that_is_met_is_objected_with_in_one_plain_sentence() -> None:
    [finding] = found(subject(), picture(site(ICRC, 1, **NAMED)))
    assert text(picture(site(ICRC, 1, **NAMED))) == (
        "icrc protects the hospital “المستشفى”, which this volume meets on 2015-11-24 from 07:00Z until 08:00Z "
        "at all altitudes, at 36.00000 N, 36.00000 E; call +41 22"
    )
    assert (finding.rule, finding.by, finding.because) == (Rule.PROTECTED, ICRC, statement(1))
    assert finding.witness is not None


@pytest.mark.parametrize("altitudes", [{"floor": "90000 m"}, {"ceiling": "-400 m"}, {"floor": "FL600"}])
def test_no_altitude_is_out_of_a_sites_reach(altitudes: dict[str, str]) -> None:
    assert len(found(subject(volume(**altitudes)), picture(site(ICRC, 1, ceiling="10 m")))) == 1


def test_no_time_is_out_of_a_sites_reach() -> None:
    asked = subject({**volume(), "from": "1990-01-01T00:00:00Z", "until": "1990-01-01T00:00:00Z"})
    assert "on 1990-01-01 at 00:00Z" in text(picture(site(ICRC, 1)), asked)


def test_a_plan_without_times_meets_it_always() -> None:
    always = Subject(FR, picture(site(ICRC, 2)).entries[0].matter.volumes)
    assert "meets at all times at all altitudes" in text(picture(site(ICRC, 1)), always)


@pytest.mark.parametrize(("start", "words"), [(True, "from 2015-11-24 07:00Z on"), (False, "until 2015-11-24 08:00Z")])
def test_a_plan_with_one_time_meets_it_on_that_side(start: bool, words: str) -> None:
    [whole] = subject().volumes
    during = Interval(whole.during.start, None) if start else Interval(None, whole.during.end)
    assert words in text(picture(site(ICRC, 1)), Subject(FR, (Volume(whole.area, whole.band, during),)))


def test_a_site_that_is_not_met_is_not_objected_with() -> None:
    known = picture(site(ICRC, 1, area=point(36.1)))
    assert found(subject(), known) == ()
    assert "which this volume comes within 4.1 km of on 2015-11-24" in text(known, margin_m=5000.0)


# -- late


def test_a_site_past_its_date_objects_as_before_and_says_so() -> None:
    """OBJECTION-10."""
    late = picture(site(ICRC, 1, **NAMED, reverify_by="2015-11-01T00:00:00Z"))
    assert text(late).endswith("; call +41 22; not re-verified since 2015-11-01 00:00Z; still protected")


def test_a_site_before_its_date_says_nothing_of_it() -> None:
    known = picture(site(ICRC, 1, reverify_by="2015-11-24T07:00:00Z"))
    assert "re-verified" not in text(known)
    assert "still protected" in text(known, now=Instant(NOW + 1))


def test_years_past_its_date_a_site_objects_still() -> None:
    assert len(found(subject(), picture(site(ICRC, 1, reverify_by="1971-01-01T00:00:00Z")))) == 1


# -- how it is named


def test_all_its_names_are_said_but_none_twice_and_three_at_most() -> None:
    names = [{"text": text} for text in ("Hospital", "المستشفى", "Больница", "医院")]
    assert "the hospital “Hospital / المستشفى / Больница”, which" in text(
        picture(site(ICRC, 1, name="Hospital", names=names))
    )


def test_a_site_without_a_name_is_said_by_its_function() -> None:
    assert text(picture(site(RU, 1, function="force"))).startswith("ru protects the force, which this volume meets")


def a_site(number: int, function: Function) -> Said:
    when = {"from": "2015-11-24T07:30:00Z", "until": "2015-11-24T08:00:00Z"} if function is Function.MOVEMENT else {}
    return site(ICRC, number, function=function.value, **when)


@pytest.mark.parametrize("function", sorted(set(Function) - {Function.UNDISCLOSED}))
def test_every_function_has_its_words(function: Function) -> None:
    assert text(picture(a_site(1, function))).startswith("icrc protects the ")


def test_a_widened_site_is_said_to_be_somewhere_in_its_circle() -> None:
    wide = picture(site(ICRC, 1, **NAMED, area=circle(2500), precision="widened", widened_m=2500))
    assert text(wide).startswith(
        "icrc protects the hospital “المستشفى”, somewhere within this circle of 2.5 km radius, which this volume meets on "
    )


def test_a_site_to_call_about_is_said_to_be_there_and_nothing_more() -> None:
    call = {"function": "undisclosed", "precision": "call", "widened_m": 25000, "contact": "+41 22"}
    assert text(picture(site(ICRC, 1, area=circle(25000), **call))) == (
        "icrc protects a place that it does not name, somewhere within this circle of 25 km radius, which this volume meets "
        "on 2015-11-24 from 07:00Z until 08:00Z at all altitudes; call +41 22"
    )


# -- which


def test_each_site_has_one_finding_whoever_protects_it() -> None:
    known = picture(
        site(RU, 3), site(FR, 1), site(ICRC, 2), site(ICRC, 4, area=point(0, 0)), site(ICRC, 5, revoked=True)
    )
    assert [(each.by, each.because) for each in found(subject(by=FR), known)] == [
        (FR, statement(1)),
        (RU, statement(3)),
        (ICRC, statement(2)),
    ]


def test_a_notice_is_no_site() -> None:
    assert found(subject(), picture(notice(RU, 1))) == ()


def test_no_text_says_that_anything_may_be_done() -> None:
    """OBJECTION-14."""
    every = [a_site(number, each) for number, each in enumerate(Function) if each is not Function.UNDISCLOSED]
    known = picture(*every, site(ICRC, 50, **NAMED, reverify_by="2001-01-01T00:00:00Z"))
    for each in protected.find(subject(), known, now=NOW):
        assert not [word for word in WORDS_NEVER_SAID if word in words_of(each, subject()).lower()]
