"""The node API as it is spoken: what is malformed, repeated, too large or too much is refused by name, and never breaks."""

import asyncio
from functools import partial
from http import HTTPStatus
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import world
from comity import errors
from comity.errors import CODES, ComityError, LocalError, RemoteError, TransportError
from comity.gateways import peer as peers
from comity.gateways.httpsig import sign_response
from comity.gateways.peer import MAX_AT_ONCE, MAX_REQUEST, PHRASES, PREFIX, ROUTES, STATUS, Route, problem, route_for
from comity.model import content
from comity.node.ports import Request, Response
from comity.proof import cbor

TAKES_A_BODY = [route for route in ROUTES if route.takes != "-"]
# Codes that say what is wrong here: no caller's doing, so no 4xx is theirs.
OURS = {
    *(
        errors.NOT_A_NODE,
        errors.EXISTS,
        errors.IN_USE,
        errors.UNKNOWN_PARTY,
        errors.NAME_TAKEN,
        errors.KEY_TAKEN,
        errors.SECOND_DESCRIPTOR,
        errors.NOT_OURS,
    ),
    *(errors.FINGERPRINT_MISMATCH, errors.UNKNOWN_STATEMENT, errors.MARKING, errors.READ_ONLY, errors.STORAGE),
    *(errors.UNSAFE_STORE, errors.DAMAGED, errors.UNREACHABLE, errors.AMBIGUOUS),
    *(errors.NOT_YET, errors.NO_PROOF, errors.OTHER_VERSION, errors.INTERNAL),
}


class Talk:
    """fr and ru, who know each other, and the good requests that ru has sent to fr in one round."""

    def __init__(self) -> None:
        self.fr, self.ru, self.us = world.parties("fr", "ru", "us")
        self.good: dict[Route, bytes] = {}
        world.run(self._play)

    async def _play(self) -> None:
        await self.fr.say(world.report(), self.ru)
        await self.ru.say(world.report("answer", 2), self.fr)
        await self.fr.syncs(self.ru)
        await self.ru.syncs(self.fr)
        await self.ru.syncs(self.fr)
        for request in self.ru.wire.sent:
            route, _ = route_for(request.method, request.url.removeprefix(self.fr.address))
            if route is not None:
                self.good[route] = request.body
        self.good[peers.RECEIPTS] = cbor.encode({"v": 1, "ids": bytes(32), "have": 0})

    def signed(self, route: Route, body: bytes, rest: str = "", by: world.Party | None = None) -> Request:
        url = self.fr.address + PREFIX + route.path.replace("{rest}", rest)
        return (by or self.ru).client._signed(self.fr.node.descriptor, route, url, body)

    def send(self, request: Request, to: world.Party | None = None) -> Response:
        return world.run(partial(self.hand, request, to))

    async def hand(self, request: Request, to: world.Party | None = None) -> Response:
        path = request.url.partition(".example")[2]
        return await (to or self.fr).server.handle(request, *route_for(request.method, path))

    def ask(self, route: Route, body: bytes = b"", rest: str = "") -> Response:
        return self.send(self.signed(route, body, rest))


@pytest.fixture(scope="module")
def talk() -> Talk:
    """For tests after which fr may know more, but is not another."""
    return Talk()


@pytest.fixture
def fresh() -> Talk:
    return Talk()


def told(response: Response) -> dict[str, Any]:
    """A problem document, signed and of the right form."""
    assert response.headers["content-type"] == "application/problem+json"
    assert "signature" in response.headers
    found: dict[str, Any] = content.read_json(response.body)
    assert found["type"] == "about:blank"
    assert found["status"] == response.status
    assert found["title"] == PHRASES[response.status]
    return found


# -- the table of routes


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
def test_a_route_is_found_by_its_method_and_path_alone(route: Route) -> None:
    path = PREFIX + route.path.replace("{rest}", "x/y")
    assert route_for(route.method, path) == (route, "x/y" if "{rest}" in route.path else "")
    for method in ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", route.method.lower(), ""):
        assert method == route.method or route_for(method, path) == (None, "")


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "/comity", "/comity/v1", "/comity/v1/", "/comity/v2/descriptor", "/COMITY/v1/descriptor"),
        *("/comity/v1/descriptor/", "/comity/v1//descriptor", "//comity/v1/descriptor", "/comity/v1/./descriptor"),
        *("/comity/v1/tile", "/comity/v1/statements", "/comity/v1/%64escriptor", "/comity/v1/descriptor%2f", "*"),
        *("/comity/v1/descriptor?", "/comity/v1/descriptor#x", "http://fr.example/comity/v1/descriptor"),
    ],
)
def test_no_other_path_is_a_route(path: str) -> None:
    assert route_for("GET", path) == (None, "")


@pytest.mark.parametrize(
    "rest",
    [
        *(
            "",
            "0",
            "0/",
            "/0/000",
            "0//000",
            "0/000/",
            "0/0",
            "0/00",
            "0/%30%30%30",
            "00/000",
            "0/000.p/0",
            "0/000.p/256",
        ),
        *("0/000.p/01", "0/x000/001", "-1/000", "64/000", "0/../0/000", "0/000.P/1", "0/٠٠٠", "0/000\n"),
        *("entries/000", "entries/000.p/1", "0/999", "63/000", "0/x999/x999/x999/x999/x999/x999/999"),
    ],
)
def test_what_is_no_tile_of_hashes_is_not_found(talk: Talk, rest: str) -> None:
    """Bundles of entries above all: these hold what was said to others."""
    response = world.run(partial(_tile, talk, rest))
    assert told(response)["code"] == errors.NOT_FOUND


async def _tile(talk: Talk, rest: str) -> Response:
    """Ask for a tile by what the router hands on, be it what no URL can hold."""
    return await talk.fr.server.handle(talk.signed(peers.TILE, b"", "0/000"), peers.TILE, rest)


def test_a_tile_of_hashes_holds_what_the_published_head_commits_to(talk: Talk) -> None:
    response = talk.ask(peers.TILE, rest="0/000.p/1")
    row = talk.fr.store.leaf(0)
    assert row is not None
    assert response.body == row.id


# -- malformed bodies

DEEP = b"\x81" * 5000 + b"\x00"
BAD: dict[str, bytes] = {
    "empty": b"",
    "garbage": bytes(range(256)),
    "text": b"hello",
    "JSON": b'{"v":1}',
    "an empty map": b"\xa0",
    "a list": b"\x80",
    "a number": b"\x01",
    "an indefinite map": b"\xbf\xff",
    "a float": b"\xfb" + bytes(8),
    "deep": DEEP,
    "deep maps": b"\xa1\x01" * 5000 + b"\x00",
    "a length beyond all": b"\x9b" + b"\xff" * 8,
    "a string beyond all": b"\x5b\x7f" + b"\xff" * 7,
    "a million keys": cbor.encode({str(number): number for number in range(60_000)}),
    "version 0": cbor.encode({"v": 0}),
    "wrong types": cbor.encode({"v": "1", "pull": 1, "limit": b"", "wait": None}),
    "negative": cbor.encode({"v": 1, "pull": b"", "limit": -1, "wait": -1}),
    "old, and nothing": b"old 0\n\n",
    "old, and no number": b"old x\n\nnote\n",
    "old, and a number without end": b"old " + b"9" * 5000 + b"\n\n",
    "old, and an Arabic number": "old ٣\n\nnote\n".encode(),
    "old, and a leading zero": b"old 00\n\nnote\n",
    "old, and a long proof": b"old 1\n" + b"A" * 44 + b"\n" * 1 + b"AAAA\n" * 1000 + b"\n",
    "old, and stray bits": b"old 1\n" + b"A" * 42 + b"B=\n\nnote\n",
    "as much as may be": b"\x00" * MAX_REQUEST,
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
@pytest.mark.parametrize("route", TAKES_A_BODY, ids=lambda route: route.path)
def test_a_malformed_body_is_the_callers_fault_and_said_so(talk: Talk, route: Route, body: bytes) -> None:
    response = talk.ask(route, body)
    assert 400 <= response.status < 500
    assert told(response)["code"] in (errors.MALFORMED, errors.TOO_LARGE)


@pytest.mark.parametrize(
    "route", [one for one in TAKES_A_BODY if one is not peers.ADD_CHECKPOINT], ids=lambda one: one.path
)
def test_a_version_to_come_is_unknown_and_no_fault(talk: Talk, route: Route) -> None:
    response = talk.ask(route, cbor.encode({"v": 2}))
    assert (response.status, told(response)["code"]) == (400, errors.UNKNOWN_VERSION)


@pytest.mark.parametrize("route", TAKES_A_BODY, ids=lambda route: route.path)
def test_a_body_that_is_cut_off_anywhere_is_malformed(talk: Talk, route: Route) -> None:
    good = talk.good[route]
    for length in range(0, len(good), max(1, len(good) // 40)):
        code = told(talk.ask(route, good[:length]))["code"]
        # A note that ends after some line is a note of another kind, or with fewer signatures.
        assert code in (errors.MALFORMED, errors.UNKNOWN_KEY, errors.BAD_SIGNATURE)


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from(TAKES_A_BODY),
    st.lists(st.tuples(st.integers(0, 4000), st.binary(max_size=6), st.integers(0, 6)), min_size=1, max_size=3),
)
def test_a_body_that_was_altered_at_random_breaks_nothing(
    talk: Talk, route: Route, edits: list[tuple[int, bytes, int]]
) -> None:
    body = talk.good[route]
    for at, put, dropped in edits:
        at %= len(body) + 1
        body = body[:at] + put + body[at + dropped :]
    response = talk.ask(route, body)
    assert response.status == 200 or 400 <= response.status < 500
    if response.status != 200:
        told(response)


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(0, 2**64 - 1)
    | st.integers(-(2**64), -1)
    | st.binary(max_size=70)
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=6) | st.integers(0, 9), inner, max_size=4)
    ),
    max_leaves=12,
)
_FIELDS = ("v", "pull", "limit", "wait", "statement", "tellings", "index", "path", "head", "ids", "have")


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([route for route in TAKES_A_BODY if route is not peers.ADD_CHECKPOINT]),
    st.dictionaries(st.sampled_from(_FIELDS), _VALUES, max_size=6),
)
def test_values_of_any_kind_in_place_of_the_right_ones_break_nothing(
    talk: Talk, route: Route, changed: dict[str, Any]
) -> None:
    good = cbor.decode(talk.good[route])
    response = talk.ask(route, cbor.encode({**good, **{name: v for name, v in changed.items() if name in good}}))
    assert response.status == 200 or 400 <= response.status < 500
    assert 400 <= talk.ask(route, cbor.encode(changed)).status < 500


def test_a_body_that_no_route_takes_is_nothing_to_us(talk: Talk) -> None:
    assert talk.ask(peers.CHECKPOINT, bytes(range(256))).status == 200


def test_a_request_may_have_a_mebibyte_and_no_byte_more(talk: Talk) -> None:
    response = talk.ask(peers.PULL, b"\x00" * (MAX_REQUEST + 1))
    assert response.status == 413
    assert told(response)["code"] == errors.TOO_LARGE


# -- whoever has not said who it is


async def _unread() -> bytes:
    raise AssertionError("the body was read")


def test_the_body_of_a_stranger_is_not_read(talk: Talk) -> None:
    good = talk.signed(peers.PULL, talk.good[peers.PULL])
    altered = {**good.headers, "comity-recipient": talk.us.fingerprint}
    unknown = {
        **good.headers,
        "signature-input": good.headers["signature-input"].replace(talk.ru.fingerprint, "0" * 64),
    }
    for headers in ({}, altered, unknown):
        request = Request("POST", good.url, headers, b"")
        response = world.run(partial(talk.fr.server.handle, request, peers.PULL, "", _unread))
        assert told(response)["code"] == errors.UNAUTHENTICATED
    assert world.run(lambda: talk.fr.server.handle(request, None, "", _unread)).status == 404
    assert world.run(lambda: talk.fr.server.handle(request, peers.DESCRIPTOR, "", _unread)).status == 200


def test_the_body_of_a_member_is_read_and_must_be_the_one_that_was_signed(talk: Talk) -> None:
    for body, code in ((talk.good[peers.PULL], None), (talk.good[peers.PULL] + b"!", errors.UNAUTHENTICATED)):
        request = talk.signed(peers.PULL, talk.good[peers.PULL])
        empty = Request(request.method, request.url, request.headers, b"")

        async def read(body: bytes = body) -> bytes:
            return body

        response = world.run(partial(talk.fr.server.handle, empty, peers.PULL, "", read))
        assert (response.status, code) == (200, None) or told(response)["code"] == code


def test_a_request_whose_body_was_not_its_own_may_be_made_again(talk: Talk) -> None:
    """Else whoever stands between two nodes could use a request up by sending its head with another body first."""
    request = talk.signed(peers.CHECKPOINT, b"")
    assert told(talk.send(Request("GET", request.url, request.headers, b"!")))["code"] == errors.UNAUTHENTICATED
    assert talk.send(request).status == 200


# -- replays


def test_a_request_is_answered_once(fresh: Talk) -> None:
    request = fresh.signed(peers.CHECKPOINT, b"")
    assert fresh.send(request).status == 200
    again = fresh.send(request)
    assert again.status == 401
    assert told(again)["code"] == errors.REPLAYED


def test_a_request_is_answered_once_also_by_a_server_that_was_started_again(fresh: Talk) -> None:
    request = fresh.signed(peers.CHECKPOINT, b"")
    assert fresh.send(request).status == 200
    fresh.fr.start()
    assert told(fresh.send(request))["code"] == errors.REPLAYED


def test_a_refused_request_is_used_up_like_any_other(fresh: Talk) -> None:
    request = fresh.signed(peers.TILE, b"", "0/999")
    assert told(fresh.send(request))["code"] == errors.NOT_FOUND
    assert told(fresh.send(request))["code"] == errors.REPLAYED


def test_a_nonce_is_remembered_for_as_long_as_its_request_is_good(fresh: Talk) -> None:
    fresh.ru.clock.skew = 290_000
    request = fresh.signed(peers.CHECKPOINT, b"")
    assert fresh.send(request).status == 200
    for minutes in (1, 4, 9):
        fresh.fr.clock.skew = minutes * 60_000
        assert fresh.ask(peers.CHECKPOINT).status == 200  # which is when nonces are forgotten
        assert told(fresh.send(request))["code"] == errors.REPLAYED
        fresh.ru.clock.skew = minutes * 60_000
    fresh.fr.clock.skew = 11 * 60_000
    assert told(fresh.send(request))["code"] == errors.CLOCK_SKEW


def test_two_parties_may_draw_the_same_nonce(fresh: Talk) -> None:
    for by in (fresh.ru, fresh.us):
        by.randomness = world.SeededRandomness("the same")
        by.start()
        assert fresh.send(fresh.signed(peers.CHECKPOINT, b"", by=by)).status == 200


def test_a_request_to_one_node_is_no_request_to_another(fresh: Talk) -> None:
    """Though all know the one who signed it, and though the address were the other's."""
    response = fresh.send(fresh.signed(peers.CHECKPOINT, b""), fresh.us)
    assert response.status == 403
    assert told(response)["code"] == errors.WRONG_ADDRESSEE


@pytest.mark.parametrize(("skew", "theirs"), [(-3600, "09:00:00"), (3600, "11:00:00")])
def test_a_clock_an_hour_off_is_told_both_times(fresh: Talk, skew: int, theirs: str) -> None:
    fresh.ru.clock.skew = skew * 1000
    with pytest.raises(RemoteError) as caught:
        world.run(lambda: fresh.ru.client.get(fresh.fr.node.descriptor, peers.CHECKPOINT))
    # The answer's own time is off as well: the caller sees it from its side.
    assert caught.value.code == errors.CLOCK_SKEW
    assert caught.value.evidence["ours"].startswith(f"2026-11-26T{theirs}")
    document = told(fresh.ask(peers.CHECKPOINT))
    assert (document["status"], document["code"]) == (401, errors.CLOCK_SKEW)
    assert document["evidence"]["theirs"].startswith(f"2026-11-26T{theirs}")
    assert document["evidence"]["ours"].startswith("2026-11-26T10:00:00")


def test_clocks_that_are_four_minutes_apart_talk(fresh: Talk) -> None:
    fresh.ru.clock.skew = 240_000
    [round] = world.run(lambda: fresh.ru.syncs(fresh.fr))
    assert round.errors == []


# -- too much of one member


def test_one_member_cannot_keep_all_others_waiting(fresh: Talk) -> None:
    """NODE-API-18: long polls without end take that member's places and nobody else's."""

    async def flood() -> tuple[Response, Response, list[Response]]:
        fields = cbor.decode(fresh.good[peers.PULL])
        body = cbor.encode({**fields, "wait": 20})
        polls = [asyncio.create_task(fresh.hand(fresh.signed(peers.PULL, body))) for _ in range(MAX_AT_ONCE)]
        await asyncio.sleep(0.1)
        assert not any(poll.done() for poll in polls)
        more = await fresh.hand(fresh.signed(peers.CHECKPOINT, b""))
        other = await fresh.hand(fresh.signed(peers.CHECKPOINT, b"", by=fresh.us))
        return more, other, await asyncio.gather(*polls)

    more, other, answers = world.run(flood)
    assert more.status == 429
    assert told(more)["code"] == errors.BUSY
    error = _error(fresh, more)
    assert (type(error), error.code) == (TransportError, errors.BUSY)
    assert other.status == 200
    assert [answer.status for answer in answers] == [200] * MAX_AT_ONCE
    assert fresh.ask(peers.CHECKPOINT).status == 200


# -- what leaves a node when something is wrong


def test_every_code_has_a_status_or_is_about_ourselves() -> None:
    assert STATUS.keys() | OURS == CODES.keys()
    assert STATUS.keys() & OURS == set()
    assert all(400 <= status < 500 for status in STATUS.values())


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_fault_of_our_own_tells_its_code_and_nothing_of_what_stands_here(code: str) -> None:
    evidence = {"key": "secret"}
    for kind in (LocalError, TransportError, ComityError):
        response = problem(kind(code, "the secret is at /home/fr", place="/home/fr/node.db", evidence=evidence))
        assert response.status == (503 if code in ("read-only", "storage", "unreachable") else 500)
        found = content.read_json(response.body)
        assert (found["title"], found["message"]) == (PHRASES[response.status], CODES[code])
        assert found.keys() == {"type", "status", "title", "code", "message"}
        assert b"secret" not in response.body
        assert b"/home" not in response.body


def test_each_status_is_called_as_http_calls_it() -> None:
    """RFC 9110 renamed two, which some Pythons do not know yet."""
    renamed = {413: "Content Too Large", 422: "Unprocessable Content"}
    assert {
        status: renamed.get(status, HTTPStatus(status).phrase) for status in {*STATUS.values(), 500, 503}
    } == PHRASES


@pytest.mark.parametrize("code", sorted(STATUS))
def test_a_fault_of_the_callers_is_told_with_its_place_and_evidence(code: str) -> None:
    response = problem(RemoteError(code, "what is wrong", place="here", evidence={"size": 7}))
    found = content.read_json(response.body)
    assert response.status == found["status"] == STATUS[code]
    assert (found["message"], found["place"], found["evidence"]) == ("what is wrong", "here", {"size": 7})


def test_a_disk_that_fails_is_told_as_such_and_no_more(fresh: Talk) -> None:
    request = fresh.signed(peers.CHECKPOINT, b"")
    fresh.fr.store.close()
    response = fresh.send(request)
    assert response.status == 503
    assert told(response)["message"] == CODES[errors.STORAGE]
    error = _error(fresh, response)
    assert (type(error), error.code) == (TransportError, errors.STORAGE)


# -- the asking side


def _error(talk: Talk, answer: Response) -> ComityError:
    """What the asking side makes of an answer, which is signed if it is not signed already."""

    async def ask() -> bytes:
        talk.ru.wire.tamper = lambda request, _: _sign(talk, answer, request)
        try:
            return await talk.ru.client.get(talk.fr.node.descriptor, peers.CHECKPOINT)
        finally:
            talk.ru.wire.tamper = lambda _, response: response

    with pytest.raises(ComityError) as caught:
        world.run(ask)
    return caught.value


def _sign(talk: Talk, answer: Response, request: Request) -> Response:
    bare = {name: value for name, value in answer.headers.items() if name == "content-type"}
    return sign_response(
        Response(answer.status, bare, answer.body),
        request,
        signer=talk.fr.keys.transport,
        me=talk.fr.fingerprint,
        now=talk.fr.clock.now(),
    )


ODD_PROBLEMS: dict[str, bytes] = {
    "nothing": b"",
    "not JSON": b"<html>",
    "a list": b"[]",
    "a text": b'"malformed"',
    "no code": b'{"message":"x"}',
    "no message": b'{"code":"malformed"}',
    "a code that is a list": b'{"code":[],"message":"x"}',
    "a code that is a map": b'{"code":{},"message":"x"}',
    "a code that is not known": b'{"code":"launch","message":"x"}',
    "a message that is a number": b'{"code":"malformed","message":1}',
    "evidence that is a list": b'{"code":"stale-head","message":"x","evidence":[]}',
    "evidence that is null": b'{"code":"stale-head","message":"x","evidence":null}',
    "a key twice": b'{"code":"malformed","code":"malformed","message":"x"}',
    "deep": b'{"code":"malformed","message":"x","evidence":' + b"[" * 9999 + b"]" * 9999 + b"}",
    "a mebibyte": b'{"code":"malformed","message":"' + b"x" * (1 << 20) + b'"}',
    "not UTF-8": b'{"code":"malformed","message":"\xff"}',
}


@pytest.mark.parametrize("body", ODD_PROBLEMS.values(), ids=ODD_PROBLEMS)
@pytest.mark.parametrize("status", [201, 302, 400, 409, 503])
def test_a_refusal_that_is_none_is_malformed_and_breaks_nothing(talk: Talk, body: bytes, status: int) -> None:
    error = _error(talk, Response(status, {}, body))
    assert (type(error), error.code) == (RemoteError, errors.MALFORMED)
    assert str(status) in error.message


def test_a_refusal_is_raised_here_as_it_was_there(talk: Talk) -> None:
    there = RemoteError(errors.STALE_HEAD, "the proof starts elsewhere", evidence={"size": 3})
    here = _error(talk, problem(there))
    assert (type(here), here.code, here.evidence) == (RemoteError, there.code, {"size": 3})
    assert here.message == "it says “the proof starts elsewhere”"


def test_a_refusal_that_goes_on_and_on_is_cut(talk: Talk) -> None:
    said = _error(talk, problem(RemoteError(errors.MALFORMED, "x" * 9999))).message
    assert len(said) < 320
    assert said.endswith("...” (9,999 characters)")


@pytest.mark.parametrize("status", [400, 503])
def test_the_words_of_a_refusal_are_quoted_and_write_no_line_of_their_own(talk: Talk, status: int) -> None:
    words = "no\ncomity: ru is known now” and\x1b[2J\u202e\U000e0041"
    body = content.dump({"code": errors.NOT_FOUND, "message": words, "place": words, "evidence": {}})
    said = _error(talk, Response(status, {}, body))
    assert said.place == ""
    assert said.message.endswith('“no⏎comity: ru is known now" and␛[2J<U+202E><U+E0041>”')
    assert str(said).isprintable()


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_a_proxy_answers_for_want_of_room_means_try_again(fresh: Talk, status: int) -> None:
    fresh.ru.wire.tamper = lambda request, response: Response(status, {}, b"<html>")
    with pytest.raises(TransportError) as caught:
        world.run(lambda: fresh.ru.client.get(fresh.fr.node.descriptor, peers.CHECKPOINT))
    assert caught.value.code == errors.UNREACHABLE


@pytest.mark.parametrize("status", [200, 204, 301, 400, 401, 403, 404, 409, 413])
def test_an_answer_that_nobody_signed_is_no_answer(fresh: Talk, status: int) -> None:
    fresh.ru.wire.tamper = lambda request, response: Response(status, {}, response.body)
    with pytest.raises(RemoteError) as caught:
        world.run(lambda: fresh.ru.client.get(fresh.fr.node.descriptor, peers.CHECKPOINT))
    assert caught.value.code == errors.BAD_SIGNATURE


@pytest.fixture
def moved(fresh: Talk) -> Talk:
    """fr has told four addresses: at the first nobody is, the second is none, at the third us answers, it is at the last."""
    addresses = ["http://nobody.example", "http://[", "http://elsewhere.example", fresh.fr.address]
    object.__setattr__(fresh.fr.node.descriptor, "addresses", tuple(addresses))
    fresh.ru.wire.servers["http://elsewhere.example"] = fresh.us.server
    fresh.ru.wire.sent.clear()
    return fresh


def test_whoever_answers_at_an_address_and_is_not_the_peer_does_not_stand_in_the_way(moved: Talk) -> None:
    ask = partial(moved.ru.client.get, moved.fr.node.descriptor, peers.CHECKPOINT)
    assert world.run(ask) == world.run(ask)
    asked = [request.url.partition("/comity/")[0] for request in moved.ru.wire.sent]
    assert asked == ["http://nobody.example", "http://elsewhere.example", moved.fr.address] * 2
    assert len({request.headers["signature"] for request in moved.ru.wire.sent}) == 6


def test_a_refusal_of_the_peer_itself_is_final(moved: Talk) -> None:
    with pytest.raises(RemoteError) as caught:
        world.run(lambda: moved.ru.client.get(moved.fr.node.descriptor, peers.TILE, "0/999"))
    assert caught.value.code == errors.NOT_FOUND
    assert len(moved.ru.wire.sent) == 3


def test_if_the_peer_is_nowhere_the_last_failure_is_told(moved: Talk) -> None:
    del moved.ru.wire.servers[moved.fr.address]
    with pytest.raises(TransportError):
        world.run(lambda: moved.ru.client.get(moved.fr.node.descriptor, peers.CHECKPOINT))
    object.__setattr__(moved.fr.node.descriptor, "addresses", ("http://[",))
    with pytest.raises(LocalError) as caught:
        world.run(lambda: moved.ru.client.get(moved.fr.node.descriptor, peers.CHECKPOINT))
    assert caught.value.code == errors.BAD_ARGUMENT
    object.__setattr__(moved.fr.node.descriptor, "addresses", ())
    with pytest.raises(TransportError) as none:
        world.run(lambda: moved.ru.client.get(moved.fr.node.descriptor, peers.CHECKPOINT))
    assert none.value.code == errors.UNREACHABLE
