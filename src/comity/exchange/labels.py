"""Labels: how the parties of a proof file are called before its reader.

A party's name is its own choice, and a reader's name for it the reader's: neither is evidence of anything. Trust goes by
fingerprint. Rule 1: a party that the reader knows goes by the reader's name for it. Rule 2: no two parties in a file are
called alike, nor is one called as the reader calls another: such a label ends with the start of the fingerprint, and is marked.
It is as much of that start as no other of these has: eight digits alone can be had by trying, in days.
Names that look alike are alike: `0` and `o`, `1` and `l` and `i`, `2` and `z`, `5` and `s`, `8` and `b`, `rn` and `m`, `vv`
and `w`, `cl` and `d`, and a hyphen that is there or not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from comity.model.fingerprint import Fingerprint
from comity.model.party import Descriptor

_SHORT = 8
_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "2": "z", "5": "s", "8": "b", "-": None, "_": None, " ": None})
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))


@dataclass(frozen=True, slots=True)
class Label:
    """How one party in a file is called.

    Attributes:
        text: what stands for it in the verdict.
        calls_itself: what its descriptor says.
        known: the reader gave its fingerprint.
        clashes: another party in the file, or one that the reader knows, goes by the same name.
    """

    fingerprint: Fingerprint
    text: str
    calls_itself: str
    known: bool
    clashes: bool

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "fingerprint": self.fingerprint,
            "label": self.text,
            "calls_itself": self.calls_itself,
            "known": self.known,
            "clashes": self.clashes,
        }


def label(
    parties: Iterable[Descriptor], names: Mapping[str, Fingerprint], known: frozenset[Fingerprint]
) -> dict[Fingerprint, Label]:
    """Call the parties of a file by names that are told apart.

    Args:
        parties: each of another fingerprint.
        names: what the reader calls those whose fingerprints it gave.
        known: all whose fingerprints it gave.
    """
    given: dict[Fingerprint, str] = {}
    for name, fingerprint in names.items():
        given.setdefault(fingerprint, name)
    called = {one.fingerprint: given.get(one.fingerprint, one.party) for one in parties}
    whose: dict[str, set[Fingerprint]] = {}
    for fingerprint, name in [*called.items(), *((who, name) for name, who in names.items())]:
        whose.setdefault(_folded(name), set()).add(fingerprint)
    found = {}
    for one in parties:
        name = called[one.fingerprint]
        others = whose[_folded(name)] - {one.fingerprint}
        clashes = bool(others)
        # What the reader calls it needs no mark where the clash is another's doing.
        text = f"{name} ({_start(one.fingerprint, others)})" if clashes and one.fingerprint not in given else name
        found[one.fingerprint] = Label(one.fingerprint, text, one.party, one.fingerprint in known, clashes)
    return found


def alike(one: str, other: str) -> bool:
    """Say whether two names are the same, or look so."""
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    folded = name.casefold().translate(_ALIKE)
    for pair, alike in _PAIRS:
        folded = folded.replace(pair, alike)
    return folded


def _start(of: Fingerprint, others: Iterable[Fingerprint]) -> str:
    """The start of a fingerprint: the first digits, or as many as tell it apart from others."""
    short = _SHORT
    while any(other.startswith(of[:short]) for other in others):
        short += 1
    return of[:short]
