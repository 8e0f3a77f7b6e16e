"""The specification and the code: every vector is answered as it says, every requirement is exercised, no page is stale.

The vectors belong to spec/; the code reads them. What they expect was written by hand in `vectors/`, so here the code is
judged by them and not they by the code.
"""

import json
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from comity.errors import CODES, READ_ONLY, ComityError, LocalError
from comity.exchange import deliver, verify
from comity.exchange import log as logs
from comity.exchange.acknowledge import OF_THE_BYTES
from comity.exchange.deliver import PageEnd, Pull, Want
from comity.gateways.peer import PREFIX, ROUTES, STATUS
from comity.model import content, party
from comity.model.acknowledgement import Telling, root_over
from comity.model.extension import COMITY_TYPES
from comity.model.statement import Logged, Unverified
from comity.proof import cbor, merkle
from comity.proof.envelope import StatementId
from comity.proof.tree import Tree, tile_path
from conformance import make_vectors
from conformance.readers import PARTIES, READERS, SPEC, STATEMENTS, read_call
from conformance.vectors import signatures
from unit.node.liar import Page, PageLie, counted, lying
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


@pytest.mark.parametrize("page", ["page", "acknowledgement", "proof-file", "node-api"])
def test_an_example_of_what_travels_is_whole(page: str) -> None:
    """Bytes that are left out are bytes that nobody can check."""
    examples = re.findall(r"^```.*?\n(.*?)^```", text_of(page), re.M | re.S)
    assert examples
    assert [line for example in examples for line in example.splitlines() if "..." in line] == []


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


def test_the_reasons_of_the_class_bytes_are_those_of_the_code() -> None:
    """ACKNOWLEDGEMENT-15: a reader that had another class would call a good refusal unfounded, or a word a fact."""
    listed = text_of("acknowledgement").partition("Of *bytes*:")[2].partition(";")[0]
    assert set(re.findall(r"`([a-z-]+)`", listed)) == OF_THE_BYTES


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


def test_unknown_unreleased_withdrawn_and_other_bytes_are_answered_by_nil_alike() -> None:
    """RELEASE-15, PAGE-22: who has no release, or asks for other bytes, learns nothing by asking."""
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> list[bytes]:
        said, kept, own = await fr.say(report(), ru), await fr.say(report(), ru), await fr.say(report())
        given, back = offered(fr, ru, kept), offered(fr, ru, said)
        await fr.node.withdraw(said.id, [fr.peer(ru)])
        await fr.say(report(), us)  # so that us is shown the newest head, too
        for one in (ru, us):
            await page_of(fr, one)
        strange = Telling(said.id, StatementId(bytes(32)), given.item)
        unreleased = Telling(own.id, back.release, given.item)
        changed = replace(given, item=back.item)
        asked = [(ru, back), (us, given), (us, strange), (ru, unreleased), (ru, changed)]
        assert await items_of(fr, ru, given) != await items_of(fr, us, given)
        return [await items_of(fr, asks, telling) for asks, telling in asked]

    answers = run(story)
    begins = deliver.decode_items(answers[0]).genesis
    assert answers == [deliver.encode_items(deliver.Given((None,), begins))] * 5


def test_of_one_release_no_more_than_three_items_are_judged_and_none_after_one_is_held() -> None:
    """PAGE-21: else a teller could draw a verdict for every bit that it turns, and its hearer's log would be full of them."""
    fr, ru = parties("fr", "ru")
    teller = lying(fr)

    def padded(number: int) -> PageLie:
        def lie(page: Page, end: PageEnd) -> tuple[Page, PageEnd]:
            items = [replace(item, release=(*item.release[:2], b" " * number)) for item in page.items]
            return counted(replace(page, items=tuple(items)), end)

        return lie

    async def told(lie: PageLie | None) -> tuple[int, int]:
        teller.lie = lie
        ru.store.refold([])  # so that the page is asked for from the start
        [round] = await ru.syncs(fr)
        return round.received, round.refused

    async def story() -> list[tuple[int, int]]:
        await fr.say(report(number=1), ru)
        held_second = [await told(lie) for lie in (padded(1), None, padded(2), padded(3))]
        await fr.say(report(number=2), ru)
        return [*held_second, *[await told(padded(number)) for number in range(4, 9)], await told(None)]

    held_second, refused = [(0, 1), (1, 0), (0, 0), (0, 0)], [(0, 1), (0, 1), (0, 1), (0, 0), (0, 0)]
    assert run(story) == [*held_second, *refused, (0, 0)]


def offered(fr: Party, to: Party, said: Logged) -> Telling:
    """What fr offers of a statement to one party."""
    [row] = [row for row in fr.node.store.releases_to(to.fingerprint, 0, 10) if row.statement == said.id]
    return fr.node.offers.of(row).telling


async def page_of(of: Party, asks: Party) -> None:
    """Ask for a page, by which a party gets to know the head of another's log."""
    pull = Pull(asks.fingerprint, of.fingerprint, 0, 0, merkle.EMPTY_ROOT, asks.clock.now() // 1000)
    signed = deliver.sign_pull(pull, asks.keys.statement)
    body = cbor.encode({"v": 1, "pull": signed, "limit": 10, "wait": 0})
    await asks.client.pull(of.node.descriptor, body, wait=0)


async def items_of(of: Party, asks: Party, telling: Telling) -> bytes:
    """Ask for one item by a want under the newest head."""
    head, now = of.head(), asks.clock.now() // 1000
    want = Want(asks.fingerprint, of.fingerprint, head.size, head.root, 1, root_over([telling]), now)
    signed = deliver.sign_want(want, asks.keys.statement)
    return await asks.client.items(of.node.descriptor, cbor.encode({"v": 1, "want": signed, "tellings": telling.data}))


def test_a_clock_that_is_wrong_is_told_both_times() -> None:
    """NODE-API-7: so that a person can see whose clock it is."""
    asked = signatures.Asked(body=signatures.pulling(), created=signatures.NOW - 3600)
    with pytest.raises(ComityError) as caught:
        read_call(signatures.call(asked))
    assert "2026-11-26T09:00:00.000Z" in caught.value.message
    assert "2026-11-26T10:00:00.000Z" in caught.value.message
