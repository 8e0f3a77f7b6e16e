"""A witness made from the text of C2SP tlog-witness, tlog-cosignature, signed-note and RFC 9162 alone: no code of Comity's.

It keeps its newest head of each log in memory, which is not what a witness outside tests may do.
"""

import base64
import http.server
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_NUMBER = r"(0|[1-9][0-9]*)"


@dataclass(frozen=True)
class Answer:
    """What is answered: a status, a content type, a body."""

    status: int
    body: bytes = b""
    type: str = "text/plain; charset=utf-8"


class RefusedError(Exception):
    """A request that is refused, with the answer."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.answer = Answer(status, f"{why}\n".encode())


@dataclass(frozen=True)
class Head:
    """A checkpoint as it was shown: its origin, size, root, and the text that is signed."""

    origin: str
    size: int
    root: bytes
    text: str


@dataclass
class Witness:
    """A witness with one key and the logs that it was told to take.

    Attributes:
        clock: its time, in seconds since 1970.
        logs: per origin the keys that may sign its heads, by their ids.
        held: per origin the newest head that it cosigned.
        asked: the bodies that it was sent.
    """

    name: str
    seed: bytes
    clock: Callable[[], int]
    logs: dict[str, dict[bytes, Ed25519PublicKey]] = field(default_factory=dict)
    held: dict[str, Head] = field(default_factory=dict)
    asked: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(self.seed)
        self._id = _key_id(self.name, 4, self._key.public_key().public_bytes_raw())

    @property
    def vkey(self) -> str:
        """Its verifier key, as its operator hands it out."""
        material = base64.b64encode(b"\x04" + self._key.public_key().public_bytes_raw()).decode()
        return f"{self.name}+{self._id.hex()}+{material}"

    def take(self, vkey: str) -> None:
        """Take a log by its verifier key, as its operator would be given it."""
        origin, _, material = vkey.strip().split("+", 2)
        raw = base64.b64decode(material)
        assert raw[0] == 1
        self.logs.setdefault(origin, {})[_key_id(origin, 1, raw[1:])] = Ed25519PublicKey.from_public_bytes(raw[1:])

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer one request."""
        self.asked.append(body)
        try:
            old, proof, head = self._read(body)
            if old > head.size:
                raise RefusedError(400, "the old size is above that of the checkpoint")
            known = self.held.get(head.origin)
            if old != (known.size if known else 0):
                return Answer(409, f"{known.size if known else 0}\n".encode(), "text/x.tlog.size")
            self._check(known, old, proof, head)
        except RefusedError as refused:
            return refused.answer
        self.held[head.origin] = head
        return Answer(200, self.cosigned(head, self.clock()).encode())

    def cosigned(self, head: Head, at: int) -> str:
        """The signature line on a head, at a time."""
        signature = self._key.sign(f"cosignature/v1\ntime {at}\n{head.text}".encode())
        line = base64.b64encode(self._id + at.to_bytes(8, "big") + signature).decode()
        return f"\u2014 {self.name} {line}\n"

    def _read(self, body: bytes) -> tuple[int, list[bytes], Head]:
        try:
            front, _, note = body.decode().partition("\n\n")
            first, *lines = front.split("\n")
            old = re.fullmatch(f"old {_NUMBER}", first)
            text, _, signatures = note.rpartition("\n\n")
            origin, size, root, *more = text.split("\n")
            if old is None or len(lines) > 63 or more or not re.fullmatch(_NUMBER, size):
                raise RefusedError(400, "not an add-checkpoint request")
            head = Head(origin, int(size), base64.b64decode(root, validate=True), text + "\n")
            proof = [base64.b64decode(line, validate=True) for line in lines]
        except (UnicodeDecodeError, ValueError):
            raise RefusedError(400, "not an add-checkpoint request") from None
        if {len(one) for one in (*proof, head.root)} != {32}:
            raise RefusedError(400, "a hash has 32 bytes")
        try:
            self._verify(head, signatures)
        except ValueError:
            raise RefusedError(400, "not a signature line") from None
        return int(old[1]), proof, head

    def _verify(self, head: Head, signatures: str) -> None:
        """Check that a known key signed the head, and that none of a known key's lines is false."""
        if head.origin not in self.logs:
            raise RefusedError(404, "an unknown log")
        known, good = self.logs[head.origin], 0
        for line in signatures.splitlines():
            name, raw = _signed(line)
            if name == head.origin and raw[:4] in known:
                try:
                    known[raw[:4]].verify(raw[4:], head.text.encode())
                except InvalidSignature:
                    raise RefusedError(403, "a signature that does not verify") from None
                good += 1
        if not good:
            raise RefusedError(403, "no signature of a known key")

    def _check(self, known: Head | None, old: int, proof: list[bytes], head: Head) -> None:
        if head.size == 0 and head.root != sha256().digest():
            raise RefusedError(422, "no leaves have another root")
        if old == 0 and proof:
            raise RefusedError(422, "a proof where none is due")
        if known is not None and old and not _consistent(old, known.root, head.size, head.root, proof):
            raise RefusedError(422, "it does not follow from the head before")


def _signed(line: str) -> tuple[str, bytes]:
    dash, *parts = line.split(" ")
    raw = base64.b64decode(parts[-1], validate=True)
    if dash != "\u2014" or len(parts) != 2 or base64.b64encode(raw).decode() != parts[1]:
        raise RefusedError(400, "not a signature line")
    return parts[0], raw


def _key_id(name: str, type: int, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + bytes([type]) + public).digest()[:4]


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _consistent(first: int, first_root: bytes, second: int, second_root: bytes, proof: list[bytes]) -> bool:
    """RFC 9162 2.1.4.2, step by step."""
    if first == second:
        return first_root == second_root and not proof
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not path:
        return False
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = _node(c, fr), _node(c, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = _node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return (fr, sr, sn) == (first_root, second_root, 0)


@contextmanager
def served(witness: Witness) -> Iterator[str]:
    """Serve a witness over HTTP on this machine; gives its submission prefix."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            found = witness.add_checkpoint(body) if self.path == "/w/add-checkpoint" else Answer(404)
            self.send_response(found.status)
            self.send_header("Content-Type", found.type)
            self.send_header("Content-Length", str(len(found.body)))
            self.end_headers()
            self.wfile.write(found.body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/w"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
