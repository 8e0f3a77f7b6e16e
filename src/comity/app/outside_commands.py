"""The commands for those outside: what others' verifiers need of this log, as files; `cli` registers them."""

import base64
from pathlib import Path
from typing import Annotated

import typer

from comity.app.command import Json, call, tell
from comity.app.render import lines, own, word


def register(logs: typer.Typer) -> None:
    """Add the commands to the groups `log` of the command line."""
    logs.command("export")(log_export)


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
