"""What makes a saying provable: envelopes, trees, notes, receipts, keys. Knows no party."""

__all__ = ["cbor", "checkpoint", "cose", "envelope", "hands", "keys", "merkle", "note", "receipt", "tree"]
