"""Vectors of spec/proof-file.md: one telling, proved with nothing but the file."""

import base64
from typing import Any

from comity.exchange import prove
from comity.exchange.prove import Place, ProofFile
from comity.model.party import Keys
from comity.proof import cbor
from conformance.vectors import acknowledgement, descriptor
from conformance.vectors.cast import (
    NAMES,
    Actor,
    Vector,
    actor,
    bad,
    descriptor_content,
    flip,
    good,
)
from conformance.vectors.proof_made import (
    bare_telling,
    changed,
    complete,
    note_fr,
    note_ru,
    shown,
    silent,
    taken_back,
)
from conformance.vectors.story import story


def vectors() -> list[Vector]:
    return [*_accepted(), *_forms(), *_parties()]


# -- what a good one shows


def _rung(name: str, minute: str, by: str, basis: str) -> dict[str, Any]:
    """A bound is the end of the second that a cosignature bears; what a party says of itself may be finer than a second."""
    fine = ".000" if name in ("held", "refused", "unacknowledged") else ""
    bound = name in ("logged", "witnessed")
    return {"rung": name, "at": f"2026-11-26T10:{minute}{fine}Z", "bound": bound, "by": by, "basis": basis}


_NOT_SHOWN = [
    "that anybody read it, or understood it",
    "that what it says is true",
    "whether it was replaced, or withdrawn later than the ladder shows",
    "what else was told, or to whom: only what stands in this file",
]
_WITNESSED = _rung("witnessed", "03:31", "us", "cosigned")
_LADDER = [
    _rung("said", "01:00", "fr", "claimed"),
    _rung("logged", "03:01", "fr", "claimed"),
    _WITNESSED,
    _rung("released", "01:30", "fr", "claimed"),
    _rung("fetched", "08:00", "ru", "inferred"),
    _rung("held", "05:00", "ru", "claimed"),
]
_WITNESSES = [
    {"party": "us", "at": "2026-11-26T10:06:01Z", "bound": True},
    {"party": "de", "at": "2026-11-26T10:07:01Z", "bound": True},
]


def _verdict(*names: str, **more: Any) -> dict[str, Any]:
    told = story()
    plain = {
        "valid": True,
        "trusted": False,
        "said_by": "fr",
        "told_to": "ru",
        "held_by": "ru",
        "object": told.report.object.id,
        "type": "report",
        "statement": told.report.id.hex(),
        "said_at": "2026-11-26T10:01:00Z",
        "held_at": "2026-11-26T10:05:00.000Z",
        "refused": None,
        "proved_by": "2026-11-26T10:06:01Z",
        "withdrawn_at": None,
        "witnesses": _WITNESSES,
        "fingerprints": {actor(name).descriptor.party: actor(name).fingerprint for name in names},
        "ladder": _LADDER,
        "reconstruction": False,
        "notes": [],
        "not_shown": _NOT_SHOWN,
    }
    return plain | more


def _without_witness() -> list[dict[str, Any]]:
    return [rung for rung in _LADDER if rung is not _WITNESSED]


def _accepted() -> list[Vector]:
    told, whole = story(), prove.encode(complete())
    prints = {name: actor(name).fingerprint for name in NAMES}
    both = {name: prints[name] for name in ("fr", "ru")}
    three = both | {"de": prints["de"]}
    unwitnessed = {"ladder": _without_witness(), "witnesses": [], "proved_by": None, "trusted": True}
    late = "2026-11-26T10:07:01Z"
    refused, log = acknowledgement.said_by_ru(
        acknowledgement.written(disposition="refused", reason="not-included"), "refused"
    )
    place = Place(2, tuple(log.path(2, 3)))
    held = [
        list(refused.triple),
        0,
        b"",
        place.index,
        b"".join(place.path),
        prove.pack_note(note_ru(log)),
    ]
    second = [*_LADDER[:5], _rung("refused", "05:00", "ru", "claimed")]
    bare_ladder = [_LADDER[0], _LADDER[1], _LADDER[3]]
    nobody = {"held_by": None, "held_at": None, "proved_by": None, "witnesses": [], "ladder": bare_ladder}
    silence = {
        "told_to": "us",
        "object": told.note.object.id,
        "type": "note",
        "statement": told.note.id.hex(),
        "said_at": "2026-11-26T10:02:00Z",
        "ladder": [
            _rung("said", "02:00", "fr", "claimed"),
            _rung("logged", "31:01", "fr", "claimed"),
            _rung("released", "02:30", "fr", "claimed"),
            _rung("unacknowledged", "20:00", "fr", "claimed"),
        ],
    }
    withdrawn = {
        "ladder": [
            _LADDER[0],
            _rung("logged", "41:01", "fr", "claimed"),
            *_LADDER[3:],
            _rung("withdrawn", "40:00", "fr", "claimed"),
        ],
        "withdrawn_at": "2026-11-26T10:40:00Z",
    }
    labels = ["france calls itself fr in the file", "no party in the file has the fingerprint given for elsewhere"]
    every = _verdict(*NAMES)
    rows: list[tuple[str, str, str, dict[str, Any], dict[str, Any]]] = [
        ("complete", "PROOF-FILE-1", "the report as told to ru: held, cosigned by us and de", shown(whole), every),
        ("trusted", "PROOF-FILE-16", "with all four fingerprints", shown(whole, prints), every | {"trusted": True}),
        (
            "trusted-teller-alone",
            "PROOF-FILE-16",
            "the hearer is not among those trusted",
            shown(whole, {"fr": prints["fr"], "us": prints["us"]}),
            every | {"witnesses": _WITNESSES[:1]},
        ),
        (
            "trusted-both-alone",
            "PROOF-FILE-17",
            "no witness is among those trusted: no proved time",
            shown(whole, both),
            every | unwitnessed,
        ),
        (
            "trusted-late-witness",
            "PROOF-FILE-17",
            "the later witness is the only one trusted",
            shown(whole, three),
            every | unwitnessed | {"witnesses": _WITNESSES[1:], "proved_by": late},
        ),
        (
            "quorum-2",
            "PROOF-FILE-17",
            "two cosignatures are wanted: the time of the second",
            shown(whole, quorum=2),
            every | {"proved_by": late},
        ),
        (
            "quorum-3",
            "PROOF-FILE-17",
            "three are wanted; there are two",
            shown(whole, quorum=3),
            every | {"proved_by": None},
        ),
        (
            "refused",
            "PROOF-FILE-19",
            "ru refused it: told, and not held",
            shown(changed(complete(), held=held)),
            every | {"held_by": None, "held_at": None, "refused": "not-included", "ladder": second},
        ),
        (
            "bare",
            "PROOF-FILE-19",
            "the lower rungs alone",
            shown(prove.encode(bare_telling())),
            _verdict("fr", "ru") | nobody,
        ),
        (
            "silent",
            "PROOF-FILE-13",
            "us did not answer",
            shown(prove.encode(silent())),
            _verdict("fr", "us") | nobody | silence,
        ),
        (
            "withdrawn",
            "PROOF-FILE-26",
            "fr took the release back after ru held it: it stays held",
            shown(prove.encode(taken_back())),
            every | withdrawn,
        ),
        (
            "trusted-own-labels",
            "PROOF-FILE-27",
            "the reader has names of its own for two of the parties, and one that the file does not have",
            shown(whole, {"france": prints["fr"], "ru": prints["ru"], "elsewhere": "0" * 64}),
            every | unwitnessed | {"notes": labels},
        ),
        (
            "reconstruction",
            "PROOF-FILE-24",
            "the hearer exists in an exercise alone",
            shown(_with_parties(bare_telling(), actor("fr").packed, _played("ru"))),
            _verdict("fr", "ru") | nobody | {"reconstruction": True},
        ),
    ]
    return [good(name, rule, desc, given, output) for name, rule, desc, given, output in rows]


# -- what is refused


def _forms() -> list[Vector]:
    whole, least = complete(), bare_telling()
    fields = cbor.decode(prove.encode(least))
    parties = fields["parties"]
    unsorted_keys = b"\xa5" + b"".join(cbor.encode(k) + cbor.encode(v) for k, v in reversed(fields.items()))
    rows: list[tuple[str, str, str, bytes]] = [
        ("version", "PROOF-FILE-1", "a later version", changed(least, v=2)),
        ("key-extra", "PROOF-FILE-1", "a part that the form does not have", changed(least, comment="x")),
        ("key-missing", "PROOF-FILE-1", "no release", changed(least, release=None)),
        ("keys-unsorted", "PROOF-FILE-1", "its keys in another order", unsorted_keys),
        ("trailing-byte", "PROOF-FILE-1", "one byte more after the end", prove.encode(least) + b"\x00"),
        ("truncated", "PROOF-FILE-1", "the last byte is missing", prove.encode(least)[:-1]),
        ("empty", "PROOF-FILE-1", "nothing", b""),
        ("not-cbor", "PROOF-FILE-1", "a text", b"told at ten"),
        ("log-three-parts", "PROOF-FILE-1", "no place for the release", changed(least, log=fields["log"][:3])),
        (
            "held-five-parts",
            "PROOF-FILE-1",
            "no checkpoint of the hearer",
            changed(whole, held=cbor.decode(prove.encode(whole))["held"][:5]),
        ),
        ("parties-unsorted", "PROOF-FILE-2", "descriptors in another order", changed(least, parties=parties[::-1])),
        ("parties-twice", "PROOF-FILE-2", "one descriptor twice", changed(least, parties=[parties[0], *parties])),
        ("parties-none", "PROOF-FILE-2", "no descriptor", changed(least, parties=[])),
        *(
            (f"checkpoint-{name}", "PROOF-FILE-25", desc, changed(least, log=[packed, *fields["log"][1:]]))
            for name, desc, packed in _checkpoints(fields["log"][0])
        ),
    ]
    large = {"read": "proof", "trust": {}, "quorum": 1, "pieces": [["00", (4 << 20) + 1]]}
    return [
        *(bad(name, rule, "malformed", desc, shown(data)) for name, rule, desc, data in rows),
        bad("too-large", "PROOF-FILE-1", "too-large", "more than 4 MiB", large),
    ]


def _checkpoints(packed: list[Any]) -> list[tuple[str, str, Any]]:
    """Checkpoints of other forms, each with a name and what is wrong with it."""
    size, root, own, witness = packed
    half, signed = own
    other = [bytes(16), bytes(76)]
    return [
        ("text", "a checkpoint as its note", note_fr()),
        ("no-line", "a checkpoint that nobody signed", [size, root]),
        ("size-negative", "fewer than no leaves", [-1, root, own, witness]),
        ("size-true", "a truth value as the size", [True, root, own, witness]),
        ("size-past-last", "2**63 leaves", [1 << 63, root, own, witness]),
        ("root-short", "a root of 31 bytes", [size, root[:31], own, witness]),
        ("root-text", "a root in base64", [size, base64.b64encode(root).decode(), own, witness]),
        ("witness-first", "a witness's line before the log's own", [size, root, witness, own]),
        ("size-zero", "no leaves, and a root of some", [0, root, own, witness]),
        ("lines-unsorted", "lines in another order", [size, root, own, *sorted([witness, other], reverse=True)]),
        ("line-twice", "one line twice", [size, root, own, witness, witness]),
        ("line-bare", "a line without whose it is", [size, root, signed, witness]),
        ("line-of-three", "a line with a third part", [size, root, [*own, b""], witness]),
        ("line-named", "a line that spells its name", [size, root, [f"comity/{half.hex()}", signed], witness]),
        ("line-half-short", "a name of 15 bytes", [size, root, [half[:15], signed], witness]),
        ("line-half-whole", "a whole fingerprint as the name", [size, root, [half + half, signed], witness]),
        ("line-cut", "a signature one byte short", [size, root, [half, signed[:-1]], witness]),
        ("line-longer", "between 68 and 76 bytes", [size, root, [half, signed + b"\0"], witness]),
    ]


def _with_parties(of: ProofFile, *packed: bytes) -> bytes:
    return changed(of, parties=sorted(cbor.decode(one) for one in packed))


def _named(name: str, keys: Keys, party: str, signer: Actor) -> bytes:
    """A descriptor of one of the cast under another short name or with another's keys."""
    return descriptor.described(descriptor_content(name, keys, party=party), signer.root, iss=signer.origin)


def _played(name: str) -> bytes:
    """The descriptor of one of the cast, marked as a reconstruction."""
    one = actor(name)
    raw = descriptor_content(name, one.descriptor.keys, reconstruction=True)
    return descriptor.described(raw, one.root, iss=one.origin)


def _parties() -> list[Vector]:
    fr, ru, us, least = actor("fr"), actor("ru"), actor("us"), bare_telling()
    flipped = cbor.decode(fr.packed)
    flipped[0] = flip(flipped[0], -1)
    same_name = _named("ru", ru.descriptor.keys, "fr", ru)
    again = _named("fr", fr.descriptor.keys, "fr2", fr)
    keys = us.descriptor.keys
    shared = _named("us", Keys(keys.root, keys.statement, keys.log, fr.witness.public, keys.transport), "us", us)
    rows: list[tuple[str, str, str, str, dict[str, Any]]] = [
        (
            "descriptor-flipped",
            "PROOF-FILE-3",
            "bad-signature",
            "one bit of a descriptor's signature",
            shown(_with_parties(least, cbor.encode(flipped), ru.packed)),
        ),
        (
            "same-name",
            "PROOF-FILE-3",
            "name-taken",
            "two parties of one name",
            shown(_with_parties(least, fr.packed, same_name)),
        ),
        (
            "described-twice",
            "PROOF-FILE-3",
            "malformed",
            "one party, described twice",
            shown(_with_parties(least, fr.packed, again, ru.packed)),
        ),
        (
            "key-shared",
            "PROOF-FILE-3",
            "malformed",
            "two parties with one witness key",
            shown(_with_parties(least, fr.packed, ru.packed, shared)),
        ),
        (
            "another-fr",
            "PROOF-FILE-4",
            "fingerprint-mismatch",
            "fr is not the fr that is trusted",
            shown(prove.encode(least), {"fr": us.fingerprint}),
        ),
        (
            "names-crossed",
            "PROOF-FILE-4",
            "fingerprint-mismatch",
            "the reader calls ru what the file calls fr",
            shown(prove.encode(least), {"fr": ru.fingerprint, "ru": ru.fingerprint}),
        ),
        (
            "another-witness",
            "PROOF-FILE-4",
            "fingerprint-mismatch",
            "us is not the us that is trusted",
            shown(prove.encode(complete()), {"us": fr.fingerprint}),
        ),
    ]
    return [bad(name, rule, code, desc, given) for name, rule, code, desc, given in rows]
