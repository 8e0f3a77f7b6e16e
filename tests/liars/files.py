"""Proof files as they are made: by an honest party of what it has, and by liars of whatever anybody has made."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from comity.exchange import prove
from comity.exchange.prove import Ended, Held, Later, Place, ProofFile, Wanted
from comity.model.acknowledgement import Telling
from comity.model.fingerprint import Fingerprint
from comity.model.party import Descriptor
from comity.model.statement import Closed, Triple, close
from comity.proof import merkle
from comity.proof.checkpoint import add_lines
from liars.world import START, Actor, Answering, Cosigning, Ending, Further, Given, Log, Tape, Wanting, World

T = TypeVar("T")


@dataclass(frozen=True)
class Reader:
    """Who reads: what it calls the parties that it knows, and how many third parties must stand behind a time."""

    names: dict[str, Fingerprint]
    unnamed: tuple[Fingerprint, ...]
    quorum: int

    @property
    def known(self) -> set[Fingerprint]:
        return {*self.names.values(), *self.unnamed}


def reader(world: World, tape: Tape) -> Reader:
    """A reader knows nobody, one party, teller and hearer, or all but the stranger; by its own names, or by none."""
    teller, hearer, us, cn, stranger = world.actors
    known = tape.pick(
        [(teller, hearer, us, cn), (), (teller, hearer), (teller,), (hearer,), (teller, hearer, us), (us, cn)]
    )
    if tape.chance(8):
        known = (*known, stranger)
    names: dict[str, Fingerprint] = {}
    unnamed = []
    for one in known:
        # By the name that it has; by another of the cast's; or by none.
        name = tape.pick([one.name, one.name, one.seed.lower(), hearer.name, None])
        if name is None or name in names:
            unnamed.append(one.fingerprint)
        else:
            names[name] = one.fingerprint
    return Reader(names, tuple(unnamed), tape.pick([1, 1, 2, 3]))


class Maker:
    """Makes one file; honest parts that fit are more often taken than others, or hardly any file would be valid."""

    def __init__(self, world: World, tape: Tape) -> None:
        self.world, self.tape = world, tape
        self.needs: dict[Fingerprint, Descriptor] = {}
        self.said: list[str] = []

    def file(self) -> ProofFile | None:
        """A file of a telling, or of a refusal; None where there is nothing to make it of."""
        refusals = [one for one in self.world.answers if one.disposition == "refused"]
        refuses = bool(refusals) and self.tape.chance(4)
        found = self._refusal(self.tape.pick(refusals)) if refuses else self._telling()
        return self._spliced(found) if found is not None and self.tape.chance(12) else found

    # -- of a telling

    def _telling(self) -> ProofFile | None:
        tape, world = self.tape, self.world
        given = tape.pick(world.given)
        log, hearer = given.log, given.to
        others = [one.said for one in world.given if one is not given]
        said = given.said.triple if not (others and tape.chance(24)) else tape.pick(others).triple
        shown: Triple | Closed = said
        if tape.chance(4):
            shown = close(said)
            if tape.chance(4):
                shown = replace(shown, inside=close(tape.pick(world.given).said.triple).inside)
        size = self._size(log, (log.index(given.release.id) or 0) + 1)
        places = self._place(log, said[0], size), self._place(log, given.release.envelope.data, size)
        own = _bare(shown, given, places, self._note(log, size, own=True, without=()), log.path(0, size))
        telling = own.telling
        self.said.append(
            f"a file of [{telling.statement.hex()[:4]} {telling.release.hex()[:4]} {telling.item.hex()[:4]}]"
        )
        if isinstance(shown, Closed):
            self.said.append(
                "its content left out" + ("" if shown == close(said) else ", and another hash in its place")
            )
        if tape.chance(3):
            own = replace(own, ended=self._ended(telling, log, size))
        want = None
        if not tape.chance(4):
            own, want = self._wanted(own, telling, log, size)
        if not tape.chance(4):
            own = replace(own, held=self._held(telling, log, size, want, given))
        own = replace(
            own,
            silence=self._later(world.silences, given, log, size),
            withdrawal=self._later(world.withdrawals, given, log, size),
        )
        return self._cast(own, log, hearer)

    def _refusal(self, refused: Answering) -> ProofFile | None:
        tape, world = self.tape, self.world
        telling = tape.pick(refused.tellings)
        known = world.bytes.get(telling.item)
        endings = self._fitting(world.endings, telling)
        if known is None or not endings:
            return None
        said, given = known
        ending = tape.pick(endings)
        log = ending.log
        size = self._size(log, 1)
        own = ProofFile(
            said,
            given,
            None,
            self._note(log, size, own=True, without=()),
            log.path(0, size),
            self._end(ending, telling, size),
            None,
            None,
            None,
            None,
            (),
        )
        self.said.append(f"a file of a refusal of [{telling.item.hex()[:4]}]")
        own = replace(own, held=self._acknowledged(refused, telling, telling, log, size, None))
        return self._cast(own, log, refused.log.owner)

    # -- parts

    def _fitting(self, those: Sequence[T], telling: Telling) -> list[T]:
        return [one for one in those if telling in one.tellings]  # type: ignore[attr-defined]

    def _one(self, those: Sequence[T], fits: Callable[[T], bool]) -> T | None:
        """One that fits, mostly; or any."""
        good = [one for one in those if fits(one)]
        pool = list(those) if self.tape.chance(10) else good
        return self.tape.pick(pool) if pool else None

    def _size(self, log: Log, least: int) -> int:
        """A head that others have cosigned, mostly, and as small as it may be, sometimes."""
        sizes = sorted({one.size for one in self.world.cosignings if one.log is log and one.size >= least})
        return self.tape.pick([*reversed(sizes), log.size])

    def _place(self, log: Log, envelope: bytes, size: int) -> Place:
        index = log.index(merkle.leaf_hash(envelope)) or 0
        return Place(index, log.path(index, size))

    def _note(self, log: Log, size: int, *, own: bool, without: Sequence[Actor]) -> bytes:
        lines: dict[str, Cosigning] = {}
        for one in self.world.cosignings:
            if one.log is not log or one.size != size or one.by in without or (one.by is log.owner and not own):
                continue
            if not self._takes(one):
                continue
            if not self.tape.chance(5) and (one.by.origin not in lines or self.tape.chance(2)):
                lines[one.by.origin] = one
        for one in lines.values():
            if one.by is not log.owner:
                self.needs[one.by.fingerprint] = one.by.descriptor
        if lines:
            who = ", ".join(f"{one.by.seed} at {one.second}" for one in lines.values())
            self.said.append(f"the head of {size} of {log.owner.seed} with {who}")
        return prove.in_order(add_lines(self.world.note(log, size), [one.line for one in lines.values()]))

    def _takes(self, one: Cosigning) -> bool:
        """Say whether a cosignature is taken at all."""
        return True

    def _inside(self, tellings: Sequence[Telling], telling: Telling) -> Place:
        index = tellings.index(telling) if telling in tellings else 0
        return Place(index, tuple(merkle.inclusion_path([one.leaf for one in tellings], index)))

    def _join(self, log: Log, size: int, named: int) -> tuple[bytes, ...]:
        return log.join(named, size) if max(named, size) <= log.size else ()

    def _ended(self, telling: Telling, log: Log, size: int) -> Ended | None:
        found = self._one(self.world.endings, lambda one: telling in one.tellings)
        return None if found is None else self._end(found, telling, size)

    def _end(self, found: Ending, telling: Telling, size: int) -> Ended:
        self.said.append(f"the page end of {found.end.at}")
        return Ended(found.data, self._inside(found.tellings, telling), self._join(found.log, size, found.end.size))

    def _wanted(self, own: ProofFile, telling: Telling, log: Log, size: int) -> tuple[ProofFile, Wanting | None]:
        found = self._one(self.world.wantings, lambda one: telling in one.tellings)
        if found is None:
            return own, None
        self.said.append(f"the want of {found.want.at}")
        join = self._join(found.log or log, size, found.want.size)
        return replace(own, wanted=Wanted(found.data, self._inside(found.tellings, telling), join)), found

    def _held(self, telling: Telling, log: Log, size: int, want: Wanting | None, given: Given) -> Held | None:
        def speaks(one: Answering) -> bool:
            return any((each.statement, each.release) == (telling.statement, telling.release) for each in one.tellings)

        found = self._one(self.world.answers, speaks)
        if found is None:
            return None
        about = [one for one in found.tellings if (one.statement, one.release) == (telling.statement, telling.release)]
        of = telling if telling in about else about[0] if about else telling
        return self._acknowledged(found, of, telling, log, size, want)

    def _acknowledged(
        self, found: Answering, of: Telling, own: Telling, log: Log, size: int, want: Wanting | None
    ) -> Held:
        theirs, index = found.log, found.log.index(found.signed.id) or 0
        held_size = self._size(theirs, index + 1)
        same = want is not None and (want.want.size, want.want.log_root) == (found.of.size, found.of.root)
        teller = [one for one in self.world.actors if one.fingerprint == found.of.party]
        self.said.append(f"the answer: {found.disposition}, of item {of.item.hex()[:4]}")
        return Held(
            found.signed.triple,
            None if of.item == own.item else of.item,
            self._inside(found.tellings, of),
            Place(index, theirs.path(index, held_size)),
            self._note(theirs, held_size, own=False, without=teller),
            theirs.path(0, held_size),
            () if same else self._join(found.seen or log, size, found.of.size),
        )

    def _later(self, those: Sequence[Further], given: Given, log: Log, size: int) -> Later | None:
        if self.tape.chance(3):
            return None
        found = self._one(
            those, lambda one: one.release == given.release.id and (log.index(one.signed.id) or size) < size
        )
        if found is None:
            return None
        index = log.index(found.signed.id) or 0
        self.said.append(f"what was said later: {found.signed.object.type}")
        return Later(found.signed.triple, Place(index, log.path(index, size)))

    # -- the cast, and what is done to the whole

    def _cast(self, own: ProofFile, log: Log, hearer: Actor) -> ProofFile:
        self.needs[log.owner.fingerprint] = log.descriptor
        theirs = [one.log for one in self.world.answers if own.held and one.signed.triple == own.held.statement]
        self.needs[hearer.fingerprint] = theirs[0].descriptor if theirs else hearer.logs[-1].descriptor
        if self.tape.chance(16):
            one = self.tape.pick(self.world.actors)
            self.needs[one.fingerprint] = one.logs[-1].descriptor
        if self.tape.chance(5):
            # Another descriptor under the same root, of a party that lies.
            liars = [one for one in self.world.actors if not one.honest and one.fingerprint in self.needs]
            if liars:
                one = self.tape.pick([*[log.owner for _ in liars if log.owner in liars], *liars])
                self.needs[one.fingerprint] = one.another(one.name, demo=False, keys=self.tape.chance(5))
                self.said.append(f"another descriptor of {one.seed}")
        return replace(own, parties=in_order(self.needs.values()))

    def _spliced(self, own: ProofFile) -> ProofFile:
        """Put something where it does not belong."""
        other = Maker(self.world, self.tape)
        found = other._telling()
        if found is None:
            return own
        part = self.tape.pick(
            ["wanted", "held", "ended", "silence", "withdrawal", "release", "statement", "note", "genesis"]
        )
        self.said.append(f"with the {part} of another file")
        mixed = replace(own, **{part: getattr(found, part)})
        return replace(mixed, parties=in_order((self.needs | other.needs).values()))


# -- what an honest party makes of what it has taken in


def tellers(world: World) -> ProofFile | None:
    """The file that an honest teller makes of its first telling to the hearer, whatever the others did."""
    teller, hearer = world.actors[:2]
    log = teller.logs[0]
    given = next(one for one in world.given if one.log is log and one.to is hearer)
    maker = _Own(world, Tape(b""))

    def ours(size: int, root: bytes) -> bool:
        return (log.index(given.release.id) or 0) < size and log.holds(size, root)

    mine = given.telling
    wants = [one for one in world.wantings if one.want.to == teller.fingerprint and mine in one.tellings]
    wants = [one for one in wants if ours(one.want.size, one.want.log_root) and _timely(world, one)]
    answers = [
        one
        for one in world.answers
        if one.of.party == teller.fingerprint
        and ours(one.of.size, one.of.root)
        and one.log is hearer.logs[0]
        and any((each.statement, each.release) == (mine.statement, mine.release) for each in one.tellings)
    ]
    return maker.own(given, log, wants[:1], answers[:1], [])


def hearers(world: World) -> ProofFile | None:
    """The file that an honest hearer makes of what it holds, whatever the others did."""
    teller, hearer = world.actors[:2]
    log = hearer.sees[teller.origin]
    for answer in world.answers:
        for one in answer.tellings if answer.disposition != "refused" else ():
            given = next((each for each in world.given if each.log is log and each.telling == one), None)
            endings = [each for each in world.endings if each.log is log and one in each.tellings]
            if given is not None and endings:
                return _Own(world, Tape(b"")).own(given, log, [], [answer], endings[:1])
    return None


def _timely(world: World, one: Wanting) -> bool:
    return abs(one.want.at - (START + one.when + world.actors[0].skew)) <= 300


class _Own(Maker):
    """Makes a file of what fits alone, with the cosignatures that a node takes."""

    def own(
        self, given: Given, log: Log, wants: list[Wanting], answers: list[Answering], endings: list[Ending]
    ) -> ProofFile:
        size = self._size(log, (log.index(given.release.id) or 0) + 1)
        places = self._place(log, given.said.envelope.data, size), self._place(log, given.release.envelope.data, size)
        file = _bare(given.said.triple, given, places, self._note(log, size, own=True, without=()), log.path(0, size))
        telling = file.telling
        want = wants[0] if wants else None
        if want is not None:
            join = self._join(log, size, want.want.size)
            file = replace(file, wanted=Wanted(want.data, self._inside(want.tellings, telling), join))
        if endings:
            file = replace(file, ended=self._end(endings[0], telling, size))
        if answers:
            ids = telling.statement, telling.release
            of = next(one for one in answers[0].tellings if (one.statement, one.release) == ids)
            file = replace(file, held=self._acknowledged(answers[0], of, telling, log, size, want))
        self.needs[log.owner.fingerprint] = log.descriptor
        self.needs[given.to.fingerprint] = given.to.descriptor
        return replace(file, parties=in_order(self.needs.values()))

    def _takes(self, one: Cosigning) -> bool:
        return one.is_timely and not one.by.stolen[0]


def _bare(
    said: Triple | Closed, given: Given, places: tuple[Place, Place], note: bytes, genesis: tuple[bytes, ...]
) -> ProofFile:
    """A file of a telling with nothing beside it, and with no parties yet."""
    return ProofFile(said, given.release.triple, places, note, genesis, None, None, None, None, None, ())


def in_order(those: Iterable[Descriptor]) -> tuple[Triple, ...]:
    """Descriptors as a file has them."""
    return tuple(sorted(one.signed.triple for one in those))


__all__ = ["Maker", "Reader", "hearers", "in_order", "reader", "tellers"]
