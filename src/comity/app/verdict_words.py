"""Verdict words: a verdict in plain sentences. A pure function of the verdict: no clock, no node, no file.

Rule 1: no sentence says more than the file shows. What a party says of itself is told as its saying; a bound is "by T". Rule 2:
no sentence accuses anybody. Where times contradict one another both are told, and whose clocks they are of. Rule 3: a party
whose fingerprint the reader did not give stands in quotation marks: its name is its own choice.

Each sentence has a code (`verdict_codes` has them all), which is what a program compares; the words may change.
"""

import re
from collections.abc import Iterable, Iterator

from comity.app import told_words
from comity.app.layout import Own, Word
from comity.app.sentence import Foreign, Part, Sentence, sentence
from comity.app.verdict_codes import GROUP_OF, GROUPS
from comity.errors import CODES
from comity.exchange.labels import Label
from comity.exchange.times import Contradiction
from comity.exchange.verdict import NOT_SHOWN, Cosigner, Verdict
from comity.model import content
from comity.model.title import title
from comity.space import instant
from comity.space.instant import Instant

_TOLD_APART = re.compile(r"[a-z0-9-]+ \([0-9a-f]{8,64}\)", re.ASCII)


def sentences(verdict: Verdict) -> list[Sentence]:
    """A verdict in sentences, in the order of `GROUPS`; of a file that is not valid only what is wrong with it."""
    if not verdict.valid:
        return list(_not_valid(verdict))
    order = list(GROUPS)
    return sorted(_Words(verdict).all(), key=lambda one: order.index(GROUP_OF[one.code]))


def called(label: str, parties: Iterable[Label]) -> Part:
    """A party as its reader calls it, or in quotation marks as it calls itself."""
    if not any(one.known for one in parties if one.text == label):
        return Foreign(label)
    # A known party that is told apart from another by the start of its fingerprint is not to look like an unknown one.
    return Own(label) if _TOLD_APART.fullmatch(label) else Word(label)


def _not_valid(verdict: Verdict) -> Iterator[Sentence]:
    for problem in verdict.problems:
        place = Word(problem["place"]) if problem.get("place") else Own("the file")
        yield sentence("not-valid", "NOT VALID: {} at {}: {}.", Word(problem["code"]), place, Own(problem["message"]))
    yield sentence(
        "not-valid",
        "So nothing of what stands in this file is shown by it, of anybody. It may have been cut off or changed on its way, by "
        "accident or not. Nobody is accused by that; ask for it again.",
    )


class _Words:
    """The sentences of one verdict on a valid file."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        self._rungs = {one.name: one for one in verdict.ladder}
        self.teller, self.hearer = self.name(verdict.told_by), self.name(verdict.told_to)
        self.content = None if verdict.content is None else content.parse(verdict.content)
        self.is_answered = verdict.held_at is not None or verdict.refused is not None
        # Of what was refused the file need not show a statement, and shows no places in the teller's log.
        self.is_telling = verdict.statement is not None
        self.these = Own("the bytes with just this hash" if verdict.omitted else "just these bytes")

    def name(self, label: str | None) -> Part:
        """A party, by its label."""
        return called(label or "-", self.verdict.parties)

    def names(self, labels: Iterable[str]) -> list[Part]:
        """Several of them."""
        return [self.name(one) for one in labels]

    def all(self) -> Iterator[Sentence]:
        """All sentences."""
        yield self.valid()
        yield from self.first()
        yield from self.telling() if self.is_telling else self.offer()
        yield from self.answer()
        yield from self.behind_teller()
        yield from self.behind_hearer()
        yield from self.who()
        yield from self.what()
        yield from self.not_shown()

    # -- before all else

    def valid(self) -> Sentence:
        """What it means that the file is valid."""
        but = "" if self.is_telling else " around what was refused"
        if self.verdict.omitted:
            but = ", but for the hash in the place of the content,"
        return sentence("valid", "This file is valid: all signatures and hashes in it{} fit together.", Own(but))

    def first(self) -> Iterator[Sentence]:
        """What changes the reading of all the rest."""
        if self.verdict.reconstruction:
            yield sentence(
                "reconstruction",
                "This is a reconstruction, of a demo or an exercise; its times are not of the real clock: a party in this file "
                "says so of itself.",
            )
        for one in self.verdict.contradictions:
            yield self._contradiction(one)
        if self.verdict.given and not self.verdict.trusted:
            words = "You gave fingerprints, but not those of both {} and {}: this file is not trusted."
            if self.verdict.given == 1:
                words = (
                    "You gave one fingerprint, and it is neither that of {} nor that of {}: this file is not trusted."
                )
            yield sentence("not-trusted", words, self.teller, self.hearer)

    def _contradiction(self, found: Contradiction) -> Sentence:
        one, other = found.earlier, found.later
        if one.by == other.by:
            blame = "Its clock is wrong, or it does not say the truth"
        else:
            blame = "A clock is wrong, or one of them does not say the truth"
        return sentence(
            "contradiction",
            "Two times cannot both be true: {} says that it {} at {}, by its own clock; and {} says that it {} at {}, by its own "
            "clock, which cannot have come first. {}; which it is, this file does not show.",
            self.name(one.label),
            Own(one.what),
            _moment(one.at),
            self.name(other.label),
            Own(other.what),
            _moment(other.at),
            Own(blame),
        )

    # -- who told whom what

    def telling(self) -> Iterator[Sentence]:
        """What was said and released, and what stands beside that in the teller's log."""
        verdict = self.verdict
        yield self._said()
        yield self._claimed("told", "{} released it to {} at {}, as it says.", verdict.released_at)
        if "logged" in self._rungs:
            by = self._rungs["logged"].at
            if by is None:
                yield sentence(
                    "logged", "Statement and release stand in the log of {}; since when, it does not say.", self.teller
                )
            else:
                yield sentence(
                    "logged",
                    "Statement and release stand in the log of {}, by {}, as it says.",
                    self.teller,
                    _moment(by),
                )
        if verdict.offered_at is not None:
            yield self._claimed("offered", "{} offered {} {} at {}, as it says.", verdict.offered_at, self.these)
        if "fetched" in self._rungs:
            yield self._fetched(self._rungs["fetched"].at)
        if verdict.withdrawn_at is not None:
            words = "{} took the release to {} back at {}, as it says; what was held before is not taken back by that."
            yield self._claimed("withdrawn", words, verdict.withdrawn_at)

    def _claimed(self, code: str, words: str, at: Instant | None, *more: Part) -> Sentence:
        """A sentence of teller, hearer, and when the first of them says that it was."""
        return sentence(code, words, self.teller, self.hearer, *more, _moment(at))

    def _said(self) -> Sentence:
        at = _moment(self.verdict.said_at)
        if self.content is None:
            words = "{} said something at {}, as it says; what it was, is left out of this file."
            return sentence("said", words, self.teller, at)
        name, kind = title(self.content), Word(self.content.type)
        if name == self.content.id:
            return sentence("said", "{} said this at {}, as it says: {} ({}).", self.teller, at, Word(name), kind)
        return sentence("said", "{} said this at {}, as it says: {} ({}).", self.teller, at, Foreign(name), kind)

    def _fetched(self, at: Instant | None) -> Sentence:
        came = "that they came is shown by its answer alone" if self.is_answered else "that they came is not shown"
        words = "{} asked for {} at {}, as it says; {}."
        return sentence("fetched", words, self.hearer, self.these, _moment(at), Own(came))

    def offer(self) -> Iterator[Sentence]:
        """What was offered and refused, be it a statement or not."""
        words = "{} offered {} the bytes in this file, as something told, at {}, as it says; they are not printed here."
        yield self._claimed("offered", words, self.verdict.offered_at)

    # -- what was answered

    def answer(self) -> Iterator[Sentence]:
        """What the hearer answered, and what the teller says of that."""
        verdict = self.verdict
        if verdict.held_at is not None:
            words = "{} answered that it holds {}; they came at {}, as it says."
            yield sentence("held", words, self.hearer, self.these, _moment(verdict.held_at))
        if verdict.refused is not None:
            yield from self._refused(verdict.refused)
        if verdict.other is not None:
            yield self._other(verdict.other)
        if verdict.unacknowledged_at is not None:
            yield self._silence(verdict.unacknowledged_at)
        if not self.is_answered and verdict.other is None:
            words = "There is no answer of {} in this file; whether it gave one is not shown by that."
            yield sentence("no-answer", words, self.hearer)

    def _refused(self, reason: str) -> Iterator[Sentence]:
        # A code that is not ours is the hearer's own word, and must not read as this program's: it could be "all-clear".
        known = reason in CODES
        shown, meaning = Word(reason) if known else Foreign(reason), Own(f" ({CODES[reason]})" if known else "")
        words = "{} refused just these bytes, received at {}, as it says, for the reason {}{}."
        yield sentence("refused", words, self.hearer, _moment(self.verdict.refused_at), shown, meaning)
        if self.verdict.borne_out is None:
            words = "That is no fault of bytes, which others could look for: it is the word of {} alone."
            yield sentence("refused-own-word", words, self.hearer)
        elif self.verdict.borne_out:
            yield sentence("refused-borne-out", "The bytes in this file bear that out: they have this fault.")
        else:
            yield sentence(
                "refused-not-borne-out", "The bytes in this file do not bear that out: they do not have this fault."
            )

    def _other(self, answer: str) -> Sentence:
        if self.verdict.omitted:
            # What stands for the content was chosen by whoever made the file: nothing shows whether other bytes were answered.
            words = "{} answered {}; the content is left out of this file, which therefore does not show of what."
        else:
            words = (
                "{} answered {} of other bytes than these: something else was sent, or is said to have been. Of what stands in "
                "this file that shows nothing, neither that it was held nor that it was refused."
            )
        return sentence("other-bytes", words, self.hearer, Own(answer))

    def _silence(self, by: Instant) -> Sentence:
        beside = ", and its answer stands beside this" if self.is_answered else ""
        words = (
            "{} says that by {} no answer of {} had reached it. That accuses nobody: what {} had received or answered by then is "
            "not shown by it{}."
        )
        return sentence("unacknowledged", words, self.teller, _moment(by), self.hearer, self.hearer, Own(beside))

    # -- by when, and who stands behind that

    def behind_teller(self) -> Iterator[Sentence]:
        """Who has seen the teller's log with the telling in it."""
        if not self.is_telling:
            # The file shows no place of these bytes in the log, whoever has cosigned that.
            yield sentence("no-third-parties-teller", "No third party fixes when {} offered them.", self.teller)
            return
        counted = _counted(self.verdict.behind_teller)
        if len(counted) >= self.verdict.quorum:
            yield self._bound("witnessed-by", Own("statement and release"), self.teller, counted)
        yield self._behind("teller", self.teller, Own("statement and release"), counted)
        yield from self._discounted(self.teller, self.verdict.behind_teller)
        seen = self._rungs.get("witnessed")
        if seen is not None and seen.at is not None and seen.by == self.verdict.told_to:
            words = "{} had seen statement and release in the log of {} by {}, by its own clock."
            yield sentence("seen-by-hearer", words, self.hearer, self.teller, _moment(seen.at))

    def behind_hearer(self) -> Iterator[Sentence]:
        """Who has seen the hearer's log with its answer in it."""
        if not self.is_answered:
            return
        counted = _counted(self.verdict.behind_hearer)
        if len(counted) >= self.verdict.quorum:
            yield self._bound("proved-by", Own("this answer"), self.hearer, counted)
        yield self._behind("hearer", self.hearer, Own("this answer"), counted)
        yield from self._discounted(self.hearer, self.verdict.behind_hearer)

    def _bound(self, code: str, what: Own, whose: Part, counted: list[Cosigner]) -> Sentence:
        """By when something stood in a log, by the clocks of as many as were asked for."""
        first = counted[: self.verdict.quorum]
        who = self.names(one.party for one in first)
        words = "By {}, by the {} of {}, {} stood in the log of {}."
        return sentence(code, words, _moment(first[-1].at), _plural("clock", who), who, what, whose)

    def _behind(self, side: str, whose: Part, what: Own, counted: list[Cosigner]) -> Sentence:
        """How many third parties stand behind a log, and who they are."""
        quorum = self.verdict.quorum
        if not counted:
            known = Own(" whose fingerprint you gave" if self.verdict.given else "")
            words = "No third party{} fixes by when {} stood in the log of {}."
            if others := self._not_counted():
                words += " Of {} you gave no fingerprint, and no cosignature of {} is counted."
                them = Own("it" if len(others) == 1 else "them")
                return sentence(f"no-third-parties-{side}", words, known, what, whose, others, them)
            return sentence(f"no-third-parties-{side}", words, known, what, whose)
        few = f" Fewer than the {quorum} that you asked for: no time is fixed." if len(counted) < quorum else ""
        words = "{} behind the log of {} with {} in it: {}; neither {} nor {} is counted.{}"
        stand = Own("1 third party stands" if len(counted) == 1 else f"{len(counted)} third parties stand")
        who = self.names(one.party for one in counted)
        return sentence(f"third-parties-{side}", words, stand, whose, what, who, self.teller, self.hearer, Own(few))

    def _not_counted(self) -> list[Part]:
        """Third parties in the file whose cosignatures are not looked at: fingerprints were given, and not theirs."""
        if not self.verdict.given:
            return []
        sides = (self.verdict.told_by, self.verdict.told_to)
        return self.names(sorted(one.text for one in self.verdict.parties if not one.known and one.text not in sides))

    def _discounted(self, whose: Part, behind: Iterable[Cosigner]) -> Iterator[Sentence]:
        for one in behind:
            if one.contradicted:
                words = (
                    "The cosignature of {} on the log of {} counts for nothing: "
                    "by that log's own party, what stands in it came later."
                )
                yield sentence("discounted", words, self.name(one.party), whose)

    # -- who they are

    def who(self) -> Iterator[Sentence]:
        """Whom the reader knows, whom not, and what the names are worth."""
        verdict = self.verdict
        parties = sorted(verdict.parties, key=self._place)
        known = self.names(one.text for one in parties if one.known)
        unknown = self.names(one.text for one in parties if not one.known)
        if known:
            yield sentence("known", "You gave the {} of {}.", _plural("fingerprint", known), known)
        if unknown:
            words = (
                "You gave no fingerprint of {}: who {}, this file does not show. A name in quotation marks is its party's own "
                "choice, and anybody can make up a party: compare the {} below by another way."
            )
            they = Own("that is" if len(unknown) == 1 else "they are")
            yield sentence("unknown", words, unknown, they, _plural("fingerprint", unknown))
        if verdict.given == 1 and verdict.trusted:
            yield sentence("asked-about-one", "You gave one fingerprint, and so have asked about {} alone.", known)
        yield from self._absent(verdict.given - len(known))
        yield from self._names()
        if not self.is_answered and verdict.other is None:
            words = (
                "The name and the keys of {} are as its signed descriptor has them; that this stands in its own log is not "
                "shown, for the file has no answer of it."
            )
            yield sentence("hearer-not-in-log", words, self.hearer)

    def _place(self, one: Label) -> tuple[int, str]:
        """Where a party is named among others: the teller first, then the hearer."""
        roles = (self.verdict.told_by, self.verdict.told_to)
        return (roles.index(one.text) if one.text in roles else len(roles), one.text)

    def _absent(self, count: int) -> Iterator[Sentence]:
        """Fingerprints that the reader gave, and no party in the file has."""
        for name in self.verdict.absent:
            yield sentence("absent", "No party in this file has the fingerprint that you gave for {}.", Word(name))
        if count > len(self.verdict.absent):
            yield sentence("absent", "No party in this file has some of the fingerprints that you gave.")

    def _names(self) -> Iterator[Sentence]:
        for one in self.verdict.parties:
            name, itself = self.name(one.text), Foreign(one.calls_itself)
            if one.clashes:
                words = (
                    "{} calls itself {}, and is not alone in its name: another party goes by the same, or by one that looks like "
                    "it. Go by the fingerprints, not by the names."
                )
                yield sentence("names-clash", words, name, itself)
            elif one.text != one.calls_itself:
                yield sentence("called", "{} calls itself {} in this file.", name, itself)

    # -- what was said, and what is not shown

    def what(self) -> Iterator[Sentence]:
        """The content, as its type is read here."""
        if self.content is not None:
            yield from told_words.told(self.content, self.teller)
        elif self.is_telling:
            yield sentence("omitted", "What was said is left out of this file: nothing but a hash stands in its place.")

    def not_shown(self) -> Iterator[Sentence]:
        """What no such file shows, and what this one leaves open."""
        if "fetched" in self._rungs and not self.is_answered:
            yield _not_shown(Own("that what "), self.hearer, Own(" asked for came to it"))
        if self.verdict.omitted:
            yield _not_shown(Own("what was said"))
        if not self.is_telling:
            yield _not_shown(Own("that these bytes stand in the log of "), self.teller)
        for one in NOT_SHOWN:
            yield _not_shown(Own(one))


def _not_shown(*what: Part) -> Sentence:
    return Sentence("not-shown", (Own("This file does not show "), *what, Own(".")))


def _counted(behind: Iterable[Cosigner]) -> list[Cosigner]:
    return [one for one in behind if not one.contradicted]


def _plural(word: str, of: list[Part]) -> Own:
    return Own(word if len(of) == 1 else f"{word}s")


def _moment(at: Instant | None) -> Own:
    return Own("a time that is not shown" if at is None else instant.text(at).replace("T", " ").replace(".000Z", "Z"))
