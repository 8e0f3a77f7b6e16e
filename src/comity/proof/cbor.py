"""Deterministic CBOR (RFC 8949 section 4.2.1): one value, one encoding.

Decoding accepts exactly what encoding would give: shortest integers, definite lengths, map keys sorted bytewise, no
duplicate keys, no trailing bytes. It does not accept floats, undefined or tags; COSE's one tag is handled in `cose`.

Encoding is the library's, decoding is ours: cbor2 hashes a map's keys before anyone can say that they are lists or
bignums, of which many have one hash, so that 256 KiB from a stranger took it ten seconds, and the time grew as the square.
"""

from typing import Any

import cbor2

from comity.errors import MALFORMED, TOO_LARGE, RemoteError

MAX_DEPTH = 16
DEFAULT_LIMIT = 4 << 20
# The largest message that there is, a page of 1,000 items, has some 13,000 values in it.
MAX_ITEMS = 50_000

_ATOMS = frozenset({bytes, str, bool, type(None)})
_KEYS = frozenset({int, str, bytes})
_INTS = frozenset({int})
# What a head of CBOR can say without a bignum tag.
_INT_MIN, _INT_MAX = -(1 << 64), (1 << 64) - 1

# A number after the head: by the head's low five bits its width, and the least that takes that width.
_LONG = {24: (1, 24), 25: (2, 1 << 8), 26: (4, 1 << 16), 27: (8, 1 << 32)}
_SIMPLE = {0xF4: False, 0xF5: True, 0xF6: None}


def encode(value: object) -> bytes:
    """Encode ints of 64 bits, bytes, str, bool, None, lists and maps deterministically.

    >>> encode({"b": 1, 2: [None, b"x"]}).hex()
    'a20282f64178616201'

    Raises:
        TypeError: the value holds something that these formats have no use for.
        ValueError: an integer that takes a bignum, a text that is not Unicode, or more than `MAX_DEPTH` containers in
            one another.

    """
    return cbor2.dumps(_sorted(value, MAX_DEPTH))


def decode(data: bytes, *, place: str = "", limit: int = DEFAULT_LIMIT) -> Any:
    """Decode deterministic CBOR and nothing else.

    Args:
        data: the whole encoding, no trailing bytes.
        place: what these bytes are, for the error.
        limit: the most bytes that are looked at. One byte can be a value that takes 100 bytes of memory, so there are at
            most `MAX_ITEMS` of these.

    Raises:
        RemoteError: `malformed` or `too-large`.

    """
    if len(data) > limit:
        raise RemoteError(TOO_LARGE, f"{len(data)} bytes of CBOR, the limit is {limit}", place=place)
    try:
        value, end = _read(data, 0, MAX_DEPTH, [MAX_ITEMS])
        if end != len(data):
            raise _BreachError(end, "bytes after the value")
    except IndexError:
        raise _malformed(len(data), "it ends too early, as if it had been cut off", place) from None
    except _TooManyError:
        raise RemoteError(TOO_LARGE, f"more than {MAX_ITEMS} values in one CBOR message", place=place) from None
    except _BreachError as breach:
        raise _malformed(breach.at, breach.why, place) from None
    return value


# -- parts, for the formats that are put together by hand


def bstr_head(length: int) -> bytes:
    """Encode the head of a byte string.

    >>> bstr_head(3).hex(), bstr_head(32).hex(), bstr_head(700).hex()
    ('43', '5820', '5902bc')
    """
    return _head(0x40, length)


def bstr(data: bytes) -> bytes:
    """Encode a byte string.

    >>> bstr(b"abc").hex(), bstr(bytes(700))[:3].hex()
    ('43616263', '5902bc')
    """
    length = len(data)
    return (_SHORT[length] if length < len(_SHORT) else _head(0x40, length)) + data


def tstr(text: str) -> bytes:
    """Encode a text."""
    data = text.encode()
    return _head(0x60, len(data)) + data


def integer(value: int) -> bytes:
    """Encode an integer of 64 bits.

    >>> integer(10).hex(), integer(1448532000).hex(), integer(-19).hex()
    ('0a', '1a5656d820', '32')
    """
    return _head(0x00, value) if value >= 0 else _head(0x20, -1 - value)


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes((major | number,))
    if number < 1 << 8:
        return bytes((major | 24, number))
    if number < 1 << 16:
        return bytes((major | 25,)) + number.to_bytes(2)
    if number < 1 << 32:
        return bytes((major | 26,)) + number.to_bytes(4)
    return bytes((major | 27,)) + number.to_bytes(8)


# Salts, hashes, signatures, headers: nearly every string that is put together by hand is as short.
_SHORT = tuple(_head(0x40, length) for length in range(256))


class _BreachError(Exception):
    """Where and why bytes are not deterministic CBOR."""

    def __init__(self, at: int, why: str) -> None:
        super().__init__(at, why)
        self.at, self.why = at, why


class _TooManyError(Exception):
    """More values than a message may hold."""


def _malformed(at: int, why: str, place: str) -> RemoteError:
    # The rule is named and not the bytes, which may be somebody's secret.
    return RemoteError(MALFORMED, f"not deterministic CBOR (RFC 8949 4.2.1), byte {at}: {why}", place=place)


def _read(data: bytes, at: int, room: int, left: list[int]) -> tuple[Any, int]:
    """Read one value; `room` is how many containers may still be opened in it, `left` how many values are left to all."""
    first = data[at]
    major, number = first >> 5, first & 0x1F
    if major == 7:
        if first not in _SIMPLE:
            raise _BreachError(at, "a float or a simple value other than false, true and null")
        return _SIMPLE[first], at + 1
    start = at
    if number < 24:
        at += 1
    else:
        number, at = _read_number(data, at, number)
    if major < 2:
        return (-1 - number if major else number), at
    if major < 4:
        return _read_string(data, at, at + number, major == 3)
    if major == 6:
        raise _BreachError(start, "a tag")
    if not room:
        raise _BreachError(start, f"nested deeper than {MAX_DEPTH}")
    _spend(data, at, number * 2 if major == 5 else number, left)
    return _read_map(data, at, number, room - 1, left) if major == 5 else _read_list(data, at, number, room - 1, left)


def _spend(data: bytes, at: int, count: int, left: list[int]) -> None:
    """Count the values of a container before the first of them is read; each takes a byte at least."""
    if count > len(data) - at:
        raise IndexError
    left[0] -= count
    if left[0] < 0:
        raise _TooManyError


def _read_number(data: bytes, at: int, info: int) -> tuple[int, int]:
    if info not in _LONG:
        raise _BreachError(at, "an indefinite length or a reserved one")
    width, least = _LONG[info]
    end = at + 1 + width
    number = int.from_bytes(data[at + 1 : end])
    if end > len(data):
        raise IndexError
    if number < least:
        raise _BreachError(at, "a number longer than it has to be")
    return number, end


def _read_string(data: bytes, at: int, end: int, is_text: bool) -> tuple[bytes | str, int]:
    if end > len(data):
        raise IndexError
    if not is_text:
        return data[at:end], end
    try:
        return data[at:end].decode(), end
    except UnicodeDecodeError:
        raise _BreachError(at, "a text that is not UTF-8") from None


def _read_list(data: bytes, at: int, count: int, room: int, left: list[int]) -> tuple[list[Any], int]:
    items = []
    for _ in range(count):
        item, at = _read(data, at, room, left)
        items.append(item)
    return items, at


def _read_map(data: bytes, at: int, count: int, room: int, left: list[int]) -> tuple[dict[Any, Any], int]:
    found: dict[Any, Any] = {}
    last = b""
    for _ in range(count):
        # Before it is read, and long before it is hashed.
        if data[at] >= 0x80:
            raise _BreachError(at, "a map key that is neither a number nor a string")
        key, end = _read(data, at, 0, left)
        encoded = data[at:end]
        if encoded <= last:
            raise _BreachError(at, "a map key out of order or twice")
        last = encoded
        found[key], at = _read(data, end, room, left)
    return found, at


def _sorted(value: Any, room: int) -> Any:
    kind = type(value)
    if kind in _ATOMS:
        return value
    if kind is int:
        if _INT_MIN <= value <= _INT_MAX:
            return value
        raise ValueError("an integer of more than 64 bits")
    if not room:
        raise ValueError(f"nested deeper than {MAX_DEPTH}")
    if kind is dict:
        return {key: _sorted(value[key], room - 1) for key in _keys(value)} if value else value
    if kind is list or kind is tuple:
        return [item if type(item) in _ATOMS else _sorted(item, room - 1) for item in value]
    raise TypeError(f"{kind.__name__} has no place in Comity's formats")


def _keys(value: dict[Any, Any]) -> list[Any]:
    """Sort the keys of a map that is not empty as their encodings sort."""
    kinds = set(map(type, value))
    if kinds == _INTS:
        # Headers and claims, the hot path: 0, 1, ... sort by value, and -1, -2, ... come after them.
        keys = sorted(value)
        if keys[0] >= 0 and keys[-1] <= _INT_MAX:
            return keys
    if kinds <= _KEYS:
        return sorted(value, key=encode)
    raise TypeError("a map key that is neither a number nor a string")
