"""What a person starts: the command line, the server, the demo."""

__all__ = ["call", "cli", "control", "demo", "nodes", "operations", "positions", "render", "server"]
