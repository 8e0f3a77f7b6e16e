"""Parties: who is known here, by which name, and who was removed.

Rule 1: a petname stands for one party, removed ones included, so that no listing can mean another tomorrow. Rule 2: whoever
was removed is neither asked nor answered and is told nothing new; what it said stays, with the descriptor that verifies it, and
what it protected goes on objecting, marked. Rule 3: what is changed stands in the store before it is so here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from comity import foreign
from comity.errors import (
    BAD_ARGUMENT,
    EXISTS,
    FINGERPRINT_MISMATCH,
    KEY_TAKEN,
    NAME_TAKEN,
    UNKNOWN_PARTY,
    ComityError,
    LocalError,
    RemoteError,
)
from comity.exchange import labels
from comity.model import fingerprint, party
from comity.model.fingerprint import Fingerprint
from comity.model.party import Descriptor
from comity.model.statement import Unverified
from comity.node import second
from comity.node.ports import PeerRow, Store
from comity.proof import cbor
from comity.space.instant import Instant


@dataclass(frozen=True, slots=True)
class Peer:
    """Another party as it is known here.

    Attributes:
        removed_at: since when it is neither asked nor answered; None of all others.
    """

    petname: str
    descriptor: Descriptor
    removed_at: Instant | None = None

    @property
    def fingerprint(self) -> Fingerprint:
        """Who it is."""
        return self.descriptor.fingerprint

    @property
    def shown(self) -> str:
        """Its petname, marked where it was removed."""
        return self.petname if self.removed_at is None else f"{self.petname} (removed)"


class Parties:
    """The other parties known at one node."""

    def __init__(self, store: Store, me: Descriptor) -> None:
        self._store, self._me = store, me
        self._known: dict[Fingerprint, Peer] = {}
        for row in store.peers():
            descriptor = unpack(row.descriptor, row.fingerprint)
            self._known[row.fingerprint] = Peer(row.petname, descriptor, row.removed_at)

    @property
    def everybody(self) -> list[Peer]:
        """All of them, removed ones included, by petname."""
        return sorted(self._known.values(), key=lambda peer: peer.petname)

    @property
    def present(self) -> list[Peer]:
        """All that were not removed, by petname."""
        return [peer for peer in self.everybody if peer.removed_at is None]

    @property
    def cosigners(self) -> list[Descriptor]:
        """All whose cosignatures may count: not those removed parties that have a key of another, for it is that one's."""
        here = [self._me, *(peer.descriptor for peer in self.present)]
        taken = frozenset[bytes]().union(*(one.every_key for one in here))
        gone = (peer.descriptor for peer in self.everybody if peer.removed_at is not None)
        return here + [one for one in gone if taken.isdisjoint(one.every_key)]

    def known(self, who: Fingerprint) -> Peer | None:
        """A party by its fingerprint, removed or not."""
        return self._known.get(who)

    def named(self, names: Iterable[str], *, removed: bool = False, place: str = "--to") -> list[Peer]:
        """Parties by their petnames; `all` is every one that was not removed.

        Args:
            names: as they were typed.
            removed: one that was removed will do.
            place: where they were typed.

        Raises:
            LocalError: `unknown-party`.
        """
        able = {peer.petname: peer for peer in (self.everybody if removed else self.present)}
        found: dict[str, Peer] = {}
        for name in names:
            if name == "all":
                found.update({peer.petname: peer for peer in self.present})
            elif name in able:
                found[name] = able[name]
            else:
                raise self._unknown(name, place)
        return [found[name] for name in sorted(found)]

    def _unknown(self, name: str, place: str) -> LocalError:
        if name == self._me.party:
            message = f"{name} is this party itself, and nobody is told by itself"
        elif any(peer.petname == name for peer in self.everybody):
            message = f"{name} was removed: comity peer add takes it up again"
        elif self.present:
            known = ", ".join(peer.petname for peer in self.present)
            message = (
                f"no party {foreign.quoted(name, 40)} is known here, only {known}; comity peer add makes another known"
            )
        else:
            message = (
                f"no party {foreign.quoted(name, 40)} is known here, nor any other: comity peer add makes one known"
            )
        return LocalError(UNKNOWN_PARTY, message, place=place)

    # -- changes

    def add(self, packed: bytes, expected: Fingerprint, petname: str | None, now: Instant) -> Peer:
        """Pin a party by its descriptor, or take up again one that was removed, by the name that it had.

        Raises:
            LocalError: `fingerprint-mismatch`, `second-descriptor`, `key-taken`, `name-taken`, `exists`, `bad-argument`.
        """
        found = _descriptor(packed, expected)
        try:
            self.compare(found, now)
        except RemoteError as error:
            raise LocalError(error.code, error.message) from None
        if found.fingerprint == self._me.fingerprint:
            raise LocalError(BAD_ARGUMENT, "that is this party itself")
        self._keys_of_nobody_else(found)
        before = self._known.get(found.fingerprint)
        name = self._free(
            petname or (before.petname if before else found.party), found.fingerprint, "--as", found.party
        )
        if before is not None:
            return self._restored(before, name)
        self._store.add_peer(PeerRow(name, packed, found.fingerprint))
        self._known[found.fingerprint] = Peer(name, found)
        return self._known[found.fingerprint]

    def compare(self, shown: Descriptor, now: Instant) -> None:
        """Compare a descriptor that came from anywhere with the one known of the same party, if there is one.

        Raises:
            RemoteError: `second-descriptor`: it is another one; both are kept as evidence.
        """
        peer = self._known.get(shown.fingerprint)
        pinned = self._me if shown.fingerprint == self._me.fingerprint else peer.descriptor if peer else None
        if pinned is not None:
            second.compare(self._store, pinned, shown, now)

    def _keys_of_nobody_else(self, found: Descriptor) -> None:
        """Require that no other party here has one of its keys: what is signed with it would be of both.

        A descriptor lists public keys, and does not show that its party has them: whoever copied another's into its own could
        keep that one out for ever. So one that was removed stands in nobody's way.
        """
        for name, other in ((self._me.party, self._me), *((peer.petname, peer.descriptor) for peer in self.present)):
            if other.fingerprint != found.fingerprint and not found.every_key.isdisjoint(other.every_key):
                who = "this party itself" if other is self._me else name
                message = f"it lists a key of {who}, and what is signed with that would be of both"
                how = "" if other is self._me else f"; if {name} copied it, remove {name} first"
                raise LocalError(KEY_TAKEN, message + how)

    def namesakes(self, of: Descriptor) -> list[str]:
        """Whom else one could take a party for that goes by the name it gives itself: petnames, and our own name."""
        others = [peer for peer in self.everybody if peer.fingerprint != of.fingerprint]
        found = [peer.shown for peer in others if any(labels.alike(of.party, name) for name in _names(peer))]
        return [self._me.party, *found] if labels.alike(of.party, self._me.party) else found

    def _restored(self, before: Peer, name: str) -> Peer:
        if before.removed_at is None:
            raise LocalError(EXISTS, f"already known as {before.petname}; comity peer rename gives it another name")
        return self._change(replace(before, petname=name, removed_at=None))

    def rename(self, old: str, new: str) -> Peer:
        """Give a party another petname.

        Raises:
            LocalError: `unknown-party`, `name-taken`, `bad-argument`.
        """
        peer = self._by_name(old)
        return self._change(replace(peer, petname=self._free(new, peer.fingerprint, "NEW")))

    def remove(self, name: str, now: Instant) -> Peer:
        """Neither ask nor answer a party any more; what it said stays.

        Raises:
            LocalError: `unknown-party`.
        """
        peer = self._by_name(name)
        return peer if peer.removed_at is not None else self._change(replace(peer, removed_at=now))

    def _by_name(self, name: str) -> Peer:
        if name == "all":
            raise LocalError(BAD_ARGUMENT, "one party at a time, by its name here")
        return self.named([name], removed=True, place="NAME")[0]

    def _change(self, peer: Peer) -> Peer:
        self._store.change_peer(peer.fingerprint, peer.petname, peer.removed_at)
        self._known[peer.fingerprint] = peer
        return peer

    def _free(self, text: str, whose: Fingerprint, place: str, itself: str = "") -> str:
        """A petname that stands for nobody else here.

        Args:
            itself: what the party calls itself.
        """
        try:
            name = fingerprint.party_name(text)
        except ValueError as error:
            raise LocalError(BAD_ARGUMENT, str(error), place=place) from None
        others = [peer for peer in self._known.values() if peer.fingerprint != whose and peer.petname == name]
        mine = name == self._me.party and whose != self._me.fingerprint
        if mine or others:
            of = (
                "this party itself"
                if mine
                else "another party"
                if others[0].removed_at is None
                else "a party that was removed"
            )
            how = "give this one another name with --as" if place == "--as" else "choose another name"
            calls = "it calls itself so, and " if itself == name else ""
            raise LocalError(NAME_TAKEN, f"{calls}{name} stands for {of} here; {how}", place=place)
        return name


def _names(peer: Peer) -> tuple[str, str]:
    return peer.petname, peer.descriptor.party


def unpack(packed: bytes, expected: Fingerprint | None = None) -> Descriptor:
    """Read a packed descriptor.

    Raises:
        RemoteError: as `model.party.read`.
    """
    return party.read(Unverified.read(cbor.decode(packed, place="descriptor", limit=1 << 16)), expected)


def _descriptor(packed: bytes, expected: Fingerprint) -> Descriptor:
    try:
        return unpack(packed, expected)
    except ComityError as error:
        if error.code == FINGERPRINT_MISMATCH:
            raise LocalError(error.code, error.message, evidence=error.evidence) from None
        raise LocalError(BAD_ARGUMENT, f"not a descriptor: {error}") from None
