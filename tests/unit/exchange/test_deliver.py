"""A page is what its signed end says, no more and no less, for the one who asked, under a head that follows."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from comity.errors import (
    BAD_SIGNATURE,
    CONTENT_MISMATCH,
    HEAD_FORK,
    HEAD_ROLLBACK,
    MALFORMED,
    NOT_CONSISTENT,
    PAGE_INCOMPLETE,
    TOO_LARGE,
    UNKNOWN_KEY,
    WRONG_ADDRESSEE,
    WRONG_ISSUER,
    RemoteError,
)
from comity.exchange import deliver, witness
from comity.exchange.deliver import MAX_ITEMS, MAX_PAGE, MAX_WANTED, PAGE_END_TYPE, PULL_TYPE, Given, Item, Page, Pull
from comity.exchange.witness import Head, Shown
from comity.model.acknowledgement import NO_STATEMENT, Telling
from comity.proof import cbor, cose
from comity.proof.checkpoint import Checkpoint, sign_checkpoint
from comity.proof.keys import Signer
from comity.proof.merkle import EMPTY_ROOT
from unit.exchange.speaker import Speaker

RU, US = Speaker("ru"), Speaker("us")


class Told3:
    """fr has told ru three things, and taken the last one back."""

    def __init__(self) -> None:
        self.fr = Speaker("fr")
        self.pairs = []
        for _ in range(3):
            said = self.fr.say()
            self.pairs.append((said, self.fr.release(said, RU)))
        self.taken = self.fr.withdraw(self.pairs[2][1])
        self.items = self.fr.items(*self.pairs, (None, self.taken))
        self.pull = RU.pull(self.fr)

    def page(self, items: Any = None, **lies: Any) -> Page:
        return self.fr.page(self.pull, self.items if items is None else items, **lies)

    def refused(self, items: tuple[Item, ...], page: Page) -> RemoteError:
        """A page that was signed with other items than these."""
        offers = tuple(item.offer for item in items)
        return refusal(lambda: self.check(Page(offers, page.head, page.end)))

    def check(self, page: Page, known: Head | None = None, pull: Pull | None = None) -> Head:
        return deliver.check_page(page, by=self.fr.descriptor, pull=pull or self.pull, known=known)[0]


@pytest.fixture
def told() -> Told3:
    return Told3()


def refusal(call: Callable[[], object]) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        call()
    return caught.value


def code(call: Callable[[], object]) -> str:
    return refusal(call).code


# -- pulls and page ends


def test_a_pull_is_read_as_it_was_signed(told: Told3) -> None:
    data = deliver.sign_pull(told.pull, RU.statement)
    assert deliver.read_pull(data, RU.descriptor) == told.pull


def test_a_page_end_is_read_as_it_was_signed(told: Told3) -> None:
    end = deliver.read_page_end(told.page().end, told.fr.descriptor)
    assert (end.by, end.to, end.start, end.next, end.size, end.count) == (
        told.fr.fingerprint,
        RU.fingerprint,
        0,
        told.fr.tree.size,
        told.fr.tree.size,
        4,
    )


def test_a_pull_with_another_key_of_the_same_party_is_refused(told: Told3) -> None:
    assert code(lambda: deliver.read_pull(deliver.sign_pull(told.pull, RU.transport), RU.descriptor)) == UNKNOWN_KEY


def test_a_pull_whose_signature_is_forged_is_refused(told: Told3) -> None:
    data = deliver.sign_pull(told.pull, RU.statement)
    assert code(lambda: deliver.read_pull(data[:-1] + bytes([data[-1] ^ 1]), RU.descriptor)) == BAD_SIGNATURE


def test_a_pull_that_speaks_for_another_than_its_signer_is_refused(told: Told3) -> None:
    data = deliver.sign_pull(told.pull, US.statement)
    assert code(lambda: deliver.read_pull(data, US.descriptor)) == WRONG_ADDRESSEE


def test_a_pull_does_not_pass_as_a_page_end_nor_a_statement_as_either(told: Told3) -> None:
    pull = deliver.sign_pull(told.pull, RU.statement)
    assert code(lambda: deliver.read_page_end(pull, RU.descriptor)) == MALFORMED
    assert code(lambda: deliver.read_pull(told.page().end, told.fr.descriptor)) == MALFORMED
    assert code(lambda: deliver.read_pull(RU.say().signed.envelope.data, RU.descriptor)) == MALFORMED


def sealed(fields: Any, kind: str = PULL_TYPE, unprotected: dict[Any, Any] | None = None, **more: Any) -> bytes:
    protected: dict[Any, Any] = {1: -8, 3: kind, 4: RU.statement.public.id[:8], **more}
    return cose.sign1(protected, unprotected or {}, cbor.encode(fields), RU.statement)


ASK: list[Any] = [bytes.fromhex(RU.fingerprint), bytes.fromhex(US.fingerprint), 0, 0, EMPTY_ROOT, 0]


def test_a_pull_names_both_parties_by_the_32_bytes_of_their_fingerprints() -> None:
    assert deliver.read_pull(sealed(ASK), RU.descriptor) == Pull(RU.fingerprint, US.fingerprint, 0, 0, EMPTY_ROOT, 0)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        sealed(ASK)[1:],
        sealed(ASK) + b"\0",
        sealed(ASK, kind=PAGE_END_TYPE),
        sealed(ASK, unprotected={99: 1}),
        sealed(ASK, x=1),
        sealed(ASK[:-1]),
        sealed([*ASK, 0]),
        sealed([ASK[0], ASK[1], -1, *ASK[3:]]),
        sealed([ASK[0], ASK[1], 2**63, *ASK[3:]]),
        sealed([ASK[0], ASK[1], True, *ASK[3:]]),
        sealed([*ASK[:4], b"", 0]),
        sealed([*ASK[:4], bytes(31), 0]),
        sealed([*ASK[:4], 0, 0]),
        sealed([RU.fingerprint, *ASK[1:]]),
        sealed([ASK[0], US.fingerprint, *ASK[2:]]),
        sealed([RU.fingerprint.encode(), *ASK[1:]]),
        sealed([ASK[0] + b"\0", *ASK[1:]]),
        sealed([ASK[0], ASK[1][:-1], *ASK[2:]]),
        sealed([ASK[0], b"", *ASK[2:]]),
        sealed({0: 1}),
        cose.sign1(
            {1: -8, 3: PULL_TYPE, 4: RU.statement.public.id[:8]}, {}, None, RU.statement, detached=cbor.encode(ASK)
        ),
    ],
)
def test_a_pull_of_another_form_is_malformed_though_it_be_signed(data: bytes) -> None:
    assert code(lambda: deliver.read_pull(data, RU.descriptor)) == MALFORMED


# -- the form of a page


def test_a_page_is_read_as_it_was_written(told: Told3) -> None:
    data = deliver.encode_page(told.page())
    assert deliver.decode_page(data) == told.page()
    assert deliver.encode_page(deliver.decode_page(data)) == data


def test_an_item_tells_which_telling_it_is_also_where_nothing_in_it_is_good() -> None:
    bad = Item((b"x", b"", b""), 5, (), (b"y", b"", b""), 9, ())
    assert bad.telling == deliver.decode_item(deliver.encode_item(bad), "item").telling
    notice = Item(None, 0, (), (b"y", b"", b""), 9, ())
    assert notice.telling == Telling(NO_STATEMENT, bad.telling.release, notice.hash)
    assert notice.hash != bad.hash


TRIPLE = [b"e", b"s", b"c"]
GOOD_ITEM = [TRIPLE, 1, b"", TRIPLE, 2, b""]


@pytest.mark.parametrize(
    "item",
    [
        None,
        b"",
        {},
        GOOD_ITEM[:5],
        [*GOOD_ITEM, 0],
        [b"e", *GOOD_ITEM[1:]],
        [[b"e", b"s"], *GOOD_ITEM[1:]],
        [[b"e", b"s", "c"], *GOOD_ITEM[1:]],
        [TRIPLE, -1, b"", TRIPLE, 2, b""],
        [TRIPLE, 1, b"", TRIPLE, 2**63, b""],
        [TRIPLE, False, b"", TRIPLE, 2, b""],
        [TRIPLE, 1, bytes(31), TRIPLE, 2, b""],
        [TRIPLE, 1, bytes(65 * 32), TRIPLE, 2, b""],
        [TRIPLE, 1, [], TRIPLE, 2, b""],
        [TRIPLE, 1, b"", None, 2, b""],
        [TRIPLE, 1, b"", TRIPLE, 2, bytes(33)],
    ],
)
def test_an_item_of_another_form_is_malformed_at_its_place(item: Any) -> None:
    deliver.decode_item(GOOD_ITEM, "item 0")
    assert refusal(lambda: deliver.decode_item(item, "item 7")).place == "item 7"
    if item is not None:  # what is not given
        error = refusal(lambda: deliver.decode_items(cbor.encode({"v": 1, "items": [GOOD_ITEM, item], "genesis": b""})))
        assert (error.code, error.place) == (MALFORMED, "item 1")


@pytest.mark.parametrize(
    "items",
    [
        [],
        {"v": 1},
        {"v": 1, "items": []},
        {"v": 0, "items": [], "genesis": b""},
        {"v": 1, "items": {}, "genesis": b""},
        {"v": 1, "items": [], "genesis": []},
        {"v": 1, "items": [], "genesis": bytes(33)},
        {"v": 1, "items": [], "genesis": bytes(32 * 65)},
        {"v": 1, "items": [], "genesis": b"", "more": 1},
        {"v": 1, "items": [None] * 1001, "genesis": b""},
    ],
)
def test_items_of_another_form_are_malformed(items: Any) -> None:
    most = deliver.decode_items(cbor.encode({"v": 1, "items": [None] * 1000, "genesis": bytes(64 * 32)}))
    assert most == Given((None,) * 1000, (bytes(32),) * 64)
    assert code(lambda: deliver.decode_items(cbor.encode(items))) == MALFORMED


def test_items_are_read_as_they_were_written_with_nothing_in_the_place_of_what_is_not_given(told: Told3) -> None:
    notice = told.fr.items((None, told.fr.withdraw(told.fr.release(told.fr.say(), RU))))
    for items in ((), (None,), told.items, (None, *told.items[:2], None, *notice)):
        given = Given(items, (bytes(32), bytes([1] * 32)))
        assert deliver.decode_items(deliver.encode_items(given)) == given


WHOLE: dict[str, Any] = {"v": 1, "tellings": b"", "sizes": [], "head": [b"", 0, b""], "end": b""}


@pytest.mark.parametrize(
    "page",
    [
        [],
        None,
        {},
        {**WHOLE, "v": 0},
        {**WHOLE, "v": True},
        {**WHOLE, "more": 1},
        {name: WHOLE[name] for name in ("v", "tellings", "sizes", "head")},
        {**WHOLE, "tellings": []},
        {**WHOLE, "tellings": bytes(127), "sizes": [1]},
        {**WHOLE, "tellings": bytes(128)},
        {**WHOLE, "tellings": bytes(128), "sizes": [-1]},
        {**WHOLE, "tellings": bytes(128), "sizes": [b""]},
        {**WHOLE, "sizes": [1]},
        {**WHOLE, "tellings": bytes(128 * 1001), "sizes": [1] * 1001},
        {**WHOLE, "end": "e"},
        {**WHOLE, "head": b""},
        {**WHOLE, "head": [b"", 0]},
        {**WHOLE, "head": ["", 0, b""]},
        {**WHOLE, "head": [b"", -1, b""]},
        {**WHOLE, "head": [b"", 0, bytes(20)]},
    ],
)
def test_a_page_of_another_form_is_malformed(page: Any) -> None:
    deliver.decode_page(cbor.encode(WHOLE))
    assert code(lambda: deliver.decode_page(cbor.encode(page))) == MALFORMED


def test_a_page_past_the_stated_size_is_not_looked_at() -> None:
    assert code(lambda: deliver.decode_page(bytes(MAX_PAGE + 1))) == TOO_LARGE


def test_the_largest_page_that_a_teller_makes_is_within_the_stated_size() -> None:
    page = {"v": 1, "tellings": bytes(128_000), "sizes": [2**62] * 1000, "head": [bytes(1 << 16), 2**62, bytes(2048)]}
    data = cbor.encode({**page, "end": bytes(1000)})
    assert len(data) < MAX_PAGE
    assert len(deliver.decode_page(data).offers) == 1000


def test_the_most_that_a_teller_gives_at_one_time_is_within_the_stated_size() -> None:
    """8 MiB of content, and 1,000 items with the longest envelopes, releases and paths that there are."""
    item = [
        [bytes(1024), bytes(16), b""],
        2**62,
        bytes(64 * 32),
        [bytes(1024), bytes(16), bytes(900)],
        2**62,
        bytes(2048),
    ]
    assert MAX_WANTED + 1000 * len(cbor.encode(item)) < MAX_ITEMS
    assert (
        len(deliver.decode_items(cbor.encode({"v": 1, "items": [item] * 1000, "genesis": bytes(2048)})).items) == 1000
    )


# -- wants


def test_a_want_is_read_as_it_was_signed_with_the_tellings_that_it_names(told: Told3) -> None:
    tellings = [item.telling for item in told.items]
    want = RU.want(told.fr, tellings)
    data = deliver.sign_want(want, RU.statement)
    assert deliver.check_want(data, tellings, by=RU.descriptor, to=told.fr.fingerprint) == want
    for others in (tellings[:3], tellings[::-1], [*tellings[:3], tellings[0]], []):
        assert code(lambda o=others: deliver.check_want(data, o, by=RU.descriptor, to=told.fr.fingerprint)) == (  # type: ignore[misc]
            CONTENT_MISMATCH
        )


def test_a_want_is_its_signers_and_made_out_to_one_teller(told: Told3) -> None:
    tellings = [told.items[0].telling]
    want = RU.want(told.fr, tellings)
    fr = told.fr.fingerprint
    for data, expected in (
        (deliver.sign_want(want, RU.transport), UNKNOWN_KEY),
        (deliver.sign_want(replace(want, by=US.fingerprint), RU.statement), WRONG_ADDRESSEE),
        (deliver.sign_want(replace(want, to=US.fingerprint), RU.statement), WRONG_ADDRESSEE),
        (deliver.sign_pull(told.pull, RU.statement), MALFORMED),
    ):
        assert code(lambda d=data: deliver.check_want(d, tellings, by=RU.descriptor, to=fr)) == expected  # type: ignore[misc]


def test_one_bit_of_any_part_makes_another_item_and_its_place_makes_none(told: Told3) -> None:
    item = told.items[0]
    assert item.statement is not None
    assert replace(item, statement_index=77, statement_path=(), release_index=78).hash == item.hash
    hashes = {item.hash}
    for name in ("statement", "release"):
        triple = list(getattr(item, name))
        for at, part in enumerate(triple):
            for other in (part[:-1], part + b"\0", bytes([part[0] ^ 1]) + part[1:]):
                changed: dict[str, Any] = {name: (*triple[:at], other, *triple[at + 1 :])}
                hashes.add(replace(item, **changed).hash)
    hashes.add(replace(item, statement=None).hash)
    hashes.add(replace(item, statement=item.release, release=item.statement).hash)
    assert len(hashes) == 1 + 18 + 2


# -- what is packed


def test_what_was_released_is_packed_with_both_places(told: Told3) -> None:
    for item, (said, given) in zip(told.items, told.pairs, strict=False):
        assert (item.statement, item.release) == (said.signed.triple, given.signed.triple)
        assert (item.statement_index, item.release_index) == (said.index, given.index)
        assert (item.statement_path, item.release_path) == (told.fr.path(said.index), told.fr.path(given.index))


def test_a_notice_of_withdrawal_carries_no_content(told: Told3) -> None:
    notice = told.items[3]
    assert (notice.statement, notice.statement_index, notice.statement_path) == (None, 0, ())
    said, _ = told.pairs[2]
    assert said.signed.object.raw not in b"".join(notice.release)


# -- what a page must be


def test_a_whole_page_gives_its_head_and_its_end(told: Told3) -> None:
    page = told.page()
    head, end = deliver.check_page(page, by=told.fr.descriptor, pull=told.pull, known=None)
    assert head == told.fr.head()
    assert end.count == 4


def test_an_empty_page_is_a_page(told: Told3) -> None:
    pull = RU.pull(told.fr, cursor=told.fr.tree.size, have=told.fr.tree.size)
    page = told.fr.page(pull, [])
    assert told.check(page, told.fr.head(), pull) == told.fr.head()


LIES: dict[str, dict[str, Any]] = {
    "fewer than there are": {"count": 3},
    "more than there are": {"count": 5},
    "another root": {"root": bytes(32)},
    "from later on": {"start": 1},
    "to beyond its log": {"next": 99},
    "of a smaller log": {"size": 3},
    "of a larger log": {"size": 99, "next": 99},
    "of another log": {"log_root": bytes(32)},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_an_end_that_says_something_else_than_the_page_makes_it_incomplete(told: Told3, lie: dict[str, Any]) -> None:
    assert code(lambda: told.check(told.page(**lie))) == PAGE_INCOMPLETE


@pytest.mark.parametrize("lie", [{"root": b""}, {"log_root": b""}, {"log_root": bytes(33)}])
def test_an_end_with_a_root_that_is_none_is_malformed(told: Told3, lie: dict[str, Any]) -> None:
    assert code(lambda: told.check(told.page(**lie))) == MALFORMED


def test_a_page_offers_nothing_of_a_range_that_holds_nothing(told: Told3) -> None:
    past = replace(told.pull, cursor=told.fr.tree.size)
    page = told.fr.page(past, told.items, start=past.cursor, next=past.cursor)
    assert code(lambda: told.check(page, pull=past)) == MALFORMED
    assert told.check(told.fr.page(past, (), start=past.cursor, next=past.cursor), pull=past).size == past.cursor


def test_an_end_before_its_own_start_makes_a_page_incomplete(told: Told3) -> None:
    pull = RU.pull(told.fr, cursor=3)
    assert code(lambda: told.check(told.fr.page(pull, [], next=2), pull=pull)) == PAGE_INCOMPLETE


def test_a_page_from_which_an_item_was_taken_is_incomplete_and_the_end_proves_it(told: Told3) -> None:
    page = told.page()
    for gone in range(4):
        error = told.refused(told.items[:gone] + told.items[gone + 1 :], page)
        assert error.code == PAGE_INCOMPLETE
        end = deliver.read_page_end(bytes.fromhex(error.evidence["end"]), told.fr.descriptor)
        assert end.count == 4


def test_a_page_to_which_an_item_was_added_or_in_which_two_changed_places_is_incomplete(told: Told3) -> None:
    page = told.page()
    said = told.fr.say()
    more = told.fr.items((said, told.fr.release(said, RU)))
    own = told.items
    for items in (own + more, more + own[1:], own[::-1], own[:3] + own[:1], ()):
        assert told.refused(items, page).code == PAGE_INCOMPLETE


def test_a_page_that_holds_a_release_twice_is_refused(told: Told3) -> None:
    spoilt = Item(told.items[0].statement, 1, (), told.items[0].release, 2, ())
    for twice in ((*told.items, told.items[0]), (*told.items, spoilt)):
        assert told.refused(twice, told.page(twice)).code == MALFORMED


def test_a_page_for_another_party_is_refused_and_the_end_is_kept(told: Told3) -> None:
    page = told.fr.page(US.pull(told.fr), told.items)
    error = refusal(lambda: told.check(page))
    assert error.code == WRONG_ADDRESSEE
    assert error.evidence == {"end": page.end.hex()}


def test_a_page_of_another_teller_is_refused(told: Told3) -> None:
    assert code(lambda: told.check(US.page(told.pull, []))) == UNKNOWN_KEY


def test_a_page_with_the_head_of_another_log_is_refused(told: Told3) -> None:
    page = told.page()
    assert code(lambda: told.check(Page(page.offers, US.shown(), page.end))) == WRONG_ISSUER


def test_an_old_page_answers_no_newer_pull(told: Told3) -> None:
    old = told.page()
    known = told.check(old)
    told.fr.fill(1)
    assert code(lambda: told.check(old, known, RU.pull(told.fr, told.fr.tree.size))) == PAGE_INCOMPLETE
    assert code(lambda: told.check(old, told.fr.head())) == HEAD_ROLLBACK


def test_an_old_page_for_the_same_pull_says_the_same_again(told: Told3) -> None:
    known = told.check(told.page())
    assert told.check(told.page(), known) is known


def test_a_page_under_a_head_that_shrank_is_refused(told: Told3) -> None:
    page = told.page()
    told.fr.fill(2)
    assert code(lambda: told.check(page, told.fr.head())) == HEAD_ROLLBACK


def forked(told: Told3, size: int, signer: Signer | None = None) -> Head:
    note = sign_checkpoint(Checkpoint(told.fr.origin, size, bytes(32)), told.fr.origin, signer or told.fr.log)
    return witness.read_head(note, told.fr.descriptor)


def test_a_page_under_another_head_of_the_known_size_is_refused(told: Told3) -> None:
    assert code(lambda: told.check(told.page(), forked(told, told.fr.tree.size))) == HEAD_FORK


def test_a_page_under_a_head_that_does_not_follow_is_refused(told: Told3) -> None:
    pull = RU.pull(told.fr, have=4)
    assert code(lambda: told.check(told.fr.page(pull, told.items), forked(told, 4), pull)) == NOT_CONSISTENT


def test_a_page_shows_its_head_from_the_size_that_was_asked_from(told: Told3) -> None:
    known = told.fr.head()
    told.fr.fill(3)
    pull = RU.pull(told.fr, have=known.size)
    page = told.fr.page(pull, told.items)
    assert told.check(page, known, pull).size == told.fr.tree.size
    for old in (0, known.size - 1, known.size + 1, told.fr.tree.size):
        head = Shown(page.head.note, old, page.head.path)
        assert code(lambda head=head: told.check(Page(page.offers, head, page.end), known, pull)) == MALFORMED  # type: ignore[misc]


def test_a_page_with_a_proof_where_none_is_due_is_refused(told: Told3) -> None:
    page = told.page()
    head = Shown(page.head.note, 0, (bytes(32),))
    assert code(lambda: told.check(Page(page.offers, head, page.end))) == NOT_CONSISTENT


def test_a_page_without_its_proof_from_the_known_head_is_refused(told: Told3) -> None:
    known = told.fr.head()
    told.fr.fill(3)
    pull = RU.pull(told.fr, have=known.size)
    page = told.fr.page(pull, [])
    told.check(page, known, pull)
    bare = Page((), Shown(page.head.note, page.head.old, ()), page.end)
    assert code(lambda: told.check(bare, known, pull)) == NOT_CONSISTENT
