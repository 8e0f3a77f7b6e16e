"""Coordinates are known in every spelling, in every script, also between other words; and the names that people give are none."""

import csv
import gzip
import io
import itertools
import json
import random
import xml.etree.ElementTree as Xml
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.model.coordinates import spelling

DATA = Path(__file__).resolve().parents[3] / "../shared/data"

PLACES = (
    "36·2021, 36·1600",
    "N36E36",
    "36N, 36E",
    "POINT(36,36)",
    "36o12'N 36o09'E",
    "36*12'N",
    "36&deg;12'N",
    "CH1903 2600000/1200000",
    "X=4014000 Y=6306000",
    "СК-42 4014000 6306000",
    "BA 12345 67890",
    "UJ 2337 0651",
    "/// filled.count.soap",
    "36°12'7.56\"N",
    "3612.1N 03609.6E",
    "36.20 36.16 alt 300",
    "36.2021, 36.1600, 300",
    "X: 36.1600 Y: 36.2021",
    "36 degrees north, 36 degrees east",
    "37SBA-1234-5678",
    "37 SBA 1234 5678",
    "37SBA1234 5678",
    "QTH KM76cd",
    "{lat:36,lng:36}",
    "latlng(36,36)",
    "36.16,36.2021,0",
    "36%2E2021%2C36%2E16",
    "36.2021n36.1600e",
    "https://osm.org/go/xyz",
    "https://google.com/maps?q=loc:36.2,36.1",
    "https://2gis.ru/geo/36.1,36.2",
    "36.2021, 36.1600",
    "36.2021,36.1600",
    "36.2021;36.1600",
    "36.2021/36.1600",
    "36.2021 36.1600",
    "-36.2021, -36.1600",
    "(36.2021, 36.1600)",
    "36.2°, 36.1°",
    "36.2°N 36.1°E",
    "36.2 N, 36.1 E",
    "N36.2 E36.1",
    "N 36.2021 E 036.1600",
    "36N 36E",
    "36°N 36°E",
    "36°12'N 36°09'E",
    "36°12'00\"N 36°09'36\"E",
    "36° 12′ 00″ N, 36° 09′ 36″ E",
    "36º12’00”N 36º09’36”E",
    "36°12.5'N 036°09.6'E",
    "36 12 00 N 36 09 36 E",
    "36-12-00N 036-09-36E",
    "36:12:00N 36:09:36E",
    "36 12.5 N 36 9.6 E",
    "N36 12.500 E036 09.600",
    "361200N 0360936E",
    "361200N0360936E",
    "3612N03609E",
    "3612N/03609E",
    "36N036E",
    "N361200E0360936",
    "N3612 E03609",
    "361200.5N0360936.5E",
    "+36.2021+036.1600/",
    "+3612+03609/",
    "+361200+0360936/",
    "-33.8-070.6/",
    "+40.20361-075.00417CRSWGS_84/",
    "37SBA 12345 67890",
    "37SBA1234567890",
    "37S BA 12345 67890",
    "37 S BA 12345 67890",
    "37sba1234567890",
    "37sba 123 678",
    "37SBA 12 67",
    "37SBA16",
    "37SBA",
    "37S BA",
    "4QFJ12345678",
    "38SMB 4488 8442",
    "18S-UJ-23371-06519",
    "ZAH 12345 67890",
    "37S 306000 4014000",
    "37S 306000mE 4014000mN",
    "37N 306000 4014000",
    "306000E 4014000N",
    "UTM 37S 306000 4014000",
    "Zone 37S E 306000 N 4014000",
    "Z 2000000 2000000",
    "18SUJ2337106519",
    "TQ 38 77",
    "TQ 387 148",
    "SU387148",
    "NN 16600 71200",
    "NN1660071200",
    "O 15904 34671",
    "N 159 346",
    "006AG39",
    "006AG3",
    "GARS 006AG",
    "MKPG1204",
    "GJQJ0207",
    "NAHN12345678",
    "KM76cd",
    "KM76CD12",
    "locator KM76",
    "8G7P6W22+9G",
    "8FVC9G8F+6W",
    "9G8F+6W Aleppo",
    "8FRG0000+",
    "geo:36.2021,36.1600",
    "geo:36.2,36.1;u=35",
    "///filled.count.soap",
    "what3words.com/filled.count.soap",
    "w3w.co/filled.count.soap",
    "///стол.лампа.окно",
    "https://www.google.com/maps/@36.2021,36.16,15z",
    "https://www.google.com/maps/place/X/@36.2021,36.16",
    "https://maps.google.com/?q=36.2,36.1",
    "https://www.openstreetmap.org/#map=15/36.2021/36.1600",
    "https://www.openstreetmap.org/?mlat=36.2&mlon=36.1",
    "https://maps.apple.com/?ll=36.2021,36.16",
    "https://yandex.ru/maps/?ll=36.16%2C36.2021&z=12",
    "https://api.map.baidu.com/marker?location=36.2,36.1",
    "https://maps.app.goo.gl/AbCdEf",
    "https://www.bing.com/maps?cp=36.2~36.1",
    "POINT(36.16 36.20)",
    "POINT (36 36)",
    "SRID=4326;POINT(36.16 36.2)",
    "LINESTRING(36 36, 37 37)",
    "POLYGON((36 36, 37 36, 37 37, 36 36))",
    "MULTIPOINT((36 36))",
    "POINT Z (36 36 1)",
    '{"type":"Point","coordinates":[36.16,36.2]}',
    "{'type': 'Point', 'coordinates': [36, 36]}",
    "geohash:sy7d3q",
    "geohash sy7d3q2",
    "h3:872db6906ffffff",
    "872db6906ffffff",
    "s2:152f0c3b",
    "٣٦٫٢٠٢١، ٣٦٫١٦٠٠",
    "۳۶٫۲۰۲۱ ۳۶٫۱۶",
    "३६.२०२१, ३६.१६",
    "３６．２０２１，３６．１６",
    "36\u200b.2021,\u200b36.16",
    "36.2021\xa036.1600",
    "lat 36.2 lon 36.1",
    "lat: 36.2, long: 36.1",
    "latitude=36 longitude=36",
    "широта 36.2 долгота 36.1",
    "36° с.ш. 36° в.д.",
    "36.2 с. ш., 36.1 в. д.",
    "36°12′ с. ш. 36°9′ в. д.",
    "36.2С 36.1В",
    "شمال 36.2 شرق 36.1",
    "36.2 شمالا 36.1 شرقا",
    "北纬36.2度东经36.1度",
    "北緯36度12分 東経36度9分",
    "북위 36도 12분 동경 36도",
    "36°12'N 2°21'O",
    "48,8566 N 2,3522 O",
    "48.8566 N 2.3522 O",
    "48,8566; 2,3522",
    "48,8566 2,3522",
    "48.8566 Nord 2.3522 Ouest",
    "36 degrees 12 minutes north",
    "36d12m00s N",
    "36 deg 12 min N",
    "camp at 36.2021,36.1600 near the river",
    "the place 37SBA1234567890 there",
    "36, 37",
    "36 37",
    "36/137",
    "36 12 00 36 09 36",
    "36.2021 by 36.1600",
    "36.2021 north and 36.1600 east",
    "x=36.2021 y=36.1600",
    "36 . 2021 , 36 . 1600",
    "3.62e1, 3.61e1",
    "2600000 1200000",
    "2'600'000, 1'200'000",
    "grid 1234 5678",
    "grid reference 123456",
    "12°N",
    "12° N",
    "S 33° 51'",
    "36˚12'N",
    "36.2021N",
    "36.2021, 36",
    "N36°12'",
    "[36.2021, 36.16]",
    "lat36.2lon36.1",
    "36.2021N, 36.1600E",
)
NAMES = (
    "Unit AB 2014 2015",
    "No 12 34 56",
    "RD Congo M23",
    "X: 12 Y: 13",
    "Group (X) 2000",
    "P O 12",
    "5 o 6",
    "K-129",
    "17 November",
    "Unit 61398",
    "APT 41",
    "Brigade 93",
    "14K",
    "Al Qaida 1988-2011",
    "UNSCR 2249 (2015)",
    "Boko Haram, 2002",
    "9/11",
    "7/7",
    "17-N",
    "YPG 2014-2015",
    "TA4557",
    "TA2541",
    "FIN7",
    "UNC2452",
    "APT-C-36",
    "10 The 2015",
    "101st Airborne",
    "502nd brigade",
    "11 SEP 2001",
    "31DEC",
    "14KGB",
    "313 Brigade",
    "Mahdi Army 3.0",
    "18th Street, MS-13",
    "AK-47",
    "N 17",
    "S-300",
    "Movement of 23 March",
    "M23",
    "Front 36",
    "1/1 Brigade",
    "5 July 1962, 19 March",
    "Storm-0558",
    "Camorra 1990 2000",
    "Force 17",
    "Storm-1516",
    "2.0",
    "IEC 62443-3-3:2013",
    "Point (2015)",
    "Al-Shabaab (2010)",
    "Lashkar 72 N",
    "Division 7, 8",
    "36.2",
    "+49 170 1234567",
    "ISIL-K 2015",
    "FARC-EP 44",
    "group 1,000 strong",
    "malware--00000000-0000-4000-8000-000000000000",
    "threat-actor--11111111-1111-4111-8111-111111111111",
    "V.A.T. 12345678",
    "Mt. Gox 2014",
    "16 Shahbat",
    "13/11",
    "Black Axe 7.7",
    "Los Zetas 40 42",
    "20°C band",
    "Passport No 123456",
    "ARCTIC LNG 1 LLC",
    "Décret n° 2015-1475 du 14 novembre 2015",
    "Решение Верховного Суда от 29 декабря 2014 г. № АКПИ14-1424С",
    "UN Security Council resolution 2249 (2015)",
    "Council Decision 2013/395/CFSP of 25 July 2013",
    "Section 219 INA, 8 U.S.C. 1189; 69 FR 61292",
    "Reg. (EU) No 36/2012, Art. 12 (1)",
)


@pytest.mark.parametrize("text", PLACES)
def test_a_place_is_known_in_this_spelling_and_between_other_words(text: str) -> None:
    assert spelling(text) is not None
    assert spelling(text.lower()) is not None or "KM76cd" in text
    assert spelling(f"  {text}  ") is not None


@pytest.mark.parametrize("text", NAMES)
def test_what_people_call_something_is_no_place(text: str) -> None:
    assert spelling(text) is None


# -- siblings: any place, in any spelling, written with any digits and signs

latitudes = st.floats(-89.9, 89.9).filter(lambda one: abs(one) > 0.001)
longitudes = st.floats(-179.9, 179.9).filter(lambda one: abs(one) > 0.001)
ZEROS = "0٠۰०০௦๐０𝟎𝟘"
NORTH = {
    "n": ("N", "n", "Ν", " North", " с.ш.", " с. ш.", "С", " شمال", " Nord"),
    "s": ("S", " South", " ю.ш.", " جنوب", " Sud"),
}
EAST = {
    "e": ("E", "e", " East", " в.д.", " в. д.", " شرق", " Est"),
    "w": ("W", " West", "O", " Ouest", " з.д.", " غرب"),
}


def hemisphere(lat: float, lon: float, draw: Any) -> tuple[str, str]:
    ns, ew = NORTH["n" if lat >= 0 else "s"], EAST["e" if lon >= 0 else "w"]
    return draw(st.sampled_from(ns)), draw(st.sampled_from(ew))


def parts(value: float) -> tuple[int, int, float]:
    seconds = round(abs(value) * 3600, 1)
    return int(seconds // 3600), int(seconds % 3600 // 60), round(seconds % 60, 1)


def spelt(lat: float, lon: float, draw: Any) -> str:
    """One of the ways in which people write a latitude and a longitude."""
    ns, ew = hemisphere(lat, lon, draw)
    (d, m, s), (e, n, t) = parts(lat), parts(lon)
    degree, prime, second = (draw(st.sampled_from(signs)) for signs in ("°º˚", "'’′ʹ", ('"', "”", "″", "''", "′′")))
    places = draw(st.integers(2, 8))
    apart = draw(st.sampled_from([",", ", ", "; ", " ", "/", " / "]))
    one, other = f"{lat:.{places}f}", f"{lon:.{places}f}"
    return str(
        draw(
            st.sampled_from(
                [
                    f"{one}{apart}{other}",
                    f"({one}{apart}{other})",
                    f"{one}{degree}{apart}{other}{degree}",
                    f"{other}{apart}{one}",
                    f"lat {one} lon {other}",
                    f"LAT={one}&LNG={other}",
                    f"geo:{one},{other}",
                    f"POINT({other} {one})",
                    f'{{"type": "Point", "coordinates": [{other}, {one}]}}',
                    f"https://maps.example.org/@{one},{other},12z",
                    f"https://www.openstreetmap.org/#map=12/{one}/{other}",
                    f"{abs(lat):.{places}f}{ns}{apart}{abs(lon):.{places}f}{ew}",
                    f"{abs(lat):.{places}f}{degree}{ns}{apart}{abs(lon):.{places}f}{degree}{ew}",
                    f"{d}{degree}{m:02}{prime}{s:04.1f}{second}{ns}{apart}{e}{degree}{n:02}{prime}{t:04.1f}{second}{ew}",
                    f"{d}{degree} {m}{prime}{apart}{e}{degree} {n}{prime}",
                    f"{d}-{m:02}-{int(s):02}{ns} {e}-{n:02}-{int(t):02}{ew}",
                    f"{d} {m:02} {int(s):02}{ns} {e} {n:02} {int(t):02}{ew}",
                    f"{d:02}{m:02}{int(s):02}{'NS'[lat < 0]}{e:03}{n:02}{int(t):02}{'EW'[lon < 0]}",
                    f"{'NS'[lat < 0]}{d:02}{m:02}{'EW'[lon < 0]}{e:03}{n:02}",
                    f"{'-+'[lat >= 0]}{d:02}{m:02}{'-+'[lon >= 0]}{e:03}{n:02}/",
                ]
            )
        )
    )


def disguised(text: str, draw: Any) -> str:
    """The same in other digits, with what does not show in between, inside a name."""
    zero = draw(st.sampled_from(ZEROS))
    text = "".join(chr(ord(zero) + int(c)) if c in "0123456789" else c for c in text)
    at = draw(st.integers(0, len(text)))
    unseen = draw(st.sampled_from(["", "\u200b", "\u2060", "\u200e", "\ufe0f", "\u00ad"]))
    text = text[:at] + unseen + text[at:]
    before, after = draw(
        st.sampled_from([("", ""), ("the camp at ", ""), ("", " (north)"), ("группа ", " там"), ("مقر ", "")])
    )
    return str(before + text + after)


@given(latitudes, longitudes, st.data())
def test_any_place_is_known_however_it_is_written(lat: float, lon: float, data: st.DataObject) -> None:
    text = disguised(spelt(lat, lon, data.draw), data.draw)
    assert spelling(text) is not None, ascii(text)


LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


@given(
    st.integers(1, 60),
    st.sampled_from("CDEFGHJKLMNPQRSTUVWX"),
    st.sampled_from(LETTERS),
    st.sampled_from("ABCDEFGHJKLMNPQRSTUV"),
    st.integers(2, 5),
    st.data(),
)
def test_any_square_of_the_military_grid_is_known(
    zone: int, band: str, column: str, row: str, most: int, data: st.DataObject
) -> None:
    digits = st.text("0123456789", min_size=most, max_size=most)
    east, north = data.draw(digits), data.draw(digits)
    form = data.draw(
        st.sampled_from(["{}{}{}{}{}", "{}{}{} {} {}", "{}{} {} {} {}", "{}{}-{}-{}-{}", "{} {} {} {} {}"])
    )
    text = form.format(zone, band, column + row, east, north)
    assert spelling(data.draw(st.sampled_from([text, text.lower(), f"at {text} there"]))) is not None, text


@given(st.text("23456789CFGHJMPQRVWX", min_size=8, max_size=8), st.text("23456789CFGHJMPQRVWX", min_size=2, max_size=4))
def test_any_plus_code_is_known(area: str, rest: str) -> None:
    assert spelling(f"{area}+{rest}") is not None
    assert spelling(f"{area[4:]}+{rest[:2].lower()} Aleppo") is not None


@given(st.text())
def test_anything_can_be_asked(text: str) -> None:
    assert spelling(text) is None or spelling(text)


PIECES = (
    "1 ",
    "1.1 ",
    "N1 ",
    "36°",
    "(",
    "UTM 1",
    "POINT ",
    "-1-",
    "1 -1",
    "A1A",
    "X:1234 ",
    "36 12 ",
    "GRID ",
    "0.0/",
    "12'",
)


def test_a_long_text_is_answered_in_time_that_grows_with_its_length_alone() -> None:
    """A form that can be read in several ways takes for ever on one of these."""
    for one, other in itertools.product(PIECES, PIECES):
        spelling(((one + other) * 400)[:400])
    for one in PIECES:
        spelling((one * 2000)[:2000])


# -- real names


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts(item)


def taken_for_places(names: Iterable[str]) -> list[str]:
    return [name for name in names if spelling(name) is not None]


here = pytest.mark.skipif(not DATA.is_dir(), reason=f"real data is not here: {DATA}")


def unpacked(name: str) -> str:
    return gzip.decompress((DATA / name).read_bytes()).decode("utf-8", "replace")


@here
def test_no_name_of_the_lists_of_ofac_is_taken_for_a_place() -> None:
    names = [row[1] for row in csv.reader(io.StringIO(unpacked("lists/ofac-sdn.csv.gz"))) if len(row) > 1]
    names += [row[3] for row in csv.reader(io.StringIO(unpacked("lists/ofac-alt.csv.gz"))) if len(row) > 3]
    assert len(names) > 10_000
    assert taken_for_places(names) == []


@here
def test_no_name_of_the_list_of_the_united_nations_is_taken_for_a_place() -> None:
    fields = {
        "FIRST_NAME",
        "SECOND_NAME",
        "THIRD_NAME",
        "FOURTH_NAME",
        "ALIAS_NAME",
        "NAME_ORIGINAL_SCRIPT",
        "REFERENCE_NUMBER",
    }
    root = Xml.fromstring(unpacked("lists/un-consolidated-2018-10-29.xml.gz"))
    names = [" ".join(one.text.split()) for one in root.iter() if one.tag in fields and one.text]
    assert len(names) > 4000
    assert taken_for_places(names) == []


@here
def test_no_name_of_a_group_or_actor_is_taken_for_a_place() -> None:
    names = [*texts(json.loads((DATA / "names/groups-multiscript.json").read_text(encoding="utf-8")))]
    for one in json.loads(unpacked("stix/misp-threat-actor-cluster.json.gz"))["values"]:
        names += [one["value"], *one.get("meta", {}).get("synonyms", [])]
    assert len(names) > 2000
    assert taken_for_places(names) == []


@here
@pytest.mark.parametrize("script", ["arabic", "chinese", "hebrew", "japanese", "katakana", "korean", "russian"])
def test_no_name_of_a_person_in_this_script_is_taken_for_a_place(script: str) -> None:
    rows = [line.split("\t") for line in unpacked(f"names/wikidata-{script}-80.tsv.gz").splitlines()]
    names = [name for row in rows for name in (row[0], row[1].replace(" ", ""))]
    assert taken_for_places(random.Random(script).sample(names, 3000)) == []
