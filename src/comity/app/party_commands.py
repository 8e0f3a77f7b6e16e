"""The commands on who is known here, and on how things stand; `cli` registers them."""

import base64
from typing import Annotated

import typer

from comity.app import render, views
from comity.app.command import Json, call, tell

Known = Annotated[str, typer.Argument(metavar="NAME", help="The party's name here.")]


def register(app: typer.Typer, peers: typer.Typer) -> None:
    """Add the commands to the command line, and to its group `peer`."""
    app.command()(status)
    peers.command("add")(peer_add)
    peers.command("list")(peer_list)
    peers.command("rename")(peer_rename)
    peers.command("remove")(peer_remove)


def status(context: typer.Context, json: Json = False) -> None:
    """Show how this node is: its log, disk and clock, its peers, and what is overdue; asks nobody and tells nobody."""
    from comity.app import status as states

    told = states.whole(call(context, "status", {}), context.obj)
    render.document(told) if json else states.show(told)


def peer_add(
    context: typer.Context,
    source: Annotated[
        str, typer.Argument(metavar="FILE|URL", help="A descriptor's file, - for stdin, or a node's URL.")
    ],
    fingerprint: Annotated[
        str, typer.Option(metavar="HEX|WORDS", help="As learnt by another way: in person, by telephone.")
    ],
    petname: Annotated[str | None, typer.Option("--as", metavar="NAME", help="What to call it here.")] = None,
    json: Json = False,
) -> None:
    """Pin another party by its descriptor and its fingerprint."""
    from comity.app.nodes import read_descriptor

    packed = base64.b64encode(read_descriptor(source)).decode()
    told = call(context, "peer-add", {"descriptor": packed, "fingerprint": fingerprint, "as": petname})
    tell(told, json, f"{told['party']} is known now", views.identity(told))


def peer_list(
    context: typer.Context,
    everybody: Annotated[bool, typer.Option("--all", help="Those that were removed too.")] = False,
    json: Json = False,
) -> None:
    """List the parties known here."""
    found = call(context, "peer-list", {"all": everybody})
    if json:
        render.document(found)
        return
    views.peers(found)


def peer_rename(
    context: typer.Context,
    old: Known,
    new: Annotated[str, typer.Argument(metavar="NEW", help="What to call it here from now on.")],
    json: Json = False,
) -> None:
    """Call a party by another name here. Nobody else learns of it, and nothing that was signed changes."""
    told = call(context, "peer-rename", {"old": old, "new": new})
    tell(told, json, f"{told['was']} is called {told['party']} now", views.identity(told))


def peer_remove(context: typer.Context, name: Known, json: Json = False) -> None:
    """Neither ask nor answer a party any more. What it said stays, and what it protects goes on objecting, marked."""
    told = call(context, "peer-remove", {"party": name})
    tell(told, json, f"{told['party']} is removed", views.identity(told))
    if not json:
        render.note("what it said stays here; what it protects goes on objecting; comity peer add takes it up again")
