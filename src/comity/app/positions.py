"""Positions: saying and withdrawing our own, listing those known here, and showing them, each as its author's.

Known are those of our own log and those told to us that were neither refused nor withdrawn. Nothing here says what is so.
"""

import base64
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from comity.app import places, render, updates
from comity.app.render import lines, own, quoted, word
from comity.errors import BAD_ARGUMENT, LocalError, RemoteError
from comity.model import position
from comity.model.content import StixObject
from comity.model.fingerprint import Fingerprint
from comity.model.marking import Terms
from comity.model.position import Position, Stance, Subject
from comity.model.statement import Unverified
from comity.node.node import Node
from comity.proof import cbor
from comity.proof.envelope import StatementId
from comity.record import positions
from comity.record.positions import Contested, Said, Uncontested
from comity.space import instant
from comity.space.instant import Instant

Args = dict[str, Any]


# -- saying


def drafted(node: Node, args: Args) -> Args:
    """What `say` is to be given for our position: {subject, stance, basis} or {subject, revoke}, and what `say` takes.

    It is a new version of the object by which we spoke of the subject before, if there is one that still stands.

    Raises:
        LocalError: `bad-argument`.
    """
    about = _subject(args["subject"])
    before = _ours(node, about)
    if args.get("revoke"):
        if args.get("stance") or args.get("basis"):
            raise LocalError(BAD_ARGUMENT, "a withdrawal takes neither a stance nor a basis", place="--revoke")
        if before is None:
            raise LocalError(BAD_ARGUMENT, "we hold no position on this subject", place="SUBJECT")
        made = replace(before, modified=_after(node, before), withdrawn=True)
        # Whoever was told the position is told of its withdrawal, unless the operator says otherwise.
        to = args.get("to") or ([] if args.get("own") else _told(node, before))
    else:
        now = node.journal.now()
        id, created = (f"position--{node.uuid()}", now) if before is None else (before.id, before.created)
        modified = now if before is None else _after(node, before)
        _no_place(about, _stance(args), "SUBJECT")
        if _stance(args) is Stance.DESIGNATES and args.get("basis"):
            _no_place(args["basis"], Stance.DESIGNATES, "--basis")
        made = Position(id, about, _stance(args), _basis(args), created, modified, withdrawn=False)
        to = args.get("to") or []
    had = {} if before is None else _terms(node, before)
    return {**args, "raw": base64.b64encode(position.write(made)).decode(), "to": to, "had": had}


def _subject(text: str) -> Subject:
    try:
        return position.subject(text)
    except ValueError as error:
        raise LocalError(BAD_ARGUMENT, str(error), place="SUBJECT") from None


def check(node: Node, found: StixObject, place: str) -> None:
    """Require that what we are about to say, where it is a designation, does not name a statement here that tells a place.

    Raises:
        LocalError: `bad-argument`.
    """
    said = _read(found)
    if said is None or said.stance is not Stance.DESIGNATES:
        return
    for text in filter(None, (said.subject, said.basis)):
        kind = places.named(node, text)
        if kind is not None:
            raise LocalError(BAD_ARGUMENT, f"it names a {kind} that is here: {_NEVER}", place=place)


_NEVER = "a position is about somebody, never about a place"


def _no_place(text: str, stance: Stance, place: str) -> None:
    told = position.place_told(text, stance)
    if told is not None:
        raise LocalError(BAD_ARGUMENT, f"{told}: {_NEVER}", place=place)


def _stance(args: Args) -> Stance:
    try:
        return Stance(args.get("stance"))
    except ValueError:
        known = ", ".join(one.value for one in Stance)
        raise LocalError(BAD_ARGUMENT, f"must be one of {known}", place="STANCE") from None


def _basis(args: Args) -> str | None:
    given = args.get("basis")
    if given is None:
        if _stance(args) is Stance.DESIGNATES:
            raise LocalError(BAD_ARGUMENT, "a designation says its basis", place="--basis")
        return None
    try:
        return position.basis(given)
    except ValueError as error:
        raise LocalError(BAD_ARGUMENT, str(error), place="--basis") from None


def _after(node: Node, before: Position) -> Instant:
    return max(node.journal.now(), instant.check(before.modified + 1))


def _ours(node: Node, about: Subject) -> Position | None:
    """Our own position on a subject, as far as it stands."""
    found = (one for held in positions.fold(_said_here(node)) if held.subject == about for one in held.positions)
    return next((one.position for one in found if not one.position.withdrawn), None)


def _told(node: Node, ours: Position) -> list[str]:
    """The parties to which a version of a position of ours is released."""
    return sorted({peer.petname for to in _terms(node, ours) if (peer := node.peer(to)) is not None})


def _terms(node: Node, ours: Position) -> dict[Fingerprint, Terms]:
    """On what terms each party has a position of ours: those of the latest version that it was told."""
    versions = sorted(one for one in map(_key, _said_here(node)) if one[0] == ours.id)
    found: dict[Fingerprint, Terms] = {}
    for *_, statement in versions:
        found |= updates.terms_of(node, statement, node.clock.now())
    return found


def _key(one: Said) -> tuple[str, Instant, StatementId]:
    return one.position.id, one.position.modified, one.statement


def left_behind(node: Node, args: Args) -> list[str]:
    """Say who has an earlier version of a position that is drafted, and is not told this one."""
    told = {peer.fingerprint for peer in node.named(args["to"])}
    left = sorted(peer.petname for to in args["had"] if to not in told and (peer := node.peer(to)) is not None)
    return [f"{name} was told the version before, and is not told this one" for name in left]


# -- listing


def known(node: Node, subject: str | None = None) -> Any:
    """The positions known here, on one subject or on all, as JSON values."""
    about = None if subject is None else _subject(subject)
    found = positions.fold([*_said_here(node), *_told_here(node)])
    return [_as_dict(node, one) for one in found if about in (None, one.subject)]


def _said_here(node: Node) -> Iterator[Said]:
    me = node.descriptor.fingerprint
    for index in range(1, node.journal.tree.size):
        row = node.store.leaf(index)
        if row is None or _may_be_one(row.triple[2]):
            entry = node.at(index)
            said = _read(entry.signed.object)
            if said is not None:
                yield Said(me, entry.id, instant.from_seconds(entry.signed.envelope.iat), said)


def _told_here(node: Node) -> Iterator[Said]:
    for row in node.store.received():
        if row.statement is not None and not row.refused and _may_be_one(row.item):
            shown = Unverified.read(cbor.decode(row.item, place="item")[0])
            said = _read(shown.object)
            if said is not None:
                at = instant.from_seconds(shown.envelope.iat)
                hidden = row.withdrawn or (said.stance is Stance.DESIGNATES and bool(places.named(node, said.subject)))
                yield Said(row.teller, shown.envelope.id, at, said, shown=not hidden)


def listing(node: Node, found: StixObject, *, heard: bool) -> Args:
    """Of a position that stands in no list, why; nothing of any other object."""
    said = _read(found)
    if said is None:
        return {}
    told = position.place_told(said.subject, said.stance)
    if said.stance is Stance.DESIGNATES:
        told = told or position.place_told(said.basis or "", said.stance)
        kind = places.named(node, said.subject) if heard and not told else None
        told = f"a {kind} that is here" if kind else told
    return {} if told is None else {"not_listed": f"it stands in no list of positions, for it names {told}: {_NEVER}"}


def _may_be_one(data: bytes) -> bool:
    """Say whether to look closer: most of a log is nothing like it, and parsing all of it takes long."""
    return b"position" in data or b"\\u" in data


def _read(found: StixObject) -> Position | None:
    """A position; None where it is none, or none that can be read: then it stands in the log or the inbox alone."""
    try:
        return position.read(found) if found.type == "position" else None
    except RemoteError:
        return None


def _as_dict(node: Node, found: Contested | Uncontested) -> Any:
    told = [_one(node.party_name(one.author), one) for one in found.positions]
    return {
        "subject": found.subject,
        "contested": isinstance(found, Contested),
        "positions": sorted(told, key=lambda one: str(one["party"])),
    }


def _one(party: str, said: Said) -> Args:
    told: Args = {
        "party": party,
        "stance": said.position.stance.value,
        "basis": said.position.basis,
        "said_at": instant.to_second(said.said_at),
        "statement": said.statement.hex(),
    }
    return told | ({"withdrawn": True} if said.position.withdrawn else {})


# -- showing


def show(found: list[Args]) -> None:
    """Print positions for people: each with its author, basis and time, and beside it what others hold."""
    cells = [row for one in found for row in _rows(one)]
    columns = ("subject", "by its author's word alone, on what basis", "said at")
    render.rows("positions", columns, cells, empty="no position is known here")


def _rows(one: Args) -> Iterator[tuple[object, object, str]]:
    subject = lines(quoted(one["subject"]), *([own("(contested)")] if one["contested"] else []))
    for held in one["positions"]:
        stance = "is silent" if held["stance"] == Stance.SILENT.value else held["stance"]
        said = own("{} {}", word(held["party"]), own(stance))
        withdrawn = [own("(withdrawn)")] if held.get("withdrawn") else []
        basis = quoted(held["basis"]) if held["basis"] else own("none given")
        yield subject, lines(said, basis, *withdrawn), held["said_at"]
        subject = lines()
