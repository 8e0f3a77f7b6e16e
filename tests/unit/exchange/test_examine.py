"""The hearer examines each item by itself: what is good is held, what is bad is refused by its own code."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from comity.errors import (
    BAD_SIGNATURE,
    CONTENT_MISMATCH,
    MALFORMED,
    NOT_INCLUDED,
    NOT_JSON,
    NOT_STIX,
    TOO_LARGE,
    UNKNOWN_KEY,
    WRONG_ADDRESSEE,
    WRONG_ISSUER,
)
from comity.exchange import acknowledge, deliver, release
from comity.exchange.acknowledge import Misplaced, Refused, Told
from comity.exchange.deliver import Item
from comity.model import release as releases
from comity.model.acknowledgement import Telling
from comity.model.content import dump, parse
from comity.model.marking import Onward, Terms, Tlp
from comity.model.release import Release
from comity.model.statement import Draft, Logged, Released, Signed
from comity.proof import envelope
from comity.proof.hands import OneHand
from comity.proof.merkle import PathMemo
from unit.exchange.speaker import REPORT, Speaker, at
from unit.model.test_content import an_object
from unit.model.test_marking import TLP2

RU, US = Speaker("ru"), Speaker("us")


class Told1:
    """fr has told ru one thing, among others."""

    def __init__(self) -> None:
        self.fr = Speaker("fr")
        self.fr.fill(3)
        self.said = self.fr.say()
        self.given = self.fr.release(self.said, RU)

    @property
    def item(self) -> Item:
        return self.fr.items((self.said, self.given))[0]

    def packed(self, said: Logged, given: Logged) -> Item:
        """An item that no gate has let through."""
        terms = releases.read(given.signed.object)
        return deliver.pack([Released(None if terms.withdrawn else said, given, terms)], self.fr.path)[0]

    def examine(self, item: Item, start: int = 0, next: int | None = None) -> Told | Refused | Misplaced:
        within = (start, self.fr.tree.size if next is None else next)
        return self.examine_all([item], within)[0]

    def examine_all(self, items: Sequence[Item], within: tuple[int, int]) -> list[Told | Refused | Misplaced]:
        fr, ranges = self.fr, [within] * len(items)
        memo = PathMemo(fr.tree.size, fr.tree.root())
        return acknowledge.examine(items, ranges, by=fr.descriptor, to=RU.fingerprint, memo=memo, hands=OneHand())

    def code(self, item: Item) -> str:
        """Why an item is refused; whoever has its bytes alone finds the same."""
        found = self.examine(item)
        assert isinstance(found, Refused)
        assert found.telling == item.telling
        assert found.code in found.message
        assert acknowledge.judge(item, by=self.fr.descriptor, to=RU.fingerprint) == found
        assert found.code in acknowledge.OF_THE_BYTES
        return found.code

    def misplaced(self, item: Item, next: int | None = None) -> str:
        """Why an item is not where it is shown; its bytes are good, and refuse nothing."""
        found = self.examine(item, next=next)
        assert isinstance(found, Misplaced)
        assert found.telling == item.telling
        assert acknowledge.judge(item, by=self.fr.descriptor, to=RU.fingerprint) is None
        return found.code


@pytest.fixture
def told() -> Told1:
    return Told1()


def test_a_good_item_is_held_with_what_it_says_and_on_which_terms(told: Told1) -> None:
    found = told.examine(told.item)
    assert isinstance(found, Told)
    assert found.statement == told.said.signed
    assert found.terms == releases.read(told.given.signed.object)
    assert (found.telling.statement, found.telling.release) == (told.said.id, told.given.id)
    assert not found.omitted


def test_a_notice_of_withdrawal_is_held_without_a_statement(told: Told1) -> None:
    notice = told.fr.items((None, told.fr.withdraw(told.given)))[0]
    found = told.examine(notice)
    assert isinstance(found, Told)
    assert found.statement is None
    assert found.terms.withdrawn
    assert found.terms.id == releases.read(told.given.signed.object).id


def test_an_item_that_an_earlier_page_left_out_is_held_and_flagged(told: Told1) -> None:
    found = told.examine(told.item, start=told.given.index + 1)
    assert isinstance(found, Told)
    assert found.omitted
    at_start = told.examine(told.item, start=told.given.index)
    assert isinstance(at_start, Told)
    assert not at_start.omitted


# -- altered on the way, or by the teller


def flipped(data: bytes, at: int = -1) -> bytes:
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)


ALTERED: dict[str, tuple[Callable[[Item], Item], str]] = {
    "forged signature of the statement": (lambda i: altered(i, envelope=flipped), BAD_SIGNATURE),
    "altered content": (lambda i: altered(i, content=lambda raw: raw.replace(b"check", b"chess")), CONTENT_MISMATCH),
    "content cut short": (lambda i: altered(i, content=lambda raw: raw[:-1]), CONTENT_MISMATCH),
    "no content": (lambda i: altered(i, content=lambda _: b""), CONTENT_MISMATCH),
    "altered salt": (lambda i: altered(i, salt=flipped), CONTENT_MISMATCH),
    "salt of another length": (lambda i: altered(i, salt=lambda salt: salt + b"\0"), CONTENT_MISMATCH),
    "no envelope": (lambda i: altered(i, envelope=lambda _: b""), MALFORMED),
    "an envelope with a byte behind it": (lambda i: altered(i, envelope=lambda data: data + b"\0"), MALFORMED),
    "forged signature of the release": (lambda i: released(i, envelope=flipped), BAD_SIGNATURE),
    "altered release": (lambda i: released(i, content=lambda raw: raw.replace(b"amber", b"clear")), CONTENT_MISMATCH),
    "altered salt of the release": (lambda i: released(i, salt=flipped), CONTENT_MISMATCH),
    "a release that is none": (lambda i: replace(i, release=i.statement or (b"", b"", b"")), NOT_STIX),
    "a statement where the release stands": (lambda i: replace(i, statement=i.release), CONTENT_MISMATCH),
    "no statement under a release": (lambda i: replace(i, statement=None), CONTENT_MISMATCH),
}
MOVED: dict[str, tuple[Callable[[Item], Item], str]] = {
    "another place for the release": (lambda i: replace(i, release_index=i.release_index - 1), MALFORMED),
    "another place for the statement": (lambda i: replace(i, statement_index=2), NOT_INCLUDED),
    "no path": (lambda i: replace(i, statement_path=()), NOT_INCLUDED),
    "no path for the release": (lambda i: replace(i, release_path=()), NOT_INCLUDED),
    "a broken path": (
        lambda i: replace(i, statement_path=(flipped(i.statement_path[0]), *i.statement_path[1:])),
        NOT_INCLUDED,
    ),
    "the paths exchanged": (
        lambda i: replace(i, statement_path=i.release_path, release_path=i.statement_path),
        NOT_INCLUDED,
    ),
}


def altered(item: Item, **changes: Callable[[bytes], bytes]) -> Item:
    assert item.statement is not None
    names = ("envelope", "salt", "content")
    a, b, c = (changes.get(name, bytes)(part) for name, part in zip(names, item.statement, strict=True))
    return replace(item, statement=(a, b, c))


def released(item: Item, **changes: Callable[[bytes], bytes]) -> Item:
    turned = altered(replace(item, statement=item.release), **changes)
    assert turned.statement is not None
    return replace(item, release=turned.statement)


@pytest.mark.parametrize(("alter", "code"), ALTERED.values(), ids=ALTERED)
def test_an_altered_item_is_refused(told: Told1, alter: Callable[[Item], Item], code: str) -> None:
    assert told.code(alter(told.item)) == code


@pytest.mark.parametrize(("move", "code"), MOVED.values(), ids=MOVED)
def test_a_good_item_in_a_wrong_place_refuses_nothing(told: Told1, move: Callable[[Item], Item], code: str) -> None:
    moved = move(told.item)
    assert moved.telling == told.item.telling
    assert told.misplaced(moved) == code


# -- signed, logged, and still not what it should be


def test_a_statement_of_another_party_is_refused_as_the_tellers(told: Told1) -> None:
    foreign = told.fr.append(US.sign(Draft(parse(REPORT))))[0]
    assert told.code(told.packed(foreign, told.fr.release(foreign, RU))) == WRONG_ISSUER


def test_a_release_of_another_party_is_refused_as_the_tellers(told: Told1) -> None:
    draft = release.release(told.said.signed, to=RU.fingerprint, terms=Terms(), now=at(2), uuid=US.uuid())
    foreign = told.fr.append(US.sign(draft))[0]
    assert told.code(told.packed(told.said, foreign)) == WRONG_ISSUER


def test_a_statement_under_another_key_of_the_teller_is_refused(told: Told1) -> None:
    wrong = told.fr.append(told.fr.sign(Draft(parse(REPORT)), signer=told.fr.witness))[0]
    assert told.code(told.packed(wrong, told.fr.release(wrong, RU))) == UNKNOWN_KEY


def test_a_release_to_another_party_is_refused_though_it_be_presented_as_mine(told: Told1) -> None:
    assert told.code(told.packed(told.said, told.fr.release(told.said, US))) == WRONG_ADDRESSEE
    assert told.code(told.packed(told.said, told.fr.release(told.said, told.fr))) == WRONG_ADDRESSEE


def test_a_notice_to_another_party_is_refused_too(told: Told1) -> None:
    theirs = told.fr.release(told.said, US)
    assert told.code(told.packed(told.said, told.fr.withdraw(theirs))) == WRONG_ADDRESSEE


def test_a_release_of_another_statement_is_refused(told: Told1) -> None:
    other = told.fr.say()
    assert told.code(told.packed(other, told.fr.release(told.said, RU))) == CONTENT_MISMATCH


def test_a_withdrawal_that_carries_content_is_refused(told: Told1) -> None:
    notice = told.fr.items((None, told.fr.withdraw(told.given)))[0]
    assert told.code(replace(told.item, release=notice.release, release_index=notice.release_index)) == CONTENT_MISMATCH


@pytest.mark.parametrize("change", [{"statement_index": 4}, {"statement_path": (bytes(32),)}])
def test_a_notice_with_a_place_for_a_statement_that_is_not_there_is_refused(
    told: Told1, change: dict[str, object]
) -> None:
    notice = told.fr.items((None, told.fr.withdraw(told.given)))[0]
    assert told.misplaced(replace(notice, **change)) == MALFORMED  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["a release", "a descriptor", "an acknowledgement"])
def test_what_only_a_node_makes_is_refused_as_something_told(told: Told1, kind: str) -> None:
    own = {"a release": told.given, "a descriptor": told.fr.entries[0], "an acknowledgement": told.fr.holds(RU, [])}[
        kind
    ]
    code = told.code(told.packed(own, told.fr.release(own, RU)))
    # A descriptor is signed with the root key, so it fails one check earlier.
    assert code == (UNKNOWN_KEY if kind == "a descriptor" else NOT_STIX)


def test_an_item_from_beyond_the_page_is_refused(told: Told1) -> None:
    assert told.misplaced(told.item, next=told.given.index) == MALFORMED
    assert isinstance(told.examine(told.item, next=told.given.index + 1), Told)


def test_a_statement_that_was_logged_after_its_release_is_refused(told: Told1) -> None:
    signed = told.fr.sign(Draft(parse(REPORT)))
    draft = release.release(signed, to=RU.fingerprint, terms=Terms(), now=at(2), uuid=told.fr.uuid())
    given, said = told.fr.append(told.fr.sign(draft), signed)
    assert told.misplaced(told.packed(said, given)) == MALFORMED


def test_a_statement_that_is_not_in_the_log_is_refused(told: Told1) -> None:
    stray = Logged(told.fr.sign(Draft(parse(REPORT))), told.said.index)
    assert told.misplaced(told.packed(stray, told.fr.release(stray, RU))) == NOT_INCLUDED


def garbage(told: Told1, raw: bytes) -> Item:
    """Something that the teller signed, logged and released, and that is not what may be said."""
    fr, salt = told.fr, bytes(16)
    sealed = envelope.seal(
        iss=fr.origin, sub=fr.uuid(), iat=0, commitment=envelope.commit(salt, raw), signer=fr.statement
    )
    said = fr.append(Signed(sealed, salt, parse(REPORT)))[0]
    item = told.packed(said, fr.release(said, RU))
    return replace(item, statement=(sealed.data, salt, raw))


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", NOT_JSON),
        (b"\xff", NOT_JSON),
        (b"[" * 1000, NOT_JSON),
        (b"[" * 100_000, TOO_LARGE),
        (b'{"a": 1, "a": 2}', NOT_JSON),
        (b"{}", NOT_STIX),
        (dump(an_object("report")), NOT_STIX),
        (dump({"type": "bundle"}), NOT_STIX),
    ],
    ids=[
        "empty",
        "not UTF-8",
        "a bomb",
        "a larger one",
        "a key twice",
        "no type",
        "a report without a name",
        "a bundle",
    ],
)
def test_a_poisoned_item_is_refused_by_the_code_of_its_content(told: Told1, raw: bytes, code: str) -> None:
    assert told.code(garbage(told, raw)) == code


def test_a_release_with_terms_that_cannot_be_read_is_refused(told: Told1) -> None:
    made = Release(f"release--{told.fr.uuid()}", told.said.id, RU.fingerprint, Terms(), at(2), withdrawn=False)
    raw = releases.write(made, at(2)).replace(b'"amber"', b'"ultra"')
    given = told.fr.append(told.fr.sign(Draft(parse(raw))))[0]
    item = replace(
        told.item, release=given.signed.triple, release_index=given.index, release_path=told.fr.path(given.index)
    )
    found = told.examine(item)
    assert isinstance(found, Refused)
    assert found.code == NOT_STIX
    assert "/tlp" in found.message
    assert "ultra" not in found.message


def test_what_is_held_is_held_under_the_objects_own_markings_if_the_release_is_more_open(told: Told1) -> None:
    said = told.fr.say(dump(an_object("identity", name="n", object_marking_refs=[TLP2[Tlp.RED]])))
    terms = Terms(Tlp.CLEAR, Onward.MAY, at(9))
    made = Release(f"release--{told.fr.uuid()}", said.id, RU.fingerprint, terms, at(2), withdrawn=False)
    given = told.fr.append(told.fr.sign(Draft(parse(releases.write(made, at(2))))))[0]
    found = told.examine(told.packed(said, given))
    assert isinstance(found, Told)
    assert found.terms.terms == Terms(Tlp.RED, Onward.NEVER, at(9))


# -- one bad item does not block the rest


def test_one_bad_item_is_refused_and_the_others_of_its_page_are_held(told: Told1) -> None:
    fr = told.fr
    pairs = [(said, fr.release(said, RU)) for said in (fr.say() for _ in range(6))]
    items = list(fr.items(*pairs))
    items[3] = altered(items[3], content=lambda raw: raw + b" ")
    found = told.examine_all(items, (0, fr.tree.size))
    assert [type(one) for one in found] == [Told, Told, Told, Refused, Told, Told]
    assert found[3].telling.statement == pairs[3][0].id


def test_an_old_page_examined_again_gives_the_same_tellings(told: Told1) -> None:
    once, again = told.examine(told.item), told.examine(told.item)
    assert once == again
    assert once.telling == again.telling


def test_an_item_that_breaks_the_code_that_reads_it_is_refused_and_its_text_is_not_told(told: Told1) -> None:
    broken = replace(told.item, release=None)  # type: ignore[arg-type]

    class Item1(Item):
        __slots__ = ()

        @property
        def telling(self) -> Telling:
            return told.item.telling

    odd = Item1(*(getattr(broken, name) for name in Item.__slots__))
    bad, good = told.examine_all([odd, told.item], (0, told.fr.tree.size))
    assert isinstance(bad, Refused)
    assert (bad.code, bad.message) == ("malformed", "it could not be read (TypeError)")
    assert isinstance(good, Told)
