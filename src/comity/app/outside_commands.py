"""The commands on those outside: files for others' verifiers, and witnesses that are no parties; `cli` registers them."""

import base64
from pathlib import Path
from typing import Annotated, Any

import typer

from comity.app import render
from comity.app.command import Json, call, tell
from comity.app.render import lines, own, word
from comity.app.views import leaves

Name = Annotated[str, typer.Argument(metavar="NAME", help="What the witness is called here.")]


def register(logs: typer.Typer, witnesses: typer.Typer) -> None:
    """Add the commands to the groups `log` and `witness` of the command line."""
    logs.command("export")(log_export)
    witnesses.command("add")(witness_add)
    witnesses.command("list")(witness_list)
    witnesses.command("remove")(witness_remove)


def log_export(
    context: typer.Context,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FOLDER", help="Where the files go.")],
    statement: Annotated[
        str | None, typer.Argument(metavar="[STATEMENT]", help="A statement of ours whose receipts are wanted, too.")
    ] = None,
    since: Annotated[
        int | None, typer.Option(metavar="SIZE", help="Also the proof that the log only grew from this size on.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over files that are there.")] = False,
    json: Json = False,
) -> None:
    """Write our head, keys, receipts and proofs as files for verifiers of others; nothing of what was said is in them."""
    from comity.app import files

    told = call(context, "log-export", {"statement": statement, "since": since})
    found = {output / name: base64.b64decode(data) for name, data in told.pop("files").items()}
    files.folder(output)
    for file in found:
        files.may_write(file, force=force)
    for file, data in found.items():
        files.write(file, data, force=force)
    told["files"] = [file.name for file in found]
    shown = {
        **told,
        "cosigned_by": lines(*map(word, told["cosigned_by"])) if told["cosigned_by"] else own("nobody else"),
        "files": lines(*(word(str(file)) for file in found)),
    }
    tell(told, json, own("written"), shown)


def witness_add(
    context: typer.Context,
    name: Name,
    url: Annotated[str, typer.Argument(metavar="URL", help="Its submission prefix: https, or http on this machine.")],
    vkey: Annotated[str, typer.Argument(metavar="VKEY", help="Its C2SP verifier key, of type 0x04.")],
    json: Json = False,
) -> None:
    """Have a witness that is no party (C2SP tlog-witness) cosign our heads. It is counted in no proof file."""
    told = call(context, "witness-add", {"name": name, "url": url, "vkey": vkey})
    tell(told, json, own("{} is asked from now on", word(name)), _shown(told))
    if not json:
        render.note("its operator has to take this log: hand it log.vkey of comity log export")


def witness_list(context: typer.Context, json: Json = False) -> None:
    """List the outside witnesses that are asked, and what each has cosigned."""
    found = call(context, "witness-list", {})
    if json:
        render.document(found)
        return
    cells = [list(_shown(one).values()) for one in found]
    render.rows(
        "",
        ("witness", "URL", "key", "cosigned"),
        cells,
        empty="no outside witness is asked: comity witness add NAME URL VKEY",
    )


def witness_remove(context: typer.Context, name: Name, json: Json = False) -> None:
    """Ask an outside witness no more. The cosignatures that it gave stay on their heads."""
    told = call(context, "witness-remove", {"name": name})
    tell(told, json, own("{} is asked no more", word(name)), _shown(told))


def _shown(told: dict[str, Any]) -> dict[str, Any]:
    last, (name, id, _) = told["cosigned"], told["vkey"].split("+", 2)
    at = own("nothing yet") if last is None else own("{} at {}", leaves(last["size"]), word(last["at"]))
    return {"witness": word(told["witness"]), "URL": word(told["url"]), "key": word(f"{name}+{id}"), "cosigned": at}
