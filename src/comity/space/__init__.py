"""What makes places and times comparable. Knows nobody."""

__all__ = ["instant"]
