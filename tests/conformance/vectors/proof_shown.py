"""Vectors of spec/proof-file.md: what a good file shows of one telling, with nothing but the file."""

from dataclasses import replace
from typing import Any

from comity.exchange import prove
from comity.model import content
from comity.proof import cbor
from conformance.vectors import descriptor
from conformance.vectors.cast import NAMES, Log, Vector, actor, at, descriptor_content, good, seed
from conformance.vectors.extensions import plain as bare
from conformance.vectors.proof_made import (
    answer_of,
    answered,
    bare_telling,
    changed,
    complete,
    described,
    early,
    held_in,
    shown,
    silent,
    taken_back,
    telling_alone,
    unasked,
)
from conformance.vectors.proof_verdict import (
    BEHIND,
    DE_BEHIND_RU,
    EVERY,
    FETCHED,
    LADDER,
    LOGGED,
    NOTHING_HELD,
    REFUSED,
    RELEASED,
    SAID,
    TOLD_ALONE,
    US_BEHIND_FR,
    US_BEHIND_RU,
    WITNESSED,
    Row,
    alone,
    behind,
    cosigner,
    parties_in,
    rung,
    unsure,
    verdict,
)
from conformance.vectors.story import TOLD, release_of, root_of, story, telling_of
from world import keys_of


def vectors() -> list[Vector]:
    rows = [*_whole(), *_trusted(), *_answers(), *_parts(), *_later()]
    return [good(name, rule, desc, given, output) for name, rule, desc, given, output in rows]


# -- whole files, and who trusts them


def _whole() -> list[Row]:
    whole = prove.encode(complete())
    late = "2026-11-26T10:07:01Z"
    unseen = [rung for rung in LADDER if rung is not WITNESSED]
    two = {"quorum": 2, "proved_by": late, "ladder": unseen}
    return [
        (
            "complete",
            "PROOF-FILE-1",
            "the report as told to ru: held, cosigned by us and de",
            shown(whole),
            verdict(*EVERY),
        ),
        (
            "quorum-2",
            "PROOF-FILE-17",
            "two cosignatures are wanted: the time of the second; behind fr there is one",
            shown(whole, quorum=2),
            verdict(*EVERY) | two,
        ),
        (
            "quorum-3",
            "PROOF-FILE-17",
            "three are wanted; there are two",
            shown(whole, quorum=3),
            verdict(*EVERY) | two | {"quorum": 3, "proved_by": None},
        ),
        (
            "quorum-2-teller",
            "PROOF-FILE-42",
            "two have cosigned the teller's checkpoint, and the hearer, which does not count",
            shown(_witnessed({"us": 3.5, "ru": 3.6, "de": 3.75}), quorum=2),
            verdict(*EVERY)
            | {"quorum": 2, "proved_by": late}
            | {"ladder": [SAID, LOGGED, rung("witnessed", "03:46", "de", "cosigned"), *LADDER[3:]]}
            | behind([US_BEHIND_FR, cosigner("de", "03:46")], BEHIND["hearer"]),
        ),
        (
            "witnessed-by-hearer",
            "PROOF-FILE-42",
            "nobody but the hearer has cosigned the teller's checkpoint: it has seen it, and is no third party",
            shown(_witnessed({"ru": 3.6})),
            verdict(*EVERY)
            | {"ladder": [SAID, LOGGED, rung("witnessed", "03:37", "ru", "cosigned"), *LADDER[3:]]}
            | behind([], BEHIND["hearer"]),
        ),
    ]


def _witnessed(witnesses: dict[str, float]) -> bytes:
    """The whole file with others' cosignatures under the teller's checkpoint."""
    given = {name: at(minute) for name, minute in witnesses.items()}
    note = prove.in_order(story().fr.note(TOLD, when=at(3), witnesses=given))
    return prove.encode(replace(complete(), note=note))


def _trusted() -> list[Row]:
    whole = prove.encode(complete())
    prints = {name: actor(name).fingerprint for name in NAMES}
    nobody = behind([], []) | {"proved_by": None, "ladder": [one for one in LADDER if one is not WITNESSED]}

    def by(*names: str) -> dict[str, Any]:
        return verdict(*EVERY) | parties_in(*EVERY, known=" ".join(names))

    def given(*names: str) -> dict[str, Any]:
        return shown(whole, {name: prints[name] for name in names})

    late = behind([], [DE_BEHIND_RU]) | {"proved_by": "2026-11-26T10:07:01Z"}
    one_of = behind([US_BEHIND_FR], [US_BEHIND_RU])
    return [
        ("trusted", "PROOF-FILE-16", "with all four fingerprints", given(*EVERY), by(*EVERY) | {"trusted": True}),
        (
            "trusted-teller-alone",
            "PROOF-FILE-16",
            "the hearer is not among those trusted",
            given("fr", "us"),
            by("fr", "us") | one_of,
        ),
        (
            "trusted-one-teller",
            "PROOF-FILE-16",
            "one fingerprint, the teller's: who gives one asks about that party",
            given("fr"),
            by("fr") | nobody | {"trusted": True},
        ),
        (
            "trusted-one-hearer",
            "PROOF-FILE-16",
            "one fingerprint, the hearer's",
            given("ru"),
            by("ru") | nobody | {"trusted": True},
        ),
        (
            "trusted-one-witness",
            "PROOF-FILE-16",
            "one fingerprint, that of a third party",
            given("us"),
            by("us") | one_of,
        ),
        (
            "trusted-both-alone",
            "PROOF-FILE-17",
            "no witness is among those trusted: no proved time",
            given("fr", "ru"),
            by("fr", "ru") | nobody | {"trusted": True},
        ),
        (
            "trusted-late-witness",
            "PROOF-FILE-17",
            "the later witness is the only one trusted",
            given("fr", "ru", "de"),
            by("fr", "ru", "de") | nobody | {"trusted": True} | late,
        ),
    ]


# -- what was answered


def _answers() -> list[Row]:
    every = verdict(*EVERY)
    second = [*LADDER[:5], REFUSED]
    no = NOTHING_HELD | {"refused_at": "2026-11-26T10:05:00.000Z", "ladder": second}
    other = NOTHING_HELD | {"proved_by": None, "ladder": LADDER[:5]} | behind([US_BEHIND_FR], [])
    return [
        (
            "refused",
            "PROOF-FILE-19",
            "ru refused it: told, and not held",
            shown(answered("bad-signature")),
            every | no | {"refused": "bad-signature", "borne_out": False},
        ),
        (
            "refused-own-word",
            "PROOF-FILE-33",
            "for a reason that is no fault of bytes: ru's own word",
            shown(answered("marking")),
            every | no | {"refused": "marking"},
        ),
        (
            "refused-code-unknown",
            "PROOF-FILE-33",
            "for a reason of a later version: ru's own word",
            shown(answered("some-later-reason")),
            every | no | {"refused": "some-later-reason"},
        ),
        ("refused-borne-out", "PROOF-FILE-33", "fr told a position that is none: found in its bytes", *_borne_out()),
        (
            "answer-other-held",
            "PROOF-FILE-32",
            "ru holds other bytes: of these neither held nor refused",
            shown(answered(None, item=seed("other bytes"))),
            every | other | {"other_bytes": "held"},
        ),
        (
            "answer-other-refused",
            "ACKNOWLEDGEMENT-15",
            "ru refuses other bytes: these are not refused",
            shown(answered("bad-signature", item=seed("other bytes"))),
            every | other | {"other_bytes": "refused"},
        ),
    ]


def _borne_out() -> tuple[dict[str, Any], dict[str, Any]]:
    """fr signs, logs and releases a position without a stance; ru refuses it as what it is."""
    fr = actor("fr")
    said = fr.says(content.dump(bare("position")), "no position", at(1))
    given = release_of(said, "ru", answer_by=None, label="no position released")
    log, telling = Log(fr, said, given), telling_of(said, given)
    made, log_ru = answer_of(telling, "not-stix", log_size=3, log_root=root_of(log, 3).hex())
    file = changed(telling_alone(log, said, given, "fr", "ru", "us", "de"), held=held_in(made, log_ru))
    more = NOTHING_HELD | {
        "object": said.object.id,
        "type": "position",
        "statement": said.id.hex(),
        "item": telling.item.hex(),
        "refused": "not-stix",
        "refused_at": "2026-11-26T10:05:00.000Z",
        "borne_out": True,
        "ladder": [*TOLD_ALONE, REFUSED],
    }
    return shown(file), verdict(*EVERY) | more | behind([], BEHIND["hearer"])


# -- with some of its parts


def _parts() -> list[Row]:
    lone = replace(taken_back(), held=None, withdrawal=None, parties=described("fr", "ru"))
    played = changed(bare_telling(), parties=sorted([cbor.decode(actor("fr").packed), cbor.decode(_played("ru"))]))
    return [
        (
            "want-older-head",
            "PROOF-FILE-11",
            "no answer; the want names an older head than the checkpoint",
            shown(prove.encode(lone)),
            alone(ladder=[SAID, rung("logged", "41:01", "fr"), RELEASED, FETCHED]),
        ),
        (
            "want-newer-head",
            "PROOF-FILE-11",
            "the want names a newer head than the checkpoint",
            shown(prove.encode(early())),
            verdict(*EVERY),
        ),
        ("bare", "PROOF-FILE-19", "the lower rungs alone", shown(prove.encode(bare_telling())), alone()),
        (
            "no-own-cosignature",
            "PROOF-FILE-10",
            "the teller's checkpoint without its own cosignature: logged, and nobody says since when",
            shown(_uncosigned()),
            alone(ladder=[SAID, rung("logged", None, "fr"), RELEASED]),
        ),
        (
            "reconstruction",
            "PROOF-FILE-24",
            "the hearer exists in an exercise alone",
            shown(played),
            alone(reconstruction=True),
        ),
    ]


def _uncosigned() -> bytes:
    fields = cbor.decode(prove.encode(bare_telling()))
    return changed(bare_telling(), log=[fields["log"][0][:3], *fields["log"][1:]])


def _played(name: str) -> bytes:
    """The descriptor of one of the cast, marked as a reconstruction."""
    one = actor(name)
    raw = descriptor_content(name, keys_of(one.descriptor), reconstruction=True)
    return descriptor.described(raw, one.root, iss=one.origin)


def _later() -> list[Row]:
    told = story()
    silence = {
        **parties_in("fr", "us"),
        "hearer": actor("us").fingerprint,
        "told_to": "us",
        "object": told.note.object.id,
        "type": "note",
        "statement": told.note.id.hex(),
        "item": telling_of(told.note, told.to_us).item.hex(),
        "said_at": "2026-11-26T10:02:00Z",
        "released_at": "2026-11-26T10:02:30Z",
        "unacknowledged_at": "2026-11-26T10:20:00.000Z",
        "notes": [unsure("us")],
        "ladder": [
            rung("said", "02:00", "fr"),
            rung("logged", "31:01", "fr"),
            rung("released", "02:30", "fr"),
            rung("unacknowledged", "20:00", "fr"),
        ],
    }
    ladder = [SAID, rung("logged", "41:01", "fr"), *LADDER[3:], rung("withdrawn", "40:00", "fr")]
    withdrawn = (
        verdict(*EVERY) | {"ladder": ladder, "withdrawn_at": "2026-11-26T10:40:00Z"} | behind([], BEHIND["hearer"])
    )
    return [
        (
            "silent",
            "PROOF-FILE-13",
            "no answer of us had reached fr",
            shown(prove.encode(silent())),
            alone(**silence),
        ),
        (
            "withdrawn",
            "PROOF-FILE-26",
            "fr took the release back after ru held it: it stays held",
            shown(prove.encode(taken_back())),
            withdrawn,
        ),
        (
            "want-missing",
            "PROOF-FILE-19",
            "no want: held, and not shown as fetched",
            shown(prove.encode(unasked())),
            withdrawn | {"ladder": [one for one in ladder if one is not FETCHED]},
        ),
    ]
