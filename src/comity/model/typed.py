"""Typed: objects of Comity's own types that people say are read strictly when they are said and when they are heard.

So that a notice which nobody could check against is refused at both ends by one rule, and never quietly left out.
"""

from collections.abc import Callable, Mapping

from comity.model import notice, objection, position, site
from comity.model.content import StixObject

READERS: Mapping[str, Callable[[StixObject], object]] = {
    "notice": notice.read,
    "objection": objection.read,
    "position": position.read,
    "protected-site": site.read,
}


def check(found: StixObject) -> None:
    """Require that an object is what its type says; types that have no reader here pass.

    Raises:
        RemoteError: `not-stix`, naming the place and the rule.
    """
    reader = READERS.get(found.type)
    if reader is not None:
        reader(found)
