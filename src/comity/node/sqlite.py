"""The store on SQLite, through apsw: one file, one writer, write-ahead log, every commit synced before it returns.

What each table means stands with the rows in `ports`. Rule 1: `synchronous` is FULL, asserted at the start, because an
acknowledgement may only be sent for what survives a power cut. Rule 2: no SQL outside this file and those beside it. Rule 3:
statements of other parties are never rewritten; a second delivery changes nothing.
"""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

import apsw

from comity.errors import STORAGE, UNKNOWN_VERSION, UNSAFE_STORE, LocalError
from comity.model.acknowledgement import read_tellings
from comity.model.fingerprint import Fingerprint
from comity.model.statement import ItemHash
from comity.node import sqlite_airspace, sqlite_outside, sqlite_places, sqlite_versions
from comity.node._guard import guarded
from comity.node.ports import (
    AnswerRow,
    Batch,
    FetchRow,
    Kept,
    LeafRow,
    OutgoingAnswer,
    PeerRow,
    PendingRow,
    ReceivedRow,
    ReleaseRow,
    VersionRow,
)
from comity.proof.envelope import StatementId
from comity.space.instant import Instant

FORMAT = 3
# Ids that are asked for in one go.

_SCHEMA = """
CREATE TABLE IF NOT EXISTS leaves (at INTEGER PRIMARY KEY, id BLOB NOT NULL, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS bodies (at INTEGER PRIMARY KEY, salt BLOB NOT NULL, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS tiles (level INTEGER, number INTEGER, hashes BLOB NOT NULL, PRIMARY KEY (level, number))
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS latest (one INTEGER PRIMARY KEY CHECK (one = 1), note BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS published (size INTEGER PRIMARY KEY, note BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS cosignatures (size INTEGER, by TEXT, line TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (size, by)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS cosignatures_by ON cosignatures (by, size);
CREATE TABLE IF NOT EXISTS peers (fingerprint TEXT PRIMARY KEY, petname TEXT NOT NULL UNIQUE, descriptor BLOB NOT NULL,
    removed_at INTEGER);
CREATE TABLE IF NOT EXISTS received (seq INTEGER PRIMARY KEY, release BLOB NOT NULL, stix_id TEXT NOT NULL,
    teller TEXT NOT NULL, statement BLOB, hash BLOB NOT NULL, page BLOB NOT NULL, item BLOB NOT NULL, size INTEGER NOT NULL,
    received_at INTEGER NOT NULL, answer BLOB NOT NULL, refused TEXT, withdrawn INTEGER NOT NULL,
    UNIQUE (teller, release, hash));
CREATE INDEX IF NOT EXISTS received_statement ON received (statement);
CREATE INDEX IF NOT EXISTS received_refused ON received (seq) WHERE refused IS NOT NULL;
CREATE INDEX IF NOT EXISTS received_stix ON received (teller, stix_id);
CREATE TABLE IF NOT EXISTS pending (teller TEXT, release BLOB, hash BLOB, telling BLOB NOT NULL, size INTEGER NOT NULL,
    start INTEGER NOT NULL, next INTEGER NOT NULL, tries INTEGER NOT NULL, due INTEGER NOT NULL,
    PRIMARY KEY (teller, release, hash)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outgoing (id BLOB PRIMARY KEY, hearer TEXT NOT NULL, tellings BLOB NOT NULL, delivered_at INTEGER)
    WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS outgoing_open ON outgoing (hearer) WHERE delivered_at IS NULL;
CREATE TABLE IF NOT EXISTS kept (seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, peer TEXT NOT NULL, subject BLOB NOT NULL,
    data BLOB NOT NULL, at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS kept_subject ON kept (kind, peer, subject);
CREATE TABLE IF NOT EXISTS heads (peer TEXT PRIMARY KEY, size INTEGER NOT NULL, note BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS nonces (peer TEXT, nonce TEXT, until INTEGER, PRIMARY KEY (peer, nonce)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS nonces_until ON nonces (until);

CREATE TABLE IF NOT EXISTS releases (at INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, stix_id TEXT NOT NULL,
    hearer TEXT NOT NULL, statement BLOB, statement_at INTEGER NOT NULL, answer_by INTEGER, withdrawn INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS releases_hearer ON releases (hearer, at);
CREATE INDEX IF NOT EXISTS releases_asked ON releases (hearer, id);
CREATE INDEX IF NOT EXISTS releases_told ON releases (statement, hearer);
CREATE INDEX IF NOT EXISTS releases_open ON releases (answer_by) WHERE answer_by IS NOT NULL;
CREATE TABLE IF NOT EXISTS answers (release BLOB, item BLOB, ours INTEGER NOT NULL, answer BLOB NOT NULL,
    position INTEGER NOT NULL, disposition TEXT NOT NULL, reason TEXT, claimed_at INTEGER NOT NULL, at INTEGER NOT NULL,
    own INTEGER NOT NULL, hearer TEXT NOT NULL, PRIMARY KEY (release, item)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fetches (release BLOB PRIMARY KEY, want BLOB NOT NULL, position INTEGER NOT NULL,
    at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS answers_hearer ON answers (hearer, answer);
CREATE TABLE IF NOT EXISTS silences (release BLOB PRIMARY KEY, leaf INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cursors (teller TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS heard (teller TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
"""

_RELEASE = "at, id, stix_id, hearer, statement, statement_at, answer_by, withdrawn"
_RECEIVED = "release, stix_id, teller, statement, hash, page, item, size, received_at, answer, refused, withdrawn"
_NOW_HELD = (
    "stix_id = excluded.stix_id, answer = excluded.answer, refused = NULL, withdrawn = excluded.withdrawn "
    "WHERE refused IS NOT NULL AND excluded.refused IS NULL"
)
_RECEIVED_ROW = attrgetter(*_RECEIVED.split(", "))
_PROJECTIONS = (
    "releases",
    "answers",
    "fetches",
    "silences",
    "cursors",
    *sqlite_versions.PROJECTIONS,
    *sqlite_airspace.PROJECTIONS,
)


class SqliteStore:
    """The `Store` port on one SQLite file; `:memory:` for tests."""

    @guarded
    def __init__(self, path: str, vfs: str | None = None) -> None:
        self._db = apsw.Connection(path, vfs=vfs)
        self._db.set_busy_timeout(5000)
        self._db.pragma("journal_mode", "wal")
        self._db.pragma("synchronous", "full")
        if self._db.pragma("synchronous") != 2:
            raise LocalError(UNSAFE_STORE, "the database must run with synchronous = FULL")
        if (version := self._db.pragma("user_version")) not in (0, FORMAT):
            raise LocalError(
                UNKNOWN_VERSION, f"the database is of version {version}; here {FORMAT} is read", place="database"
            )
        with self._db:
            self._db.execute(_SCHEMA)
            self._db.execute(sqlite_places.SCHEMA)
            self._db.execute(sqlite_versions.SCHEMA)
            self._db.execute(sqlite_airspace.SCHEMA)
            self._db.execute(sqlite_outside.SCHEMA)
            self._db.pragma("user_version", FORMAT)
        self._places = sqlite_places.SqlitePlaces(self._db)
        self._versions = sqlite_versions.SqliteVersions(self._db)
        self.airspace = sqlite_airspace.SqliteAirspace(self._db)
        self.outside = sqlite_outside.SqliteOutside(self._db)

    # -- writing

    @guarded
    def commit(self, batch: Batch) -> None:
        """Write a batch: all of it or nothing, synced to disk when this returns."""
        places, moved, indexed = {row.id: row.index for row in batch.leaves}, False, False
        with self._db as db:
            if batch.leaves:
                if len(places) != len(batch.leaves):
                    raise LocalError(STORAGE, "a statement stands twice in what was to be written")
                moved = self._places.write(places)
                rows = [(row.index, row.id, row.triple[0]) for row in batch.leaves]
                db.executemany("INSERT INTO leaves VALUES (?, ?, ?)", rows)
                bodies = [(row.index, row.triple[1], row.triple[2]) for row in batch.leaves]
                db.executemany("INSERT INTO bodies VALUES (?, ?, ?)", bodies)
            if batch.tiles:
                tiles = [(level, number, data) for (level, number), data in batch.tiles.items()]
                db.executemany("INSERT OR REPLACE INTO tiles VALUES (?, ?, ?)", tiles)
            if batch.note is not None:
                db.execute("INSERT OR REPLACE INTO latest VALUES (1, ?)", (batch.note,))
            self._keep(batch)
            self._fold(batch)
            if batch.versions:
                indexed = self._versions.write(batch.versions)
        if places:
            self._places.committed(places, moved=moved)
        if batch.versions:
            self._versions.committed(batch.versions, moved=indexed)

    def _keep(self, batch: Batch) -> None:
        if batch.received:
            rows = list(map(_RECEIVED_ROW, batch.received))
            # What was refused in the same bytes may be held later (`again`); nothing else takes the place of what was judged.
            into = f"INSERT INTO received ({_RECEIVED}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET {_NOW_HELD}"
            self._db.executemany(into, rows)
            for r in batch.received:
                if r.withdrawn and r.refused is None:
                    mark = "UPDATE received SET withdrawn = 1 WHERE teller = ? AND stix_id = ?"
                    self._db.execute(mark, (r.teller, r.stix_id))
        if batch.pending or batch.settled:
            self._keep_pending(batch)
        if batch.outgoing:
            sent = [(o.id, o.to, o.tellings, o.delivered_at) for o in batch.outgoing]
            self._db.executemany("INSERT OR IGNORE INTO outgoing VALUES (?, ?, ?, ?)", sent)
        if batch.kept:
            evidence = [(k.kind, k.peer, k.subject, k.data, k.at) for k in batch.kept]
            self._db.executemany("INSERT INTO kept (kind, peer, subject, data, at) VALUES (?, ?, ?, ?, ?)", evidence)
        if batch.heads:
            heads = [(peer, size, note) for peer, (size, note) in batch.heads.items()]
            into = (
                "INSERT INTO heads VALUES (?, ?, ?) ON CONFLICT DO UPDATE "
                "SET size = excluded.size, note = excluded.note WHERE excluded.size > size"
            )
            self._db.executemany(into, heads)
        if batch.heard:
            later = "INSERT INTO heard VALUES (?, ?) ON CONFLICT DO UPDATE SET at = max(at, excluded.at)"
            self._db.executemany(later, list(batch.heard.items()))
        self.airspace.keep(batch.findings)

    def _keep_pending(self, batch: Batch) -> None:
        rows = [
            (p.teller, p.telling.release, p.telling.item, p.telling.data, p.size, p.start, p.next, p.tries, p.due)
            for p in batch.pending
        ]
        self._db.executemany("INSERT OR REPLACE INTO pending VALUES (?,?,?,?,?,?,?,?,?)", rows)
        gone = [(teller, telling.release, telling.item) for teller, telling in batch.settled]
        self._db.executemany("DELETE FROM pending WHERE teller = ? AND release = ? AND hash = ?", gone)

    def _fold(self, batch: Batch) -> None:
        if batch.releases:
            rows = [
                (r.index, r.id, r.stix_id, r.to, r.statement, r.statement_index, r.answer_by, False)
                for r in batch.releases
            ]
            self._db.executemany(f"INSERT INTO releases ({_RELEASE}) VALUES (?,?,?,?,?,?,?,?)", rows)
            withdrawn = [(r.stix_id, r.index) for r in batch.releases if r.withdrawn]
            self._db.executemany("UPDATE releases SET withdrawn = 1 WHERE stix_id = ? AND at < ?", withdrawn)
        if batch.answers:
            self._fold_answers(batch.answers)
        if batch.fetches:
            asked = [(f.release, f.want, f.position, f.at) for f in batch.fetches]
            self._db.executemany("INSERT OR IGNORE INTO fetches VALUES (?, ?, ?, ?)", asked)
        if batch.silences:
            self._db.executemany("INSERT OR IGNORE INTO silences VALUES (?, ?)", batch.silences)
        released = [row.statement for row in batch.releases if row.statement]
        self.airspace.fold(batch.matters, released, batch.checked)
        if batch.cursors:
            raise_to = "INSERT INTO cursors VALUES (?, ?) ON CONFLICT DO UPDATE SET next = max(next, excluded.next)"
            self._db.executemany(raise_to, list(batch.cursors.items()))

    def _fold_answers(self, answers: list[AnswerRow]) -> None:
        # The first stands, unless it refused for reasons of the hearer's own, and the next one holds.
        into = (
            "INSERT INTO answers SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, hearer FROM releases WHERE id = ?1 "
            "ON CONFLICT DO UPDATE SET answer = excluded.answer, position = excluded.position, "
            "disposition = excluded.disposition, reason = excluded.reason, claimed_at = excluded.claimed_at, "
            "at = excluded.at, own = excluded.own WHERE own AND excluded.disposition = 'held'"
        )
        rows = [
            (a.release, a.item, a.ours, a.answer, a.position, a.disposition, a.reason, a.claimed_at, a.at, a.is_own)
            for a in answers
        ]
        self._db.executemany(into, rows)

    @guarded
    def publish(self, size: int, note: bytes) -> None:
        """Keep a head that is shown to others than the addressees of its newest entries."""
        with self._db as db:
            db.execute("INSERT OR IGNORE INTO published VALUES (?, ?)", (size, note))

    @guarded
    def add_cosignature(self, size: int, by: Fingerprint, line: str, at: Instant) -> None:
        """Keep a witness's first cosignature of a published head."""
        with self._db as db:
            db.execute("INSERT OR IGNORE INTO cosignatures VALUES (?, ?, ?, ?)", (size, by, line, at))

    @guarded
    def add_peer(self, peer: PeerRow) -> None:
        """Pin a party."""
        with self._db as db:
            row = (peer.fingerprint, peer.petname, peer.descriptor, peer.removed_at)
            db.execute("INSERT INTO peers VALUES (?, ?, ?, ?)", row)

    @guarded
    def change_peer(self, peer: Fingerprint, petname: str, removed_at: Instant | None) -> None:
        """Give a pinned party another petname, or note since when it is removed."""
        with self._db as db:
            to = "UPDATE peers SET petname = ?, removed_at = ? WHERE fingerprint = ?"
            db.execute(to, (petname, removed_at, peer))

    @guarded
    def mark_delivered(self, answer: StatementId, at: Instant) -> None:
        """Note that the teller has confirmed an acknowledgement."""
        with self._db as db:
            db.execute("UPDATE outgoing SET delivered_at = ? WHERE id = ?", (at, answer))

    @guarded
    def remember_nonce(self, peer: Fingerprint, nonce: str, until: Instant, now: Instant) -> bool:
        """Keep a nonce until a time; False if it was there already. Forgets what has passed."""
        with self._db as db:
            db.execute("DELETE FROM nonces WHERE until < ?", (now,))
            db.execute("INSERT OR IGNORE INTO nonces VALUES (?, ?, ?)", (peer, nonce, until))
            fresh = db.changes() == 1
        return fresh  # noqa: RET504 - the commit comes first

    # -- the own log

    @guarded
    def size(self) -> int:
        """The number of leaves."""
        found: int = self._value("SELECT coalesce(max(at) + 1, 0) FROM leaves", ())
        return found

    @guarded
    def note(self) -> bytes | None:
        """The newest head that was signed."""
        found: bytes | None = self._value("SELECT note FROM latest", ())
        return found

    @guarded
    def tile(self, level: int, number: int) -> bytes:
        """A tile's hashes as far as it is filled; empty if there is none."""
        found = self._value("SELECT hashes FROM tiles WHERE level = ? AND number = ?", (level, number))
        return found or b""

    @guarded
    def leaf(self, index: int) -> LeafRow | None:
        """The entry at an index."""
        return self._leaf("at = ?", (index,))

    @guarded
    def find(self, id: StatementId) -> LeafRow | None:
        """The entry with an id."""
        at = self._places.of(id)
        return None if at is None else self._leaf("at = ? AND id = ?", (at, id))

    def _leaf(self, where: str, values: tuple[Any, ...]) -> LeafRow | None:
        sql = f"SELECT at, id, data, salt, content FROM leaves JOIN bodies USING (at) WHERE {where}"
        row = self._row(sql, values)
        return None if row is None else LeafRow(row[0], StatementId(row[1]), (row[2], row[3], row[4]))

    @guarded
    def leaf_data(self, first: int, count: int) -> Sequence[tuple[StatementId, bytes]]:
        """Ids and bytes of consecutive leaves."""
        return self._rows("SELECT id, data FROM leaves WHERE at >= ? ORDER BY at LIMIT ?", (first, count))

    @guarded
    def contents(self, first: int, count: int) -> Sequence[tuple[StatementId, bytes]]:
        """Ids and contents of consecutive leaves."""
        sql = "SELECT id, content FROM leaves JOIN bodies USING (at) WHERE at >= ? ORDER BY at LIMIT ?"
        return [(StatementId(id), content) for id, content in self._rows(sql, (first, count))]

    @guarded
    def beginning(self, digits: str, limit: int) -> Sequence[StatementId]:
        """Ids, of the own log and of what was received and not refused, that begin with these hexadecimal digits, in order."""
        least, most = bytes.fromhex(digits.ljust(64, "0")), bytes.fromhex(digits.ljust(64, "f"))
        where = "statement BETWEEN ? AND ? AND refused IS NULL ORDER BY statement LIMIT ?"
        sql = f"SELECT DISTINCT statement FROM received WHERE {where}"
        heard = [StatementId(row[0]) for row in self._rows(sql, (least, most, limit))]
        return sorted({*heard, *self._places.between(least, most, limit)})[:limit]

    @guarded
    def published_after(self, index: int, limit: int) -> Sequence[tuple[int, bytes]]:
        """The first published heads that hold the leaf at an index."""
        return self._rows("SELECT size, note FROM published WHERE size > ? ORDER BY size LIMIT ?", (index, limit))

    @guarded
    def last_published(self) -> tuple[int, bytes] | None:
        """The newest published head."""
        found: tuple[int, bytes] | None = self._row("SELECT size, note FROM published ORDER BY size DESC LIMIT 1", ())
        return found

    @guarded
    def cosignatures(self, size: int) -> Sequence[tuple[Fingerprint, str, Instant]]:
        """The witnesses' cosignatures of a published head, the earliest first."""
        return self._rows("SELECT by, line, at FROM cosignatures WHERE size = ? ORDER BY at, by", (size,))

    @guarded
    def first_cosigned(self, by: Fingerprint, index: int) -> tuple[int, Instant] | None:
        """The first published head with the leaf at an index that a witness cosigned: its size, and when."""
        sql = "SELECT size, at FROM cosignatures WHERE by = ? AND size > ? ORDER BY size LIMIT 1"
        found: tuple[int, Instant] | None = self._row(sql, (by, index))
        return found

    @guarded
    def last_cosigned(self, by: Fingerprint) -> tuple[int, Instant] | None:
        """The newest published head that a witness cosigned: its size, and when."""
        sql = "SELECT size, at FROM cosignatures WHERE by = ? ORDER BY size DESC LIMIT 1"
        found: tuple[int, Instant] | None = self._row(sql, (by,))
        return found

    # -- what was released, and what came back

    @guarded
    def releases_to(self, to: Fingerprint, first: int, limit: int) -> Sequence[ReleaseRow]:
        """Releases to a party that were not withdrawn, and withdrawals, in the order of their indices."""
        where = "hearer = ? AND at >= ? AND NOT withdrawn ORDER BY at LIMIT ?"
        return self._releases(where, (to, first, limit))

    @guarded
    def releases_of(self, statement: StatementId, to: Fingerprint | None = None) -> Sequence[ReleaseRow]:
        """All releases of a statement, withdrawn ones included; those to one party if given, whatever others there are."""
        if to is None:
            return self._releases("statement = ? ORDER BY at", (statement,))
        return self._releases("statement = ? AND hearer = ? ORDER BY at", (statement, to))

    @guarded
    def withdrawal(self, release: ReleaseRow) -> int | None:
        """The index at which a release was withdrawn."""
        where = "hearer = ? AND at > ? AND stix_id = ? AND statement IS NULL ORDER BY at LIMIT 1"
        found = self._releases(where, (release.to, release.index, release.stix_id))
        return found[0].index if found else None

    @guarded
    def release(self, id: StatementId, to: Fingerprint | None = None) -> ReleaseRow | None:
        """A release by its own statement id; with a party one to that party, so that those to others are as if they were not."""
        if to is None:
            return next(iter(self._releases("id = ?", (id,))), None)
        # By this index what is released to others is not even met: who asks for many could else measure how many there are.
        rows = self._rows(
            f"SELECT {_RELEASE} FROM releases INDEXED BY releases_asked WHERE hearer = ? AND id = ?", (to, id)
        )
        return next(map(_release, rows), None)

    @guarded
    def overdue(self, now: Instant) -> Sequence[ReleaseRow]:
        """Releases whose `answer_by` has passed with neither an answer nor a logged silence."""
        where = (
            "answer_by < ? AND NOT withdrawn AND id NOT IN (SELECT release FROM answers WHERE ours) "
            "AND id NOT IN (SELECT release FROM silences) ORDER BY at LIMIT 100"
        )
        return self._releases(where, (now,))

    @guarded
    def unanswered(self, now: Instant, limit: int) -> Sequence[ReleaseRow]:
        """Releases whose `answer_by` has passed without an answer, whether the silence is logged or not, the oldest first."""
        where = (
            "answer_by < ? AND NOT withdrawn AND statement IS NOT NULL AND id NOT IN (SELECT release FROM answers) "
            "ORDER BY answer_by, at LIMIT ?"
        )
        return self._releases(where, (now, limit))

    def _releases(self, where: str, values: tuple[Any, ...]) -> list[ReleaseRow]:
        rows = self._rows(f"SELECT {_RELEASE} FROM releases WHERE {where}", values)
        return [_release(row) for row in rows]

    @guarded
    def answers_to(self, release: StatementId) -> Sequence[AnswerRow]:
        """What came back for a release: about the item that we gave first, then about others, by when it came."""
        columns = "release, item, ours, answer, position, disposition, reason, claimed_at, at, own"
        sql = f"SELECT {columns} FROM answers WHERE release = ? ORDER BY ours DESC, at, item"
        rows = self._rows(sql, (release,))
        return [AnswerRow(*(*row[:2], bool(row[2]), *row[3:9], bool(row[9]))) for row in rows]

    @guarded
    def fetch_of(self, release: StatementId) -> FetchRow | None:
        """That a release was asked for, for the first time."""
        row = self._row("SELECT release, want, position, at FROM fetches WHERE release = ?", (release,))
        return None if row is None else FetchRow(*row)

    @guarded
    def answers_of(self, hearer: Fingerprint) -> Sequence[StatementId]:
        """The newest answers of a hearer, 1,000 at most."""
        sql = "SELECT answer FROM answers WHERE hearer = ? GROUP BY answer ORDER BY max(at) DESC LIMIT 1000"
        return [StatementId(row[0]) for row in self._rows(sql, (hearer,))]

    @guarded
    def last_answered(self, hearer: Fingerprint, answer: StatementId) -> int | None:
        """The index of the last release of which an answer is the first."""
        sql = "SELECT max(r.at) FROM answers a JOIN releases r ON r.id = a.release WHERE a.hearer = ? AND a.answer = ?"
        found: int | None = self._value(sql, (hearer, answer))
        return found

    @guarded
    def silence(self, release: StatementId) -> int | None:
        """The index of the logged `unacknowledged` about a release."""
        found: int | None = self._value("SELECT leaf FROM silences WHERE release = ?", (release,))
        return found

    # -- what was received

    @guarded
    def received(self) -> Iterable[ReceivedRow]:
        """All that was received, in the order of arrival."""
        return [_received(row) for row in self._rows(f"SELECT {_RECEIVED} FROM received ORDER BY seq", ())]

    @guarded
    def refused(self) -> int:
        """How many tellings were refused."""
        found: int = self._value("SELECT count(*) FROM received WHERE refused IS NOT NULL", ())
        return found

    @guarded
    def received_release(self, teller: Fingerprint, release: StatementId) -> Sequence[ReceivedRow]:
        """All that a teller has shown as the telling of a release; another may have shown the same, which is not its own."""
        sql = f"SELECT {_RECEIVED} FROM received WHERE teller = ? AND release = ? ORDER BY seq"
        return [_received(row) for row in self._rows(sql, (teller, release))]

    @guarded
    def judged(
        self, teller: Fingerprint, releases: Iterable[StatementId]
    ) -> Sequence[tuple[StatementId, ItemHash, bool]]:
        """What of a teller's releases was judged: the release, the item and whether it is held."""
        each = self._db.executemany(
            "SELECT release, hash, refused IS NULL FROM received WHERE teller = ? AND release = ?",
            ((teller, release) for release in releases),
        )
        return [(StatementId(release), ItemHash(item), bool(held)) for release, item, held in each]

    @guarded
    def heard_releases(self, teller: Fingerprint, limit: int) -> Sequence[StatementId]:
        """The newest releases under which a teller has shown something that was judged."""
        sql = "SELECT release FROM received WHERE teller = ? GROUP BY release ORDER BY max(seq) DESC LIMIT ?"
        return [StatementId(row[0]) for row in self._rows(sql, (teller, limit))]

    @guarded
    def heard_tellings(self, teller: Fingerprint, statement: StatementId) -> Sequence[ReceivedRow]:
        """All tellings of a statement by one teller that were not refused, in the order of arrival."""
        where = "statement = ? AND teller = ? AND refused IS NULL ORDER BY seq"
        return [
            _received(row) for row in self._rows(f"SELECT {_RECEIVED} FROM received WHERE {where}", (statement, teller))
        ]

    @guarded
    def refused_of(self, teller: Fingerprint) -> Sequence[ReceivedRow]:
        """All that was refused of one teller, in the order of arrival."""
        where = "refused IS NOT NULL AND teller = ? ORDER BY seq"
        return [_received(row) for row in self._rows(f"SELECT {_RECEIVED} FROM received WHERE {where}", (teller,))]

    @guarded
    def refused_for(self, reason: str, after: int, limit: int) -> Sequence[tuple[int, ReceivedRow]]:
        """What was refused for a reason, each with its number, from a number on, in the order of arrival."""
        sql = f"SELECT seq, {_RECEIVED} FROM received WHERE refused = ? AND seq > ? ORDER BY seq LIMIT ?"
        return [(row[0], _received(row[1:])) for row in self._rows(sql, (reason, after, limit))]

    @guarded
    def pending(self, teller: Fingerprint) -> Sequence[PendingRow]:
        """What a teller has offered and not given, in the order in which it is due."""
        sql = "SELECT teller, telling, size, start, next, tries, due FROM pending WHERE teller = ? ORDER BY due, release, hash"
        return [PendingRow(row[0], read_tellings(row[1])[0], *row[2:]) for row in self._rows(sql, (teller,))]

    @guarded
    def pending_count(self, teller: Fingerprint) -> int:
        """How many items a teller has offered and not given."""
        found: int = self._value("SELECT count(*) FROM pending WHERE teller = ?", (teller,))
        return found

    @guarded
    def received_statement(self, statement: StatementId) -> ReceivedRow | None:
        """The first telling of a statement that was not refused; one that was withdrawn only if all were."""
        return self._received("statement = ? AND refused IS NULL", statement)

    def _received(self, where: str, *values: object) -> ReceivedRow | None:
        row = self._row(f"SELECT {_RECEIVED} FROM received WHERE {where} ORDER BY withdrawn, seq LIMIT 1", values)
        return None if row is None else _received(row)

    @guarded
    def outgoing(self, to: Fingerprint) -> Sequence[OutgoingAnswer]:
        """Acknowledgements that their teller has not confirmed yet."""
        sql = "SELECT id, hearer, tellings, delivered_at FROM outgoing WHERE hearer = ? AND delivered_at IS NULL"
        return [OutgoingAnswer(*row) for row in self._rows(sql, (to,))]

    @guarded
    def outgoing_answer(self, id: StatementId) -> OutgoingAnswer | None:
        """One of our acknowledgements."""
        row = self._row("SELECT id, hearer, tellings, delivered_at FROM outgoing WHERE id = ?", (id,))
        return None if row is None else OutgoingAnswer(*row)

    @guarded
    def cursor(self, teller: Fingerprint) -> int:
        """The index in a teller's log below which we have all that was released to us."""
        return self._value("SELECT next FROM cursors WHERE teller = ?", (teller,)) or 0

    @guarded
    def heard(self, teller: Fingerprint) -> Instant | None:
        """As of when we have all that a teller says it has told us; None before the first time."""
        found: Instant | None = self._value("SELECT at FROM heard WHERE teller = ?", (teller,))
        return found

    # -- what was said, ours and told to us

    @guarded
    def versions(self, stix_ids: Sequence[str], author: Fingerprint | None = None) -> Sequence[VersionRow]:
        """The statements of the objects with these ids; of one party, if given."""
        return self._versions.of(stix_ids, author)

    # -- peers and evidence

    @guarded
    def peers(self) -> Sequence[PeerRow]:
        """All known parties, by petname."""
        rows = self._rows("SELECT petname, descriptor, fingerprint, removed_at FROM peers ORDER BY petname", ())
        return [PeerRow(*row) for row in rows]

    @guarded
    def head(self, peer: Fingerprint) -> tuple[int, bytes] | None:
        """The newest head of a peer's log that was taken: size and note."""
        found: tuple[int, bytes] | None = self._row("SELECT size, note FROM heads WHERE peer = ?", (peer,))
        return found

    @guarded
    def kept(self, kind: str, peer: Fingerprint, subject: bytes | None = None) -> Sequence[Kept]:
        """Evidence of a kind, the oldest first; of one subject if given."""
        if subject is None:
            return self._kept("kind = ? AND peer = ? ORDER BY seq", (kind, peer))
        return self._kept("kind = ? AND peer = ? AND subject = ? ORDER BY seq", (kind, peer, subject))

    @guarded
    def last_kept(self, kind: str, peer: Fingerprint) -> Kept | None:
        """The evidence of a kind with the highest subject."""
        return next(iter(self._kept("kind = ? AND peer = ? ORDER BY subject DESC LIMIT 1", (kind, peer))), None)

    @guarded
    def kept_after(self, kind: str, peer: Fingerprint, subject: bytes) -> Kept | None:
        """The first evidence of a kind whose subject is greater."""
        where = "kind = ? AND peer = ? AND subject > ? ORDER BY subject, seq LIMIT 1"
        return next(iter(self._kept(where, (kind, peer, subject))), None)

    def _kept(self, where: str, values: tuple[Any, ...]) -> list[Kept]:
        return [
            Kept(*row) for row in self._rows(f"SELECT kind, peer, subject, data, at FROM kept WHERE {where}", values)
        ]

    # -- upkeep

    @guarded
    def check(self) -> list[str]:
        """SQLite's own integrity check, and whether ids lead to their leaves: what is wrong, or nothing."""
        try:
            found = [row[0] for row in self._rows("PRAGMA integrity_check", ())]
        except apsw.CorruptError as error:
            return [str(error)]
        return self._places.check() if found == ["ok"] else found

    @guarded
    def refold(self, batches: Iterable[Batch]) -> None:
        """Drop everything that was folded and fold it again, in one transaction."""
        with self._db as db:
            for table in _PROJECTIONS:
                db.execute(f"DELETE FROM {table}")
            for batch in batches:
                self._fold(batch)
                self._versions.append(batch.versions)
            self._places.write_again()
            self._versions.write_again()

    @guarded
    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _rows(self, sql: str, values: tuple[Any, ...]) -> list[Any]:
        return self._db.execute(sql, values).fetchall()

    def _row(self, sql: str, values: tuple[Any, ...]) -> Any:
        return self._db.execute(sql, values).fetchone()

    def _value(self, sql: str, values: tuple[Any, ...]) -> Any:
        row = self._row(sql, values)
        return None if row is None else row[0]


def _release(row: tuple[Any, ...]) -> ReleaseRow:
    return ReleaseRow(*(*row[:7], bool(row[7])))


def _received(row: tuple[Any, ...]) -> ReceivedRow:
    return ReceivedRow(*(*row[:11], bool(row[11])))
