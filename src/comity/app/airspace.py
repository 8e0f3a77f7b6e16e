"""Airspace: saying notices and protected sites, checking an operation, and listing what stands against what.

A check can only object. Where it knows nothing to object it says so, and that this is not a clearance; it never ends with
exit 0.
"""

import base64
import json
from typing import Any

from comity.errors import BAD_ARGUMENT, LocalError, RemoteError
from comity.exchange import check
from comity.model import content, notice, objection, site
from comity.model.content import StixObject
from comity.model.notice import State
from comity.model.site import Function, Name, Precision, Wanted
from comity.model.statement import Draft
from comity.node.node import Node
from comity.node.ports import FindingRow
from comity.node.watch import ALERT, OWN, SAID, Watch
from comity.record.airspace import Subject
from comity.space import instant
from comity.space.instant import Instant
from comity.space.volume import Volume

Args = dict[str, Any]


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
        if before is None or any(args.get(name) for name in ("from", "until", "floor", "ceiling")):
            raise LocalError(BAD_ARGUMENT, "a notice takes a GeoJSON file; only --replaces with --state goes without")
        raw = notice.restate(before, at, state)
    else:
        created = at if before is None else _created(before)
        id = f"notice--{node.uuid()}" if before is None else before.id
        words = {name: args.get(name) for name in ("kind", "callsign", "transponder", "contact", "frequency")}
        raw = notice.write(id, at, created=created, volumes=[_volume(args)], state=state, **words)
    return {**args, "raw": _encoded(raw), "to": _audience(node, args, before)}


def _created(before: StixObject) -> Instant:
    return instant.parse(before.properties["created"])


def _volume(args: Args) -> dict[str, Any]:
    for name in ("from", "until"):
        if not args.get(name):
            raise LocalError(BAD_ARGUMENT, "a notice says from when until when", place=f"--{name}")
    drawing = str(args["geojson"]).encode()
    made: dict[str, Any] = _named(
        lambda: notice.volume(
            drawing, start=args["from"], until=args["until"], floor=args.get("floor"), ceiling=args.get("ceiling")
        )
    )
    return made


def _named(make: Any) -> Any:
    """Say an option's place as it is typed."""
    try:
        return make()
    except LocalError as error:
        if error.place in ("/from", "/until", "/floor", "/ceiling"):
            raise LocalError(error.code, error.message, place="--" + error.place[1:]) from None
        raise


# -- protected sites


def site_drafted(node: Node, args: Args) -> tuple[Args | None, Args, str]:
    """What `say` is to be given for a protected site: the exact one for ourselves, and what others are told.

    Returns:
        Nothing and the exact site, where others are told it exactly; else the exact site for this party alone and what
        tells less; and how the place was understood.
    """
    before = _before(node, args, "protected-site")
    wanted = Wanted.parse(args.get("precision") or "exact")
    if args.get("withdraw"):
        if before is None:
            raise LocalError(BAD_ARGUMENT, "name the site's statement with --replaces", place="--withdraw")
        raw = site.withdraw(before, _after(node, before))
        return None, {**args, "raw": _encoded(raw), "to": _audience(node, args, before)}, ""
    if before is not None and site.read(before).precision is not wanted.precision:
        raise LocalError(
            BAD_ARGUMENT, "a new version has the precision of the one that it replaces", place="--precision"
        )
    raw = _site(node, args, wanted, before)
    told = {**args, "raw": _encoded(raw), "to": _audience(node, args, before)}
    echo = site.echo(site.read(content.parse(_site(node, args, Wanted.parse("exact"), None))).area)
    if wanted.precision is Precision.EXACT or before is not None or args.get("also"):
        return None, told, echo
    exact = _site(node, args, Wanted.parse("exact"), None)
    return {**args, "raw": _encoded(exact), "to": [], "answer_by": None}, told, echo


def _site(node: Node, args: Args, wanted: Wanted, before: StixObject | None) -> bytes:
    at = _after(node, before)
    by = args.get("reverify_by")
    return site.write(
        f"protected-site--{node.uuid()}" if before is None else before.id,
        at,
        created=at if before is None else _created(before),
        drawing=str(args.get("geojson") or "").encode(),
        function=_member(Function, args.get("function") or "", "--function"),
        wanted=wanted,
        random=node.randomness.draw(site.RANDOM_BYTES),
        name=args.get("name"),
        names=[_name(one) for one in args.get("names") or []],
        contact=args.get("contact"),
        reverify_by=None if by is None else _instant(by, "--reverify-by"),
        as_received=args.get("as_received"),
        before=None if before is None else site.read(before),
    )


def _name(text: str) -> Name:
    lang, mark, name = text.partition("=")
    return Name(name, lang) if mark else Name(text)


# -- checks


def checked(node: Node, watch: Watch, args: Args) -> tuple[Args, Draft | None]:
    """Check an operation against all that is known here; and the record of it, if one is wanted.

    Raises:
        LocalError: with the place in the file or the option, and the rule.
    """
    margin = args.get("margin_km") or 0.0
    if not 0 <= margin <= 1000:
        raise LocalError(BAD_ARGUMENT, "a margin is 0 to 1,000 km", place="--margin")
    volume = _volume(args)
    subject = Subject(node.descriptor.fingerprint, _volumes(node, volume))
    watch.look()
    found = check.check(
        subject,
        watch.picture.for_us(),
        as_of=watch.picture.as_of(),
        now=node.journal.now(),
        names=watch.picture.names(),
        margin_m=margin * 1000,
    )
    told = found.as_dict()
    return told, _record(node, volume, margin, told) if args.get("record") else None


def _volumes(node: Node, volume: dict[str, Any]) -> tuple[Volume, ...]:
    now = node.journal.now()
    raw = notice.write(f"notice--{node.uuid()}", now, created=now, volumes=[volume])
    return notice.read(content.parse(raw)).volumes


def _record(node: Node, volume: dict[str, Any], margin: float, told: Args) -> Draft:
    now = node.journal.now()
    properties = [("volumes", [volume]), ("margin_km", margin), ("result", told)]
    return Draft(content.parse(content.write(f"check--{node.uuid()}", now, properties, created=now)))


# -- what stands against what


def objections(node: Node, watch: Watch) -> list[Args]:
    """What this node objects to its own operators, what it has said to others, and what others have said to us."""
    watch.look()
    found = [_finding(node, row) for row in node.store.airspace.findings(OWN, SAID)]
    return sorted(found + _heard(node, watch), key=lambda one: str(one["at"]))


def alerts(node: Node, watch: Watch) -> list[Args]:
    """What meets matter that its operator was not told of: for this party's own officer, who may call."""
    watch.look()
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
    }


def _heard(node: Node, watch: Watch) -> list[Args]:
    found = []
    for row in node.store.received():
        if row.statement is None or row.refused or b'"objection"' not in row.item:
            continue
        try:
            said = objection.read(watch.picture.object(row.statement))
        except RemoteError:
            continue
        why = said.finding
        found.append(
            {
                "rule": why.rule.value,
                "operator": node.descriptor.party,
                "by": node.party_name(why.by),
                "against": said.against.hex(),
                "because": why.because.hex() if why.because else None,
                "text": why.text,
                "witness": objection.write_witness(why.witness) if why.witness else None,
                "said_by": node.party_name(row.teller),
                "said_to": node.descriptor.party,
                "statement": row.statement.hex(),
                "at": instant.text(row.received_at),
            }
        )
    return found


# -- shared


def _before(node: Node, args: Args, kind: str) -> StixObject | None:
    if args.get("replaces") is None:
        return None
    found = node.own(node.resolve(args["replaces"])).signed.object
    if found.type != kind:
        raise LocalError(BAD_ARGUMENT, f"this statement is no {kind}", place="--replaces")
    return found


def _audience(node: Node, args: Args, before: StixObject | None) -> list[str]:
    """Those named; else, for a new version, whoever was told the version that it replaces."""
    if args.get("to") or args.get("own") or before is None:
        return list(args.get("to") or [])
    rows = node.store.releases_of(node.resolve(args["replaces"]))
    told = (node.peer(row.to) for row in rows if not row.withdrawn)
    return sorted({peer.petname for peer in told if peer is not None})


def _after(node: Node, before: StixObject | None) -> Instant:
    now = node.journal.now()
    return now if before is None or before.modified is None else max(now, instant.check(before.modified + 1))


def _member(kind: Any, given: str, place: str) -> Any:
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
