"""The commands about positions, notices, protected sites and checks; `cli` registers them."""

from typing import Annotated, Any

import typer

from comity.app import echo, render, views
from comity.app.command import (
    Accept,
    AnswerBy,
    DryRun,
    Json,
    Names,
    OnwardKept,
    Own,
    Quiet,
    TlpKept,
    audience,
    call,
    read_drawing,
    tell_said,
)

Every = Annotated[bool, typer.Option("--all", help="The history too, with what has become of each.")]
OBJECTIONS = 1
NONE_KNOWN = 3

File = Annotated[str, typer.Argument(metavar="FILE.geojson", help="An area in GeoJSON; - for stdin.")]
From = Annotated[str | None, typer.Option("--from", metavar="TIME", help="From when (RFC 3339).")]
Until = Annotated[str | None, typer.Option(metavar="TIME", help="Until when (RFC 3339).")]
Floor = Annotated[
    str | None, typer.Option(metavar="ALTITUDE", help="3000 m, 9000 ft MSL, 1200 m AGL, FL100; default: none.")
]
Ceiling = Annotated[str | None, typer.Option(metavar="ALTITUDE", help="As --floor; default: unlimited.")]
Replaces = Annotated[
    str | None,
    typer.Option(metavar="STATEMENT", help="The version that this one replaces; whoever was told that is told this."),
]
Buffer = Annotated[
    str | None, typer.Option(metavar="LENGTH", help="How far around what is drawn the area reaches: 500m, 2 km.")
]
NameFrom = Annotated[
    str | None,
    typer.Option(metavar="PROPERTY,...", help="Which property names each place: name by default; '' takes none."),
]
Past = Annotated[bool, typer.Option("--past", help="Say it although it is over already.")]
Far = Annotated[bool, typer.Option("--far", help="Say it although it begins in more than 366 days.")]
Serves = Annotated[
    list[str] | None,
    typer.Option(metavar="SITE", help="A site of ours that it is for, which then does not object; may be repeated."),
]
Empty = Annotated[
    list[str] | None,
    typer.Option("--clear", metavar="FIELD", help="With --replaces: empty this field; may be repeated."),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (position, positions, notice, protect, check, objections, alerts, statements):
        app.command()(command)


def position(
    context: typer.Context,
    subject: Annotated[str, typer.Argument(metavar="SUBJECT", help="A STIX id, or a name in any script.")],
    stance: Annotated[
        str | None,
        typer.Argument(metavar="STANCE", help="designates, protects, supports, recognises, rejects or silent."),
    ] = None,
    basis: Annotated[
        str | None, typer.Option(metavar="TEXT", help="On what it rests; a designation always says it.")
    ] = None,
    revoke: Annotated[
        bool, typer.Option("--revoke", help="Withdraw our position; without --to from all who were told it.")
    ] = False,
    to: Names = "",
    own: Own = False,
    tlp: TlpKept = None,
    onward: OnwardKept = None,
    answer_by: AnswerBy = None,
    accept: Accept = None,
    dry_run: DryRun = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Say what this party holds about a subject: its own word, which others may not share, and never a fact."""
    said = {"subject": subject, "stance": stance, "basis": basis, "revoke": revoke, "dry_run": dry_run}
    tell_said(call(context, "position", {**said, **audience(to, own, tlp, onward, answer_by, accept)}), json, quiet)


def positions(
    context: typer.Context,
    subject: Annotated[str | None, typer.Option(metavar="SUBJECT", help="Only on this one, exactly as said.")] = None,
    json: Json = False,
) -> None:
    """List what this party and others hold about whom, side by side; where they differ it is contested."""
    from comity.app.positions import show

    found = call(context, "positions", {"subject": subject})
    render.document(found) if json else show(found)


def notice(
    context: typer.Context,
    file: Annotated[
        str | None, typer.Argument(metavar="FILE.geojson", help="The area; not needed with --replaces.")
    ] = None,
    start: From = None,
    until: Until = None,
    floor: Floor = None,
    ceiling: Ceiling = None,
    buffer: Buffer = None,
    name: Annotated[str | None, typer.Option(metavar="TEXT", help="What it is called, in any script.")] = None,
    name_from: NameFrom = None,
    kind: Annotated[str | None, typer.Option(metavar="TEXT", help="What kind of operation.")] = None,
    callsign: Annotated[str | None, typer.Option(metavar="TEXT")] = None,
    transponder: Annotated[str | None, typer.Option(metavar="TEXT")] = None,
    contact: Annotated[str | None, typer.Option(metavar="TEXT", help="Whom to call.")] = None,
    frequency: Annotated[str | None, typer.Option(metavar="TEXT")] = None,
    serves: Serves = None,
    state: Annotated[str | None, typer.Option(help="planned (the default), active, ended or cancelled.")] = None,
    past: Past = False,
    far: Far = False,
    replaces: Replaces = None,
    empty: Empty = None,
    to: Names = "",
    own: Own = False,
    tlp: TlpKept = None,
    onward: OnwardKept = None,
    answer_by: AnswerBy = None,
    accept: Accept = None,
    dry_run: DryRun = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Say where and when this party will operate; what it meets is objected to, here and with those who are told."""
    said = {"geojson": None if file is None else read_drawing(file), "from": start, "until": until, "floor": floor}
    words = {"kind": kind, "callsign": callsign, "transponder": transponder, "contact": contact, "frequency": frequency}
    words |= {"name": name, "name_from": name_from}
    lists = {"serves": serves, "empty": empty, "buffer": buffer, "past": past, "far": far}
    more = {"ceiling": ceiling, "state": state, "replaces": replaces, "dry_run": dry_run, **words}
    whom = audience(to, own, tlp, onward, answer_by, accept)
    _say_places(context, "notice", {**said, **more, **lists, **whom}, json, quiet)


def protect(
    context: typer.Context,
    file: Annotated[str | None, typer.Argument(metavar="FILE.geojson", help="A point or a footprint.")] = None,
    function: Annotated[
        str | None, typer.Option(help="hospital, school, shelter, water, worship, force, movement, ...")
    ] = None,
    precision: Annotated[
        str | None, typer.Option(help="What others are told: exact (the default), widened:KM, or call.")
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="When a movement or convoy sets out.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="When it has arrived.")] = None,
    buffer: Buffer = None,
    name: Annotated[str | None, typer.Option(metavar="TEXT", help="Its name, in any script.")] = None,
    name_from: NameFrom = None,
    names: Annotated[
        list[str] | None, typer.Option("--also-named", metavar="[LANG=]TEXT", help="Further names; may be repeated.")
    ] = None,
    contact: Annotated[str | None, typer.Option(metavar="TEXT", help="Whom to call; required for call.")] = None,
    reverify_by: Annotated[
        str | None, typer.Option(metavar="TIME", help="To be verified again by then; it stays protected after it.")
    ] = None,
    as_received: Annotated[str | None, typer.Option(metavar="TEXT", help="The coordinate in the words given.")] = None,
    also: Annotated[
        bool, typer.Option("--also", help="The exact site is logged already: only say it less exactly to others.")
    ] = False,
    serves: Serves = None,
    past: Past = False,
    far: Far = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take back the site of --replaces.")] = False,
    replaces: Replaces = None,
    empty: Empty = None,
    to: Names = "",
    own: Own = False,
    tlp: TlpKept = None,
    onward: OnwardKept = None,
    answer_by: AnswerBy = None,
    accept: Accept = None,
    dry_run: DryRun = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Say what must not be harmed, as exactly as wanted; the exact place stays with this party unless told exactly."""
    said: dict[str, Any] = {"geojson": None if file is None else read_drawing(file), "function": function, "name": name}
    more = {"precision": precision, "names": names, "contact": contact, "reverify_by": reverify_by, "also": also}
    rest = {"as_received": as_received, "withdraw": withdraw, "replaces": replaces, "dry_run": dry_run}
    said |= {"from": start, "until": until, "buffer": buffer, "serves": serves, "empty": empty}
    said |= {"name_from": name_from, "past": past, "far": far}
    whom = audience(to, own, tlp, onward, answer_by, accept)
    _say_places(context, "protect", {**said, **more, **rest, **whom}, json, quiet)


def check(
    context: typer.Context,
    file: File,
    start: From = None,
    until: Until = None,
    floor: Floor = None,
    ceiling: Ceiling = None,
    buffer: Buffer = None,
    margin: Annotated[float, typer.Option(metavar="KM", help="How near is near enough to object.")] = 0.0,
    stale_after: Annotated[
        int, typer.Option(metavar="MINUTES", help="From which age on a picture of a party objects.")
    ] = 15,
    serves: Serves = None,
    record: Annotated[
        bool, typer.Option("--record", help="Sign the check and its result; kept beside the log, unseen by others.")
    ] = False,
    json: Json = False,
) -> None:
    """Ask what is known to stand against an operation. Exit 1: objections; 3: none known, which is not a clearance."""
    said = {"geojson": read_drawing(file), "from": start, "until": until, "floor": floor, "ceiling": ceiling}
    how = {"buffer": buffer, "margin_km": margin, "stale_after_min": stale_after, "serves": serves, "record": record}
    found = call(context, "check", {**said, **how})
    echo.not_used(found)
    if json:
        render.document(found)
    else:
        views.checked(found)
    raise typer.Exit(OBJECTIONS if found["objections"] else NONE_KNOWN)


def objections(context: typer.Context, every: Every = False, json: Json = False) -> None:
    """List what stands against this party's notices, what it has objected to others, and what they have to it."""
    found = call(context, "objections", {"all": every})
    render.document(found) if json else views.objections(found)


def alerts(context: typer.Context, every: Every = False, json: Json = False) -> None:
    """List what meets matter that its operator was not told of: for this party's own officer, who may call."""
    found = call(context, "alerts", {"all": every})
    render.document(found) if json else views.alerts(found)


def statements(
    context: typer.Context,
    type: Annotated[str | None, typer.Option(metavar="TYPE", help="Only objects of this STIX type.")] = None,
    json: Json = False,
) -> None:
    """List what is said here, by this party and to it, version by version: what was replaced stays visible."""
    found = call(context, "statements", {"type": type})
    render.document(found) if json else views.statements(found)


def _say_places(context: typer.Context, name: str, args: dict[str, Any], as_json: bool, quiet: bool) -> None:
    """Have each place of a file said; to people, what was read is told before anything is said."""
    if as_json:
        told = call(context, name, args)
        echo.not_used(told)
    elif args["dry_run"]:
        told = call(context, name, args)
        echo.read(told)
    else:
        echo.read(call(context, name, {**args, "dry_run": True}))
        told = call(context, name, args)
    if "statements" in told and not quiet:
        render.document(told) if as_json else echo.places(told)
    else:
        tell_said(told, as_json, quiet)
