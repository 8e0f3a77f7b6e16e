"""Reading typed values out of an object's properties, each fault naming its place."""

import enum
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from comity.errors import NOT_STIX, RemoteError
from comity.formats import Format
from comity.model.content import StixObject
from comity.proof.envelope import StatementId
from comity.space import instant
from comity.space.instant import Instant

T = TypeVar("T")
E = TypeVar("E", bound=enum.Enum)


def reader_of(table: Format[T], found: StixObject) -> Callable[..., T]:
    """How an object of the type that a table is of is read: by the version in its extension.

    Raises:
        RemoteError: `not-stix`, `unknown-version`.
    """
    if found.type != table.name:
        raise RemoteError(NOT_STIX, f"not of type {table.name}", place="/type")
    return table.reader(found.version)


def by_version(table: Format[T], found: StixObject) -> T:
    """Read an object of the type that a table is of.

    Raises:
        RemoteError: as `reader_of`, and what the reader raises.
    """
    return reader_of(table, found)(found)


def take(found: StixObject, name: str, reader: Callable[[str], T]) -> T:
    """Read a string property.

    Raises:
        RemoteError: `not-stix`: it is missing, not a string, or the reader does not take it.
    """
    return take_from(found.properties, name, reader)


def take_from(properties: Any, name: str, reader: Callable[[str], T], *, inside: str = "") -> T:
    """As `take`, out of a nested object that stands at the place `inside`."""
    value = properties.get(name)
    if type(value) is not str:
        raise RemoteError(NOT_STIX, "missing, or not a string", place=f"{inside}/{name}")
    try:
        return reader(value)
    except (ValueError, RemoteError) as error:
        rule = error.message if isinstance(error, RemoteError) else str(error)
        raise RemoteError(NOT_STIX, f"of a wrong form: {rule}", place=f"{inside}/{name}") from None


def take_optional(found: StixObject, name: str, reader: Callable[[str], T]) -> T | None:
    """As `take`; None where the property is not there."""
    return take(found, name, reader) if name in found.properties else None


def count(found: StixObject, name: str) -> int:
    """Read a whole number, 1 or more.

    Raises:
        RemoteError: `not-stix`.
    """
    value = found.properties.get(name)
    if type(value) is not int or not 1 <= value < 2**53:
        raise RemoteError(NOT_STIX, "must be a whole number, 1 or more", place=f"/{name}")
    return value


def count_up_to(properties: Mapping[str, Any], name: str, most: int) -> int:
    """Read a whole number from 1 to `most`.

    Raises:
        RemoteError: `not-stix`.
    """
    value = properties.get(name)
    if type(value) is not int or not 1 <= value <= most:
        raise RemoteError(NOT_STIX, f"must be a whole number from 1 to {most}", place=f"/{name}")
    return value


def number(properties: Mapping[str, Any], name: str, *, least: float, most: float, inside: str = "") -> float:
    """Read a number, out of a nested object that stands at the place `inside`.

    Raises:
        RemoteError: `not-stix`.
    """
    value: Any = properties.get(name)
    # NaN compares false.
    if type(value) not in (int, float) or not least <= value <= most:
        raise RemoteError(NOT_STIX, f"a number from {least:g} to {most:g} is required", place=f"{inside}/{name}")
    return float(value)


def hash32(text: str) -> bytes:
    """Read 32 bytes from 64 lower-case hexadecimal digits.

    Raises:
        ValueError: it is none.
    """
    data = bytes.fromhex(text)
    if len(data) != 32 or data.hex() != text:
        raise ValueError("not 64 lower-case hexadecimal digits")
    return data


def statement_id(text: str) -> StatementId:
    """Read a statement id, as `hash32`."""
    return StatementId(hash32(text))


def timestamp(text: str) -> Instant:
    """Read a time as nodes write it: STIX's form (STIX 2.1 section 2.16), in UTC, with three digits of fraction.

    Raises:
        ValueError: it is none, or not of this form: there would be a second spelling, or digits that are cut off.
    """
    try:
        found = instant.parse(text)
    except RemoteError:
        found = None
    if found is None or instant.text(found) != text:
        raise ValueError("not a time as nodes write it, such as 2015-11-26T10:00:00.000Z")
    return found


def one_of(*values: str) -> Callable[[str], str]:
    """A reader that takes these texts and no other."""
    return _among({value: value for value in values})


def member(kind: type[E]) -> Callable[[str], E]:
    """A reader that takes the values of an enumeration of texts, and never quotes another."""
    return _among({each.value: each for each in kind})


def _among(known: dict[str, T]) -> Callable[[str], T]:
    def reader(text: str) -> T:
        if text not in known:
            raise ValueError("must be one of " + ", ".join(known))
        return known[text]

    return reader
