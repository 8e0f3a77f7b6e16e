"""Checking: an operation against all that is known here.

A check can only object. Where it knows nothing to object it says so, and that this is not a clearance; it never ends with
exit 0.
"""

from typing import Any

from comity.app import forms, reading, versions
from comity.app._drafting import Args, as_typed, volume_of
from comity.checks import stale
from comity.errors import BAD_ARGUMENT, LocalError
from comity.exchange import check
from comity.model import content, notice, understood
from comity.model.statement import Draft
from comity.node.node import Node
from comity.node.picture import StoredPicture
from comity.record.airspace import Subject
from comity.space.instant import Instant
from comity.space.volume import Volume

_STALE_AFTER_MIN, _MOST_MIN = stale.AFTER_S // 60, 7 * 24 * 60


def checked(node: Node, picture: StoredPicture, args: Args) -> tuple[Args, Draft | None]:
    """Check an operation against all that is known here; and the record of it, if one is wanted.

    Raises:
        LocalError: with the place in the file or the option, and the rule.
    """
    margin = args.get("margin_km") or 0.0
    if not 0 <= margin <= 1000:
        raise LocalError(BAD_ARGUMENT, "a margin is 0 to 1,000 km", place="--margin")
    stale_after = args.get("stale_after_min", _STALE_AFTER_MIN)
    if not 1 <= stale_after <= _MOST_MIN:
        raise LocalError(BAD_ARGUMENT, f"1 to {_MOST_MIN} minutes, which is a week", place="--stale-after")
    drawn, not_used = reading.together(args)
    serves = forms.served(node, picture, args.get("serves") or [])
    volume, now = volume_of(drawn), node.journal.now()
    volumes = _volumes(node, volume)
    found = check.check(
        Subject(node.descriptor.fingerprint, volumes, serves=tuple(serves)),
        picture.for_us(),
        as_of=picture.as_of(),
        now=now,
        names=picture.names(),
        margin_m=margin * 1000,
        stale_after_s=stale_after * 60,
    )
    told = {**_read(drawn, volumes, now, not_used), "serves": serves, **versions.with_sides(node, found.as_dict())}
    if told["time_warning"]:
        told["text"] = f"{told['time_warning']}\n{told['text']}"
    asked = [("volumes", [volume]), ("margin_km", margin), ("stale_after_min", stale_after)]
    asked += [("serves", serves)] if serves else []
    return told, _record(node, [*asked, ("result", told)]) if args.get("record") else None


def _read(args: Args, volumes: tuple[Volume, ...], now: Instant, not_used: list[str]) -> Args:
    """What was read, and what is to be said of its times before anything else."""
    read = reading.told(understood.read(volumes), now, args)
    return {"understood_as": read, "time_warning": reading.time_warning(volumes, now), "not_used": not_used}


def _volumes(node: Node, volume: dict[str, Any]) -> tuple[Volume, ...]:
    now = node.journal.now()
    raw = as_typed(lambda: notice.write(f"notice--{node.uuid()}", now, created=now, volumes=[volume]))
    return notice.read(content.parse(raw)).volumes


def _record(node: Node, properties: list[tuple[str, Any]]) -> Draft:
    now = node.journal.now()
    return Draft(content.parse(content.write(f"check--{node.uuid()}", now, properties, created=now)))
