"""COSE_Sign1, RFC 9052 and 9053: two algorithms and no others, one form and no other, and what exactly is signed."""

from collections.abc import Callable

import pytest

from comity.errors import (
    BAD_ARGUMENT,
    BAD_SIGNATURE,
    MALFORMED,
    TOO_LARGE,
    UNKNOWN_ALGORITHM,
    LocalError,
    RemoteError,
)
from comity.proof import cbor
from comity.proof.cose import Header, Sign1, algorithm_of, parse_sign1, sign1
from comity.proof.keys import P256SigningKey, Signer, SigningKey

ED = SigningKey(bytes(range(32)))
P256 = P256SigningKey(0xC0FFEE)
EDDSA, ED25519, ES256, ESP256 = -8, -19, -7, -9


def signed(alg: int = EDDSA, signer: Signer = ED) -> bytes:
    return sign1({1: alg}, {}, b"said", signer)


def message_of(*fields: object) -> bytes:
    return b"\xd2" + cbor.encode(list(fields))


def refusal(call: Callable[[], object], code: str = MALFORMED) -> str:
    with pytest.raises(RemoteError) as caught:
        call()
    assert caught.value.code == code
    return caught.value.message


# -- algorithms


@pytest.mark.parametrize(("alg", "signer"), [(EDDSA, ED), (ED25519, ED), (ES256, P256), (ESP256, P256)])
def test_four_names_of_two_algorithms_are_taken(alg: int, signer: Signer) -> None:
    message = parse_sign1(signed(alg, signer))
    message.verify(signer.public)
    assert (message.algorithm, message.payload) == (alg, b"said")


@pytest.mark.parametrize(("signer", "alg"), [(ED, EDDSA), (P256, ES256)])
def test_the_algorithm_that_is_emitted_is_the_one_that_all_verifiers_know(signer: Signer, alg: int) -> None:
    assert algorithm_of(signer.public) == alg


NAMES = """
    -35 ES384 -36 ES512 -37 PS256 -38 PS384 -39 PS512 -46 HSS-LMS -47 ES256K -48 ML-DSA-44 -49 ML-DSA-65 -50 ML-DSA-87
    -51 ESP384 -52 ESP512 -53 Ed448 -257 RS256 -258 RS384 -259 RS512 -260 WalnutDSA -65535 RS1
    -265 ESB256 -266 ESB320 -267 ESB384 -268 ESB512 4 HS256/64 5 HS256 6 HS384 7 HS512
    0 0 1 1 8 8 19 19 -1 -1 -16 -16 -20 -20 -999 -999 9223372036854775808 9223372036854775808
""".split()


@pytest.mark.parametrize(("alg", "name"), list(zip(map(int, NAMES[::2]), NAMES[1::2], strict=True)))
@pytest.mark.parametrize("is_protected", [True, False])
def test_every_other_algorithm_is_refused_by_name(alg: int, name: str, is_protected: bool) -> None:
    headers: list[Header] = [{1: alg}, {}] if is_protected else [{}, {1: alg}]
    data = message_of(cbor.encode(headers[0]), headers[1], b"said", bytes(64))
    assert refusal(lambda: parse_sign1(data), UNKNOWN_ALGORITHM) == f"the algorithm {name} is not taken"


@pytest.mark.parametrize("alg", ["EdDSA", "none", b"\x27", True, [EDDSA], {}])
def test_an_algorithm_that_is_no_number_is_refused_without_being_quoted(alg: object) -> None:
    data = message_of(cbor.encode({1: alg}), {}, b"said", bytes(64))
    assert (
        refusal(lambda: parse_sign1(data), UNKNOWN_ALGORITHM) == "the algorithm one that is not a number is not taken"
    )


@pytest.mark.parametrize("headers", [({}, {}), ({4: b"k"}, {}), ({}, {4: b"k"}), ({1: None}, {})])
def test_a_message_names_its_algorithm(headers: tuple[Header, Header]) -> None:
    data = message_of(cbor.encode(headers[0]), headers[1], b"said", bytes(64))
    assert "no algorithm is named" in refusal(lambda: parse_sign1(data))


@pytest.mark.parametrize(("alg", "signer", "other"), [(EDDSA, ED, P256), (ES256, P256, ED), (ESP256, P256, ED)])
def test_a_key_of_the_other_kind_is_refused(alg: int, signer: Signer, other: Signer) -> None:
    message = parse_sign1(signed(alg, signer))
    assert "does not fit" in refusal(lambda: message.verify(other.public), UNKNOWN_ALGORITHM)


def test_an_algorithm_renamed_to_its_other_name_does_not_verify() -> None:
    """The name is signed: -8 and -19 are one algorithm and two messages."""
    data = signed(EDDSA).replace(b"\x43\xa1\x01\x27", b"\x43\xa1\x01\x32")
    message = parse_sign1(data)
    assert message.algorithm == ED25519
    refusal(lambda: message.verify(ED.public), BAD_SIGNATURE)


@pytest.mark.parametrize("signer", [ED, P256])
@pytest.mark.parametrize("length", [0, 1, 63, 65, 72, 114])
def test_a_signature_of_another_length_is_refused(signer: Signer, length: int) -> None:
    fields = cbor.decode(signed(algorithm_of(signer.public), signer)[1:])
    fields[3] = (fields[3] * 2)[:length]
    message = parse_sign1(b"\xd2" + cbor.encode(fields))
    code = UNKNOWN_ALGORITHM if (signer, length) == (ED, 114) else BAD_SIGNATURE
    refusal(lambda: message.verify(signer.public), code)


# -- form


HEAD = cbor.encode({1: EDDSA})


@pytest.mark.parametrize(
    "fields",
    [
        (),
        (HEAD, {}, b""),
        (HEAD, {}, b"", b"", b""),
        ({1: EDDSA}, {}, b"", b""),
        (HEAD, b"\xa0", b"", b""),
        (HEAD, [], b"", b""),
        (HEAD, {}, "text", b""),
        (HEAD, {}, True, b""),
        (HEAD, {}, b"", None),
        (HEAD, {}, b"", [[HEAD, {}, b""]]),
        ("text", {}, b"", b""),
        (None, {}, b"", b""),
    ],
)
def test_a_message_has_its_four_parts_and_no_others(fields: tuple[object, ...]) -> None:
    assert "[bstr, map, bstr or nil, bstr]" in refusal(lambda: parse_sign1(message_of(*fields)))


@pytest.mark.parametrize("value", [{0: HEAD, 1: {}, 2: b"", 3: b""}, b"", 0, None, "text"])
def test_a_message_is_an_array(value: object) -> None:
    assert "not a COSE_Sign1" in refusal(lambda: parse_sign1(b"\xd2" + cbor.encode(value)))


@pytest.mark.parametrize("protected", [[], b"", 1, "a", None, [{1: EDDSA}], {b"k": 1, 1: EDDSA}])
def test_the_protected_header_is_a_map_of_labels(protected: object) -> None:
    assert "a header is a map of labels" in refusal(
        lambda: parse_sign1(message_of(cbor.encode(protected), {}, b"", b""))
    )


def test_the_unprotected_header_is_a_map_of_labels() -> None:
    assert "a header is a map of labels" in refusal(lambda: parse_sign1(message_of(HEAD, {b"k": 1}, b"", b"")))
    parse_sign1(message_of(HEAD, {"text": 1, 99: [None]}, b"", b""))


@pytest.mark.parametrize(
    "header", ["a10127ff", "a1", "bf0127ff", "a1013807", "a201270127", "a204410101 27", "d2a10127", "a101f93c00"]
)
def test_the_protected_header_is_deterministic_too(header: str) -> None:
    assert "RFC 8949 4.2.1" in refusal(lambda: parse_sign1(message_of(bytes.fromhex(header), {}, b"", b"")))


def test_a_label_stands_in_one_header_only() -> None:
    assert "one label in both" in refusal(lambda: parse_sign1(message_of(HEAD, {1: EDDSA}, b"", b"")))
    assert "one label in both" in refusal(
        lambda: parse_sign1(message_of(cbor.encode({1: EDDSA, 4: b"k"}), {4: b"k"}, b"", b""))
    )


@pytest.mark.parametrize("start", ["", "84", "d1", "d3", "d812", "d90012", "d9d9f7d2", "d2d2", "c1"])
def test_a_message_begins_with_its_tag_in_its_shortest_form(start: str) -> None:
    data = bytes.fromhex(start) + signed()[1:]
    refusal(lambda: parse_sign1(data))


def test_where_no_tag_is_due_there_is_none() -> None:
    untagged = signed()[1:]
    assert parse_sign1(untagged, tagged=False) == parse_sign1(signed())
    assert "a tag" in refusal(lambda: parse_sign1(signed(), tagged=False))
    refusal(lambda: parse_sign1(b""))


def test_a_message_past_the_limit_of_cbor_is_too_large() -> None:
    refusal(lambda: parse_sign1(bytes((0xD2,)) + bytes(cbor.DEFAULT_LIMIT + 1)), TOO_LARGE)


def test_every_refusal_names_the_place() -> None:
    for data in (
        b"",
        signed()[:-1],
        message_of(HEAD, {}, b""),
        message_of(b"", {}, b"", b""),
        message_of(HEAD, {1: 1}, b"", b""),
    ):
        with pytest.raises(RemoteError) as caught:
            parse_sign1(data, place="held")
        assert caught.value.place == "held"


# -- crit, RFC 9052 section 3.1


@pytest.mark.parametrize("critical", [[1], [3], [4], [1, 3, 4], [4, 4]])
def test_critical_headers_that_are_here_and_understood_are_taken(critical: list[int]) -> None:
    data = sign1({1: EDDSA, 2: critical, 3: 0, 4: b"k"}, {}, b"said", ED)
    parse_sign1(data).verify(ED.public)


@pytest.mark.parametrize("critical", [[15], [258], [-70000], ["b64"], [1, 15], [2], [3], [1, 4]])
def test_a_critical_header_that_is_not_understood_or_not_here_is_refused(critical: list[object]) -> None:
    data = sign1({1: EDDSA, 2: critical, 15: {}, 258: -16}, {}, b"said", ED)
    assert "not there or not understood" in refusal(lambda: parse_sign1(data))


@pytest.mark.parametrize("critical", [[], 1, "a", None, {}, [None], [True], [b"k"], [[1]], [1, [1]], [{}]])
def test_crit_is_a_list_of_labels(critical: object) -> None:
    data = sign1({1: EDDSA, 2: critical}, {}, b"said", ED)
    assert "crit lists labels" in refusal(lambda: parse_sign1(data))


def test_crit_stands_in_the_protected_header() -> None:
    data = sign1({1: EDDSA}, {2: [1]}, b"said", ED)
    assert "in the protected header" in refusal(lambda: parse_sign1(data))


# -- what is signed


@pytest.mark.parametrize("wire", ["40", "41a0"])
def test_an_empty_protected_header_is_signed_as_the_empty_string_however_it_came(wire: str) -> None:
    data = sign1({}, {1: EDDSA}, b"said", ED)
    assert data.startswith(b"\xd2\x84\x40")
    parse_sign1(data[:2] + bytes.fromhex(wire) + data[3:]).verify(ED.public)


def test_the_payload_is_signed_where_it_travels_elsewhere() -> None:
    data = sign1({1: EDDSA}, {}, None, ED, detached=b"said")
    message = parse_sign1(data)
    assert message.payload is None
    assert b"said" not in data
    message.verify(ED.public, payload=b"said")
    refusal(lambda: message.verify(ED.public, payload=b"Said"), BAD_SIGNATURE)


def test_an_empty_payload_is_not_an_absent_one() -> None:
    parse_sign1(sign1({1: EDDSA}, {}, b"", ED)).verify(ED.public)
    message = parse_sign1(sign1({1: EDDSA}, {}, None, ED, detached=b""))
    message.verify(ED.public, payload=b"")
    refusal(lambda: message.verify(ED.public))


def test_there_is_one_payload_and_not_two_or_none() -> None:
    inside, outside = parse_sign1(signed()), parse_sign1(sign1({1: EDDSA}, {}, None, ED, detached=b"said"))
    for call in (lambda: inside.verify(ED.public, payload=b"said"), lambda: outside.verify(ED.public)):
        assert "either in the message or detached" in refusal(call)
    for payload, detached in ((None, None), (b"said", b"said")):
        with pytest.raises(LocalError) as caught:
            sign1({1: EDDSA}, {}, payload, ED, detached=detached)
        assert caught.value.code == BAD_ARGUMENT


def test_external_data_is_signed_and_not_carried() -> None:
    data = sign1({1: EDDSA}, {}, b"said", ED, b"known to both")
    message = parse_sign1(data)
    assert b"known" not in data
    message.verify(ED.public, external_aad=b"known to both")
    refusal(lambda: message.verify(ED.public), BAD_SIGNATURE)
    refusal(lambda: message.verify(ED.public, external_aad=b"known to Both"), BAD_SIGNATURE)


@pytest.mark.parametrize("moved", [(b"ab", b"c"), (b"a", b"bc"), (b"abc", b""), (b"", b"abc")])
def test_bytes_cannot_move_between_what_is_external_and_the_payload(moved: tuple[bytes, bytes]) -> None:
    message = parse_sign1(sign1({1: EDDSA}, {}, None, ED, b"abcd", detached=b"ef"))
    message.verify(ED.public, payload=b"ef", external_aad=b"abcd")
    aad, rest = moved
    refusal(lambda: message.verify(ED.public, payload=rest + b"def", external_aad=aad), BAD_SIGNATURE)


def test_a_message_is_verified_over_the_bytes_that_came() -> None:
    data = sign1({1: EDDSA, "unknown": [1, {"deep": None}]}, {"also": b"kept"}, b"said", ED)
    message = parse_sign1(data)
    assert message.protected_bytes in data
    assert message.protected["unknown"] == [1, {"deep": None}]
    assert message.unprotected == {"also": b"kept"}
    message.verify(ED.public)
    Sign1(message.protected_bytes, {1: EDDSA}, {}, b"said", message.signature).verify(ED.public)


@pytest.mark.parametrize(
    ("protected", "unprotected", "signer"),
    [
        ({}, {}, ED),
        ({1: ES256}, {}, ED),
        ({1: EDDSA}, {}, P256),
        ({1: -35}, {}, P256),
        ({1: "ES256"}, {}, P256),
        ({}, {1: ES256}, ED),
    ],
)
def test_nothing_is_signed_under_a_name_that_does_not_fit_the_key(
    protected: Header, unprotected: Header, signer: Signer
) -> None:
    with pytest.raises(LocalError) as caught:
        sign1(protected, unprotected, b"said", signer)
    assert caught.value.code == BAD_ARGUMENT


@pytest.mark.parametrize("size", [0, 23, 24, 255, 256, 65_535, 65_536])
def test_what_is_signed_is_the_deterministic_encoding_of_its_parts(size: int) -> None:
    data = sign1({1: EDDSA, 4: b"k"}, {5: 1}, bytes(size), ED)
    message = parse_sign1(data)
    parts = [message.protected_bytes, message.unprotected, message.payload, message.signature]
    assert data == b"\xd2" + cbor.encode(parts)
    structure = cbor.encode(["Signature1", message.protected_bytes, b"", message.payload])
    ED.public.verify(message.signature, structure)
