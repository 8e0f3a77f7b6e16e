"""A verdict in sentences: each kind of file says what it shows and no more, each sentence under its own code."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.app import verdicts
from comity.app.sentence import sentence
from comity.app.verdict_codes import GROUP_OF
from comity.app.verdict_words import sentences
from comity.exchange import prove
from comity.exchange.verdict import Verdict
from comity.exchange.verify import verify
from comity.model import content
from comity.model.statement import ItemHash
from unit.exchange.speaker import REPORT, Speaker, Story
from unit.test_foreign import TEXTS, steers

STORY = Story.make()
OTHER = ItemHash(bytes(32))
COMMANDS = Path(__file__).parents[3] / "docs/commands.md"


def judged(story: Story = STORY, trust: Any = None, quorum: int = 1, **parts: Any) -> Verdict:
    verdict = verify(prove.encode(story.file(**parts)), trust, quorum)
    assert verdict.problems == []
    return verdict


def told(verdict: Verdict) -> list[tuple[str, str]]:
    return [(one.code, one.text) for one in sentences(verdict)]


def texts(verdict: Verdict, code: str) -> list[str]:
    return [text for found, text in told(verdict) if found == code]


def shown(verdict: Verdict) -> list[str]:
    """The codes of all sentences but those that every file has."""
    return [code for code, _ in told(verdict) if code not in ("not-shown", "known", "unknown", "valid")]


NAME = "نقطة تفتيش / Контрольный пункт / 检查站 / checkpoint"
WHOLE = [
    ("valid", "This file is valid: all signatures and hashes in it fit together."),
    ("said", f"fr said this at 2026-11-26 10:00:01Z, as it says: “{NAME}” (report)."),
    ("told", "fr released it to ru at 2026-11-26 10:00:02Z, as it says."),
    ("logged", "Statement and release stand in the log of fr, by 2026-11-26 10:00:06Z, as it says."),
    (
        "fetched",
        "ru asked for just these bytes at 2026-11-26 10:00:06Z, as it says; that they came is shown by its answer alone.",
    ),
    ("held", "ru answered that it holds just these bytes; they came at 2026-11-26 10:00:07Z, as it says."),
    (
        "witnessed-by",
        "By 2026-11-26 10:00:09Z, by the clock of us, statement and release stood in the log of fr.",
    ),
    (
        "third-parties-teller",
        "1 third party stands behind the log of fr with statement and release in it: us; neither fr nor ru is counted.",
    ),
    (
        "proved-by",
        "By 2026-11-26 10:00:10Z, by the clock of us, this answer stood in the log of ru.",
    ),
    (
        "third-parties-hearer",
        "2 third parties stand behind the log of ru with this answer in it: us and cn; neither fr nor ru is counted.",
    ),
    ("known", "You gave the fingerprints of fr, ru, cn and us."),
    ("not-shown", "This file does not show that anybody read it, understood it, or agrees with it."),
    ("not-shown", "This file does not show that what it says is true."),
    (
        "not-shown",
        (
            "This file does not show that nothing of it happened earlier: a time after “by” is the latest possible, by the clock "
            "named; any other is a claim."
        ),
    ),
    (
        "not-shown",
        (
            "This file does not show that a third party knows or confirms what was told: who cosigns a log sees nothing of what "
            "is in it."
        ),
    ),
    ("not-shown", "This file does not show whether it was replaced, or withdrawn later than the ladder shows."),
    ("not-shown", "This file does not show what else was told, or to whom: only what stands in this file."),
]


def test_a_whole_file_says_who_told_whom_what_by_when_and_who_stands_behind_that() -> None:
    assert told(judged(trust=STORY.trust)) == WHOLE


TOLD = ["said", "told", "logged"]
BEHIND = ["witnessed-by", "third-parties-teller"]
PROVED = ["proved-by", "third-parties-hearer"]
KINDS: dict[str, tuple[Verdict, list[str]]] = {
    "no answer": (judged(answered=False), [*TOLD, "fetched", "no-answer", *BEHIND, "hearer-not-in-log"]),
    "silence": (
        judged(Story.make(answer_by=20), answered=False),
        [*TOLD, "fetched", "unacknowledged", "no-answer", *BEHIND, "hearer-not-in-log"],
    ),
    "silence beside an answer": (
        judged(Story.make(answer_by=20)),
        [*TOLD, "fetched", "held", "unacknowledged", *BEHIND, *PROVED],
    ),
    "refused, as the bytes do not show": (
        judged(Story.make(refused="bad-signature")),
        [*TOLD, "fetched", "refused", "refused-not-borne-out", *BEHIND, *PROVED],
    ),
    "refused, on its own word": (
        judged(Story.make(refused="marking")),
        [*TOLD, "fetched", "refused", "refused-own-word", *BEHIND, *PROVED],
    ),
    "other bytes": (judged(Story.make(item=OTHER)), [*TOLD, "fetched", "other-bytes", *BEHIND]),
    "withdrawn": (judged(Story.make(withdrawn=20)), [*TOLD, "fetched", "withdrawn", "held", *BEHIND, *PROVED]),
    "content left out": (judged(content=False), [*TOLD, "fetched", "held", *BEHIND, *PROVED, "omitted"]),
    "content left out, and refused": (
        judged(Story.make(refused="bad-signature"), content=False),
        [*TOLD, "other-bytes", *BEHIND, "omitted"],
    ),
    "content left out, and another hash put in its place": (
        judged(Story.make(item=OTHER), content=False),
        [*TOLD, "other-bytes", *BEHIND, "omitted"],
    ),
    "the hearer's": (
        verify(prove.encode(STORY.mine())),
        [*TOLD, "offered", "held", "no-third-parties-teller", *PROVED],
    ),
    "no third party": (
        judged(told_heads=[], held_heads=[]),
        [*TOLD, "fetched", "held", "no-third-parties-teller", "no-third-parties-hearer"],
    ),
    "the hearer alone": (
        judged(told_heads=[(STORY.ru, 8)], held_heads=[]),
        [*TOLD, "fetched", "held", "no-third-parties-teller", "seen-by-hearer", "no-third-parties-hearer"],
    ),
    "too few, and the hearer": (
        judged(told_heads=[(STORY.us, 8), (STORY.ru, 9)], quorum=2),
        [*TOLD, "fetched", "held", "third-parties-teller", "seen-by-hearer", *PROVED],
    ),
    "too few": (judged(quorum=3), [*TOLD, "fetched", "held", "third-parties-teller", "third-parties-hearer"]),
    "a wrong clock": (
        judged(Story.make(clocks={"us": -3000})),
        [
            *["contradiction"] * 3,
            *[*TOLD, "fetched", "held", "no-third-parties-teller", "discounted", *PROVED, "discounted"],
        ],
    ),
    "an exercise": (
        judged(Story.make(played=["us"])),
        ["reconstruction", *TOLD, "fetched", "held", *BEHIND, *PROVED],
    ),
    "names that clash": (
        judged(Story.make(names={"us": "fr"})),
        [*TOLD, "fetched", "held", *BEHIND, *PROVED, "names-clash", "names-clash"],
    ),
    "one fingerprint": (
        judged(trust={"fr": STORY.fr.fingerprint}),
        [*TOLD, "fetched", "held", "no-third-parties-teller", "no-third-parties-hearer", "asked-about-one"],
    ),
    "a stranger's fingerprint": (
        judged(trust={"de": Speaker("de").fingerprint}),
        ["not-trusted", *TOLD, "fetched", "held", "no-third-parties-teller", "no-third-parties-hearer", "absent"],
    ),
    "names of the reader's own": (
        judged(trust={"paris": STORY.fr.fingerprint, "ru": STORY.ru.fingerprint}),
        [*TOLD, "fetched", "held", "no-third-parties-teller", "no-third-parties-hearer", "called"],
    ),
    "what was refused": (
        verify(prove.encode(STORY.refusal("malformed", statement=(b"x", b"", b""), release=(b"y", b"", b"")))),
        ["offered", "refused", "refused-borne-out", "no-third-parties-teller", *PROVED],
    ),
    "what was refused, under a head that others saw": (
        verify(
            prove.encode(
                STORY.refusal(
                    "malformed", statement=(b"x", b"", b""), release=(b"y", b"", b""), told_heads=[(STORY.cn, 8)]
                )
            )
        ),
        ["offered", "refused", "refused-borne-out", "no-third-parties-teller", *PROVED],
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_file_says_what_it_shows(kind: str) -> None:
    verdict, codes = KINDS[kind]
    assert verdict.valid
    assert shown(verdict) == codes


def said_of(kind: str, code: str) -> str:
    return texts(KINDS[kind][0], code)[0]


def test_silence_accuses_nobody_and_stands_beside_an_answer() -> None:
    accused = "“fr” says that by 2026-11-26 10:00:20Z no answer of “ru” had reached it. That accuses nobody: "
    assert said_of("silence", "unacknowledged").startswith(accused)
    assert said_of("silence beside an answer", "unacknowledged").endswith(", and its answer stands beside this.")
    assert said_of("no answer", "no-answer").endswith("whether it gave one is not shown by that.")


def test_who_asked_and_did_not_answer_is_not_shown_to_have_received_anything() -> None:
    assert said_of("no answer", "fetched").endswith("; that they came is not shown.")
    assert said_of("other bytes", "fetched").endswith("; that they came is not shown.")
    assert said_of("no answer", "not-shown") == "This file does not show that what “ru” asked for came to it."
    assert "asked for came" not in " ".join(texts(judged(), "not-shown"))


def test_a_refusal_is_told_with_its_reason_and_whether_the_bytes_have_that_fault() -> None:
    refused = said_of("refused, as the bytes do not show", "refused")
    assert refused == (
        "“ru” refused just these bytes, received at 2026-11-26 10:00:07Z, as it says, for the reason bad-signature (a signature "
        "does not verify under the key it names)."
    )
    assert "do not bear that out" in said_of("refused, as the bytes do not show", "refused-not-borne-out")
    assert "it is the word of “ru” alone" in said_of("refused, on its own word", "refused-own-word")
    assert (
        said_of("what was refused", "refused-borne-out")
        == "The bytes in this file bear that out: they have this fault."
    )
    assert "around what was refused" in said_of("what was refused", "valid")
    assert said_of("what was refused", "offered").endswith("; they are not printed here.")


def test_an_answer_about_other_bytes_is_neither_held_nor_refused() -> None:
    other = said_of("other bytes", "other-bytes")
    assert other.startswith(
        "“ru” answered held of other bytes than these: something else was sent, or is said to have been."
    )
    assert "that shows nothing, neither that it was held nor that it was refused" in other


def test_where_content_is_left_out_nobody_is_said_to_have_sent_something_else() -> None:
    """An answer about just these bytes looks the same there as one about others: the file's maker chose the hash."""
    rest = "; the content is left out of this file, which therefore does not show of what."
    assert said_of("content left out, and refused", "other-bytes") == f"“ru” answered refused{rest}"
    other = "content left out, and another hash put in its place"
    assert said_of(other, "other-bytes") == f"“ru” answered held{rest}"
    assert said_of("content left out", "held").startswith("“ru” answered that it holds the bytes with just this hash;")


def test_of_a_closed_file_the_hash_of_what_is_left_out_is_not_said_to_fit() -> None:
    """Whoever made the file chose it."""
    assert ", but for the hash in the place of the content," in said_of("content left out", "valid")
    assert ", but" not in said_of("no answer", "valid")
    assert said_of("content left out", "omitted").endswith("nothing but a hash stands in its place.")


def test_contradictory_times_are_told_with_both_claims_and_whose_clocks_they_are_of() -> None:
    assert said_of("a wrong clock", "contradiction") == (
        "Two times cannot both be true: “fr” says that it released it at 2026-11-26 10:00:02Z, by its own clock; and “us” says "
        "that it cosigned the log that holds it at 2026-11-26 09:10:08Z, by its own clock, which cannot have come first. A clock "
        "is wrong, or one of them does not say the truth; which it is, this file does not show."
    )


def test_one_party_that_contradicts_itself_is_told_as_one() -> None:
    verdict = judged(STORY, headed=-3000)
    [alone, *_] = texts(verdict, "contradiction")
    assert alone.endswith("Its clock is wrong, or it does not say the truth; which it is, this file does not show.")


def test_no_third_party_fixes_anything_of_what_does_not_stand_in_the_log() -> None:
    """Whoever cosigned that log, the file shows no place of the refused bytes in it."""
    for kind in ("what was refused", "what was refused, under a head that others saw"):
        assert said_of(kind, "no-third-parties-teller") == "No third party fixes when “fr” offered them."


def test_a_time_that_several_fix_is_told_by_all_their_clocks() -> None:
    assert texts(judged(quorum=2, trust=STORY.trust), "proved-by") == [
        "By 2026-11-26 10:00:12Z, by the clocks of us and cn, this answer stood in the log of ru."
    ]


def test_a_reader_who_gave_fingerprints_is_told_whose_and_whose_not() -> None:
    verdict = KINDS["names of the reader's own"][0]
    assert texts(verdict, "known") == ["You gave the fingerprints of paris and ru."]
    assert texts(verdict, "unknown")[0].startswith(
        "You gave no fingerprint of “cn” and “us”: who they are, this file does"
    )
    assert texts(verdict, "called") == ["paris calls itself “fr” in this file."]
    assert (
        said_of("one fingerprint", "asked-about-one") == "You gave one fingerprint, and so have asked about fr alone."
    )
    assert said_of("a stranger's fingerprint", "absent").endswith("the fingerprint that you gave for de.")
    unnamed = verify(STORY.bytes(), unnamed=[Speaker("de").fingerprint])
    assert texts(unnamed, "absent") == ["No party in this file has some of the fingerprints that you gave."]
    assert said_of("too few", "third-parties-hearer").endswith("Fewer than the 3 that you asked for: no time is fixed.")


def test_a_reader_who_gave_fingerprints_is_told_whose_cosignatures_are_therefore_not_counted() -> None:
    uncounted = "Of “cn” and “us” you gave no fingerprint, and no cosignature of them is counted."
    assert said_of("one fingerprint", "no-third-parties-teller").endswith(uncounted)
    assert said_of("one fingerprint", "no-third-parties-hearer").endswith(uncounted)
    assert said_of("no third party", "no-third-parties-hearer").endswith(" stood in the log of “ru”.")


def test_a_known_party_is_in_no_quotation_marks_though_another_has_its_name() -> None:
    """The other one is, so that nobody takes a stranger for it."""
    story = Story.make(names={"us": "fr"})
    verdict = verify(story.bytes(), unnamed=[story.fr.fingerprint])
    known, stranger = (f"fr ({one.fingerprint[:8]})" for one in (story.fr, story.us))
    assert texts(verdict, "told")[0].startswith(f"{known} released it to “ru”")
    assert set(texts(verdict, "names-clash")) == {
        f"{name} calls itself “fr”, and is not alone in its name: another party goes by the same, or by one that looks like it. "
        "Go by the fingerprints, not by the names."
        for name in (known, f"“{stranger}”")
    }


def test_the_tables_mark_a_stranger_as_the_sentences_do(capsys: pytest.CaptureFixture[str]) -> None:
    verdict = judged(trust={"fr": STORY.fr.fingerprint, "us": STORY.us.fingerprint})
    said = sentences(verdict)
    verdicts.show(verdicts.with_words(verdict.as_dict(), said), said)
    lines = capsys.readouterr().out.splitlines()
    [released], [held] = ([one for one in lines if one.startswith(f"{rung} ")] for rung in ("released", "held"))
    assert released.split()[2] == "fr"
    assert held.split()[2] == "“ru”"
    assert any(one.startswith("“ru”  ") for one in lines)
    assert any(one.split()[:2] == ["teller", "us"] for one in lines)


@pytest.mark.parametrize("data", [STORY.bytes()[:-9], b"", b"{}"])
def test_of_a_file_that_is_not_valid_only_that_is_said(data: bytes) -> None:
    found = told(verify(data, STORY.trust))
    assert {code for code, _ in found} == {"not-valid"}
    assert found[0][1].startswith("NOT VALID: malformed at ")
    assert found[-1][1].endswith("Nobody is accused by that; ask for it again.")
    assert "fr" not in re.split(r"\W", " ".join(text for _, text in found))


# -- of every file

# That an answer is missing cannot be said before its time: fr's own clock is never behind.
CLOCKS = st.sampled_from([-4000, -299, 299, 4000])
STORIES = st.builds(
    Story.make,
    refused=st.sampled_from([None, None, "bad-signature", "marking"]),
    answer_by=st.sampled_from([None, 6, 20]),
    withdrawn=st.sampled_from([None, 20]),
    item=st.sampled_from([None, None, OTHER]),
    clocks=st.fixed_dictionaries(
        {}, optional={"fr": CLOCKS.filter(lambda ahead: ahead > 0), "ru": CLOCKS, "us": CLOCKS, "cn": CLOCKS}
    ),
    names=st.dictionaries(st.sampled_from(["ru", "us", "cn"]), st.sampled_from(["fr", "us", "0"]), max_size=2),
    played=st.sampled_from([[], ["cn"]]),
)
PARTS = st.fixed_dictionaries({"answered": st.booleans(), "content": st.booleans(), "offered": st.booleans()})


@given(STORIES, PARTS, st.sets(st.sampled_from(["fr", "ru", "us", "cn"])), st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_no_sentence_says_what_the_verdict_has_not(story: Story, parts: Any, known: set[str], quorum: int) -> None:
    fingerprints = {name: getattr(story, name).fingerprint for name in known}
    verdict = judged(story, {f"my-{name}": one for name, one in fingerprints.items()}, quorum, **parts)
    found = dict(told(verdict))
    assert found.keys() <= GROUP_OF.keys()
    for code, value in {
        "held": verdict.held_at,
        "refused": verdict.refused,
        "other-bytes": verdict.other,
        "unacknowledged": verdict.unacknowledged_at,
        "proved-by": verdict.proved_by,
        "withdrawn": verdict.withdrawn_at,
        "offered": verdict.offered_at,
        "contradiction": verdict.contradictions or None,
        "reconstruction": verdict.reconstruction or None,
        "omitted": verdict.omitted or None,
    }.items():
        assert (code in found) is (value is not None), code
    of_names = [code for code, _ in told(verdict) if code in ("names-clash", "called", "absent", "hearer-not-in-log")]
    assert len(of_names) == len(verdict.notes)
    assert ("not-trusted" in found) is bool(known and not verdict.trusted)
    times = {"proved-by": verdict.as_dict()["proved_by"], "told": verdict.as_dict()["released_at"]}
    assert all(at.replace("T", " ") in found[code] for code, at in times.items() if code in found)
    for side, behind in (("teller", verdict.behind_teller), ("hearer", verdict.behind_hearer)):
        counted = [one.party for one in behind if not one.contradicted]
        assert (f"third-parties-{side}" in found) is bool(counted)
        if counted:
            named = found[f"third-parties-{side}"].partition(" in it: ")[2].partition(";")[0]
            assert [name.strip("“”") for name in re.split(", | and ", named)] == counted
            assert {verdict.told_by, verdict.told_to}.isdisjoint(counted)


@given(TEXTS, TEXTS, TEXTS)
@settings(max_examples=60, deadline=None)
def test_whatever_others_wrote_no_sentence_hides_anything_or_is_two_lines(name: str, about: str, reader: str) -> None:
    raw = content.dump(content.read_json(REPORT) | {"name": _whole(name) or "x", "description": _whole(about)})
    story = Story.make(raw=raw)
    for one in sentences(judged(story, {reader: story.fr.fingerprint, f"{reader}2": Speaker("de").fingerprint})):
        assert one.text.isprintable(), one
        assert steers(one.text) == []
        assert len(one.text.splitlines()) == 1


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def test_a_sentence_has_as_many_values_as_places() -> None:
    with pytest.raises(ValueError, match="as many values"):
        sentence("said", "{} said {}", sentence("x", "y").parts[0])


def test_every_code_is_documented() -> None:
    text = COMMANDS.read_text(encoding="utf-8")
    assert [code for code in GROUP_OF if f"`{code}`" not in text] == []
