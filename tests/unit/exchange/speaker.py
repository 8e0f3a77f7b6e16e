"""Parties made of nothing but the pure functions: keys, a descriptor, a log in memory. No node, no port, no clock.

Everything is drawn from names and counters, so that each run makes the same bytes. A speaker can also be told to lie.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from comity.exchange import acknowledge, deliver, log, prove, release, say, sign, witness
from comity.exchange.acknowledge import Answer
from comity.exchange.deliver import Item, Page, PageEnd, Pull
from comity.exchange.prove import Held, Later, Place, ProofFile
from comity.exchange.witness import Head, Shown
from comity.model import content, party
from comity.model.acknowledgement import Telling, root_over
from comity.model.fingerprint import Fingerprint, origin_of
from comity.model.marking import Terms
from comity.model.party import Keys
from comity.model.release import read as read_release
from comity.model.statement import Draft, Logged, Signed, Unverified
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
        keys: keys of its own choice, by use.
    """

    def __init__(self, name: str, *, seed: str = "", played: bool = False, **keys: Signer | None) -> None:
        self._played = played
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

    def describe(self, signer: Signer | None = None) -> Signed:
        """Sign a descriptor of these keys."""
        keys = Keys(*(getattr(self, role).public for role in party.ROLES))
        raw = party.write(
            f"descriptor--{self.uuid()}",
            START,
            party=self.name,
            name=self.name.upper(),
            keys=keys,
            next_root=sha256(self._seed.encode()).digest(),
            addresses=[f"http://{self.name}.example"],
            reconstruction=self._played,
        )
        return self.sign(Draft(content.parse(raw)), 0, signer or self.root)

    @staticmethod
    def show(signed: Signed) -> Unverified:
        """A statement as another party reads it."""
        return Unverified.read(list(signed.triple))

    # -- saying

    def sign(self, draft: Draft, when: float = 1, signer: Signer | None = None) -> Signed:
        signer = signer or self.statement
        return sign.sign(draft, origin=self.origin, now=at(when), random=self.draw(), signer=signer)

    def append(self, *signed: Signed) -> list[Logged]:
        appended = log.append(self.tree, signed)
        self.tree = appended.tree
        self._tiles |= appended.tiles
        self.entries += appended.logged
        return appended.logged

    def say(self, raw: bytes = REPORT, when: int = 1) -> Logged:
        return self.append(self.sign(say.say(raw), when))[0]

    def release(self, said: Logged, to: "Speaker", terms: Terms | None = None, when: int = 2) -> Logged:
        draft = release.release(said.signed, to=to.fingerprint, terms=terms or Terms(), now=at(when), uuid=self.uuid())
        return self.append(self.sign(draft, when))[0]

    def withdraw(self, given: Logged, when: int = 3) -> Logged:
        return self.append(self.sign(release.withdraw(read_release(given.signed.object), now=at(when)), when))[0]

    def silent(self, given: Logged, to: "Speaker", answer_by: int, when: int) -> Signed:
        """Sign that nothing came before `answer_by`."""
        draft = acknowledge.unacknowledged(
            given.id, to=to.fingerprint, answer_by=at(answer_by), now=at(when), uuid=self.uuid()
        )
        return self.sign(draft, when)

    def fill(self, count: int) -> None:
        """Say so many other things, to nobody."""
        for _ in range(count):
            self.say()

    # -- showing

    def note(self, when: int = 5, *, cosigned: Sequence[tuple["Speaker", float]] = (), own: bool = True) -> bytes:
        """The newest head, with the cosignatures of others at their times, and with its own unless told otherwise."""
        bare = log.head(self.tree, origin=self.origin, log=self.log, witness=self.witness, now=at(when))
        if not own:
            bare = sign_checkpoint(Checkpoint(self.origin, self.tree.size, self.tree.root()), self.origin, self.log)
        return add_lines(bare, [other.cosign(self, bare, second) for other, second in cosigned])

    def head(self) -> Head:
        return witness.read_head(self.note(), self.descriptor)

    def cosign(self, of: "Speaker", note: bytes, when: float) -> str:
        head = witness.read_head(note, of.descriptor)
        return witness.cosign(head, witness_name=f"{self.origin}/w", signer=self.witness, now=at(when))

    def path(self, index: int) -> tuple[bytes, ...]:
        return tuple(self._prover.inclusion(index, self.tree.size))

    def place(self, entry: Logged) -> Place:
        return Place(entry.index, self.path(entry.index))

    def shown(self, have: int = 0) -> Shown:
        joining = self._prover.consistency(have, self.tree.size) if 0 < have < self.tree.size else ()
        return Shown(self.note(), have, tuple(joining))

    def pull(self, teller: "Speaker", cursor: int = 0, have: int = 0, when: int = 6) -> Pull:
        return Pull(self.fingerprint, teller.fingerprint, cursor, have, at(when) // SECOND)

    def items(self, *pairs: tuple[Logged | None, Logged]) -> tuple[Item, ...]:
        return deliver.pack([release.released(said, given) for said, given in pairs], self.path)

    def page(self, pull: Pull, items: Sequence[Item], **lies: int | str | bytes) -> Page:
        """Answer a pull with these items; the fields of the end can be given other values."""
        end = PageEnd(
            by=self.fingerprint,
            to=pull.by,
            start=pull.cursor,
            next=self.tree.size,
            size=self.tree.size,
            count=len(items),
            root=root_over([item.telling for item in items]),
            at=at(6) // SECOND,
        )
        end = replace(end, **lies)  # type: ignore[arg-type]
        return Page(tuple(items), self.shown(pull.have), deliver.sign_page_end(end, self.statement))

    # -- answering

    def holds(self, teller: "Speaker", tellings: Sequence[Telling], when: float = 7) -> Logged:
        draft = acknowledge.held(tellings, teller=teller.fingerprint, now=at(when), uuid=self.uuid())
        return self.append(self.sign(draft, when))[0]

    def answer(self, said: Logged, tellings: Sequence[Telling], have: int = 0) -> Answer:
        """The answer as the teller decodes it."""
        path, shown = self.path(said.index), self.shown(have)
        return acknowledge.decode_answer(acknowledge.encode_answer(said.signed, tellings, said.index, path, shown))


@dataclass
class Story:
    """fr tells ru; ru holds it; us and cn see the heads of both. `file` puts the proof together, whole or in part.

    Attributes:
        others: two more tellings of the same page, which the proof must not need to show.
    """

    fr: Speaker
    ru: Speaker
    us: Speaker
    cn: Speaker
    said: Logged
    given: Logged
    others: list[Telling]
    answer: Logged
    silence: Logged | None = None
    withdrawal: Logged | None = None

    @classmethod
    def make(
        cls,
        *,
        refused: str | None = None,
        answer_by: int | None = None,
        withdrawn: int | None = None,
        held_after_ms: int = 0,
        statement: Signer | None = None,
    ) -> "Story":
        fr, ru, us, cn = Speaker("fr", statement=statement), Speaker("ru"), Speaker("us"), Speaker("cn")
        fr.fill(4)
        ru.fill(2)
        terms = Terms(answer_by=None if answer_by is None else at(answer_by))
        said = fr.say()
        given = fr.release(said, ru, terms)
        further = [fr.say(), fr.say()]
        others = [Telling(one.id, fr.release(one, ru).id) for one in further]
        tellings = [others[0], Telling(said.id, given.id), others[1]]
        if refused is None:
            answer = ru.holds(fr, tellings, 7 + held_after_ms / SECOND)
        else:
            item = fr.items((said, given))[0]
            draft = acknowledge.refuse([item.telling], refused, teller=fr.fingerprint, now=at(7), uuid=ru.uuid())
            answer = ru.append(ru.sign(draft, 7))[0]
            others = []
        silence = None
        if answer_by is not None:
            silence = fr.append(fr.silent(given, ru, answer_by, answer_by + 1))[0]
        withdrawal = None if withdrawn is None else fr.withdraw(given, withdrawn)
        ru.fill(1)
        return cls(fr, ru, us, cn, said, given, others, answer, silence, withdrawal)

    @property
    def tellings(self) -> list[Telling]:
        own = Telling(self.said.id, self.given.id)
        return [self.others[0], own, self.others[1]] if self.others else [own]

    @property
    def trust(self) -> dict[str, Fingerprint]:
        return {one.name: one.fingerprint for one in (self.fr, self.ru, self.us, self.cn)}

    def file(
        self,
        *,
        answered: bool = True,
        pulled: bool = True,
        told_heads: Sequence[tuple[Speaker, float]] | None = None,
        held_heads: Sequence[tuple[Speaker, float]] | None = None,
    ) -> ProofFile:
        """The proof file; `*_heads` say who cosigned teller's and hearer's heads, and when."""
        told = [(self.us, 8)] if told_heads is None else told_heads
        held = [(self.us, 9), (self.cn, 11)] if held_heads is None else held_heads
        who = {one.origin: one for one in (self.fr, self.ru, *(one for one, _ in told))}
        if answered:
            who |= {one.origin: one for one, _ in held}
        pull = deliver.sign_pull(self.ru.pull(self.fr, self.fr.tree.size, when=10), self.ru.statement)
        return ProofFile(
            self.said.signed.triple,
            self.given.signed.triple,
            self.fr.place(self.said),
            self.fr.place(self.given),
            prove.in_order(self.fr.note(5, cosigned=told)),
            pull if pulled else None,
            self.held(held) if answered else None,
            None if self.silence is None else Later(self.silence.signed.triple, self.fr.place(self.silence)),
            None if self.withdrawal is None else Later(self.withdrawal.signed.triple, self.fr.place(self.withdrawal)),
            tuple(sorted(one.descriptor.signed.triple for one in who.values())),
        )

    def held(self, cosigned: Sequence[tuple[Speaker, float]]) -> Held:
        leaves, position = [one.leaf for one in self.tellings], len(self.tellings) // 2
        inside = Place(position, tuple(merkle.inclusion_path(leaves, position)))
        note = prove.in_order(self.ru.note(8, cosigned=cosigned, own=False))
        return Held(self.answer.signed.triple, inside, self.ru.place(self.answer), note)

    def bytes(self) -> bytes:
        return prove.encode(self.file())
