"""Names are labels: whatever anybody calls itself or another, a file is as valid as before, and no two go by one label."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.exchange.labels import label
from comity.exchange.verify import Verdict, verify
from comity.model.fingerprint import Fingerprint
from unit.exchange.speaker import Speaker, Story

WHO = ("fr", "ru", "us", "cn")
# Names as parties may have them, and many that look like one another.
ANY = st.from_regex(r"[a-z0-9][a-z0-9-]{0,31}", fullmatch=True)
ALIKE = st.from_regex(r"[o0][il1][il1]?-?(rn|m|vv|w)", fullmatch=True)
NAMES = st.fixed_dictionaries(dict.fromkeys(WHO, st.one_of(ALIKE, st.sampled_from(WHO), ANY)))


def prints(story: Story) -> dict[str, Fingerprint]:
    return {who: getattr(story, who).fingerprint for who in WHO}


def shape(verdict: Verdict) -> list[tuple[str, int | None, str]]:
    """The ladder without the names."""
    return [(rung.name, rung.at, rung.basis) for rung in verdict.ladder]


PLAIN = verify(Story.make().bytes())


@settings(max_examples=60, deadline=None)
@given(
    NAMES,
    st.dictionaries(
        st.one_of(ALIKE, ANY, st.text(max_size=8)),
        st.one_of(st.sampled_from(WHO), st.from_regex(r"[0-9a-f]{64}", fullmatch=True)),
        max_size=4,
    ),
)
def test_no_choice_of_a_name_makes_a_file_not_valid_or_shows_anything_else(
    names: dict[str, str], given_as: dict[str, str]
) -> None:
    story = Story.make(names=names)
    known = prints(story)
    trust = {name: known.get(who, Fingerprint(who)) for name, who in given_as.items()}
    everybody = [*known.values()]
    verdict = verify(story.bytes(), trust, unnamed=everybody)
    assert (verdict.valid, verdict.problems, verdict.sound, verdict.trusted) == (True, [], True, True)
    assert shape(verdict) == shape(PLAIN)
    assert verdict.proved_by == PLAIN.proved_by
    called = {one.fingerprint: one.text for one in verdict.parties}
    assert len(set(called.values())) == len(WHO)
    for name, fingerprint in trust.items():
        if fingerprint in called:
            assert called[fingerprint] in [other for other, same in trust.items() if same == fingerprint]
        assert all(text != name or one == fingerprint for one, text in called.items())
    assert verdict.fingerprints == {text: one for one, text in called.items()}
    assert (verdict.told_by, verdict.told_to) == (called[known["fr"]], called[known["ru"]])
    assert (verdict.said_by, verdict.held_by) == (verdict.told_by, verdict.told_to)


def test_a_hearer_that_calls_itself_as_the_teller_does_is_told_apart() -> None:
    """Such a hearer could keep anybody from proving what it was told."""
    story = Story.make(names={"ru": "fr"})
    verdict = verify(story.bytes())
    assert verdict.valid
    assert verdict.told_by == f"fr ({story.fr.fingerprint[:8]})"
    assert verdict.told_to == f"fr ({story.ru.fingerprint[:8]})"
    assert [one.clashes for one in verdict.parties].count(True) == 2
    assert len([note for note in verdict.notes if "go by the fingerprints" in note]) == 2


def test_a_hearer_that_calls_itself_as_the_readers_witness_does_is_no_fault() -> None:
    """A reader who said `--trust us=...` could no more read such a file."""
    story = Story.make(names={"ru": "us"})
    trust = {"us": story.us.fingerprint, "fr": story.fr.fingerprint, "moscow": story.ru.fingerprint}
    verdict = verify(story.bytes(), trust)
    assert (verdict.valid, verdict.trusted) == (True, True)
    assert verdict.told_to == "moscow"
    assert {one.party for one in verdict.behind_hearer} == {"us"}
    assert "moscow calls itself us in the file" in verdict.notes


def test_a_stranger_with_the_name_of_whom_the_reader_knows_is_marked_whether_or_not_that_party_is_there() -> None:
    story = Story.make()
    verdict = verify(story.bytes(), {"ru": Fingerprint("0" * 64)})
    assert verdict.told_to == f"ru ({story.ru.fingerprint[:8]})"
    assert not verdict.trusted
    (marked,) = [one.as_dict() for one in verdict.parties if one.clashes]
    assert marked == {
        "fingerprint": story.ru.fingerprint,
        "label": verdict.told_to,
        "calls_itself": "ru",
        "known": False,
        "clashes": True,
    }


# -- labels by themselves

FR = Speaker("fr").descriptor
ALIKE_PAIRS = [
    ("us", "u5"),
    ("za", "2a"),
    ("b", "8"),
    ("de", "cle"),
    ("de", "c1e"),
    ("fr", "f-r"),
    ("oslo", "0slo"),
    ("oslo", "os1o"),
    ("il", "li"),
    ("un-rwa", "unrwa"),
    ("rnoscow", "moscow"),
    ("vvarsaw", "warsaw"),
    ("m", "r-n"),
]


def called(*parties: tuple[str, str], names: Mapping[str, str] | None = None, known: str = "") -> list[str]:
    """What parties of these fingerprints and names are called by one who knows some by names, and some without."""
    described = [replace(FR, party=name, fingerprint=Fingerprint(one)) for one, name in parties]
    given = {name: Fingerprint(one) for name, one in (names or {}).items()}
    alone = frozenset(Fingerprint(one) for one in known.split())
    found = label(described, given, alone | frozenset(given.values()))
    assert list(found) == [one for one, _ in parties]
    return [one.text for one in found.values()]


A, B, C = ("a" * 64, "b" * 64, "c" * 64)


@pytest.mark.parametrize(("one", "other"), ALIKE_PAIRS)
def test_names_that_look_alike_are_told_apart(one: str, other: str) -> None:
    assert called((A, one), (B, other)) == [f"{one} (aaaaaaaa)", f"{other} (bbbbbbbb)"]
    assert called((A, one), names={other: B}) == [f"{one} (aaaaaaaa)"]
    assert called((A, one), (B, other), names={"x": B}) == [one, "x"]


@pytest.mark.parametrize(("one", "other"), [("fr", "ru"), ("norway", "oman"), ("a", "b"), ("us", "u"), ("m", "n")])
def test_names_that_do_not_are_as_they_are(one: str, other: str) -> None:
    assert called((A, one), (B, other)) == [one, other]


def test_readers_own_names_have_no_mark_and_those_known_by_fingerprint_alone_have() -> None:
    assert called((A, "fr"), (B, "fr"), names={"fr": A}) == ["fr", "fr (bbbbbbbb)"]
    assert called((A, "fr"), (B, "fr"), known=A) == ["fr (aaaaaaaa)", "fr (bbbbbbbb)"]
    assert called((A, "x"), (B, "y"), names={"fr": A, "f-r": B}) == ["fr", "f-r"]
    assert called((A, "fr"), names={"one": A, "two": A}) == ["one"]


@pytest.mark.parametrize("same", [0, 7, 8, 9, 31, 32, 63])
def test_a_mark_is_as_long_as_tells_apart_though_somebody_tried_for_the_same_start(same: int) -> None:
    """Eight digits of another's fingerprint can be had by trying; a label must not stand for two."""
    one, other = "a" * 64, "a" * same + "b" * (64 - same)
    long = max(8, same + 1)
    assert called((one, "fr"), (other, "fr")) == [f"fr ({one[:long]})", f"fr ({other[:long]})"]
    # Also where the other is not in the file, and the reader knows it.
    assert called((other, "fr"), names={"fr": one}) == [f"fr ({other[:long]})"]
