"""Cast: the parties of a proof file: who stands in it, how each is called, and whether all of them are needed."""

from collections.abc import Mapping

from comity.errors import MALFORMED, UNKNOWN_KEY, RemoteError
from comity.exchange import labels, witness
from comity.exchange.labels import Label
from comity.exchange.times import Claim
from comity.exchange.witness import Head
from comity.model import party
from comity.model.fingerprint import WITNESS, Fingerprint
from comity.model.party import Descriptor
from comity.model.statement import Triple, Unverified
from comity.space import instant
from comity.space.instant import Instant


class Cast:
    """The parties of one file.

    Attributes:
        labels: how they are called.
        trusted: the fingerprints that the reader gave.
    """

    def __init__(
        self, triples: tuple[Triple, ...], names: Mapping[str, Fingerprint], unnamed: frozenset[Fingerprint]
    ) -> None:
        """Read the descriptors.

        Raises:
            RemoteError: `malformed`: a party twice, or a key that two have; and as `party.read`.
        """
        self._names, self.trusted = names, unnamed | frozenset(names.values())
        self._parties: dict[str, Descriptor] = {}
        self._used: set[str] = set()
        keys: set[bytes] = set()
        for triple in triples:
            found = party.read(Unverified.read(list(triple)))
            if found.origin in self._parties:
                raise RemoteError(MALFORMED, "a party described twice")
            if not keys.isdisjoint(found.every_key):
                raise RemoteError(MALFORMED, "two parties share a key")
            keys |= found.every_key
            self._parties[found.origin] = found
        self.labels: dict[Fingerprint, Label] = labels.label(self._parties.values(), names, self.trusted)

    def of(self, origin: str) -> Descriptor:
        """The party of an origin, which is then needed."""
        found = self._parties.get(origin)
        if found is None:
            raise RemoteError(UNKNOWN_KEY, f"no descriptor of {origin[:64]!a} in the file", place="parties")
        self._used.add(origin)
        return found

    def described(self, who: Fingerprint) -> Descriptor:
        """The party of a fingerprint, which is then needed."""
        for descriptor in self._parties.values():
            if descriptor.fingerprint == who:
                self._used.add(descriptor.origin)
                return descriptor
        raise RemoteError(UNKNOWN_KEY, "the descriptor of a party that is named is not in the file", place="parties")

    def called(self, of: Descriptor) -> str:
        """The label of a party."""
        return self.labels[of.fingerprint].text

    def counts(self, by: Descriptor) -> bool:
        """Say whether a party's cosignature counts: where the reader knows some parties, those of others do not."""
        return not self.trusted or by.fingerprint in self.trusted

    def is_reconstruction(self, *two: Descriptor) -> bool:
        """Say whether any exists in a demo or an exercise alone: of these two, or of the third parties that count.

        Anybody can cosign any checkpoint: a stranger must not make a reconstruction of what is real.
        """
        return any(one.reconstruction and (one in two or self.counts(one)) for one in self._parties.values())

    def claim(self, what: str, by: Descriptor, second: int) -> Claim:
        """What a party says of itself."""
        return Claim(what, by.fingerprint, self.called(by), instant.from_seconds(second))

    def cosigned(self, by: Descriptor, bound: Instant, *, counted: bool) -> Claim:
        """A cosignature as a claim: of the second that its maker has signed, whose end is the bound."""
        second = instant.from_seconds((bound - 1) // 1000)
        return Claim("cosigned the log that holds it", by.fingerprint, self.called(by), second, counted)

    def cosignatures(self, head: Head, of: Descriptor) -> list[tuple[Instant, Descriptor]]:
        """All who cosigned a head, each with the bound of its time, the earliest first.

        Raises:
            RemoteError: `malformed`, `bad-signature`, `unknown-key`: every line is a described party's, and good.
        """
        found: list[tuple[Instant, Descriptor]] = []
        seen: set[str] = set()
        for signature in head.signed.note.signatures:
            if signature.name in seen:
                raise RemoteError(MALFORMED, "a checkpoint is signed twice under one name")
            seen.add(signature.name)
            if signature.name != of.origin:
                by = self.of(signature.name.removesuffix(WITNESS))
                found.append((instant.end_of_second(witness.cosigned_at(head, signature.line, by)), by))
        return sorted(found, key=lambda pair: (pair[0], pair[1].fingerprint))

    def nothing_unused(self) -> None:
        """Require that every descriptor was needed.

        Raises:
            RemoteError: `malformed`.
        """
        unused = self._parties.keys() - self._used
        if unused:
            raise RemoteError(MALFORMED, f"{len(unused)} descriptors that nothing in the file needs", place="parties")

    def notes(self) -> list[str]:
        """What a reader should know of the names."""
        found = []
        for one in self.labels.values():
            if one.clashes:
                found.append(
                    f"{one.text} calls itself {one.calls_itself}; another goes by the same name, or by one that looks like it: "
                    f"go by the fingerprints"
                )
            elif one.text != one.calls_itself:
                found.append(f"{one.text} calls itself {one.calls_itself} in the file")
        return found + [f"no party in the file has the fingerprint given for {name}" for name in self.absent]

    @property
    def absent(self) -> list[str]:
        """What the reader calls those whose fingerprints it gave, and no party in the file has."""
        return [name for name, given in self._names.items() if given not in self.labels]
