"""The way of a statement, one step a file: say, sign, log, release, deliver, acknowledge; and prove, witness."""

__all__ = ["acknowledge", "deliver", "log", "prove", "release", "say", "sign", "verify", "witness"]
