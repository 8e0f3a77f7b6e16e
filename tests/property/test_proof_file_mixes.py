"""Parts of true files put into one another: the judge answers whatever it is given, and takes no part that stood nowhere."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from comity.errors import CODES, RemoteError
from comity.exchange import prove
from comity.exchange.verify import Verdict, verify
from comity.proof import cbor
from unit.exchange.speaker import Story


def true_files() -> list[dict[str, Any]]:
    """One of each kind, of two stories of the same parties."""
    long, short = Story.make(answer_by=6, withdrawn=20), Story.make(refused="bad-signature")
    data, salt, raw = short.said.signed.triple
    taken = long.fr.withdraw(long.given)
    files = [
        long.file(),
        long.mine(),
        long.file(content=False, offered=True),
        short.file(),
        short.refusal("content-mismatch", statement=(data, salt, raw[:-1]), release=short.given.signed.triple),
        long.refusal("my-own", statement=None, release=taken.signed.triple),
    ]
    return [cbor.decode(prove.encode(file)) for file in files]


FILES = true_files()


def leaves(part: Any) -> list[Any]:
    """All that stands in a file, whole parts and small ones."""
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return [part, *(leaf for one in inner for leaf in leaves(one))]


OTHERS = [
    *(leaf for file in FILES for leaf in leaves(file) if not isinstance(leaf, dict)),
    *(0, 1, -1, 2**63 - 1, 2**63, 2**64 - 1, b"", bytes(32), b"\xff" * 16, [], [[]], None, True, "x", {}),
]


def places(part: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in a file."""
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    return [at, *(place for key, one in inner for place in places(one, (*at, key)))]


def put(part: Any, at: tuple[Any, ...], other: Any) -> Any:
    """The same with something else at one place."""
    if not at:
        return other
    if isinstance(part, dict):
        return {**part, at[0]: put(part[at[0]], at[1:], other)}
    return [put(one, at[1:], other) if key == at[0] else one for key, one in enumerate(part)]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_the_judge_takes_nothing_that_stood_in_no_true_file(data: st.DataObject) -> None:
    file: Any = data.draw(st.sampled_from(FILES))
    for _ in range(data.draw(st.integers(1, 3), label="changes")):
        if isinstance(file, dict) and data.draw(st.integers(0, 9)) == 0:
            name, other = data.draw(st.sampled_from([*file])), data.draw(st.sampled_from(FILES))
            file = {key: part for key, part in (file | {name: other.get(name)}).items() if part is not None}
        else:
            file = put(file, data.draw(st.sampled_from(places(file))), data.draw(st.sampled_from(OTHERS)))
    try:
        encoded = cbor.encode(file)
    except RemoteError:
        return  # not even CBOR as it is written here
    verdict = verify(encoded)
    if verdict.valid:
        assert all(any(part == true.get(name) for true in FILES) for name, part in file.items())
    else:
        assert verdict == Verdict(problems=verdict.problems)
        assert all(problem["code"] in CODES for problem in verdict.problems)
