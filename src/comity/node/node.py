"""The node: one party at work on its own directory. What a person may ask of it stands here, one method per command.

It knows the ports and nothing of HTTP or the command line. What it answers to other nodes stands in `teller`, what it
asks of them in `sync`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from comity.errors import (
    BAD_ARGUMENT,
    DAMAGED,
    EXISTS,
    NOT_A_NODE,
    NOT_OURS,
    READ_ONLY,
    UNKNOWN_STATEMENT,
    LocalError,
    RemoteError,
)
from comity.exchange import release as gate
from comity.exchange import sign
from comity.model import fingerprint, party
from comity.model import release as releases
from comity.model.acknowledgement import Telling
from comity.model.extension import NODE_TYPES
from comity.model.fingerprint import Fingerprint
from comity.model.marking import Terms
from comity.model.party import UNPLACED, Descriptor, Use
from comity.model.release import Release
from comity.model.statement import Draft, Index, Logged, Released, Signed, Unverified
from comity.node import fold, recorded, upkeep
from comity.node.journal import Journal, Proposal
from comity.node.naming import Naming
from comity.node.offers import Offers
from comity.node.parties import Parties, Peer, unpack
from comity.node.ports import CheckpointLock, Clock, Keyring, LeafRow, Randomness, ReleaseRow, Store
from comity.node.shown import Shown
from comity.node.upkeep import Progress
from comity.node.versions import Versions
from comity.proof import cbor
from comity.proof.envelope import StatementId
from comity.proof.hands import Hands, OneHand
from comity.values import value

_SCAN = 1000
_USES: tuple[Use, ...] = ("statement", "log", "witness", "transport")

T = TypeVar("T")


@value
class Saying:
    """One thing to be said, with whom it is for and on what terms.

    Attributes:
        of_their_own: the terms of those for whom `terms` do not hold, if there are any.
    """

    draft: Draft
    to: Sequence[Peer]
    terms: Terms
    of_their_own: Mapping[Fingerprint, Terms] | None = None

    def terms_for(self, party: Fingerprint) -> Terms:
        """On what terms one party is told it."""
        return self.terms if self.of_their_own is None else self.of_their_own.get(party, self.terms)


class Node:
    """One party's node. Make it with `Node.open`."""

    def __init__(
        self,
        store: Store,
        lock: CheckpointLock,
        keys: Keyring,
        clock: Clock,
        randomness: Randomness,
        descriptor: Descriptor,
        hands: Hands,
    ) -> None:
        self.store, self.keys, self.clock, self.randomness = store, keys, clock, randomness
        self.hands = hands
        self.descriptor = descriptor
        self.journal = Journal.open(store, lock, keys, clock, descriptor.fingerprint)
        self.shown = Shown(store, self.journal)
        self.versions = Versions(store, descriptor.fingerprint)
        self.parties = Parties(store, descriptor)
        self.offers = Offers(self.released, self.at)

    @classmethod
    def open(
        cls,
        store: Store,
        lock: CheckpointLock,
        keys: Keyring,
        clock: Clock,
        randomness: Randomness,
        hands: Hands | None = None,
    ) -> "Node":
        """Open a node whose log has its descriptor at leaf 0; without hands it signs and verifies in a row.

        Raises:
            LocalError: `not-a-node`, `damaged`.
        """
        me = whose(store)
        for use in _USES:
            if getattr(keys, use).public != me.key(use, UNPLACED):
                raise LocalError(DAMAGED, f"the {use} key is not the one of this party's descriptor", place="keys")
        return cls(store, lock, keys, clock, randomness, me, hands or OneHand())

    # -- saying

    def sign(self, draft: Draft) -> Signed:
        """Sign a draft as this party, now."""
        return self.sign_all([draft])[0]

    def sign_all(self, drafts: Sequence[Draft]) -> list[Signed]:
        """Sign drafts as this party, now, by all hands."""
        if not drafts:
            return []
        random, now = self.randomness.draw(sign.RANDOM_BYTES * len(drafts)), self.journal.now()
        origin, signer = self.descriptor.origin, self.keys.statement
        return sign.sign_all(drafts, origin=origin, now=now, random=random, signer=signer, hands=self.hands)

    def record(self, draft: Draft) -> Signed:
        """Sign the record of a check and keep it beside the log: others can neither see nor count it.

        Raises:
            LocalError: `read-only`, `storage`, `clock-skew`.
        """
        if self.journal.read_only:
            raise LocalError(READ_ONLY, self.journal.read_only)
        signed = self.sign(draft)
        recorded.keep(self.store, self.descriptor.fingerprint, signed, self.clock.now())
        return signed

    def uuid(self) -> str:
        """A fresh random UUID."""
        return sign.uuid_of(self.randomness.draw(16))

    def _in_drawn_order(self, items: Iterable[T]) -> list[T]:
        """Put what is logged together into an order that tells nothing: each addressee sees the place of its own."""
        return sorted(items, key=lambda _: self.randomness.draw(16))

    def sign_releases(self, statements: Sequence[Signed], to: Sequence[Fingerprint], terms: Terms) -> list[Signed]:
        """Sign the release of each statement to each party: those of the first statement come first."""
        given = dict.fromkeys(to, terms)
        return self.sign_all([draft for statement in statements for draft in self._release_drafts(statement, given)])

    def _release_drafts(self, statement: Signed, to: Mapping[Fingerprint, Terms]) -> list[Draft]:
        if self.descriptor.fingerprint in to:
            raise LocalError(BAD_ARGUMENT, "a party is never told by itself", place="--to")
        now = self.journal.now()
        return [
            gate.release(statement, to=party, terms=to[party], now=now, uuid=self.uuid())
            for party in self._in_drawn_order(to)
        ]

    async def say(self, draft: Draft, to: Sequence[Peer], terms: Terms) -> tuple[Logged, list[Logged]]:
        """Say something: sign it, log it, and release it to the parties named (to nobody by default).

        Returns:
            The statement and its releases, at their places in the log; durable.
        """
        return (await self.say_all([draft], to, terms))[0]

    async def say_all(
        self, drafts: Sequence[Draft], to: Sequence[Peer], terms: Terms
    ) -> list[tuple[Logged, list[Logged]]]:
        """Say several things to the same parties, each as by `say`; all of them are logged together, or none.

        Returns:
            For each draft the statement and its releases.
        """
        return await self.say_together([Saying(draft, to, terms) for draft in drafts])

    async def say_together(self, sayings: Sequence[Saying]) -> list[tuple[Logged, list[Logged]]]:
        """Say several things, each to its own parties on its own terms; all of them are logged together, or none.

        Returns:
            For each saying the statement and its releases.

        Raises:
            LocalError: `exists`: two contents of one STIX id and one `modified`.
        """
        with self.versions.saying([each.draft.object for each in sayings]):
            said = self.sign_all([each.draft for each in sayings])
            drafts = [self._releases(one, each) for one, each in zip(said, sayings, strict=True)]
            given = iter(self.sign_all([draft for each in drafts for draft in each]))
            signed = [[one, *(next(given) for _ in each)] for one, each in zip(said, drafts, strict=True)]
            logged = iter(await self.journal.commit(Proposal([one for each in signed for one in each])))
        return [(next(logged), [next(logged) for _ in each]) for each in drafts]

    def _releases(self, statement: Signed, saying: Saying) -> list[Draft]:
        if not saying.to:
            return []
        parties = (peer.fingerprint for peer in saying.to)
        return self._release_drafts(statement, {party: saying.terms_for(party) for party in parties})

    async def release(self, id: StatementId, to: Sequence[Peer], terms: Terms) -> list[Logged]:
        """Release a statement of ours to further parties; those that have it already keep their release.

        Raises:
            LocalError: `unknown-statement`, `not-ours`.
        """
        said = self.own(id)
        kind = said.signed.object.type
        # An objection may tell of others' matter: its own node has released it already, to whom it may be said.
        if kind in NODE_TYPES or kind == "objection":
            raise LocalError(NOT_OURS, f"a statement of the type {kind} is never released by hand")
        have = {row.to for row in self.store.releases_of(id) if not row.withdrawn}
        fresh = [peer.fingerprint for peer in to if peer.fingerprint not in have]
        given = self.sign_releases([said.signed], fresh, terms)
        return await self.journal.commit(Proposal(given)) if given else []

    async def withdraw(self, id: StatementId, of: Sequence[Peer]) -> list[Logged]:
        """Withdraw the releases of a statement: no new pulls, and whoever holds it is told.

        Raises:
            LocalError: `unknown-statement`, or `bad-argument`: it is not released to one of them.
        """
        self.own(id)
        standing = [row for row in self.store.releases_of(id) if not row.withdrawn]
        for peer in of:
            if peer.fingerprint not in {row.to for row in standing}:
                raise LocalError(BAD_ARGUMENT, f"it is not released to {peer.petname}")
        # Two commands at the same moment may have made two releases to one party: all of them are taken back.
        taken = [row for row in standing if row.to in {peer.fingerprint for peer in of}]
        drafts = [gate.withdraw(self._read_release(row), now=self.journal.now()) for row in self._in_drawn_order(taken)]
        return await self.journal.commit(Proposal(self.sign_all(drafts)))

    def _read_release(self, row: ReleaseRow) -> Release:
        return releases.read(self.own(row.id).signed.object)

    # -- reading

    def own(self, id: StatementId) -> Logged:
        """A statement of our own log.

        Raises:
            LocalError: `unknown-statement`, or `not-ours`: another party said it, or it is the record of a check.
        """
        row = self.store.find(id)
        if row is None:
            if recorded.find(self.store, self.descriptor.fingerprint, id) is not None:
                raise LocalError(NOT_OURS, "the record of a check stands beside the log and is told to nobody")
            if self.store.received_statement(id) is not None:
                raise LocalError(NOT_OURS, "another party said it: only its author may do this")
            raise LocalError(UNKNOWN_STATEMENT, f"no statement {id.hex()} here")
        return recall(row)

    def resolve(self, text: str, *, place: str = "STATEMENT", ours: bool = False) -> StatementId:
        """The statement that a person means by what was typed: see `naming`.

        Raises:
            LocalError: `bad-argument`, `unknown-statement`, `ambiguous`.
        """
        naming = Naming(self.store, self.descriptor.fingerprint, self.party_name)
        return naming.resolve(text, place=place, ours=ours)

    def released(self, row: ReleaseRow) -> Released:
        """What may be delivered under one row of releases."""
        given = self.at(row.index)
        return gate.released(None if row.statement is None else self.at(row.statement_index), given)

    def at(self, index: int) -> Logged:
        """The entry of our own log at an index.

        Raises:
            LocalError: `damaged`.
        """
        row = self.store.leaf(index)
        if row is None:
            raise LocalError(DAMAGED, f"leaf {index} is missing")
        return recall(row)

    def offered(self, hearer: Fingerprint, release: StatementId) -> tuple[int, Telling] | None:
        """The index of a release to a party, and the telling that it offers; None where it is none to that party."""
        row = self.store.release(release)
        return None if row is None or row.to != hearer else (row.index, self.offers.telling(row))

    # -- peers

    @property
    def peers(self) -> list[Peer]:
        """All parties that are asked and answered, by petname."""
        return self.parties.present

    def peer(self, who: Fingerprint) -> Peer | None:
        """A party that is asked and answered, by its fingerprint; `parties.known` has also those that were removed."""
        found = self.parties.known(who)
        return found if found is not None and found.removed_at is None else None

    def named(self, names: Iterable[str], *, removed: bool = False) -> list[Peer]:
        """Parties by their petnames, as `Parties.named`.

        Raises:
            LocalError: `unknown-party`.
        """
        return self.parties.named(names, removed=removed)

    def party_name(self, who: Fingerprint) -> str:
        """The petname of a party, marked where it was removed; our own name for ourselves."""
        if who == self.descriptor.fingerprint:
            return self.descriptor.party
        peer = self.parties.known(who)
        return peer.shown if peer else who[:16]

    def add_peer(self, packed: bytes, expected: Fingerprint, petname: str | None = None) -> Peer:
        """Pin a party by its descriptor, after its fingerprint was learnt by another way.

        Raises:
            LocalError: `fingerprint-mismatch`, `second-descriptor`, `key-taken`, `name-taken`, `exists`, `bad-argument`.
        """
        return self.parties.add(packed, expected, petname, self.clock.now())

    # -- upkeep

    def verify_log(self, progress: Progress = lambda done, of: None) -> list[dict[str, str]]:
        """Compute everything again from the stored leaves: ids, bodies, signatures, tiles, roots and their signatures.

        Returns:
            The faults found, each {place, message}; none if the log is whole.
        """
        return [fault._asdict() for fault in upkeep.verify_log(self.store, progress)]

    def rebuild(self) -> None:
        """Fold everything again from what is true.

        Raises:
            LocalError: `damaged`: then everything stays as it was.
        """
        try:
            parties = [peer.descriptor for peer in self.parties.everybody]
            me = self.descriptor.fingerprint
            self.store.refold(fold.refold(self.store, me, parties, self._entries(), self.offered))
        except RemoteError as error:
            raise LocalError(DAMAGED, f"kept evidence cannot be read: {error.message}") from None

    def _entries(self) -> Iterator[list[Logged]]:
        for first in range(0, self.journal.tree.size, _SCAN):
            yield [self.at(at) for at in range(first, min(first + _SCAN, self.journal.tree.size))]


def recall(row: LeafRow) -> Logged:
    """An entry of our own log as it was logged; its signature was ours and is checked by `verify_log`.

    Raises:
        LocalError: `damaged`: the bytes do not open what was signed: nobody is to be told them.
    """
    try:
        shown = Unverified.read(list(row.triple))
        return Logged(Signed(shown.envelope, shown.salt, shown.object), Index(row.index))
    except RemoteError as error:
        raise LocalError(DAMAGED, f"{error.message}; see log verify", place=f"leaf {row.index}") from None


def whose(store: Store) -> Descriptor:
    """The party whose log this is, by its leaf 0.

    Raises:
        LocalError: `not-a-node`: the log never began; `damaged`.
    """
    first = store.leaf(0)
    if first is None:
        raise LocalError(NOT_A_NODE, "its log never began: remove it and make it anew")
    try:
        return party.read(Unverified.read(list(first.triple)))
    except RemoteError as error:
        raise LocalError(DAMAGED, f"{error.message}; see log verify", place="leaf 0") from None


def pack(descriptor: Signed) -> bytes:
    """A descriptor as it is handed to others: CBOR [envelope, salt, content]."""
    return cbor.encode(list(descriptor.triple))


def genesis(
    store: Store,
    lock: CheckpointLock,
    keys: Keyring,
    descriptor: Signed,
    clock: Clock,
) -> None:
    """Write leaf 0, the party's descriptor, and the first head.

    Raises:
        LocalError: `exists`: the log has begun, here or at another place.
    """
    if store.size() or lock.read() is not None:
        raise LocalError(EXISTS, "this party's log has begun already")
    found = unpack(pack(descriptor))
    journal = Journal.open(store, lock, keys, clock, found.fingerprint)
    journal.write([Proposal([descriptor])])


def read_fingerprint(text: str) -> Fingerprint:
    """A fingerprint as an operator types it: in groups, in capitals, or in words.

    Raises:
        LocalError: `bad-argument`.
    """
    try:
        return fingerprint.from_people(text)
    except ValueError as error:
        raise LocalError(BAD_ARGUMENT, str(error), place="--fingerprint") from None
