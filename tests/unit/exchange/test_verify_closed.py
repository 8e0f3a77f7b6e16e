"""A file without its content shows no more than what hangs on the hearer's own word that it holds it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.errors import BAD_SIGNATURE, MARKING, NOT_INCLUDED, UNKNOWN_KEY
from comity.exchange import deliver, prove
from comity.exchange.acknowledge import OF_THE_BYTES
from comity.exchange.prove import ProofFile
from comity.exchange.verify import Verdict, verify
from comity.model.acknowledgement import HELD, REFUSED
from comity.model.statement import Closed, ItemHash, close, item_hash
from unit.exchange.speaker import Speaker, Story, at
from unit.exchange.test_verify import judged
from unit.exchange.test_verify_liars import refused

STORY = Story.make()


def names(verdict: Verdict) -> list[str]:
    return [rung.name for rung in verdict.ladder]


def test_what_was_held_is_shown_by_its_hash_alone() -> None:
    verdict = judged(content=False, offered=True, trust=STORY.trust)
    whole = judged(offered=True, trust=STORY.trust)
    assert verdict.omitted
    assert not whole.omitted
    assert (verdict.object, verdict.type, verdict.content) == (None, None, None)
    assert verdict.statement == whole.statement == STORY.said.id.hex()
    assert verdict.item == whole.item
    assert verdict.ladder == whole.ladder
    assert names(verdict)[-3:] == ["offered", "fetched", "held"]
    assert (verdict.held_by, verdict.proved_by, verdict.trusted) == ("ru", at(10), True)


def test_whoever_has_the_content_finds_the_same_hash() -> None:
    said = STORY.said.signed
    again = item_hash((said.envelope.data, said.salt, said.object.raw), STORY.given.signed.triple)
    assert judged(content=False).item == again.hex()


def test_the_hearers_file_may_leave_it_out_as_well() -> None:
    verdict = verify(prove.encode(STORY.mine(content=False)))
    assert names(verdict) == ["said", "logged", "released", "offered", "held"]


@pytest.mark.parametrize("reason", [*sorted(OF_THE_BYTES), MARKING])
def test_what_was_refused_is_never_shown_as_refused(reason: str) -> None:
    """Nobody can see whether it is the content of this statement that was refused."""
    story = Story.make(refused=reason)
    for file in (story.file(content=False, offered=True), story.mine(content=False)):
        verdict = verify(prove.encode(file))
        assert (verdict.valid, verdict.other, verdict.refused, verdict.borne_out) == (True, REFUSED, None, None)
        assert (verdict.refused_at, verdict.held_by, verdict.proved_by, verdict.behind_hearer) == (None, None, None, [])
        assert not {"refused", "offered", "fetched"} & {*names(verdict)}
        assert (verdict.item, verdict.offered_at) == (None, None)


def test_before_it_is_held_nothing_shows_that_it_was_offered_or_asked_for() -> None:
    verdict = judged(content=False, answered=False, offered=True)
    assert names(verdict) == ["said", "logged", "witnessed", "released"]
    assert (verdict.item, verdict.offered_at) == (None, None)


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.sampled_from(["content-mismatch", "my-own"]), st.booleans())
def test_rubbish_that_was_offered_under_the_ids_of_a_statement_is_not_passed_off_as_it(
    inside: bytes, reason: str, answered: bool
) -> None:
    """The teller offers other content than it signed; an honest hearer asks for it, unseen, and refuses it."""
    story = Story.make(refused=reason)
    closed = Closed(story.said.signed.envelope.data, inside)
    own = story.fr.telling(story.said, story.given)
    rubbish = replace(own, item=item_hash(closed, story.given.signed.triple))
    story.offer, story.want = story.fr.offers(story.ru, [rubbish]), story.ru.want(story.fr, [rubbish])
    story.answer = story.ru.refuses(story.fr, [rubbish], reason)
    file = replace(story.file(offered=True, answered=answered), statement=closed)
    verdict = verify(prove.encode(file))
    assert (verdict.valid, verdict.problems) == (True, [])
    assert names(verdict) == ["said", "logged", "witnessed", "released"]
    assert (verdict.item, verdict.other) == (None, REFUSED if answered else None)


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.sampled_from([None, "my-own"]))
def test_whatever_stands_for_the_content_an_answer_about_the_true_bytes_is_shown_of_no_other(
    inside: bytes, reason: str | None
) -> None:
    """Whoever makes the file can choose it. It then names the item that was answered, and shows neither held nor refused."""
    story = Story.make(refused=reason)
    closed = Closed(story.said.signed.envelope.data, inside)
    file = replace(story.file(content=False, wanted=False), statement=closed)
    assert refused(file) == (NOT_INCLUDED, "held")
    assert file.held is not None
    true = story.fr.telling(story.said, story.given).item
    verdict = verify(prove.encode(replace(file, held=replace(file.held, item=true))))
    assert (verdict.valid, verdict.omitted) == (True, True)
    assert (verdict.other, verdict.held_by, verdict.refused) == (HELD if reason is None else REFUSED, None, None)
    assert (verdict.item, names(verdict)) == (None, ["said", "logged", "witnessed", "released"])


@settings(max_examples=20, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.booleans())
def test_where_nothing_else_in_the_file_is_about_the_item_its_hash_shows_nothing(inside: bytes, named: bool) -> None:
    """It stands there for nobody: whatever it is, the verdict is the same."""
    file = STORY.file(content=False, wanted=False, answered=named)
    if file.held is not None:
        file = replace(file, held=replace(file.held, item=STORY.fr.telling(STORY.said, STORY.given).item))
    verdicts = [
        verify(prove.encode(replace(file, statement=Closed(STORY.said.signed.envelope.data, one))))
        for one in (inside, bytes(32))
    ]
    assert verdicts[0] == verdicts[1]
    assert (verdicts[0].valid, verdicts[0].item) == (True, None)


def altered(closed: Closed, **change: Any) -> ProofFile:
    return replace(STORY.file(content=False), statement=replace(closed, **change))


def test_its_envelope_is_the_tellers_as_with_content() -> None:
    closed = close(STORY.said.signed.triple)
    data = closed.envelope
    assert refused(altered(closed, envelope=data[:-1] + bytes([data[-1] ^ 1]))) == (BAD_SIGNATURE, "statement")
    assert refused(altered(closed, inside=bytes(32))) == (NOT_INCLUDED, "want")
    assert refused(altered(closed, envelope=data[:-1]))[1] == "statement"
    strange = Speaker("un").say().signed.envelope.data
    assert refused(altered(closed, envelope=strange)) == (UNKNOWN_KEY, "parties")


def test_a_want_of_other_bytes_is_none_of_these() -> None:
    own = STORY.fr.telling(STORY.said, STORY.given)
    want = STORY.ru.want(STORY.fr, [replace(own, item=ItemHash(bytes(32)))])
    file = STORY.file(content=False)
    assert file.wanted is not None
    signed = deliver.sign_want(want, STORY.ru.statement)
    assert refused(replace(file, wanted=replace(file.wanted, want=signed))) == (NOT_INCLUDED, "want")
