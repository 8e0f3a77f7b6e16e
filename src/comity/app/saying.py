"""Saying: what was drafted becomes one commit, and what is told of it: to whom it went, on what terms, what came of it.

Whatever belongs together - the forms of one place, the places of one file, a version and what follows it - is logged
together or not at all.
"""

import base64
from collections.abc import Container, Sequence
from enum import Enum
from typing import Any, TypeVar

from comity.app import caveats, forms, objections, positions, reading, sites, updates
from comity.app.creators import Creators
from comity.app.forms import Moved
from comity.app.updates import Update
from comity.errors import BAD_ARGUMENT, ComityError, LocalError
from comity.exchange import say
from comity.exchange.release import preview
from comity.model import content
from comity.model.content import StixObject
from comity.model.fingerprint import Fingerprint
from comity.model.marking import Onward, Terms, Tlp, most_restrictive
from comity.node.node import Node, Saying
from comity.node.parties import Peer
from comity.node.sync import Sync
from comity.proof.envelope import StatementId
from comity.space import instant

Args = dict[str, Any]
Choice = TypeVar("Choice", bound=Enum)


async def say_object(node: Node, sync: Sync, args: Args) -> Any:
    """Say one STIX object: {raw: base64, to: [name], own, tlp, onward, answer_by, accept: [name], dry_run}."""
    saying = _saying(node, args)
    forms.check_served(node, sync.watch.picture, saying.draft.object)
    before = node.versions.said_already(saying.draft.object)
    if before is not None:
        return await _said_already(node, sync, before, saying, bool(args.get("dry_run")))
    told = (await say_together(node, sync, [args]))[0]
    return {**told, **pointed_out(node, saying.draft.object, saying.to)}


async def say_together(node: Node, sync: Sync, each: Sequence[Args]) -> list[Args]:
    """Say several objects, each as by `say_object`; all of them are logged together, or none."""
    sayings = [_saying(node, args) for args in each]
    told = [_told(node, saying) for saying in sayings]
    heads = await _commit(node, sync, sayings, any(args.get("dry_run") for args in each))
    return [head | one for head, one in zip(heads, told, strict=True)]


async def _commit(node: Node, sync: Sync, sayings: Sequence[Saying], dry_run: bool) -> list[Args]:
    """Log all of them together, or none, and check what is new."""
    for saying in sayings:
        node.versions.check(saying.draft.object)
    if dry_run:
        return [{"dry_run": True} for _ in sayings]
    logged = await node.say_together(sayings)
    await sync.look()
    return [{"statement": said.id.hex(), "index": said.index} for said, _ in logged]


def _saying(node: Node, args: Args) -> Saying:
    draft = say.say(base64.b64decode(args["raw"]))
    positions.check(node, draft.object, "SUBJECT" if args.get("subject") else "/subject")
    terms = updates.kept(args.get("had") or {}, terms_given(node, args, draft.object), args)
    return Saying(draft, audience(node, args), *terms)


def _told(node: Node, saying: Saying) -> Args:
    """To whom it goes, on what terms, and from whom it is withheld."""
    to, known = ([peer.petname for peer in peers] for peers in (saying.to, node.peers))
    said, terms = saying.draft.object, _most_restrictive(saying)
    _, withheld = preview(said, terms, to, known)
    return {
        "object": said.id,
        "by": node.descriptor.party,
        "created_by": Creators(node).of(node.descriptor.fingerprint, said),
        "released_to": to,
        **caveats.terms_told(said, terms),
        "withheld_from": [{"party": one.party, "reason": one.reason} for one in withheld],
    }


def _most_restrictive(saying: Saying) -> Terms:
    """The terms on which it is told, where they differ the most restrictive of them."""
    each = [saying.terms_for(peer.fingerprint) for peer in saying.to] or [saying.terms]
    onward = max((one.onward for one in each), key=_ONWARD.index)
    accepted = set(each[0].accepted).intersection(*(one.accepted for one in each))
    return Terms(most_restrictive(one.tlp for one in each), onward, accepted=tuple(sorted(accepted)))


# From the most open to the most restrictive.
_ONWARD = (Onward.MAY, Onward.MUST, Onward.ASK, Onward.NEVER)


async def _said_already(node: Node, sync: Sync, before: StatementId, saying: Saying, dry_run: bool) -> Args:
    """The same object again: nothing is said twice, and who has it not yet is given it."""
    found = {"statement": before.hex(), "already": True, **_told(node, saying)}
    if dry_run:
        return {"dry_run": True, **found}
    await node.release(before, saying.to, saying.terms)
    await sync.look()
    return {**found, "index": node.own(before).index}


async def say_places(node: Node, sync: Sync, each: Sequence[Args], drafted: Sequence[Sequence[Args]]) -> list[Args]:
    """Say what was drafted of each place, all of it together; of a place the last is what others are told."""
    now = node.journal.now()
    objects = [[content.parse(base64.b64decode(one["raw"])) for one in said] for said in drafted]
    for one, found in zip(each, objects, strict=True):
        reading.refuse_slips(found[-1], one, now)
    together = iter(await say_together(node, sync, [one for said in drafted for one in said]))
    answers = []
    for one, said, found in zip(each, drafted, objects, strict=True):
        told = [next(together) for _ in said]
        exact = {"exact": told[0].get("statement")} if len(told) > 1 else {}
        more = {
            "understood_as": reading.understood_as(found[0], now, one),
            **reading.told_as(found[-1], is_drawn=not one.get("dry_run")),
            **pointed_out(node, found[-1], audience(node, said[-1])),
        }
        answers.append(_with_objections(node, sync, {**(one.get("feature") or {}), **told[-1], **exact, **more}))
    return answers


async def say_update(node: Node, sync: Sync, args: Args, update: Update) -> Args:
    """Say a new version, and what others are told less exactly of the same place, where that moves; nothing if it is the same."""
    peers, has = (
        updates.audience(node, args, update.replaces),
        updates.terms_of(node, update.replaces, node.clock.now()),
    )
    draft, now = say.say(update.raw), node.journal.now()
    reading.refuse_slips(draft.object, args, now)
    saying = Saying(draft, peers, *updates.kept(has, terms_given(node, args, draft.object), args))
    followed = forms.followed(node, sync.watch.picture, update)
    told = {**_told(node, saying), "replaces": update.replaces.hex(), "changed": updates.as_dicts(update.changed)}
    notes = [*_notes(node, saying, update, has), *followed.notes]
    told |= {"pointed_out": notes} if notes else {}
    told |= {"understood_as": reading.understood_as(draft.object, now, args)}
    if draft.object.type == "protected-site":
        told |= {"precision": draft.object.properties["precision"]}
        is_drawn = not args.get("dry_run") or all(each.field != "area" for each in update.changed)
        told |= reading.told_as(draft.object, is_drawn=is_drawn)
    if not update.changed:
        return await _unchanged(node, sync, saying, told, bool(args.get("dry_run")))
    moves = [_move(node, one) for one in followed.moved]
    if followed.moved or followed.questioned:
        told["questioned"] = [forms.as_dict(one) for one in followed.questioned]
    said, *moved = await _commit(node, sync, [saying, *moves], bool(args.get("dry_run")))
    told |= {"moved": [one | _told(node, move) for one, move in zip(moved, moves, strict=True)]} if moves else {}
    return _with_objections(node, sync, {**said, **told})


async def _unchanged(node: Node, sync: Sync, saying: Saying, told: Args, dry_run: bool) -> Args:
    """There is no new version that says the same: who has the one that stands not yet is given that."""
    if dry_run:
        return {"dry_run": True, **told}
    id = bytes.fromhex(told["replaces"])
    await node.release(StatementId(id), saying.to, saying.terms)
    await sync.look()
    return {"statement": told["replaces"], **told}


def _move(node: Node, moved: Moved) -> Saying:
    """A form is told anew to those who have it, on the terms on which they have it."""
    has = updates.terms_of(node, moved.replaces, node.clock.now())
    return Saying(say.say(moved.raw), updates.told_to(node, moved.replaces), *updates.kept(has, Terms(), {}))


def _notes(node: Node, saying: Saying, update: Update, has: Container[Fingerprint]) -> list[str]:
    """What is to be pointed out to whoever says a new version: what is so already was pointed out before."""
    found, is_new = saying.draft.object, any(each.field == "serves" for each in update.changed)
    notes = sites.notes(node.clock.now(), found, update) if found.type == "protected-site" else []
    to = [peer for peer in saying.to if is_new or peer.fingerprint not in has]
    return [*notes, *forms.not_told_exactly(node, found, to)]


def pointed_out(node: Node, found: StixObject, to: Sequence[Peer]) -> Args:
    """What is to be pointed out to whoever says or releases this, if anything is."""
    notes = sites.notes(node.clock.now(), found, None) if found.type == "protected-site" else []
    notes += forms.not_told_exactly(node, found, to)
    return {"pointed_out": notes} if notes else {}


def _with_objections(node: Node, sync: Sync, told: Args) -> Args:
    """What came of it at once: the objections that name the new statement."""
    if "statement" not in told:
        return told
    new = [told[name] for name in ("exact", "statement") if told.get(name)]
    return {**told, "objections": objections.objections_about(node, sync.watch.picture, new)}


def audience(node: Node, args: Args) -> list[Peer]:
    """Those named.

    Raises:
        LocalError: `unknown-party`.
    """
    return node.named(args.get("to") or [])


def terms_given(node: Node, args: Args, found: StixObject) -> Terms:
    """The terms that are given, and the usual ones for what is not: {tlp, onward, answer_by, accept}.

    Raises:
        LocalError: `bad-argument`, with the option.
    """
    answer_by = args.get("answer_by")
    tlp = _one_of(Tlp, args.get("tlp") or "amber", "--tlp")
    onward = _one_of(Onward, args.get("onward") or "never", "--onward")
    try:
        by = None if answer_by is None else instant.read(answer_by)
    except ComityError as error:
        raise LocalError(BAD_ARGUMENT, error.message, place="--answer-by") from None
    if by is not None and by <= node.clock.now():
        raise LocalError(BAD_ARGUMENT, "the time to answer by has passed already", place="--answer-by")
    return Terms(tlp, onward, by, accepted=caveats.accepted(args, found))


def _one_of(kind: type[Choice], given: str, place: str) -> Choice:
    try:
        return kind(given)
    except ValueError:
        known = ", ".join(one.value for one in kind)
        raise LocalError(BAD_ARGUMENT, f"must be one of {known}", place=place) from None
