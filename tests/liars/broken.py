"""The judge, broken on purpose: one rule taken out, by its own source text. The generator must find each.

A rule that was rewritten is no longer found here, and the test says so: then its breaking is to be written anew.
"""

import importlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from comity.exchange.verdict import Verdict
from comity.model.fingerprint import Fingerprint
from liars.story import Verify


@dataclass(frozen=True)
class Breaking:
    """What is changed: in a module of `comity.exchange`, one text for another."""

    name: str
    module: str
    old: str
    new: str


def judge(broken: Breaking) -> Verify:
    """A judge without that rule."""
    with _imported(broken) as module:
        verify = module.verify

    def judged(data: bytes, names: Mapping[str, Fingerprint], quorum: int, unnamed: Sequence[Fingerprint]) -> Verdict:
        found: Verdict = verify(data, names, quorum, unnamed=unnamed)
        return found

    return judged


_ROOM = "comity.exchange"


@contextmanager
def _imported(broken: Breaking) -> Iterator[ModuleType]:
    """`verify` and what it is made of, imported anew with the change, apart from the real ones."""
    spec = find_spec(f"{_ROOM}.{broken.module}")
    assert spec is not None
    assert spec.origin is not None
    source = Path(spec.origin).read_text()
    assert source.count(broken.old) == 1, f"{broken.name}: {broken.module}.py has another text now"
    room = importlib.import_module(_ROOM)
    anew = [f"{_ROOM}.{one}" for one in ("labels", "times", "cast", "under", "later", "verify")]
    kept = {name: sys.modules.pop(name) for name in anew if name in sys.modules}
    names = {name: getattr(room, name.rpartition(".")[2]) for name in kept}
    module = ModuleType(f"{_ROOM}.{broken.module}")
    module.__package__, module.__file__, module.__spec__ = _ROOM, spec.origin, spec
    try:
        sys.modules[module.__name__] = module
        exec(compile(source.replace(broken.old, broken.new), spec.origin, "exec"), module.__dict__)
        setattr(room, broken.module, module)
        yield importlib.import_module(f"{_ROOM}.verify")
    finally:
        for name in anew:
            sys.modules.pop(name, None)
        sys.modules.update(kept)
        for name, value in names.items():
            setattr(room, name.rpartition(".")[2], value)


__all__ = ["Breaking", "judge"]
