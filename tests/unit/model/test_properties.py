"""Reading a property either gives a typed value or says at which place which rule is broken, and quotes nothing."""

import enum
from collections.abc import Callable
from typing import Any

import pytest

from comity.errors import NOT_STIX, RemoteError
from comity.formats import Format
from comity.model import fingerprint, properties
from comity.model.content import StixObject, parse
from comity.model.properties import (
    by_version,
    count,
    hash32,
    member,
    one_of,
    statement_id,
    take,
    take_from,
    take_optional,
    timestamp,
)
from comity.space import instant
from comity.space.instant import Instant
from unit.model.test_content import raw_of

HEX = "0123456789abcdef" * 4


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


def holding(**given: Any) -> StixObject:
    return parse(raw_of(**given))


def refusal(call: Callable[[], object]) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        call()
    assert caught.value.code == NOT_STIX
    return caught.value


def test_only_the_type_that_is_expected_is_taken() -> None:
    def read(kind: str) -> str:
        return by_version(Format(kind, {1: lambda found: "read"}), holding())

    assert read("x-thing") == "read"
    assert refusal(lambda: read("x-other")).place == "/type"


@pytest.mark.parametrize("value", [None, 3, True, ["a"], {}])
def test_a_property_that_is_missing_or_no_string_is_refused_at_its_place(value: object) -> None:
    assert refusal(lambda: take(holding(p=value), "p", str)).place == "/p"


def test_an_optional_property_may_be_missing_and_may_not_be_wrong() -> None:
    assert take_optional(holding(), "p", str) is None
    assert take_optional(holding(p="x"), "p", str) == "x"
    refusal(lambda: take_optional(holding(p=3), "p", str))


def test_a_nested_property_is_refused_at_its_whole_place() -> None:
    assert take_from({"b": HEX}, "b", hash32, inside="/a") == bytes.fromhex(HEX)
    assert refusal(lambda: take_from({"b": ""}, "b", hash32, inside="/a")).place == "/a/b"


def test_a_time_is_read_in_the_one_form_in_which_nodes_write_it() -> None:
    for at in (Instant(0), Instant(1_448_532_000_123), Instant(253402300799999)):
        assert timestamp(instant.text(at)) == at


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2015-11-26",
        "2015-11-26T10:00:00Z",
        "2015-11-26T10:00:00.0Z",
        "2015-11-26T10:00:00.000000Z",
        "2015-11-26T10:00:00.123456789Z",
        "2015-11-26T10:00:00.000+00:00",
        "2015-11-26T10:00:00.000-00:00",
        "2015-11-26T12:00:00.000+02:00",
        "2015-11-26t10:00:00.000z",
        "2015-11-26T10:00:00.000",
        "2015-11-31T10:00:00.000Z",
        "2015-11-26T24:00:00.000Z",
        "1969-12-31T23:59:59.999Z",
    ],
)
def test_a_time_in_another_zone_or_with_other_digits_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="as nodes write it"):
        timestamp(text)


READERS: dict[str, Callable[[str], object]] = {
    "hash32": hash32,
    "statement_id": statement_id,
    "one_of": one_of("a", "b"),
    "member": member(Colour),
    "instant": instant.parse,
    "fingerprint": fingerprint.read,
    "party_name": fingerprint.party_name,
}


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@pytest.mark.parametrize("text", ["s3cret " * 10_000, "пароль", "\x1b[2J", ""])
def test_what_a_reader_refuses_is_never_quoted(reader: Callable[[str], object], text: str) -> None:
    error = refusal(lambda: take(holding(p=text), "p", reader))
    assert error.place == "/p"
    assert len(error.message) < 200
    assert "s3cret" not in error.message
    assert error.message.isascii()


def test_an_enumeration_is_read_by_its_values() -> None:
    assert take(holding(p="blue"), "p", member(Colour)) is Colour.BLUE
    assert "red, blue" in refusal(lambda: take(holding(p="BLUE"), "p", member(Colour))).message


@pytest.mark.parametrize("value", [1, 2**53 - 1])
def test_a_count_is_a_whole_number_from_one(value: int) -> None:
    assert count(holding(n=value), "n") == value


@pytest.mark.parametrize("value", [0, -1, 2**53, 1.0, "1", True, None])
def test_nothing_else_is_a_count(value: object) -> None:
    assert refusal(lambda: count(holding(n=value), "n")).place == "/n"


@pytest.mark.parametrize("text", ["", HEX[:-2], HEX + "00", HEX.upper(), " " + HEX, HEX[:2] + " " + HEX[2:], "é" * 64])
def test_a_hash_has_one_way_to_be_written(text: str) -> None:
    with pytest.raises(ValueError, match="hexadecimal"):
        hash32(text)


def test_a_statement_id_is_a_hash() -> None:
    assert statement_id(HEX) == properties.hash32(HEX)
