"""Help: the first screen, on which the commands stand in the order in which they are used.

What each command takes, its own `--help` tells. A command that is in no section stands in the last one.
"""

from typing import Any

import typer.core

SECTIONS: dict[str, dict[str, str]] = {
    "A first look": {
        "demo": "Replay November 2015 with five nodes on this machine.",
    },
    "A node and its parties": {
        "init": "Make a new party: its keys, its descriptor, its log.",
        "descriptor": "Print what others need to know this party.",
        "peer add": "Pin another party by its fingerprint.",
        "peer list": "List the parties known here.",
        "peer rename": "Call a party by another name here.",
        "peer remove": "Neither ask nor answer a party any more.",
        "serve": "Answer others, ask them, and take commands.",
        "status": "Show how this node is, and what to look at.",
    },
    "Saying": {
        "say": "Say one STIX object to the parties named.",
        "position": "Say what this party holds about a subject.",
        "release": "Release a statement of ours to further parties.",
        "withdraw": "Withdraw a release.",
        "told": "Show how far a statement has come with each party.",
    },
    "Hearing": {
        "sync": "Fetch what was released to us, and acknowledge it.",
        "inbox": "List what others told us.",
        "quarantine": "List what we refused, and why.",
        "show": "Show one statement with its content.",
        "statements": "List what is said here, version by version.",
        "positions": "List what each party holds about whom.",
    },
    "Operations and protected sites": {
        "protect": "Say what must not be harmed.",
        "notice": "Say where and when this party will operate.",
        "check": "Ask what is known to stand against an operation.",
        "objections": "List what stands against whose notices.",
        "alerts": "List what meets matter its operator does not know.",
    },
    "Proof": {
        "prove": "Write a proof file: who was told what, and when.",
        "verify": "Judge a proof file with nothing but the file.",
    },
    "Upkeep": {
        "log verify": "Compute the whole log again from its leaves.",
        "witness add": "Have a witness that is no party cosign our heads.",
        "witness list": "List the outside witnesses that are asked.",
        "witness remove": "Ask an outside witness no more.",
        "log export": "Write head, receipts and keys for others' verifiers.",
        "log adopt": "Sign again after a restore on a new machine.",
        "rebuild": "Fold again what can be computed from what is true.",
    },
}
_REST = "Further commands"


class Sections(typer.core.TyperGroup):
    """A group of commands whose help shows them in sections."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the sections, in plain text."""
        known = _leaves(self)
        for title, told in SECTIONS.items():
            _write(formatter, title, {name: line for name, line in told.items() if known.pop(name, None)})
        _write(formatter, _REST, {name: one.get_short_help_str(_ROOM) for name, one in known.items()})


def _write(formatter: Any, title: str, told: dict[str, str]) -> None:
    if told:
        with formatter.section(title):
            formatter.write_dl([(name.ljust(_NAMES), line) for name, line in told.items()])


# Cells that names take in all sections, and that are left beside them.
_NAMES, _ROOM = 14, 60


def _leaves(group: Any, *path: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, one in group.commands.items():
        found |= _leaves(one, *path, name) if hasattr(one, "commands") else {" ".join((*path, name)): one}
    return found
