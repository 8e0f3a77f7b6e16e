"""Logging gives each statement its place, and the tree a head with two signatures of its own party."""

from comity.exchange import log, witness
from comity.model.content import parse
from comity.model.statement import Draft
from comity.proof import merkle
from comity.proof.checkpoint import parse_checkpoint
from comity.proof.tree import Tree
from unit.exchange.speaker import REPORT, START, Speaker, at

FR = Speaker("fr")


def test_statements_get_places_in_the_order_in_which_they_are_appended() -> None:
    signed = [FR.sign(Draft(parse(REPORT))) for _ in range(5)]
    first = log.append(Tree.empty(), signed[:2])
    second = log.append(first.tree, signed[2:])
    entries = first.logged + second.logged
    assert [entry.index for entry in entries] == [0, 1, 2, 3, 4]
    assert [entry.signed for entry in entries] == signed
    assert second.tree.root() == merkle.root_of([one.id for one in signed])
    assert second.tiles[0, 0] == b"".join(one.id for one in signed)


def test_appending_nothing_changes_nothing() -> None:
    assert log.append(Tree.empty(), []) == log.Appended(Tree.empty(), [], {})


def test_the_first_entry_is_the_partys_descriptor() -> None:
    assert Speaker("ru").entries[0].signed.object.type == "descriptor"


def test_a_head_bears_the_logs_signature_and_its_partys_cosignature_with_a_time() -> None:
    note = FR.note(42)
    signed = parse_checkpoint(note)
    assert [line.name for line in signed.note.signatures] == [FR.origin, f"{FR.origin}/w"]
    head = witness.read_head(note, FR.descriptor)
    assert (head.size, head.root, head.note) == (FR.tree.size, FR.tree.root(), note)
    assert (
        witness.cosigned_at(head, signed.note.signatures[1].line, FR.descriptor) == at(42) // 1000 == START // 1000 + 42
    )
