"""A verifier made of PyPI's scitt-cose alone, run by an interpreter that has it: scitt_judge.py KIND FOLDER.

Exit 0: it holds; 1: it does not, and why; anything else: it could not do its work. It has no code of Comity's.
"""

import importlib
import sys
from pathlib import Path
from typing import Any


def statement(scitt: Any, folder: Path) -> str:
    """Why the signed statement is not good; empty if it is, and says who its issuer is and what it is about."""
    found = scitt.parse_signed_statement(read(folder, "statement.cose"), public_key_pem=read(folder, "statement.pem"))
    if found["signature_verified"] is not True:
        return "the signature does not verify"
    origin = head(folder)[0]
    return "" if found["issuer"] == origin and found["subject"] else f"issued by {found['issuer']}, not by {origin}"


def receipt(scitt: Any, folder: Path) -> str:
    """Why the receipt does not show the statement in the log; the size, which it does not sign, is the checkpoint's."""
    found = scitt.verify_receipt(
        read(folder, "statement.receipt.cose"),
        leaf_entry_hex=read(folder, "statement.cose").hex(),
        log_public_key_pem=read(folder, "log.pem"),
    )
    if not found.ok:
        return "; ".join(map(str, found.errors)) or "not good"
    origin, size = head(folder)
    if (found.issuer, str(found.tree_size)) != (origin, size):
        return f"of {found.issuer} at {found.tree_size}, and the checkpoint of {origin} at {size}"
    return ""


def head(folder: Path) -> tuple[str, str]:
    """Origin and size, as the checkpoint says them."""
    lines = read(folder, "checkpoint").decode().split("\n")
    return lines[0], lines[1]


def read(folder: Path, name: str) -> bytes:
    """One of the files."""
    return (folder / name).read_bytes()


def main() -> int:
    """Judge, and say what came of it."""
    kind, folder = sys.argv[1], Path(sys.argv[2])
    against = {"statement": statement, "receipt": receipt}[kind](importlib.import_module("scitt_cose"), folder)
    print(f"refused: {against}" if against else "it holds")
    return 1 if against else 0


if __name__ == "__main__":
    try:
        code = main()
    except Exception as error:  # an interpreter leaves with 1 by itself, which here means a verdict
        print(f"broken: {error!r}", file=sys.stderr)
        code = 2
    sys.exit(code)
