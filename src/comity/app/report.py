"""Report: a verdict as one page that stands alone, to be read on a screen or printed on A4. It decides nothing.

No script, no picture, no address that anything is fetched from: a policy in the page forbids the browser even to try. What
another party wrote is escaped after all that does not show in it was made visible, stands apart in direction, and is of no
language that the page knows; so it can neither become markup nor look like words of ours.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from comity import __version__, foreign
from comity.app.layout import Word
from comity.app.proof_files import Judged
from comity.app.sentence import Foreign, Part, Sentence, shown
from comity.app.verdict_codes import GROUP_OF, grouped
from comity.app.verdict_words import called
from comity.app.views import BASIS
from comity.exchange.labels import Label
from comity.exchange.verdict import Cosigner, Rung, Verdict
from comity.model.fingerprint import Fingerprint, groups, words
from comity.space import instant

_CONTENT, _NOT_SHOWN = GROUP_OF["content"], GROUP_OF["not-shown"]
# How many characters of a content are printed: some twenty pages.
MOST_CONTENT = 60_000


def html(judged: Judged, said: Sequence[Sentence]) -> bytes:
    """The page.

    Args:
        said: the verdict's sentences.
    """
    groups_of = grouped(said)
    content, not_shown = groups_of.pop(_CONTENT, []), groups_of.pop(_NOT_SHOWN, [])
    body = [_head(judged), *_sentences(groups_of)]
    if judged.verdict.valid:
        # Before the tables: who reads the first page alone is to know it.
        body.append(_section(_NOT_SHOWN, [_list(not_shown, _NOT_SHOWN)]))
        body += [_content(judged.verdict, content)]
        body += [_ladder(judged.verdict), _cosignatures(judged.verdict), _parties(judged.verdict)]
    body.append(_how(judged))
    return _page(f"What {foreign.line(judged.name, 80)} shows", body).encode()


def _page(title: str, body: Iterable[str]) -> str:
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="referrer" content="no-referrer">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title>",
            f"<style>{_STYLE}</style>",
            "</head>",
            "<body>",
            "<main>",
            *body,
            "</main>",
            "</body>",
            "</html>",
            "",
        ]
    )


# -- words


def _part(part: Part) -> str:
    """One part of a sentence; what is not ours stands apart, so that its direction turns nothing around it."""
    text = shown(part)
    if not isinstance(part, Foreign | Word):
        return escape(text)
    lang = escape(part.lang if isinstance(part, Foreign) else "")
    before, mark, after = text.rpartition("”")
    if not mark:
        return f'<bdi lang="{lang}" dir="auto">{escape(text)}</bdi>'
    # The marks are ours: inside they would go where the direction of the text takes them.
    return f'“<bdi lang="{lang}" dir="auto">{escape(before[1:])}</bdi>”{escape(after)}'


def _text(one: Sentence) -> str:
    return "".join(map(_part, one.parts))


def _foreign(text: str, most: int = 200) -> str:
    return _part(Foreign(text, most=most))


def _time(at: str | None, *, bound: bool) -> str:
    if at is None:
        return "not shown"
    return f"{'by ' if bound else ''}{escape(at)}"


def _section(heading: str, inside: Iterable[str], kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return "\n".join([f"<section{named}>", f"<h2>{escape(heading)}</h2>", *inside, "</section>"])


def _list(told: Iterable[Sentence], heading: str) -> str:
    items = (f"<li>{_text(one).removeprefix(heading).strip()}</li>" for one in told)
    return f"<ul>{''.join(items)}</ul>"


def _table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[str]], empty: str) -> str:
    """A table with its caption; its cells are HTML already. One line where it has no rows."""
    found = [f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows]
    if not found:
        return f"<p>{escape(empty)}</p>"
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    return (
        f"<table><caption>{escape(caption)}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n"
        + "\n".join(found)
        + "\n</tbody></table>"
    )


def _facts(found: Iterable[tuple[str, str]]) -> str:
    """Names and values; these are HTML already."""
    return f"<dl>{''.join(f'<div><dt>{escape(name)}</dt><dd>{value}</dd></div>' for name, value in found)}</dl>"


# -- the parts of the page


def _head(judged: Judged) -> str:
    return f"<header><p>Proof file, judged by Comity</p>\n<h1>What {_foreign(judged.name, 120)} shows</h1></header>"


def _sentences(found: dict[str, list[Sentence]]) -> Iterator[str]:
    for heading, each in found.items():
        told = (f'<p class="{one.code}">{_text(one)}</p>' for one in each)
        yield _section(heading, told, "first" if heading == GROUP_OF["valid"] else "")


def _ladder(verdict: Verdict) -> str:
    rows = [_rung(one, verdict) for one in verdict.ladder]
    columns = ("rung", "time (UTC)", "on whose word", "basis")
    caption = "“By” a time is a bound: it had happened by then. Claimed: by the party itself; cosigned: by another."
    return _section("How far it has come", [_table(caption, columns, rows, "There is no rung.")], "ladder")


def _rung(rung: Rung, verdict: Verdict) -> tuple[str, str, str, str]:
    told, by = rung.as_dict(), _part(called(rung.by, verdict.parties))
    more = BASIS.get(rung.name)
    basis = rung.basis if more is None else f"{rung.basis}: {more}"
    return escape(rung.name), _time(told["at"], bound=told["bound"]), by, escape(basis)


def _cosignatures(verdict: Verdict) -> str:
    sides = (("teller", verdict.behind_teller), ("hearer", verdict.behind_hearer))
    rows = [_cosigner(side, one, verdict) for side, each in sides for one in each]
    columns = ("log of the", "third party", "cosigned (UTC)", "")
    caption = "Neither teller nor hearer is counted among them."
    return _section("Third parties", [_table(caption, columns, rows, "No cosignature of a third party is counted.")])


def _cosigner(side: str, one: Cosigner, verdict: Verdict) -> tuple[str, str, str, str]:
    counts = "counts for nothing: contradicted" if one.contradicted else ""
    return (side, _part(called(one.party, verdict.parties)), _time(instant.to_second(one.at), bound=True), counts)


def _parties(verdict: Verdict) -> str:
    roles = {verdict.teller: "teller", verdict.hearer: "hearer"}
    ordered = sorted(
        verdict.parties, key=lambda one: (one.fingerprint not in roles, one.fingerprint != verdict.teller, one.text)
    )
    rows = [_party(one, roles.get(one.fingerprint, "third party")) for one in ordered]
    caption = "A name is worth nothing by itself: compare the fingerprint with what you know from elsewhere."
    columns = ("party", "fingerprint, in groups and in words")
    return _section("Fingerprints", [_table(caption, columns, rows, "There is no party.")], "parties")


def _party(one: Label, role: str) -> tuple[str, str]:
    known = "you gave its fingerprint" if one.known else "not known to you"
    return (
        f"{_part(called(one.text, [one]))}<br>{escape(role)}<br>{known}",
        f"{_digits(one.fingerprint)}<br>{escape(words(one.fingerprint))}",
    )


def _digits(fingerprint: Fingerprint) -> str:
    """A fingerprint's groups on two lines, to be compared."""
    each = groups(fingerprint).split("-")
    half = len(each) // 2
    return f"<code>{'-'.join(each[:half])}-<br>{'-'.join(each[half:])}</code>"


def _content(verdict: Verdict, told: Sequence[Sentence]) -> str:
    inside = [f"<p>{_text(one)}</p>" for one in told]
    if verdict.content is not None:
        text = _laid_out(verdict.content.decode())
        inside.append("<h3>The content itself</h3>")
        inside.append(f'<pre lang="" dir="ltr">{_apart(_printed(text[:MOST_CONTENT]))}</pre>')
        if len(text) > MOST_CONTENT:
            inside.append(
                f"<p>So far the first {MOST_CONTENT:,} of {len(text):,} characters; comity verify --content writes all.</p>"
            )
    return _section(_CONTENT, inside, "content") if inside else ""


# A text, or a list of nothing but numbers and the like, which stays on one line.
_PIECE = re.compile(r'("(?:[^"\\]|\\.)*"|\[[^][{}":]*\])')
_BLANK = re.compile(r"\s+")
_LONG_LINE = 160


def _laid_out(text: str) -> str:
    """JSON that stands on long lines, on several; not a character of its tokens is another."""
    if max(map(len, text.strip().split("\n"))) <= _LONG_LINE and "\n" in text.strip():
        return text
    found, depth = list[str](), 0
    for number, piece in enumerate(_PIECE.split(text)):
        bare = _BLANK.sub("", piece)
        if number % 2:
            found.append(piece if piece.startswith('"') else bare.replace(",", ", "))
            continue
        for char in bare:
            depth += (char in "{[") - (char in "}]")
            found.append(_on_lines(char, depth))
    return "".join(found)


def _on_lines(char: str, depth: int) -> str:
    line = "\n" + "  " * depth
    match char:
        case "{" | "[" | ",":
            return char + line
        case "}" | "]":
            return line + char
        case ":":
            return ": "
    return char


def _apart(text: str) -> str:
    """Each text of a JSON in a direction of its own, so that none turns what stands around it."""
    pieces = (
        f'"<bdi>{escape(piece[1:-1])}</bdi>"' if number % 2 and piece.startswith('"') else escape(piece)
        for number, piece in enumerate(_PIECE.split(text))
    )
    return "".join(pieces)


def _printed(text: str) -> str:
    """Lines with nothing hidden in them; those that are there stay lines."""
    return "\n".join(foreign.line(line, len(line) * 12 + 12) for line in text.replace("\r\n", "\n").split("\n"))


def _how(judged: Judged) -> str:
    given = [*judged.named.items()] + [("", one) for one in judged.alone]
    known = (
        "<br>".join(f"{_part(Word(name)) if name else 'without a name'}<br>{_digits(one)}" for name, one in given)
        or "none"
    )
    found = [
        ("file", _foreign(judged.name, 120)),
        ("SHA-256", f"<code>{escape(judged.digest)}</code>"),
        ("size", f"{judged.size:,} bytes"),
        (
            "judged",
            f"{escape(instant.to_second(judged.at))}, by the clock of the machine that judged it, which nobody else vouches for",
        ),
        ("judged by", f"Comity {escape(__version__)}"),
        ("quorum", f"{judged.verdict.quorum}: so many third parties' cosignatures fix a time"),
        ("fingerprints given", known),
    ]
    note = "<p>This page is no proof: whoever doubts it judges the file anew, with comity verify.</p>"
    return _section("How it was judged", [_facts(found), note], "how")


_STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; color: #111; background: #fff; font: 11pt/1.45 "Noto Sans", "DejaVu Sans", Arial, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 1.5rem; }
header { border-bottom: 2px solid #111; margin-bottom: 1rem; }
header p { margin: 0; font-size: 9.5pt; }
h1 { font-size: 16pt; line-height: 1.25; margin: 0.2rem 0 0.6rem; overflow-wrap: anywhere; }
h2 { font-size: 12.5pt; margin: 1.3rem 0 0.35rem; break-after: avoid; }
h3 { font-size: 11pt; margin: 1rem 0 0.35rem; break-after: avoid; }
p { margin: 0 0 0.45rem; overflow-wrap: anywhere; }
ul { margin: 0; padding-left: 1.2rem; }
bdi { overflow-wrap: anywhere; }
.first { border: 1px solid #111; padding: 0.2rem 0.9rem 0.45rem; }
.first h2 { margin-top: 0.4rem; }
.not-valid, .contradiction, .not-trusted, .reconstruction, .names-clash { font-weight: bold; }
table { border-collapse: collapse; width: 100%; margin: 0.3rem 0 0.6rem; font-size: 10pt; }
caption { text-align: left; font-size: 9.5pt; padding-bottom: 0.2rem; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 0.6rem 0.25rem 0; border-bottom: 1px solid #999; }
th { border-bottom: 1.5px solid #111; }
table, tr, li, dl div { break-inside: avoid; }
.parties table { break-inside: auto; }
@media print, (min-width: 40rem) { .ladder td:nth-child(2) { white-space: nowrap; } }
caption, thead { break-after: avoid; }
tbody tr:first-child { break-before: avoid; }
.parties td:first-child { width: 26%; overflow-wrap: anywhere; }
code, pre { font: 9pt/1.4 "DejaVu Sans Mono", "Noto Sans Mono", monospace; }
code { overflow-wrap: anywhere; }
pre { margin: 0.3rem 0; padding: 0.6rem; border: 1px solid #999; white-space: pre-wrap; overflow-wrap: anywhere; }
dl { margin: 0 0 0.6rem; }
dl div { display: flex; gap: 0.8rem; padding: 0.2rem 0; border-bottom: 1px solid #999; }
dt { flex: 0 0 9rem; }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
@page { size: A4; margin: 18mm 16mm 20mm; @bottom-right { content: counter(page) " / " counter(pages); font-size: 9pt; } }
@media print { body { font-size: 10pt; } main { max-width: none; padding: 0; } }
"""
