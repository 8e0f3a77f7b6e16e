"""Files as they are given to commands: a mark at the beginning is left out and said, and what is no JSON is named."""

import gzip
from pathlib import Path

import pytest

from comity.app.command import read_content, read_drawing
from comity.app.nodes import read_descriptor
from comity.errors import NOT_JSON, LocalError
from comity.model import drawing
from comity.model.party import armour

OBJECT = b'{"type": "Point", "coordinates": [36, 35]}'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "given.json"


def test_a_byte_order_mark_is_no_part_of_what_is_said_and_that_is_told_once(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + OBJECT)
    content, not_used = read_content(str(file))
    assert content == OBJECT
    assert not_used == ["the byte order mark at the beginning of the file is not used"]
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("the byte order mark at the beginning of the file is not used") == 1


def test_without_a_mark_every_byte_is_kept_and_nothing_is_told(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_bytes(b" \r\n" + OBJECT + b"\n")
    assert read_content(str(file)) == (b" \r\n" + OBJECT + b"\n", [])
    assert capsys.readouterr().err == ""


def test_a_drawing_keeps_its_mark_so_that_its_reader_tells_of_it(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + OBJECT)
    assert len(drawing.read(read_drawing(str(file)).encode()).notes) == 1


@pytest.mark.parametrize("read", [read_content, read_drawing])
@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (gzip.compress(OBJECT, mtime=0), "this is gzip"),
        (OBJECT.decode().encode("utf-16"), "this is UTF-16"),
        (b"", "the file is empty"),
        (b"<kml>", "this is KML"),
        (b'{"name": "\xe9"}', "Latin-1"),
    ],
)
def test_what_is_something_else_is_named_before_anything_is_done(
    read: object, raw: bytes, words: str, file: Path
) -> None:
    file.write_bytes(raw)
    assert callable(read)
    with pytest.raises(LocalError, match=words) as caught:
        read(str(file))
    assert caught.value.code == NOT_JSON
    assert caught.value.place


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_a_descriptor_is_read_from_a_mail_in_the_encodings_that_files_have(encoding: str, file: Path) -> None:
    quoted = "> " + armour(b"packed").replace("\n", "\r\n> ")
    text = f"Dear all,\r\n\r\n{quoted}\r\n-- \r\nAnna"
    raw = text.encode(encoding)
    file.write_bytes(b"\xff\xfe" + raw if encoding == "utf-16-le" else raw)
    assert read_descriptor(str(file)) == b"packed"
