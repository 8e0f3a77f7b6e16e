"""Notices and sites said, and refused, at a node as its commands do it."""

import json
from typing import Any

from comity.app.operations import perform
from comity.model.content import StixObject
from comity.node import recorded
from world import Party

POINT = json.dumps({"type": "Point", "coordinates": [36.0, 35.0]})
NEAR = json.dumps({"type": "Point", "coordinates": [36.001, 35.0]})
AREA = json.dumps({"type": "Polygon", "coordinates": [[[35.9, 34.9], [36.1, 34.9], [36.1, 35.1], [35.9, 34.9]]]})
TIMES = {"from": "2026-11-26T12:00:00Z", "until": "2026-11-26T14:00:00Z"}


def spot(lon: float, lat: float, radius_m: float = 0) -> str:
    """A place with its radius, which says itself that it is no more than a point."""
    point = {"type": "Point", "coordinates": [lon, lat]}
    return json.dumps({"type": "Feature", "geometry": point, "properties": {"radius_m": radius_m}})


async def asked(party: Party, operation: str, **args: Any) -> Any:
    if operation in ("objections", "alerts"):
        await party.sync.look()  # as the watch of a node has done by then: these commands themselves only read
    answer = await perform(party.node, party.sync, operation, args)
    assert "ok" in answer, answer
    return answer["ok"]


async def notified(party: Party, **args: Any) -> Any:
    return await asked(party, "notice", **{"geojson": AREA, **TIMES, **args})


async def protected(party: Party, **args: Any) -> Any:
    return await asked(party, "protect", **{"geojson": POINT, "function": "hospital", **args})


async def refused(party: Party, operation: str, **args: Any) -> tuple[str, str, str]:
    """The code, place and message with which it is refused; nothing is written."""
    size = party.node.journal.tree.size
    answer = await perform(party.node, party.sync, operation, args)
    assert "error" in answer, answer
    assert party.node.journal.tree.size == size
    error = answer["error"]
    return error["code"], error.get("place", ""), error["message"]


def object_of(party: Party, statement: str) -> StixObject:
    return party.node.own(party.node.resolve(statement)).signed.object


def record_of(party: Party, statement: str) -> StixObject:
    """The content of a check's record, which stands beside the log."""
    found = recorded.find(party.store, party.fingerprint, party.node.resolve(statement))
    assert found is not None
    return found.object


def heard_by(party: Party, statement: str) -> list[str]:
    rows = party.store.releases_of(party.node.resolve(statement))
    return sorted(party.node.party_name(row.to) for row in rows if not row.withdrawn)
