"""Command: what the commands share: their common options, and the way from a command to its operation and back."""

import sys
from typing import Annotated, Any

import typer

from comity.app import beside as beside_words
from comity.app import render, views
from comity.app.render import lines, own, word
from comity.errors import BAD_ARGUMENT, TOO_LARGE, LocalError, RemoteError

NOT_VALID = 1
ERROR = 2


def alone(wanted: bool) -> bool:
    """Refuse, before anything is done, an id alone where there would be more or none to print.

    Raises:
        LocalError: `bad-argument`.
    """
    if wanted and "--json" in sys.argv:
        raise LocalError(BAD_ARGUMENT, "--json and --quiet exclude each other", place="--quiet")
    if wanted and "--dry-run" in sys.argv:
        raise LocalError(BAD_ARGUMENT, "--dry-run says nothing, so there is no id to print", place="--quiet")
    return wanted


Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", callback=alone, help="Print the id alone, one a line, for a script.")
]
Statement = Annotated[
    str, typer.Argument(metavar="STATEMENT", help="Its id (six digits or more), its object's STIX id, or @NAME.")
]
Names = Annotated[str, typer.Option("--to", metavar="PARTY,...", help="Parties by their names here, or all.")]
Own = Annotated[bool, typer.Option("--own", help="For this party alone, which is the default.")]
Tlp = Annotated[
    str, typer.Option(help="green, amber, amber+strict, red or clear. The object's own marking may narrow it.")
]
Onward = Annotated[str, typer.Option(help="May they pass it on? never, ask, may, must.")]
TlpKept = Annotated[
    str | None,
    typer.Option("--tlp", help="As --tlp of say: amber, or for whoever was told the version before as that was told."),
]
OnwardKept = Annotated[str | None, typer.Option("--onward", help="As --onward of say: never, or as before, likewise.")]
AnswerBy = Annotated[
    str | None, typer.Option(metavar="TIME", help="Log `unacknowledged` if no answer came by then (RFC 3339).")
]
Accept = Annotated[
    list[str] | None,
    typer.Option(
        "--accept-marking", metavar="NAME", help="Do not restrict for this marking, unknown here; repeatable."
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show who would see what; say nothing.")]


# What was told before, of a file: how it was read.
_ECHOED = ("understood_as", "not_used")


def call(context: typer.Context, name: str, args: dict[str, Any]) -> Any:
    """Have an operation done on the node that the command was given."""
    from comity.app.call import call as done

    return done(context.obj, name, args)


def audience(
    to: str, own: bool, tlp: str | None, onward: str | None, answer_by: str | None, accept: list[str] | None = None
) -> dict[str, Any]:
    """To whom something is said, and on what terms, as operations take it.

    Raises:
        LocalError: `bad-argument`.
    """
    if own and to:
        raise LocalError(BAD_ARGUMENT, "--own and --to exclude each other", place="--own")
    return {"to": names(to), "own": own, "tlp": tlp, "onward": onward, "answer_by": answer_by, "accept": accept or []}


def names(given: str) -> list[str]:
    """The names in a list with commas."""
    return [name for name in given.replace(" ", "").split(",") if name]


def read(file: str, most: int) -> bytes:
    """Read a file, or stdin, but never more of it than `most` bytes."""
    if file == "-":
        return sys.stdin.buffer.read(most)
    with open(file, "rb") as opened:
        return opened.read(most)


def read_content(file: str) -> tuple[bytes, list[str]]:
    """Read a file that is to become content; a byte order mark is no part of it, which is said, and returned.

    Raises:
        LocalError: `too-large`: more than one object may have; `not-json`: it looks like something else, which is named.
    """
    bare, notes = _read_json(file)[1]
    for one in notes:
        render.note("{}", own(one))
    return bare, list(notes)


def read_drawing(file: str) -> str:
    """Read a file that draws places; its text is kept as it is.

    Raises:
        LocalError: as `read_content`.
    """
    return _read_json(file)[0].decode()


def _read_json(file: str) -> tuple[bytes, tuple[bytes, tuple[str, ...]]]:
    """A file's bytes; and these without a byte order mark, with what is not used."""
    from comity.model import recognise
    from comity.model.content import MAX_CONTENT

    raw = read(file, MAX_CONTENT + 1)
    if len(raw) > MAX_CONTENT:
        raise LocalError(TOO_LARGE, f"one object has at most {MAX_CONTENT} bytes", place=file)
    try:
        return raw, recognise.json_text(raw)
    except RemoteError as error:
        raise LocalError(error.code, error.message, place=error.place or file) from None


def tell(told: dict[str, Any], as_json: bool, title: str, shown: dict[str, Any] | None = None) -> None:
    """Print an answer: as the one JSON document, or as names and values for people."""
    if as_json:
        render.document(told)
    else:
        render.facts(title, shown or told)


def tell_alone(told: dict[str, Any], what: str) -> None:
    """Print one of an answer's values and nothing else, for a script; what a person must see goes to standard error."""
    for one in told.get("statements", [told]):
        if what in one:  # a version that changes nothing has none
            render.block(one[what])
        for line in beside_words.caveats(one) if "not_understood" in one else ():
            render.note("{}", line)
        for objection in one.get("objections", []):
            render.note("objection: {}", own(objection["text"]))
        for line in one.get("pointed_out", []):
            render.note(line)


def tell_said(told: dict[str, Any], as_json: bool, quiet: bool = False) -> None:
    """Print what was said, or would be, and who does not see it."""
    if quiet:
        tell_alone(told, "statement")
        return
    withheld = [own("{} ({})", word(one["party"]), own(one["reason"])) for one in told["withheld_from"]]
    nobody = own("nobody: own party only")
    shown = views.in_words(told["by"], {name: told[name] for name in told if name not in _ECHOED})
    shown |= {"released_to": told["released_to"] or nobody, "withheld_from": lines(*withheld)}
    shown |= {"told_as": own(told["told_as"])} if "told_as" in told else {}
    shown["objections"] = lines(*(own(one["text"]) for one in told.get("objections", [])))
    if "changed" in told or "pointed_out" in told:
        from comity.app import changed

        shown |= changed.in_words(told)
    tell(told, as_json, _said(told), shown)


def _said(told: dict[str, Any]) -> str:
    if told.get("changed") == []:
        return own("nothing changes: nothing was said")
    if told.get("already"):
        return own("said already as {}", word(told["statement"]))
    return own("nothing was said: this is what would be" if told.get("dry_run") else "said")
