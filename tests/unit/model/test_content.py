"""Content is one STIX 2.1 object, and every byte of it survives: scripts, unknown properties, order, spaces."""

import json
from typing import Any

import pytest

from comity.model import content
from comity.model.content import MAX_CONTENT, MAX_DEPTH, parse, read_json
from comity.model.extension import COMITY_TYPES, NODE_TYPES
from comity.model.marking import Markings, Tlp
from comity.space import instant

UUID = "00000000-0000-4000-8000-000000000001"
TIMES = {"created": "2026-11-26T09:00:00.000Z", "modified": "2026-11-26T09:30:00.000Z"}

SCRIPTS = {
    "Arabic": "نقطة تفتيش الحدود",
    "Cyrillic": "Контрольно-пропускной пункт",
    "Chinese": "边境检查站",
    "Devanagari": "सीमा चौकी क्षि",
    "Hebrew with marks of direction": "\u200f\u202bמחסום\u202c\u200e 12\u2069",
    "Persian with joiners": "می\u200cخواهم",
    "beyond the first plane": "𐎀𐎁 🏥 𠜎",
    "decomposed accents": "Se\u0301gou, A\u030angstro\u0308m",
}


def an_object(kind: str = "x-thing", /, **properties: Any) -> dict[str, Any]:
    """A valid object with further properties; None leaves one out."""
    found = {"type": kind, "spec_version": "2.1", "id": f"{kind}--{UUID}", **TIMES, **properties}
    return {name: value for name, value in found.items() if value is not None}


def raw_of(kind: str = "x-thing", /, **properties: Any) -> bytes:
    return content.dump(an_object(kind, **properties))


@pytest.mark.parametrize("name", SCRIPTS.values(), ids=SCRIPTS)
def test_a_name_in_any_script_survives_byte_for_byte(name: str) -> None:
    raw = raw_of("identity", name=name)
    found = parse(raw)
    assert found.raw == raw
    assert found.name == name
    assert name.encode() in found.raw


def test_bytes_are_kept_as_they_were_written_and_not_as_we_would_write_them() -> None:
    raw = (
        '{\r\n\t"spec_version" : "2.1", "type":"x-thing", "modified":"2026-11-26T09:30:00Z",'
        f'"id":"x-thing--{UUID}",\n'
        ' "x": [1.0, 1e2, -0, "\\u00e9\\/"],"created":"2026-11-26T09:00:00Z" } \n'
    ).encode()
    assert parse(raw).raw is raw


@pytest.mark.parametrize("name", ["first_seen", "valid_from", "published", "submitted"])
@pytest.mark.parametrize(
    "time", ["1964-05-27T00:00:00Z", "1969-12-31T19:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"]
)
def test_what_is_told_of_may_be_long_ago(name: str, time: str) -> None:
    raw = raw_of(**{name: time})
    assert parse(raw).raw is raw


@pytest.mark.parametrize("digits", [1, 3, 6, 9, 10, 20])
def test_a_second_has_as_many_digits_as_its_author_gave_it(digits: int) -> None:
    """RFC 3339 5.6 sets no bound; a version is known by its milliseconds."""
    found = parse(raw_of(modified=f"2026-11-26T09:30:00.{'1' * digits}Z"))
    assert found.modified == instant.parse("2026-11-26T09:30:00Z") + int("1".ljust(3, "0") if digits == 1 else "111")


def test_an_id_in_capitals_is_the_same_id_and_its_bytes_stay_as_they_came() -> None:
    """RFC 4122 3: a UUID is read in either case."""
    uuid = "ABCDEF01-0000-4000-8000-00000000000F"
    marking = "marking-definition--94868C89-83C2-464B-929B-A1A8AA3C8487"
    raw = raw_of(id=f"x-thing--{uuid}", object_marking_refs=[marking])
    found = parse(raw)
    assert found.raw == raw
    assert found.id == f"x-thing--{uuid.lower()}"
    assert found.markings == Markings((Tlp.CLEAR,))


@pytest.mark.parametrize("after", [b"", b"\n", b"\r\n", b" \t\r\n"])
@pytest.mark.parametrize("before", [b"", b"\n", b" \t\r\n"])
def test_space_around_an_object_is_kept_and_means_nothing(before: bytes, after: bytes) -> None:
    bare = raw_of("identity", name="n")
    found = parse(before + bare + after)
    assert found.raw == before + bare + after
    assert found.properties == parse(bare).properties


def test_properties_that_nobody_here_knows_survive() -> None:
    found = parse(raw_of("identity", name="n", x_ours={"deep": [None, True, {"é": 1.5}]}, toto=2**60))
    assert found.properties["x_ours"] == {"deep": [None, True, {"é": 1.5}]}
    assert found.properties["toto"] == 2**60


def test_an_object_without_a_name_is_called_by_its_id() -> None:
    assert parse(raw_of()).name == f"x-thing--{UUID}"
    assert parse(raw_of(name="")).name == f"x-thing--{UUID}"


def test_a_version_is_told_by_modified() -> None:
    found = parse(raw_of())
    assert found.modified == instant.parse("2026-11-26T09:30:00Z")
    assert (found.type, found.id, found.revoked) == ("x-thing", f"x-thing--{UUID}", False)
    assert parse(raw_of(revoked=True)).revoked is True


def test_an_observable_needs_neither_times_nor_spec_version() -> None:
    raw = content.dump({"type": "ipv4-addr", "id": f"ipv4-addr--{UUID}", "value": "198.51.100.3"})
    assert parse(raw).modified is None


def test_a_marking_definition_has_no_modified() -> None:
    raw = raw_of("marking-definition", modified=None, definition_type="statement")
    assert parse(raw).modified == instant.parse("2026-11-26T09:00:00Z")


DECLARED = {f"extension-definition--{UUID}": {"extension_type": "new-sdo"}}


@pytest.mark.parametrize("kind", ["new-sdo", "new-sro"])
def test_a_type_that_an_extension_declares_is_taken(kind: str) -> None:
    declared = {f"extension-definition--{UUID}": {"extension_type": kind}, "x": 3}
    assert parse(raw_of("air-corridor", extensions=declared)).type == "air-corridor"


def test_an_observable_that_an_extension_declares_needs_no_times() -> None:
    declared = {f"extension-definition--{UUID}": {"extension_type": "new-sco"}}
    bare = {"type": "transponder", "id": f"transponder--{UUID}", "extensions": declared}
    assert parse(content.dump(bare)).modified is None
    assert parse(content.dump(bare | TIMES | {"spec_version": "2.1"})).modified is not None


@pytest.mark.parametrize("kind", sorted(COMITY_TYPES))
def test_what_we_write_of_each_own_type_can_be_read(kind: str) -> None:
    at = instant.parse("2026-11-26T10:00:00Z")
    raw = content.write(f"{kind}--{UUID}", at, [("a", 1), ("b", None)], created=at)
    found = parse(raw)
    assert (found.type, found.modified, found.properties["a"]) == (kind, at, 1)
    assert "b" not in found.properties


def test_every_type_that_a_node_makes_is_one_of_ours() -> None:
    assert COMITY_TYPES.keys() > NODE_TYPES
    assert len(set(COMITY_TYPES.values())) == len(COMITY_TYPES)


def test_content_of_just_the_largest_size_is_taken() -> None:
    room = MAX_CONTENT - len(raw_of(x=""))
    assert len(parse(raw_of(x="a" * room)).raw) == MAX_CONTENT


def nested(depth: int) -> bytes:
    """Arrays within one another; the outermost stands at depth 0."""
    return b"[" * depth + b"]" * depth


def test_nesting_to_the_stated_depth_is_taken() -> None:
    assert read_json(nested(MAX_DEPTH + 1)) is not None


def test_many_brackets_side_by_side_are_not_deep() -> None:
    assert read_json(b"[" + b",".join([b"{}"] * 1000) + b"]") == [{}] * 1000


def test_escaped_pairs_of_surrogates_are_a_character() -> None:
    assert read_json(b'{"\\ud83c\\udfe5": "\\ud83c\\udfe5"}') == {"🏥": "🏥"}


@pytest.mark.parametrize("text", ["0", "-0", "1e2", "1.5", "9" * 308, "-" + "9" * 307, "1e-400", "true", "null", '""'])
def test_every_value_of_json_is_read_as_the_library_reads_it(text: str) -> None:
    assert read_json(text.encode()) == json.loads(text)
