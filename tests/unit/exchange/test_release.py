"""The gate: content leaves only under a release that its own party logged, to one addressee, never more openly than marked."""

import pytest

from comity.errors import MARKING, NOT_STIX, RemoteError
from comity.exchange import release
from comity.model import release as releases
from comity.model.content import dump, parse
from comity.model.marking import Onward, Terms, Tlp
from comity.model.release import Release
from comity.model.statement import Draft, Logged
from unit.exchange.speaker import REPORT, Speaker, at
from unit.model.test_content import UUID, an_object
from unit.model.test_marking import TLP1, TLP2

RU, US = Speaker("ru"), Speaker("us")
OPEN = Terms(Tlp.CLEAR, Onward.MAY)


@pytest.fixture
def fr() -> Speaker:
    return Speaker("fr")


def marked(level: Tlp) -> bytes:
    return dump(an_object("note", content="c", object_refs=[f"x--{UUID}"], object_marking_refs=[TLP2[level]]))


def refused(said: Logged | None, given: Logged) -> str:
    with pytest.raises(RemoteError) as caught:
        release.released(said, given)
    return caught.value.code


def test_a_release_names_one_statement_and_one_addressee(fr: Speaker) -> None:
    said = fr.say()
    terms = Terms(Tlp.GREEN, Onward.ASK, at(60))
    found = release.released(said, fr.release(said, RU, terms))
    assert (found.terms.leaf, found.terms.to, found.terms.terms) == (said.id, RU.fingerprint, terms)
    assert found.statement == said
    assert not found.terms.withdrawn


def test_a_release_is_no_more_open_than_the_object(fr: Speaker) -> None:
    said = fr.say(marked(Tlp.RED))
    assert release.released(said, fr.release(said, RU, OPEN)).terms.terms == Terms(Tlp.RED, Onward.NEVER)


@pytest.mark.parametrize(
    "terms", [Terms(Tlp.AMBER_STRICT, Onward.NEVER), Terms(Tlp.RED, Onward.MAY), OPEN], ids=["tlp", "onward", "both"]
)
def test_a_release_that_was_made_more_open_than_the_object_does_not_pass_the_gate(fr: Speaker, terms: Terms) -> None:
    said = fr.say(marked(Tlp.RED))
    made = Release(f"release--{fr.uuid()}", said.id, RU.fingerprint, terms, at(2), withdrawn=False)
    given = fr.append(fr.sign(Draft(parse(releases.write(made, at(2))))))[0]
    assert refused(said, given) == MARKING


def test_a_release_of_one_statement_does_not_let_another_pass(fr: Speaker) -> None:
    one, other = fr.say(), fr.say()
    assert refused(other, fr.release(one, RU)) == NOT_STIX


def test_a_statement_does_not_pass_as_its_own_release(fr: Speaker) -> None:
    said = fr.say()
    assert refused(said, said) == NOT_STIX


def test_what_a_node_makes_does_not_pass_though_it_be_released(fr: Speaker) -> None:
    given = fr.release(fr.say(), RU)
    for own in (given, fr.entries[0], fr.holds(RU, [])):
        assert refused(own, fr.release(own, US)) == NOT_STIX


def test_a_withdrawal_takes_a_release_back_and_carries_no_content(fr: Speaker) -> None:
    said = fr.say()
    given = fr.release(said, RU)
    taken = fr.withdraw(given)
    found = release.released(None, taken)
    assert found.statement is None
    assert found.terms.withdrawn
    assert (found.terms.id, found.terms.leaf) == (releases.read(given.signed.object).id, said.id)
    assert refused(said, taken) == NOT_STIX
    assert refused(None, given) == NOT_STIX


def test_a_withdrawal_is_later_than_its_release_also_if_the_clock_stood_still(fr: Speaker) -> None:
    given = fr.release(fr.say(), RU, when=2)
    taken = fr.withdraw(given, when=2)
    assert taken.signed.object.modified == at(2) + 1
    assert fr.withdraw(given, when=60).signed.object.modified == at(60)


def test_a_preview_says_who_would_not_see_it_and_on_what_terms_the_others_would() -> None:
    found = parse(marked(Tlp.AMBER_STRICT))
    terms, withheld = release.preview(found, OPEN, ["ru"], ["cn", "ru", "us"])
    assert terms == Terms(Tlp.AMBER_STRICT, Onward.MAY)
    assert [(one.party, one.reason) for one in withheld] == [
        ("cn", "not among those named"),
        ("us", "not among those named"),
    ]


def test_by_default_a_statement_is_for_its_own_party_only() -> None:
    _, withheld = release.preview(parse(REPORT), Terms(), [], ["ru", "us"])
    assert {one.reason for one in withheld} == {"own party only: nobody was named"}
    assert len(withheld) == 2


def test_tlp_1_narrows_as_tlp_2_does(fr: Speaker) -> None:
    said = fr.say(dump(an_object("identity", name="n", object_marking_refs=[TLP1[Tlp.RED]])))
    assert release.released(said, fr.release(said, RU, OPEN)).terms.terms.tlp is Tlp.RED
