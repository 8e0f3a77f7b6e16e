"""Verify: what a proof file shows, judged with nothing but the file and the fingerprints one trusts. No node, no network.

Rule 1: `valid` means consistent in itself. `trusted` means that teller and hearer have the fingerprints that the
verifier was given; a name given with another fingerprint is a fault. Rule 2: no rung is shown that its own evidence does
not carry. Rule 3: times that a party says of itself are claims; `proved_by` is the bound of the K-th earliest cosignature
on the hearer's checkpoint that holds the acknowledgement, counting neither teller nor hearer. A cosignature's time was
cut to a whole second, so its bound is that second's end. Where fingerprints were given, only the cosignatures of parties
among these count, for this time as for the rung `witnessed`: anybody can make up a party. Rule 4: everything in the file
is used, or the file is not valid. Rule 5: no two parties share a key: what one has signed must not pass for the word of
two. Rule 6: if any party in the file is of a reconstruction, the verdict says so. Rule 7: trust goes by fingerprint; a
name is the reader's own label.

A rung's time stands on a basis: `claimed`, by the party that it is about; `cosigned`, by another party; `inferred`: the
hearer asked for what comes after, as it would too if the teller had left this item out of its page.
"""

from collections.abc import Callable, Collection, Mapping
from functools import wraps
from typing import ParamSpec, TypeVar

from comity.errors import (
    BAD_ARGUMENT,
    CONTENT_MISMATCH,
    FINGERPRINT_MISMATCH,
    MALFORMED,
    NAME_TAKEN,
    UNKNOWN_KEY,
    WRONG_ADDRESSEE,
    ComityError,
    LocalError,
    RemoteError,
)
from comity.exchange import deliver, prove, witness
from comity.exchange.prove import Held, Later, Place, ProofFile
from comity.exchange.verdict import Rung, Verdict
from comity.exchange.witness import Head
from comity.model import acknowledgement, party, release
from comity.model.acknowledgement import HELD, Telling
from comity.model.extension import NODE_TYPES
from comity.model.fingerprint import WITNESS, Fingerprint
from comity.model.party import Descriptor
from comity.model.release import Release
from comity.model.statement import Signed, Triple, Unverified
from comity.proof import merkle
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
    verdict = Verdict()
    try:
        judge = _Judge(prove.decode(data), trust or {}, frozenset(unnamed), quorum, verdict)
        judge.judge()
    except ComityError as error:
        # Nothing of a file that is not valid is shown as if it were: only what is wrong with it.
        return Verdict(problems=[error.as_dict()])
    verdict.valid = True
    return verdict


P = ParamSpec("P")
R = TypeVar("R")


def _part(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A step of the verification: what it finds wrong without a place of its own is wrong in this part of the file."""

    def deco(step: Callable[P, R]) -> Callable[P, R]:
        @wraps(step)
        def within(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return step(*args, **kwargs)
            except RemoteError as error:
                if error.place and not error.place.startswith("/"):
                    raise
                raise RemoteError(
                    error.code, error.message, place=name + error.place, evidence=error.evidence
                ) from None

        return within

    return deco


class _Judge:
    """One verification, step by step."""

    def __init__(
        self,
        proof: ProofFile,
        names: Mapping[str, Fingerprint],
        unnamed: frozenset[Fingerprint],
        quorum: int,
        verdict: Verdict,
    ) -> None:
        self.proof, self.names, self.quorum, self.verdict = proof, names, quorum, verdict
        self.trusted = unnamed | frozenset(names.values())
        self.parties: dict[str, Descriptor] = {}
        self.used: set[str] = set()

    def judge(self) -> None:
        self._parties()
        said, teller = self._said()
        given, terms = self._released(said, teller)
        hearer = self._addressee(terms)
        head = self._logged(said, given, teller)
        telling = Telling(said.id, given.id)
        if self.proof.pull is not None:
            self._fetched(self.proof.pull, hearer, teller)
        if self.proof.held is not None:
            self._held(self.proof.held, telling, teller, hearer)
        if self.proof.silence is not None:
            self._silence(self.proof.silence, telling, teller, terms, head)
        if self.proof.withdrawal is not None:
            self._withdrawn(self.proof.withdrawal, teller, given, terms, head)
        self._nothing_unused()
        self._trusted(teller, hearer)

    # (1) descriptors: each signed by the root key whose hash is the fingerprint; names and keys are unique
    @_part("parties")
    def _parties(self) -> None:
        keys: set[bytes] = set()
        for triple in self.proof.parties:
            found = party.read(Unverified.read(list(triple)))
            if found.origin in self.parties:
                raise RemoteError(MALFORMED, "a party described twice")
            if found.party in self.verdict.fingerprints:
                raise RemoteError(NAME_TAKEN, f"two parties are named {found.party}")
            own = {getattr(found.keys, role).raw for role in party.ROLES}
            if not keys.isdisjoint(own):
                raise RemoteError(MALFORMED, "two parties share a key")
            keys |= own
            self.parties[found.origin] = found
            self.verdict.reconstruction |= found.reconstruction
            self.verdict.fingerprints[found.party] = found.fingerprint
        self._names()

    def _names(self) -> None:
        """A name is the reader's own label; but one under which the file has another party is no label to go by."""
        there = {fingerprint: party for party, fingerprint in self.verdict.fingerprints.items()}
        for name, given in self.names.items():
            found, called = self.verdict.fingerprints.get(name, given), there.get(given)
            if found != given:
                message = f"{name} has another fingerprint than the one trusted"
                if called is not None:
                    message += (
                        f", which is that of {called} in the file: give that one under another name, or under none"
                    )
                raise RemoteError(FINGERPRINT_MISMATCH, message, evidence={"expected": given, "found": found})
            if called is None:
                self.verdict.notes.append(f"no party in the file has the fingerprint given for {name}")
            elif called != name:
                self.verdict.notes.append(f"{name} calls itself {called} in the file")

    # (2) statement and release: both the teller's, the one naming the other
    @_part("statement")
    def _said(self) -> tuple[Signed, Descriptor]:
        shown = Unverified.read(list(self.proof.statement))
        teller = self._party(shown.envelope.iss)
        said = teller.vouch(shown)
        if said.object.type in NODE_TYPES:
            raise RemoteError(MALFORMED, f"a {said.object.type} is never told")
        verdict = self.verdict
        verdict.said_by, verdict.object, verdict.type = teller.party, said.object.id, said.object.type
        verdict.statement, verdict.content = said.id.hex(), said.object.raw
        verdict.said_at = instant.from_seconds(said.envelope.iat)
        self._rung("said", verdict.said_at, teller, _CLAIMED)
        return said, teller

    @_part("release")
    def _released(self, said: Signed, teller: Descriptor) -> tuple[Signed, Release]:
        given = teller.vouch(Unverified.read(list(self.proof.release)))
        terms = release.read(given.object)
        if terms.withdrawn or terms.leaf != said.id:
            raise RemoteError(CONTENT_MISMATCH, "the release is not of this statement")
        return given, terms

    def _addressee(self, terms: Release) -> Descriptor:
        for descriptor in self.parties.values():
            if descriptor.fingerprint == terms.to:
                self.used.add(descriptor.origin)
                self.verdict.told_to = descriptor.party
                return descriptor
        raise RemoteError(UNKNOWN_KEY, "the addressee's descriptor is not in the file", place="parties")

    # (3) the teller's log holds both; its head has the teller's own cosignature and perhaps others'
    @_part("log")
    def _logged(self, said: Signed, given: Signed, teller: Descriptor) -> Head:
        head = witness.read_head(self.proof.note, teller)
        _included(said, self.proof.statement_place, head)
        _included(given, self.proof.release_place, head)
        if self.proof.statement_place.index >= self.proof.release_place.index:
            raise RemoteError(MALFORMED, "released before it was logged")
        lines = self._cosignatures(head, teller)
        own, others = [at for at, by in lines if by is teller], [line for line in lines if line[1] is not teller]
        if not own or len(others) > 1:
            raise RemoteError(MALFORMED, "the teller's checkpoint carries its own cosignature and at most one other")
        self._rung("logged", own[0], teller, _CLAIMED)
        for at, by in others:
            if self._counts(by):
                self._rung("witnessed", at, by, _COSIGNED)
        self._rung("released", instant.from_seconds(given.envelope.iat), teller, _CLAIMED)
        return head

    # (4) the hearer asked for what comes after: it has all that it was shown of what stands before its cursor
    @_part("pull")
    def _fetched(self, data: bytes, hearer: Descriptor, teller: Descriptor) -> None:
        pull = deliver.read_pull(data, hearer)
        if pull.to != teller.fingerprint or pull.cursor <= self.proof.release_place.index:
            raise RemoteError(CONTENT_MISMATCH, "the pull does not reach this release")
        self._rung("fetched", instant.from_seconds(pull.at), hearer, _INFERRED)

    # (5) the acknowledgement: of this telling, in the hearer's log, under a checkpoint that others cosigned
    @_part("held")
    def _held(self, held: Held, telling: Telling, teller: Descriptor, hearer: Descriptor) -> None:
        signed = hearer.vouch(Unverified.read(list(held.statement)))
        said = acknowledgement.read(signed.object)
        if said.to != teller.fingerprint:
            raise RemoteError(WRONG_ADDRESSEE, "an acknowledgement made to another party")
        merkle.verify_inclusion(telling.leaf, held.telling.index, said.count, held.telling.path, said.root)
        head = witness.read_head(held.note, hearer)
        _included(signed, held.receipt, head)
        lines = self._cosignatures(head, hearer)
        if any(by in (teller, hearer) for _, by in lines):
            raise RemoteError(MALFORMED, "the hearer's checkpoint carries cosignatures of third parties alone")
        counted = [(at, by) for at, by in lines if self._counts(by)]
        verdict = self.verdict
        verdict.witnesses = [{"party": by.party, "at": instant.to_second(at), "bound": True} for at, by in counted]
        if len(counted) >= self.quorum:
            verdict.proved_by = counted[self.quorum - 1][0]
            if verdict.proved_by < said.received_at:
                verdict.notes.append(
                    f"{hearer.party} says a later time than the one by which it is proved: a clock is wrong"
                )
        if said.disposition == HELD:
            verdict.held_by, verdict.held_at = hearer.party, said.received_at
            self._rung("held", said.received_at, hearer, _CLAIMED)
        else:
            verdict.refused = said.reason
            self._rung("refused", said.received_at, hearer, _CLAIMED)

    def _counts(self, by: Descriptor) -> bool:
        return not self.trusted or by.fingerprint in self.trusted

    # (6) silence: the teller logged that nothing came in time
    @_part("silence")
    def _silence(self, silence: Later, telling: Telling, teller: Descriptor, terms: Release, head: Head) -> None:
        signed = teller.vouch(Unverified.read(list(silence.statement)))
        said = acknowledgement.read_unacknowledged(signed.object)
        if said.release != telling.release or said.to != terms.to or said.answer_by != terms.terms.answer_by:
            raise RemoteError(CONTENT_MISMATCH, "the silence is about another release")
        if signed.envelope.iat < said.answer_by // 1000:
            raise RemoteError(CONTENT_MISMATCH, "said before the time for an answer was over")
        _included(signed, silence.receipt, head)
        self._rung("unacknowledged", said.answer_by, teller, _CLAIMED)

    # (7) withdrawal: the teller took this very release back, and logged that after it
    @_part("withdrawal")
    def _withdrawn(self, taken: Later, teller: Descriptor, given: Signed, terms: Release, head: Head) -> None:
        signed = teller.vouch(Unverified.read(list(taken.statement)))
        said = release.read(signed.object)
        if not said.withdrawn or (said.id, said.to) != (terms.id, terms.to):
            raise RemoteError(CONTENT_MISMATCH, "the withdrawal is of another release")
        if taken.receipt.index <= self.proof.release_place.index or signed.envelope.iat < given.envelope.iat:
            raise RemoteError(CONTENT_MISMATCH, "withdrawn before it was released")
        _included(signed, taken.receipt, head)
        self.verdict.withdrawn_at = instant.from_seconds(signed.envelope.iat)
        self._rung("withdrawn", self.verdict.withdrawn_at, teller, _CLAIMED)

    # (8) every line of both notes is a known party's and used; every party in the file was needed
    def _cosignatures(self, head: Head, of: Descriptor) -> list[tuple[Instant, Descriptor]]:
        """The bounds of all who cosigned a head, the earliest first."""
        found: list[tuple[Instant, Descriptor]] = []
        seen: set[str] = set()
        for signature in head.signed.note.signatures:
            if signature.name in seen:
                raise RemoteError(MALFORMED, "a checkpoint is signed twice under one name")
            seen.add(signature.name)
            if signature.name != of.origin:
                by = self._party(signature.name.removesuffix(WITNESS))
                found.append((instant.end_of_second(witness.cosigned_at(head, signature.line, by)), by))
        return sorted(found, key=lambda pair: (pair[0], pair[1].party))

    def _nothing_unused(self) -> None:
        unused = self.parties.keys() - self.used
        if unused:
            raise RemoteError(MALFORMED, f"{len(unused)} descriptors that nothing in the file needs", place="parties")

    # (9) trust
    def _trusted(self, teller: Descriptor, hearer: Descriptor) -> None:
        self.verdict.trusted = {teller.fingerprint, hearer.fingerprint} <= self.trusted

    def _party(self, origin: str) -> Descriptor:
        found = self.parties.get(origin)
        if found is None:
            raise RemoteError(UNKNOWN_KEY, f"no descriptor of {origin[:64]!a} in the file", place="parties")
        self.used.add(origin)
        return found

    def _rung(self, name: str, at: Instant, by: Descriptor, basis: str) -> None:
        self.verdict.ladder.append(Rung(name, at, by.party, basis))


def _included(signed: Signed, place: Place, head: Head) -> None:
    merkle.verify_inclusion(signed.id, place.index, head.size, place.path, head.root)


_CLAIMED = "claimed"
_COSIGNED = "cosigned"
_INFERRED = "inferred"


__all__ = ["Rung", "Triple", "Verdict", "verify"]
