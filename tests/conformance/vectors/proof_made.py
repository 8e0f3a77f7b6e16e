"""Proof files: four good ones, and the means to make bad ones of them."""

from collections.abc import Mapping
from typing import Any

from comity.exchange import prove
from comity.exchange.prove import Held, Later, Place, ProofFile
from comity.proof import cbor, merkle
from comity.proof.checkpoint import Checkpoint, sign_checkpoint
from comity.space.instant import Instant
from conformance.vectors.cast import NAMES, Log, actor, at, cosigned
from conformance.vectors.shared import in_pieces
from conformance.vectors.story import TOLD, pull, story

SILENT = 6  # the size of fr's log when it has logged the silence
WITHDRAWN = 7  # and when it has withdrawn the report from ru


def place(log: Log, index: int, size: int) -> Place:
    return Place(index, tuple(log.path(index, size)))


def described(*names: str) -> tuple[tuple[bytes, bytes, bytes], ...]:
    return tuple(sorted(actor(name).described.triple for name in names))


def note_fr(size: int = TOLD) -> bytes:
    return prove.in_order(story().fr.note(size, when=at(3), witnesses={"us": at(3.5)}))


def note_ru(log: Log | None = None, witnesses: dict[str, Instant] | None = None) -> bytes:
    """Signed by its log, and cosigned by us at 10:06 and by de at 10:07, unless by others."""
    log = log or story().ru
    head = Checkpoint(log.of.origin, 3, merkle.root_of(log.ids[:3]))
    given = {"us": at(6), "de": at(7)} if witnesses is None else witnesses
    return prove.in_order(cosigned(sign_checkpoint(head, log.of.origin, log.of.log), given))


def complete() -> ProofFile:
    """The report as told to ru: fetched, held, cosigned by two others."""
    told = story()
    held = Held(told.held.triple, Place(0, ()), place(told.ru, 2, 3), note_ru())
    places = place(told.fr, 1, TOLD), place(told.fr, 2, TOLD)
    return ProofFile(
        told.report.triple, told.to_ru.triple, *places, note_fr(), pull(), held, None, None, described(*NAMES)
    )


def silent() -> ProofFile:
    """The note as told to us, who did not answer."""
    told = story()
    silence = Later(told.silence.triple, place(told.fr, 5, SILENT))
    places = place(told.fr, 3, SILENT), place(told.fr, 4, SILENT)
    note = told.fr.note(SILENT, when=at(31))
    return ProofFile(
        told.note.triple, told.to_us.triple, *places, note, None, None, silence, None, described("fr", "us")
    )


def taken_back() -> ProofFile:
    """The report as told to ru, which held it before it was withdrawn."""
    told, whole = story(), complete()
    places = place(told.fr, 1, WITHDRAWN), place(told.fr, 2, WITHDRAWN)
    withdrawal = Later(told.withdrawal.triple, place(told.fr, 6, WITHDRAWN))
    note = told.fr.note(WITHDRAWN, when=at(41))
    first = told.report.triple, told.to_ru.triple
    return ProofFile(*first, *places, note, whole.pull, whole.held, None, withdrawal, whole.parties)


def bare_telling() -> ProofFile:
    """Nothing but said, logged and released: what can be shown of a hearer that never came."""
    told = story()
    places = place(told.fr, 1, TOLD), place(told.fr, 2, TOLD)
    note = told.fr.note(TOLD, when=at(3))
    return ProofFile(
        told.report.triple, told.to_ru.triple, *places, note, None, None, None, None, described("fr", "ru")
    )


def changed(of: ProofFile, **parts: Any) -> bytes:
    """A file with some of its parts changed, or left out as None."""
    fields = cbor.decode(prove.encode(of)) | parts
    return cbor.encode({name: part for name, part in fields.items() if part is not None})


def shown(data: bytes, trust: Mapping[str, str] | None = None, quorum: int = 1) -> dict[str, Any]:
    return {"read": "proof", "trust": dict(trust or {}), "quorum": quorum, **in_pieces(data)}
