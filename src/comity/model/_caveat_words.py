"""The words by which an object says who may have it: TLP in every spelling, and caveats that are not TLP.

Pure questions about one text or one property's name. What follows from the answers is not decided here.
"""

import re
import unicodedata
from enum import Enum
from functools import lru_cache

_LEVEL = r"(clear|white|green|amber(?:[\W_]*strict)?|red)"
_TLP = r"t[\W_]?l[\W_]?p(?:[\W_]?v?2(?:[._]?0)?)?"
_SPELLED = rf"(?:(?:misp|marking|label|x)[\W_]+)?{_TLP}(?:[\W_]*level)?"
_WHOLE = re.compile(rf"[\W_]*{_SPELLED}[\W_]*{_LEVEL}[\W_]*")
_BARE = re.compile(rf"[\W_]*(?:{_SPELLED})?[\W_]*{_LEVEL}[\W_]*")
_SPOKEN = re.compile(rf"(?<![^\W_]){_TLP}(?:{_LEVEL}|[\W_]|$)")
_SOME_LEVEL = re.compile(rf"(?<![^\W_]|_){_LEVEL}(?![^\W_])")
_IN_FULL = re.compile(r"traffic[\W_]*light(?:[\W_]*protocol)?")
_UNSEEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_LOOK_ALIKES = str.maketrans("аеорстхкмуіѕԁɡӏαερτκιο", "aeopctxkmyisdglaeptkio")

# Free text speaks of markings in many innocent ways: only these spellings are taken for one, in capitals.
_STARTS = ("TLP", "PAP", "NOFORN", "ORCON", "REL TO", "DISTRIBUTION STATEMENT", "FOUO", "EYES ONLY", "EMBARGO")
_TEXT = re.compile(
    r"\bTLP ?: ?(?:CLEAR|WHITE|GREEN|AMBER(?: ?[+_-] ?STRICT| STRICT)?|RED)\b|\bPAP ?: ?[A-Z]{3,}\b|\bNOFORN\b|\bORCON\b"
    r"|\bREL TO [A-Z]{3,4}\b|\bDISTRIBUTION STATEMENT [A-FX]\b|//FOUO\b|\bEYES ONLY\b|\bEMBARGOED\b|\bEMBARGO UNTIL\b"
)

_ALWAYS = frozenset(
    "pap noforn orcon fouo propin relto nocontract imcon limdis exdis nodis iep iep2 iep3 acs embargo embargoed caveat "
    "caveats handling releasable releasability dissemination disseminate redistribution resharing onward granted "
    "authorized authorised clearance clearances cui nfd euci secrecy ncnd гриф дсп секретно секретность секретности "
    "конфиденциально конфиденциальность ограничение ограничения einstufung geheim vertraulich geheimhaltung "
    "verschlusssache dienstgebrauch служебного "
    "weitergabe classifiees diffusion confidentiel confidentialité clasificación difusión "
    "confidencial سري سرية 密级 机密 秘密 絶密 기밀".split()
)
# They restrict where they end a name, or stand before a word of the tail; and not after a word that makes them another.
_OFTEN = frozenset(
    "access distribution sharing share shared shareable sharable classification classified restricted restriction "
    "restrictions confidential confidentiality visibility privacy audience sensitivity disclosure permission "
    "permissions sharable доступ распространение".split()
)
_TAIL = frozenset(
    "level levels group groups control controls list lists policy policies right rights id ids ref refs name marking "
    "markings scope statement restriction restrictions by to with for only privilege privileges class code codes "
    "community communities mode setting settings flag limit limits rule rules caveat members organizations "
    "organisations party parties countries country nationalities expiry until".split()
)
_OTHERWISE = frozenset(
    "initial remote credential credentials physical network last first local device internet root admin privileged "
    "actor incident malware threat event case attack vulnerability file asset alert signature family sample traffic "
    "industry criticality linux os geographic geo victim software error exception cookie market smb windows effective "
    "unix process user android app application data memory public".split()
)
_PHRASES = (
    "need to know",
    "rel to",
    "eyes only",
    "not for",
    "do not",
    "for official use",
    "official use only",
    "internal use",
    "chatham house",
    "originator controlled",
    "no foreign",
    "your organisation only",
    "your organization only",
    "this community only",
    "official sensitive",
    "nato unclassified",
    "trusted circle",
    "terms of use",
    "ais consent",
    "cisa consent",
)
_GRADES = frozenset(
    "secret confidential restricted classified sensitive proprietary private internal limited les sbu".split()
)
_BESIDE_GRADES = _GRADES | frozenset(
    "top strictly nato cosmic atomal eu un uk us official use only company law enforcement very highly and".split()
)
# MISP taxonomies that say how something is to be handled, whatever their predicates are called.
_HANDLING = frozenset(
    "tlp pap iep iep2-policy iep2-reference dni-ism nato fr-classif de-vs euci data-classification protective-marking "
    "handling marking classification dissemination distribution".split()
)
_LABELS = frozenset("label labels tag tags keyword keywords".split())
_MARKINGS = frozenset("marking markings".split())
_POINTERS = frozenset("url uri href hashes pattern source_name external_id".split())
_WORD = re.compile(r"[^\W_]+")
# They keep what bounds their words: a letter at either end and a blank between.
_SENTENCES = str.maketrans(dict.fromkeys("\ufdfa\ufdfb", "\u0635 \u0645"))
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Meaning(Enum):
    """What a property's name says of its value."""

    EVERYDAY = "everyday"
    POINTER = "pointer"
    LABELS = "labels"
    MARKING = "marking"
    TLP = "tlp"
    RESTRICTS = "restricts"


@lru_cache(maxsize=4096)
def meaning(name: str) -> Meaning:
    """What a property's name says of its value."""
    words = _words(_CAMEL.sub("_", _normal(name)))
    if name in _POINTERS:
        return Meaning.POINTER
    if _SPOKEN.search(_plain(" ".join(words))):
        return Meaning.TLP
    if _MARKINGS & set(words):
        return Meaning.MARKING
    if _restricting(words):
        return Meaning.RESTRICTS
    return Meaning.LABELS if _LABELS & set(words) else Meaning.EVERYDAY


@lru_cache(maxsize=4096)
def level(text: str, *, bare: bool = False) -> str | None:
    """The TLP level that a text is, in any spelling: `clear` to `red`; None where it says anything else, or more.

    With `bare` the letters TLP need not be there, as in a property that is named `tlp`.
    """
    found = (_BARE if bare else _WHOLE).fullmatch(_plain(text))
    return None if found is None else _named(found[1])


@lru_cache(maxsize=4096)
def is_caveat(label: str) -> bool:
    """Whether a label speaks of who may have something, and is no TLP level."""
    plain = _plain(label)
    head = plain.partition("=")[0]
    if _SPOKEN.search(plain) or ("//" in label and _is_portion(label)):
        return True
    if head.partition(":")[0].strip() in _HANDLING:
        return True
    found = _words(head)
    graded = bool(found) and _GRADES & set(found) != set() and set(found) <= _BESIDE_GRADES
    return graded or _restricting(found) or _restricting(_words(label.partition("=")[0]))


def levels_within(text: str) -> list[str]:
    """The TLP levels that a label names beside whatever else it says; none where it does not speak of TLP."""
    plain = _plain(text)
    return [_named(one) for one in _SOME_LEVEL.findall(plain)] if _SPOKEN.search(plain) else []


def in_text(text: str) -> list[str]:
    """The markings that stand in free text, as they stand there."""
    for start in _STARTS:
        if start in text:
            return list(dict.fromkeys(_TEXT.findall(text)))
    return []


def _is_portion(label: str) -> bool:
    """Whether it is banner or portion marking such as SECRET//NOFORN or (U//FOUO)."""
    return re.fullmatch(r"\(?[A-Z][A-Z -]*//[A-Z0-9 ,/:-]+\)?", label.strip()) is not None


def _restricting(words: list[str]) -> bool:
    joined = " ".join(words)
    if any(phrase in joined for phrase in _PHRASES):
        return True
    return any(_restricts(words, at) for at in range(len(words)))


def _restricts(words: list[str], at: int) -> bool:
    before = words[at - 1] if at else ""
    if words[at] in _ALWAYS:
        return words[at] != "handling" or before not in _OTHERWISE
    return words[at] in _OFTEN and before not in _OTHERWISE and set(words[at + 1 : at + 2]) <= _TAIL | _OFTEN


def _normal(text: str) -> str:
    """NFKC, but for two ligatures that stand for whole sentences: a long run of them would become 18 times as long."""
    return unicodedata.normalize("NFKC", text.translate(_SENTENCES))


def _words(text: str) -> list[str]:
    return _WORD.findall(_UNSEEN.sub("", _normal(text)).casefold().replace("_", " "))


def _plain(text: str) -> str:
    """A text as it looks: without what does not show, in one case, with the Latin letters that others look like."""
    shown = _UNSEEN.sub("", _normal(text)).casefold().translate(_LOOK_ALIKES)
    return _IN_FULL.sub("tlp", shown)


def _named(found: str) -> str:
    if found.startswith("amber"):
        return "amber+strict" if found.endswith("strict") else "amber"
    return "clear" if found == "white" else found
