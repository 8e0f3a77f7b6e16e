"""Where it happens: clock, keys, disk and network behind ports, their real parts, and the node that uses them."""

__all__ = [
    "access",
    "clock",
    "directory",
    "evidence",
    "fold",
    "heads",
    "journal",
    "keyring",
    "lock",
    "node",
    "ports",
    "receipts",
    "shown",
    "sqlite",
    "sync",
    "teller",
    "upkeep",
    "wire",
]
