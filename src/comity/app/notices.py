"""Notices: drafting what `say` is to be given for a notice, and later versions of one."""

from typing import Any

from comity.app import forms, updates
from comity.app._drafting import VOLUME, WORDS, Args, after, area_of, as_typed, encoded, member, volume_of
from comity.app.updates import Update
from comity.errors import BAD_ARGUMENT, LocalError
from comity.model import notice
from comity.model.notice import State
from comity.model.revision import revise_notice
from comity.node.node import Node
from comity.node.picture import StoredPicture

OPTIONAL = (*WORDS, "serves", "floor", "ceiling")


def notice_drafted(node: Node, picture: StoredPicture, args: Args) -> Args:
    """What `say` is to be given for a new notice: {geojson, from, until, floor, ceiling, name, kind, ..., serves}.

    Raises:
        LocalError: with the place in the file or the option, and the rule.
    """
    if args.get("geojson") is None:
        raise LocalError(BAD_ARGUMENT, "a notice takes a GeoJSON file; only with --replaces it goes without")
    if args.get("empty"):
        raise LocalError(BAD_ARGUMENT, "a new notice has nothing to empty", place="--clear")
    state = member(State, args.get("state") or "planned", "--state")
    at, id = node.journal.now(), f"notice--{node.uuid()}"
    words: Args = {name: args.get(name) for name in WORDS}
    serves = forms.served(node, picture, args.get("serves") or [])
    volumes = [volume_of(args)]
    raw = as_typed(lambda: notice.write(id, at, created=at, volumes=volumes, state=state, serves=serves, **words))
    return {**args, "raw": encoded(raw)}


def notice_updated(node: Node, picture: StoredPicture, args: Args) -> Update:
    """The version that is to replace a notice: what is not given stays as it is.

    Raises:
        LocalError: with the place in the file or the option, and the rule.
    """
    id, before = updates.replaced(node, args, "notice")
    emptied = updates.emptied(args, OPTIONAL)
    said: Args = {name: args[name] for name in WORDS if args.get(name) is not None}
    if args.get("state"):
        said["state"] = member(State, args["state"], "--state").value
    if args.get("serves"):
        said["serves"] = forms.served(node, picture, args["serves"])
    volume, place = _volume(args), None if args.get("geojson") is None else area_of(args)
    said |= {name: value for name, value in emptied.items() if name not in VOLUME}
    volume |= {name: value for name, value in emptied.items() if name in VOLUME}
    raw = as_typed(lambda: revise_notice(before, after(node, before), said, volume, place=place))
    return Update.of(id, before, raw)


def _volume(args: Args) -> dict[str, Any]:
    """What is given of the times and altitudes."""
    found: dict[str, Any] = {}
    for name in ("from", "until"):
        if args.get(name) is not None:
            found[name] = updates.time_text(args[name], f"--{name}")
    for name in ("floor", "ceiling"):
        if args.get(name) is not None:
            found[name] = updates.altitude_text(args[name], f"--{name}")
    return found
