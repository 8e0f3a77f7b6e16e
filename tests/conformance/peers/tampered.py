"""How each kind of artefact is tampered with: a name, the file that is changed, and what becomes of its bytes.

Every change is one that a verifier must refuse; what a standard leaves open (an unknown signature line, a tag that may be
left out) is none.
"""

import base64
from collections.abc import Callable

Change = Callable[[bytes], bytes]
EM_DASH = "\N{EM DASH} "


def bit(at: int) -> Change:
    """Turn one bit of the byte at a place, which counts from the end where it is negative."""

    def change(data: bytes) -> bytes:
        place = at % len(data)
        return data[:place] + bytes((data[place] ^ 0x04,)) + data[place + 1 :]

    return change


def cut(data: bytes) -> bytes:
    """Leave the last byte out."""
    return data[:-1]


def longer(data: bytes) -> bytes:
    """Add a byte."""
    return data + b"\x00"


def of_lines(change: Callable[[list[str]], list[str]]) -> Change:
    """Change the lines before the first empty one."""

    def changed(data: bytes) -> bytes:
        head, parting, rest = data.decode().partition("\n\n")
        return ("\n".join(change(head.split("\n"))) + parting + rest).encode()

    return changed


def in_note(change: Change, *, after: bytes = b"\n\n") -> Change:
    """Change the note that follows the first empty line."""

    def changed(data: bytes) -> bytes:
        head, parting, note = data.partition(after)
        return head + parting + change(note)

    return changed


def line(number: int, change: Callable[[str], str]) -> Change:
    """Change one line before the first empty one."""

    def changed(lines: list[str]) -> list[str]:
        return [change(each) if at == number % len(lines) else each for at, each in enumerate(lines)]

    return of_lines(changed)


def base64_bit(at: int) -> Callable[[str], str]:
    """Turn a bit of what a text stands for in base64."""
    return lambda text: base64.b64encode(bit(at)(base64.b64decode(text))).decode()


def number(by: int) -> Callable[[str], str]:
    """Change the number at the end of a line."""

    def changed(text: str) -> str:
        before, space, digits = text.rpartition(" ")
        return f"{before}{space}{int(digits) + by}"

    return changed


def signature(number: int, at: int) -> Change:
    """Turn a bit of the signature on one of a note's signature lines; the first four bytes of it are the key's id."""

    def changed(data: bytes) -> bytes:
        text, parting, lines = data.decode().rpartition("\n\n")
        kept = lines.splitlines(keepends=True)
        name, _, signed = kept[number].rstrip("\n").rpartition(" ")
        kept[number] = f"{name} {base64_bit(at)(signed)}\n"
        return (text + parting + "".join(kept)).encode()

    return changed


def of_signatures(change: Callable[[list[str]], list[str]]) -> Change:
    """Change a note's signature lines."""

    def changed(data: bytes) -> bytes:
        text, parting, lines = data.decode().rpartition("\n\n")
        return (text + parting + "".join(change(lines.splitlines(keepends=True)))).encode()

    return changed


def exchanged(lines: list[str]) -> list[str]:
    """Put the signature of the second line on the first, and the other way round, under the names and ids that they have."""
    first, second = (each.rstrip("\n").rpartition(" ") for each in lines[:2])
    raw = [base64.b64decode(each[2]) for each in (first, second)]
    mixed = [base64.b64encode(raw[at][:4] + raw[1 - at][4:]).decode() for at in (0, 1)]
    return [f"{first[0]} {mixed[0]}\n", f"{second[0]} {mixed[1]}\n", *lines[2:]]


def renamed(lines: list[str]) -> list[str]:
    """Give the first line another name."""
    return [lines[0].replace(EM_DASH, EM_DASH + "x", 1), *lines[1:]]


def swapped(lines: list[str]) -> list[str]:
    """Exchange the first two hashes of a path."""
    return [*lines[:-2], lines[-1], lines[-2]]


_HEAD: dict[str, Change] = {
    "another origin": line(0, lambda text: text[:-1] + ("0" if text[-1] != "0" else "1")),
    "one leaf more": line(1, number(1)),
    "one leaf less": line(1, number(-1)),
    "ten times the leaves": line(1, lambda text: text + "0"),
    "another root": line(2, base64_bit(0)),
    "another root in its last bit": line(2, base64_bit(31)),
    "a line more": of_lines(lambda lines: [*lines, "more"]),
}
_LOG_LINE: dict[str, Change] = {
    "another signature": signature(0, 4),
    "another signature in its last byte": signature(0, -1),
    "another key's id": signature(0, 0),
    "another key's name": of_signatures(renamed),
    "the log's line left out": of_signatures(lambda lines: lines[1:]),
    "another's signature": of_signatures(exchanged),
}
_NOTE = _HEAD | _LOG_LINE

_STATEMENT: dict[str, Change] = {f"a bit of byte {at}": bit(at) for at in (6, 20, 60, 130, 150, -100, -70, -30, -1)}
_PATH: dict[str, Change] = {
    "a hash changed": line(2, base64_bit(0)),
    "the last hash changed": line(-1, base64_bit(31)),
    "two hashes exchanged": of_lines(swapped),
    "a hash left out": of_lines(lambda lines: lines[:-1]),
    "all hashes left out": of_lines(lambda lines: lines[:2]),
    "a hash twice": of_lines(lambda lines: [*lines, lines[-1]]),
}


def _of(file: str, changes: dict[str, Change]) -> dict[str, tuple[str, Change]]:
    return {f"{file}: {name}": (file, change) for name, change in changes.items()}


TAMPERED: dict[str, dict[str, tuple[str, Change]]] = {
    "checkpoint": _of("checkpoint", _NOTE),
    "cosignatures": _of("checkpoint", _NOTE)
    | _of(
        "checkpoint",
        {
            "the time of a cosignature": signature(1, 11),
            "the year of a cosignature": signature(2, 7),
            "a cosignature": signature(1, 12),
            "the last cosignature": signature(-1, -1),
            "a cosigner's id": signature(2, 3),
            "a cosignature left out": of_signatures(lambda lines: lines[:-1]),
            "a cosignature of another": of_signatures(lambda lines: [lines[0], *exchanged(lines[1:])]),
        },
    ),
    "inclusion": _of("statement.cose", _STATEMENT | {"a byte less": cut, "a byte more": longer})
    | _of("statement.tlog-proof", _PATH)
    | _of("statement.tlog-proof", {"the next index": line(1, number(1)), "the index before": line(1, number(-1))})
    | _of("statement.tlog-proof", {name: in_note(change) for name, change in _NOTE.items()}),
    "consistency": _of(
        "consistency",
        {
            "a hash changed": line(1, base64_bit(0)),
            "the last hash changed": line(-1, base64_bit(31)),
            "two hashes exchanged": of_lines(swapped),
            "a hash left out": of_lines(lambda lines: lines[:-1]),
            "all hashes left out": of_lines(lambda lines: lines[:1]),
            "a hash twice": of_lines(lambda lines: [*lines, lines[-1]]),
            "another old size": line(0, number(1)),
        },
    )
    | _of("consistency", {name: in_note(change) for name, change in _NOTE.items()})
    | _of("older", _NOTE),
    "statement": _of("statement.cose", _STATEMENT | {"a byte less": cut, "a byte more": longer}),
    "receipt": _of("statement.cose", _STATEMENT | {"a byte less": cut, "a byte more": longer})
    | _of(
        "statement.receipt.cose",
        {f"a bit of byte {at}": bit(at) for at in (6, 20, 60, 70, -230, -200, -150, -100, -64, -1)}
        | {"a byte less": cut, "a byte more": longer},
    )
    | _of("checkpoint", {name: _HEAD[name] for name in ("another origin", "one leaf more", "one leaf less")}),
}
