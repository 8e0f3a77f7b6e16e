"""The contract of the `Store` port, for every store there is: what is committed is there, whole, and once."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from comity.errors import STORAGE, LocalError
from comity.model.fingerprint import Fingerprint
from comity.node.ports import (
    AirspaceIndex,
    Batch,
    LeafRow,
    OutgoingAnswer,
    OutsideIndex,
    PeerRow,
    Store,
)
from comity.space.instant import Instant
from unit.node import rows
from unit.node.rows import FR, RU, US, everything, id_of, kept, leaf, outgoing, received, release, version, withdrawal
from unit.node.stores import STORES


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made = STORES[request.param](tmp_path)
    yield made
    made.close()


def refused(action: Callable[[], object]) -> bool:
    with pytest.raises(LocalError) as caught:
        action()
    return caught.value.code == STORAGE


def test_every_method_of_the_port_is_tried_here_or_beside_it() -> None:
    beside = ("test_store_contract.py", "test_airspace_contract.py", "test_outside_contract.py")
    source = "".join(Path(__file__).with_name(name).read_text() for name in beside)
    methods = [name for port in (Store, AirspaceIndex, OutsideIndex) for name in vars(port) if not name.startswith("_")]
    assert [name for name in methods if not re.search(rf"\.{name}\b", source)] == []


def test_a_new_store_holds_nothing(store: Store) -> None:
    assert (store.size(), store.note(), store.tile(0, 0), store.leaf(0), store.find(id_of(0))) == (
        0,
        None,
        b"",
        None,
        None,
    )
    assert (store.last_published(), store.head(RU), store.cursor(RU), store.answers_to(id_of(0))) == (
        None,
        None,
        0,
        [],
    )
    assert (store.fetch_of(id_of(0)), store.pending(RU)) == (None, [])
    assert (store.release(id_of(0)), store.silence(id_of(0))) == (None, None)
    assert (store.received_release(RU, id_of(0)), store.received_statement(id_of(0))) == ([], None)
    assert (store.last_kept("pull", RU), store.outgoing_answer(id_of(0)), store.check()) == (None, None, [])


# -- the own log


def test_leaves_are_found_by_index_and_by_id(store: Store) -> None:
    store.commit(Batch(leaves=[leaf(0), leaf(1)], note=b"head of 2"))
    assert (store.size(), store.note()) == (2, b"head of 2")
    assert store.leaf(1) == store.find(id_of(1)) == leaf(1)
    assert store.leaf(2) is store.find(id_of(2)) is None


def test_leaf_data_is_read_in_the_order_of_the_log(store: Store) -> None:
    store.commit(Batch(leaves=[leaf(index) for index in range(5)]))
    wanted = [(id_of(index), b"envelope %d" % index) for index in (1, 2, 3)]
    assert [tuple(row) for row in store.leaf_data(1, 3)] == wanted


def test_a_place_in_the_log_is_given_once(store: Store) -> None:
    store.commit(Batch(leaves=[leaf(0)]))
    assert refused(lambda: store.commit(Batch(leaves=[leaf(0)])))
    assert refused(lambda: store.commit(Batch(leaves=[LeafRow(1, id_of(0), (b"", b"", b""))])))
    assert store.size() == 1


def test_a_tile_grows_and_the_newest_note_stands(store: Store) -> None:
    store.commit(Batch(tiles={(0, 0): b"a" * 32, (1, 0): b"c" * 32}, note=b"first"))
    store.commit(Batch(tiles={(0, 0): b"a" * 32 + b"b" * 32}, note=b"second"))
    assert (store.tile(0, 0), store.tile(1, 0), store.note()) == (b"a" * 32 + b"b" * 32, b"c" * 32, b"second")


def test_a_batch_without_a_note_leaves_the_note(store: Store) -> None:
    store.commit(Batch(note=b"first"))
    store.commit(Batch(cursors={RU: 1}))
    assert store.note() == b"first"


def test_a_published_head_stays_as_it_was_first_published(store: Store) -> None:
    for size, note in ((3, b"three"), (5, b"five"), (3, b"other"), (9, b"nine")):
        store.publish(size, note)
    assert [tuple(row) for row in store.published_after(2, 2)] == [(3, b"three"), (5, b"five")]
    assert [size for size, _ in store.published_after(3, 9)] == [5, 9]
    assert store.last_published() == (9, b"nine")


def test_a_witness_cosigns_a_head_once_and_the_earliest_stand_first(store: Store) -> None:
    store.add_cosignature(5, RU, "ru's", Instant(20))
    store.add_cosignature(5, US, "us's", Instant(10))
    store.add_cosignature(5, RU, "ru's again", Instant(1))
    assert [tuple(row) for row in store.cosignatures(5)] == [(US, "us's", 10), (RU, "ru's", 20)]
    assert list(store.cosignatures(4)) == []


def test_the_first_head_that_a_witness_cosigned_is_found_however_many_it_missed(store: Store) -> None:
    for size in range(1, 200):
        store.add_cosignature(size, RU, "ru's", Instant(size))
    store.add_cosignature(150, US, "us's", Instant(7))
    assert store.first_cosigned(US, 3) == (150, 7)
    assert store.first_cosigned(RU, 3) == (4, 4)
    assert store.first_cosigned(US, 150) is None


# -- releases and answers


def test_releases_are_read_from_a_cursor_and_by_party(store: Store) -> None:
    given = [release(1, RU), release(2, US), release(3, RU), release(4, RU)]
    store.commit(Batch(releases=given))
    assert list(store.releases_to(RU, 2, 10)) == [given[2], given[3]]
    assert list(store.releases_to(RU, 0, 2)) == [given[0], given[2]]
    assert list(store.releases_to(US, 0, 10)) == [given[1]]
    assert list(store.releases_to(FR, 0, 10)) == []
    assert (store.release(id_of(2)), store.release(id_of(9))) == (given[1], None)


def test_the_releases_of_a_statement_are_read_for_all_or_for_one_party(store: Store) -> None:
    given = [release(1, RU), release(2, US), release(3, RU), release(4, RU, of=9)]
    store.commit(Batch(releases=[*given, withdrawal(5, given[0])]))
    assert [row.index for row in store.releases_of(id_of(0))] == [1, 2, 3]
    assert [(row.index, row.withdrawn) for row in store.releases_of(id_of(0), RU)] == [(1, True), (3, False)]
    assert list(store.releases_of(id_of(0), FR)) == list(store.releases_of(id_of(7), RU)) == []


def test_a_withdrawn_release_leaves_the_cursor_and_its_withdrawal_stands_there(store: Store) -> None:
    given, other = release(1, RU), release(2, US)
    store.commit(Batch(releases=[given, other]))
    store.commit(Batch(releases=[withdrawal(3, given)]))
    assert [row.index for row in store.releases_to(RU, 0, 10)] == [3]
    assert [(row.index, row.withdrawn) for row in store.releases_of(id_of(0))] == [(1, True), (2, False)]
    notice = store.release(id_of(3))
    assert notice is not None
    assert (notice.statement, notice.to, notice.stix_id) == (None, RU, given.stix_id)


def test_a_withdrawal_is_found_from_its_release_and_from_no_other(store: Store) -> None:
    given, other = release(1, RU), release(2, US)
    store.commit(Batch(releases=[given, other, withdrawal(3, given)]))
    assert (store.withdrawal(given), store.withdrawal(other)) == (3, None)
    assert store.withdrawal(release(4, RU)) is None


def test_a_withdrawal_in_the_batch_of_its_release_withdraws_it(store: Store) -> None:
    given = release(1, RU)
    store.commit(Batch(releases=[given, withdrawal(2, given)]))
    assert [row.index for row in store.releases_to(RU, 0, 10)] == [2]


def test_the_first_answer_to_a_release_stands(store: Store) -> None:
    given = release(1)
    store.commit(Batch(releases=[given]))
    first = rows.answer(given, 50, at=5)
    store.commit(Batch(answers=[first]))
    store.commit(Batch(answers=[rows.answer(given, 51, at=6, disposition="refused")]))
    store.commit(Batch(answers=[first]))
    assert store.answers_to(given.id) == [first]


def test_what_a_hearer_says_of_other_bytes_stands_beside_its_answer_about_ours_and_after_it(store: Store) -> None:
    given = release(1, answer_by=100)
    store.commit(Batch(releases=[given]))
    other = rows.answer(given, 50, at=5, disposition="refused", item=rows.OTHER)
    store.commit(Batch(answers=[other]))
    assert store.answers_to(given.id) == [other]
    assert list(store.overdue(Instant(200))) == [given]  # of what was told it has said nothing
    ours = rows.answer(given, 51, at=6)
    store.commit(Batch(answers=[ours]))
    assert store.answers_to(given.id) == [ours, other]
    assert list(store.overdue(Instant(200))) == []


def test_the_first_want_of_a_release_stands(store: Store) -> None:
    given = release(1)
    store.commit(Batch(releases=[given], fetches=[rows.fetch(given, 60, at=5)]))
    store.commit(Batch(fetches=[rows.fetch(given, 61, at=4)]))
    assert store.fetch_of(given.id) == rows.fetch(given, 60, at=5)
    assert store.fetch_of(id_of(2)) is None


def test_what_was_judged_of_releases_is_told_item_by_item_with_whether_it_is_held(store: Store) -> None:
    held, bad = rows.received(1), rows.received(2, refused="malformed")
    other, theirs = rows.received(2, hash=rows.OTHER, refused="malformed"), rows.received(3, US)
    store.commit(Batch(received=[held, bad, other, theirs]))
    told = store.judged(RU, [id_of(1), id_of(2), id_of(3), id_of(4)])
    assert sorted(told) == sorted(
        [(id_of(1), rows.ITEM, True), (id_of(2), rows.ITEM, False), (id_of(2), rows.OTHER, False)]
    )
    assert list(store.judged(RU, [])) == []


def test_what_is_open_is_told_as_it_falls_due_until_it_is_settled(store: Store) -> None:
    first, second, theirs = rows.pending(1, due=9), rows.pending(2, due=5), rows.pending(1, US)
    other = rows.pending(1, due=7, item=rows.OTHER)
    store.commit(Batch(pending=[first, second, theirs, other]))
    assert store.pending(RU) == [second, other, first]
    assert (store.pending_count(RU), store.pending_count(US)) == (3, 1)
    later = rows.pending(2, due=8)
    store.commit(Batch(pending=[later], settled=[(RU, other.telling)]))
    assert store.pending(RU) == [later, first]
    store.commit(Batch(settled=[(RU, first.telling), (RU, later.telling), (RU, later.telling)]))
    assert (store.pending(RU), store.pending(US)) == ([], [theirs])


def test_an_answer_to_nothing_of_ours_is_not_kept(store: Store) -> None:
    store.commit(Batch(answers=[rows.answer(release(1), 50)]))
    assert store.answers_to(id_of(1)) == []


def test_the_answers_of_a_hearer_are_told_once_each_the_newest_first(store: Store) -> None:
    given = [release(index, RU) for index in (1, 2, 3)] + [release(4, US)]
    store.commit(Batch(releases=given))
    store.commit(Batch(answers=[rows.answer(given[0], 50, at=5), rows.answer(given[1], 50, at=5)]))
    store.commit(Batch(answers=[rows.answer(given[2], 51, at=6), rows.answer(given[3], 52, at=7)]))
    assert list(store.answers_of(RU)) == [id_of(51), id_of(50)]
    assert list(store.answers_of(US)) == [id_of(52)]
    last = [store.last_answered(*one) for one in ((RU, id_of(50)), (RU, id_of(51)), (US, id_of(50)), (RU, id_of(99)))]
    assert last == [2, 3, None, None]


def test_overdue_is_what_is_past_its_time_and_neither_answered_nor_logged_nor_withdrawn(store: Store) -> None:
    late, answered, silent, taken_back = (release(index, answer_by=100) for index in (1, 2, 3, 4))
    store.commit(Batch(releases=[late, answered, silent, taken_back, release(5, answer_by=300), release(6)]))
    store.commit(Batch(answers=[rows.answer(answered, 50)], silences=[(silent.id, 9)]))
    store.commit(Batch(releases=[withdrawal(7, taken_back)]))
    assert list(store.overdue(Instant(100))) == []
    assert list(store.overdue(Instant(200))) == [late]


def test_a_silence_is_logged_once(store: Store) -> None:
    store.commit(Batch(silences=[(id_of(1), 7)]))
    store.commit(Batch(silences=[(id_of(1), 8)]))
    assert (store.silence(id_of(1)), store.silence(id_of(2))) == (7, None)


# -- what was received


def test_what_is_delivered_again_changes_nothing(store: Store) -> None:
    first = received(1)
    store.commit(Batch(received=[first]))
    store.commit(Batch(received=[received(1, item=b"another", answer=id_of(9)), received(2)]))
    assert list(store.received()) == [first, received(2)]
    assert store.received_release(RU, first.release) == [first]


def test_each_item_that_was_shown_under_a_release_is_kept_with_its_own_verdict(store: Store) -> None:
    bad, good = received(1, refused="content-mismatch"), received(1, hash=rows.OTHER)
    store.commit(Batch(received=[bad]))
    store.commit(Batch(received=[good]))
    assert store.received_release(RU, bad.release) == [bad, good]
    assert store.received_statement(id_of(1001)) == good


def test_what_one_teller_has_shown_does_not_stand_in_the_place_of_what_another_tells(store: Store) -> None:
    shown, told = received(1, US, refused="wrong-issuer"), received(1, RU)
    store.commit(Batch(received=[shown]))
    assert store.received_release(RU, told.release) == []
    store.commit(Batch(received=[told]))
    assert list(store.received()) == [shown, told]
    assert (store.received_release(US, told.release), store.received_release(RU, told.release)) == ([shown], [told])


def test_tellings_and_refusals_of_one_teller_are_found_apart_from_others(store: Store) -> None:
    first, again, other = (received(number, statement=id_of(7)) for number in (1, 2, 3))
    bad, theirs = received(4, statement=id_of(7), refused="malformed"), received(5, US, statement=id_of(7))
    store.commit(Batch(received=[first, bad, theirs, again, replace(other, statement=id_of(8))]))
    assert store.heard_tellings(RU, id_of(7)) == [first, again]
    assert (store.heard_tellings(US, id_of(7)), store.heard_tellings(RU, id_of(9))) == ([theirs], [])
    assert (store.refused_of(RU), store.refused_of(US)) == ([bad], [])


def test_what_was_refused_may_be_held_later_in_the_same_bytes_and_nothing_else_takes_its_place(store: Store) -> None:
    refused, good = received(1, refused="unknown-version"), received(2)
    store.commit(Batch(received=[refused, good, received(3, refused="malformed")]))
    store.commit(Batch(received=[replace(refused, refused="malformed", answer=id_of(9))]))
    store.commit(Batch(received=[replace(good, refused="malformed", answer=id_of(9)), replace(good, answer=id_of(9))]))
    assert list(store.received())[:2] == [refused, good]
    held = replace(refused, refused=None, answer=id_of(8), received_at=Instant(77))
    store.commit(Batch(received=[held]))
    assert list(store.received())[:2] == [replace(held, received_at=refused.received_at), good]


def test_what_was_refused_for_one_reason_is_found_a_few_at_a_time(store: Store) -> None:
    rows_of_both = [
        received(number, refused="unknown-version" if number % 2 else "malformed") for number in range(1, 8)
    ]
    store.commit(Batch(received=[*rows_of_both, received(9)]))
    first = store.refused_for("unknown-version", 0, 3)
    rest = store.refused_for("unknown-version", first[-1][0], 3)
    assert [row for _, row in (*first, *rest)] == rows_of_both[::2]
    assert (len(first), store.refused_for("unknown-version", rest[-1][0], 3)) == (3, [])


def test_the_newest_releases_of_a_teller_are_found_once_each_however_many_items_they_have(store: Store) -> None:
    rows_of_two = [received(1, refused="malformed"), received(2), received(1, hash=rows.OTHER), received(3, US)]
    store.commit(Batch(received=rows_of_two))
    assert store.heard_releases(RU, 9) == [id_of(1), id_of(2)]
    assert store.heard_releases(RU, 1) == [id_of(1)]
    assert (store.heard_releases(US, 9), store.heard_releases(RU, 0)) == ([id_of(3)], [])


def test_a_holding_takes_the_place_of_a_refusal_for_reasons_of_its_own_and_of_nothing_else(store: Store) -> None:
    to = release(5, RU)
    own, bad = (
        rows.answer(to, 1, disposition="refused", own=True),
        rows.answer(to, 1, disposition="refused", item=rows.OTHER),
    )
    held, other = rows.answer(to, 2, at=9), rows.answer(to, 2, at=9, item=rows.OTHER)
    again = rows.answer(to, 3, at=10, disposition="refused", own=True)
    store.commit(Batch(releases=[to], answers=[own, bad]))
    assert store.answers_to(to.id) == [own, bad]
    store.commit(Batch(answers=[rows.answer(to, 4, disposition="refused", own=True)]))
    assert store.answers_to(to.id)[0] == own
    store.commit(Batch(answers=[held, other]))
    assert store.answers_to(to.id) == [held, bad]
    store.commit(Batch(answers=[again, own]))
    assert store.answers_to(to.id) == [held, bad]


def test_a_statement_is_found_by_the_first_telling_that_was_not_refused(store: Store) -> None:
    bad = received(1, statement=id_of(7), refused="malformed")
    good, again = received(2, statement=id_of(7)), received(3, US, statement=id_of(7))
    store.commit(Batch(received=[bad]))
    assert store.received_statement(id_of(7)) is None
    store.commit(Batch(received=[good, again]))
    assert store.received_statement(id_of(7)) == good


def test_a_statement_that_was_told_again_is_not_found_as_withdrawn(store: Store) -> None:
    first, again = received(1, stix_id="release--a", statement=id_of(7)), received(2, statement=id_of(7))
    gone = received(3, stix_id="release--a", statement=None, withdrawn=True)
    store.commit(Batch(received=[first, gone]))
    assert getattr(store.received_statement(id_of(7)), "withdrawn", None) is True
    store.commit(Batch(received=[again]))
    assert store.received_statement(id_of(7)) == again


def test_what_was_said_of_one_object_is_found_by_its_id_and_by_whose_it_is(store: Store) -> None:
    said = [version(number, stix_id="report--a") for number in (1, 2)]
    bare = version(3, US, stix_id="report--a", modified=None)
    store.commit(Batch(versions=[*said, said[0], bare, version(4)]))
    assert sorted(store.versions(["report--a"], RU), key=lambda row: row.modified or 0) == said
    assert list(store.versions(["report--a"], US)) == [bare]
    assert {row.statement for row in store.versions(["report--a"])} == {id_of(1), id_of(2), id_of(3)}
    assert list(store.versions(["report--b"])) == list(store.versions([])) == []
    many = [f"report--{number}" for number in range(2000)]
    assert {row.statement for row in store.versions([*many, "report--a"], RU)} == {id_of(1), id_of(2), id_of(4)}


def test_versions_are_found_whether_they_wait_or_stand_in_the_index(store: Store) -> None:
    """They go there together, once enough of them wait: none is lost on the way, or told twice."""
    said = [version(number, stix_id=f"report--{number % 700}") for number in range(2500)]
    for first in range(0, len(said), 100):
        store.commit(Batch(versions=said[first : first + 100]))
        store.commit(Batch(versions=said[first : first + 1]))
    for number in (0, 99, 699):
        expected = {id_of(each) for each in range(number, 2500, 700)}
        found = store.versions([f"report--{number}"], RU)
        assert {row.statement for row in found} == expected
        assert len(found) == len(expected)
    all_of_them = store.versions([f"report--{number}" for number in range(700)])
    assert len(all_of_them) == len({row.statement for row in all_of_them}) == 2500


def test_a_notice_of_withdrawal_marks_what_the_same_teller_told(store: Store) -> None:
    told, others = received(1, RU, stix_id="release--a"), received(2, US, stix_id="release--a")
    store.commit(Batch(received=[told, others]))
    store.commit(Batch(received=[received(3, RU, stix_id="release--a", statement=None, withdrawn=True)]))
    assert [row.withdrawn for row in store.received()] == [True, False, True]


def test_a_refused_notice_of_withdrawal_marks_nothing(store: Store) -> None:
    store.commit(Batch(received=[received(1, stix_id="release--a")]))
    notice = received(3, stix_id="release--a", statement=None, withdrawn=True, refused="bad-signature")
    store.commit(Batch(received=[notice]))
    assert [row.withdrawn for row in store.received()] == [False, True]


def test_an_answer_is_offered_until_it_is_delivered(store: Store) -> None:
    store.commit(Batch(outgoing=[outgoing(1), outgoing(2), outgoing(3, US)]))
    store.mark_delivered(id_of(1), Instant(5))
    store.commit(Batch(outgoing=[outgoing(1)]))
    assert list(store.outgoing(RU)) == [outgoing(2)]
    sent = store.outgoing_answer(id_of(1))
    assert sent is not None
    assert sent.delivered_at == 5


def test_a_cursor_never_goes_back(store: Store) -> None:
    for next, stands in ((5, 5), (3, 5), (8, 8), (8, 8)):
        store.commit(Batch(cursors={RU: next}))
        assert (store.cursor(RU), store.cursor(US)) == (stands, 0)


def test_the_time_at_which_a_party_was_heard_never_goes_back(store: Store) -> None:
    for at, stands in ((5, 5), (3, 5), (8, 8)):
        store.commit(Batch(heard={RU: Instant(at)}))
        assert (store.heard(RU), store.heard(US)) == (stands, None)


def test_a_head_never_goes_back_and_the_first_of_a_size_stands(store: Store) -> None:
    for size, note, stands in ((5, b"a", (5, b"a")), (3, b"b", (5, b"a")), (5, b"c", (5, b"a")), (6, b"d", (6, b"d"))):
        store.commit(Batch(heads={RU: (size, note)}))
        assert (store.head(RU), store.head(US)) == (stands, None)


def test_batches_put_together_keep_the_larger_head_and_cursor() -> None:
    batch = Batch(heads={RU: (5, b"five")}, cursors={RU: 5}, heard={RU: Instant(5)})
    batch.add(Batch(heads={RU: (4, b"four"), US: (1, b"one")}, cursors={RU: 4, US: 1}, heard={RU: Instant(4)}))
    assert batch.heads == {RU: (5, b"five"), US: (1, b"one")}
    assert (batch.cursors, batch.heard) == ({RU: 5, US: 1}, {RU: 5})


# -- peers, evidence, nonces


def test_peers_are_told_by_petname_and_neither_name_nor_party_stands_twice(store: Store) -> None:
    for name in ("us", "fr"):
        store.add_peer(rows.peer(name))
    assert list(store.peers()) == [rows.peer("fr"), rows.peer("us")]
    assert refused(lambda: store.add_peer(PeerRow("us", b"", Fingerprint("another"))))
    assert refused(lambda: store.add_peer(PeerRow("usa", b"", rows.peer("us").fingerprint)))
    assert len(store.peers()) == 2


def test_evidence_is_kept_each_time_in_the_order_it_came(store: Store) -> None:
    first, second = kept("evidence", 2, b"x"), kept("evidence", 1, b"y")
    store.commit(Batch(kept=[first, second, kept("evidence", 1, peer=US)]))
    store.commit(Batch(kept=[first]))
    assert list(store.kept("evidence", RU)) == [first, second, first]
    assert list(store.kept("evidence", RU, (2).to_bytes(8))) == [first, first]
    assert list(store.kept("pull", RU)) == []


def test_evidence_is_found_by_its_highest_and_its_next_subject(store: Store) -> None:
    pulls = [kept("pull", subject) for subject in (3, 300, 70_000)]
    store.commit(Batch(kept=[pulls[1], pulls[2], pulls[0], kept("pull", 99_999, peer=US), kept("head", 99_999)]))
    assert store.last_kept("pull", RU) == pulls[2]
    assert store.kept_after("pull", RU, (3).to_bytes(8)) == pulls[1]
    assert store.kept_after("pull", RU, (70_000).to_bytes(8)) is None


def test_a_nonce_is_fresh_once_for_each_party_until_its_time_has_passed(store: Store) -> None:
    assert store.remember_nonce(RU, "n", Instant(100), Instant(0))
    assert not store.remember_nonce(RU, "n", Instant(100), Instant(50))
    assert not store.remember_nonce(RU, "n", Instant(100), Instant(100))
    assert store.remember_nonce(US, "n", Instant(100), Instant(50))
    assert store.remember_nonce(RU, "n", Instant(300), Instant(101))


# -- all or nothing


def full(first: int) -> Batch:
    """A batch that writes to every table."""
    given = release(first + 1)
    return Batch(
        leaves=[leaf(first), leaf(first + 1)],
        tiles={(0, 0): b"t" * 32 * (first + 2)},
        note=b"head of %d" % (first + 2),
        releases=[given],
        silences=[(id_of(first), first)],
        received=[received(first)],
        outgoing=[outgoing(first)],
        answers=[rows.answer(given, first)],
        kept=[kept("pull", first)],
        heads={RU: (first + 1, b"head")},
        cursors={RU: first + 1},
        matters=[rows.matter(first)],
        checked=[id_of(first)],
        findings=[rows.finding(first)],
        heard={RU: Instant(first + 1)},
    )


# Something for each table that no database takes, after something that it would take.
_BROKEN: dict[str, object] = {
    "leaves": [leaf(10), leaf(0)],
    "tiles": {(0, 1): b"", (0, 2): None},
    "received": [received(10), received(11, item=object())],
    "outgoing": [outgoing(10), OutgoingAnswer(id_of(11), RU, object())],  # type: ignore[arg-type]
    "kept": [kept("pull", 10), kept("pull", 11, data=None)],  # type: ignore[arg-type]
    "heads": {US: (1, None)},
    "releases": [release(11), release(11)],
    "answers": [rows.answer(release(11), 10), object()],
    "silences": [(id_of(10), 1), (id_of(11), object())],
    "cursors": {US: None},
    "checked": [id_of(0), object()],
    "matters": [rows.matter(10), rows.matter(11, boxes=(rows.box(west=object()),))],
    "findings": [rows.finding(10), rows.finding(11, found=object())],
    "heard": {US: None},
}


@pytest.mark.parametrize("table", _BROKEN)
def test_a_batch_that_fails_in_the_middle_is_not_written_at_all(store: Store, table: str) -> None:
    store.commit(full(0))
    before, batch = everything(store), full(10)
    setattr(batch, table, _BROKEN[table])
    with pytest.raises(Exception):  # noqa: B017 - what a store says to nonsense is its own affair
        store.commit(batch)
    assert everything(store) == before
    store.commit(full(10))
    assert store.size() == 12


def test_folding_again_gives_what_was_and_keeps_what_is_true(store: Store) -> None:
    batch = full(0)
    store.commit(batch)
    before = everything(store)
    folded = ("releases", "answers", "silences", "cursors", "matters")
    store.refold([Batch(**{name: getattr(batch, name) for name in folded})])
    assert everything(store) == before
    store.refold([])
    assert (store.release(id_of(1)), store.answers_to(id_of(1)), store.silence(id_of(0))) == (None, [], None)
    assert (store.cursor(RU), list(store.airspace.near(rows.box()))) == (0, [])
    assert (store.size(), list(store.received()), store.head(RU)) == (2, [received(0)], (1, b"head"))
    assert (list(store.airspace.findings("own")), store.heard(RU)) == ([rows.finding(0)], 1)


def test_folding_again_that_fails_leaves_what_was(store: Store) -> None:
    store.commit(full(0))
    before = everything(store)

    def batches() -> Iterator[Batch]:
        yield Batch(cursors={US: 7})
        raise LocalError("damaged", "leaf 1 cannot be read")

    with pytest.raises(LocalError, match="leaf 1"):
        store.refold(batches())
    assert everything(store) == before


# -- ids by their first digits


def test_ids_are_found_by_their_first_digits_in_the_own_log_and_among_what_was_received(store: Store) -> None:
    store.commit(Batch(leaves=[leaf(index) for index in range(50)]))
    told = [received(number) for number in range(50)]
    store.commit(Batch(received=[*told, received(70, refused="malformed")]))
    heard = [row.statement for row in told if row.statement]
    for id in (id_of(7), heard[7]):
        for digits in (id.hex()[:6], id.hex()[:7], id.hex()):
            assert list(store.beginning(digits, 9)) == [id]
    refused_one = received(70).statement
    assert refused_one is not None
    assert list(store.beginning(refused_one.hex()[:8], 9)) == []
    every = sorted([*map(id_of, range(50)), *heard])
    for digit in "0123456789abcdef":
        assert list(store.beginning(digit, 1000)) == [id for id in every if id.hex()[0] == digit]
    assert list(store.beginning("", 3)) == every[:3]


def test_ids_that_went_to_the_index_are_found_as_those_that_wait(store: Store) -> None:
    leaves = [leaf(index) for index in range(1500)]
    store.commit(Batch(leaves=leaves[:1200]))
    store.commit(Batch(leaves=leaves[1200:]))
    for id in (id_of(3), id_of(1400)):
        assert id in store.beginning(id.hex()[:6], 9)


def test_what_was_told_by_two_releases_is_one_id(store: Store) -> None:
    store.commit(Batch(received=[received(1), received(2, statement=id_of(1001))]))
    assert list(store.beginning(id_of(1001).hex()[:6], 9)) == [id_of(1001)]


def test_contents_are_read_in_the_order_of_the_log(store: Store) -> None:
    store.commit(Batch(leaves=[leaf(index) for index in range(5)]))
    assert [tuple(row) for row in store.contents(1, 2)] == [(id_of(1), b"content 1"), (id_of(2), b"content 2")]
    assert list(store.contents(5, 2)) == []


def test_a_peer_is_renamed_and_removed_and_stays_with_its_descriptor(store: Store) -> None:
    for name in ("us", "fr"):
        store.add_peer(rows.peer(name))
    us = rows.peer("us")
    store.change_peer(us.fingerprint, "usa", Instant(7))
    assert list(store.peers()) == [rows.peer("fr"), PeerRow("usa", us.descriptor, us.fingerprint, Instant(7))]
    assert refused(lambda: store.change_peer(us.fingerprint, "fr", None))
    store.change_peer(us.fingerprint, "us", None)
    store.change_peer(Fingerprint("nobody"), "x", None)
    assert list(store.peers()) == [rows.peer("fr"), us]


# -- what `status` asks


def test_the_newest_head_that_a_witness_cosigned_is_the_largest(store: Store) -> None:
    for size in (3, 9, 5):
        store.add_cosignature(size, RU, "ru's", Instant(size))
    assert store.last_cosigned(RU) == (9, 9)
    assert store.last_cosigned(US) is None


def test_what_has_no_answer_in_time_is_listed_also_once_the_silence_is_logged(store: Store) -> None:
    given = [release(number, RU, answer_by=100 - number) for number in range(1, 5)]
    late = release(5, RU, answer_by=500)
    store.commit(Batch(leaves=[leaf(index) for index in range(6)], releases=[*given, late, release(6, RU)]))
    store.commit(Batch(answers=[rows.answer(given[0], 1)], silences=[(given[1].id, 7)]))
    assert [row.index for row in store.unanswered(Instant(200), 9)] == [4, 3, 2]
    assert [row.index for row in store.unanswered(Instant(200), 1)] == [4]
    store.commit(Batch(releases=[withdrawal(8, given[3])]))
    assert [row.index for row in store.unanswered(Instant(200), 9)] == [3, 2]


def test_what_was_refused_is_counted(store: Store) -> None:
    store.commit(Batch(received=[received(1), received(2, refused="malformed"), received(3, refused="marking")]))
    assert store.refused() == 2
