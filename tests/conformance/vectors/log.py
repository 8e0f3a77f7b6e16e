"""Vectors of spec/log.md: trees, checkpoints, cosignatures, heads that follow one another, tiles."""

import base64
from hashlib import sha256
from typing import Any

from comity.proof import merkle
from comity.proof.checkpoint import Checkpoint, cosign, sign_checkpoint
from comity.proof.keys import SigningKey
from comity.proof.note import COSIGNATURE, NoteKey, sign_note, write_line
from comity.space import instant
from comity.space.instant import Instant
from conformance.vectors.cast import Log, Vector, actor, at, bad, cosigned, flip, good, seed
from conformance.vectors.story import ALL, TOLD, story

_LEAVES = [merkle.leaf_hash(b"%d" % number) for number in range(7)]


def vectors() -> list[Vector]:
    return [*_trees(), *_checkpoints(), *_notes(), *_cosignatures(), *_outside(), *_heads(), *_tiles()]


# -- the tree


def _inclusion(
    index: int, size: int, path: list[bytes], leaf: bytes | None = None, root: bytes | None = None
) -> dict[str, Any]:
    shown = _LEAVES[index] if leaf is None and 0 <= index < 7 else leaf or _LEAVES[0]
    top = merkle.root_of(_LEAVES[:size]) if root is None else root
    hashes = [each.hex() for each in path]
    return {"read": "inclusion", "leaf": shown.hex(), "index": index, "size": size, "path": hashes, "root": top.hex()}


def _trees() -> list[Vector]:
    path = merkle.inclusion_path(_LEAVES, 4)
    told = [
        good(
            f"included-{index}",
            "LOG-2",
            f"leaf {index} of 7",
            _inclusion(index, 7, merkle.inclusion_path(_LEAVES, index)),
            _YES,
        )
        for index in (0, 4, 6)
    ]
    told.append(good("included-alone", "LOG-2", "the only leaf, whose root is itself", _inclusion(0, 1, []), _YES))
    node = sha256(_LEAVES[4] + _LEAVES[5]).digest()
    unprefixed = [_LEAVES[5], _LEAVES[6], merkle.root_of(_LEAVES[:4])]
    wrong_root = merkle.node_hash(unprefixed[2], merkle.node_hash(node, _LEAVES[6]))
    made = [
        ("index-off-by-one", "the right path at the next place", _inclusion(5, 7, path, _LEAVES[4])),
        ("index-beyond", "a leaf that the tree has not", _inclusion(7, 7, path)),
        ("path-short", "the last hash is missing", _inclusion(4, 7, path[:-1])),
        ("path-long", "one hash too many", _inclusion(4, 7, [*path, path[0]])),
        ("path-swapped", "two hashes in the wrong order", _inclusion(4, 7, [path[1], path[0], path[2]])),
        ("path-31-bytes", "a hash of 31 bytes", _inclusion(4, 7, [path[0][:31], *path[1:]])),
        ("leaf-unprefixed", "an entry hashed without its prefix 0x00", _inclusion(4, 7, path, sha256(b"4").digest())),
        ("node-unprefixed", "a node hashed without its prefix 0x01", _inclusion(4, 7, unprefixed, root=wrong_root)),
        ("size-other", "another size's root", _inclusion(4, 7, path, root=merkle.root_of(_LEAVES[:6]))),
        ("tree-empty", "a leaf of no leaves", _inclusion(0, 0, [])),
    ]
    return [*told, *(bad(name, "LOG-2", "not-included", desc, given) for name, desc, given in made)]


_YES = {"included": True}


# -- one head


def _checkpoint(note: bytes | str, of: str = "fr") -> dict[str, Any]:
    raw = note.encode() if isinstance(note, str) else note
    try:
        return {"read": "checkpoint", "of": of, "text": raw.decode()}
    except UnicodeDecodeError:
        return {"read": "checkpoint", "of": of, "hex": raw.hex()}


def body(origin: str, size: str, root: str) -> str:
    return f"{origin}\n{size}\n{root}\n"


def _root64(size: int = TOLD) -> str:
    return base64.b64encode(merkle.root_of(story().fr.ids[:size])).decode()


def _checkpoints() -> list[Vector]:
    fr, ru, told = actor("fr"), actor("ru"), story()
    note = told.fr.note(TOLD, when=at(3), witnesses={"us": at(3.5)})
    output = {"origin": fr.origin, "size": TOLD, "root": merkle.root_of(told.fr.ids[:TOLD]).hex()}
    root = _root64()
    stray = root[:-2] + chr(ord(root[-2]) + 1) + "="

    def by_fr(text: str) -> bytes:
        return sign_note(text, [(fr.origin, fr.log)])

    plain = body(fr.origin, "5", root)
    whole = by_fr(plain)
    made: list[tuple[str, str, str, str, bytes]] = [
        ("extension-line", "LOG-3", "malformed", "a fourth line", by_fr(plain + "forgotten\n")),
        ("two-lines", "LOG-3", "malformed", "no root", by_fr(f"{fr.origin}\n5\n")),
        ("origin-empty", "LOG-3", "malformed", "an empty origin", by_fr(body("", "5", root))),
        ("origin-space", "LOG-3", "malformed", "an origin with a space in it", by_fr(body("comity log", "5", root))),
        ("size-leading-zero", "LOG-4", "malformed", "a leading zero", by_fr(body(fr.origin, "05", root))),
        ("size-plus", "LOG-4", "malformed", "a sign", by_fr(body(fr.origin, "+5", root))),
        ("size-hex", "LOG-4", "malformed", "a size in hexadecimal", by_fr(body(fr.origin, "0x5", root))),
        ("size-arabic", "LOG-4", "malformed", "a digit of another script", by_fr(body(fr.origin, "٥", root))),
        ("size-large", "LOG-4", "malformed", "a size of 2^63", by_fr(body(fr.origin, str(2**63), root))),
        ("root-short", "LOG-5", "malformed", "a root of 31 bytes", by_fr(body(fr.origin, "5", _b64(bytes(31))))),
        ("root-unpadded", "LOG-5", "malformed", "base64 without padding", by_fr(body(fr.origin, "5", root[:-1]))),
        (
            "root-stray-bits",
            "LOG-5",
            "malformed",
            "stray bits in the last character",
            by_fr(body(fr.origin, "5", stray)),
        ),
        (
            "root-of-nothing",
            "LOG-5",
            "malformed",
            "an empty tree with a root of its own",
            by_fr(body(fr.origin, "0", root)),
        ),
        ("of-another-log", "LOG-6", "wrong-issuer", "ru's head as fr's", told.ru.note(when=at(3))),
        (
            "unsigned-by-log",
            "LOG-6",
            "unknown-key",
            "signed by another key under the log's name",
            sign_note(plain, [(fr.origin, ru.log)]),
        ),
        (
            "signed-under-other-name",
            "LOG-6",
            "unknown-key",
            "the log's key under another name",
            sign_note(plain, [(ru.origin, fr.log)]),
        ),
        ("signature-flipped", "LOG-6", "bad-signature", "one bit of the signature", _bit(whole)),
        ("size-changed", "LOG-6", "bad-signature", "another size than was signed", whole.replace(b"\n5\n", b"\n6\n")),
    ]
    return [
        good("accepted", "LOG-3", "fr's head of 5 leaves, cosigned by fr and us", _checkpoint(note), output),
        *(bad(name, rule, code, desc, _checkpoint(wrong)) for name, rule, code, desc, wrong in made),
    ]


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bit(note: bytes) -> bytes:
    """One bit of the first signature of a note is another."""
    text, _, lines = note.rpartition(b"\n\n")
    first, *rest = lines.splitlines(keepends=True)
    dash, name, signed = first.split(b" ")
    changed = base64.b64encode(flip(base64.b64decode(signed), 20))
    return text + b"\n\n" + b" ".join([dash, name, changed]) + b"\n" + b"".join(rest)


def _notes() -> list[Vector]:
    fr, told = actor("fr"), story()
    note = sign_note(body(fr.origin, "5", _root64()), [(fr.origin, fr.log)])
    line = note.rpartition(b"\n\n")[2]
    stranger = f"— stranger.example/w {_b64(b'abcd' + bytes(72))}\n".encode()
    output = {"origin": fr.origin, "size": TOLD, "root": merkle.root_of(told.fr.ids[:TOLD]).hex()}
    made: list[tuple[str, str, bytes]] = [
        ("note-no-blank-line", "no empty line before the signatures", note.replace(b"\n\n", b"\n")),
        ("note-no-signature", "no signature at all", note.removesuffix(line)),
        ("note-last-newline", "the last newline is missing", note[:-1]),
        ("note-carriage-return", "lines that end in CR LF", note.replace(b"\n", b"\r\n")),
        ("note-not-utf-8", "a byte that is not UTF-8", note.replace(b"comity/", b"comit\xff/", 1)),
        ("note-hyphen", "a hyphen in place of the em dash", note.replace("—".encode(), b"-")),
        ("note-two-spaces", "two spaces before the name", note.replace("— ".encode(), "—  ".encode())),
        ("note-signature-unpadded", "a signature without padding", note.replace(b"=\n", b"\n")),
        ("note-signature-empty", "a key id and no signature", note + b"\xe2\x80\x94 stranger.example " + b"YWJjZA==\n"),
        ("note-line-twice", "one key's line twice", note + line),
        ("note-trailing-text", "text after the signatures", note + b"thank you\n"),
    ]
    many = note + b"".join(b"\xe2\x80\x94 n%d.example YWJjZGVm\n" % number for number in range(64))
    large = {"read": "checkpoint", "of": "fr", "pieces": [note.hex(), [stranger.hex(), 1300]]}
    return [
        *(bad(name, "LOG-7", "malformed", desc, _checkpoint(wrong)) for name, desc, wrong in made),
        bad("note-65-signatures", "LOG-7", "too-large", "65 signatures", _checkpoint(many)),
        bad("note-too-large", "LOG-7", "too-large", "more than 128 KiB", large),
        good(
            "stranger",
            "LOG-8",
            "a line of a key that nobody knows is passed over",
            _checkpoint(note + stranger),
            output,
        ),
        good(
            "stranger-same-name",
            "LOG-8",
            "a line under the log's own name, but of another key, is passed over",
            _checkpoint(note + f"— {fr.origin} {_b64(b'abcd' + bytes(64))}\n".encode()),
            output,
        ),
    ]


# -- cosignatures


def _cosignatures() -> list[Vector]:
    fr, us, told = actor("fr"), actor("us"), story()
    note = told.fr.note(TOLD, when=at(3))
    head = Checkpoint(fr.origin, TOLD, merkle.root_of(told.fr.ids[:TOLD]))
    seconds = at(3.5) // 1000
    line = cosign(head, us.descriptor.witness_name, us.witness, seconds)
    key = NoteKey(us.descriptor.witness_name, COSIGNATURE, us.witness.public)

    def signed(when: int, message: str) -> str:
        return key.line(when.to_bytes(8) + us.witness.sign(message.encode()))

    def given(shown: str, by: str = "us") -> dict[str, Any]:
        return {"read": "cosignature", "of": "fr", "note": note.decode(), "line": shown, "by": by}

    other = Checkpoint(fr.origin, TOLD, seed("another root"))
    text = f"cosignature/v1\ntime {seconds}\n{head.body()}"
    plain_type = NoteKey(us.descriptor.witness_name, 1, us.witness.public)
    own = cosign(head, fr.descriptor.witness_name, fr.witness, at(3) // 1000)
    made: list[tuple[str, str, str, dict[str, Any]]] = [
        (
            "cosignature-of-another-root",
            "bad-signature",
            "of a head with another root",
            given(cosign(other, us.descriptor.witness_name, us.witness, seconds)),
        ),
        (
            "cosignature-time-moved",
            "bad-signature",
            "one second earlier than it was signed",
            given(signed(seconds - 1, text)),
        ),
        (
            "cosignature-no-header",
            "bad-signature",
            "signed without its first line",
            given(signed(seconds, text.partition("\n")[2])),
        ),
        ("cosignature-time-zero", "malformed", "made at time 0", given(signed(0, text.replace(str(seconds), "0")))),
        ("cosignature-time-large", "malformed", "made at 2^63", given(signed(2**63, text))),
        ("cosignature-short", "malformed", "63 bytes of signature", given(key.line(seconds.to_bytes(8) + bytes(63)))),
        (
            "cosignature-of-type-1",
            "unknown-key",
            "a plain note signature by the witness key",
            given(plain_type.line(us.witness.sign(head.body().encode()))),
        ),
        (
            "cosignature-by-log-key",
            "unknown-key",
            "made with the log key in place of the witness key",
            given(cosign(head, us.descriptor.witness_name, us.log, seconds)),
        ),
        (
            "cosignature-name",
            "unknown-key",
            "under the log's name",
            given(cosign(head, us.origin, us.witness, seconds)),
        ),
        ("cosignature-by-another", "unknown-key", "us's line taken as ru's", given(line, "ru")),
        ("cosignature-no-line", "malformed", "no newline", given(line[:-1])),
    ]
    return [
        good("cosignature", "LOG-9", "us cosigns fr's head", given(line), {"time": seconds}),
        good(
            "cosignature-own",
            "LOG-9",
            "fr cosigns its own head, which gives it its time",
            given(own, "fr"),
            {"time": at(3) // 1000},
        ),
        *(bad(name, "LOG-9", code, desc, wrong) for name, code, desc, wrong in made),
        *_times(given(line), seconds),
    ]


def _times(asked: dict[str, Any], seconds: int) -> list[Vector]:
    """A cosignature as it came, at a time by the clock of whoever asked for it."""

    def came(off: int) -> dict[str, Any]:
        return {**asked, "now": instant.text(Instant(seconds * 1000 - off))}

    minute, taken = 60_000, {"time": seconds}
    return [
        good("cosignature-ahead", "LOG-17", "by a clock that is five minutes ahead", came(5 * minute), taken),
        good("cosignature-behind", "LOG-17", "by a clock that is five minutes behind", came(-5 * minute), taken),
        bad("cosignature-too-far-ahead", "LOG-17", "clock-skew", "a millisecond further", came(5 * minute + 1)),
        bad("cosignature-too-far-behind", "LOG-17", "clock-skew", "a millisecond further", came(-5 * minute - 1)),
        bad("cosignature-twelve-minutes", "LOG-17", "clock-skew", "twelve minutes ahead", came(12 * minute)),
        bad("cosignature-backdated", "LOG-17", "clock-skew", "ten years behind", came(-3650 * 24 * 60 * minute)),
    ]


# -- outside witnesses


def _outside() -> list[Vector]:
    fr, told = actor("fr"), story()
    note = told.fr.note(TOLD, when=at(3))
    head = Checkpoint(fr.origin, TOLD, merkle.root_of(told.fr.ids[:TOLD]))
    one, two = (SigningKey(seed(f"outside witness {number}")) for number in (1, 2))
    key, seconds = NoteKey("witness.example/w1", COSIGNATURE, one.public), at(3.5) // 1000

    def line(by: SigningKey = one, name: str = key.name, when: int = seconds, of: Checkpoint = head) -> str:
        return cosign(of, name, by, when)

    def given(answer: str) -> dict[str, Any]:
        asked = {"read": "outside", "of": "fr", "note": note.decode(), "answer": answer, "vkey": key.vkey}
        return {**asked, "now": instant.text(at(3.5))}

    taken, other = {"line": line(), "time": seconds}, line(two, "witness.example/w2")
    long = write_line("witness.example/w3", bytes(2436))
    made: list[tuple[str, str, str, str]] = [
        ("nothing", "malformed", "an empty answer", ""),
        ("empty-line", "malformed", "an empty line after the line", line() + "\n"),
        ("no-newline", "malformed", "no newline at the end", line()[:-1]),
        ("page", "malformed", "a web page", "<html>\n"),
        ("twice", "malformed", "two lines of the key, of two times", line() + line(when=seconds + 1)),
        ("another-name", "unknown-key", "its key under another name", line(name="witness.example/w2")),
        ("another-key", "unknown-key", "another key under its name", line(two)),
        ("others", "unknown-key", "lines of others alone", other + long),
        (
            "another-head",
            "bad-signature",
            "on another head",
            line(of=Checkpoint(fr.origin, TOLD, seed("another root"))),
        ),
        ("early", "clock-skew", "five minutes and a second ago", line(when=seconds - 301)),
        ("late", "clock-skew", "five minutes and a second ahead", line(when=seconds + 301)),
    ]
    return [
        good("outside", "LOG-18", "a witness that is no party cosigns fr's head", given(line()), taken),
        good(
            "outside-among-others",
            "LOG-18",
            "beside lines of others, one as long as ML-DSA-44's",
            given(other + line() + long),
            taken,
        ),
        *(bad(f"outside-{name}", "LOG-18", code, desc, given(answer)) for name, code, desc, answer in made),
    ]


# -- heads that follow one another


def _heads() -> list[Vector]:
    told = story()
    forked = Log(actor("fr"), *told.fr.entries[1:4], told.silence, told.withdrawal, told.to_us)
    known, later = told.fr.note(TOLD, when=at(3)), told.fr.note(ALL, when=at(41))
    path = told.fr.join(TOLD, ALL)

    def given(old: bytes | None, new: bytes, hashes: list[bytes]) -> dict[str, Any]:
        before = None if old is None else old.decode()
        return {
            "read": "next-head",
            "of": "fr",
            "known": before,
            "shown": new.decode(),
            "path": [h.hex() for h in hashes],
        }

    return [
        good("grown", "LOG-10", "5 leaves, then 7", given(known, later, path), {"size": ALL}),
        good(
            "first-seen", "LOG-10", "the first head that is seen needs no proof", given(None, later, []), {"size": ALL}
        ),
        good(
            "same-again",
            "LOG-10",
            "the same head, cosigned by one more",
            given(known, cosigned(known, {"us": at(4)}), []),
            {"size": TOLD},
        ),
        bad("shrunk", "LOG-10", "head-rollback", "7 leaves, then 5", given(later, known, path)),
        bad("shrunk-to-nothing", "LOG-10", "head-rollback", "5 leaves, then none", given(known, _empty(), [])),
        bad("forked", "LOG-10", "head-fork", "two heads of 5 leaves", given(known, forked.note(TOLD, when=at(3)), [])),
        bad(
            "not-joined",
            "LOG-10",
            "not-consistent",
            "a larger tree with another past",
            given(known, forked.note(ALL, when=at(41)), forked.join(TOLD, ALL)),
        ),
        bad("no-proof", "LOG-10", "not-consistent", "no proof where one is due", given(known, later, [])),
        bad("proof-too-long", "LOG-10", "not-consistent", "one hash too many", given(known, later, [*path, path[0]])),
        bad(
            "proof-first-seen",
            "LOG-14",
            "not-consistent",
            "a proof before the first head that is seen",
            given(None, later, path),
        ),
        bad(
            "proof-same-again",
            "LOG-14",
            "not-consistent",
            "a proof between two heads of 5 leaves",
            given(known, cosigned(known, {"us": at(4)}), path),
        ),
        bad(
            "proof-flipped",
            "LOG-10",
            "not-consistent",
            "one bit of the proof",
            given(known, later, [flip(path[0], 0), *path[1:]]),
        ),
    ]


def _empty() -> bytes:
    fr = actor("fr")
    return sign_checkpoint(Checkpoint(fr.origin, 0, merkle.EMPTY_ROOT), fr.origin, fr.log)


def _tiles() -> list[Vector]:
    found = [
        ("tile/0/000", 0, 0, None),
        ("tile/0/000.p/5", 0, 0, 5),
        ("tile/1/x001/234.p/255", 1, 1234, 255),
        ("tile/63/000.p/1", 63, 0, 1),
    ]
    wrong = {
        "entries": ("tile/entries/000", "an entry bundle: contents are never served by tile"),
        "level-64": ("tile/64/000", "a level that no tree has"),
        "level-zero": ("tile/00/000", "a leading zero"),
        "number-short": ("tile/0/00", "two digits"),
        "number-padded": ("tile/0/x000/001", "a second name for tile 1"),
        "width-0": ("tile/0/000.p/0", "an empty tile"),
        "width-256": ("tile/0/000.p/256", "a full tile as a partial one"),
        "slash": ("tile/0/000/", "a slash at the end"),
        "dots": ("tile/0/../000", "a way out"),
    }
    return [
        *(
            good(
                f"tile-{number}",
                "LOG-11",
                f"{path}",
                {"read": "tile-path", "text": path},
                {"level": level, "number": at_, "width": width},
            )
            for number, (path, level, at_, width) in enumerate(found)
        ),
        *(
            bad(f"tile-{name}", "LOG-11", "malformed", desc, {"read": "tile-path", "text": path})
            for name, (path, desc) in wrong.items()
        ),
    ]
