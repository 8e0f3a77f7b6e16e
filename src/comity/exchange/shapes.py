"""Shapes: what messages and files are made of, read strictly: a map of known keys, a path, a shown head, a size.

Nothing of it is verified here.
"""

from typing import Any

from comity.errors import MALFORMED, RemoteError
from comity.exchange.witness import Shown

Path = tuple[bytes, ...]


def encode_shown(shown: Shown) -> list[Any]:
    """A head as it stands in a message: [note, old size, consistency path]."""
    return [shown.note, shown.old, b"".join(shown.path)]


def decode_shown(value: object) -> Shown:
    """Read a head's form.

    Raises:
        RemoteError: `malformed`.
    """
    if type(value) is not list or len(value) != 3 or type(value[0]) is not bytes or not is_size(value[1]):
        raise RemoteError(MALFORMED, "a head is shown as [note, old size, path]", place="head")
    return Shown(value[0], value[1], path_of(value[2], "head"))


def path_of(value: object, place: str) -> Path:
    """Read a path: 32-byte hashes, one after the other, at most 64.

    Raises:
        RemoteError: `malformed`.
    """
    if type(value) is not bytes or len(value) % 32 or len(value) > 64 * 32:
        raise RemoteError(MALFORMED, "a path is a string of at most 64 hashes of 32 bytes", place=place)
    return tuple(value[at : at + 32] for at in range(0, len(value), 32))


def fields_of(value: object, wanted: dict[str, type], optional: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Read a message's map: just these keys, of these types; which of its versions it is was looked at before.

    Raises:
        RemoteError: `malformed`.
    """
    if type(value) is not dict or not wanted.keys() - optional <= value.keys() <= wanted.keys():
        raise RemoteError(MALFORMED, "expected a map with " + ", ".join(sorted(wanted)))
    for name, item in value.items():
        if type(item) is not wanted[name] or (type(item) is int and not is_size(item)):
            raise RemoteError(MALFORMED, f"{name} has the wrong type", place=name)
    return value


def is_size(value: object) -> bool:
    """Say whether a value is a whole number that a size, an index or a time can be."""
    return type(value) is int and 0 <= value < 2**63
