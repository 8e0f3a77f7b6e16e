"""Vectors of spec/proof-file.md that are refused for what was said, logged, offered or asked for."""

from dataclasses import replace
from typing import Any

from comity.exchange import prove
from comity.exchange.deliver import PAGE_END_TYPE, WANT_TYPE
from comity.model import content, release
from comity.model.statement import Signed
from comity.proof import cbor
from conformance.vectors.cast import (
    Log,
    Vector,
    actor,
    at,
    bad,
    descriptor_content,
    flip,
)
from conformance.vectors.extensions import plain as bare
from conformance.vectors.page import sealed
from conformance.vectors.proof_made import (
    bare_telling,
    changed,
    closed,
    complete,
    described,
    mine,
    places_of,
    shown,
)
from conformance.vectors.story import ALL, TOLD, pull, release_of, root_of, story, telling_of, want
from world import keys_of


def vectors() -> list[Vector]:
    return [*_said(), *_closed(), *_logged(), *_offered(), *_fetched(), *_paths()]


def _said() -> list[Vector]:
    told, least = story(), bare_telling()
    said, given = told.report.triple, told.to_ru.triple
    recall = actor("fr").says(content.dump(bare("recall")), "recall", at(1))
    foreign = release_of(told.report, "ru", answer_by=None, label="by ru", by="ru")
    elsewhere = release_of(told.report, "us", answer_by=None, label="to us too")
    known = release.read(told.to_ru.object)
    itself = release.write(replace(known, to=actor("fr").fingerprint), at(1.5))
    to_itself = actor("fr").says(itself, "to itself", at(1.5))
    rows: list[tuple[str, str, str, str, dict[str, Any]]] = [
        (
            "statement-flipped",
            "PROOF-FILE-5",
            "bad-signature",
            "one bit of the signature",
            {"statement": [flip(said[0], -1), *said[1:]]},
        ),
        (
            "content-changed",
            "PROOF-FILE-5",
            "content-mismatch",
            "one letter of the content",
            {"statement": [*said[:2], said[2].replace(b"check", b"Check")]},
        ),
        (
            "salt-changed",
            "PROOF-FILE-5",
            "content-mismatch",
            "one bit of the salt",
            {"statement": [said[0], flip(said[1], 0), said[2]]},
        ),
        (
            "teller-missing",
            "PROOF-FILE-5",
            "unknown-key",
            "the teller's descriptor is not there",
            {"parties": [list(t) for t in described("ru", "us")]},
        ),
        ("node-type", "PROOF-FILE-6", "malformed", "a type that is never told", {"statement": list(recall.triple)}),
        (
            "release-of-another",
            "PROOF-FILE-7",
            "content-mismatch",
            "the release of another statement",
            {"release": list(told.to_us.triple)},
        ),
        (
            "release-by-hearer",
            "PROOF-FILE-7",
            "wrong-issuer",
            "a release that the hearer made for itself",
            {"release": list(foreign.triple)},
        ),
        (
            "release-withdrawn",
            "PROOF-FILE-7",
            "content-mismatch",
            "the withdrawal in place of the release",
            {"release": list(told.withdrawal.triple)},
        ),
        (
            "release-flipped",
            "PROOF-FILE-7",
            "bad-signature",
            "one bit of the release's signature",
            {"release": [flip(given[0], -1), *given[1:]]},
        ),
        (
            "release-is-report",
            "PROOF-FILE-7",
            "not-stix",
            "the statement in place of the release",
            {"release": list(said)},
        ),
        (
            "told-itself",
            "PROOF-FILE-31",
            "malformed",
            "released by fr to fr",
            {"release": list(to_itself.triple)},
        ),
        (
            "hearer-missing",
            "PROOF-FILE-8",
            "unknown-key",
            "the addressee's descriptor is not there",
            {"release": list(elsewhere.triple)},
        ),
    ]
    return [bad(name, rule, code, desc, shown(changed(least, **parts))) for name, rule, code, desc, parts in rows]


def _closed() -> list[Vector]:
    """Faults of a statement whose content is left out."""
    file = closed(complete())
    data, inside = cbor.decode(prove.encode(file))["statement"]
    alone = closed(bare_telling())
    rows: list[tuple[str, str, str, str, dict[str, Any]]] = [
        (
            "closed-flipped",
            "PROOF-FILE-5",
            "bad-signature",
            "one bit of its signature",
            shown(changed(alone, statement=[flip(data, -1), inside])),
        ),
        (
            "closed-teller-missing",
            "PROOF-FILE-5",
            "unknown-key",
            "the teller's descriptor is not there",
            shown(changed(alone, parties=[list(t) for t in described("ru", "us")])),
        ),
        (
            "closed-another-hash",
            "PROOF-FILE-11",
            "not-included",
            "another hash stands for the content than in what was asked for",
            shown(changed(file, statement=[data, flip(inside, 0)])),
        ),
        (
            "closed-another-hash-held",
            "PROOF-FILE-12",
            "not-included",
            "another hash stands for the content than in what was held",
            shown(changed(file, statement=[data, flip(inside, 0)], want=None)),
        ),
    ]
    return [bad(name, rule, code, desc, given) for name, rule, code, desc, given in rows]


def _logged() -> list[Vector]:
    fr, told, least = actor("fr"), story(), bare_telling()
    note, start, at_said, path, shared, at_given, path_given = cbor.decode(prove.encode(least))["log"]
    late = Log(fr, told.to_ru, told.report)
    turned = [prove.pack_note(late.note(when=at(3))), *places_of(late, 2, 1)]
    latest = Log(fr, told.to_ru, told.note, told.report)
    later = [prove.pack_note(latest.note(when=at(3))), *places_of(latest, 3, 1)]
    other = Log(fr, *told.fr.entries[1:TOLD])
    other.entries[0] = second_descriptor("fr")
    second = [prove.pack_note(other.note(when=at(3))), *places_of(other, 1, 2)]
    rows: list[tuple[str, str, str, str, list[Any]]] = [
        (
            "statement-index",
            "PROOF-FILE-9",
            "not-included",
            "the statement at another place",
            [note, start, 0, path, shared, at_given, path_given],
        ),
        (
            "statement-path",
            "PROOF-FILE-9",
            "not-included",
            "one bit of its path",
            [note, start, at_said, flip(path, 0), shared, at_given, path_given],
        ),
        (
            "release-path",
            "PROOF-FILE-9",
            "not-included",
            "a path one hash short",
            [note, start, at_said, path, shared, at_given, path_given[:-32]],
        ),
        (
            "released-before-log",
            "RELEASE-12",
            "malformed",
            "released, and logged only after something else",
            later,
        ),
        (
            "genesis-flipped",
            "PROOF-FILE-30",
            "not-included",
            "one bit of the path of the teller's descriptor",
            [note, flip(start, 0), at_said, path, shared, at_given, path_given],
        ),
        (
            "genesis-none",
            "PROOF-FILE-30",
            "not-included",
            "no path, though the log has more leaves than one",
            [note, b"", at_said, path, shared, at_given, path_given],
        ),
        ("genesis-another", "PROOF-FILE-30", "not-included", "a log that begins with a second descriptor", second),
        ("released-first", "PROOF-FILE-9", "malformed", "released before it was logged", turned),
        (
            "head-flipped",
            "PROOF-FILE-9",
            "bad-signature",
            "another size than the log signed",
            [[note[0] + 1, *note[1:]], start, at_said, path, shared, at_given, path_given],
        ),
        (
            "head-of-another",
            "PROOF-FILE-9",
            "wrong-issuer",
            "the hearer's head",
            [prove.pack_note(told.ru.note(when=at(5))), start, at_said, path, shared, at_given, path_given],
        ),
    ]
    return [bad(name, rule, code, desc, shown(changed(least, log=parts))) for name, rule, code, desc, parts in rows]


def second_descriptor(name: str) -> Signed:
    """Another descriptor of one party: of the same root and the same keys, so that its fingerprint is the same."""
    one = actor(name)
    raw = descriptor_content(name, keys_of(one.descriptor), addresses=[f"https://{name}.example:8443"])
    return one.says(raw, f"second descriptor of {name}", at(0), by=one.root)


def _offered() -> list[Vector]:
    us, told, whole = actor("us"), story(), mine()
    other = telling_of(told.note, told.to_us)
    in_other_bytes = replace(told.telling, item=other.item)
    forked = Log(actor("fr"), *told.fr.entries[1:4], told.silence)
    signed, of = told.page_end(), told.page_end
    long = b"".join(told.fr.join(TOLD, ALL))
    newer = of(size=ALL, next=ALL, log_root=root_of(told.fr, ALL))
    older, before = of(size=3, log_root=root_of(told.fr, 3)), of(size=2, log_root=root_of(told.fr, 2))
    by_log_key = sealed(PAGE_END_TYPE, cbor.decode(cbor.decode(signed[1:])[2]), actor("fr").log)
    rows: list[tuple[str, str, str, list[Any]]] = [
        ("end-garbage", "malformed", "no page end", [b"end", 0, b"", b""]),
        ("end-is-want", "malformed", "a want in its place", [want(), 0, b"", b""]),
        ("end-flipped", "bad-signature", "one bit of its signature", [flip(signed, -1), 0, b"", b""]),
        ("end-by-log-key", "unknown-key", "signed by the teller's log key", [by_log_key, 0, b"", b""]),
        ("end-by-another", "wrong-addressee", "that speaks for us", [of(by=us.fingerprint), 0, b"", b""]),
        ("end-to-another", "wrong-addressee", "of a page for us", [of(to=us.fingerprint), 0, b"", b""]),
        ("end-of-another", "not-included", "that offered another telling", [of(root=other.leaf), 0, b"", b""]),
        (
            "end-other-bytes",
            "not-included",
            "that offered the same ids in other bytes",
            [of(root=in_other_bytes.leaf), 0, b"", b""],
        ),
        ("end-of-none", "not-included", "of a page that offered nothing", [of(count=0), 0, b"", b""]),
        ("end-telling-index", "not-included", "at another place among one", [signed, 1, b"", b""]),
        ("end-telling-path", "not-included", "a path where none is due", [signed, 0, bytes(32), b""]),
        (
            "end-forked",
            "not-consistent",
            "another head of the same size",
            [of(log_root=root_of(forked, TOLD)), 0, b"", b""],
        ),
        ("end-join-not-due", "not-consistent", "a path between two heads of one size", [signed, 0, b"", bytes(32)]),
        ("end-join-missing", "not-consistent", "a newer head, and no path to it", [newer, 0, b"", b""]),
        ("end-join-older", "not-consistent", "an older head, and the path to a newer", [older, 0, b"", long]),
    ]
    rule = "PROOF-FILE-35"
    made = [bad(name, rule, code, desc, shown(changed(whole, end=parts))) for name, code, desc, parts in rows]
    early = [before, 0, b"", b"".join(told.fr.join(2, TOLD))]
    desc = "of a head that does not hold the release"
    return [*made, bad("end-before-release", "PROOF-FILE-36", "not-included", desc, shown(changed(whole, end=early)))]


def _fetched() -> list[Vector]:
    us, told = actor("us"), story()
    other = telling_of(told.note, told.to_us)
    bytes_ = replace(told.telling, item=other.item)
    forked = Log(actor("fr"), *told.fr.entries[1:4], told.silence)
    apart = want(log_root=root_of(forked, TOLD))
    whole, signed = complete(), want()
    long = b"".join(told.fr.join(TOLD, ALL))
    by_log_key = sealed(WANT_TYPE, cbor.decode(cbor.decode(signed[1:])[2]), actor("ru").log)
    newer, older = want(size=ALL, log_root=root_of(told.fr, ALL)), want(size=3, log_root=root_of(told.fr, 3))
    rows: list[tuple[str, str, str, list[Any]]] = [
        ("want-garbage", "malformed", "no want", [b"want", 0, b"", b""]),
        ("want-is-pull", "malformed", "a pull in its place, which asks for nothing by its hash", [pull(), 0, b"", b""]),
        ("want-flipped", "bad-signature", "one bit of its signature", [flip(signed, -1), 0, b"", b""]),
        ("want-by-log-key", "unknown-key", "signed by the hearer's log key", [by_log_key, 0, b"", b""]),
        ("want-by-another", "wrong-addressee", "a want that speaks for us", [want(by=us.fingerprint), 0, b"", b""]),
        ("want-to-another", "wrong-addressee", "a want from us", [want(to=us.fingerprint), 0, b"", b""]),
        ("want-of-another", "not-included", "a want of another telling", [want(other), 0, b"", b""]),
        ("want-other-bytes", "not-included", "of the same ids in other bytes", [want(bytes_), 0, b"", b""]),
        ("want-of-none", "not-included", "a want of nothing", [want(count=0), 0, b"", b""]),
        ("want-telling-index", "not-included", "at another place among one", [signed, 1, b"", b""]),
        ("want-telling-path", "not-included", "a path where none is due", [signed, 0, bytes(32), b""]),
        (
            "want-telling-other-path",
            "not-included",
            "of two tellings, and in the place of the other",
            [want(told.telling, other), 1, told.telling.leaf, b""],
        ),
        ("want-forked", "not-consistent", "another head of the same size", [apart, 0, b"", b""]),
        ("want-join-not-due", "not-consistent", "a path between two heads of one size", [signed, 0, b"", bytes(32)]),
        ("want-join-missing", "not-consistent", "a newer head, and no path to it", [newer, 0, b"", b""]),
        ("want-join-flipped", "not-consistent", "one bit of the path to a newer head", [newer, 0, b"", flip(long, 0)]),
        ("want-join-older", "not-consistent", "an older head, and the path to a newer", [older, 0, b"", long]),
        ("want-of-no-head", "not-consistent", "of a log without a leaf", [want(size=0), 0, b"", b""]),
    ]
    rule = "PROOF-FILE-11"
    made = [bad(name, rule, code, desc, shown(changed(whole, want=parts))) for name, code, desc, parts in rows]
    early = [want(size=2, log_root=root_of(told.fr, 2)), 0, b"", b"".join(told.fr.join(2, TOLD))]
    desc = "of a head that does not hold the release"
    return [*made, bad("want-before-release", "PROOF-FILE-36", "not-included", desc, shown(changed(whole, want=early)))]


def _paths() -> list[Vector]:
    least = bare_telling()
    note, start, at_said, path, shared, at_given, path_given = cbor.decode(prove.encode(least))["log"]
    whole = path + path_given[len(path_given) - 32 * shared :]
    rows: list[tuple[str, str, list[Any]]] = [
        ("path-whole", "both paths whole", [note, start, at_said, whole, 0, at_given, path_given]),
        ("path-shared-negative", "less than nothing left out", [note, start, at_said, path, -1, at_given, path_given]),
        (
            "path-shared-more",
            "more left out than the release's path has",
            [note, start, at_said, path, 4, at_given, path_given],
        ),
        (
            "path-shared-true",
            "a truth value as the number left out",
            [note, start, at_said, path, True, at_given, path_given],
        ),
    ]
    rule = "PROOF-FILE-22"
    return [bad(name, rule, "malformed", desc, shown(changed(least, log=parts))) for name, desc, parts in rows]
