"""Other people's words, translated at the edge, one standard a file."""

__all__ = ["httpsig", "peer", "tlog_witness"]
