"""The page of a verdict: stands alone, says what is wrong with what is not valid, and is no door for what others wrote."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity import __version__
from comity.app import report
from comity.app.proof_files import Judged
from comity.app.report import MOST_CONTENT, html
from comity.app.verdict_words import sentences
from comity.exchange import prove
from comity.exchange.verify import Verdict, verify
from comity.model import content
from comity.model.extension import COMITY_TYPES
from comity.model.fingerprint import groups, words
from unit.app.test_stories import run
from unit.exchange.speaker import REPORT, Speaker, Story, at
from unit.test_foreign import TEXTS, steers

STORY = Story.make()
TAGS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "header",
        "section",
        "h1",
        "h2",
        "h3",
        "p",
        "ul",
        "li",
        "bdi",
    ),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "code", "br", "pre", "dl", "div", "dt", "dd"),
}
ATTRIBUTES = {"lang", "dir", "class", "charset", "http-equiv", "content", "name", "scope"}
VOID = {"meta", "br"}
MARKUP = [
    "<script>alert(1)</script>",
    "</title><script src=//x>",
    "</style><img src=x onerror=alert(1)>",
    '"><a href="https://example.org">x</a>',
    "' onmouseover='alert(1)",
    "</pre></bdi></main>",
    "<!--",
    "]]>",
    "&lt;b&gt; &amp; &#x3c;i&#x3e;",
    "{}{0}%s",
    "@import url(//x);",
]
HOSTILE = TEXTS | st.lists(st.sampled_from(MARKUP) | TEXTS, max_size=5).map("".join)


class Page(HTMLParser):
    """A page read back: its tags in their nesting, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open, self.tags, self.texts, self.attributes = (
            list[str](),
            list[str](),
            list[str](),
            list[tuple[str, str, str]](),
        )
        self.pre = list[str]()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.texts.append(data)
            if "pre" in self.open:
                self.pre.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    @property
    def text(self) -> str:
        return "".join(self.texts)


def page(raw: bytes = REPORT, *, trust: Any = None, name: str = "told.comity-proof", data: bytes | None = None) -> str:
    proof = Story.make(raw=raw).bytes() if data is None else data
    verdict = verify(proof, trust)
    return html(Judged(verdict, name, "ab" * 32, len(proof), at(60), trust or {}, []), sentences(verdict)).decode()


def harmless(made: str) -> Page:
    """Read a page, and require that it holds nothing but what a report is made of."""
    read = Page(made)
    assert read.open == []
    assert set(read.tags) <= TAGS
    assert {name for _, name, _ in read.attributes} <= ATTRIBUTES
    assert all(re.fullmatch(r"[A-Za-z0-9 -]*", value) for tag, _, value in read.attributes if tag != "meta")
    assert made.count("<style>") == made.count("</style>") == 1
    assert steers(made.replace("\n", "")) == []
    return read


def test_a_page_stands_alone_and_fetches_nothing() -> None:
    made = page()
    read = harmless(made)
    assert made.startswith("<!DOCTYPE html>\n")
    policy = next(value for tag, name, value in read.attributes if tag == "meta" and value.startswith("default-src"))
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert not re.search(r"url\(|@import|https?:|javascript:|src=|href=| on[a-z]+=", made)
    assert '<html lang="en">' in made
    assert "size: A4" in made
    assert "@media print" in made


def test_a_page_has_the_sentences_then_the_evidence_then_how_it_was_judged() -> None:
    trust = {"paris": STORY.fr.fingerprint, "ru": STORY.ru.fingerprint}
    read = harmless(page(trust=trust))
    for said in sentences(verify(STORY.bytes(), trust)):
        assert said.text.removeprefix("This file does not show").strip() in read.text
    order = [
        "paris said this",
        "You gave the fingerprints",
        "This file does not show",
        "What was said",
        "The content itself",
    ]
    order += ["How far it has come", "Third parties", "Fingerprints", "How it was judged", "SHA-256"]
    places = [read.text.index(one) for one in order]
    assert places == sorted(places)
    assert "ab" * 32 in read.text
    assert f"Comity {__version__}" in read.text
    assert "2026-11-26T10:01:00Z, by the clock of the machine that judged it" in read.text
    for one in (STORY.fr, STORY.ru, STORY.us, STORY.cn):
        assert groups(one.fingerprint) in read.text
        assert words(one.fingerprint) in read.text
    assert "by 2026-11-26T10:00:06Z" in read.text
    assert read.tags.count("h1") == 1
    assert read.tags.count("caption") == read.tags.count("table") == 2
    assert Page(page()).tags.count("table") == 3


def test_the_content_is_printed_as_it_was_told_token_by_token() -> None:
    flat = json.dumps(json.loads(REPORT) | {"x": [1, 2.50, {"y": 'a, b: {[\\" ]}'}]}, ensure_ascii=False).encode()
    for raw in (REPORT, flat, json.dumps(json.loads(REPORT), indent=1).encode()):
        printed = "".join(harmless(page(raw)).pre)
        assert json.loads(printed) == json.loads(raw)
        assert len(printed.splitlines()) > 5
    assert "2.50" in report._laid_out('{"a":2.50,"b":"x  y"}')
    assert '"x  y"' in report._laid_out('{"a":2.50,"b":"x  y"}')


def test_texts_of_a_content_turn_nothing_around_them() -> None:
    """Two Arabic words in a list would else change places."""
    flat = (
        json.dumps(json.loads(REPORT) | {"labels": ["عاجل", "مدني"]}, ensure_ascii=False).replace("}", "\n}").encode()
    )
    made = page(flat)
    assert '"<bdi>عاجل</bdi>",\n    "<bdi>مدني</bdi>"' in made


def test_no_row_of_the_ladder_is_taken_for_more_than_it_is() -> None:
    text = harmless(page()).text
    assert "claimed: it has asked for these very bytes; that they came is not shown by this" in text


def test_what_another_wrote_stands_apart_in_direction_and_language() -> None:
    made = page()
    assert '“<bdi lang="" dir="auto">نقطة تفتيش / Контрольный пункт / 检查站 / checkpoint</bdi>”' in made
    site = {
        **{name: value for name, value in json.loads(REPORT).items() if name not in ("published", "object_refs")},
        "type": "protected-site",
        "id": "protected-site--00000000-0000-4000-8000-000000000001",
        "extensions": {COMITY_TYPES["protected-site"]: {"extension_type": "new-sdo"}},
        "function": "hospital",
        "precision": "exact",
        "names": [{"text": "المستشفى", "lang": "ar"}],
        "area": {"type": "Point", "coordinates": [36.2, 35.9]},
    }
    assert '<bdi lang="ar" dir="auto">المستشفى</bdi>' in page(content.dump(site))


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
@settings(max_examples=60, deadline=None)
def test_whatever_others_wrote_is_text_on_the_page_and_nothing_else(
    name: str, about: str, reader: str, file: str
) -> None:
    made_of = {"name": _whole(name) or "x", "description": _whole(about), _whole(about)[:100] or "x_": [_whole(name)]}
    raw = content.dump(content.read_json(REPORT) | made_of)
    harmless(page(raw, trust={reader: STORY.fr.fingerprint, f"{reader}2": Speaker("de").fingerprint}, name=file))


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


@pytest.mark.parametrize("text", MARKUP)
def test_markup_in_a_content_is_shown_as_it_was_written(text: str) -> None:
    read = harmless(page(content.dump(content.read_json(REPORT) | {"name": text, "description": text})))
    assert f"“{text}” (report)" in read.text
    assert f"description: “{text}”" in read.text


def test_a_huge_content_is_cut_and_its_length_is_said() -> None:
    raw = content.dump(
        content.read_json(REPORT) | {"name": "x" * 300_000, "y": "\u202e" * 50_000, "z": ["e\u0301" * 9] * 9000}
    )
    made = page(raw)
    read = harmless(made)
    assert "(300,000 characters)" in read.text
    assert f"So far the first {MOST_CONTENT:,} of " in read.text
    assert len(made) < 40 * MOST_CONTENT
    printed = "".join(Page(page(content.dump(content.read_json(REPORT) | {"y": "x" * 300_000}))).pre)
    assert MOST_CONTENT / 2 < len(printed) <= MOST_CONTENT


@pytest.mark.parametrize("data", [STORY.bytes()[:-9], b"\xa4\x61v\x01", STORY.bytes()[:400]])
def test_of_a_file_that_is_not_valid_the_page_says_only_what_is_wrong(data: bytes) -> None:
    read = harmless(page(data=data))
    assert "NOT VALID: " in read.text
    assert "SHA-256" in read.text
    for word in ("report", "Hatay", "said this", "Fingerprints", STORY.fr.fingerprint[:8], "The content itself"):
        assert word not in read.text
    assert "table" not in read.tags


@pytest.mark.parametrize("text", MARKUP)
def test_not_even_the_words_of_an_error_are_markup(text: str) -> None:
    """They may quote what was found."""
    verdict = Verdict(problems=[{"code": "malformed", "message": f"found {text}", "place": text}])
    read = harmless(
        html(Judged(verdict, text, "ab" * 32, 1, at(60), {text: STORY.fr.fingerprint}, []), sentences(verdict)).decode()
    )
    assert f"found {text}" in read.text


def test_what_was_refused_is_a_page_without_content() -> None:
    refusal = STORY.refusal("malformed", statement=(b"<b>", b"", b""), release=(b"y", b"", b""))
    read = harmless(page(data=prove.encode(refusal)))
    assert "for the reason malformed" in read.text
    assert "The content itself" not in read.text


# -- the command


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "told.comity-proof").write_bytes(STORY.bytes())
    return tmp_path / "told.comity-proof"


def verifying(*args: object) -> tuple[str, str, int]:
    return run(["verify", *map(str, args)])


def test_the_command_writes_a_page_for_its_owner_alone_and_over_nothing(file: Path) -> None:
    made = file.with_name("r.html")
    out, _, code = verifying(file, "--report", made, "--trust", groups(STORY.fr.fingerprint))
    assert code == 0
    assert "fr said this at" in out
    assert made.stat().st_mode & 0o777 == 0o600
    read = harmless(made.read_text())
    assert "What “told.comity-proof” shows" in read.text
    assert str(file.parent) not in read.text
    _, errors, code = verifying(file, "--report", made)
    assert (code, "exists" in errors) == (2, True)
    # Before anything is judged or written, and so for all outputs.
    out, _, code = verifying(file, "--report", made, "--content", file.with_name("heard.json"))
    assert (out, code, file.with_name("heard.json").exists()) == ("", 2, False)
    assert verifying(file, "--report", made, "--force")[2] == 0


def test_no_output_is_ever_written_over_the_proof_file_or_over_another(file: Path) -> None:
    link = file.with_name("link")
    link.symlink_to(file)
    for output in (file, link, file.parent / "." / file.name):
        for option in ("--report", "--content"):
            _, errors, code = verifying(file, option, output, "--force")
            assert (code, "is named already" in errors) == (2, True)
    one = file.with_name("one")
    assert verifying(file, "--report", one, "--content", one)[2] == 2
    assert not one.exists()
    assert file.read_bytes() == STORY.bytes()


def test_a_content_that_is_left_out_is_not_written_and_that_is_said(file: Path) -> None:
    file.write_bytes(prove.encode(STORY.file(content=False)))
    made = file.with_name("told.json")
    _, errors, code = verifying(file, "--content", made)
    assert (code, made.exists()) == (0, False)
    assert "is not written: the file shows no content that was told" in errors


def test_a_file_that_is_not_valid_gives_a_page_and_exit_1(file: Path) -> None:
    file.write_bytes(STORY.bytes()[:-5])
    made = file.with_name("r.html")
    assert verifying(file, "--report", made)[2] == 1
    assert "NOT VALID" in harmless(made.read_text()).text


def test_what_is_no_proof_file_gives_no_page(file: Path) -> None:
    file.write_bytes(REPORT)
    assert verifying(file, "--report", file.with_name("r.html"))[2] == 2
    assert not file.with_name("r.html").exists()
