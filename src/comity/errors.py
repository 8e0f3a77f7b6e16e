"""What can go wrong, as one tree with stable codes.

    ComityError
    |- LocalError        we were asked for the impossible: the person or program here can mend it
    |- RemoteError       what came from outside breaks a rule: keep it as evidence, do not repair it
    '- TransportError    nothing wrong was seen, but it did not get through: try again

An error never knows HTTP (a gateway maps codes to statuses in one table) and never carries a secret.
Refusal and disagreement are values, not errors.
"""

from typing import Any

# Every code with what it means. docs/errors.md is compared with this table by a test.
CODES: dict[str, str] = {}


def _code(code: str, meaning: str) -> str:
    CODES[code] = meaning
    return code


# -- what a format may be found to be
MALFORMED = _code("malformed", "the bytes are not of the form their specification gives")
UNKNOWN_VERSION = _code("unknown-version", "a format or a type in a version that is not read here")
TOO_LARGE = _code("too-large", "larger than the stated limit")
BAD_SIGNATURE = _code("bad-signature", "a signature does not verify under the key it names")
UNKNOWN_ALGORITHM = _code("unknown-algorithm", "a signature algorithm that Comity does not take")
UNKNOWN_KEY = _code("unknown-key", "signed by a key that the party's descriptor does not list for this use")
WRONG_ISSUER = _code("wrong-issuer", "a statement's issuer is not the party it was attributed to")
NOT_INCLUDED = _code("not-included", "an inclusion proof does not lead to the signed root")
NOT_CONSISTENT = _code("not-consistent", "a consistency proof does not join two heads of one log")
CONTENT_MISMATCH = _code("content-mismatch", "content and salt do not open the signed commitment")
# -- content
NOT_JSON = _code("not-json", "the content is not JSON as RFC 8259 has it")
NOT_STIX = _code("not-stix", "the content is not one STIX 2.1 object")
# -- between parties
WRONG_ADDRESSEE = _code("wrong-addressee", "a release, page or request meant for another party")
PAGE_INCOMPLETE = _code("page-incomplete", "a page does not hold what its signed end says")
PAGE_OMISSION = _code("page-omission", "a release that an earlier signed page end left out")
REPLAYED = _code("replayed", "a request or parcel whose nonce was seen before")
CLOCK_SKEW = _code("clock-skew", "the times of two parties differ by more than five minutes")
HEAD_ROLLBACK = _code("head-rollback", "a log showed a smaller head than it had shown before")
HEAD_FORK = _code("head-fork", "a log showed two heads of one size with different roots")
STALE_HEAD = _code("stale-head", "a proof that does not start at the head known here; the evidence names that size")
UNAUTHENTICATED = _code("unauthenticated", "no valid signature of a known party")
NOT_FOUND = _code("not-found", "unknown, or not released to the one who asks: the two answer alike")
FORBIDDEN = _code("forbidden", "the caller may not do this")
UNREACHABLE = _code("unreachable", "the other node could not be reached")
BUSY = _code("busy", "too many requests of one party at once; try again")
# -- here
NOT_A_NODE = _code("not-a-node", "the directory holds no node")
EXISTS = _code("exists", "it is there already, and is not overwritten")
IN_USE = _code("in-use", "another process holds the directory")
UNKNOWN_PARTY = _code("unknown-party", "no party of that name is known here")
NAME_TAKEN = _code("name-taken", "the name already stands for another party")
KEY_TAKEN = _code("key-taken", "a descriptor lists a key that another party known here has")
SECOND_DESCRIPTOR = _code("second-descriptor", "one root key has signed two descriptors; both are kept")
FINGERPRINT_MISMATCH = _code("fingerprint-mismatch", "the descriptor is not the one the fingerprint names")
UNKNOWN_STATEMENT = _code("unknown-statement", "no such statement here")
AMBIGUOUS = _code("ambiguous", "what was typed names several statements")
NOT_OURS = _code("not-ours", "only its author may do this with a statement")
MARKING = _code("marking", "the markings forbid it")
BAD_ARGUMENT = _code("bad-argument", "an argument cannot be used")
NOT_YET = _code("not-yet", "what was waited for has not come about")
NO_PROOF = _code("no-proof", "the file is no proof file at all")
OTHER_VERSION = _code("other-version", "the server that holds the directory is of another version than the command")
READ_ONLY = _code("read-only", "the node must not sign: its log is behind what it has published")
STORAGE = _code("storage", "the disk did not take the write; nothing of it was kept")
UNSAFE_STORE = _code("unsafe-store", "the database would not survive a power cut")
DAMAGED = _code("damaged", "what is stored does not match its own hashes")
INTERNAL = _code("internal", "a fault of Comity itself")


class ComityError(Exception):
    """A fault with a stable code, the place it was found at and the rule it breaks.

    Args:
        code: one of `CODES`.
        message: one sentence for a person: what is wrong and which rule says so.
        place: where in the input (a JSON path, a line, a byte, a file); may be empty.
        evidence: facts that prove it (hashes, sizes, times), JSON values; never a secret.
    """

    def __init__(self, code: str, message: str, *, place: str = "", evidence: dict[str, Any] | None = None) -> None:
        if code not in CODES:
            raise ValueError(f"no such error code: {code}")
        super().__init__(message)
        self.code = code
        self.message = message
        self.place = place
        self.evidence = evidence or {}

    def __str__(self) -> str:
        where = f" at {self.place}" if self.place else ""
        return f"{self.code}{where}: {self.message}"

    def as_dict(self) -> dict[str, Any]:
        """The error as JSON values: {code, message, place?, evidence?}."""
        told: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.place:
            told["place"] = self.place
        if self.evidence:
            told["evidence"] = self.evidence
        return told


class LocalError(ComityError):
    """We were asked for the impossible."""


class RemoteError(ComityError):
    """What came from outside breaks a rule."""


class TransportError(ComityError):
    """It did not get through; trying again may help."""
