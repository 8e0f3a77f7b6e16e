"""Vectors of spec/proof-file.md that are refused for what was answered, said later, or cosigned."""

from typing import Any

from comity.exchange import prove
from comity.exchange import release as gate
from comity.model import release
from comity.proof import cbor
from conformance.vectors import acknowledgement
from conformance.vectors.cast import (
    NAMES,
    Log,
    Vector,
    actor,
    at,
    bad,
    flip,
    seed,
)
from conformance.vectors.proof_made import (
    SILENT,
    answer_of,
    bare_telling,
    changed,
    complete,
    described,
    held_in,
    note_fr,
    note_ru,
    places_of,
    refusal,
    shown,
    silent,
    taken_back,
    under,
)
from conformance.vectors.proof_refused import second_descriptor
from conformance.vectors.story import ALL, TOLD, root_of, story, telling_of


def vectors() -> list[Vector]:
    return [*_held(), *_refused(), *_silent(), *_withdrawn(), *_lines()]


def _held() -> list[Vector]:
    told, whole = story(), complete()
    said, item, at_telling, inside, index, path, note, start, join = cbor.decode(prove.encode(whole))["held"]
    to_us, us_log = acknowledgement.said_by_ru(acknowledgement.written(to=actor("us").fingerprint), "to us")
    telling = telling_of(told.note, told.to_us)
    other, other_log = acknowledgement.said_by_ru(acknowledgement.written(root=telling.leaf.hex()), "of another")
    forked = root_of(Log(actor("fr"), *told.fr.entries[1:4], told.silence), TOLD)
    apart, apart_log = acknowledgement.said_by_ru(acknowledgement.written(log_root=forked.hex()), "of a fork")
    newer = acknowledgement.written(log_size=ALL, log_root=root_of(told.fr, ALL).hex())
    later, later_log = acknowledgement.said_by_ru(newer, "of a newer head")
    second = Log(actor("ru"), *told.ru.entries[1:])
    second.entries[0] = second_descriptor("ru")
    ends = [index, path, note, start, join]
    before = acknowledgement.written(log_size=2, log_root=root_of(told.fr, 2).hex())
    joined = [*held_in(*acknowledgement.said_by_ru(before, "of a head before"))[:8], b"".join(told.fr.join(2, TOLD))]
    rows: list[tuple[str, str, str, str, list[Any]]] = [
        (
            "held-flipped",
            "PROOF-FILE-12",
            "bad-signature",
            "one bit of its signature",
            [[flip(said[0], -1), *said[1:]], item, at_telling, inside, *ends],
        ),
        (
            "held-by-teller",
            "PROOF-FILE-12",
            "wrong-issuer",
            "the teller acknowledges itself",
            [list(told.report.triple), item, at_telling, inside, *ends],
        ),
        (
            "held-is-note",
            "PROOF-FILE-12",
            "not-stix",
            "another statement of the hearer",
            [list(told.ru.entries[1].triple), item, at_telling, inside, 1, b"".join(told.ru.path(1)), *ends[2:]],
        ),
        (
            "held-to-another",
            "PROOF-FILE-12",
            "wrong-addressee",
            "an acknowledgement made to us",
            held_in(to_us, us_log),
        ),
        ("held-of-another", "PROOF-FILE-12", "not-included", "of another telling", held_in(other, other_log)),
        (
            "held-telling-index",
            "PROOF-FILE-12",
            "not-included",
            "a second telling of one",
            [said, item, 1, inside, *ends],
        ),
        (
            "held-telling-path",
            "PROOF-FILE-12",
            "not-included",
            "a path where none is due",
            [said, item, at_telling, bytes(32), *ends],
        ),
        (
            "held-index",
            "PROOF-FILE-12",
            "not-included",
            "at another place of the hearer's log",
            [said, item, at_telling, inside, 1, *ends[1:]],
        ),
        (
            "held-head-of-another",
            "PROOF-FILE-12",
            "wrong-issuer",
            "under the teller's head",
            [said, item, at_telling, inside, index, path, prove.pack_note(note_fr(3)), start, join],
        ),
        ("held-forked", "PROOF-FILE-12", "not-consistent", "of a fork of the teller's log", held_in(apart, apart_log)),
        (
            "held-join-missing",
            "PROOF-FILE-12",
            "not-consistent",
            "of a newer head than want and checkpoint, and no path to it",
            held_in(later, later_log),
        ),
        (
            "held-join-not-due",
            "PROOF-FILE-37",
            "malformed",
            "a path from the head that the want names, too",
            [said, item, at_telling, inside, *ends[:4], bytes(32)],
        ),
        (
            "held-before-release",
            "PROOF-FILE-36",
            "not-included",
            "it names a head that does not hold the release",
            joined,
        ),
        (
            "held-genesis-flipped",
            "PROOF-FILE-30",
            "not-included",
            "one bit of the path of the hearer's descriptor",
            [said, item, at_telling, inside, index, path, note, flip(start, 0), join],
        ),
        (
            "held-genesis-another",
            "PROOF-FILE-30",
            "not-included",
            "in a log that begins with a second descriptor of the hearer",
            held_in(told.held, second),
        ),
        (
            "held-item-same",
            "PROOF-FILE-32",
            "malformed",
            "it names the item hash of the file's own bytes",
            [said, told.telling.item, at_telling, inside, *ends],
        ),
        (
            "held-item-other",
            "PROOF-FILE-12",
            "not-included",
            "it names other bytes than the answer is about",
            [said, seed("other bytes"), at_telling, inside, *ends],
        ),
    ]
    return [bad(name, rule, code, desc, shown(changed(whole, held=parts))) for name, rule, code, desc, parts in rows]


def _refused() -> list[Vector]:
    """Faults of a file of what was refused."""
    own, told, us = refusal(), story(), actor("us")
    fields = cbor.decode(prove.encode(own))
    statement, end, held = fields["statement"], fields["end"], fields["held"]
    log = fields["log"]
    to_us = answer_of(own.telling, "content-mismatch", to=us.fingerprint)
    itself = answer_of(own.telling, "content-mismatch", to=actor("ru").fingerprint)
    rows: list[tuple[str, str, str, str, dict[str, Any]]] = [
        (
            "refusal-of-other-content",
            "PROOF-FILE-41",
            "not-included",
            "the report as it is, and not as it was offered and refused",
            {"statement": list(told.report.triple)},
        ),
        (
            "refusal-of-another-release",
            "PROOF-FILE-41",
            "not-included",
            "another release than was offered",
            {"release": list(told.to_us.triple)},
        ),
        (
            "refusal-not-offered",
            "PROOF-FILE-35",
            "not-included",
            "a page end that offered the report as it is",
            {"end": [told.page_end(), *end[1:]]},
        ),
        (
            "refusal-of-another-answer",
            "PROOF-FILE-12",
            "not-included",
            "a refusal of the report as it is",
            {"held": held_in(*answer_of(told.telling, "content-mismatch"))},
        ),
        (
            "refusal-flipped",
            "PROOF-FILE-12",
            "bad-signature",
            "one bit of the refusal's signature",
            {"held": [[flip(held[0][0], -1), *held[0][1:]], *held[1:]]},
        ),
        (
            "refusal-to-itself",
            "PROOF-FILE-31",
            "malformed",
            "refused by ru, as told by ru",
            {"held": held_in(*itself)},
        ),
        (
            "refusal-to-another",
            "PROOF-FILE-9",
            "wrong-issuer",
            "refused as told by us, under fr's checkpoint",
            {"held": held_in(*to_us), "parties": [list(one) for one in described(*NAMES)]},
        ),
        (
            "refusal-teller-missing",
            "PROOF-FILE-8",
            "unknown-key",
            "the one that told it is not described",
            {"parties": [list(one) for one in described("ru", "us", "de")]},
        ),
        (
            "refusal-genesis-flipped",
            "PROOF-FILE-30",
            "not-included",
            "one bit of the path of the teller's descriptor",
            {"log": [log[0], flip(log[1], 0)]},
        ),
        (
            "refusal-reworded",
            "PROOF-FILE-41",
            "not-included",
            "one more bit of what was refused",
            {"statement": [*statement[:2], flip(statement[2], 0)]},
        ),
    ]
    return [bad(name, rule, code, desc, shown(changed(own, **parts))) for name, rule, code, desc, parts in rows]


def _silent() -> list[Vector]:
    fr, told, whole = actor("fr"), story(), silent()
    said, index, path = cbor.decode(prove.encode(whole))["silence"]
    log = cbor.decode(prove.encode(whole))["log"]
    early = fr.says(told.silence.object.raw, "early", at(19))
    early_log = Log(fr, told.report, told.to_ru, told.note, told.to_us, early)
    early_places = [prove.pack_note(early_log.note(when=at(31))), *places_of(early_log, 3, 4)]
    about_ru = [log[0], *places_of(told.fr, 1, 2, SILENT)]
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
    rows: list[tuple[str, str, str, dict[str, Any]]] = [
        (
            "withdrawal-of-another",
            "content-mismatch",
            "another release is withdrawn",
            under(log, [list(another.triple), 6, b"".join(log.path(6))]),
        ),
        (
            "withdrawal-is-release",
            "content-mismatch",
            "the release itself, which takes nothing back",
            {"withdrawal": [list(told.to_ru.triple), index, path]},
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


def _lines() -> list[Vector]:
    least, whole = bare_telling(), complete()
    fields = cbor.decode(prove.encode(whole))
    log = cbor.decode(prove.encode(least))["log"]
    note = fields["log"][0]
    stranger = [b"stranger, abroad", b"abcdefghijklmnop" * 4 + b"abcdefghijkl"]
    second = [*note, note[-1]]
    unused = [list(one) for one in described(*NAMES)]
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
            "held-cosigned-by-teller",
            "PROOF-FILE-21",
            "malformed",
            "the teller has cosigned the hearer's checkpoint: nobody counts that",
            changed(whole, held=[*fields["held"][:6], by_teller, *fields["held"][7:]]),
        ),
        (
            "held-cosigned-by-hearer",
            "PROOF-FILE-21",
            "malformed",
            "the hearer has cosigned its own checkpoint: nobody counts that",
            changed(whole, held=[*fields["held"][:6], by_hearer, *fields["held"][7:]]),
        ),
    ]
    return [bad(name, rule, code, desc, shown(data)) for name, rule, code, desc, data in rows]


def _with_line(checkpoint: list[Any], line: list[bytes]) -> list[Any]:
    """A packed checkpoint with one more line, where that belongs."""
    return [*checkpoint[:3], *sorted([*checkpoint[3:], line])]
