"""Proof files: some good ones, and the means to make bad ones of them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from comity.exchange import prove
from comity.exchange.prove import Ended, Held, Later, Place, ProofFile, Wanted
from comity.model.acknowledgement import Telling, root_over
from comity.model.statement import ItemHash, Signed, Triple, close
from comity.proof import cbor, merkle
from comity.proof.checkpoint import Checkpoint, sign_checkpoint
from comity.space.instant import Instant
from conformance.vectors import acknowledgement
from conformance.vectors.cast import NAMES, Log, actor, at, cosigned, flip
from conformance.vectors.shared import in_pieces
from conformance.vectors.story import TOLD, root_of, story, want

SILENT = 6  # the size of fr's log when it has logged the silence
WITHDRAWN = 7  # and when it has withdrawn the report from ru
EARLY = 3  # when it had logged nothing but the report and its release


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


def first(log: Log, size: int) -> tuple[bytes, ...]:
    """The path of a party's descriptor, leaf 0."""
    return tuple(log.path(0, size))


def held_by_ru(join: tuple[bytes, ...] = ()) -> Held:
    """ru's answer; with a path of its own to fr's checkpoint where that has another size than the head that it names."""
    told = story()
    places = Place(0, ()), place(told.ru, 2, 3)
    return Held(told.held.triple, None, *places, note_ru(), first(told.ru, 3), join)


def complete() -> ProofFile:
    """The report as told to ru: asked for, held, cosigned by two others."""
    told = story()
    wanted = Wanted(want(), Place(0, ()), ())
    places = place(told.fr, 1, TOLD), place(told.fr, 2, TOLD)
    return ProofFile(
        told.report.triple,
        told.to_ru.triple,
        places,
        note_fr(),
        first(told.fr, TOLD),
        None,
        wanted,
        held_by_ru(),
        None,
        None,
        described(*NAMES),
    )


def silent() -> ProofFile:
    """The note as told to us, who did not answer."""
    told = story()
    silence = Later(told.silence.triple, place(told.fr, 5, SILENT))
    places = place(told.fr, 3, SILENT), place(told.fr, 4, SILENT)
    note, start = told.fr.note(SILENT, when=at(31)), first(told.fr, SILENT)
    return ProofFile(
        told.note.triple, told.to_us.triple, places, note, start, None, None, None, silence, None, described("fr", "us")
    )


def taken_back() -> ProofFile:
    """The report as told to ru, which held it before it was withdrawn; want and answer name an older head."""
    told, whole = story(), complete()
    places = place(told.fr, 1, WITHDRAWN), place(told.fr, 2, WITHDRAWN)
    withdrawal = Later(told.withdrawal.triple, place(told.fr, 6, WITHDRAWN))
    note, start = told.fr.note(WITHDRAWN, when=at(41)), first(told.fr, WITHDRAWN)
    pair = told.report.triple, told.to_ru.triple
    wanted = Wanted(want(), Place(0, ()), tuple(told.fr.join(TOLD, WITHDRAWN)))
    return ProofFile(*pair, places, note, start, None, wanted, whole.held, None, withdrawal, whole.parties)


def unasked() -> ProofFile:
    """The same without a want: the answer itself is joined to the checkpoint."""
    join = tuple(story().fr.join(TOLD, WITHDRAWN))
    return replace(taken_back(), wanted=None, held=held_by_ru(join))


def early() -> ProofFile:
    """The report under a checkpoint that is older than the head which want and answer name."""
    told, whole = story(), complete()
    places, note = (place(told.fr, 1, EARLY), place(told.fr, 2, EARLY)), note_fr(EARLY)
    wanted = Wanted(want(), Place(0, ()), tuple(told.fr.join(EARLY, TOLD)))
    return replace(whole, places=places, note=note, genesis=first(told.fr, EARLY), wanted=wanted)


def ended(telling: Telling | None = None, join: tuple[bytes, ...] = ()) -> Ended:
    """fr's page end at 10:04, of the report or of something else."""
    end = story().page_end(root=root_over([telling or story().telling]))
    return Ended(end, Place(0, ()), join)


def mine() -> ProofFile:
    """The report as ru shows it that it was told: with fr's page end, and fr's checkpoint as ru has it, cosigned by nobody."""
    told = story()
    bare = sign_checkpoint(
        Checkpoint(told.fr.of.origin, TOLD, root_of(told.fr, TOLD)), told.fr.of.origin, told.fr.of.log
    )
    return replace(complete(), note=bare, ended=ended(), wanted=None)


def closed(of: ProofFile) -> ProofFile:
    """A file with its content left out."""
    assert isinstance(of.statement, tuple)
    return replace(of, statement=close(of.statement))


def broken() -> Triple:
    """The report with one bit of its content changed, as fr offered it to ru."""
    data, salt, raw = story().report.triple
    return data, salt, flip(raw, -1)


def refusal(reason: str = "content-mismatch", statement: Triple | None = None) -> ProofFile:
    """What ru shows of the report that came broken, and that it refused."""
    whole = mine()
    file = replace(whole, statement=statement or broken(), places=None, note=note_fr())
    made, log = answer_of(file.telling, reason)
    return replace(file, ended=ended(file.telling), held=held_of(made, log))


def answer_of(telling: Telling, reason: str | None, **parts: Any) -> tuple[Signed, Log]:
    """What ru says of a telling, and its log with that."""
    kind = {"disposition": "held"} if reason is None else {"disposition": "refused", "reason": reason}
    raw = acknowledgement.written(**({"root": root_over([telling]).hex()} | kind | parts))
    return acknowledgement.said_by_ru(raw, f"answered {reason} of {telling.item.hex()}")


def held_of(made: Signed, log: Log, item: bytes = b"") -> Held:
    """An acknowledgement of ru's, leaf 2 of a log of three."""
    named = ItemHash(item) if item else None
    return Held(made.triple, named, Place(0, ()), place(log, 2, 3), note_ru(log), first(log, 3), ())


def held_in(made: Signed, log: Log, item: bytes = b"") -> list[Any]:
    """The same as it stands in a file."""
    places = [b"".join(log.path(index, 3)) for index in (2, 0)]
    return [list(made.triple), item, 0, b"", 2, places[0], prove.pack_note(note_ru(log)), places[1], b""]


def answered(reason: str | None, *, item: bytes = b"", **parts: Any) -> bytes:
    """The whole file with another answer of ru's: of other bytes, or a refusal."""
    told = story()
    of = replace(told.telling, item=ItemHash(item)) if item else told.telling
    return changed(complete(), held=held_in(*answer_of(of, reason, **parts), item))


def bare_telling() -> ProofFile:
    """Nothing but said, logged and released: what can be shown of a hearer that never came."""
    told = story()
    return telling_alone(told.fr, told.report, told.to_ru)


def telling_alone(log: Log, said: Signed, given: Signed, *parties: str) -> ProofFile:
    """A statement and its release, leaves 1 and 2 of a log."""
    size = min(TOLD, len(log.entries))
    places = place(log, 1, size), place(log, 2, size)
    note, whom = log.note(size, when=at(3)), described(*(parties or ("fr", "ru")))
    return ProofFile(said.triple, given.triple, places, note, first(log, size), None, None, None, None, None, whom)


def changed(of: ProofFile, **parts: Any) -> bytes:
    """A file with some of its parts changed, or left out as None."""
    fields = cbor.decode(prove.encode(of)) | parts
    return cbor.encode({name: part for name, part in fields.items() if part is not None})


def shown(data: bytes, trust: Mapping[str, str] | None = None, quorum: int = 1) -> dict[str, Any]:
    return {"read": "proof", "trust": dict(trust or {}), "quorum": quorum, **in_pieces(data)}


def places_of(log: Log, said: int, given: int, size: int | None = None) -> list[Any]:
    """The start of a log and two places in it, as a file has them: what both paths end with stands in the second alone."""
    path, other = log.path(said, size), log.path(given, size)
    shared = max(count for count in range(len(path) + 1) if path[len(path) - count :] == other[len(other) - count :])
    start = b"".join(log.path(0, size))
    return [start, said, b"".join(path[: len(path) - shared]), shared, given, b"".join(other)]


def under(log: Log, withdrawal: list[Any]) -> dict[str, Any]:
    """A withdrawal in another log of fr's, of seven leaves, to which the want is joined."""
    asked = [want(), 0, b"", b"".join(log.join(TOLD, 7))]
    return {
        "withdrawal": withdrawal,
        "want": asked,
        "log": [prove.pack_note(log.note(when=at(41))), *places_of(log, 1, 2)],
    }
