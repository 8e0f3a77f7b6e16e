"""Lists of whom a notice or a site serves that nobody may have said."""

from typing import Any

_ONE = "protected-site--0d9b1c27-6f0a-4d52-9a3e-0f4a0f6d8b61"


def served_wrongly() -> list[tuple[Any, str]]:
    """What stands as `serves`, and where it is refused."""
    many = [f"protected-site--0d9b1c27-6f0a-4d52-9a3e-0f4a0f6d8b{number:02x}" for number in range(21)]
    return [
        ([], "/serves"),
        (_ONE, "/serves"),
        ({_ONE: 1}, "/serves"),
        (many, "/serves"),
        ([_ONE, 1], "/serves/1"),
        ([[_ONE]], "/serves/0"),
        (["the clinic"], "/serves/0"),
        ([_ONE.upper()], "/serves/0"),
        ([_ONE + "\n"], "/serves/0"),
        (["notice--" + _ONE.removeprefix("protected-site--")], "/serves/0"),
        ([_ONE, _ONE], "/serves/1"),
    ]
