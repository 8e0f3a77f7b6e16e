"""Release: the one gate through which content leaves. Only what this file makes a `Released` can be delivered.

A release is itself a statement, one per addressee. Default is own party only: no addressee, no release.
"""

from collections.abc import Sequence
from dataclasses import replace

from comity.errors import MARKING, NOT_STIX, RemoteError
from comity.model import release as releases
from comity.model.content import StixObject, parse
from comity.model.extension import NODE_TYPES
from comity.model.fingerprint import Fingerprint
from comity.model.marking import Terms
from comity.model.release import Release
from comity.model.statement import Draft, Logged, Released, Signed, Withheld
from comity.space.instant import Instant


def release(statement: Signed, *, to: Fingerprint, terms: Terms, now: Instant, uuid: str) -> Draft:
    """Draft the release of one statement to one addressee; the object's own markings may narrow the terms."""
    narrowed = terms.effective(statement.object.markings)
    made = Release(f"release--{uuid}", statement.id, to, narrowed, now, withdrawn=False)
    return Draft(parse(releases.write(made, now)))


def withdraw(given: Release, *, now: Instant) -> Draft:
    """Draft the withdrawal of a release: a later version of it, revoked."""
    later = max(now, Instant(given.created + 1))
    return Draft(parse(releases.write(replace(given, withdrawn=True), later)))


def released(statement: Logged | None, release: Logged) -> Released:
    """Join a logged release with the logged statement that it names.

    Raises:
        RemoteError: `not-stix`: they do not belong together, only one of the two is a withdrawal, or the statement is
            of a type that a node makes and never releases. `marking`: the release is more open than the object.
    """
    terms = releases.read(release.signed.object)
    if terms.withdrawn != (statement is None) or (statement is not None and statement.id != terms.leaf):
        raise RemoteError(NOT_STIX, "this release is not of that statement", place="/leaf")
    if statement is not None:
        found = statement.signed.object
        if found.type in NODE_TYPES:
            raise RemoteError(NOT_STIX, f"a {found.type} is never released", place="/type")
        if terms.terms != terms.terms.effective(found.markings):
            raise RemoteError(MARKING, "the release is more open than the object's own markings", place="/tlp")
    return Released(statement, release, terms)


def preview(found: StixObject, terms: Terms, to: Sequence[str], known: Sequence[str]) -> tuple[Terms, list[Withheld]]:
    """Say beforehand who would not see an object, and on what terms the others would.

    Args:
        found: the object.
        terms: as the operator gave them.
        to: the parties it would be released to.
        known: all known parties.
    """
    narrowed = terms.effective(found.markings)
    reason = "not among those named" if to else "own party only: nobody was named"
    return narrowed, [Withheld(party, reason) for party in known if party not in to]
