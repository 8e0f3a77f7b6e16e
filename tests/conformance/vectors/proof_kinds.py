"""Vectors of spec/proof-file.md: what files of hearers, of what was refused, and without their content show."""

from dataclasses import replace

from comity.exchange import prove
from conformance.vectors.cast import Vector, good
from conformance.vectors.proof_made import (
    answer_of,
    changed,
    closed,
    complete,
    described,
    held_in,
    mine,
    refusal,
    shown,
)
from conformance.vectors.proof_verdict import (
    BEHIND,
    EVERY,
    HELD,
    LADDER,
    NO_ANSWER,
    NOTHING_HELD,
    OFFERED,
    REFUSED,
    RELEASED,
    SAID,
    US_BEHIND_FR,
    Row,
    behind,
    rung,
    unsure,
    verdict,
)
from conformance.vectors.story import story


def vectors() -> list[Vector]:
    return [good(name, rule, desc, given, output) for name, rule, desc, given, output in _kinds()]


# -- files of the hearer, of what was refused, and with their content left out


def _kinds() -> list[Row]:
    every, item = verdict(*EVERY), refusal().telling.item.hex()
    own = {"ladder": [SAID, rung("logged", None, "fr"), RELEASED, OFFERED, HELD], "offered_at": "2026-11-26T10:04:00Z"}
    mine_too = every | own | behind([], BEHIND["hearer"])
    left_out = {"omitted": True, "object": None, "type": None}
    answered_no = NOTHING_HELD | {"item": None, "other_bytes": "refused", "proved_by": None, "ladder": LADDER[:4]}
    unseen = left_out | answered_no | behind([US_BEHIND_FR], [])
    bytes_alone = {
        **dict.fromkeys(("said_by", "held_by", "object", "type", "statement", "said_at", "released_at", "held_at")),
        "offered_at": "2026-11-26T10:04:00Z",
        "refused_at": "2026-11-26T10:05:00.000Z",
        "ladder": [OFFERED, REFUSED],
    }
    broken_so = every | bytes_alone | {"item": item, "refused": "content-mismatch"}
    whole_so = every | bytes_alone | {"refused": "content-mismatch", "borne_out": False}
    withdrawal = closed(replace(complete(), wanted=None, held=None, parties=described("fr", "ru", "us")))
    asked = replace(withdrawal, wanted=complete().wanted)
    never = left_out | NO_ANSWER | {"item": None, "ladder": LADDER[:4], "notes": [unsure("ru")]}
    return [
        (
            "hearer-own",
            "PROOF-FILE-35",
            "ru shows that it was told: fr's page end, and fr's checkpoint as ru has it",
            shown(prove.encode(mine())),
            mine_too,
        ),
        (
            "closed",
            "PROOF-FILE-40",
            "the content is left out: held, by its hash",
            shown(prove.encode(closed(complete()))),
            every | left_out,
        ),
        (
            "closed-hearer-own",
            "PROOF-FILE-40",
            "the same as ru shows it",
            shown(prove.encode(closed(mine()))),
            mine_too | left_out,
        ),
        (
            "closed-asked",
            "PROOF-FILE-40",
            "left out, and not held: whether it was this that ru asked for is not shown",
            shown(prove.encode(asked)),
            verdict("fr", "ru", "us") | never | behind([US_BEHIND_FR], []),
        ),
        (
            "closed-refused",
            "PROOF-FILE-40",
            "left out, and refused: whether it was this is not shown",
            shown(changed(closed(complete()), held=held_in(*answer_of(story().telling, "bad-signature")))),
            every | unseen,
        ),
        (
            "refusal",
            "PROOF-FILE-41",
            "ru shows that fr offered the report broken, and that it refused it",
            shown(prove.encode(refusal())),
            broken_so | {"borne_out": True},
        ),
        (
            "refusal-own-word",
            "PROOF-FILE-41",
            "the same bytes, refused for a reason of ru's own",
            shown(prove.encode(refusal("marking"))),
            broken_so | {"refused": "marking", "borne_out": None},
        ),
        (
            "refusal-not-borne-out",
            "PROOF-FILE-41",
            "the report as it is, refused as if its content were another",
            shown(prove.encode(refusal(statement=story().report.triple))),
            whole_so,
        ),
    ]
