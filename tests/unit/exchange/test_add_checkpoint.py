"""A request for a cosignature says its old size and its proof in one form (C2SP tlog-witness)."""

import base64

import pytest

from comity.errors import MALFORMED, RemoteError
from comity.exchange.witness import AddCheckpoint, Shown
from comity.proof.merkle import MAX_SIZE

NOTE = b"comity/x\n7\nroot\n\n\xe2\x80\x94 signed\n"
HASH = base64.b64encode(bytes(32))


@pytest.mark.parametrize("old", [0, 1, 9, 10, 10**17, 10**18 - 1, 10**18, MAX_SIZE])
@pytest.mark.parametrize("count", [0, 1, 63])
def test_a_request_is_read_as_it_was_written(old: int, count: int) -> None:
    """Every size that a log may have, of nineteen digits too."""
    request = AddCheckpoint(Shown(NOTE, old, tuple(bytes([number]) * 32 for number in range(count))))
    assert AddCheckpoint.decode(request.encode()) == request


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 1",
        b"old 1\n",
        b"old \n\n" + NOTE,
        b"Old 1\n\n" + NOTE,
        b"new 1\n\n" + NOTE,
        b"old  1\n\n" + NOTE,
        b"old 1 \n\n" + NOTE,
        b"old +1\n\n" + NOTE,
        b"old -1\n\n" + NOTE,
        b"old 00\n\n" + NOTE,
        b"old 01\n\n" + NOTE,
        b"old 1_0\n\n" + NOTE,
        b"old 1\r\n\n" + NOTE,
        "old ٣\n\n".encode() + NOTE,
        b"old %d\n\n" % (MAX_SIZE + 1) + NOTE,
        b"old 9999999999999999999\n\n" + NOTE,
        b"old 10000000000000000000\n\n" + NOTE,
        b"old " + b"9" * 5000 + b"\n\n" + NOTE,
        b"old 1\n" + HASH + b" \n\n" + NOTE,
        b"old 1\n" + HASH[:-1] + b"\n\n" + NOTE,
        b"old 1\n" + base64.b64encode(bytes(33)) + b"\n\n" + NOTE,
        b"old 1\n" + (HASH + b"\n") * 64 + b"\n" + NOTE,
    ],
)
def test_a_request_of_another_form_is_malformed(body: bytes) -> None:
    with pytest.raises(RemoteError) as caught:
        AddCheckpoint.decode(body)
    assert caught.value.code == MALFORMED
