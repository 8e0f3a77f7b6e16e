"""Saying takes an operator's bytes as a draft or refuses them with place and rule; nothing is signed."""

import pytest

from comity.errors import BAD_ARGUMENT, NOT_JSON, NOT_STIX, TOO_LARGE, LocalError
from comity.exchange import say
from comity.model import content
from comity.model.extension import COMITY_TYPES, NODE_TYPES
from unit.exchange.speaker import REPORT, START
from unit.model.test_content import UUID


def refused(raw: bytes) -> tuple[str, str]:
    with pytest.raises(LocalError) as caught:
        say.say(raw)
    return caught.value.code, caught.value.place


def test_what_is_said_are_the_bytes_that_were_given() -> None:
    assert say.say(REPORT).object.raw is REPORT


def test_a_position_about_somebody_is_said_and_one_about_a_place_is_not() -> None:
    fields = [("subject", "Faction X"), ("stance", "designates"), ("basis", "its own list")]
    assert say.say(content.write(f"position--{UUID}", START, fields, created=START)).object.type == "position"
    fields[0] = ("subject", "37SBA 12345 67890")
    assert refused(content.write(f"position--{UUID}", START, fields, created=START)) == (NOT_STIX, "/subject")


@pytest.mark.parametrize("kind", sorted(NODE_TYPES))
def test_what_a_node_makes_is_never_said_by_hand(kind: str) -> None:
    raw = content.write(f"{kind}--{UUID}", START, [], created=START)
    assert refused(raw) == (BAD_ARGUMENT, "/type")


@pytest.mark.parametrize("kind", sorted(COMITY_TYPES.keys() - NODE_TYPES))
def test_the_other_types_of_ours_are_never_refused_for_their_type(kind: str) -> None:
    """Some of them are read strictly, and this one says nothing: but that is another rule, at another place."""
    raw = content.write(f"{kind}--{UUID}", START, [], created=START)
    try:
        assert say.say(raw).object.type == kind
    except LocalError as error:
        assert (error.code, error.place) not in {(BAD_ARGUMENT, "/type"), (NOT_STIX, "/type")}


@pytest.mark.parametrize(
    ("raw", "code", "place"),
    [
        (b"{", NOT_JSON, "line 1 column 2"),
        (b'{"a": NaN}', NOT_JSON, "/a"),
        (b"[]", NOT_STIX, ""),
        (REPORT.replace(b"2.1", b"2.0"), NOT_STIX, "/spec_version"),
        (b" " * (50 << 20), TOO_LARGE, ""),
    ],
    ids=["not JSON", "not a number", "not STIX", "another version", "50 MB"],
)
def test_a_fault_of_the_operators_bytes_is_ours_and_keeps_code_and_place(raw: bytes, code: str, place: str) -> None:
    assert refused(raw) == (code, place)
