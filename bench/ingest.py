"""Ingest as a whole: a page and its items are decoded, checked, stored and acknowledged in the own log; against raw verifying."""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.append import SIGNED_BYTES
from bench.figures import Figure, at_least, ratio
from bench.nodes import Party, one_hand, report
from bench.race import Entrant, race
from bench.scale import Scale
from comity.exchange import deliver, say
from comity.exchange.deliver import Pull, Want
from comity.model.acknowledgement import root_over
from comity.model.marking import Terms
from comity.model.party import Descriptor
from comity.node.sync import Round, Sync
from comity.proof import cbor

PAGE = 1000
# Of one page: a statement's and a release's for each item, the page end's, and the log's on the head.
PER_ITEM, PER_PAGE = 2, 2


class _Handed:
    """The `Peers` port that hands over one page and its items, made beforehand, and does nothing else."""

    page = given = b""

    async def pull(self, peer: Descriptor, body: bytes, *, wait: float) -> bytes:
        return self.page

    async def items(self, peer: Descriptor, body: bytes) -> bytes:
        return self.given

    async def acknowledge(self, peer: Descriptor, body: bytes) -> None:
        raise AssertionError

    async def add_checkpoint(self, peer: Descriptor, body: bytes) -> str:
        raise AssertionError

    async def descriptor(self, peer: Descriptor) -> bytes:
        raise AssertionError

    async def receipts(self, peer: Descriptor, body: bytes) -> bytes:
        raise AssertionError


@dataclass
class _Pair:
    """A teller and a hearer, and the hearer's asking side, which gets its pages without the teller's work."""

    teller: Party
    hearer: Party
    items: int

    def __post_init__(self) -> None:
        self.teller.meets(self.hearer)
        self.hearer.meets(self.teller)
        self.handed = _Handed()
        self.sync = Sync(self.hearer.node, self.hearer.teller, self.handed)

    async def tell(self) -> None:
        """Say as much as fills one page, and have the teller make it and give what it offers."""
        to = [self.teller.peer(self.hearer)]
        await self.teller.node.say_all([say.say(report()) for _ in range(self.items)], to, Terms())
        hearer, who = self.hearer.node, self.teller.fingerprint
        held, log, now = hearer.store.head(who), self.teller.node.journal, hearer.journal.now() // 1000
        have, me = held[0] if held else 0, self.hearer.fingerprint
        pull = Pull(me, who, hearer.store.cursor(who), have, log.root_at(have), now)
        signed = deliver.sign_pull(pull, hearer.keys.statement)
        body = cbor.encode({"v": 1, "pull": signed, "limit": self.items, "wait": 0})
        self.handed.page = await self.teller.teller.pull(me, body)
        page = deliver.decode_page(self.handed.page)
        tellings = [offer.telling for offer in page.offers]
        size = deliver.read_page_end(page.end, self.teller.node.descriptor).size
        want = Want(me, who, size, log.root_at(size), len(tellings), root_over(tellings), now)
        named = b"".join(one.data for one in tellings)
        body = cbor.encode({"v": 1, "want": deliver.sign_want(want, hearer.keys.statement), "tellings": named})
        self.handed.given = self.teller.teller.items(me, body)

    async def ingest_alone(self) -> None:
        """Take the page in by one hand."""
        with one_hand(self.hearer.node):
            await self.ingest()

    async def ingest(self) -> None:
        """Take the page in, all of it or fail."""
        done = Round("teller")
        await self.sync.pull(self.hearer.peer(self.teller), 0, done)
        if done.received != self.items:
            raise AssertionError(f"{done.received} of {self.items} items were taken")


def run(room: Path, scale: Scale) -> Iterator[Figure]:
    items = scale.of(PAGE)
    signatures = PER_ITEM * items + PER_PAGE
    teller, hearer = Party(room, "teller"), Party(room, "hearer")
    pair = _Pair(teller, hearer, items)
    with asyncio.Runner() as runner:
        entrants = {
            "raw": raw_verifying(signatures),
            "ingest": Entrant(lambda _: runner.run(pair.ingest()), signatures, lambda: runner.run(pair.tell())),
            "one hand": Entrant(lambda _: runner.run(pair.ingest_alone()), signatures, lambda: runner.run(pair.tell())),
        }
        took = race(entrants, scale.of(9, least=3))
    teller.close()
    hearer.close()
    note = f"{signatures:,} signatures in a page of {items:,} items"
    yield ratio(f"pages of {items:,} / raw Ed25519 verifying", took["raw"], took["ingest"], at_least(0.55), note)
    yield ratio("  the same by one hand / raw Ed25519 verifying", took["raw"], took["one hand"], None)


def raw_verifying(count: int) -> Entrant:
    """The verifying of as many signatures under one key, and nothing else."""
    private = Ed25519PrivateKey.generate()
    public = private.public_key()

    def prepare() -> list[tuple[bytes, bytes]]:
        messages = [os.urandom(SIGNED_BYTES) for _ in range(count)]
        return [(private.sign(message), message) for message in messages]

    def work(signed: list[tuple[bytes, bytes]]) -> None:
        for signature, message in signed:
            public.verify(signature, message)

    return Entrant(work, count, prepare)
