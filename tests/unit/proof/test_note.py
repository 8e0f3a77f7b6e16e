"""Signed notes, C2SP signed-note: others' notes verify, ours are theirs, and a note has one form."""

from base64 import b64decode
from collections.abc import Callable
from hashlib import sha256

import pytest

from comity.errors import BAD_ARGUMENT, BAD_SIGNATURE, MALFORMED, TOO_LARGE, UNKNOWN_KEY, LocalError, RemoteError
from comity.proof.keys import P256SigningKey, SigningKey
from comity.proof.note import (
    COSIGNATURE,
    MAX_NOTE,
    MAX_SIGNATURES,
    PLAIN,
    NoteKey,
    from_base64,
    is_name,
    parse_line,
    parse_note,
    sign_note,
    to_base64,
)

ED, OTHER = SigningKey(bytes(range(32))), SigningKey(bytes(32))
NAME = "example.com/log"
KEY = NoteKey(NAME, PLAIN, ED.public)
TEXT = "one line\nanother\n"
NOTE = sign_note(TEXT, [(NAME, ED)])

# What others have signed: C2SP signed-note's own example, and a head of the Go checksum database.
EXAMPLE = """\
This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
GO_SUM = """\
go.sum database tree
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— sum.golang.org Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
"""
FOREIGN = [
    ("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", EXAMPLE),
    ("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8", GO_SUM),
]


def refusal(call: Callable[[], object], code: str = MALFORMED) -> str:
    with pytest.raises(RemoteError) as caught:
        call()
    assert caught.value.code == code
    return caught.value.message


def impossible(call: Callable[[], object]) -> None:
    with pytest.raises(LocalError) as caught:
        call()
    assert caught.value.code == BAD_ARGUMENT


# -- others' notes


@pytest.mark.parametrize(("vkey", "note"), FOREIGN)
def test_others_notes_verify(vkey: str, note: str) -> None:
    key = NoteKey.from_vkey(vkey)
    assert key.vkey == vkey
    parsed = parse_note(note)
    parsed.verify(key)
    assert parsed.data == note.encode()
    assert (parsed.text + "\n" + parsed.signatures[0].line) == note


@pytest.mark.parametrize(("vkey", "note"), FOREIGN)
def test_every_flipped_bit_of_others_notes_is_refused(vkey: str, note: str) -> None:
    key, data = NoteKey.from_vkey(vkey), note.encode()
    for bit in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(RemoteError) as caught:
            parse_note(bytes(flipped)).verify(key)
        assert caught.value.code in {MALFORMED, BAD_SIGNATURE, UNKNOWN_KEY}


def test_a_note_may_hold_empty_lines_and_any_script() -> None:
    """The first example of C2SP signed-note."""
    poem = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n"
    line = (
        "— quasimodo.example/salvatore "
        "NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
    )
    note = parse_note(poem + "\n" + line)
    assert note.text == poem
    assert [signature.name for signature in note.signatures] == ["quasimodo.example/salvatore"]
    assert note.signatures[0].key_id.hex() == "367ba04b"


# -- our notes


def test_a_note_is_its_text_an_empty_line_and_signature_lines() -> None:
    """Put together as the specification says it."""
    key_id = sha256(NAME.encode() + b"\n\x01" + ED.public.raw).digest()[:4]
    signed = to_base64(key_id + ED.sign(TEXT.encode()))
    assert NOTE.decode() == f"one line\nanother\n\n\N{EM DASH} {NAME} {signed}\n"


@pytest.mark.parametrize(
    "text",
    ["a\n", "\n", "\n\n", "a\n\n", "a\n\n\nb\n", "\n\na\n", "— example.com/log AAAAAA==\n", "日本\u2028語\x7f\n"],
)
def test_what_was_signed_is_read_and_verified(text: str) -> None:
    data = sign_note(text, [(NAME, ED), ("other", OTHER)])
    note = parse_note(data)
    assert (note.data, note.text) == (data, text)
    assert [line.name for line in note.signatures] == [NAME, "other"]
    note.verify(KEY)
    note.verify(NoteKey("other", PLAIN, OTHER.public))


@pytest.mark.parametrize("text", ["", "a", "a\nb", "a\r\n", "a\tb\n", "a\x00\n", "\x1f\n", "\ud800\n", "a\udfffb\n"])
def test_a_text_that_a_note_cannot_hold_is_not_signed(text: str) -> None:
    impossible(lambda: sign_note(text, [(NAME, ED)]))


def test_a_note_is_signed_by_somebody_and_by_nobody_twice() -> None:
    impossible(lambda: sign_note(TEXT, []))
    impossible(lambda: sign_note(TEXT, [(NAME, ED), ("other", OTHER), (NAME, ED)]))
    assert len(parse_note(sign_note(TEXT, [(NAME, ED), ("other", ED)])).signatures) == 2


BAD_NAMES = [
    "",
    " ",
    "a b",
    "a+b",
    "+",
    "a\n",
    "a\t",
    "a\x00b",
    "a\u00a0b",
    "a\u3000b",
    "a\u2028b",
    "a\u0085b",
    "a\ud800b",
]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_has_no_spaces_controls_or_plus(name: str) -> None:
    """Unicode's spaces too: two names that look alike would be two."""
    assert not is_name(name)
    impossible(lambda: NoteKey(name, PLAIN, ED.public))
    impossible(lambda: sign_note(TEXT, [(name, ED)]))
    if name:
        refusal(lambda: parse_line(f"— {name} {to_base64(bytes(68))}\n"))


@pytest.mark.parametrize(
    "name", ["a", "example.com/log", "comity/5f0c/w", "журнал.example", "日本", "—", "é", "a\u200bb"]
)
def test_a_name_may_be_of_any_script(name: str) -> None:
    note = parse_note(sign_note(TEXT, [(name, ED)]))
    note.verify(NoteKey(name, PLAIN, ED.public))
    refusal(lambda: note.verify(NoteKey(name + "x", PLAIN, ED.public)), UNKNOWN_KEY)


# -- whose signature it is


def test_a_note_without_the_keys_line_is_not_verified_by_it() -> None:
    note = parse_note(NOTE)
    for key in (
        NoteKey("other", PLAIN, ED.public),
        NoteKey(NAME, PLAIN, OTHER.public),
        NoteKey(NAME, COSIGNATURE, ED.public),
    ):
        assert key.id.hex() in refusal(lambda key=key: note.verify(key), UNKNOWN_KEY)  # type: ignore[misc]


def test_lines_of_strangers_are_none_of_our_business() -> None:
    strangers = "".join(
        f"— {name} {to_base64(bytes(size))}\n" for name, size in (("stranger", 5), (NAME, 68), ("x", 3000))
    )
    for data in (NOTE + strangers.encode(), NOTE.replace("\n— ".encode(), f"\n{strangers}— ".encode())):
        parse_note(data).verify(KEY)


def test_a_line_that_names_our_key_and_does_not_verify_refuses_the_note() -> None:
    forged = NOTE.replace(b"another", b"anothet")
    refusal(lambda: parse_note(forged).verify(KEY), BAD_SIGNATURE)
    for size in (1, 63, 65):
        note = parse_note(f"{TEXT}\n{KEY.line(bytes(size))}")
        refusal(lambda note=note: note.verify(KEY), BAD_SIGNATURE)  # type: ignore[misc]


def test_a_key_has_one_line_in_a_note() -> None:
    """Or one witness would be counted as two; also a line of a stranger, also with another signature."""
    for line in (NOTE[len(TEXT) + 1 :].decode(), KEY.line(bytes(64))):
        assert "twice" in refusal(lambda line=line: parse_note(NOTE.decode() + line))  # type: ignore[misc]
    same_name = NoteKey(NAME, COSIGNATURE, ED.public).line(bytes(72))
    assert len(parse_note(NOTE.decode() + same_name).signatures) == 2


# -- one form and no other

LINE = NOTE[len(TEXT) + 1 :].decode()


@pytest.mark.parametrize(
    "note",
    {
        "nothing": "",
        "a newline": "\n",
        "no empty line": TEXT + LINE,
        "no signature": TEXT + "\n",
        "no text": LINE,
        "only an empty line and a signature": "\n" + LINE,
        "no last newline": TEXT + "\n" + LINE[:-1],
        "an empty line after": TEXT + "\n" + LINE + "\n",
        "an empty line between": TEXT + "\n" + LINE + "\n" + "x\n",
        "carriage returns": (TEXT + "\n" + LINE).replace("\n", "\r\n"),
        "one carriage return": TEXT + "\n" + LINE[:-1] + "\r\n",
        "a tab": TEXT + "\t\n\n" + LINE,
        "a nul": "\x00" + TEXT + "\n" + LINE,
        "half a character": "\ud800" + TEXT + "\n" + LINE,
        "a hyphen": TEXT + "\n" + LINE.replace("—", "-"),
        "an en dash": TEXT + "\n" + LINE.replace("—", "–"),
        "no dash": TEXT + "\n" + LINE[2:],
        "two spaces": TEXT + "\n" + LINE.replace("— ", "—  "),
        "a space before": TEXT + "\n " + LINE,
        "a space after": TEXT + "\n" + LINE[:-1] + " \n",
        "another part": TEXT + "\n" + LINE[:-1] + " x\n",
        "no signature in the line": TEXT + f"\n— {NAME} \n",
        "no name": TEXT + "\n— " + LINE.split(" ")[2],
    }.items(),
    ids=lambda named: named[0],
)
def test_a_note_of_another_form_is_refused(note: tuple[str, str]) -> None:
    refusal(lambda: parse_note(note[1]))


@pytest.mark.parametrize("data", [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xe2\x80"])
def test_a_note_is_utf8(data: bytes) -> None:
    assert "UTF-8" in refusal(lambda: parse_note(data + NOTE))


@pytest.mark.parametrize("size", [0, 1, 3, 4])
def test_a_line_holds_more_than_a_key_id(size: int) -> None:
    assert "a key id of 4 bytes and a signature" in refusal(lambda: parse_line(f"— {NAME} {to_base64(bytes(size))}\n"))
    assert parse_line(f"— {NAME} {to_base64(bytes(5))}\n").signature == b"\x00"


@pytest.mark.parametrize(
    "line", ["", "\n", LINE[:-1], LINE + "\n", LINE + LINE, LINE + "x", " " + LINE, LINE.strip() + "\r\n"]
)
def test_a_line_is_one_line(line: str) -> None:
    refusal(lambda: parse_line(line))


def test_a_note_has_a_largest_size() -> None:
    room = MAX_NOTE - len(sign_note("\n", [(NAME, ED)]))
    assert len(parse_note(sign_note("a" * room + "\n", [(NAME, ED)])).data) == MAX_NOTE
    refusal(lambda: parse_note(sign_note("a" * (room + 1) + "\n", [(NAME, ED)])), TOO_LARGE)
    refusal(lambda: parse_note("\ud800" * MAX_NOTE), TOO_LARGE)


def test_a_note_has_a_largest_number_of_signatures() -> None:
    lines = [f"— {index} {to_base64(bytes(68))}\n" for index in range(MAX_SIGNATURES + 1)]
    assert len(parse_note(TEXT + "\n" + "".join(lines[:-1])).signatures) == MAX_SIGNATURES
    refusal(lambda: parse_note(TEXT + "\n" + "".join(lines)), TOO_LARGE)


def test_sixteen_post_quantum_signatures_have_room() -> None:
    """C2SP signed-note: verifiers MUST accept up to 16 signatures, which can be nearly 5 kB each."""
    lines = [f"— witness.example/with-a-name/{index} {to_base64(bytes(4 + 5_000))}\n" for index in range(16)]
    assert len(parse_note(TEXT + "\n" + "".join(lines)).signatures) == 16


# -- base 64


@pytest.mark.parametrize("data", [b"", b"\x00", b"\xff\xff", bytes(33), b"\xfb\xff\xbf"])
def test_base64_is_read_as_it_is_written(data: bytes) -> None:
    assert from_base64(to_base64(data), "here") == data
    assert b64decode(to_base64(data)) == data


@pytest.mark.parametrize(
    "text",
    [
        *[
            "AB==",
            "AAB=",
            "//9=",
            "AA",
            "AA=",
            "AA===",
            "A",
            "A===",
            "=",
            "====",
            "AAAA=",
            "AAAA====",
            "AA==AA==",
            "AA=A",
        ],
        *[" AAAA", "AAAA ", "AA AA", "AA\nAA", "AAAA\n", "AA-_", "-_8=", "AA\x00A", "AAAé", "ＡＡＡＡ", "\ud800AAA"],
    ],
)
def test_base64_has_one_form(text: str) -> None:
    """Stray bits, padding, spaces, the other alphabet: several texts for one signature would be several notes."""
    with pytest.raises(RemoteError) as caught:
        from_base64(text, "here")
    assert (caught.value.code, caught.value.place) == (MALFORMED, "here")


# -- keys as one word


def test_a_key_is_written_as_one_word_and_read_back() -> None:
    for key in (KEY, NoteKey("журнал", COSIGNATURE, OTHER.public)):
        assert NoteKey.from_vkey(key.vkey) == key


VKEY = KEY.vkey
MATERIAL = VKEY.split("+", 2)[2]


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        NAME,
        VKEY.removesuffix(MATERIAL),
        VKEY.removesuffix("+" + MATERIAL),
        VKEY + "\n",
        VKEY + "A",
        " " + VKEY,
        VKEY.replace("+", " ", 1),
        "a b" + VKEY.removeprefix(NAME),
        "a\nb" + VKEY.removeprefix(NAME),
        VKEY.removeprefix(NAME),
        "x" + VKEY,
        f"{NAME}+{KEY.id.hex().upper()}+{MATERIAL}",
        f"{NAME}+{KEY.id.hex()[1:]}+{MATERIAL}",
        f"{NAME}+00000000+{MATERIAL}",
        f"{NAME}+{KEY.id.hex()}+{to_base64(bytes((PLAIN,)) + OTHER.public.raw)}",
        f"{NAME}+{KEY.id.hex()}+{to_base64(bytes((COSIGNATURE,)) + ED.public.raw)}",
        f"{NAME}+{KEY.id.hex()}+{to_base64(bytes((PLAIN,)) + ED.public.raw[:-1])}",
        f"{NAME}+{KEY.id.hex()}+{to_base64(bytes((PLAIN,)) + bytes(32))}",
        f"{NAME}+{KEY.id.hex()}+{MATERIAL.rstrip('=')}=",
    ],
)
def test_a_word_that_is_not_a_keys_is_refused(vkey: str) -> None:
    refusal(lambda: NoteKey.from_vkey(vkey))


@pytest.mark.parametrize("kind", [0, 2, 5, 6, 255])
def test_other_types_of_signature_are_not_read(kind: int) -> None:
    """2 is ECDSA, 5 that of Certificate Transparency, 6 ML-DSA-44."""
    impossible(lambda: NoteKey(NAME, kind, ED.public))
    impossible(lambda: NoteKey.from_vkey(f"{NAME}+00000000+{to_base64(bytes((kind,)) + ED.public.raw)}"))


def test_notes_are_not_signed_with_p256() -> None:
    impossible(lambda: NoteKey(NAME, PLAIN, P256SigningKey(1).public))
    impossible(lambda: sign_note(TEXT, [(NAME, P256SigningKey(1))]))


def test_one_key_under_two_types_has_two_ids() -> None:
    assert NoteKey(NAME, COSIGNATURE, ED.public).id == sha256(NAME.encode() + b"\n\x04" + ED.public.raw).digest()[:4]
    assert NoteKey(NAME, COSIGNATURE, ED.public).id != KEY.id
