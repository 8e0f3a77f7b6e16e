"""Found: what a rule gives back."""

from dataclasses import dataclass

from comity.model.objection import Finding
from comity.record.airspace import Matter


@dataclass(frozen=True, slots=True)
class Found:
    """A finding, with the matter that stands against the subject; None for a picture that is too old."""

    finding: Finding
    matter: Matter | None
