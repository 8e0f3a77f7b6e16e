"""The pages on notices, protected sites and objections, and the code: as `test_spec_vectors` does for the other pages."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from comity.errors import CODES, ComityError
from comity.model import content
from comity.model.site import Function
from comity.space.altitude import Altitude, Reference, Unit
from conformance.vectors import places

SPEC = Path(__file__).resolve().parents[2] / "spec"
TESTS = Path(__file__).resolve().parents[1]
_LINE = re.compile(
    r"^- \*\*([A-Z-]+-\d+)\*\* (MUST NOT|MUST|SHOULD NOT|SHOULD|MAY),? (.*?)\s+\*\[(.+?)\]\*$", re.M | re.S
)


@cache
def text_of(page: str) -> str:
    return (SPEC / f"{page}.md").read_text(encoding="utf-8")


@cache
def requirements() -> dict[str, tuple[str, frozenset[str]]]:
    """Each requirement with how strong it is and its codes."""
    lines = [line for page in places.PAGES for line in _LINE.findall(text_of(page))]
    assert all(re.search(r"RFC \d{4}|STIX 2\.1|DESIGN", source) for *_, source in lines)
    found = {id: (level, frozenset(re.findall(r"→\s+`([a-z-]+)`", text))) for id, level, text, _ in lines}
    assert len(found) == len(lines)
    return found


@cache
def vectors() -> dict[str, dict[str, Any]]:
    files = sorted(path for page in places.PAGES for path in (SPEC / "vectors" / page).glob("*.json"))
    return {path.relative_to(SPEC / "vectors").as_posix(): json.loads(path.read_bytes()) for path in files}


def answered(vector: dict[str, Any]) -> tuple[Any, str | bool]:
    try:
        return places.READERS[vector["input"]["read"]](vector["input"]), False
    except ComityError as error:
        return None, error.code


@pytest.mark.parametrize("page", places.PAGES)
def test_every_vector_of_a_page_is_answered_as_it_says(page: str) -> None:
    mine = {path: vector for path, vector in vectors().items() if path.startswith(f"{page}/")}
    assert len(mine) > 40
    otherwise = {path for path, vector in mine.items() if answered(vector) != (vector["output"], vector["wantErr"])}
    assert otherwise == set()


def test_making_the_vectors_again_gives_the_same_bytes_and_no_other_files() -> None:
    made = places.build()
    assert made.keys() == vectors().keys()
    assert [path for path, data in made.items() if (SPEC / "vectors" / path).read_bytes() != data] == []


def test_no_two_vectors_ask_the_same() -> None:
    asked = [json.dumps(vector["input"], sort_keys=True) for vector in vectors().values()]
    assert len(set(asked)) == len(asked)


def test_every_vector_names_a_requirement_that_says_its_code() -> None:
    for path, vector in vectors().items():
        _, codes = requirements()[vector["rule"]]
        assert not vector["wantErr"] or vector["wantErr"] in codes, path


def test_every_code_that_a_requirement_names_is_one_of_comity_and_exercised_by_a_vector() -> None:
    shown = {(vector["rule"], vector["wantErr"]) for vector in vectors().values()}
    named = {(id, code) for id, (_, codes) in requirements().items() for code in codes}
    assert {code for _, code in named} <= CODES.keys()
    assert named - shown == set()


def test_every_must_is_exercised_by_a_vector_or_cited_by_a_test() -> None:
    exercised = {vector["rule"] for vector in vectors().values()}
    tests = "\n".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("*.py") if "vectors" not in path.parts)
    cited = {id for id in requirements() if re.search(rf"{id}\b", tests)}
    musts = {id for id, (level, _) in requirements().items() if level.startswith("MUST")}
    assert len(musts) > 40
    assert musts - exercised - cited == set()


@pytest.mark.parametrize("page", places.PAGES)
def test_a_page_is_short_begins_with_an_example_and_numbers_its_requirements_without_a_gap(page: str) -> None:
    lines = text_of(page).splitlines()
    assert len(lines) < 200
    assert [line for line in lines if line.startswith("## ")] == ["## Example", "## Fields", "## Requirements"]
    prefix = page.upper()
    numbers = [int(id.removeprefix(f"{prefix}-")) for id in requirements() if id.startswith(f"{prefix}-")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) == len(re.findall(r"^- \*\*", text_of(page), re.M))


@pytest.mark.parametrize("page", places.PAGES)
def test_every_object_in_an_example_is_that_of_an_accepted_vector(page: str) -> None:
    shown = [json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", text_of(page), re.M | re.S)]
    texts = [vector["input"].get("text") for vector in vectors().values() if not vector["wantErr"]]
    said = [json.loads(text) for text in texts if text]
    assert shown
    assert [one["id"] for one in shown if one not in said] == []


def rows(page: str) -> list[list[str]]:
    """The cells of a page's table, without its head."""
    lines = [line.strip("|").split("|") for line in text_of(page).splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line] for line in lines[2:]]


def test_the_functions_of_the_page_are_those_of_the_code() -> None:
    assert [row[0] for row in rows("protected-site")] == [each.value for each in Function]


def test_the_ranges_of_the_page_are_those_of_the_code() -> None:
    """NOTICE-16: what was stated stays, and is compared by these ranges."""
    for name, low, high in rows("notice"):
        reference = Reference(name)
        unit = Unit.FL if reference is Reference.FL else Unit.M
        stated = Altitude(100.0, unit, reference)
        assert [at(text, stated.metres) for text in (low, high)] == pytest.approx([stated.lowest, stated.highest])


def at(term: str, h: float) -> float:
    """What `0.94 h - 1,410` is."""
    found = re.fullmatch(r"(?:([\d.]+) )?h(?: ([+-]) ([\d,]+))?", term)
    assert found, term
    sign = -1.0 if found[2] == "-" else 1.0
    return float(found[1] or 1) * h + sign * float((found[3] or "0").replace(",", ""))


def test_nan_is_refused_at_its_place() -> None:
    with pytest.raises(ComityError) as caught:
        content.parse(vectors()["notice/lon-nan.json"]["input"]["text"].encode())
    assert caught.value.place == "/volumes/0/area/coordinates/0"
