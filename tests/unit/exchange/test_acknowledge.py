"""An acknowledgement is taken by the teller only if the hearer said it, to it, of those tellings, in a log that has grown."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from comity.errors import (
    BAD_SIGNATURE,
    CONTENT_MISMATCH,
    HEAD_FORK,
    HEAD_ROLLBACK,
    MALFORMED,
    NOT_CONSISTENT,
    NOT_INCLUDED,
    NOT_STIX,
    TOO_LARGE,
    UNKNOWN_KEY,
    WRONG_ADDRESSEE,
    WRONG_ISSUER,
    RemoteError,
)
from comity.exchange import acknowledge, witness
from comity.exchange.acknowledge import Acknowledged, Answer
from comity.exchange.witness import Head
from comity.model import acknowledgement, party
from comity.model.acknowledgement import HELD, REFUSED, Acknowledgement, Telling, root_over
from comity.model.content import parse
from comity.model.statement import Draft, ItemHash, Signed
from comity.proof import cbor
from comity.proof.checkpoint import Checkpoint, sign_checkpoint
from comity.proof.envelope import StatementId
from unit.exchange.speaker import Speaker, at
from world import keys_of

FR, US = Speaker("fr"), Speaker("us")
TELLINGS = [
    Telling(StatementId(bytes([n]) * 32), StatementId(bytes([n + 100]) * 32), ItemHash(bytes([n + 200]) * 32))
    for n in range(5)
]


class Answered:
    """ru holds five things that fr told it."""

    def __init__(self) -> None:
        self.ru = Speaker("ru")
        self.ru.fill(3)
        self.said = self.ru.holds(FR, TELLINGS)
        self.ru.fill(2)

    def check(self, answer: Answer | None = None, known: Head | None = None, by: Speaker | None = None) -> Acknowledged:
        answer = answer or self.answer()
        by = by or self.ru
        return acknowledge.check_answer(answer, by=by.descriptor, teller=FR.fingerprint, known=known)

    def answer(self, tellings: list[Telling] | None = None, have: int = 0) -> Answer:
        return self.ru.answer(self.said, TELLINGS if tellings is None else tellings, have)

    def other(self, **changes: Any) -> Answer:
        """Another acknowledgement that ru signed and logged."""
        said = Acknowledgement(
            f"acknowledgement--{self.ru.uuid()}",
            FR.fingerprint,
            9,
            bytes(32),
            root_over(TELLINGS),
            5,
            HELD,
            at(7),
            None,
        )
        draft = Draft(parse(acknowledgement.write(replace(said, **changes), at(7))))
        return self.ru.answer(self.ru.append(self.ru.sign(draft))[0], TELLINGS)


@pytest.fixture
def ru() -> Answered:
    return Answered()


def code(call: Callable[..., object], *arguments: object) -> str:
    with pytest.raises(RemoteError) as caught:
        call(*arguments)
    return caught.value.code


def test_a_good_answer_is_taken_with_all_that_proves_it(ru: Answered) -> None:
    found = ru.check()
    assert found.signed == ru.said.signed
    assert (found.said.disposition, found.said.to, found.said.count) == (HELD, FR.fingerprint, 5)
    assert found.said.received_at == at(7)
    assert (found.tellings, found.place.index, found.head) == (tuple(TELLINGS), ru.said.index, ru.ru.head())


def test_an_answer_is_read_as_it_was_written(ru: Answered) -> None:
    answer = ru.answer(have=2)
    again = acknowledge.encode_answer(ru.said.signed, answer.tellings, answer.place, answer.head)
    assert acknowledge.decode_answer(again) == answer


def test_an_answer_under_a_head_that_has_grown_is_taken(ru: Answered) -> None:
    known = ru.ru.head()
    ru.ru.fill(4)
    assert ru.check(ru.answer(have=known.size), known).head == ru.ru.head()
    assert ru.check(ru.answer(), ru.ru.head()).head == ru.ru.head()


def test_a_refusal_names_its_one_telling_and_the_code(ru: Answered) -> None:
    item = FR.items((said := FR.say(), FR.release(said, ru.ru)))[0]
    refused = acknowledge.Refused(item, item.telling, BAD_SIGNATURE, "at length")
    draft = acknowledge.refuse([refused.telling], refused.code, of=FR.teller_head(), now=at(7), uuid=ru.ru.uuid())
    said = ru.ru.append(ru.ru.sign(draft))[0]
    found = ru.check(ru.ru.answer(said, [item.telling]))
    assert (found.said.disposition, found.said.reason, found.said.count) == (REFUSED, BAD_SIGNATURE, 1)
    assert b"at length" not in said.signed.object.raw


def test_a_silence_is_drafted_with_what_was_not_answered_and_by_when() -> None:
    draft = acknowledge.unacknowledged(
        TELLINGS[0].release, to=US.fingerprint, answer_by=at(60), now=at(61), uuid=FR.uuid()
    )
    found = acknowledgement.read_unacknowledged(draft.object)
    assert (found.release, found.to, found.answer_by) == (TELLINGS[0].release, US.fingerprint, at(60))


# -- liars


def test_an_acknowledgement_to_another_party_is_refused(ru: Answered) -> None:
    assert code(lambda: ru.check(ru.other(to=US.fingerprint))) == WRONG_ADDRESSEE


def test_an_acknowledgement_with_another_root_is_refused(ru: Answered) -> None:
    assert code(lambda: ru.check(ru.other(root=bytes(32)))) == CONTENT_MISMATCH


@pytest.mark.parametrize("count", [1, 4, 6, 2**52])
def test_an_acknowledgement_with_another_count_is_refused(ru: Answered, count: int) -> None:
    assert code(lambda: ru.check(ru.other(count=count))) == CONTENT_MISMATCH


def test_an_answer_with_other_tellings_than_were_acknowledged_is_refused(ru: Answered) -> None:
    for tellings in (TELLINGS[:4], TELLINGS[::-1], [*TELLINGS[:4], TELLINGS[0]], [*TELLINGS, TELLINGS[0]]):
        assert code(ru.check, ru.answer(tellings)) == CONTENT_MISMATCH


def test_an_acknowledgement_that_is_not_in_the_hearers_log_is_refused(ru: Answered) -> None:
    stray = Acknowledgement(
        f"acknowledgement--{ru.ru.uuid()}",
        FR.fingerprint,
        9,
        bytes(32),
        root_over(TELLINGS),
        5,
        HELD,
        at(7),
        None,
    )
    signed = ru.ru.sign(Draft(parse(acknowledgement.write(stray, at(7)))))
    answer = replace(ru.answer(), statement=ru.ru.show(signed))
    assert code(lambda: ru.check(answer)) == NOT_INCLUDED


@pytest.mark.parametrize(
    "change", [{"index": 0}, {"index": 6}, {"index": 99}, {"path": ()}, {"path": (bytes(32),) * 3}, {"genesis": ()}]
)
def test_an_acknowledgement_at_another_place_is_refused(ru: Answered, change: dict[str, Any]) -> None:
    answer = ru.answer()
    assert code(lambda: ru.check(replace(answer, place=replace(answer.place, **change)))) == NOT_INCLUDED


def test_an_acknowledgement_of_another_party_is_refused_as_the_hearers(ru: Answered) -> None:
    assert code(lambda: ru.check(by=US)) == WRONG_ISSUER


def forged(signed: Signed) -> Signed:
    data = signed.envelope.data[:-1] + bytes([signed.envelope.data[-1] ^ 1])
    return replace(signed, envelope=replace(signed.envelope, data=data))


def test_a_forged_acknowledgement_is_refused(ru: Answered) -> None:
    answer = replace(ru.answer(), statement=ru.ru.show(forged(ru.said.signed)))
    assert code(lambda: ru.check(answer)) == BAD_SIGNATURE


def test_an_acknowledgement_under_another_key_of_the_hearer_is_refused(ru: Answered) -> None:
    signed = ru.ru.sign(Draft(ru.said.signed.object), signer=ru.ru.transport)
    assert code(lambda: ru.check(ru.ru.answer(ru.ru.append(signed)[0], TELLINGS))) == UNKNOWN_KEY


def test_another_statement_of_the_hearer_is_no_acknowledgement(ru: Answered) -> None:
    assert code(lambda: ru.check(ru.ru.answer(ru.ru.say(), TELLINGS))) == NOT_STIX


def test_a_hearer_of_a_second_descriptor_is_refused_though_all_its_keys_are_those_of_the_first(ru: Answered) -> None:
    second = party.read(ru.ru.show(ru.ru.describe()))
    assert keys_of(second) == keys_of(ru.ru.descriptor)
    with pytest.raises(RemoteError) as caught:
        acknowledge.check_answer(ru.answer(), by=second, teller=FR.fingerprint, known=None)
    assert caught.value.code == NOT_INCLUDED


def test_an_answer_under_anothers_head_is_refused(ru: Answered) -> None:
    assert code(lambda: ru.check(replace(ru.answer(), head=US.shown()))) == WRONG_ISSUER


def head_of(ru: Speaker, size: int) -> Head:
    return witness.read_head(sign_checkpoint(Checkpoint(ru.origin, size, bytes(32)), ru.origin, ru.log), ru.descriptor)


def test_an_answer_under_a_head_that_does_not_follow_is_refused(ru: Answered) -> None:
    size = ru.ru.tree.size
    assert code(lambda: ru.check(known=head_of(ru.ru, size + 1))) == HEAD_ROLLBACK
    assert code(lambda: ru.check(known=head_of(ru.ru, size))) == HEAD_FORK
    assert code(lambda: ru.check(ru.answer(have=3), head_of(ru.ru, 3))) == NOT_CONSISTENT


# -- the form of an answer


def test_an_answer_of_another_form_is_malformed(ru: Answered) -> None:
    whole: dict[str, Any] = {
        "v": 1,
        "statement": list(ru.said.signed.triple),
        "tellings": bytes(128),
        "index": 1,
        "path": b"",
        "genesis": b"",
        "head": [b"", 0, b""],
    }
    acknowledge.decode_answer(cbor.encode(whole))
    changes: list[dict[str, Any]] = [
        {"v": 0},
        {"v": None},
        {"statement": []},
        {"tellings": b""},
        {"tellings": bytes(127)},
        {"tellings": bytes(64)},
        {"tellings": bytes(128 * 1001)},
        {"genesis": bytes(31)},
        {"index": -1},
        {"path": bytes(33)},
        {"head": []},
        {"more": 1},
    ]
    for change in changes:
        assert code(acknowledge.decode_answer, cbor.encode({**whole, **change})) == MALFORMED
    assert code(acknowledge.decode_answer, b"") == MALFORMED
    assert code(acknowledge.decode_answer, bytes((1 << 20) + 1)) == TOO_LARGE


def test_an_answer_may_be_large_by_its_tellings_and_by_nothing_else(ru: Answered) -> None:
    answer = ru.answer(have=2)
    whole: Any = cbor.decode(acknowledge.encode_answer(ru.said.signed, answer.tellings, answer.place, answer.head))
    many = {**whole, "tellings": bytes(128 * 1000)}
    assert len(acknowledge.decode_answer(cbor.encode(many)).tellings) == 1000
    room = acknowledge.MAX_BESIDE - len(cbor.encode({**whole, "tellings": b""}))
    note, old, path = whole["head"]
    padded = {**whole, "head": [note + bytes(room - 8), old, path]}
    assert acknowledge.decode_answer(cbor.encode(padded)).head.old == old
    padded["head"] = [note + bytes(room + 8), old, path]
    assert code(acknowledge.decode_answer, cbor.encode(padded)) == TOO_LARGE


def test_an_answer_whose_content_was_altered_does_not_open(ru: Answered) -> None:
    data, salt, raw = ru.said.signed.triple
    for triple in ([data, salt, raw.replace(b"held", b"heldd")], [data, bytes(16), raw]):
        places = {"index": 1, "path": b"", "genesis": b"", "head": [b"", 0, b""]}
        whole = {"v": 1, "statement": triple, "tellings": bytes(128), **places}
        assert code(acknowledge.decode_answer, cbor.encode(whole)) == CONTENT_MISMATCH
