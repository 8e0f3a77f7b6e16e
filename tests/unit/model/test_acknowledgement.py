"""An acknowledgement speaks of tellings by one root, so that one can be shown without the others."""

from dataclasses import replace
from typing import Any

import pytest

from comity.errors import MALFORMED, NOT_STIX, RemoteError
from comity.model import acknowledgement, content
from comity.model.acknowledgement import (
    HELD,
    NO_STATEMENT,
    REFUSED,
    Acknowledgement,
    Telling,
    Unacknowledged,
    read_tellings,
    root_over,
)
from comity.model.content import parse
from comity.model.fingerprint import Fingerprint
from comity.model.statement import ItemHash
from comity.proof import merkle
from comity.proof.envelope import StatementId
from comity.space import instant
from unit.model.test_content import UUID

AT = instant.parse("2026-11-26T10:00:00.250Z")
ONE, TWO = (
    Telling(StatementId(bytes([n]) * 32), StatementId(bytes([n + 100]) * 32), ItemHash(bytes([n + 200]) * 32))
    for n in (1, 2)
)
SAID = Acknowledgement(
    f"acknowledgement--{UUID}", Fingerprint("cd" * 32), 9, bytes([7]) * 32, root_over([ONE, TWO]), 2, HELD, AT, None
)


@pytest.mark.parametrize("said", [SAID, replace(SAID, disposition=REFUSED, reason="bad-signature")])
def test_an_acknowledgement_is_read_as_it_was_written(said: Acknowledgement) -> None:
    assert acknowledgement.read(parse(acknowledgement.write(said, AT))) == said


def test_the_root_is_the_tree_hash_over_tellings_of_128_bytes() -> None:
    bare = bytes(32)
    leaves = [merkle.leaf_hash(b"".join(bytes([n + m]) * 32 for m in (0, 100, 200)) + bare) for n in (1, 2)]
    assert root_over([ONE, TWO]) == merkle.node_hash(*leaves)
    assert root_over([ONE]) == leaves[0]


def test_order_and_place_of_the_ids_matter() -> None:
    swapped = Telling(ONE.release, ONE.statement, ONE.item)
    others = [replace(ONE, item=TWO.item), replace(ONE, reading=bytes([1]) * 32)]
    each = [[ONE, TWO], [TWO, ONE], [swapped, TWO], [ONE], [ONE, TWO, TWO], *([one, TWO] for one in others)]
    assert len({root_over(tellings) for tellings in each}) == 7


def test_tellings_are_read_as_they_were_written_whole_and_not_without_bound() -> None:
    assert read_tellings(ONE.data + TWO.data) == (ONE, TWO)
    for data in (b"", ONE.data[:-1], ONE.data + b"x", ONE.data * 1001):
        with pytest.raises(RemoteError) as caught:
            read_tellings(data)
        assert caught.value.code == MALFORMED


def test_a_notice_of_withdrawal_stands_with_zeros_for_its_statement() -> None:
    assert bytes(32) == NO_STATEMENT


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("to", "fr"),
        ("root", "AB" * 32),
        ("log_root", "AB" * 32),
        ("log_root", None),
        ("log_size", 0),
        ("log_size", "9"),
        ("count", 0),
        ("count", "2"),
        ("disposition", "seen"),
        ("disposition", None),
        ("received_at", "now"),
        ("received_at", "2026-11-26T12:00:00.000+02:00"),
        ("received_at", "2026-11-26T10:00:00.123456789Z"),
        ("reason", "bad-signature"),
        ("reason", 4),
    ],
)
def test_an_acknowledgement_of_another_form_is_refused(name: str, value: Any) -> None:
    assert refused(SAID, **{name: value}) == f"/{name}"


@pytest.mark.parametrize("reason", [None, "", "I will not", "Bad", "a" * 65, "\x1b[31m", "bad-signature\n", "-"])
def test_a_refusal_has_a_code_for_its_reason_and_no_text(reason: str | None) -> None:
    assert refused(SAID, disposition=REFUSED, reason=reason) == "/reason"


def refused(said: Acknowledgement, **changes: Any) -> str:
    whole = {**parse(acknowledgement.write(said, AT)).properties, **changes}
    with pytest.raises(RemoteError) as caught:
        acknowledgement.read(parse(content.dump({name: value for name, value in whole.items() if value is not None})))
    assert caught.value.code == NOT_STIX
    return caught.value.place


SILENCE = Unacknowledged(f"unacknowledged--{UUID}", StatementId(bytes(32)), Fingerprint("ef" * 32), AT)


def test_a_silence_is_read_as_it_was_written() -> None:
    assert acknowledgement.read_unacknowledged(parse(acknowledgement.write_unacknowledged(SILENCE, AT))) == SILENCE


def test_neither_of_the_two_passes_for_the_other() -> None:
    silence = parse(acknowledgement.write_unacknowledged(SILENCE, AT))
    with pytest.raises(RemoteError, match="not of type acknowledgement"):
        acknowledgement.read(silence)
    with pytest.raises(RemoteError, match="not of type unacknowledged"):
        acknowledgement.read_unacknowledged(parse(acknowledgement.write(SAID, AT)))
