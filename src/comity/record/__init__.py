"""What has been said, folded to the present. Pure: it is handed what was said, and says how things stand."""

__all__ = ["airspace", "positions", "standing", "state"]
