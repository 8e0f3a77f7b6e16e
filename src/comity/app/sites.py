"""Sites: drafting what `say` is to be given for a protected site - the exact one, and what others are told - and versions."""

from comity.app import forms, updates
from comity.app._drafting import Args, after, area_of, as_typed, encoded, member, time_of
from comity.app.updates import Update
from comity.errors import BAD_ARGUMENT, LocalError, RemoteError
from comity.model import site
from comity.model.content import StixObject
from comity.model.revision import revise_site
from comity.model.site import Function, Name, Precision, Site, Wanted
from comity.node.node import Node
from comity.node.picture import StoredPicture
from comity.space import instant
from comity.space.area import Area
from comity.space.instant import Instant
from comity.space.interval import Interval

OPTIONAL = ("name", "names", "contact", "reverify_by", "as_received", "from", "until", "serves")
TIMES = ("from", "until", "reverify_by")


def site_drafted(node: Node, picture: StoredPicture, args: Args) -> list[Args]:
    """What `say` is to be given for a new protected site: the exact one for ourselves, and what others are told.

    Returns:
        The exact site, where others are told it exactly; else the exact site for this party alone, and what tells less.
    """
    if args.get("withdraw"):
        raise LocalError(BAD_ARGUMENT, "name the site's statement with --replaces", place="--withdraw")
    if args.get("empty"):
        raise LocalError(BAD_ARGUMENT, "a new site has nothing to empty", place="--clear")
    if args.get("geojson") is None:
        raise LocalError(BAD_ARGUMENT, "a GeoJSON file is required", place="FILE.geojson")
    wanted, place = _wanted(args.get("precision") or "exact"), area_of(args)
    serves = forms.served(node, picture, args.get("serves") or [])
    exact = _site(node, args, place, _wanted("exact"), serves)
    if wanted.precision is Precision.EXACT:
        return [{**args, "raw": encoded(exact)}]
    told = {**args, "raw": encoded(_site(node, args, place, wanted, serves))}
    if args.get("also"):
        return [told]
    return [{**args, "raw": encoded(exact), "to": [], "answer_by": None}, told]


def _wanted(text: str) -> Wanted:
    try:
        return Wanted.parse(text)
    except LocalError as error:
        raise LocalError(error.code, error.message, place="--precision") from None


def _site(node: Node, args: Args, place: Area, wanted: Wanted, serves: list[str]) -> bytes:
    at = node.journal.now()
    function = member(Function, args.get("function") or "", "--function")
    times = {name: time_of(args[name], TYPED_TIMES[name]) for name in TIMES if args.get(name) is not None}
    return as_typed(
        lambda: site.write(
            f"protected-site--{node.uuid()}",
            at,
            created=at,
            place=place,
            function=function,
            wanted=wanted,
            random=node.randomness.draw(site.RANDOM_BYTES),
            name=args.get("name"),
            names=[_name(one) for one in args.get("names") or []],
            contact=args.get("contact"),
            reverify_by=times.get("reverify_by"),
            as_received=args.get("as_received"),
            window=_window(times),
            serves=serves,
        )
    )


def _window(times: dict[str, Instant]) -> Interval | None:
    start, until = times.get("from"), times.get("until")
    if start is None and until is None:
        return None
    try:
        return Interval(start, until)
    except RemoteError as error:
        raise LocalError(error.code, error.message, place="--until") from None


TYPED_TIMES = {"from": "--from", "until": "--until", "reverify_by": "--reverify-by"}


def _name(text: str) -> Name:
    lang, mark, name = text.partition("=")
    return Name(name, lang) if mark else Name(text)


# -- later versions


def site_updated(node: Node, picture: StoredPicture, args: Args) -> Update:
    """The version that is to replace a protected site: what is not given stays as it is, its precision too.

    Raises:
        LocalError: with the place in the file or the option, and the rule.
    """
    id, before = updates.replaced(node, args, "protected-site")
    said = _said(node, picture, args) | updates.emptied(args, OPTIONAL)
    if args.get("also"):
        raise LocalError(BAD_ARGUMENT, "a new version is of the form that it replaces, and of no other", place="--also")
    if args.get("withdraw"):
        if said or args.get("geojson") is not None:
            raise LocalError(BAD_ARGUMENT, "what is taken back changes in nothing else", place="--withdraw")
        return Update.of(id, before, site.withdraw(before, after(node, before)))
    _has_precision(site.read(before), args.get("precision"))
    place = None if args.get("geojson") is None else area_of(args)
    random = node.randomness.draw(site.RANDOM_BYTES)
    told = forms.earlier(node, before) if place is not None else []
    raw = as_typed(lambda: revise_site(before, after(node, before), said, place=place, random=random, earlier=told))
    return Update.of(id, before, raw)


def _has_precision(before: Site, given: str | None) -> None:
    """Refuse another precision: under one id a circle, and then the place itself, would stand side by side."""
    if given is None:
        return
    wanted = _wanted(given)
    if wanted.precision is before.precision and (
        before.precision is not Precision.WIDENED or wanted.radius_m == before.widened_m
    ):
        return
    has = (
        "widened:%g" % ((before.widened_m or 0) / 1000)
        if before.precision is Precision.WIDENED
        else before.precision.value
    )
    message = f"a new version has the precision of the one that it replaces, {has}"
    hint = f"to tell others {given}, say it as another object: without --replaces, with --precision {given} --also"
    raise LocalError(BAD_ARGUMENT, f"{message}; {hint}", place="--precision")


def _said(node: Node, picture: StoredPicture, args: Args) -> Args:
    """What is given, as JSON values."""
    said: Args = {name: args[name] for name in ("name", "contact", "as_received") if args.get(name) is not None}
    said |= {name: updates.time_text(args[name], TYPED_TIMES[name]) for name in TIMES if args.get(name) is not None}
    if args.get("function"):
        said["function"] = member(Function, args["function"], "--function").value
    if args.get("names"):
        said["names"] = [site.written(_name(one)) for one in args["names"]]
    if args.get("serves"):
        said["serves"] = forms.served(node, picture, args["serves"])
    return said


# -- what is said back


def notes(now: Instant, found: StixObject, update: Update | None) -> list[str]:
    """What is to be pointed out to whoever says a site."""
    read, changed = site.read(found), {each.field for each in update.changed} if update else set(found.properties)
    told = []
    if "reverify_by" in changed and read.reverify_by is not None and read.reverify_by <= now:
        told.append(
            f"--reverify-by {instant.text(read.reverify_by)} is past: it is told as not re-verified from the start"
        )
    if update is not None and "area" in changed and "as_received" not in changed and read.as_received is not None:
        told.append(
            f"as_received is still {read.as_received!r}, of the place before: --as-received, or --clear as_received"
        )
    return told
