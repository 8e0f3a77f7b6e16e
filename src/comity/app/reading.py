"""Reading: what a person drew, as one place each; and how it was read, said back before anything is done with it.

A file of many places is many places: each gets a statement of its own with its own name, or the file is refused. Times
that look like a slip of the pen are refused too, unless they are meant.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, TypeVar

from comity import foreign
from comity.app._drafting import Args, area_of, length_m
from comity.errors import BAD_ARGUMENT, LocalError, RemoteError
from comity.model import drawing, notice, site, understood, when
from comity.model.content import StixObject
from comity.model.drawing import Drawing, Feature
from comity.model.site import Precision
from comity.space import instant
from comity.space.instant import Instant
from comity.space.interval import Interval
from comity.space.volume import Volume

T = TypeVar("T")

NAME = "name"
# What is said of one place, and so not of each place in a file of many.
_OF_ONE = {"name": "--name", "names": "--also-named", "as_received": "--as-received", "replaces": "--replaces"}
_KEYS_SHOWN = 12


# -- files of places


def places(args: Args, *, extent: bool) -> tuple[list[Args], list[str]]:
    """What is to be done for each place in a file, and what of the file is not used.

    Args:
        args: {geojson, buffer, name, name_from, ...}; without geojson there is one thing to do and no place.
        extent: whether a bare Point is too little.

    Returns:
        The arguments for each, with its own `geojson`, `name` and `feature`: {number, name}.

    Raises:
        LocalError: with the place in the file or the option, and the rule.
    """
    if args.get("geojson") is None:
        return [args], []
    found = _drawn(args, extent)
    if len(found.features) > 1:
        _refuse_what_is_of_one(args, len(found.features))
    named = list(zip(found.features, _names(found, args), strict=True))
    return [_arguments(args, feature, name, len(named)) for feature, name in named], list(found.notes)


def together(args: Args) -> tuple[Args, list[str]]:
    """All places of a file as one, and what of the file is not used.

    Raises:
        LocalError: with the place in the file or the option, and the rule.
    """
    found = _drawn(args, extent=True)
    file = drawing.write(found.area).decode()
    return {**args, "geojson": file, **_buffered(args)}, list(found.notes)


def _buffered(args: Args) -> Args:
    """The buffer is in the area already; it is only said back."""
    return {"buffer": None, "buffered": args.get("buffer")}


def _drawn(args: Args, extent: bool) -> Drawing:
    raw = str(args.get("geojson") or "").encode()
    buffer = args.get("buffer")
    found = drawing.read(raw, buffer_m=None if buffer is None else length_m(buffer, "--buffer"))
    bare = [feature for feature in found.features if not feature.has_extent]
    if extent and bare:
        what = "a Point has no extent: say radius_m in metres; 0 for the point itself"
        raise LocalError(BAD_ARGUMENT, f"{bare[0].title}: {what}", place="FILE.geojson")
    return found


def _arguments(args: Args, feature: Feature, name: str | None, count: int) -> Args:
    file = drawing.write(feature.area).decode()
    shown = {"number": feature.number, "name": name} if count > 1 else {}
    return {**args, "geojson": file, **_buffered(args), "name": name, "feature": shown}


def of_feature(args: Args, make: Callable[[], T]) -> T:
    """Do something for one place; what is refused of one of many says of which."""
    feature = args.get("feature")
    try:
        return make()
    except LocalError as error:
        if not feature:
            raise
        title = f"feature {feature['number']}" + (f", {foreign.quoted(feature['name'])}" if feature["name"] else "")
        raise LocalError(error.code, f"{title}: {error.message}", place=error.place, evidence=error.evidence) from None


def _refuse_what_is_of_one(args: Args, count: int) -> None:
    for name, option in _OF_ONE.items():
        if args.get(name):
            more = ": --name-from says which property names each" if name == "name" else ""
            message = f"is of one place, and the file has {count}{more}"
            raise LocalError(BAD_ARGUMENT, message, place=option)


# -- names


def _names(found: Drawing, args: Args) -> list[str | None]:
    asked = args.get("name_from")
    kept = asked is None and args.get("replaces") is not None
    if args.get("name") is not None or asked == "" or kept:
        return [args.get("name")] * len(found.features)
    keys = [key.strip() for key in (NAME if asked is None else asked).split(",")]
    names = [_name(feature, keys) for feature in found.features]
    # Where there is one place it may do without, unless a property was asked for; a comma at the end says so of many.
    if None in names and keys[-1] and (len(names) > 1 or asked is not None):
        _refuse_nameless([feature for feature, name in zip(found.features, names, strict=True) if name is None], keys)
    return names


def _name(feature: Feature, keys: Sequence[str]) -> str | None:
    """The first of some properties that names it."""
    return next((name for key in keys if (name := _text(feature.properties.get(key)))), None)


def _text(value: Any) -> str | None:
    if type(value) is int:
        return str(value)
    return value.strip() or None if isinstance(value, str) else None


def _refuse_nameless(nameless: Sequence[Feature], keys: Sequence[str]) -> None:
    first, more = nameless[0], f", nor do {len(nameless) - 1} more" if len(nameless) > 1 else ""
    has = ", ".join(foreign.quoted(one) for one in list(first.properties)[:_KEYS_SHOWN]) or "none"
    asked = " or ".join(map(foreign.quoted, keys))
    message = (
        f"feature {first.number} has no name in its property {asked}{more}; its properties: {has}. --name-from A,B takes the "
        "first of these that is there, with a comma at the end a feature may go without, and --name-from '' takes none"
    )
    raise LocalError(BAD_ARGUMENT, message, place="--name-from")


# -- times


def refuse_slips(said: StixObject, args: Args, now: Instant) -> None:
    """Refuse times that are over, or years away, where they were stated and nothing says that they are meant.

    Raises:
        LocalError: `bad-argument`, with the date that was read and the one that may have been meant.
    """
    found = _times(said) if args.get("from") or args.get("until") else []
    if found and all(during.is_over(now) for during in found) and not args.get("past"):
        raise LocalError(BAD_ARGUMENT, f"{_slip(found, now)} --past says it all the same", place="--until")
    if any(when.is_far(during, now) for during in found) and not args.get("far"):
        raise LocalError(BAD_ARGUMENT, f"{_slip(found, now)} --far says it all the same", place="--from")


def _times(said: StixObject) -> list[Interval]:
    if said.type == "notice":
        return [volume.during for volume in notice.read(said).volumes]
    window = site.read(said).window
    return [] if window is None else [window]


def _slip(times: Sequence[Interval], now: Instant) -> str:
    start = next((during.start for during in times if during.start is not None), now)
    meant = _in_another_year(start, now)
    asked = "; if it is meant," if meant is None else f": did you mean {meant}? If not,"
    return f"the time read {when.warnings(times, now)[0]}{asked}"


def _in_another_year(at: Instant, now: Instant) -> str | None:
    """The same day at its next coming; None where it is a leap day."""
    today, stated = (instant.text(one)[:10] for one in (now, at))
    for year in (int(today[:4]), int(today[:4]) + 1):
        try:
            meant = date(year, int(stated[5:7]), int(stated[8:10])).isoformat()
        except ValueError:
            continue
        if meant >= today:
            return meant
    return None


def time_warning(volumes: Iterable[Volume], now: Instant) -> str | None:
    """What a check says of its times before anything else; None where there is nothing to say."""
    found = when.warnings((volume.during for volume in volumes), now)
    if not found:
        return None
    unknown = "; for then what others plan cannot be known"
    told = [f"the time asked about {one}{'' if one.startswith('is long') else unknown}" for one in found]
    return "; ".join(told)


# -- said back


def understood_as(found: StixObject, now: Instant, args: Args) -> Args | None:
    """How a notice or a site is read here; None for any other object, and for one that cannot be read.

    Args:
        args: where a site's place is drawn in them, that is read, whatever is told of it.
    """
    try:
        if found.type == "notice":
            return told(understood.read(notice.read(found).volumes), now, args)
        if found.type == "protected-site":
            read = site.read(found)
            if args.get("geojson"):
                return told(understood.read([Volume(area_of(args))], read.window), now, args)
            return told(understood.read(read.volumes, read.window, somewhere=not read.is_exact), now, args)
    except RemoteError:
        pass
    return None


def told_as(found: StixObject, *, is_drawn: bool) -> Args:
    """What others are told of a site whose exact place they are not told; nothing of all else.

    Args:
        is_drawn: the circle that stands in it is the one that they are told, and not one of a dry run.
    """
    if found.type != "protected-site":
        return {}
    said = site.read(found)
    if said.is_exact or said.withdrawn:
        return {}
    circle = understood.read(said.volumes, said.window, somewhere=True)
    text = understood.told_words(circle, is_drawn=is_drawn)
    calls = "; nothing of what it is, but whom to call" if said.precision is Precision.CALL else ""
    return {"told_as": f"{text}{calls}"}


def told(found: understood.Understood, now: Instant, args: Args) -> Args:
    """A reading as JSON values, and the same in words."""
    around = f"buffer: {args['buffered'].strip()} around what is drawn\n" if args.get("buffered") else ""
    return {**found.as_dict(), "text": around + understood.words(found, now)}


def answer(each: Sequence[Args], not_used: list[str]) -> Args:
    """One answer for a file of one place, or all of them."""
    if len(each) == 1:
        return {**each[0], "not_used": not_used}
    dry = {"dry_run": True} if each[0].get("dry_run") else {}
    return {**dry, "statements": list(each), "count": len(each), "not_used": not_used}
