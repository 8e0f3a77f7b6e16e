"""Signed HTTP messages between nodes (RFC 9421, RFC 9530): who asks, whom, what, when, and which answer belongs to it.

    Content-Digest: sha-256=:...:
    Comity-Recipient: <fingerprint of the node that is asked>
    Signature-Input: comity=("@method" "@target-uri" "content-digest" "comity-recipient");created=...;keyid="<fingerprint>";
        nonce="...";tag="comity-request";alg="ed25519"

A response covers its status, its digest and, of the request, method, target and signature. Identity is the pinned
transport key of the party that `keyid` names, never TLS and never a field of a payload. The time is handed in.

Rule 1: a signature covers just these components and has just these parameters: what else it might say (`expires`, a
query parameter) is not looked at, so it may not be there. Rule 2: whatever a message holds, what is raised is ours.
Signatures of others beside ours, under their own labels, are no business of ours.
"""

import base64
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, HTTPSignatureKeyResolver, algorithms
from http_message_signatures.digests import ContentDigest
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from comity.errors import (
    BAD_ARGUMENT,
    BAD_SIGNATURE,
    CLOCK_SKEW,
    UNAUTHENTICATED,
    WRONG_ADDRESSEE,
    LocalError,
    RemoteError,
)
from comity.model import when
from comity.model.fingerprint import Fingerprint, read
from comity.node.ports import Request, Response
from comity.proof.keys import Signer, VerifyingKey
from comity.space import instant
from comity.space.instant import Instant

MAX_SKEW = when.MAX_APART
RECIPIENT = "comity-recipient"
_LABEL = "comity"
_REQUEST = ("@method", "@target-uri", "content-digest", RECIPIENT)
_RESPONSE = ("@status", "content-digest", '"@method";req', '"@target-uri";req')
_BOUND = '"signature";req;key="comity"'
_PARAMETERS = frozenset({"created", "keyid", "alg", "tag"})

KeyOf = Callable[[Fingerprint], VerifyingKey | None]


@dataclass
class _Message:
    """The library's view of a request."""

    method: str
    url: str
    headers: dict[str, str]


@dataclass
class _Answer:
    """The library's view of a response and the request it answers, if that is one."""

    status_code: int
    headers: dict[str, str]
    request: _Message | None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who signed a request, the nonce that makes it one of its kind, and the digest that its body must have."""

    fingerprint: Fingerprint
    nonce: str
    created: Instant
    digest: str


class _Keys(HTTPSignatureKeyResolver):
    def __init__(self, key_of: KeyOf) -> None:
        self._key_of = key_of

    def resolve_public_key(self, key_id: str) -> bytes | None:
        try:
            key = self._key_of(read(key_id))
        except ValueError:
            return None
        return None if key is None else key.to_pem()


class _Verifier(HTTPMessageVerifier):
    def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:
        """Leave times to `_check_time`: this library would ask the machine's clock."""


def sign_request(
    request: Request, *, signer: Signer, me: Fingerprint, to: Fingerprint, nonce: bytes, now: Instant
) -> Request:
    """Sign a request to one party; returns it with the headers added.

    Raises:
        LocalError: `bad-argument`: its URL is none.
    """
    message = _Message(request.method, request.url, {**request.headers, RECIPIENT: to})
    text = base64.urlsafe_b64encode(nonce).decode().rstrip("=")
    try:
        _sign(message, request.body, signer, me, now, _REQUEST, "comity-request", text)
    except HTTPMessageSignaturesException:
        raise LocalError(BAD_ARGUMENT, "not the URL of a node (RFC 3986)", place="address") from None
    return Request(request.method, request.url, _lower(message.headers), request.body)


def sign_response(response: Response, request: Request, *, signer: Signer, me: Fingerprint, now: Instant) -> Response:
    """Sign a response, bound to its request as far as that can be: nobody takes less for an answer to a signed request.

    What cannot be bound to is a signature that is no signature, or a method or a target that no URL can have.
    """
    asked = _message(request)
    for covered, bound in (((*_RESPONSE, _BOUND), asked), (_RESPONSE, asked), (_RESPONSE[:2], None)):
        answer = _Answer(response.status, dict(response.headers), bound)
        with contextlib.suppress(HTTPMessageSignaturesException):
            _sign(answer, response.body, signer, me, now, covered, "comity-response", None)
            break
    return Response(response.status, _lower(answer.headers), response.body)


def verify_request(request: Request, *, me: Fingerprint, key_of: KeyOf, now: Instant) -> Caller | None:
    """Find out who signed a request, from all of it but its body; None if it carries no signature at all.

    Raises:
        RemoteError: `unauthenticated`: a signature that is not good, or of nobody known here; `wrong-addressee`;
            `clock-skew`, naming both times and whose clock is ahead.
    """
    if not _has_signature(request):
        return None
    result = _verify(_message(request), key_of, "comity-request", _REQUEST, {"nonce"}, UNAUTHENTICATED)
    if request.headers.get(RECIPIENT) != me:
        raise RemoteError(WRONG_ADDRESSEE, "a request meant for another party")
    nonce = result.parameters["nonce"]
    if not 16 <= len(nonce) <= 64:
        raise RemoteError(UNAUTHENTICATED, "a signed request carries a nonce of 16 to 64 characters")
    created = _check_time(result, now, "your", UNAUTHENTICATED)
    return Caller(read(result.parameters["keyid"]), nonce, created, result.covered_components['"content-digest"'])


def verify_body(caller: Caller, body: bytes) -> None:
    """Check that a body is the one that its caller signed.

    Raises:
        RemoteError: `unauthenticated`.
    """
    _verify_digest(caller.digest, body, UNAUTHENTICATED)


def verify_response(response: Response, request: Request, *, by: Fingerprint, key: VerifyingKey, now: Instant) -> None:
    """Check that a response is the answer of one party to this very request.

    Raises:
        RemoteError: `bad-signature`, `clock-skew`.
    """
    answer = _Answer(response.status, dict(response.headers), _message(request))

    def key_of(who: Fingerprint) -> VerifyingKey | None:
        return key if who == by else None

    result = _verify(answer, key_of, "comity-response", (*_RESPONSE, _BOUND), set(), BAD_SIGNATURE)
    _verify_digest(result.covered_components['"content-digest"'], response.body, BAD_SIGNATURE)
    _check_time(result, now, "its", BAD_SIGNATURE)


def _sign(
    message: _Message | _Answer,
    body: bytes,
    signer: Signer,
    me: Fingerprint,
    now: Instant,
    covered: tuple[str, ...],
    tag: str,
    nonce: str | None,
) -> None:
    writer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519)
    prepared = writer.prepare(
        message,
        key_id=me,
        created=datetime.fromtimestamp(now // 1000, UTC),
        nonce=nonce,
        label=_LABEL,
        tag=tag,
        covered_component_ids=covered,
        body=body,
    )
    writer.apply(message, prepared, signer.sign(prepared.signature_base))


def _verify(
    message: _Message | _Answer, key_of: KeyOf, tag: str, covered: tuple[str, ...], more: set[str], code: str
) -> Any:
    verifier = _Verifier(signature_algorithm=algorithms.ED25519, key_resolver=_Keys(key_of))
    try:
        # There is one of a label: two of ours are a duplicate key, which the library refuses.
        [result] = verifier.verify(
            message, max_age=None, expect_tag=tag, expect_label=_LABEL, require_components=covered
        )
    except (HTTPMessageSignaturesException, ValueError, TypeError, KeyError) as error:
        raise RemoteError(code, f"the HTTP signature is not good ({type(error).__name__}, RFC 9421)") from None
    # The library counts the parameters as one component more.
    if len(result.covered_components) != len(covered) + 1 or result.parameters.keys() != _PARAMETERS | more:
        raise RemoteError(code, "a signature covers what spec/node-api.md lists, with the parameters listed there")
    return result


def _verify_digest(field: str, body: bytes, code: str) -> None:
    try:
        ContentDigest.verify(field, body)
    except HTTPMessageSignaturesException:
        raise RemoteError(code, "the body is not the one that was signed (RFC 9530)") from None


def _check_time(result: Any, now: Instant, whose: str, code: str) -> Instant:
    created = result.parameters["created"]
    if not 0 <= created < 2**37:
        raise RemoteError(code, "a signature made at a time that no clock shows")
    theirs = instant.from_seconds(created)
    if abs(now - theirs) > MAX_SKEW:
        evidence = {"theirs": instant.text(theirs), "ours": instant.text(now)}
        apart = f"{whose} clock is {when.apart(theirs, now)}"
        message = f"{apart}: signed at {evidence['theirs']}, and here it is {evidence['ours']}"
        raise RemoteError(CLOCK_SKEW, message, evidence=evidence)
    return theirs


def _has_signature(request: Request) -> bool:
    return "signature" in request.headers or "signature-input" in request.headers


def _message(request: Request) -> _Message:
    return _Message(request.method, request.url, dict(request.headers))


def _lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
