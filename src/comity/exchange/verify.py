"""Verify: what a proof file shows, judged with nothing but the file and the fingerprints one trusts. No node, no network.

Rule 1: `valid` means consistent in itself. `trusted` means that teller and hearer have fingerprints that the verifier was
given; or one of them, where it was given just one. Rule 2: no rung is shown that its own evidence does not carry. Rule 3:
times that a party says of itself are claims; `proved_by` is the bound of the K-th earliest cosignature on the hearer's
checkpoint that holds the acknowledgement, and `witnessed` that on the teller's, or where there are not K the hearer's own,
counting neither teller nor hearer. A cosignature's time was cut to a whole second, so its bound is that second's end. Where
fingerprints were given, only the cosignatures of parties among these count: anybody can make up a party. Rule 4: everything
in the file is used, or the file is not valid. Rule 5: no two parties share a key: what one has signed must not pass for the
word of two. Rule 6: if teller, hearer or a third party that counts is of a reconstruction, the verdict says so. Rule 7:
trust goes by fingerprint; names are labels, and no choice of a name makes a file invalid. Rule 8: times that cannot all be
true are named as contradictions, and a cosignature that the log's own party contradicts counts for nothing. Rule 9:
`refused` is shown of the file's very bytes alone. Rule 10: what stands for content that is left out was chosen by whoever
made the file, so that nothing hangs on it until the hearer holds it. Rule 11: who told what was refused need not have said
it.

A rung's time stands on a basis: `claimed`, by the party that it is about; `cosigned`, by another party. `fetched` means that
the hearer asked for these very bytes; that they came is shown by `held` or `refused` alone. `unacknowledged` means that no
answer had reached the teller.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from comity.errors import (
    BAD_ARGUMENT,
    CONTENT_MISMATCH,
    MALFORMED,
    NOT_INCLUDED,
    WRONG_ADDRESSEE,
    ComityError,
    LocalError,
    RemoteError,
)
from comity.exchange import acknowledge, deliver, later, prove, under, witness
from comity.exchange.cast import Cast
from comity.exchange.deliver import Item, Want
from comity.exchange.later import Given
from comity.exchange.parts import part
from comity.exchange.prove import Ended, Held, Place, ProofFile, Wanted
from comity.exchange.shapes import Path
from comity.exchange.times import Claim, Timeline
from comity.exchange.verdict import Cosigner, Rung, Verdict
from comity.exchange.witness import Head
from comity.model import acknowledgement, release
from comity.model.acknowledgement import HELD, REFUSED, Acknowledgement, Telling
from comity.model.extension import NODE_TYPES
from comity.model.fingerprint import Fingerprint
from comity.model.party import UNPLACED, AtIndex, Descriptor
from comity.model.release import Release
from comity.model.statement import Closed, Index, ItemHash, Signed, Triple, Unverified
from comity.proof import envelope, merkle
from comity.proof.envelope import StatementId
from comity.space import instant
from comity.space.instant import Instant


def verify(
    data: bytes,
    trust: Mapping[str, Fingerprint] | None = None,
    quorum: int = 1,
    *,
    unnamed: Collection[Fingerprint] = (),
) -> Verdict:
    """Judge a proof file.

    Args:
        data: the file's bytes.
        trust: the verifier's own name -> fingerprint, as it knows them from elsewhere.
        unnamed: fingerprints that it knows as well, under no name.
        quorum: K, how many independent cosignatures make a proved time; 1 or more.

    Raises:
        LocalError: `bad-argument`: a quorum of none, which would prove any time. Nothing in the file makes it raise.
    """
    if quorum < 1:
        raise LocalError(BAD_ARGUMENT, "a quorum is 1 or more")
    verdict = Verdict(quorum=quorum)
    try:
        _Judge(prove.decode(data), trust or {}, frozenset(unnamed), verdict).judge()
    except ComityError as error:
        # Nothing of a file that is not valid is shown as if it were: only what is wrong with it.
        return Verdict(quorum=quorum, problems=[error.as_dict()])
    verdict.valid = True
    return verdict


_CLAIMED, _COSIGNED = "claimed", "cosigned"


@dataclass(frozen=True, slots=True)
class _Between:
    """Who told, who was told, and the teller's head under which the file shows it."""

    teller: Descriptor
    hearer: Descriptor
    head: Head
    telling: Telling


class _Judge:
    """One verification, step by step."""

    def __init__(
        self, proof: ProofFile, names: Mapping[str, Fingerprint], unnamed: frozenset[Fingerprint], verdict: Verdict
    ) -> None:
        self.proof, self.verdict, self.times = proof, verdict, Timeline()
        # (1) descriptors: each signed by the root key whose hash is the fingerprint; names are labels, and keys unique
        self.cast = part("parties")(Cast)(proof.parties, names, unnamed)
        verdict.parties, verdict.notes = list(self.cast.labels.values()), self.cast.notes()
        verdict.given, verdict.absent = len(self.cast.trusted), self.cast.absent
        verdict.contradictions = self.times.contradictions

    def judge(self) -> None:
        self.verdict.item = self.proof.telling.item.hex()
        between = self._refusal() if self.proof.places is None else self._telling(self.proof.places)
        self.cast.nothing_unused()
        self.verdict.reconstruction = self.cast.is_reconstruction(between.teller, between.hearer)
        self._end(between.teller)
        self._left_out()
        self._trusted(between.teller, between.hearer)

    # -- the two kinds of file

    def _telling(self, places: tuple[Place, Place]) -> _Between:
        said, teller = self._said()
        given, terms = self._released(said, teller)
        hearer = self.cast.described(terms.to)
        self._told(teller, hearer, "release")
        head = self._logged((said, given.id), places, teller)
        between = _Between(teller, hearer, head, self.proof.telling)
        self._witnessed(between, [*self._later(Given(teller, given.id, terms, places[1].index, head))])
        if self.proof.ended is not None:
            self._offered(self.proof.ended, between)
        want = None if self.proof.wanted is None else self._fetched(self.proof.wanted, between)
        if self.proof.held is not None:
            self._held(self.proof.held, between, want)
        else:
            name = self.cast.called(hearer)
            self.verdict.notes.append(f"nothing in the file shows that {name} is described here as in its own log")
        return between

    def _refusal(self) -> _Between:
        """Judge a file of what a hearer refused: of its bytes nothing is asked but that the teller offered just these."""
        held, ended = self.proof.held, self.proof.ended
        if held is None or ended is None:  # pragma: no cover - `prove.decode` has seen to that
            raise RemoteError(MALFORMED, "what was refused stands with the page end and the refusal")
        hearer, to = self._who_refused(held)
        teller = self.cast.described(to)
        self._told(teller, hearer, "held")
        between = _Between(teller, hearer, self._begun(teller), self.proof.telling)
        self._witnessed(between)
        self._offered(ended, between)
        self._held(held, between, None)
        if self.verdict.refused is None:
            raise RemoteError(MALFORMED, "what was held stands with its places in the teller's log", place="held")
        return between

    @part("held")
    def _who_refused(self, held: Held) -> tuple[Descriptor, Fingerprint]:
        shown = Unverified.read(list(held.statement))
        return self.cast.of(shown.envelope.iss), acknowledgement.read(shown.object).to

    def _told(self, teller: Descriptor, hearer: Descriptor, place: str) -> None:
        if teller is hearer:
            raise RemoteError(MALFORMED, "a party is never told by itself", place=place)
        verdict = self.verdict
        verdict.told_by, verdict.teller = self.cast.called(teller), teller.fingerprint
        verdict.told_to, verdict.hearer = self.cast.called(hearer), hearer.fingerprint

    # (2) statement and release: both the teller's, the one naming the other
    @part("statement")
    def _said(self) -> tuple[StatementId, Descriptor]:
        shown, verdict = self.proof.statement, self.verdict
        if isinstance(shown, Closed):
            sealed = envelope.parse(shown.envelope)
            teller = self.cast.of(sealed.iss)
            teller.check(sealed, self._at(0))
            verdict.omitted = True
        else:
            opened = Unverified.read(list(shown or ()))
            sealed, teller = opened.envelope, self.cast.of(opened.envelope.iss)
            said = teller.vouch(opened, self._at(0))
            if said.object.type in NODE_TYPES:
                raise RemoteError(MALFORMED, f"a {said.object.type} is never told")
            verdict.object, verdict.type, verdict.content = said.object.id, said.object.type, said.object.raw
        verdict.said_by = self.cast.called(teller)
        verdict.statement, verdict.said_at = sealed.id.hex(), instant.from_seconds(sealed.iat)
        self._rung("said", verdict.said_at, teller)
        self.times.then(self.cast.claim("said it", teller, sealed.iat))
        return sealed.id, teller

    @part("release")
    def _released(self, said: StatementId, teller: Descriptor) -> tuple[Signed, Release]:
        given = teller.vouch(Unverified.read(list(self.proof.release)), self._at(1))
        terms = release.read(given.object)
        if terms.withdrawn or terms.leaf != said:
            raise RemoteError(CONTENT_MISMATCH, "the release is not of this statement")
        self.times.then(self.cast.claim("released it", teller, given.envelope.iat))
        self.verdict.released_at = instant.from_seconds(given.envelope.iat)
        return given, terms

    def _at(self, which: int) -> AtIndex:
        """Where the statement or the release stands in the teller's log, as far as the file shows it."""
        return UNPLACED if self.proof.places is None else Index(self.proof.places[which].index)

    # (3) the teller's log begins with its descriptor, and holds both; its head may have its own cosignature and others'
    @part("log")
    def _begun(self, teller: Descriptor) -> Head:
        head = witness.read_head(self.proof.note, teller)
        under.is_first(teller, self.proof.genesis, head)
        return head

    @part("log")
    def _logged(self, ids: tuple[StatementId, StatementId], places: tuple[Place, Place], teller: Descriptor) -> Head:
        head = self._begun(teller)
        for id, place in zip(ids, places, strict=True):
            under.stands(id, place, head)
        if places[0].index >= places[1].index:
            raise RemoteError(MALFORMED, "released before it was logged")
        return head

    @part("log")
    def _witnessed(self, between: _Between, beside: Collection[Claim] = ()) -> None:
        """Take the cosignatures of the teller's head, once all that it holds is known."""
        verdict, own, hearers = self.verdict, None, None
        for at, by in (lines := self.cast.cosignatures(between.head, between.teller)):
            if by not in (between.teller, between.hearer):
                continue
            claim = self.cast.cosigned(by, at, counted=False)
            contradicted = self.times.cosigned(claim, between.teller.fingerprint, beside)
            if by is between.teller:
                own = at
            elif not contradicted:
                hearers = at
        verdict.behind_teller = self._third_parties(lines, between.teller, between, beside)
        if self.proof.places is not None:
            self._rung("logged", own, between.teller)
            self._seen(hearers, between.hearer)
            self._rung("released", verdict.released_at, between.teller)

    def _seen(self, hearers: Instant | None, hearer: Descriptor) -> None:
        """Show by when others had seen the head that holds it: K third parties, or at least the hearer itself."""
        one = _nth(self.verdict.behind_teller, self.verdict.quorum)
        if one is not None:
            self.verdict.ladder.append(Rung("witnessed", one.at, one.party, _COSIGNED))
        elif hearers is not None:
            self._rung("witnessed", hearers, hearer, _COSIGNED)

    # (4) the teller offered, and the hearer asked for, these very bytes, of this very log
    @part("end")
    def _offered(self, ended: Ended, between: _Between) -> None:
        end = deliver.read_page_end(ended.end, between.teller)
        if end.to != between.hearer.fingerprint:
            raise RemoteError(WRONG_ADDRESSEE, "a page meant for another party")
        place = ended.telling
        merkle.verify_inclusion(between.telling.leaf, place.index, end.count, place.path, end.root)
        self._of_this_log(end.size, end.log_root, ended.join, between)
        self.verdict.offered_at = instant.from_seconds(end.at)
        self._rung("offered", self.verdict.offered_at, between.teller)
        self.times.beside(self.cast.claim("offered it", between.teller, end.at))

    @part("want")
    def _fetched(self, wanted: Wanted, between: _Between) -> Want:
        want = deliver.read_want(wanted.want, between.hearer)
        if want.to != between.teller.fingerprint:
            raise RemoteError(WRONG_ADDRESSEE, "a want meant for another party")
        place = wanted.telling
        merkle.verify_inclusion(between.telling.leaf, place.index, want.count, place.path, want.root)
        self._of_this_log(want.size, want.log_root, wanted.join, between)
        self._rung("fetched", instant.from_seconds(want.at), between.hearer)
        self.times.beside(self.cast.claim("asked for it", between.hearer, want.at))
        return want

    def _of_this_log(self, size: int, root: bytes, join: Path, between: _Between) -> None:
        """Require that a message names a head of the log in the file, and one that holds the release."""
        under.joined(size, root, join, between.head)
        if self.proof.places is not None and size <= self.proof.places[1].index:
            raise RemoteError(NOT_INCLUDED, f"it names a head of {size} leaves, which does not hold the release")

    # (5) the acknowledgement: of this telling, in the hearer's log, under a checkpoint that others cosigned
    @part("held")
    def _held(self, held: Held, between: _Between, want: Want | None) -> None:
        hearer, verdict = between.hearer, self.verdict
        signed = hearer.vouch(Unverified.read(list(held.statement)), Index(held.receipt.index))
        said = acknowledgement.read(signed.object)
        if said.to != between.teller.fingerprint:
            raise RemoteError(WRONG_ADDRESSEE, "an acknowledgement made to another party")
        of = between.telling if held.item is None else _in_other_bytes(between.telling, held.item)
        merkle.verify_inclusion(of.leaf, held.telling.index, said.count, held.telling.path, said.root)
        if want is None or (said.log_size, said.log_root) != (want.size, want.log_root):
            self._of_this_log(said.log_size, said.log_root, held.join, between)
        elif held.join:
            raise RemoteError(MALFORMED, "a path from a head that the want has joined already")
        head = witness.read_head(held.note, hearer)
        under.is_first(hearer, held.genesis, head)
        under.stands(signed.id, held.receipt, head)
        lines = self.cast.cosignatures(head, hearer)
        if any(by in (between.teller, hearer) for _, by in lines):
            raise RemoteError(MALFORMED, "the hearer's checkpoint carries cosignatures of third parties alone")
        if held.item is not None or (verdict.omitted and said.disposition == REFUSED):
            # An answer about bytes that are not here shows nothing of those that are: neither held nor refused. Of what is left
            # out nobody can tell whether it is what was refused: whoever made the file chose the hash that stands for it.
            verdict.other = said.disposition
            return
        self.times.then(self.cast.claim("received it", hearer, said.received_at // 1000))
        self.times.then(self.cast.claim("answered", hearer, signed.envelope.iat))
        verdict.behind_hearer = self._third_parties(lines, hearer, between)
        kth = _nth(verdict.behind_hearer, verdict.quorum)
        verdict.proved_by = None if kth is None else kth.at
        self._answered(said, between)

    def _answered(self, said: Acknowledgement, between: _Between) -> None:
        verdict, hearer = self.verdict, between.hearer
        if said.disposition == HELD:
            verdict.held_by, verdict.held_at = self.cast.called(hearer), said.received_at
        else:
            verdict.refused, verdict.refused_at = said.reason, said.received_at
            verdict.borne_out = self._borne_out(said.reason, between.teller, hearer)
        self._rung(said.disposition, said.received_at, hearer)

    def _borne_out(self, reason: str | None, teller: Descriptor, hearer: Descriptor) -> bool | None:
        """Say whether the bytes in the file have the fault for which they were refused; None where that is not theirs."""
        shown = self.proof.statement
        if reason not in acknowledge.OF_THE_BYTES or isinstance(shown, Closed):
            return None
        item = Item(shown, 0, (), self.proof.release, 0, ())
        found = acknowledge.judge(item, by=teller, to=hearer.fingerprint)
        return found is not None and found.code == reason

    # what the teller logged about the release after it
    def _later(self, given: Given) -> Iterator[Claim]:
        proof, verdict = self.proof, self.verdict
        # (6) silence: that nothing had reached it in time
        if proof.silence is not None:
            second, verdict.unacknowledged_at = later.silence(proof.silence, given)
            yield self.times.beside(self.cast.claim("said that no answer had reached it", given.by, second))
        # (7) withdrawal: that it takes this very release back
        if proof.withdrawal is not None:
            second = later.withdrawal(proof.withdrawal, given)
            verdict.withdrawn_at = instant.from_seconds(second)
            yield self.times.beside(self.cast.claim("withdrew it", given.by, second))

    # (8) lines: each is a described party's, as `cast` sees to; who counts, and which contradict what they are over
    def _third_parties(
        self,
        lines: Iterable[tuple[Instant, Descriptor]],
        of: Descriptor,
        between: _Between,
        beside: Collection[Claim] = (),
    ) -> list[Cosigner]:
        """Those whose cosignatures of a party's head count, unless that party says that what it holds came after them."""
        found = []
        for at, by in lines:
            if by not in (between.teller, between.hearer) and self.cast.counts(by):
                claim = self.cast.cosigned(by, at, counted=True)
                contradicted = self.times.cosigned(claim, of.fingerprint, beside)
                found.append(Cosigner(self.cast.called(by), at, contradicted))
        return found

    # (9) trust
    def _trusted(self, teller: Descriptor, hearer: Descriptor) -> None:
        """Who gives one fingerprint asks about that party; who gives more wants to know both."""
        given = self.cast.trusted
        found = {teller.fingerprint, hearer.fingerprint} & given
        self.verdict.trusted = len(found) == (1 if len(given) == 1 else 2)

    # -- the ladder

    def _rung(self, name: str, at: Instant | None, by: Descriptor, basis: str = _CLAIMED) -> None:
        self.verdict.ladder.append(Rung(name, at, self.cast.called(by), basis))

    def _left_out(self) -> None:
        """Take back what hangs on bytes that are left out, unless the hearer holds them.

        What stands for the content is a hash that whoever made the file chose. A teller may have offered rubbish under the ids
        of this statement, and a hearer have asked for it: only who has had the bytes, and holds them, has seen that they are its.
        """
        verdict = self.verdict
        if verdict.omitted and verdict.held_by is None:
            verdict.item = verdict.offered_at = None
            verdict.ladder = [rung for rung in verdict.ladder if rung.name not in ("offered", "fetched")]

    def _end(self, teller: Descriptor) -> None:
        """What the teller said later stands at the end."""
        verdict = self.verdict
        for name, at in (("unacknowledged", verdict.unacknowledged_at), ("withdrawn", verdict.withdrawn_at)):
            if at is not None:
                self._rung(name, at, teller)


def _in_other_bytes(telling: Telling, item: ItemHash) -> Telling:
    return Telling(telling.statement, telling.release, item, telling.reading)


def _nth(behind: Iterable[Cosigner], quorum: int) -> Cosigner | None:
    """The K-th earliest cosigner that counts, if there are as many."""
    return next(islice((one for one in behind if not one.contradicted), quorum - 1, None), None)


__all__ = ["Rung", "Triple", "Verdict", "verify"]
