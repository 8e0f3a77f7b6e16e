"""Parties made of nothing but the pure functions: keys, a descriptor, a log in memory. No node, no port, no clock.

Everything is drawn from names and counters, so that each run makes the same bytes. A speaker can also be told to lie.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from comity.exchange import acknowledge, deliver, log, prove, release, say, sign, witness
from comity.exchange.acknowledge import Answer, TellerHead
from comity.exchange.deliver import Item, Page, PageEnd, Pull, Want
from comity.exchange.prove import Ended, Held, Later, Place, ProofFile, Wanted
from comity.exchange.witness import Head, Shown
from comity.model import content, party
from comity.model.acknowledgement import Telling, root_over
from comity.model.fingerprint import Fingerprint, origin_of
from comity.model.marking import Terms
from comity.model.party import Keys
from comity.model.release import Release
from comity.model.release import read as read_release
from comity.model.release import write as write_release
from comity.model.statement import Draft, ItemHash, Logged, Signed, Triple, Unverified, close, item_hash
from comity.proof import merkle
from comity.proof.checkpoint import Checkpoint, add_lines, sign_checkpoint
from comity.proof.keys import Signer, SigningKey
from comity.proof.tree import Prover, Tree
from comity.space import instant
from comity.space.instant import Instant

START = instant.parse("2026-11-26T10:00:00Z")
SECOND = 1000
REPORT = content.dump(
    {
        "type": "report",
        "spec_version": "2.1",
        "id": "report--00000000-0000-4000-8000-000000000001",
        "created": "2026-11-26T09:00:00.000Z",
        "modified": "2026-11-26T09:00:00.000Z",
        "name": "نقطة تفتيش / Контрольный пункт / 检查站 / checkpoint",
        "published": "2026-11-26T09:00:00Z",
        "object_refs": ["location--2a4b8c6d-0e1f-4a2b-8c3d-4e5f60718293"],
    }
)


def at(seconds: float) -> Instant:
    """So many seconds after everything begins."""
    return Instant(START + round(seconds * SECOND))


class Speaker:
    """One party.

    Args:
        name: what it calls itself.
        seed: what its keys are drawn from; its name if none is given.
        played: it exists in an exercise alone, and its descriptor says so.
        clock: by how many seconds its clock is ahead of the right time.
        keys: keys of its own choice, by use.
    """

    def __init__(
        self, name: str, *, seed: str = "", played: bool = False, clock: float = 0, **keys: Signer | None
    ) -> None:
        self._played, self.clock = played, clock
        self.name, self._seed, self._drawn = name, seed or name, 0
        self.root, self.statement, self.log, self.witness, self.transport = (
            keys.get(use) or SigningKey(sha256(f"{self._seed}/{use}".encode()).digest()) for use in party.ROLES
        )
        self.tree, self.entries = Tree.empty(), list[Logged]()
        self._tiles: dict[tuple[int, int], bytes] = {}
        self._prover = Prover(lambda level, number: self._tiles[level, number])
        self.origin = origin_of(Fingerprint(self.root.public.id.hex()))
        self.descriptor = party.read(self.show(self.describe()))
        self.append(self.descriptor.signed)

    @property
    def fingerprint(self) -> Fingerprint:
        return self.descriptor.fingerprint

    def draw(self, count: int = 32) -> bytes:
        self._drawn += 1
        return sha256(f"{self._seed}#{self._drawn}".encode()).digest()[:count]

    def uuid(self) -> str:
        return sign.uuid_of(self.draw(16))

    def describe(
        self,
        signer: Signer | None = None,
        *,
        name: str = "",
        played: bool | None = None,
        formats: party.Formats | None = None,
    ) -> Signed:
        """Sign a descriptor of these keys: of this party as it is, or as it would rather be."""
        keys = Keys(*(getattr(self, role).public for role in party.ROLES))
        raw = party.write(
            f"descriptor--{self.uuid()}",
            START,
            party=name or self.name,
            name=self.name.upper(),
            keys=keys,
            next_root=sha256(self._seed.encode()).digest(),
            addresses=[f"http://{self.name}.example"],
            reconstruction=self._played if played is None else played,
            formats=formats,
        )
        return self.sign(Draft(content.parse(raw)), 0, signer or self.root)

    @staticmethod
    def show(signed: Signed) -> Unverified:
        """A statement as another party reads it."""
        return Unverified.read(list(signed.triple))

    def at(self, seconds: float) -> Instant:
        """So many seconds after everything begins, by its own clock."""
        return at(seconds + self.clock)

    # -- saying

    def sign(self, draft: Draft, when: float = 1, signer: Signer | None = None) -> Signed:
        signer = signer or self.statement
        return sign.sign(draft, origin=self.origin, now=self.at(when), random=self.draw(), signer=signer)

    def append(self, *signed: Signed) -> list[Logged]:
        appended = log.append(self.tree, signed)
        self.tree = appended.tree
        self._tiles |= appended.tiles
        self.entries += appended.logged
        return appended.logged

    def say(self, raw: bytes = REPORT, when: float = 1) -> Logged:
        return self.append(self.sign(say.say(raw), when))[0]

    def release(self, said: Logged, to: "Speaker", terms: Terms | None = None, when: float = 2) -> Logged:
        """Release it as the step does, and also what the step refuses: whoever has a key can sign it."""
        now, narrowed = self.at(when), (terms or Terms()).effective(said.signed.object.markings)
        made = Release(f"release--{self.uuid()}", said.id, to.fingerprint, narrowed, now, withdrawn=False)
        draft = Draft(content.parse(write_release(made, now)))
        return self.append(self.sign(draft, when))[0]

    def withdraw(self, given: Logged, when: float = 3) -> Logged:
        draft = release.withdraw(read_release(given.signed.object), now=self.at(when))
        return self.append(self.sign(draft, when))[0]

    def silent(self, given: Logged, to: "Speaker", answer_by: int, when: float) -> Signed:
        """Sign that nothing came before `answer_by`."""
        draft = acknowledge.unacknowledged(
            given.id, to=to.fingerprint, answer_by=self.at(answer_by), now=self.at(when), uuid=self.uuid()
        )
        return self.sign(draft, when)

    def fill(self, count: int) -> None:
        """Say so many other things, to nobody."""
        for _ in range(count):
            self.say()

    # -- showing

    def note(self, when: float = 5, *, cosigned: Sequence[tuple["Speaker", float]] = (), own: bool = True) -> bytes:
        """The newest head, with the cosignatures of others at their times, and with its own unless told otherwise."""
        bare = log.head(self.tree, origin=self.origin, log=self.log, witness=self.witness, now=self.at(when))
        if not own:
            bare = sign_checkpoint(Checkpoint(self.origin, self.tree.size, self.tree.root()), self.origin, self.log)
        return add_lines(bare, [other.cosign(self, bare, second) for other, second in cosigned])

    def head(self) -> Head:
        return witness.read_head(self.note(), self.descriptor)

    def cosign(self, of: "Speaker", note: bytes, when: float) -> str:
        head = witness.read_head(note, of.descriptor)
        return witness.cosign(head, witness_name=f"{self.origin}/w", signer=self.witness, now=self.at(when))

    def path(self, index: int) -> tuple[bytes, ...]:
        return tuple(self._prover.inclusion(index, self.tree.size))

    def place(self, entry: Logged) -> Place:
        return Place(entry.index, self.path(entry.index))

    def shown(self, have: int = 0) -> Shown:
        joining = self._prover.consistency(have, self.tree.size) if 0 < have < self.tree.size else ()
        return Shown(self.note(), have, tuple(joining))

    def pull(self, teller: "Speaker", cursor: int = 0, have: int = 0, when: int = 6) -> Pull:
        return Pull(self.fingerprint, teller.fingerprint, cursor, have, teller.root_at(have), self.at(when) // SECOND)

    def root_at(self, size: int) -> bytes:
        """The root over the first leaves of this log; of a size that it has not, none that anybody can know."""
        known = self.tree.size >= size
        return Tree.load(size, lambda *tile: self._tiles[tile]).root() if known else sha256(b"beyond").digest()

    def teller_head(self) -> TellerHead:
        """The newest head, as a hearer names it in an answer."""
        return TellerHead(self.fingerprint, self.tree.size, self.tree.root())

    def join(self, size: int) -> tuple[bytes, ...]:
        """The consistency path from an older head to the newest."""
        return tuple(self._prover.consistency(size, self.tree.size)) if 0 < size < self.tree.size else ()

    def want(self, teller: "Speaker", tellings: Sequence[Telling], when: int = 6, **lies: object) -> Want:
        """Ask for these tellings under the teller's newest head."""
        head = teller.teller_head()
        want = Want(
            self.fingerprint,
            teller.fingerprint,
            head.size,
            head.root,
            len(tellings),
            root_over(tellings),
            self.at(when) // SECOND,
        )
        return replace(want, **lies)  # type: ignore[arg-type]

    def telling(self, said: Logged, given: Logged) -> Telling:
        """A telling in the bytes that we give, whether or not these belong together."""
        return Telling(said.id, given.id, item_hash(said.signed.triple, given.signed.triple))

    def items(self, *pairs: tuple[Logged | None, Logged]) -> tuple[Item, ...]:
        return deliver.pack([release.released(said, given) for said, given in pairs], self.path)

    def offers(self, to: "Speaker", tellings: Sequence[Telling], when: float = 6) -> PageEnd:
        """The end of a page that offers these tellings under the newest head, from the start of the log."""
        return PageEnd(
            by=self.fingerprint,
            to=to.fingerprint,
            start=0,
            next=self.tree.size,
            size=self.tree.size,
            log_root=self.tree.root(),
            count=len(tellings),
            root=root_over(tellings),
            at=self.at(when) // SECOND,
        )

    def page(self, pull: Pull, items: Sequence[Item], **lies: int | str | bytes) -> Page:
        """Answer a pull by offering these items; the fields of the end can be given other values."""
        tellings = [item.telling for item in items]
        end = replace(self.offers(self, tellings), to=pull.by, start=pull.cursor)
        end = replace(end, **lies)  # type: ignore[arg-type]
        return Page(
            tuple(item.offer for item in items), self.shown(pull.have), deliver.sign_page_end(end, self.statement)
        )

    # -- answering

    def holds(self, teller: "Speaker", tellings: Sequence[Telling], when: float = 7) -> Logged:
        draft = acknowledge.held(tellings, of=teller.teller_head(), now=self.at(when), uuid=self.uuid())
        return self.append(self.sign(draft, when))[0]

    def refuses(self, teller: "Speaker", tellings: Sequence[Telling], reason: str, when: float = 7) -> Logged:
        draft = acknowledge.refuse(tellings, reason, of=teller.teller_head(), now=self.at(when), uuid=self.uuid())
        return self.append(self.sign(draft, when))[0]

    def answer(self, said: Logged, tellings: Sequence[Telling], have: int = 0) -> Answer:
        """The answer as the teller decodes it."""
        place = acknowledge.Place(said.index, self.path(said.index), self.path(0))
        return acknowledge.decode_answer(acknowledge.encode_answer(said.signed, tellings, place, self.shown(have)))


@dataclass
class Story:
    """fr tells ru; ru holds it; us and cn see the heads of both. `file` puts the proof together, whole or in part.

    Attributes:
        others: two more tellings of the same page, which the proof must not need to show.
        offer: the teller's page end that offered these tellings; the hearer keeps it.
        item: what the answer is about, where that is other bytes.
    """

    fr: Speaker
    ru: Speaker
    us: Speaker
    cn: Speaker
    said: Logged
    given: Logged
    others: list[Telling]
    offer: PageEnd
    want: Want
    answer: Logged
    silence: Logged | None = None
    withdrawal: Logged | None = None
    item: ItemHash | None = None

    @classmethod
    def make(
        cls,
        *,
        refused: str | None = None,
        answer_by: int | None = None,
        withdrawn: float | None = None,
        held_after_ms: int = 0,
        statement: Signer | None = None,
        raw: bytes = REPORT,
        item: ItemHash | None = None,
        clocks: Mapping[str, float] | None = None,
        names: Mapping[str, str] | None = None,
        played: Collection[str] = (),
    ) -> "Story":
        """Play it.

        Args:
            refused: the code for which ru refuses it; it is then the only one that was offered.
            answer_by: by when ru shall answer, by the clock of fr; a second later fr says that nothing has reached it.
            withdrawn: when fr takes the release back.
            held_after_ms: how long after the seventh second ru answers.
            statement: fr's statement key.
            raw: what is said.
            item: what the answer is about, where that is other bytes.
            clocks: by how many seconds the clocks of some are ahead.
            names: what some call themselves.
            played: who exists in an exercise alone.
        """
        fr, ru, us, cn = (
            Speaker(
                (names or {}).get(who, who),
                seed=who,
                played=who in played,
                clock=(clocks or {}).get(who, 0),
                statement=statement if who == "fr" else None,
            )
            for who in ("fr", "ru", "us", "cn")
        )
        fr.fill(4)
        ru.fill(2)
        terms = Terms(answer_by=None if answer_by is None else fr.at(answer_by))
        said = fr.append(fr.sign(Draft(content.parse(raw))))[0]
        given = fr.release(said, ru, terms)
        further = [fr.say(), fr.say()]
        others = [fr.telling(one, fr.release(one, ru)) for one in further]
        own = fr.telling(said, given)
        if refused is not None:
            others = []
        tellings = [others[0], own, others[1]] if others else [own]
        offer, want = fr.offers(ru, tellings), ru.want(fr, tellings)
        came = own if item is None else replace(own, item=item)
        when = 7 + held_after_ms / SECOND
        if refused is None:
            answer = ru.holds(fr, [came if telling == own else telling for telling in tellings], when)
        else:
            answer = ru.refuses(fr, [came], refused, when)
        silence = None
        if answer_by is not None:
            silence = fr.append(fr.silent(given, ru, answer_by, answer_by + 1))[0]
        withdrawal = None if withdrawn is None else fr.withdraw(given, withdrawn)
        ru.fill(1)
        return cls(fr, ru, us, cn, said, given, others, offer, want, answer, silence, withdrawal, item)

    @property
    def tellings(self) -> list[Telling]:
        own = self.fr.telling(self.said, self.given)
        return [self.others[0], own, self.others[1]] if self.others else [own]

    @property
    def trust(self) -> dict[str, Fingerprint]:
        return {one.name: one.fingerprint for one in (self.fr, self.ru, self.us, self.cn)}

    def file(
        self,
        *,
        answered: bool = True,
        wanted: bool = True,
        offered: bool = False,
        content: bool = True,
        own: bool = True,
        headed: float | None = None,
        told_heads: Sequence[tuple[Speaker, float]] | None = None,
        held_heads: Sequence[tuple[Speaker, float]] | None = None,
    ) -> ProofFile:
        """The proof file, as the teller makes it unless told otherwise.

        Args:
            answered, wanted, offered: it has the answer, the want, the page end.
            content: it has the content, and not just what stands for it.
            own: the teller's head has the teller's own cosignature.
            headed: when the teller made that head; unless said otherwise after all that it holds.
            told_heads, held_heads: who cosigned teller's and hearer's heads, and when.
        """
        told = [(self.us, 8)] if told_heads is None else told_heads
        held = [(self.us, 9), (self.cn, 11)] if held_heads is None else held_heads
        head = self.fr.note(self.headed if headed is None else headed, cosigned=told, own=own)
        return ProofFile(
            self.said.signed.triple if content else close(self.said.signed.triple),
            self.given.signed.triple,
            (self.fr.place(self.said), self.fr.place(self.given)),
            prove.in_order(head),
            self.fr.path(0),
            self.ended() if offered else None,
            self.wanted() if wanted else None,
            self.held(held, joined=not wanted) if answered else None,
            None if self.silence is None else Later(self.silence.signed.triple, self.fr.place(self.silence)),
            None if self.withdrawal is None else Later(self.withdrawal.signed.triple, self.fr.place(self.withdrawal)),
            described(self.fr, self.ru, *(one for one, _ in [*told, *(held if answered else [])])),
        )

    def mine(self, **parts: Any) -> ProofFile:
        """The file as the hearer makes it, with no help of the teller: its page end, and the head that it has."""
        mine: dict[str, Any] = {"wanted": False, "offered": True, "own": False, "told_heads": []}
        return self.file(**mine | parts)

    def refusal(
        self,
        reason: str,
        *,
        statement: Triple | None,
        release: Triple,
        signed: Telling | None = None,
        told_heads: Sequence[tuple[Speaker, float]] = (),
        held_heads: Sequence[tuple[Speaker, float]] | None = None,
    ) -> ProofFile:
        """The file of what ru refused: fr offers these bytes, whatever they are, and ru refuses them just now.

        Args:
            signed: what fr's page end and ru's answer name, where that is not the telling of these bytes.
        """
        held = [(self.us, 9), (self.cn, 11)] if held_heads is None else held_heads
        empty = ProofFile(statement, release, None, b"", (), None, None, None, None, None, ())
        came = empty.telling if signed is None else signed
        end, head = self.fr.offers(self.ru, [came]), self.fr.note(self.headed, cosigned=told_heads)
        answer = self.ru.refuses(self.fr, [came], reason)
        place = Place(0, ())
        return replace(
            empty,
            note=prove.in_order(head),
            genesis=self.fr.path(0),
            ended=Ended(deliver.sign_page_end(end, self.fr.statement), place, ()),
            held=Held(
                answer.signed.triple,
                None,
                place,
                self.ru.place(answer),
                prove.in_order(self.ru.note(8, cosigned=held, own=False)),
                self.ru.path(0),
                (),
            ),
            parties=described(self.fr, self.ru, *(one for one, _ in [*told_heads, *held])),
        )

    @property
    def headed(self) -> float:
        """When the teller made its newest head: after all that this holds, as it goes by one clock."""
        later = [entry for entry in (self.silence, self.withdrawal) if entry is not None]
        return max([5, *(entry.signed.envelope.iat - self.fr.at(0) // SECOND for entry in later)])

    @property
    def inside(self) -> Place:
        """The place of the telling among those that were wanted and answered together."""
        leaves, position = [one.leaf for one in self.tellings], len(self.tellings) // 2
        return Place(position, tuple(merkle.inclusion_path(leaves, position)))

    def ended(self) -> Ended:
        signed = deliver.sign_page_end(self.offer, self.fr.statement)
        return Ended(signed, self.inside, self.fr.join(self.offer.size))

    def wanted(self) -> Wanted:
        signed = deliver.sign_want(self.want, self.ru.statement)
        return Wanted(signed, self.inside, self.fr.join(self.want.size))

    def held(self, cosigned: Sequence[tuple[Speaker, float]], *, joined: bool = False) -> Held:
        """The answer; with `joined` by a path of its own to the teller's checkpoint, as where there is no want."""
        note = prove.in_order(self.ru.note(8, cosigned=cosigned, own=False))
        join = self.fr.join(self.want.size) if joined else ()
        place = self.ru.place(self.answer)
        return Held(self.answer.signed.triple, self.item, self.inside, place, note, self.ru.path(0), join)

    def bytes(self) -> bytes:
        return prove.encode(self.file())


def described(*parties: Speaker) -> tuple[Triple, ...]:
    """The descriptors of some, each once, as they stand in a file."""
    return tuple(sorted({one.descriptor.signed.triple for one in parties}))
