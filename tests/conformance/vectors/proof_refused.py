"""Vectors of spec/proof-file.md that are refused for what stands in a file of good form."""

from typing import Any

from comity.exchange import prove
from comity.exchange import release as gate
from comity.model import content, release
from comity.model.statement import Signed
from comity.proof import cbor, merkle
from conformance.vectors import acknowledgement
from conformance.vectors.cast import (
    NAMES,
    Log,
    Vector,
    actor,
    at,
    bad,
    flip,
)
from conformance.vectors.extensions import plain as bare
from conformance.vectors.proof_made import (
    SILENT,
    bare_telling,
    changed,
    complete,
    described,
    note_fr,
    note_ru,
    shown,
    silent,
    taken_back,
)
from conformance.vectors.story import TOLD, pull, release_of, story


def vectors() -> list[Vector]:
    return [*_said(), *_logged(), *_fetched(), *_held(), *_silent(), *_withdrawn(), *_paths(), *_lines()]


def _said() -> list[Vector]:
    told, least = story(), bare_telling()
    said, given = told.report.triple, told.to_ru.triple
    recall = actor("fr").says(content.dump(bare("recall")), "recall", at(1))
    foreign = release_of(told.report, "ru", answer_by=None, label="by ru", by="ru")
    elsewhere = release_of(told.report, "us", answer_by=None, label="to us too")
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
            "hearer-missing",
            "PROOF-FILE-8",
            "unknown-key",
            "the addressee's descriptor is not there",
            {"release": list(elsewhere.triple)},
        ),
    ]
    return [bad(name, rule, code, desc, shown(changed(least, **parts))) for name, rule, code, desc, parts in rows]


def _logged() -> list[Vector]:
    told, least = story(), bare_telling()
    note, at_said, path, shared, at_given, path_given = cbor.decode(prove.encode(least))["log"]
    late = Log(actor("fr"), told.to_ru, told.report)
    turned = [prove.pack_note(late.note(when=at(3))), 2, b"".join(late.path(2)), 0, 1, b"".join(late.path(1))]
    rows: list[tuple[str, str, str, str, list[Any]]] = [
        (
            "statement-index",
            "PROOF-FILE-9",
            "not-included",
            "the statement at another place",
            [note, 0, path, shared, at_given, path_given],
        ),
        (
            "statement-path",
            "PROOF-FILE-9",
            "not-included",
            "one bit of its path",
            [note, at_said, flip(path, 0), shared, at_given, path_given],
        ),
        (
            "release-path",
            "PROOF-FILE-9",
            "not-included",
            "a path one hash short",
            [note, at_said, path, shared, at_given, path_given[:-32]],
        ),
        ("released-first", "PROOF-FILE-9", "malformed", "released before it was logged", turned),
        (
            "head-flipped",
            "PROOF-FILE-9",
            "bad-signature",
            "another size than the log signed",
            [[note[0] + 1, *note[1:]], at_said, path, shared, at_given, path_given],
        ),
        (
            "head-of-another",
            "PROOF-FILE-9",
            "wrong-issuer",
            "the hearer's head",
            [prove.pack_note(told.ru.note(when=at(5))), at_said, path, shared, at_given, path_given],
        ),
        (
            "no-own-cosignature",
            "PROOF-FILE-10",
            "malformed",
            "a head without the teller's own cosignature: it has no time",
            [note[:3], at_said, path, shared, at_given, path_given],
        ),
    ]
    return [bad(name, rule, code, desc, shown(changed(least, log=parts))) for name, rule, code, desc, parts in rows]


def _fetched() -> list[Vector]:
    least, us = bare_telling(), actor("us")
    rows: list[tuple[str, str, str, bytes]] = [
        ("pull-too-early", "content-mismatch", "a pull that asks for this very release", pull(cursor=2)),
        ("pull-to-another", "content-mismatch", "a pull from us", pull(to=us.fingerprint)),
        ("pull-flipped", "bad-signature", "one bit of its signature", flip(pull(), -1)),
        ("pull-by-another", "wrong-addressee", "a pull that speaks for us", pull(by=us.fingerprint)),
        ("pull-garbage", "malformed", "no pull", b"pull"),
    ]
    rule = "PROOF-FILE-11"
    return [bad(name, rule, code, desc, shown(changed(least, pull=data))) for name, code, desc, data in rows]


def _held() -> list[Vector]:
    told, whole = story(), complete()
    said, at_telling, inside, index, path, note = cbor.decode(prove.encode(whole))["held"]
    to_us, us_log = acknowledgement.said_by_ru(acknowledgement.written(to=actor("us").fingerprint), "to us")
    other_root = merkle.leaf_hash(told.note.id + told.to_us.id)
    other, other_log = acknowledgement.said_by_ru(acknowledgement.written(root=other_root.hex()), "of another")

    def in_log(made: Signed, log: Log) -> list[Any]:
        return [list(made.triple), 0, b"", 2, b"".join(log.path(2)), prove.pack_note(note_ru(log))]

    rows: list[tuple[str, str, str, list[Any]]] = [
        (
            "held-flipped",
            "bad-signature",
            "one bit of its signature",
            [[flip(said[0], -1), *said[1:]], at_telling, inside, index, path, note],
        ),
        (
            "held-by-teller",
            "wrong-issuer",
            "the teller acknowledges itself",
            [list(told.report.triple), at_telling, inside, index, path, note],
        ),
        (
            "held-is-note",
            "not-stix",
            "another statement of the hearer",
            [list(told.ru.entries[1].triple), at_telling, inside, 1, b"".join(told.ru.path(1)), note],
        ),
        ("held-to-another", "wrong-addressee", "an acknowledgement made to us", in_log(to_us, us_log)),
        ("held-of-another", "not-included", "an acknowledgement of another telling", in_log(other, other_log)),
        ("held-telling-index", "not-included", "a second telling of one", [said, 1, inside, index, path, note]),
        (
            "held-telling-path",
            "not-included",
            "a path where none is due",
            [said, at_telling, bytes(32), index, path, note],
        ),
        (
            "held-index",
            "not-included",
            "at another place of the hearer's log",
            [said, at_telling, inside, 1, path, note],
        ),
        (
            "held-head-of-another",
            "wrong-issuer",
            "under the teller's head",
            [said, at_telling, inside, index, path, prove.pack_note(note_fr(3))],
        ),
    ]
    rule = "PROOF-FILE-12"
    return [bad(name, rule, code, desc, shown(changed(whole, held=parts))) for name, code, desc, parts in rows]


def _silent() -> list[Vector]:
    fr, told, whole = actor("fr"), story(), silent()
    said, index, path = cbor.decode(prove.encode(whole))["silence"]
    log = cbor.decode(prove.encode(whole))["log"]
    early = fr.says(told.silence.object.raw, "early", at(19))
    early_log = Log(fr, told.report, told.to_ru, told.note, told.to_us, early)
    early_places = [prove.pack_note(early_log.note(when=at(31))), *_alone(early_log, 3, 4)]
    about_ru = [log[0], *_alone(told.fr, 1, 2, SILENT)]
    parties = [list(one) for one in described("fr", "ru")]
    another = {
        "statement": list(told.report.triple),
        "release": list(told.to_ru.triple),
        "log": about_ru,
        "parties": parties,
    }
    rows: list[tuple[str, str, str, dict[str, Any]]] = [
        ("silence-of-another", "content-mismatch", "a silence about another release", another),
        (
            "silence-early",
            "content-mismatch",
            "logged before the time for an answer was over",
            {"silence": [list(early.triple), 5, b"".join(early_log.path(5))], "log": early_places},
        ),
        ("silence-index", "not-included", "at another place", {"silence": [said, 4, path]}),
        (
            "silence-flipped",
            "bad-signature",
            "one bit of its signature",
            {"silence": [[flip(said[0], -1), *said[1:]], index, path]},
        ),
        (
            "silence-is-release",
            "not-stix",
            "another statement of the teller",
            {"silence": [list(told.to_us.triple), index, path]},
        ),
    ]
    rule = "PROOF-FILE-13"
    return [bad(name, rule, code, desc, shown(changed(whole, **parts))) for name, code, desc, parts in rows]


def _withdrawn() -> list[Vector]:
    fr, told, whole = actor("fr"), story(), taken_back()
    said, index, path = cbor.decode(prove.encode(whole))["withdrawal"]
    other = gate.withdraw(release.read(told.to_us.object), now=at(40))
    another = fr.says(other.object.raw, "another", at(40))
    log = Log(fr, told.report, told.to_ru, told.note, told.to_us, told.silence, another)
    early = fr.says(told.withdrawal.object.raw, "early", at(1))
    before = Log(fr, told.report, told.to_ru, told.note, told.to_us, told.silence, early)
    rows: list[tuple[str, str, str, dict[str, Any]]] = [
        (
            "withdrawal-of-another",
            "content-mismatch",
            "another release is withdrawn",
            _under(log, [list(another.triple), 6, b"".join(log.path(6))]),
        ),
        (
            "withdrawal-is-release",
            "content-mismatch",
            "the release itself, which takes nothing back",
            {"withdrawal": [list(told.to_ru.triple), index, path]},
        ),
        (
            "withdrawal-early",
            "content-mismatch",
            "signed before the release was",
            _under(before, [list(early.triple), 6, b"".join(before.path(6))]),
        ),
        ("withdrawal-first", "content-mismatch", "at a place before the release's", {"withdrawal": [said, 1, path]}),
        ("withdrawal-index", "not-included", "at another place", {"withdrawal": [said, 5, path]}),
        (
            "withdrawal-flipped",
            "bad-signature",
            "one bit of its signature",
            {"withdrawal": [[flip(said[0], -1), *said[1:]], index, path]},
        ),
        ("withdrawal-is-report", "not-stix", "no release", {"withdrawal": [list(told.report.triple), index, path]}),
    ]
    rule = "PROOF-FILE-26"
    return [bad(name, rule, code, desc, shown(changed(whole, **parts))) for name, code, desc, parts in rows]


def _under(log: Log, withdrawal: list[Any]) -> dict[str, Any]:
    return {"withdrawal": withdrawal, "log": [prove.pack_note(log.note(when=at(41))), *_alone(log, 1, 2)]}


def _alone(log: Log, said: int, given: int, size: int | None = None) -> list[Any]:
    """Two places in a log as a file has them: what both paths end with stands in the second alone."""
    path, other = log.path(said, size), log.path(given, size)
    shared = max(count for count in range(len(path) + 1) if path[len(path) - count :] == other[len(other) - count :])
    return [said, b"".join(path[: len(path) - shared]), shared, given, b"".join(other)]


def _paths() -> list[Vector]:
    least = bare_telling()
    note, at_said, path, shared, at_given, path_given = cbor.decode(prove.encode(least))["log"]
    whole = path + path_given[len(path_given) - 32 * shared :]
    rows: list[tuple[str, str, list[Any]]] = [
        ("path-whole", "both paths whole", [note, at_said, whole, 0, at_given, path_given]),
        ("path-shared-negative", "less than nothing left out", [note, at_said, path, -1, at_given, path_given]),
        (
            "path-shared-more",
            "more left out than the release's path has",
            [note, at_said, path, 4, at_given, path_given],
        ),
        ("path-shared-true", "a truth value as the number left out", [note, at_said, path, True, at_given, path_given]),
    ]
    rule = "PROOF-FILE-22"
    return [bad(name, rule, "malformed", desc, shown(changed(least, log=parts))) for name, desc, parts in rows]


def _lines() -> list[Vector]:
    least, whole, told = bare_telling(), complete(), story()
    fields = cbor.decode(prove.encode(whole))
    log = cbor.decode(prove.encode(least))["log"]
    note = fields["log"][0]
    stranger = [b"stranger, abroad", b"abcdefghijklmnop" * 4 + b"abcdefghijkl"]
    second = [*note, note[-1]]
    unused = [list(one) for one in described(*NAMES)]
    two = prove.pack_note(prove.in_order(told.fr.note(TOLD, when=at(3), witnesses={"us": at(3.5), "de": at(3.5)})))
    by_teller, by_hearer = (
        prove.pack_note(note_ru(witnesses={name: at(5.5), "us": at(6), "de": at(7)})) for name in ("fr", "ru")
    )
    rows: list[tuple[str, str, str, str, bytes]] = [
        (
            "line-of-stranger",
            "PROOF-FILE-14",
            "unknown-key",
            "a line of nobody in the file",
            changed(least, log=[_with_line(log[0], stranger), *log[1:]]),
        ),
        (
            "line-of-undescribed",
            "PROOF-FILE-14",
            "unknown-key",
            "us cosigned, and is not described",
            changed(least, log=[note, *log[1:]]),
        ),
        (
            "line-twice",
            "PROOF-FILE-14",
            "malformed",
            "one witness twice",
            changed(whole, log=[second, *fields["log"][1:]]),
        ),
        (
            "line-false",
            "PROOF-FILE-14",
            "bad-signature",
            "a witness's line with one bit changed",
            changed(whole, log=[[*note[:-1], [note[-1][0], flip(note[-1][1], 40)]], *fields["log"][1:]]),
        ),
        (
            "party-unused",
            "PROOF-FILE-15",
            "malformed",
            "descriptors that nothing needs",
            changed(least, parties=unused),
        ),
        (
            "teller-two-others",
            "PROOF-FILE-21",
            "malformed",
            "two others have cosigned the teller's checkpoint",
            changed(whole, log=[two, *fields["log"][1:]]),
        ),
        (
            "held-cosigned-by-teller",
            "PROOF-FILE-21",
            "malformed",
            "the teller has cosigned the hearer's checkpoint: nobody counts that",
            changed(whole, held=[*fields["held"][:5], by_teller]),
        ),
        (
            "held-cosigned-by-hearer",
            "PROOF-FILE-21",
            "malformed",
            "the hearer has cosigned its own checkpoint: nobody counts that",
            changed(whole, held=[*fields["held"][:5], by_hearer]),
        ),
    ]
    return [bad(name, rule, code, desc, shown(data)) for name, rule, code, desc, data in rows]


def _with_line(checkpoint: list[Any], line: list[bytes]) -> list[Any]:
    """A packed checkpoint with one more line, where that belongs."""
    return [*checkpoint[:3], *sorted([*checkpoint[3:], line])]
