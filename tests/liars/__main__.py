"""Let liars make many files, with fresh draws: `make liars`, or `python -m liars [--files N] [--seed N] [--tape HEX]` in tests/.

Each process draws its own tapes; the first false sentence ends all, with its story and the tape that repeats it.
"""

import argparse
import secrets
import sys
import time

from liars.many import SHARE, results
from liars.story import FILES, look


def main() -> int:
    asked = argparse.ArgumentParser(
        prog="python -m liars", description="Let liars make proof files; judge each verdict."
    )
    asked.add_argument("--files", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=secrets.randbits(32))
    asked.add_argument("--tape", default="", help="one tape, in hexadecimal, as a failure printed it")
    given = asked.parse_args()
    if given.tape:
        story = look(bytes.fromhex(given.tape))
        print(story or "nothing in it is false")
        return int(story is not None)
    return _run(given.seed, given.files)


def _run(seed: int, files: int) -> int:
    print(f"seed {seed}: {files:,} files", file=sys.stderr)
    began, last, made, valid = time.monotonic(), 0.0, 0, 0
    # A tape makes at most so many files, and now and then one fewer.
    for seen, story in results(seed, -(-files // (SHARE * FILES)) * 2):
        if story is not None:
            print(story)
            return 1
        made, valid, now = made + seen.files, valid + seen.valid, time.monotonic() - began
        if now - last > 5 or made >= files:
            last = now
            print(f"{made:>9,} files, {valid:,} of them valid, {now:.0f} s: nothing false", file=sys.stderr, flush=True)
        if made >= files:
            break
    return 0


if __name__ == "__main__":
    sys.exit(main())
