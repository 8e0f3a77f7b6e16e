"""A trial: three parties on a bad network for some minutes, then a good one; all of it drawn from one seed."""

import asyncio
import random
from dataclasses import dataclass
from itertools import permutations

from comity.errors import STORAGE, LocalError
from comity.exchange.verify import verify
from comity.model.acknowledgement import TELLING_BYTES
from comity.model.marking import Terms
from comity.model.statement import Logged
from comity.node import evidence
from comity.proof.checkpoint import parse_checkpoint
from comity.space.instant import Instant
from simulation.network import FAIR, FOUL, Network, Weather
from unit.node.rows import everything
from world import MemoryLock, Party, report

NAMES = ("fr", "ru", "us")
BEAT = 2.0


@dataclass(frozen=True)
class Plan:
    """How long a trial lasts and how bad it is.

    Attributes:
        storm, calm: seconds of faults, and of none after them.
        step: seconds between two deeds of a party, on average.
        trouble: seconds between two faults, on average.
    """

    seed: int
    storm: float = 120.0
    calm: float = 60.0
    step: float = 8.0
    trouble: float = 10.0
    weather: Weather = FOUL


class FragileLock(MemoryLock):
    """A lock whose process dies at a swap now and then: before it is done, or after."""

    def __init__(self, note: bytes | None, draw: random.Random) -> None:
        super().__init__()
        self.note, self.draw, self.likely = note, draw, 0.0

    def replace(self, old: bytes | None, new: bytes) -> None:
        dies = self.draw.random() < self.likely
        before = self.draw.random() < 0.5
        if dies and before:
            raise LocalError(STORAGE, "died before the swap")
        super().replace(old, new)
        if dies:
            raise LocalError(STORAGE, "died after the swap")


class Trial:
    """The world of one trial. `run` plays it; what must hold is asked of it afterwards."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.draw = plan, random.Random(plan.seed)
        self.network = Network(self.draw, FAIR)
        self.parties = [Party(name, self.network, seed=str(plan.seed)) for name in NAMES]
        self.said: list[tuple[Party, Logged]] = []
        self.crashes = 0
        self.highest: dict[tuple[str, str, str], int] = {}
        self.went_back: list[str] = []
        self._loops: dict[str, asyncio.Task[None]] = {}
        for one in self.parties:
            self.network.join(one)
            one.lock = FragileLock(one.lock.note, self.draw)
            one.start()
            one.clock.skew = self.draw.randint(-30_000, 30_000)
        for one, other in permutations(self.parties, 2):
            one.meets(other)

    # -- the play

    async def run(self) -> None:
        for party in self.parties:
            self._start(party)
        self.network.weather = self.plan.weather
        storm = [asyncio.ensure_future(self._deeds(party)) for party in self.parties]
        storm += [asyncio.ensure_future(play()) for play in (self._troubles, self._watch)]
        await asyncio.sleep(self.plan.storm)
        for task in storm[:-1]:
            task.cancel()
        await asyncio.gather(*storm[:-1], return_exceptions=True)
        self._heal()
        await asyncio.sleep(self.plan.calm)
        storm[-1].cancel()
        for party in self.parties:
            self._loops[party.name].cancel()
        await asyncio.gather(storm[-1], *self._loops.values(), return_exceptions=True)
        self._final_trace()

    def _start(self, party: Party) -> None:
        try:
            party.start()
        except LocalError:  # it died again while it healed its lock: whoever looks after it tries again
            asyncio.get_running_loop().call_later(1.0, self._start, party)
            return
        self._loops[party.name] = asyncio.ensure_future(party.sync.run(beat=BEAT))

    def _heal(self) -> None:
        self.network.weather = FAIR
        self.network.parted.clear()
        for party in self.parties:
            assert isinstance(party.lock, FragileLock)
            party.lock.likely = 0.0

    async def _deeds(self, party: Party) -> None:
        while True:
            await asyncio.sleep(self.draw.expovariate(1 / self.plan.step))
            if party.address in self.network.servers:
                try:
                    await self._deed(party)
                except LocalError as error:
                    self.network.trace("failed", party.name, error.code)

    async def _deed(self, party: Party) -> None:
        mine = [logged for by, logged in self.said if by is party]
        kind = self.draw.choice(["say", "say", "say", "release", "withdraw"])
        others = [one for one in self.parties if one is not party]
        to = [one for one in others if self.draw.random() < 0.6]
        soon = Terms(answer_by=Instant(party.clock.now() + self.draw.randint(5_000, 60_000)))
        terms = soon if self.draw.random() < 0.5 else Terms()
        self.network.trace("deed", party.name, kind, [one.name for one in to])
        if kind == "say" or not mine:
            await self._say(party, to, terms)
        elif kind == "release":
            some = self.draw.choice(mine)
            self._may_read(some, to)
            await party.node.release(some.id, [party.peer(one) for one in to], terms)
        else:
            some = self.draw.choice(mine)
            standing = {row.to for row in party.store.releases_of(some.id) if not row.withdrawn}
            await party.node.withdraw(some.id, [party.peer(one) for one in to if one.fingerprint in standing])

    async def _say(self, party: Party, to: list[Party], terms: Terms) -> None:
        number = len(self.said)
        secret = f"secret {party.name} {number} {self.draw.getrandbits(64):x}"
        self.network.secrets[secret.encode()] = {one.name for one in to}
        logged = await party.say(report(secret, number), *to, terms=terms)
        self.said.append((party, logged))

    def _may_read(self, said: Logged, to: list[Party]) -> None:
        for secret, readers in self.network.secrets.items():
            if secret in said.signed.object.raw:
                readers |= {one.name for one in to}

    # -- the faults

    async def _troubles(self) -> None:
        while True:
            await asyncio.sleep(self.draw.expovariate(1 / self.plan.trouble))
            kind = self.draw.choice(["part", "one way", "crash", "fragile", "mend"])
            one, other = self.draw.sample(self.parties, 2)
            self.network.trace("trouble", kind, one.name, other.name)
            if kind == "part":
                self.network.parted |= {(one.name, other.name), (other.name, one.name)}
            elif kind == "one way":
                self.network.parted.add((one.name, other.name))
            elif kind == "crash":
                self._crash(one)
            elif kind == "fragile":
                assert isinstance(one.lock, FragileLock)
                one.lock.likely = 0.2
            else:
                self.network.parted.clear()

    def _crash(self, party: Party, down: float | None = None) -> None:
        if party.address not in self.network.servers:
            return
        self.crashes += 1
        self._loops[party.name].cancel()
        self.network.crash(party)
        wait = self.draw.uniform(0.5, 20.0) if down is None else down
        asyncio.get_running_loop().call_later(wait, self._start, party)

    async def _watch(self) -> None:
        """Look at each party every second; one that may not sign any more is started again."""
        while True:
            await asyncio.sleep(1)
            for party in self.parties:
                self._monotone(party)
                if party.node.journal.read_only is not None:
                    self._crash(party, down=1.0)

    def _monotone(self, party: Party) -> None:
        sizes = {("log", ""): party.store.size()}
        for other in self.parties:
            head = party.store.head(other.fingerprint)
            sizes["cursor", other.name] = party.store.cursor(other.fingerprint)
            sizes["head", other.name] = head[0] if head else 0
        for (kind, of), size in sizes.items():
            key = (party.name, kind, of)
            if size < self.highest.get(key, 0):
                self.went_back.append(f"{key}: {self.highest[key]} -> {size}")
            self.highest[key] = size

    def _final_trace(self) -> None:
        for party in self.parties:
            self.network.trace("end", party.name, party.node.journal.tree.size, party.node.journal.tree.root())

    # -- what must hold

    def check(self) -> None:
        self._nothing_stopped()
        for teller, hearer in permutations(self.parties, 2):
            self._everything_arrived(teller, hearer)
            self._nothing_else_arrived(teller, hearer)
            self._nobody_is_accused(teller, hearer)
        for party in self.parties:
            self._the_log_is_whole(party)
        self._tellings_are_proved()

    def _nothing_stopped(self) -> None:
        assert self.network.leaks == []
        assert self.went_back == []
        assert set(self.network.second) <= {"replayed"}, self.network.second
        for party in self.parties:
            assert party.node.journal.read_only is None
            assert all(list(party.store.outgoing(other.fingerprint)) == [] for other in self.parties)
            for other in self.parties:
                assert list(party.store.pending(other.fingerprint)) == [], (party.name, other.name)

    def _everything_arrived(self, teller: Party, hearer: Party) -> None:
        for row in teller.store.releases_to(hearer.fingerprint, 0, 10_000):
            came = hearer.store.received_release(teller.fingerprint, row.id)
            assert len(came) == 1, (teller.name, hearer.name, row.index)
            [held], [answer] = came, teller.store.answers_to(row.id)
            assert (held.refused, held.statement, held.withdrawn) == (None, row.statement, row.statement is None)
            assert held.hash == answer.item == teller.node.offers.of(row).telling.item
            assert (answer.ours, answer.disposition, answer.answer) == (True, "held", held.answer)
            assert teller.store.fetch_of(row.id) is not None

    def _nothing_else_arrived(self, teller: Party, hearer: Party) -> None:
        rows = [row for row in hearer.store.received() if row.teller == teller.fingerprint]
        for row in rows:
            given = teller.store.release(row.release)
            assert given is not None
            assert (given.to, given.statement, row.refused) == (hearer.fingerprint, row.statement, None)
        assert len({row.release for row in rows}) == len(rows)
        answers = {row.answer for row in rows}
        told = [hearer.store.outgoing_answer(answer) for answer in answers]
        assert sum(len(one.tellings) // TELLING_BYTES for one in told if one) == len(rows)

    def _nobody_is_accused(self, teller: Party, hearer: Party) -> None:
        assert hearer.store.kept("evidence", teller.fingerprint) == []
        head = hearer.store.head(teller.fingerprint)
        assert head is not None
        assert teller.node.journal.extends(parse_checkpoint(head[1]).checkpoint)

    def _the_log_is_whole(self, party: Party) -> None:
        assert party.node.verify_log() == []
        assert party.lock.note == party.node.journal.note == party.store.note()
        before = everything(party.store)
        party.node.rebuild()
        assert everything(party.store) == before

    def _tellings_are_proved(self) -> None:
        trust = {party.name: party.fingerprint for party in self.parties}
        for teller, said in self.said[:: max(1, len(self.said) // 6)]:
            for row in teller.store.releases_of(said.id)[-1:]:
                hearer = next(one for one in self.parties if one.fingerprint == row.to)
                verdict = verify(evidence.prove_telling(teller.node, said.id, teller.peer(hearer)), trust)
                assert (verdict.problems, verdict.trusted) == ([], True)
                assert row.withdrawn or verdict.held_by == hearer.name
