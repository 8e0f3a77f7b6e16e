"""The real clock and the real randomness."""

import os
import time

from comity.space.instant import Instant, check


class SystemClock:
    """The machine's clock."""

    def now(self) -> Instant:
        """The time, UTC, in milliseconds."""
        return check(time.time_ns() // 1_000_000)


class SystemRandomness:
    """The operating system's random bytes."""

    def draw(self, count: int) -> bytes:
        """Fresh random bytes."""
        return os.urandom(count)
