"""Make spec/vectors from fixed seeds: `PYTHONPATH=tests python -m conformance.make_vectors`.

What a vector expects is written down by hand beside it, never found out by running the code that it judges.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conformance.vectors import (
    acknowledgement,
    cast,
    descriptor,
    extensions,
    items,
    log,
    node_api,
    page,
    places,
    position,
    proof_answers,
    proof_doubts,
    proof_file,
    proof_kinds,
    proof_refused,
    proof_shown,
    receipt,
    release,
    shared,
    signatures,
    statement,
    understood_as,
    wanted,
)

FOLDER = Path(__file__).resolve().parents[2] / "spec" / "vectors"
PROOF_FILE = (proof_shown, proof_kinds, proof_doubts, proof_file, proof_refused, proof_answers)
PAGES: dict[str, Callable[[], list[cast.Vector]]] = {
    "statement": statement.vectors,
    "extensions": extensions.vectors,
    "position": position.vectors,
    **places.PAGES,
    "understood-as": understood_as.vectors,
    "descriptor": descriptor.vectors,
    "release": release.vectors,
    "log": log.vectors,
    "receipt": receipt.vectors,
    "page": lambda: [*page.vectors(), *wanted.vectors(), *items.vectors()],
    "acknowledgement": acknowledgement.vectors,
    "proof-file": lambda: [one for module in PROOF_FILE for one in module.vectors()],
    "node-api": lambda: [*signatures.vectors(), *node_api.vectors()],
}


def build() -> dict[str, bytes]:
    """Every file of spec/vectors by its path below it."""
    said = {name: packed.hex() for name, packed in shared.statements().items()}
    files = {"parties.json": _written(cast.parties()), "statements.json": _written(said)}
    for name, vectors in PAGES.items():
        for vector in vectors():
            path = f"{name}/{vector.name}.json"
            if path in files:
                raise ValueError(f"two vectors are named {path}")
            files[path] = _written(vector.as_dict())
    return files


def write() -> None:
    """Write all files and remove those that are made no more."""
    files = build()
    for old in FOLDER.rglob("*.json"):
        if old.relative_to(FOLDER).as_posix() not in files:
            old.unlink()
    for path, data in files.items():
        place = FOLDER / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


def _written(value: Any) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


if __name__ == "__main__":
    write()
