"""Verdicts: what a proof file shows, laid out for people and as JSON: the sentences, and the evidence beside them."""

from collections.abc import Iterable
from typing import Any

from comity.app import render, views
from comity.app.layout import Own
from comity.app.render import own
from comity.app.sentence import Sentence, shown
from comity.app.verdict_codes import GROUP_OF, grouped
from comity.app.verdict_words import called
from comity.exchange.labels import Label
from comity.model.fingerprint import words

_OF_LABEL = ("fingerprint", "calls_itself", "known", "clashes")
_NOT_SHOWN = GROUP_OF["not-shown"]


def with_words(verdict: dict[str, Any], said: Iterable[Sentence]) -> dict[str, Any]:
    """A verdict with its sentences, and with its fingerprints also in words."""
    in_words = {name: words(one) for name, one in verdict["fingerprints"].items()}
    told = {name: value for name, value in verdict.items() if name != "not_shown"}
    sentences = [one.as_dict() for one in said]
    return {"sentences": sentences, **told, "fingerprint_words": in_words, "not_shown": verdict["not_shown"]}


def show(told: dict[str, Any], said: Iterable[Sentence]) -> None:
    """What a proof file shows: in sentences, and what it does not show; then as tables."""
    groups = grouped(said)
    not_shown = groups.pop(_NOT_SHOWN, [])
    for heading, each in groups.items():
        render.paragraph(heading, [own(one.text) for one in each])
    if told["valid"]:
        items = (one.text.removeprefix(_NOT_SHOWN).strip() for one in not_shown)
        render.paragraph(f"{_NOT_SHOWN}:", [Own(f"- {item}") for item in items])
        _tables(told, _named(told))


def _named(told: dict[str, Any]) -> dict[str, Own]:
    """The label of each party, as sentences have it: in quotation marks where the reader does not know the party."""
    parties = [Label(**{"text": one["label"], **{name: one[name] for name in _OF_LABEL}}) for one in told["parties"]]
    return {one.text: own(shown(called(one.text, [one]))) for one in parties}


def _tables(told: dict[str, Any], named: dict[str, Own]) -> None:
    """The evidence beside the sentences."""
    trusted = own("yes" if told["trusted"] else "no: compare the fingerprints below")
    names = ("object", "statement", "item")
    render.facts("the evidence", {"trusted": trusted, **{name: told[name] for name in names}})
    render.block("")
    columns = ("rung", "time", "on whose word", "")
    render.rows(
        "ladder",
        columns,
        [(r["rung"], views.when(r), named[r["by"]], views.basis(r)) for r in told["ladder"]],
        empty="none",
    )
    behind = [
        (side, named[w["party"]], views.when(w), _counts(w))
        for side in told["third_parties"]
        for w in told["third_parties"][side]
    ]
    render.block("")
    columns = ("log of", "third party", "cosigned", "")
    render.rows("cosignatures of third parties", columns, behind, empty="no cosignature of a third party is counted")
    known = {named[name]: views.known_by(one) for name, one in told["fingerprints"].items()}
    render.block("")
    render.facts("fingerprints in the file", dict(sorted(known.items())))
    render.block("")


def _counts(cosigner: dict[str, Any]) -> Own:
    return own("counts for nothing: contradicted" if cosigner["contradicted"] else "")
