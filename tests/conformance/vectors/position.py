"""Vectors of spec/position.md: positions, their subjects and their bases."""

import json
from typing import Any

from comity.model import position
from comity.model.position import Position, Stance, Subject
from conformance.vectors.cast import START, Vector, bad, good, uuid

_GROUP = "داعش"
_BASIS = "UN Security Council resolution 2249 (2015)"


def written(**changed: Any) -> bytes:
    """The content of fr's designation with some properties changed, or left out as None."""
    plain = Position(
        f"position--{uuid('position')}", Subject(_GROUP), Stance.DESIGNATES, _BASIS, START, START, withdrawn=False
    )
    value = json.loads(position.write(plain)) | changed
    value = {name: item for name, item in value.items() if item is not None}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _shown(**changed: Any) -> dict[str, Any]:
    return {"read": "position", "text": written(**changed).decode()}


def vectors() -> list[Vector]:
    return [*_accepted(), *_subjects(), *_refused(), *_places()]


_PLAIN = {
    "subject": _GROUP,
    "stance": "designates",
    "basis": _BASIS,
    "modified": "2026-11-26T10:00:00.000Z",
    "withdrawn": False,
    "listed": True,
}


def _accepted() -> list[Vector]:
    later = {"modified": "2026-11-26T11:00:00.000Z"}
    made: list[tuple[str, str, str, dict[str, Any], dict[str, Any]]] = [
        ("accepted", "POSITION-1", "a designation, with its basis", {}, {}),
        ("unknown-property", "POSITION-1", "a property of a later version", {"x_later": [1]}, {}),
        ("basis-in-russian", "POSITION-5", "a basis in another script", _RUSSIAN, _RUSSIAN),
        ("basis-long", "POSITION-5", "a basis of 2,000 characters", {"basis": "x" * 2000}, {"basis": "x" * 2000}),
        ("later", "POSITION-6", "a later version", later, later),
        ("withdrawn", "POSITION-6", "the withdrawal", later | {"revoked": True}, later | {"withdrawn": True}),
    ]
    told = [good(name, rule, desc, _shown(**given), _PLAIN | out) for name, rule, desc, given, out in made]
    for stance in ("protects", "supports", "recognises", "rejects", "silent"):
        out = _PLAIN | {"stance": stance, "basis": None}
        given = _shown(stance=stance, basis=None)
        told.append(good(f"stance-{stance}", "POSITION-3", f"{stance}: it needs no basis", given, out))
    return told


_RUSSIAN = {"basis": "Решение Верховного Суда от 29 декабря 2014 г. № АКПИ14-1424С"}


def _subjects() -> list[Vector]:
    """As said, and as compared."""
    id = f"threat-actor--{uuid('group')}"
    made: list[tuple[str, str, str, str, str]] = [
        ("subject-id", "POSITION-7", "a STIX id", id, id),
        ("subject-nfd", "POSITION-7", "a decomposed name is compared in NFC", "Pre\u0301sident", "Pr\u00e9sident"),
        ("subject-hangul", "POSITION-7", "conjoining jamo are compared in NFC", "\u1112\u1161\u11ab", "\ud55c"),
        ("subject-marks", "POSITION-7", "two marks in the other order", "a\u0327\u0301", "\u00e1\u0327"),
        ("subject-capitals", "POSITION-7", "capitals stay capitals", "DAESH", "DAESH"),
        ("subject-ligature", "POSITION-7", "NFC and not NFKC: a ligature stays one", "\ufb01le", "\ufb01le"),
        ("subject-tatweel", "POSITION-7", "a stretched letter stays stretched", "دا\u0640عش", "دا\u0640عش"),
        ("subject-chinese", "POSITION-7", "a name in Chinese", "伊斯兰国", "伊斯兰国"),
        ("subject-joiner", "POSITION-2", "a joiner within a Persian word", "می\u200cخواهم", "می\u200cخواهم"),
        (
            "subject-words",
            "POSITION-2",
            "single spaces between words",
            "Сирийская Арабская Армия",
            "Сирийская Арабская Армия",
        ),
        ("subject-300", "POSITION-2", "300 characters", "x" * 300, "x" * 300),
    ]
    return [
        good(name, rule, desc, _shown(subject=said), _PLAIN | {"subject": compared})
        for name, rule, desc, said, compared in made
    ]


def _refused() -> list[Vector]:
    note = {"type": "note", "id": f"note--{uuid('n')}", "content": "x", "object_refs": [f"note--{uuid('n')}"]}
    made: list[tuple[str, str, str, dict[str, Any]]] = [
        ("another-type", "POSITION-1", "a note with a position's properties", note),
        ("undeclared", "POSITION-1", "no extension", {"extensions": {}}),
        ("subject-missing", "POSITION-2", "about nobody", {"subject": None}),
        ("subject-empty", "POSITION-2", "an empty subject", {"subject": ""}),
        ("subject-list", "POSITION-2", "two subjects at once", {"subject": ["Daesh", _GROUP]}),
        ("subject-space-before", "POSITION-2", "a space at the beginning", {"subject": " Daesh"}),
        ("subject-space-after", "POSITION-2", "a space at the end", {"subject": "Daesh "}),
        ("subject-two-spaces", "POSITION-2", "two spaces in a row", {"subject": "Islamic  State"}),
        ("subject-no-break-space", "POSITION-2", "a space of another kind", {"subject": "Islamic\u00a0State"}),
        ("subject-two-lines", "POSITION-2", "two lines", {"subject": "Islamic\nState"}),
        ("subject-hidden", "POSITION-2", "a zero-width space", {"subject": "Dae\u200bsh"}),
        ("subject-soft-hyphen", "POSITION-2", "a soft hyphen", {"subject": "Dae\u00adsh"}),
        ("subject-turned", "POSITION-2", "the direction of writing turned", {"subject": "\u202ehseaD"}),
        ("subject-joiner-first", "POSITION-2", "a joiner with nothing before it", {"subject": "\u200dDaesh"}),
        ("subject-private", "POSITION-2", "a character that nobody defines", {"subject": "Daesh\ue000"}),
        ("subject-301", "POSITION-2", "301 characters", {"subject": "x" * 301}),
        ("subject-302-nfd", "POSITION-2", "302 as said, 151 in NFC", {"subject": "e\u0301" * 151}),
        ("subject-450-nfc", "POSITION-2", "150 as said, 450 in NFC", {"subject": "\ufb2c" * 150}),
        ("stance-missing", "POSITION-3", "no stance", {"stance": None}),
        ("stance-capital", "POSITION-3", "a stance in capitals", {"stance": "Designates"}),
        ("stance-unknown", "POSITION-3", "a stance that is none", {"stance": "nominates"}),
        ("stance-two", "POSITION-3", "two stances at once", {"stance": ["designates", "rejects"]}),
        ("designates-without-basis", "POSITION-4", "a designation on no basis", {"basis": None}),
        ("basis-empty", "POSITION-5", "an empty basis", {"basis": ""}),
        ("basis-space", "POSITION-5", "a basis of spaces", {"basis": "   "}),
        ("basis-object", "POSITION-5", "a basis that is no text", {"basis": {"resolution": 2249}}),
        ("basis-two-lines", "POSITION-5", "a basis of two lines", {"basis": "resolution 2249\nof 2015"}),
        ("basis-2001", "POSITION-5", "2,001 characters", {"basis": "x" * 2001}),
        ("silent-basis-empty", "POSITION-5", "silent, with an empty basis", {"stance": "silent", "basis": ""}),
        ("revoked-text", "POSITION-6", "revoked as a text", {"revoked": "yes"}),
        ("withdrawn-bare", "POSITION-6", "a withdrawal that says nothing", {"revoked": True, "stance": None}),
    ]
    return [bad(name, rule, "not-stix", desc, _shown(**changed)) for name, rule, desc, changed in made]


def _places() -> list[Vector]:
    """What is refused where it is said, and listed nowhere where it is heard."""
    site = f"protected-site--{uuid('site')}"
    coordinates: list[tuple[str, str, str]] = [
        ("decimal", "decimal degrees", "36.2021, 36.1600"),
        ("comma", "with decimal commas", "36,2021; 36,1600"),
        ("words", "within a name", "the depot at 36.2021 N 36.1600 E"),
        ("degrees", "degrees, minutes, seconds", "36°12'08\"N 36°09'36\"E"),
        ("minutes", "degrees and minutes", "N36 12.126 E036 09.600"),
        ("primes", "with other signs for the same", "36º 12′ 08″ N, 36º 09′ 36″ E"),
        ("packed", "packed, as in aviation", "361208N0360936E"),
        ("iso", "ISO 6709", "+36.2021+036.1600/"),
        ("mgrs", "MGRS", "37SBA 12345 67890"),
        ("mgrs-small", "MGRS in small letters and one word", "37sba1234567890"),
        ("utm", "UTM", "37S 244000 4010000"),
        ("british", "the British grid", "TQ 387 148"),
        ("gars", "GARS", "433LV39"),
        ("georef", "GEOREF", "PHLG0912"),
        ("locator", "a Maidenhead locator", "KM86CE12"),
        ("plus-code", "a plus code", "8G8F6522+R2"),
        ("words3", "what3words", "///filled.count.soap"),
        ("uri", "a geo URI", "geo:36.2021,36.16"),
        ("map", "the address of a map", "https://www.openstreetmap.org/#map=15/36.2021/36.1600"),
        ("wkt", "WKT", "POINT(36.16 36.2021)"),
        ("geojson", "GeoJSON", '{"type":"Point","coordinates":[36.16,36.2021]}'),
        ("arabic", "digits of Arabic", "٣٦٫٢٠٢١ ٣٦٫١٦٠٠"),
        ("russian", "hemispheres in Russian", "36° с. ш. 36° в. д."),
        ("chinese", "hemispheres in Chinese", "北纬36.2度东经36.1度"),
    ]
    told = []
    for name, desc, text in coordinates:
        told += _place(name, "POSITION-12", desc, "designates", {"subject": text}, text)
    for stance in ("protects", "silent"):
        given = {"subject": "37SBA 12345 67890", "stance": stance, "basis": None}
        told += _place(f"grid-{stance}", "POSITION-12", f"of {stance} too", stance, given, "37SBA 12345 67890")
    told += _place("site", "POSITION-13", "the id of a site", "designates", {"subject": site}, site)
    told += _place(
        "notice",
        "POSITION-13",
        "within a text",
        "designates",
        {"subject": f"see NOTICE--{uuid('n')}"},
        f"see NOTICE--{uuid('n')}",
    )
    told += _place("basis", "POSITION-12", "in the basis", "designates", {"basis": "seen at 37SBA 12345 67890"}, _GROUP)
    beside: list[tuple[str, str, str, dict[str, Any]]] = [
        (
            "coordinates-beside",
            "POSITION-12",
            "beside the subject",
            {"x_seen": {"latitude": 36.2021, "longitude": 36.16}},
        ),
        ("list-beside", "POSITION-12", "as a list of numbers", {"x_seen": [36.16, 36.2021]}),
        ("site-beside", "POSITION-13", "a reference to a site", {"x_refs": [site]}),
    ]
    for name, rule, desc, shown in beside:
        told.append(bad(name, rule, "not-stix", desc, _to_say(**shown)))
    protected = {"subject": site, "stance": "protects", "basis": None}
    told.append(
        good("protects-site", "POSITION-13", "a site may be protected", _to_say(**protected), {"subject": site})
    )
    for name, text in (
        ("unit", "Unit 61398"),
        ("years", "Al Qaida 1988-2011"),
        ("day", "17 November"),
        ("brigade", "Brigade 93"),
    ):
        told.append(
            good(f"no-place-{name}", "POSITION-12", "a name with digits", _to_say(subject=text), {"subject": text})
        )
    return told


def _to_say(**changed: Any) -> dict[str, Any]:
    return {"read": "position_to_say", "text": written(**changed).decode()}


def _place(name: str, rule: str, desc: str, stance: str, given: dict[str, Any], subject: str) -> list[Vector]:
    basis = given.get("basis", _BASIS)
    out = _PLAIN | {"subject": subject, "stance": stance, "basis": basis, "listed": False}
    return [
        bad(f"place-{name}", rule, "not-stix", desc, _to_say(**given)),
        good(f"place-{name}-heard", "POSITION-14", f"{desc}: held, and in no list", _shown(**given), out),
    ]
