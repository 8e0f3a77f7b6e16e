"""Whatever liars make of their keys, no honest reader's verdict has a false sentence about what really happened.

`make test` draws the same 2,000 files each time; `make liars` draws 100,000 new ones. What fails is printed as a story; its tape
repeats it: `python -m liars --tape HEX` in tests/.
"""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comity.exchange import prove
from comity.exchange.verify import verify
from liars.broken import Breaking, judge
from liars.story import FILES, Seen, look
from unit.exchange.speaker import Speaker, Story

TAPE = 400
FILES_IN_TEST = 2000

tapes = st.binary(min_size=TAPE, max_size=TAPE)


@settings(
    max_examples=FILES_IN_TEST // FILES, suppress_health_check=[HealthCheck.large_base_example, HealthCheck.too_slow]
)
@given(tapes)
def test_no_verdict_on_any_file_of_liars_has_a_false_sentence(tape: bytes) -> None:
    story = look(tape)
    assert story is None, f"{story}\nTAPE: {tape.hex()}"


def drawn(count: int, seed: int = 9) -> list[bytes]:
    source = random.Random(seed)
    return [source.randbytes(TAPE) for _ in range(count)]


def test_the_liars_make_valid_files_and_show_everything_that_a_verdict_can_show() -> None:
    """A generator whose files are all refused at the first step would find nothing."""
    seen = Seen()
    for tape in drawn(150):
        assert look(tape, seen=seen) is None
    assert seen.valid > seen.files // 2
    for name in SHOWN:
        assert seen.shown.get(name, 0) >= 3, name


SHOWN = (
    "held_by",
    "refused",
    "borne_out",
    "other_bytes",
    "offered_at",
    "unacknowledged_at",
    "withdrawn_at",
    "proved_by",
    "omitted",
    "trusted",
    "reconstruction",
    "contradictions",
    "problems",
)

INSIDE = "(between.telling.leaf, place.index,"
BREAKINGS = [
    Breaking("genesis", "under", "stands(party.signed.id, Place(0, path), head)", "del party, path, head"),
    Breaking(
        "join", "under", "    if size == head.size:\n", "    if size:\n        return\n    if size == head.size:\n"
    ),
    Breaking("held of anything", "verify", "merkle.verify_inclusion(of.leaf,", "_ = (of.leaf,"),
    Breaking("asked for anything", "verify", f"merkle.verify_inclusion{INSIDE} want.count", f"_ = {INSIDE} want.count"),
    Breaking("offered anything", "verify", f"merkle.verify_inclusion{INSIDE} end.count", f"_ = {INSIDE} end.count"),
    Breaking("other bytes are these", "verify", "if held.item is not None or (verdict.omitted", "if (verdict.omitted"),
    Breaking(
        "left out and refused", "verify", " or (verdict.omitted and said.disposition == REFUSED):", " or not verdict:"
    ),
    Breaking("left out and offered", "verify", "if verdict.omitted and verdict.held_by is None:", "if not verdict:"),
    Breaking("contradictions", "times", "self.contradictions += [", "worst = {}\n        self.contradictions += ["),
    Breaking(
        "offered before all",
        "verify",
        'self.times.beside(self.cast.claim("offered',
        'self.times.then(self.cast.claim("offered',
    ),
    Breaking("quorum", "verify", "quorum - 1, None)", "0, None)"),
    Breaking("contradicted ones count", "verify", "if not one.contradicted), quorum", "), quorum"),
    Breaking("anybody counts", "cast", "return not self.trusted or by.fingerprint in self.trusted", "return True"),
    Breaking("the two themselves count", "verify", "if by not in (between.teller, between.hearer) and ", "if "),
    Breaking("labels", "labels", "clashes = bool(others)", "clashes = False"),
    Breaking(
        "silence of anything",
        "later",
        "if (said.release, said.to, said.answer_by) != (given.id, terms.to, terms.terms.answer_by):",
        "if not said:",
    ),
    Breaking(
        "withdrawal of anything",
        "later",
        "if not said.withdrawn or (said.id, said.leaf, said.to) != (terms.id, terms.leaf, terms.to):",
        "if not said.withdrawn:",
    ),
    Breaking("a release of anything", "verify", "if terms.withdrawn or terms.leaf != said:", "if terms.withdrawn:"),
    Breaking("shared keys", "cast", "if not keys.isdisjoint(found.every_key):", "if not found:"),
    Breaking("reconstruction", "cast", "return any(one.reconstruction and", "return all(one.reconstruction and"),
    Breaking("a stranger's demo", "cast", "(one in two or self.counts(one))", "one"),
    Breaking("trusted", "verify", "== (1 if len(given) == 1 else 2)", ">= 1"),
    Breaking("borne out", "verify", "return found is not None and found.code == reason", "return True"),
]


@pytest.mark.parametrize("broken", BREAKINGS, ids=[one.name for one in BREAKINGS])
def test_each_rule_of_the_judge_is_missed_where_it_is_taken_out(broken: Breaking) -> None:
    """Within 2,000 files; where a rule could go unmissed, the generator would be too tame."""
    without = judge(broken)
    assert any(look(tape, without) for tape in drawn(FILES_IN_TEST // FILES)), broken.name


def test_a_stranger_of_a_demo_that_cosigns_a_real_log_does_not_make_its_files_a_reconstruction() -> None:
    """Anybody can cosign any checkpoint: teller and hearer are real, and so are their clocks."""
    story = Story.make()
    stranger = Speaker("played", played=True)
    verdict = verify(prove.encode(story.file(told_heads=[(story.us, 8), (stranger, 8)])), story.trust)
    assert verdict.valid
    assert not verdict.reconstruction
