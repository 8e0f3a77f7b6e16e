"""What makes places and times comparable. Knows nobody."""

__all__ = [
    "altitude",
    "area",
    "corridor",
    "extent",
    "geodesic",
    "index_box",
    "instant",
    "interval",
    "length",
    "meeting",
    "volume",
]
