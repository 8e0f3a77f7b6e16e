"""What may be objected: pure rules, subject x record -> findings. They can do nothing else."""

__all__ = ["found", "overlap", "protected", "stale", "words"]
