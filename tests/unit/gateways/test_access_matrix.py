"""The authorisation matrix: every route of the table, asked by every kind of caller.

What each may do stands in `EXPECTED`, which must name every route; a new route without a row fails here. fr has said one
thing to ru and to cn, and has taken it back from cn, which had fetched it; us is a member to whom it was never released.
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import comity
import world
from comity.errors import NOT_FOUND, UNAUTHENTICATED, ComityError
from comity.exchange import acknowledge, deliver
from comity.exchange.deliver import Page, Pull
from comity.exchange.witness import AddCheckpoint, Shown
from comity.gateways import peer as peers
from comity.gateways.peer import PREFIX, ROUTES, Route, route_for
from comity.model import content
from comity.model.acknowledgement import NO_STATEMENT, Telling
from comity.model.statement import ItemHash, Logged
from comity.node.access import Caller, authorise, is_addressee
from comity.node.journal import Proposal
from comity.node.ports import Request, Response
from comity.node.sqlite import SqliteStore
from comity.proof import cbor
from comity.proof.envelope import StatementId
from comity.proof.merkle import EMPTY_ROOT
from unit.node.liar import wants

SECRET = "a name that only ru and cn may see"
CALLERS = ("nobody", "unknown key", "wrong party", "right party", "withdrawn")
OK = ""
HOUSE = str(Path(comity.__file__).parent)

# For each route what its callers, in the order above, are answered: nothing (200), or an error's code.
_NO, _NONE = UNAUTHENTICATED, NOT_FOUND
EXPECTED: dict[str, tuple[str, str, str, str, str]] = {
    "/descriptor": (OK, OK, OK, OK, OK),
    "/pull": (_NO, _NO, OK, OK, OK),
    # Who may have nothing of it is given nothing, and is answered as is one who asks for what there is not.
    "/items": (_NO, _NO, OK, OK, OK),
    # cn was told, and may say so after it was taken back.
    "/acknowledge": (_NO, _NO, _NONE, OK, OK),
    "/add-checkpoint": (_NO, _NO, OK, OK, OK),
    "/receipts": (_NO, _NO, OK, OK, OK),
    "/checkpoint": (_NO, _NO, OK, OK, OK),
    "/tile/{rest}": (_NO, _NO, OK, OK, OK),
}


class Stage:
    """The parties, and what was said, released and taken back."""

    def __init__(self) -> None:
        self.fr, self.ru, self.us, self.cn = world.parties("fr", "ru", "us", "cn")
        self.stranger = world.Party("xx", self.fr.wire)
        self.stranger.meets(self.fr)
        self.callers: dict[str, world.Party | None] = dict(
            zip(CALLERS, (None, self.stranger, self.us, self.ru, self.cn), strict=True)
        )
        world.run(self._play)

    async def _play(self) -> None:
        self.said = await self.fr.say(world.report(SECRET), self.ru, self.cn)
        self.unreleased = await self.fr.say(world.report("own", 2))
        for one in (self.ru, self.cn):
            await one.syncs(self.fr)
        await self.fr.node.withdraw(self.said.id, [self.fr.peer(self.cn)])
        self.fr.sync.publish()

    def tellings(self) -> dict[str, Telling]:
        """By party, the telling of what was said, withdrawn or not."""
        rows = self.fr.store.releases_of(self.said.id)
        return {row.to: self.fr.node.offers.of(row).telling for row in rows if row.statement}

    async def body(self, route: Route, by: world.Party) -> bytes:
        """What a party would send to a route, made as well as it can be made."""
        match route:
            case peers.PULL:
                pull = Pull(by.fingerprint, self.fr.fingerprint, 0, 0, EMPTY_ROOT, by.clock.now() // 1000)
                signed = deliver.sign_pull(pull, by.keys.statement)
                return cbor.encode({"v": 1, "pull": signed, "limit": 10, "wait": 0})
            case peers.ITEMS:
                tellings = self.tellings()
                wanted = [tellings.get(by.fingerprint, tellings[self.ru.fingerprint])]
                return wants(by, self.fr, wanted, self.fr.node.shown.known(by.fingerprint)[0])
            case peers.ACKNOWLEDGE:
                return await self._answer(by)
            case peers.ADD_CHECKPOINT:
                return AddCheckpoint(self._shown(by)).encode()
            case peers.RECEIPTS:
                return cbor.encode({"v": 1, "ids": self.said.id, "have": 0})
        return b""

    async def _answer(self, by: world.Party) -> bytes:
        tellings = self.tellings()
        told = [tellings.get(by.fingerprint, tellings[self.ru.fingerprint])]
        draft = acknowledge.held(told, of=self.fr.head(), now=by.node.journal.now(), uuid=by.node.uuid())
        [logged] = await by.node.journal.commit(Proposal([by.node.sign(draft)]))
        return acknowledge.encode_answer(logged.signed, told, by.place(logged.index), self._shown(by))

    def _shown(self, by: world.Party) -> Shown:
        known = self.fr.store.head(by.fingerprint)
        old, size = known[0] if known else 0, by.node.journal.tree.size
        path = by.node.journal.prover.consistency(old, size) if 0 < old < size else []
        return Shown(by.node.journal.note or b"", old, tuple(path))

    async def ask(self, route: Route, by: world.Party | None, rest: str | None = None) -> Response:
        """Have a caller ask a route of fr's node; nobody sends what ru would, unsigned."""
        if rest is None:
            rest = {peers.TILE: "0/000.p/1"}.get(route, "")
        url = self.fr.address + PREFIX + route.path.replace("{rest}", rest)
        body = await self.body(route, by or self.ru)
        request = Request(route.method, url, {}, body)
        if by is not None:
            request = by.client._signed(self.fr.node.descriptor, route, url, body)
        return await self.fr.server.handle(request, *route_for(route.method, url.removeprefix(self.fr.address)))

    def dump(self, *, without: tuple[str, ...] = ()) -> dict[str, list[Any]]:
        """All that stands in fr's store."""
        assert isinstance(self.fr.store, SqliteStore)
        database = self.fr.store._db
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {name: list(database.execute(f"SELECT * FROM {name}")) for name in tables if name not in without}


@pytest.fixture
def stage() -> Stage:
    return Stage()


def page_of(response: Response) -> Page:
    return deliver.decode_page(response.body)


def test_the_table_names_every_route_and_every_caller() -> None:
    assert list(EXPECTED) == [route.path for route in ROUTES]
    assert all(len(row) == len(CALLERS) for row in EXPECTED.values())
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
def test_every_route_answers_every_caller_as_the_table_says(stage: Stage, route: Route, caller: str) -> None:
    code = EXPECTED[route.path][CALLERS.index(caller)]
    before = stage.dump()
    response = world.run(lambda: stage.ask(route, stage.callers[caller]))
    assert "signature" in response.headers
    if code == OK:
        assert response.status == 200
        return
    told = content.read_json(response.body)
    assert told["code"] == code
    assert response.status == told["status"] == peers.STATUS[code]
    # A refused call leaves nothing, but that a member's cannot be made again.
    assert stage.dump(without=("nonces",)) == {name: rows for name, rows in before.items() if name != "nonces"}
    if code == UNAUTHENTICATED:
        assert stage.dump() == before


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.caller is not Caller.ANYONE], ids=lambda r: r.path
)
def test_a_route_that_is_not_for_anyone_is_for_no_stranger(route: Route) -> None:
    """So that no row of the table above can be filled in wrongly."""
    assert EXPECTED[route.path][:2] == (UNAUTHENTICATED, UNAUTHENTICATED)


def test_what_anyone_may_see_holds_nothing_that_was_said(stage: Stage) -> None:
    response = world.run(lambda: stage.ask(peers.DESCRIPTOR, None))
    assert SECRET.encode() not in response.body
    assert bytes(stage.said.id) not in response.body


def test_the_page_of_the_right_party_names_the_item_and_holds_none_of_its_content(stage: Stage) -> None:
    response = world.run(lambda: stage.ask(peers.PULL, stage.ru))
    assert [offer.telling for offer in page_of(response).offers] == [stage.tellings()[stage.ru.fingerprint]]
    assert SECRET.encode() not in response.body


def test_the_right_party_is_given_the_item_in_the_bytes_that_it_asked_for(stage: Stage) -> None:
    response = world.run(lambda: stage.ask(peers.ITEMS, stage.ru))
    [item] = deliver.decode_items(response.body).items
    assert item is not None
    assert item.telling == stage.tellings()[stage.ru.fingerprint]
    assert SECRET.encode() in response.body


@pytest.mark.parametrize("caller", ["wrong party", "withdrawn"])
def test_whoever_else_asks_for_the_item_is_given_nothing(stage: Stage, caller: str) -> None:
    response = world.run(lambda: stage.ask(peers.ITEMS, stage.callers[caller]))
    assert deliver.decode_items(response.body).items == (None,)


def test_the_page_of_a_wrong_party_names_no_item(stage: Stage) -> None:
    response = world.run(lambda: stage.ask(peers.PULL, stage.us))
    assert page_of(response).offers == ()
    for hidden in (SECRET.encode(), stage.said.id, stage.said.id.hex().encode(), stage.ru.fingerprint.encode()):
        assert hidden not in response.body


def test_the_page_after_a_withdrawal_names_the_notice_of_it_alone(stage: Stage) -> None:
    response = world.run(lambda: stage.ask(peers.PULL, stage.cn))
    assert [offer.telling.statement for offer in page_of(response).offers] == [NO_STATEMENT]
    for hidden in (SECRET.encode(), stage.said.id, stage.tellings()[stage.cn.fingerprint].item):
        assert hidden not in response.body


@pytest.mark.parametrize("route", [peers.PULL, peers.ITEMS], ids=lambda route: route.path)
def test_a_pull_or_want_that_another_party_signed_is_not_the_callers(stage: Stage, route: Route) -> None:
    """The item goes to whoever signed the request, and the pull or the want must be that party's too."""

    async def ask() -> Response:
        body = await stage.body(route, stage.ru)
        url = stage.fr.address + PREFIX + route.path
        request = stage.us.client._signed(stage.fr.node.descriptor, route, url, body)
        return await stage.fr.server.handle(request, route)

    response = world.run(ask)
    assert response.status == 400
    assert SECRET.encode() not in response.body


@pytest.mark.parametrize("caller", ["wrong party", "right party"])
def test_receipts_are_for_the_party_that_they_were_made_for(stage: Stage, caller: str) -> None:
    """ru's acknowledgement was made to fr, and ru gives its receipt to fr alone."""

    async def ask() -> Response:
        [id] = stage.fr.store.answers_of(stage.ru.fingerprint)
        by = stage.us if caller == "wrong party" else stage.fr
        body = cbor.encode({"v": 1, "ids": id, "have": 0})
        url = stage.ru.address + PREFIX + peers.RECEIPTS.path
        request = by.client._signed(stage.ru.node.descriptor, peers.RECEIPTS, url, body)
        return await stage.ru.server.handle(request, peers.RECEIPTS)

    found = cbor.decode(world.run(ask).body)["receipts"]
    assert len(found) == (0 if caller == "wrong party" else 1)


# -- unknown, not released, withdrawn

Named = Callable[[Stage], Telling]


def _of(stage: Stage, said: Logged) -> Telling:
    """A telling of something to ru, as somebody would name it who knows all but the release of it to another."""
    return replace(stage.tellings()[stage.ru.fingerprint], statement=said.id)


NAMES: dict[str, Named] = {
    "unknown": lambda stage: Telling(StatementId(bytes(32)), StatementId(bytes(32)), ItemHash(bytes(32))),
    "released to nobody": lambda stage: _of(stage, stage.unreleased),
    "released to others": lambda stage: stage.tellings()[stage.ru.fingerprint],
    "an entry that is no release": lambda stage: replace(_of(stage, stage.said), release=stage.said.id),
    "other bytes": lambda stage: replace(_of(stage, stage.said), item=ItemHash(bytes(32))),
}


def seen(response: Response) -> tuple[int, dict[str, str], bytes]:
    """What a caller can tell answers apart by; what each answer's own signature says is of its own request."""
    kept = {name: value for name, value in response.headers.items() if name not in ("signature", "signature-input")}
    return response.status, kept, response.body


def test_unknown_not_released_and_withdrawn_are_answered_with_the_same_bytes(stage: Stage) -> None:
    async def ask(by: world.Party, telling: Telling) -> Response:
        body = wants(by, stage.fr, [telling], stage.fr.node.shown.known(by.fingerprint)[0])
        url = stage.fr.address + PREFIX + peers.ITEMS.path
        request = by.client._signed(stage.fr.node.descriptor, peers.ITEMS, url, body)
        return await stage.fr.server.handle(request, peers.ITEMS)

    answers = {}
    for name, telling in NAMES.items():
        answers[name] = seen(world.run(partial(ask, stage.us, telling(stage))))
    answers["withdrawn"] = seen(world.run(lambda: ask(stage.cn, stage.tellings()[stage.cn.fingerprint])))
    assert len({repr(answer) for answer in answers.values()}) == 1
    status, _, body = answers["withdrawn"]
    assert (status, deliver.decode_items(body).items) == (200, (None,))
    good = world.run(lambda: ask(stage.ru, stage.tellings()[stage.ru.fingerprint]))
    assert SECRET.encode() in good.body


def test_unknown_not_released_and_withdrawn_take_the_same_way_through_the_code(stage: Stage) -> None:
    async def way(by: world.Party, telling: Telling) -> list[str]:
        body = wants(by, stage.fr, [telling], stage.fr.node.shown.known(by.fingerprint)[0])
        called: list[str] = []

        def trace(frame: FrameType, event: str, argument: object) -> None:
            if frame.f_code.co_filename.startswith(HOUSE):
                called.append(frame.f_code.co_qualname)

        kept = sys.gettrace()
        sys.settrace(trace)
        try:
            stage.fr.teller.items(by.fingerprint, body)
        finally:
            sys.settrace(kept)
        return called

    asked = {
        "unknown": (stage.us, NAMES["unknown"](stage)),
        "released to nobody": (stage.us, NAMES["an entry that is no release"](stage)),
        "released": (stage.ru, stage.tellings()[stage.ru.fingerprint]),
    }
    for who, telling in asked.values():  # so that what is computed once for each party has been
        world.run(partial(way, who, telling))
    ways = {name: world.run(partial(way, who, telling)) for name, (who, telling) in asked.items()}
    assert ways.pop("released") != ways["unknown"]
    assert all(taken == ways["unknown"] for taken in ways.values())


def test_an_acknowledgement_of_what_was_never_told_does_not_say_whether_it_exists(stage: Stage) -> None:
    async def answer(telling: Telling) -> Response:
        us = stage.us.node
        draft = acknowledge.held([telling], of=stage.fr.head(), now=us.journal.now(), uuid=us.uuid())
        logged: list[Logged] = await us.journal.commit(Proposal([us.sign(draft)]))
        place, shown = stage.us.place(logged[0].index), stage._shown(stage.us)
        body = acknowledge.encode_answer(logged[0].signed, [telling], place, shown)
        url = stage.fr.address + PREFIX + peers.ACKNOWLEDGE.path
        request = stage.us.client._signed(stage.fr.node.descriptor, peers.ACKNOWLEDGE, url, body)
        return await stage.fr.server.handle(request, peers.ACKNOWLEDGE)

    there = stage.tellings()[stage.ru.fingerprint]
    unknown = replace(there, release=StatementId(bytes(32)))
    assert seen(world.run(lambda: answer(there))) == seen(world.run(lambda: answer(unknown)))


# -- the one function that decides


def test_a_release_is_for_its_addressee_until_it_is_withdrawn(stage: Stage) -> None:
    rows = {row.to: row for row in stage.fr.store.releases_of(stage.said.id)}
    ru, us, cn = (party.fingerprint for party in (stage.ru, stage.us, stage.cn))
    assert is_addressee(ru, rows[ru])
    for caller, subject in ((us, rows[ru]), (cn, rows[cn]), (ru, rows[cn])):
        assert not is_addressee(caller, subject)
    with pytest.raises(ComityError) as caught:
        authorise(Caller.MEMBER, None)
    assert caught.value.code == UNAUTHENTICATED
