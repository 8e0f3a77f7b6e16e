"""The story that log, receipt, page, acknowledgement and proof-file vectors are cut from.

10:01 fr says a report and releases it to ru, answer wanted by 10:20; 10:02 fr says a note and releases it to us, who will
stay silent. 10:04 ru is offered the report, at 10:04:30 it asks for it, at 10:05 it holds it and says so. 10:06 us, 10:07 de
cosign ru's head. 10:30 fr logs that us did not answer. 10:40 fr withdraws the report from ru.
"""

from dataclasses import dataclass
from functools import cache

from comity.exchange import acknowledge, deliver
from comity.exchange import release as gate
from comity.exchange.acknowledge import TellerHead
from comity.exchange.deliver import Item, PageEnd, Pull, Want
from comity.model import release
from comity.model.acknowledgement import Telling, root_over
from comity.model.fingerprint import Fingerprint
from comity.model.marking import Onward, Terms, Tlp
from comity.model.statement import Draft, Signed
from comity.proof import merkle
from comity.space.instant import Instant
from conformance.vectors.cast import NOTE, REPORT, Actor, Log, actor, at, uuid

TOLD = 5  # the size of fr's log when ru asked
ALL = 7


def signed(draft: Draft, by: Actor, label: str, when: Instant) -> Signed:
    return by.says(draft.object.raw, label, when)


@dataclass(frozen=True)
class Story:
    """What everybody has said."""

    report: Signed
    to_ru: Signed
    note: Signed
    to_us: Signed
    silence: Signed
    withdrawal: Signed
    held: Signed
    fr: Log
    ru: Log

    @property
    def telling(self) -> Telling:
        return telling_of(self.report, self.to_ru)

    def page_end(self, **changed: object) -> bytes:
        """fr's end of the page that ru got."""
        plain: dict[str, object] = {
            "by": actor("fr").fingerprint,
            "to": actor("ru").fingerprint,
            "start": 0,
            "next": TOLD,
            "size": TOLD,
            "log_root": root_of(self.fr, TOLD),
            "count": 1,
            "root": root_over([self.telling]),
            "at": at(4) // 1000,
        }
        return deliver.sign_page_end(PageEnd(**(plain | changed)), actor("fr").statement)  # type: ignore[arg-type]


def telling_of(said: Signed | None, given: Signed) -> Telling:
    """What a page and a want name: these two, in just these bytes."""
    return Item(None if said is None else said.triple, 0, (), given.triple, 0, ()).telling


def root_of(log: Log, size: int) -> bytes:
    """The root over the first leaves of a log."""
    return merkle.root_of(log.ids[:size])


@cache
def story() -> Story:
    fr, ru = actor("fr"), actor("ru")
    report = fr.says(REPORT, "report", at(1))
    to_ru = release_of(report, "ru", answer_by=at(20), label="to-ru")
    note = fr.says(NOTE, "note", at(2))
    to_us = release_of(note, "us", answer_by=at(20), label="to-us", minute=2.5)
    us = actor("us").fingerprint
    drafted = acknowledge.unacknowledged(to_us.id, to=us, answer_by=at(20), now=at(30), uuid=uuid("silence"))
    silence = signed(drafted, fr, "silence", at(30))
    drafted = gate.withdraw(release.read(to_ru.object), now=at(40))
    withdrawal = signed(drafted, fr, "withdrawal", at(40))
    log_fr = Log(fr, report, to_ru, note, to_us, silence, withdrawal)
    of = TellerHead(fr.fingerprint, TOLD, root_of(log_fr, TOLD))
    drafted = acknowledge.held([telling_of(report, to_ru)], of=of, now=at(5), uuid=uuid("held"))
    held = signed(drafted, ru, "held", at(5))
    log_ru = Log(ru, ru.says(NOTE.replace(b"1c9a", b"2c9a"), "own note of ru", at(3)), held)
    return Story(report, to_ru, note, to_us, silence, withdrawal, held, log_fr, log_ru)


def release_of(
    said: Signed, to: str, *, answer_by: Instant | None, label: str, by: str = "fr", minute: float = 1.5
) -> Signed:
    terms = Terms(Tlp.AMBER, Onward.NEVER, answer_by)
    whom = Fingerprint(actor(to).fingerprint)
    drafted = gate.release(said, to=whom, terms=terms, now=at(minute), uuid=uuid(label))
    return signed(drafted, actor(by), label, at(minute))


def pull(**changed: object) -> bytes:
    """ru's pull at 10:08, after it has taken what stands below 5."""
    plain: dict[str, object] = {
        "by": actor("ru").fingerprint,
        "to": actor("fr").fingerprint,
        "cursor": TOLD,
        "have": TOLD,
        "root": root_of(story().fr, TOLD),
        "at": at(8) // 1000,
    }
    return deliver.sign_pull(Pull(**(plain | changed)), actor("ru").statement)  # type: ignore[arg-type]


def want(*tellings: Telling, **changed: object) -> bytes:
    """ru's want at 10:04:30 of what fr's page had offered: the report, or other tellings."""
    wanted = tellings or (story().telling,)
    plain: dict[str, object] = {
        "by": actor("ru").fingerprint,
        "to": actor("fr").fingerprint,
        "size": TOLD,
        "log_root": root_of(story().fr, TOLD),
        "count": len(wanted),
        "root": root_over(wanted),
        "at": at(4.5) // 1000,
    }
    return deliver.sign_want(Want(**(plain | changed)), actor("ru").statement)  # type: ignore[arg-type]
