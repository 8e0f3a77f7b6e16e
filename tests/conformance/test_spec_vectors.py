"""The specification and the code: every vector is answered as it says, every requirement is exercised, no page is stale.

The vectors belong to spec/; the code reads them. What they expect was written by hand in `vectors/`, so here the code is
judged by them and not they by the code.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from comity.errors import CODES, READ_ONLY, ComityError, LocalError, RemoteError
from comity.exchange import log as logs
from comity.exchange import verify
from comity.gateways.peer import PREFIX, ROUTES, STATEMENT, STATUS
from comity.model import content, party
from comity.model.extension import COMITY_TYPES
from comity.model.statement import Unverified
from comity.node.ports import Request, Response
from comity.proof import cbor, merkle
from comity.proof.tree import Tree, tile_path
from conformance import make_vectors
from conformance.readers import PARTIES, READERS, SPEC, STATEMENTS, read_call
from conformance.vectors import signatures
from world import Party, parties, report, run

PAGES = (
    "statement extensions position notice protected-site understood-as objection descriptor release log receipt page "
    "acknowledgement proof-file node-api"
).split()
TESTS = Path(__file__).resolve().parents[1]


# -- what stands in the pages


@dataclass(frozen=True)
class Requirement:
    """One numbered line of a page: how strong it is, with which codes a reader refuses, and where it stems from."""

    id: str
    level: str
    codes: frozenset[str]
    source: str


_LINE = re.compile(
    r"^- \*\*([A-Z-]+-\d+)\*\* (MUST NOT|MUST|SHOULD NOT|SHOULD|MAY),? (.*?)\s+\*\[(.+?)\]\*$", re.M | re.S
)


@cache
def text_of(page: str) -> str:
    return (SPEC / f"{page}.md").read_text(encoding="utf-8")


@cache
def requirements() -> dict[str, Requirement]:
    found: dict[str, Requirement] = {}
    for page in PAGES:
        for id, level, text, source in _LINE.findall(text_of(page)):
            assert id.startswith(f"{page.upper()}-"), id
            assert id not in found, f"{id} stands twice"
            codes = frozenset(re.findall(r"→\s+`([a-z-]+)`", text))
            found[id] = Requirement(id, level, codes, source)
    return found


def table(page: str, heading: str) -> list[list[str]]:
    """The cells of the table below a heading, without its head."""
    lines = text_of(page).partition(f"## {heading}\n")[2].split("\n## ")[0].splitlines()
    rows = [line.strip("|").split("|") for line in lines if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in row] for row in rows[2:]]


def blocks(page: str, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", text_of(page), re.M | re.S)


# -- what stands in the vectors


@cache
def vectors() -> dict[str, dict[str, Any]]:
    files = sorted(path for page in PAGES for path in (SPEC / "vectors" / page).glob("*.json"))
    return {path.relative_to(SPEC / "vectors").as_posix(): json.loads(path.read_bytes()) for path in files}


def answered(vector: dict[str, Any]) -> tuple[Any, str | bool]:
    try:
        return READERS[vector["input"]["read"]](vector["input"]), False
    except ComityError as error:
        return None, error.code


@pytest.mark.parametrize("page", PAGES)
def test_every_vector_of_a_page_is_answered_as_it_says(page: str) -> None:
    mine = {path: vector for path, vector in vectors().items() if path.startswith(f"{page}/")}
    otherwise = {path: answered(vector) for path, vector in mine.items()}
    expected = {path: (vector["output"], vector["wantErr"]) for path, vector in mine.items()}
    assert {path for path in mine if otherwise[path] != expected[path]} == set()


def test_there_are_many_vectors_and_most_must_be_refused() -> None:
    refused = [vector for vector in vectors().values() if vector["wantErr"]]
    assert len(vectors()) >= 600
    assert len(refused) >= 0.7 * len(vectors())


def test_a_vector_has_five_members_and_an_output_only_where_it_is_taken() -> None:
    for path, vector in vectors().items():
        assert list(vector) == ["desc", "rule", "input", "output", "wantErr"], path
        assert (vector["output"] is None) == bool(vector["wantErr"]), path
        assert vector["desc"], path


def test_making_the_vectors_again_gives_the_same_bytes_and_no_other_files() -> None:
    made = make_vectors.build()
    there = {path.relative_to(SPEC / "vectors").as_posix(): path for path in (SPEC / "vectors").rglob("*.json")}
    assert made.keys() == there.keys()
    assert [path for path, data in made.items() if there[path].read_bytes() != data] == []


def test_no_two_vectors_ask_the_same() -> None:
    asked = [json.dumps(vector["input"], sort_keys=True) for vector in vectors().values()]
    twice = {text[:80] for text in asked if asked.count(text) > 1}
    assert twice == set()


# -- pages against vectors


def test_every_vector_names_a_requirement_that_says_its_code() -> None:
    for path, vector in vectors().items():
        rule = requirements().get(vector["rule"])
        assert rule is not None, f"{path} exercises {vector['rule']}, which stands nowhere"
        if vector["wantErr"]:
            assert vector["wantErr"] in rule.codes, f"{path}: {rule.id} does not refuse with {vector['wantErr']}"


def test_every_code_that_a_requirement_names_is_exercised_by_a_vector() -> None:
    shown = {(vector["rule"], vector["wantErr"]) for vector in vectors().values()}
    silent = {(rule.id, code) for rule in requirements().values() for code in rule.codes} - shown
    assert silent == set()


def test_every_must_is_exercised_by_a_vector_or_cited_by_a_test() -> None:
    exercised = {vector["rule"] for vector in vectors().values()}
    tests = "\n".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("*.py") if "vectors" not in path.parts)
    cited = {id for id in requirements() if re.search(rf"{id}\b", tests)}
    musts = {rule.id for rule in requirements().values() if rule.level.startswith("MUST")}
    assert len(musts) > 100
    assert musts - exercised - cited == set()


def test_requirements_are_numbered_from_one_without_a_gap_and_none_is_written_wrongly() -> None:
    for page in PAGES:
        prefix = page.upper()
        numbers = [int(id.rpartition("-")[2]) for id in requirements() if id.rpartition("-")[0] == prefix]
        assert numbers == list(range(1, len(numbers) + 1)), page
        assert len(numbers) == len(re.findall(r"^- \*\*[A-Z-]+\d+\*\*", text_of(page), re.M)), page


def test_every_code_in_the_pages_is_one_of_comity() -> None:
    assert {code for rule in requirements().values() for code in rule.codes} <= CODES.keys()
    assert {row[0] for row in table("node-api", "Statuses")} <= CODES.keys()


def test_every_requirement_says_where_it_stems_from() -> None:
    known = re.compile(r"RFC \d{4}|C2SP [a-z-]+|STIX 2\.1|TLP 2\.0|DESIGN|Unicode")
    assert [rule.id for rule in requirements().values() if not known.search(rule.source)] == []


def test_a_page_is_short_and_begins_with_an_example() -> None:
    for page in PAGES:
        lines = text_of(page).splitlines()
        assert len(lines) < 200, page
        headings = [line for line in lines if line.startswith("## ")]
        assert headings[0] == "## Example", page
        assert [headings.index("## Fields"), headings.index("## Requirements")] == sorted(
            [headings.index("## Fields"), headings.index("## Requirements")]
        ), page


def test_what_the_examples_show_stands_in_the_vectors() -> None:
    """An example that was typed in, or left behind when a format changed, is found out."""
    shared = (SPEC / "vectors/parties.json").read_text() + (SPEC / "vectors/statements.json").read_text()
    for page in PAGES:
        files = [path.read_text(encoding="utf-8") for path in sorted((SPEC / "vectors" / page).glob("*.json"))]
        stock = shared + "\n".join(files)
        packed = "".join(bytes.fromhex(run).decode("latin-1") for run in re.findall(r"(?:[0-9a-f]{2}){32,}", stock))
        examples = "\n".join(re.findall(r"^```.*?\n(.*?)^```", text_of(page), re.M | re.S))
        shown = re.findall(r"\b[0-9a-f]{16,}\b|[A-Za-z0-9+/]{40,}={0,2}", examples)
        assert [token for token in shown if token not in stock and token not in packed] == [], page
        assert len(shown) > 3 or page in ("extensions", "position", "notice", "protected-site", "understood-as"), page


def test_every_object_in_an_example_is_one_of_the_vectors_or_a_definition() -> None:
    said = [json.loads(cbor.decode(bytes.fromhex(packed))[2]) for packed in STATEMENTS.values()]
    said += [json.loads(cbor.decode(bytes.fromhex(one["descriptor"]))[2]) for one in PARTIES.values()]
    for vector in vectors().values():
        given = vector["input"]
        text = given.get("text") or given.get("statement", {}).get("content") if given["read"] != "released" else None
        if not vector["wantErr"] and text and text.startswith("{"):
            said.append(json.loads(text))
    for page in PAGES:
        shown = [json.loads(block) for block in blocks(page, "json")]
        own = [one for one in shown if page != "extensions" or one["type"] not in ("extension-definition", "identity")]
        assert [one["id"] for one in own if one not in said] == [], page
        assert own or page in ("understood-as", "log", "receipt", "page", "proof-file", "node-api"), page


# -- pages against the code


def test_the_routes_of_the_page_are_the_routes_of_the_code() -> None:
    written = [tuple(row) for row in table("node-api", "Routes")]
    rows = [(one.method, one.path, one.caller.value, one.takes, one.gives) for one in ROUTES]
    assert written == rows
    assert f"`{PREFIX}`" in text_of("node-api")


def test_the_statuses_of_the_page_are_those_of_the_code() -> None:
    assert {code: int(status) for code, status in table("node-api", "Statuses")} == STATUS


def test_the_types_of_the_page_are_those_of_the_code_and_the_definitions_have_their_ids() -> None:
    assert {row[0]: row[1] for row in table("extensions", "Types")} == COMITY_TYPES
    defined = {}
    for block in blocks("extensions", "json"):
        value = json.loads(block)
        found = content.parse(block.encode())
        if found.type == "extension-definition":
            assert value["extension_types"] == ["new-sdo"]
            defined[value["name"]] = found.id
    kinds = "position notice protected-site check objection release acknowledgement unacknowledged descriptor".split()
    assert defined == {kind: COMITY_TYPES[kind] for kind in kinds}


def test_the_steps_of_the_page_are_numbered_as_in_the_code() -> None:
    steps = text_of("proof-file").partition("## Steps\n")[2].split("\n## ")[0]
    written = re.findall(r"^(\d+)\. ", steps, re.M)
    taken = re.findall(r"# \((\d+)\) ", Path(str(verify.__file__)).read_text(encoding="utf-8"))
    assert written == taken


def test_the_index_lists_every_page_and_every_reader() -> None:
    index = text_of("README")
    assert re.findall(r"^\| \[([a-z-]+)\]\(\1\.md\)", index, re.M) == PAGES
    assert [row[0] for row in table("README", "Readers")] == list(READERS)


# -- what no single vector can show


def test_a_log_begins_with_its_partys_descriptor() -> None:
    """LOG-1."""
    [fr] = parties("fr")
    first = fr.store.leaf(0)
    assert first is not None
    assert party.read(Unverified.read(list(first.triple))).fingerprint == fr.fingerprint


def test_a_tile_holds_the_hashes_of_perfect_subtrees_and_nothing_else() -> None:
    """LOG-12."""
    leaves = [merkle.leaf_hash(b"%d" % number) for number in range(600)]
    tree, tiles = Tree.empty().append(leaves)
    assert {tile_path(*key): len(data) // 32 for key, data in tiles.items()} == {
        "tile/0/000": 256,
        "tile/0/001": 256,
        "tile/0/002": 88,
        "tile/1/000": 2,
    }
    assert tiles[0, 1] == b"".join(leaves[256:512])
    assert tiles[1, 0] == merkle.root_of(leaves[:256]) + merkle.root_of(leaves[256:512])
    assert tree.root() == merkle.root_of(leaves)


def test_a_log_whose_lock_holds_another_head_signs_nothing() -> None:
    """LOG-13."""
    [fr] = parties("fr")
    other, _ = Tree.empty().append([merkle.leaf_hash(b"elsewhere")])
    fr.lock.note = logs.head(
        other, origin=fr.node.descriptor.origin, log=fr.keys.log, witness=fr.keys.witness, now=fr.clock.now()
    )
    fr.start()
    with pytest.raises(LocalError) as caught:
        run(lambda: fr.say(report()))
    assert caught.value.code == READ_ONLY


def test_unknown_unreleased_and_withdrawn_answer_alike_but_for_their_nonces() -> None:
    """RELEASE-15: who has no release learns nothing by asking."""
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> list[tuple[int, bytes]]:
        said = await fr.say(report(), ru)
        await fr.node.withdraw(said.id, [fr.peer(ru)])
        return [await answer(fr, asks, id) for asks, id in ((ru, said.id), (us, said.id), (us, bytes(32)))]

    withdrawn, unreleased, unknown = run(story)
    assert withdrawn == unreleased == unknown
    assert unknown[0] == 404


async def answer(of: Party, asks: Party, id: bytes) -> tuple[int, bytes]:
    """Ask for a statement that is not there for the one who asks; returns status and body of the refusal."""
    refusals: list[tuple[int, bytes]] = []

    def note(request: Request, response: Response) -> Response:
        refusals.append((response.status, response.body))
        return response

    asks.wire.tamper = note
    with pytest.raises(RemoteError):
        await asks.client.get(of.node.descriptor, STATEMENT, id.hex())
    return refusals[-1]


def test_a_clock_that_is_wrong_is_told_both_times() -> None:
    """NODE-API-7: so that a person can see whose clock it is."""
    asked = signatures.Asked(body=signatures.pulling(), created=signatures.NOW - 3600)
    with pytest.raises(ComityError) as caught:
        read_call(signatures.call(asked))
    assert "2026-11-26T09:00:00.000Z" in caught.value.message
    assert "2026-11-26T10:00:00.000Z" in caught.value.message
