"""Revision: a later version of a notice or a site, which keeps whatever it is not told to change; and what it changes.

Rule 1: every property stays as it was said, unknown ones too, but `modified` and what is given. Rule 2: nothing is given to
a volume that others of the notice would have to have as well, unless all of them have the same there: which one was meant
cannot be known. Rule 3: a circle that still holds the place is kept, as it stands, and one that was told before and holds it
is told again: a second one would say more.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from comity.errors import BAD_ARGUMENT, LocalError
from comity.model import notice, site
from comity.model._places import again, geojson, read_back
from comity.model.content import StixObject
from comity.model.site import Precision, Site, Wanted
from comity.space.area import Area
from comity.space.instant import Instant

_TOGETHER = (("from", "until"), ("floor", "ceiling"))


def revise_notice(
    found: StixObject, at: Instant, said: Mapping[str, Any], volume: Mapping[str, Any], *, place: Area | None = None
) -> bytes:
    """A later version of a notice.

    Args:
        found: the notice that it replaces.
        at: the time of this version.
        said: its properties that change, as JSON values; None takes one away.
        volume: the same of its volumes, which are changed alike: `from`, `until`, `floor`, `ceiling`.
        place: another area, of one volume that takes the place of all of them.

    Raises:
        LocalError: `bad-argument`: its volumes differ where they would have to be the same; `not-stix`: with the changes
            it cannot be read.
    """
    changed = dict(said)
    given = dict(volume) if place is None else {**volume, "area": geojson(place)}
    if given:
        changed["volumes"] = _volumes(found.properties["volumes"], given)
    return read_back(again(found, at, changed.items()), notice.read)


def _volumes(old: Sequence[Mapping[str, Any]], given: Mapping[str, Any]) -> list[dict[str, Any]]:
    if "area" in given:
        _must_agree(old, {name for each in old for name in each} - set(given))
        old = old[:1]
    for pair in _TOGETHER:
        if any(name in given for name in pair):
            _must_agree(old, set(pair))
    new = ({**each, **given} for each in old)
    return [{name: value for name, value in each.items() if value is not None} for each in new]


def _must_agree(volumes: Sequence[Mapping[str, Any]], names: set[str]) -> None:
    differing = sorted(name for name in names if any(each.get(name) != volumes[0].get(name) for each in volumes))
    if differing:
        message = f"its {len(volumes)} volumes differ in {', '.join(differing)}: which of them is meant cannot be known"
        hint = "say all of it in a file of your own, with comity say"
        raise LocalError(BAD_ARGUMENT, f"{message}; {hint}", place=f"/volumes/0/{differing[0]}")


def revise_site(
    found: StixObject,
    at: Instant,
    said: Mapping[str, Any],
    *,
    place: Area | None = None,
    random: bytes = b"",
    earlier: Iterable[Site] = (),
) -> bytes:
    """A later version of a protected site, told as exactly as the one that it replaces.

    Args:
        found: the site that it replaces.
        at: the time of this version.
        said: its properties that change, as JSON values; None takes one away.
        place: the exact footprint, where that changes.
        random: `site.RANDOM_BYTES`, with a place.
        earlier: the versions before that one, the newest first.

    Raises:
        LocalError: `bad-argument`: no circle hides this place; `not-stix`: with the changes it cannot be read.
    """
    changed = dict(said)
    if place is not None:
        changed |= _told(site.read(found), place, random, earlier)
    return read_back(again(found, at, changed.items()), site.read)


def _told(before: Site, place: Area, random: bytes, earlier: Iterable[Site]) -> dict[str, Any]:
    """How the place is told; nothing where it was told so before."""
    if place == before.area or site.holds(before, place):
        return {}
    if before.is_exact:
        return {"area": geojson(place)}
    for each in earlier:
        if each.precision is before.precision and site.holds(each, place):
            # The place has come back: another circle around it would say with this one where it lies.
            return {"area": geojson(each.area), "widened_m": each.widened_m}
    wanted = Wanted(before.precision, before.widened_m or 0.0)
    if before.precision is Precision.CALL:
        wanted = Wanted.parse(Precision.CALL)
    around = site.circle(place, wanted, random)
    return {"area": geojson(Area((around,))), "widened_m": around.radius_m}


# -- what it changes


@dataclass(frozen=True, slots=True)
class Change:
    """One property that is not in a version what it was in the one before.

    Attributes:
        field: its name; of the volumes of a notice where they agree the name alone, else `volumes/NUMBER/NAME`, from 0.
        before, after: JSON values; None where it was not there.
    """

    field: str
    before: Any
    after: Any


def changes(before: StixObject, after: StixObject) -> tuple[Change, ...]:
    """What one version of an object changes of another, but `modified`."""
    alike = _alike(before) & _alike(after)
    return tuple(_changes(_flat(before, alike), _flat(after, alike)))


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for field in dict.fromkeys((*old, *new)):
        if field != "modified" and old.get(field) != new.get(field):
            yield Change(field, old.get(field), new.get(field))


def _flat(found: StixObject, alike: set[str]) -> dict[str, Any]:
    """The properties, with those of the volumes of a notice beside them: once where these are alike in them."""
    if found.type != "notice":
        return dict(found.properties)
    volumes = found.properties["volumes"]
    flat = {name: value for name, value in found.properties.items() if name != "volumes"}
    for number, each in enumerate(volumes):
        flat |= {name if name in alike else f"volumes/{number}/{name}": value for name, value in each.items()}
    return flat


def _alike(found: StixObject) -> set[str]:
    """What all volumes of a notice have, or have not, as the first has it."""
    volumes = found.properties["volumes"] if found.type == "notice" else []
    names = {name for each in volumes for name in each} | {name for pair in _TOGETHER for name in pair} | {"area"}
    return {name for name in names if all(each.get(name) == volumes[0].get(name) for each in volumes)}
