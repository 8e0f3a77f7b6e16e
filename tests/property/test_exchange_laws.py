"""Laws of the exchange: what is packed can be examined, what is held can be proved, what is read is what was written."""

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comity.errors import HEAD_FORK, HEAD_ROLLBACK, NOT_CONSISTENT, RemoteError
from comity.exchange import acknowledge, deliver, prove, shapes, witness
from comity.exchange.acknowledge import Misplaced, Range, Refused, Told
from comity.exchange.deliver import Given, Item, Offer, Page, PageEnd, Pull, Want
from comity.exchange.prove import Ended, Held, Later, Place, ProofFile, Wanted
from comity.exchange.verify import verify
from comity.exchange.witness import Shown
from comity.model import caveats, content
from comity.model.acknowledgement import Telling, read_tellings, root_over
from comity.model.content import MAX_DEPTH, read_json
from comity.model.fingerprint import Fingerprint
from comity.model.marking import MARKING_IDS, Markings, Onward, Terms, Tlp, most_restrictive
from comity.model.statement import Closed, Draft, ItemHash, Logged
from comity.proof import merkle
from comity.proof.envelope import StatementId
from comity.proof.hands import OneHand
from comity.proof.merkle import PathMemo
from comity.space import instant
from unit.exchange.speaker import REPORT, START, Speaker, Story

quick = settings(deadline=None, max_examples=100)
slow = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])

RU, US = Speaker("ru"), Speaker("us")
FR, SIGNER = Speaker("fr"), Speaker("signer")

sizes = st.integers(0, 2**63 - 1)
seconds = st.integers(0, instant.LAST_SECOND)
fingerprints = st.binary(min_size=32, max_size=32).map(lambda raw: Fingerprint(raw.hex()))
triples = st.tuples(st.binary(max_size=40), st.binary(max_size=20), st.binary(max_size=60))
paths = st.lists(st.binary(min_size=32, max_size=32), max_size=5).map(tuple)
hashes = st.binary(min_size=32, max_size=32)
ids, items_named = hashes.map(StatementId), hashes.map(ItemHash)


# -- a page: what is packed is examined, and nothing else


@slow
@given(st.lists(st.sampled_from(["ru", "us", "nobody", "taken back"]), max_size=12))
def test_a_page_gives_its_addressee_all_that_was_released_to_it_and_nothing_more(told: list[str]) -> None:
    fr = Speaker("fr")
    items: list[tuple[Logged | None, Logged]] = []
    for to in told:
        said = fr.say()
        if to != "nobody":
            given_to = fr.release(said, US if to == "us" else RU)
            if to in ("ru", "taken back"):
                items.append((said, given_to))
            if to == "taken back":
                items.append((None, fr.withdraw(given_to)))
    pull, packed = RU.pull(fr), fr.items(*items)
    page = deliver.decode_page(deliver.encode_page(fr.page(pull, packed)))
    head, end = deliver.check_page(page, by=fr.descriptor, pull=pull, known=None)
    given = deliver.decode_items(deliver.encode_items(Given(packed, fr.path(0))))
    came = [item for item in given.items if item is not None]
    assert [item.telling for item in came] == [offer.telling for offer in page.offers]
    found = examined(fr, came, [(end.start, end.next)] * len(came), PathMemo(head.size, head.root))
    assert all(isinstance(one, Told) for one in found)
    assert [one.telling.release for one in found] == [release.id for _, release in items]
    assert US.fingerprint not in [one.terms.to for one in found if isinstance(one, Told)]


def examined(
    fr: Speaker, items: Sequence[Item], ranges: Sequence[Range], memo: PathMemo
) -> list[Told | Refused | Misplaced]:
    return acknowledge.examine(items, ranges, by=fr.descriptor, to=RU.fingerprint, memo=memo, hands=OneHand())


@cache
def released(count: int) -> tuple[Speaker, Page, Pull, tuple[Item, ...]]:
    fr = Speaker("fr")
    pairs: list[tuple[Logged | None, Logged]] = [
        (said, fr.release(said, RU)) for said in (fr.say() for _ in range(count))
    ]
    pull, packed = RU.pull(fr), fr.items(*pairs)
    return fr, fr.page(pull, packed), pull, packed


Kind = type[Told] | type[Refused] | type[Misplaced]
BYTES, PATHS = range(6), range(6, 8)


@quick
@given(st.dictionaries(st.integers(0, 5), st.sampled_from([Refused, Misplaced])), st.data())
def test_each_item_of_bad_bytes_is_refused_each_at_a_bad_place_refuses_nothing_and_each_good_one_is_held(
    bad: dict[int, Kind], data: st.DataObject
) -> None:
    fr, page, pull, packed = released(6)
    _, end = deliver.check_page(page, by=fr.descriptor, pull=pull, known=None)
    memo = PathMemo(fr.tree.size, fr.tree.root())
    for number, item in enumerate(packed):
        wanted = bad.get(number, Told)
        parts = {Refused: BYTES, Misplaced: PATHS}.get(wanted)
        came = item if parts is None else spoilt(item, parts, data)
        [found] = examined(fr, [came], [(end.start, end.next)], memo)
        assert isinstance(found, wanted)
        # A verdict is on bytes: what names them differs just where these do, and what is refused is refused in any place.
        assert (found.telling.item == item.telling.item) == (wanted is not Refused)
        judged = acknowledge.judge(came, by=fr.descriptor, to=RU.fingerprint)
        assert judged == (found if wanted is Refused else None)


def spoilt(item: Item, which_parts: range, data: st.DataObject) -> Item:
    """The item with one bit of one of these parts flipped."""
    parts = [*(item.statement or ()), *item.release, b"".join(item.statement_path), b"".join(item.release_path)]
    which = data.draw(st.sampled_from(which_parts))
    bit = data.draw(st.integers(0, 8 * len(parts[which]) - 1))
    changed = bytearray(parts[which])
    changed[bit // 8] ^= 1 << bit % 8
    parts[which] = bytes(changed)
    a, b, c, d, e, f, first, second = parts
    one, other = shapes.path_of(first, "path"), shapes.path_of(second, "path")
    return Item((a, b, c), item.statement_index, one, (d, e, f), item.release_index, other)


# -- an acknowledgement shows one telling and not the others


@quick
@given(st.lists(st.builds(Telling, ids, ids, items_named), min_size=1, max_size=40, unique=True), st.data())
def test_one_telling_of_many_can_be_shown_under_the_root_and_only_at_its_place(
    tellings: list[Telling], data: st.DataObject
) -> None:
    assert read_tellings(b"".join(one.data for one in tellings)) == tuple(tellings)
    root, leaves = root_over(tellings), [one.leaf for one in tellings]
    position = data.draw(st.integers(0, len(tellings) - 1))
    path = merkle.inclusion_path(leaves, position)
    merkle.verify_inclusion(leaves[position], position, len(tellings), path, root)
    for other in {0, len(tellings) - 1, (position + 1) % len(tellings)} - {position}:
        with pytest.raises(RemoteError):
            merkle.verify_inclusion(leaves[other], position, len(tellings), path, root)


# -- heads


@slow
@given(st.lists(st.integers(0, 40), min_size=1, max_size=6))
def test_honest_heads_of_a_growing_log_always_join_in_their_order_and_never_the_other_way(steps: list[int]) -> None:
    fr = Speaker("fr")
    shown = [fr.shown()]
    for step in steps:
        fr.fill(step)
        shown.append(fr.shown(have=witness.read_head(shown[-1].note, fr.descriptor).size))
    heads = [witness.read_head(one.note, fr.descriptor) for one in shown]
    for (old, new), one in zip(pairwise(heads), shown[1:], strict=True):
        assert witness.advance(old, new, one.path).size == new.size
        if new.size > old.size:
            with pytest.raises(RemoteError) as caught:
                witness.advance(new, old, ())
            assert caught.value.code == HEAD_ROLLBACK


@slow
@given(st.integers(0, 12), st.integers(1, 12), st.integers(1, 12))
def test_two_ways_of_going_on_never_join(common: int, one_way: int, other_way: int) -> None:
    one, other = Speaker("fr"), Speaker("fr")
    for log in (one, other):
        log.fill(common)
    one.fill(one_way)
    other.append(other.sign(Draft(content.parse(REPORT.replace(b"checkpoint", b"bridge")))))
    other.fill(other_way - 1)
    small, large = sorted((one, other), key=lambda log: log.tree.size)
    for have in range(1, large.tree.size):
        with pytest.raises(RemoteError) as caught:
            witness.advance(small.head(), large.head(), large.shown(have).path)
        assert caught.value.code == (HEAD_FORK if one_way == other_way else NOT_CONSISTENT)


# -- proofs


@cache
def story() -> Story:
    return Story.make()


@slow
@given(st.dictionaries(st.sampled_from(["us", "cn", "w1", "w2", "w3", "w4"]), st.integers(1, 10**6)), st.integers(1, 7))
def test_the_proved_time_is_the_end_of_the_second_in_which_the_k_th_third_party_saw_it(
    when: dict[str, int], quorum: int
) -> None:
    told = story()
    known = {"us": told.us, "cn": told.cn}
    heads = [(known.get(name) or Speaker(name), second) for name, second in when.items()]
    verdict = verify(prove.encode(told.file(told_heads=[], held_heads=heads)), None, quorum)
    third = [second + 1 for second in sorted(when.values())]
    assert verdict.valid
    proved = None if verdict.proved_by is None else (verdict.proved_by - START) // 1000
    assert proved == (third[quorum - 1] if quorum <= len(third) else None)


@quick
@given(st.integers(0, 100_000), st.integers(0, 100_000), st.binary(max_size=40))
def test_no_stretch_of_a_proof_file_can_be_replaced_by_other_bytes(start: int, length: int, other: bytes) -> None:
    whole = story().bytes()
    start %= len(whole)
    end = min(start + length % 200, len(whole))
    changed = whole[:start] + other + whole[end:]
    verdict = verify(changed)
    assert verdict.valid == (changed == whole)
    assert bool(verdict.problems) != verdict.valid


# -- what is written can be read, and is written the same again


items = st.builds(
    Item,
    triples,
    sizes,
    paths,
    triples,
    sizes,
    paths,
) | st.builds(Item, st.none(), st.just(0), st.just(()), triples, sizes, paths)
offers = st.builds(Offer, st.builds(Telling, ids, ids, items_named, hashes), sizes)
shown_heads = st.builds(Shown, st.binary(max_size=80), sizes, paths)
places = st.builds(Place, sizes, paths)
ends = st.tuples(st.binary(min_size=16, max_size=16), st.binary(min_size=76, max_size=76)).map(list)
notes = st.tuples(
    sizes.filter(bool),
    st.binary(min_size=32, max_size=32),
    st.tuples(st.binary(min_size=16, max_size=16), st.binary(min_size=68, max_size=68)).map(list),
    st.lists(ends, max_size=3, unique_by=lambda line: (line[0], line[1][:4])),
).map(lambda parts: prove.unpack_note([*parts[:3], *sorted(parts[3])], ""))
later = st.none() | st.builds(Later, triples, places)
ended = st.builds(Ended, st.binary(max_size=80), places, paths)
described = st.lists(triples, min_size=1, max_size=4, unique=True).map(sorted).map(tuple)
tellings_proved = st.builds(
    ProofFile,
    triples | st.builds(Closed, st.binary(max_size=40), hashes),
    triples,
    st.tuples(places, places),
    notes,
    paths,
    st.none() | ended,
    st.none() | st.builds(Wanted, st.binary(max_size=80), places, paths),
    st.none() | st.builds(Held, triples, st.none() | items_named, places, places, notes, paths, paths),
    later,
    later,
    described,
)
refusals_proved = st.builds(
    ProofFile,
    st.none() | triples,
    triples,
    st.none(),
    notes,
    paths,
    ended,
    st.none(),
    st.builds(Held, triples, st.none(), places, places, notes, paths, paths),
    st.none(),
    st.none(),
    described,
)
proof_files = tellings_proved | refusals_proved


@quick
@given(st.builds(Page, st.lists(offers, max_size=4).map(tuple), shown_heads, st.binary(max_size=80)))
def test_a_page_is_read_as_it_was_written(page: Page) -> None:
    data = deliver.encode_page(page)
    assert deliver.decode_page(data) == page
    assert deliver.encode_page(deliver.decode_page(data)) == data


@quick
@given(st.builds(Given, st.lists(st.none() | items, max_size=4).map(tuple), paths))
def test_items_are_read_as_they_were_written_and_are_named_alike(some: Given) -> None:
    data = deliver.encode_items(some)
    assert deliver.decode_items(data) == some
    assert deliver.encode_items(deliver.decode_items(data)) == data


@quick
@given(items, items)
def test_an_item_is_named_by_its_bytes_and_by_nothing_of_its_place(one: Item, other: Item) -> None:
    moved = replace(one, statement_index=5, statement_path=(), release_index=9, release_path=())
    assert one.hash == moved.hash
    same = (one.statement, one.release) == (other.statement, other.release)
    assert (one.hash == other.hash) == same


@quick
@given(proof_files)
def test_a_proof_file_is_read_as_it_was_written(proof: ProofFile) -> None:
    data = prove.encode(proof)
    assert prove.decode(data) == proof
    assert prove.encode(prove.decode(data)) == data


@quick
@given(st.builds(Pull, st.just(SIGNER.fingerprint), fingerprints, sizes, sizes, hashes, seconds))
def test_a_pull_is_read_as_it_was_signed(pull: Pull) -> None:
    assert deliver.read_pull(deliver.sign_pull(pull, SIGNER.statement), SIGNER.descriptor) == pull


@quick
@given(st.builds(Want, st.just(SIGNER.fingerprint), fingerprints, sizes, hashes, sizes, hashes, seconds))
def test_a_want_is_read_as_it_was_signed(want: Want) -> None:
    assert deliver.read_want(deliver.sign_want(want, SIGNER.statement), SIGNER.descriptor) == want


@quick
@given(
    st.builds(PageEnd, st.just(SIGNER.fingerprint), fingerprints, sizes, sizes, sizes, hashes, sizes, hashes, seconds)
)
def test_a_page_end_is_read_as_it_was_signed(end: PageEnd) -> None:
    assert deliver.read_page_end(deliver.sign_page_end(end, SIGNER.statement), SIGNER.descriptor) == end


@cache
def messages() -> list[bytes]:
    _, page, pull, packed = released(2)
    fr, ru = story().fr, story().ru
    answer = ru.answer(story().answer, story().tellings)
    return [
        deliver.encode_page(page),
        deliver.encode_items(Given(packed, fr.path(0))),
        deliver.sign_want(story().want, ru.statement),
        deliver.sign_pull(pull, RU.statement),
        page.end,
        acknowledge.encode_answer(story().answer.signed, answer.tellings, answer.place, answer.head),
        fr.note(),
        REPORT,
    ]


@quick
@given(st.sampled_from(range(8)), st.integers(0, 10**6), st.integers(0, 60), st.binary(max_size=20))
def test_whatever_comes_is_read_or_refused_and_nothing_else_is_raised(
    which: int, start: int, length: int, other: bytes
) -> None:
    whole = messages()[which]
    start %= len(whole)
    changed = whole[:start] + other + whole[start + length :]
    for read in (
        deliver.decode_page,
        deliver.decode_items,
        acknowledge.decode_answer,
        prove.decode,
        content.parse,
        lambda data: deliver.read_pull(data, RU.descriptor),
        lambda data: deliver.read_page_end(data, FR.descriptor),
        lambda data: deliver.read_want(data, RU.descriptor),
        lambda data: witness.read_head(data, FR.descriptor),
    ):
        try:
            read(changed)
        except RemoteError as error:
            assert error.message
    assert isinstance(verify(changed).as_dict(), dict)


# -- content


characters = st.characters(codec="utf-8")
texts = st.text(characters, max_size=12)
numbers = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@quick
@given(values, st.booleans())
def test_json_is_read_as_the_library_reads_it_escaped_or_not(value: Any, escaped: bool) -> None:
    raw = json.dumps(value, ensure_ascii=escaped).encode()
    assert read_json(raw) == json.loads(raw) == value


@quick
@given(st.lists(st.sampled_from(["[", '{"k":']), max_size=80))
def test_nesting_is_refused_from_one_depth_on_whatever_it_is_made_of(opening: list[str]) -> None:
    raw = ("".join(opening) + "0" + "".join("]" if one == "[" else "}" for one in reversed(opening))).encode()
    try:
        read_json(raw)
        refused = False
    except RemoteError:
        refused = True
    assert refused == (len(opening) > MAX_DEPTH)


@quick
@given(values, st.sampled_from(["NaN", "-Infinity", "1e999", '{"a":1,"a":1}', '"\\ud800"', '{"\\udfff":0}']), st.data())
def test_what_is_not_json_is_found_wherever_it_stands(value: Any, poison: str, data: st.DataObject) -> None:
    marker = "here-it-stands"
    at = data.draw(st.integers(0, 3))
    wrapped: Any = marker
    for _ in range(at):
        wrapped = data.draw(st.sampled_from([[value, wrapped], {"k": wrapped, "v": value}]))
    raw = json.dumps(wrapped).replace(f'"{marker}"', poison).encode()
    with pytest.raises(RemoteError):
        read_json(raw)


@quick
@given(texts, st.dictionaries(texts.map("x_{}".format), values, max_size=4))
def test_any_text_and_any_unknown_property_survive_in_the_bytes(name: str, unknown: dict[str, Any]) -> None:
    whole = {**json.loads(REPORT), **unknown, "name": name}
    raw = json.dumps(whole, ensure_ascii=False, indent=1).encode()
    found = content.parse(raw)
    assert found.raw is raw
    assert found.properties == whole
    assert found.name == (name or found.id)


# -- markings


refs = st.lists(st.sampled_from([*MARKING_IDS, "marking-definition--00000000-0000-4000-8000-000000000000"]), max_size=5)
levels = st.lists(st.sampled_from(Tlp), max_size=4)
terms_given = st.builds(Terms, st.sampled_from(Tlp), st.sampled_from(Onward))


@quick
@given(levels, levels, levels)
def test_the_most_restrictive_is_an_order_in_which_nothing_is_lost(a: list[Tlp], b: list[Tlp], c: list[Tlp]) -> None:
    assert most_restrictive([*a, *b]) is most_restrictive([*b, *a])
    assert most_restrictive([*a, *a]) is most_restrictive(a)
    if a and b and c:
        inner = most_restrictive([most_restrictive([*a, *b]), *c])
        assert inner is most_restrictive([*a, most_restrictive([*b, *c])])


@quick
@given(terms_given, refs, refs)
def test_terms_are_only_ever_narrowed_and_narrowing_twice_is_narrowing_once(
    terms: Terms, some: list[str], more: list[str]
) -> None:
    def under(*found: list[str]) -> Markings:
        return caveats.read({"object_marking_refs": [ref for refs in found for ref in refs]})

    once = terms.effective(under(some))
    assert most_restrictive([once.tlp, terms.tlp]) is once.tlp
    assert once.effective(under(some)) == once
    assert once.effective(under(more)) == terms.effective(under(some, more)) == terms.effective(under(more, some))
    assert once.onward in (terms.onward, Onward.NEVER)
