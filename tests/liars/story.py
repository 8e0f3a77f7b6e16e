"""One example: a world, files made of it, and what is false in their verdicts; and how it is told to people."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from comity.errors import ComityError
from comity.exchange import prove
from comity.exchange.prove import ProofFile
from comity.exchange.verdict import Verdict
from comity.exchange.verify import verify
from comity.model.fingerprint import Fingerprint
from liars.files import Maker, Reader, hearers, reader, tellers
from liars.judge import falsehoods
from liars.moves import play
from liars.world import World

FILES = 4
Verify = Callable[[bytes, Mapping[str, Fingerprint], int, Sequence[Fingerprint]], Verdict]


def really(data: bytes, names: Mapping[str, Fingerprint], quorum: int, unnamed: Sequence[Fingerprint]) -> Verdict:
    """The judge as it is."""
    return verify(data, names, quorum, unnamed=unnamed)


@dataclass
class Seen:
    """How much was seen: files, how many of them were valid, and how often each thing was shown."""

    files: int = 0
    valid: int = 0
    shown: dict[str, int] = field(default_factory=dict)

    def add(self, verdict: Verdict) -> None:
        self.files += 1
        self.valid += verdict.valid
        for name, value in verdict.as_dict().items():
            if value and name not in ("not_shown", "quorum"):
                self.shown[name] = self.shown.get(name, 0) + 1
        for one in verdict.problems:
            name = f"{one['code']} {one.get('place', '')}"
            self.shown[name] = self.shown.get(name, 0) + 1


def look(data: bytes, judge: Verify = really, seen: Seen | None = None) -> str | None:
    """Play one tape, make files of what happened and judge each; the story of the first false verdict, or None."""
    world, tape = play(data)
    for _ in range(FILES):
        maker, who = Maker(world, tape), reader(world, tape)
        proof = maker.file()
        story = None if proof is None else _judged(world, maker.said, proof, who, judge, seen)
        if story is not None:
            return story
    return _own(world, reader(world, tape), judge)


def _judged(
    world: World, said: Sequence[str], proof: ProofFile, who: Reader, judge: Verify, seen: Seen | None
) -> str | None:
    try:
        encoded = prove.encode(proof)
    except ComityError:
        return None  # what cannot even be written down
    verdict = judge(encoded, who.names, who.quorum, who.unnamed)
    if seen is not None:
        seen.add(verdict)
    found = falsehoods(world, proof, verdict, who)
    return tell(world, said, who, verdict, found) if found else None


def _own(world: World, who: Reader, judge: Verify) -> str | None:
    """Judge what honest parties make of what they have: no liar makes it invalid."""
    teller, hearer = world.actors[:2]
    for maker, make, what in ((teller, tellers, "teller's"), (hearer, hearers, "hearer's")):
        proof = make(world) if maker.honest else None
        if proof is None:
            continue
        verdict = judge(prove.encode(proof), who.names, who.quorum, who.unnamed)
        found = falsehoods(world, proof, verdict, who)
        if not verdict.valid:
            found.append(f"the file that {maker} made of what it has is not valid")
        if found:
            return tell(world, [f"the {what} own"], who, verdict, found)
    return None


def tell(world: World, said: Sequence[str], who: Reader, verdict: Verdict, found: Sequence[str]) -> str:
    """A failing example as people read it."""
    by = {one.fingerprint: one.seed for one in world.actors}
    known = [f"{by[one]} as {name}" for name, one in who.names.items()] + [by[one] for one in who.unnamed]
    return "\n".join(
        [
            "FALSE:",
            *(f"  {one}" for one in found),
            "WHAT HAPPENED:",
            *(f"  {one}" for one in world.lines),
            "THE FILE:",
            *(f"  {one}" for one in said),
            f"THE READER knows {', '.join(known) or 'nobody'}, and asks for {who.quorum} behind a time",
            "THE VERDICT:",
            *(f"  {name}: {value}" for name, value in verdict.as_dict().items() if value and name != "not_shown"),
        ]
    )


__all__ = ["FILES", "ProofFile", "Seen", "Verify", "look", "really", "tell"]
