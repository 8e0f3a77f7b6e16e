"""What the parties do: the honest what a node does, the liars that or any of the moves below, as the tape says.

A liar signs what it likes, with its own keys, under any time: other words than it offered, a second log or descriptor under
its root, page ends, wants and answers about what never was, cosignatures of whatever head. It cannot sign for another.
"""

from collections.abc import Sequence
from dataclasses import replace

from comity.exchange import acknowledge
from comity.exchange.acknowledge import Refused, TellerHead, Told
from comity.exchange.deliver import Item
from comity.model.acknowledgement import Telling
from comity.model.statement import Triple
from comity.proof.hands import OneHand
from comity.proof.merkle import PathMemo
from comity.space.instant import Instant
from liars.world import Actor, Given, Log, Tape, World, telling

NAMES = ("mali", "oslo", "rhone", "cairo", "lima")
SKEWS = (0, 100, -100, 150, -150)
# Refusals for reasons of one's own, which the bytes neither bear out nor refute.
OWN = ("unsupported", "too-many")
REASONS = ("content-mismatch", "bad-signature", "wrong-addressee", "malformed", *OWN)


class Play:
    """One telling and all around it: a teller, a hearer, two witnesses, and a stranger with keys of its own."""

    def __init__(self, tape: Tape) -> None:
        self.tape, self.world = tape, World(tape)
        liars = tape.byte()
        # One world in eight is honest; in the others each lies or not.
        lying = [bool(liars & 7 and liars & bit) for bit in (8, 16, 32, 64)]
        names = list(NAMES)
        for at, lies in enumerate([*lying, True]):
            if lies and tape.chance(2):
                names[at] = _alike(names[tape.byte() % 4], tape)
        self.teller, self.hearer, self.us, self.cn, self.stranger = (
            Actor(
                seed,
                name,
                honest=not lies,
                skew=tape.pick(SKEWS),
                demo=tape.chance(12),
            )
            for seed, name, lies in zip(("T", "H", "W", "V", "M"), names, [*lying, True], strict=True)
        )
        self.any_liar = any(lying)
        if tape.chance(4):
            self.stranger.steal(*tape.pick([("W", "witness"), ("V", "witness"), ("T", "statement"), ("H", "log")]))
        self.world.actors = [self.teller, self.hearer, self.us, self.cn, self.stranger]
        for one in self.world.actors:
            self.world.tell(
                f"{one} calls itself {one.name}, clock {one.skew:+} s" + (", in a demo" if one.demo else "")
            )

    def play(self) -> World:
        for act in (
            self._fork,
            self._tells,
            self._heads_move,
            self._offers,
            self._asks,
            self._answers,
            self._heads_move,
            self._hands_over,
            self._falls_silent,
            self._withdraws,
            self._offers_again,
            self._heads_move,
        ):
            self.world.now += self.tape.pick([60, 1, 400, 1300, 7300])
            act()
        return self.world

    # -- which log, which head

    def _log(self, of: Actor) -> Log:
        """The log that a party works on: who lies has perhaps two."""
        return of.logs[0] if len(of.logs) == 1 else self.tape.pick(of.logs)

    def _sees(self, by: Actor, owner: Actor) -> Log:
        """The log that a party was shown first: it takes no other for that one's."""
        return by.sees.setdefault(owner.origin, self._log(owner))

    def _fork(self) -> None:
        """Let liars begin a second log: under the same descriptor, or another of the same root, with some keys kept."""
        for one in (self.teller, self.hearer):
            if one.honest or not self.tape.chance(2):
                continue
            again = self.tape.pick([None, one.descriptor])
            if again is None:
                again = one.another(_alike(one.name, self.tape), demo=False, keys=self.tape.chance(2))
                self.world.tell(f"{one} signed a second descriptor")
            one.logs.append(Log(one, again, [again.signed]))
            self.world.tell(f"{one} began a second log")

    # -- telling

    def _tells(self) -> None:
        world, tape, teller = self.world, self.tape, self.teller
        due = tape.pick([None, 1800, 60])
        for log in teller.logs:
            if log is not teller.logs[0] and log.signer is teller.logs[0].signer and tape.chance(2):
                self._copies(teller.logs[0], log)
                continue
            for number in range(2):
                said = world.say(teller, log, number)
                at = world.clock(teller)
                to = self.hearer if number == 0 or not tape.chance(4) else self.us
                answer_by = None if due is None else at + due
                world.release(teller, log, said, to, answer_by)
                if tape.chance(6):
                    world.release(teller, log, said, to, answer_by)

    def _copies(self, first: Log, log: Log) -> None:
        """Log the same statements and releases once more, in the second log."""
        log.entries += first.entries[1:]
        self.world.given += [replace(one, log=log) for one in self.world.given if one.log is first]
        self.world.tell(f"{self.teller} logged the same in its second log")

    # -- offering, asking

    def _given(self, log: Log) -> list[Given]:
        return [one for one in self.world.given if one.log is log]

    def _offers(self) -> None:
        world, tape, teller = self.world, self.tape, self.teller
        log = self._sees(self.hearer, teller)
        mine = [one for one in self._given(log) if one.to is self.hearer]
        if tape.chance(3):
            mine = mine[:1]  # a page has room for no more
        pairs = [(one.said.triple, one.release.triple) for one in mine]
        if not teller.honest:
            pairs = [self._bent(said, given) if tape.chance(3) else (said, given) for said, given in pairs]
        for said, given in pairs:
            world.bytes[telling(said, given).item] = said, given
        world.end(teller, log, self.hearer, [telling(*pair) for pair in pairs])
        if not teller.honest and tape.chance(3):
            world.end(teller, self._log(teller), tape.pick([self.hearer, self.us]), self._some())

        for one in self._given(log):
            if one.to is self.us and tape.chance(2):
                world.end(teller, log, self.us, [one.telling])

    def _offers_again(self) -> None:
        """Offer the same once more: a page was lost, or is asked for again."""
        if self.tape.chance(3) and self.world.endings:
            first = self.world.endings[0]
            self.world.end(self.teller, first.log, self.hearer, first.tellings)

    def _bent(self, said: Triple, given: Triple) -> tuple[Triple, Triple]:
        """An item that its teller has broken."""
        data, salt, raw = said
        return self.tape.pick(
            [
                ((data, salt, raw.replace(b"warning", b"welcome")), given),
                ((data, bytes(16), raw), given),
                ((data[:-1] + bytes([data[-1] ^ 1]), salt, raw), given),
                (said, (given[0], given[1], given[2].replace(b"amber", b"clear"))),
                (said, (given[0][:-1] + bytes([given[0][-1] ^ 1]), *given[1:])),
                ((data, salt, b"{}"), given),
                (given, said),
            ]
        )

    def _some(self) -> list[Telling]:
        """Some tellings that somebody has made up, or that are true."""
        known = [one.telling for one in self.world.given] + [telling(*pair) for pair in self.world.bytes.values()]
        return [self.tape.pick(known) for _ in range(1 + self.tape.byte() % 2)]

    def _head(self, by: Actor) -> tuple[Log | None, int, bytes]:
        """The head of the teller's log that a hearer names."""
        log = self._sees(by, self.teller)
        if not by.honest and self.tape.chance(4):
            return self.tape.pick([(None, 7, bytes(32)), (log, 1, log.root(1)), (log, log.size, bytes(32))])
        return log, log.size, log.root()

    def _asks(self) -> None:
        world, tape, hearer = self.world, self.tape, self.hearer
        offered = world.endings[0].tellings
        self.wanted: Sequence[Telling] = offered[:1] if tape.chance(3) else offered
        if hearer.honest:
            world.want(hearer, self.teller, self._head(hearer), self.wanted)
            if tape.chance(4):
                # What was asked for did not come, and is asked for again.
                world.now += 1300
                world.want(hearer, self.teller, self._head(hearer), self.wanted)
            return
        for _ in range(tape.pick([1, 2, 0])):
            to = tape.pick([self.teller, self.teller, self.us])
            world.want(hearer, to, self._head(hearer), tape.pick([list(self.wanted), self._some()]))

    # -- answering

    def _answers(self) -> None:
        if self.hearer.honest:
            self._judges()
            return
        world, tape, hearer = self.world, self.tape, self.hearer
        for _ in range(tape.pick([1, 2, 0])):
            seen, size, root = self._head(hearer)
            to = tape.pick([self.teller, self.teller, self.us])
            of = TellerHead(to.fingerprint, size, root)
            tellings = tape.pick([list(self.wanted), self._some()])
            world.answer(hearer, self._log(hearer), (seen, of), tellings, tape.pick([None, *REASONS]))

    def _judges(self) -> None:
        """What a node does: judge what came as it was asked for, hold what is good, refuse what is bad in its bytes."""
        world, tape, hearer, teller = self.world, self.tape, self.hearer, self.teller
        log = hearer.sees[teller.origin]
        if not teller.honest and tape.chance(4):
            return  # nothing came, or nothing of what was asked for
        came = [self._item(log, one) for one in self.wanted if not tape.chance(8)]
        found = acknowledge.examine(
            came,
            [(0, log.size)] * len(came),
            by=log.descriptor,
            to=hearer.fingerprint,
            memo=PathMemo(log.size, log.root()),
            hands=OneHand(),
        )
        head = log, TellerHead(teller.fingerprint, log.size, log.root())
        held = [one.telling for one in found if isinstance(one, Told)]
        own = tape.pick(OWN) if tape.chance(6) else None
        if held:
            world.answer(hearer, hearer.logs[0], head, held, own)
        refused = [one for one in found if isinstance(one, Refused)]
        for reason in dict.fromkeys(one.code for one in refused):
            world.answer(hearer, hearer.logs[0], head, [one.telling for one in refused if one.code == reason], reason)

    def _item(self, log: Log, one: Telling) -> Item:
        said, given = self.world.bytes[one.item]
        at, other = log.index(one.statement) or 0, log.index(one.release) or 0
        place = (at, log.path(at, log.size)) if said is not None else (0, ())
        return Item(said, *place, given, other, log.path(other, log.size))

    def _hands_over(self) -> None:
        """Let answers come to the teller, at once, late, or never."""
        late = self.tape.pick([0, 0, None, 3000])
        if late is None:
            return
        self.world.now += late
        for one in self.world.answers:
            for each in one.tellings:
                self.world.reached.setdefault(each.release, self.world.now)
        if self.world.answers:
            self.world.tell(f"the answers of {self.hearer} came to {self.teller}")

    # -- what the teller says later

    def _falls_silent(self) -> None:
        world, tape, teller = self.world, self.tape, self.teller
        for given in list(world.given):
            due = given.answer_by
            if teller.honest:
                clock = world.clock(teller)
                if due is not None and due // 1000 <= clock and given.release.id not in world.reached:
                    world.silence(teller, given, due)
            elif due is not None and tape.chance(3):
                world.silence(teller, given, tape.pick([due, Instant(due - 1_000_000)]))

    def _withdraws(self) -> None:
        for given in list(self.world.given):
            if self.tape.chance(5):
                taken = self.world.withdraw(self.teller, given)
                if given.to is self.hearer and given.log is self.hearer.sees[self.teller.origin]:
                    self._notices(given.log, taken.triple)

    def _notices(self, log: Log, taken: Triple) -> None:
        """Offer a notice of withdrawal, bent perhaps, and let it be answered like any other item."""
        world, tape, hearer = self.world, self.tape, self.hearer
        notice: tuple[Triple | None, Triple] = None, taken
        if not self.teller.honest and tape.chance(3):
            data, salt, raw = taken
            bent: list[tuple[Triple | None, Triple]] = [
                (None, (data, salt, raw + b" ")),
                (taken, taken),
                (None, (data, b"", raw)),
            ]
            notice = tape.pick(bent)
        one = telling(*notice)
        world.bytes[one.item] = notice
        world.end(self.teller, log, hearer, [one])
        head = log, TellerHead(self.teller.fingerprint, log.size, log.root())
        if hearer.honest:
            self.wanted = [one]
            world.want(hearer, self.teller, self._head(hearer), self.wanted)
            self._judges()
        elif tape.chance(2):
            world.answer(hearer, self._log(hearer), head, [one], tape.pick([*REASONS, None]))

    # -- heads

    def _heads_move(self) -> None:
        world = self.world
        for owner in (self.teller, self.hearer):
            for log in owner.logs:
                if owner.honest or not self.tape.chance(6):
                    world.cosign(owner, log, log.size, world.when(owner))
                for by in (self.hearer, self.us, self.cn, self.stranger):
                    if by is not owner and not self.tape.chance(4):
                        self._cosigns(by, log)

    def _cosigns(self, by: Actor, log: Log) -> None:
        if by is self.stranger and not self.any_liar:
            return
        size = log.size if by.honest else self.tape.pick([log.size, log.size, 1])
        if not by.honest or self._sees(by, log.owner) is log:
            self.world.cosign(by, log, size, self.world.when(by))


def _alike(name: str, tape: Tape) -> str:
    """The same name, or one that looks like it."""
    return tape.pick(
        [
            name,
            name.replace("o", "0"),
            name.replace("l", "1"),
            name.replace("i", "l"),
            f"{name[:2]}-{name[2:]}",
            f"{name}-",
            name.replace("m", "rn"),
        ]
    )


def play(data: bytes) -> tuple[World, Tape]:
    """Let happen what a tape says; the rest of the tape is for who makes files of it."""
    tape = Tape(data)
    return Play(tape).play(), tape


__all__ = ["Play", "play"]
