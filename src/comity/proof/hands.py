"""The port to whoever does the same work on many things, such as making or checking signatures.

Rule: the work is pure. Nothing that is seen, told or written may depend on how many hands there are or on which of them
did what; whoever gives the work waits until all of it is done, so that no time passes meanwhile but the machine's. Work does
not ask for hands itself.
"""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

S = TypeVar("S")
T = TypeVar("T")


class Hands(Protocol):
    """One pair of hands, or several."""

    def each(self, work: Callable[[S], T], items: Sequence[S]) -> list[T]:
        """Do the work on each item; what comes out stands in the order of the items.

        Raises:
            Whatever the work raises on the first item on which it does; of those after it some may be done and some not.
        """
        ...


class OneHand:
    """Does everything itself, in a row."""

    def each(self, work: Callable[[S], T], items: Sequence[S]) -> list[T]:
        """Do the work on each item."""
        return [work(item) for item in items]
