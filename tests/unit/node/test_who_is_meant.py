"""Who is meant: one descriptor for a root key, one party for a key, and a name that is nobody's proof of anything.

DESCRIPTOR-18, DESCRIPTOR-19, DESCRIPTOR-20.
"""

import base64
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comity.app import operations, status
from comity.errors import BAD_ARGUMENT, EXISTS, KEY_TAKEN, NAME_TAKEN, SECOND_DESCRIPTOR, UNKNOWN_PARTY, LocalError
from comity.exchange import sign
from comity.gateways import httpsig
from comity.model import content, party
from comity.model.marking import Terms
from comity.model.party import ROLES, Descriptor
from comity.model.statement import Draft, Signed
from comity.node import second
from comity.node.node import pack
from comity.node.parties import Peer
from comity.node.ports import Request, Response
from world import MemoryWire, Party, keys_of, parties, report, run

ROUTE = "/descriptor"


def refusal(action: Any) -> LocalError:
    with pytest.raises(LocalError) as caught:
        action()
    return caught.value


def another(of: Party, **changed: Any) -> Signed:
    """A second descriptor under a party's root key, with something else in it."""
    shown = of.node.descriptor
    fields: dict[str, Any] = {
        "party": shown.party,
        "name": shown.name,
        "keys": keys_of(shown),
        "next_root": shown.next_root,
        "addresses": shown.addresses,
        "reconstruction": shown.reconstruction,
    } | changed
    raw = party.write(f"descriptor--{of.node.uuid()}", of.clock.now(), **fields)
    random = of.randomness.draw(sign.RANDOM_BYTES)
    return sign.sign(Draft(content.parse(raw)), origin=shown.origin, now=of.clock.now(), random=random, signer=of.root)


def status_of(one: Party) -> Any:
    return run(lambda: status.status(one.node, one.sync, {}))


def shows(wire: MemoryWire, of: Party, packed: bytes) -> None:
    """Let a party's node answer with another descriptor than its own."""

    def tamper(request: Request, response: Response) -> Response:
        if not (request.url.startswith(of.address) and request.url.endswith(ROUTE)):
            return response
        changed = Response(200, {"content-type": response.headers["content-type"]}, packed)
        return httpsig.sign_response(changed, request, signer=of.keys.transport, me=of.fingerprint, now=of.clock.now())

    wire.tamper = tamper


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "party": st.sampled_from(["ru", "moscow", "fr"]),
        "name": st.text("abc я", min_size=1, max_size=20),
        "next_root": st.binary(min_size=32, max_size=32),
        "addresses": st.lists(st.sampled_from(["http://a.example", "https://b.example/x"]), max_size=3),
        "reconstruction": st.booleans(),
    },
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CHANGES, st.booleans(), st.sampled_from([None, "ru", "other"]))
def test_whatever_a_second_descriptor_says_it_is_kept_and_never_taken(
    changed: dict[str, Any], removed: bool, petname: str | None
) -> None:
    fr, ru = parties("fr", "ru")
    pinned, packed = fr.peer(ru).descriptor, pack(another(ru, **changed))
    if removed:
        fr.node.parties.remove("ru", fr.clock.now())
    for _ in range(3):
        assert refusal(lambda: fr.node.add_peer(packed, ru.fingerprint, petname)).code == SECOND_DESCRIPTOR
    fr.start()
    known = fr.node.parties.known(ru.fingerprint)
    assert known is not None
    assert known.descriptor == pinned
    [(shown, _)] = second.known(fr.store, ru.fingerprint)
    assert pack(shown.signed) == packed


def test_no_more_than_a_few_second_descriptors_are_kept() -> None:
    fr, ru = parties("fr", "ru")
    for _ in range(second.MAX_KEPT + 5):
        refusal(lambda: fr.node.add_peer(pack(another(ru)), ru.fingerprint))
    assert len(second.known(fr.store, ru.fingerprint)) == second.MAX_KEPT


def test_the_mark_of_a_reconstruction_cannot_be_taken_off_by_a_second_descriptor() -> None:
    fr, ru = Party("fr", MemoryWire()), Party("ru", MemoryWire())
    played = another(ru, reconstruction=True)
    fr.node.add_peer(pack(played), ru.fingerprint)
    refusal(lambda: fr.node.add_peer(pack(ru.node.descriptor.signed), ru.fingerprint))
    assert fr.peer(ru).descriptor.reconstruction
    assert status_of(fr)["peers"][0]["second_descriptors"] != []


def test_the_same_descriptor_again_is_no_fault() -> None:
    fr, ru = parties("fr", "ru")
    assert refusal(lambda: fr.meets(ru)).code == EXISTS
    assert second.known(fr.store, ru.fingerprint) == []


@pytest.mark.parametrize("again", [False, True])
def test_ours_is_never_added_and_a_second_one_under_our_root_is_kept(again: bool) -> None:
    fr, _ = parties("fr", "ru")
    packed = pack(another(fr, name="Elsewhere") if again else fr.node.descriptor.signed)
    found = refusal(lambda: fr.node.add_peer(packed, fr.fingerprint, "someone"))
    assert found.code == (SECOND_DESCRIPTOR if again else BAD_ARGUMENT)
    assert len(second.known(fr.store, fr.fingerprint)) == again
    assert [peer.petname for peer in fr.node.peers] == ["ru"]


# -- what a peer shows when it is reached


def test_a_second_descriptor_that_a_node_shows_is_kept_and_told_in_status() -> None:
    fr, ru = parties("fr", "ru")
    assert run(lambda: fr.syncs(ru))[0].errors == []
    shows(fr.wire, ru, pack(another(ru, addresses=["http://elsewhere.example"])))
    [error] = run(lambda: fr.syncs(ru))[0].errors
    assert error["code"] == SECOND_DESCRIPTOR
    [told] = status_of(fr)["peers"]
    assert len(told["second_descriptors"]) == 1
    assert told["addresses"] == [ru.address]


def test_another_partys_descriptor_in_its_place_is_nobodys_second() -> None:
    fr, ru, us = parties("fr", "ru", "us")
    shows(fr.wire, ru, pack(us.node.descriptor.signed))
    [error] = run(lambda: fr.syncs(ru))[0].errors
    assert error["code"] == "fingerprint-mismatch"
    assert not any(second.known(fr.store, one.fingerprint) for one in (fr, ru, us))


# -- keys


@pytest.mark.parametrize("use", [role for role in ROLES if role != "root"])
@pytest.mark.parametrize("whose", ["fr", "ru"])
@pytest.mark.parametrize("of", [role for role in ROLES if role != "root"])
def test_a_party_with_a_key_of_another_or_of_ours_is_not_added(use: str, whose: str, of: str) -> None:
    fr, ru = parties("fr", "ru")
    thief, victim = Party("us", MemoryWire()), {"fr": fr, "ru": ru}[whose].node.descriptor
    stolen = replace(keys_of(thief.node.descriptor), **{use: getattr(keys_of(victim), of)})
    found = refusal(lambda: fr.node.add_peer(pack(another(thief, keys=stolen)), thief.fingerprint))
    assert found.code == KEY_TAKEN
    assert ("this party itself" if whose == "fr" else "ru") in found.message


def test_whoever_copied_anothers_key_keeps_it_out_until_removed_and_then_cosigns_nothing_with_it() -> None:
    fr, ru, us = parties("fr", "ru", "us")
    thief = Party("cn", MemoryWire())
    stolen = replace(keys_of(thief.node.descriptor), witness=keys_of(ru.node.descriptor).witness)
    fr.node.parties.remove("ru", fr.clock.now())
    copied = fr.node.add_peer(pack(another(thief, keys=stolen)), thief.fingerprint).descriptor
    assert [one.fingerprint for one in fr.node.parties.cosigners] == [one.fingerprint for one in (fr, thief, us)]
    again = pack(ru.node.descriptor.signed)
    found = refusal(lambda: fr.node.add_peer(again, ru.fingerprint))
    assert (found.code, "remove cn first" in found.message) == (KEY_TAKEN, True)
    fr.node.parties.remove("cn", fr.clock.now())
    assert fr.node.add_peer(again, ru.fingerprint).petname == "ru"
    assert copied not in fr.node.parties.cosigners


# -- names


@pytest.mark.parametrize("name", ["ru", "fr"])
def test_a_name_that_is_taken_asks_for_another_and_what_it_calls_itself_is_told(name: str) -> None:
    fr, _ = parties("fr", "ru")
    other = Party(name, MemoryWire(), seed="other")
    found = refusal(lambda: fr.meets(other))
    assert (found.code, "calls itself so" in found.message, "--as" in found.message) == (NAME_TAKEN, True, True)
    told = fr.node.add_peer(pack(other.node.descriptor.signed), other.fingerprint, "third")
    assert fr.node.parties.namesakes(told.descriptor) == [name]


@pytest.mark.parametrize(("itself", "alike"), [("r-u", ["ru"]), ("moscow", []), ("RU".lower(), ["ru"]), ("fr", ["fr"])])
def test_peer_add_says_what_it_calls_itself_and_whom_one_could_take_it_for(itself: str, alike: list[str]) -> None:
    fr, _ = parties("fr", "ru")
    other = Party(itself, MemoryWire(), seed="other")
    told = run(lambda: operations.perform(fr.node, fr.sync, "peer-add", _asked(other.node.descriptor, "third")))["ok"]
    assert (told["party"], told["calls_itself"], told["namesakes"]) == ("third", itself, alike)


def _asked(of: Descriptor, petname: str) -> dict[str, Any]:
    return {"descriptor": base64.b64encode(pack(of.signed)).decode(), "fingerprint": of.fingerprint, "as": petname}


# -- oneself


def test_nobody_is_told_by_itself() -> None:
    fr, _ = parties("fr", "ru")
    myself = Peer("me", fr.node.descriptor)
    assert refusal(lambda: fr.node.named(["fr"])).code == UNKNOWN_PARTY
    said, other = run(lambda: fr.say(report())), Draft(content.parse(report(number=2)))
    for action in (
        lambda: fr.node.release(said.id, [myself], Terms()),
        lambda: fr.node.say(other, [myself], Terms()),
    ):
        with pytest.raises(LocalError) as caught:
            run(action)
        assert caught.value.code == BAD_ARGUMENT
    assert fr.node.journal.tree.size == said.index + 1
