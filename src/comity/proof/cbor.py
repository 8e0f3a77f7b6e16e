"""Deterministic CBOR (RFC 8949 section 4.2.1): one value, one encoding.

Decoding accepts exactly what encoding would give: shortest integers, definite lengths, map keys sorted bytewise, no
duplicate keys, no trailing bytes. It does not accept floats, undefined or tags; COSE's one tag is handled in `cose`.
"""

from typing import Any

import cbor2

from comity.errors import MALFORMED, TOO_LARGE, RemoteError

MAX_DEPTH = 16
DEFAULT_LIMIT = 4 << 20

_ATOMS = frozenset({bytes, str, bool, type(None)})
_KEYS = frozenset({int, str, bytes})
_INTS = frozenset({int})
# What a head of CBOR can say without a bignum tag.
_INT_MIN, _INT_MAX = -(1 << 64), (1 << 64) - 1


def encode(value: object) -> bytes:
    """Encode ints of 64 bits, bytes, str, bool, None, lists and maps deterministically.

    >>> encode({"b": 1, 2: [None, b"x"]}).hex()
    'a20282f64178616201'

    Raises:
        TypeError: the value holds something that these formats have no use for.
        ValueError: an integer that takes a bignum, or a text that is not Unicode.

    """
    return cbor2.dumps(_sorted(value))


def decode(data: bytes, *, place: str = "", limit: int = DEFAULT_LIMIT) -> Any:
    """Decode deterministic CBOR and nothing else.

    Args:
        data: the whole encoding, no trailing bytes.
        place: what these bytes are, for the error.
        limit: the most bytes that are looked at. One byte of input can take 64 bytes of memory.

    Raises:
        RemoteError: `malformed` or `too-large`.

    """
    if len(data) > limit:
        raise RemoteError(TOO_LARGE, f"{len(data)} bytes of CBOR, the limit is {limit}", place=place)
    try:
        value = cbor2.loads(data, max_depth=MAX_DEPTH, allow_indefinite=False, allow_duplicate_keys=False)
        again = encode(value)
    except (cbor2.CBORError, TypeError, ValueError, RecursionError, OverflowError) as error:
        # The library's text may quote the input: name the rule, not the bytes.
        kind = type(error).__name__
        raise RemoteError(MALFORMED, f"not deterministic CBOR, RFC 8949 4.2.1 ({kind})", place=place) from None
    if again != data:
        raise RemoteError(MALFORMED, "CBOR, but not in its deterministic form, RFC 8949 4.2.1", place=place)
    return value


def bstr_head(length: int) -> bytes:
    """Encode the head of a byte string, for formats that are put together by hand.

    >>> bstr_head(3).hex(), bstr_head(32).hex(), bstr_head(700).hex()
    ('43', '5820', '5902bc')
    """
    if length < 24:
        return bytes((0x40 | length,))
    if length < 1 << 8:
        return bytes((0x58, length))
    if length < 1 << 16:
        return b"\x59" + length.to_bytes(2)
    return b"\x5a" + length.to_bytes(4)


def _sorted(value: Any) -> Any:
    kind = type(value)
    if kind in _ATOMS:
        return value
    if kind is int:
        if _INT_MIN <= value <= _INT_MAX:
            return value
        raise ValueError("an integer of more than 64 bits")
    if kind is dict:
        return {key: _sorted(value[key]) for key in _keys(value)} if value else value
    if kind is list or kind is tuple:
        return [_sorted(item) for item in value]
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
