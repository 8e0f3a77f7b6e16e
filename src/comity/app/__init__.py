"""What a person starts: the command line, the server, the demo."""

__all__ = [
    "airspace_commands",
    "call",
    "checking",
    "cli",
    "command",
    "control",
    "demo",
    "files",
    "nodes",
    "notices",
    "objections",
    "operations",
    "party_commands",
    "positions",
    "render",
    "server",
    "sites",
    "stage",
    "versions",
    "views",
]
