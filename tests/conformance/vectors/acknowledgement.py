"""Vectors of spec/acknowledgement.md: acknowledgements, refusals, answers on their way, silence."""

import json
from dataclasses import replace
from typing import Any

from comity.exchange import acknowledge
from comity.exchange.acknowledge import Place
from comity.exchange.witness import Shown
from comity.model import acknowledgement
from comity.model.acknowledgement import Acknowledgement, Telling, Unacknowledged
from comity.model.fingerprint import Fingerprint
from comity.model.statement import Signed
from comity.proof import cbor
from conformance.vectors.cast import Log, Vector, actor, at, bad, descriptor_content, flip, good, seed, uuid
from conformance.vectors.shared import in_pieces, repeated
from conformance.vectors.story import TOLD, root_of, story, telling_of
from world import keys_of


def vectors() -> list[Vector]:
    return [*_contents(), *_forms(), *_judged(), *_silences()]


# -- what it says


def written(**changed: Any) -> bytes:
    told = story()
    root, log_root = acknowledgement.root_over([told.telling]), root_of(told.fr, TOLD)
    to = Fingerprint(actor("fr").fingerprint)
    said = Acknowledgement(f"acknowledgement--{uuid('ack')}", to, TOLD, log_root, root, 1, "held", at(5), None)
    return _changed(acknowledgement.write(said, at(5)), changed)


def _changed(raw: bytes, changed: dict[str, Any]) -> bytes:
    value = {name: item for name, item in (json.loads(raw) | changed).items() if item is not None}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _contents() -> list[Vector]:
    def shown(raw: bytes) -> dict[str, Any]:
        return {"read": "acknowledgement", "text": raw.decode()}

    fr = actor("fr").fingerprint
    refused = {"disposition": "refused", "reason": "bad-signature"}
    rows: list[tuple[str, str, str, dict[str, Any]]] = [
        (
            "another-type",
            "ACKNOWLEDGEMENT-1",
            "an unacknowledged",
            {"type": "unacknowledged", "id": f"unacknowledged--{uuid('u')}"},
        ),
        ("undeclared", "ACKNOWLEDGEMENT-1", "no extension", {"extensions": {}}),
        ("to-petname", "ACKNOWLEDGEMENT-2", "to a petname", {"to": "fr"}),
        ("root-missing", "ACKNOWLEDGEMENT-2", "of no tellings", {"root": None}),
        ("root-upper-case", "ACKNOWLEDGEMENT-2", "a root in capitals", {"root": seed("x").hex().upper()}),
        ("log-size-missing", "ACKNOWLEDGEMENT-2", "of a head without its size", {"log_size": None}),
        ("log-size-zero", "ACKNOWLEDGEMENT-2", "of an empty log", {"log_size": 0}),
        ("log-size-text", "ACKNOWLEDGEMENT-2", "a size as text", {"log_size": "5"}),
        ("log-root-missing", "ACKNOWLEDGEMENT-2", "of a head without its root", {"log_root": None}),
        ("log-root-short", "ACKNOWLEDGEMENT-2", "62 digits", {"log_root": root_of(story().fr, TOLD).hex()[:62]}),
        ("log-root-upper-case", "ACKNOWLEDGEMENT-2", "a root in capitals", {"log_root": seed("y").hex().upper()}),
        ("count-zero", "ACKNOWLEDGEMENT-2", "of none", {"count": 0}),
        ("count-text", "ACKNOWLEDGEMENT-2", "a count as text", {"count": "1"}),
        ("count-fraction", "ACKNOWLEDGEMENT-2", "a count with a point", {"count": 1.0}),
        ("received-at-missing", "ACKNOWLEDGEMENT-2", "no time", {"received_at": None}),
        ("received-at-zone", "ACKNOWLEDGEMENT-2", "an offset", {"received_at": "2026-11-26T12:05:00.000+02:00"}),
        (
            "received-at-nanoseconds",
            "ACKNOWLEDGEMENT-2",
            "nine digits",
            {"received_at": "2026-11-26T10:05:00.123456789Z"},
        ),
        ("received-at-number", "ACKNOWLEDGEMENT-2", "seconds", {"received_at": 1795687500}),
        ("disposition-opened", "ACKNOWLEDGEMENT-3", "a rung that no node says", {"disposition": "opened"}),
        ("disposition-missing", "ACKNOWLEDGEMENT-3", "neither held nor refused", {"disposition": None}),
        ("held-with-reason", "ACKNOWLEDGEMENT-3", "held, with a reason", {"reason": "malformed"}),
        ("refused-without-reason", "ACKNOWLEDGEMENT-3", "refused, without one", {"disposition": "refused"}),
        ("reason-prose", "ACKNOWLEDGEMENT-3", "a reason in words", refused | {"reason": "We do not like it."}),
    ]
    told = story()
    head = {"log_size": TOLD, "log_root": root_of(told.fr, TOLD).hex()}
    root = acknowledgement.root_over([told.telling]).hex()
    plain = {"to": fr, **head, "root": root, "count": 1, "disposition": "held", "reason": None}
    return [
        good("content-held", "ACKNOWLEDGEMENT-1", "one telling is held", shown(written()), plain),
        good(
            "content-refused", "ACKNOWLEDGEMENT-3", "one telling is refused", shown(written(**refused)), plain | refused
        ),
        *(bad(name, rule, "not-stix", desc, shown(written(**change))) for name, rule, desc, change in rows),
    ]


# -- how it travels


def answer(said: Signed | None = None, log: Log | None = None, **changed: Any) -> bytes:
    """ru's answer to fr, with some of its parts changed, or left out as None."""
    told = story()
    own, of = said or told.held, log or told.ru
    index, size = changed.pop("at", 2), changed.pop("size", 3)
    shown = Shown(of.note(size, when=at(5)), 0, ())
    place = Place(index, tuple(of.path(index, size)), tuple(of.path(0, size)))
    plain = acknowledge.encode_answer(own, [told.telling], place, shown)
    parts = {name: part for name, part in (cbor.decode(plain) | changed).items() if part is not None}
    return cbor.encode(parts)


def _shown(data: bytes, *, by: str = "ru", teller: str = "fr", known: bytes | None = None) -> dict[str, Any]:
    before = None if known is None else known.decode()
    return {"read": "answer", "by": by, "teller": teller, "known": before, **in_pieces(data)}


def _output(**changed: Any) -> dict[str, Any]:
    told = story()
    plain = {
        "disposition": "held",
        "reason": None,
        "received_at": "2026-11-26T10:05:00.000Z",
        "tellings": [_ids(told.telling)],
        "index": 2,
        "size": 3,
    }
    return plain | changed


def _ids(telling: Telling) -> dict[str, str]:
    return {"statement": telling.statement.hex(), "release": telling.release.hex(), "item": telling.item.hex()}


def _forms() -> list[Vector]:
    one = story().telling.data
    whole = cbor.decode(answer())
    rows: list[tuple[str, str, str, bytes]] = [
        ("answer-no-head", "ACKNOWLEDGEMENT-4", "no head", answer(head=None)),
        ("answer-key-extra", "ACKNOWLEDGEMENT-4", "a key that the form does not have", answer(note=b"")),
        ("answer-trailing", "ACKNOWLEDGEMENT-4", "one byte more after the end", answer() + b"\x00"),
        ("answer-index-large", "ACKNOWLEDGEMENT-4", "an index of 2^63", answer(index=2**63)),
        ("answer-path-odd", "ACKNOWLEDGEMENT-4", "a path of 33 bytes", answer(path=bytes(33))),
        (
            "answer-statement-two",
            "ACKNOWLEDGEMENT-4",
            "a statement without its content",
            answer(statement=whole["statement"][:2]),
        ),
        ("tellings-none", "ACKNOWLEDGEMENT-5", "no telling", answer(tellings=b"")),
        ("tellings-half", "ACKNOWLEDGEMENT-5", "half a telling", answer(tellings=one[:64])),
        ("tellings-and-half", "ACKNOWLEDGEMENT-5", "a telling and a half", answer(tellings=one + one[:64])),
        ("answer-no-genesis", "ACKNOWLEDGEMENT-4", "no place of the descriptor", answer(genesis=None)),
        ("answer-genesis-odd", "ACKNOWLEDGEMENT-4", "its path of 33 bytes", answer(genesis=bytes(33))),
    ]
    large = _pieces(["00", (1 << 20) + 1])
    padding = b"x" * 16_000
    made, log = said_by_ru(written(x_more=padding.decode()), "padded")
    padded = _pieces(*repeated(answer(made, log), b"x", len(padding))["pieces"])
    many = _pieces(*repeated(answer(tellings=one * 1001), one, 1001)["pieces"])
    return [
        good("answer", "ACKNOWLEDGEMENT-4", "ru holds the report and says so", _shown(answer()), _output()),
        *(bad(name, rule, "malformed", desc, _shown(data)) for name, rule, desc, data in rows),
        bad("answer-version", "ACKNOWLEDGEMENT-4", "unknown-version", "a later version", _shown(answer(v=2))),
        bad("answer-v-0", "ACKNOWLEDGEMENT-4", "malformed", "version 0", _shown(answer(v=0))),
        bad("tellings-1001", "ACKNOWLEDGEMENT-5", "malformed", "1,001 tellings", many),
        bad("answer-too-large", "ACKNOWLEDGEMENT-4", "too-large", "more than a mebibyte", large),
        bad("answer-padded", "ACKNOWLEDGEMENT-4", "too-large", "more than 16 KiB besides its telling", padded),
    ]


def _pieces(*pieces: Any) -> dict[str, Any]:
    given = _shown(b"") | {"pieces": list(pieces)}
    return {name: part for name, part in given.items() if name != "hex"}


def said_by_ru(raw: bytes, label: str) -> tuple[Signed, Log]:
    made = actor("ru").says(raw, label, at(5))
    return made, Log(actor("ru"), story().ru.entries[1], made)


def _judged() -> list[Vector]:
    ru, us, told = actor("ru"), actor("us"), story()
    whole = cbor.decode(answer())
    flipped = [flip(whole["statement"][0], -1), *whole["statement"][1:]]
    salted = [whole["statement"][0], flip(whole["statement"][1], 0), whole["statement"][2]]
    other = telling_of(told.note, told.to_us)
    other_bytes = replace(told.telling, item=other.item)
    of_others, others_log = said_by_ru(written(root=acknowledgement.root_over([other_bytes]).hex()), "of other bytes")
    second, second_log = _second_descriptor()
    by_log_key = signed_with_log_key()
    small, large = told.ru.note(2, when=at(4)), _longer().note(when=at(9))
    forked = Log(ru, told.ru.entries[1], told.ru.entries[1])
    two, two_log = said_by_ru(written(count=2), "of two")
    to_us, us_log = said_by_ru(written(to=us.fingerprint), "to us")
    swapped = answer(tellings=other.data)
    grown = Shown(told.ru.note(when=at(5)), 2, tuple(told.ru.join(2, 3)))
    joined = answer(head=[grown.note, 2, b"".join(grown.path)])
    refused, log = said_by_ru(written(disposition="refused", reason="bad-signature"), "refused")
    rows: list[tuple[str, str, str, str, dict[str, Any]]] = [
        ("forged", "ACKNOWLEDGEMENT-6", "bad-signature", "one bit of the signature", _shown(answer(statement=flipped))),
        ("by-another", "ACKNOWLEDGEMENT-6", "wrong-issuer", "ru's acknowledgement as us's", _shown(answer(), by="us")),
        ("by-log-key", "ACKNOWLEDGEMENT-6", "unknown-key", "signed by the log key", _shown(by_log_key)),
        (
            "salt-changed",
            "ACKNOWLEDGEMENT-6",
            "content-mismatch",
            "one bit of the salt",
            _shown(answer(statement=salted)),
        ),
        ("to-another", "ACKNOWLEDGEMENT-7", "wrong-addressee", "made to us", _shown(answer(to_us, us_log))),
        (
            "shown-to-another",
            "ACKNOWLEDGEMENT-7",
            "wrong-addressee",
            "made to fr, shown to us",
            _shown(answer(), teller="us"),
        ),
        (
            "other-tellings",
            "ACKNOWLEDGEMENT-8",
            "content-mismatch",
            "beside other tellings than its root is over",
            _shown(swapped),
        ),
        (
            "other-item",
            "ACKNOWLEDGEMENT-8",
            "content-mismatch",
            "beside the same ids with another item hash",
            _shown(answer(tellings=other_bytes.data)),
        ),
        (
            "tellings-twice",
            "ACKNOWLEDGEMENT-8",
            "content-mismatch",
            "the same telling twice",
            _shown(answer(tellings=whole["tellings"] * 2)),
        ),
        (
            "count-other",
            "ACKNOWLEDGEMENT-8",
            "content-mismatch",
            "a count of two beside one telling",
            _shown(answer(two, two_log)),
        ),
        ("index-other", "ACKNOWLEDGEMENT-9", "not-included", "at another place of the log", _shown(answer(index=1))),
        (
            "path-flipped",
            "ACKNOWLEDGEMENT-9",
            "not-included",
            "one bit of the path",
            _shown(answer(path=flip(whole["path"], 0))),
        ),
        (
            "genesis-flipped",
            "ACKNOWLEDGEMENT-9",
            "not-included",
            "one bit of the path of the descriptor",
            _shown(answer(genesis=flip(whole["genesis"], 0))),
        ),
        (
            "genesis-another",
            "ACKNOWLEDGEMENT-9",
            "not-included",
            "in a log that begins with a second descriptor of ru, of the same keys",
            _shown(answer(second, second_log)),
        ),
        (
            "not-logged",
            "ACKNOWLEDGEMENT-9",
            "not-included",
            "under a head that does not hold it",
            _shown(answer(head=[small, 0, b""])),
        ),
        (
            "head-of-another",
            "ACKNOWLEDGEMENT-9",
            "wrong-issuer",
            "under fr's head",
            _shown(answer(head=[told.fr.note(3, when=at(2)), 0, b""])),
        ),
        (
            "head-shrunk",
            "ACKNOWLEDGEMENT-10",
            "head-rollback",
            "a smaller head than fr holds",
            _shown(answer(), known=large),
        ),
        (
            "head-forked",
            "ACKNOWLEDGEMENT-10",
            "head-fork",
            "another head of the same size",
            _shown(answer(), known=forked.note(when=at(5))),
        ),
        (
            "head-not-joined",
            "ACKNOWLEDGEMENT-10",
            "not-consistent",
            "no proof from the head that fr holds",
            _shown(answer(), known=small),
        ),
    ]
    told_refused = _output(disposition="refused", reason="bad-signature")
    return [
        good(
            "answer-grown",
            "ACKNOWLEDGEMENT-10",
            "joined to the head that fr holds",
            _shown(joined, known=small),
            _output(),
        ),
        good(
            "answer-refused",
            "ACKNOWLEDGEMENT-3",
            "ru refuses the report and says why",
            _shown(answer(refused, log)),
            told_refused,
        ),
        good(
            "answer-other-bytes",
            "ACKNOWLEDGEMENT-15",
            "ru holds other bytes than fr gave: it says which",
            _shown(answer(of_others, others_log, tellings=other_bytes.data)),
            _output(tellings=[_ids(other_bytes)]),
        ),
        *(bad(name, rule, code, desc, given) for name, rule, code, desc, given in rows),
    ]


def _second_descriptor() -> tuple[Signed, Log]:
    """The acknowledgement in a log of ru's that begins with another descriptor than the one that is pinned."""
    ru, told = actor("ru"), story()
    log = Log(ru, *told.ru.entries[1:])
    raw = descriptor_content("ru", keys_of(ru.descriptor), addresses=["https://ru.example:8443"])
    log.entries[0] = ru.says(raw, "second descriptor of ru", at(0), by=ru.root)
    return told.held, log


def _longer() -> Log:
    told = story()
    return Log(actor("ru"), *told.ru.entries[1:], told.ru.entries[1])


def signed_with_log_key() -> bytes:
    ru = actor("ru")
    made = ru.says(written(), "by log key", at(5), by=ru.log)
    return answer(made, Log(ru, story().ru.entries[1], made))


# -- silence


def _silences() -> list[Vector]:
    told = story()
    us = Fingerprint(actor("us").fingerprint)
    plain = Unacknowledged(f"unacknowledged--{uuid('silent')}", told.to_us.id, us, at(20))
    raw = acknowledgement.write_unacknowledged(plain, at(30))

    def shown(**changed: Any) -> dict[str, Any]:
        return {"read": "unacknowledged", "text": _changed(raw, changed).decode()}

    output = {"release": told.to_us.id.hex(), "to": us, "answer_by": "2026-11-26T10:20:00.000Z"}
    rows: list[tuple[str, str, dict[str, Any]]] = [
        ("silence-undeclared", "no extension", shown(extensions={})),
        ("silence-release-missing", "about no release", shown(release=None)),
        ("silence-release-short", "62 digits", shown(release=told.to_us.id.hex()[:62])),
        ("silence-to-petname", "to a petname", shown(to="us")),
        ("silence-answer-by-missing", "no deadline", shown(answer_by=None)),
        ("silence-answer-by-zone", "an offset", shown(answer_by="2026-11-26T10:20:00.000+00:00")),
        ("silence-answer-by-date", "a date without a time", shown(answer_by="2026-11-26")),
    ]
    return [
        good("silence", "ACKNOWLEDGEMENT-11", "us did not answer by 10:20", shown(), output),
        *(bad(name, "ACKNOWLEDGEMENT-11", "not-stix", desc, given) for name, desc, given in rows),
    ]
