"""RFC 8949 section 4.2.1: one value has one encoding, and no other bytes are read as that value."""

import tracemalloc
from typing import Any

import pytest

from comity.errors import MALFORMED, TOO_LARGE, RemoteError
from comity.proof.cbor import MAX_DEPTH, MAX_ITEMS, bstr, bstr_head, decode, encode

# RFC 8949 appendix A, less the floats, tags, simple values and indefinite lengths that have no place here.
EXAMPLES: list[tuple[object, str]] = [
    (0, "00"),
    (1, "01"),
    (10, "0a"),
    (23, "17"),
    (24, "1818"),
    (25, "1819"),
    (100, "1864"),
    (1000, "1903e8"),
    (1000000, "1a000f4240"),
    (1000000000000, "1b000000e8d4a51000"),
    (18446744073709551615, "1bffffffffffffffff"),
    (-18446744073709551616, "3bffffffffffffffff"),
    (-1, "20"),
    (-10, "29"),
    (-100, "3863"),
    (-1000, "3903e7"),
    (False, "f4"),
    (True, "f5"),
    (None, "f6"),
    (b"", "40"),
    (b"\x01\x02\x03\x04", "4401020304"),
    ("", "60"),
    ("a", "6161"),
    ("IETF", "6449455446"),
    ('"\\', "62225c"),
    ("\u00fc", "62c3bc"),
    ("\u6c34", "63e6b0b4"),
    ("\U00010151", "64f0908591"),
    ([], "80"),
    ([1, 2, 3], "83010203"),
    ([1, [2, 3], [4, 5]], "8301820203820405"),
    (list(range(1, 26)), "98190102030405060708090a0b0c0d0e0f101112131415161718181819"),
    ({}, "a0"),
    ({1: 2, 3: 4}, "a201020304"),
    ({"a": 1, "b": [2, 3]}, "a26161016162820203"),
    (["a", {"b": "c"}], "826161a161626163"),
    ({"a": "A", "b": "B", "c": "C", "d": "D", "e": "E"}, "a56161614161626142616361436164614461656145"),
]


def refusal(hexes: str) -> str:
    """The rule that the bytes break."""
    with pytest.raises(RemoteError) as caught:
        decode(bytes.fromhex(hexes))
    assert caught.value.code == MALFORMED
    assert "RFC 8949 4.2.1" in caught.value.message
    return caught.value.message.split(": ")[-1]


@pytest.mark.parametrize(("value", "hexes"), EXAMPLES, ids=[hexes for _, hexes in EXAMPLES])
def test_the_examples_of_the_rfc_are_written_and_read_as_it_has_them(value: object, hexes: str) -> None:
    assert encode(value).hex() == hexes
    again = decode(bytes.fromhex(hexes))
    assert again == value
    assert type(again) is type(value)


# -- what is refused, and by which rule


@pytest.mark.parametrize(
    "hexes",
    [
        *["1817", "190017", "1900ff", "1a000000ff", "1a0000ffff", "1b00000000ffffffff", "1b0000000000000000"],
        *["3817", "3900ff", "3a0000ffff", "3b00000000ffffffff"],
        *["5800", "580161", "59000161", "5a0000000161", "5b000000000000000161"],
        *["780161", "7900016161", "980100", "99000100", "b8010000", "b900010000"],
    ],
)
def test_a_number_or_length_longer_than_it_has_to_be_is_refused(hexes: str) -> None:
    assert refusal(hexes) == "a number longer than it has to be"


@pytest.mark.parametrize("head", ["1f", "3f", "5f", "7f", "9f", "bf"])
def test_an_indefinite_length_is_refused(head: str) -> None:
    assert refusal(head + "ff") == "an indefinite length or a reserved one"


@pytest.mark.parametrize("major", range(6))
@pytest.mark.parametrize("info", [28, 29, 30])
def test_a_reserved_length_is_refused(major: int, info: int) -> None:
    assert refusal(bytes((major << 5 | info, 0, 0, 0, 0, 0, 0, 0, 0)).hex()) == "an indefinite length or a reserved one"


@pytest.mark.parametrize(
    "hexes",
    [
        "a2010000 00",  # 1 before 0
        "a220000000",  # -1 before 0
        "a2616200616100",  # "b" before "a"
        "a262616100616200",  # "aa" before "b": shorter encodings come first
        "a241610000 00",  # a string before a number
        "a2181800 0100",  # 24 before 1
        "a2000000 00",  # 0 twice
        "a2616100616100",
        "a240004000",
        "a30000010001 00",
    ],
)
def test_map_keys_out_of_order_or_twice_are_refused(hexes: str) -> None:
    assert refusal(hexes) == "a map key out of order or twice"


@pytest.mark.parametrize("key", ["80", "8101", "a0", "c24101", "d81c00", "f4", "f5", "f6", "f7", "f90000", "ff"])
def test_a_map_key_is_a_number_or_a_string(key: str) -> None:
    assert refusal(f"a1{key}00") == "a map key that is neither a number nor a string"


@pytest.mark.parametrize(
    "tag", ["c0", "c1", "c2", "c3", "c4", "c5", "d2", "d81c", "d81d", "d8236128", "d9010280", "d9d9f7"]
)
def test_every_tag_is_refused(tag: str) -> None:
    assert refusal(tag + "00") == "a tag"


def test_a_bignum_is_refused_also_where_it_says_a_small_number() -> None:
    assert refusal("c24101") == "a tag"
    assert refusal("c249010000000000000000") == "a tag"
    assert refusal("c349010000000000000000") == "a tag"


@pytest.mark.parametrize(
    "hexes",
    [
        *["f90000", "f93c00", "f97e00", "f97c00", "fa47c35000", "fb3ff199999999999a", "fb7ff8000000000000"],
        *["f7", "e0", "f0", "f3", "f800", "f814", "f815", "f816", "f818", "f820", "f8ff", "fc", "fd", "fe", "ff"],
    ],
)
def test_floats_undefined_and_other_simple_values_are_refused(hexes: str) -> None:
    assert refusal(hexes) == "a float or a simple value other than false, true and null"


@pytest.mark.parametrize("hexes", ["0000", "f6f6", "4000", "8000", "a0a0", "81 00 00", "60ff", "00f90000"])
def test_bytes_after_the_value_are_refused(hexes: str) -> None:
    assert refusal(hexes) == "bytes after the value"


@pytest.mark.parametrize("whole", [hexes for _, hexes in EXAMPLES], ids=str)
def test_every_cut_is_refused(whole: str) -> None:
    data = bytes.fromhex(whole)
    for end in range(len(data)):
        assert refusal(data[:end].hex()) == "it ends too early, as if it had been cut off"


@pytest.mark.parametrize(
    "hexes", ["5bffffffffffffffff", "7bffffffffffffffff", "9bffffffffffffffff", "bbffffffffffffffff", "5affffffff00"]
)
def test_a_length_that_no_machine_could_hold_costs_nothing(hexes: str) -> None:
    assert refusal(hexes) == "it ends too early, as if it had been cut off"


@pytest.mark.parametrize("text", ["ff", "80", "c3", "c0af", "eda080", "edbfbf", "f4908080", "e282"])
def test_a_text_is_utf8(text: str) -> None:
    """Overlong forms, halves of surrogates and what lies past Unicode included."""
    assert refusal(f"{0x60 + len(text) // 2:02x}{text}") == "a text that is not UTF-8"


# -- limits


@pytest.mark.parametrize("opening", ["81", "a100"])
def test_containers_nest_sixteen_deep_and_no_deeper(opening: str) -> None:
    assert decode(bytes.fromhex(opening * MAX_DEPTH + "00")) is not None
    assert refusal(opening * (MAX_DEPTH + 1) + "00") == f"nested deeper than {MAX_DEPTH}"
    assert refusal(opening * MAX_DEPTH + "80") == f"nested deeper than {MAX_DEPTH}"


@pytest.mark.parametrize("opening", ["81", "a100", "98ff"])
def test_a_depth_bomb_is_refused_where_it_gets_too_deep(opening: str) -> None:
    with pytest.raises(RemoteError) as caught:
        decode(bytes.fromhex(opening) * 100_000)
    assert f"byte {MAX_DEPTH * len(opening) // 2}: nested" in caught.value.message


def test_keys_that_would_all_have_one_hash_are_refused_before_they_are_hashed() -> None:
    """hash(-1) == hash(-2) in Python: 2**14 lists of the two would take a dict a hundred million comparisons."""
    assert len({hash((-1,) * 14), hash((-2,) * 14)}) == 1
    keys = b"".join(
        b"\x8e" + bytes(0x20 | number >> bit & 1 for bit in range(14)) + b"\x00" for number in range(1 << 14)
    )
    with pytest.raises(RemoteError) as caught:
        decode(b"\xb9\x40\x00" + keys)
    assert "byte 3: a map key that is neither" in caught.value.message


# Some 16 MiB of the smallest values, as lists and maps can hold them; each but the first takes memory for every one.
_LENGTH = (16 << 20) - 16
BOMBS: dict[str, bytes] = {
    "a list of empty lists": b"\x9a" + _LENGTH.to_bytes(4) + b"\x80" * _LENGTH,
    "a list of empty maps": b"\x9a" + _LENGTH.to_bytes(4) + b"\xa0" * _LENGTH,
    "lists of one in a list": b"\x9a" + (_LENGTH // 2).to_bytes(4) + b"\x81\x80" * (_LENGTH // 2),
    "maps of one in a list": b"\x9a" + (_LENGTH // 3).to_bytes(4) + b"\xa1\x00\x80" * (_LENGTH // 3),
    "lists of 255 in a list": b"\x99\xff\xff" + (b"\x98\xff" + b"\x80" * 255) * 0xFFFF,
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_message_of_too_many_values_is_refused_before_they_take_memory(bomb: str) -> None:
    data = BOMBS[bomb]
    tracemalloc.start()
    with pytest.raises(RemoteError) as caught:
        decode(data, limit=1 << 25, place="a page")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (caught.value.code, caught.value.place) == (TOO_LARGE, "a page")
    assert peak < 200 * MAX_ITEMS


@pytest.mark.parametrize("per", [1, 10, 1000])
def test_as_many_values_as_are_allowed_are_read_however_they_are_put(per: int) -> None:
    lists = MAX_ITEMS // (per + 1)
    most = [[0] * per] * lists + [0] * (MAX_ITEMS - lists * (per + 1))
    assert decode(encode(most)) == most
    maps = [dict.fromkeys(range(per), 0)] * (MAX_ITEMS // (2 * per + 1))
    assert decode(encode(maps)) == maps
    for more in ([*most, 0], [*maps, *maps]):
        with pytest.raises(RemoteError) as caught:
            decode(encode(more))
        assert caught.value.code == TOO_LARGE


def test_more_bytes_than_the_limit_are_not_looked_at() -> None:
    assert decode(b"\x00", limit=1) == 0
    with pytest.raises(RemoteError) as caught:
        decode(b"\xff\xff", limit=1, place="a page")
    assert (caught.value.code, caught.value.place) == (TOO_LARGE, "a page")
    assert "2 bytes" in caught.value.message


def test_a_refusal_names_the_place_and_the_byte_but_quotes_nothing() -> None:
    with pytest.raises(RemoteError) as caught:
        decode(bytes.fromhex("8266736563726574f93c00"), place="the note")
    assert caught.value.place == "the note"
    assert "byte 8: a float" in caught.value.message
    assert "secret" not in str(caught.value)
    assert caught.value.evidence == {}


# -- encoding


def test_map_keys_are_written_in_the_order_of_their_encodings() -> None:
    """RFC 8949 4.2.1 has the list: 10, 100, -1, "z", "aa"; its last three are no keys here."""
    keys: list[Any] = [10, 100, -1, "z", "aa"]
    for given in (keys, keys[::-1]):
        assert list(decode(encode(dict.fromkeys(given)))) == keys


@pytest.mark.parametrize(
    "keys", [[0, 23, 24, 255, 256, 1 << 32, (1 << 64) - 1], [5, -1, -24, -25], [1, b"", b"a", "", "a"]]
)
def test_numbers_and_strings_of_all_lengths_are_ordered_as_keys(keys: list[Any]) -> None:
    encoded = [encode(key) for key in keys]
    assert encoded == sorted(encoded)
    assert list(decode(encode(dict.fromkeys(reversed(keys), True)))) == keys


def test_a_tuple_is_written_as_a_list() -> None:
    assert encode((1, (2,))) == encode([1, [2]])


@pytest.mark.parametrize(
    "value", [1 << 64, -(1 << 64) - 1, {1 << 64: 0}, {-(1 << 64) - 1: 0}, {0: 0, 1 << 64: 0}, [1 << 70]]
)
def test_a_number_of_more_than_64_bits_is_not_written(value: object) -> None:
    with pytest.raises(ValueError, match="64 bits"):
        encode(value)


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        {1, 2},
        bytearray(b"a"),
        object(),
        [1.5],
        {"a": 2j},
        {1.0: 1},
        {None: 1},
        {True: 1},
        {(): 1},
        {0: 0, True: 1},
    ],
)
def test_what_has_no_place_in_these_formats_is_not_written(value: object) -> None:
    with pytest.raises(TypeError):
        encode(value)


def test_a_text_that_is_not_unicode_is_not_written() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        encode("\ud800")


def test_nothing_is_written_that_would_be_refused_as_too_deep() -> None:
    value: object = 0
    for _ in range(MAX_DEPTH):
        value = [value]
    assert decode(encode(value)) == value
    with pytest.raises(ValueError, match="nested deeper"):
        encode({0: value})


@pytest.mark.parametrize("length", [*range(300), 65_535, 65_536])
def test_a_byte_string_put_together_by_hand_is_the_one_that_encoding_writes(length: int) -> None:
    assert bstr(bytes(length)) == encode(bytes(length))


@pytest.mark.parametrize("length", [0, 1, 23, 24, 255, 256, 65_535, 65_536, 1 << 24])
def test_the_head_of_a_byte_string_is_the_one_that_encoding_writes(length: int) -> None:
    assert bstr_head(length) == encode(bytes(length))[: -length or None]
