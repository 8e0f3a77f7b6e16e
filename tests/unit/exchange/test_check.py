"""A check gathers everything that is known to stand against an operation, and never says that it may go on."""

import time
from dataclasses import replace
from typing import Any

import pytest

from comity.errors import BAD_ARGUMENT, TOO_LARGE, LocalError, RemoteError
from comity.exchange import check
from comity.exchange.check import Against, Checked
from comity.model import objection
from comity.model.notice import Notice
from comity.model.objection import Rule
from comity.proof.envelope import StatementId
from comity.record import airspace
from comity.record.airspace import Airspace, Entry, Said, Subject
from comity.space import area as shapes
from comity.space import instant
from comity.space.area import area
from comity.space.instant import Instant
from comity.space.interval import Interval
from comity.space.volume import Volume
from unit.checks.sky import (
    FR,
    ICRC,
    NAMES,
    NOW,
    RU,
    TR,
    WORDS_NEVER_SAID,
    circle,
    entries,
    notice,
    picture,
    point,
    site,
    statement,
    subject,
    uuid,
    volume,
    words_of,
)

FRESH = {RU: NOW, TR: NOW, ICRC: NOW}


def checked(*known: Said, asked: Subject | None = None, **more: Any) -> Checked:
    given: dict[str, Any] = {"as_of": FRESH, "now": NOW, "names": NAMES} | more
    return check.check(asked or subject(), picture(*known), **given)


# -- what is gathered


def test_every_rule_is_run_and_sites_come_first() -> None:
    found = checked(notice(RU, 1), site(ICRC, 2), as_of={TR: Instant(NOW - 3_600_000)})
    assert [(each.rule, each.by) for each in found.objections] == [
        (Rule.PROTECTED, ICRC),
        (Rule.OVERLAP, RU),
        (Rule.STALE, TR),
    ]


def test_the_margin_reaches_both_rules() -> None:
    known = (notice(RU, 1, volume(circle(100, 36.1))), site(ICRC, 2, area=point(36.1)))
    assert checked(*known).objections == ()
    assert {each.rule for each in checked(*known, margin_m=5000.0).objections} == {Rule.PROTECTED, Rule.OVERLAP}


def test_how_old_a_picture_may_be_can_be_asked_for() -> None:
    as_of = {RU: Instant(NOW - 61_000)}
    assert checked(as_of=as_of).objections == ()
    assert [each.by for each in checked(as_of=as_of, stale_after_s=60).objections] == [RU]


def test_parties_never_heard_from_are_named_and_have_no_time() -> None:
    """OBJECTION-12."""
    found = checked(as_of={TR: None, RU: NOW, ICRC: None})
    assert (found.not_heard_from, dict(found.as_of)) == ((TR, ICRC), {RU: NOW})
    assert found.objections == ()


def test_a_margin_that_is_none_is_refused() -> None:
    with pytest.raises(LocalError) as caught:
        checked(margin_m=-1.0)
    assert caught.value.code == BAD_ARGUMENT


def test_a_time_that_no_index_counts_is_refused_and_not_left_out() -> None:
    [whole] = subject().volumes
    ever = Volume(whole.area, whole.band, Interval(None, instant.parse("9999-01-01T00:00:00Z")))
    with pytest.raises(RemoteError) as caught:
        checked(asked=Subject(FR, (ever,)))
    assert caught.value.code == TOO_LARGE


# -- what is said


def test_nothing_to_object_is_said_with_the_oldest_picture_and_is_no_clearance() -> None:
    """OBJECTION-14."""
    found = checked(as_of={RU: Instant(NOW - 60_000), TR: Instant(NOW - 600_000)})
    assert found.text == "no objection known as of 2015-11-24T06:50:00Z; this is not a clearance"


def test_alone_it_is_known_as_of_now_and_no_clock_ahead_makes_it_later() -> None:
    for as_of in ({}, {RU: Instant(NOW + 200_000)}):
        assert checked(as_of=as_of).text == "no objection known as of 2015-11-24T07:00:00Z; this is not a clearance"


def test_who_was_not_heard_from_is_said_with_or_without_objections() -> None:
    silent = {TR: None, ICRC: None}
    assert checked(as_of=silent).text.splitlines()[1:] == ["not heard from: tr, icrc"]
    lines = checked(notice(RU, 1), as_of=silent).text.splitlines()
    assert [line.split(" ")[0] for line in lines] == ["ru:", "not"]


def test_objections_are_said_one_a_line_and_nothing_reassuring_beside_them() -> None:
    found = checked(notice(RU, 1), site(ICRC, 2))
    assert found.text.splitlines() == [words_of(each, subject()) for each in found.found]
    assert "no objection" not in found.text


def test_what_could_not_be_read_is_said() -> None:
    """Nothing was checked against it."""
    [broken] = airspace.fold([notice(RU, 7, state="?")]).unread
    found = checked(unread=[broken])
    assert found.text.splitlines()[1] == f"ru said what cannot be read: {statement(7).hex()}"
    assert found.as_dict()["unread"] == [{"by": "ru", "statement": statement(7).hex()}]


def test_no_text_of_a_check_says_that_anything_may_be_done() -> None:
    """OBJECTION-14."""
    for found in (checked(as_of={}), checked(notice(RU, 1), site(ICRC, 2), as_of={TR: None})):
        told = found.text.lower().replace("this is not a clearance", "")
        assert not [word for word in WORDS_NEVER_SAID if word in told]


# -- as JSON values


def test_a_check_is_told_in_plain_values_by_the_names_that_are_used_here() -> None:
    told = checked(site(ICRC, 2), as_of={RU: NOW, TR: None}).as_dict()
    [one] = told["objections"]
    assert {name: one[name] for name in ("rule", "by", "because")} == {
        "rule": "protected",
        "by": "icrc",
        "because": statement(2).hex(),
    }
    assert one["witness"]["from"] == "2015-11-24T07:00:00.000Z"
    assert told["as_of"] == {"ru": "2015-11-24T07:00:00Z"}
    assert told["not_heard_from"] == ["tr"]
    assert told["text"] == one["text"] + "\nnot heard from: tr"


def test_a_picture_that_is_old_is_told_without_statement_and_witness() -> None:
    [one] = checked(as_of={RU: Instant(0)}).as_dict()["objections"]
    assert (one["rule"], one["by"], one["because"], one["witness"]) == ("stale", "ru", None, None)


def test_a_party_without_a_name_is_told_by_its_fingerprint() -> None:
    told = checked(as_of={RU: None}, names={}).as_dict()
    assert told["not_heard_from"] == ["22222222"]


# -- a new notice or site


def arrived(new: Said, *known: Said, **more: Any) -> list[tuple[str, str, int, int]]:
    """What is found: rule, whose notice it is against, which, and because of which."""
    given: dict[str, Any] = {"now": NOW} | more
    found = check.arrived(entries(new), picture(*known), **given)
    return [
        (each.finding.rule.value, NAMES[each.by], each.subject[0], each.finding.because[0])
        for each in found
        if each.finding.because
    ]


def test_a_new_notice_is_objected_to_and_stands_itself_against_the_notices_that_are_there() -> None:
    assert arrived(notice(FR, 1), notice(RU, 2), site(ICRC, 3)) == [
        ("protected", "fr", 1, 3),
        ("overlap", "fr", 1, 2),
        ("overlap", "ru", 2, 1),
    ]


def test_a_new_site_stands_against_every_notice_that_meets_it_and_nothing_against_the_site() -> None:
    """OBJECTION-13."""
    known = (notice(RU, 2), notice(TR, 3), notice(FR, 4, volume(point(0, 0))), site(FR, 5))
    assert arrived(site(ICRC, 1), *known) == [("protected", "ru", 2, 1), ("protected", "tr", 3, 1)]


def test_it_makes_no_difference_whether_the_picture_has_it_already() -> None:
    for new in (notice(FR, 1), site(FR, 1)):
        known = (notice(RU, 2), site(ICRC, 3))
        assert arrived(new, *known) == arrived(new, new, *known) != []


def test_earlier_versions_of_a_new_notice_are_neither_against_it_nor_it_against_them() -> None:
    assert arrived(notice(FR, 1), notice(FR, 2, uid=1)) == []
    assert len(arrived(notice(FR, 1), notice(RU, 2, uid=1))) == 2


@pytest.mark.parametrize("changed", [{"state": "ended"}, {"state": "cancelled"}, {"revoked": True}])
def test_what_is_over_when_it_arrives_stands_against_nothing(changed: dict[str, Any]) -> None:
    assert arrived(notice(FR, 1, **changed), notice(RU, 2), site(ICRC, 3)) == []


def test_a_notice_whose_time_is_over_stands_against_nothing_and_nothing_against_it() -> None:
    later = Instant(NOW + 3_600_001)
    long = notice(RU, 2, volume(until="12:00"))
    assert arrived(notice(FR, 1), long, now=later) == []
    assert arrived(long, notice(FR, 1), now=later) == []
    assert arrived(site(ICRC, 3), notice(FR, 1), long, now=later) == [("protected", "ru", 2, 3)]


def test_of_a_notice_only_the_volumes_that_are_not_over_count() -> None:
    """Else a new site would stand against what is past, and its witness would lie there."""
    early_and_late = notice(RU, 2, volume(), volume(start="11:00", until="12:00"))
    found = check.arrived(entries(site(ICRC, 1)), picture(early_and_late), now=Instant(NOW + 7_200_000))
    [one] = found
    assert one.finding.witness is not None
    assert one.finding.witness.during.start == instant.parse("2015-11-24T11:00:00Z")


def test_all_volumes_of_a_notice_make_one_finding() -> None:
    hours = [volume(), volume(start="09:00", until="10:00"), volume(point(0, 0))]
    assert arrived(site(ICRC, 1), notice(RU, 2, *hours)) == [("protected", "ru", 2, 1)]


def test_the_margin_counts_from_both_sides() -> None:
    near = notice(RU, 2, volume(circle(5000, lat=36.1)))
    assert arrived(notice(FR, 1), near) == []
    assert len(arrived(notice(FR, 1), near, margin_m=1500.0)) == 2


def test_nothing_arrived_finds_nothing() -> None:
    assert check.arrived([], picture(notice(RU, 1)), now=NOW) == ()


# -- drafts


def test_an_objection_is_drafted_against_the_notice_and_can_be_read_again() -> None:
    [one] = check.arrived(entries(site(ICRC, 1)), picture(notice(RU, 2)), now=NOW)
    assert isinstance(one, Against)
    draft = check.draft(one.finding, against=one.subject, now=NOW, uuid=uuid(5))
    said = objection.read(draft.object)
    assert (said.id, said.against, said.withdrawn) == (f"objection--{uuid(5)}", statement(2), False)
    assert (said.finding.rule, said.finding.by, said.finding.because) == (Rule.PROTECTED, ICRC, statement(1))
    assert (said.finding.witness, said.text) == (one.finding.witness, None)
    assert draft.object.modified == NOW


def test_an_old_picture_is_drafted_without_a_statement() -> None:
    [found] = checked(as_of={RU: Instant(0)}).objections
    draft = check.draft(found, against=statement(9), now=NOW, uuid=uuid(5))
    assert "because" not in draft.object.properties
    assert objection.read(draft.object).finding == found


def test_the_longest_names_there_are_make_an_objection_that_can_be_read() -> None:
    long = "ш" * 200
    known = site(
        ICRC,
        1,
        names=[{"text": f"{n}{long[1:]}"} for n in range(3)],
        contact=long,
        reverify_by="1999-12-31T23:59:59.999Z",
    )
    [found] = checked(known).objections
    draft = check.draft(found, against=statement(9), now=NOW, uuid=uuid(5))
    assert long[1:] not in draft.object.raw.decode()
    assert objection.read(draft.object).finding == found
    assert f"the hospital “0{long[1:30]}" in checked(known).text


# -- how long it takes


def test_a_check_against_ten_thousand_volumes_takes_well_under_a_second() -> None:
    [like] = entries(notice(RU, 1))
    many: list[Entry] = []
    for number in range(10_000):
        there = Volume(area(shapes.circle(30 + number % 100 / 10, 30 + number // 100 / 10, 2000)), like.volume.band)
        assert isinstance(like.matter, Notice)
        matter = replace(like.matter, id=f"notice--{uuid(number)}", volumes=(there,))
        many += airspace.entries_of(RU, StatementId(number.to_bytes(32)), matter)
    known, asked = Airspace(many), subject(volume(circle(30_000)))
    took, found = [], Checked(Subject(FR, ()), (), {}, (), (), NOW, {})
    for _ in range(3):
        start = time.perf_counter()
        found = check.check(asked, known, as_of=FRESH, now=NOW, names=NAMES)
        took.append(time.perf_counter() - start)
    assert 20 < len(found.objections) < 60
    assert min(took) < 0.5
