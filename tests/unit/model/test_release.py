"""A release says to whom, what, and on what terms; what cannot be read is refused whole."""

from dataclasses import replace
from typing import Any

import pytest

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
