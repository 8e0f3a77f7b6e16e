"""Markings: the most restrictive wins, TLP:RED goes no further, and nothing is ever taken as more open than it says."""

import itertools

import pytest

from comity.model import caveats
from comity.model.content import parse
from comity.model.marking import DEFAULT_TLP, MARKING_IDS, Markings, Onward, Terms, Tlp, most_restrictive
from comity.space.instant import Instant
from unit.model.test_content import raw_of

TLP2 = {
    Tlp.CLEAR: "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    Tlp.GREEN: "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    Tlp.AMBER: "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    Tlp.AMBER_STRICT: "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    Tlp.RED: "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
TLP1 = {
    Tlp.CLEAR: "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",
    Tlp.GREEN: "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",
    Tlp.AMBER: "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82",
    Tlp.RED: "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
}
STRANGE = "marking-definition--00000000-0000-4000-8000-00000000abcd"
# What OpenCTI and its connectors have used for it since before OASIS had an id.
OPENCTI_STRICT = "marking-definition--826578e1-40ad-459f-bc73-ede076f81f37"
FROM_OPEN_TO_CLOSED = [Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED]


def borne(*refs: str) -> Markings:
    return caveats.read({"object_marking_refs": list(refs)})


@pytest.mark.parametrize("ids", [TLP1, TLP2], ids=["TLP 1", "TLP 2.0"])
def test_the_standard_ids_mean_their_levels(ids: dict[Tlp, str]) -> None:
    assert {level: borne(ref) for level, ref in ids.items()} == {level: Markings((level,)) for level in ids}


def test_no_other_id_means_anything() -> None:
    assert MARKING_IDS.keys() == {*TLP1.values(), *TLP2.values(), OPENCTI_STRICT}
    assert borne(OPENCTI_STRICT).levels == (Tlp.AMBER_STRICT,)
    assert borne(STRANGE).levels == ()


@pytest.mark.parametrize("one", FROM_OPEN_TO_CLOSED)
@pytest.mark.parametrize("other", FROM_OPEN_TO_CLOSED)
def test_of_two_levels_the_more_closed_wins(one: Tlp, other: Tlp) -> None:
    closed = max(FROM_OPEN_TO_CLOSED.index(one), FROM_OPEN_TO_CLOSED.index(other))
    assert most_restrictive([one, other]) is FROM_OPEN_TO_CLOSED[closed]


def test_amber_stands_where_nothing_is_said() -> None:
    assert most_restrictive([]) is DEFAULT_TLP is Terms().tlp is Tlp.AMBER
    assert Terms().onward is Onward.NEVER


@pytest.mark.parametrize("given", Tlp)
@pytest.mark.parametrize("marked", Tlp)
def test_an_object_narrows_the_terms_it_is_released_on_and_never_opens_them(given: Tlp, marked: Tlp) -> None:
    found = Terms(given, Onward.MAY).effective(borne(TLP2[marked]))
    assert found.tlp is most_restrictive([given, marked])


@pytest.mark.parametrize("onward", Onward)
def test_red_forces_onward_never_by_either_hand(onward: Onward) -> None:
    assert Terms(Tlp.RED, onward).effective(borne()).onward is Onward.NEVER
    assert Terms(Tlp.CLEAR, onward).effective(borne(TLP1[Tlp.RED])).onward is Onward.NEVER
    assert Terms(Tlp.AMBER_STRICT, onward).effective(borne(TLP2[Tlp.AMBER])).onward is onward


def test_the_most_restrictive_of_many_markings_wins_whatever_their_order() -> None:
    refs = [STRANGE, TLP2[Tlp.GREEN], TLP1[Tlp.RED], TLP2[Tlp.CLEAR]]
    assert all(Terms().effective(borne(*order)).tlp is Tlp.RED for order in itertools.permutations(refs))


def test_a_marking_of_one_property_counts_for_the_object() -> None:
    granular = [{"selectors": ["name"], "marking_ref": TLP2[Tlp.RED]}, {"selectors": ["name"], "lang": "ar"}]
    found = parse(raw_of(object_marking_refs=[TLP2[Tlp.CLEAR]], granular_markings=granular))
    assert found.markings == Markings((Tlp.CLEAR, Tlp.RED))
    assert Terms(Tlp.CLEAR, Onward.MAY).effective(found.markings) == Terms(Tlp.RED, Onward.NEVER)


@pytest.mark.parametrize("given", Tlp)
@pytest.mark.parametrize("onward", Onward)
def test_a_marking_of_a_kind_unknown_here_counts_as_amber_strict_at_least_and_goes_no_further(
    given: Tlp, onward: Onward
) -> None:
    found = parse(raw_of(object_marking_refs=[STRANGE])).markings
    assert found.names == [STRANGE]
    narrowed = Terms(given, onward).effective(found)
    assert (narrowed.tlp, narrowed.onward) == (most_restrictive([given, Tlp.AMBER_STRICT]), Onward.NEVER)


def test_what_is_not_understood_is_as_given_once_it_is_accepted_by_name_and_only_then() -> None:
    found = borne(STRANGE, TLP2[Tlp.GREEN])
    assert Terms(Tlp.CLEAR, Onward.MAY, accepted=("PAP:RED",)).effective(found).tlp is Tlp.AMBER_STRICT
    taken = Terms(Tlp.CLEAR, Onward.MAY, accepted=(STRANGE,)).effective(found)
    assert (taken.tlp, taken.onward) == (Tlp.GREEN, Onward.MAY)


def test_narrowing_keeps_what_it_does_not_narrow() -> None:
    terms = Terms(Tlp.GREEN, Onward.ASK, Instant(5), "exact")
    assert terms.effective(borne()) == terms
    assert terms.effective(borne(STRANGE)) == Terms(Tlp.AMBER_STRICT, Onward.NEVER, Instant(5), "exact")
    assert Terms(answer_by=Instant(5)).effective(borne(TLP2[Tlp.RED])).answer_by == 5
