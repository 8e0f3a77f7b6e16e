"""Radii: what a drawing says of how far around its points it reaches, wherever it says so.

A radius counts as `radius_m` in a Feature's properties. Said elsewhere, under another name or in words, it is refused beside
points, for without it the place would be smaller than it was drawn; what is an outline already needs none.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from comity.errors import MALFORMED, RemoteError
from comity.space import area, length


@dataclass(frozen=True, slots=True)
class Radius:
    """What a drawing says of a radius: metres, None if nothing; and what is not used."""

    metres: float | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Said:
    """A property or member that speaks of a radius, what stands beside it, and where."""

    name: str
    given: Any
    beside: Mapping[str, Any]
    place: str


_RADIUS = (
    r"(?i)radius|radii|^rad$|^range|buff(er)?(?![a-z])|diameter|durchmesser|^rayon|^radio_|halbmesser|yar[\u0131i]çap|"
    r"радиус|радіус|نصف.?القطر|半径"
)
# These mean one where they have a number, and other things where they have words.
_WITH_A_NUMBER = r"(?i)(r|circle|radio|raio|raggio|promie[nń])"
_UNIT = r"(?i)^(radius|circle|buffer|distance)?_?units?$"
_SHAPE = r"(?i)((sub|geometry|geom|draw|layer|feature|shape)_?)?(type|shape|mode|kind|geometry)"
_NONE = frozenset({"", "0", "none", "null", "nan", "n/a", "na", "-", "false", "no"})
_DEEPEST = 4
_OF_GEOJSON = frozenset("type coordinates geometry geometries features properties bbox id crs".split())


def radius(
    properties: Mapping[str, Any],
    place: str,
    *,
    has_points: bool,
    members: Sequence[tuple[Mapping[str, Any], str]] = (),
) -> Radius:
    """Read the radius that a Feature's properties say, in `radius_m`; one said in any other way is refused, by its name.

    Args:
        has_points: there are points for which it counts; what is an outline already needs none.
        members: the Feature and its geometries, where people write one too, each with its place.
    """
    said = properties.get("radius_m")
    others = [each for each in _all(properties, place) if each.place != f"{place}/radius_m"]
    for object, where in members:
        others += _all({name: given for name, given in object.items() if name not in _OF_GEOJSON}, where)
    others = [each for each in others if _is_something(each.given)]
    if not has_points:
        unused = (["radius_m"] if said is not None else []) + [each.name for each in others]
        return Radius(
            None, tuple(f"{name} is not used: an outline or a line is taken as it is drawn" for name in unused)
        )
    if said is not None:
        return Radius(_metres(said, place), tuple(f"{each.name} is not used: radius_m is" for each in others))
    if others:
        _refuse(_rename(others[0]), others[0].place)
    _no_circle(properties, place)
    return Radius(None)


def _all(properties: Mapping[str, Any], place: str, depth: int = 0) -> Iterator[_Said]:
    for name, given in properties.items():
        step = f"{place}/{name[:64]}"
        if _says_radius(name, given):
            yield _Said(name, given, properties, step)
        elif type(given) is dict and depth < _DEEPEST:
            yield from _all(given, step, depth + 1)


def _says_radius(name: str, given: Any) -> bool:
    if re.match(_UNIT, name):
        return False
    if re.fullmatch(_WITH_A_NUMBER, name):
        return type(given) in (int, float)
    return re.search(_RADIUS, name) is not None


def _is_something(given: Any) -> bool:
    if type(given) is str:
        return given.strip().lower() not in _NONE
    if type(given) in (list, dict):
        return any(_is_something(each) for each in (given.values() if type(given) is dict else given))
    return bool(given)


def _no_circle(properties: Mapping[str, Any], place: str) -> None:
    """Refuse a point that says it is a circle, when nothing says how large."""
    if any(type(each.given) in (int, float) for each in _all(properties, place)):
        return
    for name, given in properties.items():
        shape = re.fullmatch(_SHAPE, name) and type(given) is str and given.strip().lower() == "circle"
        if shape or (re.fullmatch(r"(?i)(is_?)?circle", name) and given is True):
            _refuse(
                "this says that it is a circle, and not how large: say radius_m, in metres; 0 for the point itself",
                f"{place}/{name[:64]}",
            )


def _metres(said: Any, place: str) -> float:
    if type(said) not in (int, float):
        _refuse("radius_m is a number of metres, without quotation marks or a unit", f"{place}/radius_m")
    # As a circle's: what is below 0 or too large is refused in its words.
    return area.circle(0.0, 0.0, said, place=f"{place}/radius_m").radius_m


def _rename(said: _Said) -> str:
    """What to write for a radius that is said in another way."""
    if said.name == "radius_m":
        return "a radius counts in the properties of a Feature: move radius_m there, in metres"
    metres = _reckoned(said)
    if metres is not None:
        return (
            f'a radius is said as radius_m, in metres: write "radius_m": {metres:.10g} for {said.name[:64]!a}: '
            f"{str(said.given)[:32]}"
        )
    unknown = f"{said.name[:64]!a} has no unit that is known here: say the radius as radius_m, in metres"
    if type(said.given) not in (int, float) or said.given < 0:
        return f"{unknown} (5 km is 5000)"
    return f'{unknown}; if {said.given:.10g} is in metres, write "radius_m": {said.given:.10g}'


def _reckoned(said: _Said) -> float | None:
    half = 0.5 if re.search("(?i)diameter|durchmesser", said.name) else 1.0
    if type(said.given) is str:
        try:
            return length.read(said.given) * half
        except RemoteError:
            return None
    if type(said.given) not in (int, float) or said.given < 0:
        return None
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+", said.name)
    # Nautical miles are no miles: two words before one.
    known = (length.metres_of("".join(words[-count:])) for count in (2, 1) if len(words) > count)
    unit = next((metres for metres in known if metres is not None), None)
    if unit is None:
        units = [each for key, each in said.beside.items() if re.match(_UNIT, key) and type(each) is str]
        unit = length.metres_of(units[0]) if units else None
    return None if unit is None else said.given * unit * half


def _refuse(message: str, place: str) -> NoReturn:
    raise RemoteError(MALFORMED, message, place=place)
