"""Each format of ours is read by its version from a table, and what is not in it is no fault of the bytes."""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import comity
from comity import formats
from comity.app import operations, status
from comity.errors import MALFORMED, NOT_STIX, UNKNOWN_VERSION, LocalError, RemoteError
from comity.exchange import acknowledge, deliver, prove, requests, say, taken
from comity.exchange.acknowledge import OF_THE_BYTES
from comity.exchange.verify import verify
from comity.formats import Format
from comity.model import acknowledgement as answers
from comity.model import content, party, release, typed
from comity.model.content import StixObject
from comity.model.extension import COMITY_TYPES
from comity.model.statement import Unverified
from comity.proof import cbor, envelope
from unit.exchange.speaker import Speaker
from world import parties, run

SOURCE = Path(comity.__file__).parent
FR = Speaker("fr")
MAPS: dict[str, Callable[[bytes], object]] = {
    "page": deliver.decode_page,
    "items": deliver.decode_items,
    "acknowledgement": acknowledge.decode_answer,
    "proof-file": prove.decode,
    "pull-request": lambda data: requests.PULLING.of_map(cbor.decode(data)),
    "items-request": lambda data: requests.WANTING.of_map(cbor.decode(data)),
    "receipts-request": lambda data: requests.RECEIPTS.of_map(cbor.decode(data)),
    "receipts": lambda data: requests.GIVEN_RECEIPTS.of_map(cbor.decode(data)),
}
SIGNED = {"pull": deliver.PULL_TYPE, "want": deliver.WANT_TYPE, "page-end": deliver.PAGE_END_TYPE}
# Of one version with what they ask for, and not listed in a descriptor.
REQUESTS = (requests.PULLING, requests.WANTING, requests.RECEIPTS)
TABLES: dict[str, Format[Any]] = {table.name: table for table in (*taken.tables(), *REQUESTS)}


def refusal(action: Callable[[], object]) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        action()
    return caught.value


def test_every_table_is_tried_here() -> None:
    assert TABLES.keys() == MAPS.keys() | SIGNED.keys() | typed.READERS.keys() | {"statement", "release"}
    assert all(table.versions == (1,) for table in TABLES.values())


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_module_looks_at_a_version_but_by_a_table(path: Path) -> None:
    """Nowhere is `v` compared, or taken out of a map: that is done in one place."""
    reads = [
        ast.unparse(node)
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and node.slice.value == "v")
        or (
            isinstance(node, ast.Call)
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and node.args[0].value == "v"
        )
    ]
    known = {"formats.py": ["value.get('v')", "value['v']"], "content.py": ["get('v', 1)"]}.get(path.name, [])
    assert [one for one in reads if not any(one.endswith(end) for end in known)] == []


@pytest.mark.parametrize("name", MAPS)
@given(version=st.integers(2, 2**31 - 1), more=st.dictionaries(st.text(max_size=4), st.integers(0, 9), max_size=3))
def test_a_map_of_another_version_is_of_an_unknown_one_whatever_else_is_in_it(
    name: str, version: int, more: dict[str, int]
) -> None:
    error = refusal(lambda: MAPS[name](cbor.encode({**more, "v": version})))
    assert error.code == UNKNOWN_VERSION
    assert name in error.message
    assert str(version) in error.message
    assert "1 is read" in error.message
    # Evidence would be kept as a fault of whoever sent it.
    assert error.evidence == {}


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("value", [None, {}, {"v": 0}, {"v": -1}, {"v": True}, {"v": "2"}, {"v": 2**31}, [2], {"w": 2}])
def test_what_says_no_version_is_malformed(name: str, value: object) -> None:
    assert refusal(lambda: MAPS[name](cbor.encode(value))).code == MALFORMED


@pytest.mark.parametrize("name", MAPS)
def test_a_version_that_is_put_into_the_table_is_read_by_its_own_reader(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TABLES[name].readers, 2, lambda value: ("as version 2", value["new"]))
    assert MAPS[name](cbor.encode({"v": 2, "new": b"x"})) == ("as version 2", b"x")
    assert "1, 2 is read" in refusal(lambda: MAPS[name](cbor.encode({"v": 3}))).message


@pytest.mark.parametrize(("name", "kind"), SIGNED.items())
def test_a_signed_message_of_another_version_is_unknown_and_read_once_it_is_in_the_table(
    name: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = TABLES[name]
    later = kind.replace("+cbor", ".2+cbor")
    data = deliver._seal(later, [b"new"], FR.statement)
    assert refusal(lambda: deliver._unseal(table, kind, data, FR.descriptor)).code == UNKNOWN_VERSION
    monkeypatch.setitem(table.readers, 2, lambda fields, by: (fields, by.party))
    assert deliver._unseal(table, kind, data, FR.descriptor) == ([b"new"], "fr")


@pytest.mark.parametrize(
    "content_type",
    [f"application/comity-pull{end}+cbor" for end in (".1", ".02", ".", ".2.3", ".٢", "2")]
    + [f"application/comity-{name}" for name in ("want+cbor", "pull")]
    + ["x", 3, None],
)
def test_another_content_type_names_no_version(content_type: object) -> None:
    assert formats.version_of(content_type, deliver.PULL_TYPE) is None


def test_a_statement_of_another_version_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    header = {1: -8, 4: bytes(8), 259: "application/comity.2+cbor", 999: "new"}
    data = b"\xd2" + cbor.encode([cbor.encode(header), {}, b"payload", bytes(64)])
    assert refusal(lambda: envelope.parse(data)).code == UNKNOWN_VERSION
    monkeypatch.setitem(envelope.STATEMENT.readers, 2, lambda message, data, place: message.payload)
    assert envelope.parse(data) == b"payload"  # type: ignore[comparison-overlap]


def of_version(kind: str, version: object) -> bytes:
    value = {
        "type": kind,
        "spec_version": "2.1",
        "id": f"{kind}--00000000-0000-4000-8000-000000000001",
        "created": "2026-11-26T10:00:00.000Z",
        "modified": "2026-11-26T10:00:00.000Z",
        "extensions": {COMITY_TYPES[kind]: {"extension_type": "new-sdo", "v": version}},
    }
    return content.dump(value)


@pytest.mark.parametrize("kind", typed.READERS)
def test_an_object_of_a_later_version_of_its_type_is_not_read_by_the_rules_of_this_one(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """EXTENSIONS-8."""
    found = content.parse(of_version(kind, 2))
    assert refusal(lambda: typed.check(found)).code == UNKNOWN_VERSION
    with pytest.raises(LocalError) as caught:
        say.say(found.raw)
    assert caught.value.code == UNKNOWN_VERSION
    monkeypatch.setitem(typed.READERS[kind].readers, 2, lambda found: "read")
    assert typed.read(found) == "read"


MADE: dict[str, tuple[Format[Any], Callable[[StixObject], object]]] = {
    "release": (release.RELEASE, release.read),
    "acknowledgement": (answers.ACKNOWLEDGEMENT, answers.read),
    "unacknowledged": (answers.UNACKNOWLEDGED, answers.read_unacknowledged),
}


@pytest.mark.parametrize("kind", MADE)
def test_what_a_node_makes_is_read_by_its_version_too(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (table, read), later = MADE[kind], content.parse(of_version(kind, 2))
    assert refusal(lambda: read(later)).code == UNKNOWN_VERSION
    monkeypatch.setitem(table.readers, 2, lambda found: "as version 2")
    assert read(later) == "as version 2"
    assert refusal(lambda: read(content.parse(of_version("notice", 2)))).code == NOT_STIX


def test_a_descriptor_is_read_by_its_version_too(monkeypatch: pytest.MonkeyPatch) -> None:
    later = Unverified(FR.descriptor.signed.envelope, bytes(16), of_version("descriptor", 2))
    assert refusal(lambda: party.read(later)).code == UNKNOWN_VERSION
    monkeypatch.setitem(party.DESCRIPTOR.readers, 2, lambda shown, expected: FR.descriptor)
    assert party.read(later) is FR.descriptor


def test_it_is_no_word_against_the_bytes() -> None:
    assert UNKNOWN_VERSION not in OF_THE_BYTES


def test_a_proof_file_of_a_later_version_is_not_valid_and_says_that_it_is_later() -> None:
    [problem] = verify(cbor.encode({"v": 2, "log": []})).problems
    assert problem["code"] == UNKNOWN_VERSION


# -- what a party reads


def test_a_party_that_says_nothing_of_it_reads_each_format_in_version_1() -> None:
    assert FR.descriptor.formats is None
    assert taken.missing(FR.descriptor) == []


def test_formats_that_two_parties_read_in_no_common_version_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """DESCRIPTOR-22."""
    fr, _ = parties("fr", "ru")
    monkeypatch.setattr(deliver.PAGE, "readers", {2: lambda value: None})
    monkeypatch.setitem(typed.READERS["notice"].readers, 2, lambda value: None)
    [listed] = run(lambda: operations.perform(fr.node, fr.sync, "peer-list", {}))["ok"]
    [told] = run(lambda: status.status(fr.node, fr.sync, {}))["peers"]
    assert listed["no_common_version"] == told["no_common_version"] == ["page"]


@given(st.dictionaries(st.sampled_from([*TABLES, "of-tomorrow"]), st.sets(st.integers(1, 3), min_size=1)))
def test_what_is_listed_is_read_back_and_compared(listed: dict[str, set[int]]) -> None:
    given = tuple(sorted((name, tuple(sorted(versions))) for name, versions in listed.items()))
    found = party.read(FR.show(FR.describe(formats=given)))
    assert found.formats == given
    names = [table.name for table in taken.tables()]
    assert taken.missing(found) == sorted(name for name in names if 1 not in listed.get(name, ()))
