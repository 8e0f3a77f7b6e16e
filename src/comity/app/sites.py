"""Sites: drafting what `say` is to be given for a protected site: the exact one, and what others are told."""

from comity.app._drafting import Args, after, as_typed, audience, before_of, created_of, encoded, member, time_of
from comity.errors import BAD_ARGUMENT, LocalError
from comity.model import content, site
from comity.model.content import StixObject
from comity.model.site import Function, Name, Precision, Wanted
from comity.node.node import Node


def site_drafted(node: Node, args: Args) -> tuple[Args | None, Args, str]:
    """What `say` is to be given for a protected site: the exact one for ourselves, and what others are told.

    Returns:
        Nothing and the exact site, where others are told it exactly; else the exact site for this party alone and what
        tells less; and how the place was understood.
    """
    before = before_of(node, args, "protected-site")
    wanted = _wanted(args.get("precision") or "exact")
    if args.get("withdraw"):
        if before is None:
            raise LocalError(BAD_ARGUMENT, "name the site's statement with --replaces", place="--withdraw")
        raw = site.withdraw(before, after(node, before))
        return None, {**args, "raw": encoded(raw), "to": audience(node, args, before)}, ""
    if before is not None and site.read(before).precision is not wanted.precision:
        raise LocalError(
            BAD_ARGUMENT, "a new version has the precision of the one that it replaces", place="--precision"
        )
    exact = _site(node, args, _wanted("exact"), None)
    echo = site.echo(site.read(content.parse(exact)).area)
    told = {**args, "raw": encoded(_site(node, args, wanted, before)), "to": audience(node, args, before)}
    if wanted.precision is Precision.EXACT or before is not None or args.get("also"):
        return None, told, echo
    return {**args, "raw": encoded(exact), "to": [], "answer_by": None}, told, echo


def _wanted(text: str) -> Wanted:
    try:
        return Wanted.parse(text)
    except LocalError as error:
        raise LocalError(error.code, error.message, place="--precision") from None


def _site(node: Node, args: Args, wanted: Wanted, before: StixObject | None) -> bytes:
    at, by = after(node, before), args.get("reverify_by")
    function = member(Function, args.get("function") or "", "--function")
    reverify_by = None if by is None else time_of(by, "--reverify-by")
    return as_typed(
        lambda: site.write(
            f"protected-site--{node.uuid()}" if before is None else before.id,
            at,
            created=at if before is None else created_of(before),
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
