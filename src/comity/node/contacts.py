"""Contacts: when each peer was last reached, and what stands in the way with it or here, from when it began until it is over.

It is told once when it begins and once when it is over; in between, `status` shows it. Nothing of it is kept over a restart.

Rule: what a peer makes come and go does not fill a screen: of one thing with one peer there is at most one line in ten minutes.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from comity.errors import BAD_SIGNATURE, ComityError, RemoteError
from comity.model.fingerprint import Fingerprint
from comity.model.party import Descriptor
from comity.node.ports import Clock, OutsideName, Peers
from comity.space.instant import Instant

REACH = "reach"
QUIET = 10 * 60 * 1000

T = TypeVar("T")
# A peer, an outside witness, or for None ourselves.
Who = Fingerprint | OutsideName | None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that does not go well, and since when.

    Attributes:
        error: as it was last.
        told: that it began was told, so that it is over will be.
    """

    error: ComityError
    since: Instant
    told: bool


@dataclass(slots=True)
class Contact:
    """What is known of the way to one peer; for None, of what goes on here.

    Attributes:
        reached_at: when it last answered us, if only to refuse.
        troubles: by what was tried.
    """

    reached_at: Instant | None = None
    troubles: dict[str, Trouble] = field(default_factory=dict)
    told_at: dict[str, Instant] = field(default_factory=dict)


class Contacts:
    """The contacts of one node since it was opened.

    Args:
        clock: times of day, for people.
        report: where a line goes when something begins and when it is over.
    """

    def __init__(self, clock: Clock, report: Callable[[str], None]) -> None:
        self._clock, self._report = clock, report
        self._of: dict[Who, Contact] = {}

    def of(self, who: Who) -> Contact:
        """What is known of a peer or an outside witness; of ourselves for None."""
        return self._of.setdefault(who, Contact())

    def forget(self, who: Who) -> None:
        """It was removed."""
        self._of.pop(who, None)

    def reached(self, who: Who) -> None:
        """It has answered."""
        contact = self.of(who)
        contact.reached_at = self._clock.now()
        contact.troubles.pop(REACH, None)

    def failed(self, who: Who, what: str, error: ComityError, line: str = "") -> None:
        """Note that something does not go well.

        Args:
            who: the peer or outside witness it is tried with; None for what is done here.
            what: what was tried.
            error: what came of it.
            line: tells it to the operator, if it is to be told.
        """
        contact, now = self.of(who), self._clock.now()
        known = contact.troubles.get(what)
        if known is not None:
            contact.troubles[what] = replace(known, error=error)
            return
        last = contact.told_at.get(what)
        told = bool(line) and (last is None or not last <= now < last + QUIET)
        contact.troubles[what] = Trouble(error, now, told)
        if told:
            contact.told_at[what] = now
            self._report(line)

    def well(self, who: Who, what: str, name: str = "") -> None:
        """Note that something went well, which ends what stood in its way."""
        over = self.of(who).troubles.pop(what, None)
        if over is not None and over.told:
            self._report(f"{name}: {over.error}: that is over" if name else f"{over.error}: that is over")


class Noting:
    """The `Peers` port, less silent: it notes whenever a peer has answered."""

    def __init__(self, through: Peers, contacts: Contacts) -> None:
        self._through, self._contacts = through, contacts

    async def pull(self, peer: Descriptor, body: bytes, *, wait: float) -> bytes:
        """Ask for a page."""
        return await self._noted(peer, self._through.pull(peer, body, wait=wait))

    async def items(self, peer: Descriptor, body: bytes) -> bytes:
        """Ask for items by their hashes."""
        return await self._noted(peer, self._through.items(peer, body))

    async def acknowledge(self, peer: Descriptor, body: bytes) -> None:
        """Hand over an acknowledgement."""
        await self._noted(peer, self._through.acknowledge(peer, body))

    async def add_checkpoint(self, peer: Descriptor, body: bytes) -> str:
        """Show our head."""
        return await self._noted(peer, self._through.add_checkpoint(peer, body))

    async def descriptor(self, peer: Descriptor) -> bytes:
        """Ask for its descriptor."""
        return await self._noted(peer, self._through.descriptor(peer))

    async def receipts(self, peer: Descriptor, body: bytes) -> bytes:
        """Ask for fresh receipts."""
        return await self._noted(peer, self._through.receipts(peer, body))

    async def _noted(self, peer: Descriptor, call: Awaitable[T]) -> T:
        try:
            answer = await call
        except RemoteError as error:
            if error.code != BAD_SIGNATURE:  # somebody answered, but was it the peer?
                self._contacts.reached(peer.fingerprint)
            raise
        self._contacts.reached(peer.fingerprint)
        return answer
