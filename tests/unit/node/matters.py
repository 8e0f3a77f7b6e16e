"""Notices and protected sites as content, each made from a number; and a party that hears and looks."""

from typing import Any

from comity.model import content, notice, site
from comity.model.drawing import read as read_drawing
from comity.model.notice import State
from comity.model.site import RANDOM_BYTES, Function, Wanted
from comity.node.ports import FindingRow
from comity.space.instant import Instant
from world import START, Party

HERE, ELSEWHERE = (36.0, 35.0), (-70.0, -20.0)
SOON, LATER = "2026-11-26T12:00:00Z", "2026-11-26T14:00:00Z"


def square(at: tuple[float, float] = HERE, half: float = 0.1) -> bytes:
    (lon, lat), h = at, half
    ring = [(lon - h, lat - h), (lon + h, lat - h), (lon + h, lat + h), (lon - h, lat + h), (lon - h, lat - h)]
    return content.dump({"type": "Polygon", "coordinates": [ring]})


def a_notice(
    number: int = 1,
    at: tuple[float, float] = HERE,
    *,
    version: int = 0,
    state: State = State.PLANNED,
    times: tuple[str, str] = (SOON, LATER),
    drawing: bytes | None = None,
    **said: Any,
) -> bytes:
    """A notice; `version` counts on in seconds."""
    volume = notice.volume(
        read_drawing(drawing or square(at)).area, start=times[0], until=times[1], floor="3000 m", ceiling="6000 m"
    )
    id = f"notice--00000000-0000-4000-8000-{number:012x}"
    return notice.write(id, _at(version), created=START, volumes=[volume], state=state, **said)


def a_site(
    number: int = 2,
    at: tuple[float, float] = HERE,
    *,
    version: int = 0,
    precision: str = "exact",
    drawing: bytes | None = None,
    **said: Any,
) -> bytes:
    """A protected site, a point unless drawn."""
    point = content.dump({"type": "Point", "coordinates": at})
    given: dict[str, Any] = {"function": Function.HOSPITAL, "contact": "+41 22 000 0001"}
    return site.write(
        f"protected-site--00000000-0000-4000-8000-{number:012x}",
        _at(version),
        created=START,
        place=read_drawing(drawing or point).area,
        wanted=Wanted.parse(precision),
        random=bytes(RANDOM_BYTES - 24) + number.to_bytes(8) * 3,
        **(given | said),
    )


def _at(version: int) -> Instant:
    return Instant(START + version * 1000)


def ended(raw: bytes) -> bytes:
    return notice.restate(content.parse(raw), _at(1), State.ENDED)


def cancelled(raw: bytes) -> bytes:
    return notice.restate(content.parse(raw), _at(1), State.CANCELLED)


def taken_back(raw: bytes) -> bytes:
    return notice.withdraw(content.parse(raw), _at(1))


async def hears(hearer: Party, *tellers: Party) -> None:
    """One round with each of these, and a look at what it brought."""
    for round in await hearer.syncs(*tellers):
        assert round.errors == []
    await hearer.sync.look()


def found(party: Party) -> list[FindingRow]:
    return list(party.store.airspace.findings("own", "said", "alert"))


def fates(party: Party) -> list[tuple[str, str, bool]]:
    """Rule, fate, and whether it is logged, of all that was found."""
    return [(row.rule, row.fate, row.objection is not None) for row in found(party)]


def said_to(party: Party, hearer: Party) -> list[str]:
    """The types of what a party has released to another."""
    rows = party.store.releases_to(hearer.fingerprint, 0, 1000)
    return [party.node.at(row.statement_index).signed.object.type for row in rows if row.statement]


def logged_types(party: Party) -> list[str]:
    return [party.node.at(index).signed.object.type for index in range(party.node.journal.tree.size)]
