"""The directory: where one party's node lives, and who holds it.

    DIR/keys/*.pem      private keys, 0600; root.pem and next-root.pem may be moved offline
    DIR/node.db         the store (SQLite)
    DIR/control.sock    where the running server takes commands from its owner, 0600
    DIR/.held           locked by the process that works on DIR

The checkpoint lock stands outside: in $COMITY_STATE, else $XDG_STATE_HOME/comity, else ~/.local/state/comity.
"""

import fcntl
import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

from comity.errors import BAD_ARGUMENT, EXISTS, IN_USE, NOT_A_NODE, LocalError
from comity.exchange import sign
from comity.model import content, fingerprint, party
from comity.model.fingerprint import Fingerprint, origin_of
from comity.model.statement import Draft, Unverified
from comity.node import keyring
from comity.node.lock import FileLock
from comity.node.node import Node, genesis
from comity.node.ports import Clock, Randomness
from comity.node.sqlite import SqliteStore


class Directory:
    """A node's directory, held by this process until it is closed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not (path / "node.db").is_file():
            raise LocalError(NOT_A_NODE, "no node here; make one with: comity init DIR --party NAME", place=str(path))
        self._held = _hold(path)

    def open(self, clock: Clock, randomness: Randomness) -> Node:
        """Open the node.

        Raises:
            LocalError: `damaged`, `storage`, `unsafe-store`.
        """
        self._store = SqliteStore(str(self.path / "node.db"))
        ring = keyring.FileKeyring.load(self.path / "keys")
        first = self._store.leaf(0)
        if first is None:
            raise LocalError(NOT_A_NODE, "its log never began: remove it and make it anew", place=str(self.path))
        me = party.read(Unverified.read(list(first.triple))).fingerprint
        self._lock = FileLock(lock_path(me))
        return Node.open(self._store, self._lock, ring, clock, randomness)

    def close(self) -> None:
        """Close the store and let the directory go."""
        for part in ("_store", "_lock"):
            if hasattr(self, part):
                getattr(self, part).close()
        os.close(self._held)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def create(
    path: Path, *, name: str, display: str, addresses: list[str], clock: Clock, randomness: Randomness
) -> Fingerprint:
    """Make a new party with its keys, its descriptor and a log that begins with it.

    Raises:
        LocalError: `exists`, `bad-argument`.
    """
    try:
        fingerprint.party_name(name)
        urls = [party.address(url) for url in addresses]
    except ValueError as error:
        raise LocalError(BAD_ARGUMENT, str(error)) from None
    if path.exists() and any(path.iterdir()):
        raise LocalError(EXISTS, "the directory is not empty", place=str(path))
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    try:
        return _fill(path, name, display, urls, clock, randomness)
    except BaseException:
        # Nothing was signed that anybody saw: leave no half a party behind.
        shutil.rmtree(path / "keys", ignore_errors=True)
        for left in path.glob("node.db*"):
            left.unlink()
        raise


def _fill(path: Path, name: str, display: str, urls: list[str], clock: Clock, randomness: Randomness) -> Fingerprint:
    root, following, ring = keyring.create(path / "keys", randomness)
    me, now = Fingerprint(root.public.id.hex()), clock.now()
    raw = party.write(
        f"descriptor--{sign.uuid_of(randomness.draw(16))}",
        now,
        party=name,
        name=display,
        keys=keyring.public_keys(root, ring),
        next_root=following.public.id,
        addresses=urls,
    )
    draft, random = Draft(content.parse(raw)), randomness.draw(sign.RANDOM_BYTES)
    signed = sign.sign(draft, origin=origin_of(me), now=now, random=random, signer=root)
    store, lock = SqliteStore(str(path / "node.db")), FileLock(lock_path(me))
    try:
        genesis(store, lock, ring, signed, clock)
    finally:
        store.close()
        lock.close()
    return me


def lock_path(me: Fingerprint) -> Path:
    """Where the checkpoint lock of a party stands."""
    home = os.environ.get("COMITY_STATE")
    if not home:
        home = os.path.join(os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state"), "comity")
    return Path(home) / "locks" / f"{me}.db"


def _hold(path: Path) -> int:
    handle = os.open(path / ".held", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise LocalError(IN_USE, "another process works on this directory", place=str(path)) from None
    return handle
