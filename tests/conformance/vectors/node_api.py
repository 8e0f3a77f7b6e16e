"""Vectors of spec/node-api.md: every route, and what it refuses."""

from typing import Any

from comity.proof import cbor, merkle
from comity.proof.checkpoint import Checkpoint, sign_checkpoint
from conformance.vectors import acknowledgement
from conformance.vectors.cast import Log, Vector, actor, at, bad, flip, good, seed
from conformance.vectors.signatures import OK, TEXT, Asked, b64, call, first_pull, pulling
from conformance.vectors.story import root_of, story, want


def vectors() -> list[Vector]:
    return [*_calls(), *_pulls(), *_items(), *_witness(), *_rest()]


# -- who may call what


def _calls() -> list[Vector]:
    bare = {"headers": {"signature": None, "signature-input": None, "comity-recipient": None}}
    routes = [
        ("POST", "/pull"),
        ("POST", "/items"),
        ("POST", "/acknowledge"),
        ("POST", "/add-checkpoint"),
        ("POST", "/receipts"),
        ("GET", "/checkpoint"),
        ("GET", "/tile/0/000.p/1"),
    ]
    unsigned = [
        bad(
            f"unsigned-{path.split('/')[1]}",
            "NODE-API-9",
            "unauthenticated",
            f"{method} {path.split('.p')[0][:12]} without a signature",
            call(Asked(method=method, path=path, changes=bare)),
        )
        for method, path in routes
    ]
    known = actor("fr").described.id.hex()
    missing: list[tuple[str, str, str, str]] = [
        ("no-route", "GET", "/everything", "no such route"),
        ("another-method", "DELETE", "/checkpoint", "a method that the route does not have"),
        ("items-by-get", "GET", "/items", "items by GET: what is asked for without a want is no path"),
        ("another-version", "GET", "/../v2/checkpoint", "a way out of the prefix"),
        ("query", "GET", "/checkpoint?size=1", "a query, which belongs to no route"),
        ("statement-by-id", "GET", f"/statements/{known}", "a statement by its id, though there is one of it"),
        ("checkpoint-unpublished", "GET", "/checkpoint", "no head was published yet"),
        ("tile-beyond", "GET", "/tile/0/001", "a tile beyond the log"),
        ("tile-unpublished", "GET", "/tile/0/000.p/1", "a tile above the published head"),
        ("entries", "GET", "/tile/entries/000", "contents by way of tiles"),
    ]
    large = Asked(changes={"parts": {"body": {"pieces": [["00", (1 << 20) + 1]]}}})
    return [
        good(
            "descriptor",
            "NODE-API-9",
            "anybody may read the descriptor",
            call(Asked(method="GET", path="/descriptor", changes=bare)),
            OK,
        ),
        *unsigned,
        *(
            bad(name, "NODE-API-10", "not-found", desc, call(Asked(method=method, path=path)))
            for name, method, path, desc in missing
        ),
        bad("too-large", "NODE-API-11", "too-large", "a body of more than a mebibyte", call(large)),
    ]


def _pulls() -> list[Vector]:
    rows: list[tuple[str, str, str, bytes]] = [
        ("pull-not-cbor", "malformed", "a text", b"everything, please"),
        ("pull-version", "unknown-version", "a later version", pulling(v=2)),
        ("pull-no-wait", "malformed", "no wait", pulling(wait=None)),
        ("pull-limit-negative", "malformed", "a limit below 0", pulling(limit=-1)),
        ("pull-wait-text", "malformed", "a wait as text", pulling(wait="long")),
        (
            "pull-flipped",
            "bad-signature",
            "one bit of the pull's own signature",
            pulling(flip(first_pull(), -1)),
        ),
        (
            "pull-from-another",
            "wrong-addressee",
            "a pull from us, sent to fr",
            pulling(first_pull(to=actor("us").fingerprint)),
        ),
        (
            "pull-in-another-name",
            "wrong-addressee",
            "a pull that speaks for us",
            pulling(first_pull(by=actor("us").fingerprint)),
        ),
        (
            "pull-cursor-beyond",
            "bad-argument",
            "a cursor beyond every head that was shown",
            pulling(first_pull(cursor=2)),
        ),
        ("pull-have-beyond", "bad-argument", "a head that fr never had", pulling(first_pull(have=2))),
    ]
    return [bad(name, "NODE-API-12", code, desc, call(Asked(body=body))) for name, code, desc, body in rows]


# -- items


def wanting(signed_want: bytes | None = None, **changed: Any) -> bytes:
    """The body of a want of ru's from fr, whose log holds its descriptor alone: of something that fr never said."""
    inner = first_want() if signed_want is None else signed_want
    parts = {"v": 1, "want": inner, "tellings": story().telling.data} | changed
    return cbor.encode({name: part for name, part in parts.items() if part is not None})


def first_want(**changed: Any) -> bytes:
    return want(**({"size": 1, "log_root": root_of(story().fr, 1)} | changed))


def _asks(*bodies: bytes, path: str = "/items") -> dict[str, Any]:
    """A pull, by which ru gets to know the head of fr's log, then what is asked for."""
    then = [Asked(path=path, body=body, nonce=f"nonce-of-item-no-{number}") for number, body in enumerate(bodies)]
    return call(Asked(body=pulling()), *then)


def _items() -> list[Vector]:
    fr, us, told = actor("fr"), actor("us"), story()
    one = told.telling
    forked = merkle.root_of([told.report.id])
    rows: list[tuple[str, str, str, str, bytes]] = [
        ("items-not-cbor", "NODE-API-20", "malformed", "a text", b"the report, please"),
        ("items-version", "NODE-API-20", "unknown-version", "a later version", wanting(v=2)),
        ("items-no-want", "NODE-API-20", "malformed", "tellings without a want", wanting(want=None)),
        ("items-no-tellings", "NODE-API-20", "malformed", "a want without its tellings", wanting(tellings=None)),
        ("items-tellings-half", "NODE-API-20", "malformed", "half a telling", wanting(tellings=one.data[:64])),
        ("items-limit", "NODE-API-20", "malformed", "a key that the form does not have", wanting(limit=1)),
        ("items-of-no-head", "NODE-API-20", "bad-argument", "a log of no leaves", wanting(first_want(size=0))),
        ("items-head-beyond", "NODE-API-20", "bad-argument", "a head that fr never had", wanting(want())),
        ("items-flipped", "PAGE-18", "bad-signature", "one bit of the signature", wanting(flip(first_want(), -1))),
        ("items-from-another", "PAGE-18", "wrong-addressee", "a want from us", wanting(first_want(to=us.fingerprint))),
        (
            "items-in-another-name",
            "PAGE-18",
            "wrong-addressee",
            "a want that speaks for us",
            wanting(first_want(by=us.fingerprint)),
        ),
        (
            "items-other-root",
            "PAGE-18",
            "content-mismatch",
            "of other tellings",
            wanting(first_want(root=seed("other"))),
        ),
        ("items-forked", "PAGE-20", "head-fork", "another head of one leaf", wanting(first_want(log_root=forked))),
    ]
    known = merkle.root_of([fr.described.id])
    return [
        good("items", "PAGE-18", "ru asks for what fr never said: nil, and no fault", _asks(wanting()), OK),
        *(bad(name, rule, code, desc, _asks(body)) for name, rule, code, desc, body in rows),
        good(
            "pull-again",
            "PAGE-20",
            "from the head that the first page has shown",
            _asks(pulling(first_pull(cursor=1, have=1, root=known)), path="/pull"),
            OK,
        ),
        bad(
            "pull-forked",
            "PAGE-20",
            "head-fork",
            "from another head of one leaf: of a copy of fr's log",
            _asks(pulling(first_pull(cursor=1, have=1, root=forked)), path="/pull"),
        ),
        bad(
            "pull-no-head-forked",
            "PAGE-20",
            "head-fork",
            "from no leaf, and another root than that of the empty tree",
            call(Asked(body=pulling(first_pull(root=forked)))),
        ),
    ]


# -- witnessing


def showing(note: bytes, old: int | str = 0, path: list[bytes] | None = None) -> bytes:
    lines = "".join(b64(each) + "\n" for each in path or [])
    return f"old {old}\n{lines}\n".encode() + note


def _witness() -> list[Vector]:
    ru, told = actor("ru"), story()
    log = told.ru
    two, three = log.note(2, when=at(4)), log.note(3, when=at(5))
    join = log.join(2, 3)
    forked = Log(ru, log.entries[2], log.entries[1])
    other = Checkpoint(ru.origin, 3, merkle.root_of(log.ids))
    by_witness = sign_checkpoint(other, ru.origin, ru.witness)

    def shows(*bodies: bytes) -> dict[str, Any]:
        asked = [
            Asked(path="/add-checkpoint", body=body, nonce=f"nonce-of-head-no-{at_}") for at_, body in enumerate(bodies)
        ]
        return call(*asked)

    rows: list[tuple[str, str, str, dict[str, Any]]] = [
        ("head-old-missing", "malformed", "no old size", shows(showing(two)[6:])),
        ("head-old-leading-zero", "malformed", "a leading zero", shows(showing(two, "00"))),
        ("head-old-negative", "malformed", "a sign", shows(showing(two, "-1"))),
        ("head-no-empty-line", "malformed", "no empty line", shows(showing(two).replace(b"\n\n", b"\n"))),
        (
            "head-proof-hex",
            "malformed",
            "a proof in hexadecimal",
            shows(b"old 2\n" + join[0].hex().encode() + b"\n\n" + three),
        ),
        ("head-proof-64", "malformed", "64 hashes", shows(showing(three, 2, join * 64))),
        ("head-of-another", "wrong-issuer", "fr's own head, shown by ru", shows(showing(told.fr.note(1, when=at(0))))),
        ("head-by-witness-key", "unknown-key", "signed by the witness key", shows(showing(by_witness))),
        ("head-stale", "stale-head", "a proof from a head that fr does not hold", shows(showing(three, 2, join))),
        (
            "head-stale-later",
            "stale-head",
            "a proof from nothing, after fr took a head",
            shows(showing(two), showing(three)),
        ),
        ("head-shrunk", "head-rollback", "3 leaves, then 2", shows(showing(three), showing(two, 3))),
        (
            "head-forked",
            "head-fork",
            "two heads of 3 leaves",
            shows(showing(three), showing(forked.note(3, when=at(5)), 3)),
        ),
        (
            "head-not-joined",
            "not-consistent",
            "a proof that does not join",
            shows(showing(two), showing(three, 2, [flip(join[0], 0)])),
        ),
        ("head-no-proof", "not-consistent", "no proof where one is due", shows(showing(two), showing(three, 2))),
    ]
    return [
        good("head", "NODE-API-13", "ru's first head is cosigned", shows(showing(two)), TEXT),
        good(
            "head-grown",
            "NODE-API-13",
            "then a larger one that follows from it",
            shows(showing(two), showing(three, 2, join)),
            TEXT,
        ),
        *(bad(name, "NODE-API-13", code, desc, given) for name, code, desc, given in rows),
    ]


def _rest() -> list[Vector]:
    ids = seed("an acknowledgement")

    def receipts(**changed: Any) -> Asked:
        parts = {"v": 1, "ids": ids, "have": 0} | changed
        return Asked(path="/receipts", body=cbor.encode({k: v for k, v in parts.items() if v is not None}))

    rows: list[tuple[str, str, str, Asked]] = [
        ("receipts-version", "unknown-version", "a later version", receipts(v=2)),
        ("receipts-no-have", "malformed", "no size", receipts(have=None)),
        ("receipts-id-short", "malformed", "31 bytes", receipts(ids=ids[:31])),
        ("receipts-id-twice", "malformed", "one acknowledgement twice", receipts(ids=ids * 2)),
        ("receipts-ids-101", "malformed", "more than 100", receipts(ids=b"".join(map(seed, map(str, range(101)))))),
        ("receipts-have-beyond", "malformed", "a size that the log has not", receipts(have=2)),
        ("receipts-told-short", "malformed", "a release without a size", receipts(told=ids)),
        ("receipts-told-twice", "malformed", "one release twice", receipts(told=(ids + bytes(7) + b"\1") * 2)),
        ("receipts-told-zero", "malformed", "under the head of an empty log", receipts(told=ids + bytes(8))),
        ("receipts-told-beyond", "malformed", "a size that the log has not", receipts(told=ids + bytes(7) + b"\2")),
        (
            "receipts-told-33",
            "malformed",
            "more than 32",
            receipts(told=b"".join(seed(str(number)) + bytes(7) + b"\1" for number in range(33))),
        ),
    ]
    never = Asked(path="/acknowledge", body=acknowledgement.answer())
    return [
        good(
            "receipts-of-nothing",
            "NODE-API-14",
            "of an acknowledgement that fr never made: none",
            call(receipts()),
            OK,
        ),
        good(
            "receipts-told-nothing",
            "NODE-API-14",
            "of what fr never told ru: nothing stands there",
            call(receipts(told=ids + bytes(7) + b"\1")),
            OK,
        ),
        *(bad(name, "NODE-API-14", code, desc, call(asked)) for name, code, desc, asked in rows),
        bad("acknowledge-never-told", "NODE-API-15", "not-found", "of something that fr never told ru", call(never)),
        bad(
            "acknowledge-garbage",
            "NODE-API-15",
            "malformed",
            "no answer at all",
            call(Asked(path="/acknowledge", body=b"thanks")),
        ),
    ]
