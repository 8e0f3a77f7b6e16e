"""Compare a verdict, sentence by sentence, with what really happened. What it finds is a falsehood: a fault of the judge.

A sentence about an honest party must be true. What a liar says of itself is its word, and may be shown as that. A time that
others have cosigned is true unless as many of them lie as the reader asked for.
"""

from collections.abc import Iterator
from itertools import combinations

from comity.exchange import witness
from comity.exchange.prove import ProofFile
from comity.exchange.verdict import Cosigner, Rung, Verdict
from comity.model import party
from comity.model.acknowledgement import Telling
from comity.model.party import Descriptor
from comity.model.statement import Unverified
from comity.proof.checkpoint import parse_checkpoint
from comity.proof.merkle import leaf_hash
from comity.space import instant
from comity.space.instant import Instant
from liars.files import Reader
from liars.told import false_sentences
from liars.world import SKEW, START, Actor, World

COUNTED_OFF = 300


def falsehoods(world: World, proof: ProofFile, verdict: Verdict, reader: Reader) -> list[str]:
    """What is false in a verdict, in words; nothing where all of it is true."""
    if not verdict.valid:
        shown = verdict != Verdict(quorum=verdict.quorum, problems=verdict.problems)
        return ["something is shown of a file that is not valid"] if shown else []
    return [*_Check(world, proof, verdict, reader).all(), *false_sentences(world, proof, verdict, reader)]


class _Check:
    def __init__(self, world: World, proof: ProofFile, verdict: Verdict, reader: Reader) -> None:
        self.world, self.proof, self.verdict, self.reader = world, proof, verdict, reader
        self.teller, self.hearer = world.who(verdict.teller), world.who(verdict.hearer)
        self.telling: Telling = proof.telling
        self.descriptors = [party.read(Unverified.read(list(one))) for one in proof.parties]

    def all(self) -> Iterator[str]:
        for step in (
            self._labels,
            self._who,
            self._said,
            self._logged,
            self._witnesses,
            self._offered,
            self._fetched,
            self._answered,
            self._refused,
            self._other,
            self._silent,
            self._withdrawn,
            self._reconstruction,
            self._times,
            self._trusted,
        ):
            yield from step()

    def _did(self, who: Actor, what: str, *fact: object) -> bool:
        """True where an honest party did so, and of whoever lies."""
        return not who.honest or (what, who.fingerprint, *fact) in self.world.did

    def _rung(self, name: str) -> Rung | None:
        return next((one for one in self.verdict.ladder if one.name == name), None)

    def _called(self, label: str) -> Actor:
        return next(self.world.who(one.fingerprint) for one in self.verdict.parties if one.text == label)

    # -- who they are

    def _labels(self) -> Iterator[str]:
        for one, other in combinations(self.verdict.parties, 2):
            given = {one.fingerprint, other.fingerprint} <= set(self.reader.names.values())
            if _looks(one.text) == _looks(other.text) and not given:
                yield f"two parties are both called {one.text}, or look so: {other.text}"
        for one in self.verdict.parties:
            for name, who in self.reader.names.items():
                own = self.reader.names.get(one.text) == one.fingerprint
                if _looks(name) == _looks(one.text) and who != one.fingerprint and not own:
                    yield f"{one.text} is called as the reader calls another"

    def _who(self) -> Iterator[str]:
        """The descriptor by which a party is judged is the one that honest parties know it by, if any saw its log."""
        for one in self.descriptors:
            actor = self.world.who(one.fingerprint)
            for by in self._honest_over(actor):
                known = by.sees.get(actor.origin)
                if known is not None and known.descriptor.signed.id != one.signed.id:
                    yield f"{actor} is judged by another descriptor than {by} knows, who saw this log"

        for one in self.descriptors:
            for victim in self.descriptors:
                shared = one is not victim and one.every_key & victim.every_key
                if shared and self.world.who(victim.fingerprint).honest:
                    yield f"what {victim.party} signs passes for the word of {one.party} as well"

    def _honest_over(self, of: Actor) -> Iterator[Actor]:
        """The honest whose word in this file is about a log of this party."""
        notes = [self.proof.note] if of is self.teller else []
        notes += [self.proof.held.note] if of is self.hearer and self.proof.held else []
        for note in notes:
            for line in parse_checkpoint(note).note.signatures[1:]:
                by = next(one for one in self.world.actors if line.name == f"{one.origin}/w")
                if by.honest and by is not of:
                    yield by
        if of is self.teller and self.hearer.honest and (self.proof.held or self.proof.wanted):
            yield self.hearer

    # -- what the teller did

    def _said(self) -> Iterator[str]:
        proof, verdict, teller = self.proof, self.verdict, self.teller
        if verdict.told_by is None or self._called(verdict.told_by) is not teller:
            yield "it is told by another than the teller"
        if verdict.told_to is None or self._called(verdict.told_to) is not self.hearer:
            yield "it is told to another than the hearer"
        if proof.places is None:
            if verdict.said_by is not None or verdict.statement is not None:
                yield "of bytes that were refused it is said that somebody said them"
            return
        if verdict.said_by != verdict.told_by:
            yield "it is said by another than the teller"
        if not self._did(teller, "said", self.telling.statement):
            yield f"{teller} never said that"
        to = self.hearer.fingerprint
        if not self._did(teller, "released", self.telling.release, self.telling.statement, to):
            yield f"{teller} never released that to {self.hearer}"
        true = [one for one in self.world.given if one.release.id == self.telling.release]
        if teller.honest and true:
            said = true[0].said
            if verdict.said_at != instant.from_seconds(said.envelope.iat):
                yield f"{teller} said it at another time"
            if not verdict.omitted and verdict.content != said.object.raw:
                yield f"{teller} said something else"
            theirs = verdict.omitted and not self.hearer.honest  # then it is the hearer's word
            if verdict.item is not None and not theirs and bytes.fromhex(verdict.item) != true[0].telling.item:
                yield f"{teller} never told it in the bytes of this item hash"

    def _logged(self) -> Iterator[str]:
        rung = self._rung("logged")
        if rung is None or rung.at is None:
            return
        head = witness.read_head(self.proof.note, self._descriptor(self.teller))
        if not self._did(self.teller, "cosigned", self.teller.origin, head.size, head.root, _second(rung.at)):
            yield f"{self.teller} did not show that head at that time"

    def _descriptor(self, of: Actor) -> Descriptor:
        return next(one for one in self.descriptors if one.fingerprint == of.fingerprint)

    # -- third parties

    def _witnesses(self) -> Iterator[str]:
        verdict = self.verdict
        for those, note, of in (
            (verdict.behind_teller, self.proof.note, self.teller),
            (verdict.behind_hearer, self.proof.held.note if self.proof.held else b"", self.hearer),
        ):
            if not those:
                continue
            head = witness.read_head(note, self._descriptor(of))
            for one in those:
                by = self._called(one.party)
                if by in (self.teller, self.hearer):
                    yield f"{by} counts as a third party"
                if self.reader.known and by.fingerprint not in self.reader.known:
                    yield f"{by}, whom the reader does not know, counts"
                if not self._did(by, "cosigned", of.origin, head.size, head.root, _second(one.at)):
                    yield f"{by} did not cosign that head of {of} at that time"
        yield from self._bound("witnessed", self.telling.release, verdict.behind_teller)
        if self.proof.held and verdict.proved_by is not None:
            id = leaf_hash(self.proof.held.statement[0])
            yield from self._by(verdict.proved_by, id, verdict.behind_hearer, "proved")

    def _bound(self, name: str, id: bytes, those: list[Cosigner]) -> Iterator[str]:
        rung = self._rung(name)
        if rung is None or rung.at is None:
            return
        by = self._called(rung.by)
        if by is self.hearer:
            if by.honest and self.world.born[id] > _true(rung.at):
                yield f"{by} had not seen the head that holds it by then"
        else:
            yield from self._by(rung.at, id, those, name)

    def _by(self, at: Instant, id: bytes, those: list[Cosigner], what: str) -> Iterator[str]:
        """A bound on which K third parties stand is true unless K of them lie."""
        counted = [one for one in those if not one.contradicted]
        lying = [one for one in counted if not self._called(one.party).honest]
        if len(counted) < self.verdict.quorum:
            yield f"{what} by fewer than {self.verdict.quorum}"
        if len(lying) < self.reader.quorum and self.world.born[id] > _true(at):
            yield f"{what} by {instant.to_second(at)}, and it was not there before {self.world.born[id]:+} s"

    # -- what both did about the page

    def _offered(self) -> Iterator[str]:
        at = self.verdict.offered_at
        if at is None:
            return
        if not self._did(self.teller, "offered", self.hearer.fingerprint, self.telling.item, at // 1000):
            yield f"{self.teller} never offered these bytes"

    def _fetched(self) -> Iterator[str]:
        rung = self._rung("fetched")
        if rung is None or rung.at is None:
            return
        if not self._did(self.hearer, "asked", self.teller.fingerprint, self.telling.item, rung.at // 1000):
            yield f"{self.hearer} never asked for these bytes"

    def _answer(self, item: bytes, reason: str | None, at: Instant | None) -> bool:
        telling = self.telling
        facts = (self.teller.fingerprint, telling.statement, telling.release, item, reason, at)
        return self._did(self.hearer, "answered", *facts)

    def _answered(self) -> Iterator[str]:
        verdict = self.verdict
        if verdict.held_by is not None:
            if self._called(verdict.held_by) is not self.hearer:
                yield "it is held by another than the hearer"
            if not self._answer(self.telling.item, None, verdict.held_at):
                yield f"{self.hearer} never held these bytes"
        if self._rung("held") and verdict.held_by is None:
            yield "held, by nobody"

    def _refused(self) -> Iterator[str]:
        verdict = self.verdict
        if verdict.refused is None:
            return
        if not self._answer(self.telling.item, verdict.refused, verdict.refused_at):
            yield f"{self.hearer} never refused these bytes for that"
        if verdict.held_by is not None:
            yield "held and refused"
        if verdict.omitted:
            yield "refused, of bytes that are not in the file"
        if verdict.borne_out is False and self.hearer.honest:
            yield f"the bytes are said not to bear out what {self.hearer} found in them"
        if verdict.borne_out is True and self.teller.honest:
            yield f"the bytes of {self.teller} are said to be broken"

    def _other(self) -> Iterator[str]:
        """Bytes that are left out are no others, nor these: nobody can tell."""
        verdict = self.verdict
        if verdict.other is not None and not verdict.omitted and self.teller.honest and self.hearer.honest:
            yield "two honest parties are said to have spoken of different bytes"

    # -- later

    def _silent(self) -> Iterator[str]:
        due = self.verdict.unacknowledged_at
        if due is None or not self.teller.honest:
            return
        if not self._did(self.teller, "silent", self.telling.release, due):
            yield f"{self.teller} never said that nothing had come"
        reached = self.world.reached.get(self.telling.release)
        if reached is not None and START + reached + self.teller.skew <= due // 1000:
            yield f"the answer had reached {self.teller} in time"

    def _withdrawn(self) -> Iterator[str]:
        verdict, taken = self.verdict, self.proof.withdrawal
        if verdict.withdrawn_at is None or taken is None:
            return
        if not self._did(self.teller, "withdrew", leaf_hash(taken.statement[0]), self.telling.release):
            yield f"{self.teller} never withdrew it"

    # -- the whole

    def _reconstruction(self) -> Iterator[str]:
        """The two, and the third parties that the reader looks at: a stranger makes no reconstruction of what is real."""
        parties = [self.world.who(one.fingerprint) for one in self.descriptors]
        known, two = self.reader.known, (self.teller, self.hearer)
        those = [one for one in parties if one in two or not known or one.fingerprint in known]
        if any(one.demo and one.honest for one in those) and not self.verdict.reconstruction:
            yield "a party in it is of a demo, and the verdict does not say so"
        if all(not one.demo for one in those) and self.verdict.reconstruction:
            yield "nobody in it is of a demo, and the verdict says so"

    def _times(self) -> Iterator[str]:
        for one in self.verdict.contradictions:
            both = self.world.who(one.earlier.by), self.world.who(one.later.by)
            if all(each.honest for each in both):
                yield f"{one.as_dict()} are said to contradict one another, and both are honest"
        yield from self._unnoticed()

    def _unnoticed(self) -> Iterator[str]:
        """A claim about what a head holds that is later than a cosignature of it which counts by more than clocks differ."""
        verdict = self.verdict
        if verdict.contradictions or self.proof.places is None:
            return
        claims = [verdict.said_at, verdict.released_at]
        for those, more in (
            (verdict.behind_teller, [verdict.withdrawn_at]),
            (verdict.behind_hearer, [verdict.held_at]),
        ):
            for one in those:
                for at in (*claims, *more):
                    if at is not None and at // 1000 > _second(one.at) + COUNTED_OFF:
                        yield f"said to have happened after {one.party} cosigned that it had, and nobody notices"

    def _trusted(self) -> Iterator[str]:
        known = self.reader.known
        two = {self.teller.fingerprint, self.hearer.fingerprint}
        should = bool(two & known) if len(known) == 1 else two <= known
        if self.verdict.trusted != should:
            yield f"trusted: {self.verdict.trusted}"


_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "-": None})


def _looks(name: str) -> str:
    """Names that people take for one another; written here once more, so that the judge is not its own witness."""
    return name.casefold().translate(_ALIKE).replace("rn", "m").replace("vv", "w")


def _second(bound: Instant) -> int:
    """The second that a cosigner signed, of a bound."""
    return bound // 1000 - 1


def _true(bound: Instant) -> int:
    """By when, in true seconds at the latest, an honest cosigner of this bound had cosigned."""
    return bound // 1000 - START + SKEW


__all__ = ["falsehoods"]
