"""Drafting: what saying notices and sites, and checking an operation, have in common."""

import base64
from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

from comity.errors import BAD_ARGUMENT, LocalError, RemoteError
from comity.model import drawing, notice
from comity.model.content import StixObject
from comity.node.node import Node
from comity.proof.envelope import StatementId
from comity.space import instant, length
from comity.space.area import Area
from comity.space.instant import Instant

Args = dict[str, Any]
T = TypeVar("T")
E = TypeVar("E", bound=Enum)

WORDS = ("name", "kind", "callsign", "transponder", "contact", "frequency")
VOLUME = ("from", "until", "floor", "ceiling")
# What a property's place is called where it is typed.
TYPED = {
    name: f"--{name.replace('_', '-')}"
    for name in (*WORDS, *VOLUME, "as_received", "function", "serves", "reverify_by")
}
TYPED["names"] = "--also-named"


def volume_of(args: Args) -> dict[str, Any]:
    for name in ("from", "until"):
        if not args.get(name):
            raise LocalError(BAD_ARGUMENT, "a notice says from when until when", place=f"--{name}")
    place = area_of(args)
    return as_typed(
        lambda: notice.volume(
            place, start=args["from"], until=args["until"], floor=args.get("floor"), ceiling=args.get("ceiling")
        )
    )


def area_of(args: Args) -> Area:
    """What the file draws, all of it together, and as far around it as `--buffer` says.

    Raises:
        LocalError: with the place in the file or the option, and the rule.
    """
    buffer = args.get("buffer")
    buffer_m = None if buffer is None else length_m(buffer, "--buffer")
    return drawing.read(str(args.get("geojson") or "").encode(), buffer_m=buffer_m).area


def length_m(text: str, place: str) -> float:
    """A length as people state it, in metres; never without its unit.

    Raises:
        LocalError: `bad-argument`.
    """
    try:
        return length.read(text)
    except RemoteError as error:
        raise LocalError(BAD_ARGUMENT, error.message, place=place) from None


def as_typed(make: Callable[[], T]) -> T:
    """Say the place of what was given as an option as it is typed; other places stand in the file."""
    try:
        return make()
    except LocalError as error:
        first = error.place.removeprefix("/volumes/0").removeprefix("/").partition("/")[0]
        if error.place.startswith("/") and first in TYPED:
            raise LocalError(error.code, error.message, place=TYPED[first], evidence=error.evidence) from None
        raise


def after(node: Node, before: StixObject | None) -> Instant:
    now = node.journal.now()
    return now if before is None or before.modified is None else max(now, instant.check(before.modified + 1))


def member(kind: type[E], given: str, place: str) -> E:
    try:
        return kind(given)
    except ValueError:
        raise LocalError(BAD_ARGUMENT, "must be one of " + ", ".join(one.value for one in kind), place=place) from None


def own_object(node: Node, id: StatementId, place: str) -> StixObject:
    """The object of a statement of ours.

    Raises:
        LocalError: `not-ours` or `unknown-statement`, with the option that names it.
    """
    try:
        return node.own(id).signed.object
    except LocalError as error:
        raise LocalError(error.code, error.message, place=place) from None


def time_of(text: str, place: str) -> Instant:
    try:
        return instant.read(text)
    except RemoteError as error:
        raise LocalError(BAD_ARGUMENT, error.message, place=place) from None


def encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
