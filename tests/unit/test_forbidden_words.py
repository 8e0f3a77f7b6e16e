"""The line that Comity does not cross, word by word: nothing in the product says that something may be struck, or be done.

Every string of the source is read, with its captions, help texts and scenarios, and the documentation of the commands. What
a standard calls by such a word stands in a list, phrase by phrase; a phrase that is used no more falls out of it.
"""

import ast
import re
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from comity.app import cli
from comity.errors import CODES

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/comity"

# What would be a nomination, a ranking, a recommendation, or a permission. Names may be scored by how alike they are.
FORBIDDEN = {
    "a clearance": r"clear(s|ed|ing|ance|ances)?",
    "an approval": r"approv(e|es|ed|al|als|ing)|good to go|go[- ]ahead|green light",
    "an assurance": r"safe (to|for)",
    "a list to strike from": r"strike[- ]lists?|(hit|kill)[- ]lists?",
    "a target": r"targets?|targeted|targeting|high[- ]value",
    "a killing": r"kill(s|ed|ing)?|neutrali[sz](e|es|ed|ing)|eliminat(e|es|ed|ing)",
    "a ranking": r"rank(s|ed|ing)?|priorit(y|ies|ise|ised|ize|ized)",
    "a recommendation": r"recommend(s|ed|ing|ation|ations)?|nominat(e|es|ed|ing|ion|ions)",
}
_FORBIDDEN = {what: re.compile(rf"\b({words})\b", re.IGNORECASE) for what, words in FORBIDDEN.items()}

# That something is no clearance has to be said, and is said with the word.
DENIED = re.compile(r"\b(not a|no|nothing here is a|never a) clearance\b", re.IGNORECASE)

# (where, the phrase, whose word it is)
ALLOWED = (
    ("model/marking.py", "clear", "TLP 2.0: the level"),
    ("model/_caveat_words.py", "clear", "TLP 2.0: the level"),
    ("model/_caveat_words.py", "(clear|white|green", "TLP 2.0: the level"),
    ("model/_caveat_words.py", "CLEAR|WHITE|GREEN", "TLP 2.0: the level"),
    ("model/_caveat_words.py", "`clear` to `red`", "TLP 2.0: the level"),
    ("model/_caveat_words.py", "authorised clearance clearances", "others' words for who may have something"),
    ("app/*.py", "amber+strict, red or clear", "TLP 2.0: the level"),
    ("--help", "amber+strict, red or clear", "TLP 2.0: the level"),
    ("docs/commands.md", "`--tlp` is `clear`, `green`", "TLP 2.0: the level"),
    ("app/*.py", "--clear", "an option: it empties a field of an object"),
    ("--help", "--clear FIELD", "an option: it empties a field of an object"),
    ("docs/commands.md", "--clear FIELD", "an option: it empties a field of an object"),
    ("gateways/httpsig.py", "@target-uri", "RFC 9421: a derived component"),
    ("gateways/httpsig.py", "method, target and signature", "RFC 9110 7.1: the target of a request"),
    ("gateways/httpsig.py", "a method or a target that no URL can have", "RFC 9110 7.1: the target of a request"),
)


def flat(text: str) -> str:
    return " ".join(text.split())


def strings_of(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def helps(command: Any, path: str = "comity") -> list[str]:
    """What --help prints of a command and of all below it."""
    context = typer.Context(command, info_name=path)
    below = getattr(command, "commands", {})
    return [command.get_help(context), *(text for name, one in below.items() for text in helps(one, f"{path} {name}"))]


@cache
def said() -> tuple[tuple[str, str], ...]:
    """Everything that the product says: (where, text)."""
    found = [("--help", text) for text in helps(typer.main.get_command(cli.app))]
    found += [("errors.py", meaning) for meaning in CODES.values()]
    for path in sorted(SOURCE.rglob("*")):
        where = path.relative_to(SOURCE).as_posix()
        if path.suffix == ".py":
            found += [(where, text) for text in strings_of(path)]
        elif path.is_file() and "__pycache__" not in where:
            found.append((where, path.read_text(encoding="utf-8")))
    found.append(("docs/commands.md", (ROOT / "docs/commands.md").read_text(encoding="utf-8")))
    return tuple((where, flat(text)) for where, text in found)


def is_used(phrase: str, where: str, text: str, at: str) -> bool:
    # A phrase of one word is allowed as a whole string and never within a sentence.
    return fnmatch(at, where) and (text == phrase if phrase.isalpha() else phrase in text)


def faults(at: str, text: str) -> list[str]:
    """What a text says that it must not, once what is allowed there was taken out."""
    for where, phrase, _ in ALLOWED:
        if is_used(phrase, where, text, at):
            text = text.replace(phrase, "")
    text = DENIED.sub("", flat(text))
    found = [(what, hit) for what, words in _FORBIDDEN.items() for hit in words.finditer(text)]
    return [f"{at}: {what}: {text[max(0, hit.start() - 40) : hit.end() + 40]!r}" for what, hit in found]


def test_the_product_never_says_what_it_must_not() -> None:
    assert [fault for at, text in said() for fault in faults(at, text)] == []


def test_all_of_the_product_is_read() -> None:
    read = {at for at, _ in said()}
    assert {"--help", "docs/commands.md", "errors.py", "app/cli.py", "app/render.py", "app/positions.py"} <= read
    assert {path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.json")} <= read
    texts = "\n".join(text for at, text in said() if at == "--help")
    for words in ("Print one JSON document.", "designates, protects, supports", "List the parties known here."):
        assert words in texts


@pytest.mark.parametrize(("where", "phrase", "whose"), ALLOWED)
def test_each_phrase_that_is_allowed_is_used_and_says_whose_word_it_is(where: str, phrase: str, whose: str) -> None:
    assert whose
    assert any(is_used(phrase, where, text, at) for at, text in said())
    assert faults("another.py", phrase)


@pytest.mark.parametrize(
    "text",
    [
        "all clear",
        "The area is clear.",
        "cleared for take-off",
        "clearance given",
        "this is a clearance",
        "Approved by fr",
        "approval pending",
        "safe to proceed",
        "it is safe for civilians",
        "strike list",
        "the strike-list of ru",
        "Target: 36.5 N",
        "priority targets",
        "high-value",
        "kill list",
        "2 killed",
        "neutralised",
        "ranked by distance",
        "we recommend",
        "Recommendations",
        "nominates",
        "go ahead",
        "green light",
        "not a\nclearance, but clear",
    ],
)
def test_a_sentence_that_crosses_the_line_is_found_wherever_it_stands(text: str) -> None:
    for at in ("app/cli.py", "checks/overlap.py", "--help", "docs/commands.md", "scenarios/hatay-2015.json"):
        assert faults(at, flat(text)), at


@pytest.mark.parametrize(
    "text",
    [
        "no objection known as of 07:24; this is not a clearance",
        "words that are no clearance",
        "fr designates it, on the basis of a resolution",
        "target_ref",
        "move them to a safe place offline",
        "clearly, a frank word about prankish skills",
        "party B protects this",
    ],
)
def test_a_sentence_that_does_not_is_left_alone(text: str) -> None:
    assert faults("app/cli.py", text) == []
