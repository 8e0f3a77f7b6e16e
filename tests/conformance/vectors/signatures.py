"""Vectors of spec/node-api.md: signed requests and responses.

Signatures are made by hand here, from the text of RFC 9421, so that the library's reading of it is judged as well.
"""

import base64
from dataclasses import dataclass, field, replace
from hashlib import sha256, sha512
from typing import Any

from comity.proof import cbor
from comity.proof.keys import Signer
from comity.proof.merkle import EMPTY_ROOT
from conformance.vectors.cast import START, Vector, actor, bad, flip, good, seed
from conformance.vectors.shared import in_pieces
from conformance.vectors.story import pull

_COVERED = ('"@method"', '"@target-uri"', '"content-digest"', '"comity-recipient"')
_ANSWERED = ('"@status"', '"content-digest"', '"@method";req', '"@target-uri";req', '"signature";req;key="comity"')
_BASE = "https://fr.example/comity/v1"
NOW = START // 1000


def vectors() -> list[Vector]:
    return [*_signed(), *_responses()]


# -- signatures by hand (RFC 9421 2.5 and 3.1)


@dataclass(frozen=True)
class Asked:
    """A request of ru to fr and how it is signed; `changes` come after the signature."""

    path: str = "/pull"
    body: bytes = b""
    method: str = "POST"
    key: Signer | None = None
    keyid: str | None = None
    to: str = "fr"
    created: int | None = NOW
    nonce: str | None = "a-nonce-of-21-letters"
    tag: str = "comity-request"
    alg: str | None = "ed25519"
    covered: tuple[str, ...] = _COVERED
    digest: str | None = None
    more: str = ""
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return _BASE + self.path

    def headers(self) -> dict[str, str]:
        plain = {"content-type": "application/cbor", "comity-recipient": actor(self.to).fingerprint}
        return plain | {"content-digest": self.digest or digest_of(self.body)}

    def shown(self) -> dict[str, Any]:
        """The request as it stands in a vector."""
        headers = self.headers()
        values = {'"@method"': self.method, '"@target-uri"': self.url}
        values |= {f'"{name}"': value for name, value in headers.items()}
        keyid = actor("ru").fingerprint if self.keyid is None else self.keyid
        given = (
            ("created", self.created),
            ("keyid", keyid),
            ("alg", self.alg),
            ("nonce", self.nonce),
            ("tag", self.tag),
        )
        params = "".join(f";{name}={_item(value)}" for name, value in given if value is not None) + self.more
        signature_input, signature = signed(values, self.covered, params, self.key or actor("ru").transport)
        headers |= {"signature-input": signature_input, "signature": signature}
        plain = {"method": self.method, "url": self.url, "headers": headers, "body": in_pieces(self.body)}
        changed: dict[str, Any] = plain | self.changes.get("parts", {})
        changed["headers"] = {k: v for k, v in (headers | self.changes.get("headers", {})).items() if v is not None}
        return changed


def signed(values: dict[str, str], covered: tuple[str, ...], params: str, key: Signer) -> tuple[str, str]:
    listed = f"({' '.join(covered)}){params}"
    base = "\n".join([*(f"{name}: {values[name]}" for name in covered), f'"@signature-params": {listed}'])
    return f"comity={listed}", f"comity=:{b64(key.sign(base.encode()))}:"


def _item(value: str | int) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def digest_of(body: bytes) -> str:
    return f"sha-256=:{b64(sha256(body).digest())}:"


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


# -- what is asked


def first_pull(**changed: Any) -> bytes:
    """ru's first pull: it knows no head of fr's log."""
    return pull(**({"cursor": 0, "have": 0, "root": EMPTY_ROOT} | changed))


def pulling(signed_pull: bytes | None = None, **changed: Any) -> bytes:
    """The body of a pull of ru from fr, whose log holds its descriptor alone."""
    inner = first_pull(at=NOW) if signed_pull is None else signed_pull
    parts = {"v": 1, "pull": inner, "limit": 1000, "wait": 0} | changed
    return cbor.encode({name: part for name, part in parts.items() if part is not None})


def call(*asked: Asked, now: str = "2026-11-26T10:00:00.000Z") -> dict[str, Any]:
    return {"read": "call", "me": "fr", "known": ["ru", "us"], "now": now, "requests": [one.shown() for one in asked]}


OK = {"status": 200, "type": "application/cbor"}
TEXT = {"status": 200, "type": "text/plain; charset=utf-8"}


def _signed() -> list[Vector]:
    body, us = pulling(), actor("us")
    plain = Asked(body=body)
    whole = plain.shown()["headers"]
    sha_512 = f"sha-512=:{b64(sha512(body).digest())}:"
    flipped = "comity=:" + b64(flip(base64.b64decode(whole["signature"][8:-1]), 3)) + ":"
    without = {
        name: tuple(one for one in _COVERED if one != f'"{name}"')
        for name in ("@method", "@target-uri", "content-digest", "comity-recipient")
    }
    nobody = actor("de").fingerprint
    rule = "NODE-API"
    rows: list[tuple[str, int, str, str, Asked]] = [
        *(
            (
                f"uncovered-{name.lstrip('@')}",
                1,
                "unauthenticated",
                f"{name} is not covered",
                replace(plain, covered=covered),
            )
            for name, covered in without.items()
        ),
        (
            "covered-more",
            1,
            "unauthenticated",
            "a component more",
            replace(plain, covered=(*_COVERED, '"content-type"')),
        ),
        (
            "expires",
            1,
            "unauthenticated",
            "a parameter that nobody would look at",
            replace(plain, more=f";expires={NOW + 60}"),
        ),
        ("no-alg", 1, "unauthenticated", "no algorithm", replace(plain, alg=None)),
        ("another-alg", 1, "unauthenticated", "another algorithm is named", replace(plain, alg="ecdsa-p256-sha256")),
        ("another-tag", 1, "unauthenticated", "a response's tag", replace(plain, tag="comity-response")),
        (
            "another-label",
            1,
            "unauthenticated",
            "under another label",
            replace(plain, changes={"headers": _relabelled(whole)}),
        ),
        (
            "signature-missing",
            1,
            "unauthenticated",
            "parameters without a signature",
            replace(plain, changes={"headers": {"signature": None}}),
        ),
        (
            "signature-flipped",
            2,
            "unauthenticated",
            "one bit of the signature",
            replace(plain, changes={"headers": {"signature": flipped}}),
        ),
        (
            "method-changed",
            2,
            "unauthenticated",
            "signed as GET, sent as POST",
            replace(plain, method="GET", changes={"parts": {"method": "POST"}}),
        ),
        (
            "target-changed",
            2,
            "unauthenticated",
            "signed for another path",
            replace(plain, path="/acknowledge", changes={"parts": {"url": plain.url}}),
        ),
        (
            "recipient-changed",
            2,
            "unauthenticated",
            "signed for us, sent to fr",
            replace(plain, to="us", changes={"headers": {"comity-recipient": actor("fr").fingerprint}}),
        ),
        (
            "body-changed",
            3,
            "unauthenticated",
            "another body than was signed",
            replace(plain, changes={"parts": {"body": in_pieces(pulling(limit=1))}}),
        ),
        (
            "digest-of-other-body",
            3,
            "unauthenticated",
            "the digest of another body, signed",
            replace(plain, digest=digest_of(b"")),
        ),
        (
            "digest-md5",
            3,
            "unauthenticated",
            "a digest that is none",
            replace(plain, digest=f"md5=:{b64(seed('md5')[:16])}:"),
        ),
        (
            "key-of-stranger",
            4,
            "unauthenticated",
            "a party that fr does not know",
            replace(plain, keyid=nobody, key=actor("de").transport),
        ),
        ("key-of-another", 4, "unauthenticated", "us signs in the name of ru", replace(plain, key=us.transport)),
        (
            "key-for-statements",
            4,
            "unauthenticated",
            "ru's statement key in place of its transport key",
            replace(plain, key=actor("ru").statement),
        ),
        ("keyid-petname", 4, "unauthenticated", "a petname as keyid", replace(plain, keyid="ru")),
        ("to-another", 5, "wrong-addressee", "meant for us", replace(plain, to="us")),
        ("nonce-missing", 6, "unauthenticated", "no nonce", replace(plain, nonce=None)),
        ("nonce-short", 6, "unauthenticated", "a nonce of 15 letters", replace(plain, nonce="n" * 15)),
        ("nonce-long", 6, "unauthenticated", "a nonce of 65 letters", replace(plain, nonce="n" * 65)),
        ("created-missing", 7, "unauthenticated", "no time", replace(plain, created=None)),
        ("created-negative", 7, "unauthenticated", "before 1970", replace(plain, created=-1)),
        ("created-early", 7, "clock-skew", "five minutes and a second ago", replace(plain, created=NOW - 301)),
        ("created-late", 7, "clock-skew", "five minutes and a second ahead", replace(plain, created=NOW + 301)),
    ]
    return [
        good("signed", f"{rule}-1", "ru pulls from fr", call(plain), OK),
        good("signed-sha-512", f"{rule}-3", "a digest of SHA-512", call(replace(plain, digest=sha_512)), OK),
        good(
            "created-edge",
            f"{rule}-7",
            "made five minutes ago, to the second",
            call(replace(plain, created=NOW - 300)),
            OK,
        ),
        *(bad(name, f"{rule}-{number}", code, desc, call(asked)) for name, number, code, desc, asked in rows),
        bad("replayed", f"{rule}-6", "replayed", "the same request again", call(plain, plain)),
        good(
            "nonce-fresh",
            f"{rule}-6",
            "the same question with a fresh nonce",
            call(plain, replace(plain, nonce="another-nonce-of-ru")),
            OK,
        ),
    ]


def _relabelled(headers: dict[str, str]) -> dict[str, str]:
    return {name: headers[name].replace("comity=", "sig1=", 1) for name in ("signature-input", "signature")}


# -- responses


def _responses() -> list[Vector]:
    fr, us = actor("fr"), actor("us")
    asked = Asked(body=pulling())
    request = asked.shown()
    body, type_ = b"the page", "application/cbor"

    def shown(
        *,
        key: Signer | None = None,
        covered: tuple[str, ...] = _ANSWERED,
        tag: str = "comity-response",
        to: dict[str, Any] = request,
        keyid: str = fr.fingerprint,
        created: int = NOW,
        **changes: Any,
    ) -> dict[str, Any]:
        headers = {"content-type": type_, "content-digest": digest_of(body)}
        values = {
            '"@status"': "200",
            '"content-digest"': headers["content-digest"],
            '"@method";req': to["method"],
            '"@target-uri";req': to["url"],
            '"signature";req;key="comity"': to["headers"]["signature"].removeprefix("comity="),
        }
        params = f';created={created};keyid="{keyid}";alg="ed25519";tag="{tag}"'
        signature_input, signature = signed(values, covered, params, key or fr.transport)
        headers |= {"signature-input": signature_input, "signature": signature} | changes.get("headers", {})
        kept = {name: value for name, value in headers.items() if value is not None}
        response = {"status": changes.get("status", 200), "headers": kept, "body": changes.get("body", body).hex()}
        now = "2026-11-26T10:00:00.000Z"
        return {"read": "response", "by": "fr", "now": now, "request": request, "response": response}

    again = replace(asked, nonce="another-nonce-of-ru").shown()
    rows: list[tuple[str, str, str, dict[str, Any]]] = [
        (
            "response-unsigned",
            "bad-signature",
            "no signature",
            shown(headers={"signature": None, "signature-input": None}),
        ),
        ("response-status", "bad-signature", "signed as 200, shown as 404", shown(status=404)),
        ("response-body", "bad-signature", "another body than was signed", shown(body=b"another page")),
        ("response-to-another", "bad-signature", "the answer to an earlier request", shown(to=again)),
        ("response-unbound", "bad-signature", "bound to no request's signature", shown(covered=_ANSWERED[:4])),
        ("response-by-another", "bad-signature", "signed by us", shown(key=us.transport, keyid=us.fingerprint)),
        ("response-by-log-key", "bad-signature", "signed by fr's log key", shown(key=fr.log)),
        ("response-tag", "bad-signature", "a request's tag", shown(tag="comity-request")),
        ("response-late", "clock-skew", "five minutes and a second ago", shown(created=NOW - 301)),
    ]
    return [
        good("response", "NODE-API-8", "fr answers ru's pull", shown(), {"status": 200}),
        *(bad(name, "NODE-API-8", code, desc, given) for name, code, desc, given in rows),
    ]
