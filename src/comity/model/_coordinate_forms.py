"""The forms in which people write coordinates, each a regular expression over a text as `coordinates.plain` shows it."""

_DEGREES = "°º˚⁰∘◦ᵒ"
SIGNS = str.maketrans(
    {
        **dict.fromkeys(_DEGREES, "°"),
        **dict.fromkeys("″“”„‟ˮ〃＂❞", '"'),
        **dict.fromkeys("′’‘‛ʹʼˈ´`‵＇❜", "'"),
        **dict.fromkeys("‐‑‒–—―−﹘﹣－➖", "-"),
        **dict.fromkeys("٫·∙⋅・", "."),
        **dict.fromkeys("،、﹐，", ","),
        **dict.fromkeys("⁄∕／", "/"),
    }
)


# -- degrees

_BOUND = r"(?![^\W\d_])"
_NS = (
    r"(?:[NΝSЅ]|NORTH|SOUTH|NORD|SUD|SÜD|NORTE|SUR|[СЮ]\.? ?Ш\.?|[СЮ]|П[НД]\.? ?Ш\.?|СЕВЕР\w*|ЮГ|ЮЖ\w*|شمال\w*|جنوب\w*|[شج]"
    rf"|[北南]|צפון|דרום){_BOUND}"
)
_EW = (
    r"(?:[EЕΕWԜOОΟ]|EAST|WEST|EST|OST|OUEST|ESTE|OESTE|[ВЗ]\.? ?Д\.?|[ВЗ]|[СЗ]Х\.? ?Д\.?|ВОСТ\w*|ЗАП\w*|شرق\w*|غرب\w*|[قغ]"
    rf"|[东東西]|מזרח|מערב){_BOUND}"
)
_DEG = r"(?:°|D(?:EG(?:REES?|RÉS?|\.)?)?|GRAD|DEGRÉS?|ГРАД\w*|درجة|[度도])"
_MIN = r"(?:'|M(?:IN(?:UTES?|\.)?)?|МИН\w*|دقيقة|[分분])"
_SEC = r"(?:\"|S(?:EC(?:ONDS?|\.)?)?|СЕК\w*|ثانية|[秒초])"
# One angle: degrees, and minutes and seconds after their signs or after one of the usual separators. There is one way only
# to read a text by it, or its cost would grow beyond the text's length.
_APART = r"[ ,;/|&_-]{0,4}(?:(?:AND|ET|UND|И|و)[ ,]?)?"
_NEXT = r"(?: ?[:-] ?| )"
_LAST = rf"(?:(?: ?{_MIN} ?|{_NEXT})\d{{1,2}}(?:\.\d+)?(?: ?{_SEC})?| ?{_MIN})?"
_ANGLE = rf"[-+]?\d{{1,3}}(?:[.,]\d+)?(?:(?: ?{_DEG} ?|{_NEXT})\d{{1,2}}(?:\.\d+)?{_LAST}| ?{_DEG})?"
_EDGE = r"(?<![^\W_])"


_PLUS = "[23456789CFGHJMPQRVWX]"
_COMMA = r"\d{1,3},(?:\d\d|\d{4,})"
_HOSTS = r"(?:MAPS?|GEO|WIKIMAPIA|GEOHACK|EARTH|NAVER|2GIS|AMAP|WAZE|W3W|WHAT3WORDS|OPENSTREETMAP|OSM|MAPY|MAPCARTA|GE0|GAODE)"
_LABEL = (
    r"(?:LAT(?:ITUDE|ITUD|ITUDINE)?|LON(?:GITUDE|GITUD|GITUDINE)|LATLO?NG?|ШИРОТА|ДОЛГОТА|ДОВГОТА|BREITE|BREITENGRAD|LÄNGENGRAD"
    r"|ENLEM|BOYLAM|خط العرض|خط الطول|عرض جغرافیایی|طول جغرافیایی|דוחב|קו רוחב|קו אורך)"
)

# (spelling, form, the name of what its numbers must be besides, or nothing). The first that fits gives the name.
FORMS: tuple[tuple[str, str, str], ...] = (
    ("geo URI", r"\bGEO: ?[-+]?\d", ""),
    (
        "what3words",
        r"(?:/// ?|W3W(?:\.CO)?[:/ ]+|WHAT3WORDS(?:\.COM)?[:/ ]+)[^\W\d_]+[.・。．][^\W\d_]+[.・。．][^\W\d_]+",
        "",
    ),
    (
        "map address",
        (
            rf"(?:\b{_HOSTS}\.[A-Z]|\.[A-Z.]+/MAPS?\b|\bGOO\.GL/MAPS|\bMAPS?://|COMGOOGLEMAPS|#MAP=|[?&]"
            rf"(?:M?LAT|S?LL|PT|CP|CENTER|DADDR)=)"
        ),
        "",
    ),
    (
        "WKT",
        (
            r"\b(?:POINT|LINESTRING|POLYGON|CIRCULARSTRING|MULTI[A-Z]+)\s?Z?M?\s?\(+\s?[-+]?\d+"
            r"(?:\.\d+)?[\s,]+[-+]?\d"
        ),
        "",
    ),
    ("GeoJSON", r"[\"']COORDINATES[\"']\s?:|<(?:\w+:)?(?:COORDINATES|POS|POSLIST)>\s?[-+]?\d", ""),
    (
        "a cell's name",
        (
            r"\b(?:GEOHASH|H3|S2|S2CELL|QUADKEY)(?: ?(?:CELL|INDEX|TOKEN|ID))? ?[:=#/] ?"
            r"(?=[0-9A-Z]*\d)[0-9A-Z]{4,}"
        ),
        "",
    ),
    ("a cell's name", r"\bGEOHASH (?=[0-9A-Z]*\d)[0-9A-Z]{5,12}\b", ""),
    ("a cell's name", r"(?<![0-9A-Z])8[0-9A-F]{14}(?![0-9A-Z])", ""),
    ("plus code", rf"(?<![0-9A-Z]){_PLUS}{{4,8}}\+{_PLUS}{{2,7}}(?![0-9A-Z])", ""),
    ("plus code", rf"(?<![0-9A-Z]){_PLUS}{{2,6}}0{{2,6}}\+(?![0-9A-Z])", ""),
    (
        "MGRS",
        (
            r"(?<![A-Z0-9])(?P<zone>\d{1,2})(?P<first>[ -]?)[C-HJ-NP-X](?P<second>[ -]?)"
            r"(?P<square>[A-HJ-NP-Z](?P<third>[ -]?)[A-HJ-NP-V])[ -]?(?P<digits>\d{1,5}[ ,-]?\d{1,5})"
            r"(?![A-Z0-9])"
        ),
        "mgrs",
    ),
    ("MGRS", r"^(?P<zone>\d{1,2})[C-HJ-NP-X] ?(?P<square>[A-HJ-NP-Z][A-HJ-NP-V])$", "square"),
    ("MGRS", r"\b(?:MGRS|USNG|UTMREF)\b.{0,12}\d{1,2} ?[C-HJ-NP-X]", ""),
    (
        "MGRS",
        (
            r"(?<![A-Z0-9])[ABYZ] ?[A-CF-HJ-LP-UX-Z] ?[A-HJ-NP-Z](?: ?\d{3} \d{3}| ?\d{4} ?\d{4}"
            r"| ?\d{5} ?\d{5})(?![A-Z0-9])"
        ),
        "not_years",
    ),
    (
        "UTM",
        (
            r"(?<![A-Z0-9])(?:\d{1,2} ?[C-HJ-NP-X]|[ABYZ])[ ,:]+(?:E ?)?\d{6,7}(?:\.\d+)?[ ME]*[ ,;/]+"
            r"(?:N ?)?\d{6,8}(?:\.\d+)?"
        ),
        "",
    ),
    ("UTM", r"(?<![\d.])\d{6,7}(?:\.\d+)? ?M? ?[EO][ ,;/]*\d{6,8}(?:\.\d+)? ?M? ?[NS](?![A-Z])", ""),
    ("UTM", r"(?<![\d.])\d{6,8}(?:\.\d+)? ?M? ?[NS][ ,;/]*\d{6,7}(?:\.\d+)? ?M? ?[EO](?![A-Z])", ""),
    ("UTM", r"\bE(?:ASTING)?[ :=]*\d{6,7}(?:\.\d+)?[ ,;M]+N(?:ORTHING)?[ :=]*\d{6,8}\b", ""),
    (
        "UTM",
        r"\b(?:UTM|UPS|ETRS89|EPSG|CH1903|LV95|LV03|RD|OSGB|LAMBERT|GAUSS|PULKOVO|SK-?42|СК-?42)\b.*\d{6,7}(?:\.\d+)?\D{1,6}\d{6,8}",
        "",
    ),
    (
        "grid reference",
        (
            r"\bGRID(?: ?REF(?:ERENCE|\.)?)?[ :=#]{0,3}(?:[A-Z]{1,2} ?)?(?:\d{2} ?\d{2}|\d{3} ?\d{3}"
            r"|\d{4} ?\d{4}|\d{5} ?\d{5})\b"
        ),
        "not_years",
    ),
    (
        "grid reference",
        (
            r"(?<![A-Z0-9])(?!NO )[HNOST][A-HJ-Z] ?(?:\d{2} \d{2}|\d{3} \d{3}|\d{4} \d{4}|\d{5} \d{5})"
            r"(?![A-Z0-9])"
        ),
        "even",
    ),
    ("grid reference", r"^[HNOST][A-HJ-Z] ?(?:\d{6}|\d{8}|\d{10})$", ""),
    ("grid reference", r"(?<![A-Z0-9])[A-HJ-Z] (?:\d{3} \d{3}|\d{4} \d{4}|\d{5} \d{5})(?![A-Z0-9])", "even"),
    ("grid reference", r"^[A-HJ-Z] ?(?:\d{8}|\d{10})$", ""),
    ("GARS", r"(?<![A-Z0-9])(\d{3})[A-HJ-NPQ][A-HJ-NP-Z][1-4][1-9]?(?![A-Z0-9])", "gars"),
    ("GARS", r"^(\d{3})(?!ND|RD|TH|ST)[A-HJ-NPQ][A-HJ-NP-Z]$", "gars"),
    ("GARS", r"\bGARS\b.{0,4}(\d{3})[A-HJ-NPQ][A-HJ-NP-Z]", "gars"),
    ("GEOREF", r"(?<![A-Z0-9])[A-HJ-NP-Z][A-HJ-M][A-HJ-NPQ][A-HJ-NPQ](?P<digits>\d{4,8})(?![A-Z0-9])", "georef"),
    ("GEOREF", r"\bGEOREF\b.{0,4}[A-Z]{4}", ""),
    ("Maidenhead", r"(?<![A-Z0-9])[A-R]{2}\d{2}[A-X]{2}\d{2}(?:[A-X]{2}(?:\d{2})?)?(?![A-Z0-9])", ""),
    ("Maidenhead", r"\b(?:MAIDENHEAD|QTH|LOCATOR)\b.{0,12}\b[A-R]{2}\d{2}", ""),
    (
        "packed degrees",
        (
            r"(?<![A-Z0-9.])(?P<lat>\d{2}(?:\d{2}){0,2})(?:\.\d+)?'? ?[NS][ ,/-]?(?P<lon>[01]\d{2}"
            r"(?:\d{2}){0,2})(?:\.\d+)?'? ?[EWO](?![A-Z])"
        ),
        "packed",
    ),
    (
        "packed degrees",
        (
            r"(?<![A-Z0-9.])[NS] ?(?P<lat>\d{2}(?:\d{2}){0,2})(?:\.\d+)?'?[ ,/-]?[EWO] ?(?P<lon>[01]\d{2}"
            r"(?:\d{2}){0,2})(?:\.\d+)?(?!\d)"
        ),
        "packed",
    ),
    (
        "ISO 6709",
        (
            r"(?<![\w.])[-+]\d{2}(?:\d{2}){0,2}(?:\.\d+)?[-+]\d{3}(?:\d{2}){0,2}(?:\.\d+)?(?:[-+]\d+"
            r"(?:\.\d+)?)?(?:CRS\w*)?/?(?![\w.])"
        ),
        "",
    ),
    ("degrees", r"\d{1,3}(?:\.\d+)? ?° ?\d{1,2}(?:\.\d+)? ?['\"]?", ""),
    ("degrees", rf"\d ?° ?(?:{_NS}|{_EW})|(?:{_NS}|{_EW}) ?\d{{1,3}}(?:\.\d+)? ?°", ""),
    ("degrees", r"\d ?°.{1,20}\d ?°", ""),
    ("degrees", r"(?<![^\W_])\d{1,3} ?[*O] ?\d{1,2}(?:\.\d+)? ?'", ""),
    ("grid reference", r"\bX ?[:=] ?\d{4,}.{1,6}\bY ?[:=] ?\d{4,}", ""),
    ("grid reference", r"(?<![A-Z0-9])[A-HJ-NP-Z]{2} (?:\d{4} \d{4}|\d{5} \d{5})(?![A-Z0-9])", "not_years"),
    ("degrees", rf"(?<![\w.])\d{{1,3}}[.,]\d{{3,}} ?(?:{_NS}|{_EW})", ""),
    ("degrees", rf"{_EDGE}{_ANGLE} ?{_NS}{_APART}{_ANGLE} ?{_EW}", "angles"),
    ("degrees", rf"{_EDGE}{_ANGLE} ?{_EW}{_APART}{_ANGLE} ?{_NS}", "angles"),
    ("degrees", rf"{_EDGE}{_NS} ?{_ANGLE}{_APART}{_EW} ?{_ANGLE}", "angles"),
    ("degrees", rf"{_EDGE}{_EW} ?{_ANGLE}{_APART}{_NS} ?{_ANGLE}", "angles"),
    ("degrees", r"[北南][纬緯] ?\d|[东東西][经経經] ?\d|(?:북위|남위|동경|서경) ?\d", ""),
    ("degrees", rf"{_EDGE}{_LABEL}\.?(?:[ \"']?[:=])? ?[\"'(]?[-+]?\d", ""),
    ("degrees", rf"{_EDGE}LO?NG?[\"']?[:=] ?[\"']?[-+]?\d", ""),
    ("degrees", rf"{_EDGE}\d{{1,3}}(?:\.\d+)? ?{_DEG}[ ,]*\d{{1,2}}(?:\.\d+)? ?{_MIN}(?![A-ZА-Я])", ""),
    (
        "decimal degrees",
        (
            r"(?<![\w.,])([-+]?\d{1,3}\.\d+(?:E[-+]?\d\d?)?)(?: ?°)?[ ,;/|:X&_]{1,4}([-+]?\d{1,3}\.\d+"
            r"(?:E[-+]?\d\d?)?)(?![\w]|\.\d)"
        ),
        "pair",
    ),
    ("decimal degrees", r"(?<![\d.])([-+]?\d{1,3}\.\d{3,})[^\d]{1,24}?([-+]?\d{1,3}\.\d{3,})(?![\d]|\.\d)", "pair"),
    ("decimal degrees", r"(?<![\w.,])([-+]?\d{1,3}\.\d{3,})[ ,;/|]{1,4}([-+]?\d{1,3})(?![\w]|\.\d)", "pair"),
    ("decimal degrees", r"(?<![\w.,])([-+]?\d{1,3})[ ,;/|]{1,4}([-+]?\d{1,3}\.\d{3,})(?![\w]|\.\d)", "pair"),
    ("decimal degrees", rf"(?<![\w.,])[-+]?{_COMMA}(?: ?°)?(?: ?[;/|] ?|,? )[-+]?{_COMMA}(?![\w])", ""),
    ("numbers alone", r"^[(\[{]?[-+]?\d+(?:\.\d+)?(?:[ ,;/:|'-]{1,4}[-+]?\d+(?:\.\d+)?){1,5}[)\]}/]?$", "bare"),
    ("numbers alone", r"^[-+]?\d{1,3},\d+(?: ?[;/|] ?|,? )[-+]?\d{1,3},\d+$", ""),
)
