"""Vectors of spec/proof-file.md that are refused for the form of the file, or of its parties."""

import base64
from typing import Any

from comity.exchange import prove
from comity.exchange.prove import ProofFile
from comity.model.party import Keys
from comity.proof import cbor
from conformance.vectors import descriptor
from conformance.vectors.cast import Actor, Vector, actor, bad, descriptor_content, flip
from conformance.vectors.proof_made import (
    answer_of,
    bare_telling,
    changed,
    closed,
    complete,
    held_in,
    mine,
    note_fr,
    refusal,
    shown,
    silent,
    taken_back,
)
from conformance.vectors.story import pull, story
from world import keys_of


def vectors() -> list[Vector]:
    return [*_forms(), *_kinds(), *_parties()]


def _forms() -> list[Vector]:
    whole, least = complete(), bare_telling()
    fields = cbor.decode(prove.encode(least))
    parties = fields["parties"]
    parts = cbor.decode(prove.encode(whole))
    held, want = parts["held"], parts["want"][0]
    end = cbor.decode(prove.encode(mine()))["end"][0]
    unsorted_keys = b"\xa5" + b"".join(cbor.encode(k) + cbor.encode(v) for k, v in reversed(fields.items()))
    rows: list[tuple[str, str, str, bytes]] = [
        ("v-true", "PROOF-FILE-1", "a version that is true", changed(least, v=True)),
        ("key-extra", "PROOF-FILE-1", "a part that the form does not have", changed(least, comment="x")),
        ("key-missing", "PROOF-FILE-1", "no release", changed(least, release=None)),
        ("keys-unsorted", "PROOF-FILE-1", "its keys in another order", unsorted_keys),
        ("trailing-byte", "PROOF-FILE-1", "one byte more after the end", prove.encode(least) + b"\x00"),
        ("truncated", "PROOF-FILE-1", "the last byte is missing", prove.encode(least)[:-1]),
        ("empty", "PROOF-FILE-1", "nothing", b""),
        ("not-cbor", "PROOF-FILE-1", "a text", b"told at ten"),
        ("log-one-part", "PROOF-FILE-1", "no path of the teller's descriptor", changed(least, log=fields["log"][:1])),
        ("log-five-parts", "PROOF-FILE-1", "no place for the release", changed(least, log=fields["log"][:5])),
        ("log-eight-parts", "PROOF-FILE-1", "one part more", changed(least, log=[*fields["log"], b""])),
        (
            "log-genesis-odd",
            "PROOF-FILE-1",
            "a path of 31 bytes",
            changed(least, log=[fields["log"][0], bytes(31), *fields["log"][2:]]),
        ),
        ("end-bare", "PROOF-FILE-1", "a page end without its places", changed(mine(), end=end)),
        ("end-three-parts", "PROOF-FILE-1", "a page end without a join", changed(mine(), end=[end, 0, b""])),
        (
            "closed-hash-short",
            "PROOF-FILE-1",
            "31 bytes for the content that is left out",
            changed(whole, statement=[parts["statement"][0], bytes(31)]),
        ),
        (
            "closed-salted",
            "PROOF-FILE-1",
            "the salt, and no content",
            changed(whole, statement=parts["statement"][:2]),
        ),
        ("held-five-parts", "PROOF-FILE-1", "no checkpoint of the hearer", changed(whole, held=held[:5])),
        ("held-no-genesis", "PROOF-FILE-1", "no path of the hearer's descriptor", changed(whole, held=held[:7])),
        (
            "held-item-short",
            "PROOF-FILE-1",
            "an item hash of 31 bytes",
            changed(whole, held=[held[0], bytes(31), *held[2:]]),
        ),
        ("want-bare", "PROOF-FILE-1", "a want without its places", changed(whole, want=want)),
        ("want-three-parts", "PROOF-FILE-1", "a want without a join", changed(whole, want=[want, 0, b""])),
        ("pull-extra", "PROOF-FILE-1", "a pull, which shows nothing of one item", changed(whole, pull=pull())),
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
        bad("version", "PROOF-FILE-1", "unknown-version", "a later version", shown(changed(least, v=2))),
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


def _kinds() -> list[Vector]:
    """Files with parts that do not belong to their kind."""
    own, least = refusal(), bare_telling()
    fields = cbor.decode(prove.encode(own))
    statement, held = fields["statement"], fields["held"]
    inside = cbor.decode(prove.encode(closed(complete())))["statement"][1]
    silence = cbor.decode(prove.encode(silent()))["silence"]
    withdrawal = cbor.decode(prove.encode(taken_back()))["withdrawal"]
    rows: list[tuple[str, str, bytes]] = [
        ("telling-of-nothing", "places in the teller's log, and no statement", changed(least, statement=None)),
        ("refusal-no-end", "what was refused, and no page end that offered it", changed(own, end=None)),
        ("refusal-no-answer", "what was offered, and nobody refused", changed(own, held=None)),
        ("refusal-other-bytes", "a refusal of other bytes", changed(own, held=[held[0], bytes(32), *held[2:]])),
        ("refusal-closed", "what was refused is left out", changed(own, statement=[statement[0], inside])),
        ("refusal-want", "a want beside it", changed(own, want=cbor.decode(prove.encode(complete()))["want"])),
        ("refusal-silence", "a silence beside it", changed(own, silence=silence)),
        ("refusal-withdrawal", "a withdrawal beside it", changed(own, withdrawal=withdrawal)),
        ("refusal-held", "the hearer holds it: it then stands with its places", _held_without_places()),
    ]
    return [bad(name, "PROOF-FILE-34", "malformed", desc, shown(data)) for name, desc, data in rows]


def _held_without_places() -> bytes:
    own = refusal(statement=story().report.triple)
    return changed(own, held=held_in(*answer_of(own.telling, None)))


def _with_parties(of: ProofFile, *packed: bytes) -> bytes:
    return changed(of, parties=sorted(cbor.decode(one) for one in packed))


def _named(name: str, keys: Keys, party: str, signer: Actor) -> bytes:
    """A descriptor of one of the cast under another short name or with another's keys."""
    return descriptor.described(descriptor_content(name, keys, party=party), signer.root, iss=signer.origin)


def _parties() -> list[Vector]:
    fr, ru, us, least = actor("fr"), actor("ru"), actor("us"), bare_telling()
    flipped = cbor.decode(fr.packed)
    flipped[0] = flip(flipped[0], -1)
    again = _named("fr", keys_of(fr.descriptor), "fr2", fr)
    keys = keys_of(us.descriptor)
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
    ]
    return [bad(name, rule, code, desc, given) for name, rule, code, desc, given in rows]
