"""Drafting: what saying notices and sites, and checking an operation, have in common."""

import base64
from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

from comity.errors import BAD_ARGUMENT, LocalError, RemoteError
from comity.model import notice
from comity.model.content import StixObject
from comity.node.node import Node
from comity.space import instant
from comity.space.instant import Instant

Args = dict[str, Any]
T = TypeVar("T")
E = TypeVar("E", bound=Enum)

WORDS = ("kind", "callsign", "transponder", "contact", "frequency")
VOLUME = ("from", "until", "floor", "ceiling")
# What a property's place is called where it is typed.
TYPED = {name: f"--{name.replace('_', '-')}" for name in (*WORDS, *VOLUME, "name", "as_received", "function")}
TYPED["names"] = "--also-named"


def volume_of(args: Args) -> dict[str, Any]:
    for name in ("from", "until"):
        if not args.get(name):
            raise LocalError(BAD_ARGUMENT, "a notice says from when until when", place=f"--{name}")
    drawing = str(args["geojson"]).encode()
    return as_typed(
        lambda: notice.volume(
            drawing, start=args["from"], until=args["until"], floor=args.get("floor"), ceiling=args.get("ceiling")
        )
    )


def as_typed(make: Callable[[], T]) -> T:
    """Say the place of what was given as an option as it is typed; other places stand in the file."""
    try:
        return make()
    except LocalError as error:
        first = error.place.removeprefix("/volumes/0").removeprefix("/").partition("/")[0]
        if error.place.startswith("/") and first in TYPED:
            raise LocalError(error.code, error.message, place=TYPED[first], evidence=error.evidence) from None
        raise


def created_of(before: StixObject) -> Instant:
    return instant.parse(before.properties["created"])


def before_of(node: Node, args: Args, kind: str) -> StixObject | None:
    """The version that is to be replaced: the newest, or what was said in between would be lost."""
    if args.get("replaces") is None:
        return None
    id = node.resolve(args["replaces"], place="--replaces", ours=True)
    found = node.own(id).signed.object
    if found.type != kind:
        raise LocalError(BAD_ARGUMENT, f"this statement is no {kind}", place="--replaces")
    latest = node.store.airspace.latest(node.descriptor.fingerprint, found.id)
    if id not in latest:
        known = ", ".join(one.hex() for one in latest)
        raise LocalError(BAD_ARGUMENT, f"a later version stands: {known}", place="--replaces")
    return found


def audience(node: Node, args: Args, before: StixObject | None) -> list[str]:
    """Those named and, for a new version, whoever was told the version that it replaces.

    Who was told keeps what is out of date otherwise, and could find out by made-up notices that it is.

    Raises:
        LocalError: `bad-argument`: it is to be kept from them.
    """
    named = list(args.get("to") or [])
    if before is None:
        return named
    rows = node.store.releases_of(node.resolve(args["replaces"], place="--replaces", ours=True))
    peers = (node.peer(row.to) for row in rows if not row.withdrawn)
    told = {peer.petname for peer in peers if peer is not None}
    if told and args.get("own"):
        message = f"the version that it replaces was told to {', '.join(sorted(told))}: withdraw it from them first"
        raise LocalError(BAD_ARGUMENT, message, place="--own")
    return sorted({*named, *told})


def after(node: Node, before: StixObject | None) -> Instant:
    now = node.journal.now()
    return now if before is None or before.modified is None else max(now, instant.check(before.modified + 1))


def member(kind: type[E], given: str, place: str) -> E:
    try:
        return kind(given)
    except ValueError:
        raise LocalError(BAD_ARGUMENT, "must be one of " + ", ".join(one.value for one in kind), place=place) from None


def time_of(text: str, place: str) -> Instant:
    try:
        return instant.read(text)
    except RemoteError as error:
        raise LocalError(BAD_ARGUMENT, error.message, place=place) from None


def encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
