"""What objects are called."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.model import content
from comity.model.content import StixObject
from comity.model.title import title
from comity.space.instant import Instant

UUID = "6f1f3a52-0f1c-4c39-8f1e-0d8f1b3a7c11"
TEXTS = ("name", "text", "subject", "kind", "callsign", "content", "function")


def _id(kind: str) -> str:
    return f"{kind}--{UUID}"


def thing(kind: str, /, **properties: Any) -> StixObject:
    at = Instant(1795687200000)
    return content.parse(content.write(_id(kind), at, list(properties.items()), created=at))


@given(st.dictionaries(st.sampled_from(TEXTS), st.sampled_from(["A", "Б", "", " "])))
def test_a_title_is_the_first_text_there_is_and_never_empty(given: dict[str, Any]) -> None:
    usable = [given[name] for name in TEXTS if given.get(name, "").strip()]
    assert title(thing("check", **given)) == (usable[0] if usable else _id("check"))


@pytest.mark.parametrize("subject", ["37SBA 12345 67890", "36.2021 N 37.1343 E"])
def test_of_a_place_no_position_is_called_nor_is_an_objection_by_any_name_that_its_author_gave(subject: str) -> None:
    position = thing("position", subject=subject, stance="designates", basis="B")
    assert title(position) == position.id
    objection = thing("objection", name="told: nothing stands against it")
    assert title(objection) == objection.id
