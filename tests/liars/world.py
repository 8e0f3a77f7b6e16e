"""A model of the world: parties with keys and clocks, and what really happened among them. No node, no port, no store.

Time is virtual and true: seconds since everything began. A party's clock is that and its own error, within two and a half
minutes for who is honest: any two honest clocks are within five. What an honest party did is written down in `World.did`,
which no liar can change; when anything was made, in `World.born`, whoever made it. Liars keep no such book, and know all
that anybody has made.

All is drawn from a tape of bytes, on which zero stands for what is honest and simple: whatever fails shrinks to that.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from typing import TypeVar

from comity.exchange import acknowledge, deliver, log, release, sign, witness
from comity.exchange.acknowledge import TellerHead
from comity.exchange.deliver import Item, PageEnd, Want
from comity.model import content, party
from comity.model.acknowledgement import HELD, Telling, root_over
from comity.model.fingerprint import Fingerprint, origin_of, witness_of
from comity.model.marking import Terms
from comity.model.party import UNPLACED, Descriptor, Keys
from comity.model.release import read as read_release
from comity.model.statement import Draft, ItemHash, Signed, Triple, Unverified, item_hash
from comity.proof import merkle
from comity.proof.checkpoint import Checkpoint, cosign, sign_checkpoint
from comity.proof.keys import SigningKey
from comity.proof.note import COSIGNATURE, NoteKey, parse_line
from comity.space import instant
from comity.space.instant import Instant

T = TypeVar("T")

START = instant.parse("2026-11-26T10:00:00Z") // 1000
SKEW = 150
DAY = 86_400


class Tape:
    """Choices, one byte each; beyond its end all are zero."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def byte(self) -> int:
        """The next byte."""
        at, self._at = self._at, self._at + 1
        return self._data[at] if at < len(self._data) else 0

    def pick(self, options: Sequence[T]) -> T:
        """One of some; the first is the simple one."""
        return options[self.byte() % len(options)]

    def chance(self, of: int) -> bool:
        """True one time in so many."""
        return self.byte() >= 256 - 256 // of


# -- trees of a few leaves


def join(leaves: Sequence[bytes], old: int) -> tuple[bytes, ...]:
    """The consistency path from the first leaves to all (RFC 9162 2.1.4.1)."""
    return _part(old, list(leaves), whole=True) if 0 < old < len(leaves) else ()


def _part(old: int, leaves: list[bytes], *, whole: bool) -> tuple[bytes, ...]:
    if old == len(leaves):
        return () if whole else (merkle.root_of(leaves),)
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if old <= half:
        return (*_part(old, leaves[:half], whole=whole), merkle.root_of(leaves[half:]))
    return (*_part(old - half, leaves[half:], whole=False), merkle.root_of(leaves[:half]))


@dataclass(eq=False)
class Log:
    """One tree that a party shows as its log; who lies may have several.

    Attributes:
        descriptor: leaf 0.
    """

    owner: "Actor"
    descriptor: Descriptor
    entries: list[Signed] = field(default_factory=list)

    @property
    def size(self) -> int:
        return len(self.entries)

    def leaves(self, size: int | None = None) -> list[bytes]:
        return [one.id for one in self.entries[:size]]

    def root(self, size: int | None = None) -> bytes:
        return merkle.root_of(self.leaves(size))

    @property
    def signer(self) -> SigningKey:
        """The statement key that its descriptor names."""
        own = self.owner.statement
        return own if own.public == self.descriptor.key("statement", UNPLACED) else _keys(self.owner.seed + "again")[1]

    def checkpoint(self, size: int) -> Checkpoint:
        return Checkpoint(self.owner.origin, size, self.root(size))

    def index(self, id: bytes) -> int | None:
        return next((at for at, one in enumerate(self.entries) if one.id == id), None)

    def path(self, index: int, size: int) -> tuple[bytes, ...]:
        return tuple(merkle.inclusion_path(self.leaves(size), index)) if index < size else ()

    def join(self, one: int, other: int) -> tuple[bytes, ...]:
        small, large = sorted([one, other])
        return join(self.leaves(large), small)

    def holds(self, size: int, root: bytes) -> bool:
        return size <= self.size and self.root(size) == root


@cache
def _keys(seed: str) -> tuple[SigningKey, ...]:
    return tuple(SigningKey(sha256(f"{seed}/{use}".encode()).digest()) for use in party.ROLES)


@cache
def _describe(seed: str, name: str, demo: bool, again: str, stolen: tuple[str, str] = ("", "")) -> Descriptor:
    """A descriptor of these keys; `again` tells apart those that one root has signed, and `stolen` is (whose, use)."""
    root, *others = _keys(seed)
    if again:
        # The same log and witness, under which others know it, and a statement key that nobody knows.
        others[0] = _keys(seed + again)[1]
    whose, use = stolen
    if whose:
        at = party.ROLES.index(use)
        others[at - 1] = _keys(whose)[at]
    origin = origin_of(Fingerprint(root.public.id.hex()))
    drawn = sha256(f"{seed}{name}{demo}{again}{stolen}".encode()).digest()
    raw = party.write(
        f"descriptor--{sign.uuid_of(drawn[:16])}",
        Instant(START * 1000),
        party=name,
        name=name.upper(),
        keys=Keys(root.public, *(one.public for one in others)),
        next_root=sha256(seed.encode()).digest(),
        addresses=[],
        reconstruction=demo,
    )
    signed = sign.sign(Draft(content.parse(raw)), origin=origin, now=Instant(START * 1000), random=drawn, signer=root)
    return party.read(Unverified.read(list(signed.triple)))


@cache
def report(number: int) -> Draft:
    """Something to say."""
    return Draft(
        content.parse(
            content.dump(
                {
                    "type": "report",
                    "spec_version": "2.1",
                    "id": f"report--00000000-0000-4000-8000-{number:012x}",
                    "created": "2026-11-26T09:00:00.000Z",
                    "modified": "2026-11-26T09:00:00.000Z",
                    "name": f"warning {number}",
                    "published": "2026-11-26T09:00:00Z",
                    "object_refs": ["location--2a4b8c6d-0e1f-4a2b-8c3d-4e5f60718293"],
                }
            )
        )
    )


class Actor:
    """A party.

    Attributes:
        skew: seconds that its clock is ahead.
        logs: the first is its own; further ones are forks of who lies.
        sees: of each other party the log that it was shown first.
        stolen: whose public key stands in its descriptor, and for what use.
    """

    def __init__(self, seed: str, name: str, *, honest: bool, skew: int, demo: bool) -> None:
        self.seed, self.name, self.honest, self.skew, self.demo = seed, name, honest, skew, demo
        self.root, self.statement, self.log_key, self.witness, _ = _keys(seed)
        self.descriptor = _describe(seed, name, demo, "")
        self.fingerprint, self.origin = self.descriptor.fingerprint, self.descriptor.origin
        self.logs = [Log(self, self.descriptor, [self.descriptor.signed])]
        self.sees: dict[str, Log] = {}
        self.stolen = ("", "")
        self._drawn = 0

    def steal(self, whose: str, use: str) -> None:
        """Put another's public key into its descriptor, as its own."""
        self.stolen = whose, use
        self.descriptor = _describe(self.seed, self.name, self.demo, "", self.stolen)
        self.logs = [Log(self, self.descriptor, [self.descriptor.signed])]

    def __repr__(self) -> str:
        return f"{self.seed} ({'honest' if self.honest else 'LIAR'})"

    def draw(self, count: int = 32) -> bytes:
        self._drawn += 1
        return sha256(f"{self.seed}#{self._drawn}".encode()).digest()[:count]

    def uuid(self) -> str:
        return sign.uuid_of(self.draw(16))

    def another(self, name: str, *, demo: bool, keys: bool) -> Descriptor:
        """A second descriptor under its root."""
        return _describe(self.seed, name, demo, "again" if keys else "")


# -- what was made


@dataclass(frozen=True, eq=False)
class Given:
    """A statement and its release, as a teller signed them, both in one of its logs."""

    said: Signed
    release: Signed
    log: Log
    to: Actor
    answer_by: Instant | None

    @property
    def telling(self) -> Telling:
        return telling(self.said.triple, self.release.triple)


@dataclass(frozen=True, eq=False)
class Ending:
    """A signed page end, with what it is over."""

    data: bytes
    end: PageEnd
    log: Log
    tellings: tuple[Telling, ...]


@dataclass(frozen=True, eq=False)
class Wanting:
    """A signed want, with what it is over; `log` is whose head it names, None where that is nobody's."""

    data: bytes
    want: Want
    log: Log | None
    tellings: tuple[Telling, ...]
    when: int


@dataclass(frozen=True, eq=False)
class Answering:
    """An acknowledgement, signed and logged, with what it is over."""

    signed: Signed
    log: Log
    of: TellerHead
    seen: Log | None
    tellings: tuple[Telling, ...]
    disposition: str


@dataclass(frozen=True, eq=False)
class Further:
    """A withdrawal or a silence, in one of the teller's logs."""

    signed: Signed
    log: Log
    release: bytes


@dataclass(frozen=True, eq=False)
class Cosigning:
    """A cosignature of a head of a log; `when` is the true second at which it was made."""

    by: Actor
    log: Log
    size: int
    second: int
    line: str
    when: int

    @property
    def is_timely(self) -> bool:
        """The log's own party takes it: it is within five minutes of its clock."""
        return abs(self.second - (START + self.when + self.log.owner.skew)) <= 300


def telling(said: Triple | None, given: Triple) -> Telling:
    """A telling in these bytes, whether or not they belong together."""
    item = Item(said, 0, (), given, 0, ())
    return item.telling


Fact = tuple[object, ...]


class World:
    """What happened.

    Attributes:
        now: true seconds since it began.
        did: what each honest party really did.
        born: when a statement was signed, in true seconds, by its id.
        bytes: the bytes behind each item hash, as somebody has made them.
        reached: (release, item) -> the true second at which an answer to it was with its teller.
        lines: the story, for people.
    """

    def __init__(self, tape: Tape) -> None:
        self.tape, self.now = tape, 0
        self.actors: list[Actor] = []
        self.did: set[Fact] = set()
        self.born: dict[bytes, int] = {}
        self.bytes: dict[ItemHash, tuple[Triple | None, Triple]] = {}
        self.reached: dict[bytes, int] = {}
        self.lines: list[str] = []
        self.given: list[Given] = []
        self.endings: list[Ending] = []
        self.wantings: list[Wanting] = []
        self.answers: list[Answering] = []
        self.silences: list[Further] = []
        self.withdrawals: list[Further] = []
        self.cosignings: list[Cosigning] = []

    def tell(self, line: str) -> None:
        self.lines.append(f"{self.now:>7} s  {line}")

    def who(self, fingerprint: Fingerprint | None) -> Actor:
        return next(one for one in self.actors if one.fingerprint == fingerprint)

    # -- time

    def clock(self, actor: Actor) -> int:
        """What a party's clock shows, in seconds since 1970."""
        return START + self.now + actor.skew

    def when(self, actor: Actor) -> int:
        """What a party says that its clock shows."""
        clock = self.clock(actor)
        if actor.honest or not self.tape.chance(3):
            return clock
        off = self.tape.pick([-290, 290, -DAY, DAY, -601, 601, -3600, 1 - clock, 5 * 365 * DAY])
        return clock + off

    # -- saying; each takes the log it goes to

    def sign(self, actor: Actor, draft: Draft, at: int, signer: SigningKey) -> Signed:
        signed = sign.sign(draft, origin=actor.origin, now=Instant(at * 1000), random=actor.draw(), signer=signer)
        self.born[signed.id] = self.now
        return signed

    def book(self, actor: Actor, *fact: object) -> None:
        """Write down what an honest party did."""
        if actor.honest:
            self.did.add((fact[0], actor.fingerprint, *fact[1:]))

    def say(self, actor: Actor, log: Log, number: int, signer: SigningKey | None = None) -> Signed:
        said = self.sign(actor, report(number), self.when(actor), signer or log.signer)
        log.entries.append(said)
        self.book(actor, "said", said.id)
        self.tell(f"{actor} said warning {number}, dated {_ago(self, said.envelope.iat)}")
        return said

    def release(self, actor: Actor, log: Log, said: Signed, to: Actor, answer_by: int | None = None) -> Given:
        at = self.when(actor)
        due = None if answer_by is None else Instant(answer_by * 1000)
        draft = release.release(
            said, to=to.fingerprint, terms=Terms(answer_by=due), now=Instant(at * 1000), uuid=actor.uuid()
        )
        signed = self.sign(actor, draft, at, log.signer)
        log.entries.append(signed)
        self.book(actor, "released", signed.id, said.id, to.fingerprint)
        given = Given(said, signed, log, to, due)
        self.given.append(given)
        self.bytes[given.telling.item] = said.triple, signed.triple
        self.tell(f"{actor} released it to {to}, dated {_ago(self, at)}" + ("" if due is None else ", answer due"))
        return given

    def withdraw(self, actor: Actor, given: Given) -> Signed:
        at = self.when(actor)
        draft = release.withdraw(read_release(given.release.object), now=Instant(at * 1000))
        signed = self.sign(actor, draft, at, given.log.signer)
        given.log.entries.append(signed)
        self.book(actor, "withdrew", signed.id, given.release.id)
        self.withdrawals.append(Further(signed, given.log, given.release.id))
        self.tell(f"{actor} withdrew a release, dated {_ago(self, at)}")
        return signed

    def silence(self, actor: Actor, given: Given, answer_by: Instant) -> None:
        at = self.when(actor)
        if not actor.honest:
            at = max(at, answer_by // 1000)
        draft = acknowledge.unacknowledged(
            given.release.id, to=given.to.fingerprint, answer_by=answer_by, now=Instant(at * 1000), uuid=actor.uuid()
        )
        signed = self.sign(actor, draft, at, given.log.signer)
        given.log.entries.append(signed)
        self.book(actor, "silent", given.release.id, answer_by)
        self.silences.append(Further(signed, given.log, given.release.id))
        self.tell(f"{actor} logged that nothing had come, dated {_ago(self, at)}")

    # -- pages, wants, answers

    def end(self, actor: Actor, log: Log, to: Actor, tellings: Sequence[Telling]) -> Ending:
        size = log.size
        end = PageEnd(
            actor.fingerprint,
            to.fingerprint,
            0,
            size,
            size,
            log.root(),
            len(tellings),
            root_over(tellings),
            self.when(actor),
        )
        for one in tellings:
            self.book(actor, "offered", to.fingerprint, one.item, end.at)
        made = Ending(deliver.sign_page_end(end, log.signer), end, log, tuple(tellings))
        self.endings.append(made)
        self.tell(f"{actor} offered {_short(tellings)} to {to}, dated {_ago(self, end.at)}")
        return made

    def want(self, actor: Actor, of: Actor, head: tuple[Log | None, int, bytes], tellings: Sequence[Telling]) -> None:
        log, size, root = head
        want = Want(actor.fingerprint, of.fingerprint, size, root, len(tellings), root_over(tellings), self.when(actor))
        for one in tellings:
            self.book(actor, "asked", of.fingerprint, one.item, want.at)
        self.wantings.append(Wanting(deliver.sign_want(want, actor.statement), want, log, tuple(tellings), self.now))
        self.tell(f"{actor} asked {of} for {_short(tellings)}, dated {_ago(self, want.at)}")

    def answer(
        self,
        actor: Actor,
        log: Log,
        head: tuple[Log | None, TellerHead],
        tellings: Sequence[Telling],
        reason: str | None,
    ) -> Answering:
        """Hold these, or refuse them for a reason."""
        seen, of = head
        received, at = self.when(actor) * 1000 + 250, self.when(actor)
        common = {"of": of, "now": Instant(received), "uuid": actor.uuid()}
        draft = (
            acknowledge.held(tellings, **common)  # type: ignore[arg-type]
            if reason is None
            else acknowledge.refuse(tellings, reason, **common)  # type: ignore[arg-type]
        )
        signed = self.sign(actor, draft, max(at, received // 1000) if actor.honest else at, log.signer)
        log.entries.append(signed)
        for one in tellings:
            self.book(actor, "answered", of.party, one.statement, one.release, one.item, reason, received)
        made = Answering(signed, log, of, seen, tuple(tellings), HELD if reason is None else "refused")
        self.answers.append(made)
        what = "held" if reason is None else f"refused as {reason}"
        self.tell(f"{actor} logged that it {what} {_short(tellings)}, received {_ago(self, received // 1000)}")
        return made

    # -- heads

    def cosign(self, by: Actor, log: Log, size: int, second: int) -> None:
        checkpoint = log.checkpoint(size)
        line = cosign(checkpoint, witness_of(by.origin), by.witness, max(second, 1))
        if by.stolen[1] == "witness":
            line = self._passed_off(by, log, size)
            if not line:
                return
        self.book(by, "cosigned", log.owner.origin, size, checkpoint.root, max(second, 1))
        self.cosignings.append(Cosigning(by, log, size, max(second, 1), line, self.now))
        self.tell(f"{by} cosigned the head of {size} leaves of {log.owner}, dated {_ago(self, second)}")

    def _passed_off(self, by: Actor, log: Log, size: int) -> str:
        """A cosignature that another made, under one's own name: C2SP signs no name."""
        theirs = [one for one in self.cosignings if one.by.seed == by.stolen[0] and (one.log, one.size) == (log, size)]
        if not theirs:
            return ""
        key = NoteKey(witness_of(by.origin), COSIGNATURE, theirs[-1].by.witness.public)
        return key.line(parse_line(theirs[-1].line).signature)

    def note(self, log: Log, size: int) -> bytes:
        """A head with the log's own signature alone."""
        return sign_checkpoint(log.checkpoint(size), log.owner.origin, log.owner.log_key)


def _short(tellings: Sequence[Telling]) -> str:
    return ", ".join(f"[{one.statement.hex()[:4]} {one.release.hex()[:4]} {one.item.hex()[:4]}]" for one in tellings)


def _ago(world: World, second: int) -> str:
    return f"{second - START:+} s"


__all__ = ["SKEW", "START", "Actor", "Log", "Tape", "World", "item_hash", "log", "telling", "witness"]
