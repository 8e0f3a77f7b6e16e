"""The keyring: a party's private keys as files, one per use, readable by their owner alone.

`root.pem` signs the descriptor and nothing else, `next-root.pem` will follow it: both may be moved offline once the node
is made. The keys are PKCS #8 PEM, unencrypted: the directory's rights (0700) guard them.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from comity.errors import DAMAGED, LocalError
from comity.model.party import Keys
from comity.node.ports import Randomness
from comity.proof.keys import SigningKey

USES = ("statement", "log", "witness", "transport")


@dataclass(frozen=True)
class FileKeyring:
    """The keys that a running node needs."""

    statement: SigningKey
    log: SigningKey
    witness: SigningKey
    transport: SigningKey

    @classmethod
    def load(cls, folder: Path) -> "FileKeyring":
        """Read the keys.

        Raises:
            LocalError: `damaged`: missing, unreadable, or open to others.
        """
        return cls(**{use: load_key(folder / f"{use}.pem") for use in USES})


def create(folder: Path, randomness: Randomness) -> tuple[SigningKey, SigningKey, FileKeyring]:
    """Draw all keys and write them; returns the root key, the next root key and the keyring."""
    folder.mkdir(mode=0o700)
    drawn = {name: SigningKey(randomness.draw(32)) for name in ("root", "next-root", *USES)}
    for name, key in drawn.items():
        handle = os.open(folder / f"{name}.pem", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(key.to_pem())
            file.flush()
            os.fsync(file.fileno())
    sync_folder(folder)
    return drawn["root"], drawn["next-root"], FileKeyring(**{use: drawn[use] for use in USES})


def sync_folder(folder: Path) -> None:
    """Make the names of new files in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def load_key(path: Path) -> SigningKey:
    """Read one key.

    Raises:
        LocalError: `damaged`.
    """
    try:
        if path.stat().st_mode & 0o077:
            raise LocalError(DAMAGED, "a private key is open to others: chmod 600", place=path.name)
        return SigningKey.from_pem(path.read_bytes())
    except OSError as error:
        raise LocalError(DAMAGED, f"a private key cannot be read ({error.strerror})", place=path.name) from None


def public_keys(root: SigningKey, ring: FileKeyring) -> Keys:
    """The public halves, as a descriptor lists them."""
    return Keys(root.public, ring.statement.public, ring.log.public, ring.witness.public, ring.transport.public)
