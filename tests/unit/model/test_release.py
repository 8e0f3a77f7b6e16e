"""A release says to whom, what, and on what terms; what cannot be read is refused whole."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.errors import NOT_STIX, RemoteError
from comity.model import content, release
from comity.model.content import parse
from comity.model.fingerprint import Fingerprint
from comity.model.marking import Onward, Terms, Tlp
from comity.model.release import Release
from comity.proof.envelope import StatementId
from comity.space import instant
from comity.space.instant import Instant
from unit.model.test_content import UUID

AT = instant.parse("2026-11-26T10:00:00Z")
GIVEN = Release(
    f"release--{UUID}",
    StatementId(bytes(range(32))),
    Fingerprint("ab" * 32),
    Terms(Tlp.AMBER_STRICT, Onward.ASK, instant.parse("2026-11-26T12:00:00.5Z")),
    AT,
    withdrawn=False,
)


@pytest.mark.parametrize("tlp", Tlp)
@pytest.mark.parametrize("onward", Onward)
@pytest.mark.parametrize("answer_by", [None, AT])
def test_a_release_is_read_as_it_was_written(tlp: Tlp, onward: Onward, answer_by: Instant | None) -> None:
    given = replace(GIVEN, terms=Terms(tlp, onward, answer_by))
    assert release.read(parse(release.write(given, AT))) == given


def test_a_withdrawal_is_a_later_version_of_the_same_release() -> None:
    later = Instant(AT + 1)
    found = parse(release.write(replace(GIVEN, withdrawn=True), later))
    assert (found.id, found.revoked, found.modified) == (GIVEN.id, True, later)
    assert release.read(found) == replace(GIVEN, withdrawn=True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("leaf", "00"),
        ("leaf", None),
        ("to", "ru"),
        ("to", None),
        ("tlp", "white"),
        ("tlp", "RED"),
        ("tlp", None),
        ("onward", "always"),
        ("onward", None),
        ("precision", "vague"),
        ("precision", None),
        ("answer_by", "soon"),
        ("answer_by", 5),
        ("answer_by", "2026-11-26T12:00:00.000+02:00"),
        ("answer_by", "2026-11-26T10:00:00.123456789Z"),
    ],
)
def test_a_release_with_a_term_that_cannot_be_read_is_none(name: str, value: Any) -> None:
    whole = dict(parse(release.write(GIVEN, AT)).properties)
    whole[name] = value
    if value is None:
        del whole[name]
    with pytest.raises(RemoteError) as caught:
        release.read(parse(content.dump(whole)))
    assert (caught.value.code, caught.value.place) == (NOT_STIX, f"/{name}")


def test_another_object_is_no_release() -> None:
    raw = content.write(f"acknowledgement--{UUID}", AT, [], created=AT)
    with pytest.raises(RemoteError) as caught:
        release.read(parse(raw))
    assert (caught.value.code, caught.value.place) == (NOT_STIX, "/type")


# -- the short way of reading a release takes a part of what the long way takes, and gives the same

DIGITS = st.binary(min_size=32, max_size=32)
WRITTEN = st.builds(
    lambda uuid, leaf, to, terms, created, later, withdrawn: release.write(
        Release(f"release--{uuid}", StatementId(leaf), Fingerprint(to.hex()), terms, created, withdrawn),
        Instant(created + later),
    ),
    st.uuids(version=4),
    DIGITS,
    DIGITS,
    st.builds(Terms, st.sampled_from(Tlp), st.sampled_from(Onward), st.none() | st.just(AT)),
    st.integers(0, 1 << 42).map(Instant),
    st.integers(0, 1 << 20),
    st.booleans(),
)
OUR_OWN = release.write(replace(GIVEN, terms=Terms()), AT)


def outcome(reader: Any, raw: bytes) -> Any:
    try:
        return reader(raw)
    except RemoteError as error:
        return error.as_dict()


def the_long_way(raw: bytes) -> Any:
    return outcome(lambda raw: release.read(parse(raw)), raw)


@given(WRITTEN)
def test_what_is_written_is_read_alike_both_ways(raw: bytes) -> None:
    assert release.parse(raw) == the_long_way(raw)


@given(WRITTEN, st.integers(0, 10**6), st.integers(0, 255))
def test_a_changed_byte_has_one_outcome(raw: bytes, at: int, byte: int) -> None:
    data = bytearray(raw)
    data[at % len(data)] = byte
    assert outcome(release.parse, bytes(data)) == the_long_way(bytes(data))


@pytest.mark.parametrize(
    ("found", "put"),
    [
        (b'"modified":"2026', b'"modified":"2025'),
        (b'"created":"2026-11-26', b'"created":"2026-11-31'),
        (b'"modified":"2026-11-26T10', b'"modified":"2026-11-26T24'),
        (b'"created":"2026', b'"created":"1969'),
        (b'"tlp":"amber"', b'"tlp":"white"'),
        (b'"onward":"never"', b'"onward":"red"'),
        (b'"precision":"exact"', b'"precision":"vague"'),
        (b'"precision":"exact"', b'"precision":"exact","precision":"exact"'),
        (b"{", b"{ "),
        (b"}", b"} "),
    ],
)
def test_what_only_looks_like_our_own_has_the_outcome_of_the_rules(found: bytes, put: bytes) -> None:
    changed = OUR_OWN.replace(found, put, 1)
    assert changed != OUR_OWN
    assert outcome(release.parse, changed) == the_long_way(changed)


def test_our_own_releases_go_the_short_way() -> None:
    assert release._USUAL.fullmatch(OUR_OWN)
    assert all(release._USUAL.fullmatch(release.write(replace(GIVEN, terms=Terms(tlp)), AT)) for tlp in Tlp)
