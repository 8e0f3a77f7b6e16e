"""The pages on places - notices, protected sites, objections: their vectors and their readers.

PYTHONPATH=tests python -m conformance.vectors.places
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from comity.exchange import check
from comity.model import content, notice, objection, site, understood
from comity.model.properties import statement_id
from comity.record import airspace
from comity.record.airspace import Said, Subject
from comity.space import altitude, area, geodesic, instant, interval
from comity.space.area import Area, Circle
from comity.space.instant import Instant
from comity.space.volume import Volume
from conformance.vectors import notice as notices
from conformance.vectors import objection as objections
from conformance.vectors import protected_site as sites
from conformance.vectors.cast import NAMES, Vector, actor, uuid

FOLDER = Path(__file__).resolve().parents[3] / "spec" / "vectors"
PAGES: dict[str, Callable[[], list[Vector]]] = {
    "notice": notices.vectors,
    "protected-site": sites.vectors,
    "objection": objections.vectors,
}
PARTIES = {actor(name).fingerprint: name for name in NAMES}

Given = dict[str, Any]


def _text(at: Instant | None) -> str | None:
    return None if at is None else instant.text(at)


def _parts(of: Area) -> list[str]:
    return ["circle" if isinstance(part, Circle) else "polygon" for part in of.parts]


def _volume(of: Volume) -> dict[str, Any]:
    band = of.band
    return {
        "parts": _parts(of.area),
        "floor": None if band.floor is None else str(band.floor),
        "ceiling": None if band.ceiling is None else str(band.ceiling),
        "from": _text(of.during.start),
        "until": _text(of.during.end),
    }


def read_notice(given: Given) -> Any:
    found = notice.read(content.parse(given["text"].encode()))
    return {
        "state": found.state.value,
        "name": found.name,
        "kind": found.kind,
        "callsign": found.callsign,
        "serves": list(found.serves),
        "withdrawn": found.withdrawn,
        "volumes": [_volume(each) for each in found.volumes],
    }


def read_site(given: Given) -> Any:
    found = site.read(content.parse(given["text"].encode()))
    return {
        "function": found.function.value,
        "precision": found.precision.value,
        "widened_m": found.widened_m,
        "parts": _parts(found.area),
        "names": [*([found.name] if found.name else []), *(name.text for name in found.names)],
        "contact": found.contact,
        "reverify_by": _text(found.reverify_by),
        "as_received": found.as_received,
        "window": None if found.window is None else [_text(found.window.start), _text(found.window.end)],
        "serves": list(found.serves),
        "withdrawn": found.withdrawn,
    }


def read_understood(given: Given) -> Any:
    window = given.get("window")
    during = None if window is None else interval.parse(window["from"], window["until"])
    somewhere = given.get("precision", "exact") != "exact"
    return understood.read(map(_stated, given["volumes"]), during, somewhere=somewhere).as_dict()


def _stated(of: Given) -> Volume:
    band = altitude.parse_band(of.get("floor"), of.get("ceiling"))
    return Volume(area.parse(of["area"]), band, interval.parse(of.get("from"), of.get("until")))


def read_widened(given: Given) -> Any:
    """Draw a circle around a place; how far its centre is displaced is told to ten metres."""
    whole, at = area.parse(given["place"]), Instant(0)
    place = whole.parts[0]
    raw = site.write(
        f"protected-site--{uuid('drawn')}",
        at,
        created=at,
        place=whole,
        function=site.Function.OTHER,
        wanted=site.Wanted.parse(given["precision"]),
        random=bytes.fromhex(given["random"]),
    )
    around = site.read(content.parse(raw)).area.parts[0]
    assert isinstance(place, Circle)
    assert isinstance(around, Circle)
    apart = geodesic.distance((place.lon, place.lat), (around.lon, around.lat))
    holds = apart + place.radius_m <= around.radius_m
    return {"radius_m": around.radius_m, "holds": holds, "displaced_m": round(apart, -1)}


def read_objection(given: Given) -> Any:
    said = objection.read(content.parse(given["text"].encode()))
    found = said.finding
    return {
        "rule": found.rule.value,
        "because": None if found.because is None else found.because.hex(),
        "against": said.against.hex(),
        "by": found.by,
        "text": said.text,
        "meetings": found.meetings,
        "margin_m": found.margin_m,
        "time_uncertain": found.time_uncertain,
        "as_of": _text(found.as_of),
        "witness": None if found.witness is None else objection.write_witness(found.witness),
        "withdrawn": said.withdrawn,
    }


def _said(given: Given) -> Said:
    id = statement_id(given["statement"])
    return actor(given["by"]).fingerprint, id, content.parse(given["content"].encode())


def read_check(given: Given) -> Any:
    by, statement, found = _said(given["subject"])
    subject: Subject = airspace.subject_of(airspace.entries(by, statement, found))
    as_of = {actor(name).fingerprint: None if at is None else instant.parse(at) for name, at in given["as_of"].items()}
    picture = airspace.fold(map(_said, given["said"]))
    now, margin_m = instant.parse(given["now"]), given.get("margin_m", 0.0)
    checked = check.check(subject, picture, as_of=as_of, now=now, names=PARTIES, margin_m=margin_m).as_dict()
    objections = [
        {name: each[name] for name in ("rule", "by", "because", *given.get("shown", ()))}
        for each in checked["objections"]
    ]
    return {"objections": objections, "not_heard_from": checked["not_heard_from"]}


READERS: dict[str, Callable[[Given], Any]] = {
    "notice": read_notice,
    "protected-site": read_site,
    "widened": read_widened,
    "understood-as": read_understood,
    "objection": read_objection,
    "check": read_check,
}


def build() -> dict[str, bytes]:
    """Every file of the three pages by its path below spec/vectors."""
    files: dict[str, bytes] = {}
    for page, vectors in PAGES.items():
        for vector in vectors():
            path = f"{page}/{vector.name}.json"
            if path in files:
                raise ValueError(f"two vectors are named {path}")
            files[path] = (json.dumps(vector.as_dict(), indent=1, ensure_ascii=False) + "\n").encode()
    return files


def write() -> None:
    """Write all files and remove those that are made no more."""
    files = build()
    for old in (path for page in PAGES for path in (FOLDER / page).glob("*.json")):
        if old.relative_to(FOLDER).as_posix() not in files:
            old.unlink()
    for path, data in files.items():
        (FOLDER / path).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / path).write_bytes(data)


if __name__ == "__main__":
    write()
