"""Run the bench: python -m bench [--only NAME]... [--json FILE]. What each figure means stands in docs/bench.md."""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import Any

from bench import append, ingest, objected, proof_file, proofs, told
from bench.figures import Figure
from bench.race import Entrant, race
from bench.scale import Scale

Bench = Callable[[Path, Scale], Iterator[Figure]]
BENCHES: dict[str, Bench] = {
    "append": append.run,
    "ingest": ingest.run,
    "proofs": proofs.run,
    "proof-file": proof_file.run,
    "told": told.run,
    "objected": objected.run,
}
LIBRARIES = ("cryptography", "cbor2", "apsw", "pymerkle")


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    scale = Scale(options.scale)
    with tempfile.TemporaryDirectory(prefix="comity-bench-", dir=options.dir) as folder:
        os.environ["COMITY_STATE"] = str(Path(folder) / "state")
        told_of = _machine(Path(folder))
        _print_machine(told_of)
        found = {name: _run(name, Path(folder) / name, scale) for name in options.only or BENCHES}
    if options.json:
        figures = {name: [one.as_dict(full=scale.factor >= 1) for one in each] for name, each in found.items()}
        options.json.write_text(
            json.dumps({"machine": told_of, "scale": scale.factor, "figures": figures}, indent=1) + "\n"
        )
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="What Comity costs, as ratios in one run.")
    parser.add_argument(
        "--only", action="append", choices=BENCHES, metavar="NAME", help=f"of {', '.join(BENCHES)}; may be repeated"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    parser.add_argument(
        "--dir", metavar="DIR", help="where the databases stand while it runs: the disk that is measured"
    )
    parser.add_argument(
        "--scale", type=float, default=1.0, metavar="X", help="multiply all sizes; below 1 no goal is judged"
    )
    return parser.parse_args(arguments)


def _run(name: str, room: Path, scale: Scale) -> list[Figure]:
    print(f"\n{name}", flush=True)
    room.mkdir()
    start, figures = time.perf_counter(), []
    for figure in BENCHES[name](room, scale):
        figures.append(figure)
        print("\n".join(figure.lines(full=scale.factor >= 1)), flush=True)
    print(f"  ({time.perf_counter() - start:.0f} s)", flush=True)
    return figures


def _machine(folder: Path) -> dict[str, Any]:
    versions = {name: metadata.version(name) for name in LIBRARIES}
    return {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "synced_writes_per_second": round(_synced_writes(folder)),
        **versions,
    }


def _synced_writes(folder: Path) -> float:
    """How often a second this disk takes 4 KiB and says that it holds them."""
    with (folder / "probe").open("wb") as file:

        def write(_: object) -> None:
            for _ in range(20):
                file.write(bytes(4096))
                file.flush()
                os.fdatasync(file.fileno())

        took = race({"disk": Entrant(write, 20)}, 5)["disk"]
    return 1 / median(took)


def _print_machine(told_of: dict[str, Any]) -> None:
    libraries = ", ".join(f"{name} {told_of[name]}" for name in LIBRARIES)
    print(f"Python {told_of['python']}, {libraries}")
    writes = told_of["synced_writes_per_second"]
    print(f"{told_of['cores']} cores, load {told_of['load']}, {writes:,} synced writes a second", flush=True)


if __name__ == "__main__":
    sys.exit(main())
