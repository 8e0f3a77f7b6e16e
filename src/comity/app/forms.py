"""Forms: an exact site of ours and what others are told of it, which no id joins; and what becomes of that when it changes.

Which forms belong to a place is known to its own party alone, by where they lie: a form that is not exact may stand for
every exact site of ours that lies in its circle and has its function. Nothing is ever decided for two of them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from comity.app._drafting import Args, after, own_object
from comity.app.updates import Update
from comity.errors import AMBIGUOUS, BAD_ARGUMENT, LocalError
from comity.model import content, site
from comity.model.content import StixObject
from comity.model.revision import revise_site
from comity.model.site import Site
from comity.node.node import Node
from comity.node.parties import Peer
from comity.node.picture import StoredPicture
from comity.proof.envelope import StatementId
from comity.record.airspace import Entry
from comity.space.area import Area

# What a form repeats of the exact site; of an area to call about, the contact alone.
_REPEATED = ("function", "contact", "from", "until", "name", "names", "reverify_by")
_WITH_CALL = frozenset({"contact", "reverify_by"})
# Of more that fit a name not all are listed: then nothing can be said of all of them.
_MOST_FORMS = 7
# How far back it is looked for a circle that was told before.
_MOST_VERSIONS = 200


@dataclass(frozen=True, slots=True)
class Moved:
    """A form that is told anew, around the new place."""

    replaces: StatementId
    raw: bytes


@dataclass(frozen=True, slots=True)
class Questioned:
    """A form that somebody has to look at, and why."""

    statement: StatementId
    site: Site
    why: str


@dataclass(frozen=True, slots=True)
class Followed:
    """What becomes of the forms when an exact site changes; notes are to be pointed out."""

    moved: tuple[Moved, ...] = ()
    questioned: tuple[Questioned, ...] = ()
    notes: tuple[str, ...] = ()


def followed(node: Node, picture: StoredPicture, update: Update) -> Followed:
    """What becomes of the forms that may stand for an exact site of ours which changes.

    One whose circle still holds the place stays as it is, so that nobody learns of the move. One that does not is moved, if
    it can stand for no other of our sites. All else is questioned; nothing is ever taken back.
    """
    new = content.parse(update.raw)
    before, *_ = picture.entries(node.descriptor.fingerprint, update.replaces)
    if not isinstance(before.matter, Site):
        return Followed()
    if not before.matter.is_exact:
        return Followed(notes=tuple(_left(picture, before, site.read(new))))
    moved: list[Moved] = []
    questioned: list[Questioned] = []
    for form in _forms_of(picture, before):
        one = _follow(node, picture, form, before, new)
        if isinstance(one, Moved):
            moved.append(one)
        why = one if isinstance(one, str) else _says_otherwise(node, form, update)
        if why:
            assert isinstance(form.matter, Site)
            questioned.append(Questioned(form.statement, form.matter, why))
    return Followed(tuple(moved), tuple(questioned))


def _left(picture: StoredPicture, before: Entry, new: Site) -> Iterator[str]:
    """Say of which exact sites others are told no more, where a form is told of another place by hand."""
    if new.area != before.matter.volumes[0].area and not new.withdrawn:
        for each in exact_sites(picture, before):
            if not site.holds(new, each.volume.area):
                yield f"its new circle does not hold the exact site {each.statement.hex()[:12]}, which its old one may stand for"


def _follow(node: Node, picture: StoredPicture, form: Entry, before: Entry, new: StixObject) -> "Moved | str | None":
    """The form moved, or why it is questioned, or nothing."""
    told, exact = form.matter, site.read(new)
    assert isinstance(told, Site)
    if exact.withdrawn:
        return "the exact site that it may stand for is taken back: withdraw it too, or leave it as it is"
    if exact.area == before.matter.volumes[0].area or site.holds(told, exact.area):
        return None
    others = [each for each in exact_sites(picture, form) if each.matter.id != before.matter.id]
    if others:
        named = ", ".join(each.statement.hex()[:12] for each in others)
        return f"the place has moved out of its circle, which may also stand for {named}"
    if not site.holds(told, before.matter.volumes[0].area):
        return "the place has moved, and its circle held it in part"
    return _moved(node, form, exact.area)


def _moved(node: Node, form: Entry, place: Area) -> "Moved | str":
    found = node.own(form.statement).signed.object
    random = node.randomness.draw(site.RANDOM_BYTES)
    told_before = earlier(node, found)
    try:
        raw = revise_site(found, after(node, found), {}, place=place, random=random, earlier=told_before)
        return Moved(form.statement, raw)
    except LocalError as error:
        return f"the place has moved out of its circle, and none like it can be drawn: {error.message}"


def _says_otherwise(node: Node, form: Entry, update: Update) -> str:
    """Say what a form repeats of the exact site that is so no more."""
    told = node.own(form.statement).signed.object.properties
    repeated = [name for name in _REPEATED if told.get("precision") != "call" or name in _WITH_CALL]
    changed = (each for each in update.changed if each.field in repeated)
    old = [each.field for each in changed if each.before is not None and told.get(each.field) == each.before]
    return f"it still has the old {', '.join(old)}" if old else ""


def earlier(node: Node, found: StixObject) -> list[Site]:
    """The versions before one of a site of ours, the newest first."""
    rows = node.store.versions([found.id], node.descriptor.fingerprint)
    rows = sorted(rows, key=lambda row: row.modified or 0, reverse=True)[:_MOST_VERSIONS]
    objects = (node.own(row.statement).signed.object for row in rows)
    return [site.read(each) for each in objects if each.modified != found.modified]


# -- which forms, which sites


def _forms_of(picture: StoredPicture, exact: Entry) -> Iterator[Entry]:
    for each in picture.candidates(exact.boxes):
        if _is_told(picture, each) and picture.may_be_the_place(each, exact):
            yield each


def _is_told(picture: StoredPicture, entry: Entry) -> bool:
    return (
        picture.is_ours(entry)
        and isinstance(entry.matter, Site)
        and not (entry.matter.is_exact or entry.matter.is_over)
    )


def exact_sites(picture: StoredPicture, form: Entry) -> list[Entry]:
    """The exact sites of ours that a form may stand for."""
    near = (each for each in picture.candidates(form.boxes) if not each.matter.is_over)
    return [each for each in near if picture.may_be_the_place(form, each)]


# -- whom something serves


def served(node: Node, picture: StoredPicture, names: Iterable[str]) -> list[str]:
    """The ids of sites that are named by statements of ours, each as we know the place ourselves.

    Raises:
        LocalError: `bad-argument`: one is no site of ours in force; `ambiguous`: it may stand for several exact ones.
    """
    found = [_one_place(node, picture, name) for name in names]
    told = [each for each in dict.fromkeys(found) if not each[1]]
    if len(told) > 1:
        # They may be two forms of one place, and both ids in one object would join them.
        message = "of sites that stand here in no exact form only one can be named"
        raise LocalError(BAD_ARGUMENT, message, place="--serves")
    return list(dict.fromkeys(id for id, _ in found))


def _one_place(node: Node, picture: StoredPicture, name: str) -> tuple[str, bool]:
    """As `_served`; a name that an exact site and its forms share names one place."""
    try:
        return _served(node, picture, node.resolve(name, place="--serves", ours=True))
    except LocalError as error:
        candidates = error.evidence.get("candidates", []) if error.code == AMBIGUOUS else []
        if len({one["by"] for one in candidates} - {node.descriptor.party}) or not 0 < len(candidates) <= _MOST_FORMS:
            raise
        found = {_served(node, picture, StatementId(bytes.fromhex(one["statement"]))) for one in candidates}
        if len(found) != 1:
            raise
        return found.pop()


def _served(node: Node, picture: StoredPicture, id: StatementId) -> tuple[str, bool]:
    """The id, and whether it is that of an exact site."""
    object = own_object(node, id, "--serves")
    if object.type != "protected-site":
        raise LocalError(BAD_ARGUMENT, "this statement is no protected-site", place="--serves")
    newest = node.store.airspace.latest(node.descriptor.fingerprint, object.id)
    [entry] = picture.entries(node.descriptor.fingerprint, newest[-1])
    if entry.matter.is_over:
        raise LocalError(BAD_ARGUMENT, "this site is taken back", place="--serves")
    assert isinstance(entry.matter, Site)
    if entry.matter.is_exact:
        return object.id, True
    exact = exact_sites(picture, entry)
    if len(exact) > 1:
        known = ", ".join(each.statement.hex()[:12] for each in exact)
        raise LocalError(AMBIGUOUS, f"it may stand for several sites: name one of {known}", place="--serves")
    return (exact[0].matter.id, True) if exact else (object.id, False)


def check_served(node: Node, picture: StoredPicture, found: StixObject) -> None:
    """Refuse an object of which `serves` would join, or give away, forms of one place of ours.

    Raises:
        LocalError: `bad-argument`: it names what others are told of a place, and the exact site stands here; or two such.
    """
    less = []
    for number, id in enumerate(_serves(found)):
        for version in node.store.airspace.latest(node.descriptor.fingerprint, id):
            [entry] = picture.entries(node.descriptor.fingerprint, version)
            if isinstance(entry.matter, Site) and not entry.matter.is_exact:
                less.append((number, exact_sites(picture, entry)))
    for number, exact in less:
        if exact or len(less) > 1:
            message = "is what others are told of a place: name the exact site, or one such form alone"
            raise LocalError(BAD_ARGUMENT, message, place=f"/serves/{number}")


def not_told_exactly(node: Node, found: StixObject, to: Iterable[Peer]) -> list[str]:
    """What is to be pointed out before somebody is told the id of a site that was not told to him."""
    me, notes = node.descriptor.fingerprint, []
    for peer in to:
        for id in _serves(found):
            versions = node.store.airspace.latest(me, id)
            rows = (row for version in versions for row in node.store.releases_of(version, peer.fingerprint))
            if versions and not any(not row.withdrawn for row in rows):
                notes.append(
                    f"{peer.petname} was not told {id}, and learns by `serves` that such a site lies on this way"
                )
    return notes


def _serves(found: StixObject) -> tuple[str, ...]:
    """Whom an object serves; nobody, where it is no notice or site, or none that can be read: that is for `say`."""
    given = found.properties.get("serves")
    if found.type not in ("notice", "protected-site") or not isinstance(given, list):
        return ()
    return tuple(each for each in given if isinstance(each, str))


def as_dict(one: Questioned) -> Args:
    """A questioned form as JSON values."""
    return {
        "statement": one.statement.hex(),
        "object": one.site.id,
        "precision": one.site.precision.value,
        "name": one.site.name,
        "why": one.why,
    }
