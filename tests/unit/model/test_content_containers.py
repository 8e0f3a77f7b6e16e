"""A megabyte of brackets is refused before it is read."""

import time

import pytest

from comity.errors import TOO_LARGE, RemoteError
from comity.model import content
from comity.model.content import MAX_CONTAINERS


def test_a_hundred_thousand_positions_are_refused_in_milliseconds() -> None:
    raw = b'{"type":"notice","x":[' + b",".join([b"[1,2]"] * 100_000) + b"]}"
    begun = time.process_time()
    with pytest.raises(RemoteError) as refused:
        content.parse(raw)
    assert refused.value.code == TOO_LARGE
    assert time.process_time() - begun < 0.05


def test_as_many_as_are_allowed_are_read() -> None:
    lists = ",".join(["[]"] * (MAX_CONTAINERS - 2))
    raw = f'{{"type":"x-a","id":"x-a--00000000-0000-4000-8000-000000000000","spec_version":"2.1","x":[{lists}],'
    raw += '"created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z"}'
    assert content.parse(raw.encode()).type == "x-a"
