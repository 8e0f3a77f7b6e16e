"""What a person starts: the command line, the server, the demo."""

__all__ = ["cli", "control", "demo", "operations", "server"]
