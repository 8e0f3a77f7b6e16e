"""A member may know the heads that were published, and those that came with something for it; each only grows."""

from comity.node.shown import Shown
from world import Party, parties, report, run


def grow(fr: Party, number: int) -> int:
    run(lambda: fr.say(report(number=number)))
    return fr.node.journal.tree.size


def test_before_anything_is_published_all_may_know_what_the_node_was_opened_with() -> None:
    fr, ru = parties("fr", "ru")
    opened = fr.node.journal.note
    grow(fr, 1)
    assert fr.node.shown.known(ru.fingerprint) == (1, opened)
    again = Shown(fr.store, fr.node.journal)
    assert again.known(ru.fingerprint) == (2, fr.node.journal.note)


def test_what_is_published_all_may_know() -> None:
    fr, ru = parties("fr", "ru")
    grow(fr, 1)
    fr.sync.publish()
    assert fr.node.shown.known(ru.fingerprint) == (2, fr.node.journal.note)


def test_what_comes_with_something_for_one_member_no_other_may_know() -> None:
    fr, ru, us = parties("fr", "ru", "us")
    grow(fr, 1)
    head = (2, fr.node.journal.note)
    assert fr.node.shown.holding(ru.fingerprint, 2) == head
    grow(fr, 2)
    assert fr.node.shown.known(ru.fingerprint) == head
    assert fr.node.shown.known(us.fingerprint)[0] == 1
    assert [fr.node.shown.holding(ru.fingerprint, after)[0] for after in (0, 2, 3, 0)] == [2, 2, 3, 3]


def test_a_smaller_head_takes_no_larger_ones_place() -> None:
    fr, ru = parties("fr", "ru")
    for size in (7, 5):
        fr.node.shown.remember(ru.fingerprint, size, b"note of %d" % size)
    assert fr.node.shown.known(ru.fingerprint) == (7, b"note of 7")
    while grow(fr, 1) < 8:
        pass
    fr.sync.publish()
    assert fr.node.shown.known(ru.fingerprint)[0] == 8
