"""The scale of a run: 1 is what the goals are for; less is for trying whether the bench itself works."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """By how much all sizes and counts are multiplied."""

    factor: float = 1.0

    def of(self, count: int, least: int = 1) -> int:
        return max(least, round(count * self.factor))
