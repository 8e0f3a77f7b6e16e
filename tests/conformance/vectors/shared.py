"""What stands in many vectors is written once, in parties.json and statements.json, and named there with an @."""

from functools import cache
from typing import Any

from conformance.vectors.cast import NAMES, actor, pack
from conformance.vectors.story import story


@cache
def statements() -> dict[str, bytes]:
    """The statements of the story by name, each packed as [envelope, salt, content]."""
    told = story()
    own = {"own-note-of-ru": told.ru.entries[1]}
    names = {"report": told.report, "to-ru": told.to_ru, "note": told.note, "to-us": told.to_us, "held": told.held}
    made = names | own | {"silence": told.silence, "withdrawal": told.withdrawal}
    return {name: pack(signed) for name, signed in made.items()}


@cache
def _blobs() -> dict[str, bytes]:
    return {name: actor(name).packed for name in NAMES} | statements()


def in_pieces(data: bytes) -> dict[str, Any]:
    """Bytes as they stand in a vector: plain hexadecimal, or pieces of which some are named."""
    pieces, at = [], 0
    while hits := [(data.find(blob, at), name) for name, blob in _blobs().items() if data.find(blob, at) >= 0]:
        where, name = min(hits)
        pieces += [data[at:where].hex()] if where > at else []
        pieces.append(f"@{name}")
        at = where + len(_blobs()[name])
    if not pieces:
        return {"hex": data.hex()}
    return {"pieces": [*pieces, data[at:].hex()] if data[at:] else pieces}


def repeated(data: bytes, part: bytes, times: int) -> dict[str, Any]:
    """Bytes in which a part stands many times one after the other."""
    before, _, after = data.partition(part * times)
    return {"pieces": [piece for piece in (before.hex(), [part.hex(), times], after.hex()) if piece]}
