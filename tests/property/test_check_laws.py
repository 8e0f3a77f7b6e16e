"""Laws of checks: alike from both sides, latest versions only, nothing that is over, and every site whatever its date."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from comity.checks import overlap, protected, stale
from comity.exchange import check
from comity.model import content
from comity.model.objection import Finding
from comity.record import airspace
from comity.record.airspace import Airspace, Said, Subject
from comity.space.instant import Instant
from comity.space.volume import intersects
from unit.checks.sky import (
    FR,
    ICRC,
    NAMES,
    NOW,
    RU,
    TR,
    WORDS_NEVER_SAID,
    entries,
    notice,
    point,
    site,
    statement,
    words_of,
)

quick = settings(deadline=None, max_examples=80)
HOUR = 3_600_000

# -- a small sky in which much meets: on both sides of the antimeridian, at a pole, and in the middle of the map

middles = st.sampled_from([(36.0, 36.0), (180.0, 10.0), (-179.98, 10.0), (0.0, 89.99), (120.0, 89.99), (-60.0, -90.0)])
offsets = st.sampled_from([-0.05, -0.01, 0.0, 0.01, 0.05])
places = st.builds(
    lambda middle, east, north: (
        (middle[0] + east + 540) % 360 - 180,
        max(-90.0, min(90.0, middle[1] + north)),
    ),
    middles,
    offsets,
    offsets,
)


def square(at: tuple[float, float], half: float) -> dict[str, Any]:
    west, east = max(-180.0, at[0] - half), min(180.0, at[0] + half)
    south, north = max(-90.0, at[1] - half), min(90.0, at[1] + half)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def circle(at: tuple[float, float], radius_m: float) -> dict[str, Any]:
    return {"type": "Feature", "geometry": point(*at), "properties": {"radius_m": radius_m}}


areas = st.one_of(
    st.builds(circle, places, st.sampled_from([0, 500, 3000])),
    st.builds(square, places, st.sampled_from([0.005, 0.02])),
)
altitudes: st.SearchStrategy[dict[str, str]] = st.one_of(
    st.just({}),
    st.sampled_from([{"floor": "1000 m"}, {"ceiling": "1000 m"}, {"floor": "FL100", "ceiling": "FL200"}]),
    st.sampled_from([{"floor": "1000 ft AGL", "ceiling": "2000 ft AGL"}, {"floor": "3100 m", "ceiling": "3100 m"}]),
)


def hours(first: int, length: int) -> dict[str, str]:
    return {"from": f"2015-11-24T{first:02}:00:00Z", "until": f"2015-11-24T{first + length:02}:00:00Z"}


times = st.builds(hours, st.integers(7, 9), st.integers(0, 2))
volumes = st.builds(lambda area, band, time: {"area": area, **band, **time}, areas, altitudes, times)
notices = st.lists(volumes, min_size=1, max_size=3)
margins = st.sampled_from([0.0, 0.0, 100.0, 4000.0])
states = st.sampled_from([{"state": "ended"}, {"state": "cancelled"}, {"revoked": True}])


def subject_of(said: Said) -> Subject:
    return airspace.subject_of(entries(said))


def overlaps(of: Said, known: Airspace, margin_m: float = 0.0, now: Instant = NOW) -> tuple[Finding, ...]:
    return tuple(each.finding for each in overlap.find(subject_of(of), known, now=now, margin_m=margin_m))


def protecting(of: Subject, known: Airspace) -> tuple[Finding, ...]:
    return tuple(each.finding for each in protected.find(of, known, now=NOW))


def later(said: Said, number: int, **changed: Any) -> Said:
    """A version a second later."""
    by, _, found = said
    modified = {"modified": "2015-11-24T07:00:01.000Z"}
    return by, statement(number), content.parse(content.dump({**found.properties, **modified, **changed}))


def seen(found: Finding) -> tuple[Any, ...]:
    """What is told alike on both sides: when, how high, how often, and, where they meet outright, where."""
    witness = found.witness
    assert witness is not None
    assert witness.point is not None
    place = witness.point if found.margin_m is None else None
    return place, witness.lowest_m, witness.highest_m, witness.during, found.meetings, found.margin_m


# -- symmetry


@quick
@given(notices, notices, margins)
def test_a_notice_meets_another_exactly_when_the_other_meets_it(a: Any, b: Any, margin_m: float) -> None:
    """OBJECTION-8."""
    one, other = notice(FR, 1, *a), notice(RU, 2, *b)
    there = overlaps(one, airspace.fold([other]), margin_m)
    back = overlaps(other, airspace.fold([one]), margin_m)
    assert [each.because for each in there] == [statement(2)] * len(there)
    assert [each.because for each in back] == [statement(1)] * len(back)
    assert [seen(each) for each in there] == [seen(each) for each in back]


@quick
@given(notices, notices, margins)
def test_what_is_looked_for_through_an_index_is_found_as_if_every_pair_were_compared(
    a: Any, b: Any, margin_m: float
) -> None:
    one, other = notice(FR, 1, *a), notice(RU, 2, *b)
    pairs = [(x.volume, y.volume) for x in entries(one) for y in entries(other)]
    met = any(intersects(x, y, margin_m) for x, y in pairs)
    assert bool(overlaps(one, airspace.fold([other]), margin_m)) is met


@quick
@given(notices, notices, margins)
def test_what_arrives_finds_what_it_would_have_found_had_it_been_there_first(a: Any, b: Any, margin_m: float) -> None:
    one, other = notice(FR, 1, *a), notice(RU, 2, *b)

    def found(new: Said, known: Said) -> set[tuple[Any, Any]]:
        both = check.arrived(entries(new), airspace.fold([known]), now=NOW, margin_m=margin_m)
        return {(each.subject, each.finding) for each in both}

    assert found(one, other) == found(other, one)


# -- versions


@quick
@given(notices, notices, notices, st.permutations(range(3)))
def test_a_later_version_stands_in_the_place_of_all_before_it(asked: Any, old: Any, new: Any, order: list[int]) -> None:
    """NOTICE-14."""
    first = notice(RU, 2, *old)
    versions = [first, later(first, 3, volumes=new), notice(TR, 4, *old)]
    whole = overlaps(notice(FR, 1, *asked), airspace.fold([versions[k] for k in order]))
    alone = overlaps(notice(FR, 1, *asked), airspace.fold(versions[1:]))
    assert whole == alone
    assert statement(2) not in {each.because for each in whole}


@quick
@given(notices, states)
def test_what_is_ended_cancelled_or_taken_back_never_objects(drawn: Any, over: dict[str, Any]) -> None:
    """NOTICE-15."""
    first = notice(RU, 2, *drawn)
    assert overlaps(notice(FR, 1, *drawn), airspace.fold([first]))
    for known in ([later(first, 3, **over)], [first, later(first, 3, **over)], [later(first, 3, **over), first]):
        assert overlaps(notice(FR, 1, *drawn), airspace.fold(known)) == ()


@quick
@given(notices, st.integers(0, 5 * HOUR))
def test_a_notice_objects_as_long_as_one_of_its_volumes_lasts_and_no_longer(drawn: Any, after: int) -> None:
    now, said = Instant(NOW + after), notice(RU, 2, *drawn)
    lasts = any(not each.volume.during.is_over(now) for each in entries(said))
    assert bool(overlaps(notice(FR, 1, *drawn), airspace.fold([said]), now=now)) is lasts


# -- sites


@quick
@given(
    areas,
    notices,
    st.sampled_from(["1971-01-01T00:00:00Z", "2015-11-24T06:59:59Z", "2015-11-24T07:00:00Z", "2099-01-01T00:00:00Z"]),
)
def test_a_date_changes_what_is_said_of_a_site_and_never_whether_it_objects(area: Any, asked: Any, by: str) -> None:
    """OBJECTION-10."""
    subject = subject_of(notice(FR, 1, *asked))
    dated, plain = (airspace.fold([site(ICRC, 2, area=area, **more)]) for more in ({"reverify_by": by}, {}))
    [with_date, without] = (protected.find(subject, each, now=NOW) for each in (dated, plain))
    assert [each.finding for each in with_date] == [each.finding for each in without]
    late = by < "2015-11-24T07:00:00Z"
    assert [words_of(each, subject).endswith("; still protected") for each in with_date] == [late] * len(with_date)


@quick
@given(areas, notices)
def test_whatever_meets_a_site_meets_it_at_any_altitude_and_time(area: Any, asked: Any) -> None:
    """OBJECTION-9."""
    known = airspace.fold([site(ICRC, 2, area=area)])
    elsewhen = [{**each, "floor": "99000 m", "ceiling": "99000 m", **hours(23, 0)} for each in asked]
    here, there = (protecting(subject_of(notice(FR, 1, *drawn)), known) for drawn in (asked, elsewhen))
    assert [each.because for each in here] == [each.because for each in there]


@quick
@given(areas, notices)
def test_nothing_is_found_against_a_site(area: Any, others: Any) -> None:
    """OBJECTION-13."""
    new = entries(site(ICRC, 2, area=area))
    found = check.arrived(new, airspace.fold([notice(FR, 1, *others), site(RU, 3, area=area)]), now=NOW)
    assert {each.subject for each in found} <= {statement(1)}


# -- a larger picture objects more


@quick
@given(notices, st.lists(notices, max_size=3), areas, margins)
def test_what_is_told_more_never_takes_an_objection_away(asked: Any, others: Any, area: Any, margin_m: float) -> None:
    known = [notice(RU, number, *each) for number, each in enumerate(others, 10)]
    more = [*known, site(ICRC, 2, area=area), notice(TR, 3, *asked)]
    subject = subject_of(notice(FR, 1, *asked))

    def found(said: list[Said], margin: float) -> set[Any]:
        everything = check.check(subject, airspace.fold(said), as_of={}, now=NOW, names=NAMES, margin_m=margin)
        return {each.because for each in everything.objections}

    assert found(known, margin_m) <= found(more, margin_m)
    assert found(more, 0.0) <= found(more, margin_m)


# -- what is said


@quick
@given(notices, notices, areas, st.dictionaries(st.sampled_from([RU, TR]), st.none() | st.integers(-HOUR, HOUR)))
def test_no_check_ever_says_that_anything_may_be_done(asked: Any, other: Any, area: Any, ages: dict[Any, Any]) -> None:
    """OBJECTION-14."""
    as_of = {by: None if age is None else Instant(NOW - age) for by, age in ages.items()}
    known = airspace.fold([notice(RU, 2, *other), site(ICRC, 3, area=area)])
    found = check.check(subject_of(notice(FR, 1, *asked)), known, as_of=as_of, now=NOW, names=NAMES)
    assert bool(found.objections) is ("this is not a clearance" not in found.text)
    told = found.text.replace("this is not a clearance", "").lower()
    assert not [word for word in WORDS_NEVER_SAID if word in told]
    assert set(found.not_heard_from) | set(found.as_of) == set(ages)


@quick
@given(st.integers(-10 * HOUR, 10 * HOUR), st.integers(0, 7200))
def test_a_picture_is_too_old_exactly_when_it_is_older_than_was_asked_for_or_ahead_of_time(
    age: int, after_s: int
) -> None:
    """OBJECTION-11."""
    found = stale.find({RU: Instant(NOW - age)}, now=NOW, after_s=after_s)
    assert bool(found) is (age > after_s * 1000 or age < -300_000)
