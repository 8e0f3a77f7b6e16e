"""The ports: what a node needs of the world. Real parts stand beside this file; tests and simulations bring their own.

Rule 1: `Store.commit` is all or nothing, and durable when it returns. Rule 2: nothing is published before it is committed
and the lock holds the new checkpoint. Rule 3: below the ports there are no threads and no other clock.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NewType, Protocol

from comity.model.acknowledgement import Telling
from comity.model.fingerprint import Fingerprint
from comity.model.party import Descriptor
from comity.model.statement import ItemHash, Triple
from comity.proof.envelope import StatementId
from comity.proof.keys import Signer
from comity.space.index_box import IndexBox
from comity.space.instant import Instant
from comity.values import value

# An outside witness in what is noted of the way to it: its key's name and id, with a plus between them.
OutsideName = NewType("OutsideName", str)


class Clock(Protocol):
    """Wall time."""

    def now(self) -> Instant:
        """The time, UTC."""
        ...


class Randomness(Protocol):
    """Unpredictable bytes."""

    def draw(self, count: int) -> bytes:
        """Fresh random bytes."""
        ...


class Keyring(Protocol):
    """A party's private keys, one per use; the root's may be kept elsewhere."""

    @property
    def statement(self) -> Signer: ...
    @property
    def log(self) -> Signer: ...
    @property
    def witness(self) -> Signer: ...
    @property
    def transport(self) -> Signer: ...


class CheckpointLock(Protocol):
    """The last checkpoint that this party signed, kept outside the node's directory and its backups."""

    def read(self) -> bytes | None:
        """The note; None before the first."""
        ...

    def replace(self, old: bytes | None, new: bytes) -> None:
        """Compare and swap, durably.

        Raises:
            LocalError: `read-only`: the lock holds another note than `old`.
        """
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; header names in lower case.

    Attributes:
        most: bytes that its answer may have; None for as many as a page.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Wire(Protocol):
    """One request to another node, one response."""

    async def send(self, request: Request, *, timeout: float) -> Response:
        """Send a request.

        Args:
            request: as signed.
            timeout: seconds until it counts as unreachable.

        Raises:
            TransportError: `unreachable`.
        """
        ...


class Peers(Protocol):
    """What a node asks of another node, in Comity's own terms; `gateways.peer` speaks it over a `Wire`.

    Each call raises TransportError where it did not get through, and RemoteError with the other's code where refused.
    """

    async def pull(self, peer: Descriptor, body: bytes, *, wait: float) -> bytes:
        """Ask for a page (spec/page.md)."""
        ...

    async def items(self, peer: Descriptor, body: bytes) -> bytes:
        """Ask for items by their hashes (spec/page.md)."""
        ...

    async def acknowledge(self, peer: Descriptor, body: bytes) -> None:
        """Hand over an acknowledgement (spec/acknowledgement.md)."""
        ...

    async def add_checkpoint(self, peer: Descriptor, body: bytes) -> str:
        """Show our head, to be cosigned (C2SP tlog-witness); returns the signature line."""
        ...

    async def descriptor(self, peer: Descriptor) -> bytes:
        """Ask for its descriptor, packed (spec/descriptor.md)."""
        ...

    async def receipts(self, peer: Descriptor, body: bytes) -> bytes:
        """Ask for fresh receipts of acknowledgements (spec/node-api.md)."""
        ...


class OutsideWitnesses(Protocol):
    """What a node asks of a witness that is no party (C2SP tlog-witness); `gateways.tlog_witness` speaks it over a `Wire`."""

    async def add_checkpoint(self, url: str, body: bytes) -> str:
        """Show our head at a submission prefix; returns the signature lines, of which nothing is verified.

        Raises:
            TransportError: `unreachable`.
            RemoteError: `stale-head`, with the size that it holds as evidence; or what it has against it.
        """
        ...


@value
class LeafRow:
    """One entry of the own log."""

    index: int
    id: StatementId
    triple: Triple


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """One release in the own log, or with no statement the withdrawal of one."""

    index: int
    id: StatementId
    stix_id: str
    to: Fingerprint
    statement: StatementId | None
    statement_index: int
    answer_by: Instant | None
    withdrawn: bool = False


@value
class ReceivedRow:
    """One telling that another party has made to us.

    Attributes:
        statement: None in a notice of withdrawal.
        hash: of its bytes: what is held or refused.
        page: which of the kept page ends has offered it: its `next`, 8 bytes.
        item: as it came, with its paths (one element of spec/page.md's items).
        size: of the teller's head that the paths lead to.
        answer: our statement that acknowledges or refuses it.
        refused: the code, if refused: then it stands in quarantine.
    """

    release: StatementId
    stix_id: str
    teller: Fingerprint
    statement: StatementId | None
    hash: ItemHash
    page: bytes
    item: bytes
    size: int
    received_at: Instant
    answer: StatementId
    refused: str | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class OutgoingAnswer:
    """An acknowledgement of ours that its teller is to get.

    Attributes:
        tellings: one after the other, 128 bytes each.
        delivered_at: when the teller confirmed it; None until then.
    """

    id: StatementId
    to: Fingerprint
    tellings: bytes
    delivered_at: Instant | None = None


# How many items of one release are judged, by their hashes: a teller that sends ever other bytes makes no work without end.
MAX_JUDGED = 3


@dataclass(frozen=True, slots=True)
class PendingRow:
    """What a teller has offered us and not given yet, or not in a form that could be judged.

    Attributes:
        start, next: the range of the page that offered it.
        tries: how often it was asked for in vain; `due` is when to ask again.
    """

    teller: Fingerprint
    telling: Telling
    size: int
    start: int
    next: int
    tries: int
    due: Instant


@dataclass(frozen=True, slots=True)
class FetchRow:
    """That a hearer has asked for one release of ours, by the hash of its item.

    Attributes:
        want: the digest of its signed want, by which this is kept.
        position: of this telling in the want.
        at: as the hearer claims.
    """

    release: StatementId
    want: bytes
    position: int
    at: Instant


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What a hearer has answered to one release of ours.

    Attributes:
        item: the hash of the item that it answers.
        ours: whether that is the item which we gave: else it speaks of other bytes.
        answer: the hearer's statement.
        position: of this telling in the answer.
        at: when it reached us.
        is_own: it refuses for a reason that is the hearer's own, and no fault of the bytes: a later holding takes its place.
    """

    release: StatementId
    item: ItemHash
    ours: bool
    answer: StatementId
    position: int
    disposition: str
    reason: str | None
    claimed_at: Instant
    at: Instant
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """Bytes kept as evidence: `kind`, from whom, about what.

    Kinds: page-end, pull, want, head (a peer's), genesis (how the log under a head begins), told (where what was told to us
    stands under a better head), answer, receipt (of an answer), evidence; formats (with which we judged);
    check (a record of our own: `recorded`).
    """

    kind: str
    peer: Fingerprint
    subject: bytes
    data: bytes
    at: Instant


@dataclass(frozen=True, slots=True)
class PeerRow:
    """A party known here: the petname, its packed descriptor, and since when it is removed."""

    petname: str
    descriptor: bytes
    fingerprint: Fingerprint
    removed_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class OutsideRow:
    """An outside witness that an administrator named: what it is called here, its submission prefix, its C2SP verifier key."""

    name: str
    url: str
    vkey: str


@dataclass(frozen=True, slots=True)
class OutsideLine:
    """An outside witness's cosignature of a published head: the line as it came, and its time."""

    size: int
    vkey: str
    line: str
    at: Instant


@dataclass(frozen=True, slots=True)
class MatterRow:
    """One version of a notice or a protected site, ours or told to us.

    Attributes:
        boxes: of all its volumes; none where it is over, so that it takes the place of earlier versions and objects no more.
    """

    author: Fingerprint
    stix_id: str
    statement: StatementId
    modified: Instant
    boxes: tuple[IndexBox, ...]


@value
class VersionRow:
    """One statement of an object that people say, ours or told to us: by these the versions of an object are found."""

    author: Fingerprint
    stix_id: str
    statement: StatementId
    modified: Instant | None


@dataclass(frozen=True, slots=True)
class FindingRow:
    """What this node found by itself: that one statement stands against another.

    Attributes:
        rule, against, because: these three together are found once.
        operator: whose the statement is that it stands against.
        by: whose the statement is that stands against it.
        found: the parameters of the finding as JSON, as in spec/objection.md.
        fate: `own` (for our own operators), `said` (said to the operator), `alert` (for our own officer alone).
        objection: the statement that says it; None where it is not logged (see `watch`).
    """

    rule: str
    against: StatementId
    because: StatementId
    operator: Fingerprint
    by: Fingerprint
    found: str
    fate: str
    objection: StatementId | None
    at: Instant


class AirspaceIndex(Protocol):
    """Which notices and sites lie near a box, which were not looked at yet, and what was found.

    All but what was found is folded.
    """

    def near(self, box: IndexBox) -> Sequence[tuple[Fingerprint, StatementId]]:
        """Whose statements have a box that meets this one."""
        ...

    def latest(self, author: Fingerprint, stix_id: str) -> Sequence[StatementId]:
        """The statements of the newest version of a notice or site; more than one only if they have one time."""
        ...

    def unchecked(self, limit: int) -> Sequence[tuple[Fingerprint, StatementId]]:
        """Statements that the watch has not looked at since they came or were released, the oldest first."""
        ...

    def protects(self, author: Fingerprint) -> bool:
        """Whether a site of this party is in force."""
        ...

    def sites(self, author: Fingerprint, after: int, limit: int) -> Sequence[tuple[int, StatementId]]:
        """A party's sites that are in force, each with a number by which the next are asked for."""
        ...

    def finding(self, rule: str, against: StatementId, because: StatementId) -> FindingRow | None:
        """What was found of these before."""
        ...

    def findings(self, *fates: str, about: StatementId | None = None) -> Sequence[FindingRow]:
        """What was found with these fates, the oldest first; of one statement, on either side, if given."""
        ...


class OutsideIndex(Protocol):
    """Which outside witnesses are asked, and the lines that they gave: kept apart from those of parties, which prove times.

    All of it is true, and none of it folded. Two of one name or key are refused as LocalError `storage`.
    """

    def add(self, row: OutsideRow) -> None: ...
    def remove(self, name: str) -> None: ...
    def all(self) -> Sequence[OutsideRow]: ...
    def keep(self, line: OutsideLine) -> None: ...
    def lines(self, size: int) -> Sequence[OutsideLine]: ...
    def last(self, vkey: str) -> OutsideLine | None: ...


@dataclass(slots=True)
class Batch:
    """What one commit writes. Writing it twice is writing it once, but for leaves and kept evidence.

    Attributes:
        heads, cursors, heard: only ever grow; a smaller one changes nothing.
        findings: a later one of the same three takes the place of an earlier one.
        checked: what the watch has looked at.
        heard: by teller, as of when we have all that it says it has told us.
        pending: a later one of the same telling takes the place of an earlier one.
        settled: what is pending no more.
    """

    leaves: list[LeafRow] = field(default_factory=list)
    tiles: dict[tuple[int, int], bytes] = field(default_factory=dict)
    note: bytes | None = None
    releases: list[ReleaseRow] = field(default_factory=list)
    silences: list[tuple[StatementId, int]] = field(default_factory=list)
    received: list[ReceivedRow] = field(default_factory=list)
    outgoing: list[OutgoingAnswer] = field(default_factory=list)
    answers: list[AnswerRow] = field(default_factory=list)
    fetches: list[FetchRow] = field(default_factory=list)
    pending: list[PendingRow] = field(default_factory=list)
    settled: list[tuple[Fingerprint, Telling]] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    heads: dict[Fingerprint, tuple[int, bytes]] = field(default_factory=dict)
    cursors: dict[Fingerprint, int] = field(default_factory=dict)
    versions: list[VersionRow] = field(default_factory=list)
    matters: list[MatterRow] = field(default_factory=list)
    findings: list[FindingRow] = field(default_factory=list)
    checked: list[StatementId] = field(default_factory=list)
    heard: dict[Fingerprint, Instant] = field(default_factory=dict)

    def add(self, other: "Batch") -> None:
        """Take in what another batch writes, apart from leaves, tiles and note."""
        self.releases += other.releases
        self.silences += other.silences
        self.received += other.received
        self.outgoing += other.outgoing
        self.answers += other.answers
        self.fetches += other.fetches
        self.pending += other.pending
        self.settled += other.settled
        self.kept += other.kept
        self.versions += other.versions
        self.matters += other.matters
        self.findings += other.findings
        self.checked += other.checked
        for peer, at in other.heard.items():
            self.heard[peer] = max(at, self.heard.get(peer, at))
        for peer, head in other.heads.items():
            self.heads[peer] = max(head, self.heads.get(peer, head), key=lambda one: one[0])
        for teller, cursor in other.cursors.items():
            self.cursors[teller] = max(cursor, self.cursors.get(teller, 0))


class Store(Protocol):
    """Where a node keeps what is true, and what it has folded of it.

    True are leaves with their bodies, received items, kept evidence, peers and heads; releases, answers and cursors are
    folded from these and can be made again. All methods are short and do not wait; all raise LocalError `storage` where
    the disk fails.
    """

    # -- writing
    def commit(self, batch: Batch) -> None: ...
    def publish(self, size: int, note: bytes) -> None: ...
    def add_cosignature(self, size: int, by: Fingerprint, line: str, at: Instant) -> None: ...
    def add_peer(self, peer: PeerRow) -> None: ...
    def change_peer(self, peer: Fingerprint, petname: str, removed_at: Instant | None) -> None: ...
    def mark_delivered(self, answer: StatementId, at: Instant) -> None: ...
    def remember_nonce(self, peer: Fingerprint, nonce: str, until: Instant, now: Instant) -> bool: ...

    # -- the own log
    def size(self) -> int: ...
    def note(self) -> bytes | None: ...
    def tile(self, level: int, number: int) -> bytes: ...
    def leaf(self, index: int) -> LeafRow | None: ...
    def find(self, id: StatementId) -> LeafRow | None: ...
    def leaf_data(self, first: int, count: int) -> Sequence[tuple[StatementId, bytes]]: ...
    def contents(self, first: int, count: int) -> Sequence[tuple[StatementId, bytes]]: ...
    def published_after(self, index: int, limit: int) -> Sequence[tuple[int, bytes]]: ...
    def last_published(self) -> tuple[int, bytes] | None: ...
    def cosignatures(self, size: int) -> Sequence[tuple[Fingerprint, str, Instant]]: ...
    def first_cosigned(self, by: Fingerprint, index: int) -> tuple[int, Instant] | None: ...
    def last_cosigned(self, by: Fingerprint) -> tuple[int, Instant] | None: ...

    # -- the own log and what was received and not refused
    def beginning(self, digits: str, limit: int) -> Sequence[StatementId]: ...

    # -- what was released, and what came back
    def releases_to(self, to: Fingerprint, first: int, limit: int) -> Sequence[ReleaseRow]: ...
    def releases_of(self, statement: StatementId, to: Fingerprint | None = None) -> Sequence[ReleaseRow]: ...
    def release(self, id: StatementId, to: Fingerprint | None = None) -> ReleaseRow | None: ...
    def withdrawal(self, release: ReleaseRow) -> int | None: ...
    def answers_to(self, release: StatementId) -> Sequence[AnswerRow]: ...
    def fetch_of(self, release: StatementId) -> FetchRow | None: ...
    def answers_of(self, hearer: Fingerprint) -> Sequence[StatementId]: ...
    def last_answered(self, hearer: Fingerprint, answer: StatementId) -> int | None: ...
    def silence(self, release: StatementId) -> int | None: ...
    def overdue(self, now: Instant) -> Sequence[ReleaseRow]: ...
    def unanswered(self, now: Instant, limit: int) -> Sequence[ReleaseRow]: ...

    # -- what was received
    def received(self) -> Iterable[ReceivedRow]: ...
    def refused(self) -> int: ...
    def received_release(self, teller: Fingerprint, release: StatementId) -> Sequence[ReceivedRow]: ...
    def judged(
        self, teller: Fingerprint, releases: Iterable[StatementId]
    ) -> Sequence[tuple[StatementId, ItemHash, bool]]: ...
    def heard_releases(self, teller: Fingerprint, limit: int) -> Sequence[StatementId]: ...
    def heard_tellings(self, teller: Fingerprint, statement: StatementId) -> Sequence[ReceivedRow]: ...
    def refused_of(self, teller: Fingerprint) -> Sequence[ReceivedRow]: ...
    def refused_for(self, reason: str, after: int, limit: int) -> Sequence[tuple[int, ReceivedRow]]: ...
    def pending(self, teller: Fingerprint) -> Sequence[PendingRow]: ...
    def pending_count(self, teller: Fingerprint) -> int: ...
    def received_statement(self, statement: StatementId) -> ReceivedRow | None: ...
    def outgoing(self, to: Fingerprint) -> Sequence[OutgoingAnswer]: ...
    def outgoing_answer(self, id: StatementId) -> OutgoingAnswer | None: ...
    def cursor(self, teller: Fingerprint) -> int: ...
    def heard(self, teller: Fingerprint) -> Instant | None: ...

    # -- what was said, ours and told to us
    def versions(self, stix_ids: Sequence[str], author: Fingerprint | None = None) -> Sequence[VersionRow]: ...

    # -- notices and protected sites, ours and told to us
    @property
    def airspace(self) -> AirspaceIndex: ...

    # -- witnesses that are no parties
    @property
    def outside(self) -> OutsideIndex: ...

    # -- peers and evidence
    def peers(self) -> Sequence[PeerRow]: ...
    def head(self, peer: Fingerprint) -> tuple[int, bytes] | None: ...
    def kept(self, kind: str, peer: Fingerprint, subject: bytes | None = None) -> Sequence[Kept]: ...
    def last_kept(self, kind: str, peer: Fingerprint) -> Kept | None: ...
    def kept_after(self, kind: str, peer: Fingerprint, subject: bytes) -> Kept | None: ...

    # -- upkeep
    def check(self) -> list[str]: ...
    def refold(self, batches: Iterable[Batch]) -> None: ...
    def close(self) -> None: ...
