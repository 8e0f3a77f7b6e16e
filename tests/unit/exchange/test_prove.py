"""A proof file has one encoding; what has another shape is refused before anything in it is believed."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.errors import BAD_ARGUMENT, MALFORMED, TOO_LARGE, LocalError, RemoteError
from comity.exchange import prove
from comity.exchange.prove import MAX_PROOF, Place, ProofFile, pack_note, unpack_note
from comity.model.acknowledgement import NO_STATEMENT
from comity.model.statement import ItemHash
from comity.proof import cbor
from comity.proof.merkle import EMPTY_ROOT, leaf_hash
from comity.proof.note import to_base64
from unit.exchange.speaker import Story

STORY = Story.make(answer_by=6, withdrawn=20)
FILE = STORY.file()
assert FILE.places is not None
PLACES = FILE.places
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


NAMES = {"wanted": "want", "held": "held", "silence": "silence", "withdrawal": "withdrawal"}


@pytest.mark.parametrize("left_out", [("wanted",), ("held",), ("silence",), ("withdrawal",), tuple(NAMES)])
def test_a_file_may_lack_what_did_not_happen(left_out: tuple[str, ...]) -> None:
    nothing: dict[str, Any] = dict.fromkeys(left_out)
    part: ProofFile = replace(FILE, **nothing)
    data = prove.encode(part)
    assert cbor.decode(data).keys() == WHOLE.keys() - {NAMES[name] for name in left_out}
    assert prove.encode(prove.decode(data)) == data


@pytest.mark.parametrize("name", ["v", "release", "log", "parties"])
def test_a_file_that_lacks_anything_else_is_malformed(name: str) -> None:
    assert refused(cbor.encode({key: value for key, value in WHOLE.items() if key != name})) == (MALFORMED, "")


def test_a_file_with_something_more_in_it_is_malformed() -> None:
    assert refused(cbor.encode(WHOLE | {"note": b"x"})) == (MALFORMED, "")
    assert refused(cbor.encode(WHOLE | {0: b"x"})) == (MALFORMED, "")


TRIPLE = WHOLE["statement"]
LOG, WANT, HELD = WHOLE["log"], WHOLE["want"], WHOLE["held"]
SILENCE, WITHDRAWAL, PARTIES = WHOLE["silence"], WHOLE["withdrawal"], WHOLE["parties"]


def but(part: list[Any], index: int, value: Any) -> list[Any]:
    """A part of the file with one other field."""
    return [*part[:index], value, *part[index + 1 :]]


CHANGES: list[tuple[str, Any, str]] = [
    ("v", 0, "v"),
    ("v", b"1", "v"),
    ("statement", TRIPLE[:2], "statement"),
    ("statement", [*TRIPLE, b""], "statement"),
    ("statement", [*TRIPLE[:2], "content"], "statement"),
    ("release", {}, "release"),
    ("release", [None, None, None], "release"),
    ("log", LOG[:6], "log"),
    ("log", [*LOG, 0], "log"),
    ("log", LOG[:1], "log"),
    ("log", LOG[:3], "log"),
    ("log", but(LOG, 1, LOG[1] + b"\0"), "log"),
    ("log", but(LOG, 1, None), "log"),
    ("log", but(LOG, 1, bytes(65 * 32)), "log"),
    ("log", but(LOG, 2, -1), "log"),
    ("log", but(LOG, 2, 2**63), "log"),
    ("log", but(LOG, 2, True), "log"),
    ("log", but(LOG, 3, LOG[3] + b"\0"), "log"),
    ("log", but(LOG, 4, True), "log"),
    ("log", but(LOG, 5, -1), "log"),
    ("log", but(LOG, 6, None), "log"),
    ("log", but(LOG, 6, LOG[6] + b"\0"), "log"),
    ("log", but(LOG, 6, bytes(65 * 32)), "log"),
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
    ("want", None, "want"),
    ("want", b"want", "want"),
    ("want", [], "want"),
    ("want", WANT[:3], "want"),
    ("want", [*WANT, b""], "want"),
    ("want", but(WANT, 0, "want"), "want"),
    ("want", but(WANT, 1, -1), "want"),
    ("want", but(WANT, 1, 2**63), "want"),
    ("want", but(WANT, 1, True), "want"),
    ("want", but(WANT, 2, bytes(31)), "want"),
    ("want", but(WANT, 3, bytes(33)), "want"),
    ("want", but(WANT, 3, bytes(65 * 32)), "want"),
    ("want", but(WANT, 3, None), "want"),
    ("held", None, "held"),
    ("held", HELD[:8], "held"),
    ("held", [*HELD, b""], "held"),
    ("held", but(HELD, 0, TRIPLE[:1]), "held"),
    ("held", but(HELD, 1, None), "held"),
    ("held", but(HELD, 1, bytes(31)), "held"),
    ("held", but(HELD, 1, bytes(33)), "held"),
    ("held", but(HELD, 1, bytes(64)), "held"),
    ("held", but(HELD, 2, -1), "held"),
    ("held", but(HELD, 3, bytes(31)), "held"),
    ("held", but(HELD, 4, 2**63), "held"),
    ("held", but(HELD, 5, bytes(31)), "held"),
    ("held", but(HELD, 6, None), "held"),
    ("held", but(HELD, 6, HELD[6][:2]), "held"),
    ("held", but(HELD, 7, bytes(31)), "held"),
    ("held", but(HELD, 7, None), "held"),
    ("held", but(HELD, 8, bytes(31)), "held"),
    ("held", but(HELD, 8, bytes(65 * 32)), "held"),
    ("silence", [*SILENCE, b""], "silence"),
    ("silence", [[], *SILENCE[1:]], "silence"),
    ("silence", [*SILENCE[:2], bytes(65 * 32)], "silence"),
    ("withdrawal", [*WITHDRAWAL, b""], "withdrawal"),
    ("withdrawal", but(WITHDRAWAL, 1, -1), "withdrawal"),
    ("parties", [], "parties"),
    ("parties", PARTIES[::-1], "parties"),
    ("parties", [PARTIES[0], *PARTIES], "parties"),
    ("parties", [b"x"], "parties"),
    ("parties", [[bytes([n]), b"", b""] for n in range(65)], "parties"),
]


@pytest.mark.parametrize(("name", "value", "place"), CHANGES, ids=range(len(CHANGES)))
def test_a_part_of_another_shape_is_malformed_at_its_place(name: str, value: Any, place: str) -> None:
    assert refused(cbor.encode(WHOLE | {name: value})) == (MALFORMED, place)


@pytest.mark.parametrize("name", ["pull", "genesis", "join"])
def test_a_part_of_another_name_is_malformed(name: str) -> None:
    """Also that by which an older form showed that something was asked for."""
    assert refused(cbor.encode(WHOLE | {name: WANT[0]})) == (MALFORMED, "")


# -- the bytes that an answer is about


def answering(item: bytes | None) -> ProofFile:
    assert FILE.held is not None
    return replace(FILE, held=replace(FILE.held, item=None if item is None else ItemHash(item)))


def test_an_item_is_named_only_where_it_is_another_than_the_one_in_the_file() -> None:
    """PROOF-FILE-32."""
    assert HELD[1] == b""
    assert refused(prove.encode(answering(FILE.telling.item))) == (MALFORMED, "held")
    for other in (bytes(32), sha256(b"other").digest(), bytes([FILE.telling.item[0] ^ 1]) + FILE.telling.item[1:]):
        assert prove.decode(prove.encode(answering(other))) == answering(other)


@given(st.integers(0, 1), st.sampled_from(["statement", "release"]), st.integers(0, 2), st.data())
def test_whatever_bit_of_an_item_is_another_its_name_is_another(
    low: int, part: str, index: int, data: st.DataObject
) -> None:
    """So that an answer about it has to name it, and one that is about these bytes does not."""
    triple: Any = getattr(FILE, part)
    at = data.draw(st.integers(0, len(triple[index]) - 1))
    bit = 1 << data.draw(st.integers(0, 3)) + 4 * low
    broken = triple[index][:at] + bytes([triple[index][at] ^ bit]) + triple[index][at + 1 :]
    changed: dict[str, Any] = {part: tuple(but(list(triple), index, broken))}
    other = replace(FILE, **changed).telling.item
    assert other != FILE.telling.item
    assert prove.decode(prove.encode(answering(other))) == answering(other)


def test_no_place_is_part_of_what_an_item_is_named_by() -> None:
    moved = replace(FILE, places=PLACES[::-1], genesis=(), note=b"")
    assert moved.telling == FILE.telling


# -- the kinds of file

MINE = STORY.mine()
SHORT = Story.make()
REFUSED = SHORT.refusal("my-own", statement=SHORT.said.signed.triple, release=SHORT.given.signed.triple)
MINE_WHOLE: dict[str, Any] = cbor.decode(prove.encode(MINE))
REFUSED_WHOLE: dict[str, Any] = cbor.decode(prove.encode(REFUSED))
CLOSED = STORY.file(content=False)
CLOSED_WHOLE: dict[str, Any] = cbor.decode(prove.encode(CLOSED))
END = MINE_WHOLE["end"]


@pytest.mark.parametrize("file", [MINE, REFUSED, CLOSED, STORY.mine(content=False)])
def test_files_of_each_kind_are_read_as_they_were_written(file: ProofFile) -> None:
    assert prove.decode(prove.encode(file)) == file


def test_a_hearers_file_has_the_page_end_and_a_refusal_no_places() -> None:
    assert MINE_WHOLE.keys() == (WHOLE.keys() - {"want"}) | {"end"}
    assert REFUSED_WHOLE.keys() == {"v", "statement", "release", "log", "end", "held", "parties"}
    assert [*map(len, (MINE_WHOLE["log"], REFUSED_WHOLE["log"]))] == [7, 2]


def test_a_file_without_its_content_has_its_hash_and_the_same_item() -> None:
    data, inside = CLOSED_WHOLE["statement"]
    assert data == TRIPLE[0]
    assert inside == leaf_hash(cbor.encode(TRIPLE[1:]))
    assert CLOSED.telling == FILE.telling


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ([TRIPLE[0], bytes(31)], "statement"),
        ([TRIPLE[0], bytes(33)], "statement"),
        ([TRIPLE[0], b""], "statement"),
        ([TRIPLE[0], None], "statement"),
        ([TRIPLE[0]], "statement"),
        ([], "statement"),
        (None, "statement"),
    ],
)
def test_what_stands_for_the_content_has_the_length_of_a_hash(statement: Any, place: str) -> None:
    assert refused(cbor.encode(WHOLE | {"statement": statement})) == (MALFORMED, place)


@pytest.mark.parametrize(
    "end",
    [
        None,
        b"end",
        [],
        END[:3],
        [*END, b""],
        but(END, 0, "end"),
        but(END, 1, -1),
        but(END, 1, 2**63),
        but(END, 1, True),
        but(END, 2, bytes(31)),
        but(END, 3, bytes(33)),
        but(END, 3, bytes(65 * 32)),
        but(END, 3, None),
    ],
)
def test_a_page_end_of_another_shape_is_malformed(end: Any) -> None:
    assert refused(cbor.encode(MINE_WHOLE | {"end": end})) == (MALFORMED, "end")


@pytest.mark.parametrize("left_out", ["end", "held"])
def test_a_refusal_lacks_nothing_of_what_makes_it_one(left_out: str) -> None:
    rest = {name: part for name, part in REFUSED_WHOLE.items() if name != left_out}
    assert refused(cbor.encode(rest)) == (MALFORMED, "")


@pytest.mark.parametrize("more", ["want", "silence", "withdrawal"])
def test_a_refusal_has_nothing_else_in_it(more: str) -> None:
    assert refused(cbor.encode(REFUSED_WHOLE | {more: WHOLE[more]})) == (MALFORMED, "")


def test_a_refusal_has_the_bytes_that_were_refused() -> None:
    said = REFUSED_WHOLE["statement"]
    closed = [said[0], leaf_hash(cbor.encode(said[1:]))]
    assert refused(cbor.encode(REFUSED_WHOLE | {"statement": closed})) == (MALFORMED, "")
    other = but(REFUSED_WHOLE["held"], 1, bytes(32))
    assert refused(cbor.encode(REFUSED_WHOLE | {"held": other})) == (MALFORMED, "")


def test_a_telling_is_of_a_statement() -> None:
    nothing = {name: part for name, part in WHOLE.items() if name != "statement"}
    assert refused(cbor.encode(nothing)) == (MALFORMED, "statement")
    nothing = {name: part for name, part in REFUSED_WHOLE.items() if name != "statement"}
    assert prove.decode(cbor.encode(nothing)).telling.statement == NO_STATEMENT


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 6, 8])
def test_a_log_has_two_parts_or_seven(count: int) -> None:
    log = [*LOG, b""][:count]
    assert refused(cbor.encode(WHOLE | {"log": log}))[0] == MALFORMED


# -- joins and the starts of logs


@pytest.mark.parametrize("count", [0, 1, 5, 64])
def test_joins_and_starts_of_any_length_survive(count: int) -> None:
    """Also those that no tree has: whether they lead anywhere is judged later."""
    assert FILE.held is not None
    assert FILE.wanted is not None
    path = tuple(bytes([number]) * 32 for number in range(count))
    held, wanted = replace(FILE.held, genesis=path, join=path), replace(FILE.wanted, join=path)
    file = replace(FILE, genesis=path, held=held, wanted=wanted)
    assert prove.decode(prove.encode(file)) == file


# -- checkpoints


def test_a_checkpoint_is_put_together_as_it_was() -> None:
    for note, packed in ((FILE.note, LOG[0]), (FILE.held.note if FILE.held else b"", HELD[6])):
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
    path, shared, other = LOG[3], LOG[4], LOG[6]
    assert shared > 0
    assert path + other[-32 * shared :] == b"".join(PLACES[0].path)
    assert other == b"".join(PLACES[1].path)


def test_a_file_that_leaves_out_less_than_both_paths_end_with_or_more_than_there_is_is_malformed() -> None:
    for shared in (0, LOG[4] - 1):
        left_out = LOG[6][len(LOG[6]) - 32 * LOG[4] : len(LOG[6]) - 32 * shared]
        less = [*LOG[:3], LOG[3] + left_out, shared, *LOG[5:]]
        assert refused(cbor.encode(WHOLE | {"log": less})) == (MALFORMED, "log")
    for shared in (-1, len(LOG[6]) // 32 + 1, 2**64 - 1):
        assert refused(cbor.encode(WHOLE | {"log": but(LOG, 4, shared)})) == (MALFORMED, "log")


@pytest.mark.parametrize("one", [(), (1,), (1, 2), (3, 2), (2, 1, 2), (1, 1, 1)])
@pytest.mark.parametrize("other", [(), (1,), (1, 2), (2, 2), (1, 1, 2)])
def test_paths_of_any_shape_survive(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    """Also those that no tree has: whether they lead to the root is judged later, by what was written."""
    paths = [tuple(bytes([number]) * 32 for number in path) for path in (one, other)]
    file = replace(FILE, places=(Place(5, paths[0]), Place(6, paths[1])))
    assert prove.decode(prove.encode(file)) == file


@pytest.mark.parametrize(
    "data", [b"", b"\xf6", b"\xa0", cbor.encode([]), cbor.encode(b"x"), b"not a proof", bytes(100)]
)
def test_other_bytes_are_malformed(data: bytes) -> None:
    assert refused(data)[0] == MALFORMED


def test_a_file_past_the_stated_size_is_not_looked_at() -> None:
    assert refused(bytes(MAX_PROOF + 1)) == (TOO_LARGE, "proof")


def test_a_telling_takes_less_than_four_kilobytes_beyond_its_content_and_the_descriptors() -> None:
    """Two heads, both cosigned by a third party, the starts of both logs, release, want and acknowledgement."""
    told = Story.make().file(told_heads=[(STORY.us, 8)], held_heads=[(STORY.us, 9)])
    beyond = (
        len(prove.encode(told))
        - len(STORY.said.signed.object.raw)
        - len(cbor.encode([list(one) for one in told.parties]))
    )
    assert beyond < 4 << 10
