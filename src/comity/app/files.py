"""Files: writing what a command hands out, whole or not at all, for its owner's eyes, and never over what is there.

A proof file that is overwritten is evidence lost, and half of one is none.
"""

import contextlib
import os
import tempfile
from pathlib import Path

from comity.errors import BAD_ARGUMENT, EXISTS, LocalError


def may_write(file: Path, *, force: bool) -> None:
    """Refuse, before anything else is done, to write over a file that is there, unless it is wished for by name.

    Raises:
        LocalError: `exists`, `bad-argument`.
    """
    if file.is_dir():
        raise LocalError(BAD_ARGUMENT, "this is a directory: write the name of a file in it", place=str(file))
    if not force and os.path.lexists(file):
        raise _taken(file)


def folder(path: Path) -> None:
    """Make a folder for its owner alone, where none is.

    Raises:
        LocalError: `bad-argument`: it cannot be one.
    """
    try:
        path.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise LocalError(BAD_ARGUMENT, f"cannot be made ({error.strerror})", place=str(path)) from None


def write(file: Path, data: bytes, *, force: bool) -> None:
    """Write a file with the rights 0600: under its name stands all of it or nothing, also after a power cut.

    Raises:
        LocalError: `exists`: it has come into being meanwhile; `bad-argument`: it cannot be written there.
    """
    try:
        if force and not _is_plain(file):
            file.write_bytes(data)  # /dev/stdout, a pipe: nothing to write over
            return
        handle, made = tempfile.mkstemp(prefix=f".{file.name[:40]}.", dir=file.parent)
    except OSError as error:
        raise LocalError(BAD_ARGUMENT, f"cannot be written here ({error.strerror})", place=str(file)) from None
    try:
        with open(handle, "wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(handle)
        if not force:
            # Claimed by a name of its own: of two commands at once one is told that the file is there.
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        os.replace(made, file)
    except FileExistsError:
        raise _taken(file) from None
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(made)


def _is_plain(file: Path) -> bool:
    return file.is_file() or not os.path.lexists(file)


def _taken(file: Path) -> LocalError:
    return LocalError(EXISTS, "it is there already: give another name, or --force to write over it", place=str(file))
