"""What can be said: frozen values, one noun per file."""

__all__ = [
    "acknowledgement",
    "caveats",
    "content",
    "drawing",
    "extension",
    "fingerprint",
    "marking",
    "notice",
    "objection",
    "party",
    "pgp_words",
    "position",
    "properties",
    "release",
    "revision",
    "site",
    "statement",
    "typed",
    "understood",
    "when",
]
