"""Markings: how far something may go. TLP 2.0 (FIRST, 2022) and the onward rule.

The most restrictive wins. TLP 1 markings are accepted on objects and taken as the TLP 2.0 level of the same name; a
marking is never taken as anything more open. What may restrict and is not understood is a `Caveat`: it counts as
amber+strict and never, unless the operator accepts it by its name. What an object bears is read by `caveats`.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass, replace

from comity.space.instant import Instant


class Tlp(enum.Enum):
    """Traffic Light Protocol 2.0, from the most open to the most restrictive."""

    CLEAR = "clear"
    GREEN = "green"
    AMBER = "amber"
    AMBER_STRICT = "amber+strict"
    RED = "red"


class Onward(enum.Enum):
    """What a recipient may do with it: pass it on never, after asking, freely, or only by informing the named."""

    NEVER = "never"
    ASK = "ask"
    MAY = "may"
    MUST = "must"


_OPENNESS = list(Tlp)

# The first five: STIX TLP 2.0 extension definition (OASIS). The next four: STIX 2.1 section 7.2.1.4, which are TLP 1. The
# last one: what OpenCTI and its connectors have used for TLP:AMBER+STRICT since before OASIS had an id for it.
MARKING_IDS: dict[str, Tlp] = {
    "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487": Tlp.CLEAR,
    "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb": Tlp.GREEN,
    "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421": Tlp.AMBER,
    "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003": Tlp.AMBER_STRICT,
    "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1": Tlp.RED,
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": Tlp.CLEAR,
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": Tlp.GREEN,
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": Tlp.AMBER,
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": Tlp.RED,
    "marking-definition--826578e1-40ad-459f-bc73-ede076f81f37": Tlp.AMBER_STRICT,
}

DEFAULT_TLP = Tlp.AMBER


def most_restrictive(levels: Iterable[Tlp]) -> Tlp:
    """The least open of the levels; `amber` if there is none."""
    return max(levels, key=_OPENNESS.index, default=DEFAULT_TLP)


class Kind(enum.Enum):
    """As what something stands in an object that may restrict it."""

    MARKING = "marking"
    LABEL = "label"
    PROPERTY = "property"
    EXTENSION = "extension"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Caveat:
    """Something in an object that may restrict who may have it, and that is not understood here.

    Attributes:
        name: what it is called: a marking's id, a label, a property's name; at most 200 characters, in another's words.
        place: where it stands, as a JSON pointer.
        at_least: the level below which it does not count.
    """

    name: str
    place: str
    kind: Kind
    at_least: Tlp = Tlp.AMBER_STRICT


@dataclass(frozen=True, slots=True)
class Markings:
    """What an object says of how far it may go.

    Attributes:
        levels: the TLP levels that it bears, in whatever spelling.
        not_understood: all else that may restrict, in the order of the object.
    """

    levels: tuple[Tlp, ...] = ()
    not_understood: tuple[Caveat, ...] = ()

    @property
    def names(self) -> list[str]:
        """The names of what is not understood, each once."""
        return list(dict.fromkeys(one.name for one in self.not_understood))


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms something is released to one addressee.

    Attributes:
        precision: how exactly places in it are told; only `exact` so far.
        answer_by: until when an acknowledgement is expected; after it `unacknowledged` is logged.
        accepted: the names of caveats that the operator of the releasing party has taken upon itself.
    """

    tlp: Tlp = DEFAULT_TLP
    onward: Onward = Onward.NEVER
    answer_by: Instant | None = None
    precision: str = "exact"
    accepted: tuple[str, ...] = ()

    def effective(self, markings: Markings) -> "Terms":
        """These terms under an object's own markings: the most restrictive wins; TLP:RED goes no further.

        What is not understood and not accepted counts as amber+strict, or as its level where that is more closed, and
        goes no further either.
        """
        caveats = [one.at_least for one in markings.not_understood if one.name not in self.accepted]
        if not caveats and not markings.levels and (self.tlp is not Tlp.RED or self.onward is Onward.NEVER):
            return self
        tlp = most_restrictive([self.tlp, *markings.levels, *caveats])
        onward = Onward.NEVER if tlp is Tlp.RED or caveats else self.onward
        return replace(self, tlp=tlp, onward=onward)
