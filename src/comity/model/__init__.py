"""What can be said: frozen values, one noun per file."""

__all__ = [
    "acknowledgement",
    "content",
    "extension",
    "fingerprint",
    "marking",
    "party",
    "position",
    "properties",
    "release",
    "statement",
]
