"""Notices: drafting what `say` is to be given for a notice, or for a later version of one."""

from comity.app._drafting import (
    TYPED,
    VOLUME,
    WORDS,
    Args,
    after,
    as_typed,
    audience,
    before_of,
    created_of,
    encoded,
    member,
    volume_of,
)
from comity.errors import BAD_ARGUMENT, LocalError
from comity.model import notice
from comity.model.content import StixObject
from comity.model.notice import State
from comity.node.node import Node


def notice_drafted(node: Node, args: Args) -> Args:
    """What `say` is to be given for a notice: {geojson, from, until, floor, ceiling, ...}, or {replaces, state}.

    Raises:
        LocalError: with the place in the file or the option, and the rule.
    """
    before = before_of(node, args, "notice")
    state = member(State, args.get("state") or "planned", "--state")
    at = after(node, before)
    if args.get("geojson") is None:
        _nothing_but_state(args, before)
        assert before is not None
        raw = notice.restate(before, at, state)
    else:
        created = at if before is None else created_of(before)
        id = f"notice--{node.uuid()}" if before is None else before.id
        words: Args = {name: args.get(name) for name in WORDS}
        volumes = [volume_of(args)]
        raw = as_typed(lambda: notice.write(id, at, created=created, volumes=volumes, state=state, **words))
    return {**args, "raw": encoded(raw), "to": audience(node, args, before)}


def _nothing_but_state(args: Args, before: StixObject | None) -> None:
    if before is None or not args.get("state"):
        raise LocalError(BAD_ARGUMENT, "a notice takes a GeoJSON file; only --replaces with --state goes without")
    for name in (*VOLUME, *WORDS):
        if args.get(name):
            raise LocalError(BAD_ARGUMENT, "without a GeoJSON file nothing changes but the state", place=TYPED[name])
