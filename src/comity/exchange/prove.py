"""Prove: gather what one party can show of one telling into one file (`.comity-proof`), and read such a file.

The file is one deterministic CBOR map (spec/proof-file.md), made by the teller or by the hearer. It holds the statement, its
release, their places in the teller's log, and, as far as they exist: the teller's signed page end that offered just these
bytes, the hearer's signed want of them, its acknowledgement with its place in the hearer's log, and the descriptors of all whose
keys are used; those of teller and hearer with their places at the start of their logs, so that no second descriptor of theirs
fits. The content can be left out, its hash standing for it. A file of what a hearer refused has the bytes as they came, which
need not be a statement or a release, and shows no places of them.
Statement and release stand under one root, so that their paths end alike: what they share at the end is written once. A
checkpoint stands without what its text repeats, and is read back to the byte. Reading checks the form alone;
`exchange.verify` judges.
"""

from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import Any

from comity.errors import BAD_ARGUMENT, MALFORMED, LocalError, RemoteError
from comity.exchange.shapes import Path, fields_of, path_of
from comity.formats import Format
from comity.model.acknowledgement import NO_STATEMENT, Telling
from comity.model.fingerprint import ORIGINS, WITNESS
from comity.model.statement import Closed, ItemHash, Triple, item_hash
from comity.proof import cbor
from comity.proof.checkpoint import Checkpoint, parse_checkpoint
from comity.proof.envelope import StatementId
from comity.proof.merkle import HASH_SIZE, leaf_hash
from comity.proof.note import NoteSignature, parse_note, write_line

# Bytes.
MAX_PROOF = 4 << 20


@dataclass(frozen=True, slots=True)
class Place:
    """A leaf's place in a tree: its index and its inclusion path."""

    index: int
    path: Path


@dataclass(frozen=True, slots=True)
class Ended:
    """The teller's signed page end.

    Attributes:
        telling: the place of this telling in the tree over the tellings that the page offered.
        join: the consistency path between the head that the end names and the teller's checkpoint in the file.
    """

    end: bytes
    telling: Place
    join: Path


@dataclass(frozen=True, slots=True)
class Wanted:
    """The hearer's signed want.

    Attributes:
        telling: the place of this telling in the tree over the tellings that are wanted.
        join: the consistency path between the head that the want names and the checkpoint in the file.
    """

    want: bytes
    telling: Place
    join: Path


@dataclass(frozen=True, slots=True)
class Held:
    """The hearer's acknowledgement.

    Attributes:
        statement: [envelope, salt, content].
        item: the hash of the item that it speaks of; None where that is the item in the file.
        telling: the place of this telling in the tree over the acknowledgement's tellings.
        receipt: the place of the acknowledgement in the hearer's log.
        note: the hearer's checkpoint, with the cosignatures of third parties and of nobody else.
        genesis: the path of the hearer's descriptor, leaf 0, under that checkpoint.
        join: the consistency path between the teller's head that it names and the teller's checkpoint in the file; empty
            where the want names the same one.
    """

    statement: Triple
    item: ItemHash | None
    telling: Place
    receipt: Place
    note: bytes
    genesis: Path
    join: Path


@dataclass(frozen=True, slots=True)
class Later:
    """What the teller said later about the release, and its place in the teller's log: a silence, or the withdrawal."""

    statement: Triple
    receipt: Place


@dataclass(frozen=True, slots=True)
class ProofFile:
    """All that a proof file holds; nothing in it is verified.

    Attributes:
        statement: [envelope, salt, content], or without the last two; None in what was refused as a withdrawal.
        places: of statement and release under the teller's checkpoint; None in a file of what was refused.
        note: the teller's checkpoint, with its own cosignature and others'.
        genesis: the path of the teller's descriptor, leaf 0, under that checkpoint.
        parties: descriptors, sorted by their bytes.
    """

    statement: Triple | Closed | None
    release: Triple
    places: tuple[Place, Place] | None
    note: bytes
    genesis: Path
    ended: Ended | None
    wanted: Wanted | None
    held: Held | None
    silence: Later | None
    withdrawal: Later | None
    parties: tuple[Triple, ...]

    @property
    def telling(self) -> Telling:
        """What it is about, by the bytes in it, however broken these are."""
        said = self.statement
        data = None if said is None else said.envelope if isinstance(said, Closed) else said[0]
        id = NO_STATEMENT if data is None else StatementId(leaf_hash(data))
        return Telling(id, StatementId(leaf_hash(self.release[0])), item_hash(said, self.release))


def encode(proof: ProofFile) -> bytes:
    """The file's bytes."""
    fields: dict[str, Any] = {
        "v": 1,
        "release": list(proof.release),
        "log": [
            pack_note(proof.note),
            b"".join(proof.genesis),
            *([] if proof.places is None else _places(*proof.places)),
        ],
        "parties": [list(triple) for triple in proof.parties],
    }
    if proof.statement is not None:
        said = proof.statement
        fields["statement"] = [said.envelope, said.inside] if isinstance(said, Closed) else list(said)
    if proof.ended is not None:
        ended = proof.ended
        fields["end"] = [ended.end, *_place(ended.telling), b"".join(ended.join)]
    if proof.wanted is not None:
        wanted = proof.wanted
        fields["want"] = [wanted.want, *_place(wanted.telling), b"".join(wanted.join)]
    if proof.held is not None:
        held = proof.held
        fields["held"] = [
            list(held.statement),
            held.item or b"",
            *_place(held.telling),
            *_place(held.receipt),
            pack_note(held.note),
            b"".join(held.genesis),
            b"".join(held.join),
        ]
    for name, later in (("silence", proof.silence), ("withdrawal", proof.withdrawal)):
        if later is not None:
            fields[name] = [list(later.statement), *_place(later.receipt)]
    return cbor.encode(fields)


_FIELDS: dict[str, type] = {
    "v": int,
    "statement": list,
    "release": list,
    "log": list,
    "end": list,
    "want": list,
    "held": list,
    "silence": list,
    "withdrawal": list,
    "parties": list,
}
_OPTIONAL = frozenset({"statement", "end", "want", "held", "silence", "withdrawal"})


def decode(data: bytes) -> ProofFile:
    """Read a file's form.

    Raises:
        RemoteError: `malformed`, `unknown-version`, `too-large`.
    """
    return PROOF.of_map(cbor.decode(data, place="proof", limit=MAX_PROOF))


def _proof_1(value: object) -> ProofFile:
    found = fields_of(value, _FIELDS, _OPTIONAL)
    placed = len(found["log"]) > len(_LOG)
    log = _shape(found["log"], _LOG + _PLACES if placed else _LOG, "log")
    parties = tuple(_triple(item, "parties") for item in found["parties"])
    if list(parties) != sorted(set(parties)) or not 1 <= len(parties) <= 64:
        raise RemoteError(MALFORMED, "parties stand once each, in the order of their bytes", place="parties")
    proof = ProofFile(
        _read_statement(found["statement"]) if "statement" in found else None,
        _triple(found["release"], "release"),
        _read_places(*log[len(_LOG) :]) if placed else None,
        unpack_note(log[0], "log"),
        path_of(log[1], "log"),
        _read_ended(found["end"]) if "end" in found else None,
        _read_wanted(found["want"]) if "want" in found else None,
        _read_held(found["held"]) if "held" in found else None,
        _read_later(found["silence"], "silence") if "silence" in found else None,
        _read_later(found["withdrawal"], "withdrawal") if "withdrawal" in found else None,
        parties,
    )
    _belong(proof)
    return proof


PROOF = Format("proof-file", {1: _proof_1})


def _belong(proof: ProofFile) -> None:
    """Require that a file's parts are those of one of its two kinds."""
    if proof.held is not None and proof.held.item == proof.telling.item:
        raise RemoteError(MALFORMED, "an item is named only where it is another than the one in the file", place="held")
    if proof.places is not None:
        if proof.statement is None:
            raise RemoteError(MALFORMED, "a telling is of a statement", place="statement")
    elif proof.ended is None or proof.held is None or proof.held.item is not None:
        raise RemoteError(MALFORMED, "what was refused stands with the page end and the refusal of just these bytes")
    elif isinstance(proof.statement, Closed) or (proof.wanted, proof.silence, proof.withdrawal) != (None, None, None):
        raise RemoteError(MALFORMED, "what was refused stands with its content, and with nothing else")


_LOG: tuple[type, ...] = (list, bytes)
_PLACES: tuple[type, ...] = (int, bytes, int, int, bytes)


def _read_statement(value: list[Any]) -> Triple | Closed:
    if [*map(type, value)] == [bytes, bytes]:
        data, inside = value
        if len(inside) != HASH_SIZE:
            raise RemoteError(
                MALFORMED, "a statement without its content stands as [envelope, hash]", place="statement"
            )
        return Closed(data, inside)
    return _triple(value, "statement")


def _read_ended(value: list[Any]) -> Ended:
    end, at, path, join = _shape(value, (bytes, int, bytes, bytes), "end")
    return Ended(end, _read_place(at, path, "end"), path_of(join, "end"))


def _place(place: Place) -> list[Any]:
    return [place.index, b"".join(place.path)]


def _places(statement: Place, release: Place) -> list[Any]:
    """Both places, the statement's path without the hashes at its end that the release's path ends with too."""
    shared = _shared(statement.path, release.path)
    alone = Place(statement.index, statement.path[: len(statement.path) - shared])
    return [*_place(alone), shared, *_place(release)]


def _read_places(index: int, path: bytes, shared: int, release_index: int, release_path: bytes) -> tuple[Place, Place]:
    alone, release = _read_place(index, path, "log"), _read_place(release_index, release_path, "log")
    statement = Place(index, alone.path + release.path[len(release.path) - shared :])
    if _shared(statement.path, release.path) != shared:
        raise RemoteError(MALFORMED, "not just the hashes that both paths end with are left out of one", place="log")
    return statement, release


def _shared(one: Path, other: Path) -> int:
    """How many hashes two paths have in common at their ends."""
    pairs = zip(reversed(one), reversed(other), strict=False)
    return len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))


def _read_wanted(value: list[Any]) -> Wanted:
    want, at, path, join = _shape(value, (bytes, int, bytes, bytes), "want")
    return Wanted(want, _read_place(at, path, "want"), path_of(join, "want"))


def _read_held(value: list[Any]) -> Held:
    types = (list, bytes, int, bytes, int, bytes, list, bytes, bytes)
    said, item, at, path, index, receipt, note, genesis, join = _shape(value, types, "held")
    if len(item) not in (0, HASH_SIZE):
        raise RemoteError(MALFORMED, "the hash of an item has 32 bytes", place="held")
    return Held(
        _triple(said, "held"),
        ItemHash(item) if item else None,
        _read_place(at, path, "held"),
        _read_place(index, receipt, "held"),
        unpack_note(note, "held"),
        path_of(genesis, "held"),
        path_of(join, "held"),
    )


def _read_later(value: list[Any], name: str) -> Later:
    said, index, path = _shape(value, (list, int, bytes), name)
    return Later(_triple(said, name), _read_place(index, path, name))


# -- checkpoints


def in_order(note: bytes) -> bytes:
    """A checkpoint's note with its lines as a file has them: the log's own first, then by whose they are.

    Raises:
        RemoteError: `malformed`, `too-large`: no checkpoint.
    """
    signed = parse_checkpoint(note)
    origin = signed.checkpoint.origin
    lines = sorted(signed.note.signatures, key=lambda line: (line.name != origin, _packed(line)))
    return (signed.note.text + "\n" + "".join(line.line for line in lines)).encode()


def pack_note(note: bytes) -> list[Any]:
    """Take a checkpoint's note apart: [size, root, [half a fingerprint, key id and signature], ...].

    Raises:
        LocalError: `bad-argument`: its lines are not those of parties, or not in order.
        RemoteError: `malformed`, `too-large`: no checkpoint.
    """
    signed = parse_checkpoint(note)
    packed = [signed.checkpoint.size, signed.checkpoint.root, *map(_packed, signed.note.signatures)]
    try:
        if unpack_note(packed, "note") == note:
            return packed
    except RemoteError:
        pass
    raise LocalError(BAD_ARGUMENT, "a checkpoint whose lines are not those of parties, in order, the log's own first")


def unpack_note(value: list[Any], place: str) -> bytes:
    """Put a checkpoint's note together again; the first line is the log's own, and its name the origin.

    Raises:
        RemoteError: `malformed`, `too-large`.
    """
    if len(value) < _LEAST_PARTS or type(value[0]) is not int or type(value[1]) is not bytes:
        raise RemoteError(MALFORMED, "a checkpoint stands as [size, root, line, ...]", place=place)
    size, root, *lines = value
    names = [_name(line, place) for line in lines]
    if names[0].endswith(WITNESS) or any(one >= other for one, other in pairwise(lines[1:])):
        raise RemoteError(MALFORMED, "the log's own line is the first, and the others stand in order", place=place)
    ends = (write_line(name, signed) for name, (_, signed) in zip(names, lines, strict=True))
    try:
        return parse_note(Checkpoint(names[0], size, root).body() + "\n" + "".join(ends)).data
    except RemoteError as error:
        raise RemoteError(error.code, error.message, place=place) from None


_WHO, _LEAST_PARTS = 16, 3
# A log signs with a key id of 4 bytes and a signature of 64; a witness has 8 of time between them and a name of its own.
_ENDS = {68: "", 76: WITNESS}


def _packed(line: NoteSignature) -> list[bytes]:
    try:
        who = bytes.fromhex(line.name.removeprefix(ORIGINS).removesuffix(WITNESS))
    except ValueError:
        who = b""
    return [who, line.key_id + line.signature]


def _name(line: Any, place: str) -> str:
    """The name that a packed line has in its note."""
    if type(line) is not list or [*map(type, line)] != [bytes, bytes]:
        raise RemoteError(MALFORMED, "a line stands as [half a fingerprint, key id and signature]", place=place)
    who, signed = line
    if len(who) != _WHO or len(signed) not in _ENDS:
        raise RemoteError(MALFORMED, "half a fingerprint has 16 bytes, a line's end 68 or with a time 76", place=place)
    return f"{ORIGINS}{who.hex()}{_ENDS[len(signed)]}"


def _shape(value: list[Any], types: tuple[type, ...], place: str) -> list[Any]:
    if len(value) != len(types) or any(type(v) is not t for v, t in zip(value, types, strict=True)):
        raise RemoteError(MALFORMED, "of the wrong shape", place=place)
    return value


def _read_place(index: int, path: bytes, place: str) -> Place:
    if not 0 <= index < 2**63:
        raise RemoteError(MALFORMED, "an index out of range", place=place)
    return Place(index, path_of(path, place))


def _triple(value: object, place: str) -> Triple:
    if type(value) is not list or len(value) != 3 or any(type(part) is not bytes for part in value):
        raise RemoteError(MALFORMED, "a statement stands as [envelope, salt, content]", place=place)
    return value[0], value[1], value[2]
