"""What is not content is refused with a code, a place and a rule, quickly, and without being quoted at length."""

import sys
import time
from typing import Any

import pytest

from comity.errors import NOT_JSON, NOT_STIX, TOO_LARGE, RemoteError
from comity.model import content
from comity.model.content import MAX_CONTENT, MAX_DEPTH, parse, read_json
from comity.model.extension import COMITY_TYPES
from unit.model.test_content import UUID, an_object, nested, raw_of


def refusal(raw: bytes) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        parse(raw)
    error = caught.value
    assert len(str(error)) < 600
    assert str(error).isprintable()
    return error


def refused(raw: bytes, code: str, place: str) -> str:
    error = refusal(raw)
    assert (error.code, error.place) == (code, place)
    assert error.message
    return error.message


# -- not JSON


NOT_JSON_AT_ALL = {
    "nothing": (b"", "line 1 column 1"),
    "a word": (b"hello", "line 1 column 1"),
    "cut off": (b'{\n "type": "rep', "line 2 column 10"),
    "two values": (b"{} {}", "line 1 column 4"),
    "something after a value and a space": (b'{"a": 1} \n}', "line 2 column 1"),
    "a space after it that JSON has not": ('{"a": 1}\u00a0'.encode(), "line 1 column 9"),
    "a form feed after it": (b'{"a": 1}\n\x0c', "line 2 column 1"),
    "a space before it that JSON has not": ('\u00a0{"a": 1}'.encode(), "line 1 column 1"),
    # Python 3.13 points at the comma, those before it at what should come after it.
    "a trailing comma": (b'{"a": 1,}', "line 1 column 8" if sys.version_info >= (3, 13) else "line 1 column 9"),
    "a leading zero": (b'{"a": 01}', "line 1 column 8"),
    "a comment": (b'{"a": 1 /* b */}', "line 1 column 9"),
    "single quotes": (b"{'a': 1}", "line 1 column 2"),
    "a bare newline in a string": (b'{"a": "\n"}', "line 1 column 8"),
    "an escape that is none": (b'{"a": "\\x41"}', "line 1 column 8"),
    "a byte order mark": (b"\xef\xbb\xbf{}", "line 1 column 1"),
}


@pytest.mark.parametrize(("raw", "place"), NOT_JSON_AT_ALL.values(), ids=NOT_JSON_AT_ALL)
def test_what_is_not_json_is_refused_with_line_and_column(raw: bytes, place: str) -> None:
    assert "RFC 8259" in refused(raw, NOT_JSON, place)


@pytest.mark.parametrize(
    ("raw", "byte"),
    [(b'{"a": "\xff"}', 7), ('{"a": "é"}'.encode("latin-1"), 7), ("{}".encode("utf-16"), 0), (b'"\xed\xa0\x80"', 1)],
    ids=["a stray byte", "Latin-1", "UTF-16", "an encoded surrogate"],
)
def test_what_is_not_utf8_is_refused_at_the_byte(raw: bytes, byte: int) -> None:
    assert "UTF-8" in refused(raw, NOT_JSON, f"byte {byte}")


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("NaN", "NaN is not JSON"),
        ("Infinity", "Infinity is not JSON"),
        ("-Infinity", "-Infinity is not JSON"),
        ("1e400", "too large for a number"),
        ("-1e400", "too large for a number"),
        ("9" * 309, "too large for a number"),
        ("9" * 5000, "too large for a number"),
        ("-" + "1" * 100_000, "too large for a number"),
        ('{"k": 1, "k": 1}', "the key 'k' stands twice in one object"),
    ],
)
def test_what_the_library_would_take_and_json_has_not_is_refused_at_its_place(value: str, why: str) -> None:
    raw = f'{{"type": "x-thing", "a": [0, {{"b": {value}}}]}}'.encode()
    assert why in refused(raw, NOT_JSON, "/a/1/b")


def test_the_first_of_several_faults_is_told() -> None:
    assert "NaN" in refused(b'{"a": NaN, "b": Infinity}', NOT_JSON, "/a")
    assert "Infinity" in refused(b'[[Infinity], {"a": NaN, "a": 1}]', NOT_JSON, "/0/0")


def test_a_fault_that_a_repeated_key_has_hidden_is_still_told() -> None:
    assert "NaN" in refused(b'{"a": NaN, "a": 1}', NOT_JSON, "")


def test_a_key_that_stands_twice_is_refused_also_if_it_is_escaped_once() -> None:
    refused(b'{"type": 1, "t\\u0079pe": 2}', NOT_JSON, "/")


def test_a_fault_below_the_deepest_place_is_told_without_a_place() -> None:
    deep = MAX_DEPTH + 5
    assert "NaN" in refused(b"[" * deep + b"NaN" + b"]" * deep, NOT_JSON, "")


SURROGATES = {
    "alone": (b'{"a": "\\ud800"}', "/a"),
    "in an array": (b'{"a": ["", {"b": "x\\udfffx"}]}', "/a/1/b"),
    "the wrong way round": (b'{"a": "\\udc00\\ud800"}', "/a"),
    "in a key": (b'{"a": {"\\ud800": 1}}', "/a"),
    "in a key in an array": (b'[{"\\udead": 1}]', "/0"),
    "as the whole": (b'"\\ud800"', "/"),
}


@pytest.mark.parametrize(("raw", "place"), SURROGATES.values(), ids=SURROGATES)
def test_half_a_character_is_refused_in_values_and_keys(raw: bytes, place: str) -> None:
    assert "surrogate" in refused(raw, NOT_JSON, place)


@pytest.mark.parametrize("depth", [MAX_DEPTH + 2, 500, 20_000])
def test_nesting_past_the_stated_depth_is_refused_and_does_no_harm(depth: int) -> None:
    assert "nested deeper" in refusal(nested(depth)).message


@pytest.mark.parametrize("part", [b"[", b'{"a":', b'[{"":'], ids=["lists", "maps", "both"])
def test_a_bomb_of_depth_is_refused_and_a_larger_one_unread(part: bytes) -> None:
    assert refusal(part * 10_000).code == NOT_JSON
    assert refusal(part * 100_000).code == TOO_LARGE


def test_nesting_is_refused_where_it_becomes_too_deep() -> None:
    message = refused(b'{"a": ' + nested(MAX_DEPTH + 2) + b"}", NOT_JSON, "/a" + "/0" * MAX_DEPTH)
    assert str(MAX_DEPTH) in message


def test_fifty_megabytes_are_refused_unread() -> None:
    raw = b'{"a": "' + b"x" * (50 << 20) + b'"}'
    start = time.process_time()
    assert str(MAX_CONTENT) in refused(raw, TOO_LARGE, "")
    assert time.process_time() - start < 1


def test_a_hundred_thousand_keys_with_one_twice_are_refused_quickly() -> None:
    keys = ",".join(f'"{number:x}":0' for number in range(100_000))
    start = time.process_time()
    assert "'z'" in refused(f'{{{keys},"z":0,"z":0}}'.encode(), NOT_JSON, "/")
    assert time.process_time() - start < 5


# -- what a refusal shows


def test_a_refusal_shows_the_beginning_of_a_long_key_and_no_more() -> None:
    long = "k" * 500_000
    assert "k" * 65 not in refusal(f'{{"{long}": 1, "{long}": 1}}'.encode()).message
    place = refusal(f'{{"{long}": {{"{long}": ["\\ud800"]}}}}'.encode()).place
    assert place == "/" + "k" * 64 + "/" + "k" * 64 + "/0"


def test_a_refusal_has_no_control_and_no_mark_of_direction_in_it() -> None:
    raw = '{"\\u001b[2J": {"\u202eevil": {"صف": NaN}}}'.encode()
    assert refusal(raw).place == "/\ufffd[2J/\ufffdevil/صف"


def test_a_place_has_a_length_that_fits_on_a_line_or_two() -> None:
    raw = b'{"' + b'":{"'.join([b"k" * 64] * 20) + b'": NaN' + b"}" * 20
    assert len(refusal(raw).place) == 200


SECRET = "correct-horse-battery-staple"


@pytest.mark.parametrize(
    "properties",
    [
        {"type": SECRET + " " * 3},
        {"id": SECRET},
        {"created": SECRET},
        {"modified": SECRET},
        {"spec_version": SECRET},
        {"revoked": SECRET},
        {"extensions": SECRET},
        {"name": [SECRET]},
        {"object_marking_refs": [SECRET]},
        {"granular_markings": [{"marking_ref": SECRET}]},
        {"a": [float("inf")], "b": SECRET},
    ],
    ids=lambda found: next(iter(found)),
)
def test_a_refusal_never_quotes_a_value(properties: dict[str, Any]) -> None:
    raw = content.dump(an_object(name="n") | properties)
    assert SECRET not in str(refusal(raw))


# -- not STIX


@pytest.mark.parametrize("raw", [b"[]", b'"report"', b"1", b"null", b"true"])
def test_a_value_that_is_no_object_is_refused(raw: bytes) -> None:
    assert "one STIX object" in refused(raw, NOT_STIX, "")


def test_a_bundle_is_refused_with_what_to_do_instead() -> None:
    raw = content.dump({"type": "bundle", "id": f"bundle--{UUID}", "objects": [an_object()]})
    assert "one by one" in refused(raw, NOT_STIX, "/type")


@pytest.mark.parametrize("kind", [None, 1, "", "ab", "Report", "re port", "report\n", "-report", "a" * 300])
def test_a_type_that_is_no_name_is_refused(kind: object) -> None:
    refused(content.dump(an_object() | {"type": kind}), NOT_STIX, "/type")


@pytest.mark.parametrize(
    "id",
    [
        None,
        7,
        UUID,
        "x-thing",
        "x-thing--",
        f"report--{UUID}",
        f"x-thing--{UUID}\n",
        f"x-thing--{UUID[:-1]}",
        f"x-thing--{UUID.replace('4', '0')}",
        "x-thing--0000000G-0000-4000-8000-000000000001",
        "x-thing--K0000000-0000-4000-8000-000000000001",
    ],
)
def test_an_id_that_is_not_of_the_type_and_a_uuid_is_refused(id: object) -> None:
    assert "x-thing--UUID" in refused(content.dump(an_object() | {"id": id}), NOT_STIX, "/id")


@pytest.mark.parametrize("revoked", ["true", 1, 0, None, []])
def test_revoked_is_a_truth_value_and_nothing_like_it(revoked: object) -> None:
    refused(content.dump(an_object() | {"revoked": revoked}), NOT_STIX, "/revoked")


BAD_TIMES = [
    "",
    "yesterday",
    "2026-11-26",
    "2026-11-26T10:00:00",
    "2026-11-26T10:00:00+00:00",
    "2026-11-26 10:00:00Z",
    "2026-11-26t10:00:00z",
    "2026-02-30T10:00:00Z",
    "2026-11-26T24:00:00Z",
    "2026-11-26T10:00:60Z",
    "2026-11-26T10:00:00.Z",
    "2026-11-26T10:00:00Z\n",
    "0000-12-31T23:59:59Z",
    "10000-01-01T00:00:00Z",
    "２０２６-11-26T10:00:00Z",
    f"2026-11-26T10:00:00.{'0' * 100}Z",
    1795687200,
    None,
    ["2026-11-26T10:00:00Z"],
]


@pytest.mark.parametrize("name", ["created", "modified", "valid_from", "first_seen"])
@pytest.mark.parametrize("time", BAD_TIMES, ids=repr)
def test_a_date_that_is_none_is_refused(name: str, time: object) -> None:
    refused(content.dump(an_object() | {name: time}), NOT_STIX, f"/{name}")


@pytest.mark.parametrize("name", ["created", "modified"])
def test_a_version_is_not_from_before_1970(name: str) -> None:
    """Versions are told apart by these two, which have the bounds of our own times."""
    assert "before 1970" in refused(content.dump(an_object() | {name: "1969-12-31T23:59:59Z"}), NOT_STIX, f"/{name}")


def test_a_leap_second_is_refused_in_words_of_its_own() -> None:
    raw = raw_of(first_seen="2016-12-31T23:59:60Z")
    assert "a leap second (:60)" in refused(raw, NOT_STIX, "/first_seen")


@pytest.mark.parametrize("names", [("modified", "first_seen"), ("valid_until", "published", "modified")])
def test_of_several_bad_dates_the_first_in_the_object_is_told(names: tuple[str, ...]) -> None:
    bare = an_object(created=None, modified=None)
    refused(content.dump(bare | dict.fromkeys(names, "never")), NOT_STIX, f"/{names[0]}")


@pytest.mark.parametrize("name", ["spec_version", "created", "modified"])
def test_what_every_object_must_have_is_asked_for(name: str) -> None:
    assert "STIX 2.1" in refused(raw_of(**{name: None}), NOT_STIX, f"/{name}")


@pytest.mark.parametrize("version", ["2.0", "2.10", 2.1, ""])
def test_another_version_of_stix_is_refused(version: object) -> None:
    refused(raw_of(spec_version=version), NOT_STIX, "/spec_version")


def test_an_object_is_not_modified_before_it_was_created() -> None:
    raw = raw_of(created="2026-11-26T09:00:00.001Z", modified="2026-11-26T09:00:00Z")
    assert "before created" in refused(raw, NOT_STIX, "/modified")


@pytest.mark.parametrize(
    ("kind", "name"),
    [("report", "published"), ("indicator", "pattern"), ("relationship", "target_ref"), ("identity", "name")],
)
def test_what_a_type_must_have_is_asked_for_by_name(kind: str, name: str) -> None:
    wholes: dict[str, dict[str, Any]] = {
        "report": {"name": "n", "published": "2026-11-26T09:00:00Z", "object_refs": [f"identity--{UUID}"]},
        "indicator": {"pattern": "[a:b = 'c']", "pattern_type": "stix", "valid_from": "2026-11-26T09:00:00Z"},
        "relationship": {"relationship_type": "uses", "source_ref": "a", "target_ref": "b"},
        "identity": {"name": "n"},
    }
    whole = wholes[kind]
    assert parse(raw_of(kind, **whole)).type == kind
    assert f"must have {name}" in refused(raw_of(kind, **{**whole, name: None}), NOT_STIX, f"/{name}")


@pytest.mark.parametrize("name", ["name", "description", "pattern", "context"])
def test_what_is_a_text_in_stix_is_a_text(name: str) -> None:
    refused(raw_of(**{name: {"de": "Name"}}), NOT_STIX, f"/{name}")


@pytest.mark.parametrize(
    "extensions",
    [
        None,
        {},
        {"e": None},
        {"e": "new-sdo"},
        {"e": {}},
        {"e": {"extension_type": "property-extension"}},
        {"e": {"extension_type": "new-anything"}},
        {"e": {"extension_type": ["new-sdo"]}},
    ],
)
def test_a_type_that_nothing_declares_is_refused(extensions: object) -> None:
    assert "7.3" in refused(raw_of("air-corridor", extensions=extensions), NOT_STIX, "/type")


@pytest.mark.parametrize("kind", ["notice", "release"])
@pytest.mark.parametrize("declared", [None, {}, {"extension_type": "property-extension"}, "new-sdo"])
def test_a_type_of_ours_must_declare_our_extension_and_no_other(kind: str, declared: object) -> None:
    ours = COMITY_TYPES[kind]
    foreign = {f"extension-definition--{UUID}": {"extension_type": "new-sdo"}}
    refused(raw_of(kind, extensions=foreign | {ours: declared}), NOT_STIX, "/extensions")
    refused(raw_of(kind), NOT_STIX, "/extensions")


def test_extensions_are_an_object() -> None:
    refused(raw_of("air-corridor", extensions=["new-sdo"]), NOT_STIX, "/extensions")


@pytest.mark.parametrize(
    ("name", "value", "place"),
    [
        ("object_marking_refs", [], "/object_marking_refs"),
        ("object_marking_refs", "marking-definition--x", "/object_marking_refs"),
        ("object_marking_refs", [f"marking-definition--{UUID}", 5], "/object_marking_refs/1"),
        ("object_marking_refs", ["TLP:RED"], "/object_marking_refs/0"),
        ("granular_markings", {}, "/granular_markings"),
        ("granular_markings", ["red"], "/granular_markings/0"),
        ("granular_markings", [{"selectors": ["name"]}], "/granular_markings/0"),
        ("granular_markings", [{"lang": "fr", "marking_ref": "x"}], "/granular_markings/0"),
        ("granular_markings", [{"lang": "fr"}, {"marking_ref": None}], "/granular_markings/1/marking_ref"),
    ],
)
def test_a_marking_that_cannot_be_read_is_not_taken_for_none(name: str, value: object, place: str) -> None:
    refused(raw_of(**{name: value}), NOT_STIX, place)


def test_the_same_rules_hold_for_json_that_is_not_content() -> None:
    with pytest.raises(RemoteError, match="stands twice"):
        read_json(b'[{"a": 1, "a": 2}]')


@pytest.mark.parametrize(
    ("changed", "section"),
    [
        ({"type": "X"}, "3.1"),
        ({"id": "x"}, "2.9"),
        ({"created": "2015-11-26T10:00:00+00:00"}, "2.16"),
        ({"object_marking_refs": []}, "2.12"),
        ({"granular_markings": {}}, "2.12"),
    ],
)
def test_a_refusal_cites_the_section_of_stix_that_has_the_rule(changed: dict[str, Any], section: str) -> None:
    assert f"(STIX 2.1 section {section})" in refusal(raw_of(**changed)).message
