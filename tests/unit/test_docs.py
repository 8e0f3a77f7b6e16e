"""What the documentation says of the code is so: codes, rooms, decisions, words, links. And each room exports its files."""

import ast
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest

from comity.errors import CODES

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/comity"
DOCS = ROOT / "docs"
ADRS = sorted((DOCS / "adr").glob("[0-9]*.md"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
ROOMS = sorted(path.parent for path in SOURCE.glob("*/__init__.py"))


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def rows(text: str) -> list[list[str]]:
    """The cells of all rows of a page's tables, but for their heads."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    heads = {at - 1 for at, row in enumerate(cells) if set("".join(row)) <= {"-"}}
    return [row for at, row in enumerate(cells) if at not in heads and set("".join(row)) - {"-"}]


def pages() -> list[Path]:
    """Every page of the project, wherever it stands."""
    skipped = {"build", "dist", "node_modules"}
    found = (path for path in ROOT.rglob("*.md") if not skipped.intersection(path.relative_to(ROOT).parts))
    return sorted(path for path in found if not any(part.startswith(".") for part in path.relative_to(ROOT).parts))


def code_blocks(text: str) -> str:
    """A page without what is set off as code."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"^(?: {4,}|\t).*$", "", text, flags=re.MULTILINE)


def prose(text: str) -> str:
    """A page without code and without the targets of its links."""
    return re.sub(r"\]\([^)]*\)", "]", re.sub(r"`[^`]*`", "", code_blocks(text)))


# -- errors


def test_each_code_is_described_once_with_its_own_meaning_and_no_other_code_is() -> None:
    described = [(row[0].strip("`"), row[1]) for row in rows(read(DOCS / "errors.md"))]
    assert len({code for code, _ in described}) == len(described)
    assert dict(described) == CODES


def test_each_code_says_who_can_mend_it_and_what_to_do() -> None:
    for code, _, who, what in rows(read(DOCS / "errors.md")):
        assert re.match("here|there|nobody", who), code
        assert what.endswith("."), code


# -- what a word rests on


@pytest.mark.parametrize("page", ["docs/commands.md", "docs/glossary.md", "spec/proof-file.md", "SECURITY.md"])
def test_each_page_that_explains_the_rung_fetched_says_that_it_does_not_show_that_anything_came(page: str) -> None:
    text = re.sub(r"[\s`*]+", " ", read(ROOT / page))
    assert re.search(r"fetched.{0,300}asked for these very bytes.{0,150}that they came", text)
    assert "inferred" not in text


# -- decisions


def test_each_decision_is_listed_under_its_number_and_title_and_nothing_else_is() -> None:
    listed = {row[0]: row[1] for row in rows(read(DOCS / "adr/README.md"))}
    expected = {}
    for number, path in enumerate(ADRS, 1):
        title = read(path).splitlines()[0]
        assert path.name.startswith(f"{number:04}-")
        assert title.startswith(f"# {number:04}. ")
        expected[f"[{number:04}]({path.name})"] = title.removeprefix(f"# {number:04}. ")
    assert listed == expected


@pytest.mark.parametrize("path", ADRS, ids=lambda path: path.stem)
def test_a_decision_says_its_status_context_decision_and_consequences_on_one_page(path: Path) -> None:
    text = read(path)
    assert text.splitlines()[2].startswith("**Status**: ")
    parts = [text.find(f"\n## {name}\n") for name in ("Context", "Decision", "Consequences")]
    assert -1 < parts[0] < parts[1] < parts[2]
    assert "**What would make us change**: " in text
    assert len(text.splitlines()) <= 60


def test_each_run_time_dependency_has_its_decision_and_no_other_package_is_one() -> None:
    needed = {re.split(r"[ <>=!~\[]", line)[0] for line in PROJECT["project"]["dependencies"]}
    listed = {name for row in rows(read(DOCS / "adr/README.md")) for name in re.findall(r"`([^`]+)`", row[2])}
    argued: set[str] = set()
    for path in ADRS:
        line = re.search(r"\*\*Dependencies\*\*: (.*?), entering by", read(path), re.DOTALL)
        argued |= set(re.findall(r"`([^`]+)`", line[1])) if line else set()
    assert needed == listed
    assert needed == argued


# -- the map


def mapped() -> dict[str, set[str]]:
    """Each room on the map, with the files that it lists: the words in backticks before a line's colon."""
    text = read(DOCS / "map.md")
    text = text[text.index("## The rooms") : text.index("## The ports")]
    found = {}
    for section in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        lines = [line.split(": ")[0] for line in section.splitlines() if line.startswith("- ")]
        found[section.split("\n")[0]] = {name for line in lines for name in re.findall(r"`([^`]+)`", line)}
    return found


def files_of(room: Path) -> set[str]:
    return {path.stem for path in room.glob("*.py") if not path.stem.startswith("_")}


def test_each_room_is_on_the_map_and_each_room_of_the_map_exists() -> None:
    assert set(mapped()) == {"errors", "foreign", "formats", "values"} | {room.name for room in ROOMS}


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_each_file_of_a_room_has_its_line_on_the_map(room: Path) -> None:
    assert mapped()[room.name] == files_of(room)


def test_who_may_import_whom_is_what_the_import_contract_says() -> None:
    contract = next(one for one in PROJECT["tool"]["importlinter"]["contracts"] if one["type"] == "layers")
    drawn = " > ".join(f"({layer})" if "|" in layer else layer for layer in contract["layers"])
    assert f"    {drawn}\n" in read(DOCS / "map.md")
    assert f"    Who may import whom:  {drawn}\n" in read(SOURCE / "__init__.py")


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_room_exports_its_files_and_does_nothing_else(room: Path) -> None:
    caption, exported = ast.parse(read(room / "__init__.py")).body
    assert isinstance(caption, ast.Expr)
    assert isinstance(exported, ast.Assign)
    assert ast.unparse(exported.targets[0]) == "__all__"
    assert ast.literal_eval(exported.value) == sorted(files_of(room))


# -- words


def terms() -> list[list[str]]:
    return rows(read(DOCS / "glossary.md"))


def test_the_terms_stand_in_order_once_each_with_one_sentence_and_a_source() -> None:
    names = [row[0].removesuffix(" †").casefold() for row in terms()]
    assert names == sorted(set(names))
    for term, meaning, source, _ in terms():
        assert re.fullmatch(r"[^.]*(?:\w\.\w[^.]*)*\.", meaning), term
        assert source, term


def never() -> list[str]:
    """The words of the last column that stand without brackets."""
    listed = [word.strip() for row in terms() for word in row[3].split(", ")]
    return [word for word in listed if not word.startswith("(")]


def faults(where: str, text: str, words: Iterable[str]) -> list[str]:
    """The words that stand in a text, alone or in the plural."""
    found = (word for word in words if re.search(rf"\b{re.escape(word)}s?\b", text, re.IGNORECASE))
    return [f"{where}: {word}" for word in found]


def spoken() -> dict[str, str]:
    """What the command line says: the texts of its files, each under its file's name."""
    found = {}
    for path in (SOURCE / "app").glob("*.py"):
        nodes = [node for node in ast.walk(ast.parse(read(path))) if isinstance(node, ast.Constant)]
        texts = [node.value for node in nodes if isinstance(node.value, str) and " " in node.value]
        found[path.name] = "\n".join(texts)
    return found


def test_no_word_that_we_do_not_say_stands_in_our_prose() -> None:
    words = never()
    assert len(words) > 20
    found = []
    for path in pages():
        text = read(path)
        if path.name == "glossary.md":
            text = "\n".join(row[1] for row in terms())
        found += faults(str(path.relative_to(ROOT)), prose(text), words)
    assert found == []


def test_no_word_that_we_do_not_say_is_said_by_the_command_line() -> None:
    found = [fault for name, text in spoken().items() for fault in faults(name, prose(text), never())]
    assert found == []


def test_the_command_line_never_says_that_something_may_go_ahead() -> None:
    words = ("approved", "cleared", "all clear", "go ahead", "safe to", "recommended")
    assert [fault for name, text in spoken().items() for fault in faults(name, text, words)] == []


# -- links


def slug(heading: str) -> str:
    """The anchor of a heading: its words in lower case, joined by hyphens."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("path", pages(), ids=lambda path: str(path.relative_to(ROOT)))
def test_each_relative_link_leads_somewhere(path: Path) -> None:
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)\)", code_blocks(read(path))):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        there = path.parent / file if file else path
        if not there.exists():
            dead.append(target)
        elif anchor:
            headings = re.findall(r"^#+ (.*)$", read(there), re.MULTILINE)
            dead += [] if anchor in map(slug, headings) else [target]
    assert dead == []


@pytest.mark.parametrize("path", pages(), ids=lambda path: str(path.relative_to(ROOT)))
def test_each_file_and_module_that_a_page_names_exists(path: Path) -> None:
    names = re.findall(r"`([^`\s]+)`", code_blocks(read(path)))
    files = [name for name in names if re.fullmatch(r"(docs|spec|src|tests)/[\w./-]*", name)]
    modules = [found for name in names if (found := re.fullmatch(r"(?:comity\.)?([a-z]+)\.([a-z]\w*)(\.\w+)*", name))]
    rooms = {room.name for room in ROOMS}
    gone = [name for name in files if not (ROOT / name).exists()]
    gone += [one[0] for one in modules if one[1] in rooms and not (SOURCE / one[1] / f"{one[2]}.py").exists()]
    assert [name for name in gone if name != "node.db"] == []
