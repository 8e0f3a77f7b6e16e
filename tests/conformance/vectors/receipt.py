"""Vectors of spec/receipt.md: the log's proof as text and as COSE."""

import base64
from typing import Any

from comity.proof import cbor, merkle
from comity.proof import receipt as receipts
from comity.proof.keys import Signer
from comity.proof.receipt import Receipt
from conformance.vectors.cast import Vector, actor, at, bad, flip, good, raw_sign1
from conformance.vectors.story import TOLD, story

_INDEX = 1  # the report


def note() -> bytes:
    return story().fr.note(TOLD, when=at(3), witnesses={"us": at(3.5)})


def text() -> bytes:
    return receipts.encode_tlog_proof(Receipt(_INDEX, tuple(story().fr.path(_INDEX, TOLD)), note()))


def vectors() -> list[Vector]:
    return [*_texts(), *_cose()]


def _shown(data: bytes, leaf: bytes | None = None, of: str = "fr") -> dict[str, Any]:
    given = {"read": "receipt", "of": of, "leaf": (leaf or story().report.id).hex()}
    try:
        return given | {"text": data.decode()}
    except UnicodeDecodeError:
        return given | {"hex": data.hex()}


def _texts() -> list[Vector]:
    told, whole = story(), text()
    first, index, *path = whole.partition(b"\n\n")[0].decode().split("\n")

    def lines(*head: str) -> bytes:
        return "\n".join(head).encode() + b"\n\n" + note()

    short = base64.b64encode(bytes(31)).decode()
    stray = path[0][:-2] + chr(ord(path[0][-2]) + 1) + "="
    rollback = told.fr.note(3, when=at(2))
    made: list[tuple[str, str, str, str, bytes]] = [
        ("version-2", "RECEIPT-1", "malformed", "a later version", lines("c2sp.org/tlog-proof@v2", index, *path)),
        (
            "extra",
            "RECEIPT-1",
            "malformed",
            "extra data, which nobody signed",
            lines(first, "extra YWJj", index, *path),
        ),
        ("no-index", "RECEIPT-1", "malformed", "no index", lines(first, *path)),
        ("carriage-returns", "RECEIPT-1", "malformed", "lines that end in CR LF", whole.replace(b"\n", b"\r\n")),
        ("empty", "RECEIPT-1", "malformed", "nothing", b""),
        ("index-leading-zero", "RECEIPT-2", "malformed", "a leading zero", lines(first, "index 01", *path)),
        ("index-negative", "RECEIPT-2", "malformed", "a sign", lines(first, "index -1", *path)),
        ("index-large", "RECEIPT-2", "malformed", "an index of 2^63", lines(first, f"index {2**63}", *path)),
        ("index-space", "RECEIPT-2", "malformed", "a space at the end", lines(first, index + " ", *path)),
        ("hash-short", "RECEIPT-3", "malformed", "a hash of 31 bytes", lines(first, index, short, *path[1:])),
        ("hash-stray-bits", "RECEIPT-3", "malformed", "stray bits", lines(first, index, stray, *path[1:])),
        (
            "hash-hex",
            "RECEIPT-3",
            "malformed",
            "a hash in hexadecimal",
            lines(first, index, told.report.id.hex(), *path[1:]),
        ),
        ("path-64", "RECEIPT-3", "malformed", "64 hashes", lines(first, index, *[path[0]] * 64)),
        ("no-checkpoint", "RECEIPT-4", "malformed", "no checkpoint", whole.partition(b"\n\n")[0] + b"\n\n"),
        (
            "no-empty-line",
            "RECEIPT-4",
            "malformed",
            "no empty line before the checkpoint",
            whole.replace(b"\n\n", b"\n", 1),
        ),
        ("trailing-line", "RECEIPT-4", "malformed", "a line after the checkpoint", whole + b"\n"),
        (
            "of-another-log",
            "RECEIPT-5",
            "wrong-issuer",
            "ru's head under fr's path",
            whole.partition(b"\n\n")[0] + b"\n\n" + told.ru.note(when=at(3)),
        ),
        (
            "size-changed",
            "RECEIPT-5",
            "bad-signature",
            "another size than was signed",
            whole.replace(b"\n5\n", b"\n6\n"),
        ),
        (
            "path-flipped",
            "RECEIPT-5",
            "not-included",
            "one bit of the path",
            lines(first, index, _flipped(path[0]), *path[1:]),
        ),
        ("index-moved", "RECEIPT-5", "not-included", "the right path at another place", lines(first, "index 0", *path)),
        (
            "smaller-head",
            "RECEIPT-5",
            "not-included",
            "a head of another size",
            whole.partition(b"\n\n")[0] + b"\n\n" + rollback,
        ),
    ]
    large = {"read": "receipt", "of": "fr", "leaf": told.report.id.hex(), "pieces": [whole.hex(), ["0a", 140_000]]}
    return [
        good(
            "accepted",
            "RECEIPT-1",
            "the report's receipt, cosigned by fr and us",
            _shown(whole),
            {"index": 1, "size": 5},
        ),
        good(
            "one-leaf",
            "RECEIPT-3",
            "a tree of one leaf: no hash in the path",
            _shown(_one_leaf(), told.fr.ids[0]),
            {"index": 0, "size": 1},
        ),
        *(bad(name, rule, code, desc, _shown(wrong)) for name, rule, code, desc, wrong in made),
        bad(
            "another-leaf", "RECEIPT-5", "not-included", "the receipt of another statement", _shown(whole, told.note.id)
        ),
        bad("too-large", "RECEIPT-6", "too-large", "140,000 newlines more", large),
    ]


def _one_leaf() -> bytes:
    return receipts.encode_tlog_proof(Receipt(0, (), story().fr.note(1, when=at(0))))


def _flipped(line: str) -> str:
    return base64.b64encode(flip(base64.b64decode(line), 0)).decode()


# -- COSE


def made_cose(
    header: dict[int, Any] | None = None,
    proof: Any = None,
    *,
    key: Signer | None = None,
    unprotected: Any = None,
    root: bytes | None = None,
    attached: bool = False,
) -> bytes:
    """The report's COSE Receipt with something in it changed."""
    fr, told = actor("fr"), story()
    claims = {1: fr.origin, 2: told.report.envelope.sub, 6: at(3) // 1000}
    plain = {1: -8, 4: fr.log.public.id[:8], 15: claims, 395: 1} | (header or {})
    plain = {label: value for label, value in plain.items() if value is not None}
    listed = [TOLD, _INDEX, told.fr.path(_INDEX, TOLD)] if proof is None else proof
    outside = {396: {-1: [cbor.encode(listed)]}} if unprotected is None else unprotected
    top = root or merkle.root_of(told.fr.ids[:TOLD])
    how = {"unprotected": cbor.encode(outside)}
    if attached:
        return raw_sign1(cbor.encode(plain), top, key or fr.log, **how)
    return raw_sign1(cbor.encode(plain), None, key or fr.log, detached=top, **how)


def _cose_shown(data: bytes, **changed: Any) -> dict[str, Any]:
    told = story()
    given = {
        "read": "cose-receipt",
        "of": "fr",
        "hex": data.hex(),
        "leaf": told.report.id.hex(),
        "sub": told.report.envelope.sub,
        "note": note().decode(),
    }
    return given | changed


def _cose() -> list[Vector]:
    fr, ru, told = actor("fr"), actor("ru"), story()
    path = told.fr.path(_INDEX, TOLD)
    proof = cbor.encode([TOLD, _INDEX, path])
    claims = {1: fr.origin, 2: told.report.envelope.sub, 6: at(3) // 1000}
    whole = made_cose()
    form: list[tuple[str, str, str, bytes]] = [
        ("cose-untagged", "RECEIPT-7", "without its tag", whole[1:]),
        ("cose-trailing", "RECEIPT-7", "one byte more after the end", whole + b"\x00"),
        ("cose-vds-2", "RECEIPT-7", "another kind of tree", made_cose({395: 2})),
        ("cose-no-vds", "RECEIPT-7", "no kind of tree", made_cose({395: None})),
        ("cose-attached", "RECEIPT-7", "the root as payload", made_cose(attached=True)),
        ("cose-header-extra", "RECEIPT-7", "a header more", made_cose({3: "text/plain"})),
        ("cose-kid-short", "RECEIPT-8", "a kid of 4 bytes", made_cose({4: fr.log.public.id[:4]})),
        ("cose-no-sub", "RECEIPT-8", "no subject", made_cose({15: {1: fr.origin, 6: 1}})),
        ("cose-iat-text", "RECEIPT-8", "a time as text", made_cose({15: claims | {6: "now"}})),
        ("cose-two-proofs", "RECEIPT-9", "two proofs", made_cose(unprotected={396: {-1: [proof, proof]}})),
        ("cose-no-proof", "RECEIPT-9", "no proof", made_cose(unprotected={396: {-1: []}})),
        (
            "cose-consistency",
            "RECEIPT-9",
            "a consistency proof too",
            made_cose(unprotected={396: {-1: [proof], -2: [proof]}}),
        ),
        (
            "cose-unprotected-extra",
            "RECEIPT-9",
            "something else that nobody signed",
            made_cose(unprotected={396: {-1: [proof]}, 394: b""}),
        ),
        ("cose-path-empty", "RECEIPT-9", "an empty path", made_cose(proof=[1, 0, []])),
        (
            "cose-path-31-bytes",
            "RECEIPT-9",
            "a hash of 31 bytes",
            made_cose(proof=[TOLD, _INDEX, [path[0][:31], *path[1:]]]),
        ),
        ("cose-index-beyond", "RECEIPT-9", "a place that the tree has not", made_cose(proof=[TOLD, TOLD, path])),
        ("cose-size-true", "RECEIPT-9", "a size that is true", made_cose(proof=[True, 0, path])),
    ]
    judged: list[tuple[str, str, str, str, dict[str, Any]]] = [
        ("cose-alg-rs256", "RECEIPT-7", "unknown-algorithm", "RS256", _cose_shown(made_cose({1: -257}))),
        (
            "cose-size-other",
            "RECEIPT-10",
            "not-included",
            "another size than the checkpoint's",
            _cose_shown(made_cose(proof=[6, _INDEX, path])),
        ),
        (
            "cose-note-other",
            "RECEIPT-10",
            "not-included",
            "a checkpoint of another size",
            _cose_shown(whole, note=told.fr.note(3, when=at(2)).decode()),
        ),
        (
            "cose-iss",
            "RECEIPT-11",
            "wrong-issuer",
            "issued by another log",
            _cose_shown(made_cose({15: claims | {1: ru.origin}})),
        ),
        (
            "cose-sub",
            "RECEIPT-11",
            "not-included",
            "of another subject",
            _cose_shown(whole, sub=told.note.envelope.sub),
        ),
        (
            "cose-kid",
            "RECEIPT-11",
            "unknown-key",
            "another key is named",
            _cose_shown(made_cose({4: ru.log.public.id[:8]})),
        ),
        ("cose-leaf", "RECEIPT-12", "not-included", "of another leaf", _cose_shown(whole, leaf=told.note.id.hex())),
        (
            "cose-signed-by-another",
            "RECEIPT-12",
            "bad-signature",
            "ru signs with fr's kid",
            _cose_shown(made_cose(key=ru.log)),
        ),
        (
            "cose-root-other",
            "RECEIPT-12",
            "bad-signature",
            "signed over another root",
            _cose_shown(made_cose(root=told.report.id)),
        ),
        ("cose-flipped", "RECEIPT-12", "bad-signature", "one bit of the signature", _cose_shown(flip(whole, -1))),
    ]
    output = {"index": _INDEX, "size": TOLD, "iat": at(3) // 1000}
    return [
        good("cose", "RECEIPT-7", "the same receipt as COSE", _cose_shown(whole), output),
        *(bad(name, rule, "malformed", desc, _cose_shown(data)) for name, rule, desc, data in form),
        *(bad(name, rule, code, desc, given) for name, rule, code, desc, given in judged),
    ]
