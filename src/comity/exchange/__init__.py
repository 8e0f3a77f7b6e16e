"""The way of a statement, one step a file: say, sign, log, release, deliver, acknowledge, check; and prove, witness."""

__all__ = [
    "acknowledge",
    "cast",
    "check",
    "deliver",
    "labels",
    "later",
    "log",
    "parts",
    "prove",
    "release",
    "requests",
    "say",
    "shapes",
    "sign",
    "taken",
    "times",
    "under",
    "verdict",
    "verify",
    "witness",
]
