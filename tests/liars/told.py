"""Compare the sentences of a verdict with what really happened: each by its code, with what must be so wherever it is told."""

from collections.abc import Iterator, Sequence

from comity.app.verdict_codes import GROUP_OF
from comity.app.verdict_words import sentences
from comity.exchange import acknowledge
from comity.exchange.prove import Held, ProofFile
from comity.exchange.verdict import Cosigner, Verdict
from comity.model import acknowledgement, party
from comity.model.acknowledgement import HELD, REFUSED, Acknowledgement
from comity.model.statement import Closed, Unverified
from comity.proof.checkpoint import parse_checkpoint
from liars.files import Reader
from liars.world import Actor, World


def false_sentences(world: World, proof: ProofFile, verdict: Verdict, reader: Reader) -> Iterator[str]:
    """The sentences that are told and false."""
    so = _So(world, proof, verdict, reader).so
    for one in sentences(verdict):
        if one.code not in GROUP_OF:
            yield f"a sentence of no code: {one.code}"
        if not so(one.code):
            yield f"it is told and is not so, {one.code}: {one.text}"
        if "something else was sent" in one.text and not so("something-else"):
            yield f"two honest parties are said to have spoken of different bytes: {one.text}"
        for two in ("approved", "clear "):
            if two in one.text.casefold():
                yield f"{two} is never said: {one.text}"


class _So:
    """What is so, in the file or in the world, under each code; a code that is not here is of what anybody can see."""

    def __init__(self, world: World, proof: ProofFile, verdict: Verdict, reader: Reader) -> None:
        self.world, self.proof, self.verdict, self.reader = world, proof, verdict, reader
        self.teller, self.hearer = world.who(verdict.teller), world.who(verdict.hearer)
        self.parties = [world.who(party.read(Unverified.read(list(one))).fingerprint) for one in proof.parties]
        self.answer = None if proof.held is None else _answer(proof.held)

    def so(self, code: str) -> bool:
        find = getattr(self, "_" + code.replace("-", "_"), None)
        return True if find is None else bool(find())

    def _these(self, disposition: str) -> bool:
        held, answer = self.proof.held, self.answer
        if held is None or answer is None or held.item is not None or answer.disposition != disposition:
            return False
        telling = self.proof.telling
        facts = self.teller.fingerprint, telling.statement, telling.release, telling.item
        fact = ("answered", self.hearer.fingerprint, *facts, answer.reason, answer.received_at)
        return not self.hearer.honest or fact in self.world.did

    def _not_valid(self) -> bool:
        return not self.verdict.valid

    def _reconstruction(self) -> bool:
        known, two = self.reader.known, (self.teller.fingerprint, self.hearer.fingerprint)
        those = [party.read(Unverified.read(list(one))) for one in self.proof.parties]
        count = [one for one in those if one.fingerprint in two or not known or one.fingerprint in known]
        return any(one.reconstruction for one in count)

    def _contradiction(self) -> bool:
        return any(not one.honest for one in self.parties)

    def _not_trusted(self) -> bool:
        return not {self.teller.fingerprint, self.hearer.fingerprint} <= self.reader.known

    def _said(self) -> bool:
        return self.proof.places is not None and self._did(self.teller, "said", self.proof.telling.statement)

    def _told(self) -> bool:
        telling = self.proof.telling
        fact = telling.release, telling.statement, self.hearer.fingerprint
        return self.proof.places is not None and self._did(self.teller, "released", *fact)

    def _did(self, who: Actor, *fact: object) -> bool:
        return not who.honest or (fact[0], who.fingerprint, *fact[1:]) in self.world.did

    def _offered(self) -> bool:
        return self.proof.ended is not None

    def _fetched(self) -> bool:
        return self.proof.wanted is not None

    def _withdrawn(self) -> bool:
        return self.proof.withdrawal is not None

    def _unacknowledged(self) -> bool:
        return self.proof.silence is not None

    def _held(self) -> bool:
        return self._these(HELD)

    def _refused(self) -> bool:
        return self._these(REFUSED)

    def _refused_borne_out(self) -> bool:
        return self._refused() and not self.teller.honest

    def _refused_not_borne_out(self) -> bool:
        return self._refused() and not self.hearer.honest

    def _refused_own_word(self) -> bool:
        own = self.answer is not None and self.answer.reason not in acknowledge.OF_THE_BYTES
        return self._refused() and own

    def _something_else(self) -> bool:
        """Of honest parties it is never so; of what is left out nobody can tell."""
        both = self.teller.honest and self.hearer.honest
        return not both and self.proof.held is not None and self.proof.held.item is not None

    def _no_answer(self) -> bool:
        return self.answer is None

    def _hearer_not_in_log(self) -> bool:
        return self.answer is None

    def _seen_by_hearer(self) -> bool:
        head = parse_checkpoint(self.proof.note).checkpoint
        seen = [one for one in self.world.cosignings if one.by is self.hearer and one.log.owner is self.teller]
        return any((one.size, one.log.root(one.size)) == (head.size, head.root) for one in seen)

    def _counted(self, note: bytes, behind: Sequence[Cosigner]) -> int:
        """The third parties on a head that the reader looks at, and whose times nothing there contradicts."""
        off = {one.party for one in behind if one.contradicted}
        labels = {one.fingerprint: one.text for one in self.verdict.parties}
        names = {line.name for line in parse_checkpoint(note).note.signatures}
        apart = [one for one in self.world.actors if one not in (self.teller, self.hearer)]
        known = self.reader.known
        there = [one for one in apart if f"{one.origin}/w" in names and (not known or one.fingerprint in known)]
        return sum(labels[one.fingerprint] not in off for one in there)

    def _counted_teller(self) -> int:
        return self._counted(self.proof.note, self.verdict.behind_teller)

    def _counted_hearer(self) -> int:
        held = self.proof.held
        return -1 if held is None else self._counted(held.note, self.verdict.behind_hearer)

    def _witnessed_by(self) -> bool:
        return self._counted_teller() >= self.reader.quorum

    def _proved_by(self) -> bool:
        return self._counted_hearer() >= self.reader.quorum

    def _third_parties_teller(self) -> bool:
        return self._counted_teller() > 0

    def _third_parties_hearer(self) -> bool:
        return self._counted_hearer() > 0

    def _no_third_parties_hearer(self) -> bool:
        return self._counted_hearer() == 0

    def _no_third_parties_teller(self) -> bool:
        return self.proof.places is None or self._counted_teller() == 0

    def _discounted(self) -> bool:
        return any(not one.honest for one in self.parties)

    def _omitted(self) -> bool:
        return isinstance(self.proof.statement, Closed)

    def _content(self) -> bool:
        return not isinstance(self.proof.statement, Closed)

    def _known(self) -> bool:
        return any(one.fingerprint in self.reader.known for one in self.parties)

    def _unknown(self) -> bool:
        return any(one.fingerprint not in self.reader.known for one in self.parties)


def _answer(held: Held) -> Acknowledgement:
    return acknowledgement.read(Unverified.read(list(held.statement)).object)


__all__ = ["false_sentences"]
