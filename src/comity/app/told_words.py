"""Told words: what somebody has said, told back as its type is read here. It knows no node and no clock.

Each line is a sentence of the code `content`: words of ours with what its author wrote in quotation marks. What is no place,
position or objection is told by its name and description alone; whoever must have all of it reads the content.
"""

from collections.abc import Callable, Iterator, Mapping

from comity.app.layout import Own, Word
from comity.app.sentence import Foreign, Part, Sentence, sentence
from comity.errors import RemoteError
from comity.model import notice, objection, position, site, understood
from comity.model.content import StixObject
from comity.model.notice import Notice
from comity.model.objection import Objection
from comity.model.position import Position
from comity.model.site import Site
from comity.model.understood import Understood
from comity.space import instant

_CODE = "content"
_WHOLE = 600
# Texts of a notice or site that are told where they are there.
_TEXTS = ("kind", "callsign", "transponder", "contact", "frequency", "as_received")
_NAMED = 6


def told(found: StixObject, by: Part) -> list[Sentence]:
    """What an object says, line by line.

    Args:
        by: who said it, as its reader calls it.
    """
    reader = _READERS.get(found.type)
    return [*_lines(found, by, reader), *_beside(found)]


_Reader = Callable[[StixObject, Part], Iterator[Sentence]]


def _lines(found: StixObject, by: Part, reader: _Reader | None) -> list[Sentence]:
    if reader is None:
        return list(_described(found))
    try:
        return list(reader(found, by))
    except RemoteError as error:
        fault = Foreign(f"{error.place}: {error.message}".removeprefix(": "))
        return [sentence(_CODE, "It cannot be read here as what its type says: {}", fault)]


def _described(found: StixObject) -> Iterator[Sentence]:
    """An object of a type that is not read here."""
    for name in ("description", "content", "abstract"):
        text = found.properties.get(name)
        if isinstance(text, str) and text.strip():
            yield _text(name, text)


def _text(name: str, text: str, lang: str = "") -> Sentence:
    return sentence(_CODE, "{}: {}", Own(name.replace("_", " ")), Foreign(text, lang, most=_WHOLE))


# -- notices and sites


def _notice(found: StixObject, by: Part) -> Iterator[Sentence]:
    read = notice.read(found)
    yield sentence(_CODE, "where and when {} operates, as it says; state: {}", by, Own(read.state.value))
    if read.withdrawn:
        yield sentence(_CODE, "this version takes the notice back")
    yield from _texts(read)
    yield from _read_as(understood.read(read.volumes))


def _site(found: StixObject, by: Part) -> Iterator[Sentence]:
    read = site.read(found)
    kind, precision = Own(read.function.value), Own(read.precision.value)
    yield sentence(_CODE, "{} says that this must not be harmed: {}; how exactly it is told: {}", by, kind, precision)
    if read.withdrawn:
        yield sentence(_CODE, "this version takes the site back")
    for name in read.names:
        yield _text("also named", name.text, name.lang or "")
    yield from _texts(read)
    if read.reverify_by is not None:
        yield sentence(_CODE, "to be verified again by {}; protected as before after that", _at(read.reverify_by))
    yield from _read_as(understood.read(read.volumes, read.window, somewhere=not read.is_exact))


def _texts(read: Notice | Site) -> Iterator[Sentence]:
    for name in _TEXTS:
        text = getattr(read, name, None)
        if text is not None:
            yield _text(name, text)
    if read.serves:
        yield sentence(_CODE, "for these sites of its own party, by their ids: {}", [Word(one) for one in read.serves])


def _read_as(read: Understood) -> Iterator[Sentence]:
    for line in understood.words(read, None).splitlines():
        yield sentence(_CODE, "{}", Own(line))


# -- positions and objections


def _position(found: StixObject, by: Part) -> Iterator[Sentence]:
    read = position.read(found)
    if not position.listed(read):
        yield sentence(
            _CODE, "It tells a place, which no position may: it stands in no list, and is not told back here."
        )
        return
    yield from _held(read, by)


def _held(read: Position, by: Part) -> Iterator[Sentence]:
    subject = Foreign(read.subject, most=_WHOLE)
    if read.withdrawn:
        yield sentence(_CODE, "{} takes back what it held about {}", by, subject)
    else:
        yield sentence(_CODE, "what {} holds about {}: {}", by, subject, Own(read.stance.value))
    if read.basis is not None:
        yield _text("basis", read.basis)
    yield sentence(_CODE, "That is the position of {}, and never a fact.", by)


def _objection(found: StixObject, by: Part) -> Iterator[Sentence]:
    read: Objection = objection.read(found)
    verb = "takes back its objection" if read.withdrawn else "objects"
    against, rule = Word(read.against.hex()), Own(read.finding.rule.value)
    yield sentence(_CODE, "{} {} to the statement {}, by the rule {}", by, Own(verb), against, rule)
    if read.finding.because is not None:
        yield sentence(_CODE, "because of the statement {}", Word(read.finding.because.hex()))
    if read.text is not None:
        yield sentence(_CODE, "{} wrote: {}", by, Foreign(read.text, most=_WHOLE))


_READERS: Mapping[str, _Reader] = {
    "notice": _notice,
    "protected-site": _site,
    "position": _position,
    "objection": _objection,
}


# -- beside it


def _beside(found: StixObject) -> Iterator[Sentence]:
    """Whom it names as its creator, and what of it may restrict it and is not understood here."""
    creator = found.properties.get("created_by_ref")
    if isinstance(creator, str):
        yield sentence(_CODE, "the object names {} as its creator", Foreign(creator))
    names = found.markings.names
    if names:
        more = Own(f", and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
        yield sentence(_CODE, "not understood here: {}{}", [Foreign(one) for one in names[:_NAMED]], more)


def _at(at: instant.Instant) -> Own:
    return Own(instant.text(at).replace("T", " ").replace(".000Z", "Z"))
