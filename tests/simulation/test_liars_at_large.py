"""Liars among honest parties whose loops run: they are found out, what proves it is kept, and the honest go on."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from comity.errors import HEAD_FORK, HEAD_ROLLBACK, NOT_CONSISTENT, READ_ONLY
from comity.exchange import deliver, log, witness
from comity.exchange.deliver import PageEnd
from comity.exchange.witness import Shown
from comity.gateways.peer import PeerServer
from comity.node import evidence, fold
from comity.node.ports import Request, Response
from comity.node.sqlite import SqliteStore
from comity.node.teller import Teller
from comity.proof import cbor
from comity.proof.tree import Tree
from unit.node.between import running
from unit.node.faulty import backup
from unit.node.liar import Page, counted, lying, without_item
from world import MemoryLock, MemoryWire, Party, parties, report, run


def codes(hearer: Party, about: Party) -> set[str]:
    return {cbor.decode(kept.data)["code"] for kept in hearer.store.kept("evidence", about.fingerprint)}


async def honest_work(fr: Party, ru: Party) -> None:
    """Two honest parties tell each other something, and both hold it soon."""
    for teller, hearer in ((fr, ru), (ru, fr)):
        said = await teller.say(report(number=50), hearer)
        await asyncio.sleep(3)
        assert hearer.store.received_statement(said.id) is not None
        assert evidence.told(teller.node, said.id)[0][1].highest == "held"


def two_faced(honest: Party) -> Party:
    """A second node of a party, with the same keys, on a copy of its log: from here on the two differ."""
    other = Party.__new__(Party)
    other.__dict__ |= honest.__dict__
    store = SqliteStore(":memory:")
    assert isinstance(honest.store, SqliteStore)
    store._db.deserialize("main", backup(honest))
    other.wire, other.store, other.lock = MemoryWire(), store, MemoryLock()
    other.lock.note = honest.lock.note
    other.start()
    answering(other, Smooth(other.node))
    return other


class Smooth(Teller):
    """A teller that takes any head for one of its own log: an honest one refuses whoever holds another."""

    def _of_this_log(self, size: int, root: bytes) -> None:
        pass


def answering(party: Party, teller: Teller) -> None:
    """Let a party answer through this teller."""
    party.teller, party.server = teller, PeerServer(party.node, teller)


class Faces:
    """The server of an equivocator: which face answers depends on who asks."""

    def __init__(self, faces: dict[str, PeerServer]) -> None:
        self.faces = faces

    async def handle(self, request: Request, *rest: object) -> Response:
        sign = request.headers["signature-input"]
        face = next(server for who, server in self.faces.items() if who in sign)
        return await face.handle(request, *rest)  # type: ignore[arg-type]


def equivocating() -> tuple[Party, Party, Party, Party, Faces]:
    """fr and ru, and a liar of whom each sees another face."""
    fr, ru, one = parties("fr", "ru", "liar")
    other = two_faced(one)
    faces = Faces({fr.fingerprint: one.server, ru.fingerprint: other.server})
    one.wire.servers[one.address] = faces  # type: ignore[assignment]
    return fr, ru, one, other, faces


def proves_a_fork(hearer: Party, about: Party) -> bool:
    """Say whether what was kept proves, to anybody with the liar's descriptor, that it signed two logs."""
    for kept in hearer.store.kept("evidence", about.fingerprint):
        found = cbor.decode(kept.data)["evidence"]
        known, shown = (witness.read_head(found[name].encode(), about.node.descriptor) for name in ("known", "shown"))
        if known.size == shown.size and known.root != shown.root:
            return True
    return False


def test_two_heads_of_one_size_shown_to_two_parties_prove_it_as_soon_as_one_sees_both() -> None:
    fr, ru, one, other, faces = equivocating()

    async def story() -> None:
        task = asyncio.ensure_future(running(60, fr, ru))
        await one.say(report(number=1), fr)
        await other.say(report(number=2), ru)
        one.sync.publish()
        other.sync.publish()
        await asyncio.sleep(10)
        assert fr.store.head(one.fingerprint) != ru.store.head(one.fingerprint)
        assert (codes(fr, one), codes(ru, one)) == (set(), set())
        faces.faces[fr.fingerprint] = other.server  # it slips: fr is answered by the face that ru knows
        await asyncio.sleep(35)
        await honest_work(fr, ru)
        await task

    run(story)
    assert codes(fr, one) == {HEAD_FORK}
    assert proves_a_fork(fr, one)
    assert len(fr.store.kept("evidence", one.fingerprint)) == 1
    assert fr.store.kept("evidence", ru.fingerprint) == []


def test_a_fork_that_has_grown_is_proved_too() -> None:
    fr, ru, one, other, faces = equivocating()

    async def story() -> None:
        task = asyncio.ensure_future(running(60, fr, ru))
        await one.say(report(number=1), fr)
        for number in range(2, 6):
            await other.say(report(number=number), ru)
        one.sync.publish()
        other.sync.publish()
        await asyncio.sleep(10)
        faces.faces[fr.fingerprint] = other.server
        await asyncio.sleep(35)
        await honest_work(fr, ru)
        await task

    run(story)
    assert codes(fr, one) == {NOT_CONSISTENT}


def test_a_face_that_does_not_own_to_a_head_says_so_and_is_heard_no_further_while_the_honest_go_on() -> None:
    """It has signed nothing that proves the fork; but it cannot go on with whoever holds a head of the other face."""
    fr, ru, one, other, faces = equivocating()
    answering(other, Teller(other.node))
    faces.faces[ru.fingerprint] = other.server

    async def story() -> None:
        task = asyncio.ensure_future(running(60, fr, ru))
        await one.say(report(number=1), fr)
        await other.say(report(number=2), ru)
        await other.say(report(number=3), fr)
        one.sync.publish()
        other.sync.publish()
        await asyncio.sleep(10)
        faces.faces[fr.fingerprint] = other.server
        await asyncio.sleep(35)
        await honest_work(fr, ru)
        await task

    run(story)
    assert (names(fr, one), names(ru, one)) == ([1], [2])
    assert codes(fr, one) == set()
    assert [told for told in fr.reports if told.startswith(f"liar: {HEAD_FORK}")] != []


def test_a_witness_that_knows_one_face_does_not_cosign_the_other() -> None:
    fr, ru, one, other, _ = equivocating()

    async def story() -> None:
        await one.say(report(number=1), fr)
        await other.say(report(number=2), ru)
        await fr.syncs(one)
        await ru.syncs(one)
        other.wire.servers[fr.address] = fr.server
        [round] = await other.syncs(fr)
        assert not round.cosigned
        # Its own node finds out that it has signed another log, and stops.
        assert READ_ONLY in {error["code"] for error in round.errors}

    run(story)
    assert proves_a_fork(fr, one)


def storm_with(lie: Callable[[Party], Callable[[Page, PageEnd], tuple[Page, PageEnd]]]) -> tuple[Party, Party, Party]:
    """Let a liar's pages to fr be false for half a minute while all loops run, and true afterwards."""
    fr, ru, liar = parties("fr", "ru", "liar")
    teller = lying(liar)

    async def story() -> None:
        task = asyncio.ensure_future(running(100, fr, ru, liar))
        await liar.say(report(number=1), fr)
        await asyncio.sleep(3)
        teller.lie = lie(liar)
        await liar.say(report(number=2), fr)
        await liar.say(report(number=3), ru)
        await honest_work(fr, ru)
        await asyncio.sleep(24)
        teller.lie = None
        await liar.say(report(number=4), fr)
        await asyncio.sleep(30)
        await task

    run(story)
    return fr, ru, liar


def names(hearer: Party, teller: Party) -> list[int]:
    """The numbers of the reports that a hearer holds of a teller."""
    held = [row for row in hearer.store.received() if row.teller == teller.fingerprint and row.refused is None]
    items = [deliver.decode_item(cbor.decode(row.item), "item").statement for row in held]
    return [int(item[2].split(b'"id":"report--')[1][:36].split(b"-")[-1], 16) for item in items if item]


def old_head(liar: Party, size: int) -> bytes:
    """The head that its log had at a size, signed anew."""
    tree, _ = Tree.empty().append([liar.node.at(index).id for index in range(size)])
    keys, origin = liar.keys, liar.node.descriptor.origin
    return log.head(tree, origin=origin, log=keys.log, witness=keys.witness, now=liar.clock.now())


def test_a_head_that_shrinks_is_kept_and_neither_head_nor_cursor_goes_back() -> None:
    def shrink(liar: Party) -> Callable[[Page, PageEnd], tuple[Page, PageEnd]]:
        def lie(page: Page, end: PageEnd) -> tuple[Page, PageEnd]:
            shown, root = Shown(old_head(liar, end.start), page.head.old, ()), liar.node.journal.root_at(end.start)
            older = replace(end, next=end.start, size=end.start, log_root=root)
            return counted(replace(page, items=(), head=shown), older)

        return lie

    fr, ru, liar = storm_with(shrink)
    assert codes(fr, liar) == {HEAD_ROLLBACK}
    assert (names(fr, liar), names(ru, liar)) == ([1, 2, 4], [3])


def test_an_item_left_out_under_a_signed_end_leaves_the_end_as_proof() -> None:
    fr, _, liar = storm_with(lambda liar: without_item(0))
    assert names(fr, liar) == [1, 4]
    given = liar.store.releases_to(fr.fingerprint, 0, 100)
    left_out = [row for row in given if fr.store.received_release(liar.fingerprint, row.id) == []]
    assert len(left_out) == 1
    ends = [
        deliver.read_page_end(fold.decode_end(kept.data)[0], liar.node.descriptor)
        for kept in fr.store.kept("page-end", liar.fingerprint)
    ]
    [said_nothing] = [end for end in ends if end.start <= left_out[0].index < end.next]
    assert (said_nothing.count, said_nothing.to) == (0, fr.fingerprint)


def test_a_page_that_omits_what_its_end_counts_is_kept_and_the_item_arrives_afterwards() -> None:
    fr, ru, liar = storm_with(lambda liar: lambda page, end: (replace(page, items=page.items[1:]), end))
    assert codes(fr, liar) == {"page-incomplete"}
    assert (names(fr, liar), names(ru, liar)) == ([1, 2, 4], [3])


def test_answers_changed_on_the_wire_are_not_taken_and_nobody_is_blamed() -> None:
    fr, ru, us = parties("fr", "ru", "us")
    honest = fr.wire.tamper

    def flip(request: Request, response: Response) -> Response:
        body = bytearray(response.body or b"\0")
        body[len(body) // 2] ^= 1
        return replace(response, body=bytes(body))

    async def story() -> None:
        task = asyncio.ensure_future(running(60, fr, ru, us))
        fr.wire.tamper = flip
        said = await fr.say(report(number=1), ru)
        await asyncio.sleep(20)
        assert list(ru.store.received()) == []
        fr.wire.tamper = honest
        await asyncio.sleep(25)
        assert ru.store.received_statement(said.id) is not None
        assert evidence.told(fr.node, said.id)[0][1].highest == "held"
        await task

    run(story)
    assert [codes(one, other) for one in (fr, ru, us) for other in (fr, ru, us)] == [set()] * 9


def test_an_item_is_replayed_by_nobody_into_another_partys_inbox() -> None:
    fr, ru, liar = parties("fr", "ru", "liar")
    teller = lying(liar)

    async def replay(said: Awaitable[object]) -> None:
        await said
        await liar.syncs(fr)
        [row] = liar.store.received()
        item = deliver.decode_item(cbor.decode(row.item), "item")

        teller.lie = lambda page, end: counted(replace(page, items=(item,)), end)
        [round] = await ru.syncs(liar)
        assert (round.received, round.refused) == (0, 1)

    run(lambda: replay(fr.say(report(), liar)))
    [row] = ru.store.received()
    assert (row.refused, row.teller) == ("wrong-issuer", liar.fingerprint)
