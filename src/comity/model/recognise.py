"""Recognising what a file is that is not what was asked for, so that a refusal says its name and how to go on.

It reads no place and no object: bytes become the text of one JSON value (`json_text`), or are refused for what they look
like; and a JSON value that is another thing than the one wanted is named (`kind_of`). Nothing is unpacked or converted.
"""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any, NoReturn

from comity.errors import NOT_JSON, RemoteError

MARK_NOTE = "the byte order mark at the beginning of the file is not used"
_EXPORT = "export it as GeoJSON"
ONE = "one JSON value a file is read; for places put the Features into one FeatureCollection"
_DRAW = "draw the place in a map tool, and export it as GeoJSON"
_UTF8 = "save it as UTF-8 (RFC 8259 section 8.1)"

# What a file begins with, and what it then is.
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "gzip: unpack it first"),
    (b"PK\x03\x04", f"a zip archive, as KMZ files, zipped shapefiles and spreadsheets are: unpack it and {_EXPORT}"),
    (b"BZh", "bzip2: unpack it first"),
    (b"\xfd7zXZ\x00", "xz: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "zstd: unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it first"),
    (b"\x00\x00\x27\x0a", f"an Esri shapefile: {_EXPORT}"),
    (b"SQLite format 3\x00", f"an SQLite database, as GeoPackages are: {_EXPORT}"),
    (b"fgb\x03", f"FlatGeobuf: {_EXPORT}"),
    (b"\xd0\xcf\x11\xe0", "an old Office document: copy the text out of it"),
    (b"%PDF", "a PDF: copy the text out of it"),
    (b"\x89PNG", "a picture: only text can be read"),
    (b"\xff\xd8\xff", "a picture: only text can be read"),
)
_UTF8_MARK = b"\xef\xbb\xbf"
_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
# JSON begins with two ASCII characters (RFC 4627 section 3): which of four bytes are 0, and what that is.
_ZEROS = {"0001": "UTF-32", "1000": "UTF-32", "0101": "UTF-16", "1010": "UTF-16", "0111": "UTF-32", "1110": "UTF-32"}


def json_text(raw: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The bytes that are to be one JSON value, without a byte order mark, and what of them is not used.

    Raises:
        RemoteError: `not-json`: they are empty, not UTF-8, or look like something else, which is named.
    """
    for signature, what in _SIGNATURES:
        if raw.startswith(signature):
            _refuse(f"this is {what}")
    _encoding(raw)
    bare = raw
    while bare.startswith(_UTF8_MARK):
        bare = bare[len(_UTF8_MARK) :]
    _text(_decoded(bare, len(raw) - len(bare)))
    return bare, (MARK_NOTE,) if bare is not raw else ()


def begins_another(rest: str) -> bool:
    """Say whether what comes after a JSON value begins another one, as in JSON lines and sequences.

    >>> begins_another(' {"a": 2}'), begins_another("}")
    (True, False)
    """
    return re.match(r"\s*[{\[\x1e]", rest) is not None


def _encoding(raw: bytes) -> None:
    for mark, name in _MARKS:
        if raw.startswith(mark):
            _refuse(f"this is {name} text: {_UTF8}")
    zeros = "".join("0" if byte == 0 else "1" for byte in raw[:4])
    if zeros in _ZEROS and len(raw) >= 4:
        _refuse(f"this is {_ZEROS[zeros]} text without a byte order mark: {_UTF8}")


def _decoded(bare: bytes, skipped: int) -> str:
    try:
        return bare.decode()
    except UnicodeDecodeError as error:
        place = f"byte {error.start + skipped}"
        start = bare[:64].lstrip()[:1]
        if 0 in bare or start not in (b"{", b"[", b"<", b'"'):
            _refuse("not UTF-8 (RFC 8259 section 8.1): this is no text file, or one in another encoding", place)
        _refuse("not UTF-8 (RFC 8259 section 8.1): it may be Latin-1 or Windows-1252; save it as UTF-8", place)


def _text(text: str) -> None:
    said = text[:4096].lstrip(" \t\r\n\xa0")
    if not said.strip(" \t\r\n\x00"):
        _refuse("the file is empty, and JSON is one value (RFC 8259)", "line 1 column 1")
    for form, what in _TEXTS:
        if re.match(form, said, re.IGNORECASE):
            _refuse(f"this is {what(said)}")
    if encoded := _encoded(text):
        _refuse(f"this is {encoded}")


def _xml(said: str) -> str:
    names = {"kml": "KML", "gpx": "GPX", "osm": "OpenStreetMap XML", "svg": "SVG"}
    found = re.search(r"<(?:[a-z0-9]+:)?(kml|gpx|osm|svg)[\s>]", said, re.IGNORECASE)
    if found:
        return f"{names[found[1].lower()]} (XML): {_EXPORT}"
    if re.match(r"<(!doctype )?html", said, re.IGNORECASE):
        return "a web page (HTML): save the file itself, not the page that shows it"
    if "opengis.net/gml" in said or "gml:" in said:
        return f"GML (XML): {_EXPORT}"
    return "XML: JSON is wanted"


def _armoured(said: str) -> str:
    if "COMITY DESCRIPTOR" in said[:80]:
        return "a party's descriptor: `comity peer add` takes it"
    return "an armoured text, such as a key, a signature or an encrypted message: take out what is in it"


_WKT = (
    r"(?:srid=\d+;\s*)?(?:point|linestring|polygon|multipoint|multilinestring|multipolygon|geometrycollection)"
    r"\s*(?:z|m|zm)?\s*(?:\(|empty)"
)
_COORDINATES = (
    r"geo:|-?\d{1,3}[.°]\d[^\n{}\[\]]{0,60}[,; ][^\n{}\[\]]{0,60}\d|\d{1,2}[c-hj-np-x] ?[a-hj-np-z]{2} ?\d|"
    r"[ns]?\d{2,3} \d{2} [^\n{}\[\]]{0,60}[ew]"
)
# How a text begins, and what it then is.
_TEXTS: tuple[tuple[str, Callable[[str], str]], ...] = (
    (r"<", _xml),
    (r"-----BEGIN ", _armoured),
    (_WKT, lambda said: f"well-known text (WKT): {_EXPORT}"),
    (r"data:[a-z]+/[a-z.+-]+[;,]", lambda said: "a data URI: take out what is in it"),
    (r"(?:var|let|const) \w+\s*=|\w{1,32}\(\s*[{\[]", lambda said: "JavaScript: keep only the JSON that is in it"),
    (
        r"\(?[a-z]\d{4}/\d{2} notam|q\) ?[a-z]{4}/",
        lambda said: f"a NOTAM: {_DRAW}, its E, F and G by --floor and --ceiling",
    ),
    (r"(?:\*[^\n]*\n\s*)*(?:ac [a-z]{1,3}|an [^\n]*|ah [^\n]*)\r?\n", lambda said: f"OpenAir text: {_EXPORT}"),
    (r"[^\n{}\[\]<>]*[,;\t][^\n{}\[\]<>]*\r?\n[^\n{}\[\]<>]*[,;\t]", lambda said: f"a table (CSV): {_EXPORT}"),
    (r"\{\\rtf", lambda said: "a rich text (RTF): save it as plain text"),
    (r"[a-z]{2,12}://|www\.", lambda said: "a link: save what it leads to as a file"),
    (_COORDINATES, lambda said: f"a coordinate or grid reference: {_DRAW}"),
    (r"/[/*]|#|;", lambda said: "JSON with comments before it, which JSON does not have: take them out"),
    (r"[{\[]\s*'", lambda said: "a text of Python or JavaScript: JSON has its names and texts in double quotes"),
    (r"type\s*:\s*[a-z'\"]", lambda said: f"YAML: {_EXPORT}"),
    (
        r"\ufeff|ï»¿|þÿ|ÿþ",
        lambda said: "a byte order mark that was saved as text or stands inside: take it out, and save as UTF-8",
    ),
    (r"\x1e", lambda said: f"a JSON text sequence (RFC 8142): {ONE}"),
)


def _encoded(text: str) -> str | None:
    """What base64 says it holds, without unpacking more than its beginning."""
    bare = "".join(text[:400].split())
    if len(bare) < 16 or not re.fullmatch(r"[A-Za-z0-9+/_-]+=*", bare):
        return None
    try:
        start = base64.b64decode(bare[:16].translate({ord("-"): "+", ord("_"): "/"}))
    except binascii.Error:
        return None
    if start.lstrip(_UTF8_MARK + b" \t\r\n")[:1] in (b"{", b"["):
        return "base64 of JSON: decode it first"
    if start.startswith(b"\x1f\x8b"):
        return "base64 of gzip: decode and unpack it first"
    return "base64: decode it first" if len(bare) >= 40 else None


def _refuse(message: str, place: str = "") -> NoReturn:
    raise RemoteError(NOT_JSON, message, place=place)


# -- JSON values that are something else

_STIX_ID = re.compile(r"[a-z0-9-]+--[0-9a-f-]{36}", re.IGNORECASE)
_GEOJSON = "Point MultiPoint LineString MultiLineString Polygon MultiPolygon GeometryCollection Feature FeatureCollection".split()


def kind_of(value: Any) -> str | None:
    """The name of what a JSON value is, with an article; None if it is nothing that is known here."""
    if type(value) is str:
        return "JSON within a JSON string" if value.lstrip()[:1] in ("{", "[") else "a JSON string"
    if type(value) is list:
        return _list(value)
    return _object(value) if type(value) is dict else None


def _list(value: list[Any]) -> str:
    first = kind_of(value[0]) if value else None
    if first in ("a GeoJSON Feature", "a STIX object", "a GeoJSON Polygon", "a GeoJSON Point"):
        return f"a list, whose first is {first}"
    return "a list"


def _object(value: dict[str, Any]) -> str | None:
    kind = value.get("type")
    if kind in _GEOJSON:
        return f"a GeoJSON {kind}"
    if kind == "bundle":
        return "a STIX bundle"
    if type(value.get("id")) is str and _STIX_ID.fullmatch(value["id"]):
        return "a STIX object"
    for keys, name in _BY_KEYS:
        if keys <= value.keys():
            return name
    features = value.get("features")
    if type(features) is list and features and type(features[0]) is dict and "attributes" in features[0]:
        return "Esri JSON"
    return "TopoJSON" if kind == "Topology" else None


_BY_KEYS: tuple[tuple[frozenset[str], str], ...] = tuple(
    (frozenset(keys.split()), name)
    for keys, name in (
        ("rings", "Esri JSON"),
        ("paths", "Esri JSON"),
        ("spatialReference", "Esri JSON"),
        ("geometryType", "Esri JSON"),
        ("attributes geometry", "Esri JSON"),
        ("curveRings", "Esri JSON"),
        ("elements osm3s", "Overpass JSON"),
        ("elements generator", "Overpass JSON"),
        ("elements version", "OpenStreetMap JSON"),
        ("elements", "Overpass JSON"),
        ("arcs objects", "TopoJSON"),
        ("Event", "a MISP event"),
        ("objects more", "a TAXII envelope"),
        ("objects spec_version", "a STIX bundle"),
    )
)
