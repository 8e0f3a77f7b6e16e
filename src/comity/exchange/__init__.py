"""The way of a statement, one step a file: say, sign, log, release, deliver, acknowledge, check; and prove, witness."""

__all__ = ["acknowledge", "check", "deliver", "log", "prove", "release", "say", "sign", "verdict", "verify", "witness"]
