"""The proof file of one telling between logs of a million leaves: its size, and what it costs to judge."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, at_most, measured, ratio
from bench.ingest import raw_verifying
from bench.nodes import Party, acquaint, entries, report
from bench.race import Entrant, race
from bench.scale import Scale
from comity.exchange import prove, say
from comity.exchange.verify import Verdict, verify
from comity.model.fingerprint import Fingerprint
from comity.model.marking import Terms
from comity.node import evidence
from comity.proof.checkpoint import parse_checkpoint

LEAVES = 1_000_000
Trust = dict[str, Fingerprint]


def run(room: Path, scale: Scale) -> Iterator[Figure]:
    leaves = scale.of(LEAVES, least=1000)
    content, proof, trust = _prove(room, leaves)
    signatures = _signatures(proof)
    note = f"{len(proof):,} bytes with {len(content):,} of content; logs of {leaves:,} leaves, one third party's cosignatures"
    yield Figure("bytes beyond the content", len(proof) - len(content), "bytes", at_most(9000), None, note)
    descriptors = sum(len(part) for triple in prove.decode(proof).parties for part in triple)
    yield Figure("  of which the three parties' descriptors", descriptors, "bytes")
    yield from _inside(proof, trust, signatures, scale)
    yield from _as_process(room / "told.comity-proof", proof, trust, scale)


def _prove(room: Path, leaves: int) -> tuple[bytes, bytes, Trust]:
    """Have one party tell another, a third cosign both logs, and the teller make the file."""
    teller, hearer = (Party(room, name, entries(leaves - 2)) for name in ("fr", "ru"))
    third = Party(room, "us")
    parties = (teller, hearer, third)
    acquaint(*parties)
    content = report()

    async def story() -> bytes:
        logged, _ = await teller.node.say(say.say(content), [teller.peer(hearer)], Terms())
        for one, others in (
            (hearer, [teller]),
            (third, [hearer, teller]),
            (hearer, [third, teller]),
            (teller, [hearer, third]),
        ):
            for other in others:
                await one.sync.once(one.peer(other))
        return evidence.prove_telling(teller.node, logged.id, teller.peer(hearer))

    proof = asyncio.run(story())
    trust = {party.node.descriptor.party: party.fingerprint for party in parties}
    for party in parties:
        party.close()
    return content, proof, trust


def _signatures(proof: bytes) -> int:
    """Count the signatures that judging the file takes: its statements', its want's, its notes' lines."""
    found = prove.decode(proof)
    assert found.held is not None
    assert found.wanted is not None
    notes = [parse_checkpoint(note).note for note in (found.note, found.held.note)]
    return len(found.parties) + len(("statement", "release", "want", "held")) + sum(len(n.signatures) for n in notes)


def _judge(proof: bytes, trust: Trust) -> Verdict:
    verdict = verify(proof, trust)
    if not (verdict.valid and verdict.trusted and verdict.proved_by):
        raise AssertionError(f"the proof file is not good: {verdict.problems}")
    return verdict


def _inside(proof: bytes, trust: Trust, signatures: int, scale: Scale) -> Iterator[Figure]:
    times = scale.of(20, least=3)

    def work(_: object) -> None:
        for _ in range(times):
            _judge(proof, trust)

    took = race({"raw": raw_verifying(signatures * times), "ours": Entrant(work, times)}, scale.of(15, least=3))
    yield measured("verify inside a process", [1000 * each for each in took["ours"]], "ms", at_most(5))
    per_file = [each * signatures for each in took["raw"]]
    yield ratio(f"the same / raw verifying of its {signatures} signatures", per_file, took["ours"], None)


def _as_process(path: Path, proof: bytes, trust: Trust, scale: Scale) -> Iterator[Figure]:
    path.write_bytes(proof)
    words = [word for name, fingerprint in trust.items() for word in ("--trust", f"{name}={fingerprint}")]
    comity = [sys.executable, "-m", "comity.app.cli", "verify", str(path), *words]
    entrants = {"bare": _command([sys.executable, "-c", "pass"]), "ours": _command(comity)}
    took = race(entrants, scale.of(9, least=3))
    yield measured("comity verify as a process", took["ours"], "s", at_most(0.4))
    note = f"of these {sorted(took['bare'])[len(took['bare']) // 2]:.2f} s pass before Python runs a line"
    yield Figure("  of which Python itself", sum(took["bare"]) / sum(took["ours"]), "x", None, None, note)


def _command(words: list[str]) -> Entrant:
    return Entrant(lambda _: subprocess.run(words, check=True, stdout=subprocess.DEVNULL), 1)
