"""Looking leaves no trace: whatever is only read at a node changes nothing that another may ask for, in no byte and no moment.

DESIGN 2.8. What a peer can see is all answers of all routes, what the node sends, when it sends it, and how it keeps others
waiting. The record of a check stands beside the log: the tests below would see a leaf, a head, a page, or a beat that moved.
"""

import asyncio
import base64
import json
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import world
from comity.app.operations import OPERATIONS, perform
from comity.errors import LocalError
from comity.gateways import peer as peers
from comity.gateways.peer import PREFIX, ROUTES, Route, route_for
from comity.node import recorded
from comity.node.ports import Batch, Kept, Request, Response
from comity.node.sqlite import SqliteStore
from comity.proof import cbor
from comity.proof.tree import tile_path
from unit.app.places import AREA, TIMES, asked, notified, protected, refused, spot
from unit.node.between import running

WHEN = {"geojson": AREA, **TIMES}
# What only reads, with what it is asked. Everything else that a command can do says, answers or pins something.
LOOKS: dict[str, list[dict[str, Any]]] = {
    "check": [WHEN, {**WHEN, "record": True}, {**WHEN, "geojson": spot(36.0, 35.0), "margin_km": 5.0, "record": True}],
    "objections": [{}],
    "alerts": [{}],
    "statements": [{}, {"type": "check"}],
    "positions": [{}, {"subject": "Somebody"}],
    "inbox": [{}],
    "quarantine": [{}],
    "show": [{"statement": "said"}, {"statement": "heard"}],
    "told": [{"statement": "said"}],
    "prove": [{"statement": "said", "to": "ru"}, {"statement": "heard", "from": "ru"}],
    "descriptor": [{}],
    "peer-list": [{}],
    "log-verify": [{}],
    "log-export": [{}, {"statement": "said"}],
    "witness-list": [{}],
    "status": [{}],
}
DOES = {"say", "position", "notice", "protect", "release", "withdraw", "sync", "log-adopt", "rebuild"} | {
    "peer-add",
    "peer-rename",
    "peer-remove",
    "witness-add",
    "witness-remove",
}


def test_each_command_is_known_to_look_or_to_do() -> None:
    """Whoever adds a command says here whether it only looks."""
    assert OPERATIONS.keys() - DOES == LOOKS.keys()
    assert not DOES & LOOKS.keys()


class Watched:
    """fr with something to see, and ru and us, who may ask it for whatever a peer can ask for."""

    def __init__(self) -> None:
        self.fr, self.ru, self.us = world.parties("fr", "ru", "us")
        self.said, self.heard = "", ""
        self.good: dict[Route, bytes] = {}
        world.run(self._play)

    async def _play(self) -> None:
        fr, ru, us = self.fr, self.ru, self.us
        self.said = (await fr.say(world.report(), ru)).id.hex()
        self.heard = (await protected(ru, to=["fr"]))["statement"]
        await notified(fr, to=["ru"])
        for _ in range(2):
            for one, others in ((fr, (ru, us)), (ru, (fr, us)), (us, (fr, ru))):
                await one.syncs(*others)
        await fr.sync.look()
        for request in fr.wire.sent:
            route, _ = route_for(request.method, request.url.removeprefix(fr.address))
            if route is not None and ru.fingerprint in str(request.headers):
                self.good[route] = request.body
        self.good[peers.RECEIPTS] = cbor.encode({"v": 1, "ids": bytes(32), "have": 0})

    def args(self, given: dict[str, Any]) -> dict[str, Any]:
        names = {"said": self.said, "heard": self.heard}
        return {name: names.get(value, value) if isinstance(value, str) else value for name, value in given.items()}

    def answers(self) -> list[tuple[str, int, bytes]]:
        """What fr answers on every route to ru, who was told, and to us, who was not."""
        return world.run(self._answers)

    async def _answers(self) -> list[tuple[str, int, bytes]]:
        return [
            (f"{by.name} {route.path} {rest}", found.status, found.body)
            for by in (self.ru, self.us)
            for route in ROUTES
            for rest in self._rests(route)
            for found in [await self._ask(by, route, rest)]
        ]

    def _rests(self, route: Route) -> list[str]:
        if route is peers.TILE:
            size = self.fr.node.journal.tree.size
            return [tile_path(0, 0, width).removeprefix("tile/") for width in range(1, size + 2)]
        return [self.said, self.heard, "00" * 32] if "{rest}" in route.path else [""]

    async def _ask(self, by: world.Party, route: Route, rest: str) -> Response:
        url = self.fr.address + PREFIX + route.path.replace("{rest}", rest)
        request: Request = by.client._signed(self.fr.node.descriptor, route, url, self.good.get(route, b""))
        return await self.fr.server.handle(request, route, rest)

    def state(self) -> list[Any]:
        """What the store holds, but for the records of checks and the nonces of those who asked; and the lock."""
        assert isinstance(self.fr.store, SqliteStore)
        db = self.fr.store._db
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
        kept = {"kept": f"WHERE kind != '{recorded.RECORD}'"}
        rows = [
            (name, sorted(map(repr, db.execute(f"SELECT * FROM {name} {kept.get(name, '')}"))))
            for name in tables
            if name != "nonces"
        ]
        return [*rows, self.fr.lock.note, self.fr.node.journal.tree, self.fr.node.journal.note]


@pytest.fixture(scope="module")
def watched() -> Watched:
    return Watched()


def test_what_the_others_may_ask_is_really_asked(watched: Watched) -> None:
    """A test of nothing would pass whatever a check does: pages, statements, heads, tiles are answered here."""
    assert watched.good.keys() >= {peers.PULL, peers.ACKNOWLEDGE, peers.ADD_CHECKPOINT, peers.RECEIPTS}
    well = {name.split()[1] for name, status, _ in watched.answers() if status == 200}
    assert well >= {route.path for route in ROUTES} - {peers.ADD_CHECKPOINT.path, peers.ACKNOWLEDGE.path}
    sent, size = len(watched.fr.wire.sent), watched.fr.node.journal.tree.size
    before = watched.answers(), watched.state()
    assert (watched.answers(), watched.state()) == before, "asking itself must not change what is asked"
    assert (len(watched.fr.wire.sent), watched.fr.node.journal.tree.size) == (sent, size)


@pytest.mark.parametrize(
    ("operation", "given"),
    [(operation, given) for operation, each in LOOKS.items() for given in each],
    ids=lambda part: part if isinstance(part, str) else ",".join(part),
)
def test_looking_sends_nothing_and_changes_no_byte_that_a_peer_can_ask_for(
    watched: Watched, operation: str, given: dict[str, Any]
) -> None:
    fr = watched.fr
    answers, state, sent = watched.answers(), watched.state(), len(fr.wire.sent)
    told = world.run(partial(perform, fr.node, fr.sync, operation, watched.args(given)))
    assert "ok" in told, told
    assert watched.state() == state
    assert len(fr.wire.sent) == sent
    assert watched.answers() == answers
    assert ("record" in told["ok"]) == bool(given.get("record"))


def traffic(moments: list[tuple[int, bool]]) -> list[tuple[Any, ...]]:
    """All that goes between fr and ru in ten seconds, while fr checks at these moments: when, and byte for byte."""
    fr, ru = world.parties("fr", "ru")
    seen: list[tuple[Any, ...]] = []

    def saw(request: Request, response: Response) -> Response:
        time = round(asyncio.get_running_loop().time(), 6)
        seen.append((time, request.method, request.url, request.body, response.status, response.body))
        return response

    fr.wire.tamper = saw

    async def story() -> None:
        await protected(ru, to=["fr"])
        checks = [asyncio.ensure_future(check(at / 10, record)) for at, record in moments]
        await running(10, fr, ru)
        await asyncio.gather(*checks)

    async def check(at: float, record: bool) -> None:
        await asyncio.sleep(at)
        await asked(fr, "check", **WHEN, record=record)

    world.run(story)
    # Salts and drawn orders come from one seed, of which a check with a record takes a part: nothing is said after it here.
    return sorted(seen)  # what goes at one moment goes in any order


@settings(max_examples=6)
@given(st.lists(st.tuples(st.integers(30, 90), st.booleans()), min_size=1, max_size=6))
def test_no_beat_no_page_and_no_waiting_tells_that_somebody_checked(moments: list[tuple[int, bool]]) -> None:
    assert traffic(moments) == traffic([])


# -- the record


def test_records_are_listed_shown_and_keep_what_was_asked_through_a_rebuild(watched: Watched) -> None:
    fr = world.parties("fr")[0]

    async def story() -> None:
        ids = [(await asked(fr, "check", **WHEN, record=True))["record"] for _ in range(3)]
        for _ in range(2):
            listed = await asked(fr, "statements", type="check")
            assert {one["statement"] for one in listed} == set(ids)
            assert await asked(fr, "statements") == []
            shown = await asked(fr, "show", statement=ids[0])
            assert (shown["index"], shown["by"], shown["content"]["type"]) == (None, "fr", "check")
            assert json.loads(base64.b64decode(shown["bytes"])) == shown["content"]
            for name in (ids[0][:10], shown["content"]["id"]):
                assert (await asked(fr, "show", statement=name))["statement"] == ids[0]
            assert (await asked(fr, "log-verify"))["valid"]
            await asked(fr, "rebuild")
        assert fr.node.journal.tree.size == 1

    world.run(story)


@pytest.mark.parametrize("operation", ["release", "withdraw", "told", "prove"])
def test_a_record_is_never_told_nor_proved(operation: str) -> None:
    fr, _ = world.parties("fr", "ru")

    async def story() -> None:
        id = (await asked(fr, "check", **WHEN, record=True))["record"]
        given: dict[str, dict[str, Any]] = {
            "release": {"to": ["ru"]},
            "withdraw": {"from": ["ru"]},
            "told": {},
            "prove": {"to": "ru"},
        }
        code, _, message = await refused(fr, operation, statement=id, **given[operation])
        assert (code, message) == ("not-ours", "the record of a check stands beside the log and is told to nobody")

    world.run(story)


def damaged(fr: world.Party, id: bytes, data: bytes) -> None:
    assert isinstance(fr.store, SqliteStore)
    fr.store._db.execute("UPDATE kept SET data = ? WHERE kind = ? AND subject = ?", (data, recorded.RECORD, id))


def test_log_verify_names_each_record_that_is_not_as_it_was_signed() -> None:
    """Its own key must have signed it, under the id by which it is found; another party's word is no record of ours."""
    fr, ru = world.parties("fr", "ru")

    async def story() -> None:
        ids = [(await asked(fr, "check", **WHEN, record=True))["record"] for _ in range(4)]
        theirs = (await asked(ru, "check", **WHEN, record=True))["record"]
        kept = [one.data for id in ids for one in fr.store.kept(recorded.RECORD, fr.fingerprint, bytes.fromhex(id))]
        [foreign] = ru.store.kept(recorded.RECORD, ru.fingerprint, bytes.fromhex(theirs))
        fr.store.commit(Batch(kept=[Kept(recorded.RECORD, fr.fingerprint, foreign.subject, foreign.data, foreign.at)]))
        damaged(fr, bytes.fromhex(ids[1]), kept[2])
        damaged(fr, bytes.fromhex(ids[2]), kept[2].replace(b'"margin_km":0', b'"margin_km":9'))
        damaged(fr, bytes.fromhex(ids[3]), b"")
        found = await asked(fr, "log-verify")
        assert not found["valid"]
        assert {fault["place"] for fault in found["faults"]} == {f"record {id}" for id in (*ids[1:], theirs)}
        with pytest.raises(LocalError) as caught:
            recorded.find(fr.store, fr.fingerprint, fr.node.resolve(ids[2]))
        assert (caught.value.code, caught.value.place) == ("damaged", f"record {ids[2]}")

    world.run(story)
