"""The command line: each command parses its arguments, has one operation done, and prints what came of it.

    exit 0 = done; 1 = not valid, or objections; 2 = error

`--json` prints exactly one JSON document on standard output; everything else goes to standard error. Heavy libraries are
imported inside commands, so that `verify` starts fast and `--help` faster.
"""

import base64
import os
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn, cast

import typer

from comity import __version__, foreign
from comity.app import airspace_commands, echo, outside_commands, party_commands, render, views
from comity.app.command import (
    ERROR,
    NOT_VALID,
    Accept,
    AnswerBy,
    DryRun,
    Json,
    Names,
    Onward,
    Own,
    Quiet,
    Statement,
    Tlp,
    alone,
    audience,
    call,
    names,
    read_content,
    tell,
    tell_alone,
    tell_said,
)
from comity.app.help import Sections
from comity.app.render import word
from comity.errors import BAD_ARGUMENT, INTERNAL, ComityError, LocalError
from comity.model import fingerprint

app = typer.Typer(
    name="comity",
    cls=Sections,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Comity lets parties that do not trust one another share what they must, and prove who was told what, and when.",
    epilog="Each command works on one node's directory: comity -C DIR COMMAND. docs/commands.md has examples.",
)
peers = typer.Typer(help="The parties known here.", rich_markup_mode=None)
logs = typer.Typer(help="This party's own log.", rich_markup_mode=None)
witnesses = typer.Typer(help="Witnesses that are no parties.", rich_markup_mode=None)
app.add_typer(peers, name="peer")
app.add_typer(logs, name="log")
app.add_typer(witnesses, name="witness")
airspace_commands.register(app)
party_commands.register(app, peers)
outside_commands.register(logs, witnesses)


Fingerprint = Annotated[
    bool, typer.Option("--quiet", "-q", callback=alone, help="Print the fingerprint alone, for a script.")
]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]

# typer carries its own copy of click: this is its UsageError.
_UsageError: Any = typer.BadParameter.__bases__[0]


def _version(wanted: bool) -> None:
    if wanted:
        render.block(f"comity {__version__}")
        raise typer.Exit


@app.callback()
def _settings(
    context: typer.Context,
    folder: Annotated[Path, typer.Option("-C", metavar="DIR", help="The node's directory.")] = Path(),
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    context.obj = folder


def main() -> NoReturn:
    """Run the command line; every fault becomes exit 2 and a message, never a traceback."""
    as_json = "--json" in sys.argv
    os.umask(0o077)  # what is written here is the party's own: databases, keys, proof files
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        code = app(standalone_mode=False)
    except ComityError as found:
        render.error(found, as_json=as_json)
        code = ERROR
    except _UsageError as found:
        render.error(LocalError(BAD_ARGUMENT, found.format_message()), as_json=as_json)
        if found.ctx is not None:
            render.note("see: {} --help", render.own(found.ctx.command_path))
        code = ERROR
    except (typer.Abort, KeyboardInterrupt):
        code = 130
    except BrokenPipeError:
        sys.stderr.close()
        code = ERROR
    except OSError as found:
        fault = LocalError(BAD_ARGUMENT, found.strerror or type(found).__name__, place=str(found.filename or ""))
        render.error(fault, as_json=as_json)
        code = ERROR
    except Exception as found:
        render.error(_fault_of_ours(found), as_json=as_json)
        if os.environ.get("COMITY_TRACE"):
            render.fault("where it happened", found)
        code = ERROR
    sys.exit(code if isinstance(code, int) else 0)


def _fault_of_ours(found: Exception) -> LocalError:
    """An exception that nobody expected: it says nothing of whether the command was done, and never exits with 1."""
    message = (
        f"this is a fault of Comity {__version__} itself ({type(found).__name__}): look whether the command was done, and report "
        "it (SECURITY.md says where); COMITY_TRACE=1 before the command shows where it happened"
    )
    return LocalError(INTERNAL, message)


# -- a node and its parties


@app.command()
def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR")],
    party: Annotated[str, typer.Option(help="The party's short name: a-z, 0-9, hyphens.")],
    name: Annotated[str, typer.Option(help="The party's name in full, in any script.")] = "",
    url: Annotated[list[str] | None, typer.Option(help="Where its node will be reached; may be repeated.")] = None,
    quiet: Fingerprint = False,
    json: Json = False,
) -> None:
    """Make a new party: its keys, its descriptor, and a log that begins with it."""
    from comity.app.nodes import create_node

    made = create_node(directory, party, name or party, url or [])
    tell_alone(made, "fingerprint") if quiet else tell(made, json, f"{party} is made", views.identity(made))


@app.command()
def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Default: that of the node's URL; 0: any.")] = None,
    json: Json = False,
) -> None:
    """Answer other nodes, ask them for what was released to us, and take commands, until interrupted."""
    from comity.app.nodes import serve_node

    serve_node(context.obj, host, port, lambda told: _announce(told, json))


def _announce(told: dict[str, object], as_json: bool) -> None:
    if as_json:
        render.document(told)
        sys.stdout.flush()
    else:
        party, known, url = (word(told[name]) for name in ("party", "fingerprint", "url"))
        render.note("{} ({}) listens at {}; Ctrl-C ends it", party, known, url)


@app.command()
def descriptor(context: typer.Context, quiet: Fingerprint = False, json: Json = False) -> None:
    """Print this party's signed descriptor, to be handed to others; its fingerprint goes by another way."""
    told = call(context, "descriptor", {})
    if quiet:
        tell_alone(told, "fingerprint")
    elif json:
        render.document(told)
    else:
        render.block(told["descriptor"].rstrip("\n"))
        views.own_fingerprint(told)


# -- saying


@app.command()
def say(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="OBJECT.json", help="One STIX 2.1 object; - for stdin.")],
    to: Names = "",
    own: Own = False,
    tlp: Tlp = "amber",
    onward: Onward = "never",
    answer_by: AnswerBy = None,
    accept: Accept = None,
    dry_run: DryRun = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Say one STIX object: sign it, log it, and release it to the parties named; to nobody by default."""
    terms = audience(to, own, tlp, onward, answer_by, accept)
    raw, not_used = read_content(file)
    told = call(context, "say", {"raw": base64.b64encode(raw).decode(), "dry_run": dry_run, **terms})
    tell_said({**told, "not_used": not_used}, json, quiet)


@app.command()
def release(
    context: typer.Context,
    statement: Statement,
    to: Names,
    tlp: Tlp = "amber",
    onward: Onward = "never",
    answer_by: AnswerBy = None,
    accept: Accept = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Release a statement of ours to further parties."""
    terms = audience(to, False, tlp, onward, answer_by, accept)
    told = call(context, "release", {"statement": statement, **terms})
    shown = {**told, "not_understood": views.beside("", told), "accepted": None}
    shown["pointed_out"] = render.lines(*map(render.own, told.get("pointed_out", [])))
    tell_alone(told, "statement") if quiet else tell(told, json, "released", shown)


@app.command()
def withdraw(
    context: typer.Context,
    statement: Statement,
    of: Annotated[str, typer.Option("--from", metavar="PARTY,...", help="Whose release is withdrawn.")],
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Withdraw a release: no new pulls, and whoever holds it is told. What was held cannot be taken back."""
    told = call(context, "withdraw", {"statement": statement, "from": names(of)})
    tell_alone(told, "statement") if quiet else tell(told, json, "withdrawn")


# -- hearing


@app.command()
def sync(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="One round with every party, then leave.")] = False,
    json: Json = False,
) -> None:
    """Fetch what was released to us, acknowledge it, and have heads cosigned; without --once until interrupted."""
    if not once:
        from comity.app.nodes import sync_for_ever

        sync_for_ever(context.obj)
        return
    found = call(context, "sync", {})
    for one in found:
        for fault in one["errors"]:
            render.note("{}: {}: {}", views.asked(one), word(fault["code"]), render.own(fault["message"]))
    if json:
        render.document(found)
    else:
        columns = ("party", "received", "refused", "acknowledgements sent", "cosigned us", "receipts")
        keys = ("received", "refused", "answers_sent", "cosigned", "receipts")
        cells = [[views.asked(one), *(one.get(key, render.own("")) for key in keys)] for one in found]
        render.rows("one round", columns, cells, empty="no party is known here yet")
    if found and all(one["errors"] for one in found):
        raise typer.Exit(ERROR)


@app.command()
def inbox(context: typer.Context, json: Json = False) -> None:
    """List what other parties told us."""
    found = call(context, "inbox", {})
    if json:
        render.document(found)
        return
    views.inbox(found)


@app.command()
def quarantine(context: typer.Context, json: Json = False) -> None:
    """List what other parties sent us and we refused, with the reason that we signed."""
    found = call(context, "quarantine", {})
    if json:
        render.document(found)
        return
    cells = [(one["from"], one["reason"], one["item"], one["received_at"]) for one in found]
    render.rows("refused", ("from", "reason", "item", "received"), cells, empty="nothing was refused")


@app.command()
def show(context: typer.Context, statement: Statement, json: Json = False) -> None:
    """Show one statement, ours or told to us, with its content."""
    told = call(context, "show", {"statement": statement})
    if json:
        render.document(told)
        return
    shown = views.in_words(told["by"], told)
    shown["understood_as"] = echo.lines_of(told)
    render.facts("statement", {name: value for name, value in shown.items() if name not in ("content", "bytes")})
    render.document(told["content"])


@app.command()
def told(
    context: typer.Context,
    statement: Statement,
    wait: Annotated[
        str | None, typer.Option(metavar="RUNG", help="Wait until it is released, fetched, held or proved.")
    ] = None,
    party: Annotated[str | None, typer.Option("--with", metavar="PARTY", help="With whom; else with all.")] = None,
    timeout: Annotated[float, typer.Option(metavar="SECONDS", min=0, help="How long to wait at most.")] = 60,
    json: Json = False,
) -> None:
    """Show per party which rungs a statement of ours has reached, and when; with --wait once it has come that far."""
    from comity.app import waiting

    def ask() -> dict[str, Any]:
        return cast("dict[str, Any]", call(context, "told", {"statement": statement}))

    found = ask() if wait is None else waiting.until(ask, wait, party, timeout)
    if json:
        render.document(found)
        return
    views.told(found)


# -- the log


@logs.command("verify")
def log_verify(context: typer.Context, json: Json = False) -> None:
    """Compute the whole log again from its leaves; exit 1 if anything is not as it was signed."""
    found = call(context, "log-verify", {})
    faults = [render.own("{}: {}", word(fault["place"]), render.own(fault["message"])) for fault in found["faults"]]
    tell(
        found,
        json,
        "the log is whole" if found["valid"] else "the log is damaged",
        {**found, "faults": render.lines(*faults)},
    )
    if not found["valid"]:
        raise typer.Exit(NOT_VALID)


@logs.command("adopt")
def log_adopt(
    context: typer.Context,
    alone: Annotated[bool, typer.Option("--alone", help="Sign again although no peer could be asked.")] = False,
    json: Json = False,
) -> None:
    """After a restore on a new machine: ask the peers for the last head they hold of ours, and sign again if none is ahead."""
    found = call(context, "log-adopt", {"alone": alone})
    tell(found, json, "the log may grow again" if found["adopted"] else "nothing to adopt")


@app.command()
def rebuild(context: typer.Context, json: Json = False) -> None:
    """Fold everything again that can be computed from what is true: leaves, received items, kept evidence."""
    tell(call(context, "rebuild", {}), json, "rebuilt")


# -- proving


@app.command()
def prove(
    context: typer.Context,
    statement: Statement,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="Where the proof file goes.")],
    to: Annotated[str | None, typer.Option("--to", metavar="PARTY", help="The party that we told.")] = None,
    of: Annotated[str | None, typer.Option("--from", metavar="PARTY", help="The party that told us.")] = None,
    refused: Annotated[bool, typer.Option("--refused", help="With --from: of what came and was refused.")] = False,
    content: Annotated[
        bool | None,
        typer.Option(
            "--content/--no-content", help="With the content; of sites and notices it is left out by default."
        ),
    ] = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Write a proof file: who was told what, and when, as far as the records go; and say what its reader will see."""
    from comity.app import files

    files.may_write(output, force=force)
    told = call(
        context, "prove", {"statement": statement, "to": to, "from": of, "refused": refused, "content": content}
    )
    files.write(output, base64.b64decode(told.pop("proof")), force=force)
    told["file"] = str(output)
    tell(told, json, "written; check it with: comity verify FILE", views.proved(told))


@app.command()
def verify(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A proof file; - for stdin.")],
    trust: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[NAME=]FINGERPRINT", help="As you know it from elsewhere; the name is your own. Repeatable."
        ),
    ] = None,
    quorum: Annotated[int, typer.Option(min=1, max=64, help="How many third parties' cosignatures prove a time.")] = 1,
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE.html", help="Also write the verdict as one page, to be read or printed."),
    ] = None,
    content: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write the content that was told.")] = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Judge a proof file with nothing but the file: no node, no network. Says in sentences what it shows, and what not.

    Exit 0 only if it is valid, its times do not contradict one another, and with --trust it is trusted.
    """
    from comity.app import files, proof_files, verdicts
    from comity.app.verdict_words import sentences

    named, alone = _fingerprints(trust or [])
    proof_files.may_write(file, [one for one in (report, content) if one is not None], force=force)
    judged = proof_files.judge(file, named, alone, quorum)
    verdict, said = judged.verdict, sentences(judged.verdict)
    if content is not None and verdict.content is not None:
        files.write(content, verdict.content, force=force)
    elif content is not None:
        render.note("{} is not written: the file shows no content that was told", render.word(content))
    if report is not None:
        from comity.app import report as page

        files.write(report, page.html(judged, said), force=force)
        render.note("the same as a page: {}", render.word(report))
    told = verdicts.with_words(verdict.as_dict(), said)
    render.document(told) if json else verdicts.show(told, said)
    if not verdict.sound or (trust and not verdict.trusted):
        raise typer.Exit(NOT_VALID)


def _fingerprints(given: list[str]) -> tuple[dict[str, fingerprint.Fingerprint], list[fingerprint.Fingerprint]]:
    """What `--trust` says: fingerprints under names of the reader's own, and fingerprints alone."""
    named: dict[str, fingerprint.Fingerprint] = {}
    alone: list[fingerprint.Fingerprint] = []
    for one in given:
        name, _, digits = one.rpartition("=")
        try:
            known = fingerprint.from_people(digits)
        except ValueError as error:
            message = f"NAME=FINGERPRINT, or a fingerprint alone: {error}"
            raise LocalError(BAD_ARGUMENT, message, place="--trust") from None
        if not name:
            alone.append(known)
        elif named.setdefault(name, known) != known:
            raise LocalError(BAD_ARGUMENT, f"two fingerprints for {foreign.quoted(name, 40)}", place="--trust")
    return named, alone


@app.command()
def demo(
    scenario: Annotated[str, typer.Option(help="hatay-2015, hospital, told, or a scenario's file.")] = "hatay-2015",
    headless: Annotated[
        bool, typer.Option("--headless", help="Leave at the end instead of keeping the nodes up.")
    ] = False,
) -> None:
    """Play a scenario: parties on this machine with real nodes, told in the terminal."""
    from comity.app.demo import play

    play(scenario, keep=not headless)


if __name__ == "__main__":
    main()
