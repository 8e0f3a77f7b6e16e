"""Updates: what a new version takes over from the one that it replaces: its properties, its audience, and their terms.

What a person does not repeat is kept. What changes is said back before it goes out, field by field.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from comity.app._drafting import TYPED, Args, own_object, time_of
from comity.errors import BAD_ARGUMENT, LocalError, RemoteError
from comity.model import content, release
from comity.model.content import StixObject
from comity.model.fingerprint import Fingerprint
from comity.model.marking import DEFAULT_TLP, Terms, most_restrictive
from comity.model.revision import Change, changes
from comity.node.node import Node
from comity.node.parties import Peer
from comity.proof.envelope import StatementId
from comity.space import altitude, instant
from comity.space.instant import Instant


@dataclass(frozen=True, slots=True)
class Update:
    """A version that is to be said, and what it changes.

    Attributes:
        replaces: the statement of the version before.
        raw: the new version's content.
        changed: what it changes; nothing, where it says the same.
    """

    replaces: StatementId
    raw: bytes
    changed: tuple[Change, ...]

    @classmethod
    def of(cls, replaces: StatementId, before: StixObject, raw: bytes) -> "Update":
        """Compare a new version with the one before."""
        return cls(replaces, raw, changes(before, content.parse(raw)))


def replaced(node: Node, args: Args, kind: str) -> tuple[StatementId, StixObject]:
    """The version that `--replaces` names.

    Raises:
        LocalError: `bad-argument`: it is of another type, not the newest, or taken back.
    """
    id = node.resolve(args["replaces"], place="--replaces", ours=True)
    found = own_object(node, id, "--replaces")
    if found.type != kind:
        raise LocalError(BAD_ARGUMENT, f"this statement is no {kind}", place="--replaces")
    latest = node.store.airspace.latest(node.descriptor.fingerprint, found.id)
    if id not in latest:
        known = ", ".join(one.hex() for one in latest)
        raise LocalError(BAD_ARGUMENT, f"a later version stands: {known}", place="--replaces")
    if found.revoked:
        message = "it is taken back, and what is taken back has no later version (STIX 2.1 section 3.7): say it anew"
        raise LocalError(BAD_ARGUMENT, message, place="--replaces")
    return id, found


def audience(node: Node, args: Args, replaces: StatementId) -> list[Peer]:
    """Those named and whoever was told the version that is replaced.

    Who was told keeps what is out of date otherwise, and could find out by made-up notices that it is.

    Raises:
        LocalError: `bad-argument`: it is to be kept from them.
    """
    told = told_to(node, replaces)
    if told and args.get("own"):
        names = ", ".join(sorted(peer.petname for peer in told))
        message = f"the version that it replaces was told to {names}: withdraw it from them first"
        raise LocalError(BAD_ARGUMENT, message, place="--own")
    named = node.named(args.get("to") or [])
    return sorted({peer.petname: peer for peer in (*named, *told)}.values(), key=lambda peer: peer.petname)


def told_to(node: Node, statement: StatementId) -> list[Peer]:
    """Whom we have told a statement, as far as they are known here and it was not withdrawn from them."""
    rows = node.store.releases_of(statement)
    peers = {row.to: node.peer(row.to) for row in rows if not row.withdrawn}
    return [peer for peer in peers.values() if peer is not None]


# -- what is given


def emptied(args: Args, optional: Sequence[str]) -> dict[str, None]:
    """The fields that `--clear` empties.

    Raises:
        LocalError: `bad-argument`: one is required or not known, or is given as well.
    """
    names = [_field(name) for name in args.get("empty") or []]
    for name in names:
        if name not in optional:
            known = ", ".join(sorted(optional))
            raise LocalError(BAD_ARGUMENT, f"what may be emptied is {known}", place="--clear")
        if args.get(name) not in (None, []):
            raise LocalError(BAD_ARGUMENT, f"{name} is given a value as well", place="--clear")
    return dict.fromkeys(names)


def _field(text: str) -> str:
    typed = text.strip().removeprefix("--")
    by_option = {option.removeprefix("--"): name for name, option in TYPED.items()}
    return by_option.get(typed, typed.replace("-", "_"))


def time_text(text: str, place: str) -> str:
    """A time as it is written in an object.

    Raises:
        LocalError: with the place.
    """
    return instant.text(time_of(text, place))


def altitude_text(text: str, place: str) -> str:
    """An altitude as it is written in an object.

    Raises:
        LocalError: with the place.
    """
    try:
        return altitude.read(text)
    except RemoteError as error:
        raise LocalError(error.code, error.message, place=place) from None


# -- the terms


def terms_of(node: Node, statement: StatementId, now: Instant) -> dict[Fingerprint, Terms]:
    """On what terms each party has a statement of ours; a time to answer by that is past is no more."""
    rows = (row for row in node.store.releases_of(statement) if not row.withdrawn)
    found: dict[Fingerprint, Terms] = {}
    for row in rows:
        terms = release.read(node.at(row.index).signed.object).terms
        is_past = terms.answer_by is not None and terms.answer_by <= now
        found[row.to] = replace(terms, answer_by=None) if is_past else terms
    return found


def kept(terms: Mapping[Fingerprint, Terms], given: Terms, args: Args) -> tuple[Terms, dict[Fingerprint, Terms]]:
    """The terms of a new version: for whoever had none, and for each who had some.

    Args:
        given: as operations read them of the arguments, with a default for what was not given.
    """
    if args.get("tlp") is None:
        given = replace(given, tlp=most_restrictive([DEFAULT_TLP, *(each.tlp for each in terms.values())]))
    return given, {party: _kept(each, given, args) for party, each in terms.items()}


def _kept(before: Terms, given: Terms, args: Args) -> Terms:
    said: dict[str, Any] = {
        name: getattr(given, name) for name in ("tlp", "onward", "answer_by") if args.get(name) is not None
    }
    if args.get("accept"):
        said["accepted"] = given.accepted
    return replace(before, **said)


# -- said back


def as_dicts(changed: Iterable[Change]) -> list[Args]:
    """What changes, as JSON values."""
    return [{"field": each.field, "from": each.before, "to": each.after} for each in changed]
