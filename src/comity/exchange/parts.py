"""Parts: which part of a file a fault is in."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from comity.errors import RemoteError

P = ParamSpec("P")
R = TypeVar("R")


def part(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A step of the verification: what it finds wrong without a place of its own is wrong in this part of the file."""

    def deco(step: Callable[P, R]) -> Callable[P, R]:
        @wraps(step)
        def within(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return step(*args, **kwargs)
            except RemoteError as error:
                if error.place and not error.place.startswith("/"):
                    raise
                raise RemoteError(
                    error.code, error.message, place=name + error.place, evidence=error.evidence
                ) from None

        return within

    return deco
