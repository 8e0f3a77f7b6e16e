"""There is one way to a party's keys, so that one day they can change: `Descriptor.key(use, at_index)`."""

import ast
import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.model import party
from comity.model.party import ROLES, UNPLACED, AtIndex, Descriptor, Keys, Use
from comity.model.statement import Index
from comity.proof.keys import VerifyingKey
from unit.exchange.speaker import Speaker

SOURCE = Path(party.__file__).parents[1]
HIDDEN = "_keys"
FR = Speaker("fr")


def reaching(source: str) -> list[str]:
    """The places where a module takes `_keys` from something else than itself, by a dot or by getattr."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr == HIDDEN:
            if not (isinstance(node.value, ast.Name) and node.value.id == "self"):
                found.append(ast.unparse(node))
        elif isinstance(node, ast.Constant) and node.value == HIDDEN:
            found.append(repr(node.value))
    return found


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_module_but_one_reaches_for_the_keys_of_a_descriptor(path: Path) -> None:
    if path != Path(party.__file__):
        assert reaching(path.read_text()) == []


@pytest.mark.parametrize("source", ["a.b._keys.log", "peer.descriptor._keys", 'getattr(one, "_keys")'])
def test_reaching_for_them_is_seen(source: str) -> None:
    assert reaching(source) != []


def test_a_descriptor_shows_its_keys_by_no_other_name() -> None:
    shown = {name: getattr(FR.descriptor, name) for name in dir(Descriptor) if not name.startswith("_")}
    assert not [name for name, value in shown.items() if isinstance(value, Keys | VerifyingKey)]
    assert [field.name for field in dataclasses.fields(Descriptor) if field.type is Keys] == [HIDDEN]


@given(st.sampled_from(ROLES), st.just(UNPLACED) | st.integers(0, 2**63 - 1).map(Index))
def test_the_key_for_a_use_is_the_one_listed_wherever_in_the_log_it_has_signed(use: Use, at: AtIndex) -> None:
    listed = {"root": FR.root, "statement": FR.statement, "log": FR.log, "witness": FR.witness}
    found = FR.descriptor.key(use, at)
    assert use not in listed or found == listed[use].public
    assert found.raw in FR.descriptor.every_key


def test_every_key_is_five() -> None:
    assert len(FR.descriptor.every_key) == len(ROLES)
