"""A proof file has one encoding; what has another shape is refused before anything in it is believed."""

from dataclasses import replace
from typing import Any

import pytest

from comity.errors import BAD_ARGUMENT, MALFORMED, TOO_LARGE, LocalError, RemoteError
from comity.exchange import prove
from comity.exchange.prove import MAX_PROOF, Place, ProofFile, pack_note, unpack_note
from comity.proof import cbor
from comity.proof.merkle import EMPTY_ROOT
from comity.proof.note import to_base64
from unit.exchange.speaker import Story

STORY = Story.make(answer_by=6)
FILE = STORY.file()
WHOLE: dict[str, Any] = cbor.decode(prove.encode(FILE))


def note_of(origin: str, *, line: str = "", end: bytes = bytes(68), more: str = "") -> bytes:
    """A checkpoint of no leaves with one line, and perhaps one more."""
    body = f"{origin}\n0\n{to_base64(EMPTY_ROOT)}\n"
    return f"{body}\n\N{EM DASH} {line or origin} {to_base64(end)}\n{more}".encode()


def refused(data: bytes) -> tuple[str, str]:
    with pytest.raises(RemoteError) as caught:
        prove.decode(data)
    return caught.value.code, caught.value.place


def test_a_file_is_read_as_it_was_written_and_written_as_it_was_read() -> None:
    data = prove.encode(FILE)
    assert prove.decode(data) == FILE
    assert prove.encode(prove.decode(data)) == data


@pytest.mark.parametrize("left_out", [("pull",), ("held",), ("silence",), ("pull", "held", "silence")])
def test_a_file_may_lack_what_did_not_happen(left_out: tuple[str, ...]) -> None:
    nothing: dict[str, Any] = dict.fromkeys(left_out)
    part: ProofFile = replace(FILE, **nothing)
    data = prove.encode(part)
    assert cbor.decode(data).keys() == WHOLE.keys() - set(left_out)
    assert prove.encode(prove.decode(data)) == data


@pytest.mark.parametrize("name", ["v", "statement", "release", "log", "parties"])
def test_a_file_that_lacks_anything_else_is_malformed(name: str) -> None:
    assert refused(cbor.encode({key: value for key, value in WHOLE.items() if key != name})) == (MALFORMED, "")


def test_a_file_with_something_more_in_it_is_malformed() -> None:
    assert refused(cbor.encode(WHOLE | {"note": b"x"})) == (MALFORMED, "")
    assert refused(cbor.encode(WHOLE | {0: b"x"})) == (MALFORMED, "")


TRIPLE = WHOLE["statement"]
LOG, HELD, SILENCE, PARTIES = WHOLE["log"], WHOLE["held"], WHOLE["silence"], WHOLE["parties"]

CHANGES: list[tuple[str, Any, str]] = [
    ("v", 2, "v"),
    ("v", b"1", "v"),
    ("statement", TRIPLE[:2], "statement"),
    ("statement", [*TRIPLE, b""], "statement"),
    ("statement", [*TRIPLE[:2], "content"], "statement"),
    ("release", {}, "release"),
    ("release", [None, None, None], "release"),
    ("log", LOG[:5], "log"),
    ("log", [*LOG, 0], "log"),
    ("log", [LOG[0], -1, *LOG[2:]], "log"),
    ("log", [LOG[0], 2**63, *LOG[2:]], "log"),
    ("log", [LOG[0], True, *LOG[2:]], "log"),
    ("log", [LOG[0], LOG[1], LOG[2] + b"\0", *LOG[3:]], "log"),
    ("log", [*LOG[:3], True, *LOG[4:]], "log"),
    ("log", [FILE.note, *LOG[1:]], "log"),
    ("log", [FILE.note.decode(), *LOG[1:]], "log"),
    ("log", [[], *LOG[1:]], "log"),
    ("log", [[5], *LOG[1:]], "log"),
    ("log", [{}, *LOG[1:]], "log"),
    ("log", [[*LOG[0], b"line"], *LOG[1:]], "log"),
    ("log", [[*LOG[0], [b"half"]], *LOG[1:]], "log"),
    ("log", [[*LOG[0], ["half", b"end"]], *LOG[1:]], "log"),
    ("log", [[*LOG[0], [bytes(16), bytes(76), b""]], *LOG[1:]], "log"),
    ("log", [[*LOG[0], [bytes(15), bytes(76)]], *LOG[1:]], "log"),
    ("log", [[*LOG[0], [bytes(16), bytes(72)]], *LOG[1:]], "log"),
    ("log", [[*LOG[0][:3], *LOG[0][:2:-1]], *LOG[1:]], "log"),
    ("log", [[LOG[0][0], LOG[0][1][:31], *LOG[0][2:]], *LOG[1:]], "log"),
    ("log", [[0, *LOG[0][1:]], *LOG[1:]], "log"),
    ("pull", None, "pull"),
    ("pull", "pull", "pull"),
    ("held", HELD[:5], "held"),
    ("held", [TRIPLE[:1], *HELD[1:]], "held"),
    ("held", [HELD[0], -1, *HELD[2:]], "held"),
    ("held", [*HELD[:5], None], "held"),
    ("held", [*HELD[:5], HELD[5][:2]], "held"),
    ("held", None, "held"),
    ("silence", [*SILENCE, b""], "silence"),
    ("silence", [[], *SILENCE[1:]], "silence"),
    ("silence", [*SILENCE[:2], bytes(65 * 32)], "silence"),
    ("parties", [], "parties"),
    ("parties", PARTIES[::-1], "parties"),
    ("parties", [PARTIES[0], *PARTIES], "parties"),
    ("parties", [b"x"], "parties"),
    ("parties", [[bytes([n]), b"", b""] for n in range(65)], "parties"),
]


@pytest.mark.parametrize(("name", "value", "place"), CHANGES, ids=range(len(CHANGES)))
def test_a_part_of_another_shape_is_malformed_at_its_place(name: str, value: Any, place: str) -> None:
    assert refused(cbor.encode(WHOLE | {name: value})) == (MALFORMED, place)


# -- checkpoints


def test_a_checkpoint_is_put_together_as_it_was() -> None:
    for note, packed in ((FILE.note, LOG[0]), (FILE.held.note if FILE.held else b"", HELD[5])):
        assert unpack_note(packed, "log") == note
        assert pack_note(note) == packed
        assert len(cbor.encode(packed)) < len(note) * 2 // 3


def test_sizes_from_none_to_the_most_are_put_together() -> None:
    line = [bytes(16), bytes(68)]
    for size in (0, 1, 2**63 - 1):
        note = unpack_note([size, EMPTY_ROOT, line, [bytes(16), bytes(76)]], "log")
        assert pack_note(note) == [size, EMPTY_ROOT, line, [bytes(16), bytes(76)]]


NAMED = "comity/" + "0" * 32
UNPACKED = {
    "a foreign origin": note_of("example.com/log42"),
    "capitals in a name": note_of("comity/" + "A" * 32),
    "a name cut short": note_of(NAMED[:-1]),
    "a longer name": note_of(NAMED + "00"),
    "spaces that a reader of digits would pass over": note_of("comity/" + "\u200b0" * 16),
    "a signature of another length": note_of(NAMED, end=bytes(69)),
    "a line of another origin first": note_of(NAMED, line="comity/" + "1" * 32),
    "a witness first": note_of(NAMED, line=NAMED + "/w", end=bytes(76)),
    "a witness's name on a line without a time": note_of(NAMED, more=f"\N{EM DASH} {NAMED}/w {to_base64(bytes(68))}\n"),
    "a log's name on a line with one": note_of(NAMED, more=f"\N{EM DASH} {NAMED} {to_base64(bytes([1] * 76))}\n"),
    "a line of somebody elsewhere": note_of(NAMED, more=f"\N{EM DASH} example.com/w {to_base64(bytes(76))}\n"),
}


@pytest.mark.parametrize("note", UNPACKED.values(), ids=UNPACKED)
def test_a_checkpoint_that_no_party_makes_has_no_place_in_a_file(note: bytes) -> None:
    with pytest.raises(LocalError) as caught:
        prove.encode(replace(FILE, note=note))
    assert caught.value.code == BAD_ARGUMENT


# -- two paths to one root


def test_what_both_paths_end_with_is_written_once() -> None:
    path, shared, other = LOG[2], LOG[3], LOG[5]
    assert shared > 0
    assert path + other[-32 * shared :] == b"".join(FILE.statement_place.path)
    assert other == b"".join(FILE.release_place.path)


def test_a_file_that_leaves_out_less_than_both_paths_end_with_or_more_than_there_is_is_malformed() -> None:
    for shared in (0, LOG[3] - 1):
        left_out = LOG[5][len(LOG[5]) - 32 * LOG[3] : len(LOG[5]) - 32 * shared]
        assert refused(cbor.encode(WHOLE | {"log": [*LOG[:2], LOG[2] + left_out, shared, *LOG[4:]]})) == (
            MALFORMED,
            "log",
        )
    for shared in (-1, len(LOG[5]) // 32 + 1, 2**64 - 1):
        assert refused(cbor.encode(WHOLE | {"log": [*LOG[:3], shared, *LOG[4:]]})) == (MALFORMED, "log")


@pytest.mark.parametrize("one", [(), (1,), (1, 2), (3, 2), (2, 1, 2), (1, 1, 1)])
@pytest.mark.parametrize("other", [(), (1,), (1, 2), (2, 2), (1, 1, 2)])
def test_paths_of_any_shape_survive(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    """Also those that no tree has: whether they lead to the root is judged later, by what was written."""
    paths = [tuple(bytes([number]) * 32 for number in path) for path in (one, other)]
    file = replace(FILE, statement_place=Place(5, paths[0]), release_place=Place(6, paths[1]))
    assert prove.decode(prove.encode(file)) == file


@pytest.mark.parametrize(
    "data", [b"", b"\xf6", b"\xa0", cbor.encode([]), cbor.encode(b"x"), b"not a proof", bytes(100)]
)
def test_other_bytes_are_malformed(data: bytes) -> None:
    assert refused(data)[0] == MALFORMED


def test_a_file_past_the_stated_size_is_not_looked_at() -> None:
    assert refused(bytes(MAX_PROOF + 1)) == (TOO_LARGE, "proof")


def test_a_telling_takes_less_than_four_kilobytes_beyond_its_content_and_the_descriptors() -> None:
    """Two heads, one of them cosigned by a third party, release, pull and acknowledgement."""
    told = Story.make().file(told_heads=[(STORY.us, 8)], held_heads=[(STORY.us, 9)])
    beyond = len(prove.encode(told)) - len(told.statement[2]) - len(cbor.encode([list(one) for one in told.parties]))
    assert beyond < 4 << 10
