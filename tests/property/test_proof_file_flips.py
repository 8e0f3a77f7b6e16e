"""Not one bit of a proof file can be changed: whole files, every bit of every byte, every end, every byte behind it.

The files are whole: statement, release, both logs, want, acknowledgement, three descriptors, a witness under each head;
the second one has a P-256 signature and a silence as well. Of the first file every single bit is flipped, of the second
one bit of every byte, and so of a hearer's own file, of one of what was refused, and of one without its content. What
the pure functions answered once for the same arguments (a signature over a message under a key, the parse of a content
or an envelope) is remembered between the files, or this would take minutes; everything that a flip touches is computed
anew.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from comity.errors import CODES, MALFORMED, RemoteError
from comity.exchange import prove
from comity.exchange.prove import ProofFile
from comity.exchange.verify import Verdict, verify
from comity.model import content
from comity.proof import cbor, envelope
from comity.proof.keys import P256SigningKey, VerifyingKey
from unit.exchange.speaker import Story


def whole(story: Story) -> bytes:
    return prove.encode(story.file(told_heads=[(story.us, 8)], held_heads=[(story.us, 9)]))


FILE = whole(Story.make())
SILENT = whole(Story.make(answer_by=6, statement=P256SigningKey(4242)))


def refusal() -> ProofFile:
    """Of bytes that are broken, so that nothing but page end and answer holds them together."""
    story = Story.make()
    data, salt, raw = story.said.signed.triple
    return story.refusal("content-mismatch", statement=(data, salt, raw[:-1]), release=story.given.signed.triple)


KINDS = {
    "the hearer's": Story.make(withdrawn=20).mine(told_heads=[]),
    "what was refused": refusal(),
    "without content": Story.make().file(content=False, offered=True),
}


def remembering(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, which answers the same arguments with what it answered before, be it an error."""
    answers: dict[Any, Any] = {}

    def remembered(*given: Any, **named: Any) -> Any:
        key = (given, tuple(named.items()))
        if key not in answers:
            try:
                answers[key] = function(*given, **named)
            except RemoteError as error:
                answers[key] = error
        if isinstance(answers[key], RemoteError):
            raise answers[key].with_traceback(None)
        return answers[key]

    return remembered


@pytest.fixture(autouse=True)
def _memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr(VerifyingKey, "verify", remembering(VerifyingKey.verify))
        patch.setattr(content, "parse", remembering(content.parse))
        patch.setattr(envelope, "parse", remembering(envelope.parse))
        yield


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def survivors(files: Iterator[tuple[int, bytes]]) -> list[int]:
    """Which of these files are valid, or show anything of themselves."""
    return [number for number, data in files if not is_refused(verify(data))]


def is_refused(verdict: Verdict) -> bool:
    return (
        not verdict.valid
        and len(verdict.problems) == 1
        and verdict.problems[0]["code"] in CODES
        and verdict == Verdict(problems=verdict.problems)
    )


@pytest.mark.parametrize("data", [FILE, SILENT], ids=["whole", "with a silence"])
def test_the_untouched_file_is_valid(data: bytes) -> None:
    verdict = verify(data)
    assert (verdict.valid, verdict.problems) == (True, [])
    assert len(verdict.ladder) == (7 if data is SILENT else 6)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(8))
def test_no_bit_can_be_flipped(first: int) -> None:
    """Eighths of the work, so that several processors can share it."""
    bits = range(first, 8 * len(FILE), 8)
    assert survivors((bit, flipped(FILE, bit)) for bit in bits) == []


def test_in_a_file_with_everything_in_it_no_byte_can_lose_a_bit() -> None:
    bits = (8 * at + (5 * at + 3) % 8 for at in range(len(SILENT)))
    assert survivors((bit, flipped(SILENT, bit)) for bit in bits) == []


@pytest.mark.slow
@pytest.mark.parametrize("file", KINDS.values(), ids=KINDS)
def test_in_files_of_other_kinds_no_byte_can_lose_a_bit(file: ProofFile) -> None:
    data = prove.encode(file)
    assert verify(data).valid
    bits = (8 * at + (3 * at + 5) % 8 for at in range(len(data)))
    assert survivors((bit, flipped(data, bit)) for bit in bits) == []


def test_no_end_can_be_cut_off() -> None:
    assert survivors((size, FILE[:size]) for size in range(len(FILE))) == []


def test_no_beginning_can_be_cut_off() -> None:
    assert survivors((size, FILE[size:]) for size in range(1, len(FILE))) == []


def test_no_byte_can_be_taken_out() -> None:
    assert survivors((at, FILE[:at] + FILE[at + 1 :]) for at in range(len(FILE))) == []


def test_no_byte_can_be_doubled() -> None:
    assert survivors((at, FILE[:at] + FILE[at : at + 1] + FILE[at:]) for at in range(len(FILE))) == []


def test_nothing_can_stand_behind_it() -> None:
    tails = [bytes([byte]) for byte in range(256)] + [FILE, b"\n\n", bytes(32), cbor.encode({})]
    for tail in tails:
        (problem,) = verify(FILE + tail).problems
        assert problem["code"] == MALFORMED
