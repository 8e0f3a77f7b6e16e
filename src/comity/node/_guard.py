"""Guard: nothing but our own errors leaves the database's files."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import apsw

from comity.errors import DAMAGED, STORAGE, LocalError

P = ParamSpec("P")
T = TypeVar("T")


def guarded(method: Callable[P, T]) -> Callable[P, T]:
    """Let only our own errors through (the disk's text may name paths, never content)."""

    @wraps(method)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return method(*args, **kwargs)
        except (apsw.CorruptError, apsw.NotADBError) as error:
            raise LocalError(DAMAGED, f"the database is damaged: {error}") from error
        except apsw.Error as error:
            raise LocalError(STORAGE, f"the database did not take it: {error}") from error

    return wrapper
