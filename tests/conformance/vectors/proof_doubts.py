"""Vectors of spec/proof-file.md: names that clash, and times that cannot all be true."""

from typing import Any

from comity.exchange import prove
from comity.proof import cbor
from conformance.vectors import descriptor
from conformance.vectors.cast import NAMES, Log, Vector, actor, at, descriptor_content, good
from conformance.vectors.proof_made import (
    answered,
    bare_telling,
    changed,
    complete,
    note_ru,
    shown,
    taken_back,
)
from conformance.vectors.proof_verdict import (
    BEHIND,
    DE_BEHIND_RU,
    EVERY,
    HELD,
    LADDER,
    SAID,
    TOLD_ALONE,
    US_BEHIND_FR,
    WITNESSED,
    Row,
    alone,
    behind,
    cosigner,
    parties_in,
    party_in,
    rung,
    unsure,
    verdict,
)
from conformance.vectors.story import TOLD, story, want
from world import keys_of


def vectors() -> list[Vector]:
    return [good(name, rule, desc, given, output) for name, rule, desc, given, output in [*_names(), *_times()]]


# -- names


def _names() -> list[Row]:
    whole, prints = prove.encode(complete()), {name: actor(name).fingerprint for name in NAMES}
    unwitnessed = behind([], []) | {"proved_by": None, "ladder": [one for one in LADDER if one is not WITNESSED]}
    labels = ["france calls itself fr in the file", "no party in the file has the fingerprint given for elsewhere"]
    france = parties_in(*EVERY, known="ru", fr=party_in("fr", label="france", calls="fr", known=True))
    called = {"told_by": "france", "said_by": "france", "notes": labels, "trusted": True}
    own = verdict(*EVERY) | unwitnessed | france | called
    own["ladder"] = [one | {"by": "france"} if one["by"] == "fr" else one for one in own["ladder"]]
    alike = changed(
        bare_telling(), parties=sorted([cbor.decode(actor("fr").packed), cbor.decode(_renamed("ru", "f-r"))])
    )
    fr, ru = (f"{name} ({actor(who).fingerprint[:8]})" for name, who in (("fr", "fr"), ("f-r", "ru")))
    marked = [party_in("fr", label=fr, clashes=True), party_in("ru", label=ru, calls="f-r", clashes=True)]
    ordered = marked if cbor.decode(alike)["parties"][0] == cbor.decode(actor("fr").packed) else marked[::-1]
    clash = "{} calls itself {}; another goes by the same name, or by one that looks like it: go by the fingerprints"
    return [
        (
            "trusted-own-labels",
            "PROOF-FILE-27",
            "the reader has names of its own for two of the parties, and one that the file does not have",
            shown(whole, {"france": prints["fr"], "ru": prints["ru"], "elsewhere": "0" * 64}),
            own,
        ),
        (
            "names-alike",
            "PROOF-FILE-39",
            "the hearer calls itself f-r, which looks like fr: both are told apart by their fingerprints",
            shown(alike),
            alone(
                told_by=fr,
                said_by=fr,
                told_to=ru,
                parties=ordered,
                fingerprints={one["label"]: one["fingerprint"] for one in ordered},
                ladder=[one | {"by": fr} for one in TOLD_ALONE],
                notes=[*(clash.format(one["label"], one["calls_itself"]) for one in ordered), unsure(ru)],
            ),
        ),
        (
            "names-crossed",
            "PROOF-FILE-39",
            "the reader calls ru what the file calls fr",
            shown(prove.encode(bare_telling()), {"fr": prints["ru"]}),
            _crossed(fr, clash),
        ),
    ]


def _crossed(fr: str, clash: str) -> dict[str, Any]:
    ru = party_in("ru", label="fr", known=True, clashes=True)
    both = parties_in("fr", "ru", fr=party_in("fr", label=fr, clashes=True), ru=ru)
    notes = [clash.format(one["label"], one["calls_itself"]) for one in both["parties"]]
    return alone(
        trusted=True,
        told_by=fr,
        said_by=fr,
        told_to="fr",
        ladder=[one | {"by": fr} for one in TOLD_ALONE],
        notes=[*notes, unsure("fr")],
        **both,
    )


def _renamed(name: str, party: str) -> bytes:
    """A descriptor of one of the cast under another short name."""
    one = actor(name)
    return descriptor.described(
        descriptor_content(name, keys_of(one.descriptor), party=party), one.root, iss=one.origin
    )


# -- times that cannot all be true


def _claim(what: str, by: str, minute: str) -> dict[str, Any]:
    when = minute if "T" in minute else f"2026-11-26T10:{minute}Z"
    return {"what": what, "by": by, "at": when}


def _times() -> list[Row]:
    every = verdict(*EVERY)
    cosigned = "cosigned the log that holds it"
    released, received = _claim("released it", "fr", "01:30"), _claim("received it", "ru", "05:00")
    long_ago = {
        "held_at": "1999-12-31T23:59:59.000Z",
        "ladder": [*LADDER[:5], HELD | {"at": "1999-12-31T23:59:59.000Z"}],
        "contradictions": [
            {"earlier": released, "later": _claim("received it", "ru", "1999-12-31T23:59:59Z")},
        ],
    }
    epoch = cosigner("us", "00:00", contradicted=True) | {"at": "1970-01-01T00:00:02Z"}
    lying = {
        "proved_by": "2026-11-26T10:07:01Z",
        "contradictions": [
            {"earlier": one, "later": _claim(cosigned, "us", "1970-01-01T00:00:01Z")} for one in (released, received)
        ],
    } | behind([US_BEHIND_FR], [epoch, DE_BEHIND_RU])
    short = {"hearer": [cosigner("us", "00:01"), DE_BEHIND_RU], "teller": [US_BEHIND_FR]}
    too_short = behind([US_BEHIND_FR], [cosigner("us", "00:00", contradicted=True), DE_BEHIND_RU])
    just = "2026-11-26T09:59:59Z"
    backwards, early_log = _backwards()
    return [
        (
            "held-in-1999",
            "PROOF-FILE-38",
            "ru says that it received the report long before fr released it",
            shown(answered(None, received_at="1999-12-31T23:59:59.000Z")),
            every | long_ago,
        ),
        (
            "witness-of-1970",
            "PROOF-FILE-38",
            "us cosigned ru's answer in 1970, as it says: that counts for nothing, and de's does",
            shown(_with_witnesses({"us": 1 - _seconds(0), "de": 7 * 60})),
            every | lying,
        ),
        (
            "cosigned-5-minutes-before",
            "PROOF-FILE-38",
            "a cosignature five minutes before what it is over: clocks differ by as much",
            shown(_with_witnesses({"us": 0, "de": 7 * 60})),
            every | {"third_parties": short, "proved_by": "2026-11-26T10:00:01Z"},
        ),
        (
            "cosigned-5-minutes-1-second-before",
            "PROOF-FILE-38",
            "a second more: one of the two clocks is wrong",
            shown(_with_witnesses({"us": -1, "de": 7 * 60})),
            every
            | too_short
            | {
                "proved_by": "2026-11-26T10:07:01Z",
                "contradictions": [{"earlier": received, "later": _claim(cosigned, "us", just)}],
            },
        ),
        ("withdrawn-before-released", "PROOF-FILE-38", "by its own time, and not by its place", backwards, early_log),
    ]


def _seconds(minute: float) -> int:
    return at(minute) // 1000


def _with_witnesses(seconds: dict[str, int]) -> bytes:
    """The whole file with others' cosignatures under the hearer's checkpoint, so many seconds after ten o'clock."""
    parts = cbor.decode(prove.encode(complete()))["held"]
    note = note_ru(witnesses={name: at(second / 60) for name, second in seconds.items()})
    return changed(complete(), held=[*parts[:6], prove.pack_note(note), *parts[7:]])


def _backwards() -> tuple[dict[str, Any], dict[str, Any]]:
    """fr's clock was set back before it withdrew the report."""
    fr, told = actor("fr"), story()
    taken = fr.says(told.withdrawal.object.raw, "early", at(1))
    log = Log(fr, told.report, told.to_ru, told.note, told.to_us, told.silence, taken)
    path, other, start = (b"".join(log.path(index)) for index in (1, 2, 0))
    shared = max(n for n in range(len(path) // 32 + 1) if path[len(path) - 32 * n :] == other[len(other) - 32 * n :])
    file = changed(
        taken_back(),
        withdrawal=[list(taken.triple), 6, b"".join(log.path(6))],
        want=[want(), 0, b"", b"".join(log.join(TOLD, 7))],
        log=[prove.pack_note(log.note(when=at(41))), start, 1, path[: len(path) - 32 * shared], shared, 2, other],
    )
    ladder = [SAID, rung("logged", "41:01", "fr"), *LADDER[3:], rung("withdrawn", "01:00", "fr")]
    more = {
        "ladder": ladder,
        "withdrawn_at": "2026-11-26T10:01:00Z",
        "contradictions": [
            {"earlier": _claim("released it", "fr", "01:30"), "later": _claim("withdrew it", "fr", "01:00")}
        ],
    }
    return shown(file), verdict(*EVERY) | more | behind([], BEHIND["hearer"])
