"""What a person starts: the command line, the server, the demo."""

__all__ = [
    "airspace",
    "airspace_commands",
    "call",
    "cli",
    "command",
    "control",
    "demo",
    "nodes",
    "operations",
    "positions",
    "render",
    "server",
    "stage",
    "versions",
    "views",
]
