"""A party is what its root key says of it: five distinct keys, an address, and nobody else's words."""

import base64
import quopri
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.errors import (
    BAD_ARGUMENT,
    BAD_SIGNATURE,
    FINGERPRINT_MISMATCH,
    NOT_STIX,
    UNKNOWN_KEY,
    WRONG_ISSUER,
    LocalError,
    RemoteError,
)
from comity.exchange import sign
from comity.model import content, party
from comity.model.content import parse
from comity.model.fingerprint import Fingerprint
from comity.model.party import UNPLACED
from comity.model.statement import Draft, Signed, Unverified
from comity.proof import cbor
from comity.proof.keys import Kind, P256SigningKey, Signer, SigningKey
from unit.exchange.speaker import REPORT, Speaker, at
from world import keys_of

FR, RU = Speaker("fr"), Speaker("ru")
WHOLE: dict[str, Any] = dict(FR.descriptor.signed.object.properties)


def described(signer: Signer | None = None, origin: str | None = None, **changes: Any) -> Unverified:
    """fr's descriptor with other properties (None leaves one out), signed by fr's root unless said otherwise."""
    whole = {name: value for name, value in {**WHOLE, **changes}.items() if value is not None}
    draft = Draft(parse(content.dump(whole)))
    signed = sign.sign(draft, origin=origin or FR.origin, now=at(0), random=bytes(32), signer=signer or FR.root)
    return FR.show(signed)


def refused(shown: Unverified, expected: Fingerprint | None = None) -> tuple[str, str]:
    with pytest.raises(RemoteError) as caught:
        party.read(shown, expected)
    return caught.value.code, caught.value.place


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def test_a_descriptor_is_read_as_it_was_written() -> None:
    found = party.read(described())
    assert (found.party, found.name, found.addresses) == ("fr", "FR", ("http://fr.example",))
    assert found.fingerprint == FR.root.public.id.hex()
    assert found.key("statement", UNPLACED).raw == FR.statement.public.raw
    assert (found.origin, found.witness_name) == (FR.origin, f"{FR.origin}/w")


def test_the_fingerprint_is_that_of_the_root_key_and_nothing_else_decides() -> None:
    assert party.read(described(), FR.fingerprint).fingerprint == FR.fingerprint
    with pytest.raises(RemoteError) as caught:
        party.read(described(), RU.fingerprint)
    assert caught.value.code == FINGERPRINT_MISMATCH
    assert caught.value.evidence == {"expected": RU.fingerprint, "found": FR.fingerprint}


@pytest.mark.parametrize(
    "signer", [FR.statement, FR.log, RU.root], ids=["its statement key", "its log key", "another's root"]
)
def test_a_descriptor_is_signed_by_its_own_root_key(signer: Signer) -> None:
    assert refused(described(signer)) == (UNKNOWN_KEY, "")


def test_a_forged_signature_of_the_root_is_seen() -> None:
    data, salt, raw = described().envelope.data, described().salt, described().content
    forged = Unverified.read([data[:-1] + bytes([data[-1] ^ 1]), salt, raw])
    assert refused(forged) == (BAD_SIGNATURE, "")


def test_a_descriptor_is_issued_by_the_party_it_describes() -> None:
    assert refused(described(origin=RU.origin)) == (WRONG_ISSUER, "")


def test_another_object_is_no_descriptor() -> None:
    assert refused(FR.show(FR.say().signed)) == (NOT_STIX, "/type")


def with_key(role: str, text: object) -> dict[str, Any]:
    return {**WHOLE["keys"], role: text}


ED25519 = b64(SigningKey(bytes(32)).public.raw)
P256 = b64(P256SigningKey(7).public.raw)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ED25519 + "=",
        ED25519[:-1],
        ED25519[:-1] + chr(ord(ED25519[-1]) + 1),
        ED25519.replace(ED25519[3], "+", 1),
        "é" * 43,
        "A" * 43,
        b64(b"\4" + bytes(64)),
        "A" * 200,
        7,
        None,
    ],
    ids=[
        "empty",
        "padded",
        "short",
        "stray bits",
        "plain alphabet",
        "letters",
        "weak",
        "no point",
        "long",
        "int",
        "nil",
    ],
)
def test_a_key_that_is_none_is_refused_at_its_place(text: object) -> None:
    assert refused(described(keys=with_key("statement", text))) == (NOT_STIX, "/keys/statement")


@pytest.mark.parametrize("keys", [None, [], "keys", {}, {**WHOLE["keys"], "spare": ED25519}, {"root": ED25519}])
def test_there_is_a_key_for_each_use_and_no_other(keys: object) -> None:
    assert refused(described(keys=keys)) == (NOT_STIX, "/keys")


def test_one_key_has_one_use() -> None:
    keys = with_key("log", WHOLE["keys"]["witness"])
    assert refused(described(keys=keys)) == (NOT_STIX, "/keys")


@pytest.mark.parametrize("role", ["root", "log", "witness", "transport"])
def test_only_statements_may_be_signed_with_p256(role: str) -> None:
    assert refused(described(keys=with_key(role, P256))) == (NOT_STIX, f"/keys/{role}")
    assert party.read(described(keys=with_key("statement", P256))).key("statement", UNPLACED).kind is Kind.P256


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("party", "all"),
        ("party", "Fr"),
        ("party", None),
        ("name", ""),
        ("name", "a" * 201),
        ("name", "France\n"),
        ("name", "\u202eecnarF"),
        ("next_root", "00"),
        ("addresses", None),
        ("addresses", "http://fr.example"),
        ("addresses", ["http://fr.example"] * 9),
    ],
)
def test_a_property_of_another_form_is_refused_at_its_place(name: str, value: Any) -> None:
    assert refused(described(**{name: value})) == (NOT_STIX, f"/{name}")


def test_a_party_may_have_no_address_and_a_name_in_any_script() -> None:
    assert party.read(described(addresses=[])).addresses == ()
    for name in ("Франция", "法国", "فرنسا", "फ़्रान्स"):
        assert party.read(described(name=name)).name == name


# -- reconstructions


def test_a_party_is_a_reconstruction_only_where_its_descriptor_says_so() -> None:
    assert party.read(described()).reconstruction is False
    assert party.read(described(reconstruction=True)).reconstruction is True


@pytest.mark.parametrize("reconstruction", [True, False])
def test_a_descriptor_carries_the_mark_that_it_was_written_with(reconstruction: bool) -> None:
    keys = keys_of(FR.descriptor)
    raw = party.write(
        WHOLE["id"],
        at(0),
        party="fr",
        name="France",
        keys=keys,
        next_root=bytes(32),
        addresses=[],
        reconstruction=reconstruction,
    )
    assert (b"reconstruction" in raw) == reconstruction
    draft = Draft(parse(raw))
    signed = sign.sign(draft, origin=FR.origin, now=at(0), random=bytes(32), signer=FR.root)
    assert party.read(FR.show(signed)).reconstruction is reconstruction


@pytest.mark.parametrize("value", [False, 1, 0, "true", "", [], {"demo": True}])
def test_a_mark_that_says_anything_but_true_is_refused_and_never_read_as_none(value: Any) -> None:
    assert refused(described(reconstruction=value)) == (NOT_STIX, "/reconstruction")


def test_a_mark_of_null_is_refused_too() -> None:
    draft = Draft(parse(content.dump({**WHOLE, "reconstruction": None})))
    signed = sign.sign(draft, origin=FR.origin, now=at(0), random=bytes(32), signer=FR.root)
    assert refused(FR.show(signed)) == (NOT_STIX, "/reconstruction")


# -- vouching


def test_a_party_vouches_for_what_its_statement_key_signed() -> None:
    said = FR.say().signed
    assert FR.descriptor.vouch(FR.show(said), UNPLACED) == said


def test_a_statement_of_another_issuer_is_not_taken() -> None:
    assert vouched_not(RU.show(RU.say().signed)) == WRONG_ISSUER


def test_a_statement_signed_with_another_key_of_the_party_is_not_taken() -> None:
    assert vouched_not(FR.show(FR.sign(Draft(parse(REPORT)), signer=FR.log))) == UNKNOWN_KEY


def test_a_statement_with_a_forged_signature_is_not_taken() -> None:
    data, salt, raw = FR.say().signed.triple
    assert vouched_not(Unverified.read([data[:-64] + bytes(64), salt, raw])) == BAD_SIGNATURE


def test_another_party_that_borrows_name_and_kid_is_not_taken() -> None:
    """The kid is eight bytes that anybody can write; the signature decides."""

    class Borrowed:
        public = FR.statement.public

        def sign(self, message: bytes) -> bytes:
            return RU.statement.sign(message)

    assert vouched_not(FR.show(FR.sign(Draft(parse(REPORT)), signer=Borrowed()))) == BAD_SIGNATURE


def vouched_not(shown: Unverified) -> str:
    with pytest.raises(RemoteError) as caught:
        FR.descriptor.vouch(shown, UNPLACED)
    return caught.value.code


# -- the armour


def packed(signed: Signed) -> bytes:
    return cbor.encode(list(signed.triple))


def test_an_armoured_descriptor_is_text_and_comes_out_as_it_went_in() -> None:
    raw = packed(FR.descriptor.signed)
    text = party.armour(raw)
    assert text.isascii()
    assert max(map(len, text.splitlines())) <= 64
    assert party.unarmour(text) == raw


def test_the_mail_may_have_changed_the_ends_of_lines() -> None:
    raw = packed(FR.descriptor.signed)
    assert party.unarmour("\r\n\r\n  " + party.armour(raw).replace("\n", " \r\n") + "\n\n") == raw


raws = st.binary(min_size=1, max_size=400)
prose = st.lists(
    st.sampled_from(["", "Dear colleagues,", "see below - it is ours", "> On Monday you wrote:", "--"]), max_size=4
)


@given(
    raws,
    st.sampled_from(["", "> ", ">> ", "> > ", "| ", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
    prose,
    prose,
    st.integers(8, 70),
)
def test_a_descriptor_is_read_out_of_a_mail_however_it_is_quoted_and_wrapped(
    raw: bytes, quote: str, end: str, before: list[str], after: list[str], width: int
) -> None:
    first, *body, last = party.armour(raw).splitlines()
    digits = "".join(body)
    wrapped = [digits[at : at + width] for at in range(0, len(digits), width)]
    lines = [*before, *(quote + line for line in (first, *wrapped, last)), *after]
    assert party.unarmour(end.join(lines)) == raw


def test_a_descriptor_that_stands_twice_in_a_mail_is_one_and_two_are_refused() -> None:
    one, other = party.armour(b"one"), party.armour(b"other")
    assert party.unarmour(one + "\n> " + one.replace("\n", "\n> ")) == b"one"
    with pytest.raises(LocalError, match="there are 2 descriptors"):
        party.unarmour(one + other)


def test_dashes_that_a_mail_program_made_longer_are_dashes() -> None:
    changed = party.armour(b"one").replace("-----", "\N{EM DASH}\N{EM DASH}-")
    assert party.unarmour(changed) == b"one"


@given(
    st.binary(min_size=1, max_size=300),
    st.sampled_from(
        [
            lambda text: quopri.encodestring(text.encode()).decode(),
            lambda text: "<p>" + text.replace("\n", "<br>\n") + "</p>",
            lambda text: text.replace("\n", "&nbsp;<br/>\n&gt; "),
            lambda text: text.replace("\n", "\u200b\n"),
            lambda text: f"<div>{text}</div>".replace("\n", "</div>\n<div>"),
        ]
    ),
)
def test_a_descriptor_is_read_out_of_mails_of_any_dress(raw: bytes, dressed: Callable[[str], str]) -> None:
    assert party.unarmour(dressed(party.armour(raw))) == raw


def test_a_descriptor_that_is_cut_off_is_said_to_be() -> None:
    with pytest.raises(LocalError, match="cut off"):
        party.unarmour("\n".join(LINES[:-1]))


LINES = party.armour(bytes(range(100))).splitlines()


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["hello"],
        LINES[1:],
        LINES[:-1],
        [LINES[0], LINES[-1]],
        [*LINES[:-2], LINES[-2][:-1], LINES[-1]],
        [LINES[0], "?" + LINES[1][1:], *LINES[2:]],
        [LINES[0], "é" + LINES[1][1:], *LINES[2:]],
        [LINES[0], "AB==", LINES[-1]],
        [LINES[0], "AAAA=AAA", LINES[-1]],
    ],
)
def test_a_damaged_armour_is_refused(lines: list[str]) -> None:
    with pytest.raises(LocalError) as caught:
        party.unarmour("\n".join(lines))
    assert caught.value.code == BAD_ARGUMENT
