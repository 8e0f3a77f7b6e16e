"""Vectors of spec/node-api.md: every route, and what it refuses."""

from typing import Any

from comity.proof import cbor, merkle
from comity.proof.checkpoint import Checkpoint, sign_checkpoint
from conformance.vectors import acknowledgement
from conformance.vectors.cast import Log, Vector, actor, at, bad, flip, good, seed
from conformance.vectors.signatures import OK, TEXT, Asked, b64, call, pulling
from conformance.vectors.story import pull, story


def vectors() -> list[Vector]:
    return [*_calls(), *_pulls(), *_witness(), *_rest()]


# -- who may call what


def _calls() -> list[Vector]:
    bare = {"headers": {"signature": None, "signature-input": None, "comity-recipient": None}}
    routes = [
        ("POST", "/pull"),
        ("POST", "/acknowledge"),
        ("POST", "/add-checkpoint"),
        ("POST", "/receipts"),
        ("GET", "/checkpoint"),
        ("GET", "/tile/0/000.p/1"),
        ("GET", f"/statements/{actor('fr').described.id.hex()}"),
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
    known, unknown = actor("fr").described.id.hex(), seed("no such statement").hex()
    missing: list[tuple[str, str, str, str]] = [
        ("no-route", "GET", "/statements", "no such route"),
        ("another-method", "DELETE", "/checkpoint", "a method that the route does not have"),
        ("another-version", "GET", "/../v2/checkpoint", "a way out of the prefix"),
        ("statement-unknown", "GET", f"/statements/{unknown}", "a statement that there is not"),
        ("statement-stix-id", "GET", "/statements/report--1", "no statement id"),
        ("statement-upper-case", "GET", f"/statements/{unknown.upper()}", "an id in capitals"),
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
        bad(
            "statement-unreleased",
            "RELEASE-15",
            "not-found",
            "a statement that there is, and that ru was not told",
            call(Asked(method="GET", path=f"/statements/{known}")),
        ),
        bad("too-large", "NODE-API-11", "too-large", "a body of more than a mebibyte", call(large)),
    ]


def _pulls() -> list[Vector]:
    rows: list[tuple[str, str, str, bytes]] = [
        ("pull-not-cbor", "malformed", "a text", b"everything, please"),
        ("pull-version", "malformed", "a later version", pulling(v=2)),
        ("pull-no-wait", "malformed", "no wait", pulling(wait=None)),
        ("pull-limit-negative", "malformed", "a limit below 0", pulling(limit=-1)),
        ("pull-wait-text", "malformed", "a wait as text", pulling(wait="long")),
        (
            "pull-flipped",
            "bad-signature",
            "one bit of the pull's own signature",
            pulling(flip(pull(cursor=0, have=0), -1)),
        ),
        (
            "pull-from-another",
            "wrong-addressee",
            "a pull from us, sent to fr",
            pulling(pull(cursor=0, have=0, to=actor("us").fingerprint)),
        ),
        (
            "pull-in-another-name",
            "wrong-addressee",
            "a pull that speaks for us",
            pulling(pull(cursor=0, have=0, by=actor("us").fingerprint)),
        ),
        (
            "pull-cursor-beyond",
            "bad-argument",
            "a cursor beyond every head that was shown",
            pulling(pull(cursor=2, have=0)),
        ),
        ("pull-have-beyond", "bad-argument", "a head that fr never had", pulling(pull(cursor=0, have=2))),
    ]
    return [bad(name, "NODE-API-12", code, desc, call(Asked(body=body))) for name, code, desc, body in rows]


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
        ("receipts-version", "malformed", "a later version", receipts(v=2)),
        ("receipts-no-have", "malformed", "no size", receipts(have=None)),
        ("receipts-id-short", "malformed", "31 bytes", receipts(ids=ids[:31])),
        ("receipts-id-twice", "malformed", "one acknowledgement twice", receipts(ids=ids * 2)),
        ("receipts-ids-101", "malformed", "more than 100", receipts(ids=b"".join(map(seed, map(str, range(101)))))),
        ("receipts-have-beyond", "malformed", "a size that the log has not", receipts(have=2)),
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
