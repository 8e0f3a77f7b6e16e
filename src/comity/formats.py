"""Formats: each that Comity reads by itself has a table of its versions, and each version a reader of its own.

A map says its version as `v`, a signed message or statement in its content type (`application/comity-pull+cbor` is version 1,
`application/comity-pull.2+cbor` version 2), an object in its extension. A version that is not in the table is
`unknown-version`, which says nothing against the bytes: whoever is newer can read them.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, Generic, NoReturn, TypeVar

from comity.errors import MALFORMED, UNKNOWN_VERSION, RemoteError

T = TypeVar("T")

# What it has for the whole number of a version, at most.
_MOST = 2**31


class Format(Generic[T]):
    """One format: what it is called, and by version how it is read.

    Attributes:
        readers: each takes what stands in a message of its version, and raises RemoteError where it is not of that form.
    """

    def __init__(self, name: str, readers: dict[int, Callable[..., T]]) -> None:
        self.name, self.readers = name, readers

    @property
    def versions(self) -> tuple[int, ...]:
        """Those that are read here, in their order."""
        return tuple(sorted(self.readers))

    def reader(self, version: int) -> Callable[..., T]:
        """How a version is read.

        Raises:
            RemoteError: `unknown-version`.
        """
        found = self.readers.get(version)
        return found if found is not None else refuse(self.name, version, self.versions)

    def of_map(self, value: Any) -> T:
        """Read a map by its `v`.

        Raises:
            RemoteError: `malformed`: it is no map, or has no version; `unknown-version`; and what the reader raises.
        """
        if type(value) is not dict or "v" not in value:
            raise RemoteError(MALFORMED, f"{self.name}: expected a map that says its version")
        if not is_version(value["v"]):
            raise RemoteError(MALFORMED, "a version is a whole number from 1", place="v")
        return self.reader(value["v"])(value)


def is_version(value: object) -> bool:
    """Say whether a value can be a version: a whole number from 1."""
    return type(value) is int and 1 <= value < _MOST


def refuse(name: str, version: int, known: Sequence[int]) -> NoReturn:
    """Say that a version is not known here.

    Raises:
        RemoteError: `unknown-version`.
    """
    read = ", ".join(map(str, known))
    raise RemoteError(UNKNOWN_VERSION, f"{name} of version {version}; here {read} is read", place="v")


_CONTENT_TYPE = re.compile(r"([a-z/-]+)(?:\.([1-9][0-9]{0,8}))?\+cbor", re.ASCII)


def version_of(content_type: object, name: str) -> int | None:
    """Which version of a signed format a content type names; None where it names another format, or none.

    >>> version_of("application/comity-pull.2+cbor", "application/comity-pull+cbor")
    2
    """
    found = _CONTENT_TYPE.fullmatch(content_type) if type(content_type) is str else None
    if found is None or f"{found[1]}+cbor" != name or found[2] == "1":
        return None
    return int(found[2] or 1)
