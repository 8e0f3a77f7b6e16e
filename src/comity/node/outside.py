"""Outside witnesses: programs of others (C2SP tlog-witness) that cosign our heads, because an administrator named them.

Rule 1: an outside witness is no party: it has no descriptor, is counted in no proof file, and nothing is told to it but heads.
Rule 2: only the addresses that were typed in here are asked: https, or http on this machine. Rule 3: its word alone stops
nobody: what it says of our log is shown to our operator.
"""

import asyncio
import contextlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from comity.errors import (
    BAD_ARGUMENT,
    EXISTS,
    HEAD_ROLLBACK,
    MALFORMED,
    STALE_HEAD,
    ComityError,
    LocalError,
    RemoteError,
    TransportError,
)
from comity.exchange import witness
from comity.exchange.witness import AddCheckpoint, Shown
from comity.model import fingerprint
from comity.model.fingerprint import ORIGINS
from comity.model.party import UNPLACED, address
from comity.node.contacts import REACH, Contacts
from comity.node.node import Node
from comity.node.ports import OutsideLine, OutsideName, OutsideRow, OutsideWitnesses
from comity.proof.note import COSIGNATURE, NoteKey
from comity.space import instant

MOST = 8
TRIES = 3
# Seconds.
RETRY_FIRST, RETRY_LAST = 1.0, 600.0
HEAD = "head"


@dataclass(frozen=True, slots=True)
class Witness:
    """An outside witness as it is configured here.

    Attributes:
        name: what an administrator calls it.
        url: its submission prefix.
        key: by which name and key it cosigns.
    """

    name: str
    url: str
    key: NoteKey

    @property
    def who(self) -> OutsideName:
        """Under which name troubles with it are noted; a plus stands in it, and so in no fingerprint."""
        return OutsideName(f"{self.key.name}+{self.key.id.hex()}")

    @classmethod
    def of(cls, row: OutsideRow) -> "Witness":
        """Read it from the store."""
        return cls(row.name, row.url, NoteKey.from_vkey(row.vkey))


@dataclass(slots=True)
class Asked:
    """What one asking of one witness brought."""

    witness: str
    cosigned: bool = False
    errors: list[dict[str, object]] = field(default_factory=list)


# -- which are asked


def configured(node: Node) -> list[Witness]:
    """Those that are asked, by name."""
    return [Witness.of(row) for row in node.store.outside.all()]


def add(node: Node, name: str, url: str, vkey: str) -> Witness:
    """Have one more asked.

    Args:
        node: whose heads it is to cosign.
        name: what it is called here.
        url: its submission prefix, as typed.
        vkey: its C2SP verifier key of type 0x04, as typed.

    Raises:
        LocalError: `bad-argument`: a name, address or key that cannot be used, or too many; `exists`.
    """
    there = configured(node)
    made = Witness(_name(name), submission_prefix(url), _key(node, vkey))
    if any(one.name == made.name for one in there):
        raise LocalError(EXISTS, f"an outside witness is called {made.name} here: comity witness remove it first")
    if any(one.key.key == made.key.key for one in there):
        raise LocalError(EXISTS, "an outside witness with this key is asked already", place="VKEY")
    if len(there) >= MOST:
        raise LocalError(BAD_ARGUMENT, f"at most {MOST} outside witnesses are asked", place="NAME")
    node.store.outside.add(OutsideRow(made.name, made.url, made.key.vkey))
    return made


def remove(node: Node, name: str) -> Witness:
    """Ask one no more; the lines that it gave stay.

    Raises:
        LocalError: `bad-argument`: none is called so.
    """
    for one in configured(node):
        if one.name == name:
            node.store.outside.remove(name)
            return one
    raise LocalError(BAD_ARGUMENT, "no outside witness is called so: comity witness list", place="NAME")


def _name(text: str) -> str:
    try:
        return fingerprint.party_name(text)
    except ValueError as error:
        raise LocalError(BAD_ARGUMENT, str(error), place="NAME") from None


def submission_prefix(text: str) -> str:
    """Take the address of a witness as an administrator typed it.

    Raises:
        LocalError: `bad-argument`: no base URL, or plain http to another machine.
    """
    try:
        url = address(text)
    except ValueError as error:
        raise LocalError(BAD_ARGUMENT, str(error), place="URL") from None
    parts = urlsplit(url)
    if parts.scheme == "http" and not _is_here(parts.hostname or ""):
        message = "an outside witness is asked over https; over http only on this machine (127.0.0.1, [::1], localhost)"
        raise LocalError(BAD_ARGUMENT, message, place="URL")
    return url


def _is_here(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _key(node: Node, vkey: str) -> NoteKey:
    try:
        key = NoteKey.from_vkey(vkey)
    except ComityError as error:
        message = f"{error.message}; taken are keys of type 0x04, Ed25519 (C2SP tlog-cosignature)"
        raise LocalError(BAD_ARGUMENT, message, place="VKEY") from None
    if key.type != COSIGNATURE:
        raise LocalError(BAD_ARGUMENT, "the key of a log, and not of a cosigner (type 0x04)", place="VKEY")
    known = {
        node.descriptor.key("witness", UNPLACED),
        *(peer.descriptor.key("witness", UNPLACED) for peer in node.parties.everybody),
    }
    if key.name.startswith(ORIGINS) or key.key in known:
        raise LocalError(BAD_ARGUMENT, "the witness key of a party: comity peer add makes it a witness", place="VKEY")
    return key


# -- how they are asked


class Outside:
    """Asks the outside witnesses of one node.

    Args:
        node: whose published heads they are shown.
        ask: the way to them.
        contacts: where it is noted what stands in the way.
    """

    def __init__(self, node: Node, ask: OutsideWitnesses, contacts: Contacts) -> None:
        self._node, self._ask, self._contacts = node, ask, contacts
        # The size that each was last shown, or said it holds.
        self._held: dict[OutsideName, int] = {}

    async def push(self, one: Witness) -> bool:
        """Have a witness cosign the newest published head; False if it has done so already.

        Raises:
            TransportError: `unreachable`.
            RemoteError: what it has against it, or what is wrong with its answer; `clock-skew`.
        """
        size, note = self._node.store.last_published() or (0, b"")
        last = self._node.store.outside.last(one.key.vkey)
        if not size or (last is not None and last.size == size):
            return False
        self._held.setdefault(one.who, last.size if last else 0)
        for tries_left in reversed(range(TRIES)):
            try:
                answer = await self._ask.add_checkpoint(one.url, self._request(one, size, note))
                break
            except RemoteError as error:
                if error.code != STALE_HEAD or not tries_left:
                    raise
                self._held[one.who] = _held(error, size)
        self._take(one, size, note, answer)
        return True

    def _request(self, one: Witness, size: int, note: bytes) -> bytes:
        old = min(self._held[one.who], size)
        path = self._node.journal.prover.consistency(old, size) if 0 < old < size else []
        return AddCheckpoint(Shown(note, old, tuple(path))).encode()

    def _take(self, one: Witness, size: int, note: bytes, answer: str) -> None:
        self._held[one.who] = size
        head = witness.read_head(note, self._node.descriptor)
        line, at = witness.outside_line(head, answer, one.key)
        witness.timely(at, self._node.clock.now())
        self._node.store.outside.keep(OutsideLine(size, one.key.vkey, line, instant.from_seconds(at)))

    async def once(self) -> list[Asked]:
        """Ask each once, one after the other; what came of it."""
        return [await self._attempt(one, told=True) for one in configured(self._node)]

    async def _attempt(self, one: Witness, *, told: bool) -> Asked:
        """Ask one; what does not go well is noted, and told unless it is told anyway."""
        asked = Asked(one.name)
        try:
            asked.cosigned = await self.push(one)
        except TransportError as error:
            self._failed(one, REACH, error, asked, "")
        except Exception as error:
            # Whatever it sends, it must not end what is done with the others.
            fault = error if isinstance(error, ComityError) else _not_taken(error)
            self._contacts.well(one.who, REACH)
            self._failed(one, HEAD, fault, asked, "" if told else f"outside witness {one.name}: {fault}")
        else:
            if asked.cosigned:
                self._contacts.reached(one.who)
            self._contacts.well(one.who, REACH)
            self._contacts.well(one.who, HEAD, f"outside witness {one.name}")
        return asked

    def _failed(self, one: Witness, what: str, error: ComityError, asked: Asked, line: str) -> None:
        asked.errors.append(error.as_dict())
        self._contacts.failed(one.who, what, error, line)

    async def run(self, beat: float) -> None:
        """Show each the newest head on the beat until cancelled, whichever is added or removed meanwhile."""
        loops: dict[Witness, asyncio.Task[None]] = {}
        try:
            while True:
                named = configured(self._node)
                for gone in [one for one in loops if one not in named]:
                    await _end([loops.pop(gone)])
                    self._contacts.forget(gone.who)
                for new in [one for one in named if one not in loops]:
                    loops[new] = asyncio.create_task(self._for_ever(new, beat))
                await asyncio.sleep(beat)
        finally:
            await _end(list(loops.values()))

    async def _for_ever(self, one: Witness, beat: float) -> None:
        """One request at a time; after each that fails a longer rest: it is others' machine, and it may be away for days."""
        rest = RETRY_FIRST
        while True:
            asked = await self._attempt(one, told=False)
            if asked.errors:
                await asyncio.sleep(rest)
                rest = min(rest * 2, RETRY_LAST)
            else:
                rest = RETRY_FIRST
                await asyncio.sleep(beat)


def _held(error: RemoteError, size: int) -> int:
    held = error.evidence.get("size")
    if type(held) is not int or held < 0:
        raise RemoteError(MALFORMED, "it does not say which size it holds")
    if held > size:
        message = (
            f"it says that it cosigned {held} leaves of our log, and we published {size}: was an old backup restored?"
        )
        raise RemoteError(HEAD_ROLLBACK, message)
    return held


def _not_taken(error: Exception) -> RemoteError:
    return RemoteError(MALFORMED, f"what it sent could not be taken in ({type(error).__name__})")


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
