"""Exports: which head, which keys, and what is refused; programs of others judge the files in tests/conformance/peers."""

import pytest

from comity.errors import BAD_ARGUMENT, NOT_FOUND, NOT_OURS, READ_ONLY, UNKNOWN_STATEMENT, LocalError
from comity.exchange.witness import AddCheckpoint
from comity.node.exports import export
from comity.proof import merkle
from comity.proof.checkpoint import parse_checkpoint, verify_cosignature, verify_log_signature
from comity.proof.envelope import StatementId
from comity.proof.keys import VerifyingKey
from comity.proof.merkle import leaf_hash
from comity.proof.note import NoteKey
from comity.proof.receipt import parse_cose_receipt, parse_tlog_proof
from world import Party, parties, report, run


def told(*names: str) -> tuple[Party, StatementId, Party]:
    """fr with three statements, its newest head cosigned by the others; the first statement, and one of the others."""
    fr, *others = parties("fr", *names)

    async def story() -> StatementId:
        said = [await fr.say(report(number=number), others[0]) for number in range(3)]
        await fr.syncs(*others)
        return said[0].id

    return fr, run(story), others[0]


def refusal(party: Party, id: StatementId | None = None, since: int | None = None) -> tuple[str, str]:
    with pytest.raises(LocalError) as caught:
        export(party.node, id, since)
    return caught.value.code, caught.value.place


def keys_in(data: bytes) -> list[NoteKey]:
    return [NoteKey.from_vkey(line) for line in data.decode().splitlines()]


def test_every_file_verifies_by_the_keys_that_come_with_it_and_those_are_the_descriptors() -> None:
    fr, id, _ = told("ru", "un")
    found = export(fr.node, id, 2)
    [log] = keys_in(found.files["log.vkey"])
    assert (log.key, found.files["log.pem"]) == (fr.keys.log.public, fr.keys.log.public.to_pem())
    signed = parse_checkpoint(found.files["checkpoint"])
    verify_log_signature(signed, log.key)
    witnesses = keys_in(found.files["witnesses.vkeys"])
    lines = [line for line in signed.note.signatures if not line.is_by(log)]
    assert len(witnesses) == len(lines) == 3
    for key, line in zip(witnesses, lines, strict=True):
        verify_cosignature(line, signed.checkpoint, key.name, key.key)
    leaf = leaf_hash(found.files["statement.cose"])
    origin, sub = fr.node.descriptor.origin, fr.node.own(id).signed.envelope.sub
    parse_tlog_proof(found.files["statement.tlog-proof"]).verify(leaf, origin=origin, key=log.key)
    receipt = parse_cose_receipt(found.files["statement.receipt.cose"])
    receipt.verify(leaf, found.files["checkpoint"], origin=origin, sub=sub, key=log.key)
    assert found.files["statement.pem"] == fr.keys.statement.public.to_pem()


def test_the_proof_from_a_smaller_size_joins_the_two_heads() -> None:
    fr, _, _ = told("ru")
    for since in range(1, 7):
        shown = AddCheckpoint.decode(export(fr.node, None, since).files["consistency"]).shown
        head = parse_checkpoint(shown.note).checkpoint
        leaves = [id for id, _ in fr.store.leaf_data(0, since)]
        assert (shown.old, head.size) == (since, 7)
        merkle.verify_consistency(since, merkle.root_of(leaves), head.size, head.root, list(shown.path))


def test_only_what_is_asked_for_is_written() -> None:
    fr, _, _ = told("ru")
    assert set(export(fr.node, None, None).files) == {"checkpoint", "log.vkey", "log.pem", "witnesses.vkeys"}


def test_the_descriptor_at_leaf_0_comes_with_the_root_key_that_signed_it() -> None:
    fr, _, _ = told("ru")
    first = fr.node.at(0).id
    pem = export(fr.node, first, None).files["statement.pem"]
    assert pem == fr.root.public.to_pem()
    assert pem != VerifyingKey(fr.keys.statement.public.raw).to_pem()


def test_the_head_that_most_have_cosigned_is_taken_although_a_newer_one_is_published() -> None:
    fr, id, ru = told("ru", "un")
    best = export(fr.node, id, None)
    assert (best.size, len(best.cosigned_by)) == (7, 2)
    run(lambda: fr.say(report(number=9)))
    run(lambda: fr.syncs(ru))
    again = export(fr.node, id, None)
    assert (again.size, len(again.cosigned_by)) == (7, 2)


def test_a_statement_that_no_published_head_holds_is_refused_until_one_does() -> None:
    fr, _, ru = told("ru")
    said = run(lambda: fr.say(report(number=9)))
    assert refusal(fr, said.id) == (NOT_FOUND, "STATEMENT")
    run(lambda: fr.syncs(ru))
    assert export(fr.node, said.id, None).size == 8


def test_a_log_of_which_no_head_was_published_has_nothing_to_export() -> None:
    [fr] = parties("fr")
    assert refusal(fr) == (NOT_FOUND, "")


@pytest.mark.parametrize("since", [-1, 0, 7, 8, 10**12])
def test_a_size_that_is_not_below_the_head_is_refused(since: int) -> None:
    fr, _, _ = told("ru")
    assert refusal(fr, None, since) == (BAD_ARGUMENT, "--since")


def test_what_another_said_and_what_nobody_said_is_refused() -> None:
    fr, id, ru = told("ru")
    run(lambda: ru.syncs(fr))
    assert refusal(ru, id)[0] == NOT_OURS
    assert refusal(fr, StatementId(bytes(32)))[0] == UNKNOWN_STATEMENT


def test_a_node_that_must_not_sign_makes_no_receipt() -> None:
    fr, id, _ = told("ru")
    fr.node.journal.read_only = "behind"
    assert refusal(fr, id)[0] == READ_ONLY
    assert export(fr.node, None, None).size == 7
