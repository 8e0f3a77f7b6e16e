"""Caveats: what may restrict is never dropped: TLP counts in every spelling, all else is named; and what is everyday is not."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.model import _caveat_words, caveats
from comity.model.extension import COMITY_TYPES
from comity.model.marking import Kind, Markings, Onward, Terms, Tlp

DATA = Path(__file__).resolve().parents[3] / "../shared/data/stix"
NAMESPACES = ("tlp", "TLP", "Tlp", "ＴＬＰ", "t.l.p.", "TLP2.0", "TLPv2", "Traffic Light Protocol", "ТLР", "misp:tlp")
SEPARATORS = (":", ": ", " ", "-", "_", "=", " = ", ':"', "/", "\u200b:", "：")
SPELLINGS = {
    Tlp.CLEAR: ("clear", "CLEAR", "White", "white", "ＣＬＥＡＲ"),
    Tlp.GREEN: ("green", "GREEN", "GrEeN"),
    Tlp.AMBER: ("amber", "AMBER", "ＡＭＢＥＲ", "ambеr"),
    Tlp.AMBER_STRICT: ("amber+strict", "AMBER_STRICT", "Amber Strict", "amber-strict", "amber (strict)", "AMBERSTRICT"),
    Tlp.RED: ("red", "RED", "Red", "rеd", "ｒｅｄ"),
}


def of(**properties: Any) -> Markings:
    return caveats.read({"type": "report", "id": "report--x"} | properties)


def named(**properties: Any) -> list[tuple[str, str]]:
    return [(one.name, one.place) for one in of(**properties).not_understood]


@given(st.sampled_from(list(Tlp)), st.data(), st.sampled_from(NAMESPACES), st.sampled_from(SEPARATORS))
def test_a_level_counts_in_every_spelling_as_a_label_and_as_the_value_of_a_property(
    level: Tlp, data: st.DataObject, namespace: str, separator: str
) -> None:
    said = data.draw(st.sampled_from(SPELLINGS[level]))
    wrapped = data.draw(st.sampled_from(("{}", " {} ", "[{}]", "{}!", "#{}")))
    label = wrapped.format(namespace + separator + said)
    assert of(labels=["malware", label]) == Markings((level,))
    assert of(x_acme_tags=[{"name": label}]) == Markings((level,))
    assert of(x_acme={"deep": [{"TlpLevel": said}]}) == Markings((level,))
    assert of(x_tlp=label) == Markings((level,))


@pytest.mark.parametrize(
    "label",
    [
        "PAP:RED",
        "pap:amber",
        "NATO UNCLASSIFIED",
        "VS-NUR FÜR DEN DIENSTGEBRAUCH",
        "Для служебного пользования",
        "Trusted Circle: finance",
        "ais-consent:usg",
        "tlp:ex:chr",
        "tlp:unclear",
        "TLP:BLACK",
        "TLP",
        "iep:traffic-light-protocol",
        "iep2-policy:x",
        "ACS",
        "handling: by hand",
        "classification:secret",
        'nato:classification="NS"',
        'de-vs:einstufung="VS-NfD"',
        'fr-classif:classifiees="CONFIDENTIEL"',
        "dissemination:none",
        "NOFORN",
        "noforn",
        "ＮＯＦＯＲＮ",
        "ORCON",
        "REL TO USA, FVEY",
        "SECRET//NOFORN",
        "(U//FOUO)",
        "Top Secret",
        "NATO RESTRICTED",
        "Distribution Statement D",
        "distribution:your-organisation-only",
        "sharing-group:cert-eu",
        "embargo until Friday",
        "do-not-share",
        "For Official Use Only",
        "internal use only",
        "CUI",
        "ДСП",
        "секретно",
        "机密",
    ],
)
def test_a_label_that_says_who_may_have_it_is_named_and_restricts(label: str) -> None:
    found = of(labels=["malware", label])
    assert [(one.name, one.place, one.kind) for one in found.not_understood] == [(label, "/labels/1", Kind.LABEL)]
    narrowed = Terms(Tlp.CLEAR, Onward.MAY).effective(found)
    assert (narrowed.tlp, narrowed.onward) == (Tlp.AMBER_STRICT, Onward.NEVER)


@pytest.mark.parametrize(
    "name",
    [
        "x_opencti_granted_refs",
        "xAcmeGrantedRefs",
        "x_acme_classification",
        "x_pap",
        "caveats",
        "handling",
        "handling_instructions",
        "releasability",
        "access",
        "access_rights",
        "x_sharing_group_id",
        "distribution",
        "x_misp_distribution",
        "sharing",
        "share_with",
        "authorized_members",
        "dissemination_controls",
        "x_restricted_to",
        "embargo_until",
        "audience",
        "x_need_to_know",
        "гриф",
        "x-acme:handling/way",
    ],
)
@pytest.mark.parametrize("value", ["some", ["a"], {"a": 1}, 0, False])
def test_a_property_that_says_who_may_have_it_is_named_wherever_it_stands(name: str, value: Any) -> None:
    step = name.replace("~", "~0").replace("/", "~1")
    assert named(**{name: value}) == [(name, f"/{step}")]
    assert named(x_acme={"list": [1, [{name: value}]]}) == [(name, f"/x_acme/list/1/0/{step}")]
    assert named(x_acme={name: {name: value}}) == [(name, f"/x_acme/{step}")]


@pytest.mark.parametrize("name", ["x_opencti_granted_refs", "handling", "x_tlp", "labels", "x_marking"])
@pytest.mark.parametrize("nothing", [None, "", [], {}])
def test_a_property_that_holds_nothing_says_nothing(name: str, nothing: Any) -> None:
    assert of(**{name: nothing}) == Markings()


@pytest.mark.parametrize("value", ["purple", "ex:chr", 5, True, {"level": "x"}, ["red", "purple"]])
def test_a_property_named_tlp_of_which_the_value_is_no_level_is_named(value: Any) -> None:
    assert named(x_tlp=value) == [("x_tlp", "/x_tlp")]


def test_what_is_understood_beside_what_is_not_counts_too() -> None:
    assert of(labels=["TLP:RED//NOFORN"]).levels == (Tlp.RED,)
    assert named(labels=["TLP:RED//NOFORN"]) == [("TLP:RED//NOFORN", "/labels/0")]
    assert of(handling={"x_tlp": "red"}).levels == (Tlp.RED,)
    assert of(x_tlp=["red", "purple"]).levels == (Tlp.RED,)


STRANGE = "marking-definition--00000000-0000-4000-8000-00000000abcd"
RED = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"


def test_markings_below_the_top_are_read_as_those_at_the_top() -> None:
    assert of(x_acme={"object_marking_refs": [RED]}).levels == (Tlp.RED,)
    assert named(x_acme={"object_marking_refs": [RED, STRANGE]}) == [(STRANGE, "/x_acme/object_marking_refs/1")]
    assert named(x_marking=STRANGE) == [(STRANGE, "/x_marking")]
    assert named(x_marking={"some": 1}) == [("x_marking", "/x_marking")]
    assert named(granular_markings=[{"lang": "ar"}, {"marking_ref": STRANGE}]) == [
        (STRANGE, "/granular_markings/1/marking_ref")
    ]


OTHERS = "extension-definition--0b0a1c2d-3e4f-4a5b-8c6d-7e8f90a1b2c3"
OPENCTI = "extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba"


def test_an_extension_is_named_unless_it_is_known_and_what_it_holds_is_read() -> None:
    assert named(extensions={OTHERS: {"extension_type": "new-sdo"}}) == [(OTHERS, f"/extensions/{OTHERS}")]
    for known in [*COMITY_TYPES.values(), "ntfs-ext", "http-request-ext", caveats.TLP_2_EXTENSION, OPENCTI]:
        assert named(extensions={known: {"extension_type": "property-extension", "tlp_2_0": "red", "score": 5}}) == []
    granted = {OPENCTI: {"extension_type": "property-extension", "granted_refs": ["a"]}}
    assert named(extensions=granted) == [("granted_refs", f"/extensions/{OPENCTI}/granted_refs")]
    assert of(extensions={caveats.TLP_2_EXTENSION: {"tlp_2_0": "red"}}).levels == (Tlp.RED,)
    assert named(extensions={caveats.TLP_2_EXTENSION: {"tlp_2_0": "x"}, OTHERS: "no object"}) != []


def definition(**properties: Any) -> list[tuple[str, str]]:
    return [(c.name, c.place) for c in caveats.read({"type": "marking-definition", **properties}).not_understood]


def test_a_definition_restricts_unless_it_is_one_of_tlp() -> None:
    assert definition(definition_type="statement", definition={"statement": "Copyright"}) == [
        ("statement", "/definition")
    ]
    assert definition(definition_type="PAP", name="PAP:RED", definition={"PAP": "PAP:RED"}) == [
        ("PAP:RED", "/definition")
    ]
    assert definition(definition_type="iep") == [("iep", "/definition_type")]
    assert definition(definition_type="tlp", definition={"tlp": "ex:chr"}) == [("tlp", "/definition")]
    assert definition(definition_type="tlp", name="TLP:RED", definition={"tlp": "red"}) == []
    assert definition(definition_type="TLP", definition={"TLP": "TLP:AMBER+STRICT"}) == []
    assert definition(id=RED, definition_type="statement", definition={"statement": "custom"}) == []
    assert definition(name="TLP:RED", extensions={caveats.TLP_2_EXTENSION: {"tlp_2_0": "red"}}) == []
    assert definition(name="of nothing") == []


def test_a_marking_in_free_text_is_named_and_red_there_is_red() -> None:
    found = of(description="Handle as TLP:RED.", x_acme={"note": "(S//REL TO FVEY)"}, abstract="TLP:GREEN")
    assert [(one.name, one.place, one.kind) for one in found.not_understood] == [
        ("TLP:RED", "/description", Kind.TEXT),
        ("REL TO FVEY", "/x_acme/note", Kind.TEXT),
    ]
    assert found.levels == (Tlp.GREEN,)
    assert Terms(Tlp.CLEAR).effective(found).tlp is Tlp.RED
    assert Terms(Tlp.CLEAR, accepted=("TLP:RED", "REL TO FVEY")).effective(found).tlp is Tlp.GREEN


@pytest.mark.parametrize(
    "text",
    ["https://example.org/TLP:RED.pdf", "[file:name = 'TLP:RED NOFORN']", "tlp red is a level", "the red, TLP and PAP"],
)
def test_an_address_a_pattern_and_talk_of_markings_are_no_markings(text: str) -> None:
    assert of(url=text, pattern=text) == Markings()
    assert of(description=text) == Markings() or "://" in text or text.startswith("[")


@pytest.mark.parametrize(
    "label",
    [
        "malicious-activity",
        'circl:incident-classification="malware"',
        'malware_classification:malware-category="Ransomware"',
        'misp:type="ip-dst"',
        "misp:confidence-level",
        'osint:source-type="blog-post"',
        'estimative-language:likelihood-probability="likely"',
        'admiralty-scale:source-reliability="b"',
        "kill-chain:Delivery",
        "initial-access",
        "credential-access",
        "access-method:brute-force",
        "incident-handling",
        "Secret Blizzard",
        "unrestricted",
        "file-sharing",
        "IEC 62443-3-3:2013 - SR 5.4",
        "red",
        "amber",
    ],
)
def test_an_everyday_label_is_no_caveat(label: str) -> None:
    assert of(labels=[label]) == Markings()


@pytest.mark.parametrize(
    "name",
    [
        "x_mitre_permissions_required",
        "x_mitre_effective_permissions",
        "x_mitre_remote_support",
        "x_opencti_score",
        "x_opencti_cvss_access_vector",
        "x_opencti_cvss_access_complexity",
        "x_opencti_cvss_confidentiality_impact",
        "x_opencti_workflow_id",
        "x_misp_category",
        "threat-actor-classification",
        "x_release_date",
        "x_initial_access",
    ],
)
def test_an_everyday_property_is_no_caveat(name: str) -> None:
    assert of(**{name: "some"}) == Markings()


@pytest.mark.skipif(not DATA.is_dir(), reason=f"real data is not here: {DATA}")
@pytest.mark.parametrize("file", ["ics-attack-18.1.json.gz", "mobile-attack-17.1.json.gz"])
def test_of_all_attack_objects_nothing_is_named_but_the_statement_of_mitre(file: str) -> None:
    objects = json.loads(gzip.decompress((DATA / file).read_bytes()))["objects"]
    statement = "marking-definition--fa42a846-8d90-4e51-bc29-71d5b4802168"
    names = {name for one in objects for name in caveats.read(one).names}
    assert len(objects) > 1000
    assert names == {statement, "statement"}


@pytest.mark.skipif(not DATA.is_dir(), reason=f"real data is not here: {DATA}")
def test_no_name_of_an_actor_that_misp_knows_is_taken_for_a_caveat() -> None:
    cluster = json.loads(gzip.decompress((DATA / "misp-threat-actor-cluster.json.gz").read_bytes()))
    names = [name for one in cluster["values"] for name in (one["value"], *one.get("meta", {}).get("synonyms", []))]
    assert len(names) > 2000
    tagged = [
        name for name in names if of(labels=[name, f'misp-galaxy:threat-actor="{name}"'], name=name) != Markings()
    ]
    assert tagged == []


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_anything_can_be_read_and_a_long_name_is_cut(value: Any) -> None:
    found = of(x_acme=value, labels=[f"PAP:{'x' * 500}"])
    assert all(len(one.name) <= caveats.MAX_NAME for one in found.not_understood)
    assert found.names[-1].startswith("PAP:x")


@given(
    st.lists(st.sampled_from(["PAP:RED", "NOFORN", "tlp:red", "tlp:green", "malware"])),
    st.sampled_from(Tlp),
    st.sampled_from(Onward),
)
def test_a_label_more_never_opens_anything(labels: list[str], tlp: Tlp, onward: Onward) -> None:
    order = list(Tlp)
    before = Terms(tlp, onward).effective(of(labels=labels[:-1]))
    after = Terms(tlp, onward).effective(of(labels=labels))
    assert order.index(after.tlp) >= order.index(before.tlp)
    assert after.onward in (before.onward, Onward.NEVER)


@pytest.mark.parametrize("kind", ["release", "acknowledgement", "check"])
def test_what_a_node_makes_bears_no_markings_of_its_own(kind: str) -> None:
    assert of(type=kind, onward="may", tlp="red", accepted=["PAP:RED"]) == Markings()


@pytest.mark.parametrize(
    "name", ["trusted_circle_ids", "x_trustedCircles", "x_cisa_consent", "x_ais_consent", "x_terms_of_use"]
)
def test_who_may_have_it_by_the_property_of_a_vendor_is_named(name: str) -> None:
    assert named(**{name: ["10041"]}) == [(name, f"/{name}")]


@pytest.mark.parametrize(
    "label", ["consent-phishing", "illicit consent grant", "unclassified malware", "circle of trust"]
)
def test_words_that_only_look_like_them_are_everyday(label: str) -> None:
    assert of(labels=[label]) == Markings()


def test_no_character_makes_a_label_more_than_six_times_as_long_to_read() -> None:
    longest = max(
        range(0x110000), key=lambda code: 0 if 0xD800 <= code < 0xE000 else len(_caveat_words._plain(chr(code)))
    )
    assert len(_caveat_words._plain(chr(longest))) <= 6


def test_a_restriction_between_ligatures_of_whole_sentences_is_named() -> None:
    assert _caveat_words.is_caveat("\ufdfa NOFORN \ufdfb")
    assert _caveat_words.level("\ufdfa TLP:GREEN") is None
    assert _caveat_words.levels_within("\ufdfa TLP:RED") == ["red"]
