"""Three parties on virtual time: what is said is held, acknowledged, proved; nobody else learns of it."""

from comity.exchange.verify import verify
from comity.node import evidence
from world import parties, report, run


def test_a_telling_is_held_witnessed_by_a_third_party_and_proved_offline() -> None:
    fr, ru, us = parties("fr", "ru", "us")

    async def story() -> bytes:
        said = await fr.say(report(), ru)
        await ru.syncs(fr)
        await us.syncs(ru, fr)
        await ru.syncs(us)
        await fr.syncs(ru, us)
        return evidence.prove_telling(fr.node, said.id, fr.peer(ru))

    proof = run(story)
    trust = {one.name: one.fingerprint for one in (fr, ru, us)}
    verdict = verify(proof, trust)
    assert (verdict.valid, verdict.trusted, verdict.problems) == (True, True, [])
    assert (verdict.said_by, verdict.held_by) == ("fr", "ru")
    assert [one.party for one in verdict.behind_hearer] == ["us"]
    assert verdict.proved_by is not None
    assert list(us.store.received()) == []
