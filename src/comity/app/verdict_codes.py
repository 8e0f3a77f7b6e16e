"""Verdict codes: what the sentences of a verdict can say, in the groups and the order in which they are told."""

from collections.abc import Iterable

from comity.app.sentence import Sentence

# In the order in which they are told: the heading of each group, and the codes in it.
GROUPS: dict[str, tuple[str, ...]] = {
    "Before all else": ("not-valid", "valid", "reconstruction", "contradiction", "not-trusted"),
    "Who told whom what": ("said", "offered", "told", "logged", "fetched", "withdrawn"),
    "What was answered": (
        "held",
        "refused",
        "refused-borne-out",
        "refused-not-borne-out",
        "refused-own-word",
        "other-bytes",
        "unacknowledged",
        "no-answer",
    ),
    "By when, and who else stands behind that": (
        "witnessed-by",
        "third-parties-teller",
        "no-third-parties-teller",
        "seen-by-hearer",
        "proved-by",
        "third-parties-hearer",
        "no-third-parties-hearer",
        "discounted",
    ),
    "Who they are": ("known", "unknown", "asked-about-one", "absent", "called", "names-clash", "hearer-not-in-log"),
    "What was said, as it is read here": ("content", "omitted"),
    "This file does not show": ("not-shown",),
}
GROUP_OF = {code: group for group, codes in GROUPS.items() for code in codes}


def grouped(found: Iterable[Sentence]) -> dict[str, list[Sentence]]:
    """Heading -> the sentences below it."""
    groups: dict[str, list[Sentence]] = {}
    for one in found:
        groups.setdefault(GROUP_OF[one.code], []).append(one)
    return groups
