"""The directory: where one party's node lives, and who holds it.

    DIR/keys/*.pem      private keys, 0600; root.pem and next-root.pem may be moved offline
    DIR/node.db         the store (SQLite)
    DIR/control.sock    where the running server takes commands from its owner, 0600
    DIR/.held           locked by the process that works on DIR

The checkpoint lock stands outside: in $COMITY_STATE, else $XDG_STATE_HOME/comity, else ~/.local/state/comity.
"""

import contextlib
import fcntl
import itertools
import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

from comity.errors import BAD_ARGUMENT, EXISTS, IN_USE, NOT_A_NODE, LocalError
from comity.exchange import sign, taken
from comity.model import content, fingerprint, party
from comity.model.fingerprint import Fingerprint, origin_of
from comity.model.statement import Draft
from comity.node import keyring
from comity.node.hands import ManyHands
from comity.node.lock import FileLock
from comity.node.node import Node, genesis, whose
from comity.node.ports import Clock, Randomness
from comity.node.sqlite import SqliteStore
from comity.node.upkeep import Fault, Progress, verify_log

_DATABASE, _HELD = "node.db", ".held"


class Directory:
    """A node's directory, held by this process until it is closed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not (path / _DATABASE).is_file():
            raise none_at(path)
        self._held = _hold(path)

    def open(self, clock: Clock, randomness: Randomness) -> Node:
        """Open the node.

        Raises:
            LocalError: `damaged`, `storage`, `unsafe-store`.
        """
        store = self._open_store()
        ring = keyring.FileKeyring.load(self.path / "keys")
        self._lock = FileLock(lock_path(whose(store).fingerprint))
        self._hands = ManyHands()
        return Node.open(store, self._lock, ring, clock, randomness, self._hands)

    def verify(self, progress: Progress = lambda done, of: None) -> list[Fault]:
        """Compute the log again from its leaves; it need not be whole enough to be opened."""
        return verify_log(self._open_store(), progress)

    def _open_store(self) -> SqliteStore:
        if not hasattr(self, "_store"):
            self._store = SqliteStore(str(self.path / _DATABASE))
        return self._store

    def close(self) -> None:
        """Close the store and let the directory go."""
        with contextlib.ExitStack() as parts:  # each is closed, whatever becomes of the one before it
            parts.callback(os.close, self._held)
            for part in ("_lock", "_store", "_hands"):
                if hasattr(self, part):
                    parts.callback(getattr(self, part).close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def none_at(path: Path) -> LocalError:
    """Say that a directory holds no node, and which ones stand in it."""
    near = [path / name for name in _nodes_in(path)]
    if near:
        known = " or ".join(f"-C {one}" for one in near[:3])
        how = f"name the node's directory: comity {known}"
    else:
        how = "name the node's directory with comity -C DIR, or make one: comity init DIR --party NAME"
    what = "no node here" if path.is_dir() else "no such directory"
    return LocalError(NOT_A_NODE, f"{what}; {how}", place=str(path.absolute()))


def _nodes_in(path: Path) -> list[str]:
    with contextlib.suppress(OSError), os.scandir(path) as found:
        some = itertools.islice(found, 1000)
        return sorted(one.name for one in some if one.is_dir() and os.path.isfile(os.path.join(one.path, _DATABASE)))
    return []


def create(
    path: Path,
    *,
    name: str,
    display: str,
    addresses: list[str],
    clock: Clock,
    randomness: Randomness,
    reconstruction: bool = False,
) -> Fingerprint:
    """Make a new party with its keys, its descriptor and a log that begins with it.

    Args:
        path: its directory, empty or not there yet.
        name: the short name it suggests for itself; `display` the one in full.
        addresses: base URLs of its node.
        clock: what its log's times are taken from.
        randomness: what its keys are drawn from.
        reconstruction: it is to exist in a demo or an exercise alone; it can never be anything else.

    Raises:
        LocalError: `exists`, `in-use`, `bad-argument`; then nothing is left of it.
    """
    try:
        fingerprint.party_name(name)
        urls = [party.address(url) for url in addresses]
    except ValueError as error:
        raise LocalError(BAD_ARGUMENT, str(error)) from None
    new = not path.exists()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise LocalError(BAD_ARGUMENT, f"no directory can be made here ({error.strerror})", place=str(path)) from None
    _check_empty(path)
    held = _hold(path)
    try:
        _check_empty(path)  # nobody else can begin a node here any more
        path.chmod(0o700)
        return _fill(path, name, display, urls, clock, randomness, reconstruction)
    except BaseException:
        if list(path.iterdir()) == [path / _HELD]:
            (path / _HELD).unlink()
            if new:
                path.rmdir()
        raise
    finally:
        os.close(held)


def _check_empty(path: Path) -> None:
    if any(found.name != _HELD for found in path.iterdir()):
        raise LocalError(
            EXISTS, "the directory is not empty: name another, or one that is not there yet", place=str(path)
        )


def _fill(
    path: Path,
    name: str,
    display: str,
    urls: list[str],
    clock: Clock,
    randomness: Randomness,
    reconstruction: bool,
) -> Fingerprint:
    with contextlib.ExitStack() as undo:
        undo.callback(shutil.rmtree, path / "keys", ignore_errors=True)
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
            reconstruction=reconstruction,
            formats=taken.formats(),
        )
        draft, random = Draft(content.parse(raw)), randomness.draw(sign.RANDOM_BYTES)
        signed = sign.sign(draft, origin=origin_of(me), now=now, random=random, signer=root)
        for made in (path / _DATABASE, lock_path(me)):
            if not made.exists():
                undo.callback(_remove, made)
        with (
            contextlib.closing(SqliteStore(str(path / _DATABASE))) as store,
            contextlib.closing(FileLock(lock_path(me))) as lock,
        ):
            genesis(store, lock, ring, signed, clock)
        keyring.sync_folder(path)
        undo.pop_all()  # nothing of it was seen by anybody before; now it stays
    return me


def _remove(database: Path) -> None:
    for end in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            database.with_name(database.name + end).unlink()


def lock_path(me: Fingerprint) -> Path:
    """Where the checkpoint lock of a party stands."""
    home = os.environ.get("COMITY_STATE")
    if not home:
        home = os.path.join(os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state"), "comity")
    return Path(home) / "locks" / f"{me}.db"


def _hold(path: Path) -> int:
    handle = os.open(path / _HELD, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise LocalError(IN_USE, "another process works on this directory", place=str(path)) from None
    return handle
