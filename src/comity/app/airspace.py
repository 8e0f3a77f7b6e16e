"""Airspace: saying notices and protected sites, checking an operation, and listing what stands against what.

A check can only object. Where it knows nothing to object it says so, and that this is not a clearance; it never ends with
exit 0.
"""

import base64
import json
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any, TypeVar

from comity.checks import stale
from comity.errors import BAD_ARGUMENT, LocalError, RemoteError
from comity.exchange import check
from comity.model import content, notice, objection, site
from comity.model.content import StixObject
from comity.model.notice import State
from comity.model.site import Function, Name, Precision, Wanted
from comity.model.statement import Draft
from comity.node.node import Node
from comity.node.picture import StoredPicture
from comity.node.ports import FindingRow, ReceivedRow
from comity.node.watch import ALERT, OWN, SAID
from comity.proof.envelope import StatementId
from comity.record.airspace import Subject
from comity.space import instant
from comity.space.instant import Instant
from comity.space.volume import Volume

Args = dict[str, Any]
T = TypeVar("T")
E = TypeVar("E", bound=Enum)

_WORDS = ("kind", "callsign", "transponder", "contact", "frequency")
_VOLUME = ("from", "until", "floor", "ceiling")
_STALE_AFTER_MIN, _MOST_MIN = stale.AFTER_S // 60, 7 * 24 * 60
# What a property's place is called where it is typed.
_TYPED = {name: f"--{name.replace('_', '-')}" for name in (*_WORDS, *_VOLUME, "name", "as_received", "function")}
_TYPED["names"] = "--also-named"


# -- notices


def notice_drafted(node: Node, args: Args) -> Args:
    """What `say` is to be given for a notice: {geojson, from, until, floor, ceiling, ...}, or {replaces, state}.

    Raises:
        LocalError: with the place in the file or the option, and the rule.
    """
    before = _before(node, args, "notice")
    state = _member(State, args.get("state") or "planned", "--state")
    at = _after(node, before)
    if args.get("geojson") is None:
        _nothing_but_state(args, before)
        assert before is not None
        raw = notice.restate(before, at, state)
    else:
        created = at if before is None else _created(before)
        id = f"notice--{node.uuid()}" if before is None else before.id
        words = {name: args.get(name) for name in _WORDS}
        volumes = [_volume(args)]
        raw = _as_typed(lambda: notice.write(id, at, created=created, volumes=volumes, state=state, **words))
    return {**args, "raw": _encoded(raw), "to": _audience(node, args, before)}


def _nothing_but_state(args: Args, before: StixObject | None) -> None:
    if before is None or not args.get("state"):
        raise LocalError(BAD_ARGUMENT, "a notice takes a GeoJSON file; only --replaces with --state goes without")
    for name in (*_VOLUME, *_WORDS):
        if args.get(name):
            raise LocalError(BAD_ARGUMENT, "without a GeoJSON file nothing changes but the state", place=_TYPED[name])


def _created(before: StixObject) -> Instant:
    return instant.parse(before.properties["created"])


def _volume(args: Args) -> dict[str, Any]:
    for name in ("from", "until"):
        if not args.get(name):
            raise LocalError(BAD_ARGUMENT, "a notice says from when until when", place=f"--{name}")
    drawing = str(args["geojson"]).encode()
    return _as_typed(
        lambda: notice.volume(
            drawing, start=args["from"], until=args["until"], floor=args.get("floor"), ceiling=args.get("ceiling")
        )
    )


def _as_typed(make: Callable[[], T]) -> T:
    """Say the place of what was given as an option as it is typed; other places stand in the file."""
    try:
        return make()
    except LocalError as error:
        first = error.place.removeprefix("/volumes/0").removeprefix("/").partition("/")[0]
        if error.place.startswith("/") and first in _TYPED:
            raise LocalError(error.code, error.message, place=_TYPED[first], evidence=error.evidence) from None
        raise


# -- protected sites


def site_drafted(node: Node, args: Args) -> tuple[Args | None, Args, str]:
    """What `say` is to be given for a protected site: the exact one for ourselves, and what others are told.

    Returns:
        Nothing and the exact site, where others are told it exactly; else the exact site for this party alone and what
        tells less; and how the place was understood.
    """
    before = _before(node, args, "protected-site")
    wanted = _wanted(args.get("precision") or "exact")
    if args.get("withdraw"):
        if before is None:
            raise LocalError(BAD_ARGUMENT, "name the site's statement with --replaces", place="--withdraw")
        raw = site.withdraw(before, _after(node, before))
        return None, {**args, "raw": _encoded(raw), "to": _audience(node, args, before)}, ""
    if before is not None and site.read(before).precision is not wanted.precision:
        raise LocalError(
            BAD_ARGUMENT, "a new version has the precision of the one that it replaces", place="--precision"
        )
    exact = _site(node, args, _wanted("exact"), None)
    echo = site.echo(site.read(content.parse(exact)).area)
    told = {**args, "raw": _encoded(_site(node, args, wanted, before)), "to": _audience(node, args, before)}
    if wanted.precision is Precision.EXACT or before is not None or args.get("also"):
        return None, told, echo
    return {**args, "raw": _encoded(exact), "to": [], "answer_by": None}, told, echo


def _wanted(text: str) -> Wanted:
    try:
        return Wanted.parse(text)
    except LocalError as error:
        raise LocalError(error.code, error.message, place="--precision") from None


def _site(node: Node, args: Args, wanted: Wanted, before: StixObject | None) -> bytes:
    at, by = _after(node, before), args.get("reverify_by")
    function = _member(Function, args.get("function") or "", "--function")
    reverify_by = None if by is None else _instant(by, "--reverify-by")
    return _as_typed(
        lambda: site.write(
            f"protected-site--{node.uuid()}" if before is None else before.id,
            at,
            created=at if before is None else _created(before),
            drawing=str(args.get("geojson") or "").encode(),
            function=function,
            wanted=wanted,
            random=node.randomness.draw(site.RANDOM_BYTES),
            name=args.get("name"),
            names=[_name(one) for one in args.get("names") or []],
            contact=args.get("contact"),
            reverify_by=reverify_by,
            as_received=args.get("as_received"),
            before=None if before is None else site.read(before),
        )
    )


def _name(text: str) -> Name:
    lang, mark, name = text.partition("=")
    return Name(name, lang) if mark else Name(text)


# -- checks


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
    volume = _volume(args)
    found = check.check(
        Subject(node.descriptor.fingerprint, _volumes(node, volume)),
        picture.for_us(),
        as_of=picture.as_of(),
        now=node.journal.now(),
        names=picture.names(),
        margin_m=margin * 1000,
        stale_after_s=stale_after * 60,
    )
    told = found.as_dict()
    asked = [("volumes", [volume]), ("margin_km", margin), ("stale_after_min", stale_after)]
    return told, _record(node, [*asked, ("result", told)]) if args.get("record") else None


def _volumes(node: Node, volume: dict[str, Any]) -> tuple[Volume, ...]:
    now = node.journal.now()
    raw = _as_typed(lambda: notice.write(f"notice--{node.uuid()}", now, created=now, volumes=[volume]))
    return notice.read(content.parse(raw)).volumes


def _record(node: Node, properties: list[tuple[str, Any]]) -> Draft:
    now = node.journal.now()
    return Draft(content.parse(content.write(f"check--{node.uuid()}", now, properties, created=now)))


# -- what stands against what


def objections(node: Node, picture: StoredPicture) -> list[Args]:
    """What this node objects to its own operators, what it has said to others, and what others have said to us."""
    found = [_finding(node, row) for row in node.store.airspace.findings(OWN, SAID)]
    return sorted([*found, *_heard(node, picture)], key=lambda one: str(one["at"]))


def objections_about(node: Node, statements: list[str]) -> list[Args]:
    """What this node has found where one of these statements stands on either side."""
    about = (node.store.airspace.findings(OWN, SAID, about=node.resolve(one)) for one in statements)
    return [_finding(node, row) for rows in about for row in rows]


def alerts(node: Node) -> list[Args]:
    """What meets matter that its operator was not told of: for this party's own officer, who may call."""
    return [_finding(node, row) for row in node.store.airspace.findings(ALERT)]


def _finding(node: Node, row: FindingRow) -> Args:
    return {
        "rule": row.rule,
        "operator": node.party_name(row.operator),
        "by": node.party_name(row.by),
        "against": row.against.hex(),
        "because": row.because.hex(),
        "text": row.text,
        "witness": json.loads(row.witness) if row.witness else None,
        "said_by": node.descriptor.party,
        "said_to": node.party_name(row.operator) if row.fate == SAID else None,
        "statement": row.objection.hex() if row.objection else None,
        "at": instant.text(row.at),
        "withdrawn": False,
    }


def _heard(node: Node, picture: StoredPicture) -> Iterator[Args]:
    """The newest version of each objection that was said to us."""
    newest: dict[tuple[str, str], tuple[ReceivedRow, StixObject]] = {}
    for row in node.store.received():
        if row.statement is None or row.refused or not (b"objection" in row.item or b"\\u" in row.item):
            continue
        said = picture.object(row.statement)
        if said.type == "objection":
            before = newest.get((row.teller, said.id))
            if before is None or (before[1].modified or 0) <= (said.modified or 0):
                newest[row.teller, said.id] = (row, said)
    return (_told(node, row, said) for row, said in newest.values())


def _told(node: Node, row: ReceivedRow, said: StixObject) -> Args:
    found = objection.read(said)
    why = found.finding
    return {
        "rule": why.rule.value,
        "operator": _operator(node, found.against),
        "by": node.party_name(why.by),
        "against": found.against.hex(),
        "because": why.because.hex() if why.because else None,
        "text": why.text,
        "witness": objection.write_witness(why.witness) if why.witness else None,
        "said_by": node.party_name(row.teller),
        "said_to": node.descriptor.party,
        "statement": row.statement.hex() if row.statement else None,
        "at": instant.text(row.received_at),
        "withdrawn": found.withdrawn or row.withdrawn,
    }


def _operator(node: Node, against: StatementId) -> str | None:
    """Whose the notice is, as far as it is known here; an objection only claims to be against it."""
    if node.store.find(against) is not None:
        return node.descriptor.party
    row = node.store.received_statement(against)
    return None if row is None else node.party_name(row.teller)


# -- shared


def _before(node: Node, args: Args, kind: str) -> StixObject | None:
    """The version that is to be replaced: the newest, or what was said in between would be lost."""
    if args.get("replaces") is None:
        return None
    id = node.resolve(args["replaces"])
    found = node.own(id).signed.object
    if found.type != kind:
        raise LocalError(BAD_ARGUMENT, f"this statement is no {kind}", place="--replaces")
    latest = node.store.airspace.latest(node.descriptor.fingerprint, found.id)
    if id not in latest:
        known = ", ".join(one.hex() for one in latest)
        raise LocalError(BAD_ARGUMENT, f"a later version stands: {known}", place="--replaces")
    return found


def _audience(node: Node, args: Args, before: StixObject | None) -> list[str]:
    """Those named and, for a new version, whoever was told the version that it replaces.

    Who was told keeps what is out of date otherwise, and could find out by made-up notices that it is.

    Raises:
        LocalError: `bad-argument`: it is to be kept from them.
    """
    named = list(args.get("to") or [])
    if before is None:
        return named
    rows = node.store.releases_of(node.resolve(args["replaces"]))
    peers = (node.peer(row.to) for row in rows if not row.withdrawn)
    told = {peer.petname for peer in peers if peer is not None}
    if told and args.get("own"):
        message = f"the version that it replaces was told to {', '.join(sorted(told))}: withdraw it from them first"
        raise LocalError(BAD_ARGUMENT, message, place="--own")
    return sorted({*named, *told})


def _after(node: Node, before: StixObject | None) -> Instant:
    now = node.journal.now()
    return now if before is None or before.modified is None else max(now, instant.check(before.modified + 1))


def _member(kind: type[E], given: str, place: str) -> E:
    try:
        return kind(given)
    except ValueError:
        raise LocalError(BAD_ARGUMENT, "must be one of " + ", ".join(one.value for one in kind), place=place) from None


def _instant(text: str, place: str) -> Instant:
    try:
        return instant.parse(text)
    except RemoteError as error:
        raise LocalError(BAD_ARGUMENT, error.message, place=place) from None


def _encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
