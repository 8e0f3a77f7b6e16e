"""The machine's cores as hands: signing and verifying leave Python free while they compute, so two threads do more than one.

The caller takes its share and waits for the others; neither the node's code nor its time ever sees a thread. Work is
handed out in small pieces, so that a core which is busy elsewhere takes fewer of them.
"""

import contextlib
import os
from collections import deque
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from threading import Thread
from typing import TypeVar

S = TypeVar("S")
T = TypeVar("T")

# Below it the others would still be waking up when all is done.
LEAST = 32
PIECE = 4
# Each of them holds Python's lock between two signatures; more than two were not measured.
MOST = 4

_Job = Callable[[], None]


class ManyHands:
    """The `Hands` port on threads; they begin with the first work that is worth it.

    Args:
        count: how many, the caller included; by default one for each core that this process may use, four at most.
    """

    def __init__(self, count: int | None = None) -> None:
        self._count = min(_cores(), MOST) if count is None else count
        self._threads: list[Thread] = []
        self._given: SimpleQueue[_Job | None] = SimpleQueue()

    def each(self, work: Callable[[S], T], items: Sequence[S]) -> list[T]:
        """Do the work on each item."""
        if self._count < 2 or len(items) < LEAST:
            return [work(item) for item in items]
        self._begin()
        starts = deque(range(0, len(items), PIECE))
        done: dict[int, list[T]] = {}
        faults: dict[int, BaseException] = {}
        ended: SimpleQueue[None] = SimpleQueue()

        def take() -> None:
            while (at := _next(starts)) is not None:
                try:
                    done[at] = [work(item) for item in items[at : at + PIECE]]
                except BaseException as error:
                    starts.clear()
                    faults[at] = error
            ended.put(None)

        for _ in self._threads:
            self._given.put(take)
        take()
        for _ in range(1 + len(self._threads)):
            ended.get()
        if faults:  # all pieces before the first of them were done
            raise faults[min(faults)]
        return [one for at in range(0, len(items), PIECE) for one in done[at]]

    def _begin(self) -> None:
        with contextlib.suppress(RuntimeError):  # where no thread can be had any more, those that there are do it
            while len(self._threads) < self._count - 1:
                thread = Thread(target=_help, args=(self._given,), name="hand", daemon=True)
                thread.start()
                self._threads.append(thread)

    def close(self) -> None:
        """Let the threads go."""
        for _ in self._threads:
            self._given.put(None)
        for thread in self._threads:
            thread.join()
        self._threads.clear()


def _help(given: "SimpleQueue[_Job | None]") -> None:
    while (job := given.get()) is not None:
        job()
        del job  # or the last work, with all that it was about, would stay until the next


def _next(starts: deque[int]) -> int | None:
    try:
        return starts.popleft()
    except IndexError:
        return None


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
