"""Typed: objects of Comity's own types that people say are read strictly when they are said and when they are heard.

So that a notice which nobody could check against is refused at both ends by one rule, and never quietly left out.
"""

from collections.abc import Mapping
from typing import Any

from comity.formats import Format
from comity.model import notice, objection, position, site
from comity.model.content import StixObject
from comity.model.properties import by_version

READERS: Mapping[str, Format[Any]] = {
    table.name: table for table in (notice.NOTICE, objection.OBJECTION, position.POSITION, site.SITE)
}


def read(found: StixObject) -> object:
    """What an object says by its type and version; None of a type that has no reader here.

    Raises:
        RemoteError: `not-stix`, naming the place and the rule; `unknown-version`.
    """
    table = READERS.get(found.type)
    return None if table is None else by_version(table, found)


def check(found: StixObject) -> None:
    """Require that an object is what its type says; types that have no reader here pass.

    Raises:
        RemoteError: `not-stix`, naming the place and the rule; `unknown-version`.
    """
    read(found)
