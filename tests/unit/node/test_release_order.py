"""What is released, or withdrawn, together is logged in an order drawn from the node's randomness: it tells nothing."""

from collections import Counter
from itertools import permutations

from comity.model.marking import Terms
from comity.model.release import read
from world import Party, parties, report, run

NAMES = ("de", "ru", "us")


def named(fr: Party, first: int, count: int) -> list[str]:
    """To whom so many entries of fr's log are made out, from an index on."""
    entries = [fr.node.at(index) for index in range(first, first + count)]
    return [fr.node.party_name(read(entry.signed.object).to) for entry in entries]


def orders(seed: str) -> tuple[tuple[str, ...], ...]:
    """The orders in which one node says something to three, releases something to them later, and takes it back."""
    fr, *others = parties("fr", *NAMES, seed=seed)

    async def story() -> None:
        peers = [fr.peer(other) for other in others]
        await fr.say(report(number=1), *others)
        said = await fr.say(report(number=2))
        await fr.node.release(said.id, peers, Terms())
        await fr.node.withdraw(said.id, peers)

    run(story)
    found = named(fr, 2, 3), named(fr, 6, 3), named(fr, 9, 3)
    assert [sorted(one) for one in found] == [sorted(NAMES)] * 3
    return tuple(map(tuple, found))


def test_every_order_comes_up_and_none_much_more_often() -> None:
    drawn = [orders(f"seed {number}") for number in range(60)]
    for step in range(3):
        counted = Counter(one[step] for one in drawn)
        assert counted.keys() == set(permutations(NAMES))
        assert max(counted.values()) < 25
    assert sum(one[0] == one[1] for one in drawn) < 25


def test_the_order_is_that_of_the_nodes_own_randomness() -> None:
    assert orders("again") == orders("again")


def test_what_is_said_stands_before_its_releases_and_all_of_them_are_returned() -> None:
    fr, *others = parties("fr", *NAMES)

    async def story() -> None:
        said = await fr.say(report(), *others)
        assert said.index == 1
        assert [row.index for row in fr.store.releases_of(said.id)] == [2, 3, 4]
        assert {row.to for row in fr.store.releases_of(said.id)} == {other.fingerprint for other in others}

    run(story)
